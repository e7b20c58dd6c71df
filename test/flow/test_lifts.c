// test_lifts.c - how lifts run, against arithmetic: slow-downs, carriers off the rope, wind, evacuation, children, lanes, patrol.
#include "flow_test.h"

#include "flow/flow.h"
#include "resort/schema.h"

static const piste_lift_result *only_lift(piste_day *day) {
    return &piste_day_get_result(day)->lifts.list[0];
}

static piste_lift *lift_of(piste_resort *resort, int32_t index) {
    return &((piste_lift *)(uintptr_t)resort->lifts.list)[index];
}

static void assert_sums(const piste_lift_result *l) {
    int64_t count = 0, seconds = 0;
    for (int k = 0; k < PISTE_HALT_SLOW; k++) {
        count += l->halts[k].count;
        seconds += l->halts[k].seconds;
    }
    assert_int_equal(count, l->stops);
    assert_int_equal(seconds, l->stopped_s);
}

// ---- slow-downs -------------------------------------------------------------------------------------------------------

// The rope moves for every second of the day, less those stopped, less 60 % of those slow: not a carrier more or less, but for
// the one that a stop catches at each of its ends.
static void a_slow_down_costs_rate_times_its_length_times_what_is_lost_of_the_speed(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-slows");
    for (uint64_t seed = 1; seed <= 10; seed++) {
        piste_day *day = run_day(resort, seed, -1);
        const piste_lift_result *l = only_lift(day);
        double slow_s = (double)l->halts[PISTE_HALT_SLOW].seconds, law = 4 / 7.2 * (86400 - (double)l->stopped_s - 0.6 * slow_s);
        assert_true(l->halts[PISTE_HALT_SLOW].count > 20 && slow_s > 3600);
        assert_int_equal(l->halts[PISTE_HALT_MECHANICAL].count, l->stops);
        assert_sums(l);
        if (fabs((double)l->rides - law) > 4.0 * (l->stops + 2))
            fail_msg("%lld rides, expected %.1f", (long long)l->rides, law);
        piste_day_destroy(day);
    }
    lift_of(resort, 0)->stops.count = 0; // alone, it costs to the carrier what it must
    for (uint64_t seed = 1; seed <= 10; seed++) {
        piste_day *day = run_day(resort, seed, -1);
        const piste_lift_result *l = only_lift(day);
        double law = 4 / 7.2 * (86400 - 0.6 * (double)l->halts[PISTE_HALT_SLOW].seconds);
        assert_true(fabs((double)l->rides - law) <= 8);
        assert_int_equal(l->stopped_s, 0);
        piste_day_destroy(day);
    }
    piste_resort_destroy(resort);
}

// From boarding to getting off, the seconds at full speed, and those slow times 0.4, are the ride.
typedef struct rides {
    double run[86401]; // how far the clock has got by each second
    int32_t boarded[4096];
    double speed[86400];
    int32_t second, count, slow_rides, long_rides;
} rides;

static void note_ride(void *context, const piste_event *e) {
    rides *r = context;
    if (e->act == PISTE_ACT_SLOW || e->act == PISTE_ACT_STOP)
        for (int32_t s = e->second; s < e->until_s && s < 86400; s++)
            if (r->speed[s] > (e->act == PISTE_ACT_STOP ? 0 : 0.4))
                r->speed[s] = e->act == PISTE_ACT_STOP ? 0 : 0.4;
    for (; r->second < e->second; r->second++)
        r->run[r->second + 1] = r->run[r->second] + r->speed[r->second];
    if (e->act == PISTE_ACT_BOARD)
        r->boarded[e->party] = e->second;
    if (e->act == PISTE_ACT_UNLOAD) {
        int32_t from = r->boarded[e->party];
        double advanced = r->run[e->second] - r->run[from];
        if (!(advanced > 300 - 1 - 1e-6 && advanced < 301 + 1e-6))
            fail_msg("a ride from %d to %d, in which the clock went on by %.2f s", from, e->second, advanced);
        r->count++;
        r->slow_rides += e->second - from > 301;
        r->long_rides += e->second - from > 700;
    }
}

static void rides_last_as_long_as_the_clock_says(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-slows");
    rides *r = calloc(1, sizeof *r);
    for (int32_t s = 0; s < 86400; s++)
        r->speed[s] = 1;
    piste_day_def def = piste_day_def_default();
    def.event = note_ride;
    def.context = r;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    assert_true(r->count > 20000 && r->slow_rides > 2000 && r->long_rides > 20 && r->count > r->slow_rides);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    free(r);
}

