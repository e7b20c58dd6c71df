// collect.c - the features of the area that is asked for: operating, downhill, each once.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

// ---- ski areas ------------------------------------------------------------------------------------------------------

typedef struct ski_area {
    const char *name, *id; // "" where there is none
    const json_t *properties; // as the map has them; NULL
} ski_area;

typedef struct area_list {
    ski_area *list;
    int32_t count, capacity;
} area_list;

static const char *text_or_empty(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text && base_text_is_clean(text, strlen(text)) ? text : "";
}

// An entry of skiAreas: a whole feature in newer files, a bare id in some.
static ski_area area_of(const json_t *entry) {
    if (json_is_string(entry))
        return (ski_area){"", json_string_value(entry), NULL};
    const json_t *properties = json_object_get(entry, "properties");
    if (!properties)
        properties = entry;
    return (ski_area){text_or_empty(properties, "name"), text_or_empty(properties, "id"), properties};
}

static bool same_area(const ski_area *a, const ski_area *b) {
    return *a->id && *b->id ? strcmp(a->id, b->id) == 0 : strcmp(a->name, b->name) == 0;
}

static void add_area(importer *im, area_list *areas, ski_area area) {
    if ((!*area.name && !*area.id) || !base_text_is_clean(area.id, strlen(area.id)))
        return;
    for (int32_t i = 0; i < areas->count; i++)
        if (same_area(&areas->list[i], &area)) {
            if (!*areas->list[i].name) {
                areas->list[i].name = area.name;
                areas->list[i].properties = area.properties;
            }
            return;
        }
    ski_area *list = import_grow(im, areas->list, areas->count, &areas->capacity, sizeof *list);
    if (!list)
        return;
    areas->list = list;
    list[areas->count++] = area;
}

static const json_t *property(const geojson_file *file, int32_t feature, const char *name) {
    return json_object_get(file->features[feature].properties, name);
}

typedef enum feature_kind { OTHER, LIFT, RUN, SKI_AREA } feature_kind;

// Files older than the property `type` are told apart by what only one kind has.
static feature_kind kind_of(importer *im, const geojson_file *file, int32_t feature) {
    const char *kind = "";
    if (geojson_text(file, feature, "type", im->errors, &kind))
        return strcmp(kind, "lift") == 0      ? LIFT
               : strcmp(kind, "run") == 0     ? RUN
               : strcmp(kind, "skiArea") == 0 ? SKI_AREA
                                              : OTHER;
    return property(file, feature, "liftType") ? LIFT : property(file, feature, "uses") ? RUN : OTHER;
}

static int compare_areas(const void *a, const void *b) {
    const ski_area *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : strcmp(x->id, y->id);
}

static void find_areas(importer *im, area_list *areas) {
    for (int32_t f = 0; f < im->file_count; f++)
        for (int32_t i = 0; i < im->files[f].count; i++) {
            const geojson_file *file = &im->files[f];
            if (kind_of(im, file, i) == SKI_AREA)
                add_area(im, areas,
                         (ski_area){text_or_empty(file->features[i].properties, "name"), file->features[i].id, file->features[i].properties});
            const json_t *list = property(file, i, "skiAreas");
            for (size_t k = 0; k < json_array_size(list); k++)
                add_area(im, areas, area_of(json_array_get(list, k)));
        }
    if (areas->count)
        qsort(areas->list, (size_t)areas->count, sizeof *areas->list, compare_areas);
}

// Blanks, tabs and line breaks become one blank each: a name is one line.
static const char *squeeze(importer *im, const char *text) {
    char *copy = base_arena_text(im->arena, text, strlen(text));
    if (!copy) {
        im->no_memory = true;
        return "";
    }
    size_t kept = 0;
    for (const char *c = text; *c; c++) {
        bool blank = *c == ' ' || *c == '\t' || *c == '\n';
        if (!blank || (kept && copy[kept - 1] != ' '))
            copy[kept++] = blank ? ' ' : *c;
    }
    while (kept && copy[kept - 1] == ' ')
        kept--;
    copy[kept] = 0;
    return copy;
}

// Upper and lower case alike, and "whaleback-mountain" for "Whaleback Mountain"; other scripts letter by letter.
static bool is_called(importer *im, const char *asked, const char *name) {
    if (strcmp(asked, name) == 0)
        return *name != 0;
    const char *a = import_slug(im->arena, asked), *b = import_slug(im->arena, name);
    return a && b && strcmp(a, b) == 0;
}

