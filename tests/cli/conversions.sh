#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records go from any framing to any other and are the same: random ones, empty
# and binary ones included.  (What each framing looks like is for
# framings.sh.)

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

seed=${SEED:-20240229}
echo "SEED=$seed"

# records COUNT SHORTEST LONGEST KIND - netstrings; KIND is binary, text
# (lower-case letters and spaces) or digits
records() {
    awk -v seed="$seed" -v count="$1" -v from="$2" -v to="$3" -v kind="$4" 'BEGIN {
        srand(seed)
        while (count--) {
            n = from + int(rand() * (to - from + 1))
            if (rand() < 0.2)
                n = from
            printf "%d:", n
            while (n--)
                if (kind == "binary")
                    printf "%c", int(rand() * 256)
                else
                    printf "%c", (rand() < 0.1 ? 32 : 97 + int(rand() * 26))
            printf ","
        }
    }'
}

# The records of a set can be represented in all framings of a kind: "any" in those with
# lengths, "nonempty" in those, chunked, slip, hdlc and octet, and "text" in those with
# delimiters or lines as well; "fixed" in all, those included that have a least
# length.
records 60 0 255 binary >any.netstring
records 60 1 255 binary >nonempty.netstring
records 60 0 255 text >text.netstring
records 60 1 255 text >nonempty-text.netstring
records 60 16 16 text >fixed.netstring
# Beyond what one read brings, and many.
records 3 100000 200000 binary >long.netstring
records 20000 1 12 text >many.netstring

# set_kind FRAMING - sets $kind
set_kind() {
    case $1 in
    line* | lf* | crlf* | nul* | delim* | between* | mllp | sse*) kind=delimited ;;
    paragraph*) kind=delimited-nonempty ;;
    chunked* | slip* | hdlc* | octet) kind=chunked ;;
    fixed* | dns | postgres-startup) kind=fixed ;;
    *) kind=counted ;;
    esac
}

# choose FRAMING FRAMING - sets $set to records that both can represent.  (Functions
# that print would take a process each.)
choose() {
    set_kind "$1"
    set=$kind
    set_kind "$2"
    case $set/$kind in
    *fixed*) set=fixed ;;
    chunked/delimited | delimited/chunked | *nonempty*) set=nonempty-text ;;
    *delimited*) set=text ;;
    *chunked*) set=nonempty ;;
    *) set=any ;;
    esac
}

# (sip and warc have no default for the lines before Content-Length.)
# (What keeps its framing on cannot hold just anything, nor can what is of a
# syntax: a Redis value is read as it stands, and JSON has no white space around.)
framings=$("$CBSPLIT" --list | awk '$2 == "in" && $3 == "out" { print $1 }' |
    grep -vxE 'bson|resp|json.*' |
    sed '/^sip$/d; /^warc$/d; s/^delim$/delim:=|=/; s/^between$/between:=<,end=>=/
        s/^fixed$/fixed:16/; s/^hex$/hex:\\n/; s/^sse$/sse,data/')
framings="$framings u16be,offset=3,inclusive u24le,header=9,adjust=-7,trailer=\\0 varint,adjust=-3"
framings="$framings dec:\\r\\n,trailer=\\r\\n"

# convert FILE FROM TO - to standard output.  (The one key that is for the input
# only is left out of TO.)
convert() {
    doing="cbsplit --from=$2 --to=$3 <$1 (SEED=$seed)"
    "$CBSPLIT" --from="$2" --to="${3%,data}" <"$1" 2>err || {
        cat err
        fail "$doing: exit status $?"
    }
}

# make SET FRAMING - the file SET.FRAMING, from the netstrings
make() {
    [ -e "$1.$2" ] || convert "$1.netstring" netstring "$2" >"$1.$2"
}

# What goes to each of the others is compared at once: a process for each would take longer than
# cbsplit.  Each goes to every third, and with THOROUGH=yes to all.
step=3
[ -z "${THOROUGH-}" ] || step=1
set -f
row=0
for from in $framings; do
    row=$((row + 1))
    column=$row
    set --
    : >all
    for to in $framings; do
        column=$((column + 1))
        [ $((column % step)) -eq 0 ] || continue
        choose "$from" "$to"
        make "$set" "$from"
        make "$set" "$to"
        convert "$set.$from" "$from" "$to" >>all
        set -- "$@" "$set.$to"
    done
    cat "$@" | cmp -s - all || for wanted; do
        set=${wanted%%.*}
        to=${wanted#*.}
        convert "$set.$from" "$from" "$to" >out
        expect_same "$wanted" out
    done
done

for framing in $framings; do
    set_kind "$framing"
    case $kind/$framing in
    fixed/* | */u8) continue ;;
    delimited*/* | */u16* | */varint,*) set=many ;;
    */tpkt | */tls | */fcgi | */pkt-line) set=many ;;
    */octet) set=nonempty ;;
    *) set=long ;;
    esac
    make $set "$framing"
    convert "$set.$framing" "$framing" netstring >out
    expect_same $set.netstring out
done
