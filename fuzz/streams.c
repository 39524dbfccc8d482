/* SPDX-License-Identifier: MIT */
/* Prints the streams of the unit tests for fuzz/make-corpus.sh: a line each, the specification,
 * a tab, and the bytes as printf(1) takes them. */
#include <stdio.h>

#include "../tests/unit/streams.h"

int main(void)
{
    for (size_t i = 0; i < COUNT(streams); i++) {
        printf("%s\t", streams[i].specification);
        for (size_t k = 0; k < streams[i].size; k++)
            printf("\\%03o", (unsigned char)streams[i].bytes[k]);
        putchar('\n');
    }
    return fflush(stdout) != 0;
}
