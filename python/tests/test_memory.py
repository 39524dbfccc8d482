# SPDX-License-Identifier: MIT
"""Nothing is copied that need not be, and no view outlives its bytes."""
import array
import copy
import gc
import io
import pickle
import socket
import sys
import weakref

import pytest

from chunkedbuffer import (
    Buffer, Decoder, Encoder, LimitError, MalformedError, Pool, StateError, UnencodableError, decode)


def address(data):
    """Where the bytes of an object are."""
    import ctypes
    view = memoryview(data)
    if view.readonly:  # ctypes wants writable memory
        class PyBuffer(ctypes.Structure):
            _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.py_object)] + [
                ("rest", ctypes.c_void_p * 10)]
        raw = PyBuffer()
        get = ctypes.pythonapi.PyObject_GetBuffer
        get.argtypes = [ctypes.py_object, ctypes.POINTER(PyBuffer), ctypes.c_int]
        get(view, ctypes.byref(raw), 0)
        at = raw.buf
        ctypes.pythonapi.PyBuffer_Release(ctypes.byref(raw))
        return at
    return ctypes.addressof(ctypes.c_char.from_buffer(view))


LONG = bytes(range(256)) * 64  # 16 KiB, more than the cutoff


def test_a_long_object_is_referenced_and_released():
    before = sys.getrefcount(LONG)
    buffer = Buffer()
    buffer.append(LONG)
    assert sys.getrefcount(LONG) == before + 1
    assert address(buffer) == address(LONG)
    record = buffer.take(5000)
    assert address(record) == address(LONG)
    assert address(buffer.peek(10)) == address(LONG) + 5000
    buffer.skip()
    assert sys.getrefcount(LONG) == before + 1, "the record keeps it"
    del record
    assert sys.getrefcount(LONG) == before


def test_a_short_object_is_copied():
    short = b"x" * 4095
    before = sys.getrefcount(short)
    buffer = Buffer()
    buffer.append(short)
    assert sys.getrefcount(short) == before


def test_what_is_writable_is_copied():
    data = bytearray(LONG)
    buffer = Buffer()
    buffer.append(data)
    data[:] = bytes(len(data))
    data.append(1)  # no view is left
    assert buffer == LONG
    view = memoryview(array.array("I", range(5000))).toreadonly()
    buffer = Buffer()
    buffer.append(view)
    assert address(buffer) == address(view)


@pytest.mark.parametrize("framing, data, header", [
    ("delim:\r\n", b"abc\r\ndefg\r\n", 0), ("netstring", b"3:abc,4:defg,", 2)])
def test_a_view_of_a_record_is_where_the_input_is(framing, data, header):
    data += bytes(5000)  # so that it is referenced
    buffer = Buffer()
    buffer.append(data)
    decoder = Decoder(framing, buffer)
    first, second = decoder.next(), decoder.next()
    assert address(first) == address(data) + header
    assert address(second) == address(data) + data.index(b"defg")
    assert (bytes(first), bytes(second)) == (b"abc", b"defg")


def test_every_way_to_take_is_without_a_copy():
    data = b"line one\r\nline two\r\nrest" + bytes(5000)
    buffer = Buffer()
    buffer.append(data)
    start = address(data)
    assert address(buffer.takeline()) == start
    assert address(buffer.takeuntil(b"\r\n")) == start + 10
    assert address(buffer.split(b"st")[0]) == start + 20
    assert address(buffer.strip(b"r")) == start + 21
    assert address(buffer.chunks()[0]) == start + 20
    merged = Buffer.merge([buffer.take(2), buffer.take(2)])
    assert address(merged) == start + 20
    assert buffer.pool.stats().copied == Buffer().pool.stats().copied


def test_bytes_written_to_a_chunk_are_where_they_were_written():
    buffer = Buffer()
    chunk = buffer.get_chunk()
    at = address(chunk)
    memoryview(chunk)[:6] = b"abc\ndf"
    buffer.chunk_written(6)
    assert address(buffer.takeline()) == at
    assert address(buffer.take()) == at + 4


def test_many_chunks_are_joined_once():
    pool = Pool()
    buffer = Buffer(pool=pool, input_cutoff_size=1)
    buffer.extend([b"ab", b"cd"])
    assert len(buffer.chunks()) == 2
    assert bytes(buffer) == b"abcd"
    assert len(buffer.chunks()) == 2, "bytes does not join them"
    assert memoryview(buffer) == b"abcd"
    assert pool.stats().copied == 4
    assert address(buffer) == address(buffer)
    assert pool.stats().copied == 4


def test_a_view_keeps_its_bytes_when_the_buffer_goes_on():
    pool = Pool(idle_limit=0)
    buffer = Buffer(pool=pool)
    buffer.append(b"first")
    view = memoryview(buffer)
    chunk = buffer.chunks()[0]
    record = buffer.take()
    views = [view, memoryview(chunk), memoryview(record)]
    for n in range(100):
        buffer.append(b"x" * 4000)
        buffer.skip()
    del buffer, record, chunk
    pool.reset()
    gc.collect()
    assert [bytes(v) for v in views] == [b"first"] * 3


