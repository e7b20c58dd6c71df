// test_plan.c - experiments as a whole: what is refused, what can be varied, the same figures on any number of threads, and
// intervals that cover as stopped.
#include "test.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/base.h"
#include "piste/plan.h"
#include "report/plan.h"

#define BAD "test/plan/bad"

// ---- what is refused ------------------------------------------------------------------------------------------------

static void tell(const char *path, base_text *text) {
    piste_errors *errors = piste_errors_create();
    piste_plan *plan = NULL;
    piste_status status = piste_plan_load(path, errors, &plan);
    for (size_t i = 0; i < piste_errors_count(errors); i++) {
        const char *line = piste_errors_get(errors, i)->text;
        base_text_format(text, "%s\n", strncmp(line, BAD "/", strlen(BAD) + 1) == 0 ? line + strlen(BAD) + 1 : line);
    }
    if (plan)
        base_text_add(text, "loaded\n");
    assert_int_equal(piste_plan_load(path, NULL, &plan), status); // the list is optional
    assert_true(status != PISTE_OK && !plan);
    piste_errors_destroy(errors);
}

static void bad_plans_are_refused_with_their_place(void **state) {
    (void)state;
    DIR *directory = opendir(BAD);
    int count = 0, wrong = 0;
    assert_non_null(directory);
    for (const struct dirent *e; (e = readdir(directory));) {
        char path[512], expected_path[520];
        size_t length = strlen(e->d_name);
        if (length < 6 || strcmp(e->d_name + length - 5, ".yaml") != 0)
            continue;
        snprintf(path, sizeof path, BAD "/%s", e->d_name);
        snprintf(expected_path, sizeof expected_path, BAD "/%.*s.txt", (int)length - 5, e->d_name);
        base_text text = {0};
        tell(path, &text);
        const char *update = getenv("PISTE_UPDATE");
        if (update && strcmp(update, "1") == 0)
            assert_int_equal(base_file_write(expected_path, text.data, text.length, NULL), PISTE_OK);
        char *expected = NULL;
        size_t bytes = 0;
        assert_int_equal(base_file_read(expected_path, 1 << 20, NULL, &expected, &bytes), PISTE_OK);
        if (strcmp(expected, text.data) != 0) {
            print_error("%s\nexpected:\n%s\ntold:\n%s\n", path, expected, text.data);
            wrong++;
        }
        free(expected);
        base_text_release(&text);
        count++;
    }
    closedir(directory);
    assert_true(count >= 25);
    assert_int_equal(wrong, 0);
}

// ---- what can be varied -----------------------------------------------------------------------------------------------

