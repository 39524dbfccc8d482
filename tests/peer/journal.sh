#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Entries of a journal, exported by journalctl, are those that it prints as JSON;
# and what cbsplit writes of them is imported again by systemd-journal-remote.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
PATH=$PATH:/usr/lib/systemd:/lib/systemd
need journalctl systemd-journal-remote python3

# Entries with text and with bytes, some of which look like the end of an entry,
# or like other fields.
cat >make.py <<'END'
import random, sys
random.seed(37)
out = sys.stdout.buffer

def field(name, value):
    if all(32 <= byte < 127 for byte in value):
        out.write(b'%b=%b\n' % (name, value))
    else:
        out.write(b'%b\n%b%b\n' % (name, len(value).to_bytes(8, 'little'), value))

for i in range(200):
    field(b'__REALTIME_TIMESTAMP', b'%d' % (1700000000000000 + i))
    field(b'__MONOTONIC_TIMESTAMP', b'%d' % (i + 1))
    field(b'_BOOT_ID', b'6c7c6013a26343b29e964691ff25d04c')
    field(b'MESSAGE', random.choice([b'text %d' % i, b'a\n\nMESSAGE=b\n\n', b'=', b'\n', b'\n' * 9,
                                     random.randbytes(random.randrange(1, 3000))]))
    for name in random.sample([b'A', b'_B1', b'C_D', b'PRIORITY'], 2):
        field(name, random.choice([b'x=y', b'7', b'\n\n%d' % i, bytes(range(256))]))
    out.write(b'\n' * random.choice([1, 1, 1, 2, 5]))
END
python3 make.py >made
# As --to=line writes them they are an export, too.
cp made in
run -f journal
expect_status 0
systemd-journal-remote -o "$PWD/one.journal" - <out >log 2>&1 ||
    fail "systemd-journal-remote: $(cat log)"
journalctl --file="$PWD/one.journal" -o export >in
[ "$(grep -ac '^__CURSOR=' in)" -eq 200 ] || fail 'not 200 entries were imported'
run -f journal -c
expect out '200\n'
run -f journal
expect_same in out
run -f journal,keep -t raw
expect_same in out

about 'each record has the fields that journalctl has in its JSON'
cat >compare.py <<'END'
import json, sys

def records(data):
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], 'big')
        yield data[at + 4:at + 4 + size]
        at += 4 + size

def fields(record):
    at = 0
    while at < len(record):
        end = record.index(b'\n', at)
        name, text, value = record[at:end].partition(b'=')
        at = end + 1
        if not text:
            size = int.from_bytes(record[at:at + 8], 'little')
            value = record[at + 8:at + 8 + size]
            at += 9 + size
        yield name.decode(), value

def in_bytes(value):
    return bytes(value) if isinstance(value, list) else value.encode()

given = [dict(fields(record)) for record in records(open('records', 'rb').read())]
wanted = [{name: in_bytes(value) for name, value in json.loads(line).items()}
          for line in open('json')]
# (Some versions of journalctl leave these out of one of the two.)
for entry in given + wanted:
    for name in '__SEQNUM', '__SEQNUM_ID':
        entry.pop(name, None)
assert len(given) == 200
for one, other in zip(given, wanted, strict=True):
    assert one == other, (one, other)
END
"$CBSPLIT" -f journal -t u32be <in >records
journalctl --file="$PWD/one.journal" -o json --all >json
doing='cbsplit -f journal, compared with journalctl -o json'
python3 compare.py 2>err || fail "$doing: $(tail -c 2000 err)"

about 'every part of them is imported alone'
run -f journal --select=20-119
systemd-journal-remote -o "$PWD/two.journal" - <out >log 2>&1 ||
    fail "systemd-journal-remote: $(cat log)"
[ "$(journalctl --file="$PWD/two.journal" -o export | grep -ac '^__CURSOR=')" -eq 100 ] ||
    fail 'not 100 entries were imported'
