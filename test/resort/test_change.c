// test_change.c - changes by path: what they load is what the edited file loads, and what is wrong is told where it stands.
#include "test.h"

#include <stdio.h>

#include "base/base.h"
#include "piste/day.h"
#include "report/report.h"
#include "resort/load.h"

#define FOLDER "examples/badger-pass"

static char *yaml;
static size_t yaml_length;

// A rehearsed day tells of two resorts whether they are the same to it; the lines of entries are not.
static void day_of(const piste_resort *resort, base_text *json) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.guests = 150;
    assert_int_equal(piste_day_create(resort, &def, NULL, &day), PISTE_OK);
    piste_day_run(day, PISTE_DAY_END);
    assert_int_equal(report_day_json(resort, piste_day_get_result(day), json), PISTE_OK);
    piste_day_destroy(day);
    char *rest = strstr(json->data, "\"assumptions\""); // what a value rests on goes with the value; tested below
    assert_non_null(rest);
    *rest = '\0';
}

static piste_resort *changed(const piste_change *list, int32_t count) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    const piste_changes changes = {list, count};
    piste_status status = piste_resort_load_changed(FOLDER, PISTE_DATE_NONE, &changes, errors, &resort);
    if (status != PISTE_OK)
        fail_msg("%s: %s", list[0].path, piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return resort;
}

// The file with `old` replaced by `new`, once; NULL for `old`: at the end.
static char *edited(const char *text, const char *old, const char *new) {
    const char *at = old ? strstr(text, old) : text + strlen(text);
    if (!at)
        fail_msg("%s is not in the file", old);
    size_t gone = old ? strlen(old) : 0, head = (size_t)(at - text);
    char *out = malloc(strlen(text) + strlen(new) + 1);
    memcpy(out, text, head);
    strcpy(out + head, new);
    strcat(out, at + gone);
    return out;
}

static piste_resort *from_text(const char *text) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    const load_text none = {0};
    if (load_from_texts(FOLDER, (load_text){text, strlen(text)}, none, none, PISTE_DATE_NONE, errors, &resort) != PISTE_OK)
        fail_msg("%s", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    return resort;
}

static void same_day(const char *what, piste_resort *a, piste_resort *b) {
    base_text one = {0}, two = {0};
    day_of(a, &one);
    day_of(b, &two);
    if (strcmp(one.data, two.data) != 0)
        fail_msg("%s: the day is another than with the edited file", what);
    base_text_release(&one);
    base_text_release(&two);
    piste_resort_destroy(a);
    piste_resort_destroy(b);
}

