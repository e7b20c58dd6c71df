// assume.c - what a map does not say: seats, intervals and speeds of lifts, difficulties and widths of runs, the zone.
//
// The figures of lifts are medians of 2,302 operating US lifts; those of carpets, rope tows and lifts of cabins are
// common planning practice without a source at hand. What OpenStreetMap gives counts as measured.
#include <math.h>
#include <string.h>

#include "import/import.h"
#include "resort/schema.h"

#define MEDIANS "2,302 operating US lifts"

// ---- lifts ----------------------------------------------------------------------------------------------------------

typedef struct lift_median {
    const char *type; // liftType
    int32_t seats;    // up to this many
    bool detachable;
    int32_t usual; // seats where the map has none
    double interval_s, speed_mps;
    const char *interval, *speed, *source;
} lift_median;

// Of a type the first row that has as many seats and is as detachable; the last one of a type takes what is left.
// clang-format off
static const lift_median medians[] = {
    {"chair_lift", 2, false, 2, 6, 2.286, "6 s", "450 ft/min", "median of the double chairs among " MEDIANS},
    {"chair_lift", 3, false, 3, 6, 2.286, "6 s", "450 ft/min", "median of the triple chairs among " MEDIANS},
    {"chair_lift", 99, false, 4, 7.2, 2.159, "7.2 s", "425 ft/min", "median of the fixed quads among " MEDIANS},
    {"chair_lift", 4, true, 4, 6, 5.08, "6 s", "1000 ft/min", "median of the detachable quads among " MEDIANS},
    {"chair_lift", 99, true, 6, 7.2, 5.08, "7.2 s", "1000 ft/min", "median of the detachable sixes among " MEDIANS},
    {"mixed_lift", 999, true, 6, 7.2, 5.08, "7.2 s", "1000 ft/min", "as a detachable six, median among " MEDIANS},
    {"gondola", 999, true, 8, 13, 5.08, "13 s", "1000 ft/min", "median of the gondolas of 8 among " MEDIANS},
    {"t-bar", 99, false, 2, 7.2, 2.54, "7.2 s", "500 ft/min", "median of the T-bars among " MEDIANS},
    {"j-bar", 99, false, 1, 7.2, 2.1336, "7.2 s", "420 ft/min", "as a platter, median among " MEDIANS},
    {"platter", 99, false, 1, 7.2, 2.1336, "7.2 s", "420 ft/min", "median of the platters among " MEDIANS},
    {"drag_lift", 99, false, 1, 7.2, 2.1336, "7.2 s", "420 ft/min", "as a platter, median among " MEDIANS},
    {"rope_tow", 99, false, 1, 6, 2, "6 s", "2 m/s", "common for rope tows [planning]"},
    {"magic_carpet", 99, false, 1, 4, 0.6, "4 s", "0.6 m/s", "common for carpets [planning]"},
    {"cable_car", 999, false, 60, 0, 8, NULL, "8 m/s", "common for cable cars [planning]"},
    {"funicular", 999, false, 60, 0, 7, NULL, "7 m/s", "common for funiculars [planning]"},
    {"railway", 999, false, 100, 0, 5, NULL, "5 m/s", "common for mountain railways [planning]"},
};
// clang-format on

static const json_t *property(const import_line *line, const char *name) {
    return json_object_get(line->file->features[line->feature].properties, name);
}

// A figure of the map; what cannot be right (a ride of 0 s) is not taken. 0: none.
static double figure(const import_line *line, const char *name, double max) {
    double value = json_number_value(property(line, name));
    return value >= 1 && value <= max ? value : 0;
}

const char *import_lift_type(const import_line *line) {
    const char *type = json_string_value(property(line, "liftType"));
    for (size_t i = 0; type && i < BASE_COUNT(medians); i++)
        if (strcmp(medians[i].type, type) == 0)
            return medians[i].type;
    return NULL;
}

static const lift_median *median_of(const import_line *line, int32_t seats) {
    const char *type = import_lift_type(line);
    bool is_chair = type && strcmp(type, "chair_lift") == 0;
    // Nobody hangs a fixed chair on more than 1,200 m where it is not known to be one.
    bool detachable =
        json_is_true(property(line, "detachable")) || (is_chair && !json_is_false(property(line, "detachable")) &&
                                                       (seats > 4 || (seats == 0 && line->length_m > 1200)));
    const lift_median *last = NULL;
    for (size_t i = 0; i < BASE_COUNT(medians); i++) {
        const lift_median *m = &medians[i];
        if (strcmp(m->type, type ? type : "drag_lift") != 0 || (is_chair && m->detachable != detachable))
            continue;
        last = m;
        if (seats <= m->seats &&
            !(is_chair && seats == 0 && m->seats == 2)) // unknown seats: a triple, or a detachable quad
            return m;
    }
    return last;
}

