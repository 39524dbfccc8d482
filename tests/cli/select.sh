#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --select gives the records with these numbers, in the order of the input, as
# cut(1) gives fields; with --skip and --head what all of them leave.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# wrong_list MESSAGE LIST
wrong_list() {
    wrong "--select: $1" --select="$2"
}

about 'by what cut gives'

seq 3000 >in
paste -sd, in >fields
cut_lists='1 3000 3001 1-1 2-3 -5 2990- 1- -3000 1,3,5 5,3,1 1-3,2-5 4-6,1-3 1-3,4 2-,3- -2,-4
    3-,1 7,7,7 1,512,513,514 1-511,1024- 1,514,1027 600-,598 1-2,515-516,1030-3000'
for list in $cut_lists; do
    cut -d, -f "$list" fields | tr , '\n' | grep . >records || :
    run --select="$list"
    expect_status 0
    expect err ''
    expect_same records out
    grep -c . records >count || :
    run --select="$list" -c
    expect_same count out
done

# Many small ranges, over the length of every batch.
list=$(seq -s, 1 2 2999)
seq 1 2 2999 >records
run --select="$list"
expect_same records out
list=$(seq -s, 3000 -3 1)
seq 3 3 3000 >records
run --select="$list"
expect_same records out

about 'with --skip and --head'

gives '1\n2\n3\n4\n5\n6\n' '4\n6\n' --select=1,2,4,6 --skip=3
gives '1\n2\n3\n4\n5\n6\n' '1\n3\n4\n' --select=1,3- --head=3
gives '1\n2\n3\n4\n5\n6\n' '3\n4\n' --head=2 --select=1,3- --skip=2
gives '1\n2\n3\n' '' --select=1-2 --skip=2
gives '1\n2\n3\n' '' --select=1-2 -n0
gives '1\n2\n3\n' '' --select=2- --skip=18446744073709551615
gives '1\n2\n3\n' '2\n3\n' --select=2- --head=18446744073709551615
gives '1\n2\n3\n' '1\n' --select=18446744073709551615,1
gives '1\n2\n3\n' '2\n3\n' --select=2-18446744073709551615,18446744073709551615-
gives '1\n2\n3\n' '3\n' --select=1 --select=3 # the last one counts

# Records too long to be copied on their way out stay as they are while those
# between them are left out.
awk 'BEGIN { for (i = 1; i <= 2000; i++) printf "%0600d\n", i }' >in
sed -n '1p; 700p; 701p; 1400p; 1999p' in >records
run --select=1,700-701,1400,1999
expect_same records out
doing='cat | cbsplit --select'
cat in | "$CBSPLIT" --select=1,700-701,1400,1999 >out
expect_same records out

about 'several files'

seq 3 >a
seq 4 6 >b
run --select=2-4,6 a b
expect out '2\n3\n4\n6\n'
run --select=2 a no-such-file # is not reached
expect_status 0
expect out '2\n'
run --select=5 a b
expect out '5\n'

about 'long records, whose payload is moved'

# Records 2 and 4 of five, among and after such as nobody looks at.
{
    for letter in a b c d e; do
        printf '100000:'
        head -c 100000 /dev/zero | tr '\000' $letter
        printf ,
    done
} >in
{
    head -c 100000 /dev/zero | tr '\000' b
    head -c 100000 /dev/zero | tr '\000' d
} >records
run -f netstring -t raw --select=2,4
expect_same records out
doing='cat | cbsplit --select=2,4'
cat in | "$CBSPLIT" -f netstring -t raw --select=2,4 >out
expect_same records out
cat in | "$CBSPLIT" -f netstring --select=2,4- -c >out
expect out '3\n'

about 'it ends with the last one'

# What follows in a file is left, and in a pipe not waited for.
seq 9 >in
{ "$CBSPLIT" --select=2,4 && cat; } <in >out
expect out '2\n4\n5\n6\n7\n8\n9\n'
converse --select=1,3
send 'a\n'
receive 'a\n'
send 'b\nc\n'
receive 'c\n'
finishes 0
converse --select=2 -c
send 'a\nb\n'
receive '1\n'
finishes 0
# What is after it may be wrong.
gives '1:a,1:b,x' 'b' -f netstring -t raw --select=2
refuses 3 'stdin: record 3 at byte 8: length is not a number: 78' '1:a,1:b,x' 'b' \
    -f netstring -t raw --select=2-
# The output framing need not be able to represent records that are left out.
gives '1\r\na\r\n0\r\n\r\n' '' -f chunked -t raw --select=2
gives 'a\n\nb\n' '1\r\na\r\n1\r\nb\r\n0\r\n\r\n' -t chunked --select=1,3

# Records that come with one read and go out in several parts, as they become longer.
awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "%d\001\002\001\002\001\002\001\002\n", i }' >in
for list in 1-20000 2-9999,10001-15000 19999-; do
    run -t json --select=$list
    expect_status 0
    sed 's/.*"text":"\([0-9]*\)\(\\u000[12]\)\{8\}"}$/\1/' out >found
    seq 20000 | "$CBSPLIT" --select=$list >expected
    expect_same expected found
    sed 's/^{"record":\([0-9]*\),.*/\1/' out >found
    expect_same expected found
done

about 'wrong lists'

wrong_list "neither a number nor a range, at character 1 of ''" ''
wrong_list "neither a number nor a range, at character 1 of '-'" -
wrong_list "neither a number nor a range, at character 3 of '1,'" 1,
wrong_list "neither a number nor a range, at character 3 of '1,,2'" 1,,2
wrong_list "neither a number nor a range, at character 1 of ',1'" ,1
wrong_list "neither a number nor a range, at character 3 of '1,x'" 1,x
wrong_list "neither a number nor a range, at character 1 of '1x'" 1x
wrong_list "neither a number nor a range, at character 1 of '1-2-3'" 1-2-3
wrong_list "neither a number nor a range, at character 1 of '1 2'" '1 2'
wrong_list "the number is too large; the largest is 18446744073709551615, at character 1 of '18446744073709551616'" 18446744073709551616
wrong_list "the number is too large; the largest is 18446744073709551615, at character 1 of '1-18446744073709551616'" \
    1-18446744073709551616
wrong_list "records are numbered from 1, at character 1 of '0'" 0
wrong_list "records are numbered from 1, at character 3 of '3,0-5'" 3,0-5
wrong_list "records are numbered from 1, at character 1 of '-0'" -0
wrong_list "the range is decreasing, at character 5 of '1-2,9-5,7'" 1-2,9-5,7
