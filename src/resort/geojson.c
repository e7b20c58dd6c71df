// geojson.c - features of lifts.geojson and runs.geojson. See geojson.h.
#include <geodesic.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/geojson.h"

typedef struct place_in_file {
    const geojson_file *file;
    int32_t feature;
    const char *id;
    piste_errors *errors;
} place_in_file;

static piste_status told(const place_in_file *at, piste_status status, const char *path, const char *format, ...) PISTE_PRINTF(4, 5);
static piste_status told(const place_in_file *at, piste_status status, const char *path, const char *format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return piste_errors_add(at->errors, status, at->file->name, 0, 0, "feature %d%s%.60s%s: %s: %s", at->feature, *at->id ? " (" : "", at->id, *at->id ? ")" : "", path, message);
}

static const char *type_name(const json_t *value) {
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a text";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    default: return "nothing";
    }
}

static piste_status read_point(const place_in_file *at, const json_t *value, const char *path, piste_point *point) {
    size_t size = json_array_size(value);
    if (!json_is_array(value) || size < 2 || !json_is_number(json_array_get(value, 0)) || !json_is_number(json_array_get(value, 1)))
        return told(at, PISTE_INVALID, path, "%s, expected [longitude, latitude, height]", type_name(value));
    double lon = json_number_value(json_array_get(value, 0)), lat = json_number_value(json_array_get(value, 1));
    if (!(lon >= -180 && lon <= 180))
        return told(at, PISTE_INVALID, path, "longitude %.10g, expected -180 to 180", lon);
    if (!(lat >= -90 && lat <= 90))
        return told(at, PISTE_INVALID, path, "latitude %.10g, expected -90 to 90", lat);
    const json_t *height = size > 2 ? json_array_get(value, 2) : NULL;
    point->lon_deg = lon;
    point->lat_deg = lat;
    point->height_m = NAN;
    if (height && json_is_number(height)) {
        double h = json_number_value(height);
        if (!(h >= -500 && h <= 9000))
            return told(at, PISTE_INVALID, path, "height %.10g, expected -500 to 9000 m", h);
        point->height_m = h;
    } else if (height && !json_is_null(height))
        return told(at, PISTE_INVALID, path, "height is %s, expected a number", type_name(height));
    return PISTE_OK;
}

static piste_status read_line(const place_in_file *at, const json_t *list, const char *path, base_arena *arena, int64_t *left, geojson_feature *f) {
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count < 2)
        return told(at, PISTE_INVALID, path, "%s, expected at least two points", json_is_array(list) ? "too short a list" : type_name(list));
    *left -= (int64_t)count;
    if (*left < 0)
        return told(at, PISTE_LIMIT, path, "more than %d points in the file", PISTE_POINTS_MAX);
    piste_point *points = base_arena_take(arena, count * sizeof *points);
    if (!points)
        return told(at, PISTE_MEMORY, path, "no memory");
    for (size_t i = 0; i < count; i++) {
        char where[160];
        snprintf(where, sizeof where, "%s[%zu]", path, i);
        piste_status status = read_point(at, json_array_get(list, i), where, &points[i]);
        if (status != PISTE_OK)
            return status;
    }
    f->points = points;
    f->count = (int32_t)count;
    return PISTE_OK;
}

// Of several parts the longest one is the feature; the importer tells what was left out.
static piste_status read_parts(const place_in_file *at, const json_t *parts, bool rings, base_arena *arena, int64_t *left, geojson_feature *f) {
    const char *base = "$.geometry.coordinates";
    if (!json_is_array(parts) || json_array_size(parts) == 0)
        return told(at, PISTE_INVALID, base, "%s, expected at least one part", type_name(parts));
    geojson_feature best = {0};
    double best_length = -1;
    for (size_t i = 0; i < json_array_size(parts); i++) {
        char where[64];
        snprintf(where, sizeof where, rings ? "%s[%zu][0]" : "%s[%zu]", base, i);
        const json_t *part = json_array_get(parts, i);
        geojson_feature one = {0};
        piste_status status = read_line(at, rings ? json_array_get(part, 0) : part, where, arena, left, &one);
        if (status != PISTE_OK)
            return status;
        double length = geojson_length(one.points, one.count, false);
        if (length > best_length) {
            best = one;
            best_length = length;
        }
    }
    f->points = best.points;
    f->count = best.count;
    return PISTE_OK;
}

