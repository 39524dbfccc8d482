#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Events that a server in Node.js sends come out of cbsplit as they were meant,
# each before the next is sent; and what cbsplit writes as events is read by a
# parser of JavaScript that was written from the rules of the standard.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need node curl

cat >server.js <<'END'
'use strict';
const fs = require('fs');
const http = require('http');

// /events stays open, and each request of /next sends one more event there.
const events = fs.readFileSync('events', 'latin1').split('|');
let opened;
const stream = new Promise(resolve => { opened = resolve; });
const type = {'Content-Type': 'text/event-stream'};

const server = http.createServer(async (request, response) => {
    switch (request.url) {
    case '/events':
        response.writeHead(200, type);
        response.write('\ufeff: welcome\n\n');
        opened(response);
        break;
    case '/next':
        if (events.length)
            (await stream).write(Buffer.from(events.shift(), 'latin1'));
        else
            (await stream).end();
        response.end();
        break;
    default:
        response.writeHead(200, type);
        fs.createReadStream('page').pipe(response);
    }
});
server.listen(0, '127.0.0.1', () => {
    fs.writeFileSync('port.new', String(server.address().port));
    fs.renameSync('port.new', 'port');
});
END

cat >client.js <<'END'
'use strict';
// Prints the data of all events as netstrings.
const http = require('http');
const chunks = [];
http.get(process.argv[2], response => {
    response.on('data', chunk => chunks.push(chunk));
    response.on('end', () => {
        const lines = Buffer.concat(chunks).toString('latin1').split(/\r\n|\n|\r/);
        let data = '';
        for (const line of lines.slice(0, -1)) {
            const [, name, value] = /^([^:]*)(?:: ?)?([^]*)$/.exec(line);
            if (name === 'data')
                data += value + '\n';
            if (line !== '' || data === '')
                continue;
            const event = data.slice(0, -1);
            process.stdout.write(`${event.length}:${event},`, 'latin1');
            data = '';
        }
    });
});
END

{
    printf 'data: one\n\n|id: 7\r\ndata: two\r\ndata: lines\r\n\r\n|data: by CR\r\r|\ndata\n\n|'
    printf ': ping\n\nevent: x\ndata:last\n\n'
} >events
start node server.js >log 2>&1
wait_for test -e port
url=http://127.0.0.1:$(cat port)
next() {
    curl -s --noproxy '*' "$url/next"
}

mkfifo stream
start sh -c 'exec curl -sN --noproxy "*" "$1" >stream' curl "$url/events"
"$CBSPLIT" -f sse,data -t netstring <stream >out 2>err &
cbsplit_pid=$!
ours $cbsplit_pid

# sees NETSTRINGS - this has come out when one more event was sent, with the
# stream still open
sees() {
    next
    printf '%s' "$1" >expected
    wait_for cmp -s expected out
}
sees '3:one,'
sees '3:one,9:two
lines,'
sees '3:one,9:two
lines,5:by CR,'
sees '3:one,9:two
lines,5:by CR,0:,'
sees '3:one,9:two
lines,5:by CR,0:,4:last,'
next
doing='cbsplit at the end of the stream'
wait "$cbsplit_pid" || fail "$doing: exit status $?: $(cat err)"
expect_message ''

# What it writes, back through a server and a client.  CR comes back as LF.
records='0:,1: ,4:a\n\nb,7:data: x,2:\n\n,3:: c,4:\000\377 \n,'
printf "${records}5:a\rb\r\n,2:\r\r," >in
run -f netstring -t sse
expect_status 0
mv out page
node client.js "$url/page" >out
expect out "${records}4:a\nb\n,2:\n\n,"
curl -s --noproxy '*' "$url/page" >in
run -f sse,data -t netstring
expect_status 0
expect out "${records}4:a\nb\n,2:\n\n,"
