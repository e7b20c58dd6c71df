// test_cap.c - the search for a quantile of thresholds, on days whose thresholds are known, and the cap of small resorts.
#include "flow/flow_test.h"

#include "piste/cap.h"
#include "plan/threshold.h"

// ---- thresholds that are known ------------------------------------------------------------------------------------------

typedef struct known { // day d bears visits X_d, lognormal: exp(normal(log 1000, spread)); each try is off by noise
    uint64_t seed;
    double spread, noise;
    int64_t tries;
} known;

static double normal_of(uint64_t seed, uint64_t day, uint64_t what) {
    return base_normal_quantile(base_uniform(base_draw(base_stream(base_key_child(base_mix(seed), day), 1), what)));
}

static piste_status answer(void *context, threshold_try *tries, int64_t count) {
    known *k = context;
    for (int64_t i = 0; i < count; i++) {
        double x = normal_of(k->seed, (uint64_t)tries[i].day, 0) * k->spread;
        double off = normal_of(k->seed, (uint64_t)tries[i].day, 1 + (uint64_t)tries[i].visits) * k->noise;
        tries[i].good = (double)tries[i].visits <= 1000 * base_exp(x + off);
    }
    k->tries += count;
    return PISTE_OK;
}

static threshold_result find(known *k, double share, double precision, int64_t days_max) {
    threshold_def def = {.share = share,
                         .confidence = 0.95,
                         .precision = precision,
                         .least = 10,
                         .most = 50000,
                         .first = 400,
                         .days_min = 120,
                         .days_max = days_max,
                         .answer = answer,
                         .context = k};
    threshold_result r;
    assert_int_equal(threshold_find(&def, &r), PISTE_OK);
    return r;
}

// P(K <= k) of the binomial law, summed by itself.
static double binomial_below(int64_t n, double q, int64_t k) {
    double sum = 0, chance = pow(1 - q, (double)n);
    for (int64_t i = 0; i < k; i++) {
        sum += chance;
        chance *= (double)(n - i) / (double)(i + 1) * q / (1 - q);
    }
    return sum; // P(K < k)
}

static void ranks_enclose_the_quantile_as_often_as_said(void **state) {
    (void)state;
    static const struct {
        int64_t n;
        double q, confidence;
    } cases[] = {{120, 0.05, 0.95}, {400, 0.05, 0.95}, {400, 0.5, 0.9}, {1000, 0.1, 0.99}, {200, 0.2, 0.8}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t low, high, n = cases[i].n;
        double q = cases[i].q, tail = (1 - cases[i].confidence) / 2;
        threshold_ranks(n, q, cases[i].confidence, &low, &high);
        assert_true(low >= 1 && high <= n);
        // X_(low) above the quantile: fewer than `low` below it; X_(high) below it: `high` or more below it.
        double above = binomial_below(n, q, low), below = 1 - binomial_below(n, q, high);
        assert_true(above <= tail + 1e-12 && below <= tail + 1e-12);
        assert_true(binomial_below(n, q, low + 1) > tail); // and not one rank nearer
        assert_true(1 - binomial_below(n, q, high - 1) > tail);
    }
    int64_t low, high;
    threshold_ranks(50, 0.05, 0.95, &low, &high); // too few for a lower end: 0.95^50 is 7.7 %
    assert_int_equal(low, 0);
}

static void the_quantile_is_found_with_few_tries(void **state) {
    (void)state;
    known k = {.seed = 1, .spread = 0.3};
    threshold_result r = find(&k, 0.95, 0.03, 100000);
    double truth = 1000 * base_exp(-1.6448536269514722 * 0.3);
    assert_true(r.precise);
    assert_true((double)r.at > 0.97 * truth && (double)r.at < 1.03 * truth);
    assert_true(r.low <= r.at && r.at <= r.high);
    assert_true((double)(r.at - r.low) <= 0.03 * (double)r.at && (double)(r.high - r.at) <= 0.03 * (double)r.at);
    assert_true((double)r.good >= 0.95 * (double)r.days);
    assert_int_equal(r.tries, k.tries);
    print_message("# %lld days, %lld tries\n", (long long)r.days, (long long)r.tries);
    assert_true(k.tries < 3 * r.days); // the last look at all of them included
    for (int64_t d = 0; d < r.days; d++) {               // every bracket holds its day's threshold
        double x = 1000 * base_exp(normal_of(1, (uint64_t)d, 0) * 0.3);
        assert_true((double)r.brackets[d].low <= x && x < (double)r.brackets[d].high + 1);
    }
    free(r.brackets);
}

