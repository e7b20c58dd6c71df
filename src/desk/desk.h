// desk.h - what is sold, to whom, for how much: the desk's core. One act is one JSON object in, one JSON object out.
//
//     desk *d = NULL;
//     piste_status status = desk_open(&(desk_def){.url = "desk.db"}, errors, &d);
//     char *answer = NULL;
//     json_t *request = json_pack("{s:s,s:s,s:s,s:s,s:i}", "act", "allot", "key", "cap-2019-02-02",
//                                 "resource", "visit", "slot", "2019-02-02", "capacity", 2000);
//     status = desk_do(d, request, &answer);    // {"status":"ok","entry":1,"allotment":1,...}
//
// Every act carries an idempotency key: sent again it answers what it answered, and nothing happens twice. A key that
// comes with another request is refused. An act that is refused leaves no trace, and may be tried again with its key.
//
// An act is one entry of the journal, with what it posted and what it took, in the transaction that makes it true:
//
//   journal     one line for each act, chained by BLAKE2b-256 over the line, its postings and takes, and the line before
//   posting     signed amounts in minor units, which sum to zero in each currency of each entry
//   take        what was taken of (positive) or given back to (negative) an allotment and quota
//   capacity    what capacity an allotment was given
//
// These four are append-only: triggers refuse to change them. What else stands in the database (an allotment's
// `taken`, an order's state) follows from them, and desk_audit recomputes it. Balances are sums of postings.
//
// How to add an act (see order.c): a table of desk_field, a handler `piste_status run(desk_act *a)`, and a line in
// desk_kinds (kinds.c). The handler runs alone: no other act of any process runs between its statements. It may run
// twice (store.h), so it keeps nothing outside of `a`. It reads a->request, which fits its fields; writes by STORE_RUN
// on a->db; posts by desk_post; takes and returns by desk_take and desk_return; sets a->subject; fills a->answer; or
// answers desk_refuse(a, "reason", "text"). The journal is written for it afterwards. Tables come by a migration at
// the end of desk_migrations (schema.c).
//
// What is done of an act outside of its transaction, before and after it on the caller's thread, is told in outside.c.
//
// Time is the injected clock's, yet never before the last entry's: a clock that was set back makes no hold live longer
// than it would have, and no entry older than the one before it. The business date is moved by the act `close` alone.
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include <jansson.h>

#include "base/base.h"
#include "store/store.h"

typedef struct desk desk;
typedef struct desk_vault desk_vault; // vault.h

typedef struct desk_def {
    const char *url;                // as store_def
    int64_t (*now_ms)(void *clock); // milliseconds since 1970 UTC; NULL: the system's clock
    void *clock;
    bool is_played; // that clock is not the one of the people who sign in: their sessions go by the system's
    int tick_ms, busy_ms; // as store_def; a tick ends the holds that are due
    const char *vfs;
    bool must_exist;
    // The folder of the keys of personal data (vault.h), and that of its master keys; NULL: without.
    const char *vault, *masters;
    bool is_vault_new, is_vault_lost; // it may be made; it replaces one that is lost with all that it sealed
} desk_def;

PISTE_CHECKED piste_status desk_open(const desk_def *def, piste_errors *errors, desk **out);
void desk_close(desk *d);
store *desk_get_store(desk *d);
int64_t desk_now_ms(desk *d);         // its clock's, and not before the journal's last; on the writer's thread
int64_t desk_clock_ms(const desk *d); // its clock's
int64_t desk_session_ms(const desk *d); // the clock that sessions go by
desk_vault *desk_get_vault(desk *d);  // NULL: opened without

// Carries out one act or answers one question. *answer (the caller frees it) is a JSON object in one line and is given
// whatever the status, unless memory is out: {"status":"ok",...},
// {"status":"refused","reason":"sold_out","message":...}, {"status":"invalid","message":...}. Any thread; returns when
// an act is on the disk.
piste_status desk_do(desk *d, const json_t *request, char **answer);
// The same for a server, whose threads never wait for the disk: `done` is called with the answer, which is its to free
// (NULL where memory is out). By the writer, after the commit, and must not wait; of a question, or of a request that
// is refused for its form, on the caller's thread before this returns. The request is released. An act
// that has a part outside of its transaction (outside.c), such as `charge`, is done as by desk_do before this returns.
typedef void desk_done(void *context, piste_status status, char *answer);
void desk_submit(desk *d, json_t *request, desk_done *done, void *context);
// An act that the program asks for by itself: `request` is dropped, NULL is no memory. What was wrong is told with the desk's message.
PISTE_CHECKED piste_status desk_do_own(desk *d, json_t *request, piste_errors *errors);
piste_status desk_do_text(desk *d, const char *request, size_t length, char **answer);

