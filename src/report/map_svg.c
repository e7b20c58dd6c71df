// map_svg.c - the trail sign: the resort's map as one SVG file that needs nothing else.
//
// Drawn in one order, from the ground up: walks, runs (the easier ones first), lifts, what stands at their ends, venues,
// names. Numbers have one decimal and come from additions, multiplications and roots alone: the same resort gives the
// same bytes on any machine.
#include <math.h>
#include <string.h>

#include "report/sign.h"

enum { MAP_HEIGHT_MIN = 420, MAP_HEIGHT_MAX = 1150, SCHEMATIC_HEIGHT = 620, TITLE_COLUMNS = 46, TITLE = 84 };

static void path_data(sign *s, const map_line *line) {
    base_text_add(s->out, "<path d=\"");
    for (int32_t i = 0; i < line->count; i++) {
        map_point p = sign_at(s, line->points[i]);
        base_text_add(s->out, i == 0 ? "M" : " ");
        sign_number(s->out, p.x);
        base_text_add(s->out, " ");
        sign_number(s->out, p.y);
    }
    base_text_add(s->out, "\"");
}

// ---- the sheet --------------------------------------------------------------------------------------------------

static void fit(sign *s) {
    double wide = s->plan.max.x - s->plan.min.x, high = s->plan.max.y - s->plan.min.y;
    wide = wide > 1 ? wide : 1;
    high = high > 1 ? high : 1;
    double room = SIGN_WIDTH - 2 * 70;
    double by_width = room / wide, by_height = (s->plan.schematic ? SCHEMATIC_HEIGHT : MAP_HEIGHT_MAX) / high;
    s->scale = by_width < by_height ? by_width : by_height;
    double drawn = high * s->scale;
    s->height = drawn < MAP_HEIGHT_MIN ? MAP_HEIGHT_MIN : drawn;
    s->across = s->scale;
    if (s->plan.schematic) // sideways nothing is to scale, so that the sheet may be filled
        s->across = by_width < 4 * s->scale ? by_width : 4 * s->scale;
    s->width = wide * s->across;
    s->left = (SIGN_WIDTH - s->width) / 2;
    s->top = TITLE + 20 - (s->height - drawn) / 2;
}

static void styles(sign *s) {
    base_text *out = s->out;
    base_text_add(out, "<style>\n"
                       "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Sans CJK KR',sans-serif;fill:#14181d}\n"
                       ".title{font-size:30px;font-weight:700}.sub{font-size:14px;fill:#4a5563}\n"
                       ".head{font-size:17px;font-weight:700}.item{font-size:14px}\n"
                       ".right{font-size:14px;text-anchor:end;fill:#4a5563}\n"
                       ".run,.lift{text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:3.5px;stroke-linejoin:round}\n"
                       ".run{font-size:12.5px}.lift{font-size:14px;font-weight:700}\n"
                       ".letters{font-size:10px;font-weight:700;text-anchor:middle;fill:#fff}\n"
                       ".service{fill:#35506b}.fun{fill:#6a3d9a}.food{fill:#8a4b08}.care{fill:#b3261e}\n"
                       ".plate{fill:#fff;stroke:#14181d;stroke-width:1.6px}\n"
                       ".icon,.arrow,.way,.post,.bar{fill:none;stroke:#14181d;stroke-width:1.6px;stroke-linejoin:round;stroke-linecap:round}\n"
                       ".arrow{fill:#14181d}.way{stroke:#7a8694;stroke-width:1.4px;stroke-dasharray:2 4}\n"
                       ".line{fill:none;stroke:#14181d;stroke-width:2.6px}.surface{stroke-dasharray:7 3}\n"
                       ".under{fill:none;stroke:#fff;stroke-width:10px;stroke-linejoin:round;stroke-linecap:round;opacity:.9}\n"
                       ".twin{fill:none;stroke:#fff;stroke-width:1.6px;stroke-linejoin:round}\n");
    for (int d = 0; d < PISTE_DIFFICULTY_COUNT; d++) {
        sign_style style = sign_style_of(s->resort->convention, d);
        base_text_format(out, ".d%d{fill:none;stroke:%s;stroke-width:", d, style.colour);
        sign_number(out, style.width);
        base_text_add(out, "px;stroke-linejoin:round");
        if (*style.dash)
            base_text_format(out, ";stroke-dasharray:%s", style.dash);
        base_text_add(out, d == PISTE_DIFFICULTY_NOVICE ? ";stroke-linecap:round}\n" : "}\n");
    }
    base_text_add(out, "</style>\n");
}

