// ways.h - the resort as a graph: who can get from where to where. For the check; a simulation has its own tables.
//
//     ways *w = ways_create(resort);                     // places and the directed ways between them
//     bool *from = calloc(w->place_count, 1);
//     ways_reach(w, &(ways_who){.modes = 1u << PISTE_ON_SKIS, .hardest = PISTE_DIFFICULTY_EASY}, start, false, from);
//
// A lift with stations in between is one way for each pair of neighbours: whoever rides further passes them. What is closed
// (`closed: yes`) is no way.
#ifndef RESORT_WAYS_H
#define RESORT_WAYS_H

#include "piste/resort.h"

typedef enum way_kind { WAY_LIFT_UP, WAY_LIFT_DOWN, WAY_RUN, WAY_WALK } way_kind;

typedef struct way {
    way_kind kind;
    int32_t index;      // of the lift, run or walk in its list
    int32_t from, to;   // places
    uint32_t modes;     // who is carried, skis or walks there
    int32_t difficulty; // of a run; -1 otherwise
} way;

typedef struct ways {
    const piste_resort *resort;
    int32_t place_count, count;
    way *list;
    int32_t *out, *out_first; // ways that begin at place p: list[out[out_first[p] .. out_first[p + 1] - 1]]
    int32_t *in, *in_first;   // likewise those that end there
} ways;

typedef struct ways_who {
    uint32_t modes;  // a set of piste_mode, of which one is enough
    int32_t hardest; // run difficulty that is still skied
} ways_who;

ways *ways_create(const piste_resort *resort); // NULL: no memory
void ways_destroy(ways *w);
bool ways_takes(const way *one, const ways_who *who);
// Marks the places that can be reached from those marked already (backwards: from which those can be reached). False: no
// memory.
bool ways_reach(const ways *w, const ways_who *who, bool backwards, bool *marked);

#endif
