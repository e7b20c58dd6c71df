// audit.c - `piste audit`: recomputes a desk's books; and what other commands that end with an audit share (audit.h).
#include <inttypes.h>
#include <stdio.h>

#include "base/base.h"
#include "cli/audit.h"
#include "cli/cli.h"

static void print_result(const desk_audit_result *r, piste_status status, bool json) {
    char hash[65];
    for (int i = 0; i < 32; i++)
        snprintf(hash + 2 * i, 3, "%02x", r->hash[i]);
    if (json)
        printf("{\"status\":\"%s\",\"entries\":%" PRId64 ",\"postings\":%" PRId64 ",\"takes\":%" PRId64
               ",\"allotments\":%" PRId64 ",\"problems\":%" PRId64 ",\"hash\":\"%s\"}\n",
               piste_status_name(status), r->entries, r->postings, r->takes, r->allotments, r->problems, hash);
    else
        printf("%" PRId64 " entries, %" PRId64 " postings, %" PRId64 " takes, %" PRId64 " allotments: %s\nhash %s\n",
               r->entries, r->postings, r->takes, r->allotments, r->problems ? "they do not agree" : "all agree", hash);
}

int cli_with_audit(const char *url, bool json, cli_audited *act, const void *context) {
    piste_errors *errors = piste_errors_create();
    desk *d = NULL;
    desk_audit_result result = {0};
    piste_status status = desk_open(&(desk_def){.url = url, .must_exist = true}, errors, &d);
    if (status == PISTE_OK)
        status = act(d, context, errors, &result);
    if (status == PISTE_OK || status == PISTE_FOUND)
        print_result(&result, status, json);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    desk_close(d);
    piste_errors_destroy(errors);
    return code;
}

static piste_status audit(desk *d, const void *context, piste_errors *errors, desk_audit_result *result) {
    (void)context;
    return desk_audit(d, errors, result);
}

static int run(int argc, char **argv) {
    const char *db = NULL;
    bool json = false, done = false;
    int operands = 0;
    const cli_option options[] = {{"--db", .value = &db}, {"--json", .flag = &json}};
    if (cli_read_options(&cli_audit, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    return operands ? cli_usage(&cli_audit, "expected no operand") : cli_with_audit(cli_desk_url(db), json, audit, NULL);
}

const cli_command cli_audit = {
    "audit", "recompute the desk's books from its journal",
    "usage: piste audit [--db DATABASE] [--json]\n"
    "\n"
    "Recomputes every balance, allotment and hash from the journal and tells what does not agree. The hash stands for "
    "the\n"
    "whole journal: written down elsewhere, it proves later that nothing before it was changed.\n"
    "\n"
    "  --db DATABASE  a file, or postgresql://...; otherwise what PISTE_DESK says, or desk.db\n"
    "  --json         the result as one line of JSON\n"
    "\n"
    "exit code: 0 all agree, 1 they do not, 2 usage, 3 no such database, 6 it could not be read\n",
    run};
