// shop_holders.c - an order whose holders are told with it: persons are kept before the order that names them, and erased
// where it is refused; see shop.h.
#include <inttypes.h>
#include <stdlib.h>

#include "serve/shop.h"

typedef struct holders {
    json_t *request;
    void (*done)(serve_request *q, piste_status status, json_t *answer);
    int64_t list[SHOP_PERSONS_MAX]; // persons that were kept
    int count;
} holders;

static piste_status keep_holder(serve_request *q, const char *key, int64_t index, const json_t *holder, int64_t *person, json_t **answer) {
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < json_array_size(holder) && status == PISTE_OK; i++) {
        const json_t *one = json_array_get(holder, i);
        char own[SHOP_ACT_KEY_TEXT];
        snprintf(own, sizeof own, "%s-h%" PRId64 "-%zu", key, index, i);
        json_t *request = json_pack("{s:s,s:s,s:s,s:O}", "act", "person", "key", own, "purpose", desk_text(one, "purpose"), "data",
                                    json_object_get(one, "data"));
        if (request && *person)
            json_object_set_new(request, "person", json_integer(*person));
        json_decref(*answer);
        status = shop_do(q, request, answer);
        if (status == PISTE_OK)
            *person = desk_number(*answer, "person", 0);
    }
    return status;
}

static piste_status keep_holders(serve_request *q, const char *key, json_t *positions, holders *h, json_t **answer) {
    const json_t *asked = json_object_get(q->fields, "positions");
    int64_t index = 0;
    for (size_t i = 0; i < json_array_size(asked); i++) {
        const json_t *persons = json_object_get(json_array_get(asked, i), "persons");
        json_t *told = json_object_get(json_array_get(positions, i), "persons");
        for (size_t p = 0; p < json_array_size(persons); p++, index++) {
            const json_t *holder = json_object_get(json_array_get(persons, p), "holder");
            int64_t person = 0;
            if (!holder)
                continue;
            piste_status status = keep_holder(q, key, index, holder, &person, answer);
            if (person)
                h->list[h->count++] = person;
            if (status != PISTE_OK)
                return status;
            json_object_set_new(json_array_get(told, p), "person", json_integer(person));
        }
    }
    return PISTE_OK;
}

static void drop_holders(serve_request *q, const char *key, const holders *h) {
    for (int i = 0; i < h->count; i++) {
        char own[SHOP_ACT_KEY_TEXT];
        json_t *answer = NULL;
        snprintf(own, sizeof own, "%s-e%d", key, i);
        piste_status status = shop_do(q, json_pack("{s:s,s:s,s:I,s:s,s:b}", "act", "person-erase", "key", own, "person",
                                                   (json_int_t)h->list[i], "why", "not-ordered", "all", 1),
                                      &answer);
        if (status != PISTE_OK && status != PISTE_REFUSED)
            serve_log(q->serve, "error", "person %" PRId64 " of an order that was refused is not erased: %s", h->list[i],
                      desk_text(answer, "message"));
        json_decref(answer);
    }
}

// Whoever is named first has ordered, and leads the group.
static void set_customer(serve_request *q, const char *key, int64_t order, int64_t person) {
    char own[SHOP_ACT_KEY_TEXT];
    json_t *answer = NULL;
    snprintf(own, sizeof own, "%s-customer", key);
    (void)!shop_do(q, json_pack("{s:s,s:s,s:I,s:I}", "act", "customer", "key", own, "order", (json_int_t)order, "person",
                                (json_int_t)person), &answer);
    json_decref(answer);
}

static void order_with_holders(serve_request *q) {
    holders *h = q->context;
    json_t *answer = NULL;
    char key[SHOP_KEY_MAX];
    q->context = NULL;
    snprintf(key, sizeof key, "%s", desk_text(h->request, "key"));
    piste_status status = keep_holders(q, key, json_object_get(h->request, "positions"), h, &answer);
    if (status == PISTE_OK) {
        json_decref(answer);
        status = shop_do(q, h->request, &answer);
    } else
        json_decref(h->request);
    if (status == PISTE_OK && h->count)
        set_customer(q, key, desk_number(answer, "order", 0), h->list[0]);
    else if (status == PISTE_REFUSED || status == PISTE_INVALID)
        drop_holders(q, key, h);
    void (*done)(serve_request *, piste_status, json_t *) = h->done;
    free(h);
    done(q, status, answer);
}

static int64_t count_holders(const json_t *positions) {
    int64_t count = 0;
    for (size_t i = 0; i < json_array_size(positions); i++) {
        const json_t *persons = json_object_get(json_array_get(positions, i), "persons");
        for (size_t k = 0; k < json_array_size(persons); k++)
            count += json_object_get(json_array_get(persons, k), "holder") != NULL;
    }
    return count;
}

void shop_order(serve_request *q, json_t *request, void (*done)(serve_request *q, piste_status status, json_t *answer)) {
    int64_t count = count_holders(json_object_get(q->fields, "positions"));
    holders *h = count ? calloc(1, sizeof *h) : NULL;
    if (!count || !request)
        serve_act_then(q, request, done);
    else if (count > SHOP_PERSONS_MAX || !h) {
        json_decref(request);
        free(h);
        if (count > SHOP_PERSONS_MAX)
            serve_refuse(q, 409, "too_many_persons", "an order with %" PRId64 " holders, expected at most %d", count, SHOP_PERSONS_MAX);
        else
            serve_answer_status(q, PISTE_MEMORY, NULL);
    } else {
        h->request = request;
        h->done = done;
        q->context = h;
        serve_work(q, order_with_holders);
    }
}
