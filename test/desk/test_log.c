// test_log.c - the log of a gate: nothing that was answered is lost, nothing torn is read; merging is union.
#include "desk/gate_test.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "desk/gate.h"

#define NOON (TEST_DAY_S + 3 * 3600)

// A gate that has judged `scans` passes, each after the time that it takes to come again; its log's bytes.
static char *log_of(hill *h, const char *name, int64_t number, const char *entrance, uint64_t *r, int scans, size_t *length) {
    piste_gate *gate = hill_gate(h, name, number, entrance);
    int64_t t = NOON;
    for (int i = 0; i < scans; i++) {
        piste_pass pass = hill_pass(h, (uint64_t)test_between(r, 1, 5));
        pass.points = (uint16_t)test_between(r, 0, 3);
        t += test_between(r, 1, 60);
        piste_clock clock = test_clock(t);
        piste_answer answer;
        const char *text = test_between(r, 0, 9) ? hill_sign(h, pass) : "nonsense";
        assert_int_equal(piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer), PISTE_OK);
    }
    WELL(piste_gate_sync(gate, errors));
    piste_gate_close(gate);
    char path[64], *data = NULL;
    snprintf(path, sizeof path, "%s/log", name);
    WELL(base_file_read(test_path(path), 1 << 24, errors, &data, length));
    assert_int_equal(*length, PISTE_LOG_HEADER + (size_t)scans * PISTE_LOG_RECORD);
    return data;
}

static void put(const char *name, const char *data, size_t length) {
    FILE *file = fopen(test_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    fclose(file);
}

static piste_gate_state state_of(const char *name) {
    piste_gate *gate = NULL;
    piste_gate_state about;
    WELL(piste_gate_open(test_path(name), errors, &gate));
    piste_gate_get_state(gate, &about);
    piste_gate_close(gate);
    return about;
}

// Cut off anywhere: the whole records stay, the rest is set aside, and the gate goes on.
static void a_torn_record_is_cut_off_and_nothing_else(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    uint64_t r = 1;
    size_t length = 0;
    char *data = log_of(&h, "g", 1, "eagle", &r, 5, &length);
    for (size_t cut = PISTE_LOG_HEADER; cut <= length; cut += cut < length - 24 ? 31 : 1) {
        put("g/log", data, cut);
        size_t records = (cut - PISTE_LOG_HEADER) / PISTE_LOG_RECORD, torn = (cut - PISTE_LOG_HEADER) % PISTE_LOG_RECORD;
        piste_gate_state about = state_of("g");
        assert_int_equal(about.sequence, records);
        assert_int_equal(about.cut_bytes, torn);
        about = state_of("g"); // and it is on the disk like that
        assert_true(about.sequence == (int64_t)records && about.cut_bytes == 0);
        if (torn) {
            char aside[64], *kept = NULL;
            size_t kept_length = 0;
            snprintf(aside, sizeof aside, "g/log.cut-%zu", records + 1);
            WELL(base_file_read(test_path(aside), 1 << 20, errors, &kept, &kept_length));
            assert_int_equal(kept_length, torn);
            assert_memory_equal(kept, data + cut - torn, torn);
            free(kept);
        }
    }
    free(data);
    hill_release(&h);
}

// A changed bit anywhere in the last records cuts from there; in the header it is no log.
static void a_changed_bit_is_noticed(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    uint64_t r = 2;
    size_t length = 0;
    char *data = log_of(&h, "g", 1, "eagle", &r, 4, &length);
    piste_gate *gate = NULL;
    for (size_t at = 0; at < length; at += (size_t)test_count(5, 1)) {
        data[at] ^= (char)(1 << at % 8);
        put("g/log", data, length);
        if (at < PISTE_LOG_HEADER) {
            // The header's name and number are part of the chain: either it is no log, or none of its records is.
            piste_status status = piste_gate_open(test_path("g"), NULL, &gate);
            if (status == PISTE_OK) {
                piste_gate_state about;
                piste_gate_get_state(gate, &about);
                assert_int_equal(about.sequence, 0);
                piste_gate_close(gate);
            }
        } else {
            assert_int_equal(state_of("g").sequence, (at - PISTE_LOG_HEADER) / PISTE_LOG_RECORD);
        }
        data[at] ^= (char)(1 << at % 8);
    }
    free(data);
    hill_release(&h);
}

// What is wrong further up was whole once: it is told, and nothing is cut off.
static void damage_further_up_is_told(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    uint64_t r = 3;
    size_t length = 0, after = 0;
    char *data = log_of(&h, "g", 1, "eagle", &r, PISTE_LOG_BATCH + 40, &length), *still = NULL;
    data[PISTE_LOG_HEADER + 10 * PISTE_LOG_RECORD + 5] ^= 1;
    put("g/log", data, length);
    piste_gate *gate = NULL;
    EXPECT(piste_gate_open(test_path("g"), errors, &gate), PISTE_INVALID);
    WELL(base_file_read(test_path("g/log"), 1 << 24, errors, &still, &after));
    assert_int_equal(after, length);
    free(still);
    // Merging takes what is whole before it, and tells.
    piste_merge *merge = NULL;
    int64_t added = 0, cut = 0;
    WELL(piste_merge_create(errors, &merge));
    EXPECT(piste_merge_add_file(merge, test_path("g/log"), errors, &added, &cut), PISTE_INVALID);
    assert_int_equal(added, 10);
    piste_merge_destroy(merge);
    free(data);
    hill_release(&h);
}

// A disk that takes no more: what could not be written opens nothing, and what was written before stays.
static void a_full_disk_lets_nobody_in(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    uint64_t r = 4;
    size_t length = 0;
    free(log_of(&h, "g", 1, "eagle", &r, 3, &length));
    const char *text = hill_sign(&h, hill_pass(&h, 9));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) { // the limit holds for this process alone
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {length + 50, length + 50};
        setrlimit(RLIMIT_FSIZE, &limit);
        piste_gate *gate = NULL;
        piste_answer answer;
        piste_clock clock = test_clock(NOON + 4000);
        bool well = piste_gate_open(test_path("g"), NULL, &gate) == PISTE_OK &&
                    piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer) == PISTE_OK &&
                    piste_gate_sync(gate, NULL) == PISTE_IO && piste_gate_sync(gate, NULL) == PISTE_IO &&
                    piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer) == PISTE_IO;
        _exit(well ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(state_of("g").sequence, 3);
    hill_release(&h);
}

