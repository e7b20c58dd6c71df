// calibrate_stops.c - how often a lift stops and for how long, from gaps in who passes the gate behind its queue.
//
// While a lift is busy somebody boards every few seconds; a gap that is far too long for chance is a stop. Parties board
// with a rate r around the gap (the lesser of the quarters of an hour before and behind it): by chance alone a gap
// longer than t has the probability exp(-r t / o), o >= 1 being the index of dispersion of boardings by the minute. Gaps
// count from the t at which all those of a lift together would have 0.05 false ones; where that is more than five
// minutes the lift is not watched. With stops as a Poisson process of running time, of rate q, and lasting lognormally
// with density f and tail S, those seen through thresholds t(u) have the likelihood
//
//     product over stops of q f(duration) * exp(- q * integral over watched time of S(t(u)) du)
//
// and f replaced by S where a stop had no end while the lift was watched.
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

enum { AROUND_S = 900, WATCHED_S = 300, CLASS_S = 5, CLASSES = WATCHED_S / CLASS_S + 1, STOPS_MAX = 4000, ENOUGH = 5 };
static const double false_ones = 0.05;

typedef struct halt {
    double duration_s;
    bool open_end;
} halt;

typedef struct watch {
    double watched_s[CLASSES]; // by threshold
    halt stops[STOPS_MAX];
    int32_t count, open_ends;
    double interval_s;
    int32_t *times, room; // of boardings: one for each second in which somebody boards
    double many;          // gaps of so many mean ones are no chance
    bool failed;
} watch;

// ---- boardings ------------------------------------------------------------------------------------------------------

