#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Input made to waste memory or time: it is refused at the byte that is too much, or passes in
# little memory, and takes time that grows only with its length.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# KiB of address space and seconds of processor time: what is quadratic, or takes what is only
# promised, needs far more.  (A sanitizer needs terabytes.)
limits='limit_memory 32768; ulimit -t 60'
[ -z "${SANITIZERS-}" ] || limits=:
gib=1073741824

# under_limits ARG... - as run does, within the limits, with the caller's input
under_limits() {
    status=0
    doing="cbsplit $*, within its limits"
    (
        eval "$limits"
        exec "$CBSPLIT" "$@"
    ) >out 2>err || status=$?
}

# flood BYTES PREFIX BYTE - the prefix, then so many bytes of one kind, as tr has it
flood() {
    printf -- "$2"
    { head -c "$1" /dev/zero | tr '\000' "$3"; } 2>/dev/null || :
}

# flooded STATUS MESSAGE BYTES PREFIX BYTE ARG... - what becomes of such a flood
flooded() {
    wanted_status=$1
    message=$2
    bytes=$3
    prefix=$4
    byte=$5
    shift 5
    flood "$bytes" "$prefix" "$byte" | {
        under_limits "$@" -t none
        expect_status "$wanted_status"
        expect_message "$message"
        expect out ''
    }
}

# stopped PLACE WHAT PREFIX BYTE ARG... - 1 GiB that is refused at that byte of record 1
stopped() {
    message="stdin: $(fault 1 0 "$1" "$2")"
    shift 2
    flooded 3 "$message" $gib "$@"
}

# passes PREFIX BYTE ARG... - 16 MiB of what is no record, in less than that and what a program
# needs anyway
passes() {
    flooded 0 '' 16777216 "$@"
}

about 'a header, an extension, a trailer without end'

head_is_long='header section is longer than 65536 bytes: 61'
stopped 65536 "$head_is_long" 'GET / HTTP/1.1\r\nA: ' a -f http
stopped 65536 "$head_is_long" 'GET /' a -f http
stopped 65536 "$head_is_long" 'HTTP/1.1 200 ' a -f http
stopped 65536 "$head_is_long" 'X: ' a -f content-length
stopped 65536 "$head_is_long" '' a -f sip
stopped 65536 "$head_is_long" '' a -f warc
stopped 272 'header value is longer than 256 bytes: 30' 'Content-Length: ' 0 -f content-length
size_is_long='chunk size line is longer than 8192 bytes'
stopped 8192 "$size_is_long: 61" '1;a=' a -f chunked
stopped 8192 "$size_is_long: 61" '1;a="' a -f chunked
stopped 8192 "$size_is_long: 30" '' 0 -f chunked
stopped 8192 "$size_is_long: 20" '1' ' ' -f chunked,pad
stopped 65539 'trailer section is longer than 65536 bytes: 61' '0\r\nA:' a -f chunked
coded='POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
stopped 8239 "$size_is_long: 61" "${coded}1;a=" a -f http
stopped 65586 'trailer section is longer than 65536 bytes: 61' "${coded}0\\r\\nA:" a -f http
# Extensions that are many times longer than the data cost no memory.
doing='a megabyte of extensions for each hundred bytes'
yes "1;a=$(head -c 8000 /dev/zero | tr '\000' b)" | head -n 4000 | sed 's/$/\r\nx\r/' | {
    cat
    printf '0\r\n\r\n'
} | {
    under_limits -f chunked -t raw
    expect_status 0
    [ "$(tr -d x <out | wc -c)" -eq 0 ] || fail "$doing: other bytes came out"
    [ "$(wc -c <out)" -eq 4000 ] || fail "$doing: $(wc -c <out) bytes came out"
}

about 'a length without end'

stopped 9 'length has more than ten bytes: ff' '' '\377' -f varint
stopped 9 'length has more than ten bytes: 80' '' '\200' -f varint
stopped 9 'length has more than ten bytes: 80' '' '\200' -f vlq
stopped 20 'length has too many digits: 31' '' 1 -f octet
stopped 20 'length has too many digits: 30' '' 0 -f dec
stopped 16 'length has too many digits: 30' '' 0 -f hex
stopped 1 'length has a leading zero: 30' '' 0 -f netstring
stopped 19 'length has more than 18 digits: 31' '*' 1 -f resp
stopped 32 'BodyLength does not fit in 64 bits: 30' '8=FIX.4.2\0019=' 0 -f fix

