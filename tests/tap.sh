# SPDX-License-Identifier: MIT
#
# How a test that is a script reports: in the Test Anything Protocol, on standard output.
# Each of them begins with
#
#     . "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
#
# or with cli.sh, which has more.  It has a folder of its own, $scratch, which is removed
# when it ends.  A case begins at
#
#     about "a delimiter that comes in two reads"
#
# and ends where the next one begins; what comes before the first is a case too, named as
# the script.  A check that fails makes its case fail, and the script goes on.

# shellcheck shell=sh

set -eu
export LC_ALL=C

# One that hangs ends after TEST_TIMEOUT seconds, with all that it started.
if [ -z "${TEST_TIMED-}" ] && command -v timeout >/dev/null; then
    export TEST_TIMED=yes
    exec timeout -k 10 "${TEST_TIMEOUT:-900}" sh "$0" "$@"
fi
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}" "${TOP_BUILDDIR:=$TOP_SRCDIR}"

# "cases" has the lines to report; "failed" is there while the case has failed: a file, since
# checks run in subshells too.
scratch=$(mktemp -d)
tap=$scratch.tap
mkdir "$tap"
: >"$tap/cases"
tap_title=

# What else must be done when the test ends.
clean_up() { :; }

# about TEXT - what follows is about this
about() {
    tap_end_case
    tap_title=$1
}

tap_end_case() {
    [ -s "$tap/cases" ] || tap_title=${tap_title:-$(basename "$0" .sh)}
    [ -n "$tap_title" ] || [ -e "$tap/failed" ] || return 0
    tap_ok=ok
    [ ! -e "$tap/failed" ] || tap_ok='not ok'
    echo "$tap_ok - ${tap_title:-the rest}${1-}" >>"$tap/cases"
    [ "$tap_ok" = ok ] || echo >>"$tap/bad"
    [ ! -e "$tap/failed" ] || rm "$tap/failed"
    tap_title=
}

# fail TEXT - the case has failed
fail() {
    printf '# %s: %s\n' "${tap_title:-FAIL}" "$*"
    : >"$tap/failed"
}

# show FILE - for the log, where it cannot be taken for a report
show() {
    sed 's/^/# /' "$1"
}

# die TEXT - it has failed, and nothing more can be shown
die() {
    fail "$@"
    exit 1
}

# skip TEXT - what remains cannot be run here
skip() {
    tap_reason=$*
    exit 77
}

# tap_report STATUS - at the end of the script, which exits with that
tap_report() {
    case $1 in
    0) ;;
    77) [ ! -s "$tap/cases" ] || tap_title=${tap_title:-the rest} ;;
    *) [ -e "$tap/failed" ] || fail "ended with exit status $1" ;;
    esac
    if [ "$1" -eq 77 ] && [ -z "$tap_title" ] && [ ! -e "$tap/failed" ]; then
        echo "1..0 # SKIP ${tap_reason-}"
    else
        tap_end_case "$([ "$1" -ne 77 ] || echo " # SKIP ${tap_reason-}")"
        cat "$tap/cases"
        echo "1..$(wc -l <"$tap/cases" | tr -d ' ')"
    fi
    [ ! -e "$tap/bad" ] || set -- 1
    cd /
    chmod -R u+w "$scratch" 2>/dev/null || :
    rm -rf "$scratch" "$tap"
    exit "$1"
}

trap 'tap_status=$?; clean_up; tap_report $tap_status' EXIT
trap 'exit 1' HUP INT
trap 'die hung' TERM
