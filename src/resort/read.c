// read.c - resort.yaml into structs, by the schema table.
//
// Two passes over the text: one over libyaml's events, which sees what its document model hides (aliases, anchors,
// tags, a second document) and bounds the nesting; one over the document, against the table. Nothing stops at the first
// error: each value that cannot be used is told and left as it was, so that a file's mistakes come in one go.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "resort/quantity.h"
#include "resort/read.h"

typedef struct reader {
    const char *file;
    yaml_document_t *document;
    base_arena *arena;
    piste_errors *errors;
    piste_date as_of;
    piste_status status; // the first error's
} reader;

// What a list, whatever its element type, looks like in a struct.
typedef struct any_list {
    const void *list;
    int32_t count;
} any_list;

// ---- telling what is wrong --------------------------------------------------------------------------------------

static void fail(reader *r, piste_status status, yaml_mark_t mark, const char *format, ...) PISTE_PRINTF(4, 5);
static void fail(reader *r, piste_status status, yaml_mark_t mark, const char *format, ...) {
    char message[700];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    piste_status told = piste_errors_add(r->errors, status, r->file, (int32_t)mark.line + 1, (int32_t)mark.column + 1, "%s", message);
    if (r->status == PISTE_OK)
        r->status = told;
}

static const char *text_of(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}

// A value as it is shown in a message: at most 60 bytes of it.
static const char *shown(const yaml_node_t *node, char out[72]) {
    if (node->type == YAML_SEQUENCE_NODE)
        return "a list";
    if (node->type == YAML_MAPPING_NODE)
        return "a map";
    size_t length = node->data.scalar.length;
    if (length == 0)
        return "nothing";
    size_t cut = length > 60 ? 57 : length;
    while (length > 60 && cut && ((unsigned char)text_of(node)[cut] & 0xc0) == 0x80)
        cut--;
    memcpy(out, text_of(node), cut);
    memcpy(out + cut, length > 60 ? "..." : "", length > 60 ? 4 : 1);
    return out;
}

// "speed: 90 km/h, expected 0.1 m/s to 14 m/s"
static void unexpected(reader *r, piste_status status, const char *key, const yaml_node_t *node, const char *expected) {
    char buffer[72];
    fail(r, status, node->start_mark, "%s: %s, expected %s", key, shown(node, buffer), expected);
}

static void no_memory(reader *r) {
    if (r->status == PISTE_OK)
        r->status = piste_errors_add(r->errors, PISTE_MEMORY, r->file, 0, 0, "no memory");
}

static void *take(reader *r, size_t bytes) {
    void *memory = base_arena_take(r->arena, bytes ? bytes : 1);
    if (!memory)
        no_memory(r);
    return memory;
}

// "ski, snowboard or foot"
static const char *list_words(reader *r, const char *const *words) {
    base_text text = {0};
    int32_t count = schema_word_count(words);
    for (int32_t i = 0; i < count; i++)
        base_text_format(&text, "%s%s", i == 0 ? "" : i == count - 1 ? " or " : ", ", words[i]);
    const char *list = text.data ? base_arena_text(r->arena, text.data, text.length) : NULL;
    base_text_release(&text);
    return list ? list : "one of its words";
}

