// gate_test.h - an office with a resort's table, what it publishes, and gates that hold it.
#ifndef GATE_TEST_H
#define GATE_TEST_H

#include "desk/desk_test.h"

typedef struct hill {
    piste_resort *resort;
    piste_table *table;
    piste_keys *keys;
    piste_lists lists;
    int64_t now_s;
} hill;

static inline void hill_publish(hill *h) {
    WELL(piste_publish(h->keys, h->table, &h->lists, h->now_s, test_path("out"), errors));
}

static inline hill hill_make(const char *folder) {
    hill h = {.now_s = TEST_DAY_S, .lists = {.stale_after_h = 24}};
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_date day = piste_date_join(2026, 1, 17);
    WELL(piste_resort_load(folder, PISTE_DATE_NONE, errors, &h.resort));
    WELL(piste_table_make(h.resort, day - 1, day + 60, &limits, NULL, errors, &h.table));
    WELL(piste_keys_make(test_path("office"), h.now_s, errors));
    WELL(piste_keys_open(test_path("office"), errors, &h.keys));
    hill_publish(&h);
    return h;
}

static inline void hill_release(hill *h) {
    piste_keys_close(h->keys);
    piste_table_destroy(h->table);
    piste_resort_destroy(h->resort);
    piste_lists_release(&h->lists);
}

static inline piste_gate *hill_gate(const hill *h, const char *name, int64_t number, const char *entrance) {
    piste_clock clock = test_clock(h->now_s);
    piste_gate *gate = NULL;
    WELL(piste_gate_make(test_path(name), test_path("out"), NULL, number, entrance, &clock, errors));
    WELL(piste_gate_open(test_path(name), errors, &gate));
    return gate;
}

static inline uint32_t hill_update(const hill *h, const char *name) {
    piste_clock clock = test_clock(h->now_s);
    uint32_t taken = 0;
    WELL(piste_gate_update(test_path(name), test_path("out"), &clock, errors, &taken));
    return taken;
}

// A pass for today that opens all lifts: to be changed before it is signed.
static inline piste_pass hill_pass(const hill *h, uint64_t id) {
    const piste_product *day = piste_table_find_product(h->table, "day");
    const piste_business_day *today = &h->table->days.list[piste_table_day(h->table, TEST_DAY_S)];
    return (piste_pass){.id = id, .product = day->number, .opens = day->opens, .from_min = today->starts_min, .until_min = today[1].starts_min};
}

static inline const char *hill_sign(hill *h, piste_pass pass) { // eight at a time
    static char texts[8][PISTE_PASS_TEXT + 1];
    static int next;
    char *text = texts[next++ & 7];
    uint8_t token[PISTE_PASS_BYTES];
    WELL(piste_keys_sign_pass(h->keys, &pass, h->now_s, errors, token));
    piste_pass_to_text(token, text);
    return text;
}

static inline piste_answer scan_by(piste_gate *gate, const char *text, piste_clock clock) {
    piste_answer answer;
    assert_int_equal(piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer), PISTE_OK);
    WELL(piste_gate_sync(gate, errors));
    return answer;
}
static inline piste_scan_reason scan_at(piste_gate *gate, const char *text, int64_t wall_s) {
    return scan_by(gate, text, test_clock(wall_s)).reason;
}

#endif
