/* SPDX-License-Identifier: MIT */
#include "coders.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/diagnostics.h"
#include "common/fd.h"
#include "common/quote.h"
#include "common/specification.h"

/* Can this specification be decoded, with these options?  As cb_decoder_new. */
static int try_decoder(const char *specification, const struct cb_decoder_options *options,
                       struct cb_error *error)
{
    struct cb_decoder *decoder = NULL;
    int status = cb_decoder_new(&decoder, specification, options, error);
    cb_decoder_free(decoder);
    return status;
}

/* Refuses --on-malformed=skip for this framing, with those that can do it. */
static enum exit_status refuse_lost(const char *from)
{
    static const struct cb_decoder_options skip = {.size = sizeof skip,
                                                   .on_malformed = CB_MALFORMED_SKIP};
    struct cb_error error;
    char names[512];
    size_t n = 0;
    *names = '\0';
    for (const struct cb_framing *f = NULL; (f = cb_framing_next(f)) && n < sizeof names;) {
        const int status = try_decoder(cb_framing_name(f), &skip, &error);
        if (status == CB_ENOMEM)
            return bad_specification("--from", from, CB_DECODES, &error);
        if (!status)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n ? ", " : "",
                                  cb_framing_name(f));
    }
    return usage_error("--on-malformed=skip: after damage %s cannot find its place again; these "
                       "can: %s, between, and others with byte= or trailer=",
                       QUOTED(from), names);
}

/* ... or because there is nothing to skip; `why` is the library's error. */
static enum exit_status refuse_skip(const char *from, const struct cb_error *why)
{
    static const char nothing[] = "no input is malformed";
    if (strncmp(why->text, nothing, sizeof nothing - 1) != 0)
        return refuse_lost(from);
    return usage_error("--on-malformed=skip: %s in %s", nothing, QUOTED(from));
}

/* A record whose header has its length cannot be written before that is known. */
static unsigned hold_whole(const struct options *options, unsigned needs)
{
    const bool is_plain = grouping_is_plain(&options->grouping);
    needs |= is_plain ? options->destination->traits : 0;
    if (needs & CB_NEEDS_WHOLE)
        return CB_WHOLE;
    return needs & CB_NEEDS_LENGTH ? CB_WHOLE_UNTOLD : 0;
}

/* `needs` are the traits of the encoder, 0 if there is none or they do not matter. */
static enum exit_status new_decoder(const struct options *options, unsigned needs,
                                    struct cb_decoder **decoder)
{
    const struct cb_decoder_options o = {
        .size = sizeof o,
        .max_record = options->max_record,
        .on_partial = (enum cb_partial)options->on_partial,
        .on_overflow = (enum cb_overflow)options->on_overflow,
        .on_malformed = (enum cb_malformed)options->on_malformed,
        .whole = hold_whole(options, needs),
        .trailers = needs & CB_NEEDS_TRAILER ? 1 : 0,
    };
    struct cb_error error;
    if (cb_decoder_new(decoder, options->from, &o, &error) == CB_OK)
        return EXIT_FINE;
    if (options->on_malformed && error.code == CB_EINVAL &&
        try_decoder(options->from, NULL, NULL) == CB_OK)
        return refuse_skip(options->from, &error);
    return bad_specification(options->delimiters ? "--delim" : "--from", options->from, CB_DECODES,
                             &error);
}

/* For what is written to standard output, or to files and commands.  `option` names it, in
 * messages. */
static enum exit_status new_encoder(const struct options *options, bool to_stdout,
                                    const char *option, const char *to, struct cb_encoder **encoder)
{
    const struct cb_encoder_options o = {
        .size = sizeof o,
        .refuse_collisions = options->on_collision == COLLISION_FAIL,
        .color = to_stdout && fd_takes_color(STDOUT_FILENO),
    };
    struct cb_error error;
    if (cb_encoder_new(encoder, to, &o, &error) == CB_OK)
        return EXIT_FINE;
    return bad_specification(option, to, CB_ENCODES, &error);
}

/* The default output framing depends on the decoder, and needs nothing from it. */
static enum exit_status new_pair(const struct options *options, struct cb_decoder **decoder,
                                 struct cb_encoder **encoder)
{
    const bool encodes = options->destination->encodes;
    const bool to_stdout = options->destination->writes_stdout;
    enum exit_status status = EXIT_FINE;
    if (encodes && options->to)
        status = new_encoder(options, to_stdout, "--to", options->to, encoder);
    if (!status)
        status = new_decoder(options, *encoder ? cb_encoder_traits(*encoder) : 0, decoder);
    if (!status && encodes && !options->to)
        status = new_encoder(options, to_stdout, "--to",
                             cb_decoder_traits(*decoder) & CB_PARTS ? "raw" : "line", encoder);
    return status;
}

/* Can what commands print be read in this framing? */
static enum exit_status check_collect(const char *framing)
{
    struct cb_error error;
    int status = try_decoder(framing, NULL, &error);
    return status ? bad_specification("--collect", framing, CB_DECODES, &error) : EXIT_FINE;
}

/* ... and written in the same?  Another framing may have the name of one that is for input
 * only. */
static enum exit_status check_collect_both_ways(const char *framing)
{
    struct cb_error error;
    struct cb_encoder *encoder = NULL;
    int status = CB_EINVAL;
    if (cb_framing_can(cb_framing_find(framing)) & CB_ENCODES)
        status = cb_encoder_new(&encoder, framing, NULL, &error);
    cb_encoder_free(encoder);
    if (status == CB_EINVAL)
        return usage_error("--collect: %s cannot be written; choose another framing for that by "
                           "--collect-to",
                           QUOTED(framing));
    return status ? bad_specification("--collect", framing, CB_ENCODES, &error) : EXIT_FINE;
}

/* As long a record as can be held anyway. */
enum { COLLECT_MOST = 64 << 20 };

static enum exit_status new_collecting(const struct options *options, struct collecting *collecting)
{
    const char *to = options->collect_to ? options->collect_to : options->collect;
    enum exit_status status = EXIT_FINE;
    if (!options_collect(options))
        return EXIT_FINE;
    collecting->framing = options->collect;
    collecting->in_order = options->keep_order;
    collecting->max_record =
        options->max_record > COLLECT_MOST ? options->max_record : COLLECT_MOST;
    if (options->collect)
        status = check_collect(options->collect);
    if (!status && options->collect && !options->collect_to)
        status = check_collect_both_ways(options->collect);
    return status
               ? status
               : new_encoder(options, true, "--collect-to", to ? to : "raw", &collecting->encoder);
}

enum exit_status coders_new(const struct options *options, struct cb_decoder **decoder,
                            struct supplies *supplies)
{
    enum exit_status status = new_pair(options, decoder, &supplies->encoder);
    if (!status)
        status = new_collecting(options, &supplies->collecting);
    if (!status && supplies->encoder)
        cb_encoder_follow(supplies->encoder, *decoder);
    return status;
}
