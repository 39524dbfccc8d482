#!/bin/sh
# SPDX-License-Identifier: MIT
#
# HL7's MLLP, as python3-hl7 speaks it: its client sends the next message only when the
# one before was received, and its server receives what is encoded here.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need_python hl7.client hl7.mllp
export CBSPLIT

doing='MLLP'
"$python" - <<'END' || fail "$doing: see above"
import asyncio, os, socket, subprocess, threading
import hl7
from hl7.client import MLLPClient
from hl7.mllp import start_hl7_server

CBSPLIT = os.environ["CBSPLIT"]

def message(n):
    return "\r".join(["MSH|^~\\&|A|B|C|D|2026||ADT^A01|%d|P|2.5" % n] +
                     ["OBX|%d|TX|||%s" % (i, "text " * i) for i in range(n)]) + "\r"

messages = [message(n) for n in range(40)] + [message(300)]

# Its client, which waits for an answer to each message.
listener = socket.create_server(("127.0.0.1", 0))
answers = []

def send():
    with MLLPClient("127.0.0.1", listener.getsockname()[1]) as client:
        for text in messages:
            answers.append(client.send_message(text))

sender = threading.Thread(target=send, daemon=True)
sender.start()
connection = listener.accept()[0]
reader = subprocess.Popen([CBSPLIT, "-f", "mllp", "-t", "u32be"], stdin=connection,
                          stdout=subprocess.PIPE)
for text in messages:
    size = int.from_bytes(reader.stdout.read(4), "big")
    got = reader.stdout.read(size).decode()
    assert got == text, (got, text)
    ack = str(hl7.parse(got).create_ack()).encode()
    framed = subprocess.run([CBSPLIT, "-f", "fixed:%d" % len(ack), "-t", "mllp"], input=ack,
                            capture_output=True, check=True).stdout
    assert framed == b"\x0b" + ack + b"\x1c\r", framed
    connection.sendall(framed)
sender.join(60)
assert len(answers) == len(messages), len(answers)
connection.close()
reader.wait(60)

# Its server, which reads what is written here.
received = []

async def serve():
    done = asyncio.Event()
    async def receive(stream, writer):
        try:
            while True:
                received.append(str(await stream.readmessage()))
                if len(received) == len(messages):
                    break
        finally:
            writer.close()
            done.set()
    async with await start_hl7_server(receive, host="127.0.0.1", port=0, limit=1 << 20) as server:
        port = server.sockets[0].getsockname()[1]
        out = socket.create_connection(("127.0.0.1", port))
        netstrings = b"".join(b"%d:%b," % (len(m), m.encode()) for m in messages)
        writer = subprocess.Popen([CBSPLIT, "-f", "netstring", "-t", "mllp"],
                                  stdin=subprocess.PIPE, stdout=out)
        out.close()
        threading.Thread(target=writer.communicate, args=(netstrings,), daemon=True).start()
        await asyncio.wait_for(done.wait(), 60)

asyncio.run(serve())
assert received == [str(hl7.parse(m)) for m in messages], (len(received), len(messages))
END
