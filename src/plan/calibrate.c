// calibrate.c - what a resort's own scans say of it, step by step. See piste/calibrate.h and calibrate.h.
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"
#include "plan/calibrate_patterns.h"

enum { V = CALIBRATE_VALUES, MOMENTS_MIN = 8, SCANS_MIN = 300, STEPS = 2, ROUNDS = 2, STOPS_USED = 10, FOLD = 5 };

typedef struct own_calibration {
    piste_calibration found; // first: it is what callers hold
    base_arena *arena;
} own_calibration;

typedef struct calibrating {
    const piste_resort *resort;
    const piste_scans *scans;
    const piste_calibrate_def *def;
    base_arena *arena, *out; // while it works, and of what is found
    piste_calibration *found;
    calibrate_day *own; // the scans' days, with parties
    const calibrate_day **days, **held;
    int32_t day_count, held_count;
    calibrate_spec spec;
    calibrate_patch patch;
    calibrate_case c;
    calibrate_fit fit;
    int64_t done, all;
    calibrate_gaps scanned, rehearsed;
} calibrating;

static void *room(base_arena *arena, int64_t count, size_t size) {
    return base_arena_take(arena, (size_t)(count > 0 ? count : 1) * size);
}

// ---- what there is --------------------------------------------------------------------------------------------------

// Days that are kept back are spread evenly over those that there are.
static bool divide(calibrating *w) {
    int32_t all = w->scans->day_count, hold = w->def->hold < 0 ? all / FOLD : w->def->hold;
    w->days = room(w->arena, all, sizeof *w->days);
    w->held = room(w->arena, all, sizeof *w->held);
    w->own = room(w->arena, all, sizeof *w->own);
    if (!w->days || !w->held || !w->own)
        return false;
    memcpy(w->own, w->scans->days, (size_t)all * sizeof *w->own);
    for (int32_t i = 0; i < all; i++) {
        bool held = (int64_t)(i + 1) * hold / all > (int64_t)i * hold / all;
        *(held ? &w->held[w->held_count++] : &w->days[w->day_count++]) = &w->own[i];
    }
    return true;
}

static void count_scans(calibrating *w) {
    piste_calibration *f = w->found;
    f->rows = w->scans->rows;
    for (int32_t d = 0; d < w->scans->day_count; d++) {
        const calibrate_day *day = &w->scans->days[d];
        f->scans += day->count;
        f->counted += day->click_count;
        f->passes += day->pass_count;
        for (int32_t i = 0; i < w->scans->gates.lifts; i++)
            f->repeated += day->repeated[i];
    }
}

static piste_status check(calibrating *w, piste_errors *errors) {
    int64_t scans = 0;
    for (int32_t d = 0; d < w->day_count; d++)
        scans += w->days[d]->count;
    if (scans < SCANS_MIN)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0,
                                "%lld scans with a pass to calibrate by, expected at least %d", (long long)scans,
                                SCANS_MIN);
    if (!calibrate_spec_make(&w->scans->gates, w->days, w->day_count, w->arena, &w->spec))
        return PISTE_MEMORY;
    if (w->spec.count < MOMENTS_MIN)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0,
                                "passes that are seen again and again at too few lifts: %d figures to compare, "
                                "expected at least %d",
                                w->spec.count, MOMENTS_MIN);
    piste_day_def def = piste_day_def_default();
    piste_day *probe = NULL; // what is wrong with the resort is told in words
    piste_status status = piste_day_create(w->resort, &def, errors, &probe);
    piste_day_destroy(probe);
    if (status == PISTE_OK && w->resort->segments.count == 0)
        status = piste_errors_add(errors, PISTE_INVALID, w->resort->folder, 0, 0,
                                  "no segments, expected at least one to have guests");
    return status;
}

// ---- parties and losses ---------------------------------------------------------------------------------------------

