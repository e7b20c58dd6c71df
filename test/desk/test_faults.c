// test_faults.c - a scripted day on a disk that loses power at every call, and on one whose n-th call fails, for all n.
//
// The day is run once as it should be, and the whole state after each of its acts is kept as a hash. Then:
//
// - before each call that may change the disk, what a power cut would leave there is opened by the ordinary code. It
//   must be the state after all that was acknowledged, or that with the one act more that was under way; nothing in
//   between.
// - each call fails in turn. The caller asks again with the same key, and starts the desk anew where it has stopped, as
//   the manual says. In the end the books must be those of the undisturbed day, hash by hash, after a power cut too.
// - after a sync has failed, nothing more is acknowledged until the desk has been started anew.
//
// Controls show that losses would be seen: a disk that only says that it synced, and a caller who acknowledges too
// early.
#include "desk/day.h"
#include "desk/fault_vfs.h"

#include <pthread.h>
#include <sodium.h>

#include "desk/desk.h"

enum { HASH = 32, TRIES = 4, TABLES = 64, WHY = 400 };

typedef struct state_hash {
    unsigned char bytes[HASH];
} state_hash;

static day script;
static state_hash states[DAY_STEPS + 1]; // after so many steps
static char *answers[DAY_STEPS];
static char *table_queries[TABLES];
static int table_count;
static fault_call *day_kinds; // of the calls of an undisturbed day
static size_t day_calls;      // one more than there are
static int64_t day_counts[FAULT_CALLS];
static int day_restarts;
static int64_t day_empties[2]; // the calls of a step that empties the log: after the one, up to the other

static bool is_full(void) {
    return test_count(0, 1);
}
static int64_t read_clock(void *clock) {
    return *(const int64_t *)clock;
}

// ---- what stands in the database ------------------------------------------------------------------------------------

static piste_status list_tables(store_db *db, void *context) {
    (void)context;
    store_rows *rows = NULL;
    piste_status status =
        store_query(db, &rows, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (table_count < TABLES && store_rows_next(rows)) {
        char text[120];
        snprintf(text, sizeof text, "SELECT * FROM %s ORDER BY 1, 2", store_rows_text(rows, 0));
        table_queries[table_count++] = strdup(text);
    }
    return store_rows_end(rows);
}

static piste_status hash_table(store_db *db, const char *sql, crypto_generichash_state *hash) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, sql, NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        for (int i = 0; i < store_rows_columns(rows); i++) {
            store_value v = store_rows_value(rows, i);
            crypto_generichash_update(hash, (const unsigned char *)&v.type, sizeof v.type);
            crypto_generichash_update(hash, (const unsigned char *)&v.number, sizeof v.number);
            crypto_generichash_update(hash, (const unsigned char *)&v.size, sizeof v.size);
            crypto_generichash_update(hash, v.data ? v.data : "", v.size);
        }
    return store_rows_end(rows);
}

static piste_status hash_state(store_db *db, void *out) {
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, HASH);
    piste_status status = PISTE_OK;
    for (int i = 0; i < table_count && status == PISTE_OK; i++)
        status = hash_table(db, table_queries[i], &hash);
    crypto_generichash_final(&hash, ((state_hash *)out)->bytes, HASH);
    return status;
}

