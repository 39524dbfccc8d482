# SPDX-License-Identifier: MIT
"""Results of the C library as exceptions."""

library_version = cb_version().decode()

cdef dict framing_errors = {
    CB_EMALFORMED: errors.MalformedError,
    CB_ETRUNCATED: errors.TruncatedError,
    CB_EOVERFLOW: errors.RecordTooLongError,
    CB_EUNENCODABLE: errors.UnencodableError,
}


cdef int fail(int status) except -1:
    """Raises what a negative status stands for."""
    if status == CB_ENOMEM:
        raise MemoryError()
    if status == CB_EIO:
        PyErr_SetFromErrno(OSError)
        return -1
    text = cb_strerror(status).decode()
    if status == CB_EAGAIN:
        raise BlockingIOError(EAGAIN, text)
    if status == CB_ELIMIT:
        raise errors.LimitError(text)
    if status == CB_ESTATE:
        raise errors.StateError(text)
    raise ValueError(text)


cdef int fail_framing(int status, const cb_error *error) except -1:
    """The same where the library says which record is at fault."""
    kind = framing_errors.get(status)
    if kind is None or error.code != status:
        return fail(status)
    raise kind((<const char *>error.text).decode(), error.record, error.offset, error.start)


cdef int fail_specification(int status, const cb_error *error) except -1:
    if status != CB_EINVAL or error.code != status:
        return fail(status)
    raise errors.SpecificationError((<const char *>error.text).decode(), 0, error.offset)


cdef inline size_t at_most(Py_ssize_t n) noexcept nogil:
    """A number of bytes of which a negative one means all."""
    return CB_ALL if n < 0 else <size_t>n


cdef int choose(object choices, object value, str name) except -1:
    """The constant for one of several words."""
    try:
        return choices[value]
    except KeyError:
        words = ", ".join(repr(word) for word in choices if word is not None)
        raise ValueError(f"{name} must be one of {words}, not {value!r}") from None


def framings():
    """All framings that the library knows, as a list of Framing."""
    cdef const cb_framing *framing = cb_framing_next(NULL)
    cdef const char *preset
    result = []
    while framing is not NULL:
        preset = cb_framing_preset(framing)
        can = cb_framing_can(framing)
        result.append(Framing(
            cb_framing_name(framing).decode(), cb_framing_summary(framing).decode(),
            bool(can & CB_DECODES), bool(can & CB_ENCODES),
            None if preset is NULL else preset.decode()))
        framing = cb_framing_next(framing)
    return result
