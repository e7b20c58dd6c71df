// authenticator.c - the second step of signing in: codes of an app (RFC 6238, by liboath) and recovery codes.
//
// 160 random bits, SHA-1, six digits, steps of 30 seconds: what every app knows. A code opens in its own step and in the one
// before or after it, and once. Of a recovery code the database has the hash alone.
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/account.h"

enum { SECRET_SIZE = 20, STEP_S = 30, WINDOW = 1, DIGITS = 6, RECOVERY_SIZE = 10, RECOVERY_LETTERS = 16 };

const char desk_authenticator_tables[] =
    "CREATE TABLE authenticator (account TEXT PRIMARY KEY, salt TEXT NOT NULL, sealed TEXT NOT NULL, step INTEGER NOT NULL,"
    " since_ms INTEGER NOT NULL) STRICT;\n"
    "CREATE TABLE recovery_code (hash TEXT PRIMARY KEY, account TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX recovery_code_account ON recovery_code (account);\n"
    "CREATE TABLE two_step (id INTEGER PRIMARY KEY CHECK (id = 1), roles INTEGER NOT NULL) STRICT;\n"
    // A password that is for once: when it was given; 0: it is its owner's.
    "ALTER TABLE account ADD COLUMN once_ms INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE session ADD COLUMN begun_ms INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';\n";

// ---- acts ------------------------------------------------------------------------------------------------------------------

static const desk_field code_fields[] = {
    {"hash", DESK_TEXT, true, 0, 2 * DESK_HASH_SIZE, NULL, "of a recovery code"},
    {.type = DESK_END},
};
const desk_field desk_authenticator_fields[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"off", DESK_BOOL, false, 0, 0, NULL, "its second step ends"},
    {"salt", DESK_TEXT, false, 0, DESK_AUTHENTICATOR_SALT, NULL, "of a new secret's seal"},
    {"sealed", DESK_TEXT, false, 0, DESK_AUTHENTICATOR_SEALED, NULL, "the new secret"},
    {"step", DESK_INT, false, 0, INT64_MAX, NULL, "that the code was of which showed that an app has it"},
    {"codes", DESK_LIST, false, 0, DESK_RECOVERY_CODES, code_fields, "recovery codes, instead of those before"},
    {.type = DESK_END},
};
const desk_field desk_two_step_fields[] = {
    {"roles", DESK_TEXT, true, 0, 60, NULL, "words of cashier, gate, planner, manager, auditor; or none"},
    {.type = DESK_END},
};

static piste_status write_codes(desk_act *a, const char *name) {
    size_t i;
    const json_t *code;
    piste_status status = STORE_RUN(a->db, "DELETE FROM recovery_code WHERE account = $1", store_text(name));
    json_array_foreach(json_object_get(a->request, "codes"), i, code) if (status == PISTE_OK)
        status = STORE_RUN(a->db, "INSERT INTO recovery_code (hash, account) VALUES ($1, $2)", store_text(desk_text(code, "hash")), store_text(name));
    return status;
}

piste_status desk_authenticator_run(desk_act *a) {
    const char *name = desk_text(a->request, "name"), *sealed = desk_text(a->request, "sealed");
    int64_t there = 0;
    piste_status status = STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM account WHERE name = $1 AND state = 'live'", store_text(name));
    if (status == PISTE_OK && !there)
        return desk_refuse(a, "no_account", "there is no account %s", name);
    if (status == PISTE_OK && desk_flag(a->request, "off"))
        status = STORE_RUN(a->db, "DELETE FROM authenticator WHERE account = $1", store_text(name));
    else if (status == PISTE_OK && *sealed) {
        status = STORE_RUN(a->db,
                           "INSERT INTO authenticator (account, salt, sealed, step, since_ms) VALUES ($1, $2, $3, $4, $5)"
                           " ON CONFLICT (account) DO NOTHING",
                           store_text(name), store_text(desk_text(a->request, "salt")), store_text(sealed),
                           store_number(desk_number(a->request, "step", 0)), store_number(desk_session_ms(a->desk)));
        if (status == PISTE_OK && store_db_changes(a->db) == 0)
            return desk_refuse(a, "has_two_step", "%s has a second step already", name);
    }
    return status == PISTE_OK ? write_codes(a, name) : status;
}

// Whoever has such a role and no second step has no role until it is there, in sessions that are under way, too.
piste_status desk_two_step_run(desk_act *a) {
    const char *words = desk_text(a->request, "roles");
    unsigned roles = 0;
    if (strcmp(words, "none") != 0 && !desk_roles_parse(words, &roles))
        return desk_invalid(a, "roles: '%s', expected none, or words of cashier, gate, planner, manager, auditor", words);
    return STORE_RUN(a->db, "INSERT INTO two_step (id, roles) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET roles = excluded.roles",
                     store_number(roles));
}

