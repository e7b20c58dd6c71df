// audit.c - recomputes from the journal what the desk believes: the chain, the balance of every entry, every
// allotment.
//
// Everything is read once, in order, in one transaction that sees one committed state; memory grows with the
// allotments alone.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/people.h"
#include "desk/photo.h"
#include "desk/provider.h"

typedef struct running { // an allotment (quota 0) or a quota, as the journal has it
    int64_t allotment, quota, taken, capacity;
} running;

typedef struct auditor {
    store_db *db;
    piste_errors *problems;
    desk_audit_result *result;
    running *list; // by allotment and quota
    size_t count, capacity;
    unsigned char hash[DESK_HASH_SIZE];
    int64_t entry, at_ms;
    desk_chain *chain;
} auditor;

static void tell(auditor *a, const char *format, ...) PISTE_PRINTF(2, 3);
static void tell(auditor *a, const char *format, ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    a->result->problems++;
    if (piste_errors_add(a->problems, PISTE_FOUND, NULL, 0, 0, "%s", text) != PISTE_FOUND)
        a->result->problems++;
}

// The record of an allotment or quota, made where it is not there yet; NULL: no memory.
static running *find(auditor *a, int64_t allotment, int64_t quota) {
    size_t low = 0, high = a->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const running *r = &a->list[middle];
        if (r->allotment < allotment || (r->allotment == allotment && r->quota < quota))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < a->count && a->list[low].allotment == allotment && a->list[low].quota == quota)
        return &a->list[low];
    if (a->count == a->capacity) {
        size_t capacity = a->capacity ? 2 * a->capacity : 256;
        running *list = realloc(a->list, capacity * sizeof *list);
        if (!list)
            return NULL;
        a->list = list;
        a->capacity = capacity;
    }
    memmove(&a->list[low + 1], &a->list[low], (a->count - low) * sizeof *a->list);
    a->count++;
    a->list[low] = (running){allotment, quota, 0, 0};
    return &a->list[low];
}

// ---- the journal ---------------------------------------------------------------------------------------------------

// Postings, capacities and takes are read beside the journal, in its order, a stretch of entries at a time: as many of
// them as a database gives at once must fit into memory.
enum { STRETCH = 10000 };

typedef struct cursor {
    store_rows *rows;
    bool has; // a row stands ready
} cursor;

static void step(cursor *c) {
    c->has = store_rows_next(c->rows);
}
// Whether the next row is of this entry; rows of no entry are passed by (audit_strays tells them).
static bool is_of(cursor *c, int64_t entry) {
    while (c->has && store_rows_number(c->rows, 0) / DESK_LINE_KEYS < entry)
        step(c);
    return c->has && store_rows_number(c->rows, 0) / DESK_LINE_KEYS == entry;
}

typedef struct sum {
    char currency[4];
    int64_t minor;
} sum;
enum { CURRENCIES_MAX = 64 };

static void add_to(auditor *a, sum sums[CURRENCIES_MAX], int *count, const char *currency, int64_t minor) {
    int i = 0;
    while (i < *count && strcmp(sums[i].currency, currency) != 0)
        i++;
    if (i == CURRENCIES_MAX) {
        tell(a, "entry %" PRId64 ": more than %d currencies", a->entry, CURRENCIES_MAX);
        return;
    }
    if (i == *count) {
        snprintf(sums[i].currency, sizeof sums[i].currency, "%.3s", currency);
        sums[i].minor = 0;
        ++*count;
    }
    if (__builtin_add_overflow(sums[i].minor, minor, &sums[i].minor))
        tell(a, "entry %" PRId64 ": %s sums beyond 64 bits", a->entry, currency);
}

