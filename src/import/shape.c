// shape.c - lines in local metres: heights filled, lengths, nearest points, cuts.
//
// The plane is an equirectangular one about the middle of the area: within 10 km of it distances are right to about
// 0.1 %, and they only decide what is near. Lengths that are written come from the ellipsoid.
#include <math.h>
#include <string.h>

#include "import/import.h"

enum {
    RUN_MAX_M = 30000,
    LIFT_MAX_M = 18000, // the longest lift of the world has 12 km
    NEAR_M = 40,
    WIDE_M = 250
};

import_point import_project(const importer *im, piste_point point) {
    return (import_point){.x = (point.lon_deg - im->lon0) * im->metres_lon,
                          .y = (point.lat_deg - im->lat0) * im->metres_lat,
                          .h = point.height_m,
                          .lon = point.lon_deg,
                          .lat = point.lat_deg};
}

double import_degrees(double degrees) {
    return base_round(degrees * 1e7, 0) / 1e7;
}

double import_distance(const import_point *a, const import_point *b) {
    double x = a->x - b->x, y = a->y - b->y;
    return base_sqrt(x * x + y * y);
}

static void set_plane(importer *im) {
    double west = 180, east = -180, south = 90, north = -90;
    for (int32_t l = 0; l < im->line_count + im->area_count; l++) {
        const import_line *line = l < im->line_count ? &im->lines[l] : &im->areas[l - im->line_count];
        const geojson_feature *f = &line->file->features[line->feature];
        for (int32_t i = 0; i < f->count; i++) {
            west = fmin(west, f->points[i].lon_deg);
            east = fmax(east, f->points[i].lon_deg);
            south = fmin(south, f->points[i].lat_deg);
            north = fmax(north, f->points[i].lat_deg);
        }
    }
    im->lon0 = (west + east) / 2;
    im->lat0 = (south + north) / 2;
    im->metres_lat = 6371008.8 * 3.14159265358979323846 / 180;
    im->metres_lon = im->metres_lat * base_round(cos(im->lat0 * 3.14159265358979323846 / 180), 6);
}

// ---- heights --------------------------------------------------------------------------------------------------------

// Heights of the elevation profile, which stand at every `resolution` metres of the line as it was drawn.
static void heights_from_profile(import_line *line) {
    const json_t *profile = json_object_get(line->file->features[line->feature].properties, "elevationProfile");
    const json_t *heights = json_object_get(profile, "heights");
    double step = json_number_value(json_object_get(profile, "resolution"));
    size_t count = json_array_size(heights);
    if (!(step > 0) || count < 2)
        return;
    for (size_t k = 0; k < count; k++)
        if (!json_is_number(json_array_get(heights, k)))
            return;
    for (int32_t i = 0; i < line->count; i++) {
        double at = line->points[i].s / step;
        size_t k = (size_t)at >= count - 1 ? count - 2 : (size_t)at;
        double part = fmin(at - (double)k, 1);
        double low = json_number_value(json_array_get(heights, k)),
               high = json_number_value(json_array_get(heights, k + 1));
        if (isnan(line->points[i].h))
            line->points[i].h = low + (high - low) * part;
    }
}

static int32_t count_heights(const import_line *line) {
    int32_t known = 0;
    for (int32_t i = 0; i < line->count; i++)
        known += !isnan(line->points[i].h);
    return known;
}

// Between two known heights straight; `ends`: before the first and after the last like those.
static void heights_between(import_line *line, bool ends) {
    int32_t before = -1;
    for (int32_t i = 0; i <= line->count; i++) {
        if (i < line->count && isnan(line->points[i].h))
            continue;
        for (int32_t k = before + 1; k < i; k++) {
            const import_point *a = before < 0 ? NULL : &line->points[before],
                               *b = i == line->count ? NULL : &line->points[i];
            if (a && b)
                line->points[k].h =
                    a->h + (b->h - a->h) * (b->s > a->s ? (line->points[k].s - a->s) / (b->s - a->s) : 0);
            else if (ends)
                line->points[k].h = a ? a->h : b->h;
        }
        before = i;
    }
}

