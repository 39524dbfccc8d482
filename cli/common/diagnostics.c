/* SPDX-License-Identifier: MIT */
#include "diagnostics.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "quote.h"

enum exit_status exit_status_of(int code)
{
    static const struct {
        int code;
        enum exit_status status;
    } table[] = {
        {CB_EINVAL, EXIT_USAGE},
        {CB_EMALFORMED, EXIT_MALFORMED},
        {CB_ETRUNCATED, EXIT_TRUNCATED},
        {CB_EOVERFLOW, EXIT_OVERFLOW},
        {CB_EUNENCODABLE, EXIT_UNENCODABLE},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].code == code)
            return table[i].status;
    }
    return EXIT_IO;
}

static void print_line(const char *line, size_t n)
{
    struct iovec area = {.iov_base = (void *)line, .iov_len = n};
    fd_write_all(STDERR_FILENO, &area, 1);
}

static void (*print)(const char *line, size_t n) = print_line;

void complain_by(void (*other)(const char *line, size_t n))
{
    print = other;
}

static void print_message(const char *format, va_list arguments)
{
    static const char prefix[] = "cbsplit: ";
    char line[2048];
    size_t used = sizeof prefix - 1, room = sizeof line - used - 1;
    memcpy(line, prefix, used);
    int n = vsnprintf(line + used, room, format, arguments);
    if (n > 0)
        used += (size_t)n < room ? (size_t)n : room - 1;
    line[used++] = '\n';
    print(line, used);
}

void complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
}

const char *place_and_cause(const struct cb_error *error, char room[CAUSE_ROOM])
{
    int n = snprintf(room, CAUSE_ROOM, "record %" PRIu64 " at byte %" PRIu64 ": %s", error->record,
                     error->start, error->text);
    if (error->offset != error->start)
        snprintf(room + n, CAUSE_ROOM - (size_t)n, ", at byte %" PRIu64, error->offset);
    return room;
}

void complain_at(const char *name, const struct cb_error *error, const char *more)
{
    complain("%s: %s%s", QUOTED_NAME(name), place_and_cause(error, (char[CAUSE_ROOM]){0}), more);
}

void complain_errno(const char *name, int number)
{
    complain("%s: %s", QUOTED_NAME(name), strerror(number));
}

/* Unless the buffer is large enough, some was written before this: stdio then keeps only
 * that it failed, and errno is that of the last write, or gone. */
int flush_printed(void)
{
    if (fflush(stdout))
        return errno;
    if (!ferror(stdout))
        return 0;
    return errno ? errno : EIO;
}

enum exit_status usage_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
    static const char hint[] = "Try 'cbsplit --help' for more information.\n";
    print(hint, sizeof hint - 1);
    return EXIT_USAGE;
}
