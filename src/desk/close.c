// close.c - the business day: opened once, closed each evening, reported.
//
// Every entry has a business date, which is no clock's: what happens after midnight belongs to the day until it is
// closed.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

const desk_field desk_open_fields[] = {
    {"date", DESK_DATE, true, 0, 0, NULL, "the first business date"},
    END,
};
const desk_field desk_close_fields[] = {
    {"date", DESK_DATE, false, 0, 0, NULL, "the day that is closed, to be sure; refused where it is another"},
    {"next", DESK_DATE, false, 0, 0, NULL, "the next business date; the day after"},
    END,
};
const desk_field desk_report_fields[] = {
    {"from", DESK_DATE, false, 0, 0, NULL, "first business date; the open one"},
    {"until", DESK_DATE, false, 0, 0, NULL, "last business date; the first"},
    END,
};

static json_t *date_json(piste_date date) {
    char day[11];
    piste_date_format(date, day);
    return json_string(day);
}

piste_status desk_open_run(desk_act *a) {
    if (a->day != PISTE_DATE_NONE)
        return desk_refuse(a, "day_open", "a business day is open already; it is moved on by closing it");
    a->day = desk_date(a->request, "date", 0);
    a->next_day = a->day;
    json_object_set_new(a->answer, "day", date_json(a->day));
    return PISTE_OK;
}

static piste_status report_accounts(desk_act *a, piste_date from, piste_date until, json_t *list) {
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(a->db, &rows,
                    "SELECT p.account, p.currency, CAST(sum(p.amount_minor) AS BIGINT) FROM posting p JOIN journal j "
                    "ON j.entry = p.id / 16777216"
                    " WHERE j.day >= $1 AND j.day <= $2 GROUP BY p.account, p.currency ORDER BY p.account, p.currency",
                    store_number(from), store_number(until));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s,s:o}", "account", store_rows_text(rows, 0), "amount",
                                              desk_money_json(store_rows_text(rows, 1), store_rows_number(rows, 2))));
    return store_rows_end(rows);
}

// What is booked for these dates, of orders that are sold or reserved.
static piste_status report_positions(desk_act *a, piste_date from, piste_date until, json_t *list) {
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(a->db, &rows,
                    "SELECT p.product, p.class, count(*), CAST(sum(p.price_minor) AS BIGINT), o.currency, min(t.name), min(c.name) "
                    "FROM position p JOIN orders o ON o.id = p.id / 16777216 LEFT JOIN product t ON t.key = p.product"
                    " LEFT JOIN class c ON c.key = p.class"
                    " WHERE p.date >= $1 AND p.date <= $2 AND p.state = 'live' AND o.state IN ('sold', 'reserved')"
                    " GROUP BY p.product, p.class, o.currency ORDER BY p.product, p.class, o.currency",
                    store_number(from), store_number(until));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:I,s:o}", "product", store_rows_text(rows, 0), "name", store_rows_text(rows, 5),
                                              "class", store_rows_text(rows, 1), "class_name", store_rows_text(rows, 6), "count", (json_int_t)store_rows_number(rows, 2),
                                              "amount",
                                              desk_money_json(store_rows_text(rows, 4), store_rows_number(rows, 3))));
    return store_rows_end(rows);
}

static piste_status report(desk_act *a, piste_date from, piste_date until) {
    json_t *accounts = json_array(), *positions = json_array();
    json_object_set_new(a->answer, "from", date_json(from));
    json_object_set_new(a->answer, "until", date_json(until));
    json_object_set_new(a->answer, "accounts", accounts);
    json_object_set_new(a->answer, "positions", positions);
    piste_status status = report_accounts(a, from, until, accounts);
    return status == PISTE_OK ? report_positions(a, from, until, positions) : status;
}

piste_status desk_report_run(desk_act *a) {
    piste_date from = desk_date(a->request, "from", a->day), until = desk_date(a->request, "until", from);
    piste_status status = from == PISTE_DATE_NONE ? desk_day_check(a) : PISTE_OK;
    return status == PISTE_OK ? report(a, from, until) : status;
}

static piste_status open_drawer(desk_act *a, char name[41]) {
    store_rows *rows = NULL;
    piste_status status =
        store_query(a->db, &rows, "SELECT drawer FROM shift WHERE closed_entry = 0 ORDER BY drawer LIMIT 1", NULL, 0);
    if (status != PISTE_OK)
        return status;
    snprintf(name, 41, "%s", store_rows_next(rows) ? store_rows_text(rows, 0) : "");
    return store_rows_end(rows);
}

piste_status desk_close_run(desk_act *a) {
    char drawer[41], day[11];
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = open_drawer(a, drawer);
    if (status != PISTE_OK)
        return status;
    piste_date_format(a->day, day);
    piste_date next = desk_date(a->request, "next", a->day + 1);
    if (desk_date(a->request, "date", a->day) != a->day)
        return desk_refuse(a, "other_day", "the open business day is %s", day);
    if (*drawer)
        return desk_refuse(a, "drawer_open", "drawer %s is still open", drawer);
    if (next > DESK_ALWAYS_UNTIL)
        return desk_invalid(a, "next: expected a day before the year 10000");
    if (next <= a->day)
        return desk_invalid(a, "next: expected a day after %s", day);
    a->next_day = next;
    status = report(a, a->day, a->day);
    json_object_set_new(a->answer, "next", date_json(next));
    return status;
}
