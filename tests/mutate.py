# SPDX-License-Identifier: MIT
"""Usage: tests/mutate.py [--sample N] [--seed N] FILE TEST...

Changes one operator, constant or condition of a source FILE at a time, builds, and sees
whether one of the TESTS (tests/unit/test_x, tests/cli/y.sh) notices.  Run it in a build
folder that is the source folder too, and in a clone: it writes to FILE, and puts it back at
the end.  Prints the changes that nobody noticed.

A change that does not compile, or that gives the same object code, counts as none.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time

# What is changed into what, outside comments and strings.
OPERATORS = [
    (r" == ", " != "), (r" != ", " == "),
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" \+ ", " - "), (r" - ", " + "),
    (r" && ", " || "), (r" \|\| ", " && "),
    (r" & ", " | "), (r" \| ", " & "), (r" << ", " >> "), (r" >> ", " << "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r" \|= ", " &= "), (r" &= ", " |= "),
    (r"\+\+", "--"), (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\b0\b", "1"), (r"\b1\b", "0"), (r"\b2\b", "3"), (r"\b(?<=\[)0(?=\])", "1"),
    (r"\bif \((?!!)", "if (!("), (r"\bwhile \((?!!)", "while (!("),
    (r"\bbreak;", ";"), (r"\bcontinue;", ";"), (r"\breturn CB_OK;", "return CB_ESTATE;"),
]


def blank(text):
    """The text with comments, strings and directives overwritten by spaces."""
    pattern = r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#(?:[^\n]*\\\n)*[^\n]*'
    return re.sub(pattern, lambda m: re.sub(r"[^\n]", " ", m.group(0)), text,
                  flags=re.S | re.M)


def closing(text, at):
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return -1


def mutants(text):
    """(start, end, replacement) for each change."""
    code, found = blank(text), []
    for pattern, replacement in OPERATORS:
        for match in re.finditer(pattern, code):
            start, end, new = match.start(), match.end(), replacement
            if replacement.endswith("(!("):
                close = closing(code, match.end() - 1)
                if close < 0:
                    continue
                end, new = close, replacement + text[match.end():close] + ")"
            found.append((start, end, new))
    return found


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def run(command, seconds):
    """Its exit status; None if it took too long."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None


def build(tests):
    programs = [t for t in tests if not t.endswith(".sh")]
    return run(["make", "-j2", "cbsplit", *programs], 300) == 0


def noticed(tests, seconds):
    for test in tests:
        command = ["sh", test] if test.endswith(".sh") else [test]
        if run(command, seconds[test]) != 0:
            return True
    return False


def objects(path):
    found = []
    stem = os.path.splitext(path)[0]
    for name in (os.path.dirname(stem) + "/.libs/" + os.path.basename(stem) + ".o", stem + ".o"):
        if os.path.exists(name):
            with open(name, "rb") as file:
                found.append(file.read())
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file")
    parser.add_argument("tests", nargs="+")
    options = parser.parse_args()
    environment = {"CBSPLIT": "cbsplit", "TOP_SRCDIR": ".", "TOP_BUILDDIR": "."}
    for name, path in environment.items():
        os.environ[name] = os.path.abspath(path)
    os.environ["CK_DEFAULT_TIMEOUT"] = "20"
    with open(options.file, encoding="utf-8") as file:
        text = file.read()
    if not build(options.tests):
        sys.exit("mutate.py: the build fails already")
    seconds = {}
    for test in options.tests:
        began = time.monotonic()
        if noticed([test], {test: 300}):
            sys.exit("mutate.py: %s fails already" % test)
        seconds[test] = 10 + 5 * (time.monotonic() - began)
    original = objects(options.file)
    chosen = mutants(text)
    random.Random(options.seed).shuffle(chosen)
    tried = seen = 0
    try:
        for start, end, new in chosen:
            if tried == options.sample:
                break
            with open(options.file, "w", encoding="utf-8") as file:
                file.write(text[:start] + new + text[end:])
            if not build(options.tests) or objects(options.file) == original:
                continue
            tried += 1
            if noticed(options.tests, seconds):
                seen += 1
                continue
            line = line_of(text, start)
            print("%s:%d: %r became %r\n    %s" % (
                options.file, line, text[start:end], new, text.splitlines()[line - 1].strip()),
                  flush=True)
    finally:
        with open(options.file, "w", encoding="utf-8") as file:
            file.write(text)
    print("%s: %d of %d changes were noticed" % (options.file, seen, tried))


if __name__ == "__main__":
    main()
