# SPDX-License-Identifier: MIT
"""Capture files, exported journals and FIX messages, as model.py has the others.

What is encoded here is made to be read: by chance, in one of the forms that a framing
allows."""

from model import End, Malformed, Partial, Record, TooLong


class Pcap:
    partial = "fail"
    magics = {bytes.fromhex(text): order for text, order in (
        ("a1b2c3d4", "big"), ("a1b23c4d", "big"), ("d4c3b2a1", "little"), ("4d3cb2a1", "little"))}

    def __init__(self, rng, most=None, keep=False):
        self.rng, self.most, self.keep = rng, most, keep
        self.order = None

    def number(self, source, size=4):
        return int.from_bytes(bytes(source.byte() for _ in range(size)), self.order)

    def file_header(self, source):
        magic = bytes(source.byte() for _ in range(4))
        if magic not in self.magics:
            raise Malformed()
        self.order = self.magics[magic]
        version = self.number(source, 2), self.number(source, 2)
        self.number(source), self.number(source)
        snapshot = self.number(source)
        self.number(source)
        if version != (2, 4) or not (self.most or snapshot):
            raise Malformed()
        self.most = self.most or snapshot

    def next(self, source):
        if not self.order:
            self.file_header(source)
        if not source.left():
            raise End()
        start = source.at
        self.number(source), self.number(source)
        length = self.number(source)
        self.number(source)
        if length > self.most:
            raise Malformed()
        at = source.at
        payload = source.bytes(length)
        return Record(source.data[start:source.at], start) if self.keep else Record(payload, at)

    def encode(self, payload):
        start = b""
        if not self.order:
            magic = self.rng.choice(list(self.magics))
            self.order = self.magics[magic]
            start = magic + (2).to_bytes(2, self.order) + (4).to_bytes(2, self.order) + bytes(8) + \
                self.rng.choice([2 ** 18, 2 ** 18, 100, 0]).to_bytes(4, self.order) + bytes(4)
        return start + bytes(8) + 2 * len(payload).to_bytes(4, self.order) + payload


class Pcapng:
    partial = "fail"
    section = b"\n\r\r\n"
    proof = 1

    def __init__(self, rng, keep=False):
        self.rng, self.keep = rng, keep
        self.order = None

    def next(self, source):
        if self.order and not source.left():
            raise End()
        start = source.at
        kind = bytes(source.byte() for _ in range(4))
        if not self.order and kind != self.section:
            raise Malformed()
        length, least, order = bytes(source.byte() for _ in range(4)), 12, self.order
        if kind == self.section:
            magic = bytes(source.byte() for _ in range(4))
            source.at -= 4
            if magic not in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
                raise Malformed()
            order, least = "big" if magic[0] == 0x1A else "little", 28
        total = int.from_bytes(length, order)
        if total < least or total % 4:
            raise Malformed()
        at = source.at
        body = source.bytes(total - 12)
        source.constant(length)
        self.order = order
        return Record(source.data[start:source.at], start) if self.keep else Record(body, at)

    def block(self, kind, body):
        total = (12 + len(body)).to_bytes(4, self.order)
        return kind + total + body + total

    def encode(self, payload):
        start = b""
        if not self.order or self.rng.random() < 0.1:
            self.order = self.rng.choice(["big", "little"])
            magic = (0x1A2B3C4D).to_bytes(4, self.order)
            start = self.block(self.section, magic + bytes(self.rng.choice([12, 12, 16])))
        kind = self.rng.choice([1, 6, 0x80000001]).to_bytes(4, self.order)
        return start + self.block(kind, payload + bytes(-len(payload) % 4))


class Journal:
    partial = "fail"
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
    digits = b"0123456789"

    def __init__(self, rng, keep=False):
        self.rng, self.keep = rng, keep

    def field(self, source, byte):
        """The field that begins with this byte."""
        if byte not in self.letters:
            raise Malformed()
        while (byte := source.byte()) in self.letters + self.digits:
            pass
        if byte == 0x3D:
            while source.byte() != 10:
                pass
        elif byte == 10:
            size = int.from_bytes(bytes(source.byte() for _ in range(8)), "little")
            if source.at + size >= 2 ** 64:
                raise Malformed()
            if size > source.left():
                raise Partial()
            source.at += size
            source.constant(b"\n")
        else:
            raise Malformed()

    def next(self, source):
        while source.left() and source.data[source.at] == 10:
            source.at += 1
        if not source.left():
            raise End()
        start = source.at
        while (byte := source.byte()) != 10:
            self.field(source, byte)
        return Record(source.data[start:source.at if self.keep else source.at - 1], start)

    def encode(self, payload):
        fields = b""
        for name in self.rng.sample([b"A", b"_B1", b"MESSAGE"], self.rng.randint(1, 3)):
            if b"\n" in payload or self.rng.random() < 0.3:
                fields += name + b"\n" + len(payload).to_bytes(8, "little") + payload + b"\n"
            else:
                fields += name + b"=" + payload + b"\n"
        return fields + b"\n" * self.rng.choice([1, 1, 1, 2, 3])


class Fix:
    partial = "fail"
    opening, proof = b"8=FIX", 1

    def __init__(self, rng):
        self.rng = rng

    def next(self, source):
        if not source.left():
            raise End()
        start = source.at
        source.constant(b"8=FIX")
        version = 0
        while (byte := source.byte()) != 1 or not version:
            version += 1
            if not 0x20 < byte < 0x7F or version > 32:
                raise Malformed()
        source.constant(b"9=")
        digits = b""
        while (byte := source.byte()) != 1 or not digits:
            digits += bytes([byte])
            if not digits.isdigit() or len(digits) > 20 or int(digits) >= 2 ** 64:
                raise Malformed()
        if int(digits) < 5:
            raise Malformed()
        body = source.at
        source.constant(b"35=")
        end = body + int(digits)
        if end + 7 - start >= 2 ** 63:
            raise TooLong()
        if end - 1 > len(source.data):
            raise Partial()
        source.at = end - 1
        total = sum(source.data[start:end - 1]) + 1
        source.constant(b"\x0110=%03d\1" % (total % 256))
        return Record(source.data[start:source.at], start)

    def encode(self, payload):
        body = b"35=B\1" + (b"96=" + payload + b"\1" if payload else b"")
        start = b"8=" + self.rng.choice([b"FIX.4.2", b"FIXT.1.1"]) + b"\x019=" + \
            (b"%d" if self.rng.random() < 0.8 else b"%06d") % len(body) + b"\1" + body
        return start + b"10=%03d\1" % (sum(start) % 256)
