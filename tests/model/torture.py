# SPDX-License-Identifier: MIT
"""Usage: torture.py [--seed N] [--cases N] [--seconds N] [--verbose]

Compares cbsplit ($CBSPLIT) with the model on random framings, inputs, damages, cuts and
options.  A case depends on nothing but its seed: what is printed for one that fails runs
it again alone.  Exit status 1 if any failed.
"""

import argparse
import base64
import json
import os
import random
import re
import subprocess
import sys
import threading
import time

import files
import messages
import model
import values

CBSPLIT = os.environ.get("CBSPLIT", "./cbsplit")


def escape(data, commas=True):
    """As in an argument of a specification."""
    out = ""
    for byte in data:
        char = chr(byte)
        if char == "\\" or (char == "," and commas):
            out += "\\" + char
        elif 0x20 < byte < 0x7F and char not in "=":
            out += char
        else:
            out += "\\x%02x" % byte
    return out


# ------------------------------------------------------------------ framings


def any_delimiter(rng):
    pool = [b"\n", b"\r\n", b"\0", b";", b"ab", b"aba", b"aab", b"--", b"-->", b"\r"]
    if rng.random() < 0.3:
        return bytes(rng.choice(b"ab;\n") for _ in range(rng.randint(1, 9)))
    return rng.choice(pool)


def some_delimiters(rng):
    found = []
    for _ in range(rng.choice([1, 1, 1, 2, 3, 5])):
        delimiter = any_delimiter(rng)
        if delimiter not in found:
            found.append(delimiter)
    return found


def make_delim(rng):
    delimiters = some_delimiters(rng)
    keep, skip = rng.random() < 0.2, rng.random() < 0.2
    text = "delim:" + escape(delimiters[0])
    text += "".join(",or=" + escape(d) for d in delimiters[1:])
    text += ",keep" * keep + ",skip-empty" * skip
    out = "delim:" + escape(delimiters[0])
    first = model.Delimiter(delimiters[:1])
    return text, out, lambda: model.Delimiter(delimiters, keep, skip), first


def make_line(rng):
    return "line", "line", lambda: model.Delimiter([b"\n"], line=True), None


def make_lines(rng):
    keep = rng.random() < 0.2
    if rng.random() < 0.5:
        lines = rng.choice([1, 2, 3, 4, 100])
        return ("line,lines=%d" % lines + ",keep" * keep, None,
                lambda: model.Lines(lines=lines, keep=keep), None)
    skip = rng.random() < 0.2
    return ("line,fold" + ",keep" * keep + ",skip-empty" * skip, None,
            lambda: model.Lines(fold=True, keep=keep, skip_empty=skip), None)


def make_paragraph(rng):
    keep = rng.random() < 0.2
    out = None if keep else "paragraph"
    return "paragraph" + ",keep" * keep, out, lambda: model.Paragraph(keep=keep), None


def any_mark(rng):
    """A list for the model, and how it is written."""
    kind = rng.random()
    if kind < 0.4:
        data = any_delimiter(rng)
        return list(data), escape(data)
    if kind < 0.6:
        data = rng.choice([b">", b"From ", b"commit ", b"x" * 70])
        return list(data), escape(data)
    mark, text = [], ""
    for _ in range(rng.choice([1, 2, 3, 5, 10, 40])):
        part = rng.choice("0--ddd..ab\n" if kind < 0.8 else "--ddddd")
        mark.append({"d": model.Start.DIGIT, ".": model.Start.ANY}.get(part, ord(part)))
        text += {"d": "\\d", ".": "\\.", "\n": "\\n"}.get(part, part)
    return mark, text


def make_start(rng):
    marks, texts = zip(*(any_mark(rng) for _ in range(rng.choice([1, 1, 1, 2, 3]))))
    place = rng.choice([None, "line", "line", "blank"])
    text = "start:" + ",or=".join(texts) + ("," + place if place else "")
    return text, None, lambda: model.Start(marks, place), None


def make_between(rng):
    start, end = rng.choice([(b"\x0b", b"\x1c\r"), (b"<", b">"), (b"<<", b">>"), (b"|", b"|"),
                             (b"\n>", b"\n"), (b" a b", b"ab"), (b"aab", b"aab"),
                             (any_delimiter(rng), any_delimiter(rng))])
    keep = rng.random() < 0.2
    text = "between:%s,end=%s" % (escape(start), escape(end))
    return (text + ",keep" * keep, None if keep else text,
            lambda: model.Between(start, end, keep), None)


