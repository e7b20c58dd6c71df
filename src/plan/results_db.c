// results_db.c - figures in a SQLite file, as they come. See experiment.h.
//
// The write-ahead log makes a commit cheap and a killed plan's file whole: what was not committed is rehearsed again.
// One piste at a time has the file. Figures are kept as 64-bit numbers, so that a plan taken up again ends with the
// same bytes.
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "piste/version.h"
#include "plan/experiment.h"

enum { FORMAT = 1 };

struct plan_db {
    sqlite3 *sqlite;
    sqlite3_stmt *add;
    const char *path;
    int32_t measures;
};

static piste_status fail(const plan_db *db, piste_errors *errors, const char *what) {
    int code = sqlite3_errcode(db->sqlite);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return piste_errors_add(errors, PISTE_EXISTS, db->path, 0, 0, "another program has this database open");
    if (code == SQLITE_NOTADB)
        return piste_errors_add(errors, PISTE_INVALID, db->path, 0, 0, "not a SQLite database");
    return piste_errors_add(errors, code == SQLITE_NOMEM ? PISTE_MEMORY : PISTE_IO, db->path, 0, 0, "%s: %s", what,
                            sqlite3_errmsg(db->sqlite));
}

static piste_status execute(const plan_db *db, piste_errors *errors, const char *sql) {
    return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? PISTE_OK
                                                                        : fail(db, errors, "cannot be written");
}

static const char make_tables[] =
    "CREATE TABLE plan (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE measure (measure INTEGER PRIMARY KEY, name TEXT NOT NULL, unit INTEGER NOT NULL);"
    "CREATE TABLE scenario (scenario INTEGER PRIMARY KEY, key TEXT NOT NULL);"
    "CREATE TABLE figure (scenario INTEGER NOT NULL, replication INTEGER NOT NULL, measure INTEGER NOT NULL, value "
    "REAL,"
    " PRIMARY KEY (scenario, replication, measure)) WITHOUT ROWID;";

static piste_status put_word(const plan_db *db, piste_errors *errors, const char *key, const char *value) {
    sqlite3_stmt *s = NULL;
    bool good =
        sqlite3_prepare_v2(db->sqlite, "INSERT OR REPLACE INTO plan VALUES (?, ?)", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_bind_text(s, 1, key, -1, SQLITE_TRANSIENT) == SQLITE_OK &&
        sqlite3_bind_text(s, 2, value, -1, SQLITE_TRANSIENT) == SQLITE_OK && sqlite3_step(s) == SQLITE_DONE;
    piste_status status = good ? PISTE_OK : fail(db, errors, "cannot be written");
    sqlite3_finalize(s);
    return status;
}

static piste_status put_name(const plan_db *db, piste_errors *errors, const char *sql, int32_t id, const char *name,
                             int32_t unit) {
    sqlite3_stmt *s = NULL;
    bool good = sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL) == SQLITE_OK &&
                sqlite3_bind_int(s, 1, id) == SQLITE_OK &&
                sqlite3_bind_text(s, 2, name, -1, SQLITE_TRANSIENT) == SQLITE_OK &&
                (unit < 0 || sqlite3_bind_int(s, 3, unit) == SQLITE_OK) && sqlite3_step(s) == SQLITE_DONE;
    piste_status status = good ? PISTE_OK : fail(db, errors, "cannot be written");
    sqlite3_finalize(s);
    return status;
}

static void name_plan(const piste_plan *plan, char out[24]) {
    snprintf(out, 24, "%016llx", (unsigned long long)plan->key);
}

