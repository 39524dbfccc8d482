#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --group, --group-size and --header put whole records together in files and
# commands, the first ones at the beginning of each; and what was read whole
# before an error is there.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# makes FILES ARG... - cbsplit ARG... -o made/%d makes these files, named in order,
# in an empty folder, without a word
makes() {
    wanted=$1
    shift
    rm -rf made
    mkdir made
    run -o made/%d "$@"
    expect_status 0
    expect err ''
    holds $wanted
}

# holds NAME... - these are all files in the folder "made"
holds() {
    [ "$(cd made && find . -type f | sed 's,^\./,,' | sort -n | tr '\n' ' ')" = "$*${1+ }" ] ||
        fail "$doing: the files are $(ls made), not $*"
}

# lines FROM TO - as printf wants them
lines() {
    seq "$1" "$2" | sed 's/$/\\n/' | tr -d '\n'
}

about 'by number'

seq 10 >in
makes '1 2 3 4' --group=3
expect made/1 '1\n2\n3\n'
expect made/3 '7\n8\n9\n'
expect made/4 '10\n'
makes '1 2' --group=5
makes '1' --group=11
expect_same in made/1
makes '1' --group=18446744073709551615
# They are counted from 1, whatever is left out.
makes '1 2' --skip=5 --group=3
expect made/1 '6\n7\n8\n'
makes '1 2' --select=2,4,6,8 --group=3
expect made/1 '2\n4\n6\n'
makes '1 2' --group=2 -n 3
# One record a file is what there is without the option.
makes '6 7 8 9 10' --skip=5 --group=1
expect made/6 6
# They go on from one input to the next.
seq 3 >file
makes '1 2 3 4' --group=4 file -
expect made/1 '1\n2\n3\n1\n'
: >in
makes '' --group=3

about 'each file is a stream of its own; the default is what it is for standard output'
printf 'a\nb\nc\n' >in
makes '1 2' --group=2 -t netstring
expect made/1 '1:a,1:b,'
makes '1 2' --group=2 -t raw
expect made/1 'ab'
makes '1 2' --group=2 -t chunked
expect made/1 '1\r\na\r\n1\r\nb\r\n0\r\n\r\n'
expect made/2 '1\r\nc\r\n0\r\n\r\n'
makes '1 2' --group=2 -t index
expect made/1 '1\t0\t1\n2\t2\t1\n'
printf '1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n' >in
makes '1 2' -f chunked --group=2
expect made/1 ab

about 'with a header'

printf 'id,text\n1,"a\nb"\n2,c\n3,"""\n"\n' >in
makes '1 2' -f csv --header=1 --group=2
expect made/1 'id,text\n1,"a\nb"\n2,c\n'
expect made/2 'id,text\n3,"""\n"\n'
makes '1 2 3' -f csv --header=1
expect made/1 'id,text\n1,"a\nb"\n'
makes '1' -f csv --header=3 --group=5
# As it stood, line ends and all.
printf 'id\r\n1\r\n2\r\n3' >in
makes '1 2' -f csv,keep -t raw --header=1 --group=2
expect made/1 'id\r\n1\r\n2\r\n'
expect made/2 'id\r\n3'
# Nobody counts it: neither --skip nor --head nor a list.
seq 20 >in
makes '1 2' --header=2 --group=3 --skip=10 --head=5
expect made/1 '1\n2\n13\n14\n15\n'
expect made/2 '1\n2\n16\n17\n'
makes '1' --header=2 --group=3 --select=1,7,9
expect made/1 '1\n2\n7\n9\n'
printf 'h\na\n' >first
printf 'h\nb\n' >second
makes '1 2 3' --header=1 -t line first second
expect made/1 'h\na\n'
expect made/2 'h\nh\n'
expect made/3 'h\nb\n'
makes '' --header=1 --head=0
makes '' --header=20 --group=3
makes '' --header=18446744073709551615 --group=3
makes '' --header=2 --skip=18446744073709551615
makes '1' -t chunked --header=1 -n 1
expect made/1 '1\r\n1\r\n1\r\n2\r\n0\r\n\r\n'
# A long one is no different.
{ printf '300000:' && head -c 300000 /dev/zero && printf ',1:a,1:b,'; } >in
makes '1 2' -f netstring -t netstring --header=1
{ printf '300000:' && head -c 300000 /dev/zero && printf ',1:b,'; } >expected
expect_same expected made/2

