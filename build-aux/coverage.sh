#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Called by "make coverage" in the build folder: how many lines of each source
# of the library and the program have been executed, the fewest first.

set -eu
: "${GCOV:=gcov}"

# In the report of gcov the name and the figure are on two lines.
find lib cli -name '*.gcda' -exec $GCOV -n {} + 2>/dev/null |
    awk -F"'" '
        /^File / { file = $2 }
        /^Lines executed:/ && file ~ /(^|\/)(lib|cli)\/.*\.c$/ {
            sub(/^.*\/lib\//, "lib/", file)
            sub(/^.*\/cli\//, "cli/", file)
            sub(/^Lines executed:/, "")
            split($0, part, /% of /)
            printf "%6.2f%% of %5d lines  %s\n", part[1], part[2], file | "sort -n"
            executed += part[1] * part[2] / 100
            lines += part[2]
            file = ""
        }
        END {
            close("sort -n")
            if (lines) printf "%6.2f%% of %5d lines  in all\n", 100 * executed / lines, lines
        }
    '