// ---- the audit (audit.c) -------------------------------------------------------------------------------------------

typedef struct desk_audit_result {
    int64_t entries, postings, takes, allotments, problems;
    unsigned char hash[32]; // of the last entry: kept elsewhere, it proves later that nothing before it was changed
} desk_audit_result;

// Recomputes every balance, allotment and hash from the journal. PISTE_FOUND: *result is given, and `problems` tells
// what does not agree; any other status: it could not be made.
PISTE_CHECKED piste_status desk_audit(desk *d, piste_errors *problems, desk_audit_result *result);

// Every table of one committed state into an empty database (PISTE_EXISTS otherwise), which is then audited.
PISTE_CHECKED piste_status desk_copy(desk *from, const char *url, piste_errors *errors, desk_audit_result *result);
// The same into a new SQLite file, which appears under its name once it is whole and its audit found nothing.
PISTE_CHECKED piste_status desk_backup(desk *from, const char *path, piste_errors *errors, desk_audit_result *result);

// The journal as text for hledger or beancount, added to `out`.
PISTE_CHECKED piste_status desk_export(desk *d, bool beancount, base_text *out);

// ---- the form of a request -----------------------------------------------------------------------------------------

typedef enum desk_type {
    DESK_END, // of a table of fields
    DESK_INT,
    DESK_BOOL,
    DESK_TEXT,     // at most `max` bytes, UTF-8 without control characters
    DESK_SLUG,     // a-z, 0-9 and '-', as keys are
    DESK_DATE,     // YYYY-MM-DD
    DESK_CURRENCY, // ISO 4217
    DESK_RATE,     // a decimal number as text, "0.0011"
    DESK_LIST,     // of objects with the fields `of`; min to max of them
    DESK_OBJECT    // with the fields `of`
} desk_type;

typedef struct desk_field {
    const char *name;
    desk_type type;
    bool is_required;
    int64_t min, max;
    const struct desk_field *of;
    const char *meaning;
} desk_field;

// Of one act: positions, single takes, different allotments.
enum { DESK_LINES_MAX = 20000, DESK_WANTS_MAX = 50000, DESK_GROUPS_MAX = 1000, DESK_COUNT_MAX = 1000000000 };

typedef struct desk_act desk_act;
typedef struct desk_kind {
    const char *name, *meaning;
    const desk_field *fields; // besides act, key and who
    piste_status (*run)(desk_act *a);
    bool is_question; // changes nothing, needs no key
    bool is_terms;    // changes the catalogue
} desk_kind;

extern const desk_kind desk_kinds[];
extern const int desk_kind_count;
const desk_kind *desk_kind_find(const char *name);
extern const store_migration desk_migrations[];
extern const int desk_migration_count;

// A request from words such as capacity=2000 or positions.product=day-pass; what is off in `why`. The caller releases
// it.
PISTE_CHECKED piste_status desk_words_read(const desk_kind *kind, int count, char *const *words, char *why, size_t size,
                                           json_t **request);
// What an act is and takes, as text for people.
void desk_kind_describe(const desk_kind *kind, base_text *out);

// Checks an object against its fields; tells the first thing that is off in `why`. `others` is how many of act, key
// and who it has beside them: 0 but for a whole request.
PISTE_CHECKED piste_status desk_fields_check(const desk_field *fields, const json_t *object, size_t others, char *why,
                                             size_t size);
// A field of a checked object.
static inline int64_t desk_number(const json_t *object, const char *name, int64_t otherwise) {
    const json_t *v = json_object_get(object, name);
    return v ? json_integer_value(v) : otherwise;
}
static inline const char *desk_text(const json_t *object, const char *name) { // "" where it is not given
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}
static inline bool desk_flag(const json_t *object, const char *name) {
    return json_is_true(json_object_get(object, name));
}
PISTE_CHECKED piste_status desk_field_check(const desk_field *field, const json_t *value, char *why, size_t size);
piste_date desk_date(const json_t *object, const char *name, piste_date otherwise);

// ---- one run of an act ---------------------------------------------------------------------------------------------

enum { DESK_HASH_SIZE = 32, DESK_DIGEST_SIZE = 16, DESK_ACCOUNT_MAX = 96 };

// What makes two requests the same: their fields, in whatever order they came (digest.c). PISTE_MEMORY.
PISTE_CHECKED piste_status desk_digest(const json_t *request, unsigned char digest[DESK_DIGEST_SIZE]);

// The one hot row: read once a batch under the lock, and written once at its end.
typedef struct desk_head {
    int64_t entry;   // the journal's last line
    int64_t at_ms;   // its time
    int64_t next_id; // of orders, allotments and all else
    int64_t terms;   // the entry of the last act that changed the catalogue (terms.h)
    piste_date day;  // the business date; PISTE_DATE_NONE before the first `open`
    unsigned char hash[DESK_HASH_SIZE];
} desk_head;

