#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What a server in Node.js sends in chunks, with trailers by its http module
# and with chunk extensions over a plain socket, is decoded to what it served.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need node nc curl

cat >server.js <<'END'
'use strict';
const fs = require('fs');
const http = require('http');
const net = require('net');
const content = fs.readFileSync('content');

// Pieces of many sizes, the last of them the rest.
function* pieces() {
    let at = 0;
    for (let size = 1; at < content.length; size = (size * 7) % 30011)
        yield content.subarray(at, at += size);
}

const trailers = http.createServer((request, response) => {
    response.writeHead(200, {Trailer: 'X-Length, X-Note', Connection: 'close'});
    for (const piece of pieces())
        response.write(piece);
    response.addTrailers({'X-Length': content.length, 'X-Note': 'a: b; c'});
    response.end();
});

// An answer to anything, in chunks with extensions as RFC 9112 has them.
const extensions = net.createServer(socket => {
    socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
        const all = ['', ';a', ';a=b', ';a=b;c="d;e=\\"f\\""', ';\ta = "\u00e9"'];
        let n = 0;
        for (const piece of pieces()) {
            socket.write(piece.length.toString(16) + all[n++ % all.length] + '\r\n');
            socket.write(piece);
            socket.write('\r\n');
        }
        socket.end('000;last\r\nX-Trailer: x\r\n\r\n');
    });
    socket.on('error', () => {});
});

function listen(server, name) {
    server.listen(0, '127.0.0.1', () => {
        fs.writeFileSync(name + '.new', String(server.address().port));
        fs.renameSync(name + '.new', name);
    });
}
listen(trailers, 'trailers');
listen(extensions, 'extensions');
END

awk 'BEGIN { srand(2); for (i = 0; i < 300000; i++) printf "%c", int(rand() * 256) }' >content
start node server.js >log 2>&1
wait_for test -e trailers
wait_for test -e extensions

# served_by NAME - decode to what was served, however it is fetched
served_by() {
    port=$(cat "$1")
    doing="node, $1, curl --raw"
    curl -s --noproxy '*' -D head --raw "http://127.0.0.1:$port/" >raw
    tr -d '\r' <head | grep -qix 'transfer-encoding: chunked' || fail "$doing: not in chunks"
    "$CBSPLIT" --from chunked <raw >out 2>err || fail "$doing: exit status $?: $(cat err)"
    expect_message ''
    expect_same content out

    doing="node, $1, nc"
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n' | nc 127.0.0.1 "$port" >message
    { "$CBSPLIT" -d '\r\n\r\n' -n 1 >head && "$CBSPLIT" --from chunked >out && cat >rest; } <message
    expect_same content out
    expect rest ''
}

served_by trailers
grep -a -q '^X-Length: 300000' raw || fail 'node sent no trailers'
served_by extensions
grep -a -q ';a=b;c="d;e=\\"f\\""' raw || fail 'node sent no chunk extensions'

# With what the strict reader refuses it is refused here too.
doing='node, a bare LF'
cr=$(printf '\r')
sed "s/;a=b$cr\$/;a=b/" raw >in
run --from chunked
expect_status 3
run --from chunked,lf
expect_status 0
expect_same content out
