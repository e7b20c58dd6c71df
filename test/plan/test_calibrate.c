// test_calibrate.c - calibration against scans whose truth is known, because they are rehearsed: what is put in is found
// within the intervals that are told, as often as they say; with scans lost, written twice and late, and clocks that are
// wrong. Made to be run under ThreadSanitizer as well.
#include "../flow/flow_test.h"

#include "plan/calibrate.h"
#include "report/report.h"

static const char *const hill = "test/plan/hill";

// ---- scans of days that are known -----------------------------------------------------------------------------------

typedef struct gates_of { // as a reader would have made them
    calibrate_gates g;
    uint8_t gate[8], click[8];
    int32_t index[8], lift[8], shortest[8];
} gates_of;

static void make_gates(gates_of *o, const piste_resort *resort, piste_gate_place gate) {
    *o = (gates_of){.g = {.lifts = resort->lifts.count}};
    o->g.gate = o->gate;
    o->g.click = o->click;
    o->g.index = o->index;
    o->g.lift = o->lift;
    o->g.shortest_s = o->shortest;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        o->gate[i] = (uint8_t)gate;
        o->lift[i] = o->index[i] = o->g.count++;
        o->shortest[i] = 1;
    }
}

typedef struct trouble {
    double lose, twice, jitter_s, offset_s[8], drift_s_per_h[8];
    bool segments;
    piste_gate_place gate;
} trouble;

static int by_lift_and_time(const void *a, const void *b) {
    const calibrate_scan *x = a, *y = b;
    if (x->lift != y->lift)
        return x->lift - y->lift;
    return x->second != y->second ? x->second - y->second : x->pass - y->pass;
}

static double luck(uint64_t *state) {
    return base_uniform(base_mix(*state += 0x9e3779b97f4a7c15ull));
}

static void write_day(const piste_resort *resort, const trouble *t, int32_t day, uint64_t seed, int64_t guests,
                      base_text *csv) {
    gates_of gates;
    calibrate_day seen;
    base_arena *arena = base_arena_create();
    uint64_t state = seed;
    make_gates(&gates, resort, t->gate);
    gates.g.segments = true;
    assert_int_equal(calibrate_observe(resort, &gates.g, seed, guests, t->lose, arena, &seen), PISTE_OK);
    calibrate_scan *list = calloc(2 * (size_t)seen.count + 1, sizeof *list);
    int32_t count = 0;
    for (int32_t i = 0; i < seen.count; i++) {
        calibrate_scan own = seen.scans[i];
        own.second += (int32_t)(t->offset_s[own.lift] + t->drift_s_per_h[own.lift] * (own.second / 3600.0 - 12) +
                                t->jitter_s * luck(&state));
        list[count++] = own;
        if (luck(&state) < t->twice) {
            own.second += 1 + (int32_t)(20 * luck(&state));
            list[count++] = own;
        }
    }
    qsort(list, (size_t)count, sizeof *list, by_lift_and_time);
    for (int32_t i = 0; i < count; i++) {
        int32_t s = list[i].second;
        base_text_format(csv, "guest-%d-%d,%s,%02d:%02d:%02d,2019-02-%02d,%s\n", day, list[i].pass,
                         resort->lifts.list[list[i].lift].entry.key, s / 3600, s / 60 % 60, s % 60, day + 1,
                         t->segments ? resort->segments.list[list[i].segment].entry.key : "");
    }
    free(list);
    base_arena_destroy(arena);
}

