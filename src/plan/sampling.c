// sampling.c - points in ranges, and how much of a figure's variation each range makes. See statistics.h.
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_qrng.h>

#include "base/base.h"
#include "plan/statistics.h"

enum { DRAW_SHIFT, DRAW_ORDER, DRAW_INSIDE, DRAW_START, DRAW_WAY, DRAW_BOOT };
enum { MORRIS_LEVELS = 4 };

static double uniform(uint64_t key, uint32_t purpose, uint64_t count) {
    return base_uniform(base_draw(base_stream(key, purpose), count));
}

static int64_t below(uint64_t key, uint32_t purpose, uint64_t count, int64_t limit) {
    int64_t drawn = (int64_t)(uniform(key, purpose, count) * (double)limit);
    return drawn < limit ? drawn : limit - 1;
}

bool statistics_sobol_points(int32_t dimensions, int64_t count, uint64_t seed, double *points) {
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)dimensions);
    if (!sequence)
        return false;
    uint64_t key = base_mix(seed);
    for (int64_t n = 0; n < count; n++) {
        double *point = points + n * dimensions;
        gsl_qrng_get(sequence, point);
        for (int32_t d = 0; d < dimensions; d++) { // a shift modulo 1 (Cranley and Patterson 1976)
            point[d] += uniform(key, DRAW_SHIFT, (uint64_t)d);
            point[d] -= point[d] >= 1 ? 1 : 0;
        }
    }
    gsl_qrng_free(sequence);
    return true;
}

bool statistics_latin_points(int32_t dimensions, int64_t count, uint64_t seed, double *points) {
    int64_t *order = malloc((size_t)count * sizeof *order);
    for (int32_t d = 0; order && d < dimensions; d++) {
        uint64_t key = base_key_child(base_mix(seed), (uint64_t)d);
        for (int64_t n = 0; n < count; n++) {
            int64_t at = below(key, DRAW_ORDER, (uint64_t)n, n + 1);
            order[n] = order[at];
            order[at] = n;
        }
        for (int64_t n = 0; n < count; n++)
            points[n * dimensions + d] = ((double)order[n] + uniform(key, DRAW_INSIDE, (uint64_t)n)) / (double)count;
    }
    bool good = order != NULL;
    free(order);
    return good;
}

void statistics_morris_points(int32_t dimensions, int64_t trajectories, uint64_t seed, double *points) {
    int32_t order[64];
    for (int64_t t = 0; t < trajectories; t++) {
        uint64_t key = base_key_child(base_mix(seed), (uint64_t)t);
        double *point = points + t * (dimensions + 1) * dimensions;
        for (int32_t d = 0; d < dimensions; d++) {
            point[d] = (double)below(key, DRAW_START, (uint64_t)d, MORRIS_LEVELS) / (MORRIS_LEVELS - 1);
            int64_t at = below(key, DRAW_ORDER, (uint64_t)d, d + 1);
            order[d] = order[at];
            order[at] = d;
        }
        for (int32_t step = 0; step < dimensions; step++) { // of 2 / 3, the way that stays inside
            double *next = point + dimensions;
            for (int32_t d = 0; d < dimensions; d++)
                next[d] = point[d];
            next[order[step]] += point[order[step]] < 0.5 ? 2.0 / 3 : -2.0 / 3;
            point = next;
        }
    }
}

// ---- estimates ------------------------------------------------------------------------------------------------------

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void percentiles(double *values, int32_t count, double confidence, statistics_index *out) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[kept++] = values[i];
    out->low = out->high = NAN;
    if (kept < 20)
        return;
    qsort(values, (size_t)kept, sizeof *values, by_size);
    int32_t tail = (int32_t)((1 - confidence) / 2 * kept);
    out->low = values[tail];
    out->high = values[kept - 1 - tail];
}

// Rows NULL: all of them, as they stand.
static void sobol_once(const double *a, const double *b, const double *ab, const int64_t *rows, int64_t count,
                       double *first, double *total) {
    double mean = 0, variance = 0, one = 0, all = 0;
    for (int64_t n = 0; n < count; n++) {
        int64_t r = rows ? rows[n] : n;
        mean += a[r] + b[r];
    }
    mean /= (double)(2 * count);
    for (int64_t n = 0; n < count; n++) {
        int64_t r = rows ? rows[n] : n;
        variance += (a[r] - mean) * (a[r] - mean) + (b[r] - mean) * (b[r] - mean);
        one += (b[r] - mean) * (ab[r] - a[r]);
        all += (a[r] - ab[r]) * (a[r] - ab[r]);
    }
    variance /= (double)(2 * count - 1);
    bool varies = variance > 0;
    *first = varies ? one / (double)count / variance : NAN;
    *total = varies ? all / (double)(2 * count) / variance : NAN;
}

void statistics_sobol(const double *a, const double *b, const double *ab, int64_t count, double confidence,
                      uint64_t seed, statistics_index *first, statistics_index *total) {
    *first = *total = (statistics_index){NAN, NAN, NAN};
    sobol_once(a, b, ab, NULL, count, &first->value, &total->value);
    int64_t *rows = malloc((size_t)count * sizeof *rows);
    double *ones = malloc(STATISTICS_BOOTSTRAP * sizeof *ones), *alls = malloc(STATISTICS_BOOTSTRAP * sizeof *alls);
    for (int32_t k = 0; rows && ones && alls && k < STATISTICS_BOOTSTRAP; k++) {
        uint64_t key = base_key_child(base_mix(seed), (uint64_t)k);
        for (int64_t n = 0; n < count; n++)
            rows[n] = below(key, DRAW_BOOT, (uint64_t)n, count);
        sobol_once(a, b, ab, rows, count, &ones[k], &alls[k]);
    }
    if (rows && ones && alls) {
        percentiles(ones, STATISTICS_BOOTSTRAP, confidence, first);
        percentiles(alls, STATISTICS_BOOTSTRAP, confidence, total);
    }
    free(rows);
    free(ones);
    free(alls);
}

void statistics_morris(const double *effects, int64_t trajectories, double confidence, uint64_t seed,
                       statistics_index *absolute, double *mean, double *spread) {
    double sum = 0;
    for (int64_t t = 0; t < trajectories; t++)
        sum += fabs(effects[t]);
    statistics_sample all = statistics_of(effects, trajectories);
    *mean = all.mean;
    *spread = all.sd;
    *absolute = (statistics_index){sum / (double)trajectories, NAN, NAN};
    double *means = malloc(STATISTICS_BOOTSTRAP * sizeof *means);
    for (int32_t k = 0; means && k < STATISTICS_BOOTSTRAP; k++) {
        uint64_t key = base_key_child(base_mix(seed), (uint64_t)k);
        means[k] = 0;
        for (int64_t t = 0; t < trajectories; t++)
            means[k] += fabs(effects[below(key, DRAW_BOOT, (uint64_t)t, trajectories)]) / (double)trajectories;
    }
    if (means)
        percentiles(means, STATISTICS_BOOTSTRAP, confidence, absolute);
    free(means);
}