static piste_status read_geometry(const place_in_file *at, const json_t *geometry, base_arena *arena, int64_t *left, geojson_feature *f) {
    const char *base = "$.geometry.coordinates";
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *list = json_object_get(geometry, "coordinates");
    f->geometry = type ? type : "";
    if (!geometry || json_is_null(geometry))
        return PISTE_OK;
    if (!type)
        return told(at, PISTE_INVALID, "$.geometry.type", "nothing, expected LineString");
    if (strcmp(type, "LineString") == 0)
        return read_line(at, list, base, arena, left, f);
    if (strcmp(type, "Polygon") == 0)
        return read_line(at, json_array_get(list, 0), "$.geometry.coordinates[0]", arena, left, f);
    if (strcmp(type, "MultiLineString") == 0)
        return read_parts(at, list, false, arena, left, f);
    if (strcmp(type, "MultiPolygon") == 0)
        return read_parts(at, list, true, arena, left, f);
    if (strcmp(type, "Point") == 0) {
        piste_point *point = base_arena_take(arena, sizeof *point);
        if (!point)
            return told(at, PISTE_MEMORY, base, "no memory");
        f->points = point;
        f->count = 1;
        return read_point(at, list, base, point);
    }
    return told(at, PISTE_INVALID, "$.geometry.type", "%.40s, expected LineString, MultiLineString, Polygon, MultiPolygon or Point", type);
}

static piste_status read_feature(geojson_file *file, int32_t index, const json_t *value, base_arena *arena, int64_t *left, piste_errors *errors) {
    geojson_feature *f = &file->features[index];
    place_in_file at = {file, index, "", errors};
    f->id = "";
    f->geometry = "";
    f->properties = json_object_get(value, "properties");
    if (!json_is_object(value))
        return told(&at, PISTE_INVALID, "$", "%s, expected a Feature", type_name(value));
    if (!json_is_object(f->properties))
        return told(&at, PISTE_INVALID, "$.properties", "%s, expected an object", type_name(f->properties));
    const json_t *id = json_object_get(f->properties, "id");
    if (!id)
        id = json_object_get(value, "id");
    if (json_is_string(id) && json_string_length(id) <= PISTE_NAME_BYTES_MAX)
        f->id = json_string_value(id);
    at.id = f->id;
    const json_t *key = json_object_get(f->properties, "key");
    if (key && !json_is_string(key) && !json_is_null(key))
        return told(&at, PISTE_INVALID, "$.properties.key", "%s, expected a text", type_name(key));
    f->key = json_string_value(key);
    const char *name = json_string_value(json_object_get(f->properties, "name"));
    if (name && strlen(name) > PISTE_NAME_BYTES_MAX)
        return told(&at, PISTE_LIMIT, "$.properties.name", "a text of %zu bytes, expected at most %d", strlen(name), PISTE_NAME_BYTES_MAX);
    return read_geometry(&at, json_object_get(value, "geometry"), arena, left, f);
}

piste_status geojson_parse(const char *data, size_t length, const char *shown, piste_errors *errors, json_t **root) {
    json_error_t error;
    json_t *parsed = json_loadb(data, length, JSON_REJECT_DUPLICATES, &error);
    if (!parsed)
        return piste_errors_add(errors, PISTE_SYNTAX, shown, error.line, error.column, "not JSON: %s", error.text);
    *root = parsed;
    return PISTE_OK;
}

piste_status geojson_take(json_t *root, const char *shown, base_arena *arena, piste_errors *errors, geojson_file *file) {
    piste_status status = PISTE_OK;
    geojson_file loaded = {.name = shown, .root = root};
    const json_t *features = json_object_get(root, "features");
    size_t count = json_array_size(features);
    if (!json_is_array(features))
        status = piste_errors_add(errors, PISTE_INVALID, shown, 0, 0, "$.features: %s, expected the list of a FeatureCollection", type_name(features));
    else if (count > PISTE_ENTRIES_MAX)
        status = piste_errors_add(errors, PISTE_LIMIT, shown, 0, 0, "$.features: %zu features, expected at most %d", count, PISTE_ENTRIES_MAX);
    else if (!(loaded.features = base_arena_take(arena, (count + 1) * sizeof *loaded.features)))
        status = piste_errors_add(errors, PISTE_MEMORY, shown, 0, 0, "no memory");
    int64_t left = PISTE_POINTS_MAX;
    for (size_t i = 0; loaded.features && i < count; i++) {
        loaded.count = (int32_t)i + 1;
        piste_status one = read_feature(&loaded, (int32_t)i, json_array_get(features, i), arena, &left, errors);
        if (status == PISTE_OK)
            status = one;
        if (one == PISTE_LIMIT || one == PISTE_MEMORY)
            break;
    }
    if (status != PISTE_OK) {
        json_decref(root);
        return status;
    }
    *file = loaded;
    return PISTE_OK;
}

