// read.c - resort.yaml into structs, by the schema table.
//
// Two passes over the text: one over libyaml's events, which sees what its document model hides (aliases, anchors,
// tags, a second document) and bounds the nesting; one over the document, against the table. Nothing stops at the first
// error: each value that cannot be used is told and left as it was, so that a file's mistakes come in one go.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resort/change.h"
#include "resort/read.h"
#include "resort/reader.h"

// The key of a record that a misspelt one is nearest to (Levenshtein distance of at most 2); NULL where none is near.
const char *read_nearest_key(const schema_record *record, const char *key) {
    const char *best = NULL;
    int best_distance = 3;
    size_t n = strlen(key);
    if (n > 31)
        return NULL;
    for (int32_t f = 0; f < record->count; f++) {
        const char *other = record->fields[f].key;
        int row[33];
        for (size_t j = 0; j <= n; j++)
            row[j] = (int)j;
        for (size_t i = 1; other[i - 1]; i++) {
            int diagonal = row[0];
            row[0] = (int)i;
            for (size_t j = 1; j <= n; j++) {
                int replaced = diagonal + (other[i - 1] != key[j - 1]);
                diagonal = row[j];
                int least = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
                row[j] = replaced < least ? replaced : least;
            }
        }
        if (row[n] < best_distance) {
            best_distance = row[n];
            best = other;
        }
    }
    return best;
}

// ---- records --------------------------------------------------------------------------------------------------------

static void read_record(reader *r, const schema_record *record, const yaml_node_t *node, void *out);
static void read_list(reader *r, const schema_field *f, const yaml_node_t *node, read_any_list *out);

static void read_valid(reader *r, const yaml_node_t *node, piste_entry *entry) {
    if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, "valid", node, "{from: 2015-12-01, until: 2019-03-31}, either may be left out");
        return;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        static const char *const words[] = {"from", "until", NULL};
        const yaml_node_t *key = read_node(r, p->key), *value = read_node(r, p->value);
        int32_t word = 0;
        piste_date date = 0;
        if (!read_word(r, "valid", key, words, &word))
            continue;
        if (value->type != YAML_SCALAR_NODE || piste_date_parse(read_text_of(value), &date) != PISTE_OK)
            read_unexpected(r, PISTE_INVALID, words[word], value, "a date, such as 2015-12-01");
        else if (word == 0)
            entry->from = date;
        else
            entry->until = date;
    }
    if (entry->from != PISTE_DATE_NONE && entry->until != PISTE_DATE_NONE && entry->from > entry->until)
        read_fail(r, PISTE_INVALID, node->start_mark, "valid: until before from, expected dates in order");
}

static void read_basis(reader *r, const schema_record *record, const yaml_node_t *node, piste_entry *entry) {
    if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, "basis", node, "a map of this entry's keys to what they rest on");
        return;
    }
    int32_t count = (int32_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start), kept = 0;
    piste_basis *basis = read_take(r, (size_t)count * sizeof *basis);
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; basis && p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key);
        const schema_field *f = key->type == YAML_SCALAR_NODE ? schema_field_find(record, read_text_of(key)) : NULL;
        const char *text = NULL;
        if (!f) {
            read_unexpected(r, PISTE_INVALID, "basis", key, base_arena_format(r->arena, "a key of this %s", record->name));
            continue;
        }
        if (!read_text(r, read_text_of(key), read_node(r, p->value), PISTE_TEXT_BYTES_MAX, &text))
            continue;
        int32_t kind = -1;
        size_t length = strcspn(text, ":");
        for (int32_t k = 0; k < PISTE_BASIS_KIND_COUNT; k++)
            if (strlen(schema_basis_words[k]) == length && memcmp(text, schema_basis_words[k], length) == 0)
                kind = k;
        const char *source = text[length] == ':' ? text + length + 1 + strspn(text + length + 1, " ") : "";
        if (kind < 0 || !*source)
            read_unexpected(r, PISTE_INVALID, read_text_of(key), read_node(r, p->value), "measured, published, chosen or assumed, a colon, and the source");
        else
            basis[kept++] = (piste_basis){f->key, (piste_basis_kind)kind, source};
    }
    entry->basis = basis;
    entry->basis_count = kept;
}

static void read_field(reader *r, const schema_record *record, const schema_field *f, const yaml_node_t *node, unsigned char *base) {
    piste_entry *entry = (piste_entry *)(void *)base;
    void *at = f->offset == SIZE_MAX ? NULL : base + f->offset;
    switch (f->type) {
    case SCHEMA_RECORD: read_record(r, f->record, node, at); break;
    case SCHEMA_LIST: read_list(r, f, node, at); break;
    case SCHEMA_VALID: read_valid(r, node, entry); break;
    case SCHEMA_BASIS: read_basis(r, record, node, entry); break;
    case SCHEMA_NAMES: read_names(r, f, node, entry); break;
    default: read_value(r, f, node, at); break;
    }
}

