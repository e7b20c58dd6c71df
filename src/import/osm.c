// osm.c - what is kept of an OpenStreetMap file, in three passes. See osm.h.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

piste_status osm_fail(osm_map *map, piste_status status, const char *kind, int64_t id, const char *format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    map->status = piste_errors_add(map->errors, status, map->file, 0, 0, "%s %lld: %s", kind, (long long)id, message);
    return map->status;
}

const char *osm_value(osm_tags tags, const char *key) {
    for (int32_t i = 0; i < tags.count; i++)
        if (strcmp(tags.list[i].key, key) == 0)
            return tags.list[i].value;
    return NULL;
}

bool osm_is(osm_tags tags, const char *key, const char *value) {
    const char *there = osm_value(tags, key);
    return there && strcmp(there, value) == 0;
}

// Room for one more, in the arena. NULL: no memory.
static void *grow(osm_map *map, void *list, int32_t count, int32_t *capacity, size_t size) {
    if (count < *capacity)
        return list;
    int32_t more = *capacity ? *capacity * 2 : 64;
    void *larger = base_arena_take(map->arena, (size_t)more * size);
    if (!larger) {
        map->status = PISTE_MEMORY;
        return NULL;
    }
    if (count)
        memcpy(larger, list, (size_t)count * size);
    *capacity = more;
    return larger;
}

// ---- copies ---------------------------------------------------------------------------------------------------------

// Only tags that an import reads: an object of a map may have a hundred others.
static bool is_read(const char *key) {
    static const char *const words[] = {
        "name",       "ref",          "oneway",   "area",         "type",      "route",    "site",      "landuse",
        "leisure",    "access",       "lit",      "gladed",       "railway",   "disused",  "abandoned", "proposed",
        "planned",    "construction", "duration", "ski",          "occupancy", "capacity", "natural",   "sport",
        "demolished", "state",        "status",   "opening_date", "snowmaking"};
    if (osm_is_name(key) || strstr(key, "aerialway") || strncmp(key, "piste:", 6) == 0 || strstr(key, ":piste:") || strstr(key, ":railway"))
        return true;
    for (size_t i = 0; i < BASE_COUNT(words); i++)
        if (strcmp(words[i], key) == 0)
            return true;
    return false;
}

static piste_status copy_tags(osm_map *map, const char *kind, int64_t id, osm_tags tags, osm_tags *out) {
    if (tags.count > OSM_TAGS_MAX)
        return osm_fail(map, PISTE_LIMIT, kind, id, "%d tags, expected at most %d", tags.count, OSM_TAGS_MAX);
    osm_tag *list = base_arena_take(map->arena, ((size_t)tags.count + 1) * sizeof *list);
    int32_t count = 0;
    for (int32_t i = 0; list && i < tags.count; i++) {
        const char *key = tags.list[i].key, *value = tags.list[i].value;
        if (!key || !value || !is_read(key))
            continue;
        size_t length = strlen(value);
        if (osm_is_name(key) && length > PISTE_NAME_BYTES_MAX) // the import does without
            continue;
        bool is_name = strcmp(key, "name") == 0 || strcmp(key, "piste:name") == 0;
        if (length > (is_name ? PISTE_NAME_BYTES_MAX : PISTE_TEXT_BYTES_MAX))
            return osm_fail(map, PISTE_LIMIT, kind, id, "%.60s: a text of %zu bytes, expected at most %d", key, length,
                            is_name ? PISTE_NAME_BYTES_MAX : PISTE_TEXT_BYTES_MAX);
        if (!base_text_is_clean(value, length))
            return osm_fail(map, PISTE_INVALID, kind, id, "%.60s: expected a printable text", key);
        list[count].key = base_arena_text(map->arena, key, strlen(key));
        list[count].value = base_arena_text(map->arena, value, length);
        if (!list[count].key || !list[count].value)
            return map->status = PISTE_MEMORY;
        count++;
    }
    *out = (osm_tags){list, count};
    return list ? PISTE_OK : (map->status = PISTE_MEMORY);
}

static void *copy(osm_map *map, const void *list, size_t bytes) {
    void *out = base_arena_take(map->arena, bytes + 1);
    if (out && bytes)
        memcpy(out, list, bytes);
    if (!out)
        map->status = PISTE_MEMORY;
    return out;
}

