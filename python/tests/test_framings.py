# SPDX-License-Identifier: MIT
"""Decoders, encoders, and iterators over them."""
import io
import os
import socket

import pytest

import chunkedbuffer
from chunkedbuffer import (
    Buffer, Decoder, Encoder, FramingError, MalformedError, RecordTooLongError,
    SpecificationError, StateError, TruncatedError, UnencodableError, decode, encode, framings,
    reframe)

CASES = [
    ("line", b"a\nbb\r\n\nccc\n", [b"a", b"bb", b"", b"ccc"]),
    ("delim:\\, ", b"a, bb, , ccc, ", [b"a", b"bb", b"", b"ccc"]),
    ("netstring", b"1:a,2:bb,0:,3:ccc,", [b"a", b"bb", b"", b"ccc"]),
    ("u16be,inclusive", b"\0\3a\0\4bb\0\2", [b"a", b"bb", b""]),
    ("chunked", b"1\r\na\r\n2\r\nbb\r\n0\r\n\r\n", [b"a", b"bb"]),
    ("slip", b"a\xdb\xdcb\xc0c\xc0", [b"a\xc0b", b"c"]),
]


def sources(data, cut):
    """The same bytes from everything that bytes can come from."""
    parts = [data[:cut], data[cut:]]
    yield data
    yield parts
    yield bytearray(data)
    yield io.BytesIO(data)
    yield Buffer.merge(parts)
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    yield reader
    os.close(reader)
    a, b = socket.socketpair()
    with a, b:
        a.sendall(data)
        a.shutdown(socket.SHUT_WR)
        yield b


@pytest.mark.parametrize("framing, data, records", CASES)
def test_records_come_from_any_source(framing, data, records):
    for cut in range(len(data) + 1):
        for source in sources(data, cut):
            found = decode(source, framing)
            assert list(found) == records
            assert found.decoder.ended
            assert next(found, None) is None


@pytest.mark.parametrize("framing, data, records", CASES)
def test_a_record_comes_as_soon_as_it_is_complete(framing, data, records):
    decoder = Decoder(framing)
    found = []
    for n in range(len(data)):
        decoder.buffer.append(data[n:n + 1])
        found += decoder
    decoder.finish()
    found += decoder
    assert found == records
    assert decoder.ended


@pytest.mark.parametrize("framing, data, records", CASES)
def test_skip_counts(framing, data, records):
    decoder = Decoder(framing)
    decoder.buffer.append(data)
    decoder.finish()
    assert decoder.skip(1) == 1
    assert decoder.skip() == len(records) - 1
    assert decoder.skip() == 0
    assert decoder.ended
    assert decoder.number == len(records) + 1


@pytest.mark.parametrize("framing, data, records", CASES)
def test_what_is_encoded_can_be_decoded(framing, data, records):
    for size in (0, 1, 65536):
        assert list(decode(encode(records, framing, size=size), framing)) == records


def test_encoded_bytes():
    assert b"".join(encode([b"a", Buffer(), memoryview(b"bc")], "netstring")) == b"1:a,0:,2:bc,"
    assert b"".join(encode([b"a"], "chunked")) == b"1\r\na\r\n0\r\n\r\n"
    encoder = Encoder("u16be")
    out = encoder.encode(b"abc")
    assert encoder.encode(bytearray(b"d"), out) is out
    assert encoder.end(out) == b"\0\3abc\0\1d"


def test_long_records_are_encoded_by_reference():
    long = b"x" * 100000
    copied = chunkedbuffer.global_pool.stats().copied
    out = Encoder("u32be").encode(long)
    source = Buffer()
    source.append(long)
    Encoder("u32be").encode(source.take(), out)
    assert out == b"\0\1\x86\xa0" + long + b"\0\1\x86\xa0" + long
    assert chunkedbuffer.global_pool.stats().copied - copied <= 16


@pytest.mark.parametrize("source, data, records", CASES)
@pytest.mark.parametrize("target", ["netstring", "line", "u32le", "chunked"])
def test_reframe(source, data, records, target):
    if target == "chunked":
        records = [record for record in records if record]
        data = b"".join(encode(records, source))
    expected = b"".join(encode(records, target))
    for n in range(len(data) + 1):
        for parts in (data, [data[:n], data[n:]]):
            assert b"".join(reframe(parts, source, target)) == expected


def test_reframe_gives_what_comes_before_an_error():
    got = []
    with pytest.raises(TruncatedError):
        for part in reframe(b"1:a,2:bb,5:ccc", "netstring", "line"):
            got.append(bytes(part))
    assert b"".join(got).startswith(b"a\nbb\n")


