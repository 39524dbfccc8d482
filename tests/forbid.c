/* SPDX-License-Identifier: MIT */
/*
 * Usage: forbid CALL... -- COMMAND [ARG...]
 *
 * Runs a command for which the kernel refuses these system calls, as sandboxes and containers
 * do: with EPERM, by a filter that it and all its children keep (seccomp(2)).  "grow_pipe"
 * stands for fcntl with F_SETPIPE_SZ.  Ends with 77 where there are no filters, or where the
 * compiler has no headers of the kernel (musl-gcc).
 */
#include <stdio.h>

#if defined __linux__ && __has_include(<linux/filter.h>)

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"splice", SYS_splice},
    {"tee", SYS_tee},
    {"vmsplice", SYS_vmsplice},
    {"sendfile", SYS_sendfile},
#ifdef SYS_sendfile64
    {"sendfile", SYS_sendfile64},
#endif
#ifdef SYS_copy_file_range
    {"copy_file_range", SYS_copy_file_range},
#endif
#ifdef SYS_getrandom
    {"getrandom", SYS_getrandom},
#endif
};

enum { CALLS = sizeof calls / sizeof *calls, MOST = 2 * CALLS + 16 };

/* The filter: loads a word, compares it, and returns, in a straight line. */
static struct sock_filter filter[MOST];
static unsigned short length;

static void put(struct sock_filter instruction)
{
    filter[length++] = instruction;
}

static void refuse(unsigned number)
{
    put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
}

static void load(size_t offset)
{
    put((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

/* (The second argument has a word for its lower half, where the order of bytes puts it.) */
static void refuse_growth(void)
{
    const size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
#ifdef SYS_fcntl64
    const unsigned number = SYS_fcntl64;
#else
    const unsigned number = SYS_fcntl;
#endif
    put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4));
    load(offsetof(struct seccomp_data, args[1]) + low);
    refuse(F_SETPIPE_SZ);
    load(offsetof(struct seccomp_data, nr));
}

/* False if there is no such call. */
static int forbid(const char *name)
{
    int found = strcmp(name, "grow_pipe") == 0;
    if (found)
        refuse_growth();
    for (size_t i = 0; i < CALLS; i++)
        if (strcmp(name, calls[i].name) == 0) {
            refuse(calls[i].number);
            found = 1;
        }
    return found;
}

int main(int argc, char **argv)
{
    int i = 1;
    load(offsetof(struct seccomp_data, nr));
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (length > MOST - 8 || !forbid(argv[i])) {
            fprintf(stderr, "forbid: no such call: %s\n", argv[i]);
            return 2;
        }
    put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("forbid: seccomp");
        return 77;
    }
    if (i + 1 < argc)
        execvp(argv[i + 1], argv + i + 1);
    perror("forbid");
    return 2;
}

#else

int main(void)
{
    fprintf(stderr, "forbid: made without the headers of Linux\n");
    return 77;
}

#endif
