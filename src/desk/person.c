// person.c - persons and their sealed data: given, shown, found, exported, erased.
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
enum { DAY_MS = 86400000, ABOUT_SIZE = DESK_KEY_ID_SIZE + 41, FINDS_MAX = 2 };

const desk_field desk_person_data_fields[] = {
    {"name", DESK_TEXT, false, 0, 120, NULL, "as the person writes it"},
    {"birth", DESK_DATE, false, 0, 0, NULL, "date of birth"},
    {"nationality", DESK_TEXT, false, 0, 2, NULL, "two letters of ISO 3166"},
    {"language", DESK_TEXT, false, 0, 8, NULL, "in which they are spoken to"},
    {"email", DESK_TEXT, false, 0, 120, NULL, "by which they are found"},
    {"phone", DESK_TEXT, false, 0, 30, NULL, "by which they are found"},
    {"address", DESK_TEXT, false, 0, 200, NULL, "postal"},
    {"emergency", DESK_TEXT, false, 0, 200, NULL, "whom to call"},
    {"document", DESK_TEXT, false, 0, 60, NULL, "number of a document that was shown"},
    {"weight_kg", DESK_INT, false, 1, 400, NULL, "for rental"},
    {"height_cm", DESK_INT, false, 30, 260, NULL, "for rental"},
    {"sole_mm", DESK_INT, false, 100, 450, NULL, "for rental"},
    {"skill", DESK_TEXT, false, 0, 40, NULL, "for rental and lessons, as they say it"},
    {"diet", DESK_TEXT, false, 0, 120, NULL, "for meals"},
    END,
};
const desk_field desk_person_fields[] = {
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "for which it is held"},
    {"person", DESK_INT, false, 1, INT64_MAX, NULL, "whose; a new person where not given"},
    {"data", DESK_OBJECT, true, 0, 0, desk_person_data_fields, "all that is held for the purpose from now on"},
    END,
};
const desk_field desk_person_field[] = {
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "the person"},
    END,
};
const desk_field desk_person_show_fields[] = {
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "the person"},
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "which of their data"},
    {"why", DESK_SLUG, false, 0, 40, NULL, "what it is looked at for; no name"},
    END,
};
const desk_field desk_person_find_fields[] = {
    {"order", DESK_INT, false, 1, INT64_MAX, NULL, "the number of their order"},
    {"contact", DESK_TEXT, false, 0, 120, NULL,
     "the e-mail address or telephone number that they gave, the whole of it"},
    END,
};
const desk_field desk_person_erase_fields[] = {
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "the person"},
    {"purpose", DESK_SLUG, false, 0, 40, NULL, "which of their data; all where not given"},
    {"all", DESK_BOOL, false, 0, 0, NULL, "also what a claim or a law holds for longer"},
    {"why", DESK_SLUG, false, 0, 40, NULL, "such as asked, consent-withdrawn; no name"},
    END,
};
const desk_field desk_customer_fields[] = {
    {"order", DESK_INT, true, 1, INT64_MAX, NULL, "the order"},
    {"person", DESK_INT, true, 1, INT64_MAX, NULL, "who has ordered, or leads the group"},
    END,
};

// ---- rows -------------------------------------------------------------------------------------------------------------------

typedef struct data_row {
    unsigned char key_id[DESK_KEY_ID_SIZE];
    char purpose[41];
    int64_t given_day;
    unsigned char *sealed; // to be freed; NULL: not asked for
    size_t size;
} data_row;

static size_t about_data(const unsigned char key_id[DESK_KEY_ID_SIZE], const char *purpose,
                         unsigned char about[ABOUT_SIZE]) {
    memcpy(about, key_id, DESK_KEY_ID_SIZE);
    size_t length = strlen(purpose) < 40 ? strlen(purpose) : 40;
    memcpy(about + DESK_KEY_ID_SIZE, purpose, length);
    return DESK_KEY_ID_SIZE + length;
}

