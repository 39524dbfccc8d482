#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What nginx serves in chunks is decoded to the bytes that it serves, fetched
# with nc and with curl, and so are whole messages, several on one connection.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nginx nc curl perl

about 'the server'

# Server-side includes make nginx look through what it serves, so that it does
# not know the length when it begins: it sends chunks.
run_nginx() {
    start_nginx <<END
        root $scratch/files;
        ssi on;
        ssi_types *;
        location /plain/ {
            alias $scratch/files/;
            ssi off;
        }
        location /nothing {
            return 204;
        }
END
}

mkdir files
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "%d: line\r\n", i }' >files/lines
awk 'BEGIN { srand(1); for (i = 0; i < 300000; i++) printf "%c", int(rand() * 256) }' >files/bytes
printf x >files/one
: >files/none
serve run_nginx

about 'what it serves'

# fetch FILE [OPTION]... - the body as it is sent
fetch() {
    name=$1
    shift
    curl -s --noproxy '*' --raw "$@" "http://127.0.0.1:$port/$name"
}

# request FILE - what nc is to send for it
request() {
    printf 'GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1"
}

for file in lines bytes one; do
    doing="nginx serves $file"
    fetch "$file" -D head >raw
    tr -d '\r' <head | grep -qix 'transfer-encoding: chunked' || {
        cat head
        fail "$doing: not in chunks"
    }
    ! cmp -s "files/$file" raw || fail "$doing: curl --raw took the chunks off"

    # As a user has it.
    fetch "$file" | "$CBSPLIT" --from chunked >out 2>err
    expect_message ''
    expect_same "files/$file" out

    # The head of the message first, then the body, from one connection.
    request "$file" | nc 127.0.0.1 "$port" >message
    {
        "$CBSPLIT" -d '\r\n\r\n' -n 1 >head
        "$CBSPLIT" --from chunked >out
        cat >rest
    } <message
    tr -d '\r' <head | sed -n 1p | grep -qx 'HTTP/1.1 200 OK' || fail "$doing: $(cat head)"
    expect_same "files/$file" out
    expect rest ''
done

about 'the chunks themselves: put together they are the file, and as many as say so'
fetch bytes >raw
"$CBSPLIT" --from chunked --count raw >count
[ "$(cat count)" -gt 1 ] || fail 'nginx sent the file in one chunk'
"$CBSPLIT" --from chunked --to u32be raw | "$CBSPLIT" --from u32be --to chunked >out
"$CBSPLIT" --from chunked out | cmp - files/bytes

# Several messages on one connection, some in chunks and some not.
doing='nginx, one connection'
for path in lines plain/bytes nothing plain/none one plain/absent; do
    printf 'GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n' "$path"
done >requests
request plain/lines >>requests
"$CBSPLIT" -f http -c requests >out
expect out '7\n'
nc 127.0.0.1 "$port" <requests >messages
curl -s --noproxy '*' "http://127.0.0.1:$port/plain/absent" >absent
: >nothing
for file in files/lines files/bytes nothing nothing files/one absent files/lines; do
    printf '%s:' "$(($(wc -c <"$file")))"
    cat "$file"
    printf ,
done >expected
"$CBSPLIT" -f http -t netstring messages >out 2>err
expect_message ''
expect_same expected out
for sign in 'Transfer-Encoding: chunked' 'Content-Length: 300000' 'HTTP/1.1 204' 'HTTP/1.1 404'; do
    grep -aq "$sign" messages || fail "$doing: no '$sign'"
done

# Answers to HEAD, with the lengths of what they leave out.
doing='nginx, HEAD'
for path in lines plain/bytes nothing plain/absent; do
    printf 'HEAD /%s HTTP/1.1\r\nHost: localhost\r\n\r\n' "$path"
done >requests
printf 'HEAD /one HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >>requests
nc 127.0.0.1 "$port" <requests >messages
grep -aq 'Content-Length: 300000' messages || fail "$doing: no length"
"$CBSPLIT" -f http,head -t netstring messages >out 2>err
expect_message ''
expect out '0:,0:,0:,0:,0:,'

# A connection that breaks is no end.
doing='curl --raw, cut short'
head -c 200000 raw >in
run --from chunked
expect_status 4
first "$(wc -c <out)" files/bytes >expected
expect_same expected out
