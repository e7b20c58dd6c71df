// fixture.h - a small day filled by hand, with all that is awkward in it: names in other scripts, long names, nothing known.
#ifndef TEST_REPORT_FIXTURE_H
#define TEST_REPORT_FIXTURE_H

#include <math.h>
#include <string.h>

#include "piste/day.h"

enum { BINS = 12 };

static const int32_t present[BINS] = {12, 160, 480, 700, 702, 690, 650, 500, 300, 90, 20, 0};
static const int32_t queue_a[BINS] = {0, 40, 160, 280, 320, 200, 160, 80, 0, 0, 0, 0};
static const int32_t queue_b[BINS] = {0, 0, 1, 20, 40, 20, 10, 5, 0, 0, 0, 0};
static const int32_t queue_c[BINS];
static const int32_t boarded_a[BINS] = {0, 400, 900, 1100, 1100, 1000, 900, 600, 0, 0, 0, 0};
static const int32_t boarded_b[BINS] = {0, 10, 90, 110, 120, 100, 90, 60, 20, 0, 0, 0};
static const int32_t boarded_c[BINS];
static const double waits_a[BINS] = {NAN, 60.0004, 300.25, 612.5, 700, 420, 300, 120, NAN, NAN, NAN, NAN};
static const double waits_b[BINS] = {NAN, 1, 2, 3, 4, 5, 6, 7, 8, NAN, NAN, NAN};
static const double waits_c[BINS] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
static const double people_1[BINS] = {0, 3.14159, 20, 41.5, 60.25, 50, 40, 20, 0, 0, 0, 0};
static const double people_2[BINS] = {0, 1, 2, 3, 4, 3, 2, 1, 0, 0, 0, 0};
static const double people_0[BINS];
static const int32_t inside_1[BINS] = {0, 5, 40, 60, 120, 120, 80, 30, 10, 0, 0, 0};

static const piste_lift_result fixture_lifts[] = {
    {.key = "sky-lift", .name = "하늘 리프트", .rides = 6000, .rides_down = 12, .wait = {6000, 403.4567, 380, 712, 950, 1312},
     .queue_max = 320, .still_in_line = 0, .turned_away = 0, .seats_filled = 0.8125, .used = 2.0 / 3, .stops = 7,
     .stopped_s = 754, .open_s = 25200, .queue = queue_a, .boarded = boarded_a, .wait_mean_s = waits_a},
    {.key = "upper-t-bar", .name = "Upper T-bar with a name that is longer than any column has room for", .rides = 600,
     .wait = {600, 4.2, 3, 9, 12, 44}, .queue_max = 40, .seats_filled = 0.5, .used = 0.1, .stops = 0, .stopped_s = 0,
     .open_s = 25200, .queue = queue_b, .boarded = boarded_b, .wait_mean_s = waits_b},
    {.key = "carpet", .name = "Carpet, \"small\"\nand new", .rides = 0, .wait = {0, NAN, 0, 0, 0, 0}, .queue = queue_c,
     .boarded = boarded_c, .wait_mean_s = waits_c}};

static const piste_run_result fixture_runs[] = {
    {.key = "run-1", .name = "", .descents = 900, .density_peak_per_ha = 3.04, .density_standard_per_ha = 25, .people = people_2},
    {.key = "run-2", .name = "第二滑道", .descents = 400, .density_peak_per_ha = 41.26, .density_standard_per_ha = 25,
     .people = people_1},
    {.key = "run-3", .name = "Connection", .descents = 5400, .density_peak_per_ha = NAN, .density_standard_per_ha = 40,
     .people = people_1},
    {.key = "run-4", .name = "Never skied", .descents = 0, .density_peak_per_ha = 0, .density_standard_per_ha = 12,
     .people = people_0}};

static const piste_venue_result fixture_venues[] = {
    {.key = "rental", .name = "Rental", .kind = PISTE_VENUE_RENTAL, .visits = 420, .wait = {420, 312.5, 280, 640, 900, 1020},
     .queue_max = 66, .inside_max = 120, .missed = 0, .inside = inside_1},
    {.key = "restaurant", .name = "식당", .kind = PISTE_VENUE_RESTAURANT, .visits = 300, .wait = {300, 20, 0, 60, 90, 100},
     .queue_max = 12, .inside_max = 80, .missed = 31, .missed_by = {[PISTE_MISSED_CLOSED] = 4, [PISTE_MISSED_QUEUE] = 11, [PISTE_MISSED_TOO_LATE] = 16},
     .inside = inside_1}};

