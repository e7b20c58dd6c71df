// vault_inside.h - what the files of the vault share.
#ifndef DESK_VAULT_INSIDE_H
#define DESK_VAULT_INSIDE_H

#include <pthread.h>

#include "desk/vault.h"
#include "store/store.h"

enum {
    VAULT_MASTERS_MAX = 8,
    VAULT_NONCE = 24,
    VAULT_TAG = 16,
    VAULT_WRAPPED = VAULT_NONCE + DESK_KEY_SIZE + VAULT_TAG
};

typedef struct vault_master {
    int64_t generation;
    unsigned char key[DESK_KEY_SIZE];
} vault_master;

struct desk_vault {
    char *folder, *masters_folder;
    desk_vault_def def;
    store *store;
    int list;              // erased.list, open for appending
    pthread_mutex_t lock;  // of what follows
    vault_master *masters; // VAULT_MASTERS_MAX, in memory that is not swapped
    int master_count;
    unsigned char *index; // the secret of desk_vault_hash, likewise
    unsigned char id[DESK_VAULT_ID_SIZE];
    char error[256];
};

extern const store_migration vault_migrations[];
extern const int vault_migration_count;

// "FOLDER/NAME"; the caller frees it. NULL: no memory.
char *vault_path(const char *folder, const char *format, ...) PISTE_PRINTF(2, 3);
// Writes a new file of 0600 and flushes it and its folder. PISTE_EXISTS.
PISTE_CHECKED piste_status vault_file_make(const char *path, const void *data, size_t size, piste_errors *errors);
PISTE_CHECKED piste_status vault_folder_flush(const char *folder);

// ---- master keys (vault_master.c)
PISTE_CHECKED piste_status vault_masters_load(const char *folder, vault_master *masters, int *count,
                                              piste_errors *errors);
PISTE_CHECKED piste_status vault_master_write(const char *folder, const vault_master *m, piste_errors *errors);
PISTE_CHECKED piste_status vault_master_destroy(const char *folder, int64_t generation, piste_errors *errors);
void vault_wrap(const vault_master *m, const void *id, size_t id_size, const unsigned char key[DESK_KEY_SIZE],
                unsigned char wrapped[VAULT_WRAPPED]);
PISTE_CHECKED piste_status vault_unwrap(const vault_master *m, const void *id, size_t id_size, const void *wrapped,
                                        size_t size, unsigned char key[DESK_KEY_SIZE]);

// ---- the list of erasures (vault_list.c)
PISTE_CHECKED piste_status vault_list_open(desk_vault *v, bool is_new, piste_errors *errors);
PISTE_CHECKED piste_status vault_list_read(desk_vault *v, desk_key_ids *ids, piste_errors *errors);
PISTE_CHECKED piste_status vault_list_add(desk_vault *v, const unsigned char (*ids)[DESK_KEY_ID_SIZE], size_t count);

#endif
