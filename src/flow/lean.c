// lean.c - a day's sensitivity, one value at a time. See piste/lean.h.
//
// A resort is never changed: each variation has a copy of the records in which its value stands. Variations are taken
// from a common counter by as many threads as are wanted; each day's figures have a place of their own, and sums are
// made afterwards in one order, so that the result does not depend on who did what.
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "piste/lean.h"

enum { SLICE_S = 600 }; // of simulated time between two looks at whether to stop

// ---- changing a value -----------------------------------------------------------------------------------------------

typedef struct variant { // a copy of the resort with records of its own where something is changed
    piste_resort resort;
    base_arena *arena;
    double factor;
    int64_t guests;
    bool failed;
} variant;

static void *copy_list(variant *v, const void *list, int32_t count, size_t size) {
    void *copy = base_arena_take(v->arena, (size_t)count * size + 1);
    if (!copy)
        v->failed = true;
    else if (count > 0)
        memcpy(copy, list, (size_t)count * size);
    return copy;
}

// What is drawn becomes that much larger; its bounds go with it.
static void scale_dist(variant *v, piste_dist *d) {
    const char *why;
    double f = d->reciprocal ? 1 / v->factor : v->factor;
    if (d->kind == PISTE_DIST_NONE)
        return;
    d->a *= f;
    d->b *= f;
    d->min *= f;
    d->max *= f;
    if (d->kind == PISTE_DIST_EMPIRICAL) {
        int32_t count = d->count + (d->bins ? 1 : 0);
        double *values = copy_list(v, d->values, count, sizeof *values);
        for (int32_t i = 0; values && i < count; i++)
            values[i] *= f;
        d->values = values;
    }
    if (v->failed || piste_dist_prepare(d, &why) != PISTE_OK)
        v->failed = true;
}

static void change_choice(variant *v, size_t offset, double most) {
    piste_segment *segments = copy_list(v, v->resort.segments.list, v->resort.segments.count, sizeof *segments);
    v->resort.segments.list = segments;
    for (int32_t i = 0; segments && i < v->resort.segments.count; i++) {
        char *at = (char *)&segments[i].choice + offset;
        double value;
        memcpy(&value, at, sizeof value);
        value = value * v->factor < most ? value * v->factor : most;
        memcpy(at, &value, sizeof value);
    }
}

static void change_traits(variant *v, size_t offset) {
    for (int32_t i = 0; i < PISTE_ABILITY_COUNT; i++)
        scale_dist(v, (piste_dist *)(void *)((char *)&v->resort.traits[i] + offset));
}

static piste_lift *own_lifts(variant *v) {
    piste_lift *lifts = copy_list(v, v->resort.lifts.list, v->resort.lifts.count, sizeof *lifts);
    v->resort.lifts.list = lifts;
    return lifts;
}

static void change_intervals(variant *v) {
    piste_lift *lifts = own_lifts(v);
    int64_t thousandths = (int64_t)(v->factor * 1000 + 0.5);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        lifts[i].interval_s.num *= thousandths;
        lifts[i].interval_s.den *= 1000;
        lifts[i].capacity_pph = lifts[i].capacity_pph / v->factor;
    }
}

static void change_lift_speeds(variant *v) {
    piste_lift *lifts = own_lifts(v);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        lifts[i].speed_mps *= v->factor;
        lifts[i].ride_s = (int32_t)base_floor(lifts[i].ride_s / v->factor + 0.5);
        lifts[i].ride_s = lifts[i].ride_s < 1 ? 1 : lifts[i].ride_s;
    }
}

static void change_stops(variant *v) {
    piste_lift *lifts = own_lifts(v);
    for (int32_t i = 0; lifts && i < v->resort.lifts.count; i++) {
        piste_stop *stops = copy_list(v, lifts[i].stops.list, lifts[i].stops.count, sizeof *stops);
        lifts[i].stops.list = stops;
        for (int32_t k = 0; stops && k < lifts[i].stops.count; k++)
            stops[k].every_s *= v->factor;
    }
}

static void change_services(variant *v) {
    piste_venue *venues = copy_list(v, v->resort.venues.list, v->resort.venues.count, sizeof *venues);
    v->resort.venues.list = venues;
    for (int32_t i = 0; venues && i < v->resort.venues.count; i++)
        scale_dist(v, &venues[i].service_time);
}

static void change_walks(variant *v) {
    piste_walk *walks = copy_list(v, v->resort.walks.list, v->resort.walks.count, sizeof *walks);
    v->resort.walks.list = walks;
    v->resort.walking_speed_mps *= v->factor;
    for (int32_t i = 0; walks && i < v->resort.walks.count; i++)
        walks[i].duration_s /= v->factor;
}

