#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Each option does what --help says of it, in each of its spellings; what is
# wrong on the command line is named, with exit status 2.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'spellings'

gives 'a;b' 'a\nb\n' --from=delim:\;
gives 'a;b' 'a\nb\n' --from delim:\;
gives 'a;b' 'a\nb\n' -f delim:\;
gives 'a;b' 'a\nb\n' -fdelim:\;
gives 'a;b' 'a\nb\n' --delim=\;
gives 'a;b' 'a\nb\n' --delim \;
gives 'a;b' 'a\nb\n' -d \;
gives 'a;b' 'a\nb\n' -d\;
gives 'a;b,c' 'a\nb\nc\n' -d\; -d ,
gives 'a\nb\n' '1:a,1:b,' --to=netstring
gives 'a\nb\n' '1:a,1:b,' -t netstring
gives 'a\nb\n' 'a\000b\000' --print0
gives 'a\nb\n' 'a\000b\000' -0
gives 'a\nb\nc\n' 'c\n' --skip=2
gives 'a\nb\nc\n' 'a\nb\n' --head=2
gives 'a\nb\nc\n' 'a\nb\n' -n 2
gives 'a\nb\nc\n' 'b\n' --skip 1 -n1
gives 'a\nb\nc\n' '3\n' --count
gives 'a\nb\nc\n' '3\n' -c
gives 'a;b' '2\n' -cd\;
# Any beginning of a name that no other option has; FILEs before options too.
gives 'a\nb\n' '2\n' --cou
gives 'a;b' 'a\nb\n' - -d\;
# The last one counts.
gives 'a;b\n' 'a;b\n' --from=nul --from=line
gives 'a\nb\n' 'a;b;' -0 --to='delim:;'

about 'selection'

gives 'a\nb\n' '' --skip=2
gives 'a\nb\n' '' --skip=18446744073709551615
gives 'a\nb\n' 'a\nb\n' --head=18446744073709551615
gives 'a\nb\n' '' --skip=18446744073709551615 --head=18446744073709551615
gives 'a\nb\n' '' --head=0
gives 'a\nb\n' '0\n' --head=0 --count
gives 'a\nb\nc\n' '1\n' --skip=2 --count
gives 'a\nb\nc\n' '1\n' --skip=1 --head=1 --count
gives '' '' --head=3
gives '' '0\n' --count
# What is not to be written is read for its records only.
gives 'a\nb\n' '' --to=none

about 'what natural outputs are'

gives 'a;b' 'a\nb\n' --delim=\;
gives '1:a,1:b,' 'a\nb\n' --from=netstring
gives '1\r\na\r\n1\r\nb\r\n0\r\n\r\n' 'ab' --from=chunked
gives '1\na\n1\nb\n0\n\n' 'ab' --from=chunked,lf
gives 'HTTP/1.1 200 OK\r\n\r\na' 'a' --from=http
gives '1\r\na\r\n1\r\nb\r\n0\r\n\r\n' 'a\nb\n' --from=chunked --to=line

about 'information'

for option in --version -V; do
    run $option
    expect_status 0
    expect err ''
    grep -Eqx 'cbsplit \(chunkedbuffer\) [0-9]+\.[0-9]+\.[0-9]+.*' out || fail "$option: $(cat out)"
done

run --list
expect_status 0
cp out list
for framing in line lf crlf nul delim fixed u8 u16be u16le u24be u24le u32be u32le u40be u40le \
    u48be u48le u56be u56le u64be u64le varint dec hex netstring chunked content-length; do
    grep -Eq "^ *$framing +in +out +[^ ]" list || fail "--list: no $framing, in and out"
done
grep -Eq "^ *http +in +- +[^ ]" list || fail '--list: no http, in only'
for framing in raw none; do
    grep -Eq "^ *$framing +- +out +[^ ]" list || fail "--list: no $framing, out only"
done

run --help
expect_status 0
expect err ''
wide=$(grep -E '^.{81}' out || :)
[ -z "$wide" ] || fail "--help: wider than 80 columns: $wide"
while read -r line; do
    grep -qF -e "$line" out || fail "--help: not in it: $line"
done <list
for option in from delim to print0 skip head select part exact count check output force exec \
    worker jobs max-record on-partial progress stats list explain help \
    version; do
    grep -Eq "^ +(-., )?--$option([= [].*)?\$" out || fail "--help: no --$option"
done
[ "$(sed -n '/^Examples:/,/^$/p' out | grep -Ec '^  cbsplit|^  [^ ].*\| cbsplit')" -ge 6 ] ||
    fail '--help: fewer than six examples'
mv out help
run -h
expect_status 0
expect_same help out
# After --help and the like the other arguments are not examined.
run --help --no-such-option
expect_status 0

