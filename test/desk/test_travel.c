// test_travel.c - the least time between two entrances: right on small hills, and never more than any guest of a rehearsed day takes.
#include "desk/gate_test.h"

#include <math.h>

#include "piste/day.h"

// ---- small hills whose answer is known --------------------------------------------------------------------------------

static const char hill_yaml[] =
    "piste: 1\nname: Small\nzone: Asia/Pyongyang\nday: 08:00-20:00\n"
    "places: [{key: low, height: 0 m}, {key: mid, height: 200 m}, {key: top, height: 400 m}, {key: far, height: 0 m}]\n"
    "lifts:\n"
    "  - {key: main, from: low, to: top, type: gondola, seats: 4, interval: 10 s, speed: 4 m/s, length: 1600 m, up: [ski, foot], down: [foot],\n"
    "     stations: [{place: mid, at: 800 m}]}\n"
    "  - {key: t, from: mid, to: top, type: t-bar, seats: 2, interval: 10 s, duration: 200 s, length: 600 m}\n"
    "runs:\n"
    "  - {key: upper, from: top, to: mid, difficulty: easy, length: 960 m}\n"
    "  - {key: lower, from: mid, to: low, difficulty: easy, length: 640 m}\n"
    "walks: [{key: w, from: low, to: far, length: 90 m}]\n"
    "venues: [{key: hut, kind: restaurant, place: mid}, {key: rink, kind: rink, place: far, seats: 10, sessions: [\"10:00\"], stay: 1 h}]\n";

static piste_table *small_table(const char *yaml, piste_resort **resort) {
    const piste_travel_limits limits = {.ski_mps = 32, .foot_mps = 3, .ride_share = 1, .venue_s = 60};
    piste_table *table = NULL;
    mkdir(test_path("small"), 0700);
    WELL(base_file_write(test_path("small/resort.yaml"), yaml, strlen(yaml), errors));
    WELL(piste_resort_load(test_path("small"), PISTE_DATE_NONE, errors, resort));
    piste_date day = piste_date_join(2026, 1, 17);
    WELL(piste_table_make(*resort, day, day, &limits, NULL, errors, &table));
    return table;
}

static int32_t between(const piste_table *t, const char *from, const char *to) {
    int32_t a = piste_table_find_entrance(t, from), b = piste_table_find_entrance(t, to);
    if (a < 0 || b < 0)
        fail_msg("no entrance %s or %s", from, to);
    return t->travel_s[a * t->entrances.count + b];
}

static void rides_and_runs_add_up(void **state) {
    (void)state;
    piste_resort *resort = NULL;
    piste_table *t = small_table(hill_yaml, &resort);
    assert_int_equal(t->entrances.count, 4 + 1 + 2);
    // Up to the station between (200 s), down the lower run (640 / 32 = 20 s): sooner than from the top.
    assert_int_equal(between(t, "main", "main"), 220);
    assert_int_equal(between(t, "main", "main/mid"), 200);
    // From the middle: to the top (200 s), down both runs (50 s).
    assert_int_equal(between(t, "main/mid", "main"), 250);
    assert_int_equal(between(t, "main/mid", "main/mid"), 230);
    assert_int_equal(between(t, "t", "t"), 230);
    assert_int_equal(between(t, "main", "t"), 200);
    // On foot from the top down to the middle (200 s), or all the way (400 s); from the middle the run is not waited for.
    assert_int_equal(between(t, "main/down", "main/mid/down"), 200);
    assert_int_equal(between(t, "main/down", "main"), 220);
    assert_int_equal(between(t, "main/mid/down", "main"), 200);
    // Venues: a walk at 3 m/s, and the same door again.
    assert_int_equal(between(t, "rink", "main"), 30);
    assert_int_equal(between(t, "rink", "rink"), 60);
    assert_int_equal(between(t, "hut", "main"), 20);
    assert_int_equal(between(t, "main", "hut"), 200);
    // The way from the rink back up: by the lift.
    assert_int_equal(between(t, "rink", "hut"), 230);
    piste_table_destroy(t);
    piste_resort_destroy(resort);
}