static void audit_postings(auditor *a, cursor *c) {
    sum sums[CURRENCIES_MAX];
    int currencies = 0;
    for (; is_of(c, a->entry); step(c)) {
        int64_t minor = store_rows_number(c->rows, 3);
        desk_chain_posting(a->chain, store_rows_text(c->rows, 1), store_rows_text(c->rows, 2), minor);
        add_to(a, sums, &currencies, store_rows_text(c->rows, 2), minor);
        a->result->postings++;
    }
    for (int i = 0; i < currencies; i++)
        if (sums[i].minor != 0)
            tell(a, "entry %" PRId64 " is not balanced: %s %" PRId64, a->entry, sums[i].currency, sums[i].minor);
}

static void audit_take(auditor *a, const desk_movement *m, running *whole, running *part) {
    a->result->takes++;
    whole->taken += m->count;
    if (part)
        part->taken += m->count;
    if (m->count > 0 && whole->taken > whole->capacity)
        tell(a, "entry %" PRId64 ": allotment %" PRId64 " is oversold: %" PRId64 " of %" PRId64, a->entry, m->allotment,
             whole->taken, whole->capacity);
    if (m->count > 0 && part && part->taken > part->capacity)
        tell(a, "entry %" PRId64 ": quota %" PRId64 " is oversold: %" PRId64 " of %" PRId64, a->entry, m->quota,
             part->taken, part->capacity);
    if (whole->taken < 0 || (part && part->taken < 0))
        tell(a, "entry %" PRId64 ": more is given back of allotment %" PRId64 " than was taken", a->entry,
             m->allotment);
}

static piste_status audit_movements(auditor *a, char kind, cursor *c) {
    for (; is_of(c, a->entry); step(c)) {
        desk_movement m = {store_rows_number(c->rows, 1), store_rows_number(c->rows, 2), store_rows_number(c->rows, 3)};
        desk_chain_movement(a->chain, kind, &m);
        if (!find(a, m.allotment, 0))
            return PISTE_MEMORY;
        running *part = m.quota ? find(a, m.allotment, m.quota) : NULL;
        if (m.quota && !part)
            return PISTE_MEMORY;
        // Looked for again: a record that was made has moved the others. It stands before its quotas' records.
        running *whole = find(a, m.allotment, 0);
        if (kind == 'c')
            (m.quota ? part : whole)->capacity = m.count;
        else
            audit_take(a, &m, whole, part);
    }
    return PISTE_OK;
}

typedef struct stretch {
    store_rows *journal;
    cursor postings, capacities, takes;
} stretch;

// Capacities stand before takes here: an act that gives a capacity offers what is free of it.
static piste_status audit_entry(auditor *a, stretch *s) {
    store_rows *journal = s->journal;
    int64_t entry = store_rows_number(journal, 0), at_ms = store_rows_number(journal, 4);
    if (entry != a->entry + 1)
        tell(a, "entry %" PRId64 " follows entry %" PRId64 ": something is missing", entry, a->entry);
    if (at_ms < a->at_ms)
        tell(a, "entry %" PRId64 " is older than the one before it", entry);
    a->entry = entry;
    a->at_ms = at_ms;
    a->result->entries++;
    store_value digest = store_rows_value(journal, 7), hash = store_rows_value(journal, 9);
    unsigned char stands[DESK_HASH_SIZE] = {0}, computed[DESK_HASH_SIZE];
    if (hash.size == sizeof stands)
        memcpy(stands, hash.data, sizeof stands);
    desk_chain_begin(a->chain, a->hash);
    desk_chain_line(a->chain, entry, store_rows_text(journal, 1), store_rows_text(journal, 2),
                    store_rows_number(journal, 3), at_ms, store_rows_number(journal, 5), store_rows_text(journal, 6),
                    digest.data, digest.size, store_rows_text(journal, 8));
    audit_postings(a, &s->postings);
    piste_status status = audit_movements(a, 'c', &s->capacities);
    if (status == PISTE_OK)
        status = audit_movements(a, 't', &s->takes);
    desk_chain_end(a->chain, computed);
    if (memcmp(stands, computed, sizeof stands) != 0)
        tell(a, "entry %" PRId64 " is not what was written: its hash is another", entry);
    memcpy(a->hash, stands, sizeof stands);
    return status;
}

