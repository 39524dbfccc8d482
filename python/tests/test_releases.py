# SPDX-License-Identifier: MIT
"""Objects that were appended by reference run code when they are released: it may use the
very buffer or decoder whose call has released them."""
import os
import signal
import sys
import threading

import pytest

from chunkedbuffer import Buffer, Decoder, Encoder, Pool, Records, StateError, decode

SIZE = 5000  # so much is appended by reference


class Loud(bytes):
    """Runs a function when it is released."""
    act = None

    def __del__(self):
        if self.act:
            self.act()


def loud(act, data=bytes(SIZE)):
    made = Loud(data)
    made.act = act
    return made


@pytest.fixture(autouse=True)
def none_of_them_raises(monkeypatch):
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: raised.append(args.exc_value))
    yield raised
    assert not raised


def drained(reader):
    os.set_blocking(reader, False)
    found = b""
    try:
        while True:
            found += os.read(reader, 1 << 16)
    except BlockingIOError:
        return found


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_buffer_that_is_emptied_while_it_is_written(pipe):
    reader, writer = pipe
    buffer = Buffer()
    for n in range(300):  # more areas than one system call takes
        buffer.append(loud(buffer.skip if n == 10 else None, b"%05d" % n * 40))
        buffer.append(b"-")
    buffer.append(bytes(1 << 16))
    os.set_blocking(writer, False)
    small = Buffer(input_cutoff_size=1)
    for n in range(300):
        small.append(loud(small.skip if n == 10 else None, b"%d" % n))
    written = small.write_to(writer)
    assert written == len(drained(reader)) == len("".join(map(str, range(256))))
    assert not small
    written = buffer.write_to(writer)
    assert written == len(drained(reader))
    assert not buffer or written > 1 << 15


def test_what_is_added_while_it_is_written_stays(pipe):
    reader, writer = pipe
    buffer = Buffer(input_cutoff_size=1)
    for n in range(300):
        buffer.append(loud(lambda: buffer.append(b"x"), b"%d" % n))
    expected = "".join(map(str, range(300))).encode()
    assert buffer.write_to(writer) == len(expected)
    assert drained(reader) == expected
    assert buffer == b"x" * 300


def test_a_signal_ends_a_write_that_blocks(pipe):
    """Also if some bytes were written before it came."""
    class Stop(Exception):
        pass

    def handler(*_):
        raise Stop
    reader, writer = pipe
    buffer = Buffer()
    data = os.urandom(1 << 20)
    buffer.append(data)
    rescued = []
    rescue = threading.Timer(10, lambda: rescued.extend(
        os.read(reader, len(data)) for _ in range(16)))
    rescue.daemon = True
    rescue.start()
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Stop):
            buffer.write_to(writer)
    finally:
        signal.signal(signal.SIGALRM, before)
        rescue.cancel()
    assert not rescued
    written = drained(reader)
    assert buffer.position == len(written) > 0
    assert written + bytes(buffer) == data


CALLS = {
    "len": len,
    "bytes": bytes,
    "memoryview": memoryview,
    "find": lambda b: b.find(b"x"),
    "take": lambda b: b.take(),
    "peek": lambda b: b.peek(),
    "skip": lambda b: b.skip(),
    "takeline": lambda b: b.takeline(),
    "takeuntil": lambda b: b.takeuntil(b"\n"),
    "skip_if_startswith": lambda b: b.skip_if_startswith(b"\0"),
    "split": lambda b: b.split(),
    "strip": lambda b: b.strip(),
    "chunks": lambda b: b.chunks(),
    "append": lambda b: b.append(b"x"),
    "append_ref": lambda b: b.append(bytes(SIZE)),
    "append_itself": lambda b: b.append(b),
    "get_chunk": lambda b: b.get_chunk(),
    "decode": lambda b: list(Decoder("line", b)),
    "count": lambda b: Decoder("line", b).skip(),
    "reframe": lambda b: Decoder("line", b).reframe(Encoder("line"), Buffer()),
    "encode": lambda b: Encoder("line").encode(b"x", b),
    "encode_it": lambda b: Encoder("line").encode(b, Buffer()),
    "equal": lambda b: b == Buffer(),
    "repr": repr,
    "position": lambda b: b.position,
}


def refused_or(act, *args):
    try:
        act(*args)
    except StateError:
        pass


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_any_call_releases_an_object_whose_code_makes_any_call(call, shared):
    for act in CALLS.values():
        released = []

        def run():
            released.append(1)
            refused_or(act, buffer)
        buffer = Buffer(pool=Pool(shared=shared))
        buffer.append(loud(run, bytes(SIZE - 1) + b"\n"))
        buffer.append(b"one\n")
        buffer.append(loud(run, bytes(SIZE - 1) + b"\n"))
        buffer.append(b"two\n")
        decoder = Decoder("line", buffer)
        decoder.next()  # released when the decoder goes on, or by a call for the buffer
        call(buffer)
        call(buffer)
        bytes(buffer)
        buffer.skip()
        buffer.skip()
        del decoder
        assert len(released) == 2
        refused_or(call, buffer)


def test_a_decoder_that_dies_while_its_record_is_released():
    buffer = Buffer()
    decoders = [Decoder("line", buffer)]
    buffer.append(loud(decoders.clear, bytes(SIZE - 1) + b"\n"))
    buffer.append(b"rest")
    decoders[0].next()
    assert len(buffer) == 4
    assert not decoders


