# SPDX-License-Identifier: MIT
"""What makes loops over records fast is not seen: records are used again once nothing refers
to them, and a record leaves its buffer late."""
import gc
import os
import random
import sys
import weakref

import pytest

import chunkedbuffer
from chunkedbuffer import Buffer, Decoder, Encoder, MalformedError, decode

LONG = b"one\ntwo\n" + b"x" * 5000 + b"\n"  # appended by reference

LOOKS = {
    "len": lambda b, rest: len(b) == len(rest),
    "bool": lambda b, rest: bool(b) == bool(rest),
    "bytes": lambda b, rest: bytes(b) == rest,
    "memoryview": lambda b, rest: memoryview(b) == rest,
    "chunks": lambda b, rest: b"".join(b.chunks()) == rest,
    "position": lambda b, rest: b.position == len(LONG) - len(rest),
    "find": lambda b, rest: b.find(b"\n") == rest.find(b"\n"),
    "peek": lambda b, rest: b.peek() == rest,
    "strip": lambda b, rest: b.strip() == rest.strip(),
    "split": lambda b, rest: b.split() == rest.split(),
    "splitlines": lambda b, rest: b.splitlines() == rest.splitlines(),
    "repr": lambda b, rest: repr(b).startswith(f"<Buffer of {len(rest)} bytes: {rest[:3]!r}"[:-1]),
    "append to another": lambda b, rest: Buffer.merge([b]) == rest,
    "encode": lambda b, rest: Encoder("line").encode(b) == rest + b"\n",
    "compare": lambda b, rest: b == rest,
    "compare with a Buffer": lambda b, rest: Buffer.merge([rest]) == b,
    "take": lambda b, rest: b.take() == rest,
    "takeline": lambda b, rest: (b.takeline() or b"") == rest.partition(b"\n")[0],
    "takeuntil": lambda b, rest: (b.takeuntil(b"\n") or b"") == rest.partition(b"\n")[0],
    "skip": lambda b, rest: b.skip() == len(rest),
    "skip_if_startswith": lambda b, rest: b.skip_if_startswith(rest),
    "append": lambda b, rest: b.append(b"more") or b == rest + b"more",
    "another decoder": lambda b, rest: list(Decoder("line", b)) == rest.splitlines(),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("read", [1, 2, 3])
def test_a_record_that_was_returned_is_not_in_the_buffer(look, read):
    decoder = Decoder("line")
    decoder.buffer.append(LONG)
    records = [decoder.next() for _ in range(read)]
    assert look(decoder.buffer, LONG[sum(len(r) + 1 for r in records):])


def test_nor_is_it_once_the_decoder_is_gone_or_reset():
    buffer = Buffer()
    buffer.append(LONG)
    decoder = Decoder("line", buffer)
    assert decoder.next() == b"one"
    decoder.reset()
    assert buffer.takeline() == b"two"
    decoder = Decoder("line", buffer)
    assert len(decoder.next()) == 5000
    del decoder
    assert not buffer
    other = Buffer()
    buffer.append(LONG)
    decoder = Decoder("line", buffer)
    decoder.next()
    decoder.reset(other)
    other.append(b"x\n")
    assert decoder.next() == b"x"
    assert buffer.takeline() == b"two"


def test_decoder_and_buffer_in_turns():
    decoder = Decoder("line")
    decoder.buffer.append(b"a\nb\nc\nd\ne\n")
    out = Buffer()
    assert decoder.next() == b"a"
    assert decoder.skip(1) == 1
    assert decoder.next() == b"c"
    decoder.buffer.append(b"f\n")
    decoder.reframe(Encoder("netstring"), out, 1)
    assert out == b"1:d,"
    assert list(decoder) == [b"e", b"f"]
    out.append(b"x\n")
    reader = Decoder("line", out)
    assert reader.next() == b"1:d,x"
    decoder.buffer.append(b"g\n")
    decoder.reframe(Encoder("line"), out)
    assert out == b"g\n"


def test_an_object_is_released_when_its_last_record_is():
    before = sys.getrefcount(LONG)
    for record in decode(LONG, "line"):
        pass
    assert sys.getrefcount(LONG) == before + 1
    del record
    assert sys.getrefcount(LONG) == before
    decoder = Decoder("line")
    decoder.buffer.append(LONG)
    while decoder.next():
        pass
    assert sys.getrefcount(LONG) == before


def test_code_that_runs_when_a_record_leaves_late():
    """An object that was appended by reference is released inside calls for the buffer."""
    class Loud(bytes):
        def __del__(self):
            found.append(len(target))
            target.get_chunk()

    for act in (lambda: target.append(source), lambda: Encoder("line").encode(source, target),
                lambda: source.append(b"x"), lambda: decoder.reframe(Encoder("line"), target)):
        found = []
        source, target = Buffer(), Buffer()
        target.append(b"before")
        source.append(Loud(b"x" * 5000 + b"\n"))
        source.append(b"y\n")
        decoder = Decoder("line", source)
        assert len(decoder.next()) == 5000
        gc.collect()
        act()
        assert found == [6]
        target.append(b"after")
        assert bytes(target).startswith(b"before") and bytes(target).endswith(b"after")


@pytest.mark.parametrize("seed", range(20))
def test_records_that_are_kept_changed_and_dropped(seed):
    """A new record has nothing of an old one whose place in memory it has."""
    rng = random.Random(seed)
    wanted = [b"x" * rng.randrange(20) for _ in range(2000)]
    data = b"".join(b"%d:%s," % (len(w), w) for w in wanted)
    cuts = sorted(rng.choices(range(len(data)), k=rng.choice([0, 10, 500]))) + [len(data)]
    parts = [data[a:b] for a, b in zip([0] + cuts, cuts)]
    kept = []
    offset = 0
    for number, record in enumerate(decode(parts, "netstring"), 1):
        length = len(wanted[number - 1])
        header = b"%d:" % length
        offset += len(header)
        assert (record.number, record.offset, record.first, record.last) == (
            number, offset, True, True)
        assert record == wanted[number - 1]
        offset += length + 1
        what = rng.randrange(8)
        if what == 0:
            assert record.header == header
        elif what == 1:
            record.append(b"more")
            record.skip(1)
        elif what == 2:
            view = memoryview(record)
            del record
            assert view == wanted[number - 1]
        if what >= 3 and rng.random() < 0.2:
            kept.append((record, bytes(record), header))
        if len(kept) > 100:
            del kept[:rng.randrange(100)]
        record = None
    assert number == len(wanted)
    for record, data, header in kept:
        assert (record, record.header) == (data, header)


def test_much_malformed_input_is_skipped():
    data = b"\xdbx\xc0" * 200000 + b"good\xc0"
    records = decode(data, "slip", on_malformed="skip")
    assert list(records) == [b"good"]
    assert records.decoder.lost == 600000


def test_a_cycle_is_collected():
    class Connection:
        def __init__(self):
            self.records = decode(self.parts(), "line")

        def parts(self):
            while self.records:
                yield b"x\n"

    connection = Connection()
    next(connection.records)
    alive = weakref.ref(connection)
    del connection
    gc.collect()
    assert alive() is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this needs fork")
def test_a_child_goes_on_with_records_of_its_parent():
    records = decode([b"one\ntwo\nthr", b"ee\n"], "line")
    assert next(records) == b"one"
    pid = os.fork()
    if not pid:
        os._exit(0 if list(records) == [b"two", b"three"] else 1)
    assert list(records) == [b"two", b"three"]
    assert os.waitpid(pid, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this needs fork")
def test_a_child_reframes_whatever_the_threads_of_its_parent_did():
    """Its pool is another one, whose lock nobody can have held when it began."""
    before = chunkedbuffer.streams._shared_pool
    pid = os.fork()
    if not pid:
        parts = list(chunkedbuffer.reframe(b"one\n", "line", "netstring"))
        fresh = chunkedbuffer.streams._shared_pool is not before and before.stats().live_blocks == 0
        os._exit(0 if parts == [b"3:one,"] and fresh else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert chunkedbuffer.streams._shared_pool is before


def test_an_error_comes_after_all_records_before_it():
    records = decode(b"1:a,1:b,x", "netstring")
    found = []
    with pytest.raises(MalformedError) as caught:
        for record in records:
            found.append(record)
    assert found == [b"a", b"b"]
    assert str(caught.value).startswith("record 3 at byte 8: ")
    with pytest.raises(MalformedError):
        next(records)


def test_a_source_that_has_failed_has_not_ended():
    def source():
        yield b"one\nha"
        raise KeyError("lost")
    records = decode(source(), "line")
    assert next(records) == b"one"
    for _ in range(3):
        with pytest.raises(KeyError):
            next(records)


def test_a_source_may_go_on_after_an_exception():
    class Source:
        data = [b"one\nha", BlockingIOError(), b"lf\n"]

        def __iter__(self):
            return self

        def __next__(self):
            if not self.data:
                raise StopIteration
            part = self.data.pop(0)
            if isinstance(part, Exception):
                raise part
            return part
    records = decode(Source(), "line")
    assert next(records) == b"one"
    with pytest.raises(BlockingIOError):
        next(records)
    assert list(records) == [b"half"]
