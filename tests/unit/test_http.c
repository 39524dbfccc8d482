/* SPDX-License-Identifier: MIT */
/*
 * HTTP messages, and headers like theirs: RFC 9112 and what it refuses, however
 * the input is cut and by whichever call it is read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "reading.h"

#define AT(before) (sizeof before - 1)

/* What begins at `from` is refused. */
#define REFUSED_IN(specification, records, before, from)                                           \
    {                                                                                              \
        specification, BYTES(before from), MALFORMED(records, AT(before))                          \
    }
#define REFUSED(before, from) REFUSED_IN("http", "", before, from)
/* What is wrong with a head is known at its end only. */
#define REFUSED_HEAD(head)                                                                         \
    {                                                                                              \
        "http", BYTES(head "\r\n"), MALFORMED("", 0)                                               \
    }

#define GET "GET / HTTP/1.1\r\n"
#define POST "POST /a?b HTTP/1.1\r\n"
#define OK_ "HTTP/1.1 200 OK\r\n"
#define CL(length) "Content-Length: " #length "\r\n"
#define TE(coding) "Transfer-Encoding: " coding "\r\n"
#define END "\r\n"

/* ------------------------------------------------------------------- messages */

static const struct example messages[] = {
    {"http", BYTES(""), GIVES("")},
    /* Section 2.1, the example (its response made shorter). */
    {"http",
     BYTES("GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\n"
           "Accept-Language: en, mi\r\n\r\n"),
     GIVES("[]")},
    {"http",
     BYTES("HTTP/1.1 200 OK\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nServer: Apache\r\n"
           "Content-Length: 12\r\nVary: Accept-Encoding\r\n\r\nHello World!"),
     GIVES("[Hello World!]")},
    /* Section 3.2: the four forms of a target. */
    {"http",
     BYTES("GET /where?q=now HTTP/1.1\r\nHost: www.example.org\r\n\r\n"
           "GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\nHost: x\r\n\r\n"
           "CONNECT www.example.com:80 HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
           "OPTIONS * HTTP/1.1\r\nHost: www.example.org\r\n\r\n"),
     GIVES("[][][][]")},
    /* Section 6.3, case by case: responses that have no content, whatever their
     * fields, */
    {"http",
     BYTES("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OK_ CL(1)
               END "x"),
     GIVES("[][][x]")},
    {"http",
     BYTES("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\n" CL(9) END
           "HTTP/1.1 304 Not Modified\r\n" TE("chunked") END),
     GIVES("[][][]")},
    /* even what would be refused elsewhere, */
    {"http", BYTES("HTTP/1.1 204 \r\n" CL(5) TE("chunked") END OK_ CL(1) END "x"), GIVES("[][x]")},
    {"http", BYTES("HTTP/1.1 304 \r\n" CL(1) CL(2) CL(x) CL() END OK_ CL(0) END), GIVES("[][]")},
    {"http", BYTES("HTTP/1.0 304 \r\n" TE(",chunked;a, gzip") TE("") END OK_ CL(0) END),
     GIVES("[][]")},
    {"http", BYTES("HTTP/1.1 199 \r\n" CL(18446744073709551616) END OK_ CL(0) END), GIVES("[][]")},
    {"http", BYTES("HTTP/1.1 101 \r\n" CL(5) TE("x y") END "hello"),
     GIVES_UP_TO("[]", AT("HTTP/1.1 101 \r\n" CL(5) TE("x y") END))},
    /* by chunks, whichever other codings, */
    {"http",
     BYTES(OK_ TE("chunked") END "4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\nA: b\r\n\r\n" OK_ CL(1) END
           "x"),
     GIVES("[Wikipedia][x]")},
    {"http", BYTES(OK_ TE("gzip, chunked") END "1\r\nx\r\n0\r\n\r\n"), GIVES("[x]")},
    {"http", BYTES(OK_ TE("gzip") "A: b\r\n" TE("\t Chunked \t") END "1\r\nx\r\n0\r\n\r\n"),
     GIVES("[x]")},
    {"http", BYTES(POST TE("CHUNKED") END "1\r\nx\r\n00\r\n\r\n" GET END), GIVES("[x][]")},
    {"http", BYTES(POST TE("chunked") END "0\r\n\r\n" GET END), GIVES("[][]")},
    {"http",
     BYTES(POST TE("chunked") END
           "1 ; a = \"b;\\\"\" ;c\r\nx\r\n00000000000000000\r\n\r\n" GET END),
     GIVES("[x][]")},
    /* to HEAD, if the caller knows that (section 6.3, case 1). */
    {"http,head",
     BYTES(OK_ CL(5) END OK_ TE("chunked") END
           "HTTP/1.1 404 x\r\n\r\nHTTP/1.1 100 x\r\n\r\n" OK_ CL(1) CL(2) TE("a;b") END),
     GIVES("[][][][][]")},
    {"http,head", BYTES(POST CL(2) END "hi" GET END), GIVES("[hi][]")},
    {"http,head,keep", BYTES(OK_ CL(1) END),
     GIVES("[HTTP/1.1 200 OK\\x0d\\x0aContent-Length: 1\\x0d\\x0a\\x0d\\x0a]")},
    {"http,head", BYTES(OK_ CL(1) END "x"), TRUNCATED("[]", AT(OK_ CL(1) END "x"))},
    {"http,head", BYTES(OK_ CL(1) END "\r\n"), MALFORMED("[]", AT(OK_ CL(1) END))},
    {"http,head", BYTES("HTTP/1.1 101\r\n\r\nx"), GIVES_UP_TO("[]", 16)},
    {"http,pad", BYTES(POST TE("chunked") END "1  \r\nx\r\n0\t\r\n\r\n" GET END), GIVES("[x][]")},
    {"http,pad,lf", BYTES(POST TE("chunked") END "1 \nx\n0 \n\n" GET END), GIVES("[x][]")},
    /* until the end, */
    {"http", BYTES(OK_ TE("gzip") END "x\r\n" OK_),
     GIVES("[x\\x0d\\x0aHTTP/1.1 200 OK\\x0d\\x0a]")},
    {"http", BYTES(OK_ END "to the end"), GIVES("[to the end]")},
    {"http", BYTES(OK_ END), GIVES("[]")},
    {"http", BYTES("HTTP/1.0 500 \r\n\r\n\r\n"), GIVES("[\\x0d\\x0a]")},
    /* by length, which may be given more than once, */
    {"http", BYTES(OK_ "Content-Length: 5, 5 ,5\r\ncontent-length:5\r\n" END "hello"),
     GIVES("[hello]")},
    {"http", BYTES(POST "CONTENT-LENGTH:\t0005\t\r\n" END "hello" GET END), GIVES("[hello][]")},
    {"http", BYTES(OK_ CL(0) END OK_ CL(0) END), GIVES("[][]")},
    {"http", BYTES("POST / HTTP/1.0\r\n" CL(2) END "hi"), GIVES("[hi]")},
    /* and requests that have none. */
    {"http", BYTES(GET END GET END), GIVES("[][]")},
    /* Names that only look like them. */
    {"http", BYTES(GET "X-Content-Length: 5\r\nContent-Lengths: 5\r\nContent_Length: 5\r\n" END),
     GIVES("[]")},
    /* Start lines: without the last space, with others and more in the reason. */
    {"http", BYTES("HTTP/1.1 204\r\n\r\nHTTP/1.1 204 \r\n\r\nHTTP/1.1 204  a\t\xe9 b\r\n\r\n"),
     GIVES("[][][]")},
    {"http", BYTES("HTTP / HTTP/1.1\r\n\r\nHTT / HTTP/1.9\r\n\r\nHTTPS /\xc3\xa9 HTTP/1.0\r\n\r\n"),
     GIVES("[][][]")},
    /* An empty line before a request, section 2.2. */
    {"http", BYTES("\r\n" GET END "\r\n" GET END GET END "\r\n"), GIVES("[][][]")},
    {"http", BYTES("\r\n"), GIVES("")},
    {"http", BYTES(POST CL(2) END "hi\r\n" POST TE("chunked") END "0\r\n\r\n\r\n" GET END),
     GIVES("[hi][][]")},
    {"http", BYTES(GET END OK_ CL(1) END "x" GET END "\r\n" GET END), GIVES("[][x][][]")},
    /* Another protocol follows, section 7.8 of RFC 9110. */
    {"http", BYTES(OK_ CL(1) END "xHTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello"),
     GIVES_UP_TO("[x][]", AT(OK_ CL(1) END "xHTTP/1.1 101 Switching Protocols\r\n\r\n"))},
    /* As it stands on the wire. */
    {"http,keep", BYTES("\r\n" POST CL(2) END "hi"),
     GIVES("[POST /a?b HTTP/1.1\\x0d\\x0aContent-Length: 2\\x0d\\x0a\\x0d\\x0ahi]")},
    {"http,keep", BYTES("\r\nGET / HTTP/1.1\r\n\r\nHTTP/1.1 101\r\n\r\nx"),
     GIVES_UP_TO("[GET / HTTP/1.1\\x0d\\x0a\\x0d\\x0a][HTTP/1.1 101\\x0d\\x0a\\x0d\\x0a]",
                 AT("\r\nGET / HTTP/1.1\r\n\r\nHTTP/1.1 101\r\n\r\n"))},
    {"http,keep",
     BYTES("HTTP/1.1 200\r\n" TE("chunked") END
           "1;a\r\nx\r\n0\r\nA: b\r\n\r\nHTTP/1.1 200\r\n\r\nx"),
     GIVES("[HTTP/1.1 200\\x0d\\x0aTransfer-Encoding: chunked\\x0d\\x0a\\x0d\\x0a1;a\\x0d\\x0ax"
           "\\x0d\\x0a0\\x0d\\x0aA: b\\x0d\\x0a\\x0d\\x0a]"
           "[HTTP/1.1 200\\x0d\\x0a\\x0d\\x0ax]")},
    /* LF without CR where it is allowed. */
    {"http,lf",
     BYTES("\nPOST / HTTP/1.1\nTransfer-Encoding: chunked\n\n1\nx\n1\r\n\n\r\n0\nA: b\n\n"
           "HTTP/1.1 200\nContent-Length: 1\nA:\n\ny"),
     GIVES("[x\\x0a][y]")},
    {"http,lf,keep", BYTES("\nGET / HTTP/1.1\n\n"), GIVES("[GET / HTTP/1.1\\x0a\\x0a]")},
};

