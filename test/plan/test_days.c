// test_days.c - what experiments share: figures by name, conditions, work over threads, days that vary.
#include "flow/flow_test.h"

#include <stdatomic.h>

#include "plan/plan.h"
#include "report/report.h"

static plan_measure measure_of(const piste_resort *resort, const char *text) {
    plan_measure m;
    piste_errors *errors = piste_errors_create();
    if (plan_measure_read(resort, text, "x.yaml", 3, errors, &m) != PISTE_OK)
        fail_msg("%s", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return m;
}

// ---- figures by name ----------------------------------------------------------------------------------------------------

static void every_measure_can_be_read_and_the_worst_is_one_of_its_parts(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    assert_int_equal(piste_day_create(resort, &def, NULL, &day), PISTE_OK);
    piste_day_run(day, PISTE_DAY_END);
    const piste_day_result *r = piste_day_get_result(day);
    int read = 0;
    for (int32_t what = 0; plan_measure_name(what); what++, read++) {
        char text[96];
        plan_measure m = measure_of(resort, plan_measure_name(what));
        assert_int_equal(m.what, what);
        assert_true(strlen(plan_measure_meaning(&m)) > 5);
        double worst = plan_measure_of(&m, r), most = NAN;
        int32_t lifts = 0;
        if (isnan(worst))
            fail_msg("%s is not defined", m.text);
        for (int32_t i = 0; i < resort->lifts.count; i++) { // others do not know all of these keys
            snprintf(text, sizeof text, "%s@%s", m.text, resort->lifts.list[i].entry.key);
            if (plan_measure_read(resort, text, "", 0, NULL, &m) != PISTE_OK)
                break;
            lifts++;
            double own = plan_measure_of(&m, r);
            most = isnan(own) || own <= most ? most : own;
        }
        if (lifts == resort->lifts.count)
            assert_true(most == worst);
    }
    assert_int_equal(read, 39);
    plan_measure p90 = measure_of(resort, "wait_p90@all"), rides = measure_of(resort, "rides@all");
    assert_true(plan_measure_of(&p90, r) == r->wait.p90_s);
    assert_true(plan_measure_of(&rides, r) == (double)r->rides);
    plan_measure each = measure_of(resort, "rides_each"), guests = measure_of(resort, "guests");
    assert_true(plan_measure_of(&guests, r) == (double)r->guests);
    assert_true(fabs(plan_measure_of(&each, r) * (double)r->guests - (double)r->rides) < 1e-6);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void what_cannot_be_measured_is_told(void **state) {
    (void)state;
    static const char *const bad[][2] = {
        {"wait_p95", "x.yaml:7: wait_p95, expected one of the measures wait_mean, "},
        {"wait_p90@gondole", "x.yaml:7: wait_p90@gondole: there is no lift gondole, expected one of "},
        {"wait_p90@", "x.yaml:7: wait_p90@: there is no lift , expected one of "},
        {"density@all", "x.yaml:7: density@all, expected the key of a run: density has no figure over all"},
        {"present_max@coast-town",
         "x.yaml:7: present_max@coast-town, expected present_max alone: it is of the whole day"},
        {"", "x.yaml:7: , expected one of the measures wait_mean, "}};
    piste_resort *resort = load("resorts/masikryong");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        plan_measure m;
        piste_errors *errors = piste_errors_create();
        assert_int_equal(plan_measure_read(resort, bad[i][0], "x.yaml", 7, errors, &m), PISTE_INVALID);
        if (strncmp(piste_errors_get(errors, 0)->text, bad[i][1], strlen(bad[i][1])) != 0)
            fail_msg("%s: told '%s'", bad[i][0], piste_errors_get(errors, 0)->text);
        piste_errors_destroy(errors);
    }
    piste_resort_destroy(resort);
}

static void conditions_hold_as_they_say(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    plan_condition c;
    assert_int_equal(piste_day_create(resort, &def, NULL, &day), PISTE_OK);
    piste_day_run(day, PISTE_DAY_END);
    const piste_day_result *r = piste_day_get_result(day);
    plan_measure worst = measure_of(resort, "wait_p90");
    double p90 = plan_measure_of(&worst, r);
    assert_true(p90 > 0);
    static const struct {
        const char *format;
        double off;
        bool holds;
    } cases[] = {{"wait_p90<=%.0fs", 0, true},
                 {"wait_p90 <= %.0f s", -1, false},
                 {"wait_p90<%.0fs", 0, false},
                 {"wait_p90<%.0fs", 1, true},
                 {"wait_p90@all>=%.0fs", 1e4, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[80];
        snprintf(text, sizeof text, cases[i].format, p90 + cases[i].off);
        assert_int_equal(plan_condition_read(resort, text, "", 0, NULL, &c), PISTE_OK);
        if (plan_condition_holds(&c, r) != cases[i].holds)
            fail_msg("%s: wrong", text);
        assert_true(!c.strict == (plan_condition_used(&c, r) <= 1) || !cases[i].holds || c.strict);
    }
    assert_int_equal(plan_condition_read(resort, "wait_p90<=10min", "", 0, NULL, &c), PISTE_OK);
    assert_true(c.bound == 600);
    assert_true(fabs(plan_condition_used(&c, r) - p90 / 600) < 1e-12);
    assert_int_equal(plan_condition_read(resort, "density<=standard", "", 0, NULL, &c), PISTE_OK);
    plan_measure crowding = measure_of(resort, "crowding");
    assert_true(plan_condition_used(&c, r) == plan_measure_of(&crowding, r));
    // The least lift decides what at least something is asked of.
    assert_int_equal(plan_condition_read(resort, "rides>=1", "", 0, NULL, &c), PISTE_OK);
    double least = INFINITY;
    for (int32_t i = 0; i < r->lifts.count; i++)
        least = (double)r->lifts.list[i].rides < least ? (double)r->lifts.list[i].rides : least;
    assert_true(plan_measure_of(&c.measure, r) == least);
    static const char *const bad[] = {"wait_p90",       "wait_p90<=",         "wait_p90<=10",     "wait_p90<=0x10s",
                                      "wait_p90<=-1s",  "wait_p90<=nan s",    "wait_p90<=1e999s", "used<=50",
                                      "density<=10min", "rides<=standard",    "<=10min",          "wait_p90=10min",
                                      "waits<=10min",   "wait_p90<=10min and"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (plan_condition_read(resort, bad[i], "", 0, NULL, &c) != PISTE_INVALID)
            fail_msg("'%s' was taken", bad[i]);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// ---- work over threads ----------------------------------------------------------------------------------------------------

enum { PIECES = 500 };
typedef struct counted {
    atomic_int times[PIECES], hands, drops;
    int64_t fails_at, stops_at;
} counted;

static void *make_hand(void *job) {
    atomic_fetch_add(&((counted *)job)->hands, 1);
    return job;
}
static void drop_hand(void *job, void *hand) {
    assert_ptr_equal(job, hand);
    atomic_fetch_add(&((counted *)job)->drops, 1);
}
static piste_status do_piece(void *job, void *hand, int64_t index) {
    counted *c = job;
    (void)hand;
    atomic_fetch_add(&c->times[index], 1);
    return c->fails_at >= 0 && index >= c->fails_at ? index == c->fails_at ? PISTE_LIMIT : PISTE_INVALID : PISTE_OK;
}
static bool stop_after(void *job, int64_t done) {
    const counted *c = job;
    return c->stops_at < 0 || done < c->stops_at;
}

static void every_piece_is_done_once_by_any_number_of_threads(void **state) {
    (void)state;
    for (int32_t threads = 1; threads <= 8; threads++) {
        counted c = {.fails_at = -1, .stops_at = -1};
        plan_work work = {.count = PIECES,
                          .threads = threads,
                          .job = &c,
                          .hand = make_hand,
                          .drop = drop_hand,
                          .piece = do_piece,
                          .tick = stop_after};
        assert_int_equal(plan_work_run(&work), PISTE_OK);
        for (int i = 0; i < PIECES; i++)
            assert_int_equal(atomic_load(&c.times[i]), 1);
        assert_int_equal(atomic_load(&c.hands), atomic_load(&c.drops));
        c = (counted){.fails_at = 100, .stops_at = -1};
        assert_int_equal(plan_work_run(&work), PISTE_LIMIT); // of the first that failed, whoever was faster
        c = (counted){.fails_at = -1, .stops_at = 50};
        piste_status status = plan_work_run(&work);
        if (status == PISTE_OK) // the others were done with all before this thread had its first
            for (int i = 0; i < PIECES; i++)
                assert_int_equal(atomic_load(&c.times[i]), 1);
        else
            assert_int_equal(status, PISTE_INTERRUPTED);
        assert_true(status == PISTE_INTERRUPTED || threads > 1);
        work.count = 0;
        c = (counted){.fails_at = -1, .stops_at = -1};
        assert_int_equal(plan_work_run(&work), PISTE_OK);
    }
}

// ---- days that vary ---------------------------------------------------------------------------------------------------------

static const piste_day_result *run_of(plan_hand *hand, int64_t index, int64_t visits) {
    const piste_day_result *r = NULL;
    assert_int_equal(plan_hand_run(hand, 5, index, visits, &r), PISTE_OK);
    return r;
}

static void types_come_by_their_shares(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    plan_days *days = NULL;
    assert_int_equal(plan_days_create(resort, NULL, &days), PISTE_OK);
    enum { DAYS = 20000, TYPES = 16 };
    int64_t count[TYPES] = {0};
    for (int64_t i = 0; i < DAYS; i++)
        count[plan_days_type_of(days, 3, i)]++;
    double chi = 0;
    for (int32_t t = 0; t < plan_days_count_types(days); t++) {
        double expected = DAYS * plan_days_type_share(days, t), off = (double)count[t] - expected;
        chi += off * off / expected;
    }
    assert_int_equal(plan_days_count_types(days), 6);
    assert_true(chi < 20.5); // 99.9 % of chi-square with 5 degrees of freedom
    plan_days_destroy(days);
    piste_resort_destroy(resort);
}

// A day is the same whatever its thread did before, and one without types is the day of `piste day`.
static void a_day_does_not_depend_on_those_before(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/two-kinds"), *plain = load("test/laws/mountain");
    plan_days *days = NULL;
    assert_int_equal(plan_days_create(resort, NULL, &days), PISTE_OK);
    plan_hand *one = plan_hand_create(days), *other = plan_hand_create(days);
    enum { SEEN = 12 };
    int64_t rides[SEEN], events[SEEN];
    for (int i = 0; i < SEEN; i++) {
        if (plan_days_is_closed(days, plan_days_type_of(days, 5, i)))
            continue;
        const piste_day_result *r = run_of(one, i, i % 3 ? 120 : -1);
        rides[i] = r->rides;
        events[i] = r->events;
    }
    for (int i = SEEN - 1; i >= 0; i--) {
        if (plan_days_is_closed(days, plan_days_type_of(days, 5, i)))
            continue;
        const piste_day_result *r = run_of(other, i, i % 3 ? 120 : -1);
        assert_int_equal(r->rides, rides[i]);
        assert_int_equal(r->events, events[i]);
    }
    plan_hand_destroy(one);
    plan_hand_destroy(other);
    plan_days_destroy(days);
    assert_int_equal(plan_days_create(plain, NULL, &days), PISTE_OK);
    assert_string_equal(plan_days_type_key(days, 0), "as-written");
    one = plan_hand_create(days);
    piste_day_def def = piste_day_def_default();
    def.seed = plan_days_seed(5, 3);
    def.guests = 150;
    piste_day *day = NULL;
    assert_int_equal(piste_day_create(plain, &def, NULL, &day), PISTE_OK);
    piste_day_run(day, PISTE_DAY_END);
    assert_int_equal(run_of(one, 3, 150)->rides, piste_day_get_result(day)->rides);
    piste_day_destroy(day);
    plan_hand_destroy(one);
    plan_days_destroy(days);
    piste_resort_destroy(plain);
    piste_resort_destroy(resort);
}

// So many days of each kind, by one thread's hand and each by a new one.
static void vary_and_make(const piste_resort *resort, int32_t days_of_kind) {
    plan_days *days = NULL;
    assert_int_equal(plan_days_create(resort, NULL, &days), PISTE_OK);
    plan_hand *hand = plan_hand_create(days);
    int32_t seen[16] = {0};
    for (int64_t i = 0; i < 40 * days_of_kind; i++) {
        int32_t type = plan_days_type_of(days, 5, i);
        if (plan_days_is_closed(days, type) || seen[type]++ == days_of_kind)
            continue;
        int64_t visits = i % 3 == 2 ? -1 : 300 + i % 40 * 10;
        plan_hand *fresh = plan_hand_create(days);
        base_text varied = {0}, made = {0};
        assert_int_equal(report_day_json(resort, run_of(hand, i, visits), &varied), PISTE_OK);
        assert_int_equal(report_day_json(resort, run_of(fresh, i, visits), &made), PISTE_OK);
        assert_string_equal(varied.data, made.data);
        base_text_release(&varied);
        base_text_release(&made);
        plan_hand_destroy(fresh);
    }
    for (int32_t type = 0; type < plan_days_count_types(days); type++)
        assert_true(plan_days_is_closed(days, type) || seen[type] >= days_of_kind);
    const piste_day_result *none = NULL;
    assert_int_equal(plan_hand_run(hand, 5, 1, PISTE_GUESTS_MAX + 1ll, &none), PISTE_LIMIT);
    assert_int_equal(run_of(hand, 1, 300)->segments.count, resort->segments.count); // and is of use afterwards
    plan_hand_destroy(hand);
    plan_days_destroy(days);
}

// A thread's day is made once for each kind and varied after that: all that it tells is as if it had been made for that day.
static void a_day_that_is_varied_is_as_one_that_is_made(void **state) {
    (void)state;
    static const char *const folders[] = {"resorts/masikryong", "test/plan/two-kinds"};
    for (int f = 0; f < 2; f++) {
        piste_resort *resort = load(folders[f]);
        vary_and_make(resort, test_count(3, 40));
        // Stops and misloading that there are on every other day only.
        static const double times[2] = {0, 1}, half[2] = {0.5, 1};
        plan_variant v;
        const char *why;
        assert_true(plan_variant_init(&v, resort));
        piste_day_type *types =
            plan_variant_copy(&v, resort->day_types.list, resort->day_types.count, sizeof *types);
        v.resort.day_types.list = types;
        for (int32_t i = 0; i < resort->day_types.count; i++) {
            types[i].stops = (piste_dist){.kind = PISTE_DIST_EMPIRICAL, .count = 2, .values = times, .cumulative = half};
            assert_int_equal(piste_dist_prepare(&types[i].stops, &why), PISTE_OK);
        }
        piste_lift *lifts = plan_variant_lifts(&v);
        for (int32_t i = 0; i < resort->lifts.count; i++)
            lifts[i].misload[PISTE_INTERMEDIATE] = 0.01;
        vary_and_make(&v.resort, test_count(3, 40));
        plan_variant_release(&v);
        piste_resort_destroy(resort);
    }
}

// Of the folder's two open kinds, "bad" closes the run "short" and the lift "tow", halves those who show, triples the
// stops, blows at 25 m/s and brings four times as many of "regulars".
static void what_a_type_says_happens(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/two-kinds");
    plan_days *days = NULL;
    assert_int_equal(plan_days_create(resort, NULL, &days), PISTE_OK);
    plan_hand *hand = plan_hand_create(days);
    double stops[2] = {0}, share[2] = {0}, came[2] = {0}, sold[2] = {0}, held[2] = {0};
    int64_t seen[2] = {0}, closed = 0;
    int32_t run = piste_resort_find_run(resort, "short"), lift = piste_resort_find_lift(resort, "tow"),
            chair = piste_resort_find_lift(resort, "chair");
    int32_t regulars = piste_resort_find_segment(resort, "regulars");
    for (int64_t i = 0; i < 60; i++) {
        int32_t type = plan_days_type_of(days, 5, i);
        if (plan_days_is_closed(days, type)) {
            const piste_day_result *none = NULL;
            assert_int_equal(plan_hand_run(hand, 5, i, 400, &none), PISTE_INVALID);
            assert_null(none);
            closed++;
            continue;
        }
        const piste_day_result *r = run_of(hand, i, 400);
        int bad = strcmp(plan_days_type_key(days, type), "bad") == 0;
        if (bad) {
            assert_int_equal(r->runs.list[run].descents, 0);
            assert_int_equal(r->lifts.list[lift].rides, 0);
        } else {
            assert_true(r->runs.list[run].descents > 0 && r->lifts.list[lift].rides > 0);
        }
        assert_int_equal(r->sold, 400);
        seen[bad]++;
        stops[bad] += r->lifts.list[chair].stops;
        held[bad] += (double)r->lifts.list[chair].held_s;
        share[bad] += (double)r->segments.list[regulars].sold / 400;
        came[bad] += (double)r->guests;
        sold[bad] += 400;
    }
    assert_true(seen[0] >= 10 && seen[1] >= 10 && closed >= 5);
    assert_true(fabs(share[0] / (double)seen[0] - 0.25) < 0.003);    // 100 of 400
    assert_true(fabs(share[1] / (double)seen[1] - 4.0 / 7) < 0.003); // 400 of 700
    assert_true(fabs(came[0] / sold[0] - 0.9) < 0.02);
    assert_true(fabs(came[1] / sold[1] - 0.45) < 0.03);
    double more = (stops[1] / (double)seen[1]) / (stops[0] / (double)seen[0]);
    assert_true(more > 2 && more < 4.5); // three times as often while it runs
    assert_true(held[0] == 0 && held[1] > 0);
    plan_hand_destroy(hand);
    plan_days_destroy(days);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_measure_can_be_read_and_the_worst_is_one_of_its_parts),
        cmocka_unit_test(what_cannot_be_measured_is_told),
        cmocka_unit_test(conditions_hold_as_they_say),
        cmocka_unit_test(every_piece_is_done_once_by_any_number_of_threads),
        cmocka_unit_test(types_come_by_their_shares),
        cmocka_unit_test(a_day_does_not_depend_on_those_before),
        cmocka_unit_test(a_day_that_is_varied_is_as_one_that_is_made),
        cmocka_unit_test(what_a_type_says_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
