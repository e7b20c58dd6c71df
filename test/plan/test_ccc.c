// test_ccc.c - sheets of carrying capacity: one worked out by hand, the laws of the formula, what is simulated against days
// and exact laws, the axioms of the attribution, and sheets that are written and read again. Also for ThreadSanitizer.
#include "flow/flow_test.h"

#include "piste/ccc.h"
#include "plan/ccc.h"
#include "report/report.h"

static piste_ccc *sheet_of(const piste_resort *resort, int32_t days, int32_t threads) {
    piste_ccc_def def = piste_ccc_def_default();
    piste_ccc *sheet = NULL;
    def.days = days;
    def.threads = threads;
    assert_int_equal(piste_ccc_create(resort, &def, NULL, &sheet), PISTE_OK);
    return sheet;
}

static piste_ccc *sheet_of_folder(const char *folder, int32_t days, int32_t threads) {
    piste_resort *resort = load(folder);
    piste_ccc *sheet = sheet_of(resort, days, threads);
    piste_resort_destroy(resort);
    return sheet;
}

static bool near(double a, double b) {
    return fabs(a - b) <= 1e-9 * (1 + fabs(b));
}

static const piste_ccc_limit *limit_of(const piste_ccc *s, const char *key) {
    for (int32_t i = 0; i < s->limits.count; i++)
        if (strcmp(s->limits.list[i].key, key) == 0)
            return &s->limits.list[i];
    fail_msg("no limit %s", key);
    return NULL;
}

// ---- by hand ------------------------------------------------------------------------------------------------------------

static void the_sheet_is_what_a_hand_works_out(void **state) {
    (void)state;
    piste_ccc *s = sheet_of_folder("test/plan/ccc-tiny", 2, 1);
    const piste_ccc_lift *chair = &s->lifts.list[0], *carpet = &s->lifts.list[1], *peak = &s->lifts.list[2];
    // 1 ha of easy at 60 and 2 ha of intermediate at 30 hold as many; novices and low intermediates are 3 to 1.
    assert_true(near(chair->ability[PISTE_NOVICE], 0.375) && near(chair->ability[PISTE_LOW_INTERMEDIATE], 0.125) &&
                near(chair->ability[PISTE_INTERMEDIATE], 0.5));
    assert_int_equal(chair->runs, 2);
    assert_true(near(chair->adjusted_pph, 1200 * 0.75));
    assert_true(near(chair->supply_m, 900.0 * 6 * 200));
    assert_true(near(chair->demand_m, 0.375 * 2000 + 0.125 * 2800 + 0.5 * 3600));
    assert_true(near(chair->ccc, 1080000.0 / 2900));
    assert_true(near(carpet->ccc, 600 * 0.95 * 6 * 10 / 1000) && near(carpet->ability[PISTE_BEGINNER], 1));
    // Nobody can lap the peak lift; it counts with the run below it.
    assert_int_equal(peak->runs, 0);
    assert_true(*peak->remark && near(peak->ccc, 600 * 0.05 * 6 * 100 / 5000));
    assert_true(near(s->ccc, chair->ccc + carpet->ccc + peak->ccc));
    assert_true(near(s->terrain[PISTE_CCC_TERRAIN_EASY].ccc, chair->ccc / 2));
    assert_true(near(s->terrain[PISTE_CCC_TERRAIN_EASY].demand_m, 2200));
    assert_int_equal(s->terrain[PISTE_CCC_TERRAIN_EASY].lifts, 1);
    const struct { const char *key; double guests; } limits[] = {
        {"lifts", s->ccc}, {"slopes", (60 + 60 + 15 + 20) / 0.4}, {"restaurant-seats", 50 * 4 / 0.8}, {"restaurant-counters", 360 / 0.8},
        {"rental", 135 / 0.5}, {"school", 40 / 0.25}, {"parking", 250 / 0.6}, {"coaches", 200 / 0.2}, {"beds", 30 / 0.2}, {"cap", 300}};
    for (size_t i = 0; i < BASE_COUNT(limits); i++)
        if (!near(limit_of(s, limits[i].key)->guests, limits[i].guests))
            fail_msg("%s: %.9g, expected %.9g", limits[i].key, limit_of(s, limits[i].key)->guests, limits[i].guests);
    assert_string_equal(s->limits.list[s->binding].key, "beds");
    // Where each comes from.
    assert_int_equal(chair->in[PISTE_CCC_ACCESS].basis, PISTE_CCC_MEASURED);
    assert_string_equal(chair->in[PISTE_CCC_ACCESS].source, "counted on a Sunday");
    assert_int_equal(chair->in[PISTE_CCC_LOSS].basis, PISTE_CCC_ASSUMED);
    assert_int_equal(chair->in[PISTE_CCC_DESIGN_PPH].basis, PISTE_CCC_GIVEN);
    assert_int_equal(s->demand[PISTE_NOVICE].basis, PISTE_CCC_PUBLISHED);
    assert_int_equal(limit_of(s, "slopes")->share.basis, PISTE_CCC_CHOSEN);
    assert_int_equal(limit_of(s, "slopes-easy")->share.basis, PISTE_CCC_SIMULATED);
    piste_ccc_destroy(s);
}

