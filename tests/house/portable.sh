#!/bin/sh
# SPDX-License-Identifier: MIT
#
# House test: the scripts use no option or pattern that only the tools of GNU have: they run on
# macOS and the BSDs as well.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

# What must not be in a line, as a pattern for grep -E, then what to write instead.
faults() {
    cat <<'END'
(sed|grep)( -[a-df-zA-DF-Z]+)* '[^']*\\[|+?]	-E, with | + ? as they are
(sed|grep)( -[a-df-zA-DF-Z]+)* "[^"]*\\[|+?]	-E, with | + ? as they are
\<sed( -[a-zA-Z]+)* -[a-zA-Z]*i	a second file, and mv
\<grep( -[a-zA-Z]+)* -[a-zA-Z]*P	grep -E, or perl
\<stat -c ([^|]|\|[^|])*$	|| stat -f after it
\<readlink -f	cd and pwd -P
\<date .*(%N|-d |--date)	python3 or perl
\<mktemp --	mktemp -d, which every system has
\<(head|tail) -[cn] ?-	sed or perl
\<cat -[A-Z]	od -c
\<xargs -[a-z0-9]*r	a loop
\<find .* -(printf|quit)\>	-exec
\<sort -[a-zA-Z]*V	sort -n with keys
\<cp -[a-zA-Z]*a	cp -R -p
\<nproc\>	build-aux/jobs
/usr/bin/perl	perl, wherever it is
ulimit -v	limit_memory (tests/cli.sh)
=\$\(([^(].* )?wc -	$(($(wc ...))): some put spaces before it
\<seq ("?\$[^ ]*"?|0)( *[|>)]|$)	numbers (tests/cli.sh): some count down to 0
\<printf? ("[^"]*", )?[^(]*\(\) [<>]	parentheses: awk may take it for a redirection
;\}\}'	a semicolon before each brace of sed
\<grep -[a-zA-Z]*L	a loop: its status is not the same everywhere
\<sh -c --	a space before a command that begins as an option
[ :(][A-Z_]+=[^ ;=]* (run|gives|refuses|bootstrap|same|asked_again) 	export in a subshell: not all export it to a function
\<uname\>	a probe of what is needed
END
}

# scripts - those that are to run everywhere: not what is for Debian, and its packages
scripts() {
    find "$TOP_SRCDIR/tests" "$TOP_SRCDIR/build-aux" "$TOP_SRCDIR/examples" "$TOP_SRCDIR/python" \
        '(' -name '*.sh' -o -name jobs -o -name release-date ')' ! -name portable.sh \
        ! -name tap-driver.sh ! -name ltmain.sh
    find "$TOP_SRCDIR" -name local.mk ! -path '*/fuzz/*'
}

# lines FILE... - those that are no comments, as FILE:NUMBER:LINE; the definition of what wraps a
# fault is none
lines() {
    grep -nv -e '^[[:space:]]*#' /dev/null "$@" |
        grep -Ev '/tests/cli\.sh:[0-9]*:    (ulimit -v "\$1"|\[ "\$1" -eq 0 \] \|\| seq "\$1"$)'
}

check() {
    lines "$@" >lines
    status=0
    faults >table
    tab=$(printf '\t')
    while IFS=$tab read -r pattern instead; do
        pattern=$(printf '%s\n' "$pattern" | sed 's/\\</(^|[^a-z_-])/; s/\\>/([^a-z_-]|$)/')
        ! grep -E -e "$pattern" lines || {
            echo "# not everywhere: $instead"
            status=1
        }
    done <table
    return $status
}

cd "$scratch"

about 'all scripts'
scripts >list
[ "$(wc -l <list)" -gt 100 ] || die "only $(wc -l <list) scripts"
set --
while read -r file; do
    set -- "$@" "$file"
done <list
check "$@" >found || {
    show found
    fail 'see above'
}

about 'faults are found'
cat >bad.sh <<'END'
sed 's/a\|b/c/' file
grep -v "a\+" file
x | sed -n -i s/a/b/ file
grep -qP '\d' file
x=$(stat -c %s file)
y=$(readlink -f "$0")
date +%s%N
head -c -1 file
find . -printf '%p'
perl=/usr/bin/perl
ulimit -v 30000
size=$(wc -c <in)
size=$(cat in | wc -c)
seq $count >in
for i in $(seq "$n"); do
awk '{ print rand() < 0.5 ? "a" : "b" }'
awk '{ printf "%s %d", rand() > 0.5 }'
sed '/a/{x;p;}}' file
grep -qL a file
sh -c -- "$command"
TMPDIR=$scratch/none run --help
[ "$(uname)" = Linux ]
END
! check bad.sh >found || fail 'nothing was found'
number=0
while read -r line; do
    number=$((number + 1))
    grep -q "^bad.sh:$number:" found || fail "not found: $line"
done <bad.sh
printf '%s\n' "sed -En 's/a|b/c/'" 'stat -c %Y x 2>/dev/null || stat -f %m x' '# stat -c' \
    "grep -E 'a\\|b'" 'size=$(($(cat in | wc -c)))' 'seq "$1" "$2"' \
    'awk "{ print (rand() < 0.5 ? 1 : 2) }"' >good.sh
check good.sh >found || {
    show found
    fail 'what is right is refused'
}
