# SPDX-License-Identifier: MIT
"""A slow and obvious cbsplit.

Written from the manual page and from the standards that it names, not from the sources:
each framing is a function that reads one frame from the beginning of the bytes that are
left, and all of the input is there from the start.  So whatever this model and the
program disagree about is a fault of one of them, or of the manual.

A decoder takes an Input and returns the next record as a Record, None for a frame that is
no record, or raises End, Partial or Malformed.
"""

import copy


class End(Exception):
    """The input ends between two records, or the framing says that it is over."""


class Partial(Exception):
    """The input ends inside a record; `payload` is what there is of it."""

    def __init__(self, payload=None, offset=0):
        super().__init__()
        self.payload = payload
        self.offset = offset


class Cut(Partial):
    """The same in the middle of the input."""


class Malformed(Exception):
    """The input breaks the rules of the framing."""


class TooLong(Exception):
    """A record is longer than any file can be: the largest --max-record."""


class Record:
    def __init__(self, payload, offset):
        self.payload = payload
        self.offset = offset


class Input:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def byte(self):
        """The next byte, which must be there if the record is to be whole."""
        if self.at == len(self.data):
            raise Partial()
        self.at += 1
        return self.data[self.at - 1]

    def bytes(self, n):
        """The next n bytes: the payload of a record."""
        if n >= 2 ** 63:
            raise TooLong()
        start = self.at
        self.at = min(start + n, len(self.data))
        if self.at < start + n:
            raise Partial(self.data[start:self.at], start)
        return self.data[start:self.at]

    def constant(self, expected):
        """These bytes and no others, the first wrong one being told before a missing one."""
        for byte in expected:
            if self.byte() != byte:
                raise Malformed()


# ------------------------------------------------------------------- delimiters


class Delimiter:
    """Up to the leftmost delimiter; of several at one place the longest."""

    partial = "emit"

    def __init__(self, delimiters, keep=False, skip_empty=False, line=False):
        self.first = delimiters[0]
        self.delimiters = sorted(delimiters, key=len, reverse=True)
        self.keep = keep
        self.skip_empty = skip_empty
        self.line = line

    def find(self, source):
        for at in range(source.at, len(source.data)):
            for delimiter in self.delimiters:
                if source.data.startswith(delimiter, at):
                    return at, delimiter
        return None

    def next(self, source):
        if not source.left():
            raise End()
        start, found = source.at, self.find(source)
        if found is None:
            payload = source.data[start:]
            source.at = len(source.data)
            raise Partial(payload, start)
        at, delimiter = found
        source.at = at + len(delimiter)
        payload = source.data[start:at]
        if self.line and payload.endswith(b"\r"):
            payload = payload[:-1]
        if self.skip_empty and not payload:
            return None
        return Record(source.data[start:source.at] if self.keep else payload, start)

    def encode(self, payload):
        return payload + self.first

    def holds(self, payload):
        """Does what is encoded read back as it was?"""
        encoded = self.encode(payload) + b"x"
        source = Input(encoded)
        try:
            record = self.next(source)
        except (End, Partial):
            return False
        return record is not None and record.payload == payload and source.left() == 1


class Lines:
    """Records of several lines: some that are folded, or so many."""

    partial = "emit"

    def __init__(self, fold=False, lines=0, keep=False, skip_empty=False):
        self.fold, self.lines, self.keep, self.skip_empty = fold, lines, keep, skip_empty

    def line(self, source):
        """The end of the next line's text, which is then behind us."""
        start, end = source.at, source.data.find(b"\n", source.at)
        if end < 0:
            source.at = len(source.data)
            return None
        source.at = end + 1
        return end - (end > start and source.data[end - 1] == 0x0D)

    def next(self, source):
        if not source.left():
            raise End()
        start, count = source.at, 0
        while True:
            end = self.line(source)
            count += 1
            if end is None:
                raise Partial(source.data[start:], start)
            if not source.left() and count < self.lines:
                raise Partial(source.data[start:len(source.data) if self.keep else end], start)
            if count == self.lines:
                break
            if self.fold and source.data[source.at:source.at + 1] not in (b" ", b"\t"):
                break
        if self.skip_empty and start == end:
            return None
        return Record(source.data[start:source.at if self.keep else end], start)