// ---- laws of the formula ------------------------------------------------------------------------------------------------

static void twice_the_interval_is_half_the_capacity(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/ccc-tiny");
    piste_resort slower = *resort;
    piste_lift lifts[3];
    memcpy(lifts, resort->lifts.list, sizeof lifts);
    for (int i = 0; i < 3; i++) {
        lifts[i].interval_s.num *= 2;
        lifts[i].capacity_pph /= 2;
    }
    slower.lifts.list = lifts;
    piste_ccc *whole = sheet_of(resort, 2, 1), *half = sheet_of(&slower, 2, 1);
    assert_true(near(half->ccc, whole->ccc / 2));
    for (int t = 0; t < PISTE_CCC_TERRAIN_COUNT; t++)
        assert_true(near(half->terrain[t].ccc, whole->terrain[t].ccc / 2));
    piste_ccc_destroy(half);
    piste_ccc_destroy(whole);
    piste_resort_destroy(resort);
}

static void lifts_add_up(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/ccc-tiny");
    piste_ccc *whole = sheet_of(resort, 2, 1);
    double sum = 0;
    for (int32_t i = 0; i < resort->lifts.count; i++) {
        piste_resort alone = *resort;
        alone.lifts.list = &resort->lifts.list[i];
        alone.lifts.count = 1;
        piste_ccc *one = sheet_of(&alone, 2, 1);
        sum += one->ccc;
        piste_ccc_destroy(one);
    }
    assert_true(near(sum, whole->ccc));
    piste_ccc_destroy(whole);
    piste_resort_destroy(resort);
}

// ---- what is simulated ----------------------------------------------------------------------------------------------------

static void demand_is_what_guests_skied(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    piste_ccc *s = sheet_of(resort, 3, 1);
    double descent[PISTE_ABILITY_COUNT] = {0}, people[PISTE_ABILITY_COUNT] = {0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        piste_day *day = run_day(resort, seed, s->day_guests);
        const piste_day_result *r = piste_day_get_result(day);
        for (int32_t i = 0; i < r->groups[PISTE_BY_ABILITY].count; i++)
            for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
                if (strcmp(r->groups[PISTE_BY_ABILITY].list[i].key, piste_ability_word((piste_ability)a)) == 0) {
                    descent[a] += r->groups[PISTE_BY_ABILITY].list[i].descent_m;
                    people[a] += (double)r->groups[PISTE_BY_ABILITY].list[i].people;
                }
        piste_day_destroy(day);
    }
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++) {
        assert_true(people[a] > 0 && fabs(s->demand[a].value - descent[a] / people[a]) < 1e-5);
        assert_true(s->demand[a].basis == PISTE_CCC_SIMULATED && !(s->demand[a].error <= 0)); // NaN where they came on one day only
    }
    assert_true(s->day_wait_s < 30); // they hardly wait for each other
    piste_ccc_destroy(s);
    piste_resort_destroy(resort);
}

// The error told is that of other seeds: of many sheets, each from days of its own.
static void its_error_is_how_sheets_differ(void **state) {
    (void)state;
    enum { DAYS = 6 };
    int count = test_count(10, 100);
    double sum = 0, squares = 0, told = 0;
    piste_resort *resort = load("examples/badger-pass");
    for (int i = 0; i < count; i++) {
        piste_ccc_def def = piste_ccc_def_default();
        piste_ccc *s = NULL;
        def.days = DAYS;
        def.threads = 2;
        def.seed = 1 + (uint64_t)i * 100;
        assert_int_equal(piste_ccc_create(resort, &def, NULL, &s), PISTE_OK);
        sum += s->ccc;
        squares += s->ccc * s->ccc;
        told += s->error / count;
        piste_ccc_destroy(s);
    }
    double sd = sqrt((squares - sum * sum / count) / (count - 1));
    if (!(told > sd * (count < 50 ? 0.4 : 0.7) && told < sd * (count < 50 ? 2.5 : 1.4)))
        fail_msg("sheets differ by %.2f, they tell %.2f", sd, told);
    piste_resort_destroy(resort);
    piste_ccc *given = sheet_of_folder("test/plan/ccc-tiny", 2, 1);
    assert_true(given->error == 0);
    piste_ccc_destroy(given);
}

