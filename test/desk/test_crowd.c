// test_crowd.c - many attempts at few places, over processes and threads: exactly min(capacity, attempts) are sold.
//
//     test_desk_crowd [PART]    one of three crowds, 1,008,000 attempts together with the full counts; without: all of them
//
// The same crowd at a desk that first looks and then takes, in two transactions, sells more than there is: this test
// can fail.
#include "desk/database.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include "desk/desk.h"

enum { PROCESSES = 3, THREADS = 4 };

typedef struct crowd {
    const char *url;
    int process, attempts, capacity; // of one thread
    bool naive, mixed;
    desk *desk;
} crowd;
typedef struct caller {
    const crowd *c;
    int thread, sold;
    int64_t naive_taken;
} caller;

static piste_status naive_look(store_db *db, void *context) {
    caller *w = context;
    return store_find_number(db, &w->naive_taken, NULL, "SELECT count(*) FROM naive", NULL, 0);
}
static piste_status naive_take(store_db *db, void *context) {
    const caller *w = context;
    return STORE_RUN(db, "INSERT INTO naive (process, thread, attempt) VALUES ($1, $2, $3)",
                     store_number(w->c->process), store_number(w->thread), store_number(w->sold));
}
static bool attempt_naive(caller *w) {
    if (store_read(desk_get_store(w->c->desk), naive_look, w) != PISTE_OK || w->naive_taken >= w->c->capacity)
        return false;
    nanosleep(&(struct timespec){0, 1000000}, NULL); // the guest decides
    return store_do(desk_get_store(w->c->desk), naive_take, w) == PISTE_OK;
}

static bool attempt(caller *w, int n) {
    char key[40], *text = NULL;
    snprintf(key, sizeof key, "%d-%d-%d", w->c->process, w->thread, n);
    // Every third comes as a bundle that needs a place of both, which the second has fewer of.
    json_t *takes = json_pack("[{s:s,s:s}]", "resource", "visit", "slot", "2019-02-02");
    if (w->c->mixed && n % 3 == 0)
        json_array_append_new(takes, json_pack("{s:s,s:s}", "resource", "lesson", "slot", "2019-02-02"));
    json_t *request = json_pack("{s:s,s:s,s:o}", "act", "take", "key", key, "takes", takes);
    piste_status status = desk_do(w->c->desk, request, &text);
    assert_true(status == PISTE_OK || (status == PISTE_REFUSED && strstr(text, "sold_out")));
    json_decref(request);
    free(text);
    return status == PISTE_OK;
}

static void *call(void *context) {
    caller *w = context;
    for (int n = 0; n < w->c->attempts; n++)
        w->sold += w->c->naive ? attempt_naive(w) : attempt(w, n);
    return NULL;
}

static int run_process(crowd *c) {
    pthread_t threads[THREADS];
    caller callers[THREADS] = {{0}};
    int sold = 0;
    if (desk_open(&(desk_def){.url = c->url, .must_exist = true}, NULL, &c->desk) != PISTE_OK)
        return -1;
    for (int t = 0; t < THREADS; t++) {
        callers[t] = (caller){.c = c, .thread = t};
        if (pthread_create(&threads[t], NULL, call, &callers[t]) != 0)
            return -1;
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        sold += callers[t].sold;
    }
    desk_close(c->desk);
    return sold;
}

// What all processes sold together.
static int run_crowd(const char *url, int attempts, int capacity, bool naive, bool mixed) {
    int ends[2], total = 0;
    assert_int_equal(pipe(ends), 0);
    for (int p = 0; p < PROCESSES; p++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            crowd c = {
                .url = url, .process = p, .attempts = attempts, .capacity = capacity, .naive = naive, .mixed = mixed};
            int sold = run_process(&c);
            _exit(write(ends[1], &sold, sizeof sold) == sizeof sold && sold >= 0 ? 0 : 1);
        }
    }
    close(ends[1]);
    int status = 0, sold = 0, answers = 0;
    while (read(ends[0], &sold, sizeof sold) == sizeof sold) {
        total += sold;
        answers++;
    }
    close(ends[0]);
    while (wait(&status) > 0)
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(answers, PROCESSES);
    return total;
}

