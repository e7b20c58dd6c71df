// calibrate.h - what the files of the calibration share: days as gates see them, their moments, rehearsals of such days.
//
//   scans.c               reads scans.csv and counts.csv
//   calibrate_observe.c   a rehearsed day as the gates would see it; what of a day's scans is kept
//   calibrate_party.c     who passes together; missing scans; sizes of parties and times of coming, set right
//   calibrate_stops.c     stops, from gaps at busy lifts
//   calibrate_moments.c   what is compared: sums of a day, and moments made of them
//   calibrate_values.c    which values there are and how a resort is made with others
//   calibrate_rehearse.c  many days at once
//   calibrate_fit.c       simulated moments
//   calibrate_clock.c     clocks of gates
//   calibrate.c           all of it in order
#ifndef PLAN_CALIBRATE_H
#define PLAN_CALIBRATE_H

#include "piste/calibrate.h"
#include "plan/plan.h"

// ---- days of scans --------------------------------------------------------------------------------------------------

typedef struct calibrate_scan {
    int32_t second, pass;  // pass: numbered from 0 on each day; -1: somebody counted
    int16_t lift, segment; // of the resort; segment -1: not said
} calibrate_scan;

typedef struct calibrate_truth { // a party that came to a rehearsed day
    int32_t size, arrived_s, segment;
} calibrate_truth;

typedef struct calibrate_day {
    calibrate_scan *scans; // with passes: by pass, then time; what is repeated is left out
    int32_t count;
    int32_t *first; // of each pass: its first scan; [pass_count] is `count`
    int32_t pass_count;
    calibrate_scan *clicks; // without: by lift, then time
    int32_t click_count;
    int32_t *repeated;          // for each lift: dropped
    double *counted;            // for each lift: persons counted by counters and clicks; NaN: there is no counter
    int64_t visits, sold, cars; // -1: not counted
    piste_date date;            // PISTE_DATE_NONE: none given
    int32_t *group;             // of each pass: who passes gates together; NULL: not looked for
    int32_t group_count;
    int32_t *party; // of each pass of a rehearsed day, in `parties`; NULL: not known
    calibrate_truth *parties;
    int32_t party_count;
} calibrate_day;

// Where gates are, and what they lose.
typedef struct calibrate_gates {
    int32_t lifts;  // of the resort
    uint8_t *gate;  // for each lift: a piste_gate_place; with passes
    uint8_t *click; // the same for those who are counted only
    int32_t *index; // of each lift among those with passes; -1
    int32_t *lift;  // the reverse
    int32_t count;
    int32_t *shortest_s; // for each lift: no ride is shorter
    bool segments;       // scans say the segment
} calibrate_gates;

struct piste_scans {
    base_arena *arena;
    calibrate_gates gates;
    calibrate_day *days; // in order of their dates
    int32_t day_count;
    int64_t rows;
};

// Sorts what was read or rehearsed, drops what is repeated and fills `first`; scans[].pass < pass_count. false: no memory.
bool calibrate_day_tidy(const calibrate_gates *gates, base_arena *arena, calibrate_day *day);

// What a listener makes of a rehearsed day. Scans are lost with chance `missing`, each by its own luck.
typedef struct calibrate_seen {
    const piste_resort *resort;
    const calibrate_gates *gates;
    double missing;
    uint64_t key;
    base_arena *arena; // of the day that is made; the caller's
    calibrate_scan *scans, *clicks;
    int32_t count, room, click_count, click_room;
    int32_t *offset, *size, *boarded, *arrived, *segment, *pass_of; // by party; the last by guest
    double *counted;
    int32_t parties;
    int32_t guests, passes;
    bool failed;
} calibrate_seen;

void calibrate_seen_hear(void *seen, const piste_event *event); // the listener of a piste_day_def
// Rehearses `resort` with so many visits sold and fills `out` from `arena`. PISTE_MEMORY or as piste_day_create.
PISTE_CHECKED piste_status calibrate_observe(const piste_resort *resort, const calibrate_gates *gates, uint64_t seed,
                                             int64_t sold, double missing, base_arena *arena, calibrate_day *out);

// ---- who passes together --------------------------------------------------------------------------------------------

// Fills group and group_count. false: no memory.
bool calibrate_group(const calibrate_gates *gates, int32_t together_s, base_arena *arena, calibrate_day *day);