// Each input drawn about its value, by its own error and by the spread of its basis: the sums spread as the sheet says.
static void inputs_that_may_be_off_move_it_as_told(void **state) {
    (void)state;
    const char *const folders[] = {"examples/badger-pass", "test/plan/ccc-tiny", "resorts/masikryong"};
    int count = test_sample(2000, 20000);
    for (int f = 0; f < 3; f++) {
        piste_ccc *s = sheet_of_folder(folders[f], 20, 1);
        const double error = s->error_inputs, low = s->low, high = s->high, told = s->ccc;
        assert_true(error >= s->error && low <= told && told <= high);
        piste_ccc_input *all[1024], as_is[1024];
        int inputs = 0, within = 0;
        for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
            all[inputs++] = &s->demand[a];
        for (int32_t i = 0; i < s->lifts.count; i++)
            for (int p = 0; p < PISTE_CCC_SERVES; p++)
                all[inputs++] = &s->lifts.list[i].in[p];
        assert_true(inputs < 1024);
        for (int i = 0; i < inputs; i++)
            as_is[i] = *all[i];
        double sum = 0, squares = 0;
        for (int n = 0; n < count; n++) {
            uint64_t key = base_key_child(77, (uint64_t)n);
            for (int i = 0; i < inputs; i++) {
                const piste_ccc_input *in = &as_is[i];
                double own = in->error > 0 ? in->error : 0, spread = piste_ccc_basis_spread(in->basis) * in->value;
                double z = base_normal_quantile(base_uniform(base_draw(base_stream(key, 1), (uint64_t)i)));
                double drawn = in->value + z * sqrt(own * own + spread * spread);
                all[i]->value = drawn < 0 ? 0 : drawn; // none may be negative; NaN stays
            }
            ccc_work_out(s);
            sum += s->ccc;
            squares += s->ccc * s->ccc;
            within += s->ccc >= low && s->ccc <= high;
        }
        double sd = sqrt((squares - sum * sum / count) / (count - 1)), share = (double)within / count;
        print_message("# %s: %.0f, off by %.1f, told %.1f; %.1f %% within\n", folders[f], told, sd, error, share * 100);
        assert_true(sd > 0.85 * error && sd < 1.15 * error);
        assert_true(share > 0.93 && share < 0.97);
        piste_ccc_destroy(s);
    }
}

// Shares of the seats that a full queue fills (test/laws, docs/models.md), and what stops cost.
static void loss_is_that_of_a_full_queue(void **state) {
    (void)state;
    const struct { const char *folder; double loss, within; } laws[] = {
        {"quad-2-3", 0.25, 0.005}, {"lift-slow-loading", 0.4, 0.005}, {"double-1-2", 0.1, 0.005}, {"double-1-2-two-lanes", 0, 0.005},
        {"quad-2-3-two-lanes", 1.0 / 6, 0.005}, {"lift-families", 0.25, 0.005}};
    for (int i = 0; i < test_count(2, (int)BASE_COUNT(laws)); i++) {
        char path[128];
        snprintf(path, sizeof path, "test/laws/%s", laws[i].folder);
        piste_resort *resort = load(path), own = *resort;
        piste_lift lift = resort->lifts.list[0]; // ridden by all who come, whatever its runs are for
        memcpy(lift.serves, resort->segments.list[0].ability, sizeof lift.serves);
        lift.down = i % 2 ? lift.up : lift.down; // who rides down takes no seat upwards
        own.lifts.list = &lift;
        piste_ccc *s = sheet_of(&own, 2, 2);
        const piste_ccc_input *loss = &s->lifts.list[0].in[PISTE_CCC_LOSS];
        if (fabs(loss->value - laws[i].loss) > laws[i].within)
            fail_msg("%s: %.4f +- %.4f, expected %.4f (%s)", laws[i].folder, loss->value, loss->error, laws[i].loss, loss->source);
        piste_ccc_destroy(s);
        piste_resort_destroy(resort);
    }
}

static void stops_cost_their_share_of_the_time(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/loop-bound");
    piste_resort stopping = *resort;
    piste_lift lift = resort->lifts.list[0];
    const char *why;
    piste_stop stop = {.every_s = 3600, .duration = {.kind = PISTE_DIST_CONSTANT, .a = 600}};
    piste_slow slow = {.every_s = 2700, .duration = {.kind = PISTE_DIST_CONSTANT, .a = 900}, .speed = 0.4};
    assert_int_equal(piste_dist_prepare(&stop.duration, &why), PISTE_OK);
    assert_int_equal(piste_dist_prepare(&slow.duration, &why), PISTE_OK);
    lift.stops.list = &stop;
    lift.stops.count = 1;
    lift.slows.list = &slow;
    lift.slows.count = 1;
    stopping.lifts.list = &lift;
    piste_ccc *s = sheet_of(&stopping, 2, 1);
    // One seat each: nothing is lost to loading. At full speed for 2,700 s of running, which last 3,150 s; then slow for
    // (exp(0.125) - 1) / (0.4 / 2,700 / 1.0667) = 958.7 s, running 0.4 / 1.0667 of that.
    assert_true(fabs(s->lifts.list[0].in[PISTE_CCC_LOSS].value - 0.2554) < 0.002);
    piste_ccc_destroy(s);
    piste_resort_destroy(resort);
}

