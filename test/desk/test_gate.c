// test_gate.c - what a gate answers: each reason, the clock, what lists change, what several gates know of each other.
#include "desk/gate_test.h"

#define assert_reason(got, expected) assert_string_equal(piste_scan_reason_word(got), piste_scan_reason_word(expected))
#define NOON (TEST_DAY_S + 3 * 3600)

static void reasons_are_told_in_their_order(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_gate *gate = hill_gate(&h, "g", 1, "gondola");
    piste_pass pass = hill_pass(&h, 1);
    const char *good = hill_sign(&h, pass);
    assert_reason(scan_at(gate, good, NOON), PISTE_SCAN_OPEN);
    // Unreadable: cut off, longer, empty, of other characters.
    assert_reason(scan_at(gate, "", NOON), PISTE_SCAN_UNREADABLE);
    assert_reason(scan_at(gate, "https://example.org", NOON), PISTE_SCAN_UNREADABLE);
    char text[200];
    snprintf(text, sizeof text, "%s0", good);
    assert_reason(scan_at(gate, text, NOON), PISTE_SCAN_UNREADABLE);
    snprintf(text, sizeof text, "%.153s", good);
    assert_reason(scan_at(gate, text, NOON), PISTE_SCAN_UNREADABLE);
    // Forged: any change that is still a pass.
    int forged = 0;
    for (int at = 0; at < PISTE_PASS_TEXT; at++) {
        snprintf(text, sizeof text, "%s", good);
        text[at] = text[at] == '4' ? '5' : '4';
        piste_scan_reason reason = scan_at(gate, text, NOON);
        assert_true(reason == PISTE_SCAN_FORGED || reason == PISTE_SCAN_UNREADABLE || reason == PISTE_SCAN_UNKNOWN_KEY);
        forged += reason == PISTE_SCAN_FORGED;
    }
    assert_true(forged > 120);
    // In small letters it is the same pass: let in a moment ago.
    for (int at = 0; at <= PISTE_PASS_TEXT; at++)
        text[at] = (char)(good[at] >= 'A' ? good[at] + 32 : good[at]);
    assert_reason(scan_at(gate, text, NOON + 1), PISTE_SCAN_PASSBACK);
    // Validity: the last minute counts, the next does not.
    pass.id = 2;
    pass.from_min = piste_minute_of(NOON + 60);
    pass.until_min = pass.from_min + 10;
    const char *brief = hill_sign(&h, pass);
    assert_reason(scan_at(gate, brief, NOON + 59), PISTE_SCAN_NOT_YET);
    assert_reason(scan_at(gate, brief, NOON + 60), PISTE_SCAN_OPEN);
    pass.id = 3;
    brief = hill_sign(&h, pass);
    assert_reason(scan_at(gate, brief, NOON + 659), PISTE_SCAN_OPEN);
    pass.id = 4;
    assert_reason(scan_at(gate, hill_sign(&h, pass), NOON + 660), PISTE_SCAN_EXPIRED);
    // Another entrance.
    pass = hill_pass(&h, 5);
    pass.opens = piste_table_find_product(h.table, "rink")->opens;
    assert_reason(scan_at(gate, hill_sign(&h, pass), NOON + 660), PISTE_SCAN_NOT_HERE);
    piste_gate_close(gate);
    hill_release(&h);
}

