#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cbsplit talks with a WebSocket server, the ws module of Node.js: messages that
# it sends masked come back as they were, each before the next is sent.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need node python3
# Where Debian has modules, for a node that is not Debian's.
export NODE_PATH="${NODE_PATH-}:/usr/share/nodejs"
node -e 'require("ws")' 2>/dev/null || skip 'there is no module ws for node'

# Sends what it gets back, and first a ping and a message in fragments.  It
# closes a connection with an error if a frame is not masked, and so on.
cat >server.js <<'END'
'use strict';
const fs = require('fs');
const {WebSocketServer} = require('ws');
const server = new WebSocketServer({host: '127.0.0.1', port: 0, perMessageDeflate: false});
server.on('connection', socket => {
    socket.on('error', error => console.log(String(error)));
    socket.on('close', code => console.log('closed: ' + code));
    socket.on('message', (data, isBinary) => socket.send(data, {binary: isBinary}));
    socket.ping('are you there?');
    socket.send('frag', {fin: false});
    socket.send('ment', {fin: true});
});
server.on('listening', () => {
    fs.writeFileSync('port.new', String(server.address().port));
    fs.renameSync('port.new', 'port');
});
END

# connect.py COMMAND - runs it with a connection as its input and output, once
# the handshake was made; of what follows that it takes nothing.
cat >connect.py <<'END'
import base64, hashlib, os, socket, subprocess, sys
port = int(open('port').read())
connection = socket.create_connection(('127.0.0.1', port))
key = base64.b64encode(os.urandom(16))
connection.sendall(b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n'
                   b'Connection: Upgrade\r\nSec-WebSocket-Key: %b\r\n'
                   b'Sec-WebSocket-Version: 13\r\n\r\n' % key)
head = b''
while not head.endswith(b'\r\n\r\n'):
    byte = connection.recv(1)
    assert byte, head
    head += byte
accept = hashlib.sha1(key + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest()
assert head.startswith(b'HTTP/1.1 101 ') and base64.b64encode(accept) in head, head
sys.exit(subprocess.call(['sh', '-c', sys.argv[1]], stdin=connection, stdout=connection))
END

start node server.js >>log 2>&1
wait_for test -e port

# converses_by FRAMING BYTES - records of such bytes go there in this framing
# and come back; then a Close frame ends it, with the status 1000.
close='\210\202\001\002\003\004\002\352'
converses_by() {
    doing="cbsplit -t $1"
    python3 - "$2" <<'END'
import random, sys
random.seed(7)
alphabet = eval(sys.argv[1])
with open('in', 'wb') as file:
    for size in [0, 1, 5, 124, 125, 126, 127, 128, 1000, 65534, 65535, 65536, 65537, 300000]:
        file.write(b'%d:%b,' % (size, bytes(random.choices(alphabet, k=size))))
END
    : >log
    python3 connect.py "
        { '$CBSPLIT' -f netstring -t $1 in && printf '$close'; } 2>err &
        '$CBSPLIT' -f websocket,data -t netstring >out 2>err2 && wait" ||
        fail "$doing: exit status $?: $(cat err err2 log)"
    { printf '4:frag,4:ment,' && cat in; } >expected
    expect_same expected out
    wait_for grep -q '^closed:' log
    grep -qx 'closed: 1000' log || fail "$doing: $(cat log)"
}
converses_by websocket,mask 'range(256)'
converses_by websocket,mask,text 'range(128)'

about 'what is not masked is refused by the server, not by us'
: >log
# (It closes the connection half a minute after that, unless we do.)
start python3 connect.py "printf '2:hi,' | '$CBSPLIT' -f netstring -t websocket; cat >out"
wait_for grep -q 'MASK must be set' log

about 'a frame at a time: one is sent when the one before has come back'
mkfifo in_pipe
: >out
start python3 connect.py "'$CBSPLIT' -f netstring -t websocket,mask <in_pipe &
    exec '$CBSPLIT' -f websocket,data -t netstring >out 2>err"
exec 3>in_pipe
printf '4:frag,4:ment,' >expected
for record in 3:one, 3:two, 0:, 5:three,; do
    printf '%s' $record >&3
    printf '%s' $record >>expected
    wait_for cmp -s expected out
done
exec 3>&-

about 'compressed'

# Messages that the server compresses, by the extension that most clients ask for
# (RFC 7692), and sends in fragments with pings between them.
cat >deflate.js <<'END'
'use strict';
const fs = require('fs');
const {WebSocketServer} = require('ws');
const server = new WebSocketServer({host: '127.0.0.1', port: 0,
    perMessageDeflate: {threshold: 0}});
server.on('connection', socket => {
    for (const size of [0, 1, 100, 5000, 100000]) {
        socket.send('a fragment,', {fin: false});
        socket.ping('are you there?');
        socket.send('x'.repeat(size), {fin: true});
        socket.send('whole ' + size);
    }
    socket.close(1000);
});
server.on('listening', () => {
    fs.writeFileSync('port.new', String(server.address().port));
    fs.renameSync('port.new', 'port');
});
END
sed 's/Connection: Upgrade/Sec-WebSocket-Extensions: permessage-deflate\\r\\n&/' connect.py >compressed.py
rm port
start node deflate.js >>log 2>&1
wait_for test -e port
doing='compressed messages'
# (Without an answer to its Close frame the server would wait for half a minute.)
python3 compressed.py "printf '$close'; cat >stream" || fail "$doing: $(cat log)"
"$CBSPLIT" -f websocket,message,rsv1 -t u32be stream >messages
python3 - <<'END' >out
import struct, zlib
with open('messages', 'rb') as file:
    data = file.read()
inflate = zlib.decompressobj(-15)
while data:
    size = struct.unpack('>I', data[:4])[0]
    text = inflate.decompress(data[4:4 + size] + b'\0\0\xff\xff').decode()
    print(len(text), text[:12])
    data = data[4 + size:]
END
expect out '11 a fragment,\n7 whole 0\n12 a fragment,x\n7 whole 1\n111 a fragment,x\n9 whole 100\n'"\
"'5011 a fragment,x\n10 whole 5000\n100011 a fragment,x\n12 whole 100000\n'
"$CBSPLIT" -f websocket,rsv1,keep -t raw stream | cmp - stream
cp stream in
run -f websocket,message
expect_status 3
expect_message 'stdin: record 1 at byte 0: a reserved bit is set: 41'
