// Tests of the named distributions: what is drawn has the moments that the closed forms give.
//
// Draws are taken at the midpoints of equal slices of (0, 1), so that nothing hangs on luck: the only error is that of
// the midpoint rule, far below the tolerances.
#include "test.h"

#include <math.h>

#include "base/base.h"

typedef struct moments {
    double mean, sd, least, most;
} moments;

static moments measure(const piste_dist *dist) {
    int count = test_count(200000, 4000000);
    double sum = 0, squares = 0;
    moments m = {0, 0, INFINITY, -INFINITY};
    double around = piste_dist_draw(dist, 0.5); // deviations from the middle lose no figures
    for (int i = 0; i < count; i++) {
        double x = piste_dist_draw(dist, (i + 0.5) / count);
        assert_true(isfinite(x));
        sum += x - around;
        squares += (x - around) * (x - around);
        m.least = fmin(m.least, x);
        m.most = fmax(m.most, x);
    }
    m.mean = around + sum / count;
    m.sd = sqrt(squares / count - sum / count * (sum / count));
    return m;
}

static piste_dist prepared(piste_dist dist) {
    const char *why = NULL;
    assert_int_equal(piste_dist_prepare(&dist, &why), PISTE_OK);
    return dist;
}

static void expect(piste_dist given, double mean, double sd, double tolerance) {
    piste_dist dist = prepared(given);
    moments m = measure(&dist);
    if (fabs(m.mean - mean) > tolerance || fabs(m.sd - sd) > tolerance)
        print_error("mean %.9g, expected %.9g; sd %.9g, expected %.9g\n", m.mean, mean, m.sd, sd);
    assert_true(fabs(m.mean - mean) <= tolerance);
    assert_true(fabs(m.sd - sd) <= tolerance);
    assert_true(fabs(piste_dist_mean(&dist) - mean) <= 0.01 * sd + 1e-12);
    double before = piste_dist_draw(&dist, 1e-9); // a quantile never falls
    if (!dist.fold && !dist.reciprocal)
        for (int i = 0; i < 1000; i++) {
            double x = piste_dist_draw(&dist, (i + 0.5) / 1000);
            assert_true(x >= before);
            before = x;
        }
}

static double phi(double x) {
    return exp(-0.5 * x * x) / sqrt(2 * acos(-1.0));
}
static double cdf(double x) {
    return 0.5 * erfc(-x / sqrt(2.0));
}

static void whole_distributions_have_their_moments(void **state) {
    (void)state;
    expect((piste_dist){.kind = PISTE_DIST_CONSTANT, .a = 3.5}, 3.5, 0, 1e-12);
    expect((piste_dist){.kind = PISTE_DIST_UNIFORM, .a = 2, .b = 8}, 5, 6 / sqrt(12.0), 1e-6);
    expect((piste_dist){.kind = PISTE_DIST_UNIFORM, .a = 2, .b = 2}, 2, 0, 1e-12);
    expect((piste_dist){.kind = PISTE_DIST_NORMAL, .a = 9, .b = 2}, 9, 2, 1e-3);
    expect((piste_dist){.kind = PISTE_DIST_LOGNORMAL, .a = 40, .b = 12}, 40, 12, 0.02);
    expect((piste_dist){.kind = PISTE_DIST_EXPONENTIAL, .a = 90}, 90, 90, 0.05);
}

static void truncated_normal_has_its_moments(void **state) {
    (void)state;
    static const struct { double mu, sigma, min, max; } cases[] = {
        {9, 2, 6, 14}, {0, 1, -1, 0.5}, {0, 1, 2, 3}, {10, 3, -100, 4}, {0, 1, 5, 5.5}, {0, 1, -5.5, -5}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        double mu = cases[i].mu, sigma = cases[i].sigma;
        double a = (cases[i].min - mu) / sigma, b = (cases[i].max - mu) / sigma;
        double z = a > 0 ? cdf(-a) - cdf(-b) : cdf(b) - cdf(a), t = (phi(a) - phi(b)) / z;
        double variance = 1 + (a * phi(a) - b * phi(b)) / z - t * t;
        piste_dist dist = {.kind = PISTE_DIST_NORMAL, .a = mu, .b = sigma, .has_min = true, .has_max = true,
                           .min = cases[i].min, .max = cases[i].max};
        expect(dist, mu + sigma * t, sigma * sqrt(variance), 1e-3);
        dist = prepared(dist);
        moments m = measure(&dist);
        assert_true(m.least >= cases[i].min && m.most <= cases[i].max);
        assert_true(piste_dist_draw(&dist, 0x1p-53) >= cases[i].min);
        assert_true(piste_dist_draw(&dist, 1 - 0x1p-53) <= cases[i].max);
    }
    // One side only: the half normal.
    expect((piste_dist){.kind = PISTE_DIST_NORMAL, .a = 0, .b = 1, .has_min = true, .min = 0}, sqrt(2 / acos(-1.0)),
           sqrt(1 - 2 / acos(-1.0)), 1e-3);
}

