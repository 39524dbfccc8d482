#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Where no file can be made, as in a container whose root is read-only, all works but what is to
# make files.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

[ -z "${COVERAGE-}" ] || skip 'what is measured cannot be written there'

# All mounts that can be, so for this process and those that it starts.
cat >confined <<'END'
#!/bin/sh
exec unshare -rm sh -c '
    while read -r _ folder _; do
        mount -o remount,bind,ro "$(printf "$folder")" 2>/dev/null
    done </proc/self/mounts
    exec "$0" "$@"' "$CONFINED" "$@"
END
chmod +x confined
CONFINED=sh ./confined -c '! touch made' 2>/dev/null ||
    skip 'no mount can be made read-only here'
export CONFINED="$CBSPLIT"
CBSPLIT=$scratch/confined

about 'records, from a pipe and a file'
seq 100000 >numbers
gives 'a\nb\n' '1:a,1:b,' -t netstring
gives '' '100000\n' -c numbers
gives '4:abcd,2:ef,' 'abcd\nef\n' -f netstring
printf '1:a,100000:%0100000d,' 7 >in
run -f netstring -t u32be
expect_status 0
"$CBSPLIT" -f u32be -t netstring out >back
expect_same in back
for part in 1 2; do
    "$CBSPLIT" --part=$part/2 numbers
done >out
expect_same numbers out
if can_peek; then
    seq 5 | {
        "$CBSPLIT" --exact -n 2 -t none
        cat
    } >out
    expect out '3\n4\n5\n'
fi
run --probe numbers
expect_status 0

about 'commands and workers, whose output is collected'
cp numbers in
run -j 3 -k --group=1000 --exec=cat
expect_status 0
expect_same in out
run -j 3 -k --collect=line --worker=cat
expect_status 0
expect_same in out
run -j 3 --collect=line --worker=cat --stats
expect_status 0
sort -n out >found
expect_same in found

about 'a file cannot be made'
refuses 1 'made-1: Read-only file system' 'a\n' '' -o made-%d
