/* SPDX-License-Identifier: MIT */
/*
 * As much of Check's interface as the unit tests use, in one header, for the memory
 * sanitizer: it has to see every store, so all code of a program must be compiled with it,
 * and Check is a library of the system.  Configure with
 *
 *   CHECK_CFLAGS=-I$(srcdir)/tests/unit/instrumented CHECK_LIBS=
 *
 * As with Check, each test runs in a process of its own, and one that fails does not end
 * the others.
 */
#ifndef CB_TESTS_INSTRUMENTED_CHECK_H
#define CB_TESTS_INSTRUMENTED_CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CK_NORMAL };

/* One test, or a loop of them: `function` is called with each number of [from, to). */
struct ck__test {
    const char *name;
    void (*function)(int);
    int from, to;
    struct ck__test *next;
};

/* The cases of a suite, and the tests of a case, are linked in the order in which they were
 * added.  All of it is freed with the runner. */
struct ck__case {
    const char *name;
    void (*setup)(void), (*teardown)(void);
    struct ck__test *tests, **end;
    struct ck__case *next;
};

struct ck__suite {
    const char *name;
    struct ck__case *cases, **end;
};

struct ck__runner {
    struct ck__suite *suite;
    FILE *report; /* a line of it for each run of a test, as in tests/unit/cases.h */
    int run, failed;
};

#define TCase struct ck__case
#define Suite struct ck__suite
#define SRunner struct ck__runner

/* -------------------------------------------------------------- assertions */

#define START_TEST(name) static void name(int _i __attribute__((unused)))
#define END_TEST

#define ck_abort_msg(...)                                                                          \
    do {                                                                                           \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                                            \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fputc('\n', stderr);                                                                       \
        _exit(EXIT_FAILURE);                                                                       \
    } while (0)

#define ck_assert_msg(condition, ...)                                                              \
    do {                                                                                           \
        if (condition)                                                                             \
            break;                                                                                 \
        ck_abort_msg(__VA_ARGS__);                                                                 \
    } while (0)

#define ck_assert(condition) ck_assert_msg(condition, "%s", #condition)

