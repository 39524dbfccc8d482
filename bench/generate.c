/* SPDX-License-Identifier: MIT */
/*
 * Writes records to standard output, the same ones at every run.
 *
 * Usage: generate LENGTH[-LENGTH] TOTAL FRAMING...
 *
 * Payloads have a length between the two, all of them alike if only one is
 * given, and hold letters, digits, spaces and hyphens.  TOTAL bytes of payload
 * are written, rounded up to a whole record; 0 stands for one record.  With
 * several framings, each record has one of them.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <chunkedbuffer.h>

enum { MAX_FRAMINGS = 8, TEXT_SIZE = 1 << 20, OUTPUT_SIZE = 1 << 20 };

typedef int give_fn(struct cb_encoder *encoder, const void **data, size_t *size);

/* Marsaglia's xorshift64 (Journal of Statistical Software 8(14), 2003). */
static uint64_t random_number(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void fill_text(char *text, size_t n)
{
    static const char symbols[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -";
    for (size_t i = 0; i < n; i++)
        text[i] = symbols[random_number() >> 58];
}

static int must(int status)
{
    if (status < 0) {
        fprintf(stderr, "generate: %s\n", cb_strerror(status));
        exit(EXIT_FAILURE);
    }
    return status;
}

static void put(const void *data, size_t n)
{
    if (fwrite(data, 1, n, stdout) != n) {
        fprintf(stderr, "generate: %s\n", strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static void put_framing(struct cb_encoder *encoder, give_fn *give)
{
    const void *data;
    size_t n;
    int status;
    do {
        status = must(give(encoder, &data, &n));
        put(data, n);
    } while (status == CB_MORE);
}

static void put_record(struct cb_encoder *encoder, uint64_t length)
{
    static char text[TEXT_SIZE];
    if (!text[0])
        fill_text(text, sizeof text);
    const void *data;
    size_t n;
    int status;
    do {
        status = must(cb_encoder_begin(encoder, length, &data, &n));
        put(data, n);
    } while (status == CB_MORE);
    while (length) {
        size_t at = random_number() % (TEXT_SIZE / 2);
        n = length < TEXT_SIZE - at ? (size_t)length : TEXT_SIZE - at;
        put(text + at, n);
        length -= n;
    }
    put_framing(encoder, cb_encoder_end);
}

int main(int argc, char **argv)
{
    struct cb_encoder *encoders[MAX_FRAMINGS];
    size_t count = argc > 3 ? (size_t)argc - 3 : 0;
    if (!count || count > MAX_FRAMINGS) {
        fprintf(stderr, "usage: generate LENGTH[-LENGTH] TOTAL FRAMING...\n");
        return EXIT_FAILURE;
    }
    char *end;
    uint64_t least = strtoull(argv[1], &end, 10);
    uint64_t most = *end == '-' ? strtoull(end + 1, NULL, 10) : least;
    uint64_t total = strtoull(argv[2], NULL, 10);
    for (size_t i = 0; i < count; i++) {
        struct cb_error error;
        if (cb_encoder_new(&encoders[i], argv[i + 3], NULL, &error)) {
            fprintf(stderr, "generate: %s: %s\n", argv[i + 3], error.text);
            return EXIT_FAILURE;
        }
    }

    setvbuf(stdout, NULL, _IOFBF, OUTPUT_SIZE);
    uint64_t done = 0;
    do {
        uint64_t length = least + random_number() % (most - least + 1);
        put_record(encoders[random_number() % count], length);
        done += length;
    } while (done < total);
    put_framing(encoders[0], cb_encoder_finish);
    for (size_t i = 0; i < count; i++)
        cb_encoder_free(encoders[i]);
    if (fflush(stdout)) {
        fprintf(stderr, "generate: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
