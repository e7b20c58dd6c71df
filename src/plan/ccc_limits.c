// ccc_limits.c - what else limits the day, each as guests a day: its capacity over the share of guests who use it.
#include <math.h>

#include "flow/flow.h"
#include "plan/ccc.h"

enum { LIMITS_MAX = 8 + PISTE_CCC_TERRAIN_COUNT };

static piste_ccc_limit *add_limit(ccc_build *b, piste_ccc_limit_kind kind, const char *key, const char *name,
                                  const char *unit, int32_t lines) {
    piste_ccc *s = b->sheet;
    piste_ccc_limit *l = &s->limits.list[s->limits.count++];
    *l = (piste_ccc_limit){.kind = kind,
                           .key = key,
                           .name = name,
                           .unit = unit,
                           .capacity = NAN,
                           .guests = NAN,
                           .unknown = "",
                           .share = ccc_input(PISTE_CCC_ASSUMED, NAN, "not known")};
    l->lines.list = lines ? ccc_take(b, lines, sizeof *l->lines.list) : NULL;
    return l;
}

static piste_ccc_line *add_line(piste_ccc_limit *limit, const char *key, const char *name) {
    piste_ccc_line *line = &limit->lines.list[limit->lines.count++];
    *line = (piste_ccc_line){.key = key, .name = name};
    return line;
}

static void add_factor(piste_ccc_line *line, const char *what, piste_ccc_input in) {
    line->what[line->count] = what;
    line->in[line->count++] = in;
}

// ---- who uses what -------------------------------------------------------------------------------------------------

static bool is_meal(const ccc_build *b, const piste_visit *v) {
    if (v->at.kind == PISTE_DIST_NONE)
        return v->when == PISTE_VISIT_DURING;
    double at = piste_dist_mean(&v->at);
    return at >= b->resort->planning.meals.from_s && at < b->resort->planning.meals.to_s;
}

static bool is_of_kind(const ccc_build *b, const piste_visit *v, piste_venue_kind kind) {
    int32_t own = v->venue.index >= 0 ? b->resort->venues.list[v->venue.index].kind : v->kind;
    return own == (int32_t)kind && v->when != PISTE_VISIT_LEAVING && (kind != PISTE_VENUE_RESTAURANT || is_meal(b, v));
}

static double who_of(const piste_segment *s, const piste_visit *v) {
    double share = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        share += v->who & 1 << a ? s->ability[a] : 0;
    return v->who ? share : 1;
}

// Visits to a kind of venue for each guest who comes.
static piste_ccc_input visits_of(ccc_build *b, piste_venue_kind kind) {
    double all = 0, own = 0;
    piste_ccc_basis weakest = PISTE_CCC_MEASURED;
    for (int32_t i = 0; i < b->resort->segments.count; i++) {
        const piste_segment *s = &b->resort->segments.list[i];
        double come = ccc_come(s);
        all += come;
        if (come > 0)
            weakest = ccc_weaker(weakest, ccc_of_field(b, &s->entry, "visits", 0, PISTE_CCC_GIVEN, "").basis);
        for (int32_t k = 0; k < s->visits.count; k++)
            if (is_of_kind(b, &s->visits.list[k], kind))
                own += come * s->visits.list[k].share * who_of(s, &s->visits.list[k]);
    }
    if (!(all > 0))
        return ccc_input(PISTE_CCC_ASSUMED, NAN, "nobody comes");
    return ccc_input(weakest, own / all, "what the segments' visits say");
}

// How guests come; NaN with the first segment that does not say.
static piste_ccc_input come_by(ccc_build *b, piste_comes how, const char **unknown) {
    double all = 0, own = 0;
    piste_ccc_basis weakest = PISTE_CCC_MEASURED;
    for (int32_t i = 0; i < b->resort->segments.count; i++) {
        const piste_segment *s = &b->resort->segments.list[i];
        double come = ccc_come(s), said = 0;
        for (int k = 0; k < PISTE_COMES_COUNT; k++)
            said += s->comes[k];
        if (!(come > 0))
            continue;
        if (!(said > 0)) {
            *unknown = ccc_format(b, "how the guests of segment %s come is not known (`comes`)", s->entry.key);
            return ccc_input(PISTE_CCC_ASSUMED, NAN, *unknown);
        }
        weakest = ccc_weaker(weakest, ccc_of_field(b, &s->entry, "comes", 0, PISTE_CCC_GIVEN, "").basis);
        all += come;
        own += come * s->comes[how];
    }
    if (!(all > 0)) {
        *unknown = "nobody comes";
        return ccc_input(PISTE_CCC_ASSUMED, NAN, *unknown);
    }
    return ccc_input(weakest, own / all, "how the segments come");
}

