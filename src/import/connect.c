// connect.c - a graph that a guest can live on: a base, walks where nothing else leads on, and no way that cannot be
// reached from the base or from which the base cannot be reached again.
//
// Lift bottoms that lie near each other are a base area; the lowest is the resort's base, unless another one reaches
// clearly more of the runs (a lone carpet in the valley is not the base of the mountain). The bottoms of the base area
// are linked by walks. Then the cheapest walk is laid that brings a dead end home or opens a place that nothing leads
// to, and so on until no walk of at most 300 m does so without a climb. A base area that is still apart is linked by a
// road where one can be; the rest is left out.
#include <math.h>
#include <string.h>

#include "import/import.h"

enum {
    STROLL_RISE_M = 8,
    WALK_REACH_M = 300,
    WALK_CLIMB_M = 20,
    CUT_APART_M = 20,
    PLACE_SLACK_M = 100,
    BASES_TRIED = 8,
    TRANSFER_M = 5000,
    TRANSFER_GAIN_M = 100
};

typedef struct connector {
    importer *im;
    int32_t *group; // by line: base area of a lift's bottom, -1 where it is no lift
    int32_t *order; // lifts by the height of their bottoms
    int32_t lift_count, group_count, bottom_groups;
    int32_t *base_of;     // by base area: root of its node
    bool *forward, *back; // by root: reached from the base, reaches the base
    bool *used;           // by root: a way touches it
    int32_t node_limit;   // nodes for which the three have room
} connector;

static int32_t end_of(importer *im, int32_t line, bool last) {
    const import_line *l = &im->lines[line];
    return import_root(im, l->cuts[last ? l->cut_count - 1 : 0].node);
}

static double apart(const importer *im, int32_t a, int32_t b) {
    double x = im->nodes[a].x - im->nodes[b].x, y = im->nodes[a].y - im->nodes[b].y;
    return base_sqrt(x * x + y * y);
}

// ---- base areas -----------------------------------------------------------------------------------------------------

static bool near_enough(importer *im, int32_t l, int32_t m) {
    int32_t a = end_of(im, l, false), b = end_of(im, m, false);
    return apart(im, a, b) <= IMPORT_BASE_LINK_M &&
           fabs(im->nodes[a].h - im->nodes[b].h) <= IMPORT_BASE_RISE_M + import_slack(im);
}

static bool is_lower(importer *im, int32_t l, int32_t m) {
    double a = im->nodes[end_of(im, l, false)].h, b = im->nodes[end_of(im, m, false)].h;
    return a != b ? a < b : l < m;
}

static void spread(connector *c, int32_t from, int32_t group) {
    c->group[from] = group;
    for (int32_t i = 0; i < c->lift_count; i++)
        if (c->group[c->order[i]] < 0 && near_enough(c->im, from, c->order[i]))
            spread(c, c->order[i], group);
}

// Groups come in the order of their lowest bottoms; a group's node is the bottom of its longest lift.
static void group_bottoms(connector *c) {
    importer *im = c->im;
    for (int32_t l = 0; l < im->line_count && im->lines[l].is_lift; l++) {
        int32_t at = c->lift_count++;
        for (; at > 0 && is_lower(im, l, c->order[at - 1]); at--)
            c->order[at] = c->order[at - 1];
        c->order[at] = l;
        c->group[l] = -1;
    }
    for (int32_t i = 0; i < c->lift_count; i++)
        if (c->group[c->order[i]] < 0)
            spread(c, c->order[i], c->group_count++);
    c->bottom_groups = c->group_count;
    for (int32_t g = 0; g < c->group_count; g++) {
        double longest = -1;
        for (int32_t l = 0; l < c->lift_count; l++)
            if (c->group[l] == g && im->lines[l].length_m > longest) {
                longest = im->lines[l].length_m;
                c->base_of[g] = end_of(im, l, false);
            }
    }
}

// ---- walks ----------------------------------------------------------------------------------------------------------

// A walk that helps is one-way: there and back between two places would only invite to stroll. Within a base area
// people go to and fro.
static bool add_walk(importer *im, int32_t from, int32_t to, bool both_ways, const char *why) {
    const import_node *a = &im->nodes[from], *b = &im->nodes[to];
    piste_point ends[2] = {{a->lon, a->lat, a->h}, {b->lon, b->lat, b->h}};
    return import_add_way(im, (import_way){.kind = IMPORT_WAY_WALK,
                                           .from = from,
                                           .to = to,
                                           .line = -1,
                                           .length_m = fmax(geojson_length(ends, 2, true), 1),
                                           .both_ways = both_ways,
                                           .why = why});
}

// Between two bottoms people carry their skis up a few steps.
static bool can_stroll(const importer *im, int32_t a, int32_t b, double distance) {
    return fabs(im->nodes[a].h - im->nodes[b].h) <= fmax(STROLL_RISE_M, 0.15 * distance) + import_slack(im);
}