START_TEST(content_is_as_long_as_the_head_says)
{
    check_example(&messages[_i], true);
}
END_TEST

/* -------------------------------------------------------------------- refused */

/* Smuggling by lengths that two servers read differently: J. Kettle, "HTTP
 * Desync Attacks", 2019; RFC 9112 sections 6.3 and 11.2. */
static const struct example smuggled[] = {
    /* CL.TE, TE.CL, in either order. */
    REFUSED_HEAD(POST CL(6) TE("chunked")),
    REFUSED_HEAD(POST TE("chunked") CL(6)),
    REFUSED_HEAD(OK_ CL(6) TE("gzip")),
    /* CL.CL */
    REFUSED(POST CL(6) "Content-Length: ", "5\r\n" END),
    REFUSED(OK_ "Content-Length: 6, ", "5\r\n" END),
    REFUSED(POST CL(6) "Content-Length: 6,6,", "7\r\n" END),
    /* Section 6.3: all values must be the same, and servers compare text. */
    REFUSED(POST "Content-Length: 1, ", "01\r\n" END "x"),
    REFUSED(POST "Content-Length: 01,", "1\r\n" END "x"),
    REFUSED(POST CL(1) "Content-Length: ", "01\r\n" END "x"),
    REFUSED(OK_ CL(00) "Content-Length: ", "0\r\n" END),
    /* TE.TE: a coding that only one of them knows as chunked. */
    REFUSED_HEAD(POST TE("xchunked")),
    REFUSED_HEAD(POST TE("chunkee")),
    REFUSED_HEAD(POST TE("identity")),
    REFUSED(POST "Transfer-Encoding: chunked, ", "identity\r\n" END),
    REFUSED(POST TE("chunked") "Transfer-Encoding: ", "x\r\n" END),
    REFUSED(POST TE("chunked") "Transfer-Encoding: ", "chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: chunked,", "chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding", " : chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding", "\t: chunked\r\n" END),
    REFUSED(POST, " Transfer-Encoding: chunked\r\n" END),
    REFUSED(POST "X: X\r\n", " Transfer-Encoding: chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding:", "\r\n chunked\r\n" END),
    REFUSED(POST "X: X", "\nTransfer-Encoding: chunked\r\n" END),
    REFUSED(POST "X: X\r", "Transfer-Encoding: chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: \r", "\rchunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", "\vchunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: chunked", "\0\r\n" END),
    REFUSED(POST "Transfer-Encoding", "\0: chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", "\"chunked\"\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", "chunked;x=y\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", "x chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", ",chunked\r\n" END),
    REFUSED(POST "Transfer-Encoding: chunked,", "\r\n" END),
    REFUSED(POST "Transfer-Encoding:", "\r\n" END),
    REFUSED(POST "Transfer-Encoding: ", "chunked\xc2\xa0\r\n" END),
    /* TE.0 */
    REFUSED_HEAD("POST / HTTP/1.0\r\n" TE("chunked")),
    REFUSED_HEAD("HTTP/1.0 200 OK\r\n" TE("chunked")),
    /* Lengths that are none. */
    REFUSED(POST "Content-Length: ", "+6\r\n" END),
    REFUSED(POST "Content-Length: ", "-6\r\n" END),
    REFUSED(POST "Content-Length: ", "0x6\r\n" END),
    REFUSED(POST "Content-Length: ", "6 6\r\n" END),
    REFUSED(POST "Content-Length: ", "6.0\r\n" END),
    REFUSED(POST "Content-Length: ", "6;\r\n" END),
    REFUSED(POST "Content-Length:", "\r\n" END),
    REFUSED(POST "Content-Length: ", ",6\r\n" END),
    REFUSED(POST "Content-Length: 6,", "\r\n" END),
    REFUSED(POST "Content-Length: 6, ", ",6\r\n" END),
    REFUSED(POST "Content-Length: ", "18446744073709551616\r\n" END),
    /* Chunks, as in the framing of that name. */
    REFUSED(POST TE("chunked") END "1 ", "\r\nx\r\n0\r\n\r\n"),
    REFUSED(POST TE("chunked") END "2;a=\"", "\r\nxx\r\n4c\r\n\";b\r\n0\r\n\r\n"),
    REFUSED(POST TE("chunked") END "1;", "\r\nx\r\n0\r\n\r\n"),
    REFUSED(POST TE("chunked") END "0", "x1\r\nx\r\n0\r\n\r\n"),
    REFUSED_IN("http", "", POST TE("chunked") END "1\r\nx\r", "x0\r\n\r\n"),
};

