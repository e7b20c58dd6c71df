// waiting.c - waiting lists: who is offered what is given back. The rule stands in allotment.h.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/people.h"

const desk_field desk_wait_fields[] = {
    {"resource", DESK_TEXT, true, 0, 80, NULL, "what"},
    {"slot", DESK_TEXT, true, 0, 40, NULL, "when"},
    {"quota", DESK_TEXT, false, 0, 60, NULL, "as whom"},
    {"count", DESK_INT, false, 1, 10000, NULL, "persons of the party, who come all or not at all; 1"},
    {"contact", DESK_SLUG, false, 0, 40, NULL, "by which they are told, such as room-12; no telephone number"},
    {"person", DESK_INT, false, 1, INT64_MAX, NULL, "who is told of an offer; see the act person"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_leave_fields[] = {
    {"waiting", DESK_INT, true, 1, INT64_MAX, NULL, "what `wait` answered"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

typedef struct party {
    int64_t id, quota, count, passed;
} party;

static piste_status load_list(desk_act *a, int64_t allotment, party **out, size_t *out_count) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT id, quota, count, passed FROM waiting WHERE allotment = $1 AND state = 'waiting' ORDER BY id",
        store_number(allotment));
    if (status != PISTE_OK)
        return status;
    party *list = NULL;
    size_t count = 0, capacity = 0;
    bool failed = false;
    while (!failed && store_rows_next(rows)) {
        if (count == capacity) {
            capacity = capacity ? 2 * capacity : 16;
            party *more = realloc(list, capacity * sizeof *more);
            failed = !more;
            list = more ? more : list;
        }
        if (!failed)
            list[count++] = (party){store_rows_number(rows, 0), store_rows_number(rows, 1), store_rows_number(rows, 2),
                                    store_rows_number(rows, 3)};
    }
    status = store_rows_end(rows);
    if (failed || status != PISTE_OK) {
        free(list);
        return failed ? PISTE_MEMORY : status;
    }
    *out = list;
    *out_count = count;
    return PISTE_OK;
}

// Whether a party that waits loses by somebody's taking `general` general places, or any of its own quota.
static bool loses(const party *p, desk_allotment_fit fit, int64_t quota, int64_t general) {
    return (fit == DESK_SHORT && general > 0) || (p->quota && p->quota == quota);
}

static piste_status count_passed(desk_act *a, const party *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (list[i].passed < 0) { // marked below
            piste_status status =
                STORE_RUN(a->db, "UPDATE waiting SET passed = passed + 1 WHERE id = $1", store_number(list[i].id));
            if (status != PISTE_OK)
                return status;
        }
    return PISTE_OK;
}

piste_status desk_waiting_pass(desk_act *a, const desk_allotment_row *r, const desk_quota_row *q, int64_t count) {
    party *list = NULL;
    size_t parties = 0;
    piste_status status = load_list(a, r->id, &list, &parties);
    int64_t general = desk_allotment_general(q, count);
    for (size_t i = 0; i < parties && status == PISTE_OK; i++) {
        desk_quota_row theirs;
        status = desk_quota_load_id(a, list[i].quota, &theirs);
        if (status != PISTE_OK)
            break;
        desk_allotment_fit fit = desk_allotment_check(r, &theirs, list[i].count);
        if (fit != DESK_FITS && !loses(&list[i], fit, q->id, general))
            continue;
        if (fit == DESK_FITS || list[i].passed >= r->patience)
            status = desk_refuse(a, "waiting", "what is free is kept for a party of %" PRId64 " that waits for it",
                                 list[i].count);
        else
            list[i].passed = -1;
    }
    if (status == PISTE_OK)
        status = count_passed(a, list, parties);
    free(list);
    return status;
}

// ---- offers --------------------------------------------------------------------------------------------------------

static piste_status offer(desk_act *a, desk_allotment_row *r, desk_quota_row *q, const party *p) {
    int64_t order = desk_next_id(a), until_ms = a->now_ms + 1000 * r->offer_s;
    desk_allotment_move(r, q, p->count);
    r->waiting--;
    piste_status status = desk_order_hold(a, order, "held", until_ms, p->id, "waiting-list");
    if (status == PISTE_OK)
        status = desk_claim_add(a, order, 0, r->id, q->id, p->count);
    if (status == PISTE_OK)
        status = desk_quota_save(a, q);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE waiting SET state = 'offered', owner = $1 WHERE id = $2", store_number(order),
                           store_number(p->id));
    desk_act_took(a, r->id, q->id, p->count);
    json_t *offers = json_object_get(a->answer, "offers");
    if (!offers)
        json_object_set_new(a->answer, "offers", offers = json_array());
    json_array_append_new(offers, json_pack("{s:I,s:I,s:I}", "waiting", (json_int_t)p->id, "order", (json_int_t)order,
                                            "until_ms", (json_int_t)until_ms));
    return status;
}

static piste_status walk(desk_act *a, desk_allotment_row *r, party *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        desk_quota_row q;
        piste_status status = desk_quota_load_id(a, list[i].quota, &q);
        if (status != PISTE_OK)
            return status;
        desk_allotment_fit fit = desk_allotment_check(r, &q, list[i].count);
        int64_t general = desk_allotment_general(&q, list[i].count);
        bool blocked = false;
        for (size_t j = 0; j < i && fit == DESK_FITS && !blocked; j++) {
            desk_quota_row theirs = q;
            if (list[j].count == 0) // has got its offer
                continue;
            status = desk_quota_load_id(a, list[j].quota, &theirs);
            if (status != PISTE_OK)
                return status;
            blocked = loses(&list[j], desk_allotment_check(r, &theirs, list[j].count), q.id, general) &&
                      list[j].passed >= r->patience;
        }
        if (fit != DESK_FITS || blocked)
            continue;
        for (size_t j = 0; j < i; j++) {
            desk_quota_row theirs;
            if (list[j].count == 0)
                continue;
            status = desk_quota_load_id(a, list[j].quota, &theirs);
            if (status == PISTE_OK && loses(&list[j], desk_allotment_check(r, &theirs, list[j].count), q.id, general)) {
                list[j].passed++;
                status = STORE_RUN(a->db, "UPDATE waiting SET passed = $1 WHERE id = $2", store_number(list[j].passed),
                                   store_number(list[j].id));
            }
            if (status != PISTE_OK)
                return status;
        }
        status = offer(a, r, &q, &list[i]);
        if (status != PISTE_OK)
            return status;
        list[i].count = 0;
    }
    return PISTE_OK;
}

