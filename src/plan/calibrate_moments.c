// calibrate_moments.c - what is compared between scanned and rehearsed days: sums of a day, and moments made of them.
//
// A moment is a ratio of two sums (laps shorter than a threshold among all laps, next scans at another lift among all
// next scans). It is used as the linear contrast "sum - ratio as scanned * other sum", which has mean 0 where days are
// like those scanned, adds up over days and needs no division by what may be 0. No moment compares the times of two
// gates: whatever their clocks do, laps from a gate to itself keep their length.
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

enum { QUARTERS = 200, QUARTER_S = 900, ENOUGH = 25 };

// ---- what there is to compare ---------------------------------------------------------------------------------------

static void lay_out(calibrate_spec *spec) {
    int32_t g = spec->gates, at = 1; // 0: passes
    spec->at_scans = at;
    at += g;
    spec->at_counted = at;
    at += spec->lifts;
    spec->at_rides = at;
    at += CALIBRATE_CUTS + 1;
    spec->at_last = at;
    at += CALIBRATE_CUTS + 1;
    spec->at_next = at;
    at += 2 * g * g;
    spec->at_laps = at;
    at += 2 * g * (CALIBRATE_CUTS + 1);
    spec->at_differ = at;
    at += CALIBRATE_CUTS + 1;
    spec->at_again = at;
    at += 2;
    spec->sums = at;
}

