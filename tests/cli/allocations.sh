#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Whichever allocation fails, cbsplit does all of its work or reports that memory is out and
# what for, once; what was written before is right, no command takes a part of a record for
# the whole, and nothing is leaked.  A sample, and with THOROUGH=yes each of them, over all
# sources and sinks.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_preload
need_python concurrent.futures
export CBSPLIT PRELOAD="$preload"

step=47
[ -z "${THOROUGH-}" ] || step=1
"$python" "$TOP_SRCDIR/tests/faults.py" --call allocation --each --step $step || fail 'see above'
