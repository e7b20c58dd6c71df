// piste/ccc.h - the sheet of a resort's comfortable carrying capacity (CCC), and why two sheets differ.
//
//     piste_ccc_def def = piste_ccc_def_default();
//     piste_ccc *sheet;
//     if (piste_ccc_create(resort, &def, errors, &sheet) == PISTE_OK) {
//         printf("%.0f skiers, %s binds\n", sheet->ccc, sheet->binding < 0 ? "nothing" :
//                sheet->limits.list[sheet->binding].name);
//         piste_ccc_destroy(sheet);
//     }
//
// Per lift (planning practice; docs/models.md, "Carrying capacity"):
//
//     adjusted pph = design pph * max(0, 1 - access - loss)
//     supply, m of vertical a day = adjusted pph * hours * rise
//     demand, m a guest a day = sum over abilities (share served * demand of the ability)
//     CCC = supply / demand
//
// and the resort's CCC is the sum over its lifts. Beside it stand the other limits, each as guests a day. Every input
// says what it rests on: the resort's own `basis`, or that it was simulated with how many days and what error. Inputs
// that are not given are found by rehearsing uncrowded days of the resort. Any number of threads gives the same bytes.
#ifndef PISTE_CCC_H
#define PISTE_CCC_H

#include "piste/day.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PISTE_CCC_VERSION = 1, // of the sheet as JSON
    PISTE_CCC_DAYS_MAX = 10000,
    PISTE_CCC_THREADS_MAX = 256,
    PISTE_CCC_JSON_BYTES_MAX = 64 << 20
};

// What an input rests on, from the strongest to the weakest. What is made of several has the weakest of theirs.
typedef enum piste_ccc_basis {
    PISTE_CCC_MEASURED,
    PISTE_CCC_PUBLISHED,
    PISTE_CCC_GIVEN,     // by the owner, who says no more of it
    PISTE_CCC_CHOSEN,
    PISTE_CCC_SIMULATED, // by flow, of this resort
    PISTE_CCC_ASSUMED,
    PISTE_CCC_BASIS_COUNT
} piste_ccc_basis;

PISTE_API const char *piste_ccc_basis_word(piste_ccc_basis basis); // "measured"; NULL out of range

// How far a value of that basis may be from the truth: a standard deviation, as a share of it (chosen; docs/models.md).
// Those of `piste cap`; 0 of what is simulated, which has an error of its own.
PISTE_API double piste_ccc_basis_spread(piste_ccc_basis basis);

typedef struct piste_ccc_input {
    double value;   // NaN: not known
    double error;   // standard error of what was simulated; NaN otherwise
    piste_ccc_basis basis;
    const char *source; // a sentence, never NULL
} piste_ccc_input;

// Classes of terrain; expert holds freeride and extreme too.
typedef enum piste_ccc_terrain {
    PISTE_CCC_TERRAIN_NOVICE,
    PISTE_CCC_TERRAIN_EASY,
    PISTE_CCC_TERRAIN_INTERMEDIATE,
    PISTE_CCC_TERRAIN_ADVANCED,
    PISTE_CCC_TERRAIN_EXPERT,
    PISTE_CCC_TERRAIN_COUNT
} piste_ccc_terrain;

PISTE_API const char *piste_ccc_terrain_word(piste_ccc_terrain terrain);
// The class of terrain that people of an ability are planned on: beginner novice; novice and low-intermediate easy;
// intermediate intermediate; advanced-intermediate advanced; expert expert (chosen, as the density standards are
// matched).
PISTE_API piste_ccc_terrain piste_ccc_terrain_of(piste_ability ability);

// Inputs of one lift, in the order of the formula.
typedef enum piste_ccc_part {
    PISTE_CCC_DESIGN_PPH,
    PISTE_CCC_ACCESS, // share of the design capacity
    PISTE_CCC_LOSS,   // share of the design capacity
    PISTE_CCC_HOURS,
    PISTE_CCC_RISE_M,
    PISTE_CCC_SERVES, // its value is NaN: it is `ability` below
    PISTE_CCC_PART_COUNT
} piste_ccc_part;

PISTE_API const char *piste_ccc_part_word(piste_ccc_part part); // "design_pph"

