/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* The keys of a framing. */
int main(void)
{
    const struct cb_framing *framing = cb_framing_find("netstring");
    const char *key;
    unsigned uses;
    if (!framing)
        return 1;
    printf("%s: %s\n", cb_framing_name(framing),
           cb_framing_summary(framing));
    for (size_t i = 0; (key = cb_framing_key(framing, i, &uses)); i++)
        printf("%s%s\n", key, uses & CB_TAKES_VALUE ? "=..." : "");
    return 0;
}
