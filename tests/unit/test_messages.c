/* SPDX-License-Identifier: MIT */
/*
 * Messages with a header of text that is not quite that of HTTP: a start line of any
 * kind, folded lines, trailers (SIP, WARC), and frames of STOMP.  However the input is cut and by
 * whichever call it is read.
 */
#include <string.h>

#include "expect.h"
#include "reading.h"

#define AT(before) (sizeof(before) - 1)

/* What begins at `from` is refused. */
#define REFUSED(specification, records, before, from)                                              \
    {                                                                                              \
        specification, BYTES(before from), MALFORMED(records, AT(before))                          \
    }
/* What is wrong with a header is known at its end only. */
#define REFUSED_HEAD(specification, head)                                                          \
    {                                                                                              \
        specification, BYTES(head "\r\n"), MALFORMED("", 0)                                        \
    }

#define CL(length) "Content-Length: " #length "\r\n"
#define END "\r\n"

/* ------------------------------------------------------------------ start lines */

static const struct example started[] = {
    {"content-length,start-line", BYTES(""), GIVES("")},
    {"content-length,start-line", BYTES("any line\r\n" CL(2) END "hi!\r\nA: b\r\n" CL(0) END),
     GIVES("[hi][]")},
    {"content-length,start-line", BYTES("x\r\ncontent-length:1\r\n\r\ny"), GIVES("[y]")},
    {"content-length,start-line", BYTES("a:b \t\xff\r\n" CL(1) END "x"), GIVES("[x]")},
    {"content-length,start-line,keep", BYTES("x\r\n" CL(1) END "y\r\n\r\nz\r\n" CL(0) END),
     GIVES("[x\\x0d\\x0aContent-Length: 1\\x0d\\x0a\\x0d\\x0ay]"
           "[z\\x0d\\x0aContent-Length: 0\\x0d\\x0a\\x0d\\x0a]")},
    /* Empty lines before it belong to no message. */
    {"content-length,start-line", BYTES("\r\n\r\nx\r\n" CL(1) END "y\r\n\r\n\r\n"), GIVES("[y]")},
    {"content-length,start-line", BYTES("\r\n\r\n"), GIVES("")},
    {"content-length,start-line,lf", BYTES("\nx\nContent-Length: 1\n\ny\n\r\nz\r\n" CL(1) END "w"),
     GIVES("[y][w]")},
    REFUSED("content-length,start-line", "", "", "\n" CL(1) END),
    REFUSED("content-length,start-line", "", "\r", "x"),
    REFUSED("content-length,start-line", "", "x", "\n" CL(1) END),
    REFUSED("content-length,start-line", "", "x\r", "\r\n" CL(1) END),
    REFUSED("content-length,start-line,lf", "", "x\r", "\r\n" CL(1) END),
    REFUSED("content-length,start-line", "", "x", "\0\r\n" CL(1) END),
    REFUSED("content-length,start-line", "[y]", "x\r\n" CL(1) END "y", "\x7f"),
    REFUSED("content-length,start-line", "", "x\r\n", " A: b\r\n" CL(1) END),
    REFUSED_HEAD("content-length,start-line", "Content-Length: 1\r\n"),
    {"content-length,start-line", BYTES("x\r\n" CL(1) END "y\r"), TRUNCATED("[y]", 26)},
    {"content-length,start-line", BYTES("x"), TRUNCATED("", 1)},
    {"content-length,start-line", BYTES("x\r"), TRUNCATED("", 2)},
    {"content-length,start-line", BYTES("x\r\n"), TRUNCATED("", 3)},
    {"content-length,start-line", BYTES("x\r\n" CL(18446744073709551615) END),
     FAILS("", CB_EOVERFLOW, 0)},
    /* The version, at either end. */
    {"content-length,start-line,version=V/1",
     BYTES("V/1 200\r\n" CL(1) END "xGET V/1\r\n" CL(0) END), GIVES("[x][]")},
    {"content-length,start-line,version=V/1", BYTES("V/1\r\n" CL(0) END "V/1V/1\r\n" CL(0) END),
     GIVES("[][]")},
    {"content-length,start-line,version=aab", BYTES("aaab\r\n" CL(0) END "aab \r\n" CL(0) END),
     GIVES("[][]")},
    {"content-length,start-line,version=V", BYTES("xV\r\n" CL(0) END "Vx\r\n" CL(0) END),
     GIVES("[][]")},
    REFUSED("content-length,start-line,version=V/1", "", "", "V/2\r\n"),
    REFUSED("content-length,start-line,version=V/1", "", "", "V/\r\n"),
    REFUSED("content-length,start-line,version=V/1", "", "", "xV/1 \r\n"),
    REFUSED("content-length,start-line,version=V/1", "", "", "x W/1\r\n"),
    REFUSED("content-length,start-line,version=V/1", "", "", "/1V\r\n"),
    REFUSED("content-length,start-line,version=aa", "[]", "xaa\r\n" CL(0) END, "a\r\n"),
    REFUSED("content-length,start-line,version=aab", "[]", "aab\r\n" CL(0) END, "abaa\r\n"),
    /* A trailer says what stands between two messages: nothing else does. */
    {"content-length,start-line,trailer=--", BYTES("x\r\n" CL(1) END "y--z\r\n" CL(0) END "--"),
     GIVES("[y][]")},
    {"content-length,trailer=\\r\\n", BYTES(CL(2) END "\r\n\r\n" CL(0) END "\r\n"),
     GIVES("[\\x0d\\x0a][]")},
    {"content-length,trailer=\\r\\n,keep", BYTES(CL(1) END "x\r\n"),
     GIVES("[Content-Length: 1\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a]")},
    REFUSED("content-length,start-line,trailer=--", "[]", "x\r\n" CL(0) END "--", "\r\n"),
    REFUSED("content-length,trailer=\\r\\n", "", CL(1) END "x", "\n"),
    {"content-length,trailer=\\r\\n", BYTES(CL(0) END "\r"), TRUNCATED("", 22)},
};

