// sqlite.c - the store in one file: WAL, synchronous FULL, so that a commit that returned is on the disk.
//
// Prepared statements are kept by the address of their text, which is a literal; two literals of the same words are
// two statements, which costs only memory.
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "store/inside.h"

enum {
    SLOTS = 512,            // statements kept; more are prepared each time
    CHECKPOINT_PAGES = 1000 // a log that is longer is copied into the database
};

typedef struct slot {
    const char *sql;
    sqlite3_stmt *statement;
    short *parameters; // SQLite's number of $1, $2, ...
    bool is_used, is_kept;
} slot;

typedef struct sqlite_db {
    store_db head;
    sqlite3 *handle;
    int busy_ms;
    slot slots[SLOTS];
} sqlite_db;

typedef struct sqlite_rows {
    store_rows head;
    slot *slot;
} sqlite_rows;

// After these the transaction is as good as lost: SQLite has rolled it back or cannot be trusted to go on with it.
static bool breaks(int code) {
    switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_READONLY:
    case SQLITE_BUSY:
    case SQLITE_INTERRUPT:
        return true;
    }
    return false;
}

static piste_status told(sqlite_db *db, int code) {
    const char *why = sqlite3_errmsg(db->handle);
    if (breaks(code))
        db->head.is_broken = true;
    switch (code & 0xff) {
    case SQLITE_FULL:
        return store_fail(&db->head, PISTE_IO, "the disk is full: nothing was written");
    case SQLITE_BUSY:
        return store_fail(&db->head, PISTE_IO,
                          "another process has been writing for more than %d ms: nothing was written", db->busy_ms);
    case SQLITE_READONLY:
        return store_fail(&db->head, PISTE_IO, "the database cannot be written: %s", why);
    case SQLITE_NOMEM:
        return store_fail(&db->head, PISTE_MEMORY, "no memory");
    case SQLITE_CONSTRAINT:
        if (sqlite3_extended_errcode(db->handle) == SQLITE_CONSTRAINT_UNIQUE ||
            sqlite3_extended_errcode(db->handle) == SQLITE_CONSTRAINT_PRIMARYKEY)
            return store_fail(&db->head, PISTE_EXISTS, "%s", why);
        return store_fail(&db->head, PISTE_INVALID, "%s", why);
    }
    return store_fail(&db->head, PISTE_IO, "%s (SQLite %d)", why, sqlite3_extended_errcode(db->handle));
}

// ---- statements ----------------------------------------------------------------------------------------------------

static piste_status prepare(sqlite_db *db, slot *s, const char *sql, int count, bool kept) {
    int code = sqlite3_prepare_v3(db->handle, sql, -1, kept ? SQLITE_PREPARE_PERSISTENT : 0, &s->statement, NULL);
    if (code != SQLITE_OK)
        return told(db, code);
    s->parameters = malloc((size_t)(count + 1) * sizeof *s->parameters);
    if (!s->parameters) {
        sqlite3_finalize(s->statement);
        s->statement = NULL;
        return store_fail(&db->head, PISTE_MEMORY, "no memory");
    }
    for (int i = 0; i < count; i++) {
        char name[8];
        snprintf(name, sizeof name, "$%d", i + 1);
        s->parameters[i] = (short)sqlite3_bind_parameter_index(s->statement, name);
    }
    s->sql = sql;
    s->is_kept = kept;
    return PISTE_OK;
}

