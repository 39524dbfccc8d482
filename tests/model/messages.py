# SPDX-License-Identifier: MIT
"""Messages with a header of text, and those of WebSocket, as model.py has the others.

What is encoded here is made to be read: by chance, in one of the forms that a framing
allows."""

from model import End, Malformed, Partial, Record, TOKEN, TooLong


def is_control(byte):
    return byte < 0x20 and byte != 9 or byte == 0x7F


class ContentLength:
    """Header lines, one of them with the length, and what the keys allow besides."""

    partial = "fail"

    def __init__(self, rng, start_line=False, version=b"", fold=False, other=b"", trailer=b"",
                 lf=False):
        self.rng, self.start_line, self.version, self.fold = rng, start_line, version, fold
        self.names, self.trailer, self.lf = [b"content-length", other.lower()], trailer, lf

    def line_end(self, source):
        byte = source.byte()
        if byte == 10 and self.lf:
            return
        if byte != 13 or source.byte() != 10:
            raise Malformed()

    def text(self, source, controls):
        """Up to the end of the line."""
        text = b""
        while (byte := source.byte()) not in b"\r\n":
            if is_control(byte) and not controls:
                raise Malformed()
            text += bytes([byte])
        source.at -= 1
        self.line_end(source)
        return text

    def skip_empty_lines(self, source):
        while source.left() and source.data[source.at] in b"\r\n":
            if self.trailer:
                raise Malformed()
            self.line_end(source)
        if not source.left():
            raise End()

    def check(self, fields):
        """The last field, when it has ended."""
        if not fields or fields[-1][0] not in self.names or len(fields[-1]) == 3:
            return
        value = fields[-1][1].strip(b" \t")
        fields[-1].append(True)
        if sum(len(field) == 3 for field in fields) > 1 or not value.isdigit() or \
                int(value) >= 2 ** 64:
            raise Malformed()

    def header(self, source):
        fields = []
        while True:
            byte = source.byte()
            if byte in b" \t" and self.fold and fields:
                fields[-1][1] += b" " + self.text(source, True)
                continue
            self.check(fields)
            if byte in b"\r\n":
                source.at -= 1
                self.line_end(source)
                break
            name = b""
            while byte in TOKEN:
                name += bytes([byte])
                byte = source.byte()
            while name and self.fold and byte in b" \t":
                byte = source.byte()
            if not name or byte != 0x3A:
                raise Malformed()
            fields.append([name.lower(), self.text(source, self.fold)])
            if not self.fold:
                self.check(fields)
        lengths = [field[1] for field in fields if len(field) == 3]
        if not lengths:
            raise Malformed()
        return int(lengths[0].strip(b" \t"))

    def next(self, source):
        if self.start_line:
            self.skip_empty_lines(source)
            line = self.text(source, False)
            if not line.startswith(self.version) and not line.endswith(self.version):
                raise Malformed()
        elif not source.left():
            raise End()
        size = self.header(source)
        at = source.at
        payload = source.bytes(size)
        source.constant(self.trailer)
        return Record(payload, at)

    def encode(self, payload):
        rng, end = self.rng, self.rng.choice([b"\r\n", b"\n"]) if self.lf else b"\r\n"
        name = rng.choice([n for n in self.names if n])
        lines = [b"Content-Type: a:b", b"%b:%d" % (name.title(), len(payload))]
        if self.fold:
            lines += [b"A \t: b" + end + b" c" + end + b"\t"]
            lines[1] = b"%b :" % name + end + b" %d" % len(payload)
        rng.shuffle(lines)
        if self.start_line:
            empty = b"" if self.trailer else end * rng.choice([0, 0, 1, 2])
            line = rng.choice([self.version + b" 200", b"GET " + self.version])
            lines.insert(0, empty + line)
        return end.join(lines) + end + end + payload + self.trailer


