// test_networks.c - closed networks of queues, each stated as a resort folder of its own: the same people go round for
// ever. docs/models.md has the table: source, inputs, expected figure, piste's figure and where it differs.
//
// A station serves one person at a time for a geometric number of whole seconds: a platter with a carrier each second,
// which the boarding of nearly everyone stops (each folder says how). Its squared coefficient of variation is 1 - 1 /
// S where that of the exponential law is 1, so that people wait less by the share 1 / (2 S) of the time in line
// (Pollaczek and Khinchine's factor). The figures told as `whole seconds` follow from that: computed from S, fitted to
// nothing.
#include "published.h"
#include "theory.h"

enum { HOUR = 3600, STATIONS = 3 };

static const double demand_s[STATIONS] = {24.2, 84, 54}, thinking_s = 600;

// In line or served: those who wait, and the stops that are their service.
static total people_at(const piste_day *day, const piste_day_result *r, int32_t lift) {
    const piste_lift_result *l = &r->lifts.list[lift];
    double waited_s = l->wait.count ? l->wait.mean_s * (double)l->wait.count : 0;
    return (total){waited_s + (double)l->halts[PISTE_HALT_MISLOAD].seconds, piste_day_now(day)};
}

// Time in line, of a lap, that whole seconds save.
static double saved_s(const network_result *law, int stations, const double *service_s) {
    double saved = 0;
    for (int k = 0; k < stations; k++)
        if (service_s[k] > 0)
            saved += (law->residence_s[k] - service_s[k]) / (2 * service_s[k]);
    return saved;
}

// ---- Lazowska, Zahorjan, Graham and Sevcik --------------------------------------------------------------------------

// The table on page 117: with three people 0.0976, 0.3947 and 0.2350 of them at the stations.
static void three_stations_are_as_the_book_says(void **state) {
    (void)state;
    static const double printed[STATIONS] = {0.0976, 0.3947, 0.2350};
    static const figure figures[4] = {{people_at, 0}, {people_at, 1}, {people_at, 2}, {rides_per_second, 0}};
    double slower_s[STATIONS];
    for (int k = 0; k < STATIONS; k++)
        slower_s[k] = 1.05 * demand_s[k];
    network_result law = mean_value_analysis(3, STATIONS, demand_s, thinking_s);
    network_result other = mean_value_analysis(3, STATIONS, slower_s, thinking_s);
    estimate e[4];
    study_run(&(study){.folder = "test/published/closed-network",
                       .from_s = 2 * HOUR,
                       .to_s = 48 * HOUR,
                       .days = test_sample(60, 1000)},
              figures, 4, e);
    for (int k = 0; k < STATIONS; k++) {
        char what[64];
        snprintf(what, sizeof what, "closed-network, 3 people: at station %d", k + 1);
        assert_true(fabs(law.people[k] - printed[k]) < 0.00006);
        double grain = -(law.residence_s[k] - demand_s[k]) / (2 * demand_s[k]) * law.throughput;
        compare(what, e[k], law.people[k], grain, other.people[k]);
    }
    double faster = 3 / (3 / law.throughput - saved_s(&law, STATIONS, demand_s)) - law.throughput;
    compare("closed-network, 3 people: laps per hour", (estimate){HOUR * e[3].mean, HOUR * e[3].error},
            HOUR * law.throughput, HOUR * faster, HOUR * 3 / (3 / law.throughput * 1.05));
}

// ---- bounds ---------------------------------------------------------------------------------------------------------

typedef struct bounds {
    double asymptotic_high, low, high; // laps per second
} bounds;

// Asymptotic (Muntz and Wong 1974, Denning and Buzen 1978) and of balanced systems (Zahorjan, Sevcik, Eager and Galler
// 1982; with time elsewhere as in Lazowska et al., chapter 5).
static bounds bounds_of(double people) {
    double sum_s = 0, most_s = 0;
    for (int k = 0; k < STATIONS; k++) {
        sum_s += demand_s[k];
        most_s = demand_s[k] > most_s ? demand_s[k] : most_s;
    }
    double alone_s = sum_s + thinking_s;
    bounds b = {fmin(1 / most_s, people / alone_s), 0, 0};
    b.low = people / (alone_s + (people - 1) * most_s / (1 + thinking_s / (people * sum_s)));
    b.high = fmin(1 / most_s, people / (alone_s + (people - 1) * sum_s / STATIONS / (1 + thinking_s / sum_s)));
    return b;
}

static void laps_are_within_their_bounds_for_any_number_of_people(void **state) {
    (void)state;
    static const int people[] = {1, 2, 4, 8, 12, 18, 27, 40};
    static const figure laps = {rides_per_second, 0};
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        int n = people[i];
        bounds b = bounds_of(n);
        network_result law = mean_value_analysis(n, STATIONS, demand_s, thinking_s);
        assert_true(b.low <= law.throughput * 1.0000001 && law.throughput <= b.high * 1.0000001);
        assert_true(b.high <= b.asymptotic_high * 1.0000001);
        estimate e;
        study_run(&(study){.folder = "test/published/closed-network",
                           .guests = n,
                           .from_s = 6 * HOUR,
                           .to_s = 48 * HOUR,
                           .days = test_sample(n < 4 ? 40 : 12, 300)},
                  &laps, 1, &e);
        assert_true(e.mean >= b.low - published_z * e.error);
        assert_true(e.mean <= b.high + published_z * e.error);
        char what[64];
        snprintf(what, sizeof what, "closed-network, %d people: laps per hour", n);
        double faster = fmin(n / (n / law.throughput - saved_s(&law, STATIONS, demand_s)), b.high) - law.throughput;
        compare(what, (estimate){HOUR * e.mean, HOUR * e.error}, HOUR * law.throughput, HOUR * faster,
                HOUR * law.throughput / 1.05);
        printf("#   bounds %.4g to %.4g\n", HOUR * b.low, HOUR * b.high);
    }
}