// ---- the secret --------------------------------------------------------------------------------------------------------------

static bool encode(const unsigned char *bytes, size_t size, char *text, size_t capacity) {
    char *made = NULL;
    size_t length = 0;
    bool fits = oath_base32_encode((const char *)bytes, size, &made, &length) == OATH_OK && length < capacity;
    if (fits)
        memcpy(text, made, length + 1);
    desk_wipe(made, made ? length : 0);
    return fits;
}

void desk_two_step_secret(char secret[DESK_TWO_STEP_SECRET]) {
    unsigned char bytes[SECRET_SIZE];
    randombytes_buf(bytes, sizeof bytes);
    if (!encode(bytes, sizeof bytes, secret, DESK_TWO_STEP_SECRET))
        secret[0] = 0; // no memory; it is refused as no secret
    sodium_memzero(bytes, sizeof bytes);
}

static bool decode(const char *text, unsigned char bytes[SECRET_SIZE]) {
    char *made = NULL;
    size_t size = 0;
    bool fits = strlen(text) == DESK_TWO_STEP_SECRET - 1 && oath_base32_decode(text, strlen(text), &made, &size) == OATH_OK && size == SECRET_SIZE;
    if (fits)
        memcpy(bytes, made, SECRET_SIZE);
    desk_wipe(made, made ? size : 0);
    return fits;
}

