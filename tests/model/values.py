# SPDX-License-Identifier: MIT
"""The part of the model that has JSON values in it: one after another, in arrays, in lines, and in
sequences.

RFC 8259 has the grammar; how far values are checked says cb-framing(7): brackets match,
strings end at a quote that no backslash precedes, and only numbers and names at the top level are
looked at in full.
"""

import re

from model import Cut, End, Malformed, Partial, Record

SPACE = b" \t\n\r"
BOM = b"\xef\xbb\xbf"
NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
NAMES = (b"true", b"false", b"null")
FIRST = b'[{"-0123456789tfn'
WORD = FIRST[3:]


def is_prefix_of_number(text):
    """Could more bytes make a number of this?"""
    return any(NUMBER.fullmatch(text + more) for more in (b"", b"0", b".0", b"e0"))


def longest_word(data, at):
    """The end of the longest beginning of a number or a name, and whether it is a whole one."""
    end = at + 1
    if data[at] in b"tfn":
        name = next(name for name in NAMES if name[0] == data[at])
        while end < len(data) and end - at < len(name) and data[end] == name[end - at]:
            end += 1
        return end, data[at:end] == name
    while end < len(data) and is_prefix_of_number(data[at:end + 1]):
        end += 1
    return end, bool(NUMBER.fullmatch(data[at:end]))


class Values:
    """What the three have in common."""

    partial = "emit"

    def __init__(self, rng, keep=False):
        self.rng, self.keep = rng, keep

    def wrong(self, source, at):
        source.at = at + 1
        raise Malformed()

    def end_of_value(self, source, data, at):
        """The end of an array, object or string; None if it is not there.  (No input here is nested
        so deeply that some brackets are forgotten.)"""
        brackets, string, i = [], False, at
        while i < len(data):
            byte = data[i]
            if string:
                if byte == 0x5C:
                    i += 1
                elif byte == 0x22:
                    string = False
            elif byte == 0x22:
                string = True
            elif byte in b"[{":
                brackets.append(byte)
            elif byte in b"]}" and brackets.pop() != byte - 2:
                self.wrong(source, i)
            i += 1
            if not brackets and not string and i <= len(data):
                return i
        return None

    def before(self, source, start):
        """To the first byte of a value, after white space and at most one byte order mark."""
        data, at = source.data, start
        while data[at:at + 1] and data[at] in SPACE:
            at += 1
        if data[at:at + 1] == BOM[:1]:
            for byte in BOM:
                if at == len(data):
                    source.at = at
                    raise Partial()
                if data[at] != byte:
                    self.wrong(source, at)
                at += 1
            while data[at:at + 1] and data[at] in SPACE:
                at += 1
        source.at = at
        if at == len(data):
            raise End()
        if data[at] not in FIRST:
            self.wrong(source, at)
        return at

    def unended(self, source, start, at, strict):
        source.at = len(source.data)
        partial = Partial(source.data[start if self.keep else at:], start if self.keep else at)
        partial.strict = strict
        raise partial

    def value(self, source, start, at, after_word, goes_on):
        """The value at `at`.  The input may end with a whole word, unless the text `goes_on`."""
        data, from_ = source.data, start if self.keep else at
        if data[at] not in WORD:
            end = self.end_of_value(source, data, at)
            if end is None:
                self.unended(source, start, at, True)
        else:
            end, whole = longest_word(data, at)
            if end == len(data):
                self.unended(source, start, at, goes_on or not whole)
            if not whole or data[end] not in after_word:
                self.wrong(source, end)
        source.at = end
        return Record(data[from_:end], from_)

    def encode(self, payload):
        return None


class Json(Values):
    """Values one after another."""

    def next(self, source):
        start = source.at
        at = self.before(source, start)
        return self.value(source, start, at, SPACE + b'[]{}",:' + BOM[:1], False)


class Elements(Values):
    """The elements of arrays."""

    partial = "fail"

    def __init__(self, rng, keep=False):
        super().__init__(rng, keep)
        self.inside = self.first = False
        self.start = 0

    def skip(self, source):
        while source.left() and source.data[source.at] in SPACE:
            source.at += 1
        if not source.left():
            raise Partial()

    def find(self, source):
        """To the first byte of an element."""
        data = source.data
        while True:
            if not self.inside:
                at = self.before(source, source.at)
                if data[at] != 0x5B:
                    self.wrong(source, at)
                source.at, self.inside, self.first = at + 1, True, True
            self.skip(source)
            if data[source.at] == 0x5D:
                source.at, self.inside = source.at + 1, False
                continue
            if not self.first:
                if data[source.at] != 0x2C:
                    self.wrong(source, source.at)
                source.at += 1
                self.skip(source)
            if data[source.at] not in FIRST:
                self.wrong(source, source.at)
            self.first = False
            return source.at

    def next(self, source):
        start = source.at
        return self.value(source, start, self.find(source), SPACE + b",]", True)


class Lines(Values):
    """A value in each line."""

    separator = b"\n"

    def next(self, source):
        data, start = source.data, source.at
        at = self.before(source, start)
        line = data.find(b"\n", at)
        stop = len(data) if line < 0 else line
        text = data[:stop]
        if data[at] in WORD:
            end, whole = longest_word(text, at)
        else:
            end = self.end_of_value(source, text, at)
            whole = end is not None
        if not whole and line < 0 and end in (None, len(data)):
            self.unended(source, start, at, True)
        if not whole:
            self.wrong(source, stop if end is None else end)
        rest = end
        while rest < stop and text[rest] in b" \t":
            rest += 1
        cr = text[rest:rest + 1] == b"\r"
        if rest + cr < stop:
            self.wrong(source, rest + cr)
        if line < 0:
            self.unended(source, start, at, False)
        source.at = line + 1
        if self.keep:
            return Record(data[start:line + 1], start)
        return Record(data[at:line - cr], at)


class Sequence(Values):
    """RFC 7464.  An RS ends any text."""

    partial = "fail"
    opening = b"\x1e"

    def __init__(self, rng, keep=False):
        super().__init__(rng, keep)
        self.separated = False

    def next(self, source):
        data, at = source.data, source.at
        start = at
        while at < len(data) and data[at] in SPACE + b"\x1e":
            self.separated |= data[at] == 0x1E
            at += 1
        if at == len(data):
            source.at = at
            raise End()
        if not self.separated or data[at] not in FIRST:
            self.wrong(source, at)
        rs = data.find(b"\x1e", at)
        stop = len(data) if rs < 0 else rs
        text, from_ = data[:stop], start if self.keep else at
        if data[at] in WORD:
            end, whole = longest_word(text, at)
            if end == stop:
                end = None
            elif not whole or text[end] not in SPACE:
                self.wrong(source, end)
        else:
            end = self.end_of_value(source, text, at)
        if end is None:
            source.at = stop
            raise (Partial if rs < 0 else Cut)(data[from_:stop], from_)
        source.at = end
        if self.keep:
            while source.at < stop and data[source.at] in SPACE:
                source.at += 1
                if data[source.at - 1] == 0x0A:
                    break
        return Record(data[from_:source.at], from_)
