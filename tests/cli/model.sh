#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cbsplit and the slow model of it, written from the manual, agree on random framings,
# inputs, damages, cuts and options.  "make torture" goes on for longer.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CBSPLIT:=./cbsplit}"
command -v python3 >/dev/null || skip 'there is no python3'
export CBSPLIT PYTHONDONTWRITEBYTECODE=1
cases=150
[ -z "${THOROUGH-}" ] || cases=1000
python3 "$TOP_SRCDIR/tests/model/torture.py" --cases $cases
