// agreement.c - agreements such as a waiver: which text, signed by whom, for whom, on whose authority, when.
//
// A text has versions, each in one or more languages, and is never changed. Who is of age (the text says at which age)
// signs for himself or herself (self) or for somebody else (guardian); where the text allows it, whoever has ordered for a
// group signs for those in it (leader). Ages are of the birth dates that are held, else as declared by the signer. The
// record's hash ties all of it together; the audit computes it again.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
enum { DAY_MS = 86400000, HASH_SIZE = 32, WORDS_MAX = 60000, AGE_UNKNOWN = -1 };

const desk_field desk_text_fields[] = {
    {"agreement", DESK_SLUG, true, 0, 40, NULL, "its key, such as waiver"},
    {"version", DESK_INT, true, 1, 1000000, NULL, "of the text"},
    {"language", DESK_SLUG, true, 0, 8, NULL, "such as en, ko or zh"},
    {"title", DESK_TEXT, true, 0, 200, NULL, "what it is called"},
    {"words", DESK_TEXT, true, 0, WORDS_MAX, NULL, "the whole of it"},
    {"from", DESK_DATE, false, 0, 0, NULL, "first day on which it is signed; today"},
    {"adult_age", DESK_INT, false, 0, 30, NULL, "at which people sign for themselves; 18"},
    {"leader", DESK_BOOL, false, 0, 0, NULL, "whoever has ordered for a group may sign for those in it"},
    {"again", DESK_BOOL, false, 0, 0, NULL, "who has signed an earlier version signs again"},
    {"keep_days", DESK_INT, true, 0, 36500, NULL, "how long a signed one is kept"},
    END,
};
const desk_field desk_sign_fields[] = {
    DESK_SIGN_ABOUT,
    {"order", DESK_INT, false, 1, INT64_MAX, NULL, "of a leader: that of the group"},
    {"method", DESK_SLUG, false, 0, 20, NULL, "such as screen, phone or paper; screen"},
    {"of_age", DESK_BOOL, false, 0, 0, NULL, "the signer says to be of age; where no birth date is held"},
    END,
};
const desk_field desk_withdraw_fields[] = {
    {"signed", DESK_INT, true, 1, INT64_MAX, NULL, "the number that signing answered"},
    END,
};
const desk_field desk_signed_fields[] = {
    {"agreement", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "for whom"},
    END,
};

// ---- texts --------------------------------------------------------------------------------------------------------------------

static void hash_words(const char *words, unsigned char hash[HASH_SIZE]) {
    crypto_generichash(hash, HASH_SIZE, (const unsigned char *)words, strlen(words), NULL, 0);
}

piste_status desk_text_run(desk_act *a) {
    const json_t *r = a->request;
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    int64_t there = 0, other = 0;
    hash_words(desk_text(r, "words"), hash);
    store_value key = store_text(desk_text(r, "agreement")), version = store_number(desk_number(r, "version", 0)),
                language = store_text(desk_text(r, "language"));
    piste_status status = STORE_FIND_NUMBER(
        a->db, &there, NULL, "SELECT count(*) FROM agreement_text WHERE key = $1 AND version = $2 AND language = $3",
        key, version, language);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &other, NULL,
                                   "SELECT count(*) FROM agreement_text WHERE key = $1 AND version > $2", key, version);
    if (status != PISTE_OK)
        return status;
    if (there || other)
        return desk_refuse(a, "text_there",
                           there ? "there is this version already; a text is never changed"
                                 : "there is a later version");
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    json_object_set_new(a->answer, "hash", json_string(hex));
    return STORE_RUN(a->db,
                     "INSERT INTO agreement_text (key, version, language, title, words, hash, valid_from, adult_age, "
                     "leader_may, is_new, keep_days)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                     key, version, language, store_text(desk_text(r, "title")), store_text(desk_text(r, "words")),
                     store_blob(hash, sizeof hash),
                     store_number(desk_date(r, "from", (piste_date)(a->now_ms / DAY_MS))),
                     store_number(desk_number(r, "adult_age", 18)), store_number(desk_flag(r, "leader")),
                     store_number(desk_flag(r, "again")), store_number(desk_number(r, "keep_days", 0)));
}

typedef struct text_row {
    int64_t adult_age, leader_may, valid_from, newest; // newest: the first version that still counts
    unsigned char hash[HASH_SIZE];
} text_row;

static piste_status first_that_counts(desk_act *a, const char *key, int64_t *version) {
    return STORE_FIND_NUMBER(
        a->db, version, NULL,
        "SELECT coalesce(max(version), 0) FROM agreement_text WHERE key = $1 AND is_new = 1 AND valid_from <= $2",
        store_text(key), store_number(a->now_ms / DAY_MS));
}

