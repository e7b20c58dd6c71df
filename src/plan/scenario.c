// scenario.c - scenarios are loaded: resort, days, what is measured, guests' response to prices. See experiment.h.
//
// All that can be wrong is told here, before anything is rehearsed. Forms are opened again by the threads that rehearse
// them, so that a plan of thousands of points does not hold thousands of resorts.
#include <math.h>
#include <stdlib.h>

#include "plan/experiment.h"

enum { TYPED_MAX = 64 };

// ---- prices ---------------------------------------------------------------------------------------------------------

// What a segment pays for what it buys, -1 where the tariff does not say. Of several currencies the first counts.
static int64_t price_of(const piste_resort *resort, const piste_segment *s) {
    for (int32_t i = 0; *s->buys && i < resort->tariff.prices.count; i++) {
        const piste_price *p = &resort->tariff.prices.list[i];
        if (strcmp(p->product, s->buys) == 0 && strcmp(p->price_class.key, s->price_class) == 0)
            return p->amount_minor;
    }
    return -1;
}

static bool take_prices(piste_plan *plan, const piste_resort *resort) {
    plan->price_count = resort->segments.count;
    plan->prices = base_arena_take(plan->arena, ((size_t)plan->price_count + 1) * sizeof *plan->prices);
    for (int32_t i = 0; plan->prices && i < plan->price_count; i++) {
        const piste_segment *s = &resort->segments.list[i];
        plan->prices[i] =
            (plan_price){base_arena_text(plan->arena, s->entry.key, strlen(s->entry.key)), price_of(resort, s)};
        if (!plan->prices[i].segment)
            return false;
    }
    return plan->prices != NULL;
}

// Guests respond to prices: visits x (price / price as it was) ^ -elasticity.
static void respond(const piste_plan *plan, piste_resort *resort, int64_t *visits) {
    double before = 0, after = 0;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        piste_segment *s = (piste_segment *)(uintptr_t)&resort->segments.list[i]; // this form's own
        double factor = 1;
        for (int32_t k = 0; k < plan->price_count; k++) {
            int64_t now = price_of(resort, s), then = plan->prices[k].minor;
            if (strcmp(plan->prices[k].segment, s->entry.key) == 0 && then > 0 && now > 0 && now != then)
                factor = base_exp(-s->elasticity * base_log((double)now / (double)then));
        }
        before += s->guests;
        after += s->guests * factor;
        double guests = base_floor(s->guests * factor + 0.5);
        s->guests = guests < PISTE_GUESTS_MAX ? (int32_t)guests : PISTE_GUESTS_MAX;
    }
    if (*visits >= 0 && before > 0)
        *visits = (int64_t)base_floor((double)*visits * after / before + 0.5);
}

// ---- forms ----------------------------------------------------------------------------------------------------------

static piste_status load(const piste_plan *plan, const piste_changes *changes, piste_errors *errors,
                         piste_resort **out) {
    return piste_resort_load_changed(plan->folder, plan->file.date, changes, errors, out);
}

static piste_status complete(const piste_plan *plan, piste_errors *errors, plan_form *form) {
    form->visits = plan->scenarios[form->scenario].visits;
    if (plan->prices)
        respond(plan, form->resort, &form->visits);
    for (int32_t m = 0; m < plan->measures; m++) // of what a scenario lacks there is no figure
        form->has[m] = plan_measure_read(form->resort, plan->file.measures.list[m].measure, NULL, 0, NULL,
                                         &form->measures[m]) == PISTE_OK;
    return plan_days_create(form->resort, errors, &form->days);
}

piste_status plan_form_open(const piste_plan *plan, int32_t scenario, piste_errors *errors, plan_form *out) {
    plan_form form = {.scenario = scenario};
    piste_status status = load(plan, &plan->scenarios[scenario].changes, errors, &form.resort);
    if (status == PISTE_OK)
        status = complete(plan, errors, &form);
    if (status != PISTE_OK) {
        piste_resort_destroy(form.resort);
        return status;
    }
    *out = form;
    return PISTE_OK;
}

void plan_form_close(plan_form *form) {
    plan_days_destroy(form->days);
    piste_resort_destroy(form->resort);
    *form = (plan_form){.scenario = -1};
}

// ---- what is wrong with them ----------------------------------------------------------------------------------------

typedef struct checks {
    piste_findings *before; // of the resort as it is
    bool *bad;              // of each level: whether it was told that it makes no resort
} checks;

