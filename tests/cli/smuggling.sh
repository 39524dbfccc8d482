#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Request smuggling: each known way to make two readers of HTTP disagree on where a chunk, a
# body or a message ends is refused at the byte where they would part, as a body and in a
# message, at once and byte by byte.  What is taken is what RFC 9112 says has one meaning.
#
# TERM.EXT, EXT.TERM, TERM.SPILL, SPILL.TERM and the like are the names of Jeppe Weikop's
# "Funky chunks" (2025): what one reader takes for the end of a line (TERM) belongs to an
# extension (EXT) or to the data (SPILL) for another.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# KiB of address space and seconds of processor time.
limits='limit_memory 32768; ulimit -t 5'
[ -z "${SANITIZERS-}" ] || limits=:
find_preload
head='POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
head_size=47

# attack NAME BYTE WHAT BODY [DATA [RECORD START]] - a chunked body, refused at that byte of a
# chunk (the first), after this data; and so it is in a message, where a CR that is right is
# not shown
attack() {
    title=$1
    about "$title"
    tried 3 "stdin: $(fault "${6-1}" "${7-0}" "$2" "$3")" "$4" "${5-}" -f chunked
    case $3 in
    'chunk data'*': 0d '*) set -- "$1" $(($2 + 1)) "$data: ${3##* }" "$4" "${5-}" ;;
    esac
    tried 3 "stdin: $(fault 1 0 $((head_size + $2)) "$3")" "$head$4" "${5-}" -f http
}

# beyond NAME BODY CHUNKED HTTP - a size that no stream has, or this one has not: the statuses
# and messages
beyond() {
    title=$1
    about "$title"
    tried "${3%% *}" "stdin: record 1 at byte 0: ${3#* }" "$2" "${5-}" -f chunked
    tried "${4%% *}" "stdin: record 1 at byte 0: ${4#* }" "$head$2" "${5-}" -f http
}

# harmless NAME BODY DATA - it has one meaning by RFC 9112
harmless() {
    title=$1
    about "$title"
    tried 0 '' "$2" "$3" -f chunked
    tried 0 '' "$head$2" "$3" -f http
}

# ----------------------------------------------------------------- the size

number='chunk size is not a number'
after="chunk size must be followed by ';' or CRLF"
space="white space after a chunk size must be followed by ';'"
rest='hello\r\n0\r\n\r\n'
attack 'no size' 0 "$number: 0d" "\\r\\n$rest"
attack 'no size before an extension' 0 "$number: 3b" ";a\\r\\n$rest"
attack 'plus before the size' 0 "$number: 2b" "+5\\r\\n$rest"
attack 'minus before the size' 0 "$number: 2d" "-5\\r\\n$rest"
attack 'minus before a last chunk' 0 "$number: 2d" '-0\r\n\r\n'
attack '0x before the size' 1 "$after: 78" "0x5\\r\\n$rest"
attack '0X before the size' 1 "$after: 58" "0X5\\r\\n$rest"
attack '0o before the size' 1 "$after: 6f" "0o5\\r\\n$rest"
attack '#x before the size' 0 "$number: 23" "#x5\\r\\n$rest"
attack 'underscore in the size' 1 "$after: 5f" "0_5\\r\\n$rest"
attack 'underscore before the size' 0 "$number: 5f" "_5\\r\\n$rest"
attack 'space before the size' 0 "$number: 20" " 5\\r\\n$rest"
attack 'tab before the size' 0 "$number: 09" "\\t5\\r\\n$rest"
attack 'line end before the size' 0 "$number: 0a" "\\n5\\r\\n$rest"
attack 'space after the size' 2 "$space: 0d" "5 \\r\\n$rest"
attack 'tab after the size' 2 "$space: 0d" "5\\t\\r\\n$rest"
attack 'space in the size' 2 "$space: 30" "5 0\\r\\n$rest"
attack 'form feed after the size' 1 "$after: 0c" "5\\f\\r\\n$rest"
attack 'vertical tab after the size' 1 "$after: 0b" "5\\v\\r\\n$rest"
attack 'NUL after the size' 1 "$after: 00" "5\\000\\r\\n$rest"
attack 'NUL before the size' 0 "$number: 00" "\\0005\\r\\n$rest"
attack 'DEL after the size' 1 "$after: 7f" "5\\177\\r\\n$rest"
attack 'no-break space after the size' 1 "$after: a0" "5\\240\\r\\n$rest"
attack 'digit of another script' 0 "$number: d9" "\\331\\245\\r\\n$rest"
attack 'letter after the size' 1 "$after: 78" "5x\\r\\n$rest"
attack 'comma after the size' 1 "$after: 2c" "5,5\\r\\n$rest"
attack 'colon after the size' 1 "$after: 3a" "5:a\\r\\n$rest"
attack 'point in the size' 1 "$after: 2e" "5.0\\r\\n$rest"
attack 'quotes around the size' 0 "$number: 22" "\"5\"\\r\\n$rest"
attack 'size of 17 digits that wraps to 5' 16 'chunk size is not below 2^64: 35' \
    "10000000000000005\\r\\n$rest"
