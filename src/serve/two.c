// two.c - requests that take two people: the first one's becomes a proposal, and is carried out once another has agreed.
//
// POST of such a request answers 202 with the proposal's number. POST /api/proposals/{proposal}/agree, by a manager who
// is somebody else, does it and answers as the request itself would have done. It has a key of its own, so that
// agreeing twice, or again after a crash in between, does it once; where it is refused then (sold out meanwhile), that
// is the answer, and it is to be proposed anew.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/proposal.h"
#include "serve/inside.h"

// ---- which ------------------------------------------------------------------------------------------------------------

static bool always(serve_request *q, bool *needs) {
    (void)q;
    *needs = true;
    return true;
}

static bool by_refund(serve_request *q, bool *needs) {
    const json_t *positions = json_object_get(q->fields, "positions");
    if (desk_flag(q->fields, "no_show")) {
        *needs = false;
        return true;
    }
    piste_status status = desk_refund_needs_two(q->serve->desk, desk_number(q->fields, "order", 0),
                                                json_is_array(positions) ? positions : NULL, needs);
    if (status != PISTE_OK)
        serve_answer_status(q, status, NULL);
    return status == PISTE_OK;
}

// Who could make a manager alone could agree with themselves. What is proposed is kept, and seen by auditors: no password is in it.
static bool by_manager(serve_request *q, bool *needs) {
    unsigned roles = 0;
    (void)desk_roles_parse(desk_text(q->fields, "roles"), &roles);
    piste_status status = desk_account_is_manager(q->serve->desk, desk_text(q->fields, "name"), needs);
    *needs = *needs || (roles & DESK_ROLE_MANAGER);
    if (status != PISTE_OK)
        serve_answer_status(q, status, NULL);
    else if (json_object_get(q->fields, "password"))
        serve_refuse(q, 422, "invalid", "password: is not told here; with \"once\": true the desk makes one, and its owner another");
    return status == PISTE_OK && !json_object_get(q->fields, "password");
}

static const struct {
    const char *route;
    bool (*ask)(serve_request *q, bool *needs); // false: answered already
} rules[] = {
    {"POST /api/desk/cap", always},
    {"POST /api/desk/cancel", by_refund},
    {"POST /api/desk/two-above", always},
    {"POST /api/desk/two-step", always},
    {"POST /api/desk/account", by_manager},
    {"POST /api/passes/{pass}/revoke", always},
};

// ---- proposing ----------------------------------------------------------------------------------------------------------

static void proposed(serve_request *q, piste_status status, json_t *answer) {
    if (status == PISTE_OK)
        json_object_set_new(answer, "status", json_string("proposed"));
    serve_answer(q, status == PISTE_OK ? 202 : piste_status_http_code(status), answer);
}

// What is kept is the path as it was asked, so that its parts come back with it.
static void propose(serve_request *q) {
    char what[SERVE_URL_MAX + 8];
    char *fields = json_dumps(q->fields, JSON_COMPACT);
    json_t *request = NULL;
    snprintf(what, sizeof what, "%s %s", q->route->method, q->url);
    if (fields)
        request = json_pack("{s:s,s:s,s:s,s:s}", "act", "propose", "key", desk_text(q->fields, "key"), "what", what, "fields", fields);
    free(fields);
    serve_act_then(q, request, proposed);
}

bool serve_two_takes(serve_request *q) {
    char route[160];
    bool needs = false;
    snprintf(route, sizeof route, "%s %s", q->route->method, q->route->path);
    for (size_t i = 0; i < BASE_COUNT(rules); i++) {
        if (strcmp(rules[i].route, route) != 0)
            continue;
        if (!rules[i].ask(q, &needs))
            return true;
        if (!needs)
            return false;
        if (!*desk_text(q->fields, "key"))
            serve_refuse(q, 422, "invalid", "key: is missing (the request's idempotency key)");
        else
            propose(q);
        return true;
    }
    return false;
}

// ---- agreeing -----------------------------------------------------------------------------------------------------------

