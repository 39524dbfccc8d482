#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --probe names the framing of its input first, in 95 of 100 samples at least, finds none
# in random bytes, and takes no time to speak of.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# A sample counts as recognized if the specification that is named first makes the same
# records of it as the right one.  (Many rows are the same on the wire: u8 and varint up to
# 127 bytes, octet and syslog, kafka and u32be.)  `sse` writes data, so `sse,data`, which
# reads it, is right too.

about 'samples'

# From each line FILE, KIND, ROW, COUNT and SEED, with tabs between, this makes FILE.netstring
# for an encoder; for rows that have none, or where it would write something unusual, FILE, the
# stream itself.
cat >records.pl <<'PERL'
use strict;
use warnings;
my ($kind, $row, $count, $seed, $state);

# The same numbers with every perl.
sub under {
    $state = ($state * 1103515245 + 12345) % 2147483648;
    return int($state / 65536) % $_[0];
}
my @words = qw(alpha beta gamma delta the quick brown fox jumps over lazy dog error warning
  request from client served in ms 200 404 user=anna id=77 ok failed retry);

sub text {
    my ($min, $max) = @_;
    my ($n, $s) = ($min + under($max - $min + 1), '');
    $s .= ($s eq '' ? '' : ' ') . $words[under(scalar @words)] while length $s < $n;
    return substr($s, 0, $n) =~ s/ $/x/r;
}

sub binary {
    my ($min, $max) = @_;
    return join '', map { chr under(256) } 1 .. $min + under($max - $min + 1);
}
sub is_text { return $kind eq 'text' }
sub payload { return is_text() ? text(@_) : binary(@_) }
sub counted { return length($_[0]) . $_[1] . $_[0] }

# Strings of CBOR and MessagePack, values of DER, and what JSON escapes.
sub short {
    my ($base, $s) = @_;
    my $n = length $s;
    return ($n < 24 ? chr($base + $n) : chr($base + 24) . chr $n) . $s;
}

