// board.c - what is open, and how long the wait is.
#include "desk/board.h"

#include <stdlib.h>

const char desk_board_tables[] =
    "CREATE TABLE board (key TEXT PRIMARY KEY, state TEXT NOT NULL, note TEXT NOT NULL, source TEXT NOT NULL, said_ms INTEGER NOT "
    "NULL,"
    " measured_ms INTEGER NOT NULL, wait_s INTEGER NOT NULL, expected_s INTEGER NOT NULL, people INTEGER NOT NULL,"
    " crowd_percent INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE board_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL) STRICT;\n"
    "INSERT INTO board_version (id, version) VALUES (1, 0);\n";

const desk_field desk_board_fields[] = {
    {"place", DESK_SLUG, true, 0, 64, NULL, "the key of a lift, run or venue in the resort"},
    {"state", DESK_SLUG, true, 0, 15, NULL, "open, hold, closed, or scheduled: as its hours say"},
    {"note", DESK_TEXT, false, 0, 200, NULL, "why, as guests are told"},
    {.type = DESK_END},
};

static piste_status move_version(store_db *db) {
    return STORE_RUN(db, "UPDATE board_version SET version = version + 1 WHERE id = $1", store_number(1));
}

piste_status desk_board_run(desk_act *a) {
    static const char *const states[] = {"open", "hold", "closed", "scheduled"};
    const char *state = desk_text(a->request, "state");
    size_t i = 0;
    while (i < BASE_COUNT(states) && strcmp(states[i], state) != 0)
        i++;
    if (i == BASE_COUNT(states))
        return desk_invalid(a, "state: '%s', expected open, hold, closed or scheduled", state);
    piste_status status = STORE_RUN(
        a->db,
        "INSERT INTO board (key, state, note, source, said_ms, measured_ms, wait_s, expected_s, people, crowd_percent)"
        " VALUES ($1, $2, $3, $4, $5, 0, -1, -1, -1, -1)"
        " ON CONFLICT (key) DO UPDATE SET state = excluded.state, note = excluded.note, source = excluded.source, said_ms = "
        "excluded.said_ms",
        store_text(desk_text(a->request, "place")), store_text(state), store_text(desk_text(a->request, "note")), store_text(a->who),
        store_number(a->now_ms));
    return status == PISTE_OK ? move_version(a->db) : status;
}

// ---- measurements ------------------------------------------------------------------------------------------------------

typedef struct measuring {
    store_command command;
    char source[65];
    int64_t now_ms;
    size_t count;
    desk_measured list[];
} measuring;

static piste_status measure(store_db *db, void *context) {
    const measuring *m = context;
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < m->count && status == PISTE_OK; i++) {
        const desk_measured *l = &m->list[i];
        status = STORE_RUN(
            db,
            "INSERT INTO board (key, state, note, source, said_ms, measured_ms, wait_s, expected_s, people, crowd_percent)"
            " VALUES ($1, 'scheduled', '', $2, 0, $3, $4, $5, $6, $7)"
            " ON CONFLICT (key) DO UPDATE SET measured_ms = excluded.measured_ms, wait_s = excluded.wait_s,"
            " expected_s = excluded.expected_s, people = excluded.people, crowd_percent = excluded.crowd_percent",
            store_text(l->key), store_text(m->source), store_number(m->now_ms), store_number(l->wait_s), store_number(l->expected_s),
            store_number(l->people), store_number(l->crowd_percent));
    }
    return status == PISTE_OK ? move_version(db) : status;
}

static void measured(piste_status status, void *context) {
    (void)status; // the next measurement tells it anew
    free(context);
}

void desk_board_measure(desk *d, const desk_measured *list, size_t count, const char *source) {
    measuring *m = calloc(1, sizeof *m + count * sizeof *list);
    if (!m)
        return;
    m->command = (store_command){.run = measure, .done = measured, .context = m};
    m->now_ms = desk_clock_ms(d);
    m->count = count;
    memcpy(m->list, list, count * sizeof *list);
    snprintf(m->source, sizeof m->source, "%s", source);
    store_submit(desk_get_store(d), &m->command);
}

// ---- reading -------------------------------------------------------------------------------------------------------------

typedef struct reading {
    desk_board_line *list;
    size_t count, capacity;
    int64_t version;
} reading;

static piste_status read_version(store_db *db, void *context) {
    return STORE_FIND_NUMBER(db, &((reading *)context)->version, NULL, "SELECT version FROM board_version WHERE id = $1",
                             store_number(1));
}

piste_status desk_board_version(desk *d, int64_t *version) {
    reading r = {0};
    piste_status status = store_read(desk_get_store(d), read_version, &r);
    if (status == PISTE_OK)
        *version = r.version;
    return status;
}

static piste_status read_lines(store_db *db, void *context) {
    reading *r = context;
    store_rows *rows = NULL;
    piste_status status = read_version(db, r);
    if (status == PISTE_OK)
        status = STORE_QUERY(db, &rows,
                             "SELECT key, state, note, source, said_ms, measured_ms, wait_s, expected_s, people, crowd_percent FROM "
                             "board WHERE said_ms >= $1 ORDER BY key",
                             store_number(0));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        if (r->count == r->capacity) {
            size_t capacity = r->capacity ? r->capacity * 2 : 64;
            desk_board_line *more = realloc(r->list, capacity * sizeof *more);
            status = more ? PISTE_OK : PISTE_MEMORY;
            r->list = more ? more : r->list;
            r->capacity = more ? capacity : r->capacity;
        }
        if (status != PISTE_OK)
            break;
        desk_board_line *l = &r->list[r->count++];
        snprintf(l->key, sizeof l->key, "%s", store_rows_text(rows, 0));
        snprintf(l->state, sizeof l->state, "%s", store_rows_text(rows, 1));
        snprintf(l->note, sizeof l->note, "%s", store_rows_text(rows, 2));
        snprintf(l->source, sizeof l->source, "%s", store_rows_text(rows, 3));
        l->said_ms = store_rows_number(rows, 4);
        l->measured_ms = store_rows_number(rows, 5);
        l->measured = (desk_measured){.wait_s = store_rows_number(rows, 6), .expected_s = store_rows_number(rows, 7),
                                      .people = store_rows_number(rows, 8), .crowd_percent = store_rows_number(rows, 9)};
        snprintf(l->measured.key, sizeof l->measured.key, "%s", l->key);
    }
    piste_status end = store_rows_end(rows);
    return status == PISTE_OK ? end : status;
}

piste_status desk_board_read(desk *d, desk_board_line **list, size_t *count, int64_t *version) {
    reading r = {0};
    piste_status status = store_read(desk_get_store(d), read_lines, &r);
    if (status != PISTE_OK) {
        free(r.list);
        return status;
    }
    *list = r.list;
    *count = r.count;
    *version = r.version;
    return PISTE_OK;
}
