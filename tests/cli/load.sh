#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Load: numbers and places beyond 2^32, no growth over many records, no work while there
# is nothing to do, one byte at a time, more workers than there can be.  Measured in bytes,
# wakeups and processor time, not in seconds that pass.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'beyond 2^32'

# many COUNT ARG... - so many zero bytes, in 16 MiB
limits='limit_memory 32768'
[ -z "${SANITIZERS-}" ] || limits=:
many() {
    bytes=$1
    shift
    doing="$bytes bytes, cbsplit $*"
    status=0
    head -c "$bytes" /dev/zero 2>/dev/null | (
        eval "$limits"
        exec "$CBSPLIT" "$@"
    ) >out 2>err || status=$?
}

if [ -z "${SANITIZERS-}" ]; then
    many 4294967299 -d '\0' -c
    expect_status 0
    expect out '4294967299\n'
fi
if [ -n "${THOROUGH-}" ] && [ -z "${SANITIZERS-}" ]; then
    many 4294967299 -f fixed:1 -t index --select=4294967295-4294967297
    expect_status 0
    expect out '4294967295\t4294967294\t1\n4294967296\t4294967295\t1\n4294967297\t4294967296\t1\n'
    many 4294967299 -f fixed:1 --skip=4294967297 -t raw
    expect_status 0
    expect out '\000\000'
    many 4294967299 -f fixed:1 --skip=4294967298 -o %d
    expect_status 0
    expect 4294967299 '\000'
    doing='a record that is too long, after 2^32 others'
    { head -c 4294967297 /dev/zero && printf xx; } | "$CBSPLIT" -d '\0' --max-record=1 -c \
        >out 2>err || status=$?
    expect_status 5
    expect_message 'stdin: record 4294967298 at byte 4294967297: record is longer than 1 byte'
fi
# A thousand million records, each written with its length.
records=20000000
[ -z "${THOROUGH-}" ] || records=1000000000
doing="$records records to u32be"
head -c $records /dev/zero | (
    eval "$limits"
    exec "$CBSPLIT" -f fixed:1 -t u32be
) | "$CBSPLIT" -f u32be,max=1 -c >out
expect out "$records\\n"

about 'nothing to do'

# woken - how often threads of cbsplit had to wait, and ticks of processor time
woken() {
    sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' /proc/"$cbsplit_pid"/task/*/status |
        awk '{ n += $1 } END { print n }'
}
ticks() {
    awk '{ sub(/.*\) /, ""); print $12 + $13 }' /proc/"$cbsplit_pid"/stat
}

# rests MOST - it is woken no more often than that while we wait, and does not work
rests() {
    before=$(woken)
    worked=$(ticks)
    sleep 0.5
    after=$(woken)
    [ $((after - before)) -le "$1" ] || fail "$doing: woken $((after - before)) times, idle"
    [ $(($(ticks) - worked)) -le 5 ] || fail "$doing: worked for $(($(ticks) - worked)) ticks, idle"
}

# idles ARG... - bursts, and between them nothing
idles() {
    converse "$@"
    for burst in 1 2 3; do
        send "a$burst\\nb\\n"
        rests 10
    done
    before=$(woken)
    burst=0
    while [ $burst -lt 100 ]; do
        burst=$((burst + 1))
        send 'c\n'
        sleep 0.01
    done
    [ $(($(woken) - before)) -le 5000 ] || fail "$doing: woken $(($(woken) - before)) times"
    exec 3>&-
    cat <&4 >out
    finishes 0
    [ "$(wc -l <out)" -eq 106 ] || fail "$doing: $(wc -l <out) lines"
}
if [ -r /proc/self/task ] && grep -q '^voluntary_ctxt_switches' /proc/self/status; then
    idles
    idles --idle=0.02
    idles -f line,fold --idle=0.02
    idles -j 3 --worker=cat
    idles -j 3 --worker=cat --collect=line
    idles -j 2 --exec='cat; echo'
    # A reader that takes nothing.
    converse
    { yes | head -c 10000000 >&3; } &
    ours $!
    sleep 0.5
    rests 10
    exec 3>&-
    cat <&4 >out
    finishes 0
    [ "$(wc -c <out)" -eq 10000000 ] || fail "$doing: $(wc -c <out) bytes"
fi

about 'a day of idle and bursts'

# day ARG... - the clock runs so fast that the bursts are hours apart.  Each of them is out when
# ten minutes have passed, and nothing else wakes anybody.
day() {
    export LD_PRELOAD="$preload" TIME_RUNS=$runs CALLS_REPORT="$scratch/calls"
    converse "$@" --idle=600
    unset LD_PRELOAD TIME_RUNS CALLS_REPORT
    burst=0
    while [ $burst -lt $bursts ]; do
        burst=$((burst + 1))
        send 'a\nb\n c\n'
        receive '1:a,4:b\n c,'
        sleep $pause
    done
    ends 0 ''
    polls=$(awk '$2 == "poll" || $2 == "ppoll" { n += $3 } END { print n }' calls)
    [ "$polls" -le $((3 * bursts + 4)) ] || fail "$doing: $polls waits for $bursts bursts"
}
if [ -z "${SANITIZERS-}" ] && [ -e "${PRELOAD:-$TOP_BUILDDIR/tests/.libs/preload.so}" ]; then
    need_preload
    runs=28800 bursts=4 pause=0.2 # a third of a day in a second
    [ -z "${THOROUGH-}" ] || runs=1440 bursts=12 pause=5
    day -f line,fold -t netstring
    day -f line,fold -t netstring --stats
fi

about 'one byte at a time'

# bytewise OUTPUT ARG... - a reader of one byte at a time, and a writer
bytewise() {
    wanted=$1
    shift
    doing="byte by byte, cbsplit $*"
    printf 'one\n\nthree\n' >in
    dd bs=1 <in 2>/dev/null | "$CBSPLIT" "$@" 2>err | dd bs=1 >out 2>/dev/null
    expect err ''
    expect out "$wanted"
}
bytewise '3:one,0:,5:three,' -t netstring
bytewise '3\n' -c
bytewise '1\t0\t3\n2\t4\t0\n3\t5\t5\n' -t index
bytewise 'one\n\nthree\n' --worker=cat
bytewise 'onethree' --exec=cat
bytewise 'one\n\nthree\n' -j 2 --worker=cat --collect=line --keep-order
bytewise '' -o made.%d
expect made.1 one
expect made.2 ''
expect made.3 three

about 'more workers than there can be'

printf 'a\nb\n' >in
(
    ulimit -n 64
    run -j 65536 --worker='cat >/dev/null; echo done'
    expect_status 1
    expect_message 'worker: Too many open files; no more than 61 fit'
    expect out ''
    run -j 65536 --worker='cat >/dev/null; echo done' --collect=line
    expect_message 'worker: Too many open files; no more than 30 fit'
    run -j 61 --worker='cat >/dev/null; echo done'
    expect_status 1
    grep -qx 'cbsplit: worker: Too many open files; no more than [2-6][0-9] fit' err ||
        fail "$doing: $(cat err)"
    expect out ''
    run -j 20 --worker='cat >/dev/null'
    expect_status 0
)
# The system refuses one after others have started: none of them does its work.
if (need_preload) >/dev/null; then
    need_preload
    doing='the third worker does not start'
    status=0
    LD_PRELOAD="$preload" FAIL_SPAWN=EAGAIN@3 "$CBSPLIT" -j 5 \
        --worker='cat >/dev/null; echo done' <in >out 2>err || status=$?
    expect_status 1
    expect_message 'worker: Resource temporarily unavailable'
    expect out ''
fi
