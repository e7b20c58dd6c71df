// test_store.c - batches, refusals, migrations, and what happens where a database cannot be opened or written.
#include "desk/database.h"

#include <pthread.h>
#include <time.h>

#include "store/store.h"

static const store_migration migrations[] = {
    {"hills",
     "CREATE TABLE hill (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, visits INTEGER NOT NULL, mark BLOB) "
     "STRICT;\n",
     NULL, NULL},
    {"seasons", "CREATE TABLE season (id INTEGER PRIMARY KEY) STRICT;\n", "CREATE INDEX of_sqlite ON season (id);\n",
     "CREATE INDEX of_postgres ON season (id);\n"},
};

static database db;

static store *open_store(int versions) {
    store *s = NULL;
    piste_errors *errors = piste_errors_create();
    piste_status status =
        store_open(&(store_def){.url = db.url, .migrations = migrations, .migration_count = versions}, errors, &s);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "?");
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return s;
}

static int set_up(void **state) {
    (void)state;
    database_create(&db, false);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    database_destroy(&db);
    return 0;
}

// ---- values --------------------------------------------------------------------------------------------------------

static piste_status values_there_and_back(store_db *d, void *context) {
    static const unsigned char mark[] = {0, 1, 0xff, 0, 7};
    static const char name[] = "Taehwa \xed\x83\x9c\xed\x99\x94";
    (void)context;
    assert_int_equal(STORE_RUN(d, "INSERT INTO hill (id, name, visits, mark) VALUES ($1, $2, $3, $4)", store_number(1),
                               store_text(name), store_number(INT64_MIN), store_blob(mark, sizeof mark)),
                     PISTE_OK);
    assert_int_equal(STORE_RUN(d, "INSERT INTO hill (id, name, visits, mark) VALUES ($1, $2, $3, $4)",
                               store_number(INT64_MAX), store_text(""), store_number(INT64_MAX), store_null()),
                     PISTE_OK);
    store_rows *rows = NULL;
    // A parameter may come twice, and in any order.
    assert_int_equal(
        STORE_QUERY(d, &rows,
                    "SELECT id, name, visits, mark FROM hill WHERE id >= $2 AND id <> $1 AND id >= $2 ORDER BY id",
                    store_number(5), store_number(1)),
        PISTE_OK);
    assert_true(store_rows_next(rows));
    assert_int_equal(store_rows_columns(rows), 4);
    assert_string_equal(store_rows_text(rows, 1), name);
    assert_true(store_rows_number(rows, 2) == INT64_MIN);
    store_value v = store_rows_value(rows, 3);
    assert_int_equal(v.type, STORE_BLOB);
    assert_int_equal(v.size, sizeof mark);
    assert_memory_equal(v.data, mark, sizeof mark);
    // The same statement may be under way twice.
    int64_t count = 0;
    assert_int_equal(STORE_FIND_NUMBER(d, &count, NULL, "SELECT count(*) FROM hill WHERE id > $1", store_number(0)),
                     PISTE_OK);
    assert_int_equal(count, 2);
    assert_true(store_rows_next(rows));
    assert_true(store_rows_number(rows, 0) == INT64_MAX && store_rows_value(rows, 3).type == STORE_NULL);
    assert_false(store_rows_next(rows));
    assert_int_equal(store_rows_end(rows), PISTE_OK);
    assert_int_equal(STORE_RUN(d, "UPDATE hill SET visits = $1 WHERE id > $2", store_number(3), store_number(0)),
                     PISTE_OK);
    assert_int_equal(store_db_changes(d), 2);
    return PISTE_OK;
}
static void values_come_back_as_they_went(void **state) {
    (void)state;
    store *s = open_store(2);
    assert_int_equal(store_do(s, values_there_and_back, NULL), PISTE_OK);
    store_close(s);
}

// ---- batches -------------------------------------------------------------------------------------------------------

typedef struct visit {
    int64_t id;
    bool refuse, breaks; // after it has written; breaks: by an error of the database
    int runs;
    piste_status status;
    store_command command;
} visit;

