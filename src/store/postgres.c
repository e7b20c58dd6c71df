// postgres.c - the store on a PostgreSQL server, by libpq. Statements are prepared once for each connection.
//
// Numbers go as text (their type is named when the statement is prepared), blobs as bytes; results come in binary
// form.
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "store/inside.h"

enum { SLOTS = 512, OID_NUMBER = 20, OID_TEXT = 25, OID_BLOB = 17 };

// One lock for all writers of the database: "piste" in the letters' codes.
#define LOCK "SELECT pg_advisory_xact_lock(482906568805)"

typedef struct postgres_db {
    store_db head;
    PGconn *handle;
    int busy_ms;
    char *prepared[SLOTS]; // texts of the statements s0, s1, ...
} postgres_db;

typedef struct postgres_rows {
    store_rows head;
    PGresult *result;
    int row, count;
    char scratch[8];
} postgres_rows;

bool store_is_postgres_url(const char *url) {
    return strncmp(url, "postgresql://", 13) == 0 || strncmp(url, "postgres://", 11) == 0;
}

// The server's words are several lines; the first says it.
static piste_status fail_with(postgres_db *db, piste_status status, const char *text) {
    return store_fail(&db->head, status, "%.*s", (int)strcspn(text, "\n"), text);
}

static piste_status told(postgres_db *db, const PGresult *result) {
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    db->head.is_broken = true; // PostgreSQL goes on only from a savepoint
    if (PQstatus(db->handle) != CONNECTION_OK)
        return fail_with(db, PISTE_IO, PQerrorMessage(db->handle));
    if (state && strcmp(state, "23505") == 0)
        return fail_with(db, PISTE_EXISTS, PQresultErrorMessage(result));
    if (state && strncmp(state, "53100", 5) == 0)
        return store_fail(&db->head, PISTE_IO, "the disk is full: nothing was written");
    if (state && strcmp(state, "55P03") == 0)
        return store_fail(&db->head, PISTE_IO,
                          "another process has been writing for more than %d ms: nothing was written", db->busy_ms);
    if (state && (strncmp(state, "23", 2) == 0 || strcmp(state, "P0001") == 0))
        return fail_with(db, PISTE_INVALID, PQresultErrorMessage(result));
    return fail_with(db, PISTE_IO, result ? PQresultErrorMessage(result) : PQerrorMessage(db->handle));
}

static piste_status script(store_db *base, const char *sql) {
    postgres_db *db = (postgres_db *)base;
    PGresult *result = PQexec(db->handle, sql);
    ExecStatusType got = PQresultStatus(result);
    piste_status status = got == PGRES_COMMAND_OK || got == PGRES_TUPLES_OK ? PISTE_OK : told(db, result);
    PQclear(result);
    return status;
}

// ---- statements ----------------------------------------------------------------------------------------------------

