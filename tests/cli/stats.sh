#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --stats reports how many records passed and how long they were, wherever they
# went and however the work ended.  The figures are counted by
# hand.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# figures RECORDS BYTES SMALLEST MEAN MEDIAN P99 LARGEST - these are the first
# lines of "err", or its last ones after a message
figures() {
    printf 'records          %s\nbytes            %s\nsmallest         %s\nmean             %s\n'\
'median           %s\n99th percentile  %s\nlargest          %s\n' "$@" >expected
    grep -v '^cbsplit: ' err | head -n 7 >found
    expect_same expected found
}

# histogram LINES - these are the last lines of "err"
histogram() {
    printf "$1" >expected
    tail -n "$(wc -l <expected)" err >found
    expect_same expected found
}

# stats OUTPUT ARG... - cbsplit --stats ARG... makes OUTPUT of "in"
stats() {
    wanted=$1
    shift
    run --stats "$@"
    expect_status 0
    expect out "$wanted"
}

about 'the figures'

printf 'a\nbb\n\nccc\n' >in
stats 'a\nbb\n\nccc\n'
figures 4 6 0 1.5 1 3 3
# Without a terminal there are 80 columns, and a bar has 50 at most.
half='#########################'
histogram "0    1 $half\n1    1 $half\n2-3  2 $half$half\n"
cp err by_default
run --stats=text
expect_same by_default err

: >in
stats ''
expect err 'records          0\nbytes            0\n'

# Ninety-nine of one byte, one of 200: not more than one in a hundred is longer
# than 1.
{ yes a | head -n 99 && printf '%0200d\n' 0; } >in
run --stats -t none
figures 100 299 1 3.0 1 1 200
echo b >>in
run --stats -t none
figures 101 300 1 3.0 1 1 200
printf '%0200d\n' 0 >>in
run --stats -t none
figures 102 500 1 4.9 1 200 200
histogram '1        100 ##################################################
2-3        0\n4-7        0\n8-15       0\n16-31      0\n32-63      0\n64-127     0\n128-255    2 #\n'

about 'for other programs'

printf 'a\nbb\n\nccc\n' >in
run --stats=json -t raw
expect_status 0
expect out 'abbccc'
expect err '{"records":4,"bytes":6,"smallest":0,"mean":1.500,"median":1,"p99":3,"largest":3,'\
'"histogram":[{"from":0,"to":0,"records":1},{"from":1,"to":1,"records":1},'\
'{"from":2,"to":3,"records":2}]}\n'
cp err json
: >in
run --stats=json
expect err '{"records":0,"bytes":0,"smallest":null,"mean":null,"median":null,"p99":null,'\
'"largest":null,"histogram":[]}\n'
cat err >>json
if command -v python3 >/dev/null; then
    python3 -c 'import json, sys
for line in sys.stdin: json.loads(line, parse_constant=lambda name: sys.exit(name))' <json ||
        fail 'not JSON to Python'
fi
if command -v jq >/dev/null; then
    jq -r '[.records, .p99, (.histogram | map(.records) | add)] | @csv' json >found
    printf '4,3,4\n0,,\n' >expected
    expect_same expected found
fi

about 'where records do not go out'

printf '1:a,2:bb,0:,5:ccccc,' >in
stats '4\n' -f netstring -c
figures 4 8 0 2.0 1 5 5
stats '' -f netstring -t none
figures 4 8 0 2.0 1 5 5
# Those that are left out are not counted.
stats 'bb\n\n' -f netstring --skip=1 --head=2
figures 2 2 0 1.0 0 2 2
stats '1\n' -f netstring --skip=3 -c
figures 1 5 5 5.0 5 5 5
stats 'a\nbb\n\nccccc\na\nbb\n\nccccc\n' -f netstring - in
figures 8 16 0 2.0 1 5 5

about 'payload that does not come through us'

{
    printf '100000:%0100000d,3:end,' 1
    printf '1000000:%01000000d,' 2
} >in
# Two of three are no longer than 100000, in a bucket that spans 512 from 99840
# on; its middle is 100095.
for to in raw none u32be netstring; do
    run -f netstring -t $to --stats
    expect_status 0
    figures 3 1100003 3 366667.7 100095 1000000 1000000
    # shellcheck disable=SC2002
    cat in | "$CBSPLIT" -f netstring -t $to --stats 2>err >piped
    figures 3 1100003 3 366667.7 100095 1000000 1000000
    expect_same out piped
done
stats '3\n' -f netstring -c
figures 3 1100003 3 366667.7 100095 1000000 1000000
# What an announced payload really had.
printf '1000000:%0400000d' 0 >in
run -f netstring -t raw --on-partial=emit --stats
figures 1 400000 400000 400000.0 400000 400000 400000
run -f netstring -c --on-partial=emit --stats
figures 1 400000 400000 400000.0 400000 400000 400000

about 'after an error'

printf '1:a,2:bb,x' >in
for to in line none u16be; do
    run -f netstring -t $to --stats
    expect_status 3
    head -n 1 err >message
    expect message 'cbsplit: stdin: record 3 at byte 9: length is not a number: 78\n'
    figures 2 3 1 1.5 1 2 2
done
run -f netstring -c --stats
expect_status 3
expect out '2\n'
figures 2 3 1 1.5 1 2 2
printf '1:a,2:bb,9:cc' >in
run -f netstring --stats
expect_status 4
figures 2 3 1 1.5 1 2 2
# In one read with those that went through.
printf 'a\nb\n\nc\n' >in
run -t chunked --stats
expect_status 6
figures 2 2 1 1.0 1 1 1
head -n 1 err >message
expect message 'cbsplit: stdin: record 3 at byte 4: an empty record would be the last chunk\n'
run --stats no-such-file in
expect_status 1
figures 4 3 0 0.8 1 1 1
# Those before one whose file cannot be made, in whichever input; of groups the whole ones.
printf 'a\nb\nc\n' >three
for taken in '4 made/5' '4 made/3 --group=2'; do
    # shellcheck disable=SC2086 # words
    set -- $taken
    rm -rf made
    mkdir -p "$2"
    run --stats -o made/%d ${3:+"$3"} three three
    expect_status 1
    sed -n 's/^records *//p' err >found
    expect found "$1\n"
done
if [ -c /dev/full ]; then
    status=0
    "$CBSPLIT" --stats <in >/dev/full 2>err || status=$?
    expect_status 1
    head -n 2 err >message
    expect message 'cbsplit: stdout: No space left on device\nrecords          4\n'
    for option in --stats --stats=json --progress; do
        doing="cbsplit $option 2>/dev/full"
        status=0
        "$CBSPLIT" "$option" <in >out 2>/dev/full || status=$?
        expect_status 1
        expect_same in out
    done
fi

about 'a signal ends it at once'
yes | head -n 2000000 >in
{ "$CBSPLIT" --stats <in 2>err && : >survived; } | head -n 1 >out
expect err ''
[ ! -e survived ] || fail 'it was not ended by SIGPIPE'

about 'the argument'

printf 'a\n' >in
# Behind "=" only: this is a file.
rm json
run --stats json
expect_status 1
grep -qx 'cbsplit: json: No such file or directory' err || fail "$doing: $(cat err)"
for word in '' Json 'json ' xml; do
    run --stats="$word"
    expect_status 2
    head -n 1 err >message
    printf "cbsplit: --stats: must be one of text, json, not '%s'\n" "$word" >expected
    expect_same expected message
done
