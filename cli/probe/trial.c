/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <string.h>

/* All that one trial needs. */
struct bench {
    struct cb_decoder *decoder;
    struct cb_encoder *encoder; /* NULL: it cannot be written */
    struct cb_buffer *in, *record, *out;
};

static void bench_free(struct bench *bench)
{
    cb_decoder_free(bench->decoder);
    cb_encoder_free(bench->encoder);
    cb_buffer_free(bench->in);
    cb_buffer_free(bench->record);
    cb_buffer_free(bench->out);
}

/* CB_EINVAL: no such framing. */
static int bench_new(struct bench *bench, const struct guess *guess, const struct sample *sample)
{
    const struct cb_decoder_options options = {.size = sizeof options,
                                               .on_partial = CB_PARTIAL_FAIL};
    *bench = (struct bench){.decoder = NULL};
    int status = cb_decoder_new(&bench->decoder, guess->decode, &options, NULL);
    if (status)
        return status;
    status = cb_encoder_new(&bench->encoder, guess->encode, NULL, NULL);
    if (status == CB_EINVAL)
        bench->encoder = NULL;
    else if (status)
        return status;
    if (cb_buffer_new(&bench->in, NULL) || cb_buffer_new(&bench->record, NULL) ||
        cb_buffer_new(&bench->out, NULL))
        return CB_ENOMEM;
    return cb_append_ref(bench->in, sample->data, sample->size, NULL, NULL);
}

static void digest(struct trial *trial, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        trial->outcome.digest = (trial->outcome.digest ^ data[i]) * 0x100000001b3; /* FNV-1a */
    trial->outcome.digest = (trial->outcome.digest ^ 256 ^ n) * 0x100000001b3;
}

static void keep_example(struct trial *trial, const uint8_t *data, size_t n)
{
    if (trial->outcome.records >= OUTCOME_EXAMPLES)
        return;
    struct example *example = &trial->outcome.examples[trial->outcome.records];
    example->length = n;
    memcpy(example->data, data, n < TRIAL_EXAMPLE ? n : TRIAL_EXAMPLE);
}

/* Which of the first columns are the same in all records?  A short one has fewer. */
static void compare_prefix(struct outcome *outcome, const uint8_t *record, size_t n)
{
    if (!outcome->records) {
        outcome->prefix_length = PREFIX_MOST;
        memset(outcome->same, true, sizeof outcome->same);
    }
    if (n < outcome->prefix_length)
        outcome->prefix_length = n;
    for (size_t i = 0; i < outcome->prefix_length; i++) {
        outcome->same[i] &= !outcome->records || outcome->prefix[i] == record[i];
        outcome->prefix[i] = record[i];
    }
}

/* Counts the separators outside quotes, which open only where a field begins. */
static void count_fields(struct outcome *outcome, const uint8_t *data, size_t n, char separator)
{
    uint64_t fields = 0;
    bool quoted = false, opens = true;
    for (size_t i = 0; i < n; i++) {
        const bool turns = data[i] == '"' && (quoted || opens);
        const bool ends = data[i] == (uint8_t)separator && !quoted;
        quoted ^= turns;
        opens = turns || ends;
        fields += ends;
    }
    outcome->fields_least = fields < outcome->fields_least ? fields : outcome->fields_least;
    outcome->fields_most = fields > outcome->fields_most ? fields : outcome->fields_most;
}

/* Does the encoder write a frame of n bytes for this record?  Then it is in *written. */
static int write_again(struct bench *bench, size_t n, const uint8_t **written)
{
    const void *data = NULL;
    cb_skip(bench->out, CB_ALL);
    int status =
        bench->encoder ? cb_encode(bench->encoder, bench->record, bench->out) : CB_EUNENCODABLE;
    if (status == CB_OK && cb_length(bench->out) == n && n)
        status = cb_data(bench->out, n, &data) == CB_YES ? CB_YES : CB_ENOMEM;
    *written = data;
    return status == CB_YES || status == CB_ENOMEM ? status : CB_NO;
}

