// account.c - accounts and their sessions.
#include "desk/account.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

const char desk_account_tables[] =
    "CREATE TABLE account (name TEXT PRIMARY KEY, secret TEXT NOT NULL, roles INTEGER NOT NULL, state TEXT NOT NULL CHECK (state "
    "IN ('live', 'ended')),"
    " refused INTEGER NOT NULL, locked_ms INTEGER NOT NULL) STRICT;\n"
    // Of a session the hash of its token alone: whoever reads the database signs in with nothing that stands there.
    "CREATE TABLE session (hash BLOB PRIMARY KEY, account TEXT NOT NULL, until_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) "
    "STRICT;\n"
    "CREATE INDEX session_account ON session (account);\n";

static const struct {
    const char *word;
    unsigned bit;
} role_words[] = {{"cashier", DESK_ROLE_CASHIER},
                  {"gate", DESK_ROLE_GATE},
                  {"planner", DESK_ROLE_PLANNER},
                  {"manager", DESK_ROLE_MANAGER},
                  {"auditor", DESK_ROLE_AUDITOR}};

bool desk_roles_parse(const char *words, unsigned *roles) {
    unsigned found = 0;
    for (const char *at = words + strspn(words, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " "), i = 0;
        while (i < BASE_COUNT(role_words) &&
               (strlen(role_words[i].word) != length || memcmp(role_words[i].word, at, length) != 0))
            i++;
        if (i == BASE_COUNT(role_words))
            return false;
        found |= role_words[i].bit;
        at += length;
    }
    *roles = found;
    return found != 0;
}

void desk_roles_format(unsigned roles, char out[64]) {
    size_t length = 0;
    out[0] = 0;
    for (size_t i = 0; i < BASE_COUNT(role_words); i++)
        if (roles & role_words[i].bit)
            length += (size_t)snprintf(out + length, 64 - length, "%s%s", length ? " " : "", role_words[i].word);
}

// ---- accounts: acts ------------------------------------------------------------------------------------------------

const desk_field desk_account_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"password", DESK_TEXT, false, 0, 200, NULL, "its password, at least 12 characters; needed for a new account"},
    {"roles", DESK_TEXT, false, 0, 60, NULL, "cashier, gate, planner, manager, auditor; needed for a new account"},
    {"secret", DESK_TEXT, false, 0, crypto_pwhash_STRBYTES, NULL, "argon2id of the password; the desk makes it"},
    {.type = DESK_END},
};
const desk_field desk_account_end_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {.type = DESK_END},
};
const desk_field desk_accounts_fields[] = {{.type = DESK_END}};
const desk_field desk_sign_in_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"outcome", DESK_SLUG, true, 0, 20, NULL, "opened, wrong, locked or out"},
    {.type = DESK_END},
};

static size_t characters(const char *text) {
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

// The password becomes its argon2id before anything is written or hashed of the request.
piste_status desk_account_before(desk_call *c) {
    const char *password = desk_text(c->fields, "password");
    unsigned roles;
    char secret[crypto_pwhash_STRBYTES];
    if (json_object_get(c->fields, "secret"))
        return desk_call_refuse(c, "not_needed", "secret: the desk makes it of the password");
    if (json_object_get(c->fields, "roles") && !desk_roles_parse(desk_text(c->fields, "roles"), &roles))
        return desk_call_fail(c, PISTE_INVALID, "roles: '%s', expected words of cashier, gate, planner, manager, auditor",
                              desk_text(c->fields, "roles"));
    if (!json_object_get(c->fields, "password"))
        return PISTE_OK;
    if (characters(password) < 12)
        return desk_call_fail(c, PISTE_INVALID, "password: fewer than 12 characters");
    if (crypto_pwhash_str(secret, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return PISTE_MEMORY;
    json_object_del(c->fields, "password");
    // The salt differs each time; the digest of a request that is sent again must not.
    c->extra = json_pack("{s:s}", "secret", secret);
    sodium_memzero(secret, sizeof secret);
    return c->extra ? PISTE_OK : PISTE_MEMORY;
}

piste_status desk_account_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *secret = desk_text(a->request, "secret");
    unsigned roles = 0;
    int64_t there = 0;
    bool has_roles = desk_roles_parse(desk_text(a->request, "roles"), &roles);
    piste_status status = STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM account WHERE name = $1", store_text(name));
    if (status != PISTE_OK)
        return status;
    if (!there && (!*secret || !has_roles))
        return desk_refuse(a, "no_account", "there is no account %s yet; a new one needs a password and roles", name);
    if (!there)
        status = STORE_RUN(a->db,
                           "INSERT INTO account (name, secret, roles, state, refused, locked_ms) VALUES ($1, $2, $3, 'live', 0, 0)",
                           store_text(name), store_text(secret), store_number(roles));
    if (there && *secret)
        status = STORE_RUN(a->db, "UPDATE account SET secret = $2, state = 'live', refused = 0, locked_ms = 0 WHERE name = $1",
                           store_text(name), store_text(secret));
    if (status == PISTE_OK && there && has_roles)
        status = STORE_RUN(a->db, "UPDATE account SET roles = $2 WHERE name = $1", store_text(name), store_number(roles));
    if (status == PISTE_OK && there) // whoever was signed in signs in again
        status = STORE_RUN(a->db, "DELETE FROM session WHERE account = $1", store_text(name));
    json_object_set_new(a->answer, "name", json_string(name));
    return status;
}

piste_status desk_account_end_run(desk_act *a) {
    const char *name = desk_text(a->request, "name");
    piste_status status = STORE_RUN(a->db, "UPDATE account SET state = 'ended' WHERE name = $1 AND state = 'live'", store_text(name));
    if (status == PISTE_OK && store_db_changes(a->db) == 0)
        return desk_refuse(a, "no_account", "there is no account %s", name);
    return status == PISTE_OK ? STORE_RUN(a->db, "DELETE FROM session WHERE account = $1", store_text(name)) : status;
}

piste_status desk_accounts_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    piste_status status = STORE_QUERY(a->db, &rows, "SELECT name, roles, state, locked_ms FROM account WHERE $1 = 0 ORDER BY name",
                                      store_number(0));
    while (status == PISTE_OK && store_rows_next(rows)) {
        char roles[64];
        desk_roles_format((unsigned)store_rows_number(rows, 1), roles);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:b}", "name", store_rows_text(rows, 0), "roles", roles, "state",
                                              store_rows_text(rows, 2), "locked", store_rows_number(rows, 3) > a->now_ms));
    }
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    json_object_set_new(a->answer, "accounts", list);
    return status;
}

