# SPDX-License-Identifier: MIT
"""What the README of tzickel/chunkedbuffer, the original of this interface, promises."""
import pytest

from chunkedbuffer import Buffer


def buffer_of(*parts, **options):
    """A buffer in which each part is in a chunk of its own."""
    buffer = Buffer(input_cutoff_size=1, **options)
    buffer.extend(parts)
    return buffer


def test_a_record_is_found_taken_and_its_delimiter_skipped():
    buffer = Buffer()
    buffer.append(b"test\r\n")
    at = buffer.find(b"\r\n")
    assert at == 4
    assert buffer.take(at) == b"test"
    assert buffer.skip(2) == 2
    assert not buffer


def test_takeuntil_and_takeline_do_the_same():
    for take in (lambda b: b.takeuntil(b"\r\n"), lambda b: b.takeline()):
        buffer = Buffer()
        buffer.append(b"test\r\nmore")
        message = take(buffer)
        assert message == b"test"
        assert message.strip(b"t") == b"es"
        assert take(buffer) is None
        assert buffer == b"more"


def test_a_body_in_chunks_is_parsed_and_merged():
    """The job of the original's example: sizes in lines, each before as many bytes."""
    parts = [b"A message ", b"in ", b"chunks", b" of many sizes, like HTTP's"]
    stream = b"".join(b"%d\r\n%s\r\n" % (len(part), part) for part in parts)
    for cut in range(1, len(stream)):
        buffer, found, size = Buffer(), [], None
        for piece in (stream[:cut], stream[cut:]):
            buffer.append(piece)
            while True:
                if size is None:
                    line = buffer.takeuntil(b"\r\n")
                    if line is None:
                        break
                    size = int(line)
                if len(buffer) < size + 2:
                    break
                found.append(buffer.take(size))
                assert buffer.skip_if_startswith(b"\r\n")
                size = None
        assert not buffer
        assert Buffer.merge(found) == b"".join(parts)
        assert bytes(Buffer.merge(found)) == b"".join(parts)


def test_int_reads_digits_and_the_line_end():
    buffer = Buffer()
    buffer.append(b"24\r\nrest")
    assert int(buffer.take(4)) == 24


@pytest.mark.parametrize("parts", [(b"testing",), (b"test", b"ing"), tuple(b"testing"[i:i + 1]
                                                                           for i in range(7))])
def test_take_and_peek(parts):
    buffer = buffer_of(*parts)
    assert len(buffer) == 7
    assert buffer.peek() == buffer.peek(-1) == buffer.peek(300) == b"testing"
    assert buffer.peek(3) == b"tes"
    assert buffer.peek(0) == b""
    assert buffer.take(3) == b"tes"
    assert buffer.take(0) == b""
    assert len(buffer) == 4
    assert buffer.take() == b"ting"
    assert buffer.take() == b""
    assert buffer.skip() == 0


def test_find_as_in_bytes():
    for parts in ([b"test"], [b"te", b"st"], [b"t", b"e", b"s", b"t"]):
        buffer = buffer_of(*parts)
        for needle in (b"", b"t", b"te", b"st", b"es", b"test", b"tests", b"x"):
            for start in range(6):
                assert buffer.find(needle, start) == b"test".find(needle, start)
                for end in range(6):
                    assert buffer.find(needle, start, end) == b"test".find(needle, start, end)
    assert Buffer().find(b"") == 0
    assert Buffer().find(b"", 1) == -1


def test_find_takes_no_negative_bounds():
    with pytest.raises(ValueError):
        Buffer().find(b"", start=-1)
    with pytest.raises(ValueError):
        Buffer().find(b"", end=-2)


def test_a_delimiter_that_straddles_chunks_is_found():
    for n in range(1, 8):
        buffer = buffer_of(b"a" * 2046 + b"\r\nabcdef"[:n], b"\r\nabcdef"[n:] + b"z")
        assert buffer.find(b"\r\nabcdef") == 2046
        assert buffer.takeuntil(b"\r\nabcdef") == b"a" * 2046
        assert buffer == b"z"


