/* SPDX-License-Identifier: MIT */
#include "score.h"

#include <string.h>

#include "bits.h"
#include "noise.h"

/* Bits. */
static const double ENOUGH = 10;
static const double TEXT = 24;
static const double CUT = 6;        /* price of an input that ends inside a frame, */
static const double ENDED = 6;      /* ... and what an end is worth that is marked as such */
static const double REPETITION = 4; /* of each record of a text, where much is repeated anyway */
static const double RULES = 6;      /* least evidence by noise, */
static const double TEXT_RULES = 4; /* ... and in a text */

/* Rules are confirmed once in so many bytes, and not more often than that. */
static const double STRETCH = 64, STRETCHES = 4;

/* Real bytes are not random: they cost a bit in so many bytes less than the codes say, and
 * among many guesses some gain by that. */
static const double MISFIT = 1024, MISFIT_SWEPT = 512, DOUBT = 4;

enum { WORK = 1 << 19, WORK_SWEPT = 1 << 20 };

/* Records of a trial: more tell nothing new; and of one that is swept, at first. */
enum { RECORDS = 8 << 10, RECORDS_SWEPT = 128 };

/* -------------------------------------------------------------------------- gain */

/* Where the records end: among all payload, or by the shortest and longest record and which
 * length between these each has. */
static double bits_of_ends(const struct trial *trial, bool whole)
{
    const struct outcome *outcome = &trial->outcome;
    const uint64_t ends = outcome->records - (whole && !outcome->open);
    if (!outcome->records)
        return 0;
    const double lengths = bits_log2((double)(outcome->longest - outcome->shortest) + 1);
    const double bounds = 2 * bits_log2((double)outcome->longest + 1);
    return bits_lesser(bits_of_dividers(trial->payload.total, ends),
                       1 + bounds + (double)ends * lengths);
}

/* Which of the frames are not as the encoder would write them, and in which columns. */
static double bits_of_exceptions(const struct trial *trial)
{
    const uint64_t records = trial->outcome.records;
    double bits = bits_of_dividers(records - trial->odd, trial->odd);
    for (size_t i = 0; i <= HEADER_MOST; i++) {
        const uint64_t wrong = trial->wrong[i] < records ? trial->wrong[i] : records;
        bits += bits_of_dividers(records - wrong, wrong);
    }
    return bits;
}

/* The payload, without what all records begin with, but once. */
static struct counts without_prefix(const struct trial *trial)
{
    const struct outcome *outcome = &trial->outcome;
    const uint32_t n = (uint32_t)outcome->records - (outcome->records > 0);
    struct counts counts = trial->payload;
    for (size_t i = 0; i < outcome->prefix_length; i++) {
        const uint8_t byte = outcome->prefix[i];
        if (!outcome->same[i])
            continue;
        counts.of[byte] -= n;
        counts.total -= n;
        if (!i || (outcome->same[i - 1] && !outcome->prefix[i - 1]))
            counts.after_zero[byte] -= n;
        if (counts.after_zero[byte] > counts.of[byte])
            counts.after_zero[byte] = counts.of[byte];
    }
    return counts;
}

/* Values that tell their own end need nothing else to tell it. */
static double gain(const struct trial *trial, const struct guess *guess, bool whole)
{
    const double known = guess->known * (double)trial->outcome.records;
    const struct counts payload = without_prefix(trial);
    double bits = known + bits_of_bytes(&trial->whole) - bits_of_bytes(&payload) -
                  bits_of_bytes(&trial->untold);
    if (guess->fixed)
        return known;
    if (trial->encodes)
        bits -= bits_of_exceptions(trial);
    if (trial->encodes || guess->known > 0 || trial->untold.total)
        bits -= bits_of_ends(trial, whole);
    return bits;
}

/* Text in what is no text as a whole: the framing is what is not.  That is no misfit. */
static double gain_of_text(const struct trial *trial, size_t size)
{
    const double bits = bits_saved_by_text(&trial->payload);
    const double part = (double)trial->outcome.used / (double)size;
    if (bits <= 0)
        return 0;
    return bits_lesser(bits, TEXT) * part + (double)trial->outcome.used / MISFIT;
}

/* ------------------------------------------------------------------------- rules */

static double noise(struct scores *scores, const struct guess *guess, uint64_t n, uint64_t most)
{
    const double bits = noise_evidence(guess, scores->sample, (size_t)n, most);
    if (bits < 0)
        scores->no_memory = true;
    return bits;
}

/* That all rows have the same number of fields is no accident. */
static double rules_of_fields(const struct outcome *outcome)
{
    if (outcome->records < 2 || outcome->fields_least != outcome->fields_most)
        return 0;
    const double rows = (double)(outcome->records - 1);
    const double bits = rows * bits_log2((double)outcome->fields_most + 1);
    return bits < TEXT_RULES ? 0 : bits_lesser(bits, RULES * STRETCHES);
}