piste_status desk_offer_freed(desk_act *a) {
    for (int i = 0; i < a->freed.count; i++) {
        desk_allotment_row r;
        party *list = NULL;
        size_t count = 0;
        piste_status status = desk_allotment_load_id(a, a->freed.list[i].allotment, &r);
        if (status != PISTE_OK)
            return status;
        if (r.waiting == 0 || r.taken >= r.capacity)
            continue;
        status = load_list(a, r.id, &list, &count);
        if (status == PISTE_OK)
            status = walk(a, &r, list, count);
        if (status == PISTE_OK)
            status = desk_allotment_save(a, &r);
        free(list);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

// ---- joining and leaving -------------------------------------------------------------------------------------------

// What stands here is plain text for ever: a person's own address or number does not.
static bool is_number_of_person(const char *contact) {
    int digits = 0;
    for (; *contact; contact++)
        digits += *contact >= '0' && *contact <= '9';
    return digits >= 7;
}

piste_status desk_wait_run(desk_act *a) {
    desk_allotment_row r;
    desk_quota_row q;
    int64_t count = desk_number(a->request, "count", 1);
    int64_t person = desk_number(a->request, "person", 0);
    if (is_number_of_person(desk_text(a->request, "contact")))
        return desk_invalid(a, "contact: a telephone number is kept of a person, and sealed; see the act person");
    piste_status status = person ? desk_person_check(a, person) : PISTE_OK;
    if (status == PISTE_OK)
        status = desk_allotment_load(a, desk_text(a->request, "resource"), desk_text(a->request, "slot"), &r);
    if (status == PISTE_OK)
        status = desk_quota_load(a, &r, desk_text(a->request, "quota"), &q);
    if (status != PISTE_OK)
        return status;
    if (count > r.capacity || (q.id && count > q.most))
        return desk_refuse(a, "too_many", "a party of %" PRId64 " can never have it: there are %" PRId64, count,
                           q.id && q.most < r.capacity ? q.most : r.capacity);
    a->subject = desk_next_id(a);
    status = STORE_RUN(a->db,
                       "INSERT INTO waiting (id, allotment, quota, count, passed, state, owner, since_ms, contact, person)"
                       " VALUES ($1, $2, $3, $4, 0, 'waiting', 0, $5, $6, $7)",
                       store_number(a->subject), store_number(r.id), store_number(q.id), store_number(count),
                       store_number(a->now_ms), store_text(desk_text(a->request, "contact")), store_number(person));
    r.waiting++;
    if (status == PISTE_OK)
        status = desk_allotment_save(a, &r);
    desk_act_freed(a, r.id); // it may be their turn at once
    json_object_set_new(a->answer, "waiting", json_integer(a->subject));
    json_object_set_new(a->answer, "before", json_integer(r.waiting - 1));
    return status;
}

piste_status desk_leave_run(desk_act *a) {
    int64_t id = desk_number(a->request, "waiting", 0), allotment = 0;
    bool found = false;
    piste_status status =
        STORE_FIND_NUMBER(a->db, &allotment, &found,
                          "SELECT allotment FROM waiting WHERE id = $1 AND state = 'waiting'", store_number(id));
    if (status != PISTE_OK)
        return status;
    if (!found)
        return desk_refuse(a, "not_waiting", "nobody waits under the number %" PRId64, id);
    a->subject = id;
    status = STORE_RUN(a->db, "UPDATE waiting SET state = 'ended' WHERE id = $1", store_number(id));
    desk_allotment_row r;
    if (status == PISTE_OK)
        status = desk_allotment_load_id(a, allotment, &r);
    if (status != PISTE_OK)
        return status;
    r.waiting--;
    status = desk_allotment_save(a, &r);
    desk_act_freed(a, allotment); // a party that blocked others may be gone
    json_object_set_new(a->answer, "waiting", json_integer(id));
    return status;
}
