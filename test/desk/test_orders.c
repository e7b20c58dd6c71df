// test_orders.c - orders and time: holds and deposits that end by themselves, offers taken up, a clock that is set back,
// many drawers at once over threads.
#include "desk/database.h"

#include <pthread.h>

#include "desk/desk.h"

static database db;
static desk *d;
static int64_t now_ms, keys;
static int64_t clock_ms(void *context) {
    (void)context;
    return now_ms;
}

// Sends a request written with ' for "; gives the answer, which the caller releases.
static json_t *ask(piste_status expected, const char *format, ...) PISTE_PRINTF(2, 3);
static json_t *ask(piste_status expected, const char *format, ...) {
    char text[1000], key[24], *answer = NULL;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_t *request = json_loads(text, 0, NULL);
    assert_non_null(request);
    snprintf(key, sizeof key, "k%lld", (long long)__atomic_fetch_add(&keys, 1, __ATOMIC_RELAXED));
    json_object_set_new(request, "key", json_string(key));
    piste_status status = desk_do(d, request, &answer);
    if (status != expected)
        print_message("# %s\n# %s\n", text, answer);
    assert_int_equal(status, expected);
    json_t *object = json_loads(answer, 0, NULL);
    json_decref(request);
    free(answer);
    return object;
}
static int64_t number(json_t *answer, const char *name) {
    int64_t got = json_integer_value(json_object_get(answer, name));
    json_decref(answer);
    return got;
}
static void done(const char *text) {
    json_decref(ask(PISTE_OK, "%s", text));
}
static void refused(const char *reason, json_t *answer) {
    assert_string_equal(json_string_value(json_object_get(answer, "reason")), reason);
    json_decref(answer);
}
static int64_t free_visits(void) {
    json_t *answer = ask(PISTE_OK, "{'act':'free','resource':'visit','slot':'2019-02-02'}");
    int64_t got = json_integer_value(json_object_get(json_array_get(json_object_get(answer, "slots"), 0), "free"));
    json_decref(answer);
    return got;
}
static int64_t balance(const char *account) {
    json_t *answer = ask(PISTE_OK, "{'act':'report','from':'2019-01-01','until':'2019-12-31'}"), *line;
    const json_t *list = json_object_get(answer, "accounts");
    size_t i;
    int64_t cents = 0;
    json_array_foreach(list, i, line) if (strcmp(json_string_value(json_object_get(line, "account")), account) == 0) {
        const char *text = json_string_value(json_object_get(line, "amount"));
        int64_t whole = strtoll(text, NULL, 10), rest = strtoll(strchr(text, '.') + 1, NULL, 10);
        cents = 100 * whole + (text[0] == '-' ? -rest : rest);
    }
    json_decref(answer);
    return cents;
}

static int set_up(void **state) {
    (void)state;
    database_create(&db, false);
    now_ms = 1549094400000; // 2019-02-02T08:00Z
    assert_int_equal(desk_open(&(desk_def){.url = db.url, .now_ms = clock_ms}, NULL, &d), PISTE_OK);
    done("{'act':'open','date':'2019-02-02'}");
    done("{'act':'class','class':'abroad','name':'From abroad'}");
    done("{'act':'product','product':'day','name':'Day','kind':'day','takes':[{'resource':'visit'}]}");
    done("{'act':'price','product':'day','class':'abroad','amount':'35.00 USD'}");
    done("{'act':'allot','resource':'visit','slot':'2019-02-02','capacity':10}");
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    desk_audit_result result;
    piste_errors *problems = piste_errors_create();
    piste_status status = desk_audit(d, problems, &result);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_get(problems, 0)->text);
    piste_errors_destroy(problems);
    desk_close(d);
    database_destroy(&db);
    return status != PISTE_OK;
}

