// osm_areas.c - which ski area a lift or a run belongs to: that whose relation names it, that in whose outline at least
// half of it lies, that of its neighbours; where no ski area is drawn, neighbours make up one of their own, which is
// called after its longest lift that has a name.
//
// Neighbours are found by a grid of about 400 m: lines that touch the same or adjoining cells are one hill.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

#define CELL_M 400.0
#define METRES_LAT 111194.93

typedef struct area {
    const char *name;
    char id[48];
    const osm_relation *members; // of a site; otherwise NULL
    const osm_ring *rings;
    int32_t ring_count;
    osm_tags tags;
} area;

typedef struct line { // a feature
    json_t *properties;
    const piste_point *points;
    int32_t count;
    const char *id;
    bool is_lift, is_skied;
    int32_t group; // union-find
    json_t *areas; // borrowed from properties once set
    double length_m;
} line;

typedef struct cell {
    int64_t x, y;
    int32_t line;
} cell;

typedef struct places {
    osm_map *map;
    area *areas;
    int32_t area_count;
    line *lines;
    int32_t line_count;
    cell *cells;
    size_t cell_count;
    double metres_lon;
} places;

// ---- the areas that are drawn ---------------------------------------------------------------------------------------

static void name_area(area *a, osm_tags tags, const char *kind, int64_t id) {
    const char *name = osm_value(tags, "name");
    a->name = name ? name : "";
    a->tags = tags;
    snprintf(a->id, sizeof a->id, "%s/%lld", kind, (long long)id);
}

static bool list_areas(places *p) {
    osm_map *map = p->map;
    p->areas =
        base_arena_take(map->arena, ((size_t)map->way_count + (size_t)map->relation_count + 1) * sizeof *p->areas);
    for (int32_t w = 0; p->areas && w < map->way_count; w++) {
        int32_t missing;
        if (osm_kind_of(map->ways[w].tags) != OSM_AREA)
            continue;
        area *a = &p->areas[p->area_count];
        osm_ring *ring = base_arena_take(map->arena, sizeof *ring);
        if (!ring || !(ring->points = osm_points(map, &map->ways[w], &ring->count, &missing)))
            return false;
        name_area(a, map->ways[w].tags, "way", map->ways[w].id);
        a->rings = ring;
        a->ring_count = ring->count >= 3;
        p->area_count++;
    }
    for (int32_t r = 0; p->areas && r < map->relation_count; r++) {
        const osm_relation *relation = &map->relations[r];
        if (osm_kind_of(relation->tags) != OSM_AREA)
            continue;
        area *a = &p->areas[p->area_count++];
        name_area(a, relation->tags, "relation", relation->id);
        if (osm_is(relation->tags, "type", "site"))
            a->members = relation;
        else if (!(a->rings = osm_rings(map, relation, &a->ring_count)))
            return false;
    }
    return p->areas != NULL;
}

static bool ring_holds(const osm_ring *ring, const piste_point *at) {
    bool inside = false;
    for (int32_t i = 0, k = ring->count - 1; i < ring->count; k = i++) {
        const piste_point *a = &ring->points[i], *b = &ring->points[k];
        if ((a->lat_deg > at->lat_deg) != (b->lat_deg > at->lat_deg) &&
            at->lon_deg <
                (b->lon_deg - a->lon_deg) * (at->lat_deg - a->lat_deg) / (b->lat_deg - a->lat_deg) + a->lon_deg)
            inside = !inside;
    }
    return inside;
}

static bool area_holds(const area *a, const line *l) {
    if (a->members) {
        char id[48];
        for (int32_t m = 0; m < a->members->count; m++) {
            const osm_member *member = &a->members->members[m];
            snprintf(id, sizeof id, "%s/%lld", member->type == OSM_WAY ? "way" : "relation", (long long)member->id);
            if (member->type != OSM_NODE && strcmp(id, l->id) == 0)
                return true;
        }
        return false;
    }
    int32_t inside = 0;
    for (int32_t i = 0; i < l->count; i++)
        for (int32_t r = 0; r < a->ring_count; r++)
            if (ring_holds(&a->rings[r], &l->points[i])) {
                inside++;
                break;
            }
    return l->count > 0 && inside * 2 >= l->count;
}

