// reader.h - what the files that read resort.yaml share: read.c (records), read_value.c (values), read_dist.c
// (distributions). Each read_... tells what is wrong with its value and leaves the output as it was.
#ifndef RESORT_READER_H
#define RESORT_READER_H

#include <yaml.h>

#include "base/base.h"
#include "resort/quantity.h"

typedef struct reader {
    const char *file;
    yaml_document_t *document;
    base_arena *arena;
    piste_errors *errors;
    piste_date as_of;
    piste_status status; // the first error's
    piste_entry *absent; // entries that are not valid on the date
    int32_t absent_count, absent_room;
    const piste_changes *changes; // NULL: none
    const char *data;             // the whole text
} reader;

// What a list, whatever its element type, looks like in a struct.
typedef struct read_any_list {
    const void *list;
    int32_t count;
} read_any_list;

// ---- telling what is wrong --------------------------------------------------------------------------------------

void read_fail(reader *r, piste_status status, yaml_mark_t mark, const char *format, ...) PISTE_PRINTF(4, 5);
// "speed: 90 km/h, expected 0.1 m/s to 14 m/s"
void read_unexpected(reader *r, piste_status status, const char *key, const yaml_node_t *node, const char *expected);
// A value as it is shown in a message: at most 60 bytes of it.
const char *read_shown(const yaml_node_t *node, char out[72]);
void read_no_memory(reader *r);
void *read_take(reader *r, size_t bytes); // NULL: no memory, and told
const char *read_list_words(reader *r, const char *const *words); // "ski, snowboard or foot"
const char *read_bounds_text(reader *r, const schema_field *f);   // "0.1 m/s to 14 m/s"

// ---- nodes ------------------------------------------------------------------------------------------------------

static inline const char *read_text_of(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}
static inline yaml_node_t *read_node(const reader *r, int index) {
    return yaml_document_get_node(r->document, index);
}
// The elements of a YAML list, or the one of a single value that is no list.
static inline int32_t read_element_count(const yaml_node_t *node) {
    return node->type == YAML_SEQUENCE_NODE ? (int32_t)(node->data.sequence.items.top - node->data.sequence.items.start) : 1;
}
static inline const yaml_node_t *read_element(const reader *r, const yaml_node_t *node, int32_t index) {
    return node->type == YAML_SEQUENCE_NODE ? read_node(r, node->data.sequence.items.start[index]) : node;
}
bool read_too_many(reader *r, const char *key, const yaml_node_t *node, int32_t count);

static inline bool read_is_bounded(const schema_field *f) {
    return f->min != 0 || f->max != 0;
}
static inline bool read_in_bounds(const schema_field *f, double value) {
    return !read_is_bounded(f) || (value >= f->min && value <= f->max);
}

// ---- documents --------------------------------------------------------------------------------------------------

// Whether a text is one document of plain values, not nested too deeply; tells what is wrong.
bool read_document(reader *r, const char *data, size_t length, const char *what, yaml_document_t *document);
// The key of a record that a misspelt one is nearest to; NULL where none is near.
const char *read_nearest_key(const schema_record *record, const char *key);
// The file's own `as-of`, PISTE_DATE_NONE where it has none.
piste_date read_as_of(const reader *r);
bool read_is_valid_on(const piste_entry *entry, piste_date date);

// ---- values -----------------------------------------------------------------------------------------------------

bool read_text(reader *r, const char *key, const yaml_node_t *node, size_t limit, const char **out);
bool read_key(reader *r, const char *key, const yaml_node_t *node, const char **out);
// A quantity in a dimension. is_pace NULL: a pace is no answer.
bool read_quantity(reader *r, const char *key, const yaml_node_t *node, schema_dimension dimension, bool *is_pace, double *out);
bool read_bool(reader *r, const char *key, const yaml_node_t *node, bool *out);
bool read_word(reader *r, const char *key, const yaml_node_t *node, const char *const *words, int32_t *out);
// A value of any type but the records, lists and notes of an entry. `at`: the member; money: the currency's.
void read_value(reader *r, const schema_field *f, const yaml_node_t *node, void *at);
// The names of an entry in other languages.
void read_names(reader *r, const schema_field *f, const yaml_node_t *node, piste_entry *entry);
void read_dist(reader *r, const schema_field *f, const yaml_node_t *node, piste_dist *out);

#endif