sub string {
    my ($s) = @_;
    my $n = length $s;
    return ($n < 32 ? chr(0xa0 + $n) : "\xd9" . chr $n) . $s;
}
sub value { my ($tag, $s) = @_; return chr($tag) . chr(length $s) . $s }
sub json { return $_[0] =~ s/([\x00-\x1f"\\\x7f-\xff])/sprintf '\u%04x', ord $1/ger }

sub fixed {
    my ($i) = @_;
    my $rest = is_text() ? sprintf '%-13s', text(3, 10) : binary(13, 13);
    return pack('n N N C', 0xa55a, $i, 5000 + $i * 3, 7) . $rest;
}

sub fasta {
    my ($i) = @_;
    my @lines = map { join '', map { (qw(A C G T))[under(4)] } 1 .. 60 } 1 .. 3;
    return join '', map { "$_\n" } ">seq$i sample", @lines;
}

sub bson {
    my ($i) = @_;
    my $s = payload(3, 40);
    my $name = "\2name\0" . pack('V', 1 + length $s) . "$s\0";
    my $data = "\5data\0" . pack('V', length $s) . "\0$s";
    my $document = "\x10id\0" . pack('V', $i) . (is_text() ? $name : $data) . "\0";
    return pack('V', 4 + length $document) . $document;
}

sub http {
    my $s = payload(3, 60);
    my $type = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Type: text/plain\r\n";
    return $type . 'Content-Length: ' . counted($s, "\r\n\r\n");
}

sub stomp {
    my ($i) = @_;
    my $head = "MESSAGE\ndestination:/queue/a\nmessage-id:$i\ncontent-length:";
    return $head . counted(payload(3, 60), "\n\n") . "\0\n";
}

sub csv {
    my ($i) = @_;
    my $lines = text(3, 20) . "\n" . text(3, 20);
    return "$i," . text(3, 12) . ",\"$lines\"," . under(1000) . ",\"say \"\"hi\"\"\"\r\n";
}

sub pretty {
    my ($i) = @_;
    my $s = json(payload(3, 40));
    return "{\n  \"id\": $i,\n  \"name\": \"$s\",\n  \"tags\": [1, true, null]\n}\n";
}

sub ndjson {
    my ($i) = @_;
    return "{\"id\":$i,\"name\":\"" . json(payload(3, 40)) . "\",\"ok\":true}\n";
}

sub cbor {
    my ($i) = @_;
    my $s = short(is_text() ? 0x60 : 0x40, payload(3, 40));
    my $id = short(0x60, 'id') . "\x19" . pack('n', $i);
    return "\xa3$id" . short(0x60, 'name') . $s . short(0x60, 'ok') . "\xf5";
}

sub msgpack {
    my ($i) = @_;
    my $s = payload(3, 40);
    my $name = is_text() ? string($s) : "\xc4" . chr(length $s) . $s;
    my $id = string('id') . "\xcd" . pack('n', $i);
    return "\x83$id" . string('name') . $name . string('ok') . "\xc3";
}

sub der {
    my ($i) = @_;
    my $name = value(is_text() ? 0x0c : 4, payload(3, 40));
    return value(0x30, value(2, pack 'n', $i) . value(6, "\x55\4\3") . $name . value(5, ''));
}

sub packet { return pack('C*', 0 .. 11) . "\x08\0" . payload(20, 60) }

sub pcap {
    my ($i) = @_;
    my $p = packet();
    return pack('VVVV', 1764000000 + $i * 7, under(1000000), length $p, length $p) . $p;
}

sub pcapng {
    my ($i) = @_;
    my $p = packet();
    my $n = length $p;
    $p .= "\0" x (-$n % 4);
    my $all = 32 + length $p;
    return pack('VVVVVVV', 6, $all, 0, 5, $i * 7, $n, $n) . $p . pack 'V', $all;
}

sub journal {
    my ($i) = @_;
    my $s = payload(3, 60);
    my $message = is_text() ? "MESSAGE=$s\n" : "MESSAGE\n" . pack('Q<', length $s) . "$s\n";
    return "__CURSOR=s=0a1b;i=$i;b=77;m=5e\n_PID=$i\nPRIORITY=6\n$message\n";
}

sub fix {
    my ($i) = @_;
    my $fields = join '', map { "$_\001" } '35=D', '49=A', '56=B', "34=$i", '58=' . text(3, 40);
    my $message = join "\001", '8=FIX.4.4', '9=' . length $fields, $fields;
    return $message . sprintf "10=%03d\001", unpack('%32C*', $message) % 256;
}

sub syslog {
    my ($i) = @_;
    my $time = '2026-11-27T10:00:0' . $i % 10 . 'Z';
    my $message = '<' . (8 + under(180)) . ">1 $time host app $i - - " . text(3, 40);
    return $seed % 2 ? "$message\n" : counted($message, ' ');
}

sub json_seq {
    my ($i) = @_;
    return counted("{\"id\":$i,\"name\":\"" . json(payload(3, 40)) . '"}', ':') . ',';
}

my %records = ('json-seq' => \&json_seq);
my %streams = (
    'fixed' => \&fixed, 'start:>,line' => \&fasta, 'bson' => \&bson, 'http' => \&http,
    'stomp' => \&stomp, 'csv' => \&csv, 'json' => \&pretty, 'ndjson' => \&ndjson,
    'cbor' => \&cbor, 'msgpack' => \&msgpack, 'der' => \&der, 'pcap' => \&pcap,
    'pcapng' => \&pcapng, 'journal' => \&journal, 'fix' => \&fix, 'syslog' => \&syslog,
);
my %begins = (
    pcap => pack('VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1),
    pcapng => pack('VVVvvVVV', 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, 0xffffffff, 0xffffffff, 28)
      . pack('VVvvVV', 1, 20, 1, 0, 65535, 20),
);
my %without = (
    'lf' => '\n', 'line' => '\n\r', 'crlf' => '\r', 'nul' => '\0', 'paragraph' => '\n\r',
    'delim:;' => ';', 'delim:\x1e' => '\x1e', 'mllp' => '\x1c',
    'between:\x02,end=\x03' => '\x03',
);
my %least = ('dns' => 12, 'postgres-startup' => 4);

sub record {
    my ($i) = @_;
    return $records{$row}->($i) if $records{$row};
    my $not = $without{$row};
    my $bytes = payload($least{$row} // 3, 60);
    $bytes =~ s/[$not]/x/g if $not;
    return counted($bytes, ':') . ',';
}

while (<STDIN>) {
    chomp;
    (my $name, $kind, $row, $count, $seed) = split /\t/;
    $state = 7919 * $seed + 104729;
    my $one = $streams{$row} || \&record;
    open my $file, '>:raw', $streams{$row} ? $name : "$name.netstring" or die "$name: $!";
    print $file $begins{$row} // '', map $one->($_), 1 .. $count;
    close $file or die;
}
PERL

# encoded FILE ROW - makes FILE of FILE.netstring, if that is there
encoded() {
    case $2 in
    hex) to='hex:\n' ;;
    sip) to='sip,lead=MESSAGE sip:a@b SIP/2.0\r\nCSeq: 1 MESSAGE\r\n' ;;
    warc) to='warc,lead=WARC/1.0\r\nWARC-Type: resource\r\n' ;;
    *) to=$2 ;;
    esac
    [ ! -e "$1.netstring" ] || "$CBSPLIT" -f netstring -t "$to" "$1.netstring" >"$1"
}

# sample KIND ROW COUNT SEED - makes "sample"
sample() {
    rm -f sample.netstring
    printf 'sample\t%s\t%s\t%s\t%s\n' "$@" | perl records.pl
    encoded sample "$2"
}

# nobody_can KIND ROW COUNT - such a sample is random bytes and no more than one byte that
# is not, or shows too few of its bounds
nobody_can() {
    case $2.$1.$3 in
    fixed.*.1 | start*.*.1) ;;
    line.binary.1 | lf.binary.1 | nul.binary.1 | delim*.binary.[13]) ;;
    u8.binary.1 | varint.binary.1 | vlq.binary.1 | quic.binary.1) ;;
    # Only text.
    paragraph.binary.* | start*.binary.* | csv.binary.* | fix.binary.*) ;;
    syslog.binary.* | sse.binary.*) ;;
    *) return 1 ;;
    esac
}

