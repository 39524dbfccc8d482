# SPDX-License-Identifier: MIT
"""Reading and writing, threads, and the GIL."""
import os
import signal
import socket
import sys
import threading
import time

import pytest

from chunkedbuffer import Buffer, Decoder, Encoder, Pool, StateError, decode, reframe


def in_thread(function):
    """Runs it in a thread; returns a function that waits for it and gives what it returned."""
    results = []

    def run():
        try:
            results.append(function())
        except BaseException as error:
            results.append(error)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def wait():
        thread.join(60)
        assert results, "the thread does not end"
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]
    return wait


def test_a_file_is_read_and_written(tmp_path):
    data = os.urandom(1000000)
    path = tmp_path / "data"
    path.write_bytes(data)
    buffer = Buffer()
    with open(path, "rb") as file:
        while buffer.read_from(file):
            pass
    assert buffer == data
    with open(tmp_path / "copy", "wb") as file:
        assert buffer.write_to(file, 10) == 10
        assert buffer.write_to(file) == len(data) - 10
        assert buffer.write_to(file) == 0
    assert (tmp_path / "copy").read_bytes() == data


def test_not_more_is_read_than_asked_for():
    reader, writer = os.pipe()
    os.write(writer, b"abcdef")
    buffer = Buffer()
    assert buffer.read_from(reader, 2) == 2
    assert buffer == b"ab"
    with pytest.raises(ValueError):
        buffer.read_from(reader, 0)
    os.close(writer)
    assert buffer.read_from(reader) == 4
    assert buffer.read_from(reader) == 0
    os.close(reader)
    with pytest.raises(OSError):
        buffer.read_from(reader)
    with pytest.raises(TypeError):
        buffer.read_from("name")


def test_a_full_pipe_takes_what_fits():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    buffer = Buffer()
    buffer.append(bytes(10 << 20))
    assert 0 < buffer.write_to(writer) < 10 << 20
    with pytest.raises(BlockingIOError):
        buffer.write_to(writer)
    os.close(reader)
    with pytest.raises(BrokenPipeError):
        buffer.write_to(writer)
    os.close(writer)


def test_nothing_can_be_added_after_a_read_that_failed():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    buffer = Buffer()
    with pytest.raises(BlockingIOError):
        buffer.read_from(reader)
    with pytest.raises(StateError):
        buffer.chunk_written(1)
    assert not buffer
    os.close(reader)
    os.close(writer)


def test_other_threads_run_while_one_reads():
    reader, writer = os.pipe()
    buffer = Buffer()
    wait = in_thread(lambda: buffer.read_from(reader))
    os.write(writer, b"hello")  # with the GIL held the thread could not be waiting by now
    assert wait() == 5
    assert buffer == b"hello"
    os.close(reader)
    os.close(writer)


def test_a_buffer_in_use_by_another_thread_is_refused():
    reader, writer = os.pipe()
    buffer = Buffer()
    wait = in_thread(lambda: buffer.read_from(reader))
    refused = False
    for _ in range(1000):
        try:
            len(buffer)
            time.sleep(0.001)
        except StateError:
            refused = True
            break
    os.write(writer, b"x")
    assert wait() == 1
    assert refused
    os.close(reader)
    os.close(writer)


def test_a_signal_handler_runs_while_one_reads():
    class Stop(Exception):
        pass

    def handler(*_):
        raise Stop
    before = signal.signal(signal.SIGALRM, handler)
    reader, writer = os.pipe()
    buffer = Buffer()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Stop):
            buffer.read_from(reader)
    finally:
        signal.signal(signal.SIGALRM, before)
    os.write(writer, b"x")
    assert buffer.read_from(reader) == 1
    os.close(reader)
    os.close(writer)


LINES = (b"x" * 63 + b"\n") * (1 << 16)


def reframe_lines(pool):
    decoder, encoder = Decoder("line", Buffer(pool=pool), pieces=True), Encoder("netstring")
    decoder.buffer.append(LINES)
    out = Buffer(pool=pool)
    while decoder.reframe(encoder, out):
        out.skip()


