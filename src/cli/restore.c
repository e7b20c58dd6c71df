// restore.c - `piste restore`: a backup brought back into an empty database.
#include "base/base.h"
#include "cli/audit.h"
#include "cli/cli.h"

typedef struct wishes {
    const char *db, *vault;
    bool json;
} wishes;

// What was erased since the backup was made is erased from what was restored, before anybody uses it.
static piste_status apply_erasures(const char *url, const char *vault, piste_errors *errors, desk_audit_result *result) {
    desk *d = NULL;
    piste_status status = desk_open(&(desk_def){.url = url, .must_exist = true, .vault = vault}, errors, &d);
    if (status == PISTE_OK)
        status = desk_audit(d, errors, result);
    desk_close(d);
    return status;
}

// What is not sound is not restored.
static piste_status restore(desk *from, const void *context, piste_errors *errors, desk_audit_result *result) {
    const wishes *w = context;
    const char *url = cli_desk_url(w->db), *vault = cli_desk_vault(w->vault, url);
    piste_status status = desk_audit(from, errors, result);
    if (status == PISTE_OK)
        status = desk_copy(from, url, errors, result);
    return status == PISTE_OK && vault ? apply_erasures(url, vault, errors, result) : status;
}

static int run(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int operands = 0;
    const cli_option options[] = {{"--db", .value = &w.db}, {"--json", .flag = &w.json}, {"--vault", .value = &w.vault}};
    if (cli_read_options(&cli_restore, argc, argv, options, BASE_COUNT(options), &operands, &done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (done)
        return 0;
    return operands == 1 ? cli_with_audit(argv[0], w.json, restore, &w) : cli_usage(&cli_restore, "expected the backup");
}

const cli_command cli_restore = {
    "restore", "bring a backup back into an empty database",
    "usage: piste restore FILE [--db DATABASE] [--json]\n"
    "\n"
    "Audits the backup FILE, copies it into a database that holds no desk yet, SQLite or PostgreSQL, and audits that.\n"
    "Whoever was erased since the backup was made is erased again, which needs the vault.\n"
    "\n"
    "  --db DATABASE  a file, or postgresql://...; otherwise what PISTE_DESK says, or desk.db\n"
    "  --vault FOLDER the keys of personal data; otherwise what PISTE_DESK_VAULT says, or DATABASE.keys if it is there\n"
    "  --json         the audit's result as one line of JSON\n"
    "\n"
    "exit code: 0 done, 1 books do not agree, 2 usage, 3 no such backup, 5 there is a desk in the database already, 6 "
    "it\n"
    "could not be read or written\n",
    run};
