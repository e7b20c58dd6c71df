// calibrate_fit.c - the method of simulated moments: the values at which rehearsed days look like those that were scanned.
//
// Each step rehearses days at the values as they stand, and pairs of days in which all values are moved at once, one day
// of the pair with the signs of a Walsh function and the other with their opposites, on the same luck. The differences
// give the derivatives of all moments by all values, each from all pairs; what is even in the moves cancels. Derivatives
// are taken twice, from the two halves of the pairs, so that products of the two have no bias from their noise.
//
//     B = G1' W G2,  step = - B^-1 G' W m,  variance = B^-1 (G' W S W G) B^-1 (1 / days scanned + 1 / days rehearsed)
//
// m: mean moments of rehearsed days (those scanned have 0), W: weights, the inverse of the covariance of a day's moments
// shrunk towards its diagonal, from the pairs; S: the same covariance from the other days, so that the errors of W do not
// make intervals short.
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "plan/calibrate.h"

enum { V = CALIBRATE_VALUES, ALL = CALIBRATE_ALL, BLOCK = 64 };
static const double known = 0.25;   // standard error of a logarithm beyond which a value is tied
static const double told_apart = 4; // times the noise of the information
static const double far = 1.5;      // no value is moved further than this, as a logarithm

typedef struct fitting {
    const calibrate_case *c;
    calibrate_fit *fit;
    int32_t moments, pairs, centres;
    double gpp; // guests for each pass that is seen, as it stands
    double by[V];
    double *sums; // of each run
    double *visits;
    double *m;           // moments of each run, divided by `norm`
    double *norm;        // sd of each moment over days
    double *mean;        // of the centres
    double *g, *g1, *g2; // [moment * ALL + value]
    double *w, *s;       // moments x moments
    double b[ALL * ALL], noise[ALL];
    calibrate_run *runs;
} fitting;

// ---- rehearsing -----------------------------------------------------------------------------------------------------

static double sign_of(int64_t pair, int32_t value) {
    uint32_t bits = (uint32_t)(pair % BLOCK) & (uint32_t)(value + 1 + (value >= 16) * 16);
    bits ^= bits >> 4;
    bits ^= bits >> 2;
    bits ^= bits >> 1;
    return bits & 1 ? -1 : 1;
}

static double step_of(int32_t value) {
    return value < V ? calibrate_values[value].step : value == CALIBRATE_MISSING ? 0.25 : 0.2;
}

int64_t calibrate_sold(const calibrate_case *c, const calibrate_day *day, double guests_per_pass) {
    double came = day->visits >= 0 ? (double)day->visits : day->pass_count * guests_per_pass;
    double sold = base_floor(came / c->show_rate + 0.5);
    return (int64_t)(sold < 1 ? 1 : sold > PISTE_GUESTS_MAX ? PISTE_GUESTS_MAX : sold);
}

static void take_run(void *context, int64_t index, const calibrate_day *day) {
    fitting *f = context;
    calibrate_sums(f->c->spec, f->c->gates, day, &f->sums[(size_t)index * (size_t)f->c->spec->sums]);
    f->visits[index] = (double)day->visits;
}

// Centres first, then pairs: one with the signs, one against them.
static void list_runs(fitting *f) {
    const calibrate_case *c = f->c;
    for (int64_t i = 0; i < f->centres + 2 * f->pairs; i++) {
        bool centre = i < f->centres;
        int64_t pair = centre ? 0 : (i - f->centres) / 2, number = centre ? i : f->centres + pair;
        calibrate_run *run = &f->runs[i];
        *run = (calibrate_run){.seed = base_mix(base_key_child(c->def->seed, (uint64_t)number)) >> 1};
        run->sold = calibrate_sold(c, c->days[(centre ? i : pair) % c->day_count], f->gpp);
        double way = centre ? 0 : (i - f->centres) % 2 ? -1 : 1;
        for (int32_t k = 0; k < ALL; k++)
            run->by[k] = (k < V ? f->by[k] : 0) + way * sign_of(pair, k) * step_of(k);
    }
}

static piste_status rehearse(fitting *f) {
    const calibrate_case *c = f->c;
    calibrate_work work = {.resort = c->resort,
                           .gates = c->gates,
                           .patch = c->patch,
                           .missing = c->missing,
                           .threads = c->def->threads,
                           .take = take_run,
                           .context = f,
                           .def = c->def,
                           .done = c->done,
                           .all = c->all};
    list_runs(f);
    return calibrate_rehearse(&work, f->runs, f->centres + 2 * (int64_t)f->pairs);
}