static void where_no_way_is_known_nothing_is_refused(void **state) {
    (void)state;
    piste_resort *resort = NULL;
    piste_table *t = small_table("piste: 1\nname: Apart\nzone: Etc/UTC\nday: 08:00-20:00\n"
                                 "places: [{key: a, height: 0 m}, {key: b, height: 100 m}, {key: c, height: 0 m}, {key: d, height: 100 m}]\n"
                                 "lifts:\n"
                                 "  - {key: l, from: a, to: b, type: t-bar, seats: 2, interval: 10 s, duration: 200 s, length: 600 m}\n"
                                 "  - {key: m, from: c, to: d, type: t-bar, seats: 2, interval: 10 s, duration: 200 s, length: 600 m}\n"
                                 "runs: [{key: r, from: b, to: a, difficulty: easy, length: 640 m}]\n", &resort);
    assert_int_equal(between(t, "l", "l"), 220);
    assert_int_equal(between(t, "l", "m"), PISTE_TRAVEL_UNKNOWN);
    assert_int_equal(between(t, "m", "m"), PISTE_TRAVEL_UNKNOWN);
    piste_table_destroy(t);
    piste_resort_destroy(resort);
}

// Straight down beside all runs is possible where places are known: the bound is what a straight line allows.
static void straight_lines_are_reckoned_with(void **state) {
    (void)state;
    piste_resort *resort = NULL;
    piste_table *t = small_table("piste: 1\nname: Line\nzone: Etc/UTC\nday: 08:00-20:00\n"
                                 "places: [{key: a, height: 0 m, at: [10.0, 45.0]}, {key: b, height: 300 m, at: [10.0, 45.00899]}]\n"
                                 "lifts:\n"
                                 "  - {key: l, from: a, to: b, type: t-bar, seats: 2, interval: 10 s, duration: 200 s, length: 1050 m}\n"
                                 "runs: [{key: r, from: b, to: a, difficulty: easy, length: 6400 m}]\n", &resort);
    assert_int_equal(between(t, "l", "l"), 200 + (int)(sqrt(999.0 * 999 + 300 * 300) / 32));
    piste_table_destroy(t);
    piste_resort_destroy(resort);
}

// ---- a whole day ------------------------------------------------------------------------------------------------------

// People of parties as they board: each of a party's people takes their turn, since a party that is larger than a carrier
// waits for its last. What becomes of people when a party parts or meets again is not told one by one: they begin anew.
enum { PARTY_ROOM = 100000, PEOPLE = 64 };
typedef struct person {
    int32_t second, lift, place;
} person;
typedef struct watcher {
    const piste_resort *resort;
    const piste_table *table;
    person *people;    // of each party
    int32_t *next, *size;
    int64_t boardings, pairs, impossible;
    double closest;    // least ratio of the time taken to the least time
    int32_t *entrance; // of each lift and place that people board at: its index
} watcher;

static int32_t entrance_of(const watcher *w, const piste_event *e) {
    const piste_lift *lift = &w->resort->lifts.list[e->lift];
    char up[160], down[160];
    const char *place = w->resort->places.list[e->place].entry.key;
    if (e->place == lift->from.index)
        return piste_table_find_entrance(w->table, lift->entry.key);
    if (e->place == lift->to.index) {
        snprintf(down, sizeof down, "%s/down", lift->entry.key);
        return piste_table_find_entrance(w->table, down);
    }
    snprintf(up, sizeof up, "%s/%s", lift->entry.key, place);
    return piste_table_find_entrance(w->table, up);
}

static void board(watcher *w, const piste_event *e) {
    int32_t here = entrance_of(w, e), n = w->table->entrances.count;
    assert_true(here >= 0 && e->party < PARTY_ROOM && w->size[e->party] > 0);
    for (int32_t k = 0; k < e->size; k++) {
        person *p = &w->people[(size_t)e->party * PEOPLE + (size_t)(w->next[e->party]++ % w->size[e->party])];
        w->boardings++;
        if (p->second > 0) {
            int32_t least = w->table->travel_s[p->lift * n + here], taken = e->second - p->second;
            w->pairs++;
            if (least && taken < least) {
                w->impossible++;
                print_error("party %d at %d s: %s, then %s after %d s, at least %d\n", e->party, e->second, w->table->entrances.list[p->lift].key,
                            w->table->entrances.list[here].key, taken, least);
            }
            if (least && (double)taken / least < w->closest)
                w->closest = (double)taken / least;
        }
        *p = (person){e->second, here, e->place};
    }
}

