// shop.h - what the files of the shop share: guests, who have no accounts, and their codes.
//
//     shop.c          what is on sale, what is free, what it would cost, who may come, what is signed
//     shop_orders.c   ordering, paying, waiting
//     shop_holders.c  orders that say who holds what; tills sell by it, too
//     shop_mine.c     an order's own page: what it is, changing, cancelling, signing, the data of its persons
//     shop_passes.c   the passes of an order: as codes, as cards
//
// An order is its guest's by a code of 128 random bits that the guest's page has made. The act that ordered carries the
// key "web-" and 128 bits of the code's BLAKE2b, so the code is kept nowhere, the same order sent again is the same order,
// and whether a number and a code belong together is one look for that key: it takes as long for a number that is not there
// as for one whose code is another, and both are answered alike. The code comes in the bodies of POSTs, never in a path.
#ifndef SERVE_SHOP_H
#define SERVE_SHOP_H

#include "desk/sale.h"
#include "serve/inside.h"

enum {
    SHOP_CODE_SIZE = 16,          // bytes; twice as many hexadecimal digits
    SHOP_KEY_TEXT = 4 + 32 + 1,   // "web-", digits, NUL
    SHOP_ACT_KEY_TEXT = 101,
    SHOP_KEY_MAX = 61,            // the key of an order with holders, of which those of its persons are made
    SHOP_PERSONS_MAX = 50,        // of one order by a guest (chosen); larger groups speak to the desk
    SHOP_HOLD_S = 900,            // to pay within
    SHOP_TILL_S = 24 * 3600,      // to pay at the till within (chosen)
};
#define SHOP_CHANNEL "web"
#define SHOP_CODE                                                                                                      \
    { "code", DESK_TEXT, true, 0, 2 * SHOP_CODE_SIZE, NULL, "the 32 hexadecimal digits that the page made" }
#define SHOP_KEY                                                                                                       \
    { "key", DESK_TEXT, true, 0, 40, NULL, "made by the page for this act: sent again, it happens once" }

// The key of what was done with a code; false: it is none.
bool shop_key(const char *code, char key[SHOP_KEY_TEXT]);
// The subject of the request's code and of the number in its path. false: q is answered, as for a number that is not there.
bool shop_find(serve_request *q, const char *act, char key[SHOP_KEY_TEXT], int64_t *subject);
// An act or question of the desk, as a guest or, on a route of the till's, as the cashier. Takes the request. Acts on workers alone. *answer may be NULL.
piste_status shop_do(serve_request *q, json_t *request, json_t **answer);
void shop_answer(serve_request *q, piste_status status, json_t *answer); // takes the answer
// The order's receipt; NULL: q is answered.
json_t *shop_receipt(serve_request *q, int64_t order);
// Whether a caller orders, holds or waits no more than a guest would; false: q is answered.
bool shop_is_within_rate(serve_request *q, int64_t persons);
int64_t shop_persons(const json_t *positions);
// Whether a class for groups is asked for by a group; at the till a cashier sees to it. false: q is answered.
bool shop_is_group(serve_request *q);
// Carries out an order, whose `request` has the positions as shop_positions made them, after keeping the holders that
// q's positions tell; `done` answers q. Takes the request.
void shop_order(serve_request *q, json_t *request, void (*done)(serve_request *q, piste_status status, json_t *answer));
// As the desk wants them; what guests have no say in is left out. NULL: no memory.
json_t *shop_positions(const json_t *positions);

extern const desk_field shop_position_fields[], shop_person_fields[];
extern const serve_route serve_shop_routes[], serve_shop_order_routes[], serve_shop_mine_routes[], serve_shop_pass_routes[];

#endif
