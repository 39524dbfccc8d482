#!/bin/sh
# SPDX-License-Identifier: MIT
#
# With --exact the next command reads on right after the last record, whatever
# the input is: a file, a pipe, a named one, a socket, a terminal.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl
export CBSPLIT

# channels KINDS HOWS COMMAND... - runs COMMAND with what "in" holds on standard input, which
# comes through a channel of each of these kinds, at once or in single bytes.  It must make what
# "wanted_out" holds, say nothing, and leave what "wanted_rest" holds.
# (There are hundreds of cases, so one perl goes through many, and loads no module that these
# kinds do not need.)
mkfifo fifo
cat >channels <<'END'
#!/usr/bin/env perl
use strict;
use warnings;
use Fcntl;
use Socket qw(:DEFAULT IPPROTO_TCP TCP_NODELAY);
my ($kinds, $hows, @command) = @ARGV;
$SIG{PIPE} = 'IGNORE';

sub bytes_of {
    my ($name) = @_;
    open my $file, '<:raw', $name or die "$name: $!";
    return do { local $/; <$file> } // '';
}

sub pipe_ends {
    pipe my $reader, my $writer or die;
    return $reader, $writer;
}

sub nonblocking {
    my ($reader, $writer) = pipe_ends();
    fcntl $reader, F_SETFL, fcntl($reader, F_GETFL, 0) | O_NONBLOCK or die;
    return $reader, $writer;
}

sub socketpair_ends {
    socketpair my $reader, my $writer, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
    return $reader, $writer;
}

sub tcp {
    socket my $server, PF_INET, SOCK_STREAM, 0 or die;
    bind $server, pack_sockaddr_in(0, INADDR_LOOPBACK) or die;
    listen $server, 1 or die;
    socket my $writer, PF_INET, SOCK_STREAM, 0 or die;
    connect $writer, getsockname $server or die;
    setsockopt $writer, IPPROTO_TCP, TCP_NODELAY, 1 or die;
    accept my $reader, $server or die;
    return $reader, $writer;
}

sub tty {
    require POSIX;
    open my $writer, '+<', '/dev/ptmx' or exit 77;
    my $number = pack 'i', 0;
    ioctl $writer, 0x40045431, $number or exit 77; # TIOCSPTLCK
    ioctl $writer, 0x80045430, $number or exit 77; # TIOCGPTN
    sysopen my $reader, '/dev/pts/' . unpack('i', $number), O_RDWR | O_NOCTTY or exit 77;
    my $raw = POSIX::Termios->new;
    $raw->getattr(fileno $reader);
    $raw->setiflag(0);
    $raw->setoflag(0);
    $raw->setlflag(0);
    $raw->setattr(fileno $reader, POSIX::TCSANOW()) or die;
    return $reader, $writer;
}

sub file { open my $reader, '<:raw', 'in' or die "in: $!"; return $reader }

# The ends of a channel.  (Who opens those of a named pipe waits for the other.)
my %ends = (
    file => \&file, pipe => \&pipe_ends, nonblocking => \&nonblocking, fifo => sub { },
    socketpair => \&socketpair_ends, tcp => \&tcp, tty => \&tty,
);

# In a child of its own: as much as the channel holds may not be enough.
sub send_bytes {
    my ($reader, $writer, $bytes, $step) = @_;
    my $child = fork // die;
    return $child if $child;
    close $reader if $reader;
    open $writer, '>', 'fifo' or die if !$writer;
    for (my $at = 0; $at < length $bytes;) {
        $at += syswrite($writer, $bytes, $step, $at) // last;
    }
    exit 0;
}

sub run {
    my ($reader) = @_;
    my $child = fork // die;
    if (!$child) {
        $SIG{PIPE} = 'DEFAULT';
        open STDIN, '<&', $reader or die;
        open STDOUT, '>', 'out' or die;
        open STDERR, '>', 'err' or die;
        $ENV{LD_PRELOAD} = $ENV{FOR_COMMAND} if $ENV{FOR_COMMAND};
        exec @command or die;
    }
    waitpid $child, 0;
    return $? >> 8 | $? << 8 & 0xff00;
}

