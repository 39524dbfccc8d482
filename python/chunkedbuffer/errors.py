# SPDX-License-Identifier: MIT
"""The exceptions of this package.

Besides these there are MemoryError; OSError from a system call; and ValueError, TypeError
and BufferError for wrong arguments.
"""


class FramingError(ValueError):
    """A record could not be decoded or encoded.

    cause   what is wrong, without the place
    record  the number of the record, from 1; 0: no record
    offset  where the fault is: a byte of the stream, from 0
    start   where the record begins in the stream, with its header
    """

    def __init__(self, cause: str, record: int = 0, offset: int = 0, start: int = 0) -> None:
        super().__init__(cause, record, offset, start)
        self.cause = cause
        self.record = record
        self.offset = offset
        self.start = start

    def __str__(self) -> str:
        if not self.record:
            return f"at byte {self.offset}: {self.cause}"
        if self.start == self.offset:
            return f"record {self.record} at byte {self.offset}: {self.cause}"
        return f"record {self.record} at byte {self.start}: {self.cause}, at byte {self.offset}"


class MalformedError(FramingError):
    """The input breaks the rules of its framing."""


class TruncatedError(FramingError, EOFError):
    """The input ends, or the next record begins, inside a record."""


class RecordTooLongError(FramingError):
    """A record is longer than max_record."""


class UnencodableError(FramingError):
    """The framing cannot represent this record."""

    def __str__(self) -> str:
        return f"record {self.record}: {self.cause}" if self.record else self.cause


class SpecificationError(FramingError):
    """A specification of a framing is wrong; `offset` is a place in it."""

    def __str__(self) -> str:
        return f"{self.cause}, at character {self.offset + 1} of the specification"


class LimitError(BufferError):
    """The buffer would exceed its limit."""


class StateError(RuntimeError):
    """This call is not allowed now."""
