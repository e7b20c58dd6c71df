// lean.c - a day's sensitivity, one value at a time. See piste/lean.h.
//
// A resort is never changed: each variation has a copy of the records in which its value stands. Each day's figures
// have a place of their own, and sums are made afterwards in one order, so that the result does not depend on who did
// what.
#include <math.h>
#include <stdlib.h>

#include "piste/lean.h"
#include "plan/plan.h"

enum { GUESTS = PLAN_KNOBS, KNOBS, VARIATIONS = 1 + 2 * KNOBS }; // the day as it is, and each knob both ways

// ---- rehearsing the variations --------------------------------------------------------------------------------------

typedef struct figures {
    double rides_each, wait_s;
} figures;

typedef struct job {
    const piste_resort *resort;
    const piste_lean_def *def;
    figures *figures; // [variation * days + day]
} job;

static int64_t more_guests(const job *j, double factor) {
    int64_t guests = j->def->day.guests < 0 ? plan_resort_guests(j->resort) : j->def->day.guests;
    guests = (int64_t)base_floor((double)guests * factor + 0.5);
    return guests < PISTE_GUESTS_MAX ? guests : PISTE_GUESTS_MAX;
}

static piste_status run_day(piste_day *day, uint64_t seed, figures *own) {
    piste_status status = piste_day_reset(day, seed);
    if (status != PISTE_OK)
        return status;
    piste_day_run(day, PISTE_DAY_END);
    const piste_day_result *r = piste_day_get_result(day);
    *own = (figures){r->guests ? (double)r->rides / (double)r->guests : 0, r->wait.mean_s};
    return PISTE_OK;
}

// The days of one variation, a few at a time, so that whoever waits is told often.
enum { DAYS_OF_PIECE = 4 };

static piste_status run_piece(void *context, void *hand, int64_t piece) {
    job *j = context;
    (void)hand;
    int32_t pieces = (j->def->days + DAYS_OF_PIECE - 1) / DAYS_OF_PIECE;
    int32_t variation = (int32_t)(piece / pieces), first = (int32_t)(piece % pieces) * DAYS_OF_PIECE,
            knob = (variation - 1) / 2;
    double factor = variation == 0 ? 1 : variation % 2 ? 1 - j->def->change : 1 + j->def->change;
    plan_variant v;
    piste_day_def def = j->def->day;
    piste_day *day = NULL;
    def.event = NULL;
    def.ask = NULL;
    if (plan_variant_init(&v, j->resort) && variation > 0 && knob != GUESTS)
        plan_knob_turn(&v, knob, factor);
    if (variation > 0 && knob == GUESTS)
        def.guests = more_guests(j, factor);
    piste_status status = v.failed ? PISTE_MEMORY : piste_day_create(&v.resort, &def, NULL, &day);
    for (int32_t d = first; status == PISTE_OK && d < first + DAYS_OF_PIECE && d < j->def->days; d++)
        status = run_day(day, j->def->day.seed + (uint64_t)d,
                         &j->figures[(size_t)variation * (size_t)j->def->days + (size_t)d]);
    piste_day_destroy(day);
    plan_variant_release(&v);
    return status;
}

static bool tick(void *context, int64_t done) {
    const piste_lean_def *def = ((job *)context)->def;
    int64_t all = (int64_t)VARIATIONS * def->days;
    int64_t days = done * DAYS_OF_PIECE; // the last piece of a variation may be shorter
    return !def->tick || def->tick(def->context, days < all ? days : all, all);
}

static piste_status rehearse(job *j) {
    int32_t pieces = (j->def->days + DAYS_OF_PIECE - 1) / DAYS_OF_PIECE;
    plan_work work = {
        .count = (int64_t)VARIATIONS * pieces, .threads = j->def->threads, .job = j, .piece = run_piece, .tick = tick};
    return plan_work_run(&work);
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

static int32_t basis_of_guests(const piste_resort *resort) {
    int32_t weakest = -1;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        const piste_basis *basis = piste_entry_field_basis(&resort->segments.list[i].entry, "guests");
        weakest = basis && (int32_t)basis->kind > weakest ? (int32_t)basis->kind : weakest;
    }
    return weakest < 0 ? PLAN_GIVEN : weakest;
}

static void sum_up(const job *j, own_lean *o) {
    int32_t days = j->def->days, order[KNOBS];
    piste_lean_row rows[KNOBS];
    o->lean = (piste_lean){.seed = j->def->day.seed, .days = days, .change = j->def->change};
    o->lean.rides_each = mean_of(j->figures, days, false);
    o->lean.wait_s = mean_of(j->figures, days, true);
    for (int32_t k = 0; k < KNOBS; k++) {
        rows[k] = (piste_lean_row){.entry = k == GUESTS ? "segment" : plan_knob_entry(k),
                                   .field = k == GUESTS ? "guests" : plan_knob_field(k),
                                   .basis = k == GUESTS ? basis_of_guests(j->resort) : plan_knob_basis(j->resort, k)};
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
    status = rehearse(&j);
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
