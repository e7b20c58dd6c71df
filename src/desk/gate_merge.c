// gate_merge.c - the logs of many gates as one set, and what it shows once all is known.
//
// The set is ordered by log, sequence and hash, and holds each record once: adding is union, so that the same records give
// the same bytes in any order. All that is found is found in that set alone. A merged file is a header of 32 bytes, the
// records in their order, and the hash of both.
#include <sodium.h>
#include <stdlib.h>

#include "desk/gate.h"

static const char magic[] = "piste-gate-all 1"; // 16 bytes

struct piste_merge {
    piste_record *list;
    int64_t count, capacity;
    piste_gate_finding *findings;
    int64_t finding_count, finding_capacity;
    bool failed; // no memory
};

piste_status piste_merge_create(piste_errors *errors, piste_merge **merge) {
    piste_status status = desk_sodium(errors);
    if (status != PISTE_OK)
        return status;
    piste_merge *own = calloc(1, sizeof *own);
    if (!own)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    *merge = own;
    return PISTE_OK;
}

void piste_merge_destroy(piste_merge *merge) {
    if (!merge)
        return;
    free(merge->list);
    free(merge->findings);
    free(merge);
}

int64_t piste_merge_count(const piste_merge *merge) {
    return merge->count;
}
const piste_record *piste_merge_get(const piste_merge *merge, int64_t index) {
    return &merge->list[index];
}

// ---- union --------------------------------------------------------------------------------------------------------

static int by_identity(const void *a, const void *b) {
    const piste_record *x = a, *y = b;
    if (x->log != y->log)
        return x->log < y->log ? -1 : 1;
    if (x->sequence != y->sequence)
        return x->sequence < y->sequence ? -1 : 1;
    return memcmp(x->chain, y->chain, sizeof x->chain);
}

static void add(void *context, const piste_record *record) {
    piste_merge *m = context;
    if (m->count == m->capacity) {
        int64_t capacity = m->capacity ? 2 * m->capacity : 1024;
        piste_record *list = realloc(m->list, (size_t)capacity * sizeof *list);
        if (!list) {
            m->failed = true;
            return;
        }
        m->list = list;
        m->capacity = capacity;
    }
    m->list[m->count++] = *record;
}

// Of a copied gate several records may have the number that is undone: all that are of this pass.
static void undo_by(piste_merge *m, int64_t at) {
    const piste_record *u = &m->list[at];
    int64_t low = 0, high = at; // the first record of this log that has the number, or a later one
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const piste_record *r = &m->list[middle];
        if (r->log < u->log || (r->log == u->log && r->sequence < u->undoes))
            low = middle + 1;
        else
            high = middle;
    }
    for (piste_record *r = &m->list[low]; low < at && r->log == u->log && r->sequence == u->undoes; low++, r++)
        if (r->kind == PISTE_RECORD_SCAN && r->reason == PISTE_SCAN_OPEN && memcmp(r->body, u->body, sizeof r->body) == 0)
            r->undone_by = u->sequence;
}

static void undo(piste_merge *m) {
    for (int64_t i = 0; i < m->count; i++)
        if (m->list[i].kind == PISTE_RECORD_UNDO)
            undo_by(m, i);
}

static void unite(piste_merge *m) {
    if (m->count == 0)
        return;
    qsort(m->list, (size_t)m->count, sizeof *m->list, by_identity);
    int64_t kept = 1;
    for (int64_t i = 1; i < m->count; i++)
        if (by_identity(&m->list[i], &m->list[kept - 1]) != 0)
            m->list[kept++] = m->list[i];
    m->count = kept;
    undo(m);
}

