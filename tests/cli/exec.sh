#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --exec runs a command for each record, which it can read, or need not, and
# tells of each that fails.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# says STATUS MESSAGES INPUT OUTPUT ARG... - with messages (lines, as printf
# makes them) in any order
says() {
    wanted_status=$1
    messages=$2
    printf -- "$3" >in
    wanted=$4
    shift 4
    run "$@"
    expect_status "$wanted_status"
    printf "$messages" | sort >wanted_err
    sort err >said
    expect_same wanted_err said
    expect out "$wanted"
}

about 'its input'

gives 'one\ntwo\n\nfour' '[one][two][][four]' --exec='printf "[%s]" "$(cat)"'
gives '' '' --exec='echo something'
gives '3:one,3:two,' 'onetwo' -f netstring --exec=cat
gives 'a\nb\n' '1:a,1:b,' --exec=cat --to=netstring
gives 'a\nb\n' '1\r\na\r\n0\r\n\r\n1\r\nb\r\n0\r\n\r\n' --exec=cat --to=chunked
gives 'a\nb\nc\n' 'b' --exec=cat --skip=1 --head=1
# A command may begin with a dash, or be several.
gives 'a\n' 'a\nb\n' --exec='-x 2>/dev/null; cat; echo; echo b'
gives 'a\n' 'a\nb\n' --exec='+x 2>/dev/null; cat; echo; echo b'

about 'its place: that in the input, and the number over all inputs'
printf '5:three,4:four,' >file
# shellcheck disable=SC2016
gives '1:a,2:bb,' '1 2 1 a\n2 6 2 bb\n3 2 5 three\n4 10 4 four\n' -f netstring \
    --exec='echo $CBSPLIT_RECORD $CBSPLIT_OFFSET $CBSPLIT_LENGTH "$(cat)"' - file
# The length of a line is known when its end has come.
converse --exec='cat; echo ":$CBSPLIT_LENGTH"'
send 'ab'
send 'cd\n'
receive 'abcd:4\n'
ends 0 ''
# What these were before does not matter.
export CBSPLIT_RECORD=x CBSPLIT_OFFSET=y CBSPLIT_LENGTH=z CBSPLIT_WORKER=z OTHER=kept
gives 'a\n' 'CBSPLIT_LENGTH=1\nCBSPLIT_OFFSET=0\nCBSPLIT_RECORD=1\nOTHER=kept\n' \
    --exec='env | grep -e "^CBSPLIT_" -e "^OTHER=" | sort'
unset CBSPLIT_RECORD CBSPLIT_OFFSET CBSPLIT_LENGTH CBSPLIT_WORKER OTHER

about 'a long one passes as it comes; one that is not read is no error'
{ printf '\000\060\000\000' && head -c 3145728 /dev/zero && printf '\000\000\000\001x'; } >long
cp long in
run -f u32be --exec='wc -c'
expect_status 0
tr -d ' ' <out >found
printf '3145728\n1\n' >expected
expect_same expected found
for command in true 'head -c 1 >/dev/null' 'exec <&-'; do
    run -f u32be --exec="$command"
    expect_status 0
    expect_message ''
done

about 'one at a time'

# A record is out, and its command has begun, before more is awaited.
converse --exec=cat
send 'a\n'
receive a
send 'b\n'
receive b
ends 0 ''

# at_most N - COMMAND tells when more than N of it are there
# shellcheck disable=SC2016
at_most() {
    printf 'mkdir run.$$; set -- run.*; [ $# -le %d ] || touch too_many; rmdir run.$$' "$1"
}
seq 50 >in
for jobs in 1 3; do
    run --jobs=$jobs --exec="$(at_most $jobs)"
    expect_status 0
    [ ! -e too_many ] || fail "$doing: more than $jobs at once"
done
# By default it is one, so what they print is in order.
gives "$(seq 50 | tr '\n' '=' | sed 's/=/\\n/g')" "$(seq -s '' 50)" --exec=cat

# These would wait for each other for ever.
# shellcheck disable=SC2016
together='touch at.$CBSPLIT_RECORD; until [ -e at.1 ] && [ -e at.2 ] && [ -e at.3 ]; do
    sleep 0.02; done'
printf 'a\nb\nc\n' >in
run -j 3 --exec="$together"
expect_status 0
# ... as would this if it were written whole before the next one begins.
rm at.*
{ printf '100000:' && head -c 100000 /dev/zero && printf ',1:b,1:c,'; } >in
run -j 3 -f netstring --exec="$together; wc -c"
expect_status 0
sort -n out | tr -d ' ' >found
printf '1\n1\n100000\n' >expected
expect_same expected found

