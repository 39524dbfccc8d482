#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Usage: bench.sh [WORKLOADS...]
# Measures cbsplit and the library against their peers, and prints tables of
# ratios; README.md beside this file tells how to read them.  Run by "make
# bench".  WORKLOADS are names from the list below; none means all.
#
#     BENCH_RUNS   runs of each program (5)
#     BENCH_SIZE   bytes of input (128 MiB); slow peers get a quarter
#     BENCH_LOG    a log to take lines from (/var/log/dpkg.log)
#     BENCH_SOURCE a source file to take lines from (/usr/include/*.h, as one)
#     BENCH_DISK   a folder on a disk (/var/tmp), whose files are counted, too
#     BENCH_DIR    the folder for the inputs (/dev/shm if possible: the disk
#                  is not what is measured)

# The functions are called by names that are put together.
# shellcheck disable=SC2317

set -eu
export LC_ALL=C
: "${TOP_SRCDIR:=$(cd "$(dirname "$0")/.." && pwd)}" "${TOP_BUILDDIR:=$PWD}"
: "${CBSPLIT:=$TOP_BUILDDIR/cbsplit}"
: "${BENCH_RUNS:=5}" "${BENCH_SIZE:=134217728}"
quarter=$((BENCH_SIZE / 4))
# The system's own programs, before any that someone put in front of them.
PATH=/usr/bin:/bin:$PATH

bench=$TOP_BUILDDIR/bench
copy=copy=$bench/copy
results=$bench/results.tsv
if [ -z "${BENCH_DIR:-}" ]; then
    [ -d /dev/shm ] && [ -w /dev/shm ] && BENCH_DIR=/dev/shm || BENCH_DIR=${TMPDIR:-/tmp}
fi
scratch=$(mktemp -d "$BENCH_DIR/bench.XXXXXX")
on_disk=
trap 'rm -rf "$scratch" "$on_disk"' EXIT
trap 'exit 1' HUP INT TERM
input=$scratch/input
status=0

# generate LENGTHS TOTAL FRAMING... - makes the input
generate() {
    "$bench/generate" "$@" >"$input"
}

