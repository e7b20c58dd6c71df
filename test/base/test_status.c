// Tests of the table of statuses, of the list of errors and of arenas.
#include "test.h"

#include "base/base.h"

static void every_status_has_its_row(void **state) {
    (void)state;
    for (int s = 0; s < PISTE_STATUS_COUNT; s++) {
        piste_status status = (piste_status)s;
        assert_non_null(piste_status_name(status));
        assert_true(strlen(piste_status_name(status)) > 0 && strlen(piste_status_text(status)) > 0);
        assert_true((piste_status_exit_code(status) == 0) == (status == PISTE_OK));
        assert_in_range(piste_status_exit_code(status), 0, 255);
        assert_true((piste_status_http_code(status) == 200) == (status == PISTE_OK));
        assert_true(status == PISTE_OK || (piste_status_http_code(status) >= 400 && piste_status_http_code(status) < 600));
        for (int t = 0; t < s; t++)
            assert_string_not_equal(piste_status_name(status), piste_status_name((piste_status)t));
    }
    int outside[] = {-1, PISTE_STATUS_COUNT, 1000};
    for (size_t i = 0; i < BASE_COUNT(outside); i++) {
        assert_string_equal(piste_status_name((piste_status)outside[i]), "unknown");
        assert_int_equal(piste_status_exit_code((piste_status)outside[i]), 70);
        assert_int_equal(piste_status_http_code((piste_status)outside[i]), 500);
    }
}

static void an_error_is_one_line_with_its_place(void **state) {
    (void)state;
    piste_errors *errors = piste_errors_create();
    assert_int_equal(piste_errors_add(errors, PISTE_INVALID, "a.yaml", 12, 5, "speed: %d km/h", 90), PISTE_INVALID);
    assert_int_equal(piste_errors_add(errors, PISTE_LIMIT, "a.yaml", 12, 0, "long"), PISTE_LIMIT);
    assert_int_equal(piste_errors_add(errors, PISTE_IO, "a.yaml", 0, 0, "broken"), PISTE_IO);
    assert_int_equal(piste_errors_add(errors, PISTE_USAGE, NULL, 3, 4, "two\nlines\tand \x7f"), PISTE_USAGE);
    static const char *const texts[] = {"a.yaml:12:5: speed: 90 km/h", "a.yaml:12: long", "a.yaml: broken",
                                        "two?lines?and ?"};
    assert_int_equal(piste_errors_count(errors), BASE_COUNT(texts));
    for (size_t i = 0; i < BASE_COUNT(texts); i++)
        assert_string_equal(piste_errors_get(errors, i)->text, texts[i]);
    assert_string_equal(piste_errors_get(errors, 0)->message, "speed: 90 km/h");
    assert_string_equal(piste_errors_get(errors, 3)->file, "");
    piste_errors_destroy(errors);
    assert_int_equal(piste_errors_add(NULL, PISTE_MEMORY, "x", 0, 0, "nobody listens"), PISTE_MEMORY);
    piste_errors_destroy(NULL);
}

static void a_long_message_ends_with_a_whole_character(void **state) {
    (void)state;
    for (size_t before = 1000; before < 1030; before++) {
        char value[2048];
        memset(value, 'x', before);
        value[before] = 0;
        for (int i = 0; i < 20; i++)
            strcat(value, i % 2 ? "\xea\xb0\x80" : "\xf0\x9f\x8f\x82");
        piste_errors *errors = piste_errors_create();
        (void)piste_errors_add(errors, PISTE_INVALID, "f", 1, 1, "%s", value);
        const char *message = piste_errors_get(errors, 0)->message;
        assert_in_range(strlen(message), 1020, 1023);
        assert_true(base_text_is_clean(message, strlen(message)));
        piste_errors_destroy(errors);
    }
}

static void the_list_keeps_so_many_and_counts_the_rest(void **state) {
    (void)state;
    piste_errors *errors = piste_errors_create();
    for (int i = 0; i < PISTE_ERRORS_MAX + 500; i++)
        (void)piste_errors_add(errors, PISTE_INVALID, "f", PISTE_ERRORS_MAX + 500 - i, 1, "%d", i);
    assert_int_equal(piste_errors_count(errors), PISTE_ERRORS_MAX);
    assert_int_equal(piste_errors_total(errors), PISTE_ERRORS_MAX + 500);
    piste_errors_sort(errors);
    for (size_t i = 1; i < piste_errors_count(errors); i++)
        assert_true(piste_errors_get(errors, i - 1)->line < piste_errors_get(errors, i)->line);
    piste_errors_destroy(errors);
}

static void sorting_is_by_first_mention_then_place_and_stable(void **state) {
    (void)state;
    piste_errors *errors = piste_errors_create();
    piste_errors_sort(errors); // an empty list is in order
    // A hundred files, each mentioned in turn, lines backwards, two errors at each place.
    for (int round = 0; round < 3; round++)
        for (int file = 0; file < 100; file++)
            for (int twice = 0; twice < 2; twice++) {
                char name[16];
                snprintf(name, sizeof name, "f%d", 99 - file);
                (void)piste_errors_add(errors, PISTE_INVALID, name, 5 - round / 2, 7 - round % 2, "%d", twice);
            }
    piste_errors_sort(errors);
    assert_int_equal(piste_errors_count(errors), 600);
    for (size_t i = 0; i < 600; i++) {
        const piste_error *e = piste_errors_get(errors, i);
        char name[16];
        snprintf(name, sizeof name, "f%d", 99 - (int)(i / 6));
        assert_string_equal(e->file, name);
        static const int lines[] = {4, 5, 5}, columns[] = {7, 6, 7};
        assert_int_equal(e->line, lines[i % 6 / 2]);
        assert_int_equal(e->column, columns[i % 6 / 2]);
        assert_string_equal(e->message, i % 2 ? "1" : "0");
    }
    piste_errors_destroy(errors);
}

static void an_arena_gives_zeroed_aligned_memory_of_its_own(void **state) {
    (void)state;
    base_arena *arena = base_arena_create();
    unsigned char *pieces[600];
    size_t sizes[600];
    for (size_t i = 0; i < 600; i++) {
        sizes[i] = i % 50 == 49 ? 100000 + i : (i * 37) % 700 + 1;
        pieces[i] = base_arena_take(arena, sizes[i]);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)(i % 255) + 1, sizes[i]);
    }
    for (size_t i = 0; i < 600; i++) // nobody wrote into another's
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(pieces[i][k], i % 255 + 1);
    assert_null(base_arena_take(arena, SIZE_MAX));
    assert_null(base_arena_take(arena, SIZE_MAX - 8));
    char *copy = base_arena_text(arena, "abcdef", 3);
    assert_string_equal(copy, "abc");
    assert_string_equal(base_arena_text(arena, NULL, 0), "");
    assert_string_equal(base_arena_format(arena, "%s-%03d", "lift", 7), "lift-007");
    base_arena_destroy(arena);
    base_arena_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_row),
        cmocka_unit_test(an_error_is_one_line_with_its_place),
        cmocka_unit_test(a_long_message_ends_with_a_whole_character),
        cmocka_unit_test(the_list_keeps_so_many_and_counts_the_rest),
        cmocka_unit_test(sorting_is_by_first_mention_then_place_and_stable),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
