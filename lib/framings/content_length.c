/* SPDX-License-Identifier: MIT */
/*
 * A header like that of HTTP with the length of the payload, then the payload: the
 * base protocol of the Language Server Protocol and of the Debug Adapter
 * Protocol.
 *
 *     Content-Length: 5\r\n\r\nhello
 *
 * A start line may stand before the header, and a trailer after the payload, as in SIP
 * (RFC 3261 section 7) and in WARC files (ISO 28500 section 4).  Empty lines before a
 * start line are dropped (RFC 3261 section 7.5), unless a trailer says what stands
 * between two messages.
 */
#include <string.h>

#include "framing/encoder.h"
#include "framings/families.h"
#include "framings/shared/counted.h"
#include "framings/shared/digits.h"
#include "framings/shared/fields.h"

enum { WORD_MAX = 32, LEAD_MAX = CB__HEADER_MAX - 64 };

struct content_length_config {
    bool lf;
    bool fold;
    bool start_line;
    struct cb__bytes version; /* the start line begins or ends with it */
    struct cb__bytes other;   /* another name of Content-Length */
    struct cb__bytes trailer;
    struct cb__bytes lead; /* output: the header before Content-Length */
};

enum phase {
    BEFORE,    /* at the first byte of a message, or of an empty line before it */
    BEFORE_LF, /* after the CR of an empty line */
    START,     /* in the start line */
    START_LF,  /* after its CR */
    FIELDS
};

/* A header as far as it was read. */
struct head {
    enum phase phase;
    size_t size;            /* bytes seen of the start line */
    size_t text;            /* ... without its end */
    bool begins;            /* with the version, as far as that was seen */
    uint8_t last[WORD_MAX]; /* its last bytes, byte i at i modulo the length of the version */
    struct cb__fields fields;
    const char *names[3]; /* of the field */
    char other[WORD_MAX + 1];
    bool has_length;
    uint64_t length;
    const char *why;
    bool is_wrong;   /* as a whole, */
    size_t wrong_at; /* ... or from this byte on */
};

struct content_length_state {
    struct cb__counted counted;
    struct head head;
};

static const struct cb__key keys[] = {
    {"lf", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct content_length_config, lf)},
    {"fold", CB__KEY_FLAG | CB__KEY_IN, offsetof(struct content_length_config, fold)},
    {"start-line", CB__KEY_FLAG, offsetof(struct content_length_config, start_line)},
    {"version", CB__KEY_BYTES, offsetof(struct content_length_config, version)},
    {"or", CB__KEY_BYTES | CB__KEY_IN, offsetof(struct content_length_config, other)},
    {"trailer", CB__KEY_BYTES, offsetof(struct content_length_config, trailer)},
    {"lead", CB__KEY_BYTES | CB__KEY_OUT, offsetof(struct content_length_config, lead)},
    {NULL, CB__KEY_FLAG, 0},
};

static bool is_name(const struct cb__bytes *bytes)
{
    size_t i = 0;
    while (i < bytes->length && cb__is_token(bytes->data[i]))
        i++;
    return i == bytes->length;
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct content_length_config *config = data;
    const struct cb__conflict conflicts[] = {
        {config->version.length && !config->start_line, "version", "'version' needs 'start-line'"},
        {config->version.length > WORD_MAX, "version", "the version is longer than 32 bytes"},
        {config->other.length > WORD_MAX, "or", "the name is longer than 32 bytes"},
        {!is_name(&config->other), "or", "this cannot be the name of a header line"},
        {config->lead.length > LEAD_MAX, "lead", "the lead is longer than 4032 bytes"},
    };
    return cb__spec_refuse(spec, conflicts, sizeof conflicts / sizeof *conflicts, error);
}

/* ------------------------------------------------------------------ a header */

static void begin_fields(const struct content_length_config *config, struct head *head)
{
    head->phase = FIELDS;
    cb__fields_begin(&head->fields, head->names, config->lf, head->size);
}

/* Ready for the next header. */
static void begin_head(const struct content_length_config *config, struct head *head)
{
    head->has_length = false;
    if (!config->start_line) {
        begin_fields(config, head);
        return;
    }
    head->phase = BEFORE;
    head->size = head->text = 0;
    head->begins = true;
}

