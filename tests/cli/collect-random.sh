#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Workers that are slow, answer late, in parts or not at all, or die: every record has its
# answer, once and whole and (with -k) in its place, or is one of those that messages name.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# A worker: answers each line N with "N LENGTH " and so many letters.  By a random number it
# delays its answers, writes them in parts, and stops in one of several ways.
cat >worker <<'EOS'
use strict;
my ($seed) = @ARGV;
srand($seed * 100 + $ENV{CBSPLIT_WORKER});
my $way = int rand 9;
my $left = $way < 4 ? 1e9 : 1 + int rand 150;
my $late = rand() < 0.5 ? 0 : int rand 20;
my $size = (1, 30, 3000, 70000)[rand 4];
my (@held, $input);
sub put {
    my ($text) = @_;
    while (length $text) {
        my $n = rand() < 0.9 ? length $text : 1 + int rand length $text;
        my $wrote = syswrite STDOUT, $text, $n;
        exit 0 unless defined $wrote;
        substr $text, 0, $wrote, '';
        select undef, undef, undef, rand 0.002 if rand() < 0.02;
    }
}
sub answer {
    my ($n) = @_;
    my $length = ($n * 7919) % $size;
    return sprintf "%d %d %s\n", $n, $length, chr(97 + $n % 26) x $length;
}
while (1) {
    while (!@held || (@held <= $late && defined $input)) {
        my $line = <STDIN>;
        last if !defined $line;
        $input = 1;
        chomp $line;
        push @held, $line;
    }
    last if !@held;
    while (@held > $late) {
        put(answer(shift @held));
        stop() if --$left <= 0;
    }
    if (eof STDIN) {
        put(answer(shift @held)) while @held;
        last;
    }
}
sub stop {
    # To end with 0 after having read all, or to answer nothing, is wrong only in order.
    exit($ENV{ORDER} ? 0 : 2) if $way == 4;
    exit 3 if $way == 5;
    put('torn'), kill 9, $$ if $way == 6;
    kill 15, $$ if $way == 7;
    1 while <STDIN>;
    exit($ENV{ORDER} ? 0 : 3);
}
EOS

# The numbers that messages name; "rest N" becomes all from N on.
named() {
    sed -n 's/.*it had been given records* \([0-9, -]*\)$/\1/p
        s/.*records from \([0-9]*\) on were not given to any$/\1-2000/p' err |
        tr -d ' ' | tr ',' '\n' | awk -F - '{ for (i = $1; i <= ($2 ? $2 : $1); i++) print i }'
}

cat >check <<'EOS'
use strict;
my ($in_order) = @ARGV;
my (%named, %seen, $last);
open my $named, '<', 'named' or die;
while (<$named>) { chomp; $named{$_} = 1 }
open my $out, '<', 'out' or die;
while (<$out>) {
    my ($n, $length, $text) = /^(\d+) (\d+) ([a-z]*)\n\z/ or die "a torn record: " . substr($_, 0, 60) . "\n";
    die "record $n is not whole\n" if $text ne chr(97 + $n % 26) x $length;
    die "record $n is there twice\n" if $seen{$n}++;
    die "record $n after $last\n" if $in_order && defined $last && $n < $last;
    $last = $n;
}
for (1 .. 2000) {
    die "record $_ is lost, and not named\n" unless $seen{$_} || $named{$_};
}
EOS

seq 2000 >in
failed=0
seed=0
seeds=16
[ -z "${THOROUGH-}" ] || seeds=24
while [ $seed -lt "${COLLECT_SEEDS:-$seeds}" ]; do
    seed=$((seed + 1))
    for order in '' -k; do
        jobs=$((seed % 7 + 1))
        export ORDER=$order
        # shellcheck disable=SC2086
        run -j $jobs $order --collect=line --worker="exec perl ./worker $seed"
        [ "$status" -eq 0 ] || [ "$status" -eq 123 ] || expect_status 0
        [ "$status" -eq 123 ] || expect_message ''
        [ "$status" -eq 0 ] || failed=$((failed + 1))
        # A list may be too long for a message.
        ! grep -q ' more$' err || continue
        named >named
        perl ./check "$order" >said 2>&1 || {
            cat err
            fail "$doing: $(cat said)"
        }
    done
done
[ $failed -gt 5 ] || fail "only $failed runs had a worker that failed"
[ $failed -lt $((2 * seed)) ] || fail "all runs had a worker that failed"
