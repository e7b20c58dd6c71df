// payment.c - what is paid, in whatever currency and tender, and given back as it was paid.
//
// A payment of t in currency A for what is due in currency O posts, each currency summing to zero:
//
//     A:  tender +t, Equity:Trading -t          O:  Equity:Trading +w      (w is t at the day's rate; A = O: tender +t alone)
//     B:  tender -c, Equity:Trading +c          O:  Equity:Trading -v      (change c, in currency B, worth v)
//     O:  what it is for -credit                O:  Expenses:Rounding -(w - v - credit)
//
// What is due in a currency and tender is rounded by their rule, so that whoever pays exactly that has paid in full,
// and the difference stands under Expenses:Rounding.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/order.h"
#include "desk/provider.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

const desk_field desk_payment_fields[] = {
    {"tender", DESK_SLUG, true, 0, 20, NULL, "cash, card, bank, voucher or invoice"},
    {"amount", DESK_TEXT, false, 0, 31, NULL, "what is given, such as 100.00 EUR; all that is due where not given"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "in which all that is due is paid; what it is for where not given"},
    {"drawer", DESK_SLUG, false, 0, 40, NULL, "of cash: into which it goes"},
    {"change", DESK_CURRENCY, false, 0, 0, NULL, "of cash: in which change is given; what was paid in where not given"},
    {"code", DESK_SLUG, false, 0, 40, NULL, "of the voucher"},
    {"provider", DESK_SLUG, false, 0, 40, NULL, "of the card; card"},
    {"reference", DESK_TEXT, false, 0, 60, NULL, "of the card's or bank's slip"},
    END,
};

typedef struct tender {
    const char *word;               // cash, card, ...
    const char *place;              // drawer, provider, code or agency
    char account[DESK_ACCOUNT_MAX]; // debited
    int64_t limit_minor;            // a voucher's or agency's; INT64_MAX: none
    char limit_currency[4];
} tender;

static piste_status voucher_value(desk_act *a, const char *code, tender *t) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT currency FROM voucher WHERE code = $1 AND kind = 'gift' AND valid_from <= $2 AND valid_until >= $2",
        store_text(code), store_number(a->day));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    snprintf(t->limit_currency, sizeof t->limit_currency, "%s", found ? store_rows_text(rows, 0) : "");
    status = store_rows_end(rows);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "voucher_invalid", "gift voucher %s is not known or not valid today", code);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &t->limit_minor, NULL,
                                   "SELECT CAST(coalesce(-sum(amount_minor), 0) AS BIGINT) FROM posting WHERE "
                                   "substr(account, 1, 21) = 'Liabilities:Vouchers:'"
                                   " AND account = $1 AND currency = $2",
                                   store_text(t->account), store_text(t->limit_currency));
    return status;
}

static piste_status owed_by(desk_act *a, const char *account, const char *currency, int64_t *owed) {
    return STORE_FIND_NUMBER(a->db, owed, NULL,
                             "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM posting WHERE substr(account, "
                             "1, 18) = 'Assets:Receivable:'"
                             " AND account = $1 AND currency = $2",
                             store_text(account), store_text(currency));
}

static piste_status agency_credit(desk_act *a, const char *agency, tender *t) {
    store_rows *rows = NULL;
    int64_t limit = 0, owed = 0;
    piste_status status =
        STORE_QUERY(a->db, &rows, "SELECT limit_minor, currency FROM agency WHERE key = $1", store_text(agency));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        limit = store_rows_number(rows, 0);
        snprintf(t->limit_currency, sizeof t->limit_currency, "%s", store_rows_text(rows, 1));
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK && (!found || limit == 0))
        return desk_refuse(a, "no_credit", "agency %s is not invoiced", agency);
    if (status == PISTE_OK)
        status = owed_by(a, t->account, t->limit_currency, &owed);
    t->limit_minor = limit > owed ? limit - owed : 0;
    return status;
}

