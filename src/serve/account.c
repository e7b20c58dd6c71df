// account.c - what whoever is signed in does with their own account: another password, the second step, where they are signed in.
//
// All of it asks for the password again, but for looking and for ending sessions. These routes are open, too, to whoever must
// do one of them before anything else (account.h).
#include <curl/curl.h>
#include <sodium.h>
#include <stdlib.h>

#include "serve/inside.h"

static const char *text(const serve_request *q, const char *name) {
    return desk_text(q->fields, name);
}

static desk_credentials credentials(const serve_request *q) {
    return (desk_credentials){.name = q->session.account, .password = text(q, "password"), .code = text(q, "code")};
}

static void see_run(serve_request *q) {
    json_t *body = NULL;
    char roles[64];
    piste_status status = desk_account_see(q->serve->desk, q->session.account, q->token, &body);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return;
    }
    desk_roles_format(q->session.own_roles, roles);
    json_object_set_new(body, "account", json_string(q->session.account));
    json_object_set_new(body, "roles", json_string(roles));
    json_object_set_new(body, "must", json_string(serve_must_word(q->session.must)));
    serve_answer(q, 200, body);
}

static void strength_run(serve_request *q) {
    const char *password = text(q, "password"), *fault = desk_password_fault(q->session.account, password);
    serve_answer(q, 200, json_pack("{s:f,s:s}", "bits", desk_password_bits(q->session.account, password), "fault", fault ? fault : ""));
}

static void password_run(serve_request *q) {
    char token[DESK_TOKEN_TEXT];
    const char *reason = "";
    piste_status status = desk_password_change(q->serve->desk, q->session.account, text(q, "password"), text(q, "chosen"), serve_session_browser(q), &reason, token);
    if (status == PISTE_INVALID)
        serve_refuse(q, 422, "weak", "chosen: %s", reason);
    else
        serve_session_answer(q, status, reason, token);
    sodium_memzero(token, sizeof token);
}

// ---- the second step ---------------------------------------------------------------------------------------------------------

// otpauth://totp/RESORT:ACCOUNT?secret=...&issuer=RESORT, as apps read it.
static bool make_address(const serve_request *q, const char *secret, char *out, size_t size) {
    char *resort = curl_easy_escape(NULL, q->serve->resort->name, 0);
    int length = resort ? snprintf(out, size, "otpauth://totp/%s:%s?secret=%s&issuer=%s", resort, q->session.account, secret, resort) : -1;
    curl_free(resort);
    return length > 0 && (size_t)length < size;
}

static void secret_run(serve_request *q) {
    char secret[DESK_TWO_STEP_SECRET], address[1200];
    desk_two_step_secret(secret);
    if (make_address(q, secret, address, sizeof address))
        serve_answer(q, 200, json_pack("{s:s,s:s}", "secret", secret, "address", address));
    else
        serve_answer_status(q, PISTE_MEMORY, NULL);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(address, sizeof address);
}

static void answer_codes(serve_request *q, piste_status status, const char *reason, desk_recovery_codes codes) {
    json_t *list = json_array();
    for (int i = 0; status == PISTE_OK && i < DESK_RECOVERY_CODES; i++)
        json_array_append_new(list, json_string(codes[i]));
    if (status == PISTE_OK)
        serve_answer(q, 200, json_pack("{s:o}", "codes", list));
    else {
        json_decref(list);
        serve_session_refuse(q, status, reason);
    }
    sodium_memzero(codes, sizeof(desk_recovery_codes));
}

static void begin_run(serve_request *q) {
    desk_recovery_codes codes;
    desk_credentials c = credentials(q);
    const char *reason = "";
    piste_status status = desk_two_step_begin(q->serve->desk, &c, text(q, "secret"), &reason, codes);
    if (status == PISTE_INVALID)
        serve_refuse(q, 422, "invalid", "secret: expected the one that GET /api/account/two-step tells");
    else
        answer_codes(q, status, reason, codes);
}

static void codes_run(serve_request *q) {
    desk_recovery_codes codes;
    desk_credentials c = credentials(q);
    const char *reason = "";
    piste_status status = desk_two_step_codes(q->serve->desk, &c, &reason, codes);
    answer_codes(q, status, reason, codes);
}

static void end_run(serve_request *q) {
    desk_credentials c = credentials(q);
    const char *reason = "";
    piste_status status = desk_two_step_end(q->serve->desk, &c, &reason);
    if (status == PISTE_OK)
        serve_answer(q, 200, json_object());
    else
        serve_session_refuse(q, status, reason);
}

// ---- sessions ------------------------------------------------------------------------------------------------------------------

