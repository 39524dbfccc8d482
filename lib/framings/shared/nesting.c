/* SPDX-License-Identifier: MIT */
#include "framings/shared/nesting.h"

#include <string.h>

/* Size of the stack: most numbers on it take one byte, none more than NUMBER_MAX. */
enum { STACK_MAX = 2 << 20, STACK_MIN = 64, NUMBER_MAX = 10 };

void cb__nesting_reset(struct cb__nesting *nesting)
{
    nesting->left = 0;
    nesting->pairs = false;
    nesting->used = 0;
}

void cb__nesting_free(struct cb__nesting *nesting, const struct cb_allocator *allocator)
{
    if (nesting->room)
        allocator->free(allocator->arg, nesting->stack, nesting->room);
}

static bool make_room(struct cb__nesting *nesting, const struct cb_allocator *allocator)
{
    const size_t room = cb__max(2 * nesting->room, STACK_MIN);
    uint8_t *stack = allocator->alloc(allocator->arg, room);
    if (!stack)
        return false;
    if (nesting->room) {
        memcpy(stack, nesting->stack, nesting->used);
        cb__nesting_free(nesting, allocator);
    }
    nesting->stack = stack;
    nesting->room = room;
    return true;
}

/* Pushes a number, for which the stack has room: seven bits a byte, the lowest on top,
 * with a bit that is set if more are below. */
static void push(struct cb__nesting *nesting, uint64_t number)
{
    unsigned groups = 1;
    while (groups < NUMBER_MAX && number >> 7 * groups)
        groups++;
    for (unsigned i = groups; i--;) {
        const unsigned more = i + 1 < groups ? 0x80 : 0;
        nesting->stack[nesting->used++] = (uint8_t)((number >> 7 * i & 0x7f) | more);
    }
}

static uint64_t pop(struct cb__nesting *nesting)
{
    uint64_t number = 0;
    uint8_t byte;
    for (unsigned shift = 0;; shift += 7) {
        byte = nesting->stack[--nesting->used];
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
}

int cb__nesting_open(struct cb__nesting *nesting, bool pairs, const struct cb_allocator *allocator)
{
    const uint64_t most = UINT64_MAX / 2; /* more values than fit in any stream */
    if (nesting->used > STACK_MAX - NUMBER_MAX)
        return CB_EMALFORMED;
    if (nesting->used + NUMBER_MAX > nesting->room && !make_room(nesting, allocator))
        return CB_ENOMEM;
    nesting->left--;
    push(nesting, 2 * (nesting->left < most ? nesting->left : most) + nesting->pairs);
    nesting->left = 0;
    nesting->pairs = pairs;
    return CB_OK;
}

int cb__nesting_close(struct cb__nesting *nesting)
{
    const uint64_t around = pop(nesting);
    nesting->left = around / 2;
    nesting->pairs = around % 2;
    return nesting->left || nesting->used ? CB_OK : CB__ENDS;
}
