// test_faults.c - a scripted day on a disk that fails at its n-th call, for all n: what was acknowledged is there.
//
// Each run: the day goes on until it is refused by the disk; the power is lost; what was not flushed is there in part;
// the desk is opened again and audited, every acknowledged act is looked up, and one more act is done.
#include "test.h"

#include "desk/desk.h"
#include "desk/fault.h"

enum { ACTS_MAX = 64 };

static const char *const day[] = {
    "{'act':'open','date':'2019-02-02'}",
    "{'act':'class','class':'abroad','name':'From abroad'}",
    "{'act':'product','product':'day','name':'Day','kind':'day','takes':[{'resource':'visit'},{'resource':'boot'}]}",
    "{'act':'price','product':'day','class':'abroad','amount':'35.00 USD'}",
    "{'act':'rate','from':'EUR','to':'USD','rate':'1.14','date':'2019-02-01','source':'test'}",
    "{'act':'cap','from':'2019-02-02','until':'2019-02-04','capacity':9}",
    "{'act':'cap','resource':'boot','from':'2019-02-02','until':'2019-02-04','capacity':7}",
    "{'act':'drawer-open','drawer':'till','cashier':'one','counted':[{'amount':'100.00 USD'}]}",
    "{'act':'order','positions':[{'product':'day','class':'abroad','count':2}],'payments':[{'tender':'cash','drawer':'"
    "till','amount':'80.00 EUR','change':'USD'}]}",
    "{'act':'hold','takes':[{'resource':'visit','slot':'2019-02-02','count':5},{'resource':'boot','slot':'2019-02-02','"
    "count':4}],'for_s':5}",
    "{'act':'wait','resource':'visit','slot':'2019-02-02','count':4}",
    "{'act':'wait','resource':'visit','slot':'2019-02-02','count':3}",
    "{'act':'order','positions':[{'product':'day','class':'abroad','count':1}],'payments':[{'tender':'card'}]}",
    "{'act':'order','positions':[{'product':'day','class':'abroad','count':3,'date':'2019-02-03'}],'payments':[{'"
    "tender':'bank','amount':'50.00 USD'}],'deposit_until':'2019-02-03'}",
    "{'act':'leave','waiting':999}",
    "{'act':'hold','takes':[{'resource':'visit','slot':'2019-02-03','count':2}],'for_s':3}",
    "{'act':'cap','from':'2019-02-02','until':'2019-02-02','capacity':12}",
    "{'act':'order','positions':[{'product':'day','class':'abroad','count':9,'date':'2019-02-04'}],'payments':[{'"
    "tender':'card'}]}",
    "{'act':'drawer-close','drawer':'till','counted':[{'amount':'70.00 USD'},{'amount':'80.00 EUR'}]}",
    "{'act':'close'}",
};
enum { ACTS = (int)BASE_COUNT(day) };

static int64_t clock_now_ms;
static int64_t clock_ms(void *context) {
    (void)context;
    return clock_now_ms;
}

static desk *open_desk(void) {
    desk *d = NULL;
    piste_errors *errors = piste_errors_create();
    piste_status status =
        desk_open(&(desk_def){.url = "desk.db", .vfs = "fault", .now_ms = clock_ms, .busy_ms = 5}, errors, &d);
    piste_errors_destroy(errors);
    return status == PISTE_OK ? d : NULL;
}

static json_t *request_of(int i) {
    char text[600], key[16];
    snprintf(text, sizeof text, "%s", day[i]);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *request = json_loads(text, 0, NULL);
    assert_non_null(request);
    snprintf(key, sizeof key, "act-%d", i);
    json_object_set_new(request, "key", json_string(key));
    return request;
}

typedef struct told {
    piste_status status;
    int64_t entry;
} told;

static told ask(desk *d, int i) {
    char *answer = NULL;
    json_t *request = request_of(i);
    told t = {.status = desk_do(d, request, &answer)};
    json_t *object = answer ? json_loads(answer, 0, NULL) : NULL;
    t.entry = json_integer_value(json_object_get(object, "entry"));
    json_decref(object);
    json_decref(request);
    free(answer);
    return t;
}

// The whole day; what was acknowledged stands in `entries` (0: was not).
static void live(int64_t entries[ACTS]) {
    memset(entries, 0, ACTS * sizeof *entries);
    clock_now_ms = 1549094400000;
    desk *d = open_desk();
    for (int i = 0; d && i < ACTS; i++) {
        clock_now_ms += 1000;
        bool stopped = store_is_stopped(desk_get_store(d)), failed = fault.has_failed;
        told t = ask(d, i);
        if (t.status == PISTE_OK)
            entries[i] = t.entry;
        // After a flush that failed nothing more is acknowledged, and what failed on the disk is never taken for a refusal.
        if (stopped)
            assert_int_equal(t.status, PISTE_IO);
        if (!failed && fault.has_failed && fault.mode == FAULT_FLUSH)
            assert_true(t.status != PISTE_OK && store_is_stopped(desk_get_store(d)));
        if (!failed && fault.has_failed && fault.mode == FAULT_FULL)
            assert_false(store_is_stopped(desk_get_store(d)) && t.status == PISTE_OK);
    }
    desk_close(d);
}

static const int64_t *looked_for;
static char trouble[300];