static void hours_and_calendar(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_gate *gate = hill_gate(&h, "g", 1, "gondola");
    piste_pass pass = hill_pass(&h, 1);
    pass.until_min = pass.from_min + 90 * 1440;
    pass.hours_from_min = 13 * 60; // local time, every day: 9 hours before UTC
    pass.hours_until_min = 16 * 60 + 30;
    const char *afternoons = hill_sign(&h, pass);
    int64_t midnight = TEST_DAY_S - 9 * 3600;
    assert_reason(scan_at(gate, afternoons, midnight + 13 * 3600 - 1), PISTE_SCAN_HOURS);
    assert_reason(scan_at(gate, afternoons, midnight + 13 * 3600), PISTE_SCAN_OPEN);
    assert_reason(scan_at(gate, afternoons, midnight + 16 * 3600 + 1800), PISTE_SCAN_HOURS);
    assert_reason(scan_at(gate, afternoons, midnight + (24 + 14) * 3600), PISTE_SCAN_OPEN);
    // A business day goes on after midnight: 24:30 is of the day before.
    pass.id = 2;
    pass.hours_from_min = 24 * 60;
    pass.hours_until_min = 25 * 60;
    assert_reason(scan_at(gate, hill_sign(&h, pass), midnight + (48 + 24) * 3600 + 1800), PISTE_SCAN_OPEN);
    pass.hours_from_min = 0;
    pass.hours_until_min = 60;
    assert_reason(scan_at(gate, hill_sign(&h, pass), midnight + (72 + 24) * 3600 + 1800), PISTE_SCAN_HOURS);
    // Beyond the calendar nothing that hangs on it opens; what does not still does.
    int64_t late = midnight + 62 * 86400 + 50000;
    pass.hours_from_min = pass.hours_until_min = 0;
    pass.id = 3;
    piste_answer answer = scan_by(gate, hill_sign(&h, pass), test_clock(late));
    assert_reason(answer.reason, PISTE_SCAN_OPEN);
    assert_true(answer.warnings & PISTE_GATE_CALENDAR_ENDS);
    assert_true(answer.warnings & PISTE_GATE_LISTS_STALE);
    assert_reason(scan_at(gate, afternoons, late), PISTE_SCAN_CALENDAR);
    piste_gate_close(gate);
    hill_release(&h);
}

static void lists_change_what_opens(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_gate *gate = hill_gate(&h, "g", 1, "gondola");
    piste_pass pass = hill_pass(&h, 10);
    const char *plain = hill_sign(&h, pass);
    pass.id = 11;
    pass.waiver_due = true;
    const char *waiver = hill_sign(&h, pass);
    assert_reason(scan_at(gate, waiver, NOON), PISTE_SCAN_WAIVER);
    assert_int_equal(piste_lists_revoke(&h.lists, 10, pass.until_min, NOON), PISTE_OK);
    assert_int_equal(piste_lists_waive(&h.lists, 11), PISTE_OK);
    h.now_s = NOON;
    hill_publish(&h);
    assert_int_equal(hill_update(&h, "g"), 7);
    // A gate at work takes them up by itself.
    bool changed = false;
    WELL(piste_gate_refresh(gate, errors, &changed));
    assert_true(changed);
    WELL(piste_gate_refresh(gate, errors, &changed));
    assert_false(changed);
    assert_reason(scan_at(gate, plain, NOON + 5), PISTE_SCAN_REVOKED);
    assert_reason(scan_at(gate, waiver, NOON + 5), PISTE_SCAN_OPEN);
    piste_gate_close(gate);
    // Older lists never replace newer ones, and a revocation is not taken back by lists that lack it.
    test_remove(test_path("old"));
    assert_int_equal(rename(test_path("out"), test_path("old")), 0);
    piste_lists_release(&h.lists);
    h.lists = (piste_lists){.stale_after_h = 24}; // of an office that was restored from before
    h.now_s = NOON + 60;
    hill_publish(&h);
    assert_int_equal(hill_update(&h, "g"), 7);
    piste_clock clock = test_clock(NOON + 60);
    uint32_t taken = 99;
    WELL(piste_gate_update(test_path("g"), test_path("old"), &clock, errors, &taken));
    assert_int_equal(taken, 0);
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    assert_reason(scan_at(gate, plain, NOON + 70), PISTE_SCAN_REVOKED);
    piste_gate_close(gate);
    // Once the pass has ended there is nothing to keep.
    h.now_s = NOON + 86400;
    hill_publish(&h);
    hill_update(&h, "g");
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    piste_gate_state about;
    piste_gate_get_state(gate, &about);
    assert_int_equal(about.revoked, 0);
    piste_gate_close(gate);
    hill_release(&h);
}

