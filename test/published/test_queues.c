// test_queues.c - queues whose waits are known from the literature, each stated as a resort folder of its own.
// docs/models.md has the table: source, inputs, expected figure, piste's figure and where it differs.
#include "published.h"
#include "theory.h"

enum { HOUR = 3600 };

// From the third hour to the last but one: the lines have filled, and nobody leaves before boarding.
static estimate one(const char *folder, int days, figure f) {
    estimate out;
    study_run(&(study){.folder = folder, .from_s = 3 * HOUR, .to_s = 47 * HOUR, .days = days}, &f, 1, &out);
    return out;
}

// Whoever joins in one second can board in the next one at the earliest, and seconds are whole: the next carrier comes
// after 1 to H seconds, half a second more on average than after 0 to H.
static const double half_second = 0.5;

static void carriers_of_several_seats_are_bailey_s_bulk_service(void **state) {
    (void)state;
    bulk_service b = {0.1, 4, 30, 0, 0}, more = {0.105, 4, 30, 0, 0};
    compare("bulk: wait, s", one("test/published/bulk", test_sample(8, 100), (figure){wait_at_lift, 0}),
            bulk_wait_s(&b) + half_second, 0, bulk_wait_s(&more) + half_second);
}

static void carriers_that_stops_hold_up_are_bailey_s_with_random_intervals(void **state) {
    (void)state;
    bulk_service b = {0.08, 4, 30, 1.0 / 1200, 120}, more = {0.084, 4, 30, 1.0 / 1200, 120};
    compare("bulk-stops: wait, s", one("test/published/bulk-stops", test_sample(30, 300), (figure){wait_at_lift, 0}),
            bulk_wait_s(&b) + half_second, 0, bulk_wait_s(&more) + half_second);
}

static void the_wait_for_a_carrier_grows_with_the_spread_of_intervals(void **state) {
    (void)state;
    double gaps = (300. * 300 + 300 * 300 + 600 * 600) / (2 * (300 + 300 + 600));
    bulk_service b = {0, 1, 300, 1.0 / 1200, 300}, longer = {0, 1, 315, 1.0 / 1200, 300};
    compare("headways-gaps: wait, s", one("test/published/headways-gaps", test_sample(5, 50), (figure){wait_at_lift, 0}),
            gaps + half_second, 0, 1.05 * gaps + half_second);
    compare("headways-stops: wait, s",
            one("test/published/headways-stops", test_sample(20, 300), (figure){wait_at_lift, 0}),
            bulk_next_carrier_s(&b) + half_second, 0, bulk_next_carrier_s(&longer) + half_second);
}

// Rides that the stops cost, in seconds of running for each stop: its length, to the second.
static void a_stop_costs_its_length(void **state) {
    (void)state;
    piste_resort *resort = load("test/published/stops-short");
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        assert_int_equal(piste_day_reset(day, seed), PISTE_OK);
        piste_day_run(day, PISTE_DAY_END);
        const piste_lift_result *lift = &piste_day_get_result(day)->lifts.list[0];
        double lost_s = 86400 - (double)lift->rides, each_s = (lost_s - 1) / lift->stops;
        printf("# stops-short: %d stops of 10 s cost %.2f s of rides each\n", lift->stops, lost_s / lift->stops);
        assert_true(lift->stops > 1000);
        assert_true(each_s >= 9.99 && each_s <= 10.01);
    }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void servers_with_constant_service_are_crommelin_s(void **state) {
    (void)state;
    compare("counter-constant: wait, s",
            one("test/published/counter-constant", test_sample(17, 200), (figure){wait_at_venue, 0}),
            constant_service_wait_s(0.1125, 3, 20), 0, constant_service_wait_s(0.118125, 3, 20));
}

static void seats_with_exponential_stays_are_erlang_s(void **state) {
    (void)state;
    compare("tables-exponential: wait, s",
            one("test/published/tables-exponential", test_sample(90, 1000), (figure){wait_at_venue, 0}),
            exponential_service_wait_s(0.03, 3, 60), 0, exponential_service_wait_s(0.0315, 3, 60));
}

