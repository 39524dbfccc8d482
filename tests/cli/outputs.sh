#!/bin/sh
# SPDX-License-Identifier: MIT
# What is for output only and stands for a record, read back by a strict parser.
. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

gives 'hi\nthere\n' '6869\n7468657265\n' -t hex
gives 'f\nfo\nfoo\n' 'Zg==\nZm8=\nZm9v\n' -t base64
# Offsets are those of the payload in its own input, numbers go on.
printf 'a\r\nbc\r\n' >one
printf '\n\nd' >two
run -t index one two
expect_status 0
expect out '1\t0\t1\n2\t3\t2\n3\t0\t0\n4\t1\t0\n5\t2\t1\n'
gives '1:a,0:,2:bc,' '1\t2\t1\n2\t6\t0\n3\t9\t2\n' -f netstring -t index
# A payload that nobody writes is not read either.
gives '1:a,0:,2:bc,' '2\t6\t0\n' -f netstring -t index --skip=1 -n 1
# Only what is whole has a line, and nothing is held for it.
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 2 bytes of its payload are missing, at byte 9' \
    '1:a,5:hel' '1\t2\t1\n' -f netstring -t index
refuses 3 'stdin: record 1 at byte 0: payload is not followed by its trailer: 3b, at byte 3' '1:a;' '' \
    -f netstring -t index
gives 'ab\n\ncde' '1\t0\t2\n2\t3\t0\n3\t4\t3\n' -t index
gives 'a"b\n\377\n' \
    '{"record":1,"offset":0,"length":3,"text":"a\\"b"}\n{"record":2,"offset":4,"length":1,"base64":"/w=="}\n' -t json

about 'the header of the frame, wherever it is; framings with an end have none'
gives '1:a,10:0123456789,' '{"record":1,"offset":2,"length":1,"text":"a","header":"313a"}
{"record":2,"offset":7,"length":10,"text":"0123456789","header":"31303a"}
' -f netstring -t json,header
gives 'a\n' '{"record":1,"offset":0,"length":1,"text":"a","header":""}\n' -t json,header
gives '1:a,' '{"record":1,"offset":0,"length":4,"text":"1:a,","header":""}\n' \
    -f netstring,keep -t json,header
for to in --exec --worker; do
    gives '1:a,' '{"record":1,"offset":2,"length":1,"text":"a","header":"313a"}\n' \
        -f netstring -t json,header $to=cat
done

need python3

about 'random records, of text and of bytes, through each of them'
cat >make.py <<'END'
import random
random.seed(20)
letters = [chr(c) for c in (*range(0x80), 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000,
                            0x10ffff, 34, 92)]
records = [b'']
for size in [n for n in range(70)] + [1000, 4093, 70000, 300000]:
    records.append(''.join(random.choice(letters) for _ in range(size)).encode())
    records.append(bytes(random.randrange(256) for _ in range(size)))
    records.append(records[-2][:-1])
with open('in', 'wb') as frames:
    for record in records:
        frames.write(len(record).to_bytes(4, 'big') + record)
END
cat >read.py <<'END'
import base64, json, sys

def refuse(word):
    raise ValueError(word)

frames = open('in', 'rb').read()
at, number = 0, 0
for line in sys.stdin.buffer:
    n = int.from_bytes(frames[at:at + 4], 'big')
    record = frames[at + 4:at + 4 + n]
    number += 1
    assert line.endswith(b'\n')
    if sys.argv[1] == 'hex':
        assert bytes.fromhex(line.decode('ascii')) == record
    elif sys.argv[1] == 'base64':
        assert base64.b64decode(line[:-1], validate=True) == record
    elif sys.argv[1] == 'index':
        assert line == b'%d\t%d\t%d\n' % (number, at + 4, n)
    else:
        seen = json.loads(line.decode('utf-8'), parse_constant=refuse)
        try:
            said = {'text': record.decode('utf-8')}
        except UnicodeDecodeError:
            said = {'base64': base64.b64encode(record).decode('ascii')}
        assert seen == {'record': number, 'offset': at + 4, 'length': n, **said}, seen
    at += 4 + n
assert at == len(frames)
END
python3 make.py
for framing in hex base64 index json; do
    run -f u32be -t $framing
    expect_status 0
    python3 read.py $framing <out || fail "$framing: not what a parser expects"
    # However it comes in.
    perl -e '$| = 1; local $/; $_ = <STDIN>; print $1 while /\G(.{1,4099})/gs' <in |
        "$CBSPLIT" -f u32be -t $framing >again
    expect_same out again
done
