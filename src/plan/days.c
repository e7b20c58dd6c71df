// days.c - days that vary as real ones do: kinds of days by their shares, and what is drawn anew for each. See plan.h.
//
// What a type closes is prepared once, and so is a thread's day of that type; what it draws (mix, show rates, stops, wind)
// is put into the day's own copies of the records. Draws are pure functions of seed, day and purpose, so that two numbers of visits, or two scenarios, meet the
// same days.
#include <math.h>
#include <stdlib.h>

#include "flow/flow.h"
#include "plan/plan.h"

enum { DRAWN_TYPE, DRAWN_SHOW, DRAWN_STOPS, DRAWN_WIND, DRAWN_MIX };
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
    double u = uniform(key_of_day(seed, index), DRAWN_TYPE);
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

static double strongest(const piste_resort *resort) {
    double most = 0;
    for (int32_t i = 0; i < resort->wind.count; i++)
        most = resort->wind.list[i].speed_mps > most ? resort->wind.list[i].speed_mps : most;
    return most;
}

// A thread's day of one type, and the records that the type draws values of, in place: the day reads them again.
typedef struct own_type {
    plan_variant variant;
    piste_segment *segments; // each NULL where nothing of it is drawn
    piste_lift *lifts;
    piste_stop *stops; // of one lift after the other
    piste_slow *slows;
    piste_wind *wind;
    piste_day *day; // made when its first day comes
} own_type;

static void make_room_for_stops(own_type *own) {
    plan_variant *v = &own->variant;
    int32_t stops = 0, slows = 0, lifts = v->resort.lifts.count;
    own->lifts = plan_variant_lifts(v);
    for (int32_t i = 0; own->lifts && i < lifts; i++) {
        stops += own->lifts[i].stops.count;
        slows += own->lifts[i].slows.count;
    }
    own->stops = v->failed ? NULL : base_arena_take(v->arena, (size_t)stops * sizeof *own->stops + 1);
    own->slows = v->failed ? NULL : base_arena_take(v->arena, (size_t)slows * sizeof *own->slows + 1);
    v->failed |= !own->stops || !own->slows;
    stops = slows = 0;
    for (int32_t i = 0; !v->failed && i < lifts; i++) {
        piste_lift *lift = &own->lifts[i];
        for (int32_t k = 0; k < lift->stops.count; k++)
            own->stops[stops + k] = lift->stops.list[k];
        for (int32_t k = 0; k < lift->slows.count; k++)
            own->slows[slows + k] = lift->slows.list[k];
        lift->stops.list = own->stops + stops;
        lift->slows.list = own->slows + slows;
        stops += lift->stops.count;
        slows += lift->slows.count;
    }
}

static void make_room(own_type *own, const piste_day_type *type) {
    static const piste_wind all_day;
    plan_variant *v = &own->variant;
    int32_t winds = strongest(&v->resort) > 0 ? v->resort.wind.count : 1;
    if (type->mix.count || type->show.kind != PISTE_DIST_NONE)
        own->segments = plan_variant_segments(v);
    if (type->stops.kind != PISTE_DIST_NONE)
        make_room_for_stops(own);
    if (type->wind.kind == PISTE_DIST_NONE)
        return;
    own->wind =
        plan_variant_copy(v, strongest(&v->resort) > 0 ? v->resort.wind.list : &all_day, winds, sizeof *own->wind);
    v->resort.wind.list = own->wind;
    v->resort.wind.count = winds;
}

// The mix counts as shares of the visits that are sold, or, where the resort says how many, as numbers of its own.
static void draw_mix(own_type *own, const piste_resort *from, const piste_day_type *type, uint64_t key, bool shares) {
    double show = draw(&type->show, key, DRAWN_SHOW, 1);
    int64_t all = plan_resort_guests(from);
    int32_t grain = shares && all > 0 && all < PISTE_GUESTS_MAX / MIX_GRAIN ? MIX_GRAIN : 1;
    for (int32_t i = 0; i < from->segments.count; i++) {
        double rate = from->segments.list[i].show_rate * show;
        own->segments[i].show_rate = rate < 1 ? rate : 1;
        own->segments[i].guests = from->segments.list[i].guests * grain;
    }
    for (int32_t i = 0; i < type->mix.count; i++) {
        const piste_mix *m = &type->mix.list[i];
        uint64_t name = base_key_child(key, base_key_text(m->segment.key));
        piste_segment *s = &own->segments[m->segment.index];
        double guests = s->guests * draw(&m->times, name, DRAWN_MIX, 1);
        s->guests = guests < PISTE_GUESTS_MAX ? (int32_t)base_floor(guests + 0.5) : PISTE_GUESTS_MAX;
    }
}

