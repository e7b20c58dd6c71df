// sale.h - questions of who buys: what is on sale, what is free on which day, what has become of an order.
//
//     on-sale          products with what they need and cost, classes, rates of today, providers
//     calendar         of a product: how many may still be sold on each day, at each time
//     receipt          an order with its positions, payments, charges, persons and agreements
//     waiting          a party of the waiting list: who is before it, and its offer
//     agreement-texts  what is signed today, in which languages; one of them whole
//
// They change nothing and answer from one committed state. Whether somebody may ask is their caller's business.
#ifndef DESK_SALE_H
#define DESK_SALE_H

#include "desk/order.h"

enum { DESK_CALENDAR_DAYS_MAX = 100 };

// The act that a key has made, and what it was about; *act is "" where there is none. One look into an index.
PISTE_CHECKED piste_status desk_key_find(desk *d, const char *key, char act[24], int64_t *subject);

// What a product takes (of its own catalogue entry, to be released) and for how many days. PISTE_REFUSED: there is none.
PISTE_CHECKED piste_status desk_product_takes(desk *d, const char *product, json_t **takes, int64_t *days);

extern const desk_field desk_on_sale_fields[], desk_calendar_fields[], desk_waiting_field[], desk_texts_fields[];
piste_status desk_on_sale_run(desk_act *a);
piste_status desk_calendar_run(desk_act *a);
piste_status desk_receipt_run(desk_act *a);
piste_status desk_waiting_run(desk_act *a);
piste_status desk_texts_run(desk_act *a);

#endif
