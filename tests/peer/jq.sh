#!/bin/sh
# SPDX-License-Identifier: MIT
#
# JSON values and JSON text sequences, to jq and from it.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need jq awk

about 'values of every kind, nested and not, with what could be taken for an end'
awk 'BEGIN {
    srand(7)
    pieces = split("ab ]}[ {,: \\\" \\\\ \\n \\u001e", piece, " ")
    for (i = 0; i < 3000; i++) {
        printf "{\"n\":%d,\"s\":\"", i
        for (j = int(rand() * 60); j > 0; j--)
            printf "%s", piece[1 + int(rand() * pieces)]
        printf "\",\"a\":[%d,[],{\"\\\"\":null}]}", int(rand() * 1000)
        printf "[%d]\"x\\\\\"%s true", i, (rand() < 0.5 ? "" : "\n\t")
        printf "%s", (rand() < 0.5 ? "\"}\"" : " -1.5e3\n")
    }
}' >made
# jq itself says whether they are valid, and is the judge of what they are.
jq -c . made >compact 2>err || fail "the input is no JSON: $(cat err)"
[ "$(wc -l <compact)" -eq 15000 ] || fail 'the input has not as many values as it should'
jq . made >pretty

# each VALUES... - the records, each of them read by itself, are the values
each() {
    # A value a line, made so by another program: what cbsplit gave, between
    # zero bytes, and so with line ends in it.
    tr '\n\000' ' \n' <records | jq -c . >out 2>err || fail "$doing: $(cat err)"
    expect_same compact out
    [ "$(tr -dc '\000' <records | wc -c)" -eq 15000 ] || fail "$doing: not 15000 records"
}

for input in made pretty compact; do
    doing="json from $input"
    "$CBSPLIT" --from json --to nul $input >records 2>err
    expect_message ''
    each
done

doing='jq --seq reads what was written'
"$CBSPLIT" --from json --to json-seq made >written 2>err
expect_message ''
jq --seq -c . written | tr -d '\036' >out
expect_same compact out

doing='what jq --seq writes is read'
jq --seq . written >sequence
"$CBSPLIT" --from json-seq --to nul sequence >records 2>err
expect_message ''
each
jq --seq -c . written >sequence
"$CBSPLIT" --from json-seq sequence >out 2>err
expect_message ''
expect_same compact out
"$CBSPLIT" --from json-seq --to json-seq sequence >out
expect_same sequence out

# What was cut short is left out by both (RFC 7464, sections 2.3 and 2.4), and
# several values in a text are several.
doing='texts that were cut short'
printf '\03612\036345\n\036true\036"x"\n\036[1,2\n\0363\n4\n\036{"a":"\036[]{}\036nul\036-1500\n\0367' >sequence
jq --seq -c . sequence 2>/dev/null | tr -d '\036' >wanted || :
"$CBSPLIT" --from json-seq --on-partial=drop sequence >out 2>err
expect_message ''
expect_same wanted out
expect out '345\n"x"\n3\n4\n[]\n{}\n-1500\n'

about 'at once, with jq at either side'

# Its values are the questions and its values the answers: each must have come
# through before the next is asked.
doing='a conversation with jq --seq'
mkfifo questions from
jq --seq --unbuffered -c . <questions | "$CBSPLIT" --from json-seq 2>err >from &
exec 3>questions 4<from
send '\036{"a":\n1}\n'
receive '{"a":1}\n'
send '\036[2]\n\036"x"\n'
receive '[2]\n"x"\n'
exec 3>&-
cat <&4 >out
exec 4<&-
expect out ''
expect_message ''

doing='values as soon as they are closed'
converse --from json
send '{"a":['
send '"]}"]}'
receive '{"a":["]}"]}\n'
send '"x"12'
receive '"x"\n'
send ' '
receive '12\n'
send '7'
ends 0 '7\n'
converse --from json-seq
send '\036{"a":\n1}\n'
receive '{"a":\n1}\n'
send '\036[2]'
receive '[2]\n'
send '{}'
receive '{}\n'
send '\n\036'
send '12'
send '\n'
receive '12\n'
ends 0 ''
