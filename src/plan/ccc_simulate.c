// ccc_simulate.c - which days are rehearsed for a sheet, what stands where none can be, and the day at its CCC.
#include <math.h>
#include <stdlib.h>

#include "plan/ccc.h"

// ---- inputs --------------------------------------------------------------------------------------------------------

static bool can_rehearse(ccc_build *b) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    piste_errors *errors = piste_errors_create();
    def.guests = ccc_uncrowded(b);
    bool can = def.guests > 0 && piste_day_create(b->resort, &def, errors, &day) == PISTE_OK;
    if (!can)
        b->cannot = def.guests == 0              ? "nobody comes"
                    : piste_errors_count(errors) ? ccc_format(b, "%s", piste_errors_get(errors, 0)->message)
                                                 : "no day can be rehearsed";
    piste_day_destroy(day);
    piste_errors_destroy(errors);
    return can;
}

// What neither the resort nor its guests say.
static void assume(ccc_build *b) {
    piste_ccc *s = b->sheet;
    const char *why = b->can_rehearse ? "none of it came on the days simulated" : b->cannot;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        if (isnan(s->demand[a].value))
            s->demand[a] = ccc_input(PISTE_CCC_ASSUMED, piste_dist_mean(&b->resort->traits[a].stamina),
                                     ccc_format(b, "the mean stamina (docs/models.md): %s", why));
    why = b->can_rehearse ? "nobody rode it on the days simulated" : b->cannot;
    for (int32_t i = 0; i < s->lifts.count; i++) {
        piste_ccc_lift *l = &s->lifts.list[i];
        if (isnan(l->in[PISTE_CCC_ACCESS].value))
            l->in[PISTE_CCC_ACCESS] =
                l->runs > 0 ? ccc_input(PISTE_CCC_ASSUMED, 0, ccc_format(b, "all rides for skiing: %s", why))
                            : ccc_input(PISTE_CCC_ASSUMED, 1, ccc_format(b, "it cannot be lapped, and %s", why));
    }
}

piste_status ccc_simulate_inputs(ccc_build *b) {
    for (int c = 0; c <= PISTE_CCC_TERRAIN_COUNT; c++)
        b->on_slopes[c] = NAN;
    b->can_rehearse = can_rehearse(b);
    bool days = b->can_rehearse; // also where all else is given: how full the slopes are nobody counts by class
    b->all = (days ? b->def->days : 0) + ccc_loading_days(b) + (b->def->simulate ? b->def->days : 0);
    if (!b->can_rehearse)
        ccc_note(b,
                 ccc_format(b, "No day of this resort can be rehearsed (%s): nothing here is simulated.", b->cannot));
    piste_status status = days ? ccc_run_days(b) : PISTE_OK;
    if (status == PISTE_OK)
        assume(b);
    return status == PISTE_OK ? ccc_run_loading(b) : status;
}

// ---- the day at its CCC --------------------------------------------------------------------------------------------

typedef struct figures { // of one day
    piste_waits wait;
    double came, present_max, rides, descent_m, unridden, turned_away, missed, assisted, left_in_line, skiers;
    double entry_wished, entry_missed;
} figures;

typedef struct rehearsal {
    ccc_build *build;
    int64_t guests;
    figures *days;
    piste_waits *lifts; // [day * lifts + lift]
    double *runs;       // [day * runs + run]: highest density
} rehearsal;

static void *make_day(void *context) {
    const rehearsal *r = context;
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.guests = r->guests;
    return piste_day_create(r->build->resort, &def, NULL, &day) == PISTE_OK ? day : NULL;
}

static void drop_day(void *context, void *own) {
    (void)context;
    piste_day_destroy(own);
}

