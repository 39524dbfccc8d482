# SPDX-License-Identifier: MIT
"""Encoder: from records to a Buffer."""


cdef bytes c_text(str text):
    """As a C string."""
    if "\0" in text:
        raise ValueError("a specification must not contain a zero character: write \\0 as two")
    return text.encode()


@cython.final
@cython.no_gc
cdef class Encoder:
    """Encoder(specification, *, refuse_collisions=False)

    Puts records into a Buffer in a framing such as "line", "netstring" or "u32be".
    With refuse_collisions a record that contains the framing's own delimiter, and so would
    read back as something else, is an UnencodableError.
    """
    cdef cb_encoder *encoder
    cdef bint busy  # a call for it is running

    def __cinit__(self, str specification not None, *, bint refuse_collisions=False):
        cdef cb_encoder_options options
        cdef cb_error error
        text = c_text(specification)
        memset(&error, 0, sizeof(error))
        memset(&options, 0, sizeof(options))
        options.size = sizeof(options)
        options.refuse_collisions = refuse_collisions
        status = cb_encoder_new(&self.encoder, text, &options, &error)
        if status < 0:
            self.encoder = NULL
            fail_specification(status, &error)

    def __dealloc__(self):
        cb_encoder_free(self.encoder)

    cdef cb_encoder *idle(self) except NULL:
        if self.busy:
            raise errors.StateError("this encoder is in use")
        return self.encoder

    def encode(self, record, Buffer out=None):
        """Appends a record, a Buffer or another bytes-like object, to `out` (None: a new
        Buffer), with the bytes that the framing puts around it; returns `out`.

        Long records go by reference if they are read-only, as in Buffer.append.
        """
        self.idle()
        if out is None:
            out = Buffer()
        self.busy = True
        try:
            if isinstance(record, Buffer):
                self.check(self.encode_buffer(record, out))
            else:
                self.check(self.encode_bytes(record, out))
        finally:
            self.busy = False
            release_unneeded()
        return out

    cdef int check(self, int status) except -1:
        if status < 0:
            fail_framing(status, cb_encoder_error(self.encoder))

    cdef int encode_buffer(self, Buffer record, Buffer out) except? -99:
        cdef cb_buffer *spare = record.copy()
        try:
            return cb_encode(self.encoder, spare, out.to_fill())
        finally:
            return_spare(spare)

    cdef int encode_bytes(self, object record, Buffer out) except? -99:
        cdef Py_buffer view
        cdef kept_view *kept
        cdef bytes apart
        cdef int status = CB_ESTATE
        PyObject_GetBuffer(record, &view, PyBUF_SIMPLE)
        try:
            if not view.readonly or view.len < <Py_ssize_t>(out.cutoff or 4096):
                apart = out.apart(&view)
                return cb_encode_bytes(
                    self.encoder, view.buf if apart is None else <char *>apart, view.len,
                    NULL, NULL, out.to_fill())
            kept = keep_view(record)
            try:
                status = cb_encode_bytes(
                    self.encoder, kept.view.buf, kept.view.len, drop_view, kept, out.to_fill())
            finally:
                if status < 0:
                    drop_view(kept, NULL, 0)
            return status
        finally:
            PyBuffer_Release(&view)

    def end(self, Buffer out=None):
        """Appends the end of the stream to `out` (None: a new Buffer), and returns it.  Then
        the encoder is ready for a new one."""
        self.idle()
        if out is None:
            out = Buffer()
        self.busy = True
        try:
            self.check(cb_encode_end(self.encoder, out.to_fill()))
        finally:
            self.busy = False
        return out

    def reset(self, uint64_t number=1):
        """Forgets an unfinished stream; the next record has this number, for framings that
        write it."""
        cb_encoder_reset(self.idle())
        cb_encoder_number(self.encoder, number)
