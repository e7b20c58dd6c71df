// areas.c - runs drawn as areas. Where the same run is drawn as a line too, the line counts and the area tells its
// width; an area alone gets a centre line from its highest to its lowest point, half-way between its two sides.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/import.h"

static double area_of(const import_line *ring) { // m2, by the shoelace formula
    double sum = 0;
    for (int32_t i = 0; i < ring->count; i++) {
        const import_point *a = &ring->points[i], *b = &ring->points[(i + 1) % ring->count];
        sum += a->x * b->y - b->x * a->y;
    }
    return fabs(sum) / 2;
}

static bool holds(const import_line *ring, double x, double y) {
    bool inside = false;
    for (int32_t i = 0, k = ring->count - 1; i < ring->count; k = i++) {
        const import_point *a = &ring->points[i], *b = &ring->points[k];
        if ((a->y > y) != (b->y > y) && x < (b->x - a->x) * (y - a->y) / (b->y - a->y) + a->x)
            inside = !inside;
    }
    return inside;
}

// How much of a line lies within the ring, looked at every 5 m.
static double length_inside(const import_line *ring, const import_line *line) {
    double length = line->points[line->count - 1].s;
    int32_t steps = (int32_t)(length / 5) + 2, inside = 0;
    for (int32_t i = 0; i < steps; i++) {
        import_point p = import_at(line, length * (i + 0.5) / steps);
        inside += holds(ring, p.x, p.y);
    }
    return length * inside / steps;
}

// Lines of the same run: of the same name, with at least half of their length inside.
static double cover(importer *im, const import_line *ring, bool set, double width) {
    double sum = 0;
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        if (line->is_lift || line->from_area || (*ring->name && strcmp(line->name, ring->name) != 0))
            continue;
        double inside = length_inside(ring, line);
        if (inside < line->points[line->count - 1].s / 2)
            continue;
        sum += inside;
        if (set && (isnan(line->width_m) || width > line->width_m))
            line->width_m = width;
    }
    return sum;
}

static int32_t extreme(const import_line *ring, double sign) {
    int32_t best = 0;
    for (int32_t i = 1; i < ring->count; i++)
        if (sign * ring->points[i].h > sign * ring->points[best].h)
            best = i;
    return best;
}

// One side of the ring from `top` to `bottom`, forwards or backwards, as a line of its own.
static bool side(importer *im, const import_line *ring, int32_t top, int32_t bottom, int32_t step, import_line *out) {
    *out = (import_line){.points = base_arena_take(im->arena, ((size_t)ring->count + 1) * sizeof *out->points)};
    if (!out->points)
        return false;
    for (int32_t i = top;; i = (i + step + ring->count) % ring->count) {
        out->points[out->count++] = ring->points[i];
        if (i == bottom)
            break;
    }
    import_measure(out);
    return true;
}

static bool centre_line(importer *im, const import_line *ring, import_line *line) {
    int32_t top = extreme(ring, 1), bottom = extreme(ring, -1);
    import_line left, right;
    if (!side(im, ring, top, bottom, 1, &left) || !side(im, ring, top, bottom, -1, &right))
        return false;
    double left_m = left.points[left.count - 1].s, right_m = right.points[right.count - 1].s;
    int32_t count = (int32_t)((left_m + right_m) / 2 / 20) + 2;
    *line = *ring;
    line->from_area = true;
    line->count = count + 1;
    line->points = base_arena_take(im->arena, (size_t)line->count * sizeof *line->points);
    if (!line->points)
        return false;
    for (int32_t i = 0; i <= count; i++) {
        double part = (double)i / count;
        import_point a = import_at(&left, left_m * part), b = import_at(&right, right_m * part);
        line->points[i] = (import_point){.x = (a.x + b.x) / 2,
                                         .y = (a.y + b.y) / 2,
                                         .h = base_round((a.h + b.h) / 2, 1),
                                         .lon = import_degrees((a.lon + b.lon) / 2),
                                         .lat = import_degrees((a.lat + b.lat) / 2)};
    }
    import_measure(line);
    return true;
}

static double clamp_width(double width) {
    return base_round(fmin(fmax(width, 3), 300), 1);
}

static piste_status add_centre_line(importer *im, const import_line *ring) {
    import_line line;
    for (int32_t i = 0; i < ring->count; i++)
        if (isnan(ring->points[i].h)) {
            import_tell(im, IMPORT_LEFT_OUT, ring->label, -1,
                        "drawn as an area without heights, and no line of it is there");
            return PISTE_OK;
        }
    if (ring->count < 3 || !centre_line(im, ring, &line))
        return ring->count < 3 ? PISTE_OK : PISTE_MEMORY;
    double length = line.points[line.count - 1].s;
    if (length < 20) {
        import_tell(im, IMPORT_LEFT_OUT, ring->label, -1,
                    "drawn as an area of less than 20 m from its highest to its lowest point");
        return PISTE_OK;
    }
    line.width_m = clamp_width(area_of(ring) / length);
    import_line *list = import_grow(im, im->lines, im->line_count, &im->line_capacity, sizeof line);
    if (!list)
        return PISTE_MEMORY;
    im->lines = list;
    list[im->line_count++] = line;
    import_tell(im, IMPORT_AREA, ring->label, line.length_m,
                "drawn as an area only: its centre line from the highest to the lowest point is the run, %.1f m wide",
                line.width_m);
    return PISTE_OK;
}

piste_status import_areas(importer *im) {
    for (int32_t a = 0; a < im->area_count; a++) {
        import_line *ring = &im->areas[a];
        const import_point *first = &ring->points[0], *last = &ring->points[ring->count - 1];
        if (ring->count > 1 && first->lon == last->lon && first->lat == last->lat)
            ring->count--;
        double covered = ring->count >= 3 ? cover(im, ring, false, 0) : 0;
        const import_point *top = &ring->points[extreme(ring, 1)], *bottom = &ring->points[extreme(ring, -1)];
        if (covered > 0 && covered >= import_distance(top, bottom) / 2) {
            double width = clamp_width(area_of(ring) / covered);
            (void)cover(im, ring, true, width);
            import_tell(im, IMPORT_AREA, ring->label, -1,
                        "drawn as an area and as a line: the line is the run, the area its width of %.1f m", width);
            continue;
        }
        piste_status status = add_centre_line(im, ring);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}