static piste_status find_parties(calibrating *w) {
    calibrate_loss loss = {0};
    bool good = true;
    for (int32_t d = 0; good && d < w->scans->day_count; d++)
        good = calibrate_group(&w->scans->gates, w->def->together_s, w->arena, &w->own[d]);
    for (int32_t d = 0; good && d < w->day_count; d++)
        good = calibrate_loss_add(&w->scans->gates, w->days[d], &loss);
    piste_estimate found = calibrate_loss_share(&loss);
    bool told = isfinite(w->def->missing), enough = !told && loss.chances >= 200;
    w->found->missing_why = told ? "as was given" : enough ? "" : "too few parties pass gates together: taken as none";
    w->found->missing = enough ? found : calibrate_unknown();
    if (told)
        w->found->missing = calibrate_estimate(w->def->missing, 0, 0);
    double share = told ? w->def->missing : enough ? loss.missed / loss.chances : 0;
    w->c.missing = share;
    w->c.missing_error = enough && share > 0 ? found.error / share : 0;
    free(loss.by_group);
    return good ? PISTE_OK : PISTE_MEMORY;
}

static bool find_stops(calibrating *w) {
    int32_t lifts = w->resort->lifts.count, count = 0;
    piste_stop *put = room(w->arena, lifts, sizeof *put);
    piste_stop_result *list = room(w->out, lifts, sizeof *list);
    const char *why;
    if (!put || !list)
        return false;
    for (int32_t i = 0; i < lifts; i++) {
        put[i].cause = -1;
        if (!w->scans->gates.gate[i] && !w->scans->gates.click[i])
            continue;
        piste_stop_result r = calibrate_stops_of(w->resort, &w->scans->gates, w->days, w->day_count, i);
        list[count++] = r;
        if (!r.known || r.every_s.seen < STOPS_USED)
            continue;
        put[i] = (piste_stop){.entry = {.key = "found"}, .cause = PISTE_STOP_MECHANICAL, .every_s = r.every_s.value};
        put[i].duration = (piste_dist){.kind = PISTE_DIST_LOGNORMAL, .a = r.duration_s.value, .b = r.duration_sd_s};
        if (piste_dist_prepare(&put[i].duration, &why) != PISTE_OK)
            put[i].cause = -1;
    }
    w->patch.stops = put;
    w->found->stops.list = list;
    w->found->stops.count = count;
    return true;
}

// ---- the fit --------------------------------------------------------------------------------------------------------

static void make_case(calibrating *w) {
    double sold = 0, shown = 0;
    bool visits = true;
    for (int32_t i = 0; i < w->resort->segments.count; i++) {
        sold += w->resort->segments.list[i].guests;
        shown += w->resort->segments.list[i].guests * w->resort->segments.list[i].show_rate;
    }
    for (int32_t d = 0; d < w->day_count; d++)
        visits &= w->days[d]->visits >= 0;
    w->c = (calibrate_case){.resort = w->resort,
                            .gates = &w->scans->gates,
                            .spec = &w->spec,
                            .patch = &w->patch,
                            .days = w->days,
                            .day_count = w->day_count,
                            .def = w->def,
                            .know_visits = visits,
                            .show_rate = sold > 0 && shown > 0 ? shown / sold : 1,
                            .arena = w->arena,
                            .done = &w->done};
}

static int64_t days_of_a_fit(const calibrating *w) {
    int32_t pairs = (w->def->days / 2 + 64) / 128 * 128;
    return (STEPS + 1) * (w->def->days + 2 * (int64_t)(pairs < 128 ? 128 : pairs));
}