// The key of a record that a misspelt one is nearest to (Levenshtein distance of at most 2); NULL where none is near.
static const char *nearest_key(const schema_record *record, const char *key) {
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

// ---- one value ----------------------------------------------------------------------------------------------------

static yaml_node_t *node_at(const reader *r, int index) {
    return yaml_document_get_node(r->document, index);
}

static const char *bounds_text(reader *r, const schema_field *f) {
    char low[48], high[48];
    schema_dimension dimension = f->type == SCHEMA_INT || f->type == SCHEMA_NUMBER ? SCHEMA_PLAIN : f->dimension;
    quantity_format(f->min, dimension, low, sizeof low);
    quantity_format(f->max, dimension, high, sizeof high);
    const char *text = base_arena_format(r->arena, "%s to %s", low, high);
    return text ? text : "another value";
}

static bool is_bounded(const schema_field *f) {
    return f->min != 0 || f->max != 0;
}
static bool in_bounds(const schema_field *f, double value) {
    return !is_bounded(f) || (value >= f->min && value <= f->max);
}

static bool read_text(reader *r, const char *key, const yaml_node_t *node, size_t limit, const char **out) {
    if (node->type != YAML_SCALAR_NODE) {
        unexpected(r, PISTE_INVALID, key, node, "a text");
        return false;
    }
    size_t length = node->data.scalar.length;
    if (length > limit) {
        fail(r, PISTE_LIMIT, node->start_mark, "%s: a text of %zu bytes, expected at most %zu", key, length, limit);
        return false;
    }
    if (!base_text_is_clean(text_of(node), length)) {
        unexpected(r, PISTE_INVALID, key, node, "a text of printable characters");
        return false;
    }
    char *copy = base_arena_text(r->arena, text_of(node), length);
    if (!copy)
        no_memory(r);
    else
        *out = copy;
    return copy != NULL;
}

static bool is_key(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= PISTE_NAME_BYTES_MAX && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool read_key(reader *r, const char *key, const yaml_node_t *node, const char **out) {
    const char *text = NULL;
    if (node->type != YAML_SCALAR_NODE || !is_key(text_of(node))) {
        unexpected(r, PISTE_INVALID, key, node, "a key of small letters, digits and hyphens, such as long-slope-2");
        return false;
    }
    if (!read_text(r, key, node, PISTE_NAME_BYTES_MAX, &text))
        return false;
    *out = text;
    return true;
}

// A quantity in a field's dimension; reports and returns false otherwise.
static bool read_quantity(reader *r, const char *key, const yaml_node_t *node, schema_dimension dimension, bool *is_pace, double *out) {
    piste_status status = PISTE_SYNTAX;
    if (node->type == YAML_SCALAR_NODE && dimension == SCHEMA_CLOCK) {
        int32_t second = 0;
        status = quantity_time(text_of(node), &second);
        if (status == PISTE_OK)
            *out = second;
    } else if (node->type == YAML_SCALAR_NODE)
        status = quantity_parse(text_of(node), dimension, is_pace, out);
    if (status != PISTE_OK)
        unexpected(r, status == PISTE_SYNTAX ? PISTE_SYNTAX : PISTE_INVALID, key, node, quantity_example(dimension));
    return status == PISTE_OK;
}

static bool read_bool(reader *r, const char *key, const yaml_node_t *node, bool *out) {
    if (node->type == YAML_SCALAR_NODE) {
        const char *text = text_of(node);
        if (strcmp(text, "yes") == 0 || strcmp(text, "true") == 0)
            return *out = true, true;
        if (strcmp(text, "no") == 0 || strcmp(text, "false") == 0)
            return *out = false, true;
    }
    unexpected(r, PISTE_INVALID, key, node, "yes or no");
    return false;
}

static bool read_word(reader *r, const char *key, const yaml_node_t *node, const char *const *words, int32_t *out) {
    int32_t index = node->type == YAML_SCALAR_NODE ? schema_word_find(words, text_of(node)) : -1;
    if (index < 0) {
        unexpected(r, PISTE_INVALID, key, node, list_words(r, words));
        return false;
    }
    *out = index;
    return true;
}

// Calls for each element of a YAML list, or once for a single value that is no list.
static int32_t element_count(const yaml_node_t *node) {
    return node->type == YAML_SEQUENCE_NODE ? (int32_t)(node->data.sequence.items.top - node->data.sequence.items.start) : 1;
}
static const yaml_node_t *element(const reader *r, const yaml_node_t *node, int32_t index) {
    return node->type == YAML_SEQUENCE_NODE ? node_at(r, node->data.sequence.items.start[index]) : node;
}
static bool too_many(reader *r, const char *key, const yaml_node_t *node, int32_t count) {
    if (count <= PISTE_ENTRIES_MAX)
        return false;
    fail(r, PISTE_LIMIT, node->start_mark, "%s: a list of %d, expected at most %d", key, count, PISTE_ENTRIES_MAX);
    return true;
}

static void read_words(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *mask) {
    int32_t set = 0, word = 0;
    for (int32_t i = 0; i < element_count(node); i++) {
        if (!read_word(r, f->key, element(r, node, i), f->words, &word))
            return;
        set |= 1 << word;
    }
    *mask = set;
}

static void read_hours(reader *r, const schema_field *f, const yaml_node_t *node, piste_hours *hours) {
    int32_t count = element_count(node);
    if (too_many(r, f->key, node, count))
        return;
    piste_span *spans = take(r, (size_t)count * sizeof *spans);
    for (int32_t i = 0; spans && i < count; i++) {
        const yaml_node_t *n = element(r, node, i);
        if (n->type != YAML_SCALAR_NODE || quantity_span(text_of(n), &spans[i]) != PISTE_OK) {
            unexpected(r, PISTE_INVALID, f->key, n, "a span of the day, such as 09:00-16:30");
            return;
        }
        if (i && spans[i].from_s < spans[i - 1].to_s) {
            unexpected(r, PISTE_INVALID, f->key, n, "spans in order that do not overlap");
            return;
        }
    }
    if (spans)
        *hours = (piste_hours){spans, count};
}

static void read_times(reader *r, const schema_field *f, const yaml_node_t *node, any_list *out) {
    int32_t count = element_count(node);
    if (too_many(r, f->key, node, count))
        return;
    int32_t *times = take(r, (size_t)count * sizeof *times);
    for (int32_t i = 0; times && i < count; i++) {
        const yaml_node_t *n = element(r, node, i);
        if (n->type != YAML_SCALAR_NODE || quantity_time(text_of(n), &times[i]) != PISTE_OK || (i && times[i] <= times[i - 1])) {
            unexpected(r, PISTE_INVALID, f->key, n, "times of day in order, such as [10:00, 14:00]");
            return;
        }
    }
    if (times)
        *out = (any_list){times, count};
}

static void read_point(reader *r, const schema_field *f, const yaml_node_t *node, double *lon_lat) {
    double value[2] = {0};
    bool good = node->type == YAML_SEQUENCE_NODE && element_count(node) == 2;
    for (int32_t i = 0; good && i < 2; i++) {
        const yaml_node_t *n = element(r, node, i);
        good = n->type == YAML_SCALAR_NODE && quantity_number(text_of(n), &value[i]) && value[i] >= (i ? -90 : -180) && value[i] <= (i ? 90 : 180);
    }
    if (!good)
        unexpected(r, PISTE_INVALID, f->key, node, "[longitude, latitude] in degrees, such as [127.25, 39.05]");
    else
        memcpy(lon_lat, value, sizeof value);
}

static void read_money(reader *r, const schema_field *f, const yaml_node_t *node, const char **currency, int64_t *minor) {
    char code[4];
    int64_t amount = 0;
    if (node->type != YAML_SCALAR_NODE || quantity_money(text_of(node), code, &amount) != PISTE_OK) {
        unexpected(r, PISTE_INVALID, f->key, node, "an amount with its ISO 4217 currency, such as 100 USD or 99.50 EUR");
        return;
    }
    *currency = base_arena_text(r->arena, code, 3);
    *minor = amount;
    if (!*currency)
        no_memory(r);
}

static bool read_currency(reader *r, const char *key, const yaml_node_t *node, const char **out) {
    if (node->type != YAML_SCALAR_NODE || base_currency_digits(text_of(node)) < 0) {
        unexpected(r, PISTE_INVALID, key, node, "an ISO 4217 currency, such as USD");
        return false;
    }
    return read_text(r, key, node, 3, out);
}

static void read_currencies(reader *r, const schema_field *f, const yaml_node_t *node, any_list *out) {
    int32_t count = element_count(node);
    if (too_many(r, f->key, node, count))
        return;
    const char **codes = take(r, (size_t)count * sizeof *codes);
    for (int32_t i = 0; codes && i < count; i++)
        if (!read_currency(r, f->key, element(r, node, i), &codes[i]))
            return;
    if (codes)
        *out = (any_list){codes, count};
}

static void read_refs(reader *r, const schema_field *f, const yaml_node_t *node, any_list *out) {
    int32_t count = element_count(node);
    if (too_many(r, f->key, node, count))
        return;
    piste_ref *refs = take(r, (size_t)count * sizeof *refs);
    for (int32_t i = 0; refs && i < count; i++) {
        refs[i].index = -1;
        if (!read_key(r, f->key, element(r, node, i), &refs[i].key))
            return;
    }
    if (refs)
        *out = (any_list){refs, count};
}

// A map of words to percentages. `whole`: they are shares and sum to 100 %.
static void read_shares(reader *r, const schema_field *f, const yaml_node_t *node, bool whole, double *out) {
    if (node->type != YAML_MAPPING_NODE) {
        unexpected(r, PISTE_INVALID, f->key, node, "a map of words to shares, such as {beginner: 40 %, expert: 60 %}");
        return;
    }
    double value[32] = {0}, sum = 0;
    uint32_t seen = 0;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = node_at(r, p->key), *share = node_at(r, p->value);
        int32_t word = 0;
        if (!read_word(r, f->key, key, f->words, &word))
            return;
        if (seen & 1u << word) {
            unexpected(r, PISTE_INVALID, f->key, key, "each word once");
            return;
        }
        seen |= 1u << word;
        if (share->type != YAML_SCALAR_NODE || quantity_share(text_of(share), &value[word]) != PISTE_OK) {
            unexpected(r, PISTE_INVALID, text_of(key), share, "a share of 0 % to 100 %");
            return;
        }
        sum += value[word];
    }
    if (whole && !(sum > 0.9999 && sum < 1.0001)) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: shares that sum to %.10g %%, expected 100 %%", f->key, sum * 100);
        return;
    }
    for (int32_t i = 0; i < schema_word_count(f->words); i++)
        out[i] = whole ? value[i] / sum : value[i];
}

