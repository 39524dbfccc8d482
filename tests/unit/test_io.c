/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

enum { CHUNK = 64 };

static struct counting counting;
static struct cb_pool *pool;
static struct cb_buffer *buffer;
static int from, to; /* a pipe's ends */

static void setup(void)
{
    int ends[2];

    counting_init(&counting);
    pool = new_pool(&counting.hooks);
    buffer = new_buffer(pool, CHUNK);
    ck_assert_int_eq(pipe(ends), 0);
    from = ends[0];
    to = ends[1];
}

static void teardown(void)
{
    close(from);
    close(to);
    cb_buffer_free(buffer);
    cb_pool_unref(pool);
    counting_fini(&counting);
}

static void set_nonblocking(int fd)
{
    ck_assert_int_ne(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK), -1);
}

static void count_up(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
}

static void put(int fd, const void *data, size_t size)
{
    ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
}

static void close_writer(void)
{
    close(to);
    to = -1;
}

/* ------------------------------------------------------------------ reading */

START_TEST(readinto_appends_what_is_there)
{
    put(to, "hello ", 6);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 6);
    put(to, "world", 5);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 5);
    assert_holds(buffer, "hello world", 11);
    ck_assert_uint_eq(pool_stats(pool).copied, 0);
}
END_TEST

START_TEST(readinto_gives_0_at_end_of_file_again_and_again)
{
    put(to, "abc", 3);
    close_writer();
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 0);
    assert_holds(buffer, "abc", 3);
    ck_assert_int_eq(cb_chunk_written(buffer, 0), CB_ESTATE); /* no offer stays open */
    ck_assert_int_eq(cb_append(buffer, "def", 3), CB_OK);
    assert_holds(buffer, "abcdef", 6);
}
END_TEST

START_TEST(readinto_reads_all_of_a_long_stream)
{
    uint8_t bytes[5000];
    ssize_t n;

    count_up(bytes, sizeof bytes);
    put(to, bytes, sizeof bytes);
    close_writer();
    while ((n = cb_readinto(buffer, from, CB_ALL)) > 0)
        ck_assert_int_le(n, 2 * CHUNK); /* what is left of a chunk, and one more */
    ck_assert_int_eq(n, 0);
    assert_holds(buffer, bytes, sizeof bytes);
}
END_TEST

START_TEST(readinto_fills_the_last_chunk_before_the_next)
{
    uint8_t bytes[CHUNK + 10];
    struct iovec chunks[2];

    count_up(bytes, sizeof bytes);
    put(to, bytes, 10);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 10);
    put(to, bytes + 10, CHUNK);
    ck_assert_int_eq(cb_readinto(buffer, from, CHUNK), CHUNK);
    ck_assert_uint_eq(cb_chunks(buffer, chunks, 2), 2);
    ck_assert_uint_eq(chunks[0].iov_len, CHUNK);
    ck_assert_uint_eq(chunks[1].iov_len, 10);
    assert_holds(buffer, bytes, sizeof bytes);
}
END_TEST

START_TEST(readinto_reads_no_more_than_it_is_asked_to)
{
    uint8_t bytes[3 * CHUNK];

    count_up(bytes, sizeof bytes);
    put(to, bytes, sizeof bytes);
    for (size_t held = 0, most = 1; held < sizeof bytes; held += most, most++) {
        if (most > sizeof bytes - held)
            most = sizeof bytes - held;
        ck_assert_int_eq(cb_readinto(buffer, from, most), (ssize_t)most);
        assert_holds(buffer, bytes, held + most);
    }
}
END_TEST

/* 0 would mean end of file. */
START_TEST(readinto_of_no_bytes_is_refused)
{
    put(to, "abc", 3);
    ck_assert_int_eq(cb_readinto(buffer, from, 0), CB_EINVAL);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 3);
}
END_TEST