piste_status desk_person_check(desk_act *a, int64_t person) {
    int64_t live = 0;
    bool found = false;
    piste_status status = STORE_FIND_NUMBER(
        a->db, &live, &found, "SELECT CASE WHEN state = 'live' THEN 1 ELSE 0 END FROM person WHERE id = $1",
        store_number(person));
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "no_person", "there is no person %" PRId64, person);
    return status == PISTE_OK && !live ? desk_refuse(a, "erased", "person %" PRId64 " is erased", person) : status;
}

// ---- giving: before the transaction -------------------------------------------------------------------------------------------

typedef struct purpose_job {
    const char *purpose;
    int64_t person;
    char fields[301];
    unsigned char key_id[DESK_KEY_ID_SIZE];
    bool is_there, has_key;
} purpose_job;

static piste_status read_purpose(store_db *db, void *context) {
    purpose_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows,
                                      "SELECT p.fields, d.key_id FROM purpose p LEFT JOIN person_data d ON d.purpose = "
                                      "p.key AND d.person = $2 WHERE p.key = $1",
                                      store_text(j->purpose), store_number(j->person));
    if (status != PISTE_OK)
        return status;
    j->is_there = store_rows_next(rows);
    if (j->is_there) {
        snprintf(j->fields, sizeof j->fields, "%s", store_rows_text(rows, 0));
        store_value id = store_rows_value(rows, 1);
        j->has_key = id.size == sizeof j->key_id;
        if (j->has_key)
            memcpy(j->key_id, id.data, sizeof j->key_id);
    }
    return store_rows_end(rows);
}

static bool is_listed(const char *list, const char *name) {
    size_t wanted = strlen(name);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length == wanted && memcmp(at, name, length) == 0)
            return true;
        at += length;
    }
    return false;
}

static piste_status check_needed(desk_call *c, const purpose_job *j, json_t *data) {
    const char *name;
    json_t *value;
    if (!j->is_there)
        return desk_call_refuse(c, "no_purpose", "there is no purpose %s", j->purpose);
    json_object_foreach(data, name, value) if (!is_listed(j->fields, name)) return desk_call_refuse(
        c, "not_needed", "%s is not needed for %s, and is not held", name, j->purpose);
    return PISTE_OK;
}

// How a contact is written does not matter: letters small, of a telephone number the digits alone.
static bool hash_contact(const desk_vault *v, const char *contact, unsigned char hash[DESK_FIND_SIZE]) {
    char plain[128];
    size_t length = 0;
    bool email = strchr(contact, '@');
    for (const char *at = contact; *at && length < sizeof plain; at++)
        if (email ? *at != ' ' : *at >= '0' && *at <= '9')
            plain[length++] = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    if (!email && length > 2 && memcmp(plain, "00", 2) == 0) // as + before the country's digits
        memmove(plain, plain + 2, length -= 2);
    desk_vault_hash(v, email ? "email" : "phone", plain, length, hash, DESK_FIND_SIZE);
    sodium_memzero(plain, sizeof plain);
    return length >= 5;
}

static json_t *hex_json(const void *bytes, size_t size) {
    char hex[2 * 64 + 1];
    sodium_bin2hex(hex, sizeof hex, bytes, size);
    return json_string(hex);
}
static bool from_hex(const char *hex, unsigned char *bytes, size_t size) {
    size_t made = 0;
    return sodium_hex2bin(bytes, size, hex, strlen(hex), NULL, &made, NULL) == 0 && made == size;
}