// The bottoms of one base area, linked by as few and as short walks as reach them all (Prim's tree).
static bool link_base(connector *c, int32_t group) {
    importer *im = c->im;
    bool *linked = base_arena_take(im->arena, (size_t)c->node_limit + 1);
    if (!linked)
        return false;
    linked[c->base_of[group]] = true;
    for (;;) {
        int32_t from = -1, to = -1;
        double best = HUGE_VAL;
        for (int32_t l = 0; l < c->lift_count; l++)
            for (int32_t m = 0; m < c->lift_count; m++) {
                int32_t a = end_of(im, l, false), b = end_of(im, m, false);
                if (c->group[l] != group || c->group[m] != group || !linked[a] || linked[b])
                    continue;
                double d = apart(im, a, b);
                if (d < best && can_stroll(im, a, b, d)) {
                    best = d;
                    from = a;
                    to = b;
                }
            }
        if (from < 0)
            return true;
        linked[to] = true;
        if (!add_walk(im, from, to, true, "between the lifts of the base area"))
            return false;
    }
}

// ---- what can be reached --------------------------------------------------------------------------------------------

static void flood(const importer *im, bool *seen, int32_t from, bool backwards) {
    memset(seen, 0, (size_t)im->node_count);
    seen[from] = true;
    for (bool more = true; more;) {
        more = false;
        for (int32_t w = 0; w < im->way_count; w++) {
            const import_way *way = &im->ways[w];
            int32_t a = backwards ? way->to : way->from, b = backwards ? way->from : way->to;
            for (int pass = 0; pass < 1 + way->both_ways; pass++) {
                int32_t x = pass ? b : a, y = pass ? a : b;
                if (seen[x] && !seen[y])
                    seen[y] = more = true;
            }
        }
    }
}

// A walk that would help: from or to a loose node, at the other end a node or a point of a run.
typedef struct walk {
    double cost;
    int32_t loose, node; // node -1: a point of a run
    int32_t way;
    double s;
    bool leads_home; // from the loose node; otherwise to it
} walk;

static bool can_walk(double d, double rise, double slack, double *cost) {
    if (d > WALK_REACH_M || rise > fmin(WALK_CLIMB_M, 3 + 0.1 * d) + slack || rise < -(3 + 0.35 * d) - slack)
        return false;
    *cost = d + 10 * fmax(rise, 0) + 2 * fmax(-rise, 0);
    return true;
}

static void consider(const importer *im, walk *best, walk one, double x, double y, double h, double extra) {
    const import_node *n = &im->nodes[one.loose];
    double dx = n->x - x, dy = n->y - y, rise = one.leads_home ? h - n->h : n->h - h;
    if (can_walk(base_sqrt(dx * dx + dy * dy), rise, import_slack(im), &one.cost) && one.cost + extra < best->cost) {
        one.cost += extra;
        *best = one;
    }
}

static void consider_all(connector *c, walk *best, int32_t loose, bool leads_home) {
    importer *im = c->im;
    const bool *good = leads_home ? c->back : c->forward;
    for (int32_t n = 0; n < im->node_count; n++)
        if (c->used[n] && good[n] && n != loose)
            consider(im, best, (walk){.loose = loose, .node = n, .leads_home = leads_home}, im->nodes[n].x,
                     im->nodes[n].y, im->nodes[n].h, 0);
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        if (way->kind != IMPORT_WAY_RUN || !good[way->from] || !good[way->to] ||
            apart(im, way->from, loose) > WALK_REACH_M + PLACE_SLACK_M + way->length_m)
            continue; // all of it is too far away
        for (double s = way->from_m + CUT_APART_M; s < way->to_m - CUT_APART_M; s += CUT_APART_M) {
            import_point p = import_at(&im->lines[way->line], s);
            double dx = p.x - im->nodes[loose].x, dy = p.y - im->nodes[loose].y;
            double away = base_sqrt(dx * dx + dy * dy) - WALK_REACH_M;
            if (away > 0) { // so far along the run, nothing comes within reach
                s += CUT_APART_M * base_floor(away / CUT_APART_M);
                continue;
            }
            consider(im, best, (walk){.loose = loose, .node = -1, .way = w, .s = s, .leads_home = leads_home}, p.x, p.y,
                     p.h, CUT_APART_M);
        }
    }
}

