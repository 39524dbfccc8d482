# SPDX-License-Identifier: MIT
"""Decoder: from a Buffer to records."""

cdef dict on_partial_choices = {
    None: CB_PARTIAL_DEFAULT,
    "fail": CB_PARTIAL_FAIL,
    "emit": CB_PARTIAL_EMIT,
    "drop": CB_PARTIAL_DROP,
}
cdef dict on_overflow_choices = {
    "fail": CB_OVERFLOW_FAIL,
    "skip": CB_OVERFLOW_SKIP,
    "truncate": CB_OVERFLOW_TRUNCATE,
}
cdef dict on_malformed_choices = {
    "fail": CB_MALFORMED_FAIL,
    "skip": CB_MALFORMED_SKIP,
}


@cython.final
@cython.no_gc
cdef class Record(Buffer):
    """A record, or with `pieces` a part of one: a Buffer with its payload, and its place."""
    cdef uint64_t number_, offset_
    cdef unsigned flags, header_size
    cdef object header_  # bytes, once it was copied

    def __init__(self):
        """For an empty one; a Decoder makes all others."""

    @property
    def number(self):
        """The number of the record in its stream, from 1."""
        return self.number_

    @property
    def offset(self):
        """Where the payload begins in the stream."""
        return self.offset_

    @property
    def header(self):
        """The bytes of the frame before the payload: a length, a type, the head of a message;
        empty if the framing has none."""
        if self.header_ is None:
            self.header_ = PyBytes_FromStringAndSize(
                <const char *>self.held.data - self.header_size, self.header_size)
        return self.header_

    cdef void take_piece(self, const cb_piece *piece) noexcept:
        cb_hold(piece, &self.held)
        self.number_ = piece.record
        self.offset_ = piece.offset
        self.flags = piece.flags
        self.header_size = piece.header

    cdef int grow(self) except -1:
        if self.header_size:
            self.header  # as long as it is there
        return Buffer.grow(self)

    @property
    def first(self):
        """Is it the first part of its record?"""
        return bool(self.flags & CB_FIRST)

    @property
    def last(self):
        """Is it the last part?"""
        return bool(self.flags & CB_LAST)


# Records that nothing refers to any more; they hold nothing.  So a loop over records uses the
# same one or two objects again and again: allocating, clearing and freeing one cost more than
# finding the record.  (Cython's freelist does not work for a class with a base class.)
cdef enum:
    SPARE_RECORDS = 64
cdef PyObject *spare_records[SPARE_RECORDS]
cdef int spare_record_count = 0
cdef destructor free_record = (<PyTypeObject *>Record).tp_dealloc


cdef void release_record(PyObject *record) noexcept:
    """tp_dealloc.  A record that was changed, or has a copy of its header, is freed."""
    global spare_record_count
    if (<Record>record).buffer is NULL and (<Record>record).header_ is None:
        cb_drop(&(<Record>record).held)
        if spare_record_count < SPARE_RECORDS:
            spare_records[spare_record_count] = record
            spare_record_count += 1
            release_unneeded()
            return
    free_record(record)


(<PyTypeObject *>Record).tp_dealloc = release_record


cdef inline bint is_plain(const cb_piece *piece) noexcept:
    """Is it a whole record, with its header, if any, right before it?"""
    return piece.flags & (CB_LAST | CB_APART) == CB_LAST and (piece.length or not piece.header)


cdef inline Record new_record():
    global spare_record_count
    cdef PyObject *spare
    if not spare_record_count:
        return Record.__new__(Record)
    spare_record_count -= 1
    spare = PyObject_Init(spare_records[spare_record_count], <PyTypeObject *>Record)
    record = <Record>spare
    Py_DECREF(record)  # it has that of PyObject_Init, and ours
    return record