// Patterns and values lean on each other: twice in turn.
static piste_status fit(calibrating *w) {
    int32_t count = calibrate_patterns_count(&w->c);
    piste_pattern *arrivals = room(w->out, count, sizeof *arrivals), *sizes = room(w->out, count, sizeof *sizes);
    bool told = w->scans->gates.segments || w->resort->segments.count == 1;
    if (!arrivals || !sizes)
        return PISTE_MEMORY;
    w->fit.guests_per_pass = 1;
    w->all = ROUNDS * days_of_a_fit(w) + (told ? 2 * ROUNDS * (w->def->days / 2) : 0) + 2 * w->def->days;
    w->c.all = w->all;
    for (int32_t r = 0; r < ROUNDS; r++) {
        double from[V];
        memcpy(from, w->fit.by, sizeof from);
        base_arena *own = base_arena_create(); // rehearsals of a round are many, and of no use to the next
        if (!own)
            return PISTE_MEMORY;
        base_arena *kept = w->c.arena;
        piste_status status =
            calibrate_patterns_find(&w->c, w->out, from, w->fit.guests_per_pass, &w->patch, arrivals, sizes);
        w->c.arena = own;
        if (status == PISTE_OK)
            status = calibrate_fit_run(&w->c, from, STEPS, &w->fit);
        w->c.arena = kept;
        base_arena_destroy(own);
        if (status != PISTE_OK)
            return status;
    }
    w->found->arrivals.list = arrivals;
    w->found->parties.list = sizes;
    w->found->arrivals.count = w->found->parties.count = count;
    return PISTE_OK;
}

// ---- rehearsed days as the resort is, and as found ------------------------------------------------------------------

typedef struct look {
    const calibrating *w;
    double *sums;         // of each run
    calibrate_gaps *gaps; // of each run; NULL: not wanted
    double **laps;        // of each run: pairs (gate, seconds)
    int64_t *lap_count;
    bool failed;
} look;

static void take_look(void *context, int64_t index, const calibrate_day *day) {
    look *l = context;
    const calibrate_gates *g = &l->w->scans->gates;
    calibrate_sums(&l->w->spec, g, day, &l->sums[index * l->w->spec.sums]);
    if (l->gaps)
        calibrate_gaps_add(g, day, &l->gaps[index]);
    l->laps[index] = malloc(2 * ((size_t)day->count + 1) * sizeof **l->laps);
    for (int32_t p = 0; l->laps[index] && p < day->pass_count; p++)
        for (int32_t i = day->first[p] + 1; i < day->first[p + 1]; i++)
            if (day->scans[i].lift == day->scans[i - 1].lift) {
                int64_t at = 2 * l->lap_count[index]++;
                l->laps[index][at] = g->index[day->scans[i].lift];
                l->laps[index][at + 1] = day->scans[i].second - day->scans[i - 1].second;
            }
}