// Books what came of a password: the count of refusals in a row, and the lock that follows.
piste_status desk_sign_in_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *outcome = desk_text(a->request, "outcome");
    if (strcmp(outcome, "opened") == 0)
        return STORE_RUN(a->db, "UPDATE account SET refused = 0, locked_ms = 0 WHERE name = $1", store_text(name));
    if (strcmp(outcome, "wrong") != 0)
        return PISTE_OK;
    return STORE_RUN(a->db,
                     "UPDATE account SET refused = CASE WHEN refused + 1 >= $2 THEN 0 ELSE refused + 1 END,"
                     " locked_ms = CASE WHEN refused + 1 >= $2 THEN $3 ELSE locked_ms END WHERE name = $1",
                     store_text(name), store_number(DESK_SIGN_IN_TRIES), store_number(a->now_ms + DESK_SIGN_IN_LOCKED_S * 1000ll));
}

// ---- sessions --------------------------------------------------------------------------------------------------------

typedef struct session_job {
    const char *name;
    int64_t now_ms, locked_ms, seen_ms; // now: of the clock that sessions go by
    char secret[crypto_pwhash_STRBYTES];
    unsigned char hash[DESK_HASH_SIZE];
    bool is_found;
    desk_session session;
} session_job;

static piste_status read_account(store_db *db, void *context) {
    session_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT secret, locked_ms FROM account WHERE name = $1 AND state = 'live'",
                                      store_text(j->name));
    if (status != PISTE_OK)
        return status;
    j->is_found = store_rows_next(rows);
    if (j->is_found) {
        snprintf(j->secret, sizeof j->secret, "%s", store_rows_text(rows, 0));
        j->locked_ms = store_rows_number(rows, 1);
    }
    return store_rows_end(rows);
}

