// order.c - quotes, orders, their payment, cancelling and changing.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"
#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field person_fields[] = {
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class that the person shows to be of"},
    {"age", DESK_INT, false, 0, 130, NULL, "years"},
    {"nationality", DESK_TEXT, false, 0, 2, NULL, "two letters of ISO 3166: may they come then?"},
    {"person", DESK_INT, false, 1, INT64_MAX, NULL, "reference to whose data are held apart"},
    END,
};
static const desk_field position_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"date", DESK_DATE, false, 0, 0, NULL, "for when; the business date"},
    {"time", DESK_TEXT, false, 0, 20, NULL, "of a session, such as 10:00"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class of all of them"},
    {"count", DESK_INT, false, 1, 10000, NULL, "how many alike; 1"},
    {"persons", DESK_LIST, false, 1, 10000, person_fields, "each of them, instead of count"},
    END,
};
#define WHAT                                                                                                           \
    {"positions", DESK_LIST, true, 1, 1000, position_fields, "what is wanted"},                                        \
        {"agency", DESK_SLUG, false, 0, 40, NULL, "for which, at its agreed rate"},                                    \
        {"channel", DESK_SLUG, false, 0, 40, NULL, "where it is sold"},                                                \
        {"currency", DESK_CURRENCY, false, 0, 0, NULL, "of the order; that of its first price"}, {                     \
        "voucher", DESK_SLUG, false, 0, 40, NULL, "code of a discount"                                                 \
    }
#define PAYING                                                                                                         \
    {"payments", DESK_LIST, false, 1, 20, desk_payment_fields, "what is paid"}, {                                      \
        "deposit_until", DESK_DATE, false, 0, 0, NULL,                                                                 \
            "what is paid is a deposit; the rest is due by the end of this day"                                        \
    }

const desk_field desk_quote_fields[] = {WHAT, END};
const desk_field desk_order_fields[] = {
    WHAT,
    PAYING,
    {"for_s", DESK_INT, false, 1, 400 * 86400, NULL, "how long it is held unpaid, seconds; 900"},
    {"customer", DESK_INT, false, 1, INT64_MAX, NULL, "the person who orders, or leads the group, as by the act customer"},
    {"offer", DESK_INT, false, 1, INT64_MAX, NULL,
     "the order that a waiting party was offered, whose places these are"},
    END,
};
const desk_field desk_pay_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    PAYING,
    END,
};
static const desk_field line_fields[] = {
    {"position", DESK_INT, true, 1, DESK_LINES_MAX, NULL, "its number in the order"},
    END,
};
const desk_field desk_cancel_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"positions", DESK_LIST, false, 1, DESK_LINES_MAX, line_fields, "which of it; all where not given"},
    {"keep", DESK_TEXT, false, 0, 31, NULL, "what is not given back, in the order's currency"},
    {"drawer", DESK_SLUG, false, 0, 40, NULL, "out of which cash is given back"},
    {"no_show", DESK_BOOL, false, 0, 0, NULL, "they did not come: places are given back, money is not"},
    END,
};
const desk_field desk_move_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"positions", DESK_LIST, true, 1, DESK_LINES_MAX, line_fields, "which of it"},
    {"to", DESK_OBJECT, true, 0, 0, position_fields, "what they become: product, date, time, class"},
    {"payments", DESK_LIST, false, 1, 20, desk_payment_fields, "what is paid when it costs more"},
    {"drawer", DESK_SLUG, false, 0, 40, NULL, "out of which cash is given back when it costs less"},
    END,
};

enum { HOLD_S = 900, DAY_MS = 86400000 };

piste_status desk_day_check(desk_act *a) {
    return a->day == PISTE_DATE_NONE ? desk_refuse(a, "no_day", "no business day is open; begin with the act open")
                                     : PISTE_OK;
}

// ---- rows ----------------------------------------------------------------------------------------------------------