// A power cut between any two steps of an update: the gate opens, with all of the old or all of the new.
static void an_update_is_whole_or_not_at_all(void **state) {
    (void)state;
    static const char *const names[] = {"keys.signed", "table.signed", "lists.signed"};
    hill h = hill_make(BADGER_PASS);
    int64_t old_version = h.lists.version;
    piste_gate_close(hill_gate(&h, "g", 1, "eagle"));
    // The next documents are signed by a list key that the old ones do not know, and lack the one that signed those.
    WELL(piste_keys_rotate(h.keys, PISTE_KEY_LIST, h.now_s, errors));
    for (int32_t i = 0; i < piste_keys_count(h.keys); i++)
        if (piste_keys_get(h.keys, i)->public.use == PISTE_KEY_LIST && piste_keys_get(h.keys, i)->state == PISTE_KEY_RETIRED)
            WELL(piste_keys_end(h.keys, piste_keys_get(h.keys, i)->public.id, h.now_s, errors));
    WELL(piste_keys_rotate(h.keys, PISTE_KEY_PASS, h.now_s + 120, errors)); // drops it
    h.now_s += 120;
    hill_publish(&h);
    char command[1200];
    for (int step = 0; step <= 7; step++) { // 0..3: so many laid beside; then ready, and so many in their place
        snprintf(command, sizeof command, "rm -rf %s && cp -r %s %s", test_path("c"), test_path("g"), test_path("c"));
        assert_int_equal(system(command), 0);
        for (int i = 0; i < 3; i++) {
            snprintf(command, sizeof command, "cp %s/%s %s/%s%s", test_path("out"), names[i], test_path("c"), names[i], step >= 4 && i < step - 4 ? "" : ".new");
            if (i < step)
                assert_int_equal(system(command), 0);
        }
        snprintf(command, sizeof command, "touch %s/update.ready", test_path("c"));
        if (step >= 4)
            assert_int_equal(system(command), 0);
        piste_gate *gate = NULL;
        piste_gate_state about;
        WELL(piste_gate_open(test_path("c"), errors, &gate));
        piste_gate_get_state(gate, &about);
        for (int i = 0; i < PISTE_DOCUMENT_COUNT; i++)
            assert_int_equal(about.versions[i], step < 4 ? old_version : h.lists.version);
        piste_gate_close(gate);
        assert_int_not_equal(access(test_path("c/update.ready"), F_OK), 0);
        assert_int_not_equal(access(test_path("c/lists.signed.new"), F_OK), 0);
    }
    hill_release(&h);
}

static void lists_that_were_put_back_by_hand_are_noticed(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    char *old = NULL;
    size_t length = 0;
    WELL(base_file_read(test_path("out/lists.signed"), 1 << 20, errors, &old, &length));
    h.now_s += 60;
    hill_publish(&h);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    assert_reason(scan_at(gate, "x", h.now_s), PISTE_SCAN_UNREADABLE);
    piste_gate_close(gate);
    WELL(base_file_write(test_path("g/lists.signed"), old, length, errors));
    EXPECT(piste_gate_open(test_path("g"), errors, &gate), PISTE_INVALID);
    free(old);
    hill_release(&h);
}

static void keys_that_end_close_what_they_signed(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    piste_gate_close(gate);
    uint32_t first = 0;
    for (int32_t i = 0; i < piste_keys_count(h.keys); i++)
        if (piste_keys_get(h.keys, i)->public.use == PISTE_KEY_PASS)
            first = piste_keys_get(h.keys, i)->public.id;
    const char *old = hill_sign(&h, hill_pass(&h, 1)), *older = hill_sign(&h, hill_pass(&h, 2));
    WELL(piste_keys_rotate(h.keys, PISTE_KEY_PASS, h.now_s, errors));
    const char *fresh = hill_sign(&h, hill_pass(&h, 3));
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    assert_reason(scan_at(gate, fresh, NOON), PISTE_SCAN_UNKNOWN_KEY); // the gate has not heard of it
    piste_gate_close(gate);
    WELL(piste_keys_rotate(h.keys, PISTE_KEY_LIST, h.now_s, errors)); // told by a list key that is new, too
    h.now_s += 60;
    hill_publish(&h);
    // The folder's keys are signed by the new list key, which the gate does not know: nobody vouches for it.
    piste_clock clock = test_clock(NOON);
    uint32_t taken = 0;
    EXPECT(piste_gate_update(test_path("g"), test_path("out"), &clock, errors, &taken), PISTE_INVALID);
    piste_gate_close(hill_gate(&h, "g2", 2, "eagle"));
    WELL(piste_gate_open(test_path("g2"), errors, &gate));
    assert_reason(scan_at(gate, old, NOON), PISTE_SCAN_OPEN); // retired, and still good
    assert_reason(scan_at(gate, fresh, NOON), PISTE_SCAN_OPEN);
    WELL(piste_keys_end(h.keys, first, NOON, errors));
    h.now_s = NOON;
    hill_publish(&h);
    hill_update(&h, "g2");
    bool changed = false;
    WELL(piste_gate_refresh(gate, errors, &changed));
    assert_reason(scan_at(gate, older, NOON + 1), PISTE_SCAN_KEY_ENDED);
    assert_reason(scan_at(gate, fresh, NOON + 3600), PISTE_SCAN_OPEN);
    piste_gate_close(gate);
    hill_release(&h);
}

