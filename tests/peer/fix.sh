#!/bin/sh
# SPDX-License-Identifier: MIT
#
# FIX messages are the same to cbsplit and to a few lines of Python, whatever is in
# their data; and a byte that is not what it was is always noticed.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3

cat >fix.py <<'END'
import random, sys

def message(fields, begin=b'FIX.4.4', width=0):
    body = b''.join(b'%b=%b\1' % field for field in fields)
    start = b'8=%b\x019=%0*d\1' % (begin, width, len(body)) + body
    return start + b'10=%03d\1' % (sum(start) % 256)

random.seed(35)
def data():
    if random.random() < 0.3:
        return message([(b'35', b'0')])
    return bytes(random.choices(b'\1\1110=89F5\0\377\n', k=random.randrange(1, 200)))

messages = [message([(b'35', b'0')], begin) for begin in (b'FIX.4.0', b'FIX.4.2', b'FIXT.1.1')]
for i in range(300):
    raw = data()
    fields = [(b'35', random.choice([b'A', b'D', b'AE'])), (b'34', b'%d' % i), (b'49', b'SENDER'),
              (b'95', b'%d' % len(raw)), (b'96', raw), (b'56', b'TARGET')]
    messages.append(message(fields, width=random.choice([0, 0, 6])))
messages.append(message([(b'35', b'B'), (b'58', bytes(300000))]))
if sys.argv[1] == 'in':
    sys.stdout.buffer.write(b''.join(messages))
elif sys.argv[1] == 'netstrings':
    sys.stdout.buffer.write(b''.join(b'%d:%b,' % (len(one), one) for one in messages))
else:
    two = messages[1] + message([(b'35', b'B'), (b'95', b'3'), (b'96', b'\1x\1')])
    open('two', 'wb').write(two)
    for at in range(len(two)):
        changed = bytearray(two)
        changed[at] ^= 1 << at % 8
        open('changed-%03d' % at, 'wb').write(changed)
END
python3 fix.py in >in
python3 fix.py netstrings >netstrings
run -f fix -t netstring
expect_status 0
expect_same netstrings out
for size in 1 13 4096; do
    doing="dd bs=$size | cbsplit -f fix"
    dd bs=$size <in 2>/dev/null | "$CBSPLIT" -f fix -t netstring >out
    expect_same netstrings out
done

about 'every byte matters'

python3 fix.py changed
"$CBSPLIT" -f fix -c two >out
expect out '2\n'
for changed in changed-*; do
    status=0
    "$CBSPLIT" -f fix -c "$changed" >out 2>err || status=$?
    # A length that has become greater reaches beyond the input.
    case $status in
    3 | 4) ;;
    *) fail "$changed: exit status $status" ;;
    esac
done
