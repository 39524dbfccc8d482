#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Messages of the Language Server Protocol, to and from the reader and writer
# that Python's language server has for them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python pylsp_jsonrpc.streams

cat >echo.py <<'END'
import sys
from pylsp_jsonrpc.streams import JsonRpcStreamReader, JsonRpcStreamWriter
writer = JsonRpcStreamWriter(sys.stdout.buffer, separators=(",", ":"))
JsonRpcStreamReader(sys.stdin.buffer).listen(writer.write)
END

# Texts with all that could matter: line ends, other alphabets, much, nothing.
"$python" - >lines <<'END'
import json
for text in ['', 'a', '\r\n\r\n', 'Content-Length: 5\r\n\r\nhello', 'h\u00e9llo \U0001f600', 'x' * 100000]:
    print(json.dumps({'jsonrpc': '2.0', 'method': 'echo', 'params': {'text': text}}))
END
"$CBSPLIT" -t content-length <lines | "$python" echo.py >echoed
grep -aq '^Content-Type: application/vscode-jsonrpc' echoed || fail 'the peer wrote no Content-Type'
"$CBSPLIT" -f content-length <echoed >out

# The same values, said in perhaps another way.
same='import json, sys
print([json.loads(line) for line in open("lines")] == [json.loads(line) for line in open("out")])'
"$python" -c "$same" >same
expect same 'True\n'
"$CBSPLIT" -c <out >count
expect count '6\n'
"$CBSPLIT" -f content-length -t content-length <echoed | "$python" echo.py | cmp - echoed

# In conversation: each answer is there before the next request is made.
doing='a conversation'
mkfifo requests answers
export CBSPLIT python
start sh -c '"$CBSPLIT" -t content-length <requests | "$python" echo.py |
    "$CBSPLIT" -f content-length >answers'
exec 5>requests 6<answers
for text in one two three; do
    printf '{"text":"%s"}\n' "$text" >&5
    read -r answer <&6
    [ "$answer" = "{\"text\":\"$text\"}" ] || fail "$doing: $answer"
done
exec 5>&- 6<&-
