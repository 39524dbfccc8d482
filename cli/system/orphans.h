/* SPDX-License-Identifier: MIT */
/*
 * Orphans: processes whose parent, a child of ours, has ended.
 *
 * orphans_prctl.c is for Linux, orphans_procctl.c for FreeBSD, orphans_none.c for systems where
 * they always go to the first process.
 */
#ifndef ORPHANS_H
#define ORPHANS_H

/* From now on we are the parent of what children leave behind when they end, if the system can
 * do that.  As a signal handler may. */
void orphans_adopt(void);

#endif
