// play_sales.c - what the demonstration's parties buy: real acts at the real desk.
//
// Everyone takes a visit of the day, since visits are what the cap counts; whoever means to rent buys it with equipment
// where that is sold. Prices, classes and sessions are those of the resort's tariff and desk.jsonl. What no file knows
// is chosen here: who books by which channel, and which passports guests from abroad carry.
#include <sodium.h>
#include <stdlib.h>

#include "desk/board.h"
#include "desk/money.h"
#include "desk/tariff.h"
#include "serve/play.h"

// Chosen: passports of guests from abroad, how many of a hundred, and what they pay in where the resort takes it.
static const struct {
    const char *country, *currency;
    int32_t share;
} nationalities[] = {{"CN", "CNY", 46}, {"RU", "USD", 18}, {"JP", "JPY", 9}, {"DE", "EUR", 8},
                     {"FR", "EUR", 7},  {"GB", "USD", 7},  {"US", "USD", 5}};
enum { ABROAD = BASE_COUNT(nationalities), WEB_PERCENT = 35, BATCH = 256 };
static const char *const channels[] = {"till", "web", "hotel", "agency"};
static const char agency_key[] = "demo-tours", till[] = "demo-till";

// ---- acts ------------------------------------------------------------------------------------------------------------------

json_t *play_do(serve_play *p, json_t *request) {
    char *answer = NULL;
    if (request && desk_do(p->serve->desk, request, &answer) == PISTE_IO)
        play_note(p, "the desk cannot write: is the disk full?");
    json_decref(request);
    json_t *object = answer ? json_loads(answer, 0, NULL) : NULL;
    free(answer);
    return object ? object : json_pack("{s:s,s:s}", "status", "memory", "reason", "memory");
}

static bool is_ok(const json_t *answer) {
    return strcmp(desk_text(answer, "status"), "ok") == 0;
}

// Many acts, which the desk brings to the disk together; answers in their order.
typedef struct batch {
    pthread_mutex_t lock;
    pthread_cond_t done;
    int32_t left;
} batch;
typedef struct slot {
    batch *batch;
    char *answer;
} slot;

static void batch_done(void *context, piste_status status, char *answer) {
    slot *s = context;
    batch *b = s->batch;
    (void)status;
    pthread_mutex_lock(&b->lock);
    s->answer = answer;
    if (--b->left == 0)
        pthread_cond_signal(&b->done);
    pthread_mutex_unlock(&b->lock);
}

// Takes the requests; answers[i] is NULL where there was none, or where memory is out.
static void do_batch(serve_play *p, json_t **requests, int32_t count, json_t **answers) {
    batch b = {.left = 0};
    slot slots[BATCH] = {0};
    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.done, NULL);
    for (int32_t i = 0; i < count; i++)
        b.left += requests[i] != NULL;
    for (int32_t i = 0; i < count; i++) {
        slots[i].batch = &b;
        if (requests[i])
            desk_submit(p->serve->desk, requests[i], batch_done, &slots[i]);
    }
    pthread_mutex_lock(&b.lock);
    while (b.left)
        pthread_cond_wait(&b.done, &b.lock);
    pthread_mutex_unlock(&b.lock);
    for (int32_t i = 0; i < count; i++) {
        answers[i] = slots[i].answer ? json_loads(slots[i].answer, 0, NULL) : NULL;
        free(slots[i].answer);
    }
    pthread_cond_destroy(&b.done);
    pthread_mutex_destroy(&b.lock);
}

// ---- the catalogue: of the same acts that were loaded -------------------------------------------------------------------------

static int32_t find_product(const serve_play *p, const char *key) {
    for (int32_t i = 0; i < p->product_count; i++)
        if (strcmp(p->products[i].key, key) == 0)
            return i;
    return -1;
}

static void note_product(serve_play *p, const json_t *act) {
    int32_t i = find_product(p, desk_text(act, "product"));
    if (i < 0 && p->product_count == PLAY_PRODUCTS)
        return;
    play_product *own = &p->products[i < 0 ? p->product_count++ : i];
    const json_t *takes = json_object_get(act, "takes");
    const char *kind = desk_text(act, "kind");
    *own = (play_product){.takes_visit = false};
    snprintf(own->key, sizeof own->key, "%s", desk_text(act, "product"));
    for (size_t k = 0; k < json_array_size(takes); k++) {
        const json_t *take = json_array_get(takes, k);
        const char *resource = desk_text(take, "resource"), *slash = strchr(resource, '/');
        char venue[81];
        snprintf(venue, sizeof venue, "%.*s", slash ? (int)(slash - resource) : 80, resource);
        int32_t v = piste_resort_find_venue(p->serve->resort, venue);
        own->takes_visit |= strcmp(resource, "visit") == 0 && strcmp(kind, "day") == 0;
        own->takes_rental |= v >= 0 && p->serve->resort->venues.list[v].kind == PISTE_VENUE_RENTAL;
        if (v >= 0 && strcmp(desk_text(take, "slot"), "session") == 0)
            snprintf(own->session_of, sizeof own->session_of, "%.40s", venue);
    }
}

