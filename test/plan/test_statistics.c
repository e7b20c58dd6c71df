// test_statistics.c - rules of experiments on models whose answers are known: coverage as stopped, the chance of choosing
// the best, indices of test functions in closed form.
//
// Everyday counts tell a broken rule; PISTE_TEST_FULL=1 has the counts that a claim about coverage needs.
#include "test.h"

#include <math.h>
#include <stdio.h>

#include "base/base.h"
#include "plan/statistics.h"

static double draw(uint64_t key, uint64_t count) {
    return base_uniform(base_draw(base_stream(key, 1), count));
}

// ---- quantiles ------------------------------------------------------------------------------------------------------

static void quantiles_are_those_of_the_tables(void **state) {
    (void)state;
    assert_true(fabs(statistics_t(0.95, 1) - 12.706205) < 1e-6);
    assert_true(fabs(statistics_t(0.95, 9) - 2.262157) < 1e-6);
    assert_true(fabs(statistics_t(0.95, 19) - 2.093024) < 1e-6);
    assert_true(fabs(statistics_t(0.99, 30) - 2.749996) < 1e-6);
    assert_true(fabs(statistics_t(0.95, 1e6) - 1.959966) < 1e-6);
}

static void samples_leave_out_what_is_not_defined(void **state) {
    (void)state;
    const double values[] = {3, NAN, 1, 2, NAN};
    statistics_sample s = statistics_of(values, 5);
    assert_int_equal(s.count, 3);
    assert_true(s.mean == 2 && s.sd == 1 && s.least == 1 && s.most == 3);
    s = statistics_of(values, 2);
    assert_true(s.count == 1 && s.mean == 3 && isnan(s.sd));
    s = statistics_of(values + 1, 1);
    assert_true(s.count == 0 && isnan(s.mean));
}

// ---- coverage as stopped ---------------------------------------------------------------------------------------

typedef double model(double u);
static double normal(double u) {
    return 10 + 3 * base_normal_quantile(u);
}
static double exponential(double u) { // mean 10
    return -10 * base_log(u);
}
static double gamma_like(double u) { // a wait's P90 over days: lognormal, mean 10, coefficient of variation 0.3
    double s2 = base_log(1 + 0.09);
    return 10 * base_exp(base_normal_quantile(u) * sqrt(s2) - s2 / 2);
}

// The share of repetitions whose interval, as the plan stops and tells it, holds the true mean of 10; the mean number of
// values that were taken.
static double coverage(model *of, int pilot, double half, bool relative, int repetitions, uint64_t seed, double *taken) {
    enum { MOST = 5000 };
    static double values[MOST];
    int covered = 0;
    *taken = 0;
    for (int r = 0; r < repetitions; r++) {
        uint64_t key = base_key_child(base_mix(seed), (uint64_t)r);
        for (int n = 0; n < pilot; n++)
            values[n] = of(draw(key, (uint64_t)n));
        statistics_sample first = statistics_of(values, pilot), all = first;
        double asked = relative ? half * fabs(first.mean) : half;
        for (int64_t count; (count = statistics_count(&first, &all, 0.95, asked)) > all.count && all.count < MOST;) {
            count = count < MOST ? count : MOST;
            for (int64_t n = all.count; n < count; n++)
                values[n] = of(draw(key, (uint64_t)n));
            all = statistics_of(values, count);
        }
        double wide = statistics_half(&first, &all, 0.95);
        assert_true(wide <= asked * (1 + 1e-8) || all.count == MOST);
        covered += fabs(all.mean - 10) <= wide;
        *taken += (double)all.count / repetitions;
    }
    return (double)covered / repetitions;
}

// Normal values are covered at least as often as is said; skewed ones within two percent.
static void intervals_cover_as_stopped(void **state) {
    (void)state;
    const struct { const char *name; model *of; int pilot; double half; bool relative; } cases[] = {
        {"normal, 10 first, far", normal, 10, 0.5, false},   {"normal, 20 first, far", normal, 20, 0.5, false},
        {"normal, 20 first, near", normal, 20, 1.3, false},  {"normal, 20 first, enough", normal, 20, 3, false},
        {"normal, 20 first, 5 %", normal, 20, 0.05, true},   {"lognormal, 20 first, far", gamma_like, 20, 0.4, false},
        {"lognormal, 20 first, 5 %", gamma_like, 20, 0.05, true}, {"exponential, 50 first, far", exponential, 50, 1.2, false}};
    int repetitions = test_sample(1000, 20000);
    double luck = 3 * sqrt(0.95 * 0.05 / repetitions);
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        double taken, share = coverage(cases[i].of, cases[i].pilot, cases[i].half, cases[i].relative, repetitions, 40 + i, &taken);
        print_message("# %s: %.2f %% of %d, %.0f values\n", cases[i].name, share * 100, repetitions, taken);
        bool is_normal = cases[i].of == normal && !cases[i].relative;
        assert_true(share > (is_normal ? 0.95 : 0.93) - luck && share < 0.97 + luck);
    }
}

