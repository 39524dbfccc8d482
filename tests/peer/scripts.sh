#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Streams of netstrings and of 32-bit lengths are the same to cbsplit and to
# scripts of a few lines, in Python and in Perl, that make and read them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need python3 perl

# Each of these reads lines of hex digits and writes records, or the other way
# round.
cat >netstring.pl <<'END'
binmode STDOUT;
while (<STDIN>) { chomp; my $r = pack 'H*', $_; print length($r), ':', $r, ','; }
END
cat >read-netstring.pl <<'END'
local $/; binmode STDIN; $_ = <STDIN>;
while (/\G(\d+):/gc) {
    my $r = substr $_, pos, $1;
    pos() += $1;
    /\G,/gc or die 'no comma';
    print unpack('H*', $r), "\n";
}
die 'rest' unless (pos // 0) == length;
END
cat >u32be.pl <<'END'
binmode STDOUT;
while (<STDIN>) { chomp; print pack 'N/a*', pack 'H*', $_; }
END
cat >read-u32be.pl <<'END'
binmode STDIN;
while (read STDIN, my $header, 4) {
    my $n = unpack 'N', $header;
    read(STDIN, my $r, $n) == $n or die 'short';
    print unpack('H*', $r), "\n";
}
END
cat >netstring.py <<'END'
import sys
for line in sys.stdin:
    record = bytes.fromhex(line)
    sys.stdout.buffer.write(b'%d:%b,' % (len(record), record))
END
cat >read-netstring.py <<'END'
import sys
data, at = sys.stdin.buffer.read(), 0
while at < len(data):
    colon = data.index(b':', at)
    end = colon + 1 + int(data[at:colon])
    assert data[end:end + 1] == b','
    print(data[colon + 1:end].hex())
    at = end + 1
END
cat >u32be.py <<'END'
import struct, sys
for line in sys.stdin:
    record = bytes.fromhex(line)
    sys.stdout.buffer.write(struct.pack('>I', len(record)) + record)
END
cat >read-u32be.py <<'END'
import struct, sys
while header := sys.stdin.buffer.read(4):
    size, = struct.unpack('>I', header)
    record = sys.stdin.buffer.read(size)
    assert len(record) == size
    print(record.hex())
END

run_script() {
    case $1 in
    *.pl) perl "$@" ;;
    *.py) python3 "$@" ;;
    esac
}

about 'empty records, binary ones, and some of more than 64 KiB'
awk 'BEGIN {
    srand(4)
    for (i = 0; i < 500; i++) {
        n = i % 100 == 50 ? 70000 + i : int(rand() * rand() * 300)
        while (n--)
            printf "%02x", int(rand() * 256)
        print ""
    }
}' >hex

for made in netstring u32be; do
    for language in pl py; do
        doing="$made.$language"
        run_script $made.$language <hex >stream
        for read in netstring u32be; do
            doing="$made.$language | cbsplit --from $made --to $read"
            "$CBSPLIT" --from $made --to $read <stream >out
            run_script read-$read.$language <out >read
            expect_same hex read
        done
        # And from a script to one in the other language, as it is made.
        other=py
        [ $language = pl ] || other=pl
        doing="$made.$language | cbsplit | read-u32be.$other"
        run_script $made.$language <hex | "$CBSPLIT" --from $made --to u32be |
            run_script read-u32be.$other >read
        expect_same hex read
        doing="$made.$language | cbsplit --count"
        run_script $made.$language <hex | "$CBSPLIT" --from $made --count >out
        expect out '500\n'
    done
done
