// test_model.c - random acts on the desk and on a small model that is obviously right (model.h), with shrinking.
//
// Acts come alone or several at once: then they wait together and are one batch, one commit, as from callers at the
// same time. After them every answer, what is taken and free of every allotment, what orders are worth, and now and
// then the books and the audit are compared. Of a run that differs, acts are left out as long as it still differs, and
// what remains is printed. That this finds errors is shown with a model that errs.
#include "desk/database.h"
#include "desk/model.h"
#include "desk/model_gates.h"
#include "desk/model_photos.h"
#include "desk/picture.h"

#include <semaphore.h>

#include "desk/desk.h"

enum { ACTS = 200, AT_ONCE = 6, DRAWS = 10, TROUBLE = 500 };

typedef enum op {
    HOLD,
    TAKE,
    CONFIRM,
    RETURN,
    RETURN_SOME,
    ALLOT,
    WAIT,
    LEAVE,
    CLOCK,
    SELL,
    PAY,
    CANCEL,
    MOVE,
    PHOTO,
    SCAN,
    UNDO,
    MERGE,
    FETCH,
    OPS
} op;
static const char *const op_names[OPS] = {"hold",  "take",  "confirm", "return", "return some", "allot", "wait",
                                          "leave", "clock", "order",   "pay",    "cancel",      "move",  "photo", "scan",
                                          "undo",  "merge", "fetch"};

typedef struct step {
    op op;
    bool with_last; // in one batch with the step before it
    unsigned r[DRAWS];
} step;

static const char *const resources[M_ALLOTMENTS] = {"visit", "visit", "lesson", "boot"};
static const char *const dates[2] = {"2019-02-02", "2019-02-03"};
static const char *const quota_names[M_QUOTAS] = {"class:national", "channel:agency"};
static const char *const products[M_PRODUCTS] = {"day", "ski"}, *const classes[2] = {"adult", "national"};
static char trouble[TROUBLE];
static desk *d;

static const char *slot_of(int allotment) {
    return dates[allotment == M_VISIT_NEXT];
}
static int64_t clock_ms(void *context) {
    (void)context;
    return the_model.clock_ms;
}
static bool differs(const char *what, int64_t ours, int64_t theirs) {
    if (ours != theirs)
        snprintf(trouble, sizeof trouble, "%s: the model has %lld, the desk %lld", what, (long long)ours,
                 (long long)theirs);
    return ours != theirs;
}

// ---- an act's request, and what the model makes of it ---------------------------------------------------------------

typedef struct outcome { // of one act in the model, and its answer at the desk
    json_t *request, *answer;
    char *text;
    const char *reason; // for which the model refuses it; NULL: done
    int order, party;   // index that it made; -1: none
    int touched;        // order of which the answer tells the money; -1: none
    int64_t total, due;
    int offers[M_OFFERS], offer_count;
    int64_t until_ms[M_OFFERS];
} outcome;

static m_claim want_of(unsigned a, unsigned b, unsigned c) {
    int quota = (int)(b % (M_QUOTAS + 2)) - 2;
    return (m_claim){(int8_t)(a % M_ALLOTMENTS), (int8_t)(quota < 0 ? -1 : quota), 0, (int32_t)(1 + c % 5)};
}
static json_t *want_json(m_claim w) {
    json_t *j = json_pack("{s:s,s:s,s:I}", "resource", resources[w.allotment], "slot", slot_of(w.allotment), "count",
                          (json_int_t)w.count);
    if (w.quota >= 0)
        json_object_set_new(j, "quota", json_string(quota_names[w.quota]));
    return j;
}
// An order of which the number is known; later ones are likelier.
static m_order *pick(unsigned r) {
    int from = r % 4 && the_model.orders > 24 ? the_model.orders - 24 : 0;
    m_order *o =
        the_model.orders ? &the_model.order[from + (int)((r >> 2) % (unsigned)(the_model.orders - from))] : NULL;
    return o && o->id ? o : NULL;
}
static json_t *named(const char *act, const m_order *o) {
    return json_pack("{s:s,s:I}", "act", act, "order", (json_int_t)(o ? o->id : 999999999));
}
static json_t *money(int64_t minor) {
    char text[40];
    snprintf(text, sizeof text, "%lld.%02lld USD", (long long)(minor / 100), (long long)(minor % 100));
    return json_string(text);
}
static json_t *payments(int64_t minor) { // 0: all that is due
    json_t *p = json_pack("{s:s}", "tender", "card");
    if (minor)
        json_object_set_new(p, "amount", money(minor));
    return json_pack("[o]", p);
}

