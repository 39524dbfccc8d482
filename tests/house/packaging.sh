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

# reads FILE COMMAND...: the command takes it
reads() {
    name=$1
    shift
    HOME=$scratch "$@" "$packaging/$name" >"$scratch/log" 2>&1 || fail "$name: $(cat "$scratch/log")"
}

about 'Alpine'
reads APKBUILD sh -n
is APKBUILD "$(. "$packaging/APKBUILD" && echo "$pkgver")"

about 'Debian'
is debian/changelog "$(sed -n '1s/^chunkedbuffer (\(.*\)-[^-]*) .*/\1/p' "$TOP_SRCDIR/debian/changelog")"

about 'Homebrew'
is chunkedbuffer.rb "$(sed -n 's/.*chunkedbuffer-\([0-9.]*[0-9]\)\.tar.*/\1/p' "$packaging/chunkedbuffer.rb")"

about 'RPM'
is chunkedbuffer.spec "$(sed -n 's/^Version: *//p' "$packaging/chunkedbuffer.spec")"

about 'Ruby and rpm read what is theirs'
for program in ruby rpmspec; do
    command -v $program >/dev/null || skip "there is no $program"
done
reads chunkedbuffer.rb ruby -c
reads chunkedbuffer.spec rpmspec -P
