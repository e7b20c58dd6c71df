// piste/cap.h - how many visits can be put on sale: the largest number with which, on a given share of days, conditions hold.
//
//     piste_cap_def def = piste_cap_def_default();
//     const char *where[] = {"wait_p90<=10min", "density<=standard"};
//     def.where.list = where;
//     def.where.count = 2;
//     piste_cap *cap;
//     if (piste_cap_create(resort, &def, errors, &cap) == PISTE_OK) {
//         printf("%lld visits (%lld to %lld)\n", (long long)cap->visits, (long long)cap->low, (long long)cap->high);
//         piste_cap_destroy(cap);
//     }
//
// Days vary as the resort's day types say; those on which it is closed are counted apart. A day is good when every
// condition holds on it. Each day bears a number of visits of its own (its guests and its luck stay the same when more
// are sold); the cap is the quantile of these, told with the interval of order statistics, which supposes nothing of how
// they are distributed. The wider interval adds what is not known of the inputs: each value that the day leans on is
// turned by the spread of its basis on the days that decide, and the shifts are added up as independent errors.
//
// Same resort, definition and seed: the same bytes, on any number of threads.
#ifndef PISTE_CAP_H
#define PISTE_CAP_H

#include "piste/resort.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PISTE_CAP_CONDITIONS_MAX = 20, PISTE_CAP_DAYS_MAX = 100000, PISTE_CAP_THREADS_MAX = 256 };

typedef struct piste_cap_def {
    uint64_t seed;
    struct { const char *const *list; int32_t count; } where; // 1 to PISTE_CAP_CONDITIONS_MAX, such as "wait_p90<=10min"
    const char *file;      // where the conditions stand, for errors; "--where" of a command line
    double share;          // of the days that are to be good: 0.5 to 0.999
    double confidence;     // of the intervals: 0.5 to 0.999
    double precision;      // both ends of the interval within this share of the cap: 0.001 to 0.5
    int64_t most;          // visits; no more are tried: 100 to PISTE_GUESTS_MAX
    int64_t days_max;      // open days at most, 100 to PISTE_CAP_DAYS_MAX; then the interval is as wide as it is
    int32_t threads;
    bool inputs;           // whether the wider interval is wanted
    double spread[PISTE_BASIS_KIND_COUNT + 1]; // standard deviation of a value of that basis, as a share of it, 0 to
                                               // 0.5; the last: of values that the file gives without a basis
    bool (*tick)(void *context, int64_t days, int64_t low, int64_t high); // days rehearsed so far, and the interval as
    void *context;                                                         // far as known; false stops; NULL
} piste_cap_def;

// Seed 1, 95 % of days, 95 % confidence, 3 %, 50,000 visits, 20,000 days, one thread, with inputs: measured 2 %, published
// 10 %, chosen 0 (a decision is no error), assumed 20 %, given 0.
PISTE_API piste_cap_def piste_cap_def_default(void);

typedef enum piste_cap_found {
    PISTE_CAP_FOUND,
    PISTE_CAP_NONE,     // the conditions fail on too many days however few come
    PISTE_CAP_BEYOND    // they hold even with `most`
} piste_cap_found;

PISTE_API const char *piste_cap_found_word(piste_cap_found found); // "found", "none", "beyond"

typedef struct piste_cap_condition {
    const char *text, *measure, *meaning; // as written; the measure's name; what it is
    int64_t held;       // open days on which it held at the cap (of PISTE_CAP_NONE: with the least visits tried)
    int64_t first;      // days that were not good on which it was furthest from holding
    const char *where_key; // the lift, run or venue that is most often the worst on those days; NULL where none is
} piste_cap_condition;

typedef struct piste_cap_type { // a kind of day
    const char *key, *name;
    double share;
    bool closed;
    int64_t days, good; // at the cap
} piste_cap_type;

typedef struct piste_cap_input { // a value that the cap leans on
    const char *entry, *field;
    int32_t basis;      // piste_basis_kind, or PISTE_BASIS_KIND_COUNT: given without one
    double spread;      // its standard deviation, as a share of it
    double shift;       // of the cap, as a share of it, where the value is larger by its standard deviation
    double error;       // standard error of `shift`
} piste_cap_input;

typedef struct piste_cap {
    const char *resort;
    uint64_t seed;
    double share, confidence, precision;
    piste_cap_found found;
    int64_t visits;          // the cap; 0 where none, `most` where beyond
    int64_t low, high;       // interval of the simulation
    int64_t low_inputs, high_inputs; // of the inputs too; 0 and 0 where it was not wanted or there is no cap
    bool precise;            // the interval is as narrow as asked
    int64_t least, most;     // visits: what was tried lies between
    int64_t days;            // open days judged
    int64_t closed;          // closed days met on the way
    int64_t good;            // open days that were good at the cap, each rehearsed there
    int64_t days_simulated;  // rehearsals in all
    struct { const piste_cap_condition *list; int32_t count; } conditions;
    struct { const piste_cap_type *list; int32_t count; } types;
    struct { const piste_cap_input *list; int32_t count; } inputs; // those that shift most first
} piste_cap;

// PISTE_INVALID: a condition or number that is not as expected, or a resort that cannot be rehearsed; PISTE_LIMIT,
// PISTE_MEMORY as piste_day_create; PISTE_INTERRUPTED where `tick` said so.
PISTE_CHECKED PISTE_API piste_status piste_cap_create(const piste_resort *resort, const piste_cap_def *def,
                                                      piste_errors *errors, piste_cap **cap);
PISTE_API void piste_cap_destroy(piste_cap *cap);

#ifdef __cplusplus
}
#endif
#endif
