// calibrate_values.c - the values that scans may say something about, and resorts with others than their own.
//
// Each is a factor on what the resort says wherever it says it, so that what is told apart there (segments that choose
// differently, abilities that ski differently) stays told apart in the same proportion.
#include <math.h>

#include "plan/calibrate.h"

enum {
    LOWER = 1u << PISTE_BEGINNER | 1u << PISTE_NOVICE,
    MIDDLE = 1u << PISTE_LOW_INTERMEDIATE | 1u << PISTE_INTERMEDIATE,
    UPPER = 1u << PISTE_ADVANCED_INTERMEDIATE | 1u << PISTE_EXPERT
};

enum {
    SPEED,
    SPEED_LOWER,
    SPEED_UPPER,
    SPREAD,
    REST,
    STAMINA,
    SCALE,
    PLEASURE,
    AVERSION,
    NOVELTY,
    WAIT,
    RIDE,
    WALK,
    FATIGUE,
    DISCOUNT,
    MEMORY,
    CROWDING,
    WALKING
};

// What is tied first has the lowest rank. The weight of a minute in line is the measure of all others.
const calibrate_value calibrate_values[CALIBRATE_VALUES] = {
    [SPEED] = {"ability", "speed", "", 0.08, 17, LOWER | MIDDLE | UPPER, false},
    [SPEED_LOWER] = {"ability", "speed", "beginner, novice", 0.1, 7, LOWER, false},
    [SPEED_UPPER] = {"ability", "speed", "advanced-intermediate, expert", 0.1, 6, UPPER, false},
    [SPREAD] = {"ability", "speed sd", "", 0.15, 12, LOWER | MIDDLE | UPPER, false},
    [REST] = {"ability", "rest", "", 0.18, 13, LOWER | MIDDLE | UPPER, false},
    [STAMINA] = {"ability", "stamina", "", 0.12, 11, LOWER | MIDDLE | UPPER, false},
    [SCALE] = {"choice", "scale", "", 0.15, 14, 0, false},
    [PLEASURE] = {"choice", "pleasure", "", 0.15, 10, 0, false},
    [AVERSION] = {"choice", "aversion", "", 0.18, 9, 0, false},
    [NOVELTY] = {"choice", "novelty", "", 0.25, 8, 0, false},
    [WAIT] = {"choice", "wait-weight", "", 0.18, 0, 0, false},
    [RIDE] = {"choice", "ride-weight", "", 0.25, 4, 0, false},
    [WALK] = {"choice", "walk-weight", "", 0.25, 3, 0, false},
    [FATIGUE] = {"choice", "fatigue", "", 0.25, 5, 0, false},
    [DISCOUNT] = {"choice", "discount", "", 0.2, 2, 0, true},
    [MEMORY] = {"choice", "memory", "", 0.3, 1, 0, false},
    [CROWDING] = {"choice", "crowding", "", 0.3, 1, 0, false},
    [WALKING] = {"resort", "walking-speed", "", 0.12, 6, 0, false},
};

static double *choice_field(piste_choice *c, int32_t value) {
    switch (value) {
    case SCALE:
        return &c->scale_s;
    case PLEASURE:
        return &c->pleasure_s_per_m;
    case AVERSION:
        return &c->aversion;
    case NOVELTY:
        return &c->novelty_s;
    case WAIT:
        return &c->wait_weight;
    case RIDE:
        return &c->ride_weight;
    case WALK:
        return &c->walk_weight;
    case FATIGUE:
        return &c->fatigue;
    case DISCOUNT:
        return &c->discount;
    case MEMORY:
        return &c->memory_s;
    case CROWDING:
        return &c->crowding;
    default:
        return NULL;
    }
}

static double moved(double input, double by, bool odds) {
    if (!odds || !(input > 0 && input < 1))
        return input * base_exp(by);
    double o = input / (1 - input) * base_exp(by);
    return o / (1 + o);
}

static void set_choice(piste_choice *c, const double *by) {
    for (int32_t i = SCALE; i <= CROWDING; i++) {
        double *field = choice_field(c, i);
        if (field && by[i] != 0)
            *field = moved(*field, by[i], calibrate_values[i].odds);
    }
    c->crowding = c->crowding < 1 ? c->crowding : 1;
    c->scale_s = c->scale_s > 1 ? c->scale_s : 1;
}

// The spread about the mean, whose place stays.
static void spread(plan_variant *v, piste_dist *d, double by) {
    const char *why;
    if (by == 0 || (d->kind != PISTE_DIST_NORMAL && d->kind != PISTE_DIST_LOGNORMAL))
        return;
    d->b *= base_exp(by);
    if (piste_dist_prepare(d, &why) != PISTE_OK)
        v->failed = true;
}

static void scale(plan_variant *v, piste_dist *d, double by) {
    if (by != 0)
        plan_variant_scale(v, d, base_exp(by));
}

void calibrate_values_set(plan_variant *v, const double *by) {
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        piste_ability_traits *t = &v->resort.traits[a];
        for (int32_t i = SPEED; i <= SPEED_UPPER; i++)
            if (calibrate_values[i].abilities >> a & 1)
                scale(v, &t->speed, by[i]);
        spread(v, &t->speed, by[SPREAD]);
        scale(v, &t->rest, by[REST]);
        scale(v, &t->stamina, by[STAMINA]);
    }
    set_choice(&v->resort.choice, by);
    piste_segment *segments = plan_variant_segments(v);
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++)
        set_choice(&segments[i].choice, by);
    if (by[WALKING] == 0)
        return;
    double faster = base_exp(by[WALKING]);
    v->resort.walking_speed_mps *= faster;
    piste_walk *walks = plan_variant_copy(v, v->resort.walks.list, v->resort.walks.count, sizeof *walks);
    for (int32_t i = 0; walks && i < v->resort.walks.count; i++)
        walks[i].duration_s /= faster;
    v->resort.walks.list = walks ? walks : v->resort.walks.list;
}

double calibrate_value_input(const piste_resort *resort, int32_t value, const char **unit) {
    static const char *const units[CALIBRATE_VALUES] = {
        [SCALE] = "s", [PLEASURE] = "s/m", [NOVELTY] = "s", [MEMORY] = "s", [WALKING] = "m/s"};
    piste_choice choice = resort->choice;
    double *field = choice_field(&choice, value);
    *unit = field || value == WALKING ? units[value] ? units[value] : "1" : "times";
    if (value == WALKING)
        return resort->walks.count ? resort->walking_speed_mps : (double)NAN;
    if (!field)
        return 1;
    bool looks_ahead = false;
    for (int32_t i = 0; i < resort->segments.count; i++)
        looks_ahead |= resort->segments.list[i].choice.model == PISTE_CHOICE_LOGIT;
    return looks_ahead && *field > 0 ? *field : (double)NAN;
}

double calibrate_value_at(const piste_resort *resort, int32_t value, double by) {
    const char *unit;
    double input = calibrate_value_input(resort, value, &unit);
    return isnan(input) ? input : moved(input, by, calibrate_values[value].odds);
}