static piste_status find_tender(desk_act *a, const json_t *p, const desk_due *d, tender *t) {
    *t = (tender){.word = desk_text(p, "tender"), .limit_minor = INT64_MAX};
    if (strcmp(t->word, "cash") == 0) {
        t->place = desk_text(p, "drawer");
        snprintf(t->account, sizeof t->account, "Assets:Cash:%s", t->place);
        return *t->place ? desk_drawer_check(a, t->place)
                         : desk_invalid(a, "drawer: is missing (of cash: into which it goes)");
    }
    if (strcmp(t->word, "card") == 0) {
        t->place = *desk_text(p, "provider") ? desk_text(p, "provider") : "card";
        snprintf(t->account, sizeof t->account, "Assets:Card:%s", t->place);
        bool is_remote = false;
        piste_status status = desk_provider_is_remote(a, t->place, &is_remote);
        if (status == PISTE_OK && is_remote && !a->charge)
            return desk_refuse(a, "use_charge", "%s is spoken to: it is paid by the act charge", t->place);
        return status;
    }
    if (strcmp(t->word, "bank") == 0) {
        t->place = "bank";
        snprintf(t->account, sizeof t->account, "Assets:Bank");
        return PISTE_OK;
    }
    if (strcmp(t->word, "voucher") == 0) {
        t->place = desk_text(p, "code");
        snprintf(t->account, sizeof t->account, "Liabilities:Vouchers:%s", t->place);
        return *t->place ? voucher_value(a, t->place, t) : desk_invalid(a, "code: is missing (of the voucher)");
    }
    if (strcmp(t->word, "invoice") != 0)
        return desk_invalid(a, "tender: '%s', expected cash, card, bank, voucher or invoice", t->word);
    t->place = d->agency;
    snprintf(t->account, sizeof t->account, "Assets:Receivable:%s", t->place);
    return *t->place ? agency_credit(a, t->place, t)
                     : desk_refuse(a, "no_agency", "only an order of an agency is invoiced");
}

// ---- paying --------------------------------------------------------------------------------------------------------

typedef struct paid {
    desk_money given, change;
    int64_t credit_minor; // of what is due
    int64_t kept_minor;   // of what was given, in its currency, without what the change was worth
    desk_money_rate rate; // from what was given to what is due
} paid;

static piste_status read_given(desk_act *a, const json_t *p, const desk_due *d, const tender *t, paid *out,
                               int64_t *payable) {
    bool named = json_object_get(p, "amount");
    desk_money_rate back;
    snprintf(out->given.currency, sizeof out->given.currency, "%s",
             *desk_text(p, "currency") ? desk_text(p, "currency")
             : *t->limit_currency      ? t->limit_currency
                                       : d->currency);
    piste_status status = named ? desk_catalogue_money(a, p, "amount", &out->given) : PISTE_OK;
    if (status == PISTE_OK && named && out->given.minor <= 0)
        status = desk_invalid(a, "amount: '%s', expected more than nothing", desk_text(p, "amount"));
    if (status == PISTE_OK)
        status = desk_money_rate_find(a, out->given.currency, d->currency, &out->rate);
    if (status == PISTE_OK)
        status = desk_money_rate_find(a, d->currency, out->given.currency, &back);
    if (status == PISTE_OK)
        status = desk_money_convert(a, &back, d->minor, payable);
    if (status == PISTE_OK)
        status = desk_money_round(a, out->given.currency, t->word, *payable, payable);
    if (status == PISTE_OK && !named)
        out->given.minor = *payable;
    if (status != PISTE_OK || t->limit_minor == INT64_MAX)
        return status;
    if (strcmp(t->limit_currency, out->given.currency) != 0)
        return desk_refuse(a, "other_currency", "%s %s is in %s", t->word, t->place, t->limit_currency);
    if (out->given.minor > t->limit_minor && strcmp(t->word, "voucher") == 0 && !named)
        out->given.minor = t->limit_minor; // a voucher pays what it can
    char left[DESK_MONEY_TEXT];
    if (out->given.minor > t->limit_minor || out->given.minor == 0)
        return desk_refuse(a, "not_enough", "%s %s is good for %s", t->word, t->place,
                           desk_money_format(t->limit_currency, t->limit_minor, left));
    return PISTE_OK;
}

