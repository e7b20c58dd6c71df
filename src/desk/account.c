// account.c - accounts: who they are, and the passwords that they are given or choose.
#include "desk/account.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <zxcvbn.h>

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

// ---- what the acts take ----------------------------------------------------------------------------------------------------

const desk_field desk_account_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"password", DESK_TEXT, false, 0, DESK_PASSWORD_MAX, NULL, "its password, at least 12 characters; needed for a new account. It takes the second step of signing in off"},
    {"roles", DESK_TEXT, false, 0, 60, NULL, "cashier, gate, planner, manager, auditor; needed for a new account"},
    {"once", DESK_BOOL, false, 0, 0, NULL,
     "the password, which the desk makes and tells where none is given, opens for three days and is to be changed at the first signing in"},
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
    {"outcome", DESK_SLUG, true, 0, 20, NULL, "opened, confirmed, wrong, half (no code was given), expired, locked or out"},
    {"step", DESK_INT, false, 0, INT64_MAX, NULL, "that the code was of, which opens nothing any more"},
    {"recovery", DESK_TEXT, false, 0, 64, NULL, "the hash of the recovery code, which is gone"},
    {.type = DESK_END},
};
const desk_field desk_password_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"secret", DESK_TEXT, true, 0, crypto_pwhash_STRBYTES, NULL, "argon2id of the password"},
    {"was", DESK_TEXT, true, 0, crypto_pwhash_STRBYTES, NULL, "that of the one before"},
    {"salt", DESK_TEXT, false, 0, DESK_AUTHENTICATOR_SALT, NULL, "of the second step's secret, sealed anew"},
    {"sealed", DESK_TEXT, false, 0, DESK_AUTHENTICATOR_SEALED, NULL, "that secret"},
    {.type = DESK_END},
};

// ---- passwords ---------------------------------------------------------------------------------------------------------

// 10^8 guesses, what zxcvbn calls "safely unguessable", beyond the ten tries that an account has before it is locked.
#define BITS_MIN 26.57

static size_t characters(const char *text) {
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

double desk_password_bits(const char *account, const char *password) {
    const char *likely[] = {"piste", *account ? account : NULL, NULL};
    return ZxcvbnMatch(password, likely, NULL);
}

const char *desk_password_fault(const char *account, const char *password) {
    if (characters(password) < DESK_PASSWORD_MIN)
        return "fewer than 12 characters";
    if (desk_password_bits(account, password) < BITS_MIN)
        return "among the first hundred million that somebody would try";
    return NULL;
}

piste_status desk_password_hash(const char *password, char secret[crypto_pwhash_STRBYTES]) {
    return crypto_pwhash_str(secret, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0
               ? PISTE_OK
               : PISTE_MEMORY;
}

// A password for once: whose 79 bits nobody guesses.
static void make_password(char text[DESK_RECOVERY_TEXT]) {
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789"; // those that are told apart on paper
    for (int i = 0; i < DESK_RECOVERY_TEXT - 1; i++)
        text[i] = i % 5 == 4 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
    text[DESK_RECOVERY_TEXT - 1] = 0;
}

// Tells apart what was made now from what an act that is asked for again had made.
static void make_mark(const char *secret, char mark[17]) {
    unsigned char hash[crypto_generichash_BYTES_MIN];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)secret, strlen(secret), NULL, 0);
    sodium_bin2hex(mark, 17, hash, 8);
}

// The password becomes its argon2id before anything is written or hashed of the request.
piste_status desk_account_before(desk_call *c) {
    const char *name = desk_text(c->fields, "name"), *password = desk_text(c->fields, "password"), *fault;
    unsigned roles;
    char secret[crypto_pwhash_STRBYTES], made[DESK_RECOVERY_TEXT] = "";
    if (json_object_get(c->fields, "secret"))
        return desk_call_refuse(c, "not_needed", "secret: the desk makes it of the password");
    if (json_object_get(c->fields, "roles") && !desk_roles_parse(desk_text(c->fields, "roles"), &roles))
        return desk_call_fail(c, PISTE_INVALID, "roles: '%s', expected words of cashier, gate, planner, manager, auditor",
                              desk_text(c->fields, "roles"));
    if (!json_object_get(c->fields, "password")) {
        if (!desk_flag(c->fields, "once"))
            return PISTE_OK;
        make_password(made);
        password = made;
    } else if ((fault = desk_password_fault(name, password)) != NULL)
        return desk_call_fail(c, PISTE_INVALID, "password: %s", fault);
    piste_status status = desk_password_hash(password, secret);
    if (status != PISTE_OK)
        return status;
    json_object_del(c->fields, "password");
    // The salt differs each time; the digest of a request that is sent again must not.
    c->extra = json_pack("{s:s}", "secret", secret);
    if (*made) {
        char mark[17];
        make_mark(secret, mark);
        c->kept = json_pack("{s:s,s:s}", "password", made, "mark", mark);
    }
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(made, sizeof made);
    return c->extra ? PISTE_OK : PISTE_MEMORY;
}

