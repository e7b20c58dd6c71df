// people_tables.c - the tables of people, purposes and agreements.
#include "desk/people.h"

const char desk_people_tables[] =
    "CREATE TABLE vault (id INTEGER PRIMARY KEY CHECK (id = 1), vault_id BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE purpose (key TEXT PRIMARY KEY, name TEXT NOT NULL, fields TEXT NOT NULL, basis TEXT NOT NULL, keep_days INTEGER NOT NULL,"
    " counts_from TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE need (product TEXT NOT NULL, purpose TEXT NOT NULL, is_required INTEGER NOT NULL, PRIMARY KEY (product, purpose))"
    " WITHOUT ROWID, STRICT;\n"
    "CREATE TABLE person (id INTEGER PRIMARY KEY, state TEXT NOT NULL CHECK (state IN ('live', 'erased')), made_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE person_data (key_id BLOB PRIMARY KEY, person INTEGER NOT NULL, purpose TEXT NOT NULL, sealed BLOB NOT NULL,"
    " given_day INTEGER NOT NULL, UNIQUE (person, purpose)) STRICT;\n"
    "CREATE TABLE person_find (hash BLOB NOT NULL, key_id BLOB NOT NULL, PRIMARY KEY (hash, key_id)) WITHOUT ROWID, STRICT;\n"
    "CREATE INDEX person_find_key ON person_find (key_id);\n"
    "CREATE TABLE erasure (key_id BLOB PRIMARY KEY, entry INTEGER NOT NULL, at_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX erasure_entry ON erasure (entry);\n"
    "CREATE TABLE agreement_text (key TEXT NOT NULL, version INTEGER NOT NULL, language TEXT NOT NULL, title TEXT NOT NULL, words TEXT NOT NULL,"
    " hash BLOB NOT NULL, valid_from INTEGER NOT NULL, adult_age INTEGER NOT NULL, leader_may INTEGER NOT NULL, is_new INTEGER NOT NULL,"
    " keep_days INTEGER NOT NULL, PRIMARY KEY (key, version, language)) STRICT;\n"
    "CREATE TABLE agreement (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, signer INTEGER NOT NULL, text_key TEXT NOT NULL, version INTEGER NOT NULL,"
    " language TEXT NOT NULL, authority TEXT NOT NULL, owner INTEGER NOT NULL, method TEXT NOT NULL, at_ms INTEGER NOT NULL, entry INTEGER NOT NULL,"
    " hash BLOB NOT NULL, withdrawn_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX agreement_person ON agreement (person, text_key);\n"
    "CREATE INDEX agreement_signer ON agreement (signer);\n"
    "CREATE INDEX position_person ON position (person) WHERE person > 0;\n"
    "CREATE INDEX orders_customer ON orders (customer) WHERE customer > 0;\n";

// What is erased stays erased, and a text that people have signed stays what it was.
const char desk_people_sqlite[] =
    "CREATE TRIGGER erasure_is_never_changed BEFORE UPDATE ON erasure BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;\n"
    "CREATE TRIGGER erasure_is_never_deleted BEFORE DELETE ON erasure BEGIN SELECT RAISE(ABORT, 'erasure is append-only'); END;\n"
    "CREATE TRIGGER agreement_text_is_never_changed BEFORE UPDATE ON agreement_text BEGIN SELECT RAISE(ABORT, 'agreement_text is append-only'); END;\n"
    "CREATE TRIGGER agreement_text_is_never_deleted BEFORE DELETE ON agreement_text BEGIN SELECT RAISE(ABORT, 'agreement_text is append-only'); END;\n";
const char desk_people_postgres[] =
    "CREATE TRIGGER erasure_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();\n"
    "CREATE TRIGGER agreement_text_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_text"
    " FOR EACH STATEMENT EXECUTE FUNCTION is_append_only();\n";
