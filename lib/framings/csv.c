/* SPDX-License-Identifier: MIT */
/*
 * Rows of comma-separated values (RFC 4180): a row ends at LF or CRLF outside
 * quotes.  A quote opens only at the beginning of a field; inside, two stand
 * for one.  The last row may lack its line end (section 2, rule 2).  A byte
 * order mark may precede the first one, as spreadsheets write it.
 *
 * The grammar has no quote in a field that is not quoted, and nothing between a closing quote
 * and the separator or line end.  Readers differ in what they make of such bytes, and find
 * other rows: they are malformed.  With `lazy-quotes` they are text, as in Python's csv module.
 * A CR alone is text, so it may not follow a closing quote, either.
 *
 * Dialects: another separator or quote; an escape, after which any byte is data, inside
 * quotes and outside, as in Python's csv module and in MySQL; rows that end at CR alone,
 * too.  The kernels know neither escapes nor CR, so such rows are read byte by byte.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/bom.h"
#include "framings/shared/csv_steps.h"
#include "framings/shared/scanned.h"
#include "kernels/syntax.h"

struct csv_config {
    struct cb__bytes separator, quote; /* one byte */
    struct cb__bytes escape;           /* the same, or none */
    bool cr;                           /* CR alone ends a row */
    bool skip_empty;
    bool lazy;          /* quotes may be text */
    struct cb__csv csv; /* separator and quote, and whether that is text elsewhere */
    bool by_bytes;      /* rows are read byte by byte */
    struct cb__csv_steps steps;
};

struct csv_state {
    struct cb__scanned scanned;
    uint8_t place; /* in the row */
    bool started;  /* any byte order mark before the first row was skipped */
    bool cr;       /* the previous byte was one, outside quotes */
    bool after_cr; /* the row has ended with a CR, and an LF that follows belongs to it */
};

