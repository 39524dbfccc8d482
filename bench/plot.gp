# SPDX-License-Identifier: MIT
#
# Usage: gnuplot -e "results='results.tsv'; plot_file='speed.svg'" plot.gp
# Throughput against the length of records and frames, from pipe to pipe.

# The points of one program in the workloads FAMILY-LENGTH: length, GB/s.
select = "$1 ~ /^%s-[0-9]+[KM]?$/ && $2 == \"pipe>pipe\" && $3 == \"%s\""
length = "sub(/.*-/, \"\", $1); x = $1 * ($1 ~ /K/ ? 1024 : $1 ~ /M/ ? 1048576 : 1)"
points(family, program) = \
    sprintf("< awk -F '\\t' '" . select . " { " . length . "; print x, $4 / $6 / 1e9 }' '%s'", \
        family, program, results)
# The number of them: a program may not be installed, a workload not wanted.
count(family, program) = \
    int(system(sprintf("awk -F '\\t' '" . select . " { n++ } END { print n + 0 }' '%s'", \
        family, program, results)))
present(family, program) = count(family, program) > 0 ? program . " " : ""

lines = present("lines", "cbsplit") . present("lines", "cat") . present("lines", "tr") \
    . present("lines", "mawk")
frames = ""
do for [family in "u32be varint netstring chunked"] {
    frames = frames . (count(family, "cbsplit") > 0 ? family . " " : "")
}

set terminal svg size 900,420 dynamic font 'sans,12' background '#ffffff'
set output plot_file
set multiplot layout 1,2
set logscale x 2
set xtics 16, 16 font ',10'
set format x '%.0b%BB'
set yrange [0:*]
set ylabel 'GB/s'
set grid
set key below
set style data linespoints

if (lines ne "") {
    set title 'lines: CRLF to LF, pipe to pipe'
    set xlabel 'record length'
    plot for [program in lines] points("lines", program) title program linewidth 2
}
if (frames ne "") {
    set title 'frames to lines (chunked to raw), pipe to pipe'
    set xlabel 'frame length'
    plot for [family in frames] points(family, "cbsplit") title family linewidth 2, \
        points(word(frames, 1), "cat") title 'cat' linewidth 2 linecolor 'black'
}
unset multiplot
