// purpose.c - what is held of people, for what and for how long: told as data, carried out by `retain`.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/names.h"
#include "desk/people.h"

#define END                                                                                                            \
    { NULL, DESK_END, false, 0, 0, NULL, NULL }
enum { DAY_MS = 86400000, RETAIN_AT_ONCE = 500 };

const desk_field desk_purpose_fields[] = {
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "its key"},
    {"name", DESK_TEXT, true, 0, 200, NULL, "what the data is held for, as guests are told"},
    {"fields", DESK_TEXT, true, 0, 300, NULL, "what may be held for it, such as: name email phone"},
    {"basis", DESK_SLUG, true, 0, 20, NULL,
     "contract, consent, claim or law; what claim and law hold is erased at its end alone"},
    {"keep_days", DESK_INT, true, 0, 36500, NULL, "how long it is held"},
    {"from", DESK_SLUG, false, 0, 10, NULL,
     "what the days count from: given (or given anew), or visit, the last one booked; given"},
    DESK_NAMES,
    END,
};
const desk_field desk_need_fields[] = {
    {"product", DESK_SLUG, true, 0, 40, NULL, "whose holder is known"},
    {"purpose", DESK_SLUG, true, 0, 40, NULL, "for what"},
    {"required", DESK_BOOL, false, 0, 0, NULL, "it is not sold without; otherwise a holder may be given"},
    END,
};
const desk_field desk_retain_fields[] = {END};

json_t *desk_date_json(int64_t day) {
    char text[11];
    piste_date_format((piste_date)day, text);
    return json_string(text);
}

static bool is_known_field(const char *name, size_t length) {
    static const char *const known[] = {"name",      "birth",   "nationality", "language", "email",
                                        "phone",     "address", "emergency",   "document", "weight_kg",
                                        "height_cm", "sole_mm", "skill",       "diet"};
    for (size_t i = 0; i < BASE_COUNT(known); i++)
        if (strlen(known[i]) == length && memcmp(known[i], name, length) == 0)
            return true;
    return false;
}

static piste_status check_purpose(desk_act *a) {
    static const char *const bases[] = {"contract", "consent", "claim", "law"};
    const char *basis = desk_text(a->request, "basis"), *from = desk_text(a->request, "from");
    size_t i = 0;
    while (i < BASE_COUNT(bases) && strcmp(bases[i], basis) != 0)
        i++;
    if (i == BASE_COUNT(bases))
        return desk_invalid(a, "basis: '%s', expected contract, consent, claim or law", basis);
    if (*from && strcmp(from, "given") != 0 && strcmp(from, "visit") != 0)
        return desk_invalid(a, "from: '%s', expected given or visit", from);
    for (const char *at = desk_text(a->request, "fields"); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (!is_known_field(at, length))
            return desk_invalid(a, "fields: '%.*s' is none that a person has; see 'piste desk help person'",
                                (int)length, at);
        at += length;
    }
    return PISTE_OK;
}

piste_status desk_purpose_run(desk_act *a) {
    const json_t *r = a->request;
    piste_status status = check_purpose(a);
    if (status != PISTE_OK)
        return status;
    const char *from = *desk_text(r, "from") ? desk_text(r, "from") : "given";
    json_object_set_new(a->answer, "purpose", json_string(desk_text(r, "purpose")));
    status = STORE_RUN(
        a->db,
        "INSERT INTO purpose (key, name, fields, basis, keep_days, counts_from) VALUES ($1, $2, $3, $4, $5, $6) ON "
        "CONFLICT (key) DO UPDATE"
        " SET name = excluded.name, fields = excluded.fields, basis = excluded.basis, keep_days = excluded.keep_days,"
        " counts_from = excluded.counts_from",
        store_text(desk_text(r, "purpose")), store_text(desk_text(r, "name")), store_text(desk_text(r, "fields")),
        store_text(desk_text(r, "basis")), store_number(desk_number(r, "keep_days", 0)), store_text(from));
    return status == PISTE_OK ? desk_names_tell(a, "purposes", desk_text(r, "purpose")) : status;
}

piste_status desk_need_run(desk_act *a) {
    int64_t there = 0;
    const char *product = desk_text(a->request, "product"), *purpose = desk_text(a->request, "purpose");
    piste_status status = STORE_FIND_NUMBER(
        a->db, &there, NULL,
        "SELECT (SELECT count(*) FROM product WHERE key = $1) + 2 * (SELECT count(*) FROM purpose WHERE key = $2)",
        store_text(product), store_text(purpose));
    if (status != PISTE_OK)
        return status;
    if (there != 3)
        return there == 1 ? desk_refuse(a, "no_purpose", "there is no purpose %s", purpose)
                          : desk_refuse(a, "no_product", "there is no product %s", product);
    json_object_set_new(a->answer, "product", json_string(product));
    return STORE_RUN(a->db,
                     "INSERT INTO need (product, purpose, is_required) VALUES ($1, $2, $3) ON CONFLICT (product, "
                     "purpose) DO UPDATE SET is_required = excluded.is_required",
                     store_text(product), store_text(purpose), store_number(desk_flag(a->request, "required")));
}

