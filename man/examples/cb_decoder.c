/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <unistd.h>
#include <chunkedbuffer.h>

/* Counts the records of standard input and their bytes. */
int main(int argc, char **argv)
{
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    struct cb_piece pieces[64];
    struct cb_error error;
    unsigned long long records = 0, bytes = 0;
    ssize_t n;
    if (cb_decoder_new(&decoder, argc > 1 ? argv[1] : "line", NULL,
                       &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    if (cb_buffer_new(&buffer, NULL))
        return 1;
    while ((n = cb_decoder_batch(decoder, buffer, pieces, 64)) >= 0) {
        for (ssize_t i = 0; i < n; i++) {
            records += (pieces[i].flags & CB_LAST) != 0;
            bytes += pieces[i].length;
        }
        cb_decoder_release(decoder, buffer);
        if (n == 0) {
            n = cb_readinto(buffer, STDIN_FILENO, CB_ALL);
            if (n < 0)
                break;
            if (n == 0)
                cb_decoder_finish(decoder);
        }
    }
    printf("%llu records, %llu bytes\n", records, bytes);
    const struct cb_error *fault = cb_decoder_error(decoder);
    if (fault->code)
        fprintf(stderr, "record %llu at byte %llu: %s, at byte %llu\n",
                (unsigned long long)fault->record,
                (unsigned long long)fault->start, fault->text,
                (unsigned long long)fault->offset);
    cb_buffer_free(buffer);
    cb_decoder_free(decoder);
    return n != CB_END;
}
