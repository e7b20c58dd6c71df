// document.c - resort.yaml as it is written, with changes made. See document.h.
#include <stdlib.h>

#include "resort/change.h"
#include "resort/document.h"

static bool is_valid_on(const reader *r, const yaml_node_t *map) {
    piste_entry entry = {.from = PISTE_DATE_NONE, .until = PISTE_DATE_NONE};
    for (yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key), *valid = read_node(r, p->value);
        if (key->type != YAML_SCALAR_NODE || strcmp(read_text_of(key), "valid") != 0 || valid->type != YAML_MAPPING_NODE)
            continue;
        for (yaml_node_pair_t *v = valid->data.mapping.pairs.start; v < valid->data.mapping.pairs.top; v++) {
            const yaml_node_t *word = read_node(r, v->key), *date = read_node(r, v->value);
            piste_date found;
            if (word->type == YAML_SCALAR_NODE && date->type == YAML_SCALAR_NODE && piste_date_parse(read_text_of(date), &found) == PISTE_OK)
                *(strcmp(read_text_of(word), "from") == 0 ? &entry.from : &entry.until) = found;
        }
    }
    return read_is_valid_on(&entry, r->as_of);
}

static json_t *json_of(const reader *r, const yaml_node_t *node) {
    if (node->type == YAML_SCALAR_NODE)
        return json_stringn(read_text_of(node), node->data.scalar.length);
    if (node->type == YAML_SEQUENCE_NODE) {
        json_t *list = json_array();
        for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
            const yaml_node_t *item = read_node(r, *i);
            if (item->type != YAML_MAPPING_NODE || is_valid_on(r, item))
                json_array_append_new(list, json_of(r, item));
        }
        return list;
    }
    json_t *object = json_object();
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key);
        if (key->type == YAML_SCALAR_NODE)
            json_object_set_new(object, read_text_of(key), json_of(r, read_node(r, p->value)));
    }
    return object;
}

static int add_bytes(void *context, unsigned char *bytes, size_t count) {
    base_text *out = context;
    base_text_add_bytes(out, (const char *)bytes, count);
    return !out->failed;
}

// Takes the document.
static bool dump(yaml_document_t *document, base_text *out) {
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter)) {
        yaml_document_delete(document);
        return false;
    }
    yaml_emitter_set_output(&emitter, add_bytes, out);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool good = yaml_emitter_open(&emitter) && yaml_emitter_dump(&emitter, document) && yaml_emitter_close(&emitter);
    yaml_emitter_delete(&emitter);
    return good;
}

static piste_status make(reader *r, const char *data, size_t length, base_text *yaml, json_t **json) {
    yaml_document_t document;
    if (!read_document(r, data, length, "a resort with its keys", &document))
        return r->status;
    r->document = &document;
    if (r->as_of == PISTE_DATE_NONE)
        r->as_of = read_as_of(r);
    if (r->changes)
        change_apply(r, 1);
    if (json && !(*json = json_of(r, read_node(r, 1))))
        read_no_memory(r);
    if (!yaml)
        yaml_document_delete(&document);
    else if (!dump(&document, yaml))
        read_no_memory(r);
    return r->status;
}

piste_status document_make(const char *folder, piste_date as_of, const piste_changes *changes, piste_errors *errors,
                           base_text *yaml, json_t **json) {
    reader r = {.arena = base_arena_create(), .errors = errors, .changes = changes, .as_of = as_of};
    char *data = NULL, *path = r.arena ? base_arena_format(r.arena, "%s/resort.yaml", folder) : NULL;
    size_t length = 0;
    piste_status status = path ? base_file_read(path, PISTE_YAML_BYTES_MAX, errors, &data, &length) : PISTE_MEMORY;
    r.file = path;
    r.data = data;
    if (status == PISTE_OK)
        status = make(&r, data, length, yaml, json);
    free(data);
    base_arena_destroy(r.arena);
    return status;
}

piste_status document_value(const char *text, piste_errors *errors, json_t **json) {
    reader r = {.file = "value", .arena = base_arena_create(), .errors = errors, .as_of = PISTE_DATE_NONE};
    yaml_document_t document;
    if (!r.arena)
        return PISTE_MEMORY;
    if (read_document(&r, text, strlen(text), "a value", &document)) {
        r.document = &document;
        *json = json_of(&r, read_node(&r, 1));
        yaml_document_delete(&document);
        if (!*json)
            r.status = PISTE_MEMORY;
    }
    base_arena_destroy(r.arena);
    return r.status;
}