static piste_status begin_stretch(auditor *a, int64_t after, stretch *s) {
    store_value range[] = {store_number(after), store_number(after + STRETCH)},
                lines[] = {store_number(desk_line_id(after + 1, 0)), store_number(desk_line_id(after + STRETCH + 1, 0))};
    piste_status status =
        store_query(a->db, &s->journal,
                    "SELECT entry, key, act, subject, at_ms, day, who, digest, answer, hash FROM journal"
                    " WHERE entry > $1 AND entry <= $2 ORDER BY entry",
                    range, 2);
    if (status == PISTE_OK)
        status = store_query(a->db, &s->postings.rows,
                             "SELECT id, account, currency, amount_minor FROM posting WHERE id >= $1 AND id < $2 ORDER BY id",
                             lines, 2);
    if (status == PISTE_OK)
        status = store_query(a->db, &s->capacities.rows,
                             "SELECT id, allotment, quota, count FROM capacity WHERE id >= $1 AND id < $2 ORDER BY id",
                             lines, 2);
    if (status == PISTE_OK)
        status = store_query(a->db, &s->takes.rows,
                             "SELECT id, allotment, quota, count FROM take WHERE id >= $1 AND id < $2 ORDER BY id",
                             lines, 2);
    return status;
}

static piste_status end_stretch(stretch *s, piste_status status) {
    store_rows *const all[] = {s->journal, s->postings.rows, s->capacities.rows, s->takes.rows};
    for (size_t i = 0; i < BASE_COUNT(all); i++) {
        piste_status ended = all[i] ? store_rows_end(all[i]) : PISTE_OK;
        status = status == PISTE_OK ? ended : status;
    }
    return status;
}

static piste_status audit_stretch(auditor *a, int64_t after) {
    stretch s = {0};
    piste_status status = begin_stretch(a, after, &s);
    if (status == PISTE_OK) {
        step(&s.postings);
        step(&s.capacities);
        step(&s.takes);
    }
    while (status == PISTE_OK && store_rows_next(s.journal))
        status = audit_entry(a, &s);
    return end_stretch(&s, status);
}

static piste_status audit_journal(auditor *a) {
    int64_t last = 0;
    piste_status status =
        store_find_number(a->db, &last, NULL, "SELECT CAST(coalesce(max(entry), 0) AS BIGINT) FROM journal", NULL, 0);
    for (int64_t after = 0; status == PISTE_OK && after < last; after += STRETCH)
        status = audit_stretch(a, after);
    return status;
}

// ---- what stands beside it -----------------------------------------------------------------------------------------

static piste_status audit_head(auditor *a) {
    desk_head head;
    piste_status status = desk_head_load(a->db, &head);
    if (status != PISTE_OK)
        return status;
    if (head.entry != a->entry || memcmp(head.hash, a->hash, sizeof head.hash) != 0)
        tell(a,
             "the journal ends with entry %" PRId64 ", while the desk wrote %" PRId64
             ": something is missing at its end",
             a->entry, head.entry);
    memcpy(a->result->hash, head.hash, sizeof head.hash);
    return PISTE_OK;
}

