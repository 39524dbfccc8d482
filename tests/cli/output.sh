#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Output that cannot be written is reported, unless its reader has seen enough.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# An input of one large and many small records, which the program moves on in
# all the ways that it has.
{
    printf '1000000:'
    head -c 1000000 /dev/zero
    printf ','
    i=0
    while [ $i -lt 20000 ]; do
        printf '6:record,'
        i=$((i + 1))
    done
} >mixed

about 'a reader that goes away'

# The tests may have been started with SIGPIPE ignored.
if env --default-signal=PIPE true 2>/dev/null; then
    default='env --default-signal=PIPE'
else
    default=
fi
if [ -z "$default" ] && [ "$(sh -c 'kill -PIPE $$; echo ignored')" = ignored ]; then
    skip 'SIGPIPE is ignored, and this env has no --default-signal'
fi

# closes_early ARG... - it ends as cat does, without a word
closes_early() {
    doing="cbsplit $* | head -n 1"
    # shellcheck disable=SC2086
    yes record 2>/dev/null | {
        status=0
        $default "$CBSPLIT" "$@" 2>err || status=$?
        echo $status >status
    } | head -n 1 >out
    expect out 'record\n'
    expect_message ''
    [ "$(cat status)" -eq 141 ] || fail "$doing: exit status $(cat status), not 128 + SIGPIPE"
}
closes_early
closes_early -f lf
closes_early -d '\n'
closes_early -f fixed:7 -t raw
closes_early -t line --exec=cat
closes_early -t line --worker=cat
closes_early -t line --worker=cat --collect=line

doing='large payload | head -c 1'
for input in mixed -; do
    # shellcheck disable=SC2086
    cat mixed mixed mixed | {
        status=0
        $default "$CBSPLIT" -f netstring -t raw mixed mixed "$input" 2>err || status=$?
        echo $status >status
    } | head -c 1 >out
    expect out '\000'
    expect_message ''
    [ "$(cat status)" -eq 141 ] || fail "$doing: exit status $(cat status)"
done

# With the signal ignored, the error of write is reported.
doing='cbsplit | head -n 1, SIGPIPE ignored'
yes record 2>/dev/null | (
    trap '' PIPE
    status=0
    "$CBSPLIT" 2>err || status=$?
    echo $status >status
) | head -n 1 >out
expect out 'record\n'
expect_message 'stdout: Broken pipe'
[ "$(cat status)" -eq 1 ] || fail "$doing: exit status $(cat status)"

about 'a full disk'

# However stdio buffers what it prints.
bufferings='env'
# (It complains if what it preloads is for another kind of processor.)
if [ -z "${SANITIZERS-}" ] && [ -z "$(stdbuf -o0 "$CBSPLIT" --version 2>&1 >/dev/null || echo no)" ]; then
    bufferings='env,stdbuf -oL,stdbuf -o0,stdbuf -o16'
fi

# no_space ARG...
no_space() {
    old_ifs=$IFS
    IFS=,
    for buffering in $bufferings; do
        IFS=$old_ifs
        doing="$buffering cbsplit $* >/dev/full"
        status=0
        $buffering "$CBSPLIT" "$@" <in >/dev/full 2>err || status=$?
        expect_status 1
        expect_message 'stdout: No space left on device'
    done
}
if [ -c /dev/full ]; then
    printf 'a\n' >in
    no_space
    no_space -t netstring
    no_space -t chunked
    no_space -c
    no_space -c in in
    no_space --check
    no_space --check in in
    no_space --help
    no_space --list
    no_space --version
    no_space --explain=lf
    no_space --explain=docker
    # The end of a chunked body is all there is to write.
    no_space --skip=1 -t chunked
    cp mixed in
    no_space -f netstring
    no_space -f netstring -t raw
    no_space -f netstring -t u32be
    no_space -f netstring -t raw mixed
fi