// What is given beyond what is payable comes back as change, in the currency that was asked for.
static piste_status give_change(desk_act *a, const json_t *p, const desk_due *d, const tender *t, int64_t payable,
                                paid *out, int64_t *change_value) {
    const char *wish = desk_text(p, "change");
    int64_t over = out->given.minor - payable;
    desk_money_rate there, home;
    snprintf(out->change.currency, sizeof out->change.currency, "%s", *wish ? wish : out->given.currency);
    piste_status status = desk_money_rate_find(a, out->given.currency, out->change.currency, &there);
    if (status == PISTE_OK)
        status = desk_money_convert(a, &there, over, &out->change.minor);
    if (status == PISTE_OK)
        status = desk_money_round(a, out->change.currency, t->word, out->change.minor, &out->change.minor);
    if (status == PISTE_OK)
        status = desk_money_rate_find(a, out->change.currency, d->currency, &home);
    return status == PISTE_OK ? desk_money_convert(a, &home, out->change.minor, change_value) : status;
}

static void post_payment(desk_act *a, const desk_due *d, const tender *t, const paid *x, int64_t worth,
                         int64_t change_value) {
    if (strcmp(x->given.currency, d->currency) != 0) {
        desk_post(a, x->given.currency, -x->given.minor, "Equity:Trading");
        desk_post(a, d->currency, worth, "Equity:Trading");
    }
    if (x->change.minor) {
        desk_post(a, x->change.currency, -x->change.minor, "%s", t->account);
        if (strcmp(x->change.currency, d->currency) != 0) {
            desk_post(a, x->change.currency, x->change.minor, "Equity:Trading");
            desk_post(a, d->currency, -change_value, "Equity:Trading");
        }
    }
    desk_post(a, d->currency, -x->credit_minor, "%s", d->account);
    desk_post(a, d->currency, -(worth - change_value - x->credit_minor), "Expenses:Rounding");
}

static void tell_payment(desk_act *a, const tender *t, const paid *x) {
    json_t *list = json_object_get(a->answer, "payments");
    if (!list)
        json_object_set_new(a->answer, "payments", list = json_array());
    json_t *told =
        json_pack("{s:s,s:o}", "tender", t->word, "given", desk_money_json(x->given.currency, x->given.minor));
    if (x->change.minor)
        json_object_set_new(told, "change", desk_money_json(x->change.currency, x->change.minor));
    if (x->rate.day != PISTE_DATE_NONE) {
        char day[11], text[80];
        piste_date_format(x->rate.day, day);
        snprintf(text, sizeof text, "%" PRId64 "/%" PRId64 " %s for 1 %s of %s", x->rate.numerator, x->rate.denominator,
                 x->rate.to, x->rate.from, day);
        json_object_set_new(told, "rate", json_string(text));
        json_object_set_new(told, "source", json_string(x->rate.source));
    }
    json_array_append_new(list, told);
}

static piste_status write_payment(desk_act *a, const desk_due *d, const json_t *p, const tender *t, const paid *x) {
    static const store_table payments = {
        "payment",
        "INSERT INTO payment (id, entry, tender, place, reference, currency, amount_minor, credit_minor, returned_minor,"
        " returned_credit_minor, rate_numerator, rate_denominator, rate_day, rate_source)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        14,
    };
    int64_t id = 0;
    piste_status status = desk_next_line(a, &a->payments, d->order,
                                         "SELECT max(id) FROM payment WHERE" DESK_LINES_OF("", "$1"), &id);
    if (status != PISTE_OK)
        return status;
    return STORE_APPEND(a->db, &payments, store_number(id), store_number(a->entry), store_text(t->word),
                        store_text(t->place), store_text(desk_text(p, "reference")), store_text(x->given.currency),
                        store_number(x->kept_minor), store_number(x->credit_minor), store_number(0), store_number(0),
                        store_number(x->rate.numerator), store_number(x->rate.denominator), store_number(x->rate.day),
                        store_text(x->rate.source));
}

