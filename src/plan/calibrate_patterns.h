// calibrate_patterns.h - when parties come and how large they are. See calibrate_patterns.c.
#ifndef PLAN_CALIBRATE_PATTERNS_H
#define PLAN_CALIBRATE_PATTERNS_H

#include "plan/calibrate.h"

typedef struct calibrate_patterns {
    const calibrate_case *c;
    base_arena *out; // of what is found
    double guests_per_pass;
    int32_t from_s, columns, sizes; // columns: half hours from from_s on; sizes: 1 to this
} calibrate_patterns;

// How many of each kind there are: one for each segment where scans tell it, otherwise one for everyone.
int32_t calibrate_patterns_count(const calibrate_case *c);
// Fills so many of each; puts what may be put into the resort into `patch` (from the case's arena).
PISTE_CHECKED piste_status calibrate_patterns_find(const calibrate_case *c, base_arena *out, const double *by,
                                                   double guests_per_pass, calibrate_patch *patch,
                                                   piste_pattern *arrivals, piste_pattern *sizes);

#endif
