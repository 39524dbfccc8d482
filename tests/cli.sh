# SPDX-License-Identifier: MIT
#
# What the tests of the program share.  Each of them begins with
#
#     . "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
#
# and is then in its folder $scratch, which is empty.  All processes that it started
# are ended with it.  tap.sh tells how cases are reported.
#
# INPUT, OUTPUT and BYTES are formats of printf(1), which can
# write any byte: \000 is a zero byte, %% is a percent sign.
#
# No test waits for a time to pass: it waits for what it wants to see.  If that does
# not come, the test ends after TEST_TIMEOUT seconds.

# shellcheck shell=sh
# shellcheck disable=SC2059

[ -z "${THOROUGH-}" ] || : "${TEST_TIMEOUT:=900}"
: "${TEST_TIMEOUT:=300}"
. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/tap.sh"

# Where a daemon is installed, users often have no path to it.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
: "${CBSPLIT:=$(command -v cbsplit || echo cbsplit)}"
# The exit status of a sanitizer must not look like one of cbsplit.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:exitcode=99" UBSAN_OPTIONS="${UBSAN_OPTIONS-}:exitcode=99"

# ---------------------------------------------------------- beginning and end

started= watched=
clean_up() {
    # No process may go on waiting for us.
    exec 3>&- 4<&-
    # shellcheck disable=SC2086
    [ -z "$started" ] || kill $started 2>/dev/null || :
    wait
}

# (From there on the signal is ignored: standard output may be the pipe that was closed.)
trap 'trap "" PIPE; cat err 2>/dev/null || :; die "${doing-}: ended before its input did"' PIPE
trap 'cat err log 2>/dev/null || :; die "hung${doing:+: $doing}"' TERM
cd "$scratch"

# need PROGRAM... - without these the test cannot be run
need() {
    for program; do
        command -v "$program" >/dev/null || skip "there is no $program"
    done
}

# need_python MODULE... - a Python that has these modules; its path is then in $python.
# Those of a distribution are for the distribution's Python.
need_python() {
    python=
    for candidate in python3 /usr/bin/python3; do
        ! "$candidate" -c "import $(echo "$*" | tr ' ' ,)" 2>/dev/null || python=$candidate
    done
    [ -n "$python" ] || skip "there is no python3 with $*"
}

# need_preload - the module that makes calls of cbsplit fail; its path is then
# in $preload.  In LD_PRELOAD spaces and colons separate paths (ld.so(8)).
need_preload() {
    [ -z "${SANITIZERS-}" ] || skip 'a sanitizer and LD_PRELOAD do not go together'
    find_preload
    [ -n "$preload" ] || skip 'there is no preload.so: it is for Linux, and made with shared libraries'
}

# find_preload - the same for a test that can do without: then $preload is empty
find_preload() {
    preload=${PRELOAD:-$TOP_BUILDDIR/tests/.libs/preload.so}
    [ -z "${SANITIZERS-}" ] && [ -e "$preload" ] || preload=
    case $preload in
    *[\ :]*)
        ln -sf "$preload" "$scratch/preload.so"
        preload=$scratch/preload.so
        ;;
    esac
}

# run_limited ARG... - cbsplit ARG... <in >out 2>err within $limits, commands of the shell; byte by
# byte if $slowly is not empty
run_limited() {
    status=0
    (
        eval "$limits"
        [ -z "$slowly" ] || export LD_PRELOAD="$preload" FAIL_READ=1/1
        exec "$CBSPLIT" "$@"
    ) <in >out 2>err || status=$?
}

# tried STATUS MESSAGE INPUT OUTPUT ARG... - so it ends, within the limits, at once and byte by
# byte; $title says what it is
tried() {
    wanted_status=$1
    message=$2
    printf -- "$3" >in
    wanted=$4
    shift 4
    for slowly in '' ${preload:+yes}; do
        doing="cbsplit $*${slowly:+, byte by byte}, $title"
        run_limited "$@"
        expect_status "$wanted_status"
        expect_message "$message"
        expect out "$wanted"
    done
}

# can_peek - can this system show the bytes of a pipe before they are read (tee)?
can_peek() {
    [ "${PEEKS-yes}" = yes ]
}

need_peek() {
    can_peek || skip 'this system shows no bytes of a pipe before they are read'
}

# limit_memory KIB - of address space, from here to the end of the subshell.  (Where there is no
# such limit, as on macOS, which refuses 4 TiB too, the test shows less.)
limit_memory() {
    ulimit -v "$1" 2>/dev/null || ! (ulimit -v 4294967296) 2>/dev/null
}

