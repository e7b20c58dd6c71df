// random.c - keys of entities. The draws themselves are inline in base.h.
#include "base/base.h"

uint64_t base_key_text(const char *name) {
    uint64_t key = 0xcbf29ce484222325ull; // FNV-1a, then mixed, since FNV's high bits are weak for short names
    for (; *name; name++)
        key = (key ^ (unsigned char)*name) * 0x100000001b3ull;
    return base_mix(key);
}
