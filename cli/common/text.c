/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* number * factor + more, or UINT64_MAX. */
static enum text_result scale(uint64_t *number, uint64_t factor, uint64_t more)
{
    if (!__builtin_mul_overflow(*number, factor, number) &&
        !__builtin_add_overflow(*number, more, number))
        return TEXT_FINE;
    *number = UINT64_MAX;
    return TEXT_TOO_LARGE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

enum text_result text_digits(const char **text, uint64_t *number)
{
    enum text_result result = is_digit(**text) ? TEXT_FINE : TEXT_WRONG;
    *number = 0;
    for (; is_digit(**text); ++*text) {
        if (result == TEXT_FINE)
            result = scale(number, 10, (uint64_t)(**text - '0'));
    }
    return result;
}

enum text_result text_number(const char *text, uint64_t *number)
{
    enum text_result result = text_digits(&text, number);
    return *text ? TEXT_WRONG : result;
}

enum text_result text_size(const char *text, uint64_t *size)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } units[] = {
        {"", 1},      {"K", 1u << 10}, {"M", 1u << 20},    {"G", 1u << 30},
        {"KB", 1000}, {"MB", 1000000}, {"GB", 1000000000},
    };
    const enum text_result result = text_digits(&text, size);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].suffix) == 0)
            return result == TEXT_FINE ? scale(size, units[i].factor, 0) : result;
    }
    return TEXT_WRONG;
}

enum text_result text_seconds(const char *text, uint64_t *nanoseconds)
{
    const uint64_t second = 1000000000;
    uint64_t part = 0, unit = second;
    enum text_result result = text_digits(&text, nanoseconds);
    if (*text == '.' && is_digit(text[1])) {
        result = result ? result : TEXT_FINE;
        for (text++; is_digit(*text); text++)
            part += (uint64_t)(*text - '0') * (unit /= 10);
    }
    if (*text)
        return TEXT_WRONG;
    return result == TEXT_FINE ? scale(nanoseconds, second, part) : result;
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
