#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Rows of CSV that two readers find in different places: each way to hide a row in the quotes
# of another, or to make two of one, is refused at the byte where the readers would part, at
# once and byte by byte, whatever becomes of the rows.  With `lazy-quotes` there are as many as
# Python's csv module finds.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# KiB of address space and seconds of processor time.
limits='limit_memory 32768; ulimit -t 5'
[ -z "${SANITIZERS-}" ] || limits=:
find_preload
stray='quote in a field that is not quoted (lazy-quotes allows it): 22'
text='text after a closing quote (lazy-quotes allows it)'
cr='CR without LF after a closing quote (lazy-quotes allows it)'

# attack NAME BYTE WHY ROWS LAZY [KEYS] - these rows, after two right ones and before another, are
# refused at that byte; with lazy-quotes there are so many in all
attack() {
    title=$1
    about "$title"
    rows="x,\"\\n\"\\r\\n\"y\"\\r\\n$4\\nz\\n"
    message="stdin: $(fault 3 12 $((12 + $2)) "$3")"
    lazy=$5
    set -- -f "csv${6-}"
    tried 3 "$message" "$rows" '5:x,"\n",3:"y",' "$@" -t netstring
    tried 3 "$message" "$rows" '1\t0\t5\n2\t7\t3\n' "$@" -t index
    tried 3 "$message" "$rows" '2\n' "$@" -c
    tried 3 "$message" "$rows" 'bad: records 2, inputs 0\n' "$@" --check
    tried 0 '' "$rows" "$lazy\n" -f "$2,lazy-quotes" -c
}

# Who counts quotes sees one row, who follows the grammar up to the quote two.
attack 'a line end between stray quotes' 1 "$stray" 'a"b\nc"d' 5
attack 'a row that begins in the middle of one' 1 "$stray" 'a"b,"c\nd"' 4
attack 'one that ends there' 3 "$text: 63" '"b"c"\nd"' 5
attack 'a quote before the separator' 3 "$text: 20" '"b" ,"c\nd"' 4
attack 'a space before the quote' 1 "$stray" ' "b\nc"' 5
attack 'a tab before the quote' 1 "$stray" '\t"b\nc"' 5
attack 'a byte order mark before a quote, not at the beginning' 3 "$stray" \
    '\357\273\277"b\nc"' 5
attack 'a zero byte after a closing quote' 3 "$text: 00" '"b"\000,"\n"' 4
attack 'two quotes that close' 1 "$stray" 'b"",",\n"' 4
attack 'a quote that is escaped for others' 2 "$stray" 'b\\"\nc' 5
attack 'the same in quotes' 4 "$text: 63" '"b\\"c",\n' 5
# Who ends rows at CR finds one more.
attack 'CR alone after a closing quote' 4 "$cr: 63" '"b"\rc' 4
attack 'two of them' 4 "$cr: 0d" '"b"\r\r' 4
attack 'CR before a quote' 2 "$stray" 'b\r"c' 4
# Byte by byte.
attack 'an escape after a closing quote' 3 "$text: 5c" '"b"\\\n' 5 ',escape=\\'
attack 'a stray quote where CR ends a row' 1 "$stray" 'b"\rc' 5 ,cr

title='the beginning of an input'
about "$title"
tried 3 "stdin: $(fault 2 8 11 "$text: 20")" '\357\273\277"a\n"\n"b" \n' '4:"a\n",' \
    -f csv -t netstring
tried 3 "stdin: $(fault 1 0 1 "$stray")" 'a"' '' -f csv -t netstring
tried 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 4' '"a"\r' '' \
    -f csv -t netstring
