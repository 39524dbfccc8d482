#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Counted strings that Perl's pack makes are read, and those that are written
# it unpacks: all lengths that pack has a letter for.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need perl

# For each: the framing, Perl's template, and the longest record.
cat >templates <<'END'
u8 C/a* 255
u16be n/a* 65535
u16le v/a* 65535
u32be N/a* 70000
u32le V/a* 70000
u64be Q>/a* 70000
u64le Q</a* 70000
u16be,offset=3 x3n/a* 65535
u16be,offset=2,lead=\x03 x2n/a* 65535
u32le,trailer=\r\n V/a*a2 70000
dec,digits=5 A5/a* 70000
END

about 'lines of hex digits, each a record: empty ones and the longest too'
cat >make.pl <<'END'
my ($most) = @ARGV;
srand 5;
print unpack('H*', pack 'C*', map { int rand 256 } 1 .. $_), "\n"
    for 0, 1, 2, (map { int rand 200 } 1 .. 200), 0, $most;
END
cat >pack.pl <<'END'
my ($template) = @ARGV;
binmode STDOUT;
while (<STDIN>) {
    chomp;
    my $record = pack 'H*', $_;
    print $template =~ /^A5/ ? sprintf('%05d', length $record) . $record
        : pack $template, $record, "\r\n";
}
END
cat >unpack.pl <<'END'
my ($template) = @ARGV;
binmode STDIN;
local $/;
my @fields = unpack "($template)*", <STDIN>;
while (@fields) {
    print unpack('H*', shift @fields), "\n";
    (shift @fields) eq "\r\n" or die 'another trailer' if $template =~ /a2$/;
}
END

while read -r framing template most; do
    doing="$framing and pack '$template'"
    perl make.pl "$most" >records
    perl pack.pl "$template" <records >packed
    "$CBSPLIT" -f "${framing%,lead=*}" -t netstring <packed >netstrings
    "$CBSPLIT" -f netstring -t "$framing" <netstrings | perl unpack.pl "$template" >unpacked
    expect_same records unpacked
    # And not only since it undoes what it did.
    [ "$("$CBSPLIT" -c -f netstring <netstrings)" -eq 205 ] || fail "$doing: not 205 records"
    case $framing in
    *lead*) ;;
    *)
        "$CBSPLIT" -f netstring -t "$framing" <netstrings >out
        expect_same packed out
        ;;
    esac
done <templates
