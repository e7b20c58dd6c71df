// test_masikryong.c - the example resort agrees with everything that was measured and reported of Masikryong.
//
// The literals are the measured totals (OpenStreetMap lines with terrain heights, ODbL). The whole aspect rose is
// compared too where the measurements themselves lie beside the repository (../shared).
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <geodesic.h>

#include "piste/resort.h"

#define FOLDER "resorts/masikryong"
#define ROSE "../shared/data/openski/masikryong_bearings.csv"
#define DEGREE (3.14159265358979323846 / 180)

// The condensed difficulties of the measurements. "Other" are runs without a difficulty on the map.
enum { EASY, INTERMEDIATE, ADVANCED, OTHER, CLASSES };

enum { SEGMENTS = 146, POINTS = 166 };

typedef struct segment {
    int class_of;
    double length_m, drop_m, bearing_deg;
} segment;

static piste_resort *resort_on(const char *date) {
    piste_date as_of = PISTE_DATE_NONE;
    if (date)
        assert_int_equal(piste_date_parse(date, &as_of), PISTE_OK);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(FOLDER, as_of, errors, &resort);
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        print_error("%s\n", piste_errors_get(errors, i)->text);
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return resort;
}

static int load(void **state) {
    *state = resort_on(NULL);
    return 0;
}
static int release(void **state) {
    piste_resort_destroy(*state);
    return 0;
}

// What the map says of a run's difficulty. resort.yaml has to give one to the run that has none there.
static int class_of(const piste_run *run) {
    if (piste_entry_field_line(&run->entry, "difficulty"))
        return OTHER;
    switch (run->difficulty) {
    case PISTE_DIFFICULTY_NOVICE:
    case PISTE_DIFFICULTY_EASY: return EASY;
    case PISTE_DIFFICULTY_INTERMEDIATE: return INTERMEDIATE;
    default: return ADVANCED;
    }
}

static int collect(const piste_resort *resort, segment *out, int room) {
    struct geod_geodesic earth;
    geod_init(&earth, 6378137.0, 1 / 298.257223563);
    int count = 0;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        for (int32_t k = 1; run->on_map && k < run->line.count; k++) {
            const piste_point *a = &run->line.points[k - 1], *b = &run->line.points[k];
            assert_true(count < room);
            segment *s = &out[count++];
            s->class_of = class_of(run);
            s->drop_m = a->height_m - b->height_m;
            geod_inverse(&earth, a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg, &s->length_m, &s->bearing_deg, NULL);
            s->length_m = hypot(s->length_m, s->drop_m);
        }
    }
    return count;
}

// Bins are centred on 0, 360 / bins, ...
static int bin_of(double bearing_deg, int bins) {
    double turned = fmod(bearing_deg + 360 + 180.0 / bins, 360);
    return (int)floor(turned / (360.0 / bins)) % bins;
}

static void runs_have_the_measured_counts_and_heights(void **state) {
    const piste_resort *resort = *state;
    int runs = 0, points = 0, classes[CLASSES] = {0};
    double lowest = 1e9, highest = -1e9, lon = 0, lat = 0;
    for (int32_t i = 0; i < resort->runs.count; i++) {
        const piste_run *run = &resort->runs.list[i];
        runs += run->on_map;
        classes[class_of(run)] += run->on_map;
        for (int32_t k = 0; run->on_map && k < run->line.count; k++) {
            const piste_point *p = &run->line.points[k];
            points++;
            lowest = fmin(lowest, p->height_m);
            highest = fmax(highest, p->height_m);
            lon += p->lon_deg;
            lat += p->lat_deg;
        }
    }
    assert_int_equal(runs, 20);
    assert_int_equal(points, POINTS);
    assert_int_equal(classes[OTHER], 1);
    assert_true(fabs(lowest - 651.4) < 1e-6);
    assert_true(fabs(highest - 1358.1) < 1e-6);
    assert_true(fabs(highest - lowest - 706.7) < 1e-6);
    assert_true(fabs(lat / points - 39.0508415) < 1e-6);
    assert_true(fabs(lon / points - 127.2511931) < 1e-6);
}