attack 'size that wraps after zeros' 20 'chunk size is not below 2^64: 35' \
    "000010000000000000005\\r\\n$rest"
attack 'size of 1000 digits' 16 'chunk size is not below 2^64: 66' \
    "$(printf '%01000d' 0 | tr 0 f)\\r\\n$rest"
truncated='4 input ends inside a record:'
endless='payload of 18446744073709551611 bytes is longer than a stream can be'
beyond 'size that is -5 in 64 bits' "fffffffffffffffb\\r\\n$rest" \
    "5 $endless" "5 $endless"
beyond 'size that is -5 in 32 bits' "fffffffb\\r\\n$rest" \
    "$truncated 4294967279 bytes of its payload are missing, at byte 22" \
    "$truncated at least 4294967279 bytes of its payload are missing, at byte 69" 'hello\r\n0\r\n\r\n'
beyond 'size that is 5 in 32 bits' "100000005\\r\\n$rest" \
    "$truncated 4294967289 bytes of its payload are missing, at byte 23" \
    "$truncated at least 4294967289 bytes of its payload are missing, at byte 70" 'hello\r\n0\r\n\r\n'
harmless 'zeros before the size' "$(printf '%04000d' 0)5\\r\\nhello\\r\\n000\\r\\n\\r\\n" hello
harmless 'capitals and small letters' 'aA\r\n%0170d\r\n0\r\n\r\n' "$(printf '%0170d' 0)"

# ------------------------------------------------------------ the ends of lines

lf='chunk size line ends in LF without CR'
cr='CR without LF in a chunk size line'
data='chunk data is not followed by CRLF'
attack 'LF alone after the size' 1 "$lf: 0a" "5\\n$rest"
attack 'CR alone after the size' 2 "$cr: 68" "5\\r$rest"
attack 'CR twice after the size' 2 "$cr: 0d" "5\\r\\r\\n$rest"
attack 'LF before CR after the size' 1 "$lf: 0a" "5\\n\\r$rest"
attack 'LF alone after the last size' 1 "$lf: 0a" '0\n\r\n'
attack 'no line end after the size' 1 "$after: 68" "5$rest"
attack 'LF alone after the data' 8 "$data: 0a" '5\r\nhello\n0\r\n\r\n' hello
attack 'CR alone after the data' 8 "$data: 0d 30" '5\r\nhello\r0\r\n\r\n' hello
attack 'LF before CR after the data' 8 "$data: 0a" '5\r\nhello\n\r0\r\n\r\n' hello
attack 'no line end after the data' 8 "$data: 30" '5\r\nhello0\r\n\r\n' hello
attack 'data that are longer' 8 "$data: 21" '5\r\nhello!\r\n0\r\n\r\n' hello
attack 'data that are shorter' 9 "$data: 0a" '6\r\nhello\r\n0\r\n\r\n' 'hello\r'
attack 'two line ends after the data' 10 "$number: 0d" '5\r\nhello\r\n\r\n0\r\n\r\n' hello 2 10
attack 'line end too many after the data, LF' 10 "$number: 0a" '5\r\nhello\r\n\n0\r\n\r\n' hello 2 10
attack 'TERM.SPILL: two bytes after the data, whatever they are' 8 "$data: 58" \
    '5\r\nhelloXX0\r\n\r\n' hello
attack 'SPILL.TERM: two bytes after the data, a size for others' 8 "$data: 0a" \
    '5\r\nhello\n2d\r\nGET /admin HTTP/1.1\r\n\r\n0\r\n\r\n' hello
