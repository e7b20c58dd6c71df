// sign_room.c - where the texts of a trail sign find room: each is a row of discs that may not touch another's.
//
// First along its line, at some places from the middle outwards and on both sides, then level beside it. A text that fits
// nowhere is left out: the lists below the map hold every name.
#include <math.h>

#include "report/sign.h"

map_point sign_at(const sign *s, map_point p) {
    return (map_point){s->left + (p.x - s->plan.min.x) * s->across, s->top + s->height - (p.y - s->plan.min.y) * s->scale};
}

bool sign_is_free(const sign *s, double x, double y, double r) {
    for (int32_t i = 0; i < s->disc_count; i++) {
        double dx = s->discs[i].x - x, dy = s->discs[i].y - y, apart = s->discs[i].r + r;
        if (dx * dx + dy * dy < apart * apart)
            return false;
    }
    return true;
}

void sign_take(sign *s, double x, double y, double r) {
    if (s->disc_count == s->disc_room) { // never full in practice: room is made for every name
        s->failed = true;
        return;
    }
    s->discs[s->disc_count++] = (sign_disc){x, y, r};
}

typedef struct spot { // a text's middle and direction
    double x, y, ux, uy;
} spot;

// A text as discs along its direction; `take` says whether they are tried or taken.
static bool lay(sign *s, spot at, double width, double size, bool take) {
    double r = size * 0.52;
    int discs = (int)(width / (1.6 * r)) + 1;
    for (int i = 0; i < discs; i++) {
        double along = discs == 1 ? 0 : (width - 2 * r) * ((double)i / (discs - 1) - 0.5);
        double x = at.x + at.ux * along, y = at.y + at.uy * along;
        if (take)
            sign_take(s, x, y, r);
        else if (x < 8 || x > SIGN_WIDTH - 8 || y < 70 || y > s->top + s->height + 24 || !sign_is_free(s, x, y, r))
            return false;
    }
    return true;
}

static void write_text(sign *s, spot at, const char *class, double size, const char *text) {
    base_text *out = s->out;
    base_text_format(out, "<text class=\"%s\" transform=\"matrix(", class);
    const double m[4] = {at.ux, at.uy, -at.uy, at.ux};
    for (int i = 0; i < 4; i++) {
        int64_t part = (int64_t)base_round(m[i] * 1000, 0);
        base_text_format(out, "%s%lld.%03lld ", part < 0 ? "-" : "", (long long)(part < 0 ? -part : part) / 1000,
                         (long long)(part < 0 ? -part : part) % 1000);
    }
    // Text stands on its baseline: about a third of its size below its middle.
    sign_number(out, at.x - at.uy * size * 0.34);
    base_text_add(out, " ");
    sign_number(out, at.y + at.ux * size * 0.34);
    base_text_add(out, ")\">");
    sign_escaped(out, text);
    base_text_add(out, "</text>\n");
}

static double length_of(const sign *s, const map_line *line) {
    double length = 0;
    for (int32_t i = 1; i < line->count; i++) {
        map_point a = sign_at(s, line->points[i - 1]), b = sign_at(s, line->points[i]);
        length += base_sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
    }
    return length;
}

static map_point point_along(const sign *s, const map_line *line, double wanted) {
    map_point b = sign_at(s, line->points[0]);
    for (int32_t i = 1; i < line->count; i++) {
        map_point a = b;
        b = sign_at(s, line->points[i]);
        double step = base_sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
        if (wanted <= step && step > 0)
            return (map_point){a.x + (b.x - a.x) * wanted / step, a.y + (b.y - a.y) * wanted / step};
        wanted -= step;
    }
    return b;
}

static bool try_spot(sign *s, spot at, const char *class, double size, const char *text, double width) {
    if (!lay(s, at, width, size, false))
        return false;
    lay(s, at, width, size, true);
    write_text(s, at, class, size, text);
    return true;
}

// Along the chord of the piece that the text covers, on either side.
static bool try_along(sign *s, const map_line *line, const char *class, double size, const char *text, double width,
                      double length) {
    static const double places[] = {0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78};
    for (size_t i = 0; i < BASE_COUNT(places); i++) {
        double middle = places[i] * length;
        if (middle < width / 2 || middle > length - width / 2)
            continue;
        map_point a = point_along(s, line, middle - width / 2), b = point_along(s, line, middle + width / 2);
        map_point m = point_along(s, line, middle);
        double chord = base_sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y));
        if (chord < width * 0.85) // too bent here
            continue;
        double ux = (b.x - a.x) / chord, uy = (b.y - a.y) / chord;
        if (ux < 0) {
            ux = -ux;
            uy = -uy;
        }
        for (int side = -1; side <= 1; side += 2) {
            double off = side * size * 0.85;
            if (try_spot(s, (spot){m.x - uy * off, m.y + ux * off, ux, uy}, class, size, text, width))
                return true;
        }
    }
    return false;
}

bool sign_label(sign *s, const map_line *line, const char *class, double size, const char *text, bool must) {
    if (!line->points || !text || !*text)
        return false;
    double width = sign_text_width(text, size), length = length_of(s, line);
    if (try_along(s, line, class, size, text, width, length))
        return true;
    static const double places[] = {0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95};
    for (int ring = 0; ring < (must ? 3 : 1); ring++)
        for (size_t i = 0; i < BASE_COUNT(places); i++) {
            map_point m = point_along(s, line, places[i] * length);
            double aside = width / 2 + size * (0.9 + 1.2 * ring);
            for (int side = -1; side <= 1; side += 2)
                if (try_spot(s, (spot){m.x - side * aside, m.y, 1, 0}, class, size, text, width))
                    return true;
        }
    return false;
}
