#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What logger(1) sends over TCP (RFC 6587), received by nc, message by message.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nc perl logger
logger --help 2>&1 | grep -q octet-count || skip 'this logger does not count octets'

# log ARG... - sends the lines, each as a message in which nothing depends on the
# time or the machine; fails if nobody listens
log() {
    logger --tcp --server 127.0.0.1 --port "$port" --rfc5424=notime,nohost \
        --tag tag --priority user.info "$@" <lines 2>/dev/null
}
printf 'first message\nsecond: 5 hello\n' >lines
header='<14>1 - - tag - - - '
first="${header}first message"
second="${header}second: 5 hello"

# receives FRAMES ARG... - log ARG... sends FRAMES, which are the two messages
receives() {
    frames=$1
    shift
    doing="logger $*"
    port=$(free_port)
    rm -f out
    nc -l 127.0.0.1 "$port" | tee got | "$CBSPLIT" --from syslog --to nul >out 2>err &
    listener=$!
    ours $listener
    wait_for log "$@"
    wait "$listener" || fail "$doing: exit status $?"
    doing="what logger $* sent"
    expect got "$frames"
    expect_message ''
    expect out "$first\\000$second\\000"
    cat got >>both
}

receives "$first\\n$second\\n"
receives "${#first} $first${#second} $second" --octet-count
receives "$first\\n$second\\n"

doing='a stream in which senders take turns'
"$CBSPLIT" --from syslog --to nul both >out
expect out "$first\\000$second\\000$first\\000$second\\000$first\\000$second\\000"

about 'a message that is counted is there with its last byte, any other with LF'
converse --from syslog
send '5 hel'
send 'lo'
receive 'hello\n'
send '<1>wo'
send 'rld\n'
receive '<1>world\n'
send '12'
ends 4 ''
expect_message 'stdin: record 3 at byte 16: input ends inside a record, at byte 18'