# Lengths that vary as real ones do, beside those that are all alike, which a
# processor foresees: "NAME:LENGTHS", for lengths of N bytes on average.
varied() {
    for mean; do
        echo "$mean:$mean" "$mean-uniform:uniform:$mean" "$mean-exp:exp:$mean"
    done
}
# ... and the lines of real files, where there are any: "NAME:LENGTHS".
real() {
    [ ! -s "${BENCH_LOG:=/var/log/dpkg.log}" ] || echo "log:file:$BENCH_LOG"
    if [ -z "${BENCH_SOURCE:-}" ]; then
        BENCH_SOURCE=$scratch/source
        [ -s "$BENCH_SOURCE" ] || cat /usr/include/*.h >"$BENCH_SOURCE" 2>/dev/null || :
    fi
    [ ! -s "$BENCH_SOURCE" ] || echo "source:file:$BENCH_SOURCE"
}

# measure WORKLOAD [OPTION VALUE | LABEL=COMMAND]... - the first command is ours
measure() {
    echo "$1 ..." >&2
    workload=$1
    shift
    "$bench/measure" -w "$workload" -n "$BENCH_RUNS" "$@" >>"$results" || status=1
}

# ------------------------------------------------------------- workloads

workloads='lines tools delimiters records frames chunked ways formats rates commands'
workloads="$workloads map groups exact memory start count library python"

# Lines ended by CRLF, which become lines ended by LF.
run_lines() {
    for lengths in $(varied 16 80 1000) 65536:65536 $(real); do
        generate "${lengths#*:}" "$BENCH_SIZE" crlf
        measure "lines-${lengths%%:*}" -f "$input" \
            "cbsplit=$CBSPLIT --delim '\r\n'" \
            "cat=cat" "$copy" \
            "tr=tr -d '\r'" \
            "mawk=mawk 'BEGIN { RS = \"\\r\\n\" } 1'"
    done
}

# The same with whatever else people use for it.
run_tools() {
    for length in 16 80 1000; do
        generate "exp:$length" "$quarter" crlf
        measure "tools-$length-exp" -f "$input" \
            "cbsplit=$CBSPLIT --delim '\r\n'" \
            "sed=sed 's/\r\$//'" \
            "grep=grep -o '^[^[:cntrl:]]*'" \
            "gawk=gawk 'BEGIN { RS = \"\\r\\n\" } 1'" \
            "perl=perl -e '\$/ = \"\\r\\n\"; \$\\ = \"\\n\"; while (<STDIN>) { chomp; print }'" \
            "python3=python3 -c 'import sys
for line in sys.stdin.buffer: sys.stdout.buffer.write(line[:-2] + b\"\\n\")'" \
            "parallel=parallel --will-cite --pipe --block 8M -j 2 tr -d '\\\\r'" \
            "split=split -l 1000000 --filter 'tr -d \"\\\\r\"'"
    done
}

# Other delimiters: one byte, many, and a set of three.
run_delimiters() {
    for lengths in $(varied 80) $(real); do
        generate "${lengths#*:}" "$BENCH_SIZE" lf
        measure "delim-1-${lengths%%:*}" -f "$input" \
            "cbsplit=$CBSPLIT --delim '\n' --print0" \
            "cat=cat" "$copy" "tr=tr '\n' '\0'" "mawk=mawk 'BEGIN { ORS = \"\\0\" } 1'"
    done
    generate 80 "$BENCH_SIZE" 'delim:--END--\n'
    measure delim-8 -f "$input" \
        "cbsplit=$CBSPLIT --delim '--END--\n'" \
        "cat=cat" "$copy" "mawk=mawk 'BEGIN { RS = \"--END--\\n\" } 1'"
    generate 80 "$BENCH_SIZE" lf 'delim:;' 'delim:|'
    measure delim-set-1 -f "$input" \
        "cbsplit=$CBSPLIT -d '\n' -d ';' -d '|'" \
        "cat=cat" "$copy" "tr=tr ';|' '\n\n'" "mawk=mawk 'BEGIN { RS = \"[\\n;|]\" } 1'"
    generate 80 "$quarter" crlf 'delim:;;' 'delim:<end>'
    measure delim-set-n -f "$input" \
        "cbsplit=$CBSPLIT -d '\r\n' -d ';;' -d '<end>'" \
        "cat=cat" "$copy" "mawk=mawk 'BEGIN { RS = \"\\r\\n|;;|<end>\" } 1'" \
        "gawk=gawk 'BEGIN { RS = \"\\r\\n|;;|<end>\" } 1'"
}

# Frames with a length before them, which become lines.
run_frames() {
    for framing in u32be varint netstring; do
        for length in 16:16 1K:1024 16K:16384 64K:65536 4M:4194304; do
            generate "${length#*:}" "$BENCH_SIZE" "$framing"
            measure "$framing-${length%:*}" -f "$input" \
                "cbsplit=$CBSPLIT --from $framing --to line" "cat=cat" "$copy"
        done
    done
    generate 1024 "$quarter" u32be
    measure tools-u32be-1K -f "$input" \
        "cbsplit=$CBSPLIT --from u32be --to line" \
        "perl=perl -e '\$\\ = \"\\n\"; while (read STDIN, \$h, 4) {
            read STDIN, \$r, unpack \"N\", \$h; print \$r }'" \
        "python3=python3 -c 'import sys
read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
while header := read(4): write(read(int.from_bytes(header, \"big\")) + b\"\\n\")'"
}

# Short records from one framing to another, without a pipe between: what a record costs
# beyond a copy of the bytes.
run_records() {
    for lengths in $(varied 16 80) $(real); do
        for framing in crlf u32be varint netstring chunked resp; do
            # An empty chunk would end the body.
            [ "${lengths%%:*}-$framing" != source-chunked ] || continue
            generate "${lengths#*:}" "$BENCH_SIZE" $framing
            measure "$framing-lf-${lengths%%:*}" -f "$input" -i file -o null \
                -r "$("$CBSPLIT" -c -f "$framing" "$input")" \
                "cbsplit=$CBSPLIT --from $framing --to line" "cat=cat" "$copy"
        done
        generate "${lengths#*:}" "$BENCH_SIZE" crlf
        records=$("$CBSPLIT" -c -f crlf "$input")
        for framing in u32be varint netstring chunked resp json; do
            [ "${lengths%%:*}-$framing" != source-chunked ] || continue
            measure "crlf-$framing-${lengths%%:*}" -f "$input" -i file -o null -r "$records" \
                "cbsplit=$CBSPLIT --from crlf --to $framing" "cat=cat" "$copy"
        done
    done
}

# A chunked body; for curl and node, as the answer of a server.
run_chunked() {
    cat >"$scratch/get.js" <<-'END'
	require('http').get({ host: '127.0.0.1', port: process.env.BENCH_PORT },
	    response => response.pipe(process.stdout));
	END
    for length in 16:16 8K:8192 1M:1048576; do
        generate "${length#*:}" "$BENCH_SIZE" chunked
        measure "chunked-${length%:*}" -f "$input" \
            "cbsplit=$CBSPLIT --from chunked" "cat=cat" "$copy"
        generate "${length#*:}" "$quarter" chunked
        # Theirs includes the connection and the head of the answer.
        measure "http-${length%:*}" -f "$input" \
            -i socket "cbsplit=$CBSPLIT --from chunked" \
            -i http "curl=curl -s http://127.0.0.1:\$BENCH_PORT/" \
            "node=node $scratch/get.js"
    done
}

# Every kind of input and output, with what is looked at and what is moved.
run_ways() {
    for work in lines-80:crlf:80 u32be-64K:u32be:65536; do
        framing=${work#*:}
        generate "${framing#*:}" "$BENCH_SIZE" "${framing%:*}"
        for way in file:pipe socket:pipe pipe:file pipe:socket pipe:null file:file file:socket \
            socket:socket; do
            measure "${work%%:*}" -f "$input" -i "${way%:*}" -o "${way#*:}" \
                "cbsplit=$CBSPLIT --from ${framing%:*} --to line" "cat=cat" "$copy"
        done
    done
}

# Framings with a syntax or another alphabet, against what reads or writes them.
run_formats() {
    generate exp:80 "$quarter" lf
    "$CBSPLIT" --to json "$input" >"$scratch/json"
    measure json -f "$scratch/json" \
        "cbsplit=$CBSPLIT --from json" \
        "jq=jq -c ." \
        "python3=python3 -c 'import json, sys
for line in sys.stdin.buffer: print(json.loads(line))'"
    sed 's/"/""/g; s/.*/1,"&"/' "$input" >"$scratch/csv"
    measure csv -f "$scratch/csv" \
        "cbsplit=$CBSPLIT --from csv" \
        "python3=python3 -c 'import csv, sys
for row in csv.reader(sys.stdin): print(len(row))'"
    "$CBSPLIT" --to tfrecord "$input" >"$scratch/tfrecord"
    measure tfrecord -f "$scratch/tfrecord" "cbsplit=$CBSPLIT --from tfrecord" "cat=cat" "$copy"
    measure to-json -f "$input" "cbsplit=$CBSPLIT --to json" "jq=jq -cR '{text: .}'"
    measure to-hex -f "$input" "cbsplit=$CBSPLIT --to hex" "xxd=xxd -p" "od=od -An -v -tx1"
    measure to-base64 -f "$input" "cbsplit=$CBSPLIT --to base64" "base64=base64"
    measure to-netstring -f "$input" "cbsplit=$CBSPLIT --to netstring" \
        "perl=perl -ne 'chomp; print length, \":\$_,\"'"
    measure on-collision -f "$input" "cbsplit=$CBSPLIT --on-collision=fail" \
        "without=$CBSPLIT" "cat=cat" "$copy"
    for lengths in $(varied 16 80); do
        generate "${lengths#*:}" "$quarter" lf
        for framing in slip cobs; do
            "$CBSPLIT" --to $framing "$input" >"$scratch/$framing"
            measure "$framing-${lengths%%:*}" -f "$scratch/$framing" \
                "cbsplit=$CBSPLIT --from $framing" "cat=cat" "$copy"
            measure "to-$framing-${lengths%%:*}" -f "$input" \
                "cbsplit=$CBSPLIT --to $framing" "cat=cat" "$copy"
        done
    done
}

