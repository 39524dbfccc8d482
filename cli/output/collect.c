/* SPDX-License-Identifier: MIT */
#include "collect.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../common/diagnostics.h"
#include "../common/interrupt.h"

/* The most bytes that are held of commands that wait, besides a read and what pipes hold;
 * and what each of those that have ended counts for, besides its bytes. */
enum { HELD_MOST = 4 << 20, HELD_EACH = 4 << 10 };

/* ------------------------------------------------------------- standard output */

/* Nobody needs the commands any more. */
static void fail(struct collect *collect, int number)
{
    if (number == EPIPE && !collect->set->ignores_pipe)
        interrupt_by(SIGPIPE);
    collect->failure = number;
    children_stop(collect->set);
}

enum exit_status collect_status(struct collect *collect, enum exit_status status)
{
    struct sink *sink = collect->output.sink;
    if (!collect->failure)
        return status;
    status = output_failed(&collect->output, collect->failure);
    sink->name = "stdout";
    if (collect->was_told)
        sink->error.code = CB_OK;
    collect->was_told = true;
    return status;
}

static void write_out(struct collect *collect)
{
    int number = 0;
    if (!collect->failure)
        number = output_drain(collect->output.buffer, CB_ALL, STDOUT_FILENO);
    if (number)
        fail(collect, number);
}

static void write_if_enough(struct collect *collect)
{
    if (cb_length(collect->output.buffer) >= OUTPUT_ENOUGH)
        write_out(collect);
}

/* ------------------------------------------------------- from a stream to there */

/* Memory is out for what this command has printed.  As some of a record may have been
 * encoded, nothing more can be written after that. */
static void fail_memory(struct collect *collect, size_t place, const struct turn *turn)
{
    collect->fault(collect->listener, place, turn, EXIT_IO, "what it printed: out of memory");
    collect->was_told = true;
    fail(collect, ENOMEM);
}

static bool has_failed(const struct child *child)
{
    return child->stopped || child_exit_status(child->status);
}

/* CB_OK or CB_ENOMEM. */
static int need_decoder(struct collect *collect, struct answers *answers)
{
    const struct cb_decoder_options options = {
        .size = sizeof options, .max_record = collect->how.max_record, .whole = CB_WHOLE};
    if (answers->decoder || !collect->how.framing)
        return CB_OK;
    return cb_decoder_new(&answers->decoder, collect->how.framing, &options, NULL);
}

/* Without a framing. */
static int pass_bytes(struct collect *collect, struct cb_buffer *printed)
{
    if (cb_take(printed, CB_ALL, collect->output.buffer) < 0)
        return CB_ENOMEM;
    write_if_enough(collect);
    return collect->failure ? CB_END : CB_MORE;
}

/* Passes on at most `most` records, and adds them to *count.  As cb_reframe. */
static int pass(struct collect *collect, struct answers *answers, struct cb_buffer *printed,
                uint64_t most, uint64_t *count)
{
    struct output *output = &collect->output;
    int got = CB_YES;
    if (need_decoder(collect, answers) != CB_OK)
        return CB_ENOMEM;
    if (!answers->decoder)
        return pass_bytes(collect, printed);
    while (got == CB_YES && most) {
        size_t n;
        cb_encoder_number(output->encoder, collect->written + 1 - answers->decoded);
        got = cb_reframe(answers->decoder, output->encoder, printed, output->buffer,
                         most < CB_ALL ? (size_t)most : CB_ALL, &n);
        collect->written += n;
        answers->decoded += n;
        *count += n;
        most -= n;
        write_if_enough(collect);
        if (collect->failure)
            return CB_END;
    }
    return got;
}

/* The same for a stream that has ended.  If its command has failed, it may have ended
 * inside a record, which is left out. */
static int pass_rest(struct collect *collect, struct answers *answers, struct cb_buffer *printed,
                     bool has_failed, uint64_t most, uint64_t *count)
{
    const uint64_t before = *count;
    int got = pass(collect, answers, printed, most, count);
    if (got != CB_MORE)
        return got;
    if (has_failed || !answers->decoder) {
        cb_skip(printed, CB_ALL);
        return CB_END;
    }
    cb_decoder_finish(answers->decoder);
    return pass(collect, answers, printed, most - (*count - before), count);
}

/* The stream is wrong: reports that, and ends it. */
static void end_wrong(struct collect *collect, struct answers *answers, size_t place,
                      const struct turn *turn, enum exit_status status, const char *what)
{
    answers->over = true;
    collect->fault(collect->listener, place, turn, status, what);
    if (place != NO_PLACE)
        child_stop(&collect->set->child[place]);
}