// ---- lifts and slopes ----------------------------------------------------------------------------------------------

static void add_lifts(ccc_build *b) {
    piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_LIFTS, "lifts", "Lifts (CCC)", "skiers a day", 0);
    double all = 0, ski = 0;
    for (int32_t i = 0; i < b->resort->segments.count; i++) {
        all += ccc_come(&b->resort->segments.list[i]);
        ski += ccc_come(&b->resort->segments.list[i]) * ccc_ski_share(&b->resort->segments.list[i]);
    }
    l->share = all > 0 ? ccc_input(b->sheet->market.basis, ski / all, "those of the segments who are not on foot")
                       : ccc_input(PISTE_CCC_ASSUMED, 1, "nobody comes: everyone is taken to ski");
    if (l->share.value == 0)
        l->unknown = "nobody comes to ski";
}

static piste_ccc_input on_slopes(ccc_build *b, int c) {
    double given = b->resort->planning.on_slopes;
    if (!isnan(given) && c == PISTE_CCC_TERRAIN_COUNT)
        return ccc_of_field(b, &b->resort->planning.entry, "on-slopes", given, PISTE_CCC_GIVEN, "resort.yaml");
    piste_ccc_input in = ccc_input(PISTE_CCC_SIMULATED, b->on_slopes[c], "");
    in.source = ccc_format(b, "the busiest quarter of an hour of the mean of %d uncrowded days", b->sheet->days);
    if (c == PISTE_CCC_TERRAIN_COUNT)
        in.error = b->on_slopes_error;
    if (isnan(in.value))
        in = ccc_input(PISTE_CCC_ASSUMED, NAN, b->can_rehearse ? "no days were simulated" : b->cannot);
    return in;
}

// One line for each class: its area, and the mean standard of its runs, by area.
static void add_terrain(ccc_build *b, piste_ccc_limit *l, int c) {
    double area = 0, people = 0;
    int32_t runs = 0, unknown = 0, stated = 0;
    piste_ccc_basis weakest = PISTE_CCC_MEASURED;
    for (int32_t i = 0; i < b->resort->runs.count; i++) {
        const piste_run *run = &b->resort->runs.list[i];
        if (run->closed || (int)ccc_terrain_of_run(run) != c)
            continue;
        runs++;
        if (isnan(run->area_ha)) {
            unknown++;
            continue;
        }
        const char *field = piste_entry_field_line(&run->entry, "area") > 0 ? "area" : "width";
        weakest = ccc_weaker(weakest, ccc_of_field(b, &run->entry, field, 0, PISTE_CCC_GIVEN, "").basis);
        stated++;
        area += run->area_ha;
        people += run->area_ha * flow_crowd_standard(run);
    }
    if (runs == 0)
        return;
    piste_ccc_line *line =
        add_line(l, piste_ccc_terrain_word((piste_ccc_terrain)c), piste_ccc_terrain_word((piste_ccc_terrain)c));
    if (unknown) {
        l->unknown = ccc_format(b, "no width or area of %d of %d runs (%s)", unknown, runs, line->name);
        add_factor(line, "area_ha", ccc_input(PISTE_CCC_ASSUMED, NAN, l->unknown));
    } else
        add_factor(line, "area_ha",
                   ccc_input(weakest, area, ccc_format(b, "area or length x width of %d runs", stated)));
    add_factor(line, "per_ha",
               ccc_input(PISTE_CCC_PUBLISHED, area > 0 ? people / area : (double)NAN,
                         "upper end of the British Columbia guidelines' range; less among trees"));
}

static void add_slopes(ccc_build *b) {
    static const char *const keys[] = {"slopes-novice", "slopes-easy", "slopes-intermediate", "slopes-advanced",
                                       "slopes-expert"};
    static const char *const names[] = {"Slopes, novice", "Slopes, easy", "Slopes, intermediate", "Slopes, advanced",
                                        "Slopes, expert"};
    static const char unit[] = "people at one time";
    piste_ccc_limit *all = add_limit(b, PISTE_CCC_LIMIT_SLOPES, "slopes", "Slopes, all", unit, PISTE_CCC_TERRAIN_COUNT);
    all->share = on_slopes(b, PISTE_CCC_TERRAIN_COUNT);
    for (int c = 0; c < PISTE_CCC_TERRAIN_COUNT && !b->failed; c++)
        add_terrain(b, all, c);
    if (all->lines.count == 0)
        all->unknown = "no runs";
    if (!*all->unknown && isnan(all->share.value))
        all->unknown = all->share.source;
    for (int c = 0; c < PISTE_CCC_TERRAIN_COUNT && !b->failed; c++) {
        if (b->sheet->terrain[c].runs == 0)
            continue;
        piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_SLOPES, keys[c], names[c], unit, 1);
        l->share = on_slopes(b, c);
        add_terrain(b, l, c);
        if (!*l->unknown && isnan(l->share.value))
            l->unknown = l->share.source;
    }
}

