#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A framing that cannot be is refused with exit status 2, and the message
# names the place where it goes wrong.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# wrong_spec OPTION SPECIFICATION MESSAGE COLUMN [MEANT] - of the character at which it
# goes wrong; COLUMN counts from 1, in SPECIFICATION; MEANT is what is proposed
wrong_spec() {
    wrong "$1: $3, at character $4 of '$2'${5:+; did you mean $5?}" "$1=$2"
}

# The same for input and for output.
wrong_both() {
    wrong_spec --from "$@"
    wrong_spec --to "$@"
}

about 'names'

wrong_both '' 'the name of the framing is missing' 1
wrong_both ':x' 'the name of the framing is missing' 1
wrong_both ',keep' 'the name of the framing is missing' 1
wrong_both lines "unknown framing 'lines'" 1 "'line'"
wrong_both Line "unknown framing 'Line'" 1 "'line'"
wrong_both 'line ' "unknown framing 'line '" 1 "'line'"
wrong_both 'u12be:3,x' "unknown framing 'u12be'" 1 "'u16be' or 'u32be'"
wrong_both u16 "unknown framing 'u16'" 1 "'u16be' or 'u16le'"
wrong_both u32 "unknown framing 'u32'" 1 "'u32be' or 'u32le'"
wrong_both u8be "unknown framing 'u8be'" 1 "'u8'"
wrong_spec --from line,fld "unknown key 'fld'" 6 "'fold'"
wrong_both chunkd "unknown framing 'chunkd'" 1 "'chunked'"
wrong_both netsrting:x "unknown framing 'netsrting'" 1 "'netstring'"
# Nothing is near.
wrong_both frob "unknown framing 'frob'" 1
wrong_both x "unknown framing 'x'" 1
# A word of any length is compared in little time.
long=$(printf '%02000d' 0)
echo record >in
run -f "$long"
expect_status 2

about 'names that others have'
wrong_spec --from jsonl "unknown framing 'jsonl'" 1 "'ndjson'"
wrong_spec --from fastq "unknown framing 'fastq'" 1 "'line'"
wrong_spec --from fasta "unknown framing 'fasta'" 1 "'start'"
wrong_spec --from mbox "unknown framing 'mbox'" 1 "'start'"
wrong_spec --from pcap-ng "unknown framing 'pcap-ng'" 1 "'pcapng'"
wrong_spec --from redis "unknown framing 'redis'" 1 "'resp'"
wrong_both protobuf "unknown framing 'protobuf'" 1 "'varint'"
wrong_both lsp "unknown framing 'lsp'" 1 "'content-length'"
wrong_spec --explain ssl "unknown framing 'ssl'" 1 "'tls'"
run --list
for words in 'varint .*Protocol Buffers' 'content-length .*LSP' 'resp .*Redis'; do
    grep -q "^ *$words" out || fail "--list: not in it: $words"
done
# One that cannot be used in this direction is not proposed.
wrong_spec --to csw "unknown framing 'csw'" 1
wrong_spec --from csw "unknown framing 'csw'" 1 "'csv'"
wrong_spec --from raw "'raw' is only valid for output" 1
wrong_spec --from none "'none' is only valid for output" 1
# A name that is one framing for input and another for output.
wrong_both json,frob "unknown key 'frob'" 6
wrong_both json:x "'json' takes no argument" 6
wrong_spec --to json,keep "'keep' is only valid for input" 6

about 'keys and values'

wrong_both line,frob "unknown key 'frob'" 6
wrong_both u16be,offset=2,frob=3 "unknown key 'frob'" 16
wrong_both u16be,Offset=2 "unknown key 'Offset'" 7 "'offset'"
wrong_both line,skipempty "unknown key 'skipempty'" 6 "'skip-empty'"
wrong_spec --from line,kep "unknown key 'kep'" 6 "'keep'"
wrong_spec --to line,kep "unknown key 'kep'" 6
wrong_spec --to docker,led=x "unknown key 'led'" 8 "'lead'"
wrong_spec --from docker,led=x "unknown key 'led'" 8
wrong_both line, 'expected a key' 6

