# SPDX-License-Identifier: MIT
"""Buffer: bytes enter at its tail and leave at its head.

A Buffer is in one of two states.  One that was taken is only a hold on its bytes, as long as
they are in one place and nothing is added: so taking a record allocates nothing but the
Python object.  All else has a C buffer.
"""

cdef enum:
    AREAS = 256  # written by one system call
    LONG_SEARCH = 1 << 20  # bytes from which on a search releases the GIL


@cython.no_gc
@cython.freelist(64)
cdef class Buffer:
    """Buffer(release_fast_to_pool=False, minimum_chunk_size=2048, pool=None,
           maximum_chunk_size=262144, input_cutoff_size=4096, *, limit=0, copy_below=0)

    A queue of bytes.  What is taken from it is a Buffer of its own, without a copy.

    release_fast_to_pool  when it is empty, its block goes back to the pool at once
    minimum_chunk_size    the smallest and the largest chunk to read into
    maximum_chunk_size
    pool                  where its memory comes from; None: global_pool
    input_cutoff_size     append copies less than this
    limit                 most bytes in the buffer; more raises LimitError; 0: no limit
    copy_below            take and peek copy less than this, so that a short record does not
                          keep a whole block in memory
    """
    cdef cb_buffer *buffer  # NULL: `held` is all it contains
    cdef cb_held held
    cdef int exports  # views of `held`: it must stay as long as there are any
    cdef bint busy  # a call for it is running without the GIL
    cdef void *offer  # the WritableChunk last made, if it exists
    cdef int old_views  # of chunks that were written: they show the room behind them, too
    cdef void *reader  # the Decoder that is yet to drop the record that it has returned
    cdef size_t cutoff, copy_below
    cdef Pool own_pool

    def __init__(self, bint release_fast_to_pool=False, Py_ssize_t minimum_chunk_size=2048,
                 Pool pool=None, Py_ssize_t maximum_chunk_size=262144,
                 Py_ssize_t input_cutoff_size=4096, *, Py_ssize_t limit=0,
                 Py_ssize_t copy_below=0):
        cdef cb_buffer_options options
        if self.buffer is not NULL or self.held.length:
            raise errors.StateError("this buffer is in use")
        if min(minimum_chunk_size, maximum_chunk_size, input_cutoff_size, limit, copy_below) < 0:
            raise ValueError("sizes must not be negative")
        pool = default_pool if pool is None else pool
        memset(&options, 0, sizeof(options))
        options.size = sizeof(options)
        options.pool = pool.pool
        options.chunk_min = minimum_chunk_size
        options.chunk_max = maximum_chunk_size
        options.cutoff = max(input_cutoff_size, 1)
        options.copy_below = copy_below
        options.limit = limit
        options.release_fast = release_fast_to_pool
        status = cb_buffer_new(&self.buffer, &options)
        if status < 0:
            self.buffer = NULL
            fail(status)
        self.own_pool = pool
        self.cutoff = options.cutoff
        self.copy_below = copy_below

    def __dealloc__(self):
        cb_drop(&self.held)
        cb_buffer_free(self.buffer)
        release_unneeded()

    # ------------------------------------------------------------- state

    cdef int ready(self) except -1:
        """May it be used now?"""
        while self.reader is not NULL:
            (<Decoder>self.reader).release()
            release_unneeded()
        if self.busy:
            raise errors.StateError("this buffer is in use")

    cdef cb_buffer *full(self) except NULL:
        """The C buffer."""
        self.ready()
        if self.buffer is NULL:
            self.grow()
        return self.buffer

    cdef bint is_shared(self):
        """May calls for it release the GIL?"""
        return self.own_pool is not None and self.own_pool.is_shared

    cdef int grow(self) except -1:
        """From a hold to a C buffer."""
        cdef cb_buffer *buffer = new_buffer()
        if self.held.length:
            status = cb_append_held(buffer, &self.held)
            if status < 0:
                cb_buffer_free(buffer)
                fail(status)
        self.buffer = buffer
        self.cutoff = 4096
        if not self.exports:
            cb_drop(&self.held)

    cdef cb_buffer *to_fill(self) except NULL:
        """The same for calls that add bytes, which end an offer."""
        cdef cb_buffer *buffer = self.full()
        if self.offer is not NULL:
            self.close_offer()
        return buffer

    cdef int close_offer(self) except -1:
        cdef WritableChunk chunk = <WritableChunk>self.offer
        if chunk.exports:
            raise BufferError("a view of the chunk from get_chunk still exists")
        chunk.closed = True
        self.offer = NULL
        if cb_commit(self.buffer, 0) < 0:  # now, since the call that ends it may fail
            pass  # it has ended already

    cdef cb_buffer *copy(self) except NULL:
        """A spare with the same contents, by reference."""
        cdef cb_buffer *spare
        cdef ssize_t status
        if self.buffer is not NULL:
            self.full()
        spare = borrow_spare()
        if self.buffer is not NULL:
            status = cb_append_buffer(spare, self.buffer)
        elif self.held.length:
            status = cb_append_held(spare, &self.held)
        else:
            return spare
        if status < 0:
            return_spare(spare)
            fail(<int>status)
        return spare

    cdef int hold_all(self, cb_held *held) except -1:
        """Holds all bytes, after bringing them to one place."""
        cdef const void *data
        cdef cb_buffer *buffer
        cdef size_t n
        if self.buffer is NULL:
            cb_held_copy(&self.held, held)
            return 0
        buffer = self.full()
        n = cb_length(buffer)
        status = cb_data(buffer, n, &data)
        if status < 0:
            fail(status)
        hold_part(buffer, 0, n, held)
        release_unneeded()

    cdef bint hold_head(self, cb_buffer *buffer, size_t n, cb_held *held) noexcept:
        """Holds the first n bytes if they are in one place, and may stay there."""
        return n >= self.copy_below and cb_hold_bytes(buffer, 0, n, held) == CB_YES

    # -------------------------------------------------------------- fill

    def get_chunk(self, Py_ssize_t sizehint=-1):
        """Room for 1 or more bytes, as many as sizehint if they fit in maximum_chunk_size.

        Write to it, then call chunk_written.  As long as a view of it exists nothing can be
        added to the buffer in any other way.
        """
        cdef WritableChunk chunk = WritableChunk.__new__(WritableChunk)
        cdef cb_buffer *buffer = self.to_fill()
        status = cb_get_chunk(buffer, max(sizehint, 0), &chunk.data, &chunk.size)
        if status < 0:
            fail(status)
        chunk.owner = self
        self.offer = <void *>chunk
        return chunk

    def chunk_written(self, Py_ssize_t nbytes):
        """Adds the first nbytes of the chunk from get_chunk."""
        cdef WritableChunk chunk
        cdef cb_buffer *buffer = self.full()
        if nbytes < 0:
            raise ValueError("nbytes must not be negative")
        chunk = <WritableChunk>self.offer if self.offer is not NULL else None
        if not nbytes and chunk is not None and chunk.exports:
            return  # the offer stays open, and so the block in place
        status = cb_commit(buffer, nbytes)
        if status < 0:
            raise errors.StateError("more was written than get_chunk offered")
        if chunk is None:
            return
        if chunk.exports:
            hold_part(buffer, cb_length(buffer) - nbytes, nbytes, &chunk.pin)
            self.old_views += 1
        chunk.closed = True
        self.offer = NULL

    def append(self, data):
        """Appends a bytes-like object.

        A Buffer is appended by reference.  So is anything read-only of input_cutoff_size or
        more; it is kept until the bytes are not needed any more.  All else is copied: whatever
        is writable could change later.  (memoryview(x).toreadonly() says that it does not.)
        """
        cdef Py_buffer view
        cdef bytes apart
        if isinstance(data, Buffer):
            self.append_buffer(data)
            return
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if view.readonly and view.len >= <Py_ssize_t>(self.cutoff or 4096):
                self.append_view(data)
                return
            apart = self.apart(&view)
            status = cb_append(
                self.to_fill(), view.buf if apart is None else <char *>apart, view.len)
        finally:
            PyBuffer_Release(&view)
        if status < 0:
            fail(status)

    cdef bytes apart(self, const Py_buffer *view):
        """The bytes of a view that may show where they are to go; None if it cannot."""
        if self.old_views:
            return PyBytes_FromStringAndSize(<const char *>view.buf, view.len)
        return None

    cdef int append_view(self, object data) except -1:
        cdef kept_view *kept = keep_view(data)
        cdef int status = CB_ESTATE
        try:
            status = cb_append_ref(
                self.to_fill(), kept.view.buf, kept.view.len, drop_view, kept)
        finally:
            if status < 0:
                drop_view(kept, NULL, 0)
            release_unneeded()
        if status < 0:
            fail(status)

    cdef int append_buffer(self, Buffer source) except -1:
        cdef cb_buffer *spare = source.copy()
        cdef int status
        try:
            status = cb_append_buffer(self.to_fill(), spare)
        finally:
            return_spare(spare)
        if status < 0:
            fail(status)

    def extend(self, items):
        """Appends each of several bytes-like objects."""
        for item in items:
            self.append(item)

    @staticmethod
    def merge(buffers):
        """A new Buffer with the contents of all of them, by reference."""
        cdef Buffer result = Buffer()
        result.extend(buffers)
        return result

    def read_from(self, file, Py_ssize_t most=-1):
        """Reads once from a file descriptor, or what has one; returns how many bytes, 0 at the
        end of the file.  BlockingIOError if it is not ready.  Releases the GIL.

        From a socket for datagrams use recv_into with get_chunk: what does not fit into the
        room, whose size depends on recent input, is lost."""
        cdef iovec areas[2]
        cdef ssize_t count
        cdef ssize_t got = 0
        cdef size_t left = at_most(most)
        cdef int fd = PyObject_AsFileDescriptor(file)
        cdef cb_buffer *buffer
        if not left:
            raise ValueError("most must not be 0")
        buffer = self.to_fill()
        count = cb_reserve(buffer, 0, areas, 2)
        if count < 0:
            fail(<int>count)
        count = cut_areas(areas, count, left)
        self.busy = True
        try:
            got = transfer(readv, fd, areas, <int>count)
        finally:
            self.busy = False
            count = cb_commit(buffer, got)  # the room is not offered any more
        if count < 0:
            fail(<int>count)
        return got

    # ----------------------------------------------------------- look at it

    def __len__(self):
        return self.held.length if self.buffer is NULL else cb_length(self.full())

    def __bytes__(self):
        """One copy, wherever the bytes are: they are not joined first."""
        cdef cb_buffer *buffer
        cdef size_t n
        if self.buffer is NULL:
            return PyBytes_FromStringAndSize(<const char *>self.held.data, self.held.length)
        buffer = self.full()
        n = cb_length(buffer)
        result = PyBytes_FromStringAndSize(NULL, n)
        cb_copyout(buffer, 0, n, <char *><bytes>result)
        return result

    def __getbuffer__(self, Py_buffer *view, int flags):
        cdef Chunk chunk
        if self.buffer is NULL:
            fill_view(view, self, self.held.data, self.held.length, False, flags)
            self.exports += 1
            return
        chunk = Chunk.__new__(Chunk)
        self.hold_all(&chunk.held)
        fill_view(view, chunk, chunk.held.data, chunk.held.length, False, flags)

    def __releasebuffer__(self, Py_buffer *view):
        self.exports -= 1
        if not self.exports and self.buffer is not NULL:
            cb_drop(&self.held)
            release_unneeded()

    cdef bint equals(self, const void *data, size_t n) noexcept:
        """If it is `ready`."""
        if self.buffer is not NULL:
            return cb_equal_bytes(self.buffer, data, n) == CB_YES
        return n == self.held.length and (not n or memcmp(self.held.data, data, n) == 0)

    def __eq__(self, other):
        cdef Py_buffer view
        cdef Buffer buffer
        if isinstance(other, Buffer):
            buffer = other
            both_ready(self, buffer)
            if buffer.buffer is NULL:
                return self.equals(buffer.held.data, buffer.held.length)
            if self.buffer is NULL:
                return buffer.equals(self.held.data, self.held.length)
            return cb_equal(self.buffer, buffer.buffer) == CB_YES
        if not PyObject_CheckBuffer(other):
            return NotImplemented
        PyObject_GetBuffer(other, &view, PyBUF_SIMPLE)
        try:
            self.ready()
            return self.equals(view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def __reduce__(self):
        raise TypeError(f"cannot pickle a {type(self).__name__}: it shares memory; use bytes(...)")

    def __repr__(self):
        start = bytes(self.peek(40))
        more = "..." if len(self) > len(start) else ""
        return f"<{type(self).__name__} of {len(self)} bytes: {start!r}{more}>"

    def find(self, s, Py_ssize_t start=0, Py_ssize_t end=-1):
        """Where s is first found between start and end, or -1.  (-1 as end: all of the buffer.)

        A repeated search for the same s examines only new bytes.
        """
        cdef Py_buffer view
        cdef size_t at = 0
        cdef cb_buffer *buffer
        if start < 0 or end < -1:
            raise ValueError("start and end must not be negative")
        PyObject_GetBuffer(s, &view, PyBUF_SIMPLE)
        try:
            buffer = self.full()
            if cb_length(buffer) < LONG_SEARCH or not self.is_shared():
                status = cb_find(buffer, view.buf, view.len, start, at_most(end), &at)
            else:
                self.busy = True
                with nogil:
                    status = cb_find(buffer, view.buf, view.len, start, at_most(end), &at)
                self.busy = False
        finally:
            PyBuffer_Release(&view)
        if status < 0:
            fail(status)
        return <Py_ssize_t>at if status else -1

    def chunks(self):
        """A list of the chunks that contain the bytes, for os.writev, socket.sendmsg, join."""
        cdef cb_buffer *spare = self.copy()
        cdef Chunk chunk
        cdef iovec area
        result = []
        try:
            while cb_chunks(spare, &area, 1):
                chunk = Chunk.__new__(Chunk)
                hold_part(spare, 0, area.iov_len, &chunk.held)
                cb_skip(spare, area.iov_len)
                result.append(chunk)
        finally:
            return_spare(spare)
        return result

    def peek(self, Py_ssize_t nbytes=-1):
        """A Buffer with at most the first nbytes bytes (-1: all), which stay here too."""
        cdef cb_buffer *buffer = self.full()
        cdef cb_buffer *spare
        cdef Buffer result = Buffer.__new__(Buffer)
        cdef size_t n = min(at_most(nbytes), cb_length(buffer))
        if self.hold_head(buffer, n, &result.held):
            return result
        spare = borrow_spare()
        return adopt(result, spare, cb_slice(buffer, 0, n, spare))

    # --------------------------------------------------------- take from it

    def take(self, Py_ssize_t nbytes=-1):
        """A Buffer with at most the first nbytes bytes (-1: all), which leave this one."""
        cdef cb_buffer *buffer = self.full()
        cdef cb_buffer *spare
        cdef Buffer result = Buffer.__new__(Buffer)
        cdef size_t n = min(at_most(nbytes), cb_length(buffer))
        if self.hold_head(buffer, n, &result.held):
            cb_skip(buffer, n)
            release_unneeded()
            return result
        spare = borrow_spare()
        return adopt(result, spare, cb_take(buffer, n, spare))

    def skip(self, Py_ssize_t nbytes=-1):
        """Drops at most nbytes bytes (-1: all) from the head; returns how many."""
        cdef size_t skipped = cb_skip(self.full(), at_most(nbytes))
        release_unneeded()
        return skipped

    def takeuntil(self, s, bint include_s=False, *, Py_ssize_t start=0, Py_ssize_t limit=0):
        """A Buffer with what comes before the first s at `start` or later, or None if there is
        none yet.  s leaves the buffer too, and is part of the result if include_s is true.

        RecordTooLongError as soon as more than `limit` bytes (0: any number) come before it.
        """
        cdef Py_buffer view
        cdef Buffer result
        cdef cb_buffer *buffer
        cdef cb_buffer *spare
        cdef size_t at
        if start < 0 or limit < 0:
            raise ValueError("start and limit must not be negative")
        PyObject_GetBuffer(s, &view, PyBUF_SIMPLE)
        try:
            if not view.len:
                raise ValueError("a delimiter must not be empty")
            buffer = self.full()
            if not limit and cb_find(buffer, view.buf, view.len, start, CB_ALL, &at) > 0:
                result = Buffer.__new__(Buffer)
                if self.hold_head(buffer, at + view.len if include_s else at, &result.held):
                    cb_skip(buffer, at + view.len)
                    release_unneeded()
                    return result
            spare = borrow_spare()
            status = cb_takeuntil(buffer, view.buf, view.len, start, limit,
                                  CB_KEEP if include_s else 0, spare)
        finally:
            PyBuffer_Release(&view)
        return found(status, spare, buffer, limit)

    def takeline(self, bint include_seperator=False, *, Py_ssize_t start=0, Py_ssize_t limit=0):
        """A Buffer with the next line, or None if there is no whole one yet.  It ends with LF
        or CRLF, which is part of the result if include_seperator is true."""
        cdef cb_buffer *buffer = self.full()
        cdef cb_buffer *spare
        if start < 0 or limit < 0:
            raise ValueError("start and limit must not be negative")
        spare = borrow_spare()
        status = cb_takeline(buffer, start, limit, CB_KEEP if include_seperator else 0, spare)
        return found(status, spare, buffer, limit)

    def skip_if_startswith(self, s):
        """Drops s if the buffer starts with it, and returns True; otherwise False."""
        cdef Py_buffer view
        cdef size_t missing
        PyObject_GetBuffer(s, &view, PyBUF_SIMPLE)
        try:
            return cb_skip_if_startswith(self.full(), view.buf, view.len, &missing) == CB_YES
        finally:
            PyBuffer_Release(&view)
            release_unneeded()

    def write_to(self, file, Py_ssize_t most=-1):
        """Writes at most `most` bytes (-1: all) to a file descriptor, or what has one, and drops
        them; returns how many.  It stops early only where a non-blocking descriptor would
        block; BlockingIOError if nothing could be written.  At any other exception some bytes
        may have been written: they have left, as `position` tells.  Releases the GIL."""
        cdef iovec areas[AREAS]
        cdef ssize_t count, put
        cdef size_t total = 0
        cdef size_t left
        cdef int fd = PyObject_AsFileDescriptor(file)
        cdef cb_buffer *buffer = self.full()
        left = min(at_most(most), cb_length(buffer))
        while left and cb_length(buffer):
            count = min(<ssize_t>cb_chunks(buffer, areas, AREAS), <ssize_t>AREAS)
            count = cut_areas(areas, count, left)
            self.busy = True
            try:
                put = transfer(writev, fd, areas, <int>count)
            except BlockingIOError:
                if not total:
                    raise
                break
            finally:
                self.busy = False
            cb_skip(buffer, put)
            total += put
            left -= put
            release_unneeded()
            if not put or not left:
                break
            PyErr_CheckSignals()  # one that came after some bytes were written
            if self.busy:
                break  # by another thread
            buffer = self.full()
        return total

    # ------------------------------------------------------ split and strip

    def split(self, sep=None, Py_ssize_t maxsplit=-1):
        """A list of the parts between separators, as bytes.split, each a Buffer, without a copy."""
        cdef Py_buffer view
        cdef cb_split *split = NULL
        cdef cb_buffer *source
        if sep is None:
            source = self.copy()
            status = cb_split_new(&split, source, NULL, 0, at_most(maxsplit))
            return parts(status, split, source)
        PyObject_GetBuffer(sep, &view, PyBUF_SIMPLE)
        try:
            if not view.len:
                raise ValueError("a separator must not be empty")
            source = self.copy()
            status = cb_split_new(&split, source, view.buf, view.len, at_most(maxsplit))
            return parts(status, split, source)
        finally:
            PyBuffer_Release(&view)

    def splitlines(self, bint keepends=False):
        """A list of the lines, ended by LF, CR or CRLF, as bytes.splitlines, each a Buffer."""
        cdef cb_split *split = NULL
        cdef cb_buffer *source = self.copy()
        status = cb_splitlines_new(&split, source, CB_KEEP if keepends else 0)
        return parts(status, split, source)

    def strip(self, bytes=None):
        """A Buffer without the given bytes (None: ASCII white space) at both ends."""
        cdef Py_buffer view
        cdef cb_buffer *spare
        if bytes is None:
            spare = self.copy()
            cb_strip(spare, NULL, 0)
            return adopt(Buffer.__new__(Buffer), spare, 0)
        PyObject_GetBuffer(bytes, &view, PyBUF_SIMPLE)
        try:
            spare = self.copy()
            cb_strip(spare, view.buf if view.len else <void *>unsigned_bytes, view.len)
        finally:
            PyBuffer_Release(&view)
        return adopt(Buffer.__new__(Buffer), spare, 0)

    # ----------------------------------------------------------------- looks

    @property
    def position(self):
        """The place of the first byte in the stream: how many have left at the head."""
        return cb_position(self.full())

    @property
    def pool(self):
        """Where its memory comes from."""
        return default_pool if self.own_pool is None else self.own_pool


cdef int both_ready(Buffer a, Buffer b) except -1:
    """What the one runs can use the other."""
    a.ready()
    b.ready()
    while a.reader is not NULL or a.busy:
        a.ready()
        b.ready()


cdef void hold_part(cb_buffer *buffer, size_t offset, size_t n, cb_held *held) noexcept:
    """Holds bytes that are known to be in one chunk."""
    if cb_hold_bytes(buffer, offset, n, held) != CB_YES:
        memset(held, 0, sizeof(cb_held))


cdef Buffer adopt(Buffer result, cb_buffer *spare, ssize_t status):
    """Moves what a call put into a spare to a new Buffer; the spare goes back."""
    if status >= 0 and not cb_hold_bytes(spare, 0, cb_length(spare), &result.held):
        try:
            result.grow()
        except:
            return_spare(spare)
            raise
        status = cb_append_buffer(result.buffer, spare)
    return_spare(spare)
    if status < 0:
        fail(<int>status)
    return result


cdef Buffer found(int status, cb_buffer *spare, cb_buffer *source, Py_ssize_t limit):
    """What takeuntil and takeline return."""
    if status > 0:
        return adopt(Buffer.__new__(Buffer), spare, status)
    return_spare(spare)
    if status == CB_EOVERFLOW:
        at = cb_position(source)
        raise errors.RecordTooLongError(f"more than {limit} bytes without a delimiter", 0, at, at)
    if status < 0:
        fail(status)
    return None


cdef list parts(int status, cb_split *split, cb_buffer *source):
    """All parts of a split of a spare, which goes back."""
    cdef cb_buffer *part
    cdef list result = []
    try:
        while status >= 0:
            part = borrow_spare()
            status = cb_split_next(split, part)
            if status <= 0:
                return_spare(part)
                break
            result.append(adopt(Buffer.__new__(Buffer), part, status))
    finally:
        cb_split_free(split)
        return_spare(source)
    if status < 0 and status != CB_END:
        fail(status)
    return result


# ------------------------------------------------------------- system calls

ctypedef ssize_t (*transfer_fn)(int fd, const iovec *areas, int count) noexcept nogil


cdef ssize_t cut_areas(iovec *areas, ssize_t count, size_t n) noexcept:
    """Cuts areas to n bytes; returns how many there are then."""
    cdef ssize_t i = 0
    while i < count and n:
        areas[i].iov_len = min(areas[i].iov_len, n)
        n -= areas[i].iov_len
        i += 1
    return i


cdef ssize_t transfer(transfer_fn call, int fd, const iovec *areas, int count) except -1:
    """readv or writev without the GIL; a signal handler may run meanwhile, and raise."""
    cdef ssize_t n
    while True:
        with nogil:
            n = call(fd, areas, count)
        if n >= 0:
            return n
        if errno == EINTR:
            PyErr_CheckSignals()
        elif errno == EAGAIN:
            raise BlockingIOError(errno, "the file is not ready")
        else:
            PyErr_SetFromErrno(OSError)
            return -1
