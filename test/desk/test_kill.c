// test_kill.c - kill -9 at random points of a stream of acts: what was acknowledged is there, and nothing is half done.
#include "desk/database.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "desk/desk.h"

enum { THREADS = 4, KEY_SIZE = 32 };

typedef struct record { // what a caller was told, sent through a pipe before it asks again
    char key[KEY_SIZE];
    int64_t entry;
} record;

typedef struct stream {
    desk *desk;
    int cycle, thread, out;
} stream;

static json_t *next_request(const stream *s, uint64_t draw, int n, int64_t last_order, record *r) {
    snprintf(r->key, sizeof r->key, "%d-%d-%d", s->cycle, s->thread, n);
    char slot[8];
    snprintf(slot, sizeof slot, "d%d", (int)(draw >> 8 & 3));
    switch (draw % 6) {
    case 0:
        if (last_order)
            return json_pack("{s:s,s:s,s:I}", "act", "return", "key", r->key, "order", (json_int_t)last_order);
        // fall through
    case 1:
        return json_pack("{s:s,s:s,s:i,s:[{s:s,s:s,s:i}]}", "act", "hold", "key", r->key, "for_s", 1, "takes",
                         "resource", "visit", "slot", slot, "count", 2);
    case 2:
        return json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "wait", "key", r->key, "resource", "visit", "slot", slot,
                         "count", (int)(1 + (draw >> 16) % 5));
    case 3:
        return json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "allot", "key", r->key, "resource", "visit", "slot", slot,
                         "capacity", (int)(20 + (draw >> 16) % 60));
    default:
        return json_pack("{s:s,s:s,s:[{s:s,s:s,s:i},{s:s,s:s,s:i}]}", "act", "take", "key", r->key, "takes", "resource",
                         "visit", "slot", slot, "count", (int)(1 + (draw >> 16) % 3), "resource", "boot", "slot", slot,
                         "count", 1);
    }
}

static void *talk(void *context) {
    stream *s = context;
    uint64_t key = base_stream(base_key_child(base_key_text("kill"), (uint64_t)s->cycle), (uint32_t)s->thread);
    int64_t last_order = 0;
    for (int n = 0;; n++) {
        record r = {.entry = 0};
        char *text = NULL;
        json_t *request = next_request(s, base_draw(key, (uint64_t)n), n, last_order, &r);
        piste_status status = desk_do(s->desk, request, &text);
        json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
        if (status == PISTE_OK) {
            r.entry = json_integer_value(json_object_get(answer, "entry"));
            last_order = json_integer_value(json_object_get(answer, "order"));
            if (write(s->out, &r, sizeof r) != sizeof r)
                _exit(1);
        } else if (status != PISTE_REFUSED)
            _exit(2);
        json_decref(answer);
        json_decref(request);
        free(text);
    }
    return NULL;
}

static void run_child(const char *url, int cycle, int out) {
    desk *d = NULL;
    pthread_t thread;
    stream streams[THREADS];
    if (desk_open(&(desk_def){.url = url}, NULL, &d) != PISTE_OK)
        _exit(3);
    for (int i = 0; i < 4; i++) {
        char slot[8], key[24], *text = NULL;
        snprintf(slot, sizeof slot, "d%d", i);
        snprintf(key, sizeof key, "boot-%d", i);
        json_t *request = json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "allot", "key", key, "resource", "boot", "slot",
                                    slot, "capacity", 1000);
        if (desk_do(d, request, &text) != PISTE_OK)
            _exit(4);
        json_decref(request);
        free(text);
    }
    for (int i = 0; i < THREADS; i++) {
        streams[i] = (stream){d, cycle, i, out};
        if (pthread_create(&thread, NULL, talk, &streams[i]) != 0)
            _exit(5);
    }
    for (;;)
        pause();
}

static record *records;
static size_t record_count, record_capacity, record_checked;

static void collect(int in) {
    record r;
    while (read(in, &r, sizeof r) == sizeof r) {
        if (record_count == record_capacity) {
            record_capacity = record_capacity ? 2 * record_capacity : 1024;
            records = realloc(records, record_capacity * sizeof *records);
            assert_non_null(records);
        }
        records[record_count++] = r;
    }
}

static piste_status check_records(store_db *db, void *context) {
    (void)context;
    for (; record_checked < record_count; record_checked++) {
        int64_t entry = 0;
        bool found = false;
        const record *r = &records[record_checked];
        piste_status status =
            STORE_FIND_NUMBER(db, &entry, &found, "SELECT entry FROM journal WHERE key = $1", store_text(r->key));
        if (status != PISTE_OK)
            return status;
        if (!found || entry != r->entry) {
            print_message("# %s was acknowledged as entry %lld and is %lld\n", r->key, (long long)r->entry,
                          found ? (long long)entry : -1);
            return PISTE_FOUND;
        }
    }
    return PISTE_OK;
}

static void kill_once(const char *url, int cycle, uint64_t draw) {
    int ends[2], status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        run_child(url, cycle, ends[1]);
    }
    close(ends[1]);
    // In most cycles it is killed after it has begun to answer, in some while it is still opening the database.
    struct pollfd answered = {.fd = ends[0], .events = POLLIN};
    if (draw % 8)
        poll(&answered, 1, 5000);
    nanosleep(&(struct timespec){0, (long)(draw >> 8) % 12000000}, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status))
        print_message("# the stream ended by itself with %d\n", WEXITSTATUS(status));
    assert_true(WIFSIGNALED(status));
    collect(ends[0]);
    close(ends[0]);
}

static void check(const char *url) {
    desk *d = NULL;
    desk_audit_result result;
    piste_errors *problems = piste_errors_create();
    assert_int_equal(desk_open(&(desk_def){.url = url}, problems, &d), PISTE_OK);
    assert_int_equal(store_read(desk_get_store(d), check_records, NULL), PISTE_OK);
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "?");
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(problems);
    desk_close(d);
}

static void what_was_acknowledged_outlives_a_kill(void **state) {
    (void)state;
    int cycles = test_count(25, 2000);
    uint64_t stream_key = base_stream(base_key_text("when to kill"), 1);
    size_t acts = 0;
    for (int cycle = 0; cycle < cycles;) {
        database db;
        database_create(&db, true);
        record_count = record_checked = 0;
        for (int i = 0; i < 20 && cycle < cycles; i++, cycle++) {
            kill_once(db.url, cycle, base_draw(stream_key, (uint64_t)cycle));
            check(db.url);
        }
        acts += record_count;
        database_destroy(&db);
    }
    print_message("# %d kills, %zu acts acknowledged and there\n", cycles, acts);
    assert_true(acts > (size_t)cycles);
    free(records);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_acknowledged_outlives_a_kill)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
