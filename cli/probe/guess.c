/* SPDX-License-Identifier: MIT */
#include "guess.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <chunkedbuffer.h>
#include "bits.h"

/* Bits of one key, or of an argument. */
static const double SETTING = 6, NESTED = 32;

/* Usual delimiters, of which the rows of the table have none. */
static const char separators[] = ";|\t,\x1e\x1f\x03";

/* What records of a text begin with ("0" is any digit), and the bits of that and of the
 * line end before it. */
static const struct {
    const char *mark, *text;
    double known;
} marks[] = {
    {"__CURSOR=", "journal", 60},
    {">", "start:>,line", 13},
    {"From ", "start:From ,blank", 47},
    {"commit ", "start:commit ,line", 54},
    {"0000-00-00", "start:\\d\\d\\d\\d-\\d\\d-\\d\\d,line", 46},
};

static void set_text(struct guess *guess, const char *text)
{
    snprintf(guess->text, sizeof guess->text, "%s", text);
    snprintf(guess->decode, sizeof guess->decode, "%s", text);
    snprintf(guess->encode, sizeof guess->encode, "%s", text);
}

/* With `keep` the framing would be part of the record. */
static void drop_keep(struct guess *guess, const char *preset)
{
    static const char keep[] = ",keep";
    const size_t n = preset ? strlen(preset) : 0, tail = sizeof keep - 1;
    if (n < tail || n >= sizeof guess->decode || strcmp(preset + n - tail, keep) != 0)
        return;
    snprintf(guess->decode, sizeof guess->decode, "%.*s", (int)(n - tail), preset);
    snprintf(guess->encode, sizeof guess->encode, "%s", guess->decode);
}

/* The name alone; where it is that of another row too, one for output, with the argument
 * that distinguishes the two. */
static struct guess of_row(const struct cb_framing *row)
{
    struct guess guess = {.settings = 0};
    const char *name = cb_framing_name(row);
    set_text(&guess, name);
    drop_keep(&guess, cb_framing_preset(row));
    guess.strict = cb_framing_preset(row) && strstr(cb_framing_preset(row), "byte=");
    if (strcmp(name, "csv") == 0)
        guess.separator = ',';
    if (cb_framing_find(name) != row)
        snprintf(guess.encode, sizeof guess.encode, "%s:\\n", name);
    return guess;
}

/* Without an influence on what fits, or swept. */
static bool is_no_guess(const char *key)
{
    return strcmp(key, "keep") == 0 || strcmp(key, "canonical") == 0 ||
           strcmp(key, "inclusive") == 0 || strcmp(key, "skip-empty") == 0 ||
           strcmp(key, "lazy-quotes") == 0;
}

/* A row, then with each of its keys that takes no value. */
static void guess_row(const struct cb_framing *row, guess_fn *try, void *arg)
{
    const struct guess plain = of_row(row);
    unsigned uses;
    try(arg, &plain);
    for (size_t i = 0; cb_framing_key(row, i, &uses); i++) {
        const char *key = cb_framing_key(row, i, &uses);
        if (!(uses & CB_DECODES) || uses & CB_TAKES_VALUE || !*key || is_no_guess(key))
            continue;
        struct guess guess = {.settings = SETTING, .separator = plain.separator};
        char text[GUESS_ROOM];
        snprintf(text, sizeof text, "%.60s,%.40s", plain.text, key);
        set_text(&guess, text);
        if (!(uses & CB_ENCODES))
            snprintf(guess.encode, sizeof guess.encode, "%s", plain.encode);
        try(arg, &guess);
    }
}

/* Is the row worth a trial?  `syslog` takes any lines for messages, unless one begins with a digit,
 * so the sample must begin as messages do. */
static bool may_be(const struct cb_framing *row, const struct sample *sample)
{
    const uint8_t first = sample->size ? sample->data[0] : 0;
    return strcmp(cb_framing_name(row), "syslog") != 0 || first == '<' || isdigit(first);
}

/* Between STX and ETX, as many devices write. */
static void guess_between(guess_fn *try, void *arg)
{
    struct guess guess = {.settings = SETTING};
    set_text(&guess, "between:\\x02,end=\\x03");
    try(arg, &guess);
}

/* Decodes bytes and forgets the records: the last status. */
static int status_of(const char *specification, const uint8_t *data, size_t n)
{
    struct cb_decoder *decoder = NULL;
    struct cb_buffer *buffer = NULL;
    uint64_t count;
    int status = CB_ENOMEM;
    if (!cb_decoder_new(&decoder, specification, NULL, NULL) && !cb_buffer_new(&buffer, NULL) &&
        !cb_append(buffer, data, n)) {
        cb_decoder_finish(decoder);
        do {
            status = cb_decoder_skip(decoder, buffer, UINT64_MAX, &count);
        } while (status == CB_PIECE);
    }
    cb_decoder_free(decoder);
    cb_buffer_free(buffer);
    return status;
}