about 'by size'

printf 'a\nbb\nccc\ndddddddddd\ne\n\nf\n' >in
makes '1 2 3 4' --group-size=5
expect made/1 'a\nbb\n'
expect made/2 'ccc\n'
expect made/3 'dddddddddd\n'
expect made/4 'e\n\nf\n'
makes '1 2 3 4 5' --group-size=5 --group=2
expect made/4 'e\n\n'
# The framing counts as well, and the header, and the end of a stream.
makes '1 2 3 4 5 6' --group-size=8 -t netstring
expect made/1 '1:a,'
expect made/5 '1:e,0:,'
makes '1 2 3 4' --group-size=7 --header=1
expect made/1 'a\nbb\n'
expect made/2 'a\nccc\n'
expect made/4 'a\ne\n\nf\n'
makes '1 2 3' --group-size=18 -t chunked --header=1 -n 3
expect made/1 '1\r\na\r\n2\r\nbb\r\n0\r\n\r\n'
expect made/2 '1\r\na\r\n3\r\nccc\r\n0\r\n\r\n'
makes '1' --group-size=1G
expect_same in made/1

# However it arrives, and whatever the lengths: files are as large as they can be.
need perl
perl -e 'srand 12; print "x" x (rand() < 0.02 ? rand 3000 : rand 90), "\n" for 1 .. 300' >in
for size in 1 17 90 1000 1500 70000; do
    perl -ne 'BEGIN { $most = shift; $n = 0; $used = 1e9 }
        if ($used + length > $most) { $n++; $used = 0 }
        $used += length; $sizes[$n] += length;
        END { print "$_ $sizes[$_]\n" for 1 .. $n }' $size in >wanted
    for way in file pipe bytes; do
        [ $way != bytes ] || [ $size -eq 1500 ] || continue
        rm -rf made
        mkdir made
        doing="--group-size=$size from $way"
        case $way in
        file) "$CBSPLIT" --group-size=$size -o made/%d in ;;
        pipe) perl -e '$| = 1; while (read STDIN, $_, 1 + int rand 997) { print }' <in |
            "$CBSPLIT" --group-size=$size -o made/%d ;;
        bytes) perl -e '$| = 1; while (read STDIN, $_, 1) { print }' <in |
            "$CBSPLIT" --group-size=$size -o made/%d ;;
        esac
        (cd made && perl -e 'print "$_ ", -s, "\n" for sort { $a <=> $b } <*>') >found
        expect_same wanted found
        (cd made && find . -type f | sed 's,^\./,,' | sort -n | xargs cat) >found
        expect_same in found
    done
done

about 'records that are longer than anything that is held for them'
for framing in u32be line; do
    {
        for i in 100000 30000 150000 500000 20000 20000; do
            head -c $i /dev/zero | tr '\0' x
            echo
        done
    } >lines
    "$CBSPLIT" -t $framing lines >in
    makes '1 2 3 4' -f $framing -t line --group-size=280000
    [ "$(wc -c <made/1)" -eq 130002 ] || fail "$doing: $(wc -c made/*)"
    [ "$(wc -c <made/3)" -eq 500001 ] || fail "$doing: $(wc -c made/*)"
    cat made/1 made/2 made/3 made/4 >found
    expect_same lines found
    makes '1 2 3' -f $framing -t line --group=2
    cat made/1 made/2 made/3 >found
    expect_same lines found
done

about 'what is whole is there before more is awaited'
rm -rf made
mkdir made
converse -o made/%d --group=3
send 'a\nb'
wait_for test -s made/1
send '\n'
has_two() {
    [ "$(cat made/1)" = "$(printf 'a\nb')" ]
}
wait_for has_two
send 'c\n'
send 'd\n'
wait_for test -s made/2
ends 0 ''
expect made/1 'a\nb\nc\n'

about 'in commands'

