// test_laws.c - exact laws that a day must obey, each stated as a resort folder under test/laws.
#include "flow_test.h"

static double rides_per_hour(const piste_day_result *r) {
    return (double)r->rides / ((r->to_s - r->from_s) / 3600.0);
}
static double seats_filled(const piste_day_result *r) {
    return r->lifts.list[0].seats_filled;
}
static double lift_wait(const piste_day_result *r) {
    return r->lifts.list[0].wait.mean_s;
}
static double venue_wait(const piste_day_result *r) {
    return r->venues.list[0].wait.mean_s;
}

// Holds where the mean of the sample is within 3.5 standard errors, and a share of the law for what a finite run that starts
// empty must differ by.
static void assert_law(sample s, double law, double bias) {
    double off = s.mean - law, allowed = 3.5 * s.error + bias * law;
    if (!(off <= allowed && -off <= allowed))
        fail_msg("%.5f +- %.5f, expected %.5f within %.5f", s.mean, s.error, law, allowed);
}

// 100 guests, T = 15 min: 400 an hour, less the second that joining takes in each lap; whole laps in 12 h are counted.
static void a_lift_that_does_not_bind_is_ridden_n_over_t(void **state) {
    (void)state;
    assert_law(over_seeds("test/laws/loop-10-5", 3, rides_per_hour), 400, 1.0 / 901);
    assert_law(over_seeds("test/laws/loop-5-5", 3, rides_per_hour), 600, 1.0 / 601);
}

// wait = N / c - T: 300 people at 600 an hour are 1,800 s a lap, of which 900 s are ride and run. Once everyone has gone round,
// each wait is the same to the second.
static void a_lift_that_binds_makes_everyone_wait_n_over_c_less_t(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/loop-bound");
    piste_day *day = run_day(resort, 1, -1);
    const piste_lift_result *lift = &piste_day_get_result(day)->lifts.list[0];
    assert_int_equal(lift->wait.p50_s, 900);
    assert_int_equal(lift->wait.p90_s, 900);
    assert_in_range(lift->rides, 24 * 600 - 1, 24 * 600);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// Ones and twos on a double: states "empty" and "one seat left, a two ahead" give 0.9; by the same reckoning 0.75 for twos and
// threes on a quad, and with two lanes 1 and 5/6.
static void full_queues_fill_the_seats_that_theory_says(void **state) {
    (void)state;
    int seeds = test_count(12, 60);
    assert_law(over_seeds("test/laws/double-1-2", seeds, seats_filled), 0.9, 0);
    assert_law(over_seeds("test/laws/quad-2-3", seeds, seats_filled), 0.75, 0);
    assert_law(over_seeds("test/laws/quad-2-3-two-lanes", seeds, seats_filled), 5.0 / 6, 0.0005);
    sample two_lanes = over_seeds("test/laws/double-1-2-two-lanes", seeds, seats_filled);
    assert_true(two_lanes.mean > 0.999);
}

static void a_singles_line_takes_what_the_others_leave(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/quad-3-singles");
    piste_day *with = run_day(resort, 1, -1);
    assert_true(piste_day_get_result(with)->lifts.list[0].seats_filled > 0.995);
    ((piste_lift *)(uintptr_t)resort->lifts.list)[0].singles_line = false;
    piste_day *without = run_day(resort, 1, -1);
    assert_true(piste_day_get_result(without)->lifts.list[0].seats_filled < 0.96);
    piste_day_destroy(with);
    piste_day_destroy(without);
    piste_resort_destroy(resort);
}

// The queue never empties: rides = rate * (time - time stopped), to the carriers that a stop catches half-way.
static void a_stop_costs_rate_times_its_length(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/stops");
    for (uint64_t seed = 1; seed <= 10; seed++) {
        piste_day *day = run_day(resort, seed, -1);
        const piste_lift_result *lift = &piste_day_get_result(day)->lifts.list[0];
        double rate = 4.0 / 6, law = rate * (86400.0 - (double)lift->stopped_s);
        assert_true(lift->stops > 20);
        assert_true(fabs((double)lift->rides - law) <= 4.0 * (lift->stops + 2));
        piste_day_destroy(day);
    }
    piste_resort_destroy(resort);
}

// Pollaczek and Khinchine for constant service: rho s / (2 (1 - rho)) = 12 s; the next carrier that can be taken comes after 1
// to 6 s, each alike.
static void carriers_of_one_seat_are_m_d_1(void **state) {
    (void)state;
    assert_law(over_seeds("test/laws/carriers-md1", test_count(12, 60), lift_wait), 12 + 3.5, 0.005);
}

static double erlang_c_wait(int servers, double load, double service_s) {
    double a = servers * load, term = 1, sum = 1;
    for (int k = 1; k < servers; k++) {
        term *= a / k;
        sum += term;
    }
    term *= a / servers / (1 - load);
    return term / (sum + term) * service_s / (servers * (1 - load));
}

static void venues_wait_as_queueing_theory_says(void **state) {
    (void)state;
    int seeds = test_count(40, 200);
    assert_law(over_seeds("test/laws/venue-md1", seeds, venue_wait), 0.8 * 60 / (2 * 0.2), 0.02);
    assert_law(over_seeds("test/laws/venue-mm3", seeds, venue_wait), erlang_c_wait(3, 0.8, 90), 0.02);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lift_that_does_not_bind_is_ridden_n_over_t),
        cmocka_unit_test(a_lift_that_binds_makes_everyone_wait_n_over_c_less_t),
        cmocka_unit_test(full_queues_fill_the_seats_that_theory_says),
        cmocka_unit_test(a_singles_line_takes_what_the_others_leave),
        cmocka_unit_test(a_stop_costs_rate_times_its_length),
        cmocka_unit_test(carriers_of_one_seat_are_m_d_1),
        cmocka_unit_test(venues_wait_as_queueing_theory_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
