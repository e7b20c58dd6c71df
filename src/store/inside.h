// inside.h - what the files of the store share: a connection, as SQLite or PostgreSQL fill it in.
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include "store/store.h"

typedef struct store_engine {
    bool is_postgres;
    piste_status (*begin)(store_db *db);  // excludes other writers
    piste_status (*commit)(store_db *db); // PISTE_IO with db->is_uncertain: nobody knows
    void (*rollback)(store_db *db);
    piste_status (*begin_read)(store_db *db);
    piste_status (*script)(store_db *db, const char *sql); // several statements without parameters
    piste_status (*run)(store_db *db, const char *sql, const store_value *values, int count);
    piste_status (*query)(store_db *db, store_rows **rows, const char *sql, const store_value *values, int count);
    bool (*next)(store_rows *rows);
    int (*columns)(const store_rows *rows);
    store_value (*value)(const store_rows *rows, int column);
    piste_status (*end)(store_rows *rows);
    void (*close)(store_db *db);
    piste_status (*empty_log)(store_db *db); // NULL: there is none. PISTE_IO with db->is_uncertain as of a commit
} store_engine;

typedef struct store_appends store_appends;

enum { STORE_BOUND_MAX = 16 * STORE_PARAMETERS_MAX }; // parameters of a statement of many rows

struct store_db {
    const store_engine *engine;
    store_appends *appends; // rows that wait to be added (append.c); NULL: never were any
    int64_t writes;    // statements run since it was opened that may have changed something
    int64_t changes;   // rows changed by the last one
    bool is_broken;    // an error after which the transaction cannot go on
    bool is_uncertain; // a commit, or the emptying of the log, failed: nobody knows what is on the disk
    char error[512];
};

struct store_rows {
    store_db *db;
    piste_status status;
};

piste_status store_sqlite_open(const store_def *def, bool read_only, piste_errors *errors, store_db **db);
piste_status store_postgres_open(const store_def *def, piste_errors *errors, store_db **db);
bool store_is_postgres_url(const char *url);
piste_status store_migrate(store_db *db, const store_def *def, piste_errors *errors);

// Adds the rows that wait of the tables that a statement names; of all tables where sql is NULL.
PISTE_CHECKED piste_status store_appends_write(store_db *db, const char *sql);
void store_appends_forget(store_db *db); // of a transaction that was rolled back
void store_appends_release(store_db *db);

// Keeps the text of what went wrong and returns `status`.
piste_status store_fail(store_db *db, piste_status status, const char *format, ...) PISTE_PRINTF(3, 4);

#endif
