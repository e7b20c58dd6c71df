// test_model.c - random acts on allotments against a small model that is obviously right, with shrinking.
//
// The model holds orders and waiting parties in plain arrays and counts everything anew for each question. After every
// act its answer, what is taken of every allotment, and now and then the audit are compared. Of a run that differs,
// acts are left out as long as it still differs, and what remains is printed.
#include "desk/database.h"

#include "desk/desk.h"

enum { ALLOTMENTS = 3, QUOTAS = 2, ORDERS = 700, PARTIES = 300, CLAIMS = 3, ACTS = 400 };

typedef struct m_claim {
    int allotment, quota;
    int64_t count;
} m_claim; // quota -1: none
typedef struct m_order {
    int64_t id, until_ms;
    bool is_live, is_held;
    int party, claims;
    m_claim claim[CLAIMS];
} m_order;
typedef struct m_party {
    int64_t id, count, passed;
    int allotment, quota;
    bool waits;
} m_party;
typedef struct m_allotment {
    int64_t capacity, patience, offer_s, kept[QUOTAS], most[QUOTAS];
} m_allotment;
typedef struct model {
    m_allotment a[ALLOTMENTS];
    m_order order[ORDERS];
    m_party party[PARTIES];
    int orders, parties;
    int64_t clock_ms, last_ms;
    int offers[PARTIES], offer_count; // made in this act: indices of orders
} model;
typedef struct step {
    int op;
    unsigned r[8];
} step;

static model m, before;
static int64_t clock_ms(void *context) {
    (void)context;
    return m.clock_ms;
}
static int64_t now(void) {
    return m.clock_ms > m.last_ms ? m.clock_ms : m.last_ms;
}

// ---- the model --------------------------------------------------------------------------------------------------------

static int64_t taken(int allotment, int quota) { // quota -1: in all
    int64_t sum = 0;
    for (int i = 0; i < m.orders; i++)
        for (int k = 0; m.order[i].is_live && k < m.order[i].claims; k++)
            if (m.order[i].claim[k].allotment == allotment && (quota < 0 || m.order[i].claim[k].quota == quota))
                sum += m.order[i].claim[k].count;
    return sum;
}
static int64_t unused(int allotment, int quota) { // what a quota keeps and has not used
    int64_t left = quota < 0 ? 0 : m.a[allotment].kept[quota] - taken(allotment, quota);
    return left > 0 ? left : 0;
}
static int64_t general(int allotment, int quota, int64_t count) {
    int64_t own = unused(allotment, quota);
    return count > own ? count - own : 0;
}
enum { FITS, QUOTA_SHORT, SHORT };
static int fit(int allotment, int quota, int64_t count) {
    const m_allotment *a = &m.a[allotment];
    int64_t kept = 0, more = general(allotment, quota, count);
    for (int q = 0; q < QUOTAS; q++)
        kept += unused(allotment, q);
    if (quota >= 0 && taken(allotment, quota) + count > a->most[quota])
        return QUOTA_SHORT;
    if (taken(allotment, -1) + count > a->capacity)
        return SHORT;
    return more && taken(allotment, -1) + kept + more > a->capacity ? SHORT : FITS;
}
static bool loses(const m_party *p, int quota, int64_t more) {
    int f = fit(p->allotment, p->quota, p->count);
    return (f == SHORT && more > 0) || (p->quota >= 0 && p->quota == quota);
}
static m_order *add_order(bool held, int64_t until_ms) {
    m_order *o = &m.order[m.orders++];
    *o = (m_order){.is_live = true, .is_held = held, .until_ms = held ? until_ms : 0, .party = -1};
    return o;
}
static void offer(int allotment) {
    for (int i = 0; i < m.parties; i++) {
        m_party *p = &m.party[i];
        if (!p->waits || p->allotment != allotment || fit(allotment, p->quota, p->count) != FITS)
            continue;
        int64_t more = general(allotment, p->quota, p->count);
        bool blocked = false;
        for (int j = 0; j < i; j++)
            if (m.party[j].waits && m.party[j].allotment == allotment && loses(&m.party[j], p->quota, more))
                blocked |= m.party[j].passed >= m.a[allotment].patience;
        if (blocked)
            continue;
        for (int j = 0; j < i; j++)
            if (m.party[j].waits && m.party[j].allotment == allotment && loses(&m.party[j], p->quota, more))
                m.party[j].passed++;
        m_order *o = add_order(true, now() + 1000 * m.a[allotment].offer_s);
        o->party = i;
        o->claims = 1;
        o->claim[0] = (m_claim){allotment, p->quota, p->count};
        p->waits = false;
        m.offers[m.offer_count++] = (int)(o - m.order);
    }
}
static const char *take(bool held, int64_t until_ms, const m_claim *wants, int count) {
    m_order *o = add_order(held, until_ms);
    for (int i = 0; i < count; i++) {
        m_claim w = wants[i];
        int f = fit(w.allotment, w.quota, w.count);
        if (f != FITS)
            return f == SHORT ? "sold_out" : "quota_full";
        int64_t more = general(w.allotment, w.quota, w.count);
        int pass[PARTIES], passes = 0;
        for (int j = 0; j < m.parties; j++) {
            const m_party *p = &m.party[j];
            if (!p->waits || p->allotment != w.allotment)
                continue;
            if (fit(p->allotment, p->quota, p->count) == FITS ||
                (loses(p, w.quota, more) && p->passed >= m.a[w.allotment].patience))
                return "waiting";
            if (loses(p, w.quota, more))
                pass[passes++] = j;
        }
        while (passes > 0)
            m.party[pass[--passes]].passed++;
        o->claim[o->claims++] = w;
    }
    return NULL;
}
static void free_order(m_order *o) {
    o->is_live = false;
    for (int k = 0; k < o->claims; k++) {
        bool first = o->claim[k].count > 0;
        for (int j = 0; j < k; j++)
            first &= o->claim[j].allotment != o->claim[k].allotment || o->claim[j].count == 0;
        if (first)
            offer(o->claim[k].allotment);
    }
}
static void end_due(void) {
    int64_t at = now();
    for (;;) {
        int next = -1;
        for (int i = 0; i < m.orders; i++)
            if (m.order[i].is_live && m.order[i].is_held && m.order[i].until_ms <= at &&
                (next < 0 || m.order[i].until_ms < m.order[next].until_ms))
                next = i;
        if (next < 0)
            return;
        m.last_ms = at;
        free_order(&m.order[next]);
    }
}