def make_fixed(rng):
    size = rng.choice([1, 2, 3, 7, 64, 65, 1000])
    return "fixed:%d" % size, "fixed:%d" % size, lambda: model.Fixed(size), None


def make_length(rng):
    width = rng.randint(1, 8)
    order = rng.choice(["big", "little"])
    name = "u8" if width == 1 else "u%d%s" % (8 * width, "be" if order == "big" else "le")
    keys = {}
    text = name
    if rng.random() < 0.4:
        keys["offset"] = rng.randint(1, 9)
        text += ",offset=%d" % keys["offset"]
    if rng.random() < 0.3:
        keys["header"] = keys.get("offset", 0) + width + rng.randint(0, 4)
        text += ",header=%d" % keys["header"]
    if rng.random() < 0.2:
        keys["scale"] = rng.choice([1, 2, 3, 4, 188])
        text += ",scale=%d" % keys["scale"]
    if rng.random() < 0.3:
        keys["adjust"] = rng.randint(-9, 9)
        text += ",adjust=%d" % keys["adjust"]
    if rng.random() < 0.3:
        keys["inclusive"] = True
        text += ",inclusive"
    joined = rng.random() < 0.2
    if not joined and rng.random() < 0.2:
        keys["trailer"] = any_delimiter(rng)
        text += ",trailer=" + escape(keys["trailer"])
    aligned = not joined and rng.random() < 0.2
    if aligned:
        keys["align"] = rng.choice([1, 2, 3, 4, 8, 512])
        text += ",align=%d" % keys["align"]
    if joined:
        bias = 20 + 9 // keys.get("scale", 1)
        keys["more"] = rng.choice([bias, bias + 1, bias + 13, 100, 255])
        text += ",more=%d" % keys["more"]
    elif rng.random() < 0.2:
        keys["high"] = rng.randint(0, 256 ** min(width, 2) - 1)
        text += ",max=%d" % keys["high"]
        if rng.random() < 0.5:
            keys["low"] = rng.randint(0, min(12, keys["high"]))
            text += ",min=%d" % keys["low"]
    header = keys.get("header", keys.get("offset", 0) + width)
    where = [i for i in range(header) if not 0 <= i - keys.get("offset", 0) < width]
    out = text
    if where and rng.random() < 0.3:
        rule = model.Rule(rng.choice(where), 0, rng.choice([0, 1, 127]))
        keys["rules"] = [rule]
        text += ",byte=" + rule.spell()
    if where and rng.random() < 0.2:
        rule = model.Rule(rng.choice(where), 0, rng.choice([0, 1, 127]))
        keys["only"] = [rule]
        text += ",only=" + rule.spell()
    if where and joined and rng.random() < 0.5:
        keys["sequence"] = rng.choice(where)
        text += ",sequence=%d" % keys["sequence"]
        out += ",sequence=%d" % keys["sequence"]
    if where and not joined and not aligned and rng.random() < 0.2:
        keys["padding"] = rng.choice(where)
        text += ",padding=%d" % keys["padding"]
        out = None
    if rng.random() < 0.1:
        keys["keep"] = True
        text += ",keep"
        out = None
    return text, out, lambda: model.Length(width, order, **keys), None


def make_varint(rng):
    notation = rng.choice(["varint", "varint", "vlq", "quic"])
    keys, text = {"notation": notation}, notation
    for key, values in [("max_width", range(1, 9)), ("offset", range(1, 5)), ("adjust", range(-9, 10)),
                        ("scale", [1, 2, 3]), ("align", [1, 2, 3, 4, 64])]:
        if rng.random() < 0.2:
            keys[key] = rng.choice(values)
            text += ",%s=%d" % (key.replace("_", "-"), keys[key])
    if rng.random() < 0.2:
        keys["header"] = keys.get("offset", 0) + 1 + rng.randint(0, 3)
        text += ",header=%d" % keys["header"]
    for key in "inclusive", "canonical":
        if rng.random() < 0.2:
            keys[key] = True
            text += "," + key
    if rng.random() < 0.2:
        keys["trailer"] = any_delimiter(rng)
        text += ",trailer=" + escape(keys["trailer"])
    return text, text, lambda: model.Varint(**keys), None


