// Tests of base's exp, log, normal distribution, rounding and exact fractions, against libm's long double functions.
#include "test.h"

#include <float.h>
#include <math.h>

#include "base/base.h"

// How far `value` is from `exact`, in units of the last place of `exact`.
static double ulps(double value, long double exact) {
    double near = (double)exact;
    int exponent;
    frexp(near, &exponent);
    double unit = ldexp(1.0, exponent - 53 < -1074 ? -1074 : exponent - 53);
    return (double)(fabsl((long double)value - exact) / unit);
}

static void exp_is_within_one_ulp(void **state) {
    (void)state;
    int count = test_count(400000, 20000000);
    double worst = 0;
    for (int i = 0; i < count; i++) {
        double x = -744.0 + (709.7 + 744.0) * (i + 0.5) / count, y = -1.0 + 2.0 * (i + 0.5) / count;
        worst = fmax(worst, fmax(ulps(base_exp(x), expl(x)), ulps(base_exp(y), expl(y))));
    }
    assert_true(worst < 1.0);
}

static void exp_at_its_ends(void **state) {
    (void)state;
    assert_true(base_exp(0) == 1.0 && base_exp(-0.0) == 1.0);
    assert_true(base_exp(-746) == 0 && base_exp(-1e300) == 0 && base_exp(-INFINITY) == 0);
    assert_true(base_exp(710) == INFINITY && base_exp(1e300) == INFINITY && base_exp(INFINITY) == INFINITY);
    assert_true(isfinite(base_exp(709.78)));
    assert_true(base_exp(-744) > 0);
    assert_true(base_exp(1e-300) == 1.0);
    assert_true(isnan(base_exp(NAN)));
}

static void log_is_within_one_ulp(void **state) {
    (void)state;
    int count = test_count(400000, 20000000);
    double worst = 0;
    for (int i = 0; i < count; i++) {
        double x = ldexp(1.0 + (i + 0.5) / count, i % 2000 - 1020); // every binade, every mantissa
        double y = 0.5 + 1.5 * (i + 0.5) / count;                   // about 1, where the result is near 0
        worst = fmax(worst, fmax(ulps(base_log(x), logl(x)), ulps(base_log(y), logl(y))));
    }
    assert_true(worst < 1.0);
}

static void log_at_its_ends(void **state) {
    (void)state;
    assert_true(base_log(1) == 0 && !signbit(base_log(1)));
    assert_true(base_log(INFINITY) == INFINITY);
    assert_true(ulps(base_log(DBL_MAX), logl(DBL_MAX)) < 1);
    assert_true(ulps(base_log(DBL_MIN), logl(DBL_MIN)) < 1);
    assert_true(ulps(base_log(0x1p-1074), logl(0x1p-1074L)) < 1);
    assert_true(ulps(base_log(nextafter(1, 0)), logl(nextafter(1, 0))) < 1);
    assert_true(ulps(base_log(nextafter(1, 2)), logl(nextafter(1, 2))) < 1);
    assert_true(base_sqrt(2) == sqrt(2) && base_sqrt(0) == 0);
}

static void normal_cdf_is_right_in_the_middle_and_in_the_tails(void **state) {
    (void)state;
    int count = test_count(100000, 2000000);
    double worst = 0, worst_tail = 0, before = 0;
    for (int i = 0; i < count; i++) {
        double x = -38 + 76.0 * (i + 0.5) / count, p = base_normal_cdf(x);
        long double exact = 0.5L * erfcl(-(long double)x / sqrtl(2.0L));
        worst = fmax(worst, (double)fabsl(p - exact));
        if (x > -37) // below, exp(-x^2/2) is subnormal and runs out of figures
            worst_tail = fmax(worst_tail, (double)(fabsl(p - exact) / exact));
        assert_true(p >= before - 1e-15);
        before = p;
        assert_true(fabs(p + base_normal_cdf(-x) - 1.0) <= 1.2e-16);
    }
    assert_true(worst < 1e-15);
    assert_true(worst_tail < 4e-12);
    assert_true(base_normal_cdf(0) == 0.5);
    assert_true(base_normal_cdf(-INFINITY) == 0 && base_normal_cdf(INFINITY) == 1 && isnan(base_normal_cdf(NAN)));
}

static void normal_quantile_inverts_the_cdf(void **state) {
    (void)state;
    int count = test_count(100000, 2000000);
    for (int i = 0; i < count; i++) {
        double p = (i + 0.5) / count, x = base_normal_quantile(p);
        assert_true(fabs(base_normal_cdf(x) - p) < 1e-15);
        double z = -37 + 42.0 * (i + 0.5) / count; // the lower tail keeps its figures, the upper one runs out of them
        assert_true(fabs(base_normal_quantile(base_normal_cdf(z)) - z) < (z < 0 ? 1e-11 : 2e-10));
    }
    for (int k = 1; k < 1024; k++) // p and 1 - p are exact here
        assert_true(base_normal_quantile(k / 1024.0) == -base_normal_quantile(1 - k / 1024.0));
    assert_true(fabs(base_normal_quantile(0.975) - 1.959963984540054) < 1e-14);
    assert_true(fabs(base_normal_quantile(1e-20) + 9.262340089798408) < 1e-13);
    assert_true(base_normal_quantile(0.5) == 0);
}

