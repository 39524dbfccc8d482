/* SPDX-License-Identifier: MIT */
/*
 * Ships lines of a log to a TCP port, each as a frame with its length in 4 bytes,
 * big-endian:
 *
 *     shipper HOST PORT [PAUSE]        (milliseconds between attempts to connect; 1000)
 *
 * When a connection breaks, another one is made.  What is promised:
 *
 * - Frames come in the order of the lines, and no connection begins inside one.
 * - A line whose frame was not wholly written when the connection broke is sent from
 *   the beginning of its frame by the next.  None is given up.
 * - No line comes twice: of a frame that is sent again the receiver had a part.
 * - Memory is bounded.  With QUEUE bytes to send, no more is read: then the pipe
 *   fills, and who writes the log waits.
 * - Exit status 0: the receiver has read all that the last connection brought, and
 *   then closed it.
 *
 * What is not: frames that were written, and that the receiver had not read when the
 * connection broke, are lost; to know of them, it would have to acknowledge each.  A
 * line longer than LINE bytes is cut there.
 *
 *     cc shipper.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chunkedbuffer.h>

enum { LINE = 64 * 1024, QUEUE = 1024 * 1024, BURST = 256 * 1024, HEADER = 4 };

struct shipper {
    const char *host, *port;
    int64_t pause, next_try; /* milliseconds */
    int fd;                  /* -1: not connected */
    bool lost;               /* the last connection broke */
    int status;              /* of the input: 1 after an error */
    size_t sent;             /* by this connection, of the bytes in `queue` */
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in;
    struct cb_buffer *queue;  /* frames, until they are written wholly */
    struct cb_buffer *window; /* those of its bytes that are being sent */
};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "shipper: %s: %s\n", what, why);
    return 1;
}

