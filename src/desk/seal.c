// seal.c - sealing texts by a key, and wiping them.
#include <sodium.h>
#include <stdlib.h>

#include "desk/vault.h"

enum {
    BLOCK = 256,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

void desk_wipe(char *text, size_t length) {
    if (text)
        sodium_memzero(text, length);
    free(text);
}

// A keyed hash of what is sealed and what it is bound to, as a nonce: it repeats only where all of that repeats.
static void make_nonce(const unsigned char key[DESK_KEY_SIZE], const void *about, size_t about_size, const void *text,
                       size_t length, unsigned char nonce[NONCE]) {
    crypto_generichash_state state;
    unsigned char sizes[16];
    for (int i = 0; i < 8; i++) {
        sizes[i] = (unsigned char)((uint64_t)about_size >> 8 * i);
        sizes[8 + i] = (unsigned char)((uint64_t)length >> 8 * i);
    }
    unsigned char own[crypto_generichash_KEYBYTES]; // not the key itself, which is the cipher's
    crypto_generichash(own, sizeof own, (const unsigned char *)"nonce", 5, key, DESK_KEY_SIZE);
    crypto_generichash_init(&state, own, sizeof own, NONCE);
    crypto_generichash_update(&state, sizes, sizeof sizes);
    crypto_generichash_update(&state, about, about_size);
    crypto_generichash_update(&state, text, length);
    crypto_generichash_final(&state, nonce, NONCE);
    sodium_memzero(own, sizeof own);
}

piste_status desk_seal(const unsigned char key[DESK_KEY_SIZE], const void *about, size_t about_size, const char *text,
                       size_t length, unsigned char **sealed, size_t *size) {
    size_t capacity = (length / BLOCK + 1) * BLOCK, padded = 0;
    unsigned char *plain = malloc(capacity), *out = malloc(NONCE + capacity + TAG);
    unsigned long long made = 0;
    if (!plain || !out || length > 1 << 20) {
        free(plain);
        free(out);
        return length > 1 << 20 ? PISTE_LIMIT : PISTE_MEMORY;
    }
    memcpy(plain, text, length);
    sodium_pad(&padded, plain, length, BLOCK, capacity);
    make_nonce(key, about, about_size, text, length, out);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, &made, plain, padded, about, about_size, NULL, out, key);
    sodium_memzero(plain, capacity);
    free(plain);
    *sealed = out;
    *size = NONCE + (size_t)made;
    return PISTE_OK;
}

piste_status desk_unseal(const unsigned char key[DESK_KEY_SIZE], const void *about, size_t about_size,
                         const unsigned char *sealed, size_t size, char **text, size_t *length) {
    if (size < NONCE + TAG + BLOCK)
        return PISTE_INVALID;
    size_t capacity = size - NONCE - TAG, got = 0;
    unsigned char *plain = malloc(capacity + 1);
    if (!plain)
        return PISTE_MEMORY;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed + NONCE, size - NONCE, about, about_size,
                                                   sealed, key) != 0 ||
        sodium_unpad(&got, plain, capacity, BLOCK) != 0) {
        desk_wipe((char *)plain, capacity);
        return PISTE_INVALID;
    }
    plain[got] = 0;
    *text = (char *)plain;
    *length = got;
    return PISTE_OK;
}