static void note_price(serve_play *p, const json_t *act) {
    int32_t product = find_product(p, desk_text(act, "product"));
    desk_money amount;
    if (product < 0 || p->price_count == PLAY_PRICES || *desk_text(act, "agency") || *desk_text(act, "limited") ||
        json_object_get(act, "early_days") || desk_money_parse(desk_text(act, "amount"), &amount) != PISTE_OK)
        return;
    play_price *own = &p->prices[p->price_count++];
    *own = (play_price){.product = product, .is_free = amount.minor == 0};
    snprintf(own->price_class, sizeof own->price_class, "%.40s", desk_text(act, "class"));
}

static void note_acts(serve_play *p, const json_t *acts, const char *kind, void (*note)(serve_play *p, const json_t *act)) {
    for (size_t i = 0; i < json_array_size(acts); i++)
        if (strcmp(desk_text(json_array_get(acts, i), "act"), kind) == 0)
            note(p, json_array_get(acts, i));
}

static bool has_rate(const piste_tariff *t, const char *currency) {
    for (int32_t i = 0; i < t->rates.count; i++)
        if (strcmp(t->rates.list[i].from, currency) == 0 || strcmp(t->rates.list[i].to, currency) == 0)
            return true;
    return false;
}

// Of the currencies that the resort takes, those that guests bring; the one that nobody brings is the country's own.
static void note_currencies(serve_play *p) {
    const piste_tariff *t = &p->serve->resort->tariff;
    snprintf(p->books, sizeof p->books, "%.3s", t->currency);
    snprintf(p->local_currency, sizeof p->local_currency, "%.3s", t->currency);
    for (int32_t i = 0; i < t->currencies.count; i++) {
        const char *currency = t->currencies.list[i];
        bool is_brought = strcmp(currency, t->currency) == 0;
        for (int32_t n = 0; n < (int32_t)ABROAD; n++)
            if (strcmp(nationalities[n].currency, currency) == 0) {
                p->takes[n] = has_rate(t, currency);
                is_brought = true;
            }
        if (!is_brought && has_rate(t, currency))
            snprintf(p->local_currency, sizeof p->local_currency, "%.3s", currency);
    }
}

static piste_status read_catalogue(serve_play *p, piste_errors *errors) {
    json_t *tariff = desk_tariff_acts(p->serve->resort), *own = NULL;
    piste_status status = tariff ? desk_tariff_file(p->serve->resort->folder, errors, &own) : PISTE_MEMORY;
    if (status == PISTE_OK) {
        note_acts(p, tariff, "product", note_product);
        note_acts(p, own, "product", note_product);
        note_acts(p, tariff, "price", note_price);
        note_acts(p, own, "price", note_price);
        note_currencies(p);
        bool sells = false;
        for (int32_t i = 0; i < p->price_count; i++)
            sells |= p->products[p->prices[i].product].takes_visit;
        if (!sells)
            status = piste_errors_add(errors, PISTE_INVALID, p->serve->resort->folder, 0, 0,
                                      "nothing is sold that takes a visit: the demonstration needs a product of the kind day with a price");
    }
    json_decref(tariff);
    json_decref(own);
    return status;
}

static const piste_price_class *class_of(const piste_resort *r, const char *key) {
    for (int32_t i = 0; i < r->tariff.classes.count; i++)
        if (strcmp(r->tariff.classes.list[i].entry.key, key) == 0)
            return &r->tariff.classes.list[i];
    return NULL;
}

// The price of a product for so many people of a segment: of its own class, where they are enough of them for it;
// otherwise the first that asks for neither age nor number.
static const play_price *price_of(const serve_play *p, int32_t product, const char *price_class, int32_t people) {
    const play_price *other = NULL;
    for (int32_t i = 0; i < p->price_count; i++) {
        const play_price *own = &p->prices[i];
        const piste_price_class *c = class_of(p->serve->resort, own->price_class);
        if (own->product != product)
            continue;
        if (strcmp(own->price_class, price_class) == 0 && (!c || people >= c->group_from))
            return own;
        if (!other && (!c || (c->group_from == 0 && c->age_from == 0 && c->age_until == 0)))
            other = own;
    }
    return other;
}