static json_t *do_allot(const unsigned *r) {
    int i = (int)(r[0] % M_ALLOTMENTS);
    m_allotment *a = &the_model.a[i];
    a->capacity = r[1] % 14;
    a->patience = r[2] % 3;
    bool is_cap = i <= M_VISIT_NEXT && r[8] % 2; // published
    json_t *j = json_pack("{s:s,s:s,s:s,s:I,s:I,s:I}", "act", is_cap ? "cap" : "allot", "resource", resources[i],
                          is_cap ? "from" : "slot", slot_of(i), "capacity", (json_int_t)a->capacity, "patience",
                          (json_int_t)a->patience, "offer_s", (json_int_t)a->offer_s);
    if (r[3] % 2) {
        json_t *quotas = json_array();
        for (int q = 0; q < M_QUOTAS; q++) {
            a->kept[q] = a->capacity ? r[4 + q] % (a->capacity / 2 + 1) : 0;
            a->most[q] = a->kept[q] + r[6 + q] % 8;
            json_array_append_new(quotas, json_pack("{s:s,s:I,s:I}", "name", quota_names[q], "kept",
                                                    (json_int_t)a->kept[q], "most", (json_int_t)a->most[q]));
        }
        json_object_set_new(j, "quotas", quotas);
    }
    m_allot(i);
    return j;
}

static json_t *do_take(const step *s, outcome *x) {
    m_claim wants[3];
    int count = 0, tried = 1 + (int)(s->r[6] % 3);
    json_t *list = json_array();
    for (int i = 0; i < tried; i++) {
        wants[count] = want_of(s->r[i], s->r[i + 1] / 7, s->r[i + 2] / 11);
        json_array_append_new(list, want_json(wants[count++]));
    }
    int64_t for_s = 1 + s->r[7] % 40;
    x->order = the_model.orders;
    x->reason = m_take(s->op == HOLD, for_s, wants, count);
    return json_pack("{s:s,s:o,s:I}", "act", s->op == HOLD ? "hold" : "take", "takes", list, "for_s",
                     (json_int_t)for_s);
}

static json_t *do_return(const step *s, outcome *x) {
    m_order *o = pick(s->r[0]);
    json_t *j = named(s->op == CONFIRM ? "confirm" : "return", o);
    if (s->op != RETURN_SOME) {
        x->reason = !o ? "no_order" : s->op == CONFIRM ? m_confirm(o) : m_return(o);
        return j;
    }
    int allotment =
        o && o->claims && o->claim[0].allotment >= 0 ? o->claim[0].allotment : (int)(s->r[2] % M_ALLOTMENTS);
    int64_t count = 1 + s->r[1] % 3;
    json_object_update_new(j, json_pack("{s:s,s:s,s:I}", "resource", resources[allotment], "slot", slot_of(allotment),
                                        "count", (json_int_t)count));
    x->reason = o ? m_return_some(o, allotment, count) : "no_order";
    return j;
}

