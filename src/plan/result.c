// result.c - what the figures of a plan's days say. See experiment.h.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

static const char *const unit_words[] = {[PLAN_SECONDS] = "s",  [PLAN_PEOPLE] = "people", [PLAN_SHARE] = "share",
                                         [PLAN_PER_HA] = "/ha", [PLAN_METRES] = "m",      [PLAN_NUMBER] = ""};

// A selection is decided by all days; otherwise the first ones have a say in how many there are.
piste_plan_interval plan_interval_of(const piste_plan *plan, const double *column, int64_t count, double confidence) {
    int64_t first = plan->file.replications.minimum;
    statistics_sample all = statistics_of(column, count), pilot = statistics_of(column, first < count ? first : count);
    return (piste_plan_interval){all.mean, statistics_half(plan->chosen >= 0 ? &all : &pilot, &all, confidence)};
}

static void make_estimate(const piste_plan *plan, int32_t scenario, int32_t m, double *column, piste_plan_estimate *e) {
    int64_t count = plan->scenarios[scenario].have;
    plan_take_column(plan, scenario, -1, m, count, column);
    statistics_sample all = statistics_of(column, count);
    double asked = plan_asked_half(plan, scenario, m);
    *e = (piste_plan_estimate){
        .scenario = scenario, .measure = m, .count = all.count, .sd = all.sd, .least = all.least, .most = all.most};
    e->value = plan_interval_of(plan, column, count, plan->file.confidence);
    e->reached = isnan(asked) || e->value.half <= asked * (1 + 1e-9);
}

