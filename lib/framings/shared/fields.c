/* SPDX-License-Identifier: MIT */
#include "framings/shared/fields.h"

enum phase {
    FIRST,     /* at the beginning of the first line */
    LINE,      /* at the beginning of another one */
    NAME,      /* in its name */
    NAME_END,  /* in white space after it */
    VALUE,     /* after ':' */
    WANTED,    /* the same, in a wanted field */
    VALUE_LF,  /* after the CR */
    WANTED_LF, /* the same, in a wanted field */
    FOLD,      /* after that line, which the next one may continue */
    LAST_LF    /* after the CR of the empty line */
};

/* Result of a step besides those of cb__fields_read: a wanted field ended before this
 * byte, which is to be read again. */
enum { FIELD_BEFORE = -1000 };

enum fault {
    LINE_FOLDED,
    LINE_NAMELESS,
    LINE_BARE_LF,
    LINE_BARE_CR,
    LINE_CONTROL,
    NAME_SPACE,
    NAME_WRONG,
    NAME_FRAMES,
    VALUE_LONG,
    SECTION_BARE_LF,
    SECTION_BARE_CR,
    SECTION_LONG
};

#define TEXTS(before, after)                                                                       \
    {                                                                                              \
        before "header" after, before "trailer" after                                              \
    }
static const char *const texts[][2] = {
    [LINE_FOLDED] = TEXTS("", " line begins with white space"),
    [LINE_NAMELESS] = TEXTS("", " line does not begin with a field name"),
    [LINE_BARE_LF] = TEXTS("", " line ends in LF without CR"),
    [LINE_BARE_CR] = TEXTS("CR without LF in a ", " line"),
    [LINE_CONTROL] = TEXTS("control byte in a ", " line"),
    [NAME_SPACE] = TEXTS("", " line has white space before its colon"),
    [NAME_WRONG] = TEXTS("", " line has no field name"),
    [NAME_FRAMES] = TEXTS("Content-Length or Transfer-Encoding in a ", " line"),
    [VALUE_LONG] = TEXTS("", " value is longer than 256 bytes"),
    [SECTION_BARE_LF] = TEXTS("", " section ends in LF without CR"),
    [SECTION_BARE_CR] = TEXTS("CR without LF at the end of the ", " section"),
    [SECTION_LONG] = TEXTS("", " section is longer than 65536 bytes"),
};

void cb__fields_begin(struct cb__fields *fields, const char *const *names, bool lf, size_t size)
{
    fields->names = names;
    fields->trailers = false;
    fields->lf = lf;
    fields->phase = FIRST;
    fields->size = size;
}

void cb__fields_begin_trailers(struct cb__fields *fields, bool lf)
{
    /* Fields that tell where a message ends must not be trailers (RFC 9110 section 6.5.1):
     * a reader that added them to the header would find another end. */
    static const char *const framing[] = {"content-length", "transfer-encoding", NULL};
    cb__fields_begin(fields, framing, lf, 0);
    fields->trailers = true;
}

static int fail(struct cb__fields *fields, enum fault fault)
{
    fields->why = texts[fault][fields->trailers];
    return CB_EMALFORMED;
}

/* The bytes of tokens (RFC 9110 section 5.6.2) in lower case, 0 for others. */
static const uint8_t tokens[256] =
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0!\0#$%&'\0\0*+\0-.\0"
    "0123456789\0\0\0\0\0\0"
    "\0abcdefghijklmnopqrstuvwxyz\0\0\0^_"
    "`abcdefghijklmnopqrstuvwxyz\0|\0~";