static void change_crowding(variant *v) {
    v->resort.crowding_slows *= v->factor;
}

static void change_guests(variant *v) {
    int64_t guests = v->guests;
    for (int32_t i = 0; v->guests < 0 && i < v->resort.segments.count; i++)
        guests = (guests < 0 ? 0 : guests) + v->resort.segments.list[i].guests;
    guests = (int64_t)base_floor((double)guests * v->factor + 0.5);
    v->guests = guests < PISTE_GUESTS_MAX ? guests : PISTE_GUESTS_MAX;
}

typedef enum change_kind { CHOICE, TRAITS, OTHER } change_kind;

// docs/models.md has this list.
static const struct knob {
    const char *entry, *field;
    change_kind kind;
    size_t offset; // in the choice or the traits
    double most;   // of a choice's value
    void (*change)(variant *v);
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
    {"segment", "guests", OTHER, 0, 0, change_guests},
};
enum { KNOBS = BASE_COUNT(knobs), VARIATIONS = 1 + 2 * KNOBS }; // the day as it is, and each knob both ways

// ---- rehearsing the variations --------------------------------------------------------------------------------------

typedef struct figures {
    double rides_each, wait_s;
} figures;

typedef struct job {
    const piste_resort *resort;
    const piste_lean_def *def;
    figures *figures; // [variation * days + day]
    atomic_int next, stop;
    atomic_llong done; // days
    _Atomic(piste_status) status;
} job;

static void fail(job *j, piste_status status) {
    piste_status none = PISTE_OK;
    atomic_compare_exchange_strong(&j->status, &none, status);
    atomic_store(&j->stop, 1);
}

static void make_variant(const job *j, int32_t variation, variant *v) {
    *v = (variant){.resort = *j->resort, .arena = base_arena_create(), .factor = 1, .guests = j->def->day.guests};
    v->failed = !v->arena;
    if (variation == 0 || v->failed)
        return;
    const struct knob *k = &knobs[(variation - 1) / 2];
    v->factor = variation % 2 ? 1 - j->def->change : 1 + j->def->change;
    if (k->kind == CHOICE)
        change_choice(v, k->offset, k->most);
    else if (k->kind == TRAITS)
        change_traits(v, k->offset);
    else
        k->change(v);
}

static void tick(job *j) {
    const piste_lean_def *def = j->def;
    if (def->tick && !def->tick(def->context, atomic_load(&j->done), (int64_t)VARIATIONS * def->days))
        fail(j, PISTE_INTERRUPTED);
}

static void run_days(job *j, int32_t variation, piste_day *day, bool ticks) {
    for (int32_t d = 0; d < j->def->days && !atomic_load(&j->stop); d++) {
        piste_status status = piste_day_reset(day, j->def->day.seed + (uint64_t)d);
        if (status != PISTE_OK) {
            fail(j, status);
            return;
        }
        while (!piste_day_run(day, piste_day_now(day) + SLICE_S) && !atomic_load(&j->stop))
            if (ticks)
                tick(j);
        const piste_day_result *r = piste_day_get_result(day);
        figures *own = &j->figures[(size_t)variation * (size_t)j->def->days + (size_t)d];
        *own = (figures){r->guests ? (double)r->rides / (double)r->guests : 0, r->wait.mean_s};
        atomic_fetch_add(&j->done, 1);
        if (ticks)
            tick(j);
    }
}

static void work(job *j, bool ticks) {
    for (int variation; !atomic_load(&j->stop) && (variation = atomic_fetch_add(&j->next, 1)) < VARIATIONS;) {
        variant v;
        make_variant(j, variation, &v);
        piste_day_def def = j->def->day;
        def.event = NULL;
        def.ask = NULL;
        def.guests = v.guests;
        piste_day *day = NULL;
        piste_status status = v.failed ? PISTE_MEMORY : piste_day_create(&v.resort, &def, NULL, &day);
        if (status == PISTE_OK)
            run_days(j, variation, day, ticks);
        else
            fail(j, status);
        piste_day_destroy(day);
        base_arena_destroy(v.arena);
    }
}

static void *work_on_thread(void *context) {
    work(context, false);
    return NULL;
}

