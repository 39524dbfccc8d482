/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>
#include <chunkedbuffer.h>

/* Lines of standard input to netstrings on standard output. */
int main(void)
{
    struct cb_decoder *decoder = NULL;
    struct cb_encoder *encoder = NULL;
    struct cb_buffer *in = NULL, *out = NULL;
    ssize_t n = 0;
    int status = cb_decoder_new(&decoder, "line", NULL, NULL);
    if (!status)
        status = cb_encoder_new(&encoder, "netstring", NULL, NULL);
    if (!status)
        status = cb_buffer_new(&in, NULL);
    if (!status)
        status = cb_buffer_new(&out, NULL);
    while (status >= 0 && n >= 0) {
        status = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL);
        if (status == CB_END && cb_encode_end(encoder, out) < 0)
            status = CB_ENOMEM;
        n = cb_writev(out, STDOUT_FILENO, CB_ALL);
        if (status == CB_MORE && n >= 0) {
            n = cb_readinto(in, STDIN_FILENO, CB_ALL);
            if (n == 0)
                cb_decoder_finish(decoder);
        }
    }
    if (status != CB_END || n < 0)
        fprintf(stderr, "%s\n",
                cb_strerror(status < CB_END ? status : (int)n));
    cb_buffer_free(out);
    cb_buffer_free(in);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    return status != CB_END || n < 0;
}