static void slow_loading_slows_the_lift(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-slow-loading");
    piste_day *always = run_day(resort, 1, -1);
    assert_in_range(only_lift(always)->rides, 86400 / 10 - 1, 86400 / 10 + 1);
    lift_of(resort, 0)->slow_loading[PISTE_BEGINNER] = 0.05;
    piste_day *some = run_day(resort, 1, -1);
    double law = (86400 - 0.4 * (double)only_lift(some)->halts[PISTE_HALT_SLOW].seconds) / 6;
    assert_true(fabs((double)only_lift(some)->rides - law) <= 2);
    // A slow-down is begun by one in twenty who board, and lengthened by those in it: three more carriers leave in 30 s.
    double begun = (double)only_lift(some)->rides * 0.05;
    assert_true(fabs((double)only_lift(some)->halts[PISTE_HALT_SLOW].count - begun) < 4 * sqrt(begun));
    // Of people on foot their own chance counts, not that of their ability.
    piste_segment *segments = (piste_segment *)(uintptr_t)resort->segments.list;
    lift_of(resort, 0)->slow_loading[PISTE_BEGINNER] = 1;
    segments[0].guests = 0;
    segments[1].guests = 1000;
    piste_day *on_foot = run_day(resort, 1, -1);
    assert_int_equal(only_lift(on_foot)->rides, 1000);
    assert_int_equal(only_lift(on_foot)->halts[PISTE_HALT_SLOW].count, 0);
    assert_in_range(only_lift(on_foot)->wait.max_s, 5999, 6000);
    lift_of(resort, 0)->slow_loading_on_foot = 1;
    piste_day *slowly = run_day(resort, 1, -1);
    assert_in_range(only_lift(slowly)->wait.max_s, 9990, 10000);
    assert_in_range(only_lift(slowly)->halts[PISTE_HALT_SLOW].seconds, 9990 + 20, 10000 + 30);
    piste_day_destroy(always);
    piste_day_destroy(some);
    piste_day_destroy(on_foot);
    piste_day_destroy(slowly);
    piste_resort_destroy(resort);
}

static void carriers_may_be_half_a_second_or_hours_apart(void **state) {
    (void)state;
    piste_resort *dense = load("test/laws/lift-dense");
    piste_day *day = run_day(dense, 1, -1);
    assert_in_range(only_lift(day)->rides, 6 * 7200 - 4, 6 * 7200);
    piste_day_destroy(day);
    piste_resort_destroy(dense);
    // A tram every two hours that goes at a tenth of its speed from the first minutes on: one or two rides in a day.
    piste_resort *rare = load("test/laws/lift-slows");
    lift_of(rare, 0)->interval_s = (piste_ratio){7200, 1};
    lift_of(rare, 0)->stops.count = 0;
    piste_slow *slow = (piste_slow *)(uintptr_t)lift_of(rare, 0)->slows.list;
    slow->every_s = 30;
    slow->duration = (piste_dist){.kind = PISTE_DIST_CONSTANT, .a = 172800};
    slow->speed = 0.1;
    piste_day *slowly = run_day(rare, 1, -1);
    assert_int_equal(only_lift(slowly)->rides, 4);
    piste_day_destroy(slowly);
    piste_resort_destroy(rare);
}

// ---- carriers off the rope ----------------------------------------------------------------------------------------------

static int64_t boarded_between(const piste_day_result *r, int32_t from_s, int32_t to_s) {
    int64_t sum = 0;
    for (int32_t b = from_s / r->bin_s; b < to_s / r->bin_s; b++)
        sum += r->lifts.list[0].boarded[b];
    return sum;
}

