#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --worker gives each record to exactly one of its commands, none waits for
# another that is slow, and if one dies, the records it had are named: all
# others are with those that live.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# shellcheck disable=SC2016
save='cat >got.$CBSPLIT_WORKER'

# together - all that the workers got, sorted as numbers
together() {
    cat got.* | sort -n >found
}

# named - the records that messages name, a line each
named() {
    sed -n 's/.*it had been given records* \([0-9, -]*\)$/\1/p' err | tr -d ' ' | tr ',' '\n' |
        awk -F - '{ for (i = $1; i <= ($2 ? $2 : $1); i++) print i }'
}

# expect_same_lines TEXT... - "err" is these messages, in any order
expect_same_lines() {
    printf 'cbsplit: %s\n' "$@" | sort >expected_err
    sort err >said
    expect_same expected_err said
}

about 'every record'

for jobs in 1 2 7; do
    for records in 0 1 5 100000; do
        numbers $records >in
        rm -f got.*
        run -j $jobs --worker="$save"
        expect_status 0
        expect_message ''
        together
        expect_same in found
        [ "$(find . -name 'got.*' | wc -l)" -eq $jobs ] || fail "$doing: $(echo got.*)"
    done
done
# Each of seven has something to do.
for i in 1 2 3 4 5 6 7; do
    [ -s got.$i ] || fail "$doing: worker $i got nothing"
done

about 'one gets all in order'
seq 30000 >in
run --worker=cat
expect_status 0
expect_same in out

about "each worker's input is a stream of its own, in the framing of the output"
printf 'a\nb\n' >in
rm -f got.*
run -j 3 -t chunked --worker="$save"
expect_status 0
cat got.1 got.2 got.3 >found
grep -c '^0' found >count
expect count '3\n'
"$CBSPLIT" -f chunked -t line got.? | sort >found
expect_same in found
gives '1\r\na\r\n1\r\nb\r\n0\r\n\r\n' ab -f chunked --worker=cat
gives 'a\nb\n' '1:a,1:b,' -t netstring --worker=cat
gives 'a\nb\n' 'b\n' --skip=1 --worker=cat
cp in file
gives 'c\nd\n' 'a\nb\nc\nd\n' --worker=cat file -

about 'long records, and ones that are longer than any queue may be'
{
    for i in 1 2 3 4 5 6; do
        printf '%d:' $((i * 400000))
        head -c $((i * 400000)) /dev/zero | tr '\0' x
        printf ',1:%d,' $i
    done
} >in
rm -f got.*
run -j 3 -f netstring -t netstring --worker="$save"
expect_status 0
"$CBSPLIT" -f netstring got.? | awk '{ print length }' | sort -n >found
printf '1\n1\n1\n1\n1\n1\n400000\n800000\n1200000\n1600000\n2000000\n2400000\n' >expected
expect_same expected found
if [ -z "${SANITIZERS-}" ]; then
    doing='a record of 300 MB, in 30 MB'
    { printf '\021\341\243\000' && head -c 300000000 /dev/zero; } | (
        limit_memory 30000
        exec "$CBSPLIT" -f u32be -t raw -j 2 --worker='wc -c'
    ) | sort -n | tr -d ' ' >out
    expect out '0\n300000000\n'
fi

about 'no one waits'

# A record is with a worker before more is awaited.
converse -j 2 --worker='while read -r x; do echo "$x"; done'
send 'a\n'
receive 'a\n'
send 'b\nc'
receive 'b\n'
send '\n'
receive 'c\n'
ends 0 ''

# The first does not read before it is told to: all that its pipe does not hold
# (64 KiB, or 1 MiB where those are larger) goes to the second.
rm -f got.*
# shellcheck disable=SC2016
converse -j 2 --worker='[ $CBSPLIT_WORKER = 2 ] || until [ -e go ]; do sleep 0.02; done
    '"$save"
