#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Where a record ends: the delimiter that begins first, the longest of those
# that begin there, however the bytes arrive.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'a delimiter ends a record'

gives 'a,,b,' 'a\n\nb\n' -d ,
gives 'a,,b' 'a\n\nb\n' -d ,
gives ',' '\n' -d ,
gives '' '' -d ,
gives 'a' 'a\n' -d ,
gives 'a,,b,' '3\n' -d , -c
gives 'a,,b' '3\n' -d , -c
gives ',,' '2\n' -d , -c
gives '\n' '\n' -f line
gives 'a\nb' 'a\nb\n' -f line

about 'delimiters that overlap with themselves do not overlap as matches'
gives 'aaaaa' '\n\na\n' -d aa
gives 'xababay' 'x\nbay\n' -d aba
gives 'ababaaba' '\nba\n' -d abaaba -d aba

about 'several: leftmost, then longest'

gives 'a;b|c' 'a\nb\nc\n' -d ';' -d '|'
gives 'a;b|c' 'a\nb\nc\n' -f 'delim:;,or=|'
gives 'a\r\nb\rc\nd' 'a\nb\nc\nd\n' -d '\r\n' -d '\r' -d '\n'
gives 'a\r\nb\rc\nd' 'a\nb\nc\nd\n' -d '\n' -d '\r' -d '\r\n'
gives '1ab2abc3abcd4' '1\n2\n3\n4\n' -d ab -d abcd -d abc
gives '1ab2abc3abcd4' '1\n2\n3\n4\n' -f 'delim:ab,or=abcd,or=abc'
# "abcdX" begins like "abcdef" but only "bc" is there; it begins later than
# "ab" would.
gives '1abcdX2' '1a\ndX2\n' -d abcdef -d bc
gives '1abcdX2' '1\ncdX2\n' -d abcdef -d bc -d ab
gives '1abcdef2' '1\n2\n' -d abcdef -d bc -d ab
# The longer one would begin later.
gives '1cabb2' '1\nbb2\n' -d ca -d abb
gives '1xaab2' '1x\n2\n' -d a -d aab -d xaac
gives '1xaac2' '1\n2\n' -d a -d aab -d xaac
# At the end of the input nothing longer can come.
gives '1ab' '1\n' -d ab -d abc
gives '1abcd' '1\nd\n' -d abc -d abcde
gives '1bcd' '1b\nd\n' -d c -d bcde
# The same one twice.
gives '1;2' '1\n2\n' -d ';' -d ';'
# A hundred of them.
set --
i=100
while [ $i -lt 200 ]; do
    set -- "$@" -d "<$i>"
    i=$((i + 1))
done
gives 'a<100>b<199>c<200>d<<150>' 'a\nb\nc<200>d<\n' "$@"

about 'escapes'

gives 'a,b,,c' 'a\nb\n\nc\n' -d ,
gives 'a,or=b' 'a\nb\n' -d ,or=
gives 'a,keepb' 'a\nb\n' -d ,keep
gives 'a,bc' 'a\nc\n' -d ,b
gives 'a,bc' 'a\nc\n' -d '\,b'
gives 'a,bc' 'a\nc\n' -f 'delim:\,b'
gives 'a\\b' 'a\nb\n' -d '\\'
gives 'a\\,b' 'a\nb\n' -d '\\,'
gives 'a\\,b' 'a\nb\n' -d '\\\,'
gives 'a\000b\000' 'a\nb\n' -d '\0'
gives 'a\0001b' 'a\nb\n' -d '\01'
gives 'a\r\nb\tc' 'a\nb\nc\n' -d '\r\n' -d '\t'
gives '1\a2\b3\0334\f5\v6\n7' '1\n2\n3\n4\n5\n6\n7\n' -d '\a' -d '\b' -d '\e' -d '\f' -d '\v' \
    -d '\n'
gives 'a\377b\001c' 'a\nb\nc\n' -d '\xff' -d '\x01'
gives 'a\377b' 'a\nb\n' -d '\xFF'
gives 'aAbBc' 'a\nbBc\n' -d '\x41'
gives 'a:b=c' 'a\nb=c\n' -d ':'
gives 'a=b' 'a\nb\n' -d '='
gives 'a;b\n' 'a,b\n,' -d ';' -t 'delim:\,'

# -------------------------------------------------------- skip-empty and keep

gives ',a,,b,,' 'a\nb\n' -f 'delim:\,,skip-empty'
gives ',;,' '' -f 'delim:\,,or=;,skip-empty'
gives ',a,,b' '2\n' -f 'delim:\,,skip-empty' -c
# Numbers are those of the records that are there.
gives ',a,,b,c' 'b\n' -f 'delim:\,,skip-empty' --skip=1 --head=1
gives 'a--b--c' '3:a--,3:b--,1:c,' -f delim:--,keep -t netstring
gives 'a;b|' 'a;b|' -f 'delim:;,or=|,keep' -t raw
gives 'a\n\nb' 'a\nb' -f lf,keep,skip-empty -t raw
gives 'a\r\n\n\r\nb\r\n' 'a\r\nb\r\n' -f line,keep,skip-empty -t raw

# ------------------------------------------------------- lines, CR before LF

gives 'a\r\nb\n\r\n\n' '1:a,1:b,0:,0:,' -t netstring
gives 'a\r\r\n' '2:a\r,' -t netstring
gives 'a\rb\r' '4:a\rb\r,' -t netstring
gives '\r\n' '0:,' -t netstring
gives '\r' '1:\r,' -t netstring
gives '\n\r\n\r' '0:,0:,1:\r,' -t netstring
gives 'a\000b\r\n' '3:a\000b,' -t netstring

# ------------------------------- a delimiter that arrives in more than one read

# What can be no part of a delimiter comes out at once: when it is there, the
# first read is over.
converse -f line
send 'a\r'
receive a
send '\nb\r'
receive '\nb'
send 'c\n'
receive '\rc\n'
send '\r'
send '\n'
send 'd\r'
receive '\nd'
ends 0 '\r\n'

converse -d '\r\n'
send 'a\r'
receive a
send '\nb\r'
receive '\nb'
send '\r'
receive '\r'
send '\nc'
receive '\nc'
send '\r'
ends 0 '\r\n'

converse -d ';;;;' -t 'delim:|'
send 'a;;;'
receive a
send ';b;;'
receive '|b'
send 'c;;;;d;;;;;;'
receive ';;c|d|'
send ';;'
receive '|'
send 'e;'
receive e
ends 0 ';|'

# "b" may be the rest of "\r\nb", and "\r" the beginning of both.
converse -d '\r' -d '\r\nb'
send 'a\r'
receive a
send '\nb2'
receive '\n2'
send '\r\n'
send 'c'
receive '\n\nc'
ends 0 '\n'
