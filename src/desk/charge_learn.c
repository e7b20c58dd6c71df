// charge_learn.c - what a provider says of a charge becomes true at the desk: booked once, applied or sent back.
//
// Its totals only grow. What grew since the desk last learned is posted; then the charge's state moves on. Whatever is
// captured and not applied is surplus, and for all surplus that no refund is under way for a refund is intended, in the
// same transaction.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/people.h"
#include "desk/provider.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field refund_fields[] = {
    {"refund", DESK_TEXT, true, 0, 60, NULL, "its key"},
    {"state", DESK_SLUG, true, 0, 20, NULL, "done or refused"},
    END,
};
const desk_field desk_learn_fields[] = {
    {"charge", DESK_INT, true, 1, INT64_MAX, NULL, "the charge"},
    {"state", DESK_SLUG, true, 0, 20, NULL, "what the provider says"},
    {"currency", DESK_TEXT, false, 0, 3, NULL, "of its amounts"},
    {"authorised", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"captured", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"refunded", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"refunds", DESK_LIST, false, 0, 1000, refund_fields, "each"},
    END,
};

typedef struct charge_row {
    int64_t id, order, amount, captured, refunded, applied, surplus, deposit_until;
    char key[DESK_CHARGE_KEY], provider[41], currency[4], state[12], result[20];
    bool is_open;
} charge_row;

static piste_status load(desk_act *a, charge_row *c) {
    store_rows *rows = NULL;
    a->subject = desk_number(a->request, "charge", 0);
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT owner, amount_minor, captured_minor, refunded_minor, applied_minor, "
                                      "surplus_minor, deposit_until, key, provider, currency, state, result"
                                      " FROM charge WHERE id = $1",
                                      store_number(a->subject));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        *c = (charge_row){.id = a->subject,
                          .order = store_rows_number(rows, 0),
                          .amount = store_rows_number(rows, 1),
                          .captured = store_rows_number(rows, 2),
                          .refunded = store_rows_number(rows, 3),
                          .applied = store_rows_number(rows, 4),
                          .surplus = store_rows_number(rows, 5),
                          .deposit_until = store_rows_number(rows, 6)};
        snprintf(c->key, sizeof c->key, "%s", store_rows_text(rows, 7));
        snprintf(c->provider, sizeof c->provider, "%s", store_rows_text(rows, 8));
        snprintf(c->currency, sizeof c->currency, "%s", store_rows_text(rows, 9));
        snprintf(c->state, sizeof c->state, "%s", store_rows_text(rows, 10));
        snprintf(c->result, sizeof c->result, "%s", store_rows_text(rows, 11));
    }
    status = store_rows_end(rows);
    return status == PISTE_OK && !found ? desk_refuse(a, "no_charge", "there is no charge %" PRId64, a->subject)
                                        : status;
}

static piste_status save(desk_act *a, const charge_row *c) {
    return STORE_RUN(a->db,
                     "UPDATE charge SET state = $1, result = $2, captured_minor = $3, refunded_minor = $4, "
                     "applied_minor = $5, surplus_minor = $6, is_open = $7, next_ms = $8,"
                     " busy_ms = 0, tries = 0 WHERE id = $9",
                     store_text(c->state), store_text(c->result), store_number(c->captured), store_number(c->refunded),
                     store_number(c->applied), store_number(c->surplus), store_number(c->is_open),
                     store_number(a->now_ms), store_number(c->id));
}

static void finish(charge_row *c, const char *result) {
    snprintf(c->state, sizeof c->state, "done");
    snprintf(c->result, sizeof c->result, "%s", result);
}

// ---- the order ------------------------------------------------------------------------------------------------------------------

static piste_status is_order_open(desk_act *a, const charge_row *c, desk_order_row *o, bool *is_open) {
    piste_status status = desk_order_load(a, c->order, o);
    *is_open = status == PISTE_OK && (strcmp(o->state, "held") == 0 || strcmp(o->state, "reserved") == 0) &&
               (o->until_ms == 0 || o->until_ms > a->now_ms) && o->total_minor > o->paid_minor;
    return status;
}

