// check_lifts.c - what lifts and runs can be: figures that contradict each other or that no lift has.
//
// Bounds of line speeds are the 10 % to 90 % of 2,302 operating US lifts with room to either side, and what makers
// state where that list has too few of a type.
#include <math.h>

#include "resort/check.h"

// ---- lifts ----------------------------------------------------------------------------------------------------------

static bool is_fixed_chair(const piste_lift *lift) {
    return lift->type == PISTE_LIFT_CHAIR && !lift->detachable;
}

static void lift_capacity(check *c, const piste_lift *lift) {
    double counted = (double)lift->seats * 3600 * (double)lift->interval_s.den / (double)lift->interval_s.num;
    double off = lift->capacity_pph / counted - 1;
    if (fabs(off) <= 0.02)
        return;
    double interval = lift->seats * 3600 / lift->capacity_pph;
    check_tell(c, CHECK_LIFT_CAPACITY, check_line(&lift->entry, "capacity interval seats"), check_subject(c, &lift->entry),
               check_text(c, "capacity %.10g pph, yet %d seats every %.10g s are %.0f pph", lift->capacity_pph, lift->seats,
                          (double)lift->interval_s.num / (double)lift->interval_s.den, counted),
               check_text(c, "leave out the capacity, or set interval: %.2f s", interval));
}

static const struct {
    double low, high;
} speeds[PISTE_LIFT_TYPE_COUNT] = {
    [PISTE_LIFT_CABLE_CAR] = {2, 12.5}, [PISTE_LIFT_GONDOLA] = {3, 7},    [PISTE_LIFT_CHAIR] = {1.3, 3},
    [PISTE_LIFT_MIXED] = {3, 7},        [PISTE_LIFT_DRAG] = {0.5, 4},     [PISTE_LIFT_T_BAR] = {0.5, 4},
    [PISTE_LIFT_J_BAR] = {0.5, 4},      [PISTE_LIFT_PLATTER] = {0.5, 4},  [PISTE_LIFT_ROPE_TOW] = {0.5, 7},
    [PISTE_LIFT_CARPET] = {0.2, 1.5},   [PISTE_LIFT_FUNICULAR] = {2, 14}, [PISTE_LIFT_RAILWAY] = {2, 20},
};

static void lift_speed(check *c, const piste_lift *lift) {
    bool fixed = is_fixed_chair(lift), chair = lift->type == PISTE_LIFT_CHAIR;
    double low = chair && !fixed ? 3 : speeds[lift->type].low, high = chair && !fixed ? 7 : speeds[lift->type].high;
    bool given = piste_entry_field_line(&lift->entry, "speed") > 0;
    double least = given ? low : 0.6 * low; // a mean over the ride has the slow stretch in the stations in it
    const char *kind = check_text(c, "%s%s", chair ? fixed ? "fixed-grip " : "detachable " : "", piste_lift_type_word((piste_lift_type)lift->type));
    int32_t line = check_line(&lift->entry, "speed duration");
    if (lift->speed_mps < least - 1e-9 || lift->speed_mps > high + 1e-9)
        check_tell(c, CHECK_LIFT_SPEED, line, check_subject(c, &lift->entry),
                   check_text(c, "%.2f m/s, where a %s runs at %.1f to %.1f m/s", lift->speed_mps, kind, low, high),
                   fixed && lift->speed_mps > high && lift->speed_mps <= 7 ? "give it detachable: yes, or correct the speed"
                   : given ? "correct the speed, or the type" : "correct the duration, the length or the type");
    else if (fixed && lift->speed_mps > 2.5 + 1e-9)
        check_tell(c, CHECK_LIFT_LOADING, line, check_subject(c, &lift->entry), check_text(c, "a fixed-grip chair at %.2f m/s loads badly", lift->speed_mps),
                   "set at most 2.5 m/s, or give `misload` for the stops that beginners will cause");
}

static void lift_interval(check *c, const piste_lift *lift) {
    double interval = (double)lift->interval_s.num / (double)lift->interval_s.den;
    if (is_fixed_chair(lift) && interval < 5 - 1e-9)
        check_tell(c, CHECK_LIFT_INTERVAL, check_line(&lift->entry, "interval capacity"), check_subject(c, &lift->entry),
                   check_text(c, "a chair every %.2f s is faster than people load", interval),
                   check_text(c, "set interval: 6 s, which gives %d pph with %d seats", lift->seats * 600, lift->seats));
}

