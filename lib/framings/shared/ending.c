/* SPDX-License-Identifier: MIT */
#include "framings/shared/ending.h"

/* Examines bytes; true with *at if a delimiter begins in them, or in earlier ones.
 * Delimiters of one byte each need no automaton. */
static bool find_delimiter(struct cb__matcher *matcher, const uint8_t *data, size_t n, uint64_t *at)
{
    struct cb__match match;
    size_t found;
    if (matcher->longest > 1) {
        if (!n || cb__matcher_feed(matcher, data, n, &match) != CB__YES)
            return false;
        *at = match.start;
        return true;
    }
    *at = matcher->at;
    matcher->at += n;
    if (!cb__find_first(&matcher->finder, data, n, &found))
        return false;
    *at += found;
    return true;
}

/* At the end of the payload the delimiter is examined as well, since with "a" before "aa"
 * the match is one byte too early. */
static bool ends_early(struct cb__matcher *matcher, const struct cb__bytes *written, uint64_t end,
                       uint64_t *at)
{
    struct cb__match match;
    if (matcher->longest == 1)
        return false;
    if (!find_delimiter(matcher, written->data, written->length, at)) {
        cb__matcher_finish(matcher, &match);
        *at = match.start;
    }
    return *at < end;
}

int cb__ending_look(struct cb_encoder *encoder, struct cb__ending *ending,
                    const struct cb__bytes *written, const struct cb_piece *piece)
{
    struct cb__matcher *matcher = &ending->matcher;
    uint64_t at;
    if (piece->flags & CB_FIRST) {
        cb__matcher_forget(matcher);
        cb__matcher_start(matcher, 0);
    }
    const uint64_t start = matcher->at, end = start + piece->length;
    bool found = find_delimiter(matcher, piece->data, piece->length, &at);
    if (!found && piece->flags & CB_LAST)
        found = ends_early(matcher, written, end, &at);
    return found ? cb__encoder_fail_at(encoder, piece, at - start,
                                       "the record contains the output delimiter")
                 : CB_OK;
}
