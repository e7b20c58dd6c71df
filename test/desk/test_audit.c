// test_audit.c - the journal refuses to be changed; and where it or what stands beside it was changed nonetheless, the
// audit says so.
#include "desk/database.h"

#include "desk/desk.h"

static const char *const acts[] = {
    "{'act':'open','key':'a','date':'2019-02-02'}",
    "{'act':'class','key':'b','class':'abroad','name':'From abroad'}",
    "{'act':'product','key':'c','product':'day','name':'Day','kind':'day','takes':[{'resource':'visit'}]}",
    "{'act':'price','key':'d','product':'day','class':'abroad','amount':'35.00 USD'}",
    "{'act':'cap','key':'e','from':'2019-02-02','until':'2019-02-04','capacity':9,"
    "'quotas':[{'name':'class:abroad','kept':3,'most':6}]}",
    "{'act':'order','key':'f','positions':[{'product':'day','class':'abroad','count':2}],'payments':[{'tender':'card'}]"
    "}",
    "{'act':'order','key':'g','positions':[{'product':'day','class':'abroad','count':2}],"
    "'payments':[{'tender':'bank','amount':'10.00 USD'}],'deposit_until':'2100-01-01'}",
    "{'act':'take','key':'h','takes':[{'resource':'visit','slot':'2019-02-02','count':5}]}",
    "{'act':'wait','key':'i','resource':'visit','slot':'2019-02-02','count':4}",
    "{'act':'cancel','key':'j','order':8,'positions':[{'position':1}]}",
};

static database db;
static desk *d;

static void do_acts(void) {
    for (size_t i = 0; i < BASE_COUNT(acts); i++) {
        char text[400], *answer = NULL;
        snprintf(text, sizeof text, "%s", acts[i]);
        for (char *at = text; *at; at++)
            *at = *at == '\'' ? '"' : *at;
        piste_status status = desk_do_text(d, text, strlen(text), &answer);
        if (status != PISTE_OK)
            print_message("# %s: %s\n", text, answer);
        assert_int_equal(status, PISTE_OK);
        free(answer);
    }
}
static int set_up(void **state) {
    (void)state;
    database_create(&db, false);
    assert_int_equal(desk_open(&(desk_def){.url = db.url}, NULL, &d), PISTE_OK);
    do_acts();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    desk_close(d);
    database_destroy(&db);
    return 0;
}

static piste_status run_sql(store_db *s, void *context) {
    return store_run(s, context, NULL, 0);
}
static piste_status sql(const char *text) {
    return store_do(desk_get_store(d), run_sql, (void *)(uintptr_t)text);
}

static piste_status count_old(store_db *s, void *context) {
    return store_find_number(s, context, NULL, "SELECT count(*) FROM allotment WHERE resource = 'old'", NULL, 0);
}

static void the_journal_is_append_only(void **state) {
    (void)state;
    static const char *const tries[] = {
        "UPDATE journal SET who = 'x' WHERE entry = 3",
        "DELETE FROM journal WHERE entry = 3",
        "UPDATE posting SET amount_minor = amount_minor + 1",
        "DELETE FROM posting",
        "UPDATE take SET count = count + 1",
        "DELETE FROM take",
        "UPDATE capacity SET count = count + 1",
        "DELETE FROM capacity",
    };
    for (size_t i = 0; i < BASE_COUNT(tries); i++)
        assert_int_equal(sql(tries[i]), PISTE_INVALID);
    desk_audit_result result;
    assert_int_equal(desk_audit(d, NULL, &result), PISTE_OK);
    assert_true(result.entries >= 9 && result.postings >= 4 && result.takes >= 3 && result.allotments == 3);
}

