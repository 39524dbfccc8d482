/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* A byte is the length in units of four bytes; the payload. */
static int header(void *arg, const uint8_t *data, size_t n,
                  struct cb_frame *frame)
{
    (void)arg;
    (void)n; /* there is at least one */
    frame->header = 1;
    frame->payload = (uint64_t)data[0] * 4;
    return CB_YES;
}

int main(void)
{
    const struct cb_own own = {.size = sizeof own, .header = header};
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    int status = cb_decoder_new_own(&decoder, &own, NULL, NULL);
    if (!status)
        status = cb_buffer_new(&buffer, NULL);
    if (!status)
        status = cb_append(buffer, "\1some\2thing or", 14);
    if (!status)
        cb_decoder_finish(decoder);
    while (status >= 0 &&
           (status = cb_decoder_next(decoder, buffer, &piece)) > 0)
        printf("%.*s\n", (int)piece.length, (const char *)piece.data);
    if (status != CB_END)
        printf("%s\n", cb_decoder_error(decoder)->text);
    cb_buffer_free(buffer);
    cb_decoder_free(decoder);
    return status != CB_END;
}
