// test_choices.c - what guests know and feel changes what they do, in the direction and to the size that theory gives.
#include "flow_test.h"

// Mean difference of the two waits from the second hour to the eighth, and how often the longer one changes.
typedef struct swing {
    double apart;
    int turns;
} swing;

static swing swing_of(piste_resort *resort, double delay_s) {
    resort->board_delay_s = delay_s;
    piste_day *day = run_day(resort, 1, -1);
    const piste_day_result *r = piste_day_get_result(day);
    swing s = {0, 0};
    int last = 0, bins = 0;
    for (int32_t b = r->bin_count / 8; b < r->bin_count / 2; b++, bins++) {
        int more = 3 * r->lifts.list[0].queue[b] - 9 * r->lifts.list[1].queue[b] / 2, side = more > 60 ? 1 : more < -60 ? -1 : last;
        s.apart += abs(more);
        s.turns += last && side != last;
        last = side;
    }
    s.apart /= bins;
    piste_day_destroy(day);
    return s;
}

// What is known at once damps; what is known late drives the lines against one another.
static void boards_even_the_lines_and_late_ones_make_them_swing(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/boards");
    swing none = swing_of(resort, NAN), now = swing_of(resort, 0), late = swing_of(resort, 20 * 60);
    printf("# waits apart by %.0f s without boards, %.0f with, %.0f with late ones; the longer one changes %d, %d and %d times\n", none.apart, now.apart, late.apart, none.turns, now.turns, late.turns);
    assert_true(now.apart < none.apart / 2);
    assert_true(late.apart > 2 * now.apart);
    assert_true(late.turns > 2 * now.turns && late.turns >= 6);
    piste_resort_destroy(resort);
}

// In the steady state n people are on the run and each of them takes T (1 + k (n / N)^2), N being what the standard allows;
// the others ride: n / T' = (150 - n) / (U + 1), with the second that joining takes.
static void crowding_slows_as_stated(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/crowded");
    double low = 0, high = 150, up = 301, down = 300, allowed = 60 * 1.5;
    for (int i = 0; i < 60; i++) {
        double n = (low + high) / 2, takes = down * (1 + 0.4 * (n / allowed) * (n / allowed));
        *(n / takes < (150 - n) / up ? &low : &high) = n;
    }
    double rate = (150 - low) / up;
    piste_day *slow = run_day(resort, 1, -1);
    const piste_lift_result *l = &piste_day_get_result(slow)->lifts.list[0];
    const piste_run_result *run = &piste_day_get_result(slow)->runs.list[0];
    double rides = 0;
    for (int32_t b = 36; b < 132; b++) // from the third hour to the eleventh
        rides += l->boarded[b];
    printf("# %.0f people on the run, %.3f rides a second; %.3f by the law\n", run->people[100], rides / (8 * 3600), rate);
    assert_true(fabs(rides / (8 * 3600) / rate - 1) < 0.01);
    resort->crowding_slows = 0;
    piste_day *free_ = run_day(resort, 1, -1);
    rides = 0;
    for (int32_t b = 36; b < 132; b++)
        rides += piste_day_get_result(free_)->lifts.list[0].boarded[b];
    assert_true(fabs(rides / (8 * 3600) / (150 / (up + down)) - 1) < 0.01);
    piste_day_destroy(slow);
    piste_day_destroy(free_);
    piste_resort_destroy(resort);
}

// Whoever minds crowds goes to the run that is not crowded.
static double share_of_first_run(piste_resort *resort, double crowding) {
    for (int32_t i = 0; i < resort->segments.count; i++)
        ((piste_segment *)(uintptr_t)resort->segments.list)[i].choice.crowding = crowding;
    piste_day *day = run_day(resort, 1, -1);
    const piste_day_result *r = piste_day_get_result(day);
    double share = (double)r->runs.list[0].descents / (double)(r->runs.list[0].descents + r->runs.list[1].descents);
    piste_day_destroy(day);
    return share;
}

static void people_keep_away_from_crowds(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/boards");
    ((piste_run *)(uintptr_t)resort->runs.list)[0].area_ha = 0.2; // a thirtieth of the room
    ((piste_run *)(uintptr_t)resort->runs.list)[1].area_ha = 6;
    ((piste_lift *)(uintptr_t)resort->lifts.list)[1].interval_s = resort->lifts.list[0].interval_s; // alike else
    resort->crowding_slows = 0;
    resort->board_delay_s = 0;
    double minds = share_of_first_run(resort, 1), does_not = share_of_first_run(resort, 0);
    printf("# %.3f of the descents on the small run where crowds are minded, %.3f where they are not\n", minds, does_not);
    assert_true(fabs(does_not - 0.5) < 0.02);
    assert_true(minds < does_not - 0.02);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_even_the_lines_and_late_ones_make_them_swing),
        cmocka_unit_test(crowding_slows_as_stated),
        cmocka_unit_test(people_keep_away_from_crowds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
