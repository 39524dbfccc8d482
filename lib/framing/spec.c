/* SPDX-License-Identifier: MIT */
#include "framing/spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cb__error_set(struct cb_error *error, int code, uint64_t offset, const char *format, ...)
{
    va_list arguments;
    if (!error)
        return code;
    error->code = code;
    error->record = 0;
    error->offset = offset;
    error->start = 0;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    /* The message may quote the specification, which may contain any bytes. */
    for (char *at = error->text; *at; at++) {
        if (*at < ' ' || *at > '~')
            *at = '?';
    }
    return code;
}

bool cb__bytes_are(const struct cb__bytes *bytes, const char *word)
{
    return strlen(word) == bytes->length && memcmp(bytes->data, word, bytes->length) == 0;
}

bool cb__bytes_number(const struct cb__bytes *bytes, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < bytes->length; i++) {
        uint8_t c = bytes->data[i];
        if (!cb__is_digit(c) || !cb__mul_u64(*number, 10, number) ||
            !cb__add_u64(*number, cb__digit_value(c), number))
            return false;
    }
    return bytes->length > 0;
}

bool cb__bytes_are_digits(const struct cb__bytes *bytes)
{
    size_t i = 0;
    while (i < bytes->length && cb__is_digit(bytes->data[i]))
        i++;
    return i && i == bytes->length;
}

/* Decodes the escape after a backslash; returns how many characters it has, 0 if it is
 * invalid. */
static size_t decode_escape(const char *text, uint8_t *byte, uint8_t *wild)
{
    static const char names[] = "nrt0abefv\\,";
    static const uint8_t values[] = "\n\r\t\0\a\b\x1b\f\v\\,";
    const char *at = *text ? strchr(names, *text) : NULL;
    if (at) {
        *byte = values[at - names];
        return 1;
    }
    if (*text == 'd' || *text == '.') {
        *byte = (uint8_t)*text;
        *wild = *text == 'd' ? CB__WILD_DIGIT : CB__WILD_ANY;
        return 1;
    }
    if (*text != 'x')
        return 0;
    unsigned high = cb__digit_value((uint8_t)text[1]);
    unsigned low = high < 16 ? cb__digit_value((uint8_t)text[2]) : 16;
    if (low == 16)
        return 0;
    *byte = (uint8_t)(high << 4 | low);
    return 3;
}

/* Where the next value goes. */
struct room {
    uint8_t *bytes, *wild;
};

static int bad_escape(const struct cb__spec *spec, const char *from, struct cb_error *error)
{
    const size_t column = (size_t)(from - spec->text);
    if (from[1] == 'x')
        return cb__error_set(error, CB_EINVAL, column, "\\x is not followed by two hex digits");
    if (from[1])
        return cb__error_set(error, CB_EINVAL, column, "unknown escape '\\%c'", from[1]);
    return cb__error_set(error, CB_EINVAL, column, "nothing follows the last '\\'");
}

/* Decodes up to a comma or the end; returns what follows, NULL on error. */
static const char *decode_value(struct cb__spec *spec, const char *from, struct room *room,
                                struct cb__setting *setting, struct cb_error *error)
{
    uint8_t *const bytes = room->bytes, *const wild = room->wild;
    size_t length = 0;
    for (; *from && *from != ','; length++) {
        wild[length] = CB__WILD_NONE;
        if (*from != '\\') {
            bytes[length] = (uint8_t)*from++;
            continue;
        }
        size_t n = decode_escape(from + 1, &bytes[length], &wild[length]);
        if (!n) {
            bad_escape(spec, from, error);
            return NULL;
        }
        if (wild[length] != CB__WILD_NONE && !setting->wild) {
            setting->wild = wild;
            setting->wild_column = (size_t)(from - spec->text);
        }
        from += 1 + n;
    }
    setting->value = (struct cb__bytes){.data = bytes, .length = length};
    *room = (struct room){.bytes = bytes + length, .wild = wild + length};
    return from;
}