def test_a_long_record_is_reframed_in_pieces():
    n = 3 << 20
    longest = 0
    total = 0
    parts = (b"x" * 65536 for _ in range(n // 65536))

    def source():
        yield b"%d:" % n
        yield from parts
        yield b","
    for part in reframe(source(), "netstring", "line"):
        total += len(part)
        longest = max(longest, len(part))
    assert total == n + 1
    assert longest < 1 << 20


def test_where_a_record_is():
    buffer = Buffer()
    buffer.append(b"skipped")
    buffer.skip()
    buffer.append(b"1:a,0:,2:bb,")
    records = list(Decoder("netstring", buffer))
    assert [r.number for r in records] == [1, 2, 3]
    assert [r.offset for r in records] == [9, 13, 16]
    assert [r.header for r in records] == [b"1:", b"0:", b"2:"]
    assert all(r.first and r.last for r in records)
    records[0].append(b"x")
    assert records[0].header == b"1:"


def test_a_record_and_header_in_many_chunks():
    data = b"10:0123456789,"
    for n in range(len(data)):
        decoder = Decoder("netstring", Buffer(input_cutoff_size=1))
        decoder.buffer.extend([data[:n], data[n:]])
        record = decoder.next()
        assert record == b"0123456789"
        assert record.header == b"10:"
        assert not decoder.buffer


def test_what_follows_stays_in_the_buffer():
    buffer = Buffer()
    buffer.append(b"1\r\na\r\n0\r\n\r\nnext")
    decoder = Decoder("chunked", buffer)
    assert list(decoder) == [b"a"]
    assert decoder.ended
    assert buffer == b"next"
    buffer = Buffer()
    buffer.append(b"1:a,2:bb,")
    assert Decoder("netstring", buffer).next() == b"a"
    assert buffer == b"2:bb,"


def test_pieces():
    decoder = Decoder("netstring", pieces=True)
    decoder.buffer.append(b"6:ab")
    first = decoder.next()
    assert (first, first.first, first.last) == (b"ab", True, False)
    assert decoder.next() is None
    assert decoder.needed >= 5
    decoder.buffer.append(b"cdef,")
    rest = [decoder.next()]
    while not rest[-1].last:
        rest.append(decoder.next())
    assert Buffer.merge(rest) == b"cdef"
    assert not rest[0].first


# -------------------------------------------------------------------- errors


def test_an_error_names_record_byte_and_cause():
    decoder = Decoder("netstring")
    decoder.buffer.append(b"5:hello,x")
    assert decoder.next() == b"hello"
    for _ in range(2):
        with pytest.raises(MalformedError) as caught:
            decoder.next()
        error = caught.value
        assert (error.record, error.start, error.offset) == (2, 8, 8)
        assert error.cause and error.cause in str(error)
        assert str(error).startswith("record 2 at byte 8: ")


def test_truncated_input():
    with pytest.raises(TruncatedError) as caught:
        list(decode(b"5:hello,5:wor", "netstring"))
    assert (caught.value.record, caught.value.start, caught.value.offset) == (2, 8, 13)
    assert isinstance(caught.value, EOFError) and isinstance(caught.value, FramingError)
    assert list(decode(b"5:hello,5:wor", "netstring", on_partial="drop")) == [b"hello"]


def test_records_that_are_too_long():
    with pytest.raises(RecordTooLongError) as caught:
        list(decode(b"1:a,5:bbbbb,", "netstring", max_record=3))
    assert caught.value.record == 2
    data = b"1:a,5:bbbbb,1:c,"
    assert list(decode(data, "netstring", max_record=3, on_overflow="skip")) == [b"a", b"c"]
    assert list(decode(data, "netstring", max_record=3, on_overflow="truncate")) == [
        b"a", b"bbb", b"c"]


def test_a_claimed_length_costs_nothing():
    decoder = Decoder("u64be,keep")
    decoder.buffer.append(b"\x7f" + b"\xff" * 7)
    with pytest.raises(RecordTooLongError):
        decoder.next()


def test_takeuntil_with_a_limit():
    buffer = Buffer()
    buffer.append(b"abcdefgh")
    assert buffer.takeuntil(b"\n", limit=20) is None
    with pytest.raises(RecordTooLongError):
        buffer.takeuntil(b"\n", limit=4)
    with pytest.raises(RecordTooLongError):
        buffer.takeline(limit=4)
    assert buffer == b"abcdefgh"


def test_malformed_input_can_be_skipped():
    data = b"a\xc0b\xdbx\xc0c\xc0"  # SLIP: ESC must come before one of two bytes
    for n in range(len(data) + 1):
        found = decode([data[:n], data[n:]], "slip", on_malformed="skip")
        assert list(found) == [b"a", b"c"]
        assert found.decoder.lost == len(b"b\xdbx\xc0")
    with pytest.raises(MalformedError):
        list(decode(data, "slip"))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_malformed_input_can_be_skipped_by_all_calls(size):
    data = b"3:abc,xx3:def,3:ghi,"
    parts = [data[at:at + size] for at in range(0, len(data), size)]
    made = b"".join(bytes(part) for part in reframe(parts, "netstring", "line", on_malformed="skip"))
    assert made == b"abc\ndef\nghi\n"
    decoder = Decoder("netstring", on_malformed="skip")
    skipped = 0
    for part in parts:
        decoder.buffer.append(part)
        skipped += decoder.skip()
    decoder.finish()
    skipped += decoder.skip()
    assert skipped == 3 and decoder.lost == 2
    with pytest.raises(MalformedError):
        list(reframe(parts, "netstring", "line"))


@pytest.mark.parametrize("on_overflow, records", [("skip", [b"q", b"z"]),
                                                  ("truncate", [b"q", b"1:a", b"z"])])
def test_no_record_is_found_in_one_that_is_too_long(on_overflow, records):
    data = b"1:q,X9:1:a,1:b,x,1:z,"
    for n in range(len(data) + 1):
        found = decode([data[:n], data[n:]], "netstring", on_malformed="skip",
                       on_overflow=on_overflow, max_record=3)
        assert list(found) == records
        assert found.decoder.lost == 1


def test_wrong_specifications():
    with pytest.raises(SpecificationError) as caught:
        Decoder("netstring,nonsense")
    assert caught.value.offset == 10
    assert "nonsense" in caught.value.cause
    with pytest.raises(SpecificationError):
        Encoder("u33be")
    with pytest.raises(ValueError):
        Decoder("line", on_partial="sometimes")
    with pytest.raises(ValueError):
        Decoder("delim:\0")
    with pytest.raises(TypeError):
        Decoder(b"line")
    with pytest.raises(TypeError, match="specification.* str"):
        Decoder(None)
    with pytest.raises(ValueError, match="max_record must not be negative"):
        Decoder("line", max_record=-1)
    assert list(decode(b"a\0b\0", "delim:\\0")) == [b"a", b"b"]


@pytest.mark.parametrize("source", ["text", None, 3.5, object()])
def test_wrong_sources(source):
    for call in (lambda: decode(source, "line"), lambda: reframe(source, "line", "line")):
        with pytest.raises(TypeError, match=f"source of bytes .*not {type(source).__name__}$"):
            call()
    for text in (["a\n"], io.StringIO("a\n")):
        with pytest.raises(TypeError, match="bytes-like object is required, not 'str'"):
            list(decode(text, "line"))


def test_wrong_arguments_are_refused_before_the_first_record():
    for call in (lambda: encode([b"a"], "nonsense"), lambda: encode([b"a"], None),
                 lambda: encode(None, "line"), lambda: reframe(b"a", "nonsense", "line"),
                 lambda: reframe(b"a", "line", "nonsense"),
                 lambda: reframe(b"a", "line", "line", max_recrod=3)):
        with pytest.raises((SpecificationError, TypeError)):
            call()


def test_records_that_cannot_be_encoded():
    with pytest.raises(UnencodableError) as caught:
        Encoder("u8").encode(b"x" * 256)
    assert caught.value.cause
    with pytest.raises(UnencodableError):
        Encoder("line", refuse_collisions=True).encode(b"a\nb")
    out = Encoder("line").encode(b"a\nb")
    assert out == b"a\nb\n"


def test_two_buffers_and_one_decoder():
    decoder = Decoder("line")
    decoder.buffer.append(b"a\nb")
    assert list(decoder) == [b"a"]
    decoder.buffer.take()
    with pytest.raises(StateError):
        decoder.next()
    other = Buffer()
    other.append(b"c\n")
    decoder.reset(other)
    assert list(decoder) == [b"c"]
    assert decoder.buffer is other


def test_non_blocking_input():
    a, b = socket.socketpair()
    with a, b:
        b.setblocking(False)
        records = decode(b, "line")
        with pytest.raises(BlockingIOError):
            next(records)
        a.sendall(b"x\ny")
        assert next(records) == b"x"
        with pytest.raises(BlockingIOError):
            next(records)
        a.sendall(b"\n")
        assert next(records) == b"y"


def test_settle():
    decoder = Decoder("start:> ,line")
    decoder.buffer.append(b"> a\n b\n")
    assert decoder.next() is None
    decoder.settle()
    assert decoder.next() == b"> a\n b\n"


def test_framings_are_listed():
    table = {framing.name: framing for framing in framings()}
    assert table["netstring"].decodes and table["netstring"].encodes
    assert table["line"].summary
    for framing in table.values():
        if framing.decodes and framing.name in ("line", "netstring", "chunked", "csv"):
            Decoder(framing.name)


def test_every_framing_that_needs_no_argument_can_be_made():
    made = 0
    for framing in framings():
        for make in ([Decoder] if framing.decodes else []) + ([Encoder] if framing.encodes else []):
            try:
                make(framing.name)
                made += 1
            except SpecificationError as error:
                assert error.cause
    assert made > 60
