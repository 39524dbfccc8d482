# SPDX-License-Identifier: MIT
"""Usage: page.py [--check] RESULTS PAGE...
       page.py --add NEW RESULTS

Puts the figures of RESULTS, what bench.sh left in results.tsv, into each PAGE: what
stands between two lines

    <!-- speed: TABLE -->
    <!-- end -->

is replaced by that table.  With --check nothing is written, and the exit status tells
whether all pages have the figures of RESULTS.

With --add the figures of NEW, another such file, take the place of those in RESULTS.  If they
are of some workloads only, all others stay, and the remark on the machine names them.
"""

import re
import sys

# The rows of a table against other programs: workload, way, what is done.
MEMORY = "file>null"
PIPES = "pipe>pipe"
TABLES = {
    "short": [
        ("lines-80-exp", PIPES, "lines: CRLF to LF, 80 bytes on average"),
        ("tools-80-exp", PIPES, "the same"),
        ("u32be-1K", PIPES, "frames of 1 KiB to lines"),
        ("tools-u32be-1K", PIPES, "the same"),
        ("chunked-8K", PIPES, "a chunked body, chunks of 8 KiB"),
        ("csv", PIPES, "rows of CSV"),
        ("json", PIPES, "JSON values"),
    ],
    "lines": [
        ("lines-16-exp", PIPES, "CRLF to LF, 16 bytes on average"),
        ("lines-80-exp", PIPES, "80 bytes"),
        ("lines-1000-exp", PIPES, "1000 bytes"),
        ("lines-65536", PIPES, "64 KiB each"),
        ("lines-log", PIPES, "a log"),
        ("lines-source", PIPES, "source files"),
        ("tools-16-exp", PIPES, "16 bytes, other tools"),
        ("tools-80-exp", PIPES, "80 bytes, other tools"),
        ("tools-1000-exp", PIPES, "1000 bytes, other tools"),
        ("delim-1-80-exp", PIPES, "LF to zero bytes, 80 bytes"),
        ("delim-8", PIPES, "a delimiter of 8 bytes, 80 bytes"),
        ("delim-set-1", PIPES, "three delimiters of a byte, 80 bytes"),
        ("delim-set-n", PIPES, "three longer delimiters, 80 bytes"),
    ],
    "frames": [
        ("u32be-16", PIPES, "`u32be` to lines, 16 bytes"),
        ("u32be-1K", PIPES, "1 KiB"),
        ("tools-u32be-1K", PIPES, "1 KiB, other tools"),
        ("u32be-64K", PIPES, "64 KiB"),
        ("u32be-4M", PIPES, "4 MiB"),
        ("netstring-1K", PIPES, "netstrings to lines, 1 KiB"),
        ("varint-1K", PIPES, "`varint` to lines, 1 KiB"),
        ("chunked-16", PIPES, "a chunked body, chunks of 16 bytes"),
        ("chunked-8K", PIPES, "8 KiB"),
        ("chunked-1M", PIPES, "1 MiB"),
    ],
    "formats": [
        ("json", PIPES, "JSON values to lines"),
        ("csv", PIPES, "rows of CSV to lines"),
        ("slip-80-exp", PIPES, "SLIP to lines, 80 bytes"),
        ("to-slip-80-exp", PIPES, "lines to SLIP"),
        ("cobs-80-exp", PIPES, "COBS to lines"),
        ("to-cobs-80-exp", PIPES, "lines to COBS"),
        ("tfrecord", PIPES, "TFRecord to lines, checksums checked"),
        ("to-json", PIPES, "lines to JSON"),
        ("to-hex", PIPES, "lines to hex"),
        ("to-base64", PIPES, "lines to base64"),
        ("to-netstring", PIPES, "lines to netstrings"),
        ("count-80-exp", "file>pipe", "lines of a file counted, 80 bytes on average"),
    ],
    "rates": [
        ("json-json", MEMORY, "JSON values to lines, objects of 80 bytes"),
        ("json-nested", MEMORY, "the same, nested"),
        ("ndjson-json", MEMORY, "lines of JSON to lines, objects of 80 bytes"),
        ("ndjson-nested", MEMORY, "the same, nested"),
        ("csv-json", MEMORY, "rows of CSV to lines, 80 bytes, quotes in each field"),
        ("to-json-80-exp", MEMORY, "lines to JSON, 80 bytes"),
        ("to-json-4000-exp", MEMORY, "4000 bytes"),
        ("to-hex-80-exp", MEMORY, "lines to hex, 80 bytes"),
        ("to-hex-4000-exp", MEMORY, "4000 bytes"),
        ("to-base64-80-exp", MEMORY, "lines to base64, 80 bytes"),
        ("to-base64-4000-exp", MEMORY, "4000 bytes"),
    ],
    "commands": [
        ("exec-2000", PIPES, "a command for each of 2,000 records"),
        ("workers-4", PIPES, "records to four workers"),
        ("map-80", PIPES, "to two workers and back, in order"),
        ("map-jq", PIPES, "the same with jq as worker"),
        ("map-exec-1000", PIPES, "a command for each of 1,000 records, output in order"),
        ("files-10000", PIPES, "10,000 records to a file each"),
        ("groups-1000", PIPES, "files of 1,000 lines"),
        ("groups-csv-1000", PIPES, "files of 1,000 rows of CSV, each with the header"),
        ("start-up", PIPES, "start-up, with a record of 16 bytes"),
        ("start-slow", PIPES, "the same"),
    ],
}

