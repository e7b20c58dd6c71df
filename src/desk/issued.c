// issued.c - see issued.h.
#include "desk/issued.h"

#include <inttypes.h>
#include <stdlib.h>

#include "desk/pass.h"
#include "piste/gate.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }

const char desk_issued_tables[] =
    "CREATE TABLE pass (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, line INTEGER NOT NULL, token BLOB NOT NULL,"
    " issued_ms INTEGER NOT NULL, revoked_ms INTEGER NOT NULL, is_replaced INTEGER NOT NULL, waived_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX pass_position ON pass (owner, line);\n"
    "CREATE TABLE gate (number INTEGER PRIMARY KEY, name TEXT NOT NULL, entrance TEXT NOT NULL, made_ms INTEGER NOT NULL) STRICT;\n";

static const desk_field signed_fields[] = {
    {"position", DESK_INT, true, 1, DESK_LINES_MAX, NULL, "its number in the order"},
    {"token", DESK_TEXT, true, 0, PISTE_PASS_TEXT, NULL, "what the office has signed; the journal has a hash of it alone"},
    END,
};
const desk_field desk_pass_issue_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"passes", DESK_LIST, true, 1, DESK_LINES_MAX, signed_fields, "what was signed"},
    END,
};
const desk_field desk_pass_revoke_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"position", DESK_INT, false, 1, DESK_LINES_MAX, NULL, "of it; all where not given"},
    {"why", DESK_TEXT, true, 0, 200, NULL, "such as: found in other hands"},
    {"replace", DESK_BOOL, false, 0, 0, NULL, "it was lost: its holder gets another one"},
    END,
};
const desk_field desk_pass_waive_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"position", DESK_INT, false, 1, DESK_LINES_MAX, NULL, "of it; all where not given"},
    END,
};

const desk_field desk_gate_fields[] = {
    {"gate", DESK_INT, false, 1, UINT32_MAX, NULL, "its number; a new one where not given"},
    {"name", DESK_TEXT, true, 0, 60, NULL, "what people call it, such as gondola, left"},
    {"entrance", DESK_TEXT, true, 0, PISTE_KEY_BYTES_MAX, NULL, "the key of the entrance where it stands"},
    END,
};

// ---- acts ------------------------------------------------------------------------------------------------------------

static piste_status check_sold(desk_act *a, int64_t order) {
    desk_order_row o;
    piste_status status = desk_order_load(a, order, &o);
    if (status == PISTE_OK && strcmp(o.state, "sold") != 0)
        return desk_refuse(a, "not_paid", "order %" PRId64 " is %s: passes are issued when it is paid", order, o.state);
    a->subject = order;
    return status;
}

// Two who ask at the same time both sign: the first one's pass is kept.
static piste_status keep_pass(desk_act *a, int64_t order, const json_t *p, int64_t *kept) {
    int64_t line = desk_number(p, "position", 0), live = 0, there = 0;
    uint8_t token[PISTE_PASS_BYTES];
    piste_pass pass;
    const char *text = desk_text(p, "token");
    if (piste_pass_from_text(text, strlen(text), token) != PISTE_OK || piste_pass_read(token, &pass) != PISTE_OK)
        return desk_invalid(a, "token: is not that of a pass");
    piste_status status =
        STORE_FIND_NUMBER(a->db, &live, NULL, "SELECT count(*) FROM position WHERE id = $1 * 16777216 + $2 AND state = 'live'",
                          store_number(order), store_number(line));
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &there, NULL,
                                   "SELECT count(*) FROM pass WHERE owner = $1 AND line = $2 AND (revoked_ms = 0 OR is_replaced = 0)",
                                   store_number(order), store_number(line));
    if (status != PISTE_OK || !live || there)
        return status;
    ++*kept;
    return STORE_RUN(a->db,
                     "INSERT INTO pass (id, owner, line, token, issued_ms, revoked_ms, is_replaced, waived_ms)"
                     " VALUES ($1, $2, $3, $4, $5, 0, 0, 0)",
                     store_number((int64_t)pass.id), store_number(order), store_number(line), store_blob(token, sizeof token),
                     store_number(a->now_ms));
}

piste_status desk_pass_issue_run(desk_act *a) {
    const json_t *passes = json_object_get(a->request, "passes");
    int64_t order = desk_number(a->request, "order", 0), kept = 0;
    piste_status status = check_sold(a, order);
    for (size_t i = 0; status == PISTE_OK && i < json_array_size(passes); i++)
        status = keep_pass(a, order, json_array_get(passes, i), &kept);
    json_object_set_new(a->answer, "issued", json_integer(kept));
    return status;
}

static piste_status tell_changed(desk_act *a, piste_status status, int64_t order, const char *what) {
    int64_t count = store_db_changes(a->db);
    a->subject = order;
    if (status == PISTE_OK && count == 0)
        return desk_refuse(a, "no_pass", "order %" PRId64 " has no pass to be %s", order, what);
    json_object_set_new(a->answer, what, json_integer(count));
    return status;
}