// ---- what the runs say ----------------------------------------------------------------------------------------------

static double *moments_at(const fitting *f, int64_t run) {
    return &f->m[(size_t)run * (size_t)f->moments];
}

static void find_means(fitting *f) {
    int32_t n = f->moments;
    int64_t all = f->centres + 2 * (int64_t)f->pairs;
    for (int64_t i = 0; i < all; i++)
        calibrate_moments_of(f->c->spec, &f->sums[(size_t)i * (size_t)f->c->spec->sums], moments_at(f, i));
    for (int32_t j = 0; j < n; j++) {
        double sum = 0, squares = 0;
        for (int64_t i = 0; i < f->centres; i++)
            sum += moments_at(f, i)[j];
        double mean = sum / f->centres;
        for (int64_t i = 0; i < f->centres; i++)
            squares += (moments_at(f, i)[j] - mean) * (moments_at(f, i)[j] - mean);
        f->norm[j] = squares > 0 ? sqrt(squares / (f->centres - 1)) : 1;
        for (int64_t i = 0; i < all; i++)
            moments_at(f, i)[j] /= f->norm[j];
        f->mean[j] = mean / f->norm[j];
    }
    double visits = 0, passes = 0;
    for (int64_t i = 0; i < f->centres; i++) {
        visits += f->visits[i];
        passes += f->sums[(size_t)i * (size_t)f->c->spec->sums];
    }
    f->gpp = passes > 0 ? visits / passes : f->gpp;
}

// From pairs [from, to), which are whole blocks: on those the signs of any two values are orthogonal.
static double derivative(const fitting *f, int32_t j, int32_t k, int32_t from, int32_t to) {
    double sum = 0;
    for (int32_t p = from; p < to; p++) {
        int64_t run = f->centres + 2 * (int64_t)p;
        sum += (moments_at(f, run)[j] - moments_at(f, run + 1)[j]) * sign_of(p, k);
    }
    return sum / (to - from) / (2 * step_of(k));
}

static void find_derivatives(fitting *f) {
    for (int32_t j = 0; j < f->moments; j++)
        for (int32_t k = 0; k < ALL; k++) {
            size_t at = (size_t)j * ALL + (size_t)k;
            f->g1[at] = derivative(f, j, k, 0, f->pairs / 2);
            f->g2[at] = derivative(f, j, k, f->pairs / 2, f->pairs);
            f->g[at] = 0.5 * (f->g1[at] + f->g2[at]);
        }
}

static double moved_by(const fitting *f, int32_t j, int32_t pair) {
    double sum = 0;
    for (int32_t k = 0; k < ALL; k++)
        sum += f->g[(size_t)j * ALL + (size_t)k] * sign_of(pair, k) * step_of(k);
    return sum;
}

// Covariance of what is left of the pairs' moments without the moves, and of the centres'.
static bool find_covariances(fitting *f) {
    int32_t n = f->moments;
    int64_t runs = 2 * (int64_t)f->pairs;
    double *rest = malloc((size_t)runs * (size_t)n * sizeof *rest), *raw = malloc((size_t)n * (size_t)n * sizeof *raw);
    if (!rest || !raw) {
        free(rest);
        free(raw);
        return false;
    }
    for (int32_t j = 0; j < n; j++) {
        double mean = 0;
        for (int64_t i = 0; i < runs; i++) {
            double moved = moved_by(f, j, (int32_t)(i / 2));
            rest[i * n + j] = moments_at(f, f->centres + i)[j] - (i % 2 ? -moved : moved);
            mean += rest[i * n + j] / (double)runs;
        }
        for (int64_t i = 0; i < runs; i++)
            rest[i * n + j] -= mean;
    }
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b <= a; b++) {
            double pairs = 0, centres = 0;
            for (int64_t i = 0; i < runs; i++)
                pairs += rest[i * n + a] * rest[i * n + b];
            for (int64_t i = 0; i < f->centres; i++)
                centres += (moments_at(f, i)[a] - f->mean[a]) * (moments_at(f, i)[b] - f->mean[b]);
            raw[a * n + b] = raw[b * n + a] = pairs / (double)(runs - 1);
            f->s[a * n + b] = f->s[b * n + a] = centres / (f->centres - 1);
        }
    const double shrink = 0.6; // of correlations, towards none: with fewer days than this needs, weights are luck
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b < n; b++)
            raw[a * n + b] = a == b ? raw[a * n + b] + 1e-6 : raw[a * n + b] * (1 - shrink);
    bool good = calibrate_invert(n, raw, 1e-4, f->w);
    free(rest);
    free(raw);
    return good;
}

