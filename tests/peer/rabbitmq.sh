#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What RabbitMQ sends by STOMP: bodies with and without content-length, a line end
# after each frame.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need nc perl epmd
# The command in the path of a distribution changes the user.
server=
for candidate in /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server; do
    [ ! -x "$candidate" ] || server=$candidate
done
[ -n "$server" ] || server=$(command -v rabbitmq-server) || skip 'there is no rabbitmq-server'

# A node with all that is its own, its port mapper included, which would stay behind.
ERL_EPMD_PORT=$(free_port) && export ERL_EPMD_PORT
start epmd -port "$ERL_EPMD_PORT"
run_broker() {
    printf 'listeners.tcp = none\nstomp.listeners.tcp.1 = 127.0.0.1:%s\n' "$port" >broker.conf
    # (Idle threads of Erlang wait for work by looking for it, unless they are told not to.)
    start env RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none' \
        HOME="$scratch" RABBITMQ_NODENAME=cbsplit@localhost RABBITMQ_DIST_PORT="$(free_port)" \
        RABBITMQ_MNESIA_BASE="$scratch/mnesia" RABBITMQ_LOG_BASE="$scratch/log.d" \
        RABBITMQ_CONFIG_FILE="$scratch/broker.conf" RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_ENABLED_PLUGINS=rabbitmq_stomp RABBITMQ_ENABLED_PLUGINS_FILE="$scratch/plugins" \
        RABBITMQ_PID_FILE="$scratch/pid" "$server"
}
serve run_broker

{
    printf 'CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n\n\000'
    printf 'SUBSCRIBE\nid:0\ndestination:/queue/a\n\n\000'
    # shellcheck disable=SC2059
    for body in '' 'hello' 'he\000lo' '\000' '\n\nMESSAGE\n\n\n'; do
        length=$(($(printf "$body" | wc -c)))
        printf "SEND\\ndestination:/queue/a\\ncontent-length:$((length))\\n\\n$body\\000"
    done
} >conversation
mkfifo to
nc 127.0.0.1 "$port" <to >answers &
ours $!
exec 3>to
cat conversation >&3
wait_for grep -aq '^content-length:12' answers
printf 'DISCONNECT\nreceipt:1\n\n\000' >&3
wait_for grep -aq 'receipt-id:1' answers
exec 3>&-

doing='frames of RabbitMQ'
"$CBSPLIT" -f stomp -t netstring answers >out 2>err
expect_message ''
# What differs from one run to another is left out.
perl -0777 -pe 's/\d+:(CONNECTED|MESSAGE|RECEIPT)/$1/g; s/^(server|session|message-id):.*\n//mg;
    s/^redelivered:false\n//mg; s/^heart-beat:0,0\n//mg' out >frames
message='MESSAGE\nsubscription:0\ndestination:/queue/a\n'
wanted="CONNECTED\\nversion:1.2\\n\\n,${message}\\n,${message}content-length:5\\n\\nhello,"
wanted="$wanted${message}content-length:5\\n\\nhe\\000lo,${message}content-length:1\\n\\n\\000,"
wanted="$wanted${message}content-length:12\\n\\n\\n\\nMESSAGE\\n\\n\\n,RECEIPT\\nreceipt-id:1\\n\\n,"
expect frames "$wanted"
