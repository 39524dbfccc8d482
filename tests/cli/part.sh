#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --part=K/N gives the records that begin in part K of a file, so that all parts
# together give every record once, in order, wherever the cuts fall.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl
export CBSPLIT

about "random files, by a parse of perl's"

cat >parts <<'END'
use strict;
use warnings;
srand 7;

sub any { $_[rand @_] }

# delimited LETTERS DELIMITER... - a function that makes files of such letters,
# and one that finds where their records begin
sub delimited {
    my ($letters, @delimiters) = @_;
    my $any_of = join '|', map quotemeta, sort { length $b <=> length $a } @delimiters;
    return (sub { join '', map any(@$letters), 1 .. rand 40 }, sub {
        my ($bytes) = @_;
        my ($at, @starts) = 0;
        while ($at < length $bytes) {
            push @starts, $at;
            pos($bytes) = $at;
            last if $bytes !~ /$any_of/g; # the first match, and there the longest
            $at = pos $bytes;
        }
        return @starts;
    });
}

# counted HEADER TRAILER - the same for frames with a length
sub counted {
    my ($header, $trailer) = @_;
    my @starts;
    return (sub {
        my $bytes = '';
        @starts = ();
        for (1 .. rand 9) {
            push @starts, length $bytes;
            my $size = any(0, 0, 1, 2, 3, 5, 20, 300);
            $bytes .= $header->($size) . join('', map chr any(0, 1, 44, 58), 1 .. $size) . $trailer;
        }
        return $bytes;
    }, sub { @starts });
}

sub fixed {
    my ($n) = @_;
    return (sub { 'x' x rand 50 }, sub { grep $_ % $n == 0, 0 .. length($_[0]) - 1 });
}

sub leb128 { $_[0] < 128 ? chr $_[0] : chr($_[0] & 127 | 128) . chr($_[0] >> 7) }

my @kinds = (
    ['line', delimited(['a', "\r", "\n"], "\n")],
    ['delim:;', delimited(['a', ';'], ';')],
    ['delim:\r\n', delimited(['a', "\r", "\n"], "\r\n")],
    ['delim:\n\n', delimited(['a', "\n", "\n"], "\n\n")],
    ['delim:aba', delimited(['a', 'b'], 'aba')],
    ['delim:aab', delimited(['a', 'b'], 'aab')],
    ['delim:a,or=aa', delimited(['a', 'a', 'b'], 'a', 'aa')],
    ['delim:ab,or=abcd,or=bc', delimited(['a' .. 'd'], 'ab', 'abcd', 'bc')],
    ['delim:ababab,or=b', delimited(['a', 'b'], 'ababab', 'b')],
    ['delim:ba,skip-empty', delimited(['a', 'b'], 'ba'), 'ba'],
    ['fixed:1', fixed(1)],
    ['fixed:7', fixed(7)],
    ['u16be', counted(sub { pack 'n', $_[0] }, '')],
    ['u16le,offset=2,trailer=!', counted(sub { 'ab' . pack 'v', $_[0] }, '!')],
    ['varint', counted(\&leb128, '')],
    ['netstring', counted(sub { "$_[0]:" }, ',')],
);

my $runs = 0;
for (@kinds) {
    my ($framing, $make, $find, $left_out) = @$_;
    for (1 .. ($ENV{THOROUGH} ? 24 : 2)) {
        my $bytes = $make->();
        my $size = length $bytes;
        my @starts = ($find->($bytes), $size);
        open my $file, '>:raw', 'file' or die;
        print $file $bytes;
        close $file;
        # With more parts than bytes there is a cut at every byte.
        for my $n ($size < 60 ? $size + 2 : 8, 1 .. 8) {
            next if $n < 8 && rand() < 0.6;
            for my $k (1 .. $n) {
                my ($from, $to) = map int($size * $_ / $n), $k - 1, $k;
                my $wanted = '';
                for my $i (0 .. $#starts - 1) {
                    next if $starts[$i] < $from || $starts[$i] >= $to;
                    my $record = substr $bytes, $starts[$i], $starts[$i + 1] - $starts[$i];
                    $wanted .= $record unless $left_out && $record eq $left_out;
                }
                open my $part, '-|:raw', $ENV{CBSPLIT}, '-f', "$framing,keep", '-t', 'raw',
                    "--part=$k/$n", 'file' or die;
                my $got = do { local $/; <$part> } // '';
                my $fine = close $part;
                $runs++;
                next if $fine && $got eq $wanted;
                printf "%s, part %s of '%s': '%s', not '%s'\n", $framing, "$k/$n",
                    map s/([^ -~])/sprintf '\x%02x', ord $1/ger, $bytes, $got, $wanted;
                exit 1;
            }
        }
    }
}
END
doing='random files'
perl parts || fail 'a part is not what it should be'