// Each change beside the edit of the file that means the same.
static const struct {
    const char *path, *value, *old, *new;
} pairs[] = {
    {"lifts.eagle.speed", "500 ft/min", "speed: 450 ft/min\n    length: 3200 ft", "speed: 500 ft/min\n    length: 3200 ft"},
    {"lifts.eagle.speed", "x 1.1", "speed: 450 ft/min\n    length: 3200 ft", "speed: 495 ft/min\n    length: 3200 ft"},
    {"lifts.bruin.interval", "x 1.1", "interval: 7.2 s", "interval: 7.92 s"},
    {"lifts.bruin.interval", "x 0.979263", "interval: 7.2 s", "interval: 7.0507 s"},
    {"lifts.eagle.line-check", "x 1.0777", "lanes: 2", "lanes: 2\n    line-check: 970 s"}, // of 15 min
    {"lifts.bruin.capacity", "900 pph", "interval: 7.2 s", "capacity: 900 pph"},
    {"lifts.bruin.duration", "3 min", "speed: 400 ft/min", "duration: 3 min"},
    {"lifts.eagle.singles-line", "no", "singles-line: yes", "singles-line: no"},
    {"lifts.eagle.lanes", NULL, "    lanes: 2\n", ""},
    {"lifts.eagle.misload.beginner", "2 %", "{beginner: 0.6 %, novice: 0.3 %}", "{beginner: 2 %, novice: 0.3 %}"},
    {"lifts.red-fox.misload.beginner", "2 %", "    speed: 450 ft/min\n    length: 2600 ft\n", "    misload: {beginner: 2 %}\n    speed: 450 ft/min\n    length: 2600 ft\n"},
    {"lifts.eagle.stops.1.every", "x 0.5", "every: 6 h", "every: 3 h"},
    {"lifts.eagle.stops.1.duration", "x 2", "mean: 4 min, sd: 6 min, max: 1 h", "mean: 8 min, sd: 12 min, max: 2 h"},
    {"lifts.eagle.stops.1.duration.sd", "2 min", "sd: 6 min", "sd: 2 min"},
    {"lifts.bruin.stops.+", "{cause: wind, every: 2 h, duration: 5 min}", "misload: {beginner: 1 %, novice: 0.5 %}",
     "misload: {beginner: 1 %, novice: 0.5 %}\n    stops: [{cause: wind, every: 2 h, duration: 5 min}]"},
    {"lifts.eagle.hours", "[08:30-12:00, 13:00-16:00]", "lanes: 2", "lanes: 2\n    hours: [08:30-12:00, 13:00-16:00]"},
    {"lifts.eagle", "{seats: 4, speed: 5 m/s}", "seats: 3\n    interval: 6 s\n    speed: 450 ft/min", "seats: 4\n    interval: 6 s\n    speed: 5 m/s"},
    {"venues.school.sessions", "[\"10:00\", \"10:30\", \"11:00\"]", "sessions: [\"10:30\", \"14:00\"]", "sessions: [\"10:00\", \"10:30\", \"11:00\"]"},
    {"segments.families.guests", "x 1.25", "guests: 420", "guests: 525"},
    {"segments.families.visits.3.share", "60 %", "{venue: school, share: 30 %}", "{venue: school, share: 60 %}"},
    {"segments.families.arrival", "{kind: uniform, from: 08:00, to: 09:00}",
     "{kind: empirical, edges: [\"08:15\", \"09:00\", \"10:00\", \"11:30\", \"13:00\"], weights: [20, 45, 25, 10]}", "{kind: uniform, from: 08:00, to: 09:00}"},
    {"segments.locals.choice.wait-weight", "3", "guests: 150", "guests: 150\n    choice: {wait-weight: 3}"},
    {"choice", "{wait-weight: 3, ride-weight: 1}", "hours: 09:00-16:00", "hours: 09:00-16:00\nchoice: {wait-weight: 3, ride-weight: 1}"},
    {"choice.wait-weight", "x 3", "hours: 09:00-16:00", "hours: 09:00-16:00\nchoice: {wait-weight: 3}"},
    {"wait-boards", "10 min", "hours: 09:00-16:00", "hours: 09:00-16:00\nwait-boards: 10 min"},
    {"runs.wildcat", NULL,
     "  - {key: wildcat, name: Wildcat, from: ridge, to: lodge, difficulty: advanced, length: 2700 ft, width: 25 m, basis: {difficulty: \"published: expert, narrower\", width: \"assumed: a first guess\"}}\n", ""},
    {"venues.school", NULL, "      - {venue: school, share: 30 %}\n", ""}, // the venue itself is no one's then
    {"lifts.new", "{from: lodge, to: ridge, type: chair-lift, seats: 6, interval: 6 s, speed: 5 m/s, length: 900 m}", "\nruns:\n",
     "\n  - {key: new, from: lodge, to: ridge, type: chair-lift, seats: 6, interval: 6 s, speed: 5 m/s, length: 900 m}\nruns:\n"},
    {"hours", "10:00-15:00", "hours: 09:00-16:00", "hours: 10:00-15:00"},
};

static void a_change_is_an_edit(void **state) {
    (void)state;
    for (size_t i = 0; i < BASE_COUNT(pairs); i++) {
        const piste_change change = {pairs[i].path, pairs[i].value, "plan.yaml", 3, 1};
        char *text = edited(yaml, pairs[i].old, pairs[i].new);
        if (strcmp(pairs[i].path, "venues.school") == 0) {
            char *without = edited(text, "  - {key: school, name: Ski school, kind: school, place: lodge, seats: 120, sessions: [\"10:30\", \"14:00\"], stay: 2 h, hours: 09:00-14:15, basis: {sessions: \"assumed: a first guess\", seats: \"assumed: a first guess\"}}\n", "");
            free(text);
            text = without;
        }
        same_day(pairs[i].path, changed(&change, 1), from_text(text));
        free(text);
    }
}

