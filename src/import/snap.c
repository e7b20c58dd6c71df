// snap.c - ends of lines that lead nowhere, or to which nothing leads, are joined to what lies near.
//
// Three rounds: what is on the same spot (10 m) is one place; then an end that lacks something is joined to the nearest
// place that has it, first within 25 m, and where that leaves it loose within 75 m. "Lacks" is meant for the place: a
// run that ends needs something that leads on, a run that begins needs something that leads there. Short lines reach
// less far, so that no line's two ends become one; and nobody is asked to climb more than a few metres to get across.
#include <math.h>
#include <stdlib.h>

#include "import/import.h"

enum { ROUND_COUNT = 3, CUT_SLACK_M = 20, PLACE_WIDTH_M = 100, PLACE_HEIGHT_M = 15 };
static const double reach_m[ROUND_COUNT] = {10, 25, 75};

typedef struct candidate {
    double distance;
    int32_t end;  // node that is joined
    int32_t line; // to this line,
    double s;     // there
} candidate;

typedef struct candidates {
    candidate *list;
    int32_t count, capacity;
} candidates;

static int compare_candidates(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    if (x->end != y->end)
        return x->end < y->end ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->s > y->s) - (x->s < y->s);
}

static unsigned flags_at(importer *im, int32_t node) {
    return im->nodes[import_root(im, node)].flags;
}

static unsigned lacks(unsigned flags) {
    return (IMPORT_IN | IMPORT_OUT) & ~flags;
}

static bool climbs(double rise, double distance, double slack) {
    return rise > fmax(3, 0.1 * distance) + slack || rise < -(3 + 0.5 * distance) - slack;
}

// Whether joining helps one of the two, and nobody has to climb for it.
static bool is_good(unsigned a, double a_h, unsigned b, double b_h, double distance, int round, double slack) {
    if (round == 0)
        return fabs(a_h - b_h) <= 6 + slack;
    unsigned a_gets = lacks(a) & b, b_gets = lacks(b) & a;
    if (!a_gets && !(b_gets && round == 1))
        return false;
    if (((a_gets & IMPORT_OUT) || (b_gets & IMPORT_IN)) && climbs(b_h - a_h, distance, slack))
        return false;
    if (((a_gets & IMPORT_IN) || (b_gets & IMPORT_OUT)) && climbs(a_h - b_h, distance, slack))
        return false;
    return true;
}

// A place stays a place: not wider than a base area's meadow, not higher than a few steps.
static bool stays_small(importer *im, int32_t a, int32_t b) {
    int32_t i = a;
    do {
        int32_t k = b;
        do {
            double x = im->nodes[i].x - im->nodes[k].x, y = im->nodes[i].y - im->nodes[k].y;
            if (x * x + y * y > (double)PLACE_WIDTH_M * PLACE_WIDTH_M ||
                fabs(im->nodes[i].h - im->nodes[k].h) > PLACE_HEIGHT_M + import_slack(im))
                return false;
            k = im->nodes[k].next;
        } while (k != b);
        i = im->nodes[i].next;
    } while (i != a);
    return true;
}

static double reach_of(const import_line *line, int round) {
    return fmin(reach_m[round], line->points[line->count - 1].s * (line->is_lift ? 0.25 : 0.4));
}

static bool add(importer *im, candidates *c, candidate one) {
    candidate *list = import_grow(im, c->list, c->count, &c->capacity, sizeof *list);
    if (!list)
        return false;
    c->list = list;
    list[c->count++] = one;
    return true;
}

// What one end could be joined to on one other line: its anchors, and the nearest point in between.
static bool gather(importer *im, candidates *c, int32_t end, int32_t l, int round) {
    const import_node *e = &im->nodes[end];
    const import_line *line = &im->lines[l];
    double reach = reach_of(&im->lines[e->line], round), other = reach_of(line, round);
    reach = fmin(reach, other);
    for (int32_t i = 0; i < line->cut_count; i++) {
        const import_node *n = &im->nodes[line->cuts[i].node];
        double d = base_sqrt((n->x - e->x) * (n->x - e->x) + (n->y - e->y) * (n->y - e->y));
        if (d <= reach && !add(im, c, (candidate){d, end, l, line->cuts[i].s}))
            return false;
    }
    if (round == 0 || line->is_lift)
        return true;
    double d;
    import_point p = import_nearest(line, e->x, e->y, &d);
    if (d <= reach && import_anchor_near(im, l, p.s, fmin(CUT_SLACK_M, line->points[line->count - 1].s * 0.3)) < 0)
        return add(im, c, (candidate){d, end, l, p.s});
    return true;
}

static bool gather_all(importer *im, candidates *c, int round) {
    c->count = 0;
    for (int32_t l = 0; l < im->line_count; l++) {
        const import_line *line = &im->lines[l];
        for (int32_t which = 0; which < 2 && !line->dropped; which++) {
            int32_t end = line->cuts[which ? line->cut_count - 1 : 0].node;
            if (round > 0 && lacks(flags_at(im, end)) == 0)
                continue;
            for (int32_t m = 0; m < im->line_count; m++)
                if (m != l && !im->lines[m].dropped && !gather(im, c, end, m, round))
                    return false;
        }
    }
    if (c->count)
        qsort(c->list, (size_t)c->count, sizeof *c->list, compare_candidates);
    return true;
}

// Joins where it still helps; false: no memory.
static bool accept(importer *im, const candidate *c, int round, bool *joined) {
    int32_t there = import_anchor_near(im, c->line, c->s, 0.01);
    import_point p = import_at(&im->lines[c->line], c->s);
    unsigned target = there >= 0 ? flags_at(im, there) : IMPORT_IN | IMPORT_OUT;
    if (!is_good(flags_at(im, c->end), im->nodes[c->end].h, target, p.h, c->distance, round, import_slack(im)))
        return true;
    if (there < 0) { // an earlier one of this round may have cut the run close by
        if (import_anchor_near(im, c->line, c->s, CUT_SLACK_M) >= 0)
            return true;
        for (int32_t i = im->nodes[c->end].next;; i = im->nodes[i].next) {
            if (im->nodes[i].line == c->line)
                return true; // the place touches that run already
            if (i == c->end)
                break;
        }
        there = import_anchor(im, c->line, c->s);
        if (there < 0)
            return false;
    }
    if (!import_may_join(im, c->end, there) || !stays_small(im, c->end, there))
        return true;
    const char *what = import_describe(im, c->end), *where = import_describe(im, there);
    const import_line *other = &im->lines[c->line];
    bool at_end = c->s <= 0 || c->s >= other->points[other->count - 1].s;
    if (im->lines[im->nodes[c->end].line].is_lift && !other->is_lift && at_end) { // told from the run's side
        const char *run = where;
        where = what;
        what = run;
    }
    import_join(im, c->end, there);
    import_tell(im, IMPORT_SNAPPED, what, base_round(c->distance, 1), "to %s", where);
    *joined = true;
    return true;
}

piste_status import_snap(importer *im) {
    candidates c = {0};
    for (int round = 0; round < ROUND_COUNT; round++)
        for (bool joined = true; joined;) {
            joined = false;
            if (!gather_all(im, &c, round))
                return PISTE_MEMORY;
            for (int32_t i = 0; i < c.count; i++)
                if (!accept(im, &c.list[i], round, &joined))
                    return PISTE_MEMORY;
        }
    return PISTE_OK;
}
