// hold.c - orders without a price: places held, taken, given back; and the end of every hold whose time is over.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"

static const desk_field take_fields[] = {
    {"resource", DESK_TEXT, true, 0, 80, NULL, "what"},
    {"slot", DESK_TEXT, true, 0, 40, NULL, "when"},
    {"quota", DESK_TEXT, false, 0, 60, NULL, "as whom"},
    {"count", DESK_INT, false, 1, DESK_COUNT_MAX, NULL, "how many; 1"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_hold_fields[] = {
    {"takes", DESK_LIST, true, 1, 1000, take_fields, "all of these or nothing"},
    {"for_s", DESK_INT, false, 1, 400 * 86400, NULL, "how long a hold lasts, seconds; 900"},
    {"channel", DESK_TEXT, false, 0, 40, NULL, "where it is sold"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_return_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"resource", DESK_TEXT, false, 0, 80, NULL, "what; all of the order where not given"},
    {"slot", DESK_TEXT, false, 0, 40, NULL, "when"},
    {"count", DESK_INT, false, 1, DESK_COUNT_MAX, NULL, "how many; 1"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
const desk_field desk_order_field[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

enum { HOLD_S = 900 };

static const store_table orders = {
    "orders",
    "INSERT INTO orders (id, state, until_ms, offer_of, opened_ms, channel, agency, customer, currency, total_minor,"
    " paid_minor, kept_minor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    12,
};

piste_status desk_order_add(desk_act *a, const desk_order_row *o) {
    return STORE_APPEND(a->db, &orders, store_number(o->id), store_text(o->state), store_number(o->until_ms),
                        store_number(o->offer_of), store_number(a->now_ms), store_text(o->channel),
                        store_text(o->agency), store_number(o->customer), store_text(o->currency),
                        store_number(o->total_minor), store_number(o->paid_minor), store_number(o->kept_minor));
}

piste_status desk_order_hold(desk_act *a, int64_t id, const char *state, int64_t until_ms, int64_t offer_of,
                             const char *channel) {
    desk_order_row o = {.id = id, .until_ms = until_ms, .offer_of = offer_of};
    snprintf(o.state, sizeof o.state, "%s", state);
    snprintf(o.channel, sizeof o.channel, "%s", channel);
    return desk_order_add(a, &o);
}

static piste_status take(desk_act *a, const char *state, int64_t until_ms) {
    const json_t *takes = json_object_get(a->request, "takes");
    size_t count = json_array_size(takes);
    desk_want *wants = calloc(count, sizeof *wants);
    if (!wants)
        return PISTE_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const json_t *t = json_array_get(takes, i);
        wants[i] = (desk_want){desk_text(t, "resource"), desk_text(t, "slot"), desk_text(t, "quota"),
                               desk_number(t, "count", 1), 0};
    }
    int64_t order = desk_next_id(a);
    piste_status status = desk_take(a, order, wants, (int)count);
    free(wants);
    if (status == PISTE_OK)
        status = desk_order_hold(a, order, state, until_ms, 0, desk_text(a->request, "channel"));
    a->subject = order;
    json_object_set_new(a->answer, "order", json_integer(order));
    if (until_ms)
        json_object_set_new(a->answer, "until_ms", json_integer(until_ms));
    return status;
}

piste_status desk_hold_run(desk_act *a) {
    return take(a, "held", a->now_ms + 1000 * desk_number(a->request, "for_s", HOLD_S));
}
piste_status desk_take_run(desk_act *a) {
    return take(a, "sold", 0);
}

static piste_status load(desk_act *a, desk_order_row *o) {
    a->subject = desk_number(a->request, "order", 0);
    return desk_order_load(a, a->subject, o);
}

// What is left of an offer is told to nobody else: the party that had it has left the list.
static piste_status end_order(desk_act *a, const desk_order_row *o) {
    piste_status status = desk_return(a, a->subject, -1);
    if (o->paid_minor) { // a deposit whose rest did not come
        desk_post(a, o->currency, o->paid_minor, "Liabilities:Deposits");
        desk_post(a, o->currency, -o->paid_minor, "Income:cancelling");
    }
    if (status == PISTE_OK)
        status =
            STORE_RUN(a->db, "UPDATE orders SET state = 'ended', until_ms = 0 WHERE id = $1", store_number(a->subject));
    if (status == PISTE_OK && *o->currency)
        status = STORE_RUN(a->db, "UPDATE position SET state = 'ended' WHERE" DESK_LINES_OF("", "$1"), store_number(a->subject));
    if (status == PISTE_OK && o->offer_of)
        status = STORE_RUN(a->db, "UPDATE waiting SET state = 'ended' WHERE id = $1", store_number(o->offer_of));
    json_object_set_new(a->answer, "order", json_integer(a->subject));
    json_object_set_new(a->answer, "state", json_string("ended"));
    return status;
}

piste_status desk_confirm_run(desk_act *a) {
    desk_order_row o;
    piste_status status = load(a, &o);
    if (status != PISTE_OK)
        return status;
    if (strcmp(o.state, "held") != 0 || o.until_ms <= a->now_ms)
        return desk_refuse(a, "hold_ended", "order %" PRId64 " is %s: there is nothing to confirm", a->subject,
                           strcmp(o.state, "held") ? o.state : "over");
    if (*o.currency)
        return desk_refuse(a, "not_paid", "order %" PRId64 " has a price: it becomes sold by paying", a->subject);
    status = STORE_RUN(a->db, "UPDATE orders SET state = 'sold', until_ms = 0 WHERE id = $1", store_number(a->subject));
    if (status == PISTE_OK && o.offer_of)
        status = STORE_RUN(a->db, "UPDATE waiting SET state = 'ended' WHERE id = $1", store_number(o.offer_of));
    json_object_set_new(a->answer, "order", json_integer(a->subject));
    json_object_set_new(a->answer, "state", json_string("sold"));
    return status;
}

piste_status desk_return_run(desk_act *a) {
    desk_order_row o;
    piste_status status = load(a, &o);
    if (status != PISTE_OK)
        return status;
    if (strcmp(o.state, "ended") == 0)
        return desk_refuse(a, "hold_ended", "order %" PRId64 " has ended", a->subject);
    if (*o.currency)
        return desk_refuse(a, "has_price", "order %" PRId64 " has a price: it is given back by cancelling", a->subject);
    const char *resource = desk_text(a->request, "resource");
    if (!*resource)
        return end_order(a, &o);
    status =
        desk_return_some(a, a->subject, resource, desk_text(a->request, "slot"), desk_number(a->request, "count", 1));
    json_object_set_new(a->answer, "order", json_integer(a->subject));
    return status;
}

piste_status desk_end_run(desk_act *a) {
    desk_order_row o;
    piste_status status = load(a, &o);
    if (status != PISTE_OK)
        return status;
    if (o.until_ms == 0 || o.until_ms > a->now_ms)
        return desk_refuse(a, "not_due", "order %" PRId64 " is %s", a->subject, o.until_ms ? "not over yet" : o.state);
    return end_order(a, &o);
}

// ---- by itself -----------------------------------------------------------------------------------------------------

enum { DUE_AT_ONCE = 256 };

static piste_status due(store_db *db, int64_t now_ms, int64_t *list, int *count) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows, "SELECT id FROM orders WHERE until_ms > 0 AND until_ms <= $1 ORDER BY until_ms, id LIMIT 256",
        store_number(now_ms));
    *count = 0;
    if (status != PISTE_OK)
        return status;
    while (*count < DUE_AT_ONCE && store_rows_next(rows))
        list[(*count)++] = store_rows_number(rows, 0);
    return store_rows_end(rows);
}

// An end may be followed by an offer that is due at once only if it lasts no time, which it cannot: this comes to an
// end.
piste_status desk_end_due(desk *d, store_db *db) {
    int64_t list[DUE_AT_ONCE], now_ms = desk_now_ms(d);
    int count = DUE_AT_ONCE;
    while (count == DUE_AT_ONCE) {
        piste_status status = due(db, now_ms, list, &count);
        for (int i = 0; i < count && status == PISTE_OK; i++) {
            char key[40];
            snprintf(key, sizeof key, "end:%" PRId64, list[i]);
            json_t *request = json_pack("{s:I}", "order", (json_int_t)list[i]);
            status = request ? desk_run_system(d, db, "end", key, request) : PISTE_MEMORY;
            json_decref(request);
        }
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}