# numbers N - from 1 to N; none if that is 0, where the BSDs' seq would count down
numbers() {
    [ "$1" -eq 0 ] || seq "$1"
}

# first N [FILE] - its first N bytes.  (Some heads refuse to print none.)
first() {
    [ "$1" -eq 0 ] || head -c "$@"
}

# take N - the next N bytes of standard input, and no more if there is perl: some heads read ahead
take() {
    command -v perl >/dev/null || {
        head -c "$1"
        return
    }
    perl -e 'while ($ARGV[0] > 0 && sysread STDIN, $_, $ARGV[0] < 65536 ? $ARGV[0] : 65536) {
        $ARGV[0] -= length;
        print;
    }' "$1"
}

# ------------------------------------------------------------ running cbsplit

# run ARG... - cbsplit ARG... <in >out 2>err, its exit status in $status
run() {
    doing="cbsplit $*"
    status=0
    "$CBSPLIT" "$@" <in >out 2>err || status=$?
}

# gives INPUT OUTPUT ARG... - cbsplit ARG... makes OUTPUT of INPUT
gives() {
    printf -- "$1" >in
    wanted=$2
    shift 2
    run "$@"
    expect_status 0
    expect err ''
    expect out "$wanted"
}

# refuses STATUS MESSAGE INPUT OUTPUT ARG... - cbsplit ARG... makes OUTPUT of
# INPUT, then says MESSAGE (as it stands) and ends with STATUS
refuses() {
    wanted_status=$1
    message=$2
    printf -- "$3" >in
    wanted=$4
    shift 4
    run "$@"
    expect_status "$wanted_status"
    expect_message "$message"
    expect out "$wanted"
}

# wrong MESSAGE ARG... - a usage error: with this message, before any input is read
wrong() {
    message=$1
    shift
    echo record >in
    run "$@"
    expect_status 2
    printf "cbsplit: %s\nTry 'cbsplit --help' for more information.\n" "$message" >message
    expect_same message err
    expect out ''
}

expect_status() {
    [ "$status" -eq "$1" ] || {
        cat err
        fail "$doing: exit status $status, not $1"
    }
}

# expect FILE BYTES - that is what the file holds
expect() {
    printf -- "$2" >expected
    expect_same expected "$1"
}

# expect_same FILE FILE - the second is as the first.  (What is empty, as most messages are,
# needs no process to be compared.)
expect_same() {
    [ ! -f "$1" ] || [ ! -f "$2" ] || [ -s "$1" ] || [ -s "$2" ] || return 0
    cmp -s "$1" "$2" || {
        echo "--- expected:"
        od -c "$1" | head -n 20
        echo "--- $2:"
        od -c "$2" | head -n 20
        fail "$doing: not the $2 that was expected"
    }
}

# fault RECORD START AT TEXT - the message about a fault at byte AT, in a record that
# begins at byte START
fault() {
    printf 'record %s at byte %s: %s' "$1" "$2" "$4"
    [ "$2" = "$3" ] || printf ', at byte %s' "$3"
}

# expect_message TEXT - "err" is this line, or nothing
expect_message() {
    [ -n "$1" ] || [ ! -f err ] || [ -s err ] || return 0
    [ -z "$1" ] || printf 'cbsplit: %s\n' "$1" >expected_err
    [ -n "$1" ] || : >expected_err
    cmp -s expected_err err || {
        echo '--- expected:'
        cat expected_err
        echo '--- said:'
        cat err
        fail "$doing: not the message that was expected"
    }
}

# ------------------------------------------------ running it with interruptions

# converse ARG... - starts cbsplit ARG..., which `send` then gives input and
# `receive` waits for, until `ends` or `finishes`
converse() {
    doing="cbsplit $*"
    rm -f to from
    mkfifo to from
    "$CBSPLIT" "$@" <to >from 2>err &
    cbsplit_pid=$!
    ours $cbsplit_pid
    exec 3>to 4<from
}

# send INPUT - and that is all for now
send() {
    printf -- "$1" >&3
}

# receive OUTPUT - that is what comes out next, though nothing more went in
receive() {
    printf -- "$1" >expected
    doing="$doing, waiting for '$1'"
    dd bs=1 count="$(wc -c <expected)" <&4 >out 2>/dev/null
    expect_same expected out
    doing=${doing%, waiting for *}
}

