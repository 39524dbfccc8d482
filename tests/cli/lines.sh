#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records of several lines, in the jobs that people have with them; paragraphs against
# awk, which has them as RS="".

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need awk

about 'paragraphs'

# made CASE - some text at random, its number as the seed; never with a "-"
made() {
    awk -v seed="$1" 'BEGIN {
        srand(seed)
        n = int(rand() * 60)
        split("a bb \t \n \n \n c", part, " ")
        part[3] = "\t"; part[4] = part[5] = part[6] = "\n"; part[8] = " "
        for (i = 0; i < n; i++) printf "%s", part[1 + int(rand() * 8)]
    }'
}

# by_awk - its paragraphs, each with a line "--" after it
by_awk() {
    awk 'BEGIN { RS = "" } { printf "%s\n--\n", $0 }'
}

cases=40
[ -z "${THOROUGH-}" ] || cases=400
i=0
while [ $i -lt $cases ]; do
    made $i >in
    by_awk <in >wanted
    run -f paragraph -t 'delim:\n--\n'
    expect_same wanted out
    # The same with CRLF, which awk takes for text.
    sed 's/$/\r/' in >crlf
    "$CBSPLIT" -f paragraph -t 'delim:\n--\n' crlf | tr -d '\r' >out
    expect_same wanted out
    "$CBSPLIT" -f paragraph --count in >out
    expect out "$(grep -c '^--$' wanted || :)\\n"
    # What is written is read again.
    "$CBSPLIT" -f paragraph -t paragraph in | "$CBSPLIT" -f paragraph -t 'delim:\n--\n' >out
    expect_same wanted out
    i=$((i + 1))
done

about 'a file of many reads'
awk 'BEGIN { srand(3); for (i = 0; i < 300000; i++) print (rand() < 0.3 ? "" : "line " i) }' >in
by_awk <in >wanted
run -f paragraph -t 'delim:\n--\n'
expect_same wanted out
"$CBSPLIT" -f paragraph -t 'delim:\n--\n' --part=1/3 in >out
"$CBSPLIT" -f paragraph -t 'delim:\n--\n' --part=2/3 in >>out
"$CBSPLIT" -f paragraph -t 'delim:\n--\n' --part=3/3 in >>out
expect_same wanted out

about 'it is out at its empty line; whatever empty lines follow'
converse -f paragraph -t netstring
send '\n\na\nb\n\n'
receive '3:a\nb,'
send '\n\r\n\nc\r\n\r'
send '\n'
receive '1:c,'
ends 0 ''

about 'as soon as a line goes on, the end of the one before is out as well'
converse -f paragraph -t raw
send 'a\r\n'
receive 'a'
send 'b'
receive '\r\nb'
ends 0 ''

about 'the next reader gets what is after the empty line'
printf 'a\n\n\nb\n\nc\n' >in
{ "$CBSPLIT" -f paragraph -n 1 && cat; } <in >out
expect out 'a\n\nb\n\nc\n'
{ "$CBSPLIT" -f paragraph -n 1 --exact && cat; } <in >out
expect out 'a\n\nb\n\nc\n'

refuses 6 'stdin: record 2 at byte 2: the record contains an empty line, at byte 5' 'a;b\n\r\nc;' 'a\n\n' \
    -d ';' -t paragraph --on-collision=fail
ends_in_line_end='stdin: record 1 at byte 0: the record is empty or ends in a line end, which a reader would drop, at byte'
refuses 6 "$ends_in_line_end 1" \
    'a\n;' '' -d ';' -t paragraph --on-collision=fail
converse -d ';' -t paragraph --on-collision=fail
send 'a\n'
receive 'a\n'
send ';'
finishes 6
expect_message "$ends_in_line_end 1"

about 'folded headers'

printf '%s\r\n' 'Subject: a long' ' subject' 'Received: from here' "$(printf '\tby there')" \
    "$(printf '\tfor you')" 'To: you' >in
run -f line,fold -t delim:'|'
expect out 'Subject: a long\r\n subject|Received: from here\r\n\tby there\r\n\tfor you|To: you|'
gives 'a\n b\nc' '2\n' -f line,fold -c
converse -f line,fold -t netstring
send 'a\n'
send ' b\n'
send 'c\n'
receive '4:a\n b,'
ends 0 '1:c,'

about 'FASTQ'

# A quality may begin with "@", so that no mark tells where a read begins.
printf '@%s\nACGT\n+\n@@II\n' r1 r2 r3 >in
run -f line,lines=4 -t nul --select=2-
expect out '@r2\nACGT\n+\n@@II\000@r3\nACGT\n+\n@@II\000'
run -f line,lines=4 -o 'read-%d'
expect read-3 '@r3\nACGT\n+\n@@II'
run -f line,lines=4,keep -o 'kept-%d'
expect kept-3 '@r3\nACGT\n+\n@@II\n'
refuses 4 'stdin: record 2 at byte 8: input ends inside a record, at byte 12' 'a\nb\nc\nd\ne\nf\n' \
    '7:a\nb\nc\nd,' -f line,lines=4 --on-partial=fail -t netstring
converse -f line,lines=2 -t netstring
send 'a\nb\n'
receive '3:a\nb,'
send 'c\n'
ends 0 '1:c,'
refuses 2 "--part: 'line,lines=4' cannot be decoded from the middle of a file
Try 'cbsplit --help' for more information." '' '' -f line,lines=4 --part=1/2