static const struct cb__key keys[] = {
    {"sep", CB__KEY_BYTE, offsetof(struct csv_config, separator)},
    {"quote", CB__KEY_BYTE, offsetof(struct csv_config, quote)},
    {"escape", CB__KEY_BYTE, offsetof(struct csv_config, escape)},
    {"cr", CB__KEY_FLAG, offsetof(struct csv_config, cr)},
    {"skip-empty", CB__KEY_FLAG, offsetof(struct csv_config, skip_empty)},
    {"lazy-quotes", CB__KEY_FLAG, offsetof(struct csv_config, lazy)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct csv_config *config = data;
    (void)variant;
    config->separator = (struct cb__bytes){.data = (const uint8_t *)",", .length = 1};
    config->quote = (struct cb__bytes){.data = (const uint8_t *)"\"", .length = 1};
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    struct csv_config *config = data;
    const uint8_t separator = config->separator.data[0], quote = config->quote.data[0];
    const bool escapes = config->escape.length;
    const uint8_t escape = escapes ? config->escape.data[0] : quote;
    const struct cb__conflict conflicts[] = {
        {cb__is_line_end(quote), "quote", "the quote must not be LF or CR"},
        {cb__is_line_end(escape), "escape", "the escape must not be LF or CR"},
        {cb__is_line_end(separator) || separator == quote, "sep quote",
         "the sep must not be LF, CR or a quote"},
        {separator == escape, "escape", "the escape must not be the sep"},
    };
    int status = cb__spec_refuse(spec, conflicts, sizeof conflicts / sizeof *conflicts, error);
    if (status)
        return status;
    config->csv = (struct cb__csv){quote, separator, config->lazy};
    config->by_bytes = config->cr || escape != quote; /* a quote escapes quotes anyway */
    cb__csv_steps_make(&config->steps, &config->csv, escapes ? &escape : NULL, config->cr);
    return CB_OK;
}

/* -------------------------------------------------------------------- a scan */

/* The row ends before data[end], with `tail` bytes of framing. */
static int end_row(struct cb_decoder *decoder, size_t end, size_t tail, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    struct csv_state *state = decoder->state;
    state->place = CB__CSV_FIELD;
    state->cr = false;
    if (config->skip_empty && decoder->found.scan + end - decoder->found.payload_start == tail) {
        decoder->found.scan += end;
        cb__decoder_next_frame(decoder);
        *used = 0;
        return CB__MORE;
    }
    state->scanned.tail = tail;
    *used = end;
    return CB__ENDS;
}

/* After a CR that ends a row which keeps its line end: is there an LF, too? */
static int end_kept(struct cb_decoder *decoder, const uint8_t *data, size_t *used)
{
    struct csv_state *state = decoder->state;
    const size_t lf = data[0] == '\n';
    state->after_cr = false;
    return end_row(decoder, lf, 1 + lf, used);
}

/* The next byte is wrong at this place. */
static int fail(struct csv_state *state)
{
    static const char stray[] = "quote in a field that is not quoted (lazy-quotes allows it)";
    static const char *const faults[] = {
        [CB__CSV_TEXT] = stray,
        [CB__CSV_TEXT_CR] = stray,
        [CB__CSV_CLOSED] = "text after a closing quote (lazy-quotes allows it)",
        [CB__CSV_CR] = "CR without LF after a closing quote (lazy-quotes allows it)",
    };
    state->scanned.held = state->place == CB__CSV_CR;
    return cb__scanned_fail(&state->scanned, faults[state->place]);
}

static int scan_by_bytes(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct csv_state *state = decoder->state;
    const struct csv_config *config = decoder->config.data;
    uint8_t how = CB__CSV_ROW;
    const size_t end =
        cb__csv_steps_find(&config->steps, config->lazy, &state->place, data, n, &how);
    *used = end;
    if (end == n) {
        state->scanned.held = cb__csv_is_after_cr(state->place);
        return CB__MORE;
    }
    if (how == CB__CSV_WRONG)
        return fail(state);
    if (data[end] == '\n')
        return end_row(decoder, end + 1, 1 + cb__csv_is_after_cr(state->place), used);
    if (end + 1 < n) {
        const size_t lf = data[end + 1] == '\n';
        return end_row(decoder, end + 1 + lf, 1 + lf, used);
    }
    *used = n;
    state->after_cr = true;
    state->scanned.held = 1;
    return cb__shows_end(decoder) ? CB__MORE : end_row(decoder, n, 1, used);
}

static int scan_by_kernel(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    struct csv_state *state = decoder->state;
    enum cb__csv_place place = state->place;
    uint32_t hits[1 + CB__FIND_SLACK];
    if (cb__csv_find(&config->csv, &place, data, n, hits, 1, used))
        return end_row(decoder, *used, 1 + (hits[0] ? data[hits[0] - 1] == '\r' : state->cr), used);
    state->place = (uint8_t)place;
    if (*used < n)
        return fail(state);
    state->scanned.held = state->cr = data[n - 1] == '\r' && place != CB__CSV_QUOTED;
    return CB__MORE;
}

/* After the CR at which the last row ended, so that an LF is no row of its own. */
static bool drop_lf(struct cb_decoder *decoder, const uint8_t *data)
{
    struct csv_state *state = decoder->state;
    state->after_cr = false;
    if (data[0] != '\n')
        return false;
    decoder->found.scan++;
    cb__decoder_next_frame(decoder);
    return true;
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    struct csv_state *state = decoder->state;
    *used = 0;
    if (!cb__has_begun(decoder))
        return state->after_cr && drop_lf(decoder, data) ? CB__MORE : CB__BEGINS;
    if (state->after_cr)
        return end_kept(decoder, data, used);
    if (config->by_bytes)
        return scan_by_bytes(decoder, data, n, used);
    return scan_by_kernel(decoder, data, cb__min(n, CB__FIND_MAX), used);
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

/* Drops what may still belong to the last row: an LF after its CR. */
static int rest(struct cb_decoder *decoder)
{
    const struct csv_state *state = decoder->state;
    const uint8_t *data;
    size_t n;
    if (!state->after_cr)
        return CB_OK;
    if (!cb__decoder_span(decoder, &data, &n))
        return CB__MORE;
    drop_lf(decoder, data);
    return CB_OK;
}

static int advance(struct cb_decoder *decoder)
{
    struct csv_state *state = decoder->state;
    if (!state->started && !cb__bom_skip(decoder))
        return CB__MORE;
    state->started = true;
    return cb__scanned_advance(decoder);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct csv_config *config = decoder->config.data;
    const struct csv_state *state = decoder->state;
    if (state->after_cr) {
        if (config->skip_empty && decoder->found.scan - decoder->found.payload_start == 1)
            cb__decoder_next_frame(decoder);
        return cb__scanned_end(decoder, 1);
    }
    return cb__csv_is_inside(state->place) ? cb__scanned_cut_short(decoder)
                                           : cb__scanned_unended(decoder);
}

/* -------------------------------------------------------------- after damage */

static int pass_by_kernel(const struct cb__csv *csv, uint8_t *place, const uint8_t *data, size_t n,
                          size_t *used)
{
    const struct cb__csv lazy = {csv->quote, csv->separator, true};
    enum cb__csv_place now = *place;
    uint32_t hits[1 + CB__FIND_SLACK];
    const size_t found = cb__csv_find(&lazy, &now, data, cb__min(n, CB__FIND_MAX), hits, 1, used);
    *place = (uint8_t)now;
    return found ? CB__YES : CB__MORE;
}

/* The bad row goes on as `lazy-quotes` would read it, so what is left out is one of the rows that
 * there are with that key. */
static int pass(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    struct csv_state *state = decoder->state;
    *used = state->after_cr && data[0] == '\n';
    if (state->after_cr)
        return CB__YES;
    if (!config->by_bytes)
        return pass_by_kernel(&config->csv, &state->place, data, n, used);
    uint8_t how = CB__CSV_ROW;
    const size_t end = cb__csv_steps_find(&config->steps, true, &state->place, data, n, &how);
    *used = cb__min(end + 1, n);
    state->after_cr = end < n && data[end] == '\r';
    return end == n || state->after_cr ? CB__MORE : CB__YES;
}

/* As `reset`, but no byte order mark comes any more. */
static void resume(struct cb_decoder *decoder)
{
    struct csv_state *state = decoder->state;
    const bool started = state->started;
    reset(decoder);
    state->started = started;
}

static bool recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    const struct csv_config *config = decoder->config.data;
    *how = (struct cb__recovery){.pass = pass};
    return !config->lazy; /* where nothing is wrong */
}

/* --------------------------------------------------------------- whole rows */

/* The rows of a span. */
struct rows {
    const uint8_t *data;
    size_t start; /* of the next row */
    size_t least; /* rows with fewer bytes of text are dropped */
    bool keep;
    uint64_t max_record;
    struct cb__cut *cuts;
    size_t count;
};

/* The next row ends before `end`, with `tail` bytes of framing; false if it is too long.
 * plain: no row can be, and each is a record without its line end. */
static inline bool cut_row(struct rows *rows, size_t end, size_t tail, bool plain)
{
    const size_t start = rows->start, size = end - start;
    const size_t length = size - (!plain && rows->keep ? 0 : tail);
    if (!plain && length > rows->max_record)
        return false;
    rows->start = end;
    rows->cuts[rows->count] = cb__cut_of(start, length, 0, end);
    rows->count += plain || size - tail >= rows->least; /* otherwise the next one overwrites it */
    return true;
}

static inline size_t cut_rows(struct rows *rows, const uint32_t *hits, size_t found, size_t from,
                              bool plain)
{
    struct rows now = *rows; /* in registers */
    size_t i = 0;
    for (; i < found; i++) {
        const size_t end = from + hits[i];
        const size_t cr = end > now.start && now.data[end - 1] == '\r';
        if (!cut_row(&now, end + 1, 1 + cr, plain))
            break;
    }
    *rows = now;
    return i;
}

static void cut_by_kernel(const struct cb__csv *csv, struct rows *rows, size_t n, size_t max)
{
    const bool plain = !rows->keep && !rows->least && rows->max_record >= n;
    enum cb__csv_place place = CB__CSV_FIELD;
    uint32_t hits[CB__CUTS + CB__FIND_SLACK];
    size_t from = 0, found = 1, scanned, cut = 1;
    while (rows->count < max && cut && cut == found) {
        const size_t wanted = cb__min(CB__CUTS, max - rows->count);
        found = cb__csv_find(csv, &place, rows->data + from, n - from, hits, wanted, &scanned);
        cut = plain ? cut_rows(rows, hits, found, from, true)
                    : cut_rows(rows, hits, found, from, false);
        from += scanned;
    }
}

static void cut_by_bytes(const struct csv_config *config, struct rows *rows, size_t n, size_t max)
{
    while (rows->count < max) {
        uint8_t place = CB__CSV_FIELD, how = CB__CSV_ROW;
        const uint8_t *data = rows->data + rows->start;
        const size_t left = n - rows->start;
        const size_t end =
            cb__csv_steps_find(&config->steps, config->lazy, &place, data, left, &how);
        const size_t lf = end < left && data[end] == '\n';
        if ((!lf && end + 1 >= left) || how == CB__CSV_WRONG)
            return; /* LF may follow the CR */
        const size_t crlf = !lf && data[end + 1] == '\n';
        if (!cut_row(rows, rows->start + end + 1 + crlf, 1 + cb__csv_is_after_cr(place) + crlf,
                     false))
            return;
    }
}

static size_t find_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    const struct csv_state *state = decoder->state;
    struct rows rows = {
        .data = data,
        .keep = decoder->config.keep,
        .least = config->skip_empty,
        .max_record = decoder->max_record,
        .cuts = cuts,
    };
    if (!state->started || state->after_cr)
        n = 0;
    if (config->by_bytes)
        cut_by_bytes(config, &rows, n, max);
    else if (n)
        cut_by_kernel(&config->csv, &rows, n, max);
    *used = rows.start;
    return rows.count;
}