// ---- venues --------------------------------------------------------------------------------------------------------

static const piste_venue *venue_at(const ccc_build *b, int32_t i, piste_venue_kind kind) {
    const piste_venue *v = &b->resort->venues.list[i];
    return v->kind == (int32_t)kind ? v : NULL;
}

// Hours of a venue within a span.
static double hours_within(const piste_venue *v, int32_t from_s, int32_t to_s) {
    int32_t minutes = 0;
    for (int32_t s = from_s; s < to_s; s += 60)
        minutes += piste_hours_hold(&v->hours, s);
    return minutes / 60.0;
}

static void add_seats(ccc_build *b) {
    piste_span meals = b->resort->planning.meals;
    piste_ccc_limit *l =
        add_limit(b, PISTE_CCC_LIMIT_SEATS, "restaurant-seats", "Restaurants, seats", "meals", b->resort->venues.count);
    l->share = visits_of(b, PISTE_VENUE_RESTAURANT);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, PISTE_VENUE_RESTAURANT);
        if (!v)
            continue;
        piste_ccc_line *line = add_line(l, ccc_format(b, "%s", v->entry.key), ccc_format(b, "%s", v->name));
        double hours = hours_within(v, meals.from_s, meals.to_s);
        double stay_s = v->stay.kind == PISTE_DIST_NONE ? (double)NAN : piste_dist_mean(&v->stay);
        if (v->seats == 0)
            l->unknown = ccc_format(b, "no number of seats of %s (`seats`)", v->entry.key);
        else if (isnan(v->turns) && isnan(stay_s))
            l->unknown = ccc_format(b, "neither turns nor stay of %s is given", v->entry.key);
        add_factor(line, "seats",
                   ccc_of_field(b, &v->entry, "seats", v->seats ? v->seats : (double)NAN, PISTE_CCC_GIVEN, ""));
        if (!isnan(v->turns)) {
            add_factor(line, "turns", ccc_of_field(b, &v->entry, "turns", v->turns, PISTE_CCC_GIVEN, ""));
            continue;
        }
        piste_ccc_input stay = ccc_of_field(b, &v->entry, "stay", 0, PISTE_CCC_GIVEN, "");
        piste_ccc_input span = ccc_of_field(b, &b->resort->planning.entry, "meals", 0, PISTE_CCC_ASSUMED, "");
        add_factor(
            line, "turns",
            ccc_input(
                ccc_weaker(stay.basis, span.basis), hours * 3600 / stay_s,
                ccc_format(b,
                           "%s h of the hours of meals, %02d:%02d to %02d:%02d (%s), over a mean stay of %.0f min (%s)",
                           ccc_tenths(b, hours), meals.from_s / 3600, meals.from_s / 60 % 60, meals.to_s / 3600,
                           meals.to_s / 60 % 60, piste_ccc_basis_word(span.basis), stay_s / 60,
                           piste_ccc_basis_word(stay.basis))));
    }
}

// People whom one counter of a venue serves in an hour.
static piste_ccc_input pace_of(ccc_build *b, const piste_venue *v) {
    double service_s = piste_dist_mean(&v->service_time), people = 1, sum = 0;
    if (v->serves_parties) {
        people = 0;
        for (int32_t i = 0; i < b->resort->segments.count; i++) {
            const piste_segment *s = &b->resort->segments.list[i];
            double size = piste_dist_mean(&s->party_size);
            people += ccc_come(s);
            sum += ccc_come(s) / size;
        }
        people = sum > 0 ? people / sum : 1;
    }
    piste_ccc_input in = ccc_of_field(b, &v->entry, "service-time",
                                      service_s > 0 ? 3600 * people / service_s : (double)NAN, PISTE_CCC_GIVEN, "");
    in.source = v->serves_parties ? ccc_format(b, "a service of %.0f s for a party of %s on average: %s", service_s,
                                               ccc_tenths(b, people), in.source)
                                  : ccc_format(b, "a service of %.0f s: %s", service_s, in.source);
    return in;
}