static double rules(struct scores *scores, const struct trial *trial, const struct guess *guess)
{
    const uint64_t used = trial->outcome.records ? trial->outcome.used : scores->sample->size;
    const double stretches = (double)used / STRETCH;
    const double times = stretches < 1 ? 1 : bits_lesser(stretches, STRETCHES);
    if (guess->swept || guess->fixed)
        return 0;
    if (guess->known > 0)
        return guess->known * times;
    if (guess->separator)
        return rules_of_fields(&trial->outcome);
    const double bits = noise(scores, guess, used, 0);
    return bits < (scores->text > 0 ? TEXT_RULES : RULES) ? 0 : bits * times;
}

/* Values that tell their own end are fewer than in noise, and end where the input does. */
static double gain_of_own_end(struct scores *scores, const struct trial *trial,
                              const struct guess *guess)
{
    const struct outcome *outcome = &trial->outcome;
    const bool has_own_end = !trial->encodes && !trial->untold.total;
    if (!has_own_end || !scores->sample->whole || outcome->open || outcome->used > NOISE_MOST)
        return 0;
    return noise(scores, guess, outcome->used, outcome->records);
}

/* ---------------------------------------------------------------------- findings */

static bool is_better(const struct finding *finding, const struct finding *than)
{
    if (finding->score != than->score)
        return finding->score > than->score;
    return finding->guess.strict && !than->guess.strict;
}

/* Keeps the best ones, `most` of them. */
static void insert_into(struct finding *findings, size_t *count, size_t most,
                        const struct finding *finding)
{
    size_t i = *count < most ? (*count)++ : most;
    for (; i > 0 && is_better(finding, &findings[i - 1]); i--) {
        if (i < most)
            findings[i] = findings[i - 1];
    }
    if (i < most)
        findings[i] = *finding;
}

/* Keeps the best ones, by what is known of them so far. */
static void insert(struct scores *scores, const struct finding *finding)
{
    insert_into(scores->findings, &scores->count, SCORE_KEPT, finding);
}

/* Records that are all empty are none, nor are those of which most are, unless they are lines
 * of a text; a part of one is, in an input that goes on. */
static bool has_records(const struct scores *scores, const struct trial *trial)
{
    const struct outcome *outcome = &trial->outcome;
    if (!outcome->records)
        return !scores->sample->whole;
    return trial->payload.total > 0 && (scores->text > 0 || outcome->empty * 2 <= outcome->records);
}

/* Swept guesses are so many that one of them fits the beginning of anything; and any byte
 * that all records of one size have is their length, when adjusted. */
static bool is_refuted(const struct scores *scores, const struct trial *trial,
                       const struct guess *guess)
{
    const struct sample *sample = scores->sample;
    const struct outcome *outcome = &trial->outcome;
    if (outcome->refused || !has_records(scores, trial))
        return true;
    if (guess->fixed)
        return scores->line_count > 1; /* a text of even lines */
    if (!guess->swept)
        return guess->text_only && bits_saved_by_text(&trial->payload) <= 0;
    const bool fits_all =
        outcome->stopped || (sample->whole ? !outcome->open : outcome->used > sample->size / 4 * 3);
    return !fits_all || outcome->shortest == outcome->longest;
}

/* Lines in the bytes that a trial has used: the trial of lines may have stopped earlier. */
static uint64_t lines_used(const struct scores *scores, const struct trial *trial)
{
    uint64_t lines = 0;
    for (uint64_t i = 0; i < trial->outcome.used; i++)
        lines += scores->sample->data[i] == '\n';
    return lines;
}

/* Marks at the beginning of every line mark nothing. */
static bool marks_nothing(const struct scores *scores, const struct trial *trial,
                          const struct guess *guess)
{
    return guess->known > 0 && !guess->fixed && scores->text > 0 &&
           trial->outcome.records + 1 >= lines_used(scores, trial);
}

static void add(struct scores *scores, const struct trial *trial, const struct guess *guess)
{
    const struct outcome *outcome = &trial->outcome;
    const bool whole = scores->sample->whole;
    struct finding finding = {.guess = *guess, .outcome = *outcome};
    const double price =
        guess->settings + (whole && outcome->open ? CUT : 0) - (outcome->ended ? ENDED : 0);
    finding.gain = gain(trial, guess, whole) - scores->lines - price -
                   (double)outcome->used / (guess->swept ? MISFIT_SWEPT : MISFIT);
    if (guess->swept && finding.gain > 0)
        finding.gain -= finding.gain / DOUBT;
    finding.gain += gain_of_own_end(scores, trial, guess);
    if (scores->line_count > 1)
        finding.gain -= REPETITION * (double)outcome->records;
    if (!(scores->text > 0))
        finding.gain += gain_of_text(trial, scores->sample->size);
    finding.rules = rules(scores, trial, guess);
    if (finding.rules > 0)
        finding.rules -= price;
    finding.score = finding.gain > finding.rules ? finding.gain : finding.rules;
    if (finding.score > 0)
        insert(scores, &finding);
}

