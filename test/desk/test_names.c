// test_names.c - names in other languages: what the last act told is what is shown, whatever came before, and after a copy.
#include "desk/database.h"

#include "desk/names.h"
#include "desk/tariff.h"
#include "piste/resort.h"

static database db;
static desk *d;
static int64_t keys;

static int set_up(void **state) {
    (void)state;
    database_create(&db, false);
    assert_int_equal(desk_open(&(desk_def){.url = db.url}, NULL, &d), PISTE_OK);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    piste_status status = desk_audit(d, NULL, &(desk_audit_result){0});
    desk_close(d);
    database_destroy(&db);
    return status != PISTE_OK;
}

// Takes the request, which gets a key.
static void ask(json_t *request, piste_status expected, const char *message) {
    char *answer = NULL, key[24];
    snprintf(key, sizeof key, "k%lld", (long long)keys++);
    json_object_set_new(request, "key", json_string(key));
    piste_status status = desk_do(d, request, &answer);
    if (status != expected || !strstr(answer, message))
        fail_msg("%s: expected %s %s", answer, piste_status_name(expected), message);
    json_decref(request);
    free(answer);
}

static const char *const kinds[][3] = {{"product", "products", "product"}, {"class", "classes", "class"}, {"price", "prices", "name"},
                                       {"purpose", "purposes", "purpose"}, {"rule", "reasons", "reason"}};
static const char *const languages[] = {"ko", "zh", "zh-Hant", "ru", "ja"};
enum { KINDS = 5, THINGS = 4, LANGUAGES = 5 };

static json_t *act_of(int kind, int thing) {
    char key[8];
    snprintf(key, sizeof key, "t%d", thing);
    switch (kind) {
    case 0: return json_pack("{s:s,s:s,s:s,s:s}", "act", "product", "product", key, "name", "Thing", "kind", "day");
    case 1: return json_pack("{s:s,s:s,s:s}", "act", "class", "class", key, "name", "Thing");
    case 2: return json_pack("{s:s,s:s,s:s,s:s,s:s}", "act", "price", "product", "p", "class", "c", "amount", "1.00 USD", "name", key);
    case 3: return json_pack("{s:s,s:s,s:s,s:s,s:s,s:i}", "act", "purpose", "purpose", key, "name", "Thing", "fields", "name", "basis", "contract", "keep_days", 1);
    default: return json_pack("{s:s,s:s,s:b,s:s}", "act", "rule", "nationality", "*", "may", 1, "reason", key);
    }
}

// Of the model: the name that somebody who reads `wish` is shown, by RFC 4647 written out once more.
static const char *wished(char names[LANGUAGES][16], const char *wish) {
    if (strcmp(wish, "zh") == 0)
        return *names[1] ? names[1] : names[2];
    if (strcmp(wish, "zh-Hant-TW") == 0 || strcmp(wish, "zh-Hant") == 0)
        return *names[2] ? names[2] : names[1];
    for (int l = 0; l < LANGUAGES; l++)
        if (strcmp(languages[l], wish) == 0)
            return names[l];
    return "";
}

static void agree(desk *with, char model[KINDS][THINGS][LANGUAGES][16]) {
    static const char *const wishes[] = {"ko", "zh", "zh-Hant", "zh-Hant-TW", "ru", "ja", "de"};
    for (size_t w = 0; w < BASE_COUNT(wishes); w++) {
        json_t *found = json_object();
        size_t expected = 0, count = 0;
        assert_int_equal(desk_names_in(with, wishes[w], found), PISTE_OK);
        for (int k = 0; k < KINDS; k++) {
            count += json_object_size(json_object_get(found, kinds[k][1]));
            for (int t = 0; t < THINGS; t++) {
                char key[8];
                snprintf(key, sizeof key, "t%d", t);
                const char *is = desk_text(json_object_get(found, kinds[k][1]), key), *should = wished(model[k][t], wishes[w]);
                if (strcmp(is, should) != 0)
                    fail_msg("%s %s in %s: '%s', expected '%s'", kinds[k][1], key, wishes[w], is, should);
                expected += *should != 0;
            }
        }
        assert_int_equal(count, expected);
        json_decref(found);
    }
}

