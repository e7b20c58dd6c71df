// account.h - who works at the resort: accounts with their roles, and the sessions of those who have signed in.
//
//     desk_do(d, {"act":"account","key":...,"name":"till-1","password":"...","roles":"cashier"})
//     desk_sign_in(d, &(desk_credentials){"till-1", "..."}, "Firefox, Linux", &reason, token)    // what the browser keeps
//     desk_session_find(d, token, &session)             // PISTE_REFUSED: there is none, or it is over
//
// Accounts are made, changed and ended by acts (account.c), and every signing in, refused or not, is an act: the journal is
// the record of who did what, chained as all of it is. A password is known on the caller's thread alone: what the
// database and the digest of a request have is argon2id of it. Sessions (sign_in.c) are no acts; a backup does not hold them.
//
// The second step (authenticator.c) is a code of six digits that an app makes of a secret and the time (RFC 6238), or one of
// ten recovery codes. The secret is sealed by a key that argon2id makes of the password: whoever has the database has
// neither, and nobody but the account's owner can keep it when the password changes. Who lost both asks a manager for a
// password that is for once; that takes the second step off.
//
// Guests have no accounts: what they ordered is theirs by the code that their browser made (serve/shop.c).
#ifndef DESK_ACCOUNT_H
#define DESK_ACCOUNT_H

#include "desk/people.h"

typedef enum desk_role { // bits
    DESK_ROLE_CASHIER = 1,
    DESK_ROLE_GATE = 2,
    DESK_ROLE_PLANNER = 4,
    DESK_ROLE_MANAGER = 8,
    DESK_ROLE_AUDITOR = 16,
    DESK_ROLES_ALL = 31
} desk_role;

enum {
    DESK_ACCOUNT_NAME_MAX = 40,
    DESK_TOKEN_SIZE = 32,                 // random bytes
    DESK_TOKEN_TEXT = 44,                 // of them in base64url, with its NUL
    DESK_SESSION_S = 12 * 3600,           // the longest that one lasts
    DESK_SESSION_IDLE_S = 3600,           // after which an unused one is over
    DESK_SIGN_IN_TRIES = 10,              // refused in a row, then the account is locked
    DESK_SIGN_IN_LOCKED_S = 15 * 60,      // for so long
    DESK_ONCE_S = 3 * 86400,              // how long a password that is for once opens
    DESK_PASSWORD_MIN = 12, DESK_PASSWORD_MAX = 200, // characters; bytes
    DESK_BROWSER_MAX = 40,
    DESK_TWO_STEP_SECRET = 33,            // 160 random bits in base32, with its NUL
    DESK_RECOVERY_CODES = 10,
    DESK_RECOVERY_TEXT = 20               // 80 random bits, "ABCD-EFGH-IJKL-MNOP", with its NUL
};

// Words of roles, such as "cashier gate"; false: a word is unknown, or there is none.
bool desk_roles_parse(const char *words, unsigned *roles);
void desk_roles_format(unsigned roles, char out[64]);

// Whether there is such an account, and it has that role.
PISTE_CHECKED piste_status desk_account_is_manager(desk *d, const char *name, bool *is);

// ---- signing in (sign_in.c) --------------------------------------------------------------------------------------------

// What is to be done before anything else: until then a session has no role.
typedef enum desk_must { DESK_MUST_NOTHING, DESK_MUST_PASSWORD, DESK_MUST_TWO_STEP } desk_must;

typedef struct desk_session {
    char account[DESK_ACCOUNT_NAME_MAX + 1];
    unsigned roles;     // 0 while something must be done first
    unsigned own_roles; // the account's
    int64_t until_ms;
    desk_must must;
} desk_session;

typedef struct desk_credentials {
    const char *name, *password;
    const char *code; // of the second step: six digits or a recovery code, spaces and hyphens as one likes; NULL or "": none
} desk_credentials;

// Checks a password (some 100 ms of argon2id on the caller's thread, as long for an account that is not there) and begins
// a session; `browser`, "" unknown, is shown to the account's owner. PISTE_REFUSED: *reason is "wrong", "locked", "expired"
// (a password that was for once), "code_needed" (it was right, and no code was given) or "wrong_code".
PISTE_CHECKED piste_status desk_sign_in(desk *d, const desk_credentials *c, const char *browser, const char **reason,
                                        char token[DESK_TOKEN_TEXT]);