class Paragraph(Lines):
    """Lines up to an empty one."""

    def next(self, source):
        if not source.left():
            raise End()
        start = source.at
        end = self.line(source)
        if end == start:
            return None
        while True:
            if end is None:
                raise Partial(source.data[start:], start)
            if not source.left():
                break
            here = source.at
            after = self.line(source)
            if after == here:
                break
            end = after
        return Record(source.data[start:source.at if self.keep else end], start)

    def encode(self, payload):
        return payload + b"\n\n"

    def holds(self, payload):
        lines = payload.split(b"\n")
        return b"" not in lines and b"\r" not in lines and not payload.endswith(b"\r")


class Start:
    """A record begins at each mark.  A mark is a list: of bytes, DIGIT and ANY."""

    partial = "emit"
    DIGIT, ANY = "digit", "any"

    def __init__(self, marks, place=None):
        self.marks, self.place = marks, place

    def fits(self, data, at, mark):
        """Does this mark stand here?"""
        if at + len(mark) > len(data):
            return False
        for wanted, byte in zip(mark, data[at:at + len(mark)]):
            if wanted == self.DIGIT and not 0x30 <= byte <= 0x39:
                return False
            if wanted not in (self.DIGIT, self.ANY) and wanted != byte:
                return False
        return True

    def may_begin(self, data, at):
        before = b"\n\n" + data[:at]
        if self.place == "line":
            return before.endswith(b"\n")
        if self.place == "blank":
            return before.endswith((b"\n\n", b"\n\r\n"))
        return True

    def find(self, data, at):
        """The mark that is whole first, and of those the longest: where it begins and ends."""
        for end in range(at + 1, len(data) + 1):
            for mark in sorted(self.marks, key=len, reverse=True):
                begin = end - len(mark)
                if begin >= at and self.fits(data, begin, mark) and self.may_begin(data, begin):
                    return begin, end
        return None

    def next(self, source):
        if not source.left():
            raise End()
        start, after = source.at, getattr(source, "after_mark", source.at)
        found = self.find(source.data, after)
        if found and found[0] == start:
            # The record's own mark, at the beginning of the input.
            found = self.find(source.data, found[1])
        if not found:
            source.at = len(source.data)
            raise Partial(source.data[start:], start)
        source.at, source.after_mark = found
        return Record(source.data[start:source.at], start)

    def any_mark(self, rng):
        mark = rng.choice(self.marks)
        text = bytes(rng.choice(b"0123456789") if wanted == self.DIGIT else
                     rng.choice(b"a\n;") if wanted == self.ANY else wanted for wanted in mark)
        return {"line": b"\n", "blank": b"\n\n"}.get(self.place, b"") + text


class Between:
    """START, the record, END; white space between records."""

    partial = "fail"

    def __init__(self, start, end, keep=False):
        self.start, self.end, self.keep = start, end, keep
        self.opening = start

    def next(self, source):
        data = source.data
        while True:
            if not source.left():
                raise End()
            if data.startswith(self.start, source.at):
                break
            # The beginning of START at the end, unless it is white space alone.
            rest = data[source.at:]
            if self.start.startswith(rest) and rest.strip(b" \t\r\n"):
                raise Partial(None)
            if data[source.at:source.at + 1] not in (b" ", b"\t", b"\r", b"\n"):
                raise Malformed()
            source.at += 1
        frame, begin = source.at, source.at + len(self.start)
        end = data.find(self.end, begin)
        if end < 0:
            source.at = len(data)
            raise Partial(data[frame if self.keep else begin:], frame if self.keep else begin)
        source.at = end + len(self.end)
        if self.keep:
            return Record(data[frame:source.at], frame)
        return Record(data[begin:end], begin)

    def encode(self, payload):
        return self.start + payload + self.end

    def holds(self, payload):
        return (payload + self.end).find(self.end) == len(payload)


class Fixed:
    partial = "emit"

    def __init__(self, size):
        self.size = size

    def next(self, source):
        if not source.left():
            raise End()
        start = source.at
        return Record(source.bytes(self.size), start)

    def encode(self, payload):
        return payload if len(payload) == self.size else None

    def holds(self, payload):
        return len(payload) == self.size


