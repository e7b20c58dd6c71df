// junctions.c - places that the map itself gives: points that lines share exactly, and crossings of runs.
#include <math.h>
#include <stdlib.h>

#include "import/import.h"

enum { CROSSING_HEIGHT_M = 8, CROSSING_SLACK_M = 4, CROSSING_APART_M = 30 };

typedef struct vertex {
    int64_t lon, lat; // in 1e-7 degrees
    int32_t line, point;
} vertex;

static int compare_vertices(const void *a, const void *b) {
    const vertex *x = a, *y = b;
    if (x->lon != y->lon)
        return x->lon < y->lon ? -1 : 1;
    if (x->lat != y->lat)
        return x->lat < y->lat ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->point - y->point;
}

// All points of runs, and the stations of each lift: nobody gets on or off in between.
static vertex *list_vertices(importer *im, size_t *count) {
    size_t total = 0;
    for (int32_t l = 0; l < im->line_count; l++)
        total += (size_t)im->lines[l].count;
    vertex *list = base_arena_take(im->arena, (total + 1) * sizeof *list);
    *count = 0;
    for (int32_t l = 0; list && l < im->line_count; l++) {
        const import_line *line = &im->lines[l];
        for (int32_t i = 0; !line->dropped && i < line->count; i++)
            if (!line->is_lift || i == 0 || i == line->count - 1 || line->points[i].is_station)
                list[(*count)++] = (vertex){(int64_t)base_round(line->points[i].lon * 1e7, 0),
                                            (int64_t)base_round(line->points[i].lat * 1e7, 0), l, i};
    }
    if (list)
        qsort(list, *count, sizeof *list, compare_vertices);
    return list;
}

static bool join_shared(importer *im) {
    size_t count;
    vertex *list = list_vertices(im, &count);
    if (!list)
        return false;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && list[to].lon == list[from].lon && list[to].lat == list[from].lat; to++)
            ;
        int32_t first = -1, before = -1;
        for (size_t i = from; i < to; i++) {
            if (list[i].line == before || list[to - 1].line == list[from].line)
                continue; // a line that comes back to its own point is not joined to itself
            before = list[i].line;
            int32_t node = import_anchor(im, list[i].line, im->lines[list[i].line].points[list[i].point].s);
            if (node < 0)
                return false;
            if (first >= 0)
                import_join(im, first, node);
            else
                first = node;
        }
    }
    return true;
}

// Where segments ab and cd cross: how far along each, 0..1.
static bool cross(const import_point *a, const import_point *b, const import_point *c, const import_point *d, double *t,
                  double *u) {
    double rx = b->x - a->x, ry = b->y - a->y, sx = d->x - c->x, sy = d->y - c->y, det = rx * sy - ry * sx;
    double lengths = base_sqrt((rx * rx + ry * ry) * (sx * sx + sy * sy));
    if (fabs(det) < 0.05 * lengths) // within 3 degrees of parallel: side by side, not across
        return false;
    *t = ((c->x - a->x) * sy - (c->y - a->y) * sx) / det;
    *u = ((c->x - a->x) * ry - (c->y - a->y) * rx) / det;
    return *t >= 0 && *t <= 1 && *u >= 0 && *u <= 1;
}

// Whether the two runs have a place in common near these two points already.
static bool is_joined_near(importer *im, const import_line *a, double s, const import_line *b, double z) {
    for (int32_t i = 0; i < a->cut_count; i++)
        for (int32_t k = 0; k < b->cut_count; k++)
            if (fabs(a->cuts[i].s - s) < CROSSING_APART_M && fabs(b->cuts[k].s - z) < CROSSING_APART_M &&
                import_root(im, a->cuts[i].node) == import_root(im, b->cuts[k].node))
                return true;
    return false;
}

static int32_t crossing_anchor(importer *im, int32_t l, double s) {
    double slack = fmin(CROSSING_SLACK_M, im->lines[l].points[im->lines[l].count - 1].s * 0.3);
    int32_t near = import_anchor_near(im, l, s, slack);
    return near >= 0 ? near : import_anchor(im, l, s);
}