static void add_counters_of(ccc_build *b, piste_ccc_limit *l, const piste_venue *v, double hours, piste_ccc_basis basis,
                            const char *when) {
    piste_ccc_line *line = add_line(l, ccc_format(b, "%s", v->entry.key), ccc_format(b, "%s", v->name));
    if (v->servers == 0) {
        l->unknown = ccc_format(b, "no number of servers of %s (`servers`)", v->entry.key);
        add_factor(line, "servers", ccc_input(PISTE_CCC_ASSUMED, NAN, l->unknown));
        return;
    }
    add_factor(line, "servers", ccc_of_field(b, &v->entry, "servers", v->servers, PISTE_CCC_GIVEN, ""));
    add_factor(line, "hours", ccc_input(basis, hours, when));
    add_factor(line, "per_hour", pace_of(b, v));
}

static void add_counters(ccc_build *b) {
    piste_span meals = b->resort->planning.meals;
    piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_COUNTERS, "restaurant-counters", "Restaurants, counters", "meals",
                                   b->resort->venues.count);
    l->share = visits_of(b, PISTE_VENUE_RESTAURANT);
    piste_ccc_input span = ccc_of_field(b, &b->resort->planning.entry, "meals", 0, PISTE_CCC_ASSUMED, "its default");
    const char *when = ccc_format(b, "open in the hours of meals, %02d:%02d to %02d:%02d: %s", meals.from_s / 3600,
                                  meals.from_s / 60 % 60, meals.to_s / 3600, meals.to_s / 60 % 60, span.source);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, PISTE_VENUE_RESTAURANT);
        if (v)
            add_counters_of(b, l, v, hours_within(v, meals.from_s, meals.to_s), span.basis, when);
    }
}

static void add_rental(ccc_build *b) {
    int32_t until = b->resort->planning.rental_until_s;
    piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_RENTAL, "rental", "Rental", "renters", b->resort->venues.count);
    l->share = visits_of(b, PISTE_VENUE_RENTAL);
    piste_ccc_input span = ccc_of_field(b, &b->resort->planning.entry, "rental-until", 0, PISTE_CCC_PUBLISHED,
                                        "most renters come between 9 and 11 (Mt Hood Meadows)");
    const char *when = ccc_format(b, "open until %02d:%02d: %s", until / 3600, until / 60 % 60, span.source);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, PISTE_VENUE_RENTAL);
        if (v)
            add_counters_of(b, l, v, hours_within(v, b->resort->day.from_s, until), span.basis, when);
    }
    if (l->lines.count)
        ccc_note(b, "Rental is counted by its counters: how many sets its stock makes up is not known.");
}

static void add_school(ccc_build *b) {
    piste_ccc_limit *l =
        add_limit(b, PISTE_CCC_LIMIT_SCHOOL, "school", "Ski school", "pupils", b->resort->venues.count);
    l->share = visits_of(b, PISTE_VENUE_SCHOOL);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, PISTE_VENUE_SCHOOL);
        if (!v)
            continue;
        if (v->sessions.count == 0) {
            piste_ccc_input hours = ccc_of_field(b, &v->entry, "hours", 0, PISTE_CCC_ASSUMED, "the whole day");
            add_counters_of(b, l, v, hours_within(v, b->resort->day.from_s, b->resort->day.to_s), hours.basis,
                            hours.source);
            continue;
        }
        piste_ccc_line *line = add_line(l, ccc_format(b, "%s", v->entry.key), ccc_format(b, "%s", v->name));
        if (v->seats == 0)
            l->unknown = ccc_format(b, "no number of seats of %s (`seats`)", v->entry.key);
        add_factor(line, "seats",
                   ccc_of_field(b, &v->entry, "seats", v->seats ? v->seats : (double)NAN, PISTE_CCC_GIVEN, ""));
        add_factor(line, "sessions", ccc_of_field(b, &v->entry, "sessions", v->sessions.count, PISTE_CCC_GIVEN, ""));
    }
}

