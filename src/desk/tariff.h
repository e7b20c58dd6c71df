// tariff.h - what a resort's tariff says, as the acts that tell it to the desk.
#ifndef DESK_TARIFF_H
#define DESK_TARIFF_H

#include "desk/desk.h"
#include "piste/resort.h"

// A list of acts: classes, rates, products, prices with their validity; and for each day of the season the cap, the
// seats of each session of a venue (resource "rink", slot "2019-02-02T10:00"), what it has in stock ("rental/poles")
// and a hotel's rooms by the night ("hotel/first-class", with product and price). Prices that are not valid on the
// date for which the resort was loaded are not there; loaded for another date they are added to these. NULL: no
// memory.
json_t *desk_tariff_acts(const piste_resort *resort);
// What stands in the resort's own desk.jsonl, one act a line; an empty list where there is no such file. Its errors are
// told with their lines.
PISTE_CHECKED piste_status desk_tariff_file(const char *folder, piste_errors *errors, json_t **acts);
// Carries out both, the file's after the tariff's; *done (may be NULL) is how many. What is refused ends it, and is told.
PISTE_CHECKED piste_status desk_tariff_load(desk *d, const piste_resort *resort, piste_errors *errors, int *done);

#endif
