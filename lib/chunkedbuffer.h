/* SPDX-License-Identifier: MIT */
/*
 * libchunkedbuffer: stream processing without copies and without an
 * allocation per record.
 *
 * Four nouns, each built on the one before it:
 *
 *   memory   one reference-counted block of bytes (never seen from outside)
 *   pool     idle blocks, kept for the next one who needs a block
 *   chunk    a read-only window into a block (seen as a struct iovec)
 *   buffer   a queue of chunks: bytes go in at its tail and leave at its head
 *
 * and on top of them the framings: a decoder finds records in a buffer, an
 * encoder says which bytes stand around a record in the output.
 *
 * What is always true:
 *
 * - Sizes and offsets count bytes.  A *position* or *offset* of 64 bits counts
 *   from the start of the stream, an offset of type size_t from the head of
 *   the buffer.
 * - A function that returns int or ssize_t gives a positive value for "here it
 *   is", 0 for done, no, or not yet, and a negative one for the end or an error:
 *   see enum cb_status.  A call that fails leaves
 *   its buffers as they were, and so the places for its results, unless its
 *   comment says otherwise.
 * - A window never becomes writable again.  Bytes that were handed out stay
 *   as they are for as long as anyone can see them.
 * - The library never prints, never exits, never blocks but in the system
 *   calls it was asked to make, and keeps no global state.
 * - Threads: a buffer, a decoder, an encoder and a split belong to one thread at
 *   a time, and so does a pool together with all that has bytes of it, records
 *   that were taken among them.  Only with a pool that was made `shared` may
 *   buffers that have bytes in common be in different threads; who hands one over
 *   does it by a queue, a lock or the like.  What belongs to different pools may
 *   be used at once.  Calls without any of these (cb_framing_..., cb_strerror,
 *   cb_version) may be made by any thread at any time.
 * - fork: where a shared pool is used by several threads, a child may use neither
 *   it nor anything made with it: another thread may have held its lock at that
 *   moment, and the child would wait for ever.  Let it call exec or _exit, or
 *   make a pool of its own.  Else a child has a copy of everything.
 * - Signals: no call may be made in a signal handler, and none ends early for a
 *   signal: cb_readinto and cb_writev go on.  Who wants to stop waiting for a
 *   signal's sake waits in ppoll, with descriptors that do not block.
 * - What only forwards to another call is inline here, and no symbol of the library:
 *   a binding without a C compiler makes the other call.
 * - Option structs begin with their own size: set it to sizeof the struct, and
 *   leave what you do not care about at zero, which means the default.
 *   A NULL pointer in place of options means all defaults.  What this version
 *   does not know is CB_EINVAL: bytes that are not zero beyond those of its own
 *   struct, other bits in flags, other values than 0 and 1 for yes or no.  In
 *   statistics it is set to zero.
 */
/* clang-format off: the comments stand in columns of their own. */
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
/* The result must be looked at. */
#define CB_MUST_USE __attribute__((__warn_unused_result__))
/* No pointer may be NULL; not the first one, or the first two. */
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

/* The version this header belongs to; cb_version() gives the one in use. */
#define CB_VERSION "0.1.0"
#define CB_VERSION_NUMBER 0x000100

CB_API const char *cb_version(void);

/* ------------------------------------------------------------------ status */

/*
 * One rule for results: positive is "here it is" (a piece, yes, a count), 0 is
 * done, no, or not yet, negative is an error or the end.  So `> 0` asks for what
 * was wanted and `< 0` for the reason why nothing more will come.
 */
enum cb_status {
    CB_YES = 1,
    CB_PIECE = 1, /* the decoder gave a piece, or a record */

    CB_OK = 0,   /* done */
    CB_NO = 0,
    CB_MORE = 0, /* not yet: more input is needed */

    CB_END = -1, /* nothing more will come */

    CB_ENOMEM = -2,       /* out of memory */
    CB_EINVAL = -3,       /* an argument, an option or a specification is wrong */
    CB_ESTATE = -4,       /* this call is not possible now */
    CB_ELIMIT = -5,       /* the buffer's limit on bytes held would be passed */
    CB_EIO = -6,          /* a system call failed: see errno */
    CB_EAGAIN = -7,       /* a non-blocking descriptor is not ready */
    CB_EMALFORMED = -8,   /* the input breaks the rules of its framing */
    CB_ETRUNCATED = -9,   /* the input ends inside a record, or the next begins there */
    CB_EOVERFLOW = -10,   /* a record is longer than max_record */
    CB_EUNENCODABLE = -11 /* the record cannot be represented in this framing */
};

/* A constant English phrase for any status, such as "out of memory". */
CB_API const char *cb_strerror(int status);

/* "All there is", for a number of bytes; "up to the end"; "no bound", for limits. */
#define CB_ALL SIZE_MAX

/* A length that is not known. */
#define CB_UNKNOWN UINT64_MAX

/*
 * Where memory comes from.  `alloc` gives `size` bytes aligned as malloc would
 * align them, or NULL; `free` takes back what `alloc` gave, with its size.
 * The struct and what `arg` points to must outlive everything made with them.
 * Without either of the two functions it is refused with CB_EINVAL.
 * Neither may call anything of this library.
 * With a shared pool both are called from any thread.
 */
struct cb_allocator {
    void *(*alloc)(void *arg, size_t size);
    void (*free)(void *arg, void *memory, size_t size);
    void *arg;
};

/* -------------------------------------------------------------------- pool */

/*
 * A pool keeps the blocks that nobody uses any more, by size class (powers of
 * two), and gives the one that came back last, whose bytes are most likely
 * still in the cache.  It lives until it has been unreferenced by its owner
 * and the last of its blocks has come back, so it may be released before the
 * buffers and views that came from it.
 */
struct cb_pool;

struct cb_pool_options {
    size_t size;       /* sizeof(struct cb_pool_options) */
    size_t idle_limit; /* bytes kept idle at most; 0: 16 MiB; CB_ALL: no bound */
    unsigned shared;   /* 1: its blocks may cross threads (atomic counts
                          and a lock, about 20 ns a block), and so may buffers
                          that were filled from it: what comes into them by
                          reference from other blocks is copied */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
};

struct cb_pool_stats {
    size_t size;          /* sizeof(struct cb_pool_stats), set by the caller */
    size_t live_bytes;    /* in blocks that are in use */
    size_t pinned_bytes;  /* of these, in blocks that nobody writes to any more:
                             they are kept by the data in them alone */
    size_t idle_bytes;    /* in blocks that wait for their next use */
    size_t live_blocks;
    size_t idle_blocks;
    uint64_t allocations; /* calls of the allocator for blocks, ever */
    uint64_t copied;      /* payload bytes copied by buffers of this pool, ever */
    uint64_t scanned;     /* bytes looked at by searches in these buffers, ever */
};

/* Makes a pool in *pool, owned by the caller.  CB_ENOMEM, CB_EINVAL. */
CB_API CB_MUST_USE int cb_pool_new(struct cb_pool **pool, const struct cb_pool_options *options)
    CB_NONNULL_1;