def make_ascii(rng):
    if rng.random() < 0.4:
        return "netstring", "netstring", lambda: model.Ascii(10, b":", b",", True), None
    if rng.random() < 0.3:
        return "octet", "octet", lambda: model.Ascii(10, b" ", b"", True, 1), None
    base = rng.choice([10, 16])
    term = rng.choice([b"\n", b"\r\n", b" ", b":", b";;"])
    trailer = rng.choice([b"", b"", b"\n", b"\r\n", b",end"])
    canonical = rng.random() < 0.3
    text = ("dec:" if base == 10 else "hex:") + escape(term)
    text += ",trailer=" + escape(trailer) if trailer else ""
    text += ",canonical" * canonical
    return text, text, lambda: model.Ascii(base, term, trailer, canonical), None


def make_digits(rng):
    if rng.random() < 0.3:
        text = "hex,digits=4,inclusive,control=3"
        return text, text, lambda: model.Digits(16, 4, True, 3), None
    base, width = rng.choice([10, 16]), rng.randint(1, 6)
    inclusive = rng.random() < 0.4
    text = "%s,digits=%d" % ("dec" if base == 10 else "hex", width) + ",inclusive" * inclusive
    return text, text, lambda: model.Digits(base, width, inclusive), None


def make_content_length(rng):
    preset = rng.choice([None, None, None, "sip", "warc"])
    if preset == "sip":
        keys = {"start_line": True, "version": b"SIP/2.0", "fold": True, "other": b"l"}
    elif preset == "warc":
        keys = {"start_line": True, "version": b"WARC/", "fold": True, "trailer": b"\r\n\r\n"}
    else:
        keys = {key: value for key, value in {
            "start_line": True, "fold": True, "lf": True, "other": b"L",
            "trailer": rng.choice([b";", b"\r\n", b"\n"])}.items() if rng.random() < 0.4}
        if "start_line" in keys and rng.random() < 0.5:
            keys["version"] = rng.choice([b"V/1", b"aab"])
    text = preset or "content-length" + ",start-line" * ("start_line" in keys) + \
        ",fold" * ("fold" in keys) + ",lf" * ("lf" in keys) + ",or=L" * ("other" in keys) + \
        (",trailer=" + escape(keys["trailer"]) if "trailer" in keys else "") + \
        (",version=" + keys["version"].decode() if "version" in keys else "")
    seed = rng.random()
    return text, None, lambda: messages.ContentLength(random.Random(seed), **keys), None


def make_stomp(rng):
    seed = rng.random()
    return "stomp", None, lambda: messages.Stomp(random.Random(seed)), None


def make_websocket(rng):
    keys = {key: True for key in ("data", "message", "rsv1") if rng.random() < 0.4}
    seed = rng.random()
    return ",".join(["websocket", *keys]), None, \
        lambda: messages.WebSocket(random.Random(seed), **keys), None


def make_csv(rng):
    keys = {key: value for key, value in {
        "sep": b";", "quote": rng.choice([b"'", b"a"]), "escape": rng.choice([b"\\", b"b"]),
        "cr": True, "skip_empty": True, "lazy_quotes": True}.items() if rng.random() < 0.3}
    text = "csv" + "".join(
        ",%s" % key.replace("_", "-") + ("" if value is True else "=" + escape(value))
        for key, value in keys.items())
    return text, None, lambda: model.Csv(**keys), None


def make_values(rng):
    name, cls = rng.choice([("json", values.Json), ("json,array", values.Elements),
                            ("ndjson", values.Lines), ("json-seq", values.Sequence)])
    keep, seed = rng.random() < 0.2, rng.random()
    return name + ",keep" * keep, None, lambda: cls(random.Random(seed), keep), None


def make_pcap(rng):
    keep, seed = rng.random() < 0.2, rng.random()
    most = rng.choice([None, None, 100, 2 ** 32 - 1])
    return "pcap" + (",max=%d" % most if most else "") + ",keep" * keep, None, \
        lambda: files.Pcap(random.Random(seed), most, keep), None


def make_pcapng(rng):
    keep, seed = rng.random() < 0.2, rng.random()
    return "pcapng" + ",keep" * keep, None, \
        lambda: files.Pcapng(random.Random(seed), keep), None


def make_journal(rng):
    keep, seed = rng.random() < 0.2, rng.random()
    return "journal" + ",keep" * keep, None, \
        lambda: files.Journal(random.Random(seed), keep), None


