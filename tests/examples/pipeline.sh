#!/bin/sh
# SPDX-License-Identifier: MIT
#
# examples/pipeline.c: the results come in the order of the input, whoever has worked
# on them, and as soon as they are there.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/example.sh"

# The test vectors of FNV-1a's authors.
makes 'a\nfoobar\n\n' \
    'af63dc4c8601ec8c a\n85944171f73967e8 foobar\ncbf29ce484222325 \n' pipeline
makes '1:a,6:foobar,' 'af63dc4c8601ec8c a\n85944171f73967e8 foobar\n' pipeline netstring
makes 'a' 'af63dc4c8601ec8c a\n' pipeline
makes '' '' pipeline

fails 1 'pipeline: record 2 at byte 9: input ends inside a record' '1:a,6:foo' \
    'af63dc4c8601ec8c a\n' pipeline netstring
fails 1 'pipeline: record 2 at byte 4: ' '1:a,x' 'af63dc4c8601ec8c a\n' pipeline netstring
fails 2 'pipeline: nonesuch: ' '' '' pipeline nonesuch

about 'more than the ring has room for, and records that lie across blocks'
awk 'BEGIN { for (i = 0; i < 50000; i++) print i }' >in
head -c 300000 /dev/zero | tr '\0' x >>in
try pipeline
expect_status 0
sed 's/^[0-9a-f]* //' out >records
echo >>in
expect_same in records

cannot_write pipeline
cannot_read pipeline

# What has come whole is written before more is waited for.
doing='pipeline, as the input comes'
mkfifo to from
example pipeline <to >from 2>err &
ours $!
exec 3>to 4<from
for _ in 1 2 3; do
    send 'foobar\n'
    receive '85944171f73967e8 foobar\n'
done
exec 3>&-
wait $! || fail "$doing: exit status $?"
