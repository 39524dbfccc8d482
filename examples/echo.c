/* SPDX-License-Identifier: MIT */
/*
 * A server on 127.0.0.1 that sends every netstring back to where it came from:
 *
 *     echo [PORT [CONNECTIONS]]      (prints the port; for 0 the system chooses it)
 *
 * One thread serves up to CONNECTIONS (1,000) by epoll; further clients wait until one of
 * them is closed.  All share one pool:
 *
 * - An idle connection holds no block: its buffers give them back (`release_fast`).
 * - A connection whose output is not taken is not read, so that it holds no more
 *   than one read has brought, however long its records are.
 *
 * SIGUSR1 prints what is in use; SIGINT and SIGTERM end the server.
 *
 *     cc echo.c $(pkg-config --cflags --libs libchunkedbuffer)
 */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chunkedbuffer.h>

enum { CONNECTIONS = 1000, CONNECTIONS_MOST = 1000000, EVENTS = 64 };

struct connection {
    int fd;
    size_t index;   /* its place in the server's array */
    uint32_t waits; /* for EPOLLIN, or EPOLLOUT while `out` holds something */
    int status;     /* once `out` is sent: CB_MORE: read on; CB_END or an error: close */
    struct cb_decoder *decoder;
    struct cb_encoder *encoder;
    struct cb_buffer *in, *out;
};

struct server {
    int epoll, listener, signals;
    size_t count, most;
    struct connection **connections; /* room for the most that there can be */
    struct cb_pool *pool;
};