piste_status desk_pass_revoke_run(desk_act *a) {
    int64_t order = desk_number(a->request, "order", 0);
    return tell_changed(a,
                        STORE_RUN(a->db,
                                  "UPDATE pass SET revoked_ms = $1, is_replaced = $4 WHERE owner = $2 AND (line = $3 OR $3 = 0) AND revoked_ms = 0",
                                  store_number(a->now_ms), store_number(order), store_number(desk_number(a->request, "position", 0)),
                                  store_number(desk_flag(a->request, "replace"))),
                        order, "revoked");
}

piste_status desk_pass_waive_run(desk_act *a) {
    int64_t order = desk_number(a->request, "order", 0);
    return tell_changed(a,
                        STORE_RUN(a->db,
                                  "UPDATE pass SET waived_ms = $1 WHERE owner = $2 AND (line = $3 OR $3 = 0) AND revoked_ms = 0",
                                  store_number(a->now_ms), store_number(order), store_number(desk_number(a->request, "position", 0))),
                        order, "waived");
}

// Numbers are counted up and stand in logs for ever: 1001 and more, so that gates made by hand keep theirs.
enum { FIRST_GATE = 1001 };

piste_status desk_gate_run(desk_act *a) {
    int64_t number = desk_number(a->request, "gate", 0), last = 0, there = 0;
    piste_status status =
        STORE_FIND_NUMBER(a->db, &last, NULL, "SELECT coalesce(max(number), 0) FROM gate WHERE number >= $1", store_number(FIRST_GATE));
    if (status == PISTE_OK && number)
        status = STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM gate WHERE number = $1", store_number(number));
    if (status != PISTE_OK)
        return status;
    if (number && !there)
        return desk_refuse(a, "no_gate", "there is no gate %" PRId64, number);
    number = number ? number : last ? last + 1 : FIRST_GATE;
    a->subject = number;
    json_object_set_new(a->answer, "gate", json_integer(number));
    return STORE_RUN(a->db,
                     "INSERT INTO gate (number, name, entrance, made_ms) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (number) DO UPDATE SET name = excluded.name, entrance = excluded.entrance",
                     store_number(number), store_text(desk_text(a->request, "name")), store_text(desk_text(a->request, "entrance")),
                     store_number(a->now_ms));
}

// ---- reading ---------------------------------------------------------------------------------------------------------

typedef struct reading {
    desk_issued_list list;
    size_t capacity;
    int64_t order, position;
    uint64_t pass;
    piste_date from;
    bool is_sold, found;
} reading;

// The first session that a product takes.
static void session_of(const char *takes, char resource[81]) {
    json_t *list = json_loads(takes, 0, NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(desk_text(json_array_get(list, i), "slot"), "session") == 0 && !*resource)
            snprintf(resource, 81, "%s", desk_text(json_array_get(list, i), "resource"));
    json_decref(list);
}

#define COLUMNS                                                                                                        \
    "p.id / 16777216, p.id % 16777216, p.product, p.class, p.slot, p.date, coalesce(r.kind, ''), coalesce(r.takes, '[]'), coalesce(r.days, 1)," \
    " coalesce(r.points, 0), coalesce(s.id, 0), s.token, coalesce(s.revoked_ms, 0), coalesce(s.waived_ms, 0), p.state, o.state," \
    " coalesce(s.is_replaced, 0)"

static piste_status take_row(reading *r, const store_rows *rows) {
    if (r->list.count == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 16;
        desk_issued *more = realloc(r->list.list, capacity * sizeof *more);
        if (!more)
            return PISTE_MEMORY;
        r->list.list = more;
        r->capacity = capacity;
    }
    desk_issued *i = &r->list.list[r->list.count++];
    *i = (desk_issued){.order = store_rows_number(rows, 0),
                       .position = store_rows_number(rows, 1),
                       .date = (piste_date)store_rows_number(rows, 5),
                       .days = store_rows_number(rows, 8),
                       .points = store_rows_number(rows, 9),
                       .pass = (uint64_t)store_rows_number(rows, 10),
                       .is_revoked = store_rows_number(rows, 12) > 0,
                       .is_waived = store_rows_number(rows, 13) > 0,
                       .is_replaced = store_rows_number(rows, 16) > 0};
    snprintf(i->product, sizeof i->product, "%s", store_rows_text(rows, 2));
    snprintf(i->class_key, sizeof i->class_key, "%s", store_rows_text(rows, 3));
    snprintf(i->slot, sizeof i->slot, "%s", store_rows_text(rows, 4));
    snprintf(i->kind, sizeof i->kind, "%s", store_rows_text(rows, 6));
    session_of(store_rows_text(rows, 7), i->resource);
    store_value token = store_rows_value(rows, 11);
    if (token.type == STORE_BLOB && token.size == sizeof i->token)
        memcpy(i->token, token.data, sizeof i->token);
    bool is_live = strcmp(store_rows_text(rows, 14), "live") == 0 && strcmp(store_rows_text(rows, 15), "sold") == 0;
    i->counts = i->pass && !i->is_revoked && is_live;
    return PISTE_OK;
}

