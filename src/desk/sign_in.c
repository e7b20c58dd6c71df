// sign_in.c - signing in, and the sessions that follow.
#include <sodium.h>
#include <stdlib.h>

#include "desk/account.h"

// ---- sessions --------------------------------------------------------------------------------------------------------

typedef struct session_job {
    const char *name, *browser;
    int64_t now_ms, locked_ms, once_ms, seen_ms; // now: of the clock that sessions go by
    char secret[crypto_pwhash_STRBYTES];
    desk_authenticator authenticator;
    unsigned char hash[DESK_HASH_SIZE];
    bool is_found;
    desk_session session;
} session_job;

static piste_status read_account(store_db *db, void *context) {
    session_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows,
                                      "SELECT a.secret, a.locked_ms, a.once_ms, t.salt, t.sealed"
                                      " FROM account a LEFT JOIN authenticator t ON t.account = a.name WHERE a.name = $1 AND a.state = 'live'",
                                      store_text(j->name));
    if (status != PISTE_OK)
        return status;
    j->is_found = store_rows_next(rows);
    if (j->is_found) {
        snprintf(j->secret, sizeof j->secret, "%s", store_rows_text(rows, 0));
        j->locked_ms = store_rows_number(rows, 1);
        j->once_ms = store_rows_number(rows, 2);
        snprintf(j->authenticator.salt, sizeof j->authenticator.salt, "%s", store_rows_text(rows, 3));
        snprintf(j->authenticator.sealed, sizeof j->authenticator.sealed, "%s", store_rows_text(rows, 4));
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
        status = STORE_RUN(db, "INSERT INTO session (hash, account, until_ms, seen_ms, begun_ms, browser) VALUES ($1, $2, $3, $4, $4, $5)",
                           store_blob(j->hash, sizeof j->hash), store_text(j->name),
                           store_number(j->now_ms + DESK_SESSION_S * 1000ll), store_number(j->now_ms), store_text(j->browser));
    return status;
}

piste_status desk_account_do(desk *d, const char *act, const char *account, json_t *fields) {
    unsigned char random[16];
    char key[33];
    if (!fields)
        return PISTE_MEMORY;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(key, sizeof key, random, sizeof random);
    json_object_set_new(fields, "act", json_string(act));
    json_object_set_new(fields, "key", json_string(key));
    json_object_set_new(fields, "who", json_string(account));
    json_object_set_new(fields, "name", json_string(account));
    return desk_do_own(d, fields, NULL);
}

static piste_status book(desk *d, const char *name, const char *outcome) {
    return desk_account_do(d, "sign-in", name, json_pack("{s:s}", "outcome", outcome));
}

static piste_status refused(desk *d, const char *name, const char *outcome, const char *told, const char **reason) {
    piste_status status = book(d, name, outcome);
    *reason = told;
    return status == PISTE_OK ? PISTE_REFUSED : status;
}

// Checks the second step of a password that was right, and books both.
static piste_status confirm_code(desk *d, const desk_credentials *c, const session_job *j, bool with_code, const char *outcome,
                                 const char **reason) {
    json_t *booked = json_pack("{s:s}", "outcome", outcome);
    piste_status status = booked ? PISTE_OK : PISTE_MEMORY;
    if (with_code && j->authenticator.sealed[0]) {
        if (!c->code || !*c->code) {
            json_decref(booked);
            return refused(d, c->name, "half", "code_needed", reason);
        }
        if (booked)
            status = desk_code_check(c, &j->authenticator, j->now_ms, booked);
    }
    if (status == PISTE_OK)
        status = desk_account_do(d, "sign-in", c->name, booked);
    else
        json_decref(booked);
    return status == PISTE_REFUSED ? refused(d, c->name, "wrong", "wrong_code", reason) : status;
}

static piste_status confirm(desk *d, const desk_credentials *c, bool with_code, const char *outcome, const char **reason, session_job *j) {
    // Of an account that is not there: as much work, so that its time does not tell.
    static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$YWJjZGVmZ2hpamtsbW5vcA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    *j = (session_job){.name = c->name, .now_ms = desk_session_ms(d)};
    *reason = "wrong";
    piste_status status = store_read(desk_get_store(d), read_account, j);
    if (status != PISTE_OK)
        return status;
    bool right = crypto_pwhash_str_verify(j->is_found ? j->secret : nobody, c->password, strlen(c->password)) == 0 && j->is_found;
    if (!j->is_found)
        return PISTE_REFUSED;
    if (j->locked_ms > desk_clock_ms(d))
        return refused(d, c->name, "locked", "locked", reason);
    if (!right)
        return refused(d, c->name, "wrong", "wrong", reason);
    if (j->once_ms && j->once_ms + DESK_ONCE_S * 1000ll <= j->now_ms)
        return refused(d, c->name, "expired", "expired", reason);
    return confirm_code(d, c, j, with_code, outcome, reason);
}

