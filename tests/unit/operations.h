/* SPDX-License-Identifier: MIT */
/*
 * Sequences of all operations on several buffers, each of them beside a flat array that
 * says what it should hold.  Whoever runs them makes the choices.
 */
#ifndef CB_TESTS_OPERATIONS_H
#define CB_TESTS_OPERATIONS_H

#include <stddef.h>

struct choices {
    size_t (*below)(void *arg, size_t bound); /* from 0 to bound - 1 */
    /* A step did not do what it should; does not return. */
    void (*failed)(int step, const char *operation, const char *condition);
    void *arg;
};

/* There is one world at a time. */
void operations_open(const struct choices *choices);
void operations_step(void);
/* Checks that nothing is left. */
void operations_close(void);

#endif