static piste_status is_intact(store_db *db, void *context) {
    int64_t wrong = 0;
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, "PRAGMA integrity_check", NULL, 0);
    if (status != PISTE_OK)
        return status;
    bool intact = store_rows_next(rows) && strcmp(store_rows_text(rows, 0), "ok") == 0;
    status = store_rows_end(rows);
    if (status == PISTE_OK && !intact) {
        snprintf(context, WHY, "SQLite finds the file damaged");
        return PISTE_FOUND;
    }
    // Counted here without the desk's audit: every ledger, every allotment, every order's places.
    status = store_find_number(
        db, &wrong, NULL,
        "SELECT (SELECT count(*) FROM (SELECT id / 16777216, currency FROM posting GROUP BY id / 16777216, currency HAVING "
        "sum(amount_minor) <> 0))"
        " + (SELECT count(*) FROM allotment a WHERE a.taken <> (SELECT coalesce(sum(count), 0) FROM take WHERE "
        "allotment = a.id))"
        " + (SELECT count(*) FROM allotment a WHERE a.taken <> (SELECT coalesce(sum(count), 0) FROM claim WHERE "
        "allotment = a.id))"
        " + (SELECT count(*) FROM orders o WHERE o.state = 'ended' AND EXISTS (SELECT 1 FROM claim WHERE id / 16777216 = o.id "
        "AND count > 0))"
        " + (SELECT count(*) FROM claim c WHERE NOT EXISTS (SELECT 1 FROM orders WHERE id = c.id / 16777216))",
        NULL, 0);
    if (status == PISTE_OK && wrong) {
        snprintf(context, WHY, "%lld ledgers, allotments or orders do not agree", (long long)wrong);
        return PISTE_FOUND;
    }
    return status;
}

static bool is_audited(desk *d, char why[WHY]) {
    piste_errors *problems = piste_errors_create();
    desk_audit_result result;
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        snprintf(why, WHY, "audit: %.300s",
                 piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "failed");
    piste_errors_destroy(problems);
    return status == PISTE_OK;
}

static bool open_desk(fault_disk *disk, int64_t *clock_ms, desk **out, char why[WHY]) {
    piste_errors *errors = piste_errors_create();
    const desk_def def = {.url = fault_disk_path(disk), .vfs = "fault", .now_ms = read_clock, .clock = clock_ms};
    bool opened = desk_open(&def, errors, out) == PISTE_OK;
    if (!opened)
        snprintf(why, WHY, "cannot be opened: %.300s",
                 piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "?");
    piste_errors_destroy(errors);
    return opened;
}

static piste_status do_text(desk *d, const char *request, char **answer) {
    return desk_do_text(d, request, strlen(request), answer);
}

// What stands on a disk is the state after some number of steps from `least` to `most`.
static bool check_open(desk *d, int least, int most, char why[WHY]) {
    state_hash found;
    if (!is_audited(d, why) || store_read(desk_get_store(d), is_intact, why) != PISTE_OK)
        return false;
    if (store_read(desk_get_store(d), hash_state, &found) != PISTE_OK) {
        snprintf(why, WHY, "cannot be read");
        return false;
    }
    for (int i = least; i <= most; i++)
        if (memcmp(&states[i], &found, HASH) == 0)
            return true;
    int is = 0;
    while (is <= script.count && memcmp(&states[is], &found, HASH) != 0)
        is++;
    snprintf(why, WHY,
             is <= script.count ? "the state after step %d, expected %d to %d"
                                : "no state of the day (%d), expected that after %d to %d",
             is, least, most);
    return false;
}

// A desk that was opened after a power cut works, and what it does now outlives the next one.
static bool lives_on(fault_disk *disk, desk *d, int64_t *clock_ms, char why[WHY]) {
    static const char after[] =
        "{\"act\":\"allot\",\"key\":\"after\",\"resource\":\"after\",\"slot\":\"x\",\"capacity\":1}";
    char *first = NULL, *again = NULL;
    piste_status status = do_text(d, after, &first);
    fault_disk *left = fault_disk_crash(disk, FAULT_LOSES_ALL, 1);
    desk *next = NULL;
    bool right = status == PISTE_OK && open_desk(left, clock_ms, &next, why);
    if (status != PISTE_OK)
        snprintf(why, WHY, "does not go on: %.300s", first);
    if (right) {
        right = do_text(next, after, &again) == PISTE_OK && strcmp(first, again) == 0 && is_audited(next, why);
        if (!right && !*why)
            snprintf(why, WHY, "an act after the power cut is lost: %.120s, then %.120s", first, again);
        desk_close(next);
    }
    free(first);
    free(again);
    fault_disk_destroy(left);
    return right;
}