typedef struct piste_ccc_lift {
    const char *key, *name;
    piste_ccc_input in[PISTE_CCC_PART_COUNT];
    double ability[PISTE_ABILITY_COUNT];           // whom it serves: shares of guests; sum 1
    double terrain[PISTE_CCC_TERRAIN_COUNT];       // the same by class of terrain
    int32_t runs;          // that can be lapped on it; 0: none, or not known
    const char *remark;    // "" or what is particular
    // What follows:
    double adjusted_pph, supply_m, demand_m, ccc;
} piste_ccc_lift;

typedef struct piste_ccc_class { // of terrain
    double supply_m, demand_m, ccc; // sums over the lifts; demand NaN where no lift serves it
    double market;                  // share of the skiing guests who are planned on it
    int32_t lifts, runs;            // that serve it, that are of it
} piste_ccc_class;

typedef enum piste_ccc_limit_kind {
    PISTE_CCC_LIMIT_LIFTS,    // the CCC; its lines are the lifts
    PISTE_CCC_LIMIT_SLOPES,   // area_ha * standard per ha, of one class of terrain or of all
    PISTE_CCC_LIMIT_SEATS,    // restaurants: seats * turns
    PISTE_CCC_LIMIT_COUNTERS, // restaurants: servers * hours * people per hour of one
    PISTE_CCC_LIMIT_RENTAL,   // likewise
    PISTE_CCC_LIMIT_SCHOOL,   // seats * sessions, or servers * hours * people per hour
    PISTE_CCC_LIMIT_PARKING,  // places * people of one
    PISTE_CCC_LIMIT_COACHES,  // coaches a day * people of one
    PISTE_CCC_LIMIT_BEDS,     // rooms * beds
    PISTE_CCC_LIMIT_CAP,      // visits on sale
    PISTE_CCC_LIMIT_KIND_COUNT
} piste_ccc_limit_kind;

PISTE_API const char *piste_ccc_limit_kind_word(piste_ccc_limit_kind kind);

enum { PISTE_CCC_FACTORS_MAX = 3 };

typedef struct piste_ccc_line { // one venue, or one class of terrain: a product
    const char *key, *name;
    int32_t count;                          // of factors
    const char *what[PISTE_CCC_FACTORS_MAX]; // "seats"
    piste_ccc_input in[PISTE_CCC_FACTORS_MAX];
    double value;                           // NaN where a factor is not known
} piste_ccc_line;

typedef struct piste_ccc_limit {
    piste_ccc_limit_kind kind;
    const char *key, *name;  // "slopes-easy", "Slopes, easy"
    const char *unit;        // of the capacity: "skiers a day", "people at one time"
    struct { piste_ccc_line *list; int32_t count; } lines; // none for the lifts
    piste_ccc_input share;   // of the day's guests who use it (of slopes: at one time)
    double capacity;         // sum of the lines; NaN: not known
    double guests;           // capacity / share: guests a day; NaN: not known, +inf: nobody uses it
    const char *unknown;     // why guests is NaN; "" otherwise
} piste_ccc_limit;

typedef struct piste_ccc_rehearsal { // what so many guests are really met with; piste_ccc_simulate
    int64_t guests;          // sold each day; 0: not simulated
    int32_t days;
    uint64_t seed;
    double came, present_max; // means over days, as all below
    double rides_each, descent_each_m;
    double wait_mean_s, wait_p50_s, wait_p90_s; // of a ride, at all lifts
    const char *worst_lift_key, *worst_lift; // the one with the highest mean P90
    double worst_p90_s, worst_mean_s, worst_p90_max_s; // the last: of the worst day
    const char *worst_run_key, *worst_run;   // the one that is highest against its standard; "" where no area is known
    double worst_density_per_ha, worst_standard_per_ha;
    double runs_above;       // number of runs above their standard
    double above_10_min;     // lifts with a P90 above ten minutes
    double unridden, turned_away, missed, assisted, left_in_line; // people (of missed: visits; of turned away: lines)
    double entry_wished, entry_missed; // people at ticket offices and rentals on arriving; who missed it skis anyway
    double skiers;           // who came to ski
} piste_ccc_rehearsal;

