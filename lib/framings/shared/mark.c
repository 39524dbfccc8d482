/* SPDX-License-Identifier: MIT */
#include "framings/shared/mark.h"

#include <string.h>

const uint8_t cb__mark[CB__MARK_SIZE] = {0xef, 0xbb, 0xbf};

bool cb__mark_pass(struct cb_decoder *decoder)
{
    uint8_t bytes[CB__MARK_SIZE];
    const size_t at = cb__clamp_u64(decoder->found.scan - decoder->buffer->position);
    const size_t n = cb_copyout(decoder->buffer, at, sizeof bytes, bytes);
    const bool same = memcmp(bytes, cb__mark, n) == 0;
    decoder->found.needed = 1;
    if (same && n < CB__MARK_SIZE)
        return decoder->finished;
    if (same)
        decoder->found.scan += n;
    cb__decoder_next_frame(decoder);
    return true;
}

size_t cb__mark_before(unsigned *mark, const uint8_t *data, size_t n, const char **why)
{
    size_t i = 0;
    for (; i < n; i++) {
        if (*mark < CB__MARK_SIZE && data[i] == cb__mark[*mark])
            ++*mark;
        else if (cb__mark_is_cut(*mark) || cb__json_class[data[i]] != CB__JSON_SPACE)
            break;
    }
    if (i == n)
        return n;
    *why = cb__json_begins(data[i]) ? NULL : cb__json_first_fault(data[i]);
    if (cb__mark_is_cut(*mark))
        *why = "incomplete byte order mark";
    *mark = 0;
    return i;
}