static bool make_key(const char *password, const unsigned char salt[crypto_pwhash_SALTBYTES], unsigned char key[DESK_KEY_SIZE]) {
    return crypto_pwhash(key, DESK_KEY_SIZE, password, strlen(password), salt, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                         crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

piste_status desk_authenticator_seal(const char *account, const char *password, const char *secret, desk_authenticator *out) {
    unsigned char salt[crypto_pwhash_SALTBYTES], key[DESK_KEY_SIZE], *sealed = NULL;
    size_t size = 0;
    randombytes_buf(salt, sizeof salt);
    if (!make_key(password, salt, key))
        return PISTE_MEMORY;
    piste_status status = desk_seal(key, account, strlen(account), secret, strlen(secret), &sealed, &size);
    sodium_memzero(key, sizeof key);
    if (status == PISTE_OK && sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL) > sizeof out->sealed)
        status = PISTE_LIMIT;
    if (status == PISTE_OK) {
        sodium_bin2base64(out->salt, sizeof out->salt, salt, sizeof salt, sodium_base64_VARIANT_ORIGINAL);
        sodium_bin2base64(out->sealed, sizeof out->sealed, sealed, size, sodium_base64_VARIANT_ORIGINAL);
    }
    free(sealed);
    return status;
}

piste_status desk_authenticator_open(const char *account, const char *password, const desk_authenticator *a, char secret[DESK_TWO_STEP_SECRET]) {
    unsigned char salt[crypto_pwhash_SALTBYTES], key[DESK_KEY_SIZE], sealed[DESK_AUTHENTICATOR_SEALED];
    size_t salt_size = 0, size = 0, length = 0;
    char *text = NULL;
    if (sodium_base642bin(salt, sizeof salt, a->salt, strlen(a->salt), NULL, &salt_size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
        salt_size != sizeof salt ||
        sodium_base642bin(sealed, sizeof sealed, a->sealed, strlen(a->sealed), NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return PISTE_INVALID;
    if (!make_key(password, salt, key))
        return PISTE_MEMORY;
    piste_status status = desk_unseal(key, account, strlen(account), sealed, size, &text, &length);
    sodium_memzero(key, sizeof key);
    if (status == PISTE_OK && length != DESK_TWO_STEP_SECRET - 1)
        status = PISTE_INVALID;
    if (status == PISTE_OK)
        memcpy(secret, text, DESK_TWO_STEP_SECRET);
    desk_wipe(text, length);
    return status;
}

// ---- codes -------------------------------------------------------------------------------------------------------------------

// As it was typed, without spaces and hyphens, in capitals; "" where it is too long for any.
static void tidy(const char *code, char out[RECOVERY_LETTERS + 1]) {
    size_t length = 0;
    for (; *code; code++) {
        if (*code == ' ' || *code == '-')
            continue;
        if (length == RECOVERY_LETTERS) {
            length = 0;
            break;
        }
        out[length++] = *code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;
    }
    out[length] = 0;
}

// The step that a code is of, at a time; 0: of none near it.
static int64_t step_of(const char *secret, const char *code, int64_t now_ms) {
    unsigned char bytes[SECRET_SIZE];
    uint64_t step = 0;
    if (strlen(code) != DIGITS || strspn(code, "0123456789") != DIGITS || !decode(secret, bytes))
        return 0;
    int at = oath_totp_validate3((const char *)bytes, sizeof bytes, now_ms / 1000, STEP_S, 0, WINDOW, NULL, &step, code);
    sodium_memzero(bytes, sizeof bytes);
    return at >= 0 ? (int64_t)step : 0;
}

static void hash_code(const char *account, const char *code, char hash[2 * DESK_HASH_SIZE + 1]) {
    unsigned char bytes[DESK_HASH_SIZE];
    char whole[DESK_ACCOUNT_NAME_MAX + RECOVERY_LETTERS + 2];
    int length = snprintf(whole, sizeof whole, "%.*s:%s", DESK_ACCOUNT_NAME_MAX, account, code);
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)whole, (unsigned long long)length, NULL, 0);
    sodium_bin2hex(hash, 2 * DESK_HASH_SIZE + 1, bytes, sizeof bytes);
    sodium_memzero(whole, sizeof whole);
}

piste_status desk_code_check(const desk_credentials *c, const desk_authenticator *a, int64_t now_ms, json_t *booked) {
    char code[RECOVERY_LETTERS + 1], secret[DESK_TWO_STEP_SECRET], hash[2 * DESK_HASH_SIZE + 1];
    tidy(c->code, code);
    if (strlen(code) == RECOVERY_LETTERS) { // whether there is such a one is seen when it is used
        hash_code(c->name, code, hash);
        json_object_set_new(booked, "recovery", json_string(hash));
        return PISTE_OK;
    }
    piste_status status = desk_authenticator_open(c->name, c->password, a, secret);
    int64_t step = status == PISTE_OK ? step_of(secret, code, now_ms) : 0;
    sodium_memzero(secret, sizeof secret);
    if (status == PISTE_MEMORY)
        return status;
    json_object_set_new(booked, "step", json_integer(step));
    return step ? PISTE_OK : PISTE_REFUSED;
}

static json_t *make_codes(const char *account, desk_recovery_codes codes) {
    json_t *list = json_array();
    for (int i = 0; i < DESK_RECOVERY_CODES; i++) {
        unsigned char bytes[RECOVERY_SIZE];
        char letters[RECOVERY_LETTERS + 1] = "", hash[2 * DESK_HASH_SIZE + 1];
        randombytes_buf(bytes, sizeof bytes);
        if (!list || !encode(bytes, sizeof bytes, letters, sizeof letters)) {
            json_decref(list);
            return NULL;
        }
        snprintf(codes[i], DESK_RECOVERY_TEXT, "%.4s-%.4s-%.4s-%.4s", letters, letters + 4, letters + 8, letters + 12);
        hash_code(account, letters, hash);
        json_array_append_new(list, json_pack("{s:s}", "hash", hash));
        sodium_memzero(bytes, sizeof bytes);
    }
    return list;
}

// ---- what its owner does -------------------------------------------------------------------------------------------------------

piste_status desk_two_step_begin(desk *d, const desk_credentials *c, const char *secret, const char **reason, desk_recovery_codes codes) {
    unsigned char bytes[SECRET_SIZE];
    char code[RECOVERY_LETTERS + 1];
    desk_authenticator before, sealed;
    if (!decode(secret, bytes))
        return PISTE_INVALID;
    sodium_memzero(bytes, sizeof bytes);
    piste_status status = desk_credentials_check(d, c, false, "confirmed", reason, &before);
    if (status != PISTE_OK)
        return status;
    *reason = "has_two_step"; // or whoever has the password alone could put their own in its place
    if (before.sealed[0])
        return PISTE_REFUSED;
    tidy(c->code, code);
    int64_t step = step_of(secret, code, desk_session_ms(d));
    *reason = "wrong_code";
    if (!step)
        return PISTE_REFUSED;
    status = desk_authenticator_seal(c->name, c->password, secret, &sealed);
    if (status != PISTE_OK)
        return status;
    json_t *list = make_codes(c->name, codes);
    return list ? desk_account_do(d, "authenticator", c->name,
                                  json_pack("{s:s,s:s,s:I,s:o}", "salt", sealed.salt, "sealed", sealed.sealed, "step", (json_int_t)step, "codes", list))
                : PISTE_MEMORY;
}

piste_status desk_two_step_end(desk *d, const desk_credentials *c, const char **reason) {
    desk_authenticator before;
    piste_status status = desk_credentials_check(d, c, true, "confirmed", reason, &before);
    return status == PISTE_OK ? desk_account_do(d, "authenticator", c->name, json_pack("{s:b}", "off", 1)) : status;
}

piste_status desk_two_step_codes(desk *d, const desk_credentials *c, const char **reason, desk_recovery_codes codes) {
    desk_authenticator before;
    piste_status status = desk_credentials_check(d, c, true, "confirmed", reason, &before);
    if (status != PISTE_OK)
        return status;
    *reason = "no_two_step";
    if (!before.sealed[0])
        return PISTE_REFUSED;
    json_t *list = make_codes(c->name, codes);
    return list ? desk_account_do(d, "authenticator", c->name, json_pack("{s:o}", "codes", list)) : PISTE_MEMORY;
}