static bool hash_token(const char *token, unsigned char hash[DESK_HASH_SIZE]) {
    unsigned char bytes[DESK_TOKEN_SIZE];
    size_t size = 0;
    const char *end = NULL;
    if (sodium_base642bin(bytes, sizeof bytes, token, strlen(token), NULL, &size, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        size != sizeof bytes || *end)
        return false;
    crypto_generichash(hash, DESK_HASH_SIZE, bytes, sizeof bytes, NULL, 0);
    return true;
}

static piste_status write_session(store_db *db, void *context) {
    session_job *j = context;
    piste_status status = STORE_RUN(db, "DELETE FROM session WHERE until_ms < $1 OR seen_ms < $2", store_number(j->now_ms),
                                    store_number(j->now_ms - DESK_SESSION_IDLE_S * 1000ll));
    if (status == PISTE_OK)
        status = STORE_RUN(db, "INSERT INTO session (hash, account, until_ms, seen_ms) VALUES ($1, $2, $3, $4)",
                           store_blob(j->hash, sizeof j->hash), store_text(j->name),
                           store_number(j->now_ms + DESK_SESSION_S * 1000ll), store_number(j->now_ms));
    return status;
}

static piste_status book(desk *d, const char *name, const char *outcome) {
    unsigned char random[16];
    char key[33];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(key, sizeof key, random, sizeof random);
    return desk_do_own(d, json_pack("{s:s,s:s,s:s,s:s,s:s}", "act", "sign-in", "key", key, "who", name, "name", name, "outcome", outcome), NULL);
}

piste_status desk_sign_in(desk *d, const char *name, const char *password, const char **reason, char token[DESK_TOKEN_TEXT]) {
    // Of an account that is not there: as much work, so that its time does not tell.
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$YWJjZGVmZ2hpamtsbW5vcA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    session_job j = {.name = name, .now_ms = desk_session_ms(d)};
    int64_t now_ms = desk_clock_ms(d);
    unsigned char bytes[DESK_TOKEN_SIZE];
    piste_status status = store_read(desk_get_store(d), read_account, &j);
    if (status != PISTE_OK)
        return status;
    bool right = crypto_pwhash_str_verify(j.is_found ? j.secret : nobody, password, strlen(password)) == 0 && j.is_found;
    *reason = j.is_found && j.locked_ms > now_ms ? "locked" : "wrong";
    if (j.is_found && (!right || j.locked_ms > now_ms)) {
        status = book(d, name, *reason);
        return status == PISTE_OK ? PISTE_REFUSED : status;
    }
    if (!right)
        return PISTE_REFUSED;
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, DESK_TOKEN_TEXT, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    if (!hash_token(token, j.hash))
        return PISTE_INVALID;
    status = store_do(desk_get_store(d), write_session, &j);
    return status == PISTE_OK ? book(d, name, "opened") : status;
}

static piste_status read_session(store_db *db, void *context) {
    session_job *j = context;
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(db, &rows,
                    "SELECT s.account, a.roles, s.until_ms, s.seen_ms FROM session s JOIN account a ON a.name = s.account"
                    " WHERE s.hash = $1 AND a.state = 'live'",
                    store_blob(j->hash, sizeof j->hash));
    if (status != PISTE_OK)
        return status;
    j->is_found = store_rows_next(rows);
    if (j->is_found) {
        snprintf(j->session.account, sizeof j->session.account, "%s", store_rows_text(rows, 0));
        j->session.roles = (unsigned)store_rows_number(rows, 1);
        j->session.until_ms = store_rows_number(rows, 2);
        j->seen_ms = store_rows_number(rows, 3);
    }
    return store_rows_end(rows);
}

typedef struct seen { // nobody waits for it
    store_command command;
    unsigned char hash[DESK_HASH_SIZE];
    int64_t now_ms;
} seen;

static piste_status note_seen(store_db *db, void *context) {
    const seen *s = context;
    return STORE_RUN(db, "UPDATE session SET seen_ms = $2 WHERE hash = $1", store_blob(s->hash, sizeof s->hash),
                     store_number(s->now_ms));
}
static void seen_done(piste_status status, void *context) {
    (void)status;
    free(context);
}
static void submit_seen(desk *d, const session_job *j) {
    seen *s = calloc(1, sizeof *s);
    if (!s)
        return;
    *s = (seen){.command = {.run = note_seen, .done = seen_done, .context = s}, .now_ms = j->now_ms};
    memcpy(s->hash, j->hash, sizeof s->hash);
    store_submit(desk_get_store(d), &s->command);
}

piste_status desk_session_find(desk *d, const char *token, desk_session *out) {
    session_job j = {.now_ms = desk_session_ms(d)};
    if (!hash_token(token, j.hash))
        return PISTE_REFUSED;
    piste_status status = store_read(desk_get_store(d), read_session, &j);
    if (status != PISTE_OK)
        return status;
    if (!j.is_found || j.session.until_ms <= j.now_ms || j.seen_ms + DESK_SESSION_IDLE_S * 1000ll <= j.now_ms)
        return PISTE_REFUSED;
    if (j.now_ms - j.seen_ms > 60 * 1000) // not at each request
        submit_seen(d, &j);
    *out = j.session;
    return PISTE_OK;
}

static piste_status end_session(store_db *db, void *context) {
    session_job *j = context;
    return STORE_RUN(db, "DELETE FROM session WHERE hash = $1", store_blob(j->hash, sizeof j->hash));
}

piste_status desk_sign_out(desk *d, const char *token) {
    session_job j = {0};
    desk_session session;
    if (!hash_token(token, j.hash))
        return PISTE_REFUSED;
    piste_status status = desk_session_find(d, token, &session);
    if (status == PISTE_OK)
        status = store_do(desk_get_store(d), end_session, &j);
    return status == PISTE_OK ? book(d, session.account, "out") : status;
}
