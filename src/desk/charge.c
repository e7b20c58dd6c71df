// charge.c - providers, and charges as intents: what is to be charged stands on the disk before anything is sent.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/people.h"
#include "desk/provider.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

const char desk_charge_tables[] =
    "CREATE TABLE provider (key TEXT PRIMARY KEY, url TEXT NOT NULL, token_file TEXT NOT NULL, wait_ms INTEGER NOT "
    "NULL) STRICT;\n"
    "CREATE TABLE charge (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, provider TEXT NOT NULL, owner INTEGER NOT "
    "NULL, currency TEXT NOT NULL,"
    " amount_minor INTEGER NOT NULL, deposit_until INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state = 'intended' OR state = 'capturing' OR state = 'cancelling' OR state = 'done'), result TEXT NOT NULL,"
    " captured_minor INTEGER NOT NULL, refunded_minor INTEGER NOT NULL, applied_minor INTEGER NOT NULL, surplus_minor "
    "INTEGER NOT NULL,"
    " is_open INTEGER NOT NULL, next_ms INTEGER NOT NULL, busy_ms INTEGER NOT NULL, tries INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX charge_open ON charge (next_ms) WHERE is_open = 1;\n"
    "CREATE INDEX charge_owner ON charge (owner);\n"
    "CREATE TABLE charge_refund (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, charge INTEGER NOT NULL, account "
    "TEXT NOT NULL,"
    " amount_minor INTEGER NOT NULL, state TEXT NOT NULL CHECK (state = 'intended' OR state = 'done' OR state = 'refused')) STRICT;\n"
    "CREATE INDEX charge_refund_charge ON charge_refund (charge);\n";

const desk_field desk_provider_fields[] = {
    {"provider", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"url", DESK_TEXT, true, 0, 200, NULL, "of its adapter; https, or http on this machine"},
    {"token_file", DESK_TEXT, false, 0, 200, NULL, "a file whose first line the adapter asks for"},
    {"wait_ms", DESK_INT, false, 50, 120000, NULL, "how long one call may take; 10000"},
    END,
};
const desk_field desk_charge_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order, whose whole due is charged"},
    {"provider", DESK_SLUG, true, 0, 40, NULL, "by whom"},
    {"amount", DESK_TEXT, false, 0, 31, NULL, "of a deposit, such as 100.00 EUR"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "in which it is charged; that of the order"},
    {"deposit_until", DESK_DATE, false, 0, 0, NULL, "it is a deposit; the rest is due by the end of this day"},
    {"wait_s", DESK_INT, false, 0, 600, NULL, "how long the answer may wait for the provider, seconds; 20"},
    END,
};
const desk_field desk_charges_fields[] = {
    {"order", DESK_INT, false, 1, INT64_MAX, NULL, "of one order; those that are not done where not given"},
    END,
};
const desk_field desk_again_fields[] = {
    {"charge", DESK_INT, true, 1, INT64_MAX, NULL, "whose refused refunds are asked for once more"},
    END,
};

// ---- providers ------------------------------------------------------------------------------------------------------------------

static bool is_local(const char *url) {
    static const char *const heads[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < BASE_COUNT(heads); i++) {
        size_t length = strlen(heads[i]);
        if (strncmp(url, heads[i], length) == 0 && (url[length] == 0 || url[length] == ':' || url[length] == '/'))
            return true;
    }
    return false;
}

piste_status desk_provider_run(desk_act *a) {
    const char *key = desk_text(a->request, "provider"), *url = desk_text(a->request, "url");
    size_t length = strlen(url);
    if (strncmp(url, "https://", 8) != 0 && !is_local(url))
        return desk_invalid(a, "url: '%s', expected https://..., or http:// on this machine", url);
    if (url[length - 1] == '/')
        return desk_invalid(a, "url: '%s', expected no / at its end", url);
    // What came by card in this name before is money that no charge tells of.
    int64_t manual = 0;
    piste_status status =
        STORE_FIND_NUMBER(a->db, &manual, NULL,
                          "SELECT count(*) FROM payment WHERE tender = 'card' AND place = $1"
                          " AND NOT EXISTS (SELECT 1 FROM provider WHERE key = $1)",
                          store_text(key));
    if (status == PISTE_OK && manual)
        return desk_refuse(a, "has_payments", "payments by hand stand in the name of %s; give it another key", key);
    if (status != PISTE_OK)
        return status;
    json_object_set_new(a->answer, "provider", json_string(key));
    return STORE_RUN(
        a->db,
        "INSERT INTO provider (key, url, token_file, wait_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE"
        " SET url = excluded.url, token_file = excluded.token_file, wait_ms = excluded.wait_ms",
        store_text(key), store_text(url), store_text(desk_text(a->request, "token_file")),
        store_number(desk_number(a->request, "wait_ms", 10000)));
}