static piste_status take_slot(sqlite_db *db, const char *sql, int count, slot **out) {
    size_t first = (size_t)(((uintptr_t)sql >> 3) * 0x9e3779b97f4a7c15ull >> 32) % SLOTS;
    for (size_t i = 0; i < 8; i++) {
        slot *s = &db->slots[(first + i) % SLOTS];
        // Two texts may have stood at one address, one after the other.
        if (s->sql && (s->sql != sql || s->is_used || strcmp(sqlite3_sql(s->statement), sql) != 0))
            continue;
        piste_status status = s->sql ? PISTE_OK : prepare(db, s, sql, count, true);
        if (status != PISTE_OK)
            return status;
        s->is_used = true;
        *out = s;
        return PISTE_OK;
    }
    slot *own = calloc(1, sizeof *own); // in use further out, or the table is crowded here
    if (!own)
        return store_fail(&db->head, PISTE_MEMORY, "no memory");
    piste_status status = prepare(db, own, sql, count, false);
    if (status != PISTE_OK) {
        free(own);
        return status;
    }
    own->is_used = true;
    *out = own;
    return PISTE_OK;
}

static void give_slot(slot *s) {
    if (s->is_kept) {
        sqlite3_reset(s->statement);
        s->is_used = false;
        return;
    }
    sqlite3_finalize(s->statement);
    free(s->parameters);
    free(s);
}

static piste_status bind(sqlite_db *db, slot *s, const store_value *values, int count) {
    for (int i = 0; i < count; i++) {
        const store_value *v = &values[i];
        int at = s->parameters[i], code = SQLITE_OK;
        if (at == 0)
            return store_fail(&db->head, PISTE_USAGE, "there is no $%d in: %s", i + 1, s->sql);
        if (v->type == STORE_NUMBER)
            code = sqlite3_bind_int64(s->statement, at, v->number);
        else if (v->type == STORE_TEXT)
            code = sqlite3_bind_text64(s->statement, at, v->data, v->size, SQLITE_STATIC, SQLITE_UTF8);
        else if (v->type == STORE_BLOB)
            code = v->size ? sqlite3_bind_blob64(s->statement, at, v->data, v->size, SQLITE_STATIC)
                           : sqlite3_bind_zeroblob(s->statement, at, 0);
        else
            code = sqlite3_bind_null(s->statement, at);
        if (code != SQLITE_OK)
            return told(db, code);
    }
    return PISTE_OK;
}

static piste_status sqlite_run(store_db *base, const char *sql, const store_value *values, int count) {
    sqlite_db *db = (sqlite_db *)base;
    slot *s = NULL;
    piste_status status = take_slot(db, sql, count, &s);
    if (status != PISTE_OK)
        return status;
    status = bind(db, s, values, count);
    if (status == PISTE_OK) {
        int code = sqlite3_step(s->statement);
        if (code == SQLITE_DONE || code == SQLITE_ROW)
            db->head.changes = sqlite3_changes64(db->handle);
        else
            status = told(db, code);
    }
    give_slot(s);
    return status;
}

static piste_status sqlite_query(store_db *base, store_rows **rows, const char *sql, const store_value *values,
                                 int count) {
    sqlite_db *db = (sqlite_db *)base;
    sqlite_rows *r = calloc(1, sizeof *r);
    if (!r)
        return store_fail(base, PISTE_MEMORY, "no memory");
    piste_status status = take_slot(db, sql, count, &r->slot);
    if (status == PISTE_OK) {
        status = bind(db, r->slot, values, count);
        if (status != PISTE_OK)
            give_slot(r->slot);
    }
    if (status != PISTE_OK) {
        free(r);
        return status;
    }
    r->head.db = base;
    *rows = &r->head;
    return PISTE_OK;
}

static bool sqlite_next(store_rows *base) {
    sqlite_rows *r = (sqlite_rows *)base;
    if (base->status != PISTE_OK)
        return false;
    int code = sqlite3_step(r->slot->statement);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        base->status = told((sqlite_db *)base->db, code);
    return false;
}

static int sqlite_columns(const store_rows *base) {
    return sqlite3_column_count(((const sqlite_rows *)base)->slot->statement);
}