// Lays the cheapest walk that helps; false where none does (or no memory: im->no_memory).
static bool lay_walk(connector *c, int32_t base) {
    importer *im = c->im;
    flood(im, c->forward, base, false);
    flood(im, c->back, base, true);
    walk best = {.cost = HUGE_VAL};
    for (int32_t n = 0; n < im->node_count; n++) {
        if (c->used[n] && c->forward[n] && !c->back[n])
            consider_all(c, &best, n, true);
        if (c->used[n] && !c->forward[n] && (im->nodes[n].flags & IMPORT_OUT))
            consider_all(c, &best, n, false);
    }
    if (best.cost == HUGE_VAL || im->node_count >= c->node_limit)
        return false;
    if (best.node < 0)
        best.node = import_cut_way(im, best.way, best.s);
    if (best.node < 0)
        return false;
    c->used[best.node] = true;
    return best.leads_home ? add_walk(im, best.loose, best.node, false, "nothing else leads on")
                           : add_walk(im, best.node, best.loose, false, "nothing else leads there");
}

static void find_used(connector *c) {
    memset(c->used, 0, (size_t)c->node_limit + 1);
    for (int32_t w = 0; w < c->im->way_count; w++)
        c->used[c->im->ways[w].from] = c->used[c->im->ways[w].to] = true;
}

// Walks, and what is then reached: the length of its runs.
static double settle(connector *c, int32_t base) {
    importer *im = c->im;
    while (lay_walk(c, base))
        ;
    flood(im, c->forward, base, false);
    flood(im, c->back, base, true);
    double kept = 0;
    for (int32_t w = 0; w < im->way_count; w++) {
        import_way *way = &im->ways[w];
        way->kept = c->forward[way->from] && c->back[way->from] && c->forward[way->to] && c->back[way->to];
        if (way->kept && way->kind == IMPORT_WAY_RUN)
            kept += way->length_m;
    }
    return kept;
}

// Length of the runs that a base reaches and that lead back to it; the walks laid for it stay at the end of the ways.
static double try_base(connector *c, int32_t group) {
    find_used(c);
    if (!link_base(c, group)) {
        c->im->no_memory = true;
        return 0;
    }
    return settle(c, c->base_of[group]);
}

// ---- base areas apart -----------------------------------------------------------------------------------------------

// The shortest road from what is connected to a base area that is not: at most 5 km, and not steeper than roads are.
static bool find_transfer(const connector *c, int32_t base, const bool *tried, int32_t *from, int32_t *to_group) {
    const importer *im = c->im;
    double best = HUGE_VAL;
    for (int32_t g = 0; g < c->bottom_groups; g++) {
        int32_t to = c->base_of[g];
        if (tried[g] || (c->forward[to] && c->back[to]))
            continue;
        for (int32_t k = -1; k < c->bottom_groups; k++) {
            int32_t at = k < 0 ? base : c->base_of[k];
            double d = apart(im, at, to), rise = fabs(im->nodes[at].h - im->nodes[to].h);
            if (c->forward[at] && c->back[at] && d < best && d <= TRANSFER_M &&
                rise <= 30 + 0.08 * d + import_slack(im)) {
                best = d;
                *from = at;
                *to_group = g;
            }
        }
    }
    return best < HUGE_VAL;
}

// Sectors that no run links with the base are reached by bus or on foot, as long as that opens runs.
static double link_sectors(connector *c, int32_t base, double kept) {
    importer *im = c->im;
    bool *tried = base_arena_take(im->arena, (size_t)c->bottom_groups + 1);
    int32_t from = base, group = 0;
    while (tried && !im->no_memory && find_transfer(c, base, tried, &from, &group)) {
        int32_t before = im->way_count;
        import_way *saved = base_arena_take(im->arena, ((size_t)before + 1) * sizeof *saved);
        if (!saved)
            break;
        memcpy(saved, im->ways, (size_t)before * sizeof *saved);
        tried[group] = true;
        if (!add_walk(im, from, c->base_of[group], true,
                      "no lift or run links these two base areas: a road, by bus or on foot"))
            break;
        find_used(c);
        double now = settle(c, base);
        if (now > kept + TRANSFER_GAIN_M) {
            kept = now;
            continue;
        }
        im->way_count = before;
        memcpy(im->ways, saved, (size_t)before * sizeof *saved);
        find_used(c);
        kept = settle(c, base);
    }
    im->no_memory |= !tried;
    return kept;
}

static bool is_stub(const importer *im, int32_t own, int32_t node) {
    for (int32_t w = 0; w < im->way_count; w++)
        if (w != own && im->ways[w].kept && (im->ways[w].from == node || im->ways[w].to == node))
            return false;
    return node != im->base;
}

// A walk to where nothing is: the lift there was left out.
static void drop_stubs(importer *im) {
    for (bool more = true; more;) {
        more = false;
        for (int32_t w = 0; w < im->way_count; w++) {
            import_way *way = &im->ways[w];
            if (way->kept && way->kind == IMPORT_WAY_WALK && (is_stub(im, w, way->from) || is_stub(im, w, way->to))) {
                way->kept = false;
                more = true;
            }
        }
    }
}

