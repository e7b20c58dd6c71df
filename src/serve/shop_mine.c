// shop_mine.c - an order's own page: what it is, changing, cancelling, signing, the data of its persons; see shop.h.
//
// A guest changes and cancels until the day before (chosen): on the day itself somebody may be on the hill with it already,
// and the desk looks. What was paid in cash or by a transfer is given back at the till, which has the money.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/people.h"
#include "serve/shop.h"

static void receipt_run(serve_request *q) {
    char key[SHOP_KEY_TEXT];
    int64_t order = 0;
    if (!shop_find(q, "order", key, &order))
        return;
    json_t *receipt = shop_receipt(q, order);
    if (receipt)
        serve_answer(q, 200, receipt);
}

// ---- what may be changed -----------------------------------------------------------------------------------------------

static bool is_chosen(const json_t *chosen, int64_t line) {
    for (size_t i = 0; i < json_array_size(chosen); i++)
        if (desk_number(json_array_get(chosen, i), "position", 0) == line)
            return true;
    return !chosen;
}

static bool is_at_till(const json_t *receipt) {
    size_t i, k;
    json_t *p, *c;
    json_array_foreach(json_object_get(receipt, "payments"), i, p) {
        bool by_charge = false;
        json_array_foreach(json_object_get(receipt, "charges"), k, c)
            by_charge |= strcmp(desk_text(c, "provider"), desk_text(p, "place")) == 0;
        if (strcmp(desk_text(p, "tender"), "voucher") != 0 && !by_charge)
            return true;
    }
    return false;
}

// Why a guest may not change these positions any more; NULL: they may.
static const char *too_late(const json_t *receipt, const json_t *chosen) {
    size_t i;
    json_t *p;
    if (strcmp(desk_text(receipt, "state"), "sold") != 0 && strcmp(desk_text(receipt, "state"), "reserved") != 0)
        return NULL; // nothing was paid: nobody can have used it
    json_array_foreach(json_object_get(receipt, "positions"), i, p) {
        bool live = strcmp(desk_text(p, "state"), "live") == 0;
        if (live && is_chosen(chosen, desk_number(p, "position", 0)) && strcmp(desk_text(p, "date"), desk_text(receipt, "day")) <= 0)
            return "too_late";
    }
    return NULL;
}

// The key of the request's act on an order, whether it has come before, and what the order is now. false: q is answered.
typedef struct change {
    char key[SHOP_ACT_KEY_TEXT];
    int64_t order;
    bool is_again;
    json_t *receipt;
} change;

static bool begin_change(serve_request *q, const char *word, change *c) {
    char key[SHOP_KEY_TEXT], act[24];
    int64_t subject = 0;
    *c = (change){.order = 0};
    if (!shop_find(q, "order", key, &c->order))
        return false;
    snprintf(c->key, sizeof c->key, "%s-%s-%.40s", key, word, desk_text(q->fields, "key"));
    piste_status status = desk_key_find(q->serve->desk, c->key, act, &subject);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return false;
    }
    c->is_again = *act;
    c->receipt = shop_receipt(q, c->order);
    return c->receipt;
}

// ---- cancelling --------------------------------------------------------------------------------------------------------

static void cancel_run(serve_request *q) {
    change c;
    const json_t *chosen = json_object_get(q->fields, "positions");
    json_t *answer = NULL;
    if (!begin_change(q, "cancel", &c))
        return;
    const char *why = c.is_again ? NULL : is_at_till(c.receipt) ? "at_till" : too_late(c.receipt, chosen);
    json_decref(c.receipt);
    if (why) {
        serve_refuse(q, 409, why, strcmp(why, "at_till") == 0 ? "what was paid there is given back at the till%s"
                                                              : "it is too late to cancel here: ask at the desk%s", "");
        return;
    }
    json_t *request = json_pack("{s:s,s:s,s:I}", "act", "cancel", "key", c.key, "order", (json_int_t)c.order);
    if (request && chosen)
        json_object_set(request, "positions", json_object_get(q->fields, "positions"));
    piste_status status = shop_do(q, request, &answer);
    shop_answer(q, status, answer);
}

// ---- moving ------------------------------------------------------------------------------------------------------------