#define CK__COMPARE(type, format, a, operator, b)                                                  \
    do {                                                                                           \
        const type ck__a = (a), ck__b = (b);                                                       \
        ck_assert_msg((ck__a operator ck__b), "%s %s %s: %" format ", %" format, #a, #operator,    \
                      #b, ck__a, ck__b);                                                           \
    } while (0)

#define ck_assert_int_eq(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, ==, b)
#define ck_assert_int_ne(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, !=, b)
#define ck_assert_int_lt(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, <, b)
#define ck_assert_int_le(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, <=, b)
#define ck_assert_int_gt(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, >, b)
#define ck_assert_int_ge(a, b) CK__COMPARE(intmax_t, PRIdMAX, a, >=, b)
#define ck_assert_uint_eq(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, ==, b)
#define ck_assert_uint_ne(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, !=, b)
#define ck_assert_uint_lt(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, <, b)
#define ck_assert_uint_le(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, <=, b)
#define ck_assert_uint_gt(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, >, b)
#define ck_assert_uint_ge(a, b) CK__COMPARE(uintmax_t, PRIuMAX, a, >=, b)
#define ck_assert_double_eq(a, b) CK__COMPARE(double, "g", a, ==, b)
#define ck_assert_double_lt(a, b) CK__COMPARE(double, "g", a, <, b)
#define ck_assert_ptr_eq(a, b)                                                                     \
    ck_assert_msg((const void *)(a) == (const void *)(b), "%s == %s", #a, #b)
#define ck_assert_ptr_null(a) ck_assert_msg(!(a), "%s is not NULL", #a)
#define ck_assert_ptr_nonnull(a) ck_assert_msg((a) != NULL, "%s is NULL", #a)
#define ck_assert_mem_eq(a, b, n) ck_assert_msg(!memcmp(a, b, n), "%s == %s", #a, #b)

#define CK__STRINGS(a, same, b)                                                                    \
    do {                                                                                           \
        const char *ck__a = (a), *ck__b = (b);                                                     \
        ck_assert_msg((strcmp(ck__a, ck__b) == 0) == (same), "%s, %s: \"%s\", \"%s\"", #a, #b,     \
                      ck__a, ck__b);                                                               \
    } while (0)

#define ck_assert_str_eq(a, b) CK__STRINGS(a, true, b)
#define ck_assert_str_ne(a, b) CK__STRINGS(a, false, b)

/* ------------------------------------------------------------------- adding */

static inline void *ck__alloc(size_t size)
{
    void *memory = calloc(1, size);

    ck_assert_ptr_nonnull(memory);
    return memory;
}

static inline Suite *suite_create(const char *name)
{
    Suite *suite = ck__alloc(sizeof *suite);

    *suite = (Suite){.name = name, .end = &suite->cases};
    return suite;
}

static inline TCase *tcase_create(const char *name)
{
    TCase *tcase = ck__alloc(sizeof *tcase);

    *tcase = (TCase){.name = name, .end = &tcase->tests};
    return tcase;
}

static inline void suite_add_tcase(Suite *suite, TCase *tcase)
{
    *suite->end = tcase;
    suite->end = &tcase->next;
}

/* Of a loop of tests as of one. */
static inline void ck__add(TCase *tcase, const char *name, void (*function)(int), int from, int to)
{
    struct ck__test *test = ck__alloc(sizeof *test);

    *test = (struct ck__test){.name = name, .function = function, .from = from, .to = to};
    *tcase->end = test;
    tcase->end = &test->next;
}

#define tcase_add_test(tcase, name) ck__add(tcase, #name, name, 0, 1)
#define tcase_add_loop_test(tcase, name, from, to) ck__add(tcase, #name, name, from, to)

static inline void tcase_add_checked_fixture(TCase *tcase, void (*setup)(void),
                                             void (*teardown)(void))
{
    tcase->setup = setup;
    tcase->teardown = teardown;
}

/* Every test has CK__SECONDS. */
static inline void tcase_set_timeout(TCase *tcase, double seconds)
{
    (void)tcase;
    (void)seconds;
}

/* ------------------------------------------------------------------ running */

enum { CK__SECONDS = 600 }; /* for one test, slow as it is with a sanitizer */

/* Does not return. */
static inline void ck__child(const TCase *tcase, const struct ck__test *test, int i)
{
    alarm(CK__SECONDS);
    if (tcase->setup)
        tcase->setup();
    test->function(i);
    if (tcase->teardown)
        tcase->teardown();
    exit(EXIT_SUCCESS);
}

static inline void ck__one(SRunner *runner, const TCase *tcase, const struct ck__test *test, int i)
{
    int status = -1;

    fflush(NULL);
    pid_t pid = fork();
    if (!pid)
        ck__child(tcase, test, i);
    const bool passed = pid > 0 && waitpid(pid, &status, 0) == pid && !status;
    fprintf(runner->report, "%sok %d - %s:%s:%s: %s\n", passed ? "" : "not ", ++runner->run,
            runner->suite->name, tcase->name, test->name, passed ? "Passed" : "see stderr");
    if (passed)
        return;
    runner->failed++;
    fprintf(stderr, "FAILED: %s: %s: %s, number %d\n", runner->suite->name, tcase->name, test->name,
            i);
}

static inline SRunner *srunner_create(Suite *suite)
{
    SRunner *runner = ck__alloc(sizeof *runner);

    *runner = (SRunner){.suite = suite};
    return runner;
}

static inline void srunner_set_tap(SRunner *runner, const char *path)
{
    runner->report = fopen(path, "w");
    ck_assert_ptr_nonnull(runner->report);
}

/* The report must have been set. */
static inline void srunner_run_all(SRunner *runner, int mode)
{
    (void)mode;
    for (const TCase *tcase = runner->suite->cases; tcase; tcase = tcase->next) {
        for (const struct ck__test *test = tcase->tests; test; test = test->next) {
            for (int i = test->from; i < test->to; i++)
                ck__one(runner, tcase, test, i);
        }
    }
    fclose(runner->report);
}

static inline int srunner_ntests_failed(const SRunner *runner)
{
    return runner->failed;
}

static inline void srunner_free(SRunner *runner)
{
    TCase *tcase, *next_case;
    struct ck__test *test, *next_test;

    for (tcase = runner->suite->cases; tcase; tcase = next_case) {
        next_case = tcase->next;
        for (test = tcase->tests; test; test = next_test) {
            next_test = test->next;
            free(test);
        }
        free(tcase);
    }
    free(runner->suite);
    free(runner);
}

#endif