attack 'ONE.TWO: one byte after the data' 8 "$data: 0d 35" '5\r\nhello\r5\r\nworld\r\n0\r\n\r\n' hello
attack 'ZERO.TWO: nothing after the data' 8 "$data: 35" '5\r\nhello5\r\nworld\r\n0\r\n\r\n' hello

# --------------------------------------------------------------- extensions

quoted='line ends inside the quoted value of a chunk extension'
nameless='chunk extension has no name'
control='control byte in a chunk extension'
attack 'TERM.EXT and EXT.TERM: LF in an extension, before its name' 2 "$nameless: 0a" \
    '2;\nxx\r\n4c\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n0\r\n\r\n'
attack 'TERM.EXT and EXT.TERM: LF in an extension, in its name' 3 \
    'chunk extension ends in LF without CR: 0a' '2;a\nxx\r\n4c\r\n0\r\n\r\n'
attack 'TERM.EXT and EXT.TERM: CR in an extension, before its name' 2 "$nameless: 0d" \
    '2;\rxx\r\n4c\r\n0\r\n\r\n'
attack 'TERM.EXT and EXT.TERM: CR in an extension, in its name' 4 "$cr: 78" \
    '2;a\rxx\r\n4c\r\n0\r\n\r\n'
attack 'CRLF in a quoted value' 5 "$quoted: 0d" '2;a="\r\nxx\r\n4c\r\n";b\r\n0\r\n\r\n'
attack 'LF in a quoted value' 5 "$quoted: 0a" '2;a="\nxx\r\n4c\r\n";b\r\n0\r\n\r\n'
attack 'CR after a backslash in a quoted value' 6 "$quoted: 0d" '2;a="\\\r\nxx\r\n0\r\n\r\n'
attack 'quoted value without end' 6 "$quoted: 0d" "2;a=\"b\\r\\nxx\\r\\n0\\r\\n\\r\\n"
attack 'NUL in an extension' 3 "$control: 00" '2;a\000\r\nxx\r\n0\r\n\r\n'
attack 'NUL in a quoted value' 5 "$control: 00" '2;a="\000"\r\nxx\r\n0\r\n\r\n'
attack 'DEL in a quoted value' 5 "$control: 7f" '2;a="\177"\r\nxx\r\n0\r\n\r\n'
attack 'semicolon without an extension' 2 "$nameless: 0d" '2;\r\nxx\r\n0\r\n\r\n'
attack 'two semicolons' 2 "$nameless: 3b" '2;;a\r\nxx\r\n0\r\n\r\n'
attack 'line separator of Unicode in an extension' 2 "$nameless: c2" '2;\302\205\r\nxx\r\n0\r\n\r\n'
attack 'white space that folds an extension' 2 "$space: 0d" '2 \r\n ;a\r\nxx\r\n0\r\n\r\n'
harmless 'size in a quoted value' '2;a="5;\\"5"\r\nxx\r\n0\r\n\r\n' xx
harmless 'white space around ; and =' '2 ; a = b\r\nxx\r\n0 ;a\r\n\r\n' xx

# ------------------------------------------------- the last chunk and trailers

framing='Content-Length or Transfer-Encoding in a trailer line: 3a'
attack 'Content-Length in a trailer' 17 "$framing" '0\r\nContent-Length: 44\r\n\r\n'
attack 'Transfer-Encoding in a trailer' 20 "$framing" '0\r\nTransfer-Encoding: chunked\r\n\r\n'
attack 'the same in other letters, after another' 23 "$framing" \
    '0\r\nA: b\r\ncoNTENT-lENGTH: 44\r\n\r\n'
attack 'folded trailer' 9 'trailer line begins with white space: 20' '0\r\nA: b\r\n c\r\n\r\n'
attack 'trailer folded by a tab' 9 'trailer line begins with white space: 09' '0\r\nA: b\r\n\tc\r\n\r\n'
attack 'white space before the first trailer' 3 'trailer line begins with white space: 20' \
    '0\r\n A: b\r\n\r\n'
attack 'white space before the colon of a trailer' 4 \
    'trailer line has white space before its colon: 20' '0\r\nA : b\r\n\r\n'
attack 'trailer without a name' 3 'trailer line does not begin with a field name: 3a' \
    '0\r\n: b\r\n\r\n'
attack 'request line for a trailer' 6 'trailer line has white space before its colon: 20' \
    '0\r\nGET / HTTP/1.1\r\n\r\n'