/* Takes and drops one reference.  Both accept NULL. */
CB_API struct cb_pool *cb_pool_ref(struct cb_pool *pool);
CB_API void cb_pool_unref(struct cb_pool *pool);
/* Frees what is idle now, and what is in use now as soon as it comes back. */
CB_API void cb_pool_reset(struct cb_pool *pool) CB_NONNULL;
/* Fills *stats as far as stats->size reaches.  CB_EINVAL. */
CB_API int cb_pool_stats(const struct cb_pool *pool, struct cb_pool_stats *stats) CB_NONNULL;

/* ------------------------------------------------------------------ buffer */

/*
 * A queue of chunks with the length of all of them and the stream position of
 * its head: 0 at first, and growing by every byte that leaves at the head.
 *
 * Three ways to its bytes, each cheaper than the one after it:
 *   borrowed  a pointer and a length: cb_data, cb_chunks, the pieces of a
 *             decoder.  Good until the next call that changes the buffer.
 *   taken     cb_take, cb_peek, cb_slice: the chunks themselves, in another
 *             buffer, good for as long as that buffer keeps them.  No byte is
 *             copied, and nothing is allocated once pool and rings are warm.
 *   copied    cb_copyout.
 *
 * A taken record keeps the whole block alive that its bytes stand in (2 KiB to
 * 256 KiB with the default options).  Who keeps many small records for long
 * sets copy_below.
 *
 * A buffer whose pool is shared copies what it is given from a block that may
 * not cross threads, whichever call brings it: it never holds such a block.
 */
struct cb_buffer;

struct cb_buffer_options {
    size_t size;          /* sizeof(struct cb_buffer_options) */
    struct cb_pool *pool; /* NULL: no pool, every block is allocated and freed */
    size_t chunk_min;     /* bounds of the size of chunks to read into; */
    size_t chunk_max;     /* defaults 2048 and 262144 */
    size_t cutoff;        /* cb_append_ref and cb_extend copy less than this;
                             default 4096 */
    size_t copy_below;    /* cb_take, cb_peek and cb_slice from this buffer copy
                             what is shorter than this; default 0: never */
    size_t limit;         /* most bytes it may hold; 0: no limit */
    unsigned release_fast; /* 1: an empty buffer gives its block back at
                              once instead of keeping it for the next read */
    const struct cb_allocator *allocator; /* for the buffer itself; NULL: the
                                             pool's, or malloc and free */
};

struct cb_buffer_stats {
    size_t size;         /* sizeof(struct cb_buffer_stats), set by the caller */
    size_t length;       /* bytes held */
    size_t chunks;       /* windows they stand in */
    size_t pinned_bytes; /* in the blocks that these windows keep alive */
    size_t chunk_size;   /* the size the next chunk to read into will have */
};

/* Makes an empty buffer in *buffer.  It takes a reference to its pool.
 * CB_ENOMEM; CB_EINVAL where chunk_min is more than chunk_max, or either is
 * above 1 GiB; where only one of them is given, the other one follows it. */
CB_API CB_MUST_USE int cb_buffer_new(struct cb_buffer **buffer,
                                     const struct cb_buffer_options *options) CB_NONNULL_1;
CB_API void cb_buffer_free(struct cb_buffer *buffer); /* NULL is fine */
/* Costs a walk over the chunks.  CB_EINVAL. */
CB_API int cb_buffer_stats(const struct cb_buffer *buffer, struct cb_buffer_stats *stats)
    CB_NONNULL;

/* Bytes held.  No cost. */
CB_API size_t cb_length(const struct cb_buffer *buffer) CB_NONNULL;
/* Stream position of the first byte held.  No cost. */
CB_API uint64_t cb_position(const struct cb_buffer *buffer) CB_NONNULL;
/* Says that the next byte to come has this stream position.  CB_ESTATE where the
 * buffer holds bytes, or an offer is open; CB_EINVAL beyond 2^63 - 1. */
CB_API int cb_set_position(struct cb_buffer *buffer, uint64_t position) CB_NONNULL;

/* ---------------------------------------------------------------- fill it */

/*
 * Offers memory to write into, at least one byte and `hint` bytes if that fits
 * in chunk_max; with a hint of 0 a size that follows what arrived lately.  The
 * offer is open until cb_chunk_written, which says how much was written (0
 * takes the offer back); a new offer replaces an open one, also where it fails,
 * and so does whatever else adds bytes.  Offers are full
 * again and again: chunks grow; two offers running are used for less than a
 * quarter: they shrink.
 * CB_ENOMEM; CB_ELIMIT where the buffer is full.
 */
CB_API CB_MUST_USE int cb_get_chunk(struct cb_buffer *buffer, size_t hint, void **data,
                                    size_t *size) CB_NONNULL;

/*
 * The same in several areas at once, for readv and recvmsg: fills at most
 * `max` of `areas`, together `hint` bytes or more if `max` and chunk_max allow
 * (at most eight are ever used), and returns how many it filled.  cb_commit
 * takes the first n bytes of them, in order.  Where it fails, some of `areas` may
 * have been written to.
 */
CB_API CB_MUST_USE ssize_t cb_reserve(struct cb_buffer *buffer, size_t hint, struct iovec *areas,
                                      size_t max) CB_NONNULL;
/* CB_ESTATE for more than was offered, or without an offer. */
CB_API int cb_commit(struct cb_buffer *buffer, size_t n) CB_NONNULL;
/* The same for cb_get_chunk. */
static inline int cb_chunk_written(struct cb_buffer *buffer, size_t n)
{
    return cb_commit(buffer, n);
}

/*
 * One readv from fd into what is left of the last chunk and the next one, of at
 * most `most` bytes (CB_ALL: as many as there is room for).  The room follows what
 * arrived lately, whatever `most` is; who must have room for a datagram of any size
 * calls cb_reserve.
 * Returns the number of bytes read, 0 at end of file.  EINTR is retried.
 * CB_EAGAIN; CB_EIO with errno set; CB_ENOMEM; CB_ELIMIT; CB_EINVAL where `most` is 0,
 * as the answer to that would look like end of file.
 */
