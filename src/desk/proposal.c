// proposal.c - what takes two people.
#include "desk/proposal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "desk/money.h"

const char desk_proposal_tables[] =
    "CREATE TABLE proposal (id INTEGER PRIMARY KEY, what TEXT NOT NULL, fields TEXT NOT NULL, proposed_by TEXT NOT NULL,"
    " proposed_ms INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'declined')), decided_by TEXT NOT "
    "NULL,"
    " decided_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX proposal_open ON proposal (id) WHERE state = 'open';\n"
    "CREATE TABLE two_above (currency TEXT PRIMARY KEY, amount_minor INTEGER NOT NULL) STRICT;\n";

const desk_field desk_propose_fields[] = {
    {"what", DESK_TEXT, true, 0, 200, NULL, "the request, as POST /api/desk/cap"},
    {"fields", DESK_TEXT, true, 0, DESK_PROPOSAL_FIELDS_MAX, NULL, "its fields, as JSON"},
    {.type = DESK_END},
};
const desk_field desk_proposal_field[] = {
    {"proposal", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {.type = DESK_END},
};
const desk_field desk_two_above_fields[] = {
    {"amount", DESK_TEXT, true, 0, 31, NULL, "\"50.00 EUR\": refunds above it take two people"},
    {.type = DESK_END},
};
const desk_field desk_proposals_fields[] = {
    {"all", DESK_BOOL, false, 0, 0, NULL, "those that are decided, too: the last hundred"},
    {.type = DESK_END},
};

piste_status desk_propose_run(desk_act *a) {
    int64_t id = desk_next_id(a);
    a->subject = id;
    json_object_set_new(a->answer, "proposal", json_integer(id));
    return STORE_RUN(a->db,
                     "INSERT INTO proposal (id, what, fields, proposed_by, proposed_ms, state, decided_by, decided_ms)"
                     " VALUES ($1, $2, $3, $4, $5, 'open', '', 0)",
                     store_number(id), store_text(desk_text(a->request, "what")), store_text(desk_text(a->request, "fields")),
                     store_text(a->who), store_number(a->now_ms));
}

static piste_status decide(desk_act *a, const char *state) {
    int64_t id = desk_number(a->request, "proposal", 0);
    store_rows *rows = NULL;
    char by[101] = "", was[16] = "";
    piste_status status =
        STORE_QUERY(a->db, &rows, "SELECT what, fields, proposed_by, state FROM proposal WHERE id = $1", store_number(id));
    if (status != PISTE_OK)
        return status;
    if (store_rows_next(rows)) {
        json_object_set_new(a->answer, "what", json_string(store_rows_text(rows, 0)));
        json_object_set_new(a->answer, "fields", json_loads(store_rows_text(rows, 1), 0, NULL));
        snprintf(by, sizeof by, "%s", store_rows_text(rows, 2));
        snprintf(was, sizeof was, "%s", store_rows_text(rows, 3));
    }
    status = store_rows_end(rows);
    if (status != PISTE_OK)
        return status;
    if (!*was)
        return desk_refuse(a, "no_proposal", "there is no proposal %" PRId64, id);
    if (strcmp(was, "open") != 0)
        return desk_refuse(a, "decided", "proposal %" PRId64 " is %s already", id, was);
    if (strcmp(state, "agreed") == 0 && strcmp(by, a->who) == 0)
        return desk_refuse(a, "same_person", "%s has proposed this; another one must agree", by);
    a->subject = id;
    json_object_set_new(a->answer, "proposal", json_integer(id));
    json_object_set_new(a->answer, "proposed_by", json_string(by));
    return STORE_RUN(a->db, "UPDATE proposal SET state = $2, decided_by = $3, decided_ms = $4 WHERE id = $1", store_number(id),
                     store_text(state), store_text(a->who), store_number(a->now_ms));
}

piste_status desk_agree_run(desk_act *a) {
    return decide(a, "agreed");
}
piste_status desk_decline_run(desk_act *a) {
    return decide(a, "declined");
}

piste_status desk_proposals_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT id, what, fields, proposed_by, proposed_ms, state, decided_by, decided_ms FROM proposal"
        " WHERE state = 'open' OR $1 = 1 ORDER BY id DESC LIMIT 100",
        store_number(desk_flag(a->request, "all")));
    while (status == PISTE_OK && store_rows_next(rows))
        json_array_append_new(
            list, json_pack("{s:I,s:s,s:o?,s:s,s:I,s:s,s:s,s:I}", "proposal", (json_int_t)store_rows_number(rows, 0), "what",
                            store_rows_text(rows, 1), "fields", json_loads(store_rows_text(rows, 2), 0, NULL), "proposed_by",
                            store_rows_text(rows, 3), "proposed_ms", (json_int_t)store_rows_number(rows, 4), "state",
                            store_rows_text(rows, 5), "decided_by", store_rows_text(rows, 6), "decided_ms",
                            (json_int_t)store_rows_number(rows, 7)));
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    json_object_set_new(a->answer, "proposals", list);
    return status;
}

