// test_check.c - the rules of the check: a folder for each that breaks it, and a clean one that breaks none.
#include "folders.h"

#include "resort/check.h"
#include "resort/load.h"
#include "resort/ways.h"

#define ROOT "test/resort/check"

static piste_resort *load(const char *folder) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(folder, PISTE_DATE_NONE, errors, &resort);
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        print_error("%s\n", piste_errors_get(errors, i)->text);
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return resort;
}

static piste_resort *load_text_of(const char *yaml) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    const load_text none = {0};
    piste_status status = load_from_texts("test", (load_text){yaml, strlen(yaml)}, none, none, PISTE_DATE_NONE, errors, &resort);
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        print_error("%s\n", piste_errors_get(errors, i)->text);
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return resort;
}

static int count_rule(const piste_findings *findings, const char *rule) {
    int count = 0;
    for (size_t i = 0; i < piste_findings_count(findings); i++)
        count += strcmp(piste_findings_get(findings, i)->rule, rule) == 0;
    return count;
}

static void each_rule_is_broken_by_its_folder(void **state) {
    (void)state;
    int wrong = 0;
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++) {
        char folder[512];
        const char *word = check_rule_word((check_rule)rule);
        snprintf(folder, sizeof folder, ROOT "/%s", word);
        piste_resort *resort = load(folder);
        piste_findings *findings = NULL;
        assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
        base_text text = {0};
        base_text_add(&text, "");
        for (size_t i = 0; i < piste_findings_count(findings); i++) {
            const piste_finding *f = piste_findings_get(findings, i);
            base_text_format(&text, "%s:%d: %s: %s: %s: %s -> %s\n", f->file, f->line, check_severity_word(f->severity), f->rule, f->subject, f->message, f->suggestion);
        }
        if (count_rule(findings, word) == 0) {
            print_error("%s: the rule does not fire\n", word);
            wrong++;
        }
        wrong += !folders_match(folder, text.data);
        base_text_release(&text);
        piste_findings_destroy(findings);
        piste_resort_destroy(resort);
    }
    assert_int_equal(wrong, 0);
}

static void nothing_is_said_of_the_clean_folder(void **state) {
    (void)state;
    piste_resort *resort = load(ROOT "/clean");
    piste_findings *findings = NULL;
    assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
    for (size_t i = 0; i < piste_findings_count(findings); i++)
        print_error("%s\n", piste_findings_get(findings, i)->message);
    assert_int_equal(piste_findings_count(findings), 0);
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
}

// Every folder belongs to a rule, so that none is left behind when a rule goes.
static void no_folder_is_left_behind(void **state) {
    (void)state;
    folders list;
    folders_list(ROOT, &list);
    assert_int_equal(list.count, CHECK_RULE_COUNT + 1);
    folders_release(&list);
}

static void findings_come_by_line_with_all_their_parts(void **state) {
    (void)state;
    piste_resort *resort = load_text_of("piste: 1\nname: X\nzone: Etc/UTC\n"
                                        "places: [{key: a, height: 0 m}, {key: b, height: 100 m}, {key: c}]\n"
                                        "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 9 m/s, length: 300 m}]\n"
                                        "runs: [{key: r, from: b, to: a, difficulty: easy, length: 400 m, vertical: 40 m}]\n");
    piste_findings *findings = NULL;
    assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
    assert_true(piste_findings_count(findings) >= 4);
    int32_t line = 0;
    for (size_t i = 0; i < piste_findings_count(findings); i++) {
        const piste_finding *f = piste_findings_get(findings, i);
        assert_true(f->line >= line);
        line = f->line;
        assert_string_equal(f->file, "resort.yaml");
        assert_true(*f->rule && *f->subject && *f->message && *f->suggestion);
    }
    assert_int_equal(count_rule(findings, "lift-speed"), 1);
    assert_int_equal(count_rule(findings, "run-vertical"), 1);
    assert_int_equal(count_rule(findings, "unused-place"), 1);
    assert_int_equal(count_rule(findings, "no-segments"), 1);
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
}

static const char network[] = "piste: 1\nname: X\nzone: Etc/UTC\n"
                              "places: [{key: a}, {key: b}, {key: c}, {key: d}]\n"
                              "lifts: [{key: l, from: a, to: c, stations: [{place: b, at: 300 m}], type: gondola, seats: 8, interval: 12 s, speed: 5 m/s,"
                              " length: 900 m, vertical: 300 m, up: [ski, foot], down: foot}]\n"
                              "runs: [{key: hard, from: c, to: b, difficulty: expert, length: 400 m, vertical: 100 m},"
                              " {key: soft, from: b, to: a, difficulty: easy, length: 400 m, vertical: 50 m}]\n"
                              "walks: [{key: path, from: a, to: d, length: 10 m, one-way: yes, modes: [foot]}]\n";

