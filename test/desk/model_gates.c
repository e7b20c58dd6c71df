// model_gates.c - the gates of the model test: model and real ones side by side (model_gates.h).
#include "desk/gate_test.h"

#include "desk/gate.h"
#include "desk/model.h"
#include "desk/model_gates.h"

// A log is continued in another after so many records.
enum { GATES = 3, RECORDS = 220, A_LOG = 5, LOGS = RECORDS / A_LOG + 1, PASSES = M_ORDERS * M_POSITIONS, POINTS = 3 };
static const char *const doors[GATES] = {"eagle", "bruin", "red-fox"};

typedef struct g_record { // of a gate's logs
    int pass;             // index
    int log, number;      // which of them, and its number there, from 1
    int64_t at_s;
    bool is_open;
    int undone_by;        // record of this gate that says so, -1: none
    int before_at;        // of one that was undone: at which gate it was last known before that, -1: nowhere
    int64_t before_s;     // and when
} g_record;

typedef struct g_gate {
    piste_gate *real;
    char name[24];
    uint16_t entrance;
    int32_t door; // index in the table
    g_record record[RECORDS];
    int records;
    int at_office[LOGS], published[LOGS]; // of each log: up to which record the office has it, and it is published
    int known[GATES][LOGS];               // of each gate's logs: up to which record it was told
    bool revoked[PASSES];              // as it was told
} g_gate;

static g_gate gates[GATES];
static bool is_revoked[PASSES], published_revoked[PASSES]; // by the office
static int64_t revoked_at_s[PASSES];
static char *tokens[PASSES]; // of passes that were issued
static hill office;
static bool has_office;
static piste_merge *merge;
static int64_t now_s;
static int serial; // of gates' folders
static int64_t continued;
static int64_t seen[PISTE_SCAN_REASON_COUNT], found_in_all[PISTE_FINDING_KIND_COUNT]; // what came about in all runs

// ---- a run ----------------------------------------------------------------------------------------------------------

static void open_gate(g_gate *g) {
    WELL(piste_gate_open(test_path(g->name), errors, &g->real));
    g->real->log_most = PISTE_LOG_HEADER + A_LOG * PISTE_LOG_RECORD;
}

