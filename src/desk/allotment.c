// allotment.c - taking and giving back. The rules stand in allotment.h.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/allotment.h"

// ---- what is allowed -----------------------------------------------------------------------------------------------

static int64_t own_left(const desk_quota_row *q) {
    return q->id && q->kept > q->taken ? q->kept - q->taken : 0;
}

int64_t desk_allotment_general(const desk_quota_row *q, int64_t count) {
    int64_t own = own_left(q);
    return count > own ? count - own : 0;
}

desk_allotment_fit desk_allotment_check(const desk_allotment_row *r, const desk_quota_row *q, int64_t count) {
    int64_t general = desk_allotment_general(q, count);
    if (q->id && q->taken + count > q->most)
        return DESK_QUOTA_SHORT;
    if (r->taken + count > r->capacity || (general && r->taken + r->kept + general > r->capacity))
        return DESK_SHORT;
    return DESK_FITS;
}

int64_t desk_allotment_free(const desk_allotment_row *r, const desk_quota_row *q) {
    int64_t left = r->capacity - r->taken, own = own_left(q), general = left - r->kept;
    int64_t most = own < left ? own : left;
    if (general > 0 && own + general > most)
        most = own + general;
    if (q->id && q->most - q->taken < most)
        most = q->most - q->taken;
    return most > 0 ? most : 0;
}

void desk_allotment_move(desk_allotment_row *r, desk_quota_row *q, int64_t count) {
    int64_t before = own_left(q);
    r->taken += count;
    if (q->id)
        q->taken += count;
    r->kept += own_left(q) - before;
}

// ---- rows ----------------------------------------------------------------------------------------------------------

// A batch reads the row of an allotment once and writes it once. What an act has changed is put back when it is
// refused.
typedef struct cached {
    desk_allotment_row row;
    char resource[81], slot[41];
    bool is_changed;
} cached;

typedef struct undo {
    int at;
    desk_allotment_row row;
    bool is_changed;
} undo;

struct desk_rows {
    cached *list;
    int count, capacity, kept; // kept: of those that were there before the act
    undo *undos;
    int undo_count, undo_capacity;
};

desk_rows *desk_rows_create(void) {
    return calloc(1, sizeof(desk_rows));
}
void desk_rows_destroy(desk_rows *r) {
    if (!r)
        return;
    free(r->list);
    free(r->undos);
    free(r);
}
void desk_rows_begin(desk_rows *r) {
    r->count = r->kept = r->undo_count = 0;
}
void desk_rows_keep(desk_rows *r) {
    r->kept = r->count;
    r->undo_count = 0;
}
void desk_rows_undo(desk_rows *r) {
    while (r->undo_count > 0) {
        const undo *u = &r->undos[--r->undo_count];
        r->list[u->at].row = u->row;
        r->list[u->at].is_changed = u->is_changed;
    }
    r->count = r->kept; // an allotment that the act itself made is not there
}

static piste_status write_row(store_db *db, const desk_allotment_row *r) {
    return STORE_RUN(db,
                     "UPDATE allotment SET capacity = $1, taken = $2, kept = $3, patience = $4, offer_s = $5, waiting "
                     "= $6, quotas = $7 WHERE id = $8",
                     store_number(r->capacity), store_number(r->taken), store_number(r->kept),
                     store_number(r->patience), store_number(r->offer_s), store_number(r->waiting),
                     store_number(r->quotas), store_number(r->id));
}

