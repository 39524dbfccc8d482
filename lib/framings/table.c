/* SPDX-License-Identifier: MIT */
/* Every framing, in the order in which they are listed.  A preset is a name
 * for a generic specification, and nothing more. */
#include "families.h"

#define LENGTH(name, variant, text)                                                                \
    {                                                                                              \
        name, text, NULL, &cb__length_family, variant                                              \
    }
#define BOTH(bits, width)                                                                          \
    LENGTH("u" #bits "be", CB__LENGTH_BIG(width), #bits "-bit length, big-endian"),                \
        LENGTH("u" #bits "le", CB__LENGTH_LITTLE(width), #bits "-bit length, little-endian")
#define PRESET(name, specification, text)                                                          \
    {                                                                                              \
        name, text, specification, NULL, 0                                                         \
    }

const struct cb_framing cb__framings[] = {
    {"line", "a line, ended by LF or CRLF", NULL, &cb__line_family, 0},
    PRESET("lf", "delim:\\n", "a line, ended by LF"),
    PRESET("crlf", "delim:\\r\\n", "a line, ended by CRLF"),
    PRESET("nul", "delim:\\0", "up to a zero byte"),
    {"delim", "up to a delimiter, or one of several", NULL, &cb__delimiter_family, 0},
    {"fixed", "a fixed number of bytes", NULL, &cb__fixed_family, 0},
    LENGTH("u8", CB__LENGTH_BIG(1), "8-bit length"),
    BOTH(16, 2),
    BOTH(24, 3),
    BOTH(32, 4),
    BOTH(40, 5),
    BOTH(48, 6),
    BOTH(56, 7),
    BOTH(64, 8),
    {"varint", "LEB128 length", NULL, &cb__varint_family, 0},
    {"dec", "ASCII decimal length and a terminator", NULL, &cb__ascii_family, CB__ASCII_DECIMAL},
    {"hex", "ASCII hexadecimal length and a terminator", NULL, &cb__ascii_family, CB__ASCII_HEX},
    PRESET("netstring", "dec::,trailer=\\,,canonical", "netstring, as 5:hello,"),
    {"chunked", "HTTP/1.1 chunked coding (RFC 9112)", NULL, &cb__chunked_family, 0},
    {"http", "the content of an HTTP/1.x message (RFC 9112)", NULL, &cb__http_family, 0},
    {"content-length", "a header with Content-Length, as in LSP and DAP", NULL,
     &cb__content_length_family, 0},
    {"csv", "a CSV row (RFC 4180), with line ends in quotes", NULL, &cb__csv_family, 0},
    {"raw", "payloads one after another", NULL, &cb__raw_family, 0},
    {"none", "nothing at all", NULL, &cb__none_family, 0},
    {NULL, NULL, NULL, NULL, 0},
};
