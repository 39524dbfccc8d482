#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: a test that waits for a process which has ended says so and ends, and does not
# wait until its time is over.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# A test that waits too long ends as one that hung.
unset TEST_TIMED
export TEST_TIMEOUT=60 TOP_SRCDIR CBSPLIT

# test_of <SCRIPT - a test that does this ends with $status and says "out"
test_of() {
    {
        echo '#!/bin/sh'
        echo '. "$TOP_SRCDIR/tests/cli.sh"'
        cat
    } >test
    chmod +x test
    status=0
    ./test >out 2>&1 || status=$?
}

# gives_up TEXT... <SCRIPT - it fails, and says these lines before its report
gives_up() {
    test_of
    printf '%s\n' "$@" 'not ok - test' 1..1 >expected
    expect_same expected out
    [ "$status" -eq 1 ] || fail "$doing: exit status $status"
}

ended='# FAIL: waiting for: test -e never: the process that it needs has ended, with status'

doing='a server that fails'
gives_up 'no such port' \
    '# FAIL: waiting for: answers_or_cannot: the process that it needs has ended, with status 7' <<'END'
fail_to_serve() {
    start sh -c 'echo no such port; exit 7'
}
serve fail_to_serve
END

doing='a process in the background'
gives_up "$ended 0" <<'END'
start true
wait_for test -e never
END

doing='cbsplit'
gives_up 'cbsplit: stdin: record 1 at byte 0: length is not a number: 78' "$ended 3" <<'END'
converse -f netstring
send x
wait_for test -e never
END

# What it did before it ended counts; and what nobody watches may come from elsewhere.
doing='a process that has done its work'
test_of <<'END'
start sh -c ': >done'
wait_for test -e done
converse -f netstring
ends 0 ''
sh -c 'sleep 0.1 2>/dev/null || sleep 1; : >late' &
wait_for test -e late
END
show out
expect_status 0
expect out 'ok - test\n1..1\n'