static const piste_segment_result fixture_segments[] = {
    {.key = "hotel", .name = "Hotel guests", .sold = 200, .arrived = 190, .gone = 190, .parties = 80, .rides = 2100,
     .descent_m = 1234567.8912, .spent_s = {1000, 2000, 3000, 500, 500, 1000, 1500, 500}, .wait = {2100, 300, 250, 650, 800, 1312},
     .wished = 380, .missed = 11, .missed_by = {[PISTE_MISSED_QUEUE] = 11}, .assisted = 0, .here_s = 10000,
     .at_s = {[PISTE_VENUE_RESTAURANT] = 1000, [PISTE_AT_PLACE] = 500}, .queued_at_s = {[PISTE_VENUE_RENTAL] = 1000},
     .rides_each = {2, 11, 19.5}, .descent_each_m = {1000, 6000, 9000}, .waiting_each_s = {60, 700, 5000},
     .here_each_s = {7200, 20000, 30000}},
    {.key = "day-visitors", .name = "당일 손님", .sold = 560, .arrived = 512, .gone = 512, .parties = 200, .rides = 4500,
     .descent_m = 2000000, .spent_s = {3000, 2000, 3000, 500, 500, 500, 500, 0}, .wait = {4500, 390, 370, 700, 900, 1300},
     .wished = 600, .missed = 20, .missed_by = {[PISTE_MISSED_CLOSED] = 4, [PISTE_MISSED_TOO_LATE] = 16}, .assisted = 3,
     .here_s = 10000, .at_s = {[PISTE_VENUE_RESTAURANT] = 500}, .queued_at_s = {[PISTE_VENUE_RENTAL] = 500}, .unridden = 2,
     .unridden_by = {[PISTE_UNRIDDEN_VISITS] = 2}, .rides_each = {0, 9, 14}, .descent_each_m = {0, 3900, 7000},
     .waiting_each_s = {0, 1200, 5400}, .here_each_s = {3600, 18000, 27000}}};

static const piste_visit_result fixture_made[] = {
    {.segment = 0, .visit = 0, .what = "restaurant", .wished = 380, .made = 369, .missed = 11, .missed_by = {[PISTE_MISSED_QUEUE] = 11}},
    {.segment = 1, .visit = 0, .what = "rental", .wished = 600, .made = 580, .missed = 20,
     .missed_by = {[PISTE_MISSED_CLOSED] = 4, [PISTE_MISSED_TOO_LATE] = 16}}};
static const piste_group_result fixture_abilities[] = {
    {.key = "novice", .people = 602, .parties = 230, .rides = 5000, .waited_s = 3500000, .here_s = 12000000,
     .waiting_each_s = {0, 1100, 5300}, .longest_wait_s = 1312},
    {.key = "foot", .people = 100, .parties = 50, .rides = 1600, .waited_s = 500, .here_s = 8000, .waiting_each_s = {0, 5, 9},
     .longest_wait_s = 44}};
static const piste_group_result fixture_sizes[] = {{.key = "5+", .people = 702, .parties = 280, .rides = 6600, .waited_s = 3500500,
                                                    .here_s = 12008000, .waiting_each_s = {0, 1000, 5000}, .longest_wait_s = 1312}};
static const piste_group_result fixture_hours[] = {{.key = "08", .people = 702, .parties = 280, .rides = 6600, .waited_s = 3500500,
                                                    .here_s = 12008000, .waiting_each_s = {0, 1000, 5000}, .longest_wait_s = 1312}};
static const uint8_t bound_1[BINS] = {0, 1, 1}, bound_2[BINS] = {0, 0, 1, 1, 1};
static const piste_binding fixture_bindings[] = {
    {PISTE_LIMIT_SEATS, "restaurant", "식당", 34200, 1800, 12, 3600, bound_1},
    {PISTE_LIMIT_LIFT, "sky-lift", "하늘 리프트", 36000, 7200, 2500, 900000, bound_2},
    {PISTE_LIMIT_RUN, "run-2", "第二滑道", 39600, 900, 60, 18000, bound_1}};