# ... and these, which are long, and of which none is read before all have begun.
mkfifo begun go
exec 5<>begun 6<>go
for i in 1 2 3 4 5 6 7 8; do
    printf '500000:' && head -c 500000 /dev/zero && printf ,
done >in
doing='eight long records at once'
start sh -c '"$CBSPLIT" -j 8 -f netstring --exec="echo >begun; read -r x <go; wc -c" <in >out
    echo $? >status; echo >ended'
mkfifo ended
for i in 1 2 3 4 5 6 7 8; do
    read -r line <&5
done
printf '\n\n\n\n\n\n\n\n' >&6
read -r line <ended
exec 5<&- 6<&-
expect status '0\n'
tr -d ' ' <out | uniq -c | tr -d ' ' >found
expect found '8500000\n'

about 'how it may end'

failed='cbsplit: exec: record %d: the command failed: %s\n'
# shellcheck disable=SC2059,SC2016
says 123 "$(printf "$failed" 1 'exit status 1' 3 'exit status 3')\n" 'a\nb\nc\nd\n' 'bd' \
    --exec='case $CBSPLIT_RECORD in 1 | 3) exit $CBSPLIT_RECORD ;; esac; cat'
says 123 "$(printf "$failed" 1 'signal 9 (Killed)')\n" 'a\nb\n' 'b' \
    --exec='[ $CBSPLIT_RECORD != 1 ] || kill -9 $$; cat'
# Where the command cannot be run it is not tried again.
says 127 "$(printf "$failed" 1 'exit status 127')\n" 'a\nb\n' '' --exec='no_such_program 2>&-'
says 126 "$(printf "$failed" 1 'exit status 126')\n" 'a\nb\n' '' --exec='exec / 2>&-'
says 123 "$(printf "$failed" 1 'exit status 125')\n" 'a\nb\n' 'x' --exec='[ $CBSPLIT_RECORD = 2 ] && printf x || exit 125'
# The one that fails last counts as well; all are waited for.
says 123 "$(printf "$failed" 3 'exit status 1')\n" 'a\nb\nc\n' '' -j 3 \
    --exec='touch end.$((CBSPLIT_RECORD - 1)); [ $CBSPLIT_RECORD != 3 ] || touch end.3
        until [ -e end.$CBSPLIT_RECORD ]; do sleep 0.02; done; [ $CBSPLIT_RECORD != 3 ]'

about 'a failure is reported at once, though more input may come'
converse --exec='exit 5'
send 'a\n'
wait_for grep -q 'record 1: the command failed: exit status 5' err
ends 123 ''

# A fault of the input is the exit status; what came before was run, and a part
# of a record is not taken for all of it.
printf '3:one,9:tw' >in
run -f netstring --exec='cat >got; mv got whole.$CBSPLIT_RECORD'
expect_status 4
expect_message 'stdin: record 2 at byte 6: input ends inside a record: 7 bytes of its payload are missing, at byte 10'
expect whole.1 one
[ ! -e whole.2 ] || fail "$doing: a part of a record was taken for a whole one"
for kind in truncated malformed too_long collision; do
    cut_short $kind
    rm -f whole.*
    # shellcheck disable=SC2086,SC2016
    run $bad_options --exec='cat >got; mv got whole.$CBSPLIT_RECORD'
    expect_status $bad_status
    expect_message "$bad_message"
    [ "$(echo whole.*)" = whole.1 ] || fail "$doing: $(echo whole.*)"
    # One that ignores SIGTERM is killed.
    [ $kind = truncated ] || continue
    # shellcheck disable=SC2086,SC2016
    run $bad_options --exec='trap "" TERM; cat >got; mv got whole.$CBSPLIT_RECORD'
    expect_status $bad_status
    [ "$(echo whole.*)" = whole.1 ] || fail "$doing: $(echo whole.*)"
done
# For want of memory: all of it, or none.
if [ -z "${SANITIZERS-}" ]; then
    for room in 8000 9000 10000 11000 12000 14000 16000 20000 24000; do
        doing="a record of 6 MB in $room KB"
        rm -f got whole
        status=0
        head -c 6000000 /dev/zero | (
            ulimit -S -v $room
            exec "$CBSPLIT" --exec='ulimit -S -v unlimited; cat >got; mv got whole' 2>err
        ) || status=$?
        [ $status -ne 0 ] || [ -e whole ] || fail "$doing: it ended with 0"
        [ ! -e whole ] || [ "$(wc -c <whole)" -eq 6000000 ] || fail "$doing: $(wc -c <whole) bytes"
    done