// ---- distributions --------------------------------------------------------------------------------------------------

static const char *const dist_words[] = {"constant", "uniform", "normal", "lognormal", "exponential", "empirical", NULL};
enum { DIST_KIND, DIST_VALUE, DIST_FROM, DIST_TO, DIST_MEAN, DIST_SD, DIST_MIN, DIST_MAX, DIST_FOLD, DIST_VALUES, DIST_EDGES, DIST_WEIGHTS, DIST_KEYS };
static const char *const dist_keys[] = {"kind", "value", "from", "to", "mean", "sd", "min", "max", "fold", "values", "edges", "weights", NULL};

// Which keys each kind needs, and which it may have besides.
static const struct {
    uint32_t needed, allowed;
} dist_rules[] = {
    [PISTE_DIST_CONSTANT] = {1u << DIST_VALUE, 0},
    [PISTE_DIST_UNIFORM] = {1u << DIST_FROM | 1u << DIST_TO, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_NORMAL] = {1u << DIST_MEAN | 1u << DIST_SD, 1u << DIST_MIN | 1u << DIST_MAX | 1u << DIST_FOLD},
    [PISTE_DIST_LOGNORMAL] = {1u << DIST_MEAN | 1u << DIST_SD, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_EXPONENTIAL] = {1u << DIST_MEAN, 1u << DIST_MIN | 1u << DIST_MAX},
    [PISTE_DIST_EMPIRICAL] = {1u << DIST_WEIGHTS, 1u << DIST_VALUES | 1u << DIST_EDGES},
};

typedef struct dist_reader {
    reader *r;
    const schema_field *field;
    bool paced, unpaced; // units of both kinds were seen
    double low, high;    // bounds in the unit that is read
} dist_reader;

static bool dist_number(dist_reader *d, const char *key, const yaml_node_t *node, bool spread, double *out) {
    schema_dimension dimension = d->field->dimension;
    if (spread && dimension == SCHEMA_CLOCK)
        dimension = SCHEMA_DURATION;
    bool pace = false;
    if (!read_quantity(d->r, key, node, dimension, dimension == SCHEMA_SPEED ? &pace : NULL, out))
        return false;
    d->paced |= pace;
    d->unpaced |= !pace;
    return true;
}

