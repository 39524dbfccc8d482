#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records by their lines, and the programs that make or read them: git log, mbox files and
# Python's mailbox, FASTA and FASTQ and seqtk.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need git python3 seqtk perl
export HOME="$scratch" GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_CONFIG_COUNT

about 'git log'

git init -q repo
for n in $(seq 60); do
    printf 'change %d\n\ncommit of somebody else\nFrom here on\n\ncommit\n' "$n" |
        git -C repo -c user.name=x -c user.email=x@example.org commit -q --allow-empty -F -
done
git -C repo log -p >log
git -C repo rev-list HEAD >wanted
doing='git log'
"$CBSPLIT" -f 'start:commit ,line' -c log >out
expect out '60\n'
"$CBSPLIT" -f 'start:commit ,line' --exec 'head -n 1 | cut -d " " -f 2' log >out
expect_same wanted out

about 'mbox'

# Python writes ">From" in bodies unless told otherwise, as other programs do.
cat >mbox.py <<'END'
import mailbox, random, sys
random.seed(4)
box = mailbox.mbox('in')
for n in range(200):
    lines = random.choices(['text', '', ' From here', 'from there', '>From', 'a From b'], k=9)
    box.add('Subject: %d\n\n%s\n' % (n, '\n'.join(lines)))
box.close()
END
python3 mbox.py
doing='mbox'
"$CBSPLIT" -f 'start:From ,blank' -c in >out
expect out '200\n'
"$CBSPLIT" -f 'start:From ,blank' -t raw in >out
expect_same in out
"$CBSPLIT" -f 'start:From ,blank' -o 'message-%d' in
python3 -c '
import mailbox
box = mailbox.mbox("in")
for key in box.keys():
    whole = box.get_bytes(key, from_=True)
    with open("message-%d" % (key + 1), "rb") as file:
        given = file.read()
    # The empty line before the next message is no part of it for Python.
    assert given == whole + b"\n", (key, given, whole)
'
# The patches that git makes, and takes apart.
git -C repo -c user.name=x -c user.email=x@example.org format-patch --root --always --stdout -q >patches
mkdir split
git -C repo mailsplit -o../split --keep-cr ../patches >/dev/null
"$CBSPLIT" -f 'start:From ,blank' -o 'split/%04d.ours' patches
doing='git mailsplit'
for file in split/*.ours; do
    expect_same "${file%.ours}" "$file"
done
[ -e split/0060.ours ] && [ ! -e split/0061 ] || fail "$doing: not 60"

about 'FASTA and FASTQ'

perl -e 'srand(6); for (1 .. 300) {
    my $s = join "", map { (qw(A C G T))[rand 4] } 1 .. 1 + rand 200;
    print "\@read$_ a>b\n$s\n+\n", join("", map { chr(33 + int rand 60) } 1 .. length $s), "\n" }' >reads.fq
seqtk seq -A -l 60 reads.fq >reads.fa
for what in 'start:>,line reads.fa' 'line,lines=4,keep reads.fq'; do
    doing="seqtk comp and $what"
    seqtk comp "${what##* }" >wanted
    "$CBSPLIT" -f "${what% *}" --exec 'seqtk comp -' "${what##* }" >out
    expect_same wanted out
    "$CBSPLIT" -f "${what% *}" -c "${what##* }" >out
    expect out '300\n'
done