piste_status desk_holder_check(desk_act *a, const char *product, int64_t person) {
    int64_t missing = 0;
    const desk_terms *terms = NULL;
    piste_status status = desk_terms_get(a, &terms);
    if (status != PISTE_OK)
        return status;
    int index = desk_terms_find_product(terms, product);
    bool is_personal = index >= 0 && terms->products.list[index].is_personal;
    if (!is_personal && person == 0)
        return PISTE_OK;
    if (!is_personal)
        return desk_refuse(a, "holder_not_needed", "who holds a %s is not to be known", product);
    if (person)
        status = desk_person_check(a, person);
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(
            a->db, &missing, NULL,
            "SELECT count(*) FROM need n WHERE n.product = $1 AND n.is_required = 1"
            " AND NOT EXISTS (SELECT 1 FROM person_data d WHERE d.person = $2 AND d.purpose = n.purpose)",
            store_text(product), store_number(person));
    if (status == PISTE_OK && missing)
        return desk_refuse(a, "holder_missing",
                           "a %s is sold to a person of whom is known what it needs; see the act person", product);
    return status;
}

// ---- retention ------------------------------------------------------------------------------------------------------------------

static json_t *purpose_counts(json_t *list, const char *purpose) {
    size_t i;
    json_t *p;
    json_array_foreach(list, i, p) if (strcmp(desk_text(p, "purpose"), purpose) == 0) return p;
    p = json_pack("{s:s,s:i}", "purpose", purpose, "erased", 0);
    json_array_append_new(list, p);
    return p;
}

static piste_status find_due(desk_act *a, desk_key_ids *due, json_t *list) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT key_id, purpose FROM " DESK_DATA_UNTIL
                                      " WHERE until_day < $1 ORDER BY until_day, key_id LIMIT 500",
                                      store_number(a->now_ms / DAY_MS));
    if (status != PISTE_OK)
        return status;
    while (status == PISTE_OK && store_rows_next(rows)) {
        store_value id = store_rows_value(rows, 0);
        json_t *p = purpose_counts(list, store_rows_text(rows, 1));
        json_object_set_new(p, "erased", json_integer(desk_number(p, "erased", 0) + 1));
        status = id.size == DESK_KEY_ID_SIZE ? desk_key_ids_add(due, id.data) : PISTE_INVALID;
    }
    piste_status ended = store_rows_end(rows);
    return status == PISTE_OK ? ended : status;
}

// Agreements whose time is over go as a whole.
static piste_status end_agreements(desk_act *a) {
    piste_status status = STORE_RUN(a->db,
                                    "DELETE FROM agreement WHERE id IN (SELECT g.id FROM agreement g JOIN "
                                    "agreement_text t ON t.key = g.text_key AND t.version = g.version"
                                    " AND t.language = g.language WHERE g.at_ms / 86400000 + t.keep_days < $1)",
                                    store_number(a->now_ms / DAY_MS));
    if (status == PISTE_OK)
        json_object_set_new(a->answer, "agreements", json_integer(store_db_changes(a->db)));
    return status;
}

piste_status desk_retain_run(desk_act *a) {
    desk_key_ids due = {0};
    json_t *list = json_array();
    json_object_set_new(a->answer, "day", desk_date_json(a->now_ms / DAY_MS));
    json_object_set_new(a->answer, "purposes", list);
    piste_status status = find_due(a, &due, list);
    if (status == PISTE_OK)
        status = desk_people_erase(a, &due);
    if (status == PISTE_OK)
        status = end_agreements(a);
    json_object_set_new(a->answer, "more", json_boolean(due.count == RETAIN_AT_ONCE));
    desk_key_ids_release(&due);
    return status;
}

// What is held, and what is due next.
piste_status desk_retention_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(a->answer, "purposes", list);
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT p.key, p.name, p.fields, p.basis, p.keep_days, p.counts_from, (SELECT "
                                      "count(*) FROM person_data d WHERE d.purpose = p.key),"
                                      " (SELECT min(until_day) FROM " DESK_DATA_UNTIL " WHERE x.purpose = p.key),"
                                      " (SELECT count(*) FROM " DESK_DATA_UNTIL
                                      " WHERE x.purpose = p.key AND until_day < $1) FROM purpose p ORDER BY p.key",
                                      store_number(a->now_ms / DAY_MS));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        json_t *p =
            json_pack("{s:s,s:s,s:s,s:s,s:I,s:s,s:I,s:I}", "purpose", store_rows_text(rows, 0), "name",
                      store_rows_text(rows, 1), "fields", store_rows_text(rows, 2), "basis", store_rows_text(rows, 3),
                      "keep_days", (json_int_t)store_rows_number(rows, 4), "from", store_rows_text(rows, 5), "held",
                      (json_int_t)store_rows_number(rows, 6), "due", (json_int_t)store_rows_number(rows, 8));
        if (store_rows_number(rows, 6))
            json_object_set_new(p, "next", desk_date_json(store_rows_number(rows, 7) + 1));
        json_array_append_new(list, p);
    }
    return store_rows_end(rows);
}
