# SPDX-License-Identifier: MIT
#
# Usage: awk -f report.awk targets.tsv results.tsv
# Prints what bench/measure gave as a table.  In each group cbsplit comes first;
# the ratios are our time as a part of the peer's, so less is better,
# with the target after them where there is one, and a * where it is missed.

BEGIN {
    FS = "\t"
    head = "%-18s %-12s %-10s %9s %9s %7s %9s %9s  %-15s %-15s\n"
    row = "%-18s %-12s %-10s %9.4f %9.4f %7s %9.4f %9d  %-15s %-15s\n"
    printf head, "workload", "way", "program", "wall s", "least s", "GB/s", "proc. s", "peak KiB",
        "ours/its wall", "ours/its proc."
}

function verdict(value, most) {
    if (most == "" || most == "-")
        return ""
    asked++
    if (value + 0 > most + 0)
        missed++
    return sprintf(" (%s)%s", most, value + 0 > most + 0 ? "*" : "")
}

# Times below the resolution of what is measured have no ratio.
function ratio(ours, its, most) {
    if (its < 0.0001)
        return "-"
    return sprintf("%.2f", ours / its) verdict(ours / its, most)
}

FNR == NR {
    if (!/^#/) {
        wall_target[$1, $2, $3] = $4
        processor_target[$1, $2, $3] = $5
    }
    next
}

{
    rate = $6 > 0 && $4 > 1e6 ? sprintf("%.2f", $4 / $6 / 1e9) : "-"
    if ($3 == "cbsplit") {
        way = $2
        wall = $6
        processor = $7
        peak = verdict($8, wall_target[$1, $2, "peak"])
        printf "\n" row, $1, $2, $3, $6, $9, rate, $7, $8, peak == "" ? "" : "peak" peak, ""
        next
    }
    printf row, "", $2 == way ? "" : $2, $3, $6, $9, rate, $7, $8,
        ratio(wall, $6, wall_target[$1, $2, $3]),
        ratio(processor, $7, processor_target[$1, $2, $3])
}

END {
    printf "\n%d targets, %d missed (*)\n", asked, missed
}
