#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --output puts each record into a file of its own, which is there whole or not
# at all, and never in place of another file unless --force says so.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# files NAME... - these are all files in the folder "made"
files() {
    printf '%s\n' "$@" | sort >expected
    (cd made && find . ! -name . | sed 's,^\./,,' | sort) >found
    cmp -s expected found || fail "$doing: the files are: $(tr '\n' ' ' <found)"
}

# makes INPUT ARG... - without a word, in an empty folder "made"
makes() {
    rm -rf made
    mkdir made
    printf -- "$1" >in
    shift
    run "$@"
    expect_status 0
    expect err ''
    expect out ''
}

# complains STATUS MESSAGE INPUT ARG... - in the same folder as before
complains() {
    wanted_status=$1
    message=$2
    printf -- "$3" >in
    shift 3
    run "$@"
    expect_status "$wanted_status"
    expect_message "$message"
    expect out ''
}

about 'names'

# By printf(1), which knows the same conversions.
for conversion in %d %i %u %x %X %o %6d %06d %-6d %-06d %0-6x %3X %012o %1d %040d; do
    makes 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n' --output="made/a${conversion}b"
    n=0
    for letter in a b c d e f g h i j k l; do
        n=$((n + 1))
        name=made/$(printf "a${conversion}b" $n)
        [ -e "$name" ] || fail "$doing: there is no '$name'"
        # (Without a process for each.  There is no line end to be found.)
        ! read -r found <"$name" && [ "$found" = $letter ] || fail "$doing: $name: $found"
    done
done
makes 'a\n' -o 'made/%%100%%%d%%'
files '%100%1%'
makes 'a\n' -o made/%255d
[ "$(find made -name "$(printf '%255d' 1)" | wc -l)" -eq 1 ] || fail "$doing: $(ls made)"

about 'contents'

makes 'one\ntwo\n\nfour' -o made/%d
files 1 2 3 4
expect made/1 one
expect made/2 two
expect made/3 ''
expect made/4 four
makes '' -o made/%d
[ -z "$(ls made)" ] || fail "$doing: $(ls made)"

about 'numbers are those that the records have over all inputs'
printf '3:one,3:two,' >file
makes '5:three,4:four,' -f netstring --skip=1 --head=2 -o made/%d file -
files 2 3
expect made/2 two
expect made/3 three

about 'each file is a stream of its own in the framing of the output'
makes 'Wiki\npedia\n' -o made/%d -t chunked
expect made/1 '4\r\nWiki\r\n0\r\n\r\n'
expect made/2 '5\r\npedia\r\n0\r\n\r\n'
makes 'Wiki\npedia\n' -o made/%d -t netstring
expect made/1 '4:Wiki,'
makes 'Wiki\npedia\n' -o made/%d -0
expect made/2 'pedia\000'
makes 'Wiki\npedia\n' -o made/%d -t none
files 1 2
expect made/2 ''

about 'long records, which the kernel moves, and from a pipe; and with a header'
{
    printf '300000:' && head -c 300000 /dev/urandom && printf ',1:x,200000:' &&
        head -c 200000 /dev/urandom && printf ','
} >long
tail -c +8 long | head -c 300000 >long1
tail -c 200001 long | head -c 200000 >long3
for input in file pipe; do
    rm -rf made
    mkdir made
    doing="long records from a $input"
    case $input in
    file) "$CBSPLIT" -f netstring -o made/%d long ;;
    *) head -c 1000000 long | "$CBSPLIT" -f netstring -o made/%d ;;
    esac
    files 1 2 3
    expect_same long1 made/1
    expect made/2 x
    expect_same long3 made/3
done
makes '' -f netstring -t u32be -o made/%d long
tail -c +5 made/3 >found
expect_same long3 found

# More records than there may be open files.
doing='300 records, 16 descriptors'
rm -rf made
mkdir made
seq 300 | (
    ulimit -n 16
    exec "$CBSPLIT" -o made/%06d
)
[ "$(find made -type f | wc -l)" -eq 300 ] || fail "$doing: $(find made -type f | wc -l) files"
find made -type f | sort | xargs cat | tr -d '\n' >found
seq 300 | tr -d '\n' >expected
expect_same expected found

about 'a record that is longer than there is memory'
if [ -z "${SANITIZERS-}" ]; then
    doing='a record of 64 MB, in 30 MB'
    rm -rf made
    mkdir made
    { printf '\003\320\220\000' && head -c 64000000 /dev/zero; } | (
        limit_memory 30000
        exec "$CBSPLIT" -f u32be -t u32be -o made/%d
    )
    [ "$(wc -c <made/1)" -eq 64000004 ] || fail "$doing: $(wc -c <made/1) bytes"