static void lift_ride(check *c, const piste_lift *lift) {
    int32_t line = check_line(&lift->entry, "duration speed length");
    double counted = lift->length_m / lift->speed_mps;
    if (lift->ride_s > 2400)
        check_tell(c, CHECK_LIFT_RIDE, line, check_subject(c, &lift->entry), check_text(c, "a ride of %d min", (lift->ride_s + 30) / 60),
                   check_text(c, "check the length (%.0f m) and the speed (%.2f m/s); few rides last longer than 20 min", lift->length_m, lift->speed_mps));
    else if (lift->ride_given_s && fabs(counted / lift->ride_given_s - 1) > 0.2)
        check_tell(c, CHECK_LIFT_RIDE, line, check_subject(c, &lift->entry),
                   check_text(c, "duration %d s, yet %.0f m at %.2f m/s take %.0f s", lift->ride_given_s, lift->length_m, lift->speed_mps, counted),
                   "give the speed or the duration, not both");
}

// Straight distance of two places in space; NaN where one is not located.
static double straight(const piste_resort *r, piste_ref from, piste_ref to, double vertical) {
    double flat = check_distance_m(&r->places.list[from.index], &r->places.list[to.index]);
    return sqrt(flat * flat + vertical * vertical);
}

static void lift_length(check *c, const piste_lift *lift) {
    int32_t line = check_line(&lift->entry, "length vertical");
    const char *subject = check_subject(c, &lift->entry);
    double away = straight(c->resort, lift->from, lift->to, lift->vertical_m);
    if (lift->length_m < lift->vertical_m)
        check_tell(c, CHECK_LIFT_LENGTH, line, subject, check_text(c, "%.0f m long and %.0f m high: it rises more than it is long", lift->length_m, lift->vertical_m),
                   isnan(away) ? "correct the length or the vertical" : check_text(c, "set length: %.0f m, as its places lie", away));
    else if (lift->length_m < 0.95 * away - 10 || lift->length_m > 1.3 * away + 50)
        check_tell(c, CHECK_LIFT_LENGTH, line, subject, check_text(c, "%.0f m long, yet its places are %.0f m apart", lift->length_m, away),
                   check_text(c, "set length: %.0f m, or correct `at` of %s or %s", away, lift->from.key, lift->to.key));
}

static double height_between(const piste_resort *r, piste_ref from, piste_ref to) {
    return r->places.list[to.index].height_m - r->places.list[from.index].height_m;
}

static void lift_vertical(check *c, const piste_lift *lift) {
    int32_t line = check_line(&lift->entry, "vertical to");
    const char *subject = check_subject(c, &lift->entry);
    double rise = height_between(c->resort, lift->from, lift->to);
    if (lift->vertical_m < 0)
        check_tell(c, CHECK_LIFT_VERTICAL, line, subject, check_text(c, "it goes down %.0f m from %s to %s", -lift->vertical_m, lift->from.key, lift->to.key),
                   "exchange from and to, or correct the heights");
    else if (fabs(rise - lift->vertical_m) > fmax(15, 0.1 * lift->vertical_m))
        check_tell(c, CHECK_LIFT_VERTICAL, line, subject, check_text(c, "vertical %.0f m, yet %s lies %.0f m %s %s", lift->vertical_m, lift->to.key, fabs(rise), rise < 0 ? "below" : "above", lift->from.key),
                   rise < 0 ? "exchange from and to, or correct the heights" : check_text(c, "set vertical: %.0f m, or correct the heights", rise));
}

static void lift_queue(check *c, const piste_lift *lift) {
    if (lift->singles_line && lift->seats == 1)
        check_tell(c, CHECK_SINGLES_LINE, check_line(&lift->entry, "singles-line"), check_subject(c, &lift->entry), "a singles line, yet each carrier has one seat",
                   "take out singles-line, or correct the seats");
    uint32_t kept = 0;
    for (int32_t i = 0; i < lift->reserved.count; i++)
        if (lift->reserved.list[i].hours.count == 0)
            kept |= 1u << lift->reserved.list[i].lane;
    int32_t count = 0;
    for (int32_t lane = 1; lane <= lift->lanes; lane++)
        count += kept >> lane & 1;
    if (count == lift->lanes && !lift->singles_line)
        check_tell(c, CHECK_ALL_LANES_RESERVED, check_line(&lift->entry, "reserved"), check_subject(c, &lift->entry),
                   check_text(c, "%s kept at all times: nobody else can board", count == 1 ? "its only lane is" : "all its lanes are"),
                   check_text(c, "set lanes: %d, or give the reservation hours", lift->lanes + 1));
}

static int32_t last_of(const piste_hours *hours) { // INT32_MAX: open all day
    return hours->count ? hours->spans[hours->count - 1].to_s : INT32_MAX;
}

