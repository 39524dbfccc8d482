#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Rows of CSV, and Python's csv module: what it reads from random texts is what
# it reads from the rows, one by one, that cbsplit makes of them with `lazy-quotes`.  Without
# that key rows are malformed that the grammar of RFC 4180 does not have; what Python refuses with
# `strict` is among them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

# (A CR alone ends a row for Python, so there is none but in CRLF, except with the key for
# that.)
cat >compare.py <<'END'
import csv, io, os, random, re, subprocess, sys

def read(text, separator, **dialect):
    return list(csv.reader(io.StringIO(text, newline=''), delimiter=separator, **dialect))

def run(data, separator, keys, *options):
    return subprocess.run(
        [os.environ['CBSPLIT'], '-f', 'csv,sep=' + separator.replace(',', '\\,') + keys,
         '-t', 'u32be', *options], input=data, capture_output=True)

def rows(data, separator, keys=''):
    done = run(data, separator, keys + ',lazy-quotes', '--on-partial=emit')
    assert (done.returncode, done.stderr) == (0, b''), (data, done)
    return records(done)

def records(done):
    given, at = [], 0
    while at < len(done.stdout):
        size = int.from_bytes(done.stdout[at:at + 4], 'big')
        given.append(done.stdout[at + 4:at + 4 + size].decode())
        at += 4 + size
    return given

cases = 300 if os.environ.get('THOROUGH') else 100
random.seed(12)
pieces = ['a', 'b c', ',', ',', ';', '"', '"', '""', '\n', '\r\n', '\ufeff']
for i in range(cases):
    separator = random.choice(',;')
    text = ''.join(random.choices(pieces, k=random.randrange(60)))
    # As Excel writes it, or not.
    data = (b'\xef\xbb\xbf' if i % 2 else b'') + text.encode()
    wanted = read(data.decode('utf-8-sig'), separator)
    given = [(read(row, separator) or [[]])[0] for row in rows(data, separator)]
    assert given == wanted, (data, given, wanted)
# Other dialects.
pieces += ["'", "'", '\\', '\\', '\r', '\n\n']
for i in range(2 * cases):
    keys, dialect = ',cr', {}
    if i % 2:
        keys, dialect = keys + ",quote='", {'quotechar': "'"}
    if i % 3:
        keys, dialect = keys + ',escape=\\\\', {**dialect, 'escapechar': '\\'}
    data = ''.join(random.choices(pieces, k=random.randrange(60))).encode()
    if data.endswith(b'\\') and i % 3:
        data += b'x'
    wanted = read(data.decode('utf-8-sig'), ',', **dialect)
    given = [(read(row, ',', **dialect) or [[]])[0] for row in rows(data, ',', keys)]
    assert given == wanted, (keys, data, given, wanted)
    given = [read(row, ',', **dialect)[0] for row in rows(data, ',', keys + ',skip-empty')]
    assert given == [row for row in wanted if row], (keys, data, given, wanted)

# What is right, by the grammar of section 2 (with any text in place of TEXTDATA).
right = re.compile('(F(,F)*)'.replace('F', '("([^"]|"")*"|[^",\\n]*)'))

def strict(text):
    """The number of rows that Python reads before it refuses one, and whether it does."""
    count = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=''), strict=True):
            count += 1
    except csv.Error as error:
        return count, 'expected after' in str(error)
    return count, False

pieces = ['a', 'b c', ',', ',', '"a"', '"', '""', '"b\n"', '\n', '\n', '\r\n', '",', ',"']
refused = wrong = 0
for i in range(600):
    text = ''.join(random.choices(pieces[:8 + i % 6], k=random.randrange(20))) + '\n'
    data = text.encode()
    loose = records(run(data, ',', ',lazy-quotes', '--on-partial=drop'))
    good = [bool(right.fullmatch(row)) for row in loose]
    skipped = run(data, ',', '', '--on-partial=drop', '--on-malformed=skip')
    assert records(skipped) == [row for row, is_right in zip(loose, good) if is_right], (data, skipped)
    assert skipped.returncode == 3 if not all(good) else skipped.returncode in (0, 3), (data, skipped)
    failed = run(data, ',', '', '--on-partial=drop')
    first = good.index(False) if not all(good) else len(good)
    assert records(failed) == loose[:first] and failed.returncode == skipped.returncode, (data, failed)
    # Python does not refuse a quote in the middle of a field.
    count, refuses = strict(text)
    assert not refuses or count >= first, (data, count, first)
    assert not refuses or failed.returncode == 3, (data, failed)
    refused += refuses
    wrong += failed.returncode == 3
assert refused > 20 and wrong > refused, (refused, wrong)
print('same')
END

doing='rows, as Python reads them'
export CBSPLIT
python3 compare.py >out 2>err || fail "$(cat err)"
expect out 'same\n'