/* A record is in the bench; its frame is `n` bytes. */
static int count_record(struct trial *trial, struct bench *bench, const struct guess *guess,
                        const uint8_t *frame, size_t n)
{
    const size_t length = cb_length(bench->record);
    const uint8_t *written;
    const void *data = frame;
    if (length && cb_data(bench->record, length, &data) != CB_YES)
        return CB_ENOMEM;
    counts_add(&trial->payload, data, length);
    digest(trial, data, length);
    keep_example(trial, data, length);
    compare_prefix(&trial->outcome, data, length);
    if (guess->separator)
        count_fields(&trial->outcome, data, length, guess->separator);
    trial->outcome.shortest = length < trial->outcome.shortest ? length : trial->outcome.shortest;
    trial->outcome.longest = length > trial->outcome.longest ? length : trial->outcome.longest;
    trial->outcome.records++;
    trial->outcome.empty += !length;
    trial->outcome.used += n;
    const int status = write_again(bench, n, &written);
    if (status == CB_NO) {
        trial->odd++;
        counts_add(&trial->odd_frames, frame, n);
        counts_add(&trial->odd_payload, data, length);
    }
    for (size_t i = 0; status == CB_YES && i < n; i++) {
        if (frame[i] == written[i])
            continue;
        counts_add(&trial->untold, frame + i, 1);
        trial->wrong[i < HEADER_MOST ? i : HEADER_MOST]++;
    }
    return status == CB_ENOMEM ? CB_ENOMEM : CB_OK;
}

/* Decodes up to the end, or an error, which is returned. */
static int read_all(struct trial *trial, struct bench *bench, const struct guess *guess,
                    const struct sample *sample, uint64_t most)
{
    while (trial->outcome.records < most) {
        int status = cb_decoder_take(bench->decoder, bench->in, bench->record);
        if (status != CB_PIECE)
            return status;
        const uint64_t end = cb_decoder_position(bench->decoder);
        status = count_record(trial, bench, guess, sample->data + trial->outcome.used,
                              (size_t)(end - trial->outcome.used));
        cb_skip(bench->record, CB_ALL);
        if (status)
            return status;
    }
    return CB_MORE;
}

/* Does the framing mark the end of a stream? */
static bool writes_end(struct bench *bench)
{
    cb_skip(bench->out, CB_ALL);
    return bench->encoder && cb_encode_end(bench->encoder, bench->out) == CB_OK &&
           cb_length(bench->out) > 0;
}

static int read_sample(struct trial *trial, struct bench *bench, const struct guess *guess,
                       const struct sample *sample, uint64_t most)
{
    if (sample->whole)
        cb_decoder_finish(bench->decoder);
    trial->encodes = bench->encoder;
    const int status = read_all(trial, bench, guess, sample, most);
    if (status == CB_ENOMEM)
        return status;
    if (status == CB_END) { /* the end marker is as it must be */
        cb_decoder_release(bench->decoder, bench->in);
        trial->outcome.used = cb_position(bench->in);
    }
    counts_add(&trial->whole, sample->data, (size_t)trial->outcome.used);
    counts_add_more(&trial->untold, &trial->odd_frames, &trial->odd_payload);
    const bool cut = status == CB_MORE || status == CB_END || status == CB_ETRUNCATED;
    trial->outcome.refused = !cut;
    trial->outcome.stopped = trial->outcome.records == most;
    trial->outcome.open =
        status == CB_ETRUNCATED || (!trial->outcome.stopped && trial->outcome.used < sample->size);
    trial->outcome.ended = status == CB_END && !trial->outcome.open && writes_end(bench);
    return 0;
}

int trial_run(struct trial *trial, const struct guess *guess, const struct sample *sample,
              uint64_t most, uint64_t *work)
{
    struct bench bench;
    *trial = (struct trial){.outcome = {.refused = true,
                                        .digest = 0xcbf29ce484222325,
                                        .shortest = UINT64_MAX,
                                        .fields_least = UINT64_MAX}};
    int status = bench_new(&bench, guess, sample);
    if (!status)
        status = read_sample(trial, &bench, guess, sample, most);
    bench_free(&bench);
    const uint64_t done = 1 + trial->outcome.records + trial->outcome.used / 1024;
    *work -= done < *work ? done : *work;
    return status == CB_ENOMEM ? CB_ENOMEM : 0;
}