fi

about 'nothing is written to standard output, which may be closed'
makes 'a\n' -o made/%d
rm made/1
"$CBSPLIT" -o made/%d <in >&- || fail "standard output is closed: exit status $?"
expect made/1 a

about 'files that are there'

makes 'a\nb\nc\n' -o made/%d
complains 1 'made/2: File exists' 'A\nB\nC\n' -o made/%d --skip=1
expect made/2 b
complains 1 'made/1: File exists' 'A\nB\nC\n' -o made/%d
rm made/1
complains 1 'made/2: File exists' 'A\nB\nC\n' -o made/%d
expect made/1 A
run -o made/%d --force
expect_status 0
expect_message ''
files 1 2 3
expect made/2 B

about 'what is replaced makes way: it may be the input, or have other names'
printf 'a\nb\n' >made/1
rm made/2
ln -s ../precious made/2
printf 'precious' >precious
run -o made/%d --force made/1
expect_status 0
expect made/1 a
expect made/2 b
expect precious precious
ln made/1 other
run -o made/%d --force
expect other a
expect made/1 A
mkdir made/4
complains 1 'made/4: Is a directory' 'a\nb\nc\nd\ne\n' -o made/%d --force
files 1 2 3 4

about 'but not an input that is yet to be read'
unread() {
    rm -rf made
    mkdir made
    printf 'a\nb\nc\n' >made/1
    printf 'A\n' >made/2
    printf 'B\n' >made/3
}
for other in made/2 ./made/2 made/../made/2; do
    unread
    run -o made/%d --force made/1 "$other"
    expect_status 1
    expect_message 'made/2: it is an input that is yet to be read'
    expect made/1 'a'
    expect made/2 'A\n'
done
# By another name as well.
for link in 'ln -s 2 made/link' 'ln made/2 made/link'; do
    unread
    $link
    run -o made/%d --force made/1 made/link
    expect_status 1
    expect_message 'made/2: it is an input that is yet to be read'
    expect made/2 'A\n'
done
unread
run -o made/%d --force --group=3 made/2 made/3 made/1
expect_status 1
expect_message 'made/1: it is an input that is yet to be read'
expect made/1 'a\nb\nc\n'
unread
run -o made/%d --force no-such-file made/2 made/1 --stats=json
expect_status 1
grep -q '^cbsplit: made/1: it is an input that is yet to be read' err || fail "$doing: $(cat err)"
expect made/1 'a\nb\nc\n'
# Of several inputs that are one file, the last counts; one that was missing may come.
unread
run -o made/%d --force made/2 made/1 ./made/1
expect_status 1
expect_message 'made/1: it is an input that is yet to be read'
expect made/1 'a\nb\nc\n'
unread
converse -o made/%d --force - made/4
send 'a\nb\nc\n'
wait_for grep -q c made/3
echo new >made/4
send 'd\n'
finishes 1
expect_message 'made/4: it is an input that is yet to be read'
expect made/4 'new\n'
unread
run -o made/%d --force --group=3 made/1 made/2
expect_status 0
expect made/1 'a\nb\nc\n'
expect made/2 'A\n'

about 'what is in the way'

# Whatever is there is left as it is: a link to nothing, to a file, to a folder; a fifo.
rm -rf made
mkdir made other.d
for there in 'ln -s ../nothing' 'ln -s ../precious' 'ln -s ../other.d' mkfifo mkdir; do
    # shellcheck disable=SC2086
    $there made/1
    complains 1 'made/1: File exists' 'a\n' -o made/%d
    [ ! -e nothing ] && [ -z "$(ls other.d)" ] || fail "$doing: a link was followed"
    files 1
    expect precious precious
    rm -rf made/1
done
# With --force, what is there makes way without being opened.
for there in 'ln -s ../nothing' 'ln -s ../precious' 'ln -s ../other.d' mkfifo; do
    # shellcheck disable=SC2086
    $there made/1
    printf 'a\n' >in
    run -o made/%d --force
    expect_status 0
    [ ! -L made/1 ] && [ ! -e nothing ] && [ -z "$(ls other.d)" ] || fail "$doing: followed"
    files 1
    expect made/1 a
    expect precious precious
    rm made/1