# All that is left, or so many bytes where there is no end (then what is missing never comes).
sub rest {
    my ($reader, $size) = @_;
    my $rest = '';
    vec(my $input = '', fileno $reader, 1) = 1;
    while (!defined $size || length $rest < $size) {
        select(my $ready = $input, undef, undef, defined $size ? 20 : undef) or last;
        my $n = sysread $reader, $rest, 65536, length $rest;
        last if defined $n && !$n;
        die "rest: $!" if !defined $n && !$!{EAGAIN};
    }
    return $rest;
}

my $wrong = 0;
sub expect {
    my ($what, $wanted, $got) = @_;
    return if $got eq $wanted;
    my ($wanted_text, $text) = map { substr $_, 0, 200 } map s/([^ -~])/sprintf '\x%02x', ord $1/ger,
      $wanted, $got;
    print "$what: '$text', not '$wanted_text'\n";
    $wrong = 1;
}

my $bytes = bytes_of('in');
my ($wanted_out, $wanted_rest) = map bytes_of($_), 'wanted_out', 'wanted_rest';
for my $kind (split ' ', $kinds) {
    for my $how (split ' ', $hows) {
        my ($reader, $writer) = $ends{$kind}->();
        my $child = $kind eq 'file' ? undef
          : send_bytes($reader, $writer, $bytes, $how eq 'bytes' ? 1 : 1 << 30);
        # What nobody has read yet goes away with a terminal, and that has no end.
        close $writer if $writer && $kind ne 'tty';
        open $reader, '<', 'fifo' or die if !$reader;
        my $status = run($reader);
        my $rest = rest($reader, $kind eq 'tty' ? length $wanted_rest : undef);
        waitpid $child, 0 if $child;
        my $where = "from $kind, $how";
        expect("$where: exit status", 0, $status);
        expect("$where: message", '', bytes_of('err'));
        expect("$where: output", $wanted_out, bytes_of('out'));
        expect("$where: rest", $wanted_rest, $rest);
    }
}
exit $wrong;
END
chmod +x channels

channels() {
    ./channels "$@" >log 2>&1 || {
        show log
        fail "$doing"
    }
}

kinds='file pipe nonblocking fifo socketpair tcp tty'
: >in
: >wanted_out
: >wanted_rest
./channels tty once true 2>err || [ $? -ne 77 ] || kinds=${kinds% tty}

# leaves OUT REST INPUT ARG... - cbsplit --exact ARG... makes OUT of INPUT, and
# leaves REST to the next command, from every kind of input
leaves() {
    printf -- "$1" >wanted_out
    printf -- "$2" >wanted_rest
    printf -- "$3" >in
    shift 3
    leaves_in 'once bytes' "$@"
}
leaves_in() {
    hows=$1
    shift
    doing="cbsplit --exact $*"
    channels "$kinds" "$hows" "$CBSPLIT" --exact "$@"
}

need_peek
about 'all kinds'

