#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: a file includes only what stands below it, in the library and in the
# program, which sees of the library only the public header.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

# The layers of lib/, from the bottom up, one module a line.  A file may include
# its own module and what has a smaller number; where "only" stands, nothing
# but what follows it.  A file of framings/ that is not named is a family, and
# stands on number 16.
layers() {
    cat <<'END'
 0  chunkedbuffer.h
 1  core/base.h
 2  core/status.c
 2  core/poison.h  only core/base.h
 2  core/byte_order.h  only core/base.h
 3  core/memory.h core/memory.c
 4  core/pool.h core/pool.c
 5  core/chunk.h
 2  kernels/choose.h  only core/base.h
 2  kernels/neon.h  only
 2  kernels/avx512.h  only
 2  kernels/processor_x86.h  only
 5  kernels/cuts.h kernels/cuts.c  only core/base.h kernels/choose.h
 6  kernels/cuts_x86.c  only kernels/cuts.h kernels/processor_x86.h
 6  kernels/cuts_none.c  only kernels/cuts.h
 5  kernels/find.h kernels/find.c  only core/base.h kernels/choose.h
 5  kernels/find_scan.h  only core/base.h
 6  kernels/find_x86.c  only kernels/avx512.h kernels/find.h kernels/find_scan.h kernels/processor_x86.h
 6  kernels/find_neon.c  only kernels/neon.h kernels/find.h kernels/find_scan.h
 6  kernels/find_none.c  only kernels/find.h
 5  kernels/stuffing.h kernels/stuffing.c  only core/base.h core/eight.h
 6  kernels/stuffing_scan.h  only kernels/stuffing.h
 6  kernels/rewrite.h kernels/rewrite.c  only core/base.h kernels/choose.h kernels/find.h kernels/stuffing.h
 7  kernels/rewrite_scan.h  only kernels/rewrite.h kernels/stuffing_scan.h
 8  kernels/rewrite_x86.c  only kernels/avx512.h kernels/processor_x86.h kernels/rewrite.h kernels/rewrite_scan.h
 8  kernels/rewrite_neon.c  only kernels/neon.h kernels/rewrite.h kernels/rewrite_scan.h
 8  kernels/rewrite_none.c  only kernels/rewrite.h
 2  core/eight.h  only core/base.h
 6  kernels/syntax.h  only core/base.h kernels/find.h
 7  kernels/syntax_scan.h  only kernels/syntax.h
 8  kernels/syntax.c  only core/byte_order.h core/eight.h kernels/choose.h kernels/syntax.h kernels/syntax_scan.h
 8  kernels/syntax_x86.c  only kernels/processor_x86.h kernels/syntax.h kernels/syntax_scan.h
 8  kernels/syntax_neon.c  only kernels/neon.h kernels/syntax.h kernels/syntax_scan.h
 8  kernels/syntax_none.c  only kernels/syntax.h
 5  kernels/text.h kernels/text.c  only core/base.h core/eight.h kernels/choose.h
 6  kernels/text_scan.h  only kernels/text.h
 7  kernels/text_x86.c  only kernels/avx512.h kernels/processor_x86.h kernels/text.h kernels/text_scan.h
 7  kernels/text_neon.c  only kernels/neon.h kernels/text.h kernels/text_scan.h
 6  kernels/text_none.c  only kernels/text.h
 5  kernels/crc32c.h kernels/crc32c.c  only core/base.h core/byte_order.h
 6  search/ahead.h  only core/base.h kernels/find.h
 2  search/seams.h search/seams.c  only core/base.h
 7  search/matcher.h search/matcher.c  only core/base.h kernels/find.h search/ahead.h search/seams.h
 7  search/patterns.h search/patterns.c  only core/base.h kernels/find.h search/ahead.h search/seams.h
 7  core/buffer.h core/changes.h core/buffer.c core/offer.c core/append.c core/consume.c
 8  core/appender.h core/appender.c
 8  core/hold.c
 8  search/search.c
 8  core/number.c
 8  core/print.c
 8  core/io.c
 9  search/split.c
 9  framing/spec.h framing/spec.c
10  framing/byte_rules.h framing/byte_rules.c  only core/base.h framing/spec.h
 9  framing/sums.h framing/sums.c  only core/buffer.h
11  framing/framing.h framing/framing.c
12  framing/decoder.h framing/decoding.h framing/decoder.c framing/pieces.c framing/spans.c framing/unpack.c framing/take.c framing/recover.c
11  framing/splice.h  only core/base.h
12  framing/encoder.h framing/encoder.c
13  framing/encoding.h framing/steps.c framing/short.c framing/whole.c framing/encode.c
14  framing/reframe.c
12  framings/shared/fields.h framings/shared/fields.c
13  framings/families.h
13  framings/shared/counted.h framings/shared/counted.c
12  framings/shared/csv_steps.h framings/shared/csv_steps.c  only kernels/syntax.h
13  framings/shared/ending.h framings/shared/ending.c
13  framings/shared/hits.h
13  framings/shared/short_number.h framings/shared/short_number.c  only core/base.h
14  framings/shared/glance.h
13  framings/shared/length_field.h framings/shared/length_field.c
13  framings/shared/scanned.h framings/shared/scanned.c
14  framings/shared/nesting.h framings/shared/nesting.c
13  framings/shared/resp_scalar.h framings/shared/resp_scalar.c  only core/base.h
12  framings/shared/json_text.h framings/shared/json_text.c  only kernels/syntax.h
13  framings/shared/json_cuts.h framings/shared/json_cuts.c
13  framings/shared/digits.h framings/shared/digits.c
13  framings/shared/base64.h
13  framings/shared/random.h framings/shared/random.c  only core/base.h
13  framings/shared/utf8.h framings/shared/utf8.c  only core/base.h kernels/text.h
13  framings/shared/bom.h framings/shared/bom.c
13  framings/shared/size_line.h framings/shared/size_line.c
13  framings/shared/start_line.h framings/shared/start_line.c
15  framings/shared/layout.h framings/shared/layout.c
17  framings/table.c
END
}

