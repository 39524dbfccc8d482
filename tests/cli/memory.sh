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
    passed=$(($(take "$bytes" <&4 | wc -c)))
    [ "$passed" -eq "$bytes" ] || fail "$doing: only $passed bytes came out"
    wait $!
    # It waits for more, so it can be asked.
    thrifty
    send "$after"
    ends 0 "$wanted"
}

# Four times what it may take; and more than that, and more than 2 GiB, if there is time.  A
# length in binary is $top and zeros.  (The checksums are from a program that multiplies
# matrices.)
long=32 mib=32 top='\002' hex=2000000
length_sum='\354\342\050\176' sum='\345\321\173\176' fix_sum=221
if [ -n "${THOROUGH-}" ]; then
    long=3072 mib=256 top='\020' hex=10000000
    length_sum='\355\360\064\111' sum='\304\360\162\031' fix_sum=018
fi
size=$((mib * 1048576))
streams $long '' '\r\n' '\n' -d '\r\n'
streams $mib '' 'xyz' '\n' -d '\r\n' -d xyz
streams $mib '' '\r\n' '\n' -f line
streams $mib '' '\r\n' '\n' -f line,fold
streams $mib '' '\r\n\r\n' '\n' -f paragraph
streams $mib '\013' '\034\r' '\n' -f mllp
streams $mib '' '\000' '\000' -f fixed:188 -t raw
streams $mib '\000\000\000\000'"$top"'\000\000\000' '' '\n' -f u64be
streams $mib "$size:" ',' '\n' -f netstring
streams $mib '\000\000\000'"$top"'\000\000\000\000'"$length_sum" \
    "$sum" '\n' -f tfrecord
streams $mib '\000\000\000\000'"$top"'\000\000\000\002' '??' '\n' -f u64be,header=9,padding=8
streams $mib "$hex\\r\\n" '\r\n0\r\n\r\n' '' -f chunked
streams $mib "$hex\\r\\n" '\r\n0\r\n\r\n' '' -f chunked --max-record=${mib}M
# (The length comes first, though, in the output.)
streams $mib "$hex\\r\\n" '\r\n0\r\n\r\n' '\000\000\000\000\000\000\000\000' -f chunked -t u64be
streams $mib "$hex\\n" '\n0\n\n' '\000\000\000\000\000\000\000\000' -f chunked,lf -t u64be
streams $mib 'POST / HTTP/1.1\r\nContent-Length: '"$size"'\r\n\r\n' '' '' -f http
streams $mib 'HTTP/1.1 200 OK\r\n\r\n' '' '' -f http
streams $mib 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\000\r\n'"$hex"'\r\n' \
    '\r\n0\r\n\r\n' '\000\n' -f http -t line

# (The first bytes of a record are payload, too.)
streams $mib '\132'"$top"'\000\000\000' '' '\000\000\000\000\000\n' -f cbor
streams $mib '\202\137\132'"$top"'\000\000\000' '\377\366' \
    '\000\000\000\000\000\000\000\377\366' -f cbor -t raw
streams $mib '\223\300\306'"$top"'\000\000\000' '\300' '\000\000\000\000\000\000\000\300' -f msgpack -t raw
streams $mib '\060\204'"$top"'\000\000\000' '' '\000\000\000\000\000\000' -f der -t raw

streams $mib '\241\262\303\324\000\002\000\004\000\000\000\000\000\000\000\000'"$top"'\000\000\000'\
'\000\000\000\001seconds.'"$top"'\000\000\000'"$top"'\000\000\000' \
    '' '\n' -f pcap
streams $mib '\012\015\015\012'"$top"'\000\000\034\032\053\074\115' \
    '\000\000\000\000\000\000\000\000\000\000\000\000'"$top"'\000\000\034' \
    '\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\n' -f pcapng
streams $mib 'M\n\000\000\000'"$top"'\000\000\000\000' '\n\n' '\000\000\000\000\000\000\000\000\000\000\n' \
    -f journal -t raw
# (What comes out in front takes the place of as many zeros.)
before="8=FIX.4.2\\0019=$((size + 4))\\00135="
streams $mib "$before" '\00110='$fix_sum'\001' \
    "$(printf "$before" | sed 's/./\\000/g')\\00110=$fix_sum\\001" -f fix -t raw
streams $mib '[["' '"]]' '\000\000"]' -f json,array -t raw
streams $mib '{"' '"}\n' '\000\000"}\n' -f ndjson

# lets_go STATUS BEFORE AFTER ARG... - what is too long is not held, in case it is wrong
lets_go() {
    ended_with=$1
    before=$2
    after=$3
    shift 3
    converse "$@" --max-record=1000 --on-malformed=skip
    { printf -- "$before" && head -c $size /dev/zero; } >&3
    printf -- "$after" >&3
    thrifty
    ends "$ended_with" 'ok\n'
}

for overflow in skip truncate; do
    lets_go 3 "$size:" 'X2:ok,' -f netstring --on-overflow=$overflow
    lets_go 3 "X$size:" ',2:ok,' -f netstring --on-overflow=$overflow
    lets_go 3 '' '\333?\300ok\300' -f slip --on-overflow=$overflow
    lets_go 0 'B'"$top"'\000\000\000' 'A\000\000\000\002ok' \
        -f u32be,offset=1,byte=0:41-42,only=0:41 --on-overflow=$overflow
done

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
    { [ $framing = line ] || printf '\000\000\000\000\001\000\000\000'; head -c 16777216 /dev/zero; } >&3 &
    case $framing in
    line) head='record 1 at byte 0\n' ;;
    *)
        head='record 1 at byte 0, length 16777216\nheader   00000000: 0000 0000 0100 0000'
        head="$head                      ........\n"
        ;;
    esac
    receive "$head"
    [ "$(take 80740352 <&4 | wc -c)" -eq 80740352 ] || fail "$doing: too few rows came out"
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
    [ "$(take 20000000 <&4 | wc -c)" -eq 20000000 ] || fail "$doing: too little came out"
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
        limit_memory $limit
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
    limit_memory $slack
    status=0
    "$CBSPLIT" -f netstring -t line <in >out 2>err || status=$?
    echo $status >status
)
expect out x
expect_message 'stdin: record 1 at byte 0: input ends inside a record: 99999999998 bytes of its '\
'payload are missing, at byte 13'