// The lines of an entry or of an order stand together in one key, id = owner * 16777216 + line, which a database finds and
// appends to with the least work.
enum { DESK_LINE_KEYS = 16777216 };
static inline int64_t desk_line_id(int64_t owner, int64_t line) {
    return owner * DESK_LINE_KEYS + line;
}
// In SQL: those of an owner. `table` is "" or an alias with its dot.
#define DESK_LINES_OF(table, owner)                                                                                    \
    " (" table "id >= " owner " * 16777216 AND " table "id < (" owner " + 1) * 16777216) "

typedef struct desk_posting {
    char account[DESK_ACCOUNT_MAX], currency[4];
    int64_t amount_minor;
} desk_posting;

// Rows of allotments that a batch has read and changed: written once at its end, however many acts took of them.
typedef struct desk_rows desk_rows;
desk_rows *desk_rows_create(void);
void desk_rows_destroy(desk_rows *r);
void desk_rows_begin(desk_rows *r);                                     // of a batch: nothing is known
void desk_rows_keep(desk_rows *r);                                      // before an act
void desk_rows_undo(desk_rows *r);                                      // after one that was refused
PISTE_CHECKED piste_status desk_rows_write(desk_rows *r, store_db *db); // at the batch's end

typedef struct desk_movement { // a line of `take`, or of `capacity`
    int64_t allotment, quota, count;
} desk_movement;

typedef struct desk_last_line { // the line that was last given of an order's claims or payments
    int64_t order, id;
} desk_last_line;

struct desk_act {
    desk *desk;
    store_db *db;
    const desk_kind *kind;
    const json_t *request;
    const char *key, *who;
    int64_t now_ms;
    piste_date day;      // the business date, PISTE_DATE_NONE before the first `open`
    piste_date next_day; // that of the next entry; the same where the handler does not change it
    int64_t entry;       // the number that its line of the journal will have
    int64_t subject;     // what it was about, such as an order; the handler sets it
    json_t *answer;      // an object; the handler fills it
    desk_head *head;
    struct desk_terms *terms; // by desk_terms_get
    struct desk_rows *rows;   // allotments of the batch under way (allotment.c); NULL in a question
    struct desk_chain *chain;
    struct {
        desk_posting *list;
        int count, capacity;
    } postings;
    struct {
        desk_movement *list;
        int count, capacity;
    } takes, capacities, freed;
    int64_t first_id; // what is numbered from here on came with this act
    desk_last_line claims, payments;
    const char *reason;
    char message[256];
    const char *charge; // the key of the charge whose money this is (provider.h); NULL: none
    bool is_failed;    // memory ran out on the way
    bool is_offered;   // takes what it has given back itself, past whoever waits for it
    json_t *kept_json; // released after the act
};

static inline int64_t desk_next_id(desk_act *a) {
    return a->head->next_id++;
}
// The id of the next line of an order; `sql` tells the last that stands, of an order that came before this act.
PISTE_CHECKED piste_status desk_next_line(desk_act *a, desk_last_line *last, int64_t order, const char *sql, int64_t *id);
// Keeps why an act may not be; returns PISTE_REFUSED. `reason` is a stable word, a literal.
piste_status desk_refuse(desk_act *a, const char *reason, const char *format, ...) PISTE_PRINTF(3, 4);
// Keeps what is off about a request that no table of fields can tell; returns PISTE_INVALID.
piste_status desk_invalid(desk_act *a, const char *format, ...) PISTE_PRINTF(2, 3);

// ---- the ledger (ledger.c) -----------------------------------------------------------------------------------------

// Adds an amount to the act's entry: positive debits, negative credits. Accounts are colon-separated, such as
// "Assets:Cash:till-1", begin with one of Assets, Liabilities, Equity, Income, Expenses, and hold A-Z a-z 0-9 and '-'.
void desk_post(desk_act *a, const char *currency, int64_t amount_minor, const char *account, ...) PISTE_PRINTF(4, 5);
// A line of the journal for the act, with all that it posted and took; the head moves on. PISTE_INVALID: not balanced.
PISTE_CHECKED piste_status desk_journal_write(desk_act *a, const unsigned char digest[DESK_DIGEST_SIZE],
                                              const char *answer);
PISTE_CHECKED piste_status desk_head_load(store_db *db, desk_head *head);
PISTE_CHECKED piste_status desk_head_save(store_db *db, const desk_head *head);
// The sum of an account's postings in a currency.
PISTE_CHECKED piste_status desk_balance(store_db *db, const char *account, const char *currency, int64_t *amount_minor);

