#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tests of all that searches, rewrites, and writes text pass with each
# kernel, not only with the best one that the machine has.  (That one they are run
# with anyway, and skipped here.)

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
cd "$TOP_BUILDDIR"

[ -x tests/unit/test_matcher ] || skip 'the unit tests were not built: Check is missing'

# What takes longest, and searches only by way of the others, is run with the plain one, and
# with THOROUGH=yes with each.
long='cuts delimiters lengths chunked framings scanned json stuffed sse websocket'
searches='search search_cost search_resume search_take search_turns'

# with_kernel NAME - runs them with it, as far as it is there
with_kernel() {
    [ -n "${THOROUGH-}" ] || [ "$1" = plain ] || long=
    for test in matcher $searches split decoder outputs $long; do
        status=0
        # (A process for each case would be a third of the time.)
        CK_FORK=no CB_TEST_KERNEL=$1 tests/unit/test_$test >"$scratch/$1.$test" 2>&1 || status=$?
        case $status in
        0) echo $test >>"$scratch/$1" ;;
        77) return 0 ;;
        *)
            show "$scratch/$1.$test"
            fail "tests/unit/test_$test with the kernel $1"
            ;;
        esac
    done
}

for kernel in avx512 vbmi2 avx2 sse2 neon plain; do
    with_kernel $kernel >"$scratch/said.$kernel" &
done
wait
tried=
for kernel in avx512 vbmi2 avx2 sse2 neon plain; do
    cat "$scratch/said.$kernel"
    [ ! -e "$scratch/$kernel" ] || tried="$tried $kernel"
done
[ -n "$tried" ] || skip 'there is no other kernel than the plain one'
echo "tried:$tried"