// What the file tells of itself; --compare reads it.
static piste_status describe(const plan_db *db, const piste_plan *plan, piste_errors *errors) {
    char text[80];
    piste_status status = put_word(db, errors, "format", "1");
    if (status == PISTE_OK)
        status = put_word(db, errors, "piste", PISTE_VERSION);
    name_plan(plan, text);
    if (status == PISTE_OK)
        status = put_word(db, errors, "plan", text);
    if (status == PISTE_OK)
        status = put_word(db, errors, "name", plan->file.name);
    if (status == PISTE_OK)
        status = put_word(db, errors, "resort", plan->resort_name);
    snprintf(text, sizeof text, "%d", plan->file.seed);
    if (status == PISTE_OK)
        status = put_word(db, errors, "seed", text);
    if (status == PISTE_OK)
        status = put_word(db, errors, "common", plan->file.common ? "yes" : "no");
    for (int32_t m = 0; status == PISTE_OK && m < plan->measures; m++)
        status = put_name(db, errors, "INSERT INTO measure VALUES (?, ?, ?)", m, plan->file.measures.list[m].measure,
                          (int32_t)plan->units[m]);
    for (int32_t i = 0; status == PISTE_OK && i < plan->count; i++)
        status = put_name(db, errors, "INSERT INTO scenario VALUES (?, ?)", i, plan->scenarios[i].key, -1);
    return status;
}

// These may change while figures stay what they are.
static piste_status describe_rules(const plan_db *db, const piste_plan *plan, piste_errors *errors) {
    char text[80];
    snprintf(text, sizeof text, "%d", plan->file.replications.minimum);
    piste_status status = put_word(db, errors, "minimum", text);
    snprintf(text, sizeof text, "%.6f", plan->file.confidence);
    if (status == PISTE_OK)
        status = put_word(db, errors, "confidence", text);
    if (status == PISTE_OK)
        status = put_word(db, errors, "selected", plan->chosen >= 0 ? "yes" : "no");
    return status;
}

static bool has_tables(const plan_db *db) {
    sqlite3_stmt *s = NULL;
    bool has = sqlite3_prepare_v2(db->sqlite, "SELECT count(*) FROM sqlite_master", -1, &s, NULL) == SQLITE_OK &&
               sqlite3_step(s) == SQLITE_ROW && sqlite3_column_int(s, 0) > 0;
    sqlite3_finalize(s);
    return has;
}

