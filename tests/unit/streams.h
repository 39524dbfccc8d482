/* SPDX-License-Identifier: MIT */
/*
 * A stream of every framing that decodes, for tests of what must hold for all.
 */
#ifndef CB_TESTS_STREAMS_H
#define CB_TESTS_STREAMS_H

#include "support.h"

/* Two records or more, as in the framing's own tests. */
struct stream {
    const char *specification;
    const char *bytes;
    size_t size;
};

#define HTTP_HEAD "HTTP/1.1 200 OK\r\n"
#define TF_HI "\2\0\0\0\0\0\0\0\x78\x27\x0b\x34hi\x13\xd6\x08V" /* as in fuzz/make-corpus.sh */
/* The file header of pcap, of 24 bytes, in both byte orders, with a snapshot length of 9; and
 * the block of pcapng that begins a section. */
#define PCAP_BIG "\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\x9\0\0\0\1"
#define PCAP_LITTLE "\x4d\x3c\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\x9\0\0\0\1\0\0\0"
#define SECTION_BIG "\n\r\r\n\0\0\0\x1c\x1a\x2b\x3c\x4d\0\1\0\0\0\0\0\0\0\0\0\x8\0\0\0\x1c"
#define SECTION_LITTLE "\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\x8\0\0\0\0\0\0\0\x1c\0\0\0"
/* A heartbeat, and a message whose data look like the end of one.  (The literals end where an
 * escape must.) */
#define FIX_HEARTBEAT                                                                              \
    "8=FIX.4.2\1"                                                                                  \
    "9=5\1"                                                                                        \
    "35=0\1"                                                                                       \
    "10=161\1"
#define FIX_NEWS                                                                                   \
    "8=FIXT.1.1\1"                                                                                 \
    "9=022\1"                                                                                      \
    "35=B\1"                                                                                       \
    "95=8\1"                                                                                       \
    "96=x\1"                                                                                       \
    "10=000\1"                                                                                     \
    "10=154\1"
#define TF_EMPTY "\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2"