// Ticket office and rental stand before the first ride: those who are not served there could not ski in earnest.
static void count_entry(const piste_resort *resort, const piste_day_result *r, figures *f) {
    for (int32_t i = 0; i < r->visits.count; i++) {
        const piste_visit_result *own = &r->visits.list[i];
        const piste_visit *v = &resort->segments.list[own->segment].visits.list[own->visit];
        int32_t kind = v->venue.index >= 0 ? resort->venues.list[v->venue.index].kind : v->kind;
        if (v->when != PISTE_VISIT_ARRIVING || (kind != PISTE_VENUE_TICKET_OFFICE && kind != PISTE_VENUE_RENTAL))
            continue;
        f->entry_wished += (double)own->wished;
        f->entry_missed += (double)own->missed;
    }
}

static piste_status rehearse(void *context, void *own, int64_t index) {
    const rehearsal *job = context;
    piste_status status = piste_day_reset(own, job->build->def->seed + (uint64_t)index);
    if (status != PISTE_OK)
        return status;
    piste_day_run(own, PISTE_DAY_END);
    const piste_day_result *r = piste_day_get_result(own);
    figures *f = &job->days[index];
    *f = (figures){.wait = r->wait,
                   .came = (double)r->guests,
                   .present_max = (double)r->present_max,
                   .assisted = (double)r->assisted};
    for (int32_t i = 0; i < r->lifts.count; i++) {
        job->lifts[index * r->lifts.count + i] = r->lifts.list[i].wait;
        f->left_in_line += (double)r->lifts.list[i].still_in_line;
        f->turned_away += (double)r->lifts.list[i].turned_away;
    }
    for (int32_t i = 0; i < r->runs.count; i++)
        job->runs[index * r->runs.count + i] = r->runs.list[i].density_peak_per_ha;
    for (int32_t i = 0; i < r->segments.count; i++) {
        const piste_segment_result *s = &r->segments.list[i];
        f->unridden += (double)s->unridden;
        f->missed += (double)s->missed;
    }
    for (int32_t i = 0; i < r->groups[PISTE_BY_ABILITY].count; i++)
        if (strcmp(r->groups[PISTE_BY_ABILITY].list[i].key, "foot") != 0) {
            f->skiers += (double)r->groups[PISTE_BY_ABILITY].list[i].people;
            f->rides += (double)r->groups[PISTE_BY_ABILITY].list[i].rides;
            f->descent_m += r->groups[PISTE_BY_ABILITY].list[i].descent_m;
        }
    count_entry(job->build->resort, r, f);
    return PISTE_OK;
}

static bool tick(void *context, int64_t done) {
    const ccc_build *b = ((const rehearsal *)context)->build;
    return !b->def->tick || b->def->tick(b->def->context, b->done + done, b->all);
}

static void sum_lifts(ccc_build *b, const rehearsal *job, piste_ccc_rehearsal *out) {
    int32_t lifts = b->resort->lifts.count, days = b->def->days;
    for (int32_t i = 0; i < lifts; i++) {
        double p90 = 0, mean = 0, most = 0;
        int32_t ridden = 0;
        for (int32_t d = 0; d < days; d++) {
            const piste_waits *w = &job->lifts[(int64_t)d * lifts + i];
            if (w->count == 0)
                continue;
            ridden++;
            p90 += w->p90_s;
            mean += w->mean_s;
            most = w->p90_s > most ? w->p90_s : most;
        }
        out->above_10_min += ridden && p90 / ridden > 600;
        if (!ridden || (*out->worst_lift_key && p90 / ridden <= out->worst_p90_s))
            continue;
        out->worst_lift_key = b->sheet->lifts.list[i].key;
        out->worst_lift = b->sheet->lifts.list[i].name;
        out->worst_p90_s = p90 / ridden;
        out->worst_mean_s = mean / ridden;
        out->worst_p90_max_s = most;
    }
}

static void sum_runs(ccc_build *b, const rehearsal *job, const double *standards, piste_ccc_rehearsal *out) {
    int32_t runs = b->resort->runs.count, days = b->def->days;
    double highest = 0;
    for (int32_t i = 0; i < runs; i++) {
        double sum = 0;
        for (int32_t d = 0; d < days; d++)
            sum += job->runs[(int64_t)d * runs + i];
        double density = sum / days;
        if (!(density >= 0))
            continue;
        out->runs_above += density > standards[i];
        if (density / standards[i] <= highest && *out->worst_run_key)
            continue;
        highest = density / standards[i];
        const piste_run *run = &b->resort->runs.list[i];
        out->worst_run_key = ccc_format(b, "%s", run->entry.key);
        out->worst_run = *run->name ? ccc_format(b, "%s", run->name) : out->worst_run_key;
        out->worst_density_per_ha = density;
        out->worst_standard_per_ha = standards[i];
    }
}

