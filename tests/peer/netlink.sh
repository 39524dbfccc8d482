#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Messages of netlink, and their attributes, as Linux sends them to describe the network
# interfaces: lengths that count their headers but no padding, up to a multiple of four
# (netlink(7), rtnetlink(7)).

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

cat >dump.py <<'SCRIPT'
import socket, struct, sys
try:
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    link.bind((0, 0))
except (AttributeError, OSError):
    sys.exit(77)
RTM_NEWLINK, RTM_GETLINK, REQUEST_DUMP, NLMSG_DONE = 16, 18, 0x301, 3
# A struct rtgenmsg, padded.
link.send(struct.pack('=IHHIIB3x', 20, RTM_GETLINK, REQUEST_DUMP, 1, 0, 0))
data, done = b'', False
while not done:
    part = link.recv(1 << 20)
    data += part
    done = struct.unpack_from('=IH', part)[1] == NLMSG_DONE

def netstring(data):
    return b'%d:%b,' % (len(data), data)

def parse(data, form, header):
    while data:
        size, kind = struct.unpack_from(form, data)
        yield kind, data[header:size]
        data = data[(size + 3) // 4 * 4:]

messages = list(parse(data, '=IH', 16))
attributes = b''.join(body[16:] for kind, body in messages if kind == RTM_NEWLINK)
for name, content in (
        ('messages', data), ('attributes', attributes),
        ('messages.netstrings', b''.join(netstring(body) for _, body in messages)),
        ('attributes.netstrings', b''.join(netstring(body) for _, body in
                                           parse(attributes, '=HH', 4)))):
    with open(name, 'wb') as file:
        file.write(content)
print('le' if sys.byteorder == 'little' else 'be')
SCRIPT
order=$(python3 dump.py) || skip 'there is no netlink'

cp messages in
run -f "u32$order,header=16,inclusive,align=4" -t netstring
expect_status 0
expect_same messages.netstrings out
cp attributes in
run -f "u16$order,header=4,inclusive,align=4" -t netstring
expect_status 0
expect_same attributes.netstrings out
run -f "u16$order,header=4,inclusive,align=4,keep" -t raw
expect_same attributes out