// ---- one act, on both -----------------------------------------------------------------------------------------------------

static const char *const names[ALLOTMENTS] = {"visit", "lesson", "boot"};
static const char *const quota_names[QUOTAS] = {"class:national", "channel:agency"};
static char trouble[400];
static desk *d;

static bool differs(const char *what, int64_t ours, int64_t theirs) {
    if (ours != theirs)
        snprintf(trouble, sizeof trouble, "%s: the model has %lld, the desk %lld", what, (long long)ours,
                 (long long)theirs);
    return ours != theirs;
}

static m_claim want_of(unsigned a, unsigned b, unsigned c) {
    return (m_claim){(int)(a % ALLOTMENTS), (int)(b % (QUOTAS + 2)) - 2 < 0 ? -1 : (int)(b % (QUOTAS + 2)) - 2,
                     1 + c % 5};
}
static json_t *want_json(m_claim w) {
    json_t *j =
        json_pack("{s:s,s:s,s:I}", "resource", names[w.allotment], "slot", "2019-02-02", "count", (json_int_t)w.count);
    if (w.quota >= 0)
        json_object_set_new(j, "quota", json_string(quota_names[w.quota]));
    return j;
}
static m_order *pick(unsigned r) {
    return m.orders ? &m.order[r % (unsigned)m.orders] : NULL;
}

static void set_allotment(int i, const unsigned *r, json_t *request) {
    m_allotment *a = &m.a[i];
    a->capacity = r[1] % 14;
    a->patience = r[2] % 3;
    json_object_update_new(request, json_pack("{s:s,s:s,s:s,s:I,s:I,s:I}", "act", "allot", "resource", names[i], "slot",
                                              "2019-02-02", "capacity", (json_int_t)a->capacity, "patience",
                                              (json_int_t)a->patience, "offer_s", (json_int_t)a->offer_s));
    if (r[3] % 2) {
        json_t *quotas = json_array();
        for (int q = 0; q < QUOTAS; q++) {
            a->kept[q] = a->capacity ? r[4 + q] % (a->capacity / 2 + 1) : 0;
            a->most[q] = a->kept[q] + r[6 + q] % 8;
            json_array_append_new(quotas, json_pack("{s:s,s:I,s:I}", "name", quota_names[q], "kept",
                                                    (json_int_t)a->kept[q], "most", (json_int_t)a->most[q]));
        }
        json_object_set_new(request, "quotas", quotas);
    }
}