void gates_begin(void) {
    if (!has_office) {
        snprintf(test_top, sizeof test_top, "%s/piste-gates-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        assert_non_null(mkdtemp(test_top));
        office = hill_make(BADGER_PASS);
        has_office = true;
    }
    piste_lists_release(&office.lists);
    office.lists.stale_after_h = 24;
    now_s = office.now_s = TEST_DAY_S;
    hill_publish(&office);
    WELL(piste_merge_create(errors, &merge));
    memset(is_revoked, 0, sizeof is_revoked);
    memset(published_revoked, 0, sizeof published_revoked);
    for (int g = 0; g < GATES; g++) {
        gates[g] = (g_gate){.door = piste_table_find_entrance(office.table, doors[g])};
        assert_true(gates[g].door >= 0);
        gates[g].entrance = office.table->entrances.list[gates[g].door].number;
        snprintf(gates[g].name, sizeof gates[g].name, "g%d", serial++);
        piste_gate_close(hill_gate(&office, gates[g].name, g + 1, doors[g]));
        open_gate(&gates[g]);
    }
}

void gates_end(void) {
    for (int g = 0; g < GATES; g++) {
        piste_gate_close(gates[g].real);
        test_remove(test_path(gates[g].name));
    }
    for (int p = 0; p < PASSES; p++) {
        free(tokens[p]);
        tokens[p] = NULL;
    }
    piste_merge_destroy(merge);
}

int gates_quit(void) {
    static const piste_scan_reason reasons[] = {PISTE_SCAN_OPEN, PISTE_SCAN_PASSBACK, PISTE_SCAN_POINTS, PISTE_SCAN_REVOKED,
                                                PISTE_SCAN_NOT_THROUGH};
    static const piste_finding_kind kinds[] = {PISTE_FINDING_TWICE, PISTE_FINDING_OVERSPENT, PISTE_FINDING_REVOKED};
    int never = 0;
    for (size_t i = 0; i < BASE_COUNT(reasons); i++) {
        print_message("# scans: %s %lld\n", piste_scan_reason_word(reasons[i]), (long long)seen[reasons[i]]);
        never += seen[reasons[i]] == 0;
    }
    for (size_t i = 0; i < BASE_COUNT(kinds); i++) {
        print_message("# found: %s %lld\n", piste_finding_kind_word(kinds[i]), (long long)found_in_all[kinds[i]]);
        never += found_in_all[kinds[i]] == 0;
    }
    print_message("# logs continued in another: %lld\n", (long long)continued);
    never += continued == 0;
    if (has_office) {
        hill_release(&office);
        test_remove(test_top);
    }
    return never;
}

// ---- what is known --------------------------------------------------------------------------------------------------

static uint64_t id_of(int pass) {
    return (uint64_t)pass + 1;
}
static int32_t points_of(int pass) { // 0: a pass by time
    return pass % 3 ? 0 : POINTS;
}
static int32_t points_at(const g_gate *g) {
    return office.table->entrances.list[g->door].points;
}
// Whether nobody gets from one door to the other in so short a time; skew_s: what their clocks may differ by.
static bool too_soon(const g_gate *from, const g_gate *to, int64_t elapsed_s, int32_t skew_s) {
    int32_t n = office.table->entrances.count, least = office.table->travel_s[from->door * n + to->door],
            back = office.table->travel_s[to->door * n + from->door];
    if (elapsed_s <= skew_s && back < least) // which was first is not known
        least = back;
    return least != PISTE_TRAVEL_UNKNOWN && elapsed_s + skew_s < least;
}

// What a gate knows of a pass, from its own records and those that it was told.
typedef struct g_knowledge {
    int at; // where it was last, -1: nowhere
    int64_t at_s, spent;
} g_knowledge;
static void later(g_knowledge *k, int at, int64_t at_s) {
    if (at >= 0 && (k->at < 0 || at_s > k->at_s)) {
        k->at = at;
        k->at_s = at_s;
    }
}
static bool is_told(int me, int g, int i) {
    const g_record *r = &gates[g].record[i];
    return r->number <= gates[me].known[g][r->log];
}
static bool is_undone(const g_record *r) {
    return r->undone_by >= 0 && m_err != M_UNDOES_NOTHING;
}
// Lists name the last admission of a pass alone, of those that they do not know to be undone.
static g_knowledge know_by_lists(int me, int pass, const g_record *except) {
    g_knowledge k = {.at = -1};
    const g_record *last = NULL;
    for (int g = 0; g < GATES; g++)
        for (int i = 0; i < gates[g].records; i++) {
            const g_record *r = &gates[g].record[i];
            bool counts = r->is_open && r->pass == pass && is_told(me, g, i) && !(is_undone(r) && is_told(me, g, r->undone_by));
            if (!counts || (g != me && m_err == M_DOES_NOT_TELL))
                continue;
            k.spent += g != me && points_of(pass) ? points_at(&gates[g]) : 0;
            last = k.at < 0 || r->at_s > k.at_s ? r : last;
            later(&k, g, r->at_s);
        }
    if (last && (last == except || (k.at == me && is_undone(last)))) // the gate knows better; what was before is told by nobody
        k.at = -1;
    return k;
}
static g_knowledge know(int me, int pass, const g_record *except) {
    g_knowledge k = know_by_lists(me, pass, except);
    for (int i = 0; i < gates[me].records; i++) {
        const g_record *r = &gates[me].record[i];
        if (!r->is_open || r->pass != pass || r == except)
            continue;
        if (is_undone(r)) {
            later(&k, r->before_at, r->before_s);
            continue;
        }
        later(&k, me, r->at_s);
        k.spent += points_of(pass) ? points_at(&gates[me]) : 0;
    }
    return k;
}

static piste_scan_reason expected_at(int me, int pass) {
    g_knowledge k = know(me, pass, NULL);
    if (gates[me].revoked[pass])
        return PISTE_SCAN_REVOKED;
    if (k.at >= 0 && too_soon(&gates[k.at], &gates[me], now_s - k.at_s, k.at == me ? 0 : PISTE_GATE_TOLERANCE_S))
        return PISTE_SCAN_PASSBACK;
    return points_of(pass) && k.spent + points_at(&gates[me]) > points_of(pass) ? PISTE_SCAN_POINTS : PISTE_SCAN_OPEN;
}

// ---- scanning -------------------------------------------------------------------------------------------------------

// A position that is sold has a pass; one that was issued can still be shown when the order has ended.
static int pick_pass(const unsigned *r) {
    int orders = the_model.orders, from = r[1] % 4 && orders > 8 ? orders - 8 : 0;
    for (int tried = 0; orders && tried < 8; tried++) {
        int order = from + (int)((r[2] / 4 + (unsigned)tried) % (unsigned)(orders - from));
        const m_order *o = &the_model.order[order];
        for (int i = 0; i < o->positions; i++) {
            int pass = order * M_POSITIONS + i;
            if (tokens[pass] || (o->state == M_SOLD && o->position[i].is_live))
                return pass;
        }
    }
    return -1;
}

static void add_record(g_gate *g, int pass, bool is_open) {
    int at = g->records++;
    continued += at % A_LOG == A_LOG - 1;
    g->record[at] = (g_record){pass, at / A_LOG, at % A_LOG + 1, now_s, is_open, -1, -1, 0};
}

bool gates_scan(const unsigned *r, char *trouble, size_t size) {
    int me = (int)(r[0] % GATES), pass = pick_pass(r);
    if (pass < 0 || gates[me].records == RECORDS)
        return true;
    now_s += 1 + (r[3] % 8 ? r[4] % 60 : r[4] % 1200);
    office.now_s = now_s;
    if (!tokens[pass]) {
        piste_pass p = hill_pass(&office, id_of(pass));
        p.points = points_of(pass);
        tokens[pass] = strdup(hill_sign(&office, p));
    }
    piste_scan_reason expected = expected_at(me, pass);
    piste_answer a = scan_by(gates[me].real, tokens[pass], test_clock(now_s));
    seen[a.reason]++;
    add_record(&gates[me], pass, expected == PISTE_SCAN_OPEN);
    if (a.reason == expected)
        return true;
    snprintf(trouble, size, "gate %d, pass %d: the model says %s, the gate %s", me, pass, piste_scan_reason_word(expected),
             piste_scan_reason_word(a.reason));
    return false;
}

// ---- who did not go through -----------------------------------------------------------------------------------------

static piste_status expected_of_undoing(const g_gate *g, int i) {
    const g_record *r = &g->record[i];
    if (i >= g->records || !r->is_open)
        return PISTE_NOT_FOUND;
    for (int later_one = i + 1; later_one < g->records; later_one++)
        if (g->record[later_one].is_open && g->record[later_one].pass == r->pass)
            return PISTE_REFUSED;
    return r->undone_by >= 0 || now_s - r->at_s <= PISTE_GATE_UNDO_S ? PISTE_OK : PISTE_REFUSED;
}

bool gates_undo(const unsigned *r, char *trouble, size_t size) {
    g_gate *me = &gates[r[0] % GATES];
    int first = me->records / A_LOG * A_LOG, there = me->records - first; // of the log that is not yet continued
    int i = first + (r[1] % 4 ? there - 1 : (int)(r[2] % (unsigned)(there + 1)));
    if (i < first || me->records == RECORDS)
        return true;
    now_s += r[3] % 8 ? r[4] % 60 : r[4] % 300;
    office.now_s = now_s;
    piste_answer a;
    piste_clock clock = test_clock(now_s);
    piste_status expected = expected_of_undoing(me, i), status = piste_gate_undo(me->real, i - first + 1, &clock, NULL, &a);
    WELL(piste_gate_sync(me->real, errors));
    if (status != expected) {
        snprintf(trouble, size, "gate %u, record %d: the model says %s, the gate %s", r[0] % GATES, i, piste_status_text(expected), piste_status_text(status));
        return false;
    }
    if (status != PISTE_OK || me->record[i].undone_by >= 0)
        return true;
    seen[a.reason]++;
    g_knowledge k = know((int)(r[0] % GATES), me->record[i].pass, &me->record[i]);
    me->record[i].undone_by = me->records;
    me->record[i].before_at = k.at;
    me->record[i].before_s = k.at_s;
    add_record(me, me->record[i].pass, false);
    return true;
}

// ---- merging --------------------------------------------------------------------------------------------------------

static int records_in(const g_gate *g, int log) {
    int left = g->records - log * A_LOG;
    return left < 0 ? 0 : left > A_LOG ? A_LOG : left;
}

// A log, or its first part with a torn end, as somebody brings it.
static void bring_log(g_gate *g, int log, unsigned r) {
    char path[64], *data = NULL;
    size_t length = 0;
    bool is_former = log < g->records / A_LOG;
    snprintf(path, sizeof path, is_former ? "%s/log.%06d" : "%s/log", g->name, log + 1);
    WELL(base_file_read(test_path(path), 1 << 24, errors, &data, &length));
    int all = records_in(g, log), records = r % 3 && all ? all : (int)(r / 3 % (unsigned)(all + 1));
    assert_int_equal(length, PISTE_LOG_HEADER + (size_t)all * PISTE_LOG_RECORD);
    size_t part = PISTE_LOG_HEADER + (size_t)records * PISTE_LOG_RECORD, torn = r / 7 % PISTE_LOG_RECORD;
    part = part + torn < length ? part + torn : part;
    int64_t added = 0, cut = 0;
    WELL(piste_merge_add_bytes(merge, data, part, path, errors, &added, &cut));
    g->at_office[log] = records > g->at_office[log] ? records : g->at_office[log];
    free(data);
}

// One log of a gate, or its folder.
static void bring(g_gate *g, unsigned r) {
    int64_t added = 0, cut = 0;
    if (r % 4 == 0) {
        bring_log(g, (int)(r / 4 % (unsigned)(g->records / A_LOG + 1)), r / 64);
        return;
    }
    WELL(piste_merge_add_gate(merge, test_path(g->name), errors, &added, &cut));
    for (int log = 0; log < LOGS; log++)
        g->at_office[log] = records_in(g, log);
}

static void by_way_of_a_file(void) {
    int64_t added = 0, cut = 0;
    WELL(piste_merge_save(merge, test_path("all"), errors));
    piste_merge_destroy(merge);
    WELL(piste_merge_create(errors, &merge));
    WELL(piste_merge_add_file(merge, test_path("all"), errors, &added, &cut));
}

// What was issued and is sold no longer is taken back.
static void take_back(void) {
    for (int p = 0; p < PASSES; p++) {
        const m_order *o = &the_model.order[p / M_POSITIONS];
        if (!tokens[p] || is_revoked[p] || (o->state == M_SOLD && o->position[p % M_POSITIONS].is_live))
            continue;
        piste_pass pass = hill_pass(&office, id_of(p));
        assert_int_equal(piste_lists_revoke(&office.lists, pass.id, pass.until_min, now_s), PISTE_OK);
        is_revoked[p] = true;
        revoked_at_s[p] = now_s;
    }
}

typedef struct g_findings {
    int64_t count[PISTE_FINDING_KIND_COUNT];
    uint64_t which; // a sum over all of them
} g_findings;

static void found(g_findings *f, piste_finding_kind kind, int pass, int64_t at_s) {
    f->count[kind]++;
    f->which += base_mix(base_mix((uint64_t)kind * 7919 + id_of(pass)) + (uint64_t)at_s);
}

// The next admission of a pass after a moment, of those that the office has.
static const g_record *next_of(int pass, int64_t after_s, int *at) {
    const g_record *next = NULL;
    for (int g = 0; g < GATES; g++)
        for (int i = 0; i < gates[g].records; i++) {
            const g_record *r = &gates[g].record[i];
            bool is_gone = is_undone(r) && gates[g].record[r->undone_by].number <= gates[g].at_office[r->log];
            if (r->number <= gates[g].at_office[r->log] && !is_gone && r->is_open && r->pass == pass && r->at_s > after_s && (!next || r->at_s < next->at_s)) {
                next = r;
                *at = g;
            }
        }
    return next;
}

static void find_of(int pass, g_findings *f) {
    int64_t spent = 0, after_s = 0;
    int at = 0, before_at = 0;
    bool beyond = false;
    const g_record *before = NULL, *r;
    for (; (r = next_of(pass, after_s, &at)); before = r, before_at = at, after_s = r->at_s) {
        if (before && too_soon(&gates[before_at], &gates[at], r->at_s - before->at_s, before_at == at ? 0 : PISTE_GATE_TOLERANCE_S))
            found(f, PISTE_FINDING_TWICE, pass, r->at_s);
        spent += points_of(pass) ? points_at(&gates[at]) : 0;
        if (spent > points_of(pass) && !beyond && points_of(pass)) {
            found(f, PISTE_FINDING_OVERSPENT, pass, r->at_s);
            beyond = true;
        }
        if (is_revoked[pass] && r->at_s >= revoked_at_s[pass])
            found(f, PISTE_FINDING_REVOKED, pass, r->at_s);
    }
}

static bool same_findings(char *trouble, size_t size) {
    g_findings ours = {.which = 0}, theirs = {.which = 0};
    const piste_gate_finding *list = NULL;
    int64_t count = 0;
    for (int p = 0; p < PASSES; p++)
        if (tokens[p])
            find_of(p, &ours);
    assert_int_equal(piste_merge_judge(merge, office.table, &office.lists, &list, &count), PISTE_OK);
    for (int64_t i = 0; i < count; i++)
        found(&theirs, list[i].kind, (int)list[i].pass - 1, list[i].second ? list[i].second->judged_s : 0);
    for (int k = 0; k < PISTE_FINDING_KIND_COUNT; k++)
        found_in_all[k] += theirs.count[k];
    if (memcmp(&ours, &theirs, sizeof ours) == 0)
        return true;
    snprintf(trouble, size, "found: the model has %lld twice, %lld overspent, %lld revoked, the gates %lld, %lld, %lld and %lld others",
             (long long)ours.count[PISTE_FINDING_TWICE], (long long)ours.count[PISTE_FINDING_OVERSPENT],
             (long long)ours.count[PISTE_FINDING_REVOKED], (long long)theirs.count[PISTE_FINDING_TWICE],
             (long long)theirs.count[PISTE_FINDING_OVERSPENT], (long long)theirs.count[PISTE_FINDING_REVOKED],
             (long long)(theirs.count[PISTE_FINDING_FORK] + theirs.count[PISTE_FINDING_GAP]));
    return false;
}

bool gates_merge(const unsigned *r, char *trouble, size_t size) {
    int records = 0;
    for (int i = 0; i < 1 + (int)(r[0] % 5); i++) { // in any order, some twice, some not at all
        bring(&gates[(r[1] >> 2 * i) % GATES], r[2] >> i);
        if (r[3] >> i & 1)
            by_way_of_a_file();
    }
    for (int g = 0; g < GATES; g++)
        for (int log = 0; log < LOGS; log++)
            records += gates[g].at_office[log];
    if (piste_merge_count(merge) != records) {
        snprintf(trouble, size, "merged: the model has %d records, the office %lld", records, (long long)piste_merge_count(merge));
        return false;
    }
    take_back();
    if (!same_findings(trouble, size))
        return false;
    assert_int_equal(piste_merge_to_lists(merge, office.table, now_s, &office.lists), PISTE_OK);
    hill_publish(&office);
    for (int g = 0; g < GATES; g++)
        memcpy(gates[g].published, gates[g].at_office, sizeof gates[g].published);
    memcpy(published_revoked, is_revoked, sizeof is_revoked);
    return true;
}

bool gates_fetch(const unsigned *r, char *trouble, size_t size) {
    (void)trouble, (void)size;
    g_gate *me = &gates[r[0] % GATES];
    hill_update(&office, me->name);
    if (r[1] % 2) {
        bool changed = false;
        WELL(piste_gate_refresh(me->real, errors, &changed));
    } else { // it was switched off and on
        piste_gate_close(me->real);
        open_gate(me);
    }
    for (int g = 0; g < GATES; g++)
        memcpy(me->known[g], gates[g].published, sizeof me->known[g]);
    memcpy(me->revoked, published_revoked, sizeof me->revoked);
    return true;
}