static void dist_turn_bounds(dist_reader *d, const yaml_node_t *first) {
    bool pace = false;
    double ignored;
    if (d->field->dimension == SCHEMA_SPEED && first && first->type == YAML_SCALAR_NODE &&
        quantity_parse(text_of(first), SCHEMA_SPEED, &pace, &ignored) == PISTE_OK && pace) {
        d->low = 1 / d->field->max;
        d->high = 1 / d->field->min;
    }
}

static bool dist_in_bounds(const dist_reader *d, double value) {
    return !is_bounded(d->field) || (value >= d->low && value <= d->high);
}

static bool dist_list(dist_reader *d, const yaml_node_t *node, const char *key, bool plain, double **out, int32_t *count) {
    if (node->type != YAML_SEQUENCE_NODE || element_count(node) < 1) {
        unexpected(d->r, PISTE_INVALID, key, node, "a list of numbers");
        return false;
    }
    *count = element_count(node);
    if (too_many(d->r, key, node, *count))
        return false;
    *out = take(d->r, (size_t)*count * sizeof **out);
    for (int32_t i = 0; *out && i < *count; i++) {
        const yaml_node_t *n = element(d->r, node, i);
        if (plain ? !read_quantity(d->r, key, n, SCHEMA_PLAIN, NULL, &(*out)[i]) : !dist_number(d, key, n, false, &(*out)[i]))
            return false;
    }
    return *out != NULL;
}

static bool dist_empirical(dist_reader *d, const yaml_node_t *node, const yaml_node_t *const part[], piste_dist *dist) {
    reader *r = d->r;
    double *values = NULL, *weights = NULL;
    int32_t value_count = 0, weight_count = 0;
    dist->bins = part[DIST_EDGES] != NULL;
    if ((part[DIST_VALUES] != NULL) == dist->bins) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: an empirical distribution, expected either values or edges", d->field->key);
        return false;
    }
    const char *key = dist->bins ? "edges" : "values";
    if (!dist_list(d, part[dist->bins ? DIST_EDGES : DIST_VALUES], key, false, &values, &value_count) ||
        !dist_list(d, part[DIST_WEIGHTS], "weights", true, &weights, &weight_count))
        return false;
    if (value_count != weight_count + dist->bins) {
        fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: %d of them, expected %d for %d %s", weight_count,
             value_count - dist->bins, value_count, key);
        return false;
    }
    double sum = 0;
    for (int32_t i = 0; i < weight_count; i++) {
        if (weights[i] < 0) {
            fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: %.10g, expected 0 or more", weights[i]);
            return false;
        }
        sum += weights[i];
    }
    for (int32_t i = 1; i < value_count; i++)
        if (dist->bins && !(values[i] > values[i - 1])) {
            fail(r, PISTE_INVALID, part[DIST_EDGES]->start_mark, "edges: not rising, expected each above the one before");
            return false;
        }
    if (!(sum > 0)) {
        fail(r, PISTE_INVALID, part[DIST_WEIGHTS]->start_mark, "weights: all 0, expected one above 0");
        return false;
    }
    double before = 0;
    for (int32_t i = 0; i < weight_count; i++) {
        before += weights[i];
        weights[i] = i == weight_count - 1 ? 1.0 : before / sum;
    }
    dist->values = values;
    dist->cumulative = weights;
    dist->count = weight_count;
    for (int32_t i = 0; i < value_count; i++)
        if (!dist_in_bounds(d, values[i])) {
            fail(r, PISTE_INVALID, node->start_mark, "%s: %.10g among its %s, expected %s", d->field->key, values[i], key, bounds_text(r, d->field));
            return false;
        }
    return true;
}

// Whatever a distribution would draw outside its key's bounds is cut off: it is truncated there.
static void dist_confine(const dist_reader *d, piste_dist *dist) {
    if (!is_bounded(d->field) || dist->fold || dist->kind == PISTE_DIST_CONSTANT || dist->kind == PISTE_DIST_EMPIRICAL)
        return;
    bool positive = dist->kind == PISTE_DIST_LOGNORMAL || dist->kind == PISTE_DIST_EXPONENTIAL;
    bool inside_low = dist->kind == PISTE_DIST_UNIFORM ? dist->a >= d->low : positive && d->low <= 0;
    bool inside_high = dist->kind == PISTE_DIST_UNIFORM && dist->b <= d->high;
    if (!inside_low && (!dist->has_min || dist->min < d->low)) {
        dist->has_min = true;
        dist->min = d->low;
    }
    if (!inside_high && (!dist->has_max || dist->max > d->high)) {
        dist->has_max = true;
        dist->max = d->high;
    }
}

static bool dist_parts(reader *r, const schema_field *f, const yaml_node_t *node, const yaml_node_t *part[]) {
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = node_at(r, p->key);
        int32_t index = 0;
        if (!read_word(r, f->key, key, dist_keys, &index))
            return false;
        if (part[index]) {
            unexpected(r, PISTE_INVALID, f->key, key, "each key once");
            return false;
        }
        part[index] = node_at(r, p->value);
    }
    return true;
}