static int ascending(const void *a, const void *b) {
    int32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// Seconds of one day in which somebody boards.
static int32_t list_times(const calibrate_gates *gates, const calibrate_day *day, int32_t lift, watch *w) {
    bool clicks = gates->click[lift] == PISTE_GATE_PLACE_AFTER && day->click_count > 0;
    const calibrate_scan *list = clicks ? day->clicks : day->scans;
    int32_t all = clicks ? day->click_count : day->count, count = 0, kept = 0;
    if (all > w->room) {
        int32_t *more = realloc(w->times, (size_t)all * sizeof *more);
        if (!more) {
            w->failed = true;
            return 0;
        }
        w->times = more;
        w->room = all;
    }
    for (int32_t i = 0; i < all; i++)
        if (list[i].lift == lift)
            w->times[count++] = list[i].second;
    if (count)
        qsort(w->times, (size_t)count, sizeof *w->times, ascending);
    for (int32_t i = 0; i < count; i++)
        if (kept == 0 || w->times[i] != w->times[kept - 1])
            w->times[kept++] = w->times[i];
    return kept;
}

// Variance of boardings by the minute over their mean, within quarters of an hour, of those that are busy.
static void add_dispersion(const int32_t *times, int32_t count, double *squares, double *sum, double *free) {
    for (int32_t i = 0, k; i < count; i = k) {
        int32_t quarter = times[i] / AROUND_S, by[AROUND_S / 60] = {0};
        for (k = i; k < count && times[k] / AROUND_S == quarter; k++)
            by[times[k] % AROUND_S / 60]++;
        double mean = (double)(k - i) / (AROUND_S / 60);
        for (int32_t m = 0; mean >= 1 && m < AROUND_S / 60; m++)
            *squares += (by[m] - mean) * (by[m] - mean) / mean;
        *free += mean >= 1 ? AROUND_S / 60 - 1 : 0;
        *sum += k - i;
    }
}

static double rate_around(const int32_t *times, int32_t count, int32_t i) { // of gap i: between i and i + 1
    int32_t before = 0, after = 0;
    for (int32_t k = i; k >= 0 && times[i] - times[k] < AROUND_S; k--)
        before++;
    for (int32_t k = i + 1; k < count && times[k] - times[i + 1] < AROUND_S; k++)
        after++;
    return (double)(before < after ? before : after) / AROUND_S;
}

// A gap where boardings have this rate around it.
static void note(watch *w, double rate, double gap, bool open_end) {
    double threshold = rate > 0 ? w->many / rate : HUGE_VAL, usual = 1 / rate + 0.5 * w->interval_s;
    if (!(threshold < WATCHED_S))
        return;
    w->watched_s[(int32_t)(threshold / CLASS_S)] += gap <= threshold ? gap : usual;
    if (gap <= threshold || w->count == STOPS_MAX)
        return;
    w->stops[w->count++] = (halt){gap - usual > 1 ? gap - usual : 1, open_end};
    w->open_ends += open_end;
}

static bool is_open(const piste_lift *lift, int32_t from, int32_t to) { // all the time
    for (int32_t i = 0; i < lift->outages.count; i++) {
        const piste_hours *h = &lift->outages.list[i].hours;
        for (int32_t k = 0; k < h->count; k++)
            if (from < h->spans[k].to_s && to > h->spans[k].from_s)
                return false;
    }
    for (int32_t i = 0; i < lift->hours.count; i++)
        if (from >= lift->hours.spans[i].from_s - 60 && to <= lift->hours.spans[i].to_s)
            return true;
    return lift->hours.count == 0;
}

static void watch_day(const piste_lift *lift, const int32_t *times, int32_t count, watch *w) {
    for (int32_t i = 0; i + 1 < count; i++)
        if (is_open(lift, times[i], times[i + 1]))
            note(w, rate_around(times, count, i), times[i + 1] - times[i], false);
    if (count == 0 || lift->hours.count == 0)
        return;
    int32_t last = times[count - 1], close = lift->hours.spans[lift->hours.count - 1].to_s, before = 0;
    for (int32_t i = count - 1; i >= 0 && last - times[i] < AROUND_S; i--)
        before++;
    if (close > last && close - last > w->many * AROUND_S / before && is_open(lift, last, close))
        note(w, (double)before / AROUND_S, close - last, true); // it stood until it closed
}

// ---- likelihood -----------------------------------------------------------------------------------------------------

static double log_tail(double mu, double sigma, double t) { // of a lognormal: log S(t)
    double p = t > 0 ? base_normal_cdf((mu - base_log(t)) / sigma) : 1;
    return p > 1e-300 ? base_log(p) : -690;
}

// How long a stop lasts where so long a gap is seen: the last boarding before it was some time ago already, and the next
// carrier behind it takes those who wait.
static double lasting(double gap, const watch *w) {
    return gap - gap / w->many - 0.5 * w->interval_s;
}

// Expected watched time in which a stop would be seen: the integral of S.
static double seen_time(const watch *w, double mu, double sigma) {
    double sum = 0;
    for (int32_t k = 0; k < CLASSES; k++)
        if (w->watched_s[k] > 0)
            sum += w->watched_s[k] * base_exp(log_tail(mu, sigma, lasting((k + 0.5) * CLASS_S, w)));
    return sum;
}

typedef struct point { // log rate, mu, log sigma
    double x[3];
} point;

static double cost(const watch *w, const double *x) { // minus the logarithm of the likelihood
    double mu = x[1], sigma = base_exp(x[2]), rate = base_exp(x[0]), sum = 0;
    for (int32_t i = 0; i < w->count; i++) {
        double d = w->stops[i].duration_s, z = (base_log(d) - mu) / sigma;
        sum += x[0] + (w->stops[i].open_end ? log_tail(mu, sigma, d)
                                            : -0.5 * z * z - x[2] - base_log(d) - 0.918938533204672742);
    }
    double weak = (x[2] + 0.3) / 1.5; // nobody's stops all last alike, or differ by orders: a weak prior on log sigma
    return rate * seen_time(w, mu, sigma) - sum + 0.5 * weak * weak;
}

static double cost_at(const gsl_vector *x, void *context) {
    double own[3];
    for (size_t i = 0; i < 3; i++) {
        own[i] = gsl_vector_get(x, i);
        if (!(fabs(own[i]) < 30))
            return 1e30;
    }
    return cost(context, own);
}

static bool maximise(watch *w, point *p) { // Nelder and Mead 1965
    gsl_multimin_fminimizer *simplex = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, 3);
    gsl_vector *at = gsl_vector_alloc(3), *step = gsl_vector_alloc(3);
    bool good = simplex && at && step;
    gsl_multimin_function f = {cost_at, 3, w};
    if (good) {
        for (size_t i = 0; i < 3; i++)
            gsl_vector_set(at, i, p->x[i]);
        gsl_vector_set_all(step, 0.3);
        good = gsl_multimin_fminimizer_set(simplex, &f, at, step) == 0;
        for (int32_t i = 0; good && i < 1000; i++)
            if (gsl_multimin_fminimizer_iterate(simplex) != 0 || gsl_multimin_fminimizer_size(simplex) < 1e-7)
                break;
        for (size_t i = 0; i < 3; i++)
            p->x[i] = gsl_vector_get(simplex->x, i);
    }
    if (step)
        gsl_vector_free(step);
    if (at)
        gsl_vector_free(at);
    if (simplex)
        gsl_multimin_fminimizer_free(simplex);
    return good;
}