static void allot(desk *d, const char *resource, int capacity) {
    char *text = NULL;
    json_t *request = json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "allot", "key", resource, "resource", resource, "slot",
                                "2019-02-02", "capacity", capacity);
    assert_int_equal(desk_do(d, request, &text), PISTE_OK);
    json_decref(request);
    free(text);
}

static piste_status make_naive(store_db *db, void *context) {
    (void)context;
    return store_run(
        db, "CREATE TABLE naive (process BIGINT NOT NULL, thread BIGINT NOT NULL, attempt BIGINT NOT NULL)", NULL, 0);
}

static int64_t taken_of(desk *d, const char *resource) {
    char *text = NULL;
    json_t *request = json_pack("{s:s,s:s}", "act", "free", "resource", resource);
    assert_int_equal(desk_do(d, request, &text), PISTE_OK);
    json_t *answer = json_loads(text, 0, NULL);
    int64_t taken = json_integer_value(json_object_get(json_array_get(json_object_get(answer, "slots"), 0), "taken"));
    json_decref(answer);
    json_decref(request);
    free(text);
    return taken;
}

static void sells(int attempts, int capacity, int lessons, bool mixed) {
    database db;
    desk *d = NULL;
    desk_audit_result result;
    database_create(&db, true);
    assert_int_equal(desk_open(&(desk_def){.url = db.url}, NULL, &d), PISTE_OK);
    allot(d, "visit", capacity);
    allot(d, "lesson", lessons);
    desk_close(d);
    int total = attempts * THREADS * PROCESSES, sold = run_crowd(db.url, attempts, capacity, false, mixed);
    assert_int_equal(desk_open(&(desk_def){.url = db.url}, NULL, &d), PISTE_OK);
    assert_int_equal(taken_of(d, "visit"), sold);
    if (!mixed)
        assert_int_equal(sold, total < capacity ? total : capacity);
    assert_true(sold <= capacity && taken_of(d, "lesson") <= lessons);
    piste_errors *problems = piste_errors_create();
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "?");
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(problems);
    desk_close(d);
    database_destroy(&db);
}

static void crowd_is_sold(int capacity) {
    sells(test_count(600, 28000), capacity, 1, false);
}
static void a_crowd_is_sold_what_there_is(void **state) {
    (void)state;
    crowd_is_sold(2000);
}
static void a_crowd_is_sold_one(void **state) {
    (void)state;
    crowd_is_sold(1);
}
static void a_crowd_is_sold_many(void **state) {
    (void)state;
    crowd_is_sold(test_count(3600, 50000));
}
static void fewer_than_there_is_are_all_served(void **state) {
    (void)state;
    sells(test_count(40, 160), 2000, 1, false);
}
static void bundles_take_all_or_nothing(void **state) {
    (void)state;
    sells(test_count(120, 2000), 700, 90, true);
}

static void a_desk_that_looks_first_oversells(void **state) {
    (void)state;
    database db;
    desk *d = NULL;
    database_create(&db, true);
    assert_int_equal(desk_open(&(desk_def){.url = db.url}, NULL, &d), PISTE_OK);
    assert_int_equal(store_do(desk_get_store(d), make_naive, NULL), PISTE_OK);
    desk_close(d);
    int sold = run_crowd(db.url, 60, 200, true, false);
    print_message("# %d sold of 200\n", sold);
    assert_true(sold > 200);
    database_destroy(&db);
}

int main(int argc, char **argv) {
    const struct CMUnitTest first[] = {
        cmocka_unit_test(a_crowd_is_sold_what_there_is),
        cmocka_unit_test(fewer_than_there_is_are_all_served),
        cmocka_unit_test(bundles_take_all_or_nothing),
        cmocka_unit_test(a_desk_that_looks_first_oversells),
    };
    const struct CMUnitTest second[] = {cmocka_unit_test(a_crowd_is_sold_one)};
    const struct CMUnitTest third[] = {cmocka_unit_test(a_crowd_is_sold_many)};
    char part = argc > 1 ? argv[1][0] : 0;
    int failed = 0;
    if (!part || part == '1')
        failed += cmocka_run_group_tests(first, NULL, NULL);
    if (!part || part == '2')
        failed += cmocka_run_group_tests(second, NULL, NULL);
    if (!part || part == '3')
        failed += cmocka_run_group_tests(third, NULL, NULL);
    return failed;
}
