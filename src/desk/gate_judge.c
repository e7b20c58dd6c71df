// gate_judge.c - one scan: what the gate knows of the time and of the pass, the reasons in their order, the record.
#include <stdlib.h>

#include "desk/gate.h"

// ---- what is known of passes --------------------------------------------------------------------------------------

gate_entry *gate_map_find(const gate_map *map, uint64_t pass) {
    if (!map->list)
        return NULL;
    for (size_t at = base_mix(pass) & map->mask;; at = (at + 1) & map->mask) {
        if (map->list[at].pass == pass)
            return &map->list[at];
        if (map->list[at].pass == 0)
            return NULL;
    }
}

static bool grow(gate_map *map) {
    size_t size = map->list ? 2 * (map->mask + 1) : 1024;
    gate_map larger = {calloc(size, sizeof *larger.list), size - 1, map->used};
    if (!larger.list)
        return false;
    for (size_t i = 0; map->list && i <= map->mask; i++) {
        if (map->list[i].pass == 0)
            continue;
        size_t at = base_mix(map->list[i].pass) & larger.mask;
        while (larger.list[at].pass)
            at = (at + 1) & larger.mask;
        larger.list[at] = map->list[i];
    }
    free(map->list);
    *map = larger;
    return true;
}

gate_entry *gate_map_enter(gate_map *map, uint64_t pass) {
    gate_entry *there = gate_map_find(map, pass);
    if (there)
        return there;
    if ((!map->list || map->used * 3 >= (map->mask + 1) * 2) && !grow(map))
        return NULL;
    size_t at = base_mix(pass) & map->mask;
    while (map->list[at].pass)
        at = (at + 1) & map->mask;
    map->list[at] = (gate_entry){.pass = pass, .last_day = PISTE_DATE_NONE};
    map->used++;
    return &map->list[at];
}

void gate_map_release(gate_map *map) {
    free(map->list);
    *map = (gate_map){0};
}

piste_date gate_date_of(const piste_table *table, int64_t unix_s) {
    int32_t day = piste_table_day(table, unix_s);
    return day < 0 ? PISTE_DATE_NONE : table->first_day + day;
}

// ---- passback -----------------------------------------------------------------------------------------------------

bool gate_is_impossible(const piste_table *table, uint16_t from, uint16_t to, int64_t elapsed_s, int32_t skew_s, int32_t *least_s) {
    int32_t a = piste_table_find_number(table, from), b = piste_table_find_number(table, to), n = table->entrances.count;
    if (a < 0 || b < 0)
        return false;
    int32_t there = table->travel_s[a * n + b], back = table->travel_s[b * n + a];
    int32_t least = there;
    if (elapsed_s <= skew_s) // their order is not known
        least = back < there ? back : there;
    int64_t apart = elapsed_s < 0 ? -elapsed_s : elapsed_s;
    *least_s = least;
    return least != PISTE_TRAVEL_UNKNOWN && apart + skew_s < least;
}

// ---- the clock ----------------------------------------------------------------------------------------------------

static void anchor(piste_gate *gate, int64_t wall_s, int64_t boot_ms, uint64_t boot) {
    gate->anchored = true;
    gate->anchor_boot = boot;
    gate->anchor_boot_ms = boot_ms;
    gate->anchor_wall_s = wall_s;
}