/* The first header; all zeros before. */
static void init_head(const struct content_length_config *config, struct head *head)
{
    for (size_t i = 0; i < config->other.length; i++) {
        const uint8_t c = config->other.data[i];
        head->other[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    head->names[0] = "content-length";
    head->names[1] = config->other.length ? head->other : NULL;
    head->fields.folds = config->fold;
    begin_head(config, head);
}

static int fail(struct head *head, const char *why)
{
    head->why = why;
    return CB_EMALFORMED;
}

static int fail_from(struct head *head, size_t at, const char *why)
{
    head->is_wrong = true;
    head->wrong_at = at;
    return fail(head, why);
}

static int fail_whole(struct head *head, const char *why)
{
    return fail_from(head, 0, why);
}

/* The next byte of the start line, which is not of its end. */
static void add_text(const struct content_length_config *config, struct head *head, uint8_t c)
{
    const struct cb__bytes *version = &config->version;
    if (head->text < version->length)
        head->begins = head->begins && c == version->data[head->text];
    if (version->length)
        head->last[head->text % version->length] = c;
    head->text++;
}

/* Does the start line end with the version? */
static bool ends_with_version(const struct content_length_config *config, const struct head *head)
{
    const size_t n = config->version.length;
    size_t i = 0;
    while (i < n && head->last[(head->text + i) % n] == config->version.data[i])
        i++;
    return i == n && head->text >= n;
}

static int end_start_line(const struct content_length_config *config, struct head *head)
{
    const bool begins = head->begins && head->text >= config->version.length;
    if (!begins && !ends_with_version(config, head))
        return fail_whole(head, "start line does not begin or end with the version");
    begin_fields(config, head);
    return CB__MORE;
}

/* CR or LF, where a line may end: CB_OK if it ends here. */
static int end_line(const struct content_length_config *config, struct head *head, uint8_t c,
                    enum phase after_cr)
{
    if (c == '\n')
        return config->lf ? CB_OK : fail(head, "start line ends in LF without CR");
    head->phase = after_cr;
    return CB__MORE;
}

static int step_text(const struct content_length_config *config, struct head *head, uint8_t c)
{
    if (c == '\r' || c == '\n') {
        int status = end_line(config, head, c, START_LF);
        return status == CB_OK ? end_start_line(config, head) : status;
    }
    if (cb__is_control(c))
        return fail(head, "control byte in a start line");
    add_text(config, head, c);
    return CB__MORE;
}

static int step_before(const struct content_length_config *config, struct head *head, uint8_t c)
{
    if (c != '\r' && c != '\n') {
        head->phase = START;
        return step_text(config, head, c);
    }
    if (config->trailer.length)
        return fail(head, "start line is empty");
    int status = end_line(config, head, c, BEFORE_LF);
    return status == CB_OK ? CB__DROPPED : status;
}

/* One byte of a start line, or of an empty line before it. */
static int step_start(const struct content_length_config *config, struct head *head, uint8_t c)
{
    if (head->phase == BEFORE)
        return step_before(config, head, c);
    if (head->phase == START)
        return step_text(config, head, c);
    if (c != '\n')
        return fail(head, "CR without LF in a start line");
    return head->phase == BEFORE_LF ? CB__DROPPED : end_start_line(config, head);
}

static int read_start(const struct content_length_config *config, struct head *head,
                      const uint8_t *data, size_t n, size_t *used)
{
    int status = CB__MORE;
    for (size_t i = 0; i < n && head->phase != FIELDS && status == CB__MORE; i++) {
        *used = i;
        if (head->size++ == CB__HEAD_MAX)
            return fail(head, "header section is longer than 65536 bytes");
        status = step_start(config, head, data[i]);
        if (status != CB_EMALFORMED || head->is_wrong)
            *used = i + 1;
    }
    return status;
}

/* At the end of a Content-Length line. */
static int add_length(struct head *head)
{
    const struct cb__fields *fields = &head->fields;
    const struct cb__bytes value = {.data = fields->text, .length = fields->length};
    if (head->has_length)
        return fail_from(head, fields->value_at, "header has Content-Length twice");
    if (!cb__bytes_number(&value, &head->length))
        return fail_from(head, fields->value_at, "Content-Length is not a number below 2^64");
    head->has_length = true;
    return CB__MORE;
}

static int read_fields(struct head *head, const uint8_t *data, size_t n, size_t *used)
{
    int status = cb__fields_read(&head->fields, data, n, used);
    if (status == CB__FIELD)
        return add_length(head);
    if (status == CB_EMALFORMED)
        return fail(head, head->fields.why);
    return status == CB_OK && !head->has_length ? fail_whole(head, "header has no Content-Length")
                                                : status;
}

/* As cb__header_fn. */
static int read_head(const struct content_length_config *config, struct head *head,
                     const uint8_t *data, size_t n, size_t *used)
{
    int status = CB__MORE;
    size_t i = 0, part = 0;
    for (; status == CB__MORE && i < n; i += part) {
        status = head->phase == FIELDS ? read_fields(head, data + i, n - i, &part)
                                       : read_start(config, head, data + i, n - i, &part);
    }
    *used = i;
    if (status == CB_OK || status == CB__DROPPED)
        begin_head(config, head);
    return status;
}

/* ---------------------------------------------------------------- decoding */

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct content_length_state *state = decoder->state;
    struct cb__counted *counted = &state->counted;
    int status = read_head(decoder->config.data, &state->head, data, n, used);
    counted->frame.payload = state->head.length;
    counted->frame_is_wrong = state->head.is_wrong;
    counted->wrong_at = state->head.wrong_at;
    counted->why = state->head.why;
    return status;
}

static void reset(struct cb_decoder *decoder)
{
    const struct content_length_config *config = decoder->config.data;
    struct content_length_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.frame.trailer = config->trailer;
    init_head(config, &state->head);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct content_length_state *state = decoder->state;
    return state->head.phase == BEFORE_LF ? CB__END : cb__counted_cut_short(decoder);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct content_length_state),
    .tells_length = true,
    .reset = reset,
    .advance = cb__counted_advance,
    .cuts = cb__counted_cuts,
    .cut_short = cut_short,
};

