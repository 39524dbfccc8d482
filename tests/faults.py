# SPDX-License-Identifier: MIT
"""Usage: faults.py [--cases N | --each [--step N]] [--seed N] [--scene NAME] [--call NAME]
                 [--verbose]

Makes one system call or allocation of cbsplit ($CBSPLIT) fail at a time, with each error that
its manual page lists, or do less than it was asked for; or all of them from the n-th on, over
every source and sink.  Then the output is right and the status what it was, or the error is
reported, and all that was written before it is right: nothing lost, nothing doubled, no part
for the whole.  No memory is leaked either.

--cases N tries N of them, at random, --each each fault once in each scene, or with --step N
every N-th; without these all are tried, which takes an hour.  $PRELOAD is the module of
tests/preload/preload.h.
"""

import argparse
import collections
import concurrent.futures
import errno
import fcntl
import itertools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

CBSPLIT = os.path.abspath(os.environ.get("CBSPLIT", "./cbsplit"))
PRELOAD = os.path.abspath(os.environ.get("PRELOAD", "tests/.libs/preload.so"))

TIMEOUT = 30
PIPE_SIZE = 1 << 20
F_SETPIPE_SZ = 1031

# ---------------------------------------------------------------------- calls

# The errors of each call, as its page in man-pages 6 lists them, but for EAGAIN and EINTR:
# those, and less than was asked for, may only make it be called again.
ERRORS = {
    "allocation": "ENOMEM",
    "read": "EBADF EFAULT EINVAL EIO EISDIR",
    "readv": "EBADF EFAULT EINVAL EIO EISDIR",
    "pread": "EBADF EFAULT EINVAL EIO EISDIR ENXIO EOVERFLOW ESPIPE",
    "recv": "EBADF ECONNREFUSED EFAULT EINVAL ENOMEM ENOTCONN ENOTSOCK",
    "recvmsg": "EBADF ECONNREFUSED EFAULT EINVAL ENOMEM ENOTCONN ENOTSOCK",
    "write": "EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINVAL EIO ENOSPC EPERM EPIPE",
    "writev": "EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINVAL EIO ENOSPC EPERM EPIPE",
    "splice": "EBADF EINVAL ENOMEM ESPIPE ENOSYS EPERM",
    "copy_file_range": "EBADF EFBIG EINVAL EIO EISDIR ENOMEM ENOSPC EOPNOTSUPP EOVERFLOW EPERM "
                       "ETXTBSY EXDEV ENOSYS",
    "sendfile": "EBADF EFAULT EINVAL EIO ENOMEM EOVERFLOW ESPIPE ENOSYS EPERM",
    "tee": "EINVAL ENOMEM ENOSYS EPERM",
    "poll": "EFAULT EINVAL ENOMEM",
    "ppoll": "EFAULT EINVAL ENOMEM",
    "epoll_create1": "EINVAL EMFILE ENFILE ENOMEM ENOSYS",
    "epoll_ctl": "EBADF EEXIST EINVAL ELOOP ENOENT ENOMEM ENOSPC EPERM",
    "epoll_wait": "EBADF EFAULT EINVAL",
    "lseek": "EBADF EINVAL ENXIO EOVERFLOW ESPIPE",
    "fstat": "EACCES EBADF EFAULT ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW",
    "ftruncate": "EBADF EFBIG EINVAL EIO EPERM EROFS ETXTBSY",
    "fcntl": "EACCES EBADF EBUSY EFAULT EINVAL EMFILE EPERM",
    "grow_pipe": "EBADF EBUSY EINVAL EPERM",
    "ioctl": "EBADF EFAULT EINVAL ENOTTY",
    "open": "EACCES EBUSY EDQUOT EEXIST EFAULT EFBIG EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG "
            "ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS "
            "ETXTBSY",
    "close": "EBADF EIO ENOSPC EDQUOT",
    "unlink": "EACCES EBUSY EFAULT EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM "
              "EROFS",
    "pipe": "EFAULT EINVAL EMFILE ENFILE",
    "pipe2": "EFAULT EINVAL EMFILE ENFILE",
    "getsockopt": "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK",
    "posix_spawn": "EAGAIN ENOMEM ENOSYS EINVAL",
    "pthread_create": "EAGAIN EINVAL EPERM",
    "waitpid": "ECHILD EINVAL ESRCH",
}