// Money is under way: the hold lasts until it can have come, and not for ever.
static piste_status begin_capture(desk_act *a, charge_row *c) {
    desk_order_row o;
    bool open = false;
    piste_status status = is_order_open(a, c, &o, &open);
    if (status != PISTE_OK)
        return status;
    snprintf(c->state, sizeof c->state, open ? "capturing" : "cancelling");
    if (!open)
        snprintf(c->result, sizeof c->result, "order_over");
    if (open && o.until_ms && o.until_ms < a->now_ms + DESK_CHARGE_GRACE_MS) {
        o.until_ms = a->now_ms + DESK_CHARGE_GRACE_MS;
        status = desk_order_save(a, &o);
    }
    return status;
}

// Pays the order with what was captured, as the act `pay` does; nothing of it stays when that is refused.
static piste_status try_apply(desk_act *a, charge_row *c, bool *is_applied) {
    char amount[DESK_MONEY_TEXT], day[11];
    const json_t *request = a->request;
    json_t *answer = a->answer;
    int64_t next_id = a->head->next_id, subject = a->subject;
    json_t *pay = json_pack("{s:I,s:[{s:s,s:s,s:s,s:s}]}", "order", (json_int_t)c->order, "payments", "tender", "card",
                            "provider", c->provider, "amount", desk_money_format(c->currency, c->amount, amount),
                            "reference", c->key);
    if (!pay)
        return PISTE_MEMORY;
    piste_date_format((piste_date)c->deposit_until, day);
    if (c->deposit_until != PISTE_DATE_NONE)
        json_object_set_new(pay, "deposit_until", json_string(day));
    piste_status status = store_run(a->db, "SAVEPOINT apply", NULL, 0);
    a->request = pay;
    a->answer = json_object();
    a->charge = c->key;
    piste_status paid = status == PISTE_OK ? desk_pay_run(a) : status;
    json_decref(a->answer);
    json_decref(pay);
    a->request = request;
    a->answer = answer;
    a->charge = NULL;
    a->subject = subject;
    *is_applied = paid == PISTE_OK;
    if (paid == PISTE_REFUSED || paid == PISTE_INVALID) {
        status = store_run(a->db, "ROLLBACK TO SAVEPOINT apply", NULL, 0);
        a->postings.count = 0; // the first thing that the act does, so that all of them are its own
        a->takes.count = a->capacities.count = a->freed.count = 0;
        a->head->next_id = next_id;
        a->reason = NULL;
        a->message[0] = 0;
    } else
        status = paid;
    if (status == PISTE_OK)
        status = store_run(a->db, "RELEASE SAVEPOINT apply", NULL, 0);
    return status;
}

// ---- captured --------------------------------------------------------------------------------------------------------------------

static piste_status learn_captured(desk_act *a, charge_row *c, int64_t captured) {
    int64_t more = captured - c->captured;
    desk_order_row o;
    bool open = false, applied = false, first = c->captured == 0 && c->applied == 0;
    if (more <= 0)
        return PISTE_OK;
    piste_status status = is_order_open(a, c, &o, &open);
    bool asked = strcmp(c->state, "capturing") == 0 || strcmp(c->state, "intended") == 0;
    if (status == PISTE_OK && first && asked && open && captured == c->amount)
        status = try_apply(a, c, &applied);
    if (status != PISTE_OK)
        return status;
    c->captured = captured;
    if (applied) {
        c->applied = c->amount;
        finish(c, "applied");
        return PISTE_OK;
    }
    desk_post(a, c->currency, more, "Assets:Card:%s", c->provider);
    desk_post(a, c->currency, -more, "Liabilities:Unapplied:%s", c->provider);
    c->surplus += more;
    if (strcmp(c->state, "done") != 0)
        finish(c, captured != c->amount ? "other_amount" : "too_late");
    return PISTE_OK;
}

// ---- refunded --------------------------------------------------------------------------------------------------------------------

typedef struct refund_row {
    int64_t id, amount;
    char account[DESK_ACCOUNT_MAX];
    const char *told;
} refund_row;

enum { REFUNDS_AT_ONCE = 100 };

static const char *told_of(const desk_act *a, const char *key) {
    size_t i;
    json_t *r;
    json_array_foreach(json_object_get(a->request, "refunds"), i,
                       r) if (strcmp(desk_text(r, "refund"), key) == 0) return desk_text(r, "state");
    return "";
}