// x' W y for columns x of one and y of another matrix of `ALL` columns.
static double weighed(const fitting *f, const double *x, int32_t i, const double *y, int32_t k) {
    double sum = 0;
    for (int32_t a = 0; a < f->moments; a++) {
        double own = 0;
        for (int32_t b = 0; b < f->moments; b++)
            own += f->w[a * f->moments + b] * y[(size_t)b * ALL + (size_t)k];
        sum += x[(size_t)a * ALL + (size_t)i] * own;
    }
    return sum;
}

static void find_information(fitting *f) {
    int32_t n = f->moments;
    for (int32_t i = 0; i < ALL; i++)
        for (int32_t k = 0; k <= i; k++) {
            double both = 0.5 * (weighed(f, f->g1, i, f->g2, k) + weighed(f, f->g2, i, f->g1, k));
            f->b[i * ALL + k] = f->b[k * ALL + i] = both;
        }
    double left = 0; // of the pairs' differences, in units of W, for one moment
    double *d = malloc((size_t)n * sizeof *d);
    for (int32_t p = 0; d && p < f->pairs; p++) {
        int64_t run = f->centres + 2 * (int64_t)p;
        for (int32_t j = 0; j < n; j++)
            d[j] = moments_at(f, run)[j] - moments_at(f, run + 1)[j] - 2 * moved_by(f, j, p);
        for (int32_t a = 0; a < n; a++) {
            double own = 0;
            for (int32_t b = 0; b < n; b++)
                own += f->w[a * n + b] * d[b];
            left += own * d[a];
        }
    }
    free(d);
    left /= (double)f->pairs * n;
    for (int32_t k = 0; k < ALL; k++) // of B_kk
        f->noise[k] = sqrt((double)n) * left / (4 * step_of(k) * step_of(k) * (f->pairs * 0.5));
}

// ---- what can be told ------------------------------------------------------------------------------------------------

static int32_t list_free(const calibrate_fit *fit, int32_t *list) {
    int32_t count = 0;
    for (int32_t k = 0; k < V; k++)
        if (fit->free[k])
            list[count++] = k;
    return count;
}

static void pick(const double *b, const int32_t *list, int32_t count, double times, double *out) {
    for (int32_t i = 0; i < count; i++)
        for (int32_t k = 0; k < count; k++)
            out[i * count + k] = times * b[list[i] * ALL + list[k]];
}

// How much all scanned days tell, for what one rehearsed day tells of one.
static double days_of(const fitting *f) {
    double scanned = f->c->day_count;
    return scanned / (1 + scanned / f->centres);
}

// The inverse of the free values' information for one day.
static bool invert_free(const fitting *f, const int32_t *list, int32_t count, double *inverse) {
    double b[V * V];
    pick(f->b, list, count, 1, b);
    return calibrate_invert(count, b, 0.5 / (known * known * days_of(f)), inverse);
}

// Rows of B^-1 G' W: what a change of each moment does to each free value.
static void find_reach(const fitting *f, const int32_t *list, int32_t count, const double *inverse, double *reach) {
    int32_t n = f->moments;
    for (int32_t j = 0; j < n; j++) {
        double gw[V];
        for (int32_t k = 0; k < count; k++) {
            gw[k] = 0;
            for (int32_t a = 0; a < n; a++)
                gw[k] += f->g[(size_t)a * ALL + (size_t)list[k]] * f->w[a * n + j];
        }
        for (int32_t i = 0; i < count; i++) {
            reach[(size_t)i * (size_t)n + (size_t)j] = 0;
            for (int32_t k = 0; k < count; k++)
                reach[(size_t)i * (size_t)n + (size_t)j] += inverse[i * count + k] * gw[k];
        }
    }
}

