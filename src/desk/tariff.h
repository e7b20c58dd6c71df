// tariff.h - what a resort's tariff says, as the acts that tell it to the desk.
#ifndef DESK_TARIFF_H
#define DESK_TARIFF_H

#include "desk/desk.h"
#include "piste/resort.h"

// A list of acts: classes, rates, products, prices with their validity; and for each day of the season the cap, the seats
// of each session of a venue (resource "rink", slot "2019-02-02T10:00"), what it has in stock ("rental/poles") and a
// hotel's rooms by the night ("hotel/first-class", with product and price). Prices that
// are not valid on the date for which the resort was loaded are not there; loaded for another date they are added to these.
// NULL: no memory.
json_t *desk_tariff_acts(const piste_resort *resort);

#endif