/* ---------------------------------------------------------------- encoding */

/* Can Content-Length follow the lead?  Reads it to see. */
static int check_lead(const struct content_length_config *config, struct head *head)
{
    static const uint8_t rest[] = {"Content-Length: 0\r\n\r\n"};
    const struct cb__bytes *lead = &config->lead;
    size_t used;
    int status = CB__MORE;
    init_head(config, head);
    if (lead->length)
        status = read_head(config, head, lead->data, lead->length, &used);
    if (status != CB__MORE || head->has_length)
        return CB_EINVAL;
    return read_head(config, head, rest, sizeof rest - 1, &used) == CB_OK ? CB_OK : CB_EINVAL;
}

static int open_encoder(struct cb_encoder *encoder, const struct cb__spec *spec)
{
    const struct content_length_config *config = encoder->config.data;
    struct head head = {.phase = BEFORE};
    if (config->start_line && !config->lead.length)
        return cb__error_set(&encoder->error, CB_EINVAL, cb__spec_column(spec, "start-line"),
                             "the output needs a 'lead' with the start line");
    if (check_lead(config, &head) == CB_OK)
        return CB_OK;
    return cb__error_set(&encoder->error, CB_EINVAL, cb__spec_column(spec, "lead"),
                         "the lead must be %s%sheader lines with their CRLF, not Content-Length",
                         config->start_line ? "a start line " : "",
                         config->version.length ? "with the version and "
                         : config->start_line   ? "and "
                                                : "");
}

static int begin(struct cb_encoder *encoder, uint64_t length)
{
    const struct content_length_config *config = encoder->config.data;
    uint8_t *to = encoder->scratch;
    if (config->lead.length)
        memcpy(to, config->lead.data, config->lead.length);
    to = cb__put_text(to + config->lead.length, "Content-Length: ");
    to = cb__put_text(cb__put_decimal(to, length), "\r\n\r\n");
    return cb__give_scratch(encoder, to);
}

static int end(struct cb_encoder *encoder)
{
    const struct content_length_config *config = encoder->config.data;
    return cb__encoder_give(encoder, config->trailer.data, config->trailer.length);
}

static const struct cb__encoder_ops encoder_ops = {
    .traits = CB_NEEDS_LENGTH,
    .open = open_encoder,
    .begin = begin,
    .end = end,
};

const struct cb__family cb__content_length_family = {
    .keys = keys,
    .config_size = sizeof(struct content_length_config),
    .check = check,
    .decode = &decoder_ops,
    .encode = &encoder_ops,
};
