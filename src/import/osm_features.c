// osm_features.c - ways and relations of OpenStreetMap as features in OpenSkiData's form. See osm.h.
#include <math.h>
#include <string.h>

#include "import/osm.h"

// ---- points and rings -----------------------------------------------------------------------------------------------

const piste_point *osm_points(osm_map *map, const osm_way *way, int32_t *count, int32_t *missing) {
    *missing = 0;
    *count = way->count;
    if (way->points)
        return way->points;
    piste_point *points = base_arena_take(map->arena, ((size_t)way->count + 1) * sizeof *points);
    *count = 0;
    for (int32_t i = 0; points && i < way->count; i++) {
        const osm_node *node = osm_find_node(map, way->refs[i]);
        if (node)
            points[(*count)++] = (piste_point){node->lon, node->lat, node->height};
        else
            (*missing)++;
    }
    if (!points)
        map->status = PISTE_MEMORY;
    return points;
}

static bool same(const piste_point *a, const piste_point *b) {
    return a->lon_deg == b->lon_deg && a->lat_deg == b->lat_deg;
}

static bool is_closed(const piste_point *points, int32_t count) {
    return count >= 4 && same(&points[0], &points[count - 1]);
}

typedef struct piece {
    const piste_point *points;
    int32_t count;
    bool used;
} piece;

// Appends a piece that begins or ends where the ring has come to. False: there is none.
static bool extend(piece *pieces, int32_t piece_count, piste_point *ring, int32_t *count) {
    for (int32_t p = 0; p < piece_count; p++) {
        piece *one = &pieces[p];
        if (one->used || one->count < 2)
            continue;
        bool forward = same(&one->points[0], &ring[*count - 1]);
        if (!forward && !same(&one->points[one->count - 1], &ring[*count - 1]))
            continue;
        for (int32_t i = 1; i < one->count; i++)
            ring[(*count)++] = one->points[forward ? i : one->count - 1 - i];
        one->used = true;
        return true;
    }
    return false;
}

static piece *outer_pieces(osm_map *map, const osm_relation *relation, int32_t *count, size_t *total) {
    piece *pieces = base_arena_take(map->arena, ((size_t)relation->count + 1) * sizeof *pieces);
    *count = 0;
    *total = 1;
    for (int32_t m = 0; pieces && m < relation->count; m++) {
        const osm_member *member = &relation->members[m];
        const osm_way *way = member->type == OSM_WAY ? osm_find_way(map, member->id) : NULL;
        int32_t missing;
        if (!way || strcmp(member->role, "inner") == 0)
            continue;
        piece *one = &pieces[*count];
        one->points = osm_points(map, way, &one->count, &missing);
        *total += (size_t)one->count;
        (*count)++;
    }
    return pieces;
}

osm_ring *osm_rings(osm_map *map, const osm_relation *relation, int32_t *count) {
    int32_t piece_count;
    size_t total;
    piece *pieces = outer_pieces(map, relation, &piece_count, &total);
    osm_ring *rings = base_arena_take(map->arena, ((size_t)relation->count + 1) * sizeof *rings);
    *count = 0;
    if (!pieces || !rings) {
        map->status = PISTE_MEMORY;
        return NULL;
    }
    for (int32_t p = 0; p < piece_count; p++) {
        if (pieces[p].used || pieces[p].count < 2)
            continue;
        piste_point *ring = base_arena_take(map->arena, total * sizeof *ring);
        if (!ring) {
            map->status = PISTE_MEMORY;
            return NULL;
        }
        int32_t n = pieces[p].count;
        memcpy(ring, pieces[p].points, (size_t)n * sizeof *ring);
        pieces[p].used = true;
        while (!is_closed(ring, n) && extend(pieces, piece_count, ring, &n))
            ;
        if (is_closed(ring, n))
            rings[(*count)++] = (osm_ring){ring, n};
    }
    return rings;
}

// ---- features -------------------------------------------------------------------------------------------------------

static json_t *coordinates(const piste_point *points, int32_t count, bool backwards) {
    json_t *list = json_array();
    for (int32_t i = 0; i < count; i++) {
        const piste_point *p = &points[backwards ? count - 1 - i : i];
        json_t *one = json_array();
        json_array_append_new(one, json_real(p->lon_deg));
        json_array_append_new(one, json_real(p->lat_deg));
        if (!isnan(p->height_m))
            json_array_append_new(one, json_real(p->height_m));
        json_array_append_new(list, one);
    }
    return list;
}

static void add(json_t *features, json_t *properties, const char *type, json_t *points) {
    json_t *geometry = json_object(), *feature = json_object();
    json_object_set_new(geometry, "type", json_string(type));
    json_object_set_new(geometry, "coordinates", points);
    json_object_set_new(feature, "type", json_string("Feature"));
    json_object_set_new(feature, "properties", properties);
    json_object_set_new(feature, "geometry", geometry);
    json_array_append_new(features, feature);
}

// Tags of the piste relations a way belongs to; a way may have none of its own. Relations come in the order of their
// ids.
static osm_tags relation_tags(osm_map *map, int64_t way) {
    for (int32_t r = 0; r < map->relation_count; r++) {
        const osm_relation *relation = &map->relations[r];
        if (!osm_is(relation->tags, "type", "route"))
            continue;
        for (int32_t m = 0; m < relation->count; m++)
            if (relation->members[m].type == OSM_WAY && relation->members[m].id == way)
                return relation->tags;
    }
    return (osm_tags){0};
}

