#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: python.py [SECONDS]
Measures the package for Python against loops in pure Python over the same input: records of
random lengths that arrive in parts of 64 KiB, as from a socket.  Prints nanoseconds of processor
time a record, and how many times faster ours are than the fastest loop: with the loop that looks
at each record, as it is printed, and without it, which both of them need.  Each is run for
SECONDS (0.5) in turns with the others, and the fastest run counts.

The loops in pure Python return all records of a part at once, in a list, which is fastest:
nothing runs in Python between two records but the loop that looks at them.

It needs the package: after ./configure --enable-python && make, run it by "make bench-python".
"""
import io
import itertools
import random
import sys
import time

from chunkedbuffer import Buffer, decode

PART = 65536
SIZE = 1 << 20


def lengths(mean):
    """Exponential, as many short ones as there are in real life."""
    rng = random.Random(1)
    total = 0
    while total < SIZE:
        n = int(rng.expovariate(1 / mean))
        total += n
        yield n


def parts_of(data):
    return [data[at:at + PART] for at in range(0, len(data), PART)]


# --------------------------------------------------------- pure Python: lines

def lines_bytearray(parts):
    """A bytearray to search and to cut from, once for each part."""
    buffer = bytearray()
    for part in parts:
        buffer += part
        records = []
        start = 0
        while True:
            end = buffer.find(b"\r\n", start)
            if end < 0:
                break
            records.append(bytes(buffer[start:end]))
            start = end + 2
        del buffer[:start]
        yield records


def lines_find(parts):
    """The same with bytes, and slices."""
    rest = b""
    for part in parts:
        data = rest + part
        records = []
        start = 0
        while True:
            end = data.find(b"\r\n", start)
            if end < 0:
                break
            records.append(data[start:end])
            start = end + 2
        rest = data[start:]
        yield records


def lines_bytesio(parts):
    """readline, for which LF alone ends a line: an approximation."""
    rest = b""
    for part in parts:
        lines = io.BytesIO(rest + part).readlines()
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        yield [line[:-2] for line in lines]


def lines_split(parts):
    """bytes.split, one call for a part."""
    rest = b""
    for part in parts:
        records = (rest + part).split(b"\r\n")
        rest = records.pop()
        yield records


# ---------------------------------------------------- pure Python: netstrings

def netstrings_bytearray(parts):
    buffer = bytearray()
    for part in parts:
        buffer += part
        records = []
        start = 0
        while True:
            colon = buffer.find(b":", start, start + 12)
            if colon < 0:
                break
            end = colon + 1 + int(buffer[start:colon])
            if end >= len(buffer):
                break
            if buffer[end] != 44:
                raise ValueError("no comma")
            records.append(bytes(buffer[colon + 1:end]))
            start = end + 1
        del buffer[:start]
        yield records


def netstrings_find(parts):
    rest = b""
    for part in parts:
        data = rest + part
        records = []
        start = 0
        size = len(data)
        while True:
            colon = data.find(b":", start, start + 12)
            if colon < 0:
                break
            end = colon + 1 + int(data[start:colon])
            if end >= size:
                break
            if data[end] != 44:
                raise ValueError("no comma")
            records.append(data[colon + 1:end])
            start = end + 1
        rest = data[start:]
        yield records


# ------------------------------------------------------------------------ ours

def ours(framing):
    return lambda parts: decode(parts, framing)


def ours_takeuntil(parts):
    buffer = Buffer()
    for part in parts:
        buffer.append(part)
        while True:
            record = buffer.takeuntil(b"\r\n")
            if record is None:
                break
            yield record


def ours_takeline(parts):
    buffer = Buffer()
    for part in parts:
        buffer.append(part)
        while True:
            record = buffer.takeline()
            if record is None:
                break
            yield record


def flat(function):
    """An iterator over records, of a function that yields lists of them."""
    return lambda parts: itertools.chain.from_iterable(function(parts))


LINES = [lines_bytearray, lines_find, lines_bytesio, lines_split]
NETSTRINGS = [netstrings_bytearray, netstrings_find]


# ------------------------------------------------------------------- measuring

def run(function, parts):
    """Seconds for one pass; each record is looked at once."""
    total = 0
    start = time.process_time()
    for record in function(parts):
        total += len(record)
    return time.process_time() - start, total


def measure(functions, parts, count, seconds):
    """The best time of each, in nanoseconds a record; they take turns."""
    best = {}
    wanted = None
    end = time.process_time() + seconds * len(functions)
    while time.process_time() < end or not best:
        for name, function in functions.items():
            taken, total = run(function, parts)
            wanted = total if wanted is None else wanted
            assert total == wanted, name
            best[name] = min(best.get(name, taken), taken)
    return {name: taken / count * 1e9 for name, taken in best.items()}


def report(title, loops, mine, records, data, seconds):
    functions = {f.__name__: flat(f) for f in loops}
    functions.update(mine)
    functions["the loop alone"] = lambda parts: records
    times = measure(functions, parts_of(data), len(records), seconds)
    alone = times["the loop alone"]
    fastest, best = min((times[f.__name__], f.__name__) for f in loops)
    print(title)
    for name, taken in times.items():
        ratio = ""
        if name in mine:
            without = (fastest - alone) / (taken - alone)
            ratio = f"{fastest / taken:6.1f} x {best}, {without:4.1f} x without the loop"
        print(f"  {name:24}{taken:8.1f} ns{ratio}")


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    for mean in (16, 80, 1000):
        sizes = list(lengths(mean))
        records = [b"x" * n for n in sizes]
        data = b"".join(record + b"\r\n" for record in records)
        report(f"CRLF lines, {mean} bytes on average", LINES,
               {"decode delim:\\r\\n": ours("delim:\\r\\n"), "decode line": ours("line"),
                "takeuntil": ours_takeuntil, "takeline": ours_takeline},
               records, data, seconds)
        data = b"".join(b"%d:%s," % (len(record), record) for record in records)
        report(f"netstrings, {mean} bytes on average", NETSTRINGS,
               {"decode netstring": ours("netstring")}, records, data, seconds)


if __name__ == "__main__":
    main()