static bool dist_read_map(dist_reader *d, const yaml_node_t *node, const yaml_node_t *const part[], piste_dist *dist) {
    reader *r = d->r;
    const char *key = d->field->key;
    int32_t kind = 0;
    if (!part[DIST_KIND]) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: a map without kind, expected %s", key, list_words(r, dist_words));
        return false;
    }
    if (!read_word(r, "kind", part[DIST_KIND], dist_words, &kind))
        return false;
    kind++; // the words leave out PISTE_DIST_NONE
    dist->kind = (piste_dist_kind)kind;
    for (int i = DIST_VALUE; i < DIST_KEYS; i++) {
        bool needed = dist_rules[kind].needed >> i & 1, allowed = needed || (dist_rules[kind].allowed >> i & 1);
        if (part[i] && !allowed) {
            fail(r, PISTE_INVALID, part[i]->start_mark, "%s: not part of a %s distribution", dist_keys[i], dist_words[kind - 1]);
            return false;
        }
        if (!part[i] && needed) {
            fail(r, PISTE_INVALID, node->start_mark, "%s: a %s distribution without %s", key, dist_words[kind - 1], dist_keys[i]);
            return false;
        }
    }
    static const struct {
        int part;
        bool first;
    } parameters[] = {{DIST_VALUE, true}, {DIST_FROM, true}, {DIST_MEAN, true}, {DIST_TO, false}, {DIST_SD, false}};
    for (size_t i = 0; i < BASE_COUNT(parameters); i++) {
        int p = parameters[i].part;
        if (part[p] && !dist_number(d, dist_keys[p], part[p], p == DIST_SD, parameters[i].first ? &dist->a : &dist->b))
            return false;
    }
    dist->has_min = part[DIST_MIN] != NULL;
    dist->has_max = part[DIST_MAX] != NULL;
    if ((part[DIST_MIN] && !dist_number(d, "min", part[DIST_MIN], false, &dist->min)) ||
        (part[DIST_MAX] && !dist_number(d, "max", part[DIST_MAX], false, &dist->max)) ||
        (part[DIST_FOLD] && !read_bool(r, "fold", part[DIST_FOLD], &dist->fold)))
        return false;
    return kind != PISTE_DIST_EMPIRICAL || dist_empirical(d, node, part, dist);
}

static void read_dist(reader *r, const schema_field *f, const yaml_node_t *node, piste_dist *out) {
    dist_reader d = {.r = r, .field = f, .low = f->min, .high = f->max};
    piste_dist dist = {0};
    if (node->type == YAML_SCALAR_NODE) {
        dist.kind = PISTE_DIST_CONSTANT;
        dist_turn_bounds(&d, node);
        if (!dist_number(&d, f->key, node, false, &dist.a))
            return;
    } else if (node->type != YAML_MAPPING_NODE) {
        unexpected(r, PISTE_INVALID, f->key, node, "a value or a distribution, such as {kind: normal, mean: ..., sd: ...}");
        return;
    } else {
        // The bounds of a pace are those of the speed, upside down; which of the two it is, the first number tells.
        const yaml_node_t *part[DIST_KEYS] = {0};
        if (!dist_parts(r, f, node, part))
            return;
        const yaml_node_t *first = part[DIST_VALUE] ? part[DIST_VALUE] : part[DIST_FROM] ? part[DIST_FROM] : part[DIST_MEAN];
        dist_turn_bounds(&d, first);
        if (!dist_read_map(&d, node, part, &dist))
            return;
    }
    if (d.paced && d.unpaced) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: speeds and paces mixed, expected one of the two", f->key);
        return;
    }
    dist.reciprocal = d.paced;
    if (dist.kind == PISTE_DIST_CONSTANT && !dist_in_bounds(&d, dist.a)) {
        unexpected(r, PISTE_INVALID, f->key, node, bounds_text(r, f));
        return;
    }
    if (dist.fold && is_bounded(f) && dist.a + 8 * dist.b > d.high) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: a folded normal that reaches past the bounds, expected %s", f->key, bounds_text(r, f));
        return;
    }
    dist_confine(&d, &dist);
    const char *why = "";
    if (piste_dist_prepare(&dist, &why) != PISTE_OK) {
        fail(r, PISTE_INVALID, node->start_mark, "%s: %s (within the bounds %s)", f->key, why, is_bounded(f) ? bounds_text(r, f) : "of a number");
        return;
    }
    *out = dist;
}

// ---- records --------------------------------------------------------------------------------------------------------

static void read_record(reader *r, const schema_record *record, const yaml_node_t *node, void *out);
static void read_list(reader *r, const schema_field *f, const yaml_node_t *node, any_list *out);

static void read_valid(reader *r, const yaml_node_t *node, piste_entry *entry) {
    if (node->type != YAML_MAPPING_NODE) {
        unexpected(r, PISTE_INVALID, "valid", node, "{from: 2015-12-01, until: 2019-03-31}, either may be left out");
        return;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        static const char *const words[] = {"from", "until", NULL};
        const yaml_node_t *key = node_at(r, p->key), *value = node_at(r, p->value);
        int32_t word = 0;
        piste_date date = 0;
        if (!read_word(r, "valid", key, words, &word))
            continue;
        if (value->type != YAML_SCALAR_NODE || piste_date_parse(text_of(value), &date) != PISTE_OK)
            unexpected(r, PISTE_INVALID, words[word], value, "a date, such as 2015-12-01");
        else if (word == 0)
            entry->from = date;
        else
            entry->until = date;
    }
    if (entry->from != PISTE_DATE_NONE && entry->until != PISTE_DATE_NONE && entry->from > entry->until)
        fail(r, PISTE_INVALID, node->start_mark, "valid: until before from, expected dates in order");
}

