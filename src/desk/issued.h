// issued.h - which passes were issued for an order's positions, and which of them count no more.
//
//     pass-issue    keeps passes that the server has signed (serve/passes.c); the desk does so by itself
//     pass-revoke   takes a pass back for good
//     pass-waive    says that the waiver of an order's passes is signed
//     gate          a number for a gate of the pages (web/src/app/gate)
//
// A pass belongs to a position as it was when it was issued. It counts as long as the order is sold and the position is
// live and still says the same: cancelling and moving need not know of passes. Tokens are no part of the journal.
#ifndef DESK_ISSUED_H
#define DESK_ISSUED_H

#include "desk/order.h"
#include "piste/pass.h"

typedef struct desk_issued {
    int64_t order, position;
    char product[41], class_key[41], slot[21]; // of the position
    piste_date date;
    char kind[21], resource[81]; // of its product; the session that it takes, "" none
    int64_t days, points;
    uint64_t pass; // 0: none was issued yet
    uint8_t token[PISTE_PASS_BYTES];
    bool counts, is_revoked, is_replaced, is_waived;
} desk_issued;

typedef struct desk_issued_list {
    desk_issued *list;
    size_t count;
} desk_issued_list;

// The live positions of a sold order with the pass of each that counts, and those that were revoked. PISTE_REFUSED:
// there is no such order, or it is not sold.
PISTE_CHECKED piste_status desk_issued_of_order(desk *d, int64_t order, desk_issued_list *out);
// Passes that count no more (`counts` is false), or whose waiver is signed, of positions for `from` and later.
PISTE_CHECKED piste_status desk_issued_changed(desk *d, piste_date from, desk_issued_list *out);
// Of which order and position a pass is. PISTE_NOT_FOUND.
PISTE_CHECKED piste_status desk_issued_find(desk *d, uint64_t pass, int64_t *order, int64_t *position);
// Gates of the pages, by number.
typedef struct desk_gate {
    int64_t number;
    char name[61], entrance[121];
} desk_gate;
PISTE_CHECKED piste_status desk_gates_read(desk *d, desk_gate **list, size_t *count); // the caller frees the list
void desk_issued_release(desk_issued_list *l);

extern const char desk_issued_tables[];
extern const desk_field desk_pass_issue_fields[], desk_pass_revoke_fields[], desk_pass_waive_fields[], desk_gate_fields[];
piste_status desk_pass_issue_run(desk_act *a);
piste_status desk_pass_revoke_run(desk_act *a);
piste_status desk_pass_waive_run(desk_act *a);
piste_status desk_gate_run(desk_act *a);

#endif