static const struct stream streams[] = {
    {"line", BYTES("one\r\n\ntwo\r\r\nfour")},
    {"line,fold", BYTES("one\r\n two\n\nfour\n\tfive\r\n\n")},
    {"line,lines=2", BYTES("one\r\n\ntwo\r\r\nfour\n\n\nfive")},
    {"paragraph", BYTES("\n\none\r\ntwo\n\r\n\nfour\n\n\r\nfive")},
    {"lf", BYTES("one\n\ntwo\r\nfour")},
    {"crlf", BYTES("one\r\n\r\ntwo\r\r\nfour")},
    {"nul", BYTES("one\0\0two\0four")},
    {"delim:;", BYTES("one;;two;four")},
    {"delim:aba,or=;;,or=b", BYTES("xaba;;;;xab;aab;ababa")},
    {"start:aba", BYTES("xaba1abababaab")},
    {"start:>,line", BYTES("x\n>one>\n\n>\n>two\n>")},
    {"start:a\\d-,or=b\\.,or=\\n,line", BYTES("xa0-\na1-\nbbb\n\na\nbb\na12\n")},
    {"start:a,or=b\\n,blank", BYTES("a\n\na\nb\n\r\nb\n\na\n\n\nx\n\nb")},
    {"between:<!,end=->", BYTES("<!one-> \n<!->\n\n<!t<!-wo-><!four->\n")},
    {"between:\\n\\n.,end=;", BYTES("\n\n.one;\n\n\n.two; \n\n.four;\n\n")},
    {"mllp", BYTES("\vone\r\x1c\r\r\n\v\x1c\r\vtwo\x1c\x1c\r")},
    {"fixed:4", BYTES("fourbyfourend")},
    {"u8", BYTES("\3one\0\5three")},
    {"u16be", BYTES("\0\3one\0\0\0\5three")},
    {"u16le", BYTES("\3\0one\0\0\5\0three")},
    {"u24be", BYTES("\0\0\3one\0\0\0")},
    {"u24le", BYTES("\3\0\0one\0\0\0")},
    {"u32be", BYTES("\0\0\0\3one\0\0\0\0")},
    {"u32le", BYTES("\3\0\0\0one\0\0\0\0")},
    {"u40be", BYTES("\0\0\0\0\3one\0\0\0\0\0")},
    {"u40le", BYTES("\3\0\0\0\0one\0\0\0\0\0")},
    {"u48be", BYTES("\0\0\0\0\0\3one\0\0\0\0\0\0")},
    {"u48le", BYTES("\3\0\0\0\0\0one\0\0\0\0\0\0")},
    {"u56be", BYTES("\0\0\0\0\0\0\3one\0\0\0\0\0\0\0")},
    {"u56le", BYTES("\3\0\0\0\0\0\0one\0\0\0\0\0\0\0")},
    {"u64be", BYTES("\0\0\0\0\0\0\0\3one\0\0\0\0\0\0\0\0")},
    {"u64le", BYTES("\3\0\0\0\0\0\0\0one\0\0\0\0\0\0\0\0")},
    {"u8,header=2,padding=1,trailer=;", BYTES("\2\3hi???;\0\1?;\1\0x;")},
    {"u8,scale=2,adjust=-1", BYTES("\2one\1x\3three")},
    {"u8,offset=1,align=4", BYTES("a\3one...b\0..c\2tw")},
    {"varint,scale=2,align=4,trailer=;", BYTES("\2four...;\0...;\x80\0..;")},
    {"u8,more=3", BYTES("\3one\3two\2th\0\3fou\0")},
    {"u8,offset=1,header=3,more=2,sequence=2", BYTES("a\2\1ona\1\2ea\0\0a\2\377twa\0\0")},
    {"u8,offset=1,more=2,only=0:61", BYTES("a\2onb\1eb\2twa\2o a\1!a\2nob\0")},
    {"mysql", BYTES("\3\0\0\0one\0\0\0\1")},
    {"varint", BYTES("\3one\0\x82\0hi")},
    {"varint,offset=1,header=4,trailer=;,inclusive", BYTES("a\7..one;b\x87\0...x;a\4..;")},
    {"u8,offset=1,byte=0:61-62,only=0:61", BYTES("a\3oneb\2toa\0b\0a\5threeb\4four")},
    {"u8,header=3,padding=1,only=2:61,trailer=;", BYTES("\3\2aone??;\2\1bto?;\0\0a;")},
    {"varint,offset=1,only=0:61", BYTES("a\3oneb\2toa\0b\0a\5three")},
    {"fixed:3,byte=1:62,only=0:61", BYTES("abcxbcab?ybca")},
    {"varint,canonical,max-width=2", BYTES("\3one\0\1x\2hi")},
    {"vlq", BYTES("\3one\0\x80\2hi\x80\x80\0")},
    {"vlq,offset=1,header=3,only=0:61", BYTES("a\x80\3?oneb\1?xa\0?a\5?three")},
    {"quic", BYTES("\3one\0\x40\2hi\x80\0\0\1x\xc0\0\0\0\0\0\0\0")},
    {"quic,inclusive,header=2,trailer=;", BYTES("\5?one;\x40\5?hi;\2?;")},
    {"dec", BYTES("3\none0\n5\nthree")},
    {"hex:;", BYTES("3;one0;a;0123456789")},
    {"netstring", BYTES("3:one,0:,5:three,")},
    {"octet", BYTES("3 one1 x5 three")},
    {"grpc", BYTES("\0\0\0\0\3one\1\0\0\0\0")},
    {"docker", BYTES("\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\0")},
    {"dns", BYTES("\0\xc"
                  "0123456789ab\0\xd"
                  "0123456789abc")},
    {"kafka", BYTES("\0\0\0\3one\0\0\0\0")},
    {"tpkt", BYTES("\3\0\0\7one\3\0\0\4")},
    {"tls", BYTES("\x17\3\3\0\3one\x17\3\3\0\0")},
    {"mqtt", BYTES("\x30\3one\x30\0\x30\5three")},
    {"bson", BYTES("\5\0\0\0\0\6\0\0\0x\0\5\0\0\0\0")},
    {"postgres", BYTES("Q\0\0\0\7oneS\0\0\0\4")},
    {"postgres-startup", BYTES("\0\0\0\x9"
                               "three\0\0\0\x8"
                               "four")},
    {"fcgi", BYTES("\1\6\0\1\0\3\5\0one?????\1\3\0\1\0\0\0\0")},
    {"pkt-line", BYTES("0007one0000000100020006a\n")},
    {"tfrecord", BYTES(TF_HI TF_EMPTY TF_HI)},
    {"pcap", BYTES(PCAP_BIG "sec.sub.\0\0\0\3\0\0\0\3onesec.sub.\0\0\0\0\0\0\0\x9")},
    {"pcap", BYTES(PCAP_LITTLE "sec.sub.\3\0\0\0\3\0\0\0onesec.sub.\0\0\0\0\x9\0\0\0")},
    {"pcapng",
     BYTES(SECTION_LITTLE "\6\0\0\0\x10\0\0\0four\x10\0\0\0\1\0\0\0\xc\0\0\0\xc\0\0\0" SECTION_BIG
                          "\0\0\0\1\0\0\0\xc\0\0\0\xc")},
    {"fix", BYTES(FIX_HEARTBEAT FIX_NEWS FIX_HEARTBEAT)},
    {"journal", BYTES("\n\n_A=b=\nM\n\5\0\0\0\0\0\0\0a\n\nb=\nC=\n\n\nA1\n\0\0\0\0\0\0\0\0\n\n")},
    {"chunked", BYTES("3;a=b\r\none\r\n003\r\ntwo\r\nA\r\n0123456789\r\n0\r\nA: b\r\n\r\n")},
    {"chunked,lf", BYTES("3\none\r\n1\nx\n0\n\n")},
    {"http", BYTES("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi" HTTP_HEAD
                   "Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n2\r\ntw\r\n0\r\nA: b\r\n\r\n")},
    {"http", BYTES("\r\nGET / HTTP/1.1\r\n\r\n" HTTP_HEAD "\r\nto the end")},
    {"http,head",
     BYTES(HTTP_HEAD "Content-Length: 9\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")},
    {"http", BYTES("HTTP/1.1 204 x\r\n\r\nHTTP/1.1 101\r\n\r\n")},
    {"content-length", BYTES("Content-Length: 3\r\n\r\noneA: b\r\ncontent-length:0\r\n\r\n")},
    {"content-length,start-line,trailer=;", BYTES("x\r\nContent-Length: 3\r\n\r\none;y: z\r\n"
                                                  "content-length:0\r\n\r\n;")},
    {"content-length,fold,lf", BYTES("A: b\n c\nContent-Length :\n 3\n\noneContent-Length:0\n\n")},
    {"sip",
     BYTES("\r\nMESSAGE sip:a SIP/2.0\r\nl: 3\r\nA:\r\n b\r\n\r\none\r\n\r\nSIP/2.0 200 OK\r\n"
           "Content-Length: 0\r\n\r\n")},
    {"warc",
     BYTES("WARC/1.0\r\nContent-Length: 3\r\n\r\none\r\n\r\nWARC/1.1\r\nContent-Length: 0\r\n"
           "\r\n\r\n\r\n")},
    {"stomp",
     BYTES("\nSEND\r\na:b\n\r\none\0\r\n\nMESSAGE\ncontent-length:5\n\nt\0\nwo\0ACK\n\n\0")},
    {"csv", BYTES("1,\"a\n\"\"\"\r\n\n2,3")},
    {"csv,escape=\\\\,cr,skip-empty", BYTES("\r\n\n1,\"a\\\"\n\"\r\r2\\\r,\r\n\r3")},
    {"csv,lazy-quotes", BYTES("1\",\"a\n\"\"\"b\r\n\n\"2\"\r\"\n3\"")},
    {"csv", BYTES("\"1\",\"a\n\"\"\"\r\n\"2\"\r\n\"3\"\n\"\"\r\n")},
    {"csv,quote=',skip-empty", BYTES("\n1,'a\n'\r\n\r\n\n2,3")},
    {"csv", BYTES("\xef\xbb\xbf\"a\n\"\n\xef\xbb\xbf\n")},
    {"websocket", BYTES("\x81\3one\x89\1x\2\0\0\1x\x8a\0\x80\0")},
    {"websocket", BYTES("\x81\x83zzzzone\x89\x81\1\2\3\4x\2\x80zzzz\0\x81zzzzx\x80\x80zzzz")},
    {"websocket,data", BYTES("\x89\3one\1\3one\x8a\0\x80\0\x82\1x")},
    {"websocket,message",
     BYTES("\x89\x80zzzz\1\x81zzzzo\x8a\x80zzzz\0\x80zzzz\x80\x81zzzzx\x82\x81zzzzx")},
    {"websocket,message,rsv1", BYTES("\x41\x80zzzz\x80\x83zzzzone\xc2\x83zzzztwo")},
    {"sse", BYTES("\xef\xbb\xbf"
                  "data: a\n:b\r\rid\r\n\r\n")},
    {"sse,data", BYTES("id: 1\ndata: a\rdata:b\n\n: c\n\ndata\r\ndata: d\r\r")},
    {"slip", BYTES("\xc0one\xc0\xc0t\xdb\xdcwo\xdb\xdd\xc0")},
    {"hdlc", BYTES("~one~~t}^wo}]}1~~x}~~}~~four~")},
    {"cobs", BYTES("\4one\0\1\1\0\3tw\2o\0")},
    {"json", BYTES("\xef\xbb\xbf{\"a\":[1,\"\\\\\"]}\n\"x\"[3]true 4")},
    {"json", BYTES("1\xef\xbb\xbf-2.5e+1 null\"\\\"\"\n\xef\xbb\xbf\t0")},
    {"json,array", BYTES("\xef\xbb\xbf[1, {\"a\":[2]} ,\"]\\\"\"]\n[] [[],true,-1.5]\n")},
    {"ndjson", BYTES("\xef\xbb\xbf{\"a\":\"\\\"\"}\r\n\n \r\n12 \n [1]\t\r\n\"x\"\ntrue")},
    {"json-seq", BYTES("\x1e{\"a\":\n1}\n\x1e\x1e"
                       "2 \x1e\"x\"")},
    {"json-seq", BYTES("\x1e[]{}\n\"\n\" \r\n-1.5 true\n")},
    {"cbor", BYTES("\x9f\1\x82\2\x61"
                   "a\xbf\1\x5f\x42hi\xff\xff\xff\xc1\x1a\0\0\0\0\xf6\x63one")},
    {"msgpack", BYTES("\x93\1\xa3one\x81\xc0\xc4\2hi\xc0\xd9\3one\xcd\0\1\xc7\1\2x")},
    {"der", BYTES("\x30\x80\4\3one\x24\x80\4\0\0\0\0\0\5\0\x1f\x1f\x82\0\3one")},
    {"resp", BYTES("*2\r\n$3\r\none\r\n%1\r\n+a\r\n:1\r\n|1\r\n+k\r\n#t\r\n_\r\n$-1\r\n"
                   "$1\r\nx\r\n")},
    {"resp", BYTES("*?\r\n$?\r\n;3\r\none\r\n;0\r\n%?\r\n.\r\n.\r\n$?\r\n;0\r\n$1\r\nx\r\n")},
    {"resp,inline", BYTES("\nPING\r\n*1\r\n$3\r\none\r\n\r\nget x\n")},
    {"resp,aof", BYTES("#TS:1\r\n*1\r\n$3\r\none\r\n#TS:2\r\n*0\r\n")},
    {"syslog", BYTES("3 one<1>line\n\n5 three<2>")},
};

#endif