about 'a promise of 4 GiB, and then nothing'

# promises WHAT PROMISE ARG... - nothing is taken for it, wherever the record would go.  (Where
# its length must be known before it begins, 64 MiB is the limit if nobody sets one.)
promises() {
    what=$1
    promise=$2
    shift 2
    for destination in '-t raw' '-t u64be' '-t slip' '-omade.%d' '--exec=cat' '--worker=cat -t raw'; do
        # shellcheck disable=SC2086
        printf -- "$promise" | {
            under_limits "$@" $destination
            rest=": input ends inside a record.*$what"
            [ "$status" -ne 5 ] || rest=': record is longer than 67108864 bytes$'
            case $status in
            4 | 5) ;;
            *) fail "$doing: exit status $status: $(cat err)" ;;
            esac
            grep -q "^cbsplit: stdin: record 1 at byte 0$rest" err || fail "$doing: $(cat err)"
            [ ! -e made.1 ] || fail "$doing: a file was left"
        }
    done
}
all='4294967295 bytes of its payload are missing'
promises "$all" '\377\377\377\377' -f u32be
promises "$all" '\377\377\377\377\017' -f varint
promises "$all" '\217\377\377\377\177' -f vlq
promises "$all" '4294967295:' -f netstring
promises "$all" '4294967295 ' -f octet
promises "$all" 'ffffffff\n' -f hex
promises "$all" 'ffffffff\r\n' -f chunked
promises "$all" 'Content-Length: 4294967295\r\n\r\n' -f content-length
promises "$all" 'POST / HTTP/1.1\r\nContent-Length: 4294967295\r\n\r\n' -f http
promises "$all" "${coded}ffffffff\\r\\n" -f http
promises "$all" '\202\177\000\000\000\000\377\377\377\377' -f websocket
promises '' '$4294967295\r\n' -f resp
promises '' '\132\377\377\377\377' -f cbor
promises '' '\306\377\377\377\377' -f msgpack
promises '' '\004\204\377\377\377\377' -f der
promises '' 'M\n\377\377\377\377\000\000\000\000' -f journal
promises '' '8=FIX.4.2\0019=4294967295\001' -f fix
promises '' 'SEND\ncontent-length:4294967295\n\n' -f stomp

about 'records of nothing'

wider=$limits
limits=$(echo "$limits" | sed 's/32768/20480/')

passes '' ' ' -f json
passes '' ' ' -f ndjson
passes '' ' ' -f mllp
passes '' '\n' -f paragraph
passes '' '\n' -f csv,skip-empty
passes '' '\n' -f stomp
passes '' '\n' -f line,fold
passes '' '\r' -f line
passes '' '\300' -f slip
passes '' '\176' -f hdlc
passes '' '\000' -f docker
passes '' ';' -d ';'

limits=$wider

about 'nested deeply'

# nested OPEN INNER CLOSE ARG... - a million in each other
nested() {
    open=$1
    inner=$2
    close=$3
    shift 3
    doing="a million of '$open'"
    {
        yes "$(printf -- "$open")" | head -n 1000000 | tr -d '\n'
        printf -- "$inner"
        [ -z "$close" ] || yes "$(printf -- "$close")" | head -n 1000000 | tr -d '\n'
        printf '\n'
    } | {
        under_limits "$@" -c
        expect_status 0
        expect_message ''
        expect out '1\n'
    }
}
nested '[' '' ']' -f json
nested '{"a":' 0 '}' -f json
nested '[' '' ']' -f ndjson
nested '[' '' ']' -f json,array
flooded 4 'stdin: record 1 at byte 0: input ends inside a record, at byte 1000000' 1000000 '' '[' -f json

