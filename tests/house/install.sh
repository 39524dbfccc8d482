#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: "make install" puts in place what somebody else needs to build
# with the library by pkg-config, and "make uninstall" takes all of it away.

set -eu
export LC_ALL=C
: "${CC:=cc}" "${MAKE:=make}" "${PKG_CONFIG:=pkg-config}"
unset MAKEFLAGS MFLAGS MAKELEVEL
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
root=$scratch/root

installed() {
    (cd "$root" && find . ! -type d | sed 's,^\./,,' | sort)
}

make_in_build() {
    (cd "$TOP_BUILDDIR" && $MAKE "$@" DESTDIR="$root" prefix=/usr libdir=/usr/lib \
        pkgconfigdir=/usr/lib/pkgconfig) >"$scratch/log" 2>&1 || {
        cat "$scratch/log"
        exit 1
    }
}

make_in_build install
installed >"$scratch/installed"
for file in usr/bin/cbsplit usr/include/chunkedbuffer.h usr/lib/pkgconfig/libchunkedbuffer.pc; do
    grep -qx "$file" "$scratch/installed" || {
        echo "not installed: $file"
        exit 1
    }
done
if grep '\.h$' "$scratch/installed" | grep -vx usr/include/chunkedbuffer.h; then
    echo 'above: a header that is not public was installed'
    exit 1
fi

# As somebody else would build it.  The prefix in the .pc file is the one that
# configure was told; here it is another.
if command -v "$PKG_CONFIG" >/dev/null; then
    export PKG_CONFIG_LIBDIR="$root/usr/lib/pkgconfig"
    flags=$($PKG_CONFIG --define-variable=prefix="$root/usr" \
        --define-variable=exec_prefix="$root/usr" --define-variable=libdir="$root/usr/lib" \
        --define-variable=includedir="$root/usr/include" --cflags --libs --static libchunkedbuffer)
    # Those of README.md and of the manual page, too.
    sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$TOP_SRCDIR/README.md" >"$scratch/readme.c"
    sed -n '/^#include <stdio/,/^\.EE$/{/^\.EE$/d;s/\\e/\\/g;s/\\-/-/g;s/\\(aq/'"'"'/g;p;}' \
        "$TOP_SRCDIR/man/chunkedbuffer.3" >"$scratch/page.c"
    cp "$TOP_SRCDIR"/examples/*.c "$scratch"
    # Those that were not built make calls that this system does not have.
    for example in echo proxy; do
        [ -x "$TOP_BUILDDIR/examples/$example" ] || rm "$scratch/$example.c"
    done
    for source in "$scratch"/*.c; do
        $CC ${SANITIZERS:+-fsanitize=$SANITIZERS} -o "${source%.c}" "$source" $flags -pthread
    done
    export LD_LIBRARY_PATH="$root/usr/lib"
    "$scratch/merge" </dev/null >/dev/null
    [ "$(printf 'one\ntwo\n' | "$scratch/lines")" = '2 records, 6 bytes' ]
    [ "$(printf 'one\ntwo\n' | "$scratch/page")" = "$(printf '1: one\n2: two')" ]
    [ "$(printf '3:one,3:two,' | "$scratch/readme")" = "$(printf 'record %d, 3 bytes of it\n' 1 2)" ]
    # An input that cannot be read has not ended.
    for example in lines readme page; do
        if "$scratch/$example" </ >/dev/null 2>&1; then
            echo "$example takes an error of its input for the end"
            exit 1
        fi
    done
fi
make_in_build uninstall
if installed | grep .; then
    echo 'above: still there after make uninstall'
    exit 1
fi
command -v "$PKG_CONFIG" >/dev/null || {
    echo 'installed and taken away, but there is no pkg-config to build with it'
    exit 77
}