static piste_status pick_area(importer *im, const area_list *areas) {
    const char *asked = im->def->area;
    if (areas->count == 0) { // a map without ski areas is one resort
        im->area_name = asked ? asked : "Resort";
        im->area_id = "";
        return PISTE_OK;
    }
    im->has_area = true;
    int32_t found = -1, matches = 0;
    base_text names = {0};
    for (int32_t i = 0; i < areas->count; i++) {
        const ski_area *area = &areas->list[i];
        base_text_format(&names, "%s%s%s%s%s", i ? ", " : "", *area->name ? area->name : "(no name)",
                         *area->id ? " (" : "", area->id, *area->id ? ")" : "");
        if (asked ? is_called(im, asked, area->name) || (*area->id && is_called(im, asked, area->id))
                  : areas->count == 1) {
            found = i;
            matches++;
        }
    }
    piste_status status = PISTE_OK;
    if (matches > 1)
        status = piste_errors_add(im->errors, PISTE_USAGE, "", 0, 0,
                                  "area %s: %d of that name, expected an id of these: %s", asked, matches, names.data);
    else if (found < 0 && asked)
        status = piste_errors_add(im->errors, PISTE_NOT_FOUND, "", 0, 0,
                                  "area %s: not in the files, expected one of these: %s", asked, names.data);
    else if (found < 0)
        status =
            piste_errors_add(im->errors, PISTE_USAGE, "", 0, 0,
                             "%d ski areas in the files, expected one of them (--area): %s", areas->count, names.data);
    base_text_release(&names);
    if (status != PISTE_OK)
        return status;
    im->area_match = areas->list[found].name;
    im->area_properties = *im->area_match ? areas->list[found].properties : NULL;
    im->area_name = squeeze(im, *im->area_match ? im->area_match : areas->list[found].id);
    im->area_id = areas->list[found].id;
    return PISTE_OK;
}

static bool is_in_area(const importer *im, const geojson_file *file, int32_t feature) {
    if (!im->has_area)
        return true;
    const ski_area wanted = {im->area_match, im->area_id, NULL};
    const json_t *list = property(file, feature, "skiAreas");
    for (size_t k = 0; k < json_array_size(list); k++) {
        ski_area area = area_of(json_array_get(list, k));
        if ((*area.name || *area.id) && same_area(&wanted, &area))
            return true;
    }
    return false;
}

// ---- features -------------------------------------------------------------------------------------------------------

// The OpenStreetMap object a feature was made of; the first by name where there are several.
static const char *osm_of(const geojson_file *file, int32_t feature) {
    const json_t *list = property(file, feature, "sources");
    const char *best = "";
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *source = json_array_get(list, k);
        const char *id = text_or_empty(source, "id");
        if (strcmp(text_or_empty(source, "type"), "openstreetmap") == 0 && *id && strlen(id) < 64 &&
            (!*best || strcmp(id, best) < 0))
            best = id;
    }
    return best;
}

static bool has_use(const geojson_file *file, int32_t feature, const char *use) {
    const json_t *uses = property(file, feature, "uses");
    for (size_t k = 0; k < json_array_size(uses); k++) {
        const char *word = json_string_value(json_array_get(uses, k));
        if (word && strcmp(word, use) == 0)
            return true;
    }
    return false;
}

static void check_uses(importer *im, const geojson_file *file, int32_t feature) {
    const json_t *uses = property(file, feature, "uses");
    bool good = !uses || json_is_null(uses) || json_is_array(uses);
    for (size_t k = 0; good && k < json_array_size(uses); k++)
        good = json_is_string(json_array_get(uses, k));
    if (!good)
        (void)piste_errors_add(im->errors, PISTE_INVALID, file->name, 0, 0,
                               "feature %d (%.60s): $.properties.uses: expected a list of texts", feature,
                               file->features[feature].id);
}