static void other_truncations_have_their_moments(void **state) {
    (void)state;
    // Exponential beyond a minimum forgets it.
    expect((piste_dist){.kind = PISTE_DIST_EXPONENTIAL, .a = 30, .has_min = true, .min = 45}, 75, 30, 0.02);
    // Exponential up to a maximum m with q = exp(-m/a): mean a - m q / (1 - q).
    double a = 30, m = 50, q = exp(-m / a), mean = a - m * q / (1 - q);
    double square = (2 * a * a - q * (m * m + 2 * a * m + 2 * a * a)) / (1 - q);
    expect((piste_dist){.kind = PISTE_DIST_EXPONENTIAL, .a = a, .has_max = true, .max = m}, mean,
           sqrt(square - mean * mean), 1e-3);
    // Uniform within a uniform.
    expect((piste_dist){.kind = PISTE_DIST_UNIFORM, .a = 0, .b = 10, .has_min = true, .min = 4, .has_max = true, .max = 6},
           5, 2 / sqrt(12.0), 1e-6);
    // Lognormal: E[x^k | l < x < h] = exp(k mu + k^2 s^2 / 2) (Phi(beta - k s) - Phi(alpha - k s)) / (Phi(beta) - Phi(alpha)).
    double s = sqrt(log(1 + 0.25)), mu = log(40) - s * s / 2, alpha = (log(20) - mu) / s, beta = (log(70) - mu) / s;
    double z = cdf(beta) - cdf(alpha);
    double first = exp(mu + s * s / 2) * (cdf(beta - s) - cdf(alpha - s)) / z;
    double second = exp(2 * mu + 2 * s * s) * (cdf(beta - 2 * s) - cdf(alpha - 2 * s)) / z;
    expect((piste_dist){.kind = PISTE_DIST_LOGNORMAL, .a = 40, .b = 20, .has_min = true, .min = 20, .has_max = true,
                        .max = 70}, first, sqrt(second - first * first), 1e-3);
}

static void folded_normal_has_its_moments(void **state) {
    (void)state;
    static const struct { double mu, sigma; } cases[] = {{0, 1}, {1, 1}, {-0.5, 2}, {4, 1}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        double mu = cases[i].mu, sigma = cases[i].sigma;
        double mean = sigma * sqrt(2 / acos(-1.0)) * exp(-mu * mu / (2 * sigma * sigma)) + mu * (1 - 2 * cdf(-mu / sigma));
        expect((piste_dist){.kind = PISTE_DIST_NORMAL, .a = mu, .b = sigma, .fold = true}, mean,
               sqrt(mu * mu + sigma * sigma - mean * mean), 1e-3);
    }
}

static void a_pace_is_drawn_as_a_speed(void **state) {
    (void)state;
    // 1 / x for x uniform in (a, b): mean ln(b / a) / (b - a), mean of the square 1 / (a b).
    double a = 0.1, b = 0.4, mean = log(b / a) / (b - a);
    expect((piste_dist){.kind = PISTE_DIST_UNIFORM, .a = a, .b = b, .reciprocal = true}, mean,
           sqrt(1 / (a * b) - mean * mean), 1e-4);
    expect((piste_dist){.kind = PISTE_DIST_CONSTANT, .a = 0.25, .reciprocal = true}, 4, 0, 1e-12);
}

