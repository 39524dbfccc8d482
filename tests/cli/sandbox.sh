#!/bin/sh
# SPDX-License-Identifier: MIT
#
# In a sandbox, or with another kernel: without /proc and /dev/shm, where splice, tee, sendfile
# and copy_file_range are refused and pipes cannot be made larger, all is the same but slower.
# What is known only with /proc, or possible only with tee, is what the manual says.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"

outside=$CBSPLIT
export TOP_SRCDIR TOP_BUILDDIR CBSPLIT="$scratch/sandboxed"

# What can tell the difference, and of it what makes the most of these calls.
tests='chunked count exec files http nonblocking output-files select'
callers='files nonblocking output-files'
[ -z "${THOROUGH-}" ] || callers=$tests

# asked_again TESTS [COMMAND...] - what these tests ask, which the command runs
asked_again() {
    asked=$1
    shift
    for test in $asked; do
        "$@" "$TOP_SRCDIR/tests/cli/$test.sh" >log 2>&1 || {
            show log
            fail "in a sandbox, tests/cli/$test.sh"
        }
    done
}

about 'the kernel refuses calls, as containers have it do'
forbid="$TOP_BUILDDIR/tests/forbid"
forbidden='splice tee vmsplice sendfile copy_file_range grow_pipe getrandom'
status=0
# shellcheck disable=SC2086
"$forbid" $forbidden -- true 2>/dev/null || status=$?
case $status in
0)
    # That it does refuse: 1031 is F_SETPIPE_SZ.
    if command -v perl >/dev/null; then
        "$forbid" grow_pipe -- perl -e 'pipe R, W; exit !(!fcntl(W, 1031, 1 << 17) && $!{EPERM})' ||
            fail 'forbid: a pipe was made larger'
        perl -e 'pipe R, W; exit !fcntl(W, 1031, 1 << 17)' || fail 'pipes cannot be made larger anyway'
    fi
    # The filter holds for all that the program starts.
    # shellcheck disable=SC2086
    (export CBSPLIT="$outside" && asked_again "$callers" "$forbid" $forbidden --)
    ;;
77 | 127) ;; # there are no filters here, or the emulator has none
*) fail "forbid: status $status" ;;
esac

need_preload
about 'the same, by a module: without /proc and /dev/shm too'
cat >sandboxed <<END
#!/bin/sh
export LD_PRELOAD='$preload' HIDE=/proc/:/dev/shm/ FAIL_grow_pipe=EPERM/1 FAIL_splice=ENOSYS/1 \\
    FAIL_tee=ENOSYS/1 FAIL_sendfile=ENOSYS/1 FAIL_copy_file_range=ENOSYS/1
exec '$outside' "\$@"
END
chmod +x sandboxed
asked_again "$tests"

about 'byte by byte where nothing can be peeked at, and no byte too many'
printf '1:a,2:bb,100000:%0100000d,rest' 7 >in
doing='--exact in a sandbox'
{
    "$CBSPLIT" --exact -f netstring -n 3 -t none
    cat
} <in >out
expect out rest
# shellcheck disable=SC2002
cat in | {
    "$CBSPLIT" --exact -f netstring -n 3 -t none
    cat
} >out
expect out rest

about 'masks are random bytes, of a file if the call for them is forbidden'
echo ab >in
export FAIL_getrandom=EPERM/1
LD_PRELOAD=$preload "$outside" -t websocket,mask <in >masked
CBSPLIT=$outside
# Interrupted, or fewer bytes than were asked for.
for faults in FAIL_getrandom=EINTR@1 FAIL_getrandom=3/1 FAIL_READ=7/1,EINTR/3; do
    env "$faults" LD_PRELOAD="$preload" "$outside" -t websocket,mask <in >masked-too
    run -f websocket masked-too
    expect out 'ab\n'
done
export LD_PRELOAD="$preload" HIDE=/dev/urandom
run -t websocket,mask
unset LD_PRELOAD HIDE
expect_status 6
expect_message 'stdin: record 1 at byte 0: no random bytes for the mask'
mv masked in
run -f websocket
expect_status 0
expect out 'ab\n'
CBSPLIT=$scratch/sandboxed

about 'a worker that fails is found out'

# One that leaves records unread and exits with 0 is trusted.  (It ends after the input does, or
# it would have ended early.)
seq 9 >in
run --worker='read -r x; sleep 0.2; exit 3'
expect_status 123
expect_message 'worker 1: exit status 3; it had been given records 1-9'
run --worker='read -r x; sleep 0.2'
expect_status 0
CBSPLIT=$outside
run --worker='read -r x; sleep 0.2'
[ ! -d /proc/self/fd ] || expect_status 123
