// test_days.c - days that are not the same at every hour, and a calculation from practice, each stated as a resort
// folder of its own. docs/models.md has the table: source, inputs, expected figure, piste's figure and where it
// differs.
#include "published.h"
#include "theory.h"

enum { MINUTE = 60, HOUR = 3600 };

typedef struct snapshot { // at some second of the day: of each day its census
    int32_t second;
    double sum, squares;
} snapshot;

static estimate estimate_of_snapshot(const snapshot *s, int days) {
    double mean = s->sum / days;
    return (estimate){mean, sqrt((s->squares - days * mean * mean) / (days - 1) / days)};
}

static void take(snapshot *s, int64_t people) {
    s->sum += (double)people;
    s->squares += (double)people * (double)people;
}

// ---- Eick, Massey and Whitt -----------------------------------------------------------------------------------------

static double normal_density(double x, double mean, double sd) {
    double z = (x - mean) / sd;
    return exp(-z * z / 2) / (sd * sqrt(6.283185307179586));
}

static double lognormal_tail(double x, double mean, double sd) {
    double variance = log(1 + sd * sd / (mean * mean)), mu = log(mean) - variance / 2;
    return x <= 0 ? 1 : erfc((log(x) - mu) / sqrt(2 * variance)) / 2;
}

// Of n people whoever has come and not yet gone: the arrivals some time ago, times the chance of a longer stay, over
// all times.
static double people_inside(double n, double second) {
    double sum = 0, step = 10;
    for (double ago = step / 2; ago < 10 * HOUR; ago += step)
        sum += normal_density(second - ago, 11.5 * HOUR, 45 * MINUTE) * lognormal_tail(ago, 50 * MINUTE, 30 * MINUTE);
    return n * sum * step;
}

static void a_restaurant_fills_as_the_infinite_server_queue_says(void **state) {
    (void)state;
    snapshot at[] = {{11 * HOUR, 0, 0},
                     {11 * HOUR + 30 * MINUTE, 0, 0},
                     {12 * HOUR, 0, 0},
                     {12 * HOUR + 30 * MINUTE, 0, 0},
                     {13 * HOUR + 30 * MINUTE, 0, 0}};
    enum { TIMES = sizeof at / sizeof *at };
    int days = test_sample(40, 600);
    piste_resort *resort = load("test/published/restaurant");
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    for (int seed = 1; seed <= days; seed++) {
        assert_int_equal(piste_day_reset(day, (uint64_t)seed), PISTE_OK);
        for (int i = 0; i < TIMES; i++) {
            piste_day_run(day, at[i].second);
            take(&at[i], piste_day_count(day).in_venues);
        }
    }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    for (int i = 0; i < TIMES; i++) {
        char what[64];
        snprintf(what, sizeof what, "restaurant: people inside at %d:%02d", at[i].second / HOUR,
                 at[i].second % HOUR / 60);
        compare(what, estimate_of_snapshot(&at[i], days), people_inside(3000, at[i].second), 0,
                people_inside(1.05 * 3000, at[i].second));
    }
    assert_true(at[2].sum > 1.1 * at[1].sum); // the lag that the law is known for: the most come at 11:30
}

// ---- Newell ---------------------------------------------------------------------------------------------------------

typedef struct rush {
    double line_at_ten, wait_s; // before the carrier of ten o'clock; on average
} rush;

enum { LINE_MAX = 2000, COMING_MAX = 60 };

// Cumulated arrivals less what the lift can take, without chance: at 10:00, and the area between the two curves.
static rush newell(double people) {
    double early = 0.7 * people / 7200, late = 0.3 * people / 7200, rate = 8.0 / 20, line = (early - rate) * 7200;
    return (rush){line, line * (7200 + line / (rate - late)) / 2 / people};
}