# includes FILE... - a line "FILE <name>" or "FILE "name"" for each of their includes
includes() {
    awk '/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]/ {
        sub(/^[[:space:]]*#[[:space:]]*include[[:space:]]*/, "")
        if (match($0, /^[<"][^>"]*[>"]/)) print FILENAME, substr($0, 1, RLENGTH)
    }' "$@"
}

# The same for cli/.
program_layers() {
    cat <<'END'
 1  common/exit_status.h
 1  common/nearest.h common/nearest.c
 1  common/quote.h common/quote.c
 1  common/text.h common/text.c
 0  common/deadline.h common/deadline.c
 0  system/waiting.h system/waiting_ppoll.c system/waiting_poll.c
 0  system/moving.h system/moving_splice.c system/moving_none.c
 0  system/orphans.h system/orphans_prctl.c system/orphans_procctl.c system/orphans_none.c
 1  common/fd.h common/fd.c
 1  common/interrupt.h common/interrupt.c
 2  common/diagnostics.h common/diagnostics.c
 3  common/specification.h common/specification.c
 3  input/peek.h input/peek_tee.c input/peek_none.c
 4  input/source.h input/source.c
 4  input/selection.h input/selection.c
 5  input/part.h input/part.c
 5  input/looks.h input/looks.c
 3  output/template.h output/template.c
 3  output/assigned.h output/assigned.c
 3  output/unread.h output/unread.c
 3  output/child.h output/child.c
 4  output/children.h output/children.c
 4  output/sink.h
 5  output/output.h output/output.c
 3  output/turns.h output/turns.c
 6  output/collect.h output/collect.c
 7  output/workers.h output/workers.c
 8  output/units.h output/units.c
 6  output/header.h output/header.c
 7  output/portions.h output/portions.c
 9  output/sink_stdout.c
 9  output/sink_tally.c
 9  output/sink_files.c
 9  output/sink_exec.c
 9  output/sink_workers.c
 3  reports/meter.h
 3  reports/progress.h reports/progress.c
 3  reports/stats.h reports/stats.c
 5  reports/sink_stats.h reports/sink_stats.c
 6  reports/reporter.h reports/reporter.c
 3  probe/bits.h probe/bits.c
 5  probe/sample.h probe/sample.c
 6  probe/guess.h probe/guess.c
 7  probe/trial.h probe/trial.c
 7  probe/noise.h probe/noise.c
 8  probe/score.h probe/score.c
 9  probe/probe.h probe/probe.c
 6  reframe.h reframe.c
 6  destination.h
 6  help.h help.c
 7  options.h options.c
 8  destination.c
 8  coders.h coders.c
10  main.c
END
}

# includes_in FOLDER - every file in it and each of its includes, resolved as the
# compiler does it: a line "FILE INCLUDED" with INCLUDED a file of the folder, or of
# the library, or nothing at all.
includes_in() {
    cd "$TOP_SRCDIR/$1"
    files=$(find . -name '*.[ch]' | sed 's,^\./,,')
    echo "$files"
    # (No file of ours has a space in its name.)
    # shellcheck disable=SC2086
    includes $files | while read -r file include; do
        name=${include#?}
        name=${name%?}
        case $file in
        */*) dir=${file%/*} ;;
        *) dir=. ;;
        esac
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
    done | sed 's, \./, ,; s, [a-z]*/\.\./, ,'
}

# check FOLDER LAYERS - the files of a folder obey the table that LAYERS prints
check() {
    { $2 && echo --- && includes_in "$1"; } | awk -v folder="$1" -v families=16 '
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

check_all || fail 'above: files that break a rule'

about 'faults are found'

# finds FILE LINE - a tree in which LINE is added to FILE is refused
finds() {
    rm -f "$scratch/kept"
    [ ! -e "$scratch/tree/$1" ] || cp "$scratch/tree/$1" "$scratch/kept"
    echo "$2" >>"$scratch/tree/$1"
    if (TOP_SRCDIR=$scratch/tree && check_all) >"$scratch/faults"; then
        die "a fault was not found: $2 in $1"
    elif ! grep -q "^$1: " "$scratch/faults"; then
        die "a fault was not reported: $2 in $1"
    fi
    rm "$scratch/tree/$1"
    [ ! -e "$scratch/kept" ] || cp "$scratch/kept" "$scratch/tree/$1"
}

mkdir "$scratch/tree"
cp -R "$TOP_SRCDIR/lib" "$TOP_SRCDIR/cli" "$scratch/tree"
chmod -R u+w "$scratch/tree"
finds lib/core/memory.c '#include "core/buffer.h"'
finds lib/kernels/find.c '#include "core/memory.h"'
finds lib/core/buffer.h '# include "framing/decoder.h"'
finds lib/core/base.h '#include <core/memory.h>'
finds lib/upstart.c '/* has no place */'
finds lib/framings/csv.c 'static int x(struct cb_decoder *decoder) { return decoder->core.given; }'
finds cli/main.c '#include "../lib/core/base.h"'
finds cli/main.c '#include "lib/core/base.h"'
finds cli/main.c '#include <core/memory.h>'
finds cli/common/fd.c '#include "diagnostics.h"'
finds cli/input/source.c '#include "../reframe.h"'
finds cli/output/output.c '#include "../options.h"'
finds cli/reports/upstart.c '/* has no place */'
finds lib/memory.c '#include <chunkedbuffer.h>'
