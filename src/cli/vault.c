// vault.c - `piste vault`: the keys of personal data: made, backed up, restored, their master key made anew.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cli/cli.h"
#include "desk/desk.h"
#include "desk/vault.h"

typedef struct wishes {
    const char *db, *vault, *masters, *passphrase;
    bool json, lost;
} wishes;

typedef enum verb { CREATE, ROTATE, BACKUP, RESTORE, MASTER_SAVE, MASTER_LOAD, VERBS } verb;
static const struct {
    const char *name;
    int operands;
} verbs[VERBS] = {{"create", 0}, {"rotate", 0}, {"backup", 1}, {"restore", 1}, {"master-save", 1}, {"master-load", 1}};

static int done(const char *what, const char *where, int64_t generation, bool json) {
    if (json)
        printf("{\"status\":\"ok\",\"done\":\"%s\",\"generation\":%" PRId64 "}\n", what, generation);
    else if (generation)
        printf("%s: the master key is of generation %" PRId64
               " now; older backups of the vault cannot be opened any more\n",
               where, generation);
    else
        printf("%s: %s done\n", where, what);
    return fflush(stdout) == 0 ? 0 : cli_tell(PISTE_IO, NULL);
}

// The first line of a file.
static piste_status read_passphrase(const wishes *w, piste_errors *errors, char **out) {
    char *data = NULL;
    size_t length = 0;
    if (!w->passphrase)
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0,
                                "expected --passphrase FILE, whose first line is the passphrase");
    piste_status status = base_file_read(w->passphrase, 4096, errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    data[strcspn(data, "\r\n")] = 0;
    *out = data;
    return PISTE_OK;
}

static piste_status with_passphrase(verb what, desk_vault *v, const char *folder, const char *path, const wishes *w,
                                    piste_errors *errors) {
    char *passphrase = NULL;
    piste_status status = read_passphrase(w, errors, &passphrase);
    if (status == PISTE_OK)
        status = what == MASTER_SAVE
                     ? desk_vault_master_save(v, passphrase, path, errors)
                     : desk_vault_master_load(w->masters ? w->masters : folder, passphrase, path, errors);
    if (passphrase)
        desk_wipe(passphrase, strlen(passphrase));
    return status;
}

// The desk is tied to its vault when it is first opened with it.
static piste_status create(const char *folder, const wishes *w, piste_errors *errors) {
    desk *d = NULL;
    desk_vault *v = NULL;
    piste_status status =
        desk_vault_open(&(desk_vault_def){.folder = folder, .masters = w->masters, .must_be_new = true}, errors, &v);
    desk_vault_close(v);
    if (status == PISTE_OK)
        status = desk_open(
            &(desk_def){.url = cli_desk_url(w->db), .vault = folder, .masters = w->masters, .is_vault_lost = w->lost},
            errors, &d);
    desk_close(d);
    return status;
}

static piste_status work(verb what, const char *folder, const char *path, const wishes *w, piste_errors *errors,
                         int64_t *generation) {
    desk_vault *v = NULL;
    if (what == CREATE)
        return create(folder, w, errors);
    if (what == RESTORE)
        return desk_vault_restore(folder, path, errors);
    if (what == MASTER_LOAD)
        return with_passphrase(what, NULL, folder, path, w, errors);
    piste_status status =
        desk_vault_open(&(desk_vault_def){.folder = folder, .masters = w->masters, .must_exist = true}, errors, &v);
    if (status == PISTE_OK)
        status = what == ROTATE   ? desk_vault_rotate(v, errors, generation)
                 : what == BACKUP ? desk_vault_backup(v, path, errors)
                                  : with_passphrase(what, v, folder, path, w, errors);
    desk_vault_close(v);
    return status;
}

static const char *folder_of(const wishes *w) {
    static char beside[4096];
    const char *there = cli_desk_vault(w->vault, cli_desk_url(w->db));
    snprintf(beside, sizeof beside, "%s.keys", cli_desk_url(w->db));
    return there ? there : strncmp(cli_desk_url(w->db), "postgres", 8) == 0 ? NULL : beside;
}

static int run(int argc, char **argv) {
    wishes w = {0};
    bool is_done = false;
    int operands = 0, what = 0;
    const cli_option options[] = {{"--db", .value = &w.db},           {"--vault", .value = &w.vault},
                                  {"--masters", .value = &w.masters}, {"--passphrase", .value = &w.passphrase},
                                  {"--json", .flag = &w.json},        {"--lost", .flag = &w.lost}};
    if (cli_read_options(&cli_vault, argc, argv, options, BASE_COUNT(options), &operands, &is_done) != PISTE_OK)
        return piste_status_exit_code(PISTE_USAGE);
    if (is_done)
        return 0;
    while (operands && what < VERBS && strcmp(verbs[what].name, argv[0]) != 0)
        what++;
    if (!operands || what == VERBS || operands != 1 + verbs[what].operands)
        return cli_usage(&cli_vault, operands && what < VERBS ? "%s: expected %s" : "expected what to do%s%s",
                         operands && what < VERBS ? argv[0] : "",
                         operands && what < VERBS ? verbs[what].operands ? "one file" : "no operand" : "");
    const char *folder = folder_of(&w);
    if (!folder)
        return cli_usage(&cli_vault, "expected --vault FOLDER");
    piste_errors *errors = piste_errors_create();
    int64_t generation = 0;
    piste_status status = work((verb)what, folder, operands > 1 ? argv[1] : NULL, &w, errors, &generation);
    int code = status == PISTE_OK ? done(argv[0], folder, generation, w.json) : cli_tell(status, errors);
    piste_errors_destroy(errors);
    return code;
}

const cli_command cli_vault = {
    "vault", "the keys of personal data: make, back up, restore, rotate",
    "usage: piste vault create            makes a vault, and ties the desk to it\n"
    "       piste vault rotate            a new master key; backups of the vault from before are worthless then\n"
    "       piste vault backup FILE       copies the keys, wrapped by the master key, which is not in it\n"
    "       piste vault restore FILE      puts a backup in their place; who was erased since stays erased\n"
    "       piste vault master-save FILE  copies the master key under a passphrase\n"
    "       piste vault master-load FILE  brings it back\n"
    "\n"
    "What a desk holds of people is sealed by keys that stand in a folder of their own. Erasing somebody's keys erases "
    "them,\n"
    "wherever copies of the database are.\n"
    "\n"
    "  --db DATABASE      the desk's; otherwise what PISTE_DESK says, or desk.db\n"
    "  --vault FOLDER     the keys; otherwise what PISTE_DESK_VAULT says, or DATABASE.keys\n"
    "  --masters FOLDER   the master keys, where they are not in the vault's folder\n"
    "  --passphrase FILE  whose first line is the passphrase, 12 bytes or more\n"
    "  --lost             with create: the desk's vault is lost, with all that it sealed\n"
    "  --json             the result as one line of JSON\n"
    "\n"
    "exit code: 0 done, 2 usage, 3 no vault, or no master key that opens it, 4 not as expected, or others may read "
    "it,\n"
    "5 it is there already, 6 it could not be read or written, 8 refused\n",
    run};