// ---- relations ------------------------------------------------------------------------------------------------------

static bool is_relation_of_interest(osm_tags tags) {
    if (osm_is(tags, "type", "route"))
        return osm_is(tags, "route", "piste") || osm_is(tags, "route", "ski");
    if (osm_is(tags, "type", "site"))
        return osm_is(tags, "site", "piste");
    return osm_kind_of(tags) != OSM_NOTHING;
}

piste_status osm_take_relation(osm_map *map, const osm_relation *relation) {
    if (map->pass != OSM_RELATIONS || !is_relation_of_interest(relation->tags))
        return PISTE_OK;
    if (map->relation_count >= OSM_KEPT_MAX || relation->count > OSM_KEPT_MAX)
        return osm_fail(map, PISTE_LIMIT, "relation", relation->id, "more than %d relations or members", OSM_KEPT_MAX);
    osm_relation own = *relation;
    piste_status status = copy_tags(map, "relation", own.id, relation->tags, &own.tags);
    if (status != PISTE_OK)
        return status;
    osm_member *members = copy(map, relation->members, (size_t)own.count * sizeof *members);
    for (int32_t i = 0; members && i < own.count; i++) {
        const char *role = members[i].role ? members[i].role : "";
        members[i].role = base_arena_text(map->arena, role, strlen(role));
        int64_t *wanted = grow(map, map->wanted_ways, map->wanted_count, &map->wanted_capacity, sizeof *wanted);
        if (!members[i].role || !wanted)
            return map->status = PISTE_MEMORY;
        map->wanted_ways = wanted;
        if (members[i].type == OSM_WAY)
            wanted[map->wanted_count++] = members[i].id;
    }
    own.members = members;
    osm_relation *list = grow(map, map->relations, map->relation_count, &map->relation_capacity, sizeof *list);
    if (!members || !list)
        return map->status = PISTE_MEMORY;
    map->relations = list;
    list[map->relation_count++] = own;
    return PISTE_OK;
}

// ---- ways -----------------------------------------------------------------------------------------------------------

