// charge_drive.c - drives charges: asks the provider, does the next call, asks again, and tells the desk what was learned.
//
// Nothing here is remembered outside of the database. A charge is taken for as long as its calls may take, so that two drivers seldom work on
// one; when they do, after one of them was long away, the keys of the calls keep it harmless. Whatever came of a call, the
// query after it says; where that fails, too, the charge is due again later, and begins with a query.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "desk/people.h"
#include "desk/provider.h"

enum { CALLS_MAX = 3, LATER_MS = 500, LATER_MAX_MS = 60000, REFUNDS_AT_ONCE = 100, SLEEP_MS = 20 };

typedef struct refund_call {
    char key[DESK_CHARGE_KEY];
    int64_t amount;
} refund_call;

typedef struct taken {
    int64_t only, now_ms; // only: this charge, 0 any that is due
    bool found;
    int64_t id, order, amount, captured, refunded, tries;
    char key[DESK_CHARGE_KEY], currency[4], state[12];
    desk_provider provider;
    bool is_over; // its order is
    refund_call refunds[REFUNDS_AT_ONCE];
    int refund_count;
} taken;

static piste_status load_refunds(store_db *db, taken *t) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows,
        "SELECT key, amount_minor FROM charge_refund WHERE charge = $1 AND state = 'intended' ORDER BY id LIMIT 100",
        store_number(t->id));
    t->refund_count = 0;
    if (status != PISTE_OK)
        return status;
    while (t->refund_count < REFUNDS_AT_ONCE && store_rows_next(rows)) {
        refund_call *r = &t->refunds[t->refund_count++];
        snprintf(r->key, sizeof r->key, "%s", store_rows_text(rows, 0));
        r->amount = store_rows_number(rows, 1);
    }
    return store_rows_end(rows);
}

static void read_charge(const store_rows *rows, taken *t) {
    t->id = store_rows_number(rows, 0);
    snprintf(t->key, sizeof t->key, "%s", store_rows_text(rows, 1));
    snprintf(t->currency, sizeof t->currency, "%s", store_rows_text(rows, 2));
    snprintf(t->state, sizeof t->state, "%s", store_rows_text(rows, 3));
    t->amount = store_rows_number(rows, 4);
    t->captured = store_rows_number(rows, 5);
    t->refunded = store_rows_number(rows, 6);
    t->tries = store_rows_number(rows, 7);
    snprintf(t->provider.key, sizeof t->provider.key, "%s", store_rows_text(rows, 8));
    snprintf(t->provider.url, sizeof t->provider.url, "%s", store_rows_text(rows, 9));
    snprintf(t->provider.token_file, sizeof t->provider.token_file, "%s", store_rows_text(rows, 10));
    t->provider.wait_ms = store_rows_number(rows, 11);
    t->order = store_rows_number(rows, 12);
    const char *state = store_rows_text(rows, 13);
    int64_t until = store_rows_number(rows, 14);
    t->is_over = (strcmp(state, "held") != 0 && strcmp(state, "reserved") != 0) || (until && until <= t->now_ms);
}

// Marks the charge as taken in the transaction that reads it.
static piste_status take(store_db *db, void *context) {
    taken *t = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows,
                                      "SELECT c.id, c.key, c.currency, c.state, c.amount_minor, c.captured_minor, "
                                      "c.refunded_minor, c.tries, p.key, p.url, p.token_file, p.wait_ms,"
                                      " c.owner, o.state, o.until_ms FROM charge c JOIN provider p ON p.key = "
                                      "c.provider JOIN orders o ON o.id = c.owner"
                                      " WHERE c.is_open = 1 AND c.busy_ms <= $1 AND (($2 = 0 AND c.next_ms <= $1) OR "
                                      "c.id = $2) ORDER BY c.next_ms, c.id LIMIT 1",
                                      store_number(t->now_ms), store_number(t->only));
    if (status != PISTE_OK)
        return status;
    t->found = store_rows_next(rows);
    if (t->found)
        read_charge(rows, t);
    status = store_rows_end(rows);
    if (status == PISTE_OK && t->found)
        status = load_refunds(db, t);
    int64_t busy_ms = (CALLS_MAX + t->refund_count) * t->provider.wait_ms + 1000;
    if (status == PISTE_OK && t->found)
        status = STORE_RUN(db, "UPDATE charge SET busy_ms = $1 WHERE id = $2", store_number(t->now_ms + busy_ms),
                           store_number(t->id));
    return status;
}

