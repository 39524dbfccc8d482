#!/bin/sh
# SPDX-License-Identifier: MIT
#
# DNS over TCP: a server whose messages are framed by cbsplit answers dig.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need dig python3

# Reads questions and writes answers, with 32-bit lengths: a TXT record of many
# strings that say what was asked for.
cat >answer.py <<'END'
import struct, sys

def question(message):
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]])
        at += 1 + message[at]
    return b'.'.join(labels), message[12:at + 5]

while header := sys.stdin.buffer.read(4):
    message = sys.stdin.buffer.read(struct.unpack('<I', header)[0])
    assert struct.unpack('>H', message[4:6]) == (1,)
    name, asked = question(message)
    strings = [name + b'-%d' % i for i in range(int(name.split(b'.')[0]))]
    data = b''.join(bytes([len(s)]) + s for s in strings)
    answer = (message[:2] + struct.pack('>5H', 0x8180, 1, 1, 0, 0) + asked +
              struct.pack('>HHHIH', 0xc00c, 16, 1, 60, len(data)) + data)
    sys.stdout.buffer.write(struct.pack('<I', len(answer)) + answer)
    sys.stdout.buffer.flush()
END

# Each connection is the standard input and output of a pipeline.
cat >server.py <<'END'
import os, socket, subprocess
listener = socket.create_server(('127.0.0.1', 0))
with open('port.new', 'w') as port:
    port.write(str(listener.getsockname()[1]))
os.rename('port.new', 'port')
while True:
    client, _ = listener.accept()
    subprocess.run('"$CBSPLIT" -f dns -t u32le | python3 answer.py | "$CBSPLIT" -f u32le -t dns',
                   shell=True, stdin=client, stdout=client)
    client.close()
END

export CBSPLIT
start python3 server.py >log 2>&1
wait_for test -e port

# ask NAME... - by one connection
ask() {
    doing="dig $*"
    dig -p "$(cat port)" @127.0.0.1 +tcp +keepopen +short +tries=1 +time=60 -t TXT "$@" >out ||
        fail "$doing: exit status $?: $(cat out)"
}

# expect_answers NUMBER... - so many strings for each name, a line for each name
expect_answers() {
    for number; do
        awk -v n="$number" 'BEGIN {
            for (i = 0; i < n; i++)
                printf "%s\"%d.example.org-%d\"", i ? " " : "", n, i
            print ""
        }'
    done >expected
    expect_same expected out
}

ask 1.example.org
expect_answers 1
ask 3.example.org
expect_answers 3
# The longest that a record may be is 65535 bytes.
ask 2500.example.org
expect_answers 2500
ask 1.example.org 2.example.org 1000.example.org 3.example.org
expect_answers 1 2 1000 3
