// till.c - the room Till: what a cashier chooses from, finding what was scanned or typed, and sales whose holders are told.
// What else is done is the desk's acts (acts.c).
#include <inttypes.h>
#include <stdlib.h>

#include "desk/issued.h"
#include "desk/money.h"
#include "piste/pass.h"
#include "serve/shop.h"

enum { TILL = DESK_ROLE_CASHIER | DESK_ROLE_MANAGER };

typedef struct reading {
    json_t *answer;
} reading;

// Above which refunds two people are needed; where anything is told, any refund in another currency.
static piste_status add_limits(store_db *db, json_t *answer) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(answer, "two_above", list);
    piste_status status = STORE_QUERY(db, &rows, "SELECT currency, amount_minor FROM two_above WHERE amount_minor >= $1 ORDER BY currency", store_number(0));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:o}", "amount", desk_money_json(store_rows_text(rows, 0), store_rows_number(rows, 1))));
    return store_rows_end(rows);
}

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
        const char *name, *columns[8], *sql;
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
        {"needs", {"product", "purpose", "name", "fields", "keep_days", "required", NULL},
         "SELECT n.product, n.purpose, p.name, p.fields, p.keep_days, n.is_required FROM need n JOIN purpose p ON p.key = n.purpose"
         " WHERE $1 = $1 ORDER BY n.product, n.is_required DESC, n.purpose"},
        {"roundings", {"currency", "tender", "step_minor", "mode", NULL}, "SELECT currency, tender, step_minor, mode FROM rounding WHERE $1 = $1"},
        {"providers", {"provider", NULL}, "SELECT key FROM provider WHERE $1 = $1 ORDER BY key"},
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
    return status == PISTE_OK ? add_limits(db, r->answer) : status;
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

// ---- finding: an order by its number, its guest's code or link, one of its passes; a voucher by its code --------------------

typedef struct finding {
    const char *text;
    int64_t order;
    json_t *voucher;
} finding;

static piste_status read_voucher(store_db *db, finding *f) {
    store_rows *rows = NULL;
    int64_t left = 0;
    char account[120], currency[4] = "";
    piste_status status = STORE_QUERY(db, &rows, "SELECT code, kind, currency, amount_minor, percent_bp, valid_from, valid_until FROM voucher WHERE code = $1",
                                      store_text(f->text));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        snprintf(currency, sizeof currency, "%s", store_rows_text(rows, 2));
        f->voucher = json_pack("{s:s,s:s,s:I}", "code", store_rows_text(rows, 0), "kind", store_rows_text(rows, 1), "percent_bp",
                               (json_int_t)store_rows_number(rows, 4));
        if (store_rows_number(rows, 5) != DESK_ALWAYS_FROM)
            json_object_set_new(f->voucher, "from", desk_date_json(store_rows_number(rows, 5)));
        if (store_rows_number(rows, 6) != DESK_ALWAYS_UNTIL)
            json_object_set_new(f->voucher, "until", desk_date_json(store_rows_number(rows, 6)));
        if (*currency)
            json_object_set_new(f->voucher, "amount", desk_money_json(currency, store_rows_number(rows, 3)));
    }
    status = store_rows_end(rows);
    if (status != PISTE_OK || strcmp(desk_text(f->voucher, "kind"), "gift") != 0)
        return status;
    snprintf(account, sizeof account, "Liabilities:Vouchers:%s", f->text);
    status = STORE_FIND_NUMBER(db, &left, NULL,
                               "SELECT CAST(coalesce(-sum(amount_minor), 0) AS BIGINT) FROM posting WHERE substr(account, 1, 21) = "
                               "'Liabilities:Vouchers:' AND account = $1 AND currency = $2",
                               store_text(account), store_text(currency));
    json_object_set_new(f->voucher, "left", desk_money_json(currency, left));
    return status;
}