static int ascending(const void *a, const void *b) {
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// Median lap at a gate; NaN where there are fewer than ten.
static double median_lap(double *const *laps, const int64_t *counts, int32_t runs, int32_t gate, int64_t *seen,
                         double *spread) {
    int64_t all = 0, n = 0;
    for (int32_t r = 0; r < runs; r++)
        all += counts[r];
    double *list = malloc(((size_t)all + 1) * sizeof *list), median = (double)NAN;
    for (int32_t r = 0; list && r < runs; r++)
        for (int64_t i = 0; i < counts[r]; i++)
            if (laps[r][2 * i] == gate)
                list[n++] = laps[r][2 * i + 1];
    *seen = n;
    *spread = (double)NAN;
    if (n >= 10) {
        qsort(list, (size_t)n, sizeof *list, ascending);
        median = 0.5 * (list[(n - 1) / 2] + list[n / 2]);
        *spread = (list[3 * n / 4] - list[n / 4]) / 1.349;
    }
    free(list);
    return median;
}

static void merge_gaps(calibrate_gaps *into, calibrate_gaps *list, int32_t count) {
    int64_t all = 0;
    for (int32_t i = 0; i < count; i++)
        all += list[i].count;
    into->list = malloc(((size_t)all + 1) * sizeof *into->list);
    into->failed = !into->list;
    for (int32_t i = 0; i < count; i++) {
        for (int64_t k = 0; into->list && k < list[i].count; k++)
            into->list[into->count++] = list[i].list[k];
        into->people += list[i].people;
        into->parties += list[i].parties;
        into->failed |= list[i].failed;
        free(list[i].list);
    }
}

// Rehearses as many days as a step has; fills the mean sums and each gate's median lap.
static piste_status look_at(calibrating *w, bool found, double *mean, piste_gate_result *gates) {
    int32_t runs = w->def->days;
    base_arena *arena = base_arena_create();
    const calibrate_patch none = {0};
    if (!arena)
        return PISTE_MEMORY;
    look l = {.w = w};
    calibrate_run *list = room(arena, runs, sizeof *list);
    l.sums = room(arena, (int64_t)runs * w->spec.sums, sizeof *l.sums);
    l.laps = room(arena, runs, sizeof *l.laps);
    l.lap_count = room(arena, runs, sizeof *l.lap_count);
    l.gaps = found ? room(arena, runs, sizeof *l.gaps) : NULL;
    piste_status status = list && l.sums && l.laps && l.lap_count && (l.gaps || !found) ? PISTE_OK : PISTE_MEMORY;
    for (int32_t i = 0; status == PISTE_OK && i < runs; i++) {
        list[i] = (calibrate_run){.seed = base_mix(base_key_child(w->def->seed ^ 0x100c, (uint64_t)i)) >> 1};
        list[i].sold = calibrate_sold(&w->c, w->days[i % w->day_count], w->fit.guests_per_pass);
        if (found)
            memcpy(list[i].by, w->fit.by, sizeof w->fit.by);
    }
    calibrate_work work = {.resort = w->resort,
                           .gates = &w->scans->gates,
                           .patch = found ? &w->patch : &none,
                           .missing = w->c.missing,
                           .threads = w->def->threads,
                           .take = take_look,
                           .context = &l,
                           .def = w->def,
                           .done = &w->done,
                           .all = w->all};
    if (status == PISTE_OK)
        status = calibrate_rehearse(&work, list, runs);
    for (int32_t r = 0; status == PISTE_OK && r < runs; r++)
        for (int32_t i = 0; i < w->spec.sums; i++)
            mean[i] += l.sums[r * w->spec.sums + i] / runs;
    for (int32_t g = 0; status == PISTE_OK && g < w->scans->gates.count; g++) {
        int64_t seen;
        double spread;
        gates[g].lap_rehearsed_s[found] = calibrate_round(median_lap(l.laps, l.lap_count, runs, g, &seen, &spread));
    }
    if (l.gaps)
        merge_gaps(&w->rehearsed, l.gaps, runs);
    for (int32_t r = 0; l.laps && r < runs; r++)
        free(l.laps[r]);
    base_arena_destroy(arena);
    return status;
}

static piste_status tell_gates(calibrating *w, double *before, double *after) {
    const calibrate_gates *g = &w->scans->gates;
    piste_gate_result *list = room(w->out, g->count, sizeof *list);
    if (!list)
        return PISTE_MEMORY;
    look l = {.w = w};
    l.sums = room(w->arena, (int64_t)w->day_count * w->spec.sums, sizeof *l.sums);
    l.laps = room(w->arena, w->day_count, sizeof *l.laps);
    l.lap_count = room(w->arena, w->day_count, sizeof *l.lap_count);
    if (!l.sums || !l.laps || !l.lap_count)
        return PISTE_MEMORY;
    for (int32_t d = 0; d < w->day_count; d++) {
        take_look(&l, d, w->days[d]);
        calibrate_gaps_add(g, w->days[d], &w->scanned);
    }
    for (int32_t i = 0; i < g->count; i++) {
        const piste_lift *lift = &w->resort->lifts.list[g->lift[i]];
        piste_gate_result *own = &list[i];
        int64_t seen;
        double spread, median = median_lap(l.laps, l.lap_count, w->day_count, i, &seen, &spread);
        double alike = w->scanned.people ? (double)w->scanned.parties / (double)w->scanned.people : 1;
        *own = (piste_gate_result){.key = lift->entry.key, .name = lift->name, .gate = (piste_gate_place)g->gate[g->lift[i]]};
        own->lap_s =
            calibrate_estimate(median, seen ? 1.2533 * spread / sqrt((double)seen * alike) : (double)NAN, seen);
        for (int32_t d = 0; d < w->scans->day_count; d++) {
            const calibrate_day *day = &w->scans->days[d];
            own->repeated += day->repeated[g->lift[i]];
            for (int32_t k = 0; k < day->count; k++)
                own->scans += day->scans[k].lift == g->lift[i];
            for (int32_t k = 0; k < day->click_count; k++)
                own->counted += day->clicks[k].lift == g->lift[i];
        }
    }
    for (int32_t d = 0; d < w->day_count; d++)
        free(l.laps[d]);
    piste_status status = look_at(w, false, before, list);
    if (status == PISTE_OK)
        status = look_at(w, true, after, list);
    bool good = status != PISTE_OK || (!w->scanned.failed && !w->rehearsed.failed &&
                                       calibrate_clocks(g, &w->scanned, &w->rehearsed, w->arena, list));
    w->found->gates.list = list;
    w->found->gates.count = g->count;
    return good ? status : PISTE_MEMORY;
}

// ---- the score ------------------------------------------------------------------------------------------------------

// Logarithm of what a rehearsed resort gives to what happened: next lifts and laps, each a choice among categories.
// Half a rehearsed event is added to each category, so that what was never rehearsed is not impossible.
static double log_of(const double *mean, double days, int32_t at, int32_t row, int32_t categories) {
    double own = mean[at] * days + 0.5, all = 0.5 * categories;
    for (int32_t i = 0; i < categories; i++)
        all += mean[row + i] * days;
    return base_log(own / all);
}

static void score_day(const calibrating *w, const double *sums, const double *const mean[2], double score[2],
                      double *events) {
    int32_t g = w->spec.gates, laps = CALIBRATE_CUTS + 1;
    for (int32_t part = 0; part < 2; part++) { // next lifts, laps
        int32_t begin = part ? w->spec.at_laps : w->spec.at_next, wide = part ? laps : g;
        for (int32_t row = 0; row < 2 * g; row++)
            for (int32_t i = 0; i < wide; i++) {
                int32_t at = begin + row * wide + i;
                if (sums[at] == 0)
                    continue;
                *events += sums[at];
                for (int32_t k = 0; k < 2; k++)
                    score[k] += sums[at] * log_of(mean[k], w->def->days, at, begin + row * wide, wide);
            }
    }
}

static double distance_of(const calibrating *w, const double *held, const double *mean) {
    double distance = 0;
    int32_t n = w->spec.count;
    double a[CALIBRATE_MOMENTS], b[CALIBRATE_MOMENTS];
    calibrate_moments_of(&w->spec, held, a);
    calibrate_moments_of(&w->spec, mean, b);
    for (int32_t j = 0; j < n; j++) {
        double variance = w->fit.spread[j] * (1.0 / w->held_count + 1.0 / w->def->days);
        distance += variance > 0 ? (a[j] - b[j]) * (a[j] - b[j]) / variance : 0;
    }
    return n ? calibrate_round(distance / n) : (double)NAN;
}

static bool score(calibrating *w, const double *before, const double *after) {
    piste_score *s = &w->found->score;
    const double *const mean[2] = {before, after};
    double *sums = room(w->arena, w->spec.sums, sizeof *sums), *all = room(w->arena, w->spec.sums, sizeof *all);
    double total[2] = {0}, events = 0, gains[PISTE_SCAN_DAYS_MAX], weights[PISTE_SCAN_DAYS_MAX], squares = 0;
    *s = (piste_score){.days = w->held_count,
                       .log_score = {(double)NAN, (double)NAN},
                       .gain = calibrate_unknown(),
                       .distance = {(double)NAN, (double)NAN}};
    if (!sums || !all)
        return false;
    for (int32_t d = 0; d < w->held_count; d++) {
        double own[2] = {0}, n = 0;
        calibrate_sums(&w->spec, &w->scans->gates, w->held[d], sums);
        score_day(w, sums, mean, own, &n);
        for (int32_t i = 0; i < w->spec.sums; i++)
            all[i] += sums[i] / w->held_count;
        gains[d] = own[1] - own[0];
        weights[d] = n;
        total[0] += own[0];
        total[1] += own[1];
        events += n;
    }
    if (!(events > 0))
        return true;
    double gain = (total[1] - total[0]) / events;
    for (int32_t d = 0; d < w->held_count; d++)
        squares += (gains[d] - gain * weights[d]) * (gains[d] - gain * weights[d]);
    double n = w->held_count, error = n > 1 ? sqrt(squares * n / (n - 1)) / events : (double)NAN;
    s->events = (int64_t)events;
    s->gain = calibrate_estimate(gain, error, (int64_t)events);
    for (int k = 0; k < 2; k++) {
        s->log_score[k] = calibrate_round(total[k] / events);
        s->distance[k] = distance_of(w, all, mean[k]);
    }
    return true;
}

// ---- telling --------------------------------------------------------------------------------------------------------

static piste_calibrated tell_value(const calibrating *w, int32_t k, double wider) {
    const calibrate_value *v = &calibrate_values[k];
    const calibrate_fit *f = &w->fit;
    piste_calibrated r = {.entry = v->entry,
                          .field = v->field,
                          .of = v->of,
                          .free = f->free[k],
                          .why = f->why[k],
                          .leans_on = "",
                          .factor = 1};
    r.input = calibrate_value_input(w->resort, k, &r.unit);
    r.found = calibrate_unknown();
    r.found.value = calibrate_round(r.input);
    if (!r.free)
        return r;
    double error = wider * sqrt(f->variance[k * V + k]), at = calibrate_value_at(w->resort, k, f->by[k]);
    double h = 1e-4, slope = (calibrate_value_at(w->resort, k, f->by[k] + h) - at) / h;
    r.found = calibrate_estimate(at, slope * error, 0);
    r.found.low = calibrate_round(calibrate_value_at(w->resort, k, f->by[k] - 1.959964 * error));
    r.found.high = calibrate_round(calibrate_value_at(w->resort, k, f->by[k] + 1.959964 * error));
    r.factor = calibrate_round(base_exp(f->by[k]));
    r.factor_error = calibrate_round(error);
    if (f->leans_on[k] >= 0) {
        r.leans_on =
            base_arena_format(w->out, "%s%s%s", calibrate_values[f->leans_on[k]].field,
                              *calibrate_values[f->leans_on[k]].of ? " of " : "", calibrate_values[f->leans_on[k]].of);
        r.leans_by = calibrate_round(f->leans_by[k]);
    }
    return r;
}

// The k-th eigenvector, by its heaviest parts.
static piste_direction tell_direction(const calibrate_fit *f, int32_t k) {
    int32_t n = f->there_count;
    bool taken[V] = {false};
    piste_direction d = {.eigenvalue = calibrate_round(f->values[k]), .flat = !(f->values[k] > 25)};
    d.error = f->values[k] > 0 ? calibrate_round(1 / sqrt(f->values[k])) : (double)NAN;
    for (int32_t p = 0; p < 4 && p < n; p++) {
        int32_t best = -1;
        for (int32_t i = 0; i < n; i++)
            if (!taken[i] && (best < 0 || fabs(f->vectors[i * n + k]) > fabs(f->vectors[best * n + k]) * (1 + 1e-9)))
                best = i;
        taken[best] = true;
        if (fabs(f->vectors[best * n + k]) < 0.2)
            break;
        const calibrate_value *v = &calibrate_values[f->there[best]];
        d.parts[p].entry = v->entry;
        d.parts[p].field = v->field;
        d.parts[p].of = v->of;
        d.parts[p].weight = calibrate_round(f->vectors[best * n + k]);
    }
    return d;
}

static bool tell_values(calibrating *w, double wider) {
    piste_calibrated *list = room(w->out, V, sizeof *list);
    piste_direction *directions = room(w->out, V, sizeof *directions);
    if (!list || !directions)
        return false;
    for (int32_t k = 0; k < V; k++)
        list[k] = tell_value(w, k, wider);
    for (int32_t k = 0; k < w->fit.there_count; k++)
        directions[k] = tell_direction(&w->fit, k);
    w->found->values.list = list;
    w->found->values.count = V;
    w->found->directions.list = directions;
    w->found->directions.count = w->fit.there_count;
    return true;
}

// Speeds by ability: the factors of all and of a few, with their covariance.
static void tell_speeds(calibrating *w, double wider) {
    for (int32_t a = 0; a < PISTE_ABILITY_COUNT; a++) {
        double by = 0, variance = 0, mean = piste_dist_mean(&w->resort->traits[a].speed);
        for (int32_t k = 0; k < V; k++)
            for (int32_t i = 0; i < V; i++) {
                bool own = strcmp(calibrate_values[k].field, "speed") == 0 && calibrate_values[k].abilities >> a & 1;
                bool other = strcmp(calibrate_values[i].field, "speed") == 0 && calibrate_values[i].abilities >> a & 1;
                by += own && i == 0 ? w->fit.by[k] : 0;
                variance += own && other ? w->fit.variance[k * V + i] : 0;
            }
        bool free = variance > 0;
        w->found->speeds[a].input_mps = calibrate_round(mean);
        w->found->speeds[a].found =
            free ? calibrate_positive(mean * base_exp(by), wider * sqrt(variance), 0) : calibrate_unknown();
        w->found->speeds[a].factor = free ? calibrate_round(base_exp(by)) : 1;
    }
}

static void tell_counts(calibrating *w) {
    piste_calibration *f = w->found;
    double passes = 0, squares = 0, visits = 0, sold = 0, cars = 0, by_car = 0;
    f->show_rate = f->guests_per_car = calibrate_unknown();
    for (int32_t d = 0; d < w->day_count; d++) {
        const calibrate_day *day = w->days[d];
        passes += day->pass_count;
        if (day->visits >= 0 && day->sold > 0) {
            visits += (double)day->visits;
            sold += (double)day->sold;
        }
        if (day->cars > 0) {
            cars += (double)day->cars;
            by_car += day->visits >= 0 ? (double)day->visits : day->pass_count * w->fit.guests_per_pass;
        }
    }
    double n = w->day_count, mean = passes / n, gpp = w->fit.guests_per_pass, ratio = cars > 0 ? by_car / cars : 0;
    double share = sold > 0 ? visits / sold : 0, parties = 0, cells = 0;
    for (int32_t d = 0; d < w->day_count; d++) {
        squares += (w->days[d]->pass_count - mean) * (w->days[d]->pass_count - mean);
        parties += w->days[d]->group_count;
        const calibrate_day *day = w->days[d];
        double own = day->visits >= 0 ? (double)day->visits : day->pass_count * gpp;
        cells += day->cars > 0 ? (own - ratio * (double)day->cars) * (own - ratio * (double)day->cars) : 0;
    }
    f->guests_per_pass = calibrate_estimate(gpp, w->fit.guests_per_pass_error, (int64_t)passes);
    double day_error = n > 1 ? sqrt(squares / (n - 1) / n) : 0;
    f->guests = calibrate_estimate(mean * gpp,
                                   sqrt(day_error * day_error * gpp * gpp +
                                        mean * mean * w->fit.guests_per_pass_error * w->fit.guests_per_pass_error),
                                   (int64_t)(mean + 0.5));
    if (sold > 0) // those of a party come or do not come together
        f->show_rate = calibrate_estimate(share, sqrt(share * (1 - share) / sold * (passes / parties)), (int64_t)sold);
    if (cars > 0)
        f->guests_per_car =
            calibrate_estimate(ratio, n > 1 ? sqrt(cells * n / (n - 1)) / cars : (double)NAN, (int64_t)cars);
}

static bool tell(calibrating *w) {
    piste_calibration *f = w->found;
    f->misfit = calibrate_round(w->fit.misfit);
    f->moments = w->spec.count;
    f->freedom = w->fit.freedom;
    double p = f->freedom > 0 ? gsl_cdf_chisq_Q(w->fit.misfit, f->freedom) : (double)NAN;
    f->misfit_p = base_round(p, 4);
    f->widened = p < 0.001;
    double wider = f->widened ? sqrt(w->fit.misfit / f->freedom) : 1;
    tell_counts(w);
    tell_speeds(w, wider);
    return tell_values(w, wider);
}

// ---- in order -------------------------------------------------------------------------------------------------------

static piste_status work(calibrating *w, piste_errors *errors) {
    if (!divide(w))
        return PISTE_MEMORY;
    piste_calibration *f = w->found;
    f->resort = w->resort->name;
    f->seed = w->def->seed;
    f->days = w->day_count;
    f->held = w->held_count;
    f->rehearsed = w->def->days;
    count_scans(w);
    piste_status status = check(w, errors);
    if (status != PISTE_OK)
        return status;
    make_case(w);
    double *before = room(w->arena, w->spec.sums, sizeof *before), *after = room(w->arena, w->spec.sums, sizeof *after);
    w->fit.spread = room(w->arena, w->spec.count, sizeof *w->fit.spread);
    if (!before || !after || !w->fit.spread)
        return PISTE_MEMORY;
    status = find_parties(w);
    if (status == PISTE_OK && !find_stops(w))
        status = PISTE_MEMORY;
    if (status == PISTE_OK)
        status = fit(w);
    if (status == PISTE_OK)
        status = tell_gates(w, before, after);
    if (status == PISTE_OK && (!score(w, before, after) || !tell(w)))
        status = PISTE_MEMORY;
    return status;
}

piste_calibrate_def piste_calibrate_def_default(void) {
    return (piste_calibrate_def){
        .seed = 1, .days = 400, .hold = -1, .threads = 1, .missing = (double)NAN, .together_s = 5};
}

static piste_status check_def(const piste_scans *scans, const piste_calibrate_def *def, piste_errors *errors) {
    int32_t least = PISTE_CALIBRATE_DAYS_MIN, most = PISTE_CALIBRATE_DAYS_MAX;
    if (def->days < least || def->days > most || def->threads < 1 || def->threads > PISTE_CALIBRATE_THREADS_MAX)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "%d days, %d threads, expected %d to %d and 1 to %d",
                                def->days, def->threads, least, most, PISTE_CALIBRATE_THREADS_MAX);
    if (def->hold >= scans->day_count)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0,
                                "%d days to be kept back of %d scanned, expected at least one to calibrate by",
                                def->hold, scans->day_count);
    if (def->missing < 0 || def->missing >= 0.9 || def->together_s < 0 || def->together_s > 60)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0,
                                "missing %g, together %d s, expected 0 to 0.9 and 0 to 60 s", def->missing,
                                def->together_s);
    return PISTE_OK;
}

