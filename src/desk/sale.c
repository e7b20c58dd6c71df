// sale.c - what is on sale, and what is free on which day.
#include "desk/sale.h"

#include <stdlib.h>

#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

const desk_field desk_on_sale_fields[] = {END};
const desk_field desk_calendar_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"from", DESK_DATE, true, 0, 0, NULL, "first day, included"},
    {"until", DESK_DATE, true, 0, 0, NULL, "last day, included; at most 100 days"},
    {"class", DESK_SLUG, false, 0, 40, NULL, "as whom: places that are kept for a price class count for it"},
    {"channel", DESK_SLUG, false, 0, 40, NULL, "where it is sold: likewise"},
    END,
};

// ---- what is on sale -------------------------------------------------------------------------------------------------

typedef piste_status add_row(desk_act *a, const store_rows *rows, json_t *list);

static piste_status add_list(desk_act *a, const char *name, add_row *add, const char *sql) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(a->answer, name, list);
    piste_status status = STORE_QUERY(a->db, &rows, sql, store_number(a->day));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows))
        status = add(a, rows, list);
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static piste_status add_product(desk_act *a, const store_rows *rows, json_t *list) {
    (void)a;
    json_t *takes = json_loads(store_rows_text(rows, 5), 0, NULL);
    bool session = false;
    for (size_t i = 0; i < json_array_size(takes); i++)
        session |= strcmp(desk_text(json_array_get(takes, i), "slot"), "session") == 0;
    json_t *p = json_pack("{s:s,s:s,s:s,s:I,s:I,s:b,s:o,s:[],s:[]}", "product", store_rows_text(rows, 0), "name",
                          store_rows_text(rows, 1), "kind", store_rows_text(rows, 2), "days", (json_int_t)store_rows_number(rows, 3),
                          "points", (json_int_t)store_rows_number(rows, 4), "is_session", session, "takes",
                          takes ? takes : json_array(), "prices", "needs");
    return p && json_array_append_new(list, p) == 0 ? PISTE_OK : PISTE_MEMORY;
}

static json_t *product_of(desk_act *a, const char *key) {
    size_t i;
    json_t *p;
    json_array_foreach(json_object_get(a->answer, "products"), i, p) {
        if (strcmp(desk_text(p, "product"), key) == 0)
            return p;
    }
    return NULL;
}

static void set_day(json_t *o, const char *name, int64_t day) {
    if (day != DESK_ALWAYS_FROM && day != DESK_ALWAYS_UNTIL)
        json_object_set_new(o, name, desk_date_json(day));
}

// What is agreed with agencies is nobody else's business.
static piste_status add_price(desk_act *a, const store_rows *rows, json_t *list) {
    (void)list;
    json_t *product = product_of(a, store_rows_text(rows, 0));
    if (!product)
        return PISTE_OK;
    json_t *p = json_pack("{s:s,s:o,s:I,s:b,s:s}", "class", store_rows_text(rows, 1), "amount",
                          desk_money_json(store_rows_text(rows, 2), store_rows_number(rows, 3)), "early_days",
                          (json_int_t)store_rows_number(rows, 6), "is_limited", *store_rows_text(rows, 7) != 0, "name",
                          store_rows_text(rows, 8));
    if (!p)
        return PISTE_MEMORY;
    set_day(p, "from", store_rows_number(rows, 4));
    set_day(p, "until", store_rows_number(rows, 5));
    return json_array_append_new(json_object_get(product, "prices"), p) == 0 ? PISTE_OK : PISTE_MEMORY;
}

static piste_status add_need(desk_act *a, const store_rows *rows, json_t *list) {
    (void)list;
    json_t *product = product_of(a, store_rows_text(rows, 0));
    if (!product)
        return PISTE_OK;
    json_t *n = json_pack("{s:s,s:s,s:s,s:s,s:I,s:s,s:b}", "purpose", store_rows_text(rows, 1), "name",
                          store_rows_text(rows, 2), "fields", store_rows_text(rows, 3), "basis", store_rows_text(rows, 4),
                          "keep_days", (json_int_t)store_rows_number(rows, 5), "counts_from", store_rows_text(rows, 6), "required",
                          (int)store_rows_number(rows, 7));
    return n && json_array_append_new(json_object_get(product, "needs"), n) == 0 ? PISTE_OK : PISTE_MEMORY;
}

