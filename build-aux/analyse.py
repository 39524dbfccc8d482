#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Looks at the library and the program with the analysers of gcc, clang-tidy and
# cppcheck, one source at a time, and prints what they warn of, unless it is
# excused in analyse-exceptions.  An exception that excuses nothing is printed
# too.  To be run where config.h was made, by `make analyse`.
#
# usage: build-aux/analyse.py [TOOL...]      (gcc, clang-tidy, clang-analyzer, cppcheck)
#
# clang-analyzer is the part of clang-tidy that follows paths, as gcc's analyser does: it takes
# twenty times as long as all the rest of it.

import concurrent.futures
import fnmatch
import os
import platform
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
EXCEPTIONS = os.path.join(HERE, "analyse-exceptions")
FLAGS = ["-std=c11", "-include", "config.h", "-I" + os.getcwd(), "-I" + TOP + "/lib"]

# What looks at one source.
TOOLS = {
    "gcc": ["gcc", "-O1", "-fanalyzer", *FLAGS, "-c", "-o", "/dev/null", "SOURCE"],
    "clang-tidy": ["clang-tidy", "--quiet", "--checks=-clang-analyzer-*", "SOURCE", "--", *FLAGS],
    "clang-analyzer": ["clang-tidy", "--quiet", "--checks=-*,clang-analyzer-*," + ",".join(
        "-clang-analyzer-" + left_out for left_out in (
            "security.insecureAPI.DeprecatedOrUnsafeBufferHandling",
            "optin.performance.Padding")), "SOURCE", "--", *FLAGS],
    "cppcheck": ["cppcheck", "--quiet", "--std=c11", "--include=config.h", "-I" + os.getcwd(),
                 "-I" + TOP + "/lib", "--enable=warning,style,performance,portability",
                 "--template={file}:{line}:{column}: warning: {message} [{id}]", "SOURCE"],
}

# "lib/core/pool.c:259:9: warning: why [CWE-476] [-Wcheck]"
WARNING = re.compile(r"(?P<file>[^:\n]+):(?P<line>\d+):\d+: (?:warning|error): (?P<why>.*?)"
                     r"(?: \[CWE-\d+\])? \[(?:-W)?(?P<check>[^\[\]]+)\]$")


class Exception_:
    """TOOL CHECK FILE MESSAGE, the last two as the shell's patterns; the reason, for
    one or more of them, follows in indented lines."""

    def __init__(self, number, line):
        self.number = number
        self.tool, self.check, self.file, self.message = line.split(None, 3)
        self.reason = ""
        self.used = False

    def excuses(self, tool, file, check, why):
        return (self.tool == tool and self.check == check and fnmatch.fnmatchcase(file, self.file)
                and fnmatch.fnmatchcase(why, self.message))


def read_exceptions():
    exceptions = []
    explained = 0
    with open(EXCEPTIONS, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or not line.strip():
                continue
            if line[0].isspace():
                for exception in exceptions[explained:]:
                    exception.reason = line.strip()
                explained = len(exceptions)
            else:
                exceptions.append(Exception_(number, line.rstrip("\n")))
    return exceptions


def sources():
    """The C sources but those for other processors and systems."""
    others = ("_x86.c" if platform.machine() == "aarch64" else "_neon.c", "_procctl.c")
    for part in ("lib", "cli"):
        for folder, _, names in os.walk(os.path.join(TOP, part)):
            for name in sorted(names):
                if name.endswith(".c") and not name.endswith(others):
                    yield os.path.join(folder, name)


def look(tool, source):
    """The warnings of a source as (tool, file, check, why, line), and what went wrong."""
    command = [source if word == "SOURCE" else word for word in TOOLS[tool]]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
                          env={**os.environ, "LC_ALL": "C"})
    found = set()
    for line in done.stdout.splitlines():
        match = WARNING.match(line)
        if match:
            file = os.path.relpath(match["file"], TOP)
            found.add((tool, file, match["check"], match["why"], int(match["line"])))
    failed = done.returncode != 0 and not found
    return found, f"{' '.join(command)}:\n{done.stdout}" if failed else ""


def main():
    tools = sys.argv[1:] or list(TOOLS)
    missing = [tool for tool in tools if not shutil.which(TOOLS[tool][0])]
    if missing:
        sys.exit("missing: " + " ".join(missing))
    exceptions = read_exceptions()
    wrong = [f"{EXCEPTIONS}:{e.number}: no reason is given" for e in exceptions if not e.reason]
    warnings = set()
    jobs = [(tool, source) for tool in tools for source in sources()]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for found, failure in pool.map(lambda job: look(*job), jobs):
            warnings |= found
            wrong += [failure] if failure else []
    for tool, file, check, why, line in sorted(warnings):
        excuses = [e for e in exceptions if e.excuses(tool, file, check, why)]
        for exception in excuses:
            exception.used = True
        if not excuses:
            wrong.append(f"{file}:{line}: {tool}: {why} [{check}]")
    wrong += [f"{EXCEPTIONS}:{e.number}: this excuses nothing" for e in exceptions
              if e.tool in tools and not e.used]
    print("\n".join(wrong), end="\n" if wrong else "")
    print(f"{len(jobs)} looks, {len(warnings)} warnings, {len(wrong)} complaints")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
