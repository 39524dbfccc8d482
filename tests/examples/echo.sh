#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/echo.c: 1,000 connections at once, which hold no blocks while they are idle;
# one whose output nobody takes is not read; what is wrong ends one connection, and no
# other.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"
need_example echo
need python3

cat >client.py <<'END_OF_SCRIPT'
import os, re, resource, signal, socket, struct, subprocess, sys

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
if soft < 1100:
    if hard != resource.RLIM_INFINITY and hard < 1100:
        sys.exit(77)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1100, hard))

def start(*arguments):
    return subprocess.Popen([*sys.argv[1:], *arguments], stdout=subprocess.PIPE,
                            stderr=open("err", "w"), text=True)

server = start()
port = int(server.stdout.readline())

def connect():
    return socket.create_connection(("127.0.0.1", port))

def receive(s, n):
    received = bytearray()
    while len(received) < n and (part := s.recv(min(n - len(received), 1 << 20))):
        received += part
    return bytes(received)

def receive_all(s):
    received = receive(s, 1 << 40)
    s.close()
    return received

def answers(given, wanted):
    s = connect()
    s.sendall(given)
    s.shutdown(socket.SHUT_WR)
    received = receive_all(s)
    assert received == wanted, (given, received)

def usage():
    """What the server says of itself."""
    server.send_signal(signal.SIGUSR1)
    return [int(n) for n in re.findall("[0-9]+", server.stdout.readline())]

# A connection, to its end; the last record may come in any number of parts.
answers(b"", b"")
answers(b"5:hello,0:,3:a\nb,", b"5:hello,0:,3:a\nb,")
long = b"3000000:" + bytes(3000000) + b","
s = connect()
for at in range(0, len(long), 100000):
    s.sendall(long[at:at + 100000])
    assert receive(s, min(100000, len(long) - at)) == long[at:at + 100000]

# The same connection goes on, and what is wrong with others is theirs.
answers(b"5:hello,x", b"5:hello,")
answers(b"5:hello,5:wor", b"5:hello,5:wor")
s.sendall(b"2:ok,")
assert receive(s, 5) == b"2:ok,"

# A client that resets its connection.
reset = connect()
reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
reset.sendall(b"5:hel")
reset.close()
s.sendall(b"2:ok,")
assert receive(s, 5) == b"2:ok,"
s.close()

# 1,000 at once, each with its own records; then all are idle.
clients = [connect() for _ in range(1000)]
for times in range(2):
    for i, s in enumerate(clients):
        s.sendall(b"%d:%b," % (i, b"x" * i))
    for i, s in enumerate(clients):
        record = b"%d:%b," % (i, b"x" * i)
        assert receive(s, len(record)) == record, i
assert usage() == [1000, 0]

# One more has to wait until there is room.
late = connect()
late.sendall(b"4:late,")
usage()  # it may be asked before it sees the connection, but not twice
assert usage() == [1000, 0]
clients.pop().close()
assert receive(late, 7) == b"4:late,"

# Nor is anything kept of a record that has not come whole.
for s in clients:
    s.sendall(b"2:o")
    assert receive(s, 3) == b"2:o"
assert usage() == [1000, 0]
for s in clients:
    s.sendall(b"k,")
    assert receive(s, 2) == b"k,"

# A client that takes nothing can send only what sockets and a read or two have room
# for; the server neither reads nor keeps more.  Meanwhile others are answered.
greedy = clients.pop()
greedy.setblocking(False)
given = bytearray()
record = b"1000:" + b"x" * 1000 + b","
def give(most):
    """Sends until the server is seen to take no more: it has answered others since."""
    while len(given) < most:
        try:
            at = len(given) % len(record)
            given.extend(record[at:at + greedy.send(record[at:])])
        except BlockingIOError:
            before = len(given)
            for _ in range(10):
                late.sendall(b"4:late,")
                assert receive(late, 7) == b"4:late,"
            try:
                given.extend(record[at:at + greedy.send(record[at:])])
            except BlockingIOError:
                return
give(1 << 30)
assert len(given) < 1 << 28, len(given)
assert usage()[1] < 1 << 20, usage()

# When it takes what was sent, it gets all of that.
greedy.setblocking(True)
assert receive(greedy, len(given)) == bytes(given)
assert usage() == [1000, 0]

# All that a signal ends is freed.
server.send_signal(signal.SIGTERM)
assert server.wait() == 0, server.returncode
errors = open("err").read().splitlines()
for error in ("echo: record 2 at byte 8: ", "echo: record 2 at byte 13: input ends inside",
              "echo: connection: Connection reset by peer"):
    assert sum(line.startswith(error) for line in errors) == 1, (error, errors)
assert len(errors) == 3, errors

# A port that is taken, and what is none.
taken = socket.create_server(("127.0.0.1", 0))
usage_text = "usage: echo [PORT [CONNECTIONS]]\n"
for argument, status, message in (
        (str(taken.getsockname()[1]), 1, "echo: bind: Address already in use\n"),
        ("http", 2, usage_text), ("70000", 2, usage_text)):
    assert start(argument).wait() == status
    assert open("err").read() == message
END_OF_SCRIPT

doing='echo and its clients'
status=0
python3 client.py ${EXAMPLES_UNDER-} "$TOP_BUILDDIR/examples/echo" >out 2>&1 || status=$?
[ "$status" -ne 77 ] || skip 'too few descriptors for 1,000 connections'
[ "$status" -eq 0 ] || {
    cat out err
    fail "$doing"
}
