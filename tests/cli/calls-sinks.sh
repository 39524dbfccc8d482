#!/bin/sh
# SPDX-License-Identifier: MIT
#
# System calls that fail or do less than they were asked for, where records go
# to files, commands and workers: made again, or reported with what was done.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload
need setsid
export CBSPLIT

# with FAULTS ARG... - as run does, with these variables in the environment
with() {
    faults=$1
    shift
    status=0
    doing="$faults cbsplit $*"
    # shellcheck disable=SC2086
    env LD_PRELOAD="$preload" $faults "$CBSPLIT" "$@" <in >out 2>err || status=$?
}

about 'commands'

seq 20 >in
with FAIL_SPAWN=EAGAIN@3 --exec=cat
expect_status 1
expect_message 'exec: record 3: Resource temporarily unavailable'
expect out 12
with FAIL_SPAWN=ENOMEM@1 --exec=cat -j 4
expect_status 1
expect_message 'exec: record 1: Cannot allocate memory'
# While one runs, there will be room when it ends.
with FAIL_SPAWN=EAGAIN/2 -j 2 --exec=cat
expect_status 0
expect_message ''
expect out "$(seq -s '' 20)"
for faults in FAIL_WRITE=1/1 FAIL_WRITE=EINTR/2 FAIL_WRITE=2/1,EAGAIN/2 FAIL_POLL=EINTR/2 \
    'FAIL_READ=3/1 FAIL_WRITE=1/2,EAGAIN/3'; do
    with "$faults" --exec=cat
    expect_status 0
    expect_message ''
    expect out "$(seq -s '' 20)"
done
with FAIL_WRITE=EIO@2 --exec='cat; echo whole.'
expect_status 1
expect_message 'exec: record 2: Input/output error'
[ "$(grep -c whole out)" -eq 19 ] || fail "$doing: a command was given nothing for its record"

about 'the input fails in the middle of a record'
printf '1:a,200000:%0200000d,' 1 >in
with FAIL_READ=EIO@2 -f netstring --exec='cat >got; echo whole'
expect_status 1
expect_message 'stdin: record 2 at byte 131072: Input/output error'
expect out 'whole\n'
seq 20 >in

about 'workers'

with FAIL_WRITE=EIO@2 --worker='cat >got; echo whole'
expect_status 123
printf 'cbsplit: %s\n' 'worker 1: Input/output error; it had been given record 1' \
    'workers: all have ended; records from 2 on were not given to any' >expected_err
expect_same expected_err err
expect out ''
printf '1:a,200000:%0200000d,' 1 >in
with FAIL_READ=EIO@2 -f netstring --worker='cat >got; echo whole'
expect_status 1
sort err >said
printf 'cbsplit: %s\n' 'stdin: record 2 at byte 131072: Input/output error' \
    'worker 1: stopped inside record 2, which is incomplete; it had been given records 1-2' >expected
expect_same expected said
expect out ''

about 'a worker has read the last chunk, and closed its input, before we ask'
mkfifo has_read
printf 'a\n' >in
# shellcheck disable=SC2016
with "WAIT_BEFORE_POLL=$scratch/has_read" -t chunked \
    --worker='"$CBSPLIT" -f chunked; exec <&-; echo >has_read'
expect_status 0
expect_message ''
expect out a

# shellcheck disable=SC2016
seq 300 >in
with FAIL_SPAWN=EAGAIN@4 -j 9 --worker='cat; touch end.$CBSPLIT_WORKER'
expect_status 1
expect_message 'worker: Resource temporarily unavailable'
expect out ''
# Those that run already are stopped before they see the end of an input without records.
[ "$(echo end.*)" = 'end.*' ] || fail "$doing: $(echo end.*)"
for faults in FAIL_WRITE=1/1 FAIL_WRITE=EINTR/2 FAIL_WRITE=2/1,EAGAIN/2 FAIL_POLL=EINTR/2 \
    'FAIL_READ=3/1 FAIL_WRITE=1/2,EAGAIN/3'; do
    with "$faults" --worker=cat
    expect_status 0
    expect_message ''
    expect_same in out
    rm -f got.*
    with "$faults" -j 4 --worker='cat >got.$CBSPLIT_WORKER'
    expect_status 0
    expect_message ''
    cat got.* | sort -n >found
    expect_same in found
