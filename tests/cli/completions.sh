#!/bin/sh
# SPDX-License-Identifier: MIT
#
# bash, zsh and fish complete options, their words, framings and keys.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need bash
completions=$TOP_SRCDIR/completions
mkdir bin
ln -s "$CBSPLIT" bin/cbsplit
PATH=$scratch/bin:$PATH
export PATH completions

# bash_completes LINE - the candidates at its end, in order, in a line
cat >complete.bash <<'END'
source "$completions/cbsplit.bash"
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=(cbsplit)
_cbsplit
printf '%s\n' "${COMPREPLY[@]}"
END
bash_completes() {
    bash complete.bash "$1" | grep . | sort | tr '\n' ' '
}
fish_completes() {
    fish -N -c 'source $completions/cbsplit.fish; complete -C $argv[1]' -- "$1" | cut -f 1 |
        sed 's/^--[a-z-]*=//' | sort | tr '\n' ' '
}
# What zsh shows, until all that is wanted is there: it is asked in a terminal.
cat >complete.zsh <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; LISTMAX=0; TERM=dumb; bindkey "^I" complete-word; fpath=($completions $fpath)'
zpty -w z 'autoload -Uz compinit; compinit -u -D; echo REA""DY'
zpty -r -m z shown '*READY*'
zpty -w -n z "$1"$'\t'
shown=
wanted=(${=2})
for (( i = 0; i < 200; i++ )) {
    while zpty -r -t z part; do shown+=$part; done
    all=1
    for word in $wanted; do [[ $shown == *$word* ]] || all=0; done
    (( ! all )) || break
    sleep 0.1
}
zpty -d z
for word in $wanted; do [[ $shown != *$word* ]] || print -- $word; done
END
zsh_completes() {
    zsh -f complete.zsh "$1" "$2" | sort | tr '\n' ' '
}

# completes LINE WANTED - in each shell that is there
completes() {
    for shell in bash zsh fish; do
        command -v $shell >/dev/null || continue
        doing="$shell: $1"
        found=$(${shell}_completes "$1" "$2")
        [ "$found" = "$2 " ] || fail "completes to: $found"
    done
}

completes 'cbsplit --on-partial=' 'drop emit fail'
completes 'cbsplit --on-partial=e' emit
completes 'cbsplit -f u32' 'u32be u32le'
completes 'cbsplit --to=netst' netstring
completes 'cbsplit -f u32be,p' u32be,padding=
completes 'cbsplit -f u32be,mo' u32be,more=
completes 'cbsplit -t sse -f line,l' line,lines=

doing='keys for one side only'
[ -z "$(bash_completes 'cbsplit -t u32be,p')" ] || fail 'padding= is not for output'
[ -z "$(bash_completes 'cbsplit -f u32be,lea')" ] || fail 'lead= is not for input'

doing='every option'
"$CBSPLIT" --help | sed -En 's/^  (-.,|   ) --([a-z0-9-]*).*/--\2/p' | sort >wanted
[ "$(wc -l <wanted)" -gt 30 ] || fail '--help has too few options'
bash_completes 'cbsplit --' | tr ' ' '\n' | sed 's/=$//' | grep . | sort >out
expect_same wanted out
if command -v fish >/dev/null; then
    fish_completes 'cbsplit --' | tr ' ' '\n' | sed 's/=$//' | grep . | sort >out
    expect_same wanted out
fi

doing='a file'
: >somewhere
[ "$(bash_completes 'cbsplit -o somew')" = 'somewhere ' ] || fail 'not as a template'

need zsh fish