# probed FILE... - a line for each, with the specification that is named first, or nothing
probed() {
    "$CBSPLIT" --probe "$@" /dev/null 2>err | awk '
        /^[^ -].*:$/ && before == "" { n++ }
        /^--from / && !(n in first) { first[n] = $0 }
        { before = $0 }
        END {
            for (i = 1; i < n; i++) {
                sub(/^--from /, "", first[i])
                gsub(/^\047|\047$/, "", first[i])
                print first[i]
            }
        }'
}

# judge RIGHT WHAT FILE FIRST - counts a file for which FIRST was named first
all=0 good=0
judge() {
    all=$((all + 1))
    case $4 in
    "$1" | sse,data) ;;
    '')
        echo "$2: none"
        return
        ;;
    *)
        "$CBSPLIT" -f "$1" -t netstring "$3" >right 2>&1 || :
        "$CBSPLIT" -f "$4" -t netstring "$3" >found 2>&1 || :
        cmp -s right found || {
            echo "$2: $4"
            return
        }
        ;;
    esac
    good=$((good + 1))
}

# judge_sample RIGHT WHAT
judge_sample() {
    judge "$1" "$2" sample "$(probed sample)"
}

# Hundreds of them: one perl makes them all, and one cbsplit looks at them.  Of each row one of
# the two kinds has 3 records, the other 1; with THOROUGH=yes each has both.
rows=$("$CBSPLIT" --list | awk '$2 == "in" { print $1 }' | grep -vxE 'delim|start|between')
set --
turn=0
for row in $rows 'delim:;' 'delim:\x1e' 'start:>,line' 'between:\x02,end=\x03'; do
    for kind in text binary; do
        turn=$((1 - turn))
        counts="$((1 + 2 * turn)) 50"
        [ -z "${THOROUGH-}" ] || counts='1 3 50'
        for count in $counts; do
            nobody_can $kind "$row" $count || {
                set -- "$@" "sample.$(($# + 1))"
                printf 'sample.%s\t%s\t%s\t%s\t%s\n' $# $kind "$row" $count $count
            }
        done
    done >>jobs
    turn=$((1 - turn))
