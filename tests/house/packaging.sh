#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: what makes packages can be read by the tools that use it, and has our version.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

packaging=$TOP_SRCDIR/packaging
version=$(sed -n 's/^AC_INIT(\[chunkedbuffer\], \[\([0-9.]*\)\],.*/\1/p' "$TOP_SRCDIR/configure.ac")
[ -n "$version" ] || die 'configure.ac has no version'

# is FILE VERSION
is() {
    [ "$2" = "$version" ] || fail "$1: version $2, not $version"
}

about 'Alpine'
sh -n "$packaging/APKBUILD" || fail 'the shell does not read it'
is APKBUILD "$(. "$packaging/APKBUILD" && echo "$pkgver")"

about 'Debian'
is debian/changelog "$(sed -n '1s/^chunkedbuffer (\(.*\)-[^-]*) .*/\1/p' "$TOP_SRCDIR/debian/changelog")"

about 'Homebrew'
is chunkedbuffer.rb "$(sed -n 's/.*chunkedbuffer-\([0-9.]*[0-9]\)\.tar.*/\1/p' "$packaging/chunkedbuffer.rb")"
if command -v ruby >/dev/null; then
    ruby -c "$packaging/chunkedbuffer.rb" >"$scratch/log" 2>&1 || fail "$(cat "$scratch/log")"
fi

about 'RPM'
is chunkedbuffer.spec "$(sed -n 's/^Version: *//p' "$packaging/chunkedbuffer.spec")"
if command -v rpmspec >/dev/null; then
    HOME=$scratch rpmspec -P "$packaging/chunkedbuffer.spec" >"$scratch/log" 2>&1 ||
        fail "$(cat "$scratch/log")"
fi
