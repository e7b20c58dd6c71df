// read_refs.c - the keys by which entries refer to each other become indices. See read.h.
#include <stdlib.h>
#include <string.h>

#include "resort/change.h"
#include "resort/read.h"

typedef struct target_index {
    const piste_entry **sorted;
    int32_t count;
    const unsigned char *list;
    size_t size;
} target_index;

typedef struct resolver {
    const piste_resort *resort;
    const char *file;
    const piste_changes *changes;
    base_arena *arena;
    piste_errors *errors;
    piste_status status;
    target_index targets[SCHEMA_TARGET_COUNT];
} resolver;

static int by_key(const void *a, const void *b) {
    const piste_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    return order ? order : (*x)->line - (*y)->line;
}

static bool index_target(resolver *v, schema_target target, const void *list, int32_t count, size_t size) {
    target_index *t = &v->targets[target];
    t->list = list;
    t->size = size;
    t->sorted = base_arena_take(v->arena, ((size_t)count + 1) * sizeof(piste_entry *));
    if (!t->sorted)
        return false;
    for (int32_t i = 0; i < count; i++) {
        const piste_entry *entry = (const piste_entry *)(const void *)(t->list + (size_t)i * size);
        if (entry->key)
            t->sorted[t->count++] = entry;
    }
    qsort(t->sorted, (size_t)t->count, sizeof *t->sorted, by_key);
    return true;
}

static int32_t find_target(const target_index *t, const char *key) {
    int32_t low = 0, high = t->count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(t->sorted[middle]->key, key);
        if (order == 0)
            return (int32_t)((size_t)((const unsigned char *)t->sorted[middle] - t->list) / t->size);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

// Whether the file has such an entry for other dates.
static bool is_absent(const resolver *v, schema_target target, const char *key) {
    const schema_field *list = schema_field_find(&schema_resort, schema_target_name(target));
    for (int32_t i = 0; list && i < v->resort->absent.count; i++)
        if (v->resort->absent.list[i].record == list->record && strcmp(v->resort->absent.list[i].key, key) == 0)
            return true;
    return false;
}

static void resolve_ref(resolver *v, const schema_field *f, int32_t line, piste_ref *ref) {
    if (!ref->key)
        return;
    ref->index = find_target(&v->targets[f->target], ref->key);
    if (ref->index >= 0)
        return;
    // Beyond the errors that are kept there is no need to look for reasons.
    bool dated = v->errors && piste_errors_total(v->errors) < PISTE_ERRORS_MAX && is_absent(v, f->target, ref->key);
    char message[PISTE_NAME_BYTES_MAX + 200];
    snprintf(message, sizeof message, "%s: %s%s, expected a key among the %s%s", f->key, ref->key, dated ? ", which is not valid on the date" : "",
             schema_target_name(f->target), dated ? " of that date" : "");
    piste_status status = change_tell(v->changes, v->errors, PISTE_INVALID, v->file, line, 0, message);
    if (v->status == PISTE_OK)
        v->status = status;
}

static void resolve_record(resolver *v, const schema_record *record, unsigned char *base) {
    const piste_entry *entry = (const piste_entry *)(const void *)base;
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        int32_t line = entry->field_line ? entry->field_line[i] : 0;
        if (f->type == SCHEMA_REF)
            resolve_ref(v, f, line, (piste_ref *)(void *)(base + f->offset));
        else if (f->type == SCHEMA_RECORD)
            resolve_record(v, f->record, base + f->offset);
        else if (f->type == SCHEMA_REFS || f->type == SCHEMA_LIST) {
            read_any_list list;
            memcpy(&list, base + f->offset, sizeof list);
            union {
                const void *constant;
                unsigned char *bytes;
            } elements = {.constant = list.list};
            for (int32_t k = 0; k < list.count; k++)
                if (f->type == SCHEMA_REFS)
                    resolve_ref(v, f, line, (piste_ref *)(void *)(elements.bytes + (size_t)k * sizeof(piste_ref)));
                else
                    resolve_record(v, f->record, elements.bytes + (size_t)k * f->record->size);
        }
    }
}

piste_status read_resolve(const char *file, const piste_changes *changes, piste_resort *resort, base_arena *arena, piste_errors *errors) {
    resolver v = {.resort = resort, .file = file, .changes = changes, .arena = arena, .errors = errors};
    if (!index_target(&v, SCHEMA_PLACES, resort->places.list, resort->places.count, sizeof(piste_place)) ||
        !index_target(&v, SCHEMA_LIFTS, resort->lifts.list, resort->lifts.count, sizeof(piste_lift)) ||
        !index_target(&v, SCHEMA_RUNS, resort->runs.list, resort->runs.count, sizeof(piste_run)) ||
        !index_target(&v, SCHEMA_VENUES, resort->venues.list, resort->venues.count, sizeof(piste_venue)) ||
        !index_target(&v, SCHEMA_SEGMENTS, resort->segments.list, resort->segments.count, sizeof(piste_segment)) ||
        !index_target(&v, SCHEMA_CLASSES, resort->tariff.classes.list, resort->tariff.classes.count, sizeof(piste_price_class)))
        return piste_errors_add(errors, PISTE_MEMORY, file, 0, 0, "no memory");
    resolve_record(&v, &schema_resort, (unsigned char *)resort);
    return v.status;
}