/* Rows of fields; with quotes that are text only where they would be malformed otherwise. */
static void guess_tables(const struct sample *sample, guess_fn *try, void *arg)
{
    static const char *const tables[] = {"csv", "csv,sep=\\t", "csv,sep=;", "csv,sep=|"};
    static const char separators_of[] = ",\t;|";
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct guess guess = {.settings = i ? SETTING : 0, .separator = separators_of[i]};
        char text[GUESS_ROOM];
        set_text(&guess, tables[i]);
        if (i)
            try(arg, &guess);
        if (status_of(tables[i], sample->data, sample->size) != CB_EMALFORMED)
            continue;
        guess.settings += SETTING;
        snprintf(text, sizeof text, "%s,lazy-quotes", tables[i]);
        set_text(&guess, text);
        try(arg, &guess);
    }
}

static bool begins_with(const struct sample *sample, const char *mark)
{
    size_t i = 0;
    for (; mark[i] && i < sample->size; i++) {
        const uint8_t byte = sample->data[i];
        if (mark[i] == '0' ? byte < '0' || byte > '9' : byte != (uint8_t)mark[i])
            return false;
    }
    return !mark[i];
}

static void guess_marks(const struct sample *sample, guess_fn *try, void *arg)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        struct guess guess = {.settings = 2 * SETTING, .known = marks[i].known};
        set_text(&guess, marks[i].text);
        if (begins_with(sample, marks[i].mark))
            try(arg, &guess);
    }
}

static void guess_delimiter(const uint8_t *delimiter, size_t n, struct guess guess, guess_fn *try,
                            void *arg)
{
    char text[GUESS_ROOM] = "delim:";
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = delimiter[i];
        const bool plain = byte > ' ' && byte < 0x7f && !strchr(",\\'", byte);
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, plain ? "%c" : "\\x%02x", byte);
    }
    set_text(&guess, text);
    try(arg, &guess);
}

/* Not a letter or digit, nor above ASCII, nor the end of a line. */
static bool may_delimit(uint8_t byte)
{
    const uint8_t lower = byte | 0x20;
    const bool is_letter = lower >= 'a' && lower <= 'z', is_digit = byte >= '0' && byte <= '9';
    return byte && byte != '\n' && byte < 0x7f && !is_letter && !is_digit;
}

/* The last bytes of the input may be a delimiter. */
static void guess_last(const struct sample *sample, guess_fn *try, void *arg)
{
    const uint8_t *end = sample->data + sample->size;
    for (size_t n = 1; n <= 2 && n < sample->size && may_delimit(*(end - n)); n++) {
        const bool usual = n == 1 && strchr(separators, *(end - n));
        const struct guess guess = {.settings = SETTING + (usual ? 0 : 8.0 * (double)n)};
        guess_delimiter(end - n, n, guess, try, arg);
    }
}

/* Of an input that goes on, it may be any of the usual ones. */
static void guess_delimiters(const struct sample *sample, guess_fn *try, void *arg)
{
    const struct guess guess = {.settings = SETTING, .text_only = true};
    if (sample->whole)
        guess_last(sample, try, arg);
    for (size_t i = 0; !sample->whole && separators[i]; i++)
        guess_delimiter((const uint8_t *)separators + i, 1, guess, try, arg);
}

/* The bytes of a header in DER, with a length of one or two bytes; 0: it is another one. */
static size_t header_of_der(const uint8_t *data, size_t size, size_t *length)
{
    if (size < 4 || data[0] != 0x30 || data[1] > 0x82 || data[1] == 0x80)
        return 0;
    *length = data[1];
    for (int i = 0x81; i <= data[1]; i++)
        *length = (i > 0x81 ? *length << 8 : 0) | data[i - 0x81 + 2];
    return data[1] < 0x80 ? 2 : data[1] - 0x80 + 2;
}

/* Do these bytes contain values, and nothing else? */
static bool are_values(const uint8_t *data, size_t n)
{
    return status_of("der", data, n) == CB_END;
}

/* A value that contains values.  A packet of MQTT may look like one, but not inside. */
static bool begins_with_der(const struct sample *sample)
{
    size_t n, header = header_of_der(sample->data, sample->size, &n);
    return header && n && n <= sample->size - header && are_values(sample->data + header, n);
}