static piste_status read_merged(piste_merge *m, const uint8_t *data, size_t length, const char *name, piste_errors *errors) {
    uint64_t count = desk_get(data + 16, 8);
    uint8_t hash[GATE_CHAIN];
    bool whole = length >= PISTE_LOG_HEADER + GATE_CHAIN && count <= length / PISTE_LOG_RECORD &&
                 length == PISTE_LOG_HEADER + count * PISTE_LOG_RECORD + GATE_CHAIN && desk_get(data + 24, 8) == 0;
    if (whole)
        gate_chain(NULL, data, length - GATE_CHAIN, hash);
    if (!whole || memcmp(hash, data + length - GATE_CHAIN, GATE_CHAIN) != 0)
        return piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "the merged file is not as it was written");
    for (uint64_t i = 0; i < count; i++) {
        piste_record record;
        if (!gate_record_read(data + PISTE_LOG_HEADER + i * PISTE_LOG_RECORD, &record))
            return piste_errors_add(errors, PISTE_INVALID, name, 0, 0, "record %llu is not as it was written", (unsigned long long)i + 1);
        add(m, &record);
    }
    return PISTE_OK;
}

piste_status piste_merge_add_bytes(piste_merge *merge, const char *data, size_t length, const char *name, piste_errors *errors,
                                   int64_t *added, int64_t *cut_bytes) {
    int64_t before = merge->count;
    size_t whole = length;
    piste_status status;
    merge->failed = false;
    if (length >= PISTE_LOG_HEADER && memcmp(data, magic, 16) == 0)
        status = read_merged(merge, (const uint8_t *)data, length, name, errors);
    else
        status = gate_log_read((const uint8_t *)data, length, name, errors, add, merge, &whole);
    unite(merge);
    if (merge->failed)
        return piste_errors_add(errors, PISTE_MEMORY, name, 0, 0, "no memory");
    *added = merge->count - before; // also where it is damaged: what is whole counts
    *cut_bytes = status == PISTE_OK ? (int64_t)(length - whole) : 0;
    return status;
}

piste_status piste_merge_add_file(piste_merge *merge, const char *path, piste_errors *errors, int64_t *added, int64_t *cut_bytes) {
    char *data = NULL;
    size_t length = 0;
    piste_status status = base_file_read(path, (size_t)8 << 30, errors, &data, &length);
    if (status == PISTE_OK)
        status = piste_merge_add_bytes(merge, data, length, path, errors, added, cut_bytes);
    free(data);
    return status;
}

piste_status piste_merge_save(piste_merge *m, const char *path, piste_errors *errors) {
    size_t length = PISTE_LOG_HEADER + (size_t)m->count * PISTE_LOG_RECORD;
    uint8_t *data = calloc(1, length + GATE_CHAIN);
    if (!data)
        return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    memcpy(data, magic, 16);
    desk_put(data + 16, (uint64_t)m->count, 8);
    for (int64_t i = 0; i < m->count; i++)
        gate_record_write(&m->list[i], data + PISTE_LOG_HEADER + (size_t)i * PISTE_LOG_RECORD);
    gate_chain(NULL, data, length, data + length);
    piste_status status = desk_file_replace(path, 0600, (const char *)data, length + GATE_CHAIN, errors);
    free(data);
    return status;
}

// ---- admissions of one pass, in order of time -----------------------------------------------------------------------

typedef struct admission {
    uint64_t pass;
    const piste_record *record;
} admission;

static int by_pass_and_time(const void *a, const void *b) {
    const admission *x = a, *y = b;
    if (x->pass != y->pass)
        return x->pass < y->pass ? -1 : 1;
    if (x->record->judged_s != y->record->judged_s)
        return x->record->judged_s < y->record->judged_s ? -1 : 1;
    return by_identity(x->record, y->record);
}

// Those that were undone only where `undone` says so. The caller frees *list.
static bool admissions_of(const piste_merge *m, bool undone, admission **list, int64_t *count) {
    admission *own = calloc((size_t)m->count + 1, sizeof *own);
    int64_t n = 0;
    for (int64_t i = 0; own && i < m->count; i++) {
        const piste_record *r = &m->list[i];
        if (r->kind == PISTE_RECORD_SCAN && r->reason == PISTE_SCAN_OPEN && (undone || !r->undone_by))
            own[n++] = (admission){desk_get(r->body + 5, 8), r};
    }
    if (own)
        qsort(own, (size_t)n, sizeof *own, by_pass_and_time);
    *list = own;
    *count = n;
    return own != NULL;
}

