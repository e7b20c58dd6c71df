// shop_orders.c - a guest orders, pays, waits; see shop.h.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/money.h"
#include "serve/shop.h"

// ---- ordering --------------------------------------------------------------------------------------------------------

static json_t *order_request(const serve_request *q, const char *key) {
    bool at_till = strcmp(desk_text(q->fields, "pay"), "till") == 0;
    json_t *request = json_pack("{s:s,s:s,s:s,s:i,s:o}", "act", "order", "key", key, "channel", SHOP_CHANNEL, "for_s",
                                at_till ? SHOP_TILL_S : SHOP_HOLD_S, "positions",
                                shop_positions(json_object_get(q->fields, "positions")));
    static const char *const kept[] = {"currency", "voucher"};
    for (size_t i = 0; request && i < BASE_COUNT(kept); i++)
        if (json_object_get(q->fields, kept[i]))
            json_object_set(request, kept[i], json_object_get(q->fields, kept[i]));
    return request;
}

// The offer that a party of the waiting list has got, whose code the request has as well. false: q is answered.
static bool set_offer(serve_request *q, json_t *request) {
    int64_t waiting = desk_number(q->fields, "waiting", 0), own = 0;
    char key[SHOP_KEY_TEXT], act[24] = "";
    json_t *answer = NULL;
    if (!waiting)
        return true;
    piste_status status = shop_key(desk_text(q->fields, "waiting_code"), key) ? desk_key_find(q->serve->desk, key, act, &own) : PISTE_OK;
    if (status == PISTE_OK && strcmp(act, "wait") == 0 && own == waiting)
        status = shop_do(q, json_pack("{s:s,s:I}", "act", "waiting", "waiting", (json_int_t)waiting), &answer);
    int64_t order = status == PISTE_OK ? desk_number(answer, "order", 0) : 0;
    json_decref(answer);
    if (order) {
        json_object_set_new(request, "offer", json_integer(order));
        return true;
    }
    serve_refuse(q, status == PISTE_OK ? 409 : piste_status_http_code(status), "hold_ended", "nothing is offered, or no more");
    return false;
}

// Asks for the price first: what costs nothing is given out at the desk, which sees to whom. false: q is answered.
static bool check_price(serve_request *q, const json_t *request) {
    json_t *quote = json_pack("{s:s,s:s,s:O}", "act", "quote", "channel", SHOP_CHANNEL, "positions",
                              json_object_get(request, "positions")),
           *answer = NULL;
    static const char *const kept[] = {"currency", "voucher"};
    for (size_t i = 0; quote && i < BASE_COUNT(kept); i++)
        if (json_object_get(request, kept[i]))
            json_object_set(quote, kept[i], json_object_get(request, kept[i]));
    piste_status status = shop_do(q, quote, &answer);
    if (status != PISTE_OK || !answer) {
        shop_answer(q, status, answer);
        return false;
    }
    const json_t *lines = json_object_get(answer, "lines");
    bool is_free = false;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        desk_money m = {"", 0};
        const json_t *reasons = json_object_get(json_array_get(lines, i), "reasons");
        is_free |= desk_money_parse(desk_text(reasons, "list"), &m) != PISTE_OK || m.minor == 0;
    }
    json_decref(answer);
    if (is_free)
        serve_refuse(q, 409, "at_desk", "what costs nothing is given out at the desk");
    return !is_free;
}

static void tell_ordered(serve_request *q, piste_status status, json_t *answer) {
    if (answer && status == PISTE_OK)
        json_object_set_new(answer, "at_ms", json_integer(desk_clock_ms(q->serve->desk)));
    shop_answer(q, status, answer);
}

static void order_run(serve_request *q) {
    char key[SHOP_KEY_TEXT], act[24] = "";
    int64_t subject = 0, persons = shop_persons(json_object_get(q->fields, "positions"));
    if (!shop_key(desk_text(q->fields, "code"), key)) {
        serve_refuse(q, 422, "invalid", "code: expected %d hexadecimal digits", 2 * SHOP_CODE_SIZE);
        return;
    }
    if (persons > SHOP_PERSONS_MAX) {
        serve_refuse(q, 409, "too_many_persons", "an order for %" PRId64 " persons, expected at most %d; larger groups speak to the desk",
                     persons, SHOP_PERSONS_MAX);
        return;
    }
    piste_status status = desk_key_find(q->serve->desk, key, act, &subject);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return;
    }
    json_t *request = order_request(q, key);
    if (!request || !set_offer(q, request) ||
        (!*act && (!shop_is_group(q) || !shop_is_within_rate(q, persons) || !check_price(q, request)))) { // what was answered once is answered again
        if (!request)
            serve_answer_status(q, PISTE_MEMORY, NULL);
        json_decref(request);
        return;
    }
    shop_order(q, request, tell_ordered);
}

// ---- paying ------------------------------------------------------------------------------------------------------------