piste_status desk_order_load(desk_act *a, int64_t id, desk_order_row *o) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT state, until_ms, offer_of, total_minor, paid_minor, currency, agency, "
                                      "channel, kept_minor FROM orders WHERE id = $1",
                                      store_number(id));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        *o = (desk_order_row){.id = id,
                              .until_ms = store_rows_number(rows, 1),
                              .offer_of = store_rows_number(rows, 2),
                              .total_minor = store_rows_number(rows, 3),
                              .paid_minor = store_rows_number(rows, 4),
                              .kept_minor = store_rows_number(rows, 8)};
        snprintf(o->state, sizeof o->state, "%s", store_rows_text(rows, 0));
        snprintf(o->currency, sizeof o->currency, "%s", store_rows_text(rows, 5));
        snprintf(o->agency, sizeof o->agency, "%s", store_rows_text(rows, 6));
        snprintf(o->channel, sizeof o->channel, "%s", store_rows_text(rows, 7));
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "no_order", "there is no order %" PRId64, id);
    return status;
}

piste_status desk_order_save(desk_act *a, const desk_order_row *o) {
    return STORE_RUN(
        a->db,
        "UPDATE orders SET state = $1, until_ms = $2, total_minor = $3, paid_minor = $4, kept_minor = $5 WHERE id = $6",
        store_text(o->state), store_number(o->until_ms), store_number(o->total_minor), store_number(o->paid_minor),
        store_number(o->kept_minor), store_number(o->id));
}

static const store_table positions = {
    "position",
    "INSERT INTO position (id, product, class, date, slot, price_minor, returned_minor, state, person)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    9,
};

static piste_status insert_positions(desk_act *a, int64_t order, const desk_quote *q, int64_t first) {
    for (int i = 0; i < q->count; i++) {
        const desk_quote_line *l = &q->lines[i];
        bool same = i && l->person == 0 && l[-1].person == 0 && strcmp(l->product, l[-1].product) == 0;
        piste_status status = same ? PISTE_OK : desk_holder_check(a, l->product, l->person);
        if (status != PISTE_OK)
            return status;
        status = STORE_APPEND(a->db, &positions, store_number(desk_line_id(order, first + i)), store_text(l->product),
                              store_text(l->class_key), store_number(l->date), store_text(l->time),
                              store_number(l->price_minor), store_number(0), store_text("live"),
                              store_number(l->person));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static void tell_order(desk_act *a, const desk_order_row *o) {
    a->subject = o->id;
    json_object_set_new(a->answer, "order", json_integer(o->id));
    json_object_set_new(a->answer, "state", json_string(o->state));
    json_object_set_new(a->answer, "total", desk_money_json(o->currency, o->total_minor));
    json_object_set_new(a->answer, "due", desk_money_json(o->currency, o->total_minor - o->paid_minor));
    if (o->until_ms)
        json_object_set_new(a->answer, "until_ms", json_integer(o->until_ms));
}

// ---- paying --------------------------------------------------------------------------------------------------------

// The order is paid: what stood under deposits becomes income, product by product.
static piste_status sell(desk_act *a, desk_order_row *o) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        a->db, &rows, "SELECT product, price_minor FROM position WHERE" DESK_LINES_OF("", "$1") "AND state = 'live' ORDER BY id",
        store_number(o->id));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        desk_post(a, o->currency, -store_rows_number(rows, 1), "Income:%s", store_rows_text(rows, 0));
    desk_post(a, o->currency, o->total_minor, "Liabilities:Deposits");
    snprintf(o->state, sizeof o->state, "sold");
    o->until_ms = 0;
    return store_rows_end(rows);
}

// A new order's positions are those of its quote: they are not read again.
static piste_status sell_quote(desk_act *a, desk_order_row *o, const desk_quote *q) {
    for (int i = 0; i < q->count; i++)
        desk_post(a, o->currency, -q->lines[i].price_minor, "Income:%s", q->lines[i].product);
    desk_post(a, o->currency, o->total_minor, "Liabilities:Deposits");
    snprintf(o->state, sizeof o->state, "sold");
    o->until_ms = 0;
    return PISTE_OK;
}

