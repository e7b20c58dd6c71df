// terms.c - reads the terms when they have changed.
#include <stdlib.h>

#include "desk/terms.h"

void desk_terms_release(desk_terms *t) {
    for (int i = 0; i < t->products.count; i++)
        json_decref(t->products.list[i].takes);
    base_arena_destroy(t->arena);
    *t = (desk_terms){.version = -1};
}

int desk_terms_find_product(const desk_terms *t, const char *key) {
    int i = 0;
    while (i < t->products.count && strcmp(t->products.list[i].key, key) != 0)
        i++;
    return i < t->products.count ? i : -1;
}

static int find_class(const desk_terms *t, const char *key) {
    int i = 0;
    while (i < t->classes.count && strcmp(t->classes.list[i].key, key) != 0)
        i++;
    return i < t->classes.count ? i : -1;
}

static char *keep(desk_terms *t, const char *text) {
    return base_arena_text(t->arena, text, strlen(text));
}

// Room for all rows of a table, and the query that gives them.
static piste_status begin(store_db *db, desk_terms *t, const char *count_sql, const char *sql, size_t size, void **list,
                          store_rows **rows) {
    int64_t count = 0;
    piste_status status = store_find_number(db, &count, NULL, count_sql, NULL, 0);
    if (status != PISTE_OK)
        return status;
    *list = base_arena_take(t->arena, ((size_t)count + 1) * size);
    return *list ? store_query(db, rows, sql, NULL, 0) : PISTE_MEMORY;
}

static piste_status read_products(store_db *db, desk_terms *t) {
    store_rows *rows = NULL;
    void *list = NULL;
    piste_status status = begin(db, t, "SELECT count(*) FROM product", "SELECT key, kind, days, takes, (SELECT count(*) FROM need n WHERE n.product = product.key) FROM product",
                                sizeof *t->products.list, &list, &rows);
    if (status != PISTE_OK)
        return status;
    t->products.list = list;
    bool failed = false;
    while (store_rows_next(rows)) {
        terms_product *p = &t->products.list[t->products.count++];
        *p = (terms_product){keep(t, store_rows_text(rows, 0)), keep(t, store_rows_text(rows, 1)),
                             store_rows_number(rows, 2), json_loads(store_rows_text(rows, 3), 0, NULL),
                             store_rows_number(rows, 4) > 0};
        failed |= !p->key || !p->kind || !p->takes;
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

static piste_status read_classes(store_db *db, desk_terms *t) {
    store_rows *rows = NULL;
    void *list = NULL;
    piste_status status =
        begin(db, t, "SELECT count(*) FROM class", "SELECT key, name, age_from, age_until, group_from FROM class",
              sizeof *t->classes.list, &list, &rows);
    if (status != PISTE_OK)
        return status;
    t->classes.list = list;
    bool failed = false;
    while (store_rows_next(rows)) {
        terms_class *c = &t->classes.list[t->classes.count++];
        *c = (terms_class){keep(t, store_rows_text(rows, 0)), keep(t, store_rows_text(rows, 1)),
                           store_rows_number(rows, 2), store_rows_number(rows, 3), store_rows_number(rows, 4)};
        failed |= !c->key || !c->name;
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

static piste_status read_prices(store_db *db, desk_terms *t) {
    store_rows *rows = NULL;
    void *list = NULL;
    piste_status status = begin(db, t, "SELECT count(*) FROM price",
                                "SELECT product, class, currency, amount_minor, early_days, valid_from, valid_until, "
                                "limited, agency, name FROM price ORDER BY id",
                                sizeof *t->prices.list, &list, &rows);
    if (status != PISTE_OK)
        return status;
    t->prices.list = list;
    bool failed = false;
    while (store_rows_next(rows)) {
        terms_price p = {.product = desk_terms_find_product(t, store_rows_text(rows, 0)),
                         .class_index = find_class(t, store_rows_text(rows, 1))};
        if (p.product < 0 || p.class_index < 0)
            continue;
        snprintf(p.currency, sizeof p.currency, "%s", store_rows_text(rows, 2));
        p.amount_minor = store_rows_number(rows, 3);
        p.early_days = store_rows_number(rows, 4);
        p.from = (piste_date)store_rows_number(rows, 5);
        p.until = (piste_date)store_rows_number(rows, 6);
        p.limited = keep(t, store_rows_text(rows, 7));
        p.agency = keep(t, store_rows_text(rows, 8));
        p.name = keep(t, store_rows_text(rows, 9));
        failed |= !p.limited || !p.agency || !p.name;
        t->prices.list[t->prices.count++] = p;
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

static piste_status read_roundings(store_db *db, desk_terms *t) {
    store_rows *rows = NULL;
    void *list = NULL;
    piste_status status =
        begin(db, t, "SELECT count(*) FROM rounding", "SELECT currency, tender, mode, step_minor FROM rounding",
              sizeof *t->roundings.list, &list, &rows);
    if (status != PISTE_OK)
        return status;
    t->roundings.list = list;
    bool failed = false;
    while (store_rows_next(rows)) {
        terms_rounding *r = &t->roundings.list[t->roundings.count++];
        snprintf(r->currency, sizeof r->currency, "%s", store_rows_text(rows, 0));
        r->tender = keep(t, store_rows_text(rows, 1));
        snprintf(r->mode, sizeof r->mode, "%s", store_rows_text(rows, 2));
        r->step_minor = store_rows_number(rows, 3);
        failed |= !r->tender;
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

static piste_status read_providers(store_db *db, desk_terms *t) {
    store_rows *rows = NULL;
    void *list = NULL;
    piste_status status = begin(db, t, "SELECT count(*) FROM provider", "SELECT key FROM provider",
                                sizeof *t->providers.list, &list, &rows);
    if (status != PISTE_OK)
        return status;
    t->providers.list = list;
    bool failed = false;
    while (store_rows_next(rows)) {
        char *key = keep(t, store_rows_text(rows, 0));
        t->providers.list[t->providers.count++] = key;
        failed |= !key;
    }
    status = store_rows_end(rows);
    return failed ? PISTE_MEMORY : status;
}

piste_status desk_terms_get(desk_act *a, const desk_terms **terms) {
    desk_terms *t = a->terms;
    *terms = t;
    if (t->version == a->head->terms)
        return PISTE_OK;
    desk_terms_release(t);
    t->arena = base_arena_create();
    piste_status status = t->arena ? read_products(a->db, t) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = read_classes(a->db, t);
    if (status == PISTE_OK)
        status = read_prices(a->db, t);
    if (status == PISTE_OK)
        status = read_roundings(a->db, t);
    if (status == PISTE_OK)
        status = read_providers(a->db, t);
    if (status == PISTE_OK)
        t->version = a->head->terms;
    else
        desk_terms_release(t);
    return status;
}
