// load.c - a folder becomes a resort: resort.yaml by the schema, geometry from the maps, then what follows from both.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/change.h"
#include "resort/check.h"
#include "resort/geojson.h"
#include "resort/load.h"
#include "resort/quantity.h"
#include "resort/read.h"

typedef struct loader {
    piste_resort *resort;
    base_arena *arena;
    piste_errors *errors;
    const char *yaml; // path of resort.yaml, as shown
    const piste_changes *changes; // NULL: none
    const load_text *texts; // resort.yaml, lifts.geojson, runs.geojson; NULL: they are read from the folder
    geojson_file lifts, runs;
    piste_status status;
} loader;

static void fail(loader *l, int32_t line, const char *format, ...) PISTE_PRINTF(3, 4);
static void fail(loader *l, int32_t line, const char *format, ...) {
    char message[600];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    piste_status status = change_tell(l->changes, l->errors, PISTE_INVALID, l->yaml, line, 0, message);
    if (l->status == PISTE_OK)
        l->status = status;
}

// Lists of a resort are const for everyone else; only loading writes to them.
#define WRITABLE(type, list_member) ((type *)(uintptr_t)(list_member).list)

// Whether the file gives a key. Where its value could not be used, that was told when it was read, and the key is not
// called missing as well.
static bool given(const piste_entry *entry, const char *field) {
    return piste_entry_field_line(entry, field) > 0;
}

static const char *key_of(const piste_entry *entry) {
    return entry->key ? entry->key : "";
}

// ---- geometry -------------------------------------------------------------------------------------------------------

static piste_status load_map(loader *l, const char *name, const load_text *text, geojson_file *file) {
    const char *path = base_arena_format(l->arena, "%s/%s", l->resort->folder, name);
    if (!path)
        return piste_errors_add(l->errors, PISTE_MEMORY, name, 0, 0, "no memory");
    if (l->texts)
        return text->data ? geojson_read(text->data, text->length, path, l->arena, l->errors, file) : PISTE_OK;
    FILE *there = fopen(path, "rb"); // geometry may be left out altogether
    if (!there)
        return PISTE_OK;
    fclose(there);
    return geojson_load(path, path, l->arena, l->errors, file);
}

static int compare_features(const void *a, const void *b) {
    const geojson_feature *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    return order ? order : (*x < *y ? -1 : 1);
}

// Features in the order of their keys, and an error for each key that is there twice.
static const geojson_feature **sort_features(loader *l, const geojson_file *file, int32_t *count) {
    const geojson_feature **sorted = base_arena_take(l->arena, ((size_t)file->count + 1) * sizeof *sorted);
    *count = 0;
    for (int32_t i = 0; sorted && i < file->count; i++)
        if (file->features[i].key)
            sorted[(*count)++] = &file->features[i];
    if (!sorted)
        return NULL;
    qsort(sorted, (size_t)*count, sizeof *sorted, compare_features);
    for (int32_t i = 1; i < *count; i++)
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0) {
            piste_status status = geojson_fail(file, (int32_t)(sorted[i] - file->features), l->errors, "$.properties.key", "%.60s, used before by feature %d",
                                               sorted[i]->key, (int)(sorted[i - 1] - file->features));
            if (l->status == PISTE_OK)
                l->status = status;
        }
    return sorted;
}