static bool check_disk(fault_disk *disk, int least, int most, bool goes_on, int64_t clock_ms, char why[WHY]) {
    desk *d = NULL;
    why[0] = 0;
    if (!open_desk(disk, &clock_ms, &d, why))
        return false;
    bool right = check_open(d, least, most, why) && (!goes_on || lives_on(disk, d, &clock_ms, why));
    if (!right && !*why)
        snprintf(why, WHY, "cannot be checked");
    desk_close(d);
    return right;
}

// ---- running the day ------------------------------------------------------------------------------------------------

typedef struct run {
    fault_disk *disk;
    desk *desk;
    day_names names;
    int64_t clock_ms;
    int acknowledged; // steps
    int restarts, kills;
    bool sync_had_failed, acknowledged_after; // of this desk: a sync has failed, and something was acknowledged then
    char why[WHY];
} run;

static bool sync_has_failed(const run *r) {
    fault_call kind;
    return fault_disk_has_failed(r->disk, &kind) && kind == FAULT_SYNC;
}

static bool restart(run *r) {
    desk_close(r->desk);
    r->desk = NULL;
    r->restarts++;
    bool failed_before = false, opened = false;
    for (int i = 0; i < TRIES && !opened; i++) {
        failed_before = sync_has_failed(r);
        r->kills = fault_disk_kills(r->disk);
        opened = open_desk(r->disk, &r->clock_ms, &r->desk, r->why);
    }
    r->sync_had_failed = failed_before;
    return opened;
}

// Asks until it is answered; false: there is no desk that answers.
static bool make_step(run *r, int step) {
    r->clock_ms = script.steps[step].clock_ms;
    if (!script.steps[step].act)
        return restart(r);
    json_t *request = day_request(&script, &r->names, step);
    piste_status status = PISTE_IO;
    char *text = NULL;
    for (int i = 0; i < TRIES && status == PISTE_IO; i++) {
        free(text);
        text = NULL;
        bool is_over = store_is_stopped(desk_get_store(r->desk)) || fault_disk_kills(r->disk) > r->kills;
        if (is_over && !restart(r))
            break;
        status = desk_do(r->desk, request, &text);
        if (status == PISTE_OK && sync_has_failed(r) && !r->sync_had_failed)
            r->acknowledged_after = true;
    }
    json_decref(request);
    bool answered = text && status != PISTE_IO;
    if (answered) {
        json_t *answer = json_loads(text, 0, NULL);
        day_learn(&script, &r->names, step, answer);
        json_decref(answer);
        if (answers[step] && strcmp(answers[step], text) != 0) {
            snprintf(r->why, sizeof r->why, "step %d: %.150s, not %.150s", step, text, answers[step]);
            answered = false;
        } else if (!answers[step])
            answers[step] = strdup(text);
    } else
        snprintf(r->why, sizeof r->why, "step %d: %.300s", step, text ? text : "no desk");
    free(text);
    return answered;
}

static void run_begin(run *r, const fault_plan *plan, uint64_t seed) {
    memset(r, 0, sizeof *r);
    r->disk = fault_disk_create(seed);
    fault_disk_plan(r->disk, plan);
    r->clock_ms = script.steps[0].clock_ms;
}

// Runs the day as far as it goes.
static void run_day(run *r) {
    bool going = restart(r);
    while (going && r->acknowledged < script.count) {
        going = make_step(r, r->acknowledged);
        r->acknowledged += going;
    }
}

static void run_end(run *r) {
    fault_disk_switch_off(r->disk);
    desk_close(r->desk);
    fault_disk_destroy(r->disk);
}