static void give(line *l, const char *name, osm_tags names, const char *id) {
    json_t *entry = json_object(), *properties = json_object();
    if (!l->areas) {
        l->areas = json_array();
        json_object_set_new(l->properties, "skiAreas", l->areas);
    }
    json_object_set_new(properties, "type", json_string("skiArea"));
    json_object_set_new(properties, "id", json_string(id));
    if (*name)
        json_object_set_new(properties, "name", json_string(name));
    osm_set_names(properties, names);
    json_object_set_new(entry, "type", json_string("Feature"));
    json_object_set_new(entry, "properties", properties);
    json_array_append_new(l->areas, entry);
}

// ---- the lines ------------------------------------------------------------------------------------------------------

static const json_t *points_of(const json_t *geometry) {
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *list = json_object_get(geometry, "coordinates");
    for (int depth = !type                               ? 0
                     : strcmp(type, "MultiPolygon") == 0 ? 2
                     : strcmp(type, "Polygon") == 0      ? 1
                                                         : 0;
         depth > 0; depth--)
        list = json_array_get(list, 0);
    return type && strcmp(type, "Point") != 0 ? list : NULL;
}

static bool is_skied(const json_t *properties) {
    const char *status = json_string_value(json_object_get(properties, "status"));
    const json_t *uses = json_object_get(properties, "uses");
    if (json_object_get(properties, "notSkied") || (status && strcmp(status, "operating") != 0))
        return false;
    for (size_t i = 0; i < json_array_size(uses); i++)
        if (strcmp(json_string_value(json_array_get(uses, i)), "downhill") == 0)
            return true;
    return !uses;
}

static double apart(const places *p, const piste_point *a, const piste_point *b) {
    double x = (a->lon_deg - b->lon_deg) * p->metres_lon, y = (a->lat_deg - b->lat_deg) * METRES_LAT;
    return base_sqrt(x * x + y * y);
}

static bool list_lines(places *p, json_t *features) {
    size_t count = json_array_size(features);
    double lat = 0, total = 0;
    p->lines = base_arena_take(p->map->arena, (count + 1) * sizeof *p->lines);
    for (size_t i = 0; p->lines && i < count; i++) {
        const json_t *feature = json_array_get(features, i), *list = points_of(json_object_get(feature, "geometry"));
        line *l = &p->lines[p->line_count];
        l->properties = json_object_get(feature, "properties");
        l->id = json_string_value(json_object_get(l->properties, "id"));
        l->is_lift = json_object_get(l->properties, "liftType") != NULL;
        l->is_skied = is_skied(l->properties);
        l->group = p->line_count++;
        piste_point *points = base_arena_take(p->map->arena, (json_array_size(list) + 1) * sizeof *points);
        if (!points)
            return false;
        for (size_t k = 0; k < json_array_size(list); k++) {
            const json_t *at = json_array_get(list, k);
            points[k] =
                (piste_point){json_real_value(json_array_get(at, 0)), json_real_value(json_array_get(at, 1)), 0};
            lat += points[k].lat_deg;
            total++;
        }
        l->points = points;
        l->count = (int32_t)json_array_size(list);
    }
    if (!p->lines)
        return false;
    p->metres_lon = METRES_LAT * fmax(cos((total > 0 ? lat / total : 0) * 3.14159265358979323846 / 180), 0.01);
    for (int32_t l = 0; l < p->line_count; l++)
        for (int32_t i = 1; i < p->lines[l].count; i++)
            p->lines[l].length_m += apart(p, &p->lines[l].points[i - 1], &p->lines[l].points[i]);
    return true;
}

