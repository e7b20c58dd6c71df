// piste/plan.h - experiments: many days of one resort in several forms, until what was asked is known narrowly enough.
//
//     piste_plan *plan;
//     if (piste_plan_load("plan.yaml", errors, &plan) == PISTE_OK) {
//         piste_plan_def def = piste_plan_def_default();
//         def.threads = 2;
//         def.db = "plan.db";                 // results are kept as they come; a killed plan goes on from there
//         const piste_plan_result *result;
//         if (piste_plan_run(plan, &def, errors, &result) == PISTE_OK)
//             printf("%g\n", result->estimates.list[0].mean);
//         piste_plan_destroy(plan);
//     }
//
// A plan file names factors with their levels, each of which is a list of changes to the resort (piste/resort.h), and
// what is to be measured (docs/guide/plan.md). A form of the resort is called a scenario. Replication r of every
// scenario is the same day with the same people and the same luck, unless the plan says otherwise. The result is a
// function of plan, resort and seed alone: the same on any number of threads or processes, at once or taken up again.
#ifndef PISTE_PLAN_H
#define PISTE_PLAN_H

#include "piste/day.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PISTE_PLAN_SCENARIOS_MAX = 100000,
    PISTE_PLAN_MEASURES_MAX = 64,
    PISTE_PLAN_FACTORS_MAX = 20,
    PISTE_PLAN_REPLICATIONS_MAX = 1000000,
    PISTE_PLAN_THREADS_MAX = 256
};

typedef struct piste_plan piste_plan;

// Reads a plan and everything that it hangs on: each scenario is loaded once, so that what cannot be is told before
// anything is rehearsed, with its place in the file.
PISTE_CHECKED PISTE_API piste_status piste_plan_load(const char *file, piste_errors *errors, piste_plan **plan);
PISTE_API void piste_plan_destroy(piste_plan *plan);

typedef struct piste_plan_progress {
    int64_t days_done, days_known; // rehearsed (or found), and needed as far as is known now
    int64_t days_found;            // of days_done: found in the database
} piste_plan_progress;

typedef struct piste_plan_def {
    int32_t threads;  // 1 to PISTE_PLAN_THREADS_MAX
    const char *db;   // a SQLite file; NULL: nothing is kept
    void *ranks;      // (internal) other processes that share the work; NULL: none
    bool (*tick)(void *context, const piste_plan_progress *progress); // NULL, or called now and then; false: stop
    void *context;
} piste_plan_def;

PISTE_API piste_plan_def piste_plan_def_default(void); // one thread, no database

typedef enum piste_plan_design {
    PISTE_PLAN_FULL,           // every combination of levels
    PISTE_PLAN_HALF,           // two levels each: those combinations in which an even number stands at its second level
    PISTE_PLAN_ONE_AT_A_TIME,  // the first levels, and from there one factor at a time
    PISTE_PLAN_SCENARIOS,      // as listed
    PISTE_PLAN_LATIN,          // ranges: a Latin hypercube
    PISTE_PLAN_SOBOL,          // ranges: sensitivity by Sobol indices
    PISTE_PLAN_MORRIS,         // ranges: sensitivity by elementary effects
    PISTE_PLAN_DESIGN_COUNT
} piste_plan_design;

PISTE_API const char *piste_plan_design_word(piste_plan_design design);

typedef struct piste_plan_interval {
    double mean, half;       // half the width of the confidence interval; NaN where it is not known
} piste_plan_interval;

typedef struct piste_plan_measure {
    const char *name;        // "wait_p90@sky-lift"
    const char *meaning;
    const char *unit;        // "s", "m", "share", "/ha", "people", ""
    double precision, relative, difference; // half-widths that are asked for; NaN: none
} piste_plan_measure;

typedef struct piste_plan_factor {
    const char *key, *name;
    double from, to;         // of a range; NaN where it has levels
    struct { const char *const *list; int32_t count; } levels;
} piste_plan_factor;

typedef struct piste_plan_scenario {
    const char *key;         // "boards=slow, lift=six-pack"
    const int32_t *levels;   // one for each factor; -1 where a scenario is written out
    const double *values;    // one for each factor that is a range, NaN for the others
    int64_t days;            // open days that count
    int64_t visits;          // sold on each of them; -1: as the resort says
} piste_plan_scenario;

