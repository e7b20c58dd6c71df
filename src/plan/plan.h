// plan.h - what experiments share: figures of a day by name, days that vary as real ones do, many days at once.
//
//     plan_measure m;
//     if (plan_measure_read(resort, "wait_p90@sky-lift", "plan.yaml", 12, errors, &m) == PISTE_OK)
//         printf("%g s\n", plan_measure_of(&m, piste_day_get_result(day)));
//
// Everything here is deterministic: a replication is a pure function of (resort, visits, seed, its number), results
// have a place of their own, and sums are made afterwards in one order, on any number of threads.
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/base.h"
#include "piste/day.h"

// ---- figures of a day by name ---------------------------------------------------------------------------------------

typedef enum plan_unit { PLAN_SECONDS, PLAN_PEOPLE, PLAN_SHARE, PLAN_PER_HA, PLAN_METRES, PLAN_NUMBER } plan_unit;

// "wait_p90" is the worst lift's; "wait_p90@KEY" that of the lift of that key; "wait_p90@all" over all lifts' boardings.
// plan_measure_meaning says what each of them is.
typedef struct plan_measure {
    int32_t what;   // index in the table of measures
    int32_t target; // of a lift, run, venue or segment; PLAN_WORST, PLAN_ALL
    bool least;     // PLAN_WORST is the least, not the largest
    char text[96];  // as it was written
} plan_measure;

enum { PLAN_WORST = -1, PLAN_ALL = -2 };

// PISTE_INVALID: no such measure, or no such lift, run, venue or segment; the error says which there are.
PISTE_CHECKED piste_status plan_measure_read(const piste_resort *resort, const char *text, const char *file,
                                             int32_t line, piste_errors *errors, plan_measure *measure);
// NaN where the day does not define it (a density without an area, the wait of a lift that nobody rode).
double plan_measure_of(const plan_measure *measure, const piste_day_result *result);
// Which lift, run, venue or segment that figure is of; -1: of none of them.
int32_t plan_measure_worst(const plan_measure *measure, const piste_day_result *result);
const char *plan_measure_key(const plan_measure *measure, const piste_resort *resort, int32_t index);
plan_unit plan_measure_unit(const plan_measure *measure);
const char *plan_measure_meaning(const plan_measure *measure); // one phrase, a constant
// The table of measures by index: NULL beyond it.
const char *plan_measure_name(int32_t what);
const char *plan_measure_scope(int32_t what); // of what it is: "lift", "run", "venue", "segment", "day"

// "wait_p90<=10min": a measure, <= or >= (also < and >), and a bound with its unit; `standard` is allowed for density.
typedef struct plan_condition {
    plan_measure measure;
    bool at_least;  // >= or >
    bool strict;
    bool standard;  // each run against the upper end of its own standard
    double bound;   // in the measure's unit; of `standard`: 1
    char text[128];
} plan_condition;

PISTE_CHECKED piste_status plan_condition_read(const piste_resort *resort, const char *text, const char *file,
                                               int32_t line, piste_errors *errors, plan_condition *condition);
// Whether it holds; a figure that is not defined does not fail it.
bool plan_condition_holds(const plan_condition *condition, const piste_day_result *result);
// How much of the bound is used: 1 at the bound, below 1 where it holds (of >=: bound / figure). 0 where not defined.
double plan_condition_used(const plan_condition *condition, const piste_day_result *result);

// ---- a resort with some of its values changed -----------------------------------------------------------------------

// A copy whose changed records are its own; everything else is the resort's, which must outlive it. `failed`: no memory,
// or a value that cannot be.
typedef struct plan_variant {
    piste_resort resort;
    base_arena *arena;
    bool failed;
} plan_variant;