seq 7 >in
gives "$(lines 1 7)" '1: 1 2 3\n4: 4 5 6\n7: 7\n' --group=3 \
    --exec='echo "$CBSPLIT_RECORD:" $(cat)'
gives "$(lines 1 7)" '2: 1 2 3 4\n5: 1 5 6 7\n' --group=3 --header=1 \
    --exec='echo "$CBSPLIT_RECORD:" $(cat)'
gives "$(lines 1 7)" '2 2: 1 2\n3 4: 1 3\n' --header=1 -n 2 \
    --exec='echo "$CBSPLIT_RECORD $CBSPLIT_OFFSET:" $(cat)'
gives "$(lines 1 7)" '1 2 3\n4 5 6\n7\n' --group-size=6 --exec='echo $(cat)'
# Nobody knows how long they will be.
export CBSPLIT_LENGTH=x
gives 'a\n' 'unset\n' --group=3 --exec='echo ${CBSPLIT_LENGTH-unset}'
unset CBSPLIT_LENGTH
gives 'a\n' '1\n' --group=1 --exec='echo ${CBSPLIT_LENGTH-unset}'
# At once: these would wait for each other for ever.
# shellcheck disable=SC2016
printf '1\n2\n3\n4\n5\n' >in
run -j 3 --group=2 --exec='touch at.$CBSPLIT_RECORD
    until [ -e at.1 ] && [ -e at.3 ] && [ -e at.5 ]; do sleep 0.02; done'
expect_status 0
# One that fails.
seq 7 >in
# shellcheck disable=SC2016
run --group=3 --exec='cat >/dev/null; [ $CBSPLIT_RECORD != 4 ]'
expect_status 123
expect_message 'exec: records 4-6: the command failed: exit status 1'
# shellcheck disable=SC2016
run --group=3 --exec='cat >/dev/null; [ $CBSPLIT_RECORD != 7 ]'
expect_message 'exec: record 7: the command failed: exit status 1'

about 'to workers'

seq 30 >in
run -j 3 --header=2 --worker='cat >got.$CBSPLIT_WORKER'
expect_status 0
for i in 1 2 3; do
    head -n 2 got.$i >found
    expect found '1\n2\n'
    tail -n +3 got.$i >>rest
done
sort -n rest >found
seq 3 30 >expected
expect_same expected found
# It has all of it, even if that is all.
run -j 2 --header=50 --worker='cat >got.$CBSPLIT_WORKER'
expect_status 0
expect_same in got.1
expect_same in got.2
# It is not one of the records that a worker was given.
run -j 1 --header=2 --worker='cat >/dev/null; exit 3'
expect_status 123
expect_message 'worker 1: exit status 3; it had been given records 3-30'
converse --header=1 --worker='while read -r x; do echo "$x"; done'
send 'a\n'
receive 'a\n'
send 'b\n'
receive 'b\n'
ends 0 ''

about 'faults'

# Of a record that is not whole nothing is left, and all before it is there.
for kind in truncated malformed too_long collision; do
    cut_short $kind
    one=a
    [ $kind != collision ] || one='a\n'
    for group in 1 2 5; do
        rm -rf made
        mkdir made
        # shellcheck disable=SC2086
        run $bad_options --group=$group -o made/%d
        expect_status $bad_status
        expect_message "$bad_message"
        holds 1
        expect made/1 "$one"
    done
    rm -rf made
    mkdir made
    # shellcheck disable=SC2086
    run $bad_options --group-size=1M -o made/%d
    expect_status $bad_status
    holds 1
    # shellcheck disable=SC2086
    run $bad_options --group-size=100K --force -o made/%d
    expect_status $bad_status
    holds 1
    # A command that has seen a part of it is stopped, with all that it was given.
    rm -f whole.*
    # shellcheck disable=SC2086,SC2016
    run $bad_options --group=5 --exec='cat >got; mv got whole.$CBSPLIT_RECORD'
    expect_status $bad_status
    sort err >said
    printf 'cbsplit: %s\n' "$bad_message" \
        'exec: record 1: stopped inside the next record, which is incomplete' | sort >expected
    expect_same expected said
    [ "$(echo whole.*)" = 'whole.*' ] || fail "$doing: $(echo whole.*)"