# ---------------------------------------------------------------------- lengths


class Rule:
    """byte=OFFSET:SET or only=OFFSET:SET"""

    def __init__(self, offset, low, high):
        self.offset, self.low, self.high = offset, low, high

    def allows(self, header):
        return self.low <= header[self.offset] <= self.high

    def spell(self):
        return "%d:%02x-%02x" % (self.offset, self.low, self.high)


class Length:
    """A header with a length in it, the payload, padding, a trailer."""

    partial = "fail"

    def __init__(self, width, order, offset=0, header=None, adjust=0, inclusive=False,
                 padding=None, low=0, high=None, rules=(), only=(), trailer=b"", keep=False,
                 scale=1, align=1, more=None, sequence=None):
        self.width, self.order, self.offset = width, order, offset
        self.header = offset + width if header is None else header
        self.adjust, self.inclusive, self.padding = adjust, inclusive, padding
        self.scale, self.align = scale, align
        self.more, self.sequence = more, sequence
        self.low = low
        self.high = 256 ** width - 1 if high is None else high
        if more is not None:
            self.high = more
        self.rules, self.only, self.trailer, self.keep = rules, only, trailer, keep
        self.proof = 2 if (rules or trailer) and more is None else 0

    def frame(self, source):
        """One frame: its header, its length as it is there, its payload."""
        start = source.at
        header = b""
        for i in range(self.header):
            header += bytes([source.byte()])
            if any(rule.offset == i and not rule.allows(header) for rule in self.rules):
                raise Malformed()
        # The length is judged once the header is whole.
        value = int.from_bytes(header[self.offset:self.offset + self.width], self.order)
        if not self.low <= value <= self.high:
            raise Malformed()
        size = value * self.scale + self.adjust - (self.header if self.inclusive else 0)
        if size < 0 or value * self.scale > 2 ** 64 - 1 or size > 2 ** 64 - 1:
            raise Malformed()
        return start, header, value, size

    def next(self, source):
        if not source.left():
            raise End()
        payload, first = b"", None
        while True:
            try:
                start, header, value, size = self.frame(source)
                if first is None:
                    first, selected, begin = source.at, all(r.allows(header) for r in self.only), start
                elif self.sequence is not None and header[self.sequence] != (number + 1) % 256:
                    raise Malformed()
                number = header[self.sequence] if self.sequence is not None else None
                source.header = selected and len(self.rules) > 0
                payload += source.bytes(size)
            except Partial as partial:
                raise Partial(payload + (partial.payload or b""), partial.offset)
            if self.padding is not None:
                source.bytes(header[self.padding])
            source.bytes(-(self.header + size) % self.align)
            source.constant(self.trailer)
            if value != self.more:
                break
        if not selected:
            return None
        if self.keep:
            return Record(source.data[begin:source.at], begin)
        return Record(payload, first)

    def encode(self, payload):
        parts = [payload]
        if self.more is not None:
            full = self.more * self.scale + self.adjust - (self.header if self.inclusive else 0)
            parts = [payload[i:i + full] for i in range(0, len(payload) + 1, full)]
        frames = [self.encode_part(part, i) for i, part in enumerate(parts)]
        return None if None in frames else b"".join(frames)

    def encode_part(self, payload, number):
        size = len(payload) - self.adjust + (self.header if self.inclusive else 0)
        value = size // self.scale
        if size % self.scale or not self.low <= value <= self.high:
            return None
        header = bytes(self.offset) + value.to_bytes(self.width, self.order)
        header = bytearray(header + bytes(self.header - len(header)))
        if self.sequence is not None:
            header[self.sequence] = number % 256
        return bytes(header) + payload + bytes(-(self.header + len(payload)) % self.align) + \
            self.trailer

    def holds(self, payload):
        return self.encode(payload) is not None and not self.rules and not self.only