piste_status desk_credentials_check(desk *d, const desk_credentials *c, bool with_code, const char *outcome, const char **reason, desk_authenticator *found) {
    session_job j;
    piste_status status = confirm(d, c, with_code, outcome, reason, &j);
    *found = j.authenticator;
    return status;
}

static piste_status begin_session(desk *d, session_job *j, const char *browser, char token[DESK_TOKEN_TEXT]) {
    unsigned char bytes[DESK_TOKEN_SIZE];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, DESK_TOKEN_TEXT, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    j->browser = browser;
    return hash_token(token, j->hash) ? store_do(desk_get_store(d), write_session, j) : PISTE_INVALID;
}

piste_status desk_sign_in(desk *d, const desk_credentials *c, const char *browser, const char **reason, char token[DESK_TOKEN_TEXT]) {
    session_job j;
    piste_status status = confirm(d, c, true, "opened", reason, &j);
    return status == PISTE_OK ? begin_session(d, &j, browser, token) : status;
}

// The second step's secret goes from under the one password to under the other.
static piste_status reseal(const session_job *j, const char *password, const char *chosen, json_t *fields) {
    char secret[DESK_TWO_STEP_SECRET];
    desk_authenticator anew;
    if (!j->authenticator.sealed[0])
        return PISTE_OK;
    piste_status status = desk_authenticator_open(j->name, password, &j->authenticator, secret);
    if (status == PISTE_OK)
        status = desk_authenticator_seal(j->name, chosen, secret, &anew);
    sodium_memzero(secret, sizeof secret);
    if (status == PISTE_OK) {
        json_object_set_new(fields, "salt", json_string(anew.salt));
        json_object_set_new(fields, "sealed", json_string(anew.sealed));
    }
    return status;
}

piste_status desk_password_change(desk *d, const char *account, const char *password, const char *chosen, const char *browser,
                                  const char **reason, char token[DESK_TOKEN_TEXT]) {
    session_job j;
    char secret[crypto_pwhash_STRBYTES];
    *reason = strcmp(password, chosen) == 0 ? "is the password that there was" : desk_password_fault(account, chosen);
    if (*reason)
        return PISTE_INVALID;
    piste_status status = confirm(d, &(desk_credentials){.name = account, .password = password}, false, "confirmed", reason, &j);
    if (status == PISTE_REFUSED && strcmp(*reason, "wrong") == 0 && j.is_found &&
        crypto_pwhash_str_verify(j.secret, chosen, strlen(chosen)) == 0) // its answer was lost
        return begin_session(d, &j, browser, token);
    if (status == PISTE_OK)
        status = desk_password_hash(chosen, secret);
    json_t *fields = status == PISTE_OK ? json_pack("{s:s,s:s}", "secret", secret, "was", j.secret) : NULL;
    if (status == PISTE_OK)
        status = fields ? reseal(&j, password, chosen, fields) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = desk_account_do(d, "password", account, fields);
    else
        json_decref(fields);
    sodium_memzero(secret, sizeof secret);
    return status == PISTE_OK ? begin_session(d, &j, browser, token) : status;
}

