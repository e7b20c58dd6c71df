// days.c - days that vary as real ones do: kinds of days by their shares, and what is drawn anew for each. See plan.h.
//
// What a type closes is prepared once; what it draws (mix, show rates, stops, wind) is put into copies of the records
// for each day. Draws are pure functions of seed, day and purpose, so that two numbers of visits, or two scenarios, meet the
// same days.
#include <math.h>
#include <stdlib.h>

#include "plan/plan.h"

enum { DRAW_TYPE, DRAW_SHOW, DRAW_STOPS, DRAW_WIND, DRAW_MIX };
enum { MIX_GRAIN = 1000 }; // a visitor of the mix, so that its factors are not lost in rounding

struct plan_days {
    const piste_resort *resort;
    int32_t count;
    piste_day_type *types;
    plan_variant *variants; // by type: with what it closes
};

static const piste_day_type as_written = {.entry = {.key = "as-written"}, .name = "as written", .share = 1};

static void close_ways(plan_variant *v, const piste_day_type *type) {
    piste_run *runs =
        type->closed_runs.count ? plan_variant_copy(v, v->resort.runs.list, v->resort.runs.count, sizeof *runs) : NULL;
    for (int32_t i = 0; runs && i < type->closed_runs.count; i++)
        runs[type->closed_runs.list[i].index].closed = true;
    if (runs)
        v->resort.runs.list = runs;
    piste_lift *lifts = type->closed_lifts.count ? plan_variant_lifts(v) : NULL;
    for (int32_t i = 0; lifts && i < type->closed_lifts.count; i++)
        lifts[type->closed_lifts.list[i].index].closed = true;
}

piste_status plan_days_create(const piste_resort *resort, piste_errors *errors, plan_days **out) {
    int32_t count = resort->day_types.count ? resort->day_types.count : 1;
    plan_days *days = calloc(1, sizeof *days);
    bool good = days && (days->types = calloc((size_t)count, sizeof *days->types)) != NULL &&
                (days->variants = calloc((size_t)count, sizeof *days->variants)) != NULL;
    for (int32_t i = 0; good && i < count; i++) {
        days->types[i] = resort->day_types.count ? resort->day_types.list[i] : as_written;
        days->count = i + 1;
        if (plan_variant_init(&days->variants[i], resort))
            close_ways(&days->variants[i], &days->types[i]);
        good = !days->variants[i].failed;
    }
    if (!good) {
        plan_days_destroy(days);
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the day types");
    }
    days->resort = resort;
    *out = days;
    return PISTE_OK;
}

void plan_days_destroy(plan_days *days) {
    if (!days)
        return;
    for (int32_t i = 0; i < days->count; i++)
        plan_variant_release(&days->variants[i]);
    free(days->variants);
    free(days->types);
    free(days);
}

const piste_resort *plan_days_resort(const plan_days *days) {
    return days->resort;
}

int32_t plan_days_count_types(const plan_days *days) {
    return days->count;
}

bool plan_days_is_closed(const plan_days *days, int32_t type) {
    return days->types[type].closed;
}

const char *plan_days_type_key(const plan_days *days, int32_t type) {
    return days->types[type].entry.key;
}

const char *plan_days_type_name(const plan_days *days, int32_t type) {
    return days->types[type].name;
}

double plan_days_type_share(const plan_days *days, int32_t type) {
    return days->types[type].share;
}

// ---- what is drawn ----------------------------------------------------------------------------------------------------

static uint64_t key_of_day(uint64_t seed, int64_t index) {
    return base_key_child(base_mix(seed ^ 0x6a09e667f3bcc909ull), (uint64_t)index);
}

uint64_t plan_days_seed(uint64_t seed, int64_t index) {
    return base_mix(key_of_day(seed, index)) >> 1; // that `piste day --seed` takes
}

static double uniform(uint64_t key, uint32_t purpose) {
    return base_uniform(base_draw(base_stream(key, purpose), 0));
}

int32_t plan_days_type_of(const plan_days *days, uint64_t seed, int64_t index) {
    double u = uniform(key_of_day(seed, index), DRAW_TYPE);
    int32_t last = 0;
    for (int32_t i = 0; i < days->count; i++) {
        if (days->types[i].share > 0)
            last = i;
        if (u < days->types[i].share)
            return i;
        u -= days->types[i].share;
    }
    return last; // shares that sum to a little less than 1
}

static double draw(const piste_dist *dist, uint64_t key, uint32_t purpose, double otherwise) {
    return dist->kind == PISTE_DIST_NONE ? otherwise : piste_dist_draw(dist, uniform(key, purpose));
}

// The mix counts as shares of the visits that are sold, or, where the resort says how many, as numbers of its own.
static void draw_mix(plan_variant *v, const piste_day_type *type, uint64_t key, bool shares) {
    double show = draw(&type->show, key, DRAW_SHOW, 1);
    if (show == 1 && type->mix.count == 0)
        return;
    piste_segment *segments = plan_variant_segments(v);
    int64_t all = 0;
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        double rate = segments[i].show_rate * show;
        segments[i].show_rate = rate < 1 ? rate : 1;
        all += segments[i].guests;
    }
    int32_t grain = shares && all > 0 && all < PISTE_GUESTS_MAX / MIX_GRAIN ? MIX_GRAIN : 1;
    for (int32_t i = 0; segments && grain > 1 && i < v->resort.segments.count; i++)
        segments[i].guests *= grain;
    for (int32_t i = 0; segments && i < type->mix.count; i++) {
        const piste_mix *m = &type->mix.list[i];
        uint64_t own = base_key_child(key, base_key_text(m->segment.key));
        double guests = segments[m->segment.index].guests * draw(&m->times, own, DRAW_MIX, 1);
        segments[m->segment.index].guests =
            guests < PISTE_GUESTS_MAX ? (int32_t)base_floor(guests + 0.5) : PISTE_GUESTS_MAX;
    }
}

