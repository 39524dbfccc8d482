/* SPDX-License-Identifier: MIT */
#include "framings/shared/size_line.h"

#include "framings/shared/fields.h"

/* RFC 9112 asks for a limit on extensions; 8 KiB is the usual limit of servers for a
 * line. */
enum { LINE_MAX_BYTES = 8192 };

enum phase {
    SIZE, /* in the digits; no byte leads back here */
    REFUSED = SIZE,
    SIZE_SPACE, /* in white space that must not end the line */
    PADDING,    /* in white space that may end it */
    BEFORE_NAME,
    NAME,
    NAME_SPACE,
    BEFORE_VALUE,
    VALUE, /* in a token */
    QUOTED,
    ESCAPED, /* after '\' */
    VALUE_END,
    VALUE_SPACE,
    LAST_LF, /* after CR */
    DONE
};

/* The class of a byte in the grammar. */
enum kind { CONTROL, OTHER, TOKEN, SPACE, SEMICOLON, EQUALS, QUOTE, BACKSLASH, CR, LF, KINDS };

/* The next phase for each class; anything else is rejected. */
static const uint8_t phases[DONE][KINDS] = {
    [SIZE] = {[SPACE] = SIZE_SPACE, [SEMICOLON] = BEFORE_NAME, [CR] = LAST_LF, [LF] = DONE},
    [SIZE_SPACE] = {[SPACE] = SIZE_SPACE, [SEMICOLON] = BEFORE_NAME},
    [PADDING] = {[SPACE] = PADDING, [SEMICOLON] = BEFORE_NAME, [CR] = LAST_LF, [LF] = DONE},
    [BEFORE_NAME] = {[SPACE] = BEFORE_NAME, [TOKEN] = NAME},
    [NAME] = {[TOKEN] = NAME,
              [SPACE] = NAME_SPACE,
              [EQUALS] = BEFORE_VALUE,
              [SEMICOLON] = BEFORE_NAME,
              [CR] = LAST_LF,
              [LF] = DONE},
    [NAME_SPACE] = {[SPACE] = NAME_SPACE, [EQUALS] = BEFORE_VALUE, [SEMICOLON] = BEFORE_NAME},
    [BEFORE_VALUE] = {[SPACE] = BEFORE_VALUE, [TOKEN] = VALUE, [QUOTE] = QUOTED},
    [VALUE] = {[TOKEN] = VALUE,
               [SPACE] = VALUE_SPACE,
               [SEMICOLON] = BEFORE_NAME,
               [CR] = LAST_LF,
               [LF] = DONE},
    [QUOTED] = {[OTHER] = QUOTED,
                [TOKEN] = QUOTED,
                [SPACE] = QUOTED,
                [SEMICOLON] = QUOTED,
                [EQUALS] = QUOTED,
                [QUOTE] = VALUE_END,
                [BACKSLASH] = ESCAPED},
    [ESCAPED] = {[OTHER] = QUOTED,
                 [TOKEN] = QUOTED,
                 [SPACE] = QUOTED,
                 [SEMICOLON] = QUOTED,
                 [EQUALS] = QUOTED,
                 [QUOTE] = QUOTED,
                 [BACKSLASH] = QUOTED},
    [VALUE_END] = {[SPACE] = VALUE_SPACE, [SEMICOLON] = BEFORE_NAME, [CR] = LAST_LF, [LF] = DONE},
    [VALUE_SPACE] = {[SPACE] = VALUE_SPACE, [SEMICOLON] = BEFORE_NAME},
    [LAST_LF] = {[LF] = DONE},
};

