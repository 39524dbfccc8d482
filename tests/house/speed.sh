#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the figures of the pages are those that were measured.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
command -v python3 >/dev/null || skip 'there is no python3'
cd "$TOP_SRCDIR"
export PYTHONDONTWRITEBYTECODE=1

python3 bench/page.py --check doc/speed.tsv doc/speed.md README.md python/README.md || fail 'other figures'

about 'faults are found'
sed 's/ GB/1 GB/' doc/speed.md >"$scratch/page.md"
if python3 bench/page.py --check doc/speed.tsv "$scratch/page.md" 2>/dev/null; then
    fail 'a figure that was not measured'
fi

about 'a run of one workload leaves the figures of others'
cp doc/speed.tsv "$scratch/speed.tsv"
printf '# python: elsewhere\npython-lines-16\tmemory\tdecode\t1\t0\t1\t1\t0\t1\t1\n' >"$scratch/new.tsv"
python3 bench/page.py --add "$scratch/new.tsv" "$scratch/speed.tsv"
grep -Ev '^# python:|^python-lines-16' doc/speed.tsv >"$scratch/expected"
grep -Ev '^# python:|^python-lines-16' "$scratch/speed.tsv" | cmp - "$scratch/expected" ||
    fail 'others have changed'
[ "$(grep -Ec '^# python:|^python-lines-16' "$scratch/speed.tsv")" = 2 ] || fail 'not replaced'
sed 1d "$scratch/new.tsv" >"$scratch/whole.tsv"
python3 bench/page.py --add "$scratch/whole.tsv" "$scratch/speed.tsv"
cmp "$scratch/whole.tsv" "$scratch/speed.tsv" || fail 'figures of an earlier run are left'
