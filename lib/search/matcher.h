/* SPDX-License-Identifier: MIT */
/*
 * Matcher: the first of a set of delimiters in a stream that arrives in spans.
 * Layer: base -> find -> ahead, seams -> matcher.
 *
 * The leftmost match wins; of several there, the longest.  An automaton carries a
 * match from one span to the next without copying bytes; between candidates the
 * kernels of find.h run.
 *
 * The automaton is a tree of the delimiters' beginnings.  Where the next byte does not
 * go on, a node knows the matches in its own bytes, and the node that stands for the
 * bytes after them: an Aho-Corasick automaton ("Efficient string matching", CACM 18(6),
 * 1975) whose links for failure drop what has been decided, the longest match included.
 * So n bytes cost at most n steps to take them and n to fail, whatever the delimiters are.
 *
 * The matcher keeps its place as a stream position, `at`, and must be fed the
 * bytes from there on.  It asks for a byte twice if a longer delimiter was possible and
 * did not come, but does not examine those up to `seen` again.
 */
#ifndef CB_MATCHER_H
#define CB_MATCHER_H

#include <string.h>

#include "kernels/find.h"
#include "search/ahead.h"
#include "search/seams.h"

struct cb__needle {
    const uint8_t *data;
    size_t length; /* 1 or more */
};

struct cb__node {
    uint32_t child;   /* first of the nodes one byte longer; 0: none */
    uint32_t sibling; /* next of those with the same parent; 0: none */
    uint32_t fail;    /* longest proper suffix that is a node */
    uint32_t inner;   /* longest proper suffix that is a delimiter; 0: none */
    uint32_t queue;   /* scratch space of the construction */
    uint32_t depth;
    /* If the next byte does not go on: */
    uint32_t first, last; /* the matches in the node's bytes; 0: none */
    uint32_t rest;        /* the node for the bytes after them that may begin another */
    uint32_t pending;     /* this node, its `rest`, or the rest of that one, ..., whichever is
                             the first that has a match; 0: none has */
    uint8_t byte;
    bool whole;  /* this node is a delimiter */
    bool hashed; /* its children are in the table of edges */
};

/* A match in the bytes of a node. */
struct cb__node_match {
    uint32_t start, length;
    uint32_t before; /* the match before it in the same bytes; 0: none */
    uint32_t after;  /* the one after it, in the list that `known` is in */
};

/* From a node with several children to one of them, in a table by the node's and the byte's
 * hash. */
struct cb__edge {
    uint32_t node, child; /* child 0: nothing is here */
};

enum { CB__NODES_INLINE = 9 };

struct cb__matcher {
    struct cb__finder finder;
    size_t shortest, longest; /* of the delimiters */
    size_t needles;           /* how many there are */
    /* For a single needle that is not exact: its first eight bytes, or all that it has,
     * with a mask of those that count. */
    bool has_prefix;
    uint64_t prefix, prefix_mask;

    struct cb__node *nodes; /* nodes[0] is the root: nothing matched */
    struct cb__node_match *matches; /* after the nodes; matches[0] is not used */
    size_t room;                    /* for so many of both */
    uint32_t match_count;           /* in `matches` */
    struct cb__edge *edges; /* NULL: no node has so many children that a list is slow */
    unsigned edge_bits;     /* there are 1 << edge_bits */
    uint32_t *first;        /* after the edges: the root's child for each byte */
    const struct cb_allocator *allocator;

    uint64_t at;      /* stream position of the next byte wanted */
    uint64_t seen;    /* the bytes before this position have been examined; at least `at` */
    uint32_t node;    /* what a match after the known ones may have before `seen` */
    uint32_t known;   /* the next match that begins at `at` or after it; 0: not known */
    uint64_t base;    /* the position from which the known matches count */
    uint64_t scanned; /* bytes examined, in total; twice where a step fails */
    struct cb__ahead ahead;

    struct cb__node inline_nodes[CB__NODES_INLINE];
    struct cb__node_match inline_matches[CB__NODES_INLINE];
};

/* Builds the matcher for `count` >= 1 needles; their bytes are not needed
 * afterwards.  CB_ENOMEM; CB_EINVAL for 2^31 bytes and more. */