/* Takes the result of pass; says what is wrong with the stream. */
static void settle(struct collect *collect, struct answers *answers, size_t place,
                   const struct turn *turn, int got)
{
    char text[CAUSE_ROOM + 32];
    if (got >= 0)
        return;
    answers->over = true;
    if (got == CB_END)
        return;
    if (got == CB_ENOMEM) {
        fail_memory(collect, place, turn);
        return;
    }
    struct cb_error error = *cb_decoder_error(answers->decoder);
    if (got == CB_EUNENCODABLE)
        error = *cb_encoder_error(collect->output.encoder); /* by the number in its stream */
    snprintf(text, sizeof text, "what it printed: %s",
             place_and_cause(&error, (char[CAUSE_ROOM]){0}));
    end_wrong(collect, answers, place, turn,
              got == CB_EUNENCODABLE ? EXIT_UNENCODABLE : EXIT_COMMAND, text);
}

/* Prepares for another stream. */
static void forget(struct answers *answers)
{
    if (answers->decoder)
        cb_decoder_reset(answers->decoder);
    *answers = (struct answers){.decoder = answers->decoder};
}

/* ------------------------------------------------------------------ in no order */

static void write_place(struct collect *collect, size_t place)
{
    struct answers *answers = &collect->answers[place];
    struct child *child = &collect->set->child[place];
    const bool has_ended = child_is_over(child);
    uint64_t count = 0;
    const bool has_more = child->printed && (has_ended || cb_length(child->printed));
    int got = CB_MORE;
    if (has_more && !answers->over && has_ended)
        got = pass_rest(collect, answers, child->printed, has_failed(child), UINT64_MAX, &count);
    else if (has_more && !answers->over)
        got = pass(collect, answers, child->printed, UINT64_MAX, &count);
    settle(collect, answers, place, NULL, got);
    answers->over = answers->over || has_ended;
    if (answers->over && child->printed)
        cb_skip(child->printed, CB_ALL);
}

/* --------------------------------------------------------------------- in order */

/* Writes what was printed for the first turn.  True if that is all. */
static bool write_turn(struct collect *collect, struct turn *turn)
{
    struct child *child = turn->whole ? NULL : &collect->set->child[turn->place];
    struct cb_buffer *printed = child ? child->printed : turn->whole;
    struct answers *answers = collect->one_each ? &collect->answers[turn->place] : &collect->first;
    const bool has_ended = !child || child_is_over(child);
    uint64_t count = 0;
    int got = CB_MORE;
    if (!answers->over && has_ended)
        got = pass_rest(collect, answers, printed, child ? has_failed(child) : turn->failed,
                        turn->left, &count);
    else if (!answers->over)
        got = pass(collect, answers, printed, turn->left, &count);
    settle(collect, answers, turn->place, turn->whole ? turn : NULL, got);
    if (answers->over)
        cb_skip(printed, CB_ALL);
    if (!collect->one_each)
        return has_ended;
    answers->printed += count;
    turn->left -= count;
    return answers->over || !turn->left;
}

static void write_turns(struct collect *collect)
{
    struct turn *turn;
    while (!collect->failure && (turn = turns_first(&collect->turns)) &&
           write_turn(collect, turn)) {
        collect->held -= turn->held;
        if (!collect->one_each)
            forget(&collect->first);
        turns_next(&collect->turns);
    }
}

/* Has the command printed one more record?  Or as pass. */
static int find_more(struct collect *collect, struct answers *answers, struct child *child)
{
    struct cb_buffer *buffer = collect->output.buffer;
    const size_t before = cb_length(buffer);
    size_t count = 0;
    int got = CB_YES;
    if (need_decoder(collect, answers) != CB_OK)
        return CB_ENOMEM;
    if (child_is_over(child) && !has_failed(child))
        cb_decoder_finish(answers->decoder);
    while (got == CB_YES && !count)
        got = cb_reframe(answers->decoder, collect->output.encoder, child->printed, buffer, 1,
                         &count);
    cb_truncate(buffer, before);
    return count ? CB_YES : got;
}

/* Looks at a command that has printed all that is wanted of it so far. */
static void check_place(struct collect *collect, size_t place)
{
    struct answers *answers = &collect->answers[place];
    struct child *child = &collect->set->child[place];
    if (child->out < 0)
        child_close(child); /* it will print no record for what it reads */
    if (answers->over || answers->printed < answers->wanted)
        return;
    if (!child_is_over(child) && !cb_length(child->printed))
        return;
    const int got = find_more(collect, answers, child);
    if (got == CB_YES)
        end_wrong(collect, answers, place, NULL, EXIT_COMMAND,
                  "printed more records than it was given");
    else
        settle(collect, answers, place, NULL, got);
    answers->over = answers->over || child_is_over(child);
}