// Whether the gate knows the time. In one boot the wall clock must go on as the other one does, but for a tolerance and a
// drift of 200 ppm (chosen: ten times a bad crystal's); and it must not be before what was seen. Only little is forgiven,
// and then the later time counts: a clock that is set back opens nothing that has ended.
bool gate_know_time(const piste_gate *gate, const piste_clock *clock, int64_t *judged_s, uint32_t *warnings) {
    if (gate->anchored && gate->anchor_boot == clock->boot) {
        int64_t passed_s = (clock->boot_ms - gate->anchor_boot_ms) / 1000;
        int64_t off = clock->wall_s - (gate->anchor_wall_s + passed_s), allowed = PISTE_GATE_TOLERANCE_S + (passed_s > 0 ? passed_s / 5000 : 0);
        if (off > allowed || off < -allowed)
            return false;
    }
    if (clock->wall_s < gate->seen_s - PISTE_GATE_TOLERANCE_S || clock->wall_s < PISTE_CLOCK_LEAST_S)
        return false;
    *judged_s = clock->wall_s > gate->seen_s ? clock->wall_s : gate->seen_s;
    *warnings |= clock->wall_s < gate->seen_s ? (uint32_t)PISTE_GATE_CLOCK_BACK : 0;
    return true;
}

static void note_clock(piste_gate *gate, const piste_record *r) {
    if (r->kind == PISTE_RECORD_CLOCK) {
        gate->seen_s = r->wall_s;
        gate->accepted_version = r->lists_version;
        anchor(gate, r->wall_s, r->boot_ms, r->boot);
        return;
    }
    // Before the clock is looked at there is nothing to learn of it.
    if (r->reason >= PISTE_SCAN_UNREADABLE && r->reason <= PISTE_SCAN_CLOCK)
        return;
    gate->seen_s = r->judged_s > gate->seen_s ? r->judged_s : gate->seen_s;
    if (r->kind == PISTE_RECORD_SCAN && (!gate->anchored || gate->anchor_boot != r->boot))
        anchor(gate, r->wall_s, r->boot_ms, r->boot);
}

static void note_admission(const piste_gate *gate, const piste_record *r, const piste_pass *pass, gate_entry *e) {
    bool is_told = !e->own && e->last_s == r->judged_s && e->entrance == r->entrance; // the lists know it already
    e->own_sequence = r->sequence;
    e->own_s = r->judged_s;
    e->own_undone_by = 0;
    e->own_day = pass->by_day && r->points_taken;
    e->before_s = is_told ? 0 : e->last_s;
    e->before_entrance = e->entrance;
    e->before_own = e->own;
    if (r->judged_s >= e->last_s) {
        e->last_s = r->judged_s;
        e->entrance = r->entrance;
        e->own = true;
    }
    if (r->sequence <= gate->own_merged)
        return; // the lists count it
    if (!pass->by_day) {
        e->spent += r->points_taken;
        return;
    }
    piste_date date = gate_date_of(gate->table, r->judged_s);
    e->own_day = date != PISTE_DATE_NONE && (e->last_day == PISTE_DATE_NONE || date > e->last_day);
    if (e->own_day) {
        e->last_day = date;
        e->spent++;
    }
}

bool gate_note(piste_gate *gate, const piste_record *r) {
    note_clock(gate, r);
    piste_pass pass;
    bool is_undo = r->kind == PISTE_RECORD_UNDO;
    if ((!is_undo && (r->kind != PISTE_RECORD_SCAN || r->reason != PISTE_SCAN_OPEN)) || piste_pass_read(r->body, &pass) != PISTE_OK)
        return true;
    gate_entry *e = gate_map_enter(&gate->map, pass.id);
    if (!e)
        return false;
    if (is_undo)
        gate_note_undo(gate, r, &pass, e);
    else
        note_admission(gate, r, &pass, e);
    return true;
}

// ---- the reasons, in their order ----------------------------------------------------------------------------------

typedef struct scan {
    const piste_gate *gate;
    const piste_clock *clock;
    uint8_t token[PISTE_PASS_BYTES];
    const gate_entry *entry; // NULL: nothing is known of the pass
    int32_t entrance;        // index
    piste_answer *a;
} scan;

