/* SPDX-License-Identifier: MIT */
/* From a specification to the struct of its family. */
#include "framing/framing.h"

#include <inttypes.h>
#include <string.h>

/* ------------------------------------------------------------- the table */

const struct cb_framing *cb_framing_next(const struct cb_framing *framing)
{
    const struct cb_framing *next = framing ? framing + 1 : cb__framings;
    return next->name ? next : NULL;
}

const char *cb_framing_name(const struct cb_framing *framing)
{
    return framing->name;
}

const char *cb_framing_summary(const struct cb_framing *framing)
{
    return framing->summary;
}

const char *cb_framing_preset(const struct cb_framing *framing)
{
    return framing->preset;
}

const char *cb_framing_also(const struct cb_framing *framing)
{
    return framing->also;
}

/* The first row with this name, starting at `row`. */
static const struct cb_framing *find_from(const struct cb_framing *row,
                                          const struct cb__bytes *name)
{
    while (row->name && !cb__bytes_are(name, row->name))
        row++;
    return row->name ? row : NULL;
}

static struct cb__bytes name_of(const char *specification)
{
    return (struct cb__bytes){.data = (const uint8_t *)specification,
                              .length = strcspn(specification, ":,")};
}

const struct cb_framing *cb_framing_find(const char *specification)
{
    const struct cb__bytes name = name_of(specification);
    return find_from(cb__framings, &name);
}

/* The row with the family: for a preset, the row of its generic specification, which
 * has settings. */
static const struct cb_framing *generic(const struct cb_framing *framing)
{
    if (!framing->preset)
        return framing;
    const struct cb__bytes name = name_of(framing->preset);
    framing = find_from(cb__framings, &name);
    while (!framing->family || !framing->family->keys)
        framing = find_from(framing + 1, &name);
    return framing;
}

unsigned cb_framing_can(const struct cb_framing *framing)
{
    const struct cb__family *family = generic(framing)->family;
    return (family->decode ? (unsigned)CB_DECODES : 0) |
           (family->encode ? (unsigned)CB_ENCODES : 0);
}

/* ----------------------------------------------------------------- the keys */

/* Every family has this key.  It may be given even if a preset has it. */
static const struct cb__key keep = {"keep", CB__KEY_FLAG | CB__KEY_IN | CB__KEY_REPLACES, 0};

static unsigned kind_of(const struct cb__key *key)
{
    return key->kind & CB__KEY_KIND;
}

static bool is_rule(const struct cb__key *key)
{
    return kind_of(key) == CB__KEY_RULE || kind_of(key) == CB__KEY_SELECT;
}

/* May the key be given although the preset has it? */
static bool adds(const struct cb__key *key)
{
    return key->kind & CB__KEY_REPLACES || is_rule(key);
}

/* Does the specification of a preset have a key?  (A comma in a value is escaped.) */
static bool preset_has(const char *preset, const char *name)
{
    const size_t n = strlen(name);
    const char *at = preset;
    while ((at = strchr(at + 1, ',')) != NULL) {
        if (at[-1] != '\\' && strncmp(at + 1, name, n) == 0 && strcspn(at + 1, "=,") == n)
            return true;
    }
    return false;
}

/* May a caller give this key to a row?  A preset has the argument, and its lists. */
static bool is_open(const struct cb_framing *row, const struct cb__key *key)
{
    if (!row->preset)
        return true;
    if (!key->name[0] || kind_of(key) == CB__KEY_LIST)
        return false;
    return adds(key) || !preset_has(row->preset, key->name);
}

const char *cb_framing_key(const struct cb_framing *framing, size_t index, unsigned *uses)
{
    const struct cb__family *family = generic(framing)->family;
    const struct cb__key *key = family->listed ? family->listed : family->keys;
    while (key && key->name && (!is_open(framing, key) || index-- > 0))
        key++;
    if (!key || !key->name)
        key = family->decode && !index ? &keep : NULL;
    if (!key)
        return NULL;
    *uses = (key->kind & CB__KEY_OUT ? 0 : cb_framing_can(framing) & CB_DECODES) |
            (key->kind & CB__KEY_IN ? 0 : cb_framing_can(framing) & CB_ENCODES) |
            (kind_of(key) == CB__KEY_FLAG ? 0 : (unsigned)CB_TAKES_VALUE);
    return key->name;
}