static const char measured[] = "measured: OpenStreetMap";

// The map's figure is that of the whole line; where only a part of it is there, that part's.
static double given_ride(const import_line *line, const import_way *way) {
    double whole = line->points[line->count - 1].s, part = (way->to_m - way->from_m) / whole,
           given = figure(line, "duration", 7200);
    return part < 0.999 ? base_round(given * part, 0) : given;
}

static double ride_of(const import_lift_figures *f, const lift_median *m, const import_line *line,
                      const import_way *way) {
    double given = f->duration ? given_ride(line, way) : 0;
    return given > 0 ? given : way->length_m / m->speed_mps;
}

import_lift_figures import_lift_assume(importer *im, const import_way *way) {
    const import_line *line = &im->lines[way->line];
    import_lift_figures f = {.carries_down = import_carries_down(line)};
    double seats = figure(line, "occupancy", 250), capacity = figure(line, "capacity", 20000),
           duration = given_ride(line, way);
    const lift_median *m = median_of(line, (int32_t)seats);
    const char *assumed = import_format(im, "assumed: %s", m->source);
    f.seats = seats > 0 ? (int32_t)seats : m->usual;
    f.seats_basis = seats > 0 ? measured : assumed;
    if (duration >= 1 && way->length_m / duration >= 0.1 && way->length_m / duration <= 20) {
        f.duration = import_format(im, "%d s", (int)duration);
        f.duration_basis = measured;
    } else {
        f.speed = m->speed;
        f.speed_basis = assumed;
    }
    if (capacity > 0) {
        f.capacity = import_format(im, "%.0f pph", capacity);
        f.capacity_basis = measured;
        f.capacity_pph = base_round(capacity, 0);
    } else if (m->interval) {
        f.interval = m->interval;
        f.interval_basis = assumed;
        f.capacity_pph = f.seats * 3600 / m->interval_s;
    } else { // a cabin that goes to and fro leaves when the other one has come
        double interval = base_floor(ride_of(&f, m, line, way)) + 120;
        f.interval = import_format(im, "%.0f s", interval);
        f.interval_basis = "assumed: the ride and 2 min for getting off and on [planning]";
        f.capacity_pph = f.seats * 3600 / interval;
    }
    return f;
}

static void tell_figure(base_text *out, const char *name, const char *value, const char *basis) {
    if (value && strncmp(basis, "assumed", 7) == 0)
        base_text_format(out, "%s%s %s", out->length ? ", " : "", name, value);
}

static void tell_lift(importer *im, const import_way *way) {
    const import_line *line = &im->lines[way->line];
    import_lift_figures f = import_lift_assume(im, way);
    base_text list = {0};
    char seats[16];
    snprintf(seats, sizeof seats, "%d", f.seats);
    tell_figure(&list, "seats", seats, f.seats_basis);
    tell_figure(&list, "interval", f.interval, f.interval_basis);
    tell_figure(&list, "speed", f.speed, f.speed_basis);
    if (f.carries_down)
        base_text_format(&list, "%scarries down as well", list.length ? ", " : "");
    if (!import_lift_type(line))
        base_text_format(&list, "%stype drag-lift (the map's word is not known)", list.length ? ", " : "");
    if (list.data) {
        const lift_median *m = median_of(line, (int32_t)figure(line, "occupancy", 250));
        import_tell(im, IMPORT_ASSUMED, line->label, -1, "%s: %s", list.data, m->source);
    }
    im->no_memory |= list.failed;
    base_text_release(&list);
}

// ---- runs -----------------------------------------------------------------------------------------------------------

// Steepest mean gradient of each difficulty, from the room standards for the abilities that like it.
static const struct {
    double gradient, width_m;
} by_difficulty[PISTE_DIFFICULTY_COUNT] = {{0.12, 40},     {0.25, 35}, {0.40, 30}, {0.50, 25},
                                           {HUGE_VAL, 20}, {0, 20},    {0, 20}};

