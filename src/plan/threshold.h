// threshold.h - a quantile of thresholds that are known only by trying: for each day the number of visits that it bears.
//
// Day d is good with v visits or it is not; its threshold X_d is the largest v with which it is good. Wanted is the largest v for
// which a share p of the days is good, which is the (1 - p)-quantile of X, and its interval of order statistics. A try
// costs a rehearsed day, so a day is tried again only while its threshold may still be one of those that are asked for:
// most are tried once or twice.
#ifndef PLAN_THRESHOLD_H
#define PLAN_THRESHOLD_H

#include "base/base.h"

typedef struct threshold_try {
    int64_t day, visits;
    bool good; // the answer
} threshold_try;

typedef struct threshold_def {
    double share;       // p: of the days that are to be good
    double confidence;  // of the interval
    double precision;   // both ends of the interval within this share of the estimate
    int64_t least, most; // visits: a day that is not good with `least` counts as 0; one that is with `most` as `most`
    int64_t first;      // where to begin
    int64_t days_min, days_max;
    // Answers `count` tries, in any order, on as many threads as it likes. Anything but PISTE_OK ends the search.
    piste_status (*answer)(void *context, threshold_try *tries, int64_t count);
    void (*note)(void *context, int64_t low, int64_t high); // the interval so far; NULL
    void *context;
} threshold_def;

typedef struct threshold_days { // of one day: good with low, not good with high
    int64_t low, high;
} threshold_days;

typedef struct threshold_result {
    int64_t days, tries;
    int64_t at;         // the estimate: a share p of the days was good with it when each was tried; 0: not even `least`
    int64_t low, high;  // of the interval; low 0: it reaches below `least`; high == most: it may reach beyond
    int64_t good;       // of the days, with `at`: each was tried there
    bool is_most;       // the share is good even with `most`
    bool precise;       // as narrow as asked
    threshold_days *brackets; // of each day; the caller's, to free
} threshold_result;

// PISTE_MEMORY, or what `answer` said.
PISTE_CHECKED piste_status threshold_find(const threshold_def *def, threshold_result *result);

// Ranks of the interval of the q-quantile of n independent values, by the binomial law: P(X_(low) < x_q <= X_(high)) is at
// least the confidence, each side missing at most half of the rest; counted from 1; low 0 and high n + 1: no such value.
void threshold_ranks(int64_t n, double q, double confidence, int64_t *low, int64_t *high);

#endif
