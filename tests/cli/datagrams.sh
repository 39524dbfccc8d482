#!/bin/sh
# SPDX-License-Identifier: MIT
#
# From a socket for datagrams each is taken as a whole: a read that has no room for all of
# one, or the kernel's ways to move a payload, would lose the rest of it.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# datagrams TYPE SIZE COMMAND... - what comes in, in datagrams of this size, to the command
cat >datagrams <<'END'
#!/usr/bin/env perl
use Socket;
my ($type, $size, @command) = @ARGV;
socketpair(my $ours, my $theirs, AF_UNIX, $type eq 'dgram' ? SOCK_DGRAM : SOCK_SEQPACKET, 0)
    or exit 77;
if (!(my $child = fork)) {
    close $theirs;
    while (sysread(STDIN, my $data, $size)) {
        send($ours, $data, 0) // exit 1;
    }
    send($ours, '', 0) if $type eq 'dgram';
    exit;
}
open(STDIN, '<&', $theirs) or die;
close $ours;
close $theirs;
exec @command or die;
END
chmod +x datagrams

# all_of FILE ARG... - cbsplit makes of it in datagrams what it makes of the file
all_of() {
    file=$1
    shift
    "$CBSPLIT" "$@" <"$file" >expected
    for type in dgram seqpacket; do
        # 150000: more than is read of a file at once
        for size in 1000 60000 150000; do
            doing="cbsplit $* <$file, in ${type}s of $size bytes"
            status=0
            ./datagrams $type $size "$CBSPLIT" "$@" <"$file" >out 2>err || status=$?
            if [ $status = 77 ]; then
                echo "# this system has no $type"
                continue
            fi
            expect_status 0
            expect_message ''
            expect_same expected out
        done
    done
}

# Do such datagrams pass at all?
seq 30000 | head -c 150000 >one
./datagrams dgram 150000 dd bs=200000 <one 2>/dev/null | cmp -s one - ||
    skip 'there are no datagrams of 150000 bytes'

about 'records of many datagrams, and many records of one'
seq 100000 >lines
all_of lines
all_of lines --skip=50000 -t netstring
all_of lines -c

about 'payloads that would be moved or discarded'
{
    head -c 300000 lines >payload
    for i in 1 2 3 4 5; do
        printf '300000:'
        cat payload
        printf ',3:end,'
    done
} >payloads
all_of payloads -f netstring -t raw
all_of payloads -f netstring -t none
all_of payloads -f netstring --skip=3 -t line
all_of payloads -f netstring -c