static void reaches(const ways *w, uint32_t modes, int32_t hardest, bool backwards, int32_t start, const char *expected) {
    bool marked[4] = {false};
    char text[5] = {0};
    marked[start] = true;
    assert_true(ways_reach(w, &(ways_who){modes, hardest}, backwards, marked));
    for (int i = 0; i < 4; i++)
        text[i] = marked[i] ? "abcd"[i] : '.';
    assert_string_equal(text, expected);
}

static void ways_are_for_those_whom_they_take(void **state) {
    (void)state;
    piste_resort *resort = load_text_of(network);
    ways *w = ways_create(resort);
    assert_non_null(w);
    const uint32_t ski = 1u << PISTE_ON_SKIS, board = 1u << PISTE_ON_SNOWBOARD, foot = 1u << PISTE_ON_FOOT;
    assert_int_equal(w->count, 4 + 2 + 1); // two legs up and down, two runs, one walk one way
    reaches(w, ski, PISTE_DIFFICULTY_EXPERT, false, 0, "abc.");
    reaches(w, board, PISTE_DIFFICULTY_EXPERT, false, 0, "a...");
    reaches(w, board, PISTE_DIFFICULTY_EXPERT, false, 2, "abc.");
    reaches(w, foot, PISTE_DIFFICULTY_NOVICE, false, 0, "abcd");
    reaches(w, foot, PISTE_DIFFICULTY_NOVICE, false, 3, "...d");
    reaches(w, ski, PISTE_DIFFICULTY_EASY, true, 0, "ab..");
    reaches(w, ski, PISTE_DIFFICULTY_EXPERT, true, 0, "abc.");
    reaches(w, foot, PISTE_DIFFICULTY_EXPERT, true, 3, "abcd");
    ways_destroy(w);
    piste_resort_destroy(resort);
}

// A closed population never leaves, so no exit is asked of it; it must always come to some boarding.
static void a_closed_population_needs_no_exit(void **state) {
    (void)state;
    static const char head[] = "piste: 1\nname: X\nzone: Etc/UTC\n"
                               "places: [{key: a, height: 0 m}, {key: b, height: 100 m}, {key: c, height: 10 m}]\n"
                               "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m}]\n"
                               "segments: [{key: s, guests: 10, ability: {expert: 100 %}, arrive-at: a, arrival: 09:00}]\n"
                               "runs:\n  - {key: r, from: b, to: a, difficulty: easy, length: 500 m}\n";
    for (int broken = 0; broken < 2; broken++) {
        char text[1200];
        snprintf(text, sizeof text, "%s%s", head, broken ? "  - {key: away, from: b, to: c, difficulty: easy, length: 500 m}\n" : "walks: [{key: w, from: c, to: a, length: 10 m}]\n");
        piste_resort *resort = load_text_of(text);
        piste_findings *findings = NULL;
        assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
        assert_int_equal(count_rule(findings, "dead-end"), broken);
        assert_int_equal(piste_findings_count(findings), (size_t)broken);
        piste_findings_destroy(findings);
        piste_resort_destroy(resort);
    }
}

// A lift or run that is closed takes nobody anywhere, and is not told of as one that nobody gets to.
static void what_is_closed_is_no_way(void **state) {
    (void)state;
    static const struct {
        const char *lift, *run, *rule;
    } cases[] = {{"", "", NULL}, {"", ", closed: yes", "lift-without-way-down"}, {", closed: yes", ", closed: yes", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1200];
        snprintf(text, sizeof text,
                 "piste: 1\nname: X\nzone: Etc/UTC\nplaces: [{key: a, height: 0 m, exit: yes}, {key: b, height: 100 m}, {key: c, height: 50 m}]\n"
                 "lifts:\n  - {key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m%s}\n"
                 "  - {key: m, from: a, to: c, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 200 m}\n"
                 "runs:\n  - {key: r, from: b, to: a, difficulty: easy, length: 500 m%s}\n  - {key: q, from: c, to: a, difficulty: easy, length: 250 m}\n"
                 "segments: [{key: s, guests: 10, ability: {expert: 100 %%}, arrive-at: a, arrival: 09:00, leaving: 16:00}]\n",
                 cases[i].lift, cases[i].run);
        piste_resort *resort = load_text_of(text);
        piste_findings *findings = NULL;
        assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
        for (size_t k = 0; k < piste_findings_count(findings); k++)
            print_message("# %s: %s\n", piste_findings_get(findings, k)->rule, piste_findings_get(findings, k)->message);
        assert_int_equal(piste_findings_count(findings), cases[i].rule ? 1 : 0);
        if (cases[i].rule)
            assert_string_equal(piste_findings_get(findings, 0)->rule, cases[i].rule);
        piste_findings_destroy(findings);
        piste_resort_destroy(resort);
    }
}