// What the chosen positions become: what they are, at another time; their holders stay. NULL: they are not alike.
static json_t *make_target(const json_t *receipt, const json_t *chosen, const json_t *wish) {
    json_t *to = json_object(), *persons = json_array(), *p;
    const json_t *first = NULL;
    size_t i;
    bool alike = true;
    json_array_foreach(json_object_get(receipt, "positions"), i, p) {
        if (!is_chosen(chosen, desk_number(p, "position", 0)) || strcmp(desk_text(p, "state"), "live") != 0)
            continue;
        first = first ? first : p;
        alike &= strcmp(desk_text(p, "product"), desk_text(first, "product")) == 0;
        json_t *one = json_pack("{s:s}", "class", *desk_text(wish, "class") ? desk_text(wish, "class") : desk_text(p, "class"));
        if (json_object_get(p, "person"))
            json_object_set(one, "person", json_object_get(p, "person"));
        json_array_append_new(persons, one);
    }
    json_object_set_new(to, "product", json_string(*desk_text(wish, "product") ? desk_text(wish, "product") : desk_text(first, "product")));
    json_object_set(to, "date", json_object_get(wish, "date"));
    if (*desk_text(wish, "time"))
        json_object_set(to, "time", json_object_get(wish, "time"));
    json_object_set_new(to, "persons", persons);
    if (first && alike)
        return to;
    json_decref(to);
    return NULL;
}

static void move_run(serve_request *q) {
    change c;
    const json_t *chosen = json_object_get(q->fields, "positions");
    json_t *answer = NULL;
    if (!begin_change(q, "move", &c))
        return;
    const char *why = c.is_again ? NULL : too_late(c.receipt, chosen);
    json_t *to = make_target(c.receipt, chosen, json_object_get(q->fields, "to"));
    bool in_cash = is_at_till(c.receipt);
    json_decref(c.receipt);
    if (c.is_again) { // its positions have ended: the desk knows what it answered, and has it under its key
        json_decref(to);
        c.receipt = shop_receipt(q, c.order);
        if (c.receipt)
            serve_answer(q, 200, c.receipt);
        return;
    }
    if (why || !to) {
        serve_refuse(q, 409, why ? why : "not_alike", why ? "it is too late to change it here: ask at the desk%s"
                                                          : "positions of one product are moved together%s", "");
        json_decref(to);
        return;
    }
    piste_status status = shop_do(q, json_pack("{s:s,s:s,s:I,s:O,s:o}", "act", "move", "key", c.key, "order", (json_int_t)c.order,
                                               "positions", json_object_get(q->fields, "positions"), "to", to),
                                  &answer);
    if (status == PISTE_INVALID && in_cash) { // cash that would come back needs a drawer
        json_decref(answer);
        serve_refuse(q, 409, "at_till", "what was paid there is given back at the till");
        return;
    }
    shop_answer(q, status, answer);
}

// ---- signing -----------------------------------------------------------------------------------------------------------

static bool is_of_order(const json_t *receipt, int64_t person) {
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(receipt, "persons"), i, p) {
        if (desk_number(p, "person", 0) == person)
            return true;
    }
    return false;
}

static void sign_run(serve_request *q) {
    change c;
    static const char *const kept[] = {"agreement", "version", "language", "person", "signer", "authority", "of_age"};
    if (!begin_change(q, "sign", &c))
        return;
    int64_t person = desk_number(q->fields, "person", 0), signer = desk_number(q->fields, "signer", person);
    bool own = is_of_order(c.receipt, person) && is_of_order(c.receipt, signer);
    json_decref(c.receipt);
    if (!own) {
        serve_refuse(q, 409, "no_person", "order %" PRId64 " has no such person", c.order);
        return;
    }
    json_t *request = json_pack("{s:s,s:s,s:s}", "act", "agreement-sign", "key", c.key, "method", "screen"), *answer = NULL;
    for (size_t i = 0; request && i < BASE_COUNT(kept); i++)
        if (json_object_get(q->fields, kept[i]))
            json_object_set(request, kept[i], json_object_get(q->fields, kept[i]));
    if (request && strcmp(desk_text(q->fields, "authority"), "leader") == 0)
        json_object_set_new(request, "order", json_integer(c.order));
    piste_status status = shop_do(q, request, &answer);
    shop_answer(q, status, answer);
}

// ---- the data of its persons ---------------------------------------------------------------------------------------------

