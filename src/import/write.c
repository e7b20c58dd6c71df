// write.c - the folder, all or nothing: everything is written to a folder beside it, flushed, and then renamed.
#include <dirent.h>
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

// Lines that a merge keeps though the map has them not: as they are in the owner's folder.
static bool write_kept(importer *im, const char *kind, const char *before, base_text *out) {
    geojson_file file;
    const char *path = base_arena_format(im->arena, "%s/%s.geojson", im->def->folder, kind);
    struct stat about;
    if (im->kept_entry_count == 0 || !path || stat(path, &about) != 0)
        return path != NULL;
    if (geojson_load(path, path, im->arena, im->errors, &file) != PISTE_OK)
        return false;
    bool good = true;
    for (int32_t i = 0; good && i < file.count; i++)
        if (file.features[i].key && is_kept(im, kind, file.features[i].key)) {
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
    if (!write_kept(im, kind == IMPORT_WAY_LIFT ? "lifts" : "runs", before, out))
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

// ---- the folder -----------------------------------------------------------------------------------------------------

static const char *const names[IMPORT_FILE_COUNT] = {"resort.yaml", "lifts.geojson", "runs.geojson",
                                                     "report.txt",  "README.md",     "import.yaml"};

static bool flush_folder(const char *path) {
    int fd = open(path, O_RDONLY);
    bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

// Only files are in it: what was written, and what was carried over.
static void remove_folder(const char *path) {
    DIR *dir = opendir(path);
    for (const struct dirent *e; dir && (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            unlinkat(dirfd(dir), e->d_name, 0);
    if (dir)
        closedir(dir);
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

// Whatever else the owner has in the folder: into the new one, file by file.
static piste_status carry_over(importer *im, const char *from, const char *to) {
    DIR *dir = opendir(from);
    piste_status status = PISTE_OK;
    if (!dir)
        return piste_errors_add(im->errors, PISTE_IO, from, 0, 0, "%s", strerror(errno));
    for (const struct dirent *e; status == PISTE_OK && (e = readdir(dir));) {
        struct stat about;
        bool own = false;
        for (int i = 0; i < IMPORT_FILE_COUNT; i++)
            own |= strcmp(names[i], e->d_name) == 0;
        const char *source = base_arena_format(im->arena, "%s/%s", from, e->d_name),
                   *target = base_arena_format(im->arena, "%s/%s", to, e->d_name);
        char *data = NULL;
        size_t length = 0;
        if (!source || !target)
            status = PISTE_MEMORY;
        else if (!own && lstat(source, &about) == 0 && S_ISREG(about.st_mode)) {
            status = base_file_read(source, PISTE_GEOJSON_BYTES_MAX, im->errors, &data, &length);
            if (status == PISTE_OK)
                status = base_file_write(target, data, length, im->errors);
            free(data);
        }
    }
    closedir(dir);
    return status;
}

// The old folder steps aside under the first name that is free, and the new one takes its place. A machine that stops
// between the two leaves the old one under that name.
static piste_status exchange(importer *im, const char *parts, const char *target) {
    for (int n = 1; n < 10000; n++) {
        const char *aside = base_arena_format(im->arena, "%s.before-%d", target, n);
        struct stat about;
        if (!aside)
            return PISTE_MEMORY;
        if (lstat(aside, &about) == 0)
            continue;
        if (rename(target, aside) != 0)
            return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s", strerror(errno));
        if (rename(parts, target) == 0)
            return PISTE_OK;
        int why = errno;
        if (rename(aside, target) != 0)
            return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s; the folder is now %s", strerror(why),
                                    aside);
        return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s", strerror(why));
    }
    return piste_errors_add(im->errors, PISTE_EXISTS, target, 0, 0, "9,999 folders of before are there already");
}

static piste_status put_in_place(importer *im, const char *parts, const char *target) {
    struct stat about;
    if (im->def->merge)
        return exchange(im, parts, target);
    if (lstat(target, &about) == 0) // it may have come since we looked
        return piste_errors_add(im->errors, PISTE_EXISTS, target, 0, 0, "is there already");
    if (rename(parts, target) != 0)
        return piste_errors_add(im->errors, errno == ENOTEMPTY || errno == EEXIST ? PISTE_EXISTS : PISTE_IO, target, 0,
                                0, "%s", strerror(errno));
    return PISTE_OK;
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
    if (status == PISTE_OK && im->def->merge)
        status = carry_over(im, target, parts);
    if (status == PISTE_OK)
        status = put_in_place(im, parts, target);
    if (status != PISTE_OK) {
        remove_folder(parts);
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
        status = place_folder(im, texts);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
    return status;
}
