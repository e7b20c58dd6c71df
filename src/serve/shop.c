// shop.c - what is on sale to guests, and what the files of the shop share; see shop.h.
#include "serve/shop.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/money.h"

// ---- codes -----------------------------------------------------------------------------------------------------------

bool shop_key(const char *code, char key[SHOP_KEY_TEXT]) {
    unsigned char bytes[SHOP_CODE_SIZE], hash[SHOP_CODE_SIZE];
    size_t size = 0;
    if (strlen(code) != 2 * sizeof bytes || sodium_hex2bin(bytes, sizeof bytes, code, strlen(code), NULL, &size, NULL) != 0 ||
        size != sizeof bytes)
        return false;
    crypto_generichash(hash, sizeof hash, bytes, sizeof bytes, NULL, 0);
    memcpy(key, "web-", 4);
    sodium_bin2hex(key + 4, SHOP_KEY_TEXT - 4, hash, sizeof hash);
    sodium_memzero(bytes, sizeof bytes);
    return true;
}

static void refuse_stranger(serve_request *q) {
    char who[80];
    int wait_s = 1;
    // Whoever guesses is slowed down; whoever has a code is not, since only what is not found counts.
    snprintf(who, sizeof who, "code:%s", q->address);
    if (q->serve->def.rate >= 0 && !serve_limits_take(q->serve->limits, who, 1, 0.5, 40, &wait_s))
        serve_refuse(q, 429, "too_many", "too many numbers and codes that do not belong together; again in %d s", wait_s);
    else
        serve_refuse(q, 404, "no_order", "there is nothing of this number and code");
}

bool shop_find(serve_request *q, const char *act, char key[SHOP_KEY_TEXT], int64_t *subject) {
    char found[24] = "", *end = NULL;
    int64_t number = strtoll(q->parts[0], &end, 10), own = 0;
    if (!shop_key(desk_text(q->fields, "code"), key))
        snprintf(key, SHOP_KEY_TEXT, "web-"); // looked for, too
    piste_status status = desk_key_find(q->serve->desk, key, found, &own);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return false;
    }
    if (*end || number < 1 || number != own || strcmp(found, act) != 0) {
        refuse_stranger(q);
        return false;
    }
    *subject = own;
    return true;
}

bool shop_is_within_rate(serve_request *q, int64_t persons) {
    char who[80];
    int wait_s = 1;
    snprintf(who, sizeof who, "order:%s", q->address);
    // Places for some 200 persons at once, and then for one more every ten seconds (chosen): nobody holds a whole hill.
    if (q->serve->def.rate < 0 || serve_limits_take(q->serve->limits, who, (double)persons, 0.1, 200, &wait_s))
        return true;
    serve_refuse(q, 429, "too_many", "too many places are asked for from %s; again in %d s", q->address, wait_s);
    return false;
}

// ---- the desk, as a guest -----------------------------------------------------------------------------------------------

piste_status shop_do(serve_request *q, json_t *request, json_t **answer) {
    char *text = NULL;
    *answer = NULL;
    if (!request)
        return PISTE_MEMORY;
    bool is_guest = q->route->who == SERVE_ANYONE || !*q->session.account;
    json_object_set_new(request, "who", json_string(is_guest ? "guest" : q->session.account));
    piste_status status = desk_do(q->serve->desk, request, &text);
    json_decref(request);
    *answer = text ? json_loads(text, 0, NULL) : NULL;
    free(text);
    return status;
}

void shop_answer(serve_request *q, piste_status status, json_t *answer) {
    if (answer)
        serve_answer(q, piste_status_http_code(status), answer);
    else
        serve_answer_status(q, status == PISTE_OK ? PISTE_MEMORY : status, NULL);
}

json_t *shop_receipt(serve_request *q, int64_t order) {
    json_t *answer = NULL;
    piste_status status = shop_do(q, json_pack("{s:s,s:I}", "act", "receipt", "order", (json_int_t)order), &answer);
    if (status == PISTE_OK && answer)
        return answer;
    shop_answer(q, status, answer);
    return NULL;
}

int64_t shop_persons(const json_t *positions) {
    int64_t count = 0;
    for (size_t i = 0; i < json_array_size(positions); i++) {
        const json_t *p = json_array_get(positions, i), *persons = json_object_get(p, "persons");
        count += persons ? (int64_t)json_array_size(persons) : desk_number(p, "count", 1);
    }
    return count;
}

typedef struct group_job {
    const json_t *positions;
    int64_t least; // that one of the classes asks for
} group_job;

static piste_status read_group(store_db *db, group_job *j, const char *class_key) {
    int64_t least = 0;
    piste_status status = *class_key ? STORE_FIND_NUMBER(db, &least, NULL, "SELECT group_from FROM class WHERE key = $1", store_text(class_key))
                                     : PISTE_OK;
    j->least = least > j->least ? least : j->least;
    return status;
}