static int32_t find_feature(const geojson_file *file, const geojson_feature *const *sorted, int32_t count, const char *key) {
    int32_t low = 0, high = count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(sorted[middle]->key, key);
        if (order == 0)
            return (int32_t)(sorted[middle] - file->features);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static piste_line line_of(loader *l, const geojson_file *file, int32_t feature) {
    piste_line line = {.feature = feature};
    if (feature < 0)
        return line;
    const geojson_feature *f = &file->features[feature];
    line.feature_id = base_arena_text(l->arena, f->id, strlen(f->id));
    if (strcmp(f->geometry, "LineString") == 0 || strcmp(f->geometry, "MultiLineString") == 0) {
        line.points = f->points;
        line.count = f->count;
    }
    return line;
}

static double rise(const piste_line *line) { // NaN where a height is unknown
    return line->count ? line->points[line->count - 1].height_m - line->points[0].height_m : NAN;
}

// A place without a height takes that of a line that ends there.
static void lend_height(loader *l, piste_ref place, const piste_line *line, bool last) {
    if (place.index < 0 || !line->count)
        return;
    piste_place *p = &WRITABLE(piste_place, l->resort->places)[place.index];
    const piste_point *end = &line->points[last ? line->count - 1 : 0];
    if (isnan(p->height_m))
        p->height_m = end->height_m;
    if (isnan(p->lon_deg)) {
        p->lon_deg = end->lon_deg;
        p->lat_deg = end->lat_deg;
    }
}

static void text_from_map(loader *l, const geojson_file *file, int32_t feature, const char *property, const char **text) {
    const char *found;
    if (feature >= 0 && geojson_text(file, feature, property, l->errors, &found))
        *text = base_arena_text(l->arena, found, strlen(found));
}

// "name:ko" of OpenStreetMap, for each language in which resort.yaml does not have the name; the resort's own is that of `name`.
static void names_from_map(loader *l, const geojson_file *file, int32_t feature, piste_entry *entry) {
    const char *property, *text;
    json_t *value;
    int32_t count = entry->names_count;
    piste_name *names = feature < 0 ? NULL : base_arena_take(l->arena, PISTE_LANGUAGES_MAX * sizeof *names);
    if (!names)
        return;
    for (int32_t i = 0; i < count; i++)
        names[i] = entry->names[i];
    json_object_foreach(file->features[feature].properties, property, value) {
        bool is_there = strncmp(property, "name:", 5) != 0 || !base_language_is(property + 5) || strcmp(property + 5, l->resort->language) == 0;
        for (int32_t i = 0; i < count && !is_there; i++)
            is_there = strcmp(names[i].language, property + 5) == 0;
        if (is_there || count == PISTE_LANGUAGES_MAX || !geojson_text(file, feature, property, l->errors, &text) || !*text)
            continue;
        if (strlen(text) > PISTE_NAME_BYTES_MAX) {
            char path[64];
            snprintf(path, sizeof path, "$.properties.%s", property);
            piste_status status = geojson_fail(file, feature, l->errors, path, "a text of %zu bytes, expected at most %d", strlen(text), PISTE_NAME_BYTES_MAX);
            l->status = l->status == PISTE_OK ? status : l->status;
            continue;
        }
        const char *language = base_arena_text(l->arena, property + 5, strlen(property + 5));
        const char *copy = base_arena_text(l->arena, text, strlen(text));
        if (language && copy)
            names[count++] = (piste_name){language, copy};
    }
    entry->names = names;
    entry->names_count = count;
}

// A word of the map ("chair_lift") as the schema has it ("chair-lift"); what it does not have is an error. False: the map
// says nothing.
static bool word_from_map(loader *l, const geojson_file *file, int32_t feature, const char *property, const char *const *words, int32_t *word) {
    const char *found;
    size_t before = piste_errors_total(l->errors);
    if (feature < 0 || !geojson_text(file, feature, property, l->errors, &found))
        return piste_errors_total(l->errors) > before;
    char text[64];
    snprintf(text, sizeof text, "%s", found);
    for (char *c = text; *c; c++)
        *c = *c == '_' ? '-' : *c;
    *word = schema_word_find(words, text);
    if (*word < 0) {
        char path[64];
        snprintf(path, sizeof path, "$.properties.%s", property);
        piste_status status = geojson_fail(file, feature, l->errors, path, "%.60s, expected one of OpenSkiData's words", found);
        if (l->status == PISTE_OK)
            l->status = status;
    }
    return true;
}

// Whether the rise between two places is unknown because of a mistake that was told.
static bool rise_told(const piste_resort *resort, piste_ref from, piste_ref to) {
    if (from.index < 0 || to.index < 0)
        return true;
    const piste_place *a = &resort->places.list[from.index], *b = &resort->places.list[to.index];
    return (isnan(a->height_m) && given(&a->entry, "height")) || (isnan(b->height_m) && given(&b->entry, "height"));
}

static double place_rise(const piste_resort *resort, piste_ref from, piste_ref to) {
    if (from.index < 0 || to.index < 0)
        return NAN;
    return resort->places.list[to.index].height_m - resort->places.list[from.index].height_m;
}

// ---- lifts ----------------------------------------------------------------------------------------------------------

static void lift_capacity(loader *l, piste_lift *lift, int32_t feature) {
    int32_t line = lift->entry.line;
    size_t before = piste_errors_total(l->errors);
    double value;
    if (lift->seats == 0 && feature >= 0 && geojson_number(&l->lifts, feature, "occupancy", 1, 250, l->errors, &value))
        lift->seats = (int32_t)value;
    if (lift->seats == 0) {
        if (!given(&lift->entry, "seats") && piste_errors_total(l->errors) == before)
            fail(l, line, "seats: missing in lift %s, expected persons of one carrier here or as occupancy in lifts.geojson", key_of(&lift->entry));
        return;
    }
    bool interval = lift->interval_s.den != 0;
    if (!interval && isnan(lift->capacity_pph) && feature >= 0 && geojson_number(&l->lifts, feature, "capacity", 1, 20000, l->errors, &value))
        lift->capacity_pph = value;
    if (!interval && isnan(lift->capacity_pph)) {
        if (!given(&lift->entry, "interval") && !given(&lift->entry, "capacity") && piste_errors_total(l->errors) == before)
            fail(l, line, "interval: missing in lift %s, expected the interval or the capacity, here or in lifts.geojson", key_of(&lift->entry));
        return;
    }
    if (!interval) { // seats * 3600 / capacity, with the capacity to a thousandth of a person
        lift->interval_s.num = (int64_t)lift->seats * 3600 * 1000;
        lift->interval_s.den = (int64_t)base_round(lift->capacity_pph * 1000, 0);
    }
    if (isnan(lift->capacity_pph))
        lift->capacity_pph = (double)(lift->seats * 3600 * lift->interval_s.den) / (double)lift->interval_s.num;
}

static void lift_ride(loader *l, piste_lift *lift, int32_t feature) {
    const piste_entry *e = &lift->entry;
    size_t before = piste_errors_total(l->errors);
    double value;
    if (isnan(lift->speed_mps) && !lift->ride_given_s && feature >= 0 && geojson_number(&l->lifts, feature, "duration", 1, 7200, l->errors, &value))
        lift->ride_given_s = (int32_t)value;
    bool timed = !isnan(lift->speed_mps) || lift->ride_given_s;
    bool told = piste_errors_total(l->errors) > before || given(e, "speed") || given(e, "duration");
    if (isnan(lift->length_m) && !given(e, "length"))
        fail(l, e->line, "length: missing in lift %s, expected it here or its line in lifts.geojson", key_of(e));
    if (!timed && !told)
        fail(l, e->line, "speed: missing in lift %s, expected the speed or the duration, here or in lifts.geojson", key_of(e));
    if (isnan(lift->length_m) || !timed)
        return;
    if (lift->ride_given_s)
        lift->ride_s = lift->ride_given_s;
    else
        lift->ride_s = (int32_t)base_floor(lift->length_m / lift->speed_mps + 0.5);
    if (lift->ride_s < 1)
        lift->ride_s = 1;
    if (isnan(lift->speed_mps))
        lift->speed_mps = lift->length_m / lift->ride_s;
}

static void lift_stations(loader *l, const piste_lift *lift) {
    double before = 0;
    for (int32_t i = 0; i < lift->stations.count; i++) {
        const piste_lift_station *s = &lift->stations.list[i];
        if (isnan(s->at_m) || isnan(lift->length_m))
            continue;
        if (!(s->at_m > before && s->at_m < lift->length_m))
            fail(l, piste_entry_field_line(&s->entry, "at"), "at: %.10g m, expected between %.10g m and the lift's length of %.10g m", s->at_m, before, lift->length_m);
        else
            before = s->at_m;
    }
    for (int32_t i = 0; i < lift->reserved.count; i++) {
        const piste_reserved *r = &lift->reserved.list[i];
        if (lift->lanes && r->lane > lift->lanes)
            fail(l, piste_entry_field_line(&r->entry, "lane"), "lane: %d, expected 1 to %d, the lanes of lift %s", r->lane, lift->lanes, key_of(&lift->entry));
    }
}

static void lift_shares(loader *l, const piste_lift *lift) {
    if (lift->access + lift->loss >= 1) // NaN where one is not given
        fail(l, piste_entry_field_line(&lift->entry, "loss"), "loss: %.10g %% and %.10g %% of access, expected less than 100 %% in all for lift %s", lift->loss * 100, lift->access * 100, key_of(&lift->entry));
}

// At one time at most 95 % of the carriers are off: the most are so where some entry begins.
static void lift_carriers_off(loader *l, const piste_lift *lift) {
    for (int32_t i = 0; i < lift->carriers_off.count; i++)
        for (int32_t k = 0; k < lift->carriers_off.list[i].hours.count + 1; k++) {
            const piste_carriers_off *own = &lift->carriers_off.list[i];
            int32_t from = k < own->hours.count ? own->hours.spans[k].from_s : l->resort->day.from_s;
            double sum = 0;
            for (int32_t j = 0; j < lift->carriers_off.count; j++)
                if (piste_hours_hold(&lift->carriers_off.list[j].hours, from) && lift->carriers_off.list[j].share > 0 &&
                    check_overlaps_in_time(&own->entry, &lift->carriers_off.list[j].entry))
                    sum += lift->carriers_off.list[j].share;
            if (sum <= 0.95 + 1e-9 || !piste_hours_hold(&own->hours, from))
                continue;
            fail(l, piste_entry_field_line(&own->entry, "share"), "share: %.10g %% of the carriers of lift %s off at one time, expected at most 95 %%", sum * 100, key_of(&lift->entry));
            return;
        }
}

// ---- features that nothing uses ---------------------------------------------------------------------------------------

static const char *property_or_none(loader *l, const geojson_feature *feature, const char *property) {
    const char *text = json_string_value(json_object_get(feature->properties, property));
    const char *copy = text && strlen(text) <= PISTE_NAME_BYTES_MAX && base_text_is_clean(text, strlen(text)) ? base_arena_text(l->arena, text, strlen(text)) : NULL;
    return copy ? copy : "";
}

// Adds those features of a map that are neither marked as used nor belong to an entry of another date.
static void collect_unused(loader *l, const geojson_file *file, const char *name, const geojson_feature *const *sorted, int32_t sorted_count, bool *used) {
    piste_resort *resort = l->resort;
    const void *record = schema_field_find(&schema_resort, file == &l->lifts ? "lifts" : "runs")->record;
    for (int32_t i = 0; i < resort->absent.count; i++) {
        int32_t at = resort->absent.list[i].record == record ? find_feature(file, sorted, sorted_count, resort->absent.list[i].key) : -1;
        if (at >= 0)
            used[at] = true;
    }
    int32_t count = resort->unused.count;
    piste_feature *list = base_arena_take(l->arena, ((size_t)count + (size_t)file->count + 1) * sizeof *list);
    if (!list)
        return;
    if (count)
        memcpy(list, resort->unused.list, (size_t)count * sizeof *list);
    for (int32_t i = 0; i < file->count; i++)
        if (!used[i])
            list[count++] = (piste_feature){name, i, property_or_none(l, &file->features[i], "key"),
                                            property_or_none(l, &file->features[i], "id"), property_or_none(l, &file->features[i], "name")};
    resort->unused.list = list;
    resort->unused.count = count;
}

static void derive_lifts(loader *l) {
    piste_resort *resort = l->resort;
    int32_t sorted_count = 0;
    const geojson_feature *const *sorted = sort_features(l, &l->lifts, &sorted_count);
    bool *used = base_arena_take(l->arena, (size_t)l->lifts.count + 1);
    for (int32_t i = 0; sorted && used && i < resort->lifts.count; i++) {
        piste_lift *lift = &WRITABLE(piste_lift, resort->lifts)[i];
        if (!lift->entry.line) // no map of keys at all: told
            continue;
        int32_t feature = lift->entry.key ? find_feature(&l->lifts, sorted, sorted_count, lift->entry.key) : -1;
        lift->line = line_of(l, &l->lifts, feature);
        if (feature >= 0)
            used[feature] = true;
        if (!given(&lift->entry, "name"))
            text_from_map(l, &l->lifts, feature, "name", &lift->name);
        names_from_map(l, &l->lifts, feature, &lift->entry);
        if (!lift->name)
            lift->name = key_of(&lift->entry);
        if (!given(&lift->entry, "type") && !word_from_map(l, &l->lifts, feature, "liftType", schema_lift_type_words, &lift->type))
            fail(l, lift->entry.line, "type: missing in lift %s, expected it here or as liftType in lifts.geojson", lift->name);
        if (!given(&lift->entry, "detachable") && feature >= 0)
            geojson_bool(&l->lifts, feature, "detachable", l->errors, &lift->detachable);
        if (lift->from.index >= 0 && lift->from.index == lift->to.index)
            fail(l, piste_entry_field_line(&lift->entry, "to"), "to: %s, expected another place than where lift %s begins", lift->to.key, lift->name);
        lend_height(l, lift->from, &lift->line, false);
        lend_height(l, lift->to, &lift->line, true);
        if (isnan(lift->length_m) && lift->line.count)
            lift->length_m = geojson_length(lift->line.points, lift->line.count, true);
        if (!(lift->length_m > 0) && !isnan(lift->length_m)) {
            fail(l, lift->entry.line, "length: %.10g m of line in lifts.geojson for lift %s, expected more than 0", lift->length_m, lift->name);
            continue;
        }
        if (isnan(lift->vertical_m))
            lift->vertical_m = rise(&lift->line);
        if (isnan(lift->vertical_m))
            lift->vertical_m = place_rise(resort, lift->from, lift->to);
        if (isnan(lift->vertical_m) && !given(&lift->entry, "vertical") && !rise_told(resort, lift->from, lift->to))
            fail(l, lift->entry.line, "vertical: missing in lift %s, expected it here, as heights of its places, or in lifts.geojson", lift->name);
        if (!lift->hours.count)
            lift->hours = resort->hours;
        lift_capacity(l, lift, feature);
        lift_ride(l, lift, feature);
        lift_stations(l, lift);
        lift_carriers_off(l, lift);
        lift_shares(l, lift);
    }
    if (sorted && used)
        collect_unused(l, &l->lifts, "lifts.geojson", sorted, sorted_count, used);
}

// ---- runs, walks, slopes, guests ------------------------------------------------------------------------------------

// How the map colours difficulties; true once a run has said so. What is none of OpenSkiData's words says nothing.
static bool convention_from_map(loader *l, const geojson_feature *feature) {
    static const char *const words[] = {"europe", "north_america", "japan"};
    const char *word = json_string_value(json_object_get(feature->properties, "difficultyConvention"));
    for (int32_t i = 0; word && i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            l->resort->convention = i;
            return true;
        }
    return false;
}

static void derive_runs(loader *l) {
    piste_resort *resort = l->resort;
    int32_t sorted_count = 0;
    bool told = false;
    const geojson_feature *const *sorted = sort_features(l, &l->runs, &sorted_count);
    bool *used = base_arena_take(l->arena, (size_t)l->runs.count + 1);
    for (int32_t i = 0; sorted && used && i < resort->runs.count; i++) {
        piste_run *run = &WRITABLE(piste_run, resort->runs)[i];
        if (!run->entry.line)
            continue;
        int32_t feature = run->entry.key ? find_feature(&l->runs, sorted, sorted_count, run->entry.key) : -1;
        run->line = line_of(l, &l->runs, feature);
        if (feature >= 0)
            used[feature] = true;
        if (feature >= 0 && !told)
            told = convention_from_map(l, &l->runs.features[feature]);
        if (!given(&run->entry, "name"))
            text_from_map(l, &l->runs, feature, "name", &run->name);
        names_from_map(l, &l->runs, feature, &run->entry);
        if (!run->name)
            run->name = "";
        if (!given(&run->entry, "difficulty") && !word_from_map(l, &l->runs, feature, "difficulty", schema_difficulty_words, &run->difficulty))
            fail(l, run->entry.line, "difficulty: missing in run %s, expected it here or in runs.geojson", key_of(&run->entry));
        if (run->from.index >= 0 && run->from.index == run->to.index)
            fail(l, piste_entry_field_line(&run->entry, "to"), "to: %s, expected another place than where run %s begins", run->to.key, key_of(&run->entry));
        lend_height(l, run->from, &run->line, false);
        lend_height(l, run->to, &run->line, true);
        if (isnan(run->length_m) && run->line.count)
            run->length_m = geojson_length(run->line.points, run->line.count, true);
        if (isnan(run->length_m) && !given(&run->entry, "length"))
            fail(l, run->entry.line, "length: missing in run %s, expected it here or its line in runs.geojson", key_of(&run->entry));
        if (isnan(run->vertical_m))
            run->vertical_m = -rise(&run->line);
        if (isnan(run->area_ha))
            run->area_ha = run->length_m * run->width_m / 1e4;
        if (!run->hours.count)
            run->hours = resort->hours;
    }
    if (sorted && used)
        collect_unused(l, &l->runs, "runs.geojson", sorted, sorted_count, used);
    // Heights of places may have come from later lines, so verticals that hang on them come last.
    for (int32_t i = 0; i < resort->runs.count; i++) {
        piste_run *run = &WRITABLE(piste_run, resort->runs)[i];
        if (!run->entry.line)
            continue;
        if (isnan(run->vertical_m))
            run->vertical_m = -place_rise(resort, run->from, run->to);
        if (isnan(run->vertical_m) && !given(&run->entry, "vertical") && !rise_told(resort, run->from, run->to))
            fail(l, run->entry.line, "vertical: missing in run %s, expected it here, as heights of its places, or in runs.geojson", key_of(&run->entry));
    }
}

static void derive_walks(loader *l) {
    for (int32_t i = 0; i < l->resort->walks.count; i++) {
        piste_walk *walk = &WRITABLE(piste_walk, l->resort->walks)[i];
        if (!walk->entry.line)
            continue;
        if (!walk->name)
            walk->name = "";
        if (isnan(walk->length_m) && isnan(walk->duration_s) && !given(&walk->entry, "length") && !given(&walk->entry, "duration"))
            fail(l, walk->entry.line, "length: missing in walk %s, expected the length or the duration", key_of(&walk->entry));
        if (isnan(walk->duration_s))
            walk->duration_s = walk->length_m / l->resort->walking_speed_mps;
        if (isnan(walk->length_m))
            walk->length_m = walk->duration_s * l->resort->walking_speed_mps;
        if (walk->from.index >= 0 && walk->from.index == walk->to.index)
            fail(l, piste_entry_field_line(&walk->entry, "to"), "to: %s, expected another place than where walk %s begins", walk->to.key, key_of(&walk->entry));
    }
}

static void derive_slopes(loader *l) {
    const piste_resort *resort = l->resort;
    for (int32_t i = 0; i < resort->slopes.count; i++) {
        piste_slope *slope = &WRITABLE(piste_slope, resort->slopes)[i];
        int32_t line = piste_entry_field_line(&slope->entry, "sections"), hardest = 0;
        if (!slope->name)
            slope->name = key_of(&slope->entry);
        for (int32_t k = 0; k < slope->sections.count; k++) {
            if (slope->sections.list[k].index < 0)
                continue;
            const piste_run *run = &resort->runs.list[slope->sections.list[k].index];
            slope->length_m += run->length_m;
            slope->vertical_m += run->vertical_m;
            if (run->difficulty > hardest)
                hardest = run->difficulty;
            if (k == 0 || slope->sections.list[k - 1].index < 0)
                continue;
            const piste_run *before = &resort->runs.list[slope->sections.list[k - 1].index];
            if (before->to.index >= 0 && run->from.index >= 0 && before->to.index != run->from.index)
                fail(l, line, "sections: %s begins at %s, expected %s where %s ends", run->entry.key, run->from.key, before->to.key, before->entry.key);
        }
        if (slope->difficulty < 0)
            slope->difficulty = hardest;
    }
}

// Speeds: Stepan 2023 gives beginner, intermediate and advanced; the classes between are interpolated. The rest is
// assumed. docs/models.md lists every figure.
static void default_traits(piste_resort *resort) {
    static const struct {
        double mean_kmh, sd_kmh, rest_s, stamina_m;
        int32_t hardest, liked;
    } table[PISTE_ABILITY_COUNT] = {
        {19.9, 7.2, 120, 1500, PISTE_DIFFICULTY_EASY, PISTE_DIFFICULTY_NOVICE},
        {24.0, 8.1, 90, 2500, PISTE_DIFFICULTY_INTERMEDIATE, PISTE_DIFFICULTY_EASY},
        {28.2, 9.0, 75, 3500, PISTE_DIFFICULTY_INTERMEDIATE, PISTE_DIFFICULTY_EASY},
        {32.4, 9.9, 60, 4500, PISTE_DIFFICULTY_ADVANCED, PISTE_DIFFICULTY_INTERMEDIATE},
        {38.5, 10.8, 45, 5500, PISTE_DIFFICULTY_EXPERT, PISTE_DIFFICULTY_ADVANCED},
        {44.5, 11.7, 30, 7000, PISTE_DIFFICULTY_EXTREME, PISTE_DIFFICULTY_ADVANCED},
    };
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        piste_ability_traits *t = &resort->traits[a];
        const char *why;
        bool good = true;
        t->ability = a;
        t->entry.from = t->entry.until = PISTE_DATE_NONE;
        t->speed = (piste_dist){.kind = PISTE_DIST_NORMAL, .a = table[a].mean_kmh / 3.6, .b = table[a].sd_kmh / 3.6, .has_min = true, .has_max = true, .min = 1.5, .max = 25};
        t->variation = (piste_dist){.kind = PISTE_DIST_UNIFORM, .a = 0.85, .b = 1.15};
        t->rest = (piste_dist){.kind = PISTE_DIST_EXPONENTIAL, .a = table[a].rest_s, .has_max = true, .max = 3600};
        t->stamina = (piste_dist){.kind = PISTE_DIST_LOGNORMAL, .a = table[a].stamina_m, .b = table[a].stamina_m * 0.4};
        t->hardest = table[a].hardest;
        t->liked = table[a].liked;
        t->demand_m = NAN;
        good &= piste_dist_prepare(&t->speed, &why) == PISTE_OK;
        good &= piste_dist_prepare(&t->variation, &why) == PISTE_OK;
        good &= piste_dist_prepare(&t->rest, &why) == PISTE_OK;
        good &= piste_dist_prepare(&t->stamina, &why) == PISTE_OK;
        (void)good;
    }
}