// What the token says by itself.
static piste_scan_reason judge_token(scan *s, const char *text, size_t length) {
    piste_answer *a = s->a;
    if (piste_pass_from_text(text, length, s->token) != PISTE_OK || piste_pass_read(s->token, &a->pass) != PISTE_OK)
        return PISTE_SCAN_UNREADABLE;
    a->has_pass = true;
    const piste_public_key *key = piste_ring_find(&s->gate->ring, a->pass.key, PISTE_KEY_PASS);
    if (!key)
        return PISTE_SCAN_UNKNOWN_KEY;
    if (!piste_pass_verify(s->token, key->key))
        return PISTE_SCAN_FORGED;
    if (!gate_know_time(s->gate, s->clock, &a->judged_s, &a->warnings))
        return PISTE_SCAN_CLOCK;
    int32_t now = piste_minute_of(a->judged_s);
    if (now >= key->until_min)
        return PISTE_SCAN_KEY_ENDED;
    if (now < a->pass.from_min)
        return PISTE_SCAN_NOT_YET;
    return now >= a->pass.until_min ? PISTE_SCAN_EXPIRED : PISTE_SCAN_OPEN;
}

// What it says of this entrance and this hour.
static piste_scan_reason judge_place(scan *s) {
    const piste_pass *p = &s->a->pass;
    const piste_table *t = s->gate->table;
    if (s->entry && s->entry->revoked)
        return PISTE_SCAN_REVOKED;
    if (!(p->opens & t->entrances.list[s->entrance].zones))
        return PISTE_SCAN_NOT_HERE;
    if (!p->by_day && p->hours_until_min == 0)
        return PISTE_SCAN_OPEN;
    int32_t day = piste_table_day(t, s->a->judged_s);
    if (day < 0)
        return PISTE_SCAN_CALENDAR;
    int32_t minute = piste_minute_of(s->a->judged_s) - t->days.list[day].zero_min;
    if (p->hours_until_min && (minute < p->hours_from_min || minute >= p->hours_until_min))
        return PISTE_SCAN_HOURS;
    return PISTE_SCAN_OPEN;
}

// What this and other gates have seen of it.
static piste_scan_reason judge_use(scan *s) {
    static const gate_entry unknown = {.last_day = PISTE_DATE_NONE};
    const gate_entry *e = s->entry ? s->entry : &unknown;
    const piste_table *t = s->gate->table;
    piste_answer *a = s->a;
    a->last_s = e->last_s;
    a->last_entrance = e->entrance;
    if (a->pass.waiver_due && !e->waived)
        return PISTE_SCAN_WAIVER;
    int32_t least = 0;
    int64_t elapsed = a->judged_s - e->last_s;
    if (e->last_s && gate_is_impossible(t, e->entrance, a->entrance, elapsed, e->own ? 0 : PISTE_GATE_TOLERANCE_S, &least)) {
        a->wait_s = (int32_t)(elapsed < 0 ? least : least - elapsed);
        return PISTE_SCAN_PASSBACK;
    }
    if (a->pass.points == 0)
        return PISTE_SCAN_OPEN;
    int32_t takes = a->pass.by_day ? gate_date_of(t, a->judged_s) != e->last_day : t->entrances.list[s->entrance].points;
    int32_t left = a->pass.points > e->spent ? a->pass.points - e->spent : 0;
    a->points_left = takes <= left ? left - takes : left;
    a->points_taken = takes <= left ? takes : 0;
    return takes <= left ? PISTE_SCAN_OPEN : PISTE_SCAN_POINTS;
}

static uint32_t warnings_of(const piste_gate *gate, int64_t now_s) {
    uint32_t set = 0;
    if (now_s - gate->lists.issued_s > 3600ll * gate->lists.stale_after_h)
        set |= PISTE_GATE_LISTS_STALE;
    int32_t last = gate->table->days.count - 1;
    if (last < 0 || piste_minute_of(now_s) + 7 * 1440 > gate->table->days.list[last].starts_min)
        set |= PISTE_GATE_CALENDAR_ENDS;
    return set;
}

