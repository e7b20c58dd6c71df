// catalogue.c - the acts that tell what is sold and on which terms. A later word takes the place of an earlier one.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/catalogue.h"
#include "desk/money.h"
#include "desk/names.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
#define VALID                                                                                                          \
    {"from", DESK_DATE, false, 0, 0, NULL, "first day, included"}, {                                                   \
        "until", DESK_DATE, false, 0, 0, NULL, "last day, included"                                                    \
    }

static const desk_field product_takes[] = {
    {"resource", DESK_TEXT, true, 0, 80, NULL, "the allotment's resource"},
    {"slot", DESK_TEXT, false, 0, 40, NULL,
     "day (its date), or session (its date and time); each of its days"},
    {"count", DESK_INT, false, 1, 1000, NULL, "how many for one position; 1"},
    END,
};
const desk_field desk_product_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 80, NULL, "its name"},
    {"kind", DESK_SLUG, true, 0, 20, NULL,
     "day, half-day, multi-day, season, points, lesson, rental, session, room, meal, programme or other"},
    {"days", DESK_INT, false, 1, 366, NULL, "how many days it is for, from its date; 1"},
    {"points", DESK_INT, false, 0, 10000, NULL, "of a points pass; 0"},
    {"takes", DESK_LIST, false, 0, 50, product_takes, "what one of it takes, all or nothing"},
    DESK_NAMES,
    END,
};
const desk_field desk_class_fields[] = {
    {"class", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 80, NULL, "its name"},
    {"age_from", DESK_INT, false, 0, 130, NULL,
     "years; with any of these three it is given to whoever fits, otherwise to whom the cashier names it"},
    {"age_until", DESK_INT, false, 0, 130, NULL, "years, included"},
    {"group_from", DESK_INT, false, 0, 10000, NULL, "persons of the order"},
    DESK_NAMES,
    END,
};
const desk_field desk_price_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "of what"},
    {"class", DESK_SLUG, true, 0, 40, NULL, "for whom"},
    {"amount", DESK_TEXT, true, 0, 31, NULL, "such as 35.00 USD"},
    VALID,
    {"early_days", DESK_INT, false, 0, 400, NULL, "only when bought so many days before, or earlier"},
    {"limited", DESK_TEXT, false, 0, 80, NULL,
     "only as long as this resource has a place on that day: each such price takes one"},
    {"agency", DESK_SLUG, false, 0, 40, NULL, "agreed with this agency, for nobody else"},
    {"name", DESK_TEXT, false, 0, 80, NULL, "what the quote calls it, such as early bird"},
    DESK_NAMES,
    END,
};
const desk_field desk_rate_fields[] = {
    {"from", DESK_CURRENCY, true, 0, 0, NULL, "one unit of this"},
    {"to", DESK_CURRENCY, true, 0, 0, NULL, "is so many of this"},
    {"rate", DESK_RATE, true, 0, 0, NULL, "as text, such as 0.148"},
    {"date", DESK_DATE, true, 0, 0, NULL, "from this day on"},
    {"source", DESK_TEXT, true, 0, 120, NULL, "who says so"},
    END,
};
const desk_field desk_agency_fields[] = {
    {"agency", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 80, NULL, "its name"},
    {"discount_percent", DESK_RATE, false, 0, 0, NULL,
     "off every price that was not agreed by itself, such as \"12.5\""},
    {"limit", DESK_TEXT, false, 0, 31, NULL,
     "what it may owe at most, such as 20000.00 USD; without it nothing is invoiced"},
    {"terms_days", DESK_INT, false, 0, 365, NULL, "when an invoice is due; 30"},
    END,
};
const desk_field desk_discount_fields[] = {
    {"code", DESK_SLUG, true, 0, 40, NULL, "what the guest shows"},
    {"percent", DESK_RATE, false, 0, 0, NULL, "off, such as \"10\""},
    {"amount", DESK_TEXT, false, 0, 31, NULL, "off each position, such as 5.00 USD"},
    {"product", DESK_SLUG, false, 0, 40, NULL, "only off this"},
    {"uses", DESK_INT, true, 1, 1000000, NULL, "positions that it may be used for"},
    VALID,
    END,
};
const desk_field desk_rule_fields[] = {
    {"nationality", DESK_TEXT, true, 1, 3, NULL,
     "two letters of ISO 3166, or * for all that have no rule of their own"},
    {"may", DESK_BOOL, true, 0, 0, NULL, "whether they may come"},
    {"reason", DESK_TEXT, true, 0, 120, NULL, "why, as it is told to them"},
    DESK_NAMES,
    VALID,
    END,
};
const desk_field desk_may_fields[] = {
    {"nationality", DESK_TEXT, true, 1, 3, NULL, "two letters of ISO 3166"},
    {"date", DESK_DATE, true, 0, 0, NULL, "when they want to come"},
    END,
};
const desk_field desk_rounding_fields[] = {
    {"currency", DESK_CURRENCY, true, 0, 0, NULL, "of what"},
    {"tender", DESK_SLUG, true, 0, 20, NULL, "cash, card, bank, voucher or invoice"},
    {"step", DESK_TEXT, true, 0, 31, NULL, "the least that can be paid, such as 0.05 EUR"},
    {"mode", DESK_SLUG, false, 0, 10, NULL, "nearest, up or down; nearest"},
    END,
};