START_TEST(the_size_of_chunks_follows_what_arrives_whatever_is_asked_for)
{
    struct cb_buffer_options options = {
        .size = sizeof options, .pool = pool, .chunk_min = 64, .chunk_max = 1024};
    struct cb_buffer *adaptive = NULL;
    uint8_t bytes[4096];

    ck_assert_int_eq(cb_buffer_new(&adaptive, &options), CB_OK);
    count_up(bytes, sizeof bytes);
    put(to, bytes, sizeof bytes);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(cb_readinto(adaptive, from, 1), 1);
    ck_assert_uint_eq(buffer_stats(adaptive).chunk_size, 64); /* filled, as was asked */
    ck_assert_int_le(cb_readinto(adaptive, from, 4000), 2 * 64);
    while (cb_length(adaptive) < 4000)
        ck_assert_int_ge(cb_readinto(adaptive, from, 4000 - cb_length(adaptive)), 1);
    size_t grown = buffer_stats(adaptive).chunk_size;
    ck_assert_uint_ge(grown, 512);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(cb_readinto(adaptive, from, 1), 1);
    ck_assert_uint_eq(buffer_stats(adaptive).chunk_size, grown);
    assert_holds(adaptive, bytes, 4020);
    cb_buffer_free(adaptive);
}
END_TEST

START_TEST(readinto_passes_on_that_nothing_is_ready)
{
    set_nonblocking(from);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), CB_EAGAIN);
    put(to, "abc", 3);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 3);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), CB_EAGAIN);
    assert_holds(buffer, "abc", 3);
}
END_TEST

START_TEST(readinto_from_no_descriptor_is_an_error_with_errno)
{
    append_block(buffer, "abc", 3);
    errno = 0;
    ck_assert_int_eq(cb_readinto(buffer, -1, CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, EBADF);
    errno = 0;
    ck_assert_int_eq(cb_readinto(buffer, to, CB_ALL), CB_EIO); /* cannot be read from */
    ck_assert_int_eq(errno, EBADF);
    int folder = open("/", O_RDONLY | O_DIRECTORY);
    ck_assert_int_eq(cb_readinto(buffer, folder, CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, EISDIR);
    close(folder);
    assert_holds(buffer, "abc", 3);
}
END_TEST

START_TEST(readinto_stops_at_the_limit_and_leaves_the_rest_unread)
{
    struct cb_buffer_options options = {
        .size = sizeof options, .pool = pool, .chunk_min = 8, .chunk_max = 8, .limit = 10};
    struct cb_buffer *limited = NULL;
    uint8_t bytes[15], rest[15];
    size_t held = 0;

    ck_assert_int_eq(cb_buffer_new(&limited, &options), CB_OK);
    count_up(bytes, sizeof bytes);
    put(to, bytes, sizeof bytes);
    while (held < 10) {
        ssize_t n = cb_readinto(limited, from, 100);

        ck_assert_int_ge(n, 1);
        held += (size_t)n;
    }
    ck_assert_uint_eq(held, 10);
    ck_assert_int_eq(cb_readinto(limited, from, CB_ALL), CB_ELIMIT);
    assert_holds(limited, bytes, 10);
    ck_assert_int_eq(read(from, rest, sizeof rest), 5);
    ck_assert_int_eq(memcmp(rest, bytes + 10, 5), 0);
    cb_buffer_free(limited);
}
END_TEST

START_TEST(readinto_without_memory_leaves_the_input_unread)
{
    char rest[4] = "";

    put(to, "abc", 3);
    counting_fail(&counting, 1, true);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), CB_ENOMEM);
    ck_assert(counting.failed);
    counting_fail(&counting, 0, false);
    assert_holds(buffer, "", 0);
    ck_assert_int_eq(read(from, rest, sizeof rest), 3);
    ck_assert_str_eq(rest, "abc");
}
END_TEST

START_TEST(an_idle_reader_with_release_fast_holds_no_block)
{
    struct cb_buffer_options options = {.size = sizeof options, .pool = pool, .release_fast = 1};
    struct cb_buffer *idle = NULL;

    ck_assert_int_eq(cb_buffer_new(&idle, &options), CB_OK);
    set_nonblocking(from);
    ck_assert_int_eq(cb_readinto(idle, from, CB_ALL), CB_EAGAIN);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    put(to, "abc", 3);
    ck_assert_int_eq(cb_readinto(idle, from, CB_ALL), 3);
    cb_skip(idle, 3);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    close_writer();
    ck_assert_int_eq(cb_readinto(idle, from, CB_ALL), 0);
    ck_assert_uint_eq(pool_stats(pool).live_blocks, 0);
    cb_buffer_free(idle);
}
END_TEST

