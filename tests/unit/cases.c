/* SPDX-License-Identifier: MIT */
#include "cases.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct test_case {
    char name[128];
    char fault[512]; /* of the first run that failed, or "" */
};

static void print_case(const struct test_case *one, unsigned *count)
{
    if (one->name[0]) {
        ++*count;
        printf("%sok %u - %s%s\n", one->fault[0] ? "not " : "", *count, one->name, one->fault);
    }
}

/* Reads the line of a run of a test; false if it is none. */
static bool read_run(const char *line, struct test_case *run)
{
    char name[sizeof run->name] = "", message[sizeof run->fault - 2];
    bool failed = strncmp(line, "not ", 4) == 0;
    int n =
        sscanf(line + (failed ? 4 : 0), "ok %*u - %*[^:]:%*[^:]:%127[^:]:%509[^\n]", name, message);

    if (n < 1)
        return false;
    for (char *c = name; *c; c++)
        if (*c == '_')
            *c = ' ';
    memcpy(run->name, name, sizeof name);
    snprintf(run->fault, sizeof run->fault, "%s%s", failed ? ":" : "",
             failed && n > 1 ? message : "");
    return true;
}

static unsigned print_cases(FILE *report)
{
    struct test_case last = {"", ""}, run;
    char line[1024];
    unsigned count = 0;

    while (fgets(line, sizeof line, report)) {
        if (!read_run(line, &run))
            continue;
        if (strcmp(run.name, last.name) != 0) {
            print_case(&last, &count);
            last = run;
        } else if (!last.fault[0]) {
            last = run;
        }
    }
    print_case(&last, &count);
    if (count > 0)
        printf("1..%u\n", count);
    else
        printf("Bail out! no test has run\n");
    return count;
}

unsigned run_cases(SRunner *runner)
{
    unsigned count = 0;
    char path[4096];
    const char *folder = getenv("TMPDIR");

    snprintf(path, sizeof path, "%s/cases.XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);

    if (fd < 0) {
        printf("Bail out! no file for the report: %s\n", strerror(errno));
        return 0;
    }
    /* Check has a file of its own, in this folder or /tmp. */
    if (folder)
        setenv("TEMP", folder, 1);
    srunner_set_tap(runner, path);
    srunner_run_all(runner, CK_NORMAL);
    FILE *report = fdopen(fd, "r");
    if (report) {
        count = print_cases(report);
        fclose(report);
    }
    unlink(path);
    return count;
}