static piste_status read_groups(store_db *db, void *context) {
    group_job *j = context;
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < json_array_size(j->positions) && status == PISTE_OK; i++) {
        const json_t *p = json_array_get(j->positions, i), *persons = json_object_get(p, "persons");
        status = read_group(db, j, desk_text(p, "class"));
        for (size_t k = 0; k < json_array_size(persons) && status == PISTE_OK; k++)
            status = read_group(db, j, desk_text(json_array_get(persons, k), "class"));
    }
    return status;
}

bool shop_is_group(serve_request *q) {
    group_job j = {.positions = json_object_get(q->fields, "positions")};
    piste_status status = store_read(desk_get_store(q->serve->desk), read_groups, &j);
    if (status == PISTE_OK && shop_persons(j.positions) >= j.least)
        return true;
    if (status != PISTE_OK)
        serve_answer_status(q, status, NULL);
    else
        serve_refuse(q, 409, "no_group", "this price is for a group of at least %" PRId64, j.least);
    return false;
}

static void ask(serve_request *q, json_t *request) {
    json_t *answer = NULL;
    piste_status status = shop_do(q, request, &answer);
    shop_answer(q, status, answer);
}

json_t *shop_positions(const json_t *positions) {
    static const char *const kept[] = {"product", "date", "time", "class", "count"};
    static const char *const of_person[] = {"class", "age", "nationality"};
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(positions); i++) {
        const json_t *from = json_array_get(positions, i), *persons = json_object_get(from, "persons");
        json_t *to = json_object(), *people = persons ? json_array() : NULL;
        for (size_t k = 0; k < BASE_COUNT(kept); k++)
            if (json_object_get(from, kept[k]))
                json_object_set(to, kept[k], json_object_get(from, kept[k]));
        for (size_t p = 0; p < json_array_size(persons); p++) {
            json_t *one = json_object();
            for (size_t k = 0; k < BASE_COUNT(of_person); k++)
                if (json_object_get(json_array_get(persons, p), of_person[k]))
                    json_object_set(one, of_person[k], json_object_get(json_array_get(persons, p), of_person[k]));
            json_array_append_new(people, one);
        }
        if (people)
            json_object_set_new(to, "persons", people);
        json_array_append_new(list, to);
    }
    return list;
}

// ---- what is on sale ------------------------------------------------------------------------------------------------------

// What costs nothing is given out at the desk alone, which sees to whom.
static void drop_free(json_t *products) {
    for (size_t i = json_array_size(products); i-- > 0;) {
        json_t *prices = json_object_get(json_array_get(products, i), "prices");
        for (size_t k = json_array_size(prices); k-- > 0;) {
            desk_money m;
            if (desk_money_parse(desk_text(json_array_get(prices, k), "amount"), &m) != PISTE_OK || m.minor == 0)
                json_array_remove(prices, k);
        }
        if (json_array_size(prices) == 0)
            json_array_remove(products, i);
    }
}

static void set_resort(const piste_resort *r, json_t *answer) {
    char day[11];
    json_object_set_new(answer, "resort", json_string(r->name));
    json_object_set_new(answer, "zone", json_string(r->zone));
    if (r->season_from != PISTE_DATE_NONE) {
        piste_date_format(r->season_from, day);
        json_object_set_new(answer, "first", json_string(day));
        piste_date_format(r->season_until, day);
        json_object_set_new(answer, "last", json_string(day));
    }
    if (r->tariff.currencies.count) { // what is taken, in the resort's own order
        json_t *list = json_array();
        for (int32_t i = 0; i < r->tariff.currencies.count; i++)
            json_array_append_new(list, json_string(r->tariff.currencies.list[i]));
        json_object_set_new(answer, "currencies", list);
    }
}

static void on_sale_run(serve_request *q) {
    json_t *answer = NULL;
    piste_status status = shop_do(q, json_pack("{s:s}", "act", "on-sale"), &answer);
    if (status == PISTE_OK && answer) {
        drop_free(json_object_get(answer, "products"));
        set_resort(q->serve->resort, answer);
        json_object_set_new(answer, "hold_s", json_integer(SHOP_HOLD_S));
        json_object_set_new(answer, "till_s", json_integer(SHOP_TILL_S));
        json_object_set_new(answer, "persons_max", json_integer(SHOP_PERSONS_MAX));
    }
    shop_answer(q, status, answer);
}

static void calendar_run(serve_request *q) {
    json_t *request = json_copy(q->fields);
    if (request) {
        json_object_set_new(request, "act", json_string("calendar"));
        json_object_set_new(request, "channel", json_string(SHOP_CHANNEL));
    }
    ask(q, request);
}

static void may_run(serve_request *q) {
    json_t *request = json_copy(q->fields);
    if (request)
        json_object_set_new(request, "act", json_string("may"));
    ask(q, request);
}

