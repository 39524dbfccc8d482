/* SPDX-License-Identifier: MIT */
/*
 * The loops of a kernel that validates UTF-8 and writes JSON strings, included once for each
 * instruction set:
 *
 *     TEXT_TARGET         its function attribute
 *     TEXT_NAME(name)     a distinct name for each function
 *     TEXT_V              64 bytes
 *     TEXT_PART(p, n)     loads n <= 64 bytes, with spaces after them
 *     TEXT_STORE(to, v)   stores 64 bytes
 *     TEXT_ZEROS          64 zeros
 *     TEXT_EITHER(v, w)   v | w
 *     TEXT_IS_ZERO(v)     are all of the bytes 0?
 *     TEXT_SPECIAL(v)     as 64 bits: which bytes need an escape
 *     TEXT_CONTROLS(v)    ... which are below 0x20
 *     TEXT_HIGH(v)        ... which are not ASCII
 *     TEXT_FAULTS(v, w)   bytes that are not 0 where v, which follows w, is not UTF-8
 *     TEXT_LETTERS(v)     v, with the letter of its escape instead of each control character
 *                         that has one
 *     TEXT_SPREAD(to, v, special)  stores the bytes with a backslash before each one whose
 *                         bit is set, 128 bytes in total with garbage after the valid ones
 *     TEXT_AS_IS(p, n, to)  copies bytes that are ASCII and need no escape, from the beginning,
 *                         and returns how many: perhaps not all of those
 */
#include "kernels/text.h"

#ifndef TEXT_INLINE
#define TEXT_INLINE TEXT_TARGET static inline __attribute__((always_inline))

/* The room for 64 bytes, and a long escape. */
enum { TEXT_ROOM = 2 * 64 + CB__ESCAPE_MAX };
#endif

#ifdef TEXT_NAME

/* Writes the first n bytes of a block, `special` of which need an escape, up to one that has
 * no letter of its own; returns how many. */
TEXT_INLINE size_t TEXT_NAME(spread)(TEXT_V bytes, uint64_t special, size_t n, uint8_t **out)
{
    bytes = TEXT_LETTERS(bytes);
    const uint64_t stop = TEXT_CONTROLS(bytes) & special;
    if (cb__unlikely(stop)) {
        n = (size_t)__builtin_ctzll(stop);
        special &= (stop & -stop) - 1;
    }
    TEXT_SPREAD(*out, bytes, special);
    *out += n + (size_t)__builtin_popcountll(special);
    return n;
}

/* As cb__text_escape, but leaves the last bytes of the room to plain C.  Returns whether the
 * bytes written are UTF-8, if it `checks` that.  Errors are collected, and there is one branch
 * for a block, on whether all of it is plain: with two, for escapes and for other characters,
 * records of 80 bytes with both took a seventh longer. */
TEXT_INLINE bool TEXT_NAME(run)(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                                const uint8_t *out_end, bool checks)
{
    const uint8_t *from = *in;
    uint8_t *to = *out;
    TEXT_V before = TEXT_ZEROS, faults = TEXT_ZEROS;
    uint64_t open = 0; /* does the last byte, not ASCII, need more bytes after it? */
    while (from < in_end && out_end - to >= TEXT_ROOM) {
        const size_t have = cb__min((size_t)(in_end - from), 64);
        const TEXT_V last = before, bytes = TEXT_PART(from, have);
        before = bytes;
        const uint64_t special = TEXT_SPECIAL(bytes), high = checks ? TEXT_HIGH(bytes) : 0;
        if (!(special | high | open)) {
            TEXT_STORE(to, bytes);
            from += have;
            to += have;
            continue;
        }
        if (checks) {
            faults = TEXT_EITHER(faults, TEXT_FAULTS(bytes, last));
            open = high >> 63;
        }
        const size_t done = TEXT_NAME(spread)(bytes, special, have, &to);
        from += done;
        if (cb__unlikely(done < have)) {
            to = cb__put_escape(to, *from++);
            before = TEXT_ZEROS;
            open = 0;
        }
    }
    const size_t n = (size_t)(from - *in);
    const bool is_cut = open && cb__utf8_boundary(*in, n) < n;
    *in = from;
    *out = to;
    return !is_cut && TEXT_IS_ZERO(faults);
}

TEXT_TARGET static void TEXT_NAME(escape)(const uint8_t **in, const uint8_t *in_end, uint8_t **out,
                                          const uint8_t *out_end)
{
    TEXT_NAME(run)(in, in_end, out, out_end, false);
    if (*in < in_end)
        cb__text_plain.escape(in, in_end, out, out_end);
}

TEXT_TARGET static __attribute__((noinline)) uint8_t *TEXT_NAME(checked)(const uint8_t *data,
                                                                         size_t n, uint8_t *out)
{
    const uint8_t *from = data, *out_end = out + CB__ESCAPE_MAX * n + CB__STRING_ROOM;
    return TEXT_NAME(run)(&from, data + n, &out, out_end, true) ? out : NULL;
}

/* Most strings need no escape, and are copied as they are. */
TEXT_TARGET static uint8_t *TEXT_NAME(string)(const uint8_t *data, size_t n, uint8_t *out)
{
    const size_t done = TEXT_AS_IS(data, n, out);
    return cb__likely(done == n) ? out + n : TEXT_NAME(checked)(data + done, n - done, out + done);
}

/* The spaces after the last bytes reveal a truncated character there. */
TEXT_TARGET static size_t TEXT_NAME(utf8)(const uint8_t *data, size_t n)
{
    TEXT_V before = TEXT_ZEROS;
    uint64_t open = 0;
    for (size_t i = 0; i < n; i += 64) {
        const TEXT_V bytes = TEXT_PART(data + i, cb__min(n - i, 64));
        const uint64_t high = TEXT_HIGH(bytes);
        if ((high | open) && !TEXT_IS_ZERO(TEXT_FAULTS(bytes, before)))
            return cb__utf8_rest(data, i, n);
        open = high >> 63;
        before = bytes;
    }
    return open ? cb__utf8_rest(data, n, n) : n;
}

#undef TEXT_TARGET
#undef TEXT_NAME
#undef TEXT_V
#undef TEXT_PART
#undef TEXT_STORE
#undef TEXT_ZEROS
#undef TEXT_EITHER
#undef TEXT_IS_ZERO
#undef TEXT_SPECIAL
#undef TEXT_CONTROLS
#undef TEXT_HIGH
#undef TEXT_FAULTS
#undef TEXT_LETTERS
#undef TEXT_SPREAD
#undef TEXT_AS_IS

#endif
