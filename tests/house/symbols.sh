#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the header, the symbol map and the shared library name the same
# functions, and what is shared between files of the library cannot clash with
# a name of somebody else.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${NM:=nm}"

# declared HEADER - the functions it declares CB_API
declared() {
    sed 's,/\*[^*]*\*/,,g' "$1" |
        sed -n 's/^CB_API[^(]*[ *]\(cb_[a-z0-9_]*\)(.*/\1/p' | sort
}

# mapped MAP - the functions it makes global
mapped() {
    sed -n '/^global:/,/^local:/s/^ *\([a-z_0-9]*\);$/\1/p' "$1" | sort
}

# defined NM-OPTION FILE - the names it defines; those of the compiler's own
# making begin with two underscores
defined() {
    $NM "$1" --defined-only "$2" 2>/dev/null |
        awk 'NF == 3 && $2 != "A" && $3 !~ /^__/ { sub(/@.*/, "", $3); print $3 }' | sort -u
}

same() {
    diff "$1" "$2" || {
        [ -z "$3" ] || fail "differ: $3 (<) and $4 (>)"
        return 1
    }
}

header=$TOP_SRCDIR/lib/chunkedbuffer.h
map=$TOP_SRCDIR/lib/libchunkedbuffer.map
declared "$header" >"$scratch/declared"
mapped "$map" >"$scratch/mapped"
[ "$(grep -c '^CB_API' "$header")" -eq "$(wc -l <"$scratch/declared")" ] ||
    fail 'a declaration of the header was not understood'
same "$scratch/declared" "$scratch/mapped" 'the header' 'the symbol map'

# Debian's list of the same: what depends on the package needs a version with them.
symbols=$TOP_SRCDIR/debian/libchunkedbuffer0.symbols
sed -n 's/^ \(cb_[a-z_0-9]*\)@LIBCHUNKEDBUFFER_0 .*/\1/p' "$symbols" | sort >"$scratch/debian"
same "$scratch/mapped" "$scratch/debian" 'the symbol map' "${symbols#"$TOP_SRCDIR"/}"

# That a difference is found.
sed '/ cb_find;/d' "$map" >"$scratch/less.map"
mapped "$scratch/less.map" >"$scratch/less"
if same "$scratch/declared" "$scratch/less" '' '' >/dev/null; then
    die 'a missing function was not found'
fi

for archive in "$TOP_BUILDDIR/lib/.libs/libcb.a" "$TOP_BUILDDIR/lib/libcb.a"; do
    [ -e "$archive" ] || continue
    defined -g "$archive" >"$scratch/objects"
    grep -qx cb_version "$scratch/objects" || fail "$archive has no cb_version"
    if comm -13 "$scratch/declared" "$scratch/objects" | grep -v '^cb__'; then
        die 'above: neither public nor named cb__...'
    fi
done

library=$TOP_BUILDDIR/lib/.libs/libchunkedbuffer.so
if [ ! -e "$library" ]; then
    grep -q '^build_libtool_libs=no' "$TOP_BUILDDIR/libtool" && exit 0
    skip 'the shared library is not an ELF file, whose symbols we know how to read'
fi
defined -D "$library" >"$scratch/exported"
same "$scratch/declared" "$scratch/exported" 'the header' 'the shared library'
