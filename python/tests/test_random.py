# SPDX-License-Identifier: MIT
"""Random operations on a Buffer and on bytes give the same; what was taken stays as it was."""
import random

import pytest

from chunkedbuffer import Buffer, Pool

BYTES = b"ab\r\n, "


class Pair:
    """A Buffer, the bytes that it should contain, and all that was taken from it."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        pool = Pool(idle_limit=self.rng.choice([0, 4096, 1 << 20]), shared=self.rng.random() < 0.5)
        self.buffer = Buffer(
            release_fast_to_pool=self.rng.random() < 0.5,
            minimum_chunk_size=self.rng.choice([1, 16, 2048]), pool=pool,
            input_cutoff_size=self.rng.choice([0, 8, 4096]),
            copy_below=self.rng.choice([0, 0, 10]))
        self.model = b""
        self.kept = []  # (thing, what it contained)

    def some(self, most=40):
        return bytes(self.rng.choices(BYTES, k=self.rng.randrange(most)))

    def keep(self, thing, contents):
        assert thing == contents
        if self.rng.random() < 0.3:
            thing = memoryview(thing)
        self.kept.append((thing, contents))
        if len(self.kept) > 50:
            del self.kept[self.rng.randrange(len(self.kept))]

    # ------------------------------------------------------------ operations

    def append(self):
        data = self.some(self.rng.choice([4, 40, 9000]))
        make = self.rng.choice([bytes, bytearray, memoryview, lambda d: Buffer.merge([d])])
        self.buffer.append(make(data))
        self.model += data

    def write_chunk(self):
        chunk = self.buffer.get_chunk(self.rng.choice([-1, 1, 100]))
        data = self.some()[:len(chunk)]
        view = memoryview(chunk)
        view[:len(data)] = data
        if self.rng.random() < 0.8:
            view.release()
        self.buffer.chunk_written(len(data))
        self.model += data

    def append_taken(self):
        if self.kept:
            thing, contents = self.rng.choice(self.kept)
            self.buffer.append(thing)
            self.model += contents

    def take(self):
        n = self.rng.randrange(-1, 60)
        contents = self.model if n < 0 else self.model[:n]
        if self.rng.random() < 0.3:
            self.keep(self.buffer.peek(n), contents)
            return
        self.keep(self.buffer.take(n), contents)
        self.model = self.model[len(contents):]

    def skip(self):
        n = self.rng.randrange(60)
        assert self.buffer.skip(n) == min(n, len(self.model))
        self.model = self.model[n:]

    def take_until(self):
        what = self.some(4) or b"\n"
        record, found, rest = self.model.partition(what)
        got = self.buffer.takeuntil(what)
        if not found:
            assert got is None
            return
        self.model = rest
        self.keep(got, record)

    def take_line(self):
        record, found, rest = self.model.partition(b"\n")
        got = self.buffer.takeline()
        if not found:
            assert got is None
            return
        self.model = rest
        self.keep(got, record[:-1] if record.endswith(b"\r") else record)

    def look(self):
        what = self.some(4)
        start, end = self.rng.randrange(60), self.rng.randrange(100)
        assert self.buffer.find(what, start, end) == self.model.find(what, start, end)
        assert self.buffer.find(what) == self.model.find(what)
        assert self.buffer.skip_if_startswith(b"xyz") is False

    def join(self):
        self.kept.append((memoryview(self.buffer), self.model))

    def split(self):
        part = self.buffer.peek(300)
        text = self.model[:300]
        for got, wanted in ((part.split(), text.split()), (part.split(b"a"), text.split(b"a")),
                            (part.splitlines(), text.splitlines())):
            assert got == wanted
            if got:
                self.keep(got[-1], wanted[-1])
        self.keep(part.strip(), text.strip())

    def change_taken(self):
        """A record is a buffer too: it changes, views of it do not."""
        if not self.kept or isinstance(self.kept[-1][0], memoryview):
            return
        thing, contents = self.kept.pop()
        view = memoryview(thing)
        thing.append(b"more")
        thing.skip(1)
        assert thing == (contents + b"more")[1:]
        self.kept.append((view, contents))

    def chunks(self):
        chunks = self.buffer.chunks()
        assert b"".join(chunks) == self.model
        if chunks:
            self.kept.append((memoryview(chunks[0]), bytes(chunks[0])))


OPERATIONS = [
    Pair.append, Pair.append, Pair.append, Pair.write_chunk, Pair.write_chunk, Pair.append_taken,
    Pair.take, Pair.take, Pair.skip, Pair.take_until, Pair.take_line, Pair.look, Pair.join,
    Pair.split, Pair.change_taken, Pair.chunks,
]


@pytest.mark.parametrize("seed", range(60))
def test_random_operations(seed):
    pair = Pair(seed)
    for _ in range(200):
        pair.rng.choice(OPERATIONS)(pair)
        assert len(pair.buffer) == len(pair.model)
        if len(pair.model) > 30000:
            pair.buffer.skip(25000)
            pair.model = pair.model[25000:]
    assert pair.buffer == pair.model
    for thing, contents in pair.kept:
        assert thing == contents
