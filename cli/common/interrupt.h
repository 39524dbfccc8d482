/* SPDX-License-Identifier: MIT */
/*
 * Interrupt: what is left behind when a signal (SIGHUP, SIGINT, SIGTERM and
 * whatever else asks a program to end) ends this one: no file that is half
 * written, no command that still runs.  The program then dies of the same signal.
 *
 * What is made and noted here, or ended and struck out, stands between
 * interrupt_hold and interrupt_release: a signal that comes between them waits
 * for the second.  A pair may stand inside of another one.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stddef.h>
#include <sys/types.h>

/* Catches those of the signals that are not ignored. */
void interrupt_catch(void);

void interrupt_hold(void);
void interrupt_release(void);

/* This is to be done before all else; it must be safe in a signal handler. */
void interrupt_first(void (*function)(void));

/* This file is to be removed; NULL: none.  The text must stay as it is. */
void interrupt_file(const char *path);

/* The leaders of these process groups are our children, and are to be ended; 0
 * for none.  First the signal is passed on to the groups; what of them still runs
 * two seconds later is killed. */
void interrupt_children(pid_t *pids, size_t count);

/* Ends some of them in the same way, by SIGTERM, and waits for them; the pids
 * become 0. */
void interrupt_end(pid_t *pids, size_t count);

#endif
