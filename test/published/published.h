// published.h - days of a resort folder compared with a figure that somebody published or that follows from a
// published law.
//
// A figure is a sum over a count (waits over boardings, rides over seconds). Both are taken between two seconds of
// each of several days with seeds 1, 2, ..., so that the empty beginning is left out; the estimate is the ratio of the
// totals, its error that of a ratio estimator over independent days. What is compared is told on lines that begin with
// #.
#ifndef TEST_PUBLISHED_H
#define TEST_PUBLISHED_H

#include "flow/flow_test.h"

// Half of a 99.9 % interval in standard errors. The seeds are fixed: a comparison holds always or never.
static const double published_z = 3.2905;

typedef struct total { // of a figure, from the beginning of the day until now
    double sum, count;
} total;

typedef struct figure {
    total (*get)(const piste_day *day, const piste_day_result *r, int32_t index);
    int32_t index; // of the lift or venue
} figure;

typedef struct study {
    const char *folder;
    int64_t guests;       // 0: as the folder says
    int32_t from_s, to_s; // what counts of a day
    int days;
    void (*event)(void *context, const piste_event *event); // who listens; NULL: nobody
} study;

typedef struct estimate {
    double mean, error;
} estimate;

enum { PUBLISHED_FIGURES = 8 };

typedef struct moments { // over days, of sums y and counts x
    double x, y, xx, xy, yy;
} moments;

static inline void moments_add(moments *m, double x, double y) {
    m->x += x;
    m->y += y;
    m->xx += x * x;
    m->xy += x * y;
    m->yy += y * y;
}

static inline estimate estimate_of(const moments *m, int days) {
    double ratio = m->y / m->x, rest = m->yy - 2 * ratio * m->xy + ratio * ratio * m->xx;
    return (estimate){ratio, sqrt((rest > 0 ? rest : 0) / (days - 1) * days) / m->x};
}

static inline void study_run(const study *s, const figure *figures, int count, estimate *out) {
    piste_resort *resort = load(s->folder);
    piste_day_def def = piste_day_def_default();
    if (s->guests)
        def.guests = s->guests;
    def.event = s->event;
    piste_day *day = begin(resort, &def);
    moments m[PUBLISHED_FIGURES] = {0};
    for (int seed = 1; seed <= s->days; seed++) {
        total before[PUBLISHED_FIGURES];
        assert_int_equal(piste_day_reset(day, (uint64_t)seed), PISTE_OK);
        piste_day_run(day, s->from_s);
        const piste_day_result *r = piste_day_get_result(day);
        for (int i = 0; i < count; i++)
            before[i] = figures[i].get(day, r, figures[i].index);
        piste_day_run(day, s->to_s);
        r = piste_day_get_result(day);
        for (int i = 0; i < count; i++) {
            total now = figures[i].get(day, r, figures[i].index);
            moments_add(&m[i], now.count - before[i].count, now.sum - before[i].sum);
        }
    }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    for (int i = 0; i < count; i++)
        out[i] = estimate_of(&m[i], s->days);
}

// ---- figures --------------------------------------------------------------------------------------------------------

static inline total total_of_waits(const piste_waits *waits) {
    return (total){waits->count ? waits->mean_s * (double)waits->count : 0, (double)waits->count};
}

static inline total wait_at_lift(const piste_day *day, const piste_day_result *r, int32_t lift) {
    (void)day;
    return total_of_waits(&r->lifts.list[lift].wait);
}

static inline total wait_at_venue(const piste_day *day, const piste_day_result *r, int32_t venue) {
    (void)day;
    return total_of_waits(&r->venues.list[venue].wait);
}

static inline total rides_per_second(const piste_day *day, const piste_day_result *r, int32_t lift) {
    return (total){(double)r->lifts.list[lift].rides, piste_day_now(day)};
}

// ---- comparing ------------------------------------------------------------------------------------------------------

// The estimate agrees with the law where the law is within its 99.9 % interval. `grain`: by how much whole seconds are
// known to move piste's figure off the law (docs/models.md says why); the interval may lie so far off, on that side.
static inline bool agrees(estimate e, double law, double grain) {
    double off = e.mean - law, low = grain < 0 ? grain : 0, high = grain > 0 ? grain : 0;
    return off >= low - published_z * e.error && off <= high + published_z * e.error;
}

// `other`: the law for one input that differs by 5 %, which must not agree: a comparison that nothing could fail is
// none. 95 % of the sample's own spread must be within 3 % of the figure, with PISTE_TEST_FULL=1 within 1 %.
static inline void compare(const char *what, estimate e, double law, double grain, double other) {
    printf("# %-44s %12.5g +- %8.2g, expected %12.5g", what, e.mean, published_z * e.error, law);
    if (grain != 0)
        printf(" (%+.2g: whole seconds)", grain);
    printf(", not %.5g\n", other);
    if (!agrees(e, law, grain))
        fail_msg("%s: %.6g +- %.2g, expected %.6g (%+.2g)", what, e.mean, published_z * e.error, law, grain);
    if (agrees(e, other, grain))
        fail_msg("%s: %.6g +- %.2g cannot tell %.6g from %.6g", what, e.mean, published_z * e.error, law, other);
    if (1.96 * e.error > test_sample(3, 1) * 0.01 * law)
        fail_msg("%s: %.6g +- %.2g is too wide", what, e.mean, 1.96 * e.error);
}

#endif