static void derive_traits(loader *l) {
    piste_resort *resort = l->resort;
    default_traits(resort);
    bool seen[PISTE_ABILITY_COUNT] = {false};
    for (int32_t i = 0; i < resort->abilities.count; i++) {
        const piste_ability_traits *own = &resort->abilities.list[i];
        if (own->ability < 0)
            continue;
        piste_ability_traits *t = &resort->traits[own->ability];
        if (seen[own->ability])
            fail(l, piste_entry_field_line(&own->entry, "ability"), "ability: %s given twice for the same time", schema_ability_words[own->ability]);
        seen[own->ability] = true;
        t->entry = own->entry;
        t->speed = own->speed.kind ? own->speed : t->speed;
        t->variation = own->variation.kind ? own->variation : t->variation;
        t->rest = own->rest.kind ? own->rest : t->rest;
        t->stamina = own->stamina.kind ? own->stamina : t->stamina;
        t->hardest = own->hardest >= 0 ? own->hardest : t->hardest;
        t->liked = own->liked >= 0 ? own->liked : t->liked;
        t->demand_m = own->demand_m;
    }
}

static void derive_choice(const piste_resort *resort, piste_segment *segment) {
    const schema_record *record = resort->choice.entry.record;
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        if (f->offset == SIZE_MAX || f->offset < sizeof(piste_entry) || segment->choice.entry.field_line[i])
            continue;
        size_t size = f->type == SCHEMA_WORD ? sizeof(int32_t) : sizeof(double);
        memcpy((unsigned char *)&segment->choice + f->offset, (const unsigned char *)&resort->choice + f->offset, size);
    }
}