static inline piste_day_result fixture_day(void) {
    piste_day_result day = {.resort = "마식령스키장", .seed = 7, .date = 17929 /* 2019-02-02 */, .sold = 760, .guests = 702, .gone = 702,
                            .assisted = 3, .present_max = 702, .present_max_at_s = 43205, .last_gone_s = 67200, .events = 123456,
                            .rides = 6600, .wait = {6600, 367.1506, 340, 700, 940, 1312}, .from_s = 28800, .to_s = 72000,
                            .bin_s = 3600, .bin_count = BINS, .present = present};
    day.lifts.list = fixture_lifts;
    day.lifts.count = 3;
    day.runs.list = fixture_runs;
    day.runs.count = 4;
    day.venues.list = fixture_venues;
    day.venues.count = 2;
    day.segments.list = fixture_segments;
    day.segments.count = 2;
    day.visits.list = fixture_made;
    day.visits.count = 2;
    day.groups[PISTE_BY_ABILITY].list = fixture_abilities;
    day.groups[PISTE_BY_ABILITY].count = 2;
    day.groups[PISTE_BY_SIZE].list = fixture_sizes;
    day.groups[PISTE_BY_SIZE].count = 1;
    day.groups[PISTE_BY_HOUR].list = fixture_hours;
    day.groups[PISTE_BY_HOUR].count = 1;
    day.bindings.list = fixture_bindings;
    day.bindings.count = 3;
    day.missed_by[PISTE_MISSED_QUEUE] = 11;
    day.missed_by[PISTE_MISSED_CLOSED] = 4;
    day.missed_by[PISTE_MISSED_TOO_LATE] = 16;
    day.unridden_by[PISTE_UNRIDDEN_VISITS] = 2;
    return day;
}

// The resort of that day, as far as reports read it: keys, and what values rest on.
static const piste_basis fixture_bases[] = {{"speed", PISTE_BASIS_ASSUMED, "median of 2,302 lifts, \"operating\""},
                                            {"capacity", PISTE_BASIS_PUBLISHED, "trail sign"}};
static const piste_basis fixture_stop_basis[] = {{"every", PISTE_BASIS_ASSUMED, "as at other lifts"}};
static const piste_basis fixture_visit_basis[] = {{"share", PISTE_BASIS_CHOSEN, "nothing is known"}};
static const piste_basis fixture_choice_basis[] = {{"scale", PISTE_BASIS_ASSUMED, ""}};
static const piste_basis fixture_traits_basis[] = {{"speed", PISTE_BASIS_MEASURED, "시범 측정"}};

static const piste_place fixture_places[] = {{.entry = {.key = "base"}, .name = "Base"}, {.entry = {.key = "top"}, .name = "Top"}};
static const piste_stop fixture_stops[] = {{.entry = {.key = NULL}}, {.entry = {.basis = fixture_stop_basis, .basis_count = 1}}};
static const piste_lift fixture_resort_lifts[] = {
    {.entry = {.key = "sky-lift", .basis = fixture_bases, .basis_count = 2}, .stops = {fixture_stops, 2}},
    {.entry = {.key = "upper-t-bar", .basis = fixture_bases, .basis_count = 1}},
    {.entry = {.key = "carpet"}}};
static const piste_run fixture_resort_runs[] = {{.entry = {.key = "run-1"}}, {.entry = {.key = "run-2"}}};
static const piste_walk fixture_walks[] = {{.entry = {.key = "square"}}};
static const piste_venue fixture_resort_venues[] = {{.entry = {.key = "rental"}}, {.entry = {.key = "restaurant"}}};
static const piste_visit fixture_visits[] = {{.entry = {.basis = fixture_visit_basis, .basis_count = 1}}};
static const piste_segment fixture_resort_segments[] = {{.entry = {.key = "hotel"}, .visits = {fixture_visits, 1}},
                                                        {.entry = {.key = "day-visitors"}}};
static const piste_ability_traits fixture_traits[] = {
    {.entry = {.basis = fixture_traits_basis, .basis_count = 1}, .ability = PISTE_NOVICE}};

static inline piste_resort fixture_resort(void) {
    piste_resort resort = {.name = "마식령스키장", .choice = {.entry = {.basis = fixture_choice_basis, .basis_count = 1}}};
#define GIVE(member, array)                                                                                             \
    resort.member.list = array;                                                                                         \
    resort.member.count = (int32_t)(sizeof array / sizeof(array)[0])
    GIVE(places, fixture_places);
    GIVE(lifts, fixture_resort_lifts);
    GIVE(runs, fixture_resort_runs);
    GIVE(walks, fixture_walks);
    GIVE(venues, fixture_resort_venues);
    GIVE(segments, fixture_resort_segments);
    GIVE(abilities, fixture_traits);
#undef GIVE
    return resort;
}

#endif