done
perl records.pl <jobs
tab=$(printf '\t')
while IFS=$tab read -r file kind row _; do
    encoded "$file" "$row"
done <jobs
probed "$@" >named
[ "$(wc -l <named)" -eq $# ] || fail "$(wc -l <named) of $# samples were looked at"
while IFS=$tab read -r file kind row count _ && IFS= read -r first <&3; do
    right=$row
    [ "$row" != fixed ] || right=fixed:24
    judge "$right" "$row, $kind, $count" "$file" "$first"
done <jobs 3<named

about 'longer than what is read of them'
for row in line nul u8 u16be u32le varint netstring docker csv json pcap http; do
    sample text $row 6000 1
    judge_sample $row "$row, long"
done

about 'what others wrote'

# other RIGHT WHAT COMMAND... - the output of a command, if it is there
other() {
    right=$1 what=$2
    shift 2
    if command -v "$1" >/dev/null && "$@" >sample 2>/dev/null </dev/null && [ -s sample ]; then
        judge_sample "$right" "$what"
    fi
}

other line 'seq' seq 1000
other line 'even lines' seq 1000 1999
other line 'ls' ls -l /usr/bin
other nul 'find -print0' find "$TOP_SRCDIR/lib" "$TOP_SRCDIR/cli" -print0
other line 'a manual page' cat "$TOP_SRCDIR/man/cbsplit.1"
other line 'README.md' cat "$TOP_SRCDIR/README.md"
other line 'a C source' cat "$TOP_SRCDIR/cli/main.c"
other line 'a header' cat "$TOP_SRCDIR/lib/chunkedbuffer.h"
other line '/etc/passwd' cat /etc/passwd
other csv 'csv of python' python3 -c "
import csv, sys
w = csv.writer(sys.stdout)
w.writerow(['id', 'name', 'note'])
for i in range(200): w.writerow([i, 'n%d' % i, 'a, b\nc' if i % 3 else 'd \"e\"'])"
other csv,lazy-quotes 'csv with inches' python3 -c "
for i in range(60): print('%d,bolt of %d\" x 2\",\"a, b\"' % (i, i))"
other 'csv,sep=;,lazy-quotes' 'another csv with inches' python3 -c "
for i in range(60): print('%d;bolt of %d\" x 2\";\"a; b\"' % (i, i))"
other csv,cr 'csv of an old Macintosh' python3 -c "
for i in range(60): print('%d,\"a, %d\"' % (i, i), end='\r')"
other json 'json of python' python3 -c "
import json
for i in range(40):
    print(json.dumps({'id': i, 'list': list(range(i)), 'text': 'a\n%d' % i}, indent=2))"
other ndjson 'jq' jq -cn 'range(100) | {id: ., name: "n\(.)", half: (. / 2)}'
other u32be 'records of one size' python3 -c "
import struct, sys
for i in range(40): sys.stdout.buffer.write(struct.pack('>IHBQ', 11, 300 + i, 97, i * 1000))"
other resp 'resp of python' python3 -c "
import sys
for i in range(30):
    k = ['SET', 'key:%d' % i, 'v' * i]
    sys.stdout.write('*3\r\n' + ''.join('\$%d\r\n%s\r\n' % (len(s), s) for s in k))"
git_refs() { git -C "$TOP_SRCDIR" upload-pack --advertise-refs . ; }
if command -v git >/dev/null && git_refs >sample 2>/dev/null && [ -s sample ]; then
    judge_sample pkt-line 'git upload-pack'
fi
if command -v openssl >/dev/null; then
    for i in 1 2 3; do
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key \
            -subj "/CN=host$i" -outform DER 2>/dev/null || :
    done >sample
    judge_sample der 'certificates of openssl'
fi
if command -v tcpdump >/dev/null && [ -e "$TOP_SRCDIR/tests/peer/capture.sh" ]; then
    sample binary pcap 20 9
    tcpdump -r sample -w - >copy 2>/dev/null &&
        judge pcap 'tcpdump -w' copy "$(probed copy)"
fi

about 'more records than are counted'

# says SPECIFICATION COMMAND - what is said first of what it prints
says() {
    doing=$2
    sh -c "$2" >in || fail "$2"
    run --probe in
    expect_status 0
    read -r found <out
    [ "$found" = "--from $1" ] || fail "$doing: $found"
}
says "'start:\\d\\d\\d\\d-\\d\\d-\\d\\d,line'" \
    'perl -e "printf qq(2026-11-%02d x%d\n x\n), \$_ % 28 + 1, \$_ for 1 .. 9000"'
says "'start:>,line'" 'perl -e "printf qq(>i%d\n%s\nTT\n), \$_, q(ACGT) x (\$_ % 5 + 1) for 1 .. 9000"'
# Two bytes, a length of two, and the record.
says u8,offset=3 'perl -e "srand 1; sub bytes { join q(), map { chr rand 256 } 1 .. shift }
    for (1 .. 8300) { my \$n = 1 + int rand 20; print bytes(2), pack(q(n), \$n), bytes(\$n) }"'
# Many other headers fit for thousands of records, and come before these.
says u32be,inclusive 'seq 40000 | "$CBSPLIT" -t u32be,inclusive'
says u16le,inclusive 'seq 40000 | "$CBSPLIT" -t u16le,inclusive'
says u32le,offset=1 'seq 40000 | "$CBSPLIT" -t u32le,offset=1'
says u32be,offset=8,adjust=-8 'seq 20000 | "$CBSPLIT" -t u32be,offset=8,adjust=-8'
# Lines that begin with no digit are for syslog, too.
says line 'perl -e "print qq(id\$_\n) for 1 .. 300"'
says line 'perl -e "print qq(host-\$_ up\n) for 1 .. 9000"'
# A body without its last chunk has paid for that.
printf '4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n' >whole
"$CBSPLIT" --probe whole | sed -n 's/.* bits \([0-9]*\).*/\1/p;2q' >whole.bits
printf '4\r\nWiki\r\n5\r\npedia\r\n' | "$CBSPLIT" --probe | sed -n 's/.* bits \([0-9]*\).*/\1/p;2q' >cut.bits
[ "$(cat cut.bits)" -lt "$(cat whole.bits)" ] || fail 'a body without its end is as good as one with it'

about 'near relatives'

# names SPECIFICATION INPUT - comes first of those that fit
names() {
    printf -- "$2" >sample
    doing="--probe of $1"
    "$CBSPLIT" --probe sample >found 2>err || fail "$doing: $(cat err)"
    [ "$(head -n 1 found)" = "--from $1" ] || fail "$doing: $(head -n 1 found)"
}
# A NUL after each name, and all other zero bytes, make records, most of them empty.
names bson '\031\000\000\000\002a\000\006\000\000\000hello\000\020b\000\005\000\000\000\000'
# The same frames as u40be, but the first byte can only be 0 or 1.
hello='\000\000\000\000\011\n\005hello\020\005'
names grpc "$hello\\000\\000\\000\\000\\011\\n\\007goodbye\\000\\000\\000\\000\\002\\b\\001"
# Sizes of digits alone are JSON values, but a last chunk is no accident.
names chunked '13\r\n{"a":0,"b":"hello"}\r\n13\r\n{"a":1,"b":"world"}\r\n0\r\n\r\n'

echo "recognized: $good of $all"
[ $((100 * good)) -ge $((95 * all)) ] || fail 'fewer than 95 of 100'

# ---------------------------------------------------------------------- random bytes

random=0
seeds='1 2 3'
[ -z "${THOROUGH-}" ] || seeds='1 2 3 4 5 6 7 8'
for seed in $seeds; do
    for size in 1 8 20 64 200 1000 20000 300000; do
        perl -e 'my $s = $ARGV[0]; binmode STDOUT; for (1 .. $ARGV[1]) {
            $s ^= ($s << 13) & 0xffffffff; $s ^= $s >> 17; $s ^= ($s << 5) & 0xffffffff;
            print chr($s >> 11 & 255) }' $((seed * 77777 + size)) $size >in
        run --probe
        case $status in
        3)
            expect out ''
            expect_message 'stdin: none of the framings fits'
            ;;
        *) random=$((random + 1)) && cat out ;;
        esac
    done