static void forget(watcher *w, int32_t party, int32_t size) {
    memset(&w->people[(size_t)party * PEOPLE], 0, PEOPLE * sizeof *w->people);
    w->size[party] = size;
    w->next[party] = 0;
}

static void hear(void *context, const piste_event *e) {
    watcher *w = context;
    if (e->act == PISTE_ACT_ARRIVE)
        forget(w, e->party, e->size);
    else if (e->act == PISTE_ACT_PART) {
        forget(w, e->party + 1, e->size);
        forget(w, e->party, w->size[e->party] - e->size);
    } else if (e->act == PISTE_ACT_MEET) {
        forget(w, e->party, e->size);
    } else if (e->act == PISTE_ACT_BOARD)
        board(w, e);
}

static void watch_days(const char *folder, int64_t guests, int days, double closest_least) {
    const piste_travel_limits limits = piste_travel_limits_default();
    watcher w = {.closest = 1e9};
    piste_resort *resort = NULL;
    piste_table *table = NULL;
    WELL(piste_resort_load(folder, PISTE_DATE_NONE, errors, &resort));
    piste_date day = piste_date_join(2026, 1, 17);
    WELL(piste_table_make(resort, day, day, &limits, NULL, errors, &table));
    w.resort = resort;
    w.table = table;
    w.people = calloc((size_t)PARTY_ROOM * PEOPLE, sizeof *w.people);
    w.next = calloc(PARTY_ROOM, sizeof *w.next);
    w.size = calloc(PARTY_ROOM, sizeof *w.size);
    for (int seed = 1; seed <= days; seed++) {
        piste_day_def def = piste_day_def_default();
        piste_day *run = NULL;
        def.seed = (uint64_t)seed;
        def.guests = guests;
        def.event = hear;
        def.context = &w;
        memset(w.people, 0, (size_t)PARTY_ROOM * PEOPLE * sizeof *w.people);
        memset(w.next, 0, PARTY_ROOM * sizeof *w.next);
        memset(w.size, 0, PARTY_ROOM * sizeof *w.size);
        WELL(piste_day_create(resort, &def, errors, &run));
        piste_day_run(run, PISTE_DAY_END);
        assert_int_equal(w.impossible, 0);
        piste_day_destroy(run);
    }
    print_message("# %s: %lld boardings, %lld times again, none impossible; the closest took %.2f of the least time\n", folder,
                  (long long)w.boardings, (long long)w.pairs, w.closest);
    assert_true(w.pairs > 100 && w.closest >= 1 && w.closest < closest_least); // a bound that nobody comes near would find nobody
    free(w.people);
    free(w.next);
    free(w.size);
    piste_table_destroy(table);
    piste_resort_destroy(resort);
}

static void no_guest_of_masikryong_is_called_impossible(void **state) {
    (void)state;
    watch_days(MASIKRYONG, 2000, test_count(2, 100), 2);
}
static void no_guest_of_badger_pass_is_called_impossible(void **state) {
    (void)state;
    watch_days(BADGER_PASS, -1, test_count(4, 100), 2);
}

// ---- business days ----------------------------------------------------------------------------------------------------

static void business_days_know_summer_time(void **state) {
    (void)state;
    piste_business_day days[8];
    piste_date sunday = piste_date_join(2026, 3, 8); // clocks go forward at 02:00 in California
    WELL(piste_business_days("America/Los_Angeles", 3600, sunday - 1, sunday + 1, errors, days));
    int32_t midnight = piste_minute_of(1772870400); // 2026-03-07 08:00 UTC
    assert_int_equal(days[0].starts_min, midnight + 60);
    assert_int_equal(days[0].zero_min, midnight);
    assert_int_equal(days[1].starts_min, midnight + 1440 + 60); // 01:00, before the change
    assert_int_equal(days[1].zero_min, midnight + 1440 - 60);   // local noon comes an hour sooner
    assert_int_equal(days[2].starts_min - days[1].starts_min, 1440 - 60);
    assert_int_equal(days[3].starts_min - days[2].starts_min, 1440);
    // And back: the day has 25 hours.
    sunday = piste_date_join(2026, 11, 1);
    WELL(piste_business_days("America/Los_Angeles", 0, sunday, sunday + 1, errors, days));
    assert_int_equal(days[1].starts_min - days[0].starts_min, 1500);
    // Half an hour, no change.
    WELL(piste_business_days("Asia/Kolkata", 0, sunday, sunday, errors, days));
    assert_int_equal((days[0].starts_min + 330) % 1440, 0);
    EXPECT(piste_business_days("Nowhere/At-All", 0, sunday, sunday, errors, days), PISTE_INVALID);
    EXPECT(piste_business_days("Etc/UTC", 0, sunday, sunday - 1, errors, days), PISTE_INVALID);
    EXPECT(piste_business_days("Etc/UTC", 0, sunday, sunday + 5000, errors, days), PISTE_INVALID);
}

