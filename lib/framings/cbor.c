/* SPDX-License-Identifier: MIT */
/*
 * CBOR data items (RFC 8949) one after another, a CBOR sequence (RFC 8742):
 * a record is a whole item, with everything nested in it, unchanged.  It is
 * checked to be well-formed (RFC 8949, section 3 and appendix C).
 *
 * A single count of outstanding items finds the end of items of definite length,
 * however deeply nested.  An item of indefinite length ends with a "break", which is
 * valid only if no item in it is outstanding; then the outstanding items around it
 * count again.  So that number is kept for each open one, on a stack that takes no
 * more bytes than the heads of the open items.
 */
#include <string.h>

#include "framings/families.h"
#include "framings/shared/scanned.h"

/* Size of the stack: most numbers on it take one byte, none more than NUMBER_MAX. */
enum { STACK_MAX = 2 << 20, STACK_MIN = 64, NUMBER_MAX = 10 };

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
    bool pairs;        /* in a map of indefinite length */
    uint64_t left;     /* outstanding items, including the current one, before another item or
                          the break may come in an item of indefinite length */
    uint8_t *stack;    /* for each open array or map of indefinite length, the state around it:
                          2 * left + pairs */
    size_t used, room; /* its bytes in use, and its size */
};

static const struct cb__key keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct cbor_state *state, const char *why)
{
    return cb__scanned_fail(&state->scanned, why);
}

static int item_ends(struct cbor_state *state)
{
    return --state->left || state->used ? CB_OK : CB__ENDS;
}

/* --------------------------------------------------- the stack of open items */

static bool make_room(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    const struct cb_allocator *allocator = decoder->allocator;
    const size_t room = cb__max(2 * state->room, STACK_MIN);
    uint8_t *stack = allocator->alloc(allocator->arg, room);
    if (!stack)
        return false;
    if (state->room) {
        memcpy(stack, state->stack, state->used);
        allocator->free(allocator->arg, state->stack, state->room);
    }
    state->stack = stack;
    state->room = room;
    return true;
}

/* Pushes a number, for which the stack has room: seven bits a byte, the lowest on top,
 * with a bit that says whether more are below. */
static void push(struct cbor_state *state, uint64_t number)
{
    unsigned groups = 1;
    while (groups < NUMBER_MAX && number >> 7 * groups)
        groups++;
    for (unsigned i = groups; i--;) {
        const unsigned more = i + 1 < groups ? 0x80 : 0;
        state->stack[state->used++] = (uint8_t)((number >> 7 * i & 0x7f) | more);
    }
}

static uint64_t pop(struct cbor_state *state)
{
    uint64_t number = 0;
    uint8_t byte;
    for (unsigned shift = 0;; shift += 7) {
        byte = state->stack[--state->used];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
}

/* ------------------------------------------------------- indefinite length */

/* An array or a map begins. */
static int open_item(struct cb_decoder *decoder)
{
    struct cbor_state *state = decoder->state;
    const uint64_t most = UINT64_MAX / 2; /* more items than fit in any stream */
    if (state->used > STACK_MAX - NUMBER_MAX)
        return fail(state, "items of indefinite length are nested too deeply");
    if (state->used + NUMBER_MAX > state->room && !make_room(decoder)) {
        state->scanned.why = "out of memory";
        return CB_ENOMEM;
    }
    state->left--;
    push(state, 2 * (state->left < most ? state->left : most) + state->pairs);
    state->left = 0;
    state->pairs = state->major == MAP;
    return CB_OK;
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
        return item_ends(state);
    }
    if (!state->used)
        return fail(state, "break outside an item of indefinite length");
    if (state->left)
        return fail(state, "break where an item must follow");
    const uint64_t around = pop(state);
    state->left = around / 2;
    state->pairs = around % 2;
    return state->left || state->used ? CB_OK : CB__ENDS;
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
                                !state->chunks && item_ends(state) == CB__ENDS);
    case MAP: /* a key and a value each */
        cb__scanned_expect(&state->left, argument);
        cb__scanned_expect(&state->left, argument);
        break;
    case ARRAY:
        cb__scanned_expect(&state->left, argument);
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
    return item_ends(state);
}

/* The first byte of an item. */
static int head(struct cb_decoder *decoder, uint8_t c, uint64_t end)
{
    struct cbor_state *state = decoder->state;
    if (c == BREAK)
        return end_indefinite(state);
    if (state->chunks && (c >> 5 != state->major || (c & 31) == INDEFINITE))
        return fail(state, "chunk of a string has another type or an indefinite length");
    if (!state->left)
        state->left = state->pairs ? 2 : 1;
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
    uint8_t *stack = state->stack;
    const size_t room = state->room;
    cb__scanned_reset(decoder, scan);
    state->stack = stack;
    state->room = room;
}

static void free_stack(struct cb_decoder *decoder)
{
    const struct cbor_state *state = decoder->state;
    if (state->room)
        decoder->allocator->free(decoder->allocator->arg, state->stack, state->room);
}

static const struct cb__decoder_ops decoder_ops = {
    .state_size = sizeof(struct cbor_state),
    .close = free_stack,
    .reset = reset,
    .advance = cb__scanned_advance,
    .cut_short = cb__scanned_cut_short,
};

const struct cb__family cb__cbor_family = {
    .keys = keys,
    .decode = &decoder_ops,
};
