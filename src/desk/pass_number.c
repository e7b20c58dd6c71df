// pass_number.c - see pass_number.h.
#include "desk/pass_number.h"

#include <sodium.h>
#include <stdlib.h>

enum { DAY_MS = 86400000 };

static uint64_t number_of(const void *hash, size_t size, int64_t order, int64_t position) {
    unsigned char out[16], about[16];
    crypto_generichash_state state;
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) { // the same on every machine
        about[i] = (unsigned char)((uint64_t)order >> (8 * i));
        about[8 + i] = (unsigned char)((uint64_t)position >> (8 * i));
    }
    crypto_generichash_init(&state, (const unsigned char *)"piste: pass of a position", 25, sizeof out);
    crypto_generichash_update(&state, hash, size);
    crypto_generichash_update(&state, about, sizeof about);
    crypto_generichash_final(&state, out, sizeof out);
    for (int i = 0; i < 8; i++)
        number = number << 8 | out[i];
    return number ? number : 1;
}

// The hash of the desk's first entry: no two desks have the same, and a restored one keeps it.
static piste_status read_desk(store_db *db, unsigned char hash[DESK_HASH_SIZE]) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT hash FROM journal WHERE entry = $1", store_number(1));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    store_value v = found ? store_rows_value(rows, 0) : store_null();
    found = found && v.size == DESK_HASH_SIZE;
    if (found)
        memcpy(hash, v.data, DESK_HASH_SIZE);
    status = store_rows_end(rows);
    return status == PISTE_OK && !found ? PISTE_REFUSED : status;
}

piste_status desk_pass_number(store_db *db, int64_t order, int64_t position, uint64_t *number) {
    unsigned char hash[DESK_HASH_SIZE];
    piste_status status = read_desk(db, hash);
    if (status == PISTE_OK)
        *number = number_of(hash, sizeof hash, order, position);
    return status;
}

// ---- what has changed ------------------------------------------------------------------------------------------------

typedef struct changes {
    int64_t after, newest, now_ms;
    unsigned char hash[DESK_HASH_SIZE];
    desk_pass_change *list;
    size_t count, capacity;
} changes;

static piste_status add(changes *c, const store_rows *rows, bool is_waived) {
    if (c->count == c->capacity) {
        c->capacity = c->capacity ? 2 * c->capacity : 64;
        desk_pass_change *more = realloc(c->list, c->capacity * sizeof *more);
        if (!more)
            return PISTE_MEMORY;
        c->list = more;
    }
    const char *kind = store_rows_text(rows, 4);
    bool is_long = strcmp(kind, "season") == 0 || strcmp(kind, "points") == 0;
    c->list[c->count++] = (desk_pass_change){
        .pass = number_of(c->hash, sizeof c->hash, store_rows_number(rows, 0), store_rows_number(rows, 1)),
        .is_waived = is_waived,
        .until = is_long ? PISTE_DATE_NONE : (piste_date)(store_rows_number(rows, 2) + store_rows_number(rows, 3) - 1)};
    return PISTE_OK;
}

static piste_status add_all(changes *c, store_db *db, bool is_waived, const char *sql) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, sql, store_number(c->after), store_number(c->now_ms / DAY_MS));
    while (status == PISTE_OK && store_rows_next(rows))
        status = add(c, rows, is_waived);
    piste_status ended = rows ? store_rows_end(rows) : PISTE_OK;
    return status == PISTE_OK ? ended : status;
}

#define COLUMNS "p.id / 16777216, p.id % 16777216, p.date, coalesce(d.days, 1), coalesce(d.kind, '')"
// Of an order for which something was paid: what was only held never had a pass.
#define WAS_SOLD "(p.price_minor = 0 OR EXISTS (SELECT 1 FROM payment y WHERE y.id > p.id - p.id % 16777216 AND y.id < p.id - p.id % 16777216 + 16777216))"
#define TODAY "(SELECT day FROM head WHERE id = 1)"

static piste_status read_ended(changes *c, store_db *db) {
    if (c->after == 0)
        return add_all(c, db, false,
                       "SELECT " COLUMNS " FROM position p LEFT JOIN product d ON d.key = p.product WHERE p.state = 'ended' AND "
                       "$1 = $1 AND $2 = $2 AND p.date + coalesce(d.days, 1) + CASE WHEN d.kind IN ('season', 'points') THEN 400 "
                       "ELSE 0 END > " TODAY " AND " WAS_SOLD);
    return add_all(c, db, false,
                   "SELECT DISTINCT " COLUMNS " FROM journal j JOIN position p ON" DESK_LINES_OF("p.", "j.subject") " LEFT JOIN product d ON "
                   "d.key = p.product WHERE j.entry > $1 AND $2 = $2 AND j.act IN ('cancel', 'move', 'end') AND p.state = 'ended' "
                   "AND " WAS_SOLD);
}

// Whoever has signed every text that is signed today.
#define HAS_SIGNED_ALL                                                                                                 \
    " AND p.state = 'live' AND NOT EXISTS (SELECT 1 FROM agreement_text t WHERE t.valid_from <= $2 AND NOT EXISTS "    \
    "(SELECT 1 FROM agreement g WHERE g.person = p.person AND g.text_key = t.key AND g.withdrawn_ms = 0 AND g.version >= " \
    "(SELECT coalesce(max(n.version), 0) FROM agreement_text n WHERE n.key = t.key AND n.is_new = 1 AND n.valid_from <= $2)))"

static piste_status read_waived(changes *c, store_db *db) {
    if (c->after == 0)
        return add_all(c, db, true,
                       "SELECT " COLUMNS " FROM position p LEFT JOIN product d ON d.key = p.product WHERE p.person > 0 AND $1 = $1 "
                       "AND p.date + coalesce(d.days, 1) + CASE WHEN d.kind IN ('season', 'points') THEN 400 ELSE 0 END > " TODAY
                       " AND EXISTS (SELECT 1 FROM agreement s WHERE s.person = p.person)" HAS_SIGNED_ALL);
    return add_all(c, db, true,
                   "SELECT DISTINCT " COLUMNS " FROM journal j JOIN position p ON p.person = j.subject LEFT JOIN product d ON "
                   "d.key = p.product WHERE j.entry > $1 AND j.act = 'agreement-sign' AND p.person > 0" HAS_SIGNED_ALL);
}

static piste_status read_changes(store_db *db, void *context) {
    changes *c = context;
    piste_status status = STORE_FIND_NUMBER(db, &c->newest, NULL, "SELECT entry FROM head WHERE id = $1", store_number(1));
    if (status != PISTE_OK || c->newest <= c->after)
        return status;
    status = read_desk(db, c->hash);
    if (status == PISTE_OK)
        status = read_ended(c, db);
    if (status == PISTE_OK)
        status = read_waived(c, db);
    return status;
}

piste_status desk_pass_changes(desk *d, int64_t *after, desk_pass_change **list, size_t *count) {
    changes c = {.after = *after, .now_ms = desk_clock_ms(d)};
    piste_status status = store_read(desk_get_store(d), read_changes, &c);
    if (status != PISTE_OK) {
        free(c.list);
        return status;
    }
    *after = c.newest > c.after ? c.newest : c.after;
    *list = c.list;
    *count = c.count;
    return PISTE_OK;
}
