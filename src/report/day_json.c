// day_json.c - a day as JSON: docs/day.schema.json says what each key means.
//
// Keys keep the order in which they are set.
#include "report/inside.h"
#include "report/json.h"

static json_t *waits(const piste_waits *wait) {
    report_object o = report_object_begin();
    bool any = wait->count > 0;
    report_put_count(&o, "count", wait->count);
    report_put(&o, "mean", any ? report_json_number(wait->mean_s, REPORT_DECIMALS) : json_null());
    report_put(&o, "p50", any ? json_integer(wait->p50_s) : json_null());
    report_put(&o, "p90", any ? json_integer(wait->p90_s) : json_null());
    report_put(&o, "p99", any ? json_integer(wait->p99_s) : json_null());
    report_put(&o, "max", any ? json_integer(wait->max_s) : json_null());
    return report_object_end(&o);
}

// Counts under words: {"closed": 3, "full": 0}.
#define COUNTS_UNDER_WORDS(function, word_of, count)                                                                   \
    static json_t *function(const int64_t *list) {                                                                     \
        report_object o = report_object_begin();                                                                       \
        for (int i = 0; i < (count); i++)                                                                              \
            report_put_count(&o, word_of(i), list[i]);                                                                 \
        return report_object_end(&o);                                                                                  \
    }
COUNTS_UNDER_WORDS(missed_by, piste_missed_word, PISTE_MISSED_COUNT)
COUNTS_UNDER_WORDS(turned_away_by, piste_away_word, PISTE_AWAY_COUNT)
COUNTS_UNDER_WORDS(unridden_by, piste_unridden_word, PISTE_UNRIDDEN_COUNT)
COUNTS_UNDER_WORDS(spent, piste_spent_word, PISTE_SPENT_COUNT)
COUNTS_UNDER_WORDS(at_kinds, piste_at_word, PISTE_AT_COUNT)

static json_t *quantiles(const piste_quantiles *q) {
    report_object o = report_object_begin();
    report_put(&o, "p10", report_json_number(q->p10, REPORT_DECIMALS));
    report_put(&o, "p50", report_json_number(q->p50, REPORT_DECIMALS));
    report_put(&o, "p90", report_json_number(q->p90, REPORT_DECIMALS));
    return report_object_end(&o);
}

// ---- parts ------------------------------------------------------------------------------------------------------

static json_t *halts(const piste_lift_result *l) {
    report_object o = report_object_begin();
    for (int i = 0; i < PISTE_HALT_COUNT; i++) {
        report_object one = report_object_begin();
        report_put_count(&one, "count", l->halts[i].count);
        report_put_count(&one, "seconds", l->halts[i].seconds);
        report_put(&o, piste_halt_word((piste_halt)i), report_object_end(&one));
    }
    return report_object_end(&o);
}

static json_t *lift_object(const piste_lift_result *l, int32_t bins) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(l->key));
    report_put(&o, "name", json_string(l->name));
    report_put_count(&o, "rides", l->rides);
    report_put_count(&o, "rides_down", l->rides_down);
    report_put(&o, "wait_s", waits(&l->wait));
    report_put_count(&o, "queue_max", l->queue_max);
    report_put_count(&o, "still_in_line", l->still_in_line);
    report_put_count(&o, "turned_away", l->turned_away);
    report_put(&o, "turned_away_by", turned_away_by(l->turned_away_by));
    report_put(&o, "seats_filled", report_json_number(l->seats_filled, REPORT_SHARE_DECIMALS));
    report_put(&o, "used", report_json_number(l->used, REPORT_SHARE_DECIMALS));
    report_put_count(&o, "stops", l->stops);
    report_put_count(&o, "stopped_s", l->stopped_s);
    report_put(&o, "halts", halts(l));
    report_put_count(&o, "holds", l->holds);
    report_put_count(&o, "held_s", l->held_s);
    report_put_count(&o, "held_turned_away", l->held_turned_away);
    report_put_count(&o, "evacuations", l->evacuations);
    report_put_count(&o, "evacuated", l->evacuated);
    report_put_count(&o, "children_escorted", l->children_escorted);
    report_put_count(&o, "children_attended", l->children_attended);
    report_put_count(&o, "attendant_rides", l->attendant_rides);
    report_put(&o, "carriers_off", report_json_number(l->carriers_off, REPORT_SHARE_DECIMALS));
    report_put_count(&o, "open_s", l->open_s);
    report_put(&o, "queue", report_json_counts(l->queue, bins));
    report_put(&o, "boarded", report_json_counts(l->boarded, bins));
    report_put(&o, "wait_mean_s", report_json_numbers(l->wait_mean_s, bins));
    return report_object_end(&o);
}

