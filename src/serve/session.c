// session.c - who asks: the cookie of a session, and whether a request comes from a page of this server.
//
// The cookie is HttpOnly and SameSite=Strict. A request that changes something must besides carry, in the header
// X-Piste, a hash of the cookie's token, which only a page of this server can have been told (GET /api/session); one
// without a session must at least not come from another site. The hash needs no store, and holds for every server.
#include <sodium.h>
#include <stdlib.h>

#include "serve/inside.h"

enum { PROOF_SIZE = 16, PROOF_TEXT = 2 * PROOF_SIZE + 1 };
static const char plain_cookie[] = "piste", secure_cookie[] = "__Host-piste";

static const char *cookie_name(const serve *s) {
    return s->def.is_secure ? secure_cookie : plain_cookie;
}

static void make_proof(const char *token, char proof[PROOF_TEXT]) {
    unsigned char hash[PROOF_SIZE];
    static const unsigned char about[] = "piste: this request is from the page of the session";
    crypto_generichash(hash, sizeof hash, (const unsigned char *)token, strlen(token), about, sizeof about - 1);
    sodium_bin2hex(proof, PROOF_TEXT, hash, sizeof hash);
}

piste_status serve_session_read(serve_request *q) {
    const char *token = MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, cookie_name(q->serve));
    if (!token || strlen(token) >= sizeof q->token)
        return PISTE_OK;
    piste_status status = desk_session_find(q->serve->desk, token, &q->session);
    if (status == PISTE_REFUSED) {
        q->session = (desk_session){0};
        return PISTE_OK;
    }
    if (status == PISTE_OK)
        snprintf(q->token, sizeof q->token, "%s", token);
    return status;
}

bool serve_session_is_own(const serve_request *q) {
    const char *site = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Sec-Fetch-Site");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    if (!q->session.account[0])
        return true; // nobody's rights are used
    char proof[PROOF_TEXT];
    const char *given = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "X-Piste");
    make_proof(q->token, proof);
    return given && strlen(given) == PROOF_TEXT - 1 && sodium_memcmp(given, proof, PROOF_TEXT - 1) == 0;
}

static void answer_session(serve_request *q, const char *account, unsigned roles, const char *token, const char *cookie) {
    char words[64] = "", proof[PROOF_TEXT] = "";
    desk_roles_format(roles, words);
    if (*token)
        make_proof(token, proof);
    json_t *body = json_pack("{s:s,s:s,s:s,s:s}", "account", account, "roles", words, "proof", proof, "language", q->serve->resort->language);
    if (body && q->serve->play)
        json_object_set_new(body, "demo", serve_play_accounts(q->serve->play));
    serve_answer_with(q, 200, body, "Set-Cookie", cookie);
}

static void session_run(serve_request *q) {
    answer_session(q, q->session.account, q->session.roles, q->token, NULL);
}

// On a worker: argon2id takes its time.
static void sign_in_run(serve_request *q) {
    char token[DESK_TOKEN_TEXT], cookie[200];
    const char *name = desk_text(q->fields, "name"), *reason = "wrong";
    int wait_s = 1;
    // Guesses at one account from many addresses meet its lock (account.h); many accounts from one address meet this.
    if (q->serve->def.rate >= 0 && !serve_limits_take(q->serve->limits, "sign-in", 1, 10, 20, &wait_s)) {
        serve_refuse(q, 429, "too_many", "too many are signing in; again in %d s", wait_s);
        return;
    }
    piste_status status = desk_sign_in(q->serve->desk, name, desk_text(q->fields, "password"), &reason, token);
    if (status == PISTE_REFUSED) {
        bool locked = strcmp(reason, "locked") == 0;
        serve_refuse(q, 401, reason, locked ? "the account is locked for a while, after too many wrong passwords%s"
                                            : "the name or the password is not right%s", "");
        return;
    }
    desk_session session = {0};
    if (status == PISTE_OK)
        status = desk_session_find(q->serve->desk, token, &session);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return;
    }
    snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", cookie_name(q->serve), token,
             DESK_SESSION_S, q->serve->def.is_secure ? "; Secure" : "");
    answer_session(q, session.account, session.roles, token, cookie);
    sodium_memzero(token, sizeof token);
}

static void sign_out_run(serve_request *q) {
    char cookie[120];
    piste_status status = q->token[0] ? desk_sign_out(q->serve->desk, q->token) : PISTE_OK;
    if (status != PISTE_OK && status != PISTE_REFUSED) {
        serve_answer_status(q, status, NULL);
        return;
    }
    snprintf(cookie, sizeof cookie, "%s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s", cookie_name(q->serve),
             q->serve->def.is_secure ? "; Secure" : "");
    answer_session(q, "", 0, "", cookie);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

static const desk_field sign_in[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"password", DESK_TEXT, true, 0, 200, NULL, "its password"},
    {.type = DESK_END},
};
static const desk_field demo[] = {
    {"account", DESK_TEXT, true, 0, 40, NULL, ""},
    {"roles", DESK_TEXT, true, 0, 60, NULL, ""},
    {"password", DESK_TEXT, true, 0, 60, NULL, "random, of this demonstration"},
    {.type = DESK_END},
};
static const desk_field session[] = {
    {"account", DESK_TEXT, true, 0, 40, NULL, "who is signed in; empty: nobody"},
    {"roles", DESK_TEXT, true, 0, 60, NULL, "words of cashier, gate, planner, manager, auditor"},
    {"proof", DESK_TEXT, true, 0, 32, NULL, "goes into the header X-Piste of requests that change something"},
    {"language", DESK_TEXT, true, 0, BASE_LANGUAGE_MAX - 1, NULL, "in which the resort's own names are, as BCP 47 writes it"},
    {"demo", DESK_LIST, false, 0, 10, demo, "accounts to sign in with, in a demonstration alone"},
    {.type = DESK_END},
};

const serve_route serve_session_routes[] = {
    {"GET", "/api/session", SERVE_ANYONE, NULL, session, session_run, 0, NULL, "who is signed in", NULL},
    {"POST", "/api/session", SERVE_ANYONE, sign_in, session, sign_in_run, SERVE_WAITS | SERVE_COSTLY, NULL, "signs in", NULL},
    {"DELETE", "/api/session", SERVE_ANYONE, NULL, session, sign_out_run, SERVE_WAITS, NULL, "signs out", NULL},
    {0},
};
