/* SPDX-License-Identifier: MIT */
/* Meter: how much input has been processed; written by the engine, read by another
 * thread or a signal handler. */
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
