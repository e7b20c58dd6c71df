// people.h - personal data at the desk: apart from the ledger, sealed by keys of the vault, held for a purpose and no longer.
//
// What the database holds of a person is a number, and for each purpose (purpose.c) one sealed text (person.c). Plain text is
// handled on the caller's thread alone, before and after an act's transaction: no statement, no entry of the journal and no
// digest of a request ever has it. Whose data is looked at or given out is an entry of the journal itself.
//
// Erasing (person-erase, retain) deletes the sealed text and writes its key's id into `erasure`, in one transaction; then the
// key is erased in the vault, and only then is it answered. After a crash in between, the next one to open the desk with
// its vault finishes it (desk_people_reconcile), as it does after either of them was restored from a backup.
//
// Nothing searches, compares or scores people: a person is found by an order, or by the exact contact that they gave,
// through a keyed hash.
#ifndef DESK_PEOPLE_H
#define DESK_PEOPLE_H

#include "desk/order.h"
#include "desk/vault.h"

// ---- what is done of an act outside of its transaction, on the caller's thread (outside.c) ------------------------------------

typedef struct desk_call {
    desk *desk;
    const char *key;    // the act's
    json_t *fields;     // of the request; what `before` leaves here is what the journal's digest knows
    json_t *extra;      // (before) told to the handler besides, and no part of the digest
    json_t *kept;       // (before) told to `after` alone
    json_t *answer;     // (after) of the act
    int64_t entry;      // (after) of the act
    const char *reason; // as desk_act's
    char message[256];
} desk_call;

typedef struct desk_outside {
    const char *act;
    piste_status (*before)(desk_call *c);
    piste_status (*after)(desk_call *c); // also when an act is answered that happened before
} desk_outside;

const desk_outside *desk_outside_find(const char *act); // NULL: nothing
piste_status desk_call_refuse(desk_call *c, const char *reason, const char *format, ...) PISTE_PRINTF(3, 4);
piste_status desk_call_fail(desk_call *c, piste_status status, const char *format, ...) PISTE_PRINTF(3, 4);

piste_status desk_person_before(desk_call *c);
piste_status desk_person_find_before(desk_call *c);
piste_status desk_person_show_after(desk_call *c);
piste_status desk_person_export_after(desk_call *c);
piste_status desk_erase_before(desk_call *c); // refuses without a vault
piste_status desk_erase_after(desk_call *c);  // erases in the vault the keys that the act's entry erased
piste_status desk_sign_before(desk_call *c);

// ---- inside acts ------------------------------------------------------------------------------------------------------------

// Deletes what keys sealed and notes that they are erased; persons of whom nothing is left are erased, too.
PISTE_CHECKED piste_status desk_people_erase(desk_act *a, const desk_key_ids *ids);
// Whether a position of a product may, must or must not have a holder (0: none): PISTE_REFUSED holder_missing,
// holder_not_needed, no_person.
PISTE_CHECKED piste_status desk_holder_check(desk_act *a, const char *product, int64_t person);
PISTE_CHECKED piste_status desk_person_check(desk_act *a, int64_t person); // PISTE_REFUSED no_person, erased
json_t *desk_date_json(int64_t day);

// A date from which on data is due: given or last visited, and the purpose's days. Columns key_id, person, purpose, basis, until_day.
#define DESK_DATA_UNTIL                                                                                                \
    "(SELECT d.key_id, d.person, d.purpose, p.basis, p.keep_days +"                                                    \
    " CASE WHEN p.counts_from = 'visit' AND v.visit_day > d.given_day THEN v.visit_day ELSE d.given_day END AS "       \
    "until_day"                                                                                                        \
    " FROM person_data d JOIN purpose p ON p.key = d.purpose"                                                          \
    " LEFT JOIN (SELECT person, max(date) AS visit_day FROM position WHERE person > 0 AND state = 'live' GROUP BY "    \
    "person) v"                                                                                                        \
    " ON v.person = d.person) x"

// ---- outside ------------------------------------------------------------------------------------------------------------------

// All data of a person: {"purpose": {...}, ...}. PISTE_REFUSED no_person.
PISTE_CHECKED piste_status desk_person_open(desk_call *c, int64_t person, const char *purpose, json_t **out);
// Whether a desk is tied to a vault already: then no other one is made for it.
PISTE_CHECKED piste_status desk_people_has_vault(desk *d, bool *has);
// Ties a desk to its vault and makes one list of both lists of erasures, applied to both. is_lost: what the vault of before
// sealed is given up, and this one takes its place. PISTE_INVALID: this vault is not the desk's.
PISTE_CHECKED piste_status desk_people_reconcile(desk *d, bool is_lost, piste_errors *errors);
// The part of the audit that is about people: nothing erased is held, agreements are what was signed.
PISTE_CHECKED piste_status desk_people_audit(store_db *db, void (*tell)(void *context, const char *text),
                                             void *context);

// What is signed, for whom and by whom: fields of the act, and of what guests send.
#define DESK_SIGN_ABOUT \
    {"agreement", DESK_SLUG, true, 0, 40, NULL, "its key"}, \
    {"version", DESK_INT, true, 1, 1000000, NULL, "that was read"}, \
    {"language", DESK_SLUG, true, 0, 8, NULL, "in which it was read"}, \
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "for whom"}, \
    {"signer", DESK_INT, false, 1, INT64_MAX, NULL, "who signs; the person"}, \
    {"authority", DESK_SLUG, false, 0, 10, NULL, "self, guardian or leader; self"}

extern const char desk_people_tables[], desk_people_sqlite[], desk_people_postgres[];
extern const desk_field desk_purpose_fields[], desk_need_fields[], desk_person_fields[], desk_person_data_fields[], desk_person_show_fields[],
    desk_person_field[], desk_person_find_fields[], desk_person_erase_fields[], desk_forget_fields[],
    desk_retain_fields[], desk_vault_fields[], desk_customer_fields[], desk_text_fields[], desk_sign_fields[],
    desk_withdraw_fields[], desk_signed_fields[];
piste_status desk_purpose_run(desk_act *a);
piste_status desk_need_run(desk_act *a);
piste_status desk_person_run(desk_act *a);
piste_status desk_person_show_run(desk_act *a);
piste_status desk_person_export_run(desk_act *a);
piste_status desk_person_find_run(desk_act *a);
piste_status desk_person_erase_run(desk_act *a);
piste_status desk_forget_run(desk_act *a);
piste_status desk_retain_run(desk_act *a);
piste_status desk_retention_run(desk_act *a);
piste_status desk_vault_run(desk_act *a);
piste_status desk_customer_run(desk_act *a);
piste_status desk_text_run(desk_act *a);
piste_status desk_sign_run(desk_act *a);
piste_status desk_withdraw_run(desk_act *a);
piste_status desk_signed_run(desk_act *a);

#endif
