// ranks.h - other processes that share the work of a plan, as they are seen from one of them.
//
// What carries the messages is loaded when piste runs under mpirun (src/plan/mpi.c, a module of its own), so that
// piste runs where there is no MPI, and knows nothing of whose MPI it is.
#ifndef PLAN_RANKS_H
#define PLAN_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "piste/plan.h"

typedef struct plan_ranks plan_ranks;

struct plan_ranks {
    int32_t rank, size;
    int64_t *days; // size: rehearsed by each, counted by rank 0
    bool (*send)(int32_t to, const void *data, size_t bytes);
    // A message that is there, whoever sent it: its size, 0 where there is none, -1 where it cannot be had.
    int64_t (*receive)(int32_t *from, void *data, size_t room);
    void (*close)(bool failed); // failed: the others are ended, too
};

// Whether this process is one of several, and how to reach the others. PISTE_NOT_FOUND: it is, and there is no MPI
// here.
PISTE_CHECKED piste_status plan_ranks_find(piste_errors *errors, plan_ranks *ranks, bool *found);

// What every rank does once it has loaded the plan, or could not: `own` says so. Rank 0 gets the status of all.
PISTE_CHECKED piste_status plan_ranks_meet(plan_ranks *ranks, const piste_plan *plan, piste_status own,
                                           piste_errors *errors);

// What the module exports: "piste_mpi_open". False: MPI cannot be begun.
typedef bool plan_ranks_open(plan_ranks *ranks);

#endif