static piste_status audit_allotments(auditor *a) {
    store_rows *rows = NULL;
    piste_status status =
        store_query(a->db, &rows,
                    "SELECT a.id, a.resource, a.slot, a.capacity, a.taken, a.kept, a.waiting,"
                    " CAST((SELECT coalesce(sum(c.count), 0) FROM claim c WHERE c.allotment = a.id) AS BIGINT),"
                    " CAST((SELECT coalesce(sum(CASE WHEN q.kept > q.taken THEN q.kept - q.taken ELSE 0 END), 0) FROM "
                    "quota q WHERE q.allotment = a.id) AS BIGINT),"
                    " (SELECT count(*) FROM waiting w WHERE w.allotment = a.id AND w.state = 'waiting') FROM allotment "
                    "a ORDER BY a.id",
                    NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        const running *r = find(a, store_rows_number(rows, 0), 0);
        if (!r) {
            status = PISTE_MEMORY;
            break;
        }
        const char *resource = store_rows_text(rows, 1);
        int64_t capacity = store_rows_number(rows, 3), taken = store_rows_number(rows, 4);
        a->result->allotments++;
        if (taken != r->taken || capacity != r->capacity)
            tell(a,
                 "%s, allotment %" PRId64 ": %" PRId64 " of %" PRId64 " taken, while the journal has %" PRId64
                 " of %" PRId64,
                 resource, r->allotment, taken, capacity, r->taken, r->capacity);
        if (store_rows_number(rows, 7) != r->taken)
            tell(a, "%s, allotment %" PRId64 ": orders hold %" PRId64 ", while the journal has %" PRId64, resource,
                 r->allotment, store_rows_number(rows, 7), r->taken);
        if (store_rows_number(rows, 5) != store_rows_number(rows, 8))
            tell(a, "%s, allotment %" PRId64 ": %" PRId64 " are kept, while its quotas keep %" PRId64, resource,
                 r->allotment, store_rows_number(rows, 5), store_rows_number(rows, 8));
        if (store_rows_number(rows, 6) != store_rows_number(rows, 9))
            tell(a, "%s, allotment %" PRId64 ": %" PRId64 " wait, while %" PRId64 " are on the list", resource,
                 r->allotment, store_rows_number(rows, 6), store_rows_number(rows, 9));
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static piste_status audit_quotas(auditor *a) {
    store_rows *rows = NULL;
    piste_status status =
        store_query(a->db, &rows, "SELECT id, allotment, taken, most FROM quota ORDER BY id", NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        const running *r = find(a, store_rows_number(rows, 1), store_rows_number(rows, 0));
        if (!r)
            status = PISTE_MEMORY;
        else if (r->taken != store_rows_number(rows, 2) || r->capacity != store_rows_number(rows, 3))
            tell(a,
                 "quota %" PRId64 ": %" PRId64 " taken of %" PRId64 ", while the journal has %" PRId64 " of %" PRId64,
                 r->quota, store_rows_number(rows, 2), store_rows_number(rows, 3), r->taken, r->capacity);
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

// Lines that belong to no entry were never chained.
static piste_status audit_strays(auditor *a) {
    int64_t strays = 0;
    piste_status status =
        store_find_number(a->db, &strays, NULL,
                          "SELECT (SELECT count(*) FROM posting WHERE id / 16777216 NOT IN (SELECT entry FROM journal))"
                          " + (SELECT count(*) FROM take WHERE id / 16777216 NOT IN (SELECT entry FROM journal))"
                          " + (SELECT count(*) FROM capacity WHERE id / 16777216 NOT IN (SELECT entry FROM journal))",
                          NULL, 0);
    if (status == PISTE_OK && strays)
        tell(a, "%" PRId64 " postings, takes or capacities belong to no entry of the journal", strays);
    return status;
}

// An order that has ended holds nothing.
static piste_status audit_orders(auditor *a) {
    store_rows *rows = NULL;
    piste_status status =
        store_query(a->db, &rows,
                    "SELECT o.id, CAST(sum(c.count) AS BIGINT) FROM orders o JOIN claim c ON" DESK_LINES_OF("c.", "o.id")
                    " WHERE o.state = 'ended' GROUP BY o.id HAVING sum(c.count) <> 0 ORDER BY o.id LIMIT 100",
                    NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        tell(a, "order %" PRId64 " has ended and holds %" PRId64, store_rows_number(rows, 0),
             store_rows_number(rows, 1));
    return store_rows_end(rows);
}

// What orders believe to have been paid is what their payments have brought, and what is paid for orders that are not
// sold yet is what stands under deposits.
static piste_status audit_orders_money(auditor *a) {
    store_rows *rows = NULL;
    piste_status status = store_query(a->db, &rows,
                                      "SELECT o.id, o.total_minor, o.paid_minor + o.kept_minor,"
                                      " CAST((SELECT coalesce(sum(p.price_minor - p.returned_minor), 0) FROM position "
                                      "p WHERE" DESK_LINES_OF("p.", "o.id") ") AS BIGINT),"
                                      " CAST((SELECT coalesce(sum(m.credit_minor - m.returned_credit_minor), 0) FROM "
                                      "payment m WHERE" DESK_LINES_OF("m.", "o.id") ") AS BIGINT),"
                                      " (SELECT count(*) FROM payment m WHERE" DESK_LINES_OF("m.", "o.id") "AND (m.returned_minor > "
                                      "m.amount_minor OR m.returned_credit_minor > m.credit_minor))"
                                      " FROM orders o WHERE o.currency <> '' ORDER BY o.id",
                                      NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        int64_t id = store_rows_number(rows, 0);
        if (store_rows_number(rows, 1) != store_rows_number(rows, 3))
            tell(a, "order %" PRId64 ": its total is %" PRId64 ", while its positions come to %" PRId64, id,
                 store_rows_number(rows, 1), store_rows_number(rows, 3));
        if (store_rows_number(rows, 2) != store_rows_number(rows, 4))
            tell(a, "order %" PRId64 ": %" PRId64 " are paid, while its payments brought %" PRId64, id,
                 store_rows_number(rows, 2), store_rows_number(rows, 4));
        if (store_rows_number(rows, 5))
            tell(a, "order %" PRId64 ": more was given back than was paid", id);
    }
    return store_rows_end(rows);
}

static piste_status audit_deposits(auditor *a) {
    store_rows *rows = NULL;
    piste_status status = store_query(
        a->db, &rows,
        "SELECT currency, CAST(sum(stands) AS BIGINT), CAST(sum(paid) AS BIGINT) FROM"
        " (SELECT currency, -amount_minor AS stands, 0 AS paid FROM posting WHERE account = 'Liabilities:Deposits'"
        " UNION ALL SELECT currency, 0, paid_minor FROM orders WHERE state IN ('held', 'reserved') AND currency <> '') "
        "AS both_sides"
        " GROUP BY currency ORDER BY currency",
        NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        if (store_rows_number(rows, 1) != store_rows_number(rows, 2))
            tell(a, "deposits: %" PRId64 " of %s stand in the books, while orders that are not sold have paid %" PRId64,
                 store_rows_number(rows, 1), store_rows_text(rows, 0), store_rows_number(rows, 2));
    return store_rows_end(rows);
}

static void tell_text(void *context, const char *text) {
    tell(context, "%s", text);
}
static piste_status audit_people(auditor *a) {
    return desk_people_audit(a->db, tell_text, a);
}
static piste_status audit_charges(auditor *a) {
    return desk_charges_audit(a->db, tell_text, a);
}

static piste_status audit_photos(auditor *a) {
    return desk_photos_audit(a->db, tell_text, a);
}

static piste_status audit_all(store_db *db, void *context) {
    auditor *a = context;
    a->db = db;
    piste_status (*const parts[])(auditor *) = {audit_journal, audit_head,   audit_allotments,   audit_quotas,
                                                audit_strays,  audit_orders, audit_orders_money, audit_deposits,
                                                audit_people,  audit_charges, audit_photos};
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < BASE_COUNT(parts) && status == PISTE_OK; i++)
        status = parts[i](a);
    if (status != PISTE_OK)
        piste_errors_add(a->problems, status, NULL, 0, 0, "the audit could not be made: %s",
                         status == PISTE_MEMORY ? "no memory" : store_db_error(db));
    return status;
}

piste_status desk_audit(desk *d, piste_errors *problems, desk_audit_result *result) {
    desk_audit_result got = {0};
    auditor a = {.problems = problems, .result = &got, .chain = desk_chain_create()};
    piste_status status = a.chain ? store_read(desk_get_store(d), audit_all, &a) : PISTE_MEMORY;
    desk_chain_destroy(a.chain);
    free(a.list);
    if (status != PISTE_OK)
        return status;
    *result = got;
    return got.problems ? PISTE_FOUND : PISTE_OK;
}
