/* SPDX-License-Identifier: MIT */
#include "mark.h"

#include <string.h>

const uint8_t cb__mark[CB__MARK_SIZE] = {0xef, 0xbb, 0xbf};

bool cb__mark_pass(struct cb_decoder *decoder)
{
    uint8_t bytes[CB__MARK_SIZE];
    const size_t at = cb__clamp_u64(decoder->scan - decoder->buffer->position);
    const size_t n = cb_copyout(decoder->buffer, at, sizeof bytes, bytes);
    const bool same = memcmp(bytes, cb__mark, n) == 0;
    decoder->needed = 1;
    if (same && n < CB__MARK_SIZE)
        return decoder->finished;
    if (same)
        decoder->scan += n;
    cb__decoder_next_frame(decoder);
    return true;
}
