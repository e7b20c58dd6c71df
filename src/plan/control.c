// control.c - which days are needed next. See experiment.h.
//
// Everything is decided from figures of days in their order, never from when they came, so that a plan asks for the
// same days on any number of threads, and when it is taken up again.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

enum { KN_BATCH = 16, OCBA_STAGES = 20 };

void plan_take_column(const piste_plan *plan, int32_t scenario, int32_t other, int32_t measure, int64_t count,
                      double *out) {
    for (int64_t d = 0; d < count; d++)
        out[d] = plan_figure(plan, scenario, d, measure) - (other < 0 ? 0 : plan_figure(plan, other, d, measure));
}

static int64_t minimum_of(const piste_plan *plan) {
    return plan->file.replications.minimum;
}

static bool raise_need(const piste_plan *plan, int32_t scenario, int64_t days) {
    plan_scenario *s = &plan->scenarios[scenario];
    int64_t most = plan->file.replications.maximum, wanted = days < most ? days : most;
    bool more = wanted > s->need;
    s->need = more ? wanted : s->need;
    return more;
}

// ---- as narrow as asked ---------------------------------------------------------------------------------------------

double plan_asked_half(const piste_plan *plan, int32_t scenario, int32_t measure) {
    double relative = plan->file.measures.list[measure].relative;
    if (isnan(relative))
        return plan->precision[measure];
    double sum = 0;
    int64_t count = 0;
    for (int64_t d = 0; d < minimum_of(plan); d++) {
        double x = plan_figure(plan, scenario, d, measure);
        sum += isnan(x) ? 0 : x;
        count += !isnan(x);
    }
    double half = count ? relative * fabs(sum / (double)count) : NAN;
    return half > 0 ? half : NAN;
}

static bool reach(const piste_plan *plan, int32_t scenario, int32_t other, int32_t measure, double half,
                  double *column) {
    if (isnan(half))
        return false;
    int64_t days = plan->scenarios[scenario].have;
    days = other >= 0 && plan->scenarios[other].have < days ? plan->scenarios[other].have : days;
    plan_take_column(plan, scenario, other, measure, days, column);
    statistics_sample pilot = statistics_of(column, minimum_of(plan)), all = statistics_of(column, days);
    if (!(all.sd > 0))
        return false;
    int64_t count = statistics_count(&pilot, &all, plan->file.confidence, half);
    if (count == all.count)
        return false;
    count += days - all.count; // days without a figure
    bool more = raise_need(plan, scenario, count);
    return (other >= 0 && raise_need(plan, other, count)) || more;
}

static bool reach_precision(const piste_plan *plan, piste_status *status) {
    int64_t most = 1;
    for (int32_t i = 0; i < plan->count; i++)
        most = plan->scenarios[i].have > most ? plan->scenarios[i].have : most;
    double *column = malloc((size_t)most * sizeof *column);
    bool more = false;
    if (!column) {
        *status = PISTE_MEMORY;
        return false;
    }
    for (int32_t i = 0; i < plan->count; i++)
        for (int32_t m = 0; m < plan->measures; m++) {
            more |= reach(plan, i, -1, m, plan_asked_half(plan, i, m), column);
            if (plan->baseline >= 0 && i != plan->baseline)
                more |= reach(plan, i, plan->baseline, m, plan->difference[m], column);
        }
    free(column);
    return more;
}

// ---- the best -------------------------------------------------------------------------------------------------------

static double kn_value(void *context, int32_t system, int64_t n) {
    const piste_plan *plan = context;
    double x = plan_figure(plan, system, n, plan->chosen);
    x = isnan(x) ? 0 : x; // a lift that nobody rode has no wait
    return plan->file.selection.best == 0 ? -x : x;
}

bool plan_kn_make(const piste_plan *plan, statistics_kn *kn) {
    size_t k = (size_t)plan->count;
    union {
        const piste_plan *constant;
        void *context;
    } as = {.constant = plan};
    *kn = (statistics_kn){.systems = plan->count,
                          .first = minimum_of(plan),
                          .confidence = plan->file.confidence,
                          .indifference = plan->indifference,
                          .value = kn_value,
                          .context = as.context,
                          .alive = calloc(k, sizeof *kn->alive),
                          .variances = calloc(k * k, sizeof *kn->variances),
                          .sums = calloc(k, sizeof *kn->sums)};
    if (kn->alive && kn->variances && kn->sums) {
        statistics_kn_begin(kn);
        return true;
    }
    plan_kn_release(kn);
    return false;
}

