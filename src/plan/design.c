// design.c - which scenarios a plan has: combinations of levels, or points in ranges. See experiment.h.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

static piste_status no_memory(const piste_plan *plan, piste_errors *errors) {
    return piste_errors_add(errors, PISTE_MEMORY, plan->path, 0, 0, "no memory for the scenarios");
}

static bool take_scenarios(piste_plan *plan, int64_t count) {
    int32_t factors = plan->file.factors.count;
    plan->count = (int32_t)count;
    plan->scenarios = base_arena_take(plan->arena, ((size_t)count + 1) * sizeof *plan->scenarios);
    for (int32_t i = 0; plan->scenarios && i < plan->count; i++) {
        plan_scenario *s = &plan->scenarios[i];
        s->visits = plan->file.visits ? plan->file.visits : -1;
        s->levels = base_arena_take(plan->arena, ((size_t)factors + 1) * sizeof *s->levels);
        s->values = base_arena_take(plan->arena, ((size_t)factors + 1) * sizeof *s->values);
        if (!s->levels || !s->values)
            return false;
        for (int32_t f = 0; f < factors; f++)
            s->values[f] = NAN;
    }
    return plan->scenarios != NULL;
}

// ---- combinations of levels -----------------------------------------------------------------------------------------

static int64_t count_combinations(const piste_plan *plan) {
    const plan_file *p = &plan->file;
    int64_t count = 1, steps = 1;
    for (int32_t f = 0; f < p->factors.count; f++) {
        count *= p->factors.list[f].levels.count;
        steps += p->factors.list[f].levels.count - 1;
        if (count > PISTE_PLAN_SCENARIOS_MAX * 2LL)
            return count;
    }
    return p->design == PISTE_PLAN_ONE_AT_A_TIME ? steps : p->design == PISTE_PLAN_HALF ? count / 2 : count;
}

// Levels of combination `index`, the last factor turning fastest.
static void spread_levels(const plan_file *p, int64_t index, int32_t *levels) {
    for (int32_t f = p->factors.count - 1; f >= 0; f--) {
        levels[f] = (int32_t)(index % p->factors.list[f].levels.count);
        index /= p->factors.list[f].levels.count;
    }
}

static void fill_half(piste_plan *plan) {
    int32_t kept = 0;
    for (int64_t index = 0; kept < plan->count; index++) {
        int32_t *levels = plan->scenarios[kept].levels, second = 0;
        spread_levels(&plan->file, index, levels);
        for (int32_t f = 0; f < plan->file.factors.count; f++)
            second += levels[f];
        kept += second % 2 == 0;
    }
}

static void fill_one_at_a_time(piste_plan *plan) {
    int32_t at = 1;
    for (int32_t f = 0; f < plan->file.factors.count; f++)
        for (int32_t l = 1; l < plan->file.factors.list[f].levels.count; l++)
            plan->scenarios[at++].levels[f] = l;
}

static piste_status name_combination(piste_plan *plan, plan_scenario *s) {
    base_text key = {0};
    for (int32_t f = 0; f < plan->file.factors.count; f++) {
        const plan_factor *factor = &plan->file.factors.list[f];
        base_text_format(&key, "%s%s=%s", f ? ", " : "", factor->entry.key,
                         factor->levels.list[s->levels[f]].entry.key);
    }
    s->key = key.failed ? NULL : base_arena_text(plan->arena, key.data ? key.data : "as-is", key.data ? key.length : 5);
    base_text_release(&key);
    return s->key ? PISTE_OK : PISTE_MEMORY;
}

// ---- what a scenario changes ----------------------------------------------------------------------------------------

static void append(piste_change *list, int32_t *at, const piste_changes *more) {
    for (int32_t i = 0; i < more->count; i++)
        list[(*at)++] = more->list[i];
}

void plan_number(double value, char out[40]) {
    snprintf(out, 40, "%.6f", value);
    size_t length = strlen(out);
    while (out[length - 1] == '0')
        out[--length] = '\0';
    if (out[length - 1] == '.')
        out[length - 1] = '\0';
}

// {} becomes the number, written so that it reads back as decimals.
static bool append_range(piste_plan *plan, const plan_factor *f, double value, piste_change *list, int32_t *at) {
    char number[40];
    plan_number(value, number);
    for (int32_t i = 0; i < f->changes.count; i++) {
        piste_change c = f->changes.list[i];
        base_text text = {0};
        for (const char *from = c.value; from;) {
            const char *mark = strstr(from, "{}");
            base_text_add_bytes(&text, from, mark ? (size_t)(mark - from) : strlen(from));
            if (mark)
                base_text_add(&text, number);
            from = mark ? mark + 2 : NULL;
        }
        c.value = c.value && text.data ? base_arena_text(plan->arena, text.data, text.length) : c.value;
        bool good = !text.failed && (!text.data || c.value);
        base_text_release(&text);
        if (!good)
            return false;
        list[(*at)++] = c;
    }
    return true;
}