static piste_status load_refunds(desk_act *a, const charge_row *c, refund_row *list, int *count) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id, amount_minor, account, key FROM charge_refund WHERE charge = $1 AND "
                                      "state = 'intended' ORDER BY id LIMIT 100",
                                      store_number(c->id));
    *count = 0;
    if (status != PISTE_OK)
        return status;
    while (*count < REFUNDS_AT_ONCE && store_rows_next(rows)) {
        refund_row *r = &list[(*count)++];
        *r = (refund_row){.id = store_rows_number(rows, 0),
                          .amount = store_rows_number(rows, 1),
                          .told = told_of(a, store_rows_text(rows, 3))};
        snprintf(r->account, sizeof r->account, "%s", store_rows_text(rows, 2));
    }
    return store_rows_end(rows);
}

// Of what the provider says to have refunded, its refunds that are done take their share; what is left nobody asked for.
static piste_status learn_refunded(desk_act *a, charge_row *c, int64_t refunded) {
    refund_row list[REFUNDS_AT_ONCE];
    int count = 0;
    int64_t more = refunded - c->refunded;
    piste_status status = load_refunds(a, c, list, &count);
    for (int i = 0; i < count && status == PISTE_OK; i++) {
        refund_row *r = &list[i];
        bool done = strcmp(r->told, "done") == 0 && r->amount <= more;
        if (!done && strcmp(r->told, "refused") != 0)
            continue;
        status = STORE_RUN(a->db, "UPDATE charge_refund SET state = $1 WHERE id = $2",
                           store_text(done ? "done" : "refused"), store_number(r->id));
        if (!done)
            continue;
        desk_post(a, c->currency, -r->amount, "Assets:Card:%s", c->provider);
        desk_post(a, c->currency, r->amount, "%s", r->account);
        more -= r->amount;
        c->refunded += r->amount;
        if (strncmp(r->account, "Liabilities:Unapplied", 21) == 0)
            c->surplus -= r->amount;
    }
    if (more > 0 && status == PISTE_OK) {
        desk_post(a, c->currency, -more, "Assets:Card:%s", c->provider);
        desk_post(a, c->currency, more, "Liabilities:Unapplied:%s", c->provider);
        c->refunded += more;
        c->surplus -= more;
        json_object_set_new(a->answer, "unasked", desk_money_json(c->currency, more));
    }
    return status;
}

static piste_status refund_surplus(desk_act *a, const charge_row *c) {
    int64_t under_way = 0;
    char key[DESK_CHARGE_KEY], account[DESK_ACCOUNT_MAX];
    unsigned char hash[16];
    snprintf(account, sizeof account, "Liabilities:Unapplied:%s", c->provider);
    // One that was refused is a person's to decide about: it is not asked for by itself again.
    piste_status status = STORE_FIND_NUMBER(a->db, &under_way, NULL,
                                            "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) FROM charge_refund "
                                            "WHERE charge = $1 AND account = $2 AND state <> 'done'",
                                            store_number(c->id), store_text(account));
    if (status != PISTE_OK || c->surplus <= under_way)
        return status;
    int64_t id = desk_next_id(a);
    crypto_generichash_state state;
    crypto_generichash_init(&state, a->head->hash, sizeof a->head->hash, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)c->key, strlen(c->key));
    crypto_generichash_update(&state, (const unsigned char *)&id, sizeof id);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(key, sizeof key, hash, sizeof hash);
    return STORE_RUN(a->db,
                     "INSERT INTO charge_refund (id, key, charge, account, amount_minor, state) VALUES ($1, $2, $3, "
                     "$4, $5, 'intended')",
                     store_number(id), store_text(key), store_number(c->id), store_text(account),
                     store_number(c->surplus - under_way));
}

// ---- the state ---------------------------------------------------------------------------------------------------------------------

static piste_status move_on(desk_act *a, charge_row *c, const char *told) {
    desk_order_row o;
    bool open = false;
    bool intended = strcmp(c->state, "intended") == 0, capturing = strcmp(c->state, "capturing") == 0;
    if (strcmp(c->state, "done") == 0)
        return PISTE_OK;
    if (strcmp(told, "refused") == 0) {
        finish(c, "refused");
        return PISTE_OK;
    }
    if (strcmp(told, "cancelled") == 0) {
        snprintf(c->state, sizeof c->state, "done");
        if (!*c->result) // otherwise it says why it was to be cancelled
            snprintf(c->result, sizeof c->result, "cancelled");
        return PISTE_OK;
    }
    if (intended && strcmp(told, "authorised") == 0) {
        if (desk_number(a->request, "authorised", 0) == c->amount)
            return begin_capture(a, c);
        snprintf(c->state, sizeof c->state, "cancelling");
        snprintf(c->result, sizeof c->result, "other_amount");
        return PISTE_OK;
    }
    if (!intended && !capturing)
        return PISTE_OK;
    piste_status status = is_order_open(a, c, &o, &open); // before it is captured it can still be given up
    if (status == PISTE_OK && !open) {
        snprintf(c->state, sizeof c->state, "cancelling");
        snprintf(c->result, sizeof c->result, "order_over");
    }
    return status;
}