def test_a_buffer_that_its_decoder_leaves_while_a_record_is_released():
    first, second = Buffer(), Buffer()
    second.append(b"second\n")
    decoder = Decoder("line", first)
    other = Decoder("line", first)

    def leave():
        nonlocal other
        other = None
        try:
            decoder.reset(second)
        except StateError:
            pass
    first.append(loud(leave, bytes(SIZE - 1) + b"\n"))
    first.append(b"first\n")
    other.next()
    del first
    assert decoder.next() in (b"first", b"second")


def test_a_buffer_that_dies_when_its_decoder_leaves():
    decoder = Decoder("line")
    second = Buffer()
    second.append(b"one\ntwo\n")
    decoder.buffer.append(loud(lambda: found.append(decoder.next())))
    found = []
    decoder.next()
    decoder.reset(second)
    assert found == [b"one"]
    assert decoder.next() == b"two"


def test_a_function_that_dies_at_its_end():
    class Fill:
        def __call__(self):
            return False

        def __del__(self):
            found.extend(records)
    found = []
    records = Records(Decoder("line"), Fill())
    records.decoder.buffer.append(b"one\ntwo")
    assert next(records) == b"one"
    assert list(records) + found == [b"two"]


def test_a_record_that_is_changed_while_it_is_compared():
    buffer = Buffer()
    source = Buffer(pool=Pool(idle_limit=0))
    source.append(b"x" * 100)
    record = source.take(50)
    del source

    def change():
        record.append(b"y")
        record.skip()
    buffer.append(loud(change, b"x" * (SIZE - 1) + b"\n"))
    buffer.append(b"x" * 50)
    decoder = Decoder("line", buffer)
    decoder.next()
    assert buffer != record
    assert not record


def test_an_encoder_that_is_called_while_a_record_is_released():
    """It is in use: what it writes would be in the middle of another call's."""
    for call in (lambda: encoder.end(target), lambda: encoder.encode(b"x", target)):
        refused = []

        def act():
            for again in (encoder.end, lambda: encoder.encode(b"x"), encoder.reset):
                with pytest.raises(StateError):
                    again()
                refused.append(1)
        encoder = Encoder("chunked")
        target = Buffer()
        target.append(loud(act, bytes(SIZE - 1) + b"\n"))
        decoder = Decoder("line", target)
        decoder.next()
        call()
        assert len(refused) == 3


def test_a_decoder_in_use_refuses_all_that_changes_or_shows_its_state():
    refused = []

    def act():
        for call in (decoder.finish, decoder.settle, decoder.next, decoder.skip, decoder.reset,
                     lambda: decoder.needed, lambda: decoder.number, lambda: decoder.position,
                     lambda: decoder.reframe(Encoder("line"), Buffer())):
            try:
                call()
            except StateError:
                refused.append(1)
    decoder, other = Decoder("line"), None
    for use in (lambda: decoder.skip(), lambda: decoder.next(),
                lambda: decoder.reframe(Encoder("line"), Buffer())):
        del refused[:]
        decoder = Decoder("line")
        decoder.buffer.append(loud(act, bytes(SIZE - 1) + b"\n"))
        decoder.buffer.append(b"x\n")
        other = Decoder("line", decoder.buffer)
        other.next()
        use()
        assert len(refused) == 9


def test_a_long_chain_of_buffers_is_released():
    """Each has a view of the one before it."""
    buffer = Buffer()
    buffer.append(bytes(SIZE))
    for _ in range(100000):
        view = memoryview(buffer)
        buffer = Buffer()
        buffer.append(view)
    del view
    assert len(buffer) == SIZE
    del buffer
    released = []
    last = Buffer()
    last.append(loud(lambda: released.append(1)))
    for _ in range(1000):
        view = memoryview(last)
        last = Buffer()
        last.append(view)
    del view
    last.skip()
    assert released


def test_an_object_is_released_by_the_time_the_call_ends():
    for release in (lambda b: b.skip(), lambda b: b.take(1), lambda b: b.takeline(),
                    lambda b: b.takeuntil(b"\n"), lambda b: Decoder("line", b).skip(1),
                    lambda b: b.skip_if_startswith(bytes(SIZE - 1) + b"\n"),
                    lambda b: Decoder("line", b).reframe(Encoder("hex"), Buffer()),
                    lambda b: [None for _ in Decoder("line", b)],
                    lambda b: [None for _ in decode(b, "line")]):
        released = []
        buffer = Buffer(copy_below=10)
        buffer.append(loud(lambda: released.append(1), bytes(SIZE - 1) + b"\n"))
        buffer.append(b"more\n")
        release(buffer)
        buffer.skip(SIZE - 1) if not released else None
        assert released, release
    released = []
    Buffer(limit=1 << 20).append(loud(lambda: released.append(1)))
    assert released


def test_a_buffer_whose_init_fails_is_of_the_global_pool():
    buffer = Buffer.__new__(Buffer)
    pool = Pool(shared=True)
    with pytest.raises(ValueError):
        buffer.__init__(pool=pool, minimum_chunk_size=4096, maximum_chunk_size=1)
    buffer.append(b"x")
    assert buffer.pool is not pool
