#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: structs and constants of the public header are those that
# lib/abi.txt has on record, and each of them is on record.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"
: "${CC:=cc}"
header=$TOP_SRCDIR/lib/chunkedbuffer.h

# asserts <RECORD - as a C source that does not compile if one of them is wrong
asserts() {
    printf '#include <chunkedbuffer.h>\n'
    awk '
        $1 == "size" { print "_Static_assert(sizeof(struct " $2 ") == " $3 ", \"size of " $2 "\");" }
        $1 == "at" {
            print "_Static_assert(offsetof(struct " $2 ", " $3 ") == " $4 ", \"" $2 "." $3 "\");"
        }
        $1 == "is" { print "_Static_assert(" $2 " == " $3 ", \"" $2 "\");" }'
}

# compiles SOURCE
compiles() {
    $CC -std=c11 -D_GNU_SOURCE -I"$TOP_SRCDIR/lib" -fsyntax-only "$1"
}

# members HEADER - as "at STRUCT MEMBER" and "is CONSTANT"
members() {
    awk '
        { text = text $0 "\n" }
        END {
            while (i = index(text, "/*"))
                text = substr(text, 1, i - 1) substr(text, i + 1 + index(substr(text, i), "*/"))
            n = split(text, lines, "\n")
            for (i = 1; i <= n; i++) {
                line = lines[i]
                if (line ~ /^struct cb_[a-z_]* \{/ && split(line, word, " "))
                    name = word[2]
                else if (line ~ /^enum.*\{/)
                    constants = 1
                if (constants)
                    while (match(line, /CB_[A-Z_]+/)) {
                        print "is " substr(line, RSTART, RLENGTH)
                        line = substr(line, RSTART + RLENGTH)
                        if (!sub(/^[^,]*, */, "", line))
                            break
                    }
                if (lines[i] ~ /\}/) {
                    name = ""
                    constants = 0
                } else if (name && line ~ /^    [a-z].*[;(]/) {
                    if (match(line, /\(\*[a-z]+\)/))
                        line = substr(line, RSTART + 2, RLENGTH - 3)
                    else if (line ~ /;/) {
                        sub(/[;[].*/, "", line)
                        sub(/.*[ *]/, "", line)
                    } else
                        continue
                    print "at " name " " line
                }
            }
        }' "$1" | sort
}

printf 'int probe[sizeof(void *) == 8 && sizeof(long) == 8 ? 1 : -1];\n' >"$scratch/probe.c"
compiles "$scratch/probe.c" 2>/dev/null || skip 'the record is for 64-bit systems'
asserts <"$TOP_SRCDIR/lib/abi.txt" >"$scratch/record.c"
[ "$(wc -l <"$scratch/record.c")" -gt 100 ] || fail 'lib/abi.txt has too few lines'
compiles "$scratch/record.c" || fail 'above: what differs from lib/abi.txt'
members "$header" >"$scratch/found"
sed -n 's/^\(at .*\) [0-9]*$/\1/p; s/^\(is .*\) [-0-9]*$/\1/p' "$TOP_SRCDIR/lib/abi.txt" | sort >"$scratch/recorded"
diff "$scratch/found" "$scratch/recorded" || {
    fail 'above: in the header but not on record (<), or the reverse (>)'
}

about 'faults are found'

for wrong in 's/^\(at cb_piece total\) 32/\1 40/' 's/^\(is CB_END\) -1/\1 1/' \
    's/^\(size cb_held\) 24/\1 32/'; do
    sed "$wrong" "$TOP_SRCDIR/lib/abi.txt" | asserts >"$scratch/wrong.c"
    if compiles "$scratch/wrong.c" 2>/dev/null; then
        fail "not found: $wrong"
    fi
done
