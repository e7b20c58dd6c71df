// map_plan.c - where everything stands on a drawing of the resort. See map.h.
//
// A resort is a few kilometres wide: metres east and north of its middle, with the length of a degree taken there, are
// true to a few metres. The cosine is a sum of our own, so that the same resort gives the same bytes on any processor.
#include <math.h>

#include "report/map.h"

static double cosine_of_degrees(double degrees) {
    double x = degrees * 0.017453292519943295, term = 1, sum = 1;
    for (int i = 1; i <= 12; i++) {
        term *= -x * x / ((2 * i - 1) * (2 * i));
        sum += term;
    }
    return sum;
}

// Degrees first: their bounds tell the middle.
typedef struct bounds {
    double west, east, south, north;
    bool any;
} bounds;

static void widen(bounds *b, double lon, double lat) {
    if (lon != lon || lat != lat)
        return;
    b->west = !b->any || lon < b->west ? lon : b->west;
    b->east = !b->any || lon > b->east ? lon : b->east;
    b->south = !b->any || lat < b->south ? lat : b->south;
    b->north = !b->any || lat > b->north ? lat : b->north;
    b->any = true;
}

static bool is_placed(const piste_resort *resort, piste_ref place) {
    return place.index >= 0 && resort->places.list[place.index].lon_deg == resort->places.list[place.index].lon_deg;
}

static bool can_draw(const piste_resort *resort, const piste_line *line, piste_ref from, piste_ref to) {
    return line->count > 1 || (is_placed(resort, from) && is_placed(resort, to));
}

// A map that shows half of the ways is a map; less than that would hide more than it shows.
static bool has_geometry(const piste_resort *resort) {
    int32_t drawn = 0, ways = resort->lifts.count + resort->runs.count;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        drawn += can_draw(resort, &resort->lifts.list[i].line, resort->lifts.list[i].from, resort->lifts.list[i].to);
    for (int32_t i = 0; i < resort->runs.count; i++)
        drawn += can_draw(resort, &resort->runs.list[i].line, resort->runs.list[i].from, resort->runs.list[i].to);
    return drawn > 0 && drawn * 2 >= ways;
}

static void find_middle(const piste_resort *resort, map_plan *plan) {
    bounds b = {0};
    for (int32_t i = 0; i < resort->places.count; i++)
        widen(&b, resort->places.list[i].lon_deg, resort->places.list[i].lat_deg);
    for (int32_t i = 0; i < resort->lifts.count; i++)
        for (int32_t k = 0; k < resort->lifts.list[i].line.count; k++)
            widen(&b, resort->lifts.list[i].line.points[k].lon_deg, resort->lifts.list[i].line.points[k].lat_deg);
    for (int32_t i = 0; i < resort->runs.count; i++)
        for (int32_t k = 0; k < resort->runs.list[i].line.count; k++)
            widen(&b, resort->runs.list[i].line.points[k].lon_deg, resort->runs.list[i].line.points[k].lat_deg);
    plan->lon_deg = base_round((b.west + b.east) / 2, 6);
    plan->lat_deg = base_round((b.south + b.north) / 2, 6);
    // Lengths of a degree on WGS 84, as series in the latitude (National Geospatial-Intelligence Agency).
    double lat = plan->lat_deg;
    plan->m_per_lat_deg = 111132.954 - 559.822 * cosine_of_degrees(2 * lat) + 1.175 * cosine_of_degrees(4 * lat);
    plan->m_per_lon_deg = 111412.84 * cosine_of_degrees(lat) - 93.5 * cosine_of_degrees(3 * lat);
}

static map_point project(const map_plan *plan, double lon, double lat) {
    return (map_point){base_round((lon - plan->lon_deg) * plan->m_per_lon_deg, 1),
                       base_round((lat - plan->lat_deg) * plan->m_per_lat_deg, 1)};
}

// A line as surveyed, or straight between its places where there is none.
static bool project_way(const piste_resort *resort, base_arena *arena, const map_plan *plan, const piste_line *line,
                        piste_ref from, piste_ref to, map_line *out) {
    if (line && line->count > 1) {
        map_point *points = base_arena_take(arena, (size_t)line->count * sizeof *points);
        if (!points)
            return false;
        for (int32_t i = 0; i < line->count; i++)
            points[i] = project(plan, line->points[i].lon_deg, line->points[i].lat_deg);
        *out = (map_line){points, line->count};
    } else if (is_placed(resort, from) && is_placed(resort, to)) {
        map_point *points = base_arena_take(arena, 2 * sizeof *points);
        if (!points)
            return false;
        points[0] = plan->places[from.index];
        points[1] = plan->places[to.index];
        *out = (map_line){points, 2};
    }
    return true;
}

