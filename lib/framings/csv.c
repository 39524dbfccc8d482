/* SPDX-License-Identifier: MIT */
/*
 * Rows of comma-separated values (RFC 4180): a row ends at LF or CRLF outside
 * quotes.  A quote opens only at the beginning of a field; inside, two stand
 * for one.  The last row may lack its line end (section 2, rule 2).  A byte
 * order mark may precede the first one, as spreadsheets write it.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/mark.h"
#include "framings/shared/scanned.h"
#include "kernels/syntax.h"

struct csv_config {
    struct cb__bytes separator; /* one byte */
};

struct csv_state {
    struct cb__scanned scanned;
    struct cb__csv_place place;
    bool started; /* any byte order mark before the first row was skipped */
    bool cr;      /* the previous byte was one, outside quotes */
};

static const struct cb__key keys[] = {
    {"sep", CB__KEY_BYTE, offsetof(struct csv_config, separator)},
    {NULL, CB__KEY_FLAG, 0},
};

static void init(void *data, unsigned variant)
{
    struct csv_config *config = data;
    (void)variant;
    config->separator = (struct cb__bytes){.data = (const uint8_t *)",", .length = 1};
}

static int check(void *data, const struct cb__spec *spec, struct cb_error *error)
{
    const struct csv_config *config = data;
    if (!memchr("\n\r\"", config->separator.data[0], 3))
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "sep"),
                         "the sep must not be LF, CR or a quote");
}

static struct cb__csv dialect_of(const struct cb_decoder *decoder)
{
    const struct csv_config *config = decoder->config.data;
    return (struct cb__csv){.quote = '"', .separator = config->separator.data[0]};
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    const struct cb__csv csv = dialect_of(decoder);
    struct csv_state *state = decoder->state;
    uint32_t hits[1 + CB__FIND_SLACK];
    *used = 0;
    if (!cb__has_begun(decoder))
        return CB__BEGINS;
    n = cb__min(n, CB__FIND_MAX);
    if (cb__csv_find(&csv, &state->place, data, n, hits, 1, used)) {
        state->scanned.tail = 1 + (hits[0] ? data[hits[0] - 1] == '\r' : state->cr);
        state->cr = false;
        return CB__ENDS;
    }
    state->scanned.held = state->cr = data[n - 1] == '\r' && !state->place.quoted;
    return CB__MORE;
}

static void reset(struct cb_decoder *decoder)
{
    struct csv_state *state = decoder->state;
    cb__scanned_reset(decoder, scan);
    state->place = cb__csv_start();
}

static int advance(struct cb_decoder *decoder)
{
    struct csv_state *state = decoder->state;
    if (!state->started && !cb__mark_pass(decoder))
        return CB__MORE;
    state->started = true;
    return cb__scanned_advance(decoder);
}

static int cut_short(struct cb_decoder *decoder)
{
    const struct csv_state *state = decoder->state;
    return state->place.quoted ? cb__scanned_cut_short(decoder) : cb__scanned_unended(decoder);
}

/* The rows of a span that end at these line ends, as far as they are not too long. */
struct rows {
    const uint8_t *data;
    size_t start; /* of the next row */
    bool keep;
    uint64_t max_record;
};

static size_t cut_rows(struct rows *rows, const uint32_t *hits, size_t found, size_t from,
                       struct cb__cut *cuts)
{
    size_t i = 0;
    for (; i < found; i++) {
        const size_t start = rows->start, end = from + hits[i];
        const size_t cr = end > start && rows->data[end - 1] == '\r';
        const size_t length = rows->keep ? end + 1 - start : end - cr - start;
        if (length > rows->max_record)
            break;
        cuts[i] = (struct cb__cut){.at = (uint32_t)start, .length = (uint32_t)length};
        rows->start = end + 1;
    }
    return i;
}

static size_t find_cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n,
                        struct cb__cut *cuts, size_t max, size_t *used)
{
    const struct cb__csv csv = dialect_of(decoder);
    const struct csv_state *state = decoder->state;
    struct cb__csv_place place = cb__csv_start();
    struct rows rows = {
        .data = data,
        .keep = decoder->config.keep,
        .max_record = decoder->max_record,
    };
    uint32_t hits[CB__CUTS + CB__FIND_SLACK];
    size_t count = 0, from = 0, found = 1, scanned, cut = 1;
    while (state->started && count < max && cut && cut == found) {
        const size_t wanted = cb__min(CB__CUTS, max - count);
        found = cb__csv_find(&csv, &place, data + from, n - from, hits, wanted, &scanned);
        cut = cut_rows(&rows, hits, found, from, cuts + count);
        count += cut;
        from += scanned;
    }
    *used = rows.start;
    return count;
}

/* Unless one of them may be too long. */
static uint64_t skip(struct cb_decoder *decoder, const uint8_t *data, size_t n, uint64_t max,
                     size_t *used)
{
    const struct cb__csv csv = dialect_of(decoder);
    const struct csv_state *state = decoder->state;
    size_t last = 0, count = 0;
    n = cb__min(n, cb__clamp_u64(max)); /* no more rows than bytes */
    if (state->started && n <= decoder->max_record)
        count = cb__csv_count(&csv, data, n, &last);
    *used = count ? last + 1 : 0;
    return count;
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct csv_state),
    .reset = reset,
    .advance = advance,
    .cuts = find_cuts,
    .skip = skip,
    .cut_short = cut_short,
};

const struct cb__family cb__csv_family = {
    .keys = keys,
    .config_size = sizeof(struct csv_config),
    .init = init,
    .check = check,
    .decode = &decoder_ops,
};
