// gate_undo.c - somebody was let in and did not go through: the admission counts no more.
//
// The record names the admission by its number in the same log, so that merging finds both in any order. It also says which
// admission was the last before it: lists that were published in between know the undone one as the last, and none before it.
#include "desk/gate.h"

enum { BACK_MAX = 0xffff }; // as a record tells it

static void give_back(gate_entry *e, const piste_gate *gate, const piste_record *r, const piste_pass *pass) {
    if (!pass->by_day) {
        e->spent = e->spent > r->points_taken ? e->spent - r->points_taken : 0;
        return;
    }
    piste_date date = gate_date_of(gate->table, e->own_s);
    if (e->own_day && date != PISTE_DATE_NONE && e->last_day == date && e->spent > 0) {
        e->spent--;
        e->last_day = date - 1; // the next admission of that day counts it
    }
}

void gate_note_undo(const piste_gate *gate, const piste_record *r, const piste_pass *pass, gate_entry *e) {
    if (e->own_sequence != r->undoes || e->own_undone_by) // of a log that is here no more
        return;
    e->own_undone_by = r->sequence;
    if (e->own && e->last_s == e->own_s) {
        bool by_record = r->last_s > e->before_s;
        e->last_s = by_record ? r->last_s : e->before_s;
        e->entrance = by_record ? r->last_entrance : e->before_entrance;
        e->own = by_record ? r->last_own : e->before_own;
    }
    if (r->sequence > gate->own_merged) // otherwise the lists do not count the admission
        give_back(e, gate, r, pass);
}

static piste_status refuse(piste_errors *errors, const piste_gate *gate, int64_t sequence, const char *why) {
    return piste_errors_add(errors, PISTE_REFUSED, gate->folder, 0, 0, "admission %lld: %s", (long long)sequence, why);
}

// The admission, and what is known of its pass.
static piste_status find(const piste_gate *gate, int64_t sequence, piste_errors *errors, piste_record *admission, piste_pass *pass,
                         gate_entry **entry) {
    piste_status status = gate_log_get(&gate->log, sequence, errors, admission);
    if (status != PISTE_OK)
        return status;
    if (admission->kind != PISTE_RECORD_SCAN || admission->reason != PISTE_SCAN_OPEN || piste_pass_read(admission->body, pass) != PISTE_OK)
        return piste_errors_add(errors, PISTE_NOT_FOUND, gate->folder, 0, 0, "record %lld let nobody in", (long long)sequence);
    *entry = gate_map_find(&gate->map, pass->id);
    return *entry && (*entry)->own_sequence == sequence ? PISTE_OK : refuse(errors, gate, sequence, "the pass has been let in again since");
}

static piste_record record_of(const piste_gate *gate, const piste_record *admission, const gate_entry *e, const piste_clock *clock, int64_t now_s) {
    piste_record r = {.kind = PISTE_RECORD_UNDO,
                      .reason = PISTE_SCAN_NOT_THROUGH,
                      .entrance = admission->entrance,
                      .points_taken = admission->points_taken,
                      .wall_s = clock->wall_s,
                      .judged_s = now_s,
                      .boot_ms = clock->boot_ms,
                      .lists_version = gate->lists.version,
                      .undoes = admission->sequence,
                      .last_s = e->before_s,
                      .last_entrance = e->before_entrance,
                      .last_own = e->before_own};
    memcpy(r.body, admission->body, sizeof r.body);
    return r;
}

piste_status piste_gate_undo(piste_gate *gate, int64_t sequence, const piste_clock *clock, piste_errors *errors, piste_answer *answer) {
    piste_record admission;
    piste_answer a = {.reason = PISTE_SCAN_NOT_THROUGH, .has_pass = true, .undoes = sequence, .points_left = -1};
    gate_entry *e = NULL;
    piste_status status = gate->log.broken ? PISTE_IO : gate->log.batched >= PISTE_LOG_BATCH ? piste_gate_sync(gate, errors) : PISTE_OK;
    if (status == PISTE_OK)
        status = find(gate, sequence, errors, &admission, &a.pass, &e);
    if (status != PISTE_OK)
        return status;
    if (!gate_know_time(gate, clock, &a.judged_s, &a.warnings))
        return refuse(errors, gate, sequence, "the gate does not know the time");
    if (!e->own_undone_by) {
        if (a.judged_s - admission.judged_s > PISTE_GATE_UNDO_S || gate->log.sequence + 1 - sequence > BACK_MAX)
            return refuse(errors, gate, sequence, "it is too long ago");
        piste_record record = record_of(gate, &admission, e, clock, a.judged_s);
        status = gate_log_add(&gate->log, &record);
        if (status != PISTE_OK || !gate_note(gate, &record))
            return status != PISTE_OK ? status : PISTE_MEMORY;
    }
    a.sequence = e->own_undone_by;
    a.entrance = admission.entrance;
    a.last_s = e->last_s;
    a.last_entrance = e->entrance;
    if (a.pass.points)
        a.points_left = a.pass.points > e->spent ? a.pass.points - e->spent : 0;
    *answer = a;
    return PISTE_OK;
}
