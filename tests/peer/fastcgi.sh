#!/bin/sh
# SPDX-License-Identifier: MIT
#
# FastCGI between nginx and cbsplit: the request that nginx sends, with padding,
# is split into what was asked for, and the answer that cbsplit makes is what
# nginx serves.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nginx nc curl perl

# The application reads a request to its end, an empty FCGI_STDIN, into a file,
# and sends another.
cat >application.pl <<'END'
use IO::Socket::INET;
my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die;
open my $port, '>', 'application.new' or die;
print $port $listener->sockport;
close $port;
rename 'application.new', 'application' or die;
while (my $client = $listener->accept) {
    binmode $client;
    my $request = '';
    until ($request =~ /\x01\x05\x00\x01\x00\x00\x00\x00\z/) {
        sysread($client, $request, 65536, length $request) or die 'cut short';
    }
    open my $file, '>:raw', 'request' or die;
    print $file $request;
    close $file;
    open my $response, '<:raw', 'response' or die;
    local $/;
    print {$client} <$response>;
}
END
start perl application.pl
wait_for test -e application

run_nginx() {
    start_nginx <<END
        location / {
            fastcgi_pass 127.0.0.1:$(cat application);
            fastcgi_pass_request_headers off;
            fastcgi_param REQUEST_URI \$request_uri;
        }
END
}

about 'several records of the longest kind, and the end of the request'
awk 'BEGIN { srand(6); for (i = 0; i < 200000; i++) printf "%c", int(rand() * 256) }' >content
{ printf 'Content-Type: application/octet-stream\r\n\r\n' && cat content; } |
    "$CBSPLIT" -f fixed:65535 -t fcgi >response
head -c 8 /dev/zero |
    "$CBSPLIT" -f fixed:8 -t 'u16be,offset=4,header=8,lead=\x01\x03\x00\x01' >>response
serve run_nginx

awk 'BEGIN { srand(7); for (i = 0; i < 50000; i++) printf "%c", int(rand() * 256) }' >posted

# nginx pads what it sends to a multiple of 8 bytes: here 0 to 7.
padded=0
for uri in / /a /ab /abc /abcd /abcde /abcdef /ABCDEF0; do
    doing="curl $uri"
    curl -s --noproxy '*' --data-binary @posted -H 'Content-Type: x' -H 'Expect:' \
        "http://127.0.0.1:$port$uri" >served
    expect_same content served

    # FCGI_BEGIN_REQUEST of a responder, the one parameter, the end of them;
    # then what was posted.
    doing="cbsplit -f fcgi, $uri"
    "$CBSPLIT" -f fcgi -t netstring -n 3 <request >out
    n=${#uri} code=$(printf %03o "${#uri}")
    expect out "8:\\000\\001\\000\\000\\000\\000\\000\\000,$((13 + n)):\\013\\${code}REQUEST_URI$uri,0:,"
    "$CBSPLIT" -f fcgi --skip 3 -t raw <request >out
    expect_same posted out
    # With its header and its padding the parameter is longer.
    "$CBSPLIT" -f fcgi,keep --skip 1 -n 1 -t raw <request >parameter
    [ "$(wc -c <parameter)" -eq $((8 + 13 + n)) ] || padded=$((padded + 1))
done
# All but one.
[ "$padded" -eq 7 ] || fail "$padded were padded"
