#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Events of a MIDI file that the library mido writes: those with a length have it as a
# variable-length quantity.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python mido

cat >write.py <<'SCRIPT'
import mido, random
random.seed(6)
file, netstrings = mido.MidiFile(), b''
track = mido.MidiTrack()
file.tracks.append(track)
for size in [0, 1, 126, 127, 128, 129, 8192, 16383, 16384, 300000]:
    text = ''.join(random.choices('do re mi', k=size))
    track.append(mido.MetaMessage('text', text=text, time=0))
    netstrings += b'%d:%b,' % (len(text), text.encode())
    data = bytes(random.choices(range(128), k=size))
    track.append(mido.Message('sysex', data=data, time=0))
file.save('in')
with open('netstrings', 'wb') as out:
    out.write(netstrings)
SCRIPT
"$python" write.py

# The track is the second chunk of the file.  In it, an event here begins with a time of
# 0; a meta event is FF, a type, a length; any other has its length one byte earlier.
run -f u32be,offset=4,byte=0:4d,byte=1:54 --skip=1 -t raw
expect_status 0
"$python" - <<'SCRIPT'
import struct
track = open('out', 'rb').read()
texts = b''
while track:
    at = 3 if track[1] == 0xff else 2
    size, end = 0, at
    while True:
        size = size << 7 | track[end] & 127
        end += 1
        if track[end - 1] < 128:
            break
    if track[1] == 0xff and track[2] == 1:
        texts += track[:end + size]
    track = track[end + size:]
open('in', 'wb').write(texts)
SCRIPT
run -f vlq,offset=3,byte=1:ff,byte=2:01,canonical -t netstring
expect_status 0
expect_same netstrings out
cp in wire
cp netstrings in
run -f netstring -t 'vlq,offset=3,lead=\0\xff\x01'
expect_status 0
expect_same wire out
