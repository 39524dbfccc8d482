#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Commands for a Redis server are encoded, and its replies are split: lines by
# their delimiter, binary values by their length.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nc perl
redis=$(command -v redis-server || command -v valkey-server) || skip 'there is no redis-server'

run_redis() {
    start "$redis" --bind 127.0.0.1 --port "$port" --save '' --appendonly no --dir "$scratch"
}
serve run_redis

# bulk <FILE - what Redis calls a bulk string: "$", and a length before it
bulk() {
    "$CBSPLIT" --from fixed:67108864 --to 'dec:\r\n,trailer=\r\n' | { printf '$' && cat; }
}

# command_of WORD... - as Redis reads it
command_of() {
    printf '*%d\r\n' $#
    for word; do
        printf '%s' "$word" | bulk
    done
}

# replies <COMMANDS - until the server closes the connection
replies() {
    { cat && printf 'QUIT\r\n'; } | nc 127.0.0.1 "$port"
}

about 'many commands at once'

doing='10000 pipelined commands'
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "INCR counter\r\n" }' >commands
replies <commands | "$CBSPLIT" --delim '\r\n' >out 2>err
expect_message ''
awk 'BEGIN { for (i = 1; i <= 10000; i++) print ":" i; print "+OK" }' >expected
expect_same expected out
replies <commands | "$CBSPLIT" --delim '\r\n' --skip 9998 --to netstring >out
expect out '6::19999,6::20000,3:+OK,'

about 'a binary value'

# With all that could be taken for the end of something in it.
awk 'BEGIN {
    srand(3)
    for (i = 0; i < 100000; i++)
        printf "%c", int(rand() * 256)
    for (i = 0; i < 1000; i++)
        printf "\r\n$%d\r\n", i
}' >value

doing='SET and GET of a binary value'
{
    printf '*3\r\n$3\r\nSET\r\n$4\r\ncave\r\n'
    bulk <value
    command_of GET cave
    command_of STRLEN cave
    command_of GET nothing
} | replies >answers
# Each reader goes on where the one before stopped.
{
    "$CBSPLIT" --delim '\r\n' --head 1 >status
    "$CBSPLIT" --from fixed:1 --head 1 --to raw >type
    "$CBSPLIT" --from 'dec:\r\n,trailer=\r\n' --head 1 --to raw >out
    "$CBSPLIT" --delim '\r\n' >rest
} <answers
expect status '+OK\n'
expect type '$'
expect_same value out
expect rest ":$(($(wc -c <value)))\\n\$-1\\n+OK\\n"

about 'a list, each value by its length'

doing='LRANGE of binary values'
values='5:a\r\nb\n,0:,3:\000\377$,1:,,'
# shellcheck disable=SC2059
printf "$values" >wanted
{
    for i in 0 1 2 3; do
        printf '*3\r\n$5\r\nRPUSH\r\n$4\r\nlist\r\n$'
        "$CBSPLIT" --from netstring --to 'dec:\r\n,trailer=\r\n' --skip $i --head 1 <wanted
    done
    command_of LRANGE list 0 -1
} | replies >answers
{
    "$CBSPLIT" --delim '\r\n' --head 5 >status
    for i in 0 1 2 3; do
        "$CBSPLIT" --from fixed:1 --head 1 --to raw >>types
        "$CBSPLIT" --from 'dec:\r\n,trailer=\r\n' --head 1 --to netstring >>out2
    done
    cat >rest
} <answers
expect status ':1\n:2\n:3\n:4\n*4\n'
# shellcheck disable=SC2016
expect types '$$$$'
expect_same wanted out2
expect rest '+OK\r\n'

about 'one reply after the other'

doing='a conversation with redis-server'
mkfifo questions from
nc 127.0.0.1 "$port" <questions | "$CBSPLIT" --delim '\r\n' >from 2>err &
exec 3>questions 4<from
send 'PING\r\n'
receive '+PONG\n'
send 'SET a 1\r\nINCR a\r\n'
receive '+OK\n:2\n'
send 'QUIT\r\n'
receive '+OK\n'
exec 3>&-
cat <&4 >out
expect out ''
expect_message ''
