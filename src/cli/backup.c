// backup.c - `piste backup`: a desk's database copied while it is in use.
#include "base/base.h"
#include "cli/audit.h"
#include "cli/cli.h"

static piste_status backup(desk *d, const void *file, piste_errors *errors, desk_audit_result *result) {
    return desk_backup(d, file, errors, result);
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
    return operands == 1 ? cli_with_audit(cli_desk_url(db), json, backup, argv[0]) : cli_usage(&cli_backup, "expected the file to make");
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
