// plan_json.c - an experiment as JSON (docs/plan.schema.json) and as CSV.
#include <math.h>

#include "report/csv.h"
#include "report/json.h"
#include "report/plan.h"

static json_t *number(double value) {
    return report_json_number(value, REPORT_SHARE_DECIMALS);
}

static void put_interval(report_object *o, const piste_plan_interval *i) {
    json_t *both =
        isnan(i->half) ? json_null() : json_pack("[o,o]", number(i->mean - i->half), number(i->mean + i->half));
    report_put(o, "mean", number(i->mean));
    report_put(o, "half_width", number(i->half));
    report_put(o, "interval", both);
}

static json_t *names(const char *const *list_of, int32_t count) {
    const struct { int32_t count; } all = {count};
    REPORT_LIST_OF(all, json_string(list_of[i]));
}

static json_t *measure(const piste_plan_measure *m) {
    report_object o = report_object_begin();
    report_put(&o, "measure", json_string(m->name));
    report_put(&o, "meaning", json_string(m->meaning));
    report_put(&o, "unit", json_string(m->unit));
    report_put(&o, "precision", number(m->precision));
    report_put(&o, "relative", number(m->relative));
    report_put(&o, "difference", number(m->difference));
    return report_object_end(&o);
}

static json_t *factor(const piste_plan_factor *f) {
    report_object o = report_object_begin();
    report_put(&o, "factor", json_string(f->key));
    report_put(&o, "name", json_string(f->name));
    report_put(&o, "levels", names(f->levels.list, f->levels.count));
    report_put(&o, "from", number(f->from));
    report_put(&o, "to", number(f->to));
    return report_object_end(&o);
}

static json_t *level_of(const piste_plan_factor *f, const piste_plan_scenario *s, int32_t i) {
    return s->levels[i] >= 0 && f->levels.count ? json_string(f->levels.list[s->levels[i]]) : number(s->values[i]);
}

static json_t *levels_of(const piste_plan_result *p, const piste_plan_scenario *s) {
    REPORT_LIST_OF(p->factors, level_of(&p->factors.list[i], s, i));
}

static json_t *scenario(const piste_plan_result *p, const piste_plan_scenario *s) {
    report_object o = report_object_begin();
    report_put(&o, "scenario", json_string(s->key));
    report_put(&o, "levels", levels_of(p, s));
    report_put_count(&o, "days", s->days);
    report_put(&o, "visits", s->visits < 0 ? json_null() : json_integer(s->visits));
    return report_object_end(&o);
}

static json_t *estimate(const piste_plan_result *p, const piste_plan_estimate *e) {
    report_object o = report_object_begin();
    report_put(&o, "scenario", json_string(p->scenarios.list[e->scenario].key));
    report_put(&o, "measure", json_string(p->measures.list[e->measure].name));
    report_put_count(&o, "days", e->count);
    put_interval(&o, &e->value);
    report_put(&o, "sd", number(e->sd));
    report_put(&o, "least", number(e->least));
    report_put(&o, "most", number(e->most));
    report_put(&o, "reached", json_boolean(e->reached));
    return report_object_end(&o);
}

static json_t *difference(const piste_plan_result *p, const piste_plan_difference *d) {
    report_object o = report_object_begin();
    report_put(&o, "scenario", json_string(p->scenarios.list[d->scenario].key));
    report_put(&o, "measure", json_string(p->measures.list[d->measure].name));
    report_put_count(&o, "days", d->count);
    put_interval(&o, &d->value);
    report_put(&o, "half_width_all", number(d->half_all));
    report_put(&o, "correlation", number(d->correlation));
    report_put(&o, "reached", json_boolean(d->reached));
    return report_object_end(&o);
}

static json_t *effect(const piste_plan_result *p, const piste_plan_effect *e) {
    const piste_plan_factor *f = &p->factors.list[e->factor], *g = e->other < 0 ? NULL : &p->factors.list[e->other];
    report_object o = report_object_begin();
    report_put(&o, "measure", json_string(p->measures.list[e->measure].name));
    report_put(&o, "factor", json_string(f->key));
    report_put(&o, "level", json_string(f->levels.list[e->level]));
    report_put(&o, "with", g ? json_string(g->key) : json_null());
    report_put(&o, "with_level", g ? json_string(g->levels.list[e->other_level]) : json_null());
    put_interval(&o, &e->value);
    return report_object_end(&o);
}

