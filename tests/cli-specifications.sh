#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A framing that cannot be is refused with exit status 2, and the message
# names the place where it goes wrong.

. "${TOP_SRCDIR:-$(dirname "$0")/..}/tests/cli.sh"

# wrong OPTION SPECIFICATION MESSAGE COLUMN - of the character at which it
# goes wrong; COLUMN counts from 1, in SPECIFICATION
wrong() {
    echo record >in
    run "$1=$2"
    expect_status 2
    expect out ''
    printf "cbsplit: %s: %s, at character %d of '%s'\n" "$1" "$3" "$4" "$2" >message
    printf "Try 'cbsplit --help' for more information.\n" >>message
    expect_same message err
}

# The same for input and for output.
wrong_both() {
    wrong --from "$@"
    wrong --to "$@"
}

# ---------------------------------------------------------------------- names

wrong_both '' 'a framing must be named' 1
wrong_both ':x' 'a framing must be named' 1
wrong_both ',keep' 'a framing must be named' 1
wrong_both lines "unknown framing 'lines'" 1
wrong_both Line "unknown framing 'Line'" 1
wrong_both 'line ' "unknown framing 'line '" 1
wrong_both 'u12be:3,x' "unknown framing 'u12be'" 1
wrong_both u16 "unknown framing 'u16'" 1
wrong_both u8be "unknown framing 'u8be'" 1
wrong --from raw "'raw' is for output only" 1
wrong --from none "'none' is for output only" 1
# A name that is one framing for input and another for output.
wrong_both json,frob "unknown key 'frob'" 6
wrong_both json:x "'json' takes no argument" 6
wrong --to json,keep "'keep' is for the input framing" 6

# ----------------------------------------------------------- keys and values

wrong_both line,frob "unknown key 'frob'" 6
wrong_both u16be,offset=2,frob=3 "unknown key 'frob'" 16
wrong_both u16be,Offset=2 "unknown key 'Offset'" 7
wrong_both line, 'a key is expected' 6
wrong_both 'delim:x,,or=y' 'a key is expected' 9
wrong_both line,=x 'a key is expected' 6
wrong_both u16be,offset=1,offset=1 "'offset' is given twice" 16
wrong_both line,skip-empty,skip-empty "'skip-empty' is given twice" 17
wrong_both u16be,inclusive=yes "'inclusive' takes no value" 7
wrong_both u16be,offset "'offset' needs a value" 7
wrong_both u16be,offset= 'the offset is not a number of bytes' 7
wrong_both u16be,offset=x 'the offset is not a number of bytes' 7
wrong_both u16be,offset=-1 'the offset is not a number of bytes' 7
wrong_both u16be,offset=1K 'the offset is not a number of bytes' 7
wrong_both u16be,offset=18446744073709551616 'the offset is not a number of bytes' 7
wrong_both u16be,adjust=x 'the adjust is not a whole number' 7
wrong_both u16be,adjust=+-1 'the adjust is not a whole number' 7
wrong_both u16be,adjust=9223372036854775808 'the adjust is not a whole number' 7
wrong_both u16be,header=1 'the header ends before the length field does, at 2' 7
wrong_both u16be,offset=3,header=4 'the header ends before the length field does, at 5' 16
wrong_both u16be,trailer= 'the trailer is empty' 7
wrong_both u16be,padding=2 'the byte that tells the padding, at 2, is not in the header' 7
wrong_both u16be,offset=1,padding=2 'the byte that tells the padding, at 2, is in the length field' 16
wrong_both u16be,offset=2,lead=ab,padding=1 'the byte that tells the padding, at 1, is in the lead' 24
wrong_both u16be,offset=1,lead=ab 'the lead is longer than the offset, 1' 16
wrong_both varint,lead=a 'the lead is longer than the offset, 0' 8
wrong_both line:x "'line' takes no argument" 6
wrong_both u16be:2 "'u16be' takes no argument" 7
wrong_both chunked:x "'chunked' takes no argument" 9
wrong_both 'netstring:x' "'netstring' takes no argument" 11
wrong_both 'crlf,or=x' "unknown key 'or'" 6
wrong --to line,keep "'keep' is for the input framing" 6
wrong --from line,keep=yes "'keep' takes no value" 6
wrong --from line,keep,keep "'keep' is given twice" 11
wrong --to raw,keep "'keep' is for the input framing" 5

# ---------------------------------------------------------------- arguments