// What the sheet works out of `stops` and `slows` is what flow's own lift loses to them when its queue never empties.
static void flow_loses_as_much_to_stops(void **state) {
    (void)state;
    piste_resort *resort = load("test/laws/loop-bound");
    piste_resort stopping = *resort;
    piste_lift lift = resort->lifts.list[0];
    const char *why;
    piste_stop stop = {.every_s = 900, .duration = {.kind = PISTE_DIST_EXPONENTIAL, .a = 90}};
    piste_slow slow = {.every_s = 600, .duration = {.kind = PISTE_DIST_CONSTANT, .a = 200}, .speed = 0.4};
    assert_int_equal(piste_dist_prepare(&stop.duration, &why), PISTE_OK);
    assert_int_equal(piste_dist_prepare(&slow.duration, &why), PISTE_OK);
    lift.stops.list = &stop;
    lift.slows.list = &slow;
    lift.stops.count = lift.slows.count = 1;
    stopping.lifts.list = &lift;
    piste_ccc *s = sheet_of(&stopping, 2, 1);
    double loss = s->lifts.list[0].in[PISTE_CCC_LOSS].value, rides = 0;
    int count = test_count(12, 200);
    for (int i = 0; i < count; i++) {
        piste_day *day = run_day(&stopping, (uint64_t)i + 1, -1);
        rides += (double)piste_day_get_result(day)->rides / count;
        piste_day_destroy(day);
    }
    if (fabs(1 - rides / (24 * 600) - loss) > (count < 100 ? 0.01 : 0.004))
        fail_msg("flow loses %.4f, the sheet says %.4f", 1 - rides / (24 * 600), loss);
    piste_ccc_destroy(s);
    piste_resort_destroy(resort);
}

// The lower lift of two in a row only brings people to the upper one, unless they ski from its top.
static void access_is_what_nobody_skis_on(void **state) {
    (void)state;
    piste_ccc *s = sheet_of_folder("test/plan/ccc-access", 4, 2);
    assert_true(s->lifts.list[0].in[PISTE_CCC_ACCESS].value == 1);
    assert_true(s->lifts.list[1].in[PISTE_CCC_ACCESS].value == 0);
    assert_int_equal(s->lifts.list[0].in[PISTE_CCC_ACCESS].basis, PISTE_CCC_SIMULATED);
    assert_true(s->lifts.list[0].ccc == 0 && s->lifts.list[1].ccc > 0);
    piste_ccc_destroy(s);
}

static void any_number_of_threads_gives_the_same(void **state) {
    (void)state;
    base_text one = {0};
    piste_resort *resort = load("examples/badger-pass");
    for (int32_t threads = 1; threads <= 5; threads += 2) {
        piste_ccc_def def = piste_ccc_def_default();
        piste_ccc *s = NULL;
        base_text json = {0};
        def.days = test_count(3, 20);
        def.threads = threads;
        def.simulate = true;
        assert_int_equal(piste_ccc_create(resort, &def, NULL, &s), PISTE_OK);
        assert_int_equal(report_ccc_json(s, threads == 1 ? &one : &json), PISTE_OK);
        if (threads > 1)
            assert_string_equal(one.data, json.data);
        base_text_release(&json);
        piste_ccc_destroy(s);
    }
    base_text_release(&one);
    piste_resort_destroy(resort);
}

static bool stop_at_once(void *context, int64_t done, int64_t all) {
    (void)done;
    *(int64_t *)context = all;
    return false;
}

static void it_can_be_stopped_and_refuses_nonsense(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    piste_ccc_def def = piste_ccc_def_default();
    piste_ccc *s = NULL;
    int64_t all = 0;
    def.tick = stop_at_once;
    def.context = &all;
    assert_int_equal(piste_ccc_create(resort, &def, NULL, &s), PISTE_INTERRUPTED);
    assert_true(all > def.days);
    def.tick = NULL;
    def.days = 1;
    assert_int_equal(piste_ccc_create(resort, &def, NULL, &s), PISTE_INVALID);
    def.days = 2;
    def.threads = 0;
    assert_int_equal(piste_ccc_create(resort, &def, NULL, &s), PISTE_INVALID);
    def.threads = 1;
    piste_resort none = *resort;
    none.lifts.count = 0;
    assert_int_equal(piste_ccc_create(&none, &def, NULL, &s), PISTE_INVALID);
    assert_null(s);
    piste_resort_destroy(resort);
}

