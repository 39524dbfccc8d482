#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/shipper.c keeps what it promises: frames in order, no line twice, none given
# up that was not written when a connection broke; and it reads no more than it has
# room for.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"

fails 2 'usage: shipper' '' '' shipper localhost
fails 2 'usage: shipper' '' '' shipper localhost 1 soon
cannot_read shipper 127.0.0.1 1
makes '' '' shipper 127.0.0.1 1

need python3
cat >receiver.py <<'END_OF_SCRIPT'
import os, socket, struct, subprocess, sys, time

listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
listener.bind(("127.0.0.1", 0))

def start(given=subprocess.PIPE):
    open("err", "w").close()
    return subprocess.Popen([*sys.argv[1:], "127.0.0.1", str(listener.getsockname()[1]), "1"],
                            stdin=given, stderr=open("err", "a"))

def wait_for_message(text):
    while text not in open("err").read():
        time.sleep(0.01)

def receive(s, n):
    received = bytearray()
    while len(received) < n and (part := s.recv(min(n - len(received), 1 << 20))):
        received += part
    return bytes(received)

def frame(line):
    return struct.pack(">I", len(line)) + line

def frames(s):
    """The lines that come until the end; the last frame is whole, too."""
    lines = []
    while header := receive(s, 4):
        lines.append(receive(s, struct.unpack(">I", header)[0]))
        assert len(lines[-1]) == struct.unpack(">I", header)[0]
    return lines

def ends(process, status, message=b""):
    assert process.wait() == status, process.returncode
    said = open("err", "rb").read()
    assert (message in said) if message else not said, said

# Nobody listens yet: the lines wait.
shipper = start()
shipper.stdin.write(b"early\n")
shipper.stdin.flush()
wait_for_message("shipper: 127.0.0.1: Connection refused\n")
listener.listen()
s, _ = listener.accept()
assert receive(s, 9) == frame(b"early")

# A line is shipped before more is waited for; the last may have no end, and one that is
# too long is cut.
shipper.stdin.write(b"one\r\n\n")
shipper.stdin.flush()
assert receive(s, 11) == frame(b"one") + frame(b"")

# The receiver goes away, and what comes then goes to its successor.
s.close()
wait_for_message("shipper: connection lost: the receiver closed it\n")
shipper.stdin.write(b"x" * 100000 + b"\ntwo")
shipper.stdin.close()
s, _ = listener.accept()
assert frames(s) == [b"x" * 65536, b"two"]
s.close()
ends(shipper, 0, b"connection lost")

# A process that can always read sleeps only if it does not want to: its queue is full,
# and so are the system's buffers, most likely with a part of a frame.
def wait_until_full(process):
    stat = "/proc/%d/stat" % process.pid
    while os.path.exists(stat) and open(stat).read().rsplit(") ", 1)[1][0] != "S":
        time.sleep(0.01)

# A connection that breaks with many lines to come: of what the receiver has seen
# nothing comes again, and all is there that cannot have been written.
line_of = lambda i: b"%06d" % i + b"x" * (60000 + i)
count = 400
with open("in", "wb") as f:
    for i in range(count):
        f.write(line_of(i) + b"\n")
shipper = start(open("in", "rb"))
s, _ = listener.accept()
wait_until_full(shipper)
seen = b"".join(frame(line_of(i)) for i in range(30))
assert receive(s, len(seen)) == seen
wait_until_full(shipper)
s.close()
s, _ = listener.accept()
lines = frames(s)
first = int(lines[0][:6])
assert 30 <= first < count // 2, first
assert lines == [line_of(i) for i in range(first, count)]
s.close()
ends(shipper, 0, b"connection lost")

# Of a receiver that resets the last connection nobody knows what it has read.
shipper = start()
shipper.stdin.write(b"one\ntwo\n")
shipper.stdin.close()
s, _ = listener.accept()
assert receive(s, 1) == b"\0"
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
ends(shipper, 1, b"shipper: end: the last lines may not have been read\n")

# A receiver that reads nothing: no more is read than the queue and the system's
# buffers hold.
given = open("in", "rb")
shipper = start(given)
s, _ = listener.accept()
assert receive(s, 1) == b"\0"
wait_until_full(shipper)
taken = os.lseek(given.fileno(), 0, os.SEEK_CUR)
assert taken < 12 << 20, taken
assert receive(s, 3 + len(line_of(0))) == frame(line_of(0))[1:]
assert frames(s) == [line_of(i) for i in range(1, count)]
s.close()
ends(shipper, 0)
END_OF_SCRIPT

doing='shipper and its receiver'
python3 receiver.py ${EXAMPLES_UNDER-} "$TOP_BUILDDIR/examples/shipper" >out 2>&1 || {
    cat out err
    fail "$doing"
}
