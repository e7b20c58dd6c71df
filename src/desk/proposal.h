// proposal.h - what takes two people: one proposes, another one agrees, and only then is it done.
//
// The desk keeps what was asked, by whom, and who agreed; what is asked is a request of the server's (serve/two.c), which
// carries it out once it is agreed. Whoever proposes cannot agree. `two-above` says from which refund on in a currency
// two people are needed; once there is one for any currency, refunds in all others need two whatever they amount to.
#ifndef DESK_PROPOSAL_H
#define DESK_PROPOSAL_H

#include "desk/desk.h"

enum { DESK_PROPOSAL_FIELDS_MAX = 20000 };

// Whether cancelling positions of an order (NULL: all that are live) may give back more than one person alone may.
// What was paid and the positions' prices bound it from above.
PISTE_CHECKED piste_status desk_refund_needs_two(desk *d, int64_t order, const json_t *positions, bool *needs);

extern const char desk_proposal_tables[];
extern const desk_field desk_propose_fields[], desk_proposal_field[], desk_two_above_fields[], desk_proposals_fields[];
piste_status desk_propose_run(desk_act *a);
piste_status desk_agree_run(desk_act *a);
piste_status desk_decline_run(desk_act *a);
piste_status desk_two_above_run(desk_act *a);
piste_status desk_proposals_run(desk_act *a);

#endif