// `q`: of a new order, otherwise NULL.
static piste_status pay(desk_act *a, desk_order_row *o, const desk_quote *q) {
    desk_due d = {.minor = o->total_minor - o->paid_minor,
                  .order = o->id,
                  .agency = o->agency,
                  .account = "Liabilities:Deposits"};
    char text[DESK_MONEY_TEXT];
    const json_t *payments = json_object_get(a->request, "payments");
    memcpy(d.currency, o->currency, sizeof d.currency);
    piste_status status = desk_payments_take(a, payments, &d);
    if (status != PISTE_OK)
        return status;
    o->paid_minor = o->total_minor - d.minor;
    piste_date until = desk_date(a->request, "deposit_until", PISTE_DATE_NONE);
    if (d.minor == 0)
        return q ? sell_quote(a, o, q) : sell(a, o);
    if (!payments)
        return PISTE_OK;
    if (until == PISTE_DATE_NONE && strcmp(o->state, "reserved") != 0)
        return desk_refuse(a, "not_paid", "%s is still due; deposit_until makes what is paid a deposit",
                           desk_money_format(o->currency, d.minor, text));
    snprintf(o->state, sizeof o->state, "reserved");
    if (until != PISTE_DATE_NONE)
        o->until_ms = ((int64_t)until + 1) * DAY_MS;
    return o->until_ms > a->now_ms ? PISTE_OK : desk_refuse(a, "past", "deposit_until is over");
}

piste_status desk_pay_run(desk_act *a) {
    desk_order_row o;
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_order_load(a, desk_number(a->request, "order", 0), &o);
    if (status != PISTE_OK)
        return status;
    bool open = strcmp(o.state, "held") == 0 || strcmp(o.state, "reserved") == 0;
    if (!open || (o.until_ms && o.until_ms <= a->now_ms))
        return desk_refuse(a, "hold_ended", "order %" PRId64 " is %s: nothing can be paid", o.id,
                           open ? "over" : o.state);
    if (!*o.currency)
        return desk_refuse(a, "no_price", "order %" PRId64 " has no price", o.id);
    status = pay(a, &o, NULL);
    if (status == PISTE_OK)
        status = desk_order_save(a, &o);
    tell_order(a, &o);
    return status;
}

// ---- quotes and orders ---------------------------------------------------------------------------------------------

piste_status desk_quote_run(desk_act *a) {
    desk_quote q;
    piste_status status = desk_quote_make(a, a->request, &q);
    if (status == PISTE_OK) {
        json_object_set_new(a->answer, "lines", desk_quote_explain(a, &q));
        json_object_set_new(a->answer, "total", desk_money_json(q.currency, q.total_minor));
    }
    desk_quote_release(&q);
    return status;
}

// A waiting party takes what it was offered: its places come back and are taken again in one act, past whoever waits.
static piste_status take_up_offer(desk_act *a, const desk_quote *q) {
    int64_t id = desk_number(a->request, "offer", 0), count = 0;
    desk_order_row o;
    if (id == 0)
        return PISTE_OK;
    piste_status status = desk_order_load(a, id, &o);
    if (status != PISTE_OK)
        return status;
    if (!o.offer_of || strcmp(o.state, "held") != 0 || o.until_ms <= a->now_ms)
        return desk_refuse(a, "hold_ended", "order %" PRId64 " is no offer that is open", id);
    status = STORE_FIND_NUMBER(a->db, &count, NULL,
                               "SELECT CAST(coalesce(sum(count), 0) AS BIGINT) FROM claim WHERE" DESK_LINES_OF("", "$1"),
                               store_number(id));
    if (status == PISTE_OK && q->count > count)
        return desk_refuse(a, "too_many", "%d are wanted and %" PRId64 " were offered", q->count, count);
    if (status == PISTE_OK)
        status = desk_return(a, id, -1);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE orders SET state = 'ended', until_ms = 0 WHERE id = $1", store_number(id));
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE waiting SET state = 'ended' WHERE id = $1", store_number(o.offer_of));
    a->is_offered = true;
    return status;
}

static piste_status make_order(desk_act *a, const desk_quote *q, desk_order_row *o) {
    *o = (desk_order_row){.id = desk_next_id(a), .state = "held", .total_minor = q->total_minor};
    o->until_ms = a->now_ms + 1000 * desk_number(a->request, "for_s", HOLD_S);
    o->customer = desk_number(a->request, "customer", 0);
    memcpy(o->currency, q->currency, sizeof o->currency);
    snprintf(o->agency, sizeof o->agency, "%s", q->agency);
    snprintf(o->channel, sizeof o->channel, "%s", q->channel);
    piste_status status = o->customer ? desk_person_check(a, o->customer) : PISTE_OK;
    if (status == PISTE_OK)
        status = take_up_offer(a, q);
    if (status == PISTE_OK)
        status = desk_quote_take(a, o->id, q);
    return status == PISTE_OK ? insert_positions(a, o->id, q, 1) : status;
}

