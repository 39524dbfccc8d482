# SPDX-License-Identifier: MIT
"""Iterators: bytes from anywhere to records, records to bytes, and one framing to another."""
import errno
import os
import socket
import stat
from contextlib import contextmanager
from functools import partial
from types import GeneratorType
from typing import Any, Callable, Iterable, Iterator, List, Optional, Union

from ._native import Buffer, Decoder, Encoder, Pool, Records
from .errors import StateError

#: For what is reframed: its buffers are here, so the GIL can be released.
_shared_pool = Pool(shared=True)
_pools_of_parents: List[Pool] = []


def _after_fork() -> None:
    """A thread of the parent may have held the lock of the pool: it cannot even be freed."""
    global _shared_pool
    _pools_of_parents.append(_shared_pool)
    _shared_pool = Pool(shared=True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

#: The longest datagram; one of UDP has less than 64 KiB.
_DATAGRAM_MAX = 1 << 20

#: Where bytes come from: a Buffer; a bytes-like object; a socket, a binary file or anything
#: else with recv_into, readinto1 or readinto; a file descriptor; or an iterable of bytes-like
#: objects.
Source = Any

#: A record for an encoder: a Buffer or another bytes-like object.
Bytes = Union[bytes, bytearray, memoryview, Buffer]


def decode(source: Source, framing: str, **options: Any) -> Records:
    """The records of a source: an iterator over Record.

    `options` are those of Decoder; the iterator has it as `decoder`.  A record comes as soon as
    it is complete, and no more is read than is there.  If the source is a Buffer, what follows
    the end of the framing stays in it.  A datagram is read as a whole, whichever records it is
    part of, and an empty one is the end.

    An error comes after all records before it, and comes again at the next call.  An exception
    of the source is not its end: after one, such as the BlockingIOError of a source that does
    not block and is not ready, the iterator may be used again, and goes on with the next read.
    """
    buffer = source if isinstance(source, Buffer) else Buffer()
    decoder = Decoder(framing, buffer, **options)
    return Records(decoder, _filler(source, buffer))


def encode(records: Iterable[Bytes], framing: str, *, refuse_collisions: bool = False,
           size: int = 65536) -> Iterator[Buffer]:
    """Records in a framing, as Buffers of about `size` bytes (0: one for each record).

    An exception, of `records` or of a record that cannot be encoded, comes after all records
    before it.  Then the iterator may be used again, and goes on with the next record.
    """
    return _Encoded(records, Encoder(framing, refuse_collisions=refuse_collisions), size)


def reframe(source: Source, from_: str, to: str, *, refuse_collisions: bool = False,
            **options: Any) -> Iterator[Buffer]:
    """The records of a source in another framing, as Buffers of at most some 256 KiB.

    A record of any length passes in pieces if both framings allow it.  The GIL is released, but
    for a Buffer of a pool that is not shared.  `options` are those of Decoder.

    An exception comes after what comes before it.  Then the iterator may be used again: it goes
    on after a record that cannot be encoded, and else as that of decode.
    """
    buffer = source if isinstance(source, Buffer) else Buffer(pool=_shared_pool)
    options.setdefault("pieces", True)
    decoder = Decoder(from_, buffer, **options)
    encoder = Encoder(to, refuse_collisions=refuse_collisions)
    return _Reframed(decoder, encoder, _filler(source, buffer))


class _Buffers(Iterator[Buffer]):
    """An iterator that can go on after an exception, as a generator cannot: all that was done
    is in its attributes, so a step may be interrupted anywhere."""

    _busy = False
    _ended = False
    _failure: Optional[Exception] = None  # comes after what is in `_out`

    def __init__(self, encoder: Encoder, out: Buffer) -> None:
        self._encoder = encoder
        self._out = out

    def _step(self) -> bool:
        """Adds something to `_out`, or sets `_ended`; is there enough for a Buffer?"""
        raise NotImplementedError

    def __next__(self) -> Buffer:
        if self._busy:
            raise StateError("this iterator is in use")
        self._busy = True
        try:
            part = self._next()
        except StopIteration as error:  # it must not look like the end, as in a generator
            raise RuntimeError("the source raised StopIteration") from error
        finally:
            self._busy = False
        if part is None:
            raise StopIteration
        return part

    def _next(self) -> Optional[Buffer]:
        """The next Buffer, or None at the end."""
        enough = False
        while not enough and not self._ended and self._failure is None:
            try:
                enough = self._step()
            except Exception as error:
                self._failure = error
        if enough or self._out:
            return self._out.take()
        if self._failure is None:
            return None
        failure, self._failure = self._failure, None
        try:
            raise failure
        finally:
            del failure  # it refers to this frame


class _Encoded(_Buffers):
    def __init__(self, records: Iterable[Bytes], encoder: Encoder, size: int) -> None:
        super().__init__(encoder, Buffer())
        self._records = iter(records)
        self._failed = _Failed(self._records)
        self._size = size

    def _step(self) -> bool:
        encoder, out, size = self._encoder, self._out, self._size
        encoding = some = False
        try:
            for record in self._records:
                encoding = some = True
                encoder.encode(record, out)
                encoding = False
                if len(out) >= size:
                    self._failed.error = None
                    return True
        except BaseException as error:
            if not encoding:
                self._failed.keep(error)
            raise
        if not some:
            self._failed.check()
        encoder.end(out)
        self._ended = True
        return False


class _Reframed(_Buffers):
    def __init__(self, decoder: Decoder, encoder: Encoder, fill: Callable[[], bool]) -> None:
        super().__init__(encoder, Buffer(pool=_shared_pool))
        self._decoder = decoder
        self._fill = fill

    def _step(self) -> bool:
        more = self._decoder.reframe(self._encoder, self._out)
        if self._decoder.ended:
            self._encoder.end(self._out)
            self._ended = True
        elif not more and not self._out and not self._fill():
            self._decoder.finish()
        return bool(self._out)


def _filler(source: Source, buffer: Buffer) -> Callable[[], bool]:
    """A function that adds the next bytes of the source to the buffer; False at its end."""
    if source is buffer:
        return lambda: False
    receive = _receive(source)
    if receive:
        return _receiver(receive, buffer)
    if isinstance(source, int):
        return lambda: buffer.read_from(source) > 0
    for name in ("recv_into", "readinto1", "readinto"):
        if hasattr(source, name):
            return _reader(getattr(source, name), buffer)
    return _appender(_parts(source), buffer)


def _takes_datagrams(source: socket.socket) -> bool:
    return source.type != socket.SOCK_STREAM


@contextmanager
def _as_socket(fd: int) -> Iterator[socket.socket]:
    """A socket object for a descriptor of the caller, who keeps it as it is: a default timeout
    must not make it one that does not block."""
    blocks = os.get_blocking(fd)
    made = socket.socket(fileno=fd)
    try:
        made.setblocking(blocks)
        yield made
    finally:
        made.detach()


def _receive_from(fd: int, areas: List[bytearray]) -> Any:
    with _as_socket(fd) as source:
        return source.recvmsg_into(areas)


def _receive(source: Source) -> Optional[Callable[[List[bytearray]], Any]]:
    """How to receive, if each read from the source takes a whole datagram."""
    if isinstance(source, socket.socket):
        return source.recvmsg_into if _takes_datagrams(source) else None
    if isinstance(source, int) and stat.S_ISSOCK(os.fstat(source).st_mode):
        with _as_socket(source) as made:
            return partial(_receive_from, source) if _takes_datagrams(made) else None
    return None


def _parts(source: Source) -> Iterator[Any]:
    try:
        return iter([memoryview(source)])
    except TypeError:
        if isinstance(source, str) or not hasattr(source, "__iter__"):
            kind = type(source).__name__
            raise TypeError(f"a source of bytes is needed, such as an open file, not {kind}") from None
    return iter(source)


def _reader(readinto: Callable[[Any], Any], buffer: Buffer) -> Callable[[], bool]:
    def fill() -> bool:
        n = readinto(buffer.get_chunk())
        if n is None:
            raise BlockingIOError("the source is not ready")
        buffer.chunk_written(n)
        return bool(n > 0)
    return fill


def _receiver(receive: Callable[[List[bytearray]], Any], buffer: Buffer) -> Callable[[], bool]:
    """By whole datagrams: what a read has no room for is lost."""
    room = bytearray(_DATAGRAM_MAX)
    view = memoryview(room)

    def fill() -> bool:
        n, _, flags, _ = receive([room])
        if flags & socket.MSG_TRUNC:
            raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
        buffer.append(view[:n])
        return bool(n > 0)
    return fill


def _appender(parts: Iterator[Any], buffer: Buffer) -> Callable[[], bool]:
    failed = _Failed(parts)

    def fill() -> bool:
        try:
            part = next(parts)
        except StopIteration:
            failed.check()
            return False
        except BaseException as error:
            failed.keep(error)
            raise
        failed.error = None
        buffer.append(part)
        return True
    return fill


class _Failed:
    """The exception after which an iterator seems to have ended, as a generator does: it has
    failed.  But our own iterators go on, and others may just have been not ready when they
    raised BlockingIOError."""

    def __init__(self, items: Iterator[Any]) -> None:
        self._items = items
        self.error: Optional[BaseException] = None

    def keep(self, error: BaseException) -> None:
        ours = isinstance(self._items, (Records, _Buffers))
        generator = isinstance(self._items, GeneratorType)
        if not (ours or isinstance(error, BlockingIOError) and not generator):
            self.error = error

    def check(self) -> None:
        """At the end: is it one?"""
        if self.error is not None:
            raise self.error
