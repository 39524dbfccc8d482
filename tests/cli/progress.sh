#!/bin/sh
# SPDX-License-Identifier: MIT
#
# --progress keeps one line of a terminal, at most five times a second, never
# wider than that; SIGUSR1 is answered while cbsplit waits, and disturbs nothing.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

about 'not on a terminal'

# One line, at the end.
printf 'a\nbb\n' >in
run --progress
expect_status 0
expect out 'a\nbb\n'
grep -Eqx '100%  5B of 5B  in 0:0[0-9]  [0-9.]+[BKM]/s  2 records' err || fail "$doing: $(cat err)"
[ "$(wc -l <err)" -eq 1 ] || fail "$doing: $(cat err)"
# What is left of a file; of all that can be opened; of all records that are read.
{ dd bs=1 count=2 2>/dev/null && "$CBSPLIT" --progress; } <in >out 2>err
grep -q '^100%  3B of 3B  ' err || fail "rest of a file: $(cat err)"
run --progress -c in no-such-file - --skip=1
expect_status 1
expect out ' 1 in\n 2 -\n 3 total\n'
sed -n 1p err >message
expect message 'cbsplit: no-such-file: No such file or directory\n'
grep -q '^100%  10B of 10B  .*  4 records$' err || fail "$doing: $(cat err)"
# The size of a pipe is not known.
printf 'a\nbb\n' | "$CBSPLIT" --progress 2>err >out
grep -Eqx '5B  in 0:0[0-9]  [0-9.]+[BKM]/s  2 records' err || fail "pipe: $(cat err)"
# How far it came.
printf '1:a,2:bb,x' >in
run --progress -f netstring -c --stats=json
expect_status 3
sed -n '1p;3p' err >found
expect found 'cbsplit: stdin: record 3 at byte 9: length is not a number: 78
{"records":2,"bytes":3,"smallest":1,"mean":1.500,"median":1,"p99":2,"largest":2,'\
'"histogram":[{"from":1,"to":1,"records":1},{"from":2,"to":3,"records":1}]}\n'
sed -n 2p err | grep -q '^100%  10B of 10B  .*  2 records$' || fail "$doing: $(cat err)"

about 'SIGUSR1'

# asks PATTERN - sends the signal, and waits until "err" has one more such line
asks() {
    answers=$(grep -cx -e "$1" err) || :
    kill -s USR1 "$cbsplit_pid"
    wait_for is_answered "$1"
}
is_answered() {
    [ "$(grep -cx -e "$1" err)" -gt "$answers" ]
}

about 'it waits for input, and for somebody to open the other end of a pipe'
mkfifo pipe
converse -f netstring --skip=1 - pipe
send '1:a,2:bb,3'
receive 'bb\n'
asks 'cbsplit: 2 records, 10 bytes so far'
asks 'cbsplit: 2 records, 10 bytes so far'
send ':ccc,'
receive 'ccc\n'
asks 'cbsplit: 3 records, 15 bytes so far'
exec 3>&-
asks 'cbsplit: 3 records, 15 bytes so far'
printf '1:d,' >pipe
doing='after the signal'
cat <&4 >out
finishes 0
expect out 'd\n'
[ "$(wc -l <err)" -eq 4 ] || fail "answers to four signals: $(cat err)"

converse --progress --stats
send 'a\nbb\nccc'
receive 'a\nbb\n'
asks '8B  in 0:[0-9][0-9]  [0-9.]*[BKM]/s  2 records'
wait_for grep -qx '2-3  1 #*' err
grep -qx 'records          2' err || fail "$doing: $(cat err)"
receive ccc
ends 0 '\n'

converse -f netstring --stats=json
send '1:a,2:bb,3:'
receive 'a\nbb\n'
json='{"records":2,"bytes":3,"smallest":1,"mean":1.500,"median":1,"p99":2,"largest":2,"histogram":'\
'\[{"from":1,"to":1,"records":1},{"from":2,"to":3,"records":1}\]}'
asks "$json"
asks "$json"
send 'ccc,'
receive 'ccc\n'
ends 0 ''
[ "$(wc -l <err)" -eq 3 ] || fail "two signals and the end: $(cat err)"

converse --progress
send 'a\nbb\nccc'
receive 'a\nbb\n'
asks '8B  in 0:[0-9][0-9]  [0-9.]*[BKM]/s  2 records'
[ "$(wc -l <err)" -eq 1 ] || fail "$doing: more than what --progress prints: $(cat err)"
# What has no end yet is written, and no record.
receive ccc
ends 0 '\n'
tail -n 1 err | grep -q '  3 records$' || fail "$doing: $(cat err)"

