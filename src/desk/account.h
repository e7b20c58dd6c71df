// account.h - who works at the resort: accounts with their roles, and the sessions of those who have signed in.
//
//     desk_do(d, {"act":"account","key":...,"name":"till-1","password":"...","roles":"cashier"})
//     desk_sign_in(d, "till-1", "...", from, &token)    // the token is what the browser keeps
//     desk_session_find(d, token, &session)             // PISTE_REFUSED: there is none, or it is over
//
// Accounts are made, changed and ended by acts, and every signing in, refused or not, is an act: the journal is the
// record of who did what, chained as all of it is. A password is known on the caller's thread alone: what the
// database and the digest of a request have is argon2id of it. Sessions are no acts; a backup does not hold them.
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
    DESK_SIGN_IN_LOCKED_S = 15 * 60       // for so long
};

// Words of roles, such as "cashier gate"; false: a word is unknown, or there is none.
bool desk_roles_parse(const char *words, unsigned *roles);
void desk_roles_format(unsigned roles, char out[64]);

typedef struct desk_session {
    char account[DESK_ACCOUNT_NAME_MAX + 1];
    unsigned roles;
    int64_t until_ms;
} desk_session;

// Checks a password (some 100 ms of argon2id on the caller's thread, as long for an account that is not there) and begins
// a session. PISTE_REFUSED: *reason is "wrong" or "locked".
PISTE_CHECKED piste_status desk_sign_in(desk *d, const char *name, const char *password, const char **reason,
                                        char token[DESK_TOKEN_TEXT]);
// PISTE_REFUSED: no such session, it is over, or its account is.
PISTE_CHECKED piste_status desk_session_find(desk *d, const char *token, desk_session *out);
PISTE_CHECKED piste_status desk_sign_out(desk *d, const char *token);

extern const char desk_account_tables[];
extern const desk_field desk_account_fields[], desk_account_end_fields[], desk_sign_in_fields[], desk_accounts_fields[];
piste_status desk_account_before(desk_call *c);
piste_status desk_account_run(desk_act *a);
piste_status desk_account_end_run(desk_act *a);
piste_status desk_sign_in_run(desk_act *a);
piste_status desk_accounts_run(desk_act *a);

#endif
