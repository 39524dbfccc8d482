#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Writes the inputs that the fuzzers start from to the folder that is given, one
# folder for each fuzzer.  What the bytes mean is said in each fuzz_<name>.c.
#
# usage: fuzz/make-corpus.sh FOLDER [STREAMS]
#
# STREAMS is the program that prints the streams of the unit tests (fuzz/streams.c).

set -eu
out=${1:?usage: make-corpus.sh FOLDER [STREAMS]}
mkdir -p "$out/decoder" "$out/reframe" "$out/encode" "$out/buffer" "$out/options" "$out/probe" "$out/spec" "$out/matcher"

# The dictionary of specifications: the names of framings, and of their keys.
lib=$(dirname "$0")/../lib
{
    sed -nE 's/^ *(PRESET|FAMILY|VARIANT)\("([^"]*)".*/"\2"/p' "$lib/framings/table.c"
    printf '"u%s"\n' 16be 16le 24be 24le 32be 32le 40be 40le 48be 48le 56be 56le 64be 64le
    sed -n 's/^    {"\([a-z0-9-]\{1,\}\)", CB__KEY.*/",\1"/p' "$lib"/framings/*.c "$lib"/framings/shared/*.c
    printf '",keep"\n"="\n":"\n'
} >"$out/specifications.dict"

# Specifications that encode, those of the tests.
sed -n 's/^    "\(.*\)",$/\1/p' "$(dirname "$0")/../tests/unit/outputs.h" |
    sed 's/\\\\/\\/g' >"$out/outputs"

# Each of them, with records of several lengths, in cuts of 4, 1 and 17 bytes.
while IFS= read -r to; do
    count=$((${count:-0} + 1))
    for flags in 000 001; do
        printf "%s\n\\$flags\003\003\000\020\005hello\000\020abcdefghijklmnop\004a\n\r;\002[]" "$to" \
            >"$out/encode/$count-$flags"
    done
done <"$out/outputs"

# decoder SPECIFICATION TEXT - inputs for it, in cuts of 4, 1 and 17 bytes, asked for in
# batches of 2 and 10: with default options, with a limit of each kind, and going on after
# damage, with trailers.  To be reframed, to some of the framings that encode.  A few of
# the texts are to be probed.
decoder() {
    count=$((${count:-0} + 1))
    cuts='\003\003\000\020\002\001\011'
    for options in plain=000:000 limited=121:000 skipping=125:000 truncating=131:000 on=000:003; do
        bytes=${options#*=}
        printf "%s\n\\${bytes%:*}\\${bytes#*:}$cuts$2" "$1" >"$out/decoder/$count-${options%=*}"
    done
    [ $((count % 6)) -ne 0 ] || printf "$2" >"$out/probe/$count"
    for place in 1 2 3 4; do
        to=$(sed -n "$(((4 * count + place) % $(wc -l <"$out/outputs") + 1))p" "$out/outputs")
        printf "%s\n%s\n\\00$((place / 2 % 2))\000\00$((place % 2))$cuts$2" "$1" "$to" \
            >"$out/reframe/$count-$place"
    done
}

decoder 'line' 'one\r\n\ntwo\r\r\nlast'
decoder 'line,keep' 'one\r\n\ntwo\r\r\nlast'
decoder 'line,skip-empty' '\n\r\none\n\n\r\ntwo\n'
decoder 'crlf' 'one\r\ntwo\r\r\n\r'
decoder 'nul' 'one\000\000two\000'
decoder 'delim:ab' 'xabaabbab'
decoder 'delim:a,or=abab,or=bb' 'xababbbaabaab'
decoder 'delim:abcd,or=bc' 'abcdabcxbcabc'
decoder 'delim:aab,or=ab,skip-empty,keep' 'abaabaaabxabab'
decoder 'delim:\\r\\n\\r\\n,or=\\n' 'a\r\n\r\nb\nc\r\n\r\r\n\r\n'
decoder 'fixed:7' 'sevenbysevenbylast'
decoder 'u8' '\003abc\000\001x'
decoder 'u8,inclusive' '\004abc\001\002x'
decoder 'u16le,offset=1,header=5,adjust=-2,trailer=a' 'x\004\000yyhia'
decoder 'u32be' '\000\000\000\002hi\000\000\000\000'
decoder 'u64be,adjust=3' '\000\000\000\000\000\000\000\000abc'
decoder 'u16le,offset=1,scale=3,align=8,trailer=a' 'x\001\000yes..ax\000\000.....a'
decoder 'u8,more=3' '\003one\003two\001!\000\003yes\000'
decoder 'u8,offset=1,header=3,more=2,sequence=2,only=0:61,keep' 'a\002\007onb\001\010eb\000\000'
decoder 'varint' '\002hi\202\000hi\000'
decoder 'varint,offset=1,inclusive,adjust=-1' 'x\005hi'
decoder 'varint,offset=1,header=3,trailer=;' 'x\002yhi;x\200\000y;'
decoder 'varint,scale=2,align=4,keep' '\001hi.\200\000..\000...'
decoder 'vlq' '\002hi\200\002hi\201\000'
decoder 'vlq,offset=1,inclusive,canonical' 'x\004hix\002'
decoder 'quic' '\002hi\100\002hi\200\000\000\001x\300\000\000\000\000\000\000\000'
decoder 'quic,max-width=4,canonical,keep' '\002hi\100\100'
decoder 'dec' '2\nhi0\n10\n0123456789'
decoder 'dec:\\r\\n,trailer=\\r\\n,keep' '2\r\nhi\r\n0\r\n\r\n'
decoder 'hex:;,canonical' '2;hia;0123456789'
decoder 'netstring' '5:hello,0:,12:hello world!,'
decoder 'chunked' '5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nA: b\r\n\r\n'
decoder 'csv' '1,"a\n"""\r\n2\n'
decoder 'chunked,lf' '5;a=b\nhello\nA\r\n0123456789\n0\nA: b\n\n'
decoder 'chunked,keep' '2\r\nhi\r\n0\r\n\r\nmore'
decoder 'chunked,lf,keep' '2\nhi\r\n0\n\r\nmore'
decoder 'chunked,pad' '2 \r\nhi\r\n0 ; a = "\\"b" ;c\r\n\r\n'
decoder 'json' '{"a":[1,"\\\\""]}\n"x"[3]true 4'
decoder 'json,array' '\357\273\277[1,{"a":[2]} ,"]\\""]\n[][[],-1.5,true]'
decoder 'json,array,keep' '[1, "]"]\n[] [[]]'
decoder 'ndjson' '\357\273\277{"a":"\\""}\r\n\n \r\n12 \n [1]\t\r\n"x"\ntrue'
decoder 'ndjson,keep' '[1]\r\n\n \r\n-1.5e3 \nnull'
decoder 'cbor' '\237\001\202\002\141a\277\001\137\102hi\377\377\377\301\032\000\000\000\000\366'
decoder 'cbor' '\202\237\201\277\000\237\377\377\377\177\141a\377\230\002\370\040\373abcdefgh'
decoder 'msgpack' '\223\001\243one\201\300\304\002hi\315\000\001\307\001\002x\334\000\001\336\000\001\300\300'
decoder 'der' '\060\200\004\003one\044\200\004\000\000\000\000\000\037\037\202\000\003one\005\000'
decoder 'json-seq' '\036{"a":\n1}\n\036\0362 \036[\036"x"'
decoder 'resp' '*2\r\n$3\r\nfoo\r\n%%1\r\n+a\r\n:1\r\n|1\r\n+k\r\n#t\r\n_\r\n$-1\r\n'
decoder 'resp' ',-1.5e+10\r\n,nan\r\n(12\r\n=5\r\ntxt:a\r\n'
decoder 'resp' '*?\r\n$?\r\n;3\r\nfoo\r\n;0\r\n%%?\r\n+a\r\n_\r\n.\r\n.\r\n'
decoder 'resp,inline' '\nPING\r\n*1\r\n$1\r\na\r\n\r\nget x\n'
decoder 'resp,aof,keep' '#TS:1\r\n*1\r\n$1\r\na\r\n#TS:2\r\n*1\r\n$0\r\n\r\n'
decoder 'syslog' '5 hello<1>line\r\n\n3 abc<2>'
decoder 'start:ab' 'xab1ab2aabab'
decoder 'start:aba' 'xaba1abababaab'
decoder 'start:a\\d,or=b\\.b,line' 'a1a1\na2\nb\nb\na\n'
decoder 'start:a,or=bb,blank' 'a\na\n\nbb\n\r\na\nb'
decoder 'line,fold' 'a\r\n b\n\tc\n\n d'
decoder 'line,fold,skip-empty,keep' '\na\n b\r\n\r\nc\n'
decoder 'line,lines=3' 'a\nb\r\nc\nd\n\n'
decoder 'between:<,end=>>' '<a>> <b>c>>\n<<>>'
decoder 'between:\\n\\n<,end=>,keep' '\n\n<a>\n\n\n<b> \n'
decoder 'paragraph' '\n\na\nb\r\n\r\n\nc\n\r\n'
decoder 'paragraph,keep' '\na\n\n\r\nb\n\rc'
decoder 'u8,header=2,padding=1' '\002\003hi???\000\001?\001\000x'
decoder 'u16le,offset=2,padding=0,trailer=a,keep' '\003?\002\000hi???a\000?\000\000a'
decoder 'dec,digits=3' '002hi000010123456789'
decoder 'pkt-line' '0006a\n0005a0000000100020004000bfoobar\n'
decoder 'hex,digits=2,control=3,max=20,keep' '02hi000102hi050123456789'
decoder 'u8,offset=1,byte=0:00-7f,only=0:00-3f,trailer=a' '\000\002hiaA\001xa\377\000a'
decoder 'fixed:3,byte=1:00-7f,only=0:00-3f' '012Z12345\000\377'
decoder 'octet' '5 hello10 0123456789'
decoder 'fcgi' '\001\006\000\001\000\004\004\000text\000\000\000\000\001\003\000\001\000\000\000\000'
decoder 'bson' '\026\000\000\000\002hello\000\006\000\000\000world\000\000\005\000\000\000\000'
hi='\002\000\000\000\000\000\000\000x\047\013\064hi\023\326\010V'
empty='\000\000\000\000\000\000\000\000\051\003\230\007\330\352\202\242'
decoder 'tfrecord' "$hi$empty$hi"
decoder 'tfrecord,keep' "$empty$hi$hi"
file='\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\011\000\000\000\001\000\000\000'
decoder 'pcap' "${file}seconds.\003\000\000\000\011\000\000\000oneseconds.\000\000\000\000\000\000\000\000"
file='\241\262\074\115\000\002\000\004\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\001'
decoder 'pcap,max=100,keep' "${file}seconds.\000\000\000\003\000\000\000\011one"
section='\012\015\015\012\000\000\000\034\032\053\074\115\000\001\000\000\000\000\000\000\000\000\000\000\000\000\000\034'
decoder 'pcapng' "${section}\000\000\000\006\000\000\000\020four\000\000\000\020"
decoder 'pcapng,keep' "${section}${section}"
decoder 'journal' 'A=b\nM\n\005\000\000\000\000\000\000\000a\n\nbc\nD=\n\n\n_E=f\n\n'
decoder 'journal,keep' '\nA=b\n\n\nM\n\000\000\000\000\000\000\000\000\n\n'
decoder 'fix' '8=FIX.4.2\0019=5\00135=0\00110=161\0018=FIX.4.2\0019=5\00135=0\00110=161\001'
decoder 'csv' 'a,"b\n""c"\r\nd'
decoder 'csv' '1,"a"\r\n"b" ,c\n2\n'
decoder 'csv' '5" b,"\n"\n"a"\rb\nc'
decoder 'csv,lazy-quotes' '5" b,"\n"\n"a"\r"b\nc'
decoder 'csv,cr,skip-empty,escape=a' '\r\n\r1,"a"\r\n"\r2a\n,\r\r3'
decoder 'csv,cr,keep,quote=;' '1,;\r\n;;b;\r2\r\n3\n'
decoder 'http' 'POST / HTTP/1.1\r\nContent-Length: 2, 2\r\n\r\nhiGET / HTTP/1.0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx'
decoder 'http,keep' 'HTTP/1.1 200\r\nTransfer-Encoding: a, chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\nHTTP/1.1 101\r\n\r\n'
decoder 'http,lf' '\nPOST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nx\n0\n\nHTTP/1.1 304 a\nContent-Length: 1\n\n'
decoder 'http,lf,keep' 'GET / HTTP/1.1\n\nPOST / HTTP/1.1\nContent-Length: 3\n\nabc'
decoder 'http,head' 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi'
decoder 'content-length' 'Content-Type: x\r\nContent-Length: 2\r\n\r\nhiContent-Length: 0\r\n\r\n'
decoder 'content-length,lf,keep' 'content-length:2\n\nhiContent-Length: 0\r\n\r\n'
decoder 'content-length,start-line,fold,lf,or=l' '\nx\nl :\n 2\nA: b\n c\n\nhi\ny\nContent-Length: 0\n\n'
decoder 'sip' '\r\nA SIP/2.0\r\nl: 2\r\n\r\nhi\r\n\r\nSIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'
decoder 'warc,keep' 'WARC/1.0\r\nContent-Length: 2\r\n\r\nhi\r\n\r\nWARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n'
decoder 'stomp' '\n\r\nSEND\r\na:b\n\r\nx\000\nMESSAGE\ncontent-length:3\n\na\000b\000'
decoder 'stomp,keep' 'ACK\n\n\000\nCONNECTED\nversion:1.2\n\n\000\n'
decoder 'slip' '\300a\333\334b\300\300\333\335\300'
decoder 'hdlc' '~a}^b~~}]}1}~c~'
decoder 'hdlc,keep' '~a}~b~'
decoder 'cobs' '\003ab\002c\000\001\001\000'
decoder 'sse' '\357\273\277data: a\n:b\n\ndata\r\ndata:x\r\n\r\n'
decoder 'sse,data' 'id: 1\ndata: a\ndata:b\n\n: c\n\ndata\r\r'
decoder 'websocket' '\201\205\067\372\041\075\177\237\115\121\130\201\200zzzz'
decoder 'websocket' '\201\005Hello\210\002\003\350'
decoder 'websocket,data' '\211\001x\202\002hi'
decoder 'websocket,message' '\001\201zzzzx\211\200zzzz\000\200zzzz\200\201\001\002\003\004y'
decoder 'websocket,message,rsv1,keep' '\101\001x\211\000\200\001y\302\000'
decoder 'websocket' '\001\001x\211\000\000\001y\200\000'

if [ -n "${2-}" ]; then
    "$2" >"$out/streams"
    while IFS="$(printf '\t')" read -r specification text; do
        decoder "$specification" "$text"
    done <"$out/streams"
fi

# spec NAME TEXT
spec() {
    printf '%s' "$2" >"$out/spec/$1"
}

spec line 'line,keep,skip-empty'
spec delim 'delim:\r\n,or=\x0a,or=\0\a\b\e\f\v\\\,'
spec fixed 'fixed:188,pad=\xff'
spec length 'u32be,offset=2,header=8,adjust=-4,inclusive,trailer=;'
spec varint 'varint,offset=1,adjust=+3,inclusive,max-width=4,min=1,max=9,scale=2,align=4'
spec rules 'u8,offset=1,byte=0:00-02|ff,only=1:0'
spec ascii 'dec:\r\n,trailer=\r\n,canonical'
spec hex 'hex:|'
spec netstring 'netstring,keep'
spec digits 'hex,digits=4,inclusive,control=3,max=65520'
spec fcgi 'u16be,offset=4,header=8,padding=6,lead=\x01\x06\x00\x01'
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

# buffer: choices, the same each time.
for seed in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    printf "$(awk -v seed=$seed 'BEGIN {
        for (left = 250 * seed; left; left--) {
            seed = (seed * 16807) % 2147483647
            printf "\\%03o", int(seed / 8388608)
        }
    }')" >"$out/buffer/$seed"
done

# options NAME WAY INPUT ARGUMENT... - the last line of the arguments is empty
options() {
    name=$1 way=$2 input=$3
    shift 3
    { printf "$way"; printf '%s\n' "$@" ''; printf "$input"; } >"$out/options/$name"
}

# The names of options, and what they take, are in the dictionary, too.
{
    sed -nE 's/^    \{.*, "([a-z-]+)", (NULL|"[^"]*").*/"--\1"/p' "$(dirname "$0")/../cli/options.c"
    sed -nE "s/^    \{'(.)'.*/\"-\1\"/p" "$(dirname "$0")/../cli/options.c"
    printf '"%s"\n' fail emit drop skip truncate pass text json '\x0ain\x0a' '%06d' 1/2 1-2,4- 64K
} >>"$out/specifications.dict"

