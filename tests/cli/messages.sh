#!/bin/sh
# SPDX-License-Identifier: MIT
#
# An error is one line that says in which input, which record, at which byte
# and what; the exit status tells its kind; and all that was read whole before
# it has been written.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'record, byte, and what stands there'

# Sixteen chunks of 250 bytes, each 256 in the input.
data=$(printf '%0250d' 0)
chunks=
lines=
i=0
while [ $i -lt 16 ]; do
    chunks="${chunks}fa\\r\\n$data\\r\\n"
    lines="$lines$data\\n"
    i=$((i + 1))
done
refuses 3 'stdin: record 17 at byte 4096: chunk size is not a number: 7a' \
    "${chunks}zz\\r\\n" "$lines" --from=chunked --to=line
# Records that are left out are counted.
refuses 3 'stdin: record 17 at byte 4096: chunk size is not a number: 7a' \
    "${chunks}zz\\r\\n" "$data\\n" --from=chunked --to=line --skip=15
# One that is not reached is no fault.
gives "${chunks}zz\\r\\n" "$lines" --from=chunked --to=line --head=16

about 'what the input looks like instead'

refuses 3 'stdin: record 1 at byte 0: chunk size is not a number: 48; input looks like HTTP: try --from http' \
    'HTTP/1.1 200 OK\r\n' '' -f chunked
refuses 3 'stdin: record 1 at byte 0: length is not a number: 7b; input looks like JSON: try --from json' \
    '{"a":1}' '' -f netstring
refuses 3 'stdin: record 1 at byte 0: length is not a number: 1f; input looks like gzip: decompress it first' \
    '\037\213\010\000' '' -f netstring
# Not where it is not the first record, or the framing is the same, or nothing is known.
refuses 3 'stdin: record 2 at byte 4: length is not a number: 48' '1:a,HTTP/1.1' 'a\n' -f netstring
refuses 3 'stdin: record 1 at byte 0: HTTP version is not 1.x: 78, at byte 6' 'HTTP/1x' '' -f http
refuses 3 'stdin: record 1 at byte 0: chunk size is not a number: 48' 'HTTPS' '' -f chunked
refuses 3 'stdin: record 1 at byte 0: chunk size is not a number: 48' 'HT' '' -f chunked
# However it arrives; and only while it may be that.
converse -f chunked
send H
send TT
send P/
finishes 3
expect_message 'stdin: record 1 at byte 0: chunk size is not a number: 48; input looks like HTTP: try --from http'
converse -f chunked
send HTx
finishes 3
expect_message 'stdin: record 1 at byte 0: chunk size is not a number: 48'
# What was looked at stays for the next command.
printf 'HTTP/1.1' >in
{ "$CBSPLIT" -f chunked 2>err || :; cat; } <in >out
expect_same in out
if can_peek; then
    (cat in) | { "$CBSPLIT" --exact -f chunked 2>err || :; cat; } >out
    expect_same in out
fi

about '3: malformed input'

refuses 3 'stdin: record 1 at byte 0: length is not a number: 78' 'x:a,' '' -f netstring
refuses 3 'stdin: record 2 at byte 4: length is not a number: 3a' '1:a,:a,' 'a\n' -f netstring
refuses 3 'stdin: record 1 at byte 0: length is not followed by its terminator: 3b, at byte 1' '1;a' '' \
    -f netstring
refuses 3 'stdin: record 1 at byte 0: length has a leading zero: 31, at byte 1' '01:a,' '' \
    -f netstring
refuses 3 'stdin: record 1 at byte 0: length has a leading zero: 30, at byte 1' '00:,' '' -f netstring
refuses 3 'stdin: record 2 at byte 4: payload is not followed by its trailer: 62, at byte 7' \
    '1:a,1:bb,' 'a\n' -f netstring -t line --max-record=10 --on-partial=drop
