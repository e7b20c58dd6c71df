// ccc_shapley.c - who contributes how much to a difference, whatever the order in which things were changed.
//
// Shapley 1953: player i gets the sum over sets S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)). With at
// most 16 players all 2^n sets are asked once, so the values are exact but for rounding.
#include <assert.h>
#include <stdlib.h>

#include "plan/ccc.h"

// |S|! (n - |S| - 1)! / n! = 1 / (n * binomial(n - 1, |S|))
static double weight_of(int32_t count, int32_t size) {
    double binomial = 1;
    for (int32_t k = 1; k <= size; k++)
        binomial = binomial * (count - k) / k;
    return 1 / (count * binomial);
}

static int32_t size_of(uint32_t set) {
    int32_t size = 0;
    for (; set; set &= set - 1)
        size++;
    return size;
}

void ccc_shapley(int32_t count, double (*value)(const void *context, uint32_t set), const void *context, double *out) {
    assert(count >= 0 && count <= CCC_PLAYERS_MAX);
    double weights[CCC_PLAYERS_MAX];
    for (int32_t i = 0; i < count; i++) {
        weights[i] = weight_of(count, i);
        out[i] = 0;
    }
    // A set's worth counts for each of its players as what it is with them, for each of the others as without.
    for (uint32_t set = 0; set < 1u << count; set++) {
        double worth = value(context, set);
        int32_t size = size_of(set);
        for (int32_t i = 0; i < count; i++)
            out[i] += set >> i & 1 ? weights[size - 1] * worth : -weights[size] * worth;
    }
}