// Waits for the provider a little; a charge that takes longer is driven on by the server, and the page looks at the order.
static void pay_run(serve_request *q) {
    enum { WAIT_S = 2 };
    char key[SHOP_KEY_TEXT], own[SHOP_ACT_KEY_TEXT];
    int64_t order = 0;
    json_t *answer = NULL;
    if (!shop_find(q, "order", key, &order))
        return;
    snprintf(own, sizeof own, "%s-pay-%.40s", key, desk_text(q->fields, "key"));
    json_t *request = json_pack("{s:s,s:s,s:I,s:s,s:i}", "act", "charge", "key", own, "order", (json_int_t)order, "provider",
                                desk_text(q->fields, "provider"), "wait_s", WAIT_S);
    if (request && json_object_get(q->fields, "currency"))
        json_object_set(request, "currency", json_object_get(q->fields, "currency"));
    piste_status status = shop_do(q, request, &answer);
    shop_answer(q, status, answer);
}

// ---- waiting -----------------------------------------------------------------------------------------------------------

typedef struct place {
    char resource[81], slot[41], quota[100];
    int64_t count;
} place;

// What of the product a party of `count` lacks: the first of it that is short, else the first for which others wait.
static piste_status find_short(serve_request *q, int64_t count, place *out) {
    json_t *takes = NULL;
    int64_t days = 0;
    const char *time = desk_text(q->fields, "time"), *class_key = desk_text(q->fields, "class");
    piste_date date = desk_date(q->fields, "date", 0);
    place waited = {.resource = ""};
    piste_status status = desk_product_takes(q->serve->desk, desk_text(q->fields, "product"), &takes, &days);
    bool found = false;
    for (size_t i = 0; i < json_array_size(takes) && status == PISTE_OK && !found; i++)
        for (int64_t d = 0; d < days && status == PISTE_OK && !found; d++) {
            const json_t *take = json_array_get(takes, i);
            bool session = strcmp(desk_text(take, "slot"), "session") == 0;
            place p = {.count = count * desk_number(take, "count", 1)};
            char day[11];
            json_t *answer = NULL;
            piste_date_format(date + (piste_date)d, day);
            snprintf(p.resource, sizeof p.resource, "%s", desk_text(take, "resource"));
            snprintf(p.slot, sizeof p.slot, session ? "%sT%s" : "%s", day, time);
            snprintf(p.quota, sizeof p.quota, "channel:" SHOP_CHANNEL "%s%s", *class_key ? "|class:" : "", class_key);
            status = shop_do(q, json_pack("{s:s,s:s,s:s,s:s}", "act", "free", "resource", p.resource, "slot", p.slot, "quota", p.quota),
                             &answer);
            const json_t *slot = json_array_get(json_object_get(answer, "slots"), 0);
            found = slot && desk_number(slot, "free", 0) < p.count;
            if (found)
                *out = p;
            else if (slot && desk_number(slot, "waiting", 0) && !*waited.resource)
                waited = p;
            json_decref(answer);
        }
    json_decref(takes);
    if (status == PISTE_OK && !found && *waited.resource)
        *out = waited;
    return status == PISTE_OK && !found && !*waited.resource ? PISTE_NOT_FOUND : status;
}

static void tell_waiting(serve_request *q, int64_t waiting) {
    json_t *answer = NULL;
    piste_status status = shop_do(q, json_pack("{s:s,s:I}", "act", "waiting", "waiting", (json_int_t)waiting), &answer);
    shop_answer(q, status, answer);
}

static void joined(serve_request *q) {
    char key[SHOP_KEY_TEXT];
    place p;
    json_t *answer = NULL;
    if (!shop_key(desk_text(q->fields, "code"), key)) {
        serve_refuse(q, 422, "invalid", "code: expected %d hexadecimal digits", 2 * SHOP_CODE_SIZE);
        return;
    }
    piste_status status = find_short(q, desk_number(q->fields, "count", 1), &p);
    if (status != PISTE_OK) {
        serve_refuse(q, 409, status == PISTE_NOT_FOUND ? "not_full" : "no_product",
                     status == PISTE_NOT_FOUND ? "there is enough of it: it can be ordered" : "there is no such product");
        return;
    }
    status = shop_do(q, json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:s}", "act", "wait", "key", key, "resource", p.resource, "slot", p.slot,
                                  "quota", p.quota, "count", (json_int_t)p.count, "contact", SHOP_CHANNEL),
                     &answer);
    int64_t waiting = desk_number(answer, "waiting", 0);
    if (status != PISTE_OK) {
        shop_answer(q, status, answer);
        return;
    }
    json_decref(answer);
    tell_waiting(q, waiting);
}

static void wait_run(serve_request *q) {
    char key[SHOP_KEY_TEXT], act[24] = "";
    int64_t waiting = 0;
    if (shop_key(desk_text(q->fields, "code"), key) && desk_key_find(q->serve->desk, key, act, &waiting) == PISTE_OK &&
        strcmp(act, "wait") == 0)
        tell_waiting(q, waiting); // it has come before, and what was short then need not be so now
    else if (shop_is_within_rate(q, desk_number(q->fields, "count", 1)))
        joined(q);
}

static void waiting_run(serve_request *q) {
    char key[SHOP_KEY_TEXT];
    int64_t waiting = 0;
    if (shop_find(q, "wait", key, &waiting))
        tell_waiting(q, waiting);
}