static json_t *pair(double low, double high) {
    return isnan(low) ? json_null() : json_pack("[o,o]", number(low), number(high));
}

static json_t *index_of(const piste_plan_result *p, const piste_plan_index *x) {
    report_object o = report_object_begin();
    report_put(&o, "measure", json_string(p->measures.list[x->measure].name));
    report_put(&o, "factor", json_string(p->factors.list[x->factor].key));
    if (p->design == PISTE_PLAN_MORRIS) {
        report_put(&o, "absolute_effect", number(x->total));
        report_put(&o, "absolute_effect_interval", pair(x->total_low, x->total_high));
        report_put(&o, "effect", number(x->effect));
        report_put(&o, "spread", number(x->spread));
    } else if (p->design == PISTE_PLAN_SOBOL) {
        report_put(&o, "first", number(x->first));
        report_put(&o, "first_interval", pair(x->first_low, x->first_high));
        report_put(&o, "total", number(x->total));
        report_put(&o, "total_interval", pair(x->total_low, x->total_high));
    } else {
        report_put(&o, "effect", number(x->effect));
        report_put(&o, "share", number(x->first));
    }
    return report_object_end(&o);
}

static json_t *survivors(const piste_plan_result *p) {
    REPORT_LIST_OF(p->selection->survivors, json_string(p->scenarios.list[p->selection->survivors.list[i]].key));
}

static json_t *selection(const piste_plan_result *p) {
    const piste_plan_selection *s = p->selection;
    if (!s)
        return json_null();
    report_object o = report_object_begin();
    report_put(&o, "measure", json_string(p->measures.list[s->measure].name));
    report_put(&o, "best_is", json_string(s->least ? "least" : "most"));
    report_put(&o, "procedure", json_string(s->is_kn ? "kn" : "ocba"));
    report_put(&o, "best", json_string(p->scenarios.list[s->best].key));
    if (s->is_kn) {
        report_put(&o, "guaranteed", json_boolean(s->guaranteed));
        report_put(&o, "confidence", number(s->confidence));
        report_put(&o, "indifference", number(s->indifference));
        report_put(&o, "not_ruled_out", survivors(p));
    }
    return report_object_end(&o);
}

static json_t *list_measures(const piste_plan_result *p) {
    REPORT_LIST_OF(p->measures, measure(&p->measures.list[i]));
}
static json_t *list_factors(const piste_plan_result *p) {
    REPORT_LIST_OF(p->factors, factor(&p->factors.list[i]));
}
static json_t *list_scenarios(const piste_plan_result *p) {
    REPORT_LIST_OF(p->scenarios, scenario(p, &p->scenarios.list[i]));
}
static json_t *list_estimates(const piste_plan_result *p) {
    REPORT_LIST_OF(p->estimates, estimate(p, &p->estimates.list[i]));
}
static json_t *list_differences(const piste_plan_result *p) {
    REPORT_LIST_OF(p->differences, difference(p, &p->differences.list[i]));
}
static json_t *list_effects(const piste_plan_result *p) {
    REPORT_LIST_OF(p->effects, effect(p, &p->effects.list[i]));
}
static json_t *list_indices(const piste_plan_result *p) {
    REPORT_LIST_OF(p->indices, index_of(p, &p->indices.list[i]));
}