# nested_bytes FROM TO OPEN INNER CLOSE FRAMING - a million of values whose bytes are written as
# the letters FROM; and without their ends none
nested_bytes() {
    doing="a million of '$3' in $6"
    {
        yes "$3" | head -n 1000000 | tr -d '\n' | tr "$1" "$2"
        printf '%s' "$4" | tr "$1" "$2"
        [ -z "$5" ] || yes "$5" | head -n 1000000 | tr -d '\n' | tr "$1" "$2"
    } >in
    under_limits -f "$6" -c <in
    expect_status 0
    expect_message ''
    expect out '1\n'
    under_limits -f "$6" -t raw <in
    expect_same in out
    head -c 1000000 in >part
    under_limits -f "$6" -t none <part
    expect_status 4
    expect_message 'stdin: record 1 at byte 0: input ends inside a record, at byte 1000000'
}
nested_bytes abc '\060\200\000' ab '' cc der
nested_bytes abc '\237\001\377' a '' c cbor
nested_bytes abc '\201\001\377' a b '' cbor
nested_bytes abc '\301\001\377' a b '' cbor
nested_bytes abc '\277\001\377' ab b c cbor
nested_bytes abc '\221\300\377' a b '' msgpack
nested_bytes abc '\201\300\377' ab b '' msgpack
nested_bytes rn '\r\n' '*1rn' ':1rn' '' resp
nested_bytes rn '\r\n' '%1rn:1rn' ':1rn' '' resp

about 'many delimiters with common beginnings'

# repeated NUMBER TEXT
repeated() {
    yes "$2" | head -n "$1" | tr -d '\n'
}

# 10 MB in a second at most, each; more of them where there is time, and the file for pairs
# of bytes that are each the beginning of some.
few=1 mb=10
[ -z "${THOROUGH-}" ] || few=4 mb=200
[ -z "${COVERAGE-}" ] || few=40 # without optimization
limits=$(echo "$limits" | sed "s/60/$few/")
repeated $((mb * 500000)) ab >in
head -c $((mb * 1000000)) /dev/zero | tr '\000' a >as
awk 'BEGIN { for (n = 0; n < 50000; n++) { i = (i * 75 + 74) % 65537; printf "%c", 97 + i % 26 } }' >letters
repeated $((mb * 20)) "$(cat letters)" >mixed
set -- -c
for n in 1 2 3 5 8 13 21 34 55 89 144 233; do
    set -- "$@" -d "$(repeated $n a)b$n" -d "$(repeated $n ab)c" -d "b$(repeated $n a)"
done
for file in in as mixed; do
    under_limits "$@" <$file
    expect_status 0
done
# One after each of which hundreds can follow, and each byte may begin one.
set -- -c
for a in a b c d e f g h i j k l m n o p q r s t u v w x y z; do
    for b in a b c d e f g h i j k l m n o p q r s t u v w x y z; do
        set -- "$@" -d "$a$b$a$b!"
    done
done
for file in in as mixed; do
    under_limits "$@" <$file
    expect_status 0
    expect out '1\n'
done

about 'a longer delimiter nearly comes at each place where a shorter one is'

# (Millions of empty records, by the slow way.)
[ -n "${COVERAGE-}" ] || limits=$(echo "$limits" | sed "s/ulimit -t.*/ulimit -t 4/")
head -c 8000000 as >in
for longer in "$(repeated 4000 a)b" "$(repeated 1000 aaa)ab"; do
    under_limits -d aa -d "$longer" -c in
    expect_status 0
    expect out '4000000\n'
done

about 'a part, and delimiters and marks that come or nearly come at each byte'

# No record begins near the part, or one at each 1000th byte.
[ -n "${COVERAGE-}" ] || limits=$(echo "$limits" | sed "s/ulimit -t.*/ulimit -t 20/")
head -c 8000000 as >in
once=$(repeated 1000 a)
for mark in "$once" "${once}b"; do
    for from in "delim:$mark" "start:$mark" "delim:$mark,or=b$mark" "start:$mark,or=b,line"; do
        under_limits -f "$from" --part=2/2 -c in
        expect_status 0
        case $from in
        *b | *line) expect out '0\n' ;;
        *) expect out '4000\n' ;;
        esac
    done
done

about 'damage, then many false beginnings'

# A frame that is tried and is none costs no more than its own header, however much it
# says that follows; and so does one that is none between others that are right.
limits=$(echo "$limits" | sed 's/32768/65536/')
much=500000
[ -z "${THOROUGH-}" ] || { limits=$(echo "$limits" | sed "s/-t $few/-t 5/") && much=2000000; }

