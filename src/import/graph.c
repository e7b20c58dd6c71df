// graph.c - lines become ways between places: directions, junctions, snapped ends, sections.
#include <math.h>

#include "import/import.h"

enum { PARK_REACH_M = 25 };

// ---- directions -----------------------------------------------------------------------------------------------------

void import_turn(import_line *line) {
    for (int32_t i = 0, k = line->count - 1; i < k; i++, k--) {
        import_point p = line->points[i];
        line->points[i] = line->points[k];
        line->points[k] = p;
    }
    line->reversed = !line->reversed;
    import_measure(line);
}

// Lifts go up, runs go down. Up to 3 m or 2 % may be the error of the heights: then a line keeps the direction in which
// it was drawn. What may be gone in either direction follows the heights, and is flat below 3 m.
static void direct(importer *im, import_line *line) {
    if (line->heights_assumed)
        return;
    double rise = line->points[line->count - 1].h - line->points[0].h, length = line->points[line->count - 1].s;
    bool turned = line->is_lift ? rise < -1 : rise > 3 && rise > 0.02 * length;
    if (turned) {
        import_turn(line);
        import_tell(im, IMPORT_REVERSED, line->label, -1,
                    line->is_lift ? "drawn downhill: it climbs %.1f m" : "drawn uphill: it drops %.1f m", fabs(rise));
    }
    if (line->two_way && fabs(rise) > 3)
        line->two_way = false;
}

double import_slack(const importer *im) {
    return im->heights_assumed ? 12 : 0;
}

// ---- terrain parks --------------------------------------------------------------------------------------------------

static bool touches_a_way(const importer *im, int32_t l, const import_point *p) {
    for (int32_t m = 0; m < im->line_count; m++) {
        double d;
        if (m == l || im->lines[m].is_park || im->lines[m].dropped)
            continue;
        (void)import_nearest(&im->lines[m], p->x, p->y, &d);
        if (d <= PARK_REACH_M)
            return true;
    }
    return false;
}

static void judge_parks(importer *im) {
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        if (!line->is_park)
            continue;
        if (touches_a_way(im, l, &line->points[0]) && touches_a_way(im, l, &line->points[line->count - 1]))
            import_tell(im, IMPORT_AREA, line->label, line->length_m,
                        "a terrain park that links two runs: skied as a run");
        else {
            line->dropped = true;
            import_tell(im, IMPORT_LEFT_OUT, line->label, line->length_m, "a terrain park that links no runs");
        }
    }
}

// ---- sections -------------------------------------------------------------------------------------------------------

static bool add_sections(importer *im, int32_t l) {
    const import_line *line = &im->lines[l];
    for (int32_t i = 1; i < line->cut_count; i++) {
        const import_cut *a = &line->cuts[i - 1], *b = &line->cuts[i];
        import_way way = {.kind = line->is_lift ? IMPORT_WAY_LIFT : IMPORT_WAY_RUN,
                          .from = import_root(im, a->node),
                          .to = import_root(im, b->node),
                          .line = l,
                          .from_m = a->s,
                          .to_m = b->s,
                          .both_ways = line->is_lift ? import_carries_down(line) : line->two_way};
        way.length_m = import_section_length(line, a->s, b->s);
        if (way.from == way.to)
            import_tell(im, IMPORT_LEFT_OUT, line->label, way.length_m,
                        "the piece from %.1f to %.1f m lies within one place", a->s, b->s);
        else if (!import_add_way(im, way))
            return false;
    }
    return true;
}

// ---- rounds ---------------------------------------------------------------------------------------------------------

// Whether runs lead from one place to another; `through` gets the way by which each place was first reached.
static bool runs_lead(const importer *im, const int32_t *first, const int32_t *next, int32_t from, int32_t to,
                      int32_t *through, int32_t *stack, int32_t mark, int32_t *marked) {
    int32_t depth = 0;
    stack[depth++] = from;
    marked[from] = mark;
    while (depth) {
        int32_t at = stack[--depth];
        if (at == to)
            return true;
        for (int32_t w = first[at]; w >= 0; w = next[w]) {
            int32_t there = im->ways[w].to;
            if (im->ways[w].kept && marked[there] != mark) {
                marked[there] = mark;
                through[there] = w;
                stack[depth++] = there;
            }
        }
    }
    return false;
}

static double drop_of(const importer *im, const import_way *way) {
    const import_line *line = &im->lines[way->line];
    return import_at(line, way->from_m).h - import_at(line, way->to_m).h;
}

// Places are as large as what was joined in them, so runs may lead from a place back to it: guests would go round and
// round without ever taking a lift. Of each round the section that drops the least goes out.
static bool open_rounds(importer *im) {
    size_t nodes = (size_t)im->node_count + 1;
    int32_t *first = base_arena_take(im->arena, nodes * sizeof *first),
            *through = base_arena_take(im->arena, nodes * sizeof *through),
            *stack = base_arena_take(im->arena, nodes * sizeof *stack),
            *marked = base_arena_take(im->arena, nodes * sizeof *marked),
            *next = base_arena_take(im->arena, ((size_t)im->way_count + 1) * sizeof *next);
    int32_t mark = 0;
    if (!first || !through || !stack || !marked || !next)
        return false;
    for (int32_t n = 0; n < im->node_count; n++)
        first[n] = -1;
    for (int32_t w = 0; w < im->way_count; w++) { // one section after the other, so long as it closes no round
        import_way *way = &im->ways[w];
        if (way->kind != IMPORT_WAY_RUN)
            continue;
        way->kept = true;
        next[w] = first[way->from];
        first[way->from] = w;
        while (way->kept && runs_lead(im, first, next, way->to, way->from, through, stack, ++mark, marked)) {
            int32_t least = w;
            for (int32_t at = way->from; at != way->to; at = im->ways[through[at]].from)
                if (drop_of(im, &im->ways[through[at]]) < drop_of(im, &im->ways[least]))
                    least = through[at];
            im->ways[least].kept = false;
            import_tell(im, IMPORT_LEFT_OUT, im->lines[im->ways[least].line].label, im->ways[least].length_m,
                        "the piece from %.1f to %.1f m would close a round of runs that needs no lift",
                        im->ways[least].from_m, im->ways[least].to_m);
        }
    }
    int32_t kept = 0;
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kind != IMPORT_WAY_RUN || im->ways[w].kept) {
            im->ways[kept] = im->ways[w];
            im->ways[kept++].kept = false;
        }
    im->way_count = kept;
    return true;
}

piste_status import_graph(importer *im) {
    for (int32_t l = 0; l < im->line_count; l++)
        direct(im, &im->lines[l]);
    judge_parks(im);
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        if (line->dropped)
            continue;
        if (!line->is_lift)
            im->run_found_m += line->length_m;
        if (import_anchor(im, l, 0) < 0 || import_anchor(im, l, line->points[line->count - 1].s) < 0)
            return PISTE_MEMORY;
        for (int32_t i = 1; i + 1 < line->count; i++)
            if (line->points[i].is_station && import_anchor(im, l, line->points[i].s) < 0)
                return PISTE_MEMORY;
    }
    piste_status status = import_junctions(im);
    if (status == PISTE_OK)
        status = import_snap(im);
    if (status != PISTE_OK)
        return status;
    for (int32_t l = 0; l < im->line_count; l++)
        if (!im->lines[l].dropped && !add_sections(im, l))
            return PISTE_MEMORY;
    return open_rounds(im) ? PISTE_OK : PISTE_MEMORY;
}
