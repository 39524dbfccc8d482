#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: what every text file of the project has in common.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

middle=$(printf '\200-\277')

# The sources, as paths below the top, in a checkout as well as in a release,
# where generated files stand beside them.
sources() {
    find lib cli tests examples bench fuzz man completions doc python .ci -type f \
        ! -path '*/.libs/*' ! -path '*/.deps/*' ! -path 'man/man3/*' ! -path 'python/build/*' '(' \
        -name '*.[ch1357]' -o -name '*.sh' -o -name '*.mk' -o -name '*.map' -o -name '*.pc.in' \
        -o -name '*.py' -o -name '*.py[xi]' -o -name '*.px[di]' -o -name '*.pl' \
        -o -name '*.awk' -o -name '*.bash' -o -name '*.fish' -o -name '*.md' \
        -o -path 'completions/*' -o -path '.ci/*' ')' 2>/dev/null || :
    for file in *.md build-aux/analyse* build-aux/check-*.sh build-aux/coverage.py \
        build-aux/jobs build-aux/release-date m4/cb_*.m4 configure.ac \
        Makefile.am bootstrap .clang-format .clang-tidy .editorconfig .gitignore; do
        [ ! -e "$file" ] || echo "$file"
    done
}

# forbid WHAT PATTERN FILE... - as an extended regular expression
forbid() {
    what=$1
    pattern=$2
    shift 2
    if [ $# -gt 0 ] && grep -nE -e "$pattern" /dev/null "$@"; then
        echo "above: $what"
        status=1
    fi
}

# license FILE... - each has it in one of its first lines, but for the pages
license() {
    awk '
        FNR <= 5 && /SPDX-License-Identifier: MIT/ { has[FILENAME] }
        END {
            for (i = 1; i < ARGC; i++) {
                if (!(ARGV[i] in has) && ARGV[i] !~ /[.]md$/) {
                    print ARGV[i] ": has no SPDX-License-Identifier"
                    bad = 1
                }
            }
            exit bad
        }' "$@"
}

# The file's own header comes first, then the system's, then ours; but for what
# not every system has.
include_order() {
    # shellcheck disable=SC2016
    awk '
        FNR == 1 { ours = 0; stem = FILENAME; sub(".*/", "", stem); sub("[.].$", "", stem) }
        /^# *include "/ && $0 !~ "[/\"](config|" stem ")[.]h\"" { ours = 1 }
        /^# *include </ && ours && before !~ /^# *if/ {
            print FILENAME ":" FNR ": the system'"'"'s headers come before ours"
            bad = 1
        }
        { before = $0 }
        END { exit bad }' /dev/null "$@"
}

check_all() (
    cd "$TOP_SRCDIR"
    status=0
    tab=$(printf '\t')
    all=$(sources)
    code=$(echo "$all" | grep '\.[ch]$' || :)

    # None of these names has a space in it.
    # shellcheck disable=SC2086
    {
        license $all || status=1
        forbid 'white space at the end of a line' "[ $tab]\$" $all
        forbid 'a carriage return' "$(printf '\r')\$" $all
        forbid 'a tab' "$tab" $code
        forbid 'a function whose result has no bound' \
            '(^|[^A-Za-z0-9_])(alloca|strcpy|stpcpy|strcat|v?sprintf|gets|ato[ifl]+)[ ]*\(' $code
        forbid 'a typedef of a struct' '^typedef (struct|union)' $code
        # In characters, not bytes: none begins with a byte from 80 to bf (RFC 3629).
        forbid 'a line longer than 100 columns' "^([^$middle][$middle]*){101}" $code
        include_order $code || status=1
    }
    return $status
)

check_all || fail 'above: files that break a rule'

about 'faults are found'

# finds FILE TEXT - a file with this text in a copy of the tree is refused
finds() {
    mkdir -p "$scratch/tree/${1%/*}" "$scratch/tree/lib"
    echo '/* SPDX-License-Identifier: MIT */' >"$scratch/tree/lib/good.c"
    printf "$2" >"$scratch/tree/$1"
    if (TOP_SRCDIR=$scratch/tree && check_all) >/dev/null; then
        die "a fault was not found in $1: $2"
    fi
    rm -r "$scratch/tree"
}

# accepts FILE TEXT - a file with this text is not refused
accepts() {
    mkdir -p "$scratch/tree/${1%/*}"
    printf "$2" >"$scratch/tree/$1"
    (TOP_SRCDIR=$scratch/tree && check_all) || fail "refused in $1: $2"
    rm -r "$scratch/tree"
}

spdx='/* SPDX-License-Identifier: MIT */\n'
accepts lib/a.c "${spdx}snprintf(a, n, b); my_atoi(c);\n"
finds lib/a.c 'int a;\n'
finds tests/a.sh 'true\n'
finds lib/a.c "${spdx}int a; \n"
finds lib/a.c "${spdx}\tint a;\n"
finds lib/a.c "${spdx}int a;\r\n"
finds lib/a.c "${spdx}    sprintf(a, b);\n"
finds lib/a.c "${spdx}    x = atoi (b);\n"
finds cli/a.h "${spdx}typedef struct a b;\n"
finds cli/a.c "${spdx}$(printf '/* %0100d */' 0)\n"
accepts cli/a.c "${spdx}$(printf '/* %090d */' 0 | sed "s/0/$(printf '\303\251')/g")\n"
finds cli/a.c "${spdx}$(printf '/* %0100d */' 0 | sed "s/0/$(printf '\303\251')/g")\n"
accepts cli/a.c "${spdx}#include \"a.h\"\n#include <b.h>\n#include \"c.h\"\n"
finds cli/a.c "${spdx}#include \"b.h\"\n#include <a.h>\n"