# comma OPTION SPECIFICATION MESSAGE COLUMN - a comma in a value, without its escape
comma() {
    wrong "$1: $3, at character $4 of '$2'; write '\\,' for a comma in a value" "$1=$2"
}
comma --to 'delim:x,,or=y' 'expected a key' 9
comma --from delim:, 'expected a key' 8
comma --from 'delim:, ' 'the argument is empty' 7
comma --from delim:a,b "unknown key 'b'" 9
comma --from 'delim:;,or=,' 'expected a key' 13
comma --from csv,sep=, 'expected a key' 10
comma --from 'between:[,end=,]' 'the end is empty' 11
comma --from 'start:a, ,line' "unknown key ' '" 9
wrong_both fixed:3,x "unknown key 'x'" 9
wrong_both line,,x 'expected a key' 6
wrong_both line,=x 'expected a key' 6
wrong_both u16be,offset=1,offset=1 "'offset' is given twice" 16
wrong_both line,skip-empty,skip-empty "'skip-empty' is given twice" 17
wrong_both u16be,inclusive=yes "'inclusive' takes no value" 7
wrong_both u16be,offset "'offset' needs a value" 7
wrong_both u16be,offset= 'the offset is not a decimal number' 7
wrong_both u16be,offset=x 'the offset is not a decimal number' 7
wrong_both u16be,offset=-1 'the offset is not a decimal number' 7
wrong_both u16be,offset=1K 'the offset is not a decimal number' 7
wrong_both u16be,offset=18446744073709551616 'the offset is too large; the largest is 18446744073709551615' 7
wrong_both u16be,adjust=x 'the adjust is not a whole number' 7
wrong_both u16be,adjust=+-1 'the adjust is not a whole number' 7
wrong_both u16be,adjust=9223372036854775808 'the adjust is too large; the largest is 9223372036854775807' 7
wrong_both u16be,adjust=-9223372036854775808 'the adjust is too small; the smallest is -9223372036854775807' 7
wrong_both u16be,header=18446744073709551615 'the header is longer than 4096' 7
wrong_both u64be,more=18446744073709551615 'the more is not less than 2^64 - 1' 7
wrong_both dec,digits=18446744073709551615 'a length cannot have that many digits' 5
wrong_both dec,digits=4,max=18446744073709551615 "the max does not fit in 'digits' digits" 14
wrong_both u16be,header=1 'the header ends before the length field, at 2' 7
wrong_both u16be,offset=3,header=4 'the header ends before the length field, at 5' 16
wrong_both u16be,trailer= 'the trailer is empty' 7
wrong_spec --from u16be,padding=2 'the padding byte, at 2, is outside the header' 7
wrong_spec --from u16be,offset=1,padding=2 'the padding byte, at 2, is in the length field' 16
wrong_spec --to u16be,offset=1,lead=ab 'the lead is longer than the offset, 1' 16
wrong_spec --to varint,lead=a 'the lead is longer than the offset, 0' 8
wrong_both u8,max=256 'the max is greater than a length field can be, 255' 4
wrong_both u8,scale=0 'the scale is 0' 4
wrong_both u8,scale=-1 'the scale is not a decimal number' 4
wrong_both u8,scale=4,adjust=-1021 'no length is valid after this adjustment' 12
wrong_both varint,align=0 'the align must be from 1 to 2147483647' 8
wrong_both u8,align=2147483648 'the align must be from 1 to 2147483647' 4
wrong_spec --from u8,header=2,padding=1,align=4 "'align' and 'padding' cannot be combined" 23
wrong_both u8,more=256 'the more does not fit in the length field' 4
wrong_both u8,more=0 'the more is not greater than the min' 4
wrong_both u8,more=3,max=4 "'more' and 'max' cannot be combined" 11
wrong_both u8,more=3,align=4 "'more' and 'align' cannot be combined" 4
wrong_both 'u8,trailer=;,more=3' "'more' and 'trailer' cannot be combined" 14
wrong_spec --from u8,header=2,padding=1,more=3 "'more' and 'padding' cannot be combined" 23
wrong_both u8,adjust=-3,more=3 'no length ends a record after this adjustment' 14
wrong_both u8,header=2,sequence=1 "'sequence' needs 'more'" 13
wrong_both u8,more=9,sequence=1 'the sequence byte, at 1, is outside the header' 11
wrong_both u8,more=9,sequence=0 'the sequence byte, at 0, is in the length field' 11
wrong_both mysql,max=9 "'more' and 'max' cannot be combined" 7
wrong_both vlq,max-width=11 'the max-width must be from 1 to 10' 5
wrong_both quic,max-width=9 'the max-width must be from 1 to 8' 6
wrong_both quic,max=4611686018427387904 'the max is greater than a length field can be, 4611686018427387903' 6
wrong_both varint,canonical=1 "'canonical' takes no value" 8
wrong_both u8,min=2,max=1 'the min is greater than the max' 4
wrong_both varint,offset=1,header=1 'the header ends before the length field, at 2' 17
wrong_both varint,max-width=11 'the max-width must be from 1 to 10' 8
wrong_both line:x "'line' takes no argument" 6
wrong_both u16be:2 "'u16be' takes no argument" 7
wrong_both chunked:x "'chunked' takes no argument" 9
wrong_both 'netstring:x' "'netstring' takes no argument" 11
wrong_both 'crlf,or=x' "unknown key 'or'" 6
wrong_spec --to line,keep "'keep' is only valid for input" 6
wrong_spec --from line,keep=yes "'keep' takes no value" 6
wrong_spec --from line,keep,keep "'keep' is given twice" 11
wrong_spec --to raw,keep "'keep' is only valid for input" 5