static json_t *do_list(const step *s, outcome *x) {
    if (s->op == WAIT) {
        m_claim w = want_of(s->r[0], s->r[1], s->r[2]);
        json_t *j = want_json(w);
        json_object_set_new(j, "act", json_string("wait"));
        x->party = the_model.parties;
        x->reason = m_wait(w.allotment, w.quota, w.count);
        return j;
    }
    m_party *p = the_model.parties ? &the_model.party[s->r[0] % (unsigned)the_model.parties] : NULL;
    p = p && p->id ? p : NULL;
    x->reason = p ? m_leave(p) : "not_waiting";
    return json_pack("{s:s,s:I}", "act", "leave", "waiting", (json_int_t)(p ? p->id : 999999999));
}

static json_t *do_sell(const step *s, outcome *x) {
    m_sale sale = {.count = 1 + (int)(s->r[0] % 4),
                   .is_agency = s->r[1] % 3 == 0,
                   .for_s = 1 + s->r[2] % 40,
                   .pays = -1,
                   .deposit_date = -1};
    json_t *list = json_array();
    for (int i = 0; i < sale.count; i++) {
        m_position *p = &sale.positions[i];
        unsigned draw = s->r[3] >> (4 * i);
        *p = (m_position){
            .product = (int8_t)(draw % 2), .date = (int8_t)(draw / 2 % 8 == 0), .of_class = (int8_t)(draw / 4 % 2)};
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "product", products[p->product], "date", dates[p->date],
                                              "class", classes[p->of_class]));
    }
    json_t *j = json_pack("{s:s,s:o,s:I}", "act", "order", "positions", list, "for_s", (json_int_t)sale.for_s);
    if (sale.is_agency)
        json_object_set_new(j, "channel", json_string("agency"));
    if (s->r[4] % 4) {
        sale.pays = s->r[4] % 4 == 1 ? 0 : 1 + s->r[5] % 9000;
        json_object_set_new(j, "payments", payments(sale.pays));
        sale.deposit_date = (int)(s->r[6] % 4) - 1 > 1 ? -1 : (int)(s->r[6] % 4) - 1;
        if (sale.deposit_date >= 0)
            json_object_set_new(j, "deposit_until", json_string(dates[sale.deposit_date]));
    }
    sale.offer = s->r[7] % 4 == 0 ? pick(s->r[8]) : NULL;
    if (sale.offer)
        json_object_set_new(j, "offer", json_integer(sale.offer->id));
    x->touched = x->order = the_model.orders;
    x->reason = m_sell(&sale);
    return j;
}

static json_t *lines(unsigned chosen) {
    json_t *list = json_array();
    for (int i = 0; i < 32; i++)
        if (chosen >> i & 1)
            json_array_append_new(list, json_pack("{s:i}", "position", i + 1));
    return list;
}

static json_t *do_change(const step *s, outcome *x) {
    m_order *o = pick(s->r[0]);
    json_t *j = named(op_names[s->op], o);
    unsigned live = 0, chosen = 0;
    for (int i = 0; o && i < o->positions; i++)
        live |= (unsigned)o->position[i].is_live << i;
    x->touched = o ? (int)(o - the_model.order) : -1;
    if (s->op == PAY) {
        int64_t pays = s->r[1] % 2 ? 0 : 1 + s->r[2] % 9000;
        int date = s->r[3] % 3 == 0 ? 1 : -1;
        json_object_set_new(j, "payments", payments(pays));
        if (date >= 0)
            json_object_set_new(j, "deposit_until", json_string(dates[date]));
        x->reason = o ? m_pay(o, pays, date) : "no_order";
        return j;
    }
    chosen = s->r[1] % 16 == 0 ? 1u << s->r[2] % 12 : live & s->r[2];
    chosen = chosen ? chosen : live ? live & (~live + 1) : 1; // the first that is live
    bool all = s->op == CANCEL && s->r[3] % 3 == 0;
    if (!all)
        json_object_set_new(j, "positions", lines(chosen));
    if (s->op == CANCEL) {
        bool no_show = s->r[4] % 5 == 0;
        int64_t keep = no_show || s->r[5] % 2 ? 0 : s->r[5] % 1500;
        if (no_show)
            json_object_set_new(j, "no_show", json_true());
        else if (keep)
            json_object_set_new(j, "keep", money(keep));
        x->reason = o ? m_cancel(o, all ? live : chosen, keep, no_show) : "no_order";
        return j;
    }
    int product = (int)(s->r[4] % 2), date = (int)(s->r[5] % 2), of_class = (int)(s->r[6] % 2);
    bool pays = s->r[7] % 2;
    json_object_set_new(
        j, "to",
        json_pack("{s:s,s:s,s:s}", "product", products[product], "date", dates[date], "class", classes[of_class]));
    if (pays)
        json_object_set_new(j, "payments", payments(0));
    x->reason = o ? m_move(o, chosen, product, date, of_class, pays) : "no_order";
    return j;
}

