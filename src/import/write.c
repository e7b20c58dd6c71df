// write.c - the texts of a resort folder.
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "import/import.h"

// ---- GeoJSON --------------------------------------------------------------------------------------------------------

// Ski areas come with their whole outline in every feature; the name and the id are enough.
static json_t *slim_areas(const json_t *list) {
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        if (!json_is_object(json_object_get(entry, "properties"))) {
            json_array_append(out, entry);
            continue;
        }
        json_t *slim = json_object();
        json_object_set_new(slim, "type", json_string("Feature"));
        json_object_set(slim, "properties", json_object_get(entry, "properties"));
        json_object_set_new(slim, "geometry", json_null());
        json_array_append_new(out, slim);
    }
    return out;
}

// The map's stations and those that were found: the folder is a map that says all it knows.
static json_t *stations_of(const import_line *line, const import_way *way) {
    const json_t *given = json_object_get(line->file->features[line->feature].properties, "stations");
    json_t *list = json_is_array(given) ? json_deep_copy(given) : json_array();
    for (int32_t i = 0; i < way->station_count; i++) {
        if (import_station_named(line, way->stations[i].s))
            continue;
        import_point p = import_at(line, way->stations[i].s);
        json_t *one = json_object(), *at = json_array();
        json_array_append_new(at, json_real(import_degrees(p.lon)));
        json_array_append_new(at, json_real(import_degrees(p.lat)));
        json_object_set_new(one, "at", at);
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *properties_of(const import_line *line, const import_way *way) {
    json_t *out = json_object(), *value;
    const char *name;
    bool part_of = way->of > 1 || way->from_m > 0 || way->to_m < line->points[line->count - 1].s;
    bool whole = !part_of && !line->reversed && !line->from_area;
    json_object_set_new(out, "key", json_string(way->key));
    json_object_foreach(line->file->features[line->feature].properties, name, value) {
        if (strcmp(name, "skiAreas") == 0)
            json_object_set_new(out, name, slim_areas(value));
        else if (strcmp(name, "key") != 0 && strcmp(name, "part") != 0 &&
                 (whole || strcmp(name, "elevationProfile") != 0))
            json_object_set(out, name, value);
    }
    if (way->station_count)
        json_object_set_new(out, "stations", stations_of(line, way));
    if (part_of) {
        json_t *part = json_object();
        json_object_set_new(part, "index", json_integer(way->index));
        json_object_set_new(part, "of", json_integer(way->of));
        json_object_set_new(part, "from_m", json_real(base_round(way->from_m, 1)));
        json_object_set_new(part, "to_m", json_real(base_round(way->to_m, 1)));
        json_object_set_new(out, "part", part);
    }
    return out;
}

static json_t *geometry_of(importer *im, const import_way *way) {
    int32_t count = 0;
    const import_point *points = import_section(im, &im->lines[way->line], way->from_m, way->to_m, &count);
    json_t *list = json_array(), *geometry = json_object();
    for (int32_t i = 0; points && i < count; i++) {
        json_t *point = json_array();
        json_array_append_new(point, json_real(import_degrees(points[i].lon)));
        json_array_append_new(point, json_real(import_degrees(points[i].lat)));
        json_array_append_new(point, json_real(base_round(points[i].h, 1)));
        json_array_append_new(list, point);
    }
    json_object_set_new(geometry, "type", json_string("LineString"));
    json_object_set_new(geometry, "coordinates", list);
    return geometry;
}

static bool write_feature(const json_t *feature, const char *before, base_text *out) {
    char *text = json_dumps(feature, JSON_REAL_PRECISION(10));
    if (!text)
        return false;
    base_text_add(out, before);
    base_text_add(out, text);
    free(text);
    return true;
}

static bool is_kept(const importer *im, const char *kind, const char *key) {
    char entry[300];
    snprintf(entry, sizeof entry, "%s %s", kind, key);
    for (int32_t i = 0; i < im->kept_entry_count; i++)
        if (strcmp(im->kept_entries[i], entry) == 0)
            return true;
    return false;
}

static bool is_on_map(const importer *im, import_way_kind kind, const char *key) {
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kept && im->ways[w].kind == kind && strcmp(im->ways[w].key, key) == 0)
            return true;
    return false;
}

// Lines that a merge keeps though the map has them not: as they are in the owner's folder.
static bool write_kept(importer *im, import_way_kind way, const char *before, base_text *out) {
    geojson_file file;
    const char *kind = way == IMPORT_WAY_LIFT ? "lifts" : "runs";
    const char *path = base_arena_format(im->arena, "%s/%s.geojson", im->def->folder, kind);
    struct stat about;
    if (im->kept_entry_count == 0 || !path || stat(path, &about) != 0)
        return path != NULL;
    if (geojson_load(path, path, im->arena, im->errors, &file) != PISTE_OK)
        return false;
    bool good = true;
    for (int32_t i = 0; good && i < file.count; i++)
        if (file.features[i].key && is_kept(im, kind, file.features[i].key) &&
            !is_on_map(im, way, file.features[i].key)) {
            good = write_feature(json_array_get(json_object_get(file.root, "features"), (size_t)i), before, out);
            before = ",\n";
        }
    geojson_release(&file);
    return good;
}

// One feature a line, so that two imports can be compared line by line.
static bool write_features(importer *im, import_way_kind kind, base_text *out) {
    const char *before = "\n";
    base_text_add(out, "{\"type\": \"FeatureCollection\", \"features\": [");
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        if (!way->kept || way->kind != kind)
            continue;
        json_t *feature = json_object();
        json_object_set_new(feature, "type", json_string("Feature"));
        json_object_set_new(feature, "properties", properties_of(&im->lines[way->line], way));
        json_object_set_new(feature, "geometry", geometry_of(im, way));
        bool good = write_feature(feature, before, out);
        json_decref(feature);
        if (!good)
            return false;
        before = ",\n";
    }
    if (!write_kept(im, kind, before, out))
        return false;
    base_text_add(out, "\n]}\n");
    return !out->failed && !im->no_memory;
}