static void draw_stops(own_type *own, const piste_resort *from, const piste_day_type *type, uint64_t key) {
    double times = draw(&type->stops, key, DRAWN_STOPS, 1);
    piste_stop *stop = own->stops;
    piste_slow *slow = own->slows;
    for (int32_t i = 0; i < from->lifts.count; i++) {
        const piste_lift *lift = &from->lifts.list[i];
        for (int32_t k = 0; k < lift->stops.count; k++)
            stop++->every_s = lift->stops.list[k].every_s / times;
        for (int32_t k = 0; k < lift->slows.count; k++)
            slow++->every_s = lift->slows.list[k].every_s / times;
        for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++)
            own->lifts[i].misload[a] = lift->misload[a] * times < 1 ? lift->misload[a] * times : 1;
    }
}

static void draw_wind(own_type *own, const piste_resort *from, const piste_day_type *type, uint64_t key) {
    double speed = draw(&type->wind, key, DRAWN_WIND, 0), most = strongest(from);
    for (int32_t i = 0; i < own->variant.resort.wind.count; i++)
        own->wind[i].speed_mps = most > 0 ? from->wind.list[i].speed_mps * (speed / most) : speed;
}

static void draw_day(own_type *own, const piste_resort *from, const piste_day_type *type, uint64_t key, bool shares) {
    if (own->segments)
        draw_mix(own, from, type, key, shares);
    if (own->stops)
        draw_stops(own, from, type, key);
    if (own->wind)
        draw_wind(own, from, type, key);
}

// ---- one thread's days ------------------------------------------------------------------------------------------------

struct plan_hand {
    const plan_days *days;
    own_type *types;
};

plan_hand *plan_hand_create(const plan_days *days) {
    plan_hand *hand = calloc(1, sizeof *hand);
    own_type *types = calloc((size_t)days->count, sizeof *types);
    if (!hand || !types) {
        free(hand);
        free(types);
        return NULL;
    }
    *hand = (plan_hand){days, types};
    return hand;
}

void plan_hand_destroy(plan_hand *hand) {
    if (!hand)
        return;
    for (int32_t i = 0; i < hand->days->count; i++) {
        piste_day_destroy(hand->types[i].day);
        plan_variant_release(&hand->types[i].variant);
    }
    free(hand->types);
    free(hand);
}

// Making a day costs more than rehearsing it: it is made once for each kind, and then varied.
static piste_status begin(plan_hand *hand, int32_t type, uint64_t seed, int64_t index, int64_t visits) {
    const piste_day_type *about = &hand->days->types[type];
    const piste_resort *from = &hand->days->variants[type].resort;
    own_type *own = &hand->types[type];
    uint64_t key = key_of_day(seed, index);
    piste_day_def def = piste_day_def_default();
    if (own->day) {
        draw_day(own, from, about, key, visits >= 0);
        return flow_day_vary(own->day, plan_days_seed(seed, index), visits);
    }
    plan_variant_release(&own->variant);
    *own = (own_type){0};
    if (plan_variant_init(&own->variant, from))
        make_room(own, about);
    if (own->variant.failed)
        return PISTE_MEMORY;
    draw_day(own, from, about, key, visits >= 0);
    def.seed = plan_days_seed(seed, index);
    def.guests = visits;
    return piste_day_create(&own->variant.resort, &def, NULL, &own->day);
}

piste_status plan_hand_run(plan_hand *hand, uint64_t seed, int64_t index, int64_t visits,
                           const piste_day_result **result) {
    int32_t type = plan_days_type_of(hand->days, seed, index);
    if (hand->days->types[type].closed)
        return PISTE_INVALID;
    piste_status status = begin(hand, type, seed, index, visits);
    if (status != PISTE_OK)
        return status;
    piste_day_run(hand->types[type].day, PISTE_DAY_END);
    *result = piste_day_get_result(hand->types[type].day);
    return PISTE_OK;
}
