// fuzz_gate_log.c - any bytes as the log of a gate or a merged file: what is taken of it is taken again in the same way, twice
// is once, and everything that was merged can be judged.
//
// No fuzzer finds a hash: an input's records are also read with their hashes put right.
#include <stdlib.h>
#include <string.h>

#include "desk/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char table_text[] =
    "{\"format\":\"piste-gate-table\",\"format-version\":1,\"version\":1,\"issued-s\":1,\"resort\":\"F\",\"zone\":\"UTC\","
    "\"zones\":[{\"key\":\"z\",\"name\":\"Z\",\"bit\":0}],\"entrances\":[{\"key\":\"a\",\"name\":\"A\",\"number\":1,\"points\":1,\"zones\":[0]},"
    "{\"key\":\"b\",\"name\":\"B\",\"number\":2,\"points\":1,\"zones\":[0]}],\"products\":[],\"holders\":[],\"first-day\":\"2026-01-01\","
    "\"days\":[[3150000,3150000],[3151440,3151440],[3152880,3152880]],\"travel-s\":[[300,200],[100,0]]}";

static void put_right(uint8_t *data, size_t size) {
    uint8_t chain[GATE_CHAIN];
    uint64_t log = desk_get(data + 16, 8);
    uint32_t gate = (uint32_t)desk_get(data + 24, 4);
    int64_t sequence = 0;
    gate_chain(NULL, data, PISTE_LOG_HEADER, chain);
    for (size_t at = PISTE_LOG_HEADER; size - at >= PISTE_LOG_RECORD; at += PISTE_LOG_RECORD) {
        desk_put(data + at + 8, log, 8);
        desk_put(data + at + 16, (uint64_t)++sequence, 8);
        desk_put(data + at + 24, gate, 4);
        gate_chain(chain, data + at, GATE_RECORD_CONTENTS, data + at + GATE_RECORD_CONTENTS);
        memcpy(chain, data + at + GATE_RECORD_CONTENTS, GATE_CHAIN);
    }
}

static void merge_it(const char *data, size_t size, const piste_table *table) {
    piste_merge *merge = NULL;
    piste_lists lists = {.version = 1, .stale_after_h = 1};
    const piste_gate_finding *found;
    int64_t added = 0, cut = 0, more = 0, count = 0;
    if (piste_merge_create(NULL, &merge) != PISTE_OK)
        return;
    piste_status first = piste_merge_add_bytes(merge, data, size, "fuzz", NULL, &added, &cut);
    piste_status second = piste_merge_add_bytes(merge, data, size, "fuzz", NULL, &more, &cut);
    if (first != second || (first == PISTE_OK && more != 0) || cut < 0 || (size_t)cut > size)
        abort();
    for (int64_t i = 0; i < piste_merge_count(merge); i++) { // a record is written as it was read
        uint8_t bytes[PISTE_LOG_RECORD];
        piste_record again;
        gate_record_write(piste_merge_get(merge, i), bytes);
        if (!gate_record_read(bytes, &again) || again.sequence != piste_merge_get(merge, i)->sequence)
            abort();
    }
    if (piste_merge_judge(merge, table, NULL, &found, &count) != PISTE_OK || count < 0)
        abort();
    if (piste_merge_to_lists(merge, table, 0, &lists) == PISTE_OK) {
        char *text = NULL;
        size_t length = 0;
        piste_lists back = {0};
        if (piste_lists_write(&lists, &text, &length) != PISTE_OK || piste_lists_parse(text, length, "fuzz", NULL, &back) != PISTE_OK)
            abort();
        free(text);
        piste_lists_release(&back);
    }
    piste_lists_release(&lists);
    piste_merge_destroy(merge);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    piste_table *table = NULL;
    if (piste_table_parse(table_text, sizeof table_text - 1, "table", NULL, &table) != PISTE_OK)
        abort();
    merge_it((const char *)data, size, table);
    uint8_t *copy = size >= PISTE_LOG_HEADER ? malloc(size) : NULL;
    if (copy) {
        memcpy(copy, data, size);
        put_right(copy, size);
        merge_it((const char *)copy, size, table);
    }
    free(copy);
    piste_table_destroy(table);
    return 0;
}