static json_t *run_object(const piste_run_result *r, int32_t bins) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(r->key));
    report_put(&o, "name", json_string(r->name));
    report_put_count(&o, "descents", r->descents);
    report_put(&o, "density_peak_per_ha", report_json_number(r->density_peak_per_ha, REPORT_DECIMALS));
    report_put(&o, "density_standard_per_ha", report_json_number(r->density_standard_per_ha, REPORT_DECIMALS));
    report_put(&o, "people", report_json_numbers(r->people, bins));
    return report_object_end(&o);
}

static json_t *venue_object(const piste_venue_result *v, int32_t bins) {
    report_object o = report_object_begin();
    const char *kind = piste_venue_kind_word(v->kind);
    report_put(&o, "key", json_string(v->key));
    report_put(&o, "name", json_string(v->name));
    report_put(&o, "kind", json_string(kind ? kind : "other"));
    report_put_count(&o, "visits", v->visits);
    report_put(&o, "wait_s", waits(&v->wait));
    report_put_count(&o, "queue_max", v->queue_max);
    report_put_count(&o, "inside_max", v->inside_max);
    report_put_count(&o, "missed", v->missed);
    report_put(&o, "missed_by", missed_by(v->missed_by));
    report_put(&o, "inside", report_json_counts(v->inside, bins));
    return report_object_end(&o);
}

static json_t *segment_object(const piste_segment_result *s) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(s->key));
    report_put(&o, "name", json_string(s->name));
    report_put_count(&o, "sold", s->sold);
    report_put_count(&o, "arrived", s->arrived);
    report_put_count(&o, "gone", s->gone);
    report_put_count(&o, "still_here", s->still_here);
    report_put_count(&o, "assisted", s->assisted);
    report_put_count(&o, "left_behind", s->left_behind);
    report_put_count(&o, "refused", s->refused);
    report_put_count(&o, "parties", s->parties);
    report_put_count(&o, "rides", s->rides);
    report_put(&o, "descent_m", report_json_number(s->descent_m, REPORT_DECIMALS));
    report_put(&o, "wait_s", waits(&s->wait));
    report_put_count(&o, "wished", s->wished);
    report_put_count(&o, "missed", s->missed);
    report_put(&o, "missed_by", missed_by(s->missed_by));
    report_put_count(&o, "turned_away", s->turned_away);
    report_put_count(&o, "unridden", s->unridden);
    report_put(&o, "unridden_by", unridden_by(s->unridden_by));
    report_put_count(&o, "here_s", s->here_s);
    report_put(&o, "spent_s", spent(s->spent_s));
    report_put(&o, "at_s", at_kinds(s->at_s));
    report_put(&o, "queued_at_s", at_kinds(s->queued_at_s));
    report_put(&o, "rides_each", quantiles(&s->rides_each));
    report_put(&o, "descent_each_m", quantiles(&s->descent_each_m));
    report_put(&o, "waiting_each_s", quantiles(&s->waiting_each_s));
    report_put(&o, "here_each_s", quantiles(&s->here_each_s));
    return report_object_end(&o);
}

static json_t *visit_object(const piste_day_result *day, const piste_visit_result *v) {
    report_object o = report_object_begin();
    report_put(&o, "segment", json_string(day->segments.list[v->segment].key));
    report_put_count(&o, "visit", v->visit + 1);
    report_put(&o, "what", json_string(v->what));
    report_put_count(&o, "wished", v->wished);
    report_put_count(&o, "made", v->made);
    report_put_count(&o, "under_way", v->under_way);
    report_put_count(&o, "missed", v->missed);
    report_put(&o, "missed_by", missed_by(v->missed_by));
    return report_object_end(&o);
}

static json_t *group_object(const piste_group_result *g) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(g->key));
    report_put_count(&o, "people", g->people);
    report_put_count(&o, "parties", g->parties);
    report_put_count(&o, "rides", g->rides);
    report_put_count(&o, "waited_s", g->waited_s);
    report_put_count(&o, "here_s", g->here_s);
    report_put(&o, "descent_m", report_json_number(g->descent_m, REPORT_DECIMALS));
    report_put(&o, "waiting_each_s", quantiles(&g->waiting_each_s));
    report_put_count(&o, "longest_wait_s", g->longest_wait_s);
    return report_object_end(&o);
}