AGAIN = {
    "EINTR": "read readv pread recv recvmsg write writev splice copy_file_range sendfile tee poll "
             "ppoll epoll_wait waitpid",
    "EAGAIN": "read readv write writev splice sendfile tee poll ppoll",
}
SHORT = "readv write writev splice copy_file_range sendfile tee"
SIZES = [1, 2, 3, 5, 8, 13, 100, 4095, 4096, 65535]

# An error of these may be passed over: what they are for is not needed, there is another way,
# or (close) nothing was written.  (getsockopt: only a socket has datagrams.)
SILENT = "allocation splice copy_file_range sendfile tee poll ppoll lseek fstat fcntl grow_pipe ioctl open close pipe2 "\
         "waitpid pipe posix_spawn getsockopt"

# Where these are not for the input: the pipe by which reports are asked for, or a first try.
READS_ELSEWHERE = {"stats": ["read"], "exact": ["read", "readv"], "exact-lines": ["read", "readv"]}


def faults_of(call, count):
    """Each fault of each of so many calls: what goes wrong, and whether it may be seen."""
    for n in range(1, count + 1):
        for error in ERRORS[call].split():
            yield "%s@%d" % (error, n), True
            yield "%s@%d+" % (error, n), True
        for error, calls in AGAIN.items():
            if call in calls.split():
                yield "%s@%d" % (error, n), False
        if call in SHORT.split():
            for size in SIZES:
                yield "%d@%d" % (size, n), False


# --------------------------------------------------------------------- scenes

LONG = b"x" * 180000
RECORDS = [b"a", b"bb", b"", LONG, b"dddd", b"", b"eeeee", b"f"]
NETSTRINGS = b"".join(b"%d:%s," % (len(record), record) for record in RECORDS)
LINES = b"".join(b"line %d\n" % n for n in range(1, 13))

# A command that prints nothing of what it could not read whole.
WHOLE = 'x=$(cat); echo "[$x]"'
EACH = 'while IFS= read -r line; do echo "$line"; done'


class Scene:
    def __init__(self, name, arguments, data, check="prefix", sources=None, status=0):
        self.name, self.arguments, self.data, self.check = name, arguments, data, check
        self.sources, self.status = sources or SOURCES, status


SOURCES = ["file", "pipe", "socket", "name"]
FILES = ["file", "name"]
OUTPUTS = ["file", "pipe", "socket"]

SCENES = [
    Scene("lines", ["-t", "netstring"], LINES),
    Scene("long", ["-f", "netstring"], NETSTRINGS),
    Scene("passed", ["-f", "netstring", "-t", "u32be"], NETSTRINGS),
    Scene("looked-at", ["-f", "netstring", "-t", "cobs"], NETSTRINGS),
    Scene("skip", ["-f", "netstring", "--skip=4", "-t", "raw"], NETSTRINGS),
    Scene("select", ["-f", "netstring", "--select=2,5-6", "-t", "raw"], NETSTRINGS),
    Scene("exact", ["-f", "netstring", "--exact", "-n", "5"], NETSTRINGS),
    Scene("exact-lines", ["--exact", "-n", "3"], LINES),
    Scene("count", ["-f", "netstring", "-c"], NETSTRINGS, "all"),
    Scene("check", ["-f", "netstring", "--check"], NETSTRINGS, "all"),
    Scene("stats", ["-f", "netstring", "--stats=json"], NETSTRINGS, "prefix-noise"),
    Scene("files", ["-f", "netstring", "-o", "made/%02d"], NETSTRINGS, "files"),
    Scene("group", ["--group=5", "--header=1", "-o", "made/%02d"], LINES, "files"),
    Scene("group-size", ["--group-size=20", "-o", "made/%02d"], LINES, "files"),
    Scene("forced", ["--force", "-f", "netstring", "-o", "made/%02d"], NETSTRINGS, "files"),
    Scene("exec", ["-f", "netstring", "--exec", WHOLE], NETSTRINGS, "commands"),
    Scene("exec-group", ["--group=5", "--header=1", "--exec", WHOLE], LINES, "commands"),
    Scene("exec-ordered", ["-k", "-j", "2", "--exec", WHOLE], LINES, "commands"),
    Scene("exec-many", ["-j", "3", "--exec", WHOLE], LINES, "lines"),
    Scene("worker", ["--worker", EACH], LINES, "commands"),
    Scene("workers", ["-j", "3", "--worker", EACH], LINES, "lines"),
    Scene("collect", ["-j", "3", "--collect=line", "--worker", EACH], LINES, "lines"),
    Scene("collect-ordered", ["-k", "-j", "3", "--collect=line", "--worker", EACH], LINES, "commands"),
    Scene("collect-exec", ["-k", "--collect=line", "--exec", WHOLE], LINES, "commands"),
    Scene("collect-pieces", ["-k", "--collect=line", "--exec", "cat; echo"], LINES, "commands"),
    Scene("header", ["-j", "2", "--header=2", "--worker", EACH], LINES, "lines"),
    Scene("long-worker", ["-f", "netstring", "--worker", EACH], NETSTRINGS, "commands"),
    Scene("part", ["--part=2/3", "-t", "netstring"], LINES, sources=FILES),
    # (The last LF may be the first byte of the longer delimiter.)
    Scene("idle", ["-d", "\\n", "-d", "\\n\\n", "--idle=0.001", "-n", "12", "-t", "netstring"], LINES,
          sources=["open"]),
    Scene("dump", ["-f", "netstring", "-t", "dump"], NETSTRINGS),
    Scene("json", ["-f", "netstring", "-t", "json"], NETSTRINGS),
    Scene("index", ["-f", "netstring", "-t", "index"], NETSTRINGS),
    Scene("delimiters", ["-d", "<a long delimiter, one of two>", "-d", "<another>"],
          b"a<a long delimiter, one of two>b<another>"),
    Scene("http", ["-f", "http"],
          b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"),
    Scene("slip", ["-f", "slip", "-t", "slip"], b"a\333\334b\300"),
    Scene("sse", ["-f", "sse,data", "-t", "sse"], b"data:a\ndata:b\n\n"),
    Scene("websocket", ["-f", "websocket", "-t", "line"], b"\202\202\1\2\3\4ab"),
    Scene("partial", ["-f", "netstring", "--on-partial=emit", "-t", "netstring"],
          b"2:ab,400000:" + LONG),
    Scene("probe", ["--probe"], LINES, "all"),
    Scene("explain", ["--explain=http"], b"", "all"),
    Scene("recover", ["-f", "netstring", "--on-malformed=skip"], b"1:a,1:b;2:cc,", status=3),
]


# -------------------------------------------------------------------- running


def make_pipe():
    ends = os.pipe()
    fcntl.fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE)
    return ends