// Adds up in a fixed form what a line of the journal holds: the ledger writes by it and the audit recomputes by it.
typedef struct desk_chain desk_chain;
desk_chain *desk_chain_create(void);
void desk_chain_destroy(desk_chain *c);
void desk_chain_begin(desk_chain *c, const unsigned char before[DESK_HASH_SIZE]);
void desk_chain_line(desk_chain *c, int64_t entry, const char *key, const char *act, int64_t subject, int64_t at_ms,
                     int64_t day, const char *who, const void *digest, size_t digest_size, const char *answer);
void desk_chain_posting(desk_chain *c, const char *account, const char *currency, int64_t amount_minor);
void desk_chain_movement(desk_chain *c, char kind, const desk_movement *m); // kind 't' or 'c'
void desk_chain_end(desk_chain *c, unsigned char hash[DESK_HASH_SIZE]);

// ---- allotments (allotment.c) --------------------------------------------------------------------------------------

typedef struct desk_want { // so many of a resource's slot
    const char *resource, *slot;
    const char *quota; // its quota, where the allotment has one of that name; "" none
    int64_t count;
    int64_t position; // of the order, for whom; 0: for the order as a whole
} desk_want;

// Takes all or nothing for an order: PISTE_REFUSED with reason no_allotment, sold_out, quota_full or waiting, and
// nothing is taken.
PISTE_CHECKED piste_status desk_take(desk_act *a, int64_t order, const desk_want *wants, int count);
// Gives back all that a position of an order has taken (position < 0: all that the order has).
PISTE_CHECKED piste_status desk_return(desk_act *a, int64_t order, int64_t position);
// Gives back `count` of what an order holds of one allotment as a whole (position 0).
PISTE_CHECKED piste_status desk_return_some(desk_act *a, int64_t order, const char *resource, const char *slot,
                                            int64_t count);
// Offers what the act gave back to those who wait (waiting.c). Called at the end of each act.
PISTE_CHECKED piste_status desk_offer_freed(desk_act *a);
// Ends holds and offers whose time is over (order.c); called at the beginning of each batch.
PISTE_CHECKED piste_status desk_end_due(desk *d, store_db *db);
// Runs a system's own act, such as the end of a hold, inside a batch.
PISTE_CHECKED piste_status desk_run_system(desk *d, store_db *db, const char *kind, const char *key,
                                           const json_t *request);

extern const desk_field desk_allot_fields[], desk_cap_fields[], desk_hold_fields[], desk_return_fields[],
    desk_wait_fields[], desk_leave_fields[], desk_free_fields[], desk_order_field[], desk_product_fields[],
    desk_class_fields[], desk_price_fields[], desk_rate_fields[], desk_agency_fields[], desk_discount_fields[],
    desk_rule_fields[], desk_may_fields[], desk_rounding_fields[], desk_gift_fields[], desk_settle_fields[],
    desk_quote_fields[], desk_order_fields[], desk_pay_fields[], desk_cancel_fields[], desk_move_fields[],
    desk_drawer_open_fields[], desk_drawer_close_fields[], desk_drawer_fields[], desk_open_fields[],
    desk_close_fields[], desk_report_fields[];
piste_status desk_allot_run(desk_act *a);
piste_status desk_cap_run(desk_act *a);
piste_status desk_hold_run(desk_act *a);
piste_status desk_take_run(desk_act *a);
piste_status desk_confirm_run(desk_act *a);
piste_status desk_return_run(desk_act *a);
piste_status desk_end_run(desk_act *a);
piste_status desk_wait_run(desk_act *a);
piste_status desk_leave_run(desk_act *a);
piste_status desk_free_run(desk_act *a);
piste_status desk_product_run(desk_act *a);
piste_status desk_class_run(desk_act *a);
piste_status desk_price_run(desk_act *a);
piste_status desk_rate_run(desk_act *a);
piste_status desk_agency_run(desk_act *a);
piste_status desk_discount_run(desk_act *a);
piste_status desk_rule_run(desk_act *a);
piste_status desk_may_run(desk_act *a);
piste_status desk_rounding_run(desk_act *a);
piste_status desk_gift_run(desk_act *a);
piste_status desk_settle_run(desk_act *a);
piste_status desk_quote_run(desk_act *a);
piste_status desk_order_run(desk_act *a);
piste_status desk_pay_run(desk_act *a);
piste_status desk_cancel_run(desk_act *a);
piste_status desk_move_run(desk_act *a);
piste_status desk_show_run(desk_act *a);
piste_status desk_drawer_open_run(desk_act *a);
piste_status desk_drawer_close_run(desk_act *a);
piste_status desk_drawer_run(desk_act *a);
piste_status desk_open_run(desk_act *a);
piste_status desk_close_run(desk_act *a);
piste_status desk_report_run(desk_act *a);

#endif
