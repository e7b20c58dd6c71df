// drawer.c - one cashier's cash for one shift, counted per currency when it is opened and when it is closed.
//
// A drawer's float comes out of the safe and everything goes back there, so that between two shifts its account stands
// at nothing. What is counted and what should be there differ by what goes to Expenses:Cash-differences.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field counted_fields[] = {
    {"amount", DESK_TEXT, true, 0, 31, NULL, "what was counted of one currency, such as 200.00 USD"},
    END,
};
const desk_field desk_drawer_open_fields[] = {
    {"drawer", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"cashier", DESK_TEXT, true, 0, 60, NULL, "whose shift it is"},
    {"counted", DESK_LIST, false, 1, 50, counted_fields, "the float, per currency"},
    END,
};
const desk_field desk_drawer_close_fields[] = {
    {"drawer", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"counted", DESK_LIST, false, 1, 50, counted_fields, "what is in it, per currency; what is not told is not there"},
    END,
};
const desk_field desk_drawer_fields[] = {
    {"drawer", DESK_SLUG, true, 0, 40, NULL, "its key"},
    END,
};

typedef struct shift {
    int64_t id, opened_entry;
    char cashier[61];
} shift;

static piste_status find_shift(desk_act *a, const char *drawer, shift *s, bool *found) {
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(a->db, &rows, "SELECT id, opened_entry, cashier FROM shift WHERE drawer = $1 AND closed_entry = 0",
                    store_text(drawer));
    if (status != PISTE_OK)
        return status;
    *found = store_rows_next(rows);
    if (*found) {
        s->id = store_rows_number(rows, 0);
        s->opened_entry = store_rows_number(rows, 1);
        snprintf(s->cashier, sizeof s->cashier, "%s", store_rows_text(rows, 2));
    }
    return store_rows_end(rows);
}

piste_status desk_drawer_check(desk_act *a, const char *drawer) {
    shift s;
    bool found = false;
    piste_status status = find_shift(a, drawer, &s, &found);
    return status == PISTE_OK && !found ? desk_refuse(a, "drawer_closed", "drawer %s is not open", drawer) : status;
}

// ---- what is in it -------------------------------------------------------------------------------------------------

enum { CURRENCIES_MAX = 64 };
typedef struct content {
    char currency[4];
    int64_t expected, counted;
} content;
typedef struct contents {
    content list[CURRENCIES_MAX];
    int count;
} contents;

static content *content_of(contents *c, const char *currency) {
    for (int i = 0; i < c->count; i++)
        if (strcmp(c->list[i].currency, currency) == 0)
            return &c->list[i];
    if (c->count == CURRENCIES_MAX)
        return NULL;
    content *new_one = &c->list[c->count++];
    *new_one = (content){.expected = 0};
    snprintf(new_one->currency, sizeof new_one->currency, "%.3s", currency);
    return new_one;
}

static piste_status load_expected(desk_act *a, const char *drawer, const shift *s, contents *c) {
    char account[DESK_ACCOUNT_MAX];
    snprintf(account, sizeof account, "Assets:Cash:%s", drawer);
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT currency, CAST(sum(amount_minor) AS BIGINT) FROM posting WHERE id >= "
                                      "$1 * 16777216 AND account = $2 GROUP BY currency ORDER BY currency",
                                      store_number(s->opened_entry), store_text(account));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        content *one = content_of(c, store_rows_text(rows, 0));
        if (one)
            one->expected = store_rows_number(rows, 1);
    }
    return store_rows_end(rows);
}

static piste_status read_counted(desk_act *a, contents *c) {
    const json_t *counted = json_object_get(a->request, "counted");
    contents seen = {.count = 0};
    for (size_t i = 0; i < json_array_size(counted); i++) {
        desk_money m;
        piste_status status = desk_catalogue_money(a, json_array_get(counted, i), "amount", &m);
        if (status != PISTE_OK)
            return status;
        int before = seen.count;
        content *one = content_of(c, m.currency);
        if (m.minor < 0 || !one || !content_of(&seen, m.currency) || seen.count == before)
            return desk_invalid(a, "counted: %s, expected each currency once and nothing below zero",
                                desk_text(json_array_get(counted, i), "amount"));
        one->counted = m.minor;
    }
    return PISTE_OK;
}

