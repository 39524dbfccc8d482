#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Streams of slip, hdlc and cobs are the same to cbsplit and to a Python script that
# was written from RFC 1055, RFC 1662 and the paper's figures.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

cat >peer.py <<'END'
import random, re, sys

def records(least):
    random.seed(5)
    special = bytes([0, 1, 0x5d, 0x5e, 0x7d, 0x7e, 0xc0, 0xdb, 0xdc, 0xdd, 0xfe, 0xff])
    for size in list(range(least, 300)) + [507, 508, 509, 510, 762, 763, 5000, 200000]:
        yield bytes(random.choices(range(256), k=size))
        yield bytes(random.choices(special, k=size))
        yield bytes([1 + i % 255 for i in range(size)])
        yield bytes(size)

def to_netstring(record):
    return b'%d:%b,' % (len(record), record)

def to_slip(record):
    return b'\300' + record.replace(b'\333', b'\333\335').replace(b'\300', b'\333\334') + b'\300'

def from_slip(wire):
    assert wire.endswith(b'\300')
    for packet in re.findall(b'[^\300]+', wire):
        yield re.sub(b'\333(.)', lambda m: {b'\334': b'\300', b'\335': b'\333'}[m[1]], packet)

def to_hdlc(record):
    return b'~' + record.replace(b'}', b'}]').replace(b'~', b'}^') + b'~'

def from_hdlc(wire):
    assert wire.endswith(b'~') and wire.startswith(b'~')
    for frame in re.findall(b'[^~]+', wire):
        yield re.sub(b'(?s)}(.)', lambda m: bytes([m[1][0] ^ 0x20]), frame)

def to_cobs(record):
    wire = bytearray()
    parts = (record + b'\0').split(b'\0')[:-1]
    for i, part in enumerate(parts):
        while len(part) >= 254:
            wire += b'\377' + part[:254]
            part = part[254:]
            if not part and i == len(parts) - 1:
                return wire + b'\0'
        wire.append(len(part) + 1)
        wire += part
    return wire + b'\0'

def from_cobs(wire):
    assert wire.endswith(b'\0')
    for frame in wire[:-1].split(b'\0'):
        record, at = bytearray(), 0
        while at < len(frame):
            code = frame[at]
            record += frame[at + 1:at + code]
            at += code
            assert at <= len(frame)
            if code < 255 and at < len(frame):
                record.append(0)
        yield bytes(record)

least, to, read = {
    'slip': (1, to_slip, from_slip),
    'hdlc': (1, to_hdlc, from_hdlc),
    'cobs': (0, to_cobs, from_cobs),
}[sys.argv[1]]
if sys.argv[2] == 'write':
    for name, make in ('netstrings', to_netstring), ('wire', to):
        with open(name, 'wb') as file:
            file.writelines(make(record) for record in records(least))
else:
    assert list(read(sys.stdin.buffer.read())) == list(records(least)), 'other records'
END

for framing in slip hdlc cobs; do
    python3 peer.py $framing write
    cp wire in
    run -f $framing -t netstring
    expect_status 0
    expect_same netstrings out
    cp netstrings in
    run -f netstring -t $framing
    expect_status 0
    expect_same wire out
    python3 peer.py $framing read <out 2>err || fail "$doing: Python reads something else: $(cat err)"
done

about 'what one of them cannot say'
refuses 6 'stdin: record 2 at byte 4: slip cannot represent an empty record' \
    '1:a,0:,1:b,' '\300a\300' -f netstring -t slip
gives '1:a,0:,1:b,' '\002a\000\001\000\002b\000' -f netstring -t cobs