// A way that leads into a trap is told of once, however many segments and abilities fall into it.
static void a_trap_is_told_once(void **state) {
    (void)state;
    piste_resort *resort = load_text_of("piste: 1\nname: X\nzone: Etc/UTC\n"
                                        "places: [{key: a, height: 0 m, exit: yes}, {key: b, height: 100 m}, {key: c, height: 10 m}, {key: d, height: 5 m}]\n"
                                        "lifts: [{key: l, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 400 m}]\n"
                                        "runs:\n  - {key: r, from: b, to: a, difficulty: novice, length: 1000 m}\n"
                                        "  - {key: away, from: b, to: c, difficulty: novice, length: 1000 m}\n  - {key: further, from: c, to: d, difficulty: novice, length: 100 m}\n"
                                        "segments:\n"
                                        "  - {key: s, guests: 10, ability: {expert: 50 %, beginner: 50 %}, arrive-at: a, arrival: 09:00, leaving: 16:00}\n"
                                        "  - {key: t, guests: 10, ability: {novice: 100 %}, mode: {snowboard: 100 %}, arrive-at: a, arrival: 09:00, leaving: 16:00}\n");
    piste_findings *findings = NULL;
    assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
    assert_int_equal(piste_findings_count(findings), 1);
    assert_string_equal(piste_findings_get(findings, 0)->rule, "no-way-home");
    assert_string_equal(piste_findings_get(findings, 0)->subject, "run away");
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
}

// What a feature belongs to on another date is no leftover of the map.
static void features_of_other_dates_are_used(void **state) {
    (void)state;
    static const char yaml[] = "piste: 1\nname: X\nzone: Etc/UTC\nas-of: 2020-01-01\nplaces: [{key: a}, {key: b}]\n"
                               "lifts: [{key: old, from: a, to: b, type: t-bar, seats: 2, interval: 8 s, speed: 3 m/s, length: 9 m, vertical: 1 m, valid: {until: 2019-01-01}}]\n";
    static const char map[] = "{\"features\": [{\"type\": \"Feature\", \"properties\": {\"key\": \"old\"}, \"geometry\": null},"
                              " {\"type\": \"Feature\", \"properties\": {\"key\": \"never\", \"id\": \"w7\", \"name\": \"N\"}, \"geometry\": null}]}";
    piste_resort *resort = NULL;
    assert_int_equal(load_from_texts("test", (load_text){yaml, sizeof yaml - 1}, (load_text){map, sizeof map - 1}, (load_text){0}, PISTE_DATE_NONE, NULL, &resort), PISTE_OK);
    assert_int_equal(resort->lifts.count, 0);
    assert_int_equal(resort->absent.count, 1);
    assert_string_equal(resort->absent.list[0].key, "old");
    assert_int_equal(resort->unused.count, 1);
    assert_string_equal(resort->unused.list[0].key, "never");
    assert_string_equal(resort->unused.list[0].id, "w7");
    assert_string_equal(resort->unused.list[0].name, "N");
    assert_string_equal(resort->unused.list[0].file, "lifts.geojson");
    assert_int_equal(resort->unused.list[0].index, 1);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_is_broken_by_its_folder),
        cmocka_unit_test(nothing_is_said_of_the_clean_folder),
        cmocka_unit_test(no_folder_is_left_behind),
        cmocka_unit_test(findings_come_by_line_with_all_their_parts),
        cmocka_unit_test(ways_are_for_those_whom_they_take),
        cmocka_unit_test(a_closed_population_needs_no_exit),
        cmocka_unit_test(what_is_closed_is_no_way),
        cmocka_unit_test(a_trap_is_told_once),
        cmocka_unit_test(features_of_other_dates_are_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