piste_status desk_rows_write(desk_rows *r, store_db *db) {
    for (int i = 0; i < r->count; i++) {
        piste_status status = r->list[i].is_changed ? write_row(db, &r->list[i].row) : PISTE_OK;
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

enum { ROWS_MAX = 4096 }; // beyond these a batch writes through

static bool add_cached(desk_rows *r, const desk_allotment_row *row, const char *resource, const char *slot) {
    if (r->count == r->capacity) {
        int capacity = r->capacity ? 2 * r->capacity : 64;
        cached *list = realloc(r->list, (size_t)capacity * sizeof *list);
        if (!list)
            return false;
        r->list = list;
        r->capacity = capacity;
    }
    cached *c = &r->list[r->count];
    c->row = *row;
    c->is_changed = false;
    snprintf(c->resource, sizeof c->resource, "%s", resource);
    snprintf(c->slot, sizeof c->slot, "%s", slot);
    r->count++;
    return true;
}

// The last that were read are the likeliest to be read again.
static cached *find_cached(desk_rows *r, const char *resource, const char *slot) {
    for (int i = r ? r->count : 0; i-- > 0;)
        if (strcmp(r->list[i].slot, slot) == 0 && strcmp(r->list[i].resource, resource) == 0)
            return &r->list[i];
    return NULL;
}
static cached *find_cached_id(desk_rows *r, int64_t id) {
    for (int i = r ? r->count : 0; i-- > 0;)
        if (r->list[i].row.id == id)
            return &r->list[i];
    return NULL;
}

static piste_status read_allotment(desk_act *a, store_rows *rows, desk_allotment_row *r, bool *found) {
    bool added = true;
    *found = store_rows_next(rows);
    if (*found) {
        *r = (desk_allotment_row){store_rows_number(rows, 0), store_rows_number(rows, 1), store_rows_number(rows, 2),
                                  store_rows_number(rows, 3), store_rows_number(rows, 4), store_rows_number(rows, 5),
                                  store_rows_number(rows, 6), store_rows_number(rows, 7)};
        if (a->rows && a->rows->count < ROWS_MAX)
            added = add_cached(a->rows, r, store_rows_text(rows, 8), store_rows_text(rows, 9));
    }
    piste_status status = store_rows_end(rows);
    return added ? status : PISTE_MEMORY;
}

piste_status desk_allotment_load(desk_act *a, const char *resource, const char *slot, desk_allotment_row *r) {
    const cached *there = find_cached(a->rows, resource, slot);
    if (there) {
        *r = there->row;
        return PISTE_OK;
    }
    store_rows *rows = NULL;
    bool found = false;
    piste_status status = STORE_QUERY(
        a->db, &rows,
        "SELECT id, capacity, taken, kept, patience, offer_s, waiting, quotas, resource, slot FROM allotment"
        " WHERE resource = $1 AND slot = $2",
        store_text(resource), store_text(slot));
    if (status == PISTE_OK)
        status = read_allotment(a, rows, r, &found);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "no_allotment", "%s, %s: nothing of it is on sale", resource, slot);
    return status;
}

piste_status desk_allotment_load_id(desk_act *a, int64_t id, desk_allotment_row *r) {
    const cached *there = find_cached_id(a->rows, id);
    if (there) {
        *r = there->row;
        return PISTE_OK;
    }
    store_rows *rows = NULL;
    bool found = false;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id, capacity, taken, kept, patience, offer_s, waiting, quotas, resource, "
                                      "slot FROM allotment WHERE id = $1",
                                      store_number(id));
    if (status == PISTE_OK)
        status = read_allotment(a, rows, r, &found);
    return status == PISTE_OK && !found ? desk_invalid(a, "allotment %" PRId64 " is not there", id) : status;
}

piste_status desk_allotment_save(desk_act *a, const desk_allotment_row *row) {
    desk_rows *r = a->rows;
    cached *there = find_cached_id(r, row->id);
    if (!there)
        return write_row(a->db, row);
    if (r->undo_count == r->undo_capacity) {
        int capacity = r->undo_capacity ? 2 * r->undo_capacity : 64;
        undo *undos = realloc(r->undos, (size_t)capacity * sizeof *undos);
        if (!undos)
            return PISTE_MEMORY;
        r->undos = undos;
        r->undo_capacity = capacity;
    }
    r->undos[r->undo_count++] = (undo){(int)(there - r->list), there->row, there->is_changed};
    there->row = *row;
    there->is_changed = true;
    return PISTE_OK;
}

static piste_status read_quota(store_rows *rows, desk_quota_row *q) {
    desk_quota_row got = {0};
    if (store_rows_next(rows))
        got = (desk_quota_row){store_rows_number(rows, 0), store_rows_number(rows, 1), store_rows_number(rows, 2),
                               store_rows_number(rows, 3)};
    piste_status status = store_rows_end(rows);
    if (status == PISTE_OK)
        *q = got;
    return status;
}