START_TEST(readinto_keeps_datagrams_in_order)
{
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    for (int i = 0; i < 5; i++)
        put(pair[0], &"abcde"[i], 1);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(cb_readinto(buffer, pair[1], CB_ALL), 1);
    assert_holds(buffer, "abcde", 5);
    close(pair[0]);
    close(pair[1]);
}
END_TEST

/* ------------------------------------------------------------------ writing */

/* Reads from a descriptor until it gives nothing more; to be freed. */
static uint8_t *drain(int fd, size_t *size)
{
    size_t room = 1 << 16;
    uint8_t *bytes = malloc(room);
    ssize_t n;

    ck_assert_ptr_nonnull(bytes);
    *size = 0;
    while ((n = read(fd, bytes + *size, room - *size)) > 0) {
        *size += (size_t)n;
        if (*size == room) {
            bytes = realloc(bytes, room *= 2);
            ck_assert_ptr_nonnull(bytes);
        }
    }
    ck_assert(n == 0 || errno == EAGAIN);
    return bytes;
}

START_TEST(writev_writes_all_chunks_and_empties_the_buffer)
{
    char out[20] = "";

    append_cut(buffer, BYTES("hello world"), (size_t[]){3, 1}, 2);
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), 11);
    ck_assert_int_eq(read(from, out, sizeof out), 11);
    ck_assert_str_eq(out, "hello world");
    ck_assert_uint_eq(cb_length(buffer), 0);
    ck_assert_uint_eq(cb_position(buffer), 11);
}
END_TEST

START_TEST(writev_writes_no_more_than_it_is_asked_to)
{
    char out[20] = "";

    append_cut(buffer, BYTES("hello world"), (size_t[]){3, 1}, 2);
    ck_assert_int_eq(cb_writev(buffer, to, 0), 0);
    ck_assert_int_eq(cb_writev(buffer, to, 5), 5);
    ck_assert_int_eq(read(from, out, sizeof out), 5);
    ck_assert_str_eq(out, "hello");
    assert_holds(buffer, BYTES(" world"));
}
END_TEST

START_TEST(writev_of_an_empty_buffer_writes_nothing)
{
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), 0);
    ck_assert_int_eq(cb_writev(buffer, -1, CB_ALL), 0);
}
END_TEST

START_TEST(writev_takes_more_chunks_than_one_call_can)
{
    enum { SIZE = 5 * 1024 + 7 };
    uint8_t bytes[SIZE];
    size_t size;

    ck_assert_int_gt(SIZE, 5 * sysconf(_SC_IOV_MAX));
    count_up(bytes, sizeof bytes);
    append_cut(buffer, bytes, sizeof bytes, (size_t[]){1}, 1);
    ck_assert_uint_eq(cb_chunks(buffer, NULL, 0), SIZE);
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), SIZE);
    ck_assert_uint_eq(cb_length(buffer), 0);
    close_writer();
    uint8_t *out = drain(from, &size);
    ck_assert_uint_eq(size, SIZE);
    ck_assert_int_eq(memcmp(out, bytes, size), 0);
    free(out);
}
END_TEST

/* Writes a buffer to a non-blocking descriptor, and reads at the other end
 * whenever it would block. */
static void write_in_parts(ssize_t (*write_fn)(struct cb_buffer *, int, size_t), int writer,
                           int reader, const uint8_t *bytes, size_t size)
{
    uint8_t *received = malloc(size + 1);
    size_t sent = 0, got = 0;

    ck_assert_ptr_nonnull(received);
    set_nonblocking(writer);
    set_nonblocking(reader);
    while (cb_length(buffer) > 0) {
        ssize_t n = write_fn(buffer, writer, CB_ALL);

        if (n == CB_EAGAIN) {
            ck_assert_uint_lt(got, sent);
        } else {
            ck_assert_int_ge(n, 1);
            sent += (size_t)n;
        }
        ck_assert_uint_eq(cb_length(buffer), size - sent);
        ck_assert_uint_eq(cb_position(buffer), sent);
        n = read(reader, received + got, 1000);
        if (n > 0)
            got += (size_t)n;
    }
    for (ssize_t n; (n = read(reader, received + got, size + 1 - got)) > 0;)
        got += (size_t)n;
    ck_assert_uint_eq(got, size);
    ck_assert_int_eq(memcmp(received, bytes, size), 0);
    free(received);
}

