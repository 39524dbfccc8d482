# SPDX-License-Identifier: MIT
"""The buffer protocol, in both directions: bytes of the library that Python sees, and bytes
of Python objects that the library sees."""


cdef const char *unsigned_bytes = b"B"


cdef int fill_view(Py_buffer *view, object owner, const void *data, size_t n, bint writable,
                   int flags) except -1:
    """Fills a view of n bytes, which keeps `owner` alive."""
    if flags & PyBUF_WRITABLE and not writable:
        raise BufferError("these bytes are read-only")
    view.obj = owner
    view.buf = <void *>data if n else <void *>unsigned_bytes
    view.len = <Py_ssize_t>n
    view.readonly = not writable
    view.itemsize = 1
    view.format = <char *>unsigned_bytes if flags & PyBUF_FORMAT else NULL
    view.ndim = 1
    view.shape = &view.len if flags & PyBUF_ND else NULL
    view.strides = &view.itemsize if flags & PyBUF_STRIDES == PyBUF_STRIDES else NULL
    view.suboffsets = NULL
    view.internal = NULL
    return 0


@cython.final
@cython.no_gc
@cython.freelist(16)
cdef class Chunk:
    """Bytes of a buffer that are in one place: read-only, for memoryview and all else that
    takes bytes-like objects.  They stay in place as long as this exists."""
    cdef cb_held held

    def __dealloc__(self):
        cb_drop(&self.held)
        release_unneeded()

    def __len__(self):
        return self.held.length

    def __getbuffer__(self, Py_buffer *view, int flags):
        fill_view(view, self, self.held.data, self.held.length, False, flags)

    def __repr__(self):
        return f"<Chunk of {self.held.length} bytes>"


@cython.final
@cython.no_gc_clear  # a subclass of Buffer can refer to it
@cython.freelist(16)
cdef class WritableChunk:
    """Room to write into, from Buffer.get_chunk: for recv_into, readinto and the like."""
    cdef Buffer owner
    cdef void *data
    cdef size_t size
    cdef int exports
    cdef bint closed  # it is not offered any more
    cdef cb_held pin  # keeps the block in place for views that are older than that

    def __dealloc__(self):
        cb_drop(&self.pin)
        if self.owner is not None and self.owner.offer == <void *>self:
            self.owner.offer = NULL

    def __len__(self):
        return 0 if self.closed else self.size

    def __getbuffer__(self, Py_buffer *view, int flags):
        if self.closed:
            raise BufferError("this chunk was written already; call get_chunk again")
        fill_view(view, self, self.data, self.size, True, flags)
        self.exports += 1

    def __releasebuffer__(self, Py_buffer *view):
        self.exports -= 1
        if not self.exports and self.pin.block is not NULL:
            cb_drop(&self.pin)
            self.owner.old_views -= 1

    def __repr__(self):
        return f"<WritableChunk of {len(self)} bytes>"


# -------------------------------------------- objects appended by reference

cdef struct kept_view:
    Py_buffer view
    kept_view *next

# Views that the library does not need any more, the oldest first.
cdef kept_view *unneeded = NULL
cdef kept_view *unneeded_last

cdef enum:
    RELEASES_NESTED = 20  # a long chain of objects would need too much stack
cdef int releases_running = 0


cdef void drop_view(void *arg, const void *data, size_t size) noexcept with gil:
    """For the library, which calls it in the midst of its work, and on any thread."""
    global unneeded, unneeded_last
    cdef kept_view *kept = <kept_view *>arg
    kept.next = NULL
    if unneeded is NULL:
        unneeded = kept
    else:
        unneeded_last.next = kept
    unneeded_last = kept


cdef void release_views() noexcept:
    """Releases objects, which can run any code."""
    global unneeded, releases_running
    cdef kept_view *kept
    if releases_running == RELEASES_NESTED:
        return  # the loops of the callers go on
    releases_running += 1
    while unneeded is not NULL:
        kept = unneeded
        unneeded = kept.next
        PyBuffer_Release(&kept.view)
        PyMem_RawFree(kept)
    releases_running -= 1


cdef inline void release_unneeded() noexcept:
    """After each call of the library that may drop bytes, once all is in order."""
    if unneeded is not NULL:
        release_views()


cdef kept_view *keep_view(object data) except NULL:
    """A view that stays where it is until drop_view."""
    cdef kept_view *kept = <kept_view *>PyMem_RawMalloc(sizeof(kept_view))
    if kept is NULL:
        raise MemoryError()
    try:
        PyObject_GetBuffer(data, &kept.view, PyBUF_SIMPLE)
    except:
        PyMem_RawFree(kept)
        raise
    return kept
