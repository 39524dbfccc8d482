/* SPDX-License-Identifier: MIT */
/*
 * A framing that the library does not have: API frames of XBee radios (Digi),
 *
 *     7e | length (16 bits, big-endian) | payload | 255 - the sum of its bytes
 *
 *     own FROM TO            where "xbee" names it, as in: own xbee hex, own line xbee
 *     cc own.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <chunkedbuffer.h>

static int header(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame)
{
    (void)arg;
    frame->why = "frame does not begin with 7e";
    if (data[0] != 0x7e)
        return CB_EMALFORMED;
    frame->needed = frame->header = 3;
    if (n < 3)
        return CB_MORE;
    frame->payload = (uint64_t)data[1] << 8 | data[2];
    frame->trailer = 1;
    frame->why = "checksum is wrong";
    return CB_YES;
}

static void look(void *arg, uint64_t at, const uint8_t *data, size_t n)
{
    uint8_t *sum = arg;
    for (*sum = at ? *sum : 0; n; n--)
        *sum = (uint8_t)(*sum + *data++);
}

static size_t tail(void *arg, uint8_t *to)
{
    *to = (uint8_t)(255 - *(const uint8_t *)arg);
    return 1;
}

static ssize_t head(void *arg, uint64_t length, uint8_t *to, const char **why)
{
    (void)arg;
    *why = "the record is longer than 65535 bytes";
    if (length > 65535)
        return CB_EUNENCODABLE;
    memcpy(to, (const uint8_t[]){0x7e, (uint8_t)(length >> 8), (uint8_t)length}, 3);
    return 3;
}

/* From standard input to standard output: CB_END, or an error. */
static int filter(struct cb_decoder *decoder, struct cb_encoder *encoder, struct cb_buffer *in,
                  struct cb_buffer *out)
{
    for (;;) {
        int more = cb_reframe(decoder, encoder, in, out, CB_ALL, NULL);
        int end = more == CB_END ? cb_encode_end(encoder, out) : CB_OK;
        if (cb_writev(out, STDOUT_FILENO, CB_ALL) < 0)
            return CB_EIO;
        if (more < 0)
            return end ? end : more;
        ssize_t n = more > 0 ? 1 : cb_readinto(in, STDIN_FILENO, CB_ALL);
        if (n < 0)
            return (int)n;
        if (n == 0)
            cb_decoder_finish(decoder);
    }
}

int main(int argc, char **argv)
{
    uint8_t in_sum, out_sum; /* each direction sums up its own payload */
    struct cb_own own = {.size = sizeof own, .arg = &in_sum, .header = header, .look = look,
                         .tail = tail, .head = head};
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
    if (argc != 3)
        return 2;
    int status = strcmp(argv[1], "xbee") ? cb_decoder_new(&decoder, argv[1], NULL, NULL)
                                         : cb_decoder_new_own(&decoder, &own, NULL, NULL);
    own.arg = &out_sum;
    if (!status)
        status = strcmp(argv[2], "xbee") ? cb_encoder_new(&encoder, argv[2], NULL, NULL)
                                         : cb_encoder_new_own(&encoder, &own, NULL, NULL);
    if (status || cb_buffer_new(&in, NULL) || cb_buffer_new(&out, NULL))
        return 2;
    status = filter(decoder, encoder, in, out);
    const char *why = cb_decoder_error(decoder)->text;
    if (status != CB_END)
        fprintf(stderr, "own: %s\n", *why ? why : cb_strerror(status));
    cb_buffer_free(out);
    cb_buffer_free(in);
    cb_encoder_free(encoder);
    cb_decoder_free(decoder);
    return status != CB_END;
}
