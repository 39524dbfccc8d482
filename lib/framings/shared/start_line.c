/* SPDX-License-Identifier: MIT */
#include "framings/shared/start_line.h"

#include "framings/shared/fields.h"

static const char version[] = "HTTP/1."; /* and a digit */
static const char bad_status[] = "status is not a number from 100 to 999";
enum { SLASH = 4, DIGIT = sizeof version - 1, STATUS_DIGITS = 3 };

enum phase {
    FIRST,      /* at the first byte */
    METHOD,     /* after it, or in the name of a response's version */
    TARGET,     /* of a request */
    IN_VERSION, /* of both */
    STATUS_SP,  /* of a response, like the following */
    STATUS,
    STATUS_END,
    REASON,
    END,   /* after a request */
    END_LF /* after CR */
};

static int fail(struct cb__start_line *line, const char *why)
{
    line->why = why;
    return CB_EMALFORMED;
}

static int go_to(struct cb__start_line *line, enum phase phase)
{
    line->phase = phase;
    line->at = 0;
    return CB__MORE;
}

/* Where the line may end. */
static int step_end(struct cb__start_line *line, bool lf, uint8_t c)
{
    if (c == '\r')
        return go_to(line, END_LF);
    if (c != '\n')
        return fail(line, "start line is not followed by CRLF");
    return lf ? CB_OK : fail(line, "start line ends in LF without CR");
}

static int step_method(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    if (c == '/' && line->at == SLASH && line->may_be_response) {
        if (line->after_empty)
            return fail(line, "empty line before a response");
        line->kind = CB__RESPONSE;
        line->phase = IN_VERSION;
        line->at = SLASH + 1;
        return CB__MORE;
    }
    if (c == ' ')
        return go_to(line, TARGET);
    if (!cb__is_token(c))
        return fail(line, "start line must begin with a method or HTTP/1");
    line->may_be_response =
        line->may_be_response && line->at < SLASH && c == (uint8_t)version[line->at];
    line->at += line->at <= SLASH; /* larger values need not be counted */
    return CB__MORE;
}

static int step_first(struct cb__start_line *line, bool lf, uint8_t c)
{
    if (c == '\r' || c == '\n') {
        if (line->after_empty)
            return fail(line, "two empty lines before a message");
        if (line->kind == CB__RESPONSE)
            return fail(line, "empty line after a response");
        line->kind = CB__EMPTY_LINE;
        return step_end(line, lf, c);
    }
    if (!cb__is_token(c))
        return fail(line, "start line must begin with a method or HTTP/1");
    line->kind = CB__REQUEST;
    line->phase = METHOD;
    line->may_be_response = true;
    return step_method(line, lf, c);
}

static int step_target(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    if (c == ' ' && line->at)
        return go_to(line, IN_VERSION);
    if (c == '\r' || c == '\n')
        return fail(line, "request line has no HTTP version");
    if (c <= ' ' || c == 0x7f)
        return fail(line, "request target is empty or has white space or a control byte");
    line->at = 1;
    return CB__MORE;
}

static int step_version(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    if (line->at < DIGIT) {
        if (c == (uint8_t)version[line->at++])
            return CB__MORE;
        return fail(line, "HTTP version is not 1.x");
    }
    if (!cb__is_digit(c))
        return fail(line, "HTTP version is not 1.x");
    line->minor = c - (unsigned)'0';
    return go_to(line, line->kind == CB__REQUEST ? END : STATUS_SP);
}

static int step_status_sp(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    line->status = 0;
    return c == ' ' ? go_to(line, STATUS) : fail(line, "status line has no status");
}

static int step_status(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    if (!cb__is_digit(c) || (c == '0' && !line->at))
        return fail(line, bad_status);
    line->status = line->status * 10 + (c - (unsigned)'0');
    return ++line->at == STATUS_DIGITS ? go_to(line, STATUS_END) : CB__MORE;
}

static int step_status_end(struct cb__start_line *line, bool lf, uint8_t c)
{
    if (c == ' ')
        return go_to(line, REASON);
    return cb__is_digit(c) ? fail(line, bad_status) : step_end(line, lf, c);
}

static int step_reason(struct cb__start_line *line, bool lf, uint8_t c)
{
    if (c == '\r' || c == '\n')
        return step_end(line, lf, c);
    return cb__is_control(c) ? fail(line, "control byte in a start line") : CB__MORE;
}

static int step_end_lf(struct cb__start_line *line, bool lf, uint8_t c)
{
    (void)lf;
    return c == '\n' ? CB_OK : fail(line, "CR without LF in a start line");
}

static int (*const steps[])(struct cb__start_line *line, bool lf, uint8_t c) = {
    [FIRST] = step_first,           [METHOD] = step_method,       [TARGET] = step_target,
    [IN_VERSION] = step_version,    [STATUS_SP] = step_status_sp, [STATUS] = step_status,
    [STATUS_END] = step_status_end, [REASON] = step_reason,       [END] = step_end,
    [END_LF] = step_end_lf,
};

int cb__start_line_read(struct cb__start_line *line, bool lf, const uint8_t *data, size_t n,
                        size_t *used)
{
    if (line->phase == FIRST)
        line->size = 0;
    for (size_t i = 0; i < n; i++) {
        *used = i;
        if (line->size == CB__HEAD_MAX)
            return fail(line, "header section is longer than 65536 bytes");
        int status = steps[line->phase](line, lf, data[i]);
        if (status < 0)
            return status;
        line->size++;
        *used = i + 1;
        if (status != CB__MORE) {
            line->phase = FIRST;
            line->after_empty = line->kind == CB__EMPTY_LINE;
            return status;
        }
    }
    return CB__MORE;
}
