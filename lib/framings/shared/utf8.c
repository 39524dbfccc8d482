/* SPDX-License-Identifier: MIT */
#include "framings/shared/utf8.h"

#include "kernels/text.h"

/* The first byte of a character of several: the kernel has passed all others. */
static struct cb__utf8 begin(uint8_t c)
{
    struct cb__utf8 next = {.least = 0x80, .most = 0xbf};
    next.left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    next.wrong = c < 0xc2 || c > 0xf4;
    if (c == 0xe0)
        next.least = 0xa0;
    else if (c == 0xed)
        next.most = 0x9f;
    else if (c == 0xf0)
        next.least = 0x90;
    else if (c == 0xf4)
        next.most = 0x8f;
    return next;
}

/* The next byte of a character that has begun, or the first byte of one. */
static void step(struct cb__utf8 *utf8, uint8_t c)
{
    if (!utf8->left) {
        *utf8 = begin(c);
        return;
    }
    utf8->wrong = c < utf8->least || c > utf8->most;
    utf8->left--;
    utf8->least = 0x80;
    utf8->most = 0xbf;
}

/* Whole characters in one go; before and after them the parts of split ones. */
void cb__utf8_look(struct cb__utf8 *utf8, const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n && utf8->left && !utf8->wrong)
        step(utf8, data[i++]);
    if (!utf8->wrong)
        i += cb__text_utf8(data + i, n - i);
    while (i < n && !utf8->wrong)
        step(utf8, data[i++]);
}
