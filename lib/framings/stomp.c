/* SPDX-License-Identifier: MIT */
/*
 * Frames of STOMP 1.2 ("Augmented BNF" at stomp.github.io), and of 1.0 and 1.1:
 *
 *     command EOL *( name ":" value EOL ) EOL body NUL *EOL
 *
 * A record is a frame as it stands, without its NUL.  The body has as many bytes as the
 * first content-length tells; without one it ends at NUL.  Line ends between frames,
 * which are heart-beats, are dropped.
 *
 * A value may contain colons, which servers send unescaped, and zero bytes, which the
 * grammar allows; a zero byte before a value shows that a frame ended too early.
 * White space around a length is allowed, as in the examples of STOMP 1.0.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/scanned.h"

/* Only three commands have a body. */
static const struct {
    const char *name;
    bool has_body;
} commands[] = {
    {"SEND", true},       {"MESSAGE", true},     {"ERROR", true},        {"ABORT", false},
    {"ACK", false},       {"BEGIN", false},      {"COMMIT", false},      {"CONNECT", false},
    {"CONNECTED", false}, {"DISCONNECT", false}, {"NACK", false},        {"RECEIPT", false},
    {"STOMP", false},     {"SUBSCRIBE", false},  {"UNSUBSCRIBE", false},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const char length_name[] = "content-length";

enum phase {
    BETWEEN, /* two frames */
    COMMAND,
    LINE, /* at the beginning of a line after the command */
    NAME,
    VALUE,
    LENGTH,       /* the value of content-length */
    LENGTH_SPACE, /* in white space after it */
    LF,           /* after the CR at the end of a line */
    BODY,         /* up to NUL */
    END           /* after a body of known length, or none */
};

struct stomp_state {
    struct cb__scanned scanned;
    enum phase phase;
    enum phase line; /* the phase in which the line ended */
    size_t command;  /* one that begins like this one; then this one */
    size_t at;       /* bytes seen of the command, or of the name */
    bool is_length;  /* the name begins like content-length */
    bool has_length; /* there was such a line */
    uint64_t length;
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct stomp_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

static int go_to(struct stomp_state *state, enum phase phase)
{
    state->phase = phase;
    return CB_OK;
}

/* ------------------------------------------------------------- ends of lines */

/* The empty line after the header ends at the position `end`. */
static int begin_body(struct cb_decoder *decoder, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    const bool has_body = commands[state->command].has_body;
    go_to(state, has_body && !state->has_length ? BODY : END);
    if (!state->has_length)
        return CB_OK;
    if (state->length && !has_body)
        return fail(state, "command with a content-length, but without a body");
    return cb__scanned_pass(decoder, end, state->length, false);
}

static int end_line(struct cb_decoder *decoder, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    if (state->line == LINE)
        return begin_body(decoder, end);
    return go_to(state, LINE);
}

/* CR or LF, where a line may end. */
static int step_end(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    state->line = state->phase;
    return c == '\n' ? end_line(decoder, end) : go_to(state, LF);
}

/* ------------------------------------------------------------- bytes of lines */

/* A command that begins like this one and goes on with the byte c; COMMANDS: none. */
static size_t find_command(const struct stomp_state *state, uint8_t c)
{
    const char *begun = commands[state->command].name;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *name = commands[i].name;
        if (strncmp(name, begun, state->at) == 0 && name[state->at] == (char)c)
            return i;
    }
    return COMMANDS;
}

static int step_command(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    const size_t command = find_command(state, cb__is_line_end(c) ? '\0' : c);
    if (command == COMMANDS || !c)
        return fail(state, "unknown command");
    state->command = command;
    state->at++;
    return cb__is_line_end(c) ? step_end(decoder, c, end) : CB_OK;
}

/* A byte of a name, or the colon after it. */
static int step_name(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    const size_t size = sizeof length_name - 1;
    (void)end;
    if (cb__is_line_end(c))
        return fail(state, "header line has no colon");
    if (!c)
        return fail(state, "frame ends inside its header");
    if (c != ':') {
        state->is_length =
            state->is_length && state->at < size && c == (uint8_t)length_name[state->at];
        state->at++;
        return CB_OK;
    }
    if (!state->at)
        return fail(state, "header line has no name");
    return go_to(state,
                 state->is_length && state->at == size && !state->has_length ? LENGTH : VALUE);
}

static int step_line(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    if (cb__is_line_end(c))
        return step_end(decoder, c, end);
    state->at = 0;
    state->is_length = true;
    go_to(state, NAME);
    return step_name(decoder, c, end);
}

static int step_length(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    static const char why[] = "content-length is not a number below 2^64";
    struct stomp_state *state = decoder->state;
    if (cb__is_digit(c) && state->phase == LENGTH) {
        const bool fits = cb__mul_u64(state->length, 10, &state->length) &&
                          cb__add_u64(state->length, c - (uint64_t)'0', &state->length);
        state->has_length = true;
        return fits ? CB_OK : fail(state, why);
    }
    if (c == ' ')
        return go_to(state, state->has_length ? LENGTH_SPACE : LENGTH);
    return cb__is_line_end(c) && state->has_length ? step_end(decoder, c, end) : fail(state, why);
}

static int step_lf(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    return c == '\n' ? end_line(decoder, end) : fail(state, "CR without LF in a header");
}

/* The byte after a body. */
static int step_nul(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct stomp_state *state = decoder->state;
    (void)end;
    if (c)
        return fail(state, state->has_length ? "body is not followed by a zero byte"
                                             : "command that has no body has one");
    state->scanned.tail = 1;
    go_to(state, BETWEEN);
    return CB__ENDS;
}

/* ----------------------------------------------------------------- the frame */

static int between(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct stomp_state *state = decoder->state;
    int status = cb__scanned_drop_lines(decoder, data, n, used);
    if (status)
        return status;
    state->command = state->at = 0;
    state->has_length = false;
    state->length = 0;
    go_to(state, COMMAND);
    return CB__BEGINS;
}

/* A byte that ends a value.  A frame that is tried after damage has no zero byte in its
 * header, or each such byte would have to be tried for itself with all that follows. */
static int step_value(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    return c ? step_end(decoder, c, end) : fail(decoder->state, "frame ends inside its header");
}

/* How many of the next bytes need no step. */
static size_t pass(const struct cb_decoder *decoder, const uint8_t *data, size_t n)
{
    const struct stomp_state *state = decoder->state;
    const bool trying = decoder->trying;
    size_t i = 0;
    if (state->phase == BODY) {
        const uint8_t *nul = memchr(data, 0, n);
        return nul ? (size_t)(nul - data) : n;
    }
    if (state->phase == VALUE) {
        while (i < n && !cb__is_line_end(data[i]) && (data[i] || !trying))
            i++;
    }
    return i;
}

/* Each examines one byte, as cb__step_fn. */
static const cb__step_fn steps[] = {
    [COMMAND] = step_command, [LINE] = step_line,     [NAME] = step_name,
    [VALUE] = step_value,     [LENGTH] = step_length, [LENGTH_SPACE] = step_length,
    [LF] = step_lf,           [BODY] = step_nul,      [END] = step_nul,
};

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct stomp_state *state = decoder->state;
    int status = CB_OK;
    size_t i = 0;
    if (!cb__has_begun(decoder))
        return between(decoder, data, n, used);
    while (status == CB_OK && (i += pass(decoder, data + i, n - i)) < n) {
        status = steps[state->phase](decoder, data[i], decoder->found.scan + i + 1);
        i += status >= CB_OK;
        if (status == CB__MORE)
            status = cb__scanned_jump(decoder, n, &i);
    }
    *used = i;
    return status ? status : CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

/* After damage: the next whole frame that follows a zero byte.  Bodies may contain such
 * bytes. */
static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    static const uint8_t nul[1];
    (void)decoder;
    *how = (struct cb__recovery){.mark = {nul, sizeof nul}, .after = true, .frames = 1};
    return true;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct stomp_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
    .recovery = recovery,
};

const struct cb__family cb__stomp_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