/* ---------------------------------------------------------------- who may print */

static size_t printed_length(const struct child *child)
{
    return child->printed ? cb_length(child->printed) : 0;
}

/* The bytes that wait for others. */
static size_t count_held(const struct collect *collect)
{
    size_t held = collect->held;
    for (size_t i = 0; i < collect->set->count; i++) {
        if (i != collect->preferred)
            held += printed_length(&collect->set->child[i]);
    }
    return held;
}

/* The command that has the first turn; if none has, one whose record is incomplete, and
 * the same until it is complete. */
static void prefer(struct collect *collect)
{
    const struct children *set = collect->set;
    const struct turn *turn = turns_first(&collect->turns);
    if (turn && !turn->whole)
        collect->preferred = turn->place;
    for (size_t i = 0; i < set->count && !turn && !printed_length(&set->child[collect->preferred]);
         i++)
        collect->preferred = i;
}

static void pause_others(struct collect *collect)
{
    prefer(collect);
    const bool is_enough = count_held(collect) >= HELD_MOST;
    for (size_t i = 0; i < collect->set->count; i++)
        collect->set->child[i].paused = is_enough && i != collect->preferred;
}

bool collect_has_room(const struct collect *collect, size_t place)
{
    if (!collect->turns.turn)
        return true;
    if (place != NO_PLACE)
        return turns_have_room(&collect->turns, place);
    return collect->turns.count < TURNS_MOST && count_held(collect) < HELD_MOST;
}

/* ------------------------------------------------------------------ for the sinks */

void collect_expect(struct collect *collect, size_t place, uint64_t first, uint64_t last)
{
    if (!collect->turns.turn)
        return;
    const uint64_t records = last - first + 1;
    if (collect->one_each)
        collect->answers[place].wanted += records;
    turns_add(&collect->turns, place, first, last, collect->one_each ? records : UINT64_MAX);
}

void collect_write(struct collect *collect)
{
    if (!collect->answers)
        return;
    write_turns(collect);
    for (size_t i = 0; i < collect->set->count && !collect->failure; i++) {
        if (!collect->turns.turn)
            write_place(collect, i);
        else if (collect->one_each)
            check_place(collect, i);
    }
    write_out(collect);
    pause_others(collect);
}

void collect_leave(struct collect *collect, size_t place, uint64_t first, uint64_t last)
{
    struct child *child = &collect->set->child[place];
    struct turn *turn = turns_find(&collect->turns, place);
    if (!collect->answers)
        return;
    if (!turn) {
        write_place(collect, place);
        forget(&collect->answers[place]);
        if (child->printed)
            cb_set_position(child->printed, 0); /* another command prints there now */
        return;
    }
    *turn = (struct turn){.place = NO_PLACE,
                          .whole = child->printed,
                          .held = cb_length(child->printed) + HELD_EACH,
                          .failed = has_failed(child),
                          .first = first,
                          .last = last,
                          .left = UINT64_MAX};
    child->printed = NULL;
    collect->held += turn->held;
}

enum exit_status collect_finish(struct collect *collect, bool whole)
{
    enum exit_status status = EXIT_FINE;
    if (!collect->answers)
        return status;
    collect_write(collect);
    if (whole && !collect->failure)
        status = output_end(&collect->output);
    write_out(collect);
    if (!collect->failure && !status)
        status = output_finish(&collect->output, false);
    if (status)
        collect->output.sink->name = "stdout";
    return collect_status(collect, status);
}

int collect_init(struct collect *collect, struct sink *sink, const struct collecting *how,
                 bool one_each, struct children *set, collect_fault_fn *fault, void *listener)
{
    *collect = (struct collect){.how = *how,
                                .one_each = one_each && how->in_order,
                                .set = set,
                                .fault = fault,
                                .listener = listener};
    if (!how->encoder)
        return 0;
    collect->answers = calloc(set->count, sizeof *collect->answers);
    if (!collect->answers)
        return ENOMEM;
    if (how->in_order && !turns_init(&collect->turns))
        goto err0;
    if (!output_init(&collect->output, sink, how->encoder))
        goto err1;
    set->plan.collects = true;
    return 0;
err1:
    turns_fini(&collect->turns);
err0:
    free(collect->answers);
    return ENOMEM;
}

void collect_fini(struct collect *collect)
{
    if (!collect->answers)
        return;
    for (size_t i = 0; i < collect->set->count; i++)
        cb_decoder_free(collect->answers[i].decoder);
    cb_decoder_free(collect->first.decoder);
    turns_fini(&collect->turns);
    output_fini(&collect->output);
    free(collect->answers);
}
