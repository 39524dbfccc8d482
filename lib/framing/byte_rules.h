/* SPDX-License-Identifier: MIT */
/*
 * Byte rules: which values certain bytes of a frame may have.
 * Layer: base -> memory -> spec -> byte_rules.
 *
 *     OFFSET:SET      SET = BYTE[-BYTE] *("|" BYTE[-BYTE]), in hexadecimal
 *
 * as in "0:00-02|ff": the byte at OFFSET, from 0, must be one of SET.
 */
#ifndef CB_BYTE_RULES_H
#define CB_BYTE_RULES_H

#include "framing/spec.h"

enum { CB__BYTE_RULES_MAX = 16 };

struct cb__byte_rule {
    uint64_t at;           /* offset in the frame */
    uint8_t set[256 / 8];  /* a bit for each allowed byte */
    struct cb__bytes text; /* the set as written */
    size_t column;         /* in the specification */
    bool selects;          /* a frame with any other byte is dropped, not malformed */
};

/* Initially all zeros. */
struct cb__byte_rules {
    struct cb__byte_rule rules[CB__BYTE_RULES_MAX]; /* in the order of `at` */
    size_t count;
};

/* Adds the rule in a setting.  CB_EINVAL with *error filled. */
int cb__byte_rules_add(struct cb__byte_rules *rules, const struct cb__setting *setting,
                       bool selects, struct cb_error *error);

/* Rejects rules for bytes beyond the first `size`, which are the `what`, and a lead
 * (the bytes written there) that breaks a rule. */
int cb__byte_rules_check(const struct cb__byte_rules *rules, uint64_t size, const char *what,
                         const struct cb__bytes *lead, const struct cb__spec *spec,
                         struct cb_error *error);

/* How many bytes of a frame are needed to apply all checked rules. */
static inline uint64_t cb__byte_rules_reach(const struct cb__byte_rules *rules)
{
    return rules->count ? rules->rules[rules->count - 1].at + 1 : 0;
}

/* Does any rule make frames malformed? */
static inline bool cb__byte_rules_any_checks(const struct cb__byte_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (!rules->rules[i].selects)
            return true;
    }
    return false;
}

/* The words before the set in a message. */
static inline const char *cb__byte_rule_article(const struct cb__byte_rule *rule)
{
    return rule->text.length > 2 ? "one of " : "";
}

static inline bool cb__byte_rule_holds(const struct cb__byte_rule *rule, uint8_t byte)
{
    return rule->set[byte / 8] >> byte % 8 & 1;
}

#endif
