// erase.c - erasures: in the desk, then in the vault; and what unites both again after a crash or a restore.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
enum { FORGET_AT_ONCE = 500 };

static const desk_field key_fields[] = {
    {"key_id", DESK_TEXT, true, 0, 2 * DESK_KEY_ID_SIZE, NULL, "the id of an erased key"},
    END,
};
const desk_field desk_forget_fields[] = {
    {"keys", DESK_LIST, true, 1, FORGET_AT_ONCE, key_fields, "which were erased"},
    END,
};
const desk_field desk_vault_fields[] = {
    {"vault", DESK_TEXT, true, 0, 2 * DESK_VAULT_ID_SIZE, NULL, "the vault's id"},
    {"lost", DESK_BOOL, false, 0, 0, NULL, "the one of before is lost, with all that it sealed"},
    END,
};

// ---- in the desk ----------------------------------------------------------------------------------------------------------------

// A person of whom nothing is held any more is nobody: orders and lists keep their numbers of persons no longer.
static piste_status end_person(desk_act *a, int64_t person) {
    static const char *const statements[] = {
        "UPDATE person SET state = 'erased' WHERE id = $1",
        "UPDATE position SET person = 0 WHERE person = $1",
        "UPDATE orders SET customer = 0 WHERE customer = $1",
        "UPDATE waiting SET person = 0, contact = '' WHERE person = $1",
    };
    int64_t left = 0;
    piste_status status = STORE_FIND_NUMBER(a->db, &left, NULL, "SELECT count(*) FROM person_data WHERE person = $1",
                                            store_number(person));
    for (size_t i = 0; i < BASE_COUNT(statements) && status == PISTE_OK && !left; i++)
        status = STORE_RUN(a->db, statements[i], store_number(person));
    return status;
}

piste_status desk_people_erase(desk_act *a, const desk_key_ids *ids) {
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < ids->count && status == PISTE_OK; i++) {
        int64_t person = 0;
        bool held = false;
        store_value id = store_blob(ids->list[i], DESK_KEY_ID_SIZE);
        status = STORE_FIND_NUMBER(a->db, &person, &held, "SELECT person FROM person_data WHERE key_id = $1", id);
        if (status == PISTE_OK)
            status = STORE_RUN(
                a->db, "INSERT INTO erasure (key_id, entry, at_ms) VALUES ($1, $2, $3) ON CONFLICT (key_id) DO NOTHING",
                id, store_number(a->entry), store_number(a->now_ms));
        if (status == PISTE_OK)
            status = STORE_RUN(a->db, "DELETE FROM person_find WHERE key_id = $1", id);
        if (status == PISTE_OK)
            status = STORE_RUN(a->db, "DELETE FROM person_data WHERE key_id = $1", id);
        if (status == PISTE_OK && held)
            status = end_person(a, person);
    }
    return status;
}

// What was erased elsewhere: in a desk that a backup was restored over, or in the vault.
piste_status desk_forget_run(desk_act *a) {
    const json_t *keys = json_object_get(a->request, "keys");
    desk_key_ids ids = {0};
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < json_array_size(keys) && status == PISTE_OK; i++) {
        unsigned char id[DESK_KEY_ID_SIZE];
        const char *hex = desk_text(json_array_get(keys, i), "key_id");
        size_t made = 0;
        if (sodium_hex2bin(id, sizeof id, hex, strlen(hex), NULL, &made, NULL) != 0 || made != sizeof id)
            status = desk_invalid(a, "keys[%zu]: '%s', expected %d hexadecimal digits", i, hex, 2 * DESK_KEY_ID_SIZE);
        else
            status = desk_key_ids_add(&ids, id);
    }
    if (status == PISTE_OK)
        status = desk_people_erase(a, &ids);
    desk_key_ids_release(&ids);
    json_object_set_new(a->answer, "keys", json_integer((json_int_t)json_array_size(keys)));
    return status;
}

piste_status desk_vault_run(desk_act *a) {
    const char *hex = desk_text(a->request, "vault");
    unsigned char id[DESK_VAULT_ID_SIZE];
    size_t made = 0;
    int64_t others = 0;
    desk_key_ids all = {0};
    bool lost = desk_flag(a->request, "lost");
    if (sodium_hex2bin(id, sizeof id, hex, strlen(hex), NULL, &made, NULL) != 0 || made != sizeof id)
        return desk_invalid(a, "vault: '%s', expected %d hexadecimal digits", hex, 2 * DESK_VAULT_ID_SIZE);
    piste_status status = STORE_FIND_NUMBER(a->db, &others, NULL, "SELECT count(*) FROM vault WHERE vault_id <> $1",
                                            store_blob(id, sizeof id));
    if (status == PISTE_OK && others && !lost)
        return desk_refuse(a, "other_vault", "the desk's keys are in another vault");
    if (status == PISTE_OK && others)
        status = desk_key_ids_collect(a->db, "SELECT key_id FROM person_data WHERE person > $1", 0, &all);
    if (status == PISTE_OK)
        status = desk_people_erase(a, &all);
    json_object_set_new(a->answer, "vault", json_string(hex));
    json_object_set_new(a->answer, "erased", json_integer((json_int_t)all.count));
    desk_key_ids_release(&all);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db,
                           "INSERT INTO vault (id, vault_id) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET vault_id = "
                           "excluded.vault_id",
                           store_blob(id, sizeof id));
    return status;
}

