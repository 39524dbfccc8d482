/* SPDX-License-Identifier: MIT */
#include <unistd.h>
#include <chunkedbuffer.h>

/* Writes its arguments as netstrings. */
int main(int argc, char **argv)
{
    struct cb_encoder *encoder = NULL;
    struct cb_buffer *out = NULL;
    int status = cb_encoder_new(&encoder, "netstring", NULL, NULL);
    if (!status)
        status = cb_buffer_new(&out, NULL);
    for (int i = 1; !status && i < argc; i++) {
        size_t n = 0;
        while (argv[i][n])
            n++;
        status = cb_encode_bytes(encoder, argv[i], n, NULL, NULL, out);
    }
    if (!status)
        status = cb_encode_end(encoder, out);
    if (!status)
        status = cb_writev(out, STDOUT_FILENO, CB_ALL) < 0;
    cb_buffer_free(out);
    cb_encoder_free(encoder);
    return status != 0;
}
