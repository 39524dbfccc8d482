#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A web archive that wget writes: the content of each record has the checksum that
# its header says.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need wget python3 nc perl

about 'pages with all that could be taken for the end of a record'
mkdir site
printf '<a href="bytes">1</a> <a href="none">2</a> <a href="lines">3</a>\r\n\r\n' >site/index.html
awk 'BEGIN { srand(5); for (i = 0; i < 300000; i++) printf "%c", int(rand() * 256) }' >site/bytes
printf '\r\n\r\nWARC/1.0\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n' >site/lines
: >site/none
serve_site() {
    start python3 -m http.server --bind 127.0.0.1 --directory site "$port"
}
serve serve_site
wget -q --no-proxy --recursive --warc-file=site --no-warc-compression \
    "http://127.0.0.1:$port/" || fail "wget: exit status $?"
[ -s site.warc ] || fail 'wget wrote no archive'

"$CBSPLIT" -f warc -t netstring site.warc >contents
"$CBSPLIT" -f warc,keep -t netstring site.warc >records
cat >verify.py <<'SCRIPT'
import base64, hashlib, re
def read(name):
    data = open(name, 'rb').read()
    while data:
        size, data = data.split(b':', 1)
        yield data[:int(size)]
        data = data[int(size) + 1:]
contents, records, types = list(read('contents')), list(read('records')), set()
assert len(contents) == len(records)
for content, record in zip(contents, records):
    assert record.endswith(content + b'\r\n\r\n'), record[:500]
    head = record[:len(record) - len(content) - 4]
    digest = re.search(rb'\r\nWARC-Block-Digest: sha1:(\w+)\r\n', head)
    types.add(re.search(rb'\r\nWARC-Type: (\w+)\r\n', head)[1].decode())
    if content or digest:
        assert base64.b32encode(hashlib.sha1(content).digest()) == digest[1], head
print(len(records), *sorted(types))
SCRIPT
python3 verify.py >verified
doing='checksums of the records'
# One such line is part of a page.
lines=$(grep -ac '^WARC/1.0' site.warc)
expect verified "$((lines - 1))"' metadata request resource response warcinfo\n'
"$CBSPLIT" -f warc,keep -t raw site.warc | cmp - site.warc