static void without_guests_it_says_so(void **state) {
    (void)state;
    piste_resort *resort = load("resorts/masikryong");
    piste_resort empty = *resort;
    empty.segments.count = 0;
    piste_ccc *s = sheet_of(&empty, 2, 1);
    assert_true(s->ccc > 0 && s->days == 0 && s->notes.count > 0);
    assert_int_equal(s->market.basis, PISTE_CCC_ASSUMED);
    assert_true(near(s->ability[PISTE_INTERMEDIATE], 0.35));
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        assert_int_equal(s->demand[a].basis, PISTE_CCC_ASSUMED);
    assert_true(isnan(limit_of(s, "slopes")->guests) && *limit_of(s, "slopes")->unknown);
    piste_ccc_destroy(s);
    piste_resort_destroy(resort);
}

// ---- attribution ----------------------------------------------------------------------------------------------------------

typedef struct game {
    int32_t count;
    double worth[1 << 6];
} game;

static double worth_of(const void *context, uint32_t set) {
    return ((const game *)context)->worth[set];
}

static game random_game(uint64_t seed, int32_t count) {
    game g = {.count = count};
    for (uint32_t set = 0; set < 1u << count; set++)
        g.worth[set] = base_uniform(base_draw(seed, set)) * 100 - 50;
    return g;
}

static uint32_t swapped(uint32_t set) { // players 0 and 1 change places
    return (set & ~3u) | (set & 1) << 1 | (set >> 1 & 1);
}

static void shares_obey_their_axioms(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < (uint64_t)test_count(50, 2000); seed++) {
        int32_t n = 1 + (int32_t)(seed % 6);
        game g = random_game(base_mix(seed), n), other = random_game(base_mix(seed + 7777), n), sum = g;
        double x[6], y[6], z[6], total = 0;
        ccc_shapley(n, worth_of, &g, x);
        ccc_shapley(n, worth_of, &other, y);
        for (int32_t i = 0; i < n; i++)
            total += x[i];
        assert_true(fabs(total - (g.worth[(1u << n) - 1] - g.worth[0])) < 1e-9); // efficiency
        for (uint32_t set = 0; set < 1u << n; set++)
            sum.worth[set] += other.worth[set];
        ccc_shapley(n, worth_of, &sum, z);
        for (int32_t i = 0; i < n; i++)
            assert_true(fabs(z[i] - x[i] - y[i]) < 1e-9); // additivity
        for (uint32_t set = 0; set < 1u << n; set++)
            sum.worth[set] = g.worth[set & ~1u] + (set & 1 ? 3 : 0);
        ccc_shapley(n, worth_of, &sum, z);
        assert_true(fabs(z[0] - 3) < 1e-9); // a player that always adds 3 gets 3; a dummy gets nothing
        for (uint32_t set = 0; set < 1u << n && n > 1; set++)
            sum.worth[set] = g.worth[set] + g.worth[swapped(set)];
        ccc_shapley(n, worth_of, &sum, z);
        assert_true(n < 2 || fabs(z[0] - z[1]) < 1e-9); // symmetry
    }
}

// Another sheet of the same lifts: inputs changed at random, some left alone.
static void disturb(piste_ccc *s, uint64_t seed) {
    uint64_t count = 0;
    for (int32_t i = 0; i < s->lifts.count; i++)
        for (int p = 0; p < PISTE_CCC_SERVES; p++)
            if (base_uniform(base_draw(seed, count++)) < 0.6)
                s->lifts.list[i].in[p].value *= 0.5 + base_uniform(base_draw(seed, count++));
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        if (base_uniform(base_draw(seed, count++)) < 0.6)
            s->demand[a].value *= 0.5 + base_uniform(base_draw(seed, count++));
    for (int32_t i = 1; i < s->limits.count; i++) {
        piste_ccc_limit *l = &s->limits.list[i];
        for (int32_t k = 0; k < l->lines.count; k++)
            l->lines.list[k].in[0].value *= 0.5 + base_uniform(base_draw(seed, count++));
        if (l->kind != PISTE_CCC_LIMIT_CAP)
            l->share.value *= 0.9;
    }
    ccc_work_out(s);
}

static double sum_of(const piste_ccc_difference *d, const char *limit) {
    double sum = 0;
    for (int32_t i = 0; i < d->changes.count; i++)
        if (strcmp(d->changes.list[i].limit, limit) == 0)
            sum += d->changes.list[i].effect;
    return sum;
}