static int64_t end_of_pass(const admission *list, int64_t count, int64_t from) {
    int64_t to = from + 1;
    while (to < count && list[to].pass == list[from].pass)
        to++;
    return to;
}

// ---- findings -----------------------------------------------------------------------------------------------------

static void find(piste_merge *m, piste_gate_finding finding) {
    if (m->finding_count == m->finding_capacity) {
        int64_t capacity = m->finding_capacity ? 2 * m->finding_capacity : 64;
        piste_gate_finding *list = realloc(m->findings, (size_t)capacity * sizeof *list);
        if (!list) {
            m->failed = true;
            return;
        }
        m->findings = list;
        m->finding_capacity = capacity;
    }
    m->findings[m->finding_count++] = finding;
}

static void find_twice(piste_merge *m, const piste_table *table, const admission *list, int64_t count) {
    for (int64_t i = 1; i < count; i++) {
        const piste_record *a = list[i - 1].record, *b = list[i].record;
        int32_t least = 0, skew = a->log == b->log ? 0 : PISTE_GATE_TOLERANCE_S;
        int64_t elapsed = b->judged_s - a->judged_s;
        if (gate_is_impossible(table, a->entrance, b->entrance, elapsed, skew, &least))
            find(m, (piste_gate_finding){PISTE_FINDING_TWICE, list[i].pass, a, b, elapsed, least});
    }
}

// What one pass has spent of points, or of days: each business day once, whichever gates saw it.
static int64_t spent_by(const piste_table *table, const piste_record *r, bool by_day, piste_date *last_day) {
    if (!by_day)
        return r->points_taken;
    piste_date date = gate_date_of(table, r->judged_s);
    if (date == PISTE_DATE_NONE || (*last_day != PISTE_DATE_NONE && date <= *last_day))
        return 0;
    *last_day = date;
    return 1;
}

static void find_overspent(piste_merge *m, const piste_table *table, const admission *list, int64_t count) {
    piste_pass pass;
    if (piste_pass_read(list[0].record->body, &pass) != PISTE_OK || pass.points == 0)
        return;
    int64_t spent = 0;
    piste_date last_day = PISTE_DATE_NONE;
    const piste_record *beyond = NULL;
    for (int64_t i = 0; i < count; i++) {
        spent += spent_by(table, list[i].record, pass.by_day, &last_day);
        if (spent > pass.points && !beyond)
            beyond = list[i].record;
    }
    if (beyond)
        find(m, (piste_gate_finding){PISTE_FINDING_OVERSPENT, pass.id, list[0].record, beyond, spent, pass.points});
}

static void find_revoked(piste_merge *m, const piste_lists *lists, const admission *list, int64_t count) {
    const piste_revoked *revoked = lists ? piste_lists_find_revoked(lists, list[0].pass) : NULL;
    for (int64_t i = 0; revoked && i < count; i++)
        if (list[i].record->judged_s >= revoked->at_s)
            find(m, (piste_gate_finding){PISTE_FINDING_REVOKED, list[i].pass, NULL, list[i].record, revoked->at_s, 0});
}

static void find_in_logs(piste_merge *m) {
    for (int64_t i = 0; i < m->count; i++) {
        const piste_record *r = &m->list[i], *before = i > 0 && m->list[i - 1].log == r->log ? &m->list[i - 1] : NULL;
        int64_t expected = before ? before->sequence + 1 : 1;
        if (before && before->sequence == r->sequence)
            find(m, (piste_gate_finding){PISTE_FINDING_FORK, 0, before, r, r->sequence, 0});
        else if (r->sequence > expected)
            find(m, (piste_gate_finding){PISTE_FINDING_GAP, 0, before, r, expected, r->sequence - 1});
    }
}

