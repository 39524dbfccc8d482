#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Protocol Buffers: a repeated field of a message is a stream of records with a
# tag and a varint length before each, which protoc makes and reads.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need protoc

# The tag of field 1 with a length is 0x0a, a line feed.
from=varint,offset=1,byte=0:0a
to='varint,offset=1,lead=\n'
cat >list.proto <<'END'
syntax = "proto3";
message List { repeated string record = 1; }
END

# Lengths of one, two and three bytes, and none.
awk 'BEGIN {
    split("0 1 2 126 127 128 129 300 16383 16384 70000 0 5", sizes)
    for (i = 1; i in sizes; i++) {
        text = ""
        for (n = 0; n < sizes[i]; n++)
            text = text sprintf("%c", 97 + (n * i) % 26)
        print text
    }
}' >lines
sed 's/.*/record: "&"/' lines >list.txt

protoc --encode=List list.proto <list.txt >encoded
doing="cbsplit -f $from"
"$CBSPLIT" -f "$from" <encoded >out
expect_same lines out
doing="cbsplit -t $to"
"$CBSPLIT" -t "$to" <lines >out
expect_same encoded out
protoc --decode=List list.proto <out >decoded
expect_same list.txt decoded

about 'without the tags it is what the libraries call delimited messages'
"$CBSPLIT" -f "$from" -t varint <encoded | "$CBSPLIT" -f varint >out
expect_same lines out