// The level that makes a scenario's resort invalid is one that does so alone; told at its line.
static int32_t blame(const piste_plan *plan, const plan_scenario *s, bool *bad) {
    for (int32_t f = 0; f < plan->file.factors.count; f++) {
        const plan_factor *factor = &plan->file.factors.list[f];
        if (factor->levels.count == 0 || s->levels[f] < 0)
            continue;
        const plan_level *level = &factor->levels.list[s->levels[f]];
        piste_change *list =
            malloc(((size_t)plan->file.changes.count + (size_t)level->changes.count + 1) * sizeof *list);
        piste_resort *resort = NULL;
        piste_status status = PISTE_OK;
        int32_t count = 0;
        for (int32_t i = 0; list && i < plan->file.changes.count; i++)
            list[count++] = plan->file.changes.list[i];
        for (int32_t i = 0; list && i < level->changes.count; i++)
            list[count++] = level->changes.list[i];
        if (list)
            status = load(plan, &(piste_changes){list, count}, NULL, &resort);
        piste_resort_destroy(resort);
        free(list);
        if (status != PISTE_OK) {
            bad[f * 1000 + (s->levels[f] < 1000 ? s->levels[f] : 999)] = true;
            return level->entry.line;
        }
    }
    return s->line;
}

// Of what a scenario alone has, the last of its levels that is not the first of its factor.
static int32_t guess(const piste_plan *plan, const plan_scenario *s, bool *bad) {
    for (int32_t f = plan->file.factors.count - 1; f >= 0; f--)
        if (s->levels[f] > 0) {
            bad[f * 1000 + (s->levels[f] < 1000 ? s->levels[f] : 999)] = true;
            return plan->file.factors.list[f].levels.list[s->levels[f]].entry.line;
        }
    return s->line;
}

// Findings that are errors and that the resort as it is does not have: a run closed that was the only way home.
static piste_status check_findings(const piste_plan *plan, const plan_scenario *s, const piste_resort *changed,
                                   const checks *c, piste_errors *errors) {
    const piste_findings *before = c->before;
    piste_findings *after = NULL;
    piste_status status = piste_resort_check(changed, &after);
    for (size_t i = 0; status == PISTE_OK && i < piste_findings_count(after); i++) {
        const piste_finding *f = piste_findings_get(after, i);
        bool known = f->severity != PISTE_ERROR;
        for (size_t k = 0; !known && k < piste_findings_count(before); k++) {
            const piste_finding *old = piste_findings_get(before, k);
            known = strcmp(old->rule, f->rule) == 0 && strcmp(old->subject, f->subject) == 0;
        }
        if (!known)
            status = piste_errors_add(errors, PISTE_INVALID, plan->path, guess(plan, s, c->bad), 0,
                                      "scenario %s: %s: %s", s->key, f->subject, f->message);
    }
    piste_findings_destroy(after);
    return status;
}

static piste_status check_day(const piste_plan *plan, const plan_form *form, piste_errors *errors) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.guests = form->visits;
    piste_status status = piste_day_create(form->resort, &def, errors, &day);
    piste_day_destroy(day);
    (void)plan;
    return status;
}

// Whether the kinds of days of two scenarios differ in which of them are open.
static bool same_types(const plan_days *a, const plan_days *b) {
    int32_t count = plan_days_count_types(a);
    if (count != plan_days_count_types(b))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (plan_days_is_closed(a, i) != plan_days_is_closed(b, i) ||
            plan_days_type_share(a, i) != plan_days_type_share(b, i))
            return false;
    return true;
}

// Keeps the forms of a small plan, and of a large one those whose days are unlike the days of all that were kept
// before.
static piste_status keep_form(piste_plan *plan, plan_form *form, piste_errors *errors) {
    bool large = plan->count > TYPED_MAX || plan_is_range_design(plan->file.design), known = false;
    for (int32_t i = 0; large && plan->file.common && i < plan->typed_count; i++)
        known |= same_types(plan->typed[i].days, form->days);
    if (!known && plan->typed_count < TYPED_MAX) {
        plan->typed[plan->typed_count++] = *form;
        return PISTE_OK;
    }
    plan_form_close(form);
    return known || !plan->file.common
               ? PISTE_OK
               : piste_errors_add(errors, PISTE_LIMIT, plan->path, 0, 0,
                                  "more than %d different sets of day types, expected fewer", TYPED_MAX);
}

const plan_form *plan_form_kept(const piste_plan *plan, int32_t scenario) {
    for (int32_t i = 0; !plan_is_range_design(plan->file.design) && i < plan->typed_count; i++)
        if (plan->typed[i].scenario == scenario)
            return &plan->typed[i];
    return NULL;
}