static const char *const refusals[DONE] = {
    [SIZE] = "chunk size must be followed by ';' or CRLF",
    [SIZE_SPACE] = "white space after a chunk size must be followed by ';'",
    [PADDING] = "chunk size must be followed by ';' or CRLF",
    [BEFORE_NAME] = "chunk extension has no name",
    [NAME] = "name of a chunk extension must be followed by '=', ';' or CRLF",
    [NAME_SPACE] = "white space after a chunk extension's name must be followed by '=' or ';'",
    [BEFORE_VALUE] = "chunk extension has no value after '='",
    [VALUE] = "value of a chunk extension must be followed by ';' or CRLF",
    [QUOTED] = "line ends inside the quoted value of a chunk extension",
    [ESCAPED] = "line ends inside the quoted value of a chunk extension",
    [VALUE_END] = "value of a chunk extension must be followed by ';' or CRLF",
    [VALUE_SPACE] = "white space after the value of a chunk extension must be followed by ';'",
    [LAST_LF] = "CR without LF in a chunk size line",
};

static enum kind kind_of(uint8_t c)
{
    switch (c) {
    case '\r':
        return CR;
    case '\n':
        return LF;
    case ' ':
    case '\t':
        return SPACE;
    case ';':
        return SEMICOLON;
    case '=':
        return EQUALS;
    case '"':
        return QUOTE;
    case '\\':
        return BACKSLASH;
    default:
        break;
    }
    if (cb__is_control(c))
        return CONTROL;
    return cb__is_token(c) ? TOKEN : OTHER;
}

static int fail(struct cb__size_line *line, const char *why)
{
    line->why = why;
    return CB_EMALFORMED;
}

/* The byte c is not valid here. */
static int refuse(struct cb__size_line *line, uint8_t c)
{
    if (line->phase == SIZE && !line->digits)
        return fail(line, "chunk size is not a number");
    if (line->phase == SIZE && cb__digit_value(c) < 16)
        return fail(line, "chunk size is not below 2^64");
    if (line->phase >= BEFORE_NAME && line->phase < LAST_LF && kind_of(c) == CONTROL)
        return fail(line, "control byte in a chunk extension");
    return fail(line, refusals[line->phase]);
}

static int end_without_cr(struct cb__size_line *line)
{
    if (line->lf)
        return CB_OK;
    return fail(line, line->phase < BEFORE_NAME ? "chunk size line ends in LF without CR"
                                                : "chunk extension ends in LF without CR");
}

static int step(struct cb__size_line *line, uint8_t c)
{
    unsigned next = phases[line->phase][kind_of(c)];
    if (next == REFUSED || !line->digits)
        return refuse(line, c);
    if (next == DONE)
        return line->phase == LAST_LF ? CB_OK : end_without_cr(line);
    line->phase = next == SIZE_SPACE && line->pad ? PADDING : next;
    return CB__MORE;
}

/* Adds digits while the number fits in 64 bits; returns how many. */
static size_t read_digits(struct cb__size_line *line, const uint8_t *data, size_t n)
{
    uint64_t size = line->digits ? line->size : 0;
    size_t i = 0;
    for (unsigned digit; i < n && (digit = cb__digit_value(data[i])) < 16 && !(size >> 60); i++)
        size = size << 4 | digit;
    line->size = size;
    line->digits = line->digits || i;
    return i;
}

/* The line has ended; prepares for the next one. */
static int end(struct cb__size_line *line)
{
    line->phase = SIZE;
    line->digits = false;
    line->seen = 0;
    return CB_OK;
}

int cb__size_line_read(struct cb__size_line *line, const uint8_t *data, size_t n, size_t *used)
{
    const size_t room = cb__min(n, LINE_MAX_BYTES - line->seen);
    size_t i = line->phase == SIZE ? read_digits(line, data, room) : 0;
    int status = CB__MORE;
    if (i && room - i >= 2 && data[i] == '\r' && data[i + 1] == '\n') {
        *used = i + 2; /* most lines: faster than through the table */
        return end(line);
    }
    while (i < room && (status = step(line, data[i])) == CB__MORE)
        i++;
    if (status == CB__MORE && i < n)
        status = fail(line, "chunk size line is longer than 8192 bytes");
    *used = i + (status == CB_OK);
    line->seen += i;
    return status == CB_OK ? end(line) : status;
}
