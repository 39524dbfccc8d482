/* SPDX-License-Identifier: MIT */
#include "looks.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct look {
    const char *bytes;
    size_t length;
    const char *what;
    const char *framing; /* NULL: it must be decompressed first */
};

#define LOOK(BYTES, WHAT, FRAMING)                                                                 \
    {                                                                                              \
        .bytes = (BYTES), .length = sizeof(BYTES) - 1, .what = (WHAT), .framing = (FRAMING)        \
    }

/* None is the beginning of another. */
static const struct look looks[] = {
    LOOK("HTTP/", "HTTP", "http"),
    LOOK("GET /", "HTTP", "http"),
    LOOK("HEAD /", "HTTP", "http"),
    LOOK("POST /", "HTTP", "http"),
    LOOK("PUT /", "HTTP", "http"),
    LOOK("SIP/2.0 ", "SIP", "sip"),
    LOOK("Content-Length:", "a header with Content-Length", "content-length"),
    LOOK("WARC/1.", "a web archive", "warc"),
    LOOK("data:", "server-sent events", "sse"),
    LOOK("8=FIX", "FIX", "fix"),
    LOOK("{\"", "JSON", "json"),
    LOOK("\x1e{\"", "a JSON text sequence", "json-seq"),
    LOOK("\x0a\x0d\x0d\x0a", "a pcapng file", "pcapng"),
    LOOK("\xa1\xb2\xc3\xd4", "a pcap file", "pcap"),
    LOOK("\xd4\xc3\xb2\xa1", "a pcap file", "pcap"),
    LOOK("\xa1\xb2\x3c\x4d", "a pcap file", "pcap"),
    LOOK("\x4d\x3c\xb2\xa1", "a pcap file", "pcap"),
    LOOK("\x1f\x8b\x08", "gzip", NULL),
    LOOK("\x28\xb5\x2f\xfd", "Zstandard", NULL),
    LOOK("\xfd"
         "7zXZ",
         "xz", NULL),
    LOOK("BZh", "bzip2", NULL),
};

/* The one that begins as these n bytes do, or NULL. */
static const struct look *find(const void *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        const size_t same = n < looks[i].length ? n : looks[i].length;
        if (memcmp(looks[i].bytes, bytes, same) == 0)
            return &looks[i];
    }
    return NULL;
}

static bool is_named(const char *framing, const char *name)
{
    const size_t n = strlen(name);
    return strncmp(framing, name, n) == 0 && strcspn(framing, ":,") == n;
}

const char *looks_hint(struct source *source, struct cb_buffer *buffer, const char *framing,
                       char room[LOOKS_ROOM])
{
    uint8_t bytes[16];
    const struct look *look;
    size_t n;
    room[0] = '\0';
    do {
        n = cb_copyout(buffer, 0, sizeof bytes, bytes);
        look = n ? find(bytes, n) : NULL;
    } while (look && n < look->length && !source->by_need &&
             source_read(source, buffer, CB_ALL) > 0);
    if (!look || n < look->length)
        return room;
    if (!look->framing)
        snprintf(room, LOOKS_ROOM, "; input looks like %s: decompress it first", look->what);
    else if (!is_named(framing, look->framing))
        snprintf(room, LOOKS_ROOM, "; input looks like %s: try --from %s", look->what,
                 look->framing);
    return room;
}