static piste_status add_class(desk_act *a, const store_rows *rows, json_t *list) {
    (void)a;
    json_t *c = json_pack("{s:s,s:s,s:I,s:I,s:I}", "class", store_rows_text(rows, 0), "name", store_rows_text(rows, 1),
                          "age_from", (json_int_t)store_rows_number(rows, 2), "age_until", (json_int_t)store_rows_number(rows, 3),
                          "group_from", (json_int_t)store_rows_number(rows, 4));
    return c && json_array_append_new(list, c) == 0 ? PISTE_OK : PISTE_MEMORY;
}

static piste_status add_rate(desk_act *a, const store_rows *rows, json_t *list) {
    (void)a;
    json_t *r = json_pack("{s:s,s:s,s:s,s:o,s:s}", "from", store_rows_text(rows, 0), "to", store_rows_text(rows, 1), "rate",
                          store_rows_text(rows, 2), "date", desk_date_json(store_rows_number(rows, 3)), "source",
                          store_rows_text(rows, 4));
    return r && json_array_append_new(list, r) == 0 ? PISTE_OK : PISTE_MEMORY;
}

static piste_status add_word(desk_act *a, const store_rows *rows, json_t *list) {
    (void)a;
    return json_array_append_new(list, json_string(store_rows_text(rows, 0))) == 0 ? PISTE_OK : PISTE_MEMORY;
}

// Products without a price that anybody could still pay are not on sale.
static void drop_unpriced(desk_act *a) {
    json_t *list = json_object_get(a->answer, "products");
    for (size_t i = json_array_size(list); i-- > 0;)
        if (json_array_size(json_object_get(json_array_get(list, i), "prices")) == 0)
            json_array_remove(list, i);
}

piste_status desk_on_sale_run(desk_act *a) {
    static const struct {
        const char *name;
        add_row *add;
        const char *sql;
    } lists[] = {
        {"products", add_product, "SELECT key, name, kind, days, points, takes FROM product WHERE $1 = $1 ORDER BY key"},
        {"prices", add_price,
         "SELECT product, class, currency, amount_minor, valid_from, valid_until, early_days, limited, name FROM price"
         " WHERE agency = '' AND valid_until >= $1 ORDER BY id"},
        {"needs", add_need,
         "SELECT n.product, n.purpose, p.name, p.fields, p.basis, p.keep_days, p.counts_from, n.is_required FROM need n"
         " JOIN purpose p ON p.key = n.purpose WHERE $1 = $1 ORDER BY n.product, n.is_required DESC, n.purpose"},
        {"classes", add_class, "SELECT key, name, age_from, age_until, group_from FROM class WHERE $1 = $1 ORDER BY key"},
        {"rates", add_rate,
         "SELECT r.source_currency, r.target_currency, r.rate, r.day, r.source FROM rate r WHERE r.day <= $1 AND NOT EXISTS"
         " (SELECT 1 FROM rate n WHERE n.source_currency = r.source_currency AND n.target_currency = r.target_currency"
         " AND n.day <= $1 AND (n.day > r.day OR (n.day = r.day AND n.id > r.id))) ORDER BY r.source_currency, "
         "r.target_currency"},
        {"currencies", add_word,
         "SELECT currency FROM price WHERE valid_until >= $1 UNION SELECT source_currency FROM rate WHERE day <= $1"
         " UNION SELECT target_currency FROM rate WHERE day <= $1 ORDER BY currency"},
        {"providers", add_word, "SELECT key FROM provider WHERE $1 = $1 ORDER BY key"},
    };
    piste_status status = desk_day_check(a);
    if (status != PISTE_OK)
        return status;
    json_object_set_new(a->answer, "day", desk_date_json(a->day));
    json_object_set_new(a->answer, "at_ms", json_integer(a->now_ms));
    for (size_t i = 0; i < BASE_COUNT(lists) && status == PISTE_OK; i++)
        status = add_list(a, lists[i].name, lists[i].add, lists[i].sql);
    json_object_del(a->answer, "prices"); // they stand with their products
    json_object_del(a->answer, "needs");
    drop_unpriced(a);
    return status;
}