# A write that falls short, and then fails: a limit of 512 or 1024 bytes, by
# the unit of ulimit.
limited() {
    doing="cbsplit $*, with a limit for the size of the file"
    (
        trap '' XFSZ
        # For a build that measures what is executed: such files elsewhere.
        export GCOV_PREFIX="$scratch"
        ulimit -f 1
        status=0
        "$CBSPLIT" "$@" <in 2>err || status=$?
        echo $status >status
    ) >out
    [ "$(cat status)" -eq 1 ] || fail "$doing: exit status $(cat status), not 1"
    grep -v '^libgcov' err >said || :
    mv said err
    expect_message 'stdout: File too large'
    size=$(($(wc -c <out)))
    [ "$size" -eq 512 ] || [ "$size" -eq 1024 ] || fail "$doing: wrote $size bytes"
}
cp mixed in
limited -f netstring -t raw
first "$(wc -c <out)" /dev/zero >expected
expect_same expected out
limited -f netstring -t raw mixed
expect_same expected out
limited -f netstring -t raw --skip=1
yes record | tr -d '\n' | first "$(wc -c <out)" >expected
expect_same expected out

about 'standard output is closed'

# closed ARG...
closed() {
    doing="cbsplit $* >&-"
    status=0
    "$CBSPLIT" "$@" <in 2>err >&- || status=$?
    expect_status 1
    expect_message 'stdout: Bad file descriptor'
}
printf 'a\n' >in
closed
closed in
closed -t chunked
closed -c
closed --help
closed --list
cp mixed in
closed -f netstring -t raw
closed -f netstring -t raw --skip=1
closed -f netstring -t raw --skip=1 in
closed -f netstring -t line in

about 'with nothing to say about, standard error is not needed'
printf 'a\n' >in
doing='cbsplit 2>&-'
"$CBSPLIT" <in >out 2>&- || fail "$doing: exit status $?"
expect out 'a\n'
"$CBSPLIT" in >out 2>&- || fail "$doing: exit status $?"
expect out 'a\n'

about 'where the output may go'

# To the end of a file, in which the kernel does not move bytes.
printf '90000:' >in
head -c 90000 /dev/zero >>in
printf ',3:end,' >>in
doing='cbsplit >>out'
printf 'begin' >out
"$CBSPLIT" -f netstring -t raw <in >>out
{ printf begin && head -c 90000 /dev/zero && printf end; } >expected
expect_same expected out
printf 'begin' >out
# shellcheck disable=SC2002
cat in | "$CBSPLIT" -f netstring -t raw >>out
expect_same expected out

about 'to a device, and to a FIFO'
"$CBSPLIT" -f netstring -t raw in >/dev/null
mkfifo fifo
"$CBSPLIT" -f netstring -t raw in >fifo &
printf begin >out
cat fifo >>out
wait $! || fail "cbsplit >fifo: exit status $?"
expect_same expected out

# Appending to the file that is being read would never end.  A limit for the
# size of the file ends a program that tries.
own_tail() {
    doing="cbsplit $*, into the file that it reads"
    cp "$file" before
    status=0
    (ulimit -f 100 && "$CBSPLIT" "$@" <in >>"$file" 2>err) || status=$?
}
file=in
for input in - in; do
    printf 'a\nb\n' >in
    own_tail "$input"
    expect_status 1
    [ "$input" = in ] || input=stdin
    expect_message "$input: input file is output file"
    expect_same before in
done
doing='cbsplit, after a line written by another'
status=0
(ulimit -f 100 && { echo begin && "$CBSPLIT" in 2>err; } >in) || status=$?
expect_status 1
expect in 'begin\n'

about 'it may be appended if reading has an end'
printf 'a\nb\n' >in
own_tail -n 1
expect_status 0
expect in 'a\nb\na\n'
own_tail -c
expect in 'a\nb\na\n3\n'
own_tail --part=1/2 in
expect in 'a\nb\na\n3\na\nb\n'
about 'what is written is no longer there to be read'
for args in '' -n1 '-t hex' --part=1/2; do
    printf 'a\r\nb\r\n' >in
    doing="cbsplit $args in 1<>in"
    status=0
    # shellcheck disable=SC2086
    (ulimit -f 100 && "$CBSPLIT" $args in 1<>in 2>err) || status=$?
    expect_status 1
    expect_message 'in: input file is output file'
    expect in 'a\r\nb\r\n'
done
doing='cbsplit -n1 in, to its end'
printf 'a\r\nb\r\n' >in
{ cat <&1 >/dev/null && "$CBSPLIT" -n1 in; } 1<>in || fail "$doing: exit status $?"
expect in 'a\r\nb\r\na\n'
: >in
own_tail
expect_status 0