START_TEST(a_line_of_any_kind_may_stand_before_the_header)
{
    check_example(&started[_i], false);
}
END_TEST

/* ----------------------------------------------------------------- folded lines */

#define FOLD "content-length,fold"
static const struct example folded[] = {
    {FOLD, BYTES("A: b\r\n c\r\n\td\r\n" CL(1) END "x"), GIVES("[x]")},
    {FOLD, BYTES("A:\r\n b\r\n" CL(1) END "x"), GIVES("[x]")},
    {FOLD, BYTES("A:\r\n \r\n" CL(1) END "x"), GIVES("[x]")},
    {FOLD, BYTES("Content-Length:\r\n 1\r\n \r\n\t\r\n" END "x"), GIVES("[x]")},
    {FOLD, BYTES("Content-Length \t :\r\n\t\t1 \r\nA : b\r\n" END "x"), GIVES("[x]")},
    {FOLD, BYTES(CL(1) END "x" CL(1) "A: b\r\n" END "y"), GIVES("[x][y]")},
    /* What looks like a length inside another line is none. */
    {FOLD, BYTES("A: b\r\n Content-Length: 9\r\n" CL(1) END "x"), GIVES("[x]")},
    /* Quoted pairs of any byte but CR and LF (RFC 3261, section 25.1). */
    {FOLD, BYTES("A: \"\\\0\\\7\\\x7f\"\r\n" CL(1) END "x"), GIVES("[x]")},
    {FOLD ",lf", BYTES("A: b\n c\nContent-Length:\n 1\n\nx"), GIVES("[x]")},
    {FOLD ",or=L", BYTES("l: 1\r\n" END "xL:\r\n 1\r\n" END "y" CL(0) END), GIVES("[x][y][]")},
    {FOLD ",or=X-L", BYTES("x-l: 1\r\n" END "x" CL(1) END "y"), GIVES("[x][y]")},
    REFUSED(FOLD ",or=l", "", CL(1) "l: ", "1\r\n" END),
    REFUSED_HEAD(FOLD ",or=l", "A: b\r\n l: 1\r\n"),
    REFUSED(FOLD, "", "Content-Length: ", "1\r\n 2\r\n\r\n"),
    REFUSED(FOLD, "", "Content-Length:\r\n  ", "x\r\n\r\n"),
    REFUSED(FOLD, "", "", " A: b\r\n" CL(1) END),
    REFUSED(FOLD, "[x]", CL(1) END "x", "\tA: b\r\n" CL(1) END),
    REFUSED(FOLD, "", "A ", "b: c\r\n"),
    REFUSED(FOLD, "", "A ", "\r\n : c\r\n"),
    REFUSED(FOLD, "", "A: b\r", "c\r\n"),
    REFUSED(FOLD, "", "A: b\r\n c", "\n"),
    REFUSED(FOLD, "", "Content-Length: 1\r", " 2\r\n"),
    REFUSED(FOLD, "", "Content-Length: 1", "\n"),
    REFUSED("content-length,start-line,fold", "", "x\r\n", " y\r\n" CL(1) END),
    {FOLD, BYTES(CL(1)), TRUNCATED("", 19)},
    {FOLD, BYTES(CL(1) " "), TRUNCATED("", 20)},
};

