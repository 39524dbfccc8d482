/* SPDX-License-Identifier: MIT */
/*
 * MessagePack objects (github.com/msgpack/msgpack, spec.md) one after another: a
 * record is a whole object, with everything nested in it, unchanged.  Nesting depth
 * does not matter: a single count of outstanding objects finds its end.
 */
#include "framings/families.h"
#include "framings/shared/scanned.h"

/* What follows the first byte. */
struct head {
    uint8_t width;   /* bytes of a number, which is a count */
    uint8_t objects; /* objects per count; 0: it counts bytes */
    uint8_t bytes;   /* additional bytes */
};

/* First bytes: where each range begins. */
enum { FIXMAP = 0x80, FIXARRAY = 0x90, FIXSTR = 0xa0, FORMATS = 0xc0, NEGATIVE = 0xe0 };

enum { UNUSED = 0xc1 };

static const struct head formats[NEGATIVE - FORMATS] = {
    [0x04] = {1, 0, 0},  [0x05] = {2, 0, 0}, [0x06] = {4, 0, 0}, /* bin */
    [0x07] = {1, 0, 1},  [0x08] = {2, 0, 1}, [0x09] = {4, 0, 1}, /* ext, with its type */
    [0x0a] = {0, 0, 4},  [0x0b] = {0, 0, 8},                     /* float */
    [0x0c] = {0, 0, 1},  [0x0d] = {0, 0, 2}, [0x0e] = {0, 0, 4}, [0x0f] = {0, 0, 8}, /* uint */
    [0x10] = {0, 0, 1},  [0x11] = {0, 0, 2}, [0x12] = {0, 0, 4}, [0x13] = {0, 0, 8}, /* int */
    [0x14] = {0, 0, 2},  [0x15] = {0, 0, 3}, [0x16] = {0, 0, 5}, [0x17] = {0, 0, 9}, /* fixext */
    [0x18] = {0, 0, 17}, [0x19] = {1, 0, 0}, [0x1a] = {2, 0, 0}, [0x1b] = {4, 0, 0}, /* str */
    [0x1c] = {2, 1, 0},  [0x1d] = {4, 1, 0},                                         /* array */
    [0x1e] = {2, 2, 0},  [0x1f] = {4, 2, 0},                                         /* map */
};

struct msgpack_state {
    struct cb__scanned scanned;
    struct head head;
    uint8_t missing; /* bytes of the number still to come */
    uint64_t number; /* as far as it was read */
    uint64_t left;   /* outstanding objects, including the current one */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

/* The head of an object, with its number, ends at the position `end`. */
static int head_ends(struct cb_decoder *decoder, uint64_t end)
{
    struct msgpack_state *state = decoder->state;
    const struct head head = state->head;
    cb__scanned_expect(&state->left, head.objects * state->number);
    const bool last = !--state->left;
    return cb__scanned_pass(decoder, end, head.bytes + (head.objects ? 0 : state->number), last);
}

static int first(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct msgpack_state *state = decoder->state;
    if (c == UNUSED)
        return cb__scanned_fail(&state->scanned, "this byte cannot begin an object");
    if (!state->left)
        state->left = 1;
    state->number = 0;
    state->head = (struct head){0, 0, 0};
    if (c >= FORMATS && c < NEGATIVE) {
        state->head = formats[c - FORMATS];
        state->missing = state->head.width;
    } else if (c >= FIXSTR && c < FORMATS) {
        state->number = c - FIXSTR;
    } else if (c >= FIXMAP && c < FIXSTR) {
        state->head.objects = c < FIXARRAY ? 2 : 1;
        state->number = c & 15;
    }
    return state->missing ? CB_OK : head_ends(decoder, end);
}

static int step(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct msgpack_state *state = decoder->state;
    if (!state->missing)
        return first(decoder, c, end);
    state->number = state->number << 8 | c;
    return --state->missing ? CB_OK : head_ends(decoder, end);
}

static int scan(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    return cb__scanned_steps(decoder, data, n, used, step);
}

static void reset(struct cb_decoder *decoder)
{
    cb__scanned_reset(decoder, scan);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct msgpack_state),
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

const struct cb__family cb__msgpack_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