static const struct tampering {
    const char *sql, *told; // a part of what the audit must say
} tamperings[] = {
    {"UPDATE journal SET who = 'somebody' WHERE entry = 3", "entry 3 is not what was written"},
    {"UPDATE journal SET answer = '{}' WHERE entry = 6", "entry 6 is not what was written"},
    {"UPDATE journal SET at_ms = 1 WHERE entry = 6", "older"},
    {"UPDATE journal SET day = day + 1 WHERE entry = 6", "entry 6 is not what was written"},
    {"UPDATE journal SET key = 'z' WHERE entry = 2", "entry 2 is not what was written"},
    {"DELETE FROM journal WHERE entry = 4", "something is missing"},
    {"DELETE FROM journal WHERE entry = (SELECT max(entry) FROM journal)", "missing at its end"},
    {"UPDATE posting SET amount_minor = amount_minor + 1 WHERE id = 6 * 16777216 + 1", "is not balanced"},
    {"UPDATE posting SET amount_minor = 2 * amount_minor WHERE id / 16777216 = 6", "entry 6 is not what was written"},
    {"UPDATE posting SET account = 'Assets:Bank' WHERE id = 6 * 16777216 + 1", "entry 6 is not what was written"},
    {"DELETE FROM posting WHERE id / 16777216 = 6", "entry 6 is not what was written"},
    {"INSERT INTO posting (id, account, currency, amount_minor) VALUES (99 * 16777216 + 1, 'Assets:Bank', 'USD', 5)",
     "belong to no entry"},
    {"UPDATE take SET count = count - 1 WHERE id / 16777216 = 6", "taken, while the journal has"},
    {"UPDATE take SET count = count + 10 WHERE id / 16777216 = 6", "is oversold"},
    {"UPDATE capacity SET count = 1 WHERE quota = 0", "is oversold"},
    {"UPDATE allotment SET taken = taken + 1 WHERE taken > 0", "taken, while the journal has"},
    {"UPDATE allotment SET capacity = capacity + 1", "while the journal has"},
    {"UPDATE allotment SET kept = kept + 1", "are kept, while its quotas keep"},
    {"UPDATE allotment SET waiting = waiting + 1", "wait, while"},
    {"UPDATE quota SET taken = taken + 1 WHERE taken > 0", "quota"},
    {"UPDATE claim SET count = count + 1 WHERE id = (SELECT max(id) FROM claim)", "orders hold"},
    {"UPDATE orders SET paid_minor = paid_minor - 1 WHERE state = 'sold' AND paid_minor > 0",
     "while its payments brought"},
    {"UPDATE orders SET total_minor = total_minor + 1 WHERE state = 'sold' AND total_minor > 0",
     "while its positions come to"},
    {"UPDATE orders SET state = 'ended' WHERE state = 'reserved'", "has ended and holds"},
    {"UPDATE payment SET returned_credit_minor = credit_minor + 1", "more was given back"},
    {"UPDATE head SET entry = entry - 1", "missing at its end"},
};

static void whatever_is_changed_is_told(void **state) {
    (void)state;
    // The triggers are taken away, as somebody with the database in hand could.
    static const char *const names[] = {"journal", "posting", "take", "capacity"};
    for (size_t n = 0; n < BASE_COUNT(tamperings); n++) {
        const struct tampering *t = &tamperings[n];
        desk_audit_result result;
        set_up(NULL);
        assert_int_equal(desk_audit(d, NULL, &result), PISTE_OK);
        for (size_t i = 0; i < BASE_COUNT(names); i++) {
            char text[2][120];
            bool postgres = database_server();
            snprintf(text[0], sizeof text[0],
                     postgres ? "ALTER TABLE %s DISABLE TRIGGER ALL" : "DROP TRIGGER %s_is_never_changed", names[i]);
            snprintf(text[1], sizeof text[1],
                     postgres ? "ALTER TABLE %s DISABLE TRIGGER ALL" : "DROP TRIGGER %s_is_never_deleted", names[i]);
            assert_int_equal(sql(text[0]), PISTE_OK);
            assert_int_equal(sql(text[1]), PISTE_OK);
        }
        assert_int_equal(sql(t->sql), PISTE_OK);
        piste_errors *problems = piste_errors_create();
        assert_int_equal(desk_audit(d, problems, &result), PISTE_FOUND);
        bool told = false;
        for (size_t i = 0; i < piste_errors_count(problems); i++)
            told |= strstr(piste_errors_get(problems, i)->text, t->told) != NULL;
        if (!told)
            fail_msg("%s: the audit says: %s", t->sql, piste_errors_get(problems, 0)->text);
        piste_errors_destroy(problems);
        tear_down(NULL);
    }
}

// A desk of an earlier version keeps what it has, and takes acts, once it is opened.
static void an_older_desk_is_brought_up(void **state) {
    (void)state;
    for (int version = 1; version < desk_migration_count; version++) {
        static char insert[] = "INSERT INTO allotment (id, resource, slot, capacity, taken, kept, patience, offer_s, waiting,"
                               " quotas) VALUES (1000000, 'old', 'slot', 0, 0, 0, 0, 0, 0, 0)";
        store *s = NULL;
        int64_t kept = 0;
        desk_audit_result result;
        database_create(&db, false);
        assert_int_equal(
            store_open(&(store_def){.url = db.url, .migrations = desk_migrations, .migration_count = version}, NULL, &s),
            PISTE_OK);
        assert_int_equal(store_do(s, run_sql, insert), PISTE_OK);
        store_close(s);
        assert_int_equal(desk_open(&(desk_def){.url = db.url, .must_exist = true}, NULL, &d), PISTE_OK);
        do_acts();
        assert_int_equal(store_read(desk_get_store(d), count_old, &kept), PISTE_OK);
        assert_int_equal(kept, 1);
        assert_int_equal(desk_audit(d, NULL, &result), PISTE_OK);
        tear_down(NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_journal_is_append_only, set_up, tear_down),
        cmocka_unit_test(whatever_is_changed_is_told),
        cmocka_unit_test(an_older_desk_is_brought_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