START_TEST(writev_resumes_partial_writes_to_a_pipe)
{
    enum { SIZE = 300000 };
    uint8_t *bytes = malloc(SIZE);

    ck_assert_ptr_nonnull(bytes);
    count_up(bytes, SIZE);
    append_cut(buffer, bytes, SIZE, (size_t[]){1, 100, 7, 5000}, 4);
    write_in_parts(cb_writev, to, from, bytes, SIZE);
    free(bytes);
}
END_TEST

START_TEST(writev_resumes_partial_writes_to_a_socket)
{
    enum { SIZE = 1000000 };
    uint8_t *bytes = malloc(SIZE);
    int pair[2];

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    count_up(bytes, SIZE);
    append_cut(buffer, bytes, SIZE, (size_t[]){3, 70000, 999}, 3);
    write_in_parts(cb_writev, pair[0], pair[1], bytes, SIZE);
    close(pair[0]);
    close(pair[1]);
    free(bytes);
}
END_TEST

START_TEST(writev_passes_on_that_nothing_can_be_written)
{
    static const uint8_t zeros[4096];

    set_nonblocking(to);
    while (write(to, zeros, sizeof zeros) > 0)
        ;
    while (write(to, zeros, 1) > 0)
        ;
    append_block(buffer, "abc", 3);
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), CB_EAGAIN);
    assert_holds(buffer, "abc", 3);
    ck_assert_uint_eq(cb_position(buffer), 0);
}
END_TEST

START_TEST(writev_to_no_descriptor_is_an_error_with_errno)
{
    append_block(buffer, "abc", 3);
    errno = 0;
    ck_assert_int_eq(cb_writev(buffer, -1, CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, EBADF);
    errno = 0;
    ck_assert_int_eq(cb_writev(buffer, from, CB_ALL), CB_EIO); /* cannot be written to */
    ck_assert_int_eq(errno, EBADF);
    assert_holds(buffer, "abc", 3);
}
END_TEST

START_TEST(writev_to_a_closed_pipe_is_an_error_with_errno)
{
    signal(SIGPIPE, SIG_IGN);
    close(from);
    append_block(buffer, "abc", 3);
    errno = 0;
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, EPIPE);
    assert_holds(buffer, "abc", 3);
    from = -1;
    signal(SIGPIPE, SIG_DFL);
}
END_TEST

START_TEST(send_to_a_closed_socket_is_an_error_and_no_signal)
{
    int pair[2];

    signal(SIGPIPE, SIG_DFL); /* it would end this process */
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    append_block(buffer, "abc", 3);
    errno = 0;
    ck_assert_int_eq(cb_send(buffer, pair[0], CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, EPIPE);
    assert_holds(buffer, "abc", 3);
    close(pair[0]);
}
END_TEST

START_TEST(send_is_for_sockets_alone)
{
    append_block(buffer, "abc", 3);
    errno = 0;
    ck_assert_int_eq(cb_send(buffer, to, CB_ALL), CB_EIO);
    ck_assert_int_eq(errno, ENOTSOCK);
    assert_holds(buffer, "abc", 3);
}
END_TEST

START_TEST(send_writes_no_more_than_it_is_asked_to)
{
    char out[20] = "";
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    append_cut(buffer, BYTES("hello world"), (size_t[]){3, 1}, 2);
    ck_assert_int_eq(cb_send(buffer, pair[0], 0), 0);
    ck_assert_int_eq(cb_send(buffer, pair[0], 5), 5);
    ck_assert_int_eq(read(pair[1], out, sizeof out), 5);
    ck_assert_str_eq(out, "hello");
    assert_holds(buffer, BYTES(" world"));
    close(pair[0]);
    close(pair[1]);
}
END_TEST

START_TEST(send_resumes_partial_writes)
{
    enum { SIZE = 1000000 };
    uint8_t *bytes = malloc(SIZE);
    int pair[2];

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    count_up(bytes, SIZE);
    append_cut(buffer, bytes, SIZE, (size_t[]){3, 70000, 999, 1, 1}, 5);
    write_in_parts(cb_send, pair[0], pair[1], bytes, SIZE);
    close(pair[0]);
    close(pair[1]);
    free(bytes);
}
END_TEST

/* tmpfile, which takes /tmp, even if only TMPDIR can be written to. */
static FILE *scratch_file(void)
{
    char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/test_io.XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0)
        return NULL;
    unlink(path);
    return fdopen(fd, "w+");
}