static bool project_all(const piste_resort *resort, base_arena *arena, map_plan *plan, map_point *places, map_line *lifts,
                        map_line *runs, map_line *walks) {
    find_middle(resort, plan);
    for (int32_t i = 0; i < resort->places.count; i++)
        places[i] = project(plan, resort->places.list[i].lon_deg, resort->places.list[i].lat_deg);
    bool good = true;
    for (int32_t i = 0; good && i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        good = project_way(resort, arena, plan, &lift->line, lift->from, lift->to, &lifts[i]);
    }
    for (int32_t i = 0; good && i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        good = project_way(resort, arena, plan, &run->line, run->from, run->to, &runs[i]);
    }
    for (int32_t i = 0; good && i < resort->walks.count; i++)
        good = project_way(resort, arena, plan, NULL, resort->walks.list[i].from, resort->walks.list[i].to, &walks[i]);
    return good;
}

// ---- without geometry -------------------------------------------------------------------------------------------

typedef struct pair_count {
    int32_t a, b, seen;
} pair_count;

// Ways between the same two places bow to alternating sides, so that each can be seen: 0, 1, -1, 2, -2 ...
static int32_t side_of(pair_count *pairs, int32_t *count, int32_t from, int32_t to) {
    int32_t a = from < to ? from : to, b = from < to ? to : from, k = 0;
    while (k < *count && (pairs[k].a != a || pairs[k].b != b))
        k++;
    if (k == *count)
        pairs[(*count)++] = (pair_count){a, b, 0};
    int32_t n = pairs[k].seen++;
    int32_t side = n % 2 ? (n + 1) / 2 : -(n / 2);
    return from < to ? side : -side;
}

static bool bow_all(const piste_resort *resort, base_arena *arena, const map_point *places, map_line *lifts, map_line *runs,
                    map_line *walks) {
    size_t ways = (size_t)resort->lifts.count + (size_t)resort->runs.count + (size_t)resort->walks.count;
    pair_count *pairs = base_arena_take(arena, (ways + 1) * sizeof *pairs);
    int32_t count = 0;
    bool good = pairs != NULL;
#define BOW(kind, out)                                                                                                  \
    for (int32_t i = 0; good && i < resort->kind.count; i++) {                                                          \
        piste_ref from = resort->kind.list[i].from, to = resort->kind.list[i].to;                                       \
        if (from.index >= 0 && to.index >= 0)                                                                           \
            good = map_bow(arena, places[from.index], places[to.index],                                                 \
                           0.16 * side_of(pairs, &count, from.index, to.index), &out[i]);                               \
    }
    BOW(lifts, lifts)
    BOW(runs, runs)
    BOW(walks, walks)
#undef BOW
    return good;
}

// ---- the whole --------------------------------------------------------------------------------------------------

static void widen_plan(map_plan *plan, map_point p) {
    if (p.x != p.x || p.y != p.y)
        return;
    plan->min.x = plan->empty || p.x < plan->min.x ? p.x : plan->min.x;
    plan->min.y = plan->empty || p.y < plan->min.y ? p.y : plan->min.y;
    plan->max.x = plan->empty || p.x > plan->max.x ? p.x : plan->max.x;
    plan->max.y = plan->empty || p.y > plan->max.y ? p.y : plan->max.y;
    plan->empty = false;
}

static void widen_line(map_plan *plan, const map_line *line) {
    for (int32_t i = 0; i < line->count; i++)
        widen_plan(plan, line->points[i]);
}

static void find_bounds(const piste_resort *resort, map_plan *plan) {
    plan->empty = true;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        widen_line(plan, &plan->lifts[i]);
    for (int32_t i = 0; i < resort->runs.count; i++)
        widen_line(plan, &plan->runs[i]);
    for (int32_t i = 0; i < resort->venues.count; i++)
        if (resort->venues.list[i].place.index >= 0)
            widen_plan(plan, plan->places[resort->venues.list[i].place.index]);
}

bool map_plan_make(const piste_resort *resort, base_arena *arena, map_plan *plan) {
    map_plan made = {.schematic = !has_geometry(resort), .lon_deg = NAN, .lat_deg = NAN};
    map_point *places = base_arena_take(arena, ((size_t)resort->places.count + 1) * sizeof *places);
    map_line *lifts = base_arena_take(arena, ((size_t)resort->lifts.count + 1) * sizeof *lifts);
    map_line *runs = base_arena_take(arena, ((size_t)resort->runs.count + 1) * sizeof *runs);
    map_line *walks = base_arena_take(arena, ((size_t)resort->walks.count + 1) * sizeof *walks);
    if (!places || !lifts || !runs || !walks)
        return false;
    made.places = places;
    made.lifts = lifts;
    made.runs = runs;
    made.walks = walks;
    bool good = made.schematic ? map_schematic(resort, arena, places) && bow_all(resort, arena, places, lifts, runs, walks)
                               : project_all(resort, arena, &made, places, lifts, runs, walks);
    find_bounds(resort, &made);
    *plan = made;
    return good;
}
