#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --collect and --keep-order write what commands print as whole records, in any
# order or in that of the input; nothing is lost, doubled, torn, or held without need.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# expect_same_lines TEXT... - "err" is these messages, in any order
expect_same_lines() {
    printf 'cbsplit: %s\n' "$@" | sort >expected_err
    sort err >said
    expect_same expected_err said
}

# is_there FILE... - all of these files; for wait_for
is_there() {
    for file; do
        [ -e "$file" ] || return 1
    done
}
wait_until='until_there() { until [ -e $1 ]; do sleep 0.02; done; }; until_there'

about 'every record, in framings'

answer='while read -r x; do echo "<$x>"; done'
for jobs in 1 2 7; do
    for records in 0 1 5 20000; do
        numbers $records >in
        sed 's/.*/<&>/' in >expected
        run -j $jobs --collect line --worker="$answer"
        expect_status 0
        expect_message ''
        sort -n -k 1.2 out >found
        expect_same expected found
        run -j $jobs --collect line -k --worker="$answer"
        expect_status 0
        expect_message ''
        expect_same expected out
    done
done

# The framings of what commands read, what they print, and what is written are three.
printf '{"x":1}\n{"x":"two"}\n' >in
"$CBSPLIT" -t u32be in >frames
mv frames in
run -f u32be -t line --worker='sed "s/.*:\(.*\)}/\1/"' -j 2 --collect line -k
expect_status 0
expect out '1\n"two"\n'
gives 'a\nb\n' '1:a,1:b,' --worker=cat -k --collect=line --collect-to=netstring
gives 'a\nb\n' '1:a,1:b,' --worker=cat -t netstring --collect=netstring
gives 'a\nb\n' 'a\nb\n' --worker=cat -t netstring -k --collect=netstring --collect-to=line
gives 'a\nb\n' 'a\000b\000' --worker=cat -k -0 --collect=nul
gives 'a\nb\n' '1\r\na\r\n1\r\nb\r\n0\r\n\r\n' --worker=cat --collect=line --collect-to=chunked
gives '1:a,3:b\nc,' '3:"a",5:"b\nc",' -f netstring --exec='printf "\"%s\"\n" "$(cat)"' -k \
    --collect=csv --collect-to=netstring
gives 'a\nb\n' '1\t0\t1\n2\t2\t1\n' --worker=cat -k --collect=line --collect-to=index
# Places are those in what one command printed, wherever others ran before.
for options in '' -k -j1; do
    seq 4 >in
    # shellcheck disable=SC2086
    run --exec='echo ab; echo c' $options --collect=line --collect-to=index
    expect_status 0
    cut -f 2- out | sort -u >found
    printf '0\t2\n3\t1\n' >expected
    expect_same expected found
    # shellcheck disable=SC2086
    run --exec='printf 1:a,x' $options --collect=netstring
    expect_status 123
    sed 's/.*what it printed: //' err | sort -u >found
    echo 'record 2 at byte 4: length is not a number: 78' >expected
    expect_same expected found
done
# So are the numbers of records that cannot be written.
for options in '' -k; do
    # shellcheck disable=SC2086
    run --exec='printf "1\n\n3\n"' $options --collect=line --collect-to=chunked
    expect_status 6
    sed 's/.*what it printed: //' err | sort -u >found
    echo 'record 2 at byte 2: an empty record would be the last chunk' >expected
    expect_same expected found
done
# The last line of a command may lack its end.
gives 'a\nb\n' 'a.\nb.\n' --exec='printf "%s." "$(cat)"' -k --collect=line
gives 'a\nb\n' 'a.\n' --worker='printf "%s." "$(head -n 1)"; cat >/dev/null' --collect=line

