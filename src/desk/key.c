// key.c - the key store: a file of its own that nobody else may read, its rotation, what it signs.
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/key.h"

static const char file_name[] = "keys.json";
static const char *const use_words[PISTE_KEY_USE_COUNT] = {"pass", "list"};
static const char *const state_words[PISTE_KEY_STATE_COUNT] = {"signs", "retired"};

const char *piste_key_use_word(piste_key_use use) {
    return (unsigned)use < PISTE_KEY_USE_COUNT ? use_words[use] : "?";
}

int key_word_find(const char *const *words, int count, const char *word) {
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static void hash_key(const uint8_t key[PISTE_PUBLIC_KEY], uint8_t hash[PISTE_FINGERPRINT / 2]) {
    crypto_generichash(hash, PISTE_FINGERPRINT / 2, key, PISTE_PUBLIC_KEY, NULL, 0);
}

uint32_t key_id_of(const uint8_t key[PISTE_PUBLIC_KEY]) {
    uint8_t hash[PISTE_FINGERPRINT / 2];
    hash_key(key, hash);
    return (uint32_t)desk_get(hash, 4);
}

void piste_public_key_fingerprint(const piste_public_key *key, char text[PISTE_FINGERPRINT + 1]) {
    uint8_t hash[PISTE_FINGERPRINT / 2];
    hash_key(key->key, hash);
    desk_hex(hash, sizeof hash, text);
}

// ---- reading and writing ----------------------------------------------------------------------------------------

static json_t *key_json(const key_secret *k) {
    char id[9], seed[2 * KEY_SEED + 1];
    uint8_t number[4];
    desk_put(number, k->about.public.id, 4);
    desk_hex(number, 4, id);
    desk_hex(k->seed, KEY_SEED, seed);
    json_t *json = json_pack("{s:s,s:s,s:s,s:i,s:i,s:s}", "id", id, "use", use_words[k->about.public.use], "state",
                             state_words[k->about.state], "made-min", (int)k->about.made_min, "until-min",
                             (int)k->about.public.until_min, "seed", seed);
    sodium_memzero(seed, sizeof seed);
    return json;
}

char *key_store_text(const piste_keys *keys, size_t *length) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < keys->count; i++)
        if (json_array_append_new(list, key_json(&keys->list[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    json_t *root = list ? json_pack("{s:s,s:i,s:o}", "format", "piste-keys", "format-version", 1, "keys", list) : NULL;
    return root ? desk_json_dump(root, true, length) : NULL;
}

// A seed gives both halves of its key anew: what the file says of the key's name is held against it.
static bool fill(key_secret *k) {
    bool well = crypto_sign_seed_keypair(k->about.public.key, k->secret, k->seed) == 0;
    k->about.public.id = key_id_of(k->about.public.key);
    return well;
}

static void read_key(desk_reader *r, const json_t *json, int32_t index, key_secret *k) {
    static const char *const known[] = {"id", "use", "state", "made-min", "until-min", "seed", NULL};
    char where[32];
    snprintf(where, sizeof where, "keys[%d]", index);
    if (!json_is_object(json)) {
        desk_json_fail(r, where, "expected an object");
        return;
    }
    desk_json_only(r, json, where, known);
    int64_t made = 0, until = 0;
    uint8_t id[4] = {0};
    int use = key_word_find(use_words, PISTE_KEY_USE_COUNT, desk_json_text(r, json, where, "use", 16));
    int state = key_word_find(state_words, PISTE_KEY_STATE_COUNT, desk_json_text(r, json, where, "state", 16));
    desk_json_number(r, json, where, "made-min", PISTE_PASS_MINUTE_MIN, PISTE_PASS_MINUTE_MAX, &made);
    desk_json_number(r, json, where, "until-min", PISTE_PASS_MINUTE_MIN, PISTE_PASS_MINUTE_MAX, &until);
    bool seed = desk_unhex(desk_json_text(r, json, where, "seed", 2 * KEY_SEED), k->seed, KEY_SEED);
    bool named = desk_unhex(desk_json_text(r, json, where, "id", 8), id, 4);
    if (use < 0 || state < 0 || !seed || !named || !fill(k) || desk_get(id, 4) != k->about.public.id) {
        desk_json_fail(r, where, "is not a key as it was written");
        return;
    }
    k->about.public.use = (piste_key_use)use;
    k->about.public.until_min = (int32_t)until;
    k->about.state = (piste_key_state)state;
    k->about.made_min = (int32_t)made;
}

// What the store promises: one key of each use signs, and no two have one name.
static void check_store(desk_reader *r, const piste_keys *keys) {
    int signing[PISTE_KEY_USE_COUNT] = {0};
    for (int32_t i = 0; i < keys->count; i++) {
        const key_secret *k = &keys->list[i];
        signing[k->about.public.use] += k->about.state == PISTE_KEY_SIGNS;
        for (int32_t j = 0; j < i; j++)
            if (keys->list[j].about.public.id == k->about.public.id)
                desk_json_fail(r, "keys", "two have one id");
    }
    for (int use = 0; use < PISTE_KEY_USE_COUNT; use++)
        if (signing[use] != 1)
            desk_json_fail(r, "keys", "%d keys sign as %s, expected one", signing[use], use_words[use]);
}

piste_status key_store_parse(const char *text, size_t length, const char *name, piste_errors *errors, piste_keys *keys) {
    static const char *const known[] = {"format", "format-version", "keys", NULL};
    desk_reader r = {name, errors, PISTE_OK};
    json_t *root = desk_json_load(&r, text, length);
    if (!root)
        return r.status;
    desk_json_head(&r, root, "piste-keys");
    desk_json_only(&r, root, "", known);
    const json_t *list = desk_json_array(&r, root, "", "keys", PISTE_RING_MAX);
    keys->count = 0;
    for (size_t i = 0; list && i < json_array_size(list); i++)
        read_key(&r, json_array_get(list, i), keys->count, &keys->list[keys->count]), keys->count++;
    if (r.status == PISTE_OK)
        check_store(&r, keys);
    json_decref(root);
    return r.status;
}

piste_status key_store_save(const piste_keys *keys, piste_errors *errors) {
    size_t length = 0;
    char *text = key_store_text(keys, &length), *path = desk_path(keys->folder, file_name);
    piste_status status = text && path ? desk_file_replace(path, 0600, text, length, errors)
                                       : piste_errors_add(errors, PISTE_MEMORY, keys->folder, 0, 0, "no memory");
    if (text)
        sodium_memzero(text, length);
    free(text);
    free(path);
    return status;
}

// ---- making, opening, closing -------------------------------------------------------------------------------------

piste_keys *key_store_create(const char *folder) {
    piste_keys *keys = calloc(1, sizeof *keys);
    if (!keys)
        return NULL;
    keys->lock = -1;
    keys->folder = strdup(folder);
    if (!keys->folder) {
        free(keys);
        return NULL;
    }
    sodium_mlock(keys->list, sizeof keys->list); // where the system allows it, secrets are not swapped out
    return keys;
}

void piste_keys_close(piste_keys *keys) {
    if (!keys)
        return;
    sodium_munlock(keys->list, sizeof keys->list); // wipes it
    sodium_memzero(keys->list, sizeof keys->list);
    if (keys->lock >= 0)
        close(keys->lock);
    free(keys->folder);
    free(keys);
}

piste_status key_store_new_folder(const char *folder, piste_errors *errors) {
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return piste_errors_add(errors, errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    if (chmod(folder, 0700) != 0)
        return piste_errors_add(errors, PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    char *path = desk_path(folder, file_name);
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there ? piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "there is a key store already") : PISTE_OK;
}

static piste_status add_key(piste_keys *keys, piste_key_use use, int64_t now_s, piste_errors *errors) {
    if (keys->count >= PISTE_RING_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, keys->folder, 0, 0, "it has %d keys, the most; end some of them", PISTE_RING_MAX);
    int64_t until = piste_minute_of(now_s) + PISTE_KEY_DAYS * 1440ll;
    key_secret *k = &keys->list[keys->count];
    bool again = true;
    while (again) { // two keys whose names are alike are not told apart by a token
        randombytes_buf(k->seed, sizeof k->seed);
        if (!fill(k))
            return piste_errors_add(errors, PISTE_IO, keys->folder, 0, 0, "no key could be made");
        again = false;
        for (int32_t i = 0; i < keys->count; i++)
            again = again || keys->list[i].about.public.id == k->about.public.id;
    }
    k->about.public.use = use;
    k->about.public.until_min = until > PISTE_PASS_MINUTE_MAX ? PISTE_PASS_MINUTE_MAX : (int32_t)until;
    k->about.state = PISTE_KEY_SIGNS;
    k->about.made_min = piste_minute_of(now_s);
    keys->count++;
    return PISTE_OK;
}

piste_status piste_keys_make(const char *folder, int64_t now_s, piste_errors *errors) {
    piste_status status = desk_sodium(errors);
    piste_keys *keys = NULL;
    if (status == PISTE_OK)
        status = key_store_new_folder(folder, errors);
    if (status == PISTE_OK && !(keys = key_store_create(folder)))
        status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    for (int use = 0; status == PISTE_OK && use < PISTE_KEY_USE_COUNT; use++)
        status = add_key(keys, (piste_key_use)use, now_s, errors);
    if (status == PISTE_OK)
        status = key_store_save(keys, errors);
    piste_keys_close(keys);
    return status;
}

// Whoever can read the seeds can make passes: like ssh, it is better to stop than to go on with a store that is open.
static piste_status check_private(const char *path, piste_errors *errors) {
    struct stat about;
    if (stat(path, &about) != 0)
        return piste_errors_add(errors, errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO, path, 0, 0, "%s", strerror(errno));
    if (about.st_mode & 077)
        return piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "others may read it (mode %o): chmod 600 it, and rotate its keys if they did",
                                (unsigned)(about.st_mode & 0777));
    return PISTE_OK;
}

piste_status piste_keys_open(const char *folder, piste_errors *errors, piste_keys **keys) {
    piste_status status = desk_sodium(errors);
    if (status != PISTE_OK)
        return status;
    char *path = desk_path(folder, file_name), *text = NULL;
    size_t length = 0;
    piste_keys *own = path ? key_store_create(folder) : NULL;
    if (!own)
        status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK)
        status = check_private(path, errors);
    if (status == PISTE_OK)
        status = desk_lock(folder, "lock", false, "key store", errors, &own->lock);
    if (status == PISTE_OK)
        status = base_file_read(path, 1 << 20, errors, &text, &length);
    if (status == PISTE_OK)
        status = key_store_parse(text, length, path, errors, own);
    if (text)
        sodium_memzero(text, length);
    free(text);
    free(path);
    if (status != PISTE_OK) {
        piste_keys_close(own);
        return status;
    }
    *keys = own;
    return PISTE_OK;
}

int32_t piste_keys_count(const piste_keys *keys) {
    return keys->count;
}
const piste_key *piste_keys_get(const piste_keys *keys, int32_t index) {
    return &keys->list[index].about;
}

// ---- rotation -----------------------------------------------------------------------------------------------------

const key_secret *key_that_signs(const piste_keys *keys, piste_key_use use) {
    for (int32_t i = 0; i < keys->count; i++)
        if (keys->list[i].about.public.use == use && keys->list[i].about.state == PISTE_KEY_SIGNS)
            return &keys->list[i];
    return NULL;
}

// Saves what has been changed, or takes the change back where that fails.
static piste_status save_or_undo(piste_keys *keys, key_secret *before, int32_t count_before, piste_errors *errors) {
    piste_status status = key_store_save(keys, errors);
    if (status != PISTE_OK) {
        memcpy(keys->list, before, sizeof keys->list);
        keys->count = count_before;
    }
    sodium_memzero(before, sizeof keys->list);
    free(before);
    return status;
}

static key_secret *copy_of(const piste_keys *keys) {
    key_secret *copy = malloc(sizeof keys->list);
    if (copy)
        memcpy(copy, keys->list, sizeof keys->list);
    return copy;
}

static void drop_ended(piste_keys *keys, int32_t now_min) {
    int32_t kept = 0;
    for (int32_t i = 0; i < keys->count; i++)
        if (keys->list[i].about.state == PISTE_KEY_SIGNS || keys->list[i].about.public.until_min > now_min)
            keys->list[kept++] = keys->list[i];
    sodium_memzero(&keys->list[kept], (size_t)(keys->count - kept) * sizeof keys->list[0]);
    keys->count = kept;
}

piste_status piste_keys_rotate(piste_keys *keys, piste_key_use use, int64_t now_s, piste_errors *errors) {
    key_secret *before = copy_of(keys);
    int32_t count = keys->count;
    if (!before)
        return piste_errors_add(errors, PISTE_MEMORY, keys->folder, 0, 0, "no memory");
    drop_ended(keys, piste_minute_of(now_s));
    for (int32_t i = 0; i < keys->count; i++)
        if (keys->list[i].about.public.use == use)
            keys->list[i].about.state = PISTE_KEY_RETIRED;
    piste_status status = add_key(keys, use, now_s, errors);
    if (status == PISTE_OK)
        return save_or_undo(keys, before, count, errors);
    memcpy(keys->list, before, sizeof keys->list);
    keys->count = count;
    sodium_memzero(before, sizeof keys->list);
    free(before);
    return status;
}

piste_status piste_keys_end(piste_keys *keys, uint32_t id, int64_t now_s, piste_errors *errors) {
    for (int32_t i = 0; i < keys->count; i++) {
        piste_key *k = &keys->list[i].about;
        if (k->public.id != id)
            continue;
        if (k->state == PISTE_KEY_SIGNS)
            return piste_errors_add(errors, PISTE_INVALID, keys->folder, 0, 0, "key %08x is the one that signs as %s: rotate first", id,
                                    use_words[k->public.use]);
        key_secret *before = copy_of(keys);
        if (!before)
            return piste_errors_add(errors, PISTE_MEMORY, keys->folder, 0, 0, "no memory");
        int32_t now_min = piste_minute_of(now_s);
        k->public.until_min = now_min < k->public.until_min ? now_min : k->public.until_min;
        return save_or_undo(keys, before, keys->count, errors);
    }
    return piste_errors_add(errors, PISTE_NOT_FOUND, keys->folder, 0, 0, "there is no key %08x", id);
}

// ---- signing passes -----------------------------------------------------------------------------------------------

piste_status piste_keys_sign_pass(piste_keys *keys, piste_pass *pass, int64_t now_s, piste_errors *errors,
                                  uint8_t token[PISTE_PASS_BYTES]) {
    piste_status status = piste_pass_check(pass, errors);
    if (status != PISTE_OK)
        return status;
    const key_secret *k = key_that_signs(keys, PISTE_KEY_PASS);
    if (pass->until_min > k->about.public.until_min || piste_minute_of(now_s) >= k->about.public.until_min)
        return piste_errors_add(errors, PISTE_INVALID, "pass", 0, 0, "it would outlive key %08x, which signs: rotate the keys first",
                                k->about.public.id);
    pass->key = k->about.public.id;
    piste_pass_write(pass, token);
    desk_pass_sign(k->secret, token);
    return PISTE_OK;
}
