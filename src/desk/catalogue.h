// catalogue.h - what the catalogue answers to quotes: see catalogue.c for the acts that fill it.
#ifndef DESK_CATALOGUE_H
#define DESK_CATALOGUE_H

#include "desk/allotment.h"
#include "desk/money.h"

// Days of a validity that is open: years 1600 and 9999.
enum { DESK_ALWAYS_FROM = -135140, DESK_ALWAYS_UNTIL = 2932896 };

PISTE_CHECKED piste_status desk_catalogue_money(desk_act *a, const json_t *object, const char *name, desk_money *out);
// Whether somebody of that nationality may come on that date, and why.
PISTE_CHECKED piste_status desk_catalogue_may(desk_act *a, const char *nationality, piste_date date, bool *may,
                                              char reason[121]);

#endif
