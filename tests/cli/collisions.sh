#!/bin/sh
# SPDX-License-Identifier: MIT
# --on-collision=fail: a record with the output's own delimiter in it ends the
# run with status 6 and is named with the byte; those before it are written.
. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# collides RECORD START AT INPUT OUTPUT ARG... - a delimiter at byte AT, in a record that
# begins at byte START
collides() {
    message=$(fault "$1" "$2" "$3" 'the record contains the output delimiter')
    shift 3
    refuses 6 "stdin: $message" "$@" --on-collision=fail
}

collides 2 2 3 'a\000b\nc\000d\000' 'a\n' -f nul
collides 2 2 3 'a\000b\nc\000d\000' 'a\n' -f nul -t lf
collides 1 0 3 '4:a\000bc,' '' -f netstring -0
collides 1 0 4 '5:ab;;c,' '' -f netstring -t 'delim:;;'
refuses 6 'stdin: record 3 at byte 6: the record ends in CR, which would join the line end, at byte 7' \
    'a\000b\rc\000d\r\000' 'a\nb\rc\n' -f nul --on-collision=fail

about 'by default it passes, and so does what is none'
gives 'a\000b\nc\000' 'a\nb\nc\n' -f nul
gives 'a\000b\nc\000' 'a\nb\nc\n' -f nul --on-collision=pass
gives 'a\nb\r\n' 'a;b\r;' -f lf -t 'delim:;' --on-collision=fail
gives 'a\nb\n' '1:a,1:b,' -t netstring --on-collision=fail

about 'in a record that comes in pieces: the delimiter lies over two reads'
converse -f nul -t 'delim:ab' --on-collision=fail
send 'x\000ya'
receive 'xabya'
send 'bz\000'
ends 6 ''
expect_message "stdin: record 2 at byte 2: the record contains the output delimiter, at byte 3"

# A JSON text sequence: what would not be read back as the one text that it is.
# seq_refuses AT TEXT INPUT
seq_refuses() {
    refuses 6 "stdin: $(fault 1 0 "$1" "$2")" "$3" '' -f nul -t json-seq --on-collision=fail
}
seq_refuses 2 'the record contains RS (1e), which begins the next text' \
    '[1\036]\000'
seq_refuses 3 'the record continues after a complete JSON value' \
    '[1]\n[2]\000'
seq_refuses 0 'a reader would drop white space before a JSON text' ' 1\000'
seq_refuses 0 'a reader would drop an empty record' '\000'
seq_refuses 4 'a bracket or string is not closed' '["1\n\000'
seq_refuses 3 'the record continues after a complete JSON value' '"\n" \000'
printf '[1,\n2]\000"\n"\0003\000' >texts
"$CBSPLIT" -f nul -t json-seq --on-collision=fail <texts >sequence
"$CBSPLIT" -f json-seq -t nul <sequence >found
expect_same texts found

about 'in pieces: what stands in brackets or a string, and what does not'
converse -f nul -t json-seq --on-collision=fail
send '["'
receive '\036["'
send '\n"\n'
receive '\n"\n'
send '],\n'
ends 6 ''
expect_message 'stdin: record 1 at byte 0: the record continues after a complete JSON value, at byte 6'

# Of a collision and a fault of the input the one that comes first is reported,
# however the input comes.
refuses 6 "stdin: record 1 at byte 0: the record contains the output delimiter, at byte 2" '\002a\nY' '' \
    -f u8,trailer=x --on-collision=fail
converse -f u8,trailer=x --on-collision=fail
send '\002a\n'
ends 6 ''
refuses 3 'stdin: record 1 at byte 0: payload is not followed by its trailer: 59, at byte 3' '\002abY\001\nx' ab \
    -f u8,trailer=x --on-collision=fail
refuses 6 "stdin: record 1 at byte 0: the record contains the output delimiter, at byte 1" 'a;cd\n' '' \
    -t 'delim:;' --max-record=3 --on-collision=fail
refuses 5 'stdin: record 1 at byte 0: record is longer than 3 bytes' 'abcd;\n' abc \
    -t 'delim:;' --max-record=3 --on-collision=fail

about 'a text of json-seq that is not closed: where it ends, however it comes'

# ends_at BYTE WHAT STATUS INPUT ARG... - what came of it before may be there, or not
ends_at() {
    message="stdin: record 1 at byte 0: $2, at byte $1"
    wanted_status=$3
    printf -- "$4" >in
    shift 4
    # shellcheck disable=SC2016
    limits='export LD_PRELOAD="${preload-}" FAIL_READ=$cut/1' slowly=
    for cut in 1 2 3 4 65536; do
        doing="cbsplit $*, $cut bytes at a time"
        run_limited "$@"
        expect_status "$wanted_status"
        expect_message "$message"
    done
}
[ -n "${SANITIZERS-}" ] || [ ! -e "${PRELOAD:-$TOP_BUILDDIR/tests/.libs/preload.so}" ] || need_preload
open='a bracket or string is not closed'
ends_at 4 "$open" 6 '[1,2\r\n' -f line -t json-seq --on-collision=fail
ends_at 6 "$open" 6 '4:"abc,' -f netstring -t json-seq --on-collision=fail
ends_at 5 'RS (1e) cuts a text short' 4 '\036[1,2\036[]\n' -f json-seq -t raw