static piste_status read_found(store_db *db, void *context) {
    finding *f = context;
    int64_t there = 0;
    json_decref(f->voucher);
    f->voucher = NULL;
    if (!f->order)
        return read_voucher(db, f);
    piste_status status = STORE_FIND_NUMBER(db, &there, NULL, "SELECT count(*) FROM orders WHERE id = $1", store_number(f->order));
    f->order = there ? f->order : 0;
    return status;
}

// The order that a guest's code belongs to, alone or as the end of the order's link.
static piste_status find_code(desk *d, const char *text, int64_t *order) {
    const char *hash = strrchr(text, '#');
    char key[SHOP_KEY_TEXT], act[24] = "";
    int64_t subject = 0;
    if (!shop_key(hash ? hash + 1 : text, key))
        return PISTE_OK;
    piste_status status = desk_key_find(d, key, act, &subject);
    *order = status == PISTE_OK && strcmp(act, "order") == 0 ? subject : 0;
    return status;
}

static piste_status find_pass(desk *d, const char *text, int64_t *order) {
    uint8_t token[PISTE_PASS_BYTES];
    piste_pass pass = {.id = 0};
    int64_t position = 0;
    bool is_token = piste_pass_from_text(text, strlen(text), token) == PISTE_OK && piste_pass_read(token, &pass) == PISTE_OK;
    if (!is_token && piste_pass_id_from_text(text, &pass.id) != PISTE_OK)
        return PISTE_OK;
    piste_status status = desk_issued_find(d, pass.id, order, &position);
    return status == PISTE_NOT_FOUND ? PISTE_OK : status;
}

static void find_run(serve_request *q) {
    desk *d = q->serve->desk;
    finding f = {.text = desk_text(q->fields, "text")};
    bool is_number = strspn(f.text, "0123456789") == strlen(f.text) && strlen(f.text) < 16;
    f.order = is_number ? strtoll(f.text, NULL, 10) : 0;
    piste_status status = is_number ? PISTE_OK : find_code(d, f.text, &f.order);
    if (status == PISTE_OK && !f.order)
        status = find_pass(d, f.text, &f.order);
    if (status == PISTE_OK)
        status = store_read(desk_get_store(d), read_found, &f);
    if (status != PISTE_OK)
        serve_answer_status(q, status, NULL);
    else if (f.order)
        serve_answer(q, 200, json_pack("{s:I}", "order", (json_int_t)f.order));
    else if (f.voucher)
        serve_answer(q, 200, json_pack("{s:O}", "voucher", f.voucher));
    else
        serve_refuse(q, 404, "not_found", "there is no order, pass or voucher of this number or code");
    json_decref(f.voucher);
}

// ---- selling -----------------------------------------------------------------------------------------------------------