// What the rule is there for: to look after every value and stop when the interval is narrow covers less than it claims.
static void stopping_when_it_looks_narrow_covers_less(void **state) {
    (void)state;
    int repetitions = test_sample(1000, 20000), covered = 0;
    for (int r = 0; r < repetitions; r++) {
        uint64_t key = base_key_child(base_mix(7), (uint64_t)r);
        double sum = 0, squares = 0, mean = 0, wide = 0;
        for (int n = 1; n < 2000; n++) {
            double x = normal(draw(key, (uint64_t)n));
            sum += x;
            squares += x * x;
            mean = sum / n;
            double sd = n > 1 ? sqrt(fmax(0, (squares - n * mean * mean) / (n - 1))) : NAN;
            wide = n >= 5 ? 1.96 * sd / sqrt(n) : INFINITY;
            if (wide <= 1.3)
                break;
        }
        covered += fabs(mean - 10) <= wide;
    }
    assert_true((double)covered / repetitions < 0.93);
}

// ---- KN ---------------------------------------------------------------------------------------------------------------

typedef struct systems {
    uint64_t key;
    const double *means, *sds;
    double common; // share of the variance that all have in common
} systems;

static double kn_value(void *context, int32_t system, int64_t n) {
    const systems *s = context;
    double own = base_normal_quantile(draw(base_key_child(s->key, (uint64_t)system + 1), (uint64_t)n));
    double shared = base_normal_quantile(draw(s->key, (uint64_t)n));
    return s->means[system] + s->sds[system] * (sqrt(1 - s->common) * own + sqrt(s->common) * shared);
}

static double kn_chance(const double *means, const double *sds, int count, double common, int best, int repetitions, double *taken) {
    int right = 0;
    *taken = 0;
    for (int r = 0; r < repetitions; r++) {
        bool alive[8];
        double variances[64], sums[8];
        systems s = {base_key_child(base_mix(99), (uint64_t)r), means, sds, common};
        statistics_kn kn = {.systems = count, .first = 10, .confidence = 0.95, .indifference = 0.5, .value = kn_value, .context = &s,
                            .alive = alive, .variances = variances, .sums = sums};
        statistics_kn_begin(&kn);
        int32_t chosen = -1;
        int64_t have = 10;
        while (!statistics_kn_step(&kn, have, &chosen)) { // in batches of any size: it reads one at a time
            assert_true(have == kn.at);
            have += 1 + (have * 7) % 13;
        }
        right += chosen == best;
        *taken += (double)kn.at / repetitions;
    }
    return (double)right / repetitions;
}

static void kn_chooses_the_best_as_often_as_it_says(void **state) {
    (void)state;
    static const double slippage[] = {0, 0, 0.5, 0, 0}, sds[] = {1, 1, 1, 1, 1}; // the least favourable: all just the zone below
    static const double spread[] = {-1, -0.5, 0.5, 0, -1.5}, uneven[] = {2, 1, 1, 0.5, 3};
    int repetitions = test_sample(1000, 10000);
    double taken, fewer, share = kn_chance(slippage, sds, 5, 0, 2, repetitions, &taken);
    print_message("# slippage: %.2f %%, %.0f values of the last\n", share * 100, taken);
    assert_true(share > 0.95 - 0.007 * (repetitions < 10000 ? 3 : 1));
    share = kn_chance(slippage, sds, 5, 0.7, 2, repetitions, &fewer);
    print_message("# with common random numbers: %.2f %%, %.0f\n", share * 100, fewer);
    assert_true(share > 0.95 - 0.007 * (repetitions < 10000 ? 3 : 1) && fewer < 0.6 * taken);
    share = kn_chance(spread, uneven, 5, 0.3, 2, repetitions, &taken);
    assert_true(share > 0.95 - 0.007 * (repetitions < 10000 ? 3 : 1));
}