piste_status piste_merge_judge(piste_merge *merge, const piste_table *table, const piste_lists *lists,
                               const piste_gate_finding **findings, int64_t *count) {
    admission *list = NULL;
    int64_t n = 0;
    merge->finding_count = 0;
    merge->failed = false;
    if (!admissions_of(merge, false, &list, &n))
        return PISTE_MEMORY;
    for (int64_t from = 0, to; from < n; from = to) {
        to = end_of_pass(list, n, from);
        find_twice(merge, table, list + from, to - from);
        find_overspent(merge, table, list + from, to - from);
        find_revoked(merge, lists, list + from, to - from);
    }
    find_in_logs(merge);
    free(list);
    if (merge->failed)
        return PISTE_MEMORY;
    *findings = merge->findings;
    *count = merge->finding_count;
    return PISTE_OK;
}

// ---- what every gate shall know -------------------------------------------------------------------------------------

// The last sequence of each log up to which nothing is missing: what lies beyond is not counted, so that no gate counts it
// twice.
static piste_merged_log *whole_logs(const piste_merge *m, int64_t *count) {
    piste_merged_log *logs = calloc((size_t)m->count + 1, sizeof *logs);
    int64_t n = 0;
    for (int64_t i = 0; logs && i < m->count; i++) {
        const piste_record *r = &m->list[i];
        if (n == 0 || logs[n - 1].log != r->log)
            logs[n++] = (piste_merged_log){r->log, 0};
        if (r->sequence == logs[n - 1].sequence + 1)
            logs[n - 1].sequence = r->sequence;
    }
    *count = n;
    return logs;
}

static bool is_counted(const piste_merged_log *logs, int64_t count, const piste_record *r, int64_t sequence) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (logs[middle].log < r->log)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && logs[low].log == r->log && sequence <= logs[low].sequence;
}

static piste_known know(const piste_table *table, const admission *list, int64_t count, const piste_merged_log *logs, int64_t log_count) {
    piste_pass pass;
    bool by_day = piste_pass_read(list[0].record->body, &pass) == PISTE_OK && pass.by_day;
    piste_known known = {.pass = list[0].pass};
    piste_date last_day = PISTE_DATE_NONE;
    int64_t spent = 0;
    for (int64_t i = 0; i < count; i++) {
        const piste_record *r = list[i].record;
        bool is_undone = r->undone_by && is_counted(logs, log_count, r, r->undone_by); // what its gate will not give back itself
        if (!is_undone && is_counted(logs, log_count, r, r->sequence))
            spent += spent_by(table, r, by_day, &last_day);
        if (r->undone_by)
            continue;
        known.last_s = r->judged_s;
        known.entrance = r->entrance;
    }
    known.spent = spent > INT32_MAX ? INT32_MAX : (int32_t)spent;
    known.last_day = last_day == PISTE_DATE_NONE ? 0 : last_day;
    return known;
}

piste_status piste_merge_to_lists(piste_merge *merge, const piste_table *table, int64_t now_s, piste_lists *lists) {
    admission *list = NULL;
    int64_t n = 0, log_count = 0, known_count = 0;
    piste_merged_log *logs = whole_logs(merge, &log_count);
    if (!logs || !admissions_of(merge, true, &list, &n)) {
        free(logs);
        return PISTE_MEMORY;
    }
    piste_known *known = calloc((size_t)n + 1, sizeof *known);
    for (int64_t from = 0, to; known && from < n; from = to) {
        to = end_of_pass(list, n, from);
        piste_pass pass;
        if (piste_pass_read(list[from].record->body, &pass) == PISTE_OK && pass.until_min > piste_minute_of(now_s))
            known[known_count++] = know(table, list + from, to - from, logs, log_count);
        if (known_count && known[known_count - 1].last_s == 0 && known[known_count - 1].spent == 0)
            known_count--; // nobody went through
    }
    free(list);
    if (!known || known_count > PISTE_LIST_ENTRIES_MAX || log_count > PISTE_LIST_ENTRIES_MAX) {
        free(logs);
        free(known);
        return known ? PISTE_LIMIT : PISTE_MEMORY;
    }
    free(lists->known);
    free(lists->merged);
    lists->known = known;
    lists->known_count = known_count;
    lists->merged = logs;
    lists->merged_count = log_count;
    return PISTE_OK;
}