static piste_record record_of(const scan *s) {
    const piste_answer *a = s->a;
    piste_record r = {.kind = PISTE_RECORD_SCAN,
                      .reason = a->reason,
                      .warnings = a->warnings,
                      .entrance = a->entrance,
                      .points_taken = a->points_taken,
                      .wall_s = s->clock->wall_s,
                      .judged_s = a->judged_s,
                      .boot_ms = s->clock->boot_ms,
                      .boot = s->clock->boot,
                      .lists_version = s->gate->lists.version};
    if (a->has_pass)
        memcpy(r.body, s->token, PISTE_PASS_BODY);
    return r;
}

piste_status piste_gate_judge(piste_gate *gate, const char *text, size_t length, uint16_t entrance, const piste_clock *clock,
                              piste_answer *answer) {
    if (gate->log.broken)
        return PISTE_IO;
    int32_t index = entrance ? piste_table_find_number(gate->table, entrance) : gate->entrance;
    if (index < 0)
        return PISTE_NOT_FOUND;
    if (gate->log.batched >= PISTE_LOG_BATCH) {
        piste_status status = piste_gate_sync(gate, NULL);
        if (status != PISTE_OK)
            return status;
    }
    int64_t shown_s = clock->wall_s > PISTE_CLOCK_LEAST_S ? clock->wall_s : PISTE_CLOCK_LEAST_S; // where the time is not known
    piste_answer a = {.judged_s = shown_s, .points_left = -1, .entrance = gate->table->entrances.list[index].number};
    scan s = {.gate = gate, .clock = clock, .entrance = index, .a = &a};
    a.reason = judge_token(&s, text, length);
    if (a.has_pass)
        s.entry = gate_map_find(&gate->map, a.pass.id);
    if (a.reason == PISTE_SCAN_OPEN)
        a.reason = judge_place(&s);
    if (a.reason == PISTE_SCAN_OPEN)
        a.reason = judge_use(&s);
    a.warnings |= warnings_of(gate, a.judged_s);
    piste_record record = record_of(&s);
    // Memory is asked for before the record is made: what is written down is also known.
    if (a.reason == PISTE_SCAN_OPEN && !gate_map_enter(&gate->map, a.pass.id))
        return PISTE_MEMORY;
    piste_status status = gate_log_add(&gate->log, &record);
    if (status != PISTE_OK || !gate_note(gate, &record))
        return status != PISTE_OK ? status : PISTE_MEMORY;
    a.sequence = record.sequence;
    *answer = a;
    return PISTE_OK;
}

piste_status piste_gate_sync(piste_gate *gate, piste_errors *errors) {
    piste_status status = gate_log_sync(&gate->log, errors);
    // What was judged is on the disk, whether a new log can be begun or not: where it cannot, this one grows on.
    if (status == PISTE_OK && gate_continue(gate, NULL) != PISTE_OK)
        gate->log_most += PISTE_LOG_MOST;
    return status;
}

piste_status piste_gate_accept_clock(piste_gate *gate, const piste_clock *clock, piste_errors *errors) {
    if (clock->wall_s < PISTE_CLOCK_LEAST_S)
        return piste_errors_add(errors, PISTE_INVALID, gate->folder, 0, 0, "a clock before 2000 is not right");
    if (gate->log.broken || gate->log.batched >= PISTE_LOG_BATCH)
        return piste_errors_add(errors, PISTE_IO, gate->folder, 0, 0, "the log takes no more records");
    piste_record record = {.kind = PISTE_RECORD_CLOCK,
                           .wall_s = clock->wall_s,
                           .judged_s = clock->wall_s,
                           .boot_ms = clock->boot_ms,
                           .boot = clock->boot,
                           .lists_version = gate->lists.version};
    piste_status status = gate_log_add(&gate->log, &record);
    if (status != PISTE_OK || !gate_note(gate, &record))
        return piste_errors_add(errors, status != PISTE_OK ? status : PISTE_MEMORY, gate->folder, 0, 0, "the log takes no more records");
    return gate_log_sync(&gate->log, errors);
}