// ---- who did not go through ------------------------------------------------------------------------------------------

static piste_status undo_at(piste_gate *gate, int64_t sequence, int64_t wall_s, piste_answer *answer) {
    piste_clock clock = test_clock(wall_s);
    piste_status status = piste_gate_undo(gate, sequence, &clock, NULL, answer);
    WELL(piste_gate_sync(gate, errors));
    return status;
}

static void who_did_not_go_through_was_never_here(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    piste_answer a, u;
    piste_pass pass = hill_pass(&h, 1);
    pass.points = 2;
    const char *text = hill_sign(&h, pass);
    a = scan_by(gate, text, test_clock(NOON));
    assert_reason(a.reason, PISTE_SCAN_OPEN);
    assert_reason(scan_at(gate, text, NOON + 5), PISTE_SCAN_PASSBACK);
    assert_int_equal(undo_at(gate, a.sequence, NOON + 10, &u), PISTE_OK);
    assert_reason(u.reason, PISTE_SCAN_NOT_THROUGH);
    assert_int_equal(u.undoes, a.sequence);
    assert_int_equal(u.points_left, 2);
    // Said twice it happens once; of no other record it can be said.
    assert_int_equal(undo_at(gate, a.sequence, NOON + 11, &a), PISTE_OK);
    assert_int_equal(a.sequence, u.sequence);
    assert_int_equal(undo_at(gate, 2, NOON + 11, &a), PISTE_NOT_FOUND); // refused
    assert_int_equal(undo_at(gate, 3, NOON + 11, &a), PISTE_NOT_FOUND); // itself
    assert_int_equal(undo_at(gate, 4, NOON + 11, &a), PISTE_NOT_FOUND);
    assert_int_equal(undo_at(gate, 0, NOON + 11, &a), PISTE_NOT_FOUND);
    // The same pass again, at once; the one before it can no longer be undone, and this one not for ever.
    a = scan_by(gate, text, test_clock(NOON + 12));
    assert_reason(a.reason, PISTE_SCAN_OPEN);
    assert_int_equal(a.points_left, 1);
    assert_int_equal(undo_at(gate, 1, NOON + 13, &u), PISTE_REFUSED);
    assert_int_equal(undo_at(gate, a.sequence, NOON + 13 + PISTE_GATE_UNDO_S, &u), PISTE_REFUSED);
    int64_t first = a.sequence;
    // Opened again it knows the same.
    for (int again = 0; again < 2; again++) {
        a = scan_by(gate, text, test_clock(NOON + 3600 + again * 60));
        assert_reason(a.reason, PISTE_SCAN_OPEN);
        assert_int_equal(a.last_s, NOON + 12);
        assert_int_equal(undo_at(gate, a.sequence, NOON + 3601 + again * 60, &u), PISTE_OK);
        assert_int_equal(u.points_left, 1);
        assert_int_equal(u.last_s, NOON + 12);
        piste_gate_close(gate);
        WELL(piste_gate_open(test_path("g"), errors, &gate));
    }
    assert_int_equal(first, 4);
    piste_gate_close(gate);
    hill_release(&h);
}

