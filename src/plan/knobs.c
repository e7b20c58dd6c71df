// knobs.c - a resort with some of its values changed: copies of the records in which they stand. See plan.h.
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

bool plan_variant_init(plan_variant *v, const piste_resort *resort) {
    *v = (plan_variant){.resort = *resort, .arena = base_arena_create()};
    v->failed = !v->arena;
    return !v->failed;
}

void plan_variant_release(plan_variant *v) {
    base_arena_destroy(v->arena);
    *v = (plan_variant){.failed = true};
}

void *plan_variant_copy(plan_variant *v, const void *list, int32_t count, size_t size) {
    void *copy = v->failed ? NULL : base_arena_take(v->arena, (size_t)count * size + 1);
    if (!copy)
        v->failed = true;
    else if (count > 0)
        memcpy(copy, list, (size_t)count * size);
    return copy;
}

int64_t plan_resort_guests(const piste_resort *resort) {
    int64_t guests = 0;
    for (int32_t i = 0; i < resort->segments.count; i++)
        guests += resort->segments.list[i].guests;
    return guests;
}

// What is drawn becomes that much larger; its bounds go with it.
void plan_variant_scale(plan_variant *v, piste_dist *d, double factor) {
    const char *why;
    double f = d->reciprocal ? 1 / factor : factor;
    if (d->kind == PISTE_DIST_NONE)
        return;
    d->a *= f;
    d->b *= f;
    d->min *= f;
    d->max *= f;
    if (d->kind == PISTE_DIST_EMPIRICAL) {
        int32_t count = d->count + (d->bins ? 1 : 0);
        double *values = plan_variant_copy(v, d->values, count, sizeof *values);
        for (int32_t i = 0; values && i < count; i++)
            values[i] *= f;
        d->values = values;
    }
    if (v->failed || piste_dist_prepare(d, &why) != PISTE_OK)
        v->failed = true;
}

piste_segment *plan_variant_segments(plan_variant *v) {
    piste_segment *segments = plan_variant_copy(v, v->resort.segments.list, v->resort.segments.count, sizeof *segments);
    v->resort.segments.list = segments;
    return segments;
}

static void change_choice(plan_variant *v, size_t offset, double most, double factor) {
    piste_segment *segments = plan_variant_segments(v);
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        char *at = (char *)&segments[i].choice + offset;
        double value;
        memcpy(&value, at, sizeof value);
        value = value * factor < most ? value * factor : most;
        memcpy(at, &value, sizeof value);
    }
}

static void change_traits(plan_variant *v, size_t offset, double factor) {
    for (int32_t i = 0; i < PISTE_ABILITY_COUNT; i++)
        plan_variant_scale(v, (piste_dist *)(void *)((char *)&v->resort.traits[i] + offset), factor);
}

piste_lift *plan_variant_lifts(plan_variant *v) {
    piste_lift *lifts = plan_variant_copy(v, v->resort.lifts.list, v->resort.lifts.count, sizeof *lifts);
    v->resort.lifts.list = lifts;
    return lifts;
}

static void change_intervals(plan_variant *v, double factor) {
    piste_lift *lifts = plan_variant_lifts(v);
    int64_t thousandths = (int64_t)(factor * 1000 + 0.5);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        lifts[i].interval_s.num *= thousandths;
        lifts[i].interval_s.den *= 1000;
        lifts[i].capacity_pph = lifts[i].capacity_pph / factor;
    }
}

static void change_lift_speeds(plan_variant *v, double factor) {
    piste_lift *lifts = plan_variant_lifts(v);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        lifts[i].speed_mps *= factor;
        lifts[i].ride_s = (int32_t)base_floor(lifts[i].ride_s / factor + 0.5);
        lifts[i].ride_s = lifts[i].ride_s < 1 ? 1 : lifts[i].ride_s;
    }
}