static void read_basis(reader *r, const schema_record *record, const yaml_node_t *node, piste_entry *entry) {
    if (node->type != YAML_MAPPING_NODE) {
        unexpected(r, PISTE_INVALID, "basis", node, "a map of this entry's keys to what they rest on");
        return;
    }
    int32_t count = (int32_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start), kept = 0;
    piste_basis *basis = take(r, (size_t)count * sizeof *basis);
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; basis && p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = node_at(r, p->key);
        const schema_field *f = key->type == YAML_SCALAR_NODE ? schema_field_find(record, text_of(key)) : NULL;
        const char *text = NULL;
        if (!f) {
            unexpected(r, PISTE_INVALID, "basis", key, base_arena_format(r->arena, "a key of this %s", record->name));
            continue;
        }
        if (!read_text(r, text_of(key), node_at(r, p->value), PISTE_TEXT_BYTES_MAX, &text))
            continue;
        int32_t kind = -1;
        size_t length = strcspn(text, ":");
        for (int32_t k = 0; k < PISTE_BASIS_KIND_COUNT; k++)
            if (strlen(schema_basis_words[k]) == length && memcmp(text, schema_basis_words[k], length) == 0)
                kind = k;
        const char *source = text[length] == ':' ? text + length + 1 + strspn(text + length + 1, " ") : "";
        if (kind < 0 || !*source)
            unexpected(r, PISTE_INVALID, text_of(key), node_at(r, p->value), "measured, published, chosen or assumed, a colon, and the source");
        else
            basis[kept++] = (piste_basis){f->key, (piste_basis_kind)kind, source};
    }
    entry->basis = basis;
    entry->basis_count = kept;
}

static void read_number(reader *r, const schema_field *f, const yaml_node_t *node, double *out) {
    double value = 0;
    bool good = f->type == SCHEMA_QUANTITY ? read_quantity(r, f->key, node, f->dimension, NULL, &value)
                                           : read_quantity(r, f->key, node, SCHEMA_PLAIN, NULL, &value);
    if (good && !in_bounds(f, value))
        unexpected(r, PISTE_INVALID, f->key, node, bounds_text(r, f));
    else if (good)
        *out = value;
}

static void read_int(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    int64_t value = 0;
    if (node->type != YAML_SCALAR_NODE || !quantity_integer(text_of(node), &value) || !in_bounds(f, (double)value))
        unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "a whole number, %s", bounds_text(r, f)));
    else
        *out = (int32_t)value;
}

static void read_seconds(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    double value = 0;
    if (!read_quantity(r, f->key, node, SCHEMA_DURATION, NULL, &value))
        return;
    if (!in_bounds(f, value) || value != base_floor(value))
        unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "whole seconds, %s", bounds_text(r, f)));
    else
        *out = (int32_t)value;
}

static void read_ratio(reader *r, const schema_field *f, const yaml_node_t *node, piste_ratio *out) {
    piste_ratio ratio;
    if (node->type != YAML_SCALAR_NODE || quantity_ratio(text_of(node), &ratio) != PISTE_OK)
        unexpected(r, PISTE_INVALID, f->key, node, quantity_example(SCHEMA_DURATION));
    else if (!in_bounds(f, (double)ratio.num / (double)ratio.den))
        unexpected(r, PISTE_INVALID, f->key, node, bounds_text(r, f));
    else
        *out = ratio;
}

static void read_share(reader *r, const schema_field *f, const yaml_node_t *node, double *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_share(text_of(node), out) != PISTE_OK)
        unexpected(r, PISTE_INVALID, f->key, node, "a share of 0 % to 100 %, with its sign");
}

static void read_date(reader *r, const schema_field *f, const yaml_node_t *node, piste_date *out) {
    if (node->type != YAML_SCALAR_NODE || piste_date_parse(text_of(node), out) != PISTE_OK)
        unexpected(r, PISTE_INVALID, f->key, node, "a date, such as 2015-12-01");
}

static void read_time(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_time(text_of(node), out) != PISTE_OK)
        unexpected(r, PISTE_INVALID, f->key, node, quantity_example(SCHEMA_CLOCK));
}

static void read_span(reader *r, const schema_field *f, const yaml_node_t *node, piste_span *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_span(text_of(node), out) != PISTE_OK)
        unexpected(r, PISTE_INVALID, f->key, node, "a span of the day, such as 09:00-16:30");
}