// What was made is told once: the journal, which answers an act that is asked for again, does not have it.
piste_status desk_account_after(desk_call *c) {
    const char *mark = desk_text(c->answer, "mark");
    if (*mark && strcmp(mark, desk_text(c->kept, "mark")) == 0)
        json_object_set(c->answer, "password", json_object_get(c->kept, "password"));
    json_object_del(c->answer, "mark");
    return PISTE_OK;
}

// ---- accounts: acts ------------------------------------------------------------------------------------------------

static piste_status drop_second_step(store_db *db, const char *name) {
    piste_status status = STORE_RUN(db, "DELETE FROM authenticator WHERE account = $1", store_text(name));
    return status == PISTE_OK ? STORE_RUN(db, "DELETE FROM recovery_code WHERE account = $1", store_text(name)) : status;
}

piste_status desk_account_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *secret = desk_text(a->request, "secret");
    unsigned roles = 0;
    int64_t there = 0, once_ms = desk_flag(a->request, "once") ? desk_session_ms(a->desk) : 0;
    bool has_roles = desk_roles_parse(desk_text(a->request, "roles"), &roles);
    piste_status status = STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM account WHERE name = $1", store_text(name));
    if (status != PISTE_OK)
        return status;
    if (!there && (!*secret || !has_roles))
        return desk_refuse(a, "no_account", "there is no account %s yet; a new one needs a password and roles", name);
    if (!there)
        status = STORE_RUN(a->db,
                           "INSERT INTO account (name, secret, roles, state, refused, locked_ms, once_ms) VALUES ($1, $2, $3, 'live', 0, 0, $4)",
                           store_text(name), store_text(secret), store_number(roles), store_number(once_ms));
    if (there && *secret)
        status = STORE_RUN(a->db, "UPDATE account SET secret = $2, state = 'live', refused = 0, locked_ms = 0, once_ms = $3 WHERE name = $1",
                           store_text(name), store_text(secret), store_number(once_ms));
    if (status == PISTE_OK && there && *secret) // its secret was sealed by the password before
        status = drop_second_step(a->db, name);
    if (status == PISTE_OK && there && has_roles)
        status = STORE_RUN(a->db, "UPDATE account SET roles = $2 WHERE name = $1", store_text(name), store_number(roles));
    if (status == PISTE_OK && there) // whoever was signed in signs in again
        status = STORE_RUN(a->db, "DELETE FROM session WHERE account = $1", store_text(name));
    json_object_set_new(a->answer, "name", json_string(name));
    if (once_ms && *secret) {
        char mark[17];
        make_mark(secret, mark);
        json_object_set_new(a->answer, "mark", json_string(mark));
    }
    return status;
}

// The owner's own: all sessions end. What was changed meanwhile by somebody else stays.
piste_status desk_password_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *sealed = desk_text(a->request, "sealed");
    piste_status status = STORE_RUN(a->db, "UPDATE account SET secret = $2, once_ms = 0 WHERE name = $1 AND secret = $3 AND state = 'live'",
                                    store_text(name), store_text(desk_text(a->request, "secret")), store_text(desk_text(a->request, "was")));
    if (status == PISTE_OK && store_db_changes(a->db) == 0)
        return desk_refuse(a, "changed", "the account %s has another password by now", name);
    if (status == PISTE_OK && *sealed)
        status = STORE_RUN(a->db, "UPDATE authenticator SET salt = $2, sealed = $3 WHERE account = $1", store_text(name),
                           store_text(desk_text(a->request, "salt")), store_text(sealed));
    return status == PISTE_OK ? STORE_RUN(a->db, "DELETE FROM session WHERE account = $1", store_text(name)) : status;
}

