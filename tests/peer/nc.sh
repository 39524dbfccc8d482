#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What nc brings from a server comes out as it comes in: the server sends the
# second record only when the first one is out.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nc perl

# serve_steps PART... - a server on loopback, on a $port of its own, that sends
# the first PART to whoever comes, and each of the others when it is told to go
# on; escapes as in Perl
mkfifo go
cat >server <<'END'
#!/usr/bin/env perl
use IO::Socket::INET;
open my $go, '+<', 'go' or die;
my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die;
open my $port, '>', 'port.new' or die;
print $port $listener->sockport;
close $port;
rename 'port.new', 'port' or die;
my $client = $listener->accept or die;
$client->autoflush(1);
for my $i (0 .. $#ARGV) {
    <$go> if $i;
    print $client eval qq("$ARGV[$i]");
}
END
chmod +x server
serve_steps() {
    rm -f port
    start ./server "$@"
    wait_for test -e port
    port=$(cat port)
}

go_on() {
    echo >go
}

# listen_with ARG... - nc | cbsplit ARG..., whose output `receive` waits for
listen_with() {
    doing="nc | cbsplit $*"
    rm -f from
    mkfifo from
    nc 127.0.0.1 "$port" </dev/null | "$CBSPLIT" "$@" >from 2>err &
    pipeline=$!
    exec 4<from
}

# over OUTPUT - is left to come when the server has closed the connection
over() {
    cat <&4 >out
    exec 4<&-
    wait "$pipeline" || fail "$doing: exit status $?"
    expect out "$1"
    expect_message ''
}

serve_steps 'first\r\n' 'second\r\nthird\r' '\nfourth' '\r\n'
listen_with --delim '\r\n'
receive 'first\n'
go_on
receive 'second\nthird'
go_on
receive '\nfourth'
go_on
over '\n'

about 'whole records only, for an output that begins with their length'
serve_steps 'first\r\n' 'second\r\nth' 'ird\r\n'
listen_with --delim '\r\n' --to netstring
receive '5:first,'
go_on
receive '6:second,'
go_on
over '5:third,'

serve_steps '\x00\x00\x00\x02ab\x00\x00' '\x00\x03cd' 'e'
listen_with --from u32be --to line
receive 'ab\n'
go_on
receive 'cd'
go_on
over 'e\n'

about 'a body ends by itself, though the server does not go'
serve_steps "5\\r\\nhello\\r\\n" "0\\r\\n\\r\\n" ""
listen_with --from chunked
receive hello
go_on
over ''
go_on
