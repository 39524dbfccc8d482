#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Usage: python.py RUNS RESULTS
Measures the package for Python against loops in pure Python over the same input: records of
random lengths that arrive in parts of 64 KiB, as from a socket.  Prints nanoseconds of processor
time a record, the medians of RUNS in turns, and how many times faster ours are than the fastest
loop: with the loop that looks at each record, as it is printed, and without it, which both of
them need.  The figures are added to the file RESULTS, in the form of those of measure.c.

The loops in pure Python return all records of a part at once, in a list, which is fastest:
nothing runs in Python between two records but the loop that looks at them.

It needs the package: after ./configure --enable-python && make, run it by "make bench-python".
"""
import io
import itertools
import platform
import random
import statistics
import sys
import time

from chunkedbuffer import Buffer, decode

PART = 65536
SIZE = 1 << 20
PASSES = 16  # over the same input, in each run


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


# By the names that page.py knows.
LINES = {"split": flat(lines_split), "readlines": flat(lines_bytesio), "find": flat(lines_find),
         "bytearray": flat(lines_bytearray)}
OUR_LINES = {"decode": ours("delim:\\r\\n"), "decode line": ours("line"),
             "takeuntil": ours_takeuntil, "takeline": ours_takeline}
NETSTRINGS = {"find": flat(netstrings_find), "bytearray": flat(netstrings_bytearray)}
OUR_NETSTRINGS = {"decode": ours("netstring")}
LOOP = "loop"  # over a list that is ready


# ------------------------------------------------------------------- measuring

def run(function, parts):
    """Seconds for all passes; each record is looked at once."""
    total = 0
    start = time.process_time()
    for _ in range(PASSES):
        for record in function(parts):
            total += len(record)
    return time.process_time() - start, total


def measure(functions, parts, runs):
    """All times of each, but for the first; they take turns."""
    times = {name: [] for name in functions}
    wanted = None
    for _ in range(runs + 1):
        for name, function in functions.items():
            taken, total = run(function, parts)
            wanted = total if wanted is None else wanted
            assert total == wanted, name
            times[name].append(taken)
    return {name: taken[1:] for name, taken in times.items()}


def put_results(file, workload, times, size, count):
    for name, taken in times.items():
        median = statistics.median(taken)
        print(workload, "memory", name, size, 0, f"{median:.6f}", f"{min(taken):.6f}", 0,
              f"{median:.6f}", count, sep="\t", file=file)


def put_table(title, times, loops, mine, count):
    medians = {name: statistics.median(taken) / count * 1e9 for name, taken in times.items()}
    alone = medians[LOOP]
    fastest, best = min((medians[name], name) for name in loops)
    print(title)
    for name, taken in medians.items():
        ratio = ""
        if name in mine:
            without = (fastest - alone) / (taken - alone)
            ratio = f"{fastest / taken:6.1f} x {best}, {without:4.1f} x without the loop"
        print(f"  {name:24}{taken:8.1f} ns{ratio}")


def main():
    runs, results = int(sys.argv[1]), sys.argv[2]
    with open(results, "a", encoding="utf-8") as file:
        print("# python:", platform.python_implementation(), platform.python_version(), file=file)
        for mean in (16, 80, 1000):
            records = [b"x" * n for n in lengths(mean)]
            for kind, loops, mine, frame in (
                    ("lines", LINES, OUR_LINES, lambda record: record + b"\r\n"),
                    ("netstrings", NETSTRINGS, OUR_NETSTRINGS,
                     lambda record: b"%d:%s," % (len(record), record))):
                data = b"".join(map(frame, records))
                count = len(records) * PASSES
                times = measure({**mine, **loops, LOOP: lambda parts: records},
                                parts_of(data), runs)
                put_results(file, f"python-{kind}-{mean}", times, len(data) * PASSES, count)
                put_table(f"{kind}, {mean} bytes on average", times, loops, mine, count)


if __name__ == "__main__":
    main()