class Varint:
    """A length of varying size, in one of three notations."""

    partial = "fail"

    def __init__(self, notation="varint", max_width=None, offset=0, header=None, inclusive=False,
                 adjust=0, scale=1, align=1, canonical=False, trailer=b""):
        self.notation = notation
        self.max_width = max_width or (8 if notation == "quic" else 10)
        self.offset, self.rest = offset, (header or offset + 1) - offset - 1
        self.inclusive, self.adjust = inclusive, adjust
        self.scale, self.align = scale, align
        self.canonical, self.trailer = canonical, trailer
        self.proof = 2 if trailer else 0

    def number(self, source):
        start, value, read = source.at, 0, []
        while True:
            read.append(source.byte())
            if self.notation == "quic":
                size = 2 ** (read[0] >> 6)
                value = value * 256 + (read[0] % 64 if len(read) == 1 else read[-1])
            else:
                size = len(read) + (read[-1] >> 7)
                digit = read[-1] % 128
                value = value * 128 + digit if self.notation == "vlq" else \
                    value + digit * 128 ** (len(read) - 1)
            if size > self.max_width or value >= 2 ** 64:
                raise Malformed()
            if self.canonical and self.notation == "vlq" and read[0] == 0x80:
                raise Malformed()
            if size == len(read):
                break
        if self.canonical and source.data[start:source.at] != self.spell(value):
            raise Malformed()
        return value

    def spell(self, value):
        if self.notation == "quic":
            for code, size in enumerate([1, 2, 4, 8]):
                if value < 2 ** (8 * size - 2):
                    return (value + code * 2 ** (8 * size - 2)).to_bytes(size, "big")
            return None
        digits = [value % 128]
        while value >= 128:
            value //= 128
            digits.append(value % 128)
        if self.notation == "vlq":
            digits.reverse()
        return bytes([digit + 128 for digit in digits[:-1]] + digits[-1:])

    def next(self, source):
        if not source.left():
            raise End()
        start = source.at
        for _ in range(self.offset):
            source.byte()
        value = self.number(source)
        for _ in range(self.rest):
            source.byte()
        header = source.at - start
        size = value * self.scale + self.adjust - (header if self.inclusive else 0)
        if size < 0 or value * self.scale >= 2 ** 64 or size >= 2 ** 64:
            raise Malformed()
        at = source.at
        payload = source.bytes(size)
        source.bytes(-(header + size) % self.align)
        source.constant(self.trailer)
        return Record(payload, at)

    def encode(self, payload):
        for width in range(1, self.max_width + 1):
            header = self.offset + width + self.rest
            size = len(payload) - self.adjust + (header if self.inclusive else 0)
            if size < 0 or size % self.scale:
                continue
            number = self.spell(size // self.scale)
            if number is None or len(number) != width:
                continue
            padding = bytes(-(header + len(payload)) % self.align)
            return bytes(self.offset) + number + bytes(self.rest) + payload + padding + self.trailer
        return None

    def holds(self, payload):
        return self.encode(payload) is not None


class Ascii:
    """Digits, TERM, payload, trailer."""

    partial = "fail"

    def __init__(self, base, term, trailer=b"", canonical=False, low=0, most=None):
        self.base, self.term, self.trailer = base, term, trailer
        self.most = most or (20 if base == 10 else 16)
        self.canonical, self.low = canonical, low
        self.proof = 2 if trailer else 0

    def next(self, source):
        if not source.left():
            raise End()
        digits = ""
        valid = "0123456789" if self.base == 10 else "0123456789abcdefABCDEF"
        while True:
            byte = source.byte()
            if chr(byte) in valid:
                digits += chr(byte)
                if self.canonical and len(digits) > 1 and digits[0] == "0":
                    raise Malformed()
                if len(digits) > self.most or int(digits, self.base) >= 2 ** 64:
                    raise Malformed()
                continue
            if not digits or byte != self.term[0]:
                raise Malformed()
            break
        if self.low and int(digits, self.base) < self.low:
            raise Malformed()
        source.constant(self.term[1:])
        at = source.at
        source.header = True
        payload = source.bytes(int(digits, self.base))
        source.constant(self.trailer)
        return Record(payload, at)

    def encode(self, payload):
        if len(payload) < self.low:
            return None
        digits = ("%d" if self.base == 10 else "%x") % len(payload)
        return digits.encode() + self.term + payload + self.trailer

    def holds(self, payload):
        return self.encode(payload) is not None


class Digits:
    """Always `width` digits; those below `control` are frames of the digits alone."""

    partial = "fail"

    def __init__(self, base, width, inclusive=False, control=0):
        self.base, self.width, self.inclusive, self.control = base, width, inclusive, control

    def next(self, source):
        if not source.left():
            raise End()
        digits = ""
        valid = "0123456789" if self.base == 10 else "0123456789abcdefABCDEF"
        while len(digits) < self.width:
            byte = chr(source.byte())
            if byte not in valid:
                raise Malformed()
            digits += byte
        value = int(digits, self.base)
        if value < self.control:
            return Record(b"", source.at)
        size = value - (self.width if self.inclusive else 0)
        if size < 0:
            raise Malformed()
        at = source.at
        return Record(source.bytes(size), at)

    def encode(self, payload):
        value = len(payload) + (self.width if self.inclusive else 0)
        if self.control and not payload:
            value = 0
        elif value < self.control:
            return None
        digits = ("%0*d" if self.base == 10 else "%0*x") % (self.width, value)
        return None if len(digits) > self.width else digits.encode() + payload

    def holds(self, payload):
        return self.encode(payload) is not None


class Syslog:
    """RFC 6587: a digit from 1 to 9 begins a length; anything else ends at LF."""

    partial = "emit"
    separator = b"\n"

    def next(self, source):
        if not source.left():
            raise End()
        if source.data[source.at] in b"123456789":
            try:
                return Ascii(10, b" ", canonical=True, low=1, most=18).next(source)
            except Partial as partial:
                partial.strict = True
                raise
        start = source.at
        end = source.data.find(b"\n", start)
        if end < 0:
            source.at = len(source.data)
            if source.data[start:] == b"\r":
                return None
            raise Partial(source.data[start:], start)
        source.at = end + 1
        payload = source.data[start:end]
        return None if payload in (b"", b"\r") else Record(payload, start)


# --------------------------------------------------------------------- stuffing


class Slip:
    """RFC 1055."""

    partial = "fail"
    separator = b"\xc0"

    def next(self, source):
        while source.left() and source.data[source.at] == 0xC0:
            source.at += 1
        if not source.left():
            raise End()
        start, payload = source.at, b""
        while True:
            byte = source.byte()
            if byte == 0xC0:
                return Record(payload, start)
            if byte == 0xDB:
                escaped = source.byte()
                if escaped not in (0xDC, 0xDD):
                    raise Malformed()
                byte = 0xC0 if escaped == 0xDC else 0xDB
            payload += bytes([byte])

    def encode(self, payload):
        if not payload:
            return None
        return b"\xc0" + payload.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"

    def holds(self, payload):
        return len(payload) > 0


class Hdlc:
    """RFC 1662 section 4, without the meaning of what is in a frame."""

    partial = "fail"
    opening = b"~"

    def next(self, source):
        if source.at == 0 and source.left() and source.data[0] != 0x7E:
            raise Malformed()
        while True:
            while source.left() and source.data[source.at] == 0x7E:
                source.at += 1
            if not source.left():
                raise End()
            record = self.frame(source)
            if record:
                return record

    def frame(self, source):
        """The next frame, or None if it is aborted."""
        start, payload = source.at, b""
        while True:
            byte = source.byte()
            if byte == 0x7E:
                return Record(payload, start)
            if byte == 0x7D:
                byte = source.byte() ^ 0x20
                if byte == 0x7E ^ 0x20:
                    source.at -= 1
                    return None
            payload += bytes([byte])

    def encode(self, payload):
        if not payload:
            return None
        return b"~" + payload.replace(b"}", b"}]").replace(b"~", b"}^") + b"~"

    def holds(self, payload):
        return len(payload) > 0


class Cobs:
    """Cheshire and Baker: a count of bytes up to the next zero byte, then these bytes."""

    partial = "fail"
    separator = b"\0"

    def next(self, source):
        while source.left() and source.data[source.at] == 0:
            source.at += 1
        if not source.left():
            raise End()
        start, payload = source.at, b""
        while True:
            code = source.byte()
            for _ in range(code - 1):
                byte = source.byte()
                if byte == 0:
                    raise Malformed()
                payload += bytes([byte])
            if source.byte() == 0:
                return Record(payload, start)
            source.at -= 1
            if code < 255:
                payload += b"\0"

    def encode(self, payload):
        out, block = b"", b""
        for i, byte in enumerate(payload):
            if byte:
                block += bytes([byte])
            if not byte or len(block) == 254:
                out += bytes([len(block) + 1]) + block
                if byte and len(block) == 254:
                    block = b""
                    if i + 1 == len(payload):
                        return out + b"\0"
                    continue
                block = b""
        return out + bytes([len(block) + 1]) + block + b"\0"

    def holds(self, payload):
        return True


# -------------------------------------------------------------------- protocols


TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Chunked:
    """RFC 9112 section 7.1."""

    partial = "fail"

    def __init__(self, lf=False):
        self.lf = lf
        self.over = False

    def line_end(self, source):
        byte = source.byte()
        if byte == 10 and self.lf:
            return
        if byte != 13 or source.byte() != 10:
            raise Malformed()

    def next(self, source):
        if self.over:
            raise End()
        digits = ""
        while True:
            byte = source.byte()
            if chr(byte) not in "0123456789abcdefABCDEF":
                source.at -= 1
                break
            digits += chr(byte)
            if int(digits, 16) >= 2 ** 64:
                raise Malformed()
        if not digits:
            raise Malformed()
        self.extensions(source)
        self.line_end(source)
        size = int(digits, 16)
        if size == 0:
            self.trailers(source)
            self.over = True
            raise End()
        at = source.at
        payload = source.bytes(size)
        self.line_end(source)
        return Record(payload, at)

    def extensions(self, source):
        """*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ), section 7.1.1;
        stops before the end of the line."""
        white = False
        while True:
            white = self.skip_white(source) or white
            if source.byte() != 0x3B:
                source.at -= 1
                # White space that no semicolon follows.
                if white:
                    source.byte()
                    raise Malformed()
                return
            self.skip_white(source)
            self.token(source)
            white = self.skip_white(source)
            if source.byte() != 0x3D:
                source.at -= 1
                continue
            white = False
            self.skip_white(source)
            if source.byte() == 0x22:
                self.quoted(source)
            else:
                source.at -= 1
                self.token(source)

    def skip_white(self, source):
        start = source.at
        while source.byte() in b" \t":
            pass
        source.at -= 1
        return source.at > start

    def token(self, source):
        if source.byte() not in TOKEN:
            raise Malformed()
        while source.byte() in TOKEN:
            pass
        source.at -= 1

    def quoted(self, source):
        """RFC 9110 section 5.6.4, after its first quote."""
        while True:
            byte = source.byte()
            if byte == 0x22:
                return
            if byte == 0x5C:
                byte = source.byte()
            if byte < 0x20 and byte != 9 or byte == 0x7F:
                raise Malformed()

    def trailers(self, source):
        while True:
            byte = source.byte()
            if byte in b"\r\n":
                source.at -= 1
                self.line_end(source)
                return
            if byte not in TOKEN:
                raise Malformed()
            name = b""
            while byte != 0x3A:
                name += bytes([byte])
                byte = source.byte()
                if byte != 0x3A and byte not in TOKEN:
                    raise Malformed()
            # What frames a message belongs before it (RFC 9110 section 6.5.1).
            if name.lower() in (b"content-length", b"transfer-encoding"):
                raise Malformed()
            while True:
                byte = source.byte()
                if byte in b"\r\n":
                    source.at -= 1
                    self.line_end(source)
                    break
                if byte < 0x20 and byte != 9 or byte == 0x7F:
                    raise Malformed()

    def encode(self, payload):
        return b"%x\r\n%b\r\n" % (len(payload), payload) if payload else None

    finish = b"0\r\n\r\n"

    def holds(self, payload):
        return len(payload) > 0


class Csv:
    """RFC 4180: line ends in quotes belong to the row; and what the keys change.  Section 2 has
    the grammar, "field = (escaped / non-escaped)", so a quote is either the first byte of a
    field, or inside one that began with a quote."""

    partial = "emit"

    def __init__(self, sep=b",", quote=b'"', escape=b"", cr=False, skip_empty=False,
                 lazy_quotes=False):
        self.sep, self.quote, self.escape = sep, quote, escape
        self.cr, self.skip_empty, self.lazy = cr, skip_empty, lazy_quotes
        self.first = True

    def next(self, source):
        if self.first:
            self.first = False
            if source.data.startswith(b"\xef\xbb\xbf"):
                source.at = 3
        if not source.left():
            raise End()
        start = source.at
        self.ended = False
        while not self.ended:
            self.field(source, start)
        if source.data[start:source.at] == self.end and self.skip_empty:
            return None
        return Record(source.data[start:source.at - len(self.end)], start)

    def partly(self, source, start, strict):
        """The input ends in the row."""
        source.at = len(source.data)
        partial = Partial(source.data[start:], start)
        partial.strict = strict
        raise partial

    def wrong(self, source, at):
        if not self.lazy:
            source.at = at + 1
            raise Malformed()

    def line_end(self, data, at):
        """b"" if there is none."""
        if data[at:at + 2] == b"\r\n":
            return b"\r\n"
        return data[at:at + 1] if data[at:at + 1] in (b"\n", b"\r"[:self.cr]) else b""

    def quoted(self, source, start):
        """Up to the closing quote, which comes first if it is no other byte."""
        data = source.data
        source.at += 1
        while source.at < len(data):
            byte = data[source.at:source.at + 1]
            source.at += 1
            if byte == self.quote:
                if data[source.at:source.at + 1] != self.quote:
                    return
                source.at += 1
            elif byte == self.escape:
                source.at += 1
        self.partly(source, start, True)

    def field(self, source, start):
        """A field and what ends it: a separator, or the line end, or the input."""
        data, closed = source.data, False
        if data[source.at:source.at + 1] == self.quote:
            self.quoted(source, start)
            closed = True
        while source.at < len(data):
            byte = data[source.at:source.at + 1]
            self.end = self.line_end(data, source.at)
            if self.end or byte == self.sep:
                source.at += len(self.end or byte)
                self.ended = bool(self.end)
                return
            if closed and byte == b"\r" and source.at + 1 == len(data) and not self.lazy:
                self.partly(source, start, True)
            if closed and byte == b"\r":
                self.wrong(source, source.at + 1)
            elif closed or byte == self.quote:
                self.wrong(source, source.at)
            source.at += 1 + (byte == self.escape and not closed)
            closed = False
        self.partly(source, start, source.at > len(data))

    def after(self, source, start):
        """--on-malformed=skip leaves out a row of those that there are with `lazy-quotes`."""
        self.lazy, source.at = True, start
        try:
            self.next(source)
        except Partial:
            pass
        self.lazy = False


# --------------------------------------------------------------------- damage


def is_right(framing, source, at):
    """Do so many frames as the framing needs begin here?  Fewer if the input ends, and of the
    last of several its header is enough if that has constants."""
    trial, framing = Input(source.data), copy.copy(framing)
    trial.at = at
    for number in range(framing.proof):
        if number and not trial.left():
            return True
        trial.header = False
        try:
            framing.next(trial)
        except Partial:
            return number > 0
        except Malformed:
            return number > 0 and trial.header
        except (End, TooLong):
            return False
    return True


def places(framing, data, at):
    """Where a record can begin, from a place on."""
    separator, opening = getattr(framing, "separator", b""), getattr(framing, "opening", b"")
    at = data.find(separator or opening, at)
    while 0 <= at < len(data):
        yield at + len(separator)
        at = data.find(separator or opening, at + 1)


def recovers(framing):
    """Can it find its place again?"""
    if isinstance(framing, Csv):
        return not framing.lazy
    return any(getattr(framing, how, False) for how in ("separator", "opening", "proof"))


def recover(framing, source, start):
    """--on-malformed=skip: goes to the next place where a record can begin; `start` is where
    the bad frame does, and the last byte read showed the damage."""
    if isinstance(framing, Csv):
        framing.after(source, start)
        return
    if getattr(framing, "proof", 0):
        first = start + (not hasattr(framing, "separator"))
    else:
        first = source.at - 1 if hasattr(framing, "separator") else source.at
    source.at = len(source.data)
    for at in places(framing, source.data, first):
        if not getattr(framing, "proof", 0) or is_right(framing, source, at):
            source.at = at
            return