// What a value is before the file or its default says otherwise: "not given".
static void clear_field(const schema_field *f, unsigned char *base) {
    void *at = base + f->offset;
    switch (f->type) {
    case SCHEMA_NUMBER:
    case SCHEMA_QUANTITY:
    case SCHEMA_SHARE: *(double *)at = NAN; break;
    case SCHEMA_POINT: ((double *)at)[0] = ((double *)at)[1] = NAN; break;
    case SCHEMA_REF: ((piste_ref *)at)->index = -1; break;
    case SCHEMA_WORD: *(int32_t *)at = -1; break;
    case SCHEMA_DATE: *(piste_date *)at = PISTE_DATE_NONE; break;
    case SCHEMA_MONEY: *(int64_t *)(void *)(base + f->offset + sizeof(const char *)) = -1; break;
    default: break;
    }
}

// Defaults are read by the same code as the file, so that table and file can never mean different things.
static void read_default(reader *r, const schema_record *record, const schema_field *f, unsigned char *base) {
    yaml_node_t node;
    memset(&node, 0, sizeof node);
    node.type = YAML_SCALAR_NODE;
    union {
        const char *constant;
        yaml_char_t *value;
    } text = {.constant = f->fallback};
    node.data.scalar.value = text.value;
    node.data.scalar.length = strlen(f->fallback);
    if (f->type == SCHEMA_WORDS) { // a list of words, written with blanks in the table
        int32_t mask = 0;
        for (const char *at = f->fallback; *at;) {
            size_t length = strcspn(at, " ");
            for (int32_t w = 0; f->words[w]; w++)
                if (strlen(f->words[w]) == length && memcmp(f->words[w], at, length) == 0)
                    mask |= 1 << w;
            at += length + strspn(at + length, " ");
        }
        *(int32_t *)(void *)(base + f->offset) = mask;
        return;
    }
    read_field(r, record, f, &node, base);
}

static void read_pairs(reader *r, const schema_record *record, const yaml_node_t *node, unsigned char *base, int32_t *lines) {
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key);
        if (key->type != YAML_SCALAR_NODE) {
            read_fail(r, PISTE_INVALID, key->start_mark, "%s as a key, expected a word", key->type == YAML_MAPPING_NODE ? "a map" : "a list");
            continue;
        }
        const schema_field *f = schema_field_find(record, read_text_of(key));
        char buffer[72];
        if (!f) {
            const char *near = r->errors && piste_errors_total(r->errors) > PISTE_ERRORS_MAX ? NULL : read_nearest_key(record, read_text_of(key));
            read_fail(r, PISTE_INVALID, key->start_mark, "%s: not a key of a %s%s%s%s", read_shown(key, buffer), record->name,
                 near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
            continue;
        }
        int32_t *line = &lines[f - record->fields];
        if (*line) {
            read_fail(r, PISTE_INVALID, key->start_mark, "%s: given twice, first on line %d", f->key, change_line_shown(r->changes, *line));
            continue;
        }
        *line = change_line(key->start_mark);
        read_field(r, record, f, read_node(r, p->value), base);
    }
}

// node NULL: the record is not in the file, only its defaults are filled in.
static void read_record(reader *r, const schema_record *record, const yaml_node_t *node, void *out) {
    unsigned char *base = out;
    piste_entry *entry = out;
    entry->record = record;
    entry->from = entry->until = PISTE_DATE_NONE;
    for (int32_t i = 0; i < record->count; i++)
        if (record->fields[i].offset != SIZE_MAX)
            clear_field(&record->fields[i], base);
    int32_t *lines = read_take(r, (size_t)record->count * sizeof *lines);
    if (!lines)
        return;
    entry->field_line = lines;
    if (node && node->type != YAML_MAPPING_NODE) {
        char buffer[72];
        read_fail(r, PISTE_INVALID, node->start_mark, "%s, expected a %s with its keys", read_shown(node, buffer), record->name);
        node = NULL; // it has its defaults, and nothing more is said of it
    }
    if (node) {
        entry->line = change_line(node->start_mark);
        read_pairs(r, record, node, base, lines);
    }
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        if (lines[i])
            continue;
        if (f->required && node)
            read_fail(r, PISTE_INVALID, node->start_mark, "%s: missing in this %s%s%s", f->key, record->name, entry->key ? " " : "", entry->key ? entry->key : "");
        else if (f->type == SCHEMA_RECORD)
            read_record(r, f->record, NULL, base + f->offset);
        else if (f->fallback)
            read_default(r, record, f, base);
    }
}