def test_takeuntil_with_the_delimiter():
    buffer = Buffer()
    buffer.append(b"test")
    assert buffer.takeuntil(b"\r\n") is None
    buffer.append(b"\r\ning")
    assert buffer.takeuntil(b"\r\n", True) == b"test\r\n"
    assert buffer.takeuntil(b"ing", include_s=True) == b"ing"


@pytest.mark.parametrize("text, lines, rest", [
    (b"a\nb\r\nc", [b"a", b"b"], b"c"),
    (b"\n\r\n\n", [b"", b"", b""], b""),
    (b"a\rb\r\r\n", [b"a\rb\r"], b""),
])
def test_lines(text, lines, rest):
    for n in range(len(text) + 1):
        buffer = buffer_of(text[:n], text[n:])
        assert [buffer.takeline() for _ in lines] == lines
        assert buffer.takeline() is None
        assert buffer == rest


def test_takeline_with_its_end():
    buffer = Buffer()
    buffer.append(b"a\r\nb\n")
    assert buffer.takeline(True) == b"a\r\n"
    assert buffer.takeline(include_seperator=True) == b"b\n"


def test_skip_if_startswith():
    buffer = buffer_of(b"te", b"st")
    assert not buffer.skip_if_startswith(b"x")
    assert not buffer.skip_if_startswith(b"tests")
    assert buffer.skip_if_startswith(b"tes")
    assert buffer == b"t"


def test_chunks_are_where_the_bytes_are():
    buffer = buffer_of(b"test", b"ing")
    assert b"".join(buffer.chunks()) == b"testing"
    assert [len(chunk) for chunk in buffer.take().chunks()] == [4, 3]
    assert Buffer().chunks() == []


@pytest.mark.parametrize("text", [b"", b"a", b"a,,b,", b" a  b\tc\n", b"a\nb\r\nc\rd", b",", b"  "])
def test_split_strip_and_splitlines_as_in_bytes(text):
    for n in range(len(text) + 1):
        buffer = buffer_of(text[:n], text[n:])
        for most in (-1, 0, 1, 2, 100):
            assert buffer.split(None, most) == text.split(None, most)
            assert buffer.split(b",", most) == text.split(b",", most)
            assert buffer.split(sep=b",,", maxsplit=most) == text.split(b",,", most)
        assert buffer.splitlines() == text.splitlines()
        assert buffer.splitlines(True) == text.splitlines(True)
        for what in (None, b"a", b" a", b""):
            assert buffer.strip(what) == text.strip(what)
        assert buffer == text
    with pytest.raises(ValueError):
        Buffer().split(b"")


def test_equality():
    buffer = buffer_of(b"te", b"st")
    for same in (b"test", bytearray(b"test"), memoryview(b"test"), buffer, buffer.peek(),
                 buffer_of(b"t", b"est"), buffer_of(b"test").take()):
        assert buffer == same and same == buffer
    for other in (b"", b"tesx", b"tests", buffer_of(b"te", b"sx"), "test", None, 4):
        assert buffer != other and other != buffer


def test_it_is_not_hashable():
    with pytest.raises(TypeError):
        hash(Buffer())


def test_true_if_it_contains_bytes():
    assert not Buffer()
    assert buffer_of(b"a")


def test_options_of_the_original_in_their_order():
    from chunkedbuffer import global_pool
    buffer = Buffer(True, 4, global_pool, 8, 2)
    assert buffer.pool is global_pool
    buffer.append(b"testing it all")
    assert buffer == b"testing it all"
    Buffer(release_fast_to_pool=False, minimum_chunk_size=2048, pool=global_pool,
           maximum_chunk_size=262144, input_cutoff_size=4096)
    with pytest.raises(ValueError):
        Buffer(minimum_chunk_size=8, maximum_chunk_size=4)