// An order that cannot grow any more is not moved.
static bool has_room(const step *s) {
    const m_order *o = pick(s->r[0]);
    return the_model.orders + 8 < M_ORDERS && the_model.parties + 2 < M_PARTIES &&
           (s->op != MOVE || !o || o->positions * 2 <= M_POSITIONS);
}

static void do_model(const step *s, int number, outcome *x) {
    static model before;
    before = the_model;
    m_act_begin();
    *x = (outcome){.order = -1, .party = -1, .touched = -1};
    if (s->op <= TAKE)
        x->request = do_take(s, x);
    else if (s->op <= RETURN_SOME)
        x->request = do_return(s, x);
    else if (s->op == ALLOT)
        x->request = do_allot(s->r);
    else
        x->request = s->op <= LEAVE ? do_list(s, x) : s->op == SELL ? do_sell(s, x) : do_change(s, x);
    char key[24];
    snprintf(key, sizeof key, "k%d", number);
    json_object_set_new(x->request, "key", json_string(key));
    if (x->reason) {
        the_model = before;
        return;
    }
    the_model.last_ms = m_now();
    if (x->touched >= 0) {
        x->total = the_model.order[x->touched].total;
        x->due = x->total - the_model.order[x->touched].paid;
    }
    x->offer_count = the_model.offer_count;
    for (int i = 0; i < the_model.offer_count; i++) {
        x->offers[i] = the_model.offers[i];
        x->until_ms[i] = the_model.order[the_model.offers[i]].until_ms;
    }
}

// ---- at the desk ----------------------------------------------------------------------------------------------------

static sem_t writer_waits, writer_may_go, answered;
static piste_status hold_writer(store_db *db, void *context) {
    (void)db;
    (void)context;
    sem_post(&writer_waits);
    sem_wait(&writer_may_go);
    return PISTE_OK;
}
static void ignore(piste_status status, void *context) {
    (void)status;
    (void)context;
}
static void hear(void *context, piste_status status, char *answer) {
    (void)status;
    ((outcome *)context)->text = answer;
    sem_post(&answered);
}

// Several acts wait in their order behind a command that holds the writer, and are then one batch.
static void do_desk(outcome *list, int count) {
    if (count == 1) {
        (void)desk_do(d, list->request, &list->text);
        return;
    }
    static store_command first;
    first = (store_command){.run = hold_writer, .done = ignore};
    store_submit(desk_get_store(d), &first);
    sem_wait(&writer_waits);
    for (int i = 0; i < count; i++)
        desk_submit(d, json_incref(list[i].request), hear, &list[i]);
    sem_post(&writer_may_go);
    for (int i = 0; i < count; i++)
        sem_wait(&answered);
}

// ---- comparing ------------------------------------------------------------------------------------------------------

static bool same_money(const outcome *x, const char *field, int64_t minor) {
    json_t *ours = money(minor);
    const char *theirs = json_string_value(json_object_get(x->answer, field));
    bool same = theirs && strcmp(json_string_value(ours), theirs) == 0;
    if (!same)
        snprintf(trouble, sizeof trouble, "%s: the model has %s, the desk %s", field, json_string_value(ours),
                 theirs ? theirs : "nothing");
    json_decref(ours);
    return same;
}

