// pass_number.c - see pass_number.h.
#include "desk/pass_number.h"

#include <sodium.h>
#include <stdlib.h>

#include "piste/pass.h"

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
    bool found = false;
    piste_status status = STORE_FIND_BLOB(db, hash, DESK_HASH_SIZE, &found, "SELECT hash FROM journal WHERE entry = $1", store_number(1));
    return status == PISTE_OK && !found ? PISTE_REFUSED : status;
}

piste_status desk_pass_number(store_db *db, int64_t order, int64_t position, uint64_t *number) {
    unsigned char hash[DESK_HASH_SIZE];
    piste_status status = read_desk(db, hash);
    if (status == PISTE_OK)
        *number = number_of(hash, sizeof hash, order, position);
    return status;
}

typedef struct next {
    int64_t order, position;
    uint64_t number;
} next;

static piste_status read_next(store_db *db, void *context) {
    next *n = context;
    int64_t issued = 0;
    piste_status status = desk_pass_number(db, n->order, n->position, &n->number);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(db, &issued, NULL, "SELECT count(*) FROM pass WHERE id = $1", store_number((int64_t)n->number));
    if (issued)
        n->number = piste_pass_id_draw();
    return status;
}

piste_status desk_pass_next_number(desk *d, int64_t order, int64_t position, uint64_t *number) {
    next n = {.order = order, .position = position};
    piste_status status = store_read(desk_get_store(d), read_next, &n);
    *number = n.number;
    return status;
}

// ---- what has changed ------------------------------------------------------------------------------------------------

typedef struct changes {
    desk_pass_changes found;
    size_t capacity;
    int64_t after, newest, now_ms;
    unsigned char hash[DESK_HASH_SIZE];
} changes;

static piste_status add(changes *c, const store_rows *rows) {
    desk_pass_changes *f = &c->found;
    if (f->waived_count == c->capacity) {
        c->capacity = c->capacity ? 2 * c->capacity : 64;
        uint64_t *more = realloc(f->waived, c->capacity * sizeof *more);
        if (!more)
            return PISTE_MEMORY;
        f->waived = more;
    }
    f->waived[f->waived_count++] = number_of(c->hash, sizeof c->hash, store_rows_number(rows, 0), store_rows_number(rows, 1));
    return PISTE_OK;
}

// Whoever has signed every text that is signed today.
#define HAS_SIGNED_ALL                                                                                                 \
    " AND p.state = 'live' AND NOT EXISTS (SELECT 1 FROM agreement_text t WHERE t.valid_from <= $2 AND NOT EXISTS "    \
    "(SELECT 1 FROM agreement g WHERE g.person = p.person AND g.text_key = t.key AND g.withdrawn_ms = 0 AND g.version >= " \
    "(SELECT coalesce(max(n.version), 0) FROM agreement_text n WHERE n.key = t.key AND n.is_new = 1 AND n.valid_from <= $2)))"

static piste_status read_waived(changes *c, store_db *db) {
    static const char all[] =
        "SELECT p.id / 16777216, p.id % 16777216 FROM position p LEFT JOIN product d ON d.key = p.product WHERE p.person > 0 AND $1 = $1 "
        "AND p.date + coalesce(d.days, 1) + CASE WHEN d.kind IN ('season', 'points') THEN 400 ELSE 0 END > "
        "(SELECT day FROM head WHERE id = 1) AND EXISTS (SELECT 1 FROM agreement s WHERE s.person = p.person)" HAS_SIGNED_ALL;
    static const char since[] = "SELECT DISTINCT p.id / 16777216, p.id % 16777216 FROM journal j JOIN position p ON p.person = j.subject "
                                "WHERE j.entry > $1 AND j.act = 'agreement-sign' AND p.person > 0" HAS_SIGNED_ALL;
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(db, &rows, c->after == 0 ? all : since, store_number(c->after), store_number(c->now_ms / DAY_MS));
    while (status == PISTE_OK && store_rows_next(rows))
        status = add(c, rows);
    piste_status ended = rows ? store_rows_end(rows) : PISTE_OK;
    return status == PISTE_OK ? ended : status;
}

static piste_status read_ended(changes *c, store_db *db) {
    return STORE_FIND_NUMBER(db, &c->found.ended, NULL,
                             "SELECT count(*) FROM journal WHERE entry > $1 AND act IN ('cancel', 'move', 'end', 'pass-revoke', "
                             "'pass-waive') AND EXISTS (SELECT 1 FROM pass)",
                             store_number(c->after));
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

piste_status desk_pass_changes_read(desk *d, int64_t *after, desk_pass_changes *out) {
    changes c = {.after = *after, .now_ms = desk_clock_ms(d)};
    piste_status status = store_read(desk_get_store(d), read_changes, &c);
    if (status != PISTE_OK) {
        free(c.found.waived);
        return status;
    }
    *after = c.newest > c.after ? c.newest : c.after;
    *out = c.found;
    return PISTE_OK;
}