# forged PLACE FRAMING PREFIX FALSE [RIGHT] - so many bytes of a header that claims more, perhaps
# with a right frame after each, after damage at that place.  The arguments are files.
forged() {
    place=$1
    framing=$2
    prefix=$3
    cat "$4" ${5:+"$5"} >unit
    size=$(($(wc -c <unit)))
    n=$((much / size + 1))
    repeat $((n * size)) >many
    cat "$prefix" many filling >in
    under_limits -f "$framing" --on-malformed=skip -c <in
    case $status in
    3 | 4) ;; # or the end comes first
    *) fail "$doing: exit status $status: $(tail -n 1 err)" ;;
    esac
    expect out "$((${5:+$n} + ${6-0}))\\n"
    grep -q "^cbsplit: stdin: $place" err || fail "$doing: $(head -n 1 err)"
}
# repeat BYTES - of what "unit" holds, again and again
repeat() {
    cat unit unit unit unit unit unit unit unit >eight
    mv eight unit
    if [ "$(wc -c <unit)" -lt "$1" ]; then
        repeat "$1"
    else
        head -c "$1" unit
    fi
}
head -c 1000000 /dev/zero | tr '\000' '!' >filling
printf '!' >noise
printf 'NO\n\n\0' >no
printf '\n\r\r\n\034\0\0\0M<+\032vvvvllllllll\034\0\0\0bad!\001\0\0\0' >section
first='record 1 at byte 0: '
# Each false one claims 1,000,000 bytes.
printf '8=FIX.4.2\0019=1000000\00135=' >false
printf '8=FIX.4.2\0019=5\00135=0\00110=161\001' >right
forged "$first" fix noise false
forged "$first" fix noise false right
head -c 1000000 /dev/zero | "$CBSPLIT" -f fixed:1000000 -t tfrecord | head -c 12 >false
printf 'a' | "$CBSPLIT" -f fixed:1 -t tfrecord >right
forged "$first" tfrecord noise false
forged "$first" tfrecord noise false right
printf 'SEND\ncontent-length:1000000\n\n\0' >false
printf 'ACK\n\n\0' >right
forged "$first" stomp no false
forged "$first" stomp no false right
printf 'ACK\na:\0' >false
forged "$first" stomp no false
printf 'typ\0\104\102\017\0' >false
forged 'record 2 at byte 28: ' pcapng section false '' 1
printf '1000000:' >false
printf '1:a,' >right
forged "$first" netstring noise false
# (Nothing follows the last one.)
forged "$first" netstring noise false right -1
printf '\0\017\102\100' >false
printf '\0\0\0\0!' >noise
forged "$first" 'u32be,trailer=;' noise false
printf '\300\204\075' >false
forged "$first" 'varint,trailer=;' noise false
printf '\001\001\001\001' >false
forged "$first" 'u32be,trailer=;' noise false
# What ends a frame, and so begins the next one, at each byte.
for framing in slip hdlc cobs ndjson syslog json-seq between:a,end=b; do
    more=0
    case $framing in
    slip) printf '\333!\300' >false ;;
    hdlc) printf '\175\176' >false ;;
    cobs) printf '\377\0' >false ;;
    syslog) # (The line after all is a message.)
        printf '5x\n' >false
        more=1
        ;;
    json-seq) printf '\036]' >false ;;
    between*) printf 'aa' >false ;;
    *) printf ']\n' >false ;;
    esac
    forged 'record 1 at ' "$framing" false false '' $more
done

# Read byte by byte, a frame that is tried is not examined from its beginning at each byte,
# nor is a long delimiter that nearly comes at each byte.
(need_preload) >/dev/null || exit 0
need_preload
slowly=yes
head -c 1000000 /dev/zero | "$CBSPLIT" -f fixed:1000000 -t tfrecord | head -c 12 >length
head -c 300000 as >many
for from in fix tfrecord stomp; do
    doing="from $from, byte by byte"
    case $from in
    fix) printf '!8=FIX.4.2\0019=1000000\00135=' ;;
    tfrecord) printf '!' && cat length ;;
    stomp) printf '!\0SEND\na:b\n\n' ;;
    esac >in
    cat many >>in
    run_limited -f "$from" --on-malformed=skip -c
    expect_status 3
done
mv many in
almost=$(repeated 4000 a)b
limits='ulimit -t 20'
for from in "delim:$almost" "start:$almost" "between:<,end=$almost" "between:$almost,end=>" \
    "u8,trailer=$almost"; do
    doing="from ${from%%a*}..., byte by byte"
    run_limited -f "$from" -c
    [ "$status" -le 5 ] || fail "$doing: status $status"
done