// What calls an undisturbed day makes, when nobody looks.
static void count_calls(void) {
    run r;
    run_begin(&r, &(fault_plan){0}, 1);
    assert_true(restart(&r));
    for (; r.acknowledged < script.count; r.acknowledged++) {
        const char *act = script.steps[r.acknowledged].act ? desk_text(script.steps[r.acknowledged].act, "act") : "";
        int64_t before = fault_disk_calls(r.disk);
        assert_true(make_step(&r, r.acknowledged));
        if (strcmp(act, "photo-remove") == 0) {
            day_empties[0] = before;
            day_empties[1] = fault_disk_calls(r.disk);
        }
    }
    day_restarts = r.restarts;
    day_calls = (size_t)fault_disk_calls(r.disk) + 1;
    day_kinds = calloc(day_calls, sizeof *day_kinds);
    assert_non_null(day_kinds);
    for (size_t call = 1; call < day_calls; call++) {
        day_kinds[call] = fault_disk_kind(r.disk, (int64_t)call);
        day_counts[day_kinds[call]]++;
    }
    print_message("# %d steps, %zu calls: %lld writes, %lld syncs, %lld reads\n", script.count, day_calls - 1,
                  (long long)day_counts[FAULT_WRITE], (long long)day_counts[FAULT_SYNC],
                  (long long)day_counts[FAULT_READ]);
    run_end(&r);
}

static int load_day(void **state) {
    (void)state;
    char path[300];
    const char *root = getenv("PISTE_ROOT");
    snprintf(path, sizeof path, "%s/test/desk/day.jsonl", root ? root : ".");
    day_load(&script, path);
    run r;
    run_begin(&r, &(fault_plan){0}, 1);
    assert_true(open_desk(r.disk, &r.clock_ms, &r.desk, r.why));
    assert_int_equal(store_read(desk_get_store(r.desk), list_tables, NULL), PISTE_OK);
    assert_true(table_count > 15 && table_count < TABLES);
    assert_int_equal(store_read(desk_get_store(r.desk), hash_state, &states[0]), PISTE_OK);
    int refused = 0;
    for (int i = 0; i < script.count; i++) {
        if (!make_step(&r, i) || (answers[i] && strstr(answers[i], "\"status\":\"invalid\"")))
            fail_msg("%s %s", r.why, answers[i] ? answers[i] : "");
        refused += answers[i] && strstr(answers[i], "\"status\":\"refused\"") != NULL;
        assert_int_equal(store_read(desk_get_store(r.desk), hash_state, &states[i + 1]), PISTE_OK);
    }
    char why[WHY] = "";
    if (!is_audited(r.desk, why))
        fail_msg("%s", why);
    run_end(&r);
    assert_true(refused > 3);
    count_calls();
    return 0;
}

static int release_day(void **state) {
    (void)state;
    day_release(&script);
    while (table_count > 0)
        free(table_queries[--table_count]);
    for (int i = 0; i < DAY_STEPS; i++)
        free(answers[i]);
    free(day_kinds);
    return 0;
}

// ---- power cuts -----------------------------------------------------------------------------------------------------

typedef struct watcher {
    const run *run;
    int stride, seeds; // every so manieth call, with so many torn disks each
    int again;         // after every so manieth cut there is a second one; 0: never
    bool too_early;    // control: the act under way counts as acknowledged
    int cuts, points, bad;
    char why[WHY];
} watcher;

static void count_point(watcher *w, bool is_right, const char *what, int64_t call, fault_loss loss, uint64_t seed,
                        const char *why) {
    if (!is_right && w->bad++ == 0)
        snprintf(w->why, sizeof w->why, "%s call %lld (loss %d, seed %llu): %.300s", what, (long long)call, (int)loss,
                 (unsigned long long)seed, why);
    w->points++;
}

// The power goes again while the desk is being opened, and closed.
static void watch_opening(fault_disk *disk, int64_t call, fault_call kind, void *context) {
    watcher *w = context;
    int done = w->run->acknowledged, more = done < script.count ? done + 1 : done;
    (void)kind;
    for (int loss = 0; loss < FAULT_LOSSES && (call < 5 || call % 97 == 0); loss++) {
        char why[WHY];
        uint64_t seed = base_key_child(base_key_text("again"), (uint64_t)(w->points * 1000) + (uint64_t)call);
        fault_disk *left = fault_disk_crash(disk, (fault_loss)loss, seed);
        bool right = check_disk(left, done, more, false, w->run->clock_ms, why);
        count_point(w, right, "second power cut before", call, (fault_loss)loss, seed, why);
        fault_disk_destroy(left);
    }
}