static double correlation(const piste_plan *plan, int32_t a, int32_t b, int32_t m, int64_t count) {
    double sum_a = 0, sum_b = 0, aa = 0, bb = 0, ab = 0;
    int64_t n = 0;
    for (int64_t d = 0; d < count; d++) {
        double x = plan_figure(plan, a, d, m), y = plan_figure(plan, b, d, m);
        if (isnan(x) || isnan(y))
            continue;
        n++;
        sum_a += x;
        sum_b += y;
    }
    for (int64_t d = 0; d < count; d++) {
        double x = plan_figure(plan, a, d, m) - sum_a / (double)n, y = plan_figure(plan, b, d, m) - sum_b / (double)n;
        if (isnan(x) || isnan(y))
            continue;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

static void make_difference(const piste_plan *plan, int32_t scenario, int32_t m, double *column,
                            piste_plan_difference *d) {
    const plan_scenario *a = &plan->scenarios[scenario], *b = &plan->scenarios[plan->baseline];
    int64_t count = a->have < b->have ? a->have : b->have;
    double confidence = plan->file.confidence;
    plan_take_column(plan, scenario, plan->baseline, m, count, column);
    *d = (piste_plan_difference){.scenario = scenario, .measure = m, .count = statistics_of(column, count).count};
    d->value = plan_interval_of(plan, column, count, confidence);
    d->half_all = plan_interval_of(plan, column, count, 1 - (1 - confidence) / (plan->count - 1)).half;
    d->correlation = correlation(plan, scenario, plan->baseline, m, count);
    d->reached = isnan(plan->difference[m]) || d->value.half <= plan->difference[m] * (1 + 1e-9);
}

static bool make_estimates(piste_plan *plan, double *column) {
    piste_plan_result *r = &plan->result;
    piste_plan_estimate *e =
        base_arena_take(plan->results, ((size_t)plan->count * (size_t)plan->measures + 1) * sizeof *e);
    piste_plan_difference *d =
        base_arena_take(plan->results, ((size_t)plan->count * (size_t)plan->measures + 1) * sizeof *d);
    if (!e || !d)
        return false;
    r->estimates.list = e;
    r->differences.list = d;
    for (int32_t i = 0; i < plan->count; i++)
        for (int32_t m = 0; m < plan->measures; m++) {
            make_estimate(plan, i, m, column, &e[r->estimates.count++]);
            if (plan->baseline >= 0 && i != plan->baseline)
                make_difference(plan, i, m, column, &d[r->differences.count++]);
        }
    return true;
}

// ---- which is best --------------------------------------------------------------------------------------------------

static bool select_by_kn(const piste_plan *plan, piste_plan_selection *s, int32_t *survivors) {
    statistics_kn kn;
    if (!plan_kn_make(plan, &kn))
        return false;
    int64_t have = plan->file.replications.minimum;
    s->guaranteed = statistics_kn_step(&kn, have, &s->best);
    while (!s->guaranteed && plan_kn_have(plan, &kn) > have) {
        have = plan_kn_have(plan, &kn);
        s->guaranteed = statistics_kn_step(&kn, have, &s->best);
    }
    for (int32_t i = 0; i < plan->count; i++)
        if (kn.alive[i])
            survivors[s->survivors.count++] = i;
    s->survivors.list = survivors;
    plan_kn_release(&kn);
    return true;
}

static bool make_selection(piste_plan *plan) {
    if (plan->chosen < 0)
        return true;
    piste_plan_selection *s = base_arena_take(plan->results, sizeof *s);
    int32_t *survivors = base_arena_take(plan->results, (size_t)plan->count * sizeof *survivors);
    if (!s || !survivors)
        return false;
    *s = (piste_plan_selection){.measure = plan->chosen,
                                .least = plan->file.selection.best == 0,
                                .best = 0,
                                .is_kn = plan->file.selection.procedure == PLAN_KN,
                                .confidence = plan->file.confidence,
                                .indifference = plan->indifference};
    plan->result.selection = s;
    if (s->is_kn)
        return select_by_kn(plan, s, survivors);
    for (int32_t i = 1; i < plan->count; i++) {
        double own = plan->result.estimates.list[i * plan->measures + plan->chosen].value.mean;
        double best = plan->result.estimates.list[s->best * plan->measures + plan->chosen].value.mean;
        s->best = (s->least ? own < best : own > best) ? i : s->best;
    }
    return true;
}

// ---- what the plan is -----------------------------------------------------------------------------------------------

static bool describe_measures(piste_plan *plan) {
    piste_plan_measure *list = base_arena_take(plan->results, (size_t)plan->measures * sizeof *list);
    for (int32_t m = 0; list && m < plan->measures; m++)
        list[m] = (piste_plan_measure){plan->file.measures.list[m].measure,  plan->meanings[m] ? plan->meanings[m] : "",
                                       unit_words[plan->units[m]],           plan->precision[m],
                                       plan->file.measures.list[m].relative, plan->difference[m]};
    plan->result.measures.list = list;
    plan->result.measures.count = plan->measures;
    return list != NULL;
}

static bool describe_factors(piste_plan *plan) {
    int32_t count = plan->file.factors.count;
    piste_plan_factor *list = base_arena_take(plan->results, ((size_t)count + 1) * sizeof *list);
    for (int32_t f = 0; list && f < count; f++) {
        const plan_factor *from = &plan->file.factors.list[f];
        const char **levels = base_arena_take(plan->results, ((size_t)from->levels.count + 1) * sizeof *levels);
        if (!levels)
            return false;
        for (int32_t l = 0; l < from->levels.count; l++)
            levels[l] = from->levels.list[l].entry.key;
        list[f] = (piste_plan_factor){from->entry.key,
                                      from->name ? from->name : from->entry.key,
                                      from->from,
                                      from->to,
                                      {levels, from->levels.count}};
    }
    plan->result.factors.list = list;
    plan->result.factors.count = count;
    return list != NULL;
}

static bool describe_scenarios(piste_plan *plan) {
    piste_plan_scenario *list = base_arena_take(plan->results, (size_t)plan->count * sizeof *list);
    for (int32_t i = 0; list && i < plan->count; i++) {
        const plan_scenario *s = &plan->scenarios[i];
        list[i] = (piste_plan_scenario){s->key, s->levels, s->values, s->have, s->visits};
        plan->result.days += s->have;
    }
    plan->result.scenarios.list = list;
    plan->result.scenarios.count = plan->count;
    return list != NULL;
}

static int64_t count_closed(const piste_plan *plan) {
    int64_t most = 0;
    for (int32_t i = 0; i < plan->count; i++)
        most = plan->scenarios[i].have > most ? plan->scenarios[i].have : most;
    return most ? plan->open[most - 1] + 1 - most : 0;
}

bool plan_result_make(piste_plan *plan) {
    int64_t most = 1;
    base_arena_destroy(plan->results);
    plan->results = base_arena_create();
    if (!plan->results)
        return false;
    for (int32_t i = 0; i < plan->count; i++)
        most = plan->scenarios[i].have > most ? plan->scenarios[i].have : most;
    double *column = malloc((size_t)most * sizeof *column);
    plan->result = (piste_plan_result){.name = plan->file.name,
                                       .resort = plan->resort_name,
                                       .file = plan->path,
                                       .date = plan->file.date,
                                       .seed = (uint64_t)plan->file.seed,
                                       .confidence = plan->file.confidence,
                                       .common = plan->file.common,
                                       .design = (piste_plan_design)plan->file.design,
                                       .baseline = plan->baseline,
                                       .minimum = plan->file.replications.minimum,
                                       .maximum = plan->file.replications.maximum,
                                       .closed = count_closed(plan)};
    bool good = column && describe_measures(plan) && describe_factors(plan) && describe_scenarios(plan) &&
                make_estimates(plan, column) && make_selection(plan) && plan_effects_make(plan) &&
                plan_indices_make(plan);
    free(column);
    return good;
}