piste_status desk_provider_is_remote(desk_act *a, const char *name, bool *is_remote) {
    const desk_terms *terms = NULL;
    piste_status status = desk_terms_get(a, &terms);
    int i = 0;
    while (status == PISTE_OK && i < terms->providers.count && strcmp(terms->providers.list[i], name) != 0)
        i++;
    *is_remote = status == PISTE_OK && i < terms->providers.count;
    return status;
}

// ---- the intent -----------------------------------------------------------------------------------------------------------------

// Of the chain so far, so that a desk that was restored from a backup never uses a key again for something else.
static void make_key(const desk_act *a, const char *word, int64_t id, char key[DESK_CHARGE_KEY]) {
    unsigned char hash[16];
    crypto_generichash_state state;
    crypto_generichash_init(&state, a->head->hash, sizeof a->head->hash, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)word, strlen(word) + 1);
    crypto_generichash_update(&state, (const unsigned char *)a->key, strlen(a->key));
    crypto_generichash_update(&state, (const unsigned char *)&id, sizeof id);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(key, DESK_CHARGE_KEY, hash, sizeof hash);
}

static piste_status check_order(desk_act *a, const desk_order_row *o) {
    bool open = strcmp(o->state, "held") == 0 || strcmp(o->state, "reserved") == 0;
    int64_t others = 0;
    if (!open || (o->until_ms && o->until_ms <= a->now_ms))
        return desk_refuse(a, "hold_ended", "order %" PRId64 " is %s: nothing can be paid", o->id,
                           open ? "over" : o->state);
    if (!*o->currency || o->total_minor <= o->paid_minor)
        return desk_refuse(a, "nothing_due", "nothing is due for order %" PRId64, o->id);
    piste_status status = STORE_FIND_NUMBER(
        a->db, &others, NULL, "SELECT count(*) FROM charge WHERE owner = $1 AND state <> 'done'", store_number(o->id));
    if (status == PISTE_OK && others)
        return desk_refuse(a, "charge_open", "a charge for order %" PRId64 " is under way", o->id);
    return status;
}

static piste_status find_amount(desk_act *a, const desk_order_row *o, desk_money *m) {
    desk_money_rate rate;
    bool deposit = json_object_get(a->request, "deposit_until");
    if (deposit != (json_object_get(a->request, "amount") != NULL))
        return desk_invalid(a, deposit ? "amount: is missing (of a deposit)"
                                       : "deposit_until: is missing; without it all that is due is charged");
    if (deposit) {
        piste_status status = desk_catalogue_money(a, a->request, "amount", m);
        return status == PISTE_OK && m->minor <= 0 ? desk_invalid(a, "amount: expected more than nothing") : status;
    }
    const char *currency = *desk_text(a->request, "currency") ? desk_text(a->request, "currency") : o->currency;
    snprintf(m->currency, sizeof m->currency, "%s", currency);
    piste_status status = desk_money_rate_find(a, o->currency, currency, &rate);
    if (status == PISTE_OK)
        status = desk_money_convert(a, &rate, o->total_minor - o->paid_minor, &m->minor);
    return status == PISTE_OK ? desk_money_round(a, m->currency, "card", m->minor, &m->minor) : status;
}

piste_status desk_charge_run(desk_act *a) {
    desk_order_row o;
    desk_money m;
    bool is_remote = false;
    char key[DESK_CHARGE_KEY];
    const char *provider = desk_text(a->request, "provider");
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_provider_is_remote(a, provider, &is_remote);
    if (status == PISTE_OK && !is_remote)
        return desk_refuse(a, "no_provider", "there is no provider %s", provider);
    if (status == PISTE_OK)
        status = desk_order_load(a, desk_number(a->request, "order", 0), &o);
    if (status == PISTE_OK)
        status = check_order(a, &o);
    if (status == PISTE_OK)
        status = find_amount(a, &o, &m);
    if (status != PISTE_OK)
        return status;
    a->subject = desk_next_id(a);
    make_key(a, "charge", a->subject, key);
    json_object_set_new(a->answer, "charge", json_integer(a->subject));
    json_object_set_new(a->answer, "order", json_integer(o.id));
    json_object_set_new(a->answer, "amount", desk_money_json(m.currency, m.minor));
    return STORE_RUN(a->db,
                     "INSERT INTO charge (id, key, provider, owner, currency, amount_minor, deposit_until, state, "
                     "result, captured_minor, refunded_minor,"
                     " applied_minor, surplus_minor, is_open, next_ms, busy_ms, tries) VALUES ($1, $2, $3, $4, $5, $6, "
                     "$7, 'intended', '', 0, 0, 0, 0, 1, $8, 0, 0)",
                     store_number(a->subject), store_text(key), store_text(provider), store_number(o.id),
                     store_text(m.currency), store_number(m.minor),
                     store_number(desk_date(a->request, "deposit_until", PISTE_DATE_NONE)), store_number(a->now_ms));
}