piste_status desk_order_run(desk_act *a) {
    desk_quote q;
    desk_order_row o;
    piste_status status = desk_quote_make(a, a->request, &q);
    if (status == PISTE_OK)
        status = make_order(a, &q, &o);
    if (status == PISTE_OK)
        status = pay(a, &o, &q);
    if (status == PISTE_OK)
        status = desk_order_add(a, &o);
    if (status == PISTE_OK)
        tell_order(a, &o);
    desk_quote_release(&q);
    return status;
}

// ---- cancelling ----------------------------------------------------------------------------------------------------

typedef struct chosen {
    int64_t line, price_minor;
    char product[41];
} chosen;

static bool is_wanted(const json_t *lines, int64_t line) {
    for (size_t i = 0; i < json_array_size(lines); i++)
        if (desk_number(json_array_get(lines, i), "position", 0) == line)
            return true;
    return !lines;
}

static piste_status choose(desk_act *a, const desk_order_row *o, chosen **out, size_t *out_count, size_t *live) {
    const json_t *lines = json_object_get(a->request, "positions");
    store_rows *rows = NULL;
    chosen *list = NULL;
    size_t count = 0, capacity = 0;
    bool failed = false;
    *live = 0;
    piste_status status =
        STORE_QUERY(a->db, &rows,
                    "SELECT id % 16777216, price_minor, product FROM position WHERE" DESK_LINES_OF(
                        "", "$1") "AND state = 'live' ORDER BY id",
                    store_number(o->id));
    if (status != PISTE_OK)
        return status;
    while (!failed && store_rows_next(rows)) {
        ++*live;
        if (!is_wanted(lines, store_rows_number(rows, 0)))
            continue;
        if (count == capacity) {
            capacity = capacity ? 2 * capacity : 16;
            chosen *more = realloc(list, capacity * sizeof *more);
            failed = !more;
            list = more ? more : list;
        }
        if (failed)
            break;
        list[count] = (chosen){.line = store_rows_number(rows, 0), .price_minor = store_rows_number(rows, 1)};
        snprintf(list[count++].product, sizeof list->product, "%s", store_rows_text(rows, 2));
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK && !failed && (count == 0 || (lines && count < json_array_size(lines))))
        status =
            desk_refuse(a, "no_position", "order %" PRId64 " has %s", o->id,
                        count ? "not all of these positions, or they have ended" : "no such position that is live");
    if (failed || status != PISTE_OK) {
        free(list);
        return failed ? PISTE_MEMORY : status;
    }
    *out = list;
    *out_count = count;
    return PISTE_OK;
}