CB_API CB_MUST_USE ssize_t cb_readinto(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;

/*
 * Called once when nobody can see the bytes any more, by the call that drops the
 * last window into them: cb_skip, cb_truncate, cb_data, a cb_take that copies,
 * cb_writev, cb_buffer_free, cb_drop, those of a decoder, or cb_append_ref and cb_extend
 * themselves where they copy.  With a shared pool that may be in any thread.
 *
 * It may make any call for any buffer that is not in use by another thread or at
 * work in the same call (as `record` is in cb_decoder_take), and for the one that
 * the bytes leave, which is as it should be at that time: the bytes are gone from
 * it, and where several blocks are dropped, those to come are still there.  Only
 * cb_buffer_free of that one is not allowed, nor a call for the decoder or split
 * that is reading from it.  What it adds is refused with CB_ELIMIT while
 * cb_truncate or cb_buffer_free drop bytes; what it drops of the bytes that
 * cb_data was asked for makes that pointer worthless.
 */
typedef void (*cb_release_fn)(void *arg, const void *data, size_t size);

/* Appends the caller's bytes without a copy; they must stay as they are until
 * `release` is called with `arg` (release may be NULL).  Less than the cutoff
 * is copied and released at once.  On failure the caller still owns the bytes
 * and release is not called.  CB_ENOMEM, CB_ELIMIT. */
CB_API CB_MUST_USE int cb_append_ref(struct cb_buffer *buffer, const void *data, size_t size,
                                     cb_release_fn release, void *arg) CB_NONNULL_1;
/* Appends several areas, all or none of them: copies without `release`, else each as
 * cb_append_ref does, and release is called once for each of them. */
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
/* Appends text that printf formats, of any length, straight into the tail; what does
 * not fit there is formatted once more into a new block.  CB_ENOMEM; CB_ELIMIT;
 * CB_EINVAL, with errno set, where printf fails. */
CB_API CB_MUST_USE int cb_printf(struct cb_buffer *buffer, const char *format, ...) CB_PRINTF(2, 3)
    CB_NONNULL_2;
CB_API CB_MUST_USE int cb_vprintf(struct cb_buffer *buffer, const char *format, va_list arguments)
    CB_PRINTF(2, 0) CB_NONNULL_2;
/* Copies bytes in front of the head.  The position of the head goes back by
 * `size`, and not below 0: what was there before moves up by the rest. */
CB_API CB_MUST_USE int cb_prepend(struct cb_buffer *buffer, const void *data, size_t size)
    CB_NONNULL_1;
/* Appends what all `count` sources hold, by reference; they keep it too.  All or
 * nothing.  Both: CB_ENOMEM, CB_ELIMIT; CB_EINVAL where a source is `buffer`. */
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

/* Fills at most `max` entries with the chunks from the head on, and returns
 * how many chunks there are in all.  Borrowed. */
CB_API size_t cb_chunks(const struct cb_buffer *buffer, struct iovec *chunks, size_t max)
    CB_NONNULL_1;
/* Gives the first n bytes in one piece, borrowed.  They are joined into a
 * block of their own if they straddle chunks, and only then: that copies them.
 * To ask for all that is held again and again, as more comes, costs linear time.
 * CB_YES; CB_MORE where fewer than n are held; CB_ENOMEM. */
CB_API CB_MUST_USE int cb_data(struct cb_buffer *buffer, size_t n, const void **data) CB_NONNULL;
/* Copies at most n bytes from `offset` on; returns how many there were. */
CB_API size_t cb_copyout(const struct cb_buffer *buffer, size_t offset, size_t n, void *out)
    CB_NONNULL_1;
/* CB_YES or CB_NO. */
CB_API int cb_equal_bytes(const struct cb_buffer *a, const void *data, size_t n) CB_NONNULL_1;
/* Less than, equal to or greater than 0, in the order of memcmp; of two that
 * begin alike the shorter is the lesser. */
CB_API int cb_compare(const struct cb_buffer *a, const struct cb_buffer *b) CB_NONNULL;
/* CB_YES or CB_NO. */
static inline int cb_equal(const struct cb_buffer *a, const struct cb_buffer *b)
{
    return cb_length(a) == cb_length(b) && cb_compare(a, b) == 0 ? CB_YES : CB_NO;
}

/*
 * Finds the first place where the n bytes of `needle` stand wholly between
 * `start` and `end` (CB_ALL: the end), counted from the head; bounds beyond what is
 * held are cut to it, as in Python's bytes.find.  An empty needle is found at
 * `start`, if that is not beyond the end.
 * CB_YES with *at set; CB_NO; CB_ENOMEM for a needle that is new.
 * Linear in the bytes between the bounds, whatever the needle.  The buffer
 * remembers the searches for the last eight needles (1.3 KiB each, more for a
 * needle longer than 8 bytes), those of cb_takeuntil and cb_takeline among them:
 * one that is asked for again from the same place, or from further on, looks
 * only at what came since.  cb_prepend and cb_set_position make it forget them;
 * after cb_truncate the last bytes that are left are looked at again.
 */
CB_API CB_MUST_USE int cb_find(struct cb_buffer *buffer, const void *needle, size_t n, size_t start,
                               size_t end, size_t *at) CB_NONNULL_1;
/*
 * The same for several needles, 1 or more, none of them empty (else CB_EINVAL): finds
 * the one that begins first, and where several begin there, the longest.  *which is
 * its number, from 0; of needles that are alike, the first.
 * A set is remembered like one needle (its bytes, and 32 for each of them, besides),
 * and known again by the same needles in the same order.  It resumes in the same way,
 * but not for an `end` that lies before what was looked at: that costs a new search.
 * A needle found at the very end of what is held may turn out to be a longer one when
 * more has come.
 */
CB_API CB_MUST_USE int cb_find_any(struct cb_buffer *buffer, const struct iovec *needles,
                                   size_t count, size_t start, size_t end, size_t *at,
                                   size_t *which) CB_NONNULL_1;

/* ----------------------------------------------------------- take from it */

/* Moves at most n bytes from the head of `source` to the tail of `target`
 * (CB_ALL: all), by reference; returns how many.  CB_ENOMEM, CB_ELIMIT;
 * CB_EINVAL where both are the same buffer. */
CB_API CB_MUST_USE ssize_t cb_take(struct cb_buffer *source, size_t n, struct cb_buffer *target)
    CB_NONNULL;
/* The same from `offset` on, and source keeps them. */
CB_API CB_MUST_USE ssize_t cb_slice(const struct cb_buffer *source, size_t offset, size_t n,
                                    struct cb_buffer *target) CB_NONNULL;
/* The same from the head. */
static inline CB_MUST_USE ssize_t cb_peek(const struct cb_buffer *source, size_t n,
                                          struct cb_buffer *target)
{
    return cb_slice(source, 0, n, target);
}
/* Drops at most n bytes from the head (CB_ALL: all); returns how many. */
CB_API size_t cb_skip(struct cb_buffer *buffer, size_t n) CB_NONNULL;
/* Copies at most n bytes from the head to `out`, and drops them; returns how many. */
static inline size_t cb_remove(struct cb_buffer *buffer, size_t n, void *out)
{
    return cb_skip(buffer, cb_copyout(buffer, 0, n, out));
}
/* Drops what is beyond the first n bytes; returns how many. */
CB_API size_t cb_truncate(struct cb_buffer *buffer, size_t n) CB_NONNULL;

enum { CB_KEEP = 1 }; /* the delimiter or line end stays on the record */

/*
 * Moves everything before the first `delimiter` that begins at `start` or
 * later into `target`, and drops the delimiter (with CB_KEEP: moves it too).
 * CB_YES; CB_MORE where there is none yet, and nothing was changed; the next
 * call with the same delimiter looks only at what came since, so a record that
 * arrives in k pieces is scanned once, also where other needles are asked for in
 * between (see cb_find).
 * CB_EOVERFLOW, and nothing was changed, as soon as it is sure that more than `limit`
 * bytes stand before the delimiter (0 or CB_ALL: no limit): what is to become of
 * them is the caller's choice.  No call looks beyond that limit.
 * CB_EINVAL for an empty delimiter; CB_ENOMEM; CB_ELIMIT where `target` has no room.
 * All that take flags: CB_EINVAL for one that is not known.
 */
CB_API CB_MUST_USE int cb_takeuntil(struct cb_buffer *buffer, const void *delimiter, size_t n,
                                    size_t start, size_t limit, unsigned flags,
                                    struct cb_buffer *target) CB_NONNULL_1;
/* The same for a line: it ends at LF, and one CR before that is dropped with
 * it.  The limit counts neither of them. */
CB_API CB_MUST_USE int cb_takeline(struct cb_buffer *buffer, size_t start, size_t limit,
                                   unsigned flags, struct cb_buffer *target) CB_NONNULL;
/* Drops `prefix` if the buffer starts with it: CB_YES; else CB_NO.  *missing is how
 * many bytes more are needed to know, where all that is held so far agrees with
 * the prefix; else 0. */
CB_API CB_MUST_USE int cb_skip_if_startswith(struct cb_buffer *buffer, const void *prefix, size_t n,
                                             size_t *missing) CB_NONNULL_1;

enum cb_endian { CB_BIG_ENDIAN = 1, CB_LITTLE_ENDIAN = 2 };

/* Takes an unsigned number of `width` bytes (1 to 8).  CB_YES; CB_MORE and
 * nothing changed; CB_EINVAL. */
CB_API CB_MUST_USE int cb_read_uint(struct cb_buffer *buffer, unsigned width, enum cb_endian endian,
                                    uint64_t *value) CB_NONNULL;
/* Takes an unsigned LEB128 number.  CB_YES; CB_MORE; CB_EMALFORMED where it is
 * longer than ten bytes or more than 64 bits. */
CB_API CB_MUST_USE int cb_read_varint(struct cb_buffer *buffer, uint64_t *value) CB_NONNULL;

/* Takes the decimal digits at the head: CB_YES.  What ends them stays.  CB_MORE while
 * there are only digits, or nothing; who knows that nothing more comes, appends a
 * line feed or the like and calls again.  CB_EMALFORMED where no digit stands at the
 * head, as with a sign or blanks; CB_EOVERFLOW from 2^64 on, and for more than 20
 * digits, zeros among them. */
CB_API CB_MUST_USE int cb_read_decimal(struct cb_buffer *buffer, uint64_t *value) CB_NONNULL;

/* The same three, the other way: CB_ENOMEM, CB_ELIMIT; and CB_EINVAL where the number
 * does not fit in `width` bytes. */
CB_API CB_MUST_USE int cb_append_uint(struct cb_buffer *buffer, uint64_t value, unsigned width,
                                      enum cb_endian endian) CB_NONNULL;
CB_API CB_MUST_USE int cb_append_varint(struct cb_buffer *buffer, uint64_t value) CB_NONNULL;
CB_API CB_MUST_USE int cb_append_decimal(struct cb_buffer *buffer, uint64_t value) CB_NONNULL;

/* -------------------------------------------------------- split and strip */

/* Walks over the parts of a buffer; set up by one of the two calls below. */
struct cb_split;

/* The parts between separators as Python's bytes.split gives them: "a,,b," by
 * "," has four, the last one empty.  With separator NULL they stand between
 * runs of ASCII white space and none is empty.  After `maximum` splits (CB_ALL: no
 * bound) all that is left is the last part, separators included: "a,,b," in one
 * split is "a" and ",b,".  `source` must not change or go away while the walk is
 * on.  CB_EINVAL for an empty separator; CB_ENOMEM. */
CB_API CB_MUST_USE int cb_split_new(struct cb_split **split, struct cb_buffer *source,
                                    const void *separator, size_t n, size_t maximum) CB_NONNULL_2;
/* The lines, ended by LF, CR or CRLF, as bytes.splitlines gives them; flags:
 * CB_KEEP. */
CB_API CB_MUST_USE int cb_splitlines_new(struct cb_split **split, struct cb_buffer *source,
                                         unsigned flags) CB_NONNULL;
/* Appends the next part to `part`, by reference.  CB_YES; CB_END; CB_ENOMEM,
 * CB_ELIMIT. */
CB_API CB_MUST_USE int cb_split_next(struct cb_split *split, struct cb_buffer *part) CB_NONNULL;
CB_API void cb_split_free(struct cb_split *split); /* NULL is fine */

/* Drops from both ends the bytes that are among the n of `set` (NULL: ASCII
 * white space).  Returns how many. */
CB_API size_t cb_strip(struct cb_buffer *buffer, const void *set, size_t n) CB_NONNULL_1;

/* -------------------------------------------------------------- write it */

/*
 * Writes at most `most` bytes of the buffer (CB_ALL: all) to fd by writev and drops
 * what was written, until that is done or the descriptor would block.  Returns how
 * many bytes were written.  EINTR
 * and short writes are resumed.  CB_EAGAIN where not one byte could be
 * written; CB_EIO with errno set, where what did go out has been dropped.
 * Where nobody reads a pipe or socket any more the process gets SIGPIPE, and ends
 * if it does not ignore it; if it does, that is CB_EIO with EPIPE.
 */
CB_API CB_MUST_USE ssize_t cb_writev(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;
/* The same by sendmsg, so that a socket whose other end is closed is CB_EIO with
 * EPIPE, and no SIGPIPE comes.  For sockets alone: else CB_EIO with ENOTSOCK. */
CB_API CB_MUST_USE ssize_t cb_send(struct cb_buffer *buffer, int fd, size_t most) CB_NONNULL;

/* ---------------------------------------------------------------- framings */

/*
 * A framing is a way to put records into a stream of bytes.  It is named by a
 * specification, NAME[:ARGUMENT][,KEY[=VALUE]]..., such as "line",
 * "delim:\r\n", "u16be,offset=2,inclusive" or "chunked".  In ARGUMENT and VALUE
 * the escapes \n \r \t \0 \a \b \e \f \v \\ \, \xHH are decoded; write "\\,"
 * in C.  cbsplit(1) describes every framing.
 */
struct cb_framing;

enum { CB_DECODES = 1, CB_ENCODES = 2 };

/* Walks over the table of framings: NULL gives the first, the last gives
 * NULL. */
CB_API const struct cb_framing *cb_framing_next(const struct cb_framing *framing);
CB_API const char *cb_framing_name(const struct cb_framing *framing) CB_NONNULL;
CB_API const char *cb_framing_summary(const struct cb_framing *framing) CB_NONNULL; /* one line */
/* CB_DECODES, CB_ENCODES. */
CB_API unsigned cb_framing_can(const struct cb_framing *framing) CB_NONNULL;
/* The generic specification that a preset stands for, or NULL.  It has the keys of
 * both directions, some of which are refused in the other. */
CB_API const char *cb_framing_preset(const struct cb_framing *framing) CB_NONNULL;
/* The framing that a specification names; NULL where there is none.  Only the
 * name is looked at: where two have it, one for output only, the first. */
CB_API const struct cb_framing *cb_framing_find(const char *specification) CB_NONNULL;

/* What went wrong, and where. */
struct cb_error {
    int code;        /* CB_E... */
    uint64_t record; /* number of the record, from 1; 0: no record */
    uint64_t offset; /* in the stream, or in the specification, from 0 */
    char text[232];  /* the cause, without the place: printable ASCII */
};

/*
 * A part of a record: a borrowed span.  The first part of a record is flagged
 * CB_FIRST, the last CB_LAST; most have both.  A part may be empty.
 */
struct cb_piece {
    const uint8_t *data;
    size_t length;
    uint64_t record; /* number of its record, from 1 */
    uint64_t offset; /* of its first byte in the stream; where payload does not stand
                        there as it is (escapes, parts with framing between them)
                        that of the record's first byte and all payload since */
    uint64_t total;  /* length of the whole record; CB_UNKNOWN as yet, but never
                         in its last part */
    void *block;     /* the library's, to refer to the bytes; NULL in pieces of one's own
                        making, which are copied */
    uint32_t flags;  /* CB_FIRST, CB_LAST, CB_APART */
    uint32_t header; /* of a record's first part: bytes that its frame has before the
                        payload, which end at `data` but for CB_APART.  0 where the
                        framing has no such header, and with `keep` */
};

enum {
    CB_FIRST = 1,
    CB_LAST = 2,
    CB_APART = 4 /* the header is somewhere else: cb_decoder_header */
};

enum cb_partial {
    CB_PARTIAL_DEFAULT, /* emit for delimiters, lines and fixed, and where a last
                           record may go without its end; drop for sse,data; else
                           fail */
    CB_PARTIAL_FAIL,    /* an unfinished last record is CB_ETRUNCATED, and so is a
                           message whose last frame is missing.  In json-seq
                           each that RS cuts short is treated like the last */
    CB_PARTIAL_EMIT,    /* it is a record */
    CB_PARTIAL_DROP     /* it is left out; implies `whole` */
};

enum cb_overflow {
    CB_OVERFLOW_FAIL,    /* a record longer than max_record is CB_EOVERFLOW */
    CB_OVERFLOW_SKIP,    /* it is left out, and has no number; implies `whole` where
                            the framing does not tell lengths beforehand */
    CB_OVERFLOW_TRUNCATE /* it is given up to that length; its last piece, which may be
                            empty, comes when its frame is over and right */
};

enum { CB_WHOLE = 1, CB_WHOLE_UNTOLD = 2 };

struct cb_decoder;

struct cb_decoder_options {
    size_t size;         /* sizeof(struct cb_decoder_options) */
    uint64_t max_record; /* longest record; 0: no limit, or 64 MiB with `whole` */
    enum cb_partial on_partial;
    unsigned whole; /* CB_WHOLE: no piece of a record is given before its end has been
                       seen, so that `total` is always known; CB_WHOLE_UNTOLD: the
                       same where the framing does not tell it anyway; 0: neither */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
    enum cb_overflow on_overflow;
};

/* What a decoder can promise. */
enum {
    CB_TELLS_LENGTH = 1, /* `total` is known in every piece, even without `whole` */
    CB_PARTS = 2,        /* what stands for all records is their payloads, one after
                            another, as with the parts of one body */
    CB_SYNC = 4,         /* decoding may begin at a place that cb_decoder_sync finds;
                            a frame begins with the payload */
    CB_INDEPENDENT = 8   /* each frame tells its length at its beginning, and can be
                            decoded without those before and behind it */
};

/*
 * Makes a decoder for the records of one stream.  CB_EINVAL with *error filled
 * (its offset is a place in the specification); CB_ENOMEM.  `error` may be
 * NULL.
 *
 * The first call that names a buffer begins a stream at its head, and binds the
 * two to each other until the decoder is reset or freed, or the buffer is freed.
 * Payload that the decoder has to assemble comes from the pool of that buffer,
 * and obeys its copy_below.  Meanwhile bytes may be appended, and any that the
 * decoder has given may leave at the head.  Each of these is CB_ESTATE at every
 * further call, until a reset:
 *   - another buffer, also a new one in place of one that was freed;
 *   - bytes prepended, truncated or stripped from the end, a position that was
 *     set;
 *   - bytes that left before they were given.
 * After CB_END or an error none is needed: the result stays the same.
 *
 * Several decoders may read one buffer in turn.  A second one may begin where
 * the first has given and released whole records, and nothing of the next one;
 * anywhere else it gets CB_ESTATE, unless the first is reset or freed.  The first
 * has then lost the buffer, and is reset before it reads again.
 */
CB_API CB_MUST_USE int cb_decoder_new(struct cb_decoder **decoder, const char *specification,
                                      const struct cb_decoder_options *options,
                                      struct cb_error *error) CB_NONNULL_2;
CB_API void cb_decoder_free(struct cb_decoder *decoder); /* NULL is fine */
/* Forgets the stream and its buffer, to begin another one at the head of any
 * buffer.  What was given is good no more, and what was assembled is freed. */
CB_API void cb_decoder_reset(struct cb_decoder *decoder) CB_NONNULL;
CB_API unsigned cb_decoder_traits(const struct cb_decoder *decoder) CB_NONNULL;

/*
 * Fills at most `max` pieces.  Returns
 *   a count   of pieces, 1 or more; call again before reading more input
 *   CB_MORE   the buffer holds nothing more to give: at least
 *             cb_decoder_needed() bytes must be added
 *   CB_END    the framing or the input has come to its end; what follows is at
 *             the head after cb_decoder_release
 *   CB_E...   an error, the same at every further call: cb_decoder_error()
 * and besides, with no error to be asked for:
 *   CB_ESTATE this is not the decoder's buffer, or not as it was: see
 *             cb_decoder_new
 *   CB_ENOMEM at the first call for a stream: it may be made again
 * The pieces are good until cb_decoder_release, or until bytes leave the
 * buffer in any other way; appending to it does not hurt them.
 *
 * No byte is copied but where the framing changes payload, and none is looked at
 * twice.  Cost: a few nanoseconds a record.
 */
CB_API CB_MUST_USE ssize_t cb_decoder_batch(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                            struct cb_piece *pieces, size_t max) CB_NONNULL_2;
/* Drops from the buffer all that was given as pieces, and the framing around
 * it. */
CB_API void cb_decoder_release(struct cb_decoder *decoder, struct cb_buffer *buffer) CB_NONNULL;
/* Copies the header of the frame that a record's first piece is from: at most `room`
 * of the piece->header bytes.  Returns how many.  Frames with a length have one (the
 * stream number of Docker, the type of PostgreSQL, a chunk's size), those of
 * websocket, and in http a message's head, with the size of the first chunk.  The
 * piece is as this decoder gave it, and still good. */
CB_API size_t cb_decoder_header(const struct cb_decoder *decoder, const struct cb_piece *piece,
                                void *out, size_t room) CB_NONNULL_2;
/* Releases the piece before and gives one more.  Returns as cb_decoder_batch; at
 * CB_END the end mark is released too, so that what follows is at the head. */
CB_API CB_MUST_USE int cb_decoder_next(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       struct cb_piece *piece) CB_NONNULL;
/* Releases, and passes over at most `max` records; *count says how many ended.
 * Returns CB_PIECE where that is 1 or more, otherwise as cb_decoder_batch.
 * Counting records this way costs about as much as looking for their ends.
 * With max 0 it passes over what is still known to belong to the last record: of
 * "\r\n", where "\r" was enough to end it.  CB_YES, or CB_MORE where more of that
 * may come. */
CB_API CB_MUST_USE int cb_decoder_skip(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       uint64_t max, uint64_t *count) CB_NONNULL_2;
/* Releases, and appends one whole record to `record`, by reference: CB_PIECE.
 * Otherwise as cb_decoder_next.  Bounded by max_record, or else by 64 MiB: a
 * longer record is treated as on_overflow says, but what is left out or cut may
 * still be had in pieces if it was not released.  CB_ESTATE also where a part of
 * the record was given already. */
CB_API CB_MUST_USE int cb_decoder_take(struct cb_decoder *decoder, struct cb_buffer *buffer,
                                       struct cb_buffer *record) CB_NONNULL;

/*
 * With CB_SYNC: finds the last place before position + n at which decoding may
 * begin as well as at the beginning of the stream, of which `data` are the n >= 1
 * bytes at `position`.  From there on every record that begins behind that place
 * is found; what comes first may be the end of one.
 * CB_YES with *place set; CB_NO where these bytes do not show one: with more
 * bytes before them there may be.  Position 0 always is one.  CB_EINVAL without
 * CB_SYNC.  Linear in n.
 */
CB_API CB_MUST_USE int cb_decoder_sync(const struct cb_decoder *decoder, const void *data, size_t n,
                                       uint64_t position, uint64_t *place) CB_NONNULL_1;

/* Says that the input has ended: what is in the buffer is all there is. */
CB_API void cb_decoder_finish(struct cb_decoder *decoder) CB_NONNULL;

/* After CB_MORE: how many bytes are missing at least, 1 or more. */
CB_API uint64_t cb_decoder_needed(const struct cb_decoder *decoder) CB_NONNULL;
/* After CB_MORE: how many of the last bytes in the buffer may turn out to stand
 * behind the record that comes next, because its end is known only by what
 * follows; nearly always 0.  With delimiters "a" and "abc" it is 1 for "ab". */
CB_API uint64_t cb_decoder_undecided(const struct cb_decoder *decoder) CB_NONNULL;
/* After CB_MORE: how many of the bytes to come, from the next one on, are
 * payload of the record that was begun.  They need not go through the buffer:
 * a caller may move them to where they belong by any other way, or skip them,
 * and say so by cb_decoder_pass.  0 if the next byte has to be looked at. */
CB_API uint64_t cb_decoder_ahead(const struct cb_decoder *decoder) CB_NONNULL;
/* Releases, and says that n of the bytes to come went by elsewhere.  The
 * position of the buffer goes on by n.  CB_EINVAL for more than
 * cb_decoder_ahead, or beyond position 2^63 - 1; CB_ESTATE for another buffer. */
CB_API int cb_decoder_pass(struct cb_decoder *decoder, struct cb_buffer *buffer, uint64_t n)
    CB_NONNULL;
/* The position behind the last byte that belongs to what was given so far,
 * its framing included.  After an error: where the frame begins that is wrong. */
CB_API uint64_t cb_decoder_position(const struct cb_decoder *decoder) CB_NONNULL;
/* Number of the record that is being decoded, or comes next, from 1: one more
 * than how many are finished. */
CB_API uint64_t cb_decoder_record(const struct cb_decoder *decoder) CB_NONNULL;
/* What is wrong; its code is CB_OK as long as nothing is.  It may be known while
 * pieces that stand before it are still to be given. */
CB_API const struct cb_error *cb_decoder_error(const struct cb_decoder *decoder) CB_NONNULL;

/* ------------------------------------------------------------- keep pieces */

/*
 * Bytes that are kept for longer than what gave them, without a buffer and without a
 * copy: they stay, and stay where they are, until cb_drop, whatever becomes of the
 * buffer, the decoder and the pool.  As with a buffer that was filled by cb_take, the
 * whole block stays with them (cb_pool_stats counts it as live).
 *
 * Hold on the thread of the buffer and decoder.  A struct cb_held may then go to
 * another thread, to be copied, appended or dropped there, only if the pool of the
 * buffer is shared.
 */
struct cb_held {
    const uint8_t *data;
    size_t length;
    void *block; /* the library's; NULL where nothing has to be dropped */
};

/* Holds the bytes of a piece, as long as it is good, in *held, whose old value is not
 * looked at.  Cannot fail, allocates nothing: a few nanoseconds.  A piece of one's
 * own making, with `block` NULL, is not kept: *held then has its data, which are its
 * maker's as before. */
CB_API void cb_hold(const struct cb_piece *piece, struct cb_held *held) CB_NONNULL;
/* Holds n bytes of a buffer, from `offset` on: CB_YES.  CB_NO, and *held is as it
 * was, where the buffer does not have them, or not in one chunk. */
CB_API CB_MUST_USE int cb_hold_bytes(const struct cb_buffer *buffer, size_t offset, size_t n,
                                     struct cb_held *held) CB_NONNULL;
/* Holds the same bytes once more; each has to be dropped. */
CB_API void cb_held_copy(const struct cb_held *held, struct cb_held *copy) CB_NONNULL;
/* Appends held bytes by reference, however few; they are held as before.  Copied are
 * those without a block, and in a buffer of a shared pool those that come from
 * another.  CB_ENOMEM, CB_ELIMIT. */
CB_API CB_MUST_USE int cb_append_held(struct cb_buffer *buffer, const struct cb_held *held)
    CB_NONNULL;
/* Lets go of the bytes, and sets *held to zero, so that a second time does nothing.
 * Bytes of the caller's (cb_append_ref) are released here, on this thread, if nobody
 * else sees them.  NULL is fine. */
CB_API void cb_drop(struct cb_held *held);

/* An encoder gives the bytes that stand around a record's payload, and where
 * the framing asks for it, the bytes that stand for the payload. */
struct cb_encoder;

struct cb_encoder_options {
    size_t size; /* sizeof(struct cb_encoder_options) */
    const struct cb_allocator *allocator; /* NULL: malloc and free */
    unsigned refuse_collisions; /* 1: a payload that holds the framing's own
                                   delimiter, so that it would be read back as
                                   something else, is CB_EUNENCODABLE */
};

/* What an encoder needs to see, and what it writes. */
enum {
    CB_NEEDS_LENGTH = 1, /* the length of a record before its first byte: `total` must
                            be known in every piece */
    CB_CONSTANT = 2,     /* the same bytes before and after every record */
    CB_NO_PAYLOAD = 4,   /* payload is not written */
    CB_LOOKS = 8,        /* payload is looked at, */
    CB_NEEDS_WHOLE = 16, /* ... and all of a record before its first byte is written */
    CB_TRANSFORMS = 32,  /* payload is written in another form */
    CB_NEEDS_PLACE = 64  /* the record's number and offset are written */
};

/* As cb_decoder_new. */
CB_API CB_MUST_USE int cb_encoder_new(struct cb_encoder **encoder, const char *specification,
                                      const struct cb_encoder_options *options,
                                      struct cb_error *error) CB_NONNULL_2;
CB_API void cb_encoder_free(struct cb_encoder *encoder); /* NULL is fine */
CB_API unsigned cb_encoder_traits(const struct cb_encoder *encoder) CB_NONNULL;

/* Why the last record was refused. */
CB_API const struct cb_error *cb_encoder_error(const struct cb_encoder *encoder) CB_NONNULL;

/* ------------------------------------------------- records into a buffer */

/*
 * Appends a whole record with the bytes that the framing puts around it: the
 * payload by reference where it is long (512 bytes or more in one chunk), else
 * by a copy; `record` keeps it too.  All or nothing.  CB_EUNENCODABLE with
 * cb_encoder_error() filled; CB_ENOMEM; CB_ELIMIT; CB_EINVAL where both buffers
 * are the same; CB_ESTATE inside a record that came in pieces.
 */
CB_API CB_MUST_USE int cb_encode(struct cb_encoder *encoder, const struct cb_buffer *record,
                                 struct cb_buffer *out) CB_NONNULL;
/* The same for n bytes in memory.  With `release` they may go by reference: they
 * must stay as they are until it is called, as in cb_append_ref; without, they
 * are copied. */
CB_API CB_MUST_USE int cb_encode_bytes(struct cb_encoder *encoder, const void *data, size_t n,
                                       cb_release_fn release, void *arg, struct cb_buffer *out)
    CB_NONNULL_1;
/*
 * The same for pieces as a decoder gave them, in order.  *taken says how many of
 * them have gone into `out`, or were refused.
 *   CB_OK            all of them
 *   1                `out` is at its limit, or this call has done enough (256 KiB
 *                    copied, or 1,024 chunks): write, then call again with the
 *                    pieces from *taken on, the first of which may be half done
 *   CB_EUNENCODABLE  a record was refused, and what `out` still had of it was
 *                    taken back; the next call goes on after it
 *   CB_ESTATE        a piece does not follow the one before it, or its `total` is not
 *                    known and the encoder has CB_NEEDS_LENGTH
 *   CB_ELIMIT        the limit of `out` is too small for anything
 *   CB_ENOMEM        may be called again in the same way as after 1
 */
CB_API CB_MUST_USE int cb_encode_pieces(struct cb_encoder *encoder, const struct cb_piece *pieces,
                                        size_t count, struct cb_buffer *out, size_t *taken)
    CB_NONNULL_1;
/* Appends what stands at the end of a stream; then the encoder is ready for a new
 * one.  CB_ENOMEM and CB_ELIMIT: may be called again.  CB_ESTATE inside a record. */
CB_API CB_MUST_USE int cb_encode_end(struct cb_encoder *encoder, struct cb_buffer *out) CB_NONNULL;
/* Sets the number of the next whole record, and of the record that pieces call 1
 * (it is 1 at first), for framings that write it. */
CB_API void cb_encoder_number(struct cb_encoder *encoder, uint64_t first) CB_NONNULL;
/* Forgets a record that was begun, and all numbers. */
CB_API void cb_encoder_reset(struct cb_encoder *encoder) CB_NONNULL;

/* ------------------------------------- any framing in, any framing out */

/*
 * Decodes at most `max` records (CB_ALL: all) from the head of `in`, and appends them
 * to `out` in the encoder's framing; what was decoded leaves `in`.  `count`, which may
 * be NULL, gets the number of records that ended.  One call does a bounded amount of
 * work (256 KiB copied, or 1,024 chunks).  Returns
 *   CB_YES   there may be more to do: write `out`, and call again
 *   CB_MORE  more input is needed; cb_decoder_needed(), or cb_decoder_finish()
 *   CB_END   the input has come to its end: cb_encode_end() is next
 *   CB_E...  an error of the decoder, the same at every further call; or of the
 *            encoder, as of cb_encode_pieces.  All before it is in `out`.
 * Where the encoder has CB_NEEDS_LENGTH and the decoder tells none, or it has
 * CB_NEEDS_WHOLE, records are held until their end and bounded by max_record, or else
 * by 64 MiB.  Until a call has returned something else than CB_YES or an error of
 * the encoder, cb_decoder_take and cb_decoder_skip are CB_ESTATE.
 */
CB_API CB_MUST_USE int cb_reframe(struct cb_decoder *decoder, struct cb_encoder *encoder,
                                  struct cb_buffer *in, struct cb_buffer *out, size_t max,
                                  size_t *count) CB_NONNULL_2;
/* After CB_MORE, once `out` is written: how many of the bytes to come are payload
 * that goes out as it is.  They need not come through the buffers: see
 * cb_decoder_ahead.  0 if they must. */
CB_API uint64_t cb_reframe_ahead(const struct cb_decoder *decoder, const struct cb_encoder *encoder,
                                 const struct cb_buffer *out) CB_NONNULL_1;
/* Says that n of these went by elsewhere, as cb_decoder_pass. */
CB_API int cb_reframe_pass(struct cb_decoder *decoder, const struct cb_encoder *encoder,
                           struct cb_buffer *in, uint64_t n) CB_NONNULL_1;

/* --------------------------------------------------- a framing of one's own */

/*
 * A framing that the table does not have, described by a few functions.  What is made
 * from it is a decoder or an encoder as any other: pieces, limits, partial records,
 * counting, cb_decoder_ahead, cb_reframe and the rest work as they do for all.
 *
 * To decode, one of two functions finds the records.  `header` is for frames that
 * begin with the length of their payload: header, payload, padding, trailer, of which
 * all but one may be missing.  `scan` is for records that end where their bytes say.
 * To encode, `head` and `tail` give what stands before and after a payload.
 *
 * For all of these functions:
 *
 * - They are called during calls for their decoder or encoder, on its thread.  They may
 *   make no call for that decoder or encoder, nor for the buffers that it works on;
 *   calls for others are fine.  They must return: no longjmp, no exception.
 * - `arg` is theirs.  Coders that are used by different threads, or in turn, need an
 *   `arg` each if the functions keep anything in it.
 * - Bytes are good during the call only, and are not to be written to.  There are n
 *   >= 1 of them, but for `look` and `collides`, where n may be 0.  Structs for their
 *   answer are all zero when they are called.
 * - Texts (`why`) are printable ASCII without a place, and must last as long as the
 *   decoder or encoder: constants.  NULL stands for a text that fits any framing.
 * - A decoder works ahead of what it gives, and looks again at a frame that it did not
 *   take: a frame may be asked for several times.
 * - An answer that cannot be is the framing's fault and not the input's.  A decoder
 *   says so by CB_EINVAL, with the reason in cb_decoder_error(), and remains there; an
 *   encoder refuses the record with CB_EUNENCODABLE.  What can be is said with each
 *   function; nothing else is relied on.
 */
enum {
    CB_OWN_HEADER = 4096, /* the most bytes that a header has */
    CB_OWN_ROOM = 64      /* the most bytes that head, tail and finish give */
};

/* A frame, as `header` tells it.  Its bytes stand in this order. */
struct cb_frame {
    size_t header;    /* bytes before the payload: at most n */
    uint64_t payload; /* any number: the decoder sees to limits and overflow */
    size_t padding;   /* bytes of any value, at most 2^31 - 1 */
    size_t trailer;   /* bytes that must be those that `tail` gives, at most CB_OWN_ROOM */
    size_t needed;    /* with CB_MORE: the bytes that the header has at least, more than n */
    size_t at;        /* with CB_EMALFORMED: the byte that is wrong, less than n */
    const char *why;  /* the same: what is wrong; with CB_YES what to say where the
                         trailer is wrong */
};

/* What `scan` saw in the n bytes. */
struct cb_span {
    size_t used;     /* with CB_YES: where the record's frame ends; with CB_EMALFORMED:
                        the byte that is wrong; with CB_END: where the end mark does */
    size_t tail;     /* with CB_YES: the last of these that are framing, at most `used`;
                        with CB_EMALFORMED: bytes before the wrong one that may be
                        framing, and are not given */
    size_t again;    /* with CB_MORE: the last bytes, of which it is not known yet whether
                        they are payload; less than CB_OWN_HEADER */
    uint64_t skip;   /* with CB_MORE, and `again` 0: bytes after these n that are payload
                        whatever they are, and need not be shown */
    const char *why; /* with CB_EMALFORMED */
};

enum {
    CB_OWN_KEEP = 1,    /* in: records have their framing on */
    CB_OWN_UNENDED = 2, /* in: a last record may go without its end, so that on_partial is
                           CB_PARTIAL_EMIT by default; else it is CB_PARTIAL_FAIL */
    CB_OWN_CONSTANT = 4 /* out: head and tail give the same for every record, whatever its
                           length: they are called once, when the encoder is made.
                           Faster.  Not together with `look` */
};

struct cb_own {
    size_t size;    /* sizeof(struct cb_own) */
    unsigned flags; /* CB_OWN_... */
    void *arg;      /* for the functions; must outlive what is made from this */

    /*
     * In, this or `scan`.  Reads the header at the beginning of a frame, which `data`
     * always begins with, in one piece: n grows up to CB_OWN_HEADER.  Without state:
     * the answer depends on the frame alone, and stays the same however many of its
     * bytes are shown, so what it keeps in `arg` is for `look` and `tail` alone.
     *   CB_YES         a frame, of one byte or more in all
     *   CB_MORE        frame->needed bytes are needed to tell.  A header of more than
     *                  CB_OWN_HEADER is CB_EMALFORMED
     *   CB_END         nothing follows; frame->header bytes are the end mark
     *   CB_EMALFORMED  frame->at and frame->why
     */
    int (*header)(void *arg, const uint8_t *data, size_t n, struct cb_frame *frame);

    /*
     * In, this or `header`.  Looks for the end of a record, from where it left off: at
     * the first byte of a frame, or after the bytes that it has let go by.  A record
     * begins with the first byte of its frame.
     *   CB_YES         a record ends: span->used, span->tail.  Its frame has one byte or
     *                  more in all.  Ready for the next one
     *   CB_MORE        the record goes on after all n bytes.  The last span->again of
     *                  them are shown once more, before those that follow, in one
     *                  piece.  Where span->skip are passed over, what comes next is
     *                  after these
     *   CB_END         nothing follows; only where no byte of a record went by
     *   CB_EMALFORMED  span->used and span->why
     * At the end of the input what was not ended is a partial record.
     */
    int (*scan)(void *arg, const uint8_t *data, size_t n, struct cb_span *span);

    /* Optional.  A stream begins: before anything else, and each time that the decoder
     * or encoder was reset; after cb_encode_end too. */
    void (*reset)(void *arg);

    /*
     * Optional, for checksums: is shown the payload in parts, `at` being how much of it
     * came before; 0 begins anew.  The order is header or head, look, tail, for each
     * record.  With `header`, and out; `scan` sees all there is.  It has payload come
     * through the buffer (cb_decoder_ahead is 0).
     */
    void (*look)(void *arg, uint64_t at, const uint8_t *data, size_t n);

    /* Writes what stands after a payload to the CB_OWN_ROOM bytes at `to`, and returns
     * how many it wrote.  Out, and in for frames with a trailer: there it must give
     * frame->trailer bytes.  Without `look` it is called right after header.  NULL:
     * nothing. */
    size_t (*tail)(void *arg, uint8_t *to);

    /* Out: the same for what stands before a payload of `length` bytes.  A record whose
     * length is not known is held until it is, but with CB_OWN_CONSTANT, where length
     * is 0.  CB_EUNENCODABLE with *why set refuses the record.  NULL: nothing. */
    ssize_t (*head)(void *arg, uint64_t length, uint8_t *to, const char **why);

    /* Out, optional: the same for what stands at the end of a stream. */
    size_t (*finish)(void *arg, uint8_t *to);

    /* Out, optional, where refuse_collisions is asked for: sees the pieces of each
     * record, from CB_FIRST to CB_LAST, and returns NULL, or why the record would not be
     * read back as it is, with *at set to the byte of this piece that shows it. */
    const char *(*collides)(void *arg, const struct cb_piece *piece, size_t *at);
};

/* As cb_decoder_new and cb_encoder_new.  *own is copied.  CB_EINVAL also where it has
 * neither or both of header and scan, or out neither head nor tail. */
CB_API int cb_decoder_new_own(struct cb_decoder **decoder, const struct cb_own *own,
                              const struct cb_decoder_options *options, struct cb_error *error);
CB_API int cb_encoder_new_own(struct cb_encoder **encoder, const struct cb_own *own,
                              const struct cb_encoder_options *options, struct cb_error *error);

#ifdef __cplusplus
}
#endif

#endif