# rate WORKLOAD FILE OPTION... - cbsplit from a file in memory to /dev/null
rate() {
    workload=$1 file=$2
    shift 2
    measure "$workload" -f "$file" -i file -o null "cbsplit=$CBSPLIT $*" "$copy"
}

# Framings with a syntax or another alphabet, without a pipe between: bytes a second.  The lines
# of JSON are objects of about 80 bytes on average, alone, with another one in them, or with arrays.
run_rates() {
    generate exp:24 "$quarter" lf
    "$CBSPLIT" --to json "$input" >"$scratch/json"
    sed 's/,"text":\(.*\)/,"of":{"text":\1}/' "$scratch/json" >"$scratch/nested"
    sed 's/,"text":\(.*\)}/,"at":[1.5,20],"of":[{"text":\1},[3]]}/' "$scratch/json" >"$scratch/arrays"
    for input_kind in json nested arrays; do
        for framing in json ndjson csv,lazy-quotes; do
            rate "${framing%%,*}-$input_kind" "$scratch/$input_kind" --from $framing
        done
    done
    sed 's/"/""/g; s/.*/"1","&","2"/' "$input" >"$scratch/csv"
    rate csv-rows "$scratch/csv" --from csv
    for lengths in 80-exp:exp:80 4000-exp:exp:4000; do
        generate "${lengths#*:}" "$BENCH_SIZE" lf
        for framing in json hex base64; do
            rate "to-$framing-${lengths%%:*}" "$input" --to $framing
        done
    done
}