class Stomp:
    """The grammar of STOMP 1.2, with colons in values."""

    partial = "fail"
    separator, proof = b"\0", 1
    COMMANDS = {b"SEND": True, b"MESSAGE": True, b"ERROR": True, b"ABORT": False, b"ACK": False,
                b"BEGIN": False, b"COMMIT": False, b"CONNECT": False, b"CONNECTED": False,
                b"DISCONNECT": False, b"NACK": False, b"RECEIPT": False, b"STOMP": False,
                b"SUBSCRIBE": False, b"UNSUBSCRIBE": False}

    def __init__(self, rng):
        self.rng = rng

    def eol(self, source):
        byte = source.byte()
        if byte != 10 and (byte != 13 or source.byte() != 10):
            raise Malformed()

    def command(self, source):
        name = b""
        while (byte := source.byte()) not in b"\r\n" or name not in self.COMMANDS:
            name += bytes([byte])
            if not any(command.startswith(name) for command in self.COMMANDS):
                raise Malformed()
        source.at -= 1
        self.eol(source)
        return name

    def value(self, source, is_length):
        value = b""
        while (byte := source.byte()) not in b"\r\n":
            value += bytes([byte])
            if is_length:
                self.check_length(value)
        source.at -= 1
        if is_length and not value.strip(b" "):
            raise Malformed()
        self.eol(source)
        return value

    def check_length(self, value):
        digits = value.strip(b" ")
        if digits and (not digits.isdigit() or int(digits) >= 2 ** 64):
            raise Malformed()

    def length(self, source):
        length = None
        while True:
            if source.byte() in b"\r\n":
                source.at -= 1
                return length
            source.at -= 1
            name = b""
            while (byte := source.byte()) != 0x3A:
                if byte in b"\r\n\0":
                    raise Malformed()
                name += bytes([byte])
            if not name:
                raise Malformed()
            is_length = name == b"content-length" and length is None
            value = self.value(source, is_length)
            if is_length:
                length = int(value.strip(b" "))

    def next(self, source):
        while source.left() and source.data[source.at] in b"\r\n":
            self.eol(source)
        if not source.left():
            raise End()
        start = source.at
        has_body = self.COMMANDS[self.command(source)]
        length = self.length(source)
        # The length is known to be wrong when the empty line ends.
        self.eol(source)
        if length and not has_body or (length or 0) > 2 ** 64 - 1 - source.at:
            raise Malformed()
        if length is not None:
            source.bytes(length)
        elif has_body:
            while source.byte():
                pass
            source.at -= 1
        source.constant(b"\0")
        return Record(source.data[start:source.at - 1], start)

    def encode(self, payload):
        rng, end = self.rng, self.rng.choice([b"\n", b"\r\n"])
        if rng.random() < 0.2:
            return b"CONNECTED" + end + b"version:1.2" + end + end + b"\0" + end
        lines = [rng.choice([b"SEND", b"MESSAGE", b"ERROR"]), b"a:b:c"]
        if b"\0" in payload or rng.random() < 0.5:
            lines.insert(1, b"content-length:%d" % len(payload))
        return end.join(lines) + end + end + payload + b"\0" + end * rng.choice([0, 1, 3])


class WebSocket:
    """RFC 6455, section 5; RFC 7692, section 6."""

    partial = "fail"

    def __init__(self, rng, data=False, message=False, rsv1=False):
        self.rng, self.data, self.message, self.rsv1 = rng, data or message, message, rsv1
        self.inside = self.closed = False
        self.masked = None  # are frames of this side masked?
        self.masks = rng.random() < 0.5
        self.started = None  # what there is of a message, and its place

    def first(self, source):
        first = source.byte()
        opcode, fin = first & 15, first & 0x80
        if first & 0x70 & ~(0x40 if self.rsv1 else 0) or opcode not in (0, 1, 2, 8, 9, 10) or \
                opcode & 8 and not fin or first & 0x40 and opcode not in (1, 2):
            raise Malformed()
        if not opcode & 8 and (self.closed or (opcode == 0) != self.inside):
            raise Malformed()
        return first

    def size(self, source, opcode, short):
        if opcode & 8 and short > 125:
            raise Malformed()
        if short < 126:
            return short
        width = 2 if short == 126 else 8
        size = int.from_bytes(bytes(source.byte() for _ in range(width)), "big")
        if size >= 2 ** 63 or size < (126 if width == 2 else 65536):
            raise Malformed()
        return size

    def frame(self, source):
        first = self.first(source)
        second = source.byte()
        if self.masked not in (None, second & 128) or first & 15 == 8 and second & 127 == 1:
            raise Malformed()
        size = self.size(source, first & 15, second & 127)
        key = bytes(source.byte() for _ in range(4)) if second & 128 else bytes(4)
        at = source.at
        if self.started and not first & 8 and len(self.started[0]) + size >= 2 ** 63:
            raise TooLong()
        payload = source.bytes(size)
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        self.masked = second & 128
        if first & 15 == 8:
            self.closed, self.inside = True, False
        elif not first & 8:
            self.inside = not first & 0x80
        return first, payload, at

    def next(self, source):
        if not source.left():
            if self.inside or self.started:
                raise Partial()
            raise End()
        first, payload, at = self.frame(source)
        if first & 8 and self.data:
            return None
        if not self.message:
            return Record(payload, at)
        self.started = (self.started[0] + payload if self.started else payload, at)
        if not first & 0x80:
            return None
        payload, self.started = self.started[0], None
        return Record(payload, at)

    def one(self, first, payload):
        n = len(payload)
        head = bytes([first]) + (bytes([n]) if n < 126 else b"\x7e" + n.to_bytes(2, "big")
                                 if n < 65536 else b"\x7f" + n.to_bytes(8, "big"))
        if not self.masks:
            return head + payload
        key = bytes(self.rng.choices(range(256), k=4))
        mixed = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        return head[:1] + bytes([head[1] | 128]) + head[2:] + key + mixed

    def encode(self, payload):
        rng, frames = self.rng, b""
        opcode = rng.choice([1, 2]) | (0x40 if self.rsv1 and rng.random() < 0.5 else 0)
        while rng.random() < 0.4:
            part = rng.randint(0, len(payload))
            frames += self.one(opcode, payload[:part])
            opcode, payload = 0, payload[part:]
            if rng.random() < 0.5:
                frames += self.one(0x89, b"ping")
        frames += self.one(opcode | 0x80, payload)
        return frames + (self.one(0x88, b"") if rng.random() < 0.05 else b"")
