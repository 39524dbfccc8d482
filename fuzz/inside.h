/* SPDX-License-Identifier: MIT */
/*
 * Included before each source of the program where it runs inside a fuzzer: what must not be
 * done there is done by fuzz/program.c.
 */
int cbsplit_main(int argc, char **argv);

#define main cbsplit_main
#define posix_spawn fuzz_spawn
#define sigaction(signal, action, before) fuzz_sigaction(signal, action, before)