START_TEST(messages_of_two_lengths_are_refused)
{
    check_example(&smuggled[_i], true);
}
END_TEST

static const struct example refused[] = {
    /* Request lines, section 3. */
    REFUSED("", " GET / HTTP/1.1\r\n\r\n"),
    REFUSED("", "\0"),
    REFUSED("", "\xff"),
    REFUSED("", "/ HTTP/1.1\r\n\r\n"),
    REFUSED("GET", "\t/ HTTP/1.1\r\n\r\n"),
    REFUSED("GET", "/ HTTP/1.1\r\n\r\n"),
    REFUSED("GET ", " / HTTP/1.1\r\n\r\n"),
    REFUSED("GET /a", "\tb HTTP/1.1\r\n\r\n"),
    REFUSED("GET /a ", "b HTTP/1.1\r\n\r\n"),
    REFUSED("GET /", "\0 HTTP/1.1\r\n\r\n"),
    REFUSED("GET /", "\x7f HTTP/1.1\r\n\r\n"),
    REFUSED("GET / ", " HTTP/1.1\r\n\r\n"),
    REFUSED("GET /", "\r\n\r\n"), /* HTTP/0.9 */
    REFUSED("GET / ", "\r\n\r\n"),
    REFUSED("GET", "\r\n\r\n"),
    REFUSED("GET / HTTP/1.1", " \r\n\r\n"),
    REFUSED("GET / HTTP/1.1", "1\r\n\r\n"),
    REFUSED("GET / HTTP/1.", "\r\n\r\n"),
    REFUSED("GET / HTTP/1", "\r\n\r\n"),
    REFUSED("GET / ", "http/1.1\r\n\r\n"),
    REFUSED("GET / HTTP/", "2.0\r\n\r\n"),
    REFUSED("GET / HTTP/", "0.9\r\n\r\n"),
    REFUSED("PRI * HTTP/", "2.0\r\n\r\nSM\r\n\r\n"), /* RFC 9113, section 3.4 */
    REFUSED("GET / HTTP/1.1", "\n\r\n"),
    REFUSED("GET / HTTP/1.1\r", "\r\n\r\n"),
    REFUSED("GET / HTTP/1.1\r", "X: y\r\n\r\n"),
    /* Status lines, section 4. */
    REFUSED("HTT", "/1.1 200 OK\r\n\r\n"),
    REFUSED("http", "/1.1 200 OK\r\n\r\n"),
    REFUSED("HTTPS", "/1.1 200 OK\r\n\r\n"),
    REFUSED("HTTP/", "2 200\r\n\r\n"),
    REFUSED("HTTP/1.1", "\r\n\r\n"),
    REFUSED("HTTP/1.1", "1 200 OK\r\n\r\n"),
    REFUSED("HTTP/1.1 ", "\r\n\r\n"),
    REFUSED("HTTP/1.1 ", " 200 OK\r\n\r\n"),
    REFUSED("HTTP/1.1 20", " OK\r\n\r\n"),
    REFUSED("HTTP/1.1 200", "0 OK\r\n\r\n"),
    REFUSED("HTTP/1.1 200", "OK\r\n\r\n"),
    REFUSED("HTTP/1.1 ", "099 OK\r\n\r\n"), /* RFC 9110, section 15: 100 to 599 */
    REFUSED("HTTP/1.1 ", "000 OK\r\n\r\n"),
    REFUSED("HTTP/1.1 ", "+20 OK\r\n\r\n"),
    REFUSED("HTTP/1.1 200 O", "\0K\r\n\r\n"),
    REFUSED("HTTP/1.1 200 OK", "\n\r\n"),
    REFUSED("HTTP/1.1 200", "\n\r\n"),
    REFUSED("HTTP/1.1 200 OK\r", "A: b\r\n\r\n"),
    /* Empty lines. */
    REFUSED("", "\n" GET END),
    REFUSED("\r", "\r\n" GET END),
    REFUSED_IN("http", "[]", GET END "\r\n", " " GET END),
    REFUSED("\r\n", "\r\n" GET END),
    REFUSED_IN("http", "[]", GET END "\r\n", "\r\n" GET END),
    REFUSED_IN("http,lf", "", "\n", "\n" GET END),
    REFUSED_IN("http,lf", "", "\r\n", "\n" GET END),
    /* Before a response there is none, nor after one. */
    REFUSED("\r\nHTTP", "/1.1 200 OK\r\n\r\n"),
    REFUSED_IN("http,lf", "", "\nHTTP", "/1.1 200 OK\r\n\r\n"),
    REFUSED_IN("http", "[]", GET END "\r\nHTTP", "/1.1 200 OK\r\n\r\n"),
    REFUSED_IN("http", "[]", OK_ CL(0) END, "\r\n" OK_ CL(0) END),
    REFUSED_IN("http", "[]", OK_ CL(0) END, "\r\n"),
    REFUSED_IN("http", "[]", OK_ CL(0) END, "\r\n" GET END),
    REFUSED_IN("http,lf", "[x]", OK_ TE("chunked") END "1\r\nx\r\n0\r\n\r\n", "\n"),
    /* Field lines, section 5. */
    REFUSED(GET "A: b", "\n\r\n"),
    REFUSED(GET "A: b\r\n", "\n"),
    REFUSED(GET "A: b\r\n\r", "x"),
    REFUSED(GET "A: b\r", "c\r\n\r\n"),
    REFUSED(GET "A: b\r\n", "\tc\r\n\r\n"),
    REFUSED(GET "A: ", "\x01\r\n\r\n"),
    REFUSED(GET "A: ", "\x7f\r\n\r\n"),
    REFUSED(GET, ": b\r\n\r\n"),
    REFUSED(GET "A", "\r\n\r\n"),
    REFUSED(GET "A", "(b): c\r\n\r\n"),
    REFUSED(GET, "\xe9: c\r\n\r\n"),
    /* Trailers. */
    REFUSED(POST TE("chunked") END "0\r\n", " A: b\r\n\r\n"),
    REFUSED(POST TE("chunked") END "0\r\nA: b\r\n", "\n"),
    /* After chunk data. */
    REFUSED(POST TE("chunked") END "1\r\nx", "\n0\r\n\r\n"),
    REFUSED(POST TE("chunked") END "1\r\nx\r", "\r\n0\r\n\r\n"),
    REFUSED_IN("http,lf", "", POST TE("chunked") END "1\r\nx\r", "\r\n0\r\n\r\n"),
    /* After whole ones. */
    REFUSED_IN("http", "[hi][]", POST CL(2) END "hi" GET END, "\x80"),
    REFUSED_IN("http", "[hi]", POST CL(2) END "hi!", "/"),
    /* LF is allowed, CR alone is not. */
    REFUSED_IN("http,lf", "", "GET / HTTP/1.1\r", "A: b\n\n"),
    REFUSED_IN("http,lf", "", "GET / HTTP/1.1\nA: b\r", "c\n\n"),
};