// The act's amount in field `name`; PISTE_INVALID where it is none.
piste_status desk_catalogue_money(desk_act *a, const json_t *object, const char *name, desk_money *out) {
    const char *text = desk_text(object, name);
    if (desk_money_parse(text, out) != PISTE_OK)
        return desk_invalid(a, "%s: '%s', expected an amount with its currency, such as 35.00 USD", name, text);
    return PISTE_OK;
}

// "12.5" as hundredths of a percent; at most 100 %.
static piste_status basis_points(desk_act *a, const char *name, int64_t *out) {
    const char *text = desk_text(a->request, name), *dot = strchr(text, '.');
    int64_t whole = strtoll(text, NULL, 10), rest = 0;
    if (dot && strlen(dot + 1) > 2)
        return desk_invalid(a, "%s: '%s', expected at most two decimal places", name, text);
    if (dot)
        rest = dot[2] ? strtoll(dot + 1, NULL, 10) : 10 * strtoll(dot + 1, NULL, 10);
    *out = 100 * whole + rest;
    return *out <= 10000 ? PISTE_OK : desk_invalid(a, "%s: '%s', expected at most 100", name, text);
}

static int64_t from_of(const desk_act *a) {
    return desk_date(a->request, "from", DESK_ALWAYS_FROM);
}
static int64_t until_of(const desk_act *a) {
    return desk_date(a->request, "until", DESK_ALWAYS_UNTIL);
}