static bool same_offers(const outcome *x) {
    const json_t *offers = json_object_get(x->answer, "offers");
    if (differs("offers", x->offer_count, (int64_t)json_array_size(offers)))
        return false;
    for (int i = 0; i < x->offer_count; i++) {
        m_order *o = &the_model.order[x->offers[i]];
        const json_t *told = json_array_get(offers, (size_t)i);
        o->id = json_integer_value(json_object_get(told, "order"));
        if (the_model.party[o->party].id &&
            differs("offered to", the_model.party[o->party].id, json_integer_value(json_object_get(told, "waiting"))))
            return false;
        if (differs("offer's end", x->until_ms[i], json_integer_value(json_object_get(told, "until_ms"))))
            return false;
    }
    return true;
}

static bool same_answer(outcome *x) {
    const char *theirs = json_string_value(json_object_get(x->answer, "reason")),
               *status = json_string_value(json_object_get(x->answer, "status"));
    if (!status || strcmp(x->reason ? x->reason : "", theirs ? theirs : "") != 0 ||
        strcmp(status, x->reason ? "refused" : "ok") != 0) {
        snprintf(trouble, sizeof trouble, "the model says %s, the desk %.300s", x->reason ? x->reason : "ok", x->text);
        return false;
    }
    if (x->reason)
        return true;
    if (x->order >= 0)
        the_model.order[x->order].id = json_integer_value(json_object_get(x->answer, "order"));
    if (x->party >= 0)
        the_model.party[x->party].id = json_integer_value(json_object_get(x->answer, "waiting"));
    if (x->touched >= 0 && (!same_money(x, "total", x->total) || !same_money(x, "due", x->due)))
        return false;
    return same_offers(x);
}