static piste_status take_payment(desk_act *a, const json_t *p, desk_due *d) {
    tender t;
    paid x = {.kept_minor = 0};
    int64_t payable = 0, worth = 0, change_value = 0;
    if (d->minor <= 0)
        return desk_refuse(a, "nothing_due", "nothing is due");
    piste_status status = find_tender(a, p, d, &t);
    if (status == PISTE_OK)
        status = read_given(a, p, d, &t, &x, &payable);
    if (status == PISTE_OK)
        status = desk_money_convert(a, &x.rate, x.given.minor, &worth);
    if (status != PISTE_OK)
        return status;
    x.kept_minor = x.given.minor;
    x.credit_minor = worth < d->minor ? worth : d->minor;
    if (x.given.minor >= payable) // all is paid, however it was rounded
        x.credit_minor = d->minor;
    char text[DESK_MONEY_TEXT];
    if (x.given.minor > payable && strcmp(t.word, "cash") != 0)
        return desk_refuse(a, "too_much", "%s is due, and only cash is changed",
                           desk_money_format(x.given.currency, payable, text));
    if (x.given.minor > payable) {
        x.kept_minor = payable;
        status = give_change(a, p, d, &t, payable, &x, &change_value);
        if (status != PISTE_OK)
            return status;
    }
    // What is given first goes into the drawer: change may come out of it.
    desk_post(a, x.given.currency, x.given.minor, "%s", t.account);
    if (x.change.minor) {
        status = desk_drawer_has(a, t.place, x.change.currency, x.change.minor);
        if (status != PISTE_OK)
            return status;
    }
    post_payment(a, d, &t, &x, worth, change_value);
    tell_payment(a, &t, &x);
    d->minor -= x.credit_minor;
    return d->order ? write_payment(a, d, p, &t, &x) : PISTE_OK;
}