static void guess_der(const struct sample *sample, guess_fn *try, void *arg)
{
    struct guess guess = {.known = NESTED};
    set_text(&guess, "der");
    if (begins_with_der(sample))
        try(arg, &guess);
}

/* ------------------------------------------------------------- records of one size */

enum { SIZE_MOST = 1024, COLUMNS_SAMPLE = 32 << 10 };

/* Bits of the columns that have the same byte in all rows of the first n bytes; each
 * column costs one bit.  If all columns do, the rows are no records. */
static double constant_columns(const struct sample *sample, const struct counts *counts, size_t n,
                               size_t size)
{
    const size_t rows = n / size;
    double bits = -(double)size;
    size_t constant = 0;
    for (size_t column = 0; column < size; column++) {
        const uint8_t *at = sample->data + column;
        size_t row = 1;
        while (row < rows && at[row * size] == *at)
            row++;
        if (row < rows)
            continue;
        bits +=
            (double)(rows - 1) * bits_log2(((double)counts->total + 256) / (counts->of[*at] + 1.0));
        constant++;
    }
    return constant < size ? bits : 0;
}

/* The size whose columns save most, at the beginning of the sample and in all of it. */
static void guess_fixed(const struct sample *sample, guess_fn *try, void *arg)
{
    const size_t n = sample->size < COLUMNS_SAMPLE ? sample->size : COLUMNS_SAMPLE;
    struct guess guess = {.settings = 2 * SETTING, .fixed = true};
    struct counts counts = {.total = 0};
    char text[GUESS_ROOM];
    double most = 0;
    size_t best = 0;
    counts_add(&counts, sample->data, sample->size);
    for (size_t size = 2; size <= SIZE_MOST && 3 * size <= n; size++) {
        const double bits = constant_columns(sample, &counts, n, size);
        if (bits <= most || (sample->whole && sample->size % size))
            continue;
        most = bits;
        best = size;
    }
    if (!best)
        return;
    const size_t rows = sample->size / best;
    guess.known = constant_columns(sample, &counts, sample->size, best) / (double)rows;
    snprintf(text, sizeof text, "fixed:%zu", best);
    set_text(&guess, text);
    try(arg, &guess);
}

/* ------------------------------------------------------ lengths with other headers */

enum { OFFSETS = 9, ADJUSTS = 8 };

static void sweep_with(const char *name, int offset, const char *more, double settings,
                       guess_fn *try, void *arg)
{
    struct guess guess = {.settings = settings, .swept = true};
    char text[GUESS_ROOM];
    if (offset)
        snprintf(text, sizeof text, "%s,offset=%d%s", name, offset, more);
    else
        snprintf(text, sizeof text, "%s%s", name, more);
    set_text(&guess, text);
    try(arg, &guess);
}

/* Bytes before the length; and the length counts the header, or more or less than what
 * follows it. */
static void sweep(const char *name, guess_fn *try, void *arg)
{
    for (int offset = 0; offset < OFFSETS; offset++) {
        const double settings = offset ? 3 * SETTING : 2 * SETTING;
        if (offset)
            sweep_with(name, offset, "", settings, try, arg);
        sweep_with(name, offset, ",inclusive", settings + SETTING, try, arg);
        for (int adjust = -ADJUSTS; adjust <= ADJUSTS; adjust++) {
            char more[32];
            snprintf(more, sizeof more, ",adjust=%d", adjust);
            if (adjust)
                sweep_with(name, offset, more, settings + 2 * SETTING, try, arg);
        }
    }
}

/* u8 to u64le: "u", digits, and nothing but an endianness. */
static bool is_binary_length(const char *name)
{
    const size_t digits = *name == 'u' ? strspn(name + 1, "0123456789") : 0;
    const char *rest = name + 1 + digits;
    return digits && (!*rest || strcmp(rest, "be") == 0 || strcmp(rest, "le") == 0);
}

void guess_all(const struct sample *sample, guess_fn *try, void *arg)
{
    const struct cb_framing *row = NULL;
    while ((row = cb_framing_next(row)) != NULL) {
        if (cb_framing_can(row) & CB_DECODES && may_be(row, sample))
            guess_row(row, try, arg);
    }
    guess_between(try, arg);
    guess_tables(sample, try, arg);
    guess_marks(sample, try, arg);
    guess_delimiters(sample, try, arg);
    guess_der(sample, try, arg);
    guess_fixed(sample, try, arg);
    while ((row = cb_framing_next(row)) != NULL) {
        if (is_binary_length(cb_framing_name(row)))
            sweep(cb_framing_name(row), try, arg);
    }
}