// Why a feature is no part of a day of skiing; NULL where it is one.
static const char *why_left_out(importer *im, const import_line *line) {
    const geojson_file *file = line->file;
    const geojson_feature *f = &file->features[line->feature];
    const char *text;
    if (geojson_text(file, line->feature, "notSkied", im->errors, &text)) // of raw OpenStreetMap
        return text;
    if (geojson_text(file, line->feature, "status", im->errors, &text) && strcmp(text, "operating") != 0)
        return import_format(im, "%s, not operating", text);
    if (geojson_text(file, line->feature, "access", im->errors, &text) &&
        (strcmp(text, "no") == 0 || strcmp(text, "private") == 0))
        return import_format(im, "its access is %s", text);
    if (f->count < 2)
        return "no line";
    bool is_area = strstr(f->geometry, "Polygon") != NULL;
    if (line->is_lift)
        return is_area ? "a lift drawn as an area" : NULL;
    const json_t *uses = property(file, line->feature, "uses");
    if (json_array_size(uses) == 0 || has_use(file, line->feature, "downhill") ||
        (has_use(file, line->feature, "connection") && !is_area))
        return NULL;
    if (line->is_park)
        return is_area ? "a terrain park drawn as an area, not a run" : NULL;
    const char *first = json_string_value(json_array_get(uses, 0));
    return import_format(im, "for %.40s, not downhill", first ? first : "something else");
}

static const char *label_of(importer *im, const import_line *line) {
    const char *kind = line->is_lift ? "lift" : "run", *id = *line->osm ? line->osm : line->id;
    if (*line->name && *id)
        return import_format(im, "%s %s (%s)", kind, line->name, id);
    return import_format(im, "%s %s", kind, *line->name ? line->name : *id ? id : "without name and id");
}

static bool is_key(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= 100 && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static void add_feature(importer *im, const geojson_file *file, int32_t feature, bool is_lift) {
    const geojson_feature *f = &file->features[feature];
    import_line line = {.is_lift = is_lift,
                        .file = file,
                        .feature = feature,
                        .name = "",
                        .id = f->id,
                        .osm = osm_of(file, feature),
                        .width_m = NAN,
                        .difficulty = -1};
    const char *name;
    bool one_way;
    if (f->key && is_key(f->key))
        line.slug = f->key;
    if (geojson_text(file, feature, "name", im->errors, &name))
        line.name = squeeze(im, name);
    check_uses(im, file, feature);
    if (!base_text_is_clean(f->id, strlen(f->id)))
        (void)piste_errors_add(im->errors, PISTE_INVALID, file->name, 0, 0,
                               "feature %d: $.properties.id: expected a printable text", feature);
    line.label = label_of(im, &line);
    bool downhill = has_use(file, feature, "downhill");
    line.is_park = !is_lift && !downhill && has_use(file, feature, "snow_park");
    line.two_way = !is_lift && !downhill && has_use(file, feature, "connection");
    if (!is_lift && geojson_bool(file, feature, "oneway", im->errors, &one_way))
        line.two_way = !one_way;
    const char *why = why_left_out(im, &line);
    if (why) {
        import_tell(im, IMPORT_LEFT_OUT, line.label, -1, "%s", why);
        return;
    }
    if (geojson_text(file, feature, "notRead", im->errors, &name))
        import_tell(im, IMPORT_LEFT_OUT, line.label, -1, "%s", name);
    bool is_area = strstr(f->geometry, "Polygon") != NULL;
    import_line *list = is_area ? import_grow(im, im->areas, im->area_count, &im->area_capacity, sizeof line)
                                : import_grow(im, im->lines, im->line_count, &im->line_capacity, sizeof line);
    if (!list)
        return;
    if (is_area) {
        im->areas = list;
        list[im->area_count++] = line;
    } else {
        im->lines = list;
        list[im->line_count++] = line;
    }
}

static int compare_numbers(double a, double b) {
    return (a > b) - (a < b);
}

static int compare_lines(const void *a, const void *b) {
    const import_line *x = a, *y = b;
    if (x->is_lift != y->is_lift)
        return x->is_lift ? -1 : 1;
    int order = strcmp(x->osm, y->osm);
    order = order ? order : strcmp(x->id, y->id);
    order = order ? order : strcmp(x->name, y->name);
    const geojson_feature *f = &x->file->features[x->feature], *g = &y->file->features[y->feature];
    order = order ? order : (f->count > g->count) - (f->count < g->count);
    for (int32_t i = 0; order == 0 && i < f->count && i < g->count; i++) {
        order = compare_numbers(f->points[i].lon_deg, g->points[i].lon_deg);
        order = order ? order : compare_numbers(f->points[i].lat_deg, g->points[i].lat_deg);
    }
    return order;
}

static bool same_point(const piste_point *a, const piste_point *b) {
    return a->lon_deg == b->lon_deg && a->lat_deg == b->lat_deg;
}

// In either direction: of two drawings of one line, one may be drawn the wrong way round.
static bool same_geometry(const import_line *a, const import_line *b) {
    const geojson_feature *f = &a->file->features[a->feature], *g = &b->file->features[b->feature];
    bool same = f->count == g->count, turned = same;
    for (int32_t i = 0; (same || turned) && i < f->count; i++) {
        same = same && same_point(&f->points[i], &g->points[i]);
        turned = turned && same_point(&f->points[i], &g->points[g->count - 1 - i]);
    }
    return same || turned;
}

// The same object of the map; sections that an earlier import cut have their run's id in common and are no twins.
static bool same_id(const import_line *a, const import_line *b) {
    return *a->id && strcmp(a->id, b->id) == 0 && !property(a->file, a->feature, "part") &&
           !property(b->file, b->feature, "part");
}

// In the order of what they are; what is there twice (the same id, or the same geometry) counts once.
static int32_t sort_lines(importer *im, import_line *list, int32_t count) {
    if (count)
        qsort(list, (size_t)count, sizeof *list, compare_lines);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t twin = -1;
        for (int32_t k = 0; k < kept && twin < 0; k++)
            if (list[k].is_lift == list[i].is_lift &&
                (same_id(&list[i], &list[k]) || same_geometry(&list[i], &list[k])))
                twin = k;
        if (twin < 0)
            list[kept++] = list[i];
        else
            import_tell(im, IMPORT_LEFT_OUT, list[i].label, -1, "there twice, the same as %s", list[twin].label);
    }
    return kept;
}

