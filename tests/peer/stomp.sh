#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Frames of STOMP that the client library stomp.py writes, one after another: each
# is a record, which the library reads as what it was.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python stomp

about 'bodies of any bytes have a length; bodies of text may go without'
cat >frames.py <<'SCRIPT'
import random
from stomp.utils import Frame
random.seed(9)
def body(alphabet, size):
    return bytes(random.choices(alphabet, k=size))
frames = [
    Frame('CONNECT', {'accept-version': '1.2', 'host': '/', 'heart-beat': '0,0'}),
    Frame('CONNECTED', {'version': '1.2', 'server': 'a/1.0:b'}),
    Frame('SUBSCRIBE', {'id': 0, 'destination': '/queue/a'}),
]
for size in [0, 1, 2, 100, 5000, 300000]:
    data = body(bytes(range(256)), size)
    frames.append(Frame('SEND', {'destination': '/queue/a', 'content-length': size}, data))
    text = body(b'SEND\r\n\n:abc', size)
    frames.append(Frame('MESSAGE', {'message-id': str(size), 'subscription': 0}, text))
frames.append(Frame('RECEIPT', {'receipt-id': 'x\\cy'}))
SCRIPT
"$python" - <<'SCRIPT' >stream
import sys
from frames import frames
from stomp.utils import convert_frame
for i, frame in enumerate(frames):
    sys.stdout.buffer.write(b''.join(convert_frame(frame)) + b'\n' * (i % 3))
SCRIPT
"$CBSPLIT" -f stomp -t u32be stream >records
"$python" - <<'SCRIPT' >out
import struct
from frames import frames
from stomp.utils import parse_frame
with open('records', 'rb') as file:
    data = file.read()
count = 0
for frame in frames:
    size = struct.unpack('>I', data[:4])[0]
    got, data = parse_frame(data[4:4 + size]), data[4 + size:]
    assert got.cmd == frame.cmd and (got.body or b'') == (frame.body or b''), frame.cmd
    for name, value in frame.headers.items():
        assert got.headers[name] == str(value).replace('\\c', ':'), (name, value)
    count += 1
assert not data
print(count)
SCRIPT
doing='frames of stomp.py'
expect out '16\n'

about 'a frame is there before more comes, and so are heart-beats passed over'
converse -f stomp -t netstring
send 'MESSAGE\na:b\n\nhello\000'
receive '18:MESSAGE\na:b\n\nhello,'
send '\n\n\r\nSEND\ncontent-length:2\n\na\000'
send '\000'
receive '25:SEND\ncontent-length:2\n\na\000,'
ends 0 ''