static bool has_kind(const piste_resort *resort, int32_t kind) {
    for (int32_t i = 0; i < resort->venues.count; i++)
        if (resort->venues.list[i].kind == kind || resort->venues.list[i].kind < 0) // below 0: told when it was read
            return true;
    return false;
}

// A party parts one way only: those who go to a class, and the others.
static void derive_parting(loader *l, const piste_segment *segment) {
    int32_t who = 0;
    for (int32_t k = 0; k < segment->visits.count; k++) {
        const piste_visit *v = &segment->visits.list[k];
        if (v->who && who && v->who != who)
            fail(l, piste_entry_field_line(&v->entry, "who"), "who: others than in a visit before, expected the same abilities in all visits of a segment");
        if (v->who && v->together)
            fail(l, piste_entry_field_line(&v->entry, "together"), "together: yes with who, expected one of the two");
        who = who ? who : v->who;
    }
}

static void derive_coaches(piste_segment *s) {
    enum { SET_OUT_S = 45 * 60 };
    if (s->departs.count && s->leaving.kind == PISTE_DIST_NONE && !given(&s->entry, "leaving"))
        s->leaving = (piste_dist){.kind = PISTE_DIST_CONSTANT, .a = s->departs.list[s->departs.count - 1] - SET_OUT_S};
}

