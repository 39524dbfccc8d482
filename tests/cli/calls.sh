#!/bin/sh
# SPDX-License-Identifier: MIT
#
# System calls that are interrupted, not ready, or do less than they were asked
# for are made again, and nothing is lost or doubled; one that fails is
# reported.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload

# with FAULTS ARG... - as run does, with these variables in the environment
with() {
    faults=$1
    shift
    : >report
    status=0
    doing="$faults cbsplit $*"
    # shellcheck disable=SC2086,SC2163
    (
        export LD_PRELOAD="$preload" CALLS_REPORT="$scratch/report" $faults
        exec "$CBSPLIT" "$@"
    ) <in >out 2>err || status=$?
    [ -s report ] || fail "$doing: it crashed, with status $status"
}

# calls KIND - how many of them there were
calls() {
    sed -n "s/^$1 //p" report
}

about 'made again, and again'

# (A long payload is read in parts of some bytes, not byte by byte: that is as many calls, and
# they are all alike.)
faults_of_bytes='FAIL_READ=1/1
FAIL_READ=2/1 FAIL_WRITE=1/1
FAIL_READ=3/2 FAIL_WRITE=5/1
FAIL_READ=1/1,EINTR/2,EAGAIN/3
FAIL_WRITE=1/1
FAIL_WRITE=4/1,EINTR/3,EAGAIN/4'
faults_of_parts='FAIL_READ=EINTR/2
FAIL_READ=EAGAIN/2
FAIL_READ=7/1 FAIL_MOVE=9/1,EINTR/2
FAIL_WRITE=EINTR/2
FAIL_WRITE=EAGAIN/2
FAIL_READ=EAGAIN/2 FAIL_WRITE=EAGAIN/2 FAIL_POLL=EINTR/2
FAIL_READ=13/1 FAIL_WRITE=11/1,EAGAIN/2 FAIL_MOVE=1000/1,EAGAIN/2
FAIL_READ=100/1 FAIL_MOVE=EINVAL/1
FAIL_READ=100/1 FAIL_MOVE=EINVAL@3,4/7'

# unmoved ARG... - cbsplit ARG... does the same however its calls go, as $table has them
unmoved() {
    run "$@"
    good_status=$status
    mv out good_out
    mv err good_err
    while read -r faults; do
        with "$faults" "$@"
        expect_status "$good_status"
        expect_same good_err err
        expect_same good_out out
    done <<END
$table
END
}

# records FRAMING INPUT - INPUT are netstrings
records() {
    printf -- "$2" >netstrings
    "$CBSPLIT" -f netstring -t "$1" netstrings >in
}

# Empty records among others.
small='1:a,0:,0:,3:ccc,'