refuses 3 'stdin: record 1 at byte 0: length has too many digits: 31, at byte 20' '000000000000000000001:' '' \
    -f dec::
refuses 3 'stdin: record 1 at byte 0: length does not fit in 64 bits: 36, at byte 19' \
    '18446744073709551616:' '' -f dec::
refuses 3 'stdin: record 1 at byte 0: length has too many digits: 30, at byte 16' '10000000000000000\n' '' -f hex
refuses 3 'stdin: record 1 at byte 0: length is not a number: 67' 'g\n' '' -f hex
refuses 3 'stdin: record 1 at byte 0: length is not a number: 2d' '-1\n' '' -f dec
refuses 3 'stdin: record 1 at byte 0: length is not followed by its terminator: 41, at byte 1' '1A\n' '' -f dec
refuses 3 'stdin: record 2 at byte 3: length is less than the header that it includes: 00 01' \
    '\000\003a\000\001a' 'a\n' -f u16be,inclusive
refuses 3 'stdin: record 1 at byte 0: length is negative after adjustment: 01' '\001a' '' \
    -f u8,adjust=-2
refuses 3 'stdin: record 1 at byte 0: length is negative after adjustment: 01' '\001a' '' \
    -f varint,adjust=-2
refuses 3 'stdin: record 1 at byte 0: length has more than ten bytes: 80, at byte 9' \
    '\200\200\200\200\200\200\200\200\200\200\001' '' -f varint
refuses 3 'stdin: record 1 at byte 0: length does not fit in 64 bits: 02, at byte 9' \
    '\200\200\200\200\200\200\200\200\200\002a' '' -f varint
refuses 3 'stdin: record 2 at byte 4: payload is not followed by its trailer: 0d 78, at byte 6' \
    '\001a\r\n\001b\rx' 'a\nb' -f 'u8,trailer=\r\n'

about '6: a record that the output cannot represent'

refuses 6 'stdin: record 3 at byte 4: an empty record would be the last chunk' 'a\nb\n\nc\n' \
    '1\r\na\r\n1\r\nb\r\n' -t chunked
refuses 6 'stdin: record 2 at byte 4: 2 bytes cannot fill a record of 3 (pad=BYTE pads it)' \
    'abc\nde\nfgh\n' 'abc' -t fixed:3
refuses 6 'stdin: record 2 at byte 4: 4 bytes do not fit in a record of 3' 'abc\ndefg\n' 'abc' \
    -t fixed:3,pad=.
long=$(printf '%0256d' 0)
refuses 6 'stdin: record 2 at byte 2: a length of 256 does not fit in a length field of 0 to 255' \
    "a\\n$long\\nb\\n" '\001a' -t u8
refuses 6 'stdin: record 1 at byte 0: a length of 1 does not fit in a length field of 0 to 255' 'a\n' '' \
    -t u8,adjust=2
refuses 6 'stdin: record 2 at byte 3: a length of 1 does not fit in a length field of 0 to 18446744073709551615' 'ab\na\n' \
    '\000ab' -t varint,adjust=2

about 'however much of it has not left yet: long records, that are not copied'
{
    head -c 50000000 /dev/zero | tr '\0' x
    printf '\n\n'
} >in
run -t chunked
expect_message 'stdin: record 2 at byte 50000001: an empty record would be the last chunk'
expect_status 6
{
    printf '2faf080\r\n'
    head -c 50000000 in
    printf '\r\n'
} >expected
expect_same expected out

about 'whole before an error: written'

# In one read with it, and in reads of their own.
i=0
while [ $i -lt 5000 ]; do
    printf '100:%0100d,' $i
    i=$((i + 1))