typedef struct role_job {
    const char *name;
    bool is_manager;
} role_job;

static piste_status read_role(store_db *db, void *context) {
    role_job *j = context;
    int64_t roles = 0;
    piste_status status = STORE_FIND_NUMBER(db, &roles, NULL, "SELECT roles FROM account WHERE name = $1", store_text(j->name));
    j->is_manager = (roles & DESK_ROLE_MANAGER) != 0;
    return status;
}

piste_status desk_account_is_manager(desk *d, const char *name, bool *is) {
    role_job j = {.name = name};
    piste_status status = store_read(desk_get_store(d), read_role, &j);
    *is = j.is_manager;
    return status;
}

piste_status desk_account_end_run(desk_act *a) {
    const char *name = desk_text(a->request, "name");
    piste_status status = STORE_RUN(a->db, "UPDATE account SET state = 'ended' WHERE name = $1 AND state = 'live'", store_text(name));
    if (status == PISTE_OK && store_db_changes(a->db) == 0)
        return desk_refuse(a, "no_account", "there is no account %s", name);
    if (status == PISTE_OK)
        status = drop_second_step(a->db, name);
    return status == PISTE_OK ? STORE_RUN(a->db, "DELETE FROM session WHERE account = $1", store_text(name)) : status;
}

piste_status desk_accounts_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    piste_status status = STORE_QUERY(a->db, &rows, "SELECT a.name, a.roles, a.state, a.locked_ms, a.once_ms,"
                                      " (SELECT count(*) FROM authenticator t WHERE t.account = a.name) FROM account a"
                                      " WHERE $1 = 0 ORDER BY a.name",
                                      store_number(0));
    int64_t needed = 0;
    while (status == PISTE_OK && store_rows_next(rows)) {
        char roles[64];
        desk_roles_format((unsigned)store_rows_number(rows, 1), roles);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:b,s:b,s:b}", "name", store_rows_text(rows, 0), "roles", roles, "state",
                                              store_rows_text(rows, 2), "locked", store_rows_number(rows, 3) > a->now_ms, "once",
                                              store_rows_number(rows, 4) > 0, "two_step", store_rows_number(rows, 5) > 0));
    }
    if (status == PISTE_OK)
        status = store_rows_end(rows);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &needed, NULL, "SELECT roles FROM two_step WHERE id = $1", store_number(1));
    char words[64];
    desk_roles_format((unsigned)needed, words);
    json_object_set_new(a->answer, "accounts", list);
    json_object_set_new(a->answer, "two_step", json_string(words));
    return status;
}

// What a code was of opens once: of two that come with the same one the second is refused.
static piste_status use_code(desk_act *a, const char *name) {
    const char *recovery = desk_text(a->request, "recovery");
    int64_t step = desk_number(a->request, "step", 0);
    piste_status status = PISTE_OK;
    if (step)
        status = STORE_RUN(a->db, "UPDATE authenticator SET step = $2 WHERE account = $1 AND step < $2", store_text(name), store_number(step));
    else if (*recovery)
        status = STORE_RUN(a->db, "DELETE FROM recovery_code WHERE account = $1 AND hash = $2", store_text(name), store_text(recovery));
    else
        return PISTE_OK;
    return status == PISTE_OK && store_db_changes(a->db) == 0 ? desk_refuse(a, "wrong_code", "the code has been used") : status;
}

// Books what came of a password: the count of refusals in a row, and the lock that follows.
piste_status desk_sign_in_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *outcome = desk_text(a->request, "outcome");
    if (strcmp(outcome, "opened") == 0 || strcmp(outcome, "confirmed") == 0) {
        piste_status status = use_code(a, name);
        return status == PISTE_OK ? STORE_RUN(a->db, "UPDATE account SET refused = 0, locked_ms = 0 WHERE name = $1", store_text(name)) : status;
    }
    if (strcmp(outcome, "wrong") != 0)
        return PISTE_OK;
    return STORE_RUN(a->db,
                     "UPDATE account SET refused = CASE WHEN refused + 1 >= $2 THEN 0 ELSE refused + 1 END,"
                     " locked_ms = CASE WHEN refused + 1 >= $2 THEN $3 ELSE locked_ms END WHERE name = $1",
                     store_text(name), store_number(DESK_SIGN_IN_TRIES), store_number(a->now_ms + DESK_SIGN_IN_LOCKED_S * 1000ll));
}
