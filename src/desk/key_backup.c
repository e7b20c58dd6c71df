// key_backup.c - the key store's own backup: one text that only its passphrase opens.
//
//     piste-keys-backup 1\n SALT(16) OPS(4) MIB(4) NONCE(24) BOX
//
// The passphrase becomes a key by argon2id, with libsodium's costs for what is kept (about 0.7 s and 256 MiB); the costs
// stand in the file, so that they can rise. BOX is the store and what travels with it, by XSalsa20-Poly1305.
#include <sodium.h>
#include <stdlib.h>

#include "desk/key.h"

static const char head[] = "piste-keys-backup 1\n";
enum {
    HEAD = sizeof head - 1,
    SALT = crypto_pwhash_argon2id_SALTBYTES,
    NONCE = crypto_secretbox_NONCEBYTES,
    BEFORE = HEAD + SALT + 8 + NONCE,
    MIB_MAX = 1024,
    OPS_MAX = 16,
    BACKUP_MAX = 64 << 20
};

static piste_status derive(const char *passphrase, const uint8_t *salt, uint64_t ops, uint64_t mib, const char *path,
                           piste_errors *errors, uint8_t key[crypto_secretbox_KEYBYTES]) {
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase), salt, ops, (size_t)mib << 20,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return PISTE_OK;
    return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory for the passphrase (%llu MiB)", (unsigned long long)mib);
}

// The store and what travels with it: the length of the first, then both.
static bool join(const piste_keys *keys, const char *extra, base_text *plain) {
    size_t length = 0;
    char *text = key_store_text(keys, &length);
    if (!text)
        return false;
    base_text_format(plain, "%016zx\n", length);
    base_text_add_bytes(plain, text, length);
    base_text_add(plain, extra ? extra : "");
    sodium_memzero(text, length);
    free(text);
    return !plain->failed;
}

piste_status piste_keys_backup(const piste_keys *keys, const char *extra, const char *passphrase, const char *path,
                               piste_errors *errors) {
    const uint64_t ops = crypto_pwhash_argon2id_OPSLIMIT_MODERATE, mib = crypto_pwhash_argon2id_MEMLIMIT_MODERATE >> 20;
    uint8_t key[crypto_secretbox_KEYBYTES];
    base_text plain = {0};
    uint8_t *whole = join(keys, extra, &plain) ? malloc(BEFORE + crypto_secretbox_MACBYTES + plain.length) : NULL;
    piste_status status = PISTE_OK;
    if (!whole)
        status = piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    if (status == PISTE_OK) {
        memcpy(whole, head, HEAD);
        randombytes_buf(whole + HEAD, SALT);
        desk_put(whole + HEAD + SALT, ops, 4);
        desk_put(whole + HEAD + SALT + 4, mib, 4);
        randombytes_buf(whole + BEFORE - NONCE, NONCE);
        status = derive(passphrase, whole + HEAD, ops, mib, path, errors, key);
    }
    if (status == PISTE_OK) {
        crypto_secretbox_easy(whole + BEFORE, (const uint8_t *)plain.data, plain.length, whole + BEFORE - NONCE, key);
        status = desk_file_replace(path, 0600, (const char *)whole, BEFORE + crypto_secretbox_MACBYTES + plain.length, errors);
    }
    sodium_memzero(key, sizeof key);
    if (plain.data)
        sodium_memzero(plain.data, plain.length);
    base_text_release(&plain);
    free(whole);
    return status;
}

static piste_status open_box(const char *path, const char *passphrase, const char *data, size_t length, piste_errors *errors,
                             char **plain, size_t *plain_length) {
    const uint8_t *whole = (const uint8_t *)data;
    if (length < BEFORE + crypto_secretbox_MACBYTES || memcmp(data, head, HEAD) != 0)
        return piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "not a backup of keys that this piste reads");
    uint64_t ops = desk_get(whole + HEAD + SALT, 4), mib = desk_get(whole + HEAD + SALT + 4, 4);
    if (ops < 1 || ops > OPS_MAX || mib < 1 || mib > MIB_MAX)
        return piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "not a backup of keys that this piste reads");
    uint8_t key[crypto_secretbox_KEYBYTES];
    size_t inside = length - BEFORE - crypto_secretbox_MACBYTES;
    char *box = malloc(inside + 1);
    piste_status status = box ? derive(passphrase, whole + HEAD, ops, mib, path, errors, key)
                              : piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    if (status == PISTE_OK &&
        crypto_secretbox_open_easy((uint8_t *)box, whole + BEFORE, length - BEFORE, whole + BEFORE - NONCE, key) != 0)
        status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "this passphrase does not open it, or it was changed");
    sodium_memzero(key, sizeof key);
    if (status != PISTE_OK) {
        free(box);
        return status;
    }
    box[inside] = 0;
    *plain = box;
    *plain_length = inside;
    return PISTE_OK;
}

static piste_status restore_from(const char *plain, size_t length, const char *path, const char *folder, piste_errors *errors,
                                 char **extra) {
    size_t store = 0;
    if (length < 17 || sscanf(plain, "%16zx", &store) != 1 || store > length - 17)
        return piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "not a backup of keys that this piste reads");
    piste_keys *keys = key_store_create(folder);
    char *rest = strdup(plain + 17 + store);
    piste_status status = keys && rest ? key_store_parse(plain + 17, store, path, errors, keys)
                                       : piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = key_store_new_folder(folder, errors);
    if (status == PISTE_OK)
        status = key_store_save(keys, errors);
    piste_keys_close(keys);
    if (status == PISTE_OK)
        *extra = rest;
    else
        free(rest);
    return status;
}

piste_status piste_keys_restore(const char *path, const char *passphrase, const char *folder, piste_errors *errors, char **extra) {
    char *data = NULL, *plain = NULL;
    size_t length = 0, plain_length = 0;
    piste_status status = desk_sodium(errors);
    if (status == PISTE_OK)
        status = base_file_read(path, BACKUP_MAX, errors, &data, &length);
    if (status == PISTE_OK)
        status = open_box(path, passphrase, data, length, errors, &plain, &plain_length);
    if (status == PISTE_OK)
        status = restore_from(plain, plain_length, path, folder, errors, extra);
    if (plain)
        sodium_memzero(plain, plain_length);
    free(plain);
    free(data);
    return status;
}