static void a_hold_ends_by_itself(void **state) {
    (void)state;
    int64_t order =
        number(ask(PISTE_OK, "{'act':'order','for_s':600,'positions':[{'product':'day','class':'abroad','count':4}]}"),
               "order");
    assert_int_equal(free_visits(), 6);
    now_ms += 599999;
    done("{'act':'discount','code':'a','percent':'1','uses':1}"); // any act
    assert_int_equal(free_visits(), 6);
    now_ms += 1;
    refused("hold_ended",
            ask(PISTE_REFUSED, "{'act':'pay','order':%lld,'payments':[{'tender':'card'}]}", (long long)order));
    assert_int_equal(free_visits(), 10);
}

static void a_clock_that_is_set_back_prolongs_nothing(void **state) {
    (void)state;
    now_ms += 3600000;
    done("{'act':'discount','code':'a','percent':'1','uses':1}");
    int64_t last_ms = now_ms;
    now_ms -= 7200000;
    json_t *held = ask(PISTE_OK, "{'act':'order','for_s':60,'positions':[{'product':'day','class':'abroad'}]}");
    assert_int_equal(json_integer_value(json_object_get(held, "until_ms")), last_ms + 60000);
    json_decref(held);
    now_ms = last_ms + 60000;
    done("{'act':'discount','code':'b','percent':'1','uses':1}");
    assert_int_equal(free_visits(), 10);
}

static void a_deposit_whose_rest_does_not_come_is_kept(void **state) {
    (void)state;
    int64_t order = number(
        ask(PISTE_OK,
            "{'act':'order','positions':[{'product':'day','class':'abroad','count':3}],'deposit_until':'2019-02-02',"
            "'payments':[{'tender':'card','amount':'20.50 USD'}]}"),
        "order");
    assert_int_equal(balance("Liabilities:Deposits"), -2050);
    now_ms += 15 * 3600000;
    done("{'act':'discount','code':'a','percent':'1','uses':1}");
    assert_int_equal(free_visits(), 7); // until the end of the day
    now_ms += 3600000;
    done("{'act':'discount','code':'b','percent':'1','uses':1}");
    assert_int_equal(free_visits(), 10);
    assert_int_equal(balance("Liabilities:Deposits"), 0);
    assert_int_equal(balance("Income:cancelling"), -2050);
    refused("hold_ended", ask(PISTE_REFUSED, "{'act':'cancel','order':%lld}", (long long)order));
}

static void an_offer_is_taken_up_past_those_who_wait(void **state) {
    (void)state;
    int64_t first = number(ask(PISTE_OK, "{'act':'order','positions':[{'product':'day','class':'abroad','count':10}],'"
                                         "payments':[{'tender':'card'}]}"),
                           "order");
    done("{'act':'wait','resource':'visit','slot':'2019-02-02','count':3}");
    done("{'act':'wait','resource':'visit','slot':'2019-02-02','count':2}");
    refused("sold_out", ask(PISTE_REFUSED, "{'act':'order','positions':[{'product':'day','class':'abroad'}]}"));
    json_t *answer =
        ask(PISTE_OK, "{'act':'cancel','order':%lld,'positions':[{'position':1},{'position':2},{'position':3}]}",
            (long long)first);
    int64_t offer = json_integer_value(json_object_get(json_array_get(json_object_get(answer, "offers"), 0), "order"));
    assert_int_equal(json_array_size(json_object_get(answer, "offers")), 1);
    json_decref(answer);
    refused("sold_out", ask(PISTE_REFUSED, "{'act':'order','positions':[{'product':'day','class':'abroad'}]}"));
    refused("too_many", ask(PISTE_REFUSED,
                            "{'act':'order','offer':%lld,'positions':[{'product':'day','class':'abroad','count':4}]}",
                            (long long)offer));
    // Two of the three come: the third place is too few for the party of two, and nobody else may take what is not offered.
    done("{'act':'cap','from':'2019-02-02','capacity':10}");
    json_decref(ask(PISTE_OK,
                    "{'act':'order','offer':%lld,'positions':[{'product':'day','class':'abroad','count':2}],'payments':"
                    "[{'tender':'card'}]}",
                    (long long)offer));
    assert_int_equal(free_visits(), 1);
    refused("hold_ended",
            ask(PISTE_REFUSED, "{'act':'order','offer':%lld,'positions':[{'product':'day','class':'abroad'}]}",
                (long long)offer));
    answer = ask(PISTE_OK, "{'act':'cap','from':'2019-02-02','capacity':11}");
    assert_int_equal(json_array_size(json_object_get(answer, "offers")), 1);
    json_decref(answer);
    now_ms += 3600000; // it is not taken up: nobody else waits
    done("{'act':'discount','code':'a','percent':'1','uses':1}");
    assert_int_equal(free_visits(), 2);
}

