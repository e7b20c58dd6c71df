// statistics.c - what is concluded from figures of days. See statistics.h.
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "base/base.h"
#include "plan/statistics.h"

static double rounded(double x) {
    return base_floor(x * 1e6 + 0.5) / 1e6;
}

double statistics_t(double confidence, double df) {
    return rounded(gsl_cdf_tdist_Qinv((1 - confidence) / 2, df));
}

statistics_sample statistics_of(const double *values, int64_t count) {
    statistics_sample s = {.mean = NAN, .sd = NAN, .least = NAN, .most = NAN};
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        s.count++;
        sum += values[i];
        s.least = s.count == 1 || values[i] < s.least ? values[i] : s.least;
        s.most = s.count == 1 || values[i] > s.most ? values[i] : s.most;
    }
    if (s.count == 0)
        return s;
    s.mean = sum / (double)s.count;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            squares += (values[i] - s.mean) * (values[i] - s.mean);
    if (s.count > 1)
        s.sd = sqrt(squares / (double)(s.count - 1));
    return s;
}

// ---- how many days --------------------------------------------------------------------------------------------------

// What is divided by the root of the count.
static double spread_of(const statistics_sample *pilot, const statistics_sample *all, double confidence) {
    double first = statistics_t(confidence, (double)(pilot->count - 1)) * pilot->sd;
    double whole = statistics_t(confidence, (double)(all->count - 1)) * all->sd;
    return whole > first ? whole : first;
}

double statistics_half(const statistics_sample *pilot, const statistics_sample *all, double confidence) {
    if (pilot->count < 2)
        return NAN;
    return spread_of(pilot, all, confidence) / sqrt((double)all->count);
}

int64_t statistics_count(const statistics_sample *pilot, const statistics_sample *all, double confidence, double half) {
    enum { MOST = 1 << 30 };
    double root = pilot->count < 2 ? 0 : spread_of(pilot, all, confidence) / half, n = root * root * (1 - 1e-9);
    if (!(n > (double)all->count))
        return all->count;
    return n < MOST ? (int64_t)ceil(n) : MOST;
}

// ---- KN -------------------------------------------------------------------------------------------------------------

static double variance_of_difference(const statistics_kn *kn, int32_t i, int32_t l) {
    double mean = 0, squares = 0;
    for (int64_t n = 0; n < kn->first; n++)
        mean += kn->value(kn->context, i, n) - kn->value(kn->context, l, n);
    mean /= (double)kn->first;
    for (int64_t n = 0; n < kn->first; n++) {
        double off = kn->value(kn->context, i, n) - kn->value(kn->context, l, n) - mean;
        squares += off * off;
    }
    return squares / (double)(kn->first - 1);
}

void statistics_kn_begin(statistics_kn *kn) {
    double alpha = 1 - kn->confidence, df = (double)(kn->first - 1), largest = 0;
    double eta = 0.5 * (exp(-2 / df * log(2 * alpha / (kn->systems - 1))) - 1);
    kn->h2 = rounded(2 * eta * df);
    for (int32_t i = 0; i < kn->systems; i++) {
        kn->alive[i] = true;
        kn->sums[i] = 0;
        for (int64_t n = 0; n < kn->first; n++)
            kn->sums[i] += kn->value(kn->context, i, n);
        for (int32_t l = 0; l < i; l++) {
            double v = variance_of_difference(kn, i, l);
            kn->variances[i * kn->systems + l] = kn->variances[l * kn->systems + i] = v;
            largest = v > largest ? v : largest;
        }
    }
    kn->at = kn->first;
    double end = base_floor(kn->h2 * largest / (kn->indifference * kn->indifference));
    kn->end = end < 1e15 ? (int64_t)end : (int64_t)1e15;
}

// Those that another one leaves behind go, all of one reading at once.
static int32_t screen(statistics_kn *kn) {
    double r = (double)kn->at, d = kn->indifference;
    int32_t left = 0;
    for (int32_t i = 0; i < kn->systems; i++) // marks by the sign of the variance with itself
        kn->variances[i * kn->systems + i] = 0;
    for (int32_t i = 0; i < kn->systems; i++)
        for (int32_t l = 0; kn->alive[i] && l < kn->systems; l++) {
            if (l == i || !kn->alive[l])
                continue;
            double w = d / (2 * r) * (kn->h2 * kn->variances[i * kn->systems + l] / (d * d) - r);
            w = w > 0 ? w : 0;
            if (kn->sums[i] / r < kn->sums[l] / r - w)
                kn->variances[i * kn->systems + i] = -1;
        }
    for (int32_t i = 0; i < kn->systems; i++) {
        kn->alive[i] &= kn->variances[i * kn->systems + i] == 0;
        left += kn->alive[i];
    }
    return left;
}

static int32_t leader(const statistics_kn *kn) {
    int32_t best = -1;
    for (int32_t i = 0; i < kn->systems; i++)
        if (kn->alive[i] && (best < 0 || kn->sums[i] > kn->sums[best]))
            best = i;
    return best;
}

bool statistics_kn_step(statistics_kn *kn, int64_t have, int32_t *best) {
    for (;;) {
        if (kn->at > kn->end || screen(kn) == 1) {
            *best = leader(kn);
            return true;
        }
        if (kn->at == have) {
            *best = leader(kn);
            return false;
        }
        for (int32_t i = 0; i < kn->systems; i++)
            if (kn->alive[i])
                kn->sums[i] += kn->value(kn->context, i, kn->at);
        kn->at++;
    }
}

void statistics_ocba(int32_t systems, const double *means, const double *sds, double total, double *shares) {
    int32_t best = 0;
    double sum = 0, squares = 0;
    for (int32_t i = 1; i < systems; i++)
        best = means[i] > means[best] ? i : best;
    for (int32_t i = 0; i < systems; i++) {
        double gap = means[best] - means[i], sd = sds[i] > 1e-12 ? sds[i] : 1e-12;
        gap = gap > 1e-3 * sd ? gap : 1e-3 * sd; // a tie would take everything
        shares[i] = i == best ? 0 : sd * sd / (gap * gap);
        sum += shares[i];
        squares += i == best ? 0 : shares[i] * shares[i] / (sd * sd);
    }
    shares[best] = (sds[best] > 1e-12 ? sds[best] : 1e-12) * sqrt(squares);
    sum += shares[best];
    for (int32_t i = 0; i < systems; i++)
        shares[i] = total * shares[i] / sum;
}