done
[ "$random" -eq 0 ] || fail "$random random inputs are something"

# ---------------------------------------------------------------------- hostile bytes

# A second would do for each; a busy machine gets ten, and a sanitizer or valgrind more.
limit=10
[ -z "${SANITIZERS-}" ] || limit=60
timed=
! command -v timeout >/dev/null || timed="timeout $limit"
for text in '\000' '\001' '\n' '\200' '\300' '\377' '[' '"' '0,' '{}\n' '\000\000\000\001a' \
    '1 1\n' '%%' '\033['; do
    perl -e 'binmode STDOUT; print eval(qq("$ARGV[0]")) x 300000' \
        "$(printf '%s' "$text" | sed 's/"/\\"/; s/^%%$/%/')" >in
    doing="cbsplit --probe of '$text'"
    status=0
    $timed "$CBSPLIT" --probe <in >out 2>err || status=$?
    case $status in
    0 | 3) ;;
    *) fail "$doing: exit status $status" ;;
    esac
done

# ---------------------------------------------------------------------- what it prints

printf '3:one,5:three,' >in
run --probe -
expect_status 0
sed 's/bits [0-9]*/bits N/' out >printed
expect printed '--from netstring
  records 2, bytes 14 of 14, bits N (rules): "one" "three"
'
# All that it prints can be given to --from.
sample binary u16be 50 2
"$CBSPLIT" --probe sample | sed -n 's/^--from //p' >specifications
[ -s specifications ] || fail 'nothing was printed'
while read -r specification; do
    eval "\"\$CBSPLIT\" --check --from $specification sample" >/dev/null 2>err || {
        case $? in
        3 | 4) ;;
        *) cat err && fail "$specification cannot be given to --from" ;;
        esac
    }
