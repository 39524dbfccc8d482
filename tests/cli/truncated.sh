#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Input that ends inside a record: by default an error with lengths and
# protocols, a record with delimiters, lines and fixed sizes; --on-partial
# chooses.  Wherever it is cut.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# It fails where the input ends, and what came of the record has been written.
fails_here() {
    expect_status 4
    message='input ends inside a record'
    # Where the length is known, so is what is missing.
    if [ -z "$delimited" ] && [ $have -ge "$header" ] && [ $part -lt 3 ]; then
        message="$message: $((3 - part)) bytes of its payload are missing"
        [ $part -ne 2 ] || message='input ends inside a record: 1 byte of its payload is missing'
    fi
    expect_message "stdin: $(fault 2 $(($(wc -c <one))) $(($(wc -c <in))) "$message")"
    expect out "ab\\n$payload"
}

# cut_everywhere FRAMING HEADER FIRST SECOND - two records, "ab" and "cde", the
# second of them after HEADER bytes, is cut short.  What remains of it depends
# on its delimiter, where it is "delimited".
delimited=
cut_everywhere() {
    framing=$1
    header=$2
    printf -- "$3" >one
    printf -- "$4" >two
    have=0
    whole=$(($(wc -c <two)))
    while [ $((have += 1)) -lt "$whole" ]; do
        part=$((have - header))
        case $part in
        -*) part=0 payload= ;;
        0) payload= ;;
        1) payload=c ;;
        2) payload=cd ;;
        *) part=3 payload=cde ;;
        esac
        { cat one && head -c $have two; } >in

        run -f "$framing" --on-partial=fail
        fails_here

        run -f "$framing" --on-partial=emit
        expect_status 0
        expect_message ''
        mv out emitted
        if [ -n "$delimited" ]; then
            run -f "$framing"
            expect_status 0
            expect_same emitted out
        else
            run -f "$framing"
            fails_here
            printf 'ab\n%s\n' "$payload" >expected
            expect_same expected emitted
        fi

        run -f "$framing" --on-partial=drop
        expect_status 0
        expect_message ''
        expect out 'ab\n'
    done
    # And whole.
    cat one two >in
    for choice in fail emit drop; do
        run -f "$framing" --on-partial=$choice
        expect_status 0
        expect_message ''
        expect out 'ab\ncde\n'
    done
}

cut_everywhere u8 1 '\002ab' '\003cde'
cut_everywhere u16be 2 '\000\002ab' '\000\003cde'
cut_everywhere u16be,offset=2,inclusive 4 '\000\000\000\006ab' '\000\000\000\007cde'
cut_everywhere 'u8,trailer=\r\n' 1 '\002ab\r\n' '\003cde\r\n'
cut_everywhere varint 2 '\002ab' '\203\000cde'
cut_everywhere dec 2 '2\nab' '3\ncde'
cut_everywhere 'dec:\r\n,trailer=\r\n' 4 '2\r\nab\r\n' '03\r\ncde\r\n'
cut_everywhere hex 2 '2\nab' '3\ncde'
cut_everywhere netstring 2 '2:ab,' '3:cde,'
cut_everywhere pkt-line 4 '0006ab' '0007cde'

pcap='\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\004\000\001\000\000\000'
cut_everywhere pcap 16 "${pcap}seconds.\\002\\000\\000\\000\\002\\000\\000\\000ab" \
    'seconds.\003\000\000\000\003\000\000\000cde'

about 'cut right after a record, nothing is missing'
for framing in u8 u16be varint dec 'hex:\n' netstring fixed:2 line crlf; do
    printf 'ab\n' >lines
    "$CBSPLIT" -t "$framing" lines >in
    run -f "$framing" --on-partial=fail
    expect_status 0
    expect_message ''
    expect out 'ab\n'
done

about 'they are counted as they are written'
gives '2:ab,3:c' '2\n' -f netstring --on-partial=emit -c
gives '2:ab,3:c' '1\n' -f netstring --on-partial=drop -c
gives 'ab\nc' '2\n' -f lf -c
gives 'ab\nc' '1\n' -f lf --on-partial=drop -c

about 'delimiters, lines, fixed'

delimited=yes
cut_everywhere line 0 'ab\n' 'cde\r\n'
cut_everywhere lf 0 'ab\n' 'cde\n'
cut_everywhere crlf 0 'ab\r\n' 'cde\r\n'
cut_everywhere nul 0 'ab\000' 'cde\000'
cut_everywhere 'delim:--,or=;;;' 0 'ab--' 'cde;;;'