piste_status desk_payments_take(desk_act *a, const json_t *payments, desk_due *d) {
    for (size_t i = 0; i < json_array_size(payments); i++) {
        piste_status status = take_payment(a, json_array_get(payments, i), d);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

// ---- giving back ---------------------------------------------------------------------------------------------------

typedef struct old_payment {
    int64_t id, amount, credit, returned, returned_credit;
    char tender[21], place[41], reference[61], currency[4];
} old_payment;

static piste_status load_payments(desk_act *a, int64_t order, old_payment **out, size_t *out_count) {
    store_rows *rows = NULL;
    old_payment *list = NULL;
    size_t count = 0, capacity = 0;
    bool failed = false;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id, amount_minor, credit_minor, returned_minor, returned_credit_minor, "
                                      "tender, place, currency, reference FROM payment"
                                      " WHERE" DESK_LINES_OF("", "$1") "AND returned_credit_minor < credit_minor ORDER BY id DESC",
                                      store_number(order));
    if (status != PISTE_OK)
        return status;
    while (!failed && store_rows_next(rows)) {
        if (count == capacity) {
            capacity = capacity ? 2 * capacity : 8;
            old_payment *more = realloc(list, capacity * sizeof *more);
            failed = !more;
            list = more ? more : list;
        }
        if (failed)
            break;
        old_payment *p = &list[count++];
        *p = (old_payment){.id = store_rows_number(rows, 0),
                           .amount = store_rows_number(rows, 1),
                           .credit = store_rows_number(rows, 2),
                           .returned = store_rows_number(rows, 3),
                           .returned_credit = store_rows_number(rows, 4)};
        snprintf(p->tender, sizeof p->tender, "%s", store_rows_text(rows, 5));
        snprintf(p->place, sizeof p->place, "%s", store_rows_text(rows, 6));
        snprintf(p->currency, sizeof p->currency, "%s", store_rows_text(rows, 7));
        snprintf(p->reference, sizeof p->reference, "%s", store_rows_text(rows, 8));
    }
    status = store_rows_end(rows);
    if (failed || status != PISTE_OK) {
        free(list);
        return failed ? PISTE_MEMORY : status;
    }
    *out = list;
    *out_count = count;
    return PISTE_OK;
}

static piste_status refund_account(desk_act *a, const old_payment *p, const char *drawer,
                                   char account[DESK_ACCOUNT_MAX]) {
    if (strcmp(p->tender, "cash") == 0) {
        snprintf(account, DESK_ACCOUNT_MAX, "Assets:Cash:%s", drawer);
        return *drawer ? desk_drawer_check(a, drawer)
                       : desk_invalid(a, "drawer: is missing (out of which cash is given back)");
    }
    snprintf(account, DESK_ACCOUNT_MAX, "%s:%s",
             strcmp(p->tender, "card") == 0      ? "Assets:Card"
             : strcmp(p->tender, "voucher") == 0 ? "Liabilities:Vouchers"
                                                 : "Assets:Receivable",
             p->place);
    if (strcmp(p->tender, "bank") == 0)
        snprintf(account, DESK_ACCOUNT_MAX, "Assets:Bank");
    return PISTE_OK;
}

// Gives back `credit` of one payment: the same share of what was given, rounded as its tender pays; the last of it
// gives the rest.
static piste_status return_one(desk_act *a, const desk_order_row *o, const old_payment *p, int64_t credit,
                               const char *drawer) {
    char account[DESK_ACCOUNT_MAX];
    int64_t rounded = 0, exact = p->amount - p->returned;
    bool last = p->returned_credit + credit == p->credit, foreign = strcmp(p->currency, o->currency) != 0;
    if (!last)
        exact = desk_money_share(p->amount, credit, p->credit);
    exact = exact < p->amount - p->returned ? exact : p->amount - p->returned;
    piste_status status = refund_account(a, p, drawer, account);
    if (status == PISTE_OK)
        status = desk_money_round(a, p->currency, p->tender, exact, &rounded);
    if (status != PISTE_OK)
        return status;
    if (rounded > p->amount - p->returned)
        rounded = p->amount - p->returned;
    bool is_remote = false;
    if (strcmp(p->tender, "card") == 0)
        status = desk_charge_return(a, p->place, p->reference, rounded, &is_remote);
    if (status != PISTE_OK)
        return status;
    if (is_remote) // owed until its provider says that it is refunded
        snprintf(account, sizeof account, "Liabilities:Refunds:%s", p->place);
    if (strcmp(p->tender, "cash") == 0) {
        status = desk_drawer_has(a, drawer, p->currency, rounded);
        if (status != PISTE_OK)
            return status;
    }
    desk_post(a, p->currency, -rounded, "%s", account);
    if (foreign) { // what rounding keeps of a foreign currency is seen in the trading account
        desk_post(a, p->currency, rounded, "Equity:Trading");
        desk_post(a, o->currency, -credit, "Equity:Trading");
    } else
        desk_post(a, o->currency, rounded - credit, "Expenses:Rounding");
    json_t *list = json_object_get(a->answer, "refunds");
    if (!list)
        json_object_set_new(a->answer, "refunds", list = json_array());
    json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "tender", p->tender, "given",
                                          desk_money_json(p->currency, rounded), "for",
                                          desk_money_json(o->currency, credit)));
    return STORE_RUN(a->db,
                     "UPDATE payment SET returned_minor = returned_minor + $1, returned_credit_minor = "
                     "returned_credit_minor + $2 WHERE id = $3",
                     store_number(rounded), store_number(credit), store_number(p->id));
}