piste_status desk_quota_load(desk_act *a, const desk_allotment_row *r, const char *names, desk_quota_row *q) {
    desk_quota_row got = {0};
    for (const char *at = names; r->quotas && at && *at && got.id == 0;) {
        size_t length = strcspn(at, "|");
        store_rows *rows = NULL;
        piste_status status =
            STORE_QUERY(a->db, &rows, "SELECT id, kept, most, taken FROM quota WHERE allotment = $1 AND name = $2",
                        store_number(r->id), ((store_value){STORE_TEXT, 0, at, length}));
        if (status == PISTE_OK)
            status = read_quota(rows, &got);
        if (status != PISTE_OK)
            return status;
        at += length + (at[length] == '|');
    }
    *q = got;
    return PISTE_OK;
}

piste_status desk_quota_load_id(desk_act *a, int64_t id, desk_quota_row *q) {
    *q = (desk_quota_row){0};
    if (id == 0)
        return PISTE_OK;
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(a->db, &rows, "SELECT id, kept, most, taken FROM quota WHERE id = $1", store_number(id));
    return status == PISTE_OK ? read_quota(rows, q) : status;
}

piste_status desk_quota_save(desk_act *a, const desk_quota_row *q) {
    if (q->id == 0)
        return PISTE_OK;
    return STORE_RUN(a->db, "UPDATE quota SET kept = $1, most = $2, taken = $3 WHERE id = $4", store_number(q->kept),
                     store_number(q->most), store_number(q->taken), store_number(q->id));
}

piste_status desk_next_line(desk_act *a, desk_last_line *last, int64_t order, const char *sql, int64_t *id) {
    bool found = false;
    if (last->order != order) {
        int64_t there = 0;
        piste_status status =
            order < a->first_id ? STORE_FIND_NUMBER(a->db, &there, &found, sql, store_number(order)) : PISTE_OK;
        if (status != PISTE_OK)
            return status;
        *last = (desk_last_line){order, there ? there : desk_line_id(order, 0)};
    }
    if (last->id + 1 == desk_line_id(order + 1, 0))
        return desk_invalid(a, "order %" PRId64 " has as many lines as an order can have", order);
    *id = ++last->id;
    return PISTE_OK;
}

piste_status desk_claim_add(desk_act *a, int64_t order, int64_t position, int64_t allotment, int64_t quota,
                            int64_t count) {
    static const store_table claims = {
        "claim",
        "INSERT INTO claim (id, position, allotment, quota, count) VALUES ($1, $2, $3, $4, $5)",
        5,
    };
    int64_t id = 0;
    piste_status status = desk_next_line(
        a, &a->claims, order, "SELECT max(id) FROM claim WHERE" DESK_LINES_OF("", "$1"), &id);
    return status == PISTE_OK ? STORE_APPEND(a->db, &claims, store_number(id), store_number(position),
                                             store_number(allotment), store_number(quota), store_number(count))
                              : status;
}

// ---- what an act did -----------------------------------------------------------------------------------------------

static void add(desk_act *a, desk_movement **list, int *count, int *capacity, desk_movement m) {
    if (*count == *capacity) {
        int larger = *capacity ? 2 * *capacity : 8;
        desk_movement *grown = realloc(*list, (size_t)larger * sizeof *grown);
        if (!grown) {
            a->is_failed = true;
            return;
        }
        *list = grown;
        *capacity = larger;
    }
    (*list)[(*count)++] = m;
}

void desk_act_took(desk_act *a, int64_t allotment, int64_t quota, int64_t count) {
    for (int i = 0; i < a->takes.count; i++)
        if (a->takes.list[i].allotment == allotment && a->takes.list[i].quota == quota &&
            (a->takes.list[i].count > 0) == (count > 0)) {
            a->takes.list[i].count += count;
            return;
        }
    add(a, &a->takes.list, &a->takes.count, &a->takes.capacity, (desk_movement){allotment, quota, count});
}
void desk_act_freed(desk_act *a, int64_t allotment) {
    for (int i = 0; i < a->freed.count; i++)
        if (a->freed.list[i].allotment == allotment)
            return;
    add(a, &a->freed.list, &a->freed.count, &a->freed.capacity, (desk_movement){allotment, 0, 0});
}
void desk_act_capacity(desk_act *a, int64_t allotment, int64_t quota, int64_t count) {
    add(a, &a->capacities.list, &a->capacities.count, &a->capacities.capacity,
        (desk_movement){allotment, quota, count});
}

// ---- taking --------------------------------------------------------------------------------------------------------

// All wants of one allotment and quota. An allotment's row stands once, in the first of its groups; so does a quota's that
// goes by several names.
typedef struct group {
    const char *resource, *slot, *quota_name;
    int64_t count;
    size_t home; // the group that holds the allotment's row
    size_t same; // the first group of the same allotment and quota, which has its wants, too
    desk_allotment_row row;
    desk_quota_row quota;
} group;