gives 'ab\r\nc\r' 'ab\nc\r\n' -f crlf
gives 'abc' 'ab\nc\n' -f fixed:2
gives 'abc' 'ab\nc\n' -f fixed:2 --on-partial=emit
gives 'abc' '2:ab,1:c,' -f fixed:2 -t netstring
gives 'abc' 'ab\n' -f fixed:2 --on-partial=drop
refuses 4 'stdin: record 2 at byte 2: input ends inside a record: 1 byte of its payload is missing, at byte 3' \
    'abc' 'ab\nc' -f fixed:2 --on-partial=fail
gives 'abc' 'abc_' -f fixed:2 -t fixed:2,pad=_
gives 'a;b' '2:a;,1:b,' -f 'delim:;,keep' -t netstring

about 'last records that may go without their end'

# may_go_without INPUT FIRST SECOND FRAMING START - the second, which begins at byte
# START, is whole only by default
may_go_without() {
    gives "$1" "$2$3" -f "$4"
    gives "$1" "$2$3" -f "$4" --on-partial=emit
    gives "$1" "$2" -f "$4" --on-partial=drop
    # shellcheck disable=SC2059
    end=$(($(printf -- "$1" | wc -c)))
    refuses 4 "stdin: $(fault 2 "$5" "$end" 'input ends inside a record')" "$1" "$2${3%??}" \
        -f "$4" --on-partial=fail
}
may_go_without '<13>a\n<13>b' '<13>a\n' '<13>b\n' syslog 6
may_go_without '5 <13>a<13>b' '<13>a\n' '<13>b\n' syslog 7
may_go_without '1,2\r\n3,4' '1,2\n' '3,4\n' csv 5
# (White space before a value is of its frame.)
may_go_without '[1] 23' '[1]\n' '23\n' json 3
may_go_without '>1>2' '>1\n' '>2\n' 'start:>' 2

about 'an event that no empty line ends is discarded'
gives 'data: a\n\ndata: b\n' 'a\n' -f sse,data
gives 'data: a\n\ndata: b\n' 'a\nb\n' -f sse,data --on-partial=emit
refuses 4 'stdin: record 2 at byte 9: input ends inside a record, at byte 17' \
    'data: a\n\ndata: b\n' 'a\nb' -f sse,data --on-partial=fail
refuses 4 'stdin: record 2 at byte 9: input ends inside a record, at byte 17' \
    'data: a\n\ndata: b\n' 'data: a\ndata: b' -f sse

about 'chunked'

# cut_after INPUT OUTPUT MISSING - the body ends here, after a first chunk
cut_after() {
    printf -- "1\\r\\na\\r\\n$1" >in
    end=$(($(wc -c <in)))
    refuses 4 "stdin: $(fault 2 6 "$end" "input ends inside a record$3")" \
        "1\\r\\na\\r\\n$1" "1:a,$2" -f chunked -t netstring
    gives "1\\r\\na\\r\\n$1" '1:a,' -f chunked -t netstring --on-partial=drop
}
cut_after '2' '' ''
cut_after '2\r' '' ''
cut_after '2;ext' '' ''
cut_after '2\r\n' '2:' ': 2 bytes of its payload are missing'
cut_after '2\r\nb' '2:b' ': 1 byte of its payload is missing'
cut_after '2\r\nbc' '2:bc' ''
cut_after '2\r\nbc\r' '2:bc' ''
cut_after '0' '' ''
cut_after '0\r' '' ''
cut_after '0\r\n' '' ''
cut_after '0\r\n\r' '' ''
cut_after '0\r\nT: v' '' ''
cut_after '0\r\nT: v\r\n' '' ''
gives '1\r\na\r\n2\r\nb' '1:a,1:b,' -f chunked -t netstring --on-partial=emit
gives '1\r\na\r\n2\r\nbc' '1:a,2:bc,' -f chunked -t netstring --on-partial=emit
# Without its end a body is not whole, though all of its chunks may be.
refuses 4 'stdin: record 2 at byte 6: input ends before its end marker' '1\r\na\r\n' '1:a,' \
    -f chunked -t netstring
refuses 4 'stdin: record 1 at byte 0: input ends before its end marker' '' '' -f chunked
gives '1\r\na\r\n' '1:a,' -f chunked -t netstring --on-partial=emit
gives '1\r\na\r\n' '1:a,' -f chunked -t netstring --on-partial=drop
gives '' '' -f chunked --on-partial=emit
# Trailers are no record, so there is none to be emitted.
gives '1\r\na\r\n0\r\n' '1:a,' -f chunked -t netstring --on-partial=emit
gives '1\r\na\r\n0\r\nT: v' '1:a,' -f chunked -t netstring --on-partial=emit
