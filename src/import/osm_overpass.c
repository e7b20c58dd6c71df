// osm_overpass.c - the answer of an Overpass server in JSON: [out:json], with `out body; >; out skel qt;` or `out
// geom`.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

bool osm_is_overpass(const json_t *root) {
    return json_is_array(json_object_get(root, "elements")) && !json_object_get(root, "features");
}

typedef struct element {
    osm_map *map;
    size_t index;
    const json_t *json;
    const char *type;
    int64_t id;
} element;

static piste_status wrong(const element *e, const char *path, const char *expected) {
    return e->map->status = piste_errors_add(e->map->errors, PISTE_INVALID, e->map->file, 0, 0,
                                             "$.elements[%zu]%s: expected %s", e->index, path, expected);
}

static piste_status read_tags(const element *e, osm_tags *out) {
    const json_t *tags = json_object_get(e->json, "tags");
    size_t count = json_object_size(tags), at = 0;
    if (tags && !json_is_object(tags))
        return wrong(e, ".tags", "an object");
    if (count > OSM_TAGS_MAX)
        return osm_fail(e->map, PISTE_LIMIT, e->type, e->id, "%zu tags, expected at most %d", count, OSM_TAGS_MAX);
    osm_tag *list = calloc(count + 1, sizeof *list);
    if (!list)
        return e->map->status = PISTE_MEMORY;
    // json_object_foreach wants to write; the iterator does not
    for (void *i = count ? json_object_iter((json_t *)(uintptr_t)tags) : NULL; i;
         i = json_object_iter_next((json_t *)(uintptr_t)tags, i)) {
        const char *value = json_string_value(json_object_iter_value(i));
        if (!value) {
            free(list);
            return wrong(e, ".tags", "texts");
        }
        list[at++] = (osm_tag){json_object_iter_key(i), value};
    }
    *out = (osm_tags){list, (int32_t)at};
    return PISTE_OK;
}

static void release_tags(osm_tags tags) {
    free((void *)(uintptr_t)tags.list);
}

static bool read_point(const json_t *at, double *lon, double *lat) {
    const json_t *x = json_object_get(at, "lon"), *y = json_object_get(at, "lat");
    if (!json_is_number(x) || !json_is_number(y))
        return false;
    *lon = json_number_value(x);
    *lat = json_number_value(y);
    return true;
}

static piste_status read_node(const element *e) {
    osm_node node = {.id = e->id};
    osm_tags tags = {0};
    if (e->map->pass != OSM_NODES)
        return PISTE_OK;
    if (!read_point(e->json, &node.lon, &node.lat))
        return wrong(e, "", "lat and lon of the node");
    piste_status status = read_tags(e, &tags);
    if (status == PISTE_OK)
        status = osm_take_node(e->map, &node, tags);
    release_tags(tags);
    return status;
}

// `out geom` gives every point of a way in its place, null where it lies outside of the box that was asked for.
static piste_status read_geometry(const element *e, const json_t *list, piste_point **out, int32_t *count) {
    size_t total = json_array_size(list);
    piste_point *points = calloc(total + 1, sizeof *points);
    if (!points)
        return e->map->status = PISTE_MEMORY;
    *out = points;
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        piste_point p = {.height_m = NAN};
        char path[64];
        if (json_is_null(json_array_get(list, i)))
            continue;
        snprintf(path, sizeof path, ".geometry[%zu]", i);
        if (!read_point(json_array_get(list, i), &p.lon_deg, &p.lat_deg))
            return wrong(e, path, "lat and lon");
        if (!(p.lon_deg >= -180 && p.lon_deg <= 180) || !(p.lat_deg >= -90 && p.lat_deg <= 90))
            return wrong(e, path, "lat -90 to 90 and lon -180 to 180");
        points[(*count)++] = p;
    }
    return PISTE_OK;
}

static piste_status read_refs(const element *e, const json_t *list, int64_t **out) {
    size_t total = json_array_size(list);
    *out = calloc(total + 1, sizeof **out);
    if (!*out)
        return e->map->status = PISTE_MEMORY;
    for (size_t i = 0; i < total; i++) {
        if (!json_is_integer(json_array_get(list, i)))
            return wrong(e, ".nodes", "ids of nodes");
        (*out)[i] = json_integer_value(json_array_get(list, i));
    }
    return PISTE_OK;
}

