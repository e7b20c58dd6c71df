// piste/lean.h - how far a day's results move with the values that it rests on: each in turn a little less and a little
// more.
//
//     piste_lean_def def = piste_lean_def_default();
//     piste_lean *lean;
//     if (piste_lean_create(resort, &def, errors, &lean) == PISTE_OK) {
//         printf("%s: %+.2f rides\n", lean->rows.list[0].field, lean->rows.list[0].rides_each[1].mean);
//         piste_lean_destroy(lean);
//     }
//
// One value at a time is multiplied by 1 - change and 1 + change wherever it stands, and the same days (the same seeds,
// hence the same people with the same luck) are rehearsed again. What is told is the mean difference to the days as
// they are, with its standard error over the days. It is a slope at this resort and this number of guests: values that
// act together, and changes that are larger, may do other things. Any number of threads gives the same bytes.
#ifndef PISTE_LEAN_H
#define PISTE_LEAN_H

#include "piste/day.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PISTE_LEAN_DAYS_MAX = 1000, PISTE_LEAN_THREADS_MAX = 256 };

typedef struct piste_lean_def {
    piste_day_def day; // of the first day; further ones have the seeds behind its; nobody listens or is asked
    int32_t days;      // 2 to PISTE_LEAN_DAYS_MAX
    double change;     // above 0, below 1
    int32_t threads;   // 1 to PISTE_LEAN_THREADS_MAX
    bool (*tick)(void *context, int64_t done, int64_t all); // days; NULL, or called now and then; false: stop
    void *context;
} piste_lean_def;

PISTE_API piste_lean_def piste_lean_def_default(void); // 8 days of the default, a tenth, one thread

typedef struct piste_effect { // of all days: the mean difference to the same day as it is, and its standard error
    double mean, error;
} piste_effect;

typedef struct piste_lean_row { // [0]: the value times 1 - change, [1]: times 1 + change
    const char *entry, *field; // "choice", "wait-weight"
    int32_t basis;             // the weakest piste_basis_kind of its places; PISTE_BASIS_KIND_COUNT: given without one
    piste_effect rides_each[2];
    piste_effect wait_s[2];    // mean wait of a ride
} piste_lean_row;

typedef struct piste_lean {
    uint64_t seed;
    int32_t days;
    double change;
    double rides_each, wait_s; // of the days as they are, means
    struct { const piste_lean_row *list; int32_t count; } rows; // those that move most first
} piste_lean;

// PISTE_INVALID, PISTE_LIMIT, PISTE_MEMORY as piste_day_create, also where one of the changed values makes no day;
// PISTE_INTERRUPTED where `tick` said so.
PISTE_CHECKED PISTE_API piste_status piste_lean_create(const piste_resort *resort, const piste_lean_def *def,
                                                       piste_errors *errors, piste_lean **lean);
PISTE_API void piste_lean_destroy(piste_lean *lean);

#ifdef __cplusplus
}
#endif
#endif