seq 500000 >in
cat in >&3
size=$(($(wc -c <in)))
second_has_the_rest() {
    [ -e got.2 ] && [ "$(wc -c <got.2)" -ge $((size - 1100000)) ]
}
wait_for second_has_the_rest
touch go
ends 0 ''
together
expect_same in found

# So it is with records that do not fit into a pipe: what is left of the first
# waits for its worker, and the second takes all others.
for size in 120000 3000000; do
    rm -f got.* go
    # shellcheck disable=SC2016
    converse -j 2 -f netstring --worker='[ $CBSPLIT_WORKER = 2 ] || until [ -e go ]; do sleep 0.02; done
        '"$save"
    { printf '%d:' $size && head -c $size /dev/zero && printf ',3:one,3:two,5:three,'; } >&3
    all_three() {
        [ -e got.2 ] && [ "$(cat got.2)" = "$(printf 'one\ntwo\nthree')" ]
    }
    wait_for all_three
    touch go
    ends 0 ''
    [ "$(wc -c <got.1)" -eq $((size + 1)) ] || fail "$doing: $(wc -c <got.1) bytes"
done

about 'what --exact has looked at and not taken does not keep it from its work'
converse -j 2 --exact --worker='while read -r x; do echo "$x"; done'
send 'a\nb'
receive 'a\n'
send '\n'
receive 'b\n'
ends 0 ''

about 'one of them dies'

seq 300 >in

about 'what others do'
if split --version 2>/dev/null | grep -q GNU; then
    doing='split --filter, one of which ends early'
    # shellcheck disable=SC2016
    split -n r/2 --filter='[ $FILE = xaa ] && { read -r x; echo $x; exit 0; }; cat' in >lost ||
        fail "$doing: exit status $?"
    [ "$(wc -l <lost)" -lt 300 ] || fail "$doing: it lost nothing"
fi

# What a worker has left unread is known from /proc alone.
knows_unread() {
    [ -d /proc/self/fd ]
}

# dies HOW COMMAND - the second of three, which does COMMAND
dies() {
    case $1 in
    ended*) knows_unread || return 0 ;;
    esac
    rm -f got.*
    run -j 3 --worker='[ $CBSPLIT_WORKER != 2 ] || { '"$2"'; }; '"$save"
    expect_status 123
    grep -Eqx "cbsplit: worker 2: $1; it had been given records? [0-9, -]*" err || fail "$doing: $(cat err)"
    [ "$(wc -l <err)" -eq 1 ] || fail "$doing: $(cat err)"
    # Not one other record is lost, or given twice.
    { cat got.1 got.3 && named; } | sort -n >found
    expect_same in found
}
dies 'ended early, with exit status 0' 'read -r x; exit 0'
dies 'ended early, with exit status 3' 'read -r x; read -r x; exit 3'
dies 'ended early, with signal 9 \(Killed\)' 'read -r x; read -r x; kill -9 $$'
dies 'ended early, with exit status 0' 'read -r x; exec <&-; sleep 0.1; exit 0'
# One that reads all of it and fails then.
dies 'exit status 7' 'cat >/dev/null; exit 7'

# That it has left a part unread is seen as well when that is in the pipe
# already, and nothing more comes.
converse --worker='dd bs=1 count=1 2>/dev/null; until [ -e done ]; do sleep 0.02; done'
send 'ab\n'
receive a
exec 3>&-
touch done
if knows_unread; then
    ends 123 ''
    expect_message 'worker 1: ended early, with exit status 0; it had been given record 1'
else
    ends 0 ''
fi

about 'one that has read all that there was for it may end before its input'
converse --worker='read -r x; echo "$x"'
send 'a\n'
receive 'a\n'
ends 0 ''
expect_message ''
# ... but not before the last record.
converse --worker='read -r x; exec <&-; echo "$x"'
send 'a\n'
receive 'a\n'
send 'b\n'
ends 123 ''
printf 'cbsplit: %s\n' 'worker 1: ended early, with exit status 0; it had been given record 1' \
    'workers: all have ended; records from 2 on were not given to any' >expected_err