leaves '' 'a\nb\n' 'a\nb\n' -n0
leaves 'a\n' 'b\nc' 'a\nb\nc' -n1
leaves 'a\n' 'b\nc' 'a\r\nb\nc' -n1
leaves 'a\n' '\rb' 'a\n\rb' -n1
leaves 'a\n' '\r\nb' 'a\r\n\r\n\r\nb' -n1 -d '\r\n\r\n'
leaves 'b\n' 'c\n' 'a\nb\nc\n' --skip=1 -n1
leaves 'a\nc\n' 'd\n' 'a\nb\nc\nd\n' --select=1,3
leaves '2\n' 'c\n' 'a\nb\nc\n' -n2 -c
leaves 'ok: records 2, bytes 4, inputs 1\n' 'c\n' 'a\nb\nc\n' -n2 --check
leaves 'abc' 'defg' 'abcdefg' -n1 -f fixed:3 -t raw
leaves 'a\n' ',2:bb,' '1:a,,2:bb,' -n1 -f netstring
leaves 'bb\n' '3:ccc,' '1:a,2:bb,3:ccc,' --skip=1 -n1 -f netstring
leaves 'abc' '\000\000\000\001d' '\000\000\000\003abc\000\000\000\001d' -n1 -f u32be -t raw
leaves '' '\000' '\000\000' -n1 -f u8 -t raw
leaves 'Wiki' '\r\nmore' '4\r\nWiki\r\n0\r\nA: b\r\n\r\n\r\nmore' -f chunked
leaves 'Wi' '1\r\nk\r\n0\r\n\r\n' '2\r\nWi\r\n1\r\nk\r\n0\r\n\r\n' -f chunked -n1
# The rest of what is cut off belongs to it.
leaves 'abc\n' 'gh\n' 'abcdef\ngh\n' -n1 --max-record=3 --on-overflow=truncate
leaves 'gh\n' 'i' 'abcdef\ngh\ni' -n1 --max-record=3 --on-overflow=skip
leaves 'abc\n' '1:x,' '300:abc%0297d,1:x,' -n1 -f netstring --max-record=3 --on-overflow=truncate
leaves 'a\n' ';b' ';;a;;b' -f 'delim:;,skip-empty' -n1

# A longer delimiter may follow, and what looked like it is not taken.  (A terminal cannot be
# looked into.)
all_kinds=$kinds
kinds=${kinds% tty}
leaves '1\n' 'cX' '1abcX' -n1 -d ab -d abcd
leaves '1\n' 'X' '1abcdX' -n1 -d ab -d abcd
leaves '1\n' 'c' '1abc' -n1 -d ab -d abcd
leaves '1\n' '' '1ab' -n1 -d ab -d abcd
leaves '1\n' '\nX' '1\n\nX' -n1 -d '\n' -d '\n\n\n'
leaves '1\nc\ncX\n' '' '1abcabcX' -d ab -d abcd
# An LF after the CR that ends an event belongs to it.
leaves 'a: b\n' 'c' 'a: b\r\n\r\nc' -f sse -n1
leaves 'b\n' '\rc' 'data: b\r\r\rc' -f sse,data -n1
leaves 'b\n' '\nc' 'data: b\r\r\n\nc' -f sse,data -n1
leaves 'b\n' '' 'data: b\n\r' -f sse,data -n1
leaves '1\n2\n' 'cde' '1ab2abcde' -n2 -d ab -d abcdef
kinds=$all_kinds

about 'payload that is moved by the kernel, or let go, or held because of the output'
{
    for n in 1 2 3; do
        printf '100000:'
        head -c 100000 /dev/zero | tr '\000' $n
        printf ,
    done
    printf '1:x,'
} >long
printf '1:x,' >wanted_rest
cp long in
head -c 100000 /dev/zero | tr '\000' 3 >wanted_out
leaves_in once -f netstring -t raw --skip=2 -n1
echo 3 >wanted_out
leaves_in once -f netstring -c -n3
head -c 300024 long >wanted_out
leaves_in once -f netstring -t netstring -n3
{
    head -c 150000 /dev/zero | tr '\000' a
    printf ';b;'
} >in
{
    printf '150000:'
    head -c 150000 /dev/zero | tr '\000' a
    printf ,
} >wanted_out
printf 'b;' >wanted_rest
leaves_in once -d ';' -n1 -t netstring

about 'what is forbidden'

