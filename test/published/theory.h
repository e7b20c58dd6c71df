// theory.h - what queueing theory says, computed without anything of piste.
#ifndef TEST_PUBLISHED_THEORY_H
#define TEST_PUBLISHED_THEORY_H

#include <complex.h>
#include <math.h>

enum { THEORY_STATIONS = 4 };

// ---- closed networks ------------------------------------------------------------------------------------------------

typedef struct network_result {
    double throughput;                                            // laps per second
    double residence_s[THEORY_STATIONS], people[THEORY_STATIONS]; // of a lap, at each station
} network_result;

// Exact mean value analysis (Reiser and Lavenberg 1980) of `people` on laps through stations with one server each,
// served for demand_s[k] a lap, and thinking_s elsewhere.
static inline network_result mean_value_analysis(int people, int stations, const double *demand_s, double thinking_s) {
    network_result r = {0};
    for (int n = 1; n <= people; n++) {
        double lap_s = thinking_s;
        for (int k = 0; k < stations; k++) {
            r.residence_s[k] = demand_s[k] * (1 + r.people[k]);
            lap_s += r.residence_s[k];
        }
        r.throughput = n / lap_s;
        for (int k = 0; k < stations; k++)
            r.people[k] = r.throughput * r.residence_s[k];
    }
    return r;
}

enum { THEORY_PEOPLE = 64 };

// The same for two classes of people, a station having one mean service time and the classes their numbers of visits a
// lap.
static inline void mean_value_analysis_two(const int people[2], int stations, const double demand_s[2][THEORY_STATIONS],
                                           const double thinking_s[2], network_result out[2]) {
    static double at[THEORY_PEOPLE][THEORY_PEOPLE][THEORY_STATIONS]; // people at a station, by how many there are
    for (int a = 0; a <= people[0]; a++)
        for (int b = 0; b <= people[1]; b++) {
            const int n[2] = {a, b};
            for (int k = 0; k < stations; k++)
                at[a][b][k] = 0;
            for (int c = 0; c < 2; c++) {
                if (n[c] == 0)
                    continue;
                const double *without = at[a - (c == 0)][b - (c == 1)];
                double lap_s = thinking_s[c];
                for (int k = 0; k < stations; k++) {
                    out[c].residence_s[k] = demand_s[c][k] * (1 + without[k]);
                    lap_s += out[c].residence_s[k];
                }
                out[c].throughput = n[c] / lap_s;
                for (int k = 0; k < stations; k++) {
                    out[c].people[k] = out[c].throughput * out[c].residence_s[k];
                    at[a][b][k] += out[c].people[k];
                }
            }
        }
}

// ---- carriers of several seats --------------------------------------------------------------------------------------

// Of a service that begins at intervals of `interval_s`, each made longer by `halt_s` for every one of the stops that
// come at random, stops_per_s of running.
typedef struct bulk_service {
    double rate; // of arrivals, per second
    int seats;
    double interval_s, stops_per_s, halt_s;
} bulk_service;

static inline double bulk_mean_s(const bulk_service *b) {
    return b->interval_s * (1 + b->stops_per_s * b->halt_s);
}
static inline double bulk_mean_square_s(const bulk_service *b) {
    return bulk_mean_s(b) * bulk_mean_s(b) + b->interval_s * b->stops_per_s * b->halt_s * b->halt_s;
}

// E z^A of the arrivals A between two carriers, to the power 1 / seats; |z| <= 1.
static inline double complex bulk_root_of_arrivals(const bulk_service *b, double complex z) {
    double complex s = b->rate * (1 - z);
    return cexp((-s * b->interval_s - b->interval_s * b->stops_per_s * (1 - cexp(-s * b->halt_s))) / b->seats);
}

// Bailey (1954): X' = max(X - c, 0) + A for the people X in line when a carrier comes. E z^X has the zeros of z^c - E
// z^A inside of the unit circle, found as fixed points of z = w (E z^A)^(1/c) for each c-th root w of 1 but 1 itself.
// Returns the mean number whom a carrier leaves standing.
static inline double bulk_left_standing(const bulk_service *b) {
    const double full_turn = 6.283185307179586;
    double mean = b->rate * bulk_mean_s(b), second = b->rate * b->rate * bulk_mean_square_s(b), c = b->seats;
    double people = (second - c * (c - 1)) / (2 * (c - mean)); // and the mean arrivals, who are not there yet
    double complex roots = 0;
    for (int k = 1; k < b->seats; k++) {
        double complex turn = cexp((double complex)I * full_turn * k / c), z = 0;
        for (int i = 0; i < 10000; i++)
            z = turn * bulk_root_of_arrivals(b, z);
        roots += 1 / (1 - z);
    }
    return people + creal(roots);
}

// Half of E H^2 / E H for intervals H (Welding 1957, Osuna and Newell 1972): the mean time to the next carrier.
static inline double bulk_next_carrier_s(const bulk_service *b) {
    return bulk_mean_square_s(b) / (2 * bulk_mean_s(b));
}

static inline double bulk_wait_s(const bulk_service *b) {
    return bulk_left_standing(b) / b->rate + bulk_next_carrier_s(b);
}

// ---- counters and tables --------------------------------------------------------------------------------------------

// M/D/c (Crommelin 1932): those present at one time and those of a service later obey Bailey's recursion.
static inline double constant_service_wait_s(double rate, int servers, double service_s) {
    bulk_service b = {rate, servers, service_s, 0, 0};
    return bulk_left_standing(&b) / rate;
}

// M/M/c: Erlang's second formula (1917).
static inline double exponential_service_wait_s(double rate, int servers, double service_s) {
    double offered = rate * service_s, load = offered / servers, term = 1, sum = 1;
    for (int k = 1; k < servers; k++) {
        term *= offered / k;
        sum += term;
    }
    term *= offered / servers / (1 - load);
    return term / (sum + term) * service_s / (servers * (1 - load));
}

// M/G/1 (Pollaczek 1930, Khinchine 1932), from the mean and the mean square of the service.
static inline double one_server_wait_s(double rate, double mean_s, double mean_square_s) {
    return rate * mean_square_s / (2 * (1 - rate * mean_s));
}

#endif