static void read_field(reader *r, const schema_record *record, const schema_field *f, const yaml_node_t *node, unsigned char *base) {
    piste_entry *entry = (piste_entry *)(void *)base;
    void *at = f->offset == SIZE_MAX ? NULL : base + f->offset;
    const char *ignored;
    switch (f->type) {
    case SCHEMA_TEXT: {
        bool name = strcmp(f->key, "name") == 0;
        read_text(r, f->key, node, name ? PISTE_NAME_BYTES_MAX : PISTE_TEXT_BYTES_MAX, at ? at : &ignored);
        break;
    }
    case SCHEMA_KEY: read_key(r, f->key, node, at); break;
    case SCHEMA_REF: read_key(r, f->key, node, &((piste_ref *)at)->key); break;
    case SCHEMA_INT: read_int(r, f, node, at); break;
    case SCHEMA_NUMBER:
    case SCHEMA_QUANTITY: read_number(r, f, node, at); break;
    case SCHEMA_SHARE: read_share(r, f, node, at); break;
    case SCHEMA_SECONDS: read_seconds(r, f, node, at); break;
    case SCHEMA_RATIO: read_ratio(r, f, node, at); break;
    case SCHEMA_BOOL: read_bool(r, f->key, node, at); break;
    case SCHEMA_WORD: read_word(r, f->key, node, f->words, at); break;
    case SCHEMA_WORDS: read_words(r, f, node, at); break;
    case SCHEMA_DATE: read_date(r, f, node, at); break;
    case SCHEMA_TIME: read_time(r, f, node, at); break;
    case SCHEMA_SPAN: read_span(r, f, node, at); break;
    case SCHEMA_HOURS: read_hours(r, f, node, at); break;
    case SCHEMA_TIMES: read_times(r, f, node, at); break;
    case SCHEMA_DIST: read_dist(r, f, node, at); break;
    case SCHEMA_SHARES: read_shares(r, f, node, true, at); break;
    case SCHEMA_CHANCES: read_shares(r, f, node, false, at); break;
    case SCHEMA_CURRENCY: read_currency(r, f->key, node, at); break;
    case SCHEMA_CURRENCIES: read_currencies(r, f, node, at); break;
    case SCHEMA_MONEY: read_money(r, f, node, at, (int64_t *)(void *)(base + f->offset + sizeof(const char *))); break;
    case SCHEMA_POINT: read_point(r, f, node, at); break;
    case SCHEMA_REFS: read_refs(r, f, node, at); break;
    case SCHEMA_RECORD: read_record(r, f->record, node, at); break;
    case SCHEMA_LIST: read_list(r, f, node, at); break;
    case SCHEMA_VALID: read_valid(r, node, entry); break;
    case SCHEMA_BASIS: read_basis(r, record, node, entry); break;
    case SCHEMA_TYPE_COUNT: break;
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
        const yaml_node_t *key = node_at(r, p->key);
        if (key->type != YAML_SCALAR_NODE) {
            fail(r, PISTE_INVALID, key->start_mark, "%s as a key, expected a word", key->type == YAML_MAPPING_NODE ? "a map" : "a list");
            continue;
        }
        const schema_field *f = schema_field_find(record, text_of(key));
        char buffer[72];
        if (!f) {
            const char *near = nearest_key(record, text_of(key));
            fail(r, PISTE_INVALID, key->start_mark, "%s: not a key of a %s%s%s%s", shown(key, buffer), record->name,
                 near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
            continue;
        }
        int32_t *line = &lines[f - record->fields];
        if (*line) {
            fail(r, PISTE_INVALID, key->start_mark, "%s: given twice, first on line %d", f->key, *line);
            continue;
        }
        *line = (int32_t)key->start_mark.line + 1;
        read_field(r, record, f, node_at(r, p->value), base);
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
    int32_t *lines = take(r, (size_t)record->count * sizeof *lines);
    if (!lines)
        return;
    entry->field_line = lines;
    if (node && node->type != YAML_MAPPING_NODE) {
        char buffer[72];
        fail(r, PISTE_INVALID, node->start_mark, "%s, expected a %s with its keys", shown(node, buffer), record->name);
        return;
    }
    if (node) {
        entry->line = (int32_t)node->start_mark.line + 1;
        read_pairs(r, record, node, base, lines);
    }
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        if (lines[i])
            continue;
        if (f->required && node)
            fail(r, PISTE_INVALID, node->start_mark, "%s: missing in this %s%s%s", f->key, record->name, entry->key ? " " : "", entry->key ? entry->key : "");
        else if (f->type == SCHEMA_RECORD)
            read_record(r, f->record, NULL, base + f->offset);
        else if (f->fallback)
            read_default(r, record, f, base);
    }
}

static bool is_valid_on(const piste_entry *entry, piste_date date) {
    return date == PISTE_DATE_NONE || ((entry->from == PISTE_DATE_NONE || entry->from <= date) && (entry->until == PISTE_DATE_NONE || entry->until >= date));
}

static int by_key(const void *a, const void *b) {
    const piste_entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    return order ? order : (*x)->line - (*y)->line;
}

static bool overlap(const piste_entry *a, const piste_entry *b) {
    return (a->from == PISTE_DATE_NONE || b->until == PISTE_DATE_NONE || a->from <= b->until) &&
           (b->from == PISTE_DATE_NONE || a->until == PISTE_DATE_NONE || b->from <= a->until);
}

// The same key may come again for another time (a lift before and after its renovation), never for the same one.
static void check_keys(reader *r, const schema_record *record, unsigned char *list, int32_t count) {
    piste_entry **sorted = calloc((size_t)count + 1, sizeof *sorted);
    if (!sorted) {
        no_memory(r);
        return;
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        piste_entry *entry = (piste_entry *)(void *)(list + (size_t)i * record->size);
        if (entry->key)
            sorted[kept++] = entry;
    }
    qsort(sorted, (size_t)kept, sizeof *sorted, by_key);
    for (int32_t i = 1; i < kept; i++)
        for (int32_t j = i - 1; j >= 0 && j >= i - 100 && strcmp(sorted[i]->key, sorted[j]->key) == 0; j--)
            if (overlap(sorted[i], sorted[j])) {
                yaml_mark_t mark = {.line = (size_t)sorted[i]->line - 1};
                fail(r, PISTE_INVALID, mark, "key: %s, used before on line %d for the same time", sorted[i]->key, sorted[j]->line);
                break;
            }
    free(sorted);
}

static void read_list(reader *r, const schema_field *f, const yaml_node_t *node, any_list *out) {
    const schema_record *record = f->record;
    if (node->type != YAML_SEQUENCE_NODE) {
        unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "a list, each line a %s that begins with a hyphen", record->name));
        return;
    }
    int32_t count = element_count(node), kept = 0;
    if (too_many(r, f->key, node, count))
        return;
    unsigned char *list = take(r, (size_t)count * record->size);
    if (!list)
        return;
    for (int32_t i = 0; i < count; i++)
        read_record(r, record, element(r, node, i), list + (size_t)i * record->size);
    if (record->keyed)
        check_keys(r, record, list, count);
    for (int32_t i = 0; i < count; i++) {
        unsigned char *entry = list + (size_t)i * record->size;
        if (!is_valid_on((piste_entry *)(void *)entry, r->as_of))
            continue;
        if (kept != i)
            memcpy(list + (size_t)kept * record->size, entry, record->size);
        kept++;
    }
    *out = (any_list){list, kept};
}