# Where the system lets nobody look, what is needed is read; where only the way by
# which bytes are taken is closed, there is another.
if (need_preload) >/dev/null; then
    need_preload
    export FOR_COMMAND="$preload"
    all_kinds=$kinds
    kinds='pipe nonblocking fifo socketpair'
    for fault in FAIL_TEE=EPERM/1 FAIL_TEE=ENOSYS/1 FAIL_TEE=EINVAL/1 FAIL_MOVE=EPERM/1 \
        FAIL_MOVE=ENOSYS/1 'FAIL_TEE=EINTR@1 FAIL_MOVE=EINTR/2'; do
        # shellcheck disable=SC2163
        export $fault
        leaves 'a\n' 'b\nc' 'a\r\nb\nc' -n1
        leaves 'a\n' ',2:bb,' '1:a,,2:bb,' -n1 -f netstring
        leaves 'Wiki' '\r\nmore' '4\r\nWiki\r\n0\r\nA: b\r\n\r\n\r\nmore' -f chunked
        # (Byte by byte it would be 70,000 calls for each kind, all alike.)
        printf '1:x,' >wanted_rest
        : >wanted_out
        printf '70000:%070000d,1:x,' 0 >in
        leaves_in once -n1 -f netstring -t none
        unset FAIL_TEE FAIL_MOVE
    done
    unset FOR_COMMAND
    kinds=$all_kinds
fi

about 'one command after another'

# head_body_rest KINDS HOWS HEX - each for a command of its own, with a chunk of so many bytes
head_body_rest() {
    doing="head, body and rest, with a chunk of $3"
    {
        printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
        printf '7\r\n\r\n\r\n0\r\n\r\n'
        printf '%s\r\n' "$3"
        head -c $((0x$3)) /dev/zero
        printf '\r\n0\r\nTrailer: x\r\n\r\n'
        printf '\r\n\r\nHTTP/1.1 '
    } >in
    {
        printf 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\n'
        printf '\r\n\r\n0\r\n'
        head -c $((0x$3)) /dev/zero
    } >wanted_out
    printf '\r\n\r\nHTTP/1.1 ' >wanted_rest
    # shellcheck disable=SC2016
    channels "$1" "$2" sh -c '
        "$CBSPLIT" --exact -n1 -d "\r\n\r\n" && "$CBSPLIT" --exact --from chunked'
}
head_body_rest "$kinds" once 186a0
head_body_rest "$kinds" bytes 3e8

# A loop of a shell.  An empty record gives four bytes here, the end none.
printf '\000\000\000\001a\000\000\000\000\000\000\000\002bc' >in
: >wanted_rest
ending=${kinds% tty}
for shell in sh bash dash; do
    command -v $shell >/dev/null || continue
    [ $shell = sh ] || [ ! "$(command -v sh)" -ef "$(command -v $shell)" ] || continue
    doing="a loop of $shell"
    printf '[a][][bc]' >wanted_out
    # shellcheck disable=SC2016
    channels "$ending" bytes $shell -c '
        while "$CBSPLIT" --exact -n1 --from u32be,keep --to raw >frame && [ -s frame ]; do
            printf "[%s]" "$(tail -c +5 frame)"
        done'
    printf '1:a,0:,2:bc,' >wanted_out
    # shellcheck disable=SC2016
    channels "$ending" once $shell -c '
        while record=$("$CBSPLIT" --exact -n1 --from u32be --to netstring) &&
            [ "$record" ]; do
            printf "%s" "$record"
        done'
done

about 'several inputs'

printf '1:a,1:b,' >a
printf '1:c,1:d,' >in
doing='cbsplit --exact a -'
cat in | { "$CBSPLIT" --exact -n3 -f netstring a - && cat; } >out
expect out 'a\nb\nc\n1:d,'

about 'an error'

# What comes before it is taken, and it is there for the next command.
printf '1:a,x' >in
printf 'a\n3\n' >wanted_out
printf x >wanted_rest
for kind in file pipe socketpair; do
    doing="an error, from $kind"
    # shellcheck disable=SC2016
    channels $kind once sh -c '"$CBSPLIT" --exact -f netstring 2>message; echo $?'
    mv message err
    expect_message 'stdin: record 2 at byte 4: length is not a number: 78'
done
# The same without --exact, of a file.
doing='an error, from a file'
{
    "$CBSPLIT" -f netstring || echo $?
    cat
} <in >out 2>err
expect out 'a\n3\nx'