static void cut_power(watcher *w, fault_disk *disk, int64_t call, fault_loss loss, uint64_t seed) {
    char why[WHY];
    int done = w->run->acknowledged, more = done < script.count ? done + 1 : done;
    fault_disk *left = fault_disk_crash(disk, loss, seed);
    bool cut_again = w->again && w->cuts % w->again == 0, goes_on = w->cuts % 5 == 0 && !cut_again;
    w->cuts++;
    if (cut_again)
        fault_disk_plan(left, &(fault_plan){.watch = watch_opening, .context = w});
    bool right = check_disk(left, w->too_early ? more : done, more, goes_on, w->run->clock_ms, why);
    count_point(w, right, "power cut before", call, loss, seed, why);
    fault_disk_destroy(left);
}

static void watch(fault_disk *disk, int64_t call, fault_call kind, void *context) {
    watcher *w = context;
    (void)kind;
    if (call % w->stride)
        return;
    cut_power(w, disk, call, FAULT_LOSES_ALL, 1);
    cut_power(w, disk, call, FAULT_LOSES_NONE, 1);
    cut_power(w, disk, call, FAULT_LOSES_SOME, base_key_child(base_key_text("some"), (uint64_t)call));
    for (int i = 0; i < w->seeds; i++)
        cut_power(w, disk, call, FAULT_TEARS, base_key_child(base_key_text("torn"), (uint64_t)(call * 100 + i)));
}

static void watch_day(watcher *w, fault_plan plan) {
    run r;
    w->run = &r;
    plan.watch = watch;
    plan.context = w;
    run_begin(&r, &plan, 2);
    run_day(&r);
    if (r.acknowledged < script.count)
        print_message("# %s\n", r.why);
    assert_int_equal(r.acknowledged, script.count);
    run_end(&r);
}

static void nothing_is_lost_at_a_power_cut(void **state) {
    (void)state;
    watcher w = {.stride = test_count(89, 1), .seeds = test_count(2, 5), .again = test_count(67, 301)};
    watch_day(&w, (fault_plan){0});
    print_message("# %d crash points\n", w.points);
    if (w.bad)
        fail_msg("%d of %d: %s", w.bad, w.points, w.why);
    if (is_full())
        assert_true(w.points >= 20000);
}

static void a_disk_that_lies_is_found_out(void **state) {
    (void)state;
    watcher w = {.stride = 211, .seeds = 1};
    watch_day(&w, (fault_plan){.lies = true});
    print_message("# lost at %d of %d crash points; %s\n", w.bad, w.points, w.why);
    assert_true(w.bad > 0);
}

static void an_acknowledgement_before_the_commit_is_found_out(void **state) {
    (void)state;
    watcher w = {.stride = 211, .seeds = 1, .too_early = true};
    watch_day(&w, (fault_plan){0});
    print_message("# lost at %d of %d crash points; %s\n", w.bad, w.points, w.why);
    assert_true(w.bad > 0);
}

// Four callers at once, whose acts share commits.
enum { CALLERS = 4, CALLS = 40 };
typedef struct crowd {
    fault_disk *disk;
    desk *desk;
    int64_t clock_ms;
    pthread_mutex_t lock;
    struct {
        char key[16];
        int64_t entry;
    } told[CALLERS * CALLS];
    int count, stride, points, bad;
    char why[WHY];
} crowd;
typedef struct caller {
    crowd *c;
    int number;
} caller;