static void too_little_and_too_much_are_told_apart(void **state) {
    (void)state;
    known none = {.seed = 1, .spread = 5}; // 5 % of the days bear less than 1000 / 3,700
    threshold_result r = find(&none, 0.95, 0.03, 1000);
    assert_int_equal(r.at, 0);
    free(r.brackets);
    known all = {.seed = 1, .spread = 0.1};
    threshold_def def = {.share = 0.95,
                         .confidence = 0.95,
                         .precision = 0.03,
                         .least = 10,
                         .most = 500,
                         .first = 20,
                         .days_min = 120,
                         .days_max = 1000,
                         .answer = answer,
                         .context = &all};
    assert_int_equal(threshold_find(&def, &r), PISTE_OK);
    assert_true(r.is_most);
    assert_int_equal(r.at, 500);
    free(r.brackets);
    known wide = {.seed = 1, .spread = 1};
    r = find(&wide, 0.95, 0.03, 300);
    assert_false(r.precise);
    assert_int_equal(r.days, 300);
    free(r.brackets);
}

static piste_status fail_later(void *context, threshold_try *tries, int64_t count) {
    known *k = context;
    return k->tries > 200 ? PISTE_INTERRUPTED : answer(context, tries, count);
}

static void a_search_that_is_stopped_ends(void **state) {
    (void)state;
    known k = {.seed = 1, .spread = 0.3};
    threshold_def def = {.share = 0.95,
                         .confidence = 0.95,
                         .precision = 0.001,
                         .least = 10,
                         .most = 50000,
                         .first = 400,
                         .days_min = 120,
                         .days_max = 100000,
                         .answer = fail_later,
                         .context = &k};
    threshold_result r;
    assert_int_equal(threshold_find(&def, &r), PISTE_INTERRUPTED);
}

// As it stops: the number of days is not fixed beforehand, it ends when the interval is narrow. Also with days that answer
// otherwise with a few visits more or less, where the truth is the quantile of threshold and noise together.
static void intervals_cover_as_often_as_they_say(void **state) {
    (void)state;
    int repetitions = test_sample(100, 2000);
    static const struct { double spread, noise, share; } cases[] = {{0.15, 0, 0.95}, {0.3, 0, 0.9}, {0.2, 0.03, 0.95}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        int covered = 0;
        double bias = 0, q = base_normal_quantile(1 - cases[c].share);
        double truth = 1000 * base_exp(q * sqrt(cases[c].spread * cases[c].spread + cases[c].noise * cases[c].noise));
        for (int i = 0; i < repetitions; i++) {
            known k = {.seed = 1000 + (uint64_t)i, .spread = cases[c].spread, .noise = cases[c].noise};
            threshold_result r = find(&k, cases[c].share, 0.03, 100000);
            double slack = 1.0 / 500; // what is left unknown of a threshold
            covered += (double)r.low <= truth && truth <= (double)r.high * (1 + slack) + 1;
            bias += (double)r.at / truth - 1;
            free(r.brackets);
        }
        double share = (double)covered / repetitions, off = 3.3 * sqrt(0.95 * 0.05 / repetitions);
        print_message("# spread %.2f, noise %.2f, %.0f %% of days: covered %.1f %% of %d, off by %+.2f %%\n",
                      cases[c].spread, cases[c].noise, cases[c].share * 100, share * 100, repetitions,
                      bias / repetitions * 100);
        assert_true(share > 0.95 - off - 0.01 && share < 0.99 + off);
        assert_true(fabs(bias / repetitions) < 0.01);
    }
}

// ---- caps of resorts ------------------------------------------------------------------------------------------------------