// What is put into the rehearsals with an error of its own, besides the values.
static double error_of(const calibrate_case *c, int32_t other) {
    return other == CALIBRATE_MISSING ? c->missing_error
           : other == CALIBRATE_SIZE  ? c->patch->size_error
                                      : c->patch->arrival_error;
}

static double reach_of(const fitting *f, const double *reach, int32_t i, int32_t other) {
    double sum = 0;
    for (int32_t j = 0; j < f->moments; j++)
        sum += reach[(size_t)i * (size_t)f->moments + (size_t)j] * f->g[(size_t)j * ALL + (size_t)other];
    return sum;
}

static void find_variance(fitting *f, const int32_t *list, int32_t count, const double *reach) {
    int32_t n = f->moments;
    double share = 1 / days_of(f);
    memset(f->fit->variance, 0, sizeof f->fit->variance);
    for (int32_t i = 0; i < count; i++)
        for (int32_t k = 0; k <= i; k++) {
            double sum = 0, others = 0;
            for (int32_t a = 0; a < n; a++) {
                double own = 0;
                for (int32_t b = 0; b < n; b++)
                    own += f->s[a * n + b] * reach[(size_t)k * (size_t)n + (size_t)b];
                sum += reach[(size_t)i * (size_t)n + (size_t)a] * own;
            }
            for (int32_t o = V; o < ALL; o++) {
                double error = error_of(f->c, o);
                others += error * error * reach_of(f, reach, i, o) * reach_of(f, reach, k, o);
            }
            f->fit->variance[list[i] * V + list[k]] = f->fit->variance[list[k] * V + list[i]] = sum * share + others;
        }
}

// The value to be tied next: of those that are heavy in a direction that is not known the one with the lowest rank.
static int32_t find_worst(const double *vectors, int32_t column, const int32_t *list, int32_t count) {
    int32_t worst = -1;
    double most = 0;
    for (int32_t i = 0; i < count; i++)
        most = fabs(vectors[i * count + column]) > most ? fabs(vectors[i * count + column]) : most;
    for (int32_t i = 0; i < count; i++)
        if (fabs(vectors[i * count + column]) >= 0.4 * most &&
            (worst < 0 || calibrate_values[list[i]].rank < calibrate_values[list[worst]].rank))
            worst = i;
    return worst;
}

// Ties one of the free values where they cannot all be told apart; *done where they can.
static bool tie_one(fitting *f, bool *done) {
    calibrate_fit *fit = f->fit;
    int32_t list[V], count = list_free(fit, list), worst;
    double matrix[V * V], values[V], vectors[V * V], inverse[V * V];
    pick(f->b, list, count, days_of(f), matrix);
    if (!calibrate_eigen(count, matrix, values, vectors))
        return false;
    double noise = 0;
    for (int32_t i = 0; i < count; i++)
        noise += vectors[i * count] * vectors[i * count] * f->noise[list[i]] * days_of(f);
    const char *why = values[0] < 1 / (known * known)  ? "scans do not tell it from other values"
                      : values[0] < told_apart * noise ? "so few rehearsed days do not tell it from other values"
                                                       : NULL;
    worst = find_worst(vectors, 0, list, count);
    if (!why) { // by the intervals that there would be
        double *reach = malloc((size_t)count * (size_t)f->moments * sizeof *reach);
        bool good = reach && invert_free(f, list, count, inverse);
        if (good) {
            find_reach(f, list, count, inverse, reach);
            find_variance(f, list, count, reach);
            for (int32_t i = 0; i < count * count; i++)
                matrix[i] = fit->variance[list[i / count] * V + list[i % count]];
            good = calibrate_eigen(count, matrix, values, vectors);
        }
        free(reach);
        if (!good)
            return false;
        if (values[count - 1] > known * known) {
            why = "scans do not tell it from other values";
            worst = find_worst(vectors, count - 1, list, count);
        }
    }
    *done = !why;
    if (why) {
        fit->free[list[worst]] = false;
        fit->why[list[worst]] = why;
    }
    return true;
}

// Ties values, one at a time, until what is left can be told apart.
static bool choose_free(fitting *f) {
    calibrate_fit *fit = f->fit;
    const char *unit;
    int32_t list[V];
    for (int32_t k = 0; k < V; k++) {
        bool there = !isnan(calibrate_value_input(f->c->resort, k, &unit));
        bool moves = f->b[k * ALL + k] * days_of(f) > 1 / (4 * known * known);
        fit->free[k] = there && moves;
        fit->why[k] = !there  ? "the resort has nothing of the kind"
                      : moves ? ""
                              : "what is scanned hardly depends on it";
    }
    for (bool done = false; !done && list_free(fit, list) > 0;)
        if (!tie_one(f, &done))
            return false;
    return true;
}