typedef struct takes_job {
    const char *product;
    json_t *takes;
    int64_t days;
} takes_job;

static piste_status read_takes(store_db *db, void *context) {
    takes_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT takes, days FROM product WHERE key = $1", store_text(j->product));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        j->takes = json_loads(store_rows_text(rows, 0), 0, NULL);
        j->days = store_rows_number(rows, 1);
    }
    return store_rows_end(rows);
}

piste_status desk_product_takes(desk *d, const char *product, json_t **takes, int64_t *days) {
    takes_job j = {.product = product};
    piste_status status = store_read(desk_get_store(d), read_takes, &j);
    if (status != PISTE_OK || !j.takes) {
        json_decref(j.takes);
        return status == PISTE_OK ? PISTE_REFUSED : status;
    }
    *takes = j.takes;
    *days = j.days;
    return PISTE_OK;
}

// ---- the calendar ------------------------------------------------------------------------------------------------------

typedef struct place { // a slot of a resource, and for how many a single one of the product it is enough
    char slot[41];
    int64_t free;
} place;

typedef struct places { // of one of the things that a product takes, in the order of their slots
    place *list;
    size_t count, capacity;
    bool is_session;
} places;

static piste_status add_place(places *p, const char *slot, int64_t free_count) {
    if (p->count == p->capacity) {
        p->capacity = p->capacity ? 2 * p->capacity : 64;
        place *more = realloc(p->list, p->capacity * sizeof *more);
        if (!more)
            return PISTE_MEMORY;
        p->list = more;
    }
    place *at = &p->list[p->count++];
    snprintf(at->slot, sizeof at->slot, "%s", slot);
    at->free = free_count > 0 ? free_count : 0;
    return PISTE_OK;
}

static piste_status load_places(desk_act *a, const json_t *take, const char *quotas, const char *from, const char *until,
                                places *p) {
    store_rows *rows = NULL;
    int64_t each = desk_number(take, "count", 1);
    p->is_session = strcmp(desk_text(take, "slot"), "session") == 0;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT slot, id, capacity, taken, kept, waiting, quotas FROM allotment WHERE "
                                      "resource = $1 AND slot >= $2 AND slot < $3 ORDER BY slot",
                                      store_text(desk_text(take, "resource")), store_text(from), store_text(until));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        desk_allotment_row r = {.id = store_rows_number(rows, 1), .capacity = store_rows_number(rows, 2),
                                .taken = store_rows_number(rows, 3), .kept = store_rows_number(rows, 4),
                                .waiting = store_rows_number(rows, 5), .quotas = store_rows_number(rows, 6)};
        desk_quota_row q;
        status = desk_quota_load(a, &r, quotas, &q);
        if (status == PISTE_OK)
            status = add_place(p, store_rows_text(rows, 0), desk_allotment_free(&r, &q) / each);
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static int by_slot(const void *slot, const void *p) {
    return strcmp(slot, ((const place *)p)->slot);
}

// The least that is free of everything at a time ("" none) of a day; -1: something is not on sale then.
static int64_t free_at(const places *p, size_t count, piste_date date, int64_t days, const char *time) {
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < count; i++)
        for (int64_t d = 0; d < days; d++) {
            char day[11], slot[41];
            piste_date_format(date + (piste_date)d, day);
            snprintf(slot, sizeof slot, p[i].is_session ? "%sT%s" : "%s", day, time);
            const place *at = p[i].count ? bsearch(slot, p[i].list, p[i].count, sizeof *at, by_slot) : NULL;
            if (!at)
                return -1;
            least = at->free < least ? at->free : least;
        }
    return least;
}

