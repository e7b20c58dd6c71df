// till.c - the room Till: what a cashier chooses from. What is done is the desk's acts (acts.c).
#include <stdlib.h>

#include "serve/inside.h"

enum { TILL = DESK_ROLE_CASHIER | DESK_ROLE_MANAGER };

typedef struct reading {
    json_t *answer;
} reading;

// Each row of a query as an object of its columns: texts and numbers as they are.
static piste_status add_list(store_db *db, json_t *answer, const char *name, const char *const *columns, const char *sql, int64_t parameter) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    piste_status status = STORE_QUERY(db, &rows, sql, store_number(parameter));
    json_object_set_new(answer, name, list);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        json_t *one = json_object();
        for (int i = 0; columns[i]; i++) {
            store_value v = store_rows_value(rows, i);
            json_object_set_new(one, columns[i], v.type == STORE_NUMBER ? json_integer(v.number) : json_string(store_rows_text(rows, i)));
        }
        json_array_append_new(list, one);
    }
    return store_rows_end(rows);
}

static piste_status read_all(store_db *db, void *context) {
    static const struct {
        const char *name, *columns[6], *sql;
    } lists[] = {
        {"products",
         {"product", "name", "kind", "is_session", NULL},
         "SELECT key, name, kind, CASE WHEN takes LIKE '%\"session\"%' THEN 1 ELSE 0 END FROM product p WHERE EXISTS"
         " (SELECT 1 FROM price WHERE product = p.key AND agency = '' AND valid_until >= $1)"
         " ORDER BY CASE kind WHEN 'day' THEN 0 WHEN 'half-day' THEN 1 WHEN 'multi-day' THEN 2 WHEN 'points' THEN 3 WHEN 'season' THEN 4"
         " WHEN 'rental' THEN 5 WHEN 'lesson' THEN 6 WHEN 'session' THEN 7 WHEN 'programme' THEN 8 ELSE 9 END, name"},
        {"classes", {"class", "name", "age_from", "age_until", "group_from", NULL},
         "SELECT key, name, age_from, age_until, group_from FROM class WHERE $1 = $1 ORDER BY key"},
        {"prices", {"product", "class", NULL}, "SELECT DISTINCT product, class FROM price WHERE agency = '' AND valid_until >= $1 ORDER BY product, class"},
        {"agencies", {"agency", "name", NULL}, "SELECT key, name FROM agency WHERE $1 = $1 ORDER BY name"},
        {"currencies", {"currency", NULL},
         "SELECT currency FROM (SELECT source_currency AS currency FROM rate UNION SELECT target_currency FROM rate UNION SELECT currency FROM"
         " price) c WHERE $1 = $1 ORDER BY currency"},
        {"drawers", {"drawer", "cashier", NULL}, "SELECT drawer, cashier FROM shift WHERE closed_entry = 0 AND $1 = $1 ORDER BY drawer"},
        {"waiting", {"waiting", "resource", "slot", "count", "contact", NULL},
         "SELECT w.id, a.resource, a.slot, w.count, w.contact FROM waiting w JOIN allotment a ON a.id = w.allotment"
         " WHERE w.state = 'waiting' AND $1 = $1 ORDER BY w.id LIMIT 500"},
        {"offers", {"order", "contact", "count", "until_ms", NULL},
         "SELECT o.id, w.contact, w.count, o.until_ms FROM orders o JOIN waiting w ON w.id = o.offer_of"
         " WHERE o.state = 'held' AND w.state = 'offered' AND $1 = $1 ORDER BY o.until_ms LIMIT 500"},
    };
    reading *r = context;
    desk_head head;
    piste_status status = desk_head_load(db, &head);
    json_object_clear(r->answer);
    char day[11] = "";
    if (status == PISTE_OK && head.day != PISTE_DATE_NONE)
        piste_date_format(head.day, day);
    json_object_set_new(r->answer, "day", json_string(day));
    for (size_t i = 0; i < BASE_COUNT(lists) && status == PISTE_OK; i++)
        status = add_list(db, r->answer, lists[i].name, lists[i].columns, lists[i].sql, head.day);
    return status;
}