static double pull_of(const fitting *f, int32_t k) { // G' W m
    double sum = 0;
    for (int32_t a = 0; a < f->moments; a++) {
        double own = 0;
        for (int32_t b = 0; b < f->moments; b++)
            own += f->w[a * f->moments + b] * f->mean[b];
        sum += f->g[(size_t)a * ALL + (size_t)k] * own;
    }
    return sum;
}

static bool move(fitting *f) {
    int32_t list[V], count = list_free(f->fit, list);
    double inverse[V * V];
    if (!invert_free(f, list, count, inverse))
        return false;
    for (int32_t i = 0; i < count; i++) {
        double by = 0, most = 3 * step_of(list[i]);
        for (int32_t k = 0; k < count; k++)
            by -= inverse[i * count + k] * pull_of(f, list[k]);
        by = by > most ? most : by < -most ? -most : by;
        by += f->by[list[i]];
        f->by[list[i]] = by > far ? far : by < -far ? -far : by;
    }
    for (int32_t k = 0; k < V; k++)
        if (!f->fit->free[k])
            f->by[k] = 0;
    return true;
}

// ---- intervals ------------------------------------------------------------------------------------------------------

// What one percent of a tied value does to each free one.
static void find_leaning(fitting *f, const int32_t *list, int32_t count, const double *reach) {
    for (int32_t i = 0; i < count; i++) {
        double most = 0;
        f->fit->leans_on[list[i]] = -1;
        for (int32_t t = 0; t < V; t++) {
            double by = 0;
            for (int32_t j = 0; j < f->moments && !f->fit->free[t]; j++)
                by -= reach[(size_t)i * (size_t)f->moments + (size_t)j] * f->g[(size_t)j * ALL + (size_t)t];
            if (fabs(by) > fabs(most)) {
                most = by;
                f->fit->leans_on[list[i]] = t;
            }
        }
        f->fit->leans_by[list[i]] = most;
        if (fabs(most) < 0.05)
            f->fit->leans_on[list[i]] = -1;
    }
}

// m' W m against what it would be by chance: a chi-square on fewer degrees, matched to its mean and variance
// (Satterthwaite 1946), since W is not quite the inverse of S.
static bool find_misfit(fitting *f, const int32_t *list, int32_t count, const double *reach) {
    int32_t n = f->moments;
    size_t cells = (size_t)n * (size_t)n;
    double *left = calloc(3 * cells, sizeof *left);
    if (!left)
        return false;
    double *half = left + cells, *rest = half + cells; // I - G B^-1 G' W; (I - P) S; W (I - P) S (I - P)'
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b < n; b++) {
            left[a * n + b] = a == b;
            for (int32_t i = 0; i < count; i++)
                left[a * n + b] -= f->g[(size_t)a * ALL + (size_t)list[i]] * reach[(size_t)i * (size_t)n + (size_t)b];
        }
    for (int32_t a = 0; a < n; a++)
        for (int32_t b = 0; b < n; b++)
            for (int32_t k = 0; k < n; k++)
                half[a * n + b] += left[a * n + k] * f->s[k * n + b];
    double *covariance = calloc(cells, sizeof *covariance);
    for (int32_t a = 0; covariance && a < n; a++)
        for (int32_t b = 0; b < n; b++)
            for (int32_t k = 0; k < n; k++)
                covariance[a * n + b] += half[a * n + k] * left[b * n + k];
    double trace = 0, squares = 0, distance = 0;
    for (int32_t a = 0; covariance && a < n; a++)
        for (int32_t b = 0; b < n; b++)
            for (int32_t k = 0; k < n; k++)
                rest[a * n + b] += f->w[a * n + k] * covariance[k * n + b];
    for (int32_t a = 0; a < n; a++) {
        trace += rest[a * n + a];
        for (int32_t b = 0; b < n; b++) {
            squares += rest[a * n + b] * rest[b * n + a];
            distance += f->mean[a] * f->w[a * n + b] * f->mean[b];
        }
    }
    bool good = covariance != NULL;
    free(covariance);
    free(left);
    f->fit->misfit = trace > 0 ? distance * days_of(f) / (squares / trace) : 0;
    f->fit->freedom = squares > 0 ? (int32_t)(trace * trace / squares + 0.5) : 0;
    return good;
}