static void a_cap_below_what_is_sold_breaks_nothing(void **state) {
    (void)state;
    int64_t order = number(ask(PISTE_OK, "{'act':'order','positions':[{'product':'day','class':'abroad','count':8}],'"
                                         "payments':[{'tender':'card'}]}"),
                           "order");
    json_t *answer = ask(PISTE_OK, "{'act':'cap','from':'2019-02-02','capacity':5}");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(json_object_get(answer, "over"), 0), "over")),
                     3);
    json_decref(answer);
    for (int left = 8; left > 5; left--) {
        refused("sold_out", ask(PISTE_REFUSED, "{'act':'order','positions':[{'product':'day','class':'abroad'}]}"));
        json_decref(
            ask(PISTE_OK, "{'act':'cancel','order':%lld,'positions':[{'position':%d}]}", (long long)order, left));
    }
    refused("sold_out", ask(PISTE_REFUSED, "{'act':'order','positions':[{'product':'day','class':'abroad'}]}"));
    json_decref(ask(PISTE_OK, "{'act':'cancel','order':%lld,'positions':[{'position':1}]}", (long long)order));
    done("{'act':'order','positions':[{'product':'day','class':'abroad'}],'payments':[{'tender':'card'}]}");
    refused("sold_out", ask(PISTE_REFUSED, "{'act':'order','positions':[{'product':'day','class':'abroad'}]}"));
}

static void *sell_some(void *context) {
    for (int i = 0; i < 40; i++)
        json_decref(ask(PISTE_OK,
                        "{'act':'order','positions':[{'product':'day','class':'abroad'}],'payments':[{'tender':'cash','"
                        "drawer':'till-%d'}]}",
                        *(int *)context));
    return NULL;
}
static void several_tills_sell_at_once(void **state) {
    (void)state;
    pthread_t threads[6];
    int tills[6];
    done("{'act':'cap','from':'2019-02-02','capacity':1000}");
    for (int i = 0; i < 6; i++) {
        tills[i] = i;
        json_decref(ask(PISTE_OK, "{'act':'drawer-open','drawer':'till-%d','cashier':'c%d'}", i, i));
        assert_int_equal(pthread_create(&threads[i], NULL, sell_some, &tills[i]), 0);
    }
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 6; i++) {
        json_t *answer =
            ask(PISTE_OK, "{'act':'drawer-close','drawer':'till-%d','counted':[{'amount':'1400.00 USD'}]}", i);
        assert_string_equal(
            json_string_value(json_object_get(json_array_get(json_object_get(answer, "currencies"), 0), "difference")),
            "0.00 USD");
        json_decref(answer);
    }
    assert_int_equal(balance("Assets:Safe"), 6 * 140000);
    assert_int_equal(balance("Income:day"), -6 * 140000);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(a_hold_ends_by_itself),
        CASE(a_clock_that_is_set_back_prolongs_nothing),
        CASE(a_deposit_whose_rest_does_not_come_is_kept),
        CASE(an_offer_is_taken_up_past_those_who_wait),
        CASE(a_cap_below_what_is_sold_breaks_nothing),
        CASE(several_tills_sell_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