static piste_status seal_data(desk_call *c, desk_vault *v, const purpose_job *j) {
    unsigned char key[DESK_KEY_SIZE], about[ABOUT_SIZE], *sealed = NULL;
    size_t size = 0;
    piste_status status = desk_vault_key(v, j->key_id, true, key);
    if (status == PISTE_REFUSED)
        return desk_call_refuse(c, "erased", "what was given with this key is erased");
    if (status != PISTE_OK)
        return desk_call_fail(c, status, "%s", desk_vault_error(v));
    char *text = json_dumps(json_object_get(c->fields, "data"), JSON_COMPACT | JSON_SORT_KEYS);
    size_t length = text ? strlen(text) : 0;
    status = text ? desk_seal(key, about, about_data(j->key_id, j->purpose, about), text, length, &sealed, &size)
                  : PISTE_MEMORY;
    sodium_memzero(key, sizeof key);
    desk_wipe(text, length);
    char *base64 = status == PISTE_OK ? malloc(sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL)) : NULL;
    if (base64) {
        sodium_bin2base64(base64, sodium_base64_ENCODED_LEN(size, sodium_base64_VARIANT_ORIGINAL), sealed, size,
                          sodium_base64_VARIANT_ORIGINAL);
        json_object_set_new(c->fields, "sealed", json_string(base64));
    }
    free(sealed);
    free(base64);
    return status != PISTE_OK || base64 ? status : PISTE_MEMORY;
}

piste_status desk_person_before(desk_call *c) {
    desk_vault *v = desk_get_vault(c->desk);
    json_t *data = json_object_get(c->fields, "data"), *finds = json_array();
    purpose_job j = {.purpose = desk_text(c->fields, "purpose"), .person = desk_number(c->fields, "person", 0)};
    piste_status status = v ? store_read(desk_get_store(c->desk), read_purpose, &j)
                            : desk_call_refuse(c, "no_vault", "the desk is open without its vault");
    if (status == PISTE_OK)
        status = check_needed(c, &j, data);
    if (status == PISTE_OK && !j.has_key) { // the same request sent again finds the same key
        base_text about = {0};
        base_text_format(&about, "%s\n%s", j.purpose, c->key);
        desk_vault_hash(v, "key", about.data ? about.data : "", about.length, j.key_id, sizeof j.key_id);
        status = about.failed ? PISTE_MEMORY : PISTE_OK;
        base_text_release(&about);
    }
    if (status == PISTE_OK)
        status = seal_data(c, v, &j);
    static const char *const contacts[FINDS_MAX] = {"email", "phone"};
    for (int i = 0; i < FINDS_MAX && status == PISTE_OK; i++) {
        unsigned char hash[DESK_FIND_SIZE];
        if (*desk_text(data, contacts[i]) && hash_contact(v, desk_text(data, contacts[i]), hash))
            json_array_append_new(finds, hex_json(hash, sizeof hash));
    }
    json_object_set_new(c->fields, "finds", finds);
    json_object_set_new(c->fields, "key_id", hex_json(j.key_id, sizeof j.key_id));
    json_object_del(c->fields, "data");
    return status;
}

// ---- giving: in the transaction -------------------------------------------------------------------------------------------------

static piste_status write_data(desk_act *a, int64_t person, const unsigned char key_id[DESK_KEY_ID_SIZE],
                               const void *sealed, size_t size) {
    const char *purpose = desk_text(a->request, "purpose");
    int64_t others = 0, erased = 0;
    store_value id = store_blob(key_id, DESK_KEY_ID_SIZE);
    piste_status status = STORE_FIND_NUMBER(
        a->db, &others, NULL, "SELECT count(*) FROM person_data WHERE person = $1 AND purpose = $2 AND key_id <> $3",
        store_number(person), store_text(purpose), id);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &erased, NULL, "SELECT count(*) FROM erasure WHERE key_id = $1", id);
    if (status != PISTE_OK)
        return status;
    if (others || erased)
        return desk_refuse(a, "changed_meanwhile",
                           "the data of person %" PRId64 " changed while this was asked; ask again", person);
    status = STORE_RUN(
        a->db,
        "INSERT INTO person_data (key_id, person, purpose, sealed, given_day) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (key_id) DO UPDATE SET sealed = excluded.sealed, given_day = excluded.given_day",
        id, store_number(person), store_text(purpose), store_blob(sealed, size), store_number(a->now_ms / DAY_MS));
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "DELETE FROM person_find WHERE key_id = $1", id);
    const json_t *finds = json_object_get(a->request, "finds");
    for (size_t i = 0; i < json_array_size(finds) && status == PISTE_OK; i++) {
        unsigned char hash[DESK_FIND_SIZE];
        if (!from_hex(json_string_value(json_array_get(finds, i)), hash, sizeof hash))
            return PISTE_INVALID;
        status = STORE_RUN(
            a->db, "INSERT INTO person_find (hash, key_id) VALUES ($1, $2) ON CONFLICT (hash, key_id) DO NOTHING",
            store_blob(hash, sizeof hash), id);
    }
    return status;
}