static bool rents(const piste_resort *r, const piste_segment *s, uint64_t draw) {
    for (int32_t i = 0; i < s->visits.count; i++) {
        const piste_visit *v = &s->visits.list[i];
        bool is_rental = v->venue.index >= 0 ? r->venues.list[v->venue.index].kind == PISTE_VENUE_RENTAL : v->kind == PISTE_VENUE_RENTAL;
        if (is_rental && v->when != PISTE_VISIT_LEAVING)
            return base_uniform(draw) < v->share;
    }
    return false;
}

static uint64_t draw_of(const play_day *d, int32_t party, uint32_t purpose) {
    return base_draw(base_stream(base_key_child(d->seed, (uint64_t)party), purpose), 0);
}

// What they buy for the day: of their class rather than of another, with equipment where they mean to rent.
static const play_price *day_price(const serve_play *p, const play_day *d, int32_t party) {
    const piste_resort *r = p->serve->resort;
    const piste_segment *s = &r->segments.list[d->parties[party].segment];
    bool wants = rents(r, s, draw_of(d, party, 1));
    const play_price *best = NULL;
    int32_t best_score = -1;
    for (int32_t i = 0; i < p->product_count; i++) {
        const play_price *price = p->products[i].takes_visit ? price_of(p, i, s->price_class, d->parties[party].size) : NULL;
        int32_t score = !price ? -1 : (strcmp(price->price_class, s->price_class) == 0) * 2 + (p->products[i].takes_rental == wants);
        if (score > best_score) {
            best = price;
            best_score = score;
        }
    }
    return best;
}

// ---- an order --------------------------------------------------------------------------------------------------------------------

// People of one product. A class that goes by age is shown by it; one that goes by the group's size shows itself.
static json_t *positions_of(const serve_play *p, const play_party *party, const play_price *price, int32_t people) {
    const piste_price_class *c = class_of(p->serve->resort, price->price_class);
    json_t *position = json_pack("{s:s}", "product", p->products[price->product].key), *persons = json_array();
    if (!c || (c->age_from == 0 && c->age_until == 0 && c->group_from == 0))
        json_object_set_new(position, "class", json_string(price->price_class));
    for (int32_t i = 0; i < people; i++) {
        json_t *person = json_object();
        if (c && c->age_until > 0)
            json_object_set_new(person, "age", json_integer((c->age_from + c->age_until) / 2));
        if (party->nationality >= 0)
            json_object_set_new(person, "nationality", json_string(nationalities[party->nationality].country));
        json_array_append_new(persons, person);
    }
    json_object_set_new(position, "persons", persons);
    return json_pack("[o]", position);
}

static json_t *payments_of(const serve_play *p, const play_party *party, const char *key) {
    if (party->channel == PLAY_AGENCY)
        return json_pack("[{s:s}]", "tender", "invoice");
    if (party->channel == PLAY_WEB || party->channel == PLAY_HOTEL)
        return json_pack("[{s:s,s:s}]", "tender", "card", "reference", key);
    const char *currency = party->nationality < 0               ? p->local_currency
                           : p->takes[party->nationality]       ? nationalities[party->nationality].currency
                                                                : p->books;
    return json_pack("[{s:s,s:s,s:s}]", "tender", "cash", "drawer", till, "currency", currency);
}

static json_t *order_of(const serve_play *p, const play_day *d, int32_t number, const play_price *price, int32_t people, const char *key) {
    const play_party *party = &d->parties[number];
    json_t *order = json_pack("{s:s,s:s,s:s+,s:s,s:o}", "act", "order", "key", key, "who", "demo-", channels[party->channel], "channel",
                              channels[party->channel], "positions", positions_of(p, party, price, people));
    if (party->channel == PLAY_AGENCY)
        json_object_set_new(order, "agency", json_string(agency_key));
    if (party->channel != PLAY_WEB && !price->is_free) // on the web they pay in a second step
        json_object_set_new(order, "payments", payments_of(p, party, key));
    return order;
}

