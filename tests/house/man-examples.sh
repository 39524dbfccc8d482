#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the examples of the manual pages, README.md and doc/ print what they
# say, and their programs compile, as does the framing in HACKING.md.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CC:=cc}"
[ -n "${CBSPLIT:-}" ] || skip 'CBSPLIT does not say where cbsplit is'
mkdir "$scratch/bin"
ln -s "$CBSPLIT" "$scratch/bin/cbsplit"
PATH=$scratch/bin:$PATH

# Each of these prints the examples of one page, as a shell's user would see
# them, with a line "====" before each.  An example begins with a command.

# man_examples PAGE - between .EX and .EE, with what groff reads otherwise
man_examples() {
    sed -n '/^\.EX$/,/^\.EE$/{s/^\.EX$/====/;/^\.EE$/d
        s/\\e/\\/g;s/\\-/-/g;s/\\(aq/'"'"'/g;s/\\(ti/~/g;s/\\(ha/^/g;s/\\&//g;p;}' "$1"
}

# man_escapes PAGE - fails if the examples have a backslash that is not one of
# these: groff would print something else than what is tried here
man_escapes() {
    if sed -n '/^\.EX$/,/^\.EE$/{/^\.E[XE]$/d;h
        s/\\e//g;s/\\-//g;s/\\(aq//g;s/\\(ti//g;s/\\(ha//g;s/\\&//g;/\\/{x;p;};}' "$1" | grep .
    then
        printf '%s: groff reads a backslash in an example; write \\e\n' "$1"
        return 1
    fi
}

# readme_examples PAGE - what is fenced as ```console
readme_examples() {
    # shellcheck disable=SC2016
    sed -n '/^```console$/,/^```$/{s/^```console$/====/;/^```$/d;p;}' "$1"
}

# man_program PAGE, fenced_program PAGE - the program among them, or fenced as ```c
man_program() {
    man_examples "$1" | awk '/^====/ { c = 0 } /^#include/ { c = 1 } c'
}
fenced_program() {
    # shellcheck disable=SC2016
    sed -n '/^```c$/,/^```$/{/^```/d;p;}' "$1"
}

# script - makes the examples into a shell script that prints them again, with
# what the commands really print.  A command may go on after "> ".
script() {
    awk -v quote="'" '
        function shown(line) {
            gsub(quote, quote "\\" quote quote, line)
            return quote line quote
        }
        /^====/ { print command; command = ""; example = 0; begun = 0; next }
        !begun { begun = 1; example = /^\$ / }
        !example { next }
        /^\$ / { print command; command = substr($0, 3) }
        /^> / { command = command "\n" substr($0, 3) }
        /^[$>] / { print "printf \"%s\\n\" " shown($0) }
        END { print command }
    '
}

# wanted - the examples, as they stand there
wanted() {
    awk '
        /^====/ { example = 0; begun = 0; next }
        !begun { begun = 1; example = /^\$ / }
        example
    '
}

# tidy - what is compared: all of it, unless od puts other spaces between bytes than in the pages
if [ "$(printf a | od -An -tx1)" = ' 61' ]; then
    tidy() { cat; }
else
    tidy() { sed -E 's/ +/ /g; s/^ //; s/ $//'; }
fi

# check NAME AT_LEAST <EXAMPLES - runs them; there are so many commands at least
check() {
    cat >"$scratch/examples"
    mkdir "$scratch/work"
    wanted <"$scratch/examples" | tidy >"$scratch/wanted"
    script <"$scratch/examples" >"$scratch/script"
    { (cd "$scratch/work" && sh "$scratch/script") 2>&1 </dev/null || :; } | tidy >"$scratch/found"
    rm -rf "$scratch/work"
    if ! diff "$scratch/wanted" "$scratch/found" >"$scratch/diff"; then
        echo "$1: an example (<) is not what a shell shows (>):"
        cat "$scratch/diff"
        return 1
    fi
    if [ "$(grep -c '^\$ ' "$scratch/wanted")" -lt "$2" ]; then
        echo "$1: fewer than $2 commands were found"
        return 1
    fi
}

# compile NAME <PROGRAM - it compiles without a warning
compile() {
    cat >"$scratch/example.c"
    # shellcheck disable=SC2086
    if ! [ -s "$scratch/example.c" ] ||
        ! $CC -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$TOP_SRCDIR/lib" \
            -I"$TOP_SRCDIR/lib/framings" -fsyntax-only "$scratch/example.c"; then
        echo "$1: its program does not compile"
        return 1
    fi
}

about 'faults are found'

printf '====\n$ echo "it'\''s"\nit'\''s\n$ printf "a\\\\n"\na\n' | check 'a right example' 2
if printf '====\n$ echo a\nb\n' | check 'a wrong example' 1 >/dev/null; then
    die 'a wrong example was not found'
fi
if printf '====\nno command\n' | check 'no example' 1 >/dev/null; then
    die 'a page without examples was not found'
fi
printf '.EX\n$ echo \\e\\-\\(aq\n.EE\n\\fB\n' >"$scratch/page"
man_escapes "$scratch/page"
printf '.EX\n$ echo \\ea\\nb\n.EE\n' >"$scratch/page"
if man_escapes "$scratch/page" >/dev/null; then
    die 'a wrong escape was not found'
fi
if printf 'int main(void) { return x; }\n' | compile 'a wrong program' >/dev/null 2>&1; then
    die 'a wrong program was not found'
fi

about 'the pages'

man_escapes "$TOP_SRCDIR/man/cbsplit.1" || fail 'see above'
man_escapes "$TOP_SRCDIR/man/cb-framing.7" || fail 'see above'
man_escapes "$TOP_SRCDIR/man/chunkedbuffer.3" || fail 'see above'
man_examples "$TOP_SRCDIR/man/cbsplit.1" | check man/cbsplit.1 25 || fail 'see above'
man_examples "$TOP_SRCDIR/man/cb-framing.7" | check man/cb-framing.7 25 || fail 'see above'
readme_examples "$TOP_SRCDIR/README.md" | check README.md 4 || fail 'see above'
readme_examples "$TOP_SRCDIR/doc/cookbook.md" | check doc/cookbook.md 20 || fail 'see above'
readme_examples "$TOP_SRCDIR/doc/coming-from.md" | check doc/coming-from.md 3 || fail 'see above'
man_program "$TOP_SRCDIR/man/chunkedbuffer.3" | compile man/chunkedbuffer.3 || fail 'see above'
fenced_program "$TOP_SRCDIR/README.md" | compile README.md || fail 'see above'
fenced_program "$TOP_SRCDIR/HACKING.md" | compile HACKING.md || fail 'see above'