static void every_entry_at_once(void **state) {
    (void)state;
    const piste_change all = {.path = "lifts.*.speed", .value = "x 2"};
    const piste_change each[] = {{.path = "lifts.eagle.speed", .value = "900 ft/min"}, {.path = "lifts.red-fox.speed", .value = "900 ft/min"},
                                 {.path = "lifts.badger.speed", .value = "900 ft/min"}, {.path = "lifts.bruin.speed", .value = "800 ft/min"},
                                 {.path = "lifts.turtle-tow.speed", .value = "3 m/s"}};
    same_day("lifts.*.speed", changed(&all, 1), changed(each, 5));
}

static void changes_are_made_in_order(void **state) {
    (void)state;
    const piste_change twice[] = {{.path = "lifts.eagle.lanes", .value = "4"}, {.path = "lifts.eagle.lanes", .value = "x 0.5"}, // 2 again
                                  {.path = "segments.*.guests", .value = "x 2"}, {.path = "segments.*.guests", .value = "x 0.5"},
                                  {.path = "lifts.extra", .value = "{from: lodge, to: ridge, type: chair-lift, seats: 6}"},
                                  {.path = "lifts.extra.speed", .value = "5 m/s"}, {.path = "lifts.extra", .value = NULL}};
    same_day("there and back", changed(twice, 7), from_text(yaml));
}

static void what_rests_on_nothing_any_more(void **state) {
    (void)state;
    const piste_change change = {.path = "lifts.eagle.speed", .value = "5 m/s"};
    piste_resort *resort = changed(&change, 1);
    const piste_entry *eagle = &resort->lifts.list[0].entry;
    assert_null(piste_entry_field_basis(eagle, "speed"));
    assert_non_null(piste_entry_field_basis(eagle, "seats"));
    assert_true(resort->lifts.list[0].speed_mps == 5);
    piste_resort_destroy(resort);
}

static const struct {
    const char *path, *value, *expected;
} wrong[] = {
    {"lifts.eagel.speed", "5 m/s", "plan.yaml:7: lifts.eagel.speed: no lift eagel (on that date), expected one of eagle, red-fox, badger, bruin, turtle-tow"},
    {"lifts.eagle.sped", "5 m/s", "plan.yaml:7: lifts.eagle.sped: sped is not a key of a lift, did you mean speed?"},
    {"lift.eagle.speed", "5 m/s", "plan.yaml:7: lift.eagle.speed: lift is not a key of a resort, did you mean lifts?"},
    {"lifts..speed", "5 m/s", "plan.yaml:7: lifts..speed: not a path: expected keys with one dot between, such as lifts.sky-lift.speed"},
    {"", "5", "plan.yaml:7: : not a path: expected keys with one dot between, such as lifts.sky-lift.speed"},
    {"lifts.eagle.speed", "90 km/h", "plan.yaml:7:3: lifts.eagle.speed: 90 km/h, expected 0.1 m/s to 20 m/s"},
    {"lifts.eagle.speed", "x 100", "plan.yaml:7:3: lifts.eagle.speed: 45000 ft/min, expected 0.1 m/s to 20 m/s"},
    {"lifts.eagle.speed.mean", "5 m/s", "plan.yaml:7: lifts.eagle.speed.mean: speed has no parts"},
    {"lifts.eagle.length", NULL, "examples/badger-pass/resort.yaml:17: length: missing in lift eagle, expected it here or its line in lifts.geojson"},
    {"lifts.eagle.weight", NULL, "plan.yaml:7: lifts.eagle.weight: not given, so that it cannot be removed"},
    {"lifts.eagle.wind-limit", "x 2", "plan.yaml:7: lifts.eagle.wind-limit: not given in the file, so that it cannot be multiplied: give the value itself"},
    {"hours", "x 2", "plan.yaml:7: hours: 09:00-16:00, which cannot be multiplied"},
    {"lifts.eagle", "x 2", "plan.yaml:7: lifts.eagle: a lift, which cannot be multiplied"},
    {"lifts.eagle", "5 m/s", "plan.yaml:7: lifts.eagle: expected a map of the keys of this lift to their values"},
    {"lifts.new", "{from: lodge, to: nowhere, type: chair-lift, seats: 6, interval: 6 s, speed: 5 m/s, length: 900 m}",
     "plan.yaml:7: lifts.new: to: nowhere, expected a key among the places"},
    {"lifts.eagle", "{seats: 4, seats: 6}", "plan.yaml:7: lifts.eagle: seats: given twice"},
    {"lifts.eagle", "\n{seats: 4,\n speed: 90 km/h}", "plan.yaml:9:9: lifts.eagle: speed: 90 km/h, expected 0.1 m/s to 20 m/s"},
    {"lifts.eagle.stops.2.every", "1 h", "plan.yaml:7: lifts.eagle.stops.2.every: no stop 2 (on that date), expected 1 to 1, * or +"},
    {"lifts.bruin.stops.1.every", "1 h", "plan.yaml:7: lifts.bruin.stops.1.every: no stop 1 (on that date), expected +, the list has no entry"},
    {"segments.families.guests", "{a: *b}", "plan.yaml:7: segments.families.guests: *b: an alias, expected the value itself"},
    {"segments.families.guests", "{", "plan.yaml:7: segments.families.guests: not YAML: did not find expected node content"},
    {"segments.families.ability.novice", "60 %", "plan.yaml:7:3: segments.families.ability.novice: ability: shares that sum to 130 %, expected 100 %"},
    {"segments.families.guests", "many", "plan.yaml:7:3: segments.families.guests: many, expected a whole number, 0 to 1000000"},
};

