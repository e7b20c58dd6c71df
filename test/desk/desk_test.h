// desk_test.h - what the tests of passes and gates share: folders of their own, an office, a gate, a clock that is told.
#ifndef DESK_TEST_H
#define DESK_TEST_H

#define _DEFAULT_SOURCE // mkdtemp, nftw
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "piste/gate.h"
#include "piste/pass.h"
#include "piste/resort.h"

#define MASIKRYONG "resorts/masikryong"
#define BADGER_PASS "examples/badger-pass"

// 2026-01-17 09:00 in Pyongyang, a Saturday; business days there begin at 01:00.
enum { TEST_DAY_S = 1768608000 };

static char test_top[64]; // this test's folder

static inline void test_begin_folder(void) {
    snprintf(test_top, sizeof test_top, "/tmp/piste-desk-XXXXXX");
    assert_non_null(mkdtemp(test_top));
}

static inline void test_remove(const char *path) {
    DIR *folder = opendir(path);
    if (folder) {
        for (struct dirent *e; (e = readdir(folder));) {
            if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                continue;
            char below[1024];
            snprintf(below, sizeof below, "%s/%s", path, e->d_name);
            test_remove(below);
        }
        closedir(folder);
        rmdir(path);
    } else {
        unlink(path);
    }
}

static inline void test_end_folder(void) {
    test_remove(test_top);
}

static inline const char *test_path(const char *name) { // eight at a time
    static char paths[8][256];
    static int next;
    char *path = paths[next++ & 7];
    snprintf(path, sizeof paths[0], "%s/%s", test_top, name);
    return path;
}

static inline int test_each_begins(void **state) {
    (void)state;
    test_begin_folder();
    return 0;
}
static inline int test_each_ends(void **state) {
    (void)state;
    test_end_folder();
    return 0;
}

// Fails with the texts where a status is not as expected.
static inline void test_expect(piste_status got, piste_status expected, piste_errors *errors, const char *file, int line) {
    if (got != expected) {
        for (size_t i = 0; errors && i < piste_errors_count(errors); i++)
            print_error("%s\n", piste_errors_get(errors, i)->text);
        print_error("%s:%d: %s, expected %s\n", file, line, piste_status_name(got), piste_status_name(expected));
        fail();
    }
}
#define EXPECT(call, expected)                                                                                                 \
    do {                                                                                                                       \
        piste_errors *errors = piste_errors_create();                                                                          \
        piste_status got = (call);                                                                                             \
        test_expect(got, expected, errors, __FILE__, __LINE__);                                                                \
        if (got != PISTE_OK)                                                                                                   \
            assert_true(piste_errors_total(errors) > 0);                                                                       \
        piste_errors_destroy(errors);                                                                                          \
    } while (0)
#define WELL(call) EXPECT(call, PISTE_OK)

static inline piste_clock test_clock(int64_t wall_s) { // one boot, whose clocks agree
    return (piste_clock){wall_s, (wall_s - TEST_DAY_S + 86400 * 1000ll) * 1000, 7};
}

// Random numbers of a test: the same in every run.
static inline uint64_t test_random(uint64_t *count) {
    return base_mix(0x9e3779b97f4a7c15ull * ++*count);
}
static inline int64_t test_between(uint64_t *count, int64_t from, int64_t to) {
    return from + (int64_t)(test_random(count) % (uint64_t)(to - from + 1));
}

#endif