static void any_number_of_threads_gives_the_same_cap(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/two-kinds");
    const char *where[] = {"wait_p90@chair<=90s", "missed_share<=10%"};
    piste_cap *caps[2];
    for (int i = 0; i < 2; i++) {
        piste_cap_def def = piste_cap_def_default();
        def.where.list = where;
        def.where.count = 2;
        def.threads = 1 + 2 * i;
        def.share = 0.6;
        def.precision = 0.1;
        def.days_max = 100;
        def.spread[PISTE_BASIS_ASSUMED] = 0; // of the values that the folder gives only
        assert_int_equal(piste_cap_create(resort, &def, NULL, &caps[i]), PISTE_OK);
    }
    assert_int_equal(caps[0]->found, PISTE_CAP_FOUND);
    assert_true(caps[0]->inputs.count >= 4);
    for (int i = 1; i < 2; i++) {
        assert_int_equal(caps[i]->visits, caps[0]->visits);
        assert_int_equal(caps[i]->low, caps[0]->low);
        assert_int_equal(caps[i]->high, caps[0]->high);
        assert_int_equal(caps[i]->low_inputs, caps[0]->low_inputs);
        assert_int_equal(caps[i]->days_simulated, caps[0]->days_simulated);
        for (int32_t k = 0; k < caps[0]->inputs.count; k++)
            assert_true(caps[i]->inputs.list[k].shift == caps[0]->inputs.list[k].shift);
    }
    const piste_cap *cap = caps[0];
    assert_true(cap->low <= cap->visits && cap->visits <= cap->high);
    assert_true(cap->low_inputs <= cap->low && cap->high_inputs >= cap->high);
    assert_true((double)cap->good >= 0.6 * (double)cap->days);
    int64_t days = 0, good = 0;
    for (int32_t t = 0; t < cap->types.count; t++) {
        days += cap->types.list[t].days;
        good += cap->types.list[t].good;
        assert_true(!cap->types.list[t].closed || cap->types.list[t].good == 0);
    }
    assert_int_equal(days, cap->days + cap->closed);
    assert_int_equal(good, cap->good);
    int64_t first = 0;
    for (int32_t i = 0; i < cap->conditions.count; i++)
        first += cap->conditions.list[i].first;
    assert_int_equal(first, cap->days - cap->good); // every day that is not good has one that is furthest from holding
    for (int i = 0; i < 2; i++)
        piste_cap_destroy(caps[i]);
    piste_resort_destroy(resort);
}

static void no_cap_is_told(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/two-kinds");
    const char *always = "wait_p90<=10h", *wrong = "wait_p90@gondola<=1min";
    piste_cap_def def = piste_cap_def_default();
    piste_cap *cap = NULL;
    def.where.count = 1;
    def.most = 400;
    def.days_max = 100;
    def.where.list = &always;
    assert_int_equal(piste_cap_create(resort, &def, NULL, &cap), PISTE_OK);
    assert_int_equal(cap->found, PISTE_CAP_BEYOND);
    piste_cap_destroy(cap);
    const char *impossible = "held<=1s@chair";
    def.where.list = &impossible;
    assert_int_equal(piste_cap_create(resort, &def, NULL, &cap), PISTE_INVALID);
    const char *windless = "held@chair<=1s"; // nothing of which more guests would change, on almost half of the days
    def.where.list = &windless;
    assert_int_equal(piste_cap_create(resort, &def, NULL, &cap), PISTE_OK);
    assert_int_equal(cap->found, PISTE_CAP_NONE);
    assert_int_equal(cap->visits, 0);
    assert_true(cap->conditions.list[0].held < cap->days);
    assert_string_equal(cap->conditions.list[0].where_key, "chair");
    piste_cap_destroy(cap);
    def.where.list = &wrong;
    def.file = "--where";
    piste_errors *errors = piste_errors_create();
    assert_int_equal(piste_cap_create(resort, &def, errors, &cap), PISTE_INVALID);
    assert_string_equal(piste_errors_get(errors, 0)->text,
                        "--where: wait_p90@gondola: there is no lift gondola, expected one of chair, tow");
    piste_errors_destroy(errors);
    def.where.list = &always;
    def.share = 1;
    assert_int_equal(piste_cap_create(resort, &def, NULL, &cap), PISTE_INVALID);
    piste_resort_destroy(resort);
}

// One lift of constant interval and one lap: with N guests for ever the wait of each is N / c - T (docs/models.md), so the
// cap that keeps it below w is c (T + w); every day is alike, and the interval has no width.
static void a_closed_loop_has_the_cap_of_its_law(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/loop");
    piste_cap_def def = piste_cap_def_default();
    const char *where = "wait_p90<=1min";
    piste_cap *cap = NULL;
    def.where.list = &where;
    def.where.count = 1;
    def.inputs = false;
    def.days_max = 100;
    assert_int_equal(piste_cap_create(resort, &def, NULL, &cap), PISTE_OK);
    assert_int_equal(cap->found, PISTE_CAP_FOUND);
    // c = 4 people in 6 s; T = 300 s up and 300 s down; w = 60 s: 440 people. Carriers leave in whole intervals.
    if (llabs(cap->visits - 440) > 8)
        fail_msg("%lld", (long long)cap->visits);
    assert_int_equal(cap->good, cap->days);
    piste_cap_destroy(cap);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_enclose_the_quantile_as_often_as_said),
        cmocka_unit_test(the_quantile_is_found_with_few_tries),
        cmocka_unit_test(too_little_and_too_much_are_told_apart),
        cmocka_unit_test(a_search_that_is_stopped_ends),
        cmocka_unit_test(intervals_cover_as_often_as_they_say),
        cmocka_unit_test(any_number_of_threads_gives_the_same_cap),
        cmocka_unit_test(no_cap_is_told),
        cmocka_unit_test(a_closed_loop_has_the_cap_of_its_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
