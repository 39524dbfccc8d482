#!/bin/sh
# SPDX-License-Identifier: MIT
#
# PPP in octet-stuffed HDLC: Wireshark reads frames that are written here, out of a log as
# pppd records it, and finds the same ones.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3
need editcap

cat >peer.py <<'END'
import random, struct, sys

def fcs(data):
    """RFC 1662 appendix C.2, a bit at a time."""
    sum = 0xffff
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = sum >> 1 ^ (0x8408 if sum & 1 else 0)
    return struct.pack('<H', sum ^ 0xffff)

def frames():
    random.seed(3)
    for size in list(range(0, 200, 7)) + [1500]:
        for letters in (range(256), b'}~]^\0\x11\x20'):
            frame = b'\xff\x03\0\x21' + bytes(random.choices(letters, k=size))
            yield frame + fcs(frame)

def log(wire):
    """What pppd's option `record` writes: the time, then what was sent, in pieces."""
    yield b'\7' + struct.pack('>I', 1700000000)
    for at in range(0, len(wire), 777):
        piece = wire[at:at + 777]
        yield b'\1' + struct.pack('>H', len(piece)) + piece

if sys.argv[1] == 'frames':
    sys.stdout.buffer.writelines(b'%d:%b,' % (len(frame), frame) for frame in frames())
elif sys.argv[1] == 'log':
    sys.stdout.buffer.writelines(log(sys.stdin.buffer.read()))
else:
    # Each packet of the capture begins with a byte for the direction.
    sys.stdout.buffer.writelines(b'%d:\1%b,' % (len(frame) + 1, frame) for frame in frames())
END

python3 peer.py frames >in
run -f netstring -t hdlc
expect_status 0
mv out wire
python3 peer.py log <wire >ppp.log
editcap -F pcap ppp.log ppp.pcap 2>err || fail "$doing: editcap: $(cat err)"
python3 peer.py packets >packets
run -f pcap -t netstring ppp.pcap
expect_status 0
expect_same packets out

# They come back, also without what two frames need not repeat, and out of the middle.
cp in frames
run -f hdlc -t netstring wire
expect_same frames out
sed 's/~~/~/g' wire >shared
run -f hdlc -t netstring shared
expect_same frames out
{ printf 'tail of a frame~~' && cat shared && printf 'cancelled}~~'; } >middle
run -f hdlc -t netstring --on-malformed=skip middle
expect_status 3
expect_same frames out
