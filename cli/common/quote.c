/* SPDX-License-Identifier: MIT */
#include "quote.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* How many bytes of the text are one character that can be shown; 0 if the first
 * byte is a control, or belongs to no character of UTF-8 (RFC 3629) above the
 * second range of controls. */
static size_t shown(const char *text)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } forms[] = {
        {0x80, 0x00, 0x20}, {0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    const uint8_t *bytes = (const uint8_t *)text;
    for (size_t n = 1; n <= sizeof forms / sizeof *forms; n++) {
        if ((bytes[0] & forms[n - 1].mask) != forms[n - 1].lead)
            continue;
        uint32_t code = bytes[0] & (uint8_t)~forms[n - 1].mask;
        for (size_t i = 1; i < n; i++) {
            if ((bytes[i] & 0xc0) != 0x80) /* the end of the text among them */
                return 0;
            code = code << 6 | (bytes[i] & 0x3f);
        }
        bool surrogate = code >= 0xd800 && code < 0xe000;
        return code < forms[n - 1].least || code == 0x7f || code > 0x10ffff || surrogate ? 0 : n;
    }
    return 0;
}

static bool is_plain(const char *text)
{
    size_t n;
    const char *at = text;
    while (*at && (n = shown(at)) > 0)
        at += n;
    return *text && !*at;
}

/* Writes a byte as $'...' has it; returns how many it takes. */
static size_t escape(char out[5], char c)
{
    static const char named[] = "\a\b\t\n\v\f\r", names[] = "abtnvfr";
    const char *at = strchr(named, c);
    int n = at ? snprintf(out, 5, "\\%c", names[at - named])
               : snprintf(out, 5, "\\%03o", (unsigned)(unsigned char)c);
    return (size_t)n;
}

static size_t add(char *to, const char *text)
{
    size_t n = strlen(text);
    memcpy(to, text, n);
    return n;
}

const char *quote(char room[QUOTE_SIZE], const char *text, bool only_if_needed)
{
    enum { STEP = 16 }; /* more than a character with its quotes, and the end, take */
    bool escaping = false;
    if (only_if_needed && is_plain(text))
        return text;
    size_t used = add(room, "'");
    while (*text && used < QUOTE_SIZE - STEP) {
        size_t n = shown(text);
        if (escaping != !n) {
            used += add(room + used, escaping ? "''" : "'$'");
            escaping = !n;
        }
        if (!n) {
            used += escape(room + used, *text++);
        } else if (*text == '\'') {
            used += add(room + used, "'\\''");
            text++;
        } else {
            memcpy(room + used, text, n);
            used += n;
            text += n;
        }
    }
    used += add(room + used, *text ? "'..." : "'");
    room[used] = '\0';
    return room;
}