// Carries an act out for each person of the order, or for one of them, and answers with all answers.
static void for_persons(serve_request *q, const char *act, const char *word, const char *part) {
    change c;
    size_t i;
    json_t *p, *list = json_array();
    if (!begin_change(q, word, &c)) {
        json_decref(list);
        return;
    }
    int64_t only = desk_number(q->fields, "person", 0);
    piste_status status = PISTE_OK;
    json_t *answer = NULL;
    json_array_foreach(json_object_get(c.receipt, "persons"), i, p) {
        char own[SHOP_ACT_KEY_TEXT];
        int64_t person = desk_number(p, "person", 0);
        if (only && only != person)
            continue;
        json_decref(answer);
        snprintf(own, sizeof own, "%.85s-%" PRId64, c.key, person % 10000000000000);
        status = shop_do(q, json_pack("{s:s,s:s,s:I}", "act", act, "key", own, "person", (json_int_t)person), &answer);
        if (status != PISTE_OK)
            break;
        json_t *told = part ? json_object_get(answer, part) : answer;
        json_array_append(list, told);
    }
    json_decref(c.receipt);
    if (status != PISTE_OK) {
        json_decref(list);
        shop_answer(q, status, answer);
        return;
    }
    json_decref(answer);
    serve_answer(q, 200, json_pack("{s:s,s:o}", "status", "ok", "persons", list));
}

static void export_run(serve_request *q) {
    for_persons(q, "person-export", "export", "document");
}
static void erase_run(serve_request *q) {
    for_persons(q, "person-erase", "erase", NULL);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field line_fields[] = {
    {"position", DESK_INT, true, 1, DESK_LINES_MAX, NULL, "its number in the order"},
    END,
};
static const desk_field to_fields[] = {
    {"date", DESK_DATE, true, 0, 0, NULL, "the new one"},
    {"time", DESK_TEXT, false, 0, 20, NULL, "of a session"},
    {"product", DESK_SLUG, false, 0, 40, NULL, "another one"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "another one"},
    END,
};
static const desk_field code_fields[] = {SHOP_CODE, END};
static const desk_field cancel_fields[] = {
    SHOP_CODE,
    SHOP_KEY,
    {"positions", DESK_LIST, false, 1, 1000, line_fields, "which of it; all where not given"},
    END,
};
static const desk_field move_fields[] = {
    SHOP_CODE,
    SHOP_KEY,
    {"positions", DESK_LIST, true, 1, 1000, line_fields, "which of it, of one product"},
    {"to", DESK_OBJECT, true, 0, 0, to_fields, "what they become"},
    END,
};
static const desk_field sign_fields[] = {
    SHOP_CODE,
    SHOP_KEY,
    DESK_SIGN_ABOUT,
    {"of_age", DESK_BOOL, false, 0, 0, NULL, "the signer says to be of age"},
    END,
};
static const desk_field export_fields[] = {SHOP_CODE, SHOP_KEY, END};
static const desk_field erase_fields[] = {
    SHOP_CODE,
    SHOP_KEY,
    {"person", DESK_INT, false, 1, INT64_MAX, NULL, "one of them; all where not given"},
    END,
};

const serve_route serve_shop_mine_routes[] = {
    {"POST", "/api/shop/orders/{order}", SERVE_ANYONE, code_fields, NULL, receipt_run, 0, NULL,
     "an order: positions, payments, charges, persons, what was signed", NULL},
    {"POST", "/api/shop/orders/{order}/cancel", SERVE_ANYONE, cancel_fields, NULL, cancel_run, SERVE_WAITS, NULL,
     "cancels positions; what was paid goes back as it came", NULL},
    {"POST", "/api/shop/orders/{order}/move", SERVE_ANYONE, move_fields, NULL, move_run, SERVE_WAITS, NULL,
     "moves positions to another date, time, product or class", NULL},
    {"POST", "/api/shop/orders/{order}/sign", SERVE_ANYONE, sign_fields, NULL, sign_run, SERVE_WAITS, NULL,
     "signs an agreement for a person of the order", NULL},
    {"POST", "/api/shop/orders/{order}/export", SERVE_ANYONE, export_fields, NULL, export_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "all that is held of the order's persons", NULL},
    {"POST", "/api/shop/orders/{order}/erase", SERVE_ANYONE, erase_fields, NULL, erase_run, SERVE_WAITS, NULL,
     "erases the order's persons, but for what a law or a claim keeps", NULL},
    {0},
};