static int compare_ids(const void *a, const void *b) { // an id stands first in nodes, ways and relations
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

piste_status osm_take_way(osm_map *map, const osm_way *way) {
    if (map->pass != OSM_WAYS)
        return PISTE_OK;
    bool wanted = map->wanted_count &&
                  bsearch(&way->id, map->wanted_ways, (size_t)map->wanted_count, sizeof *map->wanted_ways, compare_ids);
    if (!wanted && osm_kind_of(way->tags) == OSM_NOTHING)
        return PISTE_OK;
    if (map->way_count >= OSM_KEPT_MAX)
        return osm_fail(map, PISTE_LIMIT, "way", way->id, "more than %d ways of ski areas", OSM_KEPT_MAX);
    osm_way own = *way;
    piste_status status = copy_tags(map, "way", own.id, way->tags, &own.tags);
    if (status != PISTE_OK)
        return status;
    if (way->refs && !(own.refs = copy(map, way->refs, (size_t)own.count * sizeof *own.refs)))
        return PISTE_MEMORY;
    if (way->points && !(own.points = copy(map, way->points, (size_t)own.count * sizeof *own.points)))
        return PISTE_MEMORY;
    osm_way *list = grow(map, map->ways, map->way_count, &map->way_capacity, sizeof *list);
    if (!list)
        return PISTE_MEMORY;
    map->ways = list;
    list[map->way_count++] = own;
    return PISTE_OK;
}

// ---- nodes ----------------------------------------------------------------------------------------------------------

piste_status osm_take_node(osm_map *map, const osm_node *node, osm_tags tags) {
    if (map->pass != OSM_NODES || map->node_count == 0)
        return PISTE_OK;
    osm_node *own = bsearch(&node->id, map->nodes, (size_t)map->node_count, sizeof *own, compare_ids);
    if (!own || own->found)
        return PISTE_OK;
    if (node->lon < -1e9 || node->lat < -1e9) // libreadosm's word for "not there"
        return osm_fail(map, PISTE_INVALID, "node", node->id, "no coordinates, expected lat and lon");
    if (!(node->lon >= -180 && node->lon <= 180))
        return osm_fail(map, PISTE_INVALID, "node", node->id, "longitude %.10g, expected -180 to 180", node->lon);
    if (!(node->lat >= -90 && node->lat <= 90))
        return osm_fail(map, PISTE_INVALID, "node", node->id, "latitude %.10g, expected -90 to 90", node->lat);
    own->lon = node->lon;
    own->lat = node->lat;
    own->height = osm_height(osm_value(tags, "ele"));
    own->found = true;
    if (osm_is_station(tags)) {
        osm_tags *kept = base_arena_take(map->arena, sizeof *kept);
        piste_status status = kept ? copy_tags(map, "node", node->id, tags, kept) : (map->status = PISTE_MEMORY);
        if (status != PISTE_OK)
            return status;
        own->station = kept;
    }
    return PISTE_OK;
}

const osm_node *osm_find_node(const osm_map *map, int64_t id) {
    const osm_node *node =
        map->node_count ? bsearch(&id, map->nodes, (size_t)map->node_count, sizeof *node, compare_ids) : NULL;
    return node && node->found ? node : NULL;
}

const osm_way *osm_find_way(const osm_map *map, int64_t id) {
    return map->way_count ? bsearch(&id, map->ways, (size_t)map->way_count, sizeof *map->ways, compare_ids) : NULL;
}

// ---- passes ---------------------------------------------------------------------------------------------------------

// Of an object that is there more than once, the one with the most tags (a relation's member may come without), then
// the one with the most points (a clipped extract may have lost some).
static int compare_ways(const void *a, const void *b) {
    const osm_way *x = a, *y = b;
    int order = compare_ids(a, b);
    order = order ? order : (x->tags.count < y->tags.count) - (x->tags.count > y->tags.count);
    return order ? order : (x->count < y->count) - (x->count > y->count);
}

static void keep_each_way_once(osm_map *map) {
    if (map->way_count)
        qsort(map->ways, (size_t)map->way_count, sizeof *map->ways, compare_ways);
    int32_t kept = 0;
    for (int32_t i = 0; i < map->way_count; i++)
        if (kept == 0 || map->ways[kept - 1].id != map->ways[i].id)
            map->ways[kept++] = map->ways[i];
    map->way_count = kept;
}

static piste_status list_nodes(osm_map *map) {
    for (int32_t w = 0; w < map->way_count; w++)
        for (int32_t i = 0; map->ways[w].refs && i < map->ways[w].count; i++) {
            if (map->node_count >= OSM_NODES_MAX)
                return osm_fail(map, PISTE_LIMIT, "way", map->ways[w].id, "more than %d nodes of ski areas",
                                OSM_NODES_MAX);
            osm_node *list = grow(map, map->nodes, map->node_count, &map->node_capacity, sizeof *list);
            if (!list)
                return PISTE_MEMORY;
            map->nodes = list;
            list[map->node_count++] = (osm_node){.id = map->ways[w].refs[i], .height = NAN};
        }
    if (map->node_count)
        qsort(map->nodes, (size_t)map->node_count, sizeof *map->nodes, compare_ids);
    int32_t kept = 0;
    for (int32_t i = 0; i < map->node_count; i++)
        if (kept == 0 || map->nodes[kept - 1].id != map->nodes[i].id)
            map->nodes[kept++] = map->nodes[i];
    map->node_count = kept;
    return PISTE_OK;
}

static void keep_each_relation_once(osm_map *map) {
    if (map->relation_count)
        qsort(map->relations, (size_t)map->relation_count, sizeof *map->relations, compare_ids);
    int32_t kept = 0;
    for (int32_t i = 0; i < map->relation_count; i++)
        if (kept == 0 || map->relations[kept - 1].id != map->relations[i].id)
            map->relations[kept++] = map->relations[i];
    map->relation_count = kept;
}

piste_status osm_end_pass(osm_map *map) {
    if (map->pass == OSM_RELATIONS) {
        keep_each_relation_once(map);
        if (map->wanted_count)
            qsort(map->wanted_ways, (size_t)map->wanted_count, sizeof *map->wanted_ways, compare_ids);
        return PISTE_OK;
    }
    if (map->pass == OSM_NODES)
        return PISTE_OK;
    keep_each_way_once(map);
    return list_nodes(map);
}