static void derive_visits(loader *l, const piste_segment *segment) {
    for (int32_t k = 0; k < segment->visits.count; k++) {
        piste_visit *v = &WRITABLE(piste_visit, segment->visits)[k];
        int ways = given(&v->entry, "venue") + given(&v->entry, "kind") + given(&v->entry, "place");
        if (ways != 1 && v->entry.line)
            fail(l, v->entry.line, "visits: %d of venue, kind and place, expected one of the three", ways);
        if (v->place.key && v->stay.kind == PISTE_DIST_NONE && !given(&v->entry, "stay"))
            fail(l, v->entry.line, "stay: missing in a visit of a place, expected how long");
        if (v->at.kind != PISTE_DIST_NONE && !given(&v->entry, "when"))
            v->when = PISTE_VISIT_DURING;
        if (v->at.kind != PISTE_DIST_NONE && v->when >= 0 && v->when != PISTE_VISIT_DURING)
            fail(l, piste_entry_field_line(&v->entry, "at"), "at: with when: arriving or leaving, expected during");
        if (v->kind >= 0 && !has_kind(l->resort, v->kind))
            fail(l, piste_entry_field_line(&v->entry, "kind"), "kind: %s, expected a kind of which the resort has a venue (on that date)", schema_venue_kind_words[v->kind]);
    }
}

