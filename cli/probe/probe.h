/* SPDX-License-Identifier: MIT */
/* Probe: prints which framings the beginning of each input may be in, best first. */
#ifndef PROBE_H
#define PROBE_H

#include "../common/exit_status.h"

/* EXIT_MALFORMED if none fits one of them. */
enum exit_status probe_run(char *const *paths, int count);

#endif