START_TEST(lines_may_be_folded_where_that_is_allowed)
{
    check_example(&folded[_i], false);
}
END_TEST

/* ------------------------------------------------------------------------- SIP */

/* RFC 4475, section 3.1.1.1: "A Short Tortuous INVITE". */
#define TORTUOUS_SDP                                                                               \
    "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"   \
    "m=audio 49217 RTP/AVP 0 12\r\nm=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC\r\n"
#define TORTUOUS                                                                                   \
    "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"                            \
    "TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"                      \
    "from   : \"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>\r\n  ;\r\n"                 \
    "  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\n"                \
    "Content-Length   : 150\r\ncseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n"         \
    "    192.0.2.2;branch=390skdjuw\r\ns :\r\nNewFangledHeader:   newfangled value\r\n"            \
    " continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"                   \
    "Content-Type: application/sdp\r\nRoute:\r\n"                                                  \
    " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"                        \
    "v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"       \
    " SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"                     \
    "m:\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n"  \
    "  secondparam ; q = 0.33\r\n\r\n" TORTUOUS_SDP
#define TORTUOUS_RECORD                                                                            \
    "[v=0\\x0d\\x0ao=mhandley 29739 7272939 IN IP4 192.0.2.3\\x0d\\x0as=-\\x0d\\x0a"               \
    "c=IN IP4 192.0.2.4\\x0d\\x0at=0 0\\x0d\\x0am=audio 49217 RTP/AVP 0 12\\x0d\\x0a"              \
    "m=video 3227 RTP/AVP 31\\x0d\\x0aa=rtpmap:31 LPC\\x0d\\x0a]"

/* Section 3.1.1.2: "Wide Range of Valid Characters". */
#define WIDE                                                                                       \
    "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?," \
    "/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0\r\n"                      \
    "Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+`'~\r\n"                            \
    "To: \"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7F\" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,"   \
    "/;;*@example.com>\r\nFrom: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;"         \
    "fromParam''~+*_!.-%=\"\xD1\x80\xD0\xB0\xD0\xB1\xD0\xBE\xD1\x82\xD0\xB0\xD1\x8E\xD1\x89\xD0"   \
    "\xB8\xD0\xB9\";tag=_token~1'+`*%!-.\r\n"                                                      \
    "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{\r\n"                                    \
    "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~\r\nMax-Forwards: 255\r\n"         \
    "extensionHeader-!.%*+_`'~:\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB\r\n"               \
    "Content-Length: 0\r\n\r\n"

/* Section 3.1.1.8: a request and what follows it. */
#define REGISTER                                                                                   \
    "REGISTER sip:example.com SIP/2.0\r\nTo: sip:j.user@example.com\r\n"                           \
    "From: sip:j.user@example.com;tag=43251j3j324\r\nMax-Forwards: 8\r\n"                          \
    "I: dblreq.0ha0isndaksdj99sdfafnl3lk233412\r\nContact: sip:j.user@host.example.com\r\n"        \
    "CSeq: 8 REGISTER\r\nVia: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492\r\n"                \
    "Content-Length: 0\r\n\r\n"