static void runs_have_the_measured_length(void **state) {
    const piste_resort *resort = *state;
    double sum = 0, along = 0;
    for (int32_t i = 0; i < resort->runs.count; i++)
        sum += resort->runs.list[i].on_map ? resort->runs.list[i].length_m : 0;
    segment s[SEGMENTS];
    assert_int_equal(collect(resort, s, SEGMENTS), SEGMENTS);
    for (int i = 0; i < SEGMENTS; i++)
        along += s[i].length_m;
    assert_true(fabs(along - 13002.948) < 0.5);
    assert_true(fabs(sum - 13002.948) < 2); // each run is rounded to 0.1 m
}

static void runs_have_the_measured_verticals(void **state) {
    segment s[SEGMENTS];
    collect(*state, s, SEGMENTS);
    double vertical[CLASSES] = {0};
    for (int i = 0; i < SEGMENTS; i++) {
        assert_true(s[i].drop_m > 0); // drawn downhill throughout
        vertical[s[i].class_of] += s[i].drop_m;
    }
    assert_true(fabs(vertical[EASY] - 739.4) < 0.05);
    assert_true(fabs(vertical[INTERMEDIATE] - 939.7) < 0.05);
    assert_true(fabs(vertical[ADVANCED] - 1122.9) < 0.05);
    assert_true(fabs(vertical[OTHER] - 33.2) < 0.05);
    assert_true(fabs(vertical[EASY] + vertical[INTERMEDIATE] + vertical[ADVANCED] + vertical[OTHER] - 2835.2) < 0.05);
}

static void runs_face_the_measured_way(void **state) {
    segment s[SEGMENTS];
    collect(*state, s, SEGMENTS);
    double north = 0, east = 0, all = 0, north_to_east = 0;
    for (int i = 0; i < SEGMENTS; i++) {
        all += s[i].drop_m;
        north += s[i].drop_m * cos(s[i].bearing_deg * DEGREE);
        east += s[i].drop_m * sin(s[i].bearing_deg * DEGREE);
        north_to_east += bin_of(s[i].bearing_deg, 16) <= 4 ? s[i].drop_m : 0; // N, NNE, NE, ENE, E
    }
    assert_true(fabs(atan2(east, north) / DEGREE - 39.328) < 0.05);
    assert_true(fabs(hypot(north, east) - 2290.94) < 1);
    assert_true(fabs(hypot(north, east) / all - 0.808) < 0.001);
    assert_true(fabs(100 * north_to_east / all - 83) < 0.5);
}

static void the_rose_is_the_measured_one(void **state) {
    FILE *file = fopen(ROSE, "r");
    if (!file) { // not skip(): cmocka's "not ok # SKIP" is a failure to Meson
        print_message("# skipped: " ROSE " is not there, the rose is not compared\n");
        return;
    }
    segment s[SEGMENTS];
    collect(*state, s, SEGMENTS);
    char line[200];
    int rows = 0;
    assert_non_null(fgets(line, sizeof line, file)); // the heading
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        int bins = (int)strtol(at, &at, 10), bin = (int)strtol(at + 1, &at, 10) - 1;
        strtod(at + 1, &at); // centre
        at = strchr(at + 1, ','); // label
        double all = strtod(at + 1, &at), drop[CLASSES] = {0}, sum = 0;
        for (int i = 0; i < SEGMENTS; i++)
            if (bin_of(s[i].bearing_deg, bins) == bin)
                drop[s[i].class_of] += s[i].drop_m;
        for (int c = 0; c < CLASSES; c++) {
            double measured = strtod(at + 1, &at);
            sum += drop[c];
            if (!(fabs(drop[c] - measured) < 0.15))
                fail_msg("%d bins, bin %d, class %d: %.1f m, measured %.1f m", bins, bin + 1, c, drop[c], measured);
        }
        assert_true(fabs(sum - all) < 0.15);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, 2 + 4 + 8 + 16 + 32);
}

