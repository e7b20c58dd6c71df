// stations.c - stations between the two ends of a lift: where the map has one, or where another line ends on its line.
//
// A map draws a lift as one line; people get on and off at its ends. In between they do so where OpenStreetMap has a
// node aerialway=station on the line, or where a run or another lift begins or ends at a point of the line itself. A
// run that only passes beneath, be it with a common point, is no station.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

enum { STATIONS_APART_M = 60 };

typedef struct end { // of a line, in 1e-7 degrees
    int64_t lon, lat;
} end;

typedef struct ends {
    end *list;
    size_t count;
} ends;

static end end_at(const import_point *p) {
    return (end){(int64_t)base_round(p->lon * 1e7, 0), (int64_t)base_round(p->lat * 1e7, 0)};
}

static int compare_ends(const void *a, const void *b) {
    const end *x = a, *y = b;
    if (x->lon != y->lon)
        return x->lon < y->lon ? -1 : 1;
    return (x->lat > y->lat) - (x->lat < y->lat);
}

// Sections that an earlier import cut end where something met them: only the first begins where its run does, and only
// the last ends there.
static bool is_true_end(const import_line *line, bool last) {
    const json_t *part = json_object_get(line->file->features[line->feature].properties, "part");
    json_int_t index = json_integer_value(json_object_get(part, "index")),
               of = json_integer_value(json_object_get(part, "of"));
    return !part || index == (last ? of : 1);
}

static bool list_ends(importer *im, ends *out) {
    out->list = base_arena_take(im->arena, ((size_t)im->line_count * 2 + 1) * sizeof *out->list);
    for (int32_t l = 0; out->list && l < im->line_count; l++)
        for (int32_t last = 0; last < 2 && im->lines[l].count >= 2; last++)
            if (is_true_end(&im->lines[l], last))
                out->list[out->count++] = end_at(&im->lines[l].points[last ? im->lines[l].count - 1 : 0]);
    if (out->list && out->count)
        qsort(out->list, out->count, sizeof *out->list, compare_ends);
    return out->list != NULL;
}

static const char *text_or_empty(const json_t *value) {
    const char *text = json_string_value(value);
    return text && strlen(text) <= PISTE_NAME_BYTES_MAX && base_text_is_clean(text, strlen(text)) ? text : "";
}

// A station of the map there; NULL: it has none.
static const json_t *station_of(const import_line *lift, const import_point *p) {
    const json_t *list = json_object_get(lift->file->features[lift->feature].properties, "stations");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *at = json_object_get(json_array_get(list, i), "at");
        if (json_array_size(at) == 2 && fabs(json_number_value(json_array_get(at, 0)) - p->lon) < 5e-8 &&
            fabs(json_number_value(json_array_get(at, 1)) - p->lat) < 5e-8)
            return json_array_get(list, i);
    }
    return NULL;
}

const json_t *import_station_at(const import_line *lift, double s) {
    for (int32_t i = 0; i < lift->count; i++)
        if (lift->points[i].is_station && fabs(lift->points[i].s - s) < 0.01)
            return station_of(lift, &lift->points[i]);
    return NULL;
}

const char *import_station_named(const import_line *lift, double s) {
    const json_t *station = import_station_at(lift, s);
    return station ? text_or_empty(json_object_get(station, "name")) : NULL;
}

static bool is_apart(const import_line *lift, int32_t point) {
    double s = lift->points[point].s;
    for (int32_t i = 0; i < lift->count; i++) {
        bool counts = i == 0 || i == lift->count - 1 || lift->points[i].is_station;
        if (i != point && counts && fabs(lift->points[i].s - s) < STATIONS_APART_M)
            return false;
    }
    return true;
}

// Nobody gets off a moving carpet or a rope on the way.
static bool may_have_stations(const import_line *line) {
    const char *type = import_lift_type(line);
    return line->is_lift && (!type || (strcmp(type, "magic_carpet") != 0 && strcmp(type, "rope_tow") != 0));
}

piste_status import_stations(importer *im) {
    ends all = {0};
    if (!list_ends(im, &all))
        return PISTE_MEMORY;
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *lift = &im->lines[l];
        for (int pass = 0; pass < 2 && may_have_stations(lift); pass++) // what the map names comes first
            for (int32_t i = 1; i + 1 < lift->count; i++) {
                const end here = end_at(&lift->points[i]);
                bool evident = pass == 0 ? station_of(lift, &lift->points[i]) != NULL
                                         : bsearch(&here, all.list, all.count, sizeof here, compare_ends) != NULL;
                if (evident && !lift->points[i].is_station && is_apart(lift, i))
                    lift->points[i].is_station = true;
            }
    }
    return PISTE_OK;
}

// ---- sections become one lift again ---------------------------------------------------------------------------------

static bool touches(const import_way *way, int32_t node) {
    bool is_there = way->from == node || way->to == node;
    for (int32_t i = 0; i < way->station_count; i++)
        is_there |= way->stations[i].node == node;
    return way->kept && is_there;
}

// A station from and to which nothing leads is passed.
static void drop_idle_stations(importer *im, int32_t w) {
    import_way *lift = &im->ways[w];
    int32_t kept = 0;
    for (int32_t i = 0; i < lift->station_count; i++) {
        bool used = false;
        for (int32_t k = 0; k < im->way_count && !used; k++)
            used = k != w && touches(&im->ways[k], lift->stations[i].node);
        const import_line *line = &im->lines[lift->line];
        import_tell(im, IMPORT_STATION, line->label, lift->stations[i].s - lift->from_m,
                    used ? "a station between its ends, as the map draws it"
                         : "a station between its ends, from and to which nothing leads: passed");
        if (used)
            lift->stations[kept++] = lift->stations[i];
    }
    lift->station_count = kept;
}

// The sections of a lift from `from` up to `to`, of which those that are kept become one way. They are neighbours: what
// can be reached and left is so all the way between two stations that can.
static bool fold(importer *im, int32_t from, int32_t to, int32_t *count) {
    import_way one = im->ways[from];
    bool any = false;
    for (int32_t w = from; w < to; w++)
        any |= im->ways[w].kept;
    one.stations = base_arena_take(im->arena, (size_t)(to - from) * sizeof *one.stations);
    one.kept = any;
    one.index = one.of = 1;
    if (!one.stations)
        return false;
    bool begun = false;
    for (int32_t w = from; w < to; w++) {
        const import_way *way = &im->ways[w];
        if (way->kept != any)
            continue;
        if (!begun) {
            one.from = way->from;
            one.from_m = way->from_m;
            one.length_m = 0;
        } else
            one.stations[one.station_count++] = (import_station){way->from, way->from_m};
        begun = true;
        one.to = way->to;
        one.to_m = way->to_m;
        one.length_m = base_round(one.length_m + way->length_m, 1);
    }
    im->ways[(*count)++] = one;
    return true;
}

piste_status import_fold_lifts(importer *im) {
    int32_t count = 0;
    for (int32_t from = 0, to; from < im->way_count; from = to) {
        to = from + 1;
        if (im->ways[from].kind != IMPORT_WAY_LIFT) {
            im->ways[count++] = im->ways[from];
            continue;
        }
        while (to < im->way_count && im->ways[to].kind == IMPORT_WAY_LIFT && im->ways[to].line == im->ways[from].line)
            to++;
        if (!fold(im, from, to, &count))
            return PISTE_MEMORY;
    }
    im->way_count = count;
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kept && im->ways[w].station_count)
            drop_idle_stations(im, w);
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
