#!/bin/sh
# SPDX-License-Identifier: MIT
#
# CBOR of Python's cbor2 and what RFC 8949 says is well-formed; MessagePack and
# Python's msgpack.  Random bytes are records as far as these read them, and end as
# they say.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python cbor2 msgpack

cat >compare.py <<'END'
import os, random, subprocess, sys, cbor2, msgpack

def records(framing, data):
    done = subprocess.run([os.environ['CBSPLIT'], '-f', framing, '-t', 'netstring', '--on-partial=drop'],
                          input=data, capture_output=True)
    assert done.returncode in (0, 3), (data, done)
    given, text = [], done.stdout
    while text:
        size, _, text = text.partition(b':')
        given.append(text[:int(size)])
        text = text[int(size) + 1:]
    return given, done.returncode

def value(depth=0):
    kind = random.randrange(10 if depth < 4 else 7)
    if kind == 0:
        return random.choice([0, 1, -1, 2**64 - 1, -2**63]) // random.choice([1, 2**8, 2**16, 2**40])
    if kind == 1:
        return random.choice([1.5, -2e300, float('inf'), True, False, None])
    if kind < 5:
        return bytes(random.choices(range(256), k=random.choice([0, 3, 23, 24, 300])))
    if kind < 7:
        return random.choice(['', 'a', '\u20ac' * 20, 'x' * 70000])
    values = [value(depth + 1) for _ in range(random.choice([0, 1, 2, 15, 16, 30]) >> depth)]
    return values if kind < 9 else {str(i): v for i, v in enumerate(values)}

# What is packed comes back, an object a record.
def check_values(framing, pack, unpack):
    packed = [pack(value()) for _ in range(random.randrange(9))]
    given, status = records(framing, b''.join(packed))
    assert given == packed and status == 0, (framing, packed, given, status)
    for one in given:
        assert pack(unpack(one)) == one, (framing, one)

# Items of indefinite length, of any kind.
def indefinite(depth=0):
    kind = random.randrange(6 if depth < 5 else 2)
    if kind == 0:
        return cbor2.dumps(value(4))
    if kind == 1:
        major, chunk = random.choice([(b'\x5f', b'ab'), (b'\x7f', 'ab')])
        return major + cbor2.dumps(chunk) * random.randrange(3) + b'\xff'
    items = [indefinite(depth + 1) for _ in range(2 * random.randrange(4))]
    if kind == 2:
        return b'\xbf' + b''.join(items) + b'\xff'
    if kind == 3:
        return bytes([0x80 + len(items)]) + b''.join(items)
    if kind == 4:
        return b'\xa1' + cbor2.dumps(len(items)) + indefinite(depth + 1)
    return b'\x9f' + b''.join(items) + b'\xff'

class Short(Exception): pass
class Wrong(Exception): pass

# RFC 8949, appendix C: the size of the item that begins at a place.
def well_formed(data, at, breakable=False):
    def take(n):
        nonlocal at
        if at + n > len(data):
            raise Short
        at += n
        return data[at - n:at]
    first = take(1)[0]
    major, info = first >> 5, first & 31
    argument = info
    if 24 <= info <= 27:
        argument = int.from_bytes(take(1 << (info - 24)), 'big')
    elif 28 <= info <= 30:
        raise Wrong
    elif info == 31:
        if major in (2, 3):
            while True:
                if data[at:at + 1] == b'\xff':
                    return major, at + 1
                if at < len(data) and (data[at] >> 5 != major or data[at] & 31 == 31):
                    raise Wrong  # chunks are of the same type, and have a length
                at = well_formed(data, at)[1]
        if major in (4, 5):
            while True:
                item, at = well_formed(data, at, True)
                if item == 'break':
                    return major, at
                if major == 5:
                    at = well_formed(data, at)[1]
        if major == 7 and breakable:
            return 'break', at
        raise Wrong
    if major in (2, 3):
        take(argument)
    elif major in (4, 5):
        for _ in range(argument * (major - 3)):
            at = well_formed(data, at)[1]
    elif major == 6:
        at = well_formed(data, at)[1]
    elif major == 7 and info == 24 and argument < 32:
        raise Wrong
    return major, at

def size_of_cbor(data, at):
    return well_formed(data, at)[1]

def size_of_msgpack(data, at):
    reader = msgpack.Unpacker(max_buffer_size=2**32)
    reader.feed(data[at:])
    try:
        reader.skip()
    except msgpack.OutOfData:
        raise Short
    except (msgpack.FormatError, ValueError):
        raise Wrong
    return at + reader.tell()

def check_bytes(framing, data, size_of):
    wanted, status, at = [], 0, 0
    try:
        while at < len(data):
            end = size_of(data, at)
            wanted.append(data[at:end])
            at = end
    except Short:
        pass
    except Wrong:
        status = 3
    given, end = records(framing, data)
    assert (given, end) == (wanted, status), (framing, data.hex(), given, end, wanted, status)

cases = int(sys.argv[1])
random.seed(8949)
for _ in range(cases // 8):
    check_values('cbor', cbor2.dumps, cbor2.loads)
    check_values('msgpack', msgpack.packb, lambda one: msgpack.unpackb(one, strict_map_key=False))
for _ in range(cases // 2):
    items = [indefinite() for _ in range(random.randrange(1, 6))]
    given, status = records('cbor', b''.join(items))
    assert given == items and status == 0, (items, given, status)
    for item in items:
        cbor2.loads(item)
some = bytes.fromhex('0018414b5f61627f808182839fa0a1a2bfc1d8f4f8fbff1c203f')
for _ in range(cases):
    check_bytes('cbor', bytes(random.choices(some, k=random.randrange(1, 14))), size_of_cbor)
    check_bytes('cbor', random.randbytes(random.randrange(1, 14)), size_of_cbor)
some = bytes.fromhex('007f808182909192a0a1a2bfc0c1c2c4c7c8caccd0d4d5d9dcdede010203ff')
for _ in range(cases):
    check_bytes('msgpack', bytes(random.choices(some, k=random.randrange(1, 14))), size_of_msgpack)
    check_bytes('msgpack', random.randbytes(random.randrange(1, 14)), size_of_msgpack)
print('same')
END

doing='values, as Python reads them'
export CBSPLIT
cases=150
[ -z "${THOROUGH-}" ] || cases=1500
"$python" compare.py $cases >out 2>err || fail "$(tail -c 3000 err)"
expect out 'same\n'
