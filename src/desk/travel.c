// travel.c - the least time between a scan at one entrance and one at another: the shortest ride and run.
//
// Who is scanned rides on to some station, and is as fast from there as anyone can be, by any lift, run and walk, or off the
// map: in a straight line. Everything errs to the fast side, so that a pass is called impossible only where it is: runs and
// straight lines at a top speed held all the way down, rides a little shorter than stated, no waiting anywhere. Where a line
// climbs more than what that speed carries up it takes a walker's time. Where no way is known, no bound is.
#include <geodesic.h>
#include <math.h>
#include <stdlib.h>

#include "desk/table.h"

enum { MOMENTUM_M = 50 }; // v^2 / 2g at 32 m/s

piste_travel_limits piste_travel_limits_default(void) {
    return (piste_travel_limits){.ski_mps = 32, .foot_mps = 3, .ride_share = 0.95, .venue_s = 60};
}

typedef struct edge {
    int32_t to, next; // next edge from the same place, -1: none
    double s;
} edge;

typedef struct graph {
    const piste_resort *resort;
    const piste_travel_limits *limits;
    edge *edges;
    int32_t edge_count;
    int32_t *first;    // edges of each place, -1: none
    int32_t *ends;     // places where a lift can be got on or off, and doors of venues
    int32_t end_count;
    double *line_s;    // end to end in a straight line; infinite where it is not known
    int32_t *end_of;   // of each place, -1: none
    double *dist;      // from the door in hand
    int32_t *heap, *at; // places by dist; where each stands in it, -1: not
    int32_t heap_count;
    struct geod_geodesic earth;
} graph;

static void add_edge(graph *g, int32_t from, int32_t to, double s) {
    if (from < 0 || to < 0 || !(s >= 0))
        return;
    g->edges[g->edge_count] = (edge){to, g->first[from], s};
    g->first[from] = g->edge_count++;
}

int32_t table_station_place(const piste_lift *lift, int32_t station) {
    return station == 0                          ? lift->from.index
           : station == lift->stations.count + 1 ? lift->to.index
                                                 : lift->stations.list[station - 1].place.index;
}

static double station_at(const piste_lift *lift, int32_t station) { // share of the ride
    if (station == 0 || station == lift->stations.count + 1)
        return station == 0 ? 0 : 1;
    double share = lift->stations.list[station - 1].at_m / lift->length_m;
    return share >= 0 && share <= 1 ? share : 0;
}

static double ride_s(const graph *g, const piste_lift *lift, int32_t from, int32_t to) {
    return g->limits->ride_share * lift->ride_s * fabs(station_at(lift, to) - station_at(lift, from));
}

static void add_ways(graph *g) {
    const piste_resort *r = g->resort;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        for (int32_t s = 0; s <= lift->stations.count; s++) {
            int32_t below = table_station_place(lift, s), above = table_station_place(lift, s + 1);
            if (lift->up)
                add_edge(g, below, above, ride_s(g, lift, s, s + 1));
            if (lift->down)
                add_edge(g, above, below, ride_s(g, lift, s, s + 1));
        }
    }
    for (int32_t i = 0; i < r->runs.count; i++)
        add_edge(g, r->runs.list[i].from.index, r->runs.list[i].to.index, r->runs.list[i].length_m / g->limits->ski_mps);
    for (int32_t i = 0; i < r->walks.count; i++) {
        const piste_walk *walk = &r->walks.list[i];
        double s = walk->length_m / g->limits->foot_mps;
        s = walk->duration_s < s ? walk->duration_s : s;
        add_edge(g, walk->from.index, walk->to.index, s);
        add_edge(g, walk->to.index, walk->from.index, s); // a one-way walk can be run back
    }
}

static void mark_end(graph *g, int32_t place) {
    if (place < 0 || g->end_of[place] >= 0)
        return;
    g->end_of[place] = g->end_count;
    g->ends[g->end_count++] = place;
}

static double straight_s(graph *g, const piste_place *a, const piste_place *b) {
    if (isnan(a->lon_deg) || isnan(b->lon_deg))
        return HUGE_VAL;
    double across = 0;
    geod_inverse(&g->earth, a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg, &across, NULL, NULL);
    double rise = isnan(a->height_m) || isnan(b->height_m) ? 0 : b->height_m - a->height_m;
    return sqrt(across * across + rise * rise) / (rise > MOMENTUM_M ? g->limits->foot_mps : g->limits->ski_mps);
}

static bool add_lines(graph *g) {
    const piste_resort *r = g->resort;
    for (int32_t i = 0; i < r->lifts.count; i++)
        for (int32_t s = 0; s < r->lifts.list[i].stations.count + 2; s++)
            mark_end(g, table_station_place(&r->lifts.list[i], s));
    for (int32_t i = 0; i < r->venues.count; i++)
        mark_end(g, r->venues.list[i].place.index);
    g->line_s = calloc((size_t)g->end_count * (size_t)g->end_count + 1, sizeof *g->line_s);
    for (int32_t i = 0; g->line_s && i < g->end_count; i++)
        for (int32_t j = 0; j < g->end_count; j++)
            g->line_s[i * g->end_count + j] =
                i == j ? 0 : straight_s(g, &r->places.list[g->ends[i]], &r->places.list[g->ends[j]]);
    return g->line_s != NULL;
}