about 'a record of any size is whole; one that is too long is not written'
head -c 3000000 /dev/zero | tr '\0' x >in
run --collect line --worker=cat -k
expect_status 0
[ "$(wc -c <out)" -eq 3000001 ] || fail "$doing: $(wc -c <out) bytes"
printf 'a\n' >in
run --collect line --exec='head -c 67108865 /dev/zero; echo; echo more'
expect_status 123
expect_message 'exec: record 1: what it printed: record 1 at byte 0: record is longer than 67108864 bytes'
expect out ''

about 'none waits for another'

# An answer is there before more is awaited; also what --exact looks at keeps none back.
for options in --collect=line '--collect=line -k' '--collect=line -k --exact'; do
    # shellcheck disable=SC2086
    converse -j 2 $options --worker="$answer"
    send 'a\n'
    receive '<a>\n'
    send 'b\nc'
    receive '<b>\n'
    send '\n'
    receive '<c>\n'
    ends 0 ''
done
# ("b" may be a part of the delimiter.)
# shellcheck disable=SC2016
converse -d a -d abc --exact --collect=line --worker='read -r x; touch got
    until [ -e go ]; do sleep 0.02; done; echo "<$x>"; cat'
send '1ab'
wait_for test -e got
touch go
receive '<1>\n'
send 'c2a'
receive '2\n'
ends 0 ''
rm go got
converse --collect=line --exec='cat; echo'
send 'a\n'
receive 'a\n'
ends 0 ''
converse -k --exec='cat; echo; '"$wait_until go"
send 'a\n'
receive 'a\n'
touch go
ends 0 ''
rm go

# While one worker has printed a half of its record, another prints all of its own.
# shellcheck disable=SC2016
halves='[ $CBSPLIT_WORKER = 1 ] || exec cat
    while read -r x; do printf "first $x, "; touch half; until [ -e go ]; do sleep 0.02; done
    echo "second $x"; done'
converse -j 2 --collect=line --worker="$halves"
send 'a\n'
wait_for test -e half
send 'b\n'
receive 'b\n'
touch go
receive 'first a, second a\n'
ends 0 ''
rm go half
# In order it has to wait.
converse -j 2 --collect=line -k --worker="tee seen.\$CBSPLIT_WORKER | { $halves; }"
send 'a\n'
wait_for test -e half
send 'b\n'
wait_for test -s seen.2
touch go
receive 'first a, second a\nb\n'
ends 0 ''
rm go half

about 'commands that have ended make room for others, though the first one still runs'
seq 50 >in
# shellcheck disable=SC2016
run -j 2 -k --exec='touch ran.$CBSPLIT_RECORD
    [ $CBSPLIT_RECORD != 1 ] || until [ -e ran.50 ]; do sleep 0.02; done; cat; echo'
expect_status 0
expect_same in out
# What each prints is together, in any order of ends and however much it is.
# shellcheck disable=SC2016
run -j 4 -k --exec='x=$(cat); for i in 1 2 3; do echo "$x $i"; sleep 0.00$((x % 3)); done'
expect_status 0
for x in $(seq 50); do
    printf '%s 1\n%s 2\n%s 3\n' "$x" "$x" "$x"
done >expected
expect_same expected out
seq 8 >in
run -j 4 -k --exec='x=$(cat); head -c 1000000 /dev/zero | tr "\0" $x'
expect_status 0
for x in $(seq 8); do
    head -c 1000000 /dev/zero | tr '\0' "$x"
done >expected
expect_same expected out
# Records of theirs in no order are whole all the same.
run -j 4 --collect=line --exec='x=$(cat); head -c 300000 /dev/zero | tr "\0" $x; echo'
expect_status 0
sort out >found
for x in $(seq 8); do
    head -c 300000 /dev/zero | tr '\0' "$x"
    echo
done >expected
expect_same expected found
# Groups have one turn each.
seq 20 >in
gives "$(seq 20 | tr '\n' '=' | sed 's/=/\\n/g')" '1 2 3 4 5 6 7\n8 9 10 11 12 13 14\n15 16 17 18 19 20\n' \
    -j 3 --group=7 -k --exec='paste -sd " " -'
