// acts.c - the acts and questions of the desk over HTTP: who may carry them out, and how they are answered.
//
// POST /api/desk/{act} takes the fields that `piste desk` takes. `who` is the account, whatever the request says.
#include <stdlib.h>

#include "serve/inside.h"

enum {
    TILL = DESK_ROLE_CASHIER | DESK_ROLE_MANAGER,
    OFFICE = DESK_ROLE_MANAGER,
    BOOKS = DESK_ROLE_MANAGER | DESK_ROLE_AUDITOR,
    ALL = DESK_ROLES_ALL,
};

// What is not here has no route: the desk's own acts, such as the end of a hold.
static const struct {
    const char *act;
    unsigned who;
} acts[] = {
    {"order", TILL},        {"pay", TILL},           {"cancel", TILL},
    {"move", TILL},         {"hold", TILL},          {"take", TILL},
    {"confirm", TILL},      {"return", TILL},        {"wait", TILL},
    {"leave", TILL},        {"drawer-open", TILL},   {"drawer-close", TILL},
    {"drawer", TILL | BOOKS}, {"gift", TILL},        {"charge", TILL},
    {"charges", TILL | BOOKS}, {"quote", ALL},       {"may", ALL},
    {"free", ALL},          {"show", TILL | BOOKS},  {"person", TILL},
    {"person-show", TILL},  {"person-find", TILL},   {"customer", TILL},
    {"pass-waive", TILL},   {"agreement-sign", TILL}, {"agreement", TILL | DESK_ROLE_GATE}, {"agreement-withdraw", TILL},
    {"product", OFFICE},    {"class", OFFICE},       {"price", OFFICE},
    {"rate", OFFICE},       {"agency", OFFICE},      {"discount", OFFICE},
    {"rule", OFFICE},       {"rounding", OFFICE},    {"allot", OFFICE},
    {"cap", OFFICE | DESK_ROLE_PLANNER}, {"settle", OFFICE}, {"open", OFFICE},
    {"close", OFFICE},      {"entries", BOOKS}, {"balances", BOOKS}, {"drawers", TILL | BOOKS},
    {"report", BOOKS},       {"account", OFFICE},
    {"photo-remove", OFFICE}, {"account-end", OFFICE}, {"two-step", OFFICE}, {"accounts", BOOKS},    {"purpose", OFFICE},
    {"need", OFFICE},       {"retain", OFFICE},      {"retention", BOOKS},
    {"person-export", OFFICE}, {"person-erase", OFFICE}, {"agreement-text", OFFICE},
    {"receipt", TILL | BOOKS}, {"waiting", TILL | BOOKS}, {"on-sale", ALL},
    {"calendar", ALL},      {"agreement-texts", ALL},
    {"two-above", OFFICE}, {"provider", OFFICE},   {"charge-again", OFFICE}, {"board", OFFICE | DESK_ROLE_GATE},
};

unsigned serve_act_who(const char *act) {
    for (size_t i = 0; i < BASE_COUNT(acts); i++)
        if (strcmp(acts[i].act, act) == 0)
            return acts[i].who;
    return 0;
}

// ---- carrying out ----------------------------------------------------------------------------------------------------

static int code_of(piste_status status) {
    return piste_status_http_code(status);
}

static void answer_text(serve_request *q, piste_status status, char *answer) {
    serve_answer_text(q, code_of(status), "application/json", answer, answer ? strlen(answer) : 0);
}

static void done(void *context, piste_status status, char *answer) {
    answer_text(context, status, answer);
}

typedef struct then {
    serve_request *q;
    void (*done)(serve_request *q, piste_status status, json_t *answer);
} then;

static void then_done(void *context, piste_status status, char *answer) {
    then t = *(then *)context;
    json_t *object = answer ? json_loads(answer, 0, NULL) : NULL;
    free(context);
    free(answer);
    t.done(t.q, status, object);
}

// On a worker: an act with a part outside of its transaction is done on the thread that submits it.
static void submit(serve_request *q) {
    json_t *request = q->context;
    q->context = NULL;
    desk_submit(q->serve->desk, request, done, q);
}

static json_t *as_caller(serve_request *q, json_t *request) {
    if (request)
        json_object_set_new(request, "who", json_string(q->session.account[0] ? q->session.account : "guest"));
    return request;
}

void serve_act(serve_request *q, json_t *request) {
    q->context = as_caller(q, request);
    if (!request)
        serve_answer_status(q, PISTE_MEMORY, NULL);
    else if (desk_outside_find(desk_text(request, "act")) && !(q->route->how & SERVE_WAITS))
        serve_work(q, submit);
    else
        submit(q);
}

void serve_act_then(serve_request *q, json_t *request, void (*answer)(serve_request *q, piste_status status, json_t *answer)) {
    then *t = malloc(sizeof *t);
    if (!t || !as_caller(q, request)) {
        free(t);
        json_decref(request);
        serve_answer_status(q, PISTE_MEMORY, NULL);
        return;
    }
    *t = (then){q, answer};
    desk_submit(q->serve->desk, request, then_done, t);
}

void serve_desk_run(serve_request *q) {
    if (!json_is_object(q->fields)) {
        serve_refuse(q, 422, "invalid", "expected an object");
        return;
    }
    if (json_object_get(q->fields, "who") || json_object_get(q->fields, "act")) {
        serve_refuse(q, 422, "invalid", "%s: is told by the path and the session", json_object_get(q->fields, "who") ? "who" : "act");
        return;
    }
    json_t *request = json_copy(q->fields);
    if (request)
        json_object_set_new(request, "act", json_string(q->route->act->name));
    serve_act(q, request);
}