def make_fix(rng):
    seed = rng.random()
    return "fix", None, lambda: files.Fix(random.Random(seed)), None


def simple(name, cls, out=True):
    return lambda rng: (name, name if out else None, cls, None)


MAKERS = [
    make_delim, make_delim, make_line, make_lines, make_paragraph, make_start, make_between,
    make_fixed, make_length, make_length, make_length, make_varint, make_ascii, make_ascii,
    make_digits, make_content_length, make_stomp, make_websocket,
    make_pcap, make_pcapng, make_journal, make_fix,
    make_values, make_values, simple("syslog", model.Syslog, False), simple("slip", model.Slip),
    simple("hdlc", model.Hdlc),
    simple("cobs", model.Cobs), simple("chunked", model.Chunked),
    simple("chunked,lf", lambda: model.Chunked(lf=True), False), make_csv, make_csv,
]

# -------------------------------------------------------------------- inputs


def any_payload(rng):
    size = rng.choice([0, 1, 2, 3, 5, 8, 15, 16, 17, 31, 40, 63, 64, 65, 100, 127, 128, 129, 253,
                       254, 255, 256, 300, 1000])
    if rng.random() < 0.02:
        size = rng.choice([4000, 4096, 10000, 70000])
    alphabet = rng.choice([b"ab", b"ab;\n\r", b"\0\x01\xff", b'a,"\n', b"0123456789 :", b"a \t\n\n\r",
                           b"\xc0\xdb\xdc\xdd", bytes(range(256)), b"x"])
    return bytes(rng.choices(alphabet, k=size))


def csv_part(rng, framing, payload):
    """A field, right as a rule, or anything."""
    if rng.random() < 0.2:
        return payload + rng.choice([b"\n", b"\r\n", framing.sep, framing.quote])
    quote, end = framing.quote, rng.choice([b"\n", b"\r\n", framing.sep])
    if rng.random() < 0.5:
        payload = payload.replace(framing.escape, b"") if framing.escape else payload
        return quote + payload.replace(quote, 2 * quote) + quote + end
    return payload.replace(quote, b"") + end


def any_value(rng, depth=0):
    """A JSON value, as a rule; of each length, since what looks at 64 bytes at a time has ends of
    that."""
    kind = rng.random()
    if depth < 4 and kind < 0.5:
        parts = [any_value(rng, depth + 1) for _ in range(rng.choice([0, 0, 1, 2, 5]))]
        if kind < 0.25:
            return b"[" + b", ".join(parts) + b"]"
        return b"{" + b",".join(b'"k":' + part for part in parts) + b"}"
    if kind < 0.8:
        alphabet = rng.choice([b"a", b"ab,:[]{} ", b"\\\"", b"\\[]", b"\xc3\xa9"])
        text = bytes(rng.choices(alphabet, k=rng.choice([0, 1, 2, 5, 30, 61, 62, 63, 64, 130])))
        return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return rng.choice([b"0", b"-1", b"12", b"1.5", b"-0.25e+10", b"3E7", b"true", b"false", b"null"])


def values_part(rng, framing):
    """A value or more, as they stand in the framing, or something else."""
    space = rng.choice([b"", b"", b" ", b"\n", b"\r\n", b"\t \n", b"\xef\xbb\xbf"])
    value = any_value(rng)
    if rng.random() < 0.05:
        value += bytes(rng.choices(b'\x1e]}[{",:\\1e-.t\r\n \xef\xbb\xbf', k=rng.randint(1, 3)))
    if isinstance(framing, values.Elements):
        more = [any_value(rng) for _ in range(rng.randint(0, 5))]
        return space + b"[" + rng.choice([b",", b" , ", b",\n"]).join([value] + more) + b"]"
    if isinstance(framing, values.Lines):
        return space + value + rng.choice([b"\n", b"\n", b"\r\n", b" \n", b"\t\r\n"])
    if isinstance(framing, values.Sequence):
        return rng.choice([b"\x1e", b"\x1e", b"\x1e\x1e", b""]) + value + rng.choice([b"\n", b" ", b""])
    return space + value + rng.choice([b"\n", b"\n", b" ", b""])