static void scale_chances(double *chances, double times) {
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++)
        chances[a] = chances[a] * times < 1 ? chances[a] * times : 1;
}

static void draw_stops(plan_variant *v, const piste_day_type *type, uint64_t key) {
    double times = draw(&type->stops, key, DRAW_STOPS, 1);
    piste_lift *lifts = times == 1 ? NULL : plan_variant_lifts(v);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        piste_stop *stops = plan_variant_copy(v, lifts[i].stops.list, lifts[i].stops.count, sizeof *stops);
        piste_slow *slows = plan_variant_copy(v, lifts[i].slows.list, lifts[i].slows.count, sizeof *slows);
        lifts[i].stops.list = stops;
        lifts[i].slows.list = slows;
        for (int32_t k = 0; stops && k < lifts[i].stops.count; k++)
            stops[k].every_s /= times;
        for (int32_t k = 0; slows && k < lifts[i].slows.count; k++)
            slows[k].every_s /= times;
        scale_chances(lifts[i].misload, times);
    }
}

static void draw_wind(plan_variant *v, const piste_day_type *type, uint64_t key) {
    if (type->wind.kind == PISTE_DIST_NONE)
        return;
    double speed = draw(&type->wind, key, DRAW_WIND, 0), most = 0;
    int32_t count = v->resort.wind.count;
    for (int32_t i = 0; i < count; i++)
        most = v->resort.wind.list[i].speed_mps > most ? v->resort.wind.list[i].speed_mps : most;
    static const piste_wind all_day;
    bool own = count == 0 || most <= 0;
    piste_wind *wind = plan_variant_copy(v, own ? &all_day : v->resort.wind.list, own ? 1 : count, sizeof *wind);
    v->resort.wind.list = wind;
    v->resort.wind.count = own ? 1 : count;
    for (int32_t i = 0; wind && i < v->resort.wind.count; i++)
        wind[i].speed_mps = own ? speed : wind[i].speed_mps * (speed / most);
}

// ---- one thread's days ------------------------------------------------------------------------------------------------

struct plan_hand {
    const plan_days *days;
    plan_variant variant; // of the last day, which reads it
    piste_day *day;
    int64_t visits; // of the last day
    int32_t type;   // of the last day, where it is one that draws nothing; -1 otherwise
};

plan_hand *plan_hand_create(const plan_days *days) {
    plan_hand *hand = calloc(1, sizeof *hand);
    if (hand) {
        hand->days = days;
        hand->type = -1;
    }
    return hand;
}

static void let_go(plan_hand *hand) {
    piste_day_destroy(hand->day);
    hand->day = NULL;
    plan_variant_release(&hand->variant);
    hand->type = -1;
}

void plan_hand_destroy(plan_hand *hand) {
    if (hand)
        let_go(hand);
    free(hand);
}

// Whether every day of the type has the same resort.
static bool is_plain(const piste_day_type *type) {
    return type->mix.count == 0 && type->show.kind <= PISTE_DIST_CONSTANT && type->stops.kind <= PISTE_DIST_CONSTANT &&
           type->wind.kind <= PISTE_DIST_CONSTANT;
}

static piste_status begin(plan_hand *hand, int32_t type, uint64_t seed, int64_t index, int64_t visits) {
    const plan_days *days = hand->days;
    uint64_t key = key_of_day(seed, index);
    piste_day_def def = piste_day_def_default();
    let_go(hand);
    if (!plan_variant_init(&hand->variant, &days->variants[type].resort))
        return PISTE_MEMORY;
    draw_mix(&hand->variant, &days->types[type], key, visits >= 0);
    draw_stops(&hand->variant, &days->types[type], key);
    draw_wind(&hand->variant, &days->types[type], key);
    if (hand->variant.failed)
        return PISTE_MEMORY;
    def.seed = plan_days_seed(seed, index);
    def.guests = visits;
    piste_status status = piste_day_create(&hand->variant.resort, &def, NULL, &hand->day);
    hand->type = status == PISTE_OK && is_plain(&days->types[type]) ? type : -1;
    hand->visits = visits;
    return status;
}

piste_status plan_hand_run(plan_hand *hand, uint64_t seed, int64_t index, int64_t visits,
                           const piste_day_result **result) {
    int32_t type = plan_days_type_of(hand->days, seed, index);
    if (hand->days->types[type].closed)
        return PISTE_INVALID;
    piste_status status = hand->type == type && hand->visits == visits
                              ? piste_day_reset(hand->day, plan_days_seed(seed, index))
                              : begin(hand, type, seed, index, visits);
    if (status != PISTE_OK)
        return status;
    piste_day_run(hand->day, PISTE_DAY_END);
    *result = piste_day_get_result(hand->day);
    return PISTE_OK;
}