static piste_status look(store_db *db, void *context) {
    (void)context;
    for (int i = 0; i < ACTS; i++) {
        int64_t entry = 0;
        char key[16];
        snprintf(key, sizeof key, "act-%d", i);
        if (!looked_for[i])
            continue;
        piste_status status =
            STORE_FIND_NUMBER(db, &entry, NULL, "SELECT entry FROM journal WHERE key = $1", store_text(key));
        if (status != PISTE_OK)
            return status;
        if (entry != looked_for[i]) {
            snprintf(trouble, sizeof trouble, "act %d was acknowledged as entry %lld and is %lld", i,
                     (long long)looked_for[i], (long long)entry);
            return PISTE_FOUND;
        }
    }
    return PISTE_OK;
}

// Opens what is left of the disk and says whether all is as it must be.
static bool is_whole(const int64_t entries[ACTS]) {
    desk_audit_result result;
    trouble[0] = 0;
    looked_for = entries;
    desk *d = open_desk();
    if (!d) {
        snprintf(trouble, sizeof trouble, "it cannot be opened");
        return false;
    }
    bool right = store_read(desk_get_store(d), look, NULL) == PISTE_OK;
    piste_errors *problems = piste_errors_create();
    if (right && desk_audit(d, problems, &result) != PISTE_OK) {
        snprintf(trouble, sizeof trouble, "audit: %.200s",
                 piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "failed");
        right = false;
    }
    // What was acknowledged answers the same when it is sent again; what was not can be done now.
    for (int i = 0; i < ACTS && right; i++) {
        told t = ask(d, i);
        if (entries[i] && t.entry != entries[i])
            right = false;
        if (t.status != PISTE_OK && t.status != PISTE_REFUSED)
            right = false;
        if (!right)
            snprintf(trouble, sizeof trouble, "act %d, sent again, is answered %s", i, piste_status_name(t.status));
    }
    if (right && desk_audit(d, problems, &result) != PISTE_OK) {
        snprintf(trouble, sizeof trouble, "audit after the rest of the day: %.200s",
                 piste_errors_count(problems) ? piste_errors_get(problems, 0)->text : "failed");
        right = false;
    }
    piste_errors_destroy(problems);
    desk_close(d);
    return right;
}

static int64_t calls_of_a_day(void) {
    int64_t entries[ACTS];
    fault_format();
    live(entries);
    assert_true(entries[0] && entries[ACTS - 1]);
    return fault.calls;
}

static bool run(fault_mode mode, int64_t at, uint64_t seed, bool lies) {
    int64_t entries[ACTS];
    fault_format();
    fault.mode = mode;
    fault.fail_at = at;
    fault.lies = lies;
    live(entries);
    fault.lies = false;
    fault_reboot(seed);
    return is_whole(entries);
}

static void every_call_fails_once(void **state) {
    (void)state;
    static const fault_mode modes[] = {FAULT_POWER, FAULT_POWER, FAULT_FLUSH, FAULT_WRITE, FAULT_FULL};
    static const char *const names[] = {"power", "power", "flush", "write", "full"};
    int64_t calls = calls_of_a_day(), points = 0, wanted = test_count(300, 20000);
    for (int64_t round = 0; points < wanted; round++)
        for (size_t m = 0; m < BASE_COUNT(modes); m++)
            // In the everyday run every so manieth call, all of them in turn in a full one.
            for (int64_t at = 1 + (int64_t)m % 5; at <= calls; at += test_count(1 + (int)(calls * 5 / 300), 1)) {
                points++;
                if (!run(modes[m], at, (uint64_t)(round * 1000003 + at * 5 + (int64_t)m), false))
                    fail_msg("%s at call %lld of %lld, round %lld: %s", names[m], (long long)at, (long long)calls,
                             (long long)round, trouble);
            }
    print_message("# %lld points of failure, %lld calls a day\n", (long long)points, (long long)calls);
}

static void a_disk_that_lies_is_found_out(void **state) {
    (void)state;
    int64_t calls = calls_of_a_day();
    int lost = 0;
    for (int64_t at = calls / 2; at < calls; at += 1 + calls / 60)
        lost += !run(FAULT_POWER, at, (uint64_t)at, true);
    print_message("# %d of about 30 days lost something\n", lost);
    assert_true(lost > 5);
}

static void a_read_only_disk_answers_questions_alone(void **state) {
    (void)state;
    int64_t entries[ACTS];
    fault_format();
    live(entries);
    fault.is_read_only = true;
    desk *d = open_desk();
    assert_non_null(d);
    char *answer = NULL;
    json_t *question = json_pack("{s:s,s:s}", "act", "free", "resource", "visit");
    assert_int_equal(desk_do(d, question, &answer), PISTE_OK);
    assert_non_null(strstr(answer, "\"taken\":"));
    free(answer);
    json_t *act = json_pack("{s:s,s:s,s:i}", "act", "leave", "key", "new", "waiting", 999);
    assert_int_equal(desk_do(d, act, &answer), PISTE_IO);
    assert_non_null(strstr(answer, "read-only"));
    assert_false(store_is_stopped(desk_get_store(d)));
    free(answer);
    json_decref(question);
    json_decref(act);
    desk_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call_fails_once),
                                       cmocka_unit_test(a_disk_that_lies_is_found_out),
                                       cmocka_unit_test(a_read_only_disk_answers_questions_alone)};
    fault_register();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fault_format();
    return failed;
}