# A worker answers what it was given, not the header.
gives 'h\na\nb\n' 'a\nb\n' --header=1 -k --collect=line --worker='read -r h; cat'

about 'workers that answer nothing before the end of their input; whatever is selected'
seq 60000 >in
for options in '' "--select=$(seq 1 2 2000 | paste -sd, -)" '--skip=7 --head=50000'; do
    for jobs in 1 3; do
        # shellcheck disable=SC2086
        "$CBSPLIT" $options in >expected
        # shellcheck disable=SC2086
        run -j $jobs $options -k --collect=line --worker='sort -n'
        expect_status 0
        expect_message ''
        expect_same expected out
    done
done
# ... many more turns than can be remembered, as no two records follow each other.
if command -v perl >/dev/null; then
    perl -e 'print "x" x 5000, " $_\n" for 1 .. 40000' >in
    run -j 2 -k --collect=line --worker='perl -e "print <>"'
    expect_status 0
    expect_message ''
    expect_same in out
    rm in out expected
fi

about 'too few, and too many'

seq 10 >in
run -k --collect=line --worker='sed 5d'
expect_status 123
expect_message 'worker 1: printed 9 records for 10; it had been given records 1-10'
run -k --collect=line --worker='sed 5p'
expect_status 123
expect_message 'worker 1: printed more records than it was given; it had been given records 1-10'
run --collect=line --worker='sed -e 5d -e 6p'
expect_status 0
expect out '1\n2\n3\n4\n6\n6\n7\n8\n9\n10\n'
# It reads all that it is given before it ends.
run -k --collect=line --worker='sed -n 1,5p >&2; exit 4' 2>/dev/null
expect_status 123
grep -qx 'cbsplit: worker 1: exit status 4, and printed 0 records for 10; it had been given records 1-10' err ||
    fail "$doing: $(cat err)"
# That is reported at once, and nothing of the record is written.
converse -k --collect=line --worker='while read -r x; do echo "$x"; echo more; done'
send 'a\n'
receive 'a\n'
wait_for grep -q 'worker 1: printed more records than it was given; it had been given record 1' err
send 'b\n'
ends 123 ''
# A record that nobody has asked for yet.
converse -k --collect=line --worker='echo hello; cat'
wait_for grep -q 'worker 1: printed more records than it was given; it had been given no record' err
send 'a\n'
ends 123 ''
# One that prints no more, but reads on.
converse -j 2 -k --collect=line --worker='[ $CBSPLIT_WORKER = 1 ] || exec cat
    read -r x; echo "$x"; exec >&-; cat >rest'
send 'a\n'
receive 'a\n'
send 'b\n'
receive 'b\n'
send 'c\nd\n'
exec 3>&-
cat <&4 >out
finishes 123
grep -Eqx 'cbsplit: worker 1: ended early, with exit status 0(, and printed 1 record for [23])?; it had been given records? 1[0-9, -]*' err ||
    fail "$doing: $(cat err)"

# One that dies leaves its records unanswered, all others are there; a torn one is not.
seq 300 >in
for options in --collect=line '--collect=line -k'; do
    # What it has left unread is known from /proc alone.
    [ -d /proc/self/fd ] || continue
    # shellcheck disable=SC2086,SC2016
    run -j 3 $options --worker='[ $CBSPLIT_WORKER = 2 ] || exec cat
        read -r x; echo "$x"; printf torn; kill -9 $$'
    expect_status 123
    grep -Eqx 'cbsplit: worker 2: ended early, with signal 9 \(Killed\)(, and printed 1 record for [0-9]*)?; it had been given records [0-9, -]*' err ||
        fail "$doing: $(cat err)"
    [ "$(wc -l <err)" -eq 1 ] || fail "$doing: $(cat err)"
    sed -n 's/.*it had been given records* \([0-9, -]*\)$/\1/p' err | tr -d ' ' | tr ',' '\n' |
        awk -F - '{ for (i = $1; i <= ($2 ? $2 : $1); i++) print i }' >named
    [ "$(head -n 1 named)" -le 300 ] || fail "$doing: $(cat err)"
    { cat out && tail -n +2 named; } | sort -n >found
    expect_same in found
    sort -nc out 2>/dev/null || [ "$options" = --collect=line ] || fail "$doing: not in order"