// This thread is one of them, and the only one that ticks.
static void work_together(job *j) {
    pthread_t threads[PISTE_LEAN_THREADS_MAX];
    int32_t started = 0;
    while (started < j->def->threads - 1 && pthread_create(&threads[started], NULL, work_on_thread, j) == 0)
        started++;
    work(j, true);
    for (int32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

// ---- summing up -----------------------------------------------------------------------------------------------------

static double figure_of(const figures *f, bool wait) {
    return wait ? f->wait_s : f->rides_each;
}

static double mean_of(const figures *list, int32_t days, bool wait) {
    double sum = 0;
    for (int32_t d = 0; d < days; d++)
        sum += figure_of(&list[d], wait);
    return sum / days;
}

static piste_effect effect_of(const figures *as_is, const figures *changed, int32_t days, bool wait) {
    double sum = 0, squares = 0;
    for (int32_t d = 0; d < days; d++)
        sum += figure_of(&changed[d], wait) - figure_of(&as_is[d], wait);
    double mean = sum / days;
    for (int32_t d = 0; d < days; d++) {
        double off = figure_of(&changed[d], wait) - figure_of(&as_is[d], wait) - mean;
        squares += off * off;
    }
    return (piste_effect){mean, sqrt(squares / (days - 1) / days)};
}

typedef struct own_lean {
    piste_lean lean;
    piste_lean_row rows[KNOBS];
    double moves[KNOBS]; // the largest share by which either figure moves, less its standard error
} own_lean;

static double share(const piste_effect *e, double whole) {
    return whole > 0 ? (fabs(e->mean) - e->error) / whole : 0;
}

static void sum_up(const job *j, own_lean *o) {
    int32_t days = j->def->days, order[KNOBS];
    piste_lean_row rows[KNOBS];
    o->lean = (piste_lean){.seed = j->def->day.seed, .days = days, .change = j->def->change};
    o->lean.rides_each = mean_of(j->figures, days, false);
    o->lean.wait_s = mean_of(j->figures, days, true);
    for (int32_t k = 0; k < KNOBS; k++) {
        rows[k] = (piste_lean_row){.entry = knobs[k].entry, .field = knobs[k].field};
        o->moves[k] = -HUGE_VAL;
        for (int32_t way = 0; way < 2; way++) {
            const figures *changed = &j->figures[(size_t)(1 + 2 * k + way) * (size_t)days];
            rows[k].rides_each[way] = effect_of(j->figures, changed, days, false);
            rows[k].wait_s[way] = effect_of(j->figures, changed, days, true);
            double rides = share(&rows[k].rides_each[way], o->lean.rides_each);
            double wait = share(&rows[k].wait_s[way], o->lean.wait_s);
            o->moves[k] = rides > o->moves[k] ? rides : o->moves[k];
            o->moves[k] = wait > o->moves[k] ? wait : o->moves[k];
        }
        int32_t at = k;
        for (; at > 0 && o->moves[order[at - 1]] < o->moves[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    for (int32_t k = 0; k < KNOBS; k++)
        o->rows[k] = rows[order[k]];
    o->lean.rows.list = o->rows;
    o->lean.rows.count = KNOBS;
}

piste_lean_def piste_lean_def_default(void) {
    return (piste_lean_def){.day = piste_day_def_default(), .days = 8, .change = 0.1, .threads = 1};
}

piste_status piste_lean_create(const piste_resort *resort, const piste_lean_def *def, piste_errors *errors,
                               piste_lean **out) {
    if (def->days < 2 || def->days > PISTE_LEAN_DAYS_MAX || def->threads < 1 || def->threads > PISTE_LEAN_THREADS_MAX ||
        !(def->change > 0 && def->change < 1))
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0,
                                "%d days, %d threads, change %g; expected 2 to %d, 1 to %d, and between 0 and 1",
                                def->days, def->threads, def->change, PISTE_LEAN_DAYS_MAX, PISTE_LEAN_THREADS_MAX);
    piste_day *probe = NULL; // what is wrong with the day itself is told in words
    piste_day_def day_def = def->day;
    piste_status status = piste_day_create(resort, &day_def, errors, &probe);
    piste_day_destroy(probe);
    if (status != PISTE_OK)
        return status;
    job j = {.resort = resort, .def = def};
    own_lean *o = calloc(1, sizeof *o);
    j.figures = calloc((size_t)VARIATIONS * (size_t)def->days, sizeof *j.figures);
    if (!o || !j.figures) {
        free(o);
        free(j.figures);
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory for the days");
    }
    work_together(&j);
    status = atomic_load(&j.status);
    if (status == PISTE_OK)
        sum_up(&j, o);
    free(j.figures);
    if (status != PISTE_OK) {
        free(o);
        return status == PISTE_INTERRUPTED
                   ? status
                   : piste_errors_add(errors, status, resort->folder, 0, 0, "a changed value makes no day");
    }
    *out = &o->lean;
    return PISTE_OK;
}

void piste_lean_destroy(piste_lean *lean) {
    free(lean); // the first member of what was allocated
}