def any_input(rng, framing):
    """Mostly well formed: frames by the model where it can, or random bytes."""
    parts = []
    for _ in range(rng.choice([0, 1, 2, 3, 5, 10, 30])):
        payload = any_payload(rng)
        encode = getattr(framing, "encode", None)
        frame = encode(payload) if encode else None
        if frame is None:
            frame = payload if encode is None else b""
            if isinstance(framing, model.Start):
                frame = framing.any_mark(rng) + payload
            elif isinstance(framing, model.Syslog):
                frame = rng.choice([b"%d " % len(payload) if payload else b"", b""]) + payload + b"\n"
            elif isinstance(framing, values.Values):
                frame = values_part(rng, framing)
            elif isinstance(framing, model.Csv):
                frame = csv_part(rng, framing, payload)
        parts.append(frame)
    data = b"".join(parts) + getattr(framing, "finish", b"")
    return damage(rng, data)


def damage(rng, data):
    kind = rng.random()
    if not data or kind < 0.5:
        return data
    data = bytearray(data)
    if kind < 0.65:
        del data[rng.randrange(len(data)):]
    elif kind < 0.8:
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.choice(b"\0\x01\n\r0a;:\xff\xc0\xdb[]\"\\\x1e")
    elif kind < 0.9:
        at = rng.randrange(len(data))
        del data[at:at + rng.randint(1, 5)]
    else:
        at = rng.randrange(len(data) + 1)
        data[at:at] = bytes(rng.choices(b"\0\x01\n\r0a;:\xff\xc0\xdb", k=rng.randint(1, 4)))
    return bytes(data)


# ------------------------------------------------------------------- running


def expected(framing, data, on_partial, skips=False):
    """All records, and the exit status."""
    source, records, damaged = model.Input(data), [], 0
    try:
        while True:
            start = source.at
            try:
                record = framing.next(source)
            except model.Malformed:
                if not skips:
                    raise
                damaged = 3
                model.recover(framing, source, start)
                if not source.left():
                    return records, damaged
                continue
            except model.Cut:
                if on_partial != "drop":
                    raise
                continue
            if record is not None:
                records.append(record)
    except model.End:
        return records, damaged
    except model.Malformed:
        return records, 3
    except model.TooLong:
        return records, 5
    except model.Partial as partial:
        policy = on_partial or framing.partial
        if getattr(partial, "strict", False) and not on_partial:
            policy = "fail"
        if policy == "drop":
            return records, damaged
        if policy == "emit" and partial.payload is not None:
            if partial.payload or not getattr(framing, "skip_empty", False):
                records.append(model.Record(partial.payload, partial.offset))
            return records, damaged
        return records, 4


def feed(pipe, data, cuts):
    try:
        start = 0
        for cut in cuts:
            os.write(pipe, data[start:cut])
            start = cut
            time.sleep(0.0005)
        while start < len(data):
            start += os.write(pipe, data[start:])
    except BrokenPipeError:
        pass
    os.close(pipe)


class Outcome:
    def __init__(self, out, err, status):
        self.out, self.err, self.status = out, err, status

    def same(self, other):
        return (self.out, self.err, self.status) == (other.out, other.err, other.status)

    def __str__(self):
        return "status %d, stderr %r, stdout %r" % (self.status, self.err, self.out[:300])


