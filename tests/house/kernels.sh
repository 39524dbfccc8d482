#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The tests of all that searches, rewrites, and writes text pass with each
# kernel, not only with the best one that the machine has.  (That one they are run
# with anyway, and skipped here.)

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
cd "$TOP_BUILDDIR"

[ -x tests/unit/test_matcher ] || skip 'the unit tests were not built: Check is missing'
tried=0
for kernel in avx512 vbmi2 avx2 sse2 neon plain; do
    for test in matcher search split decoder cuts framings scanned json stuffed outputs; do
        status=0
        CB_TEST_KERNEL=$kernel tests/unit/test_$test >kernels.log 2>&1 || status=$?
        case $status in
        0) tried=$((tried + 1)) ;;
        77) continue 2 ;;
        *)
            cat kernels.log
            die "tests/unit/test_$test with the kernel $kernel"
            ;;
        esac
    done
    echo "passed with $kernel"
done
rm -f kernels.log
[ "$tried" -gt 0 ] || skip 'there is no other kernel than the plain one'