static piste_status prepare(postgres_db *db, const char *sql, const store_value *values, int count, char name[16]) {
    size_t first = (size_t)(((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15ull >> 32) % SLOTS, at = first;
    for (size_t i = 0; i < 8; i++) {
        at = (first + i) % SLOTS;
        if (!db->prepared[at])
            break;
        if (strcmp(db->prepared[at], sql) == 0) {
            snprintf(name, 16, "s%zu", at);
            return PISTE_OK;
        }
    }
    char *text = db->prepared[at] ? NULL : strdup(sql);
    if (text)
        snprintf(name, 16, "s%zu", at);
    else
        name[0] = 0; // the table is crowded here: the unnamed statement
    Oid types[STORE_BOUND_MAX];
    for (int i = 0; i < count; i++)
        types[i] = values[i].type == STORE_NUMBER ? OID_NUMBER
                   : values[i].type == STORE_TEXT ? OID_TEXT
                   : values[i].type == STORE_BLOB ? OID_BLOB
                                                  : 0;
    PGresult *result = PQprepare(db->handle, name, sql, count, types);
    piste_status status = PQresultStatus(result) == PGRES_COMMAND_OK ? PISTE_OK : told(db, result);
    PQclear(result);
    if (status == PISTE_OK && text)
        db->prepared[at] = text;
    else
        free(text);
    return status;
}

static piste_status execute(postgres_db *db, const char *sql, const store_value *values, int count, PGresult **out) {
    char name[16], numbers[STORE_BOUND_MAX][24];
    const char *data[STORE_BOUND_MAX];
    int sizes[STORE_BOUND_MAX], formats[STORE_BOUND_MAX];
    if (count > STORE_BOUND_MAX)
        return store_fail(&db->head, PISTE_LIMIT, "%d parameters, at most %d", count, STORE_BOUND_MAX);
    piste_status status = prepare(db, sql, values, count, name);
    if (status != PISTE_OK)
        return status;
    for (int i = 0; i < count; i++) {
        const store_value *v = &values[i];
        formats[i] = v->type == STORE_BLOB || v->type == STORE_TEXT;
        sizes[i] = (int)v->size;
        data[i] = v->type == STORE_NULL ? NULL : v->data ? v->data : "";
        if (v->type == STORE_NUMBER) {
            snprintf(numbers[i], sizeof numbers[i], "%" PRId64, v->number);
            data[i] = numbers[i];
        }
    }
    PGresult *result = PQexecPrepared(db->handle, name, count, data, sizes, formats, 1);
    ExecStatusType got = PQresultStatus(result);
    if (got != PGRES_COMMAND_OK && got != PGRES_TUPLES_OK) {
        status = told(db, result);
        PQclear(result);
        return status;
    }
    *out = result;
    return PISTE_OK;
}

static piste_status postgres_run(store_db *base, const char *sql, const store_value *values, int count) {
    PGresult *result = NULL;
    piste_status status = execute((postgres_db *)base, sql, values, count, &result);
    if (status == PISTE_OK) {
        base->changes = strtoll(PQcmdTuples(result), NULL, 10);
        PQclear(result);
    }
    return status;
}

static piste_status postgres_query(store_db *base, store_rows **rows, const char *sql, const store_value *values,
                                   int count) {
    postgres_rows *r = calloc(1, sizeof *r);
    if (!r)
        return store_fail(base, PISTE_MEMORY, "no memory");
    piste_status status = execute((postgres_db *)base, sql, values, count, &r->result);
    if (status != PISTE_OK) {
        free(r);
        return status;
    }
    r->head.db = base;
    r->row = -1;
    r->count = PQntuples(r->result);
    *rows = &r->head;
    return PISTE_OK;
}

static bool postgres_next(store_rows *base) {
    postgres_rows *r = (postgres_rows *)base;
    return ++r->row < r->count;
}

static int postgres_columns(const store_rows *base) {
    return PQnfields(((const postgres_rows *)base)->result);
}

static store_value postgres_value(const store_rows *base, int column) {
    const postgres_rows *r = (const postgres_rows *)base;
    if (PQgetisnull(r->result, r->row, column))
        return store_null();
    const char *data = PQgetvalue(r->result, r->row, column);
    size_t size = (size_t)PQgetlength(r->result, r->row, column);
    switch (PQftype(r->result, column)) {
    case 16: // bool
    case 20: // bigint, integer and smallint come in network order
    case 21:
    case 23: {
        uint64_t bits = size && (data[0] & 0x80) ? ~0ull : 0;
        for (size_t i = 0; i < size; i++)
            bits = bits << 8 | (unsigned char)data[i];
        int64_t number;
        memcpy(&number, &bits, sizeof number);
        return store_number(number);
    }
    case OID_BLOB:
        return store_blob(data, size);
    default:
        return (store_value){STORE_TEXT, 0, data, size};
    }
}

static piste_status postgres_end(store_rows *base) {
    postgres_rows *r = (postgres_rows *)base;
    piste_status status = base->status;
    PQclear(r->result);
    free(r);
    return status;
}

// ---- transactions --------------------------------------------------------------------------------------------------

static void forget(postgres_db *db) {
    for (int i = 0; i < SLOTS; i++) {
        free(db->prepared[i]);
        db->prepared[i] = NULL;
    }
}

// A library does not speak: what the server says besides answers is left out.
static void ignore(void *context, const char *text) {
    (void)context, (void)text;
}

static piste_status set_up(postgres_db *db) {
    PQsetNoticeProcessor(db->handle, ignore, NULL);
    char text[128];
    snprintf(text, sizeof text, "SET lock_timeout = %d; SET synchronous_commit = on; SET client_min_messages = warning",
             db->busy_ms);
    forget(db); // the session has no statements yet
    return script(&db->head, text);
}

static piste_status postgres_begin(store_db *base) {
    postgres_db *db = (postgres_db *)base;
    if (PQstatus(db->handle) != CONNECTION_OK) { // lost between two batches, when nothing was under way
        PQreset(db->handle);
        if (PQstatus(db->handle) != CONNECTION_OK)
            return fail_with(db, PISTE_IO, PQerrorMessage(db->handle));
        piste_status status = set_up(db);
        if (status != PISTE_OK)
            return status;
    }
    base->is_broken = false;
    piste_status status = script(base, "BEGIN; " LOCK);
    if (status != PISTE_OK)
        base->engine->rollback(base);
    return status;
}

static piste_status postgres_commit(store_db *base) {
    postgres_db *db = (postgres_db *)base;
    PGresult *result = PQexec(db->handle, "COMMIT");
    piste_status status = PISTE_OK;
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        base->is_uncertain = true;
        status = told(db, result);
    } else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) // a failed transaction answers ROLLBACK
        status = store_fail(base, PISTE_IO, "the server rolled the transaction back: nothing was written");
    PQclear(result);
    return status;
}