static double effect_of(const piste_ccc_difference *d, const piste_ccc_change *like) {
    for (int32_t i = 0; i < d->changes.count; i++) {
        const piste_ccc_change *c = &d->changes.list[i];
        if (strcmp(c->limit, like->limit) == 0 && strcmp(c->key, like->key) == 0 && strcmp(c->what, like->what) == 0 && strcmp(c->of, like->of) == 0)
            return c->effect;
    }
    fail_msg("no change of %s", like->what);
    return 0;
}

static void effects_sum_to_the_difference(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= (uint64_t)test_count(20, 500); seed++) {
        piste_ccc *a = sheet_of_folder("test/plan/ccc-tiny", 2, 1), *b = sheet_of_folder("test/plan/ccc-tiny", 2, 1);
        piste_ccc_difference *d, *back;
        disturb(b, base_mix(seed));
        assert_int_equal(piste_ccc_compare(a, b, &d), PISTE_OK);
        assert_int_equal(piste_ccc_compare(b, a, &back), PISTE_OK);
        double kinds = 0;
        for (int32_t i = 0; i < d->effects.count; i++)
            kinds += d->effects.list[i].effect;
        assert_true(fabs(kinds - (b->ccc - a->ccc)) < 1e-8);
        for (int32_t i = 0; i < a->limits.count; i++) {
            double ga = a->limits.list[i].guests, gb = b->limits.list[i].guests;
            const char *key = a->limits.list[i].key;
            if (isfinite(ga) && isfinite(gb) && fabs(sum_of(d, key) - (strcmp(key, "lifts") == 0 ? b->ccc - a->ccc : gb - ga)) > 1e-6)
                fail_msg("seed %llu, %s: %.9g, expected %.9g", (unsigned long long)seed, key, sum_of(d, key), gb - ga);
        }
        for (int32_t i = 0; i < d->changes.count; i++) {
            const piste_ccc_change *c = &d->changes.list[i];
            assert_true(c->a != c->b || strcmp(c->what, "serves") == 0); // what is alike is not told
            double other = effect_of(back, c);
            assert_true(isnan(c->effect) ? isnan(other) : fabs(c->effect + other) < 1e-8);
        }
        piste_ccc_difference_destroy(d);
        piste_ccc_difference_destroy(back);
        piste_ccc_destroy(a);
        piste_ccc_destroy(b);
    }
}

// The definition itself: the mean over all orders of changing one input after the other, of the resort as a whole.
typedef struct orders {
    piste_ccc *from, *to;
    double *values[8], start[8], end[8], effect[8];
    bool changed[8];
    int32_t count;
    double permutations;
} orders;

static double capacity_of(orders *o) {
    for (int32_t i = 0; i < o->count; i++)
        *o->values[i] = o->changed[i] ? o->end[i] : o->start[i];
    double demand[PISTE_ABILITY_COUNT], sum = 0;
    for (int a = 0; a < PISTE_ABILITY_COUNT; a++)
        demand[a] = o->from->demand[a].value;
    for (int32_t i = 0; i < o->from->lifts.count; i++) {
        const piste_ccc_lift *l = &o->from->lifts.list[i];
        sum += ccc_of_lift(l->in[0].value, l->in[1].value, l->in[2].value, l->in[3].value, l->in[4].value, ccc_demand(l->ability, demand));
    }
    return sum;
}

static void go_through(orders *o, int32_t left, double before) {
    if (left == 0)
        o->permutations++;
    for (int32_t i = 0; i < o->count; i++) {
        if (o->changed[i])
            continue;
        o->changed[i] = true;
        double after = capacity_of(o), ways = 1;
        for (int32_t k = 2; k < left; k++)
            ways *= k;
        o->effect[i] += (after - before) * ways; // so many orders go on from here
        go_through(o, left - 1, after);
        o->changed[i] = false;
    }
}