/* ------------------------------------------------------------- the settings */

static const char *describe(const struct cb__key *key)
{
    return key->name[0] ? key->name : "argument";
}

static int apply_size(uint64_t *number, const struct cb__setting *setting, const char *what,
                      struct cb_error *error)
{
    if (cb__bytes_number(&setting->value, number))
        return CB_OK;
    if (cb__bytes_are_digits(&setting->value))
        return cb__error_set(error, CB_EINVAL, setting->column,
                             "the %s is too large; the largest is %" PRIu64, what, UINT64_MAX);
    return cb__error_set(error, CB_EINVAL, setting->column, "the %s is not a decimal number", what);
}

static int apply_signed(int64_t *number, const struct cb__setting *setting, const char *what,
                        struct cb_error *error)
{
    const struct cb__bytes *text = &setting->value;
    const bool sign = text->length && (text->data[0] == '-' || text->data[0] == '+');
    const bool minus = sign && text->data[0] == '-';
    const struct cb__bytes digits = {.data = text->data + sign, .length = text->length - sign};
    uint64_t size;
    if (!cb__bytes_are_digits(&digits))
        return cb__error_set(error, CB_EINVAL, setting->column, "the %s is not a whole number",
                             what);
    if (!cb__bytes_number(&digits, &size) || size > INT64_MAX)
        return cb__error_set(error, CB_EINVAL, setting->column,
                             "the %s is too %s; the %s is %" PRId64, what,
                             minus ? "small" : "large", minus ? "smallest" : "largest",
                             minus ? -INT64_MAX : INT64_MAX);
    *number = minus ? -(int64_t)size : (int64_t)size;
    return CB_OK;
}

/* Only patterns have bytes that stand for several. */
static int refuse_wild(const struct cb__setting *setting, struct cb_error *error)
{
    size_t i = 0;
    while (setting->wild[i] == CB__WILD_NONE)
        i++;
    return cb__error_set(error, CB_EINVAL, setting->wild_column, "unknown escape '\\%c'",
                         setting->value.data[i]);
}

/* Stores one setting in the family's struct.  Values from the preset are always valid,
 * so columns refer to the caller's specification. */
static int apply(void *data, const struct cb__key *key, const struct cb__setting *setting,
                 struct cb_error *error)
{
    void *member = (char *)data + key->offset;
    const char *what = describe(key);
    const unsigned kind = kind_of(key);
    if (kind == CB__KEY_FLAG) {
        if (setting->has_value)
            return cb__error_set(error, CB_EINVAL, setting->column, "'%s' takes no value", what);
        *(bool *)member = true;
        return CB_OK;
    }
    if (!setting->has_value)
        return cb__error_set(error, CB_EINVAL, setting->column, "'%s' needs a value", what);
    if (setting->wild && !(key->kind & CB__KEY_PATTERN))
        return refuse_wild(setting, error);
    switch (kind) {
    case CB__KEY_RULE:
    case CB__KEY_SELECT:
        return cb__byte_rules_add(member, setting, kind == CB__KEY_SELECT, error);
    case CB__KEY_SIZE:
        return apply_size(member, setting, what, error);
    case CB__KEY_SIGNED:
        return apply_signed(member, setting, what, error);
    case CB__KEY_BYTE:
        if (setting->value.length != 1)
            return cb__error_set(error, CB_EINVAL, setting->column, "the %s is not one byte", what);
        break;
    default:
        if (!setting->value.length)
            return cb__error_set(error, CB_EINVAL, setting->column, "the %s is empty", what);
        break;
    }
    if (kind != CB__KEY_LIST)
        *(struct cb__bytes *)member = setting->value;
    return CB_OK;
}

static const struct cb__key *find_key(const struct cb__family *family, const struct cb__bytes *name)
{
    for (const struct cb__key *key = family->keys; key && key->name; key++) {
        if (cb__bytes_are(name, key->name))
            return key;
    }
    return NULL;
}

/* May the key be repeated? */
static bool repeats(const struct cb__key *key)
{
    return kind_of(key) == CB__KEY_LIST || is_rule(key);
}

