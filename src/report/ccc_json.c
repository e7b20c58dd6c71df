// ccc_json.c - sheets of carrying capacity for programs, and to be read again by piste_ccc_read. docs/guide/ccc.md has
// the layout.
#include <math.h>

#include "piste/ccc.h"
#include "report/json.h"
#include "report/report.h"

enum { DECIMALS = 6 };

// What nobody uses limits nobody: null, as what is not known; `unknown` and `share` tell them apart.
static json_t *number(double value) {
    return report_json_number(isinf(value) ? (double)NAN : value, DECIMALS);
}

static void put_input(report_object *o, const piste_ccc_input *in) {
    report_put(o, "value", number(in->value));
    report_put(o, "error", number(in->error));
    report_put(o, "basis", json_string(piste_ccc_basis_word(in->basis)));
    report_put(o, "source", json_string(in->source));
}

static json_t *input(const piste_ccc_input *in) {
    report_object o = report_object_begin();
    put_input(&o, in);
    return report_object_end(&o);
}

static json_t *date_of(piste_date date) {
    char text[16];
    if (date == PISTE_DATE_NONE)
        return json_null();
    piste_date_format(date, text);
    return json_string(text);
}

static json_t *abilities(const double *shares) {
    report_object o = report_object_begin();
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        report_put(&o, piste_ability_word((piste_ability)a), number(shares[a]));
    return report_object_end(&o);
}

static json_t *demand(const piste_ccc *s) {
    report_object o = report_object_begin();
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        report_put(&o, piste_ability_word((piste_ability)a), input(&s->demand[a]));
    return report_object_end(&o);
}

static json_t *lift(const piste_ccc_lift *l) {
    report_object o = report_object_begin(), inputs = report_object_begin(), terrain = report_object_begin();
    for (int p = 0; p < PISTE_CCC_PART_COUNT; p++)
        report_put(&inputs, piste_ccc_part_word((piste_ccc_part)p), input(&l->in[p]));
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
        report_put(&terrain, piste_ccc_terrain_word((piste_ccc_terrain)t), number(l->terrain[t]));
    report_put(&o, "key", json_string(l->key));
    report_put(&o, "name", json_string(l->name));
    report_put(&o, "inputs", report_object_end(&inputs));
    report_put(&o, "serves", abilities(l->ability));
    report_put(&o, "terrain", report_object_end(&terrain));
    report_put_count(&o, "runs", l->runs);
    report_put(&o, "remark", json_string(l->remark));
    report_put(&o, "adjusted_pph", number(l->adjusted_pph));
    report_put(&o, "supply_m", number(l->supply_m));
    report_put(&o, "demand_m", number(l->demand_m));
    report_put(&o, "ccc", number(l->ccc));
    return report_object_end(&o);
}

static json_t *lifts(const piste_ccc *s) {
    REPORT_LIST_OF(s->lifts, lift(&s->lifts.list[i]));
}

static json_t *class_of(const piste_ccc_class *c, int t) {
    report_object o = report_object_begin();
    report_put(&o, "class", json_string(piste_ccc_terrain_word((piste_ccc_terrain)t)));
    report_put_count(&o, "runs", c->runs);
    report_put_count(&o, "lifts", c->lifts);
    report_put(&o, "supply_m", number(c->supply_m));
    report_put(&o, "demand_m", number(c->demand_m));
    report_put(&o, "ccc", number(c->ccc));
    report_put(&o, "market", number(c->market));
    return report_object_end(&o);
}

static json_t *classes(const piste_ccc *s) {
    const struct { int32_t count; } all = {PISTE_CCC_TERRAIN_COUNT};
    REPORT_LIST_OF(all, class_of(&s->terrain[i], i));
}

static json_t *factor(const piste_ccc_line *line, int32_t index) {
    report_object o = report_object_begin();
    report_put(&o, "what", json_string(line->what[index]));
    put_input(&o, &line->in[index]);
    return report_object_end(&o);
}

static json_t *factors(const piste_ccc_line *line) {
    REPORT_LIST_OF(*line, factor(line, i));
}

static json_t *line_of(const piste_ccc_line *line) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(line->key));
    report_put(&o, "name", json_string(line->name));
    report_put(&o, "factors", factors(line));
    report_put(&o, "value", number(line->value));
    return report_object_end(&o);
}

static json_t *lines(const piste_ccc_limit *l) {
    REPORT_LIST_OF(l->lines, line_of(&l->lines.list[i]));
}

static json_t *limit(const piste_ccc_limit *l) {
    report_object o = report_object_begin();
    report_put(&o, "kind", json_string(piste_ccc_limit_kind_word(l->kind)));
    report_put(&o, "key", json_string(l->key));
    report_put(&o, "name", json_string(l->name));
    report_put(&o, "unit", json_string(l->unit));
    report_put(&o, "lines", lines(l));
    report_put(&o, "share", input(&l->share));
    report_put(&o, "capacity", number(l->capacity));
    report_put(&o, "guests", number(l->guests));
    report_put(&o, "unknown", json_string(l->unknown));
    return report_object_end(&o);
}

static json_t *limits(const piste_ccc *s) {
    REPORT_LIST_OF(s->limits, limit(&s->limits.list[i]));
}

static json_t *notes(const piste_ccc *s) {
    REPORT_LIST_OF(s->notes, json_string(s->notes.list[i]));
}