// A line begins and ends where its places are.
static void ends_meet(const piste_resort *resort, const piste_line *line, piste_ref from, piste_ref to) {
    const piste_place *a = &resort->places.list[from.index], *b = &resort->places.list[to.index];
    const piste_point *first = &line->points[0], *last = &line->points[line->count - 1];
    assert_true(fabs(a->lon_deg - first->lon_deg) < 1e-9 && fabs(a->lat_deg - first->lat_deg) < 1e-9);
    assert_true(fabs(b->lon_deg - last->lon_deg) < 1e-9 && fabs(b->lat_deg - last->lat_deg) < 1e-9);
    assert_true(fabs(a->height_m - first->height_m) < 1e-9 && fabs(b->height_m - last->height_m) < 1e-9);
}

static void lines_end_at_their_places(void **state) {
    const piste_resort *resort = *state;
    for (int32_t i = 0; i < resort->runs.count; i++)
        if (resort->runs.list[i].on_map)
            ends_meet(resort, &resort->runs.list[i].line, resort->runs.list[i].from, resort->runs.list[i].to);
    for (int32_t i = 0; i < resort->lifts.count; i++)
        if (resort->lifts.list[i].on_map)
            ends_meet(resort, &resort->lifts.list[i].line, resort->lifts.list[i].from, resort->lifts.list[i].to);
}

static void slopes_are_as_reported(void **state) {
    const piste_resort *resort = *state;
    int32_t summit = piste_resort_find_place(resort, "summit"), from_summit = 0;
    double sum = 0, longest = 0;
    bool in_a_slope[64] = {false};
    assert_int_equal(resort->slopes.count, 10);
    for (int32_t i = 0; i < resort->slopes.count; i++) {
        const piste_slope *slope = &resort->slopes.list[i];
        assert_int_equal(slope->number, i + 1);
        assert_true(slope->sections.count > 0);
        for (int32_t k = 0; k < slope->sections.count; k++) {
            int32_t run = slope->sections.list[k].index;
            in_a_slope[run] = true;
            if (k > 0)
                assert_int_equal(resort->runs.list[run].from.index, resort->runs.list[slope->sections.list[k - 1].index].to.index);
        }
        const piste_run *first = &resort->runs.list[slope->sections.list[0].index];
        if (first->from.index == summit) {
            from_summit++;
            longest = fmax(longest, slope->length_m);
        }
        sum += slope->length_m;
    }
    assert_true(from_summit >= 8); // nearly all
    assert_true(fabs(sum / 10 - 1700) < 50);
    assert_true(fabs(longest - 5100) < 50);
    for (int32_t i = 0; i < resort->runs.count; i++) {
        assert_true(in_a_slope[i] == resort->runs.list[i].on_map);
        if (resort->runs.list[i].on_map)
            assert_true(resort->runs.list[i].width_m >= 40 && resort->runs.list[i].width_m <= 120);
    }
}

static int lifts_of(const piste_resort *resort, int32_t type, int32_t seats, bool on_map) {
    int count = 0;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        count += lift->type == type && (seats == 0 || lift->seats == seats) && lift->on_map == on_map;
    }
    return count;
}

static int on_map(const piste_resort *resort) {
    int count = 0;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        count += resort->lifts.list[i].on_map;
    return count;
}

