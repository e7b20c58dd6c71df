// key_document.c - what gates are told: a JSON text below the line that signs it, and the public keys as such a text.
#include <sodium.h>
#include <stdlib.h>

#include "desk/key.h"

static const char *const document_words[PISTE_DOCUMENT_COUNT] = {"keys", "table", "lists"};

const char *piste_document_word(piste_document kind) {
    return (unsigned)kind < PISTE_DOCUMENT_COUNT ? document_words[kind] : "?";
}

int64_t piste_document_version(int64_t before, int64_t now_s) {
    return before + 1 > now_s ? before + 1 : now_s;
}

// ---- signing ------------------------------------------------------------------------------------------------------

static void what_is_signed(base_text *message, piste_document kind, const char *payload, size_t length) {
    base_text_format(message, "piste signed 1 %s\n", document_words[kind]);
    base_text_add_bytes(message, payload, length);
}

piste_status piste_keys_sign_document(const piste_keys *keys, piste_document kind, const char *payload, size_t payload_length,
                                      int64_t now_s, piste_errors *errors, char **text, size_t *length) {
    const key_secret *k = key_that_signs(keys, PISTE_KEY_LIST);
    if (piste_minute_of(now_s) >= k->about.public.until_min)
        return piste_errors_add(errors, PISTE_INVALID, keys->folder, 0, 0, "key %08x, which signs lists, has ended: rotate it", k->about.public.id);
    base_text message = {0}, whole = {0};
    uint8_t signature[PISTE_PASS_SIGNATURE];
    char hex[2 * PISTE_PASS_SIGNATURE + 1];
    what_is_signed(&message, kind, payload, payload_length);
    if (!message.failed) {
        crypto_sign_detached(signature, NULL, (const uint8_t *)message.data, message.length, k->secret);
        desk_hex(signature, sizeof signature, hex);
        base_text_format(&whole, "piste-signed 1 %s %08x %s\n", document_words[kind], k->about.public.id, hex);
        base_text_add_bytes(&whole, payload, payload_length);
    }
    bool failed = message.failed || whole.failed;
    base_text_release(&message);
    if (failed) {
        base_text_release(&whole);
        return piste_errors_add(errors, PISTE_MEMORY, keys->folder, 0, 0, "no memory");
    }
    *text = whole.data;
    *length = whole.length;
    return PISTE_OK;
}

// The first line: fixed words and lengths, so that there is one way to write it.
static bool read_line(const char *text, size_t length, piste_document kind, uint32_t *key, uint8_t *signature, size_t *line) {
    char head[40], id[9], hex[2 * PISTE_PASS_SIGNATURE + 1];
    int words = snprintf(head, sizeof head, "piste-signed 1 %s ", document_words[kind]);
    size_t at = (size_t)words, whole = at + 8 + 1 + 2 * PISTE_PASS_SIGNATURE + 1;
    if (length < whole || memcmp(text, head, at) != 0 || text[at + 8] != ' ' || text[whole - 1] != '\n')
        return false;
    memcpy(id, text + at, 8);
    id[8] = 0;
    memcpy(hex, text + at + 9, sizeof hex - 1);
    hex[sizeof hex - 1] = 0;
    uint8_t number[4];
    if (!desk_unhex(id, number, 4) || !desk_unhex(hex, signature, PISTE_PASS_SIGNATURE))
        return false;
    *key = (uint32_t)desk_get(number, 4);
    *line = whole;
    return true;
}

piste_status piste_document_verify(const char *text, size_t length, piste_document kind, const piste_ring *ring, int64_t now_s,
                                   const char *name, piste_errors *errors, const char **payload, size_t *payload_length) {
    uint32_t id = 0;
    uint8_t signature[PISTE_PASS_SIGNATURE];
    size_t line = 0;
    if (!read_line(text, length, kind, &id, signature, &line))
        return piste_errors_add(errors, PISTE_SYNTAX, name, 1, 0, "not a signed document of the kind %s", document_words[kind]);
    const piste_public_key *key = piste_ring_find(ring, id, PISTE_KEY_LIST);
    if (!key)
        return piste_errors_add(errors, PISTE_INVALID, name, 1, 0, "signed by key %08x, which is not known here", id);
    if (piste_minute_of(now_s) >= key->until_min)
        return piste_errors_add(errors, PISTE_INVALID, name, 1, 0, "signed by key %08x, which has ended", id);
    base_text message = {0};
    what_is_signed(&message, kind, text + line, length - line);
    bool failed = message.failed;
    bool well = !failed && crypto_sign_verify_detached(signature, (const uint8_t *)message.data, message.length, key->key) == 0;
    base_text_release(&message);
    if (failed)
        return piste_errors_add(errors, PISTE_MEMORY, name, 0, 0, "no memory");
    if (!well)
        return piste_errors_add(errors, PISTE_INVALID, name, 1, 0, "the signature is not of this text: it was changed or cut off");
    *payload = text + line;
    *payload_length = length - line;
    return PISTE_OK;
}