// Nodes of a lift's way that are stations, but for its two ends.
static json_t *stations(const osm_map *map, const osm_way *way) {
    json_t *list = json_array();
    for (int32_t i = 1; way->refs && i + 1 < way->count; i++) {
        const osm_node *node = osm_find_node(map, way->refs[i]);
        if (!node || !node->station)
            continue;
        json_t *one = json_object(), *at = json_array();
        json_array_append_new(at, json_real(node->lon));
        json_array_append_new(at, json_real(node->lat));
        json_object_set_new(one, "at", at);
        const char *name = osm_value(*node->station, "name");
        if (name && *name) {
            json_object_set_new(one, "name", json_string(name));
            osm_set_names(one, *node->station);
        }
        json_array_append_new(list, one);
    }
    return list;
}

static piste_status add_way(osm_map *map, json_t *features, const osm_way *way) {
    int32_t count, missing;
    char id[40], note[100];
    osm_tags also = relation_tags(map, way->id);
    osm_kind kind = osm_kind_of(way->tags);
    if (kind == OSM_NOTHING && way->tags.count == 0 && osm_value(also, "piste:type"))
        kind = OSM_RUN;
    if (kind == OSM_NOTHING || kind == OSM_AREA)
        return PISTE_OK;
    const piste_point *points = osm_points(map, way, &count, &missing);
    if (!points)
        return PISTE_MEMORY;
    if (missing && missing == way->count)
        return osm_fail(map, PISTE_INVALID, "way", way->id,
                        "none of its %d nodes is in the file; expected them too (Overpass: out body; >; out skel qt;)",
                        way->count);
    snprintf(id, sizeof id, "way/%lld", (long long)way->id);
    json_t *properties = osm_properties(kind, way->tags, also, id);
    if (kind == OSM_LIFT) {
        json_t *list = stations(map, way);
        if (json_array_size(list))
            json_object_set(properties, "stations", list);
        json_decref(list);
    }
    if (missing) {
        snprintf(note, sizeof note, "%d of its %d points are not in the file", missing, way->count);
        json_object_set_new(properties, "notRead", json_string(note));
    }
    const char *one_way =
        osm_value(way->tags, kind == OSM_RUN && osm_value(way->tags, "piste:oneway") ? "piste:oneway" : "oneway");
    bool backwards = one_way && strcmp(one_way, "-1") == 0;
    if (count < 2) {
        snprintf(note, sizeof note, "a way of %s", count ? "one point" : "no points");
        json_object_set_new(properties, "notSkied", json_string(note));
        add(features, properties, "Point", NULL);
        json_t *geometry = json_object_get(json_array_get(features, json_array_size(features) - 1), "geometry");
        json_t *at = coordinates(points, count, false);
        if (count)
            json_object_set(geometry, "coordinates", json_array_get(at, 0));
        else
            json_object_set_new(json_array_get(features, json_array_size(features) - 1), "geometry", json_null());
        json_decref(at);
    } else if (kind == OSM_RUN && !missing && osm_is_closed_area(way->tags, is_closed(points, count))) {
        json_t *rings = json_array();
        json_array_append_new(rings, coordinates(points, count, false));
        add(features, properties, "Polygon", rings);
    } else
        add(features, properties, "LineString", coordinates(points, count, backwards));
    return PISTE_OK;
}

static piste_status add_relation(osm_map *map, json_t *features, const osm_relation *relation) {
    char id[40];
    osm_kind kind = osm_kind_of(relation->tags);
    if (kind != OSM_RUN || osm_is(relation->tags, "type", "route")) // a lift's relation only gathers its ways
        return PISTE_OK;
    int32_t count;
    const osm_ring *rings = osm_rings(map, relation, &count);
    if (!rings)
        return PISTE_MEMORY;
    snprintf(id, sizeof id, "relation/%lld", (long long)relation->id);
    json_t *properties = osm_properties(kind, relation->tags, (osm_tags){0}, id);
    if (count == 0) {
        json_object_set_new(properties, "notSkied", json_string("an area whose outline is not closed in the file"));
        add(features, properties, "Point", NULL);
        json_object_set_new(json_array_get(features, json_array_size(features) - 1), "geometry", json_null());
        return PISTE_OK;
    }
    json_t *parts = json_array();
    for (int32_t r = 0; r < count; r++) {
        json_t *part = json_array();
        json_array_append_new(part, coordinates(rings[r].points, rings[r].count, false));
        json_array_append_new(parts, part);
    }
    add(features, properties, "MultiPolygon", parts);
    return PISTE_OK;
}

static piste_status add_all(osm_map *map, json_t *features) {
    piste_status status = PISTE_OK;
    map->file = map->shown;
    for (int32_t w = 0; w < map->way_count && status == PISTE_OK; w++)
        status = add_way(map, features, &map->ways[w]);
    for (int32_t r = 0; r < map->relation_count && status == PISTE_OK; r++)
        status = add_relation(map, features, &map->relations[r]);
    if (status == PISTE_OK && json_array_size(features) > PISTE_ENTRIES_MAX)
        status = piste_errors_add(map->errors, PISTE_LIMIT, map->shown, 0, 0,
                                  "%zu lifts and runs, expected at most %d; cut your region out",
                                  json_array_size(features), PISTE_ENTRIES_MAX);
    if (status == PISTE_OK)
        status = osm_set_areas(map, features);
    return status != PISTE_OK ? status : map->status;
}

piste_status osm_features(osm_map *map, geojson_file *file) {
    json_t *root = json_object(), *features = json_array();
    json_object_set_new(root, "type", json_string("FeatureCollection"));
    if (!root || !features || json_object_set(root, "features", features) != 0) {
        json_decref(features);
        json_decref(root);
        return PISTE_MEMORY;
    }
    piste_status status = add_all(map, features);
    json_decref(features);
    if (status != PISTE_OK) {
        json_decref(root);
        return status;
    }
    return geojson_take(root, map->shown, map->arena, map->errors, file);
}
