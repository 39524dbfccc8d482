# SPDX-License-Identifier: MIT
"""Iterators: bytes from anywhere to records, records to bytes, and one framing to another."""
import errno
import os
import socket
import stat
from contextlib import contextmanager
from functools import partial
from typing import Any, Callable, Iterable, Iterator, List, Optional, Union

from ._native import Buffer, Decoder, Encoder, Pool, Records

#: For what is reframed: its buffers are here, so the GIL can be released.
_shared_pool = Pool(shared=True)

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
    """
    buffer = source if isinstance(source, Buffer) else Buffer()
    decoder = Decoder(framing, buffer, **options)
    return Records(decoder, _filler(source, buffer))


def encode(records: Iterable[Bytes], framing: str, *, refuse_collisions: bool = False,
           size: int = 65536) -> Iterator[Buffer]:
    """Records in a framing, as Buffers of about `size` bytes (0: one for each record)."""
    encoder = Encoder(framing, refuse_collisions=refuse_collisions)
    return _encoded(iter(records), encoder, size)


def _encoded(records: Iterator[Bytes], encoder: Encoder, size: int) -> Iterator[Buffer]:
    out = Buffer()
    for record in records:
        encoder.encode(record, out)
        if len(out) >= size:
            yield out.take()
    encoder.end(out)
    if out:
        yield out.take()


def reframe(source: Source, from_: str, to: str, *, refuse_collisions: bool = False,
            **options: Any) -> Iterator[Buffer]:
    """The records of a source in another framing, as Buffers of at most some 256 KiB.

    A record of any length passes in pieces if both framings allow it.  What comes before an
    error is returned first.  The GIL is released, but for a Buffer of a pool that is not shared.
    `options` are those of Decoder.
    """
    buffer = source if isinstance(source, Buffer) else Buffer(pool=_shared_pool)
    options.setdefault("pieces", True)
    decoder = Decoder(from_, buffer, **options)
    encoder = Encoder(to, refuse_collisions=refuse_collisions)
    return _reframed(decoder, encoder, _filler(source, buffer))


def _reframed(decoder: Decoder, encoder: Encoder, fill: Callable[[], bool]) -> Iterator[Buffer]:
    out = Buffer(pool=_shared_pool)
    more = True
    while not decoder.ended:
        try:
            more = decoder.reframe(encoder, out)
        except Exception:
            if out:
                yield out.take()
            raise
        if decoder.ended:
            encoder.end(out)
        if out:
            yield out.take()
        elif not more and not decoder.ended and not fill():
            decoder.finish()


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
    """A socket object for a descriptor of the caller, who keeps it."""
    made = socket.socket(fileno=fd)
    try:
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
    failure: Optional[BaseException] = None

    def fill() -> bool:
        nonlocal failure
        try:
            part = next(parts)
        except StopIteration:
            if failure is not None:
                raise failure  # a generator that has failed looks as if it had ended
            return False
        except BaseException as error:
            failure = error
            raise
        failure = None
        buffer.append(part)
        return True
    return fill