static size_t group_of(group *groups, size_t *count, const desk_want *w) {
    size_t home = *count;
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(groups[i].resource, w->resource) != 0 || strcmp(groups[i].slot, w->slot) != 0)
            continue;
        if (strcmp(groups[i].quota_name, w->quota) == 0)
            return i;
        home = groups[i].home;
    }
    groups[*count] = (group){.resource = w->resource, .slot = w->slot, .quota_name = w->quota, .home = home};
    return (*count)++;
}

static bool was_freed(const desk_act *a, int64_t allotment) {
    int i = 0;
    while (i < a->freed.count && a->freed.list[i].allotment != allotment)
        i++;
    return i < a->freed.count;
}

static piste_status load_group(desk_act *a, group *groups, size_t i) {
    group *g = &groups[i];
    piste_status status = g->home == i ? desk_allotment_load(a, g->resource, g->slot, &g->row) : PISTE_OK;
    if (status == PISTE_OK)
        status = desk_quota_load(a, &groups[g->home].row, g->quota_name, &g->quota);
    if (status != PISTE_OK)
        return status;
    g->same = g->home;
    while (g->same < i && (groups[g->same].home != g->home || groups[g->same].quota.id != g->quota.id))
        g->same++;
    if (g->same < i)
        groups[g->same].count += g->count;
    if (groups[g->same].count > DESK_COUNT_MAX)
        return desk_invalid(a, "%s, %s: more than %d wanted", g->resource, g->slot, DESK_COUNT_MAX);
    return PISTE_OK;
}

static piste_status check_group(desk_act *a, group *groups, size_t i) {
    group *g = &groups[i], *home = &groups[g->home];
    if (g->same != i)
        return PISTE_OK;
    desk_allotment_fit fit = desk_allotment_check(&home->row, &g->quota, g->count);
    if (fit != DESK_FITS)
        return desk_refuse(a, fit == DESK_QUOTA_SHORT ? "quota_full" : "sold_out",
                           "%s, %s%s%s: %" PRId64 " wanted, %" PRId64 " free", g->resource, g->slot,
                           g->quota.id ? ", " : "", g->quota.id ? g->quota_name : "", g->count,
                           desk_allotment_free(&home->row, &g->quota));
    if (home->row.waiting > 0 && !(a->is_offered && was_freed(a, home->row.id))) {
        piste_status status = desk_waiting_pass(a, &home->row, &g->quota, g->count);
        if (status != PISTE_OK)
            return status;
    }
    desk_allotment_move(&home->row, &g->quota, g->count);
    // Those who wait are compared with quotas as they stand in the database, which the next group needs to be true.
    return home->row.waiting > 0 ? desk_quota_save(a, &g->quota) : PISTE_OK;
}