typedef struct calibrate_loss { // chances to see a scan that must have been, over parties
    double chances, missed,
        squares;      // squares: sum over parties of (missed - share * chances)^2, once the share is known
    double *by_group; // pairs (chances, missed) of each party, for the squares
    int32_t groups, room;
} calibrate_loss;
bool calibrate_loss_add(const calibrate_gates *gates, const calibrate_day *day, calibrate_loss *loss);
piste_estimate calibrate_loss_share(const calibrate_loss *loss);

// Counts n[b] that are Poisson with mean sum over k of N[k] t[k * bins + b]: N by maximum likelihood (EM), from `start`.
// Columns that look alike (total variation of their shares below `alike`), or that are too thin to be told apart, are
// tied in the proportion of `start`; tie[k] is the first of those with which k is tied. error: of N[k] as a share of the
// sum; share: N[k] / sum.
PISTE_CHECKED bool calibrate_unmix(int32_t columns, int32_t bins, const double *t, const double *n, const double *start,
                                   double alike, double *share, double *error, int32_t *tie);

// ---- moments --------------------------------------------------------------------------------------------------------

enum { CALIBRATE_MOMENTS = 160, CALIBRATE_CUTS = 3, CALIBRATE_SPREAD = 4 };

typedef struct calibrate_moment { // a ratio of sums over two ranges of a day's sums
    int32_t from, to, of_from, of_to;
    double ratio; // as scanned
    double unit;  // scanned, for one day: what it is divided by
} calibrate_moment;

typedef struct calibrate_spec {
    int32_t gates, lifts;
    int32_t sums;                                                                           // of one day
    int32_t at_scans, at_counted, at_rides, at_last, at_next, at_laps, at_differ, at_again; // where they begin
    double rides_cut[CALIBRATE_CUTS], last_cut[CALIBRATE_CUTS], differ_cut[CALIBRATE_CUTS];
    double *lap_cut;   // for each gate, CALIBRATE_CUTS
    uint8_t busy[200]; // for each quarter of an hour: 1 where more than the median scan falls into as busy a one
    calibrate_moment *moments;
    int32_t count;
} calibrate_spec;

// What to compare, from the days that were scanned.
PISTE_CHECKED bool calibrate_spec_make(const calibrate_gates *gates, const calibrate_day *const *days, int32_t count,
                                       base_arena *arena, calibrate_spec *spec);
// Fills spec->sums numbers.
void calibrate_sums(const calibrate_spec *spec, const calibrate_gates *gates, const calibrate_day *day, double *sums);
// Fills spec->count numbers: 0 on average where the days are like those scanned.
void calibrate_moments_of(const calibrate_spec *spec, const double *sums, double *moments);

// ---- values ---------------------------------------------------------------------------------------------------------

// Beside the values: the share of missing scans, and the patterns found, which are tilted towards larger parties and
// later coming by so many of their standard deviations.
enum { CALIBRATE_VALUES = 18, CALIBRATE_MISSING = CALIBRATE_VALUES, CALIBRATE_SIZE, CALIBRATE_ARRIVAL, CALIBRATE_ALL };

typedef struct calibrate_value {
    const char *entry, *field, *of;
    double step;  // of its logarithm (a share: of its log odds), by which it is moved to learn what it does
    int32_t rank; // the lower, the sooner it is tied
    uint32_t abilities;
    bool odds;
} calibrate_value;
extern const calibrate_value calibrate_values[CALIBRATE_VALUES];

// A resort with each value times exp(by[i]) (odds: of its odds).
void calibrate_values_set(plan_variant *variant, const double *by);
// What the resort says of it, in its unit; 1 where it is several values. NaN: nothing to vary.
double calibrate_value_input(const piste_resort *resort, int32_t value, const char **unit);
double calibrate_value_at(const piste_resort *resort, int32_t value, double by);

// ---- rehearsals -----------------------------------------------------------------------------------------------------

// What is put into the resort besides the values: distributions found from the scans, by segment; NONE: the resort's.
typedef struct calibrate_patch {
    piste_dist *arrival, *size; // by segment
    double arrival_error, size_error; // of their tilts
    const piste_stop *stops;    // by lift; cause < 0: the resort's
} calibrate_patch;

