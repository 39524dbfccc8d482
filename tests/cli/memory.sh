#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A record of any size passes in 8 MiB of memory wherever it can pass in
# pieces, and where it must be held whole no more is taken than --max-record.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
[ -z "${SANITIZERS-}" ] || skip "a sanitizer needs memory of its own"
grep -q '^VmHWM:' /proc/self/status 2>/dev/null || skip 'there is no VmHWM in /proc/self/status'

# peak - the most memory that cbsplit has had so far, in KiB
peak() {
    sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB$/\1/p' "/proc/$cbsplit_pid/status"
}

# thrifty - it has needed no more until now
thrifty() {
    used=$(peak)
    printf '%s KiB: %s\n' "$used" "$doing"
    [ "$used" -le 8192 ] || fail "$doing: used $used KiB of memory"
}

# streams MIB BEFORE AFTER OUTPUT ARG... - so many zero bytes, with BEFORE and
# AFTER around them, come out as they are, and then OUTPUT
streams() {
    bytes=$(($1 * 1048576))
    before=$2
    after=$3
    wanted=$4
    shift 4
    converse "$@"
    { printf -- "$before" && head -c "$bytes" /dev/zero; } >&3 &
    passed=$(head -c "$bytes" <&4 | wc -c)
    [ "$passed" -eq "$bytes" ] || fail "$doing: only $passed bytes came out"
    wait $!
    # It waits for more, so it can be asked.
    thrifty
    send "$after"
    ends 0 "$wanted"
}

# More than 2 GiB, if there is time.
long=256
[ -z "${THOROUGH-}" ] || long=3072
streams $long '' '\r\n' '\n' -d '\r\n'
streams 256 '' 'xyz' '\n' -d '\r\n' -d xyz
streams 256 '' '\r\n' '\n' -f line
streams 256 '' '\r\n' '\n' -f line,fold
streams 256 '' '\r\n\r\n' '\n' -f paragraph
streams 256 '\013' '\034\r' '\n' -f mllp
streams 256 '' '\000' '\000' -f fixed:188 -t raw
streams 256 '\000\000\000\000\020\000\000\000' '' '\n' -f u64be
streams 256 '268435456:' ',' '\n' -f netstring
# The checksums are from a program that multiplies matrices.
streams 256 '\000\000\000\020\000\000\000\000\355\360\064\111' \
    '\304\360\162\031' '\n' -f tfrecord
streams 256 '\000\000\000\000\020\000\000\000\002' '??' '\n' -f u64be,header=9,padding=8
streams 256 '10000000\r\n' '\r\n0\r\n\r\n' '' -f chunked
streams 256 '10000000\r\n' '\r\n0\r\n\r\n' '' -f chunked --max-record=256M
# (The length comes first, though, in the output.)
streams 256 '10000000\r\n' '\r\n0\r\n\r\n' '\000\000\000\000\000\000\000\000' -f chunked -t u64be
streams 256 '10000000\n' '\n0\n\n' '\000\000\000\000\000\000\000\000' -f chunked,lf -t u64be
streams 256 'POST / HTTP/1.1\r\nContent-Length: 268435456\r\n\r\n' '' '' -f http
streams 256 'HTTP/1.1 200 OK\r\n\r\n' '' '' -f http
streams 256 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\000\r\n10000000\r\n' \
    '\r\n0\r\n\r\n' '\000\n' -f http -t line

# (The first bytes of a record are payload, too.)
streams 256 '\132\020\000\000\000' '' '\000\000\000\000\000\n' -f cbor
streams 256 '\202\137\132\020\000\000\000' '\377\366' '\000\000\000\000\000\000\000\377\366' -f cbor -t raw
streams 256 '\223\300\306\020\000\000\000' '\300' '\000\000\000\000\000\000\000\300' -f msgpack -t raw
streams 256 '\060\204\020\000\000\000' '' '\000\000\000\000\000\000' -f der -t raw

streams 256 '\241\262\303\324\000\002\000\004\000\000\000\000\000\000\000\000\020\000\000\000\000\000\000\001seconds.\020\000\000\000\020\000\000\000' \
    '' '\n' -f pcap
streams 256 '\012\015\015\012\020\000\000\034\032\053\074\115' \
    '\000\000\000\000\000\000\000\000\000\000\000\000\020\000\000\034' \
    '\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\n' -f pcapng
streams 256 'M\n\000\000\000\020\000\000\000\000' '\n\n' '\000\000\000\000\000\000\000\000\000\000\n' \
    -f journal -t raw
streams 256 '8=FIX.4.2\0019=268435460\00135=' '\00110=018\001' \
    '\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\00110=018\001' -f fix -t raw
