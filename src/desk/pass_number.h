// pass_number.h - which pass belongs to which position, and which passes the desk's acts have ended or opened.
//
// A pass's number is a hash of the desk (its first entry's hash), the order and the position, so that whoever issues it
// again issues the same one, and what is to be revoked after a cancellation is known without a list of what was issued.
#ifndef DESK_PASS_NUMBER_H
#define DESK_PASS_NUMBER_H

#include "desk/order.h"

// Never 0. PISTE_REFUSED no_day before the journal's first entry.
PISTE_CHECKED piste_status desk_pass_number(store_db *db, int64_t order, int64_t position, uint64_t *number);
// That of the next pass of a position: the same, or, where that one was issued and replaced, one that nobody has.
PISTE_CHECKED piste_status desk_pass_next_number(desk *d, int64_t order, int64_t position, uint64_t *number);

typedef struct desk_pass_change {
    uint64_t pass;
    bool is_waived;   // its holder has signed; otherwise the position has ended
    piste_date until; // last day of it; PISTE_DATE_NONE: of a season or of points, as long as its key counts
} desk_pass_change;

// What acts after the entry *after have changed, up to the newest, which *after becomes; with *after 0 all that is not over
// yet. The caller frees the list. Nobody else's business than the gates' lists (serve/errands.c).
PISTE_CHECKED piste_status desk_pass_changes(desk *d, int64_t *after, desk_pass_change **list, size_t *count);

#endif