// Car parks and bus stops: places, and people of one.
static void add_places(ccc_build *b, piste_ccc_limit_kind kind, piste_venue_kind of, piste_comes how) {
    bool cars = kind == PISTE_CCC_LIMIT_PARKING;
    piste_ccc_limit *l = add_limit(b, kind, cars ? "parking" : "coaches", cars ? "Parking" : "Coaches",
                                   cars ? "people by car" : "people by coach", b->resort->venues.count);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, of);
        if (!v)
            continue;
        piste_ccc_line *line = add_line(l, ccc_format(b, "%s", v->entry.key), ccc_format(b, "%s", v->name));
        if (v->places == 0)
            l->unknown =
                ccc_format(b, cars ? "no number of places of %s (`places`)" : "no number of coaches a day of %s (`places`)", v->entry.key);
        add_factor(line, cars ? "cars" : "coaches",
                   ccc_of_field(b, &v->entry, "places", v->places ? v->places : (double)NAN, PISTE_CCC_GIVEN, ""));
        add_factor(line, "people_each",
                   isnan(v->per_place)
                       ? ccc_input(PISTE_CCC_ASSUMED, cars ? 2.4 : 40,
                                   cars ? "2.1 to 2.75 people a car (common planning practice)" : "a coach")
                       : ccc_of_field(b, &v->entry, "per-place", v->per_place, PISTE_CCC_GIVEN, ""));
    }
    if (l->lines.count == 0)
        l->unknown = cars ? "no car park (venue of kind parking)" : "no bus stop (venue of kind bus-stop)";
    const char *unknown = "";
    l->share = come_by(b, how, &unknown);
    if (*unknown && !*l->unknown)
        l->unknown = unknown;
}

static void add_beds(ccc_build *b) {
    piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_BEDS, "beds", "Beds", "people", b->resort->venues.count);
    for (int32_t i = 0; i < b->resort->venues.count && !b->failed; i++) {
        const piste_venue *v = venue_at(b, i, PISTE_VENUE_HOTEL);
        int32_t beds = 0;
        for (int32_t k = 0; v && k < v->rooms.count; k++)
            beds += v->rooms.list[k].rooms * v->rooms.list[k].beds;
        if (!v)
            continue;
        piste_ccc_line *line = add_line(l, ccc_format(b, "%s", v->entry.key), ccc_format(b, "%s", v->name));
        if (beds == 0)
            l->unknown = ccc_format(b, "no rooms of %s (`rooms`)", v->entry.key);
        add_factor(line, "beds", ccc_of_field(b, &v->entry, "rooms", beds ? beds : (double)NAN, PISTE_CCC_GIVEN, ""));
    }
    if (l->lines.count == 0)
        l->unknown = "no hotel";
    const char *unknown = "";
    l->share = come_by(b, PISTE_COMES_FROM_HOTEL, &unknown);
    if (*unknown && !*l->unknown)
        l->unknown = unknown;
}

static void add_cap(ccc_build *b) {
    if (b->resort->cap == 0)
        return;
    piste_ccc_limit *l = add_limit(b, PISTE_CCC_LIMIT_CAP, "cap", "Cap", "visits", 1);
    add_factor(add_line(l, "cap", "visits on sale"), "visits",
               ccc_of_field(b, &b->resort->entry, "cap", b->resort->cap, PISTE_CCC_GIVEN, ""));
    l->share = ccc_input(PISTE_CCC_GIVEN, 1, "a visit is a guest");
}

void ccc_read_limits(ccc_build *b) {
    static const struct {
        piste_ccc_limit_kind kind;
        const char *none;
    } wanted[] = {{PISTE_CCC_LIMIT_SEATS, "no restaurant"},
                  {PISTE_CCC_LIMIT_COUNTERS, "no restaurant"},
                  {PISTE_CCC_LIMIT_RENTAL, "no rental"},
                  {PISTE_CCC_LIMIT_SCHOOL, "no ski school"}};
    piste_ccc *s = b->sheet;
    s->limits.list = ccc_take(b, LIMITS_MAX + 4, sizeof *s->limits.list);
    if (!s->limits.list)
        return;
    add_lifts(b);
    add_slopes(b);
    add_seats(b);
    add_counters(b);
    add_rental(b);
    add_school(b);
    add_places(b, PISTE_CCC_LIMIT_PARKING, PISTE_VENUE_PARKING, PISTE_COMES_BY_CAR);
    add_places(b, PISTE_CCC_LIMIT_COACHES, PISTE_VENUE_BUS_STOP, PISTE_COMES_BY_COACH);
    add_beds(b);
    add_cap(b);
    for (int32_t i = 0; i < s->limits.count; i++)
        for (size_t k = 0; k < BASE_COUNT(wanted); k++) {
            piste_ccc_limit *l = &s->limits.list[i];
            if (l->kind == wanted[k].kind && l->lines.count == 0)
                l->unknown = wanted[k].none;
            else if (l->kind == wanted[k].kind && isnan(l->share.value) && !*l->unknown)
                l->unknown = l->share.source;
        }
}
