/* SPDX-License-Identifier: MIT */
#include "kernels/cuts.h"

#include "kernels/choose.h"

/* Four at a time, since counting them costs a quarter of making them. */
void cb__cuts_to_pieces_plain(const struct cb__cut *cuts, size_t count, const struct cb_piece *span,
                              struct cb_piece *pieces)
{
    const struct cb_piece all = *span;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        cb__cut_piece(&cuts[i], i, &all, &pieces[i]);
        cb__cut_piece(&cuts[i + 1], i + 1, &all, &pieces[i + 1]);
        cb__cut_piece(&cuts[i + 2], i + 2, &all, &pieces[i + 2]);
        cb__cut_piece(&cuts[i + 3], i + 3, &all, &pieces[i + 3]);
    }
    for (; i < count; i++)
        cb__cut_piece(&cuts[i], i, &all, &pieces[i]);
}

size_t cb__cuts_from_ends_plain(const struct cb__ends *ends, size_t start, struct cb__cut *cuts)
{
    const uint32_t length = (uint32_t)ends->kept + ends->dropped;
    for (size_t i = 0; i < ends->count; i++) {
        const size_t at = (size_t)ends->from + ends->hits[i];
        cuts[i] = cb__cut_of(start, at + ends->kept - start, 0, at + length);
        start = at + length;
    }
    return start;
}

static const struct cb__cuts_kernel plain = {
    .name = "plain",
    .to_pieces = cb__cuts_to_pieces_plain,
    .from_ends = cb__cuts_from_ends_plain,
};

CB__CHOOSE_KERNEL(cb__cuts_kernel, &plain);

void cb__cuts_to_pieces(const struct cb__cut *cuts, size_t count, const struct cb_piece *span,
                        struct cb_piece *pieces)
{
    kernel_now()->to_pieces(cuts, count, span, pieces);
}

size_t cb__cuts_from_ends(const struct cb__ends *ends, size_t start, struct cb__cut *cuts)
{
    return kernel_now()->from_ends(ends, start, cuts);
}
