// books.c - what the page Books needs beside the desk's own questions: the journal as files, and the audit.
#include <inttypes.h>
#include <sodium.h>

#include "serve/inside.h"

static void export_run(serve_request *q) {
    base_text out = {0};
    bool beancount = strcmp(q->parts[0], "beancount") == 0;
    if (!beancount && strcmp(q->parts[0], "hledger") != 0) {
        serve_refuse(q, 404, "not_found", "%.60s, expected hledger or beancount", q->parts[0]);
        return;
    }
    piste_status status = desk_export(q->serve->desk, beancount, &out);
    serve_answer_made(q, "text/plain; charset=utf-8", status, NULL, &out);
}

static void audit_run(serve_request *q) {
    desk_audit_result r = {0};
    char hash[65];
    piste_errors *problems = piste_errors_create();
    piste_status status = desk_audit(q->serve->desk, problems, &r);
    if (status != PISTE_OK && status != PISTE_FOUND)
        serve_answer_status(q, status, problems);
    else {
        json_t *list = json_array();
        for (size_t i = 0; i < piste_errors_count(problems); i++)
            json_array_append_new(list, json_pack("{s:s}", "text", piste_errors_get(problems, i)->text));
        sodium_bin2hex(hash, sizeof hash, r.hash, sizeof r.hash);
        serve_answer(q, 200, json_pack("{s:I,s:I,s:I,s:I,s:s,s:o}", "entries", (json_int_t)r.entries, "postings", (json_int_t)r.postings,
                                       "takes", (json_int_t)r.takes, "allotments", (json_int_t)r.allotments, "hash", hash, "problems",
                                       list));
    }
    piste_errors_destroy(problems);
}

static const desk_field problem[] = {{"text", DESK_TEXT, true, 0, 0, NULL, "what does not agree"}, {.type = DESK_END}};
static const desk_field audit[] = {
    {"entries", DESK_INT, true, 0, INT64_MAX, NULL, "of the journal, all recomputed"},
    {"postings", DESK_INT, true, 0, INT64_MAX, NULL, ""},
    {"takes", DESK_INT, true, 0, INT64_MAX, NULL, ""},
    {"allotments", DESK_INT, true, 0, INT64_MAX, NULL, ""},
    {"hash", DESK_TEXT, true, 0, 64, NULL, "of the last entry: kept elsewhere, it proves later that nothing before it was changed"},
    {"problems", DESK_LIST, true, 0, PISTE_ERRORS_MAX, problem, "empty where everything agrees"},
    {.type = DESK_END},
};

const serve_route serve_books_routes[] = {
    {"GET", "/api/books/export/{format}", DESK_ROLE_MANAGER | DESK_ROLE_AUDITOR, NULL, NULL, export_run, SERVE_WAITS | SERVE_COSTLY,
     "text/plain", "the journal for hledger or beancount", NULL},
    {"POST", "/api/books/audit", DESK_ROLE_MANAGER | DESK_ROLE_AUDITOR, NULL, audit, audit_run, SERVE_WAITS | SERVE_COSTLY, NULL,
     "recomputes every balance, allotment and hash from the journal", NULL},
    {0},
};