static void validity_is_told_in_the_resorts_time(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_pass pass = hill_pass(&h, 1);
    char text[PISTE_VALID_TEXT];
    assert_int_equal(piste_pass_valid_text(&pass, h.table, text), PISTE_OK);
    assert_string_equal(text, "2026-01-17");
    pass.until_min += 3 * 1440;
    pass.hours_from_min = 13 * 60;
    pass.hours_until_min = 16 * 60 + 30;
    assert_int_equal(piste_pass_valid_text(&pass, h.table, text), PISTE_OK);
    assert_string_equal(text, "2026-01-17 to 2026-01-20, 13:00-16:30 each day");
    pass.hours_from_min = pass.hours_until_min = 0;
    pass.from_min = piste_minute_of(TEST_DAY_S); // 09:00 there
    pass.until_min = pass.from_min + 90;
    assert_int_equal(piste_pass_valid_text(&pass, h.table, text), PISTE_OK);
    assert_string_equal(text, "2026-01-17 09:00 to 10:30");
    pass.until_min += 1440;
    assert_int_equal(piste_pass_valid_text(&pass, h.table, text), PISTE_OK);
    assert_string_equal(text, "2026-01-17 09:00 to 2026-01-18 10:30");
    hill_release(&h);
}

static void numbers_outlive_a_new_table(void **state) {
    (void)state;
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_resort *all = NULL, *early = NULL;
    piste_table *first = NULL, *second = NULL, *third = NULL;
    piste_date day = piste_date_join(2026, 1, 17);
    WELL(piste_resort_load(MASIKRYONG, piste_date_join(2014, 2, 1), errors, &early)); // without the gondola
    WELL(piste_resort_load(MASIKRYONG, PISTE_DATE_NONE, errors, &all));
    WELL(piste_table_make(early, day, day, &limits, NULL, errors, &first));
    WELL(piste_table_make(all, day, day, &limits, first, errors, &second));
    WELL(piste_table_make(early, day, day, &limits, second, errors, &third));
    assert_true(piste_table_find_entrance(first, "gondola") < 0 && piste_table_find_entrance(second, "gondola") >= 0);
    for (int32_t i = 0; i < first->entrances.count; i++) {
        const piste_entrance *e = &first->entrances.list[i];
        const piste_entrance *f = &second->entrances.list[piste_table_find_entrance(second, e->key)];
        assert_true(e->number == f->number && e->zones == f->zones);
    }
    assert_int_equal(third->entrances.count, second->entrances.count); // what has gone keeps its number
    int32_t gone = piste_table_find_entrance(third, "gondola");
    assert_int_equal(third->travel_s[gone * third->entrances.count + gone], PISTE_TRAVEL_UNKNOWN);
    // As text and back it is the same.
    char *text = NULL, *again = NULL;
    size_t length = 0, again_length = 0;
    piste_table *back = NULL;
    assert_int_equal(piste_table_write(second, 9, 10, &text, &length), PISTE_OK);
    WELL(piste_table_parse(text, length, "table", errors, &back));
    assert_int_equal(piste_table_write(back, 9, 10, &again, &again_length), PISTE_OK);
    assert_string_equal(text, again);
    free(text);
    free(again);
    piste_table_destroy(back);
    piste_table_destroy(first);
    piste_table_destroy(second);
    piste_table_destroy(third);
    piste_resort_destroy(all);
    piste_resort_destroy(early);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, test_each_begins, test_each_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(rides_and_runs_add_up),
        EACH(where_no_way_is_known_nothing_is_refused),
        EACH(straight_lines_are_reckoned_with),
        EACH(no_guest_of_masikryong_is_called_impossible),
        EACH(no_guest_of_badger_pass_is_called_impossible),
        EACH(business_days_know_summer_time),
        EACH(validity_is_told_in_the_resorts_time),
        EACH(numbers_outlive_a_new_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