bool plan_variant_init(plan_variant *variant, const piste_resort *resort); // false: no memory
void plan_variant_release(plan_variant *variant);
// A list of its own, to be written to.
void *plan_variant_copy(plan_variant *variant, const void *list, int32_t count, size_t size);
piste_lift *plan_variant_lifts(plan_variant *variant);
piste_segment *plan_variant_segments(plan_variant *variant);
// What is drawn becomes that much larger; its bounds go with it.
void plan_variant_scale(plan_variant *variant, piste_dist *dist, double factor);

// The values that a day leans on, each of which may be multiplied wherever it stands (docs/models.md has the list).
enum { PLAN_KNOBS = 21 };
const char *plan_knob_entry(int32_t knob); // "choice"
const char *plan_knob_field(int32_t knob); // "wait-weight"
// What it rests on: the weakest piste_basis_kind of all its places; PLAN_GIVEN where the file gives it without a basis.
enum { PLAN_GIVEN = PISTE_BASIS_KIND_COUNT };
int32_t plan_knob_basis(const piste_resort *resort, int32_t knob);
void plan_knob_turn(plan_variant *variant, int32_t knob, double factor);

int64_t plan_resort_guests(const piste_resort *resort); // of all segments, on the day as written

// ---- many days at once ----------------------------------------------------------------------------------------------

// Work that is shared out over threads, in pieces 0 to count - 1, each to whoever is free. Each thread has a `hand` of
// its own, made and unmade by it. Pieces must not depend on each other.
typedef struct plan_work {
    int64_t count;
    int32_t threads; // 1 to PLAN_THREADS_MAX
    void *job;       // shared, for the functions
    void *(*hand)(void *job);          // NULL: no memory; may be NULL itself
    void (*drop)(void *job, void *hand);
    piste_status (*piece)(void *job, void *hand, int64_t index); // anything but PISTE_OK ends the work
    // Called by the calling thread between its pieces; false stops all with PISTE_INTERRUPTED. May be NULL.
    bool (*tick)(void *job, int64_t done);
} plan_work;

enum { PLAN_THREADS_MAX = 256 };

// The status of the first piece (by number, of those that were done) that failed.
PISTE_CHECKED piste_status plan_work_run(const plan_work *work);

// ---- days that vary as real ones do ---------------------------------------------------------------------------------

// Day number `index` of a seed has the kind that is drawn for it by the shares of the resort's day types, and its own
// draws of what varies in that kind; its guests and their luck have the seed plan_days_seed, so that a day as written is
// `piste day --seed` of that number. A resort without day types has one, "as-written".
//
// Read-only once made, and shared by threads.
typedef struct plan_days plan_days;
PISTE_CHECKED piste_status plan_days_create(const piste_resort *resort, piste_errors *errors, plan_days **days);
void plan_days_destroy(plan_days *days);
const piste_resort *plan_days_resort(const plan_days *days);
int32_t plan_days_count_types(const plan_days *days); // at least 1
int32_t plan_days_type_of(const plan_days *days, uint64_t seed, int64_t index);
uint64_t plan_days_seed(uint64_t seed, int64_t index); // of the day itself; 0 to 2^63 - 1
bool plan_days_is_closed(const plan_days *days, int32_t type);
const char *plan_days_type_key(const plan_days *days, int32_t type);
const char *plan_days_type_name(const plan_days *days, int32_t type);
double plan_days_type_share(const plan_days *days, int32_t type);

// One thread's means to rehearse such days, one after the other; keeps a day of each kind for the next of it (2 to 4 MB each
// of a hill of ten lifts).
typedef struct plan_hand plan_hand;
plan_hand *plan_hand_create(const plan_days *days); // NULL: no memory
void plan_hand_destroy(plan_hand *hand);
// Rehearses day `index` with so many visits sold (-1: as the resort says); the result lives until the next call.
// PISTE_INVALID where its day type is closed; otherwise as piste_day_create.
PISTE_CHECKED piste_status plan_hand_run(plan_hand *hand, uint64_t seed, int64_t index, int64_t visits,
                                         const piste_day_result **result);

#endif
