// change.c - changes to resort.yaml before the schema reads it. See piste/resort.h and change.h.
//
// A path is followed through document and schema side by side, so that a wrong word is told with what there is. The
// values themselves are not looked at: the reader does that afterwards, as with any other value.
#include <stdlib.h>
#include <string.h>

#include "resort/change.h"

static const size_t MARK = (size_t)1 << 40; // no file is so large that a place in it gets here
enum { LINE = 0x40000000, SHIFT = 14, INSIDE = (1 << SHIFT) - 1 };

int32_t change_line(yaml_mark_t mark) {
    if (mark.index < MARK)
        return (int32_t)mark.line + 1;
    int32_t inside = mark.line < INSIDE ? (int32_t)mark.line : INSIDE;
    return LINE + ((int32_t)(mark.index - MARK) << SHIFT) + inside;
}

static const char *last_part(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

piste_status change_tell(const piste_changes *changes, piste_errors *errors, piste_status status, const char *file,
                         int32_t line, int32_t column, const char *message) {
    if (line < LINE)
        return piste_errors_add(errors, status, file, line, column, "%s", message);
    const piste_change *c = &changes->list[(line - LINE) >> SHIFT];
    int32_t inside = (line - LINE) & INSIDE;
    const char *last = last_part(c->path);
    size_t length = strlen(last);
    bool repeats = strncmp(message, last, length) == 0 && message[length] == ':'; // "speed: ..." behind "lifts.a.speed"
    if (c->column == 0 || column == 0)
        column = 0;
    else if (inside == 0)
        column += c->column - 1;
    return piste_errors_add(errors, status, c->file, c->line ? c->line + inside : 0, column, "%s%s%s", c->path,
                            repeats ? "" : ": ", message + (repeats ? length : 0));
}

int32_t change_line_shown(const piste_changes *changes, int32_t line) {
    return line < LINE ? line : changes->list[(line - LINE) >> SHIFT].line + ((line - LINE) & INSIDE);
}

typedef struct changer {
    reader *r;
    const piste_change *change;
    size_t number;
    yaml_document_t value; // the new value, where there is one and it multiplies nothing
    bool has_value, multiplies;
    int64_t factor;
    int factor_decimals;
    bool failed;
} changer;

static void fail(changer *c, const char *format, ...) PISTE_PRINTF(2, 3);
static void fail(changer *c, const char *format, ...) {
    char message[900];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    piste_status told = piste_errors_add(c->r->errors, PISTE_INVALID, c->change->file, c->change->line, 0, "%s: %s",
                                         c->change->path, message);
    if (c->r->status == PISTE_OK)
        c->r->status = told;
    c->failed = true;
}

// ---- nodes of the document ------------------------------------------------------------------------------------------

// libyaml gives 0 for no memory; nodes move when one is added, so they are kept by their numbers.
static int made(changer *c, int node, size_t line, size_t column) {
    if (!node) {
        read_no_memory(c->r);
        c->failed = true;
        return 0;
    }
    read_node(c->r, node)->start_mark = (yaml_mark_t){MARK + c->number, line, column};
    return node;
}

static int make_scalar(changer *c, const char *text, size_t length, yaml_mark_t at) {
    union {
        const char *constant;
        yaml_char_t *bytes;
    } value = {.constant = text};
    return made(c, yaml_document_add_scalar(c->r->document, NULL, value.bytes, (int)length, YAML_ANY_SCALAR_STYLE),
                at.line, at.column);
}

static int make_word(changer *c, const char *text) {
    return make_scalar(c, text, strlen(text), (yaml_mark_t){0});
}

static int make_map(changer *c, yaml_mark_t at) {
    return made(c, yaml_document_add_mapping(c->r->document, NULL, YAML_ANY_MAPPING_STYLE), at.line, at.column);
}

static int make_list(changer *c, yaml_mark_t at) {
    return made(c, yaml_document_add_sequence(c->r->document, NULL, YAML_ANY_SEQUENCE_STYLE), at.line, at.column);
}

static void append_pair(changer *c, int map, int key, int value) {
    if (!c->failed && !yaml_document_append_mapping_pair(c->r->document, map, key, value))
        made(c, 0, 0, 0);
}

static void append_item(changer *c, int list, int item) {
    if (!c->failed && !yaml_document_append_sequence_item(c->r->document, list, item))
        made(c, 0, 0, 0);
}

// A copy of a node of the new value, each time that it is put somewhere.
static int copy_value(changer *c, int from) {
    const yaml_node_t *node = yaml_document_get_node(&c->value, from);
    if (node->type == YAML_SCALAR_NODE)
        return make_scalar(c, read_text_of(node), node->data.scalar.length, node->start_mark);
    bool is_map = node->type == YAML_MAPPING_NODE;
    int to = is_map ? make_map(c, node->start_mark) : make_list(c, node->start_mark);
    if (is_map)
        for (yaml_node_pair_t *p = node->data.mapping.pairs.start; !c->failed && p < node->data.mapping.pairs.top;
             p++) {
            int key = copy_value(c, p->key), value = copy_value(c, p->value);
            append_pair(c, to, key, value);
        }
    else
        for (yaml_node_item_t *i = node->data.sequence.items.start; !c->failed && i < node->data.sequence.items.top;
             i++)
            append_item(c, to, copy_value(c, *i));
    return to;
}

static yaml_node_pair_t *find_pair(const reader *r, int map, const char *key) {
    const yaml_node_t *node = read_node(r, map);
    if (node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *k = read_node(r, p->key);
        if (k->type == YAML_SCALAR_NODE && strcmp(read_text_of(k), key) == 0)
            return p;
    }
    return NULL;
}

static const char *scalar_of(const reader *r, int map, const char *key) { // NULL: none
    const yaml_node_pair_t *p = find_pair(r, map, key);
    const yaml_node_t *value = p ? read_node(r, p->value) : NULL;
    return value && value->type == YAML_SCALAR_NODE ? read_text_of(value) : NULL;
}

static void drop_pair(const reader *r, int map, const char *key) {
    yaml_node_t *node = read_node(r, map);
    yaml_node_pair_t *p = find_pair(r, map, key);
    if (!p)
        return;
    memmove(p, p + 1, (size_t)(node->data.mapping.pairs.top - (p + 1)) * sizeof *p);
    node->data.mapping.pairs.top--;
}

static void drop_item(const reader *r, int list, int32_t index) {
    yaml_node_t *node = read_node(r, list);
    yaml_node_item_t *at = node->data.sequence.items.start + index;
    memmove(at, at + 1, (size_t)(node->data.sequence.items.top - (at + 1)) * sizeof *at);
    node->data.sequence.items.top--;
}

static void set_pair(changer *c, int map, const char *key, int value) {
    int word = make_word(c, key); // the key's line is what errors about the value name
    yaml_node_pair_t *p = find_pair(c->r, map, key);
    if (c->failed)
        return;
    if (p)
        *p = (yaml_node_pair_t){word, value};
    else
        append_pair(c, map, word, value);
}

// ---- multiplying ----------------------------------------------------------------------------------------------------

static bool read_factor(changer *c, const char *text) {
    size_t sign = strncmp(text, "x", 1) == 0 ? 1 : strncmp(text, "\xc3\x97", 2) == 0 ? 2 : 0; // or the real sign
    if (!sign)
        return false;
    const char *number = text + sign + strspn(text + sign, " ");
    return quantity_decimal(number, strlen(number), &c->factor, &c->factor_decimals);
}

// Decimal times decimal, so that 7.2 s x 1.1 is 7.92 s; what counts things, or whole seconds, is rounded to whole ones.
static int scale_scalar(changer *c, const schema_field *f, const char *text, yaml_mark_t at) {
    size_t length = strspn(text, "-0123456789.");
    double seconds;
    if (f->type == SCHEMA_SECONDS && quantity_parse(text, SCHEMA_DURATION, NULL, &seconds) == PISTE_OK) {
        double factor = (double)c->factor;
        for (int i = 0; i < c->factor_decimals; i++)
            factor /= 10;
        const char *whole = base_arena_format(c->r->arena, "%.0f s", base_floor(seconds * factor + 0.5));
        return whole ? make_scalar(c, whole, strlen(whole), at) : made(c, 0, 0, 0);
    }
    int64_t mantissa, product;
    int decimals;
    if (!quantity_decimal(text, length, &mantissa, &decimals) || text[length] == ':' || text[length] == '-' ||
        __builtin_mul_overflow(mantissa, c->factor, &product)) {
        fail(c, "%.60s, which cannot be multiplied", text);
        return 0;
    }
    decimals += c->factor_decimals;
    int most = f->type == SCHEMA_INT ? 0 : f->type == SCHEMA_RATIO ? 4 : 15; // exact ones are kept to a tenth of a ms
    if (f->type == SCHEMA_MONEY) {
        int digits = base_currency_digits(text + length + strspn(text + length, " "));
        most = digits < 0 ? most : digits;
    }
    int64_t divisor = 1, size = product < 0 ? -product : product;
    for (; decimals > most || size / divisor > 999999999999999; decimals--)
        divisor *= 10;
    if (decimals < 0) {
        fail(c, "%.60s, which is too large to be multiplied", text);
        return 0;
    }
    size = (size + divisor / 2) / divisor;
    char number[40], digits[24];
    snprintf(digits, sizeof digits, "%0*lld", decimals + 1, (long long)size);
    int whole = (int)strlen(digits) - decimals;
    snprintf(number, sizeof number, "%s%.*s%s%s", product < 0 ? "-" : "", whole, digits, decimals ? "." : "",
             digits + whole);
    const char *scaled = base_arena_format(c->r->arena, "%s%s", number, text + length);
    if (!scaled)
        return made(c, 0, 0, 0);
    return make_scalar(c, scaled, strlen(scaled), at);
}

// A distribution is multiplied by multiplying what it has of the dimension: not its weights, not its kind.
static int scale_node(changer *c, const schema_field *f, int node) {
    static const char *const scaled[] = {"value", "from", "to", "mean", "sd", "min", "max", "values", "edges"};
    const yaml_node_t *old = read_node(c->r, node);
    if (old->type == YAML_SCALAR_NODE)
        return scale_scalar(c, f, read_text_of(old), (yaml_mark_t){0});
    if (old->type == YAML_SEQUENCE_NODE && f->type == SCHEMA_DIST) {
        int list = make_list(c, (yaml_mark_t){0});
        for (int32_t i = 0; !c->failed && i < read_element_count(read_node(c->r, node)); i++)
            append_item(c, list, scale_node(c, f, read_node(c->r, node)->data.sequence.items.start[i]));
        return list;
    }
    if (old->type != YAML_MAPPING_NODE || f->type != SCHEMA_DIST) {
        fail(c, "not one quantity, which cannot be multiplied");
        return 0;
    }
    int map = make_map(c, (yaml_mark_t){0}), count = (int)(old->data.mapping.pairs.top - old->data.mapping.pairs.start);
    for (int i = 0; !c->failed && i < count; i++) {
        yaml_node_pair_t pair = read_node(c->r, node)->data.mapping.pairs.start[i];
        const yaml_node_t *key = read_node(c->r, pair.key);
        bool is_scaled = false;
        for (size_t k = 0; key->type == YAML_SCALAR_NODE && k < BASE_COUNT(scaled); k++)
            is_scaled |= strcmp(read_text_of(key), scaled[k]) == 0;
        append_pair(c, map, pair.key, is_scaled ? scale_node(c, f, pair.value) : pair.value);
    }
    return map;
}

// ---- what is changed ------------------------------------------------------------------------------------------------

// Of these the second is not looked at where the first is given, so that a change would do nothing, or is refused.
static const struct {
    const char *record, *one, *other;
} alternatives[] = {{"lift", "interval", "capacity"}, {"lift", "duration", "speed"}, {"walk", "duration", "length"}};

static void drop_what_it_replaces(const changer *c, const schema_record *record, const char *key, int map) {
    for (size_t i = 0; i < BASE_COUNT(alternatives); i++) {
        if (strcmp(alternatives[i].record, record->name) != 0)
            continue;
        if (strcmp(alternatives[i].one, key) == 0)
            drop_pair(c->r, map, alternatives[i].other);
        else if (strcmp(alternatives[i].other, key) == 0)
            drop_pair(c->r, map, alternatives[i].one);
    }
    const yaml_node_pair_t *basis = find_pair(c->r, map, "basis");
    if (basis)
        drop_pair(c->r, basis->value, key);
}

// Gives a key of a record a value: `node` of the new value's document, or what the change says for 0.
static void change_field(changer *c, const schema_record *record, const schema_field *f, int map, int node) {
    const yaml_node_pair_t *old = find_pair(c->r, map, f->key);
    if (!c->has_value && !c->multiplies) {
        if (!old)
            fail(c, "not given, so that it cannot be removed");
        drop_pair(c->r, map, f->key);
        drop_what_it_replaces(c, record, f->key, map);
        return;
    }
    int value = 0;
    if (!c->multiplies)
        value = copy_value(c, node);
    else if (old)
        value = scale_node(c, f, old->value);
    else if (f->fallback)
        value = scale_scalar(c, f, f->fallback, (yaml_mark_t){0});
    else
        fail(c, "not given in the file, so that it cannot be multiplied: give the value itself");
    if (!value)
        return;
    set_pair(c, map, f->key, value);
    drop_what_it_replaces(c, record, f->key, map);
}

// What there is, for a message: the keys of a record, or those of the entries of a list.
static const char *tell_fields(const changer *c, const schema_record *record, const char *part) {
    const char *near = read_nearest_key(record, part);
    if (near)
        return base_arena_format(c->r->arena, "did you mean %s?", near);
    base_text text = {0};
    for (int32_t i = 0; i < record->count; i++)
        base_text_format(&text, "%s%s", i ? ", " : "expected one of ", record->fields[i].key);
    const char *told = text.data ? base_arena_text(c->r->arena, text.data, text.length) : NULL;
    base_text_release(&text);
    return told;
}

static const char *tell_entries(const changer *c, const schema_record *record, int list) {
    const yaml_node_t *node = read_node(c->r, list);
    int32_t count = node->type == YAML_SEQUENCE_NODE ? read_element_count(node) : 0;
    if (!record->keyed)
        return count ? base_arena_format(c->r->arena, "expected 1 to %d, * or +", count)
                     : "expected +, the list has no entry";
    base_text text = {0};
    int32_t shown = 0;
    for (int32_t i = 0; i < count; i++) {
        const char *key = scalar_of(c->r, node->data.sequence.items.start[i], "key");
        if (key && ++shown <= 12)
            base_text_format(&text, "%s%s", shown > 1 ? ", " : "expected one of ", key);
    }
    if (shown > 12)
        base_text_format(&text, " and %d more", shown - 12);
    const char *told = text.data ? base_arena_text(c->r->arena, text.data, text.length) : "there is none";
    base_text_release(&text);
    return told;
}

static const schema_field *find_field(changer *c, const schema_record *record, const char *key) {
    const schema_field *f = schema_field_find(record, key);
    if (!f)
        fail(c, "%.60s is not a key of a %s, %s", key, record->name, tell_fields(c, record, key));
    return f;
}

// The keys that a map gives are changed, the others stay.
static void merge_map(changer *c, const schema_record *record, int map) {
    const yaml_node_t *given = yaml_document_get_root_node(&c->value);
    if (given->type != YAML_MAPPING_NODE) {
        fail(c, "expected a map of the keys of this %s to their values", record->name);
        return;
    }
    int count = (int)(given->data.mapping.pairs.top - given->data.mapping.pairs.start);
    for (int i = 0; i < count && !c->failed; i++) {
        yaml_node_pair_t pair = given->data.mapping.pairs.start[i];
        const yaml_node_t *key = yaml_document_get_node(&c->value, pair.key);
        const char *word = key->type == YAML_SCALAR_NODE ? read_text_of(key) : "a list or a map";
        const schema_field *f = find_field(c, record, word);
        for (int k = 0; k < i && f; k++) {
            const yaml_node_t *before = yaml_document_get_node(&c->value, given->data.mapping.pairs.start[k].key);
            if (strcmp(read_text_of(before), word) == 0)
                fail(c, "%s: given twice", word);
        }
        if (f && !c->failed)
            change_field(c, record, f, map, pair.value);
    }
}

// ---- what goes with an entry that is removed ------------------------------------------------------------------------

// Whether a value of an entry names `key`: one word, or one of a list of them.
static bool names(const reader *r, int map, const char *field, const char *key) {
    const yaml_node_pair_t *p = find_pair(r, map, field);
    const yaml_node_t *value = p ? read_node(r, p->value) : NULL;
    for (int32_t i = 0; value && value->type != YAML_MAPPING_NODE && i < read_element_count(value); i++) {
        const yaml_node_t *n = read_element(r, value, i);
        if (n->type == YAML_SCALAR_NODE && strcmp(read_text_of(n), key) == 0)
            return true;
    }
    return false;
}

// Removes from the list `list` of the map `owner` the entries whose `field` names the key.
static void drop_dependents(const reader *r, int owner, const char *list, const char *field, const char *key) {
    const yaml_node_pair_t *p = find_pair(r, owner, list);
    if (!p || read_node(r, p->value)->type != YAML_SEQUENCE_NODE)
        return;
    for (int32_t i = read_element_count(read_node(r, p->value)) - 1; i >= 0; i--)
        if (names(r, read_node(r, p->value)->data.sequence.items.start[i], field, key))
            drop_item(r, p->value, i);
}

static void drop_all_dependents(const reader *r, int root, const char *of, const char *key) {
    static const struct {
        const char *of, *outer, *list, *field; // outer NULL: a list of the resort itself
    } table[] = {{"runs", NULL, "slopes", "sections"},
                 {"runs", NULL, "snow-guns", "run"},
                 {"venues", "segments", "visits", "venue"},
                 {"segments", "lifts", "reserved", "segment"},
                 {"segments", "day-types", "mix", "segment"}};
    for (size_t i = 0; i < BASE_COUNT(table); i++) {
        if (strcmp(table[i].of, of) != 0)
            continue;
        if (!table[i].outer) {
            drop_dependents(r, root, table[i].list, table[i].field, key);
            continue;
        }
        const yaml_node_pair_t *p = find_pair(r, root, table[i].outer);
        const yaml_node_t *outer = p ? read_node(r, p->value) : NULL;
        for (int32_t k = 0; outer && outer->type == YAML_SEQUENCE_NODE && k < read_element_count(outer); k++)
            drop_dependents(r, outer->data.sequence.items.start[k], table[i].list, table[i].field, key);
    }
}

// ---- following a path -----------------------------------------------------------------------------------------------

static void follow_record(changer *c, const schema_record *record, int map, const char *path);

// Takes the first part of a path; the rest is NULL at its end.
static const char *take_part(changer *c, const char **path) {
    size_t length = strcspn(*path, ".");
    const char *part = base_arena_text(c->r->arena, *path, length);
    *path = (*path)[length] ? *path + length + 1 : NULL;
    if (!part)
        made(c, 0, 0, 0);
    else if (!length)
        fail(c, "not a path: expected keys with one dot between, such as lifts.sky-lift.speed");
    return part && length ? part : NULL;
}

static bool is_entry_valid(const reader *r, int map) {
    const yaml_node_pair_t *valid = find_pair(r, map, "valid");
    piste_entry entry = {.from = PISTE_DATE_NONE, .until = PISTE_DATE_NONE};
    const char *from = valid ? scalar_of(r, valid->value, "from") : NULL;
    const char *until = valid ? scalar_of(r, valid->value, "until") : NULL;
    if (from && piste_date_parse(from, &entry.from) != PISTE_OK)
        entry.from = PISTE_DATE_NONE;
    if (until && piste_date_parse(until, &entry.until) != PISTE_OK)
        entry.until = PISTE_DATE_NONE;
    return read_is_valid_on(&entry, r->as_of);
}

static bool is_meant(const changer *c, const schema_record *record, int entry, int32_t number, const char *part) {
    if (!is_entry_valid(c->r, entry))
        return false;
    if (strcmp(part, "*") == 0)
        return true;
    int64_t wanted;
    if (!record->keyed)
        return quantity_integer(part, &wanted) && wanted == number;
    const char *key = scalar_of(c->r, entry, "key");
    return key && strcmp(key, part) == 0;
}

static void change_entry(changer *c, const schema_field *f, int list, int32_t index, const char *rest) {
    int entry = read_node(c->r, list)->data.sequence.items.start[index];
    if (rest)
        follow_record(c, f->record, entry, rest);
    else if (c->multiplies)
        fail(c, "a %s, which cannot be multiplied", f->record->name);
    else if (c->has_value)
        merge_map(c, f->record, entry);
    else {
        const char *key = scalar_of(c->r, entry, "key");
        drop_item(c->r, list, index);
        if (key)
            drop_all_dependents(c->r, 1, f->key, key);
    }
}

static void add_entry(changer *c, const schema_field *f, int list, const char *key) {
    int entry = make_map(c, (yaml_mark_t){0});
    append_item(c, list, entry);
    if (key && !c->failed)
        set_pair(c, entry, "key", make_word(c, key));
    if (!c->failed)
        merge_map(c, f->record, entry);
}

static void follow_list(changer *c, const schema_field *f, int map, const char *path) {
    const char *part = take_part(c, &path);
    const yaml_node_pair_t *pair = find_pair(c->r, map, f->key);
    int list = pair ? pair->value : make_list(c, (yaml_mark_t){0});
    if (!part || c->failed)
        return;
    if (read_node(c->r, list)->type != YAML_SEQUENCE_NODE) {
        fail(c, "%s is not a list in the file", f->key);
        return;
    }
    int32_t met = 0, count = read_element_count(read_node(c->r, list));
    for (int32_t i = count - 1; i >= 0 && !c->failed; i--) // from the end: entries may be removed
        if (is_meant(c, f->record, read_node(c->r, list)->data.sequence.items.start[i], i + 1, part)) {
            met++;
            change_entry(c, f, list, i, path);
        }
    if (met || c->failed)
        return;
    bool adds = !path && c->has_value && (strcmp(part, "+") == 0 || (f->record->keyed && strcmp(part, "*") != 0));
    if (adds && !pair)
        set_pair(c, map, f->key, list);
    if (adds)
        add_entry(c, f, list, strcmp(part, "+") == 0 ? NULL : part);
    else
        fail(c, "no %s %.60s (on that date), %s", f->record->name, part, tell_entries(c, f->record, list));
}

// A map of words that is no record: shares, chances, a distribution, names by language. The reader knows its words.
static void follow_words(changer *c, const schema_record *record, const schema_field *f, int map, const char *path) {
    const char *part = take_part(c, &path);
    if (!part)
        return;
    const yaml_node_pair_t *pair = find_pair(c->r, map, f->key);
    if (path || (pair && read_node(c->r, pair->value)->type != YAML_MAPPING_NODE)) {
        fail(c, "%s has no part %.60s in the file", f->key, path ? path : part);
        return;
    }
    int words = pair ? pair->value : make_map(c, (yaml_mark_t){0});
    if (!c->failed && !pair)
        set_pair(c, map, f->key, words);
    if (!c->failed) // what is said of the whole now names this change
        made(c, words, 0, 0);
    schema_field inner = *f;
    inner.key = part;
    inner.fallback = NULL;
    if (!c->failed)
        change_field(c, record, &inner, words, 1);
    drop_what_it_replaces(c, record, f->key, map);
}

static void follow_record(changer *c, const schema_record *record, int map, const char *path) {
    const char *part = take_part(c, &path);
    const schema_field *f = part ? find_field(c, record, part) : NULL;
    if (!f || read_node(c->r, map)->type != YAML_MAPPING_NODE) // what is no record is told by the reader
        return;
    if (f->type == SCHEMA_LIST && path) {
        follow_list(c, f, map, path);
        return;
    }
    if (!path && (f->type != SCHEMA_RECORD || !c->has_value)) {
        change_field(c, record, f, map, 1);
        return;
    }
    if (f->type == SCHEMA_RECORD) {
        const yaml_node_pair_t *pair = find_pair(c->r, map, f->key);
        int inner = pair ? pair->value : make_map(c, (yaml_mark_t){0});
        if (!c->failed && !pair)
            set_pair(c, map, f->key, inner);
        if (!c->failed && path)
            follow_record(c, f->record, inner, path);
        else if (!c->failed)
            merge_map(c, f->record, inner);
    } else if (f->type == SCHEMA_SHARES || f->type == SCHEMA_CHANCES || f->type == SCHEMA_DIST || f->type == SCHEMA_NAMES)
        follow_words(c, record, f, map, path);
    else
        fail(c, "%s has no parts", f->key);
}

// ---- all of them ----------------------------------------------------------------------------------------------------

// The value's text is read by itself; where it is no YAML, that is told at its place.
static bool read_new_value(changer *c) {
    const piste_change *change = c->change;
    if (!change->value)
        return true;
    reader inner = {.file = change->path, .arena = c->r->arena, .errors = piste_errors_create()};
    c->has_value = inner.errors && read_document(&inner, change->value, strlen(change->value), "a value", &c->value);
    if (!c->has_value) {
        const piste_error *e =
            inner.errors && piste_errors_count(inner.errors) ? piste_errors_get(inner.errors, 0) : NULL;
        fail(c, "%s", e ? e->message : "no memory");
    }
    piste_errors_destroy(inner.errors);
    const yaml_node_t *root = c->has_value ? yaml_document_get_root_node(&c->value) : NULL;
    c->multiplies = root && root->type == YAML_SCALAR_NODE && read_factor(c, read_text_of(root));
    if (c->multiplies) {
        yaml_document_delete(&c->value);
        c->has_value = false;
    }
    return !c->failed;
}

void change_apply(reader *r, int root) {
    if (read_node(r, root)->type != YAML_MAPPING_NODE) // told when it is read
        return;
    for (int32_t i = 0; i < r->changes->count; i++) {
        changer c = {.r = r, .change = &r->changes->list[i], .number = (size_t)i};
        if (!read_new_value(&c))
            continue;
        follow_record(&c, &schema_resort, root, c.change->path);
        if (c.has_value)
            yaml_document_delete(&c.value);
    }
}
