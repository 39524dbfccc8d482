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

static inline uint64_t meter_bytes(const struct meter *meter)
{
    return atomic_load_explicit(&meter->bytes, memory_order_relaxed);
}

static inline uint64_t meter_records(const struct meter *meter)
{
    return atomic_load_explicit(&meter->records, memory_order_relaxed);
}

#endif
