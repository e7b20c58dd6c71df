// test_lost.c - the server takes connections away in the middle of a stream of acts: what was acknowledged is there, what
// was not is done once when it is sent again, and a desk that cannot know stops. On PostgreSQL alone.
#include "desk/database.h"

#include <pthread.h>
#include <time.h>

#include "desk/desk.h"

enum { THREADS = 4, ACTS_MAX = 4000 };

static database db;
static desk *d;
static volatile bool over;

typedef struct talker {
    int thread, round, sent;
    piste_status status[ACTS_MAX];
} talker;

static piste_status take(desk *where, const talker *t, int n, int64_t *entry) {
    char key[40], *text = NULL;
    snprintf(key, sizeof key, "%d-%d-%d", t->round, t->thread, n);
    json_t *request =
        json_pack("{s:s,s:s,s:[{s:s,s:s}]}", "act", "take", "key", key, "takes", "resource", "visit", "slot", "day");
    piste_status status = desk_do(where, request, &text);
    json_t *answer = json_loads(text, 0, NULL);
    *entry = json_integer_value(json_object_get(answer, "entry"));
    json_decref(answer);
    json_decref(request);
    free(text);
    return status;
}

static void *talk(void *context) {
    talker *t = context;
    int64_t entry;
    for (t->sent = 0; t->sent < ACTS_MAX && !over; t->sent++)
        t->status[t->sent] = take(d, t, t->sent, &entry);
    return NULL;
}

static void cut_connections(void) {
    PGconn *c = PQconnectdb(db.url);
    if (PQstatus(c) == CONNECTION_OK)
        PQclear(PQexec(c, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                          "backend_type = 'client backend'"));
    PQfinish(c);
}

static desk *open_desk(void) {
    desk *opened = NULL;
    piste_errors *errors = piste_errors_create();
    piste_status status = desk_open(&(desk_def){.url = db.url}, errors, &opened);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "?");
    piste_errors_destroy(errors);
    assert_int_equal(status, PISTE_OK);
    return opened;
}

static talker talkers[THREADS];

static void stream_with_cuts(int round) {
    pthread_t threads[THREADS];
    over = false;
    for (int i = 0; i < THREADS; i++) {
        talkers[i].thread = i;
        talkers[i].round = round;
        assert_int_equal(pthread_create(&threads[i], NULL, talk, &talkers[i]), 0);
    }
    for (int i = 0; i < 5; i++) {
        nanosleep(&(struct timespec){0, 20000000 + i * 7000000}, NULL);
        cut_connections();
    }
    nanosleep(&(struct timespec){0, 30000000}, NULL);
    over = true;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void a_lost_connection_loses_nothing(void **state) {
    (void)state;
    int sent = 0, unknown = 0, stops = 0, rounds = test_count(4, 60);
    database_create(&db, false);
    desk *other = open_desk();
    char *text = NULL;
    json_t *cap = json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "allot", "key", "cap", "resource", "visit", "slot", "day",
                            "capacity", 1000000);
    assert_int_equal(desk_do(other, cap, &text), PISTE_OK);
    json_decref(cap);
    free(text);
    desk_close(other);
    for (int round = 0; round < rounds; round++) {
        d = open_desk();
        stream_with_cuts(round);
        stops += store_is_stopped(desk_get_store(d));
        other = open_desk();
        for (int i = 0; i < THREADS; i++)
            for (int n = 0; n < talkers[i].sent; n++) {
                int64_t entry = 0;
                assert_true(talkers[i].status[n] == PISTE_OK || talkers[i].status[n] == PISTE_IO);
                // Sent again, at another desk: what was acknowledged is there, what was not is done now or was done then.
                assert_int_equal(take(other, &talkers[i], n, &entry), PISTE_OK);
                sent++;
                unknown += talkers[i].status[n] != PISTE_OK;
            }
        desk_close(d);
        char *answer = NULL;
        json_t *question = json_pack("{s:s,s:s}", "act", "free", "resource", "visit");
        assert_int_equal(desk_do(other, question, &answer), PISTE_OK);
        json_t *object = json_loads(answer, 0, NULL);
        assert_int_equal(
            json_integer_value(json_object_get(json_array_get(json_object_get(object, "slots"), 0), "taken")), sent);
        json_decref(object);
        json_decref(question);
        free(answer);
        desk_audit_result result;
        assert_int_equal(desk_audit(other, NULL, &result), PISTE_OK);
        assert_int_equal(result.entries, sent + 1);
        desk_close(other);
    }
    print_message("# %d acts, %d of them were not acknowledged at first, %d desks stopped\n", sent, unknown, stops);
    assert_true(unknown > 0 && sent > 10 * rounds);
    database_destroy(&db);
}

int main(void) {
    if (!database_server()) {
        puts("1..0 # SKIP there is no connection to lose");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_lost_connection_loses_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
