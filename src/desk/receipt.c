// receipt.c - what has become of an order or of a place in the waiting list, told whole; and what is to be signed.
#include <inttypes.h>

#include "desk/pass_number.h"
#include "desk/people.h"
#include "desk/sale.h"
#include "piste/pass.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
enum { DAY_MS = 86400000 };

const desk_field desk_waiting_field[] = {
    {"waiting", DESK_INT, true, 1, INT64_MAX, NULL, "what `wait` answered"},
    END,
};
const desk_field desk_texts_fields[] = {
    {"agreement", DESK_SLUG, false, 0, 40, NULL, "one of them, whole"},
    {"language", DESK_SLUG, false, 0, 8, NULL, "in which; needed with agreement"},
    END,
};

// ---- a key ---------------------------------------------------------------------------------------------------------------

typedef struct key_job {
    const char *key;
    char *act;
    int64_t subject;
} key_job;

static piste_status read_key(store_db *db, void *context) {
    key_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT act, subject FROM journal WHERE key = $1", store_text(j->key));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        snprintf(j->act, 24, "%s", store_rows_text(rows, 0));
        j->subject = store_rows_number(rows, 1);
    }
    return store_rows_end(rows);
}

piste_status desk_key_find(desk *d, const char *key, char act[24], int64_t *subject) {
    key_job j = {.key = key, .act = act};
    act[0] = 0;
    piste_status status = store_read(desk_get_store(d), read_key, &j);
    if (status == PISTE_OK)
        *subject = j.subject;
    return status;
}

// ---- the receipt -----------------------------------------------------------------------------------------------------------

typedef json_t *make_row(const store_rows *rows, const desk_order_row *o);

static json_t *position_row(const store_rows *rows, const desk_order_row *o) {
    json_t *p = json_pack("{s:I,s:s,s:s,s:s,s:I,s:I,s:s,s:s,s:o,s:s,s:o,s:o,s:s}", "position", (json_int_t)store_rows_number(rows, 0),
                          "product", store_rows_text(rows, 1), "name", store_rows_text(rows, 2), "kind", store_rows_text(rows, 3),
                          "days", (json_int_t)store_rows_number(rows, 4), "points", (json_int_t)store_rows_number(rows, 5), "class",
                          store_rows_text(rows, 6), "class_name", store_rows_text(rows, 7), "date",
                          desk_date_json(store_rows_number(rows, 8)), "time", store_rows_text(rows, 9), "price",
                          desk_money_json(o->currency, store_rows_number(rows, 10)), "returned",
                          desk_money_json(o->currency, store_rows_number(rows, 11)), "state", store_rows_text(rows, 12));
    if (p && store_rows_number(rows, 13))
        json_object_set_new(p, "person", json_integer(store_rows_number(rows, 13)));
    return p;
}

static json_t *payment_row(const store_rows *rows, const desk_order_row *o) {
    const char *currency = store_rows_text(rows, 2);
    json_t *p = json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "tender", store_rows_text(rows, 0), "place", store_rows_text(rows, 1),
                          "amount", desk_money_json(currency, store_rows_number(rows, 3)), "for",
                          desk_money_json(o->currency, store_rows_number(rows, 4)), "returned",
                          desk_money_json(currency, store_rows_number(rows, 5)), "returned_for",
                          desk_money_json(o->currency, store_rows_number(rows, 6)));
    if (p && strcmp(currency, o->currency) != 0) {
        char rate[80], day[11];
        piste_date_format((piste_date)store_rows_number(rows, 9), day);
        snprintf(rate, sizeof rate, "%" PRId64 "/%" PRId64, store_rows_number(rows, 7), store_rows_number(rows, 8));
        json_object_set_new(p, "rate", json_string(rate));
        json_object_set_new(p, "rate_date", json_string(day));
        json_object_set_new(p, "source", json_string(store_rows_text(rows, 10)));
    }
    return p;
}

static json_t *charge_row(const store_rows *rows, const desk_order_row *o) {
    (void)o;
    const char *currency = store_rows_text(rows, 4);
    return json_pack("{s:I,s:s,s:s,s:s,s:o,s:o,s:o,s:b}", "charge", (json_int_t)store_rows_number(rows, 0), "provider",
                     store_rows_text(rows, 1), "state", store_rows_text(rows, 2), "result", store_rows_text(rows, 3), "amount",
                     desk_money_json(currency, store_rows_number(rows, 5)), "captured",
                     desk_money_json(currency, store_rows_number(rows, 6)), "refunded",
                     desk_money_json(currency, store_rows_number(rows, 7)), "open", (int)store_rows_number(rows, 8));
}

static json_t *person_row(const store_rows *rows, const desk_order_row *o) {
    (void)o;
    return json_pack("{s:I,s:b}", "person", (json_int_t)store_rows_number(rows, 0), "is_customer", (int)store_rows_number(rows, 1));
}

