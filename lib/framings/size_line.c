/* SPDX-License-Identifier: MIT */
#include "size_line.h"

#include "fields.h"

/* RFC 9112 wants extensions limited; 8 KiB is what servers take for a line. */
enum { LINE_MAX_BYTES = 8192, DIGITS_MAX = 16 };

enum phase {
    DIGITS,
    EXTENSION, /* behind ';' */
    LF         /* behind CR */
};

static int fail(struct cb__size_line *line, const char *why)
{
    line->why = why;
    return CB_EMALFORMED;
}

/* Adds digits; gives how many there are. */
static size_t read_digits(struct cb__size_line *line, const uint8_t *data, size_t n)
{
    uint64_t size = line->digits ? line->size : 0;
    size_t room = cb__min(n, DIGITS_MAX - line->digits), i = 0;
    for (unsigned digit; i < room && (digit = cb__digit_value(data[i])) < 16; i++)
        size = size << 4 | digit;
    line->size = size;
    line->digits += (unsigned)i;
    return i;
}

/* The byte behind the digits. */
static int step_digits(struct cb__size_line *line, bool lf, uint8_t c)
{
    if (!line->digits)
        return fail(line, "chunk size is not a number");
    if (c == '\n')
        return lf ? CB_OK : fail(line, "chunk size line ends in LF without CR");
    if (c == ';')
        line->phase = EXTENSION;
    else if (c == '\r')
        line->phase = LF;
    else if (cb__digit_value(c) < 16)
        return fail(line, "chunk size has more than 16 digits");
    else
        return fail(line, "chunk size is followed by neither ';' nor CRLF");
    return CB_MORE;
}

static int step_extension(struct cb__size_line *line, bool lf, uint8_t c)
{
    if (c == '\n')
        return lf ? CB_OK : fail(line, "chunk extension ends in LF without CR");
    if (c == '\r')
        line->phase = LF;
    else if (cb__is_control(c))
        return fail(line, "control byte in a chunk extension");
    return CB_MORE;
}

static int step(struct cb__size_line *line, bool lf, uint8_t c)
{
    if (line->phase == DIGITS)
        return step_digits(line, lf, c);
    if (line->phase == EXTENSION)
        return step_extension(line, lf, c);
    return c == '\n' ? CB_OK : fail(line, "CR in a chunk size line without LF");
}

int cb__size_line_read(struct cb__size_line *line, bool lf, const uint8_t *data, size_t n,
                       size_t *used)
{
    size_t i = line->phase == DIGITS ? read_digits(line, data, n) : 0;
    int status = CB_MORE;
    for (; i < n; i++) {
        status = line->seen + i < LINE_MAX_BYTES
                     ? step(line, lf, data[i])
                     : fail(line, "chunk size line is longer than 8192 bytes");
        if (status != CB_MORE)
            break;
    }
    *used = i;
    line->seen += i;
    if (status != CB_OK)
        return status;
    *used = i + 1;
    line->phase = DIGITS;
    line->digits = 0;
    line->seen = 0;
    return CB_OK;
}
