/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../common/diagnostics.h"

/* Columns of a bar: fewer show nothing, more not more. */
enum { BAR_MIN = 10, BAR_MAX = 40 };

/* The moving average weighs the past as this many seconds. */
static const double RATE_SECONDS = 3;

/* A line, to which parts are added as long as there is room. */
struct line {
    char *text;
    size_t used, width;
};

void progress_begin(struct progress *progress, uint64_t total, double now)
{
    *progress = (struct progress){.total = total, .began = now, .drawn = now};
}

/* Adds a part if there is room for all of it. */
static void add(struct line *line, const char *part)
{
    size_t gap = line->used ? 2 : 0, n = strlen(part);
    if (gap + n > line->width - line->used)
        return;
    memset(line->text + line->used, ' ', gap);
    memcpy(line->text + line->used + gap, part, n);
    line->used += gap + n;
}

/* Three digits or so: "999B", "1.0K", "35M". */
static void print_bytes(char out[16], double bytes)
{
    static const char units[] = "BKMGTPE";
    size_t unit = 0;
    for (; bytes >= 999.5 && units[unit + 1]; unit++)
        bytes /= 1024;
    snprintf(out, 16, unit && bytes < 9.95 ? "%.1f%c" : "%.0f%c", bytes, units[unit]);
}

/* 0:05, 12:00, 27:46:40. */
static void print_time(char out[32], double seconds)
{
    if (!(seconds >= 0 && seconds < 3600e4)) {
        snprintf(out, 32, "-:--");
        return;
    }
    unsigned s = (unsigned)seconds;
    if (s < 3600)
        snprintf(out, 32, "%u:%02u", s / 60, s % 60);
    else
        snprintf(out, 32, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

/* How much is done, from 0 to 1; less than 0 if unknown, as it is for an input that
 * has grown since the beginning. */
static double done(const struct progress *progress, uint64_t bytes)
{
    if (progress->total == PROGRESS_UNKNOWN || bytes > progress->total)
        return -1;
    return progress->total ? (double)bytes / (double)progress->total : 1;
}

static void add_amount(struct line *line, const struct progress *progress, uint64_t bytes)
{
    char part[64], so_far[16], all[16];
    double share = done(progress, bytes);
    print_bytes(so_far, (double)bytes);
    print_bytes(all, (double)progress->total);
    if (share >= 0) {
        snprintf(part, sizeof part, "%3d%%", (int)(share * 100));
        add(line, part);
        snprintf(part, sizeof part, "%s of %s", so_far, all);
    } else {
        snprintf(part, sizeof part, "%s", so_far);
    }
    add(line, part);
}

static void add_rate(struct line *line, double rate)
{
    char part[32], bytes[16];
    print_bytes(bytes, rate);
    snprintf(part, sizeof part, "%s/s", bytes);
    add(line, part);
}

static void add_time(struct line *line, const char *before, double seconds, const char *after)
{
    char part[64], time[32];
    print_time(time, seconds);
    snprintf(part, sizeof part, "%s%s%s", before, time, after);
    add(line, part);
}

static void add_records(struct line *line, uint64_t records)
{
    char part[48];
    snprintf(part, sizeof part, "%" PRIu64 " record%s", records, plural(records));
    add(line, part);
}

static void add_bar(struct line *line, double share)
{
    char bar[BAR_MAX + 1];
    size_t room = line->width - line->used;
    if (share < 0 || room < BAR_MIN + 2)
        return;
    size_t size = room - 2 < BAR_MAX ? room - 2 : BAR_MAX;
    size_t full = (size_t)(share * (double)(size - 2));
    memset(bar, ' ', size);
    memset(bar + 1, '#', full);
    bar[0] = '[';
    bar[size - 1] = ']';
    bar[size] = '\0';
    add(line, bar);
}

static struct line new_line(char *text, unsigned width)
{
    return (struct line){.text = text, .width = width < PROGRESS_LINE ? width : PROGRESS_LINE};
}

size_t progress_draw(struct progress *progress, double now, uint64_t bytes, uint64_t records,
                     unsigned width, char text[PROGRESS_LINE])
{
    struct line line = new_line(text, width);
    double step = now - progress->drawn, share = done(progress, bytes);
    if (step > 0) {
        double rate = (double)(bytes - progress->bytes) / step;
        double weight = progress->drawn > progress->began ? step / (step + RATE_SECONDS) : 1;
        progress->rate += (rate - progress->rate) * weight;
        progress->drawn = now;
        progress->bytes = bytes;
    }
    add_amount(&line, progress, bytes);
    if (share >= 0) {
        double left = (double)(progress->total - bytes);
        add_time(&line, "", progress->rate > 0 ? left / progress->rate : -1, " left");
    } else {
        add_time(&line, "", now - progress->began, "");
    }
    add_rate(&line, progress->rate);
    add_records(&line, records);
    add_bar(&line, share);
    return line.used;
}

size_t progress_sum_up(const struct progress *progress, double now, uint64_t bytes,
                       uint64_t records, unsigned width, char text[PROGRESS_LINE])
{
    struct line line = new_line(text, width);
    double taken = now - progress->began;
    add_amount(&line, progress, bytes);
    add_time(&line, "in ", taken, "");
    if (taken > 0)
        add_rate(&line, (double)bytes / taken);
    add_records(&line, records);
    return line.used;
}
