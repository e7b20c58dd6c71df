// fuzz_gate_json.c - any bytes as each of the texts that gates and offices read: refused with words, or written again as what
// reads as the same.
#include <stdlib.h>
#include <string.h>

#include "desk/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_text(char *a, size_t a_length, char *b, size_t b_length) {
    if (a_length != b_length || memcmp(a, b, a_length) != 0)
        abort();
    free(a);
    free(b);
}

static piste_status a_table(const char *data, size_t size, piste_errors *errors) {
    piste_table *table = NULL, *back = NULL;
    piste_status status = piste_table_parse(data, size, "fuzz", errors, &table);
    if (status != PISTE_OK)
        return status;
    char *text = NULL, *again = NULL;
    size_t length = 0, again_length = 0;
    if (piste_table_write(table, 1, 1, &text, &length) != PISTE_OK || piste_table_parse(text, length, "fuzz", NULL, &back) != PISTE_OK ||
        piste_table_write(back, 1, 1, &again, &again_length) != PISTE_OK)
        abort();
    for (int64_t s = -2000000000; s < 4000000000; s += 100000007)
        if (piste_table_day(table, s) >= table->days.count)
            abort();
    same_text(text, length, again, again_length);
    piste_table_destroy(table);
    piste_table_destroy(back);
    return PISTE_OK;
}

static piste_status some_lists(const char *data, size_t size, piste_errors *errors) {
    piste_lists lists, back;
    piste_status status = piste_lists_parse(data, size, "fuzz", errors, &lists);
    if (status != PISTE_OK)
        return status;
    char *text = NULL, *again = NULL;
    size_t length = 0, again_length = 0;
    if (piste_lists_write(&lists, &text, &length) != PISTE_OK || piste_lists_parse(text, length, "fuzz", NULL, &back) != PISTE_OK ||
        piste_lists_write(&back, &again, &again_length) != PISTE_OK)
        abort();
    same_text(text, length, again, again_length);
    for (uint64_t i = 1; i < 20; i++) // the lists that were read can be added to
        if (piste_lists_revoke(&lists, i * 0x1234567890abcdefull, 5, 5) != PISTE_OK || piste_lists_waive(&lists, i) != PISTE_OK)
            abort();
    piste_lists_prune(&lists, PISTE_MINUTE_ZERO_S + 60000);
    piste_lists_release(&lists);
    piste_lists_release(&back);
    return PISTE_OK;
}

static piste_status a_ring(const char *data, size_t size, piste_errors *errors) {
    piste_ring *ring = calloc(1, sizeof *ring);
    const char *payload;
    size_t length;
    piste_status status = piste_ring_parse(data, size, "fuzz", errors, ring);
    for (int kind = 0; kind < PISTE_DOCUMENT_COUNT; kind++) // nobody guesses a signature
        if (piste_document_verify(data, size, (piste_document)kind, ring, 0, "fuzz", NULL, &payload, &length) == PISTE_OK)
            abort();
    free(ring);
    return status;
}

static piste_status a_store(const char *data, size_t size, piste_errors *errors) {
    piste_keys *keys = key_store_create("fuzz");
    piste_status status = key_store_parse(data, size, "fuzz", errors, keys);
    if (status == PISTE_OK && (!key_that_signs(keys, PISTE_KEY_PASS) || !key_that_signs(keys, PISTE_KEY_LIST)))
        abort();
    piste_keys_close(keys);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    piste_status (*const readers[])(const char *, size_t, piste_errors *) = {a_table, some_lists, a_ring, a_store};
    if (desk_sodium(NULL) != PISTE_OK)
        abort();
    for (size_t i = 0; i < BASE_COUNT(readers); i++) {
        piste_errors *errors = piste_errors_create();
        if (readers[i]((const char *)data, size, errors) != PISTE_OK && piste_errors_total(errors) == 0)
            abort();
        piste_errors_destroy(errors);
    }
    return 0;
}
