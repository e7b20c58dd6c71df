// allot.c - the acts that give an allotment its capacity and quotas, publish a cap, and tell what is free.
#include <inttypes.h>

#include "desk/allotment.h"

static const desk_field quota_fields[] = {
    {"name", DESK_TEXT, true, 0, 60, NULL, "for whom, such as class:national"},
    {"kept", DESK_INT, false, 0, DESK_COUNT_MAX, NULL, "places that nobody else may take"},
    {"most", DESK_INT, false, 0, DESK_COUNT_MAX, NULL, "places that they may take at most"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
#define RULES                                                                                                           \
    {"capacity", DESK_INT, true, 0, DESK_COUNT_MAX, NULL, "how many there are"},                                        \
        {"patience", DESK_INT, false, 0, 1000, NULL, "how often a waiting party is passed over at most; 3"},            \
        {"offer_s", DESK_INT, false, 1, 90 * 86400, NULL, "how long an offer to a waiting party holds, seconds; 3600"}, \
    {                                                                                                                   \
        "quotas", DESK_LIST, false, 1, 100, quota_fields, "parts of it; one that is there already is changed"           \
    }

const desk_field desk_allot_fields[] = {
    {"resource", DESK_TEXT, true, 0, 80, NULL, "what is sold, such as visit or boot-27"},
    {"slot", DESK_TEXT, true, 0, 40, NULL, "when, such as 2019-02-02 or 2019-02-02T10:00"},
    RULES,
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
static const desk_field time_fields[] = {
    {"time", DESK_TEXT, true, 0, 20, NULL, "such as 10:00"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_cap_fields[] = {
    {"resource", DESK_TEXT, false, 0, 80, NULL, "of what; visit"},
    {"from", DESK_DATE, true, 0, 0, NULL, "first day"},
    {"until", DESK_DATE, false, 0, 0, NULL, "last day; the first where not given"},
    {"times", DESK_LIST, false, 1, 100, time_fields, "sessions of each day; the slot of one is 2019-02-02T10:00"},
    RULES,
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_free_fields[] = {
    {"resource", DESK_TEXT, true, 0, 80, NULL, "what is sold"},
    {"slot", DESK_TEXT, false, 0, 40, NULL, "when; all slots where not given"},
    {"quota", DESK_TEXT, false, 0, 60, NULL, "for whom"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

enum { PATIENCE = 3, OFFER_S = 3600, CAP_DAYS_MAX = 400 };

static int64_t own(int64_t kept, int64_t taken) {
    return kept > taken ? kept - taken : 0;
}

static piste_status set_quota(desk_act *a, desk_allotment_row *r, const json_t *given) {
    desk_quota_row q;
    const char *name = desk_text(given, "name");
    piste_status status = desk_quota_load(a, r, name, &q);
    if (status != PISTE_OK)
        return status;
    bool is_new = q.id == 0;
    int64_t before = is_new ? 0 : own(q.kept, q.taken);
    if (is_new)
        q = (desk_quota_row){.id = desk_next_id(a), .kept = 0, .most = DESK_COUNT_MAX};
    q.kept = desk_number(given, "kept", q.kept);
    q.most = desk_number(given, "most", q.most);
    if (q.most < q.kept)
        return desk_invalid(a, "quota %s: keeps %" PRId64 " and has at most %" PRId64, name, q.kept, q.most);
    r->kept += own(q.kept, q.taken) - before;
    desk_act_capacity(a, r->id, q.id, q.most);
    if (!is_new)
        return desk_quota_save(a, &q);
    r->quotas++;
    return STORE_RUN(a->db, "INSERT INTO quota (id, allotment, name, kept, most, taken) VALUES ($1, $2, $3, $4, $5, 0)",
                     store_number(q.id), store_number(r->id), store_text(name), store_number(q.kept),
                     store_number(q.most));
}

static piste_status set_quotas(desk_act *a, desk_allotment_row *r, const json_t *quotas) {
    for (size_t i = 0; i < json_array_size(quotas); i++) {
        piste_status status = set_quota(a, r, json_array_get(quotas, i));
        if (status != PISTE_OK)
            return status;
    }
    int64_t kept = 0;
    piste_status status =
        json_array_size(quotas)
            ? STORE_FIND_NUMBER(a->db, &kept, NULL, "SELECT CAST(sum(kept) AS BIGINT) FROM quota WHERE allotment = $1",
                                store_number(r->id))
            : PISTE_OK;
    if (status == PISTE_OK && json_array_size(quotas) && kept > r->capacity)
        return desk_invalid(a, "quotas keep %" PRId64 " of %" PRId64, kept, r->capacity);
    return status;
}

static piste_status set(desk_act *a, const char *resource, const char *slot, desk_allotment_row *out) {
    desk_allotment_row r = {.patience = PATIENCE, .offer_s = OFFER_S};
    piste_status status = desk_allotment_load(a, resource, slot, &r);
    bool is_new = status == PISTE_REFUSED;
    if (status != PISTE_OK && !is_new)
        return status;
    a->reason = NULL;
    a->message[0] = 0;
    if (is_new)
        r.id = desk_next_id(a);
    r.capacity = desk_number(a->request, "capacity", 0);
    r.patience = desk_number(a->request, "patience", r.patience);
    r.offer_s = desk_number(a->request, "offer_s", r.offer_s);
    desk_act_capacity(a, r.id, 0, r.capacity);
    if (is_new) {
        status = STORE_RUN(
            a->db,
            "INSERT INTO allotment (id, resource, slot, capacity, taken, kept, patience, offer_s, waiting, quotas)"
            " VALUES ($1, $2, $3, $4, 0, 0, $5, $6, 0, 0)",
            store_number(r.id), store_text(resource), store_text(slot), store_number(r.capacity),
            store_number(r.patience), store_number(r.offer_s));
        if (status != PISTE_OK)
            return status;
    }
    status = set_quotas(a, &r, json_object_get(a->request, "quotas"));
    if (status == PISTE_OK)
        status = desk_allotment_save(a, &r);
    desk_act_freed(a, r.id); // there may be more of it than before
    *out = r;
    return status;
}

piste_status desk_allot_run(desk_act *a) {
    desk_allotment_row r;
    piste_status status = set(a, desk_text(a->request, "resource"), desk_text(a->request, "slot"), &r);
    if (status != PISTE_OK)
        return status;
    a->subject = r.id;
    json_object_set_new(a->answer, "allotment", json_integer(r.id));
    json_object_set_new(a->answer, "capacity", json_integer(r.capacity));
    json_object_set_new(a->answer, "taken", json_integer(r.taken));
    if (r.taken > r.capacity) // it was lowered below what is sold: nothing breaks, and nothing more is sold
        json_object_set_new(a->answer, "over", json_integer(r.taken - r.capacity));
    return PISTE_OK;
}

static piste_status cap_slot(desk_act *a, const char *slot, json_t *over) {
    desk_allotment_row r;
    const char *resource = desk_text(a->request, "resource");
    piste_status status = set(a, *resource ? resource : "visit", slot, &r);
    if (status == PISTE_OK && r.taken > r.capacity)
        json_array_append_new(over, json_pack("{s:s,s:I,s:I}", "slot", slot, "taken", (json_int_t)r.taken, "over",
                                              (json_int_t)(r.taken - r.capacity)));
    return status;
}

piste_status desk_cap_run(desk_act *a) {
    piste_date from = desk_date(a->request, "from", 0), until = desk_date(a->request, "until", from);
    const json_t *times = json_object_get(a->request, "times");
    if (until < from || until - from >= CAP_DAYS_MAX)
        return desk_invalid(a, "until: expected the first day or one of the %d after it", CAP_DAYS_MAX - 1);
    json_t *over = json_array(); // slots of which more is sold than that: nothing more of them is sold
    json_object_set_new(a->answer, "days", json_integer(until - from + 1));
    json_object_set_new(a->answer, "capacity", json_integer(desk_number(a->request, "capacity", 0)));
    json_object_set_new(a->answer, "over", over);
    for (piste_date date = from; date <= until; date++) {
        char slot[40];
        piste_date_format(date, slot);
        piste_status status = times ? PISTE_OK : cap_slot(a, slot, over);
        for (size_t i = 0; i < json_array_size(times) && status == PISTE_OK; i++) {
            snprintf(slot + 10, sizeof slot - 10, "T%s", desk_text(json_array_get(times, i), "time"));
            status = cap_slot(a, slot, over);
        }
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

piste_status desk_free_run(desk_act *a) {
    const char *resource = desk_text(a->request, "resource"), *slot = desk_text(a->request, "slot"),
               *quota = desk_text(a->request, "quota");
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT slot, id, capacity, taken, kept, waiting, quotas FROM allotment WHERE "
                                      "resource = $1 AND ($2 = '' OR slot = $2) ORDER BY slot",
                                      store_text(resource), store_text(slot));
    if (status != PISTE_OK)
        return status;
    json_t *list = json_array();
    while (status == PISTE_OK && store_rows_next(rows)) {
        desk_allotment_row r = {.id = store_rows_number(rows, 1),
                                .capacity = store_rows_number(rows, 2),
                                .taken = store_rows_number(rows, 3),
                                .kept = store_rows_number(rows, 4),
                                .waiting = store_rows_number(rows, 5),
                                .quotas = store_rows_number(rows, 6)};
        desk_quota_row q;
        status = desk_quota_load(a, &r, quota, &q);
        json_array_append_new(list, json_pack("{s:s,s:I,s:I,s:I,s:I}", "slot", store_rows_text(rows, 0), "capacity",
                                              (json_int_t)r.capacity, "taken", (json_int_t)r.taken, "free",
                                              (json_int_t)(status == PISTE_OK ? desk_allotment_free(&r, &q) : 0),
                                              "waiting", (json_int_t)r.waiting));
    }
    piste_status ended = store_rows_end(rows);
    status = status == PISTE_OK ? ended : status;
    json_object_set_new(a->answer, "resource", json_string(resource));
    json_object_set_new(a->answer, "slots", list);
    return status;
}