static void till_run(serve_request *q) {
    reading r = {json_object()};
    piste_status status = r.answer ? store_read(desk_get_store(q->serve->desk), read_all, &r) : PISTE_MEMORY;
    if (status != PISTE_OK) {
        json_decref(r.answer);
        serve_answer_status(q, status, NULL);
        return;
    }
    json_object_set_new(r.answer, "at_ms", json_integer(desk_clock_ms(q->serve->desk)));
    json_object_set_new(r.answer, "zone", json_string(q->serve->resort->zone));
    json_object_set_new(r.answer, "resort", json_string(q->serve->resort->name));
    serve_answer(q, 200, r.answer);
}

// ---- routes ------------------------------------------------------------------------------------------------------------------

static const desk_field product_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {"kind", DESK_TEXT, true, 0, 20, NULL, "day, half-day ..."},
    {"is_session", DESK_INT, true, 0, 1, NULL, "1: it is for a time of the day"},
    {.type = DESK_END},
};
static const desk_field class_fields[] = {
    {"class", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {"age_from", DESK_INT, true, INT64_MIN, INT64_MAX, NULL, "years; it goes by age where both are told"},
    {"age_until", DESK_INT, true, INT64_MIN, INT64_MAX, NULL, "included"},
    {"group_from", DESK_INT, true, INT64_MIN, INT64_MAX, NULL, "persons of the order"},
    {.type = DESK_END},
};
static const desk_field price_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "has a price"},
    {"class", DESK_SLUG, true, 0, 40, NULL, "for whom"},
    {.type = DESK_END},
};
static const desk_field agency_fields[] = {
    {"agency", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {.type = DESK_END},
};
static const desk_field currency_fields[] = {
    {"currency", DESK_CURRENCY, true, 0, 0, NULL, ""},
    {.type = DESK_END},
};
static const desk_field drawer_fields[] = {
    {"drawer", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"cashier", DESK_TEXT, true, 0, 60, NULL, "whose shift it is"},
    {.type = DESK_END},
};
static const desk_field waiting_fields[] = {
    {"waiting", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {"resource", DESK_TEXT, true, 0, 80, NULL, "for what"},
    {"slot", DESK_TEXT, true, 0, 40, NULL, "when"},
    {"count", DESK_INT, true, 1, INT64_MAX, NULL, "persons"},
    {"contact", DESK_TEXT, true, 0, 40, NULL, "by which they are told"},
    {.type = DESK_END},
};
static const desk_field offer_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "that holds it"},
    {"contact", DESK_TEXT, true, 0, 40, NULL, "who is told"},
    {"count", DESK_INT, true, 1, INT64_MAX, NULL, "persons"},
    {"until_ms", DESK_INT, true, 0, INT64_MAX, NULL, "how long it is held"},
    {.type = DESK_END},
};
static const desk_field till_fields[] = {
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    {"zone", DESK_TEXT, true, 0, 64, NULL, "the resort's time zone"},
    {"resort", DESK_TEXT, true, 0, 200, NULL, "its name"},
    {"day", DESK_TEXT, true, 0, 10, NULL, "the business day; empty: none is open"},
    {"products", DESK_LIST, true, 0, 10000, product_fields, "that have a price"},
    {"classes", DESK_LIST, true, 0, 1000, class_fields, ""},
    {"prices", DESK_LIST, true, 0, 100000, price_fields, "who can be sold what"},
    {"agencies", DESK_LIST, true, 0, 10000, agency_fields, ""},
    {"currencies", DESK_LIST, true, 0, 200, currency_fields, "that can be paid in"},
    {"drawers", DESK_LIST, true, 0, 1000, drawer_fields, "that are open"},
    {"waiting", DESK_LIST, true, 0, 500, waiting_fields, "who waits"},
    {"offers", DESK_LIST, true, 0, 500, offer_fields, "what was offered to them"},
    {.type = DESK_END},
};

const serve_route serve_till_routes[] = {
    {"GET", "/api/till", TILL, NULL, till_fields, till_run, SERVE_WAITS, NULL, "what a cashier chooses from", NULL},
    {0},
};
