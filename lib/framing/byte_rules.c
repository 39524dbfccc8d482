/* SPDX-License-Identifier: MIT */
#include "framing/byte_rules.h"

#include <inttypes.h>
#include <string.h>

/* Reads a byte of one or two digits; false if there is none. */
static bool read_byte(struct cb__bytes *text, unsigned *byte)
{
    size_t n = 0;
    *byte = 0;
    while (n < 2 && n < text->length && cb__digit_value(text->data[n]) < 16)
        *byte = *byte << 4 | cb__digit_value(text->data[n++]);
    text->data += n;
    text->length -= n;
    return n > 0;
}

static bool skip_byte(struct cb__bytes *text, uint8_t byte)
{
    if (!text->length || text->data[0] != byte)
        return false;
    text->data++;
    text->length--;
    return true;
}

static bool read_set(struct cb__bytes text, uint8_t *set)
{
    do {
        unsigned first, last;
        if (!read_byte(&text, &first))
            return false;
        last = first;
        if (skip_byte(&text, '-') && (!read_byte(&text, &last) || last < first))
            return false;
        for (unsigned byte = first; byte <= last; byte++)
            set[byte / 8] |= (uint8_t)(1 << byte % 8);
    } while (skip_byte(&text, '|'));
    return !text.length;
}

static bool read_rule(const struct cb__bytes *text, struct cb__byte_rule *rule)
{
    const uint8_t *colon = text->length ? memchr(text->data, ':', text->length) : NULL;
    if (!colon)
        return false;
    const size_t n = (size_t)(colon - text->data);
    const struct cb__bytes offset = {.data = text->data, .length = n};
    rule->text = (struct cb__bytes){.data = colon + 1, .length = text->length - n - 1};
    /* A number that is too large is outside all frames, as the largest is. */
    if (!cb__bytes_number(&offset, &rule->at))
        rule->at = UINT64_MAX;
    return cb__bytes_are_digits(&offset) && read_set(rule->text, rule->set);
}

int cb__byte_rules_add(struct cb__byte_rules *rules, const struct cb__setting *setting,
                       bool selects, struct cb_error *error)
{
    struct cb__byte_rule rule = {.selects = selects, .column = setting->column};
    const char *what = selects ? "only" : "byte";
    if (!read_rule(&setting->value, &rule))
        return cb__error_set(error, CB_EINVAL, setting->column,
                             "'%s' needs an offset and hexadecimal bytes, as in '0:00-02|ff'",
                             what);
    if (rules->count == CB__BYTE_RULES_MAX)
        return cb__error_set(error, CB_EINVAL, setting->column,
                             "there are more than %d 'byte' and 'only' rules", CB__BYTE_RULES_MAX);
    size_t i = rules->count++;
    for (; i && rules->rules[i - 1].at > rule.at; i--)
        rules->rules[i] = rules->rules[i - 1];
    rules->rules[i] = rule;
    return CB_OK;
}

int cb__byte_rules_check(const struct cb__byte_rules *rules, uint64_t size, const char *what,
                         const struct cb__bytes *lead, const struct cb__spec *spec,
                         struct cb_error *error)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct cb__byte_rule *rule = &rules->rules[i];
        if (rule->at >= size)
            return cb__error_set(error, CB_EINVAL, rule->column,
                                 "byte %" PRIu64 " is outside the %" PRIu64 "-byte %s", rule->at,
                                 size, what);
        if (!rule->selects && rule->at < lead->length &&
            !cb__byte_rule_holds(rule, lead->data[rule->at]))
            return cb__error_set(error, CB_EINVAL, cb__spec_column(spec, "lead"),
                                 "byte %" PRIu64 " of the lead is not %s%.*s", rule->at,
                                 cb__byte_rule_article(rule), (int)cb__min(rule->text.length, 80),
                                 (const char *)rule->text.data);
    }
    return CB_OK;
}
