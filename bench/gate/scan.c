// scan.c - scans that a gate judges in a second, beside the bare check of as many signatures in the same run.
//
//     scan FOLDER RESORT PASSES    FOLDER: empty, to work in; prints `figure` lines
//
// Every scan is of another pass that is let in, so that nothing is spared by what was seen before. A scan is all of it: the
// text, the signature, the reasons, what is known of the pass, the record with its hash. `synced` also writes the records and
// flushes them, 64 at a time. Rounds of both take turns; a ratio is the median of the rounds'.
#define _DEFAULT_SOURCE
#include <piste/gate.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9 };

static double seconds(clockid_t of) {
    struct timespec t;
    clock_gettime(of, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *of) {
    qsort(of, ROUNDS, sizeof *of, by_size);
    return of[ROUNDS / 2];
}

static void must(piste_status status, piste_errors *errors) {
    if (status == PISTE_OK)
        return;
    for (size_t i = 0; i < piste_errors_count(errors); i++)
        fprintf(stderr, "%s\n", piste_errors_get(errors, i)->text);
    exit(1);
}

static double judge_all(piste_gate *gate, char (*texts)[PISTE_PASS_TEXT + 1], int passes, int64_t now_s, bool sync, clockid_t of) {
    double began = seconds(of);
    for (int i = 0; i < passes; i++) {
        piste_answer answer;
        piste_clock clock = {now_s, 1000, 1};
        must(piste_gate_judge(gate, texts[i], PISTE_PASS_TEXT, 0, &clock, &answer), NULL);
        if (answer.reason != PISTE_SCAN_OPEN) {
            fprintf(stderr, "scan: pass %d is not let in: %s\n", i, piste_scan_reason_word(answer.reason));
            exit(1);
        }
        if (sync && i % 64 == 63)
            must(piste_gate_sync(gate, NULL), NULL);
    }
    return seconds(of) - began;
}

static double verify_all(uint8_t (*tokens)[PISTE_PASS_BYTES], int passes, const uint8_t *key) {
    double began = seconds(CLOCK_PROCESS_CPUTIME_ID);
    int good = 0;
    for (int i = 0; i < passes; i++)
        good += crypto_sign_verify_detached(tokens[i] + PISTE_PASS_BODY, tokens[i], PISTE_PASS_BODY, key) == 0;
    if (good) // another text was signed: the work is the same, and the answer is known
        exit(1);
    return seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
}

typedef struct bench {
    const char *folder; // the office's
    piste_keys *keys;
    piste_table *table;
    piste_lists lists;
    uint8_t key[PISTE_PUBLIC_KEY];
    int passes;
    uint64_t id;
    uint8_t (*tokens)[PISTE_PASS_BYTES];
    char (*texts)[PISTE_PASS_TEXT + 1];
} bench;

static void issue(bench *b, int64_t now_s, piste_errors *errors) { // new ones
    int32_t now = piste_minute_of(now_s);
    for (int i = 0; i < b->passes; i++) {
        piste_pass pass = {.id = ++b->id * 0x9e3779b97f4a7c15ull, .product = 1, .opens = 1, .from_min = now - 60, .until_min = now + 600, .points = 20};
        must(piste_keys_sign_pass(b->keys, &pass, now_s, errors, b->tokens[i]), errors);
        piste_pass_to_text(b->tokens[i], b->texts[i]);
    }
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    bench b = {.folder = argv[1], .passes = atoi(argv[3]), .lists = {.stale_after_h = 24}};
    piste_errors *errors = piste_errors_create();
    piste_gate *gate = NULL;
    int64_t now_s = 1768608000;
    piste_clock clock = {now_s, 1000, 1};
    piste_resort *resort = NULL;
    const piste_travel_limits limits = piste_travel_limits_default();
    char office[512], out[512], folder[512];
    snprintf(office, sizeof office, "%s/office", b.folder);
    snprintf(out, sizeof out, "%s/out", b.folder);
    snprintf(folder, sizeof folder, "%s/gate", b.folder);
    must(piste_resort_load(argv[2], PISTE_DATE_NONE, errors, &resort), errors);
    must(piste_table_make(resort, piste_date_join(2026, 1, 16), piste_date_join(2026, 3, 31), &limits, NULL, errors, &b.table), errors);
    must(piste_keys_make(office, now_s, errors), errors);
    must(piste_keys_open(office, errors, &b.keys), errors);
    for (uint64_t i = 0; i < 10000; i++) // a season's revocations
        must(piste_lists_revoke(&b.lists, i * 1000003 + 7, piste_minute_of(now_s) + 1440, now_s), errors);
    must(piste_publish(b.keys, b.table, &b.lists, now_s, out, errors), errors);
    must(piste_gate_make(folder, out, NULL, 1, "gondola", &clock, errors), errors);
    must(piste_gate_open(folder, errors, &gate), errors);
    b.tokens = calloc((size_t)b.passes, sizeof *b.tokens);
    b.texts = calloc((size_t)b.passes, sizeof *b.texts);
    memcpy(b.key, piste_keys_get(b.keys, 0)->public.key, sizeof b.key);
    double bare[ROUNDS], scan[ROUNDS], synced[ROUNDS], ratio[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        issue(&b, now_s, errors);
        double verify = verify_all(b.tokens, b.passes, b.key);
        double judge = judge_all(gate, b.texts, b.passes, now_s, false, CLOCK_PROCESS_CPUTIME_ID);
        must(piste_gate_sync(gate, errors), errors);
        issue(&b, now_s, errors);
        synced[round] = b.passes / judge_all(gate, b.texts, b.passes, now_s, true, CLOCK_MONOTONIC);
        bare[round] = b.passes / verify;
        scan[round] = b.passes / judge;
        ratio[round] = scan[round] / bare[round];
    }
    printf("figure desk.bare_verify_per_s %.0f 1/s\n", median(bare));
    printf("figure desk.scan_per_s %.0f 1/s\n", median(scan));
    printf("figure desk.scan_over_bare_verify %.4f 1\n", median(ratio));
    printf("figure desk.scan_synced_64_per_s %.0f 1/s\n", median(synced));
    piste_gate_close(gate);
    piste_keys_close(b.keys);
    piste_table_destroy(b.table);
    piste_lists_release(&b.lists);
    piste_resort_destroy(resort);
    piste_errors_destroy(errors);
    free(b.tokens);
    free(b.texts);
    return 0;
}
