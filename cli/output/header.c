/* SPDX-License-Identifier: MIT */
#include "header.h"

#include <errno.h>

/* It is held in memory. */
enum { HEADER_MOST = 64 << 20 };

bool header_init(struct header *header, uint64_t records)
{
    *header = (struct header){.left = records};
    return !records || cb_buffer_new(&header->bytes, NULL) == CB_OK;
}

void header_fini(struct header *header)
{
    cb_buffer_free(header->bytes);
}

size_t header_pieces(const struct header *header, const struct cb_piece *pieces, size_t count)
{
    uint64_t left = header->left;
    size_t n = 0;
    while (n < count && left)
        left -= (pieces[n++].flags & CB_LAST) != 0;
    return n;
}

enum exit_status header_keep(struct header *header, struct output *output)
{
    if (cb_take(output->buffer, CB_ALL, header->bytes) < 0)
        return output_failed(output, ENOMEM);
    if (cb_length(header->bytes) <= HEADER_MOST)
        return EXIT_FINE;
    output_refuse(output, "the header is longer than %d bytes", HEADER_MOST);
    return EXIT_OVERFLOW;
}

enum exit_status header_put(struct header *header, struct output *output,
                            const struct cb_piece *pieces, size_t count)
{
    enum exit_status status = output_put(output, pieces, count);
    if (!status)
        status = header_keep(header, output);
    for (size_t i = 0; i < count && !status; i++)
        header->left -= (pieces[i].flags & CB_LAST) != 0;
    return status;
}
