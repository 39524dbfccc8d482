#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: bootstrap, by each shell that is here, on a machine that is made up: its tools
# are scripts that do nothing, and its package manager puts them in place.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

machine="$scratch/a machine"
tools="$machine/tools"
archive="$machine/archive"
mkdir -p "$machine/sources" "$tools" "$archive"
cp "$TOP_SRCDIR/bootstrap" "$machine/sources"
for real in awk cat dirname env grep sort; do
    ln -s "$(command -v $real)" "$tools/$real"
done

# program FILE <COMMANDS
program() {
    {
        echo '#!/bin/sh'
        cat
    } >"$1"
    chmod +x "$1"
}

for name in cc make autoconf autoreconf automake aclocal libtoolize pkg-config; do
    program "$archive/$name" </dev/null
done
echo 'echo "autoconf (GNU Autoconf) 2.71"' | program "$archive/autoconf"
installed=$(ls "$archive")
program "$machine/sources/configure" <<'END'
printf configure
[ $# -eq 0 ] || printf ' <%s>' "$@"
echo
END


remove_all() {
    (cd "$tools" && rm -f apt-get $installed)
}

# user NUMBER - who we are
user() {
    echo "echo $1" | program "$tools/id"
}

# Everything can be written.
program "$tools/test" </dev/null

# bootstrap STATUS ARG... - what it says is then in "out"
bootstrap() {
    wanted_status=$1
    shift
    status=0
    # shellcheck disable=SC2086
    (cd "$machine/sources" && PATH=$tools $shell ./bootstrap "$@") >"$scratch/out" 2>&1 ||
        status=$?
    [ "$status" -eq "$wanted_status" ] || {
        show "$scratch/out"
        fail "./bootstrap $*: exit status $status, not $wanted_status"
    }
}

says() {
    grep -qxF -- "bootstrap: $1" "$scratch/out" || {
        show "$scratch/out"
        fail "it does not say: $1"
    }
}

needed='cc make autoconf automake libtool pkg-config check'
install='env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends'
packages='gcc libc6-dev make autoconf automake libtool pkg-config check'

try_bootstrap() {
    remove_all
    user 1000
    bootstrap 0 --help
    bootstrap 2 --deps=nothing
    bootstrap 1
    says 'missing: autoconf automake libtool pkg-config (./bootstrap --deps would install them)'
    bootstrap 1 --deps
    says "still missing: $needed (no package manager that is known here)"

    # A user who cannot install packages is told which.
    echo 'exit 1' | program "$tools/apt-get"
    bootstrap 1 --deps
    says "root can install them: $install $packages"
    says "still missing: $needed (only root can install packages, and neither sudo nor doas helps)"
    # (Never "--deps=check" as root: that would forbid services of this machine.)
    user 0
    bootstrap 1 --deps
    says 'warning: the lists of packages could not be refreshed'
    says "still missing: $needed (packages could not be installed)"
    echo "[ \$1 = update ] || $(command -v ln) -sf '$archive'/* '$tools'" |
        program "$tools/apt-get"
    bootstrap 0 --deps
    says "running: $install $packages"
    says 'ready: make'

    # Nothing is tried where nothing can be written.
    remove_all
    echo 'exit 1' | program "$tools/apt-get"
    echo 'exit 1' | program "$tools/test"
    bootstrap 1 --deps
    says "still missing: $needed (/usr or /var is read-only, so that no package can be installed)"
    program "$tools/test" </dev/null
    "$(command -v ln)" -sf "$archive"/* "$tools"
    (export TMPDIR="$machine/none" && bootstrap 1)
    says "cannot write to $machine/none, where the Autotools put temporary files: set TMPDIR to another folder"
    # (Root can write wherever the file system lets it.)
    chmod a-w "$machine/sources"
    [ -w "$machine/sources" ] || {
        bootstrap 1
        says "cannot write to $machine/sources, where configure is to be generated: copy the sources to another folder"
    }
    chmod u+w "$machine/sources"

    # Where all that a build needs is there, nobody has to be root.
    user 1000
    bootstrap 0 --deps 'CFLAGS=-g -O2' ''
    says 'nothing is missing'
    grep -qx 'configure <CFLAGS=-g -O2> <>' "$scratch/out" || fail "$(cat "$scratch/out")"
    bootstrap 0 --deps=check
    grep -q '^bootstrap: left out: c++ .*: their tests will be skipped$' "$scratch/out" ||
        fail 'it does not say what it left out'

    # Too old is missing too.
    rm -f "$tools/autoconf"
    echo 'echo "autoconf (GNU Autoconf) 2.69"' | program "$tools/autoconf"
    bootstrap 1
    says 'missing: autoconf (./bootstrap --deps would install them)'
}

for shell in sh 'busybox sh' bash dash ksh mksh posh yash zsh; do
    path=$(command -v "${shell%% *}") || continue
    about "$shell"
    shell=$path${shell#"${shell%% *}"}
    try_bootstrap
done
