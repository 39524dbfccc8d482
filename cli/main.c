/* SPDX-License-Identifier: MIT */
/* cbsplit: splits a byte stream into records and writes them in another
 * framing. */
#include <errno.h>
#include <string.h>

#include "diagnostics.h"
#include "options.h"
#include "reframe.h"

/* The output framing where none is given: what is natural for the input's. */
static const char *natural_output(const char *from)
{
    const struct cb_framing *framing = cb_framing_find(from);
    bool body = framing && strcmp(cb_framing_name(framing), "chunked") == 0;
    return body ? "raw" : "line";
}

static int new_decoder(const struct options *options, bool whole, struct cb_decoder **decoder)
{
    const struct cb_decoder_options o = {
        .size = sizeof o,
        .max_record = options->max_record,
        .on_partial = options->on_partial,
        .whole = whole,
    };
    struct cb_error error;
    if (cb_decoder_new(decoder, options->from, &o, &error) == CB_OK)
        return EXIT_FINE;
    return bad_specification(options->delimiters ? "--delim" : "--from", options->from, &error);
}

static int new_sink(const struct options *options, struct sink **sink, bool *needs_length)
{
    const char *to = options->to ? options->to : natural_output(options->from);
    struct cb_encoder *encoder = NULL;
    struct cb_error error;
    *needs_length = false;
    if (options->count) {
        *sink = sink_count_new();
    } else {
        if (cb_encoder_new(&encoder, to, NULL, &error))
            return bad_specification("--to", to, &error);
        *needs_length = cb_encoder_traits(encoder) & CB_NEEDS_LENGTH;
        *sink = sink_stdout_new(encoder);
    }
    if (*sink)
        return EXIT_FINE;
    cb_encoder_free(encoder);
    complain_errno("stdout", ENOMEM);
    return EXIT_IO;
}

/* One input after another; one that cannot be opened does not keep the others
 * from being read. */
static int run_all(struct reframe *reframe, const struct options *options)
{
    int result = EXIT_FINE;
    for (int i = 0; i < options->file_count && !reframe_done(reframe); i++) {
        struct source source;
        int number = source_open(&source, options->files[i]);
        if (number) {
            complain_errno(options->files[i], number);
            result = EXIT_IO;
            continue;
        }
        int status = reframe_run(reframe, &source);
        if (status)
            return reframe_finish(reframe, status);
    }
    int ended = reframe_finish(reframe, EXIT_FINE);
    return result ? result : ended;
}

/* Builds what the options ask for, and runs it. */
static int work(const struct options *options)
{
    struct reframe reframe = {.skip = options->skip};
    bool needs_length;
    if (__builtin_add_overflow(options->skip, options->head, &reframe.last))
        reframe.last = UINT64_MAX;
    int status = new_sink(options, &reframe.sink, &needs_length);
    if (status)
        return status;
    status = new_decoder(options, false, &reframe.decoder);
    if (status)
        goto err0;
    /* An output that puts the length first cannot begin before it is known. */
    if (needs_length && !(cb_decoder_traits(reframe.decoder) & CB_TELLS_LENGTH)) {
        cb_decoder_free(reframe.decoder);
        status = new_decoder(options, true, &reframe.decoder);
        if (status)
            goto err0;
    }
    if (cb_pool_new(&reframe.pool, NULL)) {
        complain_errno("stdin", ENOMEM);
        status = EXIT_IO;
        goto err1;
    }
    status = run_all(&reframe, options);
    cb_pool_unref(reframe.pool);
err1:
    cb_decoder_free(reframe.decoder);
err0:
    reframe.sink->ops->free(reframe.sink);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    int status;
    if (options_parse(&options, argc, argv, &status))
        status = work(&options);
    options_free(&options);
    return status;
}
