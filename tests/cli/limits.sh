#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --max-record: a longer record is an error, with exit status 5 and its own
# beginning as the place; the records before it have been written, and of it
# nothing beyond the limit.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# too_long RECORD BYTE LIMIT INPUT OUTPUT ARG...
too_long() {
    what="stdin: record $1 at byte $2: record is longer than $3 byte$([ "$3" -eq 1 ] || echo s)"
    limit=$3
    shift 3
    refuses 5 "$what" "$@" --max-record="$limit"
}

too_long 1 0 3 'abcd\nxy\n' abc -f line
too_long 2 3 3 'xy\nabcd\nxy\n' 'xy\nabc' -f line
too_long 2 3 3 'xy\nabcd\nxy\n' 'xy\nabc' -f lf
too_long 2 3 3 'xy\nabcd\nxy\n' '2:xy,' -f lf -t netstring
too_long 2 3 3 'xy\nabcd\nxy\n' '1\n' -f lf -c
too_long 3 8 3 'xy\nabc\r\nabcd\r\n' 'xy\nabc\nabc' -f line
too_long 2 4 3 'xy--abcd--' 'xy\nabc' -d --
too_long 2 3 3 'xy;abcd|' 'xy\nabc' -d ';' -d '|'
too_long 1 0 3 'abcd' '' -f fixed:4
too_long 2 3 2 '\002ab\003abc' 'ab\n' -f u8
too_long 2 5 3 '2:ab,4:abcd,' 'ab\n' -f netstring
too_long 2 7 3 '2\r\nab\r\n4\r\nabcd\r\n0\r\n\r\n' 'ab' -f chunked
too_long 2 4 3 '2\nab4\nabcd' 'ab\n' -f dec
# A record that its end does not come for.
too_long 2 3 3 'xy\nabcd' 'xy\nabc' -f lf
too_long 2 3 3 'xy\nabcd' '2:xy,' -f lf -t netstring
too_long 2 3 3 'xy\nabcd' 'xy\n' -f lf --on-partial=drop
too_long 1 0 2 'ab-' 'ab' -d --
too_long 1 0 2 'ab\r' 'ab' -f line
# Only where there would be one: what may be a delimiter is no part of it.
gives 'ab-' '' -d -- --max-record=2 --on-partial=drop
gives 'ab--' 'ab\n' -d -- --max-record=2
gives 'ab\r\n' 'ab\n' -f line --max-record=2
# A length is a promise that is not waited for.
too_long 1 0 3 '4:' '' -f netstring
too_long 1 0 1048576 '\377\377\377\377' '' -f u32be

# With `keep` all of it counts.
too_long 2 5 5 '2:ab,3:abc,' '2:ab,' -f netstring,keep -t raw
gives '2:ab,3:abc,' '2:ab,3:abc,' -f netstring,keep -t raw --max-record=6
too_long 2 4 4 'ab\r\nabc\r\n' 'ab\r\nabc\r' -f line,keep -t raw
gives 'ab\r\nabc\r\n' 'ab\r\nabc\r\n' -f line,keep -t raw --max-record=5
too_long 2 3 3 '\002ab\003abc' '\002ab' -f u8,keep -t raw

# Records that are left out have a length too, those after the last wanted do
# not matter.
too_long 1 0 3 'abcd\nxy\n' '' -f line --skip=1
gives 'xy\nabcd\n' 'xy\n' -f line --head=1 --max-record=3

