// libm_paths.c - prints a hash of what libm's exp, log and sin return for four million numbers.
//
// glibc chooses their code by the processor: with FMA the last bits are others. test/same_bytes runs this with and
// without FMA to see that its switch works. Nothing of piste is in here, and piste's results use none of libm.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static uint64_t add(uint64_t hash, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (hash ^ bits) * 0x100000001b3ull; // FNV-1a, a word at a time
}

int main(void) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (int i = 0; i < 4000000; i++) {
        volatile double x = -40 + i * 2e-5; // volatile: computed when run, not when compiled
        hash = add(hash, exp(x));
        hash = add(hash, log(x * x + 1e-9));
        hash = add(hash, sin(x));
    }
    printf("%016" PRIx64 "\n", hash);
    return 0;
}
