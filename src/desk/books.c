// books.c - what the books ask: entries of the journal with their postings, balances, drawers, what agencies owe.
#include "desk/books.h"

#include <stdlib.h>

#include "desk/money.h"

const desk_field desk_entries_fields[] = {
    {"account", DESK_TEXT, false, 0, DESK_ACCOUNT_MAX, NULL, "only those that post to it, or below it"},
    {"subject", DESK_INT, false, 1, INT64_MAX, NULL, "only those about it, such as an order"},
    {"before", DESK_INT, false, 1, INT64_MAX, NULL, "only those before this entry; for the next page"},
    {"count", DESK_INT, false, 1, 200, NULL, "at most; 50"},
    {.type = DESK_END},
};
const desk_field desk_balances_fields[] = {{.type = DESK_END}};
const desk_field desk_drawers_fields[] = {{.type = DESK_END}};

static json_t *date_json(int64_t date) {
    char day[11] = "";
    if (date != PISTE_DATE_NONE)
        piste_date_format((piste_date)date, day);
    return json_string(day);
}

static piste_status add_postings(desk_act *a, json_t *entry) {
    json_t *list = json_array();
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(a->db, &rows, "SELECT account, currency, amount_minor FROM posting WHERE" DESK_LINES_OF("", "$1") "ORDER BY id",
                    store_number(desk_number(entry, "entry", 0)));
    while (status == PISTE_OK && store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s,s:o}", "account", store_rows_text(rows, 0), "amount",
                                              desk_money_json(store_rows_text(rows, 1), store_rows_number(rows, 2))));
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    json_object_set_new(entry, "postings", list);
    return status;
}

// An account and all below it stand together in the order of their names: from "A" to "A;", the character after ':'.
static piste_status query_entries(desk_act *a, store_rows **rows) {
    const char *account = desk_text(a->request, "account");
    int64_t subject = desk_number(a->request, "subject", 0), before = desk_number(a->request, "before", INT64_MAX),
            count = desk_number(a->request, "count", 50);
    char after[DESK_ACCOUNT_MAX + 2];
    snprintf(after, sizeof after, "%s;", account);
    if (*account)
        return STORE_QUERY(a->db, rows,
                           "SELECT entry, at_ms, day, act, subject, who FROM journal j WHERE entry < $1 AND EXISTS"
                           " (SELECT 1 FROM posting p WHERE" DESK_LINES_OF("p.", "j.entry") "AND (p.account = $2 OR (p.account > $3 AND p.account < $4)))"
                           " ORDER BY entry DESC LIMIT $5",
                           store_number(before), store_text(account), store_text(account), store_text(after), store_number(count));
    return STORE_QUERY(a->db, rows,
                       "SELECT entry, at_ms, day, act, subject, who FROM journal WHERE entry < $1 AND ($2 = 0 OR subject = $2)"
                       " ORDER BY entry DESC LIMIT $3",
                       store_number(before), store_number(subject), store_number(count));
}

piste_status desk_entries_run(desk_act *a) {
    json_t *list = json_array();
    store_rows *rows = NULL;
    piste_status status = query_entries(a, &rows);
    while (status == PISTE_OK && store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:I,s:I,s:o,s:s,s:I,s:s}", "entry", (json_int_t)store_rows_number(rows, 0), "at_ms",
                                              (json_int_t)store_rows_number(rows, 1), "day", date_json(store_rows_number(rows, 2)), "act",
                                              store_rows_text(rows, 3), "subject", (json_int_t)store_rows_number(rows, 4), "who",
                                              store_rows_text(rows, 5)));
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    for (size_t i = 0; i < json_array_size(list) && status == PISTE_OK; i++)
        status = add_postings(a, json_array_get(list, i));
    json_object_set_new(a->answer, "entries", list);
    return status;
}

piste_status desk_balances_run(desk_act *a) {
    json_t *list = json_array();
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT account, currency, CAST(sum(amount_minor) AS BIGINT) FROM posting WHERE id > $1"
                                      " GROUP BY account, currency ORDER BY account, currency",
                                      store_number(0));
    while (status == PISTE_OK && store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s,s:o}", "account", store_rows_text(rows, 0), "amount",
                                              desk_money_json(store_rows_text(rows, 1), store_rows_number(rows, 2))));
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    json_object_set_new(a->answer, "day", date_json(a->day));
    json_object_set_new(a->answer, "balances", list);
    return status;
}

// Open shifts, and the last that were closed with what was found to be different.
piste_status desk_drawers_run(desk_act *a) {
    json_t *list = json_array();
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT s.id, s.drawer, s.cashier, o.at_ms, s.closed_entry, coalesce(c.at_ms, 0) FROM shift s JOIN journal o ON o.entry ="
        " s.opened_entry LEFT JOIN journal c ON c.entry = s.closed_entry AND s.closed_entry > 0 WHERE s.id > $1"
        " ORDER BY CASE WHEN s.closed_entry = 0 THEN 0 ELSE 1 END, s.id DESC LIMIT 50",
        store_number(0));
    while (status == PISTE_OK && store_rows_next(rows))
        json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:b,s:I,s:I}", "drawer", store_rows_text(rows, 1), "cashier",
                                              store_rows_text(rows, 2), "opened_ms", (json_int_t)store_rows_number(rows, 3), "open",
                                              store_rows_number(rows, 4) == 0, "closed_ms", (json_int_t)store_rows_number(rows, 5),
                                              "entry", (json_int_t)store_rows_number(rows, 4)));
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    for (size_t i = 0; i < json_array_size(list) && status == PISTE_OK; i++)
        status = add_postings(a, json_array_get(list, i)); // of closing: what was put into the safe, and the difference
    json_object_set_new(a->answer, "drawers", list);
    return status;
}