piste_status desk_drawer_has(desk_act *a, const char *drawer, const char *currency, int64_t minor) {
    shift s;
    bool found = false;
    contents c = {.count = 0};
    char account[DESK_ACCOUNT_MAX], text[2][DESK_MONEY_TEXT];
    piste_status status = find_shift(a, drawer, &s, &found);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "drawer_closed", "drawer %s is not open", drawer);
    if (status == PISTE_OK)
        status = load_expected(a, drawer, &s, &c);
    if (status != PISTE_OK)
        return status;
    const content *one = content_of(&c, currency);
    int64_t there = one ? one->expected : 0;
    snprintf(account, sizeof account, "Assets:Cash:%s", drawer);
    for (int i = 0; i < a->postings.count; i++)
        if (strcmp(a->postings.list[i].account, account) == 0 && strcmp(a->postings.list[i].currency, currency) == 0)
            there += a->postings.list[i].amount_minor;
    if (there < minor)
        return desk_refuse(a, "drawer_short", "%s would be given out of drawer %s, which has %s",
                           desk_money_format(currency, minor, text[0]), drawer,
                           desk_money_format(currency, there, text[1]));
    return PISTE_OK;
}

// ---- acts ----------------------------------------------------------------------------------------------------------

piste_status desk_drawer_open_run(desk_act *a) {
    const char *drawer = desk_text(a->request, "drawer");
    shift s;
    bool found = false;
    contents c = {.count = 0};
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = find_shift(a, drawer, &s, &found);
    if (status == PISTE_OK && found)
        return desk_refuse(a, "drawer_open", "drawer %s is open already: %s's shift", drawer, s.cashier);
    if (status == PISTE_OK)
        status = read_counted(a, &c);
    if (status != PISTE_OK)
        return status;
    for (int i = 0; i < c.count; i++) {
        desk_post(a, c.list[i].currency, c.list[i].counted, "Assets:Cash:%s", drawer);
        desk_post(a, c.list[i].currency, -c.list[i].counted, "Assets:Safe");
    }
    a->subject = desk_next_id(a);
    json_object_set_new(a->answer, "shift", json_integer(a->subject));
    return STORE_RUN(a->db,
                     "INSERT INTO shift (id, drawer, cashier, opened_entry, closed_entry) VALUES ($1, $2, $3, $4, 0)",
                     store_number(a->subject), store_text(drawer), store_text(desk_text(a->request, "cashier")),
                     store_number(a->entry));
}

// The drawer's shift and what it should hold.
static piste_status load_open(desk_act *a, const char *drawer, shift *s, contents *c) {
    bool found = false;
    piste_status status = find_shift(a, drawer, s, &found);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "drawer_closed", "drawer %s is not open", drawer);
    return status == PISTE_OK ? load_expected(a, drawer, s, c) : status;
}

piste_status desk_drawer_close_run(desk_act *a) {
    const char *drawer = desk_text(a->request, "drawer");
    shift s;
    contents c = {.count = 0};
    piste_status status = load_open(a, drawer, &s, &c);
    if (status == PISTE_OK)
        status = read_counted(a, &c);
    if (status != PISTE_OK)
        return status;
    json_t *list = json_array();
    for (int i = 0; i < c.count; i++) {
        const content *one = &c.list[i];
        desk_post(a, one->currency, -one->expected, "Assets:Cash:%s", drawer);
        desk_post(a, one->currency, one->counted, "Assets:Safe");
        desk_post(a, one->currency, one->expected - one->counted, "Expenses:Cash-differences");
        json_array_append_new(list,
                              json_pack("{s:o,s:o,s:o}", "expected", desk_money_json(one->currency, one->expected),
                                        "counted", desk_money_json(one->currency, one->counted), "difference",
                                        desk_money_json(one->currency, one->counted - one->expected)));
    }
    a->subject = s.id;
    json_object_set_new(a->answer, "shift", json_integer(s.id));
    json_object_set_new(a->answer, "cashier", json_string(s.cashier));
    json_object_set_new(a->answer, "currencies", list);
    return STORE_RUN(a->db, "UPDATE shift SET closed_entry = $1 WHERE id = $2", store_number(a->entry),
                     store_number(s.id));
}

piste_status desk_drawer_run(desk_act *a) {
    const char *drawer = desk_text(a->request, "drawer");
    shift s;
    contents c = {.count = 0};
    piste_status status = load_open(a, drawer, &s, &c);
    if (status != PISTE_OK)
        return status;
    json_t *list = json_array();
    for (int i = 0; i < c.count; i++)
        json_array_append_new(list, desk_money_json(c.list[i].currency, c.list[i].expected));
    json_object_set_new(a->answer, "drawer", json_string(drawer));
    json_object_set_new(a->answer, "cashier", json_string(s.cashier));
    json_object_set_new(a->answer, "holds", list);
    return PISTE_OK;
}
