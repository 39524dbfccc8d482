/* SPDX-License-Identifier: MIT */
/*
 * A message that arrives in parts, each after its length in decimal digits
 * and CRLF, is put together again, without a copy of its bytes: once by hand,
 * with the calls that look for bytes and take them, and once by a decoder.
 *
 *     cc merge.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <chunkedbuffer.h>

enum { PARTS = 16 };

static const char input[] = "9\r\nLet's try\r\n6\r\n to pa\r\n7\r\nrse an \r\n5\r\nchunk\r\n"
                            "2\r\ned\r\n6\r\n messa\r\n7\r\nge like\r\n7\r\n redis \r\n"
                            "24\r\nor HTTP chunked encoding\r\n4\r\n use\r\n";
static const char message[] =
    "Let's try to parse an chunked message like redis or HTTP chunked encoding use";

static int must(int status)
{
    if (status >= 0 || status == CB_END)
        return status;
    fprintf(stderr, "merge: %s\n", cb_strerror(status));
    exit(1);
}

static struct cb_buffer *new_buffer(struct cb_pool *pool)
{
    const struct cb_buffer_options options = {.size = sizeof options, .pool = pool};
    struct cb_buffer *buffer = NULL;
    must(cb_buffer_new(&buffer, &options));
    return buffer;
}

/* Takes the length of a part from the head of the buffer; 0: something else
 * stands there. */
static size_t take_length(struct cb_buffer *buffer)
{
    char digits[8] = "";
    size_t at;
    if (must(cb_find(buffer, "\r\n", 2, 0, CB_ALL, &at)) == CB_NO || at >= sizeof digits)
        return 0;
    cb_copyout(buffer, 0, at, digits);
    cb_skip(buffer, at + 2);
    char *end;
    unsigned long length = strtoul(digits, &end, 10);
    return end == digits + at ? length : 0;
}

/* Each part in a buffer of its own; returns how many there are. */
static size_t take_by_hand(struct cb_pool *pool, struct cb_buffer *stream, struct cb_buffer **parts)
{
    size_t count = 0;
    while (count < PARTS && cb_length(stream)) {
        size_t length = take_length(stream);
        if (!length || cb_length(stream) < length)
            break;
        parts[count] = new_buffer(pool);
        must((int)cb_take(stream, length, parts[count++]));
        cb_skip(stream, 2); /* CRLF */
    }
    return count;
}

/* The same; the decoder also refuses what is not as it should be. */
static size_t take_by_decoder(struct cb_pool *pool, struct cb_buffer *stream,
                              struct cb_buffer **parts)
{
    struct cb_decoder *decoder = NULL;
    size_t count = 0;
    must(cb_decoder_new(&decoder, "dec:\\r\\n,trailer=\\r\\n", NULL, NULL));
    cb_decoder_finish(decoder); /* all the input is there */
    while (count < PARTS) {
        parts[count] = new_buffer(pool);
        if (must(cb_decoder_take(decoder, stream, parts[count])) == CB_END) {
            cb_buffer_free(parts[count]);
            break;
        }
        count++;
    }
    cb_decoder_free(decoder);
    return count;
}

typedef size_t (*take_fn)(struct cb_pool *, struct cb_buffer *, struct cb_buffer **);

/* Takes the input apart, merges the parts, and compares.  True if all is as it
 * should be. */
static int try(struct cb_pool *pool, const char *name, take_fn take)
{
    struct cb_buffer *stream = new_buffer(pool), *whole = new_buffer(pool), *parts[PARTS];
    must(cb_append(stream, input, sizeof input - 1));
    size_t count = take(pool, stream, parts);
    must(cb_merge(whole, parts, count));
    int right = cb_equal_bytes(whole, message, sizeof message - 1) == CB_YES;
    printf("%s: %zu parts: ", name, count);
    fflush(stdout);
    must((int)cb_writev(whole, STDOUT_FILENO, CB_ALL));
    puts(right ? "" : "  (this is wrong)");
    for (size_t i = 0; i < count; i++)
        cb_buffer_free(parts[i]);
    cb_buffer_free(whole);
    cb_buffer_free(stream);
    return right;
}

int main(void)
{
    struct cb_pool *pool = NULL;
    must(cb_pool_new(&pool, NULL));
    int right = try(pool, "by hand", take_by_hand);
    right &= try(pool, "by a decoder", take_by_decoder);
    cb_pool_unref(pool);
    return right ? 0 : 1;
}