static void floor_is_libms(void **state) {
    (void)state;
    static const double values[] = {0, 0.5, 1, 1.5, -0.5, -1, -1.5, 4503599627370495.5, -4503599627370495.5, 1e-300, -1e-300};
    for (size_t i = 0; i < BASE_COUNT(values); i++)
        assert_true(base_floor(values[i]) == floor(values[i]));
    for (int i = -100000; i < 100000; i++)
        assert_true(base_floor(i * 0.37) == floor(i * 0.37));
}

static void round_is_half_away_from_zero(void **state) {
    (void)state;
    assert_true(base_round(2.5, 0) == 3 && base_round(-2.5, 0) == -3 && base_round(2.4999, 0) == 2);
    assert_true(base_round(0.125, 2) == 0.13 && base_round(-0.125, 2) == -0.13);
    assert_true(base_round(1.0 / 3, 6) == 0.333333);
    assert_true(base_round(0.49999999999999994, 0) == 0); // + 0.5 would make it 1
    assert_true(base_round(-0.49999999999999994, 0) == 0);
    assert_true(base_round(4503599627370497.0, 0) == 4503599627370497.0);
    assert_true(base_round(1e300, 3) == 1e300 && base_round(-1e300, 3) == -1e300);
    assert_false(signbit(base_round(-0.001, 2)));
    assert_false(signbit(base_round(-0.0, 2)));
    for (int i = -200000; i <= 200000; i++) { // what was rounded stays as it is
        double once = base_round(i * 0.000731, 3);
        assert_true(base_round(once, 3) == once);
        assert_true(fabs(once - i * 0.000731) <= 0.0005 + 1e-12);
    }
}

__extension__ typedef __int128 wide;

static void ratios_are_exact(void **state) {
    (void)state;
    int count = test_count(200000, 5000000);
    uint64_t stream = base_stream(base_key_text("ratios"), 0);
    for (int i = 0; i < count; i++) {
        piste_ratio r = {(int64_t)(base_draw(stream, 4 * (uint64_t)i) >> 40) + 1,
                         (int64_t)(base_draw(stream, 4 * (uint64_t)i + 1) >> 40) + 1};
        int64_t n = (int64_t)(base_draw(stream, 4 * (uint64_t)i + 2) >> 26) - ((int64_t)1 << 37);
        int64_t low = base_ratio_floor_times(r, n);
        assert_true((wide)low * r.den <= (wide)n * r.num);
        assert_true((wide)(low + 1) * r.den > (wide)n * r.num);
        int64_t least = base_ratio_ceil_divide(n, r);
        assert_true((wide)least * r.num >= (wide)n * r.den);
        assert_true((wide)(least - 1) * r.num < (wide)n * r.den);
        // The two undo each other: carrier k has left once floor(k r) seconds are over, and not before.
        int64_t k = n >= 0 ? n : -n;
        int64_t leaves = base_ratio_floor_times(r, k);
        assert_true(base_ratio_ceil_divide(leaves, r) <= k);
    }
    piste_ratio interval = {36, 5}; // 7.2 s
    assert_int_equal(base_ratio_floor_times(interval, 5), 36);
    assert_int_equal(base_ratio_floor_times(interval, 4), 28);
    assert_int_equal(base_ratio_floor_times(interval, -1), -8);
    assert_int_equal(base_ratio_ceil_divide(36, interval), 5);
    assert_int_equal(base_ratio_ceil_divide(37, interval), 6);
    assert_int_equal(base_ratio_ceil_divide(0, interval), 0);
    assert_int_equal(base_ratio_ceil_divide(-1, interval), 0);
}

// For what is only weighed against other things: 2e-7 is promised.
static void rough_ones_are_near(void **state) {
    (void)state;
    int count = test_count(200000, 5000000);
    for (int i = 0; i < count; i++) {
        double x = -700 + 1400 * base_uniform(base_draw(21, (uint64_t)i));
        double y = 1 + base_uniform(base_draw(22, (uint64_t)i)) * (i % 2 ? 1 : 1e6);
        assert_true(fabs(base_exp_rough(x) / exp(x) - 1) < 2e-7);
        assert_true(fabs(base_log_rough(y) - log(y)) < 2e-7);
    }
    assert_true(base_exp_rough(0) == 1 && base_log_rough(1) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rough_ones_are_near),
        cmocka_unit_test(exp_is_within_one_ulp),
        cmocka_unit_test(exp_at_its_ends),
        cmocka_unit_test(log_is_within_one_ulp),
        cmocka_unit_test(log_at_its_ends),
        cmocka_unit_test(normal_cdf_is_right_in_the_middle_and_in_the_tails),
        cmocka_unit_test(normal_quantile_inverts_the_cdf),
        cmocka_unit_test(floor_is_libms),
        cmocka_unit_test(round_is_half_away_from_zero),
        cmocka_unit_test(ratios_are_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
