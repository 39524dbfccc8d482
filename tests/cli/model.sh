#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cbsplit and the slow model of it, written from the manual, agree on random framings,
# inputs, damages, cuts and options.  "make torture" goes on for longer.

set -eu
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/../.." && pwd)}" "${CBSPLIT:=./cbsplit}"
command -v python3 >/dev/null || {
    echo 'python3 is missing'
    exit 77
}
export CBSPLIT PYTHONDONTWRITEBYTECODE=1
cases=250
[ -z "${THOROUGH-}" ] || cases=1000
exec python3 "$TOP_SRCDIR/tests/model/torture.py" --cases $cases
