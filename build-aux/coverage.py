#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests have executed: called by "make coverage" in the build folder.

usage: coverage.py [--branches] SOURCE-FOLDER

Prints the share of lines and branches of each file, the fewest first, then the lines that
were not executed, and the sums of the library and the program.  Fails if a sum is below its
target.  With --branches the lines with a branch that was never taken are printed, too.

A line that no test can reach says why in a comment that begins with "not reached:", at its
end; it counts as if it was not there.  On a line of its own such a comment is about all that
comes after it in its block.  "not taken:" does the same for branches: those of its line do
not count, the line does.

A function of a header is compiled into many objects: its lines have been executed if they
were in one of them.
"""
import collections
import json
import os
import subprocess
import sys

# The shares in percent.
Part = collections.namedtuple('Part', 'folder name lines branches')
PARTS = [Part('lib', 'library', 100, 95), Part('cli', 'program', 95, None)]


def notes():
    """The notes of all objects; of two that were compiled from a source, the one that runs."""
    for part in PARTS:
        for folder, _, names in os.walk(part.folder):
            for name in sorted(names):
                if not name.endswith('.gcno'):
                    continue
                if not os.path.exists(os.path.join(folder, '.libs', name)):
                    yield os.path.join(folder, name)


class Source:
    """How often each line and branch of a file was executed."""

    def __init__(self, path):
        with open(path, encoding='utf-8') as file:
            self.text = file.read().splitlines()
        self.lines = collections.Counter()
        self.branches = collections.defaultdict(collections.Counter)
        self.excepted = set(self.find_marked('reached'))
        self.straight = set(self.find_marked('taken'))

    def find_marked(self, word):
        """The numbers of the lines that are marked as never reached or taken."""
        depth = None
        for number, line in enumerate(self.text, 1):
            indent = len(line) - len(line.lstrip())
            if depth is not None and line.strip() and indent < depth:
                depth = None
            mark = f'/* not {word}: ' in line
            if mark and line.lstrip().startswith('/* not '):
                depth = indent
            if mark or depth is not None:
                yield number

    def add(self, line):
        """What gcov has counted for a line, in one object."""
        number = line['line_number']
        if number in self.excepted:
            return
        self.lines[number] += line['count']
        if number in self.straight:
            return
        # One line may be in several functions, if a macro names them.
        for i, branch in enumerate(line['branches']):
            self.branches[number][line.get('function_name'), i] += branch['count']

    def missed_lines(self):
        return sorted(n for n, count in self.lines.items() if not count)

    def branch_counts(self, number):
        """How often each branch of a line was taken, in whichever function."""
        counts = collections.Counter()
        for (_, i), count in self.branches[number].items():
            counts[i] += count
        return list(counts.values())

    def missed_branches(self):
        return [n for n in sorted(self.branches) if 0 in self.branch_counts(n)]

    def sums(self):
        branches = [count for n in self.branches for count in self.branch_counts(n)]
        return Sums(len(self.lines), len(self.lines) - len(self.missed_lines()),
                    len(branches), len(branches) - branches.count(0))


class Sums(collections.namedtuple('Sums', 'lines executed branches taken')):
    def __add__(self, other):
        return Sums(*(a + b for a, b in zip(self, other)))

    def shares(self):
        return (100 * self.executed / (self.lines or 1), 100 * self.taken / (self.branches or 1))

    def __str__(self):
        lines, branches = self.shares()
        return (f'{lines:6.2f}% of {self.lines:5} lines, '
                f'{branches:6.2f}% of {self.branches:5} branches')


def read_all(top):
    """The sources by their path in `top`, with what gcov has counted."""
    sources = {}
    command = [os.environ.get('GCOV', 'gcov'), '--json-format', '--stdout',
               '--branch-probabilities', *notes()]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL).stdout
    for report in output.splitlines():
        report = json.loads(report)
        for file in report['files']:
            path = os.path.join(report['current_working_directory'], file['file'])
            name = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
            if not name.startswith(tuple(part.folder + '/' for part in PARTS)):
                continue
            if name not in sources:
                sources[name] = Source(path)
            for line in file['lines']:
                sources[name].add(line)
    return sources


def show(title, sources, missed):
    """Prints the lines that `missed` gives of each source."""
    lines = [f'{name}:{n}: {source.text[n - 1].strip()}'
             for name, source in sorted(sources.items()) for n in missed(source)]
    if lines:
        print(f'\n{title}:', *lines, sep='\n')


def main():
    with_branches = sys.argv[1] == '--branches'
    sources = read_all(sys.argv[-1])
    for name, source in sorted(sources.items(), key=lambda item: item[1].sums().shares()):
        print(f'{source.sums()}  {name}')
    if with_branches:
        show('with a branch that was not taken', sources, Source.missed_branches)
    show('not executed', sources, Source.missed_lines)
    print()
    reached = True
    for part in PARTS:
        total = sum((source.sums() for name, source in sources.items()
                     if name.startswith(part.folder + '/')), Sums(0, 0, 0, 0))
        lines, branches = total.shares()
        enough = lines >= part.lines and branches >= (part.branches or 0)
        target = f'{part.lines}%' + (f' and {part.branches}%' if part.branches else '')
        print(f'{total}  {part.name}: {"" if enough else "NOT "}the {target} that must be')
        reached = reached and enough
    sys.exit(0 if reached else 1)


main()