// Days: an admission that took the day gives it back, one later on that day has nothing to give.
static void a_day_is_given_back(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    piste_pass pass = hill_pass(&h, 1);
    piste_answer a, u;
    pass.points = 2;
    pass.by_day = true;
    pass.until_min += 7 * 1440;
    const char *text = hill_sign(&h, pass);
    a = scan_by(gate, text, test_clock(NOON));
    assert_int_equal(undo_at(gate, a.sequence, NOON + 1, &u), PISTE_OK);
    assert_int_equal(u.points_left, 2);
    a = scan_by(gate, text, test_clock(NOON + 2));
    assert_int_equal(a.points_left, 1);
    a = scan_by(gate, text, test_clock(NOON + 3602));
    assert_int_equal(a.points_left, 1);
    assert_int_equal(undo_at(gate, a.sequence, NOON + 3603, &u), PISTE_OK);
    assert_int_equal(u.points_left, 1);
    piste_gate_close(gate);
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    assert_int_equal(scan_by(gate, text, test_clock(NOON + 7200)).points_left, 1);
    a = scan_by(gate, text, test_clock(NOON + 86400));
    assert_int_equal(a.points_left, 0);
    assert_int_equal(undo_at(gate, a.sequence, NOON + 86401, &u), PISTE_OK);
    assert_int_equal(u.points_left, 1);
    assert_reason(scan_at(gate, text, NOON + 2 * 86400), PISTE_SCAN_OPEN);
    assert_reason(scan_at(gate, text, NOON + 3 * 86400), PISTE_SCAN_POINTS);
    piste_gate_close(gate);
    hill_release(&h);
}

// ---- the clock ------------------------------------------------------------------------------------------------------

static void a_clock_that_was_set_opens_nothing(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    uint64_t id = 100;
    piste_pass pass = hill_pass(&h, id);
    piste_clock now = test_clock(NOON), clock;
    assert_reason(scan_by(gate, hill_sign(&h, pass), now).reason, PISTE_SCAN_OPEN);
    // Set back by a little: the later time counts. By much: it does not know the time.
    for (int back = 1; back <= 7200; back = back * 2 + 7) {
        pass.id = ++id;
        pass.until_min = piste_minute_of(NOON); // ended just now
        clock = (piste_clock){NOON - back, now.boot_ms + 10, now.boot};
        piste_answer answer = scan_by(gate, hill_sign(&h, pass), clock);
        assert_reason(answer.reason, back <= PISTE_GATE_TOLERANCE_S ? PISTE_SCAN_EXPIRED : PISTE_SCAN_CLOCK);
        if (back <= PISTE_GATE_TOLERANCE_S)
            assert_true(answer.warnings & PISTE_GATE_CLOCK_BACK);
    }
    // Set forward within one boot: what begins next week does not open today.
    pass = hill_pass(&h, ++id);
    pass.from_min += 7 * 1440;
    pass.until_min += 7 * 1440;
    const char *next_week = hill_sign(&h, pass);
    clock = (piste_clock){NOON + 7 * 86400, now.boot_ms + 5000, now.boot};
    assert_reason(scan_by(gate, next_week, clock).reason, PISTE_SCAN_CLOCK);
    piste_gate_close(gate);
    // Opened again, it still knows. After the machine was started anew, a dead clock says 1970.
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    assert_reason(scan_by(gate, next_week, clock).reason, PISTE_SCAN_CLOCK);
    clock = (piste_clock){0, 1000, 8};
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, ++id)), clock).reason, PISTE_SCAN_CLOCK);
    // Once it is set right again it goes on by itself.
    clock = (piste_clock){NOON + 3600, 2000, 8};
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, ++id)), clock).reason, PISTE_SCAN_OPEN);
    // Drift is forgiven: 100 ppm over ten days.
    clock = (piste_clock){NOON + 3600 + 10 * 86400 + 86, 2000 + 864000000ll, 8};
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, ++id)), clock).reason, PISTE_SCAN_EXPIRED);
    piste_gate_close(gate);
    hill_release(&h);
}

static void a_clock_is_accepted_by_hand(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    // It was a year ahead when the first pass was shown, in a boot of its own: all passes seem to have ended.
    piste_clock ahead = {NOON + 365 * 86400ll, 1000, 5}, right = {NOON, 1000, 6};
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, 1)), ahead).reason, PISTE_SCAN_EXPIRED);
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, 1)), right).reason, PISTE_SCAN_CLOCK);
    WELL(piste_gate_accept_clock(gate, &right, errors));
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, 1)), right).reason, PISTE_SCAN_OPEN);
    piste_gate_close(gate);
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    right.wall_s += 60;
    right.boot_ms += 60000;
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, 2)), right).reason, PISTE_SCAN_OPEN);
    piste_gate_close(gate);
    hill_release(&h);
}

