/* SPDX-License-Identifier: MIT */
#include "bits.h"

#include <math.h>
#include <stdbool.h>

void counts_add(struct counts *counts, const uint8_t *data, size_t n)
{
    counts->total += n;
    for (size_t i = 0; i < n; i++) {
        counts->of[data[i]]++;
        counts->after_zero[data[i]] += !i || !data[i - 1];
    }
}

void counts_add_more(struct counts *counts, const struct counts *more, const struct counts *less)
{
    for (int i = 0; i < 256; i++) {
        const uint32_t n = more->of[i] > less->of[i] ? more->of[i] - less->of[i] : 0;
        counts->of[i] += n;
        counts->total += n;
    }
}

/* By the series of atanh around 1.  (frexp is in the C library, log2 in another one.) */
double bits_log2(double x)
{
    int exponent;
    const double half_root = 0.70710678118654752, twice_log2e = 2.8853900817779268;
    const double m = frexp(x, &exponent), t = (m - half_root) / (m + half_root), t2 = t * t;
    return exponent - 0.5 + twice_log2e * t * (1 + t2 * (1.0 / 3 + t2 * (1.0 / 5 + t2 / 7)));
}

/* log2(n!), by Stirling's formula. */
static double factorial(double n)
{
    const double log2e = 1.4426950408889634, log2_tau = 2.6514961294723188;
    if (n < 2)
        return 0;
    return (n + 0.5) * bits_log2(n) - n * log2e + log2_tau / 2 + log2e / (12 * n);
}

double bits_of_dividers(uint64_t n, uint64_t dividers)
{
    return factorial((double)(n + dividers)) - factorial((double)n) - factorial((double)dividers);
}

static double by_frequency(const struct counts *counts)
{
    double bits = bits_of_dividers(counts->total, 255) + factorial((double)counts->total);
    for (int i = 0; i < 256; i++)
        bits -= factorial(counts->of[i]);
    return bits;
}

/* From bell to carriage return, and escape; all else below the space is no text. */
static bool is_control(int byte)
{
    return byte < ' ' && (byte < '\a' || byte > '\r') && byte != '\033';
}

/* Seven of eight bytes are ASCII, which has about 98 characters in a text: 6.8 bits for
 * each of these, 10 for all others. */
double bits_saved_by_text(const struct counts *counts)
{
    double saved = 0;
    for (int i = 0; i < 256; i++) {
        if (counts->of[i] && is_control(i))
            return 0;
        saved += counts->of[i] * (i < 128 ? 1.2 : -2.0);
    }
    return saved;
}

/* The byte, how often it occurs, where, and all others. */
static double by_commonest(const struct counts *counts)
{
    uint32_t most = 0;
    for (int i = 0; i < 256; i++)
        most = counts->of[i] > most ? counts->of[i] : most;
    const uint64_t others = counts->total - most;
    return 8 + bits_log2((double)counts->total + 1) + 8.0 * (double)others +
           bits_of_dividers(others, most);
}

/* Bytes at the beginning or after a zero, and all others. */
static double apart(const struct counts *counts)
{
    struct counts after = {.total = 0}, other = {.total = 0};
    for (int i = 0; i < 256; i++) {
        after.of[i] = counts->after_zero[i];
        other.of[i] = counts->of[i] - counts->after_zero[i];
        after.total += after.of[i];
        other.total += other.of[i];
    }
    return bits_lesser(by_frequency(&after), by_commonest(&after)) +
           bits_lesser(by_frequency(&other), by_commonest(&other));
}

double bits_of_bytes(const struct counts *counts)
{
    const double plain = 8.0 * (double)counts->total;
    const double text = plain - bits_saved_by_text(counts);
    const double frequency = bits_lesser(by_frequency(counts), by_commonest(counts));
    return bits_lesser(bits_lesser(plain, text), bits_lesser(frequency, apart(counts)));
}
