#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: "make install" puts in place what somebody else needs to build
# with the library by pkg-config, and "make uninstall" takes all of it away.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CC:=cc}" "${MAKE:=make}" "${PKG_CONFIG:=pkg-config}"
unset MAKEFLAGS MFLAGS MAKELEVEL
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
for file in usr/bin/cbsplit usr/include/chunkedbuffer.h usr/lib/pkgconfig/libchunkedbuffer.pc \
    usr/share/man/man3/chunkedbuffer.3 usr/share/man/man3/cb_readinto.3; do
    grep -qx "$file" "$scratch/installed" || die "not installed: $file"
done
if grep '\.h$' "$scratch/installed" | grep -vx usr/include/chunkedbuffer.h; then
    die 'above: a header that is not public was installed'
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
    cp "$TOP_SRCDIR"/examples/*.c "$TOP_SRCDIR"/man/examples/*.c "$scratch"
    # Those that were not built make calls that this system does not have.
    for example in echo proxy; do
        [ -x "$TOP_BUILDDIR/examples/$example" ] || rm "$scratch/$example.c"
    done
    instruments="${SANITIZERS:+-fsanitize=$SANITIZERS} ${COVERAGE:+--coverage}"
    for source in "$scratch"/*.c; do
        $CC $instruments -o "${source%.c}" "$source" $flags -pthread
    done
    export LD_LIBRARY_PATH="$root/usr/lib"
    # prints PROGRAM INPUT OUTPUT [ARGUMENT...]
    prints() {
        program=$1 input=$2 wanted=$3
        shift 3
        found=$(printf "$input" | "$scratch/$program" "$@") || fail "$program: exit status $?"
        [ "$found" = "$(printf "$wanted")" ] || fail "$program printed: $found"
    }
    "$scratch/merge" </dev/null >/dev/null || fail "merge: exit status $?"
    prints lines 'one\ntwo\n' '2 records, 6 bytes'
    prints page 'one\ntwo\n' '1: one\n2: two'
    prints readme '3:one,3:two,' 'record 1, 3 bytes of it\nrecord 2, 3 bytes of it'
    # shows EXAMPLE OUTPUT [ARGUMENT...] - of the pages of section 3
    shows() {
        example=$1 output=$2
        shift 2
        prints "$example" 'a\nbcd\n' "$output" "$@"
    }
    shows cb_status "invalid argument: unknown key 'ofset', at 6"
    shows cb_pool '1 allocation, 1 idle block'
    shows cb_buffer 'full with 5 bytes\nbyte 2 is next'
    shows cb_fill 'red, green, blue 3'
    shows cb_inspect 'GET / HTTP/1.1'
    shows cb_consume '1\n3'
    shows cb_number '4 bytes\n8080 300'
    shows cb_split '<red>\n<green>\n<blue>'
    shows cb_write 'a\nbcd'
    "$scratch/cb_framing" | grep -qx 'digits=...' || fail 'cb_framing lists no digits='
    shows cb_decoder '2 records, 4 bytes'
    shows cb_held 'hello'
    shows cb_encoder '2:hi,0:,' hi ''
    shows cb_reframe '1:a,3:bcd,'
    shows cb_own 'some\nthing or'
    # An input that cannot be read has not ended.
    for example in lines readme page cb_consume cb_decoder cb_reframe cb_write; do
        if "$scratch/$example" </ >/dev/null 2>&1; then
            die "$example takes an error of its input for the end"
        fi
    done
    # As doc/linking.md has it: in C++, and with the archive.
    # shellcheck disable=SC2016
    sed -n '/^```c++$/,/^```$/{/^```/d;p;}' "$TOP_SRCDIR/doc/linking.md" >"$scratch/linking.cc"
    ! command -v c++ >/dev/null || {
        c++ -std=c++11 $instruments -o "$scratch/linking" \
            "$scratch/linking.cc" $flags -pthread || fail 'a program in C++ does not compile'
        prints linking '' '5 bytes'
    }
    unset LD_LIBRARY_PATH
    archive=$root/usr/lib/libchunkedbuffer.a
    [ ! -e "$archive" ] || {
        $CC $instruments -I"$root/usr/include" -o "$scratch/lines" \
            "$TOP_SRCDIR/examples/lines.c" "$archive" -pthread || fail 'the archive cannot be linked'
        prints lines 'one\ntwo\n' '2 records, 6 bytes'
    }
fi
make_in_build uninstall
if installed | grep .; then
    die 'above: still there after make uninstall'
fi
command -v "$PKG_CONFIG" >/dev/null || skip 'installed and taken away, but there is no pkg-config to build with it'