# What another program's name says too little about.
PEERS = {
    "unordered": None, "without": None,
    "cat": "`cat`", "copy": "a bare copy", "split": "`split --filter`",
    "python3": "Python", "perl": "Perl", "parallel": "`parallel --pipe`", "wc": "`wc -l`",
}
SPLITS = {"files-10000": "`split -l`", "groups-1000": "`split -l`"}

LENGTHS = ["16", "16-uniform", "16-exp", "80", "80-uniform", "80-exp"]
LENGTH_NAMES = ["16, equal", "1 to 31", "16, exponential",
                "80, equal", "1 to 159", "80, exponential"]


def read_results(path):
    """The remarks of a file of results, and its rows by workload and way, in order."""
    remarks, rows = [], {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                remarks.append(line[1:].strip())
                continue
            workload, way, label, size, _, wall, processor, _, _, records = line.rstrip().split("\t")
            rows.setdefault((workload, way), {})[label] = {
                "size": int(size), "wall": float(wall), "processor": float(processor),
                "records": int(records)}
    return remarks, rows


def merged(old, new):
    """The lines of both files of results; for what both have measured, those of the new one."""
    part = re.match(r"(# [a-z ]+:)", new[0])
    if not part:
        return new
    measured = {tuple(line.split("\t")[:2]) for line in new}
    kept = [line for line in old
            if tuple(line.split("\t")[:2]) not in measured and not line.startswith(part[1])]
    remarks = [line for line in kept if line.startswith("#")]
    return remarks + new[:1] + kept[len(remarks):] + new[1:]


def add(new, results):
    lines = []
    for path in (results, new):
        with open(path, encoding="utf-8") as file:
            lines.append(file.readlines())
    with open(results, "w", encoding="utf-8") as file:
        file.writelines(merged(*lines))


def speed(ours):
    rate = ours["size"] / ours["wall"] / 1e9
    if rate >= 0.1:
        return f"{rate:.1f} GB/s"
    if ours["wall"] >= 0.1:
        return f"{ours['wall']:.2f} s"
    return f"{ours['wall'] * 1000:.1f} ms"


def times(ratio):
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def peer_name(workload, label):
    if label == "split" and workload in SPLITS:
        return SPLITS[workload]
    return PEERS.get(label, f"`{label}`")


def compared(rows, table):
    """Each job of a table, and how many times as long the other programs take."""
    yield "| job | cbsplit | how many times as long others take |"
    yield "| --- | --- | --- |"
    for workload, way, job in TABLES[table]:
        programs = rows.get((workload, way))
        if not programs:
            continue
        ours = programs["cbsplit"]
        others = [f"{peer_name(workload, label)} {times(other['wall'] / ours['wall'])}"
                  for label, other in programs.items()
                  if label != "cbsplit" and peer_name(workload, label)]
        yield f"| {job} | {speed(ours)} | {', '.join(others)} |"


def faster(rows):
    """The jobs of all tables that another program does in less time."""
    seen = set()
    yield "| job | faster, and by how many times |"
    yield "| --- | --- |"
    for table in list(TABLES)[1:]:
        for workload, way, job in TABLES[table]:
            programs = rows.get((workload, way), {})
            better = [f"{peer_name(workload, label)} {programs['cbsplit']['wall'] / other['wall']:.2f}"
                      for label, other in programs.items()
                      if label not in ("cbsplit", "copy") and peer_name(workload, label)
                      and other["wall"] < programs["cbsplit"]["wall"]]
            if better and workload not in seen:
                seen.add(workload)
                yield f"| {job} | {', '.join(better)} |"


def records(rows):
    """What a short record costs beyond a copy of its bytes, in nanoseconds."""
    framings = ["u32be", "varint", "netstring", "chunked", "resp"]
    works = [(f"{f}-lf", f"`{f}` to lines") for f in framings]
    works += [(f"crlf-{f}", f"CRLF to `{f}`") for f in framings + ["json"]]
    works.append(("crlf-lf", "CRLF to LF"))
    yield f"| bytes | {' | '.join(LENGTH_NAMES)} |"
    yield "| --- " * (len(LENGTHS) + 1) + "|"
    for work, name in works:
        cells = []
        for lengths in LENGTHS:
            programs = rows.get((f"{work}-{lengths}", "file>null"))
            if programs:
                over = programs["cbsplit"]["processor"] - programs["copy"]["processor"]
                cells.append(f"{over * 1e9 / programs['cbsplit']['records']:.1f}")
        if cells:
            yield f"| {name} | {' | '.join(cells)} |"


def rates(rows):
    """What a second of processor time does."""
    yield "| job | GB/s | part of a bare copy's |"
    yield "| --- | --- | --- |"
    for workload, way, job in TABLES["rates"]:
        programs = rows.get((workload, way))
        if programs:
            ours, copy = programs["cbsplit"], programs["copy"]
            yield (f"| {job} | {ours['size'] / ours['processor'] / 1e9:.1f} "
                   f"| {copy['processor'] / ours['processor']:.2f} |")


def library(rows):
    """What a record costs in the library and its peers, in nanoseconds."""
    yield f"| bytes | {' | '.join(LENGTH_NAMES)} |"
    yield "| --- " * (len(LENGTHS) + 1) + "|"
    columns = [rows.get((f"library-{lengths}", "memory"), {}) for lengths in LENGTHS]
    for label in columns[0]:
        cells = [f"{c[label]['processor'] * 1e9 / c[label]['records']:.1f}" for c in columns]
        yield f"| {label} | {' | '.join(cells)} |"


def search(rows):
    yield "| search for what is not there | GB/s |"
    yield "| --- | --- |"
    for label, row in rows.get(("library-search", "memory"), {}).items():
        yield f"| {label} | {row['size'] / row['processor'] / 1e9:.0f} |"


# What the labels of python.py stand for.
PYTHON = {
    "decode": "`decode`",
    "takeline": "`takeline`, in a loop",
    "takeuntil": "`takeuntil`, in a loop",
    "split": "`bytes.split`, all of a part at once",
    "readlines": "`readlines`, of lines that LF ends",
    "find": "a loop with `bytes.find`",
    "bytearray": "the same with a bytearray",
    "loop": "the loop alone, over a list that is ready",
}
KINDS = {"lines": "CRLF lines", "netstrings": "netstrings"}
MEANS = [16, 80, 1000]


def python_rows(rows):
    """Title, label, and nanoseconds a record for each mean length."""
    for kind, title in KINDS.items():
        columns = [rows.get((f"python-{kind}-{mean}", "memory"), {}) for mean in MEANS]
        for label in PYTHON:
            if label in columns[0]:
                yield title, label, [c[label]["processor"] * 1e9 / c[label]["records"] for c in columns]


def python(rows):
    """What a record costs in Python, with the loop that looks at it, in nanoseconds."""
    yield f"| bytes, on average | {' | '.join(map(str, MEANS))} |"
    yield "| --- " * (len(MEANS) + 1) + "|"
    for title, label, times_ in python_rows(rows):
        if label != "loop" or title == KINDS["lines"]:
            name = PYTHON[label] if label == "loop" else f"{title}: {PYTHON[label]}"
            yield f"| {name} | {' | '.join(f'{ns:.0f}' for ns in times_)} |"


def python_ratios(rows):
    """How many times as long the loops take as decode."""
    yield f"| bytes, on average | {' | '.join(map(str, MEANS))} |"
    yield "| --- " * (len(MEANS) + 1) + "|"
    for title, label, times_ in python_rows(rows):
        if label == "decode":
            ours = times_
        elif not label.startswith("take") and label != "loop":
            ratios = (times(its / mine) for its, mine in zip(times_, ours))
            yield f"| {title}: {PYTHON[label]} | {' | '.join(ratios)} |"


def machine(remarks, part=""):
    """The remarks on a whole run, or on one part."""
    ours = [remark.rpartition(": ") for remark in remarks]
    yield ", ".join(text for of, _, text in ours if of == part)


def lines_of(table, remarks, rows):
    if table == "machine":
        return machine(remarks)
    if table == "python_machine":
        return machine(remarks, "python")
    special = {"faster": faster, "records": records, "rates": rates, "library": library,
               "search": search, "python": python, "python_ratios": python_ratios}
    return special[table](rows) if table in special else compared(rows, table)


def filled(text, remarks, rows):
    return re.sub(r"(<!-- speed: (\w+) -->\n).*?(<!-- end -->)",
                  lambda m: m[1] + "".join(f"{line}\n" for line in lines_of(m[2], remarks, rows))
                  + m[3], text, flags=re.S)


def main():
    if sys.argv[1:2] == ["--add"]:
        add(*sys.argv[2:])
        return
    check = "--check" in sys.argv
    results, *pages = [a for a in sys.argv[1:] if a != "--check"]
    remarks, rows = read_results(results)
    for page in pages:
        with open(page, encoding="utf-8") as file:
            text = file.read()
        new = filled(text, remarks, rows)
        if check and new != text:
            sys.exit(f"{page}: its figures are not those of {results}")
        if not check:
            with open(page, "w", encoding="utf-8") as file:
                file.write(new)


if __name__ == "__main__":
    main()
