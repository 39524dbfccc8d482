# SPDX-License-Identifier: MIT
#
# Usage: awk -f report.awk targets.tsv results.tsv
# Prints what bench/measure gave as a table.  In each group cbsplit comes first;
# the ratios are our time as a part of the peer's, so less is better,
# with the target after them where there is one, and a * where it is missed.  The last
# column, beside the copy loop, is what a record costs beyond a copy, in nanoseconds.

BEGIN {
    FS = "\t"
    head = "%-24s %-12s %-10s %9s %9s %7s %9s %9s  %-15s %-15s %s\n"
    row = "%-24s %-12s %-10s %9.4f %9.4f %7s %9.4f %9d  %-15s %-15s %s\n"
    printf head, "workload", "way", "program", "wall s", "least s", "GB/s", "proc. s", "peak KiB",
        "ours/its wall", "ours/its proc.", "ns/record"
}

function judge(target, misses) {
    if (target == "" || target == "-")
        return ""
    asked++
    missed += misses
    return sprintf(" (%s)%s", target, misses ? "*" : "")
}

function verdict(value, most) {
    return judge(most, value + 0 > most + 0)
}

# GB of input for each second of processor time, where there is a target.
function processor_rate(bytes, seconds, least,    gb) {
    gb = seconds > 0 ? bytes / seconds / 1e9 : 0
    return least == "" ? "" : sprintf("%.2f GB/s", gb) judge(least, gb < least + 0)
}

# Times below the resolution of what is measured have no ratio.
function ratio(ours, its, most) {
    if (its < 0.0001)
        return "-"
    return sprintf("%.2f", ours / its) verdict(ours / its, most)
}

# Remembers the processor time of a workload whose name ends with its lengths.
function note_lengths(workload, way, processor,    name, kind) {
    name = workload " " way
    kind = "equal"
    if (sub(/-uniform /, " ", name))
        kind = "uniform"
    else if (sub(/-exp /, " ", name))
        kind = "exp"
    else if (workload !~ /-[0-9]+$/)
        return
    if (!(name in named)) {
        named[name] = 1
        names[++name_count] = name
    }
    time[name, kind] = processor
}

function part(name, kind) {
    if (!((name, kind) in time) || time[name, "equal"] < 0.0001)
        return "-"
    return sprintf("%.2f", time[name, kind] / time[name, "equal"])
}

# What lengths that vary cost, as a part of the time for equal ones.
function report_lengths(    i, name, shown) {
    for (i = 1; i <= name_count; i++) {
        name = names[i]
        if (!((name, "equal") in time) || part(name, "uniform") part(name, "exp") == "--")
            continue
        if (!shown++)
            printf "\n%-32s %9s %9s\n", "our processor time / equal", "uniform", "exp"
        printf "%-32s %9s %9s\n", name, part(name, "uniform"), part(name, "exp")
    }
}

# Nanoseconds for each record.
function cost(value, most) {
    return sprintf("%.1f", value) verdict(value, most)
}

FNR == NR {
    if (!/^#/) {
        wall_target[$1, $2, $3] = $4
        processor_target[$1, $2, $3] = $5
        record_target[$1, $2] = $6
    }
    next
}

# Remarks, and the library's figures, which it prints itself.
/^#/ || $2 == "memory" {
    next
}

{
    rate = $6 > 0 && $4 > 1e6 ? sprintf("%.2f", $4 / $6 / 1e9) : "-"
    if ($3 == "cbsplit") {
        note_lengths($1, $2, $7)
        way = $2
        wall = $6
        processor = $7
        peak = verdict($8, wall_target[$1, $2, "peak"])
        printf "\n" row, $1, $2, $3, $6, $9, rate, $7, $8, peak == "" ? "" : "peak" peak,
            processor_rate($4, $7, processor_target[$1, $2, "rate"]), ""
        next
    }
    printf row, "", $2 == way ? "" : $2, $3, $6, $9, rate, $7, $8,
        ratio(wall, $6, wall_target[$1, $2, $3]),
        ratio(processor, $7, processor_target[$1, $2, $3]),
        $3 == "copy" && $10 ? cost((processor - $7) * 1e9 / $10, record_target[$1, $2]) : ""
}

END {
    report_lengths()
    printf "\n%d targets, %d missed (*)\n", asked, missed
}
