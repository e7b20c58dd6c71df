// flow_test.h - what the tests of a day share: loading a folder, running a day, following every party through its events.
#ifndef TEST_FLOW_TEST_H
#define TEST_FLOW_TEST_H

#include "test.h"

#include <math.h>
#include <stdio.h>

#include "base/base.h"
#include "piste/piste.h"

static inline piste_resort *load(const char *folder) {
    char path[512];
    const char *root = getenv("PISTE_ROOT");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", folder);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    if (piste_resort_load(path, PISTE_DATE_NONE, errors, &resort) != PISTE_OK)
        fail_msg("%s: %s", folder, piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "cannot be loaded");
    piste_errors_destroy(errors);
    return resort;
}

static inline piste_day *begin(const piste_resort *resort, const piste_day_def *def) {
    piste_day *day = NULL;
    assert_int_equal(piste_day_create(resort, def, NULL, &day), PISTE_OK);
    return day;
}

static inline piste_day *run_day(const piste_resort *resort, uint64_t seed, int64_t guests) {
    piste_day_def def = piste_day_def_default();
    def.seed = seed;
    def.guests = guests;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    return day;
}

// What of a result can differ, in one number.
static inline uint64_t fingerprint(const piste_day_result *r) {
    uint64_t h = base_mix((uint64_t)r->events) ^ base_mix((uint64_t)r->rides * 3);
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift_result *l = &r->lifts.list[i];
        h = base_mix(h + (uint64_t)l->rides + ((uint64_t)l->wait.max_s << 32)) ^ (uint64_t)l->stopped_s ^ (uint64_t)(l->wait.mean_s * 1e6);
        for (int32_t b = 0; b < r->bin_count; b++)
            h = base_mix(h ^ (uint64_t)l->queue[b] ^ (uint64_t)l->boarded[b] << 32);
    }
    for (int32_t i = 0; i < r->runs.count; i++)
        h = base_mix(h + (uint64_t)r->runs.list[i].descents);
    for (int32_t i = 0; i < r->venues.count; i++)
        h = base_mix(h + (uint64_t)r->venues.list[i].visits + ((uint64_t)(r->venues.list[i].wait.mean_s * 1e6) << 20));
    for (int32_t i = 0; i < r->segments.count; i++)
        for (int32_t k = 0; k < PISTE_SPENT_COUNT; k++)
            h = base_mix(h + (uint64_t)r->segments.list[i].spent_s[k]);
    for (int32_t i = 0; i < r->visits.count; i++)
        for (int32_t k = 0; k < PISTE_MISSED_COUNT; k++)
            h = base_mix(h + (uint64_t)r->visits.list[i].missed_by[k]);
    for (int32_t by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        for (int32_t i = 0; i < r->groups[by].count; i++)
            h = base_mix(h + (uint64_t)r->groups[by].list[i].waited_s +
                         ((uint64_t)r->groups[by].list[i].waiting_each_s.p90 << 40));
    for (int32_t i = 0; i < r->bindings.count; i++) {
        const piste_binding *b = &r->bindings.list[i];
        h = base_mix(h + (uint64_t)b->first_s + ((uint64_t)b->people << 20)) ^ (uint64_t)b->lost_s;
        for (int32_t k = 0; k < r->bin_count; k++)
            h = base_mix(h + b->bound[k]);
    }
    return h;
}

// Mean and standard error of a figure over days with seeds 1, 2, ...
typedef struct sample {
    double mean, error;
} sample;

static inline sample over_seeds(const char *folder, int count, double (*figure)(const piste_day_result *)) {
    piste_resort *resort = load(folder);
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    double sum = 0, squares = 0;
    for (int i = 0; i < count; i++) {
        assert_int_equal(piste_day_reset(day, (uint64_t)i + 1), PISTE_OK);
        piste_day_run(day, PISTE_DAY_END);
        double x = figure(piste_day_get_result(day));
        sum += x;
        squares += x * x;
    }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    double mean = sum / count, variance = (squares - count * mean * mean) / (count - 1);
    return (sample){mean, sqrt(variance > 0 ? variance / count : 0)};
}

#endif