START_TEST(what_is_no_message_is_refused_with_its_place)
{
    check_example(&refused[_i], true);
}
END_TEST

/* ------------------------------------------------------------------ cut short */

static const struct example cut_short[] = {
    {"http", BYTES("\r"), TRUNCATED("", 1)},
    {"http", BYTES("G"), TRUNCATED("", 1)},
    {"http", BYTES("HTTP/1.1 200 OK\r"), TRUNCATED("", 16)},
    {"http", BYTES(GET), TRUNCATED("", AT(GET))},
    {"http", BYTES(GET END POST CL(3) END "hi"), TRUNCATED("[]", AT(GET END POST CL(3) END "hi"))},
    {"http", BYTES(OK_ TE("chunked") END), TRUNCATED("", AT(OK_ TE("chunked") END))},
    {"http", BYTES(OK_ TE("chunked") END "2\r\nhi"),
     TRUNCATED("", AT(OK_ TE("chunked") END "2\r\nhi"))},
    {"http", BYTES(OK_ TE("chunked") END "0\r\n"),
     TRUNCATED("", AT(OK_ TE("chunked") END "0\r\n"))},
    {"http", BYTES(OK_ TE("chunked") END "0\r\nA: b\r\n\r"),
     TRUNCATED("", AT(OK_ TE("chunked") END "0\r\nA: b\r\n\r"))},
    {"http", BYTES(POST CL(18446744073709551615) END "x"), FAILS("", CB_EOVERFLOW, 0)},
    {"http", BYTES(POST TE("chunked") END "1\r\nx\r\nffffffffffffffff\r\n"),
     FAILS("", CB_EOVERFLOW, 0)},
};