// ---- lines ------------------------------------------------------------------------------------------------------

static void draw_runs(sign *s) {
    const piste_resort *r = s->resort;
    for (int32_t i = 0; i < r->walks.count; i++)
        if (s->plan.walks[i].points) {
            path_data(s, &s->plan.walks[i]);
            base_text_add(s->out, " class=\"way\"/>\n");
        }
    for (int32_t i = 0; i < r->runs.count; i++)
        if (s->plan.runs[i].points) {
            path_data(s, &s->plan.runs[i]);
            base_text_add(s->out, " class=\"under\"/>\n");
        }
    for (int32_t d = 0; d < PISTE_DIFFICULTY_COUNT; d++)
        for (int32_t i = 0; i < r->runs.count; i++) {
            if (r->runs.list[i].difficulty != d || !s->plan.runs[i].points)
                continue;
            path_data(s, &s->plan.runs[i]);
            base_text_format(s->out, " class=\"d%d\"><title>", d);
            sign_escaped(s->out, *r->runs.list[i].name ? r->runs.list[i].name : r->runs.list[i].entry.key);
            base_text_add(s->out, "</title></path>\n");
            if (sign_style_of(r->convention, d).twin) {
                path_data(s, &s->plan.runs[i]);
                base_text_add(s->out, " class=\"twin\"/>\n");
            }
        }
}

// The end of a lift points the way it goes.
static void draw_arrow(sign *s, const map_line *line) {
    map_point tip = sign_at(s, line->points[line->count - 1]), from = tip;
    double length = 0, dx = 0, dy = 0;
    for (int32_t i = line->count - 2; i >= 0 && length < 6; i--) {
        from = sign_at(s, line->points[i]);
        dx = tip.x - from.x;
        dy = tip.y - from.y;
        length = base_sqrt(dx * dx + dy * dy);
    }
    if (length < 1)
        return;
    double ux = dx / length, uy = dy / length;
    const double corners[3][2] = {{0, 0}, {-13, 5.5}, {-13, -5.5}};
    base_text_add(s->out, "<path class=\"arrow\" d=\"");
    for (int i = 0; i < 3; i++) {
        base_text_add(s->out, i == 0 ? "M" : " ");
        sign_number(s->out, tip.x + corners[i][0] * ux - corners[i][1] * uy);
        base_text_add(s->out, " ");
        sign_number(s->out, tip.y + corners[i][0] * uy + corners[i][1] * ux);
    }
    base_text_add(s->out, "z\"/>\n");
}

static void draw_lifts(sign *s) {
    const piste_resort *r = s->resort;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const map_line *line = &s->plan.lifts[i];
        if (!line->points)
            continue;
        path_data(s, line);
        base_text_format(s->out, " class=\"line%s\"><title>", sign_lift_is_aerial(r->lifts.list[i].type) ? "" : " surface");
        sign_escaped(s->out, r->lifts.list[i].name);
        base_text_add(s->out, "</title></path>\n");
        draw_arrow(s, line);
    }
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const map_line *line = &s->plan.lifts[i];
        if (!line->points)
            continue;
        // A fifth of the way up: there the line is the lift's alone more often than at its ends.
        map_point a = sign_at(s, line->points[0]), b = sign_at(s, line->points[line->count > 2 ? line->count / 2 : 1]);
        double part = line->count > 2 ? 0.6 : 0.3;
        map_point at = {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
        if (!sign_is_free(s, at.x, at.y, 11))
            at = (map_point){a.x + (b.x - a.x) * (part + 0.22), a.y + (b.y - a.y) * (part + 0.22)};
        if (!sign_is_free(s, at.x, at.y, 9))
            continue;
        sign_lift_symbol(s, r->lifts.list[i].type, at.x, at.y);
        sign_take(s, at.x, at.y, 12);
    }
}

// ---- venues and names -------------------------------------------------------------------------------------------

