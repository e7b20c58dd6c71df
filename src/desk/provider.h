// provider.h - card terminals and payment providers: money that somebody else moves, charged once and never lost.
//
// What is paid in cash, by invoice, voucher or bank is settled in the act that tells it (payment.c). A remote provider is not:
// a call may time out after it was done, be done late, or be told twice. So a charge is
//
//   1. an intent, on the disk before anything is sent (act `charge`), with a key under which the provider knows it;
//   2. driven (charge_drive.c), outside of any transaction, by calls that the key makes safe to repeat;
//   3. learned (act `charge-learn`): what the provider's own answer to a query says is booked, and nothing else ever is.
//
//     intended --authorised--> capturing --captured--> done (applied)
//        |  |                      |  '---refused----> done (refused)
//        |  '----refused-----------|-----------------> done (refused)
//        '---the order is over--> cancelling --------> done (cancelled)
//
// The provider's totals of a charge, captured and refunded, only ever grow; the desk keeps the largest it has been told and
// books the difference. A notice, an answer or a query that comes twice, late or out of order therefore changes nothing.
// What is captured is applied to the order when it is the amount that was asked for, the charge is being captured, and the order is
// still open; the order's hold is prolonged by `grace` when capturing begins. Everything else that is captured (too late,
// twice, another amount) stands under Liabilities:Unapplied:<provider> and is refunded, whole. What a cancelled order
// gets back stands under Liabilities:Refunds:<provider> until the provider says that it is refunded. So
//
//     Assets:Card:<provider> = what the provider has captured - what it has refunded      in each currency, always
//
// The calls, as JSON over HTTP (an adapter speaks to the real provider). Amounts are minor units:
//
//   POST URL/v1/authorise {"key","amount","currency","reference"}   reserves; again with the same key: the same charge
//   POST URL/v1/capture   {"key","amount"}                          takes what is reserved; once for a key
//   POST URL/v1/cancel    {"key"}                                   gives it up; a key that is not known is closed for good
//   POST URL/v1/refund    {"key","refund","amount"}                 gives back; once for a refund's key
//   GET  URL/v1/charge/KEY   {"key","state","currency","authorised","captured","refunded","refunds":[{"refund","state"}]}
//        state: unknown, pending, authorised, captured, refused or cancelled; of a refund: done or refused
//   GET  URL/v1/charges?after=N   {"charges":[as above],"next":N}   all of them, in pages; next 0: no more
//
// The answer to a POST is not read: whatever it says, a query follows. Authorization: Bearer <the first line of token_file>.
#ifndef DESK_PROVIDER_H
#define DESK_PROVIDER_H

#include "desk/order.h"

typedef struct desk_provider {
    char key[41], url[201], token_file[201];
    int64_t wait_ms;
} desk_provider;

enum { DESK_CHARGE_KEY = 33, DESK_CHARGE_GRACE_MS = 120000 };

// ---- the wire (provider.c) ----------------------------------------------------------------------------------------------------

// What a provider says of a charge. PISTE_IO: it cannot be reached, or what it says is not of this form.
PISTE_CHECKED piste_status desk_provider_query(const desk_provider *p, const char *key, json_t **view, char why[160]);
PISTE_CHECKED piste_status desk_provider_list(const desk_provider *p, int64_t after, json_t **page, char why[160]);
// Sends a call; whether it was done is for a query to say.
void desk_provider_call(const desk_provider *p, const char *verb, const json_t *body);

// ---- charges --------------------------------------------------------------------------------------------------------------------

typedef struct desk_charge_counts {
    int64_t steps, unreachable, reopened, strangers; // strangers: charges at the provider that this desk does not know
} desk_charge_counts;

// Works on charges that are due, for at most `for_ms`, until none is. Any thread; several, and several processes, may.
PISTE_CHECKED piste_status desk_charges_drive(desk *d, int64_t for_ms, desk_charge_counts *counts);
// Compares all that a provider has with the desk, and takes up again what differs.
PISTE_CHECKED piste_status desk_charges_reconcile(desk *d, const char *provider, desk_charge_counts *counts,
                                                  piste_errors *strangers);
// A provider's notice that something has changed; nothing of it is believed but that. PISTE_NOT_FOUND: no such charge.
PISTE_CHECKED piste_status desk_charge_notice(desk *d, const char *key);
// Works on one charge until it is done or the time is over.
PISTE_CHECKED piste_status desk_charge_drive(desk *d, int64_t charge, int64_t for_ms);

// Whether a name is that of a remote provider, whose money comes by charges alone.
PISTE_CHECKED piste_status desk_provider_is_remote(desk_act *a, const char *name, bool *is_remote);
// Whether a payment by card came by a charge; then what is given back is to be refunded by its provider.
PISTE_CHECKED piste_status desk_charge_return(desk_act *a, const char *provider, const char *reference,
                                              int64_t amount_minor, bool *is_remote);
PISTE_CHECKED piste_status desk_charges_audit(store_db *db, void (*tell)(void *context, const char *text),
                                              void *context);

struct desk_call;
piste_status desk_charge_after(struct desk_call *c);

extern const char desk_charge_tables[];
extern const desk_field desk_provider_fields[], desk_charge_fields[], desk_learn_fields[], desk_charges_fields[],
    desk_again_fields[];
piste_status desk_provider_run(desk_act *a);
piste_status desk_charge_run(desk_act *a);
piste_status desk_learn_run(desk_act *a);
piste_status desk_charges_run(desk_act *a);
piste_status desk_again_run(desk_act *a);

#endif
