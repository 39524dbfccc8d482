/* SPDX-License-Identifier: MIT */
/*
 * Capture files of packets.  Both kinds are in the byte order of the machine that wrote
 * them, which a magic number reveals.
 *
 * pcap (draft-ietf-opsawg-pcap): a file header, which belongs to no record, then packets.
 *
 *     magic, 4 | version, 2 + 2 | reserved, 8 | snapshot length, 4 | link type, 4
 *     time, 4 + 4 | captured length, 4 | original length, 4 | packet
 *
 * pcapng (draft-ietf-opsawg-pcapng): blocks.  A section header block begins a section,
 * and its body begins with the magic for all blocks in it.  Their layout is the same in
 * all versions of the format (section 3.4).
 *
 *     type, 4 | total length, 4 | body | total length, 4
 */
#include <string.h>

#include "core/byte_order.h"
#include "framings/families.h"
#include "framings/shared/counted.h"

/* Sizes. */
enum {
    WORD = 4,
    FILE_HEADER = 24,
    PACKET_HEADER = 16,
    BLOCK_HEADER = 8,
    BLOCK_LEAST = 12,
    SECTION_LEAST = 28
};

/* Places. */
enum {
    FILE_VERSION = 4,
    SNAPSHOT_LENGTH = 16,
    CAPTURED_LENGTH = 8,
    TOTAL_LENGTH = 4,
    SECTION_MAGIC = BLOCK_HEADER
};

#define MICROSECONDS UINT32_C(0xa1b2c3d4)
#define NANOSECONDS UINT32_C(0xa1b23c4d)
#define ORDER UINT32_C(0x1a2b3c4d)
#define SECTION UINT32_C(0x0a0d0d0a) /* the same in both byte orders */

struct capture_config {
    uint64_t max; /* longest packet of pcap; 0: the snapshot length of the file */
};

/* Takes a step through a header, whose first bytes have arrived.  CB__MORE: there is
 * another step; otherwise the result for the whole header. */
typedef int step_fn(struct cb_decoder *decoder, const uint8_t *header);

/* A header that sets the byte order takes several steps.  So `cuts`, which must not
 * change it, never passes one: it stops where a header is not complete. */
struct capture_state {
    struct cb__counted counted;
    step_fn *step; /* the next one, */
    size_t size;   /* ... which needs so many bytes of the header */
    size_t have;
    uint8_t header[FILE_HEADER];
    bool little;
    bool begun;          /* pcapng: the first section header block is whole, */
    bool sure;           /* ... and this is `little` of the last one that is */
    uint64_t longest;    /* packet */
    uint8_t total[WORD]; /* the expected trailer of a block */
};

static const struct cb__key pcap_keys[] = {
    {"max", CB__KEY_SIZE, offsetof(struct capture_config, max)},
    {NULL, CB__KEY_FLAG, 0},
};

static const struct cb__key pcapng_keys[] = {{NULL, CB__KEY_FLAG, 0}};

static int fail(struct capture_state *state, const char *why)
{
    state->counted.frame_is_wrong = true;
    state->counted.why = why;
    return CB_EMALFORMED;
}

static int expect(struct capture_state *state, step_fn *step, size_t size)
{
    state->step = step;
    state->size = size;
    return CB__MORE;
}

/* Is this the magic number, in either byte order? */
static bool find_order(struct capture_state *state, const uint8_t *bytes, uint32_t magic)
{
    state->little = cb__load_little(bytes, WORD) == magic;
    return state->little || cb__load_big(bytes, WORD) == magic;
}

static uint64_t load(const struct capture_state *state, const uint8_t *bytes)
{
    return cb__load_uint(bytes, WORD, state->little);
}

/* ------------------------------------------------------------------------ pcap */

static int packet(struct cb_decoder *decoder, const uint8_t *header)
{
    struct capture_state *state = decoder->state;
    const uint64_t length = load(state, header + CAPTURED_LENGTH);
    state->counted.frame.payload = length;
    return length <= state->longest
               ? CB_OK
               : fail(state, "packet is longer than the snapshot length of the file");
}

static int file_header(struct cb_decoder *decoder, const uint8_t *header)
{
    const struct capture_config *config = decoder->config.data;
    struct capture_state *state = decoder->state;
    const size_t half = WORD / 2;
    /* Up to 2.3 the two lengths of a packet were in the other order. */
    if (cb__load_uint(header + FILE_VERSION, half, state->little) != 2 ||
        cb__load_uint(header + FILE_VERSION + half, half, state->little) != 4)
        return fail(state, "version of the file is not 2.4");
    state->longest = config->max ? config->max : load(state, header + SNAPSHOT_LENGTH);
    if (!state->longest)
        return fail(state, "snapshot length of the file is 0");
    decoder->expects_more = false;
    expect(state, packet, PACKET_HEADER);
    return CB__DROPPED;
}

static int file_magic(struct cb_decoder *decoder, const uint8_t *header)
{
    struct capture_state *state = decoder->state;
    return find_order(state, header, MICROSECONDS) || find_order(state, header, NANOSECONDS)
               ? expect(state, file_header, FILE_HEADER)
               : fail(state, "file does not begin with a magic number of pcap");
}