static bool covariance_at(const watch *w, const point *p, double *covariance) {
    double second[9];
    const double h = 1e-3;
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            double sum = 0;
            for (int s = 0; s < 4; s++) {
                double x[3] = {p->x[0], p->x[1], p->x[2]};
                x[i] += s & 1 ? h : -h;
                x[k] += s & 2 ? h : -h;
                sum += ((s & 1) != 0) == ((s & 2) != 0) ? cost(w, x) : -cost(w, x);
            }
            second[3 * i + k] = sum / (4 * h * h);
        }
    return calibrate_invert(3, second, 1e-3, covariance);
}

// ---- a lift ---------------------------------------------------------------------------------------------------------

static bool watch_all(const piste_resort *resort, const calibrate_gates *gates, const calibrate_day *const *days,
                      int32_t count, int32_t lift, watch *w) {
    double squares = 0, boardings = 0, degrees = 0;
    for (int32_t d = 0; d < count; d++) {
        int32_t n = list_times(gates, days[d], lift, w);
        add_dispersion(w->times, n, &squares, &boardings, &degrees);
    }
    double overdispersion = degrees > 0 && squares / degrees > 1 ? squares / degrees : 1;
    w->many = overdispersion * base_log((boardings + 1) / false_ones);
    for (int32_t d = 0; d < count && !w->failed; d++) {
        int32_t n = list_times(gates, days[d], lift, w);
        watch_day(&resort->lifts.list[lift], w->times, n, w);
    }
    return !w->failed;
}

static void tell_found(const watch *w, const point *p, const double *covariance, piste_stop_result *out) {
    double sigma = base_exp(p->x[2]), square = sigma * sigma, mean = base_exp(p->x[1] + 0.5 * square);
    double error = sqrt(covariance[4] + square * square * covariance[8] + 2 * square * covariance[5]);
    out->known = true;
    out->every_s = calibrate_positive(base_exp(-p->x[0]), sqrt(covariance[0]), w->count);
    out->duration_s = calibrate_positive(mean, error, w->count);
    out->duration_sd_s = calibrate_round(mean * sqrt(base_exp(square) - 1));
}

static double median_threshold(const watch *w, double all) {
    double sum = 0;
    for (int32_t k = 0; k < CLASSES; k++) {
        sum += w->watched_s[k];
        if (sum > 0 && 2 * sum >= all)
            return (k + 0.5) * CLASS_S;
    }
    return (double)NAN;
}

piste_stop_result calibrate_stops_of(const piste_resort *resort, const calibrate_gates *gates,
                                     const calibrate_day *const *days, int32_t count, int32_t lift) {
    const piste_lift *about = &resort->lifts.list[lift];
    piste_stop_result out = {.key = about->entry.key,
                             .name = about->name,
                             .why = "",
                             .threshold_s = (double)NAN,
                             .every_s = calibrate_unknown(),
                             .duration_s = calibrate_unknown(),
                             .duration_sd_s = (double)NAN};
    if (gates->gate[lift] != PISTE_GATE_PLACE_AFTER && gates->click[lift] != PISTE_GATE_PLACE_AFTER) {
        out.why = "its gate stands before the queue: people pass it while the lift stands";
        return out;
    }
    watch *w = calloc(1, sizeof *w);
    double covariance[9];
    out.why = "no memory";
    if (w) {
        w->interval_s = (double)about->interval_s.num / (double)about->interval_s.den;
        bool good = watch_all(resort, gates, days, count, lift, w);
        for (int32_t k = 0; k < CLASSES; k++)
            out.watched_s += w->watched_s[k];
        out.threshold_s = calibrate_round(median_threshold(w, out.watched_s));
        out.watched_s = calibrate_round(out.watched_s);
        out.false_alarms = false_ones;
        out.longer = w->open_ends;
        out.every_s.seen = w->count;
        point p = {{base_log((w->count + 0.5) / (out.watched_s + 1)), base_log(180), base_log(0.7)}};
        if (good)
            out.why = out.watched_s <= 0 ? "it is never busy enough for a gap to mean a stop"
                                         : "fewer than five stops were seen";
        if (good && w->count >= ENOUGH && maximise(w, &p) && covariance_at(w, &p, covariance)) {
            tell_found(w, &p, covariance, &out);
            out.why = "";
        }
        free(w->times);
    }
    free(w);
    return out;
}
