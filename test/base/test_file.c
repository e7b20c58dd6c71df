// Tests of whole files: read within a limit, written whole or not at all.
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

static char folder[] = "/tmp/piste-file-XXXXXX";

static int enter(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int entries(void) { // in the folder, without . and ..
    DIR *open = opendir(".");
    int count = -2;
    while (readdir(open))
        count++;
    closedir(open);
    return count;
}

static int leave(void **state) {
    (void)state;
    DIR *open = opendir(".");
    for (struct dirent *entry; (entry = readdir(open));)
        if (entry->d_name[0] != '.')
            remove(entry->d_name);
    closedir(open);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void put(const char *path, const char *text) {
    assert_int_equal(base_file_write(path, text, strlen(text), NULL), PISTE_OK);
}

static void expect_file(const char *path, const char *text) {
    char *data = NULL;
    size_t length = 0;
    assert_int_equal(base_file_read(path, 1 << 20, NULL, &data, &length), PISTE_OK);
    assert_int_equal(length, strlen(text));
    assert_string_equal(data, text);
    free(data);
}

static void what_is_written_is_read(void **state) {
    (void)state;
    put("a", "one");
    expect_file("a", "one");
    put("a", "two and more");
    expect_file("a", "two and more");
    put("a", ""); // an empty file is a file, and has its NUL when read
    expect_file("a", "");
    size_t length = 300000; // longer than any buffer on the way
    char *large = test_malloc(length + 1);
    for (size_t i = 0; i < length; i++)
        large[i] = (char)('a' + i % 23);
    large[length] = 0;
    put("b", large);
    expect_file("b", large);
    test_free(large);
    assert_int_equal(entries(), 2); // and nothing is left beside them
}

static void a_limit_is_a_limit(void **state) {
    (void)state;
    put("a", "12345");
    char *data = NULL;
    size_t length = 99;
    assert_int_equal(base_file_read("a", 5, NULL, &data, &length), PISTE_OK);
    assert_int_equal(length, 5);
    free(data);
    data = NULL;
    length = 99;
    piste_errors *errors = piste_errors_create();
    assert_int_equal(base_file_read("a", 4, errors, &data, &length), PISTE_LIMIT);
    assert_null(data);
    assert_int_equal(length, 99);
    assert_string_equal(piste_errors_get(errors, 0)->text, "a: larger than 4 bytes, the most that is read");
    piste_errors_destroy(errors);
}

static void what_cannot_be_read_says_why(void **state) {
    (void)state;
    put("file", "x");
    static const struct { const char *path; piste_status status; const char *text; } cases[] = {
        {"none", PISTE_NOT_FOUND, "none: No such file or directory"},
        {"file/none", PISTE_NOT_FOUND, "file/none: Not a directory"},
        {".", PISTE_IO, ".: Is a directory"},
    };
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        piste_errors *errors = piste_errors_create();
        char *data = NULL;
        size_t length = 0;
        assert_int_equal(base_file_read(cases[i].path, 100, errors, &data, &length), cases[i].status);
        assert_null(data);
        assert_string_equal(piste_errors_get(errors, 0)->text, cases[i].text);
        piste_errors_destroy(errors);
    }
}

static void what_cannot_be_written_says_why(void **state) {
    (void)state;
    put("file", "x");
    static const struct { const char *path, *text; } cases[] = {
        {"none/a", "none/a: No such file or directory"},
        {"file/a", "file/a: Not a directory"},
        {".", ".: Is a directory"},
        {"/dev/full", "/dev/full: No space left on device"},
    };
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        piste_errors *errors = piste_errors_create();
        assert_int_equal(base_file_write(cases[i].path, "data", 4, errors), PISTE_IO);
        assert_string_equal(piste_errors_get(errors, 0)->text, cases[i].text);
        piste_errors_destroy(errors);
    }
    struct stat about;
    assert_int_equal(stat("/dev/full", &about), 0);
    assert_true(S_ISCHR(about.st_mode)); // a device stays one
    assert_int_equal(base_file_write("/dev/null", "data", 4, NULL), PISTE_OK);
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void a_folder_that_may_not_be_written_is_left_alone(void **state) {
    (void)state;
    put("a", "old");
    if (geteuid() == 0) { // root may write anywhere, so a child gives that up
        pid_t child = fork();
        if (child == 0) {
            bool good = chmod(".", 0755) == 0 && setgid(65534) == 0 && setuid(65534) == 0;
            _exit(good && base_file_write("a", "new", 3, NULL) == PISTE_IO && base_file_write("c", "new", 3, NULL) == PISTE_IO
                      ? 0
                      : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        expect_file("a", "old");
        return;
    }
    assert_int_equal(chmod(".", 0555), 0);
    assert_int_equal(base_file_write("a", "new", 3, NULL), PISTE_IO);
    assert_int_equal(chmod(".", 0755), 0);
    expect_file("a", "old");
}

static void a_write_that_fails_half_way_leaves_the_old_file(void **state) {
    (void)state;
    put("a", "old");
    int before = entries();
    pid_t child = fork();
    if (child == 0) { // in a child, since a limit cannot be taken back by everyone
        struct rlimit limit = {4096, 4096};
        static char data[100000];
        signal(SIGXFSZ, SIG_IGN);
        bool good = setrlimit(RLIMIT_FSIZE, &limit) == 0 && base_file_write("a", data, sizeof data, NULL) == PISTE_IO;
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    expect_file("a", "old");
    assert_int_equal(entries(), before);
}

static void a_file_keeps_its_permissions(void **state) {
    (void)state;
    put("secret", "old");
    assert_int_equal(chmod("secret", 0600), 0);
    put("secret", "new");
    struct stat about;
    assert_int_equal(stat("secret", &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    expect_file("secret", "new");
}

static void standard_output_is_a_file_too(void **state) {
    (void)state;
    for (int full = 0; full < 2; full++) {
        pid_t child = fork();
        if (child == 0) {
            int fd = open(full ? "/dev/full" : "out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
            if (fd < 0 || dup2(fd, 1) != 1)
                _exit(2);
            _exit(base_file_write("-", "hello", 5, NULL) == (full ? PISTE_IO : PISTE_OK) ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    expect_file("out", "hello");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_limit_is_a_limit),
        cmocka_unit_test(what_cannot_be_read_says_why),
        cmocka_unit_test(what_cannot_be_written_says_why),
        cmocka_unit_test(a_folder_that_may_not_be_written_is_left_alone),
        cmocka_unit_test(a_write_that_fails_half_way_leaves_the_old_file),
        cmocka_unit_test(a_file_keeps_its_permissions),
        cmocka_unit_test(standard_output_is_a_file_too),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
