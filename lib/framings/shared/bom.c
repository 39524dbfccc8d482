/* SPDX-License-Identifier: MIT */
#include "framings/shared/bom.h"

#include <string.h>

const uint8_t cb__bom[CB__BOM_SIZE] = {0xef, 0xbb, 0xbf};

bool cb__bom_skip(struct cb_decoder *decoder)
{
    uint8_t bytes[CB__BOM_SIZE];
    const size_t at = cb__clamp_u64(decoder->found.scan - decoder->buffer->position);
    const size_t n = cb_copyout(decoder->buffer, at, sizeof bytes, bytes);
    const bool same = memcmp(bytes, cb__bom, n) == 0;
    decoder->found.needed = 1;
    if (same && n < CB__BOM_SIZE)
        return decoder->finished;
    if (same)
        decoder->found.scan += n;
    cb__decoder_next_frame(decoder);
    return true;
}

size_t cb__bom_before(unsigned *bom, const uint8_t *data, size_t n, const char **why)
{
    size_t i = 0;
    for (; i < n; i++) {
        if (*bom < CB__BOM_SIZE && data[i] == cb__bom[*bom])
            ++*bom;
        else if (cb__bom_is_cut(*bom) || cb__json_class[data[i]] != CB__JSON_SPACE)
            break;
    }
    if (i == n)
        return n;
    *why = cb__json_begins(data[i]) ? NULL : cb__json_first_fault(data[i]);
    if (cb__bom_is_cut(*bom))
        *why = "incomplete byte order mark";
    *bom = 0;
    return i;
}