// Off the list; what was offered and is not wanted goes to whoever waits next.
static void leave_run(serve_request *q) {
    char key[SHOP_KEY_TEXT], own[SHOP_ACT_KEY_TEXT];
    int64_t waiting = 0;
    json_t *now = NULL, *answer = NULL;
    if (!shop_find(q, "wait", key, &waiting))
        return;
    piste_status status = shop_do(q, json_pack("{s:s,s:I}", "act", "waiting", "waiting", (json_int_t)waiting), &now);
    bool offered = strcmp(desk_text(now, "state"), "offered") == 0, ended = strcmp(desk_text(now, "state"), "ended") == 0;
    int64_t order = desk_number(now, "order", 0);
    if (status != PISTE_OK || ended) {
        shop_answer(q, status, now);
        return;
    }
    json_decref(now);
    snprintf(own, sizeof own, "%s-leave-%.40s", key, desk_text(q->fields, "key"));
    status = offered ? shop_do(q, json_pack("{s:s,s:s,s:I}", "act", "return", "key", own, "order", (json_int_t)order), &answer)
                     : shop_do(q, json_pack("{s:s,s:s,s:I}", "act", "leave", "key", own, "waiting", (json_int_t)waiting), &answer);
    if (status != PISTE_OK && status != PISTE_REFUSED) { // refused: it has got another state meanwhile, which is told
        shop_answer(q, status, answer);
        return;
    }
    json_decref(answer);
    tell_waiting(q, waiting);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field order_fields[] = {
    SHOP_CODE,
    {"positions", DESK_LIST, true, 1, SHOP_PERSONS_MAX, shop_position_fields, "what is wanted"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "of the order"},
    {"voucher", DESK_SLUG, false, 0, 40, NULL, "code of a discount"},
    {"pay", DESK_SLUG, false, 0, 10, NULL, "till: it is held until tomorrow, to be paid at a till; otherwise for 15 minutes"},
    {"waiting", DESK_INT, false, 1, INT64_MAX, NULL, "whose offer is taken up"},
    {"waiting_code", DESK_TEXT, false, 0, 2 * SHOP_CODE_SIZE, NULL, "the code of that"},
    END,
};
static const desk_field ordered[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"entry", DESK_INT, true, 1, INT64_MAX, NULL, "of the journal"},
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {"state", DESK_TEXT, true, 0, 20, NULL, "held"},
    {"total", DESK_TEXT, true, 0, 31, NULL, "35.00 USD"},
    {"due", DESK_TEXT, true, 0, 31, NULL, "what is to be paid"},
    {"until_ms", DESK_INT, false, 0, INT64_MAX, NULL, "when the hold ends"},
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    END,
};
static const desk_field pay_fields[] = {
    SHOP_CODE,
    SHOP_KEY,
    {"provider", DESK_SLUG, true, 0, 40, NULL, "by whom"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "in which it is charged; that of the order"},
    END,
};
static const desk_field wait_fields[] = {
    SHOP_CODE,
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"date", DESK_DATE, true, 0, 0, NULL, "for when"},
    {"time", DESK_TEXT, false, 0, 20, NULL, "of a session"},
    {"count", DESK_INT, false, 1, SHOP_PERSONS_MAX, NULL, "persons of the party, who come all or not at all; 1"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class"},
    END,
};
static const desk_field code_fields[] = {SHOP_CODE, END};
static const desk_field leave_fields[] = {SHOP_CODE, SHOP_KEY, END};
static const desk_field waiting[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"waiting", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {"state", DESK_TEXT, true, 0, 20, NULL, "waiting, offered or ended"},
    {"count", DESK_INT, true, 1, INT64_MAX, NULL, "places"},
    {"resource", DESK_TEXT, true, 0, 80, NULL, "what is waited for"},
    {"slot", DESK_TEXT, true, 0, 40, NULL, "when"},
    {"before", DESK_INT, true, 0, INT64_MAX, NULL, "parties that have waited longer"},
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    {"order", DESK_INT, false, 1, INT64_MAX, NULL, "what was offered"},
    {"until_ms", DESK_INT, false, 0, INT64_MAX, NULL, "until when it is"},
    END,
};

const serve_route serve_shop_order_routes[] = {
    {"POST", "/api/shop/orders", SERVE_ANYONE, order_fields, ordered, order_run, SERVE_COSTLY, NULL,
     "orders and holds it; the same code again is the same order", NULL},
    {"POST", "/api/shop/orders/{order}/pay", SERVE_ANYONE, pay_fields, NULL, pay_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "charges what is due by a provider", NULL},
    {"POST", "/api/shop/waiting", SERVE_ANYONE, wait_fields, waiting, wait_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "waits for what is sold out", NULL},
    {"POST", "/api/shop/waiting/{waiting}", SERVE_ANYONE, code_fields, waiting, waiting_run, 0, NULL,
     "who is before it, and what is offered", NULL},
    {"POST", "/api/shop/waiting/{waiting}/leave", SERVE_ANYONE, leave_fields, waiting, leave_run, SERVE_WAITS, NULL,
     "leaves the list, or gives up what is offered", NULL},
    {0},
};