static void one_server_is_pollaczek_s_and_khinchine_s(void **state) {
    (void)state;
    double square = 20. * 20 + 15 * 15;
    compare("counter-lognormal: wait, s",
            one("test/published/counter-lognormal", test_sample(32, 400), (figure){wait_at_venue, 0}),
            one_server_wait_s(0.03, 20, square), 0, one_server_wait_s(0.0315, 20, square));
}

// Groups wait as single customers whose service is that of all in them; within a group those ahead are served first.
static double group_wait_s(double rate) {
    static const double share[5] = {0, 0.1, 0.4, 0.2, 0.3};
    const double mean_s = 30, variance = 20. * 20 / 12;
    double size = 0, square = 0;
    for (int n = 1; n <= 4; n++) {
        size += n * share[n];
        square += n * n * share[n];
    }
    double group_square = size * variance + square * mean_s * mean_s;
    return one_server_wait_s(rate / size, size * mean_s, group_square) + (square - size) / (2 * size) * mean_s;
}

static void groups_at_a_counter_are_burke_s(void **state) {
    (void)state;
    compare("counter-parties: wait of a person, s",
            one("test/published/counter-parties", test_sample(50, 1000), (figure){wait_at_venue, 0}), group_wait_s(0.02),
            0, group_wait_s(0.021));
}

static void counters_in_a_row_are_jackson_s(void **state) {
    (void)state;
    static const figure figures[3] = {{wait_at_venue, 0}, {wait_at_venue, 1}, {wait_at_venue, 2}};
    static const int servers[3] = {2, 2, 1};
    static const double rate[3] = {0.08, 0.064, 0.064}, service_s[3] = {15, 18, 9};
    static const char *names[3] = {"office", "rental", "lockers"};
    estimate e[3];
    study_run(&(study){.folder = "test/published/counters-in-a-row",
                       .from_s = 3 * HOUR,
                       .to_s = 47 * HOUR,
                       .days = test_sample(30, 400)},
              figures, 3, e);
    for (int k = 0; k < 3; k++) {
        char what[64];
        snprintf(what, sizeof what, "counters-in-a-row: wait at the %s, s", names[k]);
        compare(what, e[k], exponential_service_wait_s(rate[k], servers[k], service_s[k]), 0,
                exponential_service_wait_s(1.05 * rate[k], servers[k], service_s[k]));
    }
}

// What is compared is told apart: the same folders with a twentieth more guests disagree with what holds for the
// folders.
static void a_twentieth_more_guests_are_noticed(void **state) {
    (void)state;
    static const struct {
        const char *folder;
        int64_t guests;
        figure figure;
    } cases[] = {{"test/published/bulk", 36288, {wait_at_lift, 0}},
                 {"test/published/counter-constant", 40824, {wait_at_venue, 0}},
                 {"test/published/counter-lognormal", 10886, {wait_at_venue, 0}}};
    bulk_service b = {0.1, 4, 30, 0, 0};
    const double law[] = {bulk_wait_s(&b) + half_second, constant_service_wait_s(0.1125, 3, 20),
                          one_server_wait_s(0.03, 20, 20. * 20 + 15 * 15)};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        estimate e;
        study_run(&(study){cases[i].folder, cases[i].guests, 3 * HOUR, 47 * HOUR, 8, NULL}, &cases[i].figure, 1, &e);
        assert_false(agrees(e, law[i], 0));
        assert_true(e.mean > law[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carriers_of_several_seats_are_bailey_s_bulk_service),
        cmocka_unit_test(carriers_that_stops_hold_up_are_bailey_s_with_random_intervals),
        cmocka_unit_test(the_wait_for_a_carrier_grows_with_the_spread_of_intervals),
        cmocka_unit_test(a_stop_costs_its_length),
        cmocka_unit_test(servers_with_constant_service_are_crommelin_s),
        cmocka_unit_test(seats_with_exponential_stays_are_erlang_s),
        cmocka_unit_test(one_server_is_pollaczek_s_and_khinchine_s),
        cmocka_unit_test(groups_at_a_counter_are_burke_s),
        cmocka_unit_test(counters_in_a_row_are_jackson_s),
        cmocka_unit_test(a_twentieth_more_guests_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
