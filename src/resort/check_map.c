// check_map.c - what the maps say against resort.yaml, and names and dates that stand in each other's way.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/check.h"
#include "resort/geojson.h"

enum { NEAR_M = 100 };

// ---- lines ------------------------------------------------------------------------------------------------------------

static double away(const piste_place *place, const piste_point *point) {
    const piste_point points[2] = {{place->lon_deg, place->lat_deg, NAN}, *point};
    return isnan(place->lon_deg) ? NAN : geojson_length(points, 2, false);
}

static void line_ends(check *c, const piste_entry *entry, const piste_line *line, piste_ref from, piste_ref to, const char *file) {
    if (!line->count)
        return;
    const piste_place *a = &c->resort->places.list[from.index], *b = &c->resort->places.list[to.index];
    const piste_point *first = &line->points[0], *last = &line->points[line->count - 1];
    double at_first = away(a, first), at_last = away(b, last);
    if (at_first > NEAR_M && at_last > NEAR_M && away(a, last) <= NEAR_M && away(b, first) <= NEAR_M) {
        check_tell(c, CHECK_LINE_REVERSED, entry->line, check_subject(c, entry), check_text(c, "its line in %s begins at %s and ends at %s", file, to.key, from.key),
                   check_text(c, "turn the line round (feature %d), or exchange from and to", line->feature));
        return;
    }
    const struct {
        double distance;
        piste_ref place;
        const char *verb, *field;
    } ends[2] = {{at_first, from, "begins", "from"}, {at_last, to, "ends", "to"}};
    for (int k = 0; k < 2; k++)
        if (ends[k].distance > NEAR_M)
            check_tell(c, CHECK_LINE_OFF_PLACE, check_line(entry, ends[k].field), check_subject(c, entry),
                       check_text(c, "its line in %s %s %.0f m from %s", file, ends[k].verb, ends[k].distance, ends[k].place.key),
                       check_text(c, "correct `at` of %s, `%s`, or feature %d", ends[k].place.key, ends[k].field, line->feature));
}

// ---- what is on one side only -------------------------------------------------------------------------------------------

static void not_on_map(check *c, const piste_entry *entry, bool on_map, const piste_line *line, const char *file) {
    if (on_map && line->feature < 0)
        check_tell(c, CHECK_NOT_ON_MAP, entry->line, check_subject(c, entry), check_text(c, "%s has no feature with its key", file),
                   check_text(c, "add the property \"key\": \"%s\" to its feature, or say on-map: no", entry->key));
}

static void unused(check *c, const char *file) {
    const piste_resort *r = c->resort;
    const char *text = "";
    int32_t count = 0, keyless = 0;
    for (int32_t i = 0; i < r->unused.count; i++) {
        const piste_feature *f = &r->unused.list[i];
        if (strcmp(f->file, file) != 0)
            continue;
        keyless += !*f->key;
        if (count++ < 5)
            text = check_text(c, "%s%s%s", text, count > 1 ? ", " : "", *f->key ? f->key : *f->name ? f->name : *f->id ? f->id : check_text(c, "feature %d", f->index));
    }
    if (count)
        check_tell_of_file(c, CHECK_MAP_UNUSED, file, check_text(c, "%d feature%s", count, count == 1 ? "" : "s"),
                           check_text(c, "resort.yaml does not use %s%s%s", text, count > 5 ? check_text(c, " and %d more", count - 5) : "",
                                      keyless ? check_text(c, " (%d without a key)", keyless) : ""),
                           "add entries with their keys, or take the features out");
}

static bool any_on_map(const piste_resort *r, bool lifts) {
    if (lifts)
        for (int32_t i = 0; i < r->lifts.count; i++)
            if (r->lifts.list[i].line.feature >= 0)
                return true;
    for (int32_t i = 0; i < r->runs.count && !lifts; i++)
        if (r->runs.list[i].line.feature >= 0)
            return true;
    return false;
}

// ---- names and dates ----------------------------------------------------------------------------------------------------

static int by_name(const void *a, const void *b) {
    const piste_lift *x = *(const piste_lift *const *)a, *y = *(const piste_lift *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->entry.line - y->entry.line;
}

static void names(check *c) {
    const piste_resort *r = c->resort;
    const piste_lift **sorted = calloc((size_t)r->lifts.count + 1, sizeof *sorted);
    if (!sorted) {
        c->no_memory = true;
        return;
    }
    for (int32_t i = 0; i < r->lifts.count; i++)
        sorted[i] = &r->lifts.list[i];
    qsort(sorted, (size_t)r->lifts.count, sizeof *sorted, by_name);
    for (int32_t i = 1; i < r->lifts.count; i++) {
        const piste_lift *x = sorted[i - 1], *y = sorted[i];
        if (strcmp(x->name, y->name) == 0 && check_overlaps_in_time(&x->entry, &y->entry))
            check_tell(c, CHECK_NAME_TWICE, check_line(&y->entry, "name"), check_subject(c, &y->entry), check_text(c, "its name, %s, is that of %s (line %d) too", y->name, x->entry.key, x->entry.line),
                       check_text(c, "give one of them another name, such as \"%s 2\"", y->name));
    }
    free(sorted);
}

static void dates(check *c) {
    const piste_resort *r = c->resort;
    if (r->as_of != PISTE_DATE_NONE)
        return;
    int32_t dated = 0;
    const piste_entry *first = NULL;
    for (int32_t i = 0; i < r->lifts.count + r->runs.count + r->venues.count + r->segments.count; i++) {
        int32_t k = i;
        const piste_entry *e = k < r->lifts.count                              ? &r->lifts.list[k].entry
                               : (k -= r->lifts.count) < r->runs.count         ? &r->runs.list[k].entry
                               : (k -= r->runs.count) < r->venues.count        ? &r->venues.list[k].entry
                                                                                : &r->segments.list[k - r->venues.count].entry;
        if (e->from == PISTE_DATE_NONE && e->until == PISTE_DATE_NONE)
            continue;
        dated++;
        first = first ? first : e;
    }
    if (dated)
        check_tell(c, CHECK_DATES_MIXED, check_line(first, "valid"), check_subject(c, first),
                   check_text(c, "%d entr%s only at times, and no date was asked for: all are taken together", dated, dated == 1 ? "y exists" : "ies exist"),
                   "give --date, or an as-of in the file");
}

void check_map(check *c) {
    const piste_resort *r = c->resort;
    bool lifts = any_on_map(r, true), runs = any_on_map(r, false);
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        line_ends(c, &lift->entry, &lift->line, lift->from, lift->to, "lifts.geojson");
        if (lifts)
            not_on_map(c, &lift->entry, lift->on_map, &lift->line, "lifts.geojson");
    }
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *run = &r->runs.list[i];
        line_ends(c, &run->entry, &run->line, run->from, run->to, "runs.geojson");
        if (runs)
            not_on_map(c, &run->entry, run->on_map, &run->line, "runs.geojson");
    }
    unused(c, "lifts.geojson");
    unused(c, "runs.geojson");
    names(c);
    dates(c);
}