static piste_scans *scans_of(const piste_resort *truth, const piste_resort *resort, const trouble *t, int32_t days,
                             uint64_t seed, int64_t guests) {
    base_text csv = {0};
    piste_scans *scans = NULL;
    piste_scans_def def = {t->gate};
    piste_errors *errors = piste_errors_create();
    base_text_add(&csv, "pass,lift,time,date,segment\n");
    for (int32_t d = 0; d < days; d++)
        write_day(truth, t, d, seed + (uint64_t)d, guests, &csv);
    if (piste_scans_read(resort, csv.data, csv.length, "scans.csv", &def, errors, &scans) != PISTE_OK)
        fail_msg("%s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "no scans");
    piste_errors_destroy(errors);
    base_text_release(&csv);
    return scans;
}

static piste_calibration *calibrate(const piste_resort *resort, const piste_scans *scans, piste_calibrate_def *def) {
    piste_calibration *found = NULL;
    piste_errors *errors = piste_errors_create();
    if (piste_calibrate(resort, scans, def, errors, &found) != PISTE_OK)
        fail_msg("%s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "not calibrated");
    piste_errors_destroy(errors);
    return found;
}

// ---- how often intervals hold the truth -----------------------------------------------------------------------------

enum { KINDS = 64 };

typedef struct tally {
    const char *name;
    int all, held;
    double z, squares;
} tally;

static void note(tally *list, const char *name, const piste_estimate *e, double truth) {
    int32_t i = 0;
    if (!(e->error > 0))
        return;
    while (list[i].name && strcmp(list[i].name, name) != 0)
        i++;
    assert_true(i < KINDS - 1);
    double z = (e->value - truth) / e->error;
    list[i].name = name;
    list[i].all++;
    list[i].held += truth >= e->low && truth <= e->high;
    list[i].z += z;
    list[i].squares += z * z;
    if (fabs(z) > 5)
        fail_msg("%s: %g with a standard error of %g, where the truth is %g", name, e->value, e->error, truth);
}

// P(K <= k) of the binomial law with n cases, p near 1: all but those above, from the largest down, which (1 - p)^n would not be.
static double binomial_upto(int n, double p, int k) {
    double above = 0, chance = pow(p, n);
    for (int i = n; i > k; i--) {
        above += chance;
        chance *= (double)i / (n - i + 1) * (1 - p) / p;
    }
    return 1 - above;
}

// 95 % intervals hold the truth in 93 to 97 of a hundred, as far as so many cases can say: of one kind, which may be few, so
// many misses must have a chance of 0.5 % where 93 of a hundred hold; of all, three standard errors more.
static void check(const tally *list, const char *what) {
    int all = 0, held = 0;
    for (int32_t i = 0; list[i].name; i++) {
        double n = list[i].all, chance = binomial_upto(list[i].all, 0.93, list[i].held);
        print_message("# %s: %-36s held %3d of %3d, mean z %+.2f, rms z %.2f\n", what, list[i].name, list[i].held,
                      list[i].all, list[i].z / n, sqrt(list[i].squares / n));
        all += list[i].all;
        held += list[i].held;
        if (chance < 0.005)
            fail_msg("%s: %d of %d intervals hold the truth", list[i].name, list[i].held, list[i].all);
    }
    double share = (double)held / all, wide = 3 * sqrt(0.95 * 0.05 / all);
    print_message("# %s: %d of %d intervals hold the truth\n", what, held, all);
    if (share < 0.93 - wide || (share > 0.97 + wide))
        fail_msg("%s: %d of %d intervals hold the truth", what, held, all);
}

// ---- everything at once ---------------------------------------------------------------------------------------------

// What the owner believes: slower skiing, longer rests, other choices, parties and times than those of the hill.
static void believe(plan_variant *v, const piste_resort *truth) {
    static const double weights[4] = {0.25, 0.5, 0.75, 1},
                        values[5] = {8.5 * 3600, 9.5 * 3600, 10.5 * 3600, 11.5 * 3600, 12.5 * 3600};
    static const double sizes[4] = {1, 2, 3, 4};
    const char *why;
    double by[CALIBRATE_VALUES] = {0};
    assert_true(plan_variant_init(v, truth));
    by[0] = -0.1; // speed
    by[4] = -0.3; // rest
    by[6] = 0.3;  // scale
    by[7] = -0.2; // pleasure
    calibrate_values_set(v, by);
    piste_segment *segments = plan_variant_segments(v);
    for (int32_t i = 0; i < v->resort.segments.count; i++) {
        segments[i].arrival = (piste_dist){
            .kind = PISTE_DIST_EMPIRICAL, .bins = true, .count = 4, .values = values, .cumulative = weights};
        segments[i].party_size =
            (piste_dist){.kind = PISTE_DIST_EMPIRICAL, .count = 4, .values = sizes, .cumulative = weights};
        assert_int_equal(piste_dist_prepare(&segments[i].arrival, &why), PISTE_OK);
        assert_int_equal(piste_dist_prepare(&segments[i].party_size, &why), PISTE_OK);
    }
}

static double truth_of(int32_t value) {
    return value == 0 ? 0.1 : value == 4 ? 0.3 : value == 6 ? -0.3 : value == 7 ? 0.2 : 0;
}

// The hill's own shares of parties that come in a span.
static double share_between(double from, double to) {
    static const double edges[6] = {8.5, 9.5, 10.5, 11.5, 12.5, 13.5}, weights[5] = {0.35, 0.30, 0.20, 0.10, 0.05};
    double sum = 0;
    for (int i = 0; i < 5; i++) {
        double low = from > edges[i] ? from : edges[i], high = to < edges[i + 1] ? to : edges[i + 1];
        sum += high > low ? weights[i] * (high - low) : 0;
    }
    return sum;
}

static void note_all(tally *values, tally *others, const piste_calibration *found, const trouble *t) {
    static const double sizes[] = {0.35, 0.35, 0.15, 0.15};
    static const char *const size_words[] = {"parties of 1", "parties of 2", "parties of 3", "parties of 4"};
    for (int32_t k = 0; k < found->values.count; k++) {
        const piste_calibrated *v = &found->values.list[k];
        double at = truth_of(k), e = v->factor_error;
        piste_estimate log_factor = {base_log(v->factor), e, base_log(v->factor) - 1.96 * e,
                                     base_log(v->factor) + 1.96 * e, 0};
        if (v->free)
            note(values, *v->of ? v->of : v->field, &log_factor, at);
    }
    note(others, "missing scans", &found->missing, t->lose);
    for (int32_t i = 0; i < 4; i++)
        note(others, size_words[i], &found->parties.list[0].bins.list[i].share, sizes[i]);
    for (int32_t i = 0; i < found->arrivals.list[0].bins.count; i++) {
        const piste_bin *b = &found->arrivals.list[0].bins.list[i];
        double share = share_between(b->from / 3600.0, b->to / 3600.0);
        if (b->tied < 0 && share > 0.03)
            note(others, "times of coming", &b->share, share);
    }
    for (int32_t g = 1; g < found->gates.count; g++) {
        note(others, "clocks", &found->gates.list[g].clock_s, t->offset_s[g]);
        note(others, "drifts", &found->gates.list[g].drift_s_per_h, t->drift_s_per_h[g]);
    }
}

static void what_is_put_in_is_found(void **state) {
    (void)state;
    assert_true(fabs(binomial_upto(10, 0.93, 7) - 0.0283) < 1e-4 && fabs(binomial_upto(420, 0.93, 388) - 0.3356) < 1e-4);
    const trouble t = {.lose = 0.03,
                       .twice = 0.02,
                       .jitter_s = 3,
                       .offset_s = {0, 45, -20},
                       .drift_s_per_h = {0, 4, 0},
                       .gate = PISTE_GATE_PLACE_BEFORE};
    piste_resort *truth = load(hill);
    plan_variant v;
    tally values[KINDS] = {{0}}, others[KINDS] = {{0}};
    believe(&v, truth);
    int count = test_sample(1, 60);
    for (int i = 0; i < count; i++) {
        piste_scans *scans = scans_of(truth, &v.resort, &t, 4, 1000 + 50 * (uint64_t)i, -1);
        piste_calibrate_def def = piste_calibrate_def_default();
        def.days = 256;
        def.hold = 0;
        def.threads = 2;
        def.seed = 77 + (uint64_t)i;
        piste_calibration *found = calibrate(&v.resort, scans, &def);
        assert_true(found->values.list[0].free && found->values.list[4].free && found->values.list[6].free);
        assert_true(found->repeated > 0 && found->scans + found->repeated == found->rows);
        note_all(values, others, found, &t);
        piste_calibration_destroy(found);
        piste_scans_destroy(scans);
    }
    if (count > 1) {
        check(values, "values");
        check(others, "patterns and clocks");
    }
    plan_variant_release(&v);
    piste_resort_destroy(truth);
}

// ---- stops ----------------------------------------------------------------------------------------------------------

// Guests for ever on one lift that binds, which stops every hour for three minutes or so: a season of it.
static void stops_of_a_busy_lift_are_found(void **state) {
    (void)state;
    const trouble t = {.gate = PISTE_GATE_PLACE_AFTER};
    piste_resort *truth = load(hill);
    tally list[KINDS] = {{0}};
    int count = test_sample(2, 60);
    for (int i = 0; i < count; i++) {
        piste_scans *scans = scans_of(truth, truth, &t, 12, 90000 + 100 * (uint64_t)i, 2200);
        const calibrate_day *days[12];
        for (int d = 0; d < 12; d++)
            days[d] = &scans->days[d];
        piste_stop_result r = calibrate_stops_of(truth, &scans->gates, days, 12, 0);
        assert_true(r.known && r.every_s.seen >= 10);
        piste_estimate every = {base_log(r.every_s.value), r.every_s.error / r.every_s.value, base_log(r.every_s.low),
                                base_log(r.every_s.high), 0};
        piste_estimate lasts = {base_log(r.duration_s.value), r.duration_s.error / r.duration_s.value,
                                base_log(r.duration_s.low), base_log(r.duration_s.high), 0};
        note(list, "running between stops", &every, base_log(7200));
        note(list, "duration of stops", &lasts,
             base_log(piste_dist_mean(&truth->lifts.list[0].stops.list[0].duration)));
        assert_true(!calibrate_stops_of(truth, &scans->gates, days, 12, 2).known); // the drag lift never stops
        piste_scans_destroy(scans);
    }
    if (count > 2)
        check(list, "stops");
    piste_resort_destroy(truth);
}

static void gates_before_the_queue_know_no_stops(void **state) {
    (void)state;
    const trouble t = {.gate = PISTE_GATE_PLACE_BEFORE};
    piste_resort *truth = load(hill);
    piste_scans *scans = scans_of(truth, truth, &t, 2, 5, 2200);
    const calibrate_day *days[2] = {&scans->days[0], &scans->days[1]};
    piste_stop_result r = calibrate_stops_of(truth, &scans->gates, days, 2, 0);
    assert_true(!r.known && strstr(r.why, "before the queue") && isnan(r.every_s.value));
    piste_scans_destroy(scans);
    piste_resort_destroy(truth);
}

// ---- what cannot be told, and what must not matter ------------------------------------------------------------------

static void any_number_of_threads_gives_the_same(void **state) {
    (void)state;
    const trouble t = {.lose = 0.02, .gate = PISTE_GATE_PLACE_BEFORE, .segments = true};
    piste_resort *truth = load(hill);
    base_text one = {0};
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        piste_scans *scans = scans_of(truth, truth, &t, 5, 31, 120);
        piste_calibrate_def def = piste_calibrate_def_default();
        def.days = 20;
        def.threads = threads;
        piste_calibration *found = calibrate(truth, scans, &def);
        base_text json = {0};
        assert_int_equal(report_calibration_json(found, &json), PISTE_OK);
        assert_null(strstr(json.data, "guest-")); // nothing about anyone
        assert_int_equal(found->days, 4);
        assert_int_equal(found->held, 1);
        assert_true(found->score.events > 0 && isnan(found->score.gain.error));
        if (threads == 1)
            one = json;
        else {
            assert_string_equal(one.data, json.data);
            base_text_release(&json);
        }
        piste_calibration_destroy(found);
        piste_scans_destroy(scans);
    }
    base_text_release(&one);
    piste_resort_destroy(truth);
}

// Who takes each way alike weighs nothing, and where all ski alike nobody is slower or faster than others: none of that can
// be told, and what is tied is as the resort has it.
static void what_cannot_be_told_is_tied(void **state) {
    (void)state;
    const trouble t = {.gate = PISTE_GATE_PLACE_BEFORE};
    piste_resort *whole = load(hill);
    plan_variant v;
    assert_true(plan_variant_init(&v, whole));
    piste_segment *segments = plan_variant_segments(&v);
    segments[0].choice.model = PISTE_CHOICE_UNIFORM;
    memset(segments[0].ability, 0, sizeof segments[0].ability);
    segments[0].ability[PISTE_INTERMEDIATE] = 1;
    const piste_resort *truth = &v.resort;
    piste_scans *scans = scans_of(truth, truth, &t, 2, 3, -1);
    piste_calibrate_def def = piste_calibrate_def_default();
    def.days = 100;
    piste_calibration *found = calibrate(truth, scans, &def);
    for (int32_t i = 0; i < found->values.count; i++) {
        const piste_calibrated *own = &found->values.list[i];
        if ((strcmp(own->entry, "choice") == 0 || *own->of) && own->free)
            fail_msg("%s %s is told", own->entry, own->field);
        assert_true(own->free || (*own->why && own->factor == 1));
        assert_true(own->free == (own->found.error > 0));
    }
    assert_true(found->directions.count > 0 && found->directions.list[0].flat);
    assert_true(found->values.list[0].free || found->values.list[4].free); // yet of skiing something
    piste_calibration_destroy(found);
    piste_scans_destroy(scans);
    plan_variant_release(&v);
    piste_resort_destroy(whole);
}

// Laps from a gate to itself keep their length whatever its clock says: quartiles are the same to the second.
static void clocks_do_not_move_laps(void **state) {
    (void)state;
    piste_resort *truth = load(hill);
    double cuts[2][3 * CALIBRATE_CUTS], counts[2] = {0};
    for (int i = 0; i < 2; i++) {
        const trouble t = {.offset_s = {0, i ? 40 : 0, i ? -60 : 0}, .gate = PISTE_GATE_PLACE_BEFORE};
        piste_scans *scans = scans_of(truth, truth, &t, 2, 8, 150);
        const calibrate_day *days[2] = {&scans->days[0], &scans->days[1]};
        calibrate_spec spec;
        base_arena *arena = base_arena_create();
        assert_true(calibrate_spec_make(&scans->gates, days, 2, arena, &spec));
        memcpy(cuts[i], spec.lap_cut, sizeof cuts[i]);
        counts[i] = days[0]->count;
        base_arena_destroy(arena);
        piste_scans_destroy(scans);
    }
    assert_true(counts[0] == counts[1]);
    for (int k = 0; k < 3 * CALIBRATE_CUTS; k++)
        assert_true(cuts[0][k] == cuts[1][k] && cuts[0][k] > 100);
    piste_resort_destroy(truth);
}

static bool stop_soon(void *context, int64_t done, int64_t all) {
    assert_true(done <= all);
    return ++*(int *)context < 3;
}

static void it_can_be_stopped_and_refused(void **state) {
    (void)state;
    const trouble t = {.gate = PISTE_GATE_PLACE_BEFORE};
    piste_resort *truth = load(hill);
    piste_scans *scans = scans_of(truth, truth, &t, 2, 8, 150), *few = scans_of(truth, truth, &t, 1, 8, 4);
    piste_calibration *found = (piste_calibration *)(uintptr_t)1;
    piste_calibrate_def def = piste_calibrate_def_default();
    int ticks = 0;
    def.tick = stop_soon;
    def.context = &ticks;
    def.threads = 3;
    assert_int_equal(piste_calibrate(truth, scans, &def, NULL, &found), PISTE_INTERRUPTED);
    def = piste_calibrate_def_default();
    assert_int_equal(piste_calibrate(truth, few, &def, NULL, &found), PISTE_INVALID);
    def.hold = 2;
    assert_int_equal(piste_calibrate(truth, scans, &def, NULL, &found), PISTE_INVALID);
    def.hold = 0;
    def.days = 19;
    assert_int_equal(piste_calibrate(truth, scans, &def, NULL, &found), PISTE_INVALID);
    def.days = 20;
    def.missing = 0.95;
    assert_int_equal(piste_calibrate(truth, scans, &def, NULL, &found), PISTE_INVALID);
    assert_ptr_equal(found, (piste_calibration *)(uintptr_t)1);
    piste_scans_destroy(scans);
    piste_scans_destroy(few);
    piste_resort_destroy(truth);
}

// ---- mixtures -------------------------------------------------------------------------------------------------------

// Columns that look alike are tied in the proportion that is known; others are told apart, and sum to 1.
static void mixtures_are_set_right(void **state) {
    (void)state;
    const double t[3 * 3] = {1, 0, 0, 0.95, 0.05, 0, 0, 0.2, 0.8}, n[3] = {300, 60, 160}, start[3] = {0.25, 0.5, 0.25};
    double share[3], error[3];
    int32_t tie[3];
    assert_true(calibrate_unmix(3, 3, t, n, start, 0.25, share, error, tie));
    assert_true(tie[0] == tie[1] && tie[2] == 2);
    assert_true(fabs(share[1] - 2 * share[0]) < 1e-9 && fabs(share[0] + share[1] + share[2] - 1) < 1e-9);
    assert_true(error[0] > 0 && error[2] > 0);
    assert_true(calibrate_unmix(3, 3, t, n, start, 0.01, share, error, tie));
    assert_true(tie[1] == 1 && fabs(share[0] + share[1] + share[2] - 1) < 1e-9);
}

// ---- reading --------------------------------------------------------------------------------------------------------

static void bad_scans_are_told_with_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *told;
        piste_status status;
    } bad[] = {
        {"", "scans.csv:1: head: nothing, expected the names of the columns", PISTE_INVALID},
        {"pass,lift\n", "scans.csv:1: head: no column time", PISTE_INVALID},
        {"pass,lift,time,colour\n", "scans.csv:1: head: colour, expected pass, lift, time", PISTE_INVALID},
        {"pass,lift,time,time\n", "scans.csv:1: head: time, expected each column once", PISTE_INVALID},
        {"pass,lift,time\n", "no scans, expected some", PISTE_INVALID},
        {"pass,lift,time\na,nowhere,10:00:00\n",
         "scans.csv:2: lift: nowhere, expected the key or the name of a lift of the resort: long, short, drag",
         PISTE_INVALID},
        {"pass,lift,time\na,long,ten\n", "scans.csv:2: time: ten, expected a time of the business day such as 09:05:07",
         PISTE_INVALID},
        {"pass,lift,time\na,long,10:61:00\n", "scans.csv:2: time: 10:61:00", PISTE_INVALID},
        {"pass,lift,time\na,long,07:59:59\n", "expected a time in the resort's day, 08:00 to 18:00", PISTE_INVALID},
        {"pass,lift,time\na,long,10:00:00\nb,long,09:59:59\n",
         "scans.csv:3: time: 09:59:59, expected not before 10:00:00", PISTE_INVALID},
        {"pass,lift,time\na,long\n", "scans.csv:2: line: 2 fields, expected 3", PISTE_INVALID},
        {"pass,lift,time\n\"a,long,10:00:00\n", "a quote that is not closed", PISTE_INVALID},
        {"pass,lift,time,date\na,long,10:00:00,soon\n", "scans.csv:2: date: soon, expected a date such as",
         PISTE_INVALID},
        {"pass,lift,time,gate\na,long,10:00:00,left\n", "gate: left, expected before or after", PISTE_INVALID},
        {"pass,lift,time,gate\na,long,10:00:00,after\na,long,10:00:01,before\n",
         "scans.csv:3: gate: before, expected the same in all rows of a lift", PISTE_INVALID},
        {"pass,lift,time,segment\na,long,10:00:00,nobody\n", "segment: nobody, expected the key of a segment",
         PISTE_INVALID},
    };
    piste_resort *resort = load(hill);
    piste_scans_def def = piste_scans_def_default();
    for (size_t i = 0; i < BASE_COUNT(bad); i++) {
        piste_errors *errors = piste_errors_create();
        piste_scans *scans = (piste_scans *)(uintptr_t)1;
        assert_int_equal(piste_scans_read(resort, bad[i].text, strlen(bad[i].text), "scans.csv", &def, errors, &scans),
                         bad[i].status);
        assert_ptr_equal(scans, (piste_scans *)(uintptr_t)1);
        if (piste_errors_count(errors) == 0 || !strstr(piste_errors_get(errors, 0)->text, bad[i].told))
            fail_msg("%s: told '%s', expected '%s'", bad[i].text,
                     piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "nothing", bad[i].told);
        piste_errors_destroy(errors);
    }
    piste_resort_destroy(resort);
}

