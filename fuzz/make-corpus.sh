#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the inputs that the fuzzers start from to the folder that is given, one
# folder for each fuzzer.  What the bytes mean is said in each fuzz_<name>.c.
#
# usage: fuzz/make-corpus.sh FOLDER

set -eu
out=${1:?usage: make-corpus.sh FOLDER}
mkdir -p "$out/decoder" "$out/spec" "$out/matcher"

# decoder NUMBER TEXT - an input for specification NUMBER of fuzz_decoder.c, with
# default options and with a limit, of each kind, in parts of four bytes
decoder() {
    number=$(printf '%03o' "$1")
    printf "\\$number\\000\\043$2" >"$out/decoder/$1-plain"
    printf "\\$number\\121\\020$2" >"$out/decoder/$1-limited"
    printf "\\$number\\125\\020$2" >"$out/decoder/$1-skipping"
    printf "\\$number\\131\\020$2" >"$out/decoder/$1-truncating"
}

decoder 0 'one\r\n\ntwo\r\r\nlast'
decoder 1 'one\r\n\ntwo\r\r\nlast'
decoder 2 '\n\r\none\n\n\r\ntwo\n'
decoder 3 'one\r\ntwo\r\r\n\r'
decoder 4 'one\000\000two\000'
decoder 5 'xabaabbab'
decoder 6 'xababbbaabaab'
decoder 7 'abcdabcxbcabc'
decoder 8 'abaabaaabxabab'
decoder 9 'a\r\n\r\nb\nc\r\n\r\r\n\r\n'
decoder 10 'sevenbysevenbylast'
decoder 11 '\003abc\000\001x'
decoder 12 '\004abc\001\002x'
decoder 13 'x\004\000yyhia'
decoder 14 '\000\000\000\002hi\000\000\000\000'
decoder 15 '\000\000\000\000\000\000\000\000abc'
decoder 16 '\002hi\202\000hi\000'
decoder 17 'x\005hi'
decoder 18 '2\nhi0\n10\n0123456789'
decoder 19 '2\r\nhi\r\n0\r\n\r\n'
decoder 20 '2;hia;0123456789'
decoder 21 '5:hello,0:,12:hello world!,'
decoder 22 '5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nA: b\r\n\r\n'
decoder 23 '5;a=b\nhello\nA\r\n0123456789\n0\nA: b\n\n'
decoder 24 '2\r\nhi\r\n0\r\n\r\nmore'
decoder 25 '2\nhi\r\n0\n\r\nmore'
decoder 26 'a,"b\n""c"\r\nd'
decoder 27 'POST / HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\nhiGET / HTTP/1.0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx'
decoder 28 'HTTP/1.1 200\r\nTransfer-Encoding: a, chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\nHTTP/1.1 101\r\n\r\n'
decoder 29 '\nHTTP/1.1 200\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n\nHTTP/1.1 304 a\nContent-Length: 1\n\n'
decoder 30 'GET / HTTP/1.1\n\nPOST / HTTP/1.1\nContent-Length: 3\n\nabc'
decoder 31 'Content-Type: x\r\nContent-Length: 2\r\n\r\nhiContent-Length: 0\r\n\r\n'
decoder 32 'content-length:2\n\nhiContent-Length: 0\r\n\r\n'

# spec NAME TEXT
spec() {
    printf '%s' "$2" >"$out/spec/$1"
}

spec line 'line,keep,skip-empty'
spec delim 'delim:\r\n,or=\x0a,or=\0\a\b\e\f\v\\\,'
spec fixed 'fixed:188,pad=\xff'
spec length 'u32be,offset=2,header=8,adjust=-4,inclusive,trailer=;'
spec varint 'varint,offset=1,adjust=+3,inclusive'
spec ascii 'dec:\r\n,trailer=\r\n,canonical'
spec hex 'hex:|'
spec netstring 'netstring,keep'
spec chunked 'chunked,lf'
spec out 'none'

# matcher NAME INPUT
matcher() {
    printf "$2" >"$out/matcher/$1"
}

matcher one '\000\001\r\n\003one\r\ntwo\r\r\n\n'
matcher self '\000\003abab\001abaabababab'
matcher pair '\001\000a\002aba\004ababaabcaba'
matcher inner '\001\003abcd\001bc\002abcdabcxbc'
matcher long '\000\024aaaaaaaaaaaaaaaaaaaab\010aaaaaaaaaaaaaaaaaaaaaaaaaaaab'
matcher set '\003\000a\000b\001\r\n\000\n\007xaybz\r\n\n'