static void derive_segments(loader *l) {
    piste_resort *resort = l->resort;
    int64_t guests = 0;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        piste_segment *s = &WRITABLE(piste_segment, resort->segments)[i];
        if (!s->name)
            s->name = key_of(&s->entry);
        if (!given(&s->entry, "mode"))
            s->mode[PISTE_ON_SKIS] = 1;
        if (!s->leave_at.key)
            s->leave_at = s->arrive_at;
        derive_choice(resort, s);
        derive_visits(l, s);
        derive_parting(l, s);
        derive_coaches(s);
        guests += s->guests;
    }
    if (guests > PISTE_GUESTS_MAX)
        fail(l, piste_entry_field_line(&resort->entry, "segments"), "segments: %lld guests in all, expected at most %d", (long long)guests, PISTE_GUESTS_MAX);
}

static void derive_venues(loader *l) {
    for (int32_t i = 0; i < l->resort->venues.count; i++) {
        piste_venue *v = &WRITABLE(piste_venue, l->resort->venues)[i];
        if (!v->name)
            v->name = key_of(&v->entry);
        if (v->servers > 0 && v->service_time.kind == PISTE_DIST_NONE && !given(&v->entry, "service-time"))
            fail(l, v->entry.line, "service-time: missing in venue %s, expected it where there are servers", v->name);
        if (v->servers == 0 && v->service_time.kind != PISTE_DIST_NONE && !given(&v->entry, "servers"))
            fail(l, v->entry.line, "servers: missing in venue %s, expected them where there is a service-time", v->name);
        if (v->sessions.count && v->stay.kind == PISTE_DIST_NONE && !given(&v->entry, "stay"))
            fail(l, v->entry.line, "stay: missing in venue %s, expected how long a session lasts", v->name);
    }
}