static void what_is_wrong_is_told_where_it_stands(void **state) {
    (void)state;
    int bad = 0;
    for (size_t i = 0; i < BASE_COUNT(wrong); i++) {
        piste_errors *errors = piste_errors_create();
        piste_resort *resort = NULL;
        const piste_change change = {wrong[i].path, wrong[i].value, "plan.yaml", 7, 3};
        piste_status status = piste_resort_load_changed(FOLDER, PISTE_DATE_NONE, &(piste_changes){&change, 1}, errors, &resort);
        const char *told = piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "nothing";
        if (status == PISTE_OK || resort || strcmp(told, wrong[i].expected) != 0) {
            print_error("%s: %s\n  expected: %s\n  told:     %s\n", wrong[i].path, wrong[i].value ? wrong[i].value : "removed", wrong[i].expected, told);
            bad++;
        }
        assert_int_equal(piste_resort_load_changed(FOLDER, PISTE_DATE_NONE, &(piste_changes){&change, 1}, NULL, &resort), status);
        piste_errors_destroy(errors);
    }
    assert_int_equal(bad, 0);
}

static void a_name_in_another_language_is_changed_by_its_path(void **state) {
    (void)state;
    const piste_change list[] = {{.path = "lifts.eagle.names.ko", .value = "독수리"}, {.path = "lifts.eagle.names.ja", .value = "鷲"},
                                 {.path = "lifts.eagle.names.ja", .value = NULL}, {.path = "names.zh-Hant", .value = "獾隘口"}};
    piste_resort *r = changed(list, BASE_COUNT(list));
    int32_t i = piste_resort_find_lift(r, "eagle");
    assert_int_equal(r->lifts.list[i].entry.names_count, 1);
    assert_string_equal(piste_entry_name_in(&r->lifts.list[i].entry, "ko", ""), "독수리");
    assert_string_equal(piste_entry_name_in(&r->entry, "zh-Hant", ""), "獾隘口");
    piste_resort_destroy(r);
    const piste_change korean = {.path = "lifts.eagle.names.Korean", .value = "독수리"};
    const piste_changes changes = {&korean, 1};
    piste_errors *errors = piste_errors_create();
    assert_int_equal(piste_resort_load_changed(FOLDER, PISTE_DATE_NONE, &changes, errors, &r), PISTE_INVALID);
    assert_non_null(strstr(piste_errors_get(errors, 0)->text, "lifts.eagle.names.Korean"));
    assert_non_null(strstr(piste_errors_get(errors, 0)->text, "expected a language"));
    piste_errors_destroy(errors);
}

int main(void) {
    if (base_file_read(FOLDER "/resort.yaml", 1 << 20, NULL, &yaml, &yaml_length) != PISTE_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_an_edit),
        cmocka_unit_test(every_entry_at_once),
        cmocka_unit_test(changes_are_made_in_order),
        cmocka_unit_test(what_rests_on_nothing_any_more),
        cmocka_unit_test(what_is_wrong_is_told_where_it_stands),
        cmocka_unit_test(a_name_in_another_language_is_changed_by_its_path),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(yaml);
    return failed;
}