done >good
sed 's/100://g' good | tr , '\n' >lines
{ cat good && printf '5:hell'; } >in
run -f netstring
expect_status 4
expect_message 'stdin: record 5001 at byte 525000: input ends inside a record: 1 byte of its '\
'payload is missing, at byte 525006'
printf hell >>lines
expect_same lines out
{ cat good && printf '05:hello,'; } >in
run -f netstring
expect_status 3
expect_message 'stdin: record 5001 at byte 525000: length has a leading zero: 35, at byte 525001'
sed 's/hell$//' lines | tr -d '\n' >expected
tr -d '\n' <out >joined
expect_same expected joined
run -f netstring -t u16be
expect_status 3
[ "$(wc -c <out)" -eq 510000 ] || fail "$doing: not all records before the error"
run -f netstring -c
expect_status 3
expect out '5000\n'

converse -f netstring -t line
send '1:a,2:bb,03:ccc,'
receive 'a\nbb\n'
ends 3 ''
expect_message 'stdin: record 3 at byte 9: length has a leading zero: 33, at byte 10'

about 'names of files'

printf '1:a,x' >bad
: >in
run -f netstring bad
expect_status 3
expect_message 'bad: record 2 at byte 4: length is not a number: 78'
printf '1:b,' >in
printf '1:a,1:b,' >good
# Each input has its own records and bytes.
run -f netstring good - bad good
expect_status 3
expect_message 'bad: record 2 at byte 4: length is not a number: 78'
expect out 'a\nb\nb\na\n'
run -f netstring -t chunked good ./bad
expect_status 3
expect_message './bad: record 2 at byte 4: length is not a number: 78'
# A body that is not whole has no end.
expect out '1\r\na\r\n1\r\nb\r\n1\r\na\r\n'

# Nor does a message depend on how the input comes, or on what follows the fault:
# at_once_and_in_parts FRAMING REST PART...
at_once_and_in_parts() {
    framing=$1
    rest=$2
    shift 2
    { printf -- "$(printf %s "$@")" && printf -- "$rest"; } >in
    run -f "$framing"
    mv err said
    converse -f "$framing" -t none
    for part; do
        send "$part"
    done
    ends 3 ''
    expect_same said err
}
at_once_and_in_parts chunked 'z\r\n' '1\r\na\r\n' z
at_once_and_in_parts netstring '1:a,' '1:a,2:ab' ';'
at_once_and_in_parts 'u8,trailer=xyz' ' more' '\001axyz\001bxy' Z
at_once_and_in_parts u32be,inclusive ' more' '\000\000' '\000\003'
at_once_and_in_parts http '\r\n' 'GET / HTTP/1.1\r\nContent-Length: x' '1\r\n'
at_once_and_in_parts websocket ' more' '\201\176\000' '\001'
at_once_and_in_parts resp '\r\n' '$2\r\nab' c

about 'names that a terminal would act on'

# complains_of STATUS MESSAGE ARG... - a name that holds LF and ESC is shown
# as a shell takes it, wherever it stands in the command line
complains_of() {
    wanted_status=$1
    message=$2
    shift 2
    : >in
    run "$@"
    expect_status "$wanted_status"
    head -n 1 err >first
    mv first err
    expect_message "$message"
}

name=$(printf 'no\nfile\033[31m')
shown="'no'\$'\\n''file'\$'\\033''[31m'"
complains_of 1 "$shown: No such file or directory" "$name"
printf 'x:a,' >"$name"
complains_of 3 "$shown: record 1 at byte 0: length is not a number: 78" -f netstring "$name"
rm "$name"
printf 'a\n' >lines
complains_of 1 "'no'\$'\\n''file'\$'\\033''[31m/1': No such file or directory" \
    -o "$name/%d" lines
complains_of 2 "--output: there is no conversion for the number, such as %06d, in $shown" \
    -o "$name" lines
complains_of 2 "--from: unknown framing 'no?file?[31m', at character 1 of $shown" -f "$name" lines
complains_of 2 "--to: unknown key 'a?', at character 6 of 'line,a'\$'\\033'" \
    -t "$(printf 'line,a\033')" lines
