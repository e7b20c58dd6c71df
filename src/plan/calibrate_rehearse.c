// calibrate_rehearse.c - many rehearsed days, each with values, a seed and visits of its own, as the gates would see them.
#include "plan/calibrate.h"

typedef struct job {
    const calibrate_work *work;
    const calibrate_run *runs;
} job;

static void put_in(plan_variant *v, const calibrate_patch *patch) {
    if (!patch)
        return;
    piste_segment *segments = patch->arrival || patch->size ? plan_variant_segments(v) : NULL;
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        if (patch->arrival && patch->arrival[i].kind != PISTE_DIST_NONE)
            segments[i].arrival = patch->arrival[i];
        if (patch->size && patch->size[i].kind != PISTE_DIST_NONE)
            segments[i].party_size = patch->size[i];
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
    put_in(&v, w->patch);
    calibrate_values_set(&v, run->by);
    double missing = w->missing * base_exp(run->by[CALIBRATE_VALUES]);
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
