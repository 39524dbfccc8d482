# SPDX-License-Identifier: MIT
"""What this package uses of <chunkedbuffer.h>, which documents it."""
from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef extern from "sys/uio.h" nogil:
    struct iovec:
        void *iov_base
        size_t iov_len
    ssize_t readv(int fd, const iovec *areas, int count)
    ssize_t writev(int fd, const iovec *areas, int count)

cdef extern from "chunkedbuffer.h" nogil:
    const char *cb_version()
    const char *cb_strerror(int status)
    const size_t CB_ALL

    enum:
        CB_YES
        CB_MORE
        CB_END
        CB_ENOMEM
        CB_EINVAL
        CB_ESTATE
        CB_ELIMIT
        CB_EIO
        CB_EAGAIN
        CB_EMALFORMED
        CB_ETRUNCATED
        CB_EOVERFLOW
        CB_EUNENCODABLE

    # Pool
    struct cb_pool:
        pass
    struct cb_pool_options:
        size_t size
        size_t idle_limit
        unsigned shared
    ctypedef struct pool_stats "struct cb_pool_stats":
        size_t size
        size_t live_bytes
        size_t pinned_bytes
        size_t idle_bytes
        size_t live_blocks
        size_t idle_blocks
        uint64_t allocations
        uint64_t copied
        uint64_t scanned
    int cb_pool_new(cb_pool **pool, const cb_pool_options *options)
    void cb_pool_unref(cb_pool *pool)
    void cb_pool_reset(cb_pool *pool)
    int cb_pool_stats(const cb_pool *pool, pool_stats *stats)

    # Buffer
    ctypedef void (*cb_release_fn)(void *arg, const void *data, size_t size)
    struct cb_held:
        const uint8_t *data
        size_t length
        void *block
    struct cb_buffer:
        pass
    struct cb_buffer_options:
        size_t size
        cb_pool *pool
        size_t chunk_min
        size_t chunk_max
        size_t cutoff
        size_t copy_below
        size_t limit
        unsigned release_fast
    int cb_buffer_new(cb_buffer **buffer, const cb_buffer_options *options)
    void cb_buffer_free(cb_buffer *buffer)
    size_t cb_length(const cb_buffer *buffer)
    uint64_t cb_position(const cb_buffer *buffer)
    int cb_get_chunk(cb_buffer *buffer, size_t hint, void **data, size_t *size)
    ssize_t cb_reserve(cb_buffer *buffer, size_t hint, iovec *areas, size_t max)
    int cb_commit(cb_buffer *buffer, size_t n)
    int cb_append(cb_buffer *buffer, const void *data, size_t size)
    int cb_append_ref(cb_buffer *buffer, const void *data, size_t size, cb_release_fn release,
                      void *arg)
    int cb_append_buffer(cb_buffer *buffer, const cb_buffer *source)
    size_t cb_chunks(const cb_buffer *buffer, iovec *chunks, size_t max)
    int cb_data(cb_buffer *buffer, size_t n, const void **data)
    size_t cb_copyout(const cb_buffer *buffer, size_t offset, size_t n, void *out)
    int cb_equal(const cb_buffer *a, const cb_buffer *b)
    int cb_equal_bytes(const cb_buffer *a, const void *data, size_t n)
    int cb_find(cb_buffer *buffer, const void *needle, size_t n, size_t start, size_t end,
                size_t *at)
    ssize_t cb_take(cb_buffer *source, size_t n, cb_buffer *target)
    ssize_t cb_slice(const cb_buffer *source, size_t offset, size_t n, cb_buffer *target)
    size_t cb_skip(cb_buffer *buffer, size_t n)
    enum:
        CB_KEEP
    int cb_takeuntil(cb_buffer *buffer, const void *delimiter, size_t n, size_t start,
                     size_t limit, unsigned flags, cb_buffer *target)
    int cb_takeline(cb_buffer *buffer, size_t start, size_t limit, unsigned flags,
                    cb_buffer *target)
    int cb_skip_if_startswith(cb_buffer *buffer, const void *prefix, size_t n, size_t *missing)
    struct cb_split:
        pass
    int cb_split_new(cb_split **split, cb_buffer *source, const void *separator, size_t n,
                     size_t maximum)
    int cb_splitlines_new(cb_split **split, cb_buffer *source, unsigned flags)
    int cb_split_next(cb_split *split, cb_buffer *part)
    void cb_split_free(cb_split *split)
    size_t cb_strip(cb_buffer *buffer, const void *set, size_t n)

    # Framings
    struct cb_framing:
        pass
    enum:
        CB_DECODES
        CB_ENCODES
    const cb_framing *cb_framing_next(const cb_framing *framing)
    const char *cb_framing_name(const cb_framing *framing)
    const char *cb_framing_summary(const cb_framing *framing)
    unsigned cb_framing_can(const cb_framing *framing)
    const char *cb_framing_preset(const cb_framing *framing)
    struct cb_error:
        int code
        uint64_t record
        uint64_t offset
        uint64_t start
        char *text

    # Decoder
    enum:
        CB_FIRST
        CB_LAST
        CB_APART
    struct cb_piece:
        const uint8_t *data
        size_t length
        uint64_t record
        uint64_t offset
        uint64_t total
        void *block
        uint32_t flags
        uint32_t header
    enum cb_partial:
        CB_PARTIAL_DEFAULT
        CB_PARTIAL_FAIL
        CB_PARTIAL_EMIT
        CB_PARTIAL_DROP
    enum cb_overflow:
        CB_OVERFLOW_FAIL
        CB_OVERFLOW_SKIP
        CB_OVERFLOW_TRUNCATE
    enum cb_malformed:
        CB_MALFORMED_FAIL
        CB_MALFORMED_SKIP
    enum:
        CB_WHOLE
    struct cb_decoder:
        pass
    struct cb_decoder_options:
        size_t size
        uint64_t max_record
        cb_partial on_partial
        unsigned whole
        cb_overflow on_overflow
        cb_malformed on_malformed
    int cb_decoder_new(cb_decoder **decoder, const char *specification,
                       const cb_decoder_options *options, cb_error *error)
    void cb_decoder_free(cb_decoder *decoder)
    void cb_decoder_reset(cb_decoder *decoder)
    void cb_decoder_release(cb_decoder *decoder, cb_buffer *buffer)
    size_t cb_decoder_header(const cb_decoder *decoder, const cb_piece *piece, void *out,
                             size_t room)
    int cb_decoder_next(cb_decoder *decoder, cb_buffer *buffer, cb_piece *piece)
    int cb_decoder_skip(cb_decoder *decoder, cb_buffer *buffer, uint64_t max, uint64_t *count)
    int cb_decoder_recover(cb_decoder *decoder, cb_buffer *buffer, uint64_t *lost)
    void cb_decoder_finish(cb_decoder *decoder)
    void cb_decoder_settle(cb_decoder *decoder)
    uint64_t cb_decoder_needed(const cb_decoder *decoder)
    uint64_t cb_decoder_position(const cb_decoder *decoder)
    uint64_t cb_decoder_record(const cb_decoder *decoder)
    const cb_error *cb_decoder_error(const cb_decoder *decoder)

    void cb_hold(const cb_piece *piece, cb_held *held)
    int cb_hold_bytes(const cb_buffer *buffer, size_t offset, size_t n, cb_held *held)
    void cb_held_copy(const cb_held *held, cb_held *copy)
    int cb_append_held(cb_buffer *buffer, const cb_held *held)
    void cb_drop(cb_held *held)

    # Encoder
    struct cb_encoder:
        pass
    struct cb_encoder_options:
        size_t size
        unsigned refuse_collisions
    int cb_encoder_new(cb_encoder **encoder, const char *specification,
                       const cb_encoder_options *options, cb_error *error)
    void cb_encoder_free(cb_encoder *encoder)
    const cb_error *cb_encoder_error(const cb_encoder *encoder)
    int cb_encode(cb_encoder *encoder, const cb_buffer *record, cb_buffer *out)
    int cb_encode_bytes(cb_encoder *encoder, const void *data, size_t n, cb_release_fn release,
                        void *arg, cb_buffer *out)
    int cb_encode_end(cb_encoder *encoder, cb_buffer *out)
    void cb_encoder_number(cb_encoder *encoder, uint64_t first)
    void cb_encoder_reset(cb_encoder *encoder)
    int cb_reframe(cb_decoder *decoder, cb_encoder *encoder, cb_buffer *source, cb_buffer *out,
                   size_t max, size_t *count)