static json_t *rehearsal(const piste_ccc_rehearsal *r) {
    if (r->guests == 0)
        return json_null();
    const struct {
        const char *key;
        double value;
    } figures[] = {{"came", r->came},
                   {"present_max", r->present_max},
                   {"skiers", r->skiers},
                   {"rides_each", r->rides_each},
                   {"descent_each_m", r->descent_each_m},
                   {"wait_mean_s", r->wait_mean_s},
                   {"wait_p50_s", r->wait_p50_s},
                   {"wait_p90_s", r->wait_p90_s},
                   {"worst_wait_mean_s", r->worst_mean_s},
                   {"worst_wait_p90_s", r->worst_p90_s},
                   {"worst_wait_p90_max_s", r->worst_p90_max_s},
                   {"lifts_above_10_min", r->above_10_min},
                   {"worst_density_per_ha", r->worst_density_per_ha},
                   {"worst_standard_per_ha", r->worst_standard_per_ha},
                   {"runs_above_standard", r->runs_above},
                   {"unridden", r->unridden},
                   {"turned_away", r->turned_away},
                   {"missed", r->missed},
                   {"assisted", r->assisted},
                   {"left_in_line", r->left_in_line},
                   {"entry_wished", r->entry_wished},
                   {"entry_missed", r->entry_missed}};
    report_object o = report_object_begin();
    report_put_count(&o, "guests", r->guests);
    report_put_count(&o, "days", r->days);
    report_put_count(&o, "seed", (int64_t)r->seed);
    report_put(&o, "worst_lift", *r->worst_lift_key ? json_string(r->worst_lift_key) : json_null());
    report_put(&o, "worst_run", *r->worst_run_key ? json_string(r->worst_run_key) : json_null());
    for (size_t i = 0; i < BASE_COUNT(figures); i++)
        report_put(&o, figures[i].key, number(figures[i].value));
    return report_object_end(&o);
}

piste_status report_ccc_json(const piste_ccc *s, base_text *out) {
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-ccc"));
    report_put_count(&o, "version", PISTE_CCC_VERSION);
    report_put(&o, "resort", json_string(s->resort));
    report_put(&o, "date", date_of(s->date));
    report_put_count(&o, "seed", (int64_t)s->seed);
    report_put_count(&o, "days", s->days);
    report_put_count(&o, "day_guests", s->day_guests);
    report_put(&o, "day_wait_s", number(s->day_wait_s));
    report_put(&o, "ccc", number(s->ccc));
    report_put(&o, "error", number(s->error));
    report_put(&o, "error_inputs", number(s->error_inputs));
    report_put(&o, "interval_inputs", json_pack("[o,o]", number(s->low), number(s->high)));
    report_put(&o, "supply_m", number(s->supply_m));
    report_put(&o, "demand_m", number(s->demand_m));
    report_put(&o, "binding", s->binding < 0 ? json_null() : json_string(s->limits.list[s->binding].key));
    report_put(&o, "demand", demand(s));
    report_put(&o, "market_shares", abilities(s->ability));
    report_put(&o, "market", input(&s->market));
    report_put(&o, "lifts", lifts(s));
    report_put(&o, "terrain", classes(s));
    report_put(&o, "limits", limits(s));
    report_put(&o, "rehearsal", rehearsal(&s->rehearsal));
    report_put(&o, "notes", notes(s));
    return report_json_write(report_object_end(&o), out);
}

// ---- why two differ ------------------------------------------------------------------------------------------------

static json_t *change(const piste_ccc_change *c) {
    bool there = strcmp(c->what, "there") == 0; // a fact of the two lists, and no input with a basis
    report_object o = report_object_begin();
    report_put(&o, "limit", json_string(c->limit));
    report_put(&o, "key", *c->key ? json_string(c->key) : json_null());
    report_put(&o, "what", json_string(c->what));
    report_put(&o, "of", *c->of ? json_string(c->of) : json_null());
    report_put(&o, "a", number(c->a));
    report_put(&o, "b", number(c->b));
    report_put(&o, "basis_a", there ? json_null() : json_string(piste_ccc_basis_word(c->basis_a)));
    report_put(&o, "basis_b", there ? json_null() : json_string(piste_ccc_basis_word(c->basis_b)));
    report_put(&o, "source_a", json_string(c->source_a));
    report_put(&o, "source_b", json_string(c->source_b));
    report_put(&o, "effect", number(c->effect));
    return report_object_end(&o);
}

static json_t *changes(const piste_ccc_difference *d) {
    REPORT_LIST_OF(d->changes, change(&d->changes.list[i]));
}

static json_t *effects(const piste_ccc_difference *d) {
    report_object o = report_object_begin();
    for (int32_t i = 0; i < d->effects.count; i++)
        report_put(&o, d->effects.list[i].what, number(d->effects.list[i].effect));
    return report_object_end(&o);
}

static json_t *head_of(const piste_ccc *s) {
    report_object o = report_object_begin();
    report_put(&o, "resort", json_string(s->resort));
    report_put(&o, "date", date_of(s->date));
    report_put(&o, "ccc", number(s->ccc));
    report_put(&o, "binding", s->binding < 0 ? json_null() : json_string(s->limits.list[s->binding].key));
    return report_object_end(&o);
}

piste_status report_ccc_difference_json(const piste_ccc_difference *d, base_text *out) {
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-ccc-difference"));
    report_put_count(&o, "version", PISTE_CCC_VERSION);
    report_put(&o, "a", head_of(d->a));
    report_put(&o, "b", head_of(d->b));
    report_put(&o, "difference", number(d->b->ccc - d->a->ccc));
    report_put(&o, "error", number(d->error));
    report_put(&o, "effects", effects(d));
    report_put(&o, "changes", changes(d));
    return report_json_write(report_object_end(&o), out);
}
