// day_json.c - a day as JSON: docs/day.schema.json says what each key means.
//
// Keys keep the order in which they are set. Objects are indented, lists of numbers stay on one line: a day has some
// hundred series, which would otherwise be most of the file's lines.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/inside.h"

// Numbers are rounded to at most 6 decimals, so that 15 digits show them as they were meant.
static const size_t dump_flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);

enum { DECIMALS = 3, SHARE_DECIMALS = 6 };

// ---- values -----------------------------------------------------------------------------------------------------

// All of these give a new reference, NULL where there is no memory; json_object_set_new and json_array_append_new take
// NULL and fail, which `put` and the lists below report.
static json_t *number(double value, int decimals) {
    return value == value ? json_real(base_round(value, decimals)) : json_null();
}

static json_t *clock_text(int32_t second) {
    char text[16];
    report_clock(second, text);
    return json_string(text);
}

static json_t *whole_numbers(const int32_t *series, int32_t count) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, json_integer(series[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

static json_t *numbers(const double *series, int32_t count) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, number(series[i], DECIMALS)) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

typedef struct object {
    json_t *json;
    bool failed;
} object;

static object begin_object(void) {
    object o = {.json = json_object()};
    o.failed = !o.json;
    return o;
}

static void put(object *o, const char *key, json_t *value) {
    if (o->failed)
        json_decref(value);
    else if (json_object_set_new(o->json, key, value) != 0)
        o->failed = true;
}

static void put_count(object *o, const char *key, int64_t count) {
    put(o, key, json_integer(count));
}

static json_t *end_object(object *o) {
    if (!o->failed)
        return o->json;
    json_decref(o->json);
    return NULL;
}

static json_t *waits(const piste_waits *wait) {
    object o = begin_object();
    bool any = wait->count > 0;
    put_count(&o, "count", wait->count);
    put(&o, "mean", any ? number(wait->mean_s, DECIMALS) : json_null());
    put(&o, "p50", any ? json_integer(wait->p50_s) : json_null());
    put(&o, "p90", any ? json_integer(wait->p90_s) : json_null());
    put(&o, "p99", any ? json_integer(wait->p99_s) : json_null());
    put(&o, "max", any ? json_integer(wait->max_s) : json_null());
    return end_object(&o);
}

// ---- parts ------------------------------------------------------------------------------------------------------

static json_t *lift_object(const piste_lift_result *l, int32_t bins) {
    object o = begin_object();
    put(&o, "key", json_string(l->key));
    put(&o, "name", json_string(l->name));
    put_count(&o, "rides", l->rides);
    put_count(&o, "rides_down", l->rides_down);
    put(&o, "wait_s", waits(&l->wait));
    put_count(&o, "queue_max", l->queue_max);
    put_count(&o, "still_in_line", l->still_in_line);
    put_count(&o, "turned_away", l->turned_away);
    put(&o, "seats_filled", number(l->seats_filled, SHARE_DECIMALS));
    put(&o, "used", number(l->used, SHARE_DECIMALS));
    put_count(&o, "stops", l->stops);
    put_count(&o, "stopped_s", l->stopped_s);
    put_count(&o, "open_s", l->open_s);
    put(&o, "queue", whole_numbers(l->queue, bins));
    put(&o, "boarded", whole_numbers(l->boarded, bins));
    put(&o, "wait_mean_s", numbers(l->wait_mean_s, bins));
    return end_object(&o);
}

static json_t *run_object(const piste_run_result *r, int32_t bins) {
    object o = begin_object();
    put(&o, "key", json_string(r->key));
    put(&o, "name", json_string(r->name));
    put_count(&o, "descents", r->descents);
    put(&o, "density_peak_per_ha", number(r->density_peak_per_ha, DECIMALS));
    put(&o, "density_standard_per_ha", number(r->density_standard_per_ha, DECIMALS));
    put(&o, "people", numbers(r->people, bins));
    return end_object(&o);
}

static json_t *venue_object(const piste_venue_result *v, int32_t bins) {
    object o = begin_object();
    const char *kind = piste_venue_kind_word(v->kind);
    put(&o, "key", json_string(v->key));
    put(&o, "name", json_string(v->name));
    put(&o, "kind", json_string(kind ? kind : "other"));
    put_count(&o, "visits", v->visits);
    put(&o, "wait_s", waits(&v->wait));
    put_count(&o, "queue_max", v->queue_max);
    put_count(&o, "inside_max", v->inside_max);
    put_count(&o, "missed", v->missed);
    put(&o, "inside", whole_numbers(v->inside, bins));
    return end_object(&o);
}

static json_t *segment_object(const piste_segment_result *s) {
    object o = begin_object(), spent = begin_object();
    put(&o, "key", json_string(s->key));
    put(&o, "name", json_string(s->name));
    put_count(&o, "sold", s->sold);
    put_count(&o, "arrived", s->arrived);
    put_count(&o, "gone", s->gone);
    put_count(&o, "still_here", s->still_here);
    put_count(&o, "assisted", s->assisted);
    put_count(&o, "parties", s->parties);
    put_count(&o, "rides", s->rides);
    put(&o, "descent_m", number(s->descent_m, DECIMALS));
    put(&o, "wait_s", waits(&s->wait));
    put_count(&o, "wished", s->wished);
    put_count(&o, "missed", s->missed);
    for (int i = 0; i < PISTE_SPENT_COUNT; i++)
        put_count(&spent, piste_spent_word((piste_spent)i), s->spent_s[i]);
    put(&o, "spent_s", end_object(&spent));
    return end_object(&o);
}

static json_t *assumption_object(const report_assumption *a) {
    object o = begin_object();
    put(&o, "entry", json_string(a->entry));
    put(&o, "key", json_string(a->key));
    put(&o, "field", json_string(a->field));
    put(&o, "basis", json_string(piste_basis_kind_word(a->basis)));
    put(&o, "source", json_string(a->source));
    return end_object(&o);
}

#define LIST_OF(result, expression)                                                                                     \
    json_t *list = json_array();                                                                                        \
    for (int32_t i = 0; list && i < (result).count; i++)                                                                \
        if (json_array_append_new(list, expression) != 0) {                                                             \
            json_decref(list);                                                                                          \
            list = NULL;                                                                                                \
        }                                                                                                               \
    return list

static json_t *lift_list(const piste_day_result *day) {
    LIST_OF(day->lifts, lift_object(&day->lifts.list[i], day->bin_count));
}
static json_t *run_list(const piste_day_result *day) {
    LIST_OF(day->runs, run_object(&day->runs.list[i], day->bin_count));
}
static json_t *venue_list(const piste_day_result *day) {
    LIST_OF(day->venues, venue_object(&day->venues.list[i], day->bin_count));
}
static json_t *segment_list(const piste_day_result *day) {
    LIST_OF(day->segments, segment_object(&day->segments.list[i]));
}
static json_t *assumption_list(const piste_resort *resort) {
    base_arena *arena = base_arena_create();
    report_assumptions all = {0};
    json_t *list = arena && report_assumptions_find(resort, arena, &all) ? json_array() : NULL;
    for (int32_t i = 0; list && i < all.count; i++)
        if (json_array_append_new(list, assumption_object(&all.list[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    base_arena_destroy(arena);
    return list;
}

static json_t *day_object(const piste_resort *resort, const piste_day_result *day) {
    object o = begin_object();
    char date[11];
    put(&o, "format", json_string("piste-day"));
    put_count(&o, "version", 1);
    put(&o, "resort", json_string(day->resort));
    put_count(&o, "seed", (int64_t)day->seed);
    if (day->date != PISTE_DATE_NONE)
        piste_date_format(day->date, date);
    put(&o, "date", day->date != PISTE_DATE_NONE ? json_string(date) : json_null());
    put_count(&o, "guests", day->guests);
    put_count(&o, "sold", day->sold);
    put_count(&o, "gone", day->gone);
    put_count(&o, "still_here", day->still_here);
    put_count(&o, "assisted", day->assisted);
    put_count(&o, "present_max", day->present_max);
    put(&o, "present_max_at", day->present_max ? clock_text(day->present_max_at_s) : json_null());
    put(&o, "last_gone", day->last_gone_s >= 0 ? clock_text(day->last_gone_s) : json_null());
    put_count(&o, "events", day->events);
    put_count(&o, "rides", day->rides);
    put(&o, "wait_s", waits(&day->wait));
    put(&o, "from", clock_text(day->from_s));
    put(&o, "to", clock_text(day->to_s));
    put_count(&o, "bin_s", day->bin_s);
    put(&o, "present", whole_numbers(day->present, day->bin_count));
    put(&o, "lifts", lift_list(day));
    put(&o, "runs", run_list(day));
    put(&o, "venues", venue_list(day));
    put(&o, "segments", segment_list(day));
    put(&o, "assumptions", assumption_list(resort));
    return end_object(&o);
}

// ---- layout -----------------------------------------------------------------------------------------------------

static int add_bytes(const char *bytes, size_t count, void *text) {
    base_text_add_bytes(text, bytes, count);
    return 0;
}

static void add_scalar(base_text *out, const json_t *value) {
    if (json_dump_callback(value, add_bytes, out, dump_flags) != 0)
        out->failed = true;
}

static bool is_flat(const json_t *list) {
    const json_t *first = json_array_get(list, 0);
    return !json_is_object(first) && !json_is_array(first);
}

static void add_value(base_text *out, json_t *value, int indent);

static void add_list(base_text *out, json_t *list, int indent) {
    bool flat = is_flat(list);
    base_text_add(out, "[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        base_text_add(out, i == 0 ? "" : flat ? ", " : ",");
        if (!flat)
            base_text_format(out, "\n%*s", indent + 2, "");
        add_value(out, json_array_get(list, i), indent + 2);
    }
    if (!flat)
        base_text_format(out, "\n%*s", indent, "");
    base_text_add(out, "]");
}

static void add_value(base_text *out, json_t *value, int indent) {
    if (json_is_array(value)) {
        add_list(out, value, indent);
        return;
    }
    if (!json_is_object(value)) {
        add_scalar(out, value);
        return;
    }
    const char *key;
    json_t *member;
    bool first = true;
    base_text_add(out, "{");
    json_object_foreach(value, key, member) { // keys are ours: none needs escaping
        base_text_format(out, "%s\n%*s\"%s\": ", first ? "" : ",", indent + 2, "", key);
        add_value(out, member, indent + 2);
        first = false;
    }
    base_text_format(out, "\n%*s}", indent, "");
}

piste_status report_day_json(const piste_resort *resort, const piste_day_result *day, base_text *out) {
    json_t *whole = day_object(resort, day);
    if (!whole)
        return PISTE_MEMORY;
    add_value(out, whole, 0);
    base_text_add(out, "\n");
    json_decref(whole);
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}