static bool is_one_of(const char *word, const char *const *words) {
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

piste_status desk_product_run(desk_act *a) {
    static const char *const kinds[] = {"day",     "half-day", "multi-day", "season",    "points", "lesson", "rental",
                                        "session", "room",     "meal",      "programme", "other",  NULL};
    const char *key = desk_text(a->request, "product"), *kind = desk_text(a->request, "kind");
    if (!is_one_of(kind, kinds))
        return desk_invalid(a,
                            "kind: '%s', expected day, half-day, multi-day, season, points, lesson, rental, session, "
                            "room, meal, programme or other",
                            kind);
    if (strcmp(key, "cancelling") == 0)
        return desk_invalid(a, "product: 'cancelling' is the account of what is kept of a cancelled order");
    const json_t *takes = json_object_get(a->request, "takes");
    for (size_t i = 0; i < json_array_size(takes); i++) {
        const char *slot = desk_text(json_array_get(takes, i), "slot");
        if (*slot && strcmp(slot, "day") != 0 && strcmp(slot, "session") != 0)
            return desk_invalid(a, "takes[%zu].slot: '%s', expected day or session", i, slot);
    }
    char *text = takes ? json_dumps(takes, JSON_COMPACT) : strdup("[]");
    if (!text)
        return PISTE_MEMORY;
    piste_status status = STORE_RUN(a->db,
                                    "INSERT INTO product (key, name, kind, days, points, takes) VALUES ($1, $2, $3, "
                                    "$4, $5, $6) ON CONFLICT (key) DO UPDATE"
                                    " SET name = excluded.name, kind = excluded.kind, days = excluded.days, points = "
                                    "excluded.points, takes = excluded.takes",
                                    store_text(key), store_text(desk_text(a->request, "name")), store_text(kind),
                                    store_number(desk_number(a->request, "days", 1)),
                                    store_number(desk_number(a->request, "points", 0)), store_text(text));
    free(text);
    return status == PISTE_OK ? desk_names_tell(a, "products", key) : status;
}

piste_status desk_class_run(desk_act *a) {
    piste_status status = STORE_RUN(a->db,
                     "INSERT INTO class (key, name, age_from, age_until, group_from) VALUES ($1, $2, $3, $4, $5) ON "
                     "CONFLICT (key) DO UPDATE"
                     " SET name = excluded.name, age_from = excluded.age_from, age_until = excluded.age_until, "
                     "group_from = excluded.group_from",
                     store_text(desk_text(a->request, "class")), store_text(desk_text(a->request, "name")),
                     store_number(desk_number(a->request, "age_from", 0)),
                     store_number(desk_number(a->request, "age_until", 0)),
                     store_number(desk_number(a->request, "group_from", 0)));
    return status == PISTE_OK ? desk_names_tell(a, "classes", desk_text(a->request, "class")) : status;
}

// Several prices may share a name, and rules a reason: those in other languages go with it, and stay where one of them is
// told without.
static piste_status tell_shared(desk_act *a, const char *kind, const char *name, piste_status status) {
    return status == PISTE_OK && *name && json_object_get(a->request, "names") ? desk_names_tell(a, kind, name) : status;
}

piste_status desk_price_run(desk_act *a) {
    desk_money m;
    const json_t *r = a->request;
    piste_status status = desk_catalogue_money(a, r, "amount", &m);
    if (status != PISTE_OK)
        return status;
    if (m.minor < 0 || from_of(a) > until_of(a))
        return desk_invalid(a, m.minor < 0 ? "amount: expected none below zero" : "until: expected no day before from");
    // The same price for the same time, told again with another amount, takes the earlier one's place.
    status = STORE_RUN(
        a->db,
        "DELETE FROM price WHERE product = $1 AND class = $2 AND currency = $3 AND valid_from = $4 AND valid_until = $5"
        " AND early_days = $6 AND limited = $7 AND agency = $8",
        store_text(desk_text(r, "product")), store_text(desk_text(r, "class")), store_text(m.currency),
        store_number(from_of(a)), store_number(until_of(a)), store_number(desk_number(r, "early_days", 0)),
        store_text(desk_text(r, "limited")), store_text(desk_text(r, "agency")));
    if (status != PISTE_OK)
        return status;
    a->subject = desk_next_id(a);
    status = STORE_RUN(a->db,
                     "INSERT INTO price (id, product, class, currency, amount_minor, valid_from, valid_until, "
                     "early_days, limited, agency, name)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                     store_number(a->subject), store_text(desk_text(r, "product")), store_text(desk_text(r, "class")),
                     store_text(m.currency), store_number(m.minor), store_number(from_of(a)), store_number(until_of(a)),
                     store_number(desk_number(r, "early_days", 0)), store_text(desk_text(r, "limited")),
                     store_text(desk_text(r, "agency")), store_text(desk_text(r, "name")));
    return tell_shared(a, "prices", desk_text(r, "name"), status);
}

piste_status desk_rate_run(desk_act *a) {
    const char *from = desk_text(a->request, "from"), *to = desk_text(a->request, "to");
    if (strcmp(from, to) == 0)
        return desk_invalid(a, "to: %s, expected another currency", to);
    a->subject = desk_next_id(a);
    return STORE_RUN(
        a->db,
        "INSERT INTO rate (id, source_currency, target_currency, rate, day, source) VALUES ($1, $2, $3, $4, $5, $6)",
        store_number(a->subject), store_text(from), store_text(to), store_text(desk_text(a->request, "rate")),
        store_number(desk_date(a->request, "date", 0)), store_text(desk_text(a->request, "source")));
}

piste_status desk_agency_run(desk_act *a) {
    desk_money limit = {"", 0};
    int64_t discount = 0;
    piste_status status =
        json_object_get(a->request, "limit") ? desk_catalogue_money(a, a->request, "limit", &limit) : PISTE_OK;
    if (status == PISTE_OK && json_object_get(a->request, "discount_percent"))
        status = basis_points(a, "discount_percent", &discount);
    if (status != PISTE_OK)
        return status;
    return STORE_RUN(a->db,
                     "INSERT INTO agency (key, name, discount_bp, limit_minor, currency, terms_days) VALUES ($1, $2, "
                     "$3, $4, $5, $6) ON CONFLICT (key) DO UPDATE"
                     " SET name = excluded.name, discount_bp = excluded.discount_bp, limit_minor = "
                     "excluded.limit_minor, currency = excluded.currency,"
                     " terms_days = excluded.terms_days",
                     store_text(desk_text(a->request, "agency")), store_text(desk_text(a->request, "name")),
                     store_number(discount), store_number(limit.minor), store_text(limit.currency),
                     store_number(desk_number(a->request, "terms_days", 30)));
}

// A code's uses are an allotment, so that it is never used too often.
piste_status desk_discount_run(desk_act *a) {
    desk_money m = {"", 0};
    int64_t percent = 0, taken = 0;
    bool has_amount = json_object_get(a->request, "amount");
    if (has_amount == !!json_object_get(a->request, "percent"))
        return desk_invalid(a, "percent: expected either this or amount");
    piste_status status =
        has_amount ? desk_catalogue_money(a, a->request, "amount", &m) : basis_points(a, "percent", &percent);
    const char *code = desk_text(a->request, "code");
    if (status == PISTE_OK)
        status =
            STORE_FIND_NUMBER(a->db, &taken, NULL, "SELECT count(*) FROM voucher WHERE code = $1", store_text(code));
    if (status != PISTE_OK)
        return status;
    if (taken)
        return desk_refuse(a, "voucher_there", "there is a voucher %s already", code);
    status = STORE_RUN(
        a->db,
        "INSERT INTO voucher (code, kind, currency, amount_minor, percent_bp, product, valid_from, valid_until)"
        " VALUES ($1, 'discount', $2, $3, $4, $5, $6, $7)",
        store_text(code), store_text(m.currency), store_number(m.minor), store_number(percent),
        store_text(desk_text(a->request, "product")), store_number(from_of(a)), store_number(until_of(a)));
    int64_t uses = desk_number(a->request, "uses", 1);
    a->subject = desk_next_id(a);
    if (status == PISTE_OK)
        status = STORE_RUN(
            a->db,
            "INSERT INTO allotment (id, resource, slot, capacity, taken, kept, patience, offer_s, waiting, quotas)"
            " VALUES ($1, 'voucher', $2, $3, 0, 0, 0, 3600, 0, 0)",
            store_number(a->subject), store_text(code), store_number(uses));
    desk_act_capacity(a, a->subject, 0, uses);
    return status;
}

piste_status desk_rounding_run(desk_act *a) {
    static const char *const modes[] = {"nearest", "up", "down", NULL};
    const char *mode = *desk_text(a->request, "mode") ? desk_text(a->request, "mode") : "nearest",
               *currency = desk_text(a->request, "currency");
    desk_money step;
    piste_status status = desk_catalogue_money(a, a->request, "step", &step);
    if (status != PISTE_OK)
        return status;
    if (!is_one_of(mode, modes) || strcmp(step.currency, currency) != 0 || step.minor < 1)
        return desk_invalid(a, "expected a step in %s above zero and mode nearest, up or down", currency);
    return STORE_RUN(a->db,
                     "INSERT INTO rounding (currency, tender, step_minor, mode) VALUES ($1, $2, $3, $4) ON CONFLICT "
                     "(currency, tender) DO UPDATE"
                     " SET step_minor = excluded.step_minor, mode = excluded.mode",
                     store_text(currency), store_text(desk_text(a->request, "tender")), store_number(step.minor),
                     store_text(mode));
}

// ---- who may come when ---------------------------------------------------------------------------------------------

piste_status desk_rule_run(desk_act *a) {
    const char *nationality = desk_text(a->request, "nationality");
    bool is_code = strlen(nationality) == 2 && strspn(nationality, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
    if (!is_code && strcmp(nationality, "*") != 0)
        return desk_invalid(a, "nationality: '%s', expected two capital letters of ISO 3166 or *", nationality);
    if (from_of(a) > until_of(a))
        return desk_invalid(a, "until: expected no day before from");
    a->subject = desk_next_id(a);
    piste_status status = STORE_RUN(
        a->db,
        "INSERT INTO rule (id, nationality, may, valid_from, valid_until, reason) VALUES ($1, $2, $3, $4, $5, $6)",
        store_number(a->subject), store_text(nationality), store_number(desk_flag(a->request, "may")),
        store_number(from_of(a)), store_number(until_of(a)), store_text(desk_text(a->request, "reason")));
    return tell_shared(a, "reasons", desk_text(a->request, "reason"), status);
}

piste_status desk_catalogue_may(desk_act *a, const char *nationality, piste_date date, bool *may, char reason[121]) {
    store_rows *rows = NULL;
    *may = true;
    reason[0] = 0;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT may, reason FROM rule WHERE (nationality = $1 OR nationality = '*') AND "
                                      "valid_from <= $2 AND valid_until >= $2"
                                      " ORDER BY CASE WHEN nationality = '*' THEN 1 ELSE 0 END, id DESC LIMIT 1",
                                      store_text(nationality), store_number(date));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        *may = store_rows_number(rows, 0);
        snprintf(reason, 121, "%s", store_rows_text(rows, 1));
    }
    return store_rows_end(rows);
}