static piste_status pay_visit(store_db *d, void *context) {
    visit *v = context;
    v->runs++;
    piste_status status =
        STORE_RUN(d, "INSERT INTO hill (id, name, visits, mark) VALUES ($1, $2, 1, NULL)", store_number(v->id),
                  store_text(v->breaks ? "the same" : (char[]){(char)('a' + v->id / 26), (char)('a' + v->id % 26), 0}));
    if (status != PISTE_OK)
        return status;
    return v->refuse ? PISTE_REFUSED : PISTE_OK;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int answered;
static bool go;

static void note(piste_status status, void *context) {
    visit *v = context;
    pthread_mutex_lock(&lock);
    v->status = status;
    answered++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}
static piste_status wait_for_go(store_db *d, void *context) {
    (void)d, (void)context;
    pthread_mutex_lock(&lock);
    while (!go)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return PISTE_OK;
}
static piste_status count_hills(store_db *d, void *context) {
    return store_find_number(d, context, NULL, "SELECT count(*) FROM hill", NULL, 0);
}

// Commands that were queued while another was under way go in one batch.
static void run_visits(store *s, visit *visits, int count) {
    store_command first = {.run = wait_for_go, .done = note, .context = &visits[count]};
    go = false;
    answered = 0;
    store_submit(s, &first);
    for (int i = 0; i < count; i++) {
        visits[i].command = (store_command){.run = pay_visit, .done = note, .context = &visits[i]};
        store_submit(s, &visits[i].command);
    }
    pthread_mutex_lock(&lock);
    go = true;
    pthread_cond_broadcast(&changed);
    while (answered < count + 1)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void what_waits_goes_in_one_commit(void **state) {
    (void)state;
    store *s = open_store(2);
    visit visits[101] = {{0}};
    int64_t hills = 0;
    for (int i = 0; i < 100; i++)
        visits[i].id = i;
    run_visits(s, visits, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(visits[i].status, PISTE_OK);
    assert_int_equal(store_read(s, count_hills, &hills), PISTE_OK);
    assert_int_equal(hills, 100);
    assert_true(store_get_counts(s).batches <= 3);
    assert_int_equal(store_get_counts(s).careful, 0);
    store_close(s);
}

static void one_refusal_harms_no_other(void **state) {
    (void)state;
    store *s = open_store(2);
    visit visits[41] = {{0}};
    int64_t hills = 0;
    for (int i = 0; i < 40; i++)
        visits[i] = (visit){.id = i, .refuse = i % 7 == 3, .breaks = i == 20 || i == 30}; // the second of the same name
    run_visits(s, visits, 40);
    int done = 0;
    for (int i = 0; i < 40; i++) {
        piste_status expected = i % 7 == 3 ? PISTE_REFUSED : i == 30 ? PISTE_EXISTS : PISTE_OK;
        assert_int_equal(visits[i].status, expected);
        done += expected == PISTE_OK;
        assert_true(visits[i].runs >= 1 && visits[i].runs <= 2);
    }
    assert_int_equal(store_read(s, count_hills, &hills), PISTE_OK);
    assert_int_equal(hills, done);
    assert_int_equal(store_get_counts(s).careful, 1);
    assert_false(store_is_stopped(s));
    store_close(s);
}

// ---- rows that wait to be added ------------------------------------------------------------------------------------

static const store_table hill_rows = {
    "hill",
    "INSERT INTO hill (id, name, visits, mark) VALUES ($1, $2, $3, $4)",
    4,
};

// Which row it is, in every column; some texts are empty, some marks NULL.
static piste_status append_hill(store_db *d, int64_t i) {
    char name[300] = "", mark[300];
    if (i)
        snprintf(name, sizeof name, "%0*d", (int)(i % 200) + 1, (int)i);
    memset(mark, (int)i, sizeof mark);
    return STORE_APPEND(d, &hill_rows, store_number(i), store_text(name), store_number(-i),
                        i % 3 ? store_blob(mark, (size_t)(i % 250)) : store_null());
}

enum { MANY = 100 };

static piste_status append_and_look(store_db *d, void *context) {
    int64_t *count = context, old = 0, new_ones = 0;
    for (int64_t i = 0; i < *count; i++)
        assert_int_equal(append_hill(d, i), PISTE_OK);
    store_rows *rows = NULL;
    // They wait, fewer than sixteen of them, until a statement names their table.
    assert_int_equal(store_query_old(d, &rows, "SELECT count(*) FROM hill", NULL, 0), PISTE_OK);
    assert_true(store_rows_next(rows));
    old = store_rows_number(rows, 0);
    assert_int_equal(store_rows_end(rows), PISTE_OK);
    assert_int_equal(old, *count - *count % 16);
    assert_int_equal(store_find_number(d, &new_ones, NULL, "SELECT count(*) FROM season", NULL, 0), PISTE_OK);
    assert_int_equal(store_query_old(d, &rows, "SELECT count(*) FROM hill", NULL, 0), PISTE_OK);
    assert_true(store_rows_next(rows));
    assert_int_equal(store_rows_number(rows, 0), old); // season is another table
    assert_int_equal(store_rows_end(rows), PISTE_OK);
    return STORE_RUN(d, "UPDATE hill SET visits = visits - 1 WHERE id = $1", store_number(*count - 1));
}

static piste_status check_hills(store_db *d, void *context) {
    const int64_t *count = context;
    store_rows *rows = NULL;
    assert_int_equal(store_query(d, &rows, "SELECT id, name, visits, mark FROM hill ORDER BY id", NULL, 0), PISTE_OK);
    for (int64_t i = 0; i < *count; i++) {
        assert_true(store_rows_next(rows));
        assert_int_equal(store_rows_number(rows, 0), i);
        assert_int_equal(strlen(store_rows_text(rows, 1)), i ? i % 200 + 1 : 0);
        assert_int_equal(strtol(store_rows_text(rows, 1), NULL, 10), i);
        assert_int_equal(store_rows_number(rows, 2), -i - (i == *count - 1));
        store_value mark = store_rows_value(rows, 3);
        assert_int_equal(mark.type, i % 3 ? STORE_BLOB : STORE_NULL);
        assert_int_equal(mark.size, i % 3 ? i % 250 : 0);
        for (size_t k = 0; k < mark.size; k++)
            assert_int_equal(((const unsigned char *)mark.data)[k], i);
    }
    assert_false(store_rows_next(rows));
    return store_rows_end(rows);
}

static void rows_that_wait_are_there_when_looked_for(void **state) {
    (void)state;
    for (int64_t count = 1; count <= MANY; count += 11) {
        database_destroy(&db);
        database_create(&db, false);
        store *s = open_store(2);
        assert_int_equal(store_do(s, append_and_look, &count), PISTE_OK);
        assert_int_equal(store_read(s, check_hills, &count), PISTE_OK);
        store_close(s);
    }
}

typedef struct addition {
    int64_t id;
    piste_status answer;
    int runs;
} addition;

static piste_status append_one(store_db *d, void *context) {
    addition *a = context;
    a->runs++;
    piste_status status = append_hill(d, a->id);
    return status == PISTE_OK ? a->answer : status;
}

// What a refused command left to be added is not added by another; a row that may not be fails all that came with it.
static void rows_of_who_is_refused_are_not_added(void **state) {
    (void)state;
    store *s = open_store(2);
    int64_t count = 0;
    addition kept = {.id = 1}, refused = {.id = 2, .answer = PISTE_REFUSED}, again = {.id = 1}, after = {.id = 3};
    assert_int_equal(store_do(s, append_one, &kept), PISTE_OK);
    assert_int_equal(store_do(s, append_one, &refused), PISTE_REFUSED);
    assert_int_equal(refused.runs, 2);
    assert_int_equal(store_do(s, append_one, &again), PISTE_EXISTS);
    assert_int_equal(store_do(s, append_one, &after), PISTE_OK);
    assert_int_equal(store_read(s, count_hills, &count), PISTE_OK);
    assert_int_equal(count, 2);
    assert_false(store_is_stopped(s));
    store_close(s);
}

// ---- opening -------------------------------------------------------------------------------------------------------

static void migrations_are_applied_once(void **state) {
    (void)state;
    store *s = open_store(1);
    visit v[2] = {{.id = 1}};
    run_visits(s, v, 1);
    store_close(s);
    for (int i = 0; i < 2; i++) {
        int64_t hills = 0;
        s = open_store(2);
        assert_int_equal(store_read(s, count_hills, &hills), PISTE_OK);
        assert_int_equal(hills, 1);
        store_close(s);
    }
    piste_errors *errors = piste_errors_create();
    assert_int_equal(
        store_open(&(store_def){.url = db.url, .migrations = migrations, .migration_count = 1}, errors, &s),
        PISTE_LIMIT);
    assert_non_null(strstr(piste_errors_get(errors, 0)->text, "newer"));
    piste_errors_destroy(errors);
}

static void *open_in_a_thread(void *context) {
    store *s = NULL;
    piste_errors *errors = piste_errors_create();
    *(piste_status *)context =
        store_open(&(store_def){.url = db.url, .migrations = migrations, .migration_count = 2}, errors, &s);
    if (piste_errors_count(errors))
        print_message("# %s\n", piste_errors_get(errors, 0)->text);
    piste_errors_destroy(errors);
    store_close(s);
    return NULL;
}
static void several_may_open_a_new_one_at_once(void **state) {
    (void)state;
    pthread_t threads[6];
    piste_status statuses[6];
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_in_a_thread, &statuses[i]), 0);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 6; i++)
        assert_int_equal(statuses[i], PISTE_OK);
}