static void it_is_the_mean_over_all_orders(void **state) {
    (void)state;
    piste_ccc *a = sheet_of_folder("test/plan/ccc-tiny", 2, 1), *b = sheet_of_folder("test/plan/ccc-tiny", 2, 1);
    piste_ccc_difference *d;
    b->lifts.list[0].in[PISTE_CCC_DESIGN_PPH].value = 1800; // two lifts and two demands that they share or do not
    b->lifts.list[0].in[PISTE_CCC_LOSS].value = 0.25;
    b->lifts.list[1].in[PISTE_CCC_HOURS].value = 4;
    b->lifts.list[1].in[PISTE_CCC_RISE_M].value = 25;
    b->lifts.list[2].in[PISTE_CCC_ACCESS].value = 0.2;
    b->lifts.list[1].ability[PISTE_NOVICE] = a->lifts.list[1].ability[PISTE_NOVICE] = 0.5;
    b->lifts.list[1].ability[PISTE_BEGINNER] = a->lifts.list[1].ability[PISTE_BEGINNER] = 0.5;
    b->demand[PISTE_NOVICE].value = 2600;
    b->demand[PISTE_INTERMEDIATE].value = 3100;
    ccc_work_out(a);
    ccc_work_out(b);
    assert_int_equal(piste_ccc_compare(a, b, &d), PISTE_OK);
    orders o = {.from = a, .to = b, .count = 7};
    const struct { int32_t lift; int part; } parts[] = {{0, PISTE_CCC_DESIGN_PPH}, {0, PISTE_CCC_LOSS}, {1, PISTE_CCC_HOURS}, {1, PISTE_CCC_RISE_M}, {2, PISTE_CCC_ACCESS}};
    const piste_ability abilities[] = {PISTE_NOVICE, PISTE_INTERMEDIATE};
    double expected[7];
    for (int32_t i = 0; i < 7; i++) {
        double *other = i < 5 ? &b->lifts.list[parts[i].lift].in[parts[i].part].value : &b->demand[abilities[i - 5]].value;
        o.values[i] = i < 5 ? &a->lifts.list[parts[i].lift].in[parts[i].part].value : &a->demand[abilities[i - 5]].value;
        o.start[i] = *o.values[i];
        o.end[i] = *other;
        piste_ccc_change like = {.limit = "lifts", .key = i < 5 ? a->lifts.list[parts[i].lift].key : "", .what = i < 5 ? piste_ccc_part_word((piste_ccc_part)parts[i].part) : "demand",
                                 .of = i < 5 ? "" : piste_ability_word(abilities[i - 5])};
        expected[i] = effect_of(d, &like);
    }
    assert_int_equal(d->effects.count, PISTE_CCC_PART_COUNT + 2);
    go_through(&o, 7, capacity_of(&o));
    assert_true(o.permutations == 5040);
    for (int32_t i = 0; i < 7; i++)
        if (fabs(o.effect[i] / 5040 - expected[i]) > 1e-8)
            fail_msg("input %d: %.9g over all orders, %.9g told", i, o.effect[i] / 5040, expected[i]);
    piste_ccc_difference_destroy(d);
    piste_ccc_destroy(a);
    piste_ccc_destroy(b);
}

static void a_lift_that_only_one_has_explains_what_it_carries(void **state) {
    (void)state;
    piste_resort *resort = load("test/plan/ccc-tiny");
    piste_resort fewer = *resort;
    fewer.lifts.count = 2;
    piste_ccc *a = sheet_of(resort, 2, 1), *b = sheet_of(&fewer, 2, 1);
    piste_ccc_difference *d;
    assert_int_equal(piste_ccc_compare(a, b, &d), PISTE_OK);
    assert_string_equal(d->changes.list[0].what, "there"); // what follows is of the slopes, where other days were simulated
    assert_true(near(sum_of(d, "lifts"), d->changes.list[0].effect));
    assert_true(near(d->changes.list[0].effect, -a->lifts.list[2].ccc));
    piste_ccc_difference_destroy(d);
    piste_ccc_destroy(a);
    piste_ccc_destroy(b);
    piste_resort_destroy(resort);
}

// ---- written and read again -----------------------------------------------------------------------------------------------

static void a_sheet_survives_its_file(void **state) {
    (void)state;
    static const char *const folders[] = {"resorts/masikryong", "examples/badger-pass", "test/plan/ccc-tiny"};
    for (size_t i = 0; i < BASE_COUNT(folders); i++) {
        piste_ccc *s = sheet_of_folder(folders[i], 2, 2), *read = NULL;
        piste_ccc_difference *d;
        base_text first = {0}, second = {0};
        assert_int_equal(report_ccc_json(s, &first), PISTE_OK);
        assert_int_equal(piste_ccc_read(first.data, first.length, "a.json", NULL, &read), PISTE_OK);
        assert_int_equal(report_ccc_json(read, &second), PISTE_OK);
        assert_string_equal(first.data, second.data);
        assert_int_equal(piste_ccc_compare(s, read, &d), PISTE_OK);
        assert_int_equal(d->changes.count, 0);
        piste_ccc_difference_destroy(d);
        piste_ccc_destroy(read);
        piste_ccc_destroy(s);
        base_text_release(&first);
        base_text_release(&second);
    }
}