static void write_readme(importer *im, const piste_import_report *report, base_text *out) {
    base_text_format(out, "# %s\n\n", im->area_name);
    base_text_add(
        out,
        "A resort folder for piste, made from a map by `piste import`.\n\n"
        "| file | what |\n| --- | --- |\n"
        "| resort.yaml | places, ways, venues and visitors; what the map did not say is assumed, with its basis |\n"
        "| lifts.geojson, runs.geojson | the map's own lines, cut where they meet; `key` is what resort.yaml calls "
        "them |\n"
        "| report.txt | what was joined, cut, walked, assumed and left out |\n"
        "| import.yaml | what the import wrote, so that `--merge` can tell your changes from the map's: leave it "
        "|\n\n");
    base_text_format(
        out, "%d lifts, %d runs, %d walks; %.1f of %.1f m of downhill run. Assumed: %d guests, time zone %s%s.\n\n",
        report->lifts, report->runs, report->walks, report->run_kept_m, report->run_found_m, report->guests, im->zone,
        im->zone_assumed ? "" : " (given)");
    base_text_add(
        out, "To make it your own hill, go through the values in resort.yaml that have an `assumed` basis: put in what "
             "you know,\n"
             "and take the basis away. Begin with the visitors, the lifts' intervals and speeds, and the time zone.\n\n"
             "## Licence\n\n"
             "The map data is © OpenStreetMap contributors, available under the Open Database License (ODbL) 1.0,\n"
             "https://opendatacommons.org/licenses/odbl/1-0/");
    base_text_add(out, im->has_raw ? ". Whoever" : ", and came by way of OpenSkiMap. Whoever");
    base_text_add(out,
                  " makes a database of it public\n"
                  "offers it under the same licence and names the source: https://www.openstreetmap.org/copyright\n");
}

// ---- the whole ------------------------------------------------------------------------------------------------------

piste_status import_texts(importer *im, const piste_import_report *report, base_text texts[IMPORT_FILE_COUNT]) {
    import_yaml(im, &texts[5]);
    if (im->merged)
        base_text_add(&texts[0], im->merged);
    else
        base_text_add_bytes(&texts[0], texts[5].data, texts[5].length);
    bool good = write_features(im, IMPORT_WAY_LIFT, &texts[1]) && write_features(im, IMPORT_WAY_RUN, &texts[2]) &&
                !im->no_memory;
    base_text_add(&texts[3], report->text);
    write_readme(im, report, &texts[4]);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        good = good && !texts[i].failed;
    return good ? PISTE_OK : PISTE_MEMORY;
}

piste_status import_write(importer *im, const piste_import_report *report) {
    base_text texts[IMPORT_FILE_COUNT] = {{0}};
    piste_status status = import_texts(im, report, texts);
    if (status == PISTE_OK)
        status = import_place_folder(im, texts);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
    return status;
}
