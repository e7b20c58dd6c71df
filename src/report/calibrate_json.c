// calibrate_json.c - what scans say of a resort, as JSON ("format": "piste-calibration", docs/guide/calibrate.md).
#include <math.h>

#include "report/json.h"
#include "report/report.h"

enum { DECIMALS = 6 };

static json_t *number(double value) {
    return report_json_number(value, DECIMALS);
}

static void put_estimate(report_object *o, const char *key, const piste_estimate *e) {
    report_object own = report_object_begin();
    report_put(&own, "value", number(e->value));
    report_put(&own, "error", number(e->error));
    report_put(&own, "low", number(e->low));
    report_put(&own, "high", number(e->high));
    report_put_count(&own, "seen", e->seen);
    report_put(o, key, report_object_end(&own));
}

static json_t *value_object(const piste_calibrated *v) {
    report_object o = report_object_begin();
    report_put(&o, "entry", json_string(v->entry));
    report_put(&o, "field", json_string(v->field));
    report_put(&o, "of", json_string(v->of));
    report_put(&o, "unit", json_string(v->unit));
    report_put(&o, "input", number(v->input));
    report_put(&o, "free", json_boolean(v->free));
    put_estimate(&o, "found", &v->found);
    report_put(&o, "why", json_string(v->why));
    report_put(&o, "leans_on", *v->leans_on ? json_string(v->leans_on) : json_null());
    report_put(&o, "leans_by", number(v->leans_by));
    report_put(&o, "factor", number(v->factor));
    report_put(&o, "factor_error", number(v->factor_error));
    return report_object_end(&o);
}

static json_t *direction_object(const piste_direction *d) {
    report_object o = report_object_begin();
    json_t *parts = json_array();
    for (int i = 0; parts && i < 4 && d->parts[i].entry; i++) {
        report_object part = report_object_begin();
        report_put(&part, "entry", json_string(d->parts[i].entry));
        report_put(&part, "field", json_string(d->parts[i].field));
        report_put(&part, "of", json_string(d->parts[i].of));
        report_put(&part, "weight", number(d->parts[i].weight));
        json_array_append_new(parts, report_object_end(&part));
    }
    report_put(&o, "eigenvalue", number(d->eigenvalue));
    report_put(&o, "error", number(d->error));
    report_put(&o, "flat", json_boolean(d->flat));
    report_put(&o, "parts", parts);
    return report_object_end(&o);
}

static json_t *gate_object(const piste_gate_result *g) {
    report_object o = report_object_begin();
    report_put(&o, "lift", json_string(g->key));
    report_put(&o, "gate", json_string(g->gate == PISTE_GATE_PLACE_AFTER ? "after" : "before"));
    report_put_count(&o, "scans", g->scans);
    report_put_count(&o, "counted", g->counted);
    report_put_count(&o, "repeated", g->repeated);
    put_estimate(&o, "lap_s", &g->lap_s);
    report_put(&o, "lap_resort_s", number(g->lap_rehearsed_s[0]));
    report_put(&o, "lap_found_s", number(g->lap_rehearsed_s[1]));
    report_put(&o, "clock_known", json_boolean(g->clock_known));
    put_estimate(&o, "clock_s", &g->clock_s);
    put_estimate(&o, "drift_s_per_h", &g->drift_s_per_h);
    report_put(&o, "clock_why", json_string(g->clock_why));
    return report_object_end(&o);
}

static json_t *stop_object(const piste_stop_result *s) {
    report_object o = report_object_begin();
    report_put(&o, "lift", json_string(s->key));
    report_put(&o, "known", json_boolean(s->known));
    report_put(&o, "why", json_string(s->why));
    report_put(&o, "watched_s", number(s->watched_s));
    report_put(&o, "threshold_s", number(s->threshold_s));
    report_put(&o, "false_alarms", number(s->false_alarms));
    put_estimate(&o, "every_s", &s->every_s);
    put_estimate(&o, "duration_s", &s->duration_s);
    report_put(&o, "duration_sd_s", number(s->duration_sd_s));
    report_put_count(&o, "longer", s->longer);
    return report_object_end(&o);
}

static json_t *bin_object(const piste_bin *b) {
    report_object o = report_object_begin();
    report_put_count(&o, "from", b->from);
    report_put_count(&o, "to", b->to);
    put_estimate(&o, "share", &b->share);
    report_put(&o, "tied", b->tied < 0 ? json_null() : json_integer(b->tied));
    return report_object_end(&o);
}