static void order_run(serve_request *q) {
    static const char *const kept[] = {"key", "agency", "currency", "voucher", "payments", "offer"};
    json_t *request = json_pack("{s:s,s:s,s:o}", "act", "order", "channel", "till", "positions", shop_positions(json_object_get(q->fields, "positions")));
    for (size_t i = 0; request && i < BASE_COUNT(kept); i++)
        if (json_object_get(q->fields, kept[i]))
            json_object_set(request, kept[i], json_object_get(q->fields, kept[i]));
    shop_order(q, request, shop_answer);
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
static const desk_field need_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "whose holder is known"},
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "for which"},
    {"name", DESK_TEXT, true, 0, 200, NULL, "of the purpose"},
    {"fields", DESK_TEXT, true, 0, 200, NULL, "what is held, such as: name birth"},
    {"keep_days", DESK_INT, true, 0, INT64_MAX, NULL, "how long"},
    {"required", DESK_INT, true, 0, 1, NULL, "1: it is not sold without"},
    {.type = DESK_END},
};
static const desk_field provider_fields[] = {
    {"provider", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {.type = DESK_END},
};
static const desk_field rounding_fields[] = {
    {"currency", DESK_CURRENCY, true, 0, 0, NULL, ""},
    {"tender", DESK_SLUG, true, 0, 40, NULL, "in which it is paid"},
    {"step_minor", DESK_INT, true, 1, INT64_MAX, NULL, "the least of it that there is"},
    {"mode", DESK_SLUG, true, 0, 10, NULL, "nearest, up or down"},
    {.type = DESK_END},
};
static const desk_field limit_fields[] = {
    {"amount", DESK_TEXT, true, 0, 31, NULL, "50.00 EUR"},
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
    {"needs", DESK_LIST, true, 0, 10000, need_fields, "what is to be known of holders"},
    {"providers", DESK_LIST, true, 0, 100, provider_fields, "by whom can be paid"},
    {"roundings", DESK_LIST, true, 0, 1000, rounding_fields, "what can be paid of a currency"},
    {"two_above", DESK_LIST, true, 0, 200, limit_fields, "refunds above it take two people; with any told, all in other currencies do"},
    {"drawers", DESK_LIST, true, 0, 1000, drawer_fields, "that are open"},
    {"waiting", DESK_LIST, true, 0, 500, waiting_fields, "who waits"},
    {"offers", DESK_LIST, true, 0, 500, offer_fields, "what was offered to them"},
    {.type = DESK_END},
};

static const desk_field find_fields[] = {
    {"text", DESK_TEXT, true, 1, 300, NULL, "an order's number, its guest's code or link, a pass or its number, a voucher's code"},
    {.type = DESK_END},
};
static const desk_field voucher_fields[] = {
    {"code", DESK_SLUG, true, 0, 40, NULL, "what is written on it"},
    {"kind", DESK_TEXT, true, 0, 10, NULL, "gift or discount"},
    {"percent_bp", DESK_INT, true, 0, 10000, NULL, "of a discount: hundredths of a percent"},
    {"amount", DESK_TEXT, false, 0, 31, NULL, "of a gift: for which it was sold"},
    {"left", DESK_TEXT, false, 0, 31, NULL, "of a gift: what it is still good for"},
    {"from", DESK_DATE, false, 0, 0, NULL, "first day"},
    {"until", DESK_DATE, false, 0, 0, NULL, "last day, included"},
    {.type = DESK_END},
};
static const desk_field found_fields[] = {
    {"order", DESK_INT, false, 1, INT64_MAX, NULL, "the order"},
    {"voucher", DESK_OBJECT, false, 0, 0, voucher_fields, "or the voucher"},
    {.type = DESK_END},
};
static const desk_field position_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"date", DESK_DATE, false, 0, 0, NULL, "for when; the business date"},
    {"time", DESK_TEXT, false, 0, 20, NULL, "of a session, such as 10:00"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class of all of them"},
    {"count", DESK_INT, false, 1, DESK_LINES_MAX, NULL, "how many alike; 1"},
    {"persons", DESK_LIST, false, 1, DESK_LINES_MAX, shop_person_fields, "each of them, instead of count"},
    {.type = DESK_END},
};
static const desk_field sale_fields[] = {
    {"key", DESK_TEXT, true, 1, SHOP_KEY_MAX - 1, NULL, "made by the page: sent again, it happens once"},
    {"positions", DESK_LIST, true, 1, DESK_LINES_MAX, position_fields, "what is sold, and to whom where that is to be known"},
    {"agency", DESK_SLUG, false, 0, 40, NULL, "for which"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "of the order"},
    {"voucher", DESK_SLUG, false, 0, 40, NULL, "code of a discount"},
    {"payments", DESK_LIST, false, 1, 20, desk_payment_fields, "what is paid; held where nothing is"},
    {"offer", DESK_INT, false, 1, INT64_MAX, NULL, "the order that a waiting party was offered"},
    {.type = DESK_END},
};

const serve_route serve_till_routes[] = {
    {"POST", "/api/till/find", TILL, find_fields, found_fields, find_run, SERVE_WAITS, NULL,
     "what a number, a code, a pass or a voucher belongs to", NULL},
    {"POST", "/api/till/orders", TILL, sale_fields, NULL, order_run, 0, NULL,
     "sells or holds, as the act order does; who holds what is kept with it", NULL},
    {"GET", "/api/till", TILL, NULL, till_fields, till_run, SERVE_WAITS, NULL, "what a cashier chooses from", NULL},
    {0},
};