static json_t *payment_of(const serve_play *p, const play_party *party, const play_price *price, const json_t *order, const char *key) {
    char own[100];
    if (party->channel != PLAY_WEB || price->is_free || !is_ok(order))
        return NULL;
    snprintf(own, sizeof own, "%s-pay", key);
    return json_pack("{s:s,s:s,s:s,s:I,s:o}", "act", "pay", "key", own, "who", "demo-web", "order",
                     (json_int_t)desk_number(order, "order", 0), "payments", payments_of(p, party, own));
}

static void note_refusal(play_day *d, const json_t *answer, int32_t people) {
    const char *reason = desk_text(answer, "reason");
    int32_t i = 0;
    reason = *reason ? reason : "failed";
    while (i < d->reason_count && strcmp(d->reasons[i].reason, reason) != 0)
        i++;
    if (i == d->reason_count && i + 1 < PLAY_REASONS)
        snprintf(d->reasons[d->reason_count++].reason, sizeof d->reasons[0].reason, "%.31s", reason);
    else if (i == d->reason_count)
        i--; // the last one holds what is left
    d->reasons[i].people += people;
}

static bool is_one_of(const char *word, const char *const *list) {
    while (*list && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}
static const char *const guests_reasons[] = {"sold_out", "quota_full", "waiting", "not_eligible", NULL};

// Whether a party's order and, where it is another act, its payment were taken.
static bool settle(serve_play *p, play_day *d, play_party *party, const json_t *order, const json_t *payment) {
    bool sold = is_ok(order) && strcmp(desk_text(payment ? payment : order, "state"), "sold") == 0;
    const json_t *why = payment && is_ok(order) ? payment : order;
    if (!sold)
        note_refusal(d, why, party->size);
    // What no guest brings about is somebody's mistake.
    if (!sold && !is_one_of(desk_text(why, "reason"), guests_reasons))
        serve_log(p->serve, "warning", "demonstration: %s is not sold a ticket: %s", p->serve->resort->segments.list[party->segment].entry.key,
                  desk_text(why, "message"));
    return sold;
}

static void order_batch(serve_play *p, play_day *d, const int32_t *list, int32_t count) {
    json_t *requests[BATCH], *orders[BATCH], *payments[BATCH];
    const play_price *prices[BATCH];
    char keys[BATCH][64];
    for (int32_t i = 0; i < count; i++) {
        snprintf(keys[i], sizeof keys[i], "demo-%s-%d", d->text, list[i]);
        prices[i] = day_price(p, d, list[i]);
        requests[i] = prices[i] ? order_of(p, d, list[i], prices[i], d->parties[list[i]].size, keys[i]) : NULL;
    }
    do_batch(p, requests, count, orders);
    for (int32_t i = 0; i < count; i++)
        requests[i] = prices[i] ? payment_of(p, &d->parties[list[i]], prices[i], orders[i], keys[i]) : NULL;
    do_batch(p, requests, count, payments);
    for (int32_t i = 0; i < count; i++) {
        play_party *party = &d->parties[list[i]];
        bool sold = settle(p, d, party, orders[i], payments[i]);
        party->state = sold ? PLAY_SOLD : PLAY_REFUSED;
        *(sold ? &d->sold : &d->refused) += party->size;
        if (sold)
            play_board_issue(p, d, party);
        json_decref(orders[i]);
        json_decref(payments[i]);
    }
}

void play_sales_order(serve_play *p, play_day *d, int32_t until_s) {
    while (d->next_order < d->coming && d->parties[d->order[d->next_order]].orders_s <= until_s) {
        int32_t count = 0;
        while (count < BATCH && d->next_order + count < d->coming &&
               d->parties[d->order[d->next_order + count]].orders_s <= until_s)
            count++;
        order_batch(p, d, d->order + d->next_order, count);
        d->next_order += count;
    }
}

bool play_sales_session(serve_play *p, play_day *d, const piste_request *request) {
    const piste_resort *r = p->serve->resort;
    const char *venue = r->venues.list[request->venue].entry.key;
    play_party *party = &d->parties[request->party];
    int32_t product = 0;
    while (product < p->product_count && strcmp(p->products[product].session_of, venue) != 0)
        product++;
    const play_price *price = product < p->product_count ? price_of(p, product, r->segments.list[request->segment].price_class, request->people) : NULL;
    if (!price)
        return true; // its sessions are free
    char key[80], time[8];
    snprintf(key, sizeof key, "demo-%s-%d-%d", d->text, request->party, party->tries++);
    snprintf(time, sizeof time, "%02d:%02d", request->at_s / 3600, request->at_s / 60 % 60);
    json_t *order = order_of(p, d, request->party, price, request->people, key);
    json_object_set_new(json_array_get(json_object_get(order, "positions"), 0), "time", json_string(time));
    json_t *sold = play_do(p, order), *request_to_pay = payment_of(p, party, price, sold, key);
    json_t *paid = request_to_pay ? play_do(p, request_to_pay) : NULL;
    bool is_sold = settle(p, d, party, sold, paid);
    d->sessions += is_sold ? request->people : 0;
    json_decref(sold);
    json_decref(paid);
    return is_sold;
}

// ---- who comes ---------------------------------------------------------------------------------------------------------------------

static void hear_arrival(void *context, const piste_event *e) {
    play_day *d = context;
    if (e->act == PISTE_ACT_ARRIVE && e->party < d->party_count)
        d->parties[e->party] = (play_party){.segment = e->segment, .size = e->size, .arrives_s = e->second};
}

static const play_day *sorting; // qsort has no context; one thread plays
static int by_order(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    int32_t s = sorting->parties[x].orders_s, t = sorting->parties[y].orders_s;
    return s != t ? (s < t ? -1 : 1) : (x < y ? -1 : x > y);
}

static void plan_party(const serve_play *p, play_day *d, int32_t number) {
    const piste_resort *r = p->serve->resort;
    play_party *party = &d->parties[number];
    const piste_segment *s = &r->segments.list[party->segment];
    const piste_price_class *c = class_of(r, s->price_class);
    bool is_group = c && c->group_from > 0, is_abroad = is_group || strcmp(s->price_class, "abroad") == 0;
    party->nationality = -1;
    int32_t at = is_abroad ? (int32_t)(draw_of(d, number, 2) % 100) : -1;
    for (int32_t n = 0; at >= 0 && n < (int32_t)ABROAD; at -= nationalities[n++].share)
        if (at < nationalities[n].share) {
            party->nationality = (int8_t)n;
            break;
        }
    bool on_web = draw_of(d, number, 3) % 100 < WEB_PERCENT;
    party->channel = is_group                                    ? PLAY_AGENCY
                     : on_web && is_abroad                       ? PLAY_WEB
                     : s->comes[PISTE_COMES_FROM_HOTEL] > 0.5    ? PLAY_HOTEL
                     : on_web && party->size < 6                 ? PLAY_WEB
                                                                 : PLAY_TILL;
    int32_t before = party->channel == PLAY_AGENCY ? 86400 : party->channel == PLAY_TILL ? 0 : 300 + (int32_t)(draw_of(d, number, 4) % 3300);
    party->orders_s = party->arrives_s - before;
}

piste_status play_sales_plan(serve_play *p, play_day *d, piste_errors *errors) {
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    def.seed = d->seed;
    def.guests = p->guests;
    def.event = hear_arrival;
    def.context = d;
    piste_status status = piste_day_create(p->serve->resort, &def, errors, &day);
    if (status != PISTE_OK)
        return status;
    int32_t count = piste_day_get_result(day)->parties;
    d->parties = calloc((size_t)count + 1, sizeof *d->parties);
    d->order = calloc((size_t)count + 1, sizeof *d->order);
    d->party_count = count;
    if (!d->parties || !d->order) {
        piste_day_destroy(day);
        return PISTE_MEMORY;
    }
    piste_day_run(day, PISTE_DAY_END);
    piste_day_destroy(day);
    int32_t coming = 0, people = 0;
    for (int32_t i = 0; i < count; i++) {
        play_party *party = &d->parties[i];
        party->lift = party->run = party->venue = -1;
        if (party->size == 0) // the other part of one that parts
            continue;
        plan_party(p, d, i);
        party->pass = people;
        people += party->size;
        d->order[coming++] = i;
    }
    sorting = d;
    qsort(d->order, (size_t)coming, sizeof *d->order, by_order);
    d->coming = coming;
    d->pass_count = people;
    d->passes = calloc((size_t)people + 1, sizeof *d->passes);
    return d->passes ? PISTE_OK : PISTE_MEMORY;
}

// ---- the business day ------------------------------------------------------------------------------------------------------------------

static piste_status must(serve_play *p, json_t *request, piste_errors *errors) {
    json_t *answer = play_do(p, request);
    piste_status status = PISTE_OK;
    if (!is_ok(answer))
        status = piste_errors_add(errors, PISTE_REFUSED, NULL, 0, 0, "the demonstration cannot begin: %s %s", desk_text(answer, "reason"),
                                  desk_text(answer, "message"));
    json_decref(answer);
    return status;
}

static piste_status make_account(serve_play *p, int32_t i, const char *name, const char *roles, piste_errors *errors) {
    unsigned char bytes[sizeof p->accounts[i].password / 2];
    char key[48];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(p->accounts[i].password, sizeof p->accounts[i].password, bytes, sizeof bytes);
    snprintf(p->accounts[i].name, sizeof p->accounts[i].name, "%s", name);
    snprintf(p->accounts[i].roles, sizeof p->accounts[i].roles, "%s", roles);
    snprintf(key, sizeof key, "demo-account-%s", name);
    return must(p, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "act", "account", "key", key, "who", "demo", "name", name, "password",
                             p->accounts[i].password, "roles", roles), errors);
}