// ---- public keys --------------------------------------------------------------------------------------------------

const piste_public_key *piste_ring_find(const piste_ring *ring, uint32_t id, piste_key_use use) {
    for (int32_t i = 0; i < ring->count; i++)
        if (ring->keys[i].id == id && ring->keys[i].use == use)
            return &ring->keys[i];
    return NULL;
}

static json_t *public_json(const piste_public_key *k) {
    char hex[2 * PISTE_PUBLIC_KEY + 1];
    desk_hex(k->key, PISTE_PUBLIC_KEY, hex);
    return json_pack("{s:s,s:i,s:s}", "use", piste_key_use_word(k->use), "until-min", (int)k->until_min, "key", hex);
}

piste_status piste_keys_ring_payload(const piste_keys *keys, int64_t version, int64_t now_s, piste_errors *errors,
                                     char **payload, size_t *length) {
    json_t *list = json_array(), *root = NULL;
    for (int32_t i = 0; list && i < keys->count; i++)
        if (json_array_append_new(list, public_json(&keys->list[i].about.public)) != 0) {
            json_decref(list);
            list = NULL;
        }
    if (list)
        root = json_pack("{s:s,s:i,s:I,s:I,s:o}", "format", "piste-gate-keys", "format-version", 1, "version", (json_int_t)version,
                         "issued-s", (json_int_t)now_s, "keys", list);
    char *text = root ? desk_json_dump(root, true, length) : NULL;
    if (!text)
        return piste_errors_add(errors, PISTE_MEMORY, keys->folder, 0, 0, "no memory");
    *payload = text;
    return PISTE_OK;
}

static void read_public(desk_reader *r, const json_t *json, piste_ring *ring) {
    static const char *const known[] = {"use", "until-min", "key", NULL};
    char where[32];
    snprintf(where, sizeof where, "keys[%d]", ring->count);
    piste_public_key *k = &ring->keys[ring->count];
    if (!json_is_object(json)) {
        desk_json_fail(r, where, "expected an object");
        return;
    }
    desk_json_only(r, json, where, known);
    int64_t until = 0;
    const char *use = desk_json_text(r, json, where, "use", 16);
    desk_json_number(r, json, where, "until-min", PISTE_PASS_MINUTE_MIN, PISTE_PASS_MINUTE_MAX, &until);
    if (!desk_unhex(desk_json_text(r, json, where, "key", 2 * PISTE_PUBLIC_KEY), k->key, PISTE_PUBLIC_KEY))
        desk_json_fail(r, where, "key, expected 64 hexadecimal digits");
    if (strcmp(use, "pass") != 0 && strcmp(use, "list") != 0)
        desk_json_fail(r, where, "use: %s, expected pass or list", use);
    k->use = strcmp(use, "list") == 0 ? PISTE_KEY_LIST : PISTE_KEY_PASS;
    k->until_min = (int32_t)until;
    k->id = key_id_of(k->key);
    for (int32_t i = 0; i < ring->count; i++)
        if (ring->keys[i].id == k->id)
            desk_json_fail(r, where, "another key has its name");
    ring->count++;
}

piste_status piste_ring_parse(const char *payload, size_t length, const char *name, piste_errors *errors, piste_ring *ring) {
    static const char *const known[] = {"format", "format-version", "version", "issued-s", "keys", NULL};
    desk_reader r = {name, errors, PISTE_OK};
    json_t *root = desk_json_load(&r, payload, length);
    if (!root)
        return r.status;
    piste_ring *own = calloc(1, sizeof *own);
    if (!own) {
        json_decref(root);
        return piste_errors_add(errors, PISTE_MEMORY, name, 0, 0, "no memory");
    }
    int64_t issued = 0;
    desk_json_head(&r, root, "piste-gate-keys");
    desk_json_only(&r, root, "", known);
    desk_json_number(&r, root, "", "version", 1, INT64_MAX, &own->version);
    desk_json_number(&r, root, "", "issued-s", 0, INT64_MAX, &issued);
    const json_t *list = desk_json_array(&r, root, "", "keys", PISTE_RING_MAX);
    int lists = 0;
    for (size_t i = 0; list && i < json_array_size(list); i++)
        read_public(&r, json_array_get(list, i), own);
    for (int32_t i = 0; i < own->count; i++)
        lists += own->keys[i].use == PISTE_KEY_LIST;
    if (r.status == PISTE_OK && lists == 0) // a gate that took this could never be told anything again
        desk_json_fail(&r, "keys", "none of them signs lists");
    json_decref(root);
    if (r.status == PISTE_OK)
        *ring = *own;
    free(own);
    return r.status;
}