static piste_status load_text(desk_act *a, text_row *t) {
    const json_t *r = a->request;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT adult_age, leader_may, valid_from, hash FROM agreement_text WHERE key = "
                                      "$1 AND version = $2 AND language = $3",
                                      store_text(desk_text(r, "agreement")), store_number(desk_number(r, "version", 0)),
                                      store_text(desk_text(r, "language")));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        *t = (text_row){.adult_age = store_rows_number(rows, 0),
                        .leader_may = store_rows_number(rows, 1),
                        .valid_from = store_rows_number(rows, 2)};
        store_value hash = store_rows_value(rows, 3);
        memcpy(t->hash, hash.data, hash.size < sizeof t->hash ? hash.size : sizeof t->hash);
    }
    status = store_rows_end(rows);
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "no_text", "there is no version %" PRId64 " of %s in %s", desk_number(r, "version", 0),
                           desk_text(r, "agreement"), desk_text(r, "language"));
    return status == PISTE_OK ? first_that_counts(a, desk_text(r, "agreement"), &t->newest) : status;
}

// ---- signing ------------------------------------------------------------------------------------------------------------------

// Years between a birth and a day; a birth on 29 February is a year older on 1 March.
static int64_t age_on(piste_date birth, piste_date day) {
    int by, bm, bd, y, m, d;
    piste_date_split(birth, &by, &bm, &bd);
    piste_date_split(day, &y, &m, &d);
    return y - by - (m < bm || (m == bm && d < bd));
}

// The birth date, of whatever purpose holds it, becomes an age here and goes no further.
static piste_status find_age(desk_call *c, int64_t person, int64_t now_ms, int64_t *age) {
    json_t *all = NULL, *data;
    const char *purpose;
    piste_status status = desk_person_open(c, person, NULL, &all);
    *age = AGE_UNKNOWN;
    if (status != PISTE_OK)
        return status;
    json_object_foreach(all, purpose, data) {
        piste_date birth = desk_date(data, "birth", PISTE_DATE_NONE);
        if (birth != PISTE_DATE_NONE)
            *age = age_on(birth, (piste_date)(now_ms / DAY_MS));
    }
    json_decref(all);
    return status;
}

piste_status desk_sign_before(desk_call *c) {
    int64_t person = desk_number(c->fields, "person", 0), signer = desk_number(c->fields, "signer", person), ages[2],
            now_ms = desk_clock_ms(c->desk);
    piste_status status = find_age(c, person, now_ms, &ages[0]);
    if (status == PISTE_OK)
        status = find_age(c, signer, now_ms, &ages[1]);
    if (status == PISTE_OK)
        c->extra = json_pack("{s:I,s:I}", "person_age", (json_int_t)ages[0], "signer_age", (json_int_t)ages[1]);
    return status == PISTE_OK && !c->extra ? PISTE_MEMORY : status;
}

static piste_status check_leader(desk_act *a, const text_row *t, int64_t person, int64_t signer) {
    int64_t order = desk_number(a->request, "order", 0), leads = 0, goes = 0;
    if (!t->leader_may)
        return desk_refuse(a, "no_authority", "this text is not signed by the leader of a group");
    if (!order)
        return desk_invalid(a, "order: is missing (of a leader: that of the group)");
    piste_status status = STORE_FIND_NUMBER(
        a->db, &leads, NULL, "SELECT count(*) FROM orders WHERE id = $1 AND customer = $2 AND state <> 'ended'",
        store_number(order), store_number(signer));
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &goes, NULL,
                                   "SELECT count(*) FROM position WHERE" DESK_LINES_OF("", "$1") "AND person = $2 AND state = 'live'",
                                   store_number(order), store_number(person));
    if (status == PISTE_OK && !(leads && goes))
        return desk_refuse(a, "no_authority",
                           leads ? "person %" PRId64 " is not in order %" PRId64
                                 : "person %" PRId64 " has not ordered %" PRId64,
                           leads ? person : signer, order);
    return status;
}

static piste_status check_authority(desk_act *a, const text_row *t, const char *authority, int64_t person,
                                    int64_t signer) {
    int64_t signer_age = desk_number(a->request, "signer_age", AGE_UNKNOWN);
    bool self = strcmp(authority, "self") == 0, guardian = strcmp(authority, "guardian") == 0;
    if (!self && !guardian && strcmp(authority, "leader") != 0)
        return desk_invalid(a, "authority: '%s', expected self, guardian or leader", authority);
    if (self != (signer == person))
        return desk_refuse(a, "no_authority",
                           self ? "another person signs: as guardian or leader"
                                : "a person signs for himself or herself as self");
    if (signer_age != AGE_UNKNOWN && signer_age < t->adult_age)
        return desk_refuse(a, self ? "guardian_needed" : "not_of_age", "who signs is %" PRId64 ", and not yet %" PRId64,
                           signer_age, t->adult_age);
    if (signer_age == AGE_UNKNOWN && !desk_flag(a->request, "of_age"))
        return desk_refuse(a, "age_unknown",
                           "no birth date is held of who signs; of_age says that they say to be of age");
    return self || guardian ? PISTE_OK : check_leader(a, t, person, signer);
}

