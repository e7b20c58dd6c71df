// experiment.h - what the files of an experiment share: the plan as read, its scenarios, and the figures of their days.
//
// plan_file.c reads a plan, design.c makes scenarios of it, scenario.c loads them, control.c says which days are needed
// next, experiment.c rehearses them, results_db.c keeps them, and estimate.c, effects.c, select.c and sensitivity.c
// say what they mean. A cell is one day of one scenario; its figures are a pure function of the plan.
#ifndef PLAN_EXPERIMENT_H
#define PLAN_EXPERIMENT_H

#include "piste/plan.h"
#include "plan/plan.h"
#include "plan/statistics.h"

// ---- the file -------------------------------------------------------------------------------------------------------

typedef struct plan_level {
    piste_entry entry;
    const char *name;
    piste_changes changes;
    int32_t visits; // 0: not given
} plan_level;

typedef struct plan_factor {
    piste_entry entry;
    const char *name;
    struct { const plan_level *list; int32_t count; } levels;
    double from, to; // of a range
    bool whole;      // only whole numbers of it
    piste_changes changes; // of a range: {} stands for the number
} plan_factor;

typedef struct plan_scenario_entry {
    piste_entry entry;
    const char *name;
    piste_changes levels; // factor: level
    piste_changes changes;
    int32_t visits;
} plan_scenario_entry;

typedef struct plan_wanted {
    piste_entry entry;
    const char *measure, *precision, *difference; // texts; "": none
    double relative;
} plan_wanted;

typedef struct plan_replications {
    piste_entry entry;
    int32_t minimum, maximum;
} plan_replications;

typedef enum plan_procedure { PLAN_KN, PLAN_OCBA } plan_procedure;

typedef struct plan_selecting {
    piste_entry entry;
    const char *measure, *indifference;
    int32_t procedure, best; // plan_procedure; 0: least, 1: most
    int32_t budget;
} plan_selecting;

typedef struct plan_file {
    piste_entry entry;
    int32_t format;
    const char *name, *resort, *baseline;
    piste_date date;
    int32_t seed, visits;
    piste_changes changes;
    struct { const plan_factor *list; int32_t count; } factors;
    struct { const plan_scenario_entry *list; int32_t count; } scenarios;
    struct { const plan_wanted *list; int32_t count; } measures;
    int32_t design, samples;
    plan_replications replications;
    double confidence;
    bool common;
    plan_selecting selection;
} plan_file;

// ---- the plan -------------------------------------------------------------------------------------------------------

typedef struct plan_scenario {
    const char *key;
    int32_t line;       // in the plan, 0 where it is a combination
    int32_t *levels;    // one for each factor
    double *values;     // one for each factor
    piste_changes changes;
    int64_t visits;     // as written
    uint64_t seed;      // of its days
    int64_t need, have; // days wanted, and rehearsed from the first on without a gap
    int64_t room;
    double *figures;    // room x measures
    bool *done;         // room
} plan_scenario;

// A scenario that is ready to be rehearsed.
typedef struct plan_form {
    int32_t scenario;
    piste_resort *resort;
    plan_days *days;
    plan_measure measures[PISTE_PLAN_MEASURES_MAX];
    bool has[PISTE_PLAN_MEASURES_MAX]; // whether what is measured is there
    int64_t visits; // after guests have responded to prices
} plan_form;

typedef struct plan_price { // what a visit costs a segment in the resort as it is
    const char *segment;
    int64_t minor;
} plan_price;

struct piste_plan {
    base_arena *arena;   // of what was read
    base_arena *results; // of the last run
    const char *path, *folder, *resort_name;
    plan_file file;
    uint64_t key;        // of all that a cell hangs on
    plan_scenario *scenarios;
    int32_t count, measures;
    plan_price *prices;
    int32_t price_count;
    plan_form *typed;    // forms that are kept, among them all whose day types differ
    int32_t typed_count;
    plan_unit units[PISTE_PLAN_MEASURES_MAX];
    const char *meanings[PISTE_PLAN_MEASURES_MAX];
    double precision[PISTE_PLAN_MEASURES_MAX], difference[PISTE_PLAN_MEASURES_MAX]; // NaN: none
    int32_t baseline;    // -1: none
    int32_t chosen;      // index of the selection's measure
    double indifference;
    int64_t *open;       // numbers of the days that are open in every scenario, in order
    int64_t open_count, open_room, passed; // and how many were passed over until the last of them
    piste_plan_result result;
};