typedef struct piste_ccc {
    const char *resort;
    piste_date date;
    uint64_t seed;
    int32_t days;            // that were simulated for inputs; 0: none were needed or possible
    int64_t day_guests;      // of each of them
    double day_wait_s;       // mean wait of a ride on them: how uncrowded they were; NaN
    double ccc, supply_m, demand_m; // of all lifts; demand = supply / ccc
    double error;            // standard error of ccc from what was simulated, as if independent; 0: nothing was
    double error_inputs;     // likewise by all inputs: each may be off by piste_ccc_basis_spread of its basis as well
    double low, high;        // 95 % interval of ccc by error_inputs
    piste_ccc_input demand[PISTE_ABILITY_COUNT]; // m of vertical, a guest, a day
    piste_ccc_input market;  // value NaN: where the next come from
    double ability[PISTE_ABILITY_COUNT];   // of the skiing guests: shares
    struct { piste_ccc_lift *list; int32_t count; } lifts;
    piste_ccc_class terrain[PISTE_CCC_TERRAIN_COUNT];
    struct { piste_ccc_limit *list; int32_t count; } limits; // the lifts first
    int32_t binding;         // of the limits, -1: none is known
    piste_ccc_rehearsal rehearsal;
    struct { const char **list; int32_t count; } notes; // what is particular, in sentences
    void *owner;             // (internal)
} piste_ccc;

typedef struct piste_ccc_def {
    uint64_t seed;           // of the first simulated day; further ones have the seeds behind it
    int32_t days;            // 2 to PISTE_CCC_DAYS_MAX
    int32_t threads;         // 1 to PISTE_CCC_THREADS_MAX
    bool simulate;           // rehearse the resort at its CCC
    bool (*tick)(void *context, int64_t done, int64_t all); // days; NULL, or called now and then; false: stop
    void *context;
} piste_ccc_def;

PISTE_API piste_ccc_def piste_ccc_def_default(void); // seed 1, 20 days, one thread

// PISTE_INVALID: a def out of range, or a resort without lifts; PISTE_MEMORY; PISTE_INTERRUPTED where `tick` said so;
// with `simulate` what piste_day_create says where no day can be rehearsed.
PISTE_CHECKED PISTE_API piste_status piste_ccc_create(const piste_resort *resort, const piste_ccc_def *def,
                                                      piste_errors *errors, piste_ccc **sheet);
PISTE_API void piste_ccc_destroy(piste_ccc *sheet);

// A sheet that was written as JSON ("format": "piste-ccc"). Its inputs are read, what follows from them is worked out
// again and must agree with what the file says, to a thousandth. PISTE_SYNTAX: no JSON, told with its line;
// PISTE_INVALID: not such a sheet, told with the path of the value; PISTE_LIMIT: too large.
PISTE_CHECKED PISTE_API piste_status piste_ccc_read(const char *text, size_t length, const char *file,
                                                    piste_errors *errors, piste_ccc **sheet);

// ---- why two sheets differ --------------------------------------------------------------------------------------

typedef struct piste_ccc_change { // one input that differs
    const char *limit;       // key of the limit it speaks of: "lifts", "restaurant-seats"
    const char *key, *name;  // of the lift, venue or class; "" where it is shared by all (demand, shares)
    const char *what;        // "design_pph", "demand", "serves"; of a lift or venue that only one has: "there"
    const char *of;          // of a demand: the ability; "" otherwise
    double a, b;             // NaN: not known, or no one number (serves)
    piste_ccc_basis basis_a, basis_b;
    const char *source_a, *source_b;
    double effect;           // on that limit, from a to b: of the lifts CCC, of others guests; NaN: not known
} piste_ccc_change;

typedef struct piste_ccc_effect { // all changes of one kind at the lifts, summed
    const char *what;
    double effect;
} piste_ccc_effect;

typedef struct piste_ccc_difference {
    const piste_ccc *a, *b;
    struct { piste_ccc_change *list; int32_t count; } changes; // by limit, those that move most first
    struct { piste_ccc_effect *list; int32_t count; } effects; // of the lifts, in the order of the formula
    double error;            // standard error of the difference of the two by what was simulated, as if independent
    void *owner;             // (internal)
} piste_ccc_difference;

// Attribution is Shapley's: the mean effect of changing an input from a's to b's over all orders in which the inputs
// could be changed. Exact: CCC is a sum over lifts, and what is shared by all of them is summed over them. Effects sum
// to the difference of the two; an input that is alike explains nothing. Both sheets must outlive it. PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_ccc_compare(const piste_ccc *a, const piste_ccc *b,
                                                       piste_ccc_difference **difference);
PISTE_API void piste_ccc_difference_destroy(piste_ccc_difference *difference);

#ifdef __cplusplus
}
#endif
#endif
