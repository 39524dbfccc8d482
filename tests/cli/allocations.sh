#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Whichever allocation fails, cbsplit does all of its work or says that memory
# is out, having written nothing that is wrong.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload

# What may be said: that memory is out, once.  Figures are no message, and pthread_create
# has words of its own for it.  A worker that has a part of the record is named as well.
# (A record could not be given to a command, and then what was there not be written.)
cat >check <<'END'
/^{"records":/ || /^cbsplit: worker 1: stopped inside record 1, / { next }
/^cbsplit: [^ ]+: ((record [0-9]+( at byte [0-9]+)?: )?(out of memory|Cannot allocate memory)(, at byte [0-9]+)?)$/ ||
/^cbsplit: thread: Resource temporarily unavailable$/ {
    said++
    not_written += $0 == "cbsplit: stdout: Cannot allocate memory"
    next
}
{ print; wrong = 1 }
END { exit wrong || (said != 1 && said - not_written != 1) }
END

# fails N ARG... - the same again, without the N-th allocation
fails() {
    which=$1
    shift
    doing="cbsplit $*, allocation $which fails"
    : >report
    status=0
    LD_PRELOAD=$preload FAIL_ALLOCATION=$which CALLS_REPORT=$scratch/report "$CBSPLIT" "$@" \
        <in >out 2>err || status=$?
    [ -s report ] || fail "$doing: it crashed, with status $status"
    if [ $status -eq "$good_status" ] && cmp -s good_err err; then
        expect_same good_out out
        return
    fi
    failures=$((failures + 1))
    expect_status 1
    awk -f check err || fail "$doing: it said something else, or more: $(cat err)"
    # The number of records, those that there were until then.
    case " $* " in
    *' -c '*) return ;;
    esac
    [ -s out ] || return 0
    head -c "$(wc -c <out)" good_out >expected
    expect_same expected out
}

# each_fails INPUT ARG... - each of its allocations; and each with all after it
each_fails() {
    printf -- "$1" >in
    shift
    each_fails_of "$@"
}

each_fails_of() {
    run "$@"
    good_status=$status
    mv out good_out
    mv err good_err
    failures=0
    n=1
    while
        fails $n+ "$@"
        fails $n "$@"
        made=$(sed -n 's/^allocation //p' report)
        [ "$made" -ge $n ]
    do
        n=$((n + 1))
    done
    echo "$made allocations, $failures failed: cbsplit $*"
    [ $failures -gt 10 ] || fail "$doing: no more than $failures times"
}

each_fails 'a\r\nb\n' -f line
each_fails 'a;b,c' -d ';' -d ,
each_fails 'a<a long delimiter, one of two>b<another>' -d '<a long delimiter, one of two>' -d '<another>'
each_fails '1\r\na\r\n0\r\n\r\n' -f chunked
each_fails 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n' -f http
each_fails 'Content-Length: 1\r\n\r\na' -f content-length
each_fails 'a\nb\n' -c
each_fails 'a\nb\n' --stats=json
each_fails '1:a,2:b' -f netstring -t raw
each_fails 'a\n\n' -t chunked
each_fails 'a\nb\n' -o "$scratch/%d" --force
each_fails 'a\nb\nc\nd\n' -o "$scratch/%d" --force --header=1 --group=2 -t chunked
each_fails 'a\nb\nc\nd\n' -o "$scratch/%d" --force --header=1 --group-size=5
each_fails 'a\nb\n' --exec=cat
each_fails 'a\nb\nc\nd\n' --exec=cat --header=1 --group=2
each_fails 'a\nb\n' --worker=cat --header=1
each_fails 'a\nb\n' --worker=cat -t chunked
each_fails 'a\nb\n' -k --exec=cat
each_fails 'a\nb\n' -k --exec='cat; echo' --collect=line --collect-to=netstring
each_fails 'a\nb\n' --worker=cat --collect=line
each_fails 'a\nb\n' -k --worker=cat --collect=line --collect-to=netstring
each_fails 'a\333\334b\300' -f slip -t slip
each_fails '\002a\002b\000' -f cobs -t cobs
each_fails 'data:a\ndata:b\n\n' -f sse,data -t sse
each_fails '\202\202\001\002\003\004ab' -f websocket -t raw

about 'records that take many blocks'
head -c 400000 /dev/zero >in
each_fails_of -t netstring
{ printf '400000:' && cat in && printf ',1:b,'; } >more
mv more in
each_fails_of -f netstring --on-partial=emit -t netstring
each_fails_of -f netstring - in
# The queue of a command that does not read.
{ printf '200000:' && head -c 200000 /dev/zero && printf ',1:b,'; } >in
each_fails_of -f netstring --worker='sleep 0.01; cat'
each_fails_of -f netstring --exec='sleep 0.01; cat'
# ... and what it prints.
each_fails_of -f netstring --worker=cat -k --collect=line
