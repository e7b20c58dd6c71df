// store.h - one small interface over SQLite and PostgreSQL, made for a desk that must never lose what it acknowledged.
//
// Writing: commands are submitted from any thread to the store's one writer (a thread; a caller who is alone writes
// for itself, under the same lock). It takes all that wait, opens one transaction that excludes every other writer
// (SQLite: BEGIN IMMEDIATE; PostgreSQL: one advisory lock), runs the commands in the order in which they came,
// commits, and only then answers them. So any number of callers shares the cost of one durable commit, and a command
// runs as if it were alone in the world. Several processes, and on PostgreSQL several servers, may do so on the same
// database.
//
//     static piste_status add(store_db *db, void *context) {
//         return STORE_RUN(db, "UPDATE hill SET visits = visits + $1 WHERE id = $2", store_number(3), store_number(1));
//     }
//     piste_status status = store_do(s, add, NULL);   // PISTE_OK: it is on the disk
//
// Reading: store_read runs a function on a connection of its own, which sees one committed state and changes nothing.
//
//     store_rows *rows = NULL;
//     piste_status status = STORE_QUERY(db, &rows, "SELECT id, name FROM hill WHERE visits > $1", store_number(10));
//     while (status == PISTE_OK && store_rows_next(rows))
//         use(store_rows_number(rows, 0), store_rows_text(rows, 1));
//     if (status == PISTE_OK)
//         status = store_rows_end(rows);
//
// A command runs without a savepoint at first, since most either succeed or refuse before they have written anything.
// When one fails after it wrote, the whole batch is rolled back and run again with a savepoint around each command, so
// that one refusal harms no other. A command may therefore run twice (once counts): it is a function of what it was
// given and of the database, and leaves what it was given as it was.
//
// When the database cannot commit (fsync failed, connection lost in COMMIT), it is not known what is on the disk: the
// store stops and answers everything after that with PISTE_IO. Nothing is tried again as if it were well; the process
// is to be started anew, and callers ask again with the same idempotency key. What such a process, or one that was
// killed, left in SQLite's log is brought to the disk when the store is opened, before anything is answered from it. A
// full disk is told (PISTE_IO, "the disk is full"), nothing of that batch is written, and the store goes on.
//
// SQL is literal text, the same for both: parameters are $1, $2, ...; SQLite reads $1 as the name of a parameter.
// Numbers are 64-bit, texts UTF-8, blobs bytes; there are no others. CAST(sum(x) AS BIGINT) makes a sum a number in
// both.
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "piste/status.h"

typedef struct store store;       // an open database with its writer; used by any thread
typedef struct store_db store_db; // one connection; belongs to the function that it is given to, while that runs
typedef struct store_rows store_rows;

// ---- values --------------------------------------------------------------------------------------------------------

typedef enum store_type { STORE_NULL, STORE_NUMBER, STORE_TEXT, STORE_BLOB } store_type;

typedef struct store_value {
    store_type type;
    int64_t number;
    const void *data; // of a text or blob; lives until the call returns
    size_t size;      // of it, bytes
} store_value;

static inline store_value store_null(void) {
    return (store_value){STORE_NULL, 0, NULL, 0};
}
static inline store_value store_number(int64_t number) {
    return (store_value){STORE_NUMBER, number, NULL, 0};
}
store_value store_text(const char *text); // NULL becomes NULL
static inline store_value store_blob(const void *data, size_t size) {
    return (store_value){STORE_BLOB, 0, data, size};
}

// ---- statements ----------------------------------------------------------------------------------------------------

enum { STORE_PARAMETERS_MAX = 24 };

// Runs a statement that gives no rows. PISTE_EXISTS: a unique key is there already; PISTE_IO: see store_db_error.
PISTE_CHECKED piste_status store_run(store_db *db, const char *sql, const store_value *values, int count);
// Begins a query; *rows is ended by store_rows_end, always and before the function that got db returns.
PISTE_CHECKED piste_status store_query(store_db *db, store_rows **rows, const char *sql, const store_value *values,
                                       int count);
bool store_rows_next(store_rows *rows); // false: no more, or an error, which store_rows_end tells
int store_rows_columns(const store_rows *rows);
store_value store_rows_value(const store_rows *rows, int column); // lives until the next row
int64_t store_rows_number(const store_rows *rows, int column);    // 0 where NULL
const char *store_rows_text(const store_rows *rows, int column);  // "" where NULL; lives until the next row
PISTE_CHECKED piste_status store_rows_end(store_rows *rows);
// The single number that a query gives; *found (may be NULL) says whether there was a row, *number is 0 otherwise.
PISTE_CHECKED piste_status store_find_number(store_db *db, int64_t *number, bool *found, const char *sql,
                                             const store_value *values, int count);
// The single BLOB that a query gives, of just `size` bytes; *found: there was one. Otherwise `out` is as it was.
PISTE_CHECKED piste_status store_find_blob(store_db *db, void *out, size_t size, bool *found, const char *sql, const store_value *values,
                                           int count);