// Where a place has several, each takes the nearest free spot around it, and a thin line tells where it belongs.
static void draw_venue(sign *s, const piste_venue *v, base_text *symbols) {
    static const double around[8][2] = {{0, 1}, {0.707, 0.707}, {-0.707, 0.707}, {1, 0}, {-1, 0}, {0.707, -0.707}, {-0.707, -0.707}, {0, -1}};
    map_point at = v->place.index >= 0 ? s->plan.places[v->place.index] : (map_point){NAN, NAN};
    if (at.x != at.x)
        return;
    at = sign_at(s, at);
    map_point found = at;
    bool good = sign_is_free(s, at.x, at.y, 10);
    for (int ring = 1; !good && ring <= 9; ring++)
        for (int k = 0; !good && k < 8; k++) {
            found = (map_point){at.x + around[k][0] * ring * 16, at.y + around[k][1] * ring * 16};
            good = found.x > 12 && found.x < SIGN_WIDTH - 12 && sign_is_free(s, found.x, found.y, 10);
        }
    if (!good)
        return;
    if (found.x != at.x || found.y != at.y) {
        base_text_add(s->out, "<path class=\"bar\" stroke-opacity=\".45\" d=\"M");
        sign_number(s->out, at.x);
        base_text_add(s->out, " ");
        sign_number(s->out, at.y);
        base_text_add(s->out, " ");
        sign_number(s->out, found.x);
        base_text_add(s->out, " ");
        sign_number(s->out, found.y);
        base_text_add(s->out, "\"/>\n");
    }
    sign_take(s, found.x, found.y, 10);
    base_text *lines = s->out;
    s->out = symbols;
    sign_venue_symbol(s, v->kind, found.x, found.y);
    s->out = lines;
}

// All lines first, so that none lies over a symbol.
static void draw_venues(sign *s) {
    base_text symbols = {0};
    for (int32_t i = 0; i < s->resort->venues.count; i++)
        draw_venue(s, &s->resort->venues.list[i], &symbols);
    base_text_add(s->out, symbols.data ? symbols.data : "");
    s->failed = s->failed || symbols.failed;
    base_text_release(&symbols);
}

// Each name once, at its longest section, with its number on the sign.
static void draw_run_name(sign *s, int32_t index) {
    const piste_resort *r = s->resort;
    const piste_run *run = &r->runs.list[index];
    const char *name = sign_run_name(s, run);
    if (!*name)
        return;
    for (int32_t k = 0; k < r->runs.count; k++) {
        const piste_run *other = &r->runs.list[k];
        bool longer = other->length_m > run->length_m || (other->length_m == run->length_m && k < index);
        if (k != index && longer && strcmp(sign_run_name(s, other), name) == 0)
            return;
    }
    page p = sign_page(s);
    for (int32_t k = 0; k < r->slopes.count; k++)
        if (r->slopes.list[k].number && r->slopes.list[k].name && strcmp(r->slopes.list[k].name, name) == 0) {
            name = page_format(&p, "%d %s", r->slopes.list[k].number, name);
            break;
        }
    sign_label(s, &s->plan.runs[index], "run", 12.5, name, false);
}

static void draw_names(sign *s) {
    const piste_resort *r = s->resort;
    for (int32_t i = 0; i < r->lifts.count; i++)
        sign_label(s, &s->plan.lifts[i], "lift", 14, r->lifts.list[i].name, true);
    for (int32_t i = 0; i < r->runs.count; i++)
        draw_run_name(s, i);
}

// ---- north, scale, words ----------------------------------------------------------------------------------------