// Does the act in the model and writes its request; returns the reason for which the model refuses it.
static const char *act_take(const step *s, json_t *request) {
    m_claim wants[CLAIMS];
    int count = 0;
    json_t *list = json_array();
    for (int i = 0; i < 1 + (int)(s->r[6] % CLAIMS); i++) {
        m_claim w = want_of(s->r[i], s->r[i + 1] / 7, s->r[i + 2] / 11);
        bool again = false;
        for (int k = 0; k < count; k++)
            again |= wants[k].allotment == w.allotment && wants[k].quota == w.quota;
        if (again)
            continue;
        wants[count++] = w;
        json_array_append_new(list, want_json(w));
    }
    bool held = s->op != 1;
    int64_t for_s = 1 + s->r[7] % 40;
    json_object_set_new(request, "act", json_string(held ? "hold" : "take"));
    json_object_set_new(request, "takes", list);
    json_object_set_new(request, "for_s", json_integer(for_s));
    return take(held, now() + 1000 * for_s, wants, count);
}
static const char *act_on_order(const step *s, json_t *request) {
    m_order *o = pick(s->r[0]);
    json_object_set_new(request, "act", json_string(s->op == 2 ? "confirm" : "return"));
    json_object_set_new(request, "order", json_integer(o ? o->id : 999999999));
    if (!o)
        return "no_order";
    if (s->op == 2) {
        if (!o->is_live || !o->is_held)
            return "hold_ended";
        o->is_held = false;
        return NULL;
    }
    if (s->op == 4) { // some of it
        m_claim w = o->claim[0];
        int64_t count = 1 + s->r[1] % 3, there = 0;
        for (int k = 0; k < o->claims; k++)
            there += o->claim[k].allotment == w.allotment ? o->claim[k].count : 0;
        json_object_update_new(request, json_pack("{s:s,s:s,s:I}", "resource", names[w.allotment], "slot", "2019-02-02",
                                                  "count", (json_int_t)count));
        if (!o->is_live)
            return "hold_ended";
        if (there < count)
            return "not_taken";
        for (int k = o->claims; k-- > 0 && count > 0;) {
            int64_t some = o->claim[k].allotment != w.allotment ? 0
                           : o->claim[k].count < count          ? o->claim[k].count
                                                                : count;
            o->claim[k].count -= some;
            count -= some;
        }
        offer(w.allotment);
        return NULL;
    }
    if (!o->is_live)
        return "hold_ended";
    free_order(o);
    return NULL;
}
static const char *act_on_list(const step *s, json_t *request) {
    m_claim w = want_of(s->r[0], s->r[1], s->r[2]);
    if (s->op == 6) {
        const m_allotment *a = &m.a[w.allotment];
        json_t *j = want_json(w);
        json_object_update(request, j);
        json_decref(j);
        json_object_set_new(request, "act", json_string("wait"));
        if (w.count > a->capacity || (w.quota >= 0 && w.count > a->most[w.quota]))
            return "too_many";
        m.party[m.parties++] = (m_party){.count = w.count, .allotment = w.allotment, .quota = w.quota, .waits = true};
        offer(w.allotment);
        return NULL;
    }
    m_party *p = m.parties ? &m.party[s->r[0] % (unsigned)m.parties] : NULL;
    json_object_update_new(request,
                           json_pack("{s:s,s:I}", "act", "leave", "waiting", (json_int_t)(p ? p->id : 999999999)));
    if (!p || !p->waits)
        return "not_waiting";
    p->waits = false;
    offer(p->allotment);
    return NULL;
}

