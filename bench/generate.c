/* SPDX-License-Identifier: MIT */
/*
 * Writes records to standard output, the same ones at every run.
 *
 * Usage: generate LENGTHS TOTAL FRAMING...
 *
 * LENGTHS tells how long payloads are:
 *     N            all alike
 *     N-M          between the two, each length as likely as any other
 *     uniform:N    the same from 1 to 2N - 1, so N on average
 *     exp:N        1 or more, N on average, each byte as likely as any other to be
 *                  the last one (a geometric distribution, as of waiting times)
 *     file:PATH    the lines of that file in their order, again and again
 *
 * Payloads hold letters, digits, spaces and hyphens, or what is in the file.
 * TOTAL bytes of payload (of a file, with line ends) are written, rounded up to a
 * whole record; 0 stands for one record.  With several framings, each record has
 * one of them.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <chunkedbuffer.h>

enum { MAX_FRAMINGS = 8, TEXT_SIZE = 1 << 20, OUTPUT_SIZE = 1 << 20 };

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

/* What has been encoded and not been written. */
static struct cb_buffer *output;

static void put_output(void)
{
    struct iovec chunk;
    while (cb_chunks(output, &chunk, 1)) {
        put(chunk.iov_base, chunk.iov_len);
        cb_skip(output, chunk.iov_len);
    }
}

/* A part of a record of `total` bytes. */
static void put_piece(struct cb_encoder *encoder, const void *data, size_t n, uint64_t total,
                      unsigned flags)
{
    const struct cb_piece piece = {.data = data, .length = n, .total = total, .flags = flags};
    size_t taken = 0;
    while (must(cb_encode_pieces(encoder, &piece, 1, output, &taken)) > 0)
        put_output();
    put_output();
}

/* How long payloads are. */
struct lengths {
    uint64_t least, most; /* each between is as likely */
    uint64_t mean;        /* of a geometric distribution, or 0 */
    char *text, *end;     /* of a file, or NULL */
    char *line;           /* the next one of it */
};

static void usage(void)
{
    fprintf(stderr, "usage: generate N|N-M|uniform:N|exp:N|file:PATH TOTAL FRAMING...\n");
    exit(EXIT_FAILURE);
}

static void read_file(struct lengths *lengths, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t n = 0, room = 1 << 20;
    lengths->text = malloc(room);
    while (file && lengths->text) {
        n += fread(lengths->text + n, 1, room - n, file);
        if (n < room)
            break;
        lengths->text = realloc(lengths->text, room *= 2);
    }
    if (!file || !lengths->text || ferror(file) || !n) {
        fprintf(stderr, "generate: %s: cannot be read, or is empty\n", path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    lengths->line = lengths->text;
    lengths->end = lengths->text + n;
}

static struct lengths read_lengths(const char *text)
{
    struct lengths lengths = {.least = 1};
    char none[] = "", *end = none;
    if (strncmp(text, "file:", 5) == 0) {
        read_file(&lengths, text + 5);
    } else if (strncmp(text, "uniform:", 8) == 0) {
        lengths.most = 2 * strtoull(text + 8, &end, 10) - 1;
    } else if (strncmp(text, "exp:", 4) == 0) {
        lengths.mean = lengths.most = strtoull(text + 4, &end, 10);
    } else {
        lengths.least = lengths.most = strtoull(text, &end, 10);
        if (*end == '-')
            lengths.most = strtoull(end + 1, &end, 10);
    }
    if (*end || (!lengths.text && lengths.most < lengths.least))
        usage();
    return lengths;
}

static uint64_t next_length(const struct lengths *lengths)
{
    if (!lengths->mean)
        return lengths->least + random_number() % (lengths->most - lengths->least + 1);
    if (lengths->mean == 1)
        return 1;
    double u = (double)((random_number() >> 11) + 1) / 9007199254740992.0; /* 2^53: 0 < u <= 1 */
    return 1 + (uint64_t)(log(u) / log1p(-1.0 / (double)lengths->mean));
}

/* A record of any text. */
static void put_text(struct cb_encoder *encoder, uint64_t length)
{
    static char text[TEXT_SIZE];
    if (!text[0])
        fill_text(text, sizeof text);
    unsigned first = CB_FIRST;
    uint64_t left = length;
    do {
        size_t at = random_number() % (TEXT_SIZE / 2);
        size_t n = left < TEXT_SIZE - at ? (size_t)left : TEXT_SIZE - at;
        left -= n;
        put_piece(encoder, text + at, n, length, first | (left ? 0 : CB_LAST));
        first = 0;
    } while (left);
}

/* The next line of the file; returns its length with its end. */
static uint64_t put_line(struct cb_encoder *encoder, struct lengths *lengths)
{
    if (lengths->line == lengths->end)
        lengths->line = lengths->text;
    const char *line = lengths->line;
    const char *lf = memchr(line, '\n', (size_t)(lengths->end - line));
    size_t n = lf ? (size_t)(lf - line) : (size_t)(lengths->end - line);
    put_piece(encoder, line, n, n, CB_FIRST | CB_LAST);
    lengths->line += n + (lf != NULL);
    return n + 1;
}

static uint64_t put_record(struct cb_encoder *encoder, struct lengths *lengths)
{
    if (lengths->text)
        return put_line(encoder, lengths);
    uint64_t length = next_length(lengths);
    put_text(encoder, length);
    return length;
}

int main(int argc, char **argv)
{
    struct cb_encoder *encoders[MAX_FRAMINGS];
    size_t count = argc > 3 ? (size_t)argc - 3 : 0;
    if (!count || count > MAX_FRAMINGS)
        usage();
    struct lengths lengths = read_lengths(argv[1]);
    uint64_t total = strtoull(argv[2], NULL, 10);
    for (size_t i = 0; i < count; i++) {
        struct cb_error error;
        if (cb_encoder_new(&encoders[i], argv[i + 3], NULL, &error)) {
            fprintf(stderr, "generate: %s: %s\n", argv[i + 3], error.text);
            return EXIT_FAILURE;
        }
    }

    must(cb_buffer_new(&output, NULL));
    setvbuf(stdout, NULL, _IOFBF, OUTPUT_SIZE);
    uint64_t done = 0;
    do {
        done += put_record(encoders[random_number() % count], &lengths);
    } while (done < total);
    must(cb_encode_end(encoders[0], output));
    put_output();
    cb_buffer_free(output);
    for (size_t i = 0; i < count; i++)
        cb_encoder_free(encoders[i]);
    free(lengths.text);
    if (fflush(stdout)) {
        fprintf(stderr, "generate: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