# Records to commands and to files.
run_commands() {
    generate 80 160000 lf
    measure exec-2000 -f "$input" \
        "cbsplit=$CBSPLIT --exec true" "xargs=xargs -n 1 -d '\n' sh -c true" \
        "split=split -l 1 -a 4 --filter true"
    generate 80 "$quarter" lf
    measure workers-4 -f "$input" \
        "cbsplit=$CBSPLIT --worker 'cat >/dev/null' -j 4" \
        "split=split -n r/4 --filter 'cat >/dev/null'" \
        "parallel=parallel --will-cite --pipe --block 1M -j 4 'cat >/dev/null'"
    generate 80 800000 lf
    mkdir "$scratch/files"
    measure files-10000 -f "$input" \
        "cbsplit=$CBSPLIT --force -o '$scratch/files/r%d'" \
        "split=split -l 1 -a 4 - '$scratch/files/s'"
    rm -r "$scratch/files"
}

# Records to commands, and what they print back in the order of the records.
run_map() {
    generate 80 "$quarter" lf
    measure map-80 -f "$input" \
        "cbsplit=$CBSPLIT -j 2 -k --collect line --worker cat" \
        "unordered=$CBSPLIT -j 2 --collect line --worker cat" \
        "parallel=parallel --will-cite --pipe -k --block 1M -j 2 cat" \
        "split=split -n r/2 --filter cat"
    "$CBSPLIT" --to json "$input" >"$scratch/json"
    measure map-jq -f "$scratch/json" \
        "cbsplit=$CBSPLIT -j 2 -k --collect line --worker 'jq -c .text'" \
        "parallel=parallel --will-cite --pipe -k --block 1M -j 2 'jq -c .text'" \
        "split=split -n r/2 --filter 'jq -c .text'" \
        "jq=jq -c .text"
    generate 80 80000 lf
    measure map-exec-1000 -f "$input" \
        "cbsplit=$CBSPLIT -j 2 -k --exec cat" \
        "parallel=parallel --will-cite --pipe -k -N 1 -j 2 cat"
}

