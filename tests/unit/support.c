/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(memory_sanitizer)
#define MEMORY_SANITIZER
#include <sanitizer/msan_interface.h>
#endif
#endif

#include "cases.h"
#include "kernels/find.h"
#include "kernels/rewrite.h"
#include "kernels/syntax.h"
#include "kernels/text.h"

/* -------------------------------------------------------------- assertions */

void expect_same_int(const char *file, int line, const char *a_text, intmax_t a, const char *b_text,
                     intmax_t b)
{
    expect(a == b, "%s:%d: %s is %jd, %s is %jd", file, line, a_text, a, b_text, b);
}

void expect_same_uint(const char *file, int line, const char *a_text, uintmax_t a,
                      const char *b_text, uintmax_t b)
{
    expect(a == b, "%s:%d: %s is %ju, %s is %ju", file, line, a_text, a, b_text, b);
}

/* --------------------------------------------------------------- allocator */

/* Stands before every block; keeps the alignment that malloc gives. */
union tag {
    size_t size;
    max_align_t align;
};

/* The memory sanitizer knows which bytes nobody has set; others see what they are. */
static void fill_with_garbage(void *memory, size_t size)
{
#ifdef MEMORY_SANITIZER
    __msan_allocated_memory(memory, size);
#else
    memset(memory, 0xa5, size);
#endif
}

static void *counting_alloc(void *arg, size_t size)
{
    struct counting *counting = arg;
    union tag *tag = NULL;

    pthread_mutex_lock(&counting->lock);
    counting->calls++;
    bool fail =
        counting->fail_at != 0 && (counting->calls == counting->fail_at ||
                                   (counting->fail_after && counting->calls > counting->fail_at));
    counting->failed |= fail;
    if (!fail && size <= (size_t)1 << 30)
        tag = malloc(sizeof *tag + size);
    if (tag) {
        counting->blocks++;
        counting->bytes += size;
    }
    pthread_mutex_unlock(&counting->lock);

    if (!tag)
        return NULL;
    tag->size = size;
    fill_with_garbage(tag + 1, size);
    return tag + 1;
}

static void counting_free(void *arg, void *memory, size_t size)
{
    struct counting *counting = arg;
    union tag *tag = (union tag *)memory - 1;

    if (tag->size != size) {
        fprintf(stderr, "a block of %zu bytes came back as one of %zu\n", tag->size, size);
        abort();
    }
    memset(memory, 0xd5, size);
    free(tag);
    pthread_mutex_lock(&counting->lock);
    counting->blocks--;
    counting->bytes -= size;
    pthread_mutex_unlock(&counting->lock);
}

void counting_init(struct counting *counting)
{
    *counting = (struct counting){
        .hooks = {.alloc = counting_alloc, .free = counting_free, .arg = counting},
    };
    ck_assert_int_eq(pthread_mutex_init(&counting->lock, NULL), 0);
}

void counting_fini(struct counting *counting)
{
    ck_assert_msg(counting->blocks == 0, "%zu blocks of %zu bytes were not given back",
                  counting->blocks, counting->bytes);
    pthread_mutex_destroy(&counting->lock);
}

void counting_fail(struct counting *counting, uint64_t n, bool and_all_after)
{
    counting->fail_at = n == 0 ? 0 : counting->calls + n;
    counting->fail_after = and_all_after;
    counting->failed = false;
}

/* ------------------------------------------------------------------ random */

uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t prng_below(struct prng *prng, size_t bound)
{
    return (size_t)(prng_next(prng) % bound);
}

void prng_bytes(struct prng *prng, uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)prng_next(prng);
}

void prng_fill(struct prng *prng, void *data, size_t size, const char *alphabet, size_t letters)
{
    uint8_t *bytes = data;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)alphabet[prng_below(prng, letters)];
}

/* ------------------------------------------------------------------- guard */