done

# A pipe that would be inherited, or block, is not used: commands would wait for ever.
for n in 4 5 6; do
    with "FAIL_fcntl=EPERM@$n+" --worker=cat
    expect_status 1
    expect_message 'worker: Operation not permitted'
    with "FAIL_fcntl=EPERM@$n+" --exec=cat
    expect_status 1
    expect_message 'exec: record 1: Operation not permitted'
done

about 'where a pipe that nobody reads is a hang-up, as on macOS'
mv in kept
printf '9:123456789,200000:%0200000d,' 1 >in
with HANGUP=yes -f netstring --worker='head -c 5; exit 1'
expect_status 123
expect_message 'worker 1: ended early, with exit status 1; it had been given records 1-2'
expect out 12345
with HANGUP=yes -f netstring --exec='exec <&-; echo x'
expect_status 0
expect_message ''
expect out 'x\nx\n'
printf 'a\n' >in
rm has_read
mkfifo has_read
# shellcheck disable=SC2016
with "HANGUP=yes WAIT_BEFORE_POLL=$scratch/has_read" -t chunked \
    --worker='"$CBSPLIT" -f chunked; exec <&-; echo >has_read'
expect_status 0
expect_message ''
expect out a
# A worker that goes on without reading is not polled again and again.
rm -f gone report
mkfifo gone
doing='a worker that closes its input and goes on'
{ echo a && cat gone; } | env LD_PRELOAD="$preload" HANGUP=yes CALLS_REPORT="$scratch/report" \
    "$CBSPLIT" --worker='exec <&-; sleep 0.2; : >gone' >out 2>err || :
waits=$(sed -n 's/^call ppoll //p' report)
[ "$waits" -lt 100 ] || fail "$doing: waited $waits times"
mv kept in

about 'a command that cannot be waited for is stopped, and reported'
seq 3 >few
mv in kept
cp few in
for faults in FAIL_ppoll=ENOMEM@1+ FAIL_waitpid=ECHILD@1+; do
    case $faults in
    *ENOMEM*) cause='Cannot allocate memory' ;;
    *) cause='No child processes' ;;
    esac
    with "$faults" --worker=cat
    [ "$status" -ne 0 ] || fail "$doing: status 0"
    grep -q "^cbsplit: worker 1: $cause; it had been given " err || fail "$doing: $(cat err)"
    with "$faults" --exec=cat -n 1
    expect_status 1
    expect_message "exec: record 1: $cause"
done
mv kept in

about 'no signal goes to the number of a process that has been waited for'
# What still reads has left the group of the command, which is gone.
mkfifo goes_on
mv in kept
{ printf '300000:' && head -c 300000 /dev/zero && printf ,; } >in
with '' -f netstring --exec='exec 3<&0
    setsid sh -c "echo >left; read x <goes_on" <&3 &
    until [ -e left ]; do sleep 0.01; done'
expect_status 123
expect_message 'exec: record 1: the command ended while a process that it had started was still reading'
: >goes_on
mv kept in

about 'what commands and workers print'

seq 300 >in
seq 20 >few
for faults in FAIL_WRITE=1/1 FAIL_READ=1/1 FAIL_WRITE=EINTR/2 FAIL_READ=EINTR/2 \
    FAIL_WRITE=2/1,EAGAIN/2 FAIL_READ=2/1,EAGAIN/3 FAIL_POLL=EINTR/2 'FAIL_READ=3/1 FAIL_WRITE=1/2,EAGAIN/3'; do
    with "$faults" -j 3 -k --collect=line --worker=cat
    expect_status 0
    expect_message ''
    expect_same in out
    with "$faults" -j 3 --collect=line --worker=cat
    expect_status 0
    expect_message ''
    sort -n out >found
    expect_same in found
    mv in kept
    cp few in
    with "$faults" -j 3 -k --exec='cat; echo'
    expect_status 0
    expect_message ''
    expect_same in out
    mv kept in
