/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* The bytes of a piece outlive the buffer that they came from. */
int main(void)
{
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece piece;
    struct cb_held held = {0};
    int status = cb_decoder_new(&decoder, "netstring", NULL, NULL);
    if (!status)
        status = cb_buffer_new(&buffer, NULL);
    if (!status)
        status = cb_append(buffer, "5:hello,", 8);
    if (!status && cb_decoder_next(decoder, buffer, &piece) == CB_PIECE)
        cb_hold(&piece, &held);
    cb_buffer_free(buffer);
    cb_decoder_free(decoder);
    printf("%.*s\n", (int)held.length, (const char *)held.data);
    cb_drop(&held);
    return status;
}