about 'it waits for somebody to take the output, of which nothing is lost'
yes 'a line' | head -n 1000000 >lines
for option in --progress --stats --head=1000000; do
    converse "$option" lines
    receive 'a line\n'
    case $option in
    --head=*) asks 'cbsplit: [1-9][0-9]* records, [0-9]* bytes so far' ;;
    --progress) asks '.*  in .*  [1-9][0-9]* records' ;;
    --stats) asks 'records          [0-9]*' ;;
    esac
    { printf 'a line\n' && cat <&4; } >out
    finishes 0
    expect_same lines out
done

about 'at any time, in whichever call'
for i in 1 2 3 4 5 6 7 8 9; do
    printf '1:a,100000:%0100000d,' "$i"
    yes '6:a line,' | head -n 90000 | tr -d '\n'
done >in
"$CBSPLIT" -f netstring -t u32be <in >wanted
for option in --progress --stats --head=10000000; do
    converse "$option" -f netstring -t u32be
    send '1:x,'
    receive '\000\000\000\001x'
    cat in >&3 3>&- &
    ours $!
    exec 3>&-
    (while kill -s USR1 "$cbsplit_pid"; do :; done) 2>/dev/null &
    ours $!
    cat <&4 >out
    finishes 0
    expect_same wanted out
done

# If it was ignored before, it stays so.
trap '' USR1
converse
trap - USR1
send 'a\n'
receive 'a\n'
kill -s USR1 "$cbsplit_pid"
send 'b\n'
receive 'b\n'
ends 0 ''
expect err ''

about 'on a terminal'

need python3

# on_terminal COLUMNS ARG... - cbsplit ARG... with standard error on a terminal
# and nobody who reads standard output before three lines have been drawn, which
# are then in "drawn".  The terminal's contents in the end are in "screen".
#
# $meanwhile is a statement for what happens after the third line; without it nothing is waited
# for but $pause seconds.
cat >terminal.py <<'END'
import fcntl, os, pty, re, signal, struct, subprocess, sys, termios, time

columns = int(sys.argv[1])
BACK, CLEAR = '\r', '\x1b[K'
began = time.monotonic()
saved_input = os.dup(0)
output, output_end = os.pipe()
pid, terminal = pty.fork()

def resize(columns, fd=terminal):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))

if pid == 0:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it
    resize(columns, 2)
    os.dup2(saved_input, 0)
    os.dup2(output_end, 1)
    for fd in output, output_end, saved_input:
        os.close(fd)
    os.execv(sys.argv[2], ['cbsplit'] + sys.argv[3:])
os.close(output_end)

seen = ''
def more():
    global seen
    try:
        data = os.read(terminal, 65536).decode()
    except OSError:
        data = ''  # the other side has been closed
    seen += data
    return data

def redraws():
    return seen.split(BACK + CLEAR)[1:]

def wait_for(condition):
    while not condition():
        if not more():
            sys.exit('it ended too early: ' + repr(seen))

meanwhile = os.environ.get('meanwhile')
if meanwhile:
    wait_for(lambda: len(redraws()) >= 4)  # so three are whole
    exec(meanwhile)
time.sleep(float(os.environ.get('pause') or 0))
reader = subprocess.Popen(['cat'], stdin=output, stdout=open('out', 'wb'))
os.close(output)
while more():
    pass
elapsed = time.monotonic() - began
reader.wait()
_, how = os.waitpid(pid, 0)

# What a terminal of that width makes of it.
screen, line, at = [], [], 0
for char in re.findall(r'\x1b\[K|.', seen, re.S):
    if char == BACK:
        at = 0
    elif char == CLEAR:
        del line[at:]
    elif char == '\n':
        screen.append(''.join(line))
        line, at = [], 0
    else:
        assert at < columns, 'a line is wider than %d columns: %r' % (columns, seen)
        line[at:at + 1] = char
        at += 1
assert not line, 'the last line has no end: %r' % seen
count = len(redraws())
assert count <= 5 * elapsed + 2, '%d lines in %f seconds' % (count, elapsed)
open('screen', 'w').write(''.join(text + '\n' for text in screen))
open('drawn', 'w').write(''.join(re.split('[\r\n]', text)[0] + '\n' for text in redraws()))
sys.exit(128 + (how & 127) if how & 127 else how >> 8)
END

export TERM=xterm meanwhile=
on_terminal() {
    columns=$1
    shift
    doing="cbsplit $*, $columns columns"
    status=0
    python3 terminal.py "$columns" "$CBSPLIT" "$@" <in 2>err || status=$?
    [ ! -s err ] || fail "$doing: $(cat err)"
}