def test_a_view_of_a_record_survives_changes_of_the_record():
    buffer = Buffer()
    buffer.append(b"record")
    record = buffer.take()
    view = memoryview(record)
    record.append(b" and more")
    record.skip(3)
    assert bytes(view) == b"record"
    assert record == b"ord and more"
    view.release()
    assert record == b"ord and more"


def test_views_are_read_only():
    buffer = Buffer()
    buffer.append(b"abc")
    for thing in (buffer, buffer.peek(), buffer.chunks()[0]):
        assert memoryview(thing).readonly
        with pytest.raises((BufferError, TypeError)):
            io.BytesIO(b"xyz").readinto(thing)
    assert buffer == b"abc"


def test_blocks_are_reused_only_when_nobody_sees_them():
    pool = Pool()
    buffer = Buffer(pool=pool)
    for n in range(1000):
        memoryview(buffer.get_chunk())[:4] = b"%04d" % n
        buffer.chunk_written(4)
        buffer.take()
    assert pool.stats().allocations <= 4
    kept = []
    for n in range(1000):
        memoryview(buffer.get_chunk())[:4] = b"%04d" % n
        buffer.chunk_written(4)
        kept.append(buffer.take())
    assert kept == [b"%04d" % n for n in range(1000)]


# ------------------------------------------------------------- writable chunks


def test_a_chunk_can_be_written_until_chunk_written():
    buffer = Buffer()
    chunk = buffer.get_chunk(100)
    assert len(chunk) >= 100
    assert io.BytesIO(b"hello").readinto(chunk) == 5
    buffer.chunk_written(5)
    assert len(chunk) == 0
    with pytest.raises(BufferError):
        memoryview(chunk)
    assert buffer == b"hello"


def test_an_old_view_of_a_chunk_is_harmless():
    pool = Pool(idle_limit=0)
    buffer = Buffer(pool=pool, release_fast_to_pool=True)
    view = memoryview(buffer.get_chunk())
    view[:2] = b"ab"
    buffer.chunk_written(2)
    buffer.skip()
    del buffer
    gc.collect()
    view[:] = bytes(len(view))  # nobody sees it, but the memory is still ours
    view.release()
    assert pool.stats().live_blocks == 0


@pytest.mark.parametrize("size", [10, 89])
def test_an_old_view_of_a_chunk_is_appended(size):
    """It also shows the room that its bytes go to."""
    for add in (lambda: buffer.append(view[:size]), lambda: buffer.append(view[:size].toreadonly()),
                lambda: Encoder("raw").encode(view[:size], buffer)):
        buffer = Buffer()
        view = memoryview(buffer.get_chunk())
        view[:100] = bytes(range(100))
        buffer.chunk_written(11)
        buffer.skip(5)
        before = bytes(view[:size])
        add()
        assert bytes(buffer) == bytes(range(5, 11)) + before
        view.release()
        buffer.append(b"x")


def test_nothing_is_added_while_a_chunk_is_being_written():
    buffer = Buffer()
    buffer.append(b"old")
    view = memoryview(buffer.get_chunk())
    for add in (lambda: buffer.append(b"x"), buffer.get_chunk, lambda: buffer.append(LONG),
                lambda: buffer.append(Buffer()), lambda: buffer.read_from(0),
                lambda: Encoder("line").encode(b"x", buffer)):
        with pytest.raises(BufferError):
            add()
    assert buffer.take(1) == b"o"  # at the head all is as usual
    buffer.chunk_written(0)
    view[:1] = b"!"
    buffer.chunk_written(1)
    view.release()
    assert buffer == b"ld!"
    buffer.append(b"x")


def test_a_chunk_that_was_replaced_cannot_be_written():
    buffer = Buffer()
    chunk = buffer.get_chunk()
    buffer.append(b"x")
    with pytest.raises(BufferError):
        memoryview(chunk)
    with pytest.raises(StateError):
        buffer.chunk_written(1)


def test_nor_one_that_a_call_which_failed_has_replaced():
    buffer = Buffer(limit=10)
    chunk = buffer.get_chunk()
    with pytest.raises(LimitError):
        buffer.append(b"x" * 11)
    with pytest.raises(BufferError):
        memoryview(chunk)
    with pytest.raises(StateError):
        buffer.chunk_written(1)
    buffer.append(b"x")
    assert buffer == b"x"


def test_not_more_is_written_than_offered():
    buffer = Buffer()
    size = len(buffer.get_chunk())
    with pytest.raises(StateError):
        buffer.chunk_written(size + 1)
    with pytest.raises(ValueError):
        buffer.chunk_written(-1)


def test_a_socket_and_a_buffered_protocol_can_fill_it():
    a, b = socket.socketpair()
    with a, b:
        a.sendall(b"one\ntwo\n")
        buffer = Buffer()
        buffer.chunk_written(b.recv_into(buffer.get_chunk()))
        assert buffer.takeline() == b"one"
        b.sendmsg(buffer.chunks())
        assert a.recv(100) == b"two\n"


# --------------------------------------------------------------------- the rest


