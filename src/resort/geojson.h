// geojson.h - features of lifts.geojson and runs.geojson, in OpenSkiData's form. Used by load.c and by the importer.
#ifndef RESORT_GEOJSON_H
#define RESORT_GEOJSON_H

#include <jansson.h>

#include "base/base.h"
#include "piste/resort.h"

typedef struct geojson_feature {
    const char *key;  // properties.key, NULL where there is none
    const char *id;   // properties.id, "" where there is none
    json_t *properties; // lives as long as the file
    const char *geometry; // "LineString", "Polygon", ...
    const piste_point *points; // of a LineString, or of the outer ring of a Polygon
    int32_t count;
} geojson_feature;

typedef struct geojson_file {
    const char *name; // as it is to be shown
    json_t *root;
    geojson_feature *features;
    int32_t count;
} geojson_file;

// Reads a FeatureCollection of LineStrings, MultiLineStrings (their longest part), Polygons, MultiPolygons (likewise) and
// Points. Each thing wrong is told with the feature's index, id and JSON path. Points come from the arena. On success
// geojson_release must follow.
PISTE_CHECKED piste_status geojson_load(const char *path, const char *shown, base_arena *arena, piste_errors *errors,
                                        geojson_file *file);
// The same from memory.
PISTE_CHECKED piste_status geojson_read(const char *data, size_t length, const char *shown, base_arena *arena,
                                        piste_errors *errors, geojson_file *file);
// Its two halves: any JSON, which the caller releases; and the features of it, which takes the root whatever the status.
PISTE_CHECKED piste_status geojson_parse(const char *data, size_t length, const char *shown, piste_errors *errors,
                                         json_t **root);
PISTE_CHECKED piste_status geojson_take(json_t *root, const char *shown, base_arena *arena, piste_errors *errors,
                                        geojson_file *file);
void geojson_release(geojson_file *file);

// Tells what is wrong with a feature: "lifts.geojson: feature 3 (w12): $.properties.key: ...". Returns PISTE_INVALID.
piste_status geojson_fail(const geojson_file *file, int32_t feature, piste_errors *errors, const char *path, const char *format, ...) PISTE_PRINTF(5, 6);

// Values of a property; absent and null are "not there" (false), anything of another type is an error that is told.
bool geojson_text(const geojson_file *file, int32_t feature, const char *property, piste_errors *errors, const char **value);
bool geojson_number(const geojson_file *file, int32_t feature, const char *property, double min, double max,
                    piste_errors *errors, double *value);
bool geojson_bool(const geojson_file *file, int32_t feature, const char *property, piste_errors *errors, bool *value);

// Length in metres of a line on the ellipsoid (WGS 84, PROJ's geodesic), heights not counted, rounded to 0.1 m so that
// the last bits of libm never reach a result. With `heights`, along the slope.
double geojson_length(const piste_point *points, int32_t count, bool heights);

#endif