// A gate knows the time of its lists: a clock behind them is behind.
static void lists_tell_the_time(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    piste_clock clock = {TEST_DAY_S - 3600, 1000, 5};
    assert_reason(scan_by(gate, hill_sign(&h, hill_pass(&h, 1)), clock).reason, PISTE_SCAN_CLOCK);
    piste_gate_close(gate);
    hill_release(&h);
}

// ---- points and days ------------------------------------------------------------------------------------------------

static void points_and_days_are_counted(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    piste_pass pass = hill_pass(&h, 1);
    pass.points = 3;
    const char *points = hill_sign(&h, pass);
    int64_t t = NOON;
    for (int left = 2; left >= 0; left--, t += 3600) {
        piste_answer answer = scan_by(gate, points, test_clock(t));
        assert_reason(answer.reason, PISTE_SCAN_OPEN);
        assert_int_equal(answer.points_left, left);
        assert_int_equal(answer.points_taken, 1);
    }
    piste_answer answer = scan_by(gate, points, test_clock(t));
    assert_reason(answer.reason, PISTE_SCAN_POINTS);
    assert_int_equal(answer.points_left, 0);
    // Two days of ten: any number of rides each.
    pass = hill_pass(&h, 2);
    pass.until_min += 10 * 1440;
    pass.by_day = true;
    pass.points = 2;
    const char *days = hill_sign(&h, pass);
    const struct { int day; piste_scan_reason reason; int left; } steps[] = {
        {0, PISTE_SCAN_OPEN, 1}, {0, PISTE_SCAN_OPEN, 1}, {3, PISTE_SCAN_OPEN, 0}, {3, PISTE_SCAN_OPEN, 0}, {4, PISTE_SCAN_POINTS, 0}};
    for (size_t i = 0; i < BASE_COUNT(steps); i++) {
        t = NOON + 20000 + steps[i].day * 86400ll + (int64_t)i * 3600;
        answer = scan_by(gate, days, test_clock(t));
        assert_reason(answer.reason, steps[i].reason);
        assert_int_equal(answer.points_left, steps[i].left);
        piste_gate_close(gate); // what it knows comes from its log
        WELL(piste_gate_open(test_path("g"), errors, &gate));
    }
    piste_gate_close(gate);
    hill_release(&h);
}