void guard_init(struct guard *guard, const void *data, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = (size + page - 1) / page * page;
    uint8_t *map =
        mmap(NULL, readable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert(map != MAP_FAILED);
    if (size > 0)
        memcpy(map + readable - size, data, size);
    if (readable > 0)
        ck_assert_int_eq(mprotect(map, readable, PROT_READ), 0);
    ck_assert_int_eq(mprotect(map + readable, page, PROT_NONE), 0);
    *guard = (struct guard){
        .data = map + readable - size,
        .size = size,
        .map = map,
        .map_size = readable + page,
    };
}

void guard_fini(struct guard *guard)
{
    ck_assert_int_eq(munmap(guard->map, guard->map_size), 0);
}

/* ----------------------------------------------------------------- buffers */

struct cb_pool *new_pool(const struct cb_allocator *allocator)
{
    struct cb_pool_options options = {.size = sizeof options, .allocator = allocator};
    struct cb_pool *pool = NULL;

    ck_assert_int_eq(cb_pool_new(&pool, &options), CB_OK);
    return pool;
}

struct cb_pool_stats pool_stats(const struct cb_pool *pool)
{
    struct cb_pool_stats stats = {.size = sizeof stats};

    ck_assert_int_eq(cb_pool_stats(pool, &stats), CB_OK);
    return stats;
}

struct cb_buffer_stats buffer_stats(const struct cb_buffer *buffer)
{
    struct cb_buffer_stats stats = {.size = sizeof stats};

    ck_assert_int_eq(cb_buffer_stats(buffer, &stats), CB_OK);
    return stats;
}

struct cb_buffer *new_buffer(struct cb_pool *pool, size_t chunk_size)
{
    struct cb_buffer_options options = {
        .size = sizeof options,
        .pool = pool,
        .chunk_min = chunk_size,
        .chunk_max = chunk_size,
        .cutoff = 1,
    };
    struct cb_buffer *buffer = NULL;

    ck_assert_int_eq(cb_buffer_new(&buffer, &options), CB_OK);
    return buffer;
}

static void release_block(void *arg, const void *data, size_t size)
{
    (void)data;
    (void)size;
    free(arg);
}

void append_block(struct cb_buffer *buffer, const void *data, size_t size)
{
    void *block = malloc(size > 0 ? size : 1);
    const size_t chunks = cb_chunks(buffer, NULL, 0);

    ck_assert_ptr_nonnull(block);
    if (size > 0)
        memcpy(block, data, size);
    ck_assert_int_eq(cb_append_ref(buffer, block, size, release_block, block), CB_OK);
    ck_assert_uint_eq(cb_chunks(buffer, NULL, 0), chunks + (size > 0));
}

void append_cut(struct cb_buffer *buffer, const void *data, size_t size, const size_t *sizes,
                size_t count)
{
    const uint8_t *bytes = data;

    for (size_t at = 0, i = 0; at < size; i++) {
        size_t n = sizes[i % count] < size - at ? sizes[i % count] : size - at;

        append_block(buffer, bytes + at, n);
        at += n;
    }
}

void append_offered(struct cb_buffer *buffer, const void *data, size_t size, size_t step)
{
    const uint8_t *bytes = data;

    for (size_t at = 0; at < size;) {
        void *offer;
        size_t n;

        ck_assert_int_eq(cb_get_chunk(buffer, 0, &offer, &n), CB_OK);
        ck_assert_uint_ge(n, 1);
        n = n < step ? n : step;
        n = n < size - at ? n : size - at;
        memcpy(offer, bytes + at, n);
        ck_assert_int_eq(cb_chunk_written(buffer, n), CB_OK);
        at += n;
    }
}

struct cb_buffer *buffer_of(struct cb_pool *pool, const void *data, size_t size, size_t block)
{
    struct cb_buffer *buffer = new_buffer(pool, 2048);

    append_cut(buffer, data, size, &block, 1);
    return buffer;
}

uint8_t *flatten(const struct cb_buffer *buffer, size_t *size)
{
    size_t length = cb_length(buffer);
    size_t count = cb_chunks(buffer, NULL, 0);
    struct iovec *chunks = calloc(count + 1, sizeof *chunks);
    uint8_t *bytes = malloc(length + 1);
    uint8_t *copy = malloc(length + 1);
    size_t at = 0;

    ck_assert(chunks && bytes && copy);
    ck_assert_uint_eq(cb_chunks(buffer, chunks, count), count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_le(chunks[i].iov_len, length - at);
        if (chunks[i].iov_len > 0)
            memcpy(bytes + at, chunks[i].iov_base, chunks[i].iov_len);
        at += chunks[i].iov_len;
    }
    ck_assert_msg(at == length, "%zu chunks hold %zu bytes of %zu", count, at, length);
    ck_assert_uint_eq(cb_copyout(buffer, 0, length, copy), length);
    ck_assert_msg(memcmp(bytes, copy, length) == 0, "cb_chunks and cb_copyout disagree");
    free(copy);
    free(chunks);
    *size = length;
    return bytes;
}

void assert_holds_at(const char *file, int line, const char *name, const struct cb_buffer *buffer,
                     const void *data, size_t size)
{
    size_t length;
    uint8_t *bytes = flatten(buffer, &length);
    const uint8_t *expected = data;
    size_t same = 0;

    while (same < length && same < size && bytes[same] == expected[same])
        same++;
    ck_assert_msg(same == length && same == size,
                  "%s:%d: %s holds %zu bytes, expected %zu; the first %zu agree", file, line, name,
                  length, size, same);
    free(bytes);
}

/* ---------------------------------------------------------------- decoding */

int decode_batch(struct cb_decoder *decoder, struct cb_buffer *buffer, struct cb_piece *pieces,
                 size_t max, size_t *count)
{
    ssize_t n = cb_decoder_batch(decoder, buffer, pieces, max);

    *count = n > 0 ? (size_t)n : 0;
    return n > 0 ? CB_PIECE : (int)n;
}

/* ----------------------------------------------------------------- feeding */

bool feed_next(struct feed *feed, struct cb_buffer *buffer)
{
    size_t n = feed->at == 0 ? feed->cut : feed->step;

    if (feed->at == feed->size)
        return false;
    if (n > feed->size - feed->at)
        n = feed->size - feed->at;
    append_block(buffer, feed->data + feed->at, n);
    feed->at += n;
    return true;
}

void feed_every_way(const void *data, size_t size, feed_fn fn, void *arg)
{
    struct feed at_once = {.data = data, .size = size, .cut = size, .step = size};
    struct feed bytewise = {.data = data, .size = size, .cut = 1, .step = 1};

    fn(&at_once, arg);
    fn(&bytewise, arg);
    for (size_t cut = 1; cut < size; cut++) {
        struct feed in_two = {.data = data, .size = size, .cut = cut, .step = size};

        fn(&in_two, arg);
    }
}

/* ------------------------------------------------------------------ running */

size_t rounds(size_t few, size_t all)
{
    const char *thorough = getenv("THOROUGH");

    return thorough && *thorough ? all : few;
}

TCase *add_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

/* For kernels of type struct KERNEL: uses the one of this name, and sets *found if that is
 * another one than is used anyway, which is the first. */
#define USE_KERNEL(KERNEL, name, found)                                                            \
    do {                                                                                           \
        const struct KERNEL *kernel;                                                               \
        for (size_t i = 0; (kernel = KERNEL##_get(i)) != NULL; i++) {                              \
            if (strcmp(kernel->name, name) != 0)                                                   \
                continue;                                                                          \
            KERNEL##_use(kernel);                                                                  \
            *(found) = *(found) || i > 0;                                                          \
        }                                                                                          \
    } while (0)

/* Makes the kernels run that CB_TEST_KERNEL names, for searches, delimiters that are
 * rewritten, syntax and text; false if none of them is another one than without it. */
static bool use_kernels(void)
{
    const char *name = getenv("CB_TEST_KERNEL");
    bool found = false;

    if (!name)
        return true;
    USE_KERNEL(cb__kernel, name, &found);
    USE_KERNEL(cb__rewrite_kernel, name, &found);
    USE_KERNEL(cb__syntax_kernel, name, &found);
    USE_KERNEL(cb__text_kernel, name, &found);
    return found;
}

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    int status = 77;

    if (use_kernels()) {
        status = run_cases(runner) > 0 && srunner_ntests_failed(runner) == 0 ? EXIT_SUCCESS
                                                                             : EXIT_FAILURE;
    } else {
        printf("1..0 # SKIP there is no such kernel, or it is used anyway\n");
    }
    srunner_free(runner);
    return status;
}