static piste_status write_groups(desk_act *a, int64_t order, const group *groups, size_t group_count, const size_t *of,
                                 const desk_want *wants, int count) {
    for (size_t i = 0; i < group_count; i++) {
        const group *g = &groups[i];
        if (g->same != i)
            continue;
        piste_status status = g->home == i ? desk_allotment_save(a, &g->row) : PISTE_OK;
        if (status == PISTE_OK)
            status = desk_quota_save(a, &g->quota);
        if (status != PISTE_OK)
            return status;
        desk_act_took(a, groups[g->home].row.id, g->quota.id, g->count);
    }
    for (int i = 0; i < count; i++) {
        const group *g = &groups[of[i]];
        piste_status status =
            desk_claim_add(a, order, wants[i].position, groups[g->home].row.id, g->quota.id, wants[i].count);
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

piste_status desk_take(desk_act *a, int64_t order, const desk_want *wants, int count) {
    group *groups = calloc((size_t)count + 1, sizeof *groups);
    size_t *of = calloc((size_t)count + 1, sizeof *of), group_count = 0;
    piste_status status = groups && of ? PISTE_OK : PISTE_MEMORY;
    for (int i = 0; i < count && status == PISTE_OK; i++) {
        of[i] = group_of(groups, &group_count, &wants[i]);
        if (group_count > DESK_GROUPS_MAX)
            status = desk_invalid(a, "more than %d different places are wanted in one act", DESK_GROUPS_MAX);
        groups[of[i]].count += wants[i].count;
    }
    for (size_t i = 0; i < group_count && status == PISTE_OK; i++)
        status = load_group(a, groups, i);
    // All is looked at before anything is written, so that a refusal leaves nothing to undo.
    for (size_t i = 0; i < group_count && status == PISTE_OK; i++)
        status = check_group(a, groups, i);
    if (status == PISTE_OK)
        status = write_groups(a, order, groups, group_count, of, wants, count);
    free(groups);
    free(of);
    return status;
}

// ---- giving back ---------------------------------------------------------------------------------------------------

typedef struct claim {
    int64_t id, allotment, quota, count;
} claim;

static piste_status give_back(desk_act *a, const claim *c, int64_t count) {
    desk_allotment_row r;
    desk_quota_row q;
    piste_status status = desk_allotment_load_id(a, c->allotment, &r);
    if (status == PISTE_OK)
        status = desk_quota_load_id(a, c->quota, &q);
    if (status != PISTE_OK)
        return status;
    desk_allotment_move(&r, &q, -count);
    status = desk_allotment_save(a, &r);
    if (status == PISTE_OK)
        status = desk_quota_save(a, &q);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE claim SET count = count - $1 WHERE id = $2", store_number(count),
                           store_number(c->id));
    desk_act_took(a, c->allotment, c->quota, -count);
    desk_act_freed(a, c->allotment);
    return status;
}

static piste_status read_claims(store_rows *rows, claim **list, size_t *count) {
    claim *claims = NULL;
    size_t n = 0, capacity = 0;
    bool failed = false;
    while (!failed && store_rows_next(rows)) {
        if (n == capacity) {
            capacity = capacity ? 2 * capacity : 16;
            claim *more = realloc(claims, capacity * sizeof *more);
            failed = !more;
            claims = more ? more : claims;
        }
        if (!failed)
            claims[n++] = (claim){store_rows_number(rows, 0), store_rows_number(rows, 1), store_rows_number(rows, 2),
                                  store_rows_number(rows, 3)};
    }
    piste_status status = store_rows_end(rows);
    if (failed || status != PISTE_OK) {
        free(claims);
        return failed ? PISTE_MEMORY : status;
    }
    *list = claims;
    *count = n;
    return PISTE_OK;
}

piste_status desk_return(desk_act *a, int64_t order, int64_t position) {
    store_rows *rows = NULL;
    claim *claims = NULL;
    size_t count = 0;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id, allotment, quota, count FROM claim WHERE" DESK_LINES_OF(
                                          "", "$1") "AND count > 0 AND ($2 < 0 OR position = $2) ORDER BY id",
                                      store_number(order), store_number(position));
    if (status == PISTE_OK)
        status = read_claims(rows, &claims, &count);
    for (size_t i = 0; i < count && status == PISTE_OK; i++)
        status = give_back(a, &claims[i], claims[i].count);
    free(claims);
    return status;
}

piste_status desk_return_some(desk_act *a, int64_t order, const char *resource, const char *slot, int64_t count) {
    desk_allotment_row r;
    store_rows *rows = NULL;
    claim *claims = NULL;
    size_t claim_count = 0;
    piste_status status = desk_allotment_load(a, resource, slot, &r);
    if (status == PISTE_OK)
        status = STORE_QUERY(a->db, &rows,
                             "SELECT id, allotment, quota, count FROM claim WHERE" DESK_LINES_OF(
                                 "", "$1") "AND allotment = $2 AND position = 0 AND count > 0 ORDER BY id",
                             store_number(order), store_number(r.id));
    if (status == PISTE_OK)
        status = read_claims(rows, &claims, &claim_count);
    if (status != PISTE_OK)
        return status;
    int64_t there = 0, left = count;
    for (size_t i = 0; i < claim_count; i++)
        there += claims[i].count;
    if (there < count)
        status = desk_refuse(a, "not_taken",
                             "order %" PRId64 " has taken %" PRId64 " of %s, %s: %" PRId64 " cannot be given back",
                             order, there, resource, slot, count);
    for (size_t i = claim_count; i-- > 0 && left > 0 && status == PISTE_OK;) { // the last that was taken goes first
        int64_t some = claims[i].count < left ? claims[i].count : left;
        status = give_back(a, &claims[i], some);
        left -= some;
    }
    free(claims);
    return status;
}
