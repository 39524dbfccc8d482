/* SPDX-License-Identifier: MIT */
#include "specification.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "diagnostics.h"
#include "nearest.h"
#include "quote.h"

/* Offers the name of a framing, and the names that others have for it. */
static void offer_names(struct nearest *nearest, const struct cb_framing *framing)
{
    nearest_offer(nearest, cb_framing_name(framing), cb_framing_name(framing));
    nearest_offer(nearest, cb_framing_also(framing), cb_framing_name(framing));
}

/* Offers the keys that a framing has in this direction. */
static void offer_keys(struct nearest *nearest, const struct cb_framing *framing,
                       unsigned direction)
{
    unsigned uses;
    const char *key;
    for (size_t i = 0; (key = cb_framing_key(framing, i, &uses)) != NULL; i++) {
        if (uses & direction)
            nearest_offer(nearest, key, key);
    }
}

static bool is_named(const struct cb_framing *framing, const char *specification)
{
    const char *name = cb_framing_name(framing);
    const size_t n = strlen(name);
    return strncmp(specification, name, n) == 0 && strcspn(specification, ":,") == n;
}

/* The word at the place of the error is unknown: what is near it? */
static struct nearest find_nearest(const char *specification, unsigned direction,
                                   const struct cb_error *error)
{
    const char *word = specification + error->offset;
    const bool is_key = error->offset > 0;
    struct nearest nearest = nearest_to(word, strcspn(word, is_key ? "=," : ":,"));
    for (const struct cb_framing *f = cb_framing_next(NULL); f; f = cb_framing_next(f)) {
        if (!(cb_framing_can(f) & direction))
            continue;
        if (!is_key)
            offer_names(&nearest, f);
        else if (is_named(f, specification))
            offer_keys(&nearest, f, direction);
    }
    return nearest;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Is it about a word that does not exist? */
static bool has_unknown_word(const struct cb_error *error)
{
    return begins(error->text, "unknown framing ") || begins(error->text, "unknown key ");
}

/* Does the setting that ends before this place have a value, and not a number? */
static bool follows_text(const char *specification, const char *place)
{
    const char *value = place;
    while (value > specification && !strchr(",:=", value[-1]))
        value--;
    return value > specification && value[-1] != ',' && value + strspn(value, "0123456789") < place;
}

/* Does a comma that has no escape seem to be a part of a value: the one before the place of the
 * error, or the one that the value there ends with? */
static bool lacks_escape(const char *specification, const struct cb_error *error)
{
    const char *at = specification + error->offset;
    const char *end = at + strcspn(at, "=,");
    if (strstr(error->text, " is empty"))
        return *end == ',' || (*end == '=' && end[1] == ',');
    if (begins(error->text, "expected a key"))
        return at - 1 > specification &&
               (strchr(":=", at[-2]) || follows_text(specification, at - 1));
    return begins(error->text, "unknown key ") && *end != '=' &&
           follows_text(specification, at - 1);
}

enum exit_status bad_specification(const char *option, const char *specification,
                                   unsigned direction, const struct cb_error *error)
{
    char room[NEAREST_ROOM];
    const char *hint = "";
    if (error->code != CB_EINVAL) {
        complain("%s: %s", option, error->text);
        return EXIT_IO;
    }
    if (has_unknown_word(error)) {
        struct nearest nearest = find_nearest(specification, direction, error);
        hint = nearest_hint(&nearest, "", room);
    }
    if (!*hint && lacks_escape(specification, error))
        hint = "; write '\\,' for a comma in a value";
    return usage_error("%s: %s, at character %" PRIu64 " of %s%s", option, error->text,
                       error->offset + 1, QUOTED(specification), hint);
}
