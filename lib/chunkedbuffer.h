/* SPDX-License-Identifier: MIT */
/*
 * libchunkedbuffer: stream processing without copies and without an
 * allocation per record.
 *
 * Four concepts, each built on the one before it:
 *
 *   memory   a reference-counted block of bytes (internal)
 *   pool     idle blocks, kept for reuse
 *   chunk    a read-only window into a block (visible as a struct iovec)
 *   buffer   a queue of chunks: bytes enter at its tail and leave at its head
 *
 * Framings build on these: a decoder finds records in a buffer, an encoder
 * produces the bytes around a record in the output.
 *
 * What is always true:
 *
 * - Sizes and offsets count bytes.  A *position* or *offset* of 64 bits counts
 *   from the start of the stream, an offset of type size_t from the head of
 *   the buffer.
 * - A function that returns int or ssize_t returns a positive value for a
 *   result, 0 for done, no, or not yet, and a negative value for the end or an
 *   error: see enum cb_status.  A call that fails leaves its buffers and its
 *   result arguments unchanged, unless its comment says otherwise.
 * - A window never becomes writable again.  Bytes once handed out do not change
 *   as long as anyone can see them.
 * - The library never prints, never exits, blocks only in the system calls it
 *   is asked to make, and keeps no global state except which of its kernels the
 *   processor can run.
 * - Threads: a buffer, a decoder, an encoder and a split belong to one thread at
 *   a time, and so does a pool together with everything that contains its bytes,
 *   including records taken.  Only with a pool created as `shared` may buffers
 *   with bytes in common be in different threads; pass them on with a queue, a
 *   lock or the like.  Objects of different pools may be used at the same time.
 *   Functions without any of these objects (cb_framing_..., cb_strerror,
 *   cb_version) may be called by any thread at any time.
 * - fork: if several threads use a shared pool, a child process must not use
 *   that pool or anything made with it: another thread may have held its lock at
 *   that moment, and the child would wait for ever.  Let the child call exec or
 *   _exit, or create its own pool.  Otherwise the child has a copy of everything.
 * - Signals: do not call the library in a signal handler.  No call ends early
 *   because of a signal: cb_readinto and cb_writev continue.  To stop waiting on
 *   a signal, wait in ppoll with non-blocking descriptors.
 * - Functions that only forward to another one are inline here, and not symbols of
 *   the library: a binding without a C compiler calls the other function.
 * - Option structs begin with their own size: set it to sizeof the struct, and
 *   leave everything else at zero, which means the default.  NULL instead of
 *   options means all defaults.  Anything this version does not know is
 *   CB_EINVAL: nonzero bytes beyond its own struct, unknown bits in flags, values
 *   other than 0 and 1 for yes or no.  In statistics such bytes are set to zero.
 */
/* clang-format off: the comments are aligned by hand. */
#ifndef CHUNKEDBUFFER_H
#define CHUNKEDBUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__ && __GNUC__ >= 4
#define CB_API __attribute__((visibility("default")))
/* The caller must check the result. */
#define CB_MUST_USE __attribute__((__warn_unused_result__))
/* No pointer may be NULL; not the first one; not the first two. */
#define CB_NONNULL __attribute__((__nonnull__))
#define CB_NONNULL_1 __attribute__((__nonnull__(1)))
#define CB_NONNULL_2 __attribute__((__nonnull__(1, 2)))
#define CB_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define CB_API
#define CB_MUST_USE
#define CB_NONNULL
#define CB_NONNULL_1
#define CB_NONNULL_2
#define CB_PRINTF(text, first)
#endif

/* ------------------------------------------------------ version and status */

/* The version of this header; cb_version() returns that of the library in use. */
#define CB_VERSION "0.1.0"
#define CB_VERSION_NUMBER 0x000100
CB_API const char *cb_version(void);

/*
 * One rule for results: positive is a result (a piece, yes, a count), 0 is
 * done, no, or not yet, negative is an error or the end.  So `> 0` tests for
 * success and `< 0` for the reason why nothing more will come.
 */
enum cb_status {
    CB_YES = 1,
    CB_PIECE = 1, /* the decoder returned a piece, or a record */

    CB_OK = 0,   /* done */
    CB_NO = 0,
    CB_MORE = 0, /* not yet: more input is needed */

    CB_END = -1, /* nothing more will come */

    CB_ENOMEM = -2,       /* out of memory */
    CB_EINVAL = -3,       /* an argument, an option or a specification is wrong */
    CB_ESTATE = -4,       /* this call is not allowed now */
    CB_ELIMIT = -5,       /* the buffer would exceed its limit */
    CB_EIO = -6,          /* a system call failed: see errno */
    CB_EAGAIN = -7,       /* a non-blocking descriptor is not ready */
    CB_EMALFORMED = -8,   /* the input breaks the rules of its framing */
    CB_ETRUNCATED = -9,   /* the input ends, or the next record begins, inside a record */
    CB_EOVERFLOW = -10,   /* a record is longer than max_record */
    CB_EUNENCODABLE = -11 /* the record cannot be represented in this framing */
};

/* A constant English phrase for any status, such as "out of memory". */
CB_API const char *cb_strerror(int status);

/* "Everything" for a number of bytes, "the end" for a position, "none" for a limit. */
#define CB_ALL SIZE_MAX

/* An unknown length. */
#define CB_UNKNOWN UINT64_MAX

/*
 * Where memory comes from.  `alloc` returns `size` bytes aligned as by malloc,
 * or NULL; `free` releases what `alloc` returned, with its size.
 * The struct and what `arg` points to must outlive everything made with them.
 * Both functions are required: without either it is CB_EINVAL.
 * Neither may call this library.
 * With a shared pool, any thread may call them.
 */
struct cb_allocator {
    void *(*alloc)(void *arg, size_t size);
    void (*free)(void *arg, void *memory, size_t size);
    void *arg;
};

/* -------------------------------------------------------------------- pool */

/*
 * A pool keeps unused blocks by size class (powers of two) and reuses the one
 * released last, whose bytes are most likely still in the cache.  It lives until
 * its owner has unreferenced it and the last of its blocks is released, so you
 * may unreference it before the buffers that use it are freed.
 */
struct cb_pool;

struct cb_pool_options {
    size_t size;       /* sizeof(struct cb_pool_options) */
    size_t idle_limit; /* most idle bytes to keep; 0: 16 MiB; CB_ALL: no limit */
    unsigned shared;   /* 1: its blocks may cross threads (atomic counts
                          and a lock, about 20 ns a block), and so may buffers
                          that use this pool: bytes in blocks of other pools
                          are copied into them instead of referenced */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
};

struct cb_pool_stats {
    size_t size;          /* sizeof(struct cb_pool_stats), set by the caller */
    size_t live_bytes;    /* in blocks in use */
    size_t pinned_bytes;  /* of these, in blocks without a writer, kept alive
                             only by the data in them */
    size_t idle_bytes;    /* in blocks waiting for reuse */
    size_t live_blocks;
    size_t idle_blocks;
    uint64_t allocations; /* calls of the allocator for blocks, in total */
    uint64_t copied;      /* payload bytes copied by buffers of this pool, in total */
    uint64_t scanned;     /* bytes examined by searches in these buffers, in total */
};

/* Creates a pool in *pool, owned by the caller.  CB_ENOMEM, CB_EINVAL. */
CB_API CB_MUST_USE int cb_pool_new(struct cb_pool **pool, const struct cb_pool_options *options)
    CB_NONNULL_1;
/* Take and drop a reference.  Both accept NULL. */
CB_API struct cb_pool *cb_pool_ref(struct cb_pool *pool);
CB_API void cb_pool_unref(struct cb_pool *pool);
/* Frees the blocks idle now, and those in use now as soon as they are released. */
CB_API void cb_pool_reset(struct cb_pool *pool) CB_NONNULL;
/* Fills *stats, up to stats->size bytes.  CB_EINVAL. */
CB_API int cb_pool_stats(const struct cb_pool *pool, struct cb_pool_stats *stats) CB_NONNULL;