static piste_status take_rows(reading *r, store_rows *rows) {
    piste_status status = PISTE_OK;
    while (status == PISTE_OK && store_rows_next(rows))
        status = take_row(r, rows);
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static piste_status read_order(store_db *db, void *context) {
    reading *r = context;
    store_rows *rows = NULL;
    int64_t sold = 0;
    r->list.count = 0;
    piste_status status = STORE_FIND_NUMBER(db, &sold, NULL, "SELECT count(*) FROM orders WHERE id = $1 AND state = 'sold'",
                                            store_number(r->order));
    r->is_sold = sold > 0;
    if (status == PISTE_OK)
        status = STORE_QUERY(db, &rows,
                             "SELECT " COLUMNS " FROM position p JOIN orders o ON o.id = $1 LEFT JOIN product r ON r.key = p.product"
                             " LEFT JOIN pass s ON s.owner = $1 AND s.line = p.id % 16777216 AND s.is_replaced = 0"
                             " WHERE" DESK_LINES_OF("p.", "$1") "AND p.state = 'live' ORDER BY p.id, s.issued_ms",
                             store_number(r->order));
    return status == PISTE_OK ? take_rows(r, rows) : status;
}

static piste_status read_changed(store_db *db, void *context) {
    reading *r = context;
    store_rows *rows = NULL;
    r->list.count = 0;
    piste_status status =
        STORE_QUERY(db, &rows,
                    "SELECT " COLUMNS " FROM pass s JOIN position p ON p.id = s.owner * 16777216 + s.line JOIN orders o ON o.id = s.owner"
                    " LEFT JOIN product r ON r.key = p.product WHERE p.date >= $1"
                    " AND (s.revoked_ms > 0 OR s.waived_ms > 0 OR p.state <> 'live' OR o.state <> 'sold') ORDER BY s.id",
                    store_number(r->from));
    return status == PISTE_OK ? take_rows(r, rows) : status;
}

static piste_status read_where(store_db *db, void *context) {
    reading *r = context;
    piste_status status =
        STORE_FIND_NUMBER(db, &r->order, &r->found, "SELECT owner FROM pass WHERE id = $1", store_number((int64_t)r->pass));
    return status == PISTE_OK ? STORE_FIND_NUMBER(db, &r->position, NULL, "SELECT line FROM pass WHERE id = $1",
                                                  store_number((int64_t)r->pass))
                              : status;
}

static piste_status give(piste_status status, reading *r, desk_issued_list *out) {
    if (status != PISTE_OK)
        desk_issued_release(&r->list);
    else
        *out = r->list;
    return status;
}

piste_status desk_issued_of_order(desk *d, int64_t order, desk_issued_list *out) {
    reading r = {.order = order};
    piste_status status = store_read(desk_get_store(d), read_order, &r);
    return give(status == PISTE_OK && !r.is_sold ? PISTE_REFUSED : status, &r, out);
}

piste_status desk_issued_changed(desk *d, piste_date from, desk_issued_list *out) {
    reading r = {.from = from};
    return give(store_read(desk_get_store(d), read_changed, &r), &r, out);
}

piste_status desk_issued_find(desk *d, uint64_t pass, int64_t *order, int64_t *position) {
    reading r = {.pass = pass};
    piste_status status = store_read(desk_get_store(d), read_where, &r);
    if (status == PISTE_OK && !r.found)
        return PISTE_NOT_FOUND;
    if (status == PISTE_OK) {
        *order = r.order;
        *position = r.position;
    }
    return status;
}

void desk_issued_release(desk_issued_list *l) {
    free(l->list);
    *l = (desk_issued_list){0};
}

typedef struct gates {
    desk_gate *list;
    size_t count, capacity;
} gates;

static piste_status read_gates(store_db *db, void *context) {
    gates *g = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT number, name, entrance FROM gate WHERE number >= $1 ORDER BY number",
                                      store_number(0));
    g->count = 0;
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        if (g->count == g->capacity) {
            size_t capacity = g->capacity ? 2 * g->capacity : 16;
            desk_gate *more = realloc(g->list, capacity * sizeof *more);
            status = more ? PISTE_OK : PISTE_MEMORY;
            g->list = more ? more : g->list;
            g->capacity = more ? capacity : g->capacity;
        }
        if (status != PISTE_OK)
            break;
        desk_gate *one = &g->list[g->count++];
        one->number = store_rows_number(rows, 0);
        snprintf(one->name, sizeof one->name, "%s", store_rows_text(rows, 1));
        snprintf(one->entrance, sizeof one->entrance, "%s", store_rows_text(rows, 2));
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

piste_status desk_gates_read(desk *d, desk_gate **list, size_t *count) {
    gates g = {0};
    piste_status status = store_read(desk_get_store(d), read_gates, &g);
    if (status != PISTE_OK)
        free(g.list);
    else {
        *list = g.list;
        *count = g.count;
    }
    return status;
}