// The request itself, in the place of the one that agreed to it; on a worker, since routes may wait.
static void carry_out(serve_request *q) {
    char allow[64] = "", method[8], key[48];
    json_t *answer = q->context;
    const char *what = desk_text(answer, "what"), *path = strchr(what, ' ');
    snprintf(method, sizeof method, "%.*s", path ? (int)(path - what) : 0, what);
    const serve_route *route = path ? serve_route_find(method, path + 1, q->parts, allow) : NULL;
    json_t *fields = json_incref(json_object_get(answer, "fields"));
    snprintf(key, sizeof key, "agreed-%" PRId64, desk_number(answer, "proposal", 0));
    q->context = NULL;
    json_decref(answer);
    if (!route || !json_is_object(fields)) {
        json_decref(fields);
        serve_refuse(q, 422, "invalid", "what was proposed is not known any more");
        return;
    }
    if (!(route->who & q->session.roles)) {
        json_decref(fields);
        serve_refuse(q, 403, "not_allowed", "what was proposed is not for your account");
        return;
    }
    json_object_set_new(fields, "key", json_string(key));
    json_decref(q->fields);
    q->fields = fields;
    q->route = route;
    route->run(q);
}

static void agreed(serve_request *q, piste_status status, json_t *answer) {
    if (status != PISTE_OK) {
        serve_answer(q, piste_status_http_code(status), answer);
        return;
    }
    q->context = answer;
    serve_work(q, carry_out);
}

static void agree_run(serve_request *q) {
    char key[96];
    int64_t id = strtoll(q->parts[0], NULL, 10);
    snprintf(key, sizeof key, "agree-%" PRId64 "-%s", id, q->session.account);
    serve_act_then(q, json_pack("{s:s,s:s,s:I}", "act", "agree", "key", key, "proposal", (json_int_t)id), agreed);
}

static void declined(serve_request *q, piste_status status, json_t *answer) {
    serve_answer(q, piste_status_http_code(status), answer);
}

static void decline_run(serve_request *q) {
    char key[96];
    int64_t id = strtoll(q->parts[0], NULL, 10);
    snprintf(key, sizeof key, "decline-%" PRId64 "-%s", id, q->session.account);
    serve_act_then(q, json_pack("{s:s,s:s,s:I}", "act", "decline", "key", key, "proposal", (json_int_t)id), declined);
}

static void list_run(serve_request *q) {
    serve_act(q, json_pack("{s:s,s:b}", "act", "proposals", "all", desk_flag(q->fields, "all")));
}

static const desk_field proposal_fields[] = {
    {"proposal", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {"what", DESK_TEXT, true, 0, 200, NULL, "the request"},
    {"fields", DESK_OBJECT, true, 0, 0, NULL, "its fields"},
    {"proposed_by", DESK_TEXT, true, 0, 40, NULL, "who must not agree"},
    {"proposed_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when"},
    {"state", DESK_TEXT, true, 0, 10, NULL, "open, agreed, declined"},
    {"decided_by", DESK_TEXT, true, 0, 40, NULL, "who agreed or declined"},
    {"decided_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when"},
    {.type = DESK_END},
};
static const desk_field list_fields[] = {
    {"proposals", DESK_LIST, true, 0, 100, proposal_fields, "the newest first"},
    {.type = DESK_END},
};

const serve_route serve_two_routes[] = {
    {"GET", "/api/proposals", DESK_ROLES_ALL, desk_proposals_fields, list_fields, list_run, 0, NULL,
     "what waits for a second person to agree", NULL},
    {"POST", "/api/proposals/{proposal}/agree", DESK_ROLE_MANAGER, NULL, NULL, agree_run, 0, NULL,
     "agrees to what somebody else proposed, and carries it out", NULL},
    {"POST", "/api/proposals/{proposal}/decline", DESK_ROLES_ALL & ~DESK_ROLE_AUDITOR, NULL, NULL, decline_run, 0, NULL,
     "declines it; whoever proposed it may withdraw it so", NULL},
    {0},
};
