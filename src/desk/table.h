// table.h - the insides of a resort's table: what its files share.
#ifndef DESK_TABLE_H
#define DESK_TABLE_H

#include "desk/pass.h"

enum { TABLE_TRAVEL_MAX_S = 86400 };

// Where an entrance stands: at a lift's station, in one direction, or at a venue.
typedef struct table_door {
    int32_t lift, station; // lift -1: a venue; station 0 is the bottom
    bool down;
    int32_t venue;         // -1 as well: not there at present
} table_door;

// Every entrance of a resort, lifts before venues: its key ("gondola", "gondola/middle", "gondola/summit/down"; NULL: no memory).
typedef void (*table_each)(void *context, const char *key, table_door door);
void table_walk(const piste_resort *resort, table_each each, void *context);
// Its name, as near to the language as there is one ("": the resort's own); `down` is the word for the way down.
void table_door_name(const piste_resort *resort, table_door door, const char *language, const char *down, base_text *out);

int32_t table_station_place(const piste_lift *lift, int32_t station);
// travel_s[a * count + b] for all doors. False: no memory.
bool table_travel(const piste_resort *resort, const piste_travel_limits *limits, const table_door *doors, int32_t count,
                  int32_t *travel_s);

// A table of its own arena, empty; NULL: no memory.
piste_table *table_create(void);

#endif
