// dist.c - named distributions, drawn by inversion.
#include <assert.h>

#include "base/base.h"

// The cdf of the untruncated, unfolded distribution.
static double cdf(const piste_dist *d, double x) {
    switch (d->kind) {
    case PISTE_DIST_UNIFORM:
        return d->b == d->a ? x >= d->a : x <= d->a ? 0 : x >= d->b ? 1 : (x - d->a) / (d->b - d->a);
    case PISTE_DIST_NORMAL:
        return base_normal_cdf((x - d->mu) / d->sigma);
    case PISTE_DIST_LOGNORMAL:
        return x <= 0 ? 0 : base_normal_cdf((base_log(x) - d->mu) / d->sigma);
    case PISTE_DIST_EXPONENTIAL:
        return x <= 0 ? 0 : 1.0 - base_exp(-x / d->a);
    default:
        return 0;
    }
}

static piste_status prepare_kind(piste_dist *d, const char **why) {
    switch (d->kind) {
    case PISTE_DIST_UNIFORM:
        if (!(d->a <= d->b))
            return *why = "from above to", PISTE_INVALID;
        break;
    case PISTE_DIST_NORMAL:
        if (!(d->b > 0))
            return *why = "sd not above 0", PISTE_INVALID;
        d->mu = d->a;
        d->sigma = d->b;
        break;
    case PISTE_DIST_LOGNORMAL: {
        if (!(d->a > 0))
            return *why = "mean not above 0", PISTE_INVALID;
        if (!(d->b > 0))
            return *why = "sd not above 0", PISTE_INVALID;
        double variance = base_log(1.0 + d->b / d->a * (d->b / d->a));
        d->sigma = base_sqrt(variance);
        d->mu = base_log(d->a) - 0.5 * variance;
        break;
    }
    case PISTE_DIST_EXPONENTIAL:
        if (!(d->a > 0))
            return *why = "mean not above 0", PISTE_INVALID;
        break;
    case PISTE_DIST_EMPIRICAL:
        if (d->count < 1)
            return *why = "no values", PISTE_INVALID;
        break;
    default:
        break;
    }
    return PISTE_OK;
}

piste_status piste_dist_prepare(piste_dist *d, const char **why) {
    piste_status status = prepare_kind(d, why);
    if (status != PISTE_OK)
        return status;
    if (d->fold && d->kind != PISTE_DIST_NORMAL)
        return *why = "fold goes with normal only", PISTE_INVALID;
    if (d->fold && (d->has_min || d->has_max))
        return *why = "fold and min or max exclude each other", PISTE_INVALID;
    if ((d->has_min || d->has_max) && (d->kind == PISTE_DIST_CONSTANT || d->kind == PISTE_DIST_EMPIRICAL))
        return *why = "min and max go with normal, lognormal, exponential and uniform only", PISTE_INVALID;
    if (d->has_min && d->has_max && !(d->min < d->max))
        return *why = "min not below max", PISTE_INVALID;
    double low = d->has_min ? cdf(d, d->min) : 0, high = d->has_max ? cdf(d, d->max) : 1;
    if (d->kind == PISTE_DIST_UNIFORM && d->a == d->b)
        low = 0, high = !d->has_min || d->min <= d->a ? !d->has_max || d->max >= d->a : 0;
    if (!(high - low > 1e-9))
        return *why = "nothing is left between min and max", PISTE_INVALID;
    d->p_min = low;
    d->p_range = high - low;
    return PISTE_OK;
}

static double draw_empirical(const piste_dist *d, double u) {
    int32_t low = 0, high = d->count - 1; // the first i with u < cumulative[i]
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (u < d->cumulative[middle])
            high = middle;
        else
            low = middle + 1;
    }
    if (!d->bins)
        return d->values[low];
    double before = low ? d->cumulative[low - 1] : 0, width = d->cumulative[low] - before;
    double part = width > 0 ? (u - before) / width : 0.5;
    return d->values[low] + part * (d->values[low + 1] - d->values[low]);
}

static double quantile(const piste_dist *d, double u) {
    double p = d->p_min + u * d->p_range;
    if (p < 1e-300)
        p = 1e-300;
    if (p > 1.0 - 0x1p-53)
        p = 1.0 - 0x1p-53;
    switch (d->kind) {
    case PISTE_DIST_CONSTANT:
        return d->a;
    case PISTE_DIST_UNIFORM:
        return d->a + p * (d->b - d->a);
    case PISTE_DIST_NORMAL: {
        double x = d->mu + d->sigma * base_normal_quantile(p);
        return d->fold && x < 0 ? -x : x;
    }
    case PISTE_DIST_LOGNORMAL:
        return base_exp(d->mu + d->sigma * base_normal_quantile(p));
    case PISTE_DIST_EXPONENTIAL:
        return -d->a * base_log(1.0 - p);
    case PISTE_DIST_EMPIRICAL:
        return draw_empirical(d, u);
    default:
        return 0;
    }
}

double piste_dist_draw(const piste_dist *d, double u) {
    assert(d->kind != PISTE_DIST_NONE);
    double x = quantile(d, u);
    if (d->has_min && x < d->min) // rounding at the edge of a truncation
        x = d->min;
    if (d->has_max && x > d->max)
        x = d->max;
    return d->reciprocal ? 1.0 / x : x;
}

double piste_dist_mean(const piste_dist *d) {
    if (!d->reciprocal && !d->fold && !d->has_min && !d->has_max) {
        switch (d->kind) {
        case PISTE_DIST_UNIFORM:
            return 0.5 * (d->a + d->b);
        case PISTE_DIST_EMPIRICAL: {
            double mean = 0;
            for (int32_t i = 0; i < d->count; i++) {
                double weight = d->cumulative[i] - (i ? d->cumulative[i - 1] : 0);
                mean += weight * (d->bins ? 0.5 * (d->values[i] + d->values[i + 1]) : d->values[i]);
            }
            return mean;
        }
        default:
            return d->a;
        }
    }
    enum { POINTS = 4096 };
    double sum = 0;
    for (int i = 0; i < POINTS; i++)
        sum += piste_dist_draw(d, (i + 0.5) / POINTS);
    return sum / POINTS;
}