// Two gates that never heard of each other each let in what the pass has; merging finds it, and then both know.
static void spent_twice_is_found_and_then_known(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *a = hill_gate(&h, "a", 1, "eagle"), *b = hill_gate(&h, "b", 2, "bruin");
    piste_pass pass = hill_pass(&h, 1);
    pass.points = 2;
    const char *points = hill_sign(&h, pass);
    assert_reason(scan_at(a, points, NOON), PISTE_SCAN_OPEN);
    assert_reason(scan_at(b, points, NOON + 3600), PISTE_SCAN_OPEN);
    assert_reason(scan_at(a, points, NOON + 7200), PISTE_SCAN_OPEN);
    piste_merge *merge = NULL;
    WELL(piste_merge_create(errors, &merge));
    int64_t added = 0, cut = 0, count = 0;
    const piste_gate_finding *found = NULL;
    WELL(piste_merge_add_file(merge, test_path("a/log"), errors, &added, &cut));
    assert_int_equal(added, 2);
    assert_int_equal(piste_merge_judge(merge, h.table, &h.lists, &found, &count), PISTE_OK);
    assert_int_equal(count, 0);
    WELL(piste_merge_add_file(merge, test_path("b/log"), errors, &added, &cut));
    assert_int_equal(piste_merge_judge(merge, h.table, &h.lists, &found, &count), PISTE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(found[0].kind, PISTE_FINDING_OVERSPENT);
    assert_true(found[0].pass == 1 && found[0].value == 3 && found[0].expected == 2);
    assert_int_equal(found[0].second->judged_s, NOON + 7200);
    // Published, every gate knows what is left, and counts its own records once.
    assert_int_equal(piste_merge_to_lists(merge, h.table, NOON + 7200, &h.lists), PISTE_OK);
    h.now_s = NOON + 7200;
    hill_publish(&h);
    hill_update(&h, "a");
    hill_update(&h, "b");
    bool changed = false;
    WELL(piste_gate_refresh(b, errors, &changed));
    piste_answer answer = scan_by(b, points, test_clock(NOON + 14000));
    assert_reason(answer.reason, PISTE_SCAN_POINTS);
    pass.id = 5;
    pass.points = 4;
    points = hill_sign(&h, pass);
    assert_int_equal(scan_by(b, points, test_clock(NOON + 14000)).points_left, 3);
    WELL(piste_merge_add_file(merge, test_path("b/log"), errors, &added, &cut));
    assert_int_equal(piste_merge_to_lists(merge, h.table, NOON + 14000, &h.lists), PISTE_OK);
    h.now_s = NOON + 14000;
    hill_publish(&h);
    hill_update(&h, "b");
    WELL(piste_gate_refresh(b, errors, &changed));
    assert_int_equal(scan_by(b, points, test_clock(NOON + 17000)).points_left, 2);
    piste_merge_destroy(merge);
    piste_gate_close(a);
    piste_gate_close(b);
    hill_release(&h);
}

// ---- several entrances ----------------------------------------------------------------------------------------------

static void a_pass_that_is_handed_on_is_found(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_gate *a = hill_gate(&h, "a", 1, "gondola"), *b = hill_gate(&h, "b", 2, "upper-quad");
    const char *shared = hill_sign(&h, hill_pass(&h, 77));
    piste_answer answer = scan_by(a, shared, test_clock(NOON));
    assert_reason(answer.reason, PISTE_SCAN_OPEN);
    answer = scan_by(a, shared, test_clock(NOON + 30));
    assert_reason(answer.reason, PISTE_SCAN_PASSBACK);
    // It says how long: a second less is too soon, and then it opens. What was refused is no scan of the pass's.
    int32_t wait = answer.wait_s;
    assert_true(wait > 300 && wait < 1500);
    assert_reason(scan_at(a, shared, NOON + 30 + wait - 1), PISTE_SCAN_PASSBACK);
    assert_reason(scan_at(a, shared, NOON + 30 + wait), PISTE_SCAN_OPEN);
    // The other gate has not heard of it: it opens, and merging finds it. Had it been told, it would not have.
    assert_reason(scan_at(b, shared, NOON + 60 + wait), PISTE_SCAN_OPEN);
    piste_merge *merge = NULL;
    int64_t added = 0, cut = 0, count = 0;
    const piste_gate_finding *found = NULL;
    WELL(piste_merge_create(errors, &merge));
    WELL(piste_merge_add_file(merge, test_path("b/log"), errors, &added, &cut));
    WELL(piste_merge_add_file(merge, test_path("a/log"), errors, &added, &cut));
    assert_int_equal(piste_merge_judge(merge, h.table, &h.lists, &found, &count), PISTE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(found[0].kind, PISTE_FINDING_TWICE);
    assert_int_equal(found[0].value, 30);
    assert_true(found[0].pass == 77 && found[0].first->gate == 1 && found[0].second->gate == 2);
    assert_int_equal(piste_merge_to_lists(merge, h.table, NOON + 60 + wait, &h.lists), PISTE_OK);
    h.now_s = NOON + 60 + wait;
    hill_publish(&h);
    hill_update(&h, "a");
    bool changed = false;
    WELL(piste_gate_refresh(a, errors, &changed));
    assert_reason(scan_at(a, shared, NOON + 61 + wait), PISTE_SCAN_PASSBACK);
    piste_merge_destroy(merge);
    piste_gate_close(a);
    piste_gate_close(b);
    hill_release(&h);
}

static void a_gate_may_serve_other_entrances(void **state) {
    (void)state;
    hill h = hill_make(MASIKRYONG);
    piste_gate *gate = hill_gate(&h, "g", 1, "gondola");
    piste_pass pass = hill_pass(&h, 1);
    pass.opens = piste_table_find_product(h.table, "rink")->opens;
    const char *text = hill_sign(&h, pass);
    piste_clock clock = test_clock(NOON);
    piste_answer answer;
    uint16_t rink = h.table->entrances.list[piste_table_find_entrance(h.table, "ice-rink")].number;
    assert_int_equal(piste_gate_judge(gate, text, strlen(text), rink, &clock, &answer), PISTE_OK);
    assert_reason(answer.reason, PISTE_SCAN_OPEN);
    assert_int_equal(answer.entrance, rink);
    assert_int_equal(piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer), PISTE_OK);
    assert_reason(answer.reason, PISTE_SCAN_NOT_HERE);
    assert_int_equal(piste_gate_judge(gate, text, strlen(text), 65000, &clock, &answer), PISTE_NOT_FOUND);
    piste_gate_close(gate);
    hill_release(&h);
}

static void gates_are_made_of_one_office(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_clock clock = test_clock(h.now_s);
    piste_gate *gate = NULL;
    char print[PISTE_FINGERPRINT + 1];
    EXPECT(piste_gate_make(test_path("g"), test_path("out"), NULL, 1, "nowhere", &clock, errors), PISTE_NOT_FOUND);
    EXPECT(piste_gate_make(test_path("g"), test_path("nowhere"), NULL, 1, "eagle", &clock, errors), PISTE_NOT_FOUND);
    EXPECT(piste_gate_make(test_path("g"), test_path("out"), "00000000000000000000000000000000", 1, "eagle", &clock, errors), PISTE_INVALID);
    EXPECT(piste_gate_make(test_path("g"), test_path("out"), NULL, 0, "eagle", &clock, errors), PISTE_USAGE);
    for (int32_t i = 0; i < piste_keys_count(h.keys); i++)
        if (piste_keys_get(h.keys, i)->public.use == PISTE_KEY_LIST)
            piste_public_key_fingerprint(&piste_keys_get(h.keys, i)->public, print);
    WELL(piste_gate_make(test_path("g"), test_path("out"), print, 1, "eagle", &clock, errors));
    EXPECT(piste_gate_make(test_path("g"), test_path("out"), print, 1, "eagle", &clock, errors), PISTE_EXISTS);
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    piste_gate *second = NULL;
    EXPECT(piste_gate_open(test_path("g"), errors, &second), PISTE_EXISTS);
    piste_gate_close(gate);
    // There is no secret in a gate's folder.
    char command[600];
    snprintf(command, sizeof command, "grep -r -q seed %s", test_path("g"));
    assert_int_not_equal(system(command), 0);
    hill_release(&h);
}

static void reasons_have_words(void **state) {
    (void)state;
    for (int a = 0; a < PISTE_SCAN_REASON_COUNT; a++) {
        assert_true(strlen(piste_scan_reason_word(a)) > 2 && strlen(piste_scan_reason_text(a)) > 4);
        assert_int_equal(piste_scan_reason_exit_code(a), a ? 10 + a : 0);
        for (int b = 0; b < a; b++)
            assert_string_not_equal(piste_scan_reason_word(a), piste_scan_reason_word(b));
    }
    assert_string_equal(piste_scan_reason_word(PISTE_SCAN_POINTS), "points"); // numbers are kept for ever
    assert_int_equal(PISTE_SCAN_POINTS, 14);
    assert_int_equal(PISTE_SCAN_PASSBACK, 13);
    assert_int_equal(PISTE_SCAN_REVOKED, 8);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, test_each_begins, test_each_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(reasons_are_told_in_their_order),
        EACH(hours_and_calendar),
        EACH(lists_change_what_opens),
        EACH(an_update_is_whole_or_not_at_all),
        EACH(lists_that_were_put_back_by_hand_are_noticed),
        EACH(keys_that_end_close_what_they_signed),
        EACH(a_clock_that_was_set_opens_nothing),
        EACH(a_clock_is_accepted_by_hand),
        EACH(lists_tell_the_time),
        EACH(points_and_days_are_counted),
        EACH(spent_twice_is_found_and_then_known),
        EACH(a_pass_that_is_handed_on_is_found),
        EACH(a_gate_may_serve_other_entrances),
        EACH(gates_are_made_of_one_office),
        EACH(who_did_not_go_through_was_never_here),
        EACH(a_day_is_given_back),
        EACH(reasons_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
