// migrate.c - versioned migrations: each is applied once, in order, in one transaction with the note that it was.
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "store/inside.h"

// The only words in which the tables' definitions differ.
static const struct {
    const char *sqlite, *postgres;
} words[] = {{"INTEGER", "BIGINT"}, {"BLOB", "BYTEA"}, {" WITHOUT ROWID, STRICT", ""}, {" STRICT", ""}};

static char *in_postgres_words(const char *sql) {
    base_text text = {0};
    for (const char *at = sql; *at;) {
        size_t i = 0;
        while (i < BASE_COUNT(words) && strncmp(at, words[i].sqlite, strlen(words[i].sqlite)) != 0)
            i++;
        if (i < BASE_COUNT(words)) {
            base_text_add(&text, words[i].postgres);
            at += strlen(words[i].sqlite);
        } else
            base_text_add_bytes(&text, at++, 1);
    }
    if (text.failed) {
        base_text_release(&text);
        return NULL;
    }
    return text.data;
}

static piste_status apply(store_db *db, const store_migration *m) {
    bool postgres = store_db_is_postgres(db);
    char *own = postgres && m->sql ? in_postgres_words(m->sql) : NULL;
    if (postgres && m->sql && !own)
        return store_fail(db, PISTE_MEMORY, "no memory");
    const char *sql = postgres ? own : m->sql, *more = postgres ? m->postgres : m->sqlite;
    piste_status status = sql ? db->engine->script(db, sql) : PISTE_OK;
    if (status == PISTE_OK && more)
        status = db->engine->script(db, more);
    free(own);
    return status;
}

static piste_status bring_up(store_db *db, const store_def *def) {
    piste_status status = db->engine->script(
        db, store_db_is_postgres(db)
                ? "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL)"
                : "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT");
    int64_t version = 0;
    if (status == PISTE_OK)
        status = store_find_number(db, &version, NULL, "SELECT coalesce(max(version), 0) FROM migration", NULL, 0);
    if (status == PISTE_OK && version > def->migration_count)
        return store_fail(db, PISTE_LIMIT,
                          "this database is of version %lld, made by a newer piste; this one knows versions up to %d",
                          (long long)version, def->migration_count);
    for (int i = (int)version; status == PISTE_OK && i < def->migration_count; i++) {
        status = apply(db, &def->migrations[i]);
        if (status == PISTE_OK)
            status = STORE_RUN(db, "INSERT INTO migration (version, name) VALUES ($1, $2)", store_number(i + 1),
                               store_text(def->migrations[i].name));
    }
    return status;
}

// Looked at without a lock first: a database that is up to date is not written when it is opened.
static bool is_up_to_date(store_db *db, const store_def *def) {
    int64_t there = 0, version = 0;
    if (db->engine->begin_read(db) != PISTE_OK)
        return false;
    const char *question =
        store_db_is_postgres(db)
            ? "SELECT count(*) FROM pg_tables WHERE tablename = 'migration' AND schemaname = current_schema()"
            : "SELECT count(*) FROM sqlite_schema WHERE name = 'migration'";
    piste_status status = store_find_number(db, &there, NULL, question, NULL, 0);
    if (status == PISTE_OK && there)
        status = store_find_number(db, &version, NULL, "SELECT coalesce(max(version), 0) FROM migration", NULL, 0);
    db->engine->rollback(db);
    return status == PISTE_OK && version == def->migration_count;
}

piste_status store_migrate(store_db *db, const store_def *def, piste_errors *errors) {
    if (is_up_to_date(db, def))
        return PISTE_OK;
    piste_status status = db->engine->begin(db);
    if (status == PISTE_OK) {
        status = bring_up(db, def);
        if (status == PISTE_OK)
            status = db->engine->commit(db);
        else
            db->engine->rollback(db);
    }
    if (status != PISTE_OK)
        piste_errors_add(errors, status, store_db_is_postgres(db) ? "" : def->url, 0, 0, "%s", db->error);
    return status;
}
