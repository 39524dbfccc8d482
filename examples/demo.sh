#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What cbsplit does, on a few bytes: each command, and what it prints.  Needs
# nothing but a shell and the usual small tools.

set -eu
export LC_ALL=C
: "${CBSPLIT:=cbsplit}"
program=$(command -v "$CBSPLIT") || {
    echo "demo: no program $CBSPLIT (make builds it)" >&2
    exit 1
}
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
mkdir bin
ln -s "$program" bin/cbsplit
PATH=$scratch/bin:$PATH
status=0

say() {
    printf '# %s\n' "$*"
}

# show COMMAND - prints it, and runs it
show() {
    printf '$ %s\n' "$1"
    sh -c "$1" 2>&1 | sed 's/^/    /'
    echo
}

# same FILE FILE - the two hold the same bytes, or the demonstration has failed
same() {
    if cmp "$1" "$2"; then
        printf '    %s and %s are the same\n\n' "$1" "$2"
    else
        status=1
    fi
}

printf 'cbsplit splits a byte stream into records and frames them anew.\n\n'

say 'Records that end in CRLF come out as lines.'
show "printf 'one\r\ntwo\r\n' | cbsplit --delim '\r\n' | od -c"

say 'A record is passed on as soon as it is whole, though more input is still to come.'
cat >slowly.sh <<'END'
start=$(date +%s)
{ printf 'at once\r\nin two '; sleep 2; printf 'parts\r\n'; } | cbsplit --delim '\r\n' |
    while read -r record; do
        echo "after $(($(date +%s) - start)) s: $record"
    done
END
show 'cat slowly.sh'
show 'sh slowly.sh'

say 'The body of an HTTP response in chunks: what the server sent, and what it meant.'
{
    printf '1f\r\nA chunk ends where it suits the\r\n'
    printf '9\r\n server,\n\r\n'
    printf '26;note=ignored\r\nand in the middle of a word if it does\r\n'
    printf '2\r\n.\n\r\n'
    printf '0\r\nX-Checksum: 42\r\n\r\n'
} >response
show 'od -c response | head -n 4'
show 'cbsplit --from chunked response'

say 'From any framing to any other: lines, netstrings, a 16-bit length, and back.'
seq 1000 >lines
show "head -n 3 lines | cbsplit --to netstring"
show "head -n 3 lines | cbsplit --to netstring | cbsplit --from netstring --to u16be | od -c"
cbsplit --to netstring lines | cbsplit --from netstring --to u16be |
    cbsplit --from u16be --to chunked | cbsplit --from chunked --to line >back
same lines back

say 'Either of two delimiters, some of the records only.'
show "printf 'red, green; blue; white' | cbsplit -d ', ' -d '; ' --skip 1 --head 2"

say 'A header of one'"'"'s own: two bytes, then a length that counts the header.'
show "printf '\003\000\000\011hello\003\000\000\006hi' | cbsplit --from u16be,offset=2,inclusive"

say 'What is wrong is said by record and byte, and by the exit status.'
show "printf '4\r\nWiki\r\nzz\r\n' | cbsplit --from chunked --to line; echo \"exit status \$?\""
show "printf '5:hello,5:wor' | cbsplit --from netstring --to none; echo \"exit status \$?\""

say "More: ./cbsplit --help and doc/cookbook.md, or 'make install', then cbsplit and man cbsplit."
exit $status