done
# All of them.
run -j 2 -k --collect=line --worker='exit 5'
expect_status 123
expect out ''

about 'commands that print nonsense'

refuses 123 'exec: record 2: what it printed: record 2 at byte 4: length is not a number: 78' \
    'a\nb\nc\n' 'a\nb\nc\n' -k --collect=netstring --collect-to=line \
    --exec='read -r x || :; echo "1:$x,x" | if [ "$x" = b ]; then tr -d "\n"; else head -c 4; fi'
refuses 123 'exec: record 1: what it printed: record 1 at byte 0: input ends inside a record: 3 bytes of its payload are missing, at byte 4' \
    'a\n' '' --collect=netstring --exec='printf 5:ab'
refuses 123 'exec: record 1: the command failed: exit status 2' \
    'a\nb\n' '2:ok,2:ok,' --collect=netstring --exec='printf 2:ok,
        [ $CBSPLIT_RECORD != 1 ] || { printf 5:ab; exit 2; }'
refuses 6 'exec: record 1: what it printed: record 2 at byte 4: the record contains the output delimiter, at byte 7' \
    'a\n' '1\n' --collect=netstring --collect-to=line --on-collision=fail --exec='printf "1:1,3:a\nb,1:2,"'
run --collect=netstring --worker='head -n 1; cat >/dev/null' -k
expect_status 123
grep -q 'worker 1: what it printed: record 1 at byte 0: length is not a number: 61; it had been given record 1' err ||
    fail "$doing: $(cat err)"
# ... while others go on.
seq 40 >in
# shellcheck disable=SC2016
run -j 2 --collect=netstring --collect-to=line -t netstring \
    --worker='[ $CBSPLIT_WORKER = 2 ] || exec cat; printf "1:a,x"; cat >/dev/null'
expect_status 123
grep -q '^cbsplit: worker 2: what it printed: record 2 at byte 4: length is not a number: 78; ' err ||
    fail "$doing: $(cat err)"

about 'faults of the input'

for kind in truncated malformed too_long collision; do
    cut_short $kind
    # shellcheck disable=SC2086
    run $bad_options -t line -k --collect=line --worker=cat
    expect_status $bad_status
    sort err >said
    grep -q 'worker 1: stopped inside record 2, which is incomplete; it had been given records 1-2' err ||
        fail "$doing: $(cat err)"
    # shellcheck disable=SC2086
    run $bad_options -k --exec='cat; echo .'
    expect_status $bad_status
    expect_message "$bad_message"
    [ "$(head -n 1 out | tr -d '\n')" = a. ] || [ $kind = collision ] || fail "$doing: $(head -c 30 out)"
done
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 3 bytes of its payload are missing, at byte 8' \
    '1:a,5:th' 'a\n' -f netstring -k --collect=line --worker=cat
# A stream that is cut short does not look whole.
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 3 bytes of its payload are missing, at byte 8' \
    '1:a,5:th' '1\r\na\r\n' -f netstring -k --collect=line --collect-to=chunked --worker=cat
# Nor does one without the records of a command that has failed.
seq 3 >in
for options in '' -k; do
    # shellcheck disable=SC2086,SC2016
    run $options --collect=line --collect-to=chunked \
        --exec='[ "$CBSPLIT_RECORD" != 2 ] && cat' in
    expect_status 123
    expect out '1\r\n1\r\n1\r\n3\r\n'
    # shellcheck disable=SC2086
    run $options --collect=line --collect-to=chunked --worker='cat; exit 1' in
    expect_status 123
    expect out '1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n'