complains_of 2 "--from: unknown escape '\\?', at character 7 of 'delim:\\'\$'\\n''a'" \
    -f "$(printf 'delim:\\\na')" lines
complains_of 2 "--select: neither a number nor a range, at character 1 of $shown" \
    --select "$name" lines
complains_of 2 "--part: $shown is not K/N, such as 1/8" --part "$name" lines
complains_of 2 "--max-record: $shown is not a size of one byte or more, such as 4096 or 64K" \
    --max-record "$name" lines
complains_of 2 "--jobs: $shown is not a whole number from 1 to 65536" --exec cat -j "$name" lines
complains_of 2 "--skip: $shown is not a whole number" --skip "$name" lines
complains_of 2 "unknown option '--no'\$'\\n''file'\$'\\033''[31m'" "--$name"
complains_of 2 "unknown option '-'\$'\\033'" "$(printf -- '-\033')"

about 'one in UTF-8 is shown as it is; a control or a part of a character is not'
complains_of 1 "$(printf 'gr\303\266\303\237e'): No such file or directory" \
    "$(printf 'gr\303\266\303\237e')"
complains_of 1 "''\$'\\302\\233''31m': No such file or directory" "$(printf '\302\23331m')"
complains_of 1 "'a'\$'\\303': No such file or directory" "$(printf 'a\303')"
complains_of 1 "'': No such file or directory" ''
complains_of 1 "it's: No such file or directory" "it's"
complains_of 1 "'it'\\''s'\$'\\t': No such file or directory" "$(printf "it's\\t")"

about 'one is not many'
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 1 byte of its payload is missing, at byte 3' \
    '2:a' 'a' -f netstring -t raw
refuses 5 'stdin: record 1 at byte 0: record is longer than 1 byte' 'ab\n' 'a' --max-record=1
refuses 3 'stdin: record 1 at byte 0: zero byte in a block, 1 byte before its end: 00, at byte 2' \
    '\003a\000' 'a' -f cobs -t raw
refuses 6 'stdin: record 1 at byte 0: 1 byte cannot fill a record of 2 (pad=BYTE pads it)' 'a\n' '' \
    -t fixed:2
refuses 3 'stdin: record 1 at byte 0: length is not a number: 78; left out: 1 byte' 'x1:a,' 'a\n' \
    -f netstring --on-malformed=skip
yes 'x<a>' | head -n 11 | tr -d '\n' >in
run -f 'between:<,end=>' --on-malformed=skip
expect_status 3
tail -n 1 err | grep -qx 'cbsplit: 1 more damaged place; left out: 1 byte' || fail "$doing: $(cat err)"

about 'places count a byte order mark, however it comes'
outside=$CBSPLIT
find_preload
for cut in 1 2 3 4; do
    if [ -n "$preload" ]; then
        cat >in-cuts <<END
#!/bin/sh
LD_PRELOAD='$preload' FAIL_READ=$cut/1 exec '$outside' "\$@"
END
        chmod +x in-cuts
        CBSPLIT=./in-cuts
    fi
    refuses 3 'stdin: record 1 at byte 0: closing bracket without an opening one: 5d, at byte 3' \
        '\357\273\277]' '' -f json
    refuses 3 'stdin: record 1 at byte 0: name must be true, false or null: 78, at byte 5' \
        '\357\273\277 tx' 't' -f ndjson -t raw
    refuses 3 'stdin: record 1 at byte 0: value is not followed by the end of its line: 2c, at byte 4' \
        '[1] ,\n' '' -f ndjson -t none
    refuses 3 'stdin: record 1 at byte 0: line has more than one value: 32, at byte 2' \
        '1 2\n' '' -f ndjson -t none
    refuses 3 'stdin: record 1 at byte 0: incomplete byte order mark: 78, at byte 2' '\357\273x' '' -f json
    gives '\357\273\277[1]' '1\t3\t3\n' -f json -t index
    CBSPLIT=$outside
done
