// test_kill.c - kill -9 at random points of a stream of acts: what was acknowledged is there, and nothing is half done.
//
// In two cycles of three one process is killed; in the third there are three on one database, of which one is killed
// while the others go on, and the books are audited beside them; then these are killed as well.
#include "desk/database.h"
#include "desk/picture.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "desk/desk.h"

enum { THREADS = 4, KEY_SIZE = 32, PROCESSES = 3, PICTURES = 40, SIDE = 96, TRIES = 50 };

typedef struct record { // what a caller was told, sent through a pipe before it asks again
    char key[KEY_SIZE];
    int64_t entry;
} record;

typedef struct stream {
    desk *desk;
    int cycle, process, thread, out;
    int64_t order, photo; // the last that it made
} stream;

static char *pictures[PICTURES]; // for all: the same one twice is refused

static bool too_early; // control: what is asked is acknowledged before it is done

// Keys of photographs end with 'p'.
static json_t *photo_request(const stream *s, uint64_t draw, record *r) {
    snprintf(r->key + strlen(r->key), 2, "p");
    if (s->photo && draw >> 8 & 1)
        return json_pack("{s:s,s:s,s:I}", "act", "photo-remove", "key", r->key, "photo", (json_int_t)s->photo);
    return json_pack("{s:s,s:s,s:s,s:[{s:s,s:s,s:s}]}", "act", "photo-add", "key", r->key, "bytes", pictures[(draw >> 16) % PICTURES], "texts",
                     "language", "en", "caption", "A picture", "alternative", "What is seen");
}

static json_t *next_request(const stream *s, uint64_t draw, int n, record *r) {
    int64_t last_order = s->order;
    snprintf(r->key, sizeof r->key, "%d-%d-%d-%d", s->cycle, s->process, s->thread, n);
    if (!too_early && draw % 9 == 8)
        return photo_request(s, draw, r);
    char slot[8];
    snprintf(slot, sizeof slot, "d%d", (int)(draw >> 8 & 3));
    switch (too_early ? 3 : draw % 9) { // which is never refused
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
    case 4: // sold for money, in another currency
        return json_pack("{s:s,s:s,s:[{s:s,s:s,s:i}],s:[{s:s,s:s,s:s}]}", "act", "order", "key", r->key, "positions",
                         "product", "day", "class", "adult", "count", (int)(1 + (draw >> 16) % 4), "payments", "tender",
                         "cash", "drawer", "till", "currency", "EUR");
    case 5:
        if (last_order)
            return json_pack("{s:s,s:s,s:I,s:s}", "act", "cancel", "key", r->key, "order", (json_int_t)last_order,
                             "drawer", "till");
        // fall through
    default:
        return json_pack("{s:s,s:s,s:[{s:s,s:s,s:i},{s:s,s:s,s:i}]}", "act", "take", "key", r->key, "takes", "resource",
                         "visit", "slot", slot, "count", (int)(1 + (draw >> 16) % 3), "resource", "boot", "slot", slot,
                         "count", 1);
    }
}

static void *talk(void *context) {
    stream *s = context;
    uint64_t key = base_stream(base_key_child(base_key_text("kill"), (uint64_t)s->cycle),
                               (uint32_t)(s->process * THREADS + s->thread));
    for (int n = 0;; n++) {
        record r = {.entry = 0};
        char *text = NULL;
        json_t *request = next_request(s, base_draw(key, (uint64_t)n), n, &r);
        if (too_early && write(s->out, &r, sizeof r) != sizeof r)
            _exit(1);
        // Where others always read, a photograph's bytes stand in the log for now: it is asked again, as the answer says.
        piste_status status = PISTE_IO;
        for (int i = 0; i < TRIES && status == PISTE_IO && !store_is_stopped(desk_get_store(s->desk)); i++) {
            free(text);
            text = NULL;
            status = desk_do(s->desk, request, &text);
        }
        json_t *answer = text ? json_loads(text, 0, NULL) : NULL;
        if (status == PISTE_OK) {
            r.entry = json_integer_value(json_object_get(answer, "entry"));
            const json_t *photo = json_object_get(answer, "photo");
            if (photo) // added, or removed: then the next one is asked for in vain once
                s->photo = json_object_get(answer, "digests") ? json_integer_value(photo) : 0;
            else
                s->order = json_integer_value(json_object_get(answer, "order"));
            if (!too_early && write(s->out, &r, sizeof r) != sizeof r)
                _exit(1);
        } else if (status != PISTE_REFUSED)
            _exit(2);
        json_decref(answer);
        json_decref(request);
        free(text);
    }
    return NULL;
}

// What every process tells first; it happens once.
static const char *const terms[] = {
    "{'act':'open','key':'t0','date':'2019-02-02'}",
    "{'act':'class','key':'t1','class':'adult','name':'Adult'}",
    "{'act':'product','key':'t2','product':'day','name':'Day','kind':'day','takes':[{'resource':'visit'}]}",
    "{'act':'price','key':'t3','product':'day','class':'adult','amount':'35.00 USD'}",
    "{'act':'rate','key':'t4','from':'EUR','to':'USD','rate':'1.1471','date':'2019-02-01','source':'test'}",
    "{'act':'cap','key':'t5','from':'2019-02-02','capacity':300}",
    "{'act':'drawer-open','key':'t6','drawer':'till','cashier':'one','counted':[{'amount':'500.00 EUR'}]}",
    "{'act':'allot','key':'t7','resource':'boot','slot':'d0','capacity':1000}",
    "{'act':'allot','key':'t8','resource':'boot','slot':'d1','capacity':1000}",
    "{'act':'allot','key':'t9','resource':'boot','slot':'d2','capacity':1000}",
    "{'act':'allot','key':'t10','resource':'boot','slot':'d3','capacity':1000}",
};

