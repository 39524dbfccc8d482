# SPDX-License-Identifier: MIT
"""Usage: tests/mutate.py [OPTION...] [FILE...]

Whether the tests notice a fault.  Changes one operator, constant or condition of a source
FILE at a time (each FILE of the table TESTS if none is named), builds what uses it, and runs
tests until one fails.  Prints the changes that no test noticed and tests/mutate.known
does not explain; exits with 1 if these are more than 10 of 100 of a file.

  --sample N      try N changes of each file, drawn at random (100); 0 tries each
  --seed N        for the drawing (1)
  -j N            try N changes at a time (one for each processor)
  --tests TESTS   run these instead of those of the table, separated by spaces
  --results PATH  append what came out to PATH; what is there already is not tried again
  --again         but try those again that no test noticed

Runs in a folder that was built, with the source in it, and changes nothing there but what
make builds: the changed source, its object and the programs linked with it are in a
temporary folder.

A change that does not compile, or that gives the same object code, counts as none.  A test
that takes five times its usual time has noticed.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import random
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

DECODING = "test_decoder test_pieces test_cuts test_delimiters test_lengths test_chunked" \
           " test_framings:records test_framings:bounds test_take test_place test_ahead test_settle" \
           " test_every:decoders test_every_end test_framings:random"
ENCODING = "test_encoder test_encode test_encode_room test_encode_calls test_table test_header" \
           " test_trailer test_failures test_reframe_calls test_reframe_kept test_outputs" \
           " test_every_encoder test_messages test_framings:random"
MESSAGES = "test_http:messages test_http:bounds test_http:content-length test_header test_trailer" \
           " test_messages test_overflow test_http:random"
OWN = "test_own test_own_contract test_own_encode test_own_lies"
BUFFERS = "test_buffer test_append test_consume test_offer test_io test_pool test_hold" \
          " test_number test_print test_failures test_reader test_threads test_search test_random"
# Of which file which tests ought to notice a change: of tests/unit, perhaps one case of a
# test, or scripts.
TESTS = {
    "lib/core/append.c": BUFFERS,
    "lib/core/consume.c": BUFFERS,
    "lib/core/hold.c": "test_hold test_failures test_threads",
    "lib/core/offer.c": BUFFERS,
    "lib/framing/decoder.c": DECODING + " test_reader test_header test_trailer test_mixed"
                             " test_recover " + OWN + " test_failures test_json test_http:random",
    "lib/framing/pieces.c": DECODING + " test_reader test_header test_trailer test_mixed"
                            " test_recover " + OWN + " test_failures test_json test_reframe"
                            " test_reframe_kept test_http:random",
    "lib/framing/spans.c": DECODING + " test_header test_trailer test_mixed test_recover"
                           " test_failures test_json test_reframe",
    "lib/framing/recover.c": DECODING + " test_recover test_scanned test_json test_lines",
    "lib/framing/take.c": DECODING + " " + OWN + " test_journal test_stuffed test_sse test_websocket test_values",
    "lib/framing/unpack.c": DECODING + " test_stuffed test_sse test_websocket test_lines test_header test_reframe",
    "lib/framing/encode.c": ENCODING + " " + OWN + " test_reframe",
    "lib/framing/encoder.c": ENCODING + " " + OWN + " test_reframe tests/cli/dump.sh",
    "lib/framing/reframe.c": ENCODING + " test_reframe test_place test_splice",
    "lib/framing/short.c": ENCODING + " test_reframe test_place",
    "lib/framing/steps.c": ENCODING + " " + OWN + " test_reframe tests/cli/dump.sh",
    "lib/framing/whole.c": ENCODING + " " + OWN + " test_reframe",
    "lib/framings/chunked.c": DECODING + " " + ENCODING + " " + MESSAGES + " tests/cli/chunked.sh"
                              " tests/cli/specifications.sh",
    "lib/framings/content_length.c": DECODING + " " + ENCODING + " " + MESSAGES
                                     + " tests/cli/specifications.sh",
    "lib/framings/delimiter.c": DECODING + " " + ENCODING + " test_recover test_reframe test_lines"
                                " tests/cli/delimiters.sh tests/cli/specifications.sh",
    "lib/framings/http.c": DECODING + " " + ENCODING + " " + MESSAGES + " tests/cli/http.sh"
                           " tests/cli/specifications.sh",
    "lib/framings/shared/counted.c": DECODING + " " + ENCODING + " test_recover test_overflow"
                                     " test_values test_journal " + OWN + " test_http",
    "lib/framings/shared/digits.c": DECODING + " " + ENCODING + " test_overflow test_values",
    "lib/framings/shared/size_line.c": DECODING + " " + MESSAGES + " tests/cli/chunked.sh",
}
ENOUGH = 90  # of 100
KNOWN = "tests/mutate.known"
MEMORY = 4 << 30  # a change may allocate without end

# What is changed into what, outside comments and strings.
OPERATORS = [
    (r" == ", " != "), (r" != ", " == "),
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " + "), (r" / ", " * "), (r" % ", " / "),
    (r" && ", " || "), (r" \|\| ", " && "),
    (r" & ", " | "), (r" \| ", " & "), (r" << ", " >> "), (r" >> ", " << "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r" \|= ", " &= "), (r" &= ", " |= "),
    (r"\+\+", "--"), (r"(?<=\w|\)|\])--|--(?=\w)", "++"),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\b0\b", "1"), (r"\b1\b", "0"), (r"\b[2-9]\b|\b[1-9][0-9]+\b", lambda n: str(int(n) + 1)),
    (r"\bif \((?!!)", "if (!("), (r"\bwhile \((?!!)", "while (!("),
    (r"\bbreak;", ";"), (r"\bcontinue;", ";"), (r"\breturn CB_OK;", "return CB_ESTATE;"),
]

Change = collections.namedtuple("Change", "path start end new")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


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


def changes(path, text, seed):
    """Each Change of the text, in an order that `seed` gives."""
    code, found = blank(text), []
    for pattern, replacement in OPERATORS:
        for match in re.finditer(pattern, code):
            end = match.end()
            new = replacement(match.group(0)) if callable(replacement) else replacement
            if new.endswith("(!("):
                close = closing(code, match.end() - 1)
                if close < 0:
                    continue
                end, new = close, new + text[match.end():close] + ")"
            found.append(Change(path, match.start(), end, new))
    random.Random(seed).shuffle(found)
    return found


def changed(text, change):
    return text[:change.start] + change.new + text[change.end:]


def line_at(text, at):
    """(number, line without white space around it)"""
    number = text.count("\n", 0, at)
    return number + 1, text.split("\n")[number].strip()


def limited(seconds):
    """For the child: time of the processor, which other processes do not take from it."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return limit