@cython.final
@cython.no_gc_clear  # a subclass of Buffer can refer to the decoder that reads it
cdef class Decoder:
    """Decoder(specification, buffer=None, *, max_record=0, on_partial=None,
            on_overflow="fail", on_malformed="fail", pieces=False)

    Finds the records of a stream in a Buffer, by a framing such as "line", "netstring",
    "delim:\\r\\n", "u16be,inclusive" or "chunked".  Iterating over it returns the records that
    are complete; add input to `buffer`, and iterate again.

    max_record    the longest record; 0: 64 MiB, or no limit with `pieces`
    on_partial    an unfinished last record: "fail", "emit", "drop"; None: what is usual for
                  the framing
    on_overflow   a record longer than max_record: "fail", "skip", "truncate"
    on_malformed  "skip" goes on after malformed input, where the framing can; `lost` counts it
    pieces        returns parts of a record as they arrive, instead of whole records
    """
    cdef cb_decoder *decoder
    cdef Buffer source
    cdef bint busy  # a call for it is running
    cdef bint recovering  # after malformed input, and before the next good one
    cdef bint skips_malformed, in_pieces
    cdef bint at_end
    cdef uint64_t lost_

    def __cinit__(self, str specification not None, Buffer buffer=None, *, max_record=0, on_partial=None,
                  on_overflow="fail", on_malformed="fail", bint pieces=False):
        cdef cb_decoder_options options
        cdef cb_error error
        text = c_text(specification)
        memset(&error, 0, sizeof(error))
        memset(&options, 0, sizeof(options))
        options.size = sizeof(options)
        if max_record < 0:
            raise ValueError("max_record must not be negative")
        options.max_record = max_record
        options.on_partial = <cb_partial>choose(on_partial_choices, on_partial, "on_partial")
        options.on_overflow = <cb_overflow>choose(on_overflow_choices, on_overflow, "on_overflow")
        options.on_malformed = <cb_malformed>choose(
            on_malformed_choices, on_malformed, "on_malformed")
        self.skips_malformed = options.on_malformed == CB_MALFORMED_SKIP
        self.in_pieces = pieces
        options.whole = 0 if pieces else CB_WHOLE
        status = cb_decoder_new(&self.decoder, text, &options, &error)
        if status < 0:
            self.decoder = NULL
            fail_specification(status, &error)
        self.source = Buffer() if buffer is None else buffer

    def __dealloc__(self):
        if self.source is not None and self.source.reader is <void *>self:
            self.release()
        cb_decoder_free(self.decoder)
        release_unneeded()

    def __iter__(self):
        return Records(self)

    def next(self):
        """The next record, or None if more input is needed, or if the stream has `ended`."""
        return self.next_record()

    cdef Record next_record(self):
        """As next.  The usual comes first, in few instructions: a whole record in one place."""
        cdef Record record
        cdef cb_piece piece
        cdef int status
        while self.source.reader is <void *>self or self.get_ready():
            record = new_record()
            self.busy = True
            self.source.reader = NULL
            status = cb_decoder_next(self.decoder, self.source.buffer, &piece)
            if status > 0 and is_plain(&piece):
                record.take_piece(&piece)
                self.source.reader = <void *>self
                self.busy = False
                release_unneeded()
                return record
            if self.complete(record, &piece, status):
                return record
            if not self.recovering:
                break
        return None

    cdef cb_decoder *idle(self) except NULL:
        if self.busy:
            raise errors.StateError("this decoder is in use")
        return self.decoder

    cdef bint get_ready(self) except -1:
        """May it read?  Not before a good frame was found after a malformed one."""
        self.idle()
        self.busy = True  # what this runs must not change it
        try:
            self.source.full()
        finally:
            self.busy = False
        return not self.recovering or self.recover(self.source.buffer)

    cdef void release(self) noexcept:
        """Drops the record last returned from the buffer."""
        self.source.reader = NULL
        cb_decoder_release(self.decoder, self.source.buffer)

    cdef bint complete(self, Record record, const cb_piece *piece, int status) except -1:
        """After cb_decoder_next has returned something else: is there a record?"""
        try:
            if status > 0:
                self.read_rest(self.source.buffer, record, piece)
            elif status == CB_EMALFORMED and self.skips_malformed:
                self.recovering = True
            elif status < 0 and status != CB_MORE:
                self.stop(status)
        finally:
            self.busy = False
            release_unneeded()
        return status > 0

    cdef int copy_header(self, Record record, const cb_piece *piece) except -1:
        header = PyBytes_FromStringAndSize(NULL, piece.header)
        cb_decoder_header(self.decoder, piece, <char *><bytes>header, piece.header)
        record.header_ = header

    cdef int read_rest(self, cb_buffer *buffer, Record record, const cb_piece *piece) except -1:
        """The first piece, with a header somewhere else or none, and further ones of a whole
        record.  (What is held can be released at once.)"""
        record.take_piece(piece)
        if piece.header:
            self.copy_header(record, piece)
        if not record.flags & CB_LAST and not self.in_pieces:
            self.append_pieces(buffer, record)
        cb_decoder_release(self.decoder, buffer)

    cdef int append_pieces(self, cb_buffer *buffer, Record record) except -1:
        cdef cb_piece piece
        cdef cb_held held
        (<Buffer>record).grow()
        while not record.flags & CB_LAST:
            status = cb_decoder_next(self.decoder, buffer, &piece)
            if status <= 0:
                raise errors.StateError("the end of a whole record is missing")
            cb_hold(&piece, &held)
            status = cb_append_held(record.buffer, &held)
            cb_drop(&held)
            if status < 0:
                fail(status)
            record.flags |= piece.flags

    cdef bint recover(self, cb_buffer *buffer) except -1:
        """Looks for the next good frame: has it been found?"""
        cdef uint64_t lost = 0
        status = cb_decoder_recover(self.decoder, buffer, &lost)
        if status != CB_MORE:
            self.recovering = False
            self.lost_ += lost
        if status > 0:
            return True
        try:
            if status < 0 and status != CB_MORE:
                self.stop(status)
        finally:
            release_unneeded()
        return False

    cdef int stop(self, int status) except -1:
        """The end, or an error."""
        if status != CB_END:
            return fail_framing(status, cb_decoder_error(self.decoder))
        self.at_end = True

    def skip(self, Py_ssize_t most=-1):
        """Skips at most `most` records (-1: all that are complete), which costs little more
        than to find their ends; returns how many.  Releases the GIL if the pool of the buffer is
        shared."""
        cdef uint64_t left = at_most(most)
        cdef uint64_t start = left
        try:
            while left and self.get_ready() and self.skip_some(&left):
                pass
        except Exception:
            if left == start:
                raise  # else it comes again
        finally:
            release_unneeded()
        return start - left

    cdef bint skip_some(self, uint64_t *left) except -1:
        """Are there perhaps more?"""
        cdef int status
        self.busy = self.source.busy = True
        if self.source.is_shared():
            with nogil:
                status = skip_records(self.decoder, self.source.buffer, left)
        else:
            status = skip_records(self.decoder, self.source.buffer, left)
        self.busy = self.source.busy = False
        if status == CB_EMALFORMED and self.skips_malformed:
            self.recovering = True
            return True
        if status < 0 and status != CB_MORE:
            self.stop(status)
        return False

    def reframe(self, Encoder encoder not None, Buffer out not None, Py_ssize_t most=-1):
        """Moves at most `most` records (-1: all) from `buffer` to `out`, in the framing of the
        encoder.  One call does a limited amount of work, and returns True if there may be more
        to do: take what is in `out`, and call again.  Releases the GIL if the pools of both
        buffers are shared."""
        cdef bint more
        self.idle()
        encoder.idle()
        if out is self.source:
            raise ValueError("`out` is the buffer that is decoded")
        self.busy = encoder.busy = True
        try:
            more = self.move_records(encoder, out, at_most(most))
        finally:
            self.busy = encoder.busy = False
            release_unneeded()
        return more

    cdef bint move_records(self, Encoder encoder, Buffer out, size_t most) except -1:
        cdef cb_buffer *target
        cdef int status
        both_ready(out, self.source)
        target = out.to_fill()
        self.source.full()
        if self.recovering and not self.recover(self.source.buffer):
            return False
        self.source.busy = out.busy = True
        if self.source.is_shared() and out.is_shared():
            with nogil:
                status = cb_reframe(
                    self.decoder, encoder.encoder, self.source.buffer, target, most, NULL)
        else:
            status = cb_reframe(
                self.decoder, encoder.encoder, self.source.buffer, target, most, NULL)
        self.source.busy = out.busy = False
        if status == CB_EUNENCODABLE:
            fail_framing(status, cb_encoder_error(encoder.encoder))
        if status == CB_EMALFORMED and self.skips_malformed:
            self.recovering = True
            return True
        if status < 0:
            self.stop(status)
        return status > 0

    def finish(self):
        """The input has ended: nothing follows what is in the buffer."""
        cb_decoder_finish(self.idle())

    def settle(self):
        """No more input is expected for now: a record whose end only the bytes after it would
        show is complete."""
        cb_decoder_settle(self.idle())

    def reset(self, Buffer buffer=None):
        """Begins another stream, in another buffer or the same one."""
        self.idle()
        if self.source.reader is <void *>self:
            self.release()
        cb_decoder_reset(self.decoder)
        self.recovering = self.at_end = False
        if buffer is not None:
            before = self.source  # must not die before it is replaced
            self.source = buffer
        release_unneeded()

    @property
    def buffer(self):
        """The Buffer that it reads from."""
        return self.source

    @property
    def ended(self):
        """True if nothing more will come: the framing or the input has ended."""
        return bool(self.at_end)

    @property
    def needed(self):
        """The least number of bytes that are missing for the next record."""
        return cb_decoder_needed(self.idle())

    @property
    def number(self):
        """The number of the next record, from 1."""
        return cb_decoder_record(self.idle())

    @property
    def position(self):
        """Where the next frame begins in the stream; after an error, the malformed one."""
        return cb_decoder_position(self.idle())

    @property
    def lost(self):
        """How many bytes were left out so far because they were malformed."""
        return self.lost_