static const char *reason(int status)
{
    return status == CB_EIO ? strerror(errno) : cb_strerror(status);
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ------------------------------------------------------------- the connection */

/* One attempt, no earlier than `pause` after the one before. */
static void try_to_connect(struct shipper *s)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    s->next_try = now() + s->pause;
    int error = getaddrinfo(s->host, s->port, &hints, &list);
    if (error) {
        fail(s->host, gai_strerror(error));
        return;
    }
    int fd = socket(list->ai_family, list->ai_socktype, list->ai_protocol);
    if (fd < 0 || connect(fd, list->ai_addr, list->ai_addrlen) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        fail(s->host, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    s->fd = fd;
    s->lost = s->lost && fd < 0;
}

static void lose(struct shipper *s, const char *why)
{
    fail("connection lost", why);
    close(s->fd);
    s->fd = -1;
    s->lost = true;
    s->sent = 0; /* the next begins with the frame that was begun */
}

/* Drops the frames that were written wholly. */
static void drop_written(struct shipper *s)
{
    uint8_t h[HEADER];
    while (cb_copyout(s->queue, 0, HEADER, h) == HEADER) {
        size_t frame =
            HEADER + ((size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3]);
        if (s->sent < frame)
            break;
        s->sent -= cb_skip(s->queue, frame);
    }
}

/* Writes what the socket takes.  CB_OK, or an error that is not the connection's. */
static int ship(struct shipper *s)
{
    ssize_t n = cb_slice(s->queue, s->sent, BURST, s->window);
    if (n < 0)
        return (int)n;
    ssize_t status = cb_send(s->window, s->fd, CB_ALL);
    const int saved = errno;
    s->sent += (size_t)n - cb_skip(s->window, CB_ALL);
    drop_written(s);
    if (status < 0 && status != CB_EAGAIN)
        lose(s, status == CB_EIO ? strerror(saved) : cb_strerror((int)status));
    return CB_OK;
}

/* What the receiver says is of no interest; only whether it is there.  True: it has
 * closed the connection. */
static bool is_closed(struct shipper *s)
{
    char bytes[512];
    ssize_t n = recv(s->fd, bytes, sizeof bytes, 0);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        lose(s, strerror(errno));
    return n == 0;
}

/* ------------------------------------------------------------------- the lines */

/* Makes frames of the lines at hand.  CB_MORE; CB_YES: the queue is full; CB_END; or
 * an error. */
static int fill(struct shipper *s)
{
    size_t before;
    int more;
    do {
        before = cb_length(s->queue);
        more = cb_reframe(s->decoder, s->encoder, s->in, s->queue, CB_ALL, NULL);
    } while (more > 0 && cb_length(s->queue) > before);
    return more;
}

/* An input that fails ends there; what was read goes out. */
static void read_lines(struct shipper *s)
{
    ssize_t n = cb_readinto(s->in, STDIN_FILENO, CB_ALL);
    if (n < 0)
        s->status = fail("standard input", reason((int)n));
    if (n <= 0)
        cb_decoder_finish(s->decoder);
}

/* Waits until something can go on, and does it. */
static int step(struct shipper *s, bool wants_input)
{
    const bool unsent = cb_length(s->queue) > s->sent;
    struct pollfd fds[2] = {{.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN},
                            {.fd = s->fd, .events = unsent ? POLLIN | POLLOUT : POLLIN}};
    const int64_t left = s->next_try - now();
    const int time = s->fd >= 0 || !unsent ? -1 : left > 0 ? (int)left : 0;
    if (poll(fds, 2, time) < 0)
        return errno == EINTR ? CB_OK : CB_EIO;
    if (fds[0].revents)
        read_lines(s);
    if (s->fd < 0 && unsent && now() >= s->next_try)
        try_to_connect(s);
    else if (fds[1].revents & ~POLLOUT && is_closed(s))
        lose(s, "the receiver closed it");
    return s->fd >= 0 && fds[1].revents & POLLOUT ? ship(s) : CB_OK;
}

/* All was written: says so, and waits until the receiver has closed as well. */
static int finish(struct shipper *s)
{
    struct pollfd receiver = {.fd = s->fd, .events = POLLIN};
    if (s->fd < 0)
        return s->lost ? fail("end", "the last lines may not have been read") : s->status;
    if (shutdown(s->fd, SHUT_WR) != 0)
        lose(s, strerror(errno));
    while (s->fd >= 0 && !is_closed(s))
        (void)poll(&receiver, 1, -1);
    return s->fd < 0 ? fail("end", "the last lines may not have been read") : s->status;
}

static int run(struct shipper *s)
{
    for (;;) {
        int more = fill(s);
        if (more == CB_END && !cb_length(s->queue))
            return finish(s);
        int status = more < 0 && more != CB_END ? more : step(s, more == CB_MORE);
        if (status != CB_OK)
            return fail("lines", reason(status));
    }
}

static int open_shipper(struct shipper *s)
{
    const struct cb_decoder_options lines = {
        .size = sizeof lines, .max_record = LINE, .on_overflow = CB_OVERFLOW_TRUNCATE};
    const struct cb_buffer_options queue = {.size = sizeof queue, .limit = QUEUE};
    const bool opened = cb_decoder_new(&s->decoder, "line", &lines, NULL) == CB_OK &&
                        cb_encoder_new(&s->encoder, "u32be", NULL, NULL) == CB_OK &&
                        cb_buffer_new(&s->in, NULL) == CB_OK &&
                        cb_buffer_new(&s->queue, &queue) == CB_OK &&
                        cb_buffer_new(&s->window, NULL) == CB_OK;
    return opened ? 0 : fail("start", cb_strerror(CB_ENOMEM));
}

int main(int argc, char **argv)
{
    struct shipper s = {.pause = 1000, .fd = -1};
    char *end = NULL;
    if (argc > 3)
        s.pause = strtol(argv[3], &end, 10);
    if (argc < 3 || argc > 4 || (end && *end) || s.pause < 0 || s.pause > 1000000) {
        fprintf(stderr, "usage: shipper HOST PORT [PAUSE]\n");
        return 2;
    }
    s.host = argv[1];
    s.port = argv[2];
    int status = open_shipper(&s) != 0 ? 1 : run(&s);
    if (s.fd >= 0)
        close(s.fd);
    cb_buffer_free(s.window);
    cb_buffer_free(s.queue);
    cb_buffer_free(s.in);
    cb_encoder_free(s.encoder);
    cb_decoder_free(s.decoder);
    return status;
}