static void what_is_no_database_is_told(void **state) {
    (void)state;
    store *s = NULL;
    if (database_server()) {
        print_message("# a matter of files\n");
        return;
    }
    piste_errors *errors = piste_errors_create();
    store_def def = {.url = db.url, .migrations = migrations, .migration_count = 2, .must_exist = true};
    assert_int_equal(store_open(&def, errors, &s), PISTE_NOT_FOUND);
    FILE *f = fopen(db.url, "w");
    assert_non_null(f);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", f);
    fclose(f);
    assert_int_equal(store_open(&def, errors, &s), PISTE_IO);
    assert_non_null(strstr(piste_errors_get(errors, 1)->text, "not a database"));
    unlink(db.url);
    def.url = "/proc/piste/desk.db";
    def.must_exist = false;
    assert_int_equal(store_open(&def, errors, &s), PISTE_IO);
    def.url = "postgresql:///none?host=/nowhere";
    assert_int_equal(store_open(&def, errors, &s), PISTE_IO);
    assert_non_null(strstr(piste_errors_get(errors, 3)->text, "PostgreSQL"));
    assert_null(strstr(piste_errors_get(errors, 3)->text, "postgresql:///")); // it may hold a password
    piste_errors_destroy(errors);
}

static bool is_told; // with `lock`: whoever could not wait has been told

