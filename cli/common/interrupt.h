/* SPDX-License-Identifier: MIT */
/*
 * Interrupt: cleans up when a signal (SIGHUP, SIGINT, SIGTERM or another that asks
 * a program to end) ends this one, so that it leaves no half-written file and no
 * running command.  The program then dies of the same signal.
 *
 * Create and register such a thing, or end and unregister it, between
 * interrupt_hold and interrupt_release: a signal that arrives between them waits
 * for the second.  Pairs may nest.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stddef.h>
#include <sys/types.h>

/* Catches these signals, except those that are ignored. */
void interrupt_catch(void);

void interrupt_hold(void);
void interrupt_release(void);

/* Ends the program as this signal would, though it may be ignored now. */
void interrupt_by(int signal);

/* Registers a function to be called first; it must be safe in a signal handler. */
void interrupt_first(void (*function)(void));

/* Registers a file to be removed; NULL: none.  The text must not change. */
void interrupt_file(const char *path);

/* Registers children, each the leader of a process group, to be ended; a pid of 0
 * stands for none.  The signal is passed on to the groups; what of them still runs
 * two seconds later is killed. */
void interrupt_children(pid_t *pids, size_t count);

/* Ends some of them in the same way, by SIGTERM, and waits for them; the pids
 * become 0. */
void interrupt_end(pid_t *pids, size_t count);

#endif
