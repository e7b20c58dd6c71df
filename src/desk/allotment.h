// allotment.h - what the files of the allotments share: rows as they stand in the database, and what they allow.
//
// How many may be taken. An allotment has `capacity`, `taken`, and `kept`: what its quotas keep for their own and have
// not used, the sum of max(0, quota.kept - quota.taken). Taking n under a quota uses its kept places first; what goes
// beyond them is taken of the general ones and must leave the other quotas' kept places alone:
//
//     own     = min(n, max(0, quota.kept - quota.taken)), general = n - own        (without a quota: own = 0)
//     allowed = quota.taken + n <= quota.most  and  taken + n <= capacity
//               and (general = 0 or taken + kept + general <= capacity)
//
// Hence taken <= capacity always, unless the capacity was lowered below what was taken: then nothing is sold until it
// has been given back.
//
// Who waits. A waiting list is ordered by when parties joined. What is given back is offered to the first whose party
// fits whole; those before it, who were too many for it, have been passed over once more. A party that was passed over
// `patience` times (of the allotment; 0: strict order) is not passed over again: from then on nothing is offered or
// sold past it until it fits. A sale to somebody who does not wait counts as if they had joined the end of the list. A
// party that is kept back by its quota's `most` and not by the allotment neither blocks nor is passed over, except by
// its own quota's.
#ifndef DESK_ALLOTMENT_H
#define DESK_ALLOTMENT_H

#include "desk/desk.h"

typedef struct desk_allotment_row {
    int64_t id, capacity, taken, kept, patience, offer_s, waiting, quotas; // quotas: how many it has
} desk_allotment_row;

typedef struct desk_quota_row { // id 0: none
    int64_t id, kept, most, taken;
} desk_quota_row;

typedef enum desk_allotment_fit { DESK_FITS, DESK_QUOTA_SHORT, DESK_SHORT } desk_allotment_fit;

desk_allotment_fit desk_allotment_check(const desk_allotment_row *r, const desk_quota_row *q, int64_t count);
int64_t desk_allotment_free(const desk_allotment_row *r, const desk_quota_row *q);
// What a taking of `count` takes of the general places.
int64_t desk_allotment_general(const desk_quota_row *q, int64_t count);
// Takes (count > 0) or gives back (count < 0) in the rows alone.
void desk_allotment_move(desk_allotment_row *r, desk_quota_row *q, int64_t count);

// PISTE_REFUSED no_allotment where it is not there.
PISTE_CHECKED piste_status desk_allotment_load(desk_act *a, const char *resource, const char *slot,
                                               desk_allotment_row *r);
PISTE_CHECKED piste_status desk_allotment_load_id(desk_act *a, int64_t id, desk_allotment_row *r);
// The quota of a name, or of the first of several names parted by '|' that is there; id 0 where none is.
PISTE_CHECKED piste_status desk_quota_load(desk_act *a, const desk_allotment_row *r, const char *names,
                                           desk_quota_row *q);
PISTE_CHECKED piste_status desk_quota_load_id(desk_act *a, int64_t id, desk_quota_row *q);
PISTE_CHECKED piste_status desk_allotment_save(desk_act *a, const desk_allotment_row *r);
PISTE_CHECKED piste_status desk_quota_save(desk_act *a, const desk_quota_row *q);
PISTE_CHECKED piste_status desk_claim_add(desk_act *a, int64_t order, int64_t position, int64_t allotment,
                                          int64_t quota, int64_t count);
void desk_act_took(desk_act *a, int64_t allotment, int64_t quota, int64_t count);     // for the journal
void desk_act_freed(desk_act *a, int64_t allotment);                                  // for those who wait
void desk_act_capacity(desk_act *a, int64_t allotment, int64_t quota, int64_t count); // for the journal

// May somebody who does not wait take `count`? PISTE_REFUSED waiting; otherwise those passed over are counted.
PISTE_CHECKED piste_status desk_waiting_pass(desk_act *a, const desk_allotment_row *r, const desk_quota_row *q,
                                             int64_t count);
// A new order without a price, in state `held` or `sold` (until_ms 0).
PISTE_CHECKED piste_status desk_order_hold(desk_act *a, int64_t id, const char *state, int64_t until_ms,
                                           int64_t offer_of, const char *channel);

#endif