// The same with arrivals by chance: the law of the line from carrier to carrier. `people` is a mean.
static rush line_by_chance(double people) {
    static double line[LINE_MAX], next[LINE_MAX];
    double left_s = 0;
    rush out = {0, 0};
    memset(line, 0, sizeof line);
    line[0] = 1;
    for (int k = 1; k <= 1080; k++) { // until 14:00
        double mean = k <= 360 ? 0.7 * people / 360 : k <= 720 ? 0.3 * people / 360 : 0, coming[COMING_MAX];
        coming[0] = exp(-mean);
        for (int i = 1; i < COMING_MAX; i++)
            coming[i] = coming[i - 1] * mean / i;
        memset(next, 0, sizeof next);
        for (int n = 0; n < LINE_MAX - COMING_MAX; n++)
            for (int i = 0; line[n] > 1e-15 && i < COMING_MAX; i++)
                next[n + i] += line[n] * coming[i];
        memset(line, 0, sizeof line);
        double before = 0;
        for (int n = 0; n < LINE_MAX; n++) {
            before += n * next[n];
            line[n > 8 ? n - 8 : 0] += next[n];
            left_s += n > 8 ? 20 * (n - 8) * next[n] : 0;
        }
        if (k == 360)
            out.line_at_ten = before;
    }
    out.wait_s = left_s / people + 10.5; // and on average 1 to 20 s to the first carrier
    return out;
}

static void a_morning_rush_is_newell_s_and_somewhat_more(void **state) {
    (void)state;
    int days = test_sample(60, 900);
    piste_resort *resort = load("test/published/morning");
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    snapshot ten = {10 * HOUR, 0, 0};
    moments waits = {0};
    for (int seed = 1; seed <= days; seed++) {
        assert_int_equal(piste_day_reset(day, (uint64_t)seed), PISTE_OK);
        piste_day_run(day, ten.second);
        take(&ten, piste_day_count(day).in_line);
        piste_day_run(day, PISTE_DAY_END);
        total t = wait_at_lift(day, piste_day_get_result(day), 0);
        moments_add(&waits, t.count, t.sum);
    }
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    rush law = line_by_chance(5200), other = line_by_chance(1.05 * 5200), fluid = newell(5200);
    compare("morning: people in line at 10:00", estimate_of_snapshot(&ten, days), law.line_at_ten, 0,
            other.line_at_ten);
    compare("morning: mean wait, s", estimate_of(&waits, days), law.wait_s, 0, other.wait_s);
    printf("# morning: without chance %.0f in line, %.0f s\n", fluid.line_at_ten, fluid.wait_s);
    assert_true(fluid.line_at_ten < law.line_at_ten && law.line_at_ten < 1.02 * fluid.line_at_ten);
    assert_true(fluid.wait_s < law.wait_s && law.wait_s < 1.04 * fluid.wait_s);
}

// ---- practice -------------------------------------------------------------------------------------------------------

// Steady from the third hour on: the people in line, on the lift and on the run, and the wait, as the calculation has
// them.
static void assert_model_area(const char *folder, int64_t in_line, int64_t riding, int64_t skiing, int32_t wait_s) {
    piste_resort *resort = load(folder);
    piste_day_def def = piste_day_def_default();
    piste_day *day = begin(resort, &def);
    piste_day_run(day, 10 * HOUR);
    total before = wait_at_lift(day, piste_day_get_result(day), 0);
    piste_census sum = {0};
    for (int32_t t = 10 * HOUR; t < 12 * HOUR; t++) {
        piste_day_run(day, t + 1);
        piste_census c = piste_day_count(day);
        sum.in_line += c.in_line;
        sum.riding += c.riding;
        sum.under_way += c.under_way;
    }
    total after = wait_at_lift(day, piste_day_get_result(day), 0);
    double wait = (after.sum - before.sum) / (after.count - before.count);
    printf("# %-32s in line %.1f, riding %.1f, skiing %.1f, wait %.2f s, expected %d, %d, %d, %d s\n", folder + 15,
           (double)sum.in_line / 7200, (double)sum.riding / 7200, (double)sum.under_way / 7200, wait, (int)in_line,
           (int)riding, (int)skiing, wait_s);
    assert_int_equal(sum.in_line, 7200 * in_line);
    assert_int_equal(sum.riding, 7200 * riding);
    assert_int_equal(sum.under_way, 7200 * skiing);
    assert_true(fabs(wait - wait_s) < 1e-6);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
}

static void a_faster_chair_saves_less_waiting_than_more_chairs(void **state) {
    (void)state;
    assert_model_area("test/published/chair-fixed", 700, 200, 100, 35 * MINUTE);
    assert_model_area("test/published/chair-twice-the-chairs", 400, 400, 200, 10 * MINUTE);
    assert_model_area("test/published/chair-detachable", 600, 200, 200, 15 * MINUTE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restaurant_fills_as_the_infinite_server_queue_says),
        cmocka_unit_test(a_morning_rush_is_newell_s_and_somewhat_more),
        cmocka_unit_test(a_faster_chair_saves_less_waiting_than_more_chairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