bool read_is_valid_on(const piste_entry *entry, piste_date date) {
    return date == PISTE_DATE_NONE || ((entry->from == PISTE_DATE_NONE || entry->from <= date) && (entry->until == PISTE_DATE_NONE || entry->until >= date));
}

static int by_key_and_time(const void *a, const void *b) {
    const piste_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    if (order)
        return order;
    if ((*x)->from != (*y)->from) // PISTE_DATE_NONE is the least of all numbers
        return (*x)->from < (*y)->from ? -1 : 1;
    return (*x)->line - (*y)->line;
}

static bool ends_before(const piste_entry *a, const piste_entry *b) {
    return a->until != PISTE_DATE_NONE && b->from != PISTE_DATE_NONE && a->until < b->from;
}

static void tell_key_twice(reader *r, const piste_entry *a, const piste_entry *b) {
    const piste_entry *first = a->line <= b->line ? a : b, *second = first == a ? b : a;
    char message[PISTE_NAME_BYTES_MAX + 100];
    snprintf(message, sizeof message, "key: %s, used before on line %d for the same time", second->key,
             change_line_shown(r->changes, piste_entry_field_line(first, "key")));
    piste_status told = change_tell(r->changes, r->errors, PISTE_INVALID, r->file, piste_entry_field_line(second, "key"), 0, message);
    if (r->status == PISTE_OK)
        r->status = told;
}

// The same key may come again for another time (a lift before and after its renovation), never for the same one.
static void check_keys(reader *r, const schema_record *record, unsigned char *list, int32_t count) {
    piste_entry **sorted = calloc((size_t)count + 1, sizeof *sorted);
    if (!sorted) {
        read_no_memory(r);
        return;
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        piste_entry *entry = (piste_entry *)(void *)(list + (size_t)i * record->size);
        if (entry->key)
            sorted[kept++] = entry;
    }
    qsort(sorted, (size_t)kept, sizeof *sorted, by_key_and_time);
    // In the order of their beginnings each is compared with the one before that ends last.
    const piste_entry *last = NULL;
    for (int32_t i = 0; i < kept; i++) {
        const piste_entry *entry = sorted[i];
        if (!last || strcmp(last->key, entry->key) != 0) {
            last = entry;
            continue;
        }
        if (!ends_before(last, entry))
            tell_key_twice(r, last, entry);
        if (last->until != PISTE_DATE_NONE && (entry->until == PISTE_DATE_NONE || entry->until > last->until))
            last = entry;
    }
    free(sorted);
}

// What the file has for other dates is kept by its key, so that it can be told from what the file does not have.
static void keep_absent(reader *r, const piste_entry *entry) {
    if (r->absent_count == r->absent_room) {
        int32_t room = r->absent_room ? r->absent_room * 2 : 16;
        piste_entry *grown = read_take(r, (size_t)room * sizeof *grown);
        if (!grown)
            return;
        if (r->absent_count)
            memcpy(grown, r->absent, (size_t)r->absent_count * sizeof *grown);
        r->absent = grown;
        r->absent_room = room;
    }
    r->absent[r->absent_count++] = *entry;
}

static void read_list(reader *r, const schema_field *f, const yaml_node_t *node, read_any_list *out) {
    const schema_record *record = f->record;
    if (node->type != YAML_SEQUENCE_NODE) {
        read_unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "a list, each line a %s that begins with a hyphen", record->name));
        return;
    }
    int32_t count = read_element_count(node), kept = 0;
    if (read_too_many(r, f->key, node, count))
        return;
    unsigned char *list = read_take(r, (size_t)count * record->size);
    if (!list)
        return;
    for (int32_t i = 0; i < count; i++)
        read_record(r, record, read_element(r, node, i), list + (size_t)i * record->size);
    if (record->keyed)
        check_keys(r, record, list, count);
    for (int32_t i = 0; i < count; i++) {
        unsigned char *entry = list + (size_t)i * record->size;
        if (!read_is_valid_on((piste_entry *)(void *)entry, r->as_of)) {
            if (((piste_entry *)(void *)entry)->key)
                keep_absent(r, (piste_entry *)(void *)entry);
            continue;
        }
        if (kept != i)
            memcpy(list + (size_t)kept * record->size, entry, record->size);
        kept++;
    }
    *out = (read_any_list){list, kept};
}

// ---- the file -------------------------------------------------------------------------------------------------------

// libyaml gives the place of a byte that is no text as an offset.
static yaml_mark_t mark_of_offset(const char *data, size_t length, size_t offset) {
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset && i < length; i++) {
        mark.column = data[i] == '\n' ? 0 : mark.column + (((unsigned char)data[i] & 0xc0) != 0x80);
        mark.line += data[i] == '\n';
    }
    return mark;
}

