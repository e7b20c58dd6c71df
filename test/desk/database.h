// database.h - a fresh database for a test: a file in a new folder, or the PostgreSQL server that test/postgres started.
#ifndef TEST_DESK_DATABASE_H
#define TEST_DESK_DATABASE_H

#include "test.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct database {
    char folder[64], url[256];
} database;

static inline const char *database_server(void) {
    return getenv("PISTE_TEST_DATABASE");
}

// On a file system in memory where there is one and `durable` is not asked for: a flush costs nothing there.
static inline void database_create(database *db, bool durable) {
    memset(db, 0, sizeof *db);
    snprintf(db->folder, sizeof db->folder, "%s/piste-test-XXXXXX",
             durable || access("/dev/shm", W_OK) != 0 ? "/tmp" : "/dev/shm");
    assert_non_null(mkdtemp(db->folder));
    snprintf(db->url, sizeof db->url, "%s/desk.db", db->folder);
    if (!database_server())
        return;
    snprintf(db->url, sizeof db->url, "%s", database_server());
    PGconn *c = PQconnectdb(db->url);
    assert_int_equal(PQstatus(c), CONNECTION_OK);
    PGresult *r = PQexec(c, "SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
    PQclear(r);
    PQfinish(c);
}

static inline void database_destroy(database *db) {
    static const char *const names[] = {"desk.db", "desk.db-wal", "desk.db-shm",
                                        "copy.db", "copy.db-wal", "copy.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", db->folder, names[i]);
        unlink(path);
    }
    rmdir(db->folder);
}

#endif