static void draw_compass(sign *s) {
    static const int steps[] = {10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
    page p = sign_page(s);
    if (s->plan.schematic) {
        sign_text(s, SIGN_WIDTH - SIGN_MARGIN, 46, "right", report_word(s->language, "Schematic: heights are to scale, distances are not"));
        return;
    }
    int step = steps[0];
    for (size_t i = 0; i < BASE_COUNT(steps) && steps[i] * s->scale <= 200; i++)
        step = steps[i];
    double length = step * s->scale, x = SIGN_WIDTH - SIGN_MARGIN - 50 - length;
    base_text_add(s->out, "<path class=\"bar\" d=\"M");
    sign_number(s->out, x);
    base_text_add(s->out, " 38v8h");
    sign_number(s->out, length);
    base_text_add(s->out, "v-8\"/>\n");
    sign_text(s, x + length, 64, "right", step >= 1000 ? page_format(&p, "%d km", step / 1000) : page_format(&p, "%d m", step));
    base_text_format(s->out, "<g transform=\"translate(%d 46)\"><path class=\"arrow\" d=\"M0-26 7 4 0-1-7 4z\"/>"
                             "<text y=\"22\" class=\"letters\" style=\"fill:#14181d;font-size:14px\">N</text></g>\n",
                     SIGN_WIDTH - SIGN_MARGIN - 14);
}

static void draw_title(sign *s) {
    const piste_resort *r = s->resort;
    page p = sign_page(s);
    double lowest = NAN, highest = NAN;
    for (int32_t i = 0; i < r->places.count; i++) {
        double h = r->places.list[i].height_m;
        lowest = h == h && !(lowest <= h) ? h : lowest;
        highest = h == h && !(highest >= h) ? h : highest;
    }
    double length = 0;
    for (int32_t i = 0; i < r->runs.count; i++)
        length += r->runs.list[i].length_m == r->runs.list[i].length_m ? r->runs.list[i].length_m : 0;
    sign_text(s, SIGN_MARGIN, 46, "title", page_cut(&p, r->name, TITLE_COLUMNS));
    const char *heights = lowest == lowest ? page_format(&p, strcmp(report_word(s->language, "Lifts"), "Lifts") == 0 ? ", %s to %s m" : " · %s–%s m", page_decimal(&p, lowest, 0), page_decimal(&p, highest, 0)) : "";
    const char *lifts = report_word(s->language, "Lifts"), *slopes = report_word(s->language, "Slopes"), *km = page_decimal(&p, length / 1000, 1);
    if (strcmp(lifts, "Lifts") == 0)
        sign_text(s, SIGN_MARGIN, 70, "sub", page_format(&p, "%d lift%s, %s km of runs%s", r->lifts.count, r->lifts.count == 1 ? "" : "s", km, heights));
    else // without words that would have to agree with the numbers
        sign_text(s, SIGN_MARGIN, 70, "sub", page_format(&p, "%s: %d · %s: %s km%s", lifts, r->lifts.count, slopes, km, heights));
}

static void draw_sheet(sign *s) {
    const piste_resort *r = s->resort;
    page p = sign_page(s);
    if (!s->plan.empty) {
        draw_compass(s);
        draw_runs(s);
        draw_lifts(s);
        draw_venues(s);
        draw_names(s);
    }
    double y = sign_legend(s, s->top + s->height + 30);
    if (r->attribution && *r->attribution) {
        sign_text(s, SIGN_MARGIN, y, "sub", page_cut(&p, r->attribution, 140));
        y += 24;
    }
    s->height = y; // of the sheet, from now on
}

const char *sign_run_name(const sign *s, const piste_run *run) {
    return *run->name || !s->nameless ? run->name : run->entry.key;
}

piste_status report_map_svg(const piste_resort *own, const char *language, base_text *out) {
    base_text body = {0};
    sign s = {.arena = base_arena_create(), .out = &body, .language = language && *language ? language : own->language};
    const piste_resort *resort = s.resort = s.arena ? report_named(own, language, s.arena) : NULL;
    if (!resort) {
        base_arena_destroy(s.arena);
        return PISTE_MEMORY;
    }
    // A text that fits on the sheet takes at most some 115 discs.
    size_t room = 1000 + 128 * ((size_t)resort->lifts.count + (size_t)resort->runs.count + (size_t)resort->venues.count);
    s.discs = s.arena ? base_arena_take(s.arena, room * sizeof *s.discs) : NULL;
    s.disc_room = (int32_t)room;
    s.failed = !s.discs || !map_plan_make(resort, s.arena, &s.plan);
    s.nameless = true;
    for (int32_t i = 0; i < resort->runs.count; i++)
        s.nameless = s.nameless && !*resort->runs.list[i].name;
    if (!s.failed) {
        fit(&s);
        draw_title(&s);
        draw_sheet(&s);
        s.out = out;
        base_text_format(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\"%s%s%s aria-labelledby=\"title\">\n<title id=\"title\">",
                         SIGN_WIDTH, (int)s.height, SIGN_WIDTH, (int)s.height, language && *language ? " lang=\"" : "", language ? language : "",
                         language && *language ? "\"" : "");
        sign_escaped(out, resort->name);
        base_text_format(out, ": %s</title>\n", report_word(s.language, "trail map"));
        styles(&s);
        base_text_add(out, "<rect width=\"100%\" height=\"100%\" fill=\"#f6f9fc\"/>\n");
        base_text_add(out, body.data ? body.data : "");
        base_text_add(out, "</svg>\n");
    }
    piste_status status = s.failed || body.failed || out->failed ? PISTE_MEMORY : PISTE_OK;
    base_text_release(&body);
    base_arena_destroy(s.arena);
    return status;
}
