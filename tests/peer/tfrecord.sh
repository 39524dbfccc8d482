#!/bin/sh
# SPDX-License-Identifier: MIT
#
# TFRecord files are the same to cbsplit and to a few lines of Python, which
# make and check them with a checksum that goes bit by bit; and a byte that is
# not what it was is always noticed.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

# By tensorflow/core/lib/io/record_writer.h.
cat >tfrecord.py <<'END'
import random, struct, sys

def masked(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    crc ^= 0xffffffff
    return struct.pack('<I', (crc >> 15 | crc << 17) + 0xa282ead8 & 0xffffffff)

def write(records):
    for record in records:
        length = struct.pack('<Q', len(record))
        sys.stdout.buffer.write(length + masked(length) + record + masked(record))

def read(data):
    at = 0
    while at < len(data):
        size, = struct.unpack('<Q', data[at:at + 8])
        record = data[at + 12:at + 12 + size]
        assert data[at + 8:at + 12] == masked(data[at:at + 8])
        assert data[at + 12 + size:at + 16 + size] == masked(record)
        yield record
        at += 16 + size

def netstrings(records):
    for record in records:
        sys.stdout.buffer.write(b'%d:%b,' % (len(record), record))

random.seed(1)
sizes = [0, 1, 7, 8, 9, 100, 300000, 0] + [random.randrange(40) for _ in range(100)]
records = [random.randbytes(size) for size in sizes]
{
    'write': lambda: write(records),
    'netstrings': lambda: netstrings(records),
    'read': lambda: netstrings(read(sys.stdin.buffer.read())),
}[sys.argv[1]]()
END

python3 tfrecord.py write >written
python3 tfrecord.py netstrings >netstrings
doing='cbsplit -f tfrecord'
"$CBSPLIT" -f tfrecord -t netstring <written >out
expect_same netstrings out
"$CBSPLIT" -f tfrecord,keep -t raw <written >out
expect_same written out
doing='cbsplit -t tfrecord'
"$CBSPLIT" -f netstring -t tfrecord <netstrings >out
expect_same written out
python3 tfrecord.py read <out >read
expect_same netstrings read

about 'in parts of any size'
for size in 1 13 4096; do
    doing="dd bs=$size | cbsplit -f tfrecord"
    dd bs=$size <written 2>/dev/null | "$CBSPLIT" -f tfrecord -t netstring >out
    expect_same netstrings out
done

about 'every byte matters'

printf '5:hello,3:you,' | "$CBSPLIT" -f netstring -t tfrecord >two
python3 -c '
data = open("two", "rb").read()
for at in range(len(data)):
    changed = bytearray(data)
    changed[at] ^= 1 << at % 8
    open("changed-%02d" % at, "wb").write(changed)'
# Two headers, two payloads and two checksums.
[ "$(ls changed-* | wc -l)" -eq $((2 * 12 + 5 + 3 + 2 * 4)) ] || fail 'too few bytes were changed'
for changed in changed-*; do
    cp "$changed" in
    run -f tfrecord -c
    expect_status 3
done