# parts N ARG... - puts the parts together, in "out"
parts() {
    n=$1
    shift
    k=0
    while [ $k -lt "$n" ]; do
        k=$((k + 1))
        doing="cbsplit --part=$k/$n $*"
        "$CBSPLIT" --part="$k/$n" "$@" 2>err || fail "$doing: exit status $?: $(cat err)"
    done >out
}

about 'larger than reads'

# Delimiters far from the cuts, and so many that no place is right but the first.
awk 'BEGIN { for (i = 0; i < 60; i++) { printf "%0*d\n\n", i * 700 % 90001, i } }' >in
"$CBSPLIT" -d '\n\n' in >whole
parts 7 -d '\n\n' in
expect_same whole out
{
    head -c 3000001 /dev/zero | tr '\000' '\n'
    printf 'a\n\nb'
} >in
"$CBSPLIT" -d '\n\n' in >whole
parts 3 -d '\n\n' in
expect_same whole out

# No record begins in what is read at first, before a cut or after it.
{ echo a && echo ' b' && printf ' %0300000d\n' 1 && echo c && echo ' d'; } >in
for framing in line,fold start:a,or=c start:a,or=c,line paragraph; do
    "$CBSPLIT" -f "$framing" in >whole
    parts 3 -f "$framing" in
    expect_same whole out
done

about 'every framing that lets a file be cut, presets too'
seq 300 >numbers
"$CBSPLIT" --list | awk '$2 == "in" && $3 == "out" { print $1 }' >framings
cut=0
while read -r framing; do
    case $framing in
    delim) framing='delim:<>' ;;
    fixed) framing='fixed:8,pad=x' ;;
    hex) continue ;; # out it is another one
    esac
    "$CBSPLIT" -t "$framing" numbers >in 2>err || continue # an encoder may refuse these
    run -f "$framing" --part=1/2 in
    [ "$status" -ne 2 ] || continue
    "$CBSPLIT" -f "$framing" in >whole
    parts 5 -f "$framing" in
    expect_same whole out
    cut=$((cut + 1))
done <framings
[ $cut -ge 30 ] || fail "only $cut framings were cut"

about 'positions in messages are those of the file'
printf '1:a,1:b,1:c,x' >in
refuses_part() {
    doing="cbsplit $2"
    status=0
    # shellcheck disable=SC2086
    "$CBSPLIT" $2 >out 2>err || status=$?
    expect_status "$1"
    expect_message "$3"
}
# Cuts at 6 and 13: b begins before the first of them, at 4.
refuses_part 0 '-f netstring --part=1/2 in' ''
expect out 'a\nb\n'
refuses_part 3 '-f netstring --part=2/2 in' \
    'in: record 2 at byte 12: length is not a number: 78'
expect out 'c\n'
# Nothing can be found after what is wrong.
printf '1:a,x1:b,1:c,1:d,' >in
wrong_at_4='in: record 2 at byte 4: length is not a number: 78'
refuses_part 3 '-f netstring --part=1/2 in' "$wrong_at_4"
expect out 'a\n'
refuses_part 3 '-f netstring --part=2/2 in' "$wrong_at_4"
expect out ''
# A last record that is cut short is reported once, by the part in which it begins.
printf '1:a,9:bcd' >in
refuses_part 0 '-f netstring --part=1/3 in' ''
expect out 'a\n'
refuses_part 4 '-f netstring --part=2/3 in' \
    'in: record 1 at byte 4: input ends inside a record: 6 bytes of its payload are missing, at byte 9'
expect out 'bcd'
refuses_part 0 '-f netstring --part=3/3 in' ''
expect out ''

about 'headers, but not payloads'

