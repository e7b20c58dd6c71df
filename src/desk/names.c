// names.c - see names.h.
#include "desk/names.h"

const char desk_names_tables[] =
    "CREATE TABLE translation (kind TEXT NOT NULL, key TEXT NOT NULL, language TEXT NOT NULL, name TEXT NOT NULL,"
    " PRIMARY KEY (kind, key, language)) STRICT;\n";

const desk_field desk_name_fields[] = {
    {"language", DESK_TEXT, true, 0, BASE_LANGUAGE_MAX - 1, NULL, "as BCP 47 writes it, such as ko or zh-Hant"},
    {"name", DESK_TEXT, true, 0, 200, NULL, "in it"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

piste_status desk_names_tell(desk_act *a, const char *kind, const char *key) {
    const json_t *names = json_object_get(a->request, "names");
    piste_status status = STORE_RUN(a->db, "DELETE FROM translation WHERE kind = $1 AND key = $2", store_text(kind), store_text(key));
    for (size_t i = 0; i < json_array_size(names) && status == PISTE_OK; i++) {
        const json_t *one = json_array_get(names, i);
        const char *language = desk_text(one, "language");
        if (!base_language_is(language))
            return desk_invalid(a, "names[%zu].language: '%s', expected a language as BCP 47 writes it, such as ko or zh-Hant", i, language);
        for (size_t k = 0; k < i; k++)
            if (strcmp(desk_text(json_array_get(names, k), "language"), language) == 0)
                return desk_invalid(a, "names[%zu].language: '%s' comes twice", i, language);
        status = STORE_RUN(a->db, "INSERT INTO translation (kind, key, language, name) VALUES ($1, $2, $3, $4)", store_text(kind), store_text(key),
                           store_text(language), store_text(desk_text(one, "name")));
    }
    return status;
}

typedef struct reading {
    const char *language;
    json_t *kinds;
} reading;

// Rows come by kind and key: of each the closest one stays.
static piste_status read_names(store_db *db, void *context) {
    reading *r = context;
    store_rows *rows = NULL;
    char kind[32] = "", key[201] = "";
    int best = 0;
    piste_status status = store_query(db, &rows, "SELECT kind, key, language, name FROM translation ORDER BY kind, key, language", NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        if (strcmp(kind, store_rows_text(rows, 0)) != 0 || strcmp(key, store_rows_text(rows, 1)) != 0)
            best = 0;
        snprintf(kind, sizeof kind, "%s", store_rows_text(rows, 0));
        snprintf(key, sizeof key, "%s", store_rows_text(rows, 1));
        int closeness = base_language_closeness(store_rows_text(rows, 2), r->language);
        if (closeness <= best)
            continue;
        best = closeness;
        if (!json_object_get(r->kinds, kind))
            json_object_set_new(r->kinds, kind, json_object());
        json_object_set_new(json_object_get(r->kinds, kind), key, json_string(store_rows_text(rows, 3)));
    }
    return store_rows_end(rows);
}

piste_status desk_names_in(desk *d, const char *language, json_t *kinds) {
    reading r = {language, kinds};
    return store_read(desk_get_store(d), read_names, &r);
}
