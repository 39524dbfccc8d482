/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* What went wrong in a specification, and where. */
int main(void)
{
    struct cb_decoder *decoder;
    struct cb_error error;
    int status =
        cb_decoder_new(&decoder, "u32be,ofset=4", NULL, &error);
    if (status < 0)
        printf("%s: %s, at %llu\n", cb_strerror(status), error.text,
               (unsigned long long)error.offset);
    return status != CB_EINVAL;
}
