// test_state.c - a day that was saved and taken up again is the same day; what was refused from outside is done without.
#include "flow_test.h"

#include <string.h>

static void a_day_taken_up_again_is_the_same_day(void **state) {
    (void)state;
    static const char *const folders[] = {"test/laws/mountain", "test/laws/classes", "test/laws/boards", "resorts/masikryong"};
    for (size_t f = 0; f < BASE_COUNT(folders); f++) {
        piste_resort *resort = load(folders[f]);
        piste_day *whole = run_day(resort, 3, -1), *pieces = NULL;
        uint64_t expected = fingerprint(piste_day_get_result(whole));
        int32_t from = resort->day.from_s, to = piste_day_now(whole), step = (to - from) / test_count(9, 300) + 1;
        piste_day_def def = piste_day_def_default();
        def.seed = 3;
        pieces = begin(resort, &def);
        for (int32_t second = from + step; !piste_day_run(pieces, second); second += step) {
            char *data = NULL;
            size_t length = 0;
            piste_day *taken_up = NULL;
            piste_day_def other = piste_day_def_default(); // seed and bins are those of the state
            assert_int_equal(piste_day_save(pieces, &data, &length), PISTE_OK);
            assert_int_equal(piste_day_restore(resort, &other, data, length, "state", NULL, &taken_up), PISTE_OK);
            free(data);
            assert_int_equal(piste_day_now(taken_up), second);
            piste_day_destroy(pieces); // the day goes on as the one that was taken up
            pieces = taken_up;
        }
        assert_true(fingerprint(piste_day_get_result(pieces)) == expected);
        piste_day_destroy(pieces);
        piste_day_destroy(whole);
        piste_resort_destroy(resort);
    }
}

static void restore_fails(const piste_resort *resort, const char *data, size_t length, const char *why) {
    piste_errors *errors = piste_errors_create();
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    assert_int_equal(piste_day_restore(resort, &def, data, length, "saved.state", errors, &day), PISTE_INVALID);
    assert_null(day);
    const char *text = piste_errors_get(errors, 0)->text;
    if (!strstr(text, why))
        fail_msg("%s, expected it to say %s", text, why);
    piste_errors_destroy(errors);
}

static void a_state_that_is_none_is_refused(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain"), *other = load("test/laws/classes");
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    piste_day_run(day, 10 * 3600);
    char *data = NULL;
    size_t length = 0;
    assert_int_equal(piste_day_save(day, &data, &length), PISTE_OK);
    restore_fails(resort, data, 10, "10 bytes, expected a day's state");
    restore_fails(resort, data, length - 1, "damaged or cut off");
    restore_fails(other, data, length, "saved of another resort or of other values, expected Classes");
    for (size_t at = 0; at < length; at += length / 50) { // one damaged byte anywhere
        data[at] ^= 0x10;
        restore_fails(resort, data, length, "");
        data[at] ^= 0x10;
    }
    ((piste_lift *)(uintptr_t)resort->lifts.list)[0].seats--;
    restore_fails(resort, data, length, "saved of another resort");
    free(data);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    piste_resort_destroy(other);
}

// Whoever is asked refuses every third party the day, the morning's session to all, and one venue to all.
typedef struct gate {
    int64_t day_refused, asked_day, asked_session, asked_venue;
    int32_t session_s, venue;
} gate;

static bool answer(void *context, const piste_request *r) {
    gate *g = context;
    if (r->wish == PISTE_WISH_DAY) {
        g->asked_day += r->people;
        g->day_refused += r->party % 3 == 0 ? r->people : 0;
        return r->party % 3 != 0;
    }
    if (r->wish == PISTE_WISH_SESSION) {
        g->asked_session++;
        return r->at_s != g->session_s;
    }
    g->asked_venue++;
    return r->venue != g->venue;
}

static void what_is_refused_is_done_without(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/mountain");
    gate g = {.session_s = 10 * 3600, .venue = -1};
    for (int32_t i = 0; i < resort->venues.count; i++)
        if (strcmp(resort->venues.list[i].entry.key, "hut") == 0)
            g.venue = i;
    piste_day_def def = piste_day_def_default();
    def.ask = answer;
    def.ask_context = &g;
    piste_day *day = begin(resort, &def);
    piste_day_run(day, PISTE_DAY_END);
    const piste_day_result *r = piste_day_get_result(day);
    int64_t refused = 0;
    for (int32_t i = 0; i < r->segments.count; i++)
        refused += r->segments.list[i].refused;
    assert_int_equal(refused, g.day_refused);
    assert_int_equal(g.asked_day, r->guests);
    assert_int_equal(r->still_here, 0);
    assert_int_equal(r->venues.list[g.venue].visits, 0);
    assert_true(r->venues.list[g.venue].missed > 0);
    assert_true(g.asked_session > 0 && g.asked_venue > 0 && refused > 0);
    for (int32_t i = 0; i < r->venues.count; i++) // nobody is in class before one o'clock
        if (strcmp(r->venues.list[i].key, "school") == 0) {
            for (int32_t b = 0; b < (11 * 3600 - r->from_s) / r->bin_s; b++)
                assert_int_equal(r->venues.list[i].inside[b], 0);
            assert_true(r->venues.list[i].visits > 0);
        }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_taken_up_again_is_the_same_day),
        cmocka_unit_test(a_state_that_is_none_is_refused),
        cmocka_unit_test(what_is_refused_is_done_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
