// test_manual.c - the manual of resort.yaml is what the table says, its example works, and so does the JSON Schema.
#include "folders.h"

#include <jansson.h>
#include <regex.h>

#include "resort/load.h"
#include "resort/manual.h"
#include "resort/schema.h"

#define GUIDE "docs/guide/resort.md"

static void the_guide_is_what_the_table_prints(void **state) {
    (void)state;
    base_text text = {0};
    manual_markdown(&text);
    assert_false(text.failed);
    const char *update = getenv("PISTE_UPDATE");
    if (update && strcmp(update, "1") == 0)
        assert_int_equal(base_file_write(GUIDE, text.data, text.length, NULL), PISTE_OK);
    char *guide = NULL;
    size_t length = 0;
    assert_int_equal(base_file_read(GUIDE, 1 << 20, NULL, &guide, &length), PISTE_OK);
    if (strcmp(guide, text.data) != 0)
        fail_msg("%s is out of date: piste schema -o %s", GUIDE, GUIDE);
    free(guide);
    base_text_release(&text);
}

static void its_example_loads_and_nothing_is_said_of_it(void **state) {
    (void)state;
    base_text text = {0};
    manual_markdown(&text);
    const char *from = strstr(text.data, "```yaml\n");
    assert_non_null(from);
    from += strlen("```yaml\n");
    const char *to = strstr(from, "```");
    assert_non_null(to);
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_findings *findings = NULL;
    const load_text none = {0};
    piste_status status = load_from_texts("guide", (load_text){from, (size_t)(to - from)}, none, none, PISTE_DATE_NONE, errors, &resort);
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        print_error("%s\n", piste_errors_get(errors, i)->text);
    assert_int_equal(status, PISTE_OK);
    assert_int_equal(piste_resort_check(resort, &findings), PISTE_OK);
    for (size_t i = 0; i < piste_findings_count(findings); i++)
        print_error("%s\n", piste_findings_get(findings, i)->message);
    assert_int_equal(piste_findings_count(findings), 0);
    piste_findings_destroy(findings);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    base_text_release(&text);
}

// ---- the JSON Schema ----------------------------------------------------------------------------------------------------

static json_t *schema(void) {
    base_text text = {0};
    manual_json_schema(&text);
    assert_false(text.failed);
    json_t *root = json_loads(text.data, JSON_REJECT_DUPLICATES, NULL);
    base_text_release(&text);
    assert_non_null(root);
    return root;
}

// Every "$ref" leads to a definition.
static int count_references(const json_t *root, json_t *value) {
    int count = 0;
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member) {
            if (strcmp(key, "$ref") == 0) {
                const char *name = json_string_value(member) + strlen("#/definitions/");
                if (!json_object_get(json_object_get(root, "definitions"), name))
                    fail_msg("no definition of %s", name);
                count++;
            } else
                count += count_references(root, member);
        }
    } else if (json_is_array(value))
        json_array_foreach(value, i, member)
            count += count_references(root, member);
    return count;
}

static void every_reference_of_the_schema_leads_somewhere(void **state) {
    (void)state;
    json_t *root = schema();
    assert_true(count_references(root, root) > 100);
    json_decref(root);
}

static void the_schema_knows_the_keys_of_the_table(void **state) {
    (void)state;
    json_t *root = schema();
    const json_t *lift = json_object_get(json_object_get(root, "definitions"), "lift");
    const schema_record *records[] = {&schema_resort, schema_field_find(&schema_resort, "lifts")->record};
    const json_t *objects[] = {root, lift};
    for (int k = 0; k < 2; k++) {
        const json_t *properties = json_object_get(objects[k], "properties");
        size_t needed = 0;
        assert_int_equal(json_object_size(properties), records[k]->count);
        for (int32_t i = 0; i < records[k]->count; i++) {
            if (!json_object_get(properties, records[k]->fields[i].key))
                fail_msg("%s is not in the schema", records[k]->fields[i].key);
            needed += records[k]->fields[i].required;
        }
        assert_int_equal(json_array_size(json_object_get(objects[k], "required")), needed);
    }
    json_decref(root);
}

static bool matches(const json_t *schema_of_value, const char *text) {
    regex_t compiled;
    assert_int_equal(regcomp(&compiled, json_string_value(json_object_get(schema_of_value, "pattern")), REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static void the_patterns_of_the_schema_take_what_the_reader_takes(void **state) {
    (void)state;
    json_t *root = schema();
    const json_t *definitions = json_object_get(root, "definitions");
    const json_t *lift = json_object_get(json_object_get(definitions, "lift"), "properties");
    static const struct {
        const char *key, *good, *bad;
    } cases[] = {{"length", "1200 m", "1200"},      {"length", "1.2 km", "1,2 km"},       {"speed", "2.3 m/s", "2.3x m/s"}, {"speed", "450 ft/min", "0.36 s/m"},
                 {"interval", "7.2 s", "7.2"},      {"capacity", "2400 pph", "2400 /h"}, {"vertical", "400m", "400 s"},    {"wind-limit", "54 km/h", "fast"}};
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        assert_true(matches(json_object_get(lift, cases[i].key), cases[i].good));
        assert_false(matches(json_object_get(lift, cases[i].key), cases[i].bad));
    }
    assert_true(matches(json_object_get(definitions, "span"), "09:00-26:00"));
    assert_false(matches(json_object_get(definitions, "span"), "9-17"));
    assert_true(matches(json_object_get(definitions, "share"), "0.5 %"));
    assert_false(matches(json_object_get(definitions, "share"), "0.5"));
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_guide_is_what_the_table_prints),
        cmocka_unit_test(its_example_loads_and_nothing_is_said_of_it),
        cmocka_unit_test(every_reference_of_the_schema_leads_somewhere),
        cmocka_unit_test(the_schema_knows_the_keys_of_the_table),
        cmocka_unit_test(the_patterns_of_the_schema_take_what_the_reader_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