static bool join_crossing(importer *im, int32_t l, int32_t m, double s, double z) {
    import_line *a = &im->lines[l], *b = &im->lines[m];
    if (fabs(import_at(a, s).h - import_at(b, z).h) > CROSSING_HEIGHT_M + import_slack(im) ||
        is_joined_near(im, a, s, b, z))
        return true; // a bridge; or known
    int32_t x = crossing_anchor(im, l, s), y = crossing_anchor(im, m, z);
    if (x < 0 || y < 0)
        return false;
    if (!import_may_join(im, x, y))
        return true;
    import_join(im, x, y);
    import_tell(im, IMPORT_CROSSED, a->label, -1, "crosses %s, %.1f m down", b->label, z);
    return true;
}

typedef struct box {
    double west, east, south, north;
} box;

static bool boxes_meet(const box *a, const box *b) {
    return a->west <= b->east && b->west <= a->east && a->south <= b->north && b->south <= a->north;
}

static box box_of(const import_point *points, int32_t count) {
    box b = {HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL};
    for (int32_t i = 0; i < count; i++) {
        b.west = fmin(b.west, points[i].x);
        b.east = fmax(b.east, points[i].x);
        b.south = fmin(b.south, points[i].y);
        b.north = fmax(b.north, points[i].y);
    }
    return b;
}

enum { STRETCH = 32 }; // segments of a line that share a box, so that lines of thousands of points are soon compared

typedef struct bounds { // of one line, and of each stretch of it
    box whole, *stretches;
} bounds;

static bool find_bounds(importer *im, const import_line *line, bounds *out) {
    out->whole = box_of(line->points, line->count);
    out->stretches = base_arena_take(im->arena, ((size_t)line->count / STRETCH + 1) * sizeof *out->stretches);
    for (int32_t from = 0; out->stretches && from + 1 < line->count; from += STRETCH) {
        int32_t left = line->count - from;
        out->stretches[from / STRETCH] = box_of(&line->points[from], left < STRETCH + 1 ? left : STRETCH + 1);
    }
    return out->stretches != NULL;
}

// Where the segment from point i of line l crosses these stretches of line m.
static bool join_crossings_at(importer *im, int32_t l, int32_t i, int32_t m, const int32_t *stretches, int32_t count) {
    const import_line *b = &im->lines[m];
    const import_point *p = &im->lines[l].points[i];
    for (int32_t at = 0; at < count; at++) {
        int32_t from = stretches[at] * STRETCH, to = from + STRETCH;
        for (int32_t k = from; k < to && k + 1 < b->count; k++) {
            double t, u;
            const import_point *q = &b->points[k];
            if (!cross(p, p + 1, q, q + 1, &t, &u))
                continue;
            if (!join_crossing(im, l, m, p->s + (p[1].s - p->s) * t, q->s + (q[1].s - q->s) * u))
                return false;
        }
    }
    return true;
}

// `near` has room for every stretch of line m.
static bool join_crossings_of(importer *im, int32_t l, int32_t m, const bounds *list, int32_t *near) {
    const import_line *a = &im->lines[l], *b = &im->lines[m];
    for (int32_t from = 0; from + 1 < a->count; from += STRETCH) {
        const box *own = &list[l].stretches[from / STRETCH];
        int32_t count = 0;
        for (int32_t k = 0; boxes_meet(own, &list[m].whole) && k * STRETCH + 1 < b->count; k++)
            if (boxes_meet(own, &list[m].stretches[k]))
                near[count++] = k;
        for (int32_t i = from; count && i < from + STRETCH && i + 1 < a->count; i++)
            if (!join_crossings_at(im, l, i, m, near, count))
                return false;
    }
    return true;
}

piste_status import_junctions(importer *im) {
    if (!join_shared(im))
        return PISTE_MEMORY;
    bounds *list = base_arena_take(im->arena, ((size_t)im->line_count + 1) * sizeof *list);
    int32_t most = 0;
    for (int32_t l = 0; list && l < im->line_count; l++) {
        most = im->lines[l].count > most ? im->lines[l].count : most;
        if (!find_bounds(im, &im->lines[l], &list[l]))
            return PISTE_MEMORY;
    }
    int32_t *near = base_arena_take(im->arena, ((size_t)most / STRETCH + 1) * sizeof *near);
    if (!list || !near)
        return PISTE_MEMORY;
    for (int32_t l = 0; l < im->line_count; l++)
        for (int32_t m = l + 1; m < im->line_count; m++) {
            if (im->lines[l].is_lift || im->lines[l].dropped || im->lines[m].is_lift || im->lines[m].dropped)
                continue;
            if (boxes_meet(&list[l].whole, &list[m].whole) && !join_crossings_of(im, l, m, list, near))
                return PISTE_MEMORY;
        }
    return PISTE_OK;
}