static void change_stops(plan_variant *v, double factor) {
    piste_lift *lifts = plan_variant_lifts(v);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        piste_stop *stops = plan_variant_copy(v, lifts[i].stops.list, lifts[i].stops.count, sizeof *stops);
        lifts[i].stops.list = stops;
        for (int32_t k = 0; stops && k < lifts[i].stops.count; k++)
            stops[k].every_s *= factor;
    }
}

static void change_services(plan_variant *v, double factor) {
    piste_venue *venues = plan_variant_copy(v, v->resort.venues.list, v->resort.venues.count, sizeof *venues);
    v->resort.venues.list = venues;
    for (int32_t i = 0; venues && i < v->resort.venues.count; i++)
        plan_variant_scale(v, &venues[i].service_time, factor);
}

static void change_walks(plan_variant *v, double factor) {
    piste_walk *walks = plan_variant_copy(v, v->resort.walks.list, v->resort.walks.count, sizeof *walks);
    v->resort.walks.list = walks;
    v->resort.walking_speed_mps *= factor;
    for (int32_t i = 0; walks && i < v->resort.walks.count; i++)
        walks[i].duration_s /= factor;
}

static void change_crowding(plan_variant *v, double factor) {
    v->resort.crowding_slows *= factor;
}

static void change_show_rates(plan_variant *v, double factor) {
    piste_segment *segments = plan_variant_segments(v);
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        double rate = segments[i].show_rate * factor;
        segments[i].show_rate = rate < 1 ? rate : 1;
    }
}

typedef enum change_kind { CHOICE, TRAITS, OTHER } change_kind;

// docs/models.md has this list.
static const struct knob {
    const char *entry, *field;
    change_kind kind;
    size_t offset; // in the choice or the traits
    double most;   // of a choice's value
    void (*change)(plan_variant *v, double factor);
} knobs[] = {
#define OF_CHOICE(field, member, most)                                                                                 \
    { "choice", field, CHOICE, offsetof(piste_choice, member), most, NULL }
#define OF_TRAITS(field)                                                                                               \
    { "ability", #field, TRAITS, offsetof(piste_ability_traits, field), 0, NULL }
    OF_CHOICE("scale", scale_s, 1e9),
    OF_CHOICE("discount", discount, 0.99),
    OF_CHOICE("pleasure", pleasure_s_per_m, 1e9),
    OF_CHOICE("aversion", aversion, 1e9),
    OF_CHOICE("fatigue", fatigue, 1e9),
    OF_CHOICE("wait-weight", wait_weight, 1e9),
    OF_CHOICE("ride-weight", ride_weight, 1e9),
    OF_CHOICE("walk-weight", walk_weight, 1e9),
    OF_CHOICE("novelty", novelty_s, 1e9),
    OF_CHOICE("memory", memory_s, 1e9),
    OF_CHOICE("crowding", crowding, 1e9),
    OF_TRAITS(speed),
    OF_TRAITS(rest),
    OF_TRAITS(stamina),
    {"resort", "walking-speed", OTHER, 0, 0, change_walks},
    {"resort", "crowding-slows", OTHER, 0, 0, change_crowding},
    {"lift", "interval", OTHER, 0, 0, change_intervals},
    {"lift", "speed", OTHER, 0, 0, change_lift_speeds},
    {"lift stop", "every", OTHER, 0, 0, change_stops},
    {"venue", "service-time", OTHER, 0, 0, change_services},
    {"segment", "show-rate", OTHER, 0, 0, change_show_rates},
};
_Static_assert(BASE_COUNT(knobs) == PLAN_KNOBS, "plan.h counts them");

const char *plan_knob_entry(int32_t knob) {
    return knobs[knob].entry;
}

const char *plan_knob_field(int32_t knob) {
    return knobs[knob].field;
}

void plan_knob_turn(plan_variant *v, int32_t knob, double factor) {
    const struct knob *k = &knobs[knob];
    if (v->failed)
        return;
    if (k->kind == CHOICE)
        change_choice(v, k->offset, k->most, factor);
    else if (k->kind == TRAITS)
        change_traits(v, k->offset, factor);
    else
        k->change(v, factor);
}

// ---- what it rests on ---------------------------------------------------------------------------------------------------

// Given without a basis, or what stands for it where the file does not give the value at all.
static int basis_of(const piste_entry *entry, const char *field, int otherwise) {
    const piste_basis *basis = piste_entry_field_basis(entry, field);
    if (basis)
        return (int)basis->kind;
    return piste_entry_field_line(entry, field) > 0 ? PLAN_GIVEN : otherwise;
}

static int weaker(int a, int b) { // given is the strongest
    return a == PLAN_GIVEN ? b : b == PLAN_GIVEN ? a : a > b ? a : b;
}

// What is left out of a segment's choice is as the resort's, and what that leaves out is piste's own. A basis of the
// model speaks of the whole.
static int basis_of_choice(const piste_resort *resort, const char *field) {
    int whole = basis_of(&resort->choice.entry, "model", PLAN_GIVEN), weakest = PLAN_GIVEN;
    int common = weaker(basis_of(&resort->choice.entry, field, PISTE_BASIS_ASSUMED), whole);
    for (int32_t i = 0; i < resort->segments.count; i++)
        weakest = weaker(weakest, basis_of(&resort->segments.list[i].choice.entry, field, common));
    return weakest;
}

static int basis_of_traits(const piste_resort *resort, const char *field) {
    int weakest = PLAN_GIVEN;
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        bool comes = false;
        for (int32_t i = 0; i < resort->segments.count; i++)
            comes |= resort->segments.list[i].ability[a] > 0 && resort->segments.list[i].guests > 0;
        if (comes)
            weakest = weaker(weakest, basis_of(&resort->traits[a].entry, field, PISTE_BASIS_ASSUMED));
    }
    return weakest;
}

