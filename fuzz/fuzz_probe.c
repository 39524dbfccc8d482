/* SPDX-License-Identifier: MIT */
/*
 * --probe: what it prints of an input is so.
 *
 * Each specification that is printed is decoded: it finds as many records, in as many bytes.
 * A file prints the same as a pipe.
 */
#include "program.h"

enum { PRINTED = 1 << 16, RECORDS_MOST = 1000 };

/* Decodes up to the end, or an error; *used is the number of bytes of whole records, or of
 * all with an end marker. */
static unsigned long count_records(const char *specification, const struct program *program,
                                   uint64_t *used)
{
    const struct cb_decoder_options options = {.size = sizeof options,
                                               .on_partial = CB_PARTIAL_FAIL};
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = buffer_of_references(), *record = buffer_of_references();
    unsigned long records = 0;
    int status;
    REQUIRE(cb_decoder_new(&decoder, specification, &options, NULL) == CB_OK);
    REQUIRE(cb_append(buffer, program->data, program->size) == CB_OK);
    cb_decoder_finish(decoder);
    *used = 0;
    while ((status = cb_decoder_take(decoder, buffer, record)) == CB_PIECE) {
        records++;
        *used = cb_decoder_position(decoder);
        cb_skip(record, CB_ALL);
    }
    if (status == CB_END) {
        cb_decoder_release(decoder, buffer);
        *used = cb_position(buffer);
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    cb_buffer_free(record);
    return records;
}

/* Two lines: a specification, and what it finds.  What follows them. */
static const char *see_finding(const char *text, const struct program *program)
{
    char specification[200] = "";
    unsigned long records, bytes, size;
    uint64_t used;
    int n = 0;
    const bool quoted = !strncmp(text, "--from '", 8);
    REQUIRE(sscanf(text, quoted ? "--from '%199[^']'%n" : "--from %199[^\n]%n", specification,
                   &n) == 1 &&
            n);
    text += n;
    REQUIRE(sscanf(text, "\n  records %lu, bytes %lu of %lu,", &records, &bytes, &size) == 3);
    REQUIRE(size == program->size && bytes <= size);
    REQUIRE(count_records(specification, program, &used) == records);
    REQUIRE(used == bytes);
    text = strchr(text + 1, '\n');
    return text + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "cbsplit", option[] = "--probe", file[] = "in";
    static char printed[PRINTED];
    struct program program = {
        .arguments = {name, option}, .count = 2, .data = data, .size = size, .from_pipe = true};
    if (size > RECORDS_MOST)
        return -1;
    program_run(&program);
    REQUIRE(program.status == 0 || program.status == 3);
    REQUIRE((program.status == 0) == (*program.printed != '\0'));
    snprintf(printed, sizeof printed, "%s", program.printed);
    for (const char *text = printed; *text;)
        text = see_finding(text, &program);

    if (size % 4) /* it takes its time */
        return 0;
    program.arguments[program.count++] = file;
    program_run(&program);
    REQUIRE(!strcmp(program.printed, printed));
    return 0;
}