// The batches in which values come change nothing.
static void kn_reads_in_order_whatever_the_batches(void **state) {
    (void)state;
    static const double means[] = {0, 0.2, 0.4}, sds[] = {1, 1, 1};
    for (uint64_t r = 0; r < 50; r++) {
        int32_t chosen[2];
        int64_t at[2];
        for (int way = 0; way < 2; way++) {
            bool alive[3];
            double variances[9], sums[3];
            systems s = {base_mix(r), means, sds, 0};
            statistics_kn kn = {.systems = 3, .first = 8, .confidence = 0.9, .indifference = 0.3, .value = kn_value, .context = &s,
                                .alive = alive, .variances = variances, .sums = sums};
            statistics_kn_begin(&kn);
            for (int64_t have = 8; !statistics_kn_step(&kn, have, &chosen[way]);)
                have += way ? 1 : 100;
            at[way] = kn.at;
        }
        assert_int_equal(chosen[0], chosen[1]);
        assert_int_equal(at[0], at[1]);
    }
}

// ---- OCBA -------------------------------------------------------------------------------------------------------------

// Chen et al. 2000: N_i / N_j = (sd_i / gap_i)^2 / (sd_j / gap_j)^2, N_best = sd_best sqrt(sum (N_i / sd_i)^2).
static void ocba_shares_out_as_its_equations_say(void **state) {
    (void)state;
    const double means[] = {5, 4, 3, 1}, sds[] = {2, 1, 2, 4};
    double n[4];
    statistics_ocba(4, means, sds, 1000, n);
    assert_true(fabs(n[0] + n[1] + n[2] + n[3] - 1000) < 1e-9);
    assert_true(fabs(n[1] / n[2] - (1.0 / 1) / (4.0 / 4)) < 1e-9);
    assert_true(fabs(n[2] / n[3] - (4.0 / 4) / (16.0 / 16)) < 1e-9);
    assert_true(fabs(n[0] - 2 * sqrt(n[1] * n[1] + n[2] * n[2] / 4 + n[3] * n[3] / 16)) < 1e-9);
    const double tie[] = {5, 5, 1}, same[] = {1, 1, 0};
    statistics_ocba(3, tie, same, 100, n);
    for (int i = 0; i < 3; i++)
        assert_true(n[i] >= 0 && isfinite(n[i]));
}

// ---- sensitivity --------------------------------------------------------------------------------------------------------

static double ishigami(const double *x) { // a = 7, b = 0.1, on [-pi, pi]^3
    double y[3];
    for (int i = 0; i < 3; i++)
        y[i] = (2 * x[i] - 1) * 3.14159265358979323846;
    return sin(y[0]) + 7 * sin(y[1]) * sin(y[1]) + 0.1 * pow(y[2], 4) * sin(y[0]);
}

static const double g_weights[] = {0, 1, 4.5, 9, 99};
static double g_function(const double *x) { // Sobol' 1993
    double product = 1;
    for (int i = 0; i < 5; i++)
        product *= (fabs(4 * x[i] - 2) + g_weights[i]) / (1 + g_weights[i]);
    return product;
}

static void check_sobol(const char *name, double (*f)(const double *), int d, const double *first, const double *total, int count, double slack) {
    double *points = malloc((size_t)(count * 2 * d) * sizeof *points), *y = malloc((size_t)(count * (d + 2)) * sizeof *y);
    int held = 0;
    assert_true(statistics_sobol_points(2 * d, count, 5, points));
    for (int n = 0; n < count; n++) {
        double *a = points + n * 2 * d, *b = a + d, mixed[8];
        y[n] = f(a);
        y[count + n] = f(b);
        for (int i = 0; i < d; i++) {
            memcpy(mixed, a, (size_t)d * sizeof *a);
            mixed[i] = b[i];
            y[(2 + i) * count + n] = f(mixed);
        }
    }
    for (int i = 0; i < d; i++) {
        statistics_index one, all;
        statistics_sobol(y, y + count, y + (2 + i) * count, count, 0.95, 3, &one, &all);
        print_message("# %s %d: alone %.3f (%.3f), total %.3f (%.3f)\n", name, i + 1, one.value, first[i], all.value, total[i]);
        assert_true(fabs(one.value - first[i]) < slack && fabs(all.value - total[i]) < slack);
        assert_true(one.low <= one.value && one.value <= one.high && all.low <= all.value && all.value <= all.high);
        held += (one.low <= first[i] && first[i] <= one.high) + (all.low <= total[i] && total[i] <= all.high);
    }
    assert_true(held >= 2 * d - 2); // 95 % each
    free(points);
    free(y);
}

