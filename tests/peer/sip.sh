#!/bin/sh
# SPDX-License-Identifier: MIT
#
# SIP over TCP, as the two sides of SIPp speak it with each other: each of their
# messages is a record.  And a call that is encoded here is answered.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need sipp python3 nc perl
calls=20

answer_calls() {
    start sipp -sn uas -i 127.0.0.1 -p "$port" -t t1 -nostdin
}
serve answer_calls

# relay.py PORT - a connection to it, both ways also to files
cat >relay.py <<'SCRIPT'
import os, socket, sys, threading
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen(1)
with open('relay.new', 'w') as file:
    file.write(str(server.getsockname()[1]))
os.rename('relay.new', 'relay')
client = server.accept()[0]
peer = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
def copy(source, target, name):
    with open(name, 'wb') as file:
        for data in iter(lambda: source.recv(65536), b''):
            file.write(data)
            target.sendall(data)
    target.shutdown(socket.SHUT_WR)
back = threading.Thread(target=copy, args=(peer, client, 'answers'), daemon=True)
back.start()
copy(client, peer, 'requests')
back.join(5)
SCRIPT
python3 relay.py "$port" 2>relay.log &
relay_pid=$!
ours $relay_pid
wait_for test -e relay
doing="$calls calls of sipp"
sipp -sn uac -i 127.0.0.1 -t t1 -nostdin -m $calls -r 1000 -d 1 "127.0.0.1:$(cat relay)" \
    >log 2>&1 || fail "$(cat log)"
doing='the relay, which ends when sipp has'
wait "$relay_pid"

# messages FILE START-LINE BODY... - so many of them for each call, with this in their
# body
messages() {
    "$CBSPLIT" -f sip,keep -t nul "$1" | grep -azc "^$2" >count
    expect count "$calls\\n"
}
doing='requests'
"$CBSPLIT" -f sip -c requests >count
expect count "$((3 * calls))\\n"
for method in INVITE ACK BYE; do
    messages requests "$method sip:service@127.0.0.1:[0-9]* SIP/2.0"
done
"$CBSPLIT" -f sip,keep -t raw requests | cmp - requests
doing='answers'
"$CBSPLIT" -f sip -c answers >count
expect count "$((3 * calls))\\n"
messages answers 'SIP/2.0 180 Ringing'
"$CBSPLIT" -f sip,keep -t raw answers | cmp - answers

# Of each call, two messages describe a session: an INVITE, and the answer to it.
doing='bodies'
for file in requests answers; do
    "$CBSPLIT" -f sip -t nul $file | grep -azc '^v=0' >count
    expect count "$calls\\n"
done

# A call from here.
doing='a call from here'
lead='INVITE sip:service@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n'
lead="${lead}From: <sip:me@127.0.0.1>;tag=1\\r\\nTo: <sip:service@127.0.0.1>\\r\\nCall-ID: 1\\r\\n"
lead="${lead}CSeq: 1 INVITE\\r\\nContact: <sip:me@127.0.0.1>\\r\\nMax-Forwards: 70\\r\\n"
lead="${lead}Content-Type: application/sdp\\r\\n"
sdp='v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n'
# shellcheck disable=SC2059
printf "$sdp" | "$CBSPLIT" -f fixed:1000 -t "sip,lead=$lead" >call
mkfifo to
nc 127.0.0.1 "$port" <to | "$CBSPLIT" -f sip,keep -n 2 -t nul >replies &
ours $!
exec 3>to
cat call >&3
wait_for grep -azq '^SIP/2.0 200 OK' replies
exec 3>&-
grep -az '^SIP/2.0 180 Ringing' replies >/dev/null || fail "$doing: no 180"
