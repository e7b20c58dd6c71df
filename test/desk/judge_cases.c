// judge_cases.c - random scans of a gate, judged by it, as JSON: what another implementation of the rules is held against
// (test/web/judge.mjs).
//
//     judge_cases SEED SCANS RESORT FOLDER
//
// Rounds of scans at one gate with newer documents in between: passes of every kind, damaged, truncated, forged, of other
// keys, replayed; clocks that are behind, set, or of another boot; passes that another gate has seen, that were revoked and
// forgotten again, whose waivers are signed; admissions that are taken back, by this gate and by the other, and what is no
// admission or cannot be taken back any more. The logs at the end are the gate's own, byte for byte: it goes on in another
// where one has grown.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "desk/gate.h"

enum { PASSES = 70, ROUNDS = 10 };
// 17 January of 2026 and 2019; 30 December 2019, whose passes last into 2020 and are of the other format for it.
static const int64_t days_s[] = {1768608000, 1547683200, 1577664000};

static piste_errors *errors;
static uint64_t counter;

static void must(piste_status status) {
    if (status == PISTE_OK)
        return;
    fprintf(stderr, "judge_cases: %s\n", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
    exit(1);
}

static uint64_t draw(uint64_t below) {
    return base_mix(0x9e3779b97f4a7c15ull * ++counter) % below;
}
static bool one_in(uint64_t n) {
    return draw(n) == 0;
}

typedef struct hill {
    const char *folder;
    piste_resort *resort;
    piste_table *table;
    piste_keys *keys, *foreign;
    piste_lists lists;
    piste_merge *merge;
    piste_gate *gate, *other;
    int64_t now_s;
    uint64_t boot;
    int64_t boot_zero_s; // the boot clock's zero, as wall time
    char texts[PASSES][PISTE_PASS_TEXT + 1];
    uint64_t ids[PASSES];
    int64_t last_in; // the last admission's record in the log at hand
    json_t *logs;    // former ones, as digits
} hill;

static char *path(const hill *h, const char *name) {
    static char paths[4][400];
    static int next;
    char *p = paths[next++ & 3];
    snprintf(p, sizeof paths[0], "%s/%s", h->folder, name);
    return p;
}

static piste_clock clock_at(const hill *h, int64_t wall_s) {
    int64_t ms = (wall_s - h->boot_zero_s) * 1000;
    return (piste_clock){wall_s, ms < 0 ? 0 : ms, h->boot};
}

static piste_pass random_pass(const hill *h, uint64_t id) {
    const piste_business_day *days = h->table->days.list;
    int32_t today = piste_table_day(h->table, h->now_s), first = today - (int32_t)draw(3) + (int32_t)draw(2), length = 1 + (int32_t)draw(4);
    piste_pass p = {.id = id, .product = 1 + (uint16_t)draw(4), .opens = one_in(3) ? 1ull << draw(14) : 1, .holder = (uint8_t)draw(3)};
    first = first < 0 ? 0 : first;
    p.from_min = days[first].starts_min + (one_in(4) ? (int32_t)draw(900) : 0);
    p.until_min = days[first + length].starts_min;
    if (one_in(3)) // longer than the calendar
        p.until_min += 30 * 1440;
    p.waiver_due = one_in(6);
    if (one_in(3)) {
        p.hours_from_min = (int32_t)draw(900);
        p.hours_until_min = p.hours_from_min + 1 + (int32_t)draw(900);
    }
    if (one_in(2))
        p.points = 1 + (uint16_t)draw(6);
    p.by_day = p.points && one_in(2);
    return p;
}

static void make_passes(hill *h, int from) {
    for (int i = from; i < PASSES; i++) {
        piste_pass p = random_pass(h, h->ids[i] = 1 + base_mix(counter + (uint64_t)i));
        uint8_t token[PISTE_PASS_BYTES];
        must(piste_keys_sign_pass(i % 11 == 10 ? h->foreign : h->keys, &p, h->now_s, errors, token));
        piste_pass_to_text(token, h->texts[i]);
    }
}

// Adds the order of the group to the signature's second half: the same to whoever is not strict.
static void make_unreduced(uint8_t *token) {
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
    unsigned carry = 0;
    for (int i = 0; i < 32; i++) {
        carry += token[PISTE_PASS_BODY + 32 + i] + (unsigned)order[i];
        token[PISTE_PASS_BODY + 32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
}

// What a scanner may bring of a pass.
static void spoil(char text[400]) {
    uint8_t token[PISTE_PASS_BYTES];
    size_t length = strlen(text);
    bool is_token = piste_pass_from_text(text, length, token) == PISTE_OK;
    switch (draw(9)) {
    case 0: text[draw(length)] = 0; break;
    case 1: snprintf(text + length, 400 - length, "%c", 'A'); break;
    case 2: text[draw(length)] = "0123456789ABCDEFGHJKLMNPQRSTUVWXIOYZ -%/:"[draw(41)]; break;
    case 3: for (size_t i = 0; i < length; i++) text[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]); break;
    case 4: snprintf(text, 400, "https://example.org/%" PRIu64, draw(1000)); break;
    case 5: snprintf(text, 400, "%s", one_in(2) ? "" : "\xed\x95\x9c\xea\xb8\x80"); break;
    case 6: if (is_token) make_unreduced(token); break;
    default: if (is_token) token[draw(PISTE_PASS_BYTES)] ^= (uint8_t)(1u << draw(8)); break;
    }
    if (is_token && length == PISTE_PASS_TEXT && strlen(text) == length) {
        uint8_t again[PISTE_PASS_BYTES];
        if (piste_pass_from_text(text, length, again) == PISTE_OK && memcmp(again, token, sizeof token) != 0 && one_in(2))
            piste_pass_to_text(token, text);
    }
}

static json_t *documents_json(const hill *h) {
    json_t *o = json_object();
    for (int i = 0; i < PISTE_DOCUMENT_COUNT; i++) {
        char name[40], *text = NULL;
        size_t length = 0;
        snprintf(name, sizeof name, "out/%s.signed", piste_document_word((piste_document)i));
        must(base_file_read(path(h, name), PISTE_DOCUMENT_BYTES_MAX, errors, &text, &length));
        json_object_set_new(o, piste_document_word((piste_document)i), json_string(text));
        free(text);
    }
    return o;
}

// The time goes on; now and then a clock is behind, set, or of another boot.
static piste_clock next_clock(hill *h) {
    h->now_s += (int64_t)draw(one_in(9) ? 1500 : 60);
    if (one_in(40)) {
        h->boot = 1 + base_mix(counter);
        h->boot_zero_s = h->now_s - (int64_t)draw(100000);
    }
    piste_clock c = clock_at(h, h->now_s);
    if (one_in(15))
        c.wall_s -= (int64_t)draw(260);
    if (one_in(60))
        c.wall_s += 100 + (int64_t)draw(5000);
    if (one_in(300))
        c.wall_s = (int64_t)draw(PISTE_MINUTE_ZERO_S); // before what was seen, or before all clocks that are right
    return c;
}

static json_t *scan(hill *h) {
    char text[400];
    piste_answer a;
    piste_clock c = next_clock(h);
    snprintf(text, sizeof text, "%s", h->texts[draw(PASSES)]);
    if (one_in(4))
        spoil(text);
    uint16_t at = one_in(2) ? 0 : h->table->entrances.list[draw((uint64_t)h->table->entrances.count)].number;
    must(piste_gate_judge(h->gate, text, strlen(text), at, &c, &a));
    h->last_in = a.reason == PISTE_SCAN_OPEN ? a.sequence : h->last_in;
    char boot[17];
    snprintf(boot, sizeof boot, "%016" PRIx64, c.boot);
    return json_pack("{s:s,s:i,s:I,s:I,s:s,s:s,s:i,s:I,s:i,s:i,s:i,s:I,s:i}", "text", text, "at", (int)at, "wallS", (json_int_t)c.wall_s, "bootMs",
                     (json_int_t)c.boot_ms, "boot", boot, "reason", piste_scan_reason_word(a.reason), "warnings", (int)a.warnings, "judgedS",
                     (json_int_t)a.judged_s, "pointsTaken", (int)a.points_taken, "pointsLeft", (int)a.points_left, "waitS", (int)a.wait_s,
                     "lastS", (json_int_t)a.last_s, "lastEntrance", (int)a.last_entrance);
}

// The last who was let in did not go through, or somebody before: whether that can be said, and what is known of the pass then.
static json_t *undo(hill *h) {
    piste_gate_state state;
    piste_answer a;
    piste_clock c = next_clock(h);
    piste_gate_get_state(h->gate, &state);
    int64_t sequence = one_in(3) && state.sequence > 40 ? state.sequence + 1 - (int64_t)draw(40) : h->last_in;
    piste_status status = piste_gate_undo(h->gate, sequence, &c, NULL, &a);
    char boot[17];
    snprintf(boot, sizeof boot, "%016" PRIx64, c.boot);
    json_t *o = json_pack("{s:I,s:I,s:I,s:s}", "undoes", (json_int_t)sequence, "wallS", (json_int_t)c.wall_s, "bootMs", (json_int_t)c.boot_ms, "boot", boot);
    if (status != PISTE_OK && status != PISTE_REFUSED && status != PISTE_NOT_FOUND)
        must(status);
    if (status != PISTE_OK)
        json_object_set_new(o, "refused", json_string(status == PISTE_REFUSED ? "refused" : "no_admission"));
    else
        json_object_update_new(o, json_pack("{s:s,s:I,s:i,s:I,s:i,s:I,s:i}", "reason", piste_scan_reason_word(a.reason), "sequence", (json_int_t)a.sequence,
                                            "warnings", (int)a.warnings, "judgedS", (json_int_t)a.judged_s, "pointsLeft", (int)a.points_left, "lastS",
                                            (json_int_t)a.last_s, "lastEntrance", (int)a.last_entrance));
    return o;
}

// Before a round: what the office, and another gate, have done in the meantime.
static void change(hill *h, int round) {
    int64_t added, cut;
    uint32_t taken;
    bool changed;
    piste_clock c = clock_at(h, h->now_s);
    if (round % 3 == 2) { // an office that has forgotten: revocations stay at gates
        piste_lists_release(&h->lists);
        h->lists.version = h->now_s - 1;
        h->lists.stale_after_h = 1 + (int32_t)draw(30);
    }
    for (int i = 0; i < 4; i++) {
        must(piste_lists_revoke(&h->lists, h->ids[draw(PASSES)], piste_minute_of(h->now_s) + (int32_t)draw(3000), h->now_s));
        must(piste_lists_waive(&h->lists, h->ids[draw(PASSES)]));
    }
    for (int i = 0; i < 60; i++) { // the other gate's clock differs a little
        piste_answer a;
        piste_clock own = {h->now_s - (int64_t)draw(600) + 60, (int64_t)i + round * 1000, 99 + (uint64_t)round * 100 + (uint64_t)i};
        const char *text = h->texts[draw(PASSES)];
        must(piste_gate_judge(h->other, text, strlen(text), h->table->entrances.list[draw((uint64_t)h->table->entrances.count)].number, &own, &a));
        if (a.reason == PISTE_SCAN_OPEN && one_in(4))
            must(piste_gate_undo(h->other, a.sequence, &own, errors, &a));
    }
    must(piste_gate_sync(h->other, errors));
    must(piste_merge_add_file(h->merge, path(h, "other/log"), errors, &added, &cut));
    if (round % 2)
        must(piste_merge_add_gate(h->merge, path(h, "gate"), errors, &added, &cut));
    must(piste_merge_to_lists(h->merge, h->table, h->now_s, &h->lists));
    if (round == 4)
        must(piste_keys_rotate(h->keys, PISTE_KEY_PASS, h->now_s, errors));
    if (round == 7)
        must(piste_keys_end(h->keys, piste_keys_get(h->keys, 0)->public.id, h->now_s, errors));
    must(piste_publish(h->keys, h->table, &h->lists, h->now_s, path(h, "out"), errors));
    must(piste_gate_update(path(h, "gate"), path(h, "out"), &c, errors, &taken));
    must(piste_gate_refresh(h->gate, errors, &changed));
    make_passes(h, (int)draw(PASSES));
}

static void begin(hill *h, const char *resort) {
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_clock c = clock_at(h, h->now_s);
    piste_date day = (piste_date)(h->now_s / 86400);
    must(piste_resort_load(resort, PISTE_DATE_NONE, errors, &h->resort));
    must(piste_table_make(h->resort, day - 3, day + 14, &limits, NULL, errors, &h->table));
    must(piste_keys_make(path(h, "office"), h->now_s, errors));
    must(piste_keys_open(path(h, "office"), errors, &h->keys));
    must(piste_keys_make(path(h, "foreign"), h->now_s, errors));
    must(piste_keys_open(path(h, "foreign"), errors, &h->foreign));
    must(piste_merge_create(errors, &h->merge));
    must(piste_publish(h->keys, h->table, &h->lists, h->now_s, path(h, "out"), errors));
    const char *at = h->table->entrances.list[0].key;
    must(piste_gate_make(path(h, "gate"), path(h, "out"), NULL, 7, at, &c, errors));
    must(piste_gate_make(path(h, "other"), path(h, "out"), NULL, 8, at, &c, errors));
    must(piste_gate_open(path(h, "gate"), errors, &h->gate));
    must(piste_gate_open(path(h, "other"), errors, &h->other));
    make_passes(h, 0);
}

static json_t *log_digits(const char *log_path) {
    char *log = NULL;
    size_t length = 0;
    must(base_file_read(log_path, (size_t)1 << 30, errors, &log, &length));
    char *digits = malloc(2 * length + 1);
    if (!digits)
        exit(1);
    desk_hex((const uint8_t *)log, length, digits);
    json_t *text = json_string(digits);
    free(digits);
    free(log);
    return text;
}

// What was judged is written; where the log has grown, the gate goes on in another.
static bool sync_goes_on(hill *h) {
    uint64_t before = h->gate->log.log;
    must(piste_gate_sync(h->gate, errors));
    if (h->gate->log.log == before)
        return false;
    char name[40];
    snprintf(name, sizeof name, "gate/log.%06d", (int)json_array_size(h->logs) + 1);
    json_array_append_new(h->logs, log_digits(path(h, name)));
    h->last_in = 0;
    return true;
}

static json_t *round_of(hill *h, int round, int scans) {
    json_t *list = json_array(), *o;
    if (round)
        change(h, round);
    o = json_pack("{s:o,s:I,s:b}", "documents", documents_json(h), "nowS", (json_int_t)h->now_s, "accepts", round == 5);
    if (round == ROUNDS - 1) { // after the calendar's end
        h->now_s = piste_minute_second(h->table->days.list[h->table->days.count - 1].starts_min) - 1200;
        h->boot = 3;
        h->boot_zero_s = h->now_s - 100;
    }
    if (round == 5) {
        piste_clock c = clock_at(h, h->now_s -= 7200);
        char boot[17];
        snprintf(boot, sizeof boot, "%016" PRIx64, c.boot);
        json_object_set_new(o, "clock", json_pack("{s:I,s:I,s:s}", "wallS", (json_int_t)c.wall_s, "bootMs", (json_int_t)c.boot_ms, "boot", boot));
        must(piste_gate_accept_clock(h->gate, &c, errors));
    }
    for (int i = 0; i < scans; i++) {
        json_array_append_new(list, scan(h));
        if (one_in(6))
            json_array_append_new(list, undo(h));
    }
    h->gate->log_most = 500 * PISTE_LOG_RECORD;
    json_object_set_new(o, "goesOn", json_boolean(sync_goes_on(h)));
    json_object_set_new(o, "scans", list);
    return o;
}

int main(int argc, char **argv) {
    errors = piste_errors_create();
    if (argc != 5) {
        fprintf(stderr, "usage: judge_cases SEED SCANS RESORT FOLDER\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 10);
    int64_t day_s = days_s[seed % 3];
    counter = seed * 1000003;
    hill h = {.folder = argv[4], .now_s = day_s, .boot = 7, .boot_zero_s = day_s - 1000000, .lists = {.stale_after_h = 24}, .logs = json_array()};
    begin(&h, argv[3]);
    json_t *rounds = json_array();
    for (int i = 0; i < ROUNDS; i++)
        json_array_append_new(rounds, round_of(&h, i, atoi(argv[2]) / ROUNDS));
    json_array_append_new(h.logs, log_digits(path(&h, "gate/log")));
    json_t *all = json_pack("{s:s,s:o,s:o}", "entrance", h.table->entrances.list[0].key, "logs", h.logs, "rounds", rounds);
    if (json_dumpf(all, stdout, JSON_COMPACT) != 0)
        return 1;
    json_decref(all);
    piste_gate_close(h.gate);
    piste_gate_close(h.other);
    piste_keys_close(h.keys);
    piste_keys_close(h.foreign);
    piste_merge_destroy(h.merge);
    piste_lists_release(&h.lists);
    piste_table_destroy(h.table);
    piste_resort_destroy(h.resort);
    piste_errors_destroy(errors);
    return 0;
}
