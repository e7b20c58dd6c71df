// backup.c - `piste backup`: a desk's database copied while it is in use.
#include <stdio.h>

#include "base/base.h"
#include "cli/audit.h"
#include "cli/cli.h"

static int backup(const char *file, const char *db, bool json) {
    piste_errors *errors = piste_errors_create();
    desk *d = NULL;
    desk_audit_result result = {0};
    piste_status status = desk_open(&(desk_def){.url = cli_desk_url(db), .must_exist = true}, errors, &d);
    if (status == PISTE_OK)
        status = desk_backup(d, file, errors, &result);
    if (status == PISTE_OK || status == PISTE_FOUND)
        cli_print_audit(&result, status, json);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    desk_close(d);
    piste_errors_destroy(errors);
    return code;
}

static int run(int argc, char **argv) {
    const char *db = NULL;
    bool json = false, done = false;
    int operands = 0;
    const cli_option options[] = {{"--db", .value = &db}, {"--json", .flag = &json}};
    if (cli_read_options(&cli_backup, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    return operands == 1 ? backup(argv[0], db, json) : cli_usage(&cli_backup, "expected the file to make");
}

const cli_command cli_backup = {
    "backup", "copy the desk's database while it is in use",
    "usage: piste backup FILE [--db DATABASE] [--json]\n"
    "\n"
    "Copies one moment's state of the desk into a new SQLite file, also from PostgreSQL, and audits the copy. FILE is "
    "there\n"
    "only when it is whole; one that is there already is never written over.\n"
    "\n"
    "  --db DATABASE  a file, or postgresql://...; otherwise what PISTE_DESK says, or desk.db\n"
    "  --json         the audit's result as one line of JSON\n"
    "\n"
    "exit code: 0 done, 1 the copy's books do not agree, 2 usage, 3 no such database, 5 FILE is there already, 6 it "
    "could\n"
    "not be read or written\n",
    run};