static bool has_bad_level(const piste_plan *plan, const plan_scenario *s, const bool *bad) {
    for (int32_t f = 0; f < plan->file.factors.count; f++)
        if (s->levels[f] >= 0 && bad[f * 1000 + (s->levels[f] < 1000 ? s->levels[f] : 999)])
            return true;
    return false;
}

static piste_status check_scenario(piste_plan *plan, int32_t index, const checks *c, piste_errors *errors) {
    plan_scenario *s = &plan->scenarios[index];
    plan_form form;
    piste_status status = plan_form_open(plan, index, errors, &form);
    if (status != PISTE_OK) {
        int32_t line = blame(plan, s, c->bad);
        (void)piste_errors_add(errors, status, plan->path, line, 0, "scenario %s: its changes make no resort", s->key);
        return status;
    }
    status = check_day(plan, &form, errors);
    if (status == PISTE_OK && s->changes.count)
        status = check_findings(plan, s, form.resort, c, errors);
    for (int32_t m = 0; status == PISTE_OK && m < plan->measures; m++)
        if (form.has[m]) {
            plan->units[m] = plan_measure_unit(&form.measures[m]);
            plan->meanings[m] = plan_measure_meaning(&form.measures[m]);
        }
    if (status == PISTE_OK)
        return keep_form(plan, &form, errors);
    plan_form_close(&form);
    return status;
}

// Of ranges the ends are tried, one at a time, and the points themselves when their turn comes.
static piste_status check_ends(piste_plan *plan, const checks *c, piste_errors *errors) {
    piste_status status = check_scenario(plan, 0, c, errors);
    plan_scenario first = plan->scenarios[0];
    for (int32_t f = 0; f < plan->file.factors.count && status == PISTE_OK; f++)
        for (int32_t end = 0; end < 2 && status == PISTE_OK; end++) {
            const plan_factor *factor = &plan->file.factors.list[f];
            char number[40];
            plan_number(end ? factor->to : factor->from, number);
            piste_change *list = base_arena_take(plan->arena, (size_t)first.changes.count * sizeof *list);
            if (!list)
                return PISTE_MEMORY;
            memcpy(list, first.changes.list, (size_t)first.changes.count * sizeof *list);
            for (int32_t i = 0; i < first.changes.count; i++)
                for (int32_t k = 0; k < factor->changes.count; k++) {
                    const char *template = factor->changes.list[k].value,
                               *mark = template ? strstr(template, "{}") : NULL;
                    if (mark && list[i].line == factor->changes.list[k].line)
                        list[i].value = base_arena_format(plan->arena, "%.*s%s%s", (int)(mark - template), template,
                                                          number, mark + 2);
                }
            plan->scenarios[0].changes.list = list;
            plan->scenarios[0].key = base_arena_format(plan->arena, "%s=%s", factor->entry.key, number);
            plan->scenarios[0].line = factor->entry.line;
            status = check_scenario(plan, 0, c, errors);
            plan->scenarios[0] = first;
        }
    return status;
}

static piste_status check_all(piste_plan *plan, const piste_resort *as_is, piste_errors *errors) {
    checks c = {.bad = calloc(PISTE_PLAN_FACTORS_MAX * 1000, sizeof *c.bad)};
    piste_status status = c.bad ? piste_resort_check(as_is, &c.before) : PISTE_MEMORY;
    if (status == PISTE_OK && plan_is_range_design(plan->file.design))
        status = check_ends(plan, &c, errors);
    else
        for (int32_t i = 0; c.before && i < plan->count; i++) {
            if (has_bad_level(plan, &plan->scenarios[i], c.bad))
                continue;
            piste_status own = check_scenario(plan, i, &c, errors);
            status = status == PISTE_OK ? own : status;
        }
    piste_findings_destroy(c.before);
    free(c.bad);
    return status;
}

// ---- measures -------------------------------------------------------------------------------------------------------

// A half-width in the measure's unit, by way of a condition on it: "30 s" of "wait_p90".
static piste_status read_half(const piste_plan *plan, const piste_resort *resort, int32_t m, const char *key,
                              const char *text, int32_t line, piste_errors *errors, double *out) {
    char condition[256];
    plan_condition c;
    const char *measure = plan->file.measures.list[m].measure;
    *out = NAN;
    if (!*text)
        return PISTE_OK;
    snprintf(condition, sizeof condition, "%.100s<=%.100s", measure, text);
    piste_errors *own = piste_errors_create();
    piste_status status = plan_condition_read(resort, condition, NULL, 0, own, &c);
    if (status == PISTE_OK && !c.standard && c.bound > 0) {
        *out = c.bound;
        piste_errors_destroy(own);
        return PISTE_OK;
    }
    const char *why = status != PISTE_OK && own && piste_errors_count(own)
                          ? strstr(piste_errors_get(own, 0)->message, "expected")
                          : NULL;
    status = piste_errors_add(errors, PISTE_INVALID, plan->path, line, 0, "%s: %.100s, %s", key, text,
                              why ? why : "expected more than 0");
    piste_errors_destroy(own);
    return status;
}

