#!/bin/sh
# SPDX-License-Identifier: MIT
#
# With descriptors that do not block, as other programs that share them may have
# set them, nothing is lost, doubled or given up.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# nonblocking COMMAND... - with standard input and output made so
cat >nonblocking <<'END'
#!/usr/bin/env perl
use Fcntl;
for my $handle (*STDIN, *STDOUT) {
    fcntl($handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK) or die;
}
exec @ARGV;
END
cbsplit=$CBSPLIT
printf '#!/bin/sh\nexec "%s/nonblocking" "%s" "$@"\n' "$scratch" "$cbsplit" >nonblocking-cbsplit
chmod +x nonblocking nonblocking-cbsplit
CBSPLIT=$scratch/nonblocking-cbsplit

about 'there is nothing to read yet'

converse --from=line --to=netstring
send 'a\n'
receive '1:a,'
send 'b'
send 'b\n'
receive '2:bb,'
ends 0 ''

converse --from=u32be --to=raw
send '\000\000\000\003a'
receive 'a'
send 'b'
receive 'b'
ends 4 ''

about 'a payload that the kernel would move'
converse --from=u32be --to=raw
send '\000\001\000\000a'
receive 'a'
head -c 65534 /dev/zero >&3
take 65534 <&4 | tr -d '\000' >out
expect out ''
send 'z\000\000\000\001b'
receive 'zb'
ends 0 ''

about 'what is left out is waited for, too'
converse --from=u32be --to=raw --skip=1
send '\000\001\000\000a'
head -c 65535 /dev/zero >&3
send '\000\000\000\001b'
receive 'b'
ends 0 ''

about 'the reader is slower, and so is the writer'

# trickle - what comes in, in pieces of all sizes: short ones for as long as it
# takes to fill what is between, and then long ones
cat >trickle <<'END'
#!/usr/bin/env perl
$| = 1;
my $size = 1;
while ((my $n = sysread(STDIN, my $data, $size)) > 0) {
    for (my $at = 0; $at < $n;) {
        $at += syswrite(STDOUT, $data, $n - $at, $at) // die;
    }
    $size = ++$count < 3000 ? $count % 7 + 1 : 100000;
}
END
chmod +x trickle

# all_of FILE ARG... - cbsplit makes of it through such pipes what it makes of
# the file
all_of() {
    file=$1
    shift
    doing="cbsplit $* with descriptors that do not block"
    "$cbsplit" "$@" <"$file" >expected
    ./trickle <"$file" | "$CBSPLIT" "$@" 2>err | ./trickle >out
    expect_message ''
    expect_same expected out
    # A fast writer, and a slow reader.
    # shellcheck disable=SC2002
    cat "$file" | "$CBSPLIT" "$@" 2>err | ./trickle >out
    expect_message ''
    expect_same expected out
}

awk 'BEGIN { for (i = 0; i < 300000; i++) printf "%d\r\n", i * i }' >lines
all_of lines -d '\r\n'
all_of lines -d '\r\n' -t u16be

{
    head -c 200000 lines >payload
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        printf '200000:'
        cat payload
        printf ',3:end,'
    done
} >payloads
all_of payloads -f netstring -t u32le
all_of payloads -f netstring -t raw
all_of payloads -f netstring -t line --skip=3
all_of payloads -f netstring -c