void plan_kn_release(statistics_kn *kn) {
    free(kn->alive);
    free(kn->variances);
    free(kn->sums);
}

// How far the figures of those that are alive go.
int64_t plan_kn_have(const piste_plan *plan, const statistics_kn *kn) {
    int64_t have = INT64_MAX;
    for (int32_t i = 0; i < plan->count; i++)
        if (kn->alive[i] && plan->scenarios[i].have < have)
            have = plan->scenarios[i].have;
    return have;
}

static bool go_on_with_kn(const piste_plan *plan, piste_status *status) {
    statistics_kn kn;
    int32_t best;
    bool more = false;
    if (!plan_kn_make(plan, &kn)) {
        *status = PISTE_MEMORY;
        return false;
    }
    // Whoever is ruled out on the way leaves the rest with more days: `have` is asked anew.
    int64_t have = minimum_of(plan);
    bool ended = statistics_kn_step(&kn, have, &best);
    while (!ended && plan_kn_have(plan, &kn) > have) {
        have = plan_kn_have(plan, &kn);
        ended = statistics_kn_step(&kn, have, &best);
    }
    for (int32_t i = 0; !ended && i < plan->count; i++)
        if (kn.alive[i])
            more |= raise_need(plan, i, kn.at + KN_BATCH);
    plan_kn_release(&kn);
    return more;
}

static bool go_on_with_ocba(const piste_plan *plan, piste_status *status) {
    int32_t k = plan->count;
    int64_t used = 0, budget = plan->file.selection.budget, first = (int64_t)k * minimum_of(plan);
    double *means = calloc((size_t)k * 4, sizeof *means), *sds = means + k, *shares = means + 2 * k,
           *lacking = means + 3 * k;
    for (int32_t i = 0; means && i < k; i++)
        used += plan->scenarios[i].need;
    int64_t step = (budget - first + OCBA_STAGES - 1) / OCBA_STAGES, given = 0;
    step = step < k ? k : step;
    step = used + step > budget ? budget - used : step;
    if (!means || step <= 0) {
        *status = means ? *status : PISTE_MEMORY;
        free(means);
        return false;
    }
    double all = 0;
    for (int32_t i = 0; i < k; i++) {
        double sum = 0, squares = 0;
        int64_t n = plan->scenarios[i].have;
        for (int64_t d = 0; d < n; d++)
            sum += kn_value((void *)(uintptr_t)plan, i, d);
        means[i] = sum / (double)n;
        for (int64_t d = 0; d < n; d++)
            squares += (kn_value((void *)(uintptr_t)plan, i, d) - means[i]) *
                       (kn_value((void *)(uintptr_t)plan, i, d) - means[i]);
        sds[i] = sqrt(squares / (double)(n - 1));
    }
    statistics_ocba(k, means, sds, (double)(used + step), shares);
    for (int32_t i = 0; i < k; i++) {
        lacking[i] = shares[i] - (double)plan->scenarios[i].need;
        lacking[i] = lacking[i] > 0 ? lacking[i] : 0;
        all += lacking[i];
    }
    bool more = false;
    for (int32_t i = 0; i < k && all > 0; i++) {
        int64_t own = (int64_t)base_floor((double)step * lacking[i] / all);
        given += own;
        more |= own && raise_need(plan, i, plan->scenarios[i].need + own);
    }
    for (int32_t i = 0; i < k && given < step; i++) { // what rounding left, to those that lack most
        int32_t most = 0;
        for (int32_t l = 1; l < k; l++)
            most = lacking[l] > lacking[most] ? l : most;
        lacking[most] = -1;
        given++;
        more |= raise_need(plan, most, plan->scenarios[most].need + 1);
    }
    free(means);
    return more;
}

bool plan_control_advance(piste_plan *plan, piste_status *status) {
    bool begun = plan->scenarios[0].need > 0;
    for (int32_t i = 0; !begun && i < plan->count; i++)
        plan->scenarios[i].need = minimum_of(plan);
    if (!begun)
        return true;
    if (plan->chosen >= 0)
        return plan->file.selection.procedure == PLAN_KN ? go_on_with_kn(plan, status) : go_on_with_ocba(plan, status);
    return !plan_is_range_design(plan->file.design) && reach_precision(plan, status);
}