// Orders that holds' ends offered on the way were told in the desk's own acts: their numbers are looked up.
static piste_status find_offers(store_db *db, void *context) {
    (void)context;
    for (int i = 0; i < the_model.orders; i++) {
        m_order *o = &the_model.order[i];
        if (o->id || o->party < 0)
            continue;
        piste_status status = STORE_FIND_NUMBER(db, &o->id, NULL, "SELECT owner FROM waiting WHERE id = $1",
                                                store_number(the_model.party[o->party].id));
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

static piste_status same_taken(store_db *db, void *context) {
    (void)context;
    for (int i = 0; i < M_ALLOTMENTS; i++) {
        store_rows *rows = NULL;
        int64_t capacity = 0, taken = 0, waiting = 0, waits = 0;
        piste_status status =
            STORE_QUERY(db, &rows, "SELECT capacity, taken, waiting FROM allotment WHERE resource = $1 AND slot = $2",
                        store_text(resources[i]), store_text(slot_of(i)));
        if (status != PISTE_OK)
            return status;
        if (store_rows_next(rows)) {
            capacity = store_rows_number(rows, 0);
            taken = store_rows_number(rows, 1);
            waiting = store_rows_number(rows, 2);
        }
        status = store_rows_end(rows);
        for (int j = 0; j < the_model.parties; j++)
            waits += the_model.party[j].waits && the_model.party[j].allotment == i;
        if (status != PISTE_OK)
            return status;
        if (differs("taken", m_taken(i, -1), taken) || differs("capacity", the_model.a[i].capacity, capacity) ||
            differs("waiting", waits, waiting))
            return PISTE_FOUND;
    }
    return PISTE_OK;
}

// What is free is asked of one of them in turn.
static bool same_allotments(int turn) {
    if (store_read(desk_get_store(d), same_taken, NULL) != PISTE_OK)
        return false;
    int i = (turn % M_ALLOTMENTS + M_ALLOTMENTS) % M_ALLOTMENTS;
    json_t *answer = m_ask(d, json_pack("{s:s,s:s,s:s}", "act", "free", "resource", resources[i], "slot", slot_of(i)));
    const json_t *slot = json_array_get(json_object_get(answer, "slots"), 0);
    bool same = !differs("free", m_free(i), json_integer_value(json_object_get(slot, "free")));
    json_decref(answer);
    return same;
}

static piste_status same_books(store_db *db, void *context) {
    const struct {
        const char *account;
        int64_t minor;
    } books[] = {{"Assets:Card:card", the_model.card},
                 {"Liabilities:Deposits", -the_model.deposits},
                 {"Income:day", -the_model.income[0]},
                 {"Income:ski", -the_model.income[1]},
                 {"Income:cancelling", -the_model.cancelling}};
    int64_t others = 0;
    (void)context;
    for (size_t i = 0; i < BASE_COUNT(books); i++) {
        int64_t stands = 0;
        piste_status status = desk_balance(db, books[i].account, "USD", &stands);
        if (status != PISTE_OK)
            return status;
        if (differs(books[i].account, books[i].minor, stands))
            return PISTE_FOUND;
    }
    piste_status status = store_find_number(
        db, &others, NULL,
        "SELECT count(*) FROM posting WHERE currency <> 'USD' OR account NOT IN"
        " ('Assets:Card:card', 'Liabilities:Deposits', 'Income:day', 'Income:ski', 'Income:cancelling')",
        NULL, 0);
    return status == PISTE_OK && differs("other postings", 0, others) ? PISTE_FOUND : status;
}

static bool audit_is_clean(void) {
    piste_errors *problems = piste_errors_create();
    desk_audit_result result;
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        snprintf(trouble, sizeof trouble, "audit: %.300s",
                 piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "failed");
    piste_errors_destroy(problems);
    return status == PISTE_OK && store_read(desk_get_store(d), same_books, NULL) == PISTE_OK;
}

// ---- running --------------------------------------------------------------------------------------------------------

// What is due ends before any batch; a refused act makes one, and what was offered then has numbers.
static bool end_due(void) {
    m_act_begin();
    m_end_due();
    json_decref(m_ask(d, json_pack("{s:s,s:s,s:i}", "act", "leave", "key", "tick", "waiting", 999999999)));
    return store_read(desk_get_store(d), find_offers, NULL) == PISTE_OK;
}

static bool do_again(const outcome *x) { // sent again, nothing happens
    char *again = NULL;
    (void)desk_do(d, x->request, &again);
    bool same = strcmp(x->text, again) == 0;
    if (!same)
        snprintf(trouble, sizeof trouble, "sent again: %.150s, not %.150s", again, x->text);
    free(again);
    return same;
}

static bool do_steps(const step *steps, int count, int number) {
    outcome list[AT_ONCE];
    if (steps->op == CLOCK) { // time passes, or the clock is set back; seldom most of a day passes
        const unsigned *r = steps->r;
        the_model.clock_ms += r[0] % 40 == 0 ? (int64_t)(r[1] % 90000000)
                              : r[0] % 8     ? (int64_t)(r[1] % 15000)
                                             : -(int64_t)(r[1] % 8000);
        return true;
    }
    if (steps->op >= SCAN) // at the gates, of what is sold by now
        return end_due() && (steps->op == SCAN    ? gates_scan
                             : steps->op == UNDO  ? gates_undo
                             : steps->op == MERGE ? gates_merge
                                                  : gates_fetch)(steps->r, trouble, sizeof trouble);
    if (!end_due())
        return false;
    if (steps->op == PHOTO)
        return photos_act(d, steps->r, number, trouble, sizeof trouble) && (number % 8 || audit_is_clean());
    int made = 0;
    for (int i = 0; i < count; i++)
        if (has_room(&steps[i]))
            do_model(&steps[i], number + i, &list[made++]);
    if (made == 0)
        return true;
    do_desk(list, made);
    bool same = true;
    for (int i = 0; i < made; i++) {
        list[i].answer = json_loads(list[i].text, 0, NULL);
        same = same && same_answer(&list[i]) && (list[i].reason || steps[0].r[9] % 4 || do_again(&list[i]));
        json_decref(list[i].answer);
        json_decref(list[i].request);
        free(list[i].text);
    }
    return same && same_allotments(number) && (number % 40 || audit_is_clean());
}

static bool tell_terms(void) {
    static const char *const terms[] = {
        "{'act':'open','date':'2019-02-02'}",
        "{'act':'class','class':'adult','name':'Adult'}",
        "{'act':'class','class':'national','name':'National'}",
        "{'act':'product','product':'day','name':'Day','kind':'day','takes':[{'resource':'visit'}]}",
        ("{'act':'product','product':'ski','name':'Ski','kind':'rental',"
         "'takes':[{'resource':'visit'},{'resource':'boot'}]}"),
    };
    bool told = true;
    for (int i = 0; i < (int)BASE_COUNT(terms) + 4 && told; i++) {
        int price = i - (int)BASE_COUNT(terms);
        char text[300];
        if (price < 0)
            snprintf(text, sizeof text, "%s", terms[i]);
        else
            snprintf(text, sizeof text, "{'act':'price','product':'%s','class':'%s','amount':'%d.%02d USD'}",
                     products[price / 2], classes[price % 2], m_price(price / 2, price % 2) / 100,
                     m_price(price / 2, price % 2) % 100);
        for (char *at = text; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        json_t *request = json_loads(text, 0, NULL);
        char key[16];
        snprintf(key, sizeof key, "t%d", i);
        json_object_set_new(request, "key", json_string(key));
        json_t *answer = m_ask(d, request);
        told = strcmp(json_string_value(json_object_get(answer, "status")), "ok") == 0;
        json_decref(answer);
    }
    the_model.last_ms = m_now();
    return told;
}

static bool open_hill(const database *db) {
    memset(&the_model, 0, sizeof the_model);
    the_model.clock_ms = 1549094400000;
    trouble[0] = 0;
    d = NULL;
    bool right = desk_open(&(desk_def){.url = db->url, .now_ms = clock_ms}, NULL, &d) == PISTE_OK && tell_terms();
    for (int i = 0; i < M_ALLOTMENTS && right; i++) {
        the_model.a[i].offer_s = 10 + i;
        const step first = {ALLOT, false, {(unsigned)i, 9, 2, 1, 2, 2, 4, 3, 0, 1}};
        right = do_steps(&first, 1, -40 * (i + 1) - 1);
    }
    return right;
}

static bool is_an_act(const step *s) { // that may wait with others
    return s->op != CLOCK && s->op < PHOTO;
}

// Whether the run is right; of one that is not, how many steps it took.
static bool run(const step *steps, int count, int *failed_at) {
    database db;
    database_create(&db, false);
    bool right = open_hill(&db);
    assert_true(right || m_err != M_RIGHT);
    gates_begin();
    photos_begin();
    int i = 0;
    while (right && i < count) {
        int together = 1;
        while (together < AT_ONCE && i + together < count && steps[i + together].with_last && is_an_act(&steps[i]) &&
               is_an_act(&steps[i + together]))
            together++;
        right = do_steps(&steps[i], together, i + 1);
        i += together;
    }
    right = right && audit_is_clean();
    if (right && count == ACTS && !database_server()) { // with all that is in it
        char url[96];
        snprintf(url, sizeof url, "%s/copy.db", db.folder);
        right = photos_are_copied(d, url, trouble, sizeof trouble);
    }
    gates_end();
    desk_close(d);
    database_destroy(&db);
    *failed_at = i;
    return right;
}

static void print(const step *steps, int count) {
    for (int i = 0; i < count; i++) {
        const unsigned *r = steps[i].r;
        print_message("#   %3d %s %-11s %u %u %u %u %u %u %u %u %u %u\n", i, steps[i].with_last ? "+" : " ",
                      op_names[steps[i].op], r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9]);
    }
}

// Leaves out what can be left out, in ever smaller pieces, until nothing more can.
static int shrink(step *steps, int count) {
    int ignored, before;
    do {
        before = count;
        for (int size = count / 2; size >= 1; size /= 2)
            for (int at = 0; at + size <= count;) {
                step fewer[ACTS];
                memcpy(fewer, steps, (size_t)at * sizeof *steps);
                memcpy(fewer + at, steps + at + size, (size_t)(count - at - size) * sizeof *steps);
                if (run(fewer, count - size, &ignored)) {
                    at += size;
                    continue;
                }
                count -= size;
                memcpy(steps, fewer, (size_t)count * sizeof *steps);
            }
    } while (count < before);
    run(steps, count, &ignored); // for its trouble
    return count;
}

static void draw_steps(step *steps, const char *seed, int n) {
    static const op weights[] = {HOLD, HOLD, TAKE, CONFIRM, CONFIRM, RETURN, RETURN, RETURN_SOME, ALLOT,
                                 WAIT, WAIT, WAIT, LEAVE,   CLOCK,   CLOCK,  SELL,   SELL,        SELL,
                                 SELL, PAY,  PAY,  CANCEL,  CANCEL,  CANCEL, MOVE,   MOVE,        MOVE,
                                 SCAN, SCAN, SCAN, SCAN,    SCAN,    SCAN,   UNDO,   UNDO,        MERGE,
                                 FETCH, FETCH, FETCH, PHOTO, PHOTO, PHOTO};
    uint64_t stream = base_stream(base_key_child(base_key_text(seed), (uint64_t)n), 1), count = 0;
    for (int i = 0; i < ACTS; i++) {
        steps[i].op = weights[base_draw(stream, count++) % BASE_COUNT(weights)];
        steps[i].with_last = base_draw(stream, count++) % 3 == 0;
        for (int k = 0; k < DRAWS; k++)
            steps[i].r[k] = (unsigned)(base_draw(stream, count++) >> 40);
    }
}

static void acts_agree_with_the_model(void **state) {
    (void)state;
    int runs = test_count(database_server() ? 3 : 16, 510), failed_at;
    const char *seed = getenv("PISTE_TEST_SEED");
    for (int n = 0; n < runs; n++) {
        step steps[ACTS];
        draw_steps(steps, seed ? seed : "desk acts", n);
        if (run(steps, ACTS, &failed_at))
            continue;
        char first[TROUBLE];
        memcpy(first, trouble, sizeof first);
        print_message("# run %d: %s\n", n, first);
        print(steps, shrink(steps, failed_at));
        fail_msg("%s (first seen as: %s)", trouble, first);
    }
    print_message("# %d acts\n", runs * ACTS);
}

static void a_model_that_errs_is_found_out(void **state) {
    (void)state;
    if (database_server()) {
        print_message("# about the model alone, whatever the store: tried on SQLite\n");
        return;
    }
    for (m_err = M_RIGHT + 1; m_err < M_CASE_COUNT; m_err++) {
        step steps[ACTS];
        int failed_at = 0, n = 0;
        do
            draw_steps(steps, "ways to err", n);
        while (run(steps, ACTS, &failed_at) && ++n < 40);
        assert_true(n < 40);
        int count = shrink(steps, failed_at);
        print_message("# error %d: %d acts of %d show it: %s\n", (int)m_err, count, failed_at, trouble);
        print(steps, count);
        assert_true(count <= 12);
    }
    m_err = M_RIGHT;
}

int main(int argc, char **argv) {
    if (picture_is_process(argc, argv))
        _exit(desk_photo_process());
    const struct CMUnitTest tests[] = {cmocka_unit_test(acts_agree_with_the_model),
                                       cmocka_unit_test(a_model_that_errs_is_found_out)};
    sem_init(&writer_waits, 0, 0);
    sem_init(&writer_may_go, 0, 0);
    sem_init(&answered, 0, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    int never = gates_quit() + photos_quit();
    return failed + (database_server() ? 0 : never); // few acts on a server
}