done
run -k --collect=line --collect-to=chunked --worker='sed 2d' in
expect_status 123
expect out '1\r\n1\r\n1\r\n3\r\n'

about 'standard output'

# loses_output ARG... - it ends as cat does when nobody reads any more, or the disk is full
loses_output() {
    doing="cbsplit $* | head"
    {
        status=0
        "$CBSPLIT" "$@" <in 2>err || status=$?
        echo $status >status
    } | head -n 1 >/dev/null
    expect status '141\n'
    expect_message ''
    doing="cbsplit $* | head, SIGPIPE is ignored"
    {
        trap '' PIPE
        status=0
        "$CBSPLIT" "$@" <in 2>err || status=$?
        echo $status >status
    } | head -n 1 >/dev/null
    expect status '1\n'
    expect_message 'stdout: Broken pipe'
    if [ -e /dev/full ]; then
        doing="cbsplit $* >/dev/full"
        status=0
        "$CBSPLIT" "$@" <in >/dev/full 2>err || status=$?
        expect_status 1
        expect_message 'stdout: No space left on device'
    fi
    doing="cbsplit $* >&-"
    status=0
    "$CBSPLIT" "$@" <in >&- 2>err || status=$?
    expect_status 1
    expect_message 'stdout: Bad file descriptor'
}
# (exec: what is left of a shell's command may be a zombie for as long as init likes.)
seq 100000 >in
loses_output -k --exec='exec id'
loses_output -j 3 -k --exec='exec id'
loses_output -j 3 --collect=line --worker='exec cat'
loses_output -j 3 -k --collect=line --worker='exec cat'
# It ends at once, though more input may come, and so do the commands.
if [ -e /dev/full ]; then
    doing='a full disk, and an input that goes on'
    mkfifo slow
    # shellcheck disable=SC2016
    "$CBSPLIT" -j 2 --collect=line --worker='echo $$ >pid.$CBSPLIT_WORKER; exec cat' \
        <slow >/dev/full 2>err &
    cbsplit_pid=$!
    ours $cbsplit_pid
    exec 3>slow 4</dev/null
    echo a >&3
    # (it can only wait for its own end)
    status=0
    wait $cbsplit_pid || status=$?
    ended "$cbsplit_pid"
    exec 3>&- 4<&-
    expect_status 1
    expect_message 'stdout: No space left on device'
    ! kill -0 "$(cat pid.1)" 2>/dev/null || fail "$doing: a worker still runs"
fi
doing='the input is the output'
printf 'a\n' >file
status=0
"$CBSPLIT" -k --exec='cat; echo' file >>file 2>err || status=$?
expect_status 1
expect_message 'file: input file is output file'

about 'usage errors'

wrong '--collect requires --exec or --worker' --collect=line
wrong '--collect requires --exec or --worker' --collect=line -o %d
wrong '--keep-order requires --exec or --worker' -k
wrong '--keep-order requires --exec or --worker' -k -c
wrong '--keep-order requires --collect with --worker' -k --worker=cat
wrong '--collect-to requires --collect' --collect-to=line --worker=cat
for framing in csv json start:x line,fold chunked,lf; do
    run --collect=$framing --worker=cat
    expect_status 2
    grep -q "cannot be written; choose another framing for that by --collect-to" err ||
        grep -q "^cbsplit: --collect: " err || fail "$doing: $(cat err)"
done
for option in --collect '--collect=line --collect-to'; do
    # shellcheck disable=SC2086
    run $option=x --worker=cat
    expect_status 2
    grep -q "^cbsplit: ${option##* }: unknown framing" err || fail "$doing: $(cat err)"
done
wrong "--collect: 'json' cannot be written; choose another framing for that by --collect-to" \
    --collect=json --worker=cat
