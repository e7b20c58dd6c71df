// person_export.c - all that is held of a person, as one document, and what is not held.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/people.h"

enum { DAY_MS = 86400000 };

piste_status desk_person_export_run(desk_act *a) {
    a->subject = desk_number(a->request, "person", 0);
    json_object_set_new(a->answer, "person", json_integer(a->subject));
    return desk_person_check(a, a->subject);
}

typedef struct export_job {
    int64_t person;
    json_t *document, *data; // data: by purpose, unsealed
} export_job;

typedef json_t *(*make_row)(const store_rows *rows, const export_job *j);

static piste_status list(store_db *db, const export_job *j, const char *name, make_row make, const char *sql) {
    store_rows *rows = NULL;
    json_t *all = json_array();
    json_object_set_new(j->document, name, all);
    piste_status status = STORE_QUERY(db, &rows, sql, store_number(j->person));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(all, make(rows, j));
    return store_rows_end(rows);
}

static json_t *time_json(int64_t at_ms) {
    char text[24];
    piste_date_format((piste_date)(at_ms / DAY_MS), text);
    int64_t s = at_ms % DAY_MS / 1000;
    snprintf(text + 10, sizeof text - 10, "T%02d:%02d:%02dZ", (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
    return json_string(text);
}

static json_t *data_row(const store_rows *rows, const export_job *j) {
    const char *purpose = store_rows_text(rows, 0);
    json_t *data = json_object_get(j->data, purpose);
    return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "purpose", purpose, "name", store_rows_text(rows, 1), "basis",
                     store_rows_text(rows, 2), "given", desk_date_json(store_rows_number(rows, 3)), "held_until",
                     desk_date_json(store_rows_number(rows, 4)), "data", data ? json_incref(data) : json_null());
}
static json_t *order_row(const store_rows *rows, const export_job *j) {
    (void)j;
    json_t *o = json_pack("{s:I,s:I,s:s,s:s,s:o,s:s,s:s,s:o}", "order", (json_int_t)store_rows_number(rows, 0),
                          "position", (json_int_t)store_rows_number(rows, 1), "product", store_rows_text(rows, 2),
                          "class", store_rows_text(rows, 3), "date", desk_date_json(store_rows_number(rows, 4)), "time",
                          store_rows_text(rows, 5), "state", store_rows_text(rows, 6), "price",
                          desk_money_json(store_rows_text(rows, 8), store_rows_number(rows, 7)));
    return o;
}
static json_t *customer_row(const store_rows *rows, const export_job *j) {
    (void)j;
    return json_pack("{s:I,s:s,s:o,s:s}", "order", (json_int_t)store_rows_number(rows, 0), "state",
                     store_rows_text(rows, 1), "opened", time_json(store_rows_number(rows, 2)), "channel",
                     store_rows_text(rows, 3));
}
static json_t *agreement_row(const store_rows *rows, const export_job *j) {
    return json_pack("{s:I,s:s,s:I,s:s,s:s,s:s,s:s,s:o,s:o}", "signed", (json_int_t)store_rows_number(rows, 0),
                     "agreement", store_rows_text(rows, 1), "version", (json_int_t)store_rows_number(rows, 2),
                     "language", store_rows_text(rows, 3), "authority", store_rows_text(rows, 4), "method",
                     store_rows_text(rows, 5), "as",
                     store_rows_number(rows, 6) == store_rows_number(rows, 7) ? "both"
                     : store_rows_number(rows, 7) == j->person                ? "signer"
                                                                              : "person",
                     "at", time_json(store_rows_number(rows, 8)), "withdrawn",
                     store_rows_number(rows, 9) ? time_json(store_rows_number(rows, 9)) : json_null());
}
static json_t *waiting_row(const store_rows *rows, const export_job *j) {
    (void)j;
    return json_pack("{s:s,s:s,s:I,s:s,s:o}", "resource", store_rows_text(rows, 0), "slot", store_rows_text(rows, 1),
                     "count", (json_int_t)store_rows_number(rows, 2), "state", store_rows_text(rows, 3), "since",
                     time_json(store_rows_number(rows, 4)));
}
static json_t *access_row(const store_rows *rows, const export_job *j) {
    (void)j;
    return json_pack("{s:s,s:o,s:s}", "act", store_rows_text(rows, 0), "at", time_json(store_rows_number(rows, 1)),
                     "who", store_rows_text(rows, 2));
}

static piste_status fill(store_db *db, void *context) {
    const export_job *j = context;
    static const struct {
        const char *name;
        make_row make;
        const char *sql;
    } parts[] = {
        {"data", data_row,
         "SELECT x.purpose, p.name, x.basis, d.given_day, x.until_day FROM " DESK_DATA_UNTIL
         " JOIN purpose p ON p.key = x.purpose JOIN person_data d ON d.key_id = x.key_id WHERE x.person = $1 ORDER BY "
         "x.purpose"},
        {"positions", order_row,
         "SELECT p.id / 16777216, p.id % 16777216, p.product, p.class, p.date, p.slot, p.state, p.price_minor, o.currency FROM position "
         "p JOIN orders o ON o.id = p.id / 16777216"
         " WHERE p.person = $1 ORDER BY p.id"},
        {"orders", customer_row, "SELECT id, state, opened_ms, channel FROM orders WHERE customer = $1 ORDER BY id"},
        {"agreements", agreement_row,
         "SELECT id, text_key, version, language, authority, method, person, signer, at_ms, withdrawn_ms FROM "
         "agreement WHERE person = $1 OR signer = $1 ORDER BY id"},
        {"waiting", waiting_row,
         "SELECT a.resource, a.slot, w.count, w.state, w.since_ms FROM waiting w JOIN allotment a ON a.id = "
         "w.allotment WHERE w.person = $1 ORDER BY w.id"},
        {"accesses", access_row,
         "SELECT act, at_ms, who FROM journal WHERE subject = $1 AND act IN ('person', 'person-show', 'person-export', "
         "'person-erase', 'customer', 'agreement-sign') ORDER BY entry"},
    };
    for (size_t i = 0; i < BASE_COUNT(parts); i++) {
        piste_status status = list(db, j, parts[i].name, parts[i].make, parts[i].sql);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static json_t *not_held(void) {
    static const char *const texts[] = {
        "card numbers and bank accounts: a payment keeps its provider's reference alone",
        "photographs, fingerprints and other features of the body",
        "where you are or were by your own devices",
        "judgements, scores and profiles: nothing here compares people",
        "names in the books: the journal knows amounts, products and numbers",
    };
    json_t *all = json_array();
    for (size_t i = 0; i < BASE_COUNT(texts); i++)
        json_array_append_new(all, json_string(texts[i]));
    return all;
}

piste_status desk_person_export_after(desk_call *c) {
    export_job j = {.person = desk_number(c->fields, "person", 0)};
    piste_status status = desk_person_open(c, j.person, NULL, &j.data);
    if (status != PISTE_OK)
        return status;
    j.document = json_pack("{s:s,s:i,s:I}", "format", "piste-person", "version", 1, "person", (json_int_t)j.person);
    status = j.document ? store_read(desk_get_store(c->desk), fill, &j) : PISTE_MEMORY;
    json_decref(j.data);
    if (status != PISTE_OK) {
        json_decref(j.document);
        return status;
    }
    json_object_set_new(j.document, "not_held", not_held());
    json_object_set_new(c->answer, "document", j.document);
    return PISTE_OK;
}
