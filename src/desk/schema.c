// schema.c - the desk's tables, version by version.
//
// An id is unique among all things of the desk, since one counter (head.next_id) gives them. The lines of an entry
// (posting, take, capacity) and of an order (position, claim, payment) have theirs by desk_line_id (desk.h). Times are
// milliseconds since 1970 UTC, dates days since 1970-01-01, amounts minor units. `orders` is plural because the singular
// is a word of SQL. A list of more than two words after IN would be made into a table of its own by SQLite each time a row is
// checked, at six times the price of writing the row: hence the ORs.
#include "desk/account.h"
#include "desk/board.h"
#include "desk/issued.h"
#include "desk/names.h"
#include "desk/people.h"
#include "desk/photo.h"
#include "desk/proposal.h"
#include "desk/provider.h"

static const char first[] =
    "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), entry INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    " next_id INTEGER NOT NULL, day INTEGER NOT NULL, terms INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;\n"

    // ---- append-only
    "CREATE TABLE journal (entry INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, act TEXT NOT NULL, subject INTEGER NOT "
    "NULL,"
    " at_ms INTEGER NOT NULL, day INTEGER NOT NULL, who TEXT NOT NULL, digest BLOB NOT NULL, answer TEXT NOT NULL,"
    " hash BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE posting (id INTEGER PRIMARY KEY, account TEXT NOT NULL, currency TEXT NOT NULL, amount_minor INTEGER "
    "NOT NULL) STRICT;\n"
    "CREATE TABLE take (id INTEGER PRIMARY KEY, allotment INTEGER NOT NULL, quota INTEGER NOT NULL, count INTEGER NOT "
    "NULL) STRICT;\n"
    "CREATE TABLE capacity (id INTEGER PRIMARY KEY, allotment INTEGER NOT NULL, quota INTEGER NOT NULL, count INTEGER "
    "NOT NULL) STRICT;\n"

    // ---- allotments: `taken` and `kept` (what quotas keep and have not used) follow from `take` and `quota`
    "CREATE TABLE allotment (id INTEGER PRIMARY KEY, resource TEXT NOT NULL, slot TEXT NOT NULL,"
    " capacity INTEGER NOT NULL CHECK (capacity >= 0), taken INTEGER NOT NULL CHECK (taken >= 0),"
    " kept INTEGER NOT NULL CHECK (kept >= 0), patience INTEGER NOT NULL, offer_s INTEGER NOT NULL,"
    " waiting INTEGER NOT NULL CHECK (waiting >= 0), quotas INTEGER NOT NULL, UNIQUE (resource, slot)) STRICT;\n"
    "CREATE TABLE quota (id INTEGER PRIMARY KEY, allotment INTEGER NOT NULL, name TEXT NOT NULL,"
    " kept INTEGER NOT NULL CHECK (kept >= 0), most INTEGER NOT NULL, taken INTEGER NOT NULL CHECK (taken >= 0),"
    " UNIQUE (allotment, name)) STRICT;\n"
    "CREATE TABLE waiting (id INTEGER PRIMARY KEY, allotment INTEGER NOT NULL, quota INTEGER NOT NULL, count INTEGER "
    "NOT NULL,"
    " passed INTEGER NOT NULL, state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'offered' OR state = 'ended'),"
    " owner INTEGER NOT NULL, since_ms INTEGER NOT NULL, contact TEXT NOT NULL, person INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX waiting_list ON waiting (allotment, id) WHERE state = 'waiting';\n"

    // ---- orders: held (ends at until_ms), reserved (a deposit is paid; ends at until_ms), sold, ended
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state = 'sold' OR state = 'held' OR "
    "state = 'reserved' OR state = 'ended'),"
    " until_ms INTEGER NOT NULL, offer_of INTEGER NOT NULL, opened_ms INTEGER NOT NULL, channel TEXT NOT NULL, agency "
    "TEXT NOT NULL,"
    " customer INTEGER NOT NULL, currency TEXT NOT NULL, total_minor INTEGER NOT NULL, paid_minor INTEGER NOT NULL,"
    " kept_minor INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX orders_until ON orders (until_ms) WHERE until_ms > 0;\n"
    "CREATE TABLE position (id INTEGER PRIMARY KEY, product TEXT NOT NULL, class TEXT NOT NULL, date INTEGER NOT NULL,"
    " slot TEXT NOT NULL, price_minor INTEGER NOT NULL, returned_minor INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state = 'live' OR state = 'ended'), person INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE claim (id INTEGER PRIMARY KEY, position INTEGER NOT NULL, allotment INTEGER NOT NULL, quota INTEGER "
    "NOT NULL, count INTEGER NOT NULL CHECK (count >= 0)) STRICT;\n";

#define NEVER_SQLITE(table)                                                                                            \
    "CREATE TRIGGER " table "_is_never_changed BEFORE UPDATE ON " table " BEGIN SELECT RAISE(ABORT, '" table           \
    " is append-only'); END;\n"                                                                                        \
    "CREATE TRIGGER " table "_is_never_deleted BEFORE DELETE ON " table " BEGIN SELECT RAISE(ABORT, '" table           \
    " is append-only'); END;\n"