START_TEST(what_went_out_before_an_error_is_dropped)
{
    /* A file that may not grow beyond 1000 bytes takes these, and no more. */
    uint8_t bytes[3000], written[3000];
    struct rlimit old, small;
    FILE *file = scratch_file();

    ck_assert_ptr_nonnull(file);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 1000, .rlim_max = old.rlim_max};
    count_up(bytes, sizeof bytes);
    append_cut(buffer, bytes, sizeof bytes, (size_t[]){77}, 1);

    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    errno = 0;
    ssize_t status = cb_writev(buffer, fileno(file), CB_ALL);
    int error = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    signal(SIGXFSZ, SIG_DFL);

    ck_assert_int_eq(status, CB_EIO);
    ck_assert_int_eq(error, EFBIG);
    ck_assert_uint_eq(cb_position(buffer), 1000);
    assert_holds(buffer, bytes + 1000, 2000);
    ck_assert_int_eq(cb_writev(buffer, fileno(file), CB_ALL), 2000);
    ck_assert_int_eq(pread(fileno(file), written, sizeof written, 0), 3000);
    ck_assert_int_eq(memcmp(written, bytes, sizeof bytes), 0);
    fclose(file);
}
END_TEST

START_TEST(writing_does_not_touch_views)
{
    struct cb_buffer *view = new_buffer(pool, CHUNK);

    append_offered(buffer, BYTES("seen elsewhere"), 100);
    ck_assert_int_eq(cb_peek(buffer, CB_ALL, view), 14);
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), 14);
    append_offered(buffer, BYTES("xxxxxxxxxxxxxxxxxxxxxxxx"), 100);
    assert_holds(view, BYTES("seen elsewhere"));
    cb_buffer_free(view);
}
END_TEST

/* ------------------------------------------------------------------ signals */

/*
 * A second thread interrupts the one that runs the test, over and over, and
 * lets it go on only when many signals have been handled: most of them meet a
 * system call that waits.  What the test expects does not depend on how many.
 */
enum { SIGNALS = 200, TOTAL = 500000 };

static atomic_uint handled;

static void handle(int number)
{
    (void)number;
    atomic_fetch_add(&handled, 1);
}

struct interrupter {
    pthread_t target;
    atomic_bool done;
    uint8_t received[TOTAL];
    size_t size;
};

static void interrupt_until(struct interrupter *interrupter, unsigned count)
{
    while (atomic_load(&handled) < count && !atomic_load(&interrupter->done)) {
        pthread_kill(interrupter->target, SIGUSR1);
        sched_yield();
    }
}

static void start_interrupting(struct interrupter *interrupter, void *(*run)(void *),
                               pthread_t *thread)
{
    struct sigaction action = {.sa_handler = handle}; /* no SA_RESTART */

    atomic_store(&handled, 0);
    sigemptyset(&action.sa_mask);
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    interrupter->target = pthread_self();
    ck_assert_int_eq(pthread_create(thread, NULL, run, interrupter), 0);
}

static void *write_late(void *arg)
{
    struct interrupter *interrupter = arg;

    interrupt_until(interrupter, SIGNALS);
    if (write(to, "late", 4) != 4)
        abort();
    while (!atomic_load(&interrupter->done))
        sched_yield();
    return NULL;
}

START_TEST(readinto_goes_on_after_signals)
{
    struct interrupter *interrupter = calloc(1, sizeof *interrupter);
    pthread_t thread;

    ck_assert_ptr_nonnull(interrupter);
    start_interrupting(interrupter, write_late, &thread);
    ck_assert_int_eq(cb_readinto(buffer, from, CB_ALL), 4);
    atomic_store(&interrupter->done, true);
    pthread_join(thread, NULL);
    ck_assert_uint_ge(atomic_load(&handled), SIGNALS);
    assert_holds(buffer, "late", 4);
    free(interrupter);
}
END_TEST

