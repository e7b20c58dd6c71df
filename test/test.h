// test.h - what every cmocka program of the tests includes: cmocka with its needs, and how many cases to run.
//
//     static void sums_are_right(void **state) {
//         (void)state;
//         assert_int_equal(1 + 1, 2);
//     }
//     int main(void) {
//         const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_right)};
//         return cmocka_run_group_tests(tests, NULL, NULL);
//     }
//
// Meson sets CMOCKA_MESSAGE_OUTPUT=TAP. A line in test/meson.build makes a program a test.
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

// The everyday number of cases, or with PISTE_TEST_FULL=1 (script/test --full) the full one.
static inline int test_count(int everyday, int full) {
    const char *wish = getenv("PISTE_TEST_FULL");
    return wish && strcmp(wish, "1") == 0 ? full : everyday;
}

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TEST_SANITIZED
#endif
#endif

// How often a random experiment is repeated to claim a share or a mean. A sanitizer finds nothing in the thousandth repetition
// that it does not in the tenth, so there it is always the everyday number, and the test says so.
static inline int test_sample(int everyday, int full) {
    if (test_count(everyday, full) == everyday)
        return everyday;
#ifdef TEST_SANITIZED
    print_message("# under a sanitizer: %d repetitions instead of %d\n", everyday, full);
    return everyday;
#else
    return full;
#endif
}

#endif