static void lifts_are_as_reported(void **state) {
    const piste_resort *resort = *state;
    assert_int_equal(on_map(resort), 8);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_GONDOLA, 4, true), 1);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_CHAIR, 4, true), 2);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_CHAIR, 2, true), 2);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_PLATTER, 1, true), 1);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_ROPE_TOW, 1, true), 1);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_T_BAR, 2, true), 1);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_CARPET, 1, false), 2);
    const piste_lift *gondola = &resort->lifts.list[piste_resort_find_lift(resort, "gondola")];
    assert_true(gondola->detachable);
    assert_true(gondola->up & 1 << PISTE_ON_FOOT && gondola->down & 1 << PISTE_ON_FOOT);
    assert_int_equal(gondola->from.index, piste_resort_find_place(resort, "base"));
    assert_int_equal(gondola->to.index, piste_resort_find_place(resort, "summit"));
    assert_true(gondola->length_m > 2000);
    bool reserved = false;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        const piste_lift *lift = &resort->lifts.list[i];
        double design = lift->seats * 3600.0 * (double)lift->interval_s.den / (double)lift->interval_s.num;
        assert_true(fabs(lift->capacity_pph - design) < 1e-6);
        if (lift->type == PISTE_LIFT_CHAIR)
            assert_true(lift->length_m > 600 && !lift->detachable);
        reserved |= lift->reserved.count > 0;
    }
    assert_true(reserved);
}

static void venues_are_as_reported(void **state) {
    const piste_resort *resort = *state;
    int kinds[PISTE_VENUE_KIND_COUNT] = {0}, rooms = 0, hotels = 0;
    const int64_t prices[] = {25000, 17000, 10000};
    int priced[3] = {0};
    for (int32_t i = 0; i < resort->venues.count; i++) {
        const piste_venue *venue = &resort->venues.list[i];
        kinds[venue->kind]++;
        hotels += venue->kind == PISTE_VENUE_HOTEL && venue->standard[0] != '\0';
        for (int32_t k = 0; k < venue->rooms.count; k++) {
            rooms += venue->rooms.list[k].rooms;
            assert_string_equal(venue->rooms.list[k].currency, "USD");
            for (int p = 0; p < 3; p++)
                priced[p] += venue->rooms.list[k].price_minor == prices[p];
        }
    }
    for (int k = 0; k < PISTE_VENUE_OTHER; k++)
        if (kinds[k] == 0)
            fail_msg("no %s", piste_venue_kind_word((piste_venue_kind)k));
    assert_int_equal(hotels, 2);
    assert_int_equal(rooms, 120);
    for (int p = 0; p < 3; p++)
        assert_int_equal(priced[p], 1);
}

static void the_day_is_as_reported(void **state) {
    const piste_resort *resort = *state;
    assert_int_equal(resort->cap, 2000);
    int guests = 0, on_foot = 0;
    for (int32_t i = 0; i < resort->segments.count; i++) {
        guests += resort->segments.list[i].guests;
        on_foot += resort->segments.list[i].mode[PISTE_ON_FOOT] > 0;
    }
    assert_true(guests >= 200 && guests <= 600); // a few hundred
    assert_int_equal(on_foot, 2);
    assert_string_equal(resort->tariff.currency, "USD");
    assert_int_equal(resort->tariff.currencies.count, 5);
}

// The places that can be got to (backwards: from which one can get) from those in `seen`, skiing nothing above `hardest`.
static void spread(const piste_resort *resort, int32_t hardest, int32_t mode, bool backwards, bool *seen) {
    for (bool more = true; more;) {
        more = false;
#define WAY(a, b)                                                                                                      \
    do {                                                                                                               \
        int32_t one = backwards ? (b).index : (a).index, other = backwards ? (a).index : (b).index;                    \
        more |= seen[one] && !seen[other];                                                                             \
        seen[other] |= seen[one];                                                                                      \
    } while (0)
        for (int32_t i = 0; i < resort->lifts.count; i++) {
            const piste_lift *lift = &resort->lifts.list[i];
            if (lift->up & 1 << mode)
                WAY(lift->from, lift->to);
            if (lift->down & 1 << mode)
                WAY(lift->to, lift->from);
        }
        for (int32_t i = 0; i < resort->runs.count; i++)
            if (mode != PISTE_ON_FOOT && resort->runs.list[i].difficulty <= hardest)
                WAY(resort->runs.list[i].from, resort->runs.list[i].to);
        for (int32_t i = 0; i < resort->walks.count; i++) {
            const piste_walk *walk = &resort->walks.list[i];
            if (!(walk->modes & 1 << mode))
                continue;
            WAY(walk->from, walk->to);
            if (!walk->one_way)
                WAY(walk->to, walk->from);
        }
#undef WAY
    }
}