static const struct example sips[] = {
    {"sip", BYTES(TORTUOUS), GIVES(TORTUOUS_RECORD)},
    {"sip", BYTES(WIDE), GIVES("[]")},
    {"sip", BYTES(REGISTER TORTUOUS WIDE), GIVES("[]" TORTUOUS_RECORD "[]")},
    /* Section 3.1.1.13: a response without a reason. */
    {"sip", BYTES("SIP/2.0 100 \r\nContent-Length: 0\r\n\r\n"), GIVES("[]")},
    /* RFC 3261, section 7.3.3: the short form.  Section 7.5 and RFC 5626, section 4.4.1:
     * line ends between messages. */
    {"sip",
     BYTES("\r\n\r\nMESSAGE sip:a@b SIP/2.0\r\nl: 2\r\n\r\nhi\r\n\r\n\r\nSIP/2.0 200 OK\r\n"
           "L:0\r\n\r\n\r\n"),
     GIVES("[hi][]")},
    /* RFC 4475, sections 3.1.2.2 (a length of 9999), 3.1.2.3 (-999), 3.1.2.16 (SIP/7.0),
     * 3.3.9 (several lengths). */
    {"sip", BYTES("INVITE sip:a SIP/2.0\r\nContent-Length: 9999\r\n\r\nv=0"), TRUNCATED("", 49)},
    REFUSED("sip", "", "INVITE sip:a SIP/2.0\r\nContent-Length: ", "-999\r\n\r\n"),
    REFUSED("sip", "", "\r\n\r\nINVITE sip:a SIP/2.0\r\nl: ", "-999\r\n\r\n"),
    {"sip", BYTES("OPTIONS sip:t.watson@example.org SIP/7.0\r\n"), MALFORMED("", 0)},
    REFUSED("sip", "", "OPTIONS sip:a SIP/2.0\r\nl: 5\r\nContent-Length: ", "5\r\n\r\n"),
    REFUSED_HEAD("sip", "OPTIONS sip:a SIP/2.0\r\n"),
    {"sip", BYTES("GET / HTTP/1.1\r\n\r\n"), MALFORMED("", 0)},
};

START_TEST(sip_messages_are_read_as_the_rfcs_have_them)
{
    check_example(&sips[_i], false);
}
END_TEST

/* ------------------------------------------------------------------------ WARC */

/* As in the annexes of the specification (iipc.github.io/warc-specifications), with
 * lengths that fit. */
#define RESPONSE                                                                                   \
    "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://www.archive.org/images/logo.jpg"   \
    "\r\nWARC-Date: 2006-09-19T17:20:24Z\r\nContent-Type: application/http;msgtype=response\r\n"   \
    "WARC-Record-ID: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\r\nContent-Length: 19\r\n"    \
    "\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n"

static const struct example warcs[] = {
    {"warc", BYTES(RESPONSE RESPONSE),
     GIVES("[HTTP/1.1 200 OK\\x0d\\x0a\\x0d\\x0a][HTTP/1.1 200 OK\\x0d\\x0a\\x0d\\x0a]")},
    {"warc", BYTES("WARC/1.0\r\nX: a\r\n b\r\n\tc\r\n" CL(4) END "\r\n\r\n\r\n\r\n"),
     GIVES("[\\x0d\\x0a\\x0d\\x0a]")},
    {"warc,keep", BYTES("WARC/1.0\r\n" CL(1) END "x\r\n\r\n"),
     GIVES("[WARC/1.0\\x0d\\x0aContent-Length: 1\\x0d\\x0a\\x0d\\x0ax\\x0d\\x0a\\x0d\\x0a]")},
    REFUSED("warc", "", "WARC/1.0\r\n" CL(1) END "x", "y\r\n\r\n"),
    REFUSED("warc", "", "WARC/1.0\r\n" CL(1) END "x", "\r\nWARC/1.0"),
    REFUSED("warc", "[x]", "WARC/1.0\r\n" CL(1) END "x\r\n\r\n", "\r\n"),
    {"warc", BYTES("\x1f\x8b\x08"), MALFORMED("", 0)}, /* gzip */
    {"warc", BYTES(RESPONSE "WARC/1.0\r\n" CL(1) END "x\r\n\r"),
     TRUNCATED("[HTTP/1.1 200 OK\\x0d\\x0a\\x0d\\x0a]", AT(RESPONSE) + 35)},
};

