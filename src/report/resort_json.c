// resort_json.c - the resort as its pages need it: what there is, and where it stands on the map.
//
// Coordinates are metres from `origin` ([longitude, latitude], with the metres of one degree of each beside it), or from
// nowhere in particular where the drawing is a schematic one.
#include "report/inside.h"
#include "report/json.h"
#include "report/map.h"

static const char *const convention_words[] = {"europe", "north-america", "japan"};
static const char *const place_words[] = {"station", "junction", "base", "summit"};

static json_t *point_list(map_point p) {
    return p.x == p.x && p.y == p.y ? json_pack("[f,f]", p.x, p.y) : json_null();
}

static json_t *line_list(const map_line *line) {
    if (!line->points)
        return json_null();
    REPORT_LIST_OF(*line, point_list(line->points[i]));
}

static json_t *ref_text(piste_ref ref) {
    return ref.key ? json_string(ref.key) : json_null();
}

static json_t *place_object(const piste_place *p, map_point at) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(p->entry.key));
    report_put(&o, "name", json_string(p->name ? p->name : ""));
    report_put(&o, "kind", json_string(place_words[p->kind]));
    report_put(&o, "height_m", report_json_number(p->height_m, REPORT_DECIMALS));
    report_put(&o, "is_exit", json_boolean(p->is_exit));
    report_put(&o, "at", point_list(at));
    return report_object_end(&o);
}

static json_t *lift_object(const piste_lift *l, const map_line *line) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(l->entry.key));
    report_put(&o, "name", json_string(l->name));
    report_put(&o, "type", json_string(piste_lift_type_word((piste_lift_type)l->type)));
    report_put(&o, "from", ref_text(l->from));
    report_put(&o, "to", ref_text(l->to));
    report_put_count(&o, "seats", l->seats);
    report_put(&o, "capacity_pph", report_json_number(l->capacity_pph, 1));
    report_put(&o, "speed_mps", report_json_number(l->speed_mps, REPORT_DECIMALS));
    report_put(&o, "length_m", report_json_number(l->length_m, 1));
    report_put(&o, "vertical_m", report_json_number(l->vertical_m, 1));
    report_put_count(&o, "ride_s", l->ride_s);
    report_put(&o, "line", line_list(line));
    return report_object_end(&o);
}

static json_t *run_object(const piste_run *r, const map_line *line) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(r->entry.key));
    report_put(&o, "name", json_string(r->name));
    report_put(&o, "difficulty", json_string(piste_difficulty_word((piste_difficulty)r->difficulty)));
    report_put(&o, "from", ref_text(r->from));
    report_put(&o, "to", ref_text(r->to));
    report_put(&o, "length_m", report_json_number(r->length_m, 1));
    report_put(&o, "vertical_m", report_json_number(r->vertical_m, 1));
    report_put(&o, "area_ha", report_json_number(r->area_ha, REPORT_DECIMALS));
    report_put(&o, "line", line_list(line));
    return report_object_end(&o);
}

static json_t *venue_object(const piste_venue *v) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(v->entry.key));
    report_put(&o, "name", json_string(v->name));
    report_put(&o, "kind", json_string(piste_venue_kind_word((piste_venue_kind)v->kind)));
    report_put(&o, "place", ref_text(v->place));
    return report_object_end(&o);
}

static json_t *section_list(const piste_slope *s) {
    REPORT_LIST_OF(s->sections, ref_text(s->sections.list[i]));
}

static json_t *slope_object(const piste_slope *s) {
    report_object o = report_object_begin();
    report_put(&o, "key", json_string(s->entry.key));
    report_put(&o, "name", json_string(s->name ? s->name : ""));
    report_put(&o, "number", s->number ? json_integer(s->number) : json_null());
    report_put(&o, "difficulty", json_string(piste_difficulty_word((piste_difficulty)s->difficulty)));
    report_put(&o, "length_m", report_json_number(s->length_m, 1));
    report_put(&o, "vertical_m", report_json_number(s->vertical_m, 1));
    report_put(&o, "sections", section_list(s));
    return report_object_end(&o);
}

static json_t *place_list(const piste_resort *resort, const map_plan *plan) {
    REPORT_LIST_OF(resort->places, place_object(&resort->places.list[i], plan->places[i]));
}
static json_t *lift_list(const piste_resort *resort, const map_plan *plan) {
    REPORT_LIST_OF(resort->lifts, lift_object(&resort->lifts.list[i], &plan->lifts[i]));
}
static json_t *run_list(const piste_resort *resort, const map_plan *plan) {
    REPORT_LIST_OF(resort->runs, run_object(&resort->runs.list[i], &plan->runs[i]));
}
static json_t *walk_list(const piste_resort *resort, const map_plan *plan) {
    REPORT_LIST_OF(resort->walks, line_list(&plan->walks[i]));
}
static json_t *venue_list(const piste_resort *resort) {
    REPORT_LIST_OF(resort->venues, venue_object(&resort->venues.list[i]));
}
static json_t *slope_list(const piste_resort *resort) {
    REPORT_LIST_OF(resort->slopes, slope_object(&resort->slopes.list[i]));
}

static json_t *origin_object(const map_plan *plan) {
    if (plan->schematic)
        return json_null();
    report_object o = report_object_begin();
    report_put(&o, "lon_deg", json_real(plan->lon_deg));
    report_put(&o, "lat_deg", json_real(plan->lat_deg));
    report_put(&o, "m_per_lon_deg", report_json_number(plan->m_per_lon_deg, REPORT_DECIMALS));
    report_put(&o, "m_per_lat_deg", report_json_number(plan->m_per_lat_deg, REPORT_DECIMALS));
    return report_object_end(&o);
}

piste_status report_resort_json(const piste_resort *resort, base_text *out) {
    base_arena *arena = base_arena_create();
    map_plan plan = {0};
    if (!arena || !map_plan_make(resort, arena, &plan)) {
        base_arena_destroy(arena);
        return PISTE_MEMORY;
    }
    report_object o = report_object_begin();
    char date[11] = "";
    if (resort->as_of != PISTE_DATE_NONE)
        piste_date_format(resort->as_of, date);
    report_put(&o, "format", json_string("piste-resort"));
    report_put_count(&o, "version", 1);
    report_put(&o, "name", json_string(resort->name));
    report_put(&o, "as_of", *date ? json_string(date) : json_null());
    report_put(&o, "attribution", json_string(resort->attribution ? resort->attribution : ""));
    report_put(&o, "convention", json_string(convention_words[resort->convention]));
    report_put(&o, "schematic", json_boolean(plan.schematic));
    report_put(&o, "origin", origin_object(&plan));
    report_put(&o, "places", place_list(resort, &plan));
    report_put(&o, "lifts", lift_list(resort, &plan));
    report_put(&o, "runs", run_list(resort, &plan));
    report_put(&o, "walks", walk_list(resort, &plan));
    report_put(&o, "venues", venue_list(resort));
    report_put(&o, "slopes", slope_list(resort));
    piste_status status = report_json_write(report_object_end(&o), out);
    base_arena_destroy(arena);
    return status;
}