/* ------------------------------------------------------------------ buffer */

/*
 * A queue of chunks, with its total length and the stream position of its head:
 * 0 at first, advancing with every byte that leaves at the head.
 *
 * Three ways to get at the bytes, from cheap to expensive:
 *   borrowed  a pointer and a length: cb_data, cb_chunks, the pieces of a
 *             decoder.  Valid until the next call that changes the buffer.
 *   taken     cb_take, cb_peek, cb_slice: the chunks themselves, in another
 *             buffer, valid as long as that buffer keeps them.  No byte is
 *             copied, and nothing is allocated once pool and rings are warm.
 *   copied    cb_copyout.
 *
 * A taken record keeps alive the whole block that contains its bytes (2 KiB to
 * 256 KiB with the default options).  To keep many small records for long, set
 * copy_below.
 *
 * A buffer with a shared pool copies bytes from blocks that must not cross
 * threads, whichever call adds them: it never contains such a block.
 */
struct cb_buffer;

struct cb_buffer_options {
    size_t size;          /* sizeof(struct cb_buffer_options) */
    struct cb_pool *pool; /* NULL: none, every block is allocated and freed */
    size_t chunk_min;     /* smallest and largest chunk to read into; */
    size_t chunk_max;     /* defaults 2048 and 262144 */
    size_t cutoff;        /* cb_append_ref and cb_extend copy less than this;
                             default 4096 */
    size_t copy_below;    /* cb_take, cb_peek and cb_slice from this buffer copy
                             anything shorter; default 0: never */
    size_t limit;         /* most bytes in the buffer; 0: no limit */
    unsigned release_fast; /* 1: an empty buffer releases its block at
                              once instead of keeping it for the next read */
    const struct cb_allocator *allocator; /* for the buffer itself; NULL: that
                                             of the pool, or malloc and free */
};

struct cb_buffer_stats {
    size_t size;         /* sizeof(struct cb_buffer_stats), set by the caller */
    size_t length;       /* bytes in the buffer */
    size_t chunks;       /* windows that contain them */
    size_t pinned_bytes; /* in the blocks that these windows keep alive; a block between whose
                            windows there are others counts for each run of them */
    size_t chunk_size;   /* the size of the next chunk to read into */
};

/* Creates an empty buffer in *buffer.  It takes a reference to its pool.
 * CB_ENOMEM; CB_EINVAL if chunk_min is greater than chunk_max, or either is
 * above 1 GiB; if only one of them is given, the other one is adjusted. */
CB_API CB_MUST_USE int cb_buffer_new(struct cb_buffer **buffer,
                                     const struct cb_buffer_options *options) CB_NONNULL_1;
CB_API void cb_buffer_free(struct cb_buffer *buffer); /* NULL is fine */
/* Walks over all chunks.  CB_EINVAL. */
CB_API int cb_buffer_stats(const struct cb_buffer *buffer, struct cb_buffer_stats *stats)
    CB_NONNULL;

/* The number of bytes in the buffer.  Free. */
CB_API size_t cb_length(const struct cb_buffer *buffer) CB_NONNULL;
/* The stream position of the first byte in the buffer.  Free. */
CB_API uint64_t cb_position(const struct cb_buffer *buffer) CB_NONNULL;
/* Sets the stream position of the next byte to be added.  CB_ESTATE if the
 * buffer contains bytes or an offer is open; CB_EINVAL beyond 2^63 - 1. */
CB_API int cb_set_position(struct cb_buffer *buffer, uint64_t position) CB_NONNULL;

/* ---------------------------------------------------------------- fill it */

/*
 * Offers memory to write into: at least one byte, and `hint` bytes if they fit
 * in chunk_max; a hint of 0 means a size based on recent input.  The offer is
 * open until cb_chunk_written, which says how much was written (0 cancels the
 * offer).  A new offer replaces an open one, even if it fails, and so does any
 * other call that adds bytes.  Chunks grow when offers are filled completely
 * several times, and shrink when two offers in a row are less than a quarter full.
 * CB_ENOMEM; CB_ELIMIT if the buffer is full.
 */
CB_API CB_MUST_USE int cb_get_chunk(struct cb_buffer *buffer, size_t hint, void **data,
                                    size_t *size) CB_NONNULL;

/*
 * The same with several areas, for readv and recvmsg: fills at most `max` of
 * `areas`, with a total of at least `hint` bytes if `max` and chunk_max allow
 * (it never uses more than eight), and returns how many it filled.  cb_commit
 * adds the first n bytes of them, in order.  If it fails, some of `areas` may
 * have been written to.  CB_EINVAL if `max` is 0; CB_ENOMEM; CB_ELIMIT as above.
 */
CB_API CB_MUST_USE ssize_t cb_reserve(struct cb_buffer *buffer, size_t hint, struct iovec *areas,
                                      size_t max) CB_NONNULL;
/* CB_ESTATE without an offer, or for more than was offered. */
CB_API int cb_commit(struct cb_buffer *buffer, size_t n) CB_NONNULL;
/* The same for cb_get_chunk. */
static inline int cb_chunk_written(struct cb_buffer *buffer, size_t n)
{
    return cb_commit(buffer, n);
}

/*
 * Does one readv from fd into the rest of the last chunk and a new one, of at most
 * `most` bytes (CB_ALL: as many as there is room for).  The room depends on recent
 * input, whatever `most` is; to have room for a datagram of any size, use
 * cb_reserve.
 * Returns the number of bytes read, 0 at end of file.  Retries after EINTR.
 * CB_EAGAIN; CB_EIO with errno set; CB_ENOMEM; CB_ELIMIT; CB_EINVAL if `most` is 0,
 * since that would look like end of file.
 */
