#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Whichever system call fails, is interrupted or does less than it was asked for: the output
# is right, or the error is reported with nothing lost or doubled before it.  A few faults
# of all: FAULTS=N tries N of them, FAULTS=each each, which takes long.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload
need_python concurrent.futures
export CBSPLIT PRELOAD="$preload"

case ${FAULTS-} in
each) set -- --each ;;
*) set -- --cases "${FAULTS:-200}" ;;
esac
"$python" "$TOP_SRCDIR/tests/faults.py" "$@" || fail 'see above'
