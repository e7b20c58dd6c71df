// osm.h - raw OpenStreetMap (.osm, .osm.pbf, Overpass JSON) becomes the features that the steps of an import know.
//
//     osm_map map = {.arena = arena, .errors = errors};
//     for (map.pass = OSM_RELATIONS; map.pass <= OSM_NODES && status == PISTE_OK; map.pass++) {
//         status = osm_read_file(&map, "hill.osm");   // or osm_read_overpass, of each file
//         osm_end_pass(&map);
//     }
//     if (status == PISTE_OK)
//         status = osm_features(&map, &geojson);
//
// A map is gone through three times, so that an extract of a whole country costs no more memory than its ski areas:
// relations tell which ways belong to them, ways tell which nodes they touch, and only these nodes are kept. Everything
// of all files goes into one map: an object that is in two of them counts once, and a way finds its nodes in any file.
//
// Nodes are what makes a junction. Two ways that share a node get the same coordinates to the last digit, and nothing
// else does (OpenStreetMap has 1e-7 degrees), so the identity of nodes reaches junctions.c through their coordinates.
#ifndef IMPORT_OSM_H
#define IMPORT_OSM_H

#include "base/base.h"
#include "piste/resort.h"
#include "resort/geojson.h"

enum {
    OSM_KEPT_MAX = 200000,   // ways and relations of interest, each
    OSM_NODES_MAX = 2000000, // nodes that they touch
    OSM_TAGS_MAX = 2000,     // of one object
    OSM_OVERPASS_BYTES_MAX = 256 << 20
};
#define OSM_FILE_BYTES_MAX (8ll << 30)

typedef enum osm_pass { OSM_RELATIONS, OSM_WAYS, OSM_NODES } osm_pass;
typedef enum osm_member_type { OSM_NODE, OSM_WAY, OSM_RELATION } osm_member_type;

typedef struct osm_tag {
    const char *key, *value;
} osm_tag;

typedef struct osm_tags {
    const osm_tag *list;
    int32_t count;
} osm_tags;

typedef struct osm_node {
    int64_t id;
    double lon, lat, height; // height NaN: no ele
    const osm_tags *station; // aerialway=station where people get on or off: its tags; NULL: none
    bool found;
} osm_node;

typedef struct osm_way {
    int64_t id;
    osm_tags tags;
    const int64_t *refs;
    const piste_point *points; // of `out geom` without nodes; otherwise NULL
    int32_t count;
} osm_way;

typedef struct osm_member {
    int64_t id;
    osm_member_type type;
    const char *role;
} osm_member;

typedef struct osm_relation {
    int64_t id;
    osm_tags tags;
    const osm_member *members;
    int32_t count;
} osm_relation;

typedef struct osm_map {
    base_arena *arena;
    piste_errors *errors;
    const char *file;  // that is being read
    const char *shown; // of which the features are told
    osm_pass pass;
    piste_status status; // what a callback of a reader cannot return
    osm_relation *relations;
    int32_t relation_count, relation_capacity;
    int64_t *wanted_ways; // members of relations
    int32_t wanted_count, wanted_capacity;
    osm_way *ways;
    int32_t way_count, way_capacity;
    osm_node *nodes;
    int32_t node_count, node_capacity;
} osm_map;

// osm.c: what readers hand over; everything that is kept is copied. Each does nothing in a pass that is not its own.
// PISTE_INVALID, PISTE_LIMIT: told.
PISTE_CHECKED piste_status osm_take_relation(osm_map *map, const osm_relation *relation);
PISTE_CHECKED piste_status osm_take_way(osm_map *map, const osm_way *way);
PISTE_CHECKED piste_status osm_take_node(osm_map *map, const osm_node *node, osm_tags tags);
PISTE_CHECKED piste_status osm_end_pass(osm_map *map);
const osm_node *osm_find_node(const osm_map *map, int64_t id); // NULL: not in the files
const osm_way *osm_find_way(const osm_map *map, int64_t id);
const char *osm_value(osm_tags tags, const char *key); // NULL: none
bool osm_is(osm_tags tags, const char *key, const char *value);
piste_status osm_fail(osm_map *map, piste_status status, const char *kind, int64_t id, const char *format, ...)
    PISTE_PRINTF(5, 6); // "hill.osm: way 12: ..."

// osm_tags.c: what tags say.
typedef enum osm_kind { OSM_NOTHING, OSM_LIFT, OSM_RUN, OSM_AREA } osm_kind;
osm_kind osm_kind_of(osm_tags tags);
bool osm_is_closed_area(osm_tags tags, bool closed);
// The properties of a feature as OpenSkiData has them; `also`: of the relations it belongs to.
json_t *osm_properties(osm_kind kind, osm_tags tags, osm_tags also, const char *id);
// Whether a node is a station that people may use in winter.
bool osm_is_station(osm_tags tags);
// names.c: whether a key is name:ko or the like; those of the tags, as properties of a feature
bool osm_is_name(const char *key);
void osm_set_names(json_t *out, osm_tags tags);
double osm_height(const char *ele);                          // m; NaN where it is no height
double osm_duration(const char *text, bool clock_has_hours); // s; 0: none

// osm_file.c: .osm and .osm.pbf, by libreadosm.
bool osm_is_file_name(const char *path);
PISTE_CHECKED piste_status osm_read_file(osm_map *map, const char *path);
// osm_xml.c: what libreadosm takes for granted, from the beginning of a file.
PISTE_CHECKED piste_status osm_check_xml(osm_map *map, FILE *file);
// osm_overpass.c: [out:json].
bool osm_is_overpass(const json_t *root);
PISTE_CHECKED piste_status osm_read_overpass(osm_map *map, const json_t *root);
// osm_features.c: after the last pass. On success geojson_release must follow.
PISTE_CHECKED piste_status osm_features(osm_map *map, geojson_file *file);
// The points of a way, in the arena; *missing: how many of its nodes are not in the files. NULL: no memory.
const piste_point *osm_points(osm_map *map, const osm_way *way, int32_t *count, int32_t *missing);
// Closed rings of a way or of a relation's outer members. What does not close is left out.
typedef struct osm_ring {
    const piste_point *points; // the last one is the first one again
    int32_t count;
} osm_ring;
osm_ring *osm_rings(osm_map *map, const osm_relation *relation, int32_t *count); // NULL: no memory
// osm_areas.c: gives each feature its ski areas.
PISTE_CHECKED piste_status osm_set_areas(osm_map *map, json_t *features);

#endif