// Gives it back; due again at once, or later and later where nothing could be learned.
static piste_status give(store_db *db, void *context) {
    const taken *t = context;
    int64_t later = LATER_MS << (t->tries < 8 ? t->tries : 8);
    return STORE_RUN(db, "UPDATE charge SET busy_ms = 0, next_ms = $1, tries = tries + 1 WHERE id = $2",
                     store_number(t->now_ms + (later < LATER_MAX_MS ? later : LATER_MAX_MS)), store_number(t->id));
}

// ---- one step ---------------------------------------------------------------------------------------------------------------------

// Whether a query said something that the desk does not know yet.
static bool is_news(const taken *t, const json_t *view) {
    const char *state = desk_text(view, "state");
    bool done = strcmp(t->state, "done") == 0;
    size_t i;
    json_t *r;
    if (desk_number(view, "captured", 0) > t->captured || desk_number(view, "refunded", 0) > t->refunded)
        return true;
    json_array_foreach(json_object_get(view, "refunds"), i,
                       r) for (int k = 0; k < t->refund_count;
                               k++) if (strcmp(t->refunds[k].key, desk_text(r, "refund")) == 0) return true;
    if (done)
        return t->refund_count == 0; // it was taken up again for nothing: it is closed again
    if (strcmp(state, "refused") == 0 || strcmp(state, "cancelled") == 0)
        return true;
    if (strcmp(t->state, "intended") == 0 && strcmp(state, "authorised") == 0)
        return true;
    return t->is_over && strcmp(t->state, "cancelling") != 0;
}

static bool is_told(const json_t *view, const char *refund) {
    size_t i;
    json_t *r;
    json_array_foreach(json_object_get(view, "refunds"), i,
                       r) if (strcmp(desk_text(r, "refund"), refund) == 0) return true;
    return false;
}

static bool call(const taken *t, const char *verb, json_t *body) {
    if (body)
        desk_provider_call(&t->provider, verb, body);
    json_decref(body);
    return true;
}

// The call that the state asks for; whether there was one.
static bool call_next(const taken *t, const json_t *view) {
    const char *state = desk_text(view, "state");
    bool unknown = strcmp(state, "unknown") == 0, untouched = desk_number(view, "captured", 0) == 0;
    bool waits = strcmp(state, "authorised") == 0 || strcmp(state, "pending") == 0;
    char reference[32];
    snprintf(reference, sizeof reference, "order %" PRId64, t->order);
    if (strcmp(t->state, "intended") == 0 && unknown && !t->is_over)
        return call(t, "authorise",
                    json_pack("{s:s,s:I,s:s,s:s}", "key", t->key, "amount", (json_int_t)t->amount, "currency",
                              t->currency, "reference", reference));
    if (strcmp(t->state, "capturing") == 0 && strcmp(state, "authorised") == 0 && untouched)
        return call(t, "capture", json_pack("{s:s,s:I}", "key", t->key, "amount", (json_int_t)t->amount));
    if (strcmp(t->state, "cancelling") == 0 && (unknown || waits) && untouched)
        return call(t, "cancel", json_pack("{s:s}", "key", t->key));
    bool called = false;
    for (int i = 0; i < t->refund_count; i++)
        if (!is_told(view, t->refunds[i].key))
            called = call(t, "refund",
                          json_pack("{s:s,s:s,s:I}", "key", t->key, "refund", t->refunds[i].key, "amount",
                                    (json_int_t)t->refunds[i].amount));
    return called;
}

static void make_key(const taken *t, char key[64]) {
    uint64_t bits[2];
    randombytes_buf(bits, sizeof bits);
    snprintf(key, 64, "learn:%" PRId64 ":%016" PRIx64 "%016" PRIx64, t->id, bits[0], bits[1]);
}

static piste_status tell(desk *d, const taken *t, const json_t *view) {
    char key[64];
    json_t *told = json_array(), *one;
    size_t i;
    json_array_foreach(json_object_get(view, "refunds"), i, one) json_array_append_new(
        told, json_pack("{s:s,s:s}", "refund", desk_text(one, "refund"), "state", desk_text(one, "state")));
    make_key(t, key);
    json_t *request = json_pack(
        "{s:s,s:s,s:s,s:I,s:s,s:s,s:I,s:I,s:I,s:o}", "act", "charge-learn", "key", key, "who", "desk", "charge",
        (json_int_t)t->id, "state", desk_text(view, "state"), "currency", desk_text(view, "currency"), "authorised",
        (json_int_t)desk_number(view, "authorised", 0), "captured", (json_int_t)desk_number(view, "captured", 0),
        "refunded", (json_int_t)desk_number(view, "refunded", 0), "refunds", told);
    return desk_do_own(d, request, NULL);
}