# 40 frames of 4 GiB, with holes for payloads: to read them would take hours.
if perl -e '
    open my $file, ">:raw", "in" or die;
    for (1 .. 40) {
        print $file pack "N", 0xffffff00 or die;
        seek $file, 0xffffff00, 1 or die;
    }
    truncate $file, tell $file or exit 1' 2>err; then
    for k in 1 3 8; do
        run -f u32be -c --part=$k/8 in
        expect_status 0
        expect out '5\n'
    done
    # Of small frames a few reads hold them all.
    rm in
fi

about 'together with the others'

# Records have numbers in their part.
seq 100 >in
parts 4 --select=2,4 --skip=1 in
"$CBSPLIT" --part=2/4 in >part
sed -n '2p;4p' part >wanted
"$CBSPLIT" --part=2/4 --select=2,4 in >out
expect_same wanted out
run --part=2/4 -c
wc -l <part | tr -d ' ' >wanted
expect_same wanted out
run --part=2/4 --check
printf 'ok: records %d, bytes %d, inputs 1\n' "$(wc -l <part)" "$(wc -c <part)" >wanted
expect_same wanted out
# Standard input that is a file is cut as a whole, wherever it stands, and left
# after the part.
doing='cbsplit --part=1/4; cat'
"$CBSPLIT" --part=1/4 in >wanted
"$CBSPLIT" --part=2/4 in >>wanted
tail -n +"$(($(wc -l <wanted) + 1))" in >>wanted
{
    read -r line
    "$CBSPLIT" --part=1/4
    "$CBSPLIT" --part=2/4
    cat
} <in >out
expect_same wanted out
expect_same in out
# A payload that is moved ends where its part does.
{
    for n in 1 2 3 4; do
        printf '100000:'
        head -c 100000 /dev/zero | tr '\000' $n
        printf ,
    done
} >in
parts 4 -f netstring,keep -t raw in
expect_same in out
for k in 1 2 3 4; do
    run -f netstring,keep -t raw --part=$k/4 in
    [ "$(wc -c <out)" -eq 100008 ] || fail "$doing: $(wc -c <out) bytes"
done
parts 3 -f netstring,keep -t raw in
expect_same in out
# A file without bytes has no records.
: >in
parts 3 in
expect out ''

about 'what is wrong'

# wrong_part MESSAGE ARG...
wrong_part() {
    message=$1
    shift
    wrong "--part: $message" "$@"
}
for text in '' 1 1/ /2 1/2/3 a/2 1/b -1/2 1/-2 ' 1/2' 1.5/2 1/2K; do
    wrong_part "'$text' is not K/N, such as 1/8" --part="$text"
done
for text in 0/2 3/2 0/0 1/0 1/4294967296 1/99999999999999999999 \
    99999999999999999999/99999999999999999999; do
    wrong_part "K must be from 1 to N, and N at most 4294967295, in '$text'" --part="$text"
done
echo record >other
wrong_part 'only one FILE is possible' --part=1/2 in other
wrong_part "'chunked' cannot be decoded from the middle of a file" --part=1/2 -f chunked
wrong_part "'websocket' cannot be decoded from the middle of a file" --part=1/2 -f websocket
wrong_part "'chunked,lf' cannot be decoded from the middle of a file" --part=1/2 -f chunked,lf -c
# A size of 0 tells nothing there.
if [ ! -s /proc/version ] && grep -q . /proc/version 2>/dev/null; then
    wrong_part 'the size of /proc/version is not known' --part=1/2 -c /proc/version
    wrong_part 'the size of /proc/version is not known' --part=2/2 /proc/version
fi
wrong_part '/dev/null is not a regular file' --part=1/2 -c /dev/null
doing='cat | cbsplit --part=1/2'
status=0
cat in | "$CBSPLIT" --part=1/2 >out 2>err || status=$?
expect_status 2
sed 's,/dev/null,stdin,' message >stdin_message
expect_same stdin_message err
# Commands that wait for records then are ended, without an end of their input.
run --part=1/2 --worker='cat; echo ended' /dev/null
expect_status 2
expect_same message err
expect out ''
run --part=1/2 --collect=line --worker='seq 100000' /dev/null
expect_status 2
expect_same message err
run --part=1/2 no-such-file
expect_status 1
expect_message 'no-such-file: No such file or directory'