static bool tell_terms(desk *d) {
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        char request[200], *text = NULL;
        snprintf(request, sizeof request, "%s", terms[i]);
        for (char *at = request; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        piste_status status = desk_do_text(d, request, strlen(request), &text);
        free(text);
        if (status != PISTE_OK)
            return false;
    }
    return true;
}

static void run_child(const char *url, int cycle, int process, int out) {
    desk *d = NULL;
    pthread_t thread;
    stream streams[THREADS];
    if (desk_open(&(desk_def){.url = url}, NULL, &d) != PISTE_OK)
        _exit(3);
    if (!tell_terms(d))
        _exit(4);
    for (int i = 0; i < THREADS; i++) {
        streams[i] = (stream){.desk = d, .cycle = cycle, .process = process, .thread = i, .out = out};
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
        if (!found || (entry != r->entry && !too_early)) {
            print_message("# %s was acknowledged as entry %lld and is %lld\n", r->key, (long long)r->entry,
                          found ? (long long)entry : -1);
            return PISTE_FOUND;
        }
    }
    return PISTE_OK;
}

typedef struct child {
    pid_t pid;
    int in; // what it acknowledges
} child;

static child start(const char *url, int cycle, int process) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    child c = {.pid = fork(), .in = ends[0]};
    assert_true(c.pid >= 0);
    if (c.pid == 0) {
        close(ends[0]);
        run_child(url, cycle, process, ends[1]);
    }
    close(ends[1]);
    return c;
}

// In most cycles it is killed after it has begun to answer, in some while it is still opening the database.
static void wait_a_little(const child *c, uint64_t draw) {
    struct pollfd answered = {.fd = c->in, .events = POLLIN};
    if (draw % 8)
        poll(&answered, 1, 5000);
    nanosleep(&(struct timespec){0, (long)(draw >> 8) % 12000000}, NULL);
}

static void kill_child(child *c) {
    int status = 0;
    assert_int_equal(kill(c->pid, SIGKILL), 0);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    if (!WIFSIGNALED(status))
        print_message("# the stream ended by itself with %d\n", WEXITSTATUS(status));
    assert_true(WIFSIGNALED(status));
    collect(c->in);
    close(c->in);
}

static bool is_all_there(const char *url) {
    desk *d = NULL;
    assert_int_equal(desk_open(&(desk_def){.url = url}, NULL, &d), PISTE_OK);
    piste_status status = store_read(desk_get_store(d), check_records, NULL);
    desk_close(d);
    assert_true(status == PISTE_OK || status == PISTE_FOUND);
    return status == PISTE_OK;
}

static void check(const char *url) {
    desk *d = NULL;
    desk_audit_result result;
    piste_errors *problems = piste_errors_create();
    assert_true(is_all_there(url));
    assert_int_equal(desk_open(&(desk_def){.url = url}, problems, &d), PISTE_OK);
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "?");
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(problems);
    desk_close(d);
}

static int kill_one(const char *url, int cycle, uint64_t draw) {
    child c = start(url, cycle, 0);
    wait_a_little(&c, draw);
    kill_child(&c);
    if (!too_early)
        check(url);
    return 1;
}

static int kill_among_others(const char *url, int cycle, uint64_t draw) {
    child c[PROCESSES];
    for (int i = 0; i < PROCESSES; i++)
        c[i] = start(url, cycle, i);
    for (int i = 0; i < PROCESSES; i++) {
        wait_a_little(&c[i], base_draw(draw, (uint64_t)i));
        kill_child(&c[i]);
        check(url);
    }
    return PROCESSES;
}

static void what_was_acknowledged_outlives_a_kill(void **state) {
    (void)state;
    int wanted = test_count(30, database_server() ? 400 : 2000), kills = 0, cycle = 0;
    uint64_t stream_key = base_stream(base_key_text("when to kill"), 1);
    size_t acts = 0, photographs = 0;
    while (kills < wanted) {
        database db;
        database_create(&db, true);
        record_count = record_checked = 0;
        for (int i = 0; i < 12 && kills < wanted; i++, cycle++) {
            uint64_t draw = base_draw(stream_key, (uint64_t)cycle);
            kills += cycle % 3 == 2 ? kill_among_others(db.url, cycle, draw) : kill_one(db.url, cycle, draw);
        }
        acts += record_count;
        for (size_t i = 0; i < record_count; i++)
            photographs += records[i].key[strlen(records[i].key) - 1] == 'p';
        database_destroy(&db);
    }
    print_message("# %d kills, %zu acts acknowledged and there, %zu of them of photographs\n", kills, acts, photographs);
    assert_true(acts > (size_t)kills && photographs > 0);
}

static void an_early_acknowledgement_is_found_out(void **state) {
    (void)state;
    database db;
    int kills = 0;
    database_create(&db, true);
    record_count = record_checked = 0;
    too_early = true;
    do
        kill_one(db.url, 100000 + kills, (uint64_t)(1 + kills) << 8 | 1);
    while (is_all_there(db.url) && ++kills < 50);
    too_early = false;
    database_destroy(&db);
    assert_true(kills < 50);
}

int main(int argc, char **argv) {
    if (picture_is_process(argc, argv))
        _exit(desk_photo_process());
    for (unsigned i = 0; i < PICTURES; i++)
        pictures[i] = picture_make(i, SIDE);
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_acknowledged_outlives_a_kill),
                                       cmocka_unit_test(an_early_acknowledgement_is_found_out)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(records);
    for (int i = 0; i < PICTURES; i++)
        free(pictures[i]);
    return failed;
}