static void good_scans_are_read(void **state) {
    (void)state;
    const char *text =
        "\xef\xbb\xbftime,pass,lift,date,gate\r\n10:00:00,\"a \"\"x\"\", y\",long,2019-02-02,after\r\n"
        "10:00:05,b,long,2019-02-02,after\r\n10:00:09,b,long,2019-02-02,after\r\n\r\n9:30,a,short,2019-02-01,\r\n"
        "10:20:00,b,long,2019-02-02,\r\n10:30:00,,drag,2019-02-02,after\r\n";
    piste_resort *resort = load(hill);
    piste_scans_def def = piste_scans_def_default();
    piste_scans *scans = NULL;
    assert_int_equal(piste_scans_read(resort, text, strlen(text), "scans.csv", &def, NULL, &scans), PISTE_OK);
    assert_int_equal(scans->day_count, 2);
    assert_int_equal(scans->rows, 6);
    const calibrate_day *second = &scans->days[1];
    assert_int_equal(scans->days[0].count, 1);
    assert_int_equal(second->pass_count, 2);
    assert_int_equal(second->count, 3); // 9 seconds later is the same scan once more; 20 minutes later is not
    assert_int_equal(second->repeated[0], 1);
    assert_int_equal(second->click_count, 1);
    assert_int_equal(scans->gates.gate[0], PISTE_GATE_PLACE_AFTER);
    assert_int_equal(scans->gates.gate[1], PISTE_GATE_PLACE_BEFORE);
    assert_int_equal(scans->gates.click[2], PISTE_GATE_PLACE_AFTER);
    const char *counts = "what,count,date\nvisits,200,2019-02-02\nsold,220,2019-02-02\nlift:short,31,2019-02-01\nlift:"
                         "short,9,2019-02-01\n";
    assert_int_equal(piste_counts_read(resort, counts, strlen(counts), "counts.csv", NULL, scans), PISTE_OK);
    assert_true(second->visits == 200 && second->sold == 220 && scans->days[0].counted[1] == 40);
    static const char *const bad[] = {"what,count\nvisits,20\n",
                                      "what,count,date\nvisits,20,2019-03-01\n",
                                      "what,count,date\nsnow,20,2019-02-02\n",
                                      "what,count,date\nvisits,many,2019-02-02\n",
                                      "what,count,date\nvisits,1,2019-02-02\n",
                                      "what\n",
                                      "",
                                      "what,count,date,from,to\nlift:long,5,2019-02-02,10:00,09:00\n"};
    for (size_t i = 0; i < BASE_COUNT(bad); i++) {
        piste_errors *errors = piste_errors_create();
        assert_int_equal(piste_counts_read(resort, bad[i], strlen(bad[i]), "counts.csv", errors, scans), PISTE_INVALID);
        assert_true(piste_errors_count(errors) == 1 && strstr(piste_errors_get(errors, 0)->text, "counts.csv:"));
        piste_errors_destroy(errors);
    }
    piste_scans_destroy(scans);
    piste_resort_destroy(resort);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_scans_are_told_with_their_place),
        cmocka_unit_test(good_scans_are_read),
        cmocka_unit_test(mixtures_are_set_right),
        cmocka_unit_test(gates_before_the_queue_know_no_stops),
        cmocka_unit_test(stops_of_a_busy_lift_are_found),
        cmocka_unit_test(clocks_do_not_move_laps),
        cmocka_unit_test(what_cannot_be_told_is_tied),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(it_can_be_stopped_and_refused),
        cmocka_unit_test(what_is_put_in_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