piste_status piste_calibrate(const piste_resort *resort, const piste_scans *scans, const piste_calibrate_def *def,
                             piste_errors *errors, piste_calibration **out) {
    piste_status status = check_def(scans, def, errors);
    if (status != PISTE_OK)
        return status;
    own_calibration *own = calloc(1, sizeof *own);
    calibrating *w = calloc(1, sizeof *w);
    status = PISTE_MEMORY;
    gsl_error_handler_t *handler = gsl_set_error_handler_off(); // what fails is told by its status, not by abort()
    if (own && w && (own->arena = base_arena_create()) && (w->arena = base_arena_create())) {
        w->resort = resort;
        w->scans = scans;
        w->def = def;
        w->out = own->arena;
        w->found = &own->found;
        status = work(w, errors);
        if (status == PISTE_MEMORY)
            piste_errors_add(errors, status, NULL, 0, 0, "no memory for the calibration");
        free(w->scanned.list);
        free(w->rehearsed.list);
    }
    gsl_set_error_handler(handler);
    if (w && w->arena)
        base_arena_destroy(w->arena);
    free(w);
    if (status == PISTE_OK)
        *out = &own->found;
    else
        piste_calibration_destroy(own ? &own->found : NULL);
    return status;
}

void piste_calibration_destroy(piste_calibration *calibration) {
    own_calibration *own = (own_calibration *)calibration;
    if (own && own->arena)
        base_arena_destroy(own->arena);
    free(own);
}
