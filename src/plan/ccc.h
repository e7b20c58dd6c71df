// ccc.h - what the files of the carrying-capacity sheet share.
//
// A sheet under construction is a piste_ccc whose `owner` is its arena: texts and lists live there. ccc_resort.c fills
// in what the resort says, ccc_terrain.c whom each lift serves, ccc_simulate.c what only rehearsing days can tell, and
// ccc_limits.c what else limits the day. ccc_work_out (ccc.c) then computes everything that follows from inputs, and
// is used alike by a sheet that is read from a file and by the comparison of two.
#ifndef PLAN_CCC_H
#define PLAN_CCC_H

#include "base/base.h"
#include "piste/ccc.h"
#include "plan/plan.h"

enum { CCC_QUARTER_S = 900 };

typedef struct ccc_build { // while a sheet is made of a resort
    piste_ccc *sheet;
    const piste_resort *resort;
    const piste_ccc_def *def;
    base_arena *arena;
    piste_errors *errors;
    bool failed;       // no memory
    int64_t done, all; // days, for `tick`
    bool can_rehearse;
    const char *cannot;                                             // why not
    double on_slopes[PISTE_CCC_TERRAIN_COUNT + 1], on_slopes_error; // simulated peaks, shares of the guests; last: all
} ccc_build;

// ccc.c
const char *ccc_format(ccc_build *b, const char *format, ...) PISTE_PRINTF(2, 3); // "" and b->failed without memory
const char *ccc_tenths(ccc_build *b, double value); // "7.5", in any locale; |value| < 1e15
void *ccc_take(ccc_build *b, int64_t count, size_t size);
void ccc_note(ccc_build *b, const char *text); // at most CCC_NOTES_MAX
enum { CCC_NOTES_MAX = 32 };
// Everything that follows from the inputs of the sheet.
void ccc_work_out(piste_ccc *sheet);
// Its parts, for the comparison: one lift's demand and CCC; one line's product.
double ccc_demand(const double ability[PISTE_ABILITY_COUNT], const double demand[PISTE_ABILITY_COUNT]);
double ccc_of_lift(double design_pph, double access, double loss, double hours, double rise_m, double demand_m);
double ccc_of_line(const piste_ccc_line *line);

// ccc_resort.c
piste_ccc_input ccc_input(piste_ccc_basis basis, double value, const char *source);
// The value of a key, with what the entry says of it. `missing`: what stands for it where the file does not give the
// key.
piste_ccc_input ccc_of_field(ccc_build *b, const piste_entry *entry, const char *field, double value,
                             piste_ccc_basis missing, const char *missing_source);
piste_ccc_basis ccc_weaker(piste_ccc_basis a, piste_ccc_basis b);
void ccc_read_resort(ccc_build *b);                 // lifts and market
double ccc_come(const piste_segment *segment);      // people who come
double ccc_ski_share(const piste_segment *segment); // of them who ski

// ccc_terrain.c
piste_ccc_terrain ccc_terrain_of_run(const piste_run *run);
void ccc_read_terrain(ccc_build *b);

// ccc_days.c
int64_t ccc_uncrowded(const ccc_build *b);
PISTE_CHECKED piste_status ccc_run_days(ccc_build *b);

// ccc_loading.c
int64_t ccc_loading_days(const ccc_build *b); // that it will rehearse
PISTE_CHECKED piste_status ccc_run_loading(ccc_build *b);

// ccc_simulate.c
PISTE_CHECKED piste_status ccc_simulate_inputs(ccc_build *b);
PISTE_CHECKED piste_status ccc_simulate_sheet(ccc_build *b);

// ccc_limits.c
void ccc_read_limits(ccc_build *b);

// ccc_shapley.c
enum { CCC_PLAYERS_MAX = 16 };
// Shapley values of a game of `count` players: value(context, set) is the worth of a set, one bit for each player.
// Writes one value for each; their sum is value(all) - value(none) but for rounding.
void ccc_shapley(int32_t count, double (*value)(const void *context, uint32_t set), const void *context, double *out);

#endif