// ---- refunds --------------------------------------------------------------------------------------------------------------------

piste_status desk_charge_return(desk_act *a, const char *provider, const char *reference, int64_t amount_minor,
                                bool *is_remote) {
    int64_t charge = 0;
    bool found = false;
    char key[DESK_CHARGE_KEY], account[DESK_ACCOUNT_MAX];
    *is_remote = false;
    if (!*reference)
        return PISTE_OK;
    piste_status status =
        STORE_FIND_NUMBER(a->db, &charge, &found, "SELECT id FROM charge WHERE key = $1 AND provider = $2",
                          store_text(reference), store_text(provider));
    if (status != PISTE_OK || !found)
        return status;
    *is_remote = true;
    if (amount_minor == 0)
        return PISTE_OK;
    int64_t id = desk_next_id(a);
    make_key(a, "refund", id, key);
    snprintf(account, sizeof account, "Liabilities:Refunds:%s", provider);
    status = STORE_RUN(a->db,
                       "INSERT INTO charge_refund (id, key, charge, account, amount_minor, state) VALUES ($1, $2, $3, "
                       "$4, $5, 'intended')",
                       store_number(id), store_text(key), store_number(charge), store_text(account),
                       store_number(amount_minor));
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE charge SET is_open = 1, next_ms = $1, tries = 0 WHERE id = $2",
                           store_number(a->now_ms), store_number(charge));
    return status;
}

piste_status desk_again_run(desk_act *a) {
    store_rows *rows = NULL;
    int64_t ids[100];
    int count = 0;
    a->subject = desk_number(a->request, "charge", 0);
    piste_status status = STORE_QUERY(
        a->db, &rows, "SELECT id FROM charge_refund WHERE charge = $1 AND state = 'refused' ORDER BY id LIMIT 100",
        store_number(a->subject));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        ids[count++] = store_rows_number(rows, 0);
    status = store_rows_end(rows);
    if (status == PISTE_OK && !count)
        return desk_refuse(a, "nothing_refused", "no refund of charge %" PRId64 " was refused", a->subject);
    for (int i = 0; i < count && status == PISTE_OK; i++) { // with a new key: the old one stays refused
        char key[DESK_CHARGE_KEY];
        make_key(a, "again", ids[i], key);
        status = STORE_RUN(a->db, "UPDATE charge_refund SET key = $1, state = 'intended' WHERE id = $2",
                           store_text(key), store_number(ids[i]));
    }
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE charge SET is_open = 1, next_ms = $1, tries = 0 WHERE id = $2",
                           store_number(a->now_ms), store_number(a->subject));
    json_object_set_new(a->answer, "refunds", json_integer(count));
    return status;
}

// ---- looking --------------------------------------------------------------------------------------------------------------------

piste_status desk_charges_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    int64_t order = desk_number(a->request, "order", 0);
    json_object_set_new(a->answer, "charges", list);
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT c.id, c.owner, c.provider, c.state, c.result, c.currency, c.amount_minor, c.captured_minor, "
        "c.refunded_minor, c.applied_minor, c.is_open,"
        " (SELECT count(*) FROM charge_refund r WHERE r.charge = c.id AND r.state = 'refused') FROM charge c"
        " WHERE ($1 = 0 AND (c.is_open = 1 OR EXISTS (SELECT 1 FROM charge_refund r WHERE r.charge = c.id AND r.state "
        "= 'refused'))) OR c.owner = $1"
        " ORDER BY c.id LIMIT 1000",
        store_number(order));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        const char *currency = store_rows_text(rows, 5);
        json_t *c =
            json_pack("{s:I,s:I,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:b,s:I}", "charge", (json_int_t)store_rows_number(rows, 0),
                      "order", (json_int_t)store_rows_number(rows, 1), "provider", store_rows_text(rows, 2), "state",
                      store_rows_text(rows, 3), "result", store_rows_text(rows, 4), "amount",
                      desk_money_json(currency, store_rows_number(rows, 6)), "captured",
                      desk_money_json(currency, store_rows_number(rows, 7)), "refunded",
                      desk_money_json(currency, store_rows_number(rows, 8)), "applied",
                      desk_money_json(currency, store_rows_number(rows, 9)), "open", (int)store_rows_number(rows, 10),
                      "refunds_refused", (json_int_t)store_rows_number(rows, 11));
        json_array_append_new(list, c);
    }
    return store_rows_end(rows);
}
