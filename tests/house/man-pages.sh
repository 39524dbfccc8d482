#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the manual pages have no faults that mandoc finds, no line is
# wider than a terminal, and each public function has a page.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${AWK:=awk}"
header=$TOP_SRCDIR/lib/chunkedbuffer.h

# make_pages HEADER FOLDER
make_pages() {
    mkdir "$2"
    "$AWK" -v out="$2" -v examples="$TOP_SRCDIR/man/examples" -v title='chunkedbuffer' \
        -v date=2000-01-01 -f "$TOP_SRCDIR/man/header-to-man.awk" "$TOP_SRCDIR/man/pages" "$1"
}

# functions - of the header, those that are inline and the type of one too
functions() {
    sed 's,/\*[^*]*\*/,,g' "$header" |
        sed -En 's/^(CB_API|static inline|typedef)[^(]*[ *(](cb_[a-z0-9_]*)\)*\(.*/\2/p'
}

make_pages "$header" "$scratch/man3"
functions >"$scratch/functions"
[ "$(wc -l <"$scratch/functions")" -gt 100 ] || fail 'there are too few functions'
while read -r function; do
    page=$scratch/man3/$function.3
    if ! [ -e "$page" ]; then
        fail "no page: $function(3)"
        continue
    fi
    target=$(sed -n 's,^\.so man3/,,p' "$page")
    [ -z "$target" ] || page=$scratch/man3/$target
    grep -Eq "^$function(,|\$)" "$page" || fail "$function is not in the NAME of its page"
done <"$scratch/functions"
for page in "$scratch"/man3/*.3; do
    grep -q '^\.so ' "$page" || echo "$page"
done >"$scratch/pages"
while read -r page; do
    for section in NAME SYNOPSIS DESCRIPTION EXAMPLES; do
        grep -qx "\.SH $section" "$page" || fail "${page##*/} has no $section"
    done
done <"$scratch/pages"

about 'what header-to-man.awk does not understand is an error, not a gap'
for wrong in 's/^typedef /union /' 's/^\(.* --* \)pool/\1pond/'; do
    sed "$wrong" "$header" >"$scratch/wrong.h"
    rm -rf "$scratch/wrong"
    if make_pages "$scratch/wrong.h" "$scratch/wrong" 2>/dev/null; then
        fail "accepted: $wrong"
    fi
done

about 'mandoc, and 80 columns'
command -v mandoc >/dev/null || skip 'there is no mandoc'

# wide PAGE - its lines that are wider than 80 columns, but for what cbsplit
# prints in an example
wide() {
    mandoc -T ascii -O width=78 "$1" | sed "s/.$(printf '\b')//g" |
        grep -Ev '^ *(cbsplit: |\{"record")' | grep '^.\{81\}'
}

printf '.TH A 1 2000-01-01\n.SH NAME\na \\- b\n.EX\n%090d\n.EE\n' 0 >"$scratch/wide.1"
if ! wide "$scratch/wide.1" >/dev/null; then
    die 'a wide line was not found'
fi
for page in "$TOP_SRCDIR/man/cbsplit.1" "$TOP_SRCDIR/man/cb-framing.7" "$TOP_SRCDIR/man/chunkedbuffer.3" $(cat "$scratch/pages"); do
    mandoc -T lint -W warning "$page" || fail "above: mandoc about ${page##*/}"
    if wide "$page"; then
        fail "above: wider than 80 columns in ${page##*/}"
    fi
done
