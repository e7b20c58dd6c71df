// key.h - the key store's insides, for the files that back it up and sign documents with it.
#ifndef DESK_KEY_H
#define DESK_KEY_H

#include "desk/pass.h"

enum { KEY_SEED = 32, KEY_SECRET = 64 };

typedef struct key_secret {
    piste_key about;
    uint8_t seed[KEY_SEED], secret[KEY_SECRET]; // the secret is the seed and the public key, as libsodium wants it
} key_secret;

struct piste_keys {
    char *folder;
    int lock;
    int32_t count;
    key_secret list[PISTE_RING_MAX];
};

int key_word_find(const char *const *words, int count, const char *word); // -1: none of them
uint32_t key_id_of(const uint8_t key[PISTE_PUBLIC_KEY]);
piste_keys *key_store_create(const char *folder); // empty, not locked; NULL: no memory
PISTE_CHECKED piste_status key_store_new_folder(const char *folder, piste_errors *errors);
// The store as text with all its secrets: to be wiped and freed. NULL: no memory.
char *key_store_text(const piste_keys *keys, size_t *length);
PISTE_CHECKED piste_status key_store_parse(const char *text, size_t length, const char *name, piste_errors *errors,
                                           piste_keys *keys);
PISTE_CHECKED piste_status key_store_save(const piste_keys *keys, piste_errors *errors);
const key_secret *key_that_signs(const piste_keys *keys, piste_key_use use);

#endif