static void derive_day_types(loader *l) {
    piste_resort *resort = l->resort;
    double sum = 0;
    bool open = false;
    for (int32_t i = 0; i < resort->day_types.count; i++) {
        piste_day_type *t = &WRITABLE(piste_day_type, resort->day_types)[i];
        if (!t->name)
            t->name = key_of(&t->entry);
        sum += t->share;
        open |= !t->closed && t->share > 0;
    }
    if (isnan(sum)) // a share that could not be read was told already
        return;
    int32_t line = piste_entry_field_line(&resort->entry, "day-types");
    if (resort->day_types.count && !(sum > 1 - 1e-9 && sum < 1 + 1e-9))
        fail(l, line, "day-types: shares of %.10g %% in all, expected 100 %%", sum * 100);
    else if (resort->day_types.count && !open)
        fail(l, line, "day-types: all closed, expected one at least on which the resort opens");
}

static void derive_names(piste_resort *resort) {
    resort->tariff.currency = resort->tariff.currency ? resort->tariff.currency : "";
    for (int32_t i = 0; i < resort->places.count; i++) {
        piste_place *p = &WRITABLE(piste_place, resort->places)[i];
        p->name = p->name ? p->name : key_of(&p->entry);
    }
    for (int32_t i = 0; i < resort->fixtures.count; i++) {
        piste_fixture *f = &WRITABLE(piste_fixture, resort->fixtures)[i];
        f->name = f->name ? f->name : key_of(&f->entry);
    }
}

// ---- the folder -----------------------------------------------------------------------------------------------------

