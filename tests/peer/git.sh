#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The pkt-lines of git: what git-upload-pack says is what git-ls-remote shows,
# and requests that are written as pkt-lines bring a pack.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need git
export HOME="$scratch" GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_CONFIG_COUNT GIT_PROTOCOL

repository() {
    git -C repo -c user.name=x -c user.email=x@example.org "$@"
}

git init -q repo
seq 3000 >repo/file
git -C repo add file
repository commit -q -m first
echo more >>repo/file
repository commit -q -a -m second
repository tag -a -m annotated v1
id=$(git -C repo rev-parse HEAD)
# Enough of them for several reads, as git packs them: a file for each would take its time.
seq 2000 | sed "s,.*,$id refs/heads/branch-&," | sort -k 2 >repo/.git/packed-refs

about 'the first version'

doing='git upload-pack --advertise-refs'
git upload-pack --advertise-refs repo >advertised
git ls-remote repo >wanted
# The first has the server's capabilities, after a zero byte; the last is a
# flush-pkt, an empty record.
"$CBSPLIT" -f pkt-line -t raw <advertised | tr '\000' ' ' |
    awk '{ print $1 "\t" $2 }' >refs
expect_same wanted refs
"$CBSPLIT" -f pkt-line -c <advertised >out
expect out "$(($(wc -l <wanted) + 1))\\n"
"$CBSPLIT" -f pkt-line -t pkt-line <advertised >out
expect_same advertised out

# fetch - asks for everything, and unpacks what comes to an empty repository;
# after the first pkt-line of the answer, NAK, is the pack
fetch() {
    doing='git upload-pack --stateless-rpc'
    printf 'want %s\n\ndone\n' "$id" | "$CBSPLIT" -t pkt-line |
        git upload-pack --stateless-rpc repo >answer 2>log
    git init -q --bare copy
    { "$CBSPLIT" -f pkt-line -n 1 -t raw >nak && git -C copy unpack-objects -q; } <answer
    expect nak 'NAK\n'
    git -C repo cat-file -p "$id:file" >wanted
    git -C copy cat-file -p "$id:file" >file
    expect_same wanted file
}
fetch

about 'the second version'

# ask PKT... - lines with an empty one where a flush-pkt is to be
ask() {
    doing='git upload-pack, version 2'
    printf '%s\n' "$@" | "$CBSPLIT" -t pkt-line |
        GIT_PROTOCOL=version=2 git upload-pack --stateless-rpc repo >answer
}

ask command=ls-refs ''
git ls-remote --refs repo >wanted
"$CBSPLIT" -f pkt-line -t raw <answer | awk '$2 != "HEAD" { print $1 "\t" $2 }' >refs
expect_same wanted refs

# In an answer with sections there is a delim-pkt between them (0001), which
# `keep` shows.
doing='git upload-pack, version 2, fetch'
want=$(printf 'want %s' "$id")
{
    printf '%s\n' command=fetch | "$CBSPLIT" -t pkt-line
    printf 0001
    printf '%s\n' "$want" "have $(git -C repo rev-parse HEAD~1)" '' | "$CBSPLIT" -t pkt-line
} | GIT_PROTOCOL=version=2 git upload-pack --stateless-rpc repo >answer 2>log
"$CBSPLIT" -f pkt-line,keep <answer | grep -qx 0001 || fail "$doing: no delim-pkt"
"$CBSPLIT" -f pkt-line -t raw <answer | grep -qx acknowledgments || fail "$doing: no section"