// Asks, does what is next, asks again. PISTE_NOT_FOUND: nothing is due.
static piste_status step(desk *d, int64_t only, desk_charge_counts *counts) {
    taken t = {.only = only, .now_ms = desk_clock_ms(d)};
    json_t *view = NULL;
    char why[160];
    piste_status status = store_do(desk_get_store(d), take, &t);
    if (status != PISTE_OK || !t.found)
        return status == PISTE_OK ? PISTE_NOT_FOUND : status;
    counts->steps++;
    piste_status asked = desk_provider_query(&t.provider, t.key, &view, why);
    if (asked == PISTE_OK && !is_news(&t, view) && call_next(&t, view)) {
        json_decref(view);
        view = NULL;
        asked = desk_provider_query(&t.provider, t.key, &view, why);
    }
    counts->unreachable += asked != PISTE_OK;
    if (asked == PISTE_OK && is_news(&t, view))
        status = tell(d, &t, view);
    else
        status = store_do(desk_get_store(d), give, &t);
    json_decref(view);
    if (status == PISTE_REFUSED) // another currency: a person must look at it
        status = store_do(desk_get_store(d), give, &t);
    return status;
}

// ---- driving ----------------------------------------------------------------------------------------------------------------------

static int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

typedef struct open_job {
    int64_t only, open;
} open_job;

static piste_status count_open(store_db *db, void *context) {
    open_job *j = context;
    return STORE_FIND_NUMBER(db, &j->open, NULL,
                             "SELECT count(*) FROM charge WHERE is_open = 1 AND (id = $1 OR $1 = 0)",
                             store_number(j->only));
}

static piste_status drive(desk *d, int64_t only, int64_t for_ms, desk_charge_counts *counts) {
    int64_t until = monotonic_ms() + for_ms;
    open_job j = {.only = only};
    for (;;) {
        piste_status status = step(d, only, counts);
        if (status != PISTE_OK && status != PISTE_NOT_FOUND)
            return status;
        bool idle = status == PISTE_NOT_FOUND;
        status = idle ? store_read(desk_get_store(d), count_open, &j) : PISTE_OK;
        if (status != PISTE_OK || (idle && j.open == 0))
            return status;
        if (monotonic_ms() >= until)
            return PISTE_INTERRUPTED;
        if (idle || only) // a query again at once would seldom say more
            nanosleep(&(struct timespec){0, SLEEP_MS * 1000000}, NULL);
    }
}

piste_status desk_charges_drive(desk *d, int64_t for_ms, desk_charge_counts *counts) {
    return drive(d, 0, for_ms, counts);
}
piste_status desk_charge_drive(desk *d, int64_t charge, int64_t for_ms) {
    desk_charge_counts counts = {0};
    return drive(d, charge, for_ms, &counts);
}

typedef struct charge_job {
    int64_t id;
    json_t *answer;
} charge_job;

static piste_status read_state(store_db *db, void *context) {
    charge_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows, "SELECT c.state, c.result, o.state FROM charge c JOIN orders o ON o.id = c.owner WHERE c.id = $1",
        store_number(j->id));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        json_object_set_new(j->answer, "state", json_string(store_rows_text(rows, 0)));
        json_object_set_new(j->answer, "result", json_string(store_rows_text(rows, 1)));
        json_object_set_new(j->answer, "order_state", json_string(store_rows_text(rows, 2)));
    }
    return store_rows_end(rows);
}

// Waits for the provider as long as was wished. That it is not done then is no failure: the charge is driven on by others.
piste_status desk_charge_after(desk_call *c) {
    charge_job j = {desk_number(c->answer, "charge", 0), c->answer};
    piste_status status = desk_charge_drive(c->desk, j.id, 1000 * desk_number(c->fields, "wait_s", 20));
    if (status == PISTE_INTERRUPTED)
        status = PISTE_OK;
    return status == PISTE_OK ? store_read(desk_get_store(c->desk), read_state, &j) : status;
}

// ---- notices and comparing ----------------------------------------------------------------------------------------------------------