// For each bin 0 or 1.
static json_t *flags(const uint8_t *series, int32_t count) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, json_integer(series[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static json_t *binding_object(const piste_binding *b, int32_t bins) {
    report_object o = report_object_begin();
    report_put(&o, "limit", json_string(piste_limit_word(b->limit)));
    report_put(&o, "key", json_string(b->key));
    report_put(&o, "name", json_string(b->name));
    report_put(&o, "first", report_json_clock(b->first_s));
    report_put_count(&o, "bound_s", b->bound_s);
    report_put_count(&o, "people", b->people);
    report_put_count(&o, "lost_s", b->lost_s);
    report_put(&o, "bound", flags(b->bound, bins));
    return report_object_end(&o);
}

static json_t *assumption_object(const report_assumption *a) {
    report_object o = report_object_begin();
    report_put(&o, "entry", json_string(a->entry));
    report_put(&o, "key", json_string(a->key));
    report_put(&o, "field", json_string(a->field));
    report_put(&o, "basis", json_string(piste_basis_kind_word(a->basis)));
    report_put(&o, "source", json_string(a->source));
    report_put(&o, "share", report_json_number(a->share, REPORT_SHARE_DECIMALS));
    return report_object_end(&o);
}

static json_t *lift_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->lifts, lift_object(&day->lifts.list[i], day->bin_count));
}
static json_t *run_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->runs, run_object(&day->runs.list[i], day->bin_count));
}
static json_t *venue_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->venues, venue_object(&day->venues.list[i], day->bin_count));
}
static json_t *segment_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->segments, segment_object(&day->segments.list[i]));
}
static json_t *visit_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->visits, visit_object(day, &day->visits.list[i]));
}
static json_t *group_list(const piste_day_result *day, int by) {
    REPORT_LIST_OF(day->groups[by], group_object(&day->groups[by].list[i]));
}
static json_t *binding_list(const piste_day_result *day) {
    REPORT_LIST_OF(day->bindings, binding_object(&day->bindings.list[i], day->bin_count));
}
static json_t *groups_object(const piste_day_result *day) {
    report_object o = report_object_begin();
    for (int by = 0; by < PISTE_GROUP_BY_COUNT; by++)
        report_put(&o, piste_group_by_word((piste_group_by)by), group_list(day, by));
    return report_object_end(&o);
}
static json_t *assumption_list(const piste_resort *resort, const piste_day_result *day) {
    base_arena *arena = base_arena_create();
    report_assumptions all = {0};
    json_t *list = arena && report_assumptions_find(resort, day, arena, &all) ? json_array() : NULL;
    for (int32_t i = 0; list && i < all.count; i++)
        if (json_array_append_new(list, assumption_object(&all.list[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    base_arena_destroy(arena);
    return list;
}

static json_t *day_object(const piste_resort *resort, const piste_day_result *day) {
    report_object o = report_object_begin();
    char date[11];
    report_put(&o, "format", json_string("piste-day"));
    report_put_count(&o, "version", 1);
    report_put(&o, "resort", json_string(day->resort));
    report_put_count(&o, "seed", (int64_t)day->seed);
    if (day->date != PISTE_DATE_NONE)
        piste_date_format(day->date, date);
    report_put(&o, "date", day->date != PISTE_DATE_NONE ? json_string(date) : json_null());
    report_put_count(&o, "guests", day->guests);
    report_put_count(&o, "sold", day->sold);
    report_put(&o, "cap", day->cap > 0 ? json_integer(day->cap) : json_null());
    report_put_count(&o, "gone", day->gone);
    report_put_count(&o, "still_here", day->still_here);
    report_put_count(&o, "assisted", day->assisted);
    report_put_count(&o, "present_max", day->present_max);
    report_put(&o, "present_max_at", day->present_max ? report_json_clock(day->present_max_at_s) : json_null());
    report_put(&o, "last_gone", day->last_gone_s >= 0 ? report_json_clock(day->last_gone_s) : json_null());
    report_put_count(&o, "events", day->events);
    report_put_count(&o, "rides", day->rides);
    report_put(&o, "wait_s", waits(&day->wait));
    report_put(&o, "from", report_json_clock(day->from_s));
    report_put(&o, "to", report_json_clock(day->to_s));
    report_put_count(&o, "bin_s", day->bin_s);
    report_put(&o, "present", report_json_counts(day->present, day->bin_count));
    report_put(&o, "lifts", lift_list(day));
    report_put(&o, "runs", run_list(day));
    report_put(&o, "venues", venue_list(day));
    report_put(&o, "segments", segment_list(day));
    report_put(&o, "visits", visit_list(day));
    report_put(&o, "missed_by", missed_by(day->missed_by));
    report_put(&o, "turned_away_by", turned_away_by(day->turned_away_by));
    report_put(&o, "unridden_by", unridden_by(day->unridden_by));
    report_put(&o, "groups", groups_object(day));
    report_put(&o, "bindings", binding_list(day));
    report_put(&o, "assumptions", assumption_list(resort, day));
    return report_object_end(&o);
}

piste_status report_day_json(const piste_resort *resort, const piste_day_result *day, base_text *out) {
    return report_json_write(day_object(resort, day), out);
}