// Killed at any moment: every answer that was given is in the log.
static void a_killed_gate_has_all_that_it_answered(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate_close(hill_gate(&h, "g", 1, "eagle"));
    int64_t before = 0;
    uint64_t r = 5;
    for (int round = 0; round < test_count(20, 2000); round++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        const char *text = hill_sign(&h, hill_pass(&h, 9));
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            piste_gate *gate = NULL;
            if (piste_gate_open(test_path("g"), NULL, &gate) != PISTE_OK)
                _exit(1);
            for (int i = 0;; i++) {
                piste_answer answer;
                piste_clock clock = test_clock(NOON + round * 10);
                if (piste_gate_judge(gate, text, strlen(text), 0, &clock, &answer) != PISTE_OK)
                    _exit(1);
                if (i % 3 == 2 && (piste_gate_sync(gate, NULL) != PISTE_OK || write(pipes[1], &answer.sequence, 8) != 8))
                    _exit(1);
            }
        }
        close(pipes[1]);
        usleep((useconds_t)test_between(&r, 3000, 15000));
        kill(child, SIGKILL);
        int64_t answered = before, sequence;
        while (read(pipes[0], &sequence, 8) == 8)
            answered = sequence;
        close(pipes[0]);
        waitpid(child, NULL, 0);
        int64_t there = state_of("g").sequence;
        assert_true(there >= answered && there <= answered + PISTE_LOG_BATCH);
        before = there;
    }
    assert_true(before > 0);
    hill_release(&h);
}

// ---- a log that has grown ---------------------------------------------------------------------------------------------

enum { A_LOG = 3, SCANS = 7 };

static int64_t count_of_gate(void) {
    piste_merge *merge = NULL;
    int64_t added = 0, cut = 0, again = 0;
    WELL(piste_merge_create(errors, &merge));
    WELL(piste_merge_add_gate(merge, test_path("g"), errors, &added, &cut));
    WELL(piste_merge_add_gate(merge, test_path("g"), errors, &again, &cut));
    assert_int_equal(again, 0);
    assert_int_equal(piste_merge_count(merge), added);
    piste_merge_destroy(merge);
    return added;
}

// All are known when the gate is opened: none of them gets in again at once.
static void all_are_known(char texts[SCANS][PISTE_PASS_TEXT + 1]) {
    piste_gate *gate = NULL;
    WELL(piste_gate_open(test_path("g"), errors, &gate));
    for (int i = 0; i < SCANS; i++) {
        piste_answer answer;
        piste_clock clock = test_clock(NOON + SCANS);
        assert_int_equal(piste_gate_judge(gate, texts[i], strlen(texts[i]), 0, &clock, &answer), PISTE_OK);
        assert_int_equal(answer.reason, PISTE_SCAN_PASSBACK);
    }
    piste_gate_close(gate); // what was not synced is not there
}