// ---- in the vault -----------------------------------------------------------------------------------------------------------------

piste_status desk_erase_before(desk_call *c) {
    return desk_get_vault(c->desk) ? PISTE_OK : desk_call_refuse(c, "no_vault", "the desk is open without its vault");
}

piste_status desk_erase_after(desk_call *c) {
    desk_key_ids ids = {0};
    desk_vault *v = desk_get_vault(c->desk);
    piste_status status =
        desk_key_ids_read(desk_get_store(c->desk), "SELECT key_id FROM erasure WHERE entry = $1", c->entry, &ids);
    if (status == PISTE_OK && v)
        status = desk_vault_erase(v, (const unsigned char(*)[DESK_KEY_ID_SIZE])ids.list, ids.count);
    desk_key_ids_release(&ids);
    return status == PISTE_OK
               ? status
               : desk_call_fail(
                     c, status,
                     "it is erased from the desk, and its keys are not yet erased: %s; ask again with the same key",
                     v ? desk_vault_error(v) : "");
}

// ---- both -------------------------------------------------------------------------------------------------------------------------

static void make_key(const char *word, char key[48]) {
    unsigned char random[16];
    randombytes_buf(random, sizeof random);
    int length = snprintf(key, 48, "%s:", word);
    sodium_bin2hex(key + length, 48 - (size_t)length, random, sizeof random);
}

static piste_status forget_in_desk(desk *d, const desk_key_ids *ids, piste_errors *errors) {
    piste_status status = PISTE_OK;
    for (size_t first = 0; first < ids->count && status == PISTE_OK; first += FORGET_AT_ONCE) {
        char key[48], hex[2 * DESK_KEY_ID_SIZE + 1];
        json_t *list = json_array();
        make_key("forget", key);
        for (size_t i = first; i < ids->count && i < first + FORGET_AT_ONCE; i++) {
            sodium_bin2hex(hex, sizeof hex, ids->list[i], DESK_KEY_ID_SIZE);
            json_array_append_new(list, json_pack("{s:s}", "key_id", hex));
        }
        status = desk_do_own(d, json_pack("{s:s,s:s,s:s,s:o}", "act", "person-forget", "key", key, "who", "desk", "keys", list),
                     errors);
    }
    return status;
}

static piste_status tie(desk *d, bool is_lost, piste_errors *errors) {
    char hex[2 * DESK_VAULT_ID_SIZE + 1], key[48];
    sodium_bin2hex(hex, sizeof hex, desk_vault_id(desk_get_vault(d)), DESK_VAULT_ID_SIZE);
    make_key("vault", key);
    return desk_do_own(
        d, json_pack("{s:s,s:s,s:s,s:s,s:b}", "act", "vault", "key", key, "who", "desk", "vault", hex, "lost", is_lost),
        errors);
}

typedef struct tie_job {
    const unsigned char *id;
    bool is_tied;
} tie_job;

static piste_status read_tie(store_db *db, void *context) {
    tie_job *j = context;
    int64_t count = 0;
    piste_status status = STORE_FIND_NUMBER(db, &count, NULL, "SELECT count(*) FROM vault WHERE vault_id = $1",
                                            store_blob(j->id, DESK_VAULT_ID_SIZE));
    j->is_tied = count;
    return status;
}

static piste_status count_vaults(store_db *db, void *context) {
    return STORE_FIND_NUMBER(db, context, NULL, "SELECT count(*) FROM vault WHERE id = $1", store_number(1));
}

piste_status desk_people_has_vault(desk *d, bool *has) {
    int64_t count = 0;
    piste_status status = store_read(desk_get_store(d), count_vaults, &count);
    *has = count > 0;
    return status;
}

piste_status desk_people_reconcile(desk *d, bool is_lost, piste_errors *errors) {
    desk_vault *v = desk_get_vault(d);
    desk_key_ids desks = {0}, vaults = {0}, late = {0}, lost = {0};
    tie_job t = {.id = desk_vault_id(v)};
    piste_status status = store_read(desk_get_store(d), read_tie, &t);
    if (status == PISTE_OK && !t.is_tied)
        status = tie(d, is_lost, errors);
    if (status == PISTE_OK)
        status = desk_key_ids_read(desk_get_store(d), "SELECT key_id FROM erasure WHERE entry >= $1", 0, &desks);
    if (status == PISTE_OK)
        status = desk_vault_erased(v, &vaults);
    desk_key_ids_sort(&desks);
    if (status == PISTE_OK)
        status = desk_key_ids_missing(&desks, &vaults, &late);
    if (status == PISTE_OK)
        status = desk_key_ids_missing(&vaults, &desks, &lost);
    if (status == PISTE_OK)
        status = desk_vault_erase(v, (const unsigned char(*)[DESK_KEY_ID_SIZE])late.list, late.count);
    if (status == PISTE_OK)
        status = forget_in_desk(d, &lost, errors);
    desk_key_ids *all[] = {&desks, &vaults, &late, &lost};
    for (size_t i = 0; i < BASE_COUNT(all); i++)
        desk_key_ids_release(all[i]);
    if (status != PISTE_OK && errors && piste_errors_count(errors) == 0)
        piste_errors_add(errors, status, NULL, 0, 0,
                         "the lists of erasures of the desk and its vault could not be united: %s",
                         desk_vault_error(v));
    return status;
}