typedef struct piste_plan_estimate { // of one measure in one scenario, on its days
    int32_t scenario, measure;
    int64_t count;           // days on which the measure is defined
    piste_plan_interval value;
    double sd, least, most;
    bool reached;            // the precision that is asked for
} piste_plan_estimate;

typedef struct piste_plan_difference { // scenario minus baseline, day by day
    int32_t scenario, measure;
    int64_t count;
    piste_plan_interval value;
    double half_all;         // half the width where all differences of a measure are to be covered at once (Bonferroni)
    double correlation;      // between the two, over the days
    bool reached;
} piste_plan_difference;

typedef struct piste_plan_effect { // of a level against the factor's first; of two levels together beyond their own
    int32_t measure, factor, level;
    int32_t other, other_level; // -1: a main effect
    piste_plan_interval value;
} piste_plan_effect;

typedef struct piste_plan_selection {
    int32_t measure;
    bool least;              // the least is best
    bool is_kn;              // otherwise ocba
    int32_t best;            // scenario
    double confidence;       // KN: of having chosen the best, where it is better by the indifference zone
    double indifference;
    bool guaranteed;         // KN ran to its end, within the plan's maximum of replications
    struct { const int32_t *list; int32_t count; } survivors; // KN: not ruled out when it ended
} piste_plan_selection;

typedef struct piste_plan_index { // of a range, for a measure
    int32_t measure, factor;
    double first, first_low, first_high; // Sobol: share of the variance by this alone, with a bootstrap interval
    double total, total_low, total_high; // Sobol: and with all interactions. Morris: mean absolute effect, with its interval
    double effect, spread;   // Morris: mean effect over the whole range, and its standard deviation
} piste_plan_index;

typedef struct piste_plan_result {
    const char *name, *resort, *file;
    piste_date date;
    uint64_t seed;
    double confidence;
    bool common;             // common random numbers
    piste_plan_design design;
    int64_t minimum, maximum;
    int32_t baseline;        // scenario; -1: none
    int64_t days, closed;    // rehearsed in all; days of the season that were passed over because they are closed
    struct { const piste_plan_measure *list; int32_t count; } measures;
    struct { const piste_plan_factor *list; int32_t count; } factors;
    struct { const piste_plan_scenario *list; int32_t count; } scenarios;
    struct { const piste_plan_estimate *list; int32_t count; } estimates; // by scenario, then measure
    struct { const piste_plan_difference *list; int32_t count; } differences;
    struct { const piste_plan_effect *list; int32_t count; } effects;
    struct { const piste_plan_index *list; int32_t count; } indices;
    const piste_plan_selection *selection; // NULL: none asked for
} piste_plan_result;

// Rehearses what is needed. The result belongs to the plan and lives until it is run again or destroyed.
// PISTE_INVALID: a day cannot be (told), or the database is another plan's; PISTE_INTERRUPTED where `tick` said so:
// what was rehearsed until then is in the database.
PISTE_CHECKED PISTE_API piste_status piste_plan_run(piste_plan *plan, const piste_plan_def *def, piste_errors *errors,
                                                    const piste_plan_result **result);

// ---- two plans side by side -----------------------------------------------------------------------------------------

typedef struct piste_comparison_row { // one measure in one scenario that both have
    const char *scenario, *measure, *unit;
    int64_t count_a, count_b, pairs; // days; of these the same ones in both, 0 where the days differ
    piste_plan_interval a, b, difference; // b minus a; over pairs where there are any
} piste_comparison_row;

typedef struct piste_comparison {
    const char *name_a, *name_b;
    double confidence;
    bool paired;             // the same seed: the same days, people and luck
    struct { const piste_comparison_row *list; int32_t count; } rows;
    int32_t only_a, only_b;  // scenarios times measures that the other one lacks
    void *owner;             // (internal)
} piste_comparison;

// Reads two files that piste_plan_run kept. PISTE_NOT_FOUND, PISTE_INVALID: not such a file.
PISTE_CHECKED PISTE_API piste_status piste_plan_compare(const char *db_a, const char *db_b, piste_errors *errors,
                                                        piste_comparison **comparison);
PISTE_API void piste_comparison_destroy(piste_comparison *comparison);

#ifdef __cplusplus
}
#endif
#endif