done
# A short one that is incomplete is held back, and costs nothing.
refuses 4 'stdin: record 3 at byte 8: input ends inside a record: 3 bytes of its payload are missing, at byte 12' \
    '1:a,1:b,5:th' 'a\nb\n' -f netstring --group=5 --exec=cat
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 3 bytes of its payload are missing, at byte 8' \
    '1:a,5:th' '' -f netstring --header=1 --exec=cat
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 3 bytes of its payload are missing, at byte 8' \
    '1:a,5:th' '' -f netstring --header=2 --exec=cat
# The stream does not look whole, whether the fault comes at once or inside a long record.
{
    printf '1:a,1:b,99999999:'
    head -c 200000 /dev/zero
} >in
for input in '1:a,1:b,xx' '1:a,1:b,5:th'; do
    # shellcheck disable=SC2059
    printf "$input" >in.short
    for file in in in.short; do
        rm -rf made
        mkdir made
        run -f netstring -t chunked --group=5 -o made/%d $file
        expect made/1 '1\r\na\r\n1\r\nb\r\n'
    done
    run -f netstring -t chunked --group=5 --exec=cat in.short
    expect out '1\r\na\r\n1\r\nb\r\n'
done
rm -rf made
mkdir made
refuses 6 'stdin: record 4 at byte 6: 3 bytes do not fit in a record of 2' 'a\nb\nc\nddd\ne\n' '' \
    -t fixed:2,pad=. --group=2 -o made/%d
holds 1 2
expect made/2 c.

about 'a disk that is full: the file that is not whole goes'
{ head -c 5000 /dev/zero | tr '\0' '\n' && seq 5000; } >in
rm -rf made
mkdir made
doing='a limit for the size of files'
(
    trap '' XFSZ
    export GCOV_PREFIX="$scratch"
    ulimit -f 16
    status=0
    "$CBSPLIT" --group=5000 -o made/%d <in 2>err || status=$?
    echo $status >status
)
grep -v '^libgcov' err >said || :
mv said err
expect_message 'made/2: File too large'
expect status '1\n'
holds 1
seq 10 >in
rm -rf made
mkdir made
touch made/3
run --group=3 -o made/%d
expect_status 1
expect_message 'made/3: File exists'
holds 1 2 3
expect made/2 '4\n5\n6\n'
expect made/3 ''
makes '1 2 3 4' --group=3
run --group=3 --force -o made/%d
expect_status 0
holds 1 2 3 4

about 'the header has a limit'
head -c 70000000 /dev/zero >in
run --header=1 --exec=cat
expect_status 5
expect_message 'exec: the header is longer than 67108864 bytes'
expect out ''

about 'a group of long records, in little memory'
if [ -z "${SANITIZERS-}" ]; then
    doing='3 records of 40 MB, in 30 MB'
    rm -rf made
    mkdir made
    for i in 1 2 3; do
        printf '\002\142\132\000' && head -c 40000000 /dev/zero
    done | (
        limit_memory 30000
        exec "$CBSPLIT" -f u32be -t u32be --group=2 -o made/%d
    )
    [ "$(wc -c <made/1)" -eq 80000008 ] || fail "$doing: $(wc -c <made/1) bytes"
    [ "$(wc -c <made/2)" -eq 40000004 ] || fail "$doing: $(wc -c <made/2) bytes"
fi

about 'usage errors'

: >in
for number in 0 '' -1 x 1K; do
    wrong "--group: '$number' is not a whole number from 1 on" -o %d --group="$number"
done
for size in 0 '' -1 x; do
    wrong "--group-size: '$size' is not a size of one byte or more, such as 4096 or 64K" \
        -o %d --group-size="$size"
done
wrong "--header: 'x' is not a whole number" -o %d --header=x
wrong '--group requires --output or --exec' --group=2
wrong '--group requires --output or --exec' --group=2 --worker=cat
wrong '--group-size requires --output or --exec' --group-size=2
wrong '--header requires --output, --exec or --worker' --header=2
wrong '--header requires --output, --exec or --worker' --header=2 -c
wrong '--header and --part exclude each other' --header=2 --part=1/2 -o %d in
