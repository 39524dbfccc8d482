/* SPDX-License-Identifier: MIT */
#include "template.h"

#include <string.h>

/* Digits of a number in the smallest base. */
enum { NUMBER_MAX = 22 };

static bool set_conversion(struct name_template *name, char letter)
{
    static const struct {
        char letter;
        unsigned base;
        const char *digits;
    } conversions[] = {
        {'d', 10, "0123456789"},       {'i', 10, "0123456789"},       {'u', 10, "0123456789"},
        {'x', 16, "0123456789abcdef"}, {'X', 16, "0123456789ABCDEF"}, {'o', 8, "01234567"},
    };
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if (conversions[i].letter != letter)
            continue;
        name->base = conversions[i].base;
        name->digits = conversions[i].digits;
        return true;
    }
    return false;
}

/* Reads the conversion at `begin`. */
static const char *parse_conversion(struct name_template *name)
{
    const char *at = name->text + name->begin + 1;
    name->fill = ' ';
    for (; *at == '0' || *at == '-'; at++) {
        if (*at == '0')
            name->fill = '0';
        else
            name->left = true;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        name->width = 10 * name->width + (size_t)(*at - '0');
        if (name->width > TEMPLATE_WIDTH_MAX)
            return "the width is more than 255";
    }
    if (!set_conversion(name, *at))
        return "the conversion must be one of %d %i %u %x %X %o, with - or 0 and a width";
    name->end = (size_t)(at + 1 - name->text);
    return NULL;
}

const char *template_parse(struct name_template *name, const char *text, size_t *at)
{
    *name = (struct name_template){.text = text};
    for (size_t i = 0; text[i];) {
        size_t step = text[i] == '%' && text[i + 1] == '%' ? 2 : 1;
        if (text[i] != '%' || step == 2) {
            i += step;
            continue;
        }
        *at = i + 1;
        if (name->end)
            return "there is a second conversion";
        name->begin = i;
        const char *wrong = parse_conversion(name);
        if (wrong)
            return wrong;
        i = name->end;
    }
    *at = 0;
    return name->end ? NULL : "there is no conversion for the number, such as %06d";
}

size_t template_room(const struct name_template *name)
{
    return strlen(name->text) + (name->width > NUMBER_MAX ? name->width : NUMBER_MAX) + 1;
}

/* Copies text up to `end`, each %% as %; returns the end of the copy. */
static char *copy_text(char *to, const char *from, const char *end)
{
    while (from < end) {
        from += *from == '%';
        *to++ = *from++;
    }
    return to;
}

static char *format_number(const struct name_template *name, uint64_t number, char *to)
{
    char digits[NUMBER_MAX];
    size_t n = 0;
    do {
        digits[n++] = name->digits[number % name->base];
        number /= name->base;
    } while (number);
    size_t pad = name->width > n ? name->width - n : 0;
    if (!name->left) {
        memset(to, name->fill, pad);
        to += pad;
    }
    while (n)
        *to++ = digits[--n];
    if (name->left) {
        memset(to, ' ', pad);
        to += pad;
    }
    return to;
}

void template_format(const struct name_template *name, uint64_t number, char *to)
{
    to = copy_text(to, name->text, name->text + name->begin);
    to = format_number(name, number, to);
    const char *rest = name->text + name->end;
    *copy_text(to, rest, rest + strlen(rest)) = '\0';
}