#define NEVER_POSTGRES(table)                                                                                          \
    "CREATE TRIGGER " table "_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON " table                          \
    " FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();\n"

// What is sold and on which terms: told by acts, read by quotes. Money: payments of orders, drawers and their shifts.
static const char second[] =
    "CREATE TABLE product (key TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, days INTEGER NOT NULL, points "
    "INTEGER NOT NULL,"
    " takes TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE class (key TEXT PRIMARY KEY, name TEXT NOT NULL, age_from INTEGER NOT NULL, age_until INTEGER NOT "
    "NULL,"
    " group_from INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE price (id INTEGER PRIMARY KEY, product TEXT NOT NULL, class TEXT NOT NULL, currency TEXT NOT NULL, "
    "amount_minor INTEGER NOT NULL,"
    " valid_from INTEGER NOT NULL, valid_until INTEGER NOT NULL, early_days INTEGER NOT NULL, limited TEXT NOT NULL, "
    "agency TEXT NOT NULL,"
    " name TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX price_product ON price (product);\n"
    "CREATE TABLE rate (id INTEGER PRIMARY KEY, source_currency TEXT NOT NULL, target_currency TEXT NOT NULL, rate "
    "TEXT NOT NULL,"
    " day INTEGER NOT NULL, source TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE agency (key TEXT PRIMARY KEY, name TEXT NOT NULL, discount_bp INTEGER NOT NULL, limit_minor INTEGER "
    "NOT NULL,"
    " currency TEXT NOT NULL, terms_days INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE voucher (code TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('gift', 'discount')), currency "
    "TEXT NOT NULL,"
    " amount_minor INTEGER NOT NULL, percent_bp INTEGER NOT NULL, product TEXT NOT NULL, valid_from INTEGER NOT NULL,"
    " valid_until INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE rule (id INTEGER PRIMARY KEY, nationality TEXT NOT NULL, may INTEGER NOT NULL, valid_from INTEGER "
    "NOT NULL,"
    " valid_until INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE rounding (currency TEXT NOT NULL, tender TEXT NOT NULL, step_minor INTEGER NOT NULL, mode TEXT NOT "
    "NULL,"
    " PRIMARY KEY (currency, tender)) STRICT;\n"
    "CREATE TABLE shift (id INTEGER PRIMARY KEY, drawer TEXT NOT NULL, cashier TEXT NOT NULL, opened_entry INTEGER NOT "
    "NULL,"
    " closed_entry INTEGER NOT NULL) STRICT;\n"
    "CREATE UNIQUE INDEX shift_open ON shift (drawer) WHERE closed_entry = 0;\n"
    "CREATE TABLE payment (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, tender TEXT NOT NULL, place TEXT NOT NULL,"
    " reference TEXT NOT NULL, currency TEXT NOT NULL, amount_minor INTEGER NOT NULL, credit_minor INTEGER NOT NULL,"
    " returned_minor INTEGER NOT NULL, returned_credit_minor INTEGER NOT NULL, rate_numerator INTEGER NOT NULL,"
    " rate_denominator INTEGER NOT NULL, rate_day INTEGER NOT NULL, rate_source TEXT NOT NULL) STRICT;\n"
    // What a voucher is worth and what an agency owes are sums over few postings among many.
    "CREATE INDEX posting_voucher ON posting (account) WHERE substr(account, 1, 21) = 'Liabilities:Vouchers:';\n"
    "CREATE INDEX posting_receivable ON posting (account) WHERE substr(account, 1, 18) = 'Assets:Receivable:';\n";

static const char first_sqlite[] =
    NEVER_SQLITE("journal") NEVER_SQLITE("posting") NEVER_SQLITE("take") NEVER_SQLITE("capacity");
static const char first_postgres[] =
    "CREATE FUNCTION is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END$$;\n" NEVER_POSTGRES("journal")
        NEVER_POSTGRES("posting") NEVER_POSTGRES("take") NEVER_POSTGRES("capacity");

const store_migration desk_migrations[] = {
    {"allotments, journal and orders", first, first_sqlite, first_postgres},
    {"products, prices and money", second, NULL, NULL},
    {"people and agreements", desk_people_tables, desk_people_sqlite, desk_people_postgres},
    {"charges", desk_charge_tables, NULL, NULL},
    {"accounts", desk_account_tables, NULL, NULL},
    {"what is open", desk_board_tables, NULL, NULL},
    {"what takes two people", desk_proposal_tables, NULL, NULL},
    {"passes and gates", desk_issued_tables, NULL, NULL},
    {"photographs", desk_photo_tables, NULL, NULL},
    {"names in other languages", desk_names_tables, NULL, NULL},
    {"the second step of signing in", desk_authenticator_tables, NULL, NULL},
};
const int desk_migration_count = (int)BASE_COUNT(desk_migrations);
