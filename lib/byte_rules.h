/* SPDX-License-Identifier: MIT */
/*
 * Byte rules: what certain bytes of a frame must be.
 * Layer: base -> memory -> spec -> byte_rules.
 *
 *     OFFSET:SET      SET = BYTE[-BYTE] *("|" BYTE[-BYTE]), in hexadecimal
 *
 * as in "0:00-02|ff": the byte at OFFSET, from 0, must be one of SET.
 */
#ifndef CB_BYTE_RULES_H
#define CB_BYTE_RULES_H

#include "spec.h"

enum { CB__BYTE_RULES_MAX = 16 };

struct cb__byte_rule {
    uint64_t at;           /* of the frame's bytes */
    uint8_t set[256 / 8];  /* a bit for each byte that may stand there */
    struct cb__bytes text; /* the set as it was written */
    size_t column;         /* in the specification */
    bool selects;          /* another byte is not wrong: its frame is left out */
};

/* All zeros at first. */
struct cb__byte_rules {
    struct cb__byte_rule rules[CB__BYTE_RULES_MAX]; /* in the order of `at` */
    size_t count;
};

/* Adds the rule that a setting says.  CB_EINVAL with *error filled. */
int cb__byte_rules_add(struct cb__byte_rules *rules, const struct cb__setting *setting,
                       bool selects, struct cb_error *error);

/* Refuses rules for bytes after the first `size`, which are the `what`, and a
 * lead, what is written there, that breaks a rule. */
int cb__byte_rules_check(const struct cb__byte_rules *rules, uint64_t size, const char *what,
                         const struct cb__bytes *lead, const struct cb__spec *spec,
                         struct cb_error *error);

/* The bytes of a frame that it takes to apply them all, once they were checked. */
static inline uint64_t cb__byte_rules_reach(const struct cb__byte_rules *rules)
{
    return rules->count ? rules->rules[rules->count - 1].at + 1 : 0;
}

/* What stands before the set in a message. */
static inline const char *cb__byte_rule_article(const struct cb__byte_rule *rule)
{
    return rule->text.length > 2 ? "one of " : "";
}

static inline bool cb__byte_rule_holds(const struct cb__byte_rule *rule, uint8_t byte)
{
    return rule->set[byte / 8] >> byte % 8 & 1;
}

#endif
