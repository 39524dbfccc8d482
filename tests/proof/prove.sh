#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Proves the contracts in length.c, and that nothing in these functions overflows or divides
# by zero, with Frama-C and Z3.  To be run where config.h was made, by `make proof`; 77 if
# there is no Frama-C.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
functions=cb__add_u64,cb__add_size,cb__sub_u64,cb__mul_u64,cb__mul_size,cb__clamp_u64
functions=$functions,plus,minus,cb__length_value,cb__length_bounds

for tool in frama-c why3 z3; do
    command -v "$tool" >/dev/null || {
        echo "skipped: there is no $tool (packages frama-c-base, why3, z3)"
        exit 77
    }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME="$scratch" # where why3 keeps what it has found
why3 config detect >"$scratch/why3.log" 2>&1

# Its exit status does not say whether all was proved.
frama-c -cpp-extra-args="-include config.h -I$PWD -I$top/lib -I$top/tests/proof" \
    -wp -wp-rte -wp-prover z3 -wp-timeout 60 -wp-fct "$functions" \
    "$top/tests/proof/length.c" >"$scratch/log" 2>&1 || :
sed -n 's/^\[wp\] Proved goals: *\([0-9]*\) \/ \([0-9]*\)$/\1 of \2 goals proved/p' "$scratch/log" |
    tee "$scratch/result"
awk '{ all = $1 == $3 && $1 > 0 } END { exit !all }' "$scratch/result" || {
    grep -v -e '^\[wp\].*Valid' -e missing-spec -e 'Neither code' "$scratch/log"
    exit 1
}
