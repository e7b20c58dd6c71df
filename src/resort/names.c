// names.c - see names.h.
#include <string.h>

#include "resort/names.h"

typedef struct walk {
    void (*each)(void *context, const names_entry *one);
    void *context;
} walk;

typedef struct any_list {
    const void *list;
    int32_t count;
} any_list;

static const char *text_at(const unsigned char *base, const schema_field *f) {
    return f ? *(const char *const *)(const void *)(base + f->offset) : NULL;
}

static void walk_record(const walk *w, const schema_record *record, const char *kind, const piste_entry *parent, const unsigned char *base) {
    const piste_entry *entry = (const piste_entry *)(const void *)base;
    const schema_field *name = schema_field_find(record, "name"), *names = schema_field_find(record, "names");
    if (names)
        w->each(w->context, &(names_entry){kind, entry, parent, text_at(base, name ? name : schema_field_find(record, "product"))});
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        const piste_entry *above = entry->key ? entry : parent;
        if (f->type == SCHEMA_RECORD)
            walk_record(w, f->record, f->key, above, base + f->offset);
        if (f->type != SCHEMA_LIST)
            continue;
        const any_list *list = (const any_list *)(const void *)(base + f->offset);
        for (int32_t k = 0; k < list->count; k++)
            walk_record(w, f->record, f->key, above, (const unsigned char *)list->list + (size_t)k * f->record->size);
    }
}

void names_walk(const piste_resort *resort, void (*each)(void *context, const names_entry *one), void *context) {
    walk_record(&(walk){each, context}, &schema_resort, "resort", NULL, (const unsigned char *)resort);
}