piste_status geojson_read(const char *data, size_t length, const char *shown, base_arena *arena, piste_errors *errors, geojson_file *file) {
    json_t *root = NULL;
    piste_status status = geojson_parse(data, length, shown, errors, &root);
    return status == PISTE_OK ? geojson_take(root, shown, arena, errors, file) : status;
}

piste_status geojson_load(const char *path, const char *shown, base_arena *arena, piste_errors *errors, geojson_file *file) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = base_file_read(path, PISTE_GEOJSON_BYTES_MAX, errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    status = geojson_read(data, length, shown, arena, errors, file);
    free(data);
    return status;
}

void geojson_release(geojson_file *file) {
    json_decref(file->root);
    *file = (geojson_file){0};
}

piste_status geojson_fail(const geojson_file *file, int32_t feature, piste_errors *errors, const char *path, const char *format, ...) {
    const place_in_file at = {file, feature, file->features[feature].id, errors};
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return told(&at, PISTE_INVALID, path, "%s", message);
}

static const json_t *property_of(const geojson_file *file, int32_t feature, const char *property, char path[64]) {
    snprintf(path, 64, "$.properties.%s", property);
    const json_t *value = json_object_get(file->features[feature].properties, property);
    return value && !json_is_null(value) ? value : NULL;
}

bool geojson_text(const geojson_file *file, int32_t feature, const char *property, piste_errors *errors, const char **value) {
    char path[64];
    const json_t *found = property_of(file, feature, property, path);
    place_in_file at = {file, feature, file->features[feature].id, errors};
    if (!found)
        return false;
    const char *text = json_string_value(found);
    if (!text || json_string_length(found) > PISTE_TEXT_BYTES_MAX || !base_text_is_clean(text, json_string_length(found))) {
        (void)told(&at, PISTE_INVALID, path, "%s, expected a text", text ? "an overlong or unprintable text" : type_name(found));
        return false;
    }
    *value = text;
    return true;
}

bool geojson_number(const geojson_file *file, int32_t feature, const char *property, double min, double max, piste_errors *errors, double *value) {
    char path[64];
    const json_t *found = property_of(file, feature, property, path);
    place_in_file at = {file, feature, file->features[feature].id, errors};
    if (!found)
        return false;
    double number = json_number_value(found);
    if (!json_is_number(found) || !(number >= min && number <= max)) {
        if (json_is_number(found))
            (void)told(&at, PISTE_INVALID, path, "%.10g, expected %.10g to %.10g", number, min, max);
        else
            (void)told(&at, PISTE_INVALID, path, "%s, expected a number", type_name(found));
        return false;
    }
    *value = number;
    return true;
}

bool geojson_bool(const geojson_file *file, int32_t feature, const char *property, piste_errors *errors, bool *value) {
    char path[64];
    const json_t *found = property_of(file, feature, property, path);
    place_in_file at = {file, feature, file->features[feature].id, errors};
    if (!found)
        return false;
    if (!json_is_boolean(found)) {
        (void)told(&at, PISTE_INVALID, path, "%s, expected true or false", type_name(found));
        return false;
    }
    *value = json_is_true(found);
    return true;
}

double geojson_length(const piste_point *points, int32_t count, bool heights) {
    struct geod_geodesic earth;
    geod_init(&earth, 6378137.0, 1 / 298.257223563);
    double sum = 0;
    for (int32_t i = 1; i < count; i++) {
        double flat = 0;
        geod_inverse(&earth, points[i - 1].lat_deg, points[i - 1].lon_deg, points[i].lat_deg, points[i].lon_deg, &flat, NULL, NULL);
        double rise = heights ? points[i].height_m - points[i - 1].height_m : 0;
        sum += rise == rise ? base_sqrt(flat * flat + rise * rise) : flat;
    }
    return base_round(sum, 1);
}