int cb__matcher_init(struct cb__matcher *matcher, const struct cb__needle *needles, size_t count,
                     const struct cb_allocator *allocator);
void cb__matcher_fini(struct cb__matcher *matcher);

/* Is it for this single needle, of more than two bytes? */
bool cb__matcher_is_long(const struct cb__matcher *matcher, const uint8_t *needle, size_t n);

/* Is it for this single needle? */
static inline bool cb__matcher_is(const struct cb__matcher *matcher, const uint8_t *needle,
                                  size_t n)
{
    if (matcher->needles != 1 || matcher->longest != n)
        return false;
    const struct cb__finder *finder = &matcher->finder;
    return n > 2 ? cb__matcher_is_long(matcher, needle, n)
                 : needle[0] == finder->byte[0] && needle[n - 1] == finder->byte[n - 1];
}

/* Reports a search made elsewhere: no delimiter begins in [from, to). */
static inline void cb__matcher_clear(struct cb__matcher *matcher, uint64_t from, uint64_t to)
{
    cb__ahead_clear(&matcher->ahead, from, to);
}

/* The bytes at the stream positions have changed. */
static inline void cb__matcher_forget(struct cb__matcher *matcher)
{
    cb__ahead_forget(&matcher->ahead);
}

/* Starts at a stream position, with nothing matched. */
static inline void cb__matcher_start(struct cb__matcher *matcher, uint64_t at)
{
    matcher->at = matcher->seen = at;
    matcher->node = matcher->known = 0;
}

/* Examines the n bytes at `at`.  CB__YES with *match set, and `at` after the match;
 * CB__MORE with all n examined. */
int cb__matcher_feed(struct cb__matcher *matcher, const uint8_t *data, size_t n,
                     struct cb__match *match);

/* The same without examining bytes, if an earlier search has already found the next
 * match and it ends before `end`: true with *match set.  Otherwise nothing is changed. */
static inline bool cb__matcher_known(struct cb__matcher *matcher, uint64_t end,
                                     struct cb__match *match)
{
    struct cb__ahead *ahead = &matcher->ahead;
    if (!matcher->finder.exact || ahead->next >= ahead->count || matcher->at < ahead->from)
        return false;
    uint64_t hit = ahead->base + ahead->hits[ahead->next];
    if (hit < matcher->at || hit + matcher->longest > end || matcher->node)
        return false;
    ahead->next++;
    ahead->from = hit + 1;
    match->start = hit;
    match->end = matcher->at = matcher->seen = hit + matcher->longest;
    return true;
}

/* Once all bytes at hand have been fed: the match if no more come.  False if there is none. */
bool cb__matcher_pending(const struct cb__matcher *matcher, struct cb__match *match);

/* No more bytes will come.  CB__YES: the pending match is final, and `at` is after it
 * (the bytes from there on must be fed again); CB__NO. */
int cb__matcher_finish(struct cb__matcher *matcher, struct cb__match *match);

/* No match still to be found begins before this position. */
static inline uint64_t cb__matcher_safe(const struct cb__matcher *matcher)
{
    return matcher->known ? matcher->base + matcher->matches[matcher->known].start
                          : matcher->seen - matcher->nodes[matcher->node].depth;
}

/* The least number of bytes that are missing to find a match. */
size_t cb__matcher_needed(const struct cb__matcher *matcher);

/* With has_prefix: may a match begin at `data`, which has eight bytes? */
static inline bool cb__matcher_begins(const struct cb__matcher *matcher, const uint8_t *data)
{
    uint64_t bytes;
    memcpy(&bytes, data, sizeof bytes);
    return ((bytes ^ matcher->prefix) & matcher->prefix_mask) == 0;
}

/* The length of the longest delimiter that the n bytes begin with: 0 if none,
 * CB__UNDECIDED if that depends on the bytes that follow.  Adds to *examined how many of
 * them it looked at, and changes nothing else. */
ssize_t cb__matcher_at(const struct cb__matcher *matcher, const uint8_t *data, size_t n,
                       size_t *examined);

/* The last seam in one span, as cb__seams_last.  The state is not changed. */
bool cb__matcher_seam(const struct cb__matcher *matcher, const uint8_t *data, size_t n, bool first,
                      size_t *place);

#endif