START_TEST(records_of_web_archives_end_in_two_line_ends)
{
    check_example(&warcs[_i], false);
}
END_TEST

/* ----------------------------------------------------------------------- STOMP */

/* Frames of the specification of STOMP 1.2, by their sections, and what its grammar
 * ("Augmented BNF") makes of others. */
static const struct example stomps[] = {
    {"stomp", BYTES(""), GIVES("")},
    /* "STOMP Frames"; "Connecting". */
    {"stomp", BYTES("SEND\ndestination:/queue/a\ncontent-type:text/plain\n\nhello queue a\n\0"),
     GIVES("[SEND\\x0adestination:/queue/a\\x0acontent-type:text/plain\\x0a\\x0ahello queue "
           "a\\x0a]")},
    {"stomp",
     BYTES("CONNECT\naccept-version:1.0,1.1,2.0\nhost:stomp.github.org\n\n\0"
           "CONNECTED\nversion:1.1\n\n\0"),
     GIVES("[CONNECT\\x0aaccept-version:1.0,1.1,2.0\\x0ahost:stomp.github.org\\x0a\\x0a]"
           "[CONNECTED\\x0aversion:1.1\\x0a\\x0a]")},
    /* Line ends: LF and CRLF, of lines, and between frames, where they are heart-beats. */
    {"stomp", BYTES("\n\r\n\nSEND\r\na:b\n\r\nx\0\n\r\n\r\nBEGIN\n\n\0\n"),
     GIVES("[SEND\\x0d\\x0aa:b\\x0a\\x0d\\x0ax][BEGIN\\x0a\\x0a]")},
    {"stomp,keep", BYTES("\nSEND\n\nx\0\n\nSEND\n\n\0\n"),
     GIVES("[SEND\\x0a\\x0ax\\x00][SEND\\x0a\\x0a\\x00]")},
    {"stomp", BYTES("\n\r\n\n"), GIVES("")},
    /* "Body", "Header content-length", "Repeated Header Entries". */
    {"stomp", BYTES("SEND\ncontent-length:5\n\nhe\0lo\0MESSAGE\n\nhe\0"),
     GIVES("[SEND\\x0acontent-length:5\\x0a\\x0ahe\\x00lo][MESSAGE\\x0a\\x0ahe]")},
    {"stomp", BYTES("SEND\r\ncontent-length:0\r\n\r\n\0ERROR\n\n\0"),
     GIVES("[SEND\\x0d\\x0acontent-length:0\\x0d\\x0a\\x0d\\x0a][ERROR\\x0a\\x0a]")},
    {"stomp", BYTES("SEND\ncontent-length:1\ncontent-length:9\ncontent-length:x\n\n\0\0"),
     GIVES("[SEND\\x0acontent-length:1\\x0acontent-length:9\\x0acontent-length:x\\x0a\\x0a\\x00]")},
    {"stomp", BYTES("SEND\ncontent-length:  02  \n\n\0\n\0"),
     GIVES("[SEND\\x0acontent-length:  02  \\x0a\\x0a\\x00\\x0a]")},
    /* Names are case-sensitive, and may be longer or shorter. */
    {"stomp",
     BYTES("SEND\nContent-Length:9\ncontent-lengths:9\ncontent-lengt:9\nx content-length:9\n\n\0"),
     GIVES("[SEND\\x0aContent-Length:9\\x0acontent-lengths:9\\x0acontent-lengt:9\\x0a"
           "x content-length:9\\x0a\\x0a]")},
    /* Values as servers send them, and all that the grammar allows. */
    {"stomp", BYTES("MESSAGE\nid:a:b::\nx y\xff:\nz:\0\\c\n\n\0"),
     GIVES("[MESSAGE\\x0aid:a:b::\\x0ax y\\xff:\\x0az:\\x00\\x5cc\\x0a\\x0a]")},
    /* All commands. */
    {"stomp",
     BYTES("SUBSCRIBE\n\n\0UNSUBSCRIBE\n\n\0COMMIT\n\n\0ABORT\n\n\0ACK\n\n\0NACK\n\n\0"
           "DISCONNECT\n\n\0STOMP\n\n\0RECEIPT\n\n\0"),
     GIVES("[SUBSCRIBE\\x0a\\x0a][UNSUBSCRIBE\\x0a\\x0a][COMMIT\\x0a\\x0a][ABORT\\x0a\\x0a]["
           "ACK\\x0a\\x0a]"
           "[NACK\\x0a\\x0a][DISCONNECT\\x0a\\x0a][STOMP\\x0a\\x0a][RECEIPT\\x0a\\x0a]")},
    REFUSED("stomp", "", "SEN", "T\n\n\0"),
    REFUSED("stomp", "", "CONNECT", "S\n\n\0"),
    REFUSED("stomp", "", "CONN", "\n\n\0"),
    REFUSED("stomp", "", "CONNECT", "\0"),
    REFUSED("stomp", "", "CONNECTED", "X"),
    REFUSED("stomp", "", "", "send\n"),
    REFUSED("stomp", "", "", "GET / HTTP/1.1\r\n"),
    REFUSED("stomp", "", "", "\0"),
    REFUSED("stomp", "[ACK\\x0a\\x0a]", "ACK\n\n\0", "\0"),
    REFUSED("stomp", "", "\r", "\rSEND"),
    REFUSED("stomp", "", "\n\r", "SEND"),
    REFUSED("stomp", "", "SEND\r", "\r\n"),
    REFUSED("stomp", "", "SEND\na:b\r", "c\n"),
    REFUSED("stomp", "", "SEND\n\r", "\0"),
    REFUSED("stomp", "", "SEND\nab", "\n\n"),
    REFUSED("stomp", "", "SEND\nab", "\r\n\n"),
    REFUSED("stomp", "", "SEND\n", ":b\n"),
    REFUSED("stomp", "", "CONNECT\n", "\0"),
    REFUSED("stomp", "", "CONNECT\nab", "\0"),
    REFUSED("stomp", "", "CONNECT\nhost:x\n", "\0"),
    REFUSED("stomp", "", "SEND\ncontent-length:", "\n\n"),
    REFUSED("stomp", "", "SEND\ncontent-length: ", "x\n\n"),
    REFUSED("stomp", "", "SEND\ncontent-length:", "-1\n"),
    REFUSED("stomp", "", "SEND\ncontent-length:1 ", "1\n"),
    REFUSED("stomp", "", "SEND\ncontent-length:1844674407370955161", "6\n"),
    REFUSED("stomp", "", "SEND\ncontent-length:18446744073709551615", "0\n"),
    REFUSED("stomp", "", "SEND\ncontent-length:1\n\nx", "y\0"),
    REFUSED("stomp", "", "RECEIPT\n\n", "x\0"),
    /* A length of 2^64 - 1 costs nothing, but cannot be that of a stream. */
    REFUSED("stomp", "", "RECEIPT\ncontent-length:1\n", "\nx\0"),
    REFUSED("stomp", "", "SEND\ncontent-length:18446744073709551615\n", "\n"),
    {"stomp", BYTES("SEND\ncontent-length:9000000000000000000\n\nx"), TRUNCATED("", 42)},
    {"stomp", BYTES("SEND"), TRUNCATED("", 4)},
    {"stomp", BYTES("ACK\n\n\0\nSEND\n"), TRUNCATED("[ACK\\x0a\\x0a]", 12)},
    {"stomp", BYTES("SEND\n\nhello"), TRUNCATED("", 11)},
    {"stomp", BYTES("SEND\ncontent-length:5\n\nhello"), TRUNCATED("", 28)},
};