# stays WHAT GOOD WRONG ARG... - a file is left where the record begins that is
# wrong, however far into it the fault is and whoever looks
stays() {
    wanted_status=$1
    good=$2
    wrong=$3
    shift 3
    printf -- "$good$wrong" >in
    printf -- "$wrong" >wanted_rest
    for output in '-t raw' '-t none' '-t netstring' -c --check '-t index' '-t json'; do
        doing="cbsplit $* $output"
        status=0
        # shellcheck disable=SC2086
        {
            "$CBSPLIT" "$@" $output >out 2>err || status=$?
            cat >rest
        } <in
        expect_status "$wanted_status"
        expect_same wanted_rest rest
    done
}
stays 3 '5:hello,' '5:hellX;1:a,' -f netstring
stays 4 '5:hello,' '5:hel' -f netstring
stays 5 '5:hello,' '6:hello!,' -f netstring --max-record=5
stays 5 'hello\n' 'hello!\n' --max-record=5
stays 3 '4\r\nWiki\r\n' '5\r\npediaX\r\n' -f chunked
stays 3 '4\r\nWiki\r\n' '0\r\nA : b\r\n\r\n' -f chunked
stays 3 '\001ax' '\003bcdY' -f u8,trailer=x
stays 3 '\001ax' '\003bcdY' -f u8,trailer=x,keep
stays 3 'one\300' 'two\333x\300' -f slip
stays 3 '\002a\000' '\004on\000' -f cobs
stays 3 '+a\r\n' '*2\r\n:1\r\n?' -f resp
stays 3 '\001' '\203\001\137\377\377' -f cbor
stays 4 '\001' '\237\202\001\002' -f cbor
stays 3 '\221\001' '\222\001\301' -f msgpack
stays 3 '\004\001a' '\060\200\004\200' -f der
stays 3 'A=b\n\n' 'A=b\nM\n\001\000\000\000\000\000\000\000bcd\n\n' -f journal
stays 4 'A=b\n\n\n' 'A=b\n' -f journal
stays 3 '8=FIX.4.2\0019=5\00135=0\00110=161\001' '8=FIX.4.2\0019=5\00135=0\00110=162\001' -f fix
stays 3 '1\n' '[2\n3]\n' -f ndjson
stays 3 '[1' ', tru]' -f json,array
stays 3 '\201\001a' '\201\176\000\001' -f websocket
stays 3 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na' \
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n' -f http
stays 4 'a\n' '"b\n' -f csv
# refused GOOD WRONG ARG... - the same for a record that the output refuses, of
# whichever way there is to write records, and however the input comes
refused() {
    printf -- "$1$2" >in
    printf -- "$2" >wanted_rest
    shift 2
    for output in '' -n9 "-o $scratch/%d --force" --exec=cat '--exec=cat -j 2' --worker=cat; do
        doing="cbsplit $* $output"
        status=0
        # shellcheck disable=SC2086
        {
            "$CBSPLIT" "$@" $output >out 2>err || status=$?
            cat >rest
        } <in
        expect_status 6
        expect_same wanted_rest rest
    done
}
refused '1:a,' '3:b\nc,1:d,' -f netstring --on-collision=fail -t line
refused '' '3:b\nc,1:d,' -f netstring --on-collision=fail -t line
refused '1:a,1:b,' '3:ccc,1:d,' -f netstring -t u8,max=2
refused '1:a,' '2:bc,1:d,' -f netstring -t fixed:1
refused '1:a,' '0:,1:d,' -f netstring -t chunked
refused 'a\r\n' 'b\nc\r\nd\r\n' -f crlf -t lf --on-collision=fail
refused '\036[1]' '\n\036"aa"\n\0362\n' -f json-seq -t fixed:3
refused 'data: a\n\n' 'id: 7\ndata: b\ndata: c\n\ndata: d\n\n' -f sse,data -t line --on-collision=fail
refused '\002a\000' '\003b\n\000\002c\000' -f cobs -t line --on-collision=fail
refused 'a\r' 'bb\rc\r' -d '\r' -d '\r\n' -t fixed:1
refused 'a\r\n' 'bb\rc\r' -d '\r' -d '\r\n' -t fixed:1
# Where the input began does not matter, nor what was not asked for.
printf '1:a,2:bb,1:c,2:dd,1:e,' >in
doing='a record is refused in the middle of a file'
{
    dd bs=4 count=1 >/dev/null 2>&1
    "$CBSPLIT" -f netstring -t fixed:1 --skip=1 >out 2>err || echo $? >status
    cat >rest
} <in
expect status '6\n'
expect rest '2:dd,1:e,'
# Also where the kernel would have moved the rest of it.
perl -e 'print pack("N/a*", "z"), pack("N", 300000), "x" x 200000' >in
for output in none raw index; do
    {
        "$CBSPLIT" -f u32be -t $output >out 2>err || echo $? >status
        wc -c >rest
    } <in
    expect status '4\n'
    expect rest '200004\n'
