/* SPDX-License-Identifier: MIT */
/*
 * With GETOPT=bsd in the environment, getopt_long answers as that of NetBSD, OpenBSD and macOS
 * does (lib/libc/stdlib/getopt_long.c there; FreeBSD's gives GNU's answer to one question).
 * Comments say where GNU's differs.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "preload.h"

static const char *place = ""; /* the letters that are left of a word */

/* Words that are no options wait at argv[first_file], up to the options at argv[past_files]
 * that have been read since; -1: there are none. */
static int first_file = -1, past_files = -1;

/* Only now, and so argv[optind - 1] is the last word that was read, until here. */
static void put_files_last(char **argv)
{
    if (past_files < 0)
        return;
    for (int from = past_files; from < optind; from++) {
        char *word = argv[from];
        memmove(argv + first_file + 1, argv + first_file,
                (size_t)(from - first_file) * sizeof *argv);
        argv[first_file++] = word;
    }
    past_files = -1;
}

/* Goes to the next word of options; false where there are no more. */
static bool next_word(int argc, char **argv)
{
    for (; optind < argc; optind++) {
        const char *word = argv[optind];
        if (word[0] == '-' && word[1]) {
            if (first_file >= 0 && past_files < 0)
                past_files = optind;
            place = word + 1;
            if (strcmp(word, "--") != 0)
                return true;
            optind++;
            break;
        }
        if (first_file < 0)
            first_file = optind;
        else
            put_files_last(argv);
    }
    put_files_last(argv);
    if (first_file >= 0)
        optind = first_file;
    return false;
}

/* Of the same name, or the only one that begins so; else NULL. */
static const struct option *find_long(const struct option *options, const char *name, size_t n)
{
    const struct option *found = NULL;
    bool several = false;
    for (const struct option *option = options; option->name; option++) {
        if (strncmp(option->name, name, n) != 0)
            continue;
        if (!option->name[n])
            return option;
        several = several || found;
        found = option;
    }
    return several ? NULL : found;
}

static int read_long(char **argv, const struct option *options)
{
    const char *name = argv[optind++] + 2;
    const size_t n = strcspn(name, "=");
    const struct option *option = find_long(options, name, n);
    place = "";
    if (!option) {
        optopt = 0;
        return '?';
    }
    if (name[n] && option->has_arg == no_argument) {
        optopt = option->val;
        return ':'; /* GNU: '?' */
    }
    if (name[n])
        optarg = (char *)name + n + 1;
    else if (option->has_arg == required_argument)
        optarg = argv[optind++]; /* NULL after the last */
    if (option->has_arg != required_argument || optarg)
        return option->val;
    optind--;
    optopt = option->val;
    return ':';
}

static int read_letter(int argc, char **argv, const char *letters)
{
    const char letter = *place++;
    const char *known = letter == ':' ? NULL : strchr(letters, letter);
    if (letter == '-' && !*place)
        return -1; /* the end, before this word; GNU: '?' */
    if (!known || known[1] != ':') {
        optopt = known ? optopt : letter;
        optind += !*place;
        return known ? letter : '?';
    }
    optarg = *place ? (char *)place : NULL;
    place = "";
    if (!optarg && ++optind >= argc) {
        optopt = letter;
        return ':';
    }
    if (!optarg)
        optarg = argv[optind];
    optind++;
    return letter;
}

typedef int getopt_fn(int, char *const *, const char *, const struct option *, int *);

int getopt_long(int argc, char *const *argv, const char *letters, const struct option *options,
                int *which)
{
    static getopt_fn *real;
    if (!getenv("GETOPT")) {
        FIND_REAL(real, "getopt_long");
        return real(argc, argv, letters, options, which);
    }
    optarg = NULL;
    if (!*place && !next_word(argc, (char **)argv))
        return -1;
    if (*place == '-' && place == argv[optind] + 1)
        return read_long((char **)argv, options);
    return read_letter(argc, (char **)argv, letters);
}