static json_t *signed_row(const store_rows *rows, const desk_order_row *o) {
    (void)o;
    return json_pack("{s:I,s:s,s:I,s:I,s:I,s:s,s:I,s:b}", "signed", (json_int_t)store_rows_number(rows, 0), "agreement",
                     store_rows_text(rows, 1), "version", (json_int_t)store_rows_number(rows, 2), "person",
                     (json_int_t)store_rows_number(rows, 3), "signer", (json_int_t)store_rows_number(rows, 4), "authority",
                     store_rows_text(rows, 5), "at_ms", (json_int_t)store_rows_number(rows, 6), "counts",
                     (int)store_rows_number(rows, 7));
}

static piste_status add_rows(desk_act *a, const desk_order_row *o, const char *name, make_row *make, const char *sql) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(a->answer, name, list);
    piste_status status = STORE_QUERY(a->db, &rows, sql, store_number(o->id), store_number(a->now_ms / DAY_MS));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, make(rows, o));
    return store_rows_end(rows);
}

static piste_status add_passes(desk_act *a, int64_t order) {
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(a->answer, "positions"), i, p) {
        char text[PISTE_PASS_ID_TEXT + 1];
        uint64_t number = 0;
        piste_status status = desk_pass_number(a->db, order, desk_number(p, "position", 0), &number);
        if (status != PISTE_OK)
            return status;
        piste_pass_id_to_text(number, text);
        json_object_set_new(p, "pass", json_string(text));
    }
    return PISTE_OK;
}

static void tell_receipt(desk_act *a, const desk_order_row *o) {
    bool over = o->until_ms && o->until_ms <= a->now_ms; // it has ended, which the next act will write down
    json_object_set_new(a->answer, "order", json_integer(o->id));
    json_object_set_new(a->answer, "state", json_string(over ? "ended" : o->state));
    json_object_set_new(a->answer, "currency", json_string(o->currency));
    json_object_set_new(a->answer, "total", desk_money_json(o->currency, o->total_minor));
    json_object_set_new(a->answer, "paid", desk_money_json(o->currency, o->paid_minor));
    json_object_set_new(a->answer, "due", desk_money_json(o->currency, o->total_minor - o->paid_minor));
    json_object_set_new(a->answer, "channel", json_string(o->channel));
    json_object_set_new(a->answer, "day", desk_date_json(a->day));
    json_object_set_new(a->answer, "at_ms", json_integer(a->now_ms));
    if (o->until_ms)
        json_object_set_new(a->answer, "until_ms", json_integer(o->until_ms));
}

piste_status desk_receipt_run(desk_act *a) {
    static const struct {
        const char *name;
        make_row *make;
        const char *sql;
    } parts[] = {
        {"positions", position_row,
         "SELECT p.id % 16777216, p.product, coalesce(d.name, p.product), coalesce(d.kind, 'other'), coalesce(d.days, 1), "
         "coalesce(d.points, 0), p.class, coalesce(c.name, p.class), p.date, p.slot, p.price_minor, p.returned_minor, "
         "p.state, p.person FROM position p LEFT JOIN product d ON d.key = p.product LEFT JOIN class c ON c.key = p.class"
         " WHERE" DESK_LINES_OF("p.", "$1") "AND $2 = $2 ORDER BY p.id"},
        {"payments", payment_row,
         "SELECT tender, place, currency, amount_minor, credit_minor, returned_minor, returned_credit_minor, "
         "rate_numerator, rate_denominator, rate_day, rate_source FROM payment WHERE" DESK_LINES_OF("", "$1") "AND $2 = $2 ORDER BY id"},
        {"charges", charge_row,
         "SELECT id, provider, state, result, currency, amount_minor, captured_minor, refunded_minor, is_open FROM charge"
         " WHERE owner = $1 AND $2 = $2 ORDER BY id"},
        {"persons", person_row,
         "SELECT person, max(is_customer) FROM (SELECT person, 0 AS is_customer FROM position WHERE" DESK_LINES_OF("", "$1") "AND person > 0"
         " UNION SELECT customer, 1 FROM orders WHERE id = $1 AND customer > 0) AS x WHERE $2 = $2 GROUP BY person ORDER BY "
         "person"},
        {"agreements", signed_row,
         "SELECT g.id, g.text_key, g.version, g.person, g.signer, g.authority, g.at_ms, CASE WHEN g.withdrawn_ms = 0 AND "
         "g.version >= (SELECT coalesce(max(t.version), 0) FROM agreement_text t WHERE t.key = g.text_key AND t.is_new = 1"
         " AND t.valid_from <= $2) THEN 1 ELSE 0 END FROM agreement g WHERE g.person IN (SELECT person FROM position WHERE"
         DESK_LINES_OF("", "$1") "AND person > 0 UNION SELECT customer FROM orders WHERE id = $1 AND customer > 0) ORDER BY g.id"},
    };
    desk_order_row o;
    piste_status status = desk_order_load(a, desk_number(a->request, "order", 0), &o);
    if (status == PISTE_OK && !*o.currency)
        status = desk_refuse(a, "no_price", "order %" PRId64 " has no price", o.id);
    if (status != PISTE_OK)
        return status;
    tell_receipt(a, &o);
    for (size_t i = 0; i < BASE_COUNT(parts) && status == PISTE_OK; i++)
        status = add_rows(a, &o, parts[i].name, parts[i].make, parts[i].sql);
    return status == PISTE_OK ? add_passes(a, o.id) : status;
}