static bool collect_changes(piste_plan *plan, plan_scenario *s, const plan_scenario_entry *own) {
    const plan_file *p = &plan->file;
    int32_t most = p->changes.count + (own ? own->changes.count : 0), at = 0;
    for (int32_t f = 0; f < p->factors.count; f++) {
        const plan_factor *factor = &p->factors.list[f];
        most += factor->changes.count + (factor->levels.count ? factor->levels.list[s->levels[f]].changes.count : 0);
    }
    piste_change *list = base_arena_take(plan->arena, ((size_t)most + 1) * sizeof *list);
    if (!list)
        return false;
    append(list, &at, &p->changes);
    for (int32_t f = 0; f < p->factors.count; f++) {
        const plan_factor *factor = &p->factors.list[f];
        if (factor->levels.count == 0) {
            if (!append_range(plan, factor, s->values[f], list, &at))
                return false;
            continue;
        }
        const plan_level *level = &factor->levels.list[s->levels[f]];
        append(list, &at, &level->changes);
        s->visits = level->visits ? level->visits : s->visits;
    }
    if (own)
        append(list, &at, &own->changes);
    s->visits = own && own->visits ? own->visits : s->visits;
    s->changes = (piste_changes){list, at};
    return true;
}

// ---- scenarios written out ------------------------------------------------------------------------------------------

static piste_status choose_level(piste_plan *plan, const piste_change *chosen, plan_scenario *s, piste_errors *errors) {
    const plan_file *p = &plan->file;
    for (int32_t f = 0; f < p->factors.count; f++) {
        const plan_factor *factor = &p->factors.list[f];
        if (strcmp(factor->entry.key, chosen->path) != 0)
            continue;
        for (int32_t l = 0; chosen->value && l < factor->levels.count; l++)
            if (strcmp(factor->levels.list[l].entry.key, chosen->value) == 0) {
                s->levels[f] = l;
                return PISTE_OK;
            }
        return piste_errors_add(errors, PISTE_INVALID, plan->path, chosen->line, chosen->column,
                                "%s: %s, expected one of its levels", chosen->path,
                                chosen->value ? chosen->value : "removed");
    }
    return piste_errors_add(errors, PISTE_INVALID, plan->path, chosen->line, 0, "%s: expected a factor of this plan",
                            chosen->path);
}

static piste_status list_scenarios(piste_plan *plan, piste_errors *errors) {
    const plan_file *p = &plan->file;
    piste_status status = PISTE_OK;
    if (!take_scenarios(plan, p->scenarios.count))
        return no_memory(plan, errors);
    for (int32_t i = 0; i < plan->count; i++) {
        plan_scenario *s = &plan->scenarios[i];
        const plan_scenario_entry *own = &p->scenarios.list[i];
        s->key = own->entry.key;
        s->line = own->entry.line;
        for (int32_t k = 0; k < own->levels.count; k++) {
            piste_status chosen = choose_level(plan, &own->levels.list[k], s, errors);
            status = status == PISTE_OK ? chosen : status;
        }
        if (!collect_changes(plan, s, own))
            return no_memory(plan, errors);
    }
    return status;
}

static piste_status combine_levels(piste_plan *plan, piste_errors *errors) {
    int64_t count = count_combinations(plan);
    if (count > PISTE_PLAN_SCENARIOS_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, plan->path, piste_entry_field_line(&plan->file.entry, "factors"),
                                0, "factors: %lld combinations or more, expected at most %d", (long long)count,
                                PISTE_PLAN_SCENARIOS_MAX);
    if (!take_scenarios(plan, count))
        return no_memory(plan, errors);
    if (plan->file.design == PISTE_PLAN_HALF)
        fill_half(plan);
    else if (plan->file.design == PISTE_PLAN_ONE_AT_A_TIME)
        fill_one_at_a_time(plan);
    else
        for (int32_t i = 0; i < plan->count; i++)
            spread_levels(&plan->file, i, plan->scenarios[i].levels);
    for (int32_t i = 0; i < plan->count; i++)
        if (name_combination(plan, &plan->scenarios[i]) != PISTE_OK ||
            !collect_changes(plan, &plan->scenarios[i], NULL))
            return no_memory(plan, errors);
    return PISTE_OK;
}