static store_value sqlite_value(const store_rows *base, int column) {
    sqlite3_stmt *statement = ((const sqlite_rows *)base)->slot->statement;
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return store_number(sqlite3_column_int64(statement, column));
    case SQLITE_NULL:
        return store_null();
    case SQLITE_TEXT: {
        const unsigned char *text = sqlite3_column_text(statement, column);
        return (store_value){STORE_TEXT, 0, text, (size_t)sqlite3_column_bytes(statement, column)};
    }
    default: {
        const void *data = sqlite3_column_blob(statement, column);
        return store_blob(data, (size_t)sqlite3_column_bytes(statement, column));
    }
    }
}

static piste_status sqlite_end(store_rows *base) {
    sqlite_rows *r = (sqlite_rows *)base;
    piste_status status = base->status;
    give_slot(r->slot);
    free(r);
    return status;
}

// ---- transactions --------------------------------------------------------------------------------------------------

static piste_status script(store_db *base, const char *sql) {
    sqlite_db *db = (sqlite_db *)base;
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? PISTE_OK : told(db, code);
}

static piste_status sqlite_begin(store_db *base) {
    base->is_broken = false;
    if (sqlite3_db_readonly(((sqlite_db *)base)->handle, "main") == 1)
        return store_fail(base, PISTE_IO, "the database cannot be written: the file, or its file system, is read-only");
    return sqlite_run(base, "BEGIN IMMEDIATE", NULL, 0);
}

static void sqlite_rollback(store_db *base) {
    sqlite_db *db = (sqlite_db *)base;
    if (!sqlite3_get_autocommit(db->handle) && sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
        base->is_uncertain = true;
}

static piste_status sqlite_commit(store_db *base) {
    sqlite_db *db = (sqlite_db *)base;
    piste_status status = sqlite_run(base, "COMMIT", NULL, 0);
    if (status == PISTE_OK)
        return PISTE_OK;
    // A full disk or a busy file leaves the transaction open and nothing of it in the log that a reader would accept.
    // After any other failure, such as that of fsync, nobody knows what is on the disk.
    int code = sqlite3_errcode(db->handle) & 0xff;
    if (code != SQLITE_FULL && code != SQLITE_BUSY)
        base->is_uncertain = true;
    sqlite_rollback(base);
    return status;
}

static piste_status begin_read(store_db *base) {
    base->is_broken = false;
    return sqlite_run(base, "BEGIN", NULL, 0);
}

static void close_db(store_db *base) {
    sqlite_db *db = (sqlite_db *)base;
    for (int i = 0; i < SLOTS; i++) {
        sqlite3_finalize(db->slots[i].statement);
        free(db->slots[i].parameters);
    }
    sqlite3_close(db->handle);
    free(db);
}

// A sync that failed may have dropped what it was to write: the next one would succeed, and the log be emptied of what stands
// nowhere else. Only where nothing was tried, or the disk is full, may it be tried again.
static piste_status empty_log(store_db *base) {
    sqlite_db *db = (sqlite_db *)base;
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL), kind = code & 0xff;
    if (code == SQLITE_OK)
        return PISTE_OK;
    base->is_uncertain = kind != SQLITE_BUSY && kind != SQLITE_LOCKED && kind != SQLITE_FULL;
    return told(db, code);
}

static const store_engine engine = {false,        sqlite_begin, sqlite_commit, sqlite_rollback, begin_read,
                                    script,       sqlite_run,   sqlite_query,  sqlite_next,     sqlite_columns,
                                    sqlite_value, sqlite_end,   close_db,       empty_log};

// SQLite's own waiting sleeps up to 100 ms at a time, in which a busy writer is never caught between two batches.
static int wait_for_others(void *context, int times) {
    const sqlite_db *db = context;
    long step_us = times < 20 ? 100 : 500;
    if ((int64_t)times * step_us > (int64_t)db->busy_ms * 1000)
        return 0;
    nanosleep(&(struct timespec){0, step_us * 1000}, NULL);
    return 1;
}

// ---- the log --------------------------------------------------------------------------------------------------------

