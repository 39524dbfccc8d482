# SPDX-License-Identifier: MIT
"""The iterators decode, encode and reframe: errors, and sources that are not ready."""
import io
import os
import socket
import threading

import pytest

from chunkedbuffer import (
    Buffer, Decoder, MalformedError, Records, StateError, TruncatedError, UnencodableError,
    decode, encode, reframe)


def collected(iterator):
    """All that comes before an error, and the error."""
    found = []
    try:
        for part in iterator:
            found.append(bytes(part))
    except Exception as error:
        return b"".join(found), error
    return b"".join(found), None


class Script:
    """An iterator over what is in a list; exceptions in it are raised."""

    def __init__(self, *steps):
        self.steps = list(steps)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.steps:
            raise StopIteration
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step


class File(Script):
    """The same to read from."""

    def readinto(self, room):
        step = next(self, b"")
        if step is None:
            return None
        memoryview(room)[:len(step)] = step
        return len(step)


ITERATORS = {
    "decode": lambda source: decode(source, "line"),
    "reframe": lambda source: reframe(source, "line", "line", pieces=False),
    "encode": lambda source: encode(decode(source, "line"), "line"),
}


# ------------------------------------------------- what comes before an error

def test_records_around_one_that_cannot_be_encoded():
    records = encode([b"one", b"two", b"x" * 256, b"four"], "u8")
    assert next(records) == b"\3one\3two"
    with pytest.raises(UnencodableError) as caught:
        next(records)
    assert caught.value.record == 3
    assert list(records) == [b"\4four"]


def test_records_before_an_error_of_their_source_come_first():
    def source():
        yield b"one"
        raise KeyError("lost")
    records = encode(source(), "line")
    assert next(records) == b"one\n"
    for _ in range(3):
        with pytest.raises(KeyError):
            next(records)


def test_records_before_one_that_is_no_bytes_come_first():
    for wrong in ("two", None, 3):
        found, error = collected(encode([b"one", wrong], "line"))
        assert found == b"one\n"
        assert isinstance(error, TypeError)


def test_records_before_malformed_input_come_first_through_both():
    records = encode(decode(b"1:a,1:b,x", "netstring"), "line")
    assert next(records) == b"a\nb\n"
    for _ in range(3):
        with pytest.raises(MalformedError):
            next(records)


@pytest.mark.parametrize("pieces", [False, True])
def test_reframed_records_before_an_error_come_first(pieces):
    parts = reframe(b"1:a,1:b,x", "netstring", "line", pieces=pieces)
    assert next(parts) == b"a\nb\n"
    for _ in range(3):
        with pytest.raises(MalformedError):
            next(parts)


@pytest.mark.parametrize("pieces", [False, True])
def test_reframed_records_around_one_that_cannot_be_encoded(pieces):
    parts = reframe(b"one\n" + b"x" * 256 + b"\nthree\n", "line", "u8", pieces=pieces)
    assert next(parts) == b"\3one"
    with pytest.raises(UnencodableError) as caught:
        next(parts)
    assert caught.value.record == 2
    assert list(parts) == [b"\5three"]


def test_nothing_is_kept_alive_by_an_exception_that_was_caught():
    import gc
    import weakref

    class Source:
        reads = 0

        def __iter__(self):
            return self

        def __next__(self):
            self.reads += 1
            if self.reads > 1:
                raise BlockingIOError
            return b"one\n"
    before = gc.isenabled()
    gc.disable()
    try:
        for make in ITERATORS.values():
            source = Source()
            alive = weakref.ref(source)
            found = make(source)
            assert isinstance(collected(found)[1], BlockingIOError)
            del source, found
            assert alive() is None
    finally:
        if before:
            gc.enable()


def test_reframed_records_before_a_truncated_one_come_first():
    found, error = collected(reframe([b"3:one,3:tw"], "netstring", "line", pieces=False))
    assert found == b"one\n"
    assert isinstance(error, TruncatedError)


def test_an_error_of_the_source_comes_again():
    def source():
        yield b"one\nha"
        raise KeyError("lost")
    for make in (lambda: decode(source(), "line"), lambda: reframe(source(), "line", "netstring")):
        found = make()
        assert next(found) in (b"one", b"3:one,")
        for _ in range(3):
            with pytest.raises(KeyError):
                next(found)


@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
def test_what_is_not_ready_before_its_end_has_ended(make):
    """Also behind something that hides whose iterator it is."""
    for source in (File(b"one\n", None), Script(b"one\n", BlockingIOError()),
                   map(bytes, reframe(File(b"one\n", None), "line", "line"))):
        found = make(source)
        part, error = collected(found)
        assert (part.strip(), type(error)) == (b"one", BlockingIOError)
        assert collected(found) == (b"", None)
        assert next(found, None) is None


def test_a_generator_that_was_not_ready_has_not_ended():
    for make in (lambda source: decode(source, "line"), lambda source: encode(source, "line")):
        found = make(bytes(part) for part in Script(b"one\n", BlockingIOError()))
        assert next(found)
        for _ in range(3):
            with pytest.raises(BlockingIOError):
                next(found)


def test_records_skipped_before_an_error_are_counted():
    for options in ({}, {"on_malformed": "skip"}):
        decoder = Decoder("netstring", **options)
        decoder.buffer.append(b"1:a,1:b,x")
        decoder.finish()
        assert decoder.skip() == 2
        if not options:
            with pytest.raises(MalformedError):
                decoder.skip()


