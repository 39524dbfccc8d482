#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A job array of Slurm, on a cluster of this machine alone, has a part of a file for each of
# its tasks, and what they wrote is what the whole file gives.

. "${TOP_SRCDIR:-$(dirname "$0")/../..}/tests/cli.sh"
need munged slurmctld slurmd sbatch sinfo perl
export SLURM_CONF="$scratch/slurm.conf" CBSPLIT
user=$(id -un)
node=$(hostname -s)

munge_key() {
    head -c 1024 /dev/urandom >key
    chmod 600 key
}

run_munged() {
    start munged --foreground --force --key-file="$scratch/key" --socket="$scratch/socket" \
        --pid-file="$scratch/munged.pid" --log-file="$scratch/munged.log" \
        --seed-file="$scratch/seed"
}

# Jobs start at once, and side by side on the one processor.
cluster() {
    mkdir state spool
    cat >slurm.conf <<-END
	ClusterName=test
	SlurmctldHost=$node(127.0.0.1)
	SlurmctldPort=$(free_port)
	SlurmdPort=$(free_port)
	SlurmUser=$user
	SlurmdUser=$user
	AuthInfo=socket=$scratch/socket
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU
	SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,sched_min_interval=0
	StateSaveLocation=$scratch/state
	SlurmdSpoolDir=$scratch/spool
	SlurmctldPidFile=$scratch/slurmctld.pid
	SlurmdPidFile=$scratch/slurmd.pid
	MailProg=/bin/true
	NodeName=$node NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
	PartitionName=all Nodes=ALL Default=YES State=UP OverSubscribe=FORCE:8
	END
}

is_idle() {
    [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]
}

munge_key
run_munged >log 2>&1
wait_for test -S socket
cluster
start slurmctld -D >>log 2>&1
start slurmd -D >>log 2>&1
wait_for is_idle

about 'a job array, as doc/parallel.md has it'
seq 20000 | "$CBSPLIT" -t u32be >frames
cat >job <<'END'
#!/bin/sh
#SBATCH --array=1-8
#SBATCH --output=/dev/null
"$CBSPLIT" --part=$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT --from u32be frames \
    >result.$SLURM_ARRAY_TASK_ID
END
doing='sbatch'
sbatch --wait job >out 2>err || fail "$doing: exit status $?: $(cat err)"
expect err ''
seq 20000 >lines
cat result.[1-8] >out
expect_same lines out

about 'the part that has a fault is the task that fails'
printf '\0\0\0\377x' >>frames
doing='sbatch of a file that is cut short'
status=0
sbatch --wait job >out 2>err || status=$?
expect_status 4
cat result.[1-7] | cmp -n "$(cat result.[1-7] | wc -c)" - lines || fail 'another part suffered'
