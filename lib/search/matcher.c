/* SPDX-License-Identifier: MIT */
#include "search/matcher.h"

#include <string.h>

/* With more children than this, a child is found by hash instead of in the list. */
enum { CHILDREN_LISTED = 8 };

static uint32_t listed_child(const struct cb__node *nodes, uint32_t node, uint8_t byte)
{
    uint32_t child = nodes[node].child;
    while (child && nodes[child].byte != byte)
        child = nodes[child].sibling;
    return child;
}

/* The edge, or the free place for it (at least half of all are free).  The multiplier is
 * that of Knuth's multiplicative hashing: 2^64 divided by the golden ratio. */
static struct cb__edge *edge_by(const struct cb__matcher *matcher, uint32_t node, uint8_t byte)
{
    const uint64_t hash = ((uint64_t)node << 8 | byte) * 0x9e3779b97f4a7c15;
    const size_t mask = ((size_t)1 << matcher->edge_bits) - 1;
    for (size_t i = (size_t)(hash >> (64 - matcher->edge_bits));; i = (i + 1) & mask) {
        struct cb__edge *edge = &matcher->edges[i];
        if (!edge->child || (edge->node == node && matcher->nodes[edge->child].byte == byte))
            return edge;
    }
}

static inline uint32_t child_by(const struct cb__matcher *matcher, uint32_t node, uint8_t byte)
{
    if (!matcher->nodes[node].hashed)
        return listed_child(matcher->nodes, node, byte);
    return node ? edge_by(matcher, node, byte)->child : matcher->first[byte];
}

/* The state after one more byte. */
static uint32_t step(const struct cb__matcher *matcher, uint32_t node, uint8_t byte)
{
    for (;;) {
        uint32_t next = child_by(matcher, node, byte);
        if (next || !node)
            return next;
        node = matcher->nodes[node].fail;
    }
}

/* ------------------------------------------------------------ construction */

static uint32_t insert(struct cb__node *nodes, uint32_t count, const struct cb__needle *needle)
{
    uint32_t node = 0;
    for (size_t i = 0; i < needle->length; i++) {
        uint32_t next = listed_child(nodes, node, needle->data[i]);
        if (!next) {
            next = count++;
            nodes[next] = (struct cb__node){
                .sibling = nodes[node].child,
                .depth = nodes[node].depth + 1,
                .byte = needle->data[i],
            };
            nodes[node].child = next;
        }
        node = next;
    }
    nodes[node].whole = true;
    return count;
}

/* Sets `after` in a list of matches, and returns the first of them. */
static uint32_t in_order(const struct cb__matcher *matcher, uint32_t last)
{
    uint32_t after = 0;
    for (uint32_t match = last; match; match = matcher->matches[match].before) {
        matcher->matches[match].after = after;
        after = match;
    }
    return after;
}

static void add_match(struct cb__matcher *matcher, struct cb__node *to, uint32_t start,
                      uint32_t length)
{
    const uint32_t match = ++matcher->match_count;
    matcher->matches[match] =
        (struct cb__node_match){.start = start, .length = length, .before = to->last};
    to->last = match;
    if (!to->first)
        to->first = match;
}

/* Adds what is known where a node cannot go on, whose bytes begin at `start`. */
static void add_matches(struct cb__matcher *matcher, struct cb__node *to,
                        const struct cb__node *node, uint32_t start)
{
    const struct cb__node_match *const matches = matcher->matches;
    for (uint32_t i = in_order(matcher, node->last); i; i = matches[i].after)
        add_match(matcher, to, start + matches[i].start, matches[i].length);
}

/* A node that is no delimiter, after its parent, which has the same matches as long as it has
 * no byte more. */
static void link_rest(struct cb__matcher *matcher, struct cb__node *node,
                      const struct cb__node *parent)
{
    const struct cb__node *nodes = matcher->nodes;
    uint32_t rest = parent->rest, next;
    node->first = parent->first;
    node->last = parent->last;
    while (!(next = child_by(matcher, rest, node->byte)) && rest) {
        add_matches(matcher, node, &nodes[rest], parent->depth - nodes[rest].depth);
        rest = nodes[rest].rest;
    }
    if (next && !nodes[next].child) {
        add_match(matcher, node, node->depth - nodes[next].depth, nodes[next].depth);
        next = 0;
    }
    node->rest = next;
}

/* Sets what a node knows of others, level by level; the queue is a list linked through the nodes.
 * There are no more matches than bytes of delimiters: of those that are added for one
 * delimiter's beginnings, no two end at the same byte. */