static bool same(const struct cb__bytes *a, const struct cb__bytes *b)
{
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* Is the key among the first `count` settings? */
static bool among(const struct cb__spec *spec, size_t count, const struct cb__bytes *key)
{
    for (size_t i = 0; i < count; i++) {
        if (same(key, &spec->settings[i].key))
            return true;
    }
    return false;
}

/* Is the key valid in this direction? */
static int check_direction(const struct cb__key *key, const struct cb__setting *setting,
                           unsigned direction, struct cb_error *error)
{
    const unsigned other = direction == CB_DECODES ? CB__KEY_OUT : CB__KEY_IN;
    if (!(key->kind & other))
        return CB_OK;
    return cb__error_set(error, CB_EINVAL, setting->column, "'%s' is only valid for %s", key->name,
                         other == CB__KEY_OUT ? "output" : "input");
}

/* Rejects a setting of the caller that conflicts with the others. */
static int check_setting(const struct cb__config *config, size_t i, const struct cb__key *key,
                         unsigned direction, struct cb_error *error)
{
    const struct cb__spec *spec = &config->spec;
    const struct cb__setting *setting = &spec->settings[i];
    const int n = (int)cb__min(setting->key.length, 80);
    const char *name = (const char *)setting->key.data;
    const bool preset = config->preset.memory;
    if (preset && setting->key.length && (!key || !adds(key)) &&
        among(&config->preset, config->preset.count, &setting->key))
        return cb__error_set(error, CB_EINVAL, setting->column, "'%.*s' is already part of '%.*s'",
                             n, name, (int)cb__min(spec->name.length, 80),
                             (const char *)spec->name.data);
    if ((!key || !repeats(key)) && among(spec, i, &setting->key))
        return cb__error_set(error, CB_EINVAL, setting->column, "'%.*s' is given twice", n, name);
    if (!setting->key.length && (!key || preset))
        return cb__error_set(error, CB_EINVAL, setting->column, "'%.*s' takes no argument",
                             (int)cb__min(spec->name.length, 80), (const char *)spec->name.data);
    if (!key || (preset && kind_of(key) == CB__KEY_LIST))
        return cb__error_set(error, CB_EINVAL, setting->column, "unknown key '%.*s'", n, name);
    return check_direction(key, setting, direction, error);
}

static int apply_one(struct cb__config *config, const struct cb__spec *spec, size_t i,
                     unsigned direction, struct cb_error *error)
{
    const struct cb__setting *setting = &spec->settings[i];
    const bool is_keep = cb__bytes_are(&setting->key, keep.name);
    const struct cb__key *key = is_keep ? &keep : find_key(config->family, &setting->key);
    if (spec == &config->spec) {
        int status = check_setting(config, i, key, direction, error);
        if (status)
            return status;
    }
    /* Rules for input do not apply to a lead that is not written. */
    if (direction == CB_DECODES && key->kind & CB__KEY_OUT)
        return CB_OK;
    return apply(is_keep ? (void *)&config->keep : config->data, key, setting, error);
}

static int apply_all(struct cb__config *config, const struct cb__spec *spec, unsigned direction,
                     struct cb_error *error)
{
    for (size_t i = 0; i < spec->count; i++) {
        int status = apply_one(config, spec, i, direction, error);
        if (status)
            return status;
    }
    return CB_OK;
}

static int configure(struct cb__config *config, const struct cb_framing *row, unsigned direction,
                     struct cb_error *error)
{
    const struct cb__family *family = config->family;
    int status = CB_OK;
    memset(config->data, 0, cb__max(family->config_size, 1));
    if (family->init)
        family->init(config->data, row->variant);
    if (config->preset.memory)
        status = apply_all(config, &config->preset, direction, error);
    if (!status) /* not taken: presets are right */
        status = apply_all(config, &config->spec, direction, error);
    if (!status && family->check)
        status = family->check(config->data, cb__config_spec(config), error);
    return status;
}

/* Can a specification mean this row? "hex" alone is one framing for output, and with
 * settings another. */
static bool suits(const struct cb_framing *row, const struct cb__spec *spec, unsigned direction)
{
    return cb_framing_can(row) & direction && (!spec->count || generic(row)->family->keys);
}

/* The row that a specification means; NULL with *error filled. */
static const struct cb_framing *choose(const struct cb__spec *spec, unsigned direction,
                                       struct cb_error *error)
{
    const struct cb_framing *first = find_from(cb__framings, &spec->name), *able = NULL;
    for (const struct cb_framing *row = first; row; row = find_from(row + 1, &spec->name)) {
        if (suits(row, spec, direction))
            return row;
        if (!able && cb_framing_can(row) & direction)
            able = row; /* to report the error in the settings */
    }
    if (able)
        return able;
    if (first)
        cb__error_set(error, CB_EINVAL, 0, "'%s' is only valid for %s", first->name,
                      direction == CB_DECODES ? "output" : "input");
    else
        cb__error_set(error, CB_EINVAL, 0, "unknown framing '%.*s'",
                      (int)cb__min(spec->name.length, 80), (const char *)spec->name.data);
    return NULL;
}

/* Allocates the struct of the family. */
static int allocate(struct cb__config *config, struct cb_error *error)
{
    const struct cb_allocator *allocator = config->allocator;
    config->data = allocator->alloc(allocator->arg, cb__max(config->family->config_size, 1));
    return config->data ? CB_OK : cb__error_set(error, CB_ENOMEM, 0, "out of memory");
}

static int parse(struct cb__config *config, const char *specification, unsigned direction,
                 struct cb_error *error)
{
    const struct cb_allocator *allocator = config->allocator;
    int status = cb__spec_parse(&config->spec, specification, allocator, error);
    if (status)
        return status;
    const struct cb_framing *row = choose(&config->spec, direction, error);
    if (!row)
        return CB_EINVAL;
    if (row->preset) {
        status = cb__spec_parse(&config->preset, row->preset, allocator, error);
        if (status)
            return status;
        config->preset.caller = &config->spec;
        row = generic(row);
    }
    config->family = row->family;
    if (row->family->choose)
        config->family = row->family->choose(cb__config_spec(config));
    status = allocate(config, error);
    return status ? status : configure(config, row, direction, error);
}

/* The struct of a family already exists. */
static int copy(struct cb__config *config, const struct cb__source *source, struct cb_error *error)
{
    config->family = source->family;
    config->keep = source->keep;
    int status = allocate(config, error);
    if (status == CB_OK)
        memcpy(config->data, source->config, config->family->config_size);
    return status;
}

int cb__config_init(struct cb__config *config, const struct cb__source *source, unsigned direction,
                    const struct cb_allocator *allocator, struct cb_error *error)
{
    memset(config, 0, sizeof *config);
    config->allocator = allocator;
    int status = source->specification ? parse(config, source->specification, direction, error)
                                       : copy(config, source, error);
    if (status)
        cb__config_fini(config);
    return status;
}

void cb__config_fini(struct cb__config *config)
{
    if (config->data)
        config->allocator->free(config->allocator->arg, config->data,
                                cb__max(config->family->config_size, 1));
    config->data = NULL;
    cb__spec_fini(&config->preset);
    cb__spec_fini(&config->spec);
}

static size_t state_size(const struct cb__family *family, unsigned direction)
{
    size_t size = direction == CB_DECODES ? family->decode->state_size : family->encode->state_size;
    return cb__max(size, 1);
}

int cb__coder_new(struct cb__coder *coder, size_t size, const struct cb__source *source,
                  unsigned direction, const struct cb_allocator *allocator, struct cb_error *error)
{
    if (!cb__allocator_is_usable(allocator))
        return cb__error_set(error, CB_EINVAL, 0, "the allocator lacks a function");
    if (!allocator)
        allocator = &cb__malloc_allocator;
    *coder = (struct cb__coder){.self = cb__alloc_zeroed(allocator, size), .size = size};
    if (!coder->self)
        return cb__error_set(error, CB_ENOMEM, 0, "out of memory");
    int status = cb__config_init(&coder->config, source, direction, allocator, error);
    if (status)
        goto err0;
    coder->state_size = state_size(coder->config.family, direction);
    coder->state = cb__alloc_zeroed(allocator, coder->state_size);
    if (!coder->state) {
        status = cb__error_set(error, CB_ENOMEM, 0, "out of memory");
        goto err1;
    }
    return CB_OK;
err1:
    cb__config_fini(&coder->config);
err0:
    allocator->free(allocator->arg, coder->self, size);
    return status;
}

void cb__coder_free(struct cb__coder *coder)
{
    const struct cb_allocator *allocator = coder->config.allocator;
    allocator->free(allocator->arg, coder->state, coder->state_size);
    cb__config_fini(&coder->config);
    allocator->free(allocator->arg, coder->self, coder->size);
}