done
# A file that comes while the record does, after any check.
converse -f netstring -o made/%d
send '3:a'
doing="$doing, and a file that comes meanwhile"
until [ -n "$(find /proc/$cbsplit_pid/fd -lname "$scratch/made*" 2>/dev/null)" ] ||
    [ -n "$(ls made)" ] || [ ! -e /proc/$cbsplit_pid ]; do
    sleep 0.02
done
if ln -s ../precious made/1 2>/dev/null; then
    send 'bc,'
    exec 3>&-
    finishes 1
    expect_message 'made/1: File exists'
    expect precious precious
    files 1
else
    # (It is there from the beginning, under its name.)
    send 'bc,'
    exec 3>&-
    finishes 0
    expect made/1 abc
fi
rm -f made/1
# A name that is too long, and a folder on the way that is none.
complains 1 "made/$(printf 'a%0255d' 1): File name too long" 'a\n' -o made/a%0255d
complains 1 'precious/1: Not a directory' 'a\n' -o precious/%d
[ -z "$(ls made)" ] || fail "$doing: $(ls made)"
# What a record contains is never a name.
makes '../../x\n/etc/x\n' -o made/%d
files 1 2

about 'errors'

complains 1 'missing/1: No such file or directory' 'a\n' -o missing/%d
[ ! -e missing ] || fail "$doing: it made the folder"

about 'of a record that is not whole nothing is left; the ones before are'
rm -rf made
mkdir made
complains 4 'stdin: record 2 at byte 6: input ends inside a record: 3 bytes of its payload are '\
'missing, at byte 10' '3:one,5:th' -f netstring -o made/%d
files 1
expect made/1 one
complains 3 'stdin: record 2 at byte 4: length is not a number: 78' \
    '1:a,x:' -f netstring,keep -o made/%d --force
files 1
rm made/*
complains 6 'stdin: record 3 at byte 4: 3 bytes do not fit in a record of 2' 'a\nb\nccc\nd\n' \
    -t fixed:2,pad=. -o made/%d
files 1 2
expect made/1 a.

about 'whatever goes wrong when most of a long one has come'
for kind in truncated malformed too_long collision; do
    cut_short $kind
    rm -f made/*
    # shellcheck disable=SC2086
    run $bad_options -o made/%d
    expect_status $bad_status
    expect_message "$bad_message"
    files 1
done

# A file that can only be a part of what it should be, by a limit for its size,
# for which there is a signal.
limited() {
    export GCOV_PREFIX="$scratch"
    ulimit -f 1
    status=0
    "$@" <in 2>err || status=$?
    echo $status >status
}
for trap in '' -; do
    for size in 5000 100000; do
        rm made/*
        { printf '1:a,%d:' $size && head -c $size /dev/zero && printf ',1:c,'; } >in
        doing="a file of $size bytes, trap '$trap' XFSZ"
        (
            trap "$trap" XFSZ
            limited "$CBSPLIT" -f netstring -o made/%d
        )
        grep -v '^libgcov' err >said || :
        mv said err
        expect_message 'made/2: File too large'
        expect status '1\n'
        files 1
    done
done
doing='standard output is a file that is too large'
(limited "$CBSPLIT" -f netstring >out)
grep -v '^libgcov' err >said || :
mv said err
expect_message 'stdout: File too large'
expect status '1\n'
# A command has the signal as it was.
# shellcheck disable=SC2016
printf '\n' >in
(limited "$CBSPLIT" --exec='head -c 5000 /dev/zero >too_large')
grep -q 'record 1: the command failed: ' err || fail "$doing: a command does not die of it"

about 'usage errors'

: >in
none='--output: there is no conversion for the number, such as %06d, in'
wrong "$none ''" -o ''
wrong "$none 'name'" -o name
wrong "$none '100%%'" -o '100%%'
wrong "--output: there is a second conversion, at character 3 of '%d%d'" -o '%d%d'
wrong "--output: there is a second conversion, at character 6 of '%%%d-%s'" -o '%%%d-%s'
for bad in % %s %n '%*d' %.3d %ld '% d' %+d '%#x' '%1$d' %5; do
    wrong "--output: the conversion must be one of %d %i %u %x %X %o, with - or 0 and a width, at character 2 of 'a$bad'" \
        -o "a$bad"
done
wrong "--output: the width is more than 255, at character 1 of '%256d'" -o %256d
wrong "--output: the width is more than 255, at character 1 of '%99999999999999999999d'" \
    -o %99999999999999999999d
wrong '--force requires --output' --force
wrong '--count and --output exclude each other' -c -o %d