static void release(graph *g) {
    free(g->edges);
    free(g->first);
    free(g->ends);
    free(g->line_s);
    free(g->end_of);
    free(g->dist);
    free(g->heap);
    free(g->at);
}

static bool build(graph *g) {
    const piste_resort *r = g->resort;
    size_t places = (size_t)r->places.count + 1, most = (size_t)r->runs.count + 2 * (size_t)r->walks.count + 1;
    for (int32_t i = 0; i < r->lifts.count; i++)
        most += 2 * ((size_t)r->lifts.list[i].stations.count + 1);
    g->edges = calloc(most, sizeof *g->edges);
    g->first = calloc(places, sizeof *g->first);
    g->ends = calloc(places, sizeof *g->ends);
    g->end_of = calloc(places, sizeof *g->end_of);
    g->dist = calloc(places, sizeof *g->dist);
    g->heap = calloc(places, sizeof *g->heap);
    g->at = calloc(places, sizeof *g->at);
    if (!g->edges || !g->first || !g->ends || !g->end_of || !g->dist || !g->heap || !g->at)
        return false;
    for (size_t p = 0; p < places; p++)
        g->first[p] = g->end_of[p] = -1;
    geod_init(&g->earth, 6378137, 1 / 298.257223563);
    add_ways(g);
    return add_lines(g);
}

// ---- the fastest ways from one door -------------------------------------------------------------------------------

static void put_at(graph *g, int32_t at, int32_t place) {
    g->heap[at] = place;
    g->at[place] = at;
}

static void sift_up(graph *g, int32_t at) {
    int32_t place = g->heap[at];
    for (; at > 0 && g->dist[place] < g->dist[g->heap[(at - 1) / 2]]; at = (at - 1) / 2)
        put_at(g, at, g->heap[(at - 1) / 2]);
    put_at(g, at, place);
}

static int32_t take_nearest(graph *g) {
    int32_t nearest = g->heap[0], last = g->heap[--g->heap_count], at = 0;
    g->at[nearest] = -1;
    if (g->heap_count == 0)
        return nearest;
    for (int32_t child; (child = 2 * at + 1) < g->heap_count; at = child) {
        if (child + 1 < g->heap_count && g->dist[g->heap[child + 1]] < g->dist[g->heap[child]])
            child++;
        if (g->dist[g->heap[child]] >= g->dist[last])
            break;
        put_at(g, at, g->heap[child]);
    }
    put_at(g, at, last);
    return nearest;
}

static void reach(graph *g, int32_t place, double s) {
    if (place < 0 || !(s < g->dist[place]))
        return;
    g->dist[place] = s;
    if (g->at[place] < 0)
        put_at(g, g->heap_count, place), g->heap_count++;
    sift_up(g, g->at[place]);
}

static void spread(graph *g) {
    while (g->heap_count) {
        int32_t place = take_nearest(g), end = g->end_of[place];
        for (int32_t e = g->first[place]; e >= 0; e = g->edges[e].next)
            reach(g, g->edges[e].to, g->dist[place] + g->edges[e].s);
        for (int32_t j = 0; end >= 0 && j < g->end_count; j++)
            reach(g, g->ends[j], g->dist[place] + g->line_s[end * g->end_count + j]);
    }
}

static void from_door(graph *g, const table_door *door) {
    for (int32_t p = 0; p < g->resort->places.count; p++) {
        g->dist[p] = HUGE_VAL;
        g->at[p] = -1;
    }
    if (door->lift < 0) {
        if (door->venue < 0)
            return; // not there at present: nothing is known
        reach(g, g->resort->venues.list[door->venue].place.index, 0);
    } else {
        const piste_lift *lift = &g->resort->lifts.list[door->lift];
        for (int32_t s = door->station; door->down ? s-- > 0 : s++ <= lift->stations.count;)
            reach(g, table_station_place(lift, s), ride_s(g, lift, door->station, s));
    }
    spread(g);
}

static int32_t place_of(const piste_resort *r, const table_door *door) {
    return door->lift < 0 && door->venue < 0 ? -1
           : door->lift < 0                  ? r->venues.list[door->venue].place.index
                                             : table_station_place(&r->lifts.list[door->lift], door->station);
}

bool table_travel(const piste_resort *resort, const piste_travel_limits *limits, const table_door *doors, int32_t count,
                  int32_t *travel_s) {
    graph g = {.resort = resort, .limits = limits};
    bool well = build(&g);
    for (int32_t a = 0; well && a < count; a++) {
        from_door(&g, &doors[a]);
        for (int32_t b = 0; b < count; b++) {
            int32_t place = place_of(resort, &doors[b]);
            double s = place < 0 ? HUGE_VAL : g.dist[place];
            if (a == b && doors[a].lift < 0 && doors[a].venue >= 0)
                s = limits->venue_s;
            travel_s[a * count + b] = s < TABLE_TRAVEL_MAX_S ? (int32_t)s : PISTE_TRAVEL_UNKNOWN;
        }
    }
    release(&g);
    return well;
}
