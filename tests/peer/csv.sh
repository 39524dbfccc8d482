#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Rows of CSV, and Python's csv module: what it reads from random texts is what
# it reads from the rows, one by one, that cbsplit makes of them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

# (A CR alone ends a row for Python, so there is none but in CRLF, except with the key for
# that.)
cat >compare.py <<'END'
import csv, io, os, random, subprocess, sys

def read(text, separator, **dialect):
    return list(csv.reader(io.StringIO(text, newline=''), delimiter=separator, **dialect))

def rows(data, separator, keys=''):
    done = subprocess.run(
        [os.environ['CBSPLIT'], '-f', 'csv,sep=' + separator.replace(',', '\\,') + keys,
         '-t', 'u32be', '--on-partial=emit'], input=data, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b''), (data, done)
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
print('same')
END

doing='rows, as Python reads them'
export CBSPLIT
python3 compare.py >out 2>err || fail "$(cat err)"
expect out 'same\n'
