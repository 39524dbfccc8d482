#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: each header can be included alone, twice, and the public one
# from C++ too.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CC:=cc}" "${WARN_CFLAGS=-Wall -Wextra -Wpedantic}"

# compiles HEADER COMPILER... - a source that has nothing but the header, twice
compiles() {
    header=$1
    shift
    printf '#include "%s"\n#include "%s"\nextern int probe;\n' "$header" "$header" \
        >"$scratch/probe.$language"
    "$@" -I"$TOP_SRCDIR/lib" -Werror -fsyntax-only "$scratch/probe.$language"
}

language=c
compiles "$TOP_SRCDIR/lib/chunkedbuffer.h" $CC -std=c11 $WARN_CFLAGS ||
    fail 'the public header does not compile alone'
find "$TOP_SRCDIR/lib" "$TOP_SRCDIR/cli" -name '*.h' >"$scratch/headers"
[ -s "$scratch/headers" ] || fail 'there are no headers'
while read -r header; do
    compiles "$header" $CC -std=c11 $WARN_CFLAGS -DHAVE_CONFIG_H -I"$TOP_BUILDDIR" \
        -include "$TOP_BUILDDIR/config.h" || fail "does not compile alone: $header"
done <"$scratch/headers"

about 'faults are found'
echo 'static inline size_t probe_size(void) { return 0; }' >"$scratch/not-alone.h"
if compiles "$scratch/not-alone.h" $CC -std=c11 2>/dev/null; then
    fail 'a header that does not compile alone was not found'
fi

about 'the public header in C++'
language=cc
for cxx in ${CXX:-} c++ g++ clang++; do
    command -v "$cxx" >/dev/null || continue
    compiles "$TOP_SRCDIR/lib/chunkedbuffer.h" "$cxx" -std=c++17 -Wall -Wextra -Wpedantic ||
        fail "$cxx refuses it"
    exit 0
done
skip 'there is no C++ compiler'