static piste_status end_positions(desk_act *a, const desk_order_row *o, const chosen *list, size_t count,
                                  bool paid_back) {
    for (size_t i = 0; i < count; i++) {
        piste_status status = desk_return(a, o->id, list[i].line);
        if (status == PISTE_OK)
            status = STORE_RUN(
                a->db, "UPDATE position SET state = 'ended', returned_minor = $1 WHERE id = $2",
                store_number(paid_back ? list[i].price_minor : 0), store_number(desk_line_id(o->id, list[i].line)));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

// What positions cost leaves the order; of what was paid beyond the rest all but `keep` goes back.
static piste_status give_back(desk_act *a, desk_order_row *o, const chosen *list, size_t count, int64_t keep) {
    bool sold = strcmp(o->state, "sold") == 0;
    int64_t worth = 0;
    char text[DESK_MONEY_TEXT];
    for (size_t i = 0; i < count; i++) {
        worth += list[i].price_minor;
        if (sold)
            desk_post(a, o->currency, list[i].price_minor, "Income:%s", list[i].product);
    }
    o->total_minor -= worth;
    int64_t over = o->paid_minor > o->total_minor ? o->paid_minor - o->total_minor : 0;
    if (keep > over)
        return desk_refuse(a, "not_paid", "only %s was paid for it: no more can be kept",
                           desk_money_format(o->currency, over, text));
    if (!sold && over)
        desk_post(a, o->currency, over, "Liabilities:Deposits");
    desk_post(a, o->currency, -keep, "Income:cancelling");
    o->paid_minor -= over;
    o->kept_minor += keep;
    return desk_payments_return(a, o, over - keep, desk_text(a->request, "drawer"));
}

static piste_status cancel(desk_act *a, desk_order_row *o, const chosen *list, size_t count, size_t live) {
    bool no_show = desk_flag(a->request, "no_show");
    desk_money keep = {"", 0};
    piste_status status =
        json_object_get(a->request, "keep") ? desk_catalogue_money(a, a->request, "keep", &keep) : PISTE_OK;
    if (status == PISTE_OK && *keep.currency && (strcmp(keep.currency, o->currency) != 0 || keep.minor < 0))
        status = desk_invalid(a, "keep: expected an amount in %s that is not below zero", o->currency);
    if (status == PISTE_OK && no_show && strcmp(o->state, "sold") != 0)
        status = desk_refuse(a, "not_paid", "order %" PRId64 " is %s: who did not come has not bought either", o->id,
                             o->state);
    if (status == PISTE_OK)
        status = end_positions(a, o, list, count, !no_show);
    if (status == PISTE_OK && !no_show)
        status = give_back(a, o, list, count, keep.minor);
    if (status != PISTE_OK)
        return status;
    if (count == live) {
        snprintf(o->state, sizeof o->state, "ended");
        o->until_ms = 0;
    } else if (strcmp(o->state, "reserved") == 0 && o->paid_minor == o->total_minor)
        status = sell(a, o); // what is left of it has been paid
    return status == PISTE_OK ? desk_order_save(a, o) : status;
}

// The order that is to be changed, and which of its positions.
static piste_status load_to_change(desk_act *a, desk_order_row *o, chosen **list, size_t *count, size_t *live) {
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_order_load(a, desk_number(a->request, "order", 0), o);
    if (status == PISTE_OK && strcmp(o->state, "ended") == 0)
        status = desk_refuse(a, "hold_ended", "order %" PRId64 " has ended", o->id);
    return status == PISTE_OK ? choose(a, o, list, count, live) : status;
}

piste_status desk_cancel_run(desk_act *a) {
    desk_order_row o;
    chosen *list = NULL;
    size_t count = 0, live = 0;
    piste_status status = load_to_change(a, &o, &list, &count, &live);
    if (status == PISTE_OK)
        status = cancel(a, &o, list, count, live);
    if (status == PISTE_OK) {
        tell_order(a, &o);
        json_object_set_new(a->answer, "ended", json_integer((json_int_t)count));
    }
    free(list);
    return status;
}

// ---- changing ------------------------------------------------------------------------------------------------------

static piste_status requote(desk_act *a, const desk_order_row *o, size_t count, desk_quote *q) {
    json_t *to = json_deep_copy(json_object_get(a->request, "to"));
    if (to && !json_object_get(to, "persons") && !json_object_get(to, "count"))
        json_object_set_new(to, "count", json_integer((json_int_t)count));
    json_t *request = json_pack("{s:[o],s:s,s:s,s:s}", "positions", to, "agency", o->agency, "channel", o->channel,
                                "currency", o->currency);
    a->kept_json = request; // the quote's texts stand in it
    if (!request)
        return PISTE_MEMORY;
    return desk_quote_make(a, request, q);
}

// The old positions' places come back and the new ones' are taken in one act, all or nothing.
static piste_status move(desk_act *a, desk_order_row *o, const chosen *list, size_t count) {
    desk_quote q = {0};
    int64_t last = 0;
    bool sold = strcmp(o->state, "sold") == 0;
    piste_status status = requote(a, o, count, &q);
    if (status == PISTE_OK && (size_t)q.count != count)
        status = desk_invalid(a, "to: for %d persons, expected %zu", q.count, count);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(
            a->db, &last, NULL, "SELECT max(id) % 16777216 FROM position WHERE" DESK_LINES_OF("", "$1"), store_number(o->id));
    if (status == PISTE_OK)
        status = end_positions(a, o, list, count, true);
    q.first_position = last + 1;
    a->is_offered = true;
    if (status == PISTE_OK)
        status = desk_quote_take(a, o->id, &q);
    if (status == PISTE_OK)
        status = insert_positions(a, o->id, &q, last + 1);
    if (status == PISTE_OK && sold) {
        for (size_t i = 0; i < count; i++)
            desk_post(a, o->currency, list[i].price_minor, "Income:%s", list[i].product);
        for (int i = 0; i < q.count; i++)
            desk_post(a, o->currency, -q.lines[i].price_minor, "Income:%s", q.lines[i].product);
    }
    for (size_t i = 0; i < count; i++)
        o->total_minor -= list[i].price_minor;
    o->total_minor += q.total_minor;
    desk_quote_release(&q);
    return status;
}

static piste_status settle_difference(desk_act *a, desk_order_row *o) {
    bool sold = strcmp(o->state, "sold") == 0;
    int64_t more = o->total_minor - o->paid_minor;
    char text[DESK_MONEY_TEXT];
    if (more < 0) {
        if (!sold)
            desk_post(a, o->currency, -more, "Liabilities:Deposits");
        o->paid_minor = o->total_minor;
        return desk_payments_return(a, o, -more, desk_text(a->request, "drawer"));
    }
    desk_due d = {.minor = more, .order = o->id, .agency = o->agency, .account = "Liabilities:Deposits"};
    memcpy(d.currency, o->currency, sizeof d.currency);
    piste_status status = desk_payments_take(a, json_object_get(a->request, "payments"), &d);
    if (status != PISTE_OK)
        return status;
    if (sold && d.minor > 0)
        return desk_refuse(a, "not_paid", "it costs %s more", desk_money_format(o->currency, d.minor, text));
    if (sold) // income was posted for it above
        desk_post(a, o->currency, more, "Liabilities:Deposits");
    o->paid_minor = o->total_minor - d.minor;
    return PISTE_OK;
}

piste_status desk_move_run(desk_act *a) {
    desk_order_row o;
    chosen *list = NULL;
    size_t count = 0, live = 0;
    piste_status status = load_to_change(a, &o, &list, &count, &live);
    if (status == PISTE_OK)
        status = move(a, &o, list, count);
    if (status == PISTE_OK)
        status = settle_difference(a, &o);
    if (status == PISTE_OK && strcmp(o.state, "sold") != 0 && o.paid_minor == o.total_minor && o.paid_minor > 0)
        status = sell(a, &o);
    if (status == PISTE_OK)
        status = desk_order_save(a, &o);
    if (status == PISTE_OK)
        tell_order(a, &o);
    free(list);
    return status;
}

// ---- looking -------------------------------------------------------------------------------------------------------

static piste_status list_positions(desk_act *a, const desk_order_row *o, json_t *list) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id % 16777216, product, class, date, slot, price_minor, state, person FROM "
                                      "position WHERE" DESK_LINES_OF("", "$1") "ORDER BY id",
                                      store_number(o->id));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        char day[11];
        piste_date_format((piste_date)store_rows_number(rows, 3), day);
        json_t *p =
            json_pack("{s:I,s:s,s:s,s:s,s:o,s:s}", "position", (json_int_t)store_rows_number(rows, 0), "product",
                      store_rows_text(rows, 1), "class", store_rows_text(rows, 2), "date", day, "price",
                      desk_money_json(o->currency, store_rows_number(rows, 5)), "state", store_rows_text(rows, 6));
        if (*store_rows_text(rows, 4))
            json_object_set_new(p, "time", json_string(store_rows_text(rows, 4)));
        if (store_rows_number(rows, 7))
            json_object_set_new(p, "person", json_integer(store_rows_number(rows, 7)));
        json_array_append_new(list, p);
    }
    return store_rows_end(rows);
}

piste_status desk_show_run(desk_act *a) {
    desk_order_row o;
    json_t *list = json_array();
    piste_status status = desk_order_load(a, desk_number(a->request, "order", 0), &o);
    if (status == PISTE_OK)
        status = list_positions(a, &o, list);
    if (status != PISTE_OK) {
        json_decref(list);
        return status;
    }
    bool over = o.until_ms && o.until_ms <= a->now_ms; // it has ended, which the next act will write down
    json_object_set_new(a->answer, "order", json_integer(o.id));
    json_object_set_new(a->answer, "state", json_string(over ? "ended" : o.state));
    if (*o.currency) {
        json_object_set_new(a->answer, "total", desk_money_json(o.currency, o.total_minor));
        json_object_set_new(a->answer, "due", desk_money_json(o.currency, o.total_minor - o.paid_minor));
    }
    json_object_set_new(a->answer, "positions", list);
    return PISTE_OK;
}