static void sum_days(const rehearsal *job, int32_t days, piste_ccc_rehearsal *out) {
    double rides = 0, descent = 0;
    for (int32_t d = 0; d < days; d++) {
        const figures *f = &job->days[d];
        out->came += f->came / days;
        out->present_max += f->present_max / days;
        out->wait_mean_s += f->wait.mean_s / days;
        out->wait_p50_s += (double)f->wait.p50_s / days;
        out->wait_p90_s += (double)f->wait.p90_s / days;
        out->unridden += f->unridden / days;
        out->turned_away += f->turned_away / days;
        out->missed += f->missed / days;
        out->assisted += f->assisted / days;
        out->left_in_line += f->left_in_line / days;
        out->skiers += f->skiers / days;
        out->entry_wished += f->entry_wished / days;
        out->entry_missed += f->entry_missed / days;
        rides += f->rides / days;
        descent += f->descent_m / days;
    }
    out->rides_each = out->skiers > 0 ? rides / out->skiers : (double)NAN;
    out->descent_each_m = out->skiers > 0 ? descent / out->skiers : (double)NAN;
}

static piste_status standards_of(ccc_build *b, int64_t guests, double *standards) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.guests = guests;
    piste_status status = piste_day_create(b->resort, &def, b->errors, &day); // what is wrong is told in words
    if (status != PISTE_OK)
        return status;
    const piste_day_result *r = piste_day_get_result(day);
    for (int32_t i = 0; i < r->runs.count; i++)
        standards[i] = r->runs.list[i].density_standard_per_ha;
    piste_day_destroy(day);
    return PISTE_OK;
}

piste_status ccc_simulate_sheet(ccc_build *b) {
    const piste_resort *resort = b->resort;
    int32_t days = b->def->days;
    double guests = b->sheet->limits.list[0].guests; // of the lifts
    if (!(guests >= 1) || guests > PISTE_GUESTS_MAX)
        return piste_errors_add(b->errors, PISTE_LIMIT, resort->folder, 0, 0,
                                "a carrying capacity of %.0f guests, expected 1 to %d to rehearse it",
                                base_floor(guests), PISTE_GUESTS_MAX);
    rehearsal job = {.build = b, .guests = (int64_t)base_floor(guests + 0.5)};
    double *standards = ccc_take(b, resort->runs.count, sizeof *standards);
    job.days = ccc_take(b, days, sizeof *job.days);
    job.lifts = ccc_take(b, (int64_t)days * resort->lifts.count, sizeof *job.lifts);
    job.runs = ccc_take(b, (int64_t)days * resort->runs.count, sizeof *job.runs);
    if (b->failed)
        return PISTE_MEMORY;
    piste_status status = standards_of(b, job.guests, standards);
    if (status != PISTE_OK)
        return status;
    const plan_work work = {.count = days,
                            .threads = b->def->threads,
                            .job = &job,
                            .hand = make_day,
                            .drop = drop_day,
                            .piece = rehearse,
                            .tick = tick};
    status = plan_work_run(&work);
    if (status != PISTE_OK)
        return status;
    piste_ccc_rehearsal out = {.guests = job.guests,
                               .days = days,
                               .seed = b->def->seed,
                               .worst_lift_key = "",
                               .worst_lift = "",
                               .worst_run_key = "",
                               .worst_run = "",
                               .worst_density_per_ha = NAN,
                               .worst_standard_per_ha = NAN};
    sum_days(&job, days, &out);
    sum_lifts(b, &job, &out);
    sum_runs(b, &job, standards, &out);
    b->sheet->rehearsal = out;
    return PISTE_OK;
}
