/* SPDX-License-Identifier: MIT */
/*
 * The program's options: whatever they are, it ends with a documented exit status, and with a
 * message if it fails.
 *
 * A letter: what standard input and output are; lines, an argument each, up to an empty one;
 * the input.
 */
#include "program.h"

enum { LONGEST = 200 };

/* An argument that names no file elsewhere. */
static bool is_harmless(const char *argument)
{
    return !strchr(argument, '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char name[] = "cbsplit";
    char lines[PROGRAM_ARGUMENTS][LONGEST];
    struct input input = {data, size};
    const unsigned way = input_byte(&input);
    struct program program = {.arguments = {name}, .count = 1};
    while (program.count <= PROGRAM_ARGUMENTS) {
        char *line = lines[program.count - 1];
        if (!input_line(&input, line, LONGEST) || !is_harmless(line))
            return -1;
        if (!*line)
            break;
        program.arguments[program.count++] = line;
    }
    program.from_pipe = way & 1;
    program.to_full = !(way & 6);
    program.data = input.data;
    program.size = input.size;
    program_run(&program);
    return 0;
}