static struct cb__bytes span(const char *from, size_t n)
{
    return (struct cb__bytes){.data = (const uint8_t *)from, .length = n};
}

static int parse(struct cb__spec *spec, struct room room, struct cb_error *error)
{
    const char *at = spec->text + strcspn(spec->text, ":,");
    spec->name = span(spec->text, (size_t)(at - spec->text));
    if (!spec->name.length)
        return cb__error_set(error, CB_EINVAL, 0, "the name of the framing is missing");
    while (*at) {
        struct cb__setting *setting = &spec->settings[spec->count++];
        bool argument = *at == ':';
        const char *key = ++at;
        size_t n = argument ? 0 : strcspn(at, "=,");
        setting->column = (size_t)(key - spec->text);
        setting->key = span(key, n);
        at += n;
        setting->has_value = argument || *at == '=';
        setting->value = span("", 0);
        setting->wild = NULL;
        if (!argument && !n)
            return cb__error_set(error, CB_EINVAL, setting->column, "expected a key");
        if (!setting->has_value)
            continue;
        if (!argument)
            at++;
        at = decode_value(spec, at, &room, setting, error);
        if (!at)
            return CB_EINVAL;
    }
    return CB_OK;
}

int cb__spec_parse(struct cb__spec *spec, const char *text, const struct cb_allocator *allocator,
                   struct cb_error *error)
{
    size_t length = strlen(text), most = 1, settings, values;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    memset(spec, 0, sizeof *spec);
    if (!cb__mul_size(most, sizeof *spec->settings, &settings) ||   /* not taken: see below */
        !cb__mul_size(length, 2, &values) ||                        /* not taken: the same */
        !cb__add_size(settings, values, &spec->size))               /* not taken: the same */
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory"); /* not reached: too long */
    spec->memory = allocator->alloc(allocator->arg, spec->size);
    if (!spec->memory)
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory");
    spec->text = text;
    spec->allocator = allocator;
    spec->settings = spec->memory;
    uint8_t *const bytes = (uint8_t *)spec->memory + settings;
    int status = parse(spec, (struct room){.bytes = bytes, .wild = bytes + length}, error);
    if (status)
        cb__spec_fini(spec);
    return status;
}

void cb__spec_fini(struct cb__spec *spec)
{
    if (spec->memory)
        spec->allocator->free(spec->allocator->arg, spec->memory, spec->size);
    spec->memory = NULL;
}

/* The last setting with a key of n characters, or NULL. */
static const struct cb__setting *get(const struct cb__spec *spec, const char *key, size_t n)
{
    for (size_t i = spec->count; i--;) {
        const struct cb__bytes *own = &spec->settings[i].key;
        if (own->length == n && memcmp(own->data, key, n) == 0)
            return &spec->settings[i];
    }
    return NULL;
}

const struct cb__setting *cb__spec_get(const struct cb__spec *spec, const char *key)
{
    return get(spec, key, strlen(key));
}

bool cb__spec_has(const struct cb__spec *spec, const char *key)
{
    return cb__spec_get(spec, key) || (spec->caller && cb__spec_get(spec->caller, key));
}

size_t cb__spec_column(const struct cb__spec *spec, const char *keys)
{
    const struct cb__spec *caller = spec->caller ? spec->caller : spec;
    for (;;) {
        const size_t n = strcspn(keys, " ");
        const struct cb__setting *setting = get(caller, keys, n);
        if (setting || !keys[n])
            return setting ? setting->column : 0;
        keys += n + 1;
    }
}

int cb__spec_refuse(const struct cb__spec *spec, const struct cb__conflict *conflicts, size_t count,
                    struct cb_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (conflicts[i].wrong)
            return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, conflicts[i].keys), "%s",
                                 conflicts[i].why);
    }
    return CB_OK;
}