static void *read_late(void *arg)
{
    struct interrupter *interrupter = arg;

    for (unsigned round = 1; interrupter->size < TOTAL; round++) {
        interrupt_until(interrupter, round * SIGNALS);
        ssize_t n =
            read(from, interrupter->received + interrupter->size, TOTAL - interrupter->size);
        if (n <= 0)
            abort();
        interrupter->size += (size_t)n;
    }
    return NULL;
}

START_TEST(writev_goes_on_after_signals)
{
    struct interrupter *interrupter = calloc(1, sizeof *interrupter);
    uint8_t *bytes = malloc(TOTAL);
    pthread_t thread;

    ck_assert(interrupter && bytes);
    count_up(bytes, TOTAL);
    append_cut(buffer, bytes, TOTAL, (size_t[]){1000, 50, 20000}, 3);
    start_interrupting(interrupter, read_late, &thread);
    ck_assert_int_eq(cb_writev(buffer, to, CB_ALL), TOTAL);
    atomic_store(&interrupter->done, true);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(cb_length(buffer), 0);
    ck_assert_uint_eq(interrupter->size, TOTAL);
    ck_assert_int_eq(memcmp(interrupter->received, bytes, TOTAL), 0);
    free(interrupter);
    free(bytes);
}
END_TEST

static void add_reading(Suite *suite)
{
    TCase *tcase = add_case(suite, "reading");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, readinto_appends_what_is_there);
    tcase_add_test(tcase, readinto_gives_0_at_end_of_file_again_and_again);
    tcase_add_test(tcase, readinto_reads_all_of_a_long_stream);
    tcase_add_test(tcase, readinto_fills_the_last_chunk_before_the_next);
    tcase_add_test(tcase, readinto_reads_no_more_than_it_is_asked_to);
    tcase_add_test(tcase, readinto_of_no_bytes_is_refused);
    tcase_add_test(tcase, the_size_of_chunks_follows_what_arrives_whatever_is_asked_for);
    tcase_add_test(tcase, readinto_passes_on_that_nothing_is_ready);
    tcase_add_test(tcase, readinto_from_no_descriptor_is_an_error_with_errno);
    tcase_add_test(tcase, readinto_stops_at_the_limit_and_leaves_the_rest_unread);
    tcase_add_test(tcase, readinto_without_memory_leaves_the_input_unread);
    tcase_add_test(tcase, an_idle_reader_with_release_fast_holds_no_block);
    tcase_add_test(tcase, readinto_keeps_datagrams_in_order);
}

static void add_writing(Suite *suite)
{
    TCase *tcase = add_case(suite, "writing");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, writev_writes_all_chunks_and_empties_the_buffer);
    tcase_add_test(tcase, writev_writes_no_more_than_it_is_asked_to);
    tcase_add_test(tcase, writev_of_an_empty_buffer_writes_nothing);
    tcase_add_test(tcase, writev_takes_more_chunks_than_one_call_can);
    tcase_add_test(tcase, writev_resumes_partial_writes_to_a_pipe);
    tcase_add_test(tcase, writev_resumes_partial_writes_to_a_socket);
    tcase_add_test(tcase, writev_passes_on_that_nothing_can_be_written);
    tcase_add_test(tcase, writev_to_no_descriptor_is_an_error_with_errno);
    tcase_add_test(tcase, writev_to_a_closed_pipe_is_an_error_with_errno);
    tcase_add_test(tcase, send_to_a_closed_socket_is_an_error_and_no_signal);
    tcase_add_test(tcase, send_is_for_sockets_alone);
    tcase_add_test(tcase, send_writes_no_more_than_it_is_asked_to);
    tcase_add_test(tcase, send_resumes_partial_writes);
    tcase_add_test(tcase, what_went_out_before_an_error_is_dropped);
    tcase_add_test(tcase, writing_does_not_touch_views);
}

static void add_signals(Suite *suite)
{
    TCase *tcase = add_case(suite, "signals");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, readinto_goes_on_after_signals);
    tcase_add_test(tcase, writev_goes_on_after_signals);
}

int main(void)
{
    Suite *suite = suite_create("io");

    add_reading(suite);
    add_writing(suite);
    add_signals(suite);
    return run_suite(suite);
}