done

# Datagrams cannot be taken in part.
doing='cbsplit --exact, from datagrams'
perl -MSocket -e '
    socketpair my $a, my $b, AF_UNIX, SOCK_DGRAM, PF_UNSPEC or die;
    open STDIN, "<&", $a or die;
    exec $ENV{CBSPLIT}, "--exact"' >out 2>err || status=$?
expect_status 1
expect_message 'stdin: Socket type not supported'

about 'a delimiter that ends in the next part'

# Where one read ends, the delimiter may go on.
for size in 65535 65536 131071 131072 262143; do
    {
        head -c "$((size - 1))" /dev/zero
        printf '\r\nrest'
    } >in
    doing="a record of $size bytes with its CR"
    {
        "$CBSPLIT" --head=1 -d '\r' -d '\r\n' -t none
        cat
    } <in >out
    expect out rest
done
# The record is out before that is known, but not taken.
mkfifo shared
{
    "$CBSPLIT" --exact --head=1 -d '\r' -d '\r\n' >first
    cat >rest
} <shared &
reader=$!
exec 3>shared
printf 'a\r' >&3
wait_for test -s first
printf '\nrest' >&3
exec 3>&-
wait $reader
expect first 'a\n'
expect rest rest

about 'what comes is not waited for'

# Nothing of the next record has come; and a longer delimiter may still come.
converse --exact -f netstring
send '1:a,'
receive 'a\n'
send '1:'
send 'b,'
receive 'b\n'
ends 0 ''
converse --exact -d ab -d abcd
send '1abX'
receive '1\nX'
send 'ab'
send 'c'
send 'd2'
receive '\n2'
send 'abc'
ends 0 '\nc\n'

# An LF may still come after the CR that has ended a row.
printf 'a,b\r\nrest' >in
for framing in csv csv,cr line; do
    doing="-f $framing"
    {
        "$CBSPLIT" --exact -f "$framing" -n 1 -t none
        cat
    } <in >out
    expect out rest
done

# A pipe may hold each byte in a place of its own; of a delimiter that may still come it holds many.
# (The writer has the pipe open all the time: nothing but a hang would end with it.)
doing='a long mark in packets of a byte'
status=0
perl -MFcntl -e '$^F = 20;
    pipe my $reader, my $writer or die;
    my $packets = eval { O_DIRECT() } or exit 77;
    fcntl $writer, F_SETFL, O_WRONLY | $packets or exit 77;
    fcntl $writer, 1031, 1 << 20 or exit 77; # F_SETPIPE_SZ
    syswrite $writer, $_ or die for split //, (("x" x 40) . "a") x 2;
    open STDIN, "<&", $reader or die;
    alarm 10;
    exec $ENV{CBSPLIT}, @ARGV' -- --exact -f "start:$(printf '%040d' 0 | tr 0 x)a" -n 1 -c \
    >out 2>err || status=$?
[ "$status" -eq 77 ] || {
    expect_status 0
    expect out '1\n'
}
