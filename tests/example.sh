# SPDX-License-Identifier: MIT
#
# What the tests of the examples share, besides cli.sh.  Each of them begins with
#
#     . "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"
#
# With EXAMPLES_UNDER="valgrind ..." they run under that.

# shellcheck shell=sh
# shellcheck disable=SC2086

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

# need_example NAME
need_example() {
    [ -x "$TOP_BUILDDIR/examples/$1" ] || skip "examples/$1 is for Linux: it was not built"
}

# example NAME ARG... - runs it, with whatever input and output it is given
example() {
    name=$1
    shift
    ${EXAMPLES_UNDER-} "$TOP_BUILDDIR/examples/$name" "$@"
}

# try NAME ARG... - the same <in >out 2>err, its exit status in $status
try() {
    doing="$*"
    status=0
    example "$@" <in >out 2>err || status=$?
}

# makes INPUT OUTPUT NAME ARG... - it makes OUTPUT of INPUT, and says nothing
makes() {
    printf -- "$1" >in
    wanted=$2
    shift 2
    try "$@"
    expect_status 0
    expect err ''
    expect out "$wanted"
}

# fails STATUS MESSAGE INPUT OUTPUT NAME ARG... - it makes OUTPUT of INPUT, then says
# one line that begins with MESSAGE, and ends with STATUS
fails() {
    wanted_status=$1
    message=$2
    printf -- "$3" >in
    wanted=$4
    shift 4
    try "$@"
    expect_status "$wanted_status"
    says "$message"
    expect out "$wanted"
}

# says MESSAGE - one line that begins with it; what follows is the library's
says() {
    [ "$(wc -l <err)" -eq 1 ] || fail "$doing: not one line: $(cat err)"
    case $(cat err) in
    "$1"*) ;;
    *) fail "$doing: said '$(cat err)', not '$1'" ;;
    esac
}

# cannot_write NAME ARG... - with "in" for its input, it says so where its output is
# closed, or full
cannot_write() {
    doing="$* (output closed)"
    status=0
    example "$@" <in >&- 2>err || status=$?
    expect_status 1
    grep -q 'output: Bad file descriptor' err || fail "$doing: $(cat err)"
    [ -c /dev/full ] || return 0
    doing="$* (output full)"
    status=0
    example "$@" <in >/dev/full 2>err || status=$?
    expect_status 1
    grep -q 'output: No space left on device' err || fail "$doing: $(cat err)"
}

# cannot_read NAME ARG... - an input that cannot be read has not ended
cannot_read() {
    doing="$* (a folder for its input)"
    status=0
    example "$@" </ >out 2>err || status=$?
    expect_status 1
    grep -q 'input: Is a directory' err || fail "$doing: $(cat err)"
}