// Until when a skier can go on from a place, by a run, a lift or a walk.
static int32_t ways_on_until(const piste_resort *r, int32_t place) {
    int32_t last = -1;
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *run = &r->runs.list[i];
        bool own = piste_entry_field_line(&run->entry, "hours") > 0; // otherwise patrol waits for the last rider
        int32_t until = run->from.index != place ? -1 : own ? last_of(&run->hours) : INT32_MAX;
        last = until > last ? until : last;
    }
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        int32_t until = lift->from.index == place ? last_of(&lift->hours) : lift->to.index == place && (lift->down & 1) ? INT32_MAX : -1;
        last = until > last ? until : last;
    }
    for (int32_t i = 0; i < r->walks.count; i++)
        if (r->walks.list[i].from.index == place || (r->walks.list[i].to.index == place && !r->walks.list[i].one_way))
            last = INT32_MAX;
    return last;
}

static void lift_closing(check *c, const piste_lift *lift) {
    int32_t close = last_of(&lift->hours), on = ways_on_until(c->resort, lift->to.index);
    if (!c->resort->patrol.entry.line || close == INT32_MAX || on < 0 || on >= close + lift->ride_s)
        return;
    check_tell(c, CHECK_CLOSES_BEFORE_LIFT, check_line(&lift->entry, "hours"), check_subject(c, &lift->entry),
               check_text(c, "its last riders come to %s at %s, when every way on has closed (%s)", lift->to.key, check_clock(c, close + lift->ride_s), check_clock(c, on)),
               check_text(c, "let it board until %s at the latest, or a run from %s be open for longer", check_clock(c, on - lift->ride_s), lift->to.key));
}

static void wind(check *c) {
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->lifts.count; i++)
        if (r->lifts.list[i].wind_limit_mps > 0)
            return;
    if (r->wind.count && r->lifts.count)
        check_tell(c, CHECK_WIND_WITHOUT_LIMIT, check_line(&r->entry, "wind"), "resort", "wind is given, yet no lift has a wind-limit: none is ever held",
                   "give a lift its wind-limit, such as 15 m/s, or take the wind out");
}

// ---- runs -----------------------------------------------------------------------------------------------------------

// What speed carries people over: a rise of so much, a flat of such a length.
enum { CLIMB_M = 2, FLAT_M = 100 };

// The most that a line climbs from a low point to a later one.
static double longest_climb(const piste_line *line) {
    double low = INFINITY, climb = 0;
    for (int32_t i = 0; i < line->count; i++) {
        double h = line->points[i].height_m;
        if (isnan(h))
            continue;
        low = fmin(low, h);
        climb = fmax(climb, h - low);
    }
    return climb;
}

static void run_climbs(check *c, const piste_run *run) {
    double climb = longest_climb(&run->line);
    if (run->vertical_m < -CLIMB_M)
        check_tell(c, CHECK_RUN_CLIMBS, check_line(&run->entry, "vertical to"), check_subject(c, &run->entry),
                   check_text(c, "it climbs %.0f m from %s to %s", -run->vertical_m, run->from.key, run->to.key),
                   "exchange from and to, correct the heights, or make it a walk");
    else if (climb > 15)
        check_tell(c, CHECK_RUN_CLIMBS, run->entry.line, check_subject(c, &run->entry), check_text(c, "its line climbs %.0f m on the way down", climb),
                   "correct the heights in runs.geojson, or cut the run in two where it is lowest");
}

static void run_gradient(check *c, const piste_run *run) {
    // Mean gradients above which a class is no longer itself: 1.25 times that of its steepest pitches.
    static const double steepest[PISTE_DIFFICULTY_COUNT] = {0.15, 0.38, 0.56, 0.69, INFINITY, INFINITY, INFINITY};
    if (run->vertical_m < -CLIMB_M)
        return;
    double flat = sqrt(fmax(0, run->length_m * run->length_m - run->vertical_m * run->vertical_m));
    double gradient = flat > 0 ? run->vertical_m / flat : INFINITY;
    int32_t line = check_line(&run->entry, "vertical length");
    const char *subject = check_subject(c, &run->entry);
    if (run->vertical_m >= run->length_m)
        check_tell(c, CHECK_RUN_GRADIENT, line, subject, check_text(c, "it drops %.0f m over a length of %.0f m", run->vertical_m, run->length_m),
                   "the length is along the slope, so it must be above the vertical: correct one of the two");
    else if (gradient > 1)
        check_tell(c, CHECK_RUN_GRADIENT, line, subject, check_text(c, "%.0f m over %.0f m: a mean gradient of %.0f %%", run->vertical_m, run->length_m, gradient * 100),
                   check_text(c, "even extreme runs stay below 100 %%: set length: %.0f m or more, or correct the vertical", run->vertical_m * 1.42));
    else if (gradient < 0.01 && run->length_m >= FLAT_M)
        check_tell(c, CHECK_RUN_GRADIENT, line, subject, check_text(c, "%.1f m over %.0f m: a mean gradient of %.1f %%, on which nobody slides", run->vertical_m, run->length_m, gradient * 100),
                   "make it a walk, or correct the heights of its places");
    else if (gradient > steepest[run->difficulty])
        check_tell(c, CHECK_RUN_DIFFICULTY, check_line(&run->entry, "difficulty vertical"), subject,
                   check_text(c, "%s, with a mean gradient of %.0f %%", piste_difficulty_word((piste_difficulty)run->difficulty), gradient * 100),
                   check_text(c, "runs of that class stay below %.0f %% on average: raise the difficulty, or correct the length (%.0f m)", steepest[run->difficulty] * 100, run->length_m));
}