def skip_lines(pool):
    decoder = Decoder("line", Buffer(pool=pool))
    decoder.buffer.append(LINES)
    assert decoder.skip() == 1 << 16


def find_in_lines(pool):
    buffer = Buffer(pool=pool)
    buffer.append(LINES)
    assert buffer.find(b"not there") == -1


def other_threads_run(work, most):
    """Does another thread run before `work`, called at most so often, has ended?  Only if it
    releases the GIL: no thread has to give it up for a long time."""
    ran = []

    def work_on():
        for _ in range(most):
            work()
            if ran:
                return True
        return False
    before = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        wait = in_thread(work_on)
        ran.append(True)
        return wait()
    finally:
        sys.setswitchinterval(before)


@pytest.mark.parametrize("work", [reframe_lines, skip_lines, find_in_lines])
def test_the_gil_is_released_if_pools_are_shared(work):
    assert other_threads_run(lambda: work(Pool(shared=True)), 10000)
    assert not other_threads_run(lambda: work(Pool()), 3)


def test_the_gil_is_released_by_the_iterator_reframe():
    def work():
        for part in reframe(LINES, "line", "netstring"):
            pass
    assert other_threads_run(work, 10000)


@pytest.mark.parametrize("shared", [False, True])
def test_records_of_one_pool_in_many_threads(shared):
    pool = Pool(shared=shared)

    def work(seed):
        total = 0
        buffer = Buffer(pool=pool)
        for n in range(200):
            buffer.append(b"%d %d\n" % (seed, n) * 50)
            buffer.append(buffer.take())
            reader, writer = os.pipe()
            buffer.write_to(writer)
            os.close(writer)
            total += sum(int(r.split()[1]) for r in decode(reader, "line"))
            os.close(reader)
        return total
    waits = [in_thread(lambda seed=seed: work(seed)) for seed in range(8)]
    assert [wait() for wait in waits] == [50 * 199 * 200 // 2] * 8


def test_records_go_to_other_threads():
    import queue
    records = queue.Queue()
    wait = in_thread(lambda: sum(int(bytes(r)) for r in iter(records.get, None)))
    for record in decode((b"%d\n" % n for n in range(10000)), "line"):
        records.put(record)
    records.put(None)
    assert wait() == 9999 * 10000 // 2


def test_asyncio_can_fill_it():
    import asyncio

    class Protocol(asyncio.BufferedProtocol):
        def __init__(self):
            self.decoder = Decoder("line")
            self.records = []
            self.done = asyncio.get_running_loop().create_future()

        def get_buffer(self, sizehint):
            return self.decoder.buffer.get_chunk(sizehint)

        def buffer_updated(self, nbytes):
            self.decoder.buffer.chunk_written(nbytes)
            self.records += self.decoder

        def connection_lost(self, error):
            self.decoder.finish()
            self.records += self.decoder
            self.done.set_result(self.records)

    async def main():
        a, b = socket.socketpair()
        _, protocol = await asyncio.get_running_loop().create_connection(Protocol, sock=b)
        await asyncio.get_running_loop().run_in_executor(None, a.sendall, b"one\ntwo\nthree")
        a.close()
        return await protocol.done

    assert asyncio.run(main()) == [b"one", b"two", b"three"]


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_SEQPACKET])
@pytest.mark.parametrize("source", [lambda end: end, lambda end: end.fileno()], ids=["socket", "int"])
def test_a_datagram_is_read_as_a_whole(kind, source):
    try:
        ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    except OSError:
        pytest.skip("this system has no such sockets")
    with ours, theirs:
        sent = [b"x" * 5000 + b"\n", b"y" * 60000 + b"\nz", b"z\n", b""]
        for data in sent:
            ours.send(data)
        records = [bytes(r) for r in decode(source(theirs), "line")]
        assert records == b"".join(sent).splitlines()
        assert theirs.fileno() >= 0
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            next(decode(source(theirs), "line"))


def test_a_stream_and_a_bad_descriptor_are_read_as_before():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.send(b"a\nb\n")
        ours.close()
        assert list(decode(theirs.fileno(), "line")) == [b"a", b"b"]
        number = theirs.fileno()
    with pytest.raises(OSError):
        next(decode(number, "line"))