// The lines, and behind them the outlines of areas.
static import_line *any_line(const importer *im, int32_t i) {
    return i < im->line_count ? &im->lines[i] : &im->areas[i - im->line_count];
}

// A line without any height takes those of the nearest points of lines that have them.
static bool heights_from_neighbours(importer *im, import_line *line) {
    bool found = false;
    for (int32_t i = 0; i < line->count; i++) {
        double best = HUGE_VAL;
        for (int32_t l = 0; l < im->line_count; l++) {
            const import_line *other = &im->lines[l];
            for (int32_t k = 0; !other->heights_filled && k < other->count; k++) {
                double d = import_distance(&line->points[i], &other->points[k]);
                if (d < best) {
                    best = d;
                    line->points[i].h = other->points[k].h;
                    found = true;
                }
            }
        }
    }
    return found;
}

// The height of the nearest point of another line or outline that has one, at most `reach` away. NaN: none.
static double height_near(const importer *im, const import_line *line, const import_point *at, double reach) {
    double h = NAN;
    for (int32_t l = 0; l < im->line_count + im->area_count; l++) {
        const import_line *other = any_line(im, l);
        for (int32_t k = 0; k < other->count && other != line; k++) {
            const import_point *p = &other->points[k];
            double d = isnan(p->h) ? HUGE_VAL : import_distance(at, p);
            if (d < reach) {
                reach = d;
                h = p->h;
            }
        }
    }
    return h;
}

// How steep a line is between the first and the last of its points that have heights, where that is a good part of it.
static double own_gradient(const import_line *line) {
    int32_t first = 0, last = line->count - 1;
    while (first < last && isnan(line->points[first].h))
        first++;
    while (last > first && isnan(line->points[last].h))
        last--;
    double length = line->points[last].s - line->points[first].s;
    return length > 0 && length >= 0.3 * line->points[line->count - 1].s
               ? (line->points[last].h - line->points[first].h) / length
               : NAN;
}

// The height of an end near which nothing has one: as far above or below the line's nearest height as its own gradient
// says. NaN: it has none.
static double height_beyond(const importer *im, const import_line *line, bool last, bool by_kind) {
    const import_point *end = &line->points[last ? line->count - 1 : 0];
    int32_t step = last ? -1 : 1, i = last ? line->count - 1 : 0;
    while (isnan(line->points[i].h))
        i += step;
    const import_point *known = &line->points[i];
    double far = end->s - known->s;
    if (!by_kind)
        return known->h + own_gradient(line) * far;
    // As its kind says; up or down as what lies in a wider circle says, otherwise as it is drawn.
    double rise = import_gradient(line) * far, h = height_near(im, line, end, WIDE_M);
    return !isnan(h) && fabs(known->h - rise - h) < fabs(known->h + rise - h) ? known->h - rise : known->h + rise;
}

static bool has_profile(const import_line *line) {
    return json_object_get(line->file->features[line->feature].properties, "elevationProfile") != NULL;
}

typedef enum ends_by { BY_NEAR, BY_OWN, BY_KIND, ENDS_BY_COUNT } ends_by;

// Where a line's end has no height but others there have: a lift that knows only its bottom is not level. What is
// filled is near to what is filled next, so that ends that meet are level; the surest come first.
static void fill_ends(importer *im, ends_by by) {
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        int32_t known = count_heights(line);
        for (int32_t last = 0; last < 2 && known > 0 && known < line->count && !has_profile(line); last++) {
            import_point *end = &line->points[last ? line->count - 1 : 0];
            if (isnan(end->h))
                end->h = height_near(im, line, end, NEAR_M);
            if (isnan(end->h) && by != BY_NEAR)
                end->h = height_beyond(im, line, last, by == BY_KIND);
            if (!(end->h >= -500 && end->h <= 9000)) // nothing on earth lies there: the line's heights are wrong
                end->h = NAN;
        }
    }
}