static int ascending(const void *a, const void *b) {
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// Quartiles, put between two values so that no rounding decides on which side one falls.
static void quartiles(double *list, int64_t count, double *cuts) {
    qsort(list, (size_t)count, sizeof *list, ascending);
    for (int32_t k = 0; k < CALIBRATE_CUTS; k++)
        cuts[k] = count ? list[count * (k + 1) / (CALIBRATE_CUTS + 1)] + 0.25 : 0;
}

static double lap_of(const calibrate_day *day, int32_t i, int32_t first) { // from the scan before, at the same gate
    return i > first && day->scans[i - 1].lift == day->scans[i].lift ? day->scans[i].second - day->scans[i - 1].second
                                                                     : -1;
}

static double difference(double a, double b) { // of two laps, in thousandths of their mean
    return 2000 * fabs(a - b) / (a + b);
}

// Gathers one figure of all days into `list`; returns how many.
typedef enum figure { RIDES, LAST, DIFFER, LAPS } figure;

static int64_t gather(const calibrate_gates *gates, const calibrate_day *const *days, int32_t count, figure f,
                      int32_t gate, double *list) {
    int64_t n = 0;
    for (int32_t d = 0; d < count; d++)
        for (int32_t p = 0; p < days[d]->pass_count; p++) {
            int32_t first = days[d]->first[p], end = days[d]->first[p + 1];
            if (f == RIDES)
                list[n++] = end - first;
            else if (f == LAST)
                list[n++] = days[d]->scans[end - 1].second;
            for (int32_t i = first + 1; i < end && f >= DIFFER; i++) {
                double lap = lap_of(days[d], i, first), before = lap_of(days[d], i - 1, first);
                if (f == LAPS && lap > 0 && gates->index[days[d]->scans[i].lift] == gate)
                    list[n++] = lap;
                else if (f == DIFFER && lap > 0 && before > 0)
                    list[n++] = difference(lap, before);
            }
        }
    return n;
}

// Half of the scans fall into busy quarters of an hour.
static bool find_busy(const calibrate_day *const *days, int32_t count, calibrate_spec *spec) {
    int64_t scans[QUARTERS] = {0}, all = 0, taken = 0;
    for (int32_t d = 0; d < count; d++)
        for (int32_t i = 0; i < days[d]->count; i++) {
            scans[days[d]->scans[i].second / QUARTER_S]++;
            all++;
        }
    while (taken * 2 < all) {
        int32_t best = -1;
        for (int32_t q = 0; q < QUARTERS; q++)
            if (!spec->busy[q] && (best < 0 || scans[q] > scans[best]))
                best = q;
        spec->busy[best] = 1;
        taken += scans[best];
    }
    return all > 0;
}

static bool find_cuts(const calibrate_gates *gates, const calibrate_day *const *days, int32_t count,
                      calibrate_spec *spec) {
    int64_t all = 1;
    for (int32_t d = 0; d < count; d++)
        all += days[d]->count;
    double *list = malloc((size_t)all * sizeof *list);
    if (!list)
        return false;
    quartiles(list, gather(gates, days, count, RIDES, 0, list), spec->rides_cut);
    quartiles(list, gather(gates, days, count, LAST, 0, list), spec->last_cut);
    quartiles(list, gather(gates, days, count, DIFFER, 0, list), spec->differ_cut);
    for (int32_t g = 0; g < gates->count; g++)
        quartiles(list, gather(gates, days, count, LAPS, g, list), &spec->lap_cut[g * CALIBRATE_CUTS]);
    free(list);
    return true;
}

static double sum_of(const double *sums, int32_t from, int32_t to) {
    double sum = 0;
    for (int32_t i = from; i < to; i++)
        sum += sums[i];
    return sum;
}

// A ratio is of use where neither side of it is rare.
static void add(calibrate_spec *spec, const double *all, int32_t days, bool share, int32_t from, int32_t to,
                int32_t of_from, int32_t of_to) {
    double part = sum_of(all, from, to), whole = sum_of(all, of_from, of_to);
    if (spec->count == CALIBRATE_MOMENTS || part < ENOUGH || whole < ENOUGH || (share && whole - part < ENOUGH))
        return;
    spec->moments[spec->count++] = (calibrate_moment){from, to, of_from, of_to, part / whole, whole / days};
}

static void add_cuts(calibrate_spec *spec, const double *all, int32_t days, int32_t at) {
    for (int32_t k = 1; k <= CALIBRATE_CUTS; k++)
        add(spec, all, days, true, at, at + k, at, at + CALIBRATE_CUTS + 1);
}

// The first ones are never crowded out by the many of a large resort: next lifts come last, the usual ones first.
static void list_moments(calibrate_spec *spec, const calibrate_gates *gates, const double *all, int32_t days) {
    int32_t g = spec->gates;
    for (int32_t i = 0; i < g; i++)
        add(spec, all, days, false, spec->at_scans + i, spec->at_scans + i + 1, 0, 1);
    add_cuts(spec, all, days, spec->at_rides);
    add_cuts(spec, all, days, spec->at_last);
    add_cuts(spec, all, days, spec->at_differ);
    add(spec, all, days, true, spec->at_again, spec->at_again + 1, spec->at_again, spec->at_again + 2);
    for (int32_t i = 0; i < spec->lifts; i++)
        if (gates->click[i])
            add(spec, all, days, false, spec->at_counted + i, spec->at_counted + i + 1, 0, 1);
    for (int32_t row = 0; row < 2 * g; row++)
        add_cuts(spec, all, days, spec->at_laps + row * (CALIBRATE_CUTS + 1));
    for (double most = HUGE_VAL; spec->count < CALIBRATE_MOMENTS;) { // by how often they happen
        double best = ENOUGH - 1;
        for (int32_t i = 0; i < 2 * g * g; i++)
            if (all[spec->at_next + i] < most && all[spec->at_next + i] > best)
                best = all[spec->at_next + i];
        if (best < ENOUGH)
            return;
        for (int32_t i = 0; i < 2 * g * g; i++) {
            int32_t at = spec->at_next + i, row = spec->at_next + i / g * g;
            if (all[at] == best)
                add(spec, all, days, true, at, at + 1, row, row + g);
        }
        most = best;
    }
}

bool calibrate_spec_make(const calibrate_gates *gates, const calibrate_day *const *days, int32_t count,
                         base_arena *arena, calibrate_spec *spec) {
    *spec = (calibrate_spec){.gates = gates->count, .lifts = gates->lifts};
    lay_out(spec);
    spec->lap_cut = base_arena_take(arena, ((size_t)gates->count + 1) * CALIBRATE_CUTS * sizeof *spec->lap_cut);
    spec->moments = base_arena_take(arena, CALIBRATE_MOMENTS * sizeof *spec->moments);
    double *own = base_arena_take(arena, 2 * (size_t)spec->sums * sizeof *own);
    if (!spec->lap_cut || !spec->moments || !own)
        return false;
    double *all = own + spec->sums;
    if (!find_busy(days, count, spec))
        return true; // nothing to compare
    if (!find_cuts(gates, days, count, spec))
        return false;
    for (int32_t d = 0; d < count; d++) {
        calibrate_sums(spec, gates, days[d], own);
        for (int32_t i = 0; i < spec->sums; i++)
            all[i] += own[i];
    }
    list_moments(spec, gates, all, count);
    return true;
}

// ---- a day ----------------------------------------------------------------------------------------------------------

static int32_t bin_of(double value, const double *cuts) {
    int32_t k = 0;
    while (k < CALIBRATE_CUTS && value > cuts[k])
        k++;
    return k;
}

static void add_pass(const calibrate_spec *spec, const calibrate_gates *gates, const calibrate_day *day, int32_t pass,
                     double *sums) {
    int32_t first = day->first[pass], end = day->first[pass + 1], n = spec->gates;
    if (first == end)
        return;
    sums[0]++;
    sums[spec->at_rides + bin_of(end - first, spec->rides_cut)]++;
    sums[spec->at_last + bin_of(day->scans[end - 1].second, spec->last_cut)]++;
    for (int32_t i = first; i < end; i++) {
        int32_t gate = gates->index[day->scans[i].lift];
        sums[spec->at_scans + gate]++;
        if (i == first)
            continue;
        int32_t from = gates->index[day->scans[i - 1].lift];
        int32_t busy = spec->busy[day->scans[i - 1].second / QUARTER_S];
        sums[spec->at_next + (busy * n + from) * n + gate]++;
        double lap = lap_of(day, i, first), before = lap_of(day, i - 1, first);
        if (lap > 0) {
            int32_t bin = bin_of(lap, &spec->lap_cut[gate * CALIBRATE_CUTS]);
            sums[spec->at_laps + (busy * n + gate) * (CALIBRATE_CUTS + 1) + bin]++;
        }
        if (lap > 0 && before > 0)
            sums[spec->at_differ + bin_of(difference(lap, before), spec->differ_cut)]++;
        if (before > 0)
            sums[spec->at_again + !(lap > 0)]++;
    }
}

void calibrate_sums(const calibrate_spec *spec, const calibrate_gates *gates, const calibrate_day *day, double *sums) {
    memset(sums, 0, (size_t)spec->sums * sizeof *sums);
    for (int32_t pass = 0; pass < day->pass_count; pass++)
        add_pass(spec, gates, day, pass, sums);
    for (int32_t i = 0; i < spec->lifts; i++)
        sums[spec->at_counted + i] = isnan(day->counted[i]) ? 0 : day->counted[i];
}

void calibrate_moments_of(const calibrate_spec *spec, const double *sums, double *moments) {
    for (int32_t i = 0; i < spec->count; i++) {
        const calibrate_moment *m = &spec->moments[i];
        moments[i] = (sum_of(sums, m->from, m->to) - m->ratio * sum_of(sums, m->of_from, m->of_to)) / m->unit;
    }
}