static void a_log_that_has_grown_is_continued_in_another(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    piste_gate *gate = hill_gate(&h, "g", 1, "eagle");
    char texts[SCANS][PISTE_PASS_TEXT + 1], *data = NULL;
    size_t length = 0;
    gate->log_most = PISTE_LOG_HEADER + A_LOG * PISTE_LOG_RECORD;
    for (int i = 0; i < SCANS; i++) {
        snprintf(texts[i], sizeof texts[i], "%s", hill_sign(&h, hill_pass(&h, (uint64_t)i + 1)));
        assert_int_equal(scan_at(gate, texts[i], NOON + i), PISTE_SCAN_OPEN);
    }
    piste_gate_close(gate);
    assert_int_equal(access(test_path("g/log.000002"), F_OK), 0);
    assert_int_equal(count_of_gate(), SCANS);
    all_are_known(texts);
    // The power was cut before the new log had its name, and after the full one had its second.
    put("g/log.next", "x", 1);
    assert_int_equal(link(test_path("g/log"), test_path("g/log.000003")), 0);
    assert_int_equal(count_of_gate(), SCANS);
    all_are_known(texts);
    assert_int_not_equal(access(test_path("g/log.next"), F_OK), 0);
    assert_int_not_equal(access(test_path("g/log.000003"), F_OK), 0);
    // A former log is whole or is told; that there is none where one should be, too.
    WELL(base_file_read(test_path("g/log.000001"), 1 << 20, errors, &data, &length));
    put("g/log.000001", data, length - 1);
    EXPECT(piste_gate_open(test_path("g"), errors, &gate), PISTE_INVALID);
    data[PISTE_LOG_HEADER + PISTE_LOG_RECORD + 40] ^= 1;
    put("g/log.000001", data, length);
    EXPECT(piste_gate_open(test_path("g"), errors, &gate), PISTE_INVALID);
    data[PISTE_LOG_HEADER + PISTE_LOG_RECORD + 40] ^= 1;
    put("g/log.000001", data, length);
    all_are_known(texts);
    assert_int_equal(unlink(test_path("g/log")), 0);
    EXPECT(piste_gate_open(test_path("g"), errors, &gate), PISTE_NOT_FOUND);
    free(data);
    hill_release(&h);
}

// ---- merging ----------------------------------------------------------------------------------------------------------

enum { LOGS = 4 };

static uint64_t hash_of_merged(piste_merge *merge) {
    char *data = NULL;
    size_t length = 0;
    WELL(piste_merge_save(merge, test_path("all"), errors));
    WELL(base_file_read(test_path("all"), 1 << 24, errors, &data, &length));
    uint64_t hash = base_key_text("merged");
    for (size_t i = 0; i < length; i++)
        hash = base_mix(hash + (unsigned char)data[i]);
    free(data);
    return hash;
}

static char *findings_text(piste_merge *merge, const hill *h) {
    const piste_gate_finding *found = NULL;
    int64_t count = 0;
    base_text text = {0};
    assert_int_equal(piste_merge_judge(merge, h->table, &h->lists, &found, &count), PISTE_OK);
    base_text_format(&text, "%lld:", (long long)count);
    for (int64_t i = 0; i < count; i++)
        base_text_format(&text, " %s %llx %lld/%lld at %lld", piste_finding_kind_word(found[i].kind), (unsigned long long)found[i].pass,
                         (long long)found[i].value, (long long)found[i].expected, (long long)found[i].second->sequence);
    assert_false(text.failed);
    return text.data;
}

// Prefixes of logs, in any order, any number of times, through merged files or not: the same bytes and the same findings.
static void merging_is_union(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    const char *doors[LOGS] = {"eagle", "bruin", "eagle", "red-fox"};
    char *data[LOGS], name[8];
    size_t length[LOGS];
    uint64_t r = 6;
    assert_int_equal(piste_lists_revoke(&h.lists, 3, hill_pass(&h, 3).until_min, NOON + 300), PISTE_OK);
    for (int i = 0; i < LOGS; i++) {
        snprintf(name, sizeof name, "g%d", i);
        data[i] = log_of(&h, name, i + 1, doors[i], &r, 60, &length[i]);
    }
    uint64_t expected = 0;
    char *expected_found = NULL;
    for (int round = 0; round < test_count(100, 5000); round++) {
        piste_merge *merge = NULL;
        int64_t added = 0, cut = 0;
        WELL(piste_merge_create(errors, &merge));
        int steps = (int)test_between(&r, 0, 8);
        for (int s = 0; s < steps; s++) { // any part of any log, torn or not, again and again
            int i = (int)test_between(&r, 0, LOGS - 1);
            size_t part = (size_t)test_between(&r, PISTE_LOG_HEADER, (int64_t)length[i]);
            WELL(piste_merge_add_bytes(merge, data[i], part, "part", errors, &added, &cut));
            assert_int_equal(cut, (part - PISTE_LOG_HEADER) % PISTE_LOG_RECORD);
        }
        int order[LOGS] = {0, 1, 2, 3};
        for (int i = LOGS - 1; i > 0; i--) {
            int j = (int)test_between(&r, 0, i), t = order[i];
            order[i] = order[j];
            order[j] = t;
        }
        for (int i = 0; i < LOGS; i++) {
            WELL(piste_merge_add_bytes(merge, data[order[i]], length[order[i]], "log", errors, &added, &cut));
            if (test_between(&r, 0, 3) == 0) { // by way of a merged file
                WELL(piste_merge_save(merge, test_path("half"), errors));
                piste_merge_destroy(merge);
                WELL(piste_merge_create(errors, &merge));
                WELL(piste_merge_add_file(merge, test_path("half"), errors, &added, &cut));
            }
        }
        WELL(piste_merge_add_bytes(merge, data[order[0]], length[order[0]], "log", errors, &added, &cut));
        assert_int_equal(added, 0);
        assert_int_equal(piste_merge_count(merge), LOGS * 60);
        uint64_t hash = hash_of_merged(merge);
        char *found = findings_text(merge, &h);
        if (round == 0) {
            expected = hash;
            expected_found = found;
            print_message("# %.100s ...\n", found);
            assert_true(strstr(found, "twice") && strstr(found, "overspent") && strstr(found, "revoked"));
        } else {
            assert_true(hash == expected);
            assert_string_equal(found, expected_found);
            free(found);
        }
        piste_merge_destroy(merge);
    }
    free(expected_found);
    for (int i = 0; i < LOGS; i++)
        free(data[i]);
    hill_release(&h);
}

