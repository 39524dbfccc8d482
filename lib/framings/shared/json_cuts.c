/* SPDX-License-Identifier: MIT */
#include "framings/shared/json_cuts.h"

static size_t skip_space(const struct cb__json_cuts *values, size_t i)
{
    while (i < values->n && cb__json_class[values->data[i]] == CB__JSON_SPACE)
        i++;
    return i;
}

bool cb__json_cuts_word(const struct cb__json_cuts *values, size_t *from, size_t *to)
{
    const uint8_t *data = values->data;
    struct cb__json json = {.word = 0};
    size_t i = skip_space(values, values->start);
    if (values->commas) {
        if (i == values->n || data[i] != ',')
            return false;
        i = skip_space(values, i + 1);
    }
    if (i == values->n || cb__json_class[data[i]] != CB__JSON_WORD)
        return false;
    cb__json_enter(&json, data[i]);
    *from = i++;
    *to = i + cb__json_pass(&json, data + i, values->n - i);
    return *to < values->n && !cb__json_word_fault(&json);
}

size_t cb__json_cuts_mark(const struct cb_decoder *decoder, bool lines, const uint8_t *data,
                          size_t n, struct cb__marked *marked, uint64_t *marks)
{
    const struct cb__json_cuts values = {.data = data, .n = n};
    const size_t from = skip_space(&values, 0);
    size_t used;
    if (from == n || decoder->config.keep || decoder->max_record != UINT64_MAX)
        return 0;
    const size_t count = cb__json_mark(lines, data + from, n - from, &used, marks);
    used += from;
    *marked = (struct cb__marked){
        .from = from,
        .used = used,
        .open = !lines,
        .lf = true,
        .next = !lines && used < n && data[used] == '\n',
    };
    return count;
}
