/* SPDX-License-Identifier: MIT */
/* Meter: how much has come in, written by the engine while it works, read by
 * whoever likes: another thread, a signal handler. */
#ifndef METER_H
#define METER_H

#include <stdatomic.h>
#include <stdint.h>

struct meter {
    _Atomic uint64_t bytes;
    _Atomic uint64_t records;
};

static inline void meter_set(struct meter *meter, uint64_t bytes, uint64_t records)
{
    atomic_store_explicit(&meter->bytes, bytes, memory_order_relaxed);
    atomic_store_explicit(&meter->records, records, memory_order_relaxed);
}

#endif