static bool conclude(fitting *f) {
    calibrate_fit *fit = f->fit;
    int32_t list[V], count = list_free(fit, list), n = f->moments;
    double inverse[V * V], b[V * V];
    const char *unit;
    double *reach = malloc(((size_t)count * (size_t)n + 1) * sizeof *reach);
    bool good = reach && invert_free(f, list, count, inverse);
    if (good) {
        find_reach(f, list, count, inverse, reach);
        find_variance(f, list, count, reach);
        find_leaning(f, list, count, reach);
        good = find_misfit(f, list, count, reach);
    }
    free(reach);
    fit->there_count = 0;
    for (int32_t k = 0; k < V; k++)
        if (!isnan(calibrate_value_input(f->c->resort, k, &unit)))
            fit->there[fit->there_count++] = k;
    pick(f->b, fit->there, fit->there_count, days_of(f), b);
    good = good && calibrate_eigen(fit->there_count, b, fit->values, fit->vectors);
    memcpy(fit->by, f->by, sizeof fit->by);
    for (int32_t j = 0; fit->spread && j < n; j++)
        fit->spread[j] = f->norm[j] * f->norm[j];
    double squares = 0, passes = 0;
    for (int32_t i = 0; i < f->centres; i++) {
        double own = f->sums[(size_t)i * (size_t)f->c->spec->sums];
        squares += (f->visits[i] - f->gpp * own) * (f->visits[i] - f->gpp * own);
        passes += own;
    }
    fit->guests_per_pass = f->gpp;
    fit->guests_per_pass_error =
        passes > 0 ? sqrt(squares / (f->centres - 1) / days_of(f)) / (passes / f->centres) : (double)NAN;
    return good;
}

static bool make_room(fitting *f) {
    base_arena *arena = f->c->arena;
    size_t n = (size_t)f->moments, runs = (size_t)f->centres + 2 * (size_t)f->pairs;
    f->sums = base_arena_take(arena, runs * (size_t)f->c->spec->sums * sizeof *f->sums);
    f->visits = base_arena_take(arena, runs * sizeof *f->visits);
    f->m = base_arena_take(arena, (runs * n + 1) * sizeof *f->m);
    f->norm = base_arena_take(arena, (n + 1) * sizeof *f->norm);
    f->mean = base_arena_take(arena, (n + 1) * sizeof *f->mean);
    f->g = base_arena_take(arena, (3 * n * ALL + 1) * sizeof *f->g);
    f->w = base_arena_take(arena, (2 * n * n + 1) * sizeof *f->w);
    f->runs = base_arena_take(arena, runs * sizeof *f->runs);
    if (!f->sums || !f->visits || !f->m || !f->norm || !f->mean || !f->g || !f->w || !f->runs)
        return false;
    f->g1 = f->g + n * ALL;
    f->g2 = f->g1 + n * ALL;
    f->s = f->w + n * n;
    return true;
}

piste_status calibrate_fit_run(const calibrate_case *c, const double *start, int32_t steps, calibrate_fit *fit) {
    fitting f = {.c = c, .fit = fit, .moments = c->spec->count, .centres = c->def->days};
    f.pairs = (c->def->days / 2 + BLOCK) / (2 * BLOCK) * 2 * BLOCK;
    f.pairs = f.pairs < 2 * BLOCK ? 2 * BLOCK : f.pairs;
    f.gpp = fit->guests_per_pass > 0 ? fit->guests_per_pass : 1;
    memcpy(f.by, start, sizeof f.by);
    if (!make_room(&f))
        return PISTE_MEMORY;
    for (int32_t step = 0; step <= steps; step++) {
        piste_status status = rehearse(&f);
        if (status != PISTE_OK)
            return status;
        find_means(&f);
        find_derivatives(&f);
        if (!find_covariances(&f))
            return PISTE_MEMORY;
        find_information(&f);
        if (step < 2)
            if (!choose_free(&f))
                return PISTE_MEMORY;
        if (step < steps && !move(&f))
            return PISTE_MEMORY;
    }
    return conclude(&f) ? PISTE_OK : PISTE_MEMORY;
}