static void copies_that_went_on_and_missing_records_are_found(void **state) {
    (void)state;
    hill h = hill_make(BADGER_PASS);
    uint64_t r = 7;
    size_t length = 0, other_length = 0;
    char *data = log_of(&h, "g", 1, "eagle", &r, 3, &length), *other = NULL, command[600];
    snprintf(command, sizeof command, "cp -r %s %s", test_path("g"), test_path("copy"));
    assert_int_equal(system(command), 0);
    piste_gate *gate = NULL;
    const char *names[] = {"g", "copy"};
    for (int i = 0; i < 2; i++) {
        WELL(piste_gate_open(test_path(names[i]), errors, &gate));
        scan_at(gate, hill_sign(&h, hill_pass(&h, (uint64_t)(50 + i))), NOON + 4000);
        piste_gate_close(gate);
    }
    free(data);
    WELL(base_file_read(test_path("g/log"), 1 << 20, errors, &data, &length));
    WELL(base_file_read(test_path("copy/log"), 1 << 20, errors, &other, &other_length));
    piste_merge *merge = NULL;
    int64_t added = 0, cut = 0, count = 0;
    const piste_gate_finding *found = NULL;
    WELL(piste_merge_create(errors, &merge));
    WELL(piste_merge_add_bytes(merge, other, other_length, "copy", errors, &added, &cut));
    WELL(piste_merge_add_bytes(merge, data, length, "log", errors, &added, &cut));
    assert_int_equal(added, 1);
    assert_int_equal(piste_merge_judge(merge, h.table, NULL, &found, &count), PISTE_OK);
    int forks = 0;
    for (int64_t i = 0; i < count; i++)
        forks += found[i].kind == PISTE_FINDING_FORK && found[i].value == 4;
    assert_int_equal(forks, 1);
    piste_merge_destroy(merge);
    // A merged file that was changed is not read.
    WELL(piste_merge_create(errors, &merge));
    WELL(piste_merge_add_bytes(merge, data, length, "log", errors, &added, &cut));
    WELL(piste_merge_save(merge, test_path("all"), errors));
    piste_merge_destroy(merge);
    free(other);
    WELL(base_file_read(test_path("all"), 1 << 20, errors, &other, &other_length));
    WELL(piste_merge_create(errors, &merge));
    for (size_t at = 16; at < other_length; at += 3) {
        other[at] ^= 4;
        assert_int_not_equal(piste_merge_add_bytes(merge, other, other_length, "all", NULL, &added, &cut), PISTE_OK);
        other[at] ^= 4;
    }
    for (size_t part = 0; part < other_length; part += 5)
        assert_int_not_equal(piste_merge_add_bytes(merge, other, part, "all", NULL, &added, &cut), PISTE_OK);
    assert_int_equal(piste_merge_count(merge), 0);
    piste_merge_destroy(merge);
    free(data);
    free(other);
    hill_release(&h);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, test_each_begins, test_each_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        EACH(a_log_that_has_grown_is_continued_in_another),
        EACH(a_torn_record_is_cut_off_and_nothing_else),
        EACH(a_changed_bit_is_noticed),
        EACH(damage_further_up_is_told),
        EACH(a_full_disk_lets_nobody_in),
        EACH(a_killed_gate_has_all_that_it_answered),
        EACH(merging_is_union),
        EACH(copies_that_went_on_and_missing_records_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