static int basis_of_lifts(const piste_resort *resort, const char *field, const char *other) {
    int weakest = PLAN_GIVEN;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_entry *entry = &resort->lifts.list[i].entry;
        weakest = weaker(weakest, weaker(basis_of(entry, field, PLAN_GIVEN), basis_of(entry, other, PLAN_GIVEN)));
    }
    return weakest;
}

static int basis_of_stops(const piste_resort *resort) {
    int weakest = basis_of_lifts(resort, "stops", "stops");
    for (int32_t i = 0; i < resort->lifts.count; i++)
        for (int32_t k = 0; k < resort->lifts.list[i].stops.count; k++)
            weakest = weaker(weakest, basis_of(&resort->lifts.list[i].stops.list[k].entry, "every", PLAN_GIVEN));
    return weakest;
}

static int basis_of_services(const piste_resort *resort) {
    int weakest = PLAN_GIVEN;
    for (int32_t i = 0; i < resort->venues.count; i++)
        if (resort->venues.list[i].servers > 0)
            weakest = weaker(weakest, basis_of(&resort->venues.list[i].entry, "service-time", PLAN_GIVEN));
    return weakest;
}

static int basis_of_show_rates(const piste_resort *resort) {
    int weakest = PLAN_GIVEN;
    for (int32_t i = 0; i < resort->segments.count; i++)
        weakest = weaker(weakest, basis_of(&resort->segments.list[i].entry, "show-rate", PISTE_BASIS_ASSUMED));
    return weakest;
}

int32_t plan_knob_basis(const piste_resort *resort, int32_t knob) {
    const struct knob *k = &knobs[knob];
    if (k->kind == CHOICE)
        return basis_of_choice(resort, k->field);
    if (k->kind == TRAITS)
        return basis_of_traits(resort, k->field);
    if (k->change == change_intervals)
        return basis_of_lifts(resort, "interval", "capacity");
    if (k->change == change_lift_speeds)
        return basis_of_lifts(resort, "speed", "duration");
    if (k->change == change_stops)
        return basis_of_stops(resort);
    if (k->change == change_services)
        return basis_of_services(resort);
    if (k->change == change_show_rates)
        return basis_of_show_rates(resort);
    return basis_of(&resort->entry, k->field, PISTE_BASIS_ASSUMED);
}