static inline double plan_figure(const piste_plan *plan, int32_t scenario, int64_t day, int32_t measure) {
    return plan->scenarios[scenario].figures[day * plan->measures + measure];
}

// plan_file.c
PISTE_CHECKED piste_status plan_file_read(const char *path, base_arena *arena, piste_errors *errors, plan_file *file);

// design.c: the scenarios, without their resorts.
PISTE_CHECKED piste_status plan_design_make(piste_plan *plan, piste_errors *errors);
void plan_number(double value, char out[40]); // at most six decimals, without zeros at the end
static inline bool plan_is_range_design(int32_t design) {
    return design >= PISTE_PLAN_LATIN;
}

// scenario.c
PISTE_CHECKED piste_status plan_form_open(const piste_plan *plan, int32_t scenario, piste_errors *errors, plan_form *form);
void plan_form_close(plan_form *form);
const plan_form *plan_form_kept(const piste_plan *plan, int32_t scenario); // NULL: it is to be opened
// Loads what must be loadable; fills in measures, prices and the plan's key.
PISTE_CHECKED piste_status plan_check(piste_plan *plan, piste_errors *errors);
// Makes the first `count` open days known. PISTE_INVALID: there are none.
PISTE_CHECKED piste_status plan_open_days(piste_plan *plan, int64_t count, piste_errors *errors);

// control.c: sets `need` of the scenarios, reading their figures in order. False: nothing more is needed, or no memory.
bool plan_control_advance(piste_plan *plan, piste_status *status);
// The half-width that a measure's mean in a scenario, or its difference to the baseline, is asked for; NaN: none.
double plan_asked_half(const piste_plan *plan, int32_t scenario, int32_t measure);
// Values of days 0 to count - 1: of a scenario, or less those of another one (-1: none).
void plan_take_column(const piste_plan *plan, int32_t scenario, int32_t other, int32_t measure, int64_t count, double *out);
// KN on the plan's figures, as far as they go; the arrays are freed by plan_kn_release. False: no memory.
bool plan_kn_make(const piste_plan *plan, statistics_kn *kn);
void plan_kn_release(statistics_kn *kn);
int64_t plan_kn_have(const piste_plan *plan, const statistics_kn *kn);

// results_db.c: a file of figures.
typedef struct plan_db plan_db;
PISTE_CHECKED piste_status plan_db_open(const char *path, piste_plan *plan, piste_errors *errors, plan_db **db);
PISTE_CHECKED piste_status plan_db_begin(plan_db *db, piste_errors *errors);
PISTE_CHECKED piste_status plan_db_add(plan_db *db, int32_t scenario, int64_t day, const double *figures, piste_errors *errors);
PISTE_CHECKED piste_status plan_db_commit(plan_db *db, piste_errors *errors);
void plan_db_close(plan_db *db);

// experiment.c: makes room for the days of a scenario, and puts figures there. False: no memory.
bool plan_scenario_grow(piste_plan *plan, int32_t scenario, int64_t days);
void plan_scenario_put(piste_plan *plan, int32_t scenario, int64_t day, const double *figures);

// result.c: fills plan->result. False: no memory.
bool plan_result_make(piste_plan *plan);

// The interval of the mean of a column: by the pilot where the pilot decided how many days there are.
piste_plan_interval plan_interval_of(const piste_plan *plan, const double *column, int64_t count, double confidence);

// effects.c, sensitivity.c: parts of it.
bool plan_effects_make(piste_plan *plan);
bool plan_indices_make(piste_plan *plan);

#endif
