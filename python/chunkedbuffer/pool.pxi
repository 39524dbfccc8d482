# SPDX-License-Identifier: MIT
"""Pools, and the C buffers that are kept for the next record."""


@cython.final
cdef class Pool:
    """Pool(idle_limit=16777216, shared=False)

    Unused blocks of memory, kept for reuse.  `idle_limit` is the most idle bytes to keep; -1:
    no limit.  With `shared`, long calls for its buffers release the GIL, and every record costs
    some 15 ns more.
    """
    cdef cb_pool *pool
    cdef bint is_shared

    def __cinit__(self, Py_ssize_t idle_limit=1 << 24, bint shared=False):
        cdef cb_pool_options options
        memset(&options, 0, sizeof(options))
        options.size = sizeof(options)
        options.idle_limit = at_most(idle_limit) if idle_limit else 1
        options.shared = self.is_shared = shared
        status = cb_pool_new(&self.pool, &options)
        if status < 0:
            fail(status)

    def __dealloc__(self):
        cb_pool_unref(self.pool)

    @property
    def shared(self):
        """Do long calls for its buffers release the GIL?"""
        return bool(self.is_shared)

    def reset(self):
        """Frees the blocks idle now, and those in use now as soon as they are released."""
        cb_pool_reset(self.pool)

    def stats(self):
        """What the pool contains, and what it has done: a PoolStats."""
        cdef pool_stats stats
        stats.size = sizeof(stats)
        status = cb_pool_stats(self.pool, &stats)
        if status < 0:
            fail(status)
        return PoolStats(stats.live_bytes, stats.pinned_bytes, stats.idle_bytes, stats.live_blocks,
                         stats.idle_blocks, stats.allocations, stats.copied, stats.scanned)


cdef Pool default_pool = Pool()
global_pool = default_pool


cdef cb_buffer *new_buffer() except NULL:
    """A C buffer with default options."""
    cdef cb_buffer *buffer
    cdef cb_buffer_options options
    memset(&options, 0, sizeof(options))
    options.size = sizeof(options)
    options.pool = default_pool.pool
    status = cb_buffer_new(&buffer, &options)
    if status < 0:
        fail(status)
    return buffer


# Empty C buffers of the default pool.  What is taken goes into one of them; it goes back at
# once if the bytes can be held without it.
cdef enum:
    SPARES = 16
cdef cb_buffer *spares[SPARES]
cdef int spare_count = 0


cdef cb_buffer *borrow_spare() except NULL:
    global spare_count
    if not spare_count:
        return new_buffer()
    spare_count -= 1
    return spares[spare_count]


cdef void return_spare(cb_buffer *buffer) noexcept:
    """Its contents may not be needed any more."""
    global spare_count
    cb_skip(buffer, CB_ALL)
    if spare_count == SPARES:
        cb_buffer_free(buffer)
    else:
        spares[spare_count] = buffer
        spare_count += 1
    release_unneeded()