static void sobol_indices_are_those_in_closed_form(void **state) {
    (void)state;
    const double pi4 = 97.40909103400244, pi8 = pi4 * pi4;
    double v1 = 0.5 * (1 + 0.1 * pi4 / 5) * (1 + 0.1 * pi4 / 5), v2 = 49.0 / 8, v13 = 0.01 * pi8 * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;
    const double first[] = {v1 / v, v2 / v, 0}, total[] = {(v1 + v13) / v, v2 / v, v13 / v};
    check_sobol("ishigami", ishigami, 3, first, total, test_sample(4096, 65536), test_sample(20, 5) / 1000.0);
    double own[5], ones[5], alls[5], all = 1;
    for (int i = 0; i < 5; i++) {
        own[i] = 1.0 / 3 / ((1 + g_weights[i]) * (1 + g_weights[i]));
        all *= 1 + own[i];
    }
    for (int i = 0; i < 5; i++) {
        ones[i] = own[i] / (all - 1);
        alls[i] = own[i] * (all / (1 + own[i])) / (all - 1);
    }
    check_sobol("g", g_function, 5, ones, alls, test_sample(4096, 65536), test_sample(25, 8) / 1000.0);
}

static void morris_finds_lines_and_products(void **state) {
    (void)state;
    enum { D = 3, T = 60 };
    double points[T * (D + 1) * D], effects[D][T];
    statistics_morris_points(D, T, 11, points);
    for (int t = 0; t < T; t++) {
        int turned[D] = {0};
        for (int step = 0; step < D; step++) {
            const double *a = points + (t * (D + 1) + step) * D, *b = a + D;
            for (int i = 0; i < D; i++) {
                assert_true(a[i] >= 0 && a[i] <= 1);
                if (a[i] == b[i])
                    continue;
                assert_true(fabs(fabs(b[i] - a[i]) - 2.0 / 3) < 1e-12);
                turned[i]++;
                double before = 3 * a[0] + a[1] * a[2], after = 3 * b[0] + b[1] * b[2];
                effects[i][t] = (after - before) / (b[i] - a[i]);
            }
        }
        assert_true(turned[0] == 1 && turned[1] == 1 && turned[2] == 1);
    }
    double mean, spread;
    statistics_index absolute;
    statistics_morris(effects[0], T, 0.95, 1, &absolute, &mean, &spread);
    assert_true(fabs(mean - 3) < 1e-9 && spread < 1e-9 && fabs(absolute.value - 3) < 1e-9);
    statistics_morris(effects[1], T, 0.95, 1, &absolute, &mean, &spread); // x3 on four levels: mean 1 / 2, its spread sqrt(5 / 36)
    assert_true(fabs(mean - 0.5) < 0.15 && fabs(spread - 0.3727) < 0.1);
    assert_true(absolute.low < 0.5 && absolute.high > 0.5);
}

static void a_latin_hypercube_has_one_point_in_each_part(void **state) {
    (void)state;
    enum { D = 4, N = 37 };
    double points[N * D];
    assert_true(statistics_latin_points(D, N, 2, points));
    for (int d = 0; d < D; d++) {
        int met[N] = {0};
        for (int n = 0; n < N; n++)
            met[(int)(points[n * D + d] * N)]++;
        for (int n = 0; n < N; n++)
            assert_int_equal(met[n], 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_tables),
        cmocka_unit_test(samples_leave_out_what_is_not_defined),
        cmocka_unit_test(intervals_cover_as_stopped),
        cmocka_unit_test(stopping_when_it_looks_narrow_covers_less),
        cmocka_unit_test(kn_chooses_the_best_as_often_as_it_says),
        cmocka_unit_test(kn_reads_in_order_whatever_the_batches),
        cmocka_unit_test(ocba_shares_out_as_its_equations_say),
        cmocka_unit_test(sobol_indices_are_those_in_closed_form),
        cmocka_unit_test(morris_finds_lines_and_products),
        cmocka_unit_test(a_latin_hypercube_has_one_point_in_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
