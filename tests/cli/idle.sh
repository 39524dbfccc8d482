#!/bin/sh
# SPDX-License-Identifier: MIT
#
# With --idle a record that only what follows would end is out when nothing
# follows for so long; no other record is cut.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# pauses FIRST RECORD SECOND RECORD ARG... - records that come out, as netstrings, though
# nothing comes after them
pauses() {
    first=$1
    first_record=$2
    second=$3
    second_record=$4
    shift 4
    converse "$@" -t netstring --idle=0.02
    send "$first"
    receive "$first_record"
    send "$second"
    receive "$second_record"
    ends 0 ''
}

pauses '>a\nb\n' '5:>a\nb\n,' '>c\n' '3:>c\n,' -f 'start:>,line'
pauses '>a\nb\n' '5:>a\nb\n,' 'c\n' '2:c\n,' -f 'start:>,line' # it begins a record
pauses 'From a\n\nb\n\n' '11:From a\n\nb\n\n,' 'From c\n\n' '8:From c\n\n,' -f 'start:From ,blank'
pauses 'a\n b\n' '4:a\n b,' 'c\n' '1:c,' -f line,fold
pauses 'a\n\n\n' '1:a,' '\nb\nc\n\n' '3:b\nc,' -f paragraph
pauses '1' '1:1,' '2' '1:2,' -f json
pauses 'a\r' '2:a\r,' 'b\r\n' '3:b\r\n,' -f 'delim:\r,or=\r\n,keep'
# A complete one is out, an unfinished one is not.
pauses 'a\nb' '1:a,' 'c\n' '2:bc,'
pauses 'a\nb' '1:a,' 'c\n' '2:bc,' -f line,fold
pauses '1:a,2:' '1:a,' 'bc,' '2:bc,' -f netstring
pauses '[1,' '' '2]' '5:[1,2],' -f json

about 'what comes in time belongs to the record'
converse -f 'start:>,line' -t netstring --idle=18446744073.5
send '>a\n'
send 'b\n'
send '>c\n'
receive '5:>a\nb\n,'
ends 0 '3:>c\n,'

about 'records that are streamed, selected, counted or damaged'
pauses '>a\n>b\n' '3:>b\n,' '>c\n' '3:>c\n,' -f 'start:>,line' --select=2-
converse -f 'start:>,line' --idle=0.02 --head=2
send '>a\n>b\n'
finishes 0
converse -f 'start:>,line' --idle=0.02 -t raw --head=1
send '>a\n'
receive '>a\n'
finishes 0
converse -f line,fold --idle=0.02 --count
send 'a\n'
ends 0 '1\n'
converse -f json-seq,keep --idle=0.02 --on-malformed=skip
send '\036[]'
receive '\036[]\n'
send '\036}'
send '\036{}'
receive '\036{}\n'
ends 3 ''

about 'a file has no pauses'
gives '>a\nb\n>c\n' '5:>a\nb\n,3:>c\n,' -f 'start:>,line' -t netstring --idle=0.000000001
"$CBSPLIT" -f 'start:>,line' -t netstring --idle=0.000000001 in >out
expect out '5:>a\nb\n,3:>c\n,'

about 'each destination'

converse -f 'start:>,line' --exec=cat --idle=0.02
send '>a\nb\n'
receive '>a\nb\n'
send '>c\n'
receive '>c\n'
ends 0 ''

converse -f line,fold --worker=cat -t netstring --idle=0.02 --stats
send 'a\n b\n'
receive '4:a\n b,'
send 'c\n'
receive '1:c,'
ends 0 ''

about 'while a command that was given records does not read them'
mkfifo go
converse -f line,fold --exec='read -r _ <go; cat' --idle=0.02
send 'a\n'
send 'b\n'
echo >go
receive a
echo >go
receive b
ends 0 ''

converse -f line,fold -o 'out-%d' --idle=0.02
send 'a\n b\n'
wait_for test -s out-1
send 'c\n'
wait_for test -s out-2
ends 0 ''
expect out-1 'a\n b'
expect out-2 c

about '--exact'

# What was looked at, and belongs to no record, is not in the way.
pauses 'a\r' '2:a\r,' 'b\r\n' '3:b\r\n,' --exact -f 'delim:\r,or=\r\n,keep'
pauses '>a\nb\n' '5:>a\nb\n,' '>c\n' '3:>c\n,' --exact -f 'start:>,line'
# And it is left.
need_peek
mkfifo exact
{ "$CBSPLIT" --exact -f 'delim:a,or=abc,keep' --idle=0.02 --head=1 -t raw >out; cat >rest; } <exact &
ours $!
exec 3>exact
printf xab >&3
wait_for test -s out
exec 3>&-
wait_for test -s rest
expect out xa
expect rest b