static bool is_multi(const import_line *line) {
    return strncmp(line->file->features[line->feature].geometry, "Multi", 5) == 0;
}

static void tell_parts(importer *im, const import_line *list, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const geojson_feature *f = &list[i].file->features[list[i].feature];
        const json_t *parts = json_object_get(
            json_object_get(json_array_get(json_object_get(list[i].file->root, "features"), (size_t)list[i].feature),
                            "geometry"),
            "coordinates");
        if (is_multi(&list[i]) && json_array_size(parts) > 1)
            import_tell(im, IMPORT_LEFT_OUT, list[i].label, -1,
                        "%zu of the %zu parts of its %s; the longest one counts", json_array_size(parts) - 1,
                        json_array_size(parts), f->geometry);
    }
}

static piste_status nothing_left(importer *im, const char *what) {
    return piste_errors_add(im->errors, PISTE_INVALID, "", 0, 0, "%s: no %s in the files, expected lifts and runs%s",
                            im->area_name, what, import_left_out(im));
}

piste_status import_collect(importer *im) {
    area_list areas = {0};
    find_areas(im, &areas);
    if (im->no_memory)
        return PISTE_MEMORY;
    piste_status status = pick_area(im, &areas);
    if (status != PISTE_OK)
        return status;
    for (int32_t f = 0; f < im->file_count; f++)
        for (int32_t i = 0; i < im->files[f].count; i++) {
            feature_kind kind = kind_of(im, &im->files[f], i);
            if ((kind == LIFT || kind == RUN) && is_in_area(im, &im->files[f], i))
                add_feature(im, &im->files[f], i, kind == LIFT);
        }
    if (im->no_memory)
        return PISTE_MEMORY;
    if (im->line_count + im->area_count > IMPORT_LINES_MAX)
        return piste_errors_add(im->errors, PISTE_LIMIT, "", 0, 0, "%s: %d lines and areas, expected at most %d",
                                im->area_name, im->line_count + im->area_count, IMPORT_LINES_MAX);
    im->line_count = sort_lines(im, im->lines, im->line_count);
    im->area_count = sort_lines(im, im->areas, im->area_count);
    tell_parts(im, im->lines, im->line_count);
    tell_parts(im, im->areas, im->area_count);
    if (im->line_count == 0 || !im->lines[0].is_lift)
        return nothing_left(im, "operating lift");
    if (im->lines[im->line_count - 1].is_lift && im->area_count == 0)
        return nothing_left(im, "downhill run");
    return PISTE_OK;
}