static void *call(void *context) {
    const caller *who = context;
    crowd *c = who->c;
    for (int n = 0; n < CALLS; n++) {
        char key[16], text[300], *answer = NULL;
        uint64_t draw = base_draw(base_stream(base_key_text("callers"), (uint32_t)who->number), (uint64_t)n);
        snprintf(key, sizeof key, "%d-%d", who->number, n);
        snprintf(text, sizeof text,
                 draw % 3 == 0 ? "{\"act\":\"wait\",\"key\":\"%s\",\"resource\":\"visit\",\"slot\":\"d\",\"count\":%d}"
                               : "{\"act\":\"hold\",\"key\":\"%s\",\"for_s\":600,\"takes\":[{\"resource\":\"visit\","
                                 "\"slot\":\"d\",\"count\":%d}]}",
                 key, 1 + (int)(draw >> 8) % 4);
        piste_status status = do_text(c->desk, text, &answer);
        json_t *object = json_loads(answer, 0, NULL);
        if (status == PISTE_OK) {
            pthread_mutex_lock(&c->lock);
            snprintf(c->told[c->count].key, sizeof key, "%s", key);
            c->told[c->count++].entry = json_integer_value(json_object_get(object, "entry"));
            pthread_mutex_unlock(&c->lock);
        }
        json_decref(object);
        free(answer);
    }
    return NULL;
}

typedef struct looking {
    const crowd *c;
    int count;
    char *why;
} looking;

static piste_status look_for_told(store_db *db, void *context) {
    const looking *l = context;
    for (int i = 0; i < l->count; i++) {
        int64_t entry = 0;
        piste_status status = STORE_FIND_NUMBER(db, &entry, NULL, "SELECT entry FROM journal WHERE key = $1",
                                                store_text(l->c->told[i].key));
        if (status != PISTE_OK)
            return status;
        if (entry != l->c->told[i].entry) {
            snprintf(l->why, WHY, "%s was acknowledged as entry %lld and is %lld", l->c->told[i].key,
                     (long long)l->c->told[i].entry, (long long)entry);
            return PISTE_FOUND;
        }
    }
    return PISTE_OK;
}

static void watch_crowd(fault_disk *disk, int64_t at, fault_call kind, void *context) {
    crowd *c = context;
    (void)kind;
    for (int loss = 0; loss < FAULT_LOSSES && at % c->stride == 0; loss++) {
        char why[WHY] = "";
        desk *d = NULL;
        pthread_mutex_lock(&c->lock);
        looking l = {c, c->count, why}; // before the power goes
        pthread_mutex_unlock(&c->lock);
        fault_disk *left =
            fault_disk_crash(disk, (fault_loss)loss, base_key_child(base_key_text("crowd"), (uint64_t)at));
        bool right = open_desk(left, &c->clock_ms, &d, why) && is_audited(d, why) &&
                     store_read(desk_get_store(d), is_intact, why) == PISTE_OK &&
                     store_read(desk_get_store(d), look_for_told, &l) == PISTE_OK;
        if (!right && c->bad++ == 0)
            snprintf(c->why, sizeof c->why, "power cut before call %lld (loss %d): %.300s", (long long)at, loss, why);
        c->points++;
        desk_close(d);
        fault_disk_destroy(left);
    }
}

static void a_crowd_loses_nothing_at_a_power_cut(void **state) {
    (void)state;
    crowd c = {.disk = fault_disk_create(7),
               .clock_ms = script.steps[0].clock_ms,
               .lock = PTHREAD_MUTEX_INITIALIZER,
               .stride = test_count(23, 1)};
    char *answer = NULL;
    pthread_t threads[CALLERS];
    caller callers[CALLERS];
    fault_disk_plan(c.disk, &(fault_plan){.watch = watch_crowd, .context = &c});
    assert_true(open_desk(c.disk, &c.clock_ms, &c.desk, c.why));
    assert_int_equal(do_text(c.desk,
                             "{\"act\":\"allot\",\"key\":\"a\",\"resource\":\"visit\",\"slot\":\"d\",\"capacity\":150}",
                             &answer),
                     PISTE_OK);
    free(answer);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (caller){&c, i};
        assert_int_equal(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++)
        pthread_join(threads[i], NULL);
    store_counts counts = store_get_counts(desk_get_store(c.desk));
    print_message("# %d crash points, %lld acts in %lld commits\n", c.points, (long long)counts.commands,
                  (long long)counts.batches);
    desk_close(c.desk);
    fault_disk_destroy(c.disk);
    if (c.bad)
        fail_msg("%d of %d: %s", c.bad, c.points, c.why);
    assert_true(c.points > 30 && counts.batches < counts.commands);
}

// ---- calls that fail ------------------------------------------------------------------------------------------------

