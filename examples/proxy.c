/* SPDX-License-Identifier: MIT */
/*
 * Forwards a body in HTTP's chunked coding, chunk by chunk, without a copy of
 * what is in them:
 *
 *     proxy [HOST PORT]
 *
 * It comes from standard input (a socket, as inetd gives it, a pipe, or a file), and
 * goes to a TCP port, or else to standard output.  What frames the chunks is
 * decoded, checked and written anew, without extensions and trailer fields, so that
 * nobody after us has to be lenient.
 *
 * The payload of chunks that were read goes out by reference.  Of a large chunk only
 * the beginning is read: splice moves the rest in the kernel, through a pipe, where
 * neither we nor the library see it.
 *
 * The receiver gets the mark of the end only after the whole body was right.
 *
 *     cc proxy.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#define _GNU_SOURCE /* splice */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chunkedbuffer.h>

/* Less payload than this is read: two calls of splice would take longer. */
enum { WORTH_A_SPLICE = 64 * 1024, LARGEST_SPLICE = 1 << 30 };

struct proxy {
    int from, to;
    int pipe[2];     /* holds bytes only while `pass` is at work */
    bool splices;    /* false once it turns out that `from` cannot */
    uint64_t unseen; /* bytes that were spliced */
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
};

/* Reports a failure and returns 1, as do all that return int and call it: 0 is success. */
static int fail(const char *what, const char *why)
{
    fprintf(stderr, "proxy: %s: %s\n", what, why);
    return 1;
}

static int fail_call(const char *what, ssize_t status)
{
    return fail(what, status == CB_EIO ? strerror(errno) : cb_strerror((int)status));
}

static int fail_chunk(int status, const struct cb_error *error)
{
    if (error->code != status)
        return fail_call("chunks", status);
    fprintf(stderr, "proxy: chunk %" PRIu64 " at byte %" PRIu64 ": %s\n", error->record,
            error->offset, error->text);
    return 1;
}

/* Writes the n bytes that are in the pipe.  An output that takes no splice (a
 * terminal, a file opened to append) gets them by way of a buffer. */
static int empty_pipe(struct proxy *proxy, size_t n)
{
    while (n) {
        ssize_t moved = splice(proxy->pipe[0], NULL, proxy->to, NULL, n, SPLICE_F_MORE);
        if (moved < 0 && errno == EINVAL) {
            moved = cb_readinto(proxy->out, proxy->pipe[0], n);
            ssize_t written = moved < 0 ? moved : cb_writev(proxy->out, proxy->to, CB_ALL);
            if (written < 0)
                return (int)written;
        }
        if (moved < 0 && errno != EINTR)
            return CB_EIO;
        n -= moved > 0 ? (size_t)moved : 0;
    }
    return CB_OK;
}

/* The n bytes of payload in the pipe go out. */
static int pass(struct proxy *proxy, size_t n)
{
    int status = empty_pipe(proxy, n);
    if (status != CB_OK)
        return fail_call("output", status);
    proxy->unseen += n;
    status = cb_reframe_pass(proxy->decoder, proxy->encoder, proxy->in, n);
    return status == CB_OK ? 0 : fail_call("chunks", status);
}

/* Gets more of the body, into `in` or straight to the output. */
static int get_more(struct proxy *proxy)
{
    const uint64_t ahead = cb_reframe_ahead(proxy->decoder, proxy->encoder, proxy->out);
    if (proxy->splices && ahead >= WORTH_A_SPLICE) {
        const size_t most = ahead < LARGEST_SPLICE ? (size_t)ahead : LARGEST_SPLICE;
        ssize_t n = splice(proxy->from, NULL, proxy->pipe[1], NULL, most, SPLICE_F_MORE);
        if (n > 0)
            return pass(proxy, (size_t)n);
        if (n < 0 && errno != EINVAL && errno != EINTR)
            return fail("input", strerror(errno));
        if (n < 0 && errno == EINVAL)
            proxy->splices = false; /* a terminal, say: it can be read all the same */
    }
    /* At the end of the input, too: this finds it again. */
    ssize_t n = cb_readinto(proxy->in, proxy->from, CB_ALL);
    if (n < 0)
        return fail_call("input", n);
    if (n == 0)
        cb_decoder_finish(proxy->decoder);
    return 0;
}

/* The whole body is forwarded: the mark of its end. */
static int finish(struct proxy *proxy)
{
    int status = cb_encode_end(proxy->encoder, proxy->out);
    if (status != CB_OK)
        return fail_call("end of the body", status);
    ssize_t written = cb_writev(proxy->out, proxy->to, CB_ALL);
    if (written < 0)
        return fail_call("output", written);
    fprintf(stderr, "proxy: %" PRIu64 " chunks, %" PRIu64 " bytes passed unseen\n",
            cb_decoder_record(proxy->decoder) - 1, proxy->unseen);
    return cb_length(proxy->in) ? fail("input", "there is more after the end of the body") : 0;
}

static int run(struct proxy *proxy)
{
    for (;;) {
        int more = cb_reframe(proxy->decoder, proxy->encoder, proxy->in, proxy->out, CB_ALL, NULL);
        ssize_t written = cb_writev(proxy->out, proxy->to, CB_ALL);
        if (written < 0)
            return fail_call("output", written);
        if (more == CB_END)
            return finish(proxy);
        if (more < 0)
            return fail_chunk(more, cb_decoder_error(proxy->decoder));
        if (more == CB_MORE && get_more(proxy) != 0)
            return 1;
    }
}

/* Connects to a port; -1 after a failure. */
static int connect_to(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    int error = getaddrinfo(host, port, &hints, &list);
    if (error) {
        fail(host, gai_strerror(error));
        return -1;
    }
    int fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    error = fd < 0 || connect(fd, list->ai_addr, list->ai_addrlen) != 0;
    if (error)
        fail(host, strerror(errno));
    freeaddrinfo(list);
    return error ? -1 : fd; /* the process ends then */
}

static int open_proxy(struct proxy *proxy)
{
    signal(SIGPIPE, SIG_IGN); /* a receiver that went away is an error with a message */
    if (pipe(proxy->pipe) != 0)
        return fail("pipe", strerror(errno));
    (void)fcntl(proxy->pipe[1], F_SETPIPE_SZ, 1 << 20); /* fewer calls, if we may */
    if (cb_decoder_new(&proxy->decoder, "chunked", NULL, NULL) != CB_OK ||
        cb_encoder_new(&proxy->encoder, "chunked", NULL, NULL) != CB_OK ||
        cb_buffer_new(&proxy->in, NULL) != CB_OK || cb_buffer_new(&proxy->out, NULL) != CB_OK)
        return fail("start", cb_strerror(CB_ENOMEM));
    return 0;
}

int main(int argc, char **argv)
{
    struct proxy proxy = {.from = STDIN_FILENO, .to = STDOUT_FILENO, .splices = true};
    if (argc != 1 && argc != 3) {
        fprintf(stderr, "usage: proxy [HOST PORT]\n");
        return 2;
    }
    if (argc == 3)
        proxy.to = connect_to(argv[1], argv[2]);
    int status = proxy.to < 0 || open_proxy(&proxy) != 0 || run(&proxy) != 0;
    cb_buffer_free(proxy.out);
    cb_buffer_free(proxy.in);
    cb_encoder_free(proxy.encoder);
    cb_decoder_free(proxy.decoder);
    return status;
}