static void syntax_error(reader *r, const yaml_parser_t *parser, const char *data, size_t length) {
    yaml_mark_t mark = parser->error == YAML_READER_ERROR ? mark_of_offset(data, length, parser->problem_offset) : parser->problem_mark;
    read_fail(r, parser->error == YAML_MEMORY_ERROR ? PISTE_MEMORY : PISTE_SYNTAX, mark, "not YAML: %s", parser->problem ? parser->problem : "cannot be read");
}

// What would change the meaning of a plain value. True: nothing of the kind.
static bool is_plain(reader *r, const yaml_event_t *event) {
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (event->type == YAML_ALIAS_EVENT) {
        read_fail(r, PISTE_INVALID, event->start_mark, "*%s: an alias, expected the value itself", (const char *)event->data.alias.anchor);
        return false;
    }
    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (anchor)
        read_fail(r, PISTE_INVALID, event->start_mark, "&%s: an anchor, expected a plain value", (const char *)anchor);
    if (tag)
        read_fail(r, PISTE_INVALID, event->start_mark, "%s: a tag, expected a plain value", (const char *)tag);
    return !anchor && !tag;
}

// What libyaml's document model hides. True: the file may be loaded.
static bool scan_events(reader *r, const char *data, size_t length, const char *what) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        read_no_memory(r);
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
    int depth = 0, documents = 0;
    bool more = true, good = true;
    while (more && good) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            syntax_error(r, &parser, data, length);
            good = false;
            break;
        }
        bool opens = event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
        bool closes = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
        depth += opens - closes;
        documents += event.type == YAML_DOCUMENT_START_EVENT;
        more = event.type != YAML_STREAM_END_EVENT;
        good = is_plain(r, &event);
        if (documents > 1) {
            read_fail(r, PISTE_INVALID, event.start_mark, "a second document, expected one");
            good = false;
        }
        if (depth > PISTE_DEPTH_MAX) {
            read_fail(r, PISTE_LIMIT, event.start_mark, "nested deeper than %d", PISTE_DEPTH_MAX);
            good = false;
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (good && documents == 0) {
        read_fail(r, PISTE_INVALID, (yaml_mark_t){0}, "empty, expected %s", what);
        good = false;
    }
    return good;
}

// The file's own `as-of` decides which entries are kept, so it is looked for before anything else is read.
piste_date read_as_of(const reader *r) {
    const yaml_node_t *root = read_node(r, 1);
    piste_date date = PISTE_DATE_NONE;
    if (root->type != YAML_MAPPING_NODE)
        return date;
    for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key), *value = read_node(r, p->value);
        piste_date found;
        if (key->type == YAML_SCALAR_NODE && strcmp(read_text_of(key), "as-of") == 0 && value->type == YAML_SCALAR_NODE &&
            piste_date_parse(read_text_of(value), &found) == PISTE_OK)
            date = found;
    }
    return date;
}

bool read_document(reader *r, const char *data, size_t length, const char *what, yaml_document_t *document) {
    if (!scan_events(r, data, length, what))
        return false;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        read_no_memory(r);
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
    bool good = yaml_parser_load(&parser, document);
    if (!good)
        syntax_error(r, &parser, data, length);
    else if (!yaml_document_get_root_node(document)) {
        read_fail(r, PISTE_INVALID, (yaml_mark_t){0}, "empty, expected %s", what);
        yaml_document_delete(document);
        good = false;
    }
    yaml_parser_delete(&parser);
    return good;
}

static const char a_resort[] = "a resort with its keys";

piste_status read_resort(const char *file, const char *data, size_t length, piste_date as_of, const piste_changes *changes,
                         base_arena *arena, piste_errors *errors, piste_resort *resort) {
    reader r = {.file = file, .arena = arena, .errors = errors, .changes = changes, .data = data};
    yaml_document_t document;
    if (!read_document(&r, data, length, a_resort, &document))
        return r.status;
    r.document = &document;
    r.as_of = as_of != PISTE_DATE_NONE ? as_of : read_as_of(&r);
    if (changes)
        change_apply(&r, 1);
    read_record(&r, &schema_resort, read_node(&r, 1), resort);
    resort->as_of = r.as_of;
    resort->absent.list = r.absent;
    resort->absent.count = r.absent_count;
    yaml_document_delete(&document);
    return r.status;
}

piste_status read_other(const char *file, const char *data, size_t length, const schema_record *record, const char *what,
                        base_arena *arena, piste_errors *errors, void *out) {
    reader r = {.file = file, .arena = arena, .errors = errors, .data = data, .as_of = PISTE_DATE_NONE};
    yaml_document_t document;
    if (!read_document(&r, data, length, what, &document))
        return r.status;
    r.document = &document;
    read_record(&r, record, read_node(&r, 1), out);
    yaml_document_delete(&document);
    return r.status;
}
