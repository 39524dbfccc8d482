#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/echo.c with 10,000 connections at once (2,000 where there is less time), each of which
# sends its records in bits: it grows no more once all have been used, holds nothing for what is
# idle, and does not work when nobody sends.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"
need_example echo
need python3
[ -z "${EXAMPLES_UNDER-}" ] || skip 'too slow under another program'

cat >client.py <<'END_OF_SCRIPT'
import atexit, os, re, resource, signal, socket, subprocess, sys, time

MANY = int(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
if hard != resource.RLIM_INFINITY and hard < MANY + 100:
    sys.exit(77)
resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 100, hard))

server = subprocess.Popen([sys.argv[1], "0", str(MANY)], stdout=subprocess.PIPE,
                          stderr=open("err", "w"), text=True)
atexit.register(server.kill)
port = int(server.stdout.readline())

def of_server(name, pattern):
    with open(f"/proc/{server.pid}/{name}") as file:
        return int(re.search(pattern, file.read(), re.M)[1])

def memory():
    """In KiB; 0 under a sanitizer, which has memory of its own."""
    return 0 if os.environ.get("SANITIZERS") else of_server("status", r"^VmRSS:\s*(\d+)")

def worked():
    """How often it waited, and the ticks of processor time it took."""
    return (of_server("status", r"^voluntary_ctxt_switches:\s*(\d+)"),
            of_server("stat", r"\) (?:\S+ ){11}(\d+)"))

def usage():
    server.send_signal(signal.SIGUSR1)
    return [int(n) for n in re.findall("[0-9]+", server.stdout.readline())]

def receive(s, n):
    received = b""
    while len(received) < n and (part := s.recv(n - len(received))):
        received += part
    return received

clients = []
for _ in range(MANY):
    clients.append(socket.create_connection(("127.0.0.1", port)))

def round_of_bits(number):
    """A record from each in four bits, one of each before the next: all are in the middle of
    one at the same time."""
    for bit in range(4):
        for i, s in enumerate(clients):
            record = b"6:%06d,7:%07d," % (number, i)
            s.sendall(record[bit * 5:bit * 5 + 5] if bit < 3 else record[15:])
    for i, s in enumerate(clients):
        record = b"6:%06d,7:%07d," % (number, i)
        assert receive(s, len(record)) == record, i
    assert usage() == [MANY, 0]

# Memory that each has once needed may stay with the allocator; what were lost with each
# record would be more.
round_of_bits(0)
round_of_bits(1)
most = memory() + MANY * 3000 // 1024
for number in range(2, 6):
    round_of_bits(number)
    assert memory() <= most, f"{memory()} KiB, more than {most}"

before = worked()
time.sleep(0.5)
after = worked()
assert after[0] - before[0] <= 2 and after[1] - before[1] <= 1, (before, after)

# Half of them go, and as many others come once the server has seen that, time and again.  What
# comes may be put where a block of the pool was, which then needs another place: that is seen
# once, in any of the turns (4 KiB for each connection).  What were lost in each turn would be
# more.
most = memory() + MANY * 8192 // 1024
for number in range(6, 12):
    for s in clients[::2]:
        s.close()
    while usage()[0] > MANY // 2:
        time.sleep(0.01)
    clients[::2] = [socket.create_connection(("127.0.0.1", port)) for _ in clients[::2]]
    round_of_bits(number)
    assert memory() <= most, f"{memory()} KiB with other connections, more than {most}"
server.send_signal(signal.SIGTERM)
assert server.wait() == 0, server.returncode
assert open("err").read() == ""
END_OF_SCRIPT

many=2000
[ -z "${THOROUGH-}" ] || many=10000
doing="$many connections"
status=0
python3 client.py "$TOP_BUILDDIR/examples/echo" $many >out 2>&1 || status=$?
[ "$status" -ne 77 ] || skip "too few descriptors for $many connections"
[ "$status" -eq 0 ] || {
    cat out err
    fail "$doing"
}