streams 256 '[["' '"]]' '\000\000"]' -f json,array -t raw
streams 256 '{"' '"}\n' '\000\000"}\n' -f ndjson

converse -f json,array -c
{ printf '[1' && yes ',{}' | head -c 40000000 && printf ']'; } >&3
thrifty
ends 0 '10000001\n'

converse -c
yes | head -c 40000000 >&3
thrifty
ends 0 '20000000\n'

about 'rows for eyes: 77 bytes for 16'
for framing in u64be line; do
    converse -f $framing -t dump
    { [ $framing = line ] || printf '\000\000\000\000\002\000\000\000'; head -c 33554432 /dev/zero; } >&3 &
    case $framing in
    line) head='record 1 at byte 0\n' ;;
    *)
        head='record 1 at byte 0, length 33554432\nheader   00000000: 0000 0000 0200 0000'
        head="$head                      ........\n"
        ;;
    esac
    receive "$head"
    [ "$(head -c 161480704 <&4 | wc -c)" -eq 161480704 ] || fail "$doing: too few rows came out"
    wait $!
    thrifty
    kill "$cbsplit_pid"
    finishes 143
done

about 'what is held for commands that do not read yet'
for to in --exec --worker; do
    rm -f go
    converse -f u32be -t raw -j 2 "$to=until [ -e go ]; do sleep 0.02; done; cat >/dev/null"
    for i in 1 2 3; do
        printf '\000\230\226\200' && head -c 10000000 /dev/zero
    done >&3 &
    held_back() {
        [ "$(peak)" -ge 5000 ]
    }
    wait_for held_back
    touch go
    wait $!
    thrifty
    ends 0 ''
done

# holds_back ARG... - while the first command prints nothing, 4 MiB of what others print are
# held, besides their input; then they wait as well
holds_back() {
    rm -f go
    converse -k -j 3 "$@"
    seq 2000 >&3
    held_back() {
        [ "$(peak)" -ge 5000 ]
    }
    wait_for held_back
    touch go
    [ "$(head -c 20000000 <&4 | wc -c)" -eq 20000000 ] || fail "$doing: too little came out"
    used=$(peak)
    printf '%s KiB: %s\n' "$used" "$doing"
    [ "$used" -le 12288 ] || fail "$doing: used $used KiB of memory"
    kill "$cbsplit_pid"
    finishes 143
}
wait_for_go='until [ -e go ]; do sleep 0.02; done'
# shellcheck disable=SC2016
holds_back --collect=line --worker='[ $CBSPLIT_WORKER != 1 ] || '"$wait_for_go"'
    while read -r x; do head -c 100000 /dev/zero; echo; done'
# shellcheck disable=SC2016
holds_back --exec='[ $CBSPLIT_RECORD != 1 ] || '"$wait_for_go"'; head -c 100000 /dev/zero'

about 'held whole'

# What is needed besides the record itself.
slack=16384

# held KIB STATUS MESSAGE BYTES ARG... - a line of so many bytes
held() {
    limit=$1
    wanted_status=$2
    message=$3
    bytes=$4
    shift 4
    doing="a line of $bytes bytes, cbsplit $*"
    {
        head -c "$bytes" /dev/zero
        echo
    } | (
        # More than that it cannot get.
        ulimit -v $limit
        status=0
        "$CBSPLIT" "$@" 2>err || status=$?
        echo $status >status
    ) | wc -c >out
    expect_message "$message"
    [ "$(cat status)" -eq "$wanted_status" ] || fail "$doing: exit status $(cat status)"
}
mib=1048576
too_long='stdin: record 1 at byte 0: record is longer than'
held $((64 * 1024 + slack)) 5 "$too_long 67108864 bytes" $((100 * mib)) --to=netstring
[ "$(cat out)" -eq 0 ] || fail "$doing: wrote something"
held $((64 * 1024 + slack)) 0 '' $((64 * mib)) --to=netstring
[ "$(cat out)" -eq $((64 * mib + 10)) ] || fail "$doing: wrote $(cat out) bytes"
held $((3 * 1024 + slack)) 5 "$too_long 3145728 bytes" $((100 * mib)) --to=netstring --max-record=3M
held $((110 * 1024 + slack)) 0 '' $((100 * mib)) --to=netstring --max-record=100M
# Nor is anything taken for a promise.
held $slack 3 'stdin: record 1 at byte 0: length is not a number: 00' $mib -f netstring
printf '99999999999:x' >in
doing='a promise of 99999999999 bytes'
(
    ulimit -v $slack
    status=0
    "$CBSPLIT" -f netstring -t line <in >out 2>err || status=$?
    echo $status >status
)
expect out x
expect_message 'stdin: record 1 at byte 0: input ends inside a record: 99999999998 bytes of its '\
'payload are missing, at byte 13'