// Keeps the database until then.
static piste_status hold_on(store_db *d, void *context) {
    (void)context;
    piste_status status = STORE_RUN(d, "INSERT INTO season (id) VALUES ($1)", store_number(1));
    pthread_mutex_lock(&lock);
    go = true;
    pthread_cond_broadcast(&changed);
    while (status == PISTE_OK && !is_told)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return status;
}
static void *hold_in_a_thread(void *context) {
    store *s = open_store(2);
    *(piste_status *)context = store_do(s, hold_on, NULL);
    store_close(s);
    return NULL;
}
static void who_cannot_wait_is_told_and_goes_on(void **state) {
    (void)state;
    store *s = NULL;
    pthread_t thread;
    piste_status theirs = PISTE_IO;
    char error[200];
    visit v[2] = {{.id = 1}};
    go = is_told = false;
    assert_int_equal(
        store_open(&(store_def){.url = db.url, .migrations = migrations, .migration_count = 2, .busy_ms = 40}, NULL,
                   &s),
        PISTE_OK);
    assert_int_equal(pthread_create(&thread, NULL, hold_in_a_thread, &theirs), 0);
    pthread_mutex_lock(&lock);
    while (!go)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    piste_status refused = store_do(s, pay_visit, v);
    store_error(s, error, sizeof error);
    pthread_mutex_lock(&lock);
    is_told = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    assert_int_equal(refused, PISTE_IO);
    assert_non_null(strstr(error, "another process has been writing"));
    pthread_join(thread, NULL);
    assert_int_equal(theirs, PISTE_OK);
    assert_false(store_is_stopped(s));
    assert_int_equal(store_do(s, pay_visit, v), PISTE_OK);
    store_close(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_come_back_as_they_went, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_waits_goes_in_one_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_refusal_harms_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_that_wait_are_there_when_looked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_who_is_refused_are_not_added, set_up, tear_down),
        cmocka_unit_test_setup_teardown(migrations_are_applied_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_may_open_a_new_one_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_database_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_cannot_wait_is_told_and_goes_on, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