piste_status desk_person_run(desk_act *a) {
    unsigned char key_id[DESK_KEY_ID_SIZE];
    const char *base64 = desk_text(a->request, "sealed");
    size_t size = 0, capacity = strlen(base64);
    int64_t person = desk_number(a->request, "person", 0);
    unsigned char *sealed = malloc(capacity + 1);
    piste_status status = sealed ? PISTE_OK : PISTE_MEMORY;
    if (status == PISTE_OK && (!from_hex(desk_text(a->request, "key_id"), key_id, sizeof key_id) ||
                               sodium_base642bin(sealed, capacity + 1, base64, capacity, NULL, &size, NULL,
                                                 sodium_base64_VARIANT_ORIGINAL) != 0))
        status = desk_invalid(a, "data: could not be sealed");
    if (status == PISTE_OK && person)
        status = desk_person_check(a, person);
    if (status == PISTE_OK && !person) {
        person = desk_next_id(a);
        status = STORE_RUN(a->db, "INSERT INTO person (id, state, made_ms) VALUES ($1, 'live', $2)",
                           store_number(person), store_number(a->now_ms));
    }
    if (status == PISTE_OK)
        status = write_data(a, person, key_id, sealed, size);
    free(sealed);
    a->subject = person;
    json_object_set_new(a->answer, "person", json_integer(person));
    json_object_set_new(a->answer, "purpose", json_string(desk_text(a->request, "purpose")));
    return status;
}

piste_status desk_customer_run(desk_act *a) {
    desk_order_row o;
    int64_t person = desk_number(a->request, "person", 0);
    piste_status status = desk_order_load(a, desk_number(a->request, "order", 0), &o);
    if (status == PISTE_OK)
        status = desk_person_check(a, person);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE orders SET customer = $1 WHERE id = $2", store_number(person),
                           store_number(desk_number(a->request, "order", 0)));
    a->subject = person;
    json_object_set_new(a->answer, "order", json_integer(desk_number(a->request, "order", 0)));
    json_object_set_new(a->answer, "person", json_integer(person));
    return status;
}

// ---- looking ------------------------------------------------------------------------------------------------------------------

piste_status desk_person_show_run(desk_act *a) {
    int64_t held = 0;
    a->subject = desk_number(a->request, "person", 0);
    piste_status status = desk_person_check(a, a->subject);
    if (status == PISTE_OK)
        status =
            STORE_FIND_NUMBER(a->db, &held, NULL, "SELECT count(*) FROM person_data WHERE person = $1 AND purpose = $2",
                              store_number(a->subject), store_text(desk_text(a->request, "purpose")));
    if (status == PISTE_OK && !held)
        return desk_refuse(a, "not_held", "nothing is held of person %" PRId64 " for %s", a->subject,
                           desk_text(a->request, "purpose"));
    json_object_set_new(a->answer, "person", json_integer(a->subject));
    json_object_set_new(a->answer, "purpose", json_string(desk_text(a->request, "purpose")));
    return status;
}

typedef struct open_job {
    int64_t person;
    const char *purpose; // NULL: all
    data_row *list;
    size_t count, capacity;
} open_job;

static void release_rows(open_job *j) {
    for (size_t i = 0; i < j->count; i++)
        free(j->list[i].sealed);
    free(j->list);
    j->list = NULL;
    j->count = j->capacity = 0;
}