static void quote_run(serve_request *q) {
    if (!shop_is_group(q))
        return;
    json_t *request = json_pack("{s:s,s:s,s:o}", "act", "quote", "channel", SHOP_CHANNEL, "positions",
                                shop_positions(json_object_get(q->fields, "positions")));
    static const char *const kept[] = {"currency", "voucher"};
    for (size_t i = 0; request && i < BASE_COUNT(kept); i++)
        if (json_object_get(q->fields, kept[i]))
            json_object_set(request, kept[i], json_object_get(q->fields, kept[i]));
    ask(q, request);
}

static void texts_run(serve_request *q) {
    json_t *request = json_copy(q->fields);
    if (request)
        json_object_set_new(request, "act", json_string("agreement-texts"));
    ask(q, request);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

static const desk_field holder_fields[] = {
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "for which the product needs it"},
    {"data", DESK_OBJECT, true, 0, 0, desk_person_data_fields, "no more than the purpose names"},
    END,
};
const desk_field shop_person_fields[] = {
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class that the person will show to be of"},
    {"age", DESK_INT, false, 0, 130, NULL, "years; kept nowhere"},
    {"nationality", DESK_TEXT, false, 0, 2, NULL, "two letters of ISO 3166; kept nowhere"},
    {"holder", DESK_LIST, false, 1, 5, holder_fields, "where the product needs to know who holds it"},
    END,
};
const desk_field shop_position_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"date", DESK_DATE, true, 0, 0, NULL, "for when"},
    {"time", DESK_TEXT, false, 0, 20, NULL, "of a session, such as 10:00"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "price class of all of them"},
    {"count", DESK_INT, false, 1, SHOP_PERSONS_MAX, NULL, "how many alike; 1"},
    {"persons", DESK_LIST, false, 1, SHOP_PERSONS_MAX, shop_person_fields, "each of them, instead of count"},
    END,
};
static const desk_field quote_fields[] = {
    {"positions", DESK_LIST, true, 1, SHOP_PERSONS_MAX, shop_position_fields, "what is wanted"},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "in which it is told"},
    {"voucher", DESK_SLUG, false, 0, 40, NULL, "code of a discount"},
    END,
};
static const desk_field calendar_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"from", DESK_DATE, true, 0, 0, NULL, "first day, included"},
    {"until", DESK_DATE, true, 0, 0, NULL, "last day, included; at most 100 days"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "places that are kept for a price class count for it"},
    END,
};
static const desk_field day_times[] = {
    {"time", DESK_TEXT, true, 0, 20, NULL, "at which a session begins"},
    {"free", DESK_INT, true, 0, INT64_MAX, NULL, "how many may still be sold"},
    END,
};
static const desk_field days[] = {
    {"date", DESK_DATE, true, 0, 0, NULL, ""},
    {"free", DESK_INT, false, 0, INT64_MAX, NULL, "how many may still be sold; not given: any number"},
    {"times", DESK_LIST, false, 0, 1000, day_times, "of a product by session"},
    END,
};
static const desk_field calendar[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"day", DESK_DATE, true, 0, 0, NULL, "the business date"},
    {"days", DESK_LIST, true, 0, 100, days, "on which it is on sale"},
    END,
};
static const desk_field may_fields[] = {
    {"nationality", DESK_TEXT, true, 0, 2, NULL, "two capital letters of ISO 3166"},
    {"date", DESK_DATE, true, 0, 0, NULL, "when"},
    END,
};
static const desk_field may[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"may", DESK_BOOL, true, 0, 0, NULL, "whether they may come"},
    {"reason", DESK_TEXT, true, 0, 120, NULL, "as the rule says"},
    {"changes", DESK_DATE, false, 0, 0, NULL, "from which on the answer is another"},
    END,
};
static const desk_field texts_fields[] = {
    {"agreement", DESK_SLUG, false, 0, 40, NULL, "one of them, whole"},
    {"language", DESK_SLUG, false, 0, 8, NULL, "in which; needed with agreement"},
    END,
};

const serve_route serve_shop_routes[] = {
    {"GET", "/api/shop", SERVE_ANYONE, NULL, NULL, on_sale_run, 0, NULL,
     "what is on sale: products with prices and needs, classes, currencies, rates, providers", NULL},
    {"GET", "/api/shop/calendar", SERVE_ANYONE, calendar_fields, calendar, calendar_run, 0, NULL,
     "how many of a product may still be sold, day by day", NULL},
    {"GET", "/api/shop/may", SERVE_ANYONE, may_fields, may, may_run, 0, NULL,
     "whether somebody of a nationality may come on a date, why, and when that changes", NULL},
    {"GET", "/api/shop/agreements", SERVE_ANYONE, texts_fields, NULL, texts_run, 0, NULL,
     "what is to be signed today, and in which languages; one of them whole", NULL},
    {"POST", "/api/shop/quote", SERVE_ANYONE, quote_fields, NULL, quote_run, 0, NULL, "what it would cost, and why", NULL},
    {0},
};
