// test_bad.c - broken folders, each refused with exactly the messages that its expected.txt holds.
#include "folders.h"

#define ROOT "test/resort/bad"

// All that is told of a folder, one line each, with paths relative to it.
static piste_status load(const char *folder, base_text *text) {
    piste_errors *errors = piste_errors_create();
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(folder, PISTE_DATE_NONE, errors, &resort);
    size_t prefix = strlen(folder) + 1;
    for (size_t i = 0; i < piste_errors_count(errors); i++) {
        const char *line = piste_errors_get(errors, i)->text;
        base_text_format(text, "%s\n", strncmp(line, folder, prefix - 1) == 0 ? line + prefix : line);
    }
    if (resort)
        base_text_add(text, "loaded\n");
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    return status;
}

static void each_is_refused_as_expected(void **state) {
    (void)state;
    folders list;
    int wrong = 0;
    folders_list(ROOT, &list);
    assert_true(list.count >= 40);
    for (int i = 0; i < list.count; i++) {
        char folder[512];
        snprintf(folder, sizeof folder, ROOT "/%s", list.names[i]);
        base_text text = {0};
        piste_status status = load(folder, &text);
        if (status == PISTE_OK || !text.data) {
            print_error("%s was not refused\n", folder);
            wrong++;
        } else
            wrong += !folders_match(folder, text.data);
        base_text_release(&text);
    }
    folders_release(&list);
    assert_int_equal(wrong, 0);
}

// Without a list of errors the answer is the same, and nothing is told.
static void the_list_of_errors_is_optional(void **state) {
    (void)state;
    folders list;
    folders_list(ROOT, &list);
    for (int i = 0; i < list.count; i++) {
        char folder[512];
        snprintf(folder, sizeof folder, ROOT "/%s", list.names[i]);
        base_text text = {0};
        piste_resort *resort = NULL;
        piste_status with = load(folder, &text), without = piste_resort_load(folder, PISTE_DATE_NONE, NULL, &resort);
        base_text_release(&text);
        assert_int_equal(with, without);
        assert_null(resort);
    }
    folders_release(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_refused_as_expected), cmocka_unit_test(the_list_of_errors_is_optional)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
