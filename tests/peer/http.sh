#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Messages of HTTP as others write them: what servers in Node.js and Python
# answer, all on one connection, and what curl asks for.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need node python3 curl nc perl

mkdir files
awk 'BEGIN { srand(3); for (i = 0; i < 300000; i++) printf "%c", int(rand() * 256) }' >files/bytes
: >files/none

# netstring FILE - one record
netstring() {
    printf '%s:' "$(($(wc -c <"$1")))"
    cat "$1"
    printf ,
}

# What goes in and out is written to files, the bodies as Node.js reads them.
cat >server.js <<'END'
'use strict';
const fs = require('fs');
const http = require('http');
const content = fs.readFileSync('files/bytes');

const answers = {
    '/length': response => response.end(content),
    '/chunks': response => {
        response.writeHead(200, {Trailer: 'X-Note'});
        for (let at = 0, size = 1; at < content.length; size = (size * 7) % 30011)
            response.write(content.subarray(at, at += size));
        response.addTrailers({'X-Note': 'a: b; c'});
        response.end();
    },
    '/close': response => {
        response.write(content.subarray(0, 10));
        response.end(content.subarray(10));
    },
    '/hints': response => {
        if (response.writeEarlyHints)
            response.writeEarlyHints({link: '</a>; rel=preload'});
        else
            response.writeProcessing();
        response.end('hinted');
    },
    '/204': response => response.writeHead(204).end(),
    '/304': response => response.writeHead(304, {'Content-Length': 9}).end(),
    '/put': response => response.end('thanks'),
};

const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
        const body = Buffer.concat(parts);
        fs.appendFileSync('bodies', body.length + ':');
        fs.appendFileSync('bodies', body);
        fs.appendFileSync('bodies', ',');
        answers[request.url](response);
    });
});
server.on('connection', socket => {
    socket.on('data', data => fs.appendFileSync('requests', data));
});
server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync('port.new', String(server.address().port));
    fs.renameSync('port.new', 'port');
});
END
start node server.js >log 2>&1
wait_for test -e port
port=$(cat port)

about 'responses'

# get PATH [FIELD]... - a request
get() {
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\n' "$1"
    shift
    for field; do
        printf '%s\r\n' "$field"
    done
    printf '\r\n'
}

doing='node, on one connection'
{
    get /length
    get /chunks
    get /hints
    get /204
    get /304
    get /hints 'Content-Length: 2' 'Expect: 100-continue'
    printf 'hi'
    # Answered up to the end.
    printf 'GET /close HTTP/1.0\r\n\r\n'
} | nc 127.0.0.1 "$port" >responses
{
    netstring files/bytes
    netstring files/bytes
    printf '0:,6:hinted,0:,0:,0:,0:,6:hinted,'
    netstring files/bytes
} >expected
"$CBSPLIT" -f http -t netstring <responses >out 2>err || fail "$doing: exit status $?: $(cat err)"
expect_same expected out
for sign in 'Transfer-Encoding: chunked' 'X-Note: a: b; c' 'HTTP/1.1 100' 'HTTP/1.1 304' \
    'Connection: close'; do
    grep -aqi "^$sign" responses || fail "$doing: no '$sign'"
done

about 'as they came: one after another they are what was sent'
"$CBSPLIT" -f http,keep <responses | cmp - responses
"$CBSPLIT" -f http,keep -t netstring <responses | "$CBSPLIT" -f netstring -t raw | cmp - responses

about 'requests'

doing='curl, on one connection'
rm -f requests bodies
curl -sS --noproxy '*' --data-binary @files/bytes "http://127.0.0.1:$port/put" >answer \
    --next -sS --noproxy '*' "http://127.0.0.1:$port/hints" \
    --next -sS --noproxy '*' -T - -H 'Expect:' "http://127.0.0.1:$port/put" <files/bytes \
    --next -sS --noproxy '*' -X POST "http://127.0.0.1:$port/put"
expect answer 'thankshintedthanksthanks'
"$CBSPLIT" -f http -t netstring <requests >out 2>err || fail "$doing: exit status $?: $(cat err)"
expect_same bodies out
{
    netstring files/bytes
    printf 0:,
    netstring files/bytes
    printf 0:,
} >expected
expect_same expected out
grep -aqi '^transfer-encoding: chunked' requests || fail "$doing: no chunks"

about 'Python'

run_python() {
    start python3 -m http.server "$port" --bind 127.0.0.1 --directory "$scratch/files"
}
serve run_python
for file in bytes none; do
    doing="python3, $file"
    curl -s -i --raw --noproxy '*' "http://127.0.0.1:$port/$file" >message
    "$CBSPLIT" -f http -t netstring <message >out 2>err || fail "$doing: exit status $?: $(cat err)"
    netstring "files/$file" >expected
    expect_same expected out
done
doing='python3, three connections in one'
for file in bytes none bytes; do
    printf 'GET /%s HTTP/1.0\r\n\r\n' "$file" | nc 127.0.0.1 "$port"
done >messages
"$CBSPLIT" -f http -c <messages >out
expect out '3\n'