cdef int skip_records(cb_decoder *decoder, cb_buffer *buffer, uint64_t *left) noexcept nogil:
    """Skips up to *left records; *left is how many fewer there were."""
    cdef uint64_t count
    cdef int status = CB_YES
    while left[0] and status > 0:
        count = 0
        status = cb_decoder_skip(decoder, buffer, left[0], &count)
        left[0] -= count
    return status


@cython.final
@cython.no_gc_clear  # `fill` can refer to what refers to this, but not by this alone
cdef class Records:
    """Iterates over the records of a decoder.  `fill`, if there is one, is called for more
    input, and returns False at its end.  If it raises, the iterator may be used again; a
    StopIteration, which would look like the end, becomes a RuntimeError."""
    cdef Decoder of
    cdef object fill
    cdef bint filling  # a call of it is running

    def __cinit__(self, Decoder decoder not None, fill=None):
        self.of = decoder
        self.fill = fill

    def __iter__(self):
        return self

    @property
    def decoder(self):
        """The decoder whose records these are."""
        return self.of

    def __next__(self):
        cdef Record record = self.of.next_record()
        return self.next_filled() if record is None else record

    cdef Record next_filled(self):
        """The next record, after more input."""
        cdef Record record = None
        while record is None:
            if self.fill is None or self.of.at_end:
                raise StopIteration
            if not self.fill_once():
                self.of.finish()
                fill = self.fill  # must not die before it is replaced
                self.fill = None
            record = self.of.next_record()
        return record

    cdef bint fill_once(self) except -1:
        if self.filling:
            raise errors.StateError("this iterator is in use")
        self.filling = True
        try:
            return self.fill()
        except StopIteration as error:  # it must not look like the end, as in a generator
            raise RuntimeError("the source raised StopIteration") from error
        finally:
            self.filling = False
