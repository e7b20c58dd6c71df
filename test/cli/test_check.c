// test_check.c - `piste check` as it is typed: what it prints, where, and its exit codes. PISTE_BINARY is the command.
#include "test.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define CLEAN "test/resort/check/clean"

static char output[1 << 16];

// Runs `piste check ARGUMENTS`, keeps its output (of stderr too, where the arguments say so), returns its exit code.
static int run(const char *arguments) {
    char command[1024];
    const char *binary = getenv("PISTE_BINARY");
    assert_non_null(binary);
    snprintf(command, sizeof command, "'%s' check %s", binary, arguments);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(output, 1, sizeof output - 1, pipe);
    output[length] = 0;
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_clean_folder_is_well(void **state) {
    (void)state;
    assert_int_equal(run(CLEAN), 0);
    assert_string_equal(output, "Clean Hill, as of 2024-01-20: 4 places, 2 lifts, 2 runs, 1 walk, 4 venues, 2 segments\n0 errors, 0 warnings, 0 notes\n");
    assert_int_equal(run("--strict " CLEAN), 0);
}

static void findings_are_aligned_and_plain_in_a_pipe(void **state) {
    (void)state;
    assert_int_equal(run("test/resort/check/outside-day"), 0);
    assert_string_equal(output, "Clean Hill, as of 2024-01-20: 4 places, 2 lifts, 2 runs, 1 walk, 4 venues, 2 segments\n"
                                "test/resort/check/outside-day/resort.yaml:35  warning  outside-day: lift gondola\n"
                                "    open 08:30-17:00, while the day that is rehearsed is 09:00-22:00\n"
                                "    -> widen `day` to 08:30-22:00\n"
                                "test/resort/check/outside-day/resort.yaml:64  warning  outside-day: segment day-guests\n"
                                "    it comes between 07:42 and 10:59, while the day is 09:00-22:00\n"
                                "    -> widen `day`, or give the arrival a min and a max within it\n"
                                "0 errors, 2 warnings, 0 notes\n");
}

static void errors_and_strict_warnings_are_found(void **state) {
    (void)state;
    assert_int_equal(run("test/resort/check/dead-end"), 1);
    assert_int_equal(run("test/resort/check/lift-speed"), 0);
    assert_int_equal(run("--strict test/resort/check/lift-speed"), 1);
    assert_int_equal(run("--strict test/resort/check/name-twice"), 0); // a note
}

static void a_date_may_be_asked_for(void **state) {
    (void)state;
    assert_int_equal(run("--date=2024-02-02 " CLEAN), 0);
    assert_non_null(strstr(output, "as of 2024-02-02"));
    assert_int_equal(run("--date 2024-02-30 " CLEAN " 2>&1"), 2);
    assert_non_null(strstr(output, "--date 2024-02-30, expected a date"));
}

static void json_holds_the_same(void **state) {
    (void)state;
    assert_int_equal(run("--json - test/resort/check/dead-end"), 1);
    json_t *root = json_loads(output, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root); // nothing else is printed there
    assert_string_equal(json_string_value(json_object_get(root, "format")), "piste-check");
    assert_int_equal(json_integer_value(json_object_get(root, "version")), 1);
    assert_string_equal(json_string_value(json_object_get(root, "status")), "found");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "counts"), "error")), 1);
    const json_t *finding = json_array_get(json_object_get(root, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "rule")), "dead-end");
    assert_int_equal(json_integer_value(json_object_get(finding, "line")), 41);
    json_decref(root);
}

static void json_tells_why_a_folder_cannot_be_read(void **state) {
    (void)state;
    assert_int_equal(run("--json - test/resort/bad/tag 2>/dev/null"), 4);
    json_t *root = json_loads(output, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "status")), "invalid");
    assert_int_equal(json_array_size(json_object_get(root, "findings")), 0);
    const json_t *error = json_array_get(json_object_get(root, "load_errors"), 0);
    assert_int_equal(json_integer_value(json_object_get(error, "line")), 5);
    assert_int_equal(json_integer_value(json_object_get(error, "column")), 11);
    json_decref(root);
}

static void what_is_wrong_goes_to_stderr(void **state) {
    (void)state;
    assert_int_equal(run("test/resort/bad/tag 2>/dev/null"), 4);
    assert_string_equal(output, "");
    assert_int_equal(run("test/resort/bad/tag 2>&1"), 4);
    assert_string_equal(output, "test/resort/bad/tag/resort.yaml:5:11: tag:yaml.org,2002:str: a tag, expected a plain value\n");
    assert_int_equal(run("test/resort/nowhere 2>&1"), 3);
    assert_int_equal(run("2>&1"), 2);
    assert_int_equal(run(CLEAN " " CLEAN " 2>&1"), 2);
    assert_int_equal(run("--colour " CLEAN " 2>&1"), 2);
    assert_int_equal(run("--json /nowhere/x.json " CLEAN " 2>&1"), 6);
}

// script (of bsdutils) gives the command a terminal.
static void terminals_have_colours_unless_they_are_not_wanted(void **state) {
    (void)state;
    static const struct {
        const char *environment;
        bool coloured;
    } cases[] = {{"TERM=xterm NO_COLOR=", true}, {"TERM=xterm NO_COLOR=1", false}, {"TERM=dumb NO_COLOR=", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char command[1024];
        snprintf(command, sizeof command, "%s script -qec \"'%s' check test/resort/check/dead-end\" /dev/null </dev/null", cases[i].environment, getenv("PISTE_BINARY"));
        FILE *pipe = popen(command, "r");
        assert_non_null(pipe);
        output[fread(output, 1, sizeof output - 1, pipe)] = 0;
        assert_int_equal(WEXITSTATUS(pclose(pipe)), 1);
        assert_non_null(strstr(output, "dead-end: run wild"));
        assert_int_equal(strstr(output, "\033[31merror") != NULL, cases[i].coloured);
        assert_int_equal(strchr(output, '\033') != NULL, cases[i].coloured);
    }
}

static void help_is_no_error(void **state) {
    (void)state;
    assert_int_equal(run("--help"), 0);
    assert_non_null(strstr(output, "usage: piste check RESORT"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_folder_is_well),
        cmocka_unit_test(findings_are_aligned_and_plain_in_a_pipe),
        cmocka_unit_test(errors_and_strict_warnings_are_found),
        cmocka_unit_test(a_date_may_be_asked_for),
        cmocka_unit_test(json_holds_the_same),
        cmocka_unit_test(json_tells_why_a_folder_cannot_be_read),
        cmocka_unit_test(what_is_wrong_goes_to_stderr),
        cmocka_unit_test(terminals_have_colours_unless_they_are_not_wanted),
        cmocka_unit_test(help_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
