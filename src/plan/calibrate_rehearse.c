// calibrate_rehearse.c - many rehearsed days, each with values, a seed and visits of its own, as the gates would see them.
#include <math.h>

#include "plan/calibrate.h"

typedef struct job {
    const calibrate_work *work;
    const calibrate_run *runs;
} job;

// Weights times exp(by (x - mean) / sd), which moves the mean by `by` standard deviations or nearly so.
static void tilt(plan_variant *v, piste_dist *d, double by) {
    const char *why;
    double mean = 0, squares = 0, sum = 0, all = 0;
    double *cumulative = by != 0 ? plan_variant_copy(v, d->cumulative, d->count, sizeof *cumulative) : NULL;
    if (!cumulative)
        return;
    for (int32_t pass = 0; pass < 4; pass++) // mean and spread, the sum of weights, weights
        for (int32_t i = 0; i < d->count; i++) {
            double x = d->bins ? 0.5 * (d->values[i] + d->values[i + 1]) : d->values[i];
            double weight = d->cumulative[i] - (i ? d->cumulative[i - 1] : 0);
            double tilted = squares > 0 ? weight * base_exp(by * (x - mean) / sqrt(squares)) : weight;
            if (pass == 0)
                mean += weight * x;
            else if (pass == 1)
                sum += weight * (x - mean) * (x - mean);
            else if (pass == 2)
                all += tilted;
            else
                cumulative[i] = (i ? cumulative[i - 1] : 0) + tilted / all;
            if (pass == 1 && i + 1 == d->count)
                squares = sum;
        }
    cumulative[d->count - 1] = 1;
    d->cumulative = cumulative;
    if (piste_dist_prepare(d, &why) != PISTE_OK)
        v->failed = true;
}

static void put_in(plan_variant *v, const calibrate_patch *patch, const double *by) {
    if (!patch)
        return;
    piste_segment *segments = patch->arrival || patch->size ? plan_variant_segments(v) : NULL;
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        if (patch->arrival && patch->arrival[i].kind != PISTE_DIST_NONE) {
            segments[i].arrival = patch->arrival[i];
            tilt(v, &segments[i].arrival, by[CALIBRATE_ARRIVAL]);
        }
        if (patch->size && patch->size[i].kind != PISTE_DIST_NONE) {
            segments[i].party_size = patch->size[i];
            tilt(v, &segments[i].party_size, by[CALIBRATE_SIZE]);
        }
    }
    piste_lift *lifts = patch->stops ? plan_variant_lifts(v) : NULL;
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++)
        if (patch->stops[i].cause >= 0) {
            lifts[i].stops.list = &patch->stops[i];
            lifts[i].stops.count = 1;
        }
}

static piste_status run_one(void *context, void *hand, int64_t index) {
    const job *j = context;
    const calibrate_work *w = j->work;
    const calibrate_run *run = &j->runs[index];
    (void)hand;
    plan_variant v;
    calibrate_day seen;
    base_arena *arena = base_arena_create();
    if (!arena)
        return PISTE_MEMORY;
    if (!plan_variant_init(&v, w->resort)) {
        base_arena_destroy(arena);
        return PISTE_MEMORY;
    }
    put_in(&v, w->patch, run->by);
    calibrate_values_set(&v, run->by);
    double missing = w->missing * base_exp(run->by[CALIBRATE_MISSING]);
    piste_status status =
        v.failed ? PISTE_INVALID : calibrate_observe(&v.resort, w->gates, run->seed, run->sold, missing, arena, &seen);
    if (status == PISTE_OK && w->group && !calibrate_group(w->gates, w->together_s, arena, &seen))
        status = PISTE_MEMORY;
    if (status == PISTE_OK)
        w->take(w->context, index, &seen);
    plan_variant_release(&v);
    base_arena_destroy(arena);
    return status;
}

static bool tick(void *context, int64_t done) {
    const calibrate_work *w = ((job *)context)->work;
    return !w->def->tick || w->def->tick(w->def->context, *w->done + done, w->all);
}

piste_status calibrate_rehearse(const calibrate_work *work, const calibrate_run *runs, int64_t count) {
    job j = {work, runs};
    plan_work pool = {.count = count, .threads = work->threads, .job = &j, .piece = run_one, .tick = tick};
    piste_status status = plan_work_run(&pool);
    *work->done += count;
    return status;
}