// ---- neighbours -----------------------------------------------------------------------------------------------------

static int compare_cells(const void *a, const void *b) {
    const cell *x = a, *y = b;
    if (x->x != y->x)
        return x->x < y->x ? -1 : 1;
    if (x->y != y->y)
        return x->y < y->y ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

enum { STEPS_MAX = 500 };

static int32_t steps_of(double length) {
    return length < CELL_M ? 1 : length / CELL_M * 2 > STEPS_MAX ? STEPS_MAX : (int32_t)(length / CELL_M * 2) + 1;
}

static bool list_cells(places *p) {
    size_t total = 1;
    for (int32_t l = 0; l < p->line_count; l++)
        for (int32_t i = 1; i < p->lines[l].count; i++)
            total += (size_t)steps_of(apart(p, &p->lines[l].points[i - 1], &p->lines[l].points[i])) + 1;
    p->cells = base_arena_take(p->map->arena, total * sizeof *p->cells);
    for (int32_t l = 0; p->cells && l < p->line_count; l++)
        for (int32_t i = 1; i < p->lines[l].count; i++) {
            const piste_point *a = &p->lines[l].points[i - 1], *b = &p->lines[l].points[i];
            int32_t steps = steps_of(apart(p, a, b));
            for (int32_t s = 0; s <= steps; s++) {
                double part = (double)s / steps;
                p->cells[p->cell_count++] = (cell){
                    (int64_t)base_floor((a->lon_deg + (b->lon_deg - a->lon_deg) * part) * p->metres_lon / CELL_M),
                    (int64_t)base_floor((a->lat_deg + (b->lat_deg - a->lat_deg) * part) * METRES_LAT / CELL_M), l};
            }
        }
    if (!p->cells || p->cell_count == 0)
        return p->cells != NULL;
    qsort(p->cells, p->cell_count, sizeof *p->cells, compare_cells);
    size_t kept = 1;
    for (size_t i = 1; i < p->cell_count; i++)
        if (compare_cells(&p->cells[i], &p->cells[kept - 1]) != 0)
            p->cells[kept++] = p->cells[i];
    p->cell_count = kept;
    return true;
}

// The first cell at or after (x, y).
static size_t find_cell(const places *p, int64_t x, int64_t y) {
    size_t low = 0, high = p->cell_count;
    const cell wanted = {x, y, -1};
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_cells(&p->cells[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t root_of(const places *p, int32_t l) {
    while (p->lines[l].group != l)
        l = p->lines[l].group = p->lines[p->lines[l].group].group;
    return l;
}

static void join(places *p, int32_t a, int32_t b) {
    int32_t x = root_of(p, a), y = root_of(p, b);
    if (x < y)
        p->lines[y].group = x;
    else
        p->lines[x].group = y;
}

// What is not skied joins a hill, but never two of them: it may have one neighbour.
static void join_neighbours(places *p, bool skied) {
    for (size_t i = 0; i < p->cell_count; i++) {
        const cell *c = &p->cells[i];
        if (p->lines[c->line].is_skied != skied || (!skied && root_of(p, c->line) != c->line))
            continue;
        for (int64_t x = c->x - !skied; x <= c->x + 1; x++)
            for (int64_t y = c->y - 1; y <= c->y + 1; y++)
                for (size_t k = find_cell(p, x, y); k < p->cell_count && p->cells[k].x == x && p->cells[k].y == y;
                     k++) {
                    int32_t other = p->cells[k].line;
                    if (!p->lines[other].is_skied || other == c->line)
                        continue;
                    if (skied)
                        join(p, c->line, other);
                    else if (root_of(p, c->line) == c->line)
                        p->lines[c->line].group = root_of(p, other);
                }
    }
}

// ---- giving ---------------------------------------------------------------------------------------------------------

static void copy_areas(line *to, const line *from) {
    to->areas = json_deep_copy(from->areas);
    json_object_set_new(to->properties, "skiAreas", to->areas);
}

// The nearest line of the same hill that has an area from the outlines, by the points of both.
static const line *nearest_with_area(const places *p, int32_t l, const bool *drawn) {
    const line *best = NULL;
    double least = HUGE_VAL;
    for (int32_t m = 0; m < p->line_count; m++) {
        if (!drawn[m] || root_of(p, m) != root_of(p, l))
            continue;
        for (int32_t i = 0; i<p->lines[l].count; i += p->lines[l].count> 1 ? p->lines[l].count - 1 : 1)
            for (int32_t k = 0; k < p->lines[m].count; k++) {
                double d = apart(p, &p->lines[l].points[i], &p->lines[m].points[k]);
                if (d < least) {
                    least = d;
                    best = &p->lines[m];
                }
            }
    }
    return best;
}

// The longest lift of a hill gives it its name, one without a name only where there is no other.
static int32_t namesake(const places *p, int32_t group) {
    int32_t best = -1;
    bool best_named = false;
    for (int32_t l = 0; l < p->line_count; l++) {
        const line *one = &p->lines[l];
        bool named = json_object_get(one->properties, "name") != NULL;
        if (!one->is_lift || !one->is_skied || root_of(p, l) != group || (best_named && !named))
            continue;
        if (best < 0 || (named && !best_named) || one->length_m > p->lines[best].length_m) {
            best = l;
            best_named = named;
        }
    }
    return best;
}

static void make_up_area(places *p, int32_t group) {
    int32_t lift = namesake(p, group);
    bool has_run = false;
    char name[PISTE_NAME_BYTES_MAX + 60], id[80];
    for (int32_t l = 0; l < p->line_count; l++)
        has_run |= p->lines[l].is_skied && !p->lines[l].is_lift && root_of(p, l) == group;
    if (lift < 0 || !has_run)
        return;
    const char *called = json_string_value(json_object_get(p->lines[lift].properties, "name"));
    const piste_point *at = &p->lines[lift].points[0];
    if (called)
        snprintf(name, sizeof name, "%s", called);
    else
        snprintf(name, sizeof name, "Hill at %.3f, %.3f", at->lat_deg, at->lon_deg);
    snprintf(id, sizeof id, "hill-of-%s", p->lines[lift].id);
    for (int32_t l = 0; l < p->line_count; l++)
        if (root_of(p, l) == group && !p->lines[l].areas)
            give(&p->lines[l], name, (osm_tags){0}, id);
}

static bool give_areas(places *p) {
    bool *drawn = base_arena_take(p->map->arena, (size_t)p->line_count + 1);
    bool *has = base_arena_take(p->map->arena, (size_t)p->line_count + 1);
    if (!drawn || !has)
        return false;
    for (int32_t l = 0; l < p->line_count; l++) {
        for (int32_t a = 0; a < p->area_count; a++)
            if (area_holds(&p->areas[a], &p->lines[l]))
                give(&p->lines[l], p->areas[a].name, p->areas[a].tags, p->areas[a].id);
        drawn[l] = p->lines[l].areas != NULL;
        has[root_of(p, l)] |= drawn[l] && p->lines[l].is_skied;
    }
    for (int32_t l = 0; l < p->line_count; l++) {
        const line *near = !drawn[l] && has[root_of(p, l)] ? nearest_with_area(p, l, drawn) : NULL;
        if (near)
            copy_areas(&p->lines[l], near);
    }
    for (int32_t l = 0; l < p->line_count; l++)
        if (root_of(p, l) == l && !has[l])
            make_up_area(p, l);
    return true;
}

piste_status osm_set_areas(osm_map *map, json_t *features) {
    places p = {.map = map};
    if (!list_areas(&p) || !list_lines(&p, features) || !list_cells(&p))
        return map->status = PISTE_MEMORY;
    join_neighbours(&p, true);
    join_neighbours(&p, false);
    return give_areas(&p) ? PISTE_OK : (map->status = PISTE_MEMORY);
}
