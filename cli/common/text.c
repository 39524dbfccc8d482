/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdlib.h>
#include <string.h>

const char *text_digits(const char *text, uint64_t *number)
{
    const char *at = text;
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(*number, 10u, number) ||
            __builtin_add_overflow(*number, (uint64_t)(*at - '0'), number))
            return NULL;
    }
    return at == text ? NULL : at;
}

bool text_number(const char *text, uint64_t *number)
{
    const char *rest = text_digits(text, number);
    return rest && !*rest;
}

bool text_size(const char *text, uint64_t *size)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } units[] = {
        {"", 1},      {"K", 1u << 10}, {"M", 1u << 20},    {"G", 1u << 30},
        {"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000},
    };
    const char *rest = text_digits(text, size);
    for (size_t i = 0; rest && i < sizeof units / sizeof *units; i++) {
        if (strcmp(rest, units[i].suffix) == 0)
            return !__builtin_mul_overflow(*size, units[i].factor, size);
    }
    return false;
}

bool text_seconds(const char *text, uint64_t *nanoseconds)
{
    const uint64_t second = 1000000000;
    uint64_t whole = 0, part = 0, unit = second;
    const char *rest = *text == '.' ? text : text_digits(text, &whole);
    if (rest && *rest == '.') {
        const char *digits = rest + 1;
        rest = text_digits(digits, &part);
        for (const char *at = digits; rest && at < rest; at++)
            unit /= 10;
    }
    return rest && !*rest && unit && !__builtin_mul_overflow(whole, second, &whole) &&
           !__builtin_add_overflow(whole, part * unit, nanoseconds);
}

bool text_dangles(const char *text)
{
    while (*text) {
        if (*text++ != '\\')
            continue;
        if (!*text)
            return true;
        text++;
    }
    return false;
}

bool text_add_delimiter(char **specification, const char *string)
{
    const char *lead = *specification ? ",or=" : "delim:";
    size_t used = *specification ? strlen(*specification) : 0, n = strlen(lead);
    char *text = realloc(*specification, used + n + 2 * strlen(string) + 1);
    if (!text)
        return false;
    *specification = text;
    char *to = text + used;
    memcpy(to, lead, n);
    to += n;
    while (*string) {
        if (*string == ',')
            *to++ = '\\';
        else if (*string == '\\' && string[1])
            *to++ = *string++;
        *to++ = *string++;
    }
    *to = '\0';
    return true;
}