def run(command, seconds, environment=None):
    """Its exit status (None if it waited too long) and the seconds of processor it took."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True,
                               env=environment, preexec_fn=limited(seconds))
    watch = threading.Timer(10 * seconds, os.killpg, (process.pid, signal.SIGKILL))
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    watch.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


class Build:
    """How this folder compiles a source, and links a program."""

    def __init__(self):
        self.compile = self.ask("$(COMPILE)") + ["-g0", "-w", "-c"]
        self.link = self.ask("$(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) $(LDFLAGS)")

    @staticmethod
    def ask(expression):
        """What make takes an expression for."""
        rule = "mutate-ask:\n\t@echo '%s'\n" % expression
        made = subprocess.run(["make", "-s", "-f", "Makefile", "-f", "-", "mutate-ask"],
                              input=rule, stdout=subprocess.PIPE, text=True, check=True)
        return shlex.split(made.stdout)

    def parts(self, program):
        """Its objects and libraries."""
        name = re.sub(r"\W", "_", program)
        add = "cbsplit_LDADD" if program == "cbsplit" else "LDADD"
        found = []
        for part in self.ask("$(%s_OBJECTS) $(%s) $(LIBS)" % (name, add)):
            part = re.sub(r"([^/]*)\.la$", r".libs/\1.a", part)
            found.append(part)
        return found


class Test:
    """A program of tests/unit, perhaps one case of it, or a script."""

    def __init__(self, name):
        path, _, case = name.partition(":")
        self.name = name
        self.script = path if path.endswith(".sh") else None
        self.program = "cbsplit" if self.script else "tests/unit/" + path
        self.environment = dict(os.environ, CK_FORK="no", TOP_SRCDIR=os.getcwd(),
                                TOP_BUILDDIR=os.getcwd())
        if case:
            self.environment["CK_RUN_CASE"] = case
        self.seconds, self.parts = 0, []

    def measure(self, build):
        self.parts = build.parts(self.program)
        passed, self.seconds = self.run(self.program, 60)
        if not passed:
            sys.exit("mutate.py: %s fails already" % self.name)

    def run(self, program, seconds):
        """(whether it passes, the time it took)"""
        environment = dict(self.environment, CBSPLIT=os.path.abspath(program))
        command = ["sh", self.script] if self.script else [os.path.abspath(program)]
        status, used = run(command, seconds, environment)
        return status == 0, used

    def notices(self, program):
        return not self.run(program, 2 + 5 * self.seconds)[0]


class Bench:
    """Tries changes of one file."""

    def __init__(self, build, path, tests, folder):
        self.build, self.path, self.tests, self.folder = build, path, tests, folder
        self.text = read(path)
        self.kills = collections.Counter()
        with tempfile.TemporaryDirectory(dir=folder) as work:
            self.original = self.compiled(self.text, work)

    def compiled(self, text, work):
        """The object code of a text; nothing if it does not compile."""
        source = os.path.join(work, os.path.basename(self.path))
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        command = self.build.compile + ["-ffile-prefix-map=%s=." % work, "-o", work + "/it.o",
                                        "-iquote", os.path.dirname(self.path), source]
        if run(command, 60)[0] != 0:
            return None
        with open(work + "/it.o", "rb") as file:
            return file.read()

    def linked(self, test, work):
        """The changed object comes first: that of the library is not wanted any more."""
        built = os.path.join(work, os.path.basename(test.program))
        if not os.path.exists(built):
            own = os.path.splitext(self.path)[0] + ".o"
            parts = [part for part in test.parts if part != own]
            subprocess.run([*self.build.link, "-o", built, work + "/it.o", *parts], check=True)
        return built

    def attempt(self, change):
        """`none` if there is nothing to notice, the test that noticed, or `nobody`."""
        with tempfile.TemporaryDirectory(dir=self.folder) as work:
            code = self.compiled(changed(self.text, change), work)
            if code is None or code == self.original:
                return "none"
            # Those that notice most in the least time come first; 0.2 is for linking.
            for test in sorted(self.tests, key=lambda test: (
                    (0.2 + test.seconds) / (1 + self.kills[test.name]))):
                if test.notices(self.linked(test, work)):
                    self.kills[test.name] += 1
                    return test.name
        return "nobody"


class Results:
    """What came out before, kept in a file."""

    def __init__(self, path, again):
        self.file, self.known = None, {}
        if not path:
            return
        if os.path.exists(path):
            for line in read(path).splitlines():
                key, verdict = json.loads(line)
                self.known[tuple(key)] = verdict
        if again:
            self.known = {k: v for k, v in self.known.items() if v != "nobody"}
        self.file = open(path, "a", encoding="utf-8")

    @staticmethod
    def key(text, change):
        return (hashlib.sha256(text.encode()).hexdigest()[:16], *change)

    def of(self, bench, change):
        key = self.key(bench.text, change)
        if key not in self.known:
            self.known[key] = bench.attempt(change)
            if self.file:
                self.file.write(json.dumps([key, self.known[key]]) + "\n")
                self.file.flush()
        return self.known[key]


def explained():
    """{(path, changed line): why no test can notice}"""
    found, key = {}, None
    for line in read(KNOWN).splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("    "):
            found[key] = (found.get(key, "") + " " + line.strip()).strip()
        else:
            path, _, changed_line = line.partition(": ")
            key = (path, changed_line.strip())
    return found


def verdicts(bench, results, options):
    """(change, what came out) for each of the sample, in the order of the drawing."""
    todo = iter(changes(bench.path, bench.text, options.seed))
    window, tried = collections.deque(), 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        while not options.sample or tried < options.sample:
            while len(window) < 2 * options.jobs and (change := next(todo, None)):
                window.append((change, pool.submit(results.of, bench, change)))
            if not window:
                return
            change, future = window.popleft()
            if future.result() != "none":
                tried += 1
                yield change, future.result()


def examine(bench, results, options, known):
    """Whether enough is noticed, and what is not is explained."""
    noticed = equivalent = missed = 0
    for change, verdict in verdicts(bench, results, options):
        number, line = line_at(bench.text, change.start)
        _, new = line_at(changed(bench.text, change), change.start)
        if verdict != "nobody":
            noticed += 1
        elif (change.path, new) in known or ("*", new) in known:
            equivalent += 1
        else:
            missed += 1
            print("%s:%d: %s\n%s: %s" % (change.path, number, line, change.path, new), flush=True)
    total = noticed + equivalent + missed
    print("%s: %d of %d changes were noticed, %d cannot be" % (
        bench.path, noticed, total, equivalent), flush=True)
    return 100 * (noticed + equivalent) >= ENOUGH * total


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[0][7:])
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count())
    parser.add_argument("--tests", default="")
    parser.add_argument("--results")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("files", nargs="*", metavar="FILE")
    options = parser.parse_args()
    paths = options.files or TESTS
    wanted = {path: list(dict.fromkeys((options.tests or TESTS[path]).split())) for path in paths}
    tests = {name: Test(name) for names in wanted.values() for name in names}
    programs = sorted({test.program for test in tests.values()})
    subprocess.run(["make", "-s", "-j%d" % options.jobs, "cbsplit", *programs], check=True)
    build, results, known = Build(), Results(options.results, options.again), explained()
    for test in tests.values():
        test.measure(build)
    enough = True
    with tempfile.TemporaryDirectory(prefix="mutate.") as folder:
        for path in paths:
            bench = Bench(build, path, [tests[name] for name in wanted[path]], folder)
            enough = examine(bench, results, options, known) and enough
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
