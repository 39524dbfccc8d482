#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the figures of README.md and doc/speed.md are those that were measured.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
command -v python3 >/dev/null || skip 'there is no python3'
cd "$TOP_SRCDIR"
export PYTHONDONTWRITEBYTECODE=1

python3 bench/page.py --check doc/speed.tsv doc/speed.md README.md || fail 'other figures'

about 'faults are found'
sed 's/ GB/1 GB/' doc/speed.md >"$scratch/page.md"
if python3 bench/page.py --check doc/speed.tsv "$scratch/page.md" 2>/dev/null; then
    fail 'a figure that was not measured'
fi
