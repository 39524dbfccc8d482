#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Values of a Redis server, in RESP2 and RESP3: each reply is one record, with
# all that is nested in it; and strings that redis-server and redis-cli read.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nc perl
redis=$(command -v redis-server || command -v valkey-server) || skip 'there is no redis-server'

# From version 7 on DEBUG must be allowed; it is asked for an attribute.
debug=
case $("$redis" --version) in
*v=[0-6].*) ;;
*) debug='--enable-debug-command local' ;;
esac
run_redis() {
    # shellcheck disable=SC2086
    start "$redis" --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$scratch" \
        $debug
}
serve run_redis

# command_of WORD... - as Redis reads it
command_of() {
    printf '*%d\r\n' $#
    printf '%s\000' "$@" | "$CBSPLIT" --from nul --to resp
}

# replies <COMMANDS - until the server closes the connection
replies() {
    { cat && command_of QUIT; } | nc 127.0.0.1 "$port"
}

# What is asked: a script for what no other command gives.
resp3='redis.setresp(3); return redis.call(unpack(ARGV))'
deep='local t = {1} for i = 1, 6 do t = {t, "x\r\n$9\r\n", {}, false} end return t'
ask() {
    case $1 in
    1) command_of PING ;;
    2) command_of GET nothing ;;
    3) command_of NO SUCH COMMAND ;;
    4) command_of HGETALL hash ;;
    5) command_of SMEMBERS set ;;
    6) command_of ZRANGE zset 0 -1 WITHSCORES ;;
    7) command_of XREAD STREAMS stream 0 ;;
    8) command_of XREAD STREAMS stream 9 ;;
    9) command_of EVAL "$deep" 0 ;;
    10) command_of GET binary ;;
    11) command_of CONFIG GET 'maxmemory*' ;;
    12) command_of LRANGE empty 0 -1 ;;
    13) command_of EVAL 'return {double=1.5}' 0 ;;
    14) command_of EVAL 'redis.setresp(3); return true' 0 ;;
    15) command_of EVAL 'return {big_number="1234567890123456789012345"}' 0 ;;
    16) command_of EVAL "$resp3" 0 HGETALL hash ;;
    17) command_of STRALGO LCS nothing ;;
    18) command_of LATENCY DOCTOR ;;
    19) command_of COMMAND INFO get set ;;
    20) command_of DEBUG PROTOCOL attrib ;;
    21) command_of EVAL 'return {double=0/0}' 0 ;;
    22) command_of EVAL 'return {double=-1/0}' 0 ;;
    23) command_of EVAL 'return {double=1e300}' 0 ;;
    24) command_of EVAL 'return {double=-1/3e20}' 0 ;;
    25) command_of EVAL 'return {-9007199254740992, 9007199254740992}' 0 ;;
    26) command_of EVAL 'return -9223372036854775808' 0 ;;
    27) command_of DEBUG PROTOCOL verbatim ;;
    28) command_of DEBUG PROTOCOL bignum ;;
    esac
}
last=28

{
    command_of HSET hash a 1 b 2
    command_of SADD set one
    command_of ZADD zset 1.5 one 2 two
    command_of XADD stream 1-1 field value field2 value2
    command_of SET binary "$(printf 'a\r\n*3\r\n$-1\r\n+OK\r\n\001')"
} | replies >set_up
"$CBSPLIT" --from resp --to raw set_up >out
expect_same set_up out
[ "$("$CBSPLIT" --from resp --count set_up)" -eq 6 ] || fail 'not 6 replies'

# conversation PROTOCOL - all that is asked at once gives as many records, and
# each of them is what the question gives when it is asked alone
conversation() {
    command_of HELLO "$1" >hello
    {
        cat hello
        for i in $(numbers $last); do ask "$i"; done
    } | replies >answers
    doing="$last replies in RESP$1"
    [ "$("$CBSPLIT" --from resp --count answers)" -eq $((last + 2)) ] || fail "not $last replies"
    "$CBSPLIT" --from resp --to raw answers >out 2>err
    expect_message ''
    expect_same answers out
    for i in $(numbers $last); do
        doing="reply $i in RESP$1"
        { cat hello && command_of ECHO 'that was it' && ask "$i"; } | replies >alone
        # Without the greeting, in which there is a number of the connection.
        perl -0777 -pe 's/^[*%].*?\$11\r\nthat was it\r\n//s; s/\+OK\r\n\z//' alone >wanted
        "$CBSPLIT" --from resp --skip "$i" --head 1 --to raw answers >out
        expect_same wanted out
    done
    cut -c 1 answers | sort -u | tr -d '\n' >types
}