/* For what the server cannot do without. */
static int must(const char *what, int result)
{
    if (result >= 0)
        return result;
    fprintf(stderr, "echo: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Waits for events of a descriptor; `what` comes with them. */
static void watch(const struct server *server, int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data = {.ptr = what}};
    must("epoll_ctl", epoll_ctl(server->epoll, operation, fd, &event));
}

/* -------------------------------------------------------------- a connection */

static void report(const struct connection *c, int status)
{
    const struct cb_error *error = cb_decoder_error(c->decoder);
    if (error->code == status)
        fprintf(stderr, "echo: record %" PRIu64 " at byte %" PRIu64 ": %s\n", error->record,
                error->offset, error->text);
    else
        fprintf(stderr, "echo: connection: %s\n",
                status == CB_EIO ? strerror(errno) : cb_strerror(status));
}

static void free_connection(struct connection *c)
{
    cb_decoder_free(c->decoder);
    cb_encoder_free(c->encoder);
    cb_buffer_free(c->in);
    cb_buffer_free(c->out);
    close(c->fd);
    free(c);
}

/* Owns `fd`.  NULL if there is not enough memory. */
static struct connection *new_connection(struct cb_pool *pool, int fd)
{
    const struct cb_buffer_options options = {
        .size = sizeof options, .pool = pool, .release_fast = 1};
    struct connection *c = calloc(1, sizeof *c);
    if (!c) {
        close(fd);
        return NULL;
    }
    c->fd = fd;
    c->waits = EPOLLIN;
    if (cb_buffer_new(&c->in, &options) == CB_OK && cb_buffer_new(&c->out, &options) == CB_OK &&
        cb_decoder_new(&c->decoder, "netstring", NULL, NULL) == CB_OK &&
        cb_encoder_new(&c->encoder, "netstring", NULL, NULL) == CB_OK)
        return c;
    free_connection(c);
    return NULL;
}

/* Sends what `out` holds, as far as it is taken.  CB_OK, or an error. */
static int flush(struct connection *c)
{
    ssize_t n = cb_send(c->out, c->fd, CB_ALL);
    return n < 0 && n != CB_EAGAIN ? (int)n : CB_OK;
}

/* Reads once, if nothing is left to send, and answers.  CB_OK: there is more to wait
 * for; CB_END, or an error: that was all. */
static int serve(struct connection *c)
{
    int status = flush(c);
    if (status == CB_OK && !cb_length(c->out) && c->status == CB_MORE) {
        ssize_t n = cb_readinto(c->in, c->fd, CB_ALL);
        if (n < 0)
            return n == CB_EAGAIN ? CB_OK : (int)n;
        if (n == 0)
            cb_decoder_finish(c->decoder);
        do
            c->status = cb_reframe(c->decoder, c->encoder, c->in, c->out, CB_ALL, NULL);
        while (c->status > 0);
        status = flush(c);
    }
    return status != CB_OK || cb_length(c->out) ? status : c->status;
}

/* ---------------------------------------------------------------- the server */

static void add(struct server *server, int fd)
{
    struct connection *c = new_connection(server->pool, fd);
    if (!c) {
        fprintf(stderr, "echo: a connection was refused: out of memory\n");
        return;
    }
    c->index = server->count++;
    server->connections[c->index] = c;
    watch(server, EPOLL_CTL_ADD, fd, c->waits, c);
}

static void drop(struct server *server, struct connection *c)
{
    struct connection *last = server->connections[--server->count];
    server->connections[c->index] = last;
    last->index = c->index;
    free_connection(c);
    watch(server, EPOLL_CTL_MOD, server->listener, EPOLLIN, &server->listener);
}

/* Where there is no room for more, not until `drop`. */
static void accept_all(struct server *server)
{
    int fd = 0;
    while (server->count < server->most &&
           (fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        add(server, fd);
    if (fd < 0 && errno != EAGAIN)
        fprintf(stderr, "echo: accept: %s\n", strerror(errno));
    if (server->count == server->most || (fd < 0 && errno == EMFILE))
        watch(server, EPOLL_CTL_MOD, server->listener, 0, &server->listener);
}

static void handle(struct server *server, struct connection *c)
{
    int status = serve(c);
    uint32_t waits = cb_length(c->out) ? EPOLLOUT : EPOLLIN;
    if (status < 0) {
        if (status != CB_END)
            report(c, status);
        drop(server, c);
    } else if (waits != c->waits) {
        c->waits = waits;
        watch(server, EPOLL_CTL_MOD, c->fd, waits, c);
    }
}

/* False: the server is to end. */
static bool handle_signal(const struct server *server)
{
    struct signalfd_siginfo info;
    struct cb_pool_stats stats = {.size = sizeof stats};
    must("signal", read(server->signals, &info, sizeof info) == sizeof info ? 0 : -1);
    if (info.ssi_signo != SIGUSR1)
        return false;
    must("statistics", cb_pool_stats(server->pool, &stats));
    printf("%zu connections, %zu bytes in use\n", server->count, stats.live_bytes);
    return true;
}

/* Until a signal ends it. */
static void run(struct server *server)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(server->epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            must("epoll_wait", n);
        for (int i = 0; i < n; i++) {
            void *what = events[i].data.ptr;
            if (what == &server->listener)
                accept_all(server);
            else if (what != &server->signals)
                handle(server, what);
            else if (!handle_signal(server))
                return;
        }
    }
}

static void listen_at(struct server *server, uint16_t port)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    const int yes = 1;
    int fd = must("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    must("setsockopt", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes));
    must("bind", bind(fd, (struct sockaddr *)&at, sizeof at));
    must("listen", listen(fd, SOMAXCONN));
    must("getsockname", getsockname(fd, (struct sockaddr *)&at, &size));
    printf("%u\n", (unsigned)ntohs(at.sin_port));
    server->listener = fd;
    watch(server, EPOLL_CTL_ADD, fd, EPOLLIN, &server->listener);
}

static void listen_to_signals(struct server *server)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    must("sigprocmask", sigprocmask(SIG_BLOCK, &set, NULL));
    server->signals = must("signalfd", signalfd(-1, &set, SFD_CLOEXEC));
    watch(server, EPOLL_CTL_ADD, server->signals, EPOLLIN, &server->signals);
}

/* A whole number up to `most`, or `otherwise` if there is no text; ends the program if it is
 * none. */
static unsigned long number(const char *text, unsigned long otherwise, unsigned long most)
{
    char *end = NULL;
    const unsigned long n = text ? strtoul(text, &end, 10) : otherwise;
    if ((end && (end == text || *end)) || n > most) {
        fprintf(stderr, "usage: echo [PORT [CONNECTIONS]]\n");
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    struct server server = {.count = 0};
    unsigned long port = number(argc > 1 ? argv[1] : NULL, 0, UINT16_MAX);
    server.most = number(argc > 2 ? argv[2] : NULL, CONNECTIONS, CONNECTIONS_MOST);
    server.connections = calloc(server.most + 1, sizeof *server.connections);
    must("connections", server.connections ? 0 : -1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    must("pool", cb_pool_new(&server.pool, NULL) == CB_OK ? 0 : -1);
    server.epoll = must("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    listen_to_signals(&server);
    listen_at(&server, (uint16_t)port);
    run(&server);
    while (server.count)
        free_connection(server.connections[--server.count]);
    free(server.connections);
    cb_pool_unref(server.pool);
    return 0;
}
