#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Records that begin with a mark, in inputs of many reads, against Perl; and
# that one is given as soon as the next mark has come.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# made LETTERS - 300,000 of them at random
made() {
    perl -e 'srand(5); my @c = split //, shift; print $c[rand @c] for 1 .. 300000' "$1"
}

# as_perl MARK - netstrings of what begins with it
as_perl() {
    MARK=$1 perl -0777 -ne '
        my $m = quotemeta $ENV{MARK};
        print length $1, ":$1," while /\G((?:$m)?(?:(?!$m).)*+)/gs && length $1'
}

# agrees LETTERS MARK
agrees() {
    doing="start:$2 of $1"
    made "$1" >in
    as_perl "$2" <in >wanted
    "$CBSPLIT" --from "start:$2" --to netstring in >out 2>err
    expect_message ''
    expect_same wanted out
    "$CBSPLIT" --from "start:$2" --to raw in >out
    expect_same in out
    expect_count=$("$CBSPLIT" --from netstring --count wanted)
    [ "$("$CBSPLIT" --from "start:$2" --count in)" = "$expect_count" ] || fail "$doing: --count"
}

agrees 'abc' a
agrees 'abcdefghijklmnopqrstuvwxyz' z
agrees 'abc' ab
agrees 'ab' aa
agrees 'abcdefghijklmnopqrstuvwxyz' zz
agrees 'ab' aba
agrees 'abc' abcabc
agrees 'aaaaaaab' aaaaaaaa
agrees 'ab' aaaaaaaaaaaaaaaaaaaaaab
agrees 'ab' c

converse --from 'start:From '
send 'before\nFrom a\nFr'
send 'om b\nFrom'
receive 'before\n\nFrom a\n\n'
send ' c\n'
receive 'From b\n\n'
ends 0 'From c\n\n'
