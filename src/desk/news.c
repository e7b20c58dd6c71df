// news.c - which acts came since one looked.
#include "desk/news.h"

typedef struct looking {
    int64_t entry;
    void (*hear)(void *context, const char *act);
    void *context;
} looking;

// Up to the entry that the head names: what is committed meanwhile is the next look's.
static piste_status look(store_db *db, void *context) {
    looking *l = context;
    int64_t last = 0;
    store_rows *rows = NULL;
    piste_status status = STORE_FIND_NUMBER(db, &last, NULL, "SELECT entry FROM head WHERE id = $1", store_number(1));
    if (status != PISTE_OK || last == l->entry || l->entry < 0) {
        l->entry = status == PISTE_OK ? last : l->entry;
        return status;
    }
    status = STORE_QUERY(db, &rows, "SELECT DISTINCT act FROM journal WHERE entry > $1 AND entry <= $2", store_number(l->entry),
                         store_number(last));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        l->hear(l->context, store_rows_text(rows, 0));
    status = store_rows_end(rows);
    if (status == PISTE_OK)
        l->entry = last;
    return status;
}

piste_status desk_news(desk *d, int64_t *entry, void (*hear)(void *context, const char *act), void *context) {
    looking l = {*entry, hear, context};
    piste_status status = store_read(desk_get_store(d), look, &l);
    if (status == PISTE_OK)
        *entry = l.entry;
    return status;
}
