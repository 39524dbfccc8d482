#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: a check that fails is reported, wherever in a script it is, and so is a script
# that ends early.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
export TOP_SRCDIR

# reports STATUS REPORT <SCRIPT - what a test reports that does this
reports() {
    {
        echo '. "$TOP_SRCDIR/tests/tap.sh"'
        cat
    } >"$scratch/test.sh"
    status=0
    found=$(sh "$scratch/test.sh" 2>&1) || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status, not $1"
    [ "$found" = "$2" ] || fail "$found"
}

about 'cases'
reports 0 'ok - test
1..1' </dev/null
reports 0 'ok - test
ok - one
ok - two
1..3' <<'END'
about one
about two
END

about 'a check that fails: the next ones are made'
reports 1 '# one: wrong
ok - test
not ok - one
ok - two
1..3' <<'END'
about one
fail wrong
about two
END

about 'in a subshell, and before the first case'
reports 1 '# FAIL: wrong
not ok - test
ok - one
1..2' <<'END'
(fail wrong)
about one
END

about 'an early end'
reports 1 '# one: ended with exit status 1
ok - test
not ok - one
1..2' <<'END'
about one
false
about two
END
reports 1 '# one: wrong
ok - test
not ok - one
1..2' <<'END'
about one
die wrong
END

about 'skipped, at once and later'
reports 77 '1..0 # SKIP there is no x' <<'END'
skip 'there is no x'
END
reports 77 'ok - test
ok - one # SKIP there is no x
1..2' <<'END'
about one
skip 'there is no x'
END

about 'a check that failed before all was skipped'
reports 1 '# FAIL: wrong
not ok - test # SKIP there is no x
1..1' <<'END'
fail wrong
skip 'there is no x'
END

about 'a test that hangs'
command -v timeout >/dev/null || skip 'there is no timeout'
unset TEST_TIMED
cat >"$scratch/test.sh" <<'END'
. "$TOP_SRCDIR/tests/tap.sh"
about one
sleep 60
END
! found=$(TEST_TIMEOUT=1 sh "$scratch/test.sh" 2>&1) || fail 'it ends with success'
case $found in
*'# one: hung'*'not ok - one'*'1..2') ;;
*) fail "$found" ;;
esac