fi

# A command ends with its shell: what still reads has not got all of it, and is
# ended too.  It is another matter when all is in the pipe.
rm -f whole
{ printf '1:a,300000:' && head -c 300000 /dev/zero && printf ',1:c,'; } >in
mkfifo read_all
run -f netstring --exec='exec 3<&0
    [ $CBSPLIT_RECORD != 2 ] || { { cat <&3; mv begun whole; } >begun & exit 0; }; cat'
expect_status 123
expect_message 'exec: record 2: the command ended while a process that it had started was still reading'
expect out 'ac'
[ ! -e whole ] || fail "$doing: a part of a record was taken for all of it"
# But one that has it open for a moment, and does not read, is none that is cut short.
head -c 20000000 /dev/zero >in
run -f fixed:100000 --exec='{ :; } & exit 0'
expect_status 0
expect_message ''
printf 'a\n' >in
run --exec='exec 3<&0; { cat <&3 >whole; echo >read_all; } 2>&- >&- & exit 0'
expect_status 0
expect_message ''
read -r line <read_all
expect whole a

says 6 'cbsplit: stdin: record 2 at byte 2: 3 bytes do not fit in a record of 2\n' \
    'a\nbbb\nc\n' 'a.' --exec=cat -t fixed:2,pad=.

about 'what it finds, besides'

# Nothing but the standard descriptors and those that cbsplit was given.
if [ -d /proc/self/fd ]; then
    printf 'a\nb\nc\n' >in
    cat in file >/dev/null
    # shellcheck disable=SC2016
    list='for fd in /proc/$$/fd/*; do set -- "$@" "${fd##*/}"; done; echo "$@"'
    "$CBSPLIT" -j 3 --exec="$list" - file <in >out
    echo a | sh -c "$list" >one
    cat one one one one >expected
    doing='descriptors of a command'
    expect_same expected out
fi

# Signals as they were, or by default.
doing='SIGPIPE is ignored'
(
    trap '' PIPE
    "$CBSPLIT" --exec='kill -PIPE $$; echo ignored' <in >out 2>err || :
)
expect out ''
grep -q 'record 1: the command failed: signal 13 ' err || fail "$doing: $(cat err)"
doing='SIGTERM is ignored'
(
    trap '' TERM
    "$CBSPLIT" --head=1 --exec='kill -TERM $$; echo ignored' <in >out
)
expect out 'ignored\n'

# FreeBSD's shell takes what follows -c for the command, even if it is --; others take a command
# that begins as an option for one.
find_preload
if [ -n "$preload" ]; then
    printf '#!/bin/sh\nprintf "<%%s>" "$@"\n' >shell
    chmod +x shell
    echo a >in
    for command in cat -x +x; do
        doing="arguments of the shell for $command"
        LD_PRELOAD=$preload SHELL_IS=./shell "$CBSPLIT" --exec="$command" <in >out
        expect out "<-c><$([ $command = cat ] || echo ' ')$command>"
    done
fi

about 'what cbsplit may inherit'

printf 'a\nb\n' >in
doing='SIGCHLD is ignored'
status=0
(
    trap '' CHLD
    exec "$CBSPLIT" --exec='cat; exit 7' <in >out 2>err
) || status=$?
expect out ab
expect_status 123
doing='a child that is not its own'
sh -c 'true & exec "$0" --exec=cat' "$CBSPLIT" <in >out
expect out ab
doing='closed descriptors'
"$CBSPLIT" --exec='cat >got' in <&- >&- 2>&- || fail "$doing: exit status $?"
expect got b
"$CBSPLIT" --exec='cat >got' <in >&- 2>&- || fail "$doing: exit status $?"
expect got b

about 'usage errors'

wrong '--jobs requires --exec or --worker' -j 2
wrong '--jobs requires --exec or --worker' -j 2 -o %d
for number in 0 '' -1 x 1x 65537 18446744073709551616; do
    wrong "--jobs: '$number' is not a whole number from 1 to 65536" --exec=cat -j "$number"
done
wrong '--exec and --worker exclude each other' --exec=a --worker=b
wrong '--output and --exec exclude each other' -o %d --exec=a
wrong '--count and --exec exclude each other' -c --exec=a