static void link_nodes(struct cb__matcher *matcher)
{
    struct cb__node *nodes = matcher->nodes;
    uint32_t last = 0;
    for (uint32_t parent = 0;; parent = nodes[parent].queue) {
        for (uint32_t i = nodes[parent].child; i; i = nodes[i].sibling) {
            struct cb__node *node = &nodes[i];
            node->fail = parent ? step(matcher, nodes[parent].fail, node->byte) : 0;
            node->inner = nodes[node->fail].whole ? node->fail : nodes[node->fail].inner;
            if (node->whole)
                add_match(matcher, node, 0, node->depth);
            else if (parent)
                link_rest(matcher, node, &nodes[parent]);
            node->pending = node->last ? i : nodes[node->rest].pending;
            nodes[last].queue = i;
            last = i;
        }
        if (parent == last)
            return;
    }
}

static bool is_wide(const struct cb__node *nodes, uint32_t node)
{
    size_t children = 0;
    for (uint32_t child = nodes[node].child; child; child = nodes[child].sibling)
        children++;
    return children > CHILDREN_LISTED;
}

static size_t edges_size(const struct cb__matcher *matcher)
{
    return (sizeof *matcher->edges << matcher->edge_bits) + 256 * sizeof *matcher->first;
}

/* Makes the table of edges if any node is wide.  CB_ENOMEM. */
static int add_edges(struct cb__matcher *matcher, uint32_t count)
{
    struct cb__node *nodes = matcher->nodes;
    uint32_t wide = 0;
    while (wide < count && !is_wide(nodes, wide))
        wide++;
    if (wide == count)
        return CB_OK;
    while ((size_t)1 << matcher->edge_bits < 2 * (size_t)count)
        matcher->edge_bits++;
    const size_t size = edges_size(matcher);
    matcher->edges = matcher->allocator->alloc(matcher->allocator->arg, size);
    if (!matcher->edges)
        return CB_ENOMEM;
    memset(matcher->edges, 0, size);
    matcher->first = (uint32_t *)(matcher->edges + ((size_t)1 << matcher->edge_bits));
    for (uint32_t child = nodes[0].child; child; child = nodes[child].sibling)
        matcher->first[nodes[child].byte] = child;
    nodes[0].hashed = true;
    for (uint32_t node = 1; node < count; node++) {
        const uint32_t first = nodes[node].child;
        nodes[node].hashed = first && nodes[first].sibling; /* one is found faster without */
        for (uint32_t child = nodes[node].hashed ? first : 0; child; child = nodes[child].sibling)
            *edge_by(matcher, node, nodes[child].byte) =
                (struct cb__edge){.node = node, .child = child};
    }
    return CB_OK;
}

static void set_prefix(struct cb__matcher *matcher, const struct cb__needle *needle)
{
    const size_t n = cb__min(needle->length, sizeof matcher->prefix);
    matcher->has_prefix = true;
    memcpy(&matcher->prefix, needle->data, n);
    memset(&matcher->prefix_mask, 0xff, n);
}

/* The shortest and the longest length, and the most nodes: one for each byte, and the
 * root.  False if these are too many. */
static bool measure(struct cb__matcher *matcher, const struct cb__needle *needles, size_t count)
{
    matcher->shortest = needles[0].length;
    matcher->room = 1;
    for (size_t i = 0; i < count; i++) {
        if (!cb__add_size(matcher->room, needles[i].length, &matcher->room) ||
            matcher->room > INT32_MAX)
            return false;
        matcher->shortest = cb__min(matcher->shortest, needles[i].length);
        matcher->longest = cb__max(matcher->longest, needles[i].length);
    }
    return true;
}

/* For a node and a match. */
enum { NODE_SIZE = sizeof(struct cb__node) + sizeof(struct cb__node_match) };

static int allocate_nodes(struct cb__matcher *matcher)
{
    const struct cb_allocator *allocator = matcher->allocator;
    size_t size;
    if (matcher->room <= CB__NODES_INLINE) {
        matcher->nodes = matcher->inline_nodes;
        matcher->matches = matcher->inline_matches;
        return CB_OK;
    }
    if (!cb__mul_size(matcher->room, NODE_SIZE, &size)) /* not taken: see below */
        return CB_EINVAL; /* not reached: the strings do not fit in memory */
    matcher->nodes = allocator->alloc(allocator->arg, size);
    if (!matcher->nodes)
        return CB_ENOMEM;
    matcher->matches = (struct cb__node_match *)(matcher->nodes + matcher->room);
    return CB_OK;
}

