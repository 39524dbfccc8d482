#!/bin/sh
# SPDX-License-Identifier: MIT
#
# JSON values, and Python's json module, which is the judge of random texts:
# what it takes for values is read as these, and what it refuses between values
# is refused.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

cat >compare.py <<'END'
import json, os, random, re, subprocess

def records(framing, data, *options):
    done = subprocess.run([os.environ['CBSPLIT'], '-f', framing, '-t', 'nul', *options],
                          input=data, capture_output=True)
    assert done.returncode in (0, 3, 4), (data, done)
    return done.stdout.split(b'\0')[:-1], done.returncode

def refuse(name):
    raise ValueError(name)  # NaN and Infinity, which Python knows besides

decoder = json.JSONDecoder(parse_constant=refuse)

def word(text):
    try:
        decoder.decode(text)
        return True
    except ValueError:
        return False

def value(depth=0):
    kind = random.randrange(7 if depth < 3 else 5)
    if kind < 3:
        return random.choice([0, -1, 12345, 1.5, -2e-7, True, False, None])
    if kind < 5:
        return ''.join(random.choices('ab"\\[]{},:\x01\n\x1e\x7f\u00e9\u20ac\ufeff', k=random.randrange(9)))
    values = [value(depth + 1) for _ in range(random.randrange(4))]
    return values if kind == 5 else {str(i) + '"}': v for i, v in enumerate(values)}

# Whole values, with marks and white space or nothing between them.
def check_values():
    texts = [json.dumps(value(), indent=random.choice([None, 1]), ensure_ascii=random.random() < .5)
             for _ in range(random.randrange(9))]
    data = ''
    for text in texts:
        tight = not re.search(r'[\w.]$', data) or not re.match(r'[-\w]', text)
        data += random.choice(['\n', ' ', '\r\n\t', '\n\ufeff'] + ['', '\ufeff'] * tight) + text
    given, status = records('json', data.encode())
    assert (given, status) == ([t.encode() for t in texts], 0), (data, given, status)
    sequence = ''.join('\x1e' * random.randrange(1, 3) + t + '\n' for t in texts).encode()
    given, status = records('json-seq', sequence)
    assert (given, status) == ([t.encode() for t in texts], 0), (sequence, given, status)

# The same in arrays, however these are written, and a line each.
def check_arrays_and_lines():
    def space():
        return ''.join(random.choices(' \t\r\n', k=random.choice([0, 0, 1, 3])))
    arrays = [[value() for _ in range(random.randrange(5))] for _ in range(random.randrange(4))]
    texts = [[json.dumps(v, indent=random.choice([None, 1])) for v in array] for array in arrays]
    data = ''.join(space() + '[' + ','.join(space() + t + space() for t in array) + space() + ']'
                   for array in texts)
    given, status = records('json,array', data.encode())
    assert (given, status) == ([t.encode() for array in texts for t in array], 0), (data, given, status)
    for cut in range(len(data)):
        try:
            at, whole = 0, True
            while data[at:cut].strip():
                at = decoder.raw_decode(data[:cut], at + len(data[at:cut]) - len(data[at:cut].lstrip()))[1]
        except ValueError:
            whole = False
        assert (records('json,array', data[:cut].encode())[1] == 0) == whole, (data, cut)
    texts = [json.dumps(value(), ensure_ascii=random.random() < .5) for _ in range(random.randrange(9))]
    data = ''.join(t + random.choice(['\n', '\r\n', '\n\n \n', '\n\t']) for t in texts).encode()
    given, status = records('ndjson', data)
    assert (given, status) == ([t.encode() for t in texts], 0), (data, given, status)
    # What is damaged is no record, unless it is a value again, as far as that is checked.
    lines = data.splitlines(keepends=True)
    if lines:
        spoiled = random.randrange(len(lines))
        lines[spoiled] = random.choice([b'[1,\n', b'"a\n', b'1 2\n', b'{}}\n', b'tru\n', b'.\n'])
        given, status = records('ndjson', b''.join(lines))
        assert status == 3 and given == [l.strip() for l in lines[:spoiled] if l.strip()], (lines, given)

# Numbers and names, or nearly, between white space.
def check_words(words):
    text = ' '.join(words)
    good = 0
    while good < len(words) and word(words[good]):
        good += 1
    given, status = records('json', text.encode())
    assert given == [w.encode() for w in words[:good]], (text, given)
    assert (status == 0) == (good == len(words)), (text, status)
    # The last one needs white space.
    given, status = records('json-seq', b'\x1e' + text.encode() + b'\n')
    assert given == [w.encode() for w in words[:good]], (text, given)
    assert (status == 0) == (good == len(words)), (text, status)
    if len(words) == 1:
        given, status = records('json-seq', b'\x1e' + text.encode() + b'\x1e0\n', '--on-partial=drop')
        assert given == [b'0'] * (status == 0) and status != 4, (text, given, status)
        assert status == 0 or not good, (text, status)

part = 1 if os.environ.get('THOROUGH') else 3
random.seed(8259)
for _ in range(150 // part):
    check_values()
for _ in range(12 // part):
    check_arrays_and_lines()
near = ['0', '-', '1', '12', '.', '5', 'e', 'E', '+', '00', '0.0', 'e-1']
names = ['true', 'false', 'null', 'tru', 'nul', 'e', 'f', 'NaN', 'Infinity', '-', 't', '1', 'n']
for _ in range(300 // part):
    pieces = random.choice([near, near, names])
    check_words([''.join(random.choices(pieces, k=random.randrange(1, 4)))
                 for _ in range(random.randrange(1, 3))])
# Any byte by itself, before a value and after one.
for byte in range(256):
    begins = chr(byte) in '"[{-0123456789tfn'
    space = chr(byte) in ' \t\r\n'
    given, status = records('json', bytes([byte]))
    assert (status != 3) == (begins or space or byte == 0xef), (byte, given, status)
    given, status = records('json', b'{}' + bytes([byte]) + b' ')
    assert given[0] == b'{}' and (status != 3) == (chr(byte) in '"[{0123456789' or space), byte
print('same')
END

doing='values, as Python reads them'
export CBSPLIT
python3 compare.py >out 2>err || fail "$(cat err)"
expect out 'same\n'