# ends STATUS OUTPUT - this is left to come out when the input has ended
ends() {
    exec 3>&-
    cat <&4 >out
    finishes "$1"
    expect out "$2"
}

# finishes STATUS - it ends, whatever may still come in
finishes() {
    status=0
    wait "$cbsplit_pid" || status=$?
    ended "$cbsplit_pid"
    exec 3>&- 4<&-
    expect_status "$1"
}

# ------------------------------------------- a record that does not come whole

# cut_short KIND - makes "in" of a short record and a long one in which something
# goes wrong when most of it has come: $bad_status, $bad_message, and options in
# $bad_options
cut_short() {
    bad_options='-f netstring -t raw'
    case $1 in
    truncated)
        { printf '1:a,200000:' && head -c 150000 /dev/zero; } >in
        bad_status=4
        bad_message='stdin: record 2 at byte 4: input ends inside a record: 50000 bytes of its payload are missing, at byte 150011'
        ;;
    malformed)
        { printf '1:a,200000:' && head -c 200000 /dev/zero && printf 'x'; } >in
        bad_status=3
        bad_message="stdin: record 2 at byte 4: payload is not followed by its trailer: 78, at byte 200011"
        ;;
    too_long)
        { printf 'a\n' && head -c 200000 /dev/zero; } >in
        bad_status=5
        bad_message='stdin: record 2 at byte 2: record is longer than 150000 bytes'
        bad_options='-f lf -t raw --max-record=150000'
        ;;
    collision)
        { printf '1:a,200000:' && head -c 199999 /dev/zero && printf '\n,'; } >in
        bad_status=6
        bad_message="stdin: record 2 at byte 4: the record contains the output delimiter, at byte 200010"
        bad_options='-f netstring -t line --on-collision=fail'
        ;;
    esac
}

# --------------------------------------------------------- other processes

# ours PID - a process of this test: it is ended with it, and `wait_for` watches it
ours() {
    started="$started $1"
    watched=$1
}

# ended PID - there is no such process any more
ended() {
    started=${started%" $1"}
    [ "$watched" != "$1" ] || watched=
}

# start COMMAND... - in the background, until the test ends (">fifo" after it
# would be waited for)
start() {
    "$@" &
    ours $!
}

# wait_for COMMAND... - until it succeeds.  Gives up if the process that was started last has
# ended: COMMAND waits for what that process should do.
wait_for() {
    doing="waiting for: $*"
    # (After a second it is probably a server that is starting: ask less often.)
    asked=0
    pause=0.02
    until "$@"; do
        [ -z "$watched" ] || kill -0 "$watched" 2>/dev/null || give_up "$@"
        sleep $pause 2>/dev/null || sleep 1
        asked=$((asked + 1))
        [ $asked -ne 50 ] || pause=0.1
    done
}

# Fails, unless the process ended because its work was done.
give_up() {
    ! "$@" || return 0
    status=0
    wait "$watched" || status=$?
    cat err log 2>/dev/null || :
    die "$doing: the process that it needs has ended, with status $status"
}

# free_port - of loopback, that nobody listens at
free_port() {
    perl -MIO::Socket::INET -e '
        print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# start_nginx - with the directives of standard input for the server at $port, and
# temporary files in "temp"; for `serve`
start_nginx() {
    mkdir -p temp
    # For root, nginx would run its worker as a user who cannot read our folder.
    user=
    [ "$(id -u)" -ne 0 ] || user='user root;'
    {
        cat <<END
$user
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    client_body_temp_path temp;
    proxy_temp_path temp;
    fastcgi_temp_path temp;
    uwsgi_temp_path temp;
    scgi_temp_path temp;
    default_type application/octet-stream;
    server {
        listen 127.0.0.1:$port;
END
        cat
        echo '} }'
    } >nginx.conf
    start nginx -p "$scratch" -c "$scratch/nginx.conf"
}

# serve FUNCTION ARG... - has this function start a server at a free $port of loopback; its log
# goes to "log"
serve() {
    while :; do
        port=$(free_port)
        "$@" >log 2>&1
        wait_for answers_or_cannot
        ! cannot_listen || continue
        return
    done
}

answers() {
    nc -z 127.0.0.1 "$port" >/dev/null 2>&1
}

# Another process has taken the port.
cannot_listen() {
    grep -qi 'address already in use' log
}

answers_or_cannot() {
    answers || cannot_listen
}