typedef struct calibrate_run {       // one rehearsed day
    double by[CALIBRATE_ALL]; // [CALIBRATE_MISSING]: logarithm of missing scans against what was found
    uint64_t seed;
    int64_t sold;
} calibrate_run;

typedef struct calibrate_work {
    const piste_resort *resort;
    const calibrate_gates *gates;
    const calibrate_patch *patch;
    double missing;
    int32_t threads, together_s;
    // Called with each day as seen, on any thread; `index` of its run.
    void (*take)(void *context, int64_t index, const calibrate_day *day);
    void *context;
    bool group; // look for parties
    const piste_calibrate_def *def;
    int64_t *done, all; // for its tick
} calibrate_work;

PISTE_CHECKED piste_status calibrate_rehearse(const calibrate_work *work, const calibrate_run *runs, int64_t count);

// ---- linear algebra -------------------------------------------------------------------------------------------------

// Eigenvalues (ascending) and vectors (column k of `vectors`, row-major n x n) of a symmetric matrix. false: no memory.
PISTE_CHECKED bool calibrate_eigen(int32_t n, const double *matrix, double *values, double *vectors);
// The inverse of a symmetric matrix whose eigenvalues below `least` are taken as `least`. false: no memory.
PISTE_CHECKED bool calibrate_invert(int32_t n, const double *matrix, double least, double *inverse);

// ---- the fit --------------------------------------------------------------------------------------------------------

typedef struct calibrate_fit {
    double by[CALIBRATE_VALUES];                          // found
    double variance[CALIBRATE_VALUES * CALIBRATE_VALUES]; // of the free ones
    bool free[CALIBRATE_VALUES];
    const char *why[CALIBRATE_VALUES];
    int32_t leans_on[CALIBRATE_VALUES];
    double leans_by[CALIBRATE_VALUES];
    int32_t there[CALIBRATE_VALUES], there_count; // values that the resort has, and of their information:
    double values[CALIBRATE_VALUES], vectors[CALIBRATE_VALUES * CALIBRATE_VALUES];
    double misfit;
    int32_t freedom;
    double guests_per_pass, guests_per_pass_error;
    double *spread; // variance of each of a day's moments; the caller's
} calibrate_fit;

typedef struct calibrate_case { // everything that a fit needs
    const piste_resort *resort;
    const calibrate_gates *gates;
    const calibrate_spec *spec;
    const calibrate_patch *patch;
    const calibrate_day *const *days; // that it rests on
    int32_t day_count;
    const piste_calibrate_def *def;
    double missing, missing_error;
    bool know_visits;  // every day's visits were counted
    double show_rate;  // mean of the segments'
    base_arena *arena; // for as long as the case
    int64_t *done, all;
} calibrate_case;

PISTE_CHECKED piste_status calibrate_fit_run(const calibrate_case *c, const double *start, int32_t steps,
                                             calibrate_fit *fit);
// Visits to be sold for a rehearsed day to be like this one.
int64_t calibrate_sold(const calibrate_case *c, const calibrate_day *day, double guests_per_pass);

// ---- the rest -------------------------------------------------------------------------------------------------------

piste_stop_result calibrate_stops_of(const piste_resort *resort, const calibrate_gates *gates,
                                     const calibrate_day *const *days, int32_t count, int32_t lift);
// Gaps between gates as scanned and as rehearsed, and from them each gate's clock. Fills clock fields of `out`.
typedef struct calibrate_gaps { // seconds between successive scans at two different gates, with when
    struct calibrate_gap {
        int32_t seconds, at;
        int16_t from, to;
    } * list;
    int64_t count, room;
    int64_t people, parties; // passes, and parties of passes, of the days that were added
    bool failed;
} calibrate_gaps;
void calibrate_gaps_add(const calibrate_gates *gates, const calibrate_day *day, calibrate_gaps *gaps);
PISTE_CHECKED bool calibrate_clocks(const calibrate_gates *gates, const calibrate_gaps *scanned,
                                    const calibrate_gaps *rehearsed, base_arena *arena, piste_gate_result *out);

double calibrate_round(double value);                                            // to four significant digits
piste_estimate calibrate_estimate(double value, double error, int64_t seen);     // value ± 1.96 error
piste_estimate calibrate_positive(double value, double log_error, int64_t seen); // value / and * exp(1.96 error)
piste_estimate calibrate_unknown(void);

#endif
