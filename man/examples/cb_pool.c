/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <chunkedbuffer.h>

/* Two buffers in turn: what one releases, the other uses. */
int main(void)
{
    struct cb_pool *pool = NULL;
    struct cb_buffer *buffer;
    if (cb_pool_new(&pool, NULL))
        return 1;
    const struct cb_buffer_options options = {.size = sizeof options,
                                              .pool = pool};
    for (int i = 0; i < 2; i++) {
        if (cb_buffer_new(&buffer, &options))
            break;
        if (cb_append(buffer, "some bytes", 10))
            fprintf(stderr, "out of memory\n");
        cb_buffer_free(buffer);
    }
    struct cb_pool_stats stats = {.size = sizeof stats};
    int status = cb_pool_stats(pool, &stats);
    printf("%llu allocation, %zu idle block\n",
           (unsigned long long)stats.allocations, stats.idle_blocks);
    cb_pool_unref(pool);
    return status;
}