static const piste_resort *resort_with(const piste_plan *plan, int32_t m, const piste_resort *as_is, plan_form *form) {
    plan_measure found;
    const char *text = plan->file.measures.list[m].measure;
    if (plan_measure_read(as_is, text, NULL, 0, NULL, &found) == PISTE_OK)
        return as_is;
    for (int32_t i = 0; i < plan->count && i < 256; i++) { // what only some scenarios have
        if (plan_form_open(plan, i, NULL, form) != PISTE_OK)
            continue;
        if (form->has[m])
            return form->resort;
        plan_form_close(form);
    }
    return NULL;
}

static piste_status check_measures(piste_plan *plan, const piste_resort *as_is, piste_errors *errors) {
    piste_status status = PISTE_OK;
    plan->measures = plan->file.measures.count;
    for (int32_t m = 0; m < plan->measures; m++) {
        const plan_wanted *w = &plan->file.measures.list[m];
        plan_measure found;
        plan_form form = {.scenario = -1};
        const piste_resort *resort = resort_with(plan, m, as_is, &form);
        piste_status own;
        if (!resort)
            own = plan_measure_read(as_is, w->measure, plan->path, piste_entry_field_line(&w->entry, "measure"), errors,
                                    &found);
        else
            own = read_half(plan, resort, m, "precision", w->precision, piste_entry_field_line(&w->entry, "precision"),
                            errors, &plan->precision[m]);
        if (resort && own == PISTE_OK)
            own = read_half(plan, resort, m, "difference", w->difference,
                            piste_entry_field_line(&w->entry, "difference"), errors, &plan->difference[m]);
        if (resort && own == PISTE_OK && *w->difference && plan->baseline < 0)
            own = piste_errors_add(errors, PISTE_INVALID, plan->path, piste_entry_field_line(&w->entry, "difference"),
                                   0, "difference: of a plan with one scenario, expected two at least");
        if (form.scenario >= 0)
            plan_form_close(&form);
        status = status == PISTE_OK ? own : status;
    }
    return status;
}

static piste_status check_selection(piste_plan *plan, const piste_resort *as_is, piste_errors *errors) {
    const plan_selecting *s = &plan->file.selection;
    plan->chosen = -1;
    if (!s->entry.line)
        return PISTE_OK;
    for (int32_t m = 0; m < plan->measures; m++)
        if (strcmp(plan->file.measures.list[m].measure, s->measure) == 0)
            plan->chosen = m;
    if (plan->chosen < 0)
        return piste_errors_add(errors, PISTE_INVALID, plan->path, piste_entry_field_line(&s->entry, "measure"), 0,
                                "measure: %.80s, expected one of the plan's measures", s->measure);
    if (plan->count < 2 || plan->count > STATISTICS_SYSTEMS_MAX)
        return piste_errors_add(errors, PISTE_INVALID, plan->path, s->entry.line, 0,
                                "selection: among %d scenarios, expected 2 to %d", plan->count, STATISTICS_SYSTEMS_MAX);
    if (s->procedure == PLAN_OCBA && (int64_t)s->budget < (int64_t)plan->count * plan->file.replications.minimum)
        return piste_errors_add(errors, PISTE_INVALID, plan->path, piste_entry_field_line(&s->entry, "budget"), 0,
                                "budget: %d days, expected at least the minimum of replications of %d scenarios, %lld",
                                s->budget, plan->count, (long long)plan->count * plan->file.replications.minimum);
    if (s->procedure == PLAN_KN && (!s->indifference || !*s->indifference))
        return piste_errors_add(errors, PISTE_INVALID, plan->path, s->entry.line, 0,
                                "indifference: missing, expected it with kn");
    if (s->procedure != PLAN_KN)
        return PISTE_OK;
    plan_form form = {.scenario = -1};
    const piste_resort *resort = resort_with(plan, plan->chosen, as_is, &form);
    piste_status status = read_half(plan, resort ? resort : as_is, plan->chosen, "indifference", s->indifference,
                                    piste_entry_field_line(&s->entry, "indifference"), errors, &plan->indifference);
    if (form.scenario >= 0)
        plan_form_close(&form);
    return status;
}

// ---- the key of a plan ----------------------------------------------------------------------------------------------