done <specifications

refuses 3 'stdin: the input is empty' '' '' --probe
refuses 1 'no-such-file: No such file or directory' '' '' --probe no-such-file
printf '3:one,5:three,' >a
printf 'one line\nanother line\n' >b
run --probe a b
expect_status 0
grep -q '^a:$' out && grep -q '^b:$' out && grep -q '^--from netstring$' out &&
    grep -q '^--from line$' out || {
    cat out
    fail 'two inputs'
}
# The next one is looked at, whatever the first is.
run --probe no-such-file b
expect_status 1
grep -q '^--from line$' out || fail 'an input that is not there ended it'

[ ! -e /dev/full ] || {
    status=0
    "$CBSPLIT" --probe b >/dev/full 2>err || status=$?
    expect_status 1
    expect_message 'stdout: No space left on device'
}

# A file can be read again from where it was.
doing='--probe, then the same again'
{ "$CBSPLIT" --probe >/dev/null && "$CBSPLIT" -f netstring; } <a >out
expect out 'one\nthree\n'

# What has come must do: the rest may take for ever.
converse --probe
send '3:one,5:three,2:a'
ends=$("$CBSPLIT" --probe <a | head -n 1)
head -n 1 <&4 >out
[ "$(cat out)" = "$ends" ] || fail 'it waits for more'
exec 3>&-
cat <&4 >/dev/null
finishes 0

# --------------------------------------------------------------------------- options

status=0
"$CBSPLIT" --probe -f line </dev/null >out 2>err || status=$?
[ $status -eq 2 ] && grep -q 'excludes all other options' err || fail '--probe and --from'
