// board.h - what is open: lifts, runs and venues as those who run them say, with who said so and when.
//
// Opening, holding and closing are acts (`board`). What is measured all day long, waits and crowding, is no act: it is
// written over what was measured before. Either moves `version` on, by which servers see that something changed.
#ifndef DESK_BOARD_H
#define DESK_BOARD_H

#include "desk/desk.h"

typedef struct desk_measured { // -1: not measured
    char key[65];
    int64_t wait_s, expected_s; // of somebody who joins now; of what was rehearsed for this time
    int64_t people;             // in the line, on the run, inside
    int64_t crowd_percent;      // of the standard density, of the seats
} desk_measured;

typedef struct desk_board_line {
    char key[65], state[16], note[201], source[65];
    int64_t said_ms, measured_ms; // 0: never
    desk_measured measured;
} desk_board_line;

// Writes measurements, in order, without waiting for the disk.
void desk_board_measure(desk *d, const desk_measured *list, size_t count, const char *source);
// A number that grows with every change; changes of other processes show in it.
PISTE_CHECKED piste_status desk_board_version(desk *d, int64_t *version);
// All lines by key, and the version; the caller frees the list.
PISTE_CHECKED piste_status desk_board_read(desk *d, desk_board_line **list, size_t *count, int64_t *version);

extern const char desk_board_tables[];
extern const desk_field desk_board_fields[];
piste_status desk_board_run(desk_act *a);

#endif