static void run_against_places(check *c, const piste_run *run) {
    double away = straight(c->resort, run->from, run->to, run->vertical_m), drop = -height_between(c->resort, run->from, run->to);
    const char *subject = check_subject(c, &run->entry);
    if (run->length_m < 0.95 * away - 10)
        check_tell(c, CHECK_RUN_LENGTH, check_line(&run->entry, "length"), subject, check_text(c, "%.0f m long, yet its places are %.0f m apart", run->length_m, away),
                   check_text(c, "set length: %.0f m or more, or correct `at` of %s or %s", away, run->from.key, run->to.key));
    if (fabs(drop - run->vertical_m) > fmax(15, 0.1 * fabs(run->vertical_m)) && run->vertical_m >= 0)
        check_tell(c, CHECK_RUN_VERTICAL, check_line(&run->entry, "vertical"), subject,
                   check_text(c, "vertical %.0f m, yet %s lies %.0f m %s %s", run->vertical_m, run->to.key, fabs(drop), drop < 0 ? "above" : "below", run->from.key),
                   drop < 0 ? "exchange from and to, or correct the heights" : check_text(c, "set vertical: %.0f m, or correct the heights", drop));
}

static void nobody_skis(check *c) {
    const piste_resort *r = c->resort;
    int32_t hardest = -1;
    for (int32_t i = 0; i < r->segments.count; i++)
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            if (r->segments.list[i].ability[a] > 0 && r->segments.list[i].mode[PISTE_ON_FOOT] < 1 && r->traits[a].hardest > hardest)
                hardest = r->traits[a].hardest;
    for (int32_t i = 0; i < r->runs.count && hardest >= 0; i++) {
        const piste_run *run = &r->runs.list[i];
        if (run->difficulty > hardest)
            check_tell(c, CHECK_NOBODY_SKIS, check_line(&run->entry, "difficulty"), check_subject(c, &run->entry),
                       check_text(c, "%s, and nobody who comes skis above %s", piste_difficulty_word((piste_difficulty)run->difficulty), piste_difficulty_word((piste_difficulty)hardest)),
                       "add a segment whose ability reaches that far, or correct the difficulty");
    }
}

static void slopes(check *c) {
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->slopes.count; i++) {
        const piste_slope *slope = &r->slopes.list[i];
        for (int32_t k = 0; k < slope->sections.count; k++) {
            const piste_run *run = &r->runs.list[slope->sections.list[k].index];
            if (run->difficulty <= slope->difficulty)
                continue;
            check_tell(c, CHECK_SLOPE_DIFFICULTY, check_line(&slope->entry, "difficulty"), check_subject(c, &slope->entry),
                       check_text(c, "%s, yet its section %s is %s", piste_difficulty_word((piste_difficulty)slope->difficulty), run->entry.key, piste_difficulty_word((piste_difficulty)run->difficulty)),
                       "leave the difficulty out (that of the hardest section is taken), or correct the section's");
            break;
        }
    }
}

void check_lifts(check *c) {
    const piste_resort *r = c->resort;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        lift_capacity(c, lift);
        lift_speed(c, lift);
        lift_interval(c, lift);
        lift_ride(c, lift);
        lift_length(c, lift);
        lift_vertical(c, lift);
        lift_queue(c, lift);
        lift_closing(c, lift);
    }
    wind(c);
    for (int32_t i = 0; i < r->runs.count; i++) {
        run_climbs(c, &r->runs.list[i]);
        run_gradient(c, &r->runs.list[i]);
        run_against_places(c, &r->runs.list[i]);
    }
    nobody_skis(c);
    slopes(c);
}