# unmoved_from_each LONG RECORDS - from every kind of framing, where one record is so long
unmoved_from_each() {
    long=$1
    all=$small$2$small
    for framing in line crlf 'delim:<>' u16be u32le,inclusive 'u24be,trailer=\r\n' varint \
        'dec:\r\n,trailer=\r\n' netstring; do
        records "$framing" "$all"
        unmoved -f "$framing" -t netstring
    done
    records chunked "1:a,$(printf "$long:%0${long}d" 1),2:bb,"
    unmoved -f chunked -t netstring
    { printf 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n' && cat in; } >message
    printf 'HTTP/1.1 204\r\n\r\nHTTP/1.1 200\r\nContent-Length: %d\r\n\r\n%0*d' \
        "$long" "$long" 3 >>message
    mv message in
    unmoved -f http -t netstring
    unmoved -f http
    records content-length "$all"
    unmoved -f content-length -t netstring
    unmoved -f fixed:7 -t netstring
    unmoved -f fixed:$((long - 100)) -t netstring --on-partial=drop

    records netstring "$all"
    unmoved -f netstring -t raw
    unmoved -f netstring -t raw --skip=6
    unmoved -f netstring -c
    unmoved -f netstring -c --stats
    unmoved -f netstring -t raw --stats
    unmoved -f netstring -t u32be --on-partial=emit
    unmoved -d ',' -d ',,' -d ':9' -t 'delim:\r\n'
    # With an error at its end.
    printf 'x' >>in
    unmoved -f netstring -t line
}

some=$(printf '1:a,0:,1000:%01000d,2:bb,' 1)
table=$faults_of_bytes
unmoved_from_each 1000 "$some"
# One that the kernel is asked to move (from 32 KiB on).
table=$faults_of_parts
large=$some$(printf '34000:%034000d,' 2)
unmoved_from_each 34000 "$large"
table="$faults_of_bytes
$faults_of_parts"
records u8 "$small"
unmoved -f u8 -t netstring
printf '5:xy' >in
unmoved -f netstring -t line

about 'byte by byte, what has to be seen across reads: CR LF, and the longer of two'
printf 'a\r\nb\r\r\n\rc\n' >in
with FAIL_READ=1/1 -t netstring
expect out '1:a,2:b\r,2:\rc,'
[ "$(calls read)" -ge 11 ] || fail "$doing: $(calls read) reads"
printf '1ab2abc3abcd4' >in
with FAIL_READ=1/1 -d ab -d abcd -d abc
expect out '1\n2\n3\n4\n'

# A way to move bytes that is refused between these two files is not tried for each frame.
printf '%s' "$large$large$large$large$large$large$large$large" >netstrings
"$CBSPLIT" -f netstring -t u32be netstrings >in
with '' -f u32be -t line
[ "$(calls move)" -le 11 ] || fail "$doing: $(calls move) calls to move 8 payloads"

about 'those that fail'

# at_each KIND ERROR MESSAGE ARG... - each call of this kind fails; the message
# is that, of standard input or output
at_each() {
    kind=$1
    error=$2
    message=$3
    shift 3
    run "$@"
    mv out good_out
    n=1
    while
        case $kind in
        read) with "FAIL_READ=3/1,$error@$n" "$@" ;;
        write) with "FAIL_READ=3/1 FAIL_WRITE=$error@$n" "$@" ;;
        esac
        [ "$(calls "$kind")" -ge $n ]
    do
        expect_status 1
        sed 's/record [0-9]* at byte [0-9]*: //' err >said
        printf 'cbsplit: %s\n' "$message" >expected
        expect_same expected said
        # Whatever has been written is right.
        first "$(wc -c <out)" good_out >expected
        expect_same expected out
        n=$((n + 1))
    done
    [ "$n" -gt 4 ] || fail "$doing: no more than $n calls"
}
printf '1:a,2:bb,0:,3:ccc,4:dddd,5:eeeee,' >in
at_each read EIO 'stdin: Input/output error' -f netstring
at_each write EIO 'stdout: Input/output error' -f netstring
at_each write ENOSPC 'stdout: No space left on device' -f netstring -t u64le
at_each write ENOSPC 'stdout: No space left on device' -f netstring -t u16be

about 'the place of the failure is that of the input'
with FAIL_READ=12/1,EIO@2 -f netstring
expect_status 1
expect_message 'stdin: record 4 at byte 12: Input/output error'
expect out 'a\nbb\n\n'
cp in file
: >in
with FAIL_READ=12/1,EIO@2 -f netstring file
expect_status 1
expect_message 'file: record 4 at byte 12: Input/output error'

about 'a descriptor that cannot be asked about is not closed for that'
printf '1:a,' >in
with FAIL_fcntl=EMFILE/1 -f netstring
expect_status 0
expect out 'a\n'

about 'a file that cannot be left where its next record begins is no success'
printf '1:a,1:b,' >in
with FAIL_lseek=EINVAL/1 -f netstring -n 1
expect_status 1
expect_message 'stdin: Invalid argument'
expect out 'a\n'

# What was looked at in a pipe is read to its end, whatever the reads return, and only once.
seq 3 >in
for faults in FAIL_readv=1/1 FAIL_readv=EINTR@1 FAIL_readv=EINTR@2 FAIL_readv=EAGAIN@1 FAIL_readv=3@2; do
    doing="$faults cbsplit --exact"
    # shellcheck disable=SC2002
    cat in | {
        env LD_PRELOAD="$preload" "$faults" "$CBSPLIT" --exact -n 2
        cat
    } >out
    expect_same in out
done
printf '1:a,1:b,' >in

about 'reports end, though the thread for them cannot wait'
with FAIL_poll=EINVAL@1+ -f netstring --stats=json
expect_status 0
expect out 'a\nb\n'

about 'some file systems tell at the end that there is no space for it'
printf '1:a,' >in
with FAIL_CLOSE=ENOSPC@1 -f netstring
expect_status 1
expect_message 'stdout: No space left on device'

about 'a payload is moved as far as that goes, and what follows is read'
printf '100000:%0100000d,3:end,' 7 >in
run -f netstring
mv out good_out
for n in 1 2 3 4 5; do
    with "FAIL_READ=9/1 FAIL_MOVE=7000/1,EIO@$n" -f netstring
    expect_status 0
    expect_message ''
    expect_same good_out out
done