static piste_status keep_row(open_job *j, const store_rows *rows) {
    store_value id = store_rows_value(rows, 0), sealed = store_rows_value(rows, 2);
    if (j->count == j->capacity) {
        j->capacity = j->capacity ? 2 * j->capacity : 8;
        data_row *list = realloc(j->list, j->capacity * sizeof *list);
        if (!list)
            return PISTE_MEMORY;
        j->list = list;
    }
    data_row *r = &j->list[j->count];
    *r = (data_row){.sealed = malloc(sealed.size + 1), .size = sealed.size, .given_day = store_rows_number(rows, 3)};
    if (!r->sealed || id.size != sizeof r->key_id) {
        free(r->sealed);
        return r->sealed ? PISTE_INVALID : PISTE_MEMORY;
    }
    j->count++;
    memcpy(r->sealed, sealed.data, sealed.size);
    memcpy(r->key_id, id.data, sizeof r->key_id);
    snprintf(r->purpose, sizeof r->purpose, "%s", store_rows_text(rows, 1));
    return PISTE_OK;
}

static piste_status read_rows(store_db *db, void *context) {
    open_job *j = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(
        db, &rows, "SELECT key_id, purpose, sealed, given_day FROM person_data WHERE person = $1 ORDER BY purpose",
        store_number(j->person));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows))
        if (!j->purpose || strcmp(j->purpose, store_rows_text(rows, 1)) == 0)
            status = keep_row(j, rows);
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

static piste_status open_row(desk_call *c, desk_vault *v, const data_row *r, json_t **out) {
    unsigned char key[DESK_KEY_SIZE], about[ABOUT_SIZE];
    char *text = NULL;
    size_t length = 0;
    piste_status status = desk_vault_key(v, r->key_id, false, key);
    if (status == PISTE_REFUSED || status == PISTE_NOT_FOUND)
        return desk_call_refuse(c, "erased", "the key of what is held for %s is erased", r->purpose);
    if (status == PISTE_OK)
        status = desk_unseal(key, about, about_data(r->key_id, r->purpose, about), r->sealed, r->size, &text, &length);
    else
        desk_call_fail(c, status, "%s", desk_vault_error(v));
    sodium_memzero(key, sizeof key);
    if (status != PISTE_OK)
        return status;
    *out = json_loadb(text, length, 0, NULL);
    desk_wipe(text, length);
    return *out ? PISTE_OK : desk_call_fail(c, PISTE_INVALID, "what is held for %s cannot be read", r->purpose);
}

piste_status desk_person_open(desk_call *c, int64_t person, const char *purpose, json_t **out) {
    open_job j = {.person = person, .purpose = purpose};
    desk_vault *v = desk_get_vault(c->desk);
    piste_status status = v ? store_read(desk_get_store(c->desk), read_rows, &j)
                            : desk_call_refuse(c, "no_vault", "the desk is open without its vault");
    json_t *all = json_object();
    for (size_t i = 0; i < j.count && status == PISTE_OK; i++) {
        json_t *data = NULL;
        status = open_row(c, v, &j.list[i], &data);
        if (status == PISTE_OK)
            json_object_set_new(all, j.list[i].purpose, data);
    }
    release_rows(&j);
    if (status != PISTE_OK) {
        json_decref(all);
        return status;
    }
    *out = all;
    return PISTE_OK;
}

piste_status desk_person_show_after(desk_call *c) {
    json_t *all = NULL;
    const char *purpose = desk_text(c->fields, "purpose");
    piste_status status = desk_person_open(c, desk_number(c->fields, "person", 0), purpose, &all);
    if (status != PISTE_OK)
        return status;
    json_t *data = json_object_get(all, purpose);
    if (data)
        json_object_set(c->answer, "data", data);
    json_decref(all);
    return data ? PISTE_OK : desk_call_refuse(c, "not_held", "nothing is held for %s any more", purpose);
}

// ---- finding ------------------------------------------------------------------------------------------------------------------

