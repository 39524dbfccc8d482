#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records by their first line, in the jobs that people have: FASTA, mbox, the logs of
# applications with their stack traces.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'FASTA: ">" inside a header line'

cat >in <<'END'
>seq1 length>100 a>b
ACGT
ACGT
>seq2
TT
>
>seq4
END
run -f 'start:>,line' -c
expect out '4\n'
run -f 'start:>,line' -o 'seq-%d.fa'
expect seq-1.fa '>seq1 length>100 a>b\nACGT\nACGT\n'
expect seq-3.fa '>\n'
run -f 'start:>,line' -t raw --select=2,4
expect out '>seq2\nTT\n>seq4\n'
for k in 1 2 3; do
    "$CBSPLIT" -f 'start:>,line' -t raw --part=$k/3 in
done >out
expect_same in out

about 'mbox: lines of the body begin with "From " too'

cat >in <<'END'
From a@example.org Thu Jan  1 00:00:00 1970
Subject: one

Dear you,
From here on it is about nothing.

Bye
From me

From b@example.org Thu Jan  1 00:00:01 1970
Subject: two

Two

END
run -f 'start:From ,blank' -c
expect out '2\n'
run -f 'start:From ,blank' -t raw --select=2
expect out 'From b@example.org Thu Jan  1 00:00:01 1970\nSubject: two\n\nTwo\n\n'
sed 's/$/\r/' in >crlf
run -f 'start:From ,blank' -c
expect out '2\n'

about 'logs of applications, dated each'

cat >in <<'END'
2026-11-27 10:00:00,001 INFO  started on 2026-11-27
2026-11-27 10:00:01,217 ERROR request failed
java.lang.IllegalStateException: no
        at org.example.Server.handle(Server.java:42)
        at org.example.Server.main(Server.java:7)
Caused by: java.io.IOException: 2026-11-27
        ... 3 more
2026-11-27 10:00:02,000 INFO  going on
END
date='start:\d\d\d\d-\d\d-\d\d,line'
run -f "$date" -c
expect out '3\n'
run -f "$date" -t raw --select=2
sed -n 2,7p in >wanted
expect_same wanted out
# Of two forms, and with a dot for any byte.
printf '%s\n' '[10:00:01] a' ' b' '2026/11/27 c' '10:00:02 d' '2026-11-27 e' >in
run -f 'start:[\d\d:\d\d:\d\d],or=\d\d\d\d\.\d\d\.\d\d,line' -t delim:'|'
expect out '[10:00:01] a\n b\n|2026/11/27 c\n10:00:02 d\n|2026-11-27 e\n|'
# As far as it is known, and no further.
converse -f "$date" -t netstring
send '2026-11-27 a\n trace\n2026-11-2'
send '7'
receive '20:2026-11-27 a\n trace\n,'
send ' b\n2026-11-27'
receive '13:2026-11-27 b\n,'
ends 0 '10:2026-11-27,'
converse -f "$date" -t raw
send '2026-11-27 a\n'
receive '2026-11-27 a\n'
send '20'
send '2'
send 'x'
receive '202x'
ends 0 ''

about 'changelogs and other marks by lines'

printf 'commit 1\n\n    commit 2 was wrong\n\ncommit 3\n' >in
gives 'commit 1\n\n    commit 2 was wrong\n\ncommit 3\n' \
    'commit 1\n\n    commit 2 was wrong\n\n|commit 3\n|' -f 'start:commit ,line' -t 'delim:|'
gives '## 1\n# 2\n### 3\n' '## 1\n|# 2\n### 3\n|' -f 'start:## ,or=# ,line' -t 'delim:|'

about 'long and many'

# Records that no read holds, and lines that nearly begin one.
awk 'BEGIN { for (i = 0; i < 200000; i++) print i % 50000 ? "202x-" i : "2026-11-27 " i }' >in
run -f "$date" -t none --stats=json
grep -q '^{"records":4,' err || fail "$doing: $(cat err)"
awk 'BEGIN { for (i = 0; i < 100000; i++) print "2026-01-02 " i (i % 3 ? "" : "\n at 2026-01-02") }' >in
run -f "$date" -c
expect out '100000\n'
run -f "$date" -t raw
expect_same in out
# shellcheck disable=SC2046 # one key for each
run -f "start:2026-01-02 0$(printf ',or=2026-01-02 %d' $(seq 1 99)),line" -c
expect out '100000\n'

about 'mistakes'

refuses 2 "--from: 'start' needs the mark that begins a record, as in 'start:From ', at character 6 of 'start,line'
Try 'cbsplit --help' for more information." '' '' -f start,line
refuses 2 "--from: unknown escape '\\w', at character 7 of 'start:\\w'
Try 'cbsplit --help' for more information." '' '' -f 'start:\w'
refuses 2 "--from: unknown escape '\\d', at character 7 of 'delim:\\d'
Try 'cbsplit --help' for more information." '' '' -f 'delim:\d'