attack 'NUL in a trailer' 6 'control byte in a trailer line: 00' '0\r\nA: \000\r\n\r\n'
attack 'LF alone after a trailer' 7 'trailer line ends in LF without CR: 0a' '0\r\nA: b\n\r\n'
attack 'CR alone after a trailer' 8 'CR without LF in a trailer line: 58' '0\r\nA: b\rX: y\r\n\r\n'
attack 'LF alone at the end' 3 'trailer section ends in LF without CR: 0a' '0\r\n\n'
attack 'CR alone at the end' 4 'CR without LF at the end of the trailer section: 47' \
    '0\r\n\rGET / HTTP/1.1\r\n\r\n'
attack 'data in the last chunk' 4 'trailer line has no field name: 0d' '0\r\nX\r\n0\r\n\r\n'

# What comes after the last chunk is no part of the body: it is the next message, or none of ours.
title='body after the last chunk'
about "$title"
tried 0 '' '1\r\nx\r\n0\r\n\r\n5\r\nhello\r\n0\r\n\r\n' x -f chunked
tried 3 'stdin: record 2 at byte 58: start line must begin with a method or HTTP/1: 20' \
    "${head}1\\r\\nx\\r\\n0\\r\\n\\r\\n \\r\\n" x -f http
tried 3 'stdin: record 2 at byte 58: start line must begin with a method or HTTP/1: 0d, at byte 59' \
    "${head}1\\r\\nx\\r\\n0\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\n\\r\\n" x -f http

# ------------------------------------------------------ which length it is that holds

# message NAME BYTE WHAT HEADER - header lines of a request that two readers frame differently
message() {
    title=$1
    about "$title"
    tried 3 "stdin: $(fault 1 0 "$2" "$3")" "POST / HTTP/1.1\\r\\n$4\\r\\n\\r\\n$rest" '' -f http
}

both='message has both Transfer-Encoding and Content-Length: 50 4f 53 54'
coding='Transfer-Encoding of a request does not end in chunked: 50 4f 53 54'
te='Transfer-Encoding: chunked'
length='Content-Length is not a number below 2^64'
two='Content-Length has two different values'
message 'CL.TE' 0 "$both" "Content-Length: 5\\r\\n$te"
message 'TE.CL' 0 "$both" "$te\\r\\nContent-Length: 5"
message 'CL.TE with an unknown coding' 0 "$both" 'Content-Length: 5\r\nTransfer-Encoding: x'
message 'CL.TE with an empty coding' 55 'transfer coding is not a token: 0d 0a' \
    'Content-Length: 5\r\nTransfer-Encoding: '
message 'CL.CL' 52 "$two: 36 0d 0a" 'Content-Length: 5\r\nContent-Length: 6'
message 'CL.CL in one line' 36 "$two: 36 0d 0a" 'Content-Length: 5, 6'
message 'CL.CL by zeros' 52 "$two: 30 35 0d 0a" 'Content-Length: 5\r\nContent-Length: 05'
message 'TE.TE: unknown coding after chunked' 64 'transfer coding after chunked: 78 0d 0a' \
    "$te\\r\\nTransfer-Encoding: x"
message 'TE.TE: chunked twice' 64 'transfer coding after chunked: 63 68 75 6e' "$te\\r\\n$te"
message 'TE.TE: identity after chunked' 45 'transfer coding after chunked: 69 64 65 6e' "$te, identity"
message 'TE.TE: xchunked' 0 "$coding" 'Transfer-Encoding: xchunked'
message 'TE.TE: chunkee' 0 "$coding" 'Transfer-Encoding: chunkee'
message 'TE.TE: identity' 0 "$coding" 'Transfer-Encoding: identity'
message 'TE.TE: quotes' 36 'transfer coding is not a token: 22 63 68 75' 'Transfer-Encoding: "chunked"'
message 'TE.TE: a parameter' 36 'transfer coding is not a token: 63 68 75 6e' "$te;a=b"
message 'TE.TE: space before the colon' 34 'header line has white space before its colon: 20' \
    'Transfer-Encoding : chunked'
message 'TE.TE: tab before the colon' 34 'header line has white space before its colon: 09' \
    'Transfer-Encoding\t: chunked'
message 'TE.TE: vertical tab before chunked' 35 'control byte in a header line: 0b' \
    'Transfer-Encoding:\vchunked'