typedef struct failures {
    int runs, stops, unfinished, bad;
    char why[WHY];
} failures;

static void tell(failures *f, int64_t call, const fault_plan *plan, fault_call kind, const char *why) {
    static const char *const kinds[] = {"open", "read", "write", "sync", "truncate", "delete", "size", "access"};
    if (f->bad++ == 0 || getenv("PISTE_TEST_ALL"))
        snprintf(f->why, sizeof f->why, "call %lld, %s%s%s: %.300s", (long long)call, kinds[kind],
                 plan->fails_on ? ", from then on" : "", plan->is_full ? ", disk full" : "", why);
    if (getenv("PISTE_TEST_ALL"))
        print_message("# %s\n", f->why);
}

// One day on which one call fails, and then the power.
static void fail_call(failures *f, int64_t call, fault_plan plan) {
    run r;
    fault_call kind = FAULT_OPEN;
    char why[WHY];
    plan.fail_at = call;
    run_begin(&r, &plan, (uint64_t)call);
    run_day(&r);
    bool failed = fault_disk_has_failed(r.disk, &kind), done = r.acknowledged == script.count;
    assert_true(failed);
    f->runs++;
    f->stops += r.restarts > day_restarts;
    f->unfinished += !done;
    if (!done && !plan.fails_on)
        tell(f, call, &plan, kind, r.why);
    if (r.acknowledged_after)
        tell(f, call, &plan, kind, "something was acknowledged after a sync had failed");
    int most = r.acknowledged + !done;
    for (int loss = 0; loss < FAULT_LOSSES; loss++) {
        fault_disk *left = fault_disk_crash(r.disk, (fault_loss)loss, (uint64_t)call);
        if (!check_disk(left, r.acknowledged, most, false, r.clock_ms, why))
            tell(f, call, &plan, kind, why);
        fault_disk_destroy(left);
    }
    run_end(&r);
}

// Every day: `everyday` of each kind of call, evenly spread, and all syncs that empty the log; with full counts all of them.
static void fail_calls(bool fails_on, bool is_full_disk, int everyday) {
    failures f = {0};
    int64_t of_kind[FAULT_CALLS] = {0};
    for (size_t call = 1; call < day_calls; call++) {
        fault_call kind = day_kinds[call];
        if (is_full_disk && kind != FAULT_WRITE)
            continue;
        int64_t stride = day_counts[kind] <= everyday ? 1 : day_counts[kind] / everyday;
        if (is_full())
            stride = is_full_disk ? 3 : 1;
        bool empties = !fails_on && (kind == FAULT_SYNC || kind == FAULT_TRUNCATE) && (int64_t)call > day_empties[0] && (int64_t)call <= day_empties[1];
        if (of_kind[kind]++ % stride == 0 || empties)
            fail_call(&f, (int64_t)call, (fault_plan){.fails_on = fails_on, .is_full = is_full_disk});
    }
    print_message("# %d of %zu calls failed in turn; the desk stopped after %d, %d days were not finished\n", f.runs,
                  day_calls - 1, f.stops, f.unfinished);
    if (f.bad)
        fail_msg("%d of %d: %s", f.bad, f.runs, f.why);
    assert_true(f.runs > 2 && (fails_on || f.unfinished == 0));
}