static piste_status read_head(store_db *db, void *context) {
    return desk_head_load(db, context);
}

// A desk that somebody has used is not played into.
static piste_status check_new(serve_play *p, piste_errors *errors) {
    desk_head head;
    piste_status status = store_read(desk_get_store(p->serve->desk), read_head, &head);
    if (status == PISTE_OK && (head.day != PISTE_DATE_NONE || head.entry > 1)) // the first ties the desk to its vault
        status = piste_errors_add(errors, PISTE_EXISTS, p->serve->def.url, 0, 0,
                                  "holds a desk that has been used: a demonstration is played into a new one (--data with a new folder)");
    return status;
}

piste_status play_sales_begin(serve_play *p, piste_errors *errors) {
    static const char *const accounts[PLAY_ACCOUNTS][2] = {
        {"manager", "manager"}, {"cashier", "cashier"}, {"gate", "gate"}, {"planner", "planner"}, {"auditor", "auditor"}};
    char date[11];
    piste_date_format(p->first_date, date);
    piste_status status = check_new(p, errors);
    if (status == PISTE_OK)
        status = read_catalogue(p, errors);
    if (status == PISTE_OK)
        status = desk_tariff_load(p->serve->desk, p->serve->resort, errors, NULL);
    if (status == PISTE_OK)
        status = must(p, json_pack("{s:s,s:s,s:s,s:s}", "act", "open", "key", "demo-open", "who", "demo", "date", date), errors);
    if (status == PISTE_OK)
        status = must(p, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s+}", "act", "agency", "key", "demo-agency", "who", "demo", "agency", agency_key,
                                   "name", "Tour agency", "limit", "1000000.00 ", p->books), errors);
    for (int32_t i = 0; i < PLAY_ACCOUNTS && status == PISTE_OK; i++)
        status = make_account(p, i, accounts[i][0], accounts[i][1], errors);
    return status;
}