options plain 3 'a\nb\n' --from=line --to=json
options file 2 'a\n' -f line -t netstring in
options missing 2 '' nothing
options delim 3 'a;b,c' '-d;' -d, -0
options select 3 'a\nb\nc\nd\n' --skip=1 -n 2
options list 3 'a\nb\nc\nd\n' --select=1,3-
options part 2 'a\nb\nc\nd\n' --part=1/2 in
options exact 3 'a\nb\nc\n' --exact --head=1
options count 2 'a\nb\n' -c
options counts 2 'a\nb\n' --count in -
options check 2 '3:abc,4:x' -f netstring --check
options full 0 'a\nb\n' -t json
options count-full 0 'a\nb\n' -c
options files 2 'a\nb\n' -o 'x%02d'
options force 2 'a\nb\nc\n' -o 'x%d' --force --group=2 --header=1
options group 2 'a\nb\nc\n' --output=x%d --group-size=4
options exec 2 'a\nb\nc\n' --exec=x -j 2
options keep 2 'a\nb\nc\n' --exec=xy -j 3 -k
options collect 2 'a\nb\nc\n' --exec=xyz --collect=line --collect-to=json
options worker 2 'a\nb\nc\n' --worker=1 -j 2 --collect=line
options worker-keep 2 'a\nb\nc\n' --worker=2 --keep-order --collect=line -t line
options limits 2 'abc\nd\n' --max-record=2 --on-overflow=skip --on-partial=drop
options malformed 3 'a\300b\333x\300c\300' -f slip --on-malformed=skip --on-collision=fail
options idle 3 'a\nb\n' --idle=0.01 -f 'start:a,line'
options progress 2 'a\nb\n' --progress --stats=json
options stats 2 'a\nb\n' --stats
options probe 2 '3:abc,1:d,' --probe
options list-all 2 '' --list
options keys 2 '' --list=delim
options explain 2 '' --explain=mysql
options help 2 '' -h
options version 2 '' --version
options wrong 2 '' --frm=line
options ambiguous 2 '' --s
options collision 2 'a,b\n' -t 'delim:\,' --on-collision=fail