expect_same expected_err err

about 'in the middle of a record, which then counts as given; that is reported at once'
rm -f got.*
# shellcheck disable=SC2016
converse -j 2 -f netstring --worker='[ $CBSPLIT_WORKER = 1 ] && { head -c 5; exit 1; }; '"$save"
send '2000000:'
head -c 500000 /dev/zero >&3
receive '\000\000\000\000\000'
wait_for grep -q . err
head -c 1500000 /dev/zero >&3
send ',3:two,5:three,'
ends 123 ''
expect_message 'worker 1: ended early, with exit status 1; it had been given record 1'
expect got.2 'two\nthree\n'

about 'one that is left out is given to none'
printf '1\n2\n3\n' >in
run --select=1,3 --worker='cat >/dev/null; exit 1'
expect_status 123
expect_message 'worker 1: exit status 1; it had been given records 1, 3'

about 'all of them'
rm -f got.*
seq 300 >in
run -j 3 --worker='read -r x; echo "$x" >got.$CBSPLIT_WORKER; exit 3'
expect_status 123
first=$(sed -n 's/^cbsplit: workers: all have ended; records from \([0-9]*\) on were not given to any$/\1/p' err)
[ -n "$first" ] || [ "$(named | wc -l)" -eq 300 ] || fail "$doing: $(cat err)"
named | sort -n >found
numbers $((${first:-301} - 1)) >expected
expect_same expected found
# Not found: the shell's exit status.
run -j 2 --worker='no_such_program 2>&-'
expect_status 127
# Nothing was lost with one that had nothing to do.
: >in
run -j 2 --worker=true
expect_status 0
expect_message ''
run -j 2 --worker='exit 4'
expect_status 123
sort err >said
printf 'cbsplit: worker %d: exit status 4; it had been given no record\n' 1 2 >expected
sed 's/ended early, with //' said >found
expect_same expected found

about 'faults of the input'

# A worker gets no part of a record that does not come whole, and all before it.
refuses 4 'stdin: record 2 at byte 4: input ends inside a record: 3 bytes of its payload are missing, at byte 8' \
    '1:a,5:th' 'a\n' -f netstring --worker=cat
refuses 6 "stdin: record 2 at byte 4: the record contains the output delimiter, at byte 7" \
    '1:a,3:b\nc,' 'a\n' -f netstring --on-collision=fail --worker=cat
# One that has a part of a long one already does not see its input end there.
for kind in truncated malformed too_long collision; do
    cut_short $kind
    rm -f whole.*
    # shellcheck disable=SC2086,SC2016
    run $bad_options --worker='cat >got; mv got whole.$CBSPLIT_WORKER'
    expect_status $bad_status
    expect_same_lines "$bad_message" \
        'worker 1: stopped inside record 2, which is incomplete; it had been given records 1-2'
    [ ! -e whole.1 ] || fail "$doing: a part of a record was taken for all of it"
    # Others have nothing to do with that.
    # shellcheck disable=SC2086,SC2016
    run $bad_options -j 2 --worker='cat >got.$CBSPLIT_WORKER; mv got.$CBSPLIT_WORKER whole.$CBSPLIT_WORKER'
    expect_status $bad_status
    [ "$(echo whole.*)" = whole.1 ] || fail "$doing: $(echo whole.*)"
done
refuses 6 'stdin: record 3 at byte 4: 3 bytes do not fit in a record of 2' 'a\nb\nccc\nd\n' 'a.b.' \
    -t fixed:2,pad=. --worker=cat
# usage_error ARG...
usage_error() {
    run "$@"
    expect_status 2
}
usage_error -j 0 --worker=cat
usage_error -c --worker=cat
usage_error -o %d --worker=cat