piste_status play_sales_open(serve_play *p, play_day *d, piste_errors *errors) {
    char key[48];
    snprintf(key, sizeof key, "demo-%s-drawer", d->text);
    return must(p, json_pack("{s:s,s:s,s:s,s:s,s:s}", "act", "drawer-open", "key", key, "who", "demo-till", "drawer", till, "cashier", "demo-till"), errors);
}

// What is in the drawer is what should be: nobody has miscounted.
static json_t *counted_of(const json_t *drawer) {
    json_t *counted = json_array();
    const json_t *holds = json_object_get(drawer, "holds");
    for (size_t i = 0; i < json_array_size(holds); i++)
        json_array_append_new(counted, json_pack("{s:O}", "amount", json_array_get(holds, i)));
    return counted;
}

bool play_sales_close(serve_play *p, play_day *d) {
    char key[48];
    json_t *drawer = play_do(p, json_pack("{s:s,s:s}", "act", "drawer", "drawer", till));
    if (is_ok(drawer)) {
        json_t *counted = counted_of(drawer);
        snprintf(key, sizeof key, "demo-%s-count", d->text);
        json_t *close = json_pack("{s:s,s:s,s:s,s:s}", "act", "drawer-close", "key", key, "who", "demo-till", "drawer", till);
        if (json_array_size(counted))
            json_object_set(close, "counted", counted);
        json_decref(counted);
        json_decref(play_do(p, close));
    }
    json_decref(drawer);
    snprintf(key, sizeof key, "demo-%s-close", d->text);
    json_t *closed = play_do(p, json_pack("{s:s,s:s,s:s,s:s}", "act", "close", "key", key, "who", "demo", "date", d->text));
    bool is_closed = is_ok(closed);
    if (!is_closed)
        play_note(p, "the business day cannot be closed yet: %s", desk_text(closed, "message"));
    json_decref(closed);
    return is_closed;
}