// ---- waiting ---------------------------------------------------------------------------------------------------------------

piste_status desk_waiting_run(desk_act *a) {
    int64_t id = desk_number(a->request, "waiting", 0), before = 0;
    store_rows *rows = NULL;
    piste_status status = STORE_FIND_NUMBER(
        a->db, &before, NULL,
        "SELECT count(*) FROM waiting w JOIN waiting o ON o.allotment = w.allotment AND o.state = 'waiting' AND o.id < w.id"
        " WHERE w.id = $1",
        store_number(id));
    if (status == PISTE_OK)
        status = STORE_QUERY(a->db, &rows,
                             "SELECT w.state, w.count, w.owner, l.resource, l.slot, o.state, o.until_ms FROM waiting w JOIN "
                             "allotment l ON l.id = w.allotment LEFT JOIN orders o ON o.id = w.owner WHERE w.id = $1",
                             store_number(id));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        const char *state = store_rows_text(rows, 0);
        int64_t until_ms = store_rows_number(rows, 6);
        bool offered = strcmp(state, "offered") == 0 && strcmp(store_rows_text(rows, 5), "held") == 0 && until_ms > a->now_ms;
        bool waits = strcmp(state, "waiting") == 0;
        json_object_set_new(a->answer, "waiting", json_integer(id));
        json_object_set_new(a->answer, "state", json_string(waits ? "waiting" : offered ? "offered" : "ended"));
        json_object_set_new(a->answer, "count", json_integer(store_rows_number(rows, 1)));
        json_object_set_new(a->answer, "resource", json_string(store_rows_text(rows, 3)));
        json_object_set_new(a->answer, "slot", json_string(store_rows_text(rows, 4)));
        json_object_set_new(a->answer, "before", json_integer(waits ? before : 0));
        json_object_set_new(a->answer, "at_ms", json_integer(a->now_ms));
        if (store_rows_number(rows, 2)) // what was offered, if only once
            json_object_set_new(a->answer, "order", json_integer(store_rows_number(rows, 2)));
        if (offered)
            json_object_set_new(a->answer, "until_ms", json_integer(until_ms));
    }
    status = store_rows_end(rows);
    return status == PISTE_OK && !found ? desk_refuse(a, "not_waiting", "nobody waits under the number %" PRId64, id) : status;
}

// ---- texts to sign ---------------------------------------------------------------------------------------------------------

static json_t *text_json(const store_rows *rows, bool whole) {
    json_t *t = json_pack("{s:s,s:I,s:s,s:s,s:I,s:b}", "agreement", store_rows_text(rows, 0), "version",
                          (json_int_t)store_rows_number(rows, 1), "language", store_rows_text(rows, 2), "title",
                          store_rows_text(rows, 3), "adult_age", (json_int_t)store_rows_number(rows, 4), "leader",
                          (int)store_rows_number(rows, 5));
    if (t && whole)
        json_object_set_new(t, "words", json_string(store_rows_text(rows, 6)));
    return t;
}

piste_status desk_texts_run(desk_act *a) {
    const char *key = desk_text(a->request, "agreement"), *language = desk_text(a->request, "language");
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(a->answer, "texts", list);
    if ((*key != 0) != (*language != 0))
        return desk_invalid(a, "expected agreement and language, or neither");
    piste_status status =
        STORE_QUERY(a->db, &rows,
                    "SELECT t.key, t.version, t.language, t.title, t.adult_age, t.leader_may, t.words FROM agreement_text t"
                    " WHERE t.valid_from <= $1 AND ($2 = '' OR (t.key = $2 AND t.language = $3)) AND t.version = (SELECT "
                    "max(n.version) FROM agreement_text n WHERE n.key = t.key AND n.valid_from <= $1) ORDER BY t.key, "
                    "t.language",
                    store_number(a->now_ms / DAY_MS), store_text(key), store_text(language));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, text_json(rows, *key));
    status = store_rows_end(rows);
    if (status == PISTE_OK && *key && json_array_size(list) == 0)
        return desk_refuse(a, "no_text", "there is no text of %s in %s", key, language);
    return status;
}