// ---- two classes ----------------------------------------------------------------------------------------------------

static total laps_of(const piste_day *day, const piste_day_result *r, int32_t segment) {
    return (total){(double)r->segments.list[segment].rides, piste_day_now(day)};
}

static void two_classes_share_a_lift_as_mean_value_analysis_says(void **state) {
    (void)state;
    static const int people[2] = {8, 6};
    static const double demands[2][THEORY_STATIONS] = {{80, 0}, {40, 40}}, elsewhere[2] = {599, 449.5};
    static const double slower[2][2][THEORY_STATIONS] = {{{84, 0}, {42, 40}},
                                                         {{80, 0}, {40, 42}}}; // one station or the other
    static const figure figures[4] = {{laps_of, 0}, {laps_of, 1}, {people_at, 0}, {people_at, 1}};
    network_result law[2] = {0}, other[2][2] = {0};
    mean_value_analysis_two(people, 2, demands, elsewhere, law);
    for (int k = 0; k < 2; k++)
        mean_value_analysis_two(people, 2, slower[k], elsewhere, other[k]);
    estimate e[4];
    study_run(&(study){.folder = "test/published/closed-two-classes",
                       .from_s = 4 * HOUR,
                       .to_s = 48 * HOUR,
                       .days = test_sample(50, 600)},
              figures, 4, e);
    static const char *names[2] = {"novices", "experts"};
    for (int c = 0; c < 2; c++) {
        char what[64];
        snprintf(what, sizeof what, "closed-two-classes: laps of %s per hour", names[c]);
        double saved = saved_s(&law[c], 2, demands[c]);
        double lap_s = people[c] / law[c].throughput, faster = people[c] / (lap_s - saved) - law[c].throughput;
        compare(what, (estimate){HOUR * e[c].mean, HOUR * e[c].error}, HOUR * law[c].throughput, HOUR * faster,
                HOUR * other[0][c].throughput);
    }
    for (int k = 0; k < 2; k++) {
        char what[64];
        snprintf(what, sizeof what, "closed-two-classes: at station %d", k + 1);
        double at = law[0].people[k] + law[1].people[k], rate = 0;
        for (int c = 0; c < 2; c++)
            rate += law[c].throughput * demands[c][k] / 80;
        compare(what, e[2 + k], at, -(at - rate * 80) / (2.0 * 80), other[k][0].people[k] + other[k][1].people[k]);
    }
}

// ---- machine interference -------------------------------------------------------------------------------------------

static int32_t joined_at[8];
static int64_t boarded, delayed;

static void note(void *context, const piste_event *event) {
    (void)context;
    if (event->act == PISTE_ACT_JOIN)
        joined_at[event->party] = event->second;
    if (event->act == PISTE_ACT_BOARD) {
        boarded++;
        delayed += event->second - joined_at[event->party] > 1; // the second of boarding belongs to the service
    }
}

static total share_delayed(const piste_day *day, const piste_day_result *r, int32_t index) {
    (void)day;
    (void)r;
    (void)index;
    return (total){(double)delayed, (double)boarded};
}

// 1 less the share of the time that is spent waiting for the server.
static total efficiency(const piste_day *day, const piste_day_result *r, int32_t index) {
    (void)index;
    double here_s = 5.0 * piste_day_now(day), waited_s = (double)r->segments.list[0].spent_s[PISTE_SPENT_WAITING];
    return (total){here_s - (waited_s - (double)r->lifts.list[0].wait.count), here_s};
}

// Those down of n machines, by the birth and death process (Palm 1947): the chance that the server is idle.
static double idle_server(int machines, double service_over_running) {
    double term = 1, sum = 1;
    for (int k = 1; k <= machines; k++) {
        term *= (machines - k + 1) * service_over_running;
        sum += term;
    }
    return 1 / sum;
}

static void five_machines_and_one_repairman_are_as_the_tables_say(void **state) {
    (void)state;
    static const figure figures[2] = {{efficiency, 0}, {share_delayed, 0}};
    estimate e[2];
    boarded = delayed = 0;
    study_run(&(study){.folder = "test/published/repairman",
                       .from_s = 2 * HOUR,
                       .to_s = 48 * HOUR,
                       .days = test_sample(80, 600),
                       .event = note},
              figures, 2, e);
    double law[2], other[2];
    for (int i = 0; i < 2; i++) {
        double ratio = (i ? 1.05 : 1) * 80 / 720, *to = i ? other : law;
        to[0] = 1 - (5 - (1 + 1 / ratio) * (1 - idle_server(5, ratio))) / 5;
        to[1] = 1 - idle_server(4, ratio);
    }
    assert_true(fabs(law[0] - 0.950) < 0.0006 && fabs(law[1] - 0.386) < 0.0006); // as printed
    compare("repairman: efficiency F", e[0], law[0], (1 - law[0]) / (2.0 * 80), other[0]);
    compare("repairman: chance of a wait D", e[1], law[1], -law[1] / 80, other[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_stations_are_as_the_book_says),
        cmocka_unit_test(laps_are_within_their_bounds_for_any_number_of_people),
        cmocka_unit_test(two_classes_share_a_lift_as_mean_value_analysis_says),
        cmocka_unit_test(five_machines_and_one_repairman_are_as_the_tables_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
