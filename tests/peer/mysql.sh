#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Commands that the client library PyMySQL sends, the largest in several packets, are
# one record each, and it reads packets that cbsplit writes as what they were.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python pymysql

# A connection whose socket is a file.
cat >peer.py <<'SCRIPT'
import random, sys
from pymysql.connections import Connection, MAX_PACKET_LEN
from pymysql.constants.COMMAND import COM_QUERY

class File:
    def __init__(self, file):
        self.file = file
    def settimeout(self, timeout):
        pass
    def sendall(self, data):
        self.file.write(data)
    def close(self):
        pass

# One byte of a command says which it is.
sizes = [0, 1, 250, 251, 70000, MAX_PACKET_LEN - 2, MAX_PACKET_LEN - 1, MAX_PACKET_LEN,
         2 * MAX_PACKET_LEN - 1, 2 * MAX_PACKET_LEN + 7, 5]
random.seed(4)
queries = [random.randbytes(n) for n in sizes]
connection = Connection(defer_connect=True)
if sys.argv[1] == 'write':
    with open('wire', 'wb') as wire, open('netstrings', 'wb') as netstrings:
        connection._sock = File(wire)
        for query in queries:
            connection._execute_command(COM_QUERY, query)
            netstrings.write(b'%d:\3%b,' % (len(query) + 1, query))
else:
    connection._sock = File(None)
    connection._rfile = sys.stdin.buffer
    for query in queries:
        connection._next_seq_id = 0
        packet = connection._read_packet()
        assert packet.get_all_data() == b'\3' + query, 'another packet'
    assert not connection._rfile.read(), 'more packets'
SCRIPT
"$python" peer.py write

cp wire in
run -f mysql -t netstring
expect_status 0
expect_same netstrings out
cp netstrings in
run -f netstring -t mysql
expect_status 0
expect_same wire out
"$python" peer.py read <out 2>err || fail "PyMySQL reads something else: $(cat err)"

about 'it rejects a packet that is out of sequence, and so do we'
printf '\377\377\377\000' >in
head -c 16777215 /dev/zero >>in
printf '\000\000\000\002' >>in
run -f mysql -t none
expect_status 3
expect_message 'stdin: record 1 at byte 0: frame is not the next one of its record: 00 00 00 02, at byte 16777219'