def run(args, data, cuts=None, file=None):
    """cbsplit with `data` on a pipe, in pieces, or from a file."""
    if file:
        with open(file, "rb") as stdin:
            done = subprocess.run([CBSPLIT, *args], stdin=stdin, capture_output=True, check=False,
                                  timeout=60)
        return Outcome(done.stdout, done.stderr, done.returncode)
    process = subprocess.Popen([CBSPLIT, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    feeder = threading.Thread(target=feed, args=(os.dup(process.stdin.fileno()), data, cuts or []))
    process.stdin.close()
    process.stdin = None
    feeder.start()
    out, err = process.communicate(timeout=60)
    feeder.join()
    return Outcome(out, err, process.returncode)


def parse(out):
    records = []
    for line in out.splitlines():
        value = json.loads(line)
        payload = value["text"].encode() if "text" in value else base64.b64decode(value["base64"])
        assert len(payload) == value["length"], line
        records.append((value["record"], value["offset"], payload))
    return records


class Failed(Exception):
    pass


def check(condition, message, *outcomes):
    if not condition:
        raise Failed(message + "".join("\n    " + str(o) for o in outcomes))


def random_cuts(rng, data):
    if not data:
        return []
    return sorted({rng.randrange(len(data) + 1) for _ in range(rng.choice([1, 2, 4]))})


def case(rng, scratch):
    """One case; raises Failed."""
    maker = rng.choice(MAKERS)
    text, out, make, _ = maker(rng)
    framing = make()
    data = any_input(rng, framing)
    on_partial = rng.choice([None, None, "fail", "drop"])
    # --to=json holds a whole record, and so has a limit of its own.
    args = ["-f", text, "--max-record=%d" % (2 ** 63 - 1)] + (["--on-partial=" + on_partial] if on_partial else [])
    describe = "cbsplit %s, %d bytes: %r" % (" ".join(args), len(data), data[:200])
    try:
        if compare(rng, scratch, args, make, data, on_partial) and out:
            round_trip(rng, text, out, make, data)
    except Failed as failed:
        raise Failed("%s\n    %s" % (describe, failed)) from None


def compare(rng, scratch, args, make, data, on_partial):
    records, status = expected(make(), data, on_partial)
    whole = run(args + ["-t", "json"], data)
    if whole.status == 2 and b"no length is valid" in whole.err:
        return False
    check(whole.status == status, "exit status %d expected" % status, whole)
    got = parse(whole.out)
    want = [(i + 1, r.offset, r.payload) for i, r in enumerate(records)]
    check([g[2] for g in got] == [w[2] for w in want],
          "records expected: %r" % ([w[2] for w in want][:20]), whole)
    check([g[0] for g in got] == [w[0] for w in want], "numbers", whole)
    if status:
        place = re.search(rb"record (\d+) at byte (\d+)", whole.err)
        check(place is not None, "no place in the message", whole)
        check(int(place.group(1)) == len(records) + 1, "record %d expected" % (len(records) + 1),
              whole)
    else:
        check(whole.err == b"", "a message without an error", whole)
    pieces = run(args + ["-t", "json"], data, random_cuts(rng, data))
    check(pieces.same(whole), "pieces differ from the whole", pieces, whole)
    name = os.path.join(scratch, "in")
    with open(name, "wb") as file:
        file.write(data)
    from_file = run(args + ["-t", "json"], data, file=name)
    check(from_file.same(whole), "a file differs from a pipe", from_file, whole)
    exact = run(args + ["-t", "json", "--exact"], data, random_cuts(rng, data))
    check(exact.same(whole), "--exact differs", exact, whole)
    count = run(args + ["-c"], data)
    check(count.status == status, "--count: status", count, whole)
    if not status:
        check(count.out == b"%d\n" % len(records), "--count: number", count, whole)
    skips(rng, args, make, data, on_partial)
    if records and rng.random() < 0.5:
        select(rng, args, records, data)
    if rng.random() < 0.3:
        limit(rng, args, records, data, status)
    if not status and rng.random() < 0.3:
        parts(rng, args, records, name)
    return True


def skips(rng, args, make, data, on_partial):
    """--on-malformed=skip, where the framing can find its place again."""
    framing = make()
    if not model.recovers(framing):
        return
    args = args + ["-t", "json", "--on-malformed=skip"]
    records, status = expected(framing, data, on_partial, skips=True)
    got = run(args, data)
    check([g[2] for g in parse(got.out)] == [r.payload for r in records],
          "--on-malformed=skip: %r" % [r.payload for r in records][:20], got)
    check(got.status == status, "--on-malformed=skip: status %d" % status, got)
    pieces = run(args, data, random_cuts(rng, data))
    check(pieces.same(got), "--on-malformed=skip: pieces differ", pieces, got)
    skips_long(rng, args, make(), data, records, status)


def skips_long(rng, args, framing, data, records, status):
    """The same with a limit.  Where a mark alone is enough, it changes nothing else."""
    most, how = rng.choice([1, 2, 5, 10, 64, 255]), rng.choice(["skip", "truncate"])
    name = "--on-malformed=skip --max-record=%d --on-overflow=%s" % (most, how)
    args = args + name.split()[1:]
    got = run(args, data)
    pieces = run(args, data, random_cuts(rng, data))
    check(pieces.same(got), name + ": pieces differ", pieces, got)
    if getattr(framing, "proof", 0) or status not in (0, 3):
        return
    payloads = [r.payload[:most] for r in records if how == "truncate" or len(r.payload) <= most]
    check([g[2] for g in parse(got.out)] == payloads, name + ": %r" % payloads[:20], got)
    check(got.status == status, name + ": status %d" % status, got)


def select(rng, args, records, data):
    skip, head = rng.randint(0, len(records)), rng.randint(1, len(records))
    some = run(args + ["-t", "json", "--skip=%d" % skip, "-n", str(head)], data)
    want = [r.payload for r in records[skip:skip + head]]
    if skip + head <= len(records):
        check(some.status == 0, "--skip, --head: status", some)
    check([g[2] for g in parse(some.out)] == want, "--skip=%d --head=%d" % (skip, head), some)
    numbers = sorted(rng.sample(range(1, len(records) + 1), rng.randint(1, min(len(records), 1000))))
    some = run(args + ["-t", "json", "--select=" + ",".join(map(str, numbers))], data)
    check([g[2] for g in parse(some.out)] == [records[n - 1].payload for n in numbers],
          "--select=%s" % numbers, some)


def limit(rng, args, records, data, status):
    most = rng.choice([1, 2, 10, 64, 100, 255])
    short = [r.payload for r in records if len(r.payload) <= most]
    if args[1].startswith("fixed:") and int(args[1][6:]) > most:
        short = []  # also a last one that ends early: its frame is as long
    skipped = run(args + ["-t", "json", "--max-record=%d" % most, "--on-overflow=skip"], data)
    # What is broken beyond the limit may be skipped before that shows.
    if not status:
        check(skipped.status == 0, "skip: status", skipped)
        check([g[2] for g in parse(skipped.out)] == short, "--max-record=%d, skip" % most, skipped)
        cut = run(args + ["-t", "json", "--max-record=%d" % most, "--on-overflow=truncate"], data)
        check([g[2] for g in parse(cut.out)] == [r.payload[:most] for r in records],
              "--max-record=%d, truncate" % most, cut)
    fails = run(args + ["-t", "json", "--max-record=%d" % most], data)
    before = []
    for record in records:
        if len(record.payload) > most:
            check(fails.status == 5, "--max-record=%d: status" % most, fails)
            break
        before.append(record.payload)
    check([g[2] for g in parse(fails.out)] == before, "--max-record=%d" % most, fails)


def parts(rng, args, records, name):
    n = rng.choice([2, 3, 7])
    together = []
    for k in range(1, n + 1):
        part = subprocess.run([CBSPLIT, *args, "-t", "json", "--part=%d/%d" % (k, n), name],
                              capture_output=True, check=False, timeout=60)
        if part.returncode == 2:
            return
        check(part.returncode == 0, "--part=%d/%d: %r" % (k, n, part.stderr))
        together += [g[2] for g in parse(part.stdout)]
    check(together == [r.payload for r in records], "--part=K/%d: %r" % (n, together))


def round_trip(rng, text, out, make, data):
    """Random records, as netstrings, become what the model makes of them, and come back."""
    framing = make()
    payloads = [p for p in (any_payload(rng) for _ in range(rng.randint(0, 8)))
                if framing.encode(p) is not None]
    wanted = b"".join(framing.encode(p) for p in payloads) + getattr(framing, "finish", b"")
    net = b"".join(b"%d:%b," % (len(p), p) for p in payloads)
    encoded = run(["-f", "netstring", "-t", out], net, random_cuts(rng, net))
    check(encoded.status == 0, "-f netstring -t %s of %r" % (out, payloads), encoded)
    check(encoded.out == wanted, "-t %s of %r: %r expected" % (out, payloads, wanted), encoded)
    if all(framing.holds(p) for p in payloads) and "skip-empty" not in text:
        back = run(["-f", out, "-t", "netstring"], encoded.out)
        check(back.out == net, "%s: %r did not come back" % (out, payloads), back)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1000000000)
    parser.add_argument("--seconds", type=float, default=1e9)
    options = parser.parse_args()
    scratch = os.environ.get("TMPDIR", "/tmp") + "/torture.%d" % os.getpid()
    os.mkdir(scratch)
    end, failures, seed = time.monotonic() + options.seconds, 0, options.seed
    while seed < options.seed + options.cases and time.monotonic() < end:
        try:
            case(random.Random(seed), scratch)
        except (Failed, subprocess.TimeoutExpired, ValueError) as failed:
            failures += 1
            print("seed %d: %s" % (seed, failed), flush=True)
            if failures >= 20:
                break
        seed += 1
    os.system("rm -rf '%s'" % scratch)
    print("%d cases from seed %d, %d failed" % (seed - options.seed, options.seed, failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