/* Adds all needles to the tree and to the finder; returns the number of nodes. */
static uint32_t insert_all(struct cb__matcher *matcher, const struct cb__needle *needles,
                           size_t count)
{
    uint32_t used = 1;
    matcher->nodes[0] = (struct cb__node){.depth = 0};
    cb__finder_init(&matcher->finder, needles[0].data, needles[0].length);
    for (size_t i = 0; i < count; i++) {
        used = insert(matcher->nodes, used, &needles[i]);
        if (i)
            cb__finder_add(&matcher->finder, needles[i].data, needles[i].length);
    }
    return used;
}

int cb__matcher_init(struct cb__matcher *matcher, const struct cb__needle *needles, size_t count,
                     const struct cb_allocator *allocator)
{
    memset(matcher, 0, offsetof(struct cb__matcher, inline_nodes));
    cb__matcher_forget(matcher);
    matcher->allocator = allocator;
    matcher->needles = count;
    if (count == 1 && needles[0].length > 2)
        set_prefix(matcher, &needles[0]);
    if (!measure(matcher, needles, count))
        return CB_EINVAL;
    int status = allocate_nodes(matcher);
    if (status)
        return status;
    status = add_edges(matcher, insert_all(matcher, needles, count));
    if (status) {
        cb__matcher_fini(matcher);
        return status;
    }
    link_nodes(matcher);
    return CB_OK;
}

void cb__matcher_fini(struct cb__matcher *matcher)
{
    if (matcher->nodes && matcher->nodes != matcher->inline_nodes)
        matcher->allocator->free(matcher->allocator->arg, matcher->nodes,
                                 matcher->room * NODE_SIZE);
    if (matcher->edges)
        matcher->allocator->free(matcher->allocator->arg, matcher->edges, edges_size(matcher));
    matcher->nodes = NULL;
    matcher->edges = NULL;
}

