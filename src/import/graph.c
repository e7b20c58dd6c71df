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
    }
    piste_status status = import_junctions(im);
    if (status == PISTE_OK)
        status = import_snap(im);
    if (status != PISTE_OK)
        return status;
    for (int32_t l = 0; l < im->line_count; l++)
        if (!im->lines[l].dropped && !add_sections(im, l))
            return PISTE_MEMORY;
    return PISTE_OK;
}