wrong_both delim "'delim' needs a delimiter, as in 'delim:;'" 6
wrong_both delim: 'the argument is empty' 7
wrong_both 'delim:x,or=' 'the or is empty' 9
wrong_both delim,or=x "'delim' needs a delimiter, as in 'delim:;'" 6
wrong_both fixed "'fixed' needs a size of one byte or more, as in 'fixed:188'" 6
wrong_both fixed: 'the argument is not a number of bytes' 7
wrong_both fixed:0 "'fixed' needs a size of one byte or more, as in 'fixed:188'" 7
wrong_both fixed:4x 'the argument is not a number of bytes' 7
wrong_both fixed:4,pad= 'the pad is not one byte' 9
wrong_both fixed:4,pad=ab 'the pad is not one byte' 9
wrong_both dec:7 'the terminator begins with a digit' 5
wrong_both hex:f 'the terminator begins with a digit' 5
wrong_both dec: 'the argument is empty' 5
wrong_both dec,digits=0 'no length has so many digits' 5
wrong_both hex,digits=17 'no length has so many digits' 5
wrong_both 'dec:;,digits=2' "a terminator and 'digits' exclude each other" 7
wrong_both dec,canonical,digits=2 "'canonical' and 'digits' exclude each other" 5
wrong_both dec,inclusive "'inclusive' needs 'digits'" 5
wrong_both dec,control=1 "'control' needs 'digits'" 5
wrong_both dec,max=1 "'max' needs 'digits'" 5
wrong_both dec,digits=2,max=100 'the max has more digits than there are' 14
wrong_both hex,digits=4,inclusive,max=3 'the max is less than the header alone' 24
wrong_both hex,digits=4,max=9,control=10 'the control is more than the max' 20
wrong_both hex,digits=4,control=1,trailer=x "'trailer' and 'control' exclude each other" 24
for byte in '\n' '\r' '"'; do
    wrong --from "csv,sep=$byte" 'the sep is LF, CR or a quote' 5
done

# -------------------------------------------------------------------- escapes

wrong_both 'delim:a\q' "unknown escape '\\q'" 8
wrong_both 'delim:\"' "unknown escape '\\\"'" 7
wrong_both 'delim:\N' "unknown escape '\\N'" 7
wrong_both 'delim:\1' "unknown escape '\\1'" 7
wrong_both 'delim:\x' '\x is not followed by two hex digits' 7
wrong_both 'delim:ab\xa' '\x is not followed by two hex digits' 9
wrong_both 'delim:\x0g' '\x is not followed by two hex digits' 7
wrong_both 'delim:\x,or=b' '\x is not followed by two hex digits' 7
wrong_both 'delim:a\' "nothing follows the last '\\'" 8
wrong_both 'u8,trailer=\z' "unknown escape '\\z'" 12

# --explain takes what is right in one direction at least.
wrong --explain lines "unknown framing 'lines'" 1
wrong --explain line,frob "unknown key 'frob'" 6
wrong --explain raw,frob "unknown key 'frob'" 5

# ------------------------------------------------------------------- --delim

# names_place TEXT ARG... - the message is about --delim, and TEXT is in it
names_place() {
    text=$1
    shift
    echo record >in
    run "$@"
    expect_status 2
    expect out ''
    head -n 1 err | grep -q '^cbsplit: --delim: .*, at character [0-9]* of ' || {
        cat err
        fail "$doing: no place in the message"
    }
    grep -qF -e "$text" err || {
        cat err
        fail "$doing: not said: $text"
    }
}
names_place "unknown escape '\\q'" -d 'a\q'
names_place "unknown escape '\\q'" -d ';' -d 'a,\q'
names_place '\x is not followed by two hex digits' -d '\x1'
names_place "nothing follows the last '\\'" -d 'a\'
names_place "nothing follows the last '\\'" -d ';' -d 'a\'
names_place "nothing follows the last '\\'" -d 'a\' -d ';'

# --------------------------------------------- an explanation can be given back

# What a preset stands for, with more keys, is itself a framing.
for framing in lf,skip-empty nul,keep netstring,keep; do
    run --explain="$framing"
    expect_status 0
    generic=$(cat out)
    : >in
    run --from="$generic"
    expect_message ''
    expect_status 0
done
# A key that the preset has said already cannot be said again, or the
# explanation has it once.
for framing in netstring,trailer=x netstring,canonical; do
    run --explain="$framing"
    [ "$status" -ne 2 ] || continue
    generic=$(cat out)
    : >in
    run --from="$generic"
    expect_message ''
    expect_status 0
done
