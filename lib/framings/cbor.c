/* SPDX-License-Identifier: MIT */
/*
 * CBOR data items (RFC 8949) one after another, a CBOR sequence (RFC 8742):
 * a record is a whole item, with everything nested in it, unchanged.  It is
 * checked to be well-formed (RFC 8949, section 3 and appendix C).
 *
 * An item of indefinite length is an open one (nesting.h): it ends with a "break".
 */
#include "framings/families.h"
#include "framings/shared/nesting.h"

enum major { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

/* Additional information: the argument itself, or where it is. */
enum { IN_1_BYTE = 24, IN_8_BYTES = 27, INDEFINITE = 31, BREAK = 0xff };

struct cbor_state {
    struct cb__scanned scanned;
    enum major major;
    uint8_t info;
    uint8_t missing;   /* bytes of the argument still to come */
    uint64_t argument; /* as far as it was read */
    bool chunks;       /* in a string of indefinite length */
    struct cb__nesting nesting;
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct cbor_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

/* ------------------------------------------------------- indefinite length */

/* An array or a map begins. */
static int open_item(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    int status = cb__nesting_open(&state->nesting, state->major == MAP, decoder->allocator);
    state->scanned.why =
        status == CB_ENOMEM ? "out of memory" : "items of indefinite length are nested too deeply";
    return status;
}

static int begin_indefinite(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    if (state->major < BYTES || state->major > MAP)
        return fail(state, "this type cannot have an indefinite length");
    if (state->major >= ARRAY)
        return open_item(decoder);
    state->chunks = true;
    return CB_OK;
}

static int end_indefinite(struct cbor_state *state)
{
    if (state->chunks) {
        state->chunks = false;
        return cb__nesting_end(&state->nesting);
    }
    if (!cb__nesting_is_open(&state->nesting))
        return fail(state, "break outside an item of indefinite length");
    if (!cb__nesting_may_close(&state->nesting))
        return fail(state, "break where an item must follow");
    return cb__nesting_close(&state->nesting);
}

/* ------------------------------------------------------------------- items */

/* The head of an item ends at the position `end`. */
static int head_ends(struct cb_decoder *decoder, uint64_t end)
{
    struct cbor_state *state = decoder->state;
    const uint64_t argument = state->argument;
    switch (state->major) {
    case BYTES:
    case TEXT:
        return cb__scanned_pass(decoder, end, argument,
                                !state->chunks && cb__nesting_end(&state->nesting) == CB__ENDS);
    case MAP: /* a key and a value each */
        cb__nesting_expect(&state->nesting, argument);
        cb__nesting_expect(&state->nesting, argument);
        break;
    case ARRAY:
        cb__nesting_expect(&state->nesting, argument);
        break;
    case TAG: /* the item it belongs to takes its place */
        return CB_OK;
    case SIMPLE:
        if (state->info == IN_1_BYTE && argument < 32)
            return fail(state, "simple value below 32 in two bytes");
        break;
    default:
        break;
    }
    return cb__nesting_end(&state->nesting);
}

/* The first byte of an item. */
static int head(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct cbor_state *state = decoder->state;
    if (c == BREAK)
        return end_indefinite(state);
    if (state->chunks && (c >> 5 != state->major || (c & 31) == INDEFINITE))
        return fail(state, "chunk of a string has another type or an indefinite length");
    cb__nesting_begin(&state->nesting);
    state->major = (enum major)(c >> 5);
    state->info = c & 31;
    if (state->info == INDEFINITE)
        return begin_indefinite(decoder);
    if (state->info > IN_8_BYTES)
        return fail(state, "reserved first byte of an item");
    state->argument = state->info < IN_1_BYTE ? state->info : 0;
    if (state->info < IN_1_BYTE)
        return head_ends(decoder, end);
    state->missing = (uint8_t)(1 << (state->info - IN_1_BYTE));
    return CB_OK;
}

static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct cbor_state *state = decoder->state;
    if (!state->missing)
        return head(decoder, c, end);
    state->argument = state->argument << 8 | c;
    return --state->missing ? CB_OK : head_ends(decoder, end);
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return cb__scanned_steps(decoder, data, n, used, step);
}

static void reset(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    struct cb__nesting nesting = state->nesting;
    cb__scanned_reset(decoder, scan);
    cb__nesting_reset(&nesting);
    state->nesting = nesting;
}

static void close_decoder(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    cb__nesting_free(&state->nesting, decoder->allocator);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct cbor_state),
    .close = close_decoder,
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

const struct cb__family cb__cbor_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