static void sessions_end_run(serve_request *q) {
    int64_t ended = 0;
    piste_status status = desk_sessions_end(q->serve->desk, q->session.account, text(q, "session"), q->token, &ended);
    if (status == PISTE_INVALID)
        serve_refuse(q, 422, "invalid", "session: expected one that GET /api/account tells");
    else if (status == PISTE_OK)
        serve_answer(q, 200, json_pack("{s:I}", "ended", (json_int_t)ended));
    else
        serve_answer_status(q, status, NULL);
}

// ---- routes --------------------------------------------------------------------------------------------------------------------

#define PASSWORD {"password", DESK_TEXT, true, 0, DESK_PASSWORD_MAX, NULL, "the account's, once more"}
#define CODE(required, meaning) {"code", DESK_TEXT, required, 0, 40, NULL, meaning}

static const desk_field session[] = {
    {"session", DESK_TEXT, true, 0, 2 * DESK_HASH_SIZE, NULL, "its name here"},
    {"browser", DESK_TEXT, true, 0, DESK_BROWSER_MAX, NULL, "such as Firefox, Linux; empty: unknown"},
    {"begun_ms", DESK_INT, true, 0, INT64_MAX, NULL, ""},
    {"seen_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when it was last used, to the minute"},
    {"is_own", DESK_BOOL, true, 0, 0, NULL, "the one that asks"},
    {.type = DESK_END},
};
static const desk_field account[] = {
    {"account", DESK_TEXT, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, ""},
    {"roles", DESK_TEXT, true, 0, 60, NULL, "the account's"},
    {"must", DESK_TEXT, true, 0, 10, NULL, "what is to be done before anything else: password, two-step; empty: nothing"},
    {"two_step_ms", DESK_INT, true, 0, INT64_MAX, NULL, "since when there is a second step; 0: there is none"},
    {"codes", DESK_INT, true, 0, DESK_RECOVERY_CODES, NULL, "recovery codes that are left"},
    {"sessions", DESK_LIST, true, 0, 10000, session, "where the account is signed in, the newest first"},
    {.type = DESK_END},
};
static const desk_field strength[] = {
    {"password", DESK_TEXT, true, 0, DESK_PASSWORD_MAX, NULL, "one that might be chosen"},
    {.type = DESK_END},
};
static const desk_field change[] = {
    PASSWORD,
    {"chosen", DESK_TEXT, true, 0, DESK_PASSWORD_MAX, NULL, "the new one"},
    {.type = DESK_END},
};
static const desk_field secret[] = {
    {"secret", DESK_TEXT, true, 0, DESK_TWO_STEP_SECRET - 1, NULL, "in base32, to be typed into an app"},
    {"address", DESK_TEXT, true, 0, 1200, NULL, "otpauth://..., to be shown as a QR code, or to open an app on the same device"},
    {.type = DESK_END},
};
static const desk_field begin[] = {
    PASSWORD,
    {"secret", DESK_TEXT, true, 0, DESK_TWO_STEP_SECRET - 1, NULL, "that an app was told"},
    CODE(true, "the six digits that the app shows"),
    {.type = DESK_END},
};
static const desk_field again[] = {PASSWORD, CODE(false, "of the second step, where there is one"), {.type = DESK_END}};
static const desk_field which[] = {
    {"session", DESK_TEXT, false, 0, 2 * DESK_HASH_SIZE, NULL, "the one to end; none: all but the one that asks"},
    {.type = DESK_END},
};

enum { WAITS = SERVE_WAITS | SERVE_COSTLY };
const serve_route serve_account_routes[] = {
    {"GET", "/api/account", SERVE_ACCOUNT, NULL, account, see_run, SERVE_WAITS, NULL, "one's own account, and where it is signed in", NULL},
    {"POST", "/api/account/strength", SERVE_ACCOUNT, strength, NULL, strength_run, SERVE_WAITS, NULL,
     "how likely a password is to be guessed: log2 of the guesses, and what is wrong with it", NULL},
    {"POST", "/api/account/password", SERVE_ACCOUNT, change, serve_session_fields, password_run, WAITS, NULL,
     "changes it; all other sessions end", NULL},
    {"GET", "/api/account/two-step", SERVE_ACCOUNT, NULL, secret, secret_run, WAITS, NULL, "a new secret for an app; nothing is kept", NULL},
    {"POST", "/api/account/two-step", SERVE_ACCOUNT, begin, NULL, begin_run, WAITS, NULL,
     "begins the second step; the recovery codes are told this once", NULL},
    {"POST", "/api/account/two-step/end", SERVE_ACCOUNT, again, NULL, end_run, WAITS, NULL, "ends the second step", NULL},
    {"POST", "/api/account/codes", SERVE_ACCOUNT, again, NULL, codes_run, WAITS, NULL, "new recovery codes instead of those before", NULL},
    {"POST", "/api/account/sessions/end", SERVE_ACCOUNT, which, NULL, sessions_end_run, SERVE_WAITS, NULL, "signs out elsewhere", NULL},
    {0},
};