static void postgres_rollback(store_db *base) {
    postgres_db *db = (postgres_db *)base;
    if (PQstatus(db->handle) == CONNECTION_OK && PQtransactionStatus(db->handle) != PQTRANS_IDLE)
        PQclear(PQexec(db->handle, "ROLLBACK"));
}

static piste_status begin_read(store_db *base) {
    postgres_db *db = (postgres_db *)base;
    if (PQstatus(db->handle) != CONNECTION_OK) {
        PQreset(db->handle);
        piste_status status = set_up(db);
        if (status != PISTE_OK)
            return status;
    }
    base->is_broken = false;
    return script(base, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static void close_db(store_db *base) {
    postgres_db *db = (postgres_db *)base;
    PQfinish(db->handle);
    forget(db);
    free(db);
}

static const store_engine engine = {
    true,           postgres_begin, postgres_commit,  postgres_rollback, begin_read,   script,  postgres_run,
    postgres_query, postgres_next,  postgres_columns, postgres_value,    postgres_end, close_db, NULL};

// A server that does not flush what it commits acknowledges what it may lose.
static piste_status check_fsync(postgres_db *db) {
    store_rows *rows = NULL;
    piste_status status = postgres_query(
        &db->head, &rows, "SELECT current_setting('fsync'), current_setting('server_encoding')", NULL, 0);
    if (status != PISTE_OK)
        return status;
    if (!store_rows_next(rows) || strcmp(store_rows_text(rows, 0), "on") != 0)
        status =
            store_fail(&db->head, PISTE_INVALID, "this server runs with fsync off: what it acknowledges may be lost");
    else if (strcmp(store_rows_text(rows, 1), "UTF8") != 0)
        status = store_fail(&db->head, PISTE_INVALID, "this database's encoding is %s, expected UTF8",
                            store_rows_text(rows, 1));
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

piste_status store_postgres_open(const store_def *def, piste_errors *errors, store_db **out) {
    postgres_db *db = calloc(1, sizeof *db);
    if (!db)
        return piste_errors_add(errors, PISTE_MEMORY, "", 0, 0, "no memory");
    db->head.engine = &engine;
    db->busy_ms = def->busy_ms;
    db->handle = PQconnectdb(def->url);
    piste_status status = PISTE_OK;
    if (PQstatus(db->handle) != CONNECTION_OK)
        status = fail_with(db, PISTE_IO, db->handle ? PQerrorMessage(db->handle) : "no memory");
    else {
        status = set_up(db);
        if (status == PISTE_OK)
            status = check_fsync(db);
    }
    if (status != PISTE_OK) { // the address may hold a password and is not repeated
        piste_errors_add(errors, status, "", 0, 0, "PostgreSQL: %s", db->head.error);
        close_db(&db->head);
        return status;
    }
    *out = &db->head;
    return PISTE_OK;
}