/* Counts rows in the kernel, unless one of them may be too long. */
static uint64_t skip(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t max,
                     size_t *used)
{
    const struct csv_config *config = decoder->config.data;
    const struct csv_state *state = decoder->state;
    size_t last = 0, count = 0;
    n = cb__min(n, cb__clamp_u64(max)); /* no more rows than bytes */
    if (state->started && n <= decoder->max_record && !config->by_bytes && !config->skip_empty)
        count = cb__csv_count(&config->csv, data, n, &last);
    *used = count ? last + 1 : 0;
    return count;
}

/* Only where a record is a row without its line end, whatever its length. */
static size_t mark(const struct cb_decoder *decoder, const uint8_t *data, size_t n,
                   struct cb__marked *marked, uint64_t *marks)
{
    const struct csv_config *config = decoder->config.data;
    const struct csv_state *state = decoder->state;
    size_t last = 0;
    if (!state->started || config->by_bytes || config->skip_empty || decoder->config.keep ||
        decoder->max_record != UINT64_MAX)
        return 0;
    const size_t count = cb__csv_mark(&config->csv, data, n, &last, marks);
    *marked = (struct cb__marked){
        .used = last + 1,
        .lf = count && !memchr(data, '\r', last + 1),
    };
    return count;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct csv_state),
    .takes_all = true, /* lazily */
    .reset = reset,
    .advance = advance,
    .cuts = find_cuts,
    .skip = skip,
    .mark = mark,
    .rest = rest,
    .cut_short = cut_short,
    .resume = resume,
    .recovery = recovery,
};

const struct cb__family cb__csv_family = {
    .keys = keys,
    .config_size = sizeof(struct csv_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
};