// The times of a day are those of the first thing that is taken by session.
static json_t *day_json(const places *p, size_t count, piste_date date, int64_t days) {
    char day[11];
    const places *sessions = NULL;
    piste_date_format(date, day);
    for (size_t i = 0; i < count && !sessions; i++)
        sessions = p[i].is_session ? &p[i] : NULL;
    if (!sessions) {
        int64_t free_count = free_at(p, count, date, days, "");
        return free_count < 0             ? NULL
               : free_count == INT64_MAX ? json_pack("{s:s}", "date", day)
                                         : json_pack("{s:s,s:I}", "date", day, "free", (json_int_t)free_count);
    }
    json_t *times = json_array();
    int64_t most = 0;
    for (size_t i = 0; i < sessions->count; i++) {
        const char *slot = sessions->list[i].slot;
        int64_t free_count = strncmp(slot, day, 10) == 0 && slot[10] == 'T' ? free_at(p, count, date, days, slot + 11) : -1;
        if (free_count < 0)
            continue;
        most = free_count > most ? free_count : most;
        json_array_append_new(times, json_pack("{s:s,s:I}", "time", slot + 11, "free", (json_int_t)free_count));
    }
    if (json_array_size(times))
        return json_pack("{s:s,s:I,s:o}", "date", day, "free", (json_int_t)most, "times", times);
    json_decref(times);
    return NULL;
}

static piste_status fill_calendar(desk_act *a, const terms_product *product, piste_date from, piste_date until) {
    const char *class_key = desk_text(a->request, "class"), *channel = desk_text(a->request, "channel");
    size_t count = json_array_size(product->takes);
    places *p = calloc(count ? count : 1, sizeof *p);
    json_t *list = json_array();
    char quotas[120], first[11], beyond[11];
    snprintf(quotas, sizeof quotas, "%s%s%s%s%s", *channel ? "channel:" : "", channel, *channel && *class_key ? "|" : "",
             *class_key ? "class:" : "", class_key);
    piste_date_format(from, first);
    piste_date_format(until + (piste_date)product->days, beyond);
    json_object_set_new(a->answer, "days", list);
    piste_status status = p ? PISTE_OK : PISTE_MEMORY;
    for (size_t i = 0; i < count && status == PISTE_OK; i++)
        status = load_places(a, json_array_get(product->takes, i), quotas, first, beyond, &p[i]);
    for (piste_date day = from > a->day ? from : a->day; day <= until && status == PISTE_OK; day++) {
        json_t *one = day_json(p, count, day, product->days);
        if (one)
            json_array_append_new(list, one);
    }
    for (size_t i = 0; p && i < count; i++)
        free(p[i].list);
    free(p);
    return status;
}

piste_status desk_calendar_run(desk_act *a) {
    const desk_terms *terms = NULL;
    const char *key = desk_text(a->request, "product");
    piste_date from = desk_date(a->request, "from", 0), until = desk_date(a->request, "until", 0);
    if (until < from || until - from >= DESK_CALENDAR_DAYS_MAX)
        return desk_invalid(a, "until: expected a day from 'from' on, and at most %d days", DESK_CALENDAR_DAYS_MAX);
    piste_status status = desk_day_check(a);
    if (status == PISTE_OK)
        status = desk_terms_get(a, &terms);
    int index = status == PISTE_OK ? desk_terms_find_product(terms, key) : -1;
    if (status == PISTE_OK && index < 0)
        return desk_refuse(a, "no_product", "there is no product %s", key);
    if (status != PISTE_OK)
        return status;
    json_object_set_new(a->answer, "product", json_string(key));
    json_object_set_new(a->answer, "day", desk_date_json(a->day));
    return fill_calendar(a, &terms->products.list[index], from, until);
}
