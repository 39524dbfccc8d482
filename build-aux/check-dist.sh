#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: check-dist.sh SRCDIR DISTDIR
# Called by "make dist".  DISTDIR, which becomes the archive, must hold every
# file that git holds, the files made by the Autotools, and no other.

set -eu
export LC_ALL=C
srcdir=$1
distdir=$2

if [ ! -e "$srcdir/.git" ] || ! git -C "$srcdir" rev-parse -q --verify HEAD >/dev/null; then
    echo 'check-dist: not a git checkout with a commit: nothing to compare with' >&2
    exit 0
fi

made_by_autotools() {
    cat <<-'END'
	Makefile.in
	aclocal.m4
	build-aux/ar-lib
	build-aux/compile
	build-aux/config.guess
	build-aux/config.sub
	build-aux/depcomp
	build-aux/install-sh
	build-aux/ltmain.sh
	build-aux/missing
	build-aux/tap-driver.sh
	config.h.in
	configure
	m4/libtool.m4
	m4/ltoptions.m4
	m4/ltsugar.m4
	m4/ltversion.m4
	m4/lt~obsolete.m4
	END
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
{
    git -C "$srcdir" ls-files
    made_by_autotools
} | sort >"$scratch/wanted"
(cd "$distdir" && find . ! -type d) | sed 's,^\./,,' | sort >"$scratch/found"

comm -23 "$scratch/wanted" "$scratch/found" | sed 's/^/check-dist: missing: /' >"$scratch/faults"
comm -13 "$scratch/wanted" "$scratch/found" |
    sed 's/^/check-dist: not in git: /' >>"$scratch/faults"
cat "$scratch/faults" >&2
[ ! -s "$scratch/faults" ]