typedef struct record {
    int64_t id, person, signer, version, order, at_ms, entry;
    const char *key, *language, *authority, *method;
} record;

static piste_status hash_record(const record *r, const unsigned char text_hash[HASH_SIZE],
                                unsigned char hash[HASH_SIZE]) {
    char hex[2 * HASH_SIZE + 1];
    base_text text = {0};
    sodium_bin2hex(hex, sizeof hex, text_hash, HASH_SIZE);
    base_text_format(&text,
                     "piste-agreement 1\n%" PRId64 "\t%s\t%" PRId64 "\t%s\t%s\t%" PRId64 "\t%" PRId64 "\t%s\t%" PRId64
                     "\t%s\t%" PRId64 "\t%" PRId64 "\n",
                     r->id, r->key, r->version, r->language, hex, r->person, r->signer, r->authority, r->order,
                     r->method, r->at_ms, r->entry);
    if (!text.failed)
        crypto_generichash(hash, HASH_SIZE, (const unsigned char *)text.data, text.length, NULL, 0);
    piste_status status = text.failed ? PISTE_MEMORY : PISTE_OK;
    base_text_release(&text);
    return status;
}

static piste_status write_record(desk_act *a, const record *r, const text_row *t) {
    unsigned char hash[HASH_SIZE];
    char hex[2 * HASH_SIZE + 1];
    piste_status status = hash_record(r, t->hash, hash);
    if (status != PISTE_OK)
        return status;
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    json_object_set_new(a->answer, "signed", json_integer(r->id));
    json_object_set_new(a->answer, "person", json_integer(r->person));
    json_object_set_new(a->answer, "authority", json_string(r->authority));
    json_object_set_new(a->answer, "at_ms", json_integer(r->at_ms));
    json_object_set_new(a->answer, "hash", json_string(hex));
    return STORE_RUN(a->db,
                     "INSERT INTO agreement (id, person, signer, text_key, version, language, authority, owner, "
                     "method, at_ms, entry, hash, withdrawn_ms)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
                     store_number(r->id), store_number(r->person), store_number(r->signer), store_text(r->key),
                     store_number(r->version), store_text(r->language), store_text(r->authority),
                     store_number(r->order), store_text(r->method), store_number(r->at_ms), store_number(r->entry),
                     store_blob(hash, sizeof hash));
}

piste_status desk_sign_run(desk_act *a) {
    const json_t *r = a->request;
    text_row t;
    int64_t person = desk_number(r, "person", 0), signer = desk_number(r, "signer", person);
    const char *authority = *desk_text(r, "authority") ? desk_text(r, "authority") : "self",
               *method = *desk_text(r, "method") ? desk_text(r, "method") : "screen";
    piste_status status = desk_person_check(a, person);
    if (status == PISTE_OK)
        status = desk_person_check(a, signer);
    if (status == PISTE_OK)
        status = load_text(a, &t);
    if (status != PISTE_OK)
        return status;
    if (t.valid_from > a->now_ms / DAY_MS || desk_number(r, "version", 0) < t.newest)
        return desk_refuse(a, "other_version", "version %" PRId64 " is not signed today", desk_number(r, "version", 0));
    status = check_authority(a, &t, authority, person, signer);
    if (status != PISTE_OK)
        return status;
    a->subject = person;
    record s = {.id = desk_next_id(a),
                .person = person,
                .signer = signer,
                .version = desk_number(r, "version", 0),
                .order = desk_number(r, "order", 0),
                .at_ms = a->now_ms,
                .entry = a->entry,
                .key = desk_text(r, "agreement"),
                .language = desk_text(r, "language"),
                .authority = authority,
                .method = method};
    return write_record(a, &s, &t);
}

piste_status desk_withdraw_run(desk_act *a) {
    a->subject = desk_number(a->request, "signed", 0);
    piste_status status = STORE_RUN(a->db, "UPDATE agreement SET withdrawn_ms = $1 WHERE id = $2 AND withdrawn_ms = 0",
                                    store_number(a->now_ms), store_number(a->subject));
    if (status == PISTE_OK && store_db_changes(a->db) == 0)
        return desk_refuse(a, "not_signed", "there is no such agreement, or it is withdrawn");
    json_object_set_new(a->answer, "signed", json_integer(a->subject));
    return status;
}

// ---- asking -------------------------------------------------------------------------------------------------------------------