# screen_is PATTERN... - these lines are there in the end
screen_is() {
    [ "$(wc -l <screen)" -eq $# ] || fail "$doing: $(cat screen)"
    n=0
    for pattern; do
        n=$((n + 1))
        sed -n ${n}p screen | grep -Eqx -e "$pattern" || fail "$doing: $(cat screen)"
    done
}

# drawn_are PATTERN - so were all lines but the last one, three at least
drawn_are() {
    [ "$(wc -l <drawn)" -ge 4 ] || fail "$doing: $(cat drawn)"
    ! sed '$d' drawn | grep -Evx -e "$1" || fail "$doing: not what should be drawn"
    case $1 in
    # On a busy machine it may begin below that, but it gets on.
    *%*) sed '$d' drawn | grep -q '^ [1-9][0-9]%  ' || fail "$doing: nothing is done: $(cat drawn)" ;;
    esac
}

about 'it ends before anything is drawn: one line, like any other'
printf 'a\nbb\n' >in
on_terminal 80 --progress
expect_status 0
screen_is '100%  5B of 5B  in 0:0[0-9]  [0-9.]+[BKM]/s  2 records'

about 'a known size, and the output not taken'
yes 'a line' | head -n 1000000 >in
meanwhile=pass
rate='[0-9.]+[BKM]/s'
left='([0-9:]+|-:--) left'
on_terminal 80 --progress
expect_status 0
expect_same in out
drawn_are "[ 0-9][ 0-9][0-9]%  [0-9.]+[BKM] of 6\\.7M  $left  $rate  [0-9]+ records  \\[#* +\\]"
screen_is "100%  6\\.7M of 6\\.7M  in [0-9:]+  $rate  1000000 records"
on_terminal 40 --progress -t nul
drawn_are "[ 0-9][ 0-9][0-9]%  [0-9.]+[BKM] of 6\\.7M  $left(  $rate)?"
screen_is "100%  6\\.7M of 6\\.7M  in [0-9:]+  $rate"
on_terminal 20 --progress
drawn_are '[ 0-9][ 0-9][0-9]%  [0-9.]+[BKM] of 6\.7M'
screen_is '100%  6\.7M of 6\.7M'
on_terminal 5 --progress
screen_is '100%'
on_terminal 4 --progress
screen_is ''

about 'an unknown one'
mkfifo slow
cat in >slow &
ours $!
on_terminal 80 --progress - slow
expect_status 0
drawn_are "[0-9.]+[KM]  [0-9:]+  $rate  [0-9]+ records"
screen_is "13M  in [0-9:]+  $rate  2000000 records"

# The terminal becomes narrower.
meanwhile='resize(20); wait_for(lambda: any(len(line) < 20 for line in redraws()[:-1]))'
on_terminal 80 --progress
screen_is '100%  6\.7M of 6\.7M'

about 'a message has a line of its own'
yes 3:abc, | head -n 1000000 | tr -d '\n' >in
printf x >>in
meanwhile=pass
on_terminal 80 --progress -f netstring
expect_status 3
drawn_are '[ 0-9][ 0-9][0-9]%  .*'
screen_is 'cbsplit: stdin: record 1000001 at byte 6000000: length is not a number: 78' \
    '100%  5\.7M of 5\.7M  .*'

# So has the answer to a signal, and drawing goes on.
meanwhile='os.kill(pid, signal.SIGUSR1)
wait_for(lambda: "percentile" in seen)
count = len(redraws())
wait_for(lambda: len(redraws()) > count + 1)'
on_terminal 80 --progress --stats -f netstring
expect_status 3
bar='[0-9]+ #{50}'
screen_is '[ 0-9][ 0-9][0-9]%  .*  in .*  [0-9]+ records' 'records +[0-9]+' 'bytes +[0-9]+' \
    'smallest +3' 'mean +3\.0' 'median +3' '99th percentile  3' 'largest +3' "2-3  $bar" \
    'cbsplit: .*' '100%  .*' 'records +1000000' 'bytes +3000000' \
    'smallest +3' 'mean +3\.0' 'median +3' '99th percentile  3' 'largest +3' "2-3  $bar"

# One that is ended leaves a line that has ended.
meanwhile='os.kill(pid, signal.SIGTERM)'
on_terminal 80 --progress -f netstring
expect_status 143
screen_is '[ 0-9][ 0-9][0-9]%  .*'
meanwhile='os.close(output); output = os.open("/dev/null", 0)'
on_terminal 80 --progress -f netstring
expect_status 141
screen_is '[ 0-9][ 0-9][0-9]%  .*'

# A terminal that cannot move back, for longer than two lines would take.
export meanwhile= pause=0.5
for TERM in dumb ''; do
    on_terminal 80 --progress -f netstring
    expect_status 3
    screen_is 'cbsplit: .*' '100%  5\.7M of 5\.7M  .*'
    ! grep -q . drawn || fail "$doing: $(cat drawn)"
done