piste_status desk_payments_return(desk_act *a, const desk_order_row *o, int64_t minor, const char *drawer) {
    old_payment *list = NULL;
    size_t count = 0;
    char text[DESK_MONEY_TEXT];
    piste_status status = load_payments(a, o->id, &list, &count);
    for (size_t i = 0; i < count && minor > 0 && status == PISTE_OK; i++) {
        int64_t left = list[i].credit - list[i].returned_credit, some = left < minor ? left : minor;
        status = return_one(a, o, &list[i], some, drawer);
        minor -= some;
    }
    free(list);
    if (status == PISTE_OK && minor > 0)
        return desk_refuse(a, "not_paid", "%s more than was paid would be given back",
                           desk_money_format(o->currency, minor, text));
    return status;
}

// ---- gift vouchers, and what agencies owe --------------------------------------------------------------------------

const desk_field desk_gift_fields[] = {
    {"code", DESK_SLUG, true, 0, 40, NULL, "what is written on it"},
    {"amount", DESK_TEXT, true, 0, 31, NULL, "what it is good for, such as 50.00 USD"},
    {"from", DESK_DATE, false, 0, 0, NULL, "first day, included"},
    {"until", DESK_DATE, false, 0, 0, NULL, "last day, included"},
    {"payments", DESK_LIST, true, 1, 20, desk_payment_fields, "what is paid for it, in full"},
    END,
};
const desk_field desk_settle_fields[] = {
    {"agency", DESK_SLUG, true, 0, 40, NULL, "which pays"},
    {"currency", DESK_CURRENCY, true, 0, 0, NULL, "of the invoices"},
    {"payments", DESK_LIST, true, 1, 20, desk_payment_fields, "what it pays"},
    END,
};

piste_status desk_gift_run(desk_act *a) {
    const char *code = desk_text(a->request, "code");
    desk_money m;
    int64_t there = 0;
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_catalogue_money(a, a->request, "amount", &m);
    if (status == PISTE_OK)
        status =
            STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM voucher WHERE code = $1", store_text(code));
    if (status != PISTE_OK)
        return status;
    if (there)
        return desk_refuse(a, "voucher_there", "there is a voucher %s already", code);
    if (m.minor <= 0)
        return desk_invalid(a, "amount: expected more than nothing");
    desk_due d = {.minor = m.minor, .agency = ""};
    memcpy(d.currency, m.currency, sizeof d.currency);
    snprintf(d.account, sizeof d.account, "Liabilities:Vouchers:%s", code);
    status = desk_payments_take(a, json_object_get(a->request, "payments"), &d);
    if (status == PISTE_OK && d.minor > 0)
        return desk_refuse(a, "not_paid", "a gift voucher is paid in full");
    if (status != PISTE_OK)
        return status;
    json_object_set_new(a->answer, "code", json_string(code));
    return STORE_RUN(
        a->db,
        "INSERT INTO voucher (code, kind, currency, amount_minor, percent_bp, product, valid_from, valid_until)"
        " VALUES ($1, 'gift', $2, $3, 0, '', $4, $5)",
        store_text(code), store_text(m.currency), store_number(m.minor),
        store_number(desk_date(a->request, "from", DESK_ALWAYS_FROM)),
        store_number(desk_date(a->request, "until", DESK_ALWAYS_UNTIL)));
}

piste_status desk_settle_run(desk_act *a) {
    desk_due d = {.agency = ""};
    snprintf(d.currency, sizeof d.currency, "%s", desk_text(a->request, "currency"));
    snprintf(d.account, sizeof d.account, "Assets:Receivable:%s", desk_text(a->request, "agency"));
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = owed_by(a, d.account, d.currency, &d.minor);
    if (status == PISTE_OK)
        status = desk_payments_take(a, json_object_get(a->request, "payments"), &d);
    if (status == PISTE_OK)
        json_object_set_new(a->answer, "owed", desk_money_json(d.currency, d.minor));
    return status;
}
