#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: a file includes only what stands below it, in the library and in the
# program, which sees of the library only the public header.

set -eu
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}"

# The layers of lib/, from the bottom up, one module a line.  A file may include
# its own module and what has a smaller number; where "only" stands, nothing
# but what follows it.  A file of framings/ that is not named is a family, and
# stands on number 14.
layers() {
    cat <<'END'
 0  chunkedbuffer.h
 1  base.h
 2  status.c
 2  poison.h                                        only base.h
 2  byte_order.h                                        only base.h
 3  memory.h memory.c
 4  pool.h pool.c
 5  chunk.h
 5  find.h find.c                                   only base.h
 5  find_scan.h                                     only base.h
 6  find_x86.c                                      only find.h find_scan.h
 6  find_neon.c                                     only find.h find_scan.h
 6  find_none.c                                     only find.h
 6  rewrite.h rewrite.c                             only base.h find.h
 7  rewrite_scan.h                                  only rewrite.h
 8  rewrite_x86.c                                   only rewrite.h rewrite_scan.h
 8  rewrite_neon.c                                  only rewrite.h rewrite_scan.h
 8  rewrite_none.c                                  only rewrite.h
 2  eight.h                                         only base.h
 5  text.h text.c                                   only base.h eight.h
 6  text_x86.c                                      only text.h
 6  text_neon.c                                     only text.h
 6  text_none.c                                     only text.h
 5  crc32c.h crc32c.c                               only base.h byte_order.h
 6  matcher.h matcher.c                             only base.h find.h
 7  buffer.h buffer.c
 8  appender.h appender.c
 8  hold.c
 8  search.c
 8  number.c
 8  print.c
 8  io.c
 9  split.c
 9  spec.h spec.c
10  byte_rules.h byte_rules.c                       only base.h spec.h
11  framing.h framing.c
12  decoder.h decoding.h decoder.c pieces.c take.c
12  encoder.h encoder.c
13  encode.c
14  reframe.c
12  framings/fields.h framings/fields.c
13  framings/families.h
13  framings/counted.h framings/counted.c
13  framings/length_field.h framings/length_field.c
13  framings/scanned.h framings/scanned.c
12  framings/json_text.h framings/json_text.c       only base.h eight.h
13  framings/digits.h framings/digits.c
13  framings/base64.h
13  framings/utf8.h framings/utf8.c                 only base.h text.h
13  framings/mark.h framings/mark.c
13  framings/size_line.h framings/size_line.c
13  framings/start_line.h framings/start_line.c
15  framings/table.c
END
}

# includes FILE - what it includes, as <name> or "name"
includes() {
    sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*[>"]\).*/\1/p' "$1"
}

# The same for cli/.
program_layers() {
    cat <<'END'
 1  common/exit_status.h
 1  common/quote.h common/quote.c
 1  common/text.h common/text.c
 1  common/fd.h common/fd.c
 1  common/interrupt.h common/interrupt.c
 2  common/diagnostics.h common/diagnostics.c
 3  input/peek.h input/peek.c
 4  input/source.h input/source.c
 4  input/selection.h input/selection.c
 5  input/part.h input/part.c
 3  output/template.h output/template.c
 3  output/assigned.h output/assigned.c
 3  output/child.h output/child.c
 4  output/children.h output/children.c
 4  output/sink.h
 5  output/output.h output/output.c
 6  output/sink_stdout.c
 6  output/sink_tally.c
 6  output/sink_files.c
 6  output/sink_exec.c
 6  output/sink_workers.c
 3  reports/meter.h
 3  reports/progress.h reports/progress.c
 3  reports/stats.h reports/stats.c
 5  reports/sink_stats.h reports/sink_stats.c
 6  reports/reporter.h reports/reporter.c
 6  reframe.h reframe.c
 6  destination.h
 6  help.h help.c
 7  options.h options.c
 8  destination.c
 9  main.c
END
}

# includes_in FOLDER - every file in it and each of its includes, resolved as the
# compiler does it: a line "FILE INCLUDED" with INCLUDED a file of the folder, or of
# the library, or nothing at all.
includes_in() {
    cd "$TOP_SRCDIR/$1"
    find . -name '*.[ch]' | sed 's,^\./,,' | while read -r file; do
        echo "$file"
        includes "$file" | while read -r include; do
            name=$(echo "$include" | tr -d '<>"')
            dir=$(dirname "$file")
            case $1:$include in
            'cli:<chunkedbuffer.h>' | *:'"config.h"') continue ;;
            *:\<*) [ ! -e "$name" ] && [ ! -e "../lib/$name" ] || echo "$file <$name>" ;;
            *)
                if [ -e "$dir/$name" ]; then
                    echo "$file $dir/$name"
                elif [ -e "$name" ]; then
                    echo "$file $name"
                else
                    echo "$file unknown:$name"
                fi
                ;;
            esac
        done
    done | sed 's, \./, ,; s, [a-z]*/\.\./, ,'
}