# explains GENERIC FRAMING - and what it says is the same framing
explains() {
    run --explain="$2"
    expect_status 0
    expect err ''
    printf '%s\n' "$1" >expected
    expect_same expected out
    run --explain="$1"
    expect_same expected out
}
explains 'delim:\n' lf
explains 'delim:\r\n' crlf
explains 'delim:\0' nul
explains 'dec::,trailer=\,,canonical' netstring
explains 'delim:\r\n,keep' crlf,keep
explains u16be,offset=2,inclusive u16be,offset=2,inclusive
explains 'delim:;,or=\n' 'delim:;,or=\n'
explains raw raw
# Each direction has a framing of this name.
explains json,array json,array
explains json,header json,header

about 'what has no meaning where nothing is written'
for what in count check; do
    for how in fail pass; do
        wrong "--$what and --on-collision exclude each other" --$what --on-collision=$how
    done
    wrong "--$what and --to exclude each other" --$what -0
done
wrong '--probe excludes all other options' --probe --probe -c
run --probe --probe
expect_status 0

# A hint is about words that do not exist, not about escapes.
wrong "--from: unknown escape '\\l', at character 7 of 'start:\\line'" -f 'start:\line'

wrong "--explain: byte 0 of the lead is not 01, at character 6 of 'fcgi,lead=x'" --explain=fcgi,lead=x

about 'the keys of a framing, with the directions; a name that is there twice has both'
run --list=u8
expect_status 0
grep -qx '  padding=         in   -' out || fail '--list=u8: padding is not for input alone'
grep -qx '  lead=            -    out' out || fail '--list=u8: lead is not for output alone'
grep -qx '  offset=          in   out' out || fail '--list=u8: offset is not for both'
grep -qx '  inclusive        in   out' out || fail '--list=u8: inclusive is no flag'
run --list='delim:;,or=x'
grep -qx '  :                in   out' out || fail '--list=delim: no argument'
run --list=netstring
mv out expected
run --list=netstring,keep
expect_same expected out
run --list netstring
expect_same expected out
wrong "--list: unknown key 'no', at character 11 of 'netstring,no'" --list=netstring,no
wrong "--list: unknown framing 'netstrin', at character 1 of 'netstrin'; did you mean 'netstring'?" \
    --list=netstrin

about 'usage errors'

wrong "unknown option '--frotz'" --frotz
wrong "unknown option '--frotz=3'" --frotz=3
wrong "unknown option '--he-'" --he-
wrong "unknown option '--form=nul'; did you mean '--from'?" --form=nul
wrong "unknown option '--delimiter'; did you mean '--delim'?" --delimiter ,
wrong "unknown option '--null'; did you mean '--print0'?" --null
wrong "'--he' is ambiguous" --he
wrong "'--on=fail' is ambiguous" --on=fail
wrong "unknown option '-x'" -x
wrong "unknown option '-x'" -cx
wrong "unknown option '-e'; did you mean '--exec'?" -exec cat
wrong "unknown option '-s'; did you mean '--stats'?" -stats
wrong "'--count=3' takes no argument" --count=3
wrong "'--progress=3' takes no argument" --progress=3
wrong "--stats: must be one of text, json, not 'x'" --stats=x
wrong "'--from' needs an argument" --from
wrong "'-t' needs an argument" -t
wrong "--delim: the delimiter is empty" --delim=
wrong "--delim: the delimiter is empty" -d ''
wrong '--from and --delim exclude each other' -f line -d x
wrong '--count and --to exclude each other' -c -t line
wrong '--count and --to exclude each other' -0 -c
wrong '--check and --to exclude each other' --check -t line
wrong '--check and --count exclude each other' --check -c
for number in '' x 1x -1 +1 ' 1' 1.5 0x10 1K 18446744073709551616x; do
    wrong "--skip: '$number' is not a whole number" --skip="$number"
    wrong "--head: '$number' is not a whole number" --head="$number"
done
largest=18446744073709551615
for number in 18446744073709551616 99999999999999999999999; do
    for option in skip head header group max-record group-size; do
        wrong "--$option: '$number' is too large; the largest is $largest" --$option=$number
    done
    wrong "--select: the number is too large; the largest is $largest, at character 3 of '1,$number'" \
        --select=1,$number
done
for size in '' 0 0K x -1 1k 1KiB 1T 'K' '1 K' 18446744073709551616T; do
    wrong "--max-record: '$size' is not a size of one byte or more, such as 4096 or 64K" \
        --max-record="$size"
done
wrong "--max-record: '17179869184G' is too large; the largest is $largest" --max-record=17179869184G
for seconds in 0 0.0 .0 '' . 1. 1.x x -1 1s 1,5 1e3 0.0000000001; do
    wrong "--idle: '$seconds' is not a number of seconds above 0, such as 2 or 0.5" \
        --idle="$seconds"
done
for seconds in 18446744074 18446744073.709551616 99999999999999999999; do
    wrong "--idle: '$seconds' is too large; the largest is 18446744073" --idle=$seconds
done
for seconds in .5 0.5 2 0.000000001 0.12345678901 18446744073.709551615; do
    gives 'a\nb\n' 'a\nb\n' --idle="$seconds"
done
for word in '' Fail skip fai; do
    wrong "--on-partial: must be one of fail, emit, drop, not '$word'" --on-partial="$word"
done
