// arena.c - memory that is freed all at once: a list of blocks, the newest one partly used.
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

typedef struct block {
    struct block *before;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
} block;

struct base_arena {
    block *newest;
};

enum { BLOCK_BYTES = 64 * 1024 };

base_arena *base_arena_create(void) {
    return calloc(1, sizeof(base_arena));
}

void base_arena_destroy(base_arena *arena) {
    if (!arena)
        return;
    for (block *b = arena->newest; b;) {
        block *before = b->before;
        free(b);
        b = before;
    }
    free(arena);
}

void *base_arena_take(base_arena *arena, size_t bytes) {
    if (bytes > SIZE_MAX / 2)
        return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    block *b = arena->newest;
    if (!b || b->size - b->used < bytes) {
        size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        b = calloc(1, sizeof *b + size);
        if (!b)
            return NULL;
        b->size = size;
        b->before = arena->newest;
        arena->newest = b;
    }
    void *memory = b->bytes + b->used;
    b->used += bytes;
    return memory;
}

char *base_arena_text(base_arena *arena, const char *text, size_t length) {
    char *copy = base_arena_take(arena, length + 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *base_arena_format(base_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : base_arena_take(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