// ---- refunds -----------------------------------------------------------------------------------------------------------

piste_status desk_two_above_run(desk_act *a) {
    desk_money m;
    if (desk_money_parse(desk_text(a->request, "amount"), &m) != PISTE_OK || m.minor < 0)
        return desk_invalid(a, "amount: '%s', expected an amount such as \"50.00 EUR\"", desk_text(a->request, "amount"));
    return STORE_RUN(a->db,
                     "INSERT INTO two_above (currency, amount_minor) VALUES ($1, $2)"
                     " ON CONFLICT (currency) DO UPDATE SET amount_minor = excluded.amount_minor",
                     store_text(m.currency), store_number(m.minor));
}

typedef struct refund {
    int64_t order;
    const json_t *positions;
    int64_t paid_minor, prices_minor, limit_minor;
    bool has_limits, has_limit, is_there;
} refund;

static piste_status read_limit(store_db *db, refund *r, const char *currency) {
    int64_t count = 0;
    piste_status status = STORE_FIND_NUMBER(db, &count, NULL, "SELECT count(*) FROM two_above WHERE amount_minor >= $1", store_number(0));
    r->has_limits = count > 0;
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(db, &r->limit_minor, &r->has_limit, "SELECT amount_minor FROM two_above WHERE currency = $1",
                                   store_text(currency));
    return status;
}

static bool is_wanted(const json_t *positions, int64_t line) {
    size_t i;
    const json_t *p;
    json_array_foreach(positions, i, p) if (desk_number(p, "position", 0) == line) return true;
    return positions == NULL;
}

static piste_status read_refund(store_db *db, void *context) {
    refund *r = context;
    store_rows *rows = NULL;
    char currency[4] = "";
    piste_status status =
        STORE_QUERY(db, &rows, "SELECT currency, paid_minor FROM orders WHERE id = $1", store_number(r->order));
    if (status != PISTE_OK)
        return status;
    r->is_there = store_rows_next(rows);
    if (r->is_there) {
        snprintf(currency, sizeof currency, "%s", store_rows_text(rows, 0));
        r->paid_minor = store_rows_number(rows, 1);
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK)
        status = STORE_QUERY(db, &rows, "SELECT id % 16777216, price_minor - returned_minor FROM position WHERE" DESK_LINES_OF("", "$1") "AND state = 'live'",
                             store_number(r->order));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        if (is_wanted(r->positions, store_rows_number(rows, 0)))
            r->prices_minor += store_rows_number(rows, 1);
    status = store_rows_end(rows);
    return status == PISTE_OK ? read_limit(db, r, currency) : status;
}

piste_status desk_refund_needs_two(desk *d, int64_t order, const json_t *positions, bool *needs) {
    refund r = {.order = order, .positions = positions};
    piste_status status = store_read(desk_get_store(d), read_refund, &r);
    if (status != PISTE_OK)
        return status;
    int64_t most = r.paid_minor < r.prices_minor ? r.paid_minor : r.prices_minor;
    *needs = r.is_there && r.has_limits && most > (r.has_limit ? r.limit_minor : 0);
    return PISTE_OK;
}