// The first day after `date` on which the answer is another; PISTE_DATE_NONE where it stays.
static piste_status next_change(desk_act *a, const char *nationality, piste_date date, bool may, piste_date *change) {
    *change = PISTE_DATE_NONE;
    for (int64_t at = date;;) {
        int64_t next = 0;
        bool then;
        char reason[121];
        // Days are a few dozen at most: where a rule begins, and where one has ended.
        piste_status status =
            STORE_FIND_NUMBER(a->db, &next, NULL,
                              "SELECT CAST(coalesce(min(day), 0) AS BIGINT) FROM (SELECT valid_from AS day FROM rule "
                              "WHERE valid_from > $1 AND nationality IN ($2, '*')"
                              " UNION SELECT valid_until + 1 FROM rule WHERE valid_until >= $1 AND valid_until < $3 "
                              "AND nationality IN ($2, '*')) AS days",
                              store_number(at), store_text(nationality), store_number(DESK_ALWAYS_UNTIL));
        if (status != PISTE_OK || next == 0)
            return status;
        status = desk_catalogue_may(a, nationality, (piste_date)next, &then, reason);
        if (status != PISTE_OK)
            return status;
        if (then != may) {
            *change = (piste_date)next;
            return PISTE_OK;
        }
        at = next;
    }
}

piste_status desk_may_run(desk_act *a) {
    const char *nationality = desk_text(a->request, "nationality");
    piste_date date = desk_date(a->request, "date", 0), change;
    bool may;
    char reason[121], day[11];
    piste_status status = desk_catalogue_may(a, nationality, date, &may, reason);
    if (status == PISTE_OK)
        status = next_change(a, nationality, date, may, &change);
    if (status != PISTE_OK)
        return status;
    json_object_set_new(a->answer, "may", json_boolean(may));
    json_object_set_new(a->answer, "reason", json_string(*reason ? reason : "no rule says otherwise"));
    if (change != PISTE_DATE_NONE) {
        piste_date_format(change, day);
        json_object_set_new(a->answer, "changes", json_string(day));
    }
    return PISTE_OK;
}
