/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include "eight.h"

static struct cb__utf8 utf8_begin(uint8_t c)
{
    struct cb__utf8 next = {.least = 0x80, .most = 0xbf};
    if (c < 0x80)
        return next;
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

void cb__utf8_look(struct cb__utf8 *utf8, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n && !utf8->wrong; i++) {
        if (!utf8->left) {
            while (n - i > 8 && !(cb__load8(data + i) & CB__EIGHT_HIGH))
                i += 8;
            *utf8 = utf8_begin(data[i]);
            continue;
        }
        utf8->wrong = data[i] < utf8->least || data[i] > utf8->most;
        utf8->left--;
        utf8->least = 0x80;
        utf8->most = 0xbf;
    }
}
