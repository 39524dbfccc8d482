/* SPDX-License-Identifier: MIT */
/*
 * Layout: the parts of a frame whose header contains its length.
 *
 *     offset bytes | number | rest of the header | payload | padding | trailer
 *
 * A number may have more bytes than the shortest one; then the header is longer by as
 * many.  Header, payload and padding together have a multiple of `align` bytes.
 */
#ifndef CB_LAYOUT_H
#define CB_LAYOUT_H

#include "framings/shared/counted.h"
#include "framings/shared/glance.h"
#include "framings/shared/length_field.h"

struct cb__layout {
    uint64_t offset;
    uint64_t header; /* bytes in all, with the shortest number */
    size_t rest;     /* bytes of it after the number */
    uint64_t align;
    uint64_t largest; /* number */
    struct cb__length_field field;
    struct cb__length_bounds bounds; /* for such a header */
    struct cb__bytes lead;           /* output: the beginning of the header */
    struct cb__bytes trailer;
    struct cb__byte_rules rules;
    bool plain; /* without units and padding */
};

/* The rows for its keys in the key table of a family whose struct has it as `layout`. */
#define CB__LAYOUT_KEYS(type)                                                                      \
    {"offset", CB__KEY_SIZE, offsetof(type, layout.offset)},                                       \
        {"header", CB__KEY_SIZE, offsetof(type, layout.header)},                                   \
        {"adjust", CB__KEY_SIGNED, offsetof(type, layout.field.adjust)},                           \
        {"inclusive", CB__KEY_FLAG, offsetof(type, layout.field.inclusive)},                       \
        {"min", CB__KEY_SIZE, offsetof(type, layout.field.min)},                                   \
        {"max", CB__KEY_SIZE, offsetof(type, layout.field.max)},                                   \
        {"scale", CB__KEY_SIZE, offsetof(type, layout.field.scale)},                               \
        {"align", CB__KEY_SIZE, offsetof(type, layout.align)},                                     \
        {"lead", CB__KEY_BYTES | CB__KEY_OUT | CB__KEY_REPLACES, offsetof(type, layout.lead)},     \
        {"trailer", CB__KEY_BYTES, offsetof(type, layout.trailer)},                                \
        {"byte", CB__KEY_RULE | CB__KEY_IN, offsetof(type, layout.rules)},                         \
    {                                                                                              \
        "only", CB__KEY_SELECT | CB__KEY_IN, offsetof(type, layout.rules)                          \
    }

/* Sets the defaults, in a zeroed struct, for numbers up to `largest`. */
void cb__layout_init(struct cb__layout *layout, uint64_t largest);

/* Rejects what does not fit together, for numbers of `least` to `most` bytes. */
int cb__layout_check(struct cb__layout *layout, size_t least, size_t most,
                     const struct cb__spec *spec, struct cb_error *error);

/* For a new stream: as cb__counted_reset. */
void cb__layout_reset(struct cb_decoder *decoder, const struct cb__layout *layout,
                      cb__header_fn header);

/* Is a glance enough for headers whose number has these bounds?  Then sets all rules but those
 * for the notation of the number. */
bool cb__layout_glances(const struct cb__layout *layout, const struct cb__length_bounds *bounds,
                        struct cb__glance_rules *rules);

/* The padding after a header and payload of `size` bytes, modulo 2^64. */
static inline size_t cb__layout_padding(const struct cb__layout *layout, uint64_t size)
{
    const uint64_t over = size % layout->align;
    return over ? (size_t)(layout->align - over) : 0;
}

/* The state of such an encoder begins with this. */
struct cb__layout_encoder {
    uint64_t padding; /* bytes still to be written */
};

/* For `open` of an encoder. */
void cb__layout_open(struct cb_encoder *encoder, const struct cb__layout *layout);

/* Writes the lead and zeros up to the number, which the caller stores at the result. */
uint8_t *cb__layout_place(struct cb_encoder *encoder, const struct cb__layout *layout);

/* Gives the header of a payload, with a number of n bytes in its place; and what
 * follows the payload, perhaps in several calls. */
int cb__layout_begin(struct cb_encoder *encoder, const struct cb__layout *layout, size_t n,
                     uint64_t payload);
int cb__layout_end(struct cb_encoder *encoder, const struct cb__layout *layout);

#endif
