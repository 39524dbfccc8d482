#!/bin/sh
# SPDX-License-Identifier: MIT
#
# GNU parallel runs the parts of a file at the same time, here and by ssh, and
# puts together what the whole file gives.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need parallel nc perl ssh ssh-keygen
export PARALLEL_HOME="$scratch"
parallel --version 2>/dev/null | grep -q '^GNU parallel' || skip 'parallel is not GNU parallel'
sshd=$(command -v sshd) || skip 'there is no sshd'
export CBSPLIT PARALLEL_HOME="$scratch" PARALLEL_SHELL=/bin/sh

# Records of very different sizes, with delimiters inside of frames.
awk 'BEGIN {
    srand(5)
    for (i = 1; i <= 20000; i++) printf "%d%*s\n", i, (rand() < 0.01 ? 9000 : rand() * 60), ","
}' >lines
"$CBSPLIT" -t netstring lines >frames

about 'on this machine'

doing='parallel cbsplit --part of lines'
parallel --will-cite -k -j 2 "$CBSPLIT" --part={}/8 lines ::: $(seq 8) >out 2>err
expect err ''
expect_same lines out

doing='parallel cbsplit --part of netstrings'
parallel --will-cite -k -j 2 "$CBSPLIT" --part={}/8 -f netstring frames ::: $(seq 8) >out 2>err
expect err ''
expect_same lines out

# Work for each record of a part, in the part's own process.
doing='parallel "cbsplit --part | wc -l"'
parallel --will-cite -j 2 "$CBSPLIT --part={}/8 lines | wc -l" ::: $(seq 8) |
    awk '{ n += $1 } END { print n }' >out
expect out '20000\n'

about 'by ssh'

# sshd wants this folder if root starts it.
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd 2>/dev/null || skip 'there can be no /run/sshd'
ssh-keygen -q -t ed25519 -N '' -f host_key
ssh-keygen -q -t ed25519 -N '' -f user_key
# With another home, so that no start-up file of the user's shell prints anything.
run_sshd() {
    cat >sshd_config <<-END
	ListenAddress 127.0.0.1
	Port $port
	HostKey $scratch/host_key
	AuthorizedKeysFile $scratch/user_key.pub
	StrictModes no
	PidFile none
	PasswordAuthentication no
	PermitRootLogin yes
	SetEnv HOME=$scratch
	END
    start "$sshd" -D -e -f "$scratch/sshd_config"
}
serve run_sshd
cat >ssh_config <<END
Host one two
    HostName 127.0.0.1
    Port $port
    IdentityFile $scratch/user_key
    IdentitiesOnly yes
    UserKnownHostsFile $scratch/known_hosts
    StrictHostKeyChecking accept-new
    LogLevel ERROR
END
PARALLEL_SSH="ssh -F $scratch/ssh_config"
export PARALLEL_SSH
doing='ssh one true'
ssh -F ssh_config one true 2>err || {
    cat err log
    fail "$doing"
}

# (Where it can write into no folder over there, it runs nothing and says nothing.)
[ "$(parallel --will-cite --sshlogin 1/one echo ::: a 2>err)" = a ] ||
    skip 'parallel runs no command by ssh here'
# What stands for machines sees the same file.
for framing in line netstring; do
    file=lines
    [ $framing = line ] || file=frames
    doing="parallel --sshlogin cbsplit --part, $framing"
    parallel --will-cite -k --sshlogin 1/one,1/two --wd "$scratch" \
        "$CBSPLIT" --part={}/5 -f $framing $file ::: $(seq 5) >out 2>err
    expect err ''
    expect_same lines out
done
