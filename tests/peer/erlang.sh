#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Erlang talks to its ports in packets with a length of 1, 2 or 4 bytes before
# each: cbsplit as a port gets and gives them.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need escript

cat >port.escript <<'END'
#!/usr/bin/env escript
main(["echo", Cbsplit, Width, Framing]) ->
    %% Each comes back before the next one goes.
    N = list_to_integer(Width),
    Port = open_port({spawn_executable, Cbsplit},
                     [binary, {packet, N}, {args, ["-f", Framing, "-t", Framing]}]),
    lists:foreach(fun(Record) -> port_command(Port, Record), Record = next(Port) end, records(N)),
    %% And many at once.
    [port_command(Port, Record) || Record <- records(N)],
    lists:foreach(fun(Record) -> Record = next(Port) end, records(N)),
    io:put_chars("same\n");
main(["read", Cbsplit, Width, Framing, File]) ->
    Port = open_port({spawn_executable, Cbsplit},
                     [binary, eof, {packet, list_to_integer(Width)},
                      {args, ["-f", "netstring", "-t", Framing, File]}]),
    write_all(Port).

records(N) ->
    Sizes = [0, 1, 2, 100, 255] ++ if N > 1 -> [256, 1000, 65535]; true -> [] end
        ++ if N > 2 -> [65536, 300000]; true -> [] end,
    [binary:copy(<<(Size rem 251)>>, Size) || Size <- Sizes].

next(Port) ->
    receive {Port, {data, Record}} -> Record end.

write_all(Port) ->
    receive
        {Port, {data, Record}} ->
            ok = file:write(standard_io, [integer_to_list(byte_size(Record)), ":", Record, ","]),
            write_all(Port);
        {Port, eof} ->
            ok
    end.
END

awk 'BEGIN {
    for (i = 0; i < 300; i++) {
        n = (i * 37) % 256
        printf "%d:", n
        while (n--)
            printf "%c", 97 + (i + n) % 26
        printf ","
    }
}' >netstrings

for port in 1=u8 2=u16be 4=u32be; do
    width=${port%=*} framing=${port#*=}
    doing="{packet, $width} to $framing and back"
    escript port.escript echo "$CBSPLIT" "$width" "$framing" >out || fail "$doing"
    expect out 'same\n'
    doing="$framing to {packet, $width}"
    escript port.escript read "$CBSPLIT" "$width" "$framing" "$scratch/netstrings" >out ||
        fail "$doing"
    expect_same netstrings out
done
