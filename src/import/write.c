// write.c - the folder, all or nothing: everything is written to a folder beside it, flushed, and then renamed.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static json_t *properties_of(const import_line *line, const import_way *way) {
    json_t *out = json_object(), *value;
    const char *name;
    bool whole = way->of == 1 && !line->reversed && !line->from_area;
    json_object_set_new(out, "key", json_string(way->key));
    json_object_foreach(line->file->features[line->feature].properties, name, value) {
        if (strcmp(name, "skiAreas") == 0)
            json_object_set_new(out, name, slim_areas(value));
        else if (strcmp(name, "key") != 0 && strcmp(name, "part") != 0 &&
                 (whole || strcmp(name, "elevationProfile") != 0))
            json_object_set(out, name, value);
    }
    if (way->of > 1) {
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
        char *text = json_dumps(feature, JSON_REAL_PRECISION(10));
        json_decref(feature);
        if (!text)
            return false;
        base_text_add(out, before);
        base_text_add(out, text);
        free(text);
        before = ",\n";
    }
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
        "| report.txt | what was joined, cut, walked, assumed and left out |\n\n");
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

// ---- the folder -----------------------------------------------------------------------------------------------------

static const char *const names[IMPORT_FILE_COUNT] = {"resort.yaml", "lifts.geojson", "runs.geojson", "report.txt",
                                                     "README.md"};

static bool flush_folder(const char *path) {
    int fd = open(path, O_RDONLY);
    bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

static void remove_folder(importer *im, const char *path) {
    for (int i = 0; i < IMPORT_FILE_COUNT; i++) {
        const char *name = base_arena_format(im->arena, "%s/%s", path, names[i]);
        if (name)
            unlink(name);
    }
    rmdir(path);
}

static piste_status fill_folder(importer *im, const char *path, const base_text texts[IMPORT_FILE_COUNT]) {
    for (int i = 0; i < IMPORT_FILE_COUNT; i++) {
        const char *name = base_arena_format(im->arena, "%s/%s", path, names[i]);
        piste_status status = name ? base_file_write(name, texts[i].data, texts[i].length, im->errors) : PISTE_MEMORY;
        if (status != PISTE_OK)
            return status;
    }
    return flush_folder(path) ? PISTE_OK : piste_errors_add(im->errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
}

static piste_status place_folder(importer *im, const base_text texts[IMPORT_FILE_COUNT]) {
    size_t length = strlen(im->def->folder);
    while (length > 1 && im->def->folder[length - 1] == '/')
        length--;
    const char *target = base_arena_text(im->arena, im->def->folder, length);
    const char *parts = target ? base_arena_format(im->arena, "%s.%ld.part", target, (long)getpid()) : NULL;
    if (!parts)
        return PISTE_MEMORY;
    if (mkdir(parts, 0777) != 0)
        return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s", strerror(errno));
    piste_status status = fill_folder(im, parts, texts);
    struct stat about;
    if (status == PISTE_OK && lstat(target, &about) == 0) // it may have come since we looked
        status = piste_errors_add(im->errors, PISTE_EXISTS, target, 0, 0, "is there already");
    if (status == PISTE_OK && rename(parts, target) != 0)
        status = piste_errors_add(im->errors, errno == ENOTEMPTY || errno == EEXIST ? PISTE_EXISTS : PISTE_IO, target,
                                  0, 0, "%s", strerror(errno));
    if (status != PISTE_OK) {
        remove_folder(im, parts);
        return status;
    }
    const char *slash = strrchr(target, '/');
    const char *parent = !slash            ? "."
                         : slash == target ? "/"
                                           : base_arena_text(im->arena, target, (size_t)(slash - target));
    if (parent && !flush_folder(parent))
        return piste_errors_add(im->errors, PISTE_IO, parent, 0, 0, "%s", strerror(errno));
    return PISTE_OK;
}

piste_status import_texts(importer *im, const piste_import_report *report, base_text texts[IMPORT_FILE_COUNT]) {
    import_yaml(im, &texts[0]);
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
        status = place_folder(im, texts);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
    return status;
}