// ---- the file -------------------------------------------------------------------------------------------------------

static void syntax_error(reader *r, const yaml_parser_t *parser) {
    yaml_mark_t mark = parser->error == YAML_READER_ERROR ? parser->mark : parser->problem_mark;
    fail(r, parser->error == YAML_MEMORY_ERROR ? PISTE_MEMORY : PISTE_SYNTAX, mark, "not YAML: %s", parser->problem ? parser->problem : "cannot be read");
}

// What libyaml's document model hides. True: the file may be loaded.
static bool scan_events(reader *r, const char *data, size_t length) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        no_memory(r);
        return false;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
    int depth = 0, documents = 0;
    bool more = true, good = true;
    while (more && good) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            syntax_error(r, &parser);
            good = false;
            break;
        }
        const yaml_char_t *anchor = NULL;
        switch (event.type) {
        case YAML_STREAM_END_EVENT: more = false; break;
        case YAML_DOCUMENT_START_EVENT:
            if (++documents > 1) {
                fail(r, PISTE_INVALID, event.start_mark, "a second document, expected one");
                good = false;
            }
            break;
        case YAML_ALIAS_EVENT:
            fail(r, PISTE_INVALID, event.start_mark, "*%s: an alias, expected the value itself", (const char *)event.data.alias.anchor);
            good = false;
            break;
        case YAML_SCALAR_EVENT: anchor = event.data.scalar.anchor; break;
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
            anchor = event.type == YAML_SEQUENCE_START_EVENT ? event.data.sequence_start.anchor : event.data.mapping_start.anchor;
            if (++depth > PISTE_DEPTH_MAX) {
                fail(r, PISTE_LIMIT, event.start_mark, "nested deeper than %d", PISTE_DEPTH_MAX);
                good = false;
            }
            break;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT: depth--; break;
        default: break;
        }
        if (anchor) {
            fail(r, PISTE_INVALID, event.start_mark, "&%s: an anchor, expected a plain value", (const char *)anchor);
            good = false;
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    if (good && documents == 0) {
        fail(r, PISTE_INVALID, (yaml_mark_t){0}, "empty, expected a resort with its keys");
        good = false;
    }
    return good;
}

// The file's own `as-of` decides which entries are kept, so it is looked for before anything else is read.
static piste_date find_as_of(const reader *r, const yaml_node_t *root) {
    piste_date date = PISTE_DATE_NONE;
    if (root->type != YAML_MAPPING_NODE)
        return date;
    for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = node_at(r, p->key), *value = node_at(r, p->value);
        piste_date found;
        if (key->type == YAML_SCALAR_NODE && strcmp(text_of(key), "as-of") == 0 && value->type == YAML_SCALAR_NODE &&
            piste_date_parse(text_of(value), &found) == PISTE_OK)
            date = found;
    }
    return date;
}

piste_status read_resort(const char *file, const char *data, size_t length, piste_date as_of, base_arena *arena,
                         piste_errors *errors, piste_resort *resort) {
    reader r = {.file = file, .arena = arena, .errors = errors};
    if (!scan_events(&r, data, length))
        return r.status;
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser)) {
        no_memory(&r);
        return r.status;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
    if (!yaml_parser_load(&parser, &document))
        syntax_error(&r, &parser);
    else {
        r.document = &document;
        const yaml_node_t *root = yaml_document_get_root_node(&document);
        if (!root)
            fail(&r, PISTE_INVALID, (yaml_mark_t){0}, "empty, expected a resort with its keys");
        else {
            r.as_of = as_of != PISTE_DATE_NONE ? as_of : find_as_of(&r, root);
            read_record(&r, &schema_resort, root, resort);
            resort->as_of = r.as_of;
        }
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return r.status;
}

// ---- references -----------------------------------------------------------------------------------------------------

typedef struct target_index {
    const piste_entry **sorted;
    int32_t count;
    const unsigned char *list;
    size_t size;
} target_index;

typedef struct resolver {
    const char *file;
    base_arena *arena;
    piste_errors *errors;
    piste_status status;
    target_index targets[SCHEMA_TARGET_COUNT];
} resolver;

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

static void resolve_ref(resolver *v, const schema_field *f, int32_t line, piste_ref *ref) {
    if (!ref->key)
        return;
    ref->index = find_target(&v->targets[f->target], ref->key);
    if (ref->index < 0) {
        piste_status status = piste_errors_add(v->errors, PISTE_INVALID, v->file, line, 0, "%s: %s, expected a key among the %s (of that date)",
                                               f->key, ref->key, schema_target_name(f->target));
        if (v->status == PISTE_OK)
            v->status = status;
    }
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
            any_list list;
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

piste_status read_resolve(const char *file, piste_resort *resort, base_arena *arena, piste_errors *errors) {
    resolver v = {.file = file, .arena = arena, .errors = errors};
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