// ---- points in ranges -----------------------------------------------------------------------------------------------

// Sobol indices need A, B, and A with each input's column of B: scenarios in that order, N of each.
static void fill_sobol(const double *both, int32_t d, int64_t n, double *points) {
    for (int64_t r = 0; r < n; r++)
        for (int32_t k = 0; k < d; k++) {
            double a = both[r * 2 * d + k], b = both[r * 2 * d + d + k];
            points[r * d + k] = a;
            points[(n + r) * d + k] = b;
            for (int32_t i = 0; i < d; i++)
                points[((2 + i) * n + r) * d + k] = i == k ? b : a;
        }
}

static bool make_points(const piste_plan *plan, int64_t count, double *points) {
    int32_t d = plan->file.factors.count;
    int64_t n = plan->file.samples;
    uint64_t seed = (uint64_t)plan->file.seed ^ 0x9d2c5680u;
    if (plan->file.design == PISTE_PLAN_LATIN)
        return statistics_latin_points(d, n, seed, points);
    if (plan->file.design == PISTE_PLAN_MORRIS) {
        statistics_morris_points(d, n, seed, points);
        return true;
    }
    double *both = malloc((size_t)(n * 2 * d) * sizeof *both);
    bool good = both && statistics_sobol_points(2 * d, n, seed, both);
    if (good)
        fill_sobol(both, d, n, points);
    free(both);
    (void)count;
    return good;
}

static piste_status sample_ranges(piste_plan *plan, piste_errors *errors) {
    const plan_file *p = &plan->file;
    int32_t d = p->factors.count;
    int64_t count = p->design == PISTE_PLAN_LATIN    ? p->samples
                    : p->design == PISTE_PLAN_MORRIS ? (int64_t)p->samples * (d + 1)
                                                     : (int64_t)p->samples * (d + 2);
    if (count > PISTE_PLAN_SCENARIOS_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, plan->path, piste_entry_field_line(&p->entry, "samples"), 0,
                                "samples: %d make %lld points, expected at most %d", p->samples, (long long)count,
                                PISTE_PLAN_SCENARIOS_MAX);
    double *points = malloc((size_t)(count * d) * sizeof *points);
    bool good = points && take_scenarios(plan, count) && make_points(plan, count, points);
    for (int32_t i = 0; good && i < plan->count; i++) {
        plan_scenario *s = &plan->scenarios[i];
        for (int32_t f = 0; f < d; f++) {
            const plan_factor *factor = &p->factors.list[f];
            double span = factor->to - factor->from, x = points[(int64_t)i * d + f];
            s->values[f] = factor->whole ? base_floor(factor->from + x * (span + 1)) : factor->from + x * span;
            s->values[f] = factor->whole && s->values[f] > factor->to ? factor->to : base_round(s->values[f], 6);
            s->levels[f] = -1;
        }
        s->key = base_arena_format(plan->arena, "point-%d", i + 1);
        good = s->key && collect_changes(plan, s, NULL);
    }
    free(points);
    return good ? PISTE_OK : no_memory(plan, errors);
}

// ---- the baseline ---------------------------------------------------------------------------------------------------

static piste_status find_baseline(piste_plan *plan, piste_errors *errors) {
    plan->baseline = plan_is_range_design(plan->file.design) || plan->count < 2 ? -1 : 0;
    if (!plan->file.baseline)
        return PISTE_OK;
    for (int32_t i = 0; plan->baseline >= 0 && i < plan->count; i++)
        if (strcmp(plan->scenarios[i].key, plan->file.baseline) == 0) {
            plan->baseline = i;
            return PISTE_OK;
        }
    return piste_errors_add(errors, PISTE_INVALID, plan->path, piste_entry_field_line(&plan->file.entry, "baseline"), 0,
                            "baseline: %.100s, expected one of the scenarios%s%s", plan->file.baseline,
                            plan->count ? ", such as " : "", plan->count ? plan->scenarios[0].key : "");
}

piste_status plan_design_make(piste_plan *plan, piste_errors *errors) {
    piste_status status = plan->file.design == PISTE_PLAN_SCENARIOS ? list_scenarios(plan, errors)
                          : plan_is_range_design(plan->file.design) ? sample_ranges(plan, errors)
                                                                    : combine_levels(plan, errors);
    if (status != PISTE_OK)
        return status;
    for (int32_t i = 0; i < plan->count; i++) // without common random numbers each has days of its own
        plan->scenarios[i].seed = plan->file.common ? (uint64_t)plan->file.seed
                                                    : base_key_child(base_mix((uint64_t)plan->file.seed), (uint64_t)i);
    return find_baseline(plan, errors);
}
