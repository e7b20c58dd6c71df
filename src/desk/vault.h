// vault.h - the keys of personal data, in a store of their own: erasing a key erases what it sealed, wherever copies of it are.
//
// A vault is a folder (0700), apart from the desk's database and with a backup of its own:
//
//   vault.db       keys, each wrapped by the master key; which were erased (SQLite, 0600)
//   master-N.key   the master key of generation N (0600); another folder or medium may hold it
//   erased.list    the ids of erased keys, one a line, append-only; a backup never replaces it
//
// A key is 32 random bytes that seal one purpose's data of one person. Its id says nothing of whose it is. What was once
// erased stays erased: the list in the folder, that in vault.db and that of the desk are united whenever a desk is opened
// (desk_people_reconcile), so that neither an older desk nor an older vault brings anybody back.
//
// A lost master key is restored from its copy under a passphrase (desk_vault_master_save). Without one, everything that
// was sealed is lost for good, as if everybody had been erased; the books do not need it.
#ifndef DESK_VAULT_H
#define DESK_VAULT_H

#include "base/base.h"
#include "store/store.h"

typedef struct desk_vault desk_vault;

enum { DESK_KEY_SIZE = 32, DESK_KEY_ID_SIZE = 16, DESK_VAULT_ID_SIZE = 16, DESK_FIND_SIZE = 16 };

typedef struct desk_vault_def {
    const char *folder;
    const char *masters; // the folder of the master keys; NULL: the same
    bool must_be_new, must_exist;
    int64_t (*now_ms)(void *clock); // NULL: the system's clock
    void *clock;
} desk_vault_def;

// Opens a vault, or makes one where there is none. PISTE_NOT_FOUND: no vault (must_exist) or no master key that opens it;
// PISTE_EXISTS: there is one (must_be_new); PISTE_INVALID: files that others may read, or that are not a vault's.
PISTE_CHECKED piste_status desk_vault_open(const desk_vault_def *def, piste_errors *errors, desk_vault **out);
void desk_vault_close(desk_vault *v);
const unsigned char *desk_vault_id(const desk_vault *v); // DESK_VAULT_ID_SIZE random bytes: which vault it is
// What went wrong last on this thread's call.
const char *desk_vault_error(desk_vault *v);

// The key of an id, made where it is not there and `create`. PISTE_REFUSED: erased; PISTE_NOT_FOUND: not there.
PISTE_CHECKED piste_status desk_vault_key(desk_vault *v, const unsigned char id[DESK_KEY_ID_SIZE], bool create,
                                          unsigned char key[DESK_KEY_SIZE]);
// Erases keys: first into the list, flushed, then out of vault.db and its log. Those that are not there are listed, too.
PISTE_CHECKED piste_status desk_vault_erase(desk_vault *v, const unsigned char (*ids)[DESK_KEY_ID_SIZE], size_t count);

// A list of ids in order; the caller frees it.
typedef struct desk_key_ids {
    unsigned char (*list)[DESK_KEY_ID_SIZE];
    size_t count, capacity;
} desk_key_ids;
PISTE_CHECKED piste_status desk_key_ids_add(desk_key_ids *ids, const void *id);
// Adds the ids that a query gives, whose $1 is `number`; `_read` does so on a reading connection and begins an empty list.
PISTE_CHECKED piste_status desk_key_ids_collect(store_db *db, const char *sql, int64_t number, desk_key_ids *ids);
PISTE_CHECKED piste_status desk_key_ids_read(store *s, const char *sql, int64_t number, desk_key_ids *ids);
void desk_key_ids_sort(desk_key_ids *ids);
void desk_key_ids_release(desk_key_ids *ids);
// Those in `a` that are not in `b`, both in order.
PISTE_CHECKED piste_status desk_key_ids_missing(const desk_key_ids *a, const desk_key_ids *b, desk_key_ids *out);

PISTE_CHECKED piste_status desk_vault_erased(desk_vault *v, desk_key_ids *out); // all that were erased

// Keyed hashes by a secret of the vault: of what a person is found by, and for the ids of new keys.
void desk_vault_hash(const desk_vault *v, const char *kind, const void *data, size_t size, unsigned char *hash,
                     size_t hash_size);

// A new master key: every key is wrapped anew in one transaction, then the old master key is destroyed, and with it
// every older backup of the vault. A rotation that was interrupted is finished by the next one to open the vault.
PISTE_CHECKED piste_status desk_vault_rotate(desk_vault *v, piste_errors *errors, int64_t *generation);

// A copy of vault.db as it is at one moment, in a new file (0600), without the master key.
PISTE_CHECKED piste_status desk_vault_backup(desk_vault *v, const char *path, piste_errors *errors);
// Puts a backup in the place of a folder's vault.db, which no process has open. The list of erasures stays and wins.
PISTE_CHECKED piste_status desk_vault_restore(const char *folder, const char *path, piste_errors *errors);
// The newest master key in a new file (0600) that only the passphrase opens (argon2id), and back into a folder.
PISTE_CHECKED piste_status desk_vault_master_save(const desk_vault *v, const char *passphrase, const char *path,
                                                  piste_errors *errors);
PISTE_CHECKED piste_status desk_vault_master_load(const char *masters, const char *passphrase, const char *path,
                                                  piste_errors *errors);

// ---- sealing ------------------------------------------------------------------------------------------------------------

// XChaCha20-Poly1305 by a key, bound to `about`; padded to 256 bytes, so that lengths say little. The nonce is a keyed
// hash of all that is sealed: the same text gives the same bytes, so that a request that comes again is the same request.
PISTE_CHECKED piste_status desk_seal(const unsigned char key[DESK_KEY_SIZE], const void *about, size_t about_size,
                                     const char *text, size_t length, unsigned char **sealed, size_t *size);
// PISTE_INVALID: not sealed by this key about this. The caller wipes and frees the text.
PISTE_CHECKED piste_status desk_unseal(const unsigned char key[DESK_KEY_SIZE], const void *about, size_t about_size,
                                       const unsigned char *sealed, size_t size, char **text, size_t *length);
void desk_wipe(char *text, size_t length); // and frees; NULL is nothing

#endif