bool cb__is_token(uint8_t c)
{
    return tokens[c];
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* Reads bytes of a name, and returns how many.  Keeps as many as `text` has room for: no
 * wanted name is longer. */
static size_t read_name(struct cb__fields *fields, const uint8_t *data, size_t n)
{
    size_t length = fields->length, i;
    uint8_t c;
    for (i = 0; i < n && (c = tokens[data[i]]); i++) {
        if (length < sizeof fields->text)
            fields->text[length++] = c;
    }
    fields->length = length;
    return i;
}

static size_t read_value(bool folds, const uint8_t *data, size_t n)
{
    size_t i = 0;
    if (folds) {
        while (i < n && !cb__is_line_end(data[i]))
            i++;
    } else {
        while (i < n && !cb__is_control(data[i]))
            i++;
    }
    return i;
}

static int step_line(struct cb__fields *fields, uint8_t c)
{
    if (fields->folds && fields->phase == LINE && is_space(c)) {
        fields->phase = VALUE;
        return CB__MORE;
    }
    fields->length = 0;
    if (read_name(fields, &c, 1)) {
        fields->phase = NAME;
        return CB__MORE;
    }
    if (c == '\n')
        return fields->lf ? CB_OK : fail(fields, SECTION_BARE_LF);
    if (c != '\r')
        return fail(fields, is_space(c) ? LINE_FOLDED : LINE_NAMELESS);
    fields->phase = LAST_LF;
    return CB__MORE;
}

/* At the end of the name: is its value wanted, or, in a trailer, refused? */
static int end_name(struct cb__fields *fields)
{
    const struct cb__bytes name = {.data = fields->text, .length = fields->length};
    fields->phase = VALUE;
    for (size_t i = 0; fields->names[i]; i++) {
        if (cb__bytes_are(&name, fields->names[i])) {
            fields->phase = WANTED;
            fields->which = i;
        }
    }
    if (fields->trailers && fields->phase == WANTED)
        return fail(fields, NAME_FRAMES);
    fields->length = 0;
    fields->value_at = fields->size + 1;
    return CB__MORE;
}

/* The byte after a name. */
static int step_name(struct cb__fields *fields, uint8_t c)
{
    if (c == ':')
        return end_name(fields);
    if (fields->folds && is_space(c)) {
        fields->phase = NAME_END;
        return CB__MORE;
    }
    return fail(fields, is_space(c) ? NAME_SPACE : NAME_WRONG);
}

/* At the end of a wanted field. */
static int end_field(struct cb__fields *fields)
{
    while (fields->length && is_space(fields->text[fields->length - 1]))
        fields->length--;
    fields->phase = LINE;
    return CB__FIELD;
}

/* The same at the end of its line, which may not be the end of the field. */
static int end_wanted(struct cb__fields *fields)
{
    if (!fields->folds)
        return end_field(fields);
    fields->phase = FOLD;
    return CB__MORE;
}

/* A control byte in a value, or at its end. */
static int end_value(struct cb__fields *fields, uint8_t c)
{
    const bool wanted = fields->phase == WANTED;
    if (c == '\r') {
        fields->phase = wanted ? WANTED_LF : VALUE_LF;
        return CB__MORE;
    }
    if (c != '\n')
        return fail(fields, LINE_CONTROL);
    if (!fields->lf)
        return fail(fields, LINE_BARE_LF);
    fields->phase = LINE;
    return wanted ? end_wanted(fields) : CB__MORE;
}

static int step_wanted(struct cb__fields *fields, uint8_t c)
{
    fields->phase = WANTED;
    if (fields->folds ? cb__is_line_end(c) : cb__is_control(c))
        return end_value(fields, c);
    if (!fields->length && is_space(c)) {
        fields->value_at = fields->size + 1;
        return CB__MORE;
    }
    if (fields->length == sizeof fields->text)
        return fail(fields, VALUE_LONG);
    fields->text[fields->length++] = c;
    return CB__MORE;
}

static int step(struct cb__fields *fields, uint8_t c)
{
    switch ((enum phase)fields->phase) {
    case FIRST:
    case LINE:
        return step_line(fields, c);
    case NAME:
    case NAME_END:
        return step_name(fields, c);
    case VALUE:
        return end_value(fields, c);
    case FOLD:
        return is_space(c) ? step_wanted(fields, c) : FIELD_BEFORE;
    case WANTED:
        return step_wanted(fields, c);
    case VALUE_LF:
        fields->phase = LINE;
        return c == '\n' ? CB__MORE : fail(fields, LINE_BARE_CR);
    case WANTED_LF:
        return c == '\n' ? end_wanted(fields) : fail(fields, LINE_BARE_CR);
    case LAST_LF:
    default:
        break;
    }
    return c == '\n' ? CB_OK : fail(fields, SECTION_BARE_CR);
}

/* Skips bytes in the middle of a name, or of a value that is not wanted; returns how
 * many. */
static size_t read_middle(struct cb__fields *fields, const uint8_t *data, size_t n)
{
    size_t i = 0;
    if (fields->phase == VALUE)
        i = read_value(fields->folds, data, n);
    else if (fields->phase == NAME)
        i = read_name(fields, data, n);
    fields->size += i;
    return i;
}

int cb__fields_read(struct cb__fields *fields, const uint8_t *data, size_t n, size_t *used)
{
    for (size_t i = 0;; i++) {
        i += read_middle(fields, data + i, cb__min(n - i, CB__HEAD_MAX - fields->size));
        *used = i;
        if (i == n)
            return CB__MORE;
        if (fields->size == CB__HEAD_MAX)
            return fail(fields, SECTION_LONG);
        int status = step(fields, data[i]);
        if (status < 0)
            return status == FIELD_BEFORE ? end_field(fields) : status;
        fields->size++;
        *used = i + 1;
        if (status != CB__MORE)
            return status;
    }
}

bool cb__field_element(const struct cb__fields *fields, size_t *at, struct cb__bytes *element)
{
    const uint8_t *text = fields->text;
    size_t from = *at, to;
    if (from > fields->length)
        return false;
    for (to = from; to < fields->length && text[to] != ',';)
        to++;
    *at = to + 1; /* after the comma, or after the end */
    while (from < to && is_space(text[from]))
        from++;
    while (to > from && is_space(text[to - 1]))
        to--;
    *element = (struct cb__bytes){.data = text + from, .length = to - from};
    return true;
}