static void carriers_off_take_their_share_of_the_seats(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-carriers-off");
    piste_day *day = run_day(resort, 1, -1);
    const piste_day_result *r = piste_day_get_result(day);
    enum { HOUR = 3600 };
    assert_int_equal(boarded_between(r, 8 * HOUR, 9 * HOUR), 2400);
    assert_int_equal(boarded_between(r, 9 * HOUR, 10 * HOUR), 1800); // to the seat
    assert_in_range(boarded_between(r, 10 * HOUR, 11 * HOUR), 4 * 250, 4 * 251); // 600 carriers * 0.4167 = 250.02
    assert_int_equal(boarded_between(r, 11 * HOUR, 12 * HOUR), 2400);
    for (int32_t b = 9 * 12; b < 10 * 12; b++) // evenly: as many in every five minutes, to one carrier
        assert_in_range(r->lifts.list[0].boarded[b], 148, 152);
    assert_true(fabs(r->lifts.list[0].carriers_off - (2 * 0.25 + 0.3333) / 24) < 1e-12);
    piste_day_destroy(day);
    // On a slow lift no carrier leaves twice and none is left out when some are taken off or put back.
    piste_slow slow = {.every_s = 30, .duration = {.kind = PISTE_DIST_CONSTANT, .a = 172800}, .speed = 0.1};
    lift_of(resort, 0)->slows.list = &slow;
    lift_of(resort, 0)->slows.count = 1;
    day = run_day(resort, 1, -1);
    r = piste_day_get_result(day);
    int64_t on = boarded_between(r, 8 * HOUR, 9 * HOUR) + boarded_between(r, 11 * HOUR, 12 * HOUR);
    assert_in_range(on, 2 * 240 - 4, 2 * 240 + 4);
    assert_in_range(boarded_between(r, 9 * HOUR, 10 * HOUR), 180 - 4, 180 + 4);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// What guests guess: people in line by what the lift takes with the carriers that are on the rope.
static void guests_see_that_carriers_are_off(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-carriers-off");
    ((piste_segment *)(uintptr_t)resort->segments.list)->choice.memory_s = 0; // word gets round at once
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    piste_day_run(day, 9 * 3600 + 1);
    piste_day_run(day, 9 * 3600 + 301); // the look of 09:05 is the last
    double people = day->lines[0].people + 4; // a carrier left in that second, after the look
    assert_true(fabs(day->wait_s[0] - people * 6 / 4 / 0.75) <= 8 + 1e-9);
    assert_true(day->wait_s[0] > people * 6 / 4 * 1.3);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// ---- wind ---------------------------------------------------------------------------------------------------------------

typedef struct held {
    int32_t hold_s, stop_s, until_s, open_s, holds, last_board_s, first_board_s, last_off_s, turned_away;
} held;

static void note_held(void *context, const piste_event *e) {
    held *h = context;
    if (e->act == PISTE_ACT_HOLD) {
        h->hold_s = e->second;
        h->holds++;
    }
    if (!h->holds)
        h->last_board_s = e->act == PISTE_ACT_BOARD ? e->second : h->last_board_s;
    else if (e->act == PISTE_ACT_BOARD && !h->first_board_s)
        h->first_board_s = e->second;
    else if (e->act == PISTE_ACT_STOP) {
        h->stop_s = e->second;
        h->until_s = e->until_s;
    } else if (e->act == PISTE_ACT_OPEN && h->holds)
        h->open_s = e->second;
    else if (e->act == PISTE_ACT_UNLOAD && !h->open_s)
        h->last_off_s = e->second;
    else if (e->act == PISTE_ACT_TURNED_AWAY && e->second == h->hold_s)
        h->turned_away += e->size;
    else if (e->act == PISTE_ACT_JOIN && !h->open_s)
        fail_msg("somebody joined at %d", e->second);
}

static piste_day *run_held(const piste_resort *resort, held *h) {
    *h = (held){0};
    piste_day_def def = piste_day_def_default();
    def.event = note_held;
    def.context = h;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    return day;
}

enum { ELEVEN = 11 * 3600, MINUTE = 60 };

static void wind_clears_a_lift_and_holds_it(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-wind");
    held h;
    piste_day *day = run_held(resort, &h);
    const piste_lift_result *l = only_lift(day);
    assert_int_equal(h.hold_s, ELEVEN);
    assert_int_equal(h.holds, 1);
    // The last chair before eleven comes off ten minutes after it left, at half speed; one second of that was a full one.
    assert_int_equal(h.last_board_s, ELEVEN - 6);
    assert_int_equal(h.last_off_s, ELEVEN + 2 * (300 - 6));
    assert_int_equal(h.stop_s, h.last_off_s);
    assert_int_equal(h.until_s, 12 * 3600 + 45 * MINUTE);
    assert_int_equal(h.open_s, h.until_s);
    assert_in_range(h.first_board_s, h.open_s + 1, h.open_s + 320); // they look at it every five minutes
    assert_int_equal(l->holds, 1);
    assert_int_equal(l->held_s, 105 * MINUTE);
    assert_int_equal(l->halts[PISTE_HALT_WIND].count, 1);
    assert_int_equal(l->halts[PISTE_HALT_WIND].seconds, h.until_s - h.stop_s);
    assert_int_equal(l->halts[PISTE_HALT_SLOW].seconds, h.stop_s - ELEVEN);
    assert_int_equal(l->held_turned_away, h.turned_away);
    assert_in_range(h.turned_away, 2000, 3000);
    assert_sums(l);
    assert_in_range(13 * 2400 - l->rides, // with those served after the last boarding
                     105 * 40, 105 * 40 + 5 * 40 + 4);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void wind_that_rises_in_the_line_check_holds_on(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-wind");
    held h;
    const piste_span gust = {12 * 3600 + 40 * MINUTE, 12 * 3600 + 41 * MINUTE}, night = {19 * 3600, 22 * 3600}, evening = {17 * 3600 + 1800, 20 * 3600};
    piste_wind winds[] = {resort->wind.list[0], {.hours = {&gust, 1}, .speed_mps = 15.1}, {.hours = {&night, 1}, .speed_mps = 40}};
    for (int i = 1; i < 3; i++)
        winds[i].entry.from = winds[i].entry.until = PISTE_DATE_NONE;
    resort->wind.list = winds;
    resort->wind.count = 3;
    piste_day *day = run_held(resort, &h);
    assert_int_equal(h.open_s, 13 * 3600 + 15 * MINUTE); // the look of 12:30 led to a line check in vain, that of 13:00 did not
    assert_int_equal(only_lift(day)->holds, 1);          // nothing that it opens for is lost at night
    assert_int_equal(only_lift(day)->held_s, 135 * MINUTE);
    assert_int_equal(only_lift(day)->halts[PISTE_HALT_WIND].count, 1);
    piste_day_destroy(day);
    winds[1].hours = (piste_hours){&evening, 1}; // held into the night: only what it would have been open for counts
    resort->wind.count = 2;
    day = run_held(resort, &h);
    assert_int_equal(only_lift(day)->holds, 2);
    assert_int_equal(only_lift(day)->held_s, 105 * MINUTE + 1800);
    assert_sums(only_lift(day));
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void wind_below_the_limit_changes_nothing(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-wind");
    ((piste_wind *)(uintptr_t)resort->wind.list)[0].speed_mps = 15;
    piste_day *windy = run_day(resort, 1, -1);
    resort->wind.count = 0;
    piste_day *calm = run_day(resort, 1, -1);
    assert_true(fingerprint(piste_day_get_result(windy)) == fingerprint(piste_day_get_result(calm)));
    assert_int_equal(only_lift(windy)->holds, 0);
    assert_in_range(only_lift(windy)->rides, 12 * 2400, 12 * 2400 + 2400); // those in line at the end are served
    piste_day_destroy(windy);
    piste_day_destroy(calm);
    piste_resort_destroy(resort);
}

// ---- evacuation -----------------------------------------------------------------------------------------------------------

enum { PARTIES = 4000, BOARDINGS = 20000 };

typedef struct boarding {
    int32_t party, size, second;
} boarding;

typedef struct evacuation { // up to the first stop, and what comes of it
    boarding list[BOARDINGS];
    int32_t count, stop_s, until_s, down_s[PARTIES], down[PARTIES], turned_away[PARTIES], next_board_s;
    int64_t ridden_s;
    int32_t boarded_s[PARTIES];
} evacuation;

static void note_evacuation(void *context, const piste_event *e) {
    evacuation *v = context;
    if (e->act == PISTE_ACT_STOP && !v->stop_s) {
        v->stop_s = e->second;
        v->until_s = e->until_s;
    } else if (e->act == PISTE_ACT_BOARD && !v->stop_s) {
        v->list[v->count++] = (boarding){e->party, e->size, e->second};
        v->boarded_s[e->party] = e->second;
    } else if (e->act == PISTE_ACT_BOARD && !v->next_board_s)
        v->next_board_s = e->second;
    else if (e->act == PISTE_ACT_UNLOAD && !v->next_board_s)
        v->ridden_s += e->second - v->boarded_s[e->party];
    else if (e->act == PISTE_ACT_TURNED_AWAY && v->stop_s)
        v->turned_away[e->party] = e->size;
    else if (e->act == PISTE_ACT_EVACUATE && !v->next_board_s) {
        assert_int_equal(v->down[e->party], 0); // once
        assert_int_equal(e->place, 0);
        v->down[e->party] = e->size;
        v->down_s[e->party] = e->second;
        v->ridden_s += e->second - v->boarded_s[e->party];
    }
}

// Runs until everyone is down; checks when and how many. Returns how many parties were partly on board, partly in line.
static int32_t check_evacuation(const piste_resort *resort, uint64_t seed, evacuation *v) {
    *v = (evacuation){0};
    piste_day_def def = piste_day_def_default();
    def.seed = seed;
    def.event = note_evacuation;
    def.context = v;
    piste_day *day = begin(resort, &def);
    while (!v->stop_s)
        piste_day_run(day, piste_day_now(day) + 60);
    int32_t expected_s[PARTIES] = {0}, expected[PARTIES] = {0}, carriers = 0, before = 0, torn = 0;
    int64_t people = 0, down = 0;
    for (int32_t i = 0; i < v->count; i++) {
        const boarding *b = &v->list[i];
        if (b->second + 600 <= v->stop_s)
            continue;
        carriers += b->second != before;
        before = b->second;
        expected[b->party] += b->size;
        expected_s[b->party] = v->stop_s + 1200 + 180 * ((carriers - 1) / 4 + 1);
        people += b->size;
    }
    assert_in_range(carriers, 90, 100); // it was full
    int32_t last_s = v->stop_s + 1200 + 180 * ((carriers - 1) / 4 + 1);
    piste_day_run(day, last_s + 1);
    const piste_day_result *r = piste_day_get_result(day);
    for (int32_t p = 0; p < PARTIES; p++) {
        assert_int_equal(v->down_s[p], expected_s[p]);
        assert_int_equal(v->down[p], expected[p]);
        torn += v->down[p] && v->turned_away[p];
        down += v->down[p];
    }
    assert_int_equal(down, people);
    assert_int_equal(r->lifts.list[0].evacuated, people);
    assert_int_equal(r->lifts.list[0].evacuations, 1);
    assert_int_equal(piste_day_count(day).riding, 0);
    if (resort->segments.list[0].party_size.a < 2) // every second on the lift was spent riding, and no other
        assert_int_equal(r->segments.list[0].spent_s[PISTE_SPENT_RIDING], v->ridden_s);
    piste_day_run(day, last_s + 4 * 3600);
    int32_t restart_s = last_s > v->until_s ? last_s : v->until_s;
    assert_in_range(v->next_board_s, restart_s + 1, restart_s + 306);
    assert_sums(only_lift(day));
    piste_day_destroy(day);
    return torn;
}

static void riders_of_a_lift_that_stands_are_brought_down_carrier_by_carrier(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-evacuation");
    evacuation *v = malloc(sizeof *v);
    int32_t torn = 0;
    for (uint64_t seed = 1; seed <= 8; seed++)
        torn += check_evacuation(resort, seed, v);
    assert_in_range(torn, 1, 7); // now and then the stop comes between the two carriers of a party
    ((piste_stop *)(uintptr_t)lift_of(resort, 0)->stops.list)->duration.a = 1800; // over before everyone is down
    check_evacuation(resort, 1, v);
    ((piste_segment *)(uintptr_t)resort->segments.list)->party_size.a = 1;
    check_evacuation(resort, 1, v);
    ((piste_stop *)(uintptr_t)lift_of(resort, 0)->stops.list)->duration.a = 1200; // not longer than 20 min: nobody is brought down
    piste_day *day = run_day(resort, 1, -1);
    assert_true(only_lift(day)->stops > 3);
    assert_int_equal(only_lift(day)->evacuated, 0);
    piste_day_destroy(day);
    free(v);
    piste_resort_destroy(resort);
}

// ---- children -------------------------------------------------------------------------------------------------------------

static void families_on_a_double_take_two_carriers_each(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-families");
    piste_day *day = run_day(resort, 1, -1);
    const piste_lift_result *l = only_lift(day);
    double ridden = (double)l->rides;
    assert_true(fabs(ridden - 86400 / 6 * 1.5) <= 12);
    assert_true(fabs(l->seats_filled - 0.75) < 0.001);
    assert_true(fabs((double)l->children_attended - ridden / 3) <= 6);
    assert_int_equal(l->attendant_rides, l->children_attended); // one child beside each
    assert_int_equal(l->children_escorted, 0);
    for (uint32_t p = 0; p < day->party_count; p++)
        for (uint32_t i = 0; i < 3; i++)
            assert_int_equal(day->guests[day->parties[p].first_guest + i].is_child, i > 0);
    piste_day_destroy(day);
    // One adult and four children on a quad: four go, and three carriers later the attendant takes the three who were left.
    lift_of(resort, 0)->seats = 4;
    ((piste_segment *)(uintptr_t)resort->segments.list)[0].party_size.a = 5;
    ((piste_segment *)(uintptr_t)resort->segments.list)[0].children = 0.8;
    day = run_day(resort, 1, -1);
    assert_true(fabs(only_lift(day)->seats_filled - 15.0 / 16) < 0.001);
    assert_true(fabs((double)only_lift(day)->attendant_rides * 3 - (double)only_lift(day)->children_attended) <= 3);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// Whom each carrier takes, with families and people alone: a boarding of one person of a family is that of its second child.
typedef struct pairs {
    const piste_day *day;
    int32_t second, children, others;
    int64_t alone, beside;
} pairs;

static void end_carrier(pairs *p) {
    if (p->children && p->others)
        p->beside += p->children;
    else
        p->alone += p->children;
    p->children = p->others = 0;
}

static void note_pairs(void *context, const piste_event *e) {
    pairs *p = context;
    if (e->act != PISTE_ACT_BOARD)
        return;
    if (e->second != p->second)
        end_carrier(p);
    p->second = e->second;
    if (e->segment == 0 && e->size == 1)
        p->children++;
    else
        p->others++;
    assert_true(e->segment == 1 || e->size <= 2);
}

static void children_left_over_ride_beside_other_adults(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-families");
    for (int i = 0; i < 2; i++) { // they come mixed
        piste_segment *s = &((piste_segment *)(uintptr_t)resort->segments.list)[i];
        const char *why;
        s->guests = 1500;
        s->arrival = (piste_dist){.kind = PISTE_DIST_UNIFORM, .a = 0, .b = 1800};
        assert_int_equal(piste_dist_prepare(&s->arrival, &why), PISTE_OK);
    }
    pairs p = {0};
    piste_day_def def = piste_day_def_default();
    def.event = note_pairs;
    def.context = &p;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    end_carrier(&p);
    const piste_lift_result *l = only_lift(day);
    assert_int_equal(p.alone, l->children_attended); // never quite alone
    assert_int_equal(p.beside, l->children_escorted);
    assert_true(l->children_escorted > 1000);
    assert_int_equal(l->attendant_rides, l->children_attended);
    piste_day_destroy(day);
    // With a singles line there is always somebody: whoever is alone there takes the child along.
    lift_of(resort, 0)->singles_line = true;
    p = (pairs){0};
    day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    end_carrier(&p);
    assert_int_equal(p.alone, only_lift(day)->children_attended);
    assert_true(only_lift(day)->children_escorted > 2 * only_lift(day)->children_attended);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// The share is that of all its people, whatever the size of its parties; on carriers of one seat, children ride alone.
static void children_are_the_share_that_was_asked_for(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-families");
    ((piste_segment *)(uintptr_t)resort->segments.list)[0].children = 0.3;
    lift_of(resort, 0)->seats = 1;
    piste_day *day = run_day(resort, 1, -1);
    int children = 0;
    for (uint32_t i = 0; i < day->guest_count; i++)
        children += day->guests[i].is_child;
    assert_true(abs(children - 900) < 4 * 22); // binomial: sd 22
    assert_int_equal(only_lift(day)->attendant_rides, 0);
    assert_in_range(only_lift(day)->rides, 86400 / 6 - 2, 86400 / 6);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void children_make_the_attendant_slow_the_lift(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-families");
    lift_of(resort, 0)->slow_loading_children = 1; // and on this lift every carrier holds one
    lift_of(resort, 0)->slow_loading_for.a = 30;
    piste_day *day = run_day(resort, 1, -1);
    assert_true(fabs((double)only_lift(day)->rides - 0.6 * 86400 / 6 * 1.5) <= 12);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

// ---- reserved lanes ---------------------------------------------------------------------------------------------------------

typedef struct lanes {
    int64_t boarded[3][24], waited_s[3][24];
    int32_t joined_s[PARTIES];
} lanes;

static void note_lanes(void *context, const piste_event *e) {
    lanes *l = context;
    if (e->act == PISTE_ACT_JOIN)
        l->joined_s[e->party] = e->second;
    if (e->act != PISTE_ACT_BOARD)
        return;
    l->boarded[e->segment][e->second / 3600]++;
    l->waited_s[e->segment][e->second / 3600] += e->second - l->joined_s[e->party];
}

static double mean_wait(const lanes *l, int32_t segment, int32_t hour) {
    return (double)l->waited_s[segment][hour] / (double)l->boarded[segment][hour];
}

// Runs hour by hour; at each end nobody who came in the last hour stands in a lane kept for others.
static lanes *run_lanes(const piste_resort *resort) {
    lanes *l = calloc(1, sizeof *l);
    piste_day_def def = piste_day_def_default();
    def.event = note_lanes;
    def.context = l;
    piste_day *day = begin(resort, &def);
    for (int32_t hour = 1; hour <= 24; hour++) {
        piste_day_run(day, hour * 3600);
        int32_t kept = hour > 9 && hour <= 12 ? 1 : hour == 16 ? 2 : -1, others = 0;
        for (uint32_t p = day->lines[0].lanes[1].head; p != FLOW_NIL; p = day->next[p])
            others += day->parties[p].segment != kept && day->parties[p].since_s >= (hour - 1) * 3600;
        if (kept >= 0)
            assert_int_equal(others, 0);
        else
            assert_true(others > 100); // outside its hours it is one lane of two
    }
    piste_day_destroy(day);
    return l;
}

static void a_reserved_lane_is_faster_and_for_all_outside_its_hours(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/lift-reserved");
    lanes *l = run_lanes(resort);
    for (int32_t segment = 0; segment < 3; segment++) // alike before
        assert_true(fabs(mean_wait(l, segment, 8) / mean_wait(l, 0, 8) - 1) < 0.1);
    // 20 people have every second carrier for themselves: 12 s each, 240 s a lap, less than ride and run take.
    for (int32_t hour = 10; hour < 12; hour++) {
        assert_true(mean_wait(l, 1, hour) < 60);
        assert_true(mean_wait(l, 0, hour) > 2000 && fabs(mean_wait(l, 2, hour) / mean_wait(l, 0, hour) - 1) < 0.2);
        assert_in_range(l->boarded[0][hour] + l->boarded[1][hour] + l->boarded[2][hour], 599, 601);
    }
    assert_true(fabs(mean_wait(l, 1, 14) / mean_wait(l, 0, 14) - 1) < 0.2); // alike again
    assert_true(l->boarded[2][15] == 0 || mean_wait(l, 2, 15) < mean_wait(l, 0, 15)); // the same lane, for others later
    free(l);
    // Where both lanes are full each has half of the carriers, to one.
    ((piste_segment *)(uintptr_t)resort->segments.list)[1].guests = 600;
    ((piste_reserved *)(uintptr_t)lift_of(resort, 0)->reserved.list)[0].hours.count = 0;
    l = calloc(1, sizeof *l);
    piste_day_def def = piste_day_def_default();
    def.event = note_lanes;
    def.context = l;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, 12 * 3600);
    assert_true(l->boarded[1][11] > 0 && l->boarded[0][11] > 0);
    assert_in_range(l->boarded[1][11], 299, 301);
    piste_day_destroy(day);
    free(l);
    piste_resort_destroy(resort);
}

// ---- patrol -----------------------------------------------------------------------------------------------------------------

enum { LOWER_CHAIR, UPPER_CHAIR, BACK_CHAIR, UPPER = 0, LOWER, OTHER_SIDE, RACE, TOP = 2 };

typedef struct patrolled {
    int32_t open_s[4], close_s[4], opened[4], last_off_s[3], last_at_middle_s, until_s[PARTIES];
    int64_t skied, assisted, left_sitting; // left_sitting: of these, straight from where they sat
    bool sat[PARTIES];
} patrolled;

static void note_patrolled(void *context, const piste_event *e) {
    patrolled *p = context;
    if (e->act == PISTE_ACT_OPEN && e->run >= 0) {
        p->open_s[e->run] = e->second;
        p->opened[e->run]++;
        p->close_s[e->run] = 0;
    } else if (e->act == PISTE_ACT_CLOSE && e->run >= 0)
        p->close_s[e->run] = e->second;
    else if (e->act == PISTE_ACT_UNLOAD)
        p->last_off_s[e->lift] = e->second;
    else if (e->act == PISTE_ACT_ASSIST) {
        p->assisted += e->size;
        p->left_sitting += p->sat[e->party] ? e->size : 0;
    } else if (e->act == PISTE_ACT_OUT || e->act == PISTE_ACT_JOIN)
        p->sat[e->party] = e->act == PISTE_ACT_OUT;
    else if (e->act == PISTE_ACT_SKI) {
        if (p->until_s[e->party] != e->second || e->run == UPPER || e->run == RACE) { // the first section of its way
            if (p->open_s[UPPER] && (!p->open_s[e->run] || p->close_s[e->run])) // where there is patrol
                fail_msg("party %d is on run %d at %d", e->party, e->run, e->second);
            p->skied++;
        }
        p->until_s[e->party] = e->until_s;
        if (e->run == UPPER || e->run == RACE)
            p->last_at_middle_s = e->until_s > p->last_at_middle_s ? e->until_s : p->last_at_middle_s;
    }
}

static piste_day *run_patrolled(const piste_resort *resort, uint64_t seed, patrolled *p) {
    *p = (patrolled){0};
    piste_day_def def = piste_day_def_default();
    def.seed = seed;
    def.event = note_patrolled;
    def.context = p;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    assert_int_equal(p->assisted, piste_day_get_result(day)->assisted);
    return day;
}

static void runs_open_from_below_and_close_from_above(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/patrol");
    patrolled *p = calloc(1, sizeof *p);
    for (uint64_t seed = 1; seed <= (uint64_t)test_count(10, 100); seed++) {
        piste_day *day = run_patrolled(resort, seed, p);
        const int32_t h = 3600, m = 60;
        assert_int_equal(p->open_s[LOWER], 8 * h + 30 * m + 5 * m + 15 * m);
        assert_int_equal(p->open_s[OTHER_SIDE], p->open_s[LOWER]);
        assert_int_equal(p->open_s[UPPER], 9 * h + 4 * m + 15 * m);
        assert_int_equal(p->open_s[RACE], 11 * h); // hours of its own
        assert_int_equal(p->close_s[RACE], 14 * h);
        // Twenty minutes behind the last rider, or behind whoever could have come without a line.
        int32_t upper = 15 * h + 30 * m + 4 * m;
        upper = p->last_off_s[UPPER_CHAIR] > upper ? p->last_off_s[UPPER_CHAIR] : upper;
        assert_int_equal(p->close_s[UPPER], upper + 20 * m);
        assert_true(p->close_s[LOWER] > p->close_s[UPPER] + 20 * m);
        assert_true(p->close_s[LOWER] > p->last_at_middle_s);
        assert_true(p->close_s[LOWER] >= p->last_off_s[LOWER_CHAIR] + 20 * m);
        assert_true(p->skied > 1000);
        assert_int_equal(p->assisted, 0); // hours are sane: nobody is left above
        piste_day_destroy(day);
    }
    free(p);
    piste_resort_destroy(resort);
}

// The upper chair stands with people on board when it should close: its run stays open for them, and the lower one for those who
// come down that way.
static void a_lift_that_stands_keeps_the_runs_open(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/patrol");
    patrolled *p = calloc(1, sizeof *p);
    piste_day_def def = piste_day_def_default();
    def.event = note_patrolled;
    def.context = p;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, 15 * 3600 + 28 * 60);
    flow_lift_stop(day, UPPER_CHAIR, piste_day_now(day), 4000, PISTE_HALT_MECHANICAL);
    piste_day_run(day, PISTE_DAY_END);
    assert_true(p->last_off_s[UPPER_CHAIR] > 16 * 3600 + 34 * 60);
    assert_in_range(p->close_s[UPPER] - p->last_off_s[UPPER_CHAIR], 20 * 60, 20 * 60 + 60); // a line is looked at each minute
    assert_in_range(p->close_s[LOWER] - p->close_s[UPPER] - day->patrol->travel_s[UPPER], 20 * 60, 20 * 60 + 60);
    assert_in_range(day->patrol->travel_s[UPPER], 200, 300);
    assert_int_equal(p->assisted, 0);
    piste_day_destroy(day);
    free(p);
    piste_resort_destroy(resort);
}

// A run that closes in the early afternoon, long before its lift: nobody is left above, since its closing is a deadline; also not
// those who sit over their lunch at the top. Without the deadlines they are.
static void guests_know_when_the_way_home_closes(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/patrol");
    patrolled *p = calloc(1, sizeof *p);
    const piste_span early = {8 * 3600, 14 * 3600 + 1800}, later = {8 * 3600, 15 * 3600};
    piste_run *runs = (piste_run *)(uintptr_t)resort->runs.list;
    int32_t lines[64] = {0};
    for (int run = 0; run < 3; run++) { // hours of their own
        const schema_record *record = runs[run].entry.record;
        for (int32_t i = 0; i < record->count; i++)
            lines[i] = strcmp(record->fields[i].key, "hours") == 0;
        runs[run].entry.field_line = lines;
        runs[run].hours = (piste_hours){run == UPPER ? &early : &later, 1};
    }
    int64_t left_above = 0;
    for (uint64_t seed = 1; seed <= (uint64_t)test_count(10, 100); seed++) {
        piste_day *day = run_patrolled(resort, seed, p);
        assert_int_equal(p->close_s[UPPER], 14 * 3600 + 1800);
        assert_int_equal(p->assisted, 0);
        piste_day_destroy(day);
        piste_day_def def = piste_day_def_default();
        def.seed = seed;
        day = begin(resort, &def);
        for (int32_t c = 0; c < day->class_count; c++)
            for (int32_t place = 0; place < resort->places.count; place++)
                day->classes[c].deadline_s[place] = FLOW_DAY_MAX;
        piste_day_run(day, PISTE_DAY_END);
        left_above += piste_day_get_result(day)->assisted;
        piste_day_destroy(day);
    }
    assert_true(left_above > 500);
    free(p);
    piste_resort_destroy(resort);
}

// Without patrol, too: whoever sits in the hut of the other valley comes out in time for the last lift home.
static void whoever_sits_comes_out_in_time_for_the_last_lift_home(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/patrol");
    resort->patrol.entry.line = 0;
    ((piste_venue *)(uintptr_t)resort->venues.list)[0].place.index = 3;
    patrolled *p = calloc(1, sizeof *p);
    int64_t visits = 0;
    for (uint64_t seed = 1; seed <= (uint64_t)test_count(10, 100); seed++) {
        piste_day *day = run_patrolled(resort, seed, p);
        assert_int_equal(p->left_sitting, 0); // those who ski there too late are not meant
        assert_in_range(p->last_off_s[BACK_CHAIR], 15 * 3600, 15 * 3600 + 45 * 60 + 3600);
        visits += piste_day_get_result(day)->venues.list[0].visits;
        piste_day_destroy(day);
    }
    assert_true(visits > 1000);
    free(p);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_down_costs_rate_times_its_length_times_what_is_lost_of_the_speed),
        cmocka_unit_test(rides_last_as_long_as_the_clock_says),
        cmocka_unit_test(slow_loading_slows_the_lift),
        cmocka_unit_test(carriers_may_be_half_a_second_or_hours_apart),
        cmocka_unit_test(carriers_off_take_their_share_of_the_seats),
        cmocka_unit_test(guests_see_that_carriers_are_off),
        cmocka_unit_test(wind_clears_a_lift_and_holds_it),
        cmocka_unit_test(wind_that_rises_in_the_line_check_holds_on),
        cmocka_unit_test(wind_below_the_limit_changes_nothing),
        cmocka_unit_test(riders_of_a_lift_that_stands_are_brought_down_carrier_by_carrier),
        cmocka_unit_test(families_on_a_double_take_two_carriers_each),
        cmocka_unit_test(children_left_over_ride_beside_other_adults),
        cmocka_unit_test(children_are_the_share_that_was_asked_for),
        cmocka_unit_test(children_make_the_attendant_slow_the_lift),
        cmocka_unit_test(runs_open_from_below_and_close_from_above),
        cmocka_unit_test(a_lift_that_stands_keeps_the_runs_open),
        cmocka_unit_test(guests_know_when_the_way_home_closes),
        cmocka_unit_test(whoever_sits_comes_out_in_time_for_the_last_lift_home),
        cmocka_unit_test(a_reserved_lane_is_faster_and_for_all_outside_its_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