// A table to which rows are added many at once. `insert` is literal and ends with its one row of values, $1 to $columns
// in order.
typedef struct store_table {
    const char *name, *insert;
    int columns;
} store_table;
// Adds a row before anything else sees the table: before a statement that names it, or the commit. What its keys and
// checks refuse is told then, and fails the whole batch: who appends has looked before. No trigger or view may read it.
PISTE_CHECKED piste_status store_append(store_db *db, const store_table *table, const store_value *values, int count);
// As store_query, of rows that are not among those that wait to be added: these stay where they are.
PISTE_CHECKED piste_status store_query_old(store_db *db, store_rows **rows, const char *sql, const store_value *values,
                                           int count);

#define STORE_LIST(...)                                                                                                \
    (const store_value[]){__VA_ARGS__}, (int)(sizeof((const store_value[]){__VA_ARGS__}) / sizeof(store_value))
#define STORE_RUN(db, sql, ...) store_run(db, sql, STORE_LIST(__VA_ARGS__))
#define STORE_APPEND(db, table, ...) store_append(db, table, STORE_LIST(__VA_ARGS__))
#define STORE_QUERY(db, rows, sql, ...) store_query(db, rows, sql, STORE_LIST(__VA_ARGS__))
#define STORE_FIND_BLOB(db, out, size, found, sql, ...)                                                                \
    store_find_blob(db, out, size, found, sql, STORE_LIST(__VA_ARGS__))
#define STORE_FIND_NUMBER(db, number, found, sql, ...)                                                                 \
    store_find_number(db, number, found, sql, STORE_LIST(__VA_ARGS__))

int64_t store_db_changes(const store_db *db); // rows that the last store_run changed
const char *store_db_error(const store_db *db);
bool store_db_is_postgres(const store_db *db);

// ---- migrations ----------------------------------------------------------------------------------------------------

// One version of a schema. `sql` holds statements in SQLite's words, each ended by ";\n"; for PostgreSQL INTEGER
// becomes BIGINT, BLOB BYTEA, and STRICT and WITHOUT ROWID are left out. `sqlite` and `postgres` (may be NULL) are
// what the two say differently, such as triggers. A migration that was once released is never changed; a new one is
// added.
typedef struct store_migration {
    const char *name; // what it brings
    const char *sql, *sqlite, *postgres;
} store_migration;

// ---- opening -------------------------------------------------------------------------------------------------------

typedef struct store_def {
    const char *url;                   // a path (SQLite), or postgresql://... (PostgreSQL)
    const store_migration *migrations; // applied in order, each once
    int migration_count;
    // Run by the writer in each batch: after the lock is held, and before the commit. NULL: nothing.
    piste_status (*begin)(store_db *db, void *context);
    piste_status (*end)(store_db *db, void *context);
    void *context;
    int busy_ms;     // how long to wait for other writers; 0: 30,000
    int tick_ms;     // an idle writer runs an empty batch this often; 0: never
    const char *vfs; // SQLite's, for tests; NULL: the usual one
    bool must_exist; // PISTE_NOT_FOUND where there is no such database
} store_def;

// Opens and migrates. PISTE_LIMIT: made by a newer piste; PISTE_IO: cannot be opened or written.
PISTE_CHECKED piste_status store_open(const store_def *def, piste_errors *errors, store **out);
// Finishes what was submitted, then closes. NULL is nothing.
void store_close(store *s);
// Whether the store has stopped because of a failed commit; from then on everything is answered with PISTE_IO.
bool store_is_stopped(store *s);
// Why the last batch failed or the store stopped; copied into `text`.
void store_error(store *s, char *text, size_t size);

// ---- commands ------------------------------------------------------------------------------------------------------

typedef struct store_command {
    piste_status (*run)(store_db *db, void *context); // by the writer
    void (*done)(piste_status status, void *context); // by the writer, after the commit; must not wait
    void *context;
    struct store_command *next; // (internal)
    piste_status status;        // (internal)
} store_command;

// The command's memory belongs to the store until `done` is called.
void store_submit(store *s, store_command *command);
// Submits and waits. Any thread but the writer's.
PISTE_CHECKED piste_status store_do(store *s, piste_status (*run)(store_db *db, void *context), void *context);
// Runs a function in a read-only transaction that sees one committed state. Readers of one store take turns.
PISTE_CHECKED piste_status store_read(store *s, piste_status (*run)(store_db *db, void *context), void *context);

// Brings what was committed into the database's own file and empties its log, waiting for whoever still reads it: what was
// deleted stands in neither from then on, where the writer has set secure_delete. PostgreSQL: nothing. PISTE_IO: it was not
// done; where the disk failed the store has stopped, as after a commit that failed.
PISTE_CHECKED piste_status store_checkpoint(store *s);

typedef struct store_counts {
    int64_t batches, commands, careful; // commits; commands committed; batches that were run again with savepoints
} store_counts;
store_counts store_get_counts(store *s);

#endif