bool cb__matcher_is_long(const struct cb__matcher *matcher, const uint8_t *needle, size_t n)
{
    /* A single needle: its nodes are in a row. */
    for (size_t i = 0; i < n; i++) {
        if (matcher->nodes[i + 1].byte != needle[i])
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- matching */

/* The byte after the node, at `seen`, does not go on: its matches are known, and `node` is what
 * is left. */
static void fail(struct cb__matcher *matcher)
{
    const struct cb__node *node = &matcher->nodes[matcher->node];
    matcher->base = matcher->seen - node->depth;
    matcher->known = in_order(matcher, node->last);
    matcher->node = node->rest;
}

static uint64_t known_end(const struct cb__matcher *matcher)
{
    const struct cb__node_match *known = &matcher->matches[matcher->known];
    return matcher->base + known->start + known->length;
}

static int give(struct cb__matcher *matcher, struct cb__match *match)
{
    const struct cb__node_match *known = &matcher->matches[matcher->known];
    match->start = matcher->base + known->start;
    match->end = matcher->at = known_end(matcher);
    matcher->known = known->after;
    return CB__YES;
}

/* May the candidate at this place be a match, judging by its first bytes?  This rejects
 * most false candidates without the automaton. */
static inline bool may_match(const void *arg, const uint8_t *data, uint64_t n)
{
    const struct cb__matcher *matcher = arg;
    return !matcher->has_prefix || n < sizeof matcher->prefix || cb__matcher_begins(matcher, data);
}

/* Is a candidate that may be a match, with n bytes from it on, certainly a match? */
static inline bool is_match(const struct cb__matcher *matcher, size_t n)
{
    if (matcher->finder.exact)
        return n >= matcher->longest;
    return matcher->has_prefix && n >= sizeof matcher->prefix &&
           matcher->longest <= sizeof matcher->prefix;
}

/* The first candidate in the n bytes at `seen` that may be a match: true with its
 * distance in *skip.  Otherwise false, and there is none before that distance. */
static bool next_candidate(struct cb__matcher *matcher, const uint8_t *data, size_t n, size_t *skip)
{
    return cb__ahead_next(&matcher->ahead, &matcher->finder, matcher->longest, matcher->seen, data,
                          n, may_match, matcher, skip, &matcher->scanned);
}

/* Continues with the n bytes at `seen`, until a match is known, or to their end. */
static void examine(struct cb__matcher *matcher, const uint8_t *data, size_t n)
{
    size_t i = 0;
    while (i < n && !matcher->known) {
        const uint32_t next = child_by(matcher, matcher->node, data[i]);
        matcher->scanned++;
        if (!next && matcher->node) {
            fail(matcher);
            continue;
        }
        matcher->node = next;
        matcher->seen++;
        i++;
        if (!next)
            return; /* there may be no other candidate for long */
        if (!matcher->nodes[next].child)
            fail(matcher);
    }
}

int cb__matcher_feed(struct cb__matcher *matcher, const uint8_t *data, size_t n,
                     struct cb__match *match)
{
    const uint64_t from = matcher->at, end = from + n;
    while (matcher->seen < end && !matcher->known) {
        size_t i = (size_t)(matcher->seen - from);
        if (!matcher->node) {
            size_t skip;
            bool found = next_candidate(matcher, data + i, n - i, &skip);
            i += skip;
            matcher->seen += skip;
            if (i == n)
                break;
            /* A match found ahead may end after these bytes. */
            if (found && is_match(matcher, n - i)) {
                matcher->ahead.next++;
                matcher->ahead.from = matcher->seen + 1;
                match->start = matcher->seen;
                match->end = matcher->at = matcher->seen += matcher->longest;
                return CB__YES;
            }
        }
        examine(matcher, data + i, n - i);
    }
    if (matcher->known && known_end(matcher) <= end)
        return give(matcher, match);
    matcher->at = end;
    return CB__MORE;
}

bool cb__matcher_pending(const struct cb__matcher *matcher, struct cb__match *match)
{
    const struct cb__node *node = &matcher->nodes[matcher->nodes[matcher->node].pending];
    const struct cb__node_match *first = &matcher->matches[node->first];
    if (!node->first)
        return false;
    match->start = matcher->seen - node->depth + first->start;
    match->end = match->start + first->length;
    return true;
}

int cb__matcher_finish(struct cb__matcher *matcher, struct cb__match *match)
{
    if (!matcher->known && !matcher->nodes[matcher->node].pending)
        return CB__NO; /* what has begun may still go on */
    while (!matcher->known)
        fail(matcher);
    return give(matcher, match);
}

size_t cb__matcher_needed(const struct cb__matcher *matcher)
{
    if (matcher->nodes[matcher->node].pending)
        return 1;
    size_t depth = matcher->nodes[matcher->node].depth;
    return depth < matcher->shortest ? matcher->shortest - depth : 1;
}

ssize_t cb__matcher_at(const struct cb__matcher *matcher, const uint8_t *data, size_t n,
                       size_t *examined)
{
    const struct cb__node *nodes = matcher->nodes;
    uint32_t node = 0;
    ssize_t longest = 0;
    if (matcher->has_prefix && n >= sizeof matcher->prefix && !cb__matcher_begins(matcher, data))
        return 0;
    for (size_t i = 0; i < n; i++) {
        node = child_by(matcher, node, data[i]);
        ++*examined;
        if (!node)
            return longest;
        if (nodes[node].whole)
            longest = (ssize_t)nodes[node].depth;
        if (!nodes[node].child)
            return longest;
    }
    return CB__UNDECIDED;
}

/* ----------------------------------------------------------------------- seams */

/* The length of the longest match that ends in this state; 0 if none does. */
static uint32_t match_length(const struct cb__matcher *matcher, const struct cb__node *node)
{
    return node->whole ? node->depth : matcher->nodes[node->inner].depth;
}

struct run {
    const struct cb__matcher *matcher;
    uint32_t node;
};

static void run_start(void *arg, const uint8_t *data, size_t at)
{
    struct run *run = arg;
    (void)data, (void)at;
    run->node = 0;
}

static bool run_may_begin(const void *arg)
{
    (void)arg;
    return true;
}

static size_t run_step(void *arg, uint8_t byte)
{
    struct run *run = arg;
    run->node = step(run->matcher, run->node, byte);
    return match_length(run->matcher, &run->matcher->nodes[run->node]);
}

static size_t run_begun(const void *arg)
{
    const struct run *run = arg;
    return run->matcher->nodes[run->node].depth;
}

bool cb__matcher_seam(const struct cb__matcher *matcher, const uint8_t *data, size_t n, bool first,
                      size_t *place)
{
    struct run run = {.matcher = matcher};
    const struct cb__seams seams = {
        .reach = matcher->longest - 1,
        .arg = &run,
        .start = run_start,
        .may_begin = run_may_begin,
        .step = run_step,
        .begun = run_begun,
    };
    return cb__seams_last(&seams, data, n, first, place);
}