done
# Standard output fails in the n-th write, all of which are for it: the command reads nothing.
printf 'a\n' >in
for n in 1 2 3; do
    with "FAIL_WRITE=ENOSPC@$n" --collect=line -t none \
        --worker='for i in 1 2 3; do head -c 300000 /dev/zero; echo; done'
    expect_status 1
    expect_message 'stdout: No space left on device'
done
with FAIL_CLOSE=EIO@1 -k --exec=cat
expect_status 1
expect_message 'stdout: Input/output error'
expect out a
# A read fails, of the input or of what a command prints.
for n in 1 2 3 4; do
    with FAIL_READ=EIO@$n -t none --collect=line --worker='cat >/dev/null; echo b'
    [ ! -s err ] || grep -Eq '^cbsplit: (stdin: record [0-9] at byte [0-9]|worker 1): Input/output error' err ||
        fail "$doing: $(cat err)"
    [ -s err ] || [ "$status" -eq 0 ] || fail "$doing: exit status $status"
    with FAIL_READ=EIO@$n -t none --collect=line --exec='echo b'
    [ ! -s err ] || grep -Eqx 'cbsplit: (stdin: record [0-9] at byte [0-9]|exec: record 1): Input/output error' err ||
        fail "$doing: $(cat err)"
    [ -s err ] || expect out 'b\n'
done
with FAIL_SPAWN=EAGAIN/2 -j 2 -k --exec=cat
expect_status 0
expect out a

about 'files'

rm -rf made
mkdir made
printf '1:a,200000:%0200000d,' 1 >in
# (the payload is moved, and the read after that fails)
with FAIL_READ=EIO@2 -f netstring -o made/%d
expect_status 1
expect_message 'stdin: record 2 at byte 200011: Input/output error'
[ "$(echo made/*)" = made/1 ] || fail "$doing: $(echo made/*)"
printf '1:a,600:%0600d,1:c,' 7 >in
for n in 1 2 3; do
    doing="write $n fails"
    rm -f made/*
    status=0
    LD_PRELOAD=$preload FAIL_WRITE=ENOSPC@$n "$CBSPLIT" -f netstring -o made/%02d <in 2>err ||
        status=$?
    expect_status 1
    expect_message "made/0$n: No space left on device"
    [ "$(find made -type f | wc -l)" -eq $((n - 1)) ] || fail "$doing: $(ls made)"
done
doing='interrupted calls'
rm -f made/*
LD_PRELOAD=$preload FAIL_WRITE=1/1,EINTR/3,EAGAIN/4 FAIL_READ=7/1 "$CBSPLIT" -f netstring \
    -o made/%02d <in || fail "$doing: exit status $?"
[ "$(cd made && echo *)" = '01 02 03' ] || fail "$doing: $(ls made)"
cat made/* | tr -d '\n' >found
printf "a%0600dc" 7 >expected
expect_same expected found

about 'groups of records, by whatever calls: each file is whole, or not there'
seq 100 >in
for faults in FAIL_WRITE=1/1 FAIL_WRITE=EINTR/2 FAIL_WRITE=2/1,EAGAIN/2 'FAIL_READ=3/1 FAIL_WRITE=1/2'; do
    for size in --group=7 --group-size=20; do
        rm -f made/*
        with "$faults" $size --header=1 -o made/%03d
        expect_status 0
        expect_message ''
        cat made/* | grep -vx 1 >found
        seq 2 100 >expected
        expect_same expected found
        [ "$(cat made/* | grep -cx 1)" -eq "$(find made -type f | wc -l)" ] || fail "$doing: no header"
    done
done
for n in 1 2 3 4; do
    rm -f made/*
    # (a write for the header, one for the rest)
    with FAIL_WRITE=ENOSPC@$n --group=50 --header=1 -o made/%d
    expect_status 1
    expect_message "made/$(((n + 1) / 2)): No space left on device"
    [ "$(find made -type f | wc -l)" -eq $(((n - 1) / 2)) ] || fail "$doing: $(ls made)"
done
rm -f made/*