static void assume_difficulty(importer *im, import_line *line) {
    const char *word = json_string_value(property(line, "difficulty"));
    int32_t given = word ? schema_word_find(schema_difficulty_words, word) : -1;
    if (given >= 0) {
        line->difficulty = given;
        return;
    }
    double length = line->points[line->count - 1].s,
           gradient = fabs(line->points[0].h - line->points[line->count - 1].h) / fmax(length, 1);
    line->difficulty = 0;
    while (gradient > by_difficulty[line->difficulty].gradient)
        line->difficulty++;
    line->difficulty_basis = import_format(
        im, "assumed: mean gradient %.0f %%; British Columbia All Season Resort Guidelines", gradient * 100);
    import_tell(im, IMPORT_ASSUMED, line->label, -1, "difficulty %s, from its mean gradient of %.0f %%",
                schema_difficulty_words[line->difficulty], gradient * 100);
}

double import_run_width(const import_line *line, const char **basis) {
    if (line->width_m == line->width_m) {
        *basis = "measured: OpenStreetMap, its area divided by its length";
        return line->width_m;
    }
    *basis = "assumed: by difficulty [planning]";
    return by_difficulty[line->difficulty].width_m;
}

// ---- the whole ------------------------------------------------------------------------------------------------------

// Nothing in the map tells the zone: the sun does, to the hour. POSIX counts the sign of Etc/GMT westwards.
static void set_zone(importer *im) {
    if (im->def->zone) {
        im->zone = im->def->zone;
        return;
    }
    int hours = (int)base_round(im->nodes[im->base].lon / 15, 0);
    im->zone = hours ? import_format(im, "Etc/GMT%+d", -hours) : "Etc/GMT";
    im->zone_assumed = true;
    import_tell(im, IMPORT_ASSUMED, "zone", -1,
                "%s, solar time of the longitude without summer time; give --zone for the true one", im->zone);
}

enum { OPEN_HOURS = 7, DEMAND_M = 4075, ACCESS_HOURS = 2 };

// CCC: vertical supply of a day / vertical demand of a guest, as far as the bases' lifts let them onto the mountain.
static void set_guests(importer *im) {
    double supply_m = 0;
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        if (way->kept && way->kind == IMPORT_WAY_LIFT)
            supply_m += import_lift_assume(im, way).capacity_pph *
                        fmax(im->nodes[way->to].h - im->nodes[way->from].h, 0) * OPEN_HOURS * 0.85;
    }
    double guests = base_round(supply_m / DEMAND_M / 10, 0) * 10, access_pph = 0;
    for (int32_t i = 0; i < im->arrival_count; i++) // all guests come through there
        access_pph += im->arrivals[i].capacity_pph;
    double access = base_floor(access_pph * ACCESS_HOURS / 10) * 10;
    if (access < guests && access > 0) {
        guests = access;
        import_tell(im, IMPORT_ASSUMED, "visitors", -1,
                    "no more than the lifts at the bases take up in %d h [planning]", ACCESS_HOURS);
    }
    im->guests = (int32_t)fmin(fmax(guests, 20), 100000);
    import_tell(im, IMPORT_ASSUMED, "visitors", -1,
                "%d guests on the day: 85 %% of the lifts' hourly vertical supply (%.0f m) for %d h, divided by %d m "
                "of descent a guest [planning]; "
                "segments, habits, hours 09:00-16:00 and venues at the bases likewise",
                im->guests, base_round(supply_m / OPEN_HOURS / 0.85, 0), OPEN_HOURS, DEMAND_M);
    import_share_guests(im);
}

piste_status import_assume(importer *im) {
    bool widths = false;
    for (int32_t w = 0; w < im->way_count; w++) {
        const import_way *way = &im->ways[w];
        if (!way->kept || way->kind == IMPORT_WAY_WALK)
            continue;
        import_line *line = &im->lines[way->line];
        if (way->kind == IMPORT_WAY_LIFT)
            tell_lift(im, way);
        else if (line->difficulty < 0)
            assume_difficulty(im, line);
        widths |= way->kind == IMPORT_WAY_RUN && isnan(line->width_m);
    }
    if (widths)
        import_tell(im, IMPORT_ASSUMED, "runs", -1,
                    "widths by difficulty where no area is drawn: novice %.0f m, easy %.0f m, intermediate %.0f m, "
                    "advanced %.0f m, above %.0f m [planning]",
                    by_difficulty[0].width_m, by_difficulty[1].width_m, by_difficulty[2].width_m,
                    by_difficulty[3].width_m, by_difficulty[4].width_m);
    set_zone(im);
    set_guests(im);
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