static piste_plan *load(const char *path) {
    piste_errors *errors = piste_errors_create();
    piste_plan *plan = NULL;
    if (piste_plan_load(path, errors, &plan) != PISTE_OK)
        fail_msg("%s", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return plan;
}

static const piste_plan_result *run(piste_plan *plan, int32_t threads) {
    piste_plan_def def = piste_plan_def_default();
    const piste_plan_result *result = NULL;
    def.threads = threads;
    assert_int_equal(piste_plan_run(plan, &def, NULL, &result), PISTE_OK);
    return result;
}

static const piste_plan_estimate *estimate_of(const piste_plan_result *r, int32_t scenario, int32_t measure) {
    return &r->estimates.list[scenario * r->measures.count + measure];
}

static int32_t measure_named(const piste_plan_result *r, const char *name) {
    for (int32_t m = 0; m < r->measures.count; m++)
        if (strcmp(r->measures.list[m].name, name) == 0)
            return m;
    fail_msg("no measure %s", name);
    return -1;
}

static void every_factor_changes_the_day(void **state) {
    (void)state;
    piste_plan *plan = load("test/plan/every-factor.yaml");
    const piste_plan_result *r = run(plan, 2);
    assert_int_equal(r->scenarios.count, 14);
    for (int32_t i = 1; i < r->scenarios.count; i++) {
        int differs = 0;
        for (int32_t m = 0; m < r->measures.count; m++) {
            double a = estimate_of(r, 0, m)->value.mean, b = estimate_of(r, i, m)->value.mean;
            differs += isnan(a) != isnan(b) || a != b;
        }
        if (!differs)
            fail_msg("%s changes nothing", r->scenarios.list[i].key);
    }
    // The lift that only one scenario has is measured there alone.
    int32_t lift = measure_named(r, "rides@high-quad");
    assert_true(estimate_of(r, 0, lift)->count == 0 && estimate_of(r, 1, lift)->count == 2);
    // Prices: the segment that responds comes less by price^-elasticity, the others as before.
    int32_t all = measure_named(r, "guests"), coast = measure_named(r, "guests@coast-town"), price = -1;
    for (int32_t i = 0; i < r->scenarios.count; i++)
        price = strstr(r->scenarios.list[i].key, "price=dearer") ? i : price;
    double before = estimate_of(r, 0, coast)->value.mean, after = estimate_of(r, price, coast)->value.mean;
    assert_true(fabs(after / before - pow(1.25, -0.8)) < 0.03);
    assert_true(fabs((estimate_of(r, 0, all)->value.mean - before) - (estimate_of(r, price, all)->value.mean - after)) < 1e-9);
    piste_plan_destroy(plan);
}

// ---- the same figures ---------------------------------------------------------------------------------------------------

static void threads_change_nothing(void **state) {
    (void)state;
    base_text texts[3] = {0};
    piste_plan *plan = load("test/plan/every-factor.yaml");
    for (int i = 0; i < 3; i++) // and a plan may be run again
        assert_int_equal(report_plan_json(run(plan, i == 2 ? 1 : 1 + 2 * i), &texts[i]), PISTE_OK);
    assert_string_equal(texts[0].data, texts[1].data);
    assert_string_equal(texts[0].data, texts[2].data);
    for (int i = 0; i < 3; i++)
        base_text_release(&texts[i]);
    piste_plan_destroy(plan);
}

static char folder[64];

static const char *write_plan(const char *text) {
    static char path[128];
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    assert_int_equal(base_file_write(path, text, strlen(text), NULL), PISTE_OK);
    return path;
}

static char *plan_text(const char *rest) {
    char here[1024];
    base_text text = {0};
    assert_non_null(getcwd(here, sizeof here));
    base_text_format(&text, "plan: 1\nname: Test\n%s", rest);
    char *found;
    while ((found = strstr(text.data, "HERE"))) {
        base_text grown = {0};
        base_text_add_bytes(&grown, text.data, (size_t)(found - text.data));
        base_text_add(&grown, here);
        base_text_add(&grown, found + 4);
        base_text_release(&text);
        text = grown;
    }
    return text.data;
}

// Each scenario's days are those of `piste day` with the seed of that day: the first replications of plans with one scenario
// and with many are the same ones.
static void scenarios_meet_the_same_days(void **state) {
    (void)state;
    char *one = plan_text("resort: HERE/examples/badger-pass\nvisits: 200\nmeasures: [{measure: rides}, {measure: wait_p90}]\nreplications: {minimum: 8, maximum: 8}\n");
    char *two = plan_text("resort: HERE/examples/badger-pass\nvisits: 200\nmeasures: [{measure: rides}, {measure: wait_p90}]\nreplications: {minimum: 8, maximum: 8}\n"
                          "factors: [{key: note, levels: [{key: a}, {key: b, changes: {name: Another name}}]}]\n");
    piste_plan *a = load(write_plan(one)), *b = load(write_plan(two));
    const piste_plan_result *x = run(a, 1), *y = run(b, 2);
    for (int32_t m = 0; m < 2; m++)
        for (int32_t i = 0; i < 2; i++)
            assert_true(estimate_of(x, 0, m)->value.mean == estimate_of(y, i, m)->value.mean);
    assert_true(y->differences.list[0].value.mean == 0 && y->differences.list[0].value.half == 0);
    piste_plan_destroy(a);
    piste_plan_destroy(b);
    free(one);
    free(two);
}

// ---- intervals ------------------------------------------------------------------------------------------------------------

// Guests who bought come with their show rate, each by himself: how many come has a known mean, and the plan stops where its
// interval is as narrow as asked.
static void intervals_cover_as_stopped(void **state) {
    (void)state;
    int repetitions = test_sample(40, 1000), covered = 0, reached = 0, stopped_later = 0;
    for (int r = 0; r < repetitions; r++) {
        char rest[700];
        snprintf(rest, sizeof rest,
                 "resort: HERE/examples/badger-pass\nseed: %d\nvisits: 60\n"
                 "changes: {segments.locals.guests: 60, segments.families.guests: 0, segments.locals.party-size: 1, segments.locals.show-rate: 70 %%}\n"
                 "measures: [{measure: guests, precision: 1.5}]\nreplications: {minimum: 10, maximum: 400}\n", r + 1);
        char *text = plan_text(rest);
        piste_plan *plan = load(write_plan(text));
        const piste_plan_result *result = run(plan, 2);
        const piste_plan_estimate *e = estimate_of(result, 0, 0);
        covered += fabs(e->value.mean - 42) <= e->value.half;
        reached += e->reached && e->value.half <= 1.5;
        stopped_later += e->count > 10;
        piste_plan_destroy(plan);
        free(text);
    }
    print_message("# %d of %d intervals cover 42\n", covered, repetitions);
    assert_int_equal(reached, repetitions);
    assert_true(stopped_later > repetitions * 9 / 10);
    double share = (double)covered / repetitions, luck = 3 * sqrt(0.95 * 0.05 / repetitions);
    assert_true(share > 0.95 - luck && share < 0.97 + luck);
}

static void what_is_asked_is_reached_or_told(void **state) {
    (void)state;
    char *text = plan_text("resort: HERE/examples/badger-pass\nvisits: 300\n"
                           "factors: [{key: interval, levels: [{key: as-is}, {key: slower, changes: {lifts.eagle.interval: x 1.3}}]}]\n"
                           "measures: [{measure: wait_mean@eagle, precision: 4 s, difference: 3 s}, {measure: rides_each, precision: 0.0001}]\n"
                           "replications: {minimum: 10, maximum: 60}\n");
    piste_plan *plan = load(write_plan(text));
    const piste_plan_result *r = run(plan, 2);
    for (int32_t i = 0; i < r->estimates.count; i++)
        assert_int_equal(r->estimates.list[i].reached, r->estimates.list[i].measure == 0);
    assert_true(r->differences.list[0].reached && r->differences.list[0].value.half <= 3);
    assert_true(r->differences.list[0].half_all == r->differences.list[0].value.half); // one comparison
    for (int32_t i = 0; i < 2; i++)
        assert_int_equal(r->scenarios.list[i].days, 60); // the other measure takes all there is
    piste_plan_destroy(plan);
    free(text);
}

// ---- effects, the best, ranges ----------------------------------------------------------------------------------------------

// A full factorial's effects are what its scenarios' means say, and half of it tells the same main effects of what adds up.
static void effects_are_differences_of_means(void **state) {
    (void)state;
    char *text = plan_text("resort: HERE/examples/badger-pass\nvisits: 300\n"
                           "factors:\n  - {key: a, levels: [{key: no}, {key: yes, changes: {segments.families.guests: x 1.2}}]}\n"
                           "  - {key: b, levels: [{key: no}, {key: yes, changes: {lifts.eagle.interval: x 1.2}}]}\n"
                           "measures: [{measure: rides_each}]\nreplications: {minimum: 6, maximum: 6}\n");
    piste_plan *plan = load(write_plan(text));
    const piste_plan_result *r = run(plan, 1);
    double m[4];
    for (int32_t i = 0; i < 4; i++)
        m[i] = estimate_of(r, i, 0)->value.mean; // no no, no yes, yes no, yes yes
    assert_int_equal(r->effects.count, 3);
    assert_true(fabs(r->effects.list[0].value.mean - ((m[2] + m[3]) / 2 - (m[0] + m[1]) / 2)) < 1e-12);
    assert_true(fabs(r->effects.list[1].value.mean - ((m[1] + m[3]) / 2 - (m[0] + m[2]) / 2)) < 1e-12);
    assert_true(fabs(r->effects.list[2].value.mean - (m[3] - m[2] - m[1] + m[0])) < 1e-12);
    piste_plan_destroy(plan);
    free(text);
}

static void the_best_is_found(void **state) {
    (void)state;
    static const char *const ways[] = {"selection: {measure: wait_mean, best: least, indifference: 5 s}\n",
                                       "selection: {measure: wait_mean, best: least, procedure: ocba, budget: 60}\n"};
    for (int way = 0; way < 2; way++) {
        base_text rest = {0};
        base_text_format(&rest, "resort: HERE/examples/badger-pass\nvisits: 500\n"
                         "factors: [{key: seats, levels: [{key: three}, {key: six, changes: {lifts.eagle.seats: 6, lifts.eagle.capacity: 3600 pph}}, "
                         "{key: one, changes: {lifts.eagle.seats: 1}}]}]\n"
                         "measures: [{measure: wait_mean}]\nreplications: {minimum: 10, maximum: 200}\n%s", ways[way]);
        char *text = plan_text(rest.data);
        piste_plan *plan = load(write_plan(text));
        const piste_plan_result *r = run(plan, 2);
        assert_non_null(r->selection);
        double least = INFINITY;
        for (int32_t i = 0; i < 3; i++)
            least = fmin(least, estimate_of(r, i, 0)->value.mean);
        assert_true(estimate_of(r, r->selection->best, 0)->value.mean == least);
        assert_true(way == 1 || r->selection->guaranteed);
        assert_true(way == 0 || r->days == 60);
        piste_plan_destroy(plan);
        base_text_release(&rest);
        free(text);
    }
}

// Of two ranges, one of which does nothing, the other makes all of the variance.
static void ranges_tell_what_matters(void **state) {
    (void)state;
    static const char *const designs[] = {"sobol", "morris", "latin-hypercube"};
    for (int d = 0; d < 3; d++) {
        char rest[800];
        snprintf(rest, sizeof rest,
                 "resort: HERE/examples/badger-pass\ndesign: %s\nsamples: %d\n"
                 "factors:\n  - {key: guests, from: 20, to: 200, whole: yes, changes: {segments.families.guests: \"{}\"}}\n"
                 "  - {key: nothing, from: 0, to: 1, changes: {lifts.eagle.weight: \"{}\"}}\n" // of a choice that is not made
                 "measures: [{measure: guests}]\nreplications: {minimum: 2, maximum: 2}\n", designs[d], d == 1 ? 6 : test_count(32, 128));
        char *text = plan_text(rest);
        piste_plan *plan = load(write_plan(text));
        const piste_plan_result *r = run(plan, 2);
        const piste_plan_index *guests = &r->indices.list[0], *nothing = &r->indices.list[1];
        assert_int_equal(r->indices.count, 2);
        if (d == 0) {
            assert_true(fabs(guests->first - 1) < 0.3 && fabs(guests->total - 1) < 0.3);
            assert_true(nothing->first == 0 && nothing->total == 0);
        } else if (d == 1) {
            assert_true(fabs(guests->effect - 180) < 5 && nothing->effect == 0 && nothing->total == 0);
        } else
            assert_true(fabs(guests->effect - 180) < 5 && guests->first > 0.99 && nothing->first < 0.1);
        piste_plan_destroy(plan);
        free(text);
    }
}

int main(void) {
    snprintf(folder, sizeof folder, "/tmp/piste-test-XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_plans_are_refused_with_their_place),
        cmocka_unit_test(every_factor_changes_the_day),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(scenarios_meet_the_same_days),
        cmocka_unit_test(intervals_cover_as_stopped),
        cmocka_unit_test(what_is_asked_is_reached_or_told),
        cmocka_unit_test(effects_are_differences_of_means),
        cmocka_unit_test(the_best_is_found),
        cmocka_unit_test(ranges_tell_what_matters),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char path[128];
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    unlink(path);
    rmdir(folder);
    return failed;
}