// Whether so few lines have heights that their neighbours' would mean nothing.
static bool too_few_heights(const importer *im) {
    double known = 0, all = 0;
    for (int32_t l = 0; l < im->line_count; l++) {
        const import_line *line = &im->lines[l];
        all += line->points[line->count - 1].s;
        if (has_profile(line) || count_heights(line) * 2 >= line->count)
            known += line->points[line->count - 1].s;
    }
    return known * 3 < all;
}

// Outlines of areas take theirs from the nearest points of lines.
static void fill_area_heights(importer *im) {
    for (int32_t a = 0; a < im->area_count; a++) {
        import_line *ring = &im->areas[a];
        int32_t known = count_heights(ring);
        if (known == ring->count)
            continue;
        if (known == 0 && heights_from_neighbours(im, ring))
            import_tell(im, IMPORT_ASSUMED, ring->label, -1,
                        "its outline has no heights: those of the nearest points of lines");
        else if (known)
            heights_between(ring, true);
    }
}

static bool fill_heights(importer *im) {
    bool good = true;
    int32_t *counts = base_arena_take(im->arena, ((size_t)im->line_count + 1) * sizeof *counts);
    if (!counts)
        return im->no_memory = true;
    for (int32_t l = 0; l < im->line_count + im->area_count; l++) {
        import_line *line = any_line(im, l);
        if (l < im->line_count)
            counts[l] = count_heights(line);
        if (!has_profile(line))
            heights_between(line, false);
    }
    for (ends_by by = BY_NEAR; by < ENDS_BY_COUNT; by++)
        fill_ends(im, by);
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        int32_t known = counts[l];
        if (known < line->count)
            heights_from_profile(line);
        int32_t now = count_heights(line);
        if (now == 0)
            line->heights_filled = true; // told later, once every neighbour is known
        else if (now < line->count)
            heights_between(line, true);
        if (now && known < line->count)
            import_tell(im, IMPORT_ASSUMED, line->label, -1, "%d of its %d heights are missing: taken from %s",
                        line->count - known, line->count,
                        has_profile(line) ? "its elevation profile" : "its other points and those near its ends");
    }
    for (int32_t l = 0; l < im->line_count; l++) {
        import_line *line = &im->lines[l];
        if (!line->heights_filled)
            continue;
        if (heights_from_neighbours(im, line))
            import_tell(im, IMPORT_ASSUMED, line->label, -1,
                        "it has no heights: those of the nearest points of other lines");
        else
            good = false;
    }
    return good;
}

// ---- lines ----------------------------------------------------------------------------------------------------------

void import_measure(import_line *line) {
    double s = 0, along = 0;
    for (int32_t i = 0; i < line->count; i++) {
        if (i) {
            double flat = import_distance(&line->points[i - 1], &line->points[i]),
                   rise = line->points[i].h - line->points[i - 1].h;
            s += flat;
            along += rise == rise ? base_sqrt(flat * flat + rise * rise) : flat;
        }
        line->points[i].s = s;
    }
    line->length_m = base_round(along, 1);
}

static bool take_points(importer *im, import_line *line) {
    const geojson_feature *f = &line->file->features[line->feature];
    line->points = base_arena_take(im->arena, (size_t)f->count * sizeof *line->points);
    if (!line->points)
        return false;
    for (int32_t i = 0; i < f->count; i++) {
        import_point p = import_project(im, f->points[i]);
        if (line->count == 0 || p.lon != line->points[line->count - 1].lon ||
            p.lat != line->points[line->count - 1].lat)
            line->points[line->count++] = p; // a point drawn twice is one
    }
    import_measure(line);
    return true;
}

import_point import_at(const import_line *line, double s) {
    int32_t low = 0, high = line->count - 1;
    while (high - low > 1) {
        int32_t middle = (low + high) / 2;
        if (line->points[middle].s <= s)
            low = middle;
        else
            high = middle;
    }
    const import_point *a = &line->points[low], *b = &line->points[high];
    if (s <= a->s)
        return *a;
    if (s >= b->s)
        return *b;
    double part = (s - a->s) / (b->s - a->s);
    return (import_point){.x = a->x + (b->x - a->x) * part,
                          .y = a->y + (b->y - a->y) * part,
                          .h = a->h + (b->h - a->h) * part,
                          .s = s,
                          .lon = import_degrees(a->lon + (b->lon - a->lon) * part),
                          .lat = import_degrees(a->lat + (b->lat - a->lat) * part)};
}