about 'keys for one direction only'

for to in chunked,lf chunked,pad content-length,lf sse,data websocket,data u8,byte=0:1 u8,only=0:1 \
    varint,byte=0:1 varint,only=0:1 fixed:3,byte=0:1 fixed:3,only=0:1 u8,header=2,padding=1 bson,keep; do
    key=${to##*,}
    wrong_spec --to "$to" "'${key%%=*}' is only valid for input" $((${#to} - ${#key} + 1))
done
for from in fixed:3,pad=x u8,offset=1,lead=x varint,offset=1,lead=x fcgi,lead=x docker,lead=x \
    websocket,text websocket,mask; do
    key=${from##*,}
    wrong_spec --from "$from" "'${key%%=*}' is only valid for output" $((${#from} - ${#key} + 1))
done

about 'byte, only'

rule="needs an offset and hexadecimal bytes, as in '0:00-02|ff'"
for bad in 0 0: :0 x:0 -1:0 0:g 0:000 0:0- 0:2-1 '0:0|' '0:|0' '0:0 ' 0x0:0; do
    wrong_spec --from "u8,byte=$bad" "'byte' $rule" 4
    wrong_spec --from "fixed:3,only=$bad" "'only' $rule" 9
done
wrong_spec --from u8,byte=0:1,byte=1:1 'byte 1 is outside the 1-byte header' 13
wrong_spec --from fixed:3,byte=3:1 'byte 3 is outside the 3-byte record' 9
wrong_spec --from varint,offset=1,header=4,only=2:1 'byte 2 is outside the 2-byte fixed part of the header' 26
wrong_spec --from docker,only=8:1 'byte 8 is outside the 8-byte header' 8
wrong_spec --to 'docker,lead=\x07' 'byte 0 of the lead is not one of 00-03' 8
wrong_spec --to 'tls,lead=\x17\x02' 'byte 1 of the lead is not 03' 5
rules=$(printf ',byte=0:%x' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)
wrong_spec --from "u8$rules" "there are more than 16 'byte' and 'only' rules" 149

about 'arguments'

wrong_both delim "'delim' needs a delimiter, as in 'delim:;'" 6
wrong_both delim: 'the argument is empty' 7
wrong_both 'delim:x,or=' 'the or is empty' 9
wrong_both delim,or=x "'delim' needs a delimiter, as in 'delim:;'" 6
wrong_both fixed "'fixed' needs a size of one byte or more, as in 'fixed:188'" 6
wrong_both fixed: 'the argument is not a decimal number' 7
wrong_both fixed:0 "'fixed' needs a size of one byte or more, as in 'fixed:188'" 7
wrong_both fixed:4x 'the argument is not a decimal number' 7
wrong_spec --to fixed:4,pad= 'the pad is not one byte' 9
wrong_spec --to fixed:4,pad=ab 'the pad is not one byte' 9
wrong_both dec:7 'the terminator begins with a digit' 5
wrong_both hex:f 'the terminator begins with a digit' 5
wrong_both dec: 'the argument is empty' 5
wrong_both dec,digits=0 'a length cannot have that many digits' 5
wrong_both hex,digits=17 'a length cannot have that many digits' 5
wrong_both 'dec:;,digits=2' "a terminator and 'digits' cannot be combined" 7
wrong_both dec,canonical,digits=2 "'canonical' and 'digits' cannot be combined" 5
wrong_both dec,inclusive "'inclusive' needs 'digits'" 5
wrong_both dec,control=1 "'control' needs 'digits'" 5
wrong_both dec,min=2,max=1 'the min is greater than the max' 5
wrong_both hex,digits=4,control=1,min=1 "'min' and 'control' cannot be combined" 24
wrong_both dec,digits=2,max=100 "the max does not fit in 'digits' digits" 14
wrong_both hex,digits=4,inclusive,max=3 'the max is less than the header alone' 24
wrong_both hex,digits=4,max=9,control=10 'the control is greater than the max' 20
wrong_both hex,digits=4,control=1,trailer=x "'trailer' and 'control' cannot be combined" 24
for byte in '\n' '\r' '"'; do
    wrong_spec --from "csv,sep=$byte" 'the sep must not be LF, CR or a quote' 5
done

about 'escapes'

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
wrong_spec --explain lines "unknown framing 'lines'" 1 "'line'"
wrong_spec --explain line,frob "unknown key 'frob'" 6
wrong_spec --explain raw,frob "unknown key 'frob'" 5

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
# A key that the preset has set cannot be given again, or the
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

about 'what is explained is valid, whatever keys are given'
argument() {
    case $1 in
    delim | start) echo "$1:x" ;;
    between) echo 'between:<,end=>' ;;
    fixed) echo fixed:9 ;;
    *) echo "$1" ;;
    esac
}

# valid DIRECTION SPECIFICATION - there is no usage error in this direction
valid() {
    case $1 in
    in) run -n 0 -f "$2" -t none ;;
    out) run -n 0 -t "$2" ;;
    esac
    [ "$status" != 2 ]
}

"$CBSPLIT" --list | awk '{ print $1 }' | sort -u >names
while read -r name; do
    bare=$(argument "$name")
    "$CBSPLIT" --list="$name" | awk '$1 !~ /^(.*=|:)$/ { print "," $1 }
        $1 == "lead=" { print ",lead=d" } $1 == "byte=" { print ",byte=0:30-7a" }' >keys
    echo >>keys
    while read -r key; do
        run --explain="$bare$key"
        [ "$status" = 0 ] || continue # the key needs another one
        doing="--explain=$bare$key"
        mv out explained
        # Each direction in which it is valid has a line, and no other one.
        for direction in in out; do
            from_to=from
            [ $direction = in ] || from_to=to
            text=$(sed -n "/^--/!p; s/^--$from_to //p" explained)
            if valid $direction "$bare$key"; then
                valid $direction "$text" || fail "$doing: '$text' is not valid: $(cat err)"
            elif grep -q '^--' explained; then
                fail "$doing: it is not valid for $direction"
            fi
        done
    done <keys
done <names
