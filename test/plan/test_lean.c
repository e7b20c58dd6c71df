// test_lean.c - a day's sensitivity: the same with any number of threads, what it says of the days as they are is what
// they are, and where the answer is known it finds it. Made to be run under ThreadSanitizer as well.
#include "flow/flow_test.h"

#include "piste/lean.h"

static piste_lean *lean_of(const char *folder, int32_t days, int32_t threads, int64_t guests) {
    piste_resort *resort = load(folder);
    piste_lean_def def = piste_lean_def_default();
    piste_lean *lean = NULL;
    def.days = days;
    def.threads = threads;
    def.day.guests = guests;
    assert_int_equal(piste_lean_create(resort, &def, NULL, &lean), PISTE_OK);
    piste_resort_destroy(resort);
    return lean;
}

static const piste_lean_row *row_of(const piste_lean *lean, const char *entry, const char *field) {
    for (int32_t i = 0; i < lean->rows.count; i++)
        if (strcmp(lean->rows.list[i].entry, entry) == 0 && strcmp(lean->rows.list[i].field, field) == 0)
            return &lean->rows.list[i];
    fail_msg("no row for %s %s", entry, field);
    return NULL;
}

static void any_number_of_threads_gives_the_same(void **state) {
    (void)state;
    piste_lean *one = lean_of("test/laws/mountain", 2, 1, 300);
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        piste_lean *many = lean_of("test/laws/mountain", 2, threads, 300);
        assert_int_equal(one->rows.count, many->rows.count);
        for (int32_t i = 0; i < one->rows.count; i++) {
            const piste_lean_row *a = &one->rows.list[i], *b = &many->rows.list[i];
            assert_ptr_equal(a->field, b->field);
            for (int way = 0; way < 2; way++) {
                assert_true(a->rides_each[way].mean == b->rides_each[way].mean &&
                            a->wait_s[way].mean == b->wait_s[way].mean);
                assert_true(a->rides_each[way].error == b->rides_each[way].error &&
                            a->wait_s[way].error == b->wait_s[way].error);
            }
        }
        piste_lean_destroy(many);
    }
    piste_lean_destroy(one);
}

static void the_days_as_they_are_are_those(void **state) {
    (void)state;
    piste_lean *lean = lean_of("resorts/masikryong", 3, 2, -1);
    piste_resort *resort = load("resorts/masikryong");
    double rides = 0, wait = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        piste_day *day = run_day(resort, seed, -1);
        const piste_day_result *r = piste_day_get_result(day);
        rides += (double)r->rides / (double)r->guests;
        wait += r->wait.mean_s;
        piste_day_destroy(day);
    }
    assert_true(lean->rides_each == rides / 3 && lean->wait_s == wait / 3);
    piste_resort_destroy(resort);
    piste_lean_destroy(lean);
}

// Guests for ever on one lift that binds: its rate is all that counts. A tenth more between carriers is rides / 1.1;
// what people prefer changes nothing, since there is nothing to choose.
static void what_is_known_is_found(void **state) {
    (void)state;
    piste_lean *lean = lean_of("test/laws/loop-bound", 2, 2, -1);
    const piste_lean_row *interval = row_of(lean, "lift", "interval"), *taste = row_of(lean, "choice", "pleasure");
    double more = 1 + interval->rides_each[1].mean / lean->rides_each,
           less = 1 + interval->rides_each[0].mean / lean->rides_each;
    if (fabs(more - 1 / 1.1) > 0.005 || fabs(less - 1 / 0.9) > 0.005)
        fail_msg("rides times %.4f and %.4f, expected %.4f and %.4f", more, less, 1 / 1.1, 1 / 0.9);
    assert_true(interval->wait_s[1].mean > 0 && interval->wait_s[0].mean < 0);
    for (int way = 0; way < 2; way++)
        assert_true(taste->rides_each[way].mean == 0 && taste->wait_s[way].mean == 0 && taste->wait_s[way].error == 0);
    piste_lean_destroy(lean);
}

static bool stop_soon(void *context, int64_t done, int64_t all) {
    assert_true(done <= all);
    return ++*(int *)context < 3;
}

static void it_can_be_stopped_and_refused(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    piste_lean_def def = piste_lean_def_default();
    piste_lean *lean = (piste_lean *)(uintptr_t)1;
    int ticks = 0;
    def.tick = stop_soon;
    def.context = &ticks;
    def.threads = 3;
    assert_int_equal(piste_lean_create(resort, &def, NULL, &lean), PISTE_INTERRUPTED);
    def = piste_lean_def_default();
    def.days = 1;
    assert_int_equal(piste_lean_create(resort, &def, NULL, &lean), PISTE_INVALID);
    def = piste_lean_def_default();
    def.day.bin_s = 7;
    assert_int_equal(piste_lean_create(resort, &def, NULL, &lean), PISTE_INVALID);
    assert_ptr_equal(lean, (piste_lean *)(uintptr_t)1); // outputs are untouched
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(the_days_as_they_are_are_those),
        cmocka_unit_test(what_is_known_is_found),
        cmocka_unit_test(it_can_be_stopped_and_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