static void a_call_that_fails_once_changes_nothing(void **state) {
    (void)state;
    fail_calls(false, false, 5);
}
static void calls_that_fail_from_then_on_lose_nothing(void **state) {
    (void)state;
    fail_calls(true, false, 3);
}
static void a_read_only_disk_answers_questions_alone(void **state) {
    (void)state;
    run r;
    char *answer = NULL;
    static const char ask[] = "{\"act\":\"free\",\"resource\":\"visit\"}";
    static const char act[] = "{\"act\":\"allot\",\"key\":\"new\",\"resource\":\"new\",\"slot\":\"x\",\"capacity\":1}";
    run_begin(&r, &(fault_plan){0}, 1);
    run_day(&r);
    assert_int_equal(r.acknowledged, script.count);
    fault_disk *left = fault_disk_crash(r.disk, FAULT_LOSES_NONE, 1); // with a log that is not empty
    run_end(&r);
    fault_disk_plan(left, &(fault_plan){.is_read_only = true});
    desk *d = NULL;
    if (!open_desk(left, &r.clock_ms, &d, r.why))
        fail_msg("%s", r.why);
    assert_int_equal(do_text(d, ask, &answer), PISTE_OK);
    assert_non_null(strstr(answer, "\"taken\":"));
    free(answer);
    assert_int_equal(do_text(d, act, &answer), PISTE_IO);
    assert_non_null(strstr(answer, "read-only"));
    assert_false(store_is_stopped(desk_get_store(d)));
    free(answer);
    desk_close(d);
    fault_disk_destroy(left);
}

// The process is killed at a call and started anew, is asked again for what it had not answered, and then the power
// goes: what it now found in the log had never been synced.
static void what_a_killed_process_left_is_secured(void **state) {
    (void)state;
    failures f = {0};
    int64_t stride = is_full() ? 1 : (int64_t)day_calls / 25;
    for (int64_t call = 1; call < (int64_t)day_calls; call += stride) {
        const fault_plan plan = {.fail_at = call, .kills = true};
        fault_call kind = FAULT_OPEN;
        char why[WHY];
        run r;
        run_begin(&r, &plan, (uint64_t)call);
        bool going = restart(&r);
        while (going && r.acknowledged < script.count && !fault_disk_has_failed(r.disk, &kind)) {
            going = make_step(&r, r.acknowledged);
            r.acknowledged += going;
        }
        f.runs++;
        if (!going)
            tell(&f, call, &plan, kind, r.why);
        for (int loss = 0; loss < FAULT_LOSSES; loss++) {
            fault_disk *left = fault_disk_crash(r.disk, (fault_loss)loss, (uint64_t)call);
            if (!check_disk(left, r.acknowledged, r.acknowledged, false, r.clock_ms, why))
                tell(&f, call, &plan, kind, why);
            fault_disk_destroy(left);
        }
        run_end(&r);
    }
    print_message("# killed at %d calls\n", f.runs);
    if (f.bad)
        fail_msg("%d of %d: %s", f.bad, f.runs, f.why);
}
static void a_full_disk_loses_nothing(void **state) {
    (void)state;
    fail_calls(false, true, 3);
    fail_calls(true, true, 3);
}

int main(int argc, char **argv) {
    if (picture_is_process(argc, argv)) // in which the desk of the day decodes photographs
        _exit(desk_photo_process());
    const struct CMUnitTest cuts[] = {
        cmocka_unit_test(nothing_is_lost_at_a_power_cut),
        cmocka_unit_test(a_crowd_loses_nothing_at_a_power_cut),
        cmocka_unit_test(a_disk_that_lies_is_found_out),
        cmocka_unit_test(an_acknowledgement_before_the_commit_is_found_out),
    };
    const struct CMUnitTest once[] = {cmocka_unit_test(a_call_that_fails_once_changes_nothing)};
    const struct CMUnitTest ends[] = {
        cmocka_unit_test(calls_that_fail_from_then_on_lose_nothing),
        cmocka_unit_test(a_full_disk_loses_nothing),
        cmocka_unit_test(what_a_killed_process_left_is_secured),
        cmocka_unit_test(a_read_only_disk_answers_questions_alone),
    };
    // A part, 1 to 3, or a pattern, such as '*power*': some of them alone.
    char part = argc > 1 && argv[1][0] >= '1' && argv[1][0] <= '3' ? argv[1][0] : 0;
    int failed = 0;
    if (argc > 1 && !part)
        cmocka_set_test_filter(argv[1]);
    if (!part || part == '1')
        failed += cmocka_run_group_tests(cuts, load_day, release_day);
    if (!part || part == '2')
        failed += cmocka_run_group_tests(once, load_day, release_day);
    if (!part || part == '3')
        failed += cmocka_run_group_tests(ends, load_day, release_day);
    return failed;
}