static piste_status read_way(const element *e) {
    const json_t *nodes = json_object_get(e->json, "nodes"), *geometry = json_object_get(e->json, "geometry");
    osm_way way = {.id = e->id};
    piste_point *points = NULL;
    int64_t *refs = NULL;
    if (e->map->pass != OSM_WAYS)
        return PISTE_OK;
    if ((nodes && !json_is_array(nodes)) || (geometry && !json_is_array(geometry)))
        return wrong(e, nodes && !json_is_array(nodes) ? ".nodes" : ".geometry", "a list");
    piste_status status = read_tags(e, &way.tags);
    if (status == PISTE_OK && geometry)
        status = read_geometry(e, geometry, &points, &way.count);
    else if (status == PISTE_OK && nodes) {
        status = read_refs(e, nodes, &refs);
        way.count = (int32_t)json_array_size(nodes);
    }
    way.points = points;
    way.refs = refs;
    if (status == PISTE_OK && !geometry && !nodes && osm_kind_of(way.tags) != OSM_NOTHING)
        status = wrong(e, "", "nodes or geometry of the way (out body; >; out skel qt; or out geom;)");
    if (status == PISTE_OK)
        status = osm_take_way(e->map, &way);
    release_tags(way.tags);
    free(points);
    free(refs);
    return status;
}

static osm_member_type member_type(const char *word) {
    return word && strcmp(word, "way") == 0 ? OSM_WAY : word && strcmp(word, "node") == 0 ? OSM_NODE : OSM_RELATION;
}

// Members of a relation with `out geom` carry their points: those of its ways that stand nowhere else.
static piste_status take_member_ways(const element *e, const json_t *list) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *m = json_array_get(list, i), *geometry = json_object_get(m, "geometry");
        if (!json_is_array(geometry) || member_type(json_string_value(json_object_get(m, "type"))) != OSM_WAY)
            continue;
        osm_way way = {.id = json_integer_value(json_object_get(m, "ref"))};
        piste_point *points = NULL;
        piste_status status = read_geometry(e, geometry, &points, &way.count);
        way.points = points;
        if (status == PISTE_OK)
            status = osm_take_way(e->map, &way);
        free(points);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static piste_status read_relation(const element *e) {
    const json_t *list = json_object_get(e->json, "members");
    osm_relation relation = {.id = e->id, .count = (int32_t)json_array_size(list)};
    if (e->map->pass == OSM_NODES)
        return PISTE_OK;
    if (list && !json_is_array(list))
        return wrong(e, ".members", "a list");
    if (e->map->pass == OSM_WAYS)
        return take_member_ways(e, list);
    osm_member *members = calloc((size_t)relation.count + 1, sizeof *members);
    if (!members)
        return e->map->status = PISTE_MEMORY;
    for (int32_t i = 0; i < relation.count; i++) {
        const json_t *m = json_array_get(list, (size_t)i);
        const char *role = json_string_value(json_object_get(m, "role"));
        members[i] = (osm_member){json_integer_value(json_object_get(m, "ref")),
                                  member_type(json_string_value(json_object_get(m, "type"))), role ? role : ""};
    }
    relation.members = members;
    piste_status status = read_tags(e, &relation.tags);
    if (status == PISTE_OK)
        status = osm_take_relation(e->map, &relation);
    release_tags(relation.tags);
    free(members);
    return status;
}

piste_status osm_read_overpass(osm_map *map, const json_t *root) {
    const json_t *list = json_object_get(root, "elements"), *remark = json_object_get(root, "remark");
    if (json_is_string(remark) && strstr(json_string_value(remark), "error")) // it stopped in the middle, and says so
        return map->status = piste_errors_add(map->errors, PISTE_INVALID, map->file, 0, 0,
                                              "$.remark: the server did not finish: %.200s", json_string_value(remark));
    for (size_t i = 0; i < json_array_size(list); i++) {
        element e = {map, i, json_array_get(list, i), NULL, 0};
        e.type = json_string_value(json_object_get(e.json, "type"));
        const json_t *id = json_object_get(e.json, "id");
        if (!e.type)
            return wrong(&e, ".type", "node, way or relation");
        bool is_node = strcmp(e.type, "node") == 0, is_way = strcmp(e.type, "way") == 0,
             is_relation = strcmp(e.type, "relation") == 0;
        if (!is_node && !is_way && !is_relation)
            continue; // areas, counts, timelines
        if (!json_is_integer(id))
            return wrong(&e, ".id", "a whole number");
        e.id = json_integer_value(id);
        piste_status status = is_node ? read_node(&e) : is_way ? read_way(&e) : read_relation(&e);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}