import_point import_nearest(const import_line *line, double x, double y, double *distance) {
    double best = HUGE_VAL, best_s = 0;
    for (int32_t i = 1; i < line->count; i++) {
        const import_point *a = &line->points[i - 1], *b = &line->points[i];
        double dx = b->x - a->x, dy = b->y - a->y, square = dx * dx + dy * dy;
        double part = square > 0 ? ((x - a->x) * dx + (y - a->y) * dy) / square : 0;
        part = part < 0 ? 0 : part > 1 ? 1 : part;
        double ex = a->x + dx * part - x, ey = a->y + dy * part - y, d = ex * ex + ey * ey;
        if (d < best) {
            best = d;
            best_s = a->s + (b->s - a->s) * part;
        }
    }
    *distance = base_sqrt(best);
    return import_at(line, best_s);
}

import_point *import_section(importer *im, const import_line *line, double from, double to, int32_t *count) {
    import_point *points = base_arena_take(im->arena, ((size_t)line->count + 2) * sizeof *points);
    if (!points) {
        im->no_memory = true;
        return NULL;
    }
    int32_t n = 0;
    points[n++] = import_at(line, from);
    for (int32_t i = 0; i < line->count; i++)
        if (line->points[i].s > from + 0.01 && line->points[i].s < to - 0.01)
            points[n++] = line->points[i];
    points[n++] = import_at(line, to);
    *count = n;
    return points;
}

double import_section_length(const import_line *line, double from, double to) {
    import_point before = import_at(line, from);
    double sum = 0;
    for (int32_t i = 0; i <= line->count; i++) {
        import_point p = i < line->count ? line->points[i] : import_at(line, to);
        if (i < line->count && (p.s <= from || p.s >= to))
            continue;
        double flat = import_distance(&before, &p), rise = p.h - before.h;
        sum += base_sqrt(flat * flat + rise * rise);
        before = p;
    }
    return base_round(sum, 1);
}

piste_status import_shape(importer *im) {
    set_plane(im);
    for (int32_t l = 0; l < im->line_count; l++)
        if (!take_points(im, &im->lines[l]))
            return PISTE_MEMORY;
    for (int32_t a = 0; a < im->area_count; a++)
        if (!take_points(im, &im->areas[a]))
            return PISTE_MEMORY;
    int32_t kept = 0;
    for (int32_t l = 0; l < im->line_count; l++) {
        const import_line *line = &im->lines[l];
        double length = line->count >= 2 ? line->points[line->count - 1].s : 0;
        int32_t most = line->is_lift ? LIFT_MAX_M : RUN_MAX_M;
        if (length >= 2 && length <= most)
            im->lines[kept++] = *line;
        else if (length > most)
            import_tell(im, IMPORT_LEFT_OUT, line->label, length, "longer than %d km: a point of it lies elsewhere",
                        most / 1000);
        else
            import_tell(im, IMPORT_LEFT_OUT, im->lines[l].label, -1, "shorter than 2 m");
    }
    im->line_count = kept;
    piste_status status = import_stations(im);
    if (status == PISTE_OK)
        status = import_dem(im);
    if (status == PISTE_OK && too_few_heights(im))
        status = import_levels(im);
    if (status != PISTE_OK)
        return status;
    if (!fill_heights(im))
        return piste_errors_add(im->errors, PISTE_INVALID, "", 0, 0,
                                "%s: no line has heights, expected them as the third coordinate of at least one",
                                im->area_name);
    fill_area_heights(im);
    for (int32_t l = 0; l < im->line_count; l++)
        import_measure(&im->lines[l]);
    return PISTE_OK;
}