typedef struct reopen_job {
    const json_t *view; // NULL: a notice, whatever it is about
    const char *key;
    int64_t now_ms;
    bool is_there, is_other;
} reopen_job;

static piste_status reopen(store_db *db, void *context) {
    reopen_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows, "SELECT captured_minor, refunded_minor, is_open FROM charge WHERE key = $1", store_text(j->key));
    if (status != PISTE_OK)
        return status;
    j->is_there = store_rows_next(rows);
    bool is_open = j->is_there && store_rows_number(rows, 2);
    j->is_other = j->is_there && !is_open &&
                  (!j->view || desk_number(j->view, "captured", 0) > store_rows_number(rows, 0) ||
                   desk_number(j->view, "refunded", 0) > store_rows_number(rows, 1));
    status = store_rows_end(rows);
    if (status == PISTE_OK && (j->is_other || is_open))
        status = STORE_RUN(db, "UPDATE charge SET is_open = 1, next_ms = $1, tries = 0 WHERE key = $2",
                           store_number(j->now_ms), store_text(j->key));
    return status;
}

piste_status desk_charge_notice(desk *d, const char *key) {
    reopen_job j = {.key = key, .now_ms = desk_clock_ms(d)};
    piste_status status = store_do(desk_get_store(d), reopen, &j);
    return status == PISTE_OK && !j.is_there ? PISTE_NOT_FOUND : status;
}

typedef struct provider_job {
    const char *key;
    desk_provider *out;
} provider_job;

static piste_status read_provider(store_db *db, void *context) {
    provider_job *j = context;
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(db, &rows, "SELECT url, token_file, wait_ms FROM provider WHERE key = $1", store_text(j->key));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        snprintf(j->out->key, sizeof j->out->key, "%s", j->key);
        snprintf(j->out->url, sizeof j->out->url, "%s", store_rows_text(rows, 0));
        snprintf(j->out->token_file, sizeof j->out->token_file, "%s", store_rows_text(rows, 1));
        j->out->wait_ms = store_rows_number(rows, 2);
    }
    status = store_rows_end(rows);
    return status == PISTE_OK && !found ? PISTE_NOT_FOUND : status;
}

// What is open is due at once, also what the provider does not know yet.
static piste_status hurry(store_db *db, void *context) {
    const reopen_job *j = context;
    return STORE_RUN(db, "UPDATE charge SET next_ms = $1 WHERE provider = $2 AND is_open = 1", store_number(j->now_ms),
                     store_text(j->key));
}

static piste_status compare_page(desk *d, const char *provider, const json_t *page, desk_charge_counts *counts,
                                 piste_errors *strangers) {
    size_t i;
    json_t *view;
    json_array_foreach(json_object_get(page, "charges"), i, view) {
        reopen_job j = {.view = view, .key = desk_text(view, "key"), .now_ms = desk_clock_ms(d)};
        piste_status status = store_do(desk_get_store(d), reopen, &j);
        if (status != PISTE_OK)
            return status;
        counts->reopened += j.is_other;
        if (!j.is_there && desk_number(view, "captured", 0) > desk_number(view, "refunded", 0)) {
            counts->strangers++;
            piste_errors_add(strangers, PISTE_FOUND, NULL, 0, 0,
                             "%s has captured charge %s, which this desk does not know", provider, j.key);
        }
    }
    return PISTE_OK;
}

piste_status desk_charges_reconcile(desk *d, const char *provider, desk_charge_counts *counts,
                                    piste_errors *strangers) {
    desk_provider p;
    provider_job j = {provider, &p};
    char why[160];
    int64_t after = 0;
    piste_status status = store_read(desk_get_store(d), read_provider, &j);
    if (status == PISTE_NOT_FOUND)
        return piste_errors_add(strangers, status, NULL, 0, 0, "there is no provider %s", provider);
    reopen_job all = {.key = provider, .now_ms = desk_clock_ms(d)};
    if (status == PISTE_OK)
        status = store_do(desk_get_store(d), hurry, &all);
    while (status == PISTE_OK) {
        json_t *page = NULL;
        status = desk_provider_list(&p, after, &page, why);
        if (status != PISTE_OK)
            return piste_errors_add(strangers, status, NULL, 0, 0, "%s: %s", provider, why);
        status = compare_page(d, provider, page, counts, strangers);
        int64_t next = desk_number(page, "next", 0);
        json_decref(page);
        if (next <= after) // 0: no more
            break;
        after = next;
    }
    return status;
}