// What is shared by several (a price's name, a rule's reason) keeps its names where one is told without any.
static void the_last_word_is_what_is_shown(void **state) {
    (void)state;
    char model[KINDS][THINGS][LANGUAGES][16] = {{{{0}}}};
    uint64_t seed = 20190202, n = 0;
    for (int step = 0; step < 400; step++) {
        uint64_t draw = base_draw(seed, n++);
        int kind = (int)(draw % KINDS), thing = (int)(draw / KINDS % THINGS);
        json_t *request = act_of(kind, thing), *names = json_array();
        bool given = draw >> 20 & 3; // one of four is told without
        if (given || kind == 0 || kind == 1 || kind == 3)
            memset(model[kind][thing], 0, sizeof model[kind][thing]);
        for (int l = 0; l < LANGUAGES && given; l++)
            if (draw >> (30 + l) & 1) {
                snprintf(model[kind][thing][l], 16, "%s-%d", languages[l], step);
                json_array_append_new(names, json_pack("{s:s,s:s}", "language", languages[l], "name", model[kind][thing][l]));
            }
        if (given)
            json_object_set(request, "names", names);
        json_decref(names);
        ask(request, PISTE_OK, "");
        if (step % 50 == 49)
            agree(d, model);
    }
    char path[128];
    desk *copy = NULL;
    desk_audit_result result;
    snprintf(path, sizeof path, "%s/copy.db", db.folder);
    assert_int_equal(desk_backup(d, path, NULL, &result), PISTE_OK);
    assert_int_equal(desk_open(&(desk_def){.url = path, .must_exist = true}, NULL, &copy), PISTE_OK);
    agree(copy, model);
    desk_close(copy);
}

static void what_is_no_language_is_refused_and_leaves_no_trace(void **state) {
    (void)state;
    char model[KINDS][THINGS][LANGUAGES][16] = {{{{0}}}};
    for (int kind = 0; kind < KINDS; kind++) {
        json_t *request = act_of(kind, 0);
        snprintf(model[kind][0][0], 16, "하루표");
        json_object_set_new(request, "names", json_pack("[{s:s,s:s}]", "language", "ko", "name", "하루표"));
        ask(request, PISTE_OK, "");
        request = act_of(kind, 0);
        json_object_set_new(request, "names", json_pack("[{s:s,s:s},{s:s,s:s}]", "language", "ja", "name", "1日券", "language", "korean", "name", "x"));
        ask(request, PISTE_INVALID, "names[1].language: 'korean', expected a language as BCP 47 writes it");
        request = act_of(kind, 0);
        json_object_set_new(request, "names", json_pack("[{s:s,s:s},{s:s,s:s}]", "language", "ja", "name", "a", "language", "ja", "name", "b"));
        ask(request, PISTE_INVALID, "names[1].language: 'ja' comes twice");
        request = act_of(kind, 0);
        json_object_set_new(request, "names", json_pack("[{s:s,s:s}]", "language", "ja", "name", ""));
        ask(request, PISTE_INVALID, "name: is empty");
    }
    agree(d, model);
}

static void a_resort_is_loaded_with_its_names(void **state) {
    (void)state;
    piste_resort *resort = NULL;
    json_t *found = json_object();
    const char *key;
    json_t *names;
    assert_int_equal(piste_resort_load("resorts/masikryong", PISTE_DATE_NONE, NULL, &resort), PISTE_OK);
    assert_int_equal(desk_tariff_load(d, resort, NULL, NULL), PISTE_OK);
    assert_int_equal(desk_names_in(d, "ko", found), PISTE_OK);
    assert_string_equal(desk_text(json_object_get(found, "products"), "day-pass"), "하루표");
    assert_string_equal(desk_text(json_object_get(found, "classes"), "abroad"), "외국손님");
    assert_string_equal(desk_text(json_object_get(found, "prices"), "early bird"), "미리구입");
    // Whatever is on sale there has a name in Korean.
    ask(json_pack("{s:s,s:s}", "act", "open", "date", "2019-02-02"), PISTE_OK, "");
    char *answer = NULL;
    json_t *request = json_pack("{s:s}", "act", "on-sale");
    assert_int_equal(desk_do(d, request, &answer), PISTE_OK);
    json_t *sale = json_loads(answer, 0, NULL), *product;
    size_t i;
    assert_true(json_array_size(json_object_get(sale, "products")) > 10);
    json_array_foreach(json_object_get(sale, "products"), i, product) if (!json_object_get(json_object_get(found, "products"), desk_text(product, "product")))
        fail_msg("%s has no name in Korean", desk_text(product, "product"));
    json_object_foreach(found, key, names) assert_true(json_object_size(names) > 0);
    json_decref(request);
    json_decref(sale);
    json_decref(found);
    free(answer);
    piste_resort_destroy(resort);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(the_last_word_is_what_is_shown),
        CASE(what_is_no_language_is_refused_and_leaves_no_trace),
        CASE(a_resort_is_loaded_with_its_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
