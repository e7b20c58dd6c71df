// pass_number.h - which pass belongs to which position, and which passes the desk's acts have ended or opened.
//
// The first pass of a position has a number that is a hash of the desk (its first entry's hash), the order and the position:
// who has signed can be told to gates before there is a pass. One that replaces it has a number of its own.
#ifndef DESK_PASS_NUMBER_H
#define DESK_PASS_NUMBER_H

#include "desk/order.h"

// Never 0. PISTE_REFUSED no_day before the journal's first entry.
PISTE_CHECKED piste_status desk_pass_number(store_db *db, int64_t order, int64_t position, uint64_t *number);
// That of the next pass of a position: the same, or, where that one was issued and replaced, one that nobody has.
PISTE_CHECKED piste_status desk_pass_next_number(desk *d, int64_t order, int64_t position, uint64_t *number);

typedef struct desk_pass_changes {
    int64_t ended;    // acts that may have ended passes; which ones desk_issued_changed tells (issued.h)
    uint64_t *waived; // passes whose holders have signed, issued or not
    size_t waived_count;
} desk_pass_changes;

// What acts after the entry *after have changed, up to the newest, which *after becomes; with *after 0 all that is not over
// yet. The caller frees `waived`. Nobody else's business than the gates' lists (serve/errands.c).
PISTE_CHECKED piste_status desk_pass_changes_read(desk *d, int64_t *after, desk_pass_changes *out);

#endif