CB_API CB_MUST_USE ssize_t cb_readinto(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;

/*
 * Called once, when nobody can see the bytes any more, by the call that drops the
 * last window into them: cb_skip, cb_truncate, cb_data, a cb_take that copies,
 * cb_writev, cb_buffer_free, cb_drop, calls of a decoder, or cb_append_ref and
 * cb_extend themselves if they copy.  With a shared pool, in any thread.
 *
 * It may make any call for any buffer that is not in use by another thread or by
 * the same call (as `record` is in cb_decoder_take).  For the buffer that the
 * bytes leave, it may make any call except cb_buffer_free; that buffer is
 * consistent at that time: the bytes are gone from it, and if several blocks are
 * being dropped, the later ones are still there.  It must not call a decoder or
 * split that is reading from that buffer.  While cb_truncate or cb_buffer_free drop
 * bytes, adding bytes fails with CB_ELIMIT; if it drops bytes that cb_data was
 * asked for, the pointer from cb_data is invalid.
 */
typedef void (*cb_release_fn)(void *arg, const void *data, size_t size);

/* Appends the caller's bytes without a copy.  They must not change until
 * `release` is called with `arg` (release may be NULL).  Less than the cutoff
 * is copied and released at once.  On failure the caller still owns the bytes
 * and release is not called.  CB_ENOMEM, CB_ELIMIT. */
CB_API CB_MUST_USE int cb_append_ref(struct cb_buffer *buffer, const void *data, size_t size,
                                     cb_release_fn release, void *arg) CB_NONNULL_1;
/* Appends several areas, all or none of them: copies them if `release` is NULL, else
 * appends each as cb_append_ref does, and release is called once for each. */
CB_API CB_MUST_USE int cb_extend(struct cb_buffer *buffer, const struct iovec *areas, size_t count,
                                 cb_release_fn release, void *arg) CB_NONNULL_1;
/* Copies `size` bytes to the tail.  CB_ENOMEM, CB_ELIMIT. */
static inline CB_MUST_USE int cb_append(struct cb_buffer *buffer, const void *data, size_t size)
{
    struct iovec area;
    area.iov_base = (void *)(uintptr_t)data; /* is only read */
    area.iov_len = size;
    return cb_extend(buffer, &area, 1, NULL, NULL);
}
/* Appends text formatted by printf, of any length, directly into the tail; if it
 * does not fit there, it is formatted again into a new block.  CB_ENOMEM; CB_ELIMIT;
 * CB_EINVAL, with errno set, if printf fails. */
CB_API CB_MUST_USE int cb_printf(struct cb_buffer *buffer, const char *format, ...) CB_PRINTF(2, 3)
    CB_NONNULL_2;
CB_API CB_MUST_USE int cb_vprintf(struct cb_buffer *buffer, const char *format, va_list arguments)
    CB_PRINTF(2, 0) CB_NONNULL_2;
/* Copies bytes before the head.  The position of the head goes back by `size`,
 * but not below 0: if needed, the existing bytes move up by the rest.  CB_ENOMEM,
 * CB_ELIMIT. */
CB_API CB_MUST_USE int cb_prepend(struct cb_buffer *buffer, const void *data, size_t size)
    CB_NONNULL_1;
/* Appends the contents of all `count` sources by reference; they keep them too.  All
 * or nothing.  CB_ENOMEM, CB_ELIMIT; CB_EINVAL if a source is `buffer`. */
CB_API CB_MUST_USE int cb_merge(struct cb_buffer *buffer, struct cb_buffer *const *sources,
                                size_t count) CB_NONNULL_1;
/* The same for one source. */
static inline CB_MUST_USE int cb_append_buffer(struct cb_buffer *buffer,
                                               const struct cb_buffer *source)
{
    struct cb_buffer *sources[1];
    sources[0] = (struct cb_buffer *)(uintptr_t)source; /* is not changed */
    return cb_merge(buffer, sources, 1);
}

/* ------------------------------------------------------------- look at it */

/* Fills at most `max` entries with the first chunks, and returns the total number
 * of chunks.  Borrowed. */
CB_API size_t cb_chunks(const struct cb_buffer *buffer, struct iovec *chunks, size_t max)
    CB_NONNULL_1;
/* Returns the first n bytes as one contiguous area, borrowed.  Copies bytes only if
 * they straddle chunks.  Asking for the whole contents again and again while the
 * buffer grows takes linear time in total; asking for less than that, or while room is
 * offered (cb_get_chunk), may copy all n bytes each time.
 * CB_YES; CB_MORE if the buffer has less than n bytes; CB_ENOMEM. */
CB_API CB_MUST_USE int cb_data(struct cb_buffer *buffer, size_t n, const void **data) CB_NONNULL;
/* Copies at most n bytes, starting at `offset`; returns how many.  Like cb_slice, it goes to
 * `offset` chunk by chunk, from the nearer end. */
CB_API size_t cb_copyout(const struct cb_buffer *buffer, size_t offset, size_t n, void *out)
    CB_NONNULL_1;
/* CB_YES or CB_NO. */
CB_API int cb_equal_bytes(const struct cb_buffer *a, const void *data, size_t n) CB_NONNULL_1;
/* Less than, equal to or greater than 0, in the order of memcmp; a proper prefix
 * is less. */
CB_API int cb_compare(const struct cb_buffer *a, const struct cb_buffer *b) CB_NONNULL;
/* CB_YES or CB_NO. */
static inline int cb_equal(const struct cb_buffer *a, const struct cb_buffer *b)
{
    return cb_length(a) == cb_length(b) && cb_compare(a, b) == 0 ? CB_YES : CB_NO;
}

/*
 * Finds the first occurrence of the n bytes of `needle` that lies entirely between
 * `start` and `end` (CB_ALL: the end of the buffer), counted from the head; larger
 * bounds are clipped, as in Python's bytes.find.  An empty needle is found at
 * `start`, if that is not beyond the end.
 * CB_YES with *at set; CB_NO; CB_ENOMEM for a new needle.
 * Linear in the bytes between the bounds, whatever the needle.  The buffer
 * remembers the searches for the last eight needles (2.5 KiB each, and for needles
 * longer than 8 bytes 60 for each byte), including those of cb_takeuntil and cb_takeline:
 * a repeated search from the same or a later place only examines new bytes.
 * cb_prepend and cb_set_position make the buffer forget them; after cb_truncate
 * the last remaining bytes are examined again.
 */
CB_API CB_MUST_USE int cb_find(struct cb_buffer *buffer, const void *needle, size_t n, size_t start,
                               size_t end, size_t *at) CB_NONNULL_1;
/*
 * The same for several needles, 1 or more, none of them empty (else CB_EINVAL): finds
 * the match that begins first; of several there, the longest.  *which is the index
 * of the needle; of identical needles, the first.
 * A set is remembered like a single needle (plus its bytes and 32 for each needle),
 * and recognized by the same needles in the same order.  It resumes in the same way,
 * except for an `end` before bytes that were already examined: that is a new search.
 * A needle found at the very end of the buffer may become a longer one when more
 * bytes arrive.
 */
CB_API CB_MUST_USE int cb_find_any(struct cb_buffer *buffer, const struct iovec *needles,
                                   size_t count, size_t start, size_t end, size_t *at,
                                   size_t *which) CB_NONNULL_1;

/* ----------------------------------------------------------- take from it */

/* Moves at most n bytes (CB_ALL: all) from the head of `source` to the tail of
 * `target`, by reference; returns how many.  CB_ENOMEM, CB_ELIMIT;
 * CB_EINVAL if both are the same buffer. */
CB_API CB_MUST_USE ssize_t cb_take(struct cb_buffer *source, size_t n, struct cb_buffer *target)
    CB_NONNULL;
/* The same, starting at `offset`, but source keeps them. */
CB_API CB_MUST_USE ssize_t cb_slice(const struct cb_buffer *source, size_t offset, size_t n,
                                    struct cb_buffer *target) CB_NONNULL;
/* The same from the head. */
static inline CB_MUST_USE ssize_t cb_peek(const struct cb_buffer *source, size_t n,
                                          struct cb_buffer *target)
{
    return cb_slice(source, 0, n, target);
}
/* Drops at most n bytes (CB_ALL: all) from the head; returns how many. */
CB_API size_t cb_skip(struct cb_buffer *buffer, size_t n) CB_NONNULL;
/* Copies at most n bytes from the head to `out` and drops them; returns how many. */
static inline size_t cb_remove(struct cb_buffer *buffer, size_t n, void *out)
{
    return cb_skip(buffer, cb_copyout(buffer, 0, n, out));
}
/* Drops everything after the first n bytes; returns how many bytes. */
CB_API size_t cb_truncate(struct cb_buffer *buffer, size_t n) CB_NONNULL;

enum { CB_KEEP = 1 }; /* the delimiter or line end stays on the record */

/*
 * Moves everything before the first `delimiter` that begins at `start` or
 * later into `target`, and drops the delimiter (with CB_KEEP: moves it too).
 * CB_YES; CB_MORE if there is none yet, with nothing changed: the next call with
 * the same delimiter only examines new bytes, so a record that arrives in k pieces
 * is scanned once, even with searches for other needles in between (see cb_find).
 * CB_EOVERFLOW, with nothing changed, as soon as more than `limit` bytes are known
 * to come before the delimiter (0 or CB_ALL: no limit): the caller decides what to
 * do with them.  No call looks beyond that limit.
 * CB_EINVAL for an empty delimiter; CB_ENOMEM; CB_ELIMIT if `target` has no room.
 * All functions with flags: CB_EINVAL for an unknown flag.
 */
CB_API CB_MUST_USE int cb_takeuntil(struct cb_buffer *buffer, const void *delimiter, size_t n,
                                    size_t start, size_t limit, unsigned flags,
                                    struct cb_buffer *target) CB_NONNULL_1;
/* The same for a line: it ends at LF, and one CR before that is dropped too.
 * The limit counts neither of them. */
CB_API CB_MUST_USE int cb_takeline(struct cb_buffer *buffer, size_t start, size_t limit,
                                   unsigned flags, struct cb_buffer *target) CB_NONNULL;
/* Drops `prefix` if the buffer starts with it: CB_YES; otherwise CB_NO.  If the
 * buffer so far is the beginning of the prefix, *missing is how many more bytes are
 * needed; otherwise 0. */
CB_API CB_MUST_USE int cb_skip_if_startswith(struct cb_buffer *buffer, const void *prefix, size_t n,
                                             size_t *missing) CB_NONNULL_1;

/* ------------------------------------------------------------------ numbers */

enum cb_endian { CB_BIG_ENDIAN = 1, CB_LITTLE_ENDIAN = 2 };

/* Takes an unsigned number of `width` bytes (1 to 8).  CB_YES; CB_MORE, with
 * nothing changed; CB_EINVAL. */
CB_API CB_MUST_USE int cb_read_uint(struct cb_buffer *buffer, unsigned width, enum cb_endian endian,
                                    uint64_t *value) CB_NONNULL;
/* Takes an unsigned LEB128 number.  CB_YES; CB_MORE; CB_EMALFORMED if it is
 * longer than ten bytes or does not fit in 64 bits. */
CB_API CB_MUST_USE int cb_read_varint(struct cb_buffer *buffer, uint64_t *value) CB_NONNULL;

/* Takes the decimal digits at the head: CB_YES.  The byte that ends them stays.
 * CB_MORE if the buffer is empty or has only digits; if no more will come, append a
 * line feed or the like and call again.  CB_EMALFORMED if the head is not a digit,
 * but a sign or a blank for instance; CB_EOVERFLOW for 2^64 and above, and for more
 * than 20 digits, including zeros. */
CB_API CB_MUST_USE int cb_read_decimal(struct cb_buffer *buffer, uint64_t *value) CB_NONNULL;

/* The reverse of these three: CB_ENOMEM, CB_ELIMIT; and CB_EINVAL if the number
 * does not fit in `width` bytes. */
CB_API CB_MUST_USE int cb_append_uint(struct cb_buffer *buffer, uint64_t value, unsigned width,
                                      enum cb_endian endian) CB_NONNULL;
CB_API CB_MUST_USE int cb_append_varint(struct cb_buffer *buffer, uint64_t value) CB_NONNULL;
CB_API CB_MUST_USE int cb_append_decimal(struct cb_buffer *buffer, uint64_t value) CB_NONNULL;

/* -------------------------------------------------------- split and strip */

/* Iterates over the parts of a buffer; created by one of the two calls below. */
struct cb_split;

/* The parts between separators, like Python's bytes.split: "a,,b," split at ","
 * has four, the last one empty.  If separator is NULL, runs of ASCII white space
 * separate the parts, and none is empty.  After `maximum` splits (CB_ALL: no
 * limit) the rest is the last part, including separators: "a,,b," with one split
 * is "a" and ",b,".  `source` must not change or be freed during the iteration.
 * CB_EINVAL for an empty separator; CB_ENOMEM. */
CB_API CB_MUST_USE int cb_split_new(struct cb_split **split, struct cb_buffer *source,
                                    const void *separator, size_t n, size_t maximum) CB_NONNULL_2;
/* The lines, ended by LF, CR or CRLF, like bytes.splitlines; flags: CB_KEEP. */
CB_API CB_MUST_USE int cb_splitlines_new(struct cb_split **split, struct cb_buffer *source,
                                         unsigned flags) CB_NONNULL;
/* Appends the next part to `part`, by reference.  CB_YES; CB_END; CB_ENOMEM,
 * CB_ELIMIT. */
CB_API CB_MUST_USE int cb_split_next(struct cb_split *split, struct cb_buffer *part) CB_NONNULL;
CB_API void cb_split_free(struct cb_split *split); /* NULL is fine */

/* Drops the bytes in `set` (NULL: ASCII white space) from both ends.  Returns how
 * many. */
CB_API size_t cb_strip(struct cb_buffer *buffer, const void *set, size_t n) CB_NONNULL_1;

/* -------------------------------------------------------------- write it */

/*
 * Writes at most `most` bytes of the buffer (CB_ALL: all) to fd with writev and drops
 * what was written, until all is written or the descriptor would block.  Returns how
 * many bytes were written.  Retries after EINTR and short writes.  CB_EAGAIN if
 * nothing could be written; CB_EIO with errno set, after dropping what was written.
 * If a pipe or socket has no reader any more, the process gets SIGPIPE, which ends
 * it unless ignored; if ignored, the result is CB_EIO with EPIPE.
 */
CB_API CB_MUST_USE ssize_t cb_writev(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;
/* The same with sendmsg, so a socket closed by the other end is CB_EIO with EPIPE,
 * without SIGPIPE.  Only for sockets: otherwise CB_EIO with ENOTSOCK. */
CB_API CB_MUST_USE ssize_t cb_send(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;

/* ---------------------------------------------------------------- framings */

/*
 * A framing is a way to put records into a stream of bytes.  A specification
 * NAME[:ARGUMENT][,KEY[=VALUE]]... selects it, such as "line", "delim:\r\n",
 * "u16be,offset=2,inclusive" or "chunked".  The escapes
 * \n \r \t \0 \a \b \e \f \v \\ \, \xHH are decoded in ARGUMENT and VALUE; write
 * "\\," in C.  cb-framing(7) describes every framing.
 */
struct cb_framing;

enum {
    CB_DECODES = 1,
    CB_ENCODES = 2,
    CB_TAKES_VALUE = 4 /* of a key */
};

/* Iterates over the table of framings: NULL returns the first, the last returns
 * NULL.  Framings, and all texts about them, are constant. */
CB_API const struct cb_framing *cb_framing_next(const struct cb_framing *framing);
CB_API const char *cb_framing_name(const struct cb_framing *framing) CB_NONNULL;
CB_API const char *cb_framing_summary(const struct cb_framing *framing) CB_NONNULL; /* one line */
/* CB_DECODES, CB_ENCODES. */
CB_API unsigned cb_framing_can(const struct cb_framing *framing) CB_NONNULL;
/* The generic specification that a preset stands for, or NULL.  It contains keys for
 * both directions, some of which are invalid in the other one. */
CB_API const char *cb_framing_preset(const struct cb_framing *framing) CB_NONNULL;
/* Names that others have for it, separated by spaces, such as "jsonl"; or NULL.  A
 * specification cannot use them. */
CB_API const char *cb_framing_also(const struct cb_framing *framing) CB_NONNULL;
/* A key that its specification may have, by index from 0; NULL after the last one.
 * "" is the argument.  *uses gets CB_DECODES and CB_ENCODES, the directions in which
 * it is valid, and CB_TAKES_VALUE.  What a preset has already set is not in the list. */
CB_API const char *cb_framing_key(const struct cb_framing *framing, size_t index, unsigned *uses)
    CB_NONNULL;
/* The framing named by a specification, or NULL.  Only the name matters; if two
 * framings have it, one for output only, the first. */
CB_API const struct cb_framing *cb_framing_find(const char *specification) CB_NONNULL;

/* ------------------------------------------------------------------- decode */

/* What went wrong, and where. */
struct cb_error {
    int code;        /* CB_E... */
    uint64_t record; /* number of the record, from 1; 0: no record */
    uint64_t offset; /* of the fault in the stream, or in the specification, from 0 */
    uint64_t start;  /* where the record begins in the stream, with its header; if the record
                        as a whole is at fault, the same as offset */
    char text[224];  /* the cause, without the place: printable ASCII */
};

/*
 * A part of a record: a borrowed span.  The first part of a record has the flag
 * CB_FIRST, the last CB_LAST; most have both.  A part may be empty.
 */
struct cb_piece {
    const uint8_t *data;
    size_t length;
    uint64_t record; /* number of its record, from 1 */
    uint64_t offset; /* of its first byte in the stream; if the payload is not in the
                        stream as it is (escapes, parts with framing between them),
                        the offset of the record's first byte plus the payload since */
    uint64_t total;  /* length of the whole record; CB_UNKNOWN if not known yet, but
                         always known in the last part */
    void *block;     /* the library's, to reference the bytes; NULL in pieces made by
                        the caller, which are copied */
    uint32_t flags;  /* CB_FIRST, CB_LAST, CB_APART, CB_TRAILER_APART */
    uint32_t header; /* in the first part: number of bytes in the frame before the
                        payload, which end at `data` unless CB_APART.  0 if the
                        framing has no such header, and with `keep` */
    uint32_t trailer; /* with the option `trailers`, in the last part: number of bytes in the
                         frame after the payload, which begin where it ends unless
                         CB_TRAILER_APART.  0 if there are none, with `keep`, if the record
                         is truncated, and if its payload is not in the stream as it is */
};

enum {
    CB_FIRST = 1,
    CB_LAST = 2,
    CB_APART = 4,        /* the header is somewhere else: cb_decoder_header */
    CB_TRAILER_APART = 8 /* so is the trailer: cb_decoder_trailer */
};

enum cb_partial {
    CB_PARTIAL_DEFAULT, /* emit for delimiters, lines and fixed, and where the last
                           record may lack its end; drop for sse,data; otherwise
                           fail */
    CB_PARTIAL_FAIL,    /* an unfinished last record is CB_ETRUNCATED, and so is a
                           message without its last frame or an array of
                           json,array without its end.  In json-seq, every
                           record that RS cuts short is treated like the last */
    CB_PARTIAL_EMIT,    /* it is a record */
    CB_PARTIAL_DROP     /* it is dropped; implies `whole` */
};

enum cb_overflow {
    CB_OVERFLOW_FAIL,    /* a record longer than max_record is CB_EOVERFLOW */
    CB_OVERFLOW_SKIP,    /* it is dropped, and has no number; implies `whole` if
                            the framing does not declare lengths in advance */
    CB_OVERFLOW_TRUNCATE /* its beginning is returned, up to max_record; the last piece,
                            which may be empty, comes when its frame is complete and valid */
};

enum cb_malformed {
    CB_MALFORMED_FAIL, /* malformed input is an error for good */
    CB_MALFORMED_SKIP  /* cb_decoder_recover can go on after it; implies `whole`.  CB_EINVAL
                          from cb_decoder_new without CB_RECOVERS */
};

enum { CB_WHOLE = 1, CB_WHOLE_UNTOLD = 2 };

struct cb_decoder;

struct cb_decoder_options {
    size_t size;         /* sizeof(struct cb_decoder_options) */
    uint64_t max_record; /* longest record; 0: no limit, or 64 MiB with `whole` */
    enum cb_partial on_partial;
    unsigned whole; /* CB_WHOLE: no piece of a record is returned before the end of the record
                       was seen, so `total` is always known; CB_WHOLE_UNTOLD: only if the
                       framing does not declare the length; 0: neither, but for hdlc, whose
                       frames may be cancelled until they end */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
    enum cb_overflow on_overflow;
    enum cb_malformed on_malformed;
    unsigned trailers; /* 1: last pieces tell how many bytes of the frame follow them.  A frame
                          with several possible ends (a delimiter that may go on) is then
                          read to its end, as with `keep`, before its last piece */
};

/* Properties of a decoder. */
enum {
    CB_TELLS_LENGTH = 1, /* `total` is known in every piece, even without `whole` */
    CB_PARTS = 2,        /* the records are parts of one body: their payloads one
                            after another */
    CB_SYNC = 4,         /* decoding may begin at a place that cb_decoder_sync finds;
                            a frame begins with the payload */
    CB_RECOVERS = 16,    /* after malformed input the next frame can be found */
    CB_INDEPENDENT = 8   /* each frame declares its length at its beginning, and each
                            record can be decoded without those before and after it */
};

/*
 * Creates a decoder for the records of one stream.  CB_EINVAL with *error filled
 * (its offset is a place in the specification); CB_ENOMEM.  `error` may be
 * NULL.
 *
 * The first call with a buffer begins a stream at its head and binds the two to
 * each other until the decoder is reset or freed, or the buffer is freed.
 * Payload that the decoder has to assemble is stored in the pool of that buffer,
 * subject to its copy_below.  Meanwhile bytes may be appended, and bytes that the
 * decoder has returned may leave at the head.  Each of the following makes every
 * further call return CB_ESTATE, until a reset:
 *   - another buffer, even a new one that replaces one that was freed;
 *   - bytes prepended, truncated or stripped from the end, or a call of
 *     cb_set_position;
 *   - bytes that left before they were returned.
 * After CB_END or an error no reset is needed: the result stays the same.
 *
 * Several decoders may read one buffer in turn.  A second one may begin where
 * the first has returned and released whole records, and nothing of the next one;
 * elsewhere it gets CB_ESTATE, unless the first is reset or freed.  The first
 * one has then lost the buffer, and must be reset before it reads again.
 */
CB_API CB_MUST_USE int cb_decoder_new(struct cb_decoder **decoder, const char *specification,
                                      const struct cb_decoder_options *options,
                                      struct cb_error *error) CB_NONNULL_2;
CB_API void cb_decoder_free(struct cb_decoder *decoder); /* NULL is fine */
/* Forgets the stream and its buffer, to begin another one at the head of any
 * buffer.  Invalidates all pieces and frees assembled payload. */
CB_API void cb_decoder_reset(struct cb_decoder *decoder) CB_NONNULL;
/* CB_TELLS_LENGTH and so on.  Free. */
CB_API unsigned cb_decoder_traits(const struct cb_decoder *decoder) CB_NONNULL;

/*
 * Fills at most `max` pieces.  Returns
 *   a count   of pieces, 1 or more; call again before reading more input
 *   CB_MORE   the buffer contains no more pieces: add at least
 *             cb_decoder_needed() bytes
 *   CB_END    the framing or the input has ended; after cb_decoder_release, the
 *             bytes that follow are at the head
 *   CB_E...   an error, the same at every further call: cb_decoder_error()
 * and also, without filling cb_decoder_error():
 *   CB_ESTATE this is not the decoder's buffer, or it was changed: see
 *             cb_decoder_new
 *   CB_ENOMEM at the first call for a stream: may be called again
 * The pieces are valid until cb_decoder_release, or until bytes leave the
 * buffer in any other way, or are joined by cb_data; appending does not affect them.
 *
 * Copies bytes only where the framing changes payload, and examines none twice.
 * Cost: a few nanoseconds a record.
 */
CB_API CB_MUST_USE ssize_t cb_decoder_batch(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                            struct cb_piece *pieces, size_t max) CB_NONNULL_2;
/* Drops from the buffer everything returned as pieces, and the framing around it. */
CB_API void cb_decoder_release(struct cb_decoder *decoder, struct cb_buffer *buffer) CB_NONNULL;
/* Copies the frame header before a record's first piece: at most `room` of the
 * piece->header bytes.  Returns how many.  Frames with a length have a header (the
 * stream number of Docker, the type of PostgreSQL, a chunk's size), as do those of
 * websocket (of a message in fragments, the first one's); in http and content-length it
 * is a message's header section, with its start line, and in http the size of the first
 * chunk.  The piece must be unchanged and still valid. */
CB_API size_t cb_decoder_header(const struct cb_decoder *decoder, const struct cb_piece *piece,
                                void *out, size_t room) CB_NONNULL_2;
/* The same for the bytes after a record's last piece, with the option `trailers`: at most
 * `room` of the piece->trailer bytes. */
CB_API size_t cb_decoder_trailer(const struct cb_decoder *decoder, const struct cb_piece *piece,
                                 void *out, size_t room) CB_NONNULL_2;
/* Releases the previous piece and returns one more.  Returns as cb_decoder_batch; at
 * CB_END the end marker is released too, so the bytes that follow are at the head.
 * Costs little more: short records are found many at a time. */
CB_API CB_MUST_USE int cb_decoder_next(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       struct cb_piece *piece) CB_NONNULL;
/* Releases, then skips at most `max` records; *count is how many ended.
 * Returns CB_PIECE if that is 1 or more, otherwise as cb_decoder_batch.
 * Counting records this way costs about as much as finding their ends.
 * With max 0 it skips bytes still known to belong to the last record: the "\n" of
 * "\r\n", where "\r" was enough to end it.  CB_YES, or CB_MORE if more such bytes
 * may follow. */
CB_API CB_MUST_USE int cb_decoder_skip(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       uint64_t max, uint64_t *count) CB_NONNULL_2;
/* Releases, then appends one whole record to `record`, by reference: CB_PIECE.
 * Otherwise as cb_decoder_next.  The limit is max_record, or else 64 MiB: a
 * longer record is treated according to on_overflow, but bytes dropped or truncated
 * can still be had in pieces if they were not released.  CB_ESTATE also if part of
 * the record was already returned. */
CB_API CB_MUST_USE int cb_decoder_take(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       struct cb_buffer *record) CB_NONNULL;

/*
 * After CB_EMALFORMED, with CB_MALFORMED_SKIP: releases, and goes on where the next
 * frame can begin: after or before the mark that separates frames, or, where that is not
 * enough, where a frame is right, and unless a checksum or the like proves it the one
 * after it, too, or its header, or the input ends.  *lost is how many bytes were left out
 * so far, from the beginning of the bad frame on.  A record longer than max_record, if
 * on_overflow allows it, is not held: if its frame is wrong, the search begins where that
 * shows.  The search passes over such a record if it is too long by up to 1 MiB, and does not
 * believe one that claims more.
 * CB_YES: decoding goes on there; the record has the number of the one left out.
 * CB_MORE: no such place yet; add input, or tell that it has ended, and call again.
 * CB_END: the input has ended, and there is none.  CB_ENOMEM.  CB_ESTATE after anything
 * else.  Linear in the bytes left out, if they are in few chunks: a frame that is tried costs
 * its header and a step for each chunk, not its payload.
 */
CB_API CB_MUST_USE int cb_decoder_recover(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                          uint64_t *lost) CB_NONNULL;

/*
 * With CB_SYNC: finds the last place before position + n where decoding may begin
 * as well as at the beginning of the stream; `data` are the n >= 1 bytes of the
 * stream at `position`.  Decoding from there finds every record that begins after
 * that place; what comes first may be the end of a record.
 * CB_YES with *place set; CB_NO if these bytes contain no such place: with more
 * bytes before them they may.  Position 0 always is one.  CB_EINVAL without
 * CB_SYNC.  Linear in n.
 */
CB_API CB_MUST_USE int cb_decoder_sync(const struct cb_decoder *decoder, const void *data, size_t n,
                                       uint64_t position, uint64_t *place) CB_NONNULL_1;

/* Tells the decoder that the input has ended: nothing follows what is in the buffer. */
CB_API void cb_decoder_finish(struct cb_decoder *decoder) CB_NONNULL;
/* Tells it that no more input is expected for now.  A record whose end only the bytes
 * after it would show is then complete, as at the end of the input, and bytes that arrive
 * later begin the next one: a record of "start" (with `line` or `blank`, where a mark may
 * follow), a folded line of "line,fold", a number of "json", and with `keep` a delimiter
 * that may still become longer.  Other records, half a line for instance, still wait for
 * their end.  Holds until a call returns CB_MORE, or more bytes are appended. */
CB_API void cb_decoder_settle(struct cb_decoder *decoder) CB_NONNULL;

/* After CB_MORE: the least number of bytes that are missing, 1 or more. */
CB_API uint64_t cb_decoder_needed(const struct cb_decoder *decoder) CB_NONNULL;
/* After CB_MORE: how many of the last bytes in the buffer may turn out to come after
 * the next record, because only what follows tells where it ends; nearly always 0.
 * With delimiters "a" and "abc" it is 1 for "ab". */
CB_API uint64_t cb_decoder_undecided(const struct cb_decoder *decoder) CB_NONNULL;
/* After CB_MORE: how many of the bytes to come, starting with the next one, are
 * payload of the current record.  They need not go through the buffer: the caller
 * may move them to their destination in any other way, or skip them, and report
 * this with cb_decoder_pass.  0 if the decoder must see the next byte. */
CB_API uint64_t cb_decoder_ahead(const struct cb_decoder *decoder) CB_NONNULL;
/* Releases, and reports that n of the bytes to come were moved elsewhere.  Advances
 * the position of the buffer by n.  CB_EINVAL for more than
 * cb_decoder_ahead, or beyond position 2^63 - 1; CB_ESTATE for another buffer. */
CB_API int cb_decoder_pass(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t n)
    CB_NONNULL;
/* The position after the last byte that belongs to the pieces so far, including
 * their framing.  After an error: the beginning of the malformed frame. */
CB_API uint64_t cb_decoder_position(const struct cb_decoder *decoder) CB_NONNULL;
/* Number of the current or next record, from 1: one more than the number of
 * finished records. */
CB_API uint64_t cb_decoder_record(const struct cb_decoder *decoder) CB_NONNULL;
/* What is wrong; its code is CB_OK if there is no error.  It may be known while
 * pieces before it are still to be returned.  The struct is part of the decoder: it
 * changes with the next call, and is gone with it. */
CB_API const struct cb_error *cb_decoder_error(const struct cb_decoder *decoder) CB_NONNULL;

/* ------------------------------------------------------------- keep pieces */

/*
 * Bytes kept longer than the piece or buffer they came from, without another buffer
 * and without a copy: they stay valid and in place until cb_drop, whatever happens
 * to the buffer, the decoder and the pool.  As with a buffer filled by cb_take, they
 * keep their whole block alive (cb_pool_stats counts it as live).
 *
 * Hold on the thread of the buffer and decoder.  Only if the pool of the buffer is
 * shared may a struct cb_held go to another thread, to be copied, appended or dropped
 * there.
 */
struct cb_held {
    const uint8_t *data;
    size_t length;
    void *block; /* the library's; NULL if nothing has to be dropped */
};

/* Holds the bytes of a valid piece in *held, whose old value is ignored.
 * Cannot fail, allocates nothing: a few nanoseconds.  A piece made by the caller,
 * with `block` NULL, is not kept: *held then has its data, which still belong to
 * the caller. */
CB_API void cb_hold(const struct cb_piece *piece, struct cb_held *held) CB_NONNULL;
/* Holds n bytes of a buffer, starting at `offset`: CB_YES.  CB_NO, with *held
 * unchanged, if the buffer does not have them, or not in one chunk. */
CB_API CB_MUST_USE int cb_hold_bytes(const struct cb_buffer *buffer, size_t offset, size_t n,
                                     struct cb_held *held) CB_NONNULL;
/* Holds the same bytes once more; each copy must be dropped. */
CB_API void cb_held_copy(const struct cb_held *held, struct cb_held *copy) CB_NONNULL;
/* Appends held bytes by reference, however few; they stay held.  Bytes without a block
 * are copied, and so are, in a buffer with a shared pool, bytes from another pool.
 * CB_ENOMEM, CB_ELIMIT. */
CB_API CB_MUST_USE int cb_append_held(struct cb_buffer *buffer, const struct cb_held *held)
    CB_NONNULL;
/* Drops the bytes and sets *held to zero, so a second call does nothing.
 * Bytes of the caller (cb_append_ref) are released here, on this thread, if nobody
 * else sees them.  NULL is fine. */
CB_API void cb_drop(struct cb_held *held);

/* ------------------------------------------------------------------- encode */

/* An encoder produces the bytes around a record's payload and, if the framing
 * requires it, the bytes that replace the payload. */
struct cb_encoder;

struct cb_encoder_options {
    size_t size; /* sizeof(struct cb_encoder_options) */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
    unsigned refuse_collisions; /* 1: a payload that contains the framing's own
                                   delimiter, so that it would read back as
                                   something else, is CB_EUNENCODABLE */
    unsigned color;             /* 1: for a terminal: dump writes escape sequences for colors */
};

/* What an encoder needs, and what it writes. */
enum {
    CB_NEEDS_LENGTH = 1, /* the length of a record before its first byte: `total` must
                            be known in every piece */
    CB_CONSTANT = 2,     /* writes the same bytes before and after every record */
    CB_NO_PAYLOAD = 4,   /* does not write payload */
    CB_LOOKS = 8,        /* examines payload, */
    CB_NEEDS_WHOLE = 16, /* ... all of a record before it writes the first byte */
    CB_TRANSFORMS = 32,  /* writes payload in another form */
    CB_NEEDS_PLACE = 64, /* writes the number and offset of the record */
    CB_NEEDS_HEADER = 128, /* writes the header of the record's frame: cb_encoder_follow */
    CB_NEEDS_TRAILER = 256 /* and what follows the payload: pieces of a decoder with the option
                              `trailers` */
};

/* As cb_decoder_new. */
CB_API CB_MUST_USE int cb_encoder_new(struct cb_encoder **encoder, const char *specification,
                                      const struct cb_encoder_options *options,
                                      struct cb_error *error) CB_NONNULL_2;
CB_API void cb_encoder_free(struct cb_encoder *encoder); /* NULL is fine */
/* CB_NEEDS_LENGTH and so on.  Free. */
CB_API unsigned cb_encoder_traits(const struct cb_encoder *encoder) CB_NONNULL;

/* Why the last record was rejected.  Valid until another one is, or the encoder is freed. */
CB_API const struct cb_error *cb_encoder_error(const struct cb_encoder *encoder) CB_NONNULL;

/*
 * Appends a whole record with the bytes that the framing puts around it: long
 * payload (512 bytes or more in one chunk) by reference, other payload as a copy;
 * `record` keeps it too.  All or nothing.  CB_EUNENCODABLE with
 * cb_encoder_error() filled; CB_ENOMEM; CB_ELIMIT; CB_EINVAL if both buffers
 * are the same; CB_ESTATE inside a record that comes in pieces.
 */
CB_API CB_MUST_USE int cb_encode(struct cb_encoder *encoder, const struct cb_buffer *record,
                                 struct cb_buffer *out) CB_NONNULL;
/* The same for n bytes in memory.  With `release` they may be referenced: they must
 * not change until it is called, as in cb_append_ref; without it they are copied. */
CB_API CB_MUST_USE int cb_encode_bytes(struct cb_encoder *encoder, const void *data, size_t n,
                                       cb_release_fn release, void *arg, struct cb_buffer *out)
    CB_NONNULL_1;
/*
 * The same for pieces from a decoder, in order.  *taken is how many of them were
 * encoded or rejected.  Pieces made by the caller must have a `total` that is the sum of
 * their lengths: it is written as it is, and not compared with them.  (A piece that is a
 * whole record needs none.)
 *   CB_OK            all of them
 *   1                `out` is at its limit, or this call has done enough (256 KiB
 *                    copied, or 1,024 chunks): write, then call again with the
 *                    pieces from *taken on; the first may be half done
 *   CB_EUNENCODABLE  a record was rejected, and removed from `out` as far as it was
 *                    still there; the next call continues after it
 *   CB_ESTATE        a piece does not follow the previous one, or its `total` is not
 *                    known and the encoder has CB_NEEDS_LENGTH; or its header is apart,
 *                    and it has CB_NEEDS_HEADER and follows no decoder
 *   CB_ELIMIT        the limit of `out` is too small for anything
 *   CB_ENOMEM        may be called again in the same way as after 1
 */
CB_API CB_MUST_USE int cb_encode_pieces(struct cb_encoder *encoder, const struct cb_piece *pieces,
                                        size_t count, struct cb_buffer *out, size_t *taken)
    CB_NONNULL_1;
/* Appends the end of the stream; then the encoder is ready for a new one.
 * CB_ENOMEM and CB_ELIMIT: call it again; until then no record can be encoded
 * (CB_ESTATE).  CB_ESTATE inside a record. */
CB_API CB_MUST_USE int cb_encode_end(struct cb_encoder *encoder, struct cb_buffer *out) CB_NONNULL;
/* Sets the number of the next whole record, and of the record that has number 1 in
 * its pieces (initially 1), for framings that write it. */
CB_API void cb_encoder_number(struct cb_encoder *encoder, uint64_t first) CB_NONNULL;
/* The pieces will be those of this decoder, so that an encoder with CB_NEEDS_HEADER
 * can ask it for headers that are apart from them (cb_decoder_header); NULL: of none.
 * cb_reframe does this itself. */
CB_API void cb_encoder_follow(struct cb_encoder *encoder, const struct cb_decoder *decoder)
    CB_NONNULL_1;
/* Forgets an unfinished record, and all numbers. */
CB_API void cb_encoder_reset(struct cb_encoder *encoder) CB_NONNULL;

/* ------------------------------------- any framing in, any framing out */

/*
 * Decodes at most `max` records (CB_ALL: all) from the head of `in` and appends them
 * to `out` in the encoder's framing; decoded bytes leave `in`.  `count`, which may
 * be NULL, gets the number of records that ended.  One call does a bounded amount of
 * work (256 KiB copied, 1,024 chunks, or 16 MiB of input and a few records).  Returns
 *   CB_YES   there may be more to do: write `out`, and call again
 *   CB_MORE  more input is needed; cb_decoder_needed(), or cb_decoder_finish()
 *   CB_END   the input has ended: call cb_encode_end() next
 *   CB_E...  an error of the decoder, the same at every further call; or of the
 *            encoder, as from cb_encode_pieces.  Everything before it is in `out`.
 * If the encoder has CB_NEEDS_LENGTH and the decoder does not declare the length, or
 * the encoder has CB_NEEDS_WHOLE, whole records are held, up to max_record or else
 * 64 MiB.  Until a call has returned something other than CB_YES or an error of
 * the encoder, some of `in` may be decoded, but not yet in `out`: then cb_decoder_take,
 * cb_decoder_skip and cb_decoder_recover return CB_ESTATE, cb_decoder_batch returns it
 * first, and dropping it is as in cb_decoder_new.
 */
CB_API CB_MUST_USE int cb_reframe(struct cb_decoder *decoder, struct cb_encoder *encoder,
                                  struct cb_buffer *in, struct cb_buffer *out, size_t max,
                                  size_t *count) CB_NONNULL_2;
/* After CB_MORE, once `out` is written: how many of the bytes to come are payload
 * that is written unchanged.  They need not go through the buffers: see
 * cb_decoder_ahead.  0 if they must. */
CB_API uint64_t cb_reframe_ahead(const struct cb_decoder *decoder, const struct cb_encoder *encoder,
                                 const struct cb_buffer *out) CB_NONNULL_1;
/* Reports that n of these were moved elsewhere, as cb_decoder_pass. */
CB_API int cb_reframe_pass(struct cb_decoder *decoder, const struct cb_encoder *encoder,
                           struct cb_buffer *in, uint64_t n) CB_NONNULL_1;

/* -------------------------------------------------- a framing of your own */

/*
 * A framing that is not in the table, defined by a few functions.  It creates a decoder
 * or an encoder like any other: pieces, limits, partial records, counting,
 * cb_decoder_ahead, cb_reframe and the rest work as usual.
 *
 * To decode, one of two functions finds the records.  `header` is for frames that
 * declare their length at the beginning: header, payload, padding, trailer, in this
 * order, each of them optional.  `scan` is for records whose end is found by examining
 * their bytes.  To encode, `head` and `tail` write the bytes before and after a payload.
 *
 * For all of these functions:
 *
 * - They are called during calls for their decoder or encoder, on the same thread.
 *   They must not call anything for that decoder or encoder, or for the buffers that
 *   it works on; calls for other objects are fine.  They must return: no longjmp, no
 *   exceptions.
 * - `arg` is theirs.  If they keep anything in it, each decoder and each encoder needs
 *   its own `arg`.
 * - The bytes passed to them are valid during the call only, and read-only.  There is
 *   at least one, except for `look` and `collides`, where n may be 0.  The struct for
 *   the result is all zeros when they are called.
 * - Texts (`why`) are printable ASCII without the place, and must stay valid as long as
 *   the decoder or encoder: string constants.  NULL means a general text.
 * - A decoder works ahead of what it returns, and may ask about a frame again; an encoder
 *   may ask again about a record that is rejected, before the next one.
 * - Each function documents its possible results.  Any other result is an error of the
 *   framing, not of the input: a decoder returns CB_EINVAL, the same at every further
 *   call, with the reason in cb_decoder_error(); an encoder rejects the record with
 *   CB_EUNENCODABLE, and so does cb_encode_end for `finish`.
 */
enum {
    CB_OWN_HEADER = 4096, /* maximum size of a header */
    CB_OWN_ROOM = 64      /* maximum size of the result of head, tail or finish */
};

/* What `header` found. */
struct cb_frame {
    size_t header;    /* bytes before the payload: at most n */
    uint64_t payload; /* any number: the decoder checks limits and overflow */
    size_t padding;   /* bytes of any value, at most 2^31 - 1 */
    size_t trailer;   /* bytes, which must equal those that `tail` writes; at most CB_OWN_ROOM */
    size_t needed;    /* with CB_MORE: the least size of the header, more than n */
    size_t at;        /* with CB_EMALFORMED: the wrong byte, less than n */
    const char *why;  /* also: what is wrong; with CB_YES, the text for a wrong trailer */
};

/* What `scan` found. */
struct cb_span {
    size_t used;     /* with CB_YES: the end of the record's frame; with CB_EMALFORMED: the
                        wrong byte; with CB_END: the end of the end marker */
    size_t tail;     /* with CB_YES: how many of the last of these are framing, at most `used`;
                        with CB_EMALFORMED: bytes before the wrong one that may be framing, and
                        are not returned */
    size_t again;    /* with CB_MORE: how many of the last bytes may turn out to be framing;
                        fewer than CB_OWN_HEADER */
    uint64_t skip;   /* with CB_MORE, and `again` 0: the number of bytes after these n that are
                        payload whatever they are, and need not be shown */
    const char *why; /* with CB_EMALFORMED */
};

enum {
    CB_OWN_KEEP = 1,    /* decoding: records keep their framing */
    CB_OWN_UNENDED = 2, /* decoding: the last record may lack its end, so the default of
                           on_partial is CB_PARTIAL_EMIT instead of CB_PARTIAL_FAIL */
    CB_OWN_CONSTANT = 4 /* encoding: head and tail write the same for every record, whatever its
                           length: they are called once, when the encoder is created.  Faster.
                           Not with `look` */
};

struct cb_own {
    size_t size;    /* sizeof(struct cb_own) */
    unsigned flags; /* CB_OWN_... */
    void *arg;      /* for the functions; must outlive everything created from this */

    /*
     * For decoding; this or `scan`.  Reads the header at the beginning of a frame, where
     * `data` always begins, in one piece of up to CB_OWN_HEADER bytes.  Stateless: the
     * result depends on the frame alone, and is the same however many more of its bytes
     * are shown.  It may keep in `arg` what `look` and `tail` need for the same frame.
     *   CB_YES         a frame, of at least one byte in all
     *   CB_MORE        frame->needed bytes are needed to tell; if that is more than
     *                  CB_OWN_HEADER the input is malformed
     *   CB_END         nothing follows; frame->header bytes are the end marker
     *   CB_EMALFORMED  frame->at and frame->why
     */
    int (*header)(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame);

    /*
     * For decoding; this or `header`.  Looks for the end of a record, from where it left
     * off: the first byte of a frame, or the byte after those already accepted.  A record
     * begins with the first byte of its frame.
     *   CB_YES         a record ends: span->used, span->tail.  Its frame has at least one
     *                  byte in all.  The next call begins a new frame
     *   CB_MORE        the record continues after all n bytes.  The last span->again of
     *                  them are shown once more, in one piece with those that follow.
     *                  After span->skip the next call is for the bytes after these
     *   CB_END         nothing follows; only if no byte of a record was accepted
     *   CB_EMALFORMED  span->used and span->why
     * A record without an end is partial when the input ends.
     */
    int (*scan)(void *arg, const uint8_t *data, size_t n, struct cb_span *span);

    /* Optional.  A stream begins: called before the other functions, and for each
     * further stream of a decoder or encoder; in an encoder also after cb_encode_end. */
    void (*reset)(void *arg);

    /*
     * Optional, for checksums.  Sees the payload in parts, `at` being the number of bytes
     * before; 0 begins anew.  The order for each record is header or head, look, tail.
     * Called when encoding, and when decoding with `header`: `scan` sees every byte
     * itself.  All payload must then come through the buffer: cb_decoder_ahead is 0.
     */
    void (*look)(void *arg, uint64_t at, const uint8_t *data, size_t n);

    /* Writes the bytes after a payload to `to`, which has room for CB_OWN_ROOM, and
     * returns how many.  For encoding, and for decoding frames with a trailer, which
     * must be the same frame->trailer bytes.  Without `look` it is called right after
     * `header`.  NULL: no bytes. */
    size_t (*tail)(void *arg, uint8_t *to);

    /* For encoding.  The same for the bytes before a payload of `length` bytes; a
     * record of unknown length is held until its end.  With CB_OWN_CONSTANT `length` is
     * 0.  Or CB_EUNENCODABLE, with *why set, to reject the record.  NULL: no bytes. */
    ssize_t (*head)(void *arg, uint64_t length, uint8_t *to, const char **why);

    /* For encoding, optional.  The same for the bytes at the end of a stream. */
    size_t (*finish)(void *arg, uint8_t *to);

    /* For encoding, optional; called if refuse_collisions is set.  Sees the pieces of
     * each record, from CB_FIRST to CB_LAST, and returns NULL, or the reason why the
     * record would not read back unchanged, with *at set to the byte of this piece that
     * shows it, or (size_t)-n for the one n bytes before the piece. */
    const char *(*collides)(void *arg, const struct cb_piece *piece, size_t *at);
};

/* As cb_decoder_new and cb_encoder_new.  *own is copied.  CB_EINVAL also if a decoder
 * has neither or both of header and scan, or an encoder neither head nor tail. */
CB_API CB_MUST_USE int cb_decoder_new_own(struct cb_decoder **decoder, const struct cb_own *own,
                                           const struct cb_decoder_options *options,
                                           struct cb_error *error) CB_NONNULL_1;
CB_API CB_MUST_USE int cb_encoder_new_own(struct cb_encoder **encoder, const struct cb_own *own,
                                           const struct cb_encoder_options *options,
                                           struct cb_error *error) CB_NONNULL_1;

#ifdef __cplusplus
}
#endif

#endif