piste_status report_plan_json(const piste_plan_result *p, base_text *out) {
    report_object o = report_object_begin();
    char date[11] = "";
    if (p->date != PISTE_DATE_NONE)
        piste_date_format(p->date, date);
    report_put(&o, "format", json_string("piste-plan"));
    report_put_count(&o, "version", 1);
    report_put(&o, "name", json_string(p->name));
    report_put(&o, "resort", json_string(p->resort));
    report_put(&o, "date", *date ? json_string(date) : json_null());
    report_put_count(&o, "seed", (int64_t)p->seed);
    report_put(&o, "design", json_string(piste_plan_design_word(p->design)));
    report_put(&o, "confidence", number(p->confidence));
    report_put(&o, "common_random_numbers", json_boolean(p->common));
    report_put_count(&o, "minimum", p->minimum);
    report_put_count(&o, "maximum", p->maximum);
    report_put_count(&o, "days", p->days);
    report_put_count(&o, "closed_days", p->closed);
    report_put(&o, "baseline", p->baseline < 0 ? json_null() : json_string(p->scenarios.list[p->baseline].key));
    report_put(&o, "measures", list_measures(p));
    report_put(&o, "factors", list_factors(p));
    report_put(&o, "scenarios", list_scenarios(p));
    report_put(&o, "estimates", list_estimates(p));
    report_put(&o, "differences", list_differences(p));
    report_put(&o, "effects", list_effects(p));
    report_put(&o, "sensitivity", list_indices(p));
    report_put(&o, "selection", selection(p));
    return report_json_write(report_object_end(&o), out);
}

// ---- CSV ------------------------------------------------------------------------------------------------------------

piste_status report_plan_csv(const piste_plan_result *p, base_text *out) {
    int32_t next = 0;
    base_text_add(out,
                  "scenario,measure,unit,days,mean,half_width,sd,least,most,reached,difference,difference_half_width,"
                  "difference_half_width_all,correlation\n");
    for (int32_t i = 0; i < p->estimates.count; i++) {
        const piste_plan_estimate *e = &p->estimates.list[i];
        const piste_plan_difference *d = next < p->differences.count ? &p->differences.list[next] : NULL;
        d = d && d->scenario == e->scenario && d->measure == e->measure ? d : NULL;
        next += d != NULL;
        csv_text(out, p->scenarios.list[e->scenario].key);
        csv_text(out, p->measures.list[e->measure].name);
        csv_text(out, p->measures.list[e->measure].unit);
        csv_count(out, e->count);
        const double numbers[] = {e->value.mean, e->value.half, e->sd, e->least, e->most};
        for (size_t k = 0; k < BASE_COUNT(numbers); k++)
            csv_number(out, numbers[k], REPORT_SHARE_DECIMALS);
        csv_text(out, e->reached ? "yes" : "no");
        const double more[] = {d ? d->value.mean : NAN, d ? d->value.half : NAN, d ? d->half_all : NAN,
                               d ? d->correlation : NAN};
        for (size_t k = 0; k < BASE_COUNT(more); k++)
            csv_number(out, more[k], REPORT_SHARE_DECIMALS);
        csv_end(out);
    }
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}

// ---- two plans ------------------------------------------------------------------------------------------------------

static json_t *compared(const piste_comparison_row *row) {
    report_object o = report_object_begin();
    report_put(&o, "scenario", json_string(row->scenario));
    report_put(&o, "measure", json_string(row->measure));
    report_put(&o, "unit", json_string(row->unit));
    report_put_count(&o, "days_a", row->count_a);
    report_put_count(&o, "days_b", row->count_b);
    report_put_count(&o, "pairs", row->pairs);
    const struct {
        const char *key;
        const piste_plan_interval *of;
    } parts[] = {{"a", &row->a}, {"b", &row->b}, {"difference", &row->difference}};
    for (size_t i = 0; i < BASE_COUNT(parts); i++) {
        report_object inner = report_object_begin();
        put_interval(&inner, parts[i].of);
        report_put(&o, parts[i].key, report_object_end(&inner));
    }
    return report_object_end(&o);
}

static json_t *list_rows(const piste_comparison *c) {
    REPORT_LIST_OF(c->rows, compared(&c->rows.list[i]));
}

piste_status report_comparison_json(const piste_comparison *c, base_text *out) {
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-comparison"));
    report_put_count(&o, "version", 1);
    report_put(&o, "a", json_string(c->name_a));
    report_put(&o, "b", json_string(c->name_b));
    report_put(&o, "confidence", number(c->confidence));
    report_put(&o, "paired", json_boolean(c->paired));
    report_put_count(&o, "only_a", c->only_a);
    report_put_count(&o, "only_b", c->only_b);
    report_put(&o, "rows", list_rows(c));
    return report_json_write(report_object_end(&o), out);
}