conversation 2
for type in '*' '$' ':' '+' '-'; do
    grep -qF -e "$type" types || fail "RESP2: no type $type in $(cat types)"
done
conversation 3
for type in '*' '$' ':' '+' '-' '%' '~' ',' '#' '_' '(' '=' '|'; do
    grep -qF -e "$type" types || fail "RESP3: no type $type in $(cat types)"
done

doing='pushed messages'
{ command_of HELLO 3 && command_of SUBSCRIBE news && command_of PUBLISH news hello; } |
    replies | "$CBSPLIT" --from resp --skip 1 --to raw >out
# From version 8 on the answer to PUBLISH comes before the message.
subscribed='>3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n'
message='>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n'
# shellcheck disable=SC2059
case $("$redis" --version) in
*v=[0-7].*) printf -- "$subscribed$message:1\\r\\n+OK\\r\\n" ;;
*) printf -- "$subscribed:1\\r\\n$message+OK\\r\\n" ;;
esac >expected
expect_same expected out
for i in 2 3 4 5; do
    { command_of HELLO 3 && command_of SUBSCRIBE news && command_of PUBLISH news hello; } |
        replies | "$CBSPLIT" --from resp --skip $((i - 1)) --head 1 --to raw
done >out
expect_same expected out

doing='a big number from a script that is none'
{ command_of HELLO 3 && command_of EVAL 'return {big_number="not a number"}' 0; } |
    replies >in
at=$(LC_ALL=C grep -abo '(not a number' in | cut -d : -f 1)
run -f resp -t none
expect_status 3
expect_message "stdin: $(fault 2 "$at" $((at + 1)) 'invalid byte in a big number: 6e')"

about 'commands'

doing='commands of both kinds, and line ends between them'
{
    printf 'PING\r\n\r\n\nSET inline "a b"\r\n'
    command_of SET array "$(printf 'a\r\n\001')"
    printf '\n'
    command_of GET array
    printf 'GET inline\nQUIT\r\n'
} >in
nc 127.0.0.1 "$port" <in | "$CBSPLIT" -f resp -c >out
expect out '6\n'
run -f resp,inline -c
expect_status 0
expect out '6\n'
"$CBSPLIT" -f resp,inline -t raw in >commands
nc 127.0.0.1 "$port" <in >wanted
nc 127.0.0.1 "$port" <commands >out
expect_same wanted out

about 'an append-only file of Redis 7 or later, with the times of its commands'
if [ -n "$debug" ]; then
    doing='an append-only file'
    {
        command_of CONFIG SET appendonly yes
        command_of CONFIG SET aof-timestamp-enabled yes
    } | replies >set_up
    aof=appendonlydir/appendonly.aof.1.incr.aof
    wait_for test -e $aof
    wait_for sh -c "{ printf 'INFO persistence\r\nQUIT\r\n'; } | nc 127.0.0.1 $port |
        grep -q aof_rewrite_in_progress:0"
    for i in 1 2 3 4 5; do
        command_of SET "file:$i" "$(printf '#TS:1\r\n*1\r\n%d\001' $i)"
    done | replies >set_up
    wait_for grep -q 'file:5' $aof
    grep -aq '^#TS:' $aof || fail "$doing: no times"
    commands=$("$CBSPLIT" -f resp,aof -c $aof)
    [ "$commands" -ge 5 ] || fail "$doing: $commands commands"
    # The server has an answer to each of them, and to QUIT.
    "$CBSPLIT" -f resp,aof -t raw $aof | replies | "$CBSPLIT" -f resp -c >out
    expect out "$((commands + 1))\n"
fi

about 'redis-cli'

if command -v redis-cli >/dev/null; then
    doing='redis-cli reads 100 commands'
    seq 100 | while read -r i; do
        printf '*3\r\n$3\r\nSET\r\n'
        printf 'key%d,value\r\n\001%d,' "$i" "$i" | "$CBSPLIT" --delim , --to resp
    done | redis-cli -p "$port" --pipe >out 2>&1 || fail "$(cat out)"
    grep -q 'errors: 0, replies: 100' out || fail "$(cat out)"
    redis-cli -p "$port" --raw GET key77 >out
    expect out 'value\r\n\00177\n'
fi

about 'a value as soon as it is whole'

converse --from resp
send '*2\r\n:1\r\n'
send '$5\r\nhel'
send 'lo\r\n'
receive '*2\r\n:1\r\n$5\r\nhello\r\n\n'
send '_\r\n'
receive '_\r\n\n'
ends 0 ''