def make_sockets():
    pair = socket.socketpair()
    for one in pair:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIPE_SIZE)
    return pair[0].detach(), pair[1].detach()


def read_all(fd):
    parts = []
    while True:
        part = os.read(fd, PIPE_SIZE)
        if not part:
            return b"".join(parts)
        parts.append(part)


class Result:
    pass


class Runner:
    """Runs a scene from a source to an output, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        os.mkdir(folder)

    def open_source(self, kind, data):
        """What the program reads from, and what keeps that from ending, or None."""
        path = os.path.join(self.folder, "in")
        with open(path, "wb") as file:
            file.write(data)
        if kind == "name":
            return os.open("/dev/null", os.O_RDONLY), None
        if kind == "file":
            return os.open(path, os.O_RDONLY), None
        ours, theirs = make_sockets() if kind == "socket" else make_pipe()[::-1]
        if os.write(ours, data) != len(data):
            raise SystemExit("faults.py: the input does not fit in a %s" % kind)
        if kind == "open":
            return theirs, ours
        os.close(ours)
        return theirs, None

    def open_output(self, kind):
        """What the program writes to, and what we read from."""
        if kind == "file":
            path = os.path.join(self.folder, "out")
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            return fd, os.open(path, os.O_RDONLY)
        return (make_pipe() if kind == "pipe" else make_sockets())[::-1]

    def prepare(self, scene):
        made = os.path.join(self.folder, "made")
        shutil.rmtree(made, ignore_errors=True)
        os.mkdir(made)
        if scene.name == "forced":
            for n in range(1, len(RECORDS) + 1):
                with open("%s/%02d" % (made, n), "wb") as file:
                    file.write(b"old")
        return made

    @staticmethod
    def wait(process, seconds):
        """False if it had to be ended, which ends its commands, too."""
        try:
            process.wait(timeout=seconds)
            return True
        except subprocess.TimeoutExpired:
            process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return False

    def run(self, scene, source, output, faults):
        made = self.prepare(scene)
        report = os.path.join(self.folder, "report")
        if os.path.exists(report):
            os.unlink(report)
        stdin, kept_open = self.open_source(source, scene.data)
        stdout, reading = self.open_output(output)
        arguments = scene.arguments + (["in"] if source == "name" else [])
        result = Result()
        said = os.path.join(self.folder, "err")
        with open(said, "wb") as err:
            process = subprocess.Popen(
                [CBSPLIT] + arguments, stdin=stdin, stdout=stdout, stderr=err, cwd=self.folder,
                env=dict(os.environ, LC_ALL="C", LD_PRELOAD=PRELOAD, CALLS_REPORT=report, **faults))
        os.close(stdout)
        result.hung = not self.wait(process, TIMEOUT)
        result.status = process.returncode
        if kept_open is not None:
            os.close(kept_open)
        with open(said, encoding="latin-1") as err:
            result.err = err.read()
        result.out = read_all(reading)
        result.left = os.lseek(stdin, 0, os.SEEK_CUR) if source in ("file", "name") \
            else read_all(stdin)
        os.close(reading)
        os.close(stdin)
        result.files = {}
        for name in sorted(os.listdir(made)):
            with open(os.path.join(made, name), "rb") as file:
                result.files[name] = file.read()
        result.calls = {}
        if os.path.exists(report):
            with open(report) as file:
                for line in file:
                    *_, name, count = line.split()
                    result.calls[name] = int(count)
        return result


# ------------------------------------------------------------------- checking


def first_difference(a, b):
    n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return "at byte %d: %r, expected %r" % (n, a[n:n + 40], b[n:n + 40])


def whole_lines(result):
    """Of what commands printed; the last may be torn by the end of standard output."""
    return result.out.split(b"\n")[:-1]


def is_subsequence(lines, expected):
    """The records of one command may be missing, if that is reported; others not."""
    rest = iter(expected)
    return all(line in rest for line in lines)


def is_same(scene, good, result):
    """Is all as it is without faults?  What is wrong, or None."""
    if result.status != good.status:
        return "status %d" % result.status
    if result.err != good.err and scene.check != "prefix-noise":
        return "it said %r" % result.err
    out, expected = result.out, good.out
    if scene.check == "lines":
        out, expected = sorted(out.split(b"\n")), sorted(expected.split(b"\n"))
    if out != expected:
        return "another output, " + first_difference(out, expected)
    if result.files != good.files:
        return "other files: %s" % list(result.files)
    if result.left != good.left:
        return "something else is left of the input"
    return None


def is_right_so_far(scene, good, result):
    """After an error that was reported: what is wrong, or None."""
    if result.status not in (1, 123, 126, 127):
        return "status %d" % result.status
    lines = result.err.splitlines()
    if not any(line.startswith("cbsplit: ") for line in lines):
        return "no message, but status %d: %r" % (result.status, result.err)
    if scene.check.startswith("prefix") and not good.out.startswith(result.out):
        return "what was written is wrong, " + first_difference(result.out, good.out)
    if scene.check == "commands" and not is_subsequence(whole_lines(result), whole_lines(good)):
        return "what commands printed is doubled or wrong: %r" % result.out
    if scene.check == "lines":
        lines = whole_lines(result)
        # (Each worker has the header.)
        if collections.Counter(lines) - collections.Counter(whole_lines(good)):
            return "lines are doubled or wrong: %r" % lines
    for name, data in result.files.items():
        if data != good.files.get(name) and not (scene.name == "forced" and data == b"old"):
            return "file %s holds a part, %d bytes" % (name, len(data))
    return None


# What may be said when memory is out: that it is, once of each command.  pthread_create has
# words of its own for it.
CAUSE = r"(what it printed: )?(out of memory|Cannot allocate memory)"
OUT_OF_MEMORY = re.compile(
    r"cbsplit: \S+: (records? [-\d]+( at byte \d+)?: )?%s(, at byte \d+)?|"
    r"cbsplit: worker \d+: %s; it had been given .*|"
    r"cbsplit: thread: Resource temporarily unavailable" % (CAUSE, CAUSE))
# Figures, and a worker that has a part of the record.
BESIDES = re.compile(r"cbsplit: worker \d+: stopped inside record \d+, .*|[^c].*|")


def wrong_about_memory(good, result):
    """What is wrong with the messages after a failed allocation, or None."""
    said = [line for line in result.err.splitlines()
            if line not in good.err and not BESIDES.fullmatch(line)]
    other = [line for line in said if not OUT_OF_MEMORY.fullmatch(line)]
    about = {line.split(": ")[1:3][line.startswith("cbsplit: exec: record")] for line in said}
    if other or not said or len(about) != len(said):
        return "it said something else, or more: %r" % result.err
    return None


def wrong(scene, good, result, call, fault, may_be_seen):
    if fault.startswith("EPIPE") and result.status == -signal.SIGPIPE:
        return None
    if result.hung:
        return "it hangs"
    if not result.calls:
        return "it crashed, status %d: %r" % (result.status, result.err)
    if result.calls["held"] > good.calls["held"]:
        return "%d allocations were not freed" % result.calls["held"]
    if fault.startswith("EPIPE") and scene.check in ("commands", "lines"):
        return None  # they have read as much as they wanted, so all they print is right
    happened = result.calls[call] >= int(fault.split("@")[1].rstrip("+"))
    if not may_be_seen or not happened:
        return is_same(scene, good, result)
    if result.status == scene.status and result.err == good.err or result.status == 0:
        if is_same(scene, good, result):
            return "status 0, but " + is_same(scene, good, result)
        silent = call in SILENT.split() or call in READS_ELSEWHERE.get(scene.name, [])
        return None if silent else "status 0, and nothing was said"
    if call == "allocation":
        return wrong_about_memory(good, result) or is_right_so_far(scene, good, result)
    text = os.strerror(getattr(errno, fault.split("@")[0]))
    if text not in result.err and call != "waitpid":
        return "the message does not name the cause: %r" % result.err
    return is_right_so_far(scene, good, result)


class Plan:
    """Cases, and the results without faults that they are compared with."""

    def __init__(self, runner, options):
        self.runner, self.options = runner, options
        self.scenes = [s for s in SCENES if options.scene in (None, s.name)]
        self.good = {}

    def without_faults(self, scene, source, output):
        key = scene, source, output
        if key not in self.good:
            good = self.runner.run(scene, source, output, {})
            if good.status != scene.status or (
                    good.err and not good.status and scene.check != "prefix-noise"):
                raise SystemExit("FAIL: %s fails without a fault: %r" % (scene.name, good.err))
            self.good[key] = good
        return self.good[key]

    def faults(self, scene, source, output):
        good = self.without_faults(scene, source, output)
        for call, count in sorted(good.calls.items()):
            if self.options.call not in (None, call) or call not in ERRORS:
                continue
            if call != "allocation":
                count = min(count, self.options.most)
            for fault, seen in faults_of(call, count):
                if call == "waitpid" and fault.endswith("+") and "exec" in scene.name:
                    continue  # each command that cannot be waited for has its 2 s
                yield scene, source, output, good, call, fault, seen

    def every(self):
        for scene in self.scenes:
            for source in scene.sources:
                for output in OUTPUTS:
                    yield from self.faults(scene, source, output)

    def each(self):
        """Each fault of each scene, from one source after the other to one output after the
        other."""
        for scene in self.scenes:
            ways = [(source, output) for source in scene.sources for output in OUTPUTS]
            lists = [list(self.faults(scene, *way)) for way in ways]
            known = {}
            for way, cases in enumerate(lists):
                for case in cases:
                    known.setdefault(case[4:], []).append(case)
            for n, cases in enumerate(known.values()):
                yield cases[n % len(cases)]

    def some(self, count, seed):
        rng = random.Random(seed)
        for _ in range(count):
            scene = rng.choice(self.scenes)
            source, output = rng.choice(scene.sources), rng.choice(OUTPUTS)
            cases = list(self.faults(scene, source, output))
            if cases:
                # First the call, or those that have many errors would be most of them.
                call = rng.choice(sorted({case[4] for case in cases}))
                yield rng.choice([case for case in cases if case[4] == call])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, help="so many, at random")
    parser.add_argument("--each", action="store_true", help="each fault once in each scene")
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=12, help="calls of a kind that fail")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scene")
    parser.add_argument("--call")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    failed = total = 0
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(Runner(os.path.join(folder, "plan")), options)
        if options.cases:
            cases = plan.some(options.cases, options.seed)
        else:
            cases = plan.each() if options.each else plan.every()
            cases = itertools.islice(cases, options.seed % options.step, None, options.step)
        local = threading.local()

        def attempt(case):
            if not hasattr(local, "runner"):
                local.runner = Runner(os.path.join(folder, str(threading.get_ident())))
            scene, source, output, good, call, fault, seen = case
            result = local.runner.run(scene, source, output, {"FAIL_" + call: fault})
            return case, wrong(scene, good, result, call, fault, seen)

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for case, what in pool.map(attempt, list(cases)):
                scene, source, output, _, call, fault, _ = case
                if options.verbose or what:
                    print("%s from %s to %s, FAIL_%s=%s: %s" % (
                        scene.name, source, output, call, fault, what or "right"), flush=True)
                failed += bool(what)
                total += 1
    print("%d faults, %d not as promised" % (total, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