static piste_status load_yaml(loader *l, piste_date as_of) {
    if (l->texts && l->texts[0].length > PISTE_YAML_BYTES_MAX)
        return piste_errors_add(l->errors, PISTE_LIMIT, l->yaml, 0, 0, "larger than %d bytes, the most that is read", PISTE_YAML_BYTES_MAX);
    if (l->texts)
        return read_resort(l->yaml, l->texts[0].data, l->texts[0].length, as_of, l->changes, l->arena, l->errors, l->resort);
    char *data = NULL;
    size_t length = 0;
    piste_status status = base_file_read(l->yaml, PISTE_YAML_BYTES_MAX, l->errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    status = read_resort(l->yaml, data, length, as_of, l->changes, l->arena, l->errors, l->resort);
    free(data);
    return status;
}

static piste_status load_parts(loader *l, piste_date as_of) {
    piste_status status = load_yaml(l, as_of);
    if (status == PISTE_NOT_FOUND || status == PISTE_IO)
        return status;
    piste_status maps = load_map(l, "lifts.geojson", l->texts ? &l->texts[1] : NULL, &l->lifts);
    piste_status more = load_map(l, "runs.geojson", l->texts ? &l->texts[2] : NULL, &l->runs);
    if (l->resort->entry.record == NULL) // nothing was read at all
        return status;
    piste_status refs = read_resolve(l->yaml, l->changes, l->resort, l->arena, l->errors);
    derive_names(l->resort);
    if (maps == PISTE_OK && more == PISTE_OK) { // otherwise everything would be missing
        derive_lifts(l);
        derive_runs(l);
        derive_slopes(l);
    }
    derive_walks(l);
    derive_traits(l);
    derive_segments(l);
    derive_venues(l);
    derive_day_types(l);
    return status != PISTE_OK ? status : maps != PISTE_OK ? maps : more != PISTE_OK ? more : refs != PISTE_OK ? refs : l->status;
}

static piste_status load_folder(const char *folder, const load_text *texts, const piste_changes *changes, piste_date as_of, piste_errors *errors,
                                piste_resort **out) {
    base_arena *arena = base_arena_create();
    if (!arena)
        return piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    loader l = {.arena = arena, .errors = errors, .texts = texts, .changes = changes};
    l.resort = base_arena_take(arena, sizeof *l.resort);
    char *name = base_arena_text(arena, folder, length);
    l.yaml = name ? base_arena_format(arena, "%s/resort.yaml", name) : NULL;
    piste_status status = PISTE_MEMORY;
    if (l.resort && l.yaml) {
        l.resort->folder = name;
        l.resort->owner = arena;
        size_t before = piste_errors_total(errors);
        status = load_parts(&l, as_of);
        // A property of the map that is of the wrong type is told where it is met.
        if (status == PISTE_OK && piste_errors_total(errors) > before)
            status = piste_errors_get(errors, piste_errors_count(errors) - 1)->status;
    }
    if (l.lifts.root)
        geojson_release(&l.lifts);
    if (l.runs.root)
        geojson_release(&l.runs);
    piste_errors_sort(errors);
    if (status != PISTE_OK) {
        base_arena_destroy(arena);
        return status;
    }
    *out = l.resort;
    return PISTE_OK;
}

static piste_status load(const char *folder, const load_text *texts, const piste_changes *changes, piste_date as_of, piste_errors *errors,
                         piste_resort **out) {
    if (errors)
        return load_folder(folder, texts, changes, as_of, errors, out);
    piste_errors *own = piste_errors_create(); // whether anything was told decides the status
    if (!own)
        return PISTE_MEMORY;
    piste_status status = load_folder(folder, texts, changes, as_of, own, out);
    piste_errors_destroy(own);
    return status;
}

piste_status piste_resort_load(const char *folder, piste_date as_of, piste_errors *errors, piste_resort **out) {
    return load(folder, NULL, NULL, as_of, errors, out);
}

piste_status piste_resort_load_changed(const char *folder, piste_date as_of, const piste_changes *changes, piste_errors *errors,
                                       piste_resort **out) {
    if (changes->count > PISTE_CHANGES_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, changes->list[0].file, 0, 0, "%d changes, expected at most %d", changes->count,
                                PISTE_CHANGES_MAX);
    return load(folder, NULL, changes, as_of, errors, out);
}

piste_status load_from_texts(const char *folder, load_text yaml, load_text lifts, load_text runs, piste_date as_of, piste_errors *errors, piste_resort **out) {
    const load_text texts[3] = {yaml, lifts, runs};
    return load(folder, texts, NULL, as_of, errors, out);
}

void piste_resort_destroy(piste_resort *resort) {
    if (resort)
        base_arena_destroy(resort->owner);
}

#define FIND(noun, lists)                                                                                              \
    int32_t piste_resort_find_##noun(const piste_resort *resort, const char *key) {                                    \
        for (int32_t i = 0; i < resort->lists.count; i++)                                                              \
            if (strcmp(resort->lists.list[i].entry.key, key) == 0)                                                     \
                return i;                                                                                              \
        return -1;                                                                                                     \
    }
FIND(place, places)
FIND(lift, lifts)
FIND(run, runs)
FIND(venue, venues)
FIND(segment, segments)

bool piste_hours_hold(const piste_hours *hours, int32_t second) {
    if (hours->count == 0)
        return true;
    for (int32_t i = 0; i < hours->count; i++)
        if (second >= hours->spans[i].from_s && second < hours->spans[i].to_s)
            return true;
    return false;
}