static uint64_t mix_text(uint64_t key, const char *text) {
    return base_mix(key ^ base_key_text(text ? text : "(removed)")) + 0x9e3779b97f4a7c15ull;
}

static piste_status mix_file(const piste_plan *plan, const char *name, uint64_t *key) {
    char *path = base_arena_format(plan->arena, "%s/%s", plan->folder, name), *data = NULL;
    size_t length = 0;
    if (!path)
        return PISTE_MEMORY;
    piste_status status = base_file_read(path, PISTE_GEOJSON_BYTES_MAX, NULL, &data, &length);
    *key = mix_text(*key, status == PISTE_OK ? data : name);
    free(data);
    return status == PISTE_NOT_FOUND ? PISTE_OK : status;
}

// All that the figures of a cell hang on: resort, date, seeds, changes, visits and measures; not how many are wanted.
static piste_status make_key(piste_plan *plan) {
    char numbers[200];
    uint64_t key = 0;
    piste_status status = mix_file(plan, "resort.yaml", &key);
    if (status == PISTE_OK)
        status = mix_file(plan, "lifts.geojson", &key);
    if (status == PISTE_OK)
        status = mix_file(plan, "runs.geojson", &key);
    snprintf(numbers, sizeof numbers, "%d %d %d", plan->file.date, plan->file.seed, plan->file.common);
    key = mix_text(key, numbers);
    for (int32_t m = 0; m < plan->measures; m++)
        key = mix_text(key, plan->file.measures.list[m].measure);
    for (int32_t i = 0; i < plan->count; i++) {
        const plan_scenario *s = &plan->scenarios[i];
        snprintf(numbers, sizeof numbers, "%lld", (long long)s->visits);
        key = mix_text(mix_text(key, s->key), numbers);
        for (int32_t c = 0; c < s->changes.count; c++)
            key = mix_text(mix_text(key, s->changes.list[c].path), s->changes.list[c].value);
    }
    plan->key = key;
    return status;
}

piste_status plan_check(piste_plan *plan, piste_errors *errors) {
    piste_resort *as_is = NULL;
    piste_status status = load(plan, &plan->file.changes, errors, &as_is);
    if (status != PISTE_OK)
        return piste_errors_add(errors, status, plan->path, piste_entry_field_line(&plan->file.entry, "resort"), 0,
                                "resort: %s, which cannot be loaded", plan->file.resort);
    plan->resort_name = base_arena_text(plan->arena, as_is->name, strlen(as_is->name));
    plan->typed = base_arena_take(plan->arena, TYPED_MAX * sizeof *plan->typed);
    if (!plan->resort_name || !plan->typed || !take_prices(plan, as_is))
        status = PISTE_MEMORY;
    if (status == PISTE_OK) {
        piste_status measures = check_measures(plan, as_is, errors);
        status = check_all(plan, as_is, errors);
        status = measures != PISTE_OK ? measures : status;
    }
    if (status == PISTE_OK)
        status = check_selection(plan, as_is, errors);
    if (status == PISTE_OK)
        status = make_key(plan);
    piste_resort_destroy(as_is);
    return status;
}

// ---- days that are open ---------------------------------------------------------------------------------------------

static bool is_open(const piste_plan *plan, int64_t day) {
    for (int32_t i = 0; i < plan->typed_count; i++) {
        const plan_form *form = &plan->typed[i];
        uint64_t seed = plan->scenarios[form->scenario].seed;
        if (plan_days_is_closed(form->days, plan_days_type_of(form->days, seed, day)))
            return false;
    }
    return true;
}

piste_status plan_open_days(piste_plan *plan, int64_t count, piste_errors *errors) {
    enum { TRIES = 100000 }; // in a row, before it is said that there are none
    if (count > plan->open_room) {
        int64_t room = count > 2 * plan->open_room ? count : 2 * plan->open_room;
        int64_t *grown = realloc(plan->open, (size_t)room * sizeof *grown);
        if (!grown)
            return piste_errors_add(errors, PISTE_MEMORY, plan->path, 0, 0, "no memory for %lld days",
                                    (long long)count);
        plan->open = grown;
        plan->open_room = room;
    }
    for (int64_t day = plan->open_count ? plan->open[plan->open_count - 1] + 1 : 0, tries = 0; plan->open_count < count;
         day++) {
        if (is_open(plan, day)) {
            plan->open[plan->open_count++] = day;
            tries = 0;
        } else if (++tries == TRIES)
            return piste_errors_add(errors, PISTE_INVALID, plan->path, 0, 0,
                                    "no day on which the resort is open in every scenario");
    }
    return PISTE_OK;
}