piste_status desk_person_find_before(desk_call *c) {
    const char *contact = desk_text(c->fields, "contact");
    unsigned char hash[DESK_FIND_SIZE];
    if (!*contact)
        return PISTE_OK;
    if (!desk_get_vault(c->desk))
        return desk_call_refuse(c, "no_vault", "the desk is open without its vault");
    if (!hash_contact(desk_get_vault(c->desk), contact, hash))
        return desk_call_fail(c, PISTE_INVALID, "contact: expected the whole of an e-mail address or telephone number");
    json_object_set_new(c->fields, "hash", hex_json(hash, sizeof hash));
    json_object_del(c->fields, "contact");
    return PISTE_OK;
}

piste_status desk_person_find_run(desk_act *a) {
    unsigned char hash[DESK_FIND_SIZE] = {0};
    const char *hex = desk_text(a->request, "hash");
    int64_t order = desk_number(a->request, "order", 0);
    store_rows *rows = NULL;
    if ((order != 0) == (*hex != 0))
        return desk_invalid(a, "expected an order's number or a contact");
    if (*hex && !from_hex(hex, hash, sizeof hash))
        return PISTE_INVALID;
    piste_status status = *hex ? STORE_QUERY(a->db, &rows,
                                             "SELECT DISTINCT d.person FROM person_find f JOIN person_data d ON "
                                             "d.key_id = f.key_id WHERE f.hash = $1 ORDER BY d.person",
                                             store_blob(hash, sizeof hash))
                               : STORE_QUERY(a->db, &rows,
                                             "SELECT person FROM position WHERE" DESK_LINES_OF("", "$1") "AND person > 0 UNION SELECT "
                                             "customer FROM orders WHERE id = $1 AND customer > 0 ORDER BY person",
                                             store_number(order));
    if (status != PISTE_OK)
        return status;
    json_t *list = json_array();
    while (store_rows_next(rows))
        json_array_append_new(list, json_integer(store_rows_number(rows, 0)));
    json_object_set_new(a->answer, "persons", list);
    return store_rows_end(rows);
}

// ---- erasing -------------------------------------------------------------------------------------------------------------------

static piste_status choose_data(desk_act *a, desk_key_ids *ids, json_t *erased, json_t *kept) {
    store_rows *rows = NULL;
    const char *purpose = desk_text(a->request, "purpose");
    bool all = desk_flag(a->request, "all");
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT key_id, purpose, basis, until_day FROM " DESK_DATA_UNTIL
                                      " WHERE person = $1 ORDER BY purpose",
                                      store_number(a->subject));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        const char *of = store_rows_text(rows, 1), *basis = store_rows_text(rows, 2);
        bool binds = (strcmp(basis, "law") == 0 || strcmp(basis, "claim") == 0) &&
                     store_rows_number(rows, 3) >= a->now_ms / DAY_MS && !all;
        if (*purpose && strcmp(purpose, of) != 0)
            continue;
        if (binds) {
            json_array_append_new(kept, json_pack("{s:s,s:s,s:o}", "purpose", of, "basis", basis, "until",
                                                  desk_date_json(store_rows_number(rows, 3))));
            continue;
        }
        json_array_append_new(erased, json_string(of));
        store_value id = store_rows_value(rows, 0);
        status = id.size == DESK_KEY_ID_SIZE ? desk_key_ids_add(ids, id.data) : PISTE_INVALID;
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

piste_status desk_person_erase_run(desk_act *a) {
    desk_key_ids ids = {0};
    json_t *erased = json_array(), *kept = json_array();
    a->subject = desk_number(a->request, "person", 0);
    json_object_set_new(a->answer, "person", json_integer(a->subject));
    json_object_set_new(a->answer, "erased", erased);
    json_object_set_new(a->answer, "kept", kept);
    piste_status status = desk_person_check(a, a->subject);
    if (status == PISTE_OK)
        status = choose_data(a, &ids, erased, kept);
    if (status == PISTE_OK)
        status = desk_people_erase(a, &ids);
    desk_key_ids_release(&ids);
    return status;
}
