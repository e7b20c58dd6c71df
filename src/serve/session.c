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

// ---- signing in --------------------------------------------------------------------------------------------------------

const char *serve_must_word(desk_must must) {
    return must == DESK_MUST_PASSWORD ? "password" : must == DESK_MUST_TWO_STEP ? "two-step" : "";
}

// The first that its name has: many call themselves by those that came before them, too.
static const char *first_of(const char *agent, const char *const (*words)[2], size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strstr(agent, words[i][0]))
            return words[i][1];
    return NULL;
}

const char *serve_session_browser(const serve_request *q) {
    static const char *const browsers[][2] = {{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"},
                                              {"FxiOS", "Firefox"}, {"Chrome", "Chrome"}, {"CriOS", "Chrome"}, {"Safari", "Safari"}};
    static const char *const systems[][2] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
                                             {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};
    static _Thread_local char text[DESK_BROWSER_MAX + 1];
    const char *agent = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_USER_AGENT);
    const char *browser = agent ? first_of(agent, browsers, BASE_COUNT(browsers)) : NULL;
    const char *system = agent ? first_of(agent, systems, BASE_COUNT(systems)) : NULL;
    snprintf(text, sizeof text, "%s%s%s", browser ? browser : "", browser && system ? ", " : "", system ? system : "");
    return text;
}

static void answer_session(serve_request *q, const desk_session *session, const char *token, const char *cookie) {
    char words[64] = "", proof[PROOF_TEXT] = "";
    desk_roles_format(session->roles, words);
    if (*token)
        make_proof(token, proof);
    json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s}", "account", session->account, "roles", words, "must", serve_must_word(session->must), "proof",
                             proof, "language", q->serve->resort->language);
    if (body && q->serve->play)
        json_object_set_new(body, "demo", serve_play_accounts(q->serve->play));
    serve_answer_with(q, 200, body, "Set-Cookie", cookie);
}

static void session_run(serve_request *q) {
    answer_session(q, &q->session, q->token, NULL);
}

void serve_session_refuse(serve_request *q, piste_status status, const char *reason) {
    static const struct {
        const char *reason, *text;
    } texts[] = {{"locked", "the account is locked for a while, after too many wrong passwords"},
                 {"wrong", "the name or the password is not right"},
                 {"expired", "the password was for once, and its time is over; ask a manager for another"},
                 {"code_needed", "the code of the second step is needed"},
                 {"wrong_code", "the code is not right, or was used before"},
                 {"no_two_step", "there is no second step"},
                 {"has_two_step", "there is a second step already: end it first"}};
    if (status != PISTE_REFUSED) {
        serve_answer_status(q, status, NULL);
        return;
    }
    for (size_t i = 0; i < BASE_COUNT(texts); i++)
        if (strcmp(texts[i].reason, reason) == 0) {
            serve_refuse(q, 401, reason, "%s", texts[i].text);
            return;
        }
    serve_refuse(q, 409, "changed", "the account was changed meanwhile");
}

void serve_session_answer(serve_request *q, piste_status status, const char *reason, const char *token) {
    char cookie[200];
    desk_session session = {0};
    if (status == PISTE_OK)
        status = desk_session_find(q->serve->desk, token, &session);
    if (status != PISTE_OK) {
        serve_session_refuse(q, status, reason);
        return;
    }
    snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", cookie_name(q->serve), token,
             DESK_SESSION_S, q->serve->def.is_secure ? "; Secure" : "");
    answer_session(q, &session, token, cookie);
}

// On a worker: argon2id takes its time.
static void sign_in_run(serve_request *q) {
    char token[DESK_TOKEN_TEXT] = "";
    const char *reason = "wrong";
    desk_credentials c = {desk_text(q->fields, "name"), desk_text(q->fields, "password"), desk_text(q->fields, "code")};
    int wait_s = 1;
    // Guesses at one account from many addresses meet its lock (account.h); many accounts from one address meet this.
    if (q->serve->def.rate >= 0 && !serve_limits_take(q->serve->limits, "sign-in", 1, 10, 20, &wait_s)) {
        serve_refuse(q, 429, "too_many", "too many are signing in; again in %d s", wait_s);
        return;
    }
    piste_status status = desk_sign_in(q->serve->desk, &c, serve_session_browser(q), &reason, token);
    serve_session_answer(q, status, reason, token);
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
    answer_session(q, &(desk_session){0}, "", cookie);
}

// ---- routes ------------------------------------------------------------------------------------------------------------

static const desk_field sign_in[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"password", DESK_TEXT, true, 0, DESK_PASSWORD_MAX, NULL, "its password"},
    {"code", DESK_TEXT, false, 0, 40, NULL, "of the second step, where the account has one: six digits, or a recovery code"},
    {.type = DESK_END},
};
static const desk_field demo[] = {
    {"account", DESK_TEXT, true, 0, 40, NULL, ""},
    {"roles", DESK_TEXT, true, 0, 60, NULL, ""},
    {"password", DESK_TEXT, true, 0, 60, NULL, "random, of this demonstration"},
    {.type = DESK_END},
};
const desk_field serve_session_fields[] = {
    {"account", DESK_TEXT, true, 0, 40, NULL, "who is signed in; empty: nobody"},
    {"roles", DESK_TEXT, true, 0, 60, NULL, "words of cashier, gate, planner, manager, auditor; none while something must be done first"},
    {"must", DESK_TEXT, true, 0, 10, NULL, "what that is: password, two-step; empty: nothing"},
    {"proof", DESK_TEXT, true, 0, 32, NULL, "goes into the header X-Piste of requests that change something"},
    {"language", DESK_TEXT, true, 0, BASE_LANGUAGE_MAX - 1, NULL, "in which the resort's own names are, as BCP 47 writes it"},
    {"demo", DESK_LIST, false, 0, 10, demo, "accounts to sign in with, in a demonstration alone"},
    {.type = DESK_END},
};

const serve_route serve_session_routes[] = {
    {"GET", "/api/session", SERVE_ANYONE, NULL, serve_session_fields, session_run, 0, NULL, "who is signed in", NULL},
    {"POST", "/api/session", SERVE_ANYONE, sign_in, serve_session_fields, sign_in_run, SERVE_WAITS | SERVE_COSTLY, NULL, "signs in", NULL},
    {"DELETE", "/api/session", SERVE_ANYONE, NULL, serve_session_fields, sign_out_run, SERVE_WAITS, NULL, "signs out", NULL},
    {0},
};