message 'TE.TE: form feed after chunked' 43 'control byte in a header line: 0c' "$te\\f"
message 'TE.TE: NUL after chunked' 43 'control byte in a header line: 00' "$te\\000"
message 'TE.TE: folded' 35 'transfer coding is not a token: 0d 0a' \
    'Transfer-Encoding:\r\n chunked'
message 'TE.TE: white space before the line' 23 'header line begins with white space: 20' \
    "A: b\\r\\n $te"
message 'TE.TE: hidden after LF' 21 'header line ends in LF without CR: 0a' "A: b\\n$te"
message 'TE.TE: hidden after CR' 22 'CR without LF in a header line: 54' "A: b\\r$te"
message 'TE.TE: name in two lines' 34 'header line has no field name: 0d' \
    'Transfer-Encoding\r\n: chunked'
message 'length: plus' 33 "$length: 2b 35 0d 0a" 'Content-Length: +5'
message 'length: minus' 33 "$length: 2d 35 0d 0a" 'Content-Length: -5'
message 'length: 0x' 33 "$length: 30 78 35 0d" 'Content-Length: 0x5'
message 'length: underscore' 33 "$length: 30 5f 35 0d" 'Content-Length: 0_5'
message 'length: space inside' 33 "$length: 30 20 35 0d" 'Content-Length: 0 5'
message 'length: point' 33 "$length: 35 2e 30 0d" 'Content-Length: 5.0'
message 'length: quotes' 33 "$length: 22 35 22 0d" 'Content-Length: "5"'
message 'length: wraps to 5' 33 "$length: 31 38 34 34" 'Content-Length: 18446744073709551621'
message 'length: empty' 33 "$length: 0d 0a" 'Content-Length: '
message 'length: NUL' 34 'control byte in a header line: 00' 'Content-Length: 5\000'

title='TE in HTTP/1.0'
about "$title"
tried 3 'stdin: record 1 at byte 0: HTTP/1.0 message has a Transfer-Encoding: 50 4f 53 54' \
    "POST / HTTP/1.0\\r\\n$te\\r\\n\\r\\n5\\r\\n$rest" '' -f http
# A request with neither has no body: what others take for it is the next request.
title='CL.0 and TE.0'
about "$title"
tried 0 '' 'POST / HTTP/1.1\r\nContent_Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n' '0:,0:,' \
    -f http -t netstring

# ------------------------------------------------------- keys that allow more

# Only what a key is for becomes right; the manual says what that is.
title='lf'
about "$title"
tried 0 '' '2;a\nxx\n0\nA: b\n\n' xx -f chunked,lf
tried 3 "stdin: record 1 at byte 0: $nameless: 0a, at byte 2" '2;\nxx\n0\n\n' '' -f chunked,lf
tried 3 "stdin: record 1 at byte 0: $quoted: 0a, at byte 5" '2;a="\nxx\n"\n' '' -f chunked,lf
tried 3 "stdin: record 1 at byte 0: $data: 0d 78, at byte 5" '2\r\nxx\rx' xx -f chunked,lf
title='pad'
about "$title"
tried 0 '' '2 \t\r\nxx\r\n0 \r\n\r\n' xx -f chunked,pad
tried 3 "stdin: record 1 at byte 0: $after: 35, at byte 2" '2 5\r\n' '' -f chunked,pad
tried 3 "stdin: record 1 at byte 0: $lf: 0a, at byte 2" '2 \n' '' -f chunked,pad

# ------------------------------------------------------------------ by quantity

# Neither stored nor counted: CVE-2023-39326 (Go), CVE-2024-22019 (Node).
title='extensions of 1 GiB in total'
about "$title"
total=1073741824
[ -n "${THOROUGH-}" ] || total=67108864
cr=$(printf '\r')
# 8184 bytes, and 5 for two line ends and the data.
chunk="1;a=$(printf '%08180d' 0)$cr
x$cr"
tried_in_bulk() {
    doing="$title, cbsplit $*"
    status=0
    { yes "$chunk" | head -c $total; } 2>/dev/null | (
        eval "$(echo "$limits" | sed 's/-t 5/-t 60/')"
        exec "$CBSPLIT" "$@"
    ) >out 2>err || status=$?
}
tried_in_bulk -f chunked -c
expect_status 4
expect out "$((total / 8189))\n"
tried_in_bulk -f chunked,keep -t none
expect_status 4
