# SPDX-License-Identifier: MIT
#
# Usage: gnuplot -e "results='results.tsv'; plot_file='speed.svg'" plot.gp
# Throughput from pipe to pipe: of lines by program, and of frames by their length.

# Lines of random lengths: a row for each mean, a column for each program.
programs = "cbsplit cat tr mawk perl python3"
lines_table = "< awk -F '\\t' -v programs='" . programs . "' '" \
    . "match($1, /^(lines|tools)-[0-9]+-exp$/) { split($1, part, /-/); " \
    . "if (!(($3, part[2]) in rate)) rate[$3, part[2]] = $4 / $6 / 1e9 } " \
    . "END { n = split(programs, program, / /); split(\"16 80 1000\", mean, / /); " \
    . "for (m = 1; m <= 3; m++) { printf \"%s\", mean[m]; " \
    . "for (p = 1; p <= n; p++) printf \" %.4f\", rate[program[p], mean[m]]; print \"\" } }' '" \
    . results . "'"
has_lines = int(system("grep -c '^lines-80-exp' '" . results . "'")) > 0

# The points of one program in the workloads FAMILY-LENGTH: length, GB/s.
select = "$1 ~ /^%s-[0-9]+[KM]?$/ && $2 == \"pipe>pipe\" && $3 == \"%s\""
length = "sub(/.*-/, \"\", $1); x = $1 * ($1 ~ /K/ ? 1024 : $1 ~ /M/ ? 1048576 : 1)"
points(family, program) = \
    sprintf("< awk -F '\\t' '" . select . " { " . length . "; print x, $4 / $6 / 1e9 }' '%s'", \
        family, program, results)
# The number of them: a workload may not be wanted.
count(family, program) = \
    int(system(sprintf("awk -F '\\t' '" . select . " { n++ } END { print n + 0 }' '%s'", \
        family, program, results)))
frames = ""
do for [family in "u32be varint netstring chunked"] {
    frames = frames . (count(family, "cbsplit") > 0 ? family . " " : "")
}

set terminal svg size 900,420 dynamic font 'sans,12' background '#ffffff'
set output plot_file
set multiplot layout 1,2
set yrange [0:*]
set ylabel 'GB/s'
set grid y
set key below

if (has_lines) {
    set title 'lines of random lengths: CRLF to LF, pipe to pipe'
    set xlabel 'bytes, on average'
    set style data histograms
    set style histogram clustered gap 1
    set style fill solid 0.8
    plot for [i = 1 : words(programs)] lines_table using i + 1 : xtic(1) title word(programs, i)
}
if (frames ne "") {
    set title 'frames to lines (chunked to raw), pipe to pipe'
    set xlabel 'bytes of a frame'
    set style data linespoints
    set logscale x 2
    set xtics 16, 16 font ',10'
    set format x '%.0b%BB'
    plot for [family in frames] points(family, "cbsplit") title family linewidth 2, \
        points(word(frames, 1), "cat") title 'cat' linewidth 2 linecolor 'black'
}
unset multiplot