def test_limit():
    buffer = Buffer(limit=4)
    buffer.append(b"abc")
    with pytest.raises(LimitError):
        buffer.append(b"de")
    assert buffer == b"abc"


def test_copy_below_lets_the_block_go():
    pool = Pool()
    buffer = Buffer(pool=pool, copy_below=100)
    buffer.append(b"x" * 2000)
    record = buffer.take(10)
    buffer.skip()
    del buffer
    assert pool.stats().live_blocks == 0
    assert record == b"x" * 10


def test_an_object_that_runs_code_when_it_is_released():
    class Loud(bytes):
        def __del__(self):
            seen.append(len(buffer))
            buffer.append(b"from __del__")

    for drop in (lambda: buffer.skip(), lambda: buffer.skip(4500), lambda: memoryview(buffer),
                 lambda: buffer.takeuntil(b"\n")):
        seen = []
        buffer = Buffer()
        buffer.append(Loud(bytes(4499) + b"\n"))
        buffer.append(b"tail")
        gc.collect()
        drop()
        assert len(seen) <= 1
        bytes(buffer)


def test_a_decoder_that_is_called_by_what_it_releases():
    class Loud(bytes):
        def __del__(self):
            found.append(decoder.next())

    found = []
    decoder = Decoder("line")
    decoder.buffer.append(Loud(b"x" * 5000 + b"\n"))
    decoder.buffer.append(b"y\nz")
    gc.collect()
    assert decoder.skip() == 2  # it has done its work by then
    assert found == [None]


def test_self_append_and_merge():
    buffer = Buffer()
    buffer.append(b"ab")
    buffer.append(buffer)
    assert buffer == b"abab"
    assert Buffer.merge([buffer, buffer, b"c"]) == b"ababababc"


def test_objects_die():
    class Source:
        pass
    source = Source()
    alive = weakref.ref(source)
    source.__iter__ = None
    records = decode([b"a\n", b"b\n"], "line")
    list(records)
    del source, records
    gc.collect()
    assert alive() is None


@pytest.mark.parametrize("keep", [
    lambda mine: Decoder("line", mine), lambda mine: decode(mine, "line"), lambda mine: mine.get_chunk(),
], ids=["decoder", "records", "chunk"])
def test_a_subclass_that_refers_to_what_uses_it_dies(keep):
    class Mine(Buffer):
        pass
    mine = Mine()
    mine.append(b"a\nb\n")
    mine.used_by = keep(mine)
    alive = weakref.ref(mine)
    del mine
    gc.collect()
    assert alive() is None


def test_used_before_init_and_made_twice():
    assert len(Buffer.__new__(Buffer)) == 0
    buffer = Buffer()
    buffer.append(b"a")
    with pytest.raises(StateError):
        buffer.__init__()
    assert buffer == b"a"


def test_a_subclass():
    class Mine(Buffer):
        pass
    mine = Mine()
    mine.append(b"abc")
    mine.note = 1
    assert mine.take(2) == b"ab"


def test_pickling_says_what_to_do_instead():
    record = next(decode(b"a\n", "line"))
    buffer = Buffer()
    buffer.append(b"abc")
    for thing in (record, buffer):
        for call in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=f"cannot pickle a {type(thing).__name__}.*bytes"):
                call(thing)
        assert pickle.loads(pickle.dumps(bytes(thing))) == thing
    for thing in (Decoder("line"), Encoder("line"), Pool(), buffer.chunks()[0],
                  buffer.get_chunk(), decode(b"", "line")):
        with pytest.raises(TypeError, match="cannot pickle"):
            pickle.dumps(thing)
    with pytest.raises(MalformedError) as caught:
        list(decode(b"1:a,x", "netstring"))
    error = pickle.loads(pickle.dumps(caught.value))  # as from a process of a pool
    assert str(error) == str(caught.value)
    assert vars(error) == vars(caught.value)


def test_wrong_arguments():
    for call in (lambda: Buffer().append("text"), lambda: Buffer().append(3),
                 lambda: Buffer().find("x"), lambda: Buffer().takeuntil(None),
                 lambda: Buffer(pool=3), lambda: Buffer().split("x")):
        with pytest.raises(TypeError):
            call()
    for call in (lambda: Buffer().takeuntil(b""), lambda: Buffer(minimum_chunk_size=-1),
                 lambda: Buffer().takeline(limit=-1)):
        with pytest.raises(ValueError):
            call()


def test_an_object_that_is_refused_is_released():
    before = sys.getrefcount(LONG)
    with pytest.raises(LimitError):
        Buffer(limit=100).append(LONG)
    with pytest.raises(UnencodableError):
        Encoder("u8").encode(LONG)
    with pytest.raises(LimitError):
        Encoder("u32be").encode(LONG, Buffer(limit=100))
    buffer = Buffer()
    view = memoryview(buffer.get_chunk())
    for add in (buffer.append, lambda data: Encoder("line").encode(data, buffer)):
        with pytest.raises(BufferError):
            add(LONG)
    view.release()
    assert sys.getrefcount(LONG) == before