// PISTE_REFUSED: no such session, it is over, or its account is.
PISTE_CHECKED piste_status desk_session_find(desk *d, const char *token, desk_session *out);
PISTE_CHECKED piste_status desk_sign_out(desk *d, const char *token);
// What its owner sees of an account: {"two_step_ms","codes","sessions":[{"session","browser","begun_ms","seen_ms","is_own"}]},
// with the session of `token` as the own one. two_step_ms: since when, 0: there is no second step.
PISTE_CHECKED piste_status desk_account_see(desk *d, const char *account, const char *token, json_t **out);
// Ends one session of an account, by the name that desk_account_see gives it; "": all but that of `token`.
PISTE_CHECKED piste_status desk_sessions_end(desk *d, const char *account, const char *session, const char *token, int64_t *ended);

// ---- passwords ---------------------------------------------------------------------------------------------------------

// log2 of how many guesses zxcvbn expects somebody needs who tries the likely ones first.
double desk_password_bits(const char *account, const char *password);
// NULL: it is long and unlikely enough; otherwise what is wrong with it.
const char *desk_password_fault(const char *account, const char *password);
// The owner changes it: all sessions end, and a new one begins. PISTE_REFUSED: as desk_sign_in. PISTE_INVALID: the new one has
// a fault, which *reason tells. Asked again after it was done it is done.
PISTE_CHECKED piste_status desk_password_change(desk *d, const char *account, const char *password, const char *chosen,
                                                const char *browser, const char **reason, char token[DESK_TOKEN_TEXT]);

// ---- the second step (authenticator.c) -----------------------------------------------------------------------------------

typedef char desk_recovery_codes[DESK_RECOVERY_CODES][DESK_RECOVERY_TEXT];

void desk_two_step_secret(char secret[DESK_TWO_STEP_SECRET]); // a new one; nothing is kept
// Begins it with a secret that an app has been told, whose code c->code is. PISTE_REFUSED: as desk_sign_in, or there is one
// already ("has_two_step"), which must end first. PISTE_INVALID: not such a secret. The codes are told here and never again.
PISTE_CHECKED piste_status desk_two_step_begin(desk *d, const desk_credentials *c, const char *secret, const char **reason,
                                               desk_recovery_codes codes);
PISTE_CHECKED piste_status desk_two_step_end(desk *d, const desk_credentials *c, const char **reason);
PISTE_CHECKED piste_status desk_two_step_codes(desk *d, const desk_credentials *c, const char **reason, desk_recovery_codes codes);

// ---- inside these files ----------------------------------------------------------------------------------------------------

enum { DESK_AUTHENTICATOR_SALT = 32, DESK_AUTHENTICATOR_SEALED = 480 }; // in base64, with their NUL
typedef struct desk_authenticator {
    char salt[DESK_AUTHENTICATOR_SALT], sealed[DESK_AUTHENTICATOR_SEALED]; // "": there is none
} desk_authenticator;

// Seals a secret anew; opens what was sealed. PISTE_INVALID: not by this password.
PISTE_CHECKED piste_status desk_authenticator_seal(const char *account, const char *password, const char *secret, desk_authenticator *out);
PISTE_CHECKED piste_status desk_authenticator_open(const char *account, const char *password, const desk_authenticator *a,
                                                   char secret[DESK_TWO_STEP_SECRET]);
// Checks a code at a time; what it uses up is added to the request that books it. PISTE_REFUSED: it is wrong.
PISTE_CHECKED piste_status desk_code_check(const desk_credentials *c, const desk_authenticator *a, int64_t now_ms, json_t *booked);
// What desk_sign_in checks, booked as `outcome`, without a session. The code is asked for where there is a second step and
// with_code; *found: the authenticator as it was.
PISTE_CHECKED piste_status desk_credentials_check(desk *d, const desk_credentials *c, bool with_code, const char *outcome,
                                                  const char **reason, desk_authenticator *found);
// argon2id as the database has it.
PISTE_CHECKED piste_status desk_password_hash(const char *password, char secret[128]);
// An act under a key of its own, by an account. Takes the fields.
PISTE_CHECKED piste_status desk_account_do(desk *d, const char *act, const char *account, json_t *fields);

extern const char desk_account_tables[], desk_authenticator_tables[];
extern const desk_field desk_account_fields[], desk_account_end_fields[], desk_sign_in_fields[], desk_accounts_fields[], desk_password_fields[],
    desk_authenticator_fields[], desk_two_step_fields[];
piste_status desk_account_before(desk_call *c);
piste_status desk_account_after(desk_call *c);
piste_status desk_account_run(desk_act *a);
piste_status desk_account_end_run(desk_act *a);
piste_status desk_sign_in_run(desk_act *a);
piste_status desk_accounts_run(desk_act *a);
piste_status desk_password_run(desk_act *a);
piste_status desk_authenticator_run(desk_act *a);
piste_status desk_two_step_run(desk_act *a);

#endif