START_TEST(a_message_cut_short_is_an_error)
{
    check_example(&cut_short[_i], true);
}
END_TEST

static const struct limited limits[] = {
    {"http", BYTES(GET END OK_ CL(3) END "abc" OK_ CL(4) END "abcd"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[][abc]", CB_EOVERFLOW, AT(GET END OK_ CL(3) END "abc"))},
    {"http", BYTES(GET END OK_ CL(4) END), 3, CB_PARTIAL_DEFAULT,
     FAILS("[]", CB_EOVERFLOW, AT(GET END))},
    {"http", BYTES(OK_ TE("chunked") END "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 3, CB_PARTIAL_DEFAULT,
     GIVES("[abc]")},
    {"http", BYTES(OK_ TE("chunked") END "1\r\na\r\n3\r\n"), 3, CB_PARTIAL_DEFAULT,
     FAILS("", CB_EOVERFLOW, 0)},
    {"http", BYTES(OK_ END "abc"), 3, CB_PARTIAL_DEFAULT, GIVES("[abc]")},
    {"http", BYTES(OK_ END "abcd"), 3, CB_PARTIAL_DEFAULT, FAILS("", CB_EOVERFLOW, 0)},
    {"http,keep", BYTES(OK_ CL(3) END "abc"), AT(OK_ CL(3) END "abc"), CB_PARTIAL_DEFAULT,
     GIVES("[HTTP/1.1 200 OK\\x0d\\x0aContent-Length: 3\\x0d\\x0a\\x0d\\x0aabc]")},
    {"http,keep", BYTES(OK_ CL(3) END "abc"), AT(OK_ CL(3) END "ab"), CB_PARTIAL_DEFAULT,
     FAILS("", CB_EOVERFLOW, 0)},
    {"http", BYTES(OK_ CL(3) END "ab"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"http", BYTES(OK_ CL(3) END "ab"), 0, CB_PARTIAL_DROP, GIVES("")},
    {"http", BYTES(OK_ CL(3) END), 0, CB_PARTIAL_EMIT, GIVES("[]")},
    {"http", BYTES(OK_ TE("chunked") END "1\r\na\r\n3\r\nb"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"http", BYTES(OK_ TE("chunked") END "1\r\na\r\n0\r\n"), 0, CB_PARTIAL_EMIT, GIVES("[a]")},
    {"http", BYTES(OK_ END "ab"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
    {"http", BYTES(OK_ END "ab"), 0, CB_PARTIAL_DROP, GIVES("[ab]")},
    {"http", BYTES(GET END "\r\nG"), 0, CB_PARTIAL_EMIT, GIVES("[][]")},
    {"http", BYTES(GET END "\r\nG"), 0, CB_PARTIAL_DROP, GIVES("[]")},
    {"http", BYTES(GET END "\r"), 0, CB_PARTIAL_EMIT, GIVES("[]")},
    {"http,keep", BYTES("\r\nGET /"), 0, CB_PARTIAL_EMIT, GIVES("[GET /]")},
    {"http", BYTES("\r\nHTTP/1.1 200"), 0, CB_PARTIAL_EMIT, MALFORMED("", 6)},
    {"http,keep", BYTES("HTTP/1.1 200\r\n" TE("chunked") END "5"), 0, CB_PARTIAL_EMIT,
     GIVES("[HTTP/1.1 200\\x0d\\x0aTransfer-Encoding: chunked\\x0d\\x0a\\x0d\\x0a5]")},
    {"content-length", BYTES(CL(3) END "abc" CL(4) END "abcd"), 3, CB_PARTIAL_DEFAULT,
     FAILS("[abc]", CB_EOVERFLOW, AT(CL(3) END "abc"))},
    {"content-length", BYTES(CL(3) END "ab"), 0, CB_PARTIAL_EMIT, GIVES("[ab]")},
};

START_TEST(limits_and_unfinished_messages_are_treated_as_asked)
{
    check_limited(&limits[_i], true);
}
END_TEST

/* Too long by a length, by chunks, and up to the end; a short one between. */
static const char overlong[] = OK_ CL(5) END "first" OK_ CL(2) END "ab" OK_ TE("chunked") END
    "2\r\nse\r\n4\r\ncond\r\n0\r\nA: b\r\n\r\n" GET END OK_ END "third";

START_TEST(messages_that_are_too_long_are_left_out_or_cut)
{
    static const struct {
        enum cb_overflow on_overflow;
        const char *records;
    } cases[] = {
        {CB_OVERFLOW_SKIP, "[ab][]"},
        {CB_OVERFLOW_TRUNCATE, "[fir][ab][sec][][thi]"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cb_decoder_options options = {
            .size = sizeof options, .max_record = 3, .on_overflow = cases[i].on_overflow};
        struct subject subject = {
            .specification = "http",
            .options = &options,
            .input = (const uint8_t *)overlong,
            .size = sizeof overlong - 1,
            .expected = GIVES_UP_TO(cases[i].records, sizeof overlong - 1),
            .changed = true,
        };

        check_every_way(&subject);
    }
}
END_TEST

/* ----------------------------------------------------------------- long heads */

/* A head of `size` bytes with its last line long, read in some ways. */
static void check_head(const char *specification, const char *begin, size_t size,
                       struct expected expected)
{
    static const struct way ways[] = {
        {.call = BY_NEXT, .cut = SIZE_MAX, .step = SIZE_MAX, .changed = true},
        {.call = BY_BATCH + 63, .cut = 100, .step = 100, .changed = true},
        {.call = BY_TAKE, .cut = 1, .step = 4095, .changed = true},
        {.call = BY_BATCH + 7, .in_place = true, .cut = SIZE_MAX, .step = 1, .changed = true},
    };
    uint8_t *input = malloc(size);

    ck_assert_ptr_nonnull(input);
    memset(input, 'a', size);
    memcpy(input, begin, strlen(begin));
    memcpy(input + size - 4, "\r\n\r\n", 4);
    struct subject subject = {
        .specification = specification, .input = input, .size = size, .expected = expected};
    for (size_t i = 0; i < COUNT(ways); i++)
        check_way(&subject, &ways[i]);
    free(input);
}

#define TEN "0123456789"
#define LONG_NAME                                                                                  \
    TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN    \
        TEN TEN TEN TEN TEN TEN

START_TEST(a_head_has_65536_bytes_at_most)
{
    check_head("http", GET "A: ", 65536, (struct expected)GIVES_UP_TO("[]", 65536));
    check_head("http", GET "A: ", 65537, (struct expected)MALFORMED("", 65536));
    check_head("http", GET LONG_NAME ": ", 400, (struct expected)GIVES_UP_TO("[]", 400));
    check_head("http", "GET /", 70000, (struct expected)MALFORMED("", 65536));
    check_head("http", "HTTP/1.1 204 ", 65536, (struct expected)GIVES_UP_TO("[]", 65536));
    check_head("content-length", CL(0) "A: ", 65536, (struct expected)GIVES_UP_TO("[]", 65536));
    check_head("content-length", CL(0) "A: ", 65537, (struct expected)MALFORMED("", 65536));
    check_head("content-length,start-line", "x", 70000, (struct expected)MALFORMED("", 65536));
}
END_TEST

/* Not what we make of it, but what we look for. */
START_TEST(a_length_has_256_bytes_at_most)
{
    char zeros[258], head[400];

    memset(zeros, '0', sizeof zeros - 1);
    zeros[sizeof zeros - 1] = '\0';
    size_t size = (size_t)snprintf(head, sizeof head, OK_ "Content-Length: %s", zeros + 1) + 4;
    check_head("http", head, size, (struct expected)GIVES_UP_TO("[]", size));
    size = (size_t)snprintf(head, sizeof head, OK_ "Content-Length: %s", zeros) + 4;
    check_head("http", head, size, (struct expected)MALFORMED("", size - 5));
}
END_TEST

/* ------------------------------------------------------------- content-length */

static const struct example headers[] = {
    {"content-length", BYTES(""), GIVES("")},
    /* Language Server Protocol 3.17, "Base Protocol". */
    {"content-length",
     BYTES("Content-Length: 5\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n"
           "hello" CL(0) END "content-length:2\r\n" END "\r\n"),
     GIVES("[hello][][\\x0d\\x0a]")},
    {"content-length,keep", BYTES(CL(1) "A: b\r\n" END "x" CL(0) END),
     GIVES("[Content-Length: 1\\x0d\\x0aA: b\\x0d\\x0a\\x0d\\x0ax]"
           "[Content-Length: 0\\x0d\\x0a\\x0d\\x0a]")},
    {"content-length,lf", BYTES("Content-Length: 1\n\nxContent-Length: 1\r\n\ny"), GIVES("[x][y]")},
    /* 'Z' and '_' differ from 'z' and DEL in the bit that letters differ in by their case. */
    {"content-length,or=A_Z", BYTES("a_z: 2\r\n" END "hiA_Z:1\r\n" END "x"), GIVES("[hi][x]")},
    {"content-length", BYTES("\r\n"), MALFORMED("", 0)},
    {"content-length",
     BYTES(CL(1) END "x"
                     "Content-Type: a\r\n\r\n"),
     MALFORMED("[x]", AT(CL(1) END "x"))},
    {"content-length", BYTES(CL(1) CL(1) END "x"), MALFORMED("", AT(CL(1) "Content-Length: "))},
    {"content-length", BYTES("Content-Length: 1, 1\r\n\r\nx"), MALFORMED("", 16)},
    {"content-length", BYTES("Content-Length: \r\n\r\nx"), MALFORMED("", 16)},
    {"content-length", BYTES("Content-Length: -1\r\n\r\nx"), MALFORMED("", 16)},
    {"content-length", BYTES("Content-Length: 18446744073709551616\r\n\r\nx"), MALFORMED("", 16)},
    {"content-length", BYTES(CL(18446744073709551615) END "x"), FAILS("", CB_EOVERFLOW, 0)},
    REFUSED_IN("content-length", "", "Content-Length", " : 1\r\n\r\nx"),
    REFUSED_IN("content-length", "", "Content-Length: 1\r\n", " 2\r\n\r\nx"),
    REFUSED_IN("content-length", "", "Content-Length: 1", "\n\nx"),
    REFUSED_IN("content-length", "", "Content-Length: 1\r\n", "\nx"),
    REFUSED_IN("content-length", "[x]", CL(1) END "x", "\n" CL(1) END "x"),
    {"content-length", BYTES("Content-Len"), TRUNCATED("", 11)},
    {"content-length", BYTES(CL(2) END "h"), TRUNCATED("", AT(CL(2) END "h"))},
};

START_TEST(a_header_tells_the_length)
{
    check_example(&headers[_i], false);
}
END_TEST

static const struct trip trips[] = {
    {"content-length", NULL, 0, 600},
};

START_TEST(what_is_encoded_is_decoded_again)
{
    check_trip(&trips[_i], false, (uint64_t)_i);
    check_trip_as(&trips[_i], "content-length,lf", false, (uint64_t)_i);
}
END_TEST

/* --------------------------------------------------------------- random input */

/* Ends of messages made of parts that are often right. */
static const char *const parts[] = {
    GET,
    POST,
    OK_,
    "HTTP/1.1 204 \r\n",
    CL(0),
    CL(3),
    CL(12),
    TE("chunked"),
    TE("gzip"),
    END,
    END,
    "3\r\nabc\r\n",
    "0\r\n",
    "A: b\r\n",
    "\n",
    "\r",
    "x",
    "abc",
    "HTTP/1.1 101 x\r\n",
};

START_TEST(random_messages_are_read_alike_in_every_way)
{
    static const char *const specifications[] = {
        "http", "http,keep", "http,lf", "http,lf,keep", "content-length", "content-length,lf,keep"};
    const char *specification = specifications[_i];
    struct prng prng = {(uint64_t)_i + 3};

    for (size_t round = rounds(20, 60); round > 0; round--) {
        uint8_t input[400];
        size_t size = 0, count = prng_below(&prng, 9);
        for (size_t i = 0; i < count; i++) {
            const char *part = parts[prng_below(&prng, COUNT(parts))];
            memcpy(input + size, part, strlen(part));
            size += strlen(part);
        }
        check_alike(specification, true, input, size);
    }
}
END_TEST

/* Puts a byte that means something in the place of another, or before it. */
static size_t mutate(struct prng *prng, uint8_t *input, size_t size)
{
    static const char bytes[] = "\r\n\r\n :;,=\"\\0HT/.\t\0\x7f\xff";
    size_t at = prng_below(prng, size), insert = prng_below(prng, 2);

    if (insert)
        memmove(input + at + 1, input + at, size - at);
    input[at] = (uint8_t)bytes[prng_below(prng, sizeof bytes - 1)];
    return size + insert;
}

START_TEST(messages_with_wrong_bytes_are_read_alike_in_every_way)
{
    const struct example *example = &messages[_i];
    struct prng prng = {(uint64_t)_i + 11};

    for (size_t round = rounds(4, 10); example->size && round > 0; round--) {
        uint8_t input[400];
        size_t size = example->size;

        expect(size + 3 <= sizeof input, "too long a message for this test");
        memcpy(input, example->input, size);
        for (size_t i = prng_below(&prng, 3) + 1; i--;)
            size = mutate(&prng, input, size);
        check_alike(example->specification, true, input, size);
    }
}
END_TEST

static Suite *http_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *http = add_case(suite, "messages");
    TCase *bounds = add_case(suite, "bounds");
    TCase *length = add_case(suite, "content-length");
    TCase *random = add_case(suite, "random");

    tcase_add_loop_test(http, content_is_as_long_as_the_head_says, 0, (int)COUNT(messages));
    tcase_add_loop_test(http, messages_of_two_lengths_are_refused, 0, (int)COUNT(smuggled));
    tcase_add_loop_test(http, what_is_no_message_is_refused_with_its_place, 0, (int)COUNT(refused));
    tcase_add_loop_test(bounds, a_message_cut_short_is_an_error, 0, (int)COUNT(cut_short));
    tcase_add_loop_test(bounds, limits_and_unfinished_messages_are_treated_as_asked, 0,
                        (int)COUNT(limits));
    tcase_add_test(bounds, messages_that_are_too_long_are_left_out_or_cut);
    tcase_add_test(bounds, a_head_has_65536_bytes_at_most);
    tcase_add_test(bounds, a_length_has_256_bytes_at_most);
    tcase_add_loop_test(length, a_header_tells_the_length, 0, (int)COUNT(headers));
    tcase_add_loop_test(length, what_is_encoded_is_decoded_again, 0, (int)COUNT(trips));
    tcase_add_loop_test(random, random_messages_are_read_alike_in_every_way, 0, 6);
    tcase_add_loop_test(random, messages_with_wrong_bytes_are_read_alike_in_every_way, 0,
                        (int)COUNT(messages));
    return suite;
}

int main(void)
{
    return run_suite(http_suite());
}