// The newest that counts; where there is none, why.
piste_status desk_signed_run(desk_act *a) {
    const char *key = desk_text(a->request, "agreement");
    int64_t first = 0;
    store_rows *rows = NULL;
    piste_status status = first_that_counts(a, key, &first);
    if (status == PISTE_OK)
        status = STORE_QUERY(a->db, &rows,
                             "SELECT id, version, language, authority, at_ms, withdrawn_ms FROM agreement WHERE person "
                             "= $1 AND text_key = $2 ORDER BY id DESC",
                             store_number(desk_number(a->request, "person", 0)), store_text(key));
    if (status != PISTE_OK)
        return status;
    const char *why = "not_signed";
    bool valid = false;
    while (!valid && store_rows_next(rows)) {
        valid = store_rows_number(rows, 1) >= first && store_rows_number(rows, 5) == 0;
        why = valid ? NULL : store_rows_number(rows, 5) ? "withdrawn" : "old_version";
        if (valid) {
            json_object_set_new(a->answer, "signed", json_integer(store_rows_number(rows, 0)));
            json_object_set_new(a->answer, "version", json_integer(store_rows_number(rows, 1)));
            json_object_set_new(a->answer, "language", json_string(store_rows_text(rows, 2)));
            json_object_set_new(a->answer, "authority", json_string(store_rows_text(rows, 3)));
            json_object_set_new(a->answer, "at_ms", json_integer(store_rows_number(rows, 4)));
        }
    }
    json_object_set_new(a->answer, "valid", json_boolean(valid));
    if (why)
        json_object_set_new(a->answer, "why", json_string(why));
    return store_rows_end(rows);
}

// ---- the audit ------------------------------------------------------------------------------------------------------------------

static piste_status audit_agreements(store_db *db, void (*tell)(void *context, const char *text), void *context) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows,
                                      "SELECT g.id, g.person, g.signer, g.version, g.owner, g.at_ms, g.entry, "
                                      "g.text_key, g.language, g.authority, g.method, g.hash, t.words, t.hash"
                                      " FROM agreement g LEFT JOIN agreement_text t ON t.key = g.text_key AND "
                                      "t.version = g.version AND t.language = g.language ORDER BY g.id",
                                      NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        record r = {.id = store_rows_number(rows, 0),
                    .person = store_rows_number(rows, 1),
                    .signer = store_rows_number(rows, 2),
                    .version = store_rows_number(rows, 3),
                    .order = store_rows_number(rows, 4),
                    .at_ms = store_rows_number(rows, 5),
                    .entry = store_rows_number(rows, 6),
                    .key = store_rows_text(rows, 7),
                    .language = store_rows_text(rows, 8),
                    .authority = store_rows_text(rows, 9),
                    .method = store_rows_text(rows, 10)};
        unsigned char words[HASH_SIZE], hash[HASH_SIZE];
        store_value stands = store_rows_value(rows, 11), text = store_rows_value(rows, 13);
        char why[120];
        hash_words(store_rows_text(rows, 12), words);
        status = hash_record(&r, words, hash);
        bool same = stands.size == sizeof hash && memcmp(stands.data, hash, sizeof hash) == 0 &&
                    text.size == sizeof words && memcmp(text.data, words, sizeof words) == 0;
        snprintf(why, sizeof why, "agreement %" PRId64 " or its text is not what was signed: its hash is another",
                 r.id);
        if (status == PISTE_OK && !same)
            tell(context, why);
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

piste_status desk_people_audit(store_db *db, void (*tell)(void *context, const char *text), void *context) {
    static const struct {
        const char *sql, *text;
    } rules[] = {
        {"SELECT count(*) FROM person_data d JOIN erasure e ON e.key_id = d.key_id",
         "pieces of data are held whose key is erased"},
        {"SELECT count(*) FROM person_find WHERE key_id NOT IN (SELECT key_id FROM person_data)",
         "contacts are held of data that are not"},
        {"SELECT count(*) FROM person_data d WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = d.person AND "
         "p.state = 'live')",
         "pieces of data are held of persons who are erased or not there"},
        {"SELECT count(*) FROM position o WHERE o.person > 0 AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = "
         "o.person AND p.state = 'live')",
         "positions name persons who are erased or not there"},
        {"SELECT count(*) FROM erasure WHERE entry NOT IN (SELECT entry FROM journal)",
         "erasures belong to no entry of the journal"},
    };
    for (size_t i = 0; i < BASE_COUNT(rules); i++) {
        int64_t count = 0;
        char text[160];
        piste_status status = store_find_number(db, &count, NULL, rules[i].sql, NULL, 0);
        if (status != PISTE_OK)
            return status;
        snprintf(text, sizeof text, "%" PRId64 " %s", count, rules[i].text);
        if (count)
            tell(context, text);
    }
    return audit_agreements(db, tell, context);
}