static bool same_answer(const json_t *answer, const char *reason) {
    const char *theirs = json_string_value(json_object_get(answer, "reason"));
    const char *status = json_string_value(json_object_get(answer, "status"));
    if (strcmp(reason ? reason : "", theirs ? theirs : "") != 0 || strcmp(status, reason ? "refused" : "ok") != 0) {
        char *text = json_dumps(answer, JSON_COMPACT);
        snprintf(trouble, sizeof trouble, "the model says %s, the desk %.300s", reason ? reason : "ok", text);
        free(text);
        return false;
    }
    const json_t *offers = json_object_get(answer, "offers");
    if (reason)
        return true;
    if (differs("offers", m.offer_count, (int64_t)json_array_size(offers)))
        return false;
    for (int i = 0; i < m.offer_count; i++) {
        m_order *o = &m.order[m.offers[i]];
        const json_t *told = json_array_get(offers, (size_t)i);
        o->id = json_integer_value(json_object_get(told, "order"));
        if (m.party[o->party].id &&
            differs("offered to", m.party[o->party].id, json_integer_value(json_object_get(told, "waiting"))))
            return false;
        if (differs("offer's end", o->until_ms, json_integer_value(json_object_get(told, "until_ms"))))
            return false;
    }
    return true;
}

// Orders that holds' ends offered on the way were told in the desk's own acts: their numbers are looked up.
static piste_status find_offers(store_db *db, void *context) {
    (void)context;
    for (int i = 0; i < m.orders; i++) {
        m_order *o = &m.order[i];
        bool found = false;
        if (o->id || o->party < 0)
            continue;
        piste_status status = STORE_FIND_NUMBER(db, &o->id, &found, "SELECT owner FROM waiting WHERE id = $1",
                                                store_number(m.party[o->party].id));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static bool same_state(void) {
    for (int i = 0; i < ALLOTMENTS; i++) {
        char *text = NULL;
        json_t *question = json_pack("{s:s,s:s}", "act", "free", "resource", names[i]);
        (void)desk_do(d, question, &text);
        json_t *answer = json_loads(text, 0, NULL);
        const json_t *slot = json_array_get(json_object_get(answer, "slots"), 0);
        int64_t waiting = 0;
        for (int j = 0; j < m.parties; j++)
            waiting += m.party[j].waits && m.party[j].allotment == i;
        bool off = differs("taken", taken(i, -1), json_integer_value(json_object_get(slot, "taken"))) ||
                   differs("capacity", m.a[i].capacity, json_integer_value(json_object_get(slot, "capacity"))) ||
                   differs("waiting", waiting, json_integer_value(json_object_get(slot, "waiting")));
        int64_t can = 0;
        while (fit(i, -1, can + 1) == FITS)
            can++;
        off = off || differs("free", can, json_integer_value(json_object_get(slot, "free")));
        json_decref(answer);
        json_decref(question);
        free(text);
        if (off)
            return false;
    }
    return true;
}

static bool audit_is_clean(void) {
    piste_errors *problems = piste_errors_create();
    desk_audit_result result;
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        snprintf(trouble, sizeof trouble, "audit: %s",
                 piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "failed");
    piste_errors_destroy(problems);
    return status == PISTE_OK;
}

static bool do_step(const step *s, int number) {
    if (s->op == 8) { // time passes, or the clock is set back
        m.clock_ms += s->r[0] % 8 ? (int64_t)(s->r[1] % 15000) : -(int64_t)(s->r[1] % 8000);
        return true;
    }
    m.offer_count = 0;
    end_due();
    // An act that is refused: the desk ends what is due at the beginning of any batch, and what it offered then has numbers.
    char *nothing = NULL;
    json_t *tick = json_pack("{s:s,s:s,s:i}", "act", "leave", "key", "tick", "waiting", 999999999);
    (void)desk_do(d, tick, &nothing);
    json_decref(tick);
    free(nothing);
    if (store_read(desk_get_store(d), find_offers, NULL) != PISTE_OK)
        return false;
    before = m;
    m.offer_count = 0;
    json_t *request = json_object();
    const char *reason = NULL;
    if (s->op == 5)
        set_allotment((int)(s->r[0] % ALLOTMENTS), s->r, request), offer((int)(s->r[0] % ALLOTMENTS));
    else
        reason = s->op <= 1 ? act_take(s, request) : s->op <= 4 ? act_on_order(s, request) : act_on_list(s, request);
    char key[24];
    snprintf(key, sizeof key, "k%d", number);
    json_object_set_new(request, "key", json_string(key));
    char *text = NULL, *again = NULL;
    (void)desk_do(d, request, &text);
    json_t *answer = json_loads(text, 0, NULL);
    if (reason)
        m = before;
    else
        m.last_ms = now();
    bool same = same_answer(answer, reason);
    if (same && !reason && s->op <= 1)
        m.order[before.orders].id = json_integer_value(json_object_get(answer, "order"));
    if (same && !reason && s->op == 6)
        m.party[m.parties - 1].id = json_integer_value(json_object_get(answer, "waiting"));
    if (same && !reason && s->r[5] % 4 == 0) { // sent again, nothing happens
        (void)desk_do(d, request, &again);
        if (strcmp(text, again) != 0) {
            snprintf(trouble, sizeof trouble, "sent again: %.150s, not %.150s", again, text);
            same = false;
        }
    }
    free(again);
    json_decref(answer);
    json_decref(request);
    free(text);
    return same && same_state() && (number % 50 || audit_is_clean());
}

// Whether the run is right; of one that is not, how many steps it took.
static bool run(const step *steps, int count, int *failed_at) {
    database db;
    database_create(&db, false);
    memset(&m, 0, sizeof m);
    m.clock_ms = 1549094400000;
    trouble[0] = 0;
    bool right = desk_open(&(desk_def){.url = db.url, .now_ms = clock_ms}, NULL, &d) == PISTE_OK;
    assert_true(right);
    for (int i = 0; i < ALLOTMENTS && right; i++) {
        m.a[i].offer_s = 10 + i;
        for (int q = 0; q < QUOTAS; q++)
            m.a[i].most[q] = 1;
        const unsigned r[8] = {(unsigned)i, 9, 2, 1, 2, 2, 4, 3};
        const step first = {5, {r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]}};
        right = do_step(&first, -1 - i);
    }
    int i = 0;
    while (right && i < count) {
        right = do_step(&steps[i], i + 1);
        i++;
    }
    right = right && audit_is_clean();
    desk_close(d);
    database_destroy(&db);
    *failed_at = i;
    return right;
}

static void print(const step *steps, int count) {
    static const char *const ops[] = {"hold",  "take", "confirm", "return", "return some",
                                      "allot", "wait", "leave",   "clock"};
    for (int i = 0; i < count; i++)
        print_message("# %3d %-11s %u %u %u %u %u %u %u %u\n", i, ops[steps[i].op], steps[i].r[0], steps[i].r[1],
                      steps[i].r[2], steps[i].r[3], steps[i].r[4], steps[i].r[5], steps[i].r[6], steps[i].r[7]);
}

static void shrink_and_fail(step *steps, int count) {
    char first[sizeof trouble];
    memcpy(first, trouble, sizeof first);
    for (int size = count / 2; size >= 1; size /= 2)
        for (int at = 0; at + size <= count;) {
            step fewer[ACTS];
            int ignored;
            memcpy(fewer, steps, (size_t)at * sizeof *steps);
            memcpy(fewer + at, steps + at + size, (size_t)(count - at - size) * sizeof *steps);
            if (run(fewer, count - size, &ignored)) {
                at += size;
                continue;
            }
            count -= size;
            memcpy(steps, fewer, (size_t)count * sizeof *steps);
        }
    int ignored;
    run(steps, count, &ignored);
    print(steps, count);
    fail_msg("%s (first seen as: %s)", trouble, first);
}

static void acts_agree_with_the_model(void **state) {
    (void)state;
    static const int weights[] = {0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8};
    int runs = test_count(database_server() ? 2 : 12, database_server() ? 25 : 260);
    const char *seed = getenv("PISTE_TEST_SEED");
    uint64_t key = base_key_text(seed ? seed : "desk acts");
    for (int n = 0; n < runs; n++) {
        step steps[ACTS];
        int failed_at;
        uint64_t stream = base_stream(base_key_child(key, (uint64_t)n), 1), draw = 0;
        for (int i = 0; i < ACTS; i++) {
            steps[i].op = weights[base_draw(stream, draw++) % (sizeof weights / sizeof *weights)];
            for (int k = 0; k < 8; k++)
                steps[i].r[k] = (unsigned)(base_draw(stream, draw++) >> 40);
        }
        if (!run(steps, ACTS, &failed_at))
            shrink_and_fail(steps, failed_at);
    }
    print_message("# %d acts\n", runs * ACTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(acts_agree_with_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
