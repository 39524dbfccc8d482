#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/proxy.c: a body in chunks goes on in the same chunks, the larger part of
# it unseen, and has an end only if it was right.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"
need_example proxy

# passed CHUNKS BYTES - so many, says the proxy, of which it has not seen BYTES
passed() {
    expect_status 0
    expect err "proxy: $1 chunks, $2 bytes passed unseen\\n"
}

# forwards CHUNKS INPUT OUTPUT
forwards() {
    printf -- "$2" >in
    try proxy
    passed "$1" 0
    expect out "$3"
}

forwards 2 '4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n' '4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n'
forwards 1 '004;name=value\r\nWiki\r\n0\r\nTrailer: x\r\n\r\n' '4\r\nWiki\r\n0\r\n\r\n'
forwards 0 '0\r\n\r\n' '0\r\n\r\n'

about 'no end without one, nor after a fault'
fails 1 'proxy: chunk 1 at byte 0: ' '' '' proxy
fails 1 'proxy: chunk 2 at byte 10: ' '4\r\nWiki\r\n5' '4\r\nWiki\r\n' proxy
fails 1 'proxy: chunk 2 at byte 14: ' '4\r\nWiki\r\n5\r\npe' '4\r\nWiki\r\n5\r\npe' proxy
fails 1 'proxy: chunk 2 at byte 9: ' '4\r\nWiki\r\n\n5\r\npedia' '4\r\nWiki\r\n' proxy
fails 2 'usage: proxy' '' '' proxy localhost

printf '0\r\n\r\nGET' >in
try proxy
expect_status 1
expect out '0\r\n\r\n'
grep -qx 'proxy: input: there is more after the end of the body' err || fail "$(cat err)"

# A chunk of which most is not read, between small ones: from a file and a pipe, to a
# pipe, a file, and one that takes no splice.
{
    printf '1\r\na\r\n4c4b40\r\n'
    head -c 5000000 /dev/zero
    printf '\r\n1\r\nb\r\n0\r\n\r\n'
} >in
most_passed() {
    expect_status 0
    grep -qE '^proxy: 3 chunks, 4[0-9]{6} bytes passed unseen$' err || fail "$doing: $(cat err)"
    expect_same in out
}
try proxy
most_passed
doing='proxy, from pipe to pipe'
cat in | { example proxy 2>err || echo failed >>err; } | cat >out
most_passed
doing='proxy, to a file that is added to'
: >out
example proxy <in >>out 2>err || status=$?
most_passed

about 'the long chunk is cut short: in what is read of it, and in what is spliced'
for size in 1000 3000000; do
    head -c "$size" in >cut
    doing="proxy, cut after $size bytes"
    status=0
    example proxy <cut >out 2>err || status=$?
    expect_status 1
    says "proxy: chunk 2 at byte $size: input ends inside"
    expect_same cut out
done

cannot_write proxy
cannot_read proxy

about 'between sockets'

need python3
cat >sockets.py <<'END_OF_SCRIPT'
"""sockets.py BYTES COMMAND... - gives "in" to COMMAND by a socket as its standard
input, and reads what it sends to a port, in "received": all, or BYTES, and then closes
the connection.  Ends as COMMAND did."""
import socket, subprocess, sys, threading

def feed(end, body):
    try:
        end.sendall(body)
        end.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # COMMAND went away

most = int(sys.argv[1])
listener = socket.create_server(("127.0.0.1", 0))
ours, theirs = socket.socketpair()
process = subprocess.Popen([*sys.argv[2:], "127.0.0.1", str(listener.getsockname()[1])],
                           stdin=theirs)
theirs.close()
receiver, _ = listener.accept()
feeder = threading.Thread(target=feed, args=(ours, open("in", "rb").read()))
feeder.start()
received = bytearray()
while not most or len(received) < most:
    part = receiver.recv(1 << 16)
    if not part:
        break
    received += part
receiver.close()
status = process.wait()
ours.close()
feeder.join()
open("received", "wb").write(received)
sys.exit(status)
END_OF_SCRIPT

# by_sockets BYTES
by_sockets() {
    doing="proxy between sockets, $1 bytes"
    status=0
    python3 sockets.py "$1" ${EXAMPLES_UNDER-} "$TOP_BUILDDIR/examples/proxy" 2>err || status=$?
}

by_sockets 0
mv received out
most_passed

# The receiver goes away in the middle, of more than can be under way between the two.
{
    printf '4000000\r\n'
    head -c 67108864 /dev/zero
    printf '\r\n0\r\n\r\n'
} >in
by_sockets 1000000
expect_status 1
grep -qE '^proxy: output: (Broken pipe|Connection reset by peer)$' err || fail "$doing: $(cat err)"

# Nobody is there.
doing='proxy to a port where nobody listens'
status=0
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
example proxy 127.0.0.1 "$port" <in >out 2>err || status=$?
expect_status 1
expect err 'proxy: 127.0.0.1: Connection refused\n'