static void bad_sheets_are_refused_with_their_place(void **state) {
    (void)state;
    const struct { const char *old, *new; piste_status status; const char *says; } cases[] = {
        {"\"format\": \"piste-ccc\"", "\"format\": \"piste-day\"", PISTE_INVALID, "$.format"},
        {"\"version\": 1", "\"version\": 2", PISTE_INVALID, "$.version"},
        {"\"version\": 1,", "\"version\": 1", PISTE_SYNTAX, "a.json:4"},
        {"\"key\": \"chair\"", "\"key\": \"carpet\"", PISTE_INVALID, "$.lifts[1].key"},
        {"\"key\": \"chair\"", "\"key\": 7", PISTE_INVALID, "$.lifts[0].key"},
        {"\"value\": 0.15,", "\"value\": 1.5,", PISTE_INVALID, "$.lifts[0].inputs.loss.value"},
        {"\"value\": 0.15,", "\"value\": \"much\",", PISTE_INVALID, "$.lifts[0].inputs.loss.value"},
        {"\"value\": 0.15,", "\"value\": 0.16,", PISTE_INVALID, "follows from the inputs"},
        {"\"basis\": \"measured\"", "\"basis\": \"known\"", PISTE_INVALID, "basis"},
        {"\"intermediate\": 0.5,", "\"intermediate\": 0.75,", PISTE_INVALID, "$.lifts[0].serves"},
        {"\"kind\": \"beds\"", "\"kind\": \"tents\"", PISTE_INVALID, "kind"},
        {"\"kind\": \"lifts\"", "\"kind\": \"beds\"", PISTE_INVALID, "$.limits[0].kind"},
        {"\"seed\": 1", "\"seed\": -1", PISTE_INVALID, "$.seed"},
        {"\"date\": null", "\"date\": \"soon\"", PISTE_INVALID, "$.date"},
        {"\"lifts\": [", "\"lifts\": 1, \"others\": [", PISTE_INVALID, "$.lifts"},
        {"counted on a Sunday", "\\u001b[31mcounted", PISTE_INVALID, "access.source"}, // would speak to a terminal
        {"\"key\": \"inn\"", "\"kex\": \"inn\"", PISTE_INVALID, "$.limits["},
        {"{", "[", PISTE_SYNTAX, "a.json:"}};
    piste_ccc *s = sheet_of_folder("test/plan/ccc-tiny", 2, 1), *read = NULL;
    base_text json = {0};
    assert_int_equal(report_ccc_json(s, &json), PISTE_OK);
    for (size_t i = 0; i < BASE_COUNT(cases); i++) {
        const char *at = strstr(json.data, cases[i].old);
        if (!at)
            fail_msg("%s is not in the sheet", cases[i].old);
        base_text bad = {0};
        base_text_add_bytes(&bad, json.data, (size_t)(at - json.data));
        base_text_add(&bad, cases[i].new);
        base_text_add(&bad, at + strlen(cases[i].old));
        piste_errors *errors = piste_errors_create();
        piste_status status = piste_ccc_read(bad.data, bad.length, "a.json", errors, &read);
        const char *text = piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "nothing";
        if (status != cases[i].status || !strstr(text, cases[i].says))
            fail_msg("%s: status %d, %s", cases[i].new, (int)status, text);
        assert_null(read);
        piste_errors_destroy(errors);
        base_text_release(&bad);
    }
    // Cut short anywhere it is refused, and nothing is lost of memory.
    for (size_t length = 0; length + 2 < json.length; length += test_count(97, 1))
        assert_int_not_equal(piste_ccc_read(json.data, length, "a.json", NULL, &read), PISTE_OK);
    base_text_release(&json);
    piste_ccc_destroy(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_sheet_is_what_a_hand_works_out),
                                       cmocka_unit_test(twice_the_interval_is_half_the_capacity),
                                       cmocka_unit_test(lifts_add_up),
                                       cmocka_unit_test(demand_is_what_guests_skied),
                                       cmocka_unit_test(its_error_is_how_sheets_differ),
                                       cmocka_unit_test(inputs_that_may_be_off_move_it_as_told),
                                       cmocka_unit_test(loss_is_that_of_a_full_queue),
                                       cmocka_unit_test(stops_cost_their_share_of_the_time),
                                       cmocka_unit_test(flow_loses_as_much_to_stops),
                                       cmocka_unit_test(access_is_what_nobody_skis_on),
                                       cmocka_unit_test(any_number_of_threads_gives_the_same),
                                       cmocka_unit_test(it_can_be_stopped_and_refuses_nonsense),
                                       cmocka_unit_test(without_guests_it_says_so),
                                       cmocka_unit_test(shares_obey_their_axioms),
                                       cmocka_unit_test(effects_sum_to_the_difference),
                                       cmocka_unit_test(it_is_the_mean_over_all_orders),
                                       cmocka_unit_test(a_lift_that_only_one_has_explains_what_it_carries),
                                       cmocka_unit_test(a_sheet_survives_its_file),
                                       cmocka_unit_test(bad_sheets_are_refused_with_their_place)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
