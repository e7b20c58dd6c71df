// books.c - `piste audit`, `piste backup`, `piste restore`: what keeps a desk's books whole.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "cli/cli.h"
#include "desk/desk.h"

typedef struct wishes {
    const char *db, *vault;
    bool json;
} wishes;

static int read_wishes(const cli_command *command, int argc, char **argv, wishes *w, int wanted, const char *what,
                       bool *done) {
    int operands = 0;
    const cli_option options[] = {{"--db", .value = &w->db}, {"--json", .flag = &w->json}, {"--vault", .value = &w->vault}};
    if (cli_read_options(command, argc, argv, options, command == &cli_restore ? 3 : 2, &operands, done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (*done || operands == wanted)
        return 0;
    return cli_usage(command, "expected %s", what);
}

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

// What was erased since the backup was made is erased from what was restored, before anybody uses it.
static piste_status apply_erasures(const char *url, const char *vault, piste_errors *errors, desk_audit_result *result) {
    desk *d = NULL;
    piste_status status = desk_open(&(desk_def){.url = url, .must_exist = true, .vault = vault}, errors, &d);
    if (status == PISTE_OK)
        status = desk_audit(d, errors, result);
    desk_close(d);
    return status;
}

typedef enum work { AUDIT, BACKUP, RESTORE } work;

static piste_status work_on(work what, desk *d, const char *operand, const wishes *w, piste_errors *errors,
                            desk_audit_result *result) {
    if (what == AUDIT)
        return desk_audit(d, errors, result);
    return what == BACKUP ? desk_backup(d, operand, errors, result) : desk_copy(d, cli_desk_url(w->db), errors, result);
}

static int do_work(work what, const char *operand, const wishes *w) {
    piste_errors *errors = piste_errors_create();
    desk *d = NULL;
    desk_audit_result result = {0};
    const char *url = what == RESTORE ? operand : cli_desk_url(w->db);
    piste_status status = desk_open(&(desk_def){.url = url, .must_exist = true}, errors, &d);
    if (status == PISTE_OK && what == RESTORE) // what is not sound is not restored
        status = desk_audit(d, errors, &result);
    if (status == PISTE_OK)
        status = work_on(what, d, operand, w, errors, &result);
    const char *vault = what == RESTORE ? cli_desk_vault(w->vault, cli_desk_url(w->db)) : NULL;
    if (status == PISTE_OK && vault)
        status = apply_erasures(cli_desk_url(w->db), vault, errors, &result);
    if (status == PISTE_OK || status == PISTE_FOUND)
        print_result(&result, status, w->json);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    desk_close(d);
    piste_errors_destroy(errors);
    return code;
}

static int run_audit(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int code = read_wishes(&cli_audit, argc, argv, &w, 0, "no operand", &done);
    return code || done ? code : do_work(AUDIT, NULL, &w);
}
static int run_backup(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int code = read_wishes(&cli_backup, argc, argv, &w, 1, "the file to make", &done);
    return code || done ? code : do_work(BACKUP, argv[0], &w);
}
static int run_restore(int argc, char **argv) {
    wishes w = {0};
    bool done = false;
    int code = read_wishes(&cli_restore, argc, argv, &w, 1, "the backup", &done);
    return code || done ? code : do_work(RESTORE, argv[0], &w);
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
    run_audit};
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
    run_backup};
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
    run_restore};