// Beginners ski up to easy; wherever a lift or a run takes them, they must have a way back to the base, and so on upwards.
static void way_home(const piste_resort *resort) {
    int32_t base = piste_resort_find_place(resort, "base");
    for (int32_t mode = 0; mode < PISTE_MODE_COUNT; mode++)
        for (int32_t hardest = PISTE_DIFFICULTY_EASY; hardest <= PISTE_DIFFICULTY_ADVANCED; hardest++) {
            bool there[64] = {false}, back[64] = {false};
            there[base] = back[base] = true;
            assert_true(resort->places.count <= 64);
            spread(resort, hardest, mode, false, there);
            spread(resort, hardest, mode, true, back);
            for (int32_t p = 0; p < resort->places.count; p++)
                if (there[p] && !back[p])
                    fail_msg("no way home from %s for those who ski up to %s", resort->places.list[p].entry.key, piste_difficulty_word((piste_difficulty)hardest));
            for (int32_t i = 0; i < resort->venues.count; i++)
                assert_true(there[resort->venues.list[i].place.index]);
            if (mode != PISTE_ON_FOOT && hardest == PISTE_DIFFICULTY_ADVANCED)
                for (int32_t p = 0; p < resort->places.count; p++)
                    assert_true(there[p]);
        }
}

static void everyone_gets_home(void **state) {
    (void)state;
    static const char *const dates[] = {"2014-02-01", "2016-02-01", "2017-02-01", "2019-02-02"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        piste_resort *resort = resort_on(dates[i]);
        way_home(resort);
        piste_resort_destroy(resort);
    }
}

static void it_grows_with_the_years(void **state) {
    (void)state;
    piste_resort *resort = resort_on("2014-02-01");
    assert_int_equal(on_map(resort), 4);
    assert_int_equal(lifts_of(resort, PISTE_LIFT_CHAIR, 0, true), 4);
    assert_int_equal(piste_resort_find_lift(resort, "gondola"), -1);
    assert_int_equal(resort->slopes.count, 9);
    static const char *const sequence[] = {"first-double", "lower-quad", "upper-quad"};
    int ride_s = 0;
    for (int i = 0; i < 3; i++)
        ride_s += resort->lifts.list[piste_resort_find_lift(resort, sequence[i])].ride_s;
    assert_true(ride_s > 30 * 60 && ride_s <= 40 * 60); // up to 40 minutes to the top
    for (int32_t i = 0; i < resort->segments.count; i++)
        assert_string_not_equal(resort->segments.list[i].entry.key, "on-foot");
    piste_resort_destroy(resort);

    resort = resort_on("2016-02-01");
    assert_true(piste_resort_find_lift(resort, "gondola") >= 0);
    assert_int_equal(on_map(resort), 7);
    assert_int_equal(resort->slopes.count, 10);
    piste_resort_destroy(resort);

    resort = resort_on("2019-02-02");
    assert_int_equal(on_map(resort), 8);
    assert_int_equal(resort->lifts.count, 10);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_have_the_measured_counts_and_heights),
        cmocka_unit_test(runs_have_the_measured_length),
        cmocka_unit_test(runs_have_the_measured_verticals),
        cmocka_unit_test(runs_face_the_measured_way),
        cmocka_unit_test(the_rose_is_the_measured_one),
        cmocka_unit_test(lines_end_at_their_places),
        cmocka_unit_test(slopes_are_as_reported),
        cmocka_unit_test(lifts_are_as_reported),
        cmocka_unit_test(venues_are_as_reported),
        cmocka_unit_test(the_day_is_as_reported),
        cmocka_unit_test(everyone_gets_home),
        cmocka_unit_test(it_grows_with_the_years),
    };
    return cmocka_run_group_tests(tests, load, release);
}