# Many records to a file: rows of CSV, two lines each, with the header before them.
run_groups() {
    generate 80 "$quarter" lf
    { echo 'id,text' && sed 's/.*/1,"&\n"/' "$input"; } >"$scratch/csv"
    mkdir "$scratch/files"
    measure groups-1000 -f "$input" \
        "cbsplit=$CBSPLIT --force --group=1000 -o '$scratch/files/r%d'" \
        "split=split -l 1000 -a 4 - '$scratch/files/s'"
    # (split sees lines: it would cut rows in two if not all of them had two.)
    cat >"$scratch/split-csv" <<END
tail -n +2 | split -l 2000 -a 4 --filter '{ echo id,text; cat; } >\$FILE' - '$scratch/files/s'
END
    measure groups-csv-1000 -f "$scratch/csv" \
        "cbsplit=$CBSPLIT --from csv --force --header=1 --group=1000 -o '$scratch/files/r%d'" \
        "split=sh $scratch/split-csv" \
        "python3=python3 -c 'import csv, sys
rows = csv.reader(sys.stdin)
head = next(rows)
for n, row in enumerate(rows):
    if n % 1000 == 0: out = csv.writer(open(f\"$scratch/files/p{n}\", \"w\")); out.writerow(head)
    out.writerow(row)'"
    rm -r "$scratch/files"
}

# What --exact costs where bytes must be looked at before they are taken.
run_exact() {
    for work in lines-80:crlf:80 u32be-1K:u32be:1024 u32be-64K:u32be:65536; do
        framing=${work#*:}
        generate "${framing#*:}" "$BENCH_SIZE" "${framing%:*}"
        for way in pipe socket; do
            measure "exact-${work%%:*}" -f "$input" -i "$way" \
                "cbsplit=$CBSPLIT --exact --from ${framing%:*} --to line" \
                "without=$CBSPLIT --from ${framing%:*} --to line"
        done
    done
}

# What needs memory where it is done carelessly: run once.
run_memory() {
    wanted_runs=$BENCH_RUNS
    BENCH_RUNS=1
    generate 67108864 0 raw
    measure one-4G-line -f "$input:64" "cbsplit=$CBSPLIT" "cat=cat" "$copy"
    printf '\0\0\0\1\0\0\0\0' >"$scratch/head"
    measure one-4G-frame -f "$scratch/head" -f "$input:64" "cbsplit=$CBSPLIT --from u64be" \
        "cat=cat" "$copy"
    head -c 1000000 /dev/zero | tr '\0' '\n' >"$input"
    measure empty-lines -f "$input:100" "cbsplit=$CBSPLIT --to nul" "cat=cat" "$copy"
    head -c 1000000 /dev/zero >"$input"
    measure empty-frames -f "$input:100" "cbsplit=$CBSPLIT --from u8" "cat=cat" "$copy"
    BENCH_RUNS=$wanted_runs
}

# One small record, many times.
run_start() {
    generate 16 0 crlf
    wanted_runs=$BENCH_RUNS
    BENCH_RUNS=$((BENCH_RUNS * 40))
    measure start-up -f "$input" \
        "cbsplit=$CBSPLIT --delim '\r\n'" \
        "cat=cat" "$copy" "tr=tr -d '\r'" "mawk=mawk 'BEGIN { RS = \"\\r\\n\" } 1'"
    BENCH_RUNS=$wanted_runs
    measure start-slow -f "$input" \
        "cbsplit=$CBSPLIT --delim '\r\n'" \
        "perl=perl -ne 'print'" "python3=python3 -c 'import sys; print(sys.stdin.readline())'"
}

# Records of a file, counted.
# count NAME INPUT - lines of a file
count() {
    measure "count-$1" -f "$2" -i file \
        "cbsplit=$CBSPLIT --count" "$copy" "wc=wc -l" "grep=grep -c ''"
}

# The kernel keeps a file of /dev/shm in pages of 4 KiB, and finds and copies each by itself;
# one that was read from a disk, or written in large pieces, in folios that are larger.
run_count() {
    on_disk=$(mktemp "${BENCH_DISK:-/var/tmp}/bench.XXXXXX")
    for lengths in $(varied 16 80 1000) $(real); do
        generate "${lengths#*:}" "$BENCH_SIZE" lf
        count "${lengths%%:*}" "$input"
        case $lengths in
        *:uniform:* | *:exp:*)
            dd if="$input" of="$on_disk" bs=1M 2>/dev/null
            count "disk-${lengths%%:*}" "$on_disk"
            ;;
        esac
    done
    rm -f "$on_disk"
    generate 1024 "$BENCH_SIZE" u32be
    measure count-u32be-1K -f "$input" -i file "cbsplit=$CBSPLIT --count --from u32be" "cat=cat" "$copy"
}

run_library() {
    echo 'library ...' >&2
    set -- "$BENCH_RUNS" "$results"
    for lengths in $(varied 16 80); do
        name=${lengths%%:*}
        "$bench/generate" "${lengths#*:}" 1048576 crlf >"$scratch/library-$name"
        set -- "$@" "$name=$scratch/library-$name"
    done
    "$bench/library" "$@" >"$bench/library.txt" || status=1
}

run_python() {
    [ -d "$TOP_BUILDDIR/python/build/lib/chunkedbuffer" ] || {
        echo 'the package for Python is not built (configure --enable-python): not measured' >&2
        return
    }
    echo 'python ...' >&2
    PYTHONPATH=$TOP_BUILDDIR/python/build/lib PYTHONDONTWRITEBYTECODE=1 \
        "$TOP_BUILDDIR/libtool" --mode=execute -dlopen "$TOP_BUILDDIR/lib/libchunkedbuffer.la" \
        "${PYTHON:-python3}" "$TOP_SRCDIR/bench/python.py" "$BENCH_RUNS" "$results" \
        >"$bench/python.txt" || status=1
}

# ------------------------------------------------------------------ main

# More than a few tenths here, and the figures tell about something else too.
load=$([ ! -r /proc/loadavg ] || cut -d ' ' -f 1 /proc/loadavg)
processors=$([ ! -r /proc/cpuinfo ] ||
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | uniq -c | sed 's/^ *//; s/ / x /')
echo "#${*:+ $*:} $processors, $(uname -s) $(uname -r | sed "s,-.*,,"), $((BENCH_SIZE >> 20)) MiB, medians of $BENCH_RUNS," \
    "$(date +%Y-%m-%d), load before $load" >"$results"
rm -f "$bench/library.txt" "$bench/python.txt"
[ $# -gt 0 ] || eval "set -- $workloads"
for name; do
    case " $workloads " in
    *" $name "*) "run_$name" ;;
    *)
        echo "bench.sh: no workload $name; there are: $workloads" >&2
        exit 2
        ;;
    esac
done

sed -n 's/^# //p' "$results"
echo
if grep -q '>' "$results"; then
    awk -f "$TOP_SRCDIR/bench/report.awk" "$TOP_SRCDIR/bench/targets.tsv" "$results"
    if command -v gnuplot >/dev/null; then
        gnuplot -e "results='$results'; plot_file='$bench/speed.svg'" "$TOP_SRCDIR/bench/plot.gp" &&
            echo "plot: bench/speed.svg"
    else
        echo 'gnuplot is not installed: no plot' >&2
    fi
fi
for table in library python; do
    [ ! -s "$bench/$table.txt" ] || {
        echo
        cat "$bench/$table.txt"
    }
done
exit $status