# ------------------------------------------------------ sources not ready yet

@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
@pytest.mark.parametrize("kind", ["pipe", "raw file", "buffered file", "socket", "seqpacket"])
def test_a_source_that_does_not_block_may_be_read_again(make, kind):
    if kind in ("socket", "seqpacket"):
        types = {"socket": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}
        ours, theirs = socket.socketpair(socket.AF_UNIX, types[kind])
        ours.setblocking(False)
        source, send, end = ours, theirs.sendall, theirs.close
        close = ours.close
    else:
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        source = {"pipe": lambda: reader, "raw file": lambda: io.FileIO(reader, "r"),
                  "buffered file": lambda: open(reader, "rb")}[kind]()
        def send(data): os.write(writer, data)
        def end(): os.close(writer)
        def close(): os.close(reader) if kind == "pipe" else source.close()
    found = make(source)
    seen = b""

    def read():
        nonlocal seen
        part, error = collected(found)
        assert isinstance(error, BlockingIOError)
        seen += part.rstrip(b"\n")
    read()
    read()
    send(b"one\ntw")
    read()
    assert seen == b"one"
    read()
    send(b"o\nthree")
    read()
    assert seen == b"onetwo"
    read()
    end()
    part, error = collected(found)
    assert part.rstrip(b"\n") == b"three"
    assert error is None
    assert next(found, None) is None
    close()


@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
def test_a_source_may_go_on_after_an_exception(make):
    found = make(File(b"one\nha", None, b"lf", TimeoutError(), b"\n", InterruptedError()))
    seen = []
    while len(seen) < 10:
        part, error = collected(found)
        seen.append((part.replace(b"\n", b""), type(error)))
        if error is None:
            break
    assert seen == [(b"one", BlockingIOError), (b"", TimeoutError), (b"half", InterruptedError),
                    (b"", type(None))]


def test_an_interrupt_loses_nothing():
    for make in ITERATORS.values():
        found, seen, interrupts = make(File(b"one\nha", KeyboardInterrupt(), b"lf\n")), b"", 0
        while interrupts < 3:
            try:
                for part in found:
                    seen += bytes(part).rstrip(b"\n")
                break
            except KeyboardInterrupt:
                interrupts += 1
        assert (seen.replace(b"\n", b""), interrupts) == (b"onehalf", 1)


# -------------------------------------------------------------- StopIteration

class Stopping:
    """A source that raises StopIteration in the second read."""
    reads = 0

    def readinto(self, room):
        self.reads += 1
        if self.reads == 2:
            raise StopIteration
        memoryview(room)[:4] = b"a\nb\n"
        return 4


@pytest.mark.parametrize("make", ITERATORS.values(), ids=ITERATORS)
def test_stopiteration_of_a_read_is_not_the_end(make):
    found = make(Stopping())
    seen = []
    with pytest.raises(RuntimeError) as caught:
        for part in found:
            seen.append(bytes(part).replace(b"\n", b""))
    assert b"".join(seen) == b"ab"
    assert isinstance(caught.value.__cause__, StopIteration)
    assert "StopIteration" in str(caught.value)


def test_nor_is_that_of_a_function_that_fills():
    def fill():
        raise StopIteration
    with pytest.raises(RuntimeError):
        next(Records(Decoder("line"), fill))


def test_nor_is_that_of_a_signal_handler():
    import signal

    def handler(*_):
        raise StopIteration
    reader, writer = os.pipe()
    before = signal.signal(signal.SIGALRM, handler)
    try:
        for make in ITERATORS.values():
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            with pytest.raises(RuntimeError):
                next(make(reader))
    finally:
        signal.signal(signal.SIGALRM, before)
        os.close(reader)
        os.close(writer)


def test_a_file_that_ends_while_its_decoder_is_in_use_has_ended_later():
    """The end is not forgotten if `finish` is refused."""
    decoder = Decoder("line")
    decoder.buffer.append(b"last")
    other = Buffer()
    busy = [True]

    def fill():
        if busy:
            busy.pop()
            raise StateError("in use")
        return False
    records = Records(decoder, fill)
    with pytest.raises(StateError):
        next(records)
    assert list(records) == [b"last"]
    assert not other


def test_an_iterator_in_use_elsewhere_is_refused():
    entered, go_on = threading.Event(), threading.Event()

    def source():
        entered.set()
        go_on.wait(60)
        yield b"one\n"
    for make in (lambda: reframe(source(), "line", "line"), lambda: encode(source(), "line"),
                 lambda: decode(source(), "line,keep")):
        entered.clear()
        go_on.clear()
        found, results = make(), []
        thread = threading.Thread(target=lambda: results.extend(found))
        thread.start()
        entered.wait(60)
        with pytest.raises(StateError):
            next(found)
        go_on.set()
        thread.join(60)
        assert b"".join(map(bytes, results)).strip() == b"one"


def test_a_descriptor_stays_as_it_is():
    """Also if sockets get a timeout by default: then they do not block."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.setblocking(True)
        before = socket.getdefaulttimeout()
        socket.setdefaulttimeout(10)
        try:
            theirs.send(b"one\n")
            assert next(decode(ours.fileno(), "line")) == b"one"
            assert os.get_blocking(ours.fileno())
        finally:
            socket.setdefaulttimeout(before)