static bool word_is(const plan_db *db, const char *key, const char *value, char found[80]) {
    sqlite3_stmt *s = NULL;
    found[0] = '\0';
    if (sqlite3_prepare_v2(db->sqlite, "SELECT value FROM plan WHERE key = ?", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_bind_text(s, 1, key, -1, SQLITE_TRANSIENT) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
        snprintf(found, 80, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    return strcmp(found, value) == 0;
}

static piste_status check_plan(const plan_db *db, const piste_plan *plan, piste_errors *errors) {
    char key[24], found[80];
    name_plan(plan, key);
    if (!word_is(db, "format", "1", found))
        return piste_errors_add(errors, PISTE_INVALID, db->path, 0, 0,
                                *found ? "a plan's database of format %s, expected 1"
                                       : "%sa database of something else, expected one of a plan",
                                found);
    if (!word_is(db, "piste", PISTE_VERSION, found))
        return piste_errors_add(errors, PISTE_INVALID, db->path, 0, 0,
                                "made by piste %s, expected %s: another version may rehearse other days", found,
                                PISTE_VERSION);
    if (!word_is(db, "plan", key, found))
        return piste_errors_add(errors, PISTE_EXISTS, db->path, 0, 0,
                                "has another plan's days: resort, scenarios, seed or measures differ; expected a new "
                                "file or the same plan");
    return PISTE_OK;
}

// Cells are committed whole: all measures of a day are there or none.
static piste_status read_figures(const plan_db *db, piste_plan *plan, piste_errors *errors) {
    sqlite3_stmt *s = NULL;
    double figures[PISTE_PLAN_MEASURES_MAX];
    int code = sqlite3_prepare_v2(
        db->sqlite, "SELECT scenario, replication, measure, value FROM figure ORDER BY scenario, replication, measure",
        -1, &s, NULL);
    piste_status status = code == SQLITE_OK ? PISTE_OK : fail(db, errors, "cannot be read");
    while (status == PISTE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        int32_t scenario = sqlite3_column_int(s, 0), m = sqlite3_column_int(s, 2);
        int64_t day = sqlite3_column_int64(s, 1);
        if (scenario < 0 || scenario >= plan->count || day < 0 || day >= PISTE_PLAN_REPLICATIONS_MAX || m < 0 ||
            m >= plan->measures)
            status = piste_errors_add(errors, PISTE_INVALID, db->path, 0, 0,
                                      "a figure of scenario %d, day %lld, measure %d, which the plan does not have",
                                      scenario, (long long)day, m);
        else if (!plan_scenario_grow(plan, scenario, day + 1))
            status = PISTE_MEMORY;
        else {
            figures[m] = sqlite3_column_type(s, 3) == SQLITE_NULL ? NAN : sqlite3_column_double(s, 3);
            if (m == plan->measures - 1)
                plan_scenario_put(plan, scenario, day, figures);
        }
    }
    if (status == PISTE_OK && code != SQLITE_DONE)
        status = fail(db, errors, "cannot be read");
    sqlite3_finalize(s);
    return status;
}

static piste_status open_file(plan_db *db, piste_plan *plan, piste_errors *errors) {
    if (sqlite3_open_v2(db->path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return fail(db, errors, "cannot be opened");
    sqlite3_busy_timeout(db->sqlite, 2000);
    piste_status status = execute(
        db, errors,
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE");
    if (status != PISTE_OK)
        return status;
    if (has_tables(db))
        status = check_plan(db, plan, errors);
    else {
        status = execute(db, errors, make_tables);
        if (status == PISTE_OK)
            status = describe(db, plan, errors);
    }
    if (status == PISTE_OK)
        status = describe_rules(db, plan, errors);
    if (status == PISTE_OK)
        status = plan_db_commit(db, errors);
    if (status == PISTE_OK)
        status = read_figures(db, plan, errors);
    if (status == PISTE_OK &&
        sqlite3_prepare_v2(db->sqlite, "INSERT INTO figure VALUES (?, ?, ?, ?)", -1, &db->add, NULL) != SQLITE_OK)
        status = fail(db, errors, "cannot be written");
    return status;
}

piste_status plan_db_open(const char *path, piste_plan *plan, piste_errors *errors, plan_db **out) {
    plan_db *db = calloc(1, sizeof *db);
    if (!db)
        return PISTE_MEMORY;
    db->path = path;
    db->measures = plan->measures;
    piste_status status = open_file(db, plan, errors);
    if (status == PISTE_OK)
        *out = db;
    else
        plan_db_close(db);
    return status;
}

piste_status plan_db_begin(plan_db *db, piste_errors *errors) {
    return execute(db, errors, "BEGIN IMMEDIATE");
}

piste_status plan_db_add(plan_db *db, int32_t scenario, int64_t day, const double *figures, piste_errors *errors) {
    for (int32_t m = 0; m < db->measures; m++) {
        bool good = sqlite3_bind_int(db->add, 1, scenario) == SQLITE_OK &&
                    sqlite3_bind_int64(db->add, 2, day) == SQLITE_OK && sqlite3_bind_int(db->add, 3, m) == SQLITE_OK &&
                    (isnan(figures[m]) ? sqlite3_bind_null(db->add, 4) : sqlite3_bind_double(db->add, 4, figures[m])) ==
                        SQLITE_OK &&
                    sqlite3_step(db->add) == SQLITE_DONE;
        piste_status status = good ? PISTE_OK : fail(db, errors, "cannot be written");
        sqlite3_reset(db->add);
        if (!good)
            return status;
    }
    return PISTE_OK;
}

piste_status plan_db_commit(plan_db *db, piste_errors *errors) {
    return execute(db, errors, "COMMIT");
}

void plan_db_close(plan_db *db) {
    if (!db)
        return;
    sqlite3_finalize(db->add);
    sqlite3_close(db->sqlite);
    free(db);
}