START_TEST(stomp_frames_end_by_their_length_or_a_zero_byte)
{
    check_example(&stomps[_i], false);
}
END_TEST

/* ------------------------------------------------------- limits and unfinished */

static const struct limited limits[] = {
    {"sip", BYTES("SIP/2.0 200 OK\r\nl: 3\r\n\r\nabcSIP/2.0 200 OK\r\nl: 4\r\n\r\nabcd"), 3,
     CB_PARTIAL_DEFAULT, FAILS("[abc]", CB_EOVERFLOW, 27)},
    {"sip", BYTES("SIP/2.0 200 OK\r\nl: 3\r\n\r\nab"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"sip", BYTES("SIP/2.0 200 OK\r\nl: 3\r\n\r\nab"), 0, CB_PARTIAL_DROP, GIVES("")},
    {"sip", BYTES("SIP/2.0 2"), 0, CB_PARTIAL_EMIT, GIVES("[]")},
    {"sip,keep", BYTES("SIP/2.0 2"), 0, CB_PARTIAL_EMIT, GIVES("[SIP/2.0 2]")},
    /* A line end that was cut is no message. */
    {"sip", BYTES("\r\n\r"), 0, CB_PARTIAL_EMIT, GIVES("")},
    {"sip,keep", BYTES("\r\n\r"), 0, CB_PARTIAL_EMIT, GIVES("")},
    {"sip", BYTES("\r\n\r"), 0, CB_PARTIAL_FAIL, TRUNCATED("", 3)},
    {"warc", BYTES("WARC/1.0\r\n" CL(1) END "x\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[x]")},
    {"stomp", BYTES("ACK\n\n\0\n\r"), 0, CB_PARTIAL_EMIT, GIVES("[ACK\\x0a\\x0a]")},
    {"stomp", BYTES("ACK\n\n\0\n\r"), 0, CB_PARTIAL_DROP, GIVES("[ACK\\x0a\\x0a]")},
    {"stomp", BYTES("ACK\n\n\0\n\r"), 0, CB_PARTIAL_FAIL, TRUNCATED("[ACK\\x0a\\x0a]", 8)},
    {"stomp", BYTES("ACK\n\n\0SEND\n\nx"), 0, CB_PARTIAL_EMIT,
     GIVES("[ACK\\x0a\\x0a][SEND\\x0a\\x0ax]")},
    {"stomp", BYTES("ACK\n\n\0SEND\n\nx"), 0, CB_PARTIAL_DROP, GIVES("[ACK\\x0a\\x0a]")},
    {"stomp", BYTES("SEND\n\nx\0\nSEND\n\nxy\0"), 7, CB_PARTIAL_DEFAULT,
     FAILS("[SEND\\x0a\\x0ax]", CB_EOVERFLOW, 9)},
};

START_TEST(limits_and_unfinished_messages_are_treated_as_asked)
{
    check_limited(&limits[_i], false);
}
END_TEST

/* ----------------------------------------------------------------------- output */

static const struct {
    const char *encoded, *decoded;
} trips[] = {
    {"sip,lead=MESSAGE sip:a@b SIP/2.0\\r\\nTo : c\\r\\n", "sip"},
    {"warc,lead=WARC/1.0\\r\\nWARC-Type: resource\\r\\n", "warc"},
    {"content-length,lead=A: b\\r\\n", "content-length"},
    {"content-length,trailer=;", "content-length,fold,trailer=;"},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    const struct trip trip = {.specification = trips[_i].encoded, .most = 600};

    check_trip_as(&trip, trips[_i].decoded, false, (uint64_t)_i);
}
END_TEST

static const struct {
    const char *specification;
    uint64_t column;
} wrong_leads[] = {
    {"sip", 0},
    {"content-length,start-line", 15},
    {"content-length,start-line,lead=x", 26},
    {"content-length,start-line,lead=\\r\\nx\\r\\n", 26},
    {"content-length,start-line,lead=x\\r\\n\\r\\n", 26},
    {"content-length,start-line,lead=x\\r\\nA", 26},
    {"content-length,start-line,lead=x\\r\\nContent-Length: 1\\r\\n", 26},
    {"sip,lead=MESSAGE sip:a SIP/1.0\\r\\n", 4},
    {"sip,lead=SIP/2.0 200 OK\\r\\nl: 5\\r\\n", 4},
    {"content-length,lead=A: b", 15},
    {"content-length,lead=A: b\\n", 15},
    {"content-length,lead=A: b\\r\\n c\\r\\n", 15},
    {"content-length,lead=\\r\\n", 15},
    {"content-length,lead=Content-Length: 0\\r\\n", 15},
    {"content-length,lead=Content-Length: 0\\r\\n\\r\\n", 15},
    {"content-length,lead=Content-Length: 0\\r\\n\\r\\nx", 15},
    {"content-length,lead=A:\\r\\nContent-Length:0\\r\\n\\r\\n", 15},
    {"content-length,fold", 15},
    {"content-length,or=l", 15},
};

START_TEST(a_lead_that_is_no_header_is_refused)
{
    struct cb_encoder *encoder = NULL;
    struct cb_error error = {.code = CB_OK};
    const char *specification = wrong_leads[_i].specification;

    ck_assert_int_eq(cb_encoder_new(&encoder, specification, NULL, &error), CB_EINVAL);
    ck_assert_ptr_null(encoder);
    ck_assert_msg(error.offset == wrong_leads[_i].column, "'%s': column %d", specification,
                  (int)error.offset);
    ck_assert_uint_gt(strlen(error.text), 0);
    ck_assert_int_eq(cb_encoder_new(&encoder, specification, NULL, NULL), CB_EINVAL);
}
END_TEST

/* ----------------------------------------------------------------------- random */

static const struct {
    const char *specification, *alphabet;
    size_t letters;
} any_input[] = {
    {"content-length,start-line", BYTES("x:\r\n\r\n\r\n ")},
    {"content-length,start-line,lf,keep", BYTES("x:\n\n\r ")},
    {"content-length,start-line,fold,lf,or=l", BYTES("l:l:11\n\n\n \r")},
    {"content-length,fold,lf,or=l,trailer=\\n", BYTES("l:l:11\n\n\n \r")},
    {"content-length,start-line,version=aa,or=l,lf", BYTES("aal:1\n\n")},
    {"stomp", BYTES("ACKACK\n\n\n\r\n\0\0")},
    {"stomp,keep", BYTES("ACKACK::\n\n\n\n\0\0")},
};

START_TEST(random_bytes_are_read_alike_in_every_way)
{
    check_random(any_input[_i].specification, false, any_input[_i].alphabet, any_input[_i].letters,
                 (uint64_t)_i);
}
END_TEST

/* Frames made of parts that are often right. */
static const char *const parts[] = {
    "SEND\n", "MESSAGE\r\n", "ACK\n", "a:b\n", "content-length:2\n", "\n", "\r\n", "x", "xy", "",
};

START_TEST(random_frames_are_read_alike_in_every_way)
{
    struct prng prng = {(uint64_t)_i + 5};

    for (size_t round = rounds(35, 100); round > 0; round--) {
        uint8_t input[400];
        size_t size = 0;

        for (size_t n = prng_below(&prng, 16); n--;) {
            const char *part = parts[prng_below(&prng, COUNT(parts))];
            const size_t length = *part ? strlen(part) : 1; /* or a zero byte */
            memcpy(input + size, part, length);
            size += length;
        }
        check_alike(_i ? "stomp,keep" : "stomp", false, input, size);
    }
}
END_TEST

static Suite *messages_suite(void)
{
    Suite *suite = suite_create("messages");
    TCase *headers = add_case(suite, "headers");
    TCase *output = add_case(suite, "output");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(headers, a_line_of_any_kind_may_stand_before_the_header, 0,
                        (int)COUNT(started));
    tcase_add_loop_test(headers, lines_may_be_folded_where_that_is_allowed, 0, (int)COUNT(folded));
    tcase_add_loop_test(headers, sip_messages_are_read_as_the_rfcs_have_them, 0, (int)COUNT(sips));
    tcase_add_loop_test(headers, records_of_web_archives_end_in_two_line_ends, 0,
                        (int)COUNT(warcs));
    tcase_add_loop_test(headers, stomp_frames_end_by_their_length_or_a_zero_byte, 0,
                        (int)COUNT(stomps));
    tcase_add_loop_test(headers, limits_and_unfinished_messages_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_loop_test(output, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(output, a_lead_that_is_no_header_is_refused, 0, (int)COUNT(wrong_leads));
    tcase_add_loop_test(random, random_bytes_are_read_alike_in_every_way, 0, (int)COUNT(any_input));
    tcase_add_loop_test(random, random_frames_are_read_alike_in_every_way, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(messages_suite());
}
