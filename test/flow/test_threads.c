// test_threads.c - any number of threads may read one resort: their days are those that one thread would have. Made to be run
// under ThreadSanitizer as well.
#include "flow_test.h"

#include <pthread.h>

enum { THREADS = 4, DAYS_MAX = 64 };

typedef struct job {
    const piste_resort *resort;
    int first, days;
    uint64_t fingerprints[DAYS_MAX];
    bool good;
} job;

// The days of one thread: every THREADS-th, in one piste_day that is begun anew.
static void *work(void *context) {
    job *j = context;
    piste_day_def def = piste_day_def_default();
    piste_day *day = NULL;
    j->good = piste_day_create(j->resort, &def, NULL, &day) == PISTE_OK;
    for (int i = j->first; j->good && i < j->days; i += THREADS) {
        j->good = piste_day_reset(day, (uint64_t)i + 1) == PISTE_OK;
        piste_day_run(day, PISTE_DAY_END);
        j->fingerprints[i] = fingerprint(piste_day_get_result(day));
    }
    piste_day_destroy(day);
    return NULL;
}

static void days_on_threads_are_days_on_one(void **state) {
    (void)state;
    static const char *const folders[] = {"test/laws/mountain", "test/laws/mountain-troubles", "resorts/masikryong"};
    for (size_t f = 0; f < BASE_COUNT(folders); f++) {
        piste_resort *resort = load(folders[f]);
        int days = test_count(8, DAYS_MAX);
        job jobs[THREADS];
        pthread_t threads[THREADS];
        for (int t = 0; t < THREADS; t++) {
            jobs[t] = (job){.resort = resort, .first = t, .days = days};
            assert_int_equal(pthread_create(&threads[t], NULL, work, &jobs[t]), 0);
        }
        for (int t = 0; t < THREADS; t++) {
            assert_int_equal(pthread_join(threads[t], NULL), 0);
            assert_true(jobs[t].good);
        }
        for (int i = 0; i < days; i++) {
            piste_day *day = run_day(resort, (uint64_t)i + 1, -1);
            assert_true(fingerprint(piste_day_get_result(day)) == jobs[i % THREADS].fingerprints[i]);
            piste_day_destroy(day);
        }
        piste_resort_destroy(resort);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(days_on_threads_are_days_on_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