static json_t *bins(const piste_pattern *p) {
    REPORT_LIST_OF(p->bins, bin_object(&p->bins.list[i]));
}

static json_t *pattern_object(const piste_pattern *p) {
    report_object o = report_object_begin();
    report_put(&o, "segment", *p->segment ? json_string(p->segment) : json_null());
    report_put(&o, "known", json_boolean(p->known));
    report_put(&o, "why", json_string(p->why));
    report_put_count(&o, "parties", p->parties);
    report_put(&o, "bins", bins(p));
    return report_object_end(&o);
}

static json_t *values(const piste_calibration *c) {
    REPORT_LIST_OF(c->values, value_object(&c->values.list[i]));
}
static json_t *directions(const piste_calibration *c) {
    REPORT_LIST_OF(c->directions, direction_object(&c->directions.list[i]));
}
static json_t *gates(const piste_calibration *c) {
    REPORT_LIST_OF(c->gates, gate_object(&c->gates.list[i]));
}
static json_t *stops(const piste_calibration *c) {
    REPORT_LIST_OF(c->stops, stop_object(&c->stops.list[i]));
}
static json_t *arrivals(const piste_calibration *c) {
    REPORT_LIST_OF(c->arrivals, pattern_object(&c->arrivals.list[i]));
}
static json_t *parties(const piste_calibration *c) {
    REPORT_LIST_OF(c->parties, pattern_object(&c->parties.list[i]));
}

static json_t *speeds(const piste_calibration *c) {
    report_object all = report_object_begin();
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        report_object o = report_object_begin();
        report_put(&o, "input_mps", number(c->speeds[a].input_mps));
        put_estimate(&o, "found_mps", &c->speeds[a].found);
        report_put(&all, piste_ability_word((piste_ability)a), report_object_end(&o));
    }
    return report_object_end(&all);
}

static json_t *pair(const double *two) {
    report_object o = report_object_begin();
    report_put(&o, "resort", number(two[0]));
    report_put(&o, "found", number(two[1]));
    return report_object_end(&o);
}

static json_t *score_object(const piste_score *s) {
    report_object o = report_object_begin();
    report_put_count(&o, "days", s->days);
    report_put_count(&o, "events", s->events);
    report_put(&o, "log_score", pair(s->log_score));
    put_estimate(&o, "gain", &s->gain);
    report_put(&o, "distance", pair(s->distance));
    return report_object_end(&o);
}

piste_status report_calibration_json(const piste_calibration *c, base_text *out) {
    report_object o = report_object_begin();
    report_put(&o, "format", json_string("piste-calibration"));
    report_put(&o, "version", json_integer(1));
    report_put(&o, "resort", json_string(c->resort));
    report_put(&o, "seed", json_integer((json_int_t)c->seed));
    report_put_count(&o, "days", c->days);
    report_put_count(&o, "held", c->held);
    report_put_count(&o, "rehearsed", c->rehearsed);
    report_put_count(&o, "rows", c->rows);
    report_put_count(&o, "scans", c->scans);
    report_put_count(&o, "counted", c->counted);
    report_put_count(&o, "repeated", c->repeated);
    report_put_count(&o, "passes", c->passes);
    put_estimate(&o, "missing", &c->missing);
    report_put(&o, "missing_why", json_string(c->missing_why));
    put_estimate(&o, "guests_per_pass", &c->guests_per_pass);
    put_estimate(&o, "guests", &c->guests);
    put_estimate(&o, "show_rate", &c->show_rate);
    put_estimate(&o, "guests_per_car", &c->guests_per_car);
    report_put(&o, "values", values(c));
    report_put(&o, "speeds", speeds(c));
    report_put(&o, "directions", directions(c));
    report_put(&o, "gates", gates(c));
    report_put(&o, "stops", stops(c));
    report_put(&o, "arrivals", arrivals(c));
    report_put(&o, "parties", parties(c));
    report_put(&o, "misfit", number(c->misfit));
    report_put_count(&o, "moments", c->moments);
    report_put_count(&o, "freedom", c->freedom);
    report_put(&o, "misfit_p", number(c->misfit_p));
    report_put(&o, "widened", json_boolean(c->widened));
    report_put(&o, "score", score_object(&c->score));
    return report_json_write(report_object_end(&o), out);
}