/* A text is lines, whether they gain anything or not. */
static void add_lines(struct scores *scores, const struct trial *trial, const struct guess *guess)
{
    const bool whole = scores->sample->whole;
    struct finding finding = {.guess = *guess, .outcome = trial->outcome};
    const double bits = trial->outcome.records ? gain(trial, guess, whole) : 0;
    scores->lines = bits > 0 ? bits : 0;
    scores->line_count = trial->outcome.records;
    finding.gain = finding.score = whole && trial->outcome.open ? -CUT : 0;
    insert(scores, &finding);
}

/* False if there is no work left, or no memory. */
static bool run(struct scores *scores, struct trial *trial, const struct guess *guess,
                uint64_t records)
{
    uint64_t *work = guess->swept ? &scores->work_swept : &scores->work;
    if (scores->no_memory || !*work)
        return false;
    scores->no_memory = trial_run(trial, guess, scores->sample, records, work) < 0;
    return !scores->no_memory;
}

/* Are the first records of a guess that is swept worth a whole trial? */
static void screen(struct scores *scores, const struct guess *guess)
{
    struct trial trial;
    if (scores->text > 0 || !run(scores, &trial, guess, RECORDS_SWEPT) || trial.outcome.refused)
        return;
    const double bits = gain(&trial, guess, scores->sample->whole) - guess->settings -
                        (double)trial.outcome.used / MISFIT_SWEPT;
    const struct finding finding = {.guess = *guess, .score = bits};
    if (bits > 0)
        insert_into(scores->swept, &scores->swept_count, SCORE_SWEPT, &finding);
}

static void try_in_full(struct scores *scores, const struct guess *guess)
{
    struct trial trial;
    if (!run(scores, &trial, guess, RECORDS))
        return;
    if (!scores->has_lines && scores->text > 0) /* the first row of the table */
        add_lines(scores, &trial, guess);
    else if (!is_refuted(scores, &trial, guess) && !marks_nothing(scores, &trial, guess))
        add(scores, &trial, guess);
    scores->has_lines = true;
}

static void try_guess(void *arg, const struct guess *guess)
{
    if (guess->swept)
        screen(arg, guess);
    else
        try_in_full(arg, guess);
}

/* How sure it is that the sample is a text. */
static double bits_of_text(const struct sample *sample)
{
    struct counts counts = {.total = 0};
    counts_add(&counts, sample->data, sample->size);
    const double bits = bits_saved_by_text(&counts);
    if (bits <= 0)
        return 0;
    return bits_lesser(TEXT, sample->data[sample->size - 1] == '\n' ? bits + 8 : bits);
}

/* Are these the same frames, of one size? */
static bool is_fixed_as(const struct finding *finding, const struct finding *fixed)
{
    const struct outcome *outcome = &finding->outcome;
    return outcome->shortest == outcome->longest && outcome->used == fixed->outcome.used &&
           outcome->records == fixed->outcome.records;
}

/* Columns that are the same are not found in other framings: what has the same frames, and
 * gains by itself, gains that too. */
static void share_columns(struct scores *scores)
{
    const struct finding *fixed = scores->findings;
    const struct finding *end = fixed + scores->count;
    while (fixed < end && !fixed->guess.fixed)
        fixed++;
    for (struct finding *f = scores->findings; fixed < end && f < end; f++) {
        if (!f->guess.fixed && f->gain >= ENOUGH && f->gain < fixed->gain && is_fixed_as(f, fixed))
            f->gain = fixed->gain + 1;
    }
}

/* Scores and sorts, now that the best gain is known. */
static void rank(struct scores *scores)
{
    const size_t count = scores->count;
    double best = 0;
    share_columns(scores);
    for (size_t i = 0; i < count; i++)
        best = scores->findings[i].gain > best ? scores->findings[i].gain : best;
    scores->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct finding finding = scores->findings[i];
        const double part = (double)finding.outcome.used / (double)scores->sample->size;
        const double by_rules = finding.rules > 0 ? finding.rules + best * part : finding.gain;
        finding.score = scores->text + (finding.gain > by_rules ? finding.gain : by_rules);
        if (finding.score >= ENOUGH)
            insert(scores, &finding);
    }
}

void score_all(struct scores *scores, const struct sample *sample)
{
    memset(scores, 0, sizeof *scores);
    scores->sample = sample;
    scores->work = WORK;
    scores->work_swept = WORK_SWEPT;
    if (!sample->size)
        return;
    scores->text = bits_of_text(sample);
    guess_all(sample, try_guess, scores);
    for (size_t i = 0; i < scores->swept_count; i++)
        try_in_full(scores, &scores->swept[i].guess);
    rank(scores);
}