// The base that keeps most of the runs, where it keeps clearly more than a lower one.
static bool choose_base(connector *c) {
    importer *im = c->im;
    int32_t drawn = im->way_count, best = 0;
    double most = -1, all = 0;
    for (int32_t w = 0; w < drawn; w++)
        all += im->ways[w].kind == IMPORT_WAY_RUN ? im->ways[w].length_m : 0;
    import_way *saved = base_arena_take(im->arena, ((size_t)drawn + 1) * sizeof *saved);
    if (!saved)
        return false;
    if (drawn)
        memcpy(saved, im->ways, (size_t)drawn * sizeof *saved);
    for (int32_t g = 0; g <= c->group_count && !im->no_memory; g++) {
        bool last = g == c->group_count || g == BASES_TRIED;
        double kept = try_base(c, last ? best : g);
        if (last) {
            kept = link_sectors(c, c->base_of[best], kept);
            im->run_kept_m = base_round(kept, 1);
            im->base = c->base_of[best];
            break;
        }
        if (most < 0 || kept > most * 1.1 + 1) {
            most = kept;
            best = g;
        }
        if (most * 1.1 + 1 >= all) // no other base can keep clearly more
            c->group_count = g + 1;
        im->way_count = drawn;
        memcpy(im->ways, saved, (size_t)drawn * sizeof *saved);
    }
    return !im->no_memory;
}

// ---- telling --------------------------------------------------------------------------------------------------------

static const char *way_label(importer *im, const import_way *way) {
    const import_line *line = &im->lines[way->line];
    return way->of > 1 ? import_format(im, "%s, section %d of %d", line->label, way->index, way->of) : line->label;
}

static void tell_ways(connector *c) {
    importer *im = c->im;
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        if (way->kind == IMPORT_WAY_WALK && way->kept)
            import_tell(im, IMPORT_WALKED, import_format(im, "from %s", import_describe(im, way->from)), way->length_m,
                        "%s %s: %s", way->both_ways ? "to and fro" : "to", import_describe(im, way->to), way->why);
        if (way->kept || way->kind == IMPORT_WAY_WALK)
            continue;
        const char *why = !c->forward[way->from] ? "nothing leads from the base to its beginning"
                                                 : "nothing leads on from its end to the base";
        import_tell(im, IMPORT_LEFT_OUT, way_label(im, way), way->length_m, "%s", why);
    }
}

// A flat run that may be gone in either direction is walked the other way.
static bool add_ways_back(importer *im) {
    int32_t count = im->way_count;
    for (int32_t w = 0; w < count; w++) {
        import_way way = im->ways[w];
        if (way.kind != IMPORT_WAY_RUN || !way.both_ways || !way.kept)
            continue;
        import_way back = {
            .kind = IMPORT_WAY_WALK,
            .from = way.to,
            .to = way.from,
            .line = -1,
            .length_m = fmax(way.length_m, 1),
            .kept = true,
            .why = import_format(im, "%s is flat and may be gone in either direction", way_label(im, &way))};
        if (!import_add_way(im, back))
            return false;
    }
    return true;
}

static bool prepare(connector *c) {
    importer *im = c->im;
    // Each walk may cut one run, for each base that is tried.
    c->node_limit = im->node_count * 6 + 1000;
    size_t lines = (size_t)im->line_count + 1, nodes = (size_t)c->node_limit + 1;
    c->group = base_arena_take(im->arena, lines * sizeof *c->group);
    c->order = base_arena_take(im->arena, lines * sizeof *c->order);
    c->base_of = base_arena_take(im->arena, lines * sizeof *c->base_of);
    c->forward = base_arena_take(im->arena, nodes);
    c->back = base_arena_take(im->arena, nodes);
    c->used = base_arena_take(im->arena, nodes);
    if (!c->group || !c->order || !c->base_of || !c->forward || !c->back || !c->used)
        return false;
    group_bottoms(c);
    return true;
}

piste_status import_connect(importer *im) {
    connector c = {.im = im};
    if (!prepare(&c) || !choose_base(&c) || import_number(im) != PISTE_OK || !add_ways_back(im))
        return PISTE_MEMORY;
    drop_stubs(im);
    tell_ways(&c);
    if (import_fold_lifts(im) != PISTE_OK)
        return PISTE_MEMORY;
    for (int32_t w = 0; w < im->way_count; w++)
        im->kept[im->ways[w].kind] += im->ways[w].kept;
    if (im->kept[IMPORT_WAY_LIFT] == 0 || im->kept[IMPORT_WAY_RUN] == 0)
        return piste_errors_add(
            im->errors, PISTE_INVALID, "", 0, 0,
            "%s: no lift with a run that leads back to it, expected runs that end within %d m of a lift's bottom%s",
            im->area_name, WALK_REACH_M, import_left_out(im));
    return PISTE_OK;
}