# check FOLDER LAYERS - the files of a folder obey the table that LAYERS prints
check() {
    { $2 && echo --- && includes_in "$1"; } | awk -v folder="$1" -v families=14 '
        function fault(text) { print folder "/" $1 ": " text; faults = 1 }
        !table_read && $1 == "---" { table_read = 1; next }
        !table_read {
            for (i = 2; i <= NF && $i != "only"; i++) {
                level[$i] = $1
                module[$i] = NR
            }
            for (n = i++; i <= NF; i++)
                for (j = 2; j < n; j++) {
                    restricted[$j] = 1
                    allowed[$j, $i] = 1
                }
            next
        }
        !($1 in level) && $1 ~ "^framings/[^/]*[.]c$" { level[$1] = families; module[$1] = $1 }
        !($1 in level) { if (NF == 1) fault("has no place in the table of layers"); next }
        NF == 1 { next }
        !($2 in level) { fault("includes " $2 ", which the table of layers does not have"); next }
        module[$1] == module[$2] { next }
        restricted[$1] && !allowed[$1, $2] { fault("may not include " $2); next }
        level[$2] >= level[$1] { fault("includes " $2 ", which does not stand below it") }
        END { exit faults }
    '
}

# A decoder has a half that families do not touch.
check_families() {
    cd "$TOP_SRCDIR/lib/framings"
    ! grep -n 'decoder->core' ./*.[ch] | sed 's,^\./\([^:]*\):.*,lib/framings/\1: uses the half of a decoder that is not for families,' | grep .
}

check_all() {
    status=0
    (check lib layers) || status=1
    (check cli program_layers) || status=1
    (check_families) || status=1
    return $status
}

# ------------------------------------------------------ that it finds faults

# finds FILE LINE - a copy in which LINE is added to FILE is refused
finds() {
    rm -rf "$scratch/tree"
    mkdir "$scratch/tree"
    cp -R "$TOP_SRCDIR/lib" "$TOP_SRCDIR/cli" "$scratch/tree"
    chmod -R u+w "$scratch/tree"
    echo "$2" >>"$scratch/tree/$1"
    if (TOP_SRCDIR=$scratch/tree && check_all) >"$scratch/faults"; then
        echo "a fault was not found: $2 in $1"
        exit 1
    elif ! grep -q "^$1: " "$scratch/faults"; then
        echo "a fault was not reported: $2 in $1"
        exit 1
    fi
}

check_all
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
finds lib/memory.c '#include "buffer.h"'
finds lib/find.c '#include "memory.h"'
finds lib/buffer.h '# include "../lib/decoder.h"'
finds lib/base.h '#include <memory.h>'
finds lib/upstart.c '/* has no place */'
finds lib/framings/csv.c 'static int x(struct cb_decoder *decoder) { return decoder->core.given; }'
finds cli/main.c '#include "../lib/base.h"'
finds cli/main.c '#include "lib/base.h"'
finds cli/main.c '#include <memory.h>'
finds cli/common/fd.c '#include "diagnostics.h"'
finds cli/input/source.c '#include "../reframe.h"'
finds cli/output/output.c '#include "../options.h"'
finds cli/reports/upstart.c '/* has no place */'
finds lib/memory.c '#include <chunkedbuffer.h>'