/* ---------------------------------------------------------------------- pcapng */

static int measure(struct capture_state *state, const uint8_t *header, size_t least)
{
    const uint64_t total = load(state, header + TOTAL_LENGTH);
    if (total < least)
        return fail(state, "block is shorter than its fields");
    if (total % WORD)
        return fail(state, "length of a block is not a multiple of 4");
    state->counted.frame.payload = total - BLOCK_LEAST;
    memcpy(state->total, header + TOTAL_LENGTH, WORD);
    return CB_OK;
}

static bool is_section(const uint8_t *header)
{
    return cb__load_big(header, WORD) == SECTION;
}

static int section(struct cb_decoder *decoder, const uint8_t *header);

static int block(struct cb_decoder *decoder, const uint8_t *header)
{
    struct capture_state *state = decoder->state;
    state->begun = true; /* the block before is whole */
    state->sure = state->little;
    if (is_section(header))
        return expect(state, section, SECTION_MAGIC + WORD);
    state->counted.frame.examined = 0;
    return measure(state, header, BLOCK_LEAST);
}

static int section(struct cb_decoder *decoder, const uint8_t *header)
{
    struct capture_state *state = decoder->state;
    if (!find_order(state, header + SECTION_MAGIC, ORDER))
        return fail(state, "section header block has no byte-order magic");
    decoder->expects_more = false;
    state->counted.frame.examined = WORD;
    expect(state, block, BLOCK_HEADER);
    return measure(state, header, SECTION_LEAST);
}

static int first_block(struct cb_decoder *decoder, const uint8_t *header)
{
    struct capture_state *state = decoder->state;
    return is_section(header) ? expect(state, section, SECTION_MAGIC + WORD)
                              : fail(state, "file does not begin with a section header block");
}

/* ------------------------------------------------------------------------ both */

static int header(struct cb_decoder *decoder, const uint8_t *data, size_t n, size_t *used)
{
    struct capture_state *state = decoder->state;
    int status =
        cb__counted_collect(decoder, state->header, state->size, &state->have, data, n, used);
    if (status == CB_OK)
        status = state->step(decoder, state->header);
    if (status == CB__MORE)
        decoder->found.needed = state->size - state->have;
    else
        state->have = 0;
    return status;
}

static size_t cuts(struct cb_decoder *decoder, const uint8_t *data, size_t n, struct cb__cut *cuts,
                   size_t max, size_t *used)
{
    struct capture_state *state = decoder->state;
    step_fn *const step = state->step;
    const size_t size = state->size;
    const size_t count = cb__counted_cuts(decoder, data, n, cuts, max, used);
    expect(state, step, size);
    state->have = 0;
    return count;
}

static void begin(struct cb_decoder *decoder, step_fn *step)
{
    struct capture_state *state = decoder->state;
    cb__counted_reset(decoder, header);
    state->counted.stateless = true;
    expect(state, step, WORD);
    decoder->expects_more = true; /* a file is never empty */
}

static void pcap_reset(struct cb_decoder *decoder)
{
    begin(decoder, file_magic);
}

/* A file header that is cut short is no record. */
static int pcap_cut_short(struct cb_decoder *decoder)
{
    return decoder->expects_more ? CB__END : cb__counted_cut_short(decoder);
}

static void pcapng_reset(struct cb_decoder *decoder)
{
    struct capture_state *state = decoder->state;
    begin(decoder, first_block);
    state->counted.frame.trailer = (struct cb__bytes){.data = state->total, .length = WORD};
    state->counted.trailer_error = "block does not end with its length";
}

/* (Trying a place examines one block only, so `sure` stays.)  Before the end of the first
 * section header block another one must come first. */
static void pcapng_resume(struct cb_decoder *decoder)
{
    struct capture_state *state = decoder->state;
    const bool begun = state->begun, sure = state->sure;
    pcapng_reset(decoder);
    if (!begun)
        return;
    decoder->expects_more = false;
    state->begun = true;
    state->little = state->sure = sure;
    expect(state, block, BLOCK_HEADER);
}

/* After damage: the next block whose length stands at both ends. */
static bool pcapng_recovery(const struct cb_decoder *decoder, struct cb__recovery *how)
{
    (void)decoder;
    how->frames = 1;
    return true;
}

static const struct cb__decoder_ops pcap_ops = {
    .state_size = sizeof(struct capture_state),
    .tells_length = true,
    .in_order = true,
    .reset = pcap_reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .cut_short = pcap_cut_short,
};

static const struct cb__decoder_ops pcapng_ops = {
    .state_size = sizeof(struct capture_state),
    .tells_length = true,
    .in_order = true,
    .reset = pcapng_reset,
    .advance = cb__counted_advance,
    .cuts = cuts,
    .cut_short = cb__counted_cut_short,
    .resume = pcapng_resume,
    .recovery = pcapng_recovery,
};

const struct cb__family cb__pcap_family = {
    .keys = pcap_keys,
    .config_size = sizeof(struct capture_config),
    .decode = &pcap_ops,
};

const struct cb__family cb__pcapng_family = {
    .keys = pcapng_keys,
    .decode = &pcapng_ops,
};
