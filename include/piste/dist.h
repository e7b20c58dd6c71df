// piste/dist.h - named distributions, drawn by inversion: one uniform number gives one variate.
//
//     piste_dist speed = ...;                    // as a resort's file gives it
//     double mps = piste_dist_draw(&speed, u);   // 0 < u < 1
//
// Units are those of the key that the distribution stands at (metres per second, seconds, metres, persons).
#ifndef PISTE_DIST_H
#define PISTE_DIST_H

#include "piste/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum piste_dist_kind {
    PISTE_DIST_NONE = 0,    // not given
    PISTE_DIST_CONSTANT,    // a
    PISTE_DIST_UNIFORM,     // between a and b
    PISTE_DIST_NORMAL,      // mean a, standard deviation b
    PISTE_DIST_LOGNORMAL,   // mean a, standard deviation b of the variable itself
    PISTE_DIST_EXPONENTIAL, // mean a
    PISTE_DIST_EMPIRICAL    // values with weights, or bins between edges with weights (uniform within a bin)
} piste_dist_kind;

typedef struct piste_dist {
    piste_dist_kind kind;
    bool fold;       // |x| (normal only)
    bool reciprocal; // given as a pace (s/m): what is drawn is 1 / x
    bool has_min, has_max;
    double a, b;     // see the kinds above
    double min, max; // truncation: the distribution given that min <= x <= max
    // Set by piste_dist_prepare:
    double mu, sigma;      // of the underlying normal
    double p_min, p_range; // cdf(min) and cdf(max) - cdf(min)
    int32_t count;         // empirical: values (count) or bins (count, with count + 1 edges)
    bool bins;
    const double *values;     // values or edges; belongs to the resort
    const double *cumulative; // count weights summed and divided by their sum; the last is 1
} piste_dist;

// Checks the parameters and computes what drawing needs. PISTE_INVALID with *why set to a constant text
// ("min above max", "sd below 0", ...) where no such distribution exists.
PISTE_CHECKED PISTE_API piste_status piste_dist_prepare(piste_dist *dist, const char **why);
// The u-quantile, 0 < u < 1. `dist` must be prepared and not NONE.
PISTE_API double piste_dist_draw(const piste_dist *dist, double u);
// The mean of what is drawn: exact for every kind without truncation, by 4,096-point midpoint quantiles otherwise.
PISTE_API double piste_dist_mean(const piste_dist *dist);

// An exact fraction; {0, 0} is "not given".
typedef struct piste_ratio {
    int64_t num, den;
} piste_ratio;

#ifdef __cplusplus
}
#endif
#endif
