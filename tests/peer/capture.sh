#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Capture files of scapy, tcpdump and Wireshark's programs have the packets that
# these count, and what is made of their records is a capture file again.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need tcpdump capinfos editcap mergecap text2pcap
need_python scapy.utils

# counts FILE N - capinfos and tcpdump say that it has so many packets
counts() {
    capinfos -Mc "$1" | grep -qE "^Number of packets: +$2\$" ||
        fail "capinfos: $1 has not $2 packets: $(capinfos -Mc "$1" 2>&1)"
    [ "$(tcpdump -r "$1" -t -n --count 2>/dev/null | grep -o '^[0-9]*')" -eq "$2" ] ||
        fail "tcpdump: $1 has not $2 packets"
}

about 'pcap'

cat >make.py <<'END'
import random
from scapy.utils import RawPcapWriter
random.seed(4)
packets = [random.randbytes(random.randrange(14, 1500)) for _ in range(200)]
for order in '<', '>':
    for nano in False, True:
        name = ('le' if order == '<' else 'be') + ('-ns' if nano else '-us') + '.pcap'
        with RawPcapWriter(name, linktype=1, endianness=order, nano=nano) as file:
            for packet in packets:
                file.write(packet)
for name, most in (('whole', 1500), ('short', 40)):
    with open(name, 'wb') as file:
        for packet in packets:
            file.write(b'%d:%b,' % (len(packet[:most]), packet[:most]))
END
"$python" make.py
for file in le-us be-us le-ns be-ns; do
    counts $file.pcap 200
    cp $file.pcap in
    run -f pcap -t netstring
    expect_status 0
    expect_same whole out
    run -f pcap -c
    expect out '200\n'
    # Some of its packets, after its header, are a file of that kind.
    run -f pcap,keep -t raw --select=11-60
    expect_status 0
    { head -c 24 in && cat out; } >some.pcap
    counts some.pcap 50
done
for format in pcap nsecpcap; do
    editcap -F $format -s 40 be-us.pcap in
    run -f pcap -t netstring
    expect_status 0
    expect_same short out
done

about 'pcapng'

# blocks FILE - those of packets (6, Enhanced Packet Block) in each byte order,
# while all of them together are the file
cat >blocks.py <<'END'
import subprocess, sys, os
output = subprocess.run([os.environ['CBSPLIT'], '-f', 'pcapng,keep', '-t', 'u32be', sys.argv[1]],
                        check=True, stdout=subprocess.PIPE).stdout
blocks, at = [], 0
while at < len(output):
    size = int.from_bytes(output[at:at + 4], 'big')
    blocks.append(output[at + 4:at + 4 + size])
    at += 4 + size
assert b''.join(blocks) == open(sys.argv[1], 'rb').read()
print(sum(block[:4] in (b'\6\0\0\0', b'\0\0\0\6') for block in blocks))
END
export CBSPLIT
# packets FILE N - so many, all say
packets() {
    doing="cbsplit -f pcapng of $1"
    capinfos -Mc "$1" | grep -qE "^Number of packets: +$2\$" ||
        fail "capinfos: $1 has not $2 packets"
    "$python" blocks.py "$1" >out
    expect out "$2\\n"
}
editcap -F pcapng le-us.pcap a.pcapng
packets a.pcapng 200
mergecap -F pcapng -w b.pcapng le-us.pcap be-ns.pcap a.pcapng
packets b.pcapng 600
# In the other byte order, which no program here writes.
cat >other.py <<'END'
import struct
def block(type, body):
    size = struct.pack('>I', 12 + len(body))
    return struct.pack('>I', type) + size + body + size
with open('other.pcapng', 'wb') as file:
    file.write(block(0x0a0d0d0a, struct.pack('>IHHq', 0x1a2b3c4d, 1, 0, -1)))
    file.write(block(1, struct.pack('>HHI', 1, 0, 0)))
    for i in range(9):
        file.write(block(6, struct.pack('>5I', 0, 0, i, 60, 60) + bytes([i] * 60)))
END
"$python" other.py
packets other.pcapng 9
cat a.pcapng other.pcapng b.pcapng >sections.pcapng
packets sections.pcapng 809
printf '000000 01 02 03 04 05 06 07 08 09 0a 0b 0c 08 00\n' | text2pcap - text.pcapng 2>log ||
    fail "text2pcap: $(cat log)"
if [ "$(head -c 4 text.pcapng | od -An -tx1)" = ' 0a 0d 0d 0a' ]; then
    packets text.pcapng 1
fi

about 'loopback'

port=$(free_port)
start tcpdump -i lo -c 5 -U -w live.pcap udp port "$port" >log 2>&1
listens_or_cannot() {
    grep -qE 'listening on|permi|No such device|denied' log
}
wait_for listens_or_cannot
if grep -q 'listening on' log; then
    "$python" -c "
import socket
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(5):
    try:
        sender.sendto(b'datagram %d' % i, ('127.0.0.1', $port))
    except ConnectionRefusedError:
        sender.sendto(b'datagram %d' % i, ('127.0.0.1', $port))"
    wait_for grep -q '5 packets captured' log
    cp live.pcap in
    run -f pcap -t raw
    expect_status 0
    tr -c 'a-z0-9' ' ' <out | grep -q 'datagram 0.*datagram 1.*datagram 2.*datagram 3.*datagram 4' ||
        fail 'not the datagrams that were sent'
else
    echo "tcpdump cannot listen here: $(cat log)"
fi