static void empirical_values_come_with_their_weights(void **state) {
    (void)state;
    static const double values[] = {1, 2, 6}, cumulative[] = {0.25, 0.75, 1};
    piste_dist dist = {.kind = PISTE_DIST_EMPIRICAL, .count = 3, .values = values, .cumulative = cumulative};
    expect(dist, 2.75, sqrt(0.25 * 1.75 * 1.75 + 0.5 * 0.75 * 0.75 + 0.25 * 3.25 * 3.25), 1e-9);
    dist = prepared(dist);
    assert_true(piste_dist_draw(&dist, 0.2499) == 1 && piste_dist_draw(&dist, 0.25) == 2);
    assert_true(piste_dist_draw(&dist, 0.7499) == 2 && piste_dist_draw(&dist, 1 - 0x1p-53) == 6);

    static const double edges[] = {0, 10, 30, 40}, weights[] = {0.5, 0.5, 1}; // the middle bin is empty
    dist = prepared((piste_dist){.kind = PISTE_DIST_EMPIRICAL, .count = 3, .bins = true, .values = edges,
                                 .cumulative = weights});
    expect(dist, 0.5 * 5 + 0.5 * 35, sqrt(225 + 100 / 12.0), 1e-6);
    assert_true(fabs(piste_dist_draw(&dist, 0.25) - 5) < 1e-12 && fabs(piste_dist_draw(&dist, 0.75) - 35) < 1e-12);
    for (int i = 0; i < 1000; i++) {
        double x = piste_dist_draw(&dist, (i + 0.5) / 1000);
        assert_true((x >= 0 && x <= 10) || (x >= 30 && x <= 40));
    }
}

static void what_cannot_be_is_refused_with_its_reason(void **state) {
    (void)state;
    static const struct { piste_dist dist; const char *why; } cases[] = {
        {{.kind = PISTE_DIST_UNIFORM, .a = 2, .b = 1}, "from above to"},
        {{.kind = PISTE_DIST_UNIFORM, .a = NAN, .b = 1}, "from above to"},
        {{.kind = PISTE_DIST_NORMAL, .a = 2, .b = 0}, "sd not above 0"},
        {{.kind = PISTE_DIST_NORMAL, .a = 2, .b = NAN}, "sd not above 0"},
        {{.kind = PISTE_DIST_LOGNORMAL, .a = 0, .b = 1}, "mean not above 0"},
        {{.kind = PISTE_DIST_LOGNORMAL, .a = 1, .b = -1}, "sd not above 0"},
        {{.kind = PISTE_DIST_EXPONENTIAL, .a = 0}, "mean not above 0"},
        {{.kind = PISTE_DIST_EMPIRICAL}, "no values"},
        {{.kind = PISTE_DIST_UNIFORM, .a = 1, .b = 2, .fold = true}, "fold goes with normal only"},
        {{.kind = PISTE_DIST_NORMAL, .a = 1, .b = 2, .fold = true, .has_min = true}, "fold and min or max exclude each other"},
        {{.kind = PISTE_DIST_CONSTANT, .a = 1, .has_max = true, .max = 2},
         "min and max go with normal, lognormal, exponential and uniform only"},
        {{.kind = PISTE_DIST_NORMAL, .a = 1, .b = 2, .has_min = true, .min = 3, .has_max = true, .max = 3},
         "min not below max"},
        {{.kind = PISTE_DIST_NORMAL, .a = 0, .b = 1, .has_min = true, .min = 9}, "nothing is left between min and max"},
        {{.kind = PISTE_DIST_UNIFORM, .a = 5, .b = 5, .has_max = true, .max = 4}, "nothing is left between min and max"},
        {{.kind = PISTE_DIST_EXPONENTIAL, .a = 1, .has_max = true, .max = 0}, "nothing is left between min and max"},
    };
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        piste_dist dist = cases[i].dist;
        const char *why = NULL;
        assert_int_equal(piste_dist_prepare(&dist, &why), PISTE_INVALID);
        assert_string_equal(why, cases[i].why);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_distributions_have_their_moments),
        cmocka_unit_test(truncated_normal_has_its_moments),
        cmocka_unit_test(other_truncations_have_their_moments),
        cmocka_unit_test(folded_normal_has_its_moments),
        cmocka_unit_test(a_pace_is_drawn_as_a_speed),
        cmocka_unit_test(empirical_values_come_with_their_weights),
        cmocka_unit_test(what_cannot_be_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