about 'every size has its own limit: at it, and one beyond'
for size in 1=1 7=7 1K=1024 2K=2048 1KB=1000 3KB=3000 1M=1048576 1MB=1000000; do
    bytes=${size#*=}
    size=${size%=*}
    { head -c "$bytes" /dev/zero && echo; } >in
    run --max-record=$size
    expect_status 0
    expect_same in out
    { head -c "$bytes" /dev/zero && printf '\000\n'; } >in
    run --max-record=$size -t u32be
    expect_status 5
    expect_message "stdin: record 1 at byte 0: record is longer than $bytes \
byte$([ "$bytes" -eq 1 ] || echo s)"
    expect out ''
done
gives 'a\n' 'a\n' --max-record=1G
gives 'a\n' 'a\n' --max-record=1GB
gives 'a\n' 'a\n' --max-record=18446744073709551615

about 'what came in pieces went out in pieces'
converse -f line --max-record=5
send 'ab\nabc'
receive 'ab\nabc'
send 'de'
receive 'de'
send 'f'
ends 5 ''
expect_message 'stdin: record 2 at byte 3: record is longer than 5 bytes'

about 'longer ones left out or cut, in pieces and whole, counted and not'
gives 'abc\nabcdefgh\nx\n' 'abc\nx\n' --max-record=3 --on-overflow=skip
gives 'abc\nabcdefgh\nx\n' 'abc\nabc\nx\n' --max-record=3 --on-overflow=truncate
gives 'abc\nabcdefgh\nx\n' '3:abc,3:abc,1:x,' --max-record=3 --on-overflow=truncate -t netstring
gives 'abc\nabcdefgh\nx\n' '2\n' --max-record=3 --on-overflow=skip -c
gives 'abc\nabcdefgh\nx\n' '3\n' --max-record=3 --on-overflow=truncate -c
gives 'abc\nabcdefgh\nx\ny\n' 'x\n' --max-record=3 --on-overflow=skip --skip=1 -n 1
gives '\003abc\005abcde\001x' '3:abc,3:abc,1:x,' -f u8 --max-record=3 --on-overflow=truncate -t netstring
gives '\003abc\005abcde\001x' '3:abc,1:x,' -f u8 --max-record=3 --on-overflow=skip -t netstring
# ... also when they are so long that the kernel would move them.
perl -e 'print pack("N/a*", "x" x 300000), pack("N/a*", "y" x 40000), pack("N/a*", "z")' >in
for way in file pipe; do
    for wanted in truncate skip; do
        [ $way = pipe ] || "$CBSPLIT" -f u32be -t u32be --max-record=64K --on-overflow=$wanted in >out
        [ $way = file ] || cat in | "$CBSPLIT" -f u32be -t u32be --max-record=64K --on-overflow=$wanted | cat >out
        perl -e 'print pack("N/a*", "x" x 65536) if $ARGV[0] eq "truncate"; print pack("N/a*", "y" x 40000), pack("N/a*", "z")' $wanted >expected
        expect_same expected out
    done
done

about 'a record that is cut ends when its frame does, and is found to be right'
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 2 bytes of its payload are missing, at byte 4' \
    '\005abc' '2:ab' -f u8 -t netstring --max-record=2 --on-overflow=truncate
refuses 3 'stdin: record 2 at byte 3: payload is not followed by its trailer: 59, at byte 7' '\001ax\003bcdY' \
    'a\nbc' -f u8,trailer=x --max-record=2 --on-overflow=truncate
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 2 bytes of its payload are missing, at byte 4' \
    '\005abc' '' -f u8 -o rec-%d --max-record=2 --on-overflow=truncate
[ ! -e rec-1 ] || fail "$doing: a record that is not whole has a file"
refuses 4 'stdin: record 1 at byte 0: input ends inside a record: 2 bytes of its payload are missing, at byte 4' \
    '\005abc' '' -f u8 -t json --max-record=2 --on-overflow=truncate
gives '\005abcde\001f' '2:ab,1:f,' -f u8 -t netstring --max-record=2 --on-overflow=truncate
gives 'abcde\nf\n' '2:ab,1:f,' -t netstring --max-record=2 --on-overflow=truncate
gives 'abcde\nf\n' '1\t0\t2\n2\t6\t1\n' -t index --max-record=2 --on-overflow=truncate
converse -f u8 --max-record=2 --on-overflow=truncate
send '\005ab'
receive ab
send cde
receive '\n'
ends 0 ''
