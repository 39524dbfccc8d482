#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A signal that ends cbsplit leaves no file that is a part of a record and no
# command that still runs; and its exit status shows the signal.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need ps

# A shell ignores SIGINT and SIGQUIT for what it runs in the background.
if env --default-signal=INT true 2>/dev/null; then
    cbsplit=$CBSPLIT
    # A process of its own that becomes cbsplit.
    printf '#!/bin/sh\nexec env --default-signal "$CBSPLIT_PROGRAM" "$@"\n' >with_defaults
    chmod +x with_defaults
    export CBSPLIT_PROGRAM="$cbsplit"
    CBSPLIT=$scratch/with_defaults
    signals='HUP INT QUIT TERM'
else
    signals='HUP TERM'
fi
ulimit -c 0

# interrupted SIGNAL - cbsplit is sent the signal, and ends by it
interrupted() {
    kill -s "$1" "$cbsplit_pid"
    finishes $((128 + $(kill -l "$1" 2>/dev/null || number "$1")))
    expect_message ''
}
# (the shell's kill -l NAME is not in POSIX)
number() {
    case $1 in HUP) echo 1 ;; INT) echo 2 ;; QUIT) echo 3 ;; PIPE) echo 13 ;; ALRM) echo 14 ;;
    TERM) echo 15 ;; XCPU) echo 24 ;; esac
}

# is_gone PID - or nothing is left of it but its status, which nobody asks for
is_gone() {
    case $(ps -o stat= -p "$1") in
    '' | Z*) return 0 ;;
    *) return 1 ;;
    esac
}

about 'a file'

mkdir made
for signal in $signals PIPE ALRM XCPU; do
    rm -f made/*
    converse -f netstring -o made/%d
    send '3:one,5:thr'
    wait_for test -s made/2
    interrupted "$signal"
    [ "$(echo made/*)" = made/1 ] || fail "$signal: $(echo made/*)"
    expect made/1 one
done

about 'between two there is none to be removed, and none that it did not make'
converse -f netstring -o made/%d
rm made/1
send '3:one,'
wait_for test -s made/1
interrupted TERM
expect made/1 one

about 'commands'

# What runs is ended, with all that it has started; it may clean up before.
# shellcheck disable=SC2016
command='sleep 1000 & echo $! >child.$CBSPLIT_WORKER$CBSPLIT_RECORD
    trap "echo cleaned >cleaned; exit" HUP INT QUIT TERM
    echo $$ >pid.$CBSPLIT_WORKER$CBSPLIT_RECORD; while :; do wait; done'
for signal in $signals; do
    for option in exec worker; do
        rm -f child.* pid.* cleaned
        converse -j 2 --$option="$command"
        send 'a\nb\n'
        wait_for test -s pid.1
        wait_for test -s pid.2
        interrupted "$signal"
        for file in pid.1 pid.2 child.1 child.2; do
            wait_for is_gone "$(cat $file)"
        done
        [ -e cleaned ] || fail "$doing: $signal was not passed on"
    done
done

about 'one that ignores the signal is killed, before cbsplit ends'
for option in exec worker; do
    rm -f pid.*
    # shellcheck disable=SC2016
    converse --$option='trap "" TERM HUP; echo $$ >pid.1; while :; do sleep 1000; done'
    send 'a\n'
    wait_for test -s pid.1
    interrupted TERM
    is_gone "$(cat pid.1)" || wait_for is_gone "$(cat pid.1)"
done

about 'while cbsplit waits for a command that does not read, or for one to end'
for jobs in 1 2; do
    rm -f pid.*
    # shellcheck disable=SC2016
    converse -j $jobs --worker='echo $$ >pid.$CBSPLIT_WORKER; exec sleep 1000'
    yes record 2>/dev/null | head -c 3000000 >&3 &
    ours $!
    wait_for test -s pid.$jobs
    interrupted TERM
    wait_for is_gone "$(cat pid.$jobs)"
done
rm -f pid.*
# shellcheck disable=SC2016
converse --exec='echo $$ >pid.$CBSPLIT_RECORD; exec sleep 1000'
send 'a\nb\n'
wait_for test -s pid.1
interrupted TERM
wait_for is_gone "$(cat pid.1)"
[ ! -e pid.2 ] || fail "$doing: it began another one"
exec 3>&-

# What a command leaves behind when it is stopped is waited for here, not by a process that
# may never do so, on a system where it can be.
cat >adopt.py <<'END'
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36 # of Linux
P_PID, PROC_REAP_ACQUIRE = 0, 2 # of FreeBSD
libc = ctypes.CDLL(None)
if hasattr(libc, "prctl"):
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
else:
    libc.procctl(P_PID, ctypes.c_int64(0), PROC_REAP_ACQUIRE, None)
pid = os.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
print("exit status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
try:
    print("left behind:", os.waitpid(-1, os.WNOHANG)[0])
except ChildProcessError:
    print("nothing is left behind")
END
if [ "${ADOPTS-yes}" = yes ] && command -v python3 >/dev/null; then
    doing='a command that is stopped, and a process that it has started'
    {
        printf '3:on'
        wait_for test -e started
    } | python3 adopt.py "${CBSPLIT_PROGRAM:-$CBSPLIT}" -f netstring \
        --exec='sleep 1000 & : >started; cat >/dev/null' >out 2>err
    expect out 'exit status 4\nnothing is left behind\n'
fi

about 'ignored signals'

doing='nohup'
rm -f made/*
rm -f to from
mkfifo to
(
    trap '' HUP
    exec "${CBSPLIT_PROGRAM:-$CBSPLIT}" -f netstring -o made/%d <to
) &
cbsplit_pid=$!
ours $cbsplit_pid
exec 3>to 4</dev/null
send '5:th'
wait_for test -s made/1
kill -s HUP $cbsplit_pid
send 'ree,'
exec 3>&-
finishes 0
expect made/1 three
