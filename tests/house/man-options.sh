#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: cbsplit --help and the manual page have the same options; cbsplit
# --list and the manual page have the same framings; the header and its manual
# page have the same functions.  (Completions ask the program.)

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
[ -n "${CBSPLIT:-}" ] || skip 'CBSPLIT does not say where cbsplit is'

# Each of these prints names, one a line, from what it reads.

help_options() {
    sed -n 's/^  *\(-[^ -], \)\{0,1\}--\([a-z0-9-]*\).*/\2/p'
}
man_options() {
    sed -n '/^\.SH OPTIONS$/,/^\.SH "/p' | sed 's/\\-/-/g' |
        awk '/^\.TP/ { tag = 1; next } tag { print; tag = 0 }' |
        sed -n 's/^.*--\([a-z0-9-]*\).*/\1/p'
}
listed_framings() {
    awk '{ print $1 }'
}
# The first words of the tags in the section, font changes taken away, up to
# their argument.  Tags of keys are not at the outermost level.
man_framings() {
    sed -n '/^\.SH FRAMINGS$/,/^\.SH "SEE/p' | awk '
        /^\.RS/ { level++ }
        /^\.RE/ { level-- }
        /^\.T[PQ]/ { tag = !level; next }
        tag { tag = 0; print }
    ' | sed 's/\\-/-/g; s/^\.[BIR]* //; s/" *, *"/ /g; s/\[.*//; s/:.*//' | tr -s ' ,"' '\n' | grep .
}

header_functions() {
    sed -En 's/^(CB_API|static inline)[^(]*[ *](cb_[a-z0-9_]*)\(.*/\2/p'
}
man_functions() {
    sed '/^\.SH EXAMPLES$/q' | grep -o 'cb_[a-z0-9_]*'
}

# same NAME NAME - the lists are the same
same() {
    sort -u "$scratch/$1" >"$scratch/first"
    sort -u "$scratch/$2" >"$scratch/second"
    [ -s "$scratch/first" ] || {
        echo "nothing was found: $1"
        return 1
    }
    diff "$scratch/first" "$scratch/second" || {
        echo "above: only in $1 (<), only in $2 (>)"
        return 1
    }
}

page=$TOP_SRCDIR/man/cbsplit.1
"$CBSPLIT" --help | sed '/^Framings:/,$d' | help_options >"$scratch/help"
man_options <"$page" >"$scratch/man"
same help man || fail 'options of --help and of man/cbsplit.1'

"$CBSPLIT" --list | listed_framings >"$scratch/list"
man_framings <"$TOP_SRCDIR/man/cb-framing.7" >"$scratch/framings"
same list framings || fail 'framings of --list and of man/cb-framing.7'

header_functions <"$TOP_SRCDIR/lib/chunkedbuffer.h" >"$scratch/header"
man_functions <"$TOP_SRCDIR/man/chunkedbuffer.3" >"$scratch/functions"
same header functions || fail 'functions of the header and of man/chunkedbuffer.3'

# spoiled PAGE - lines that a terminal of 80 columns shows with a hyphen that is not
# in the page, or with spaces put into the synopsis to fill it
spoiled() {
    MAN_KEEP_FORMATTING='' MANWIDTH=80 LC_ALL=C.UTF-8 man -l "$1" 2>/dev/null | awk '
        /[^ ]\342\200\220$/ { print }
        /^[A-Z]/ { synopsis = $1 == "SYNOPSIS" }
        synopsis && /[^ ]   *[^ ]/ { print }'
}

if man --version 2>/dev/null | grep -q '^man 2'; then
    for name in cbsplit.1 cb-framing.7 chunkedbuffer.3; do
        spoiled "$TOP_SRCDIR/man/$name" >"$scratch/spoiled"
        if [ -s "$scratch/spoiled" ]; then
            cat "$scratch/spoiled"
            fail "above: a hyphen that is not in man/$name, or a stretched line, in 80 columns"
        fi
        grep -Ev '^\.(nr HY|nh|ds AD|ad)' "$TOP_SRCDIR/man/$name" >"$scratch/$name"
    done
    if [ -z "$(spoiled "$scratch/cbsplit.1")" ]; then
        fail 'hyphens and stretched lines were not found'
    fi
fi

about 'faults are found'

for list in man framings functions; do
    case $list in
    framings) whole=list ;;
    functions) whole=header ;;
    *) whole=help ;;
    esac
    sed 2d "$scratch/$list" >"$scratch/less"
    if same $whole less >/dev/null; then
        fail "a name that is missing was not found: $list"
    fi
done