// SQLite's own hook forgets when this fails. A sync that failed is told once only, so the commit is answered with it.
static int checkpoint(void *context, sqlite3 *handle, const char *name, int pages) {
    (void)context;
    if (pages < CHECKPOINT_PAGES)
        return SQLITE_OK;
    int code = sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    int kind = code & 0xff; // a full disk or a reader: the log grows, and the next commit tries again
    return kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_FULL ? SQLITE_OK : code;
}

static int write_again(sqlite3_file *log) {
    enum { PART = 65536 };
    sqlite3_int64 size = 0;
    int code = log->pMethods->xFileSize(log, &size);
    char *part = sqlite3_malloc(PART);
    if (!part)
        return SQLITE_NOMEM;
    for (sqlite3_int64 at = 0; at < size && code == SQLITE_OK; at += PART) {
        int length = size - at < PART ? (int)(size - at) : PART;
        code = log->pMethods->xRead(log, part, length, at);
        if (code == SQLITE_OK)
            code = log->pMethods->xWrite(log, part, length, at);
    }
    sqlite3_free(part);
    return code == SQLITE_OK && size > 0 ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : code;
}

// The log of a process that was killed before its sync, or whose sync failed, is read as if it were on the disk, and
// what it holds would be answered as done. After a failed sync a later one does not bring it to the disk either, unless it is
// written again: which is done here, the same bytes over themselves, while nobody else may write to the log.
static int secure_log(sqlite3 *handle) {
    int code = sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code != SQLITE_OK) // who may not write acknowledges nothing either
        return (code & 0xff) == SQLITE_READONLY ? SQLITE_OK : code;
    sqlite3_file *log = NULL;
    code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (code == SQLITE_OK && log && log->pMethods)
        code = write_again(log);
    int ended = sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return code == SQLITE_OK ? ended : code;
}

// SQLite does not ask the handler where two of those who open at once, or recover a log, might wait for each other.
static int set_up(sqlite_db *db) {
    for (int times = 0;; times++) {
        // A savepoint's journal and a sort stay in memory; 64 MiB of pages are kept.
        int code = sqlite3_exec(db->handle,
                                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                                "PRAGMA cache_size = -65536; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;",
                                NULL, NULL, NULL);
        if ((code & 0xff) != SQLITE_BUSY || !wait_for_others(db, times))
            return code;
    }
}

piste_status store_sqlite_open(const store_def *def, bool read_only, piste_errors *errors, store_db **out) {
    sqlite_db *db = calloc(1, sizeof *db);
    if (!db)
        return piste_errors_add(errors, PISTE_MEMORY, def->url, 0, 0, "no memory");
    db->head.engine = &engine;
    db->busy_ms = def->busy_ms;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (read_only || def->must_exist ? 0 : SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(def->url, &db->handle, flags, def->vfs);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_handler(db->handle, wait_for_others, db);
        code = set_up(db);
    }
    if (code == SQLITE_OK && read_only)
        code = sqlite3_exec(db->handle, "PRAGMA query_only = ON", NULL, NULL, NULL);
    else if (code == SQLITE_OK) {
        sqlite3_wal_hook(db->handle, checkpoint, NULL);
        code = secure_log(db->handle);
    }
    if (code != SQLITE_OK) {
        bool missing = (code & 0xff) == SQLITE_CANTOPEN && def->must_exist && (def->vfs || access(def->url, F_OK) != 0);
        piste_status status = missing ? PISTE_NOT_FOUND : PISTE_IO;
        piste_errors_add(errors, status, def->url, 0, 0,
                         missing                            ? "there is no such database"
                         : (code & 0xff) == SQLITE_CANTOPEN ? "%s; may it, and its folder, be written?"
                                                            : "cannot be opened as a database: %s",
                         db->handle ? sqlite3_errmsg(db->handle) : "no memory");
        close_db(&db->head);
        return status;
    }
    *out = &db->head;
    return PISTE_OK;
}
