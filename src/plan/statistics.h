// statistics.h - what is concluded from figures of days; knows nothing of resorts.
//
// docs/models.md ("Experiments") has every rule with its source and the coverage that was measured. Quantiles of t
// are rounded to six decimals, so that how a libm rounds decides nothing.
#ifndef PLAN_STATISTICS_H
#define PLAN_STATISTICS_H

#include <stdbool.h>
#include <stdint.h>

// The quantile of t with so many degrees of freedom that leaves (1 - confidence) / 2 on either side; df >= 1.
double statistics_t(double confidence, double df);

typedef struct statistics_sample {
    int64_t count;
    double mean, sd; // sd NaN below two values
    double least, most;
} statistics_sample;

// Of values 0 to count - 1; NaN is left out.
statistics_sample statistics_of(const double *values, int64_t count);

// ---- how many days --------------------------------------------------------------------------------------------------

// Stein's two stages (1945), and then again: the first `pilot` values say how many are needed; once those are there,
// all of them may say that it takes more. Both are read from standard deviations alone, of which the mean of normal
// values is independent (Helmert), so that its interval covers at least as often as it says, wherever this stops. The
// larger of the two, t times standard deviation, makes the interval.

// Half the width of the interval of the mean of `all`, of which `pilot` are the first values.
double statistics_half(const statistics_sample *pilot, const statistics_sample *all, double confidence);
// How many values are needed so that the interval is no wider than +-half, as far as these tell: all->count where it
// is so.
int64_t statistics_count(const statistics_sample *pilot, const statistics_sample *all, double confidence, double half);

// ---- the best of several --------------------------------------------------------------------------------------------

enum { STATISTICS_SYSTEMS_MAX = 500 };

// KN (Kim and Nelson 2001), c = 1: values are read in their order, value(context, system, n) is the n-th of a system,
// the largest mean is best. Systems may be correlated.
typedef struct statistics_kn {
    int32_t systems;
    int64_t first;       // n0, at least 2
    double confidence;   // 1 - alpha, above 1 / systems
    double indifference; // above 0
    double (*value)(void *context, int32_t system, int64_t n);
    void *context;
    bool *alive;         // systems, set by statistics_kn_begin
    double *variances;   // systems x systems, of differences
    double *sums;        // systems
    double h2;
    int64_t at;          // values read of each that is alive
    int64_t end;         // the most that can be needed
} statistics_kn;

// Reads the first n0 values of all.
void statistics_kn_begin(statistics_kn *kn);
// Goes on as far as `have` values of each system that is alive allow. True: it has ended, and *best is the one.
bool statistics_kn_step(statistics_kn *kn, int64_t have, int32_t *best);

// OCBA (Chen, Lin, Yucesan and Chick 2000): shares a total of values out over systems whose largest mean is best.
void statistics_ocba(int32_t systems, const double *means, const double *sds, double total, double *shares);

// ---- sensitivity ----------------------------------------------------------------------------------------------------

typedef struct statistics_index {
    double value, low, high; // with a percentile bootstrap interval
} statistics_index;

enum { STATISTICS_BOOTSTRAP = 1000 };

// Points of a low-discrepancy sequence (Sobol', through GSL) in [0, 1)^dimensions, shifted at random by the seed.
// dimensions: 1 to 40. points: count x dimensions.
bool statistics_sobol_points(int32_t dimensions, int64_t count, uint64_t seed, double *points);
// A Latin hypercube: each of `count` equal parts of each axis has one point.
bool statistics_latin_points(int32_t dimensions, int64_t count, uint64_t seed, double *points);
// Morris: `trajectories` x (dimensions + 1) points on four levels of each axis; each step turns one axis by 2/3.
void statistics_morris_points(int32_t dimensions, int64_t trajectories, uint64_t seed, double *points);

// First-order (Saltelli et al. 2010) and total (Jansen 1999) indices of one input from f at A, B, and A with the
// input's column of B. NaN where f does not vary.
void statistics_sobol(const double *a, const double *b, const double *ab, int64_t count, double confidence, uint64_t seed,
                      statistics_index *first, statistics_index *total);
// Mean absolute elementary effect of one input over the whole range, its mean, and its spread.
void statistics_morris(const double *effects, int64_t trajectories, double confidence, uint64_t seed,
                       statistics_index *absolute, double *mean, double *spread);

#endif