static piste_status read_session(store_db *db, void *context) {
    session_job *j = context;
    store_rows *rows = NULL;
    piste_status status =
        STORE_QUERY(db, &rows,
                    "SELECT s.account, a.roles, s.until_ms, s.seen_ms, a.once_ms, coalesce((SELECT roles FROM two_step WHERE id = 1), 0),"
                    " (SELECT count(*) FROM authenticator t WHERE t.account = a.name)"
                    " FROM session s JOIN account a ON a.name = s.account WHERE s.hash = $1 AND a.state = 'live'",
                    store_blob(j->hash, sizeof j->hash));
    if (status != PISTE_OK)
        return status;
    j->is_found = store_rows_next(rows);
    if (j->is_found) {
        snprintf(j->session.account, sizeof j->session.account, "%s", store_rows_text(rows, 0));
        j->session.own_roles = (unsigned)store_rows_number(rows, 1);
        j->session.until_ms = store_rows_number(rows, 2);
        j->seen_ms = store_rows_number(rows, 3);
        bool has_second = store_rows_number(rows, 6) > 0, needs_second = ((unsigned)store_rows_number(rows, 5) & j->session.own_roles) != 0;
        j->session.must = store_rows_number(rows, 4) > 0        ? DESK_MUST_PASSWORD
                          : needs_second && !has_second ? DESK_MUST_TWO_STEP
                                                        : DESK_MUST_NOTHING;
        j->session.roles = j->session.must == DESK_MUST_NOTHING ? j->session.own_roles : 0;
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

// ---- what its owner sees ---------------------------------------------------------------------------------------------------

typedef struct see_job {
    const char *account;
    const unsigned char *own;
    int64_t now_ms;
    json_t *out;
} see_job;

static piste_status see_sessions(store_db *db, see_job *j) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(j->out, "sessions", list);
    piste_status status = STORE_QUERY(db, &rows,
                                      "SELECT hash, browser, begun_ms, seen_ms FROM session WHERE account = $1 AND until_ms > $2 AND seen_ms > $3"
                                      " ORDER BY begun_ms DESC, hash",
                                      store_text(j->account), store_number(j->now_ms), store_number(j->now_ms - DESK_SESSION_IDLE_S * 1000ll));
    while (status == PISTE_OK && store_rows_next(rows)) {
        char name[2 * DESK_HASH_SIZE + 1];
        store_value hash = store_rows_value(rows, 0);
        if (hash.size != DESK_HASH_SIZE)
            continue;
        sodium_bin2hex(name, sizeof name, hash.data, DESK_HASH_SIZE);
        json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:I,s:b}", "session", name, "browser", store_rows_text(rows, 1), "begun_ms",
                                              (json_int_t)store_rows_number(rows, 2), "seen_ms", (json_int_t)store_rows_number(rows, 3),
                                              "is_own", memcmp(hash.data, j->own, DESK_HASH_SIZE) == 0));
    }
    return status == PISTE_OK ? store_rows_end(rows) : status;
}

static piste_status see(store_db *db, void *context) {
    see_job *j = context;
    int64_t since = 0, codes = 0;
    piste_status status = STORE_FIND_NUMBER(db, &since, NULL, "SELECT since_ms FROM authenticator WHERE account = $1", store_text(j->account));
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(db, &codes, NULL, "SELECT count(*) FROM recovery_code WHERE account = $1", store_text(j->account));
    json_object_set_new(j->out, "two_step_ms", json_integer(since));
    json_object_set_new(j->out, "codes", json_integer(codes));
    return status == PISTE_OK ? see_sessions(db, j) : status;
}

piste_status desk_account_see(desk *d, const char *account, const char *token, json_t **out) {
    unsigned char own[DESK_HASH_SIZE] = {0};
    see_job j = {.account = account, .own = own, .now_ms = desk_session_ms(d), .out = json_object()};
    if (!j.out)
        return PISTE_MEMORY;
    piste_status status = hash_token(token, own) ? store_read(desk_get_store(d), see, &j) : PISTE_REFUSED;
    if (status != PISTE_OK) {
        json_decref(j.out);
        j.out = NULL;
    }
    *out = j.out;
    return status;
}

typedef struct end_job {
    const char *account;
    bool is_one;
    unsigned char hash[DESK_HASH_SIZE]; // the one to end, or the one that stays
    int64_t ended;
} end_job;

static piste_status end_sessions(store_db *db, void *context) {
    end_job *j = context;
    const char *sql = j->is_one ? "DELETE FROM session WHERE account = $1 AND hash = $2" : "DELETE FROM session WHERE account = $1 AND hash <> $2";
    piste_status status = STORE_RUN(db, sql, store_text(j->account), store_blob(j->hash, sizeof j->hash));
    j->ended = store_db_changes(db);
    return status;
}

piste_status desk_sessions_end(desk *d, const char *account, const char *session, const char *token, int64_t *ended) {
    end_job j = {.account = account, .is_one = *session != 0};
    size_t size = 0;
    const char *end = NULL;
    bool is_name = j.is_one && sodium_hex2bin(j.hash, sizeof j.hash, session, strlen(session), NULL, &size, &end) == 0 &&
                   size == sizeof j.hash && !*end;
    *ended = 0;
    if (j.is_one ? !is_name : !hash_token(token, j.hash))
        return PISTE_INVALID;
    piste_status status = store_do(desk_get_store(d), end_sessions, &j);
    if (status != PISTE_OK)
        return status;
    *ended = j.ended;
    return j.ended ? book(d, account, "out") : PISTE_OK;
}