piste_status desk_learn_run(desk_act *a) {
    charge_row c;
    int64_t open_refunds = 0, captured = desk_number(a->request, "captured", 0),
            refunded = desk_number(a->request, "refunded", 0);
    const char *told = desk_text(a->request, "state"), *currency = desk_text(a->request, "currency");
    piste_status status = load(a, &c);
    if (status == PISTE_OK && strcmp(told, "unknown") != 0 && strcmp(currency, c.currency) != 0)
        return desk_refuse(a, "other_currency", "the provider has charge %" PRId64 " in %s, expected %s", c.id,
                           currency, c.currency);
    if (status == PISTE_OK)
        status = learn_captured(a, &c, captured);
    if (status == PISTE_OK)
        status = learn_refunded(a, &c, refunded);
    if (status == PISTE_OK)
        status = move_on(a, &c, told);
    if (status == PISTE_OK)
        status = refund_surplus(a, &c);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &open_refunds, NULL,
                                   "SELECT count(*) FROM charge_refund WHERE charge = $1 AND state = 'intended'",
                                   store_number(c.id));
    if (status != PISTE_OK)
        return status;
    c.is_open = strcmp(c.state, "done") != 0 || open_refunds;
    json_object_set_new(a->answer, "charge", json_integer(c.id));
    json_object_set_new(a->answer, "state", json_string(c.state));
    json_object_set_new(a->answer, "result", json_string(c.result));
    return save(a, &c);
}

// ---- the audit -----------------------------------------------------------------------------------------------------------------------

static const struct {
    const char *what, *sql; // provider, currency, in the books, by the charges
} rules[] = {
    {"of cards", "SELECT c.provider, c.currency, CAST((SELECT coalesce(sum(p.amount_minor), 0) FROM posting p WHERE "
                 "p.account = 'Assets:Card:' || c.provider"
                 " AND p.currency = c.currency) AS BIGINT), CAST(sum(c.captured_minor - c.refunded_minor) AS BIGINT) "
                 "FROM charge c GROUP BY c.provider, c.currency"},
    {"unapplied", "SELECT c.provider, c.currency, CAST(-(SELECT coalesce(sum(p.amount_minor), 0) FROM posting p WHERE "
                  "p.account = 'Liabilities:Unapplied:' || c.provider"
                  " AND p.currency = c.currency) AS BIGINT), CAST(sum(c.surplus_minor) AS BIGINT) FROM charge c GROUP "
                  "BY c.provider, c.currency"},
    {"to be refunded", "SELECT c.provider, c.currency, CAST(-(SELECT coalesce(sum(p.amount_minor), 0) FROM posting p "
                       "WHERE p.account = 'Liabilities:Refunds:' || c.provider"
                       " AND p.currency = c.currency) AS BIGINT), CAST((SELECT coalesce(sum(r.amount_minor), 0) FROM "
                       "charge_refund r JOIN charge d ON d.id = r.charge"
                       " WHERE d.provider = c.provider AND d.currency = c.currency AND r.state <> 'done' AND r.account "
                       "= 'Liabilities:Refunds:' || c.provider) AS BIGINT)"
                       " FROM charge c GROUP BY c.provider, c.currency"},
};

piste_status desk_charges_audit(store_db *db, void (*tell)(void *context, const char *text), void *context) {
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < BASE_COUNT(rules) && status == PISTE_OK; i++) {
        store_rows *rows = NULL;
        status = store_query(db, &rows, rules[i].sql, NULL, 0);
        if (status != PISTE_OK)
            return status;
        while (store_rows_next(rows)) {
            char text[240];
            snprintf(text, sizeof text,
                     "provider %s: %" PRId64 " %s %s stand in the books, while its charges come to %" PRId64,
                     store_rows_text(rows, 0), store_rows_number(rows, 2), store_rows_text(rows, 1), rules[i].what,
                     store_rows_number(rows, 3));
            if (store_rows_number(rows, 2) != store_rows_number(rows, 3))
                tell(context, text);
        }
        status = store_rows_end(rows);
    }
    return status;
}
