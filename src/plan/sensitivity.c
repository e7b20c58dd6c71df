// sensitivity.c - how much of a figure's variation each range makes. See experiment.h and statistics.h.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

static double mean_of(const piste_plan *plan, int64_t point, int32_t measure) {
    double sum = 0;
    int64_t count = 0;
    for (int64_t d = 0; d < plan->scenarios[point].have; d++) {
        double x = plan_figure(plan, (int32_t)point, d, measure);
        sum += isnan(x) ? 0 : x;
        count += !isnan(x);
    }
    return count ? sum / (double)count : 0;
}

static void by_sobol(const piste_plan *plan, const double *f, int32_t factor, piste_plan_index *out) {
    int64_t n = plan->file.samples;
    statistics_index first, total;
    statistics_sobol(f, f + n, f + (2 + factor) * n, n, plan->file.confidence, (uint64_t)plan->file.seed, &first,
                     &total);
    out->first = first.value;
    out->first_low = first.low;
    out->first_high = first.high;
    out->total = total.value;
    out->total_low = total.low;
    out->total_high = total.high;
}

static bool by_morris(const piste_plan *plan, const double *f, int32_t factor, piste_plan_index *out) {
    int64_t n = plan->file.samples;
    int32_t d = plan->file.factors.count, kept = 0;
    const plan_factor *range = &plan->file.factors.list[factor];
    double *effects = malloc((size_t)n * sizeof *effects);
    for (int64_t t = 0; effects && t < n; t++)
        for (int32_t step = 0; step < d; step++) {
            int64_t at = t * (d + 1) + step;
            double turn = (plan->scenarios[at + 1].values[factor] - plan->scenarios[at].values[factor]) /
                          (range->to - range->from);
            if (turn != 0 && kept < n)
                effects[kept++] = (f[at + 1] - f[at]) / turn;
        }
    statistics_index absolute = {NAN, NAN, NAN};
    if (effects && kept > 1)
        statistics_morris(effects, kept, plan->file.confidence, (uint64_t)plan->file.seed, &absolute, &out->effect,
                          &out->spread);
    out->total = absolute.value;
    out->total_low = absolute.low;
    out->total_high = absolute.high;
    free(effects);
    return effects != NULL;
}

// Of a Latin hypercube: the slope of a straight line over the whole range, and the share of the variance that it makes.
static void by_line(const piste_plan *plan, const double *f, int32_t factor, piste_plan_index *out) {
    int64_t n = plan->file.samples;
    double x0 = 0, y0 = 0, xx = 0, xy = 0, yy = 0;
    for (int64_t i = 0; i < n; i++) {
        x0 += plan->scenarios[i].values[factor] / (double)n;
        y0 += f[i] / (double)n;
    }
    for (int64_t i = 0; i < n; i++) {
        double x = plan->scenarios[i].values[factor] - x0, y = f[i] - y0;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if (xx > 0 && yy > 0) {
        out->effect = xy / xx * (plan->file.factors.list[factor].to - plan->file.factors.list[factor].from);
        out->first = xy * xy / (xx * yy);
    }
}

bool plan_indices_make(piste_plan *plan) {
    if (!plan_is_range_design(plan->file.design))
        return true;
    int32_t factors = plan->file.factors.count;
    double *f = malloc((size_t)plan->count * sizeof *f);
    piste_plan_index *list = base_arena_take(plan->results, (size_t)factors * (size_t)plan->measures * sizeof *list);
    bool good = f && list;
    for (int32_t m = 0; good && m < plan->measures; m++) {
        for (int32_t i = 0; i < plan->count; i++)
            f[i] = mean_of(plan, i, m);
        for (int32_t k = 0; good && k < factors; k++) {
            piste_plan_index *own = &list[plan->result.indices.count++];
            *own = (piste_plan_index){m, k, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
            if (plan->file.design == PISTE_PLAN_SOBOL)
                by_sobol(plan, f, k, own);
            else if (plan->file.design == PISTE_PLAN_MORRIS)
                good = by_morris(plan, f, k, own);
            else
                by_line(plan, f, k, own);
        }
    }
    plan->result.indices.list = list;
    free(f);
    return good;
}
