// office.c - see office.h.
#include "desk/office.h"

#include <stdlib.h>

#include "desk/pass.h"

static piste_status save(const char *folder, const char *name, char *text, size_t length, piste_errors *errors) {
    char *path = desk_path(folder, name);
    piste_status status = text && path ? desk_file_replace(path, 0600, text, length, errors)
                                       : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    free(path);
    free(text);
    return status;
}

piste_status office_save_table(const char *folder, const piste_table *table, int64_t now_s, piste_errors *errors) {
    char *text = NULL;
    size_t length = 0;
    if (piste_table_write(table, table->version > 0 ? table->version : 1, now_s, &text, &length) != PISTE_OK)
        text = NULL;
    return save(folder, "table.json", text, length, errors);
}

static piste_status save_lists(const char *folder, const piste_lists *lists, piste_errors *errors) {
    char *text = NULL;
    size_t length = 0;
    if (piste_lists_write(lists, &text, &length) != PISTE_OK)
        text = NULL;
    return save(folder, "lists.json", text, length, errors);
}

piste_status office_save_lists(const office *o, piste_errors *errors) {
    return save_lists(o->folder, &o->lists, errors);
}

piste_status office_make(const char *folder, const piste_table *table, int64_t now_s, piste_errors *errors) {
    const piste_lists none = {.version = 1, .issued_s = now_s, .stale_after_h = OFFICE_STALE_AFTER_H};
    piste_status status = piste_keys_make(folder, now_s, errors);
    if (status == PISTE_OK)
        status = office_save_table(folder, table, now_s, errors);
    return status == PISTE_OK ? save_lists(folder, &none, errors) : status;
}

static piste_status read_file(const char *folder, const char *name, piste_errors *errors, char **path, char **text, size_t *length) {
    *path = desk_path(folder, name);
    return *path ? base_file_read(*path, PISTE_DOCUMENT_BYTES_MAX, errors, text, length)
                 : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
}

piste_status office_open(const char *folder, piste_errors *errors, office *o) {
    office own = {.folder = folder};
    char *path = NULL, *text = NULL;
    size_t length = 0;
    piste_status status = piste_keys_open(folder, errors, &own.keys);
    if (status == PISTE_OK)
        status = read_file(folder, "table.json", errors, &path, &text, &length);
    if (status == PISTE_OK)
        status = piste_table_parse(text, length, path, errors, &own.table);
    free(path);
    free(text);
    path = text = NULL;
    if (status == PISTE_OK)
        status = read_file(folder, "lists.json", errors, &path, &text, &length);
    if (status == PISTE_OK)
        status = piste_lists_parse(text, length, path, errors, &own.lists);
    free(path);
    free(text);
    if (status != PISTE_OK) {
        office_close(&own);
        return status;
    }
    *o = own;
    return PISTE_OK;
}

void office_close(office *o) {
    piste_keys_close(o->keys);
    piste_table_destroy(o->table);
    piste_lists_release(&o->lists);
    *o = (office){0};
}

// ---- backup -------------------------------------------------------------------------------------------------------

piste_status office_backup(const office *o, const char *passphrase, const char *path, int64_t now_s, piste_errors *errors) {
    char *table = NULL, *lists = NULL;
    size_t table_length = 0, lists_length = 0;
    base_text extra = {0};
    bool well = piste_table_write(o->table, o->table->version, now_s, &table, &table_length) == PISTE_OK &&
                piste_lists_write(&o->lists, &lists, &lists_length) == PISTE_OK;
    if (well)
        base_text_format(&extra, "{\"table\":%s,\"lists\":%s}", table, lists);
    piste_status status = !well || extra.failed ? piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory")
                                                : piste_keys_backup(o->keys, extra.data, passphrase, path, errors);
    base_text_release(&extra);
    free(table);
    free(lists);
    return status;
}

static piste_status restore_rest(const char *folder, const char *extra, const char *path, int64_t now_s, piste_errors *errors) {
    desk_reader r = {path, errors, PISTE_OK};
    json_t *root = desk_json_load(&r, extra, strlen(extra));
    if (!root)
        return r.status;
    char *table = json_dumps(json_object_get(root, "table"), JSON_COMPACT), *lists = json_dumps(json_object_get(root, "lists"), JSON_COMPACT);
    json_decref(root);
    piste_table *own = NULL;
    piste_lists all = {0};
    piste_status status = table && lists ? piste_table_parse(table, strlen(table), path, errors, &own)
                                         : piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "holds no table and lists");
    if (status == PISTE_OK)
        status = piste_lists_parse(lists, strlen(lists), path, errors, &all);
    if (status == PISTE_OK)
        status = office_save_table(folder, own, now_s, errors);
    if (status == PISTE_OK)
        status = save_lists(folder, &all, errors);
    piste_table_destroy(own);
    piste_lists_release(&all);
    free(table);
    free(lists);
    return status;
}

piste_status office_restore(const char *path, const char *passphrase, const char *folder, int64_t now_s, piste_errors *errors) {
    char *extra = NULL;
    piste_status status = piste_keys_restore(path, passphrase, folder, errors, &extra);
    if (status == PISTE_OK)
        status = restore_rest(folder, extra, path, now_s, errors);
    free(extra);
    return status;
}
