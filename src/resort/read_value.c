// read_value.c - single values of resort.yaml. See reader.h.
#include <string.h>

#include "resort/change.h"

// ---- telling what is wrong --------------------------------------------------------------------------------------

void read_fail(reader *r, piste_status status, yaml_mark_t mark, const char *format, ...) {
    char message[700];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    piste_status told = change_tell(r->changes, r->errors, status, r->file, change_line(mark), (int32_t)mark.column + 1, message);
    if (r->status == PISTE_OK)
        r->status = told;
}

// A value as it is shown in a message: at most 60 bytes of it.
const char *read_shown(const yaml_node_t *node, char out[72]) {
    if (node->type == YAML_SEQUENCE_NODE)
        return "a list";
    if (node->type == YAML_MAPPING_NODE)
        return "a map";
    size_t length = node->data.scalar.length;
    if (length == 0)
        return "nothing";
    size_t cut = length > 60 ? 57 : length;
    while (length > 60 && cut && ((unsigned char)read_text_of(node)[cut] & 0xc0) == 0x80)
        cut--;
    memcpy(out, read_text_of(node), cut);
    memcpy(out + cut, length > 60 ? "..." : "", length > 60 ? 4 : 1);
    return out;
}

// "speed: 90 km/h, expected 0.1 m/s to 14 m/s"
void read_unexpected(reader *r, piste_status status, const char *key, const yaml_node_t *node, const char *expected) {
    char buffer[72];
    read_fail(r, status, node->start_mark, "%s: %s, expected %s", key, read_shown(node, buffer), expected);
}

void read_no_memory(reader *r) {
    if (r->status == PISTE_OK)
        r->status = piste_errors_add(r->errors, PISTE_MEMORY, r->file, 0, 0, "no memory");
}

void *read_take(reader *r, size_t bytes) {
    void *memory = base_arena_take(r->arena, bytes ? bytes : 1);
    if (!memory)
        read_no_memory(r);
    return memory;
}

// "ski, snowboard or foot"
const char *read_list_words(reader *r, const char *const *words) {
    base_text text = {0};
    int32_t count = schema_word_count(words);
    for (int32_t i = 0; i < count; i++)
        base_text_format(&text, "%s%s", i == 0 ? "" : i == count - 1 ? " or " : ", ", words[i]);
    const char *list = text.data ? base_arena_text(r->arena, text.data, text.length) : NULL;
    base_text_release(&text);
    return list ? list : "one of its words";
}

// ---- one value ----------------------------------------------------------------------------------------------------

const char *read_bounds_text(reader *r, const schema_field *f) {
    char low[48], high[48];
    schema_dimension dimension = f->type == SCHEMA_INT || f->type == SCHEMA_NUMBER ? SCHEMA_PLAIN : f->dimension;
    quantity_format(f->min, dimension, low, sizeof low);
    quantity_format(f->max, dimension, high, sizeof high);
    const char *text = f->min == f->max ? base_arena_format(r->arena, "%s", low) : base_arena_format(r->arena, "%s to %s", low, high);
    return text ? text : "another value";
}

bool read_text(reader *r, const char *key, const yaml_node_t *node, size_t limit, const char **out) {
    if (node->type != YAML_SCALAR_NODE) {
        read_unexpected(r, PISTE_INVALID, key, node, "a text");
        return false;
    }
    size_t length = node->data.scalar.length;
    if (length > limit) {
        read_fail(r, PISTE_LIMIT, node->start_mark, "%s: a text of %zu bytes, expected at most %zu", key, length, limit);
        return false;
    }
    if (!base_text_is_clean(read_text_of(node), length)) {
        read_unexpected(r, PISTE_INVALID, key, node, "a text of printable characters");
        return false;
    }
    char *copy = base_arena_text(r->arena, read_text_of(node), length);
    if (!copy)
        read_no_memory(r);
    else
        *out = copy;
    return copy != NULL;
}

static bool is_key(const char *text) {
    size_t length = strlen(text);
    return length > 0 && length <= PISTE_NAME_BYTES_MAX && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool read_key(reader *r, const char *key, const yaml_node_t *node, const char **out) {
    const char *text = NULL;
    if (node->type != YAML_SCALAR_NODE || !is_key(read_text_of(node))) {
        read_unexpected(r, PISTE_INVALID, key, node, "a key of small letters, digits and hyphens, such as long-slope-2");
        return false;
    }
    if (!read_text(r, key, node, PISTE_NAME_BYTES_MAX, &text))
        return false;
    *out = text;
    return true;
}

// A quantity in a field's dimension; reports and returns false otherwise.
bool read_quantity(reader *r, const char *key, const yaml_node_t *node, schema_dimension dimension, bool *is_pace, double *out) {
    piste_status status = PISTE_SYNTAX;
    if (node->type == YAML_SCALAR_NODE && dimension == SCHEMA_CLOCK) {
        int32_t second = 0;
        status = quantity_time(read_text_of(node), &second);
        if (status == PISTE_OK)
            *out = second;
    } else if (node->type == YAML_SCALAR_NODE)
        status = quantity_parse(read_text_of(node), dimension, is_pace, out);
    if (status != PISTE_OK)
        read_unexpected(r, status == PISTE_SYNTAX ? PISTE_SYNTAX : PISTE_INVALID, key, node, quantity_example(dimension));
    return status == PISTE_OK;
}

bool read_bool(reader *r, const char *key, const yaml_node_t *node, bool *out) {
    if (node->type == YAML_SCALAR_NODE) {
        const char *text = read_text_of(node);
        if (strcmp(text, "yes") == 0 || strcmp(text, "true") == 0)
            return *out = true, true;
        if (strcmp(text, "no") == 0 || strcmp(text, "false") == 0)
            return *out = false, true;
    }
    read_unexpected(r, PISTE_INVALID, key, node, "yes or no");
    return false;
}

bool read_word(reader *r, const char *key, const yaml_node_t *node, const char *const *words, int32_t *out) {
    int32_t index = node->type == YAML_SCALAR_NODE ? schema_word_find(words, read_text_of(node)) : -1;
    if (index < 0) {
        read_unexpected(r, PISTE_INVALID, key, node, read_list_words(r, words));
        return false;
    }
    *out = index;
    return true;
}

bool read_too_many(reader *r, const char *key, const yaml_node_t *node, int32_t count) {
    if (count <= PISTE_ENTRIES_MAX)
        return false;
    read_fail(r, PISTE_LIMIT, node->start_mark, "%s: a list of %d, expected at most %d", key, count, PISTE_ENTRIES_MAX);
    return true;
}

// An empty list would mean what leaving out the key means; whoever wrote it meant something else.
static bool is_no_list(reader *r, const schema_field *f, const yaml_node_t *node, int32_t count) {
    if (count == 0)
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: an empty list, expected at least one%s", f->key, f->required ? "" : ", or leave the key out");
    return count == 0 || read_too_many(r, f->key, node, count);
}

static void read_words(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *mask) {
    int32_t set = 0, word = 0;
    for (int32_t i = 0; i < read_element_count(node); i++) {
        if (!read_word(r, f->key, read_element(r, node, i), f->words, &word))
            return;
        set |= 1 << word;
    }
    *mask = set;
}

static void read_hours(reader *r, const schema_field *f, const yaml_node_t *node, piste_hours *hours) {
    int32_t count = read_element_count(node);
    if (is_no_list(r, f, node, count))
        return;
    piste_span *spans = read_take(r, (size_t)count * sizeof *spans);
    for (int32_t i = 0; spans && i < count; i++) {
        const yaml_node_t *n = read_element(r, node, i);
        if (n->type != YAML_SCALAR_NODE || quantity_span(read_text_of(n), &spans[i]) != PISTE_OK) {
            read_unexpected(r, PISTE_INVALID, f->key, n, "a span of the day, such as 09:00-16:30");
            return;
        }
        if (i && spans[i].from_s < spans[i - 1].to_s) {
            read_unexpected(r, PISTE_INVALID, f->key, n, "spans in order that do not overlap");
            return;
        }
    }
    if (spans)
        *hours = (piste_hours){spans, count};
}

static void read_times(reader *r, const schema_field *f, const yaml_node_t *node, read_any_list *out) {
    int32_t count = read_element_count(node);
    if (is_no_list(r, f, node, count))
        return;
    int32_t *times = read_take(r, (size_t)count * sizeof *times);
    for (int32_t i = 0; times && i < count; i++) {
        const yaml_node_t *n = read_element(r, node, i);
        if (n->type != YAML_SCALAR_NODE || quantity_time(read_text_of(n), &times[i]) != PISTE_OK || (i && times[i] <= times[i - 1])) {
            read_unexpected(r, PISTE_INVALID, f->key, n, "times of day in order, such as [10:00, 14:00]");
            return;
        }
    }
    if (times)
        *out = (read_any_list){times, count};
}

static void read_point(reader *r, const schema_field *f, const yaml_node_t *node, double *lon_lat) {
    double value[2] = {0};
    bool good = node->type == YAML_SEQUENCE_NODE && read_element_count(node) == 2;
    for (int32_t i = 0; good && i < 2; i++) {
        const yaml_node_t *n = read_element(r, node, i);
        good = n->type == YAML_SCALAR_NODE && quantity_number(read_text_of(n), &value[i]) && value[i] >= (i ? -90 : -180) && value[i] <= (i ? 90 : 180);
    }
    if (!good)
        read_unexpected(r, PISTE_INVALID, f->key, node, "[longitude, latitude] in degrees, such as [127.25, 39.05]");
    else
        memcpy(lon_lat, value, sizeof value);
}

static void read_money(reader *r, const schema_field *f, const yaml_node_t *node, const char **currency, int64_t *minor) {
    char code[4];
    int64_t amount = 0;
    if (node->type != YAML_SCALAR_NODE || quantity_money(read_text_of(node), code, &amount) != PISTE_OK) {
        read_unexpected(r, PISTE_INVALID, f->key, node, "an amount with its ISO 4217 currency, such as 100 USD or 99.50 EUR");
        return;
    }
    *currency = base_arena_text(r->arena, code, 3);
    *minor = amount;
    if (!*currency)
        read_no_memory(r);
}

static bool read_currency(reader *r, const char *key, const yaml_node_t *node, const char **out) {
    if (node->type != YAML_SCALAR_NODE || base_currency_digits(read_text_of(node)) < 0) {
        read_unexpected(r, PISTE_INVALID, key, node, "an ISO 4217 currency, such as USD");
        return false;
    }
    return read_text(r, key, node, 3, out);
}

static bool read_language(reader *r, const char *key, const yaml_node_t *node, const char **out) {
    if (node->type != YAML_SCALAR_NODE || !base_language_is(read_text_of(node))) {
        read_unexpected(r, PISTE_INVALID, key, node, "a language as BCP 47 writes it, such as ko or zh-Hant");
        return false;
    }
    return read_text(r, key, node, BASE_LANGUAGE_MAX, out);
}

void read_names(reader *r, const schema_field *f, const yaml_node_t *node, piste_entry *entry) {
    if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, f->key, node, "a map of languages to names, such as {ko: ..., zh-Hant: ...}");
        return;
    }
    int32_t count = (int32_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start), kept = 0;
    if (count > PISTE_LANGUAGES_MAX) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: in %d languages, expected at most %d", f->key, count, PISTE_LANGUAGES_MAX);
        return;
    }
    piste_name *names = read_take(r, (size_t)count * sizeof *names);
    for (int32_t i = 0; names && i < count; i++) {
        const yaml_node_t *key = read_node(r, node->data.mapping.pairs.start[i].key);
        const yaml_node_t *text = read_node(r, node->data.mapping.pairs.start[i].value);
        piste_name one = {NULL, NULL};
        if (!read_language(r, f->key, key, &one.language))
            continue;
        bool is_twice = false;
        for (int32_t k = 0; k < kept; k++)
            is_twice |= strcmp(names[k].language, one.language) == 0;
        if (is_twice)
            read_unexpected(r, PISTE_INVALID, f->key, key, "each language once");
        else if (text->type == YAML_SCALAR_NODE && text->data.scalar.length == 0)
            read_unexpected(r, PISTE_INVALID, one.language, text, "a text");
        else if (read_text(r, one.language, text, PISTE_NAME_BYTES_MAX, &one.text))
            names[kept++] = one;
    }
    entry->names = names;
    entry->names_count = names ? kept : 0;
}

static void read_currencies(reader *r, const schema_field *f, const yaml_node_t *node, read_any_list *out) {
    int32_t count = read_element_count(node);
    if (is_no_list(r, f, node, count))
        return;
    const char **codes = read_take(r, (size_t)count * sizeof *codes);
    for (int32_t i = 0; codes && i < count; i++)
        if (!read_currency(r, f->key, read_element(r, node, i), &codes[i]))
            return;
    if (codes)
        *out = (read_any_list){codes, count};
}

static void read_refs(reader *r, const schema_field *f, const yaml_node_t *node, read_any_list *out) {
    int32_t count = read_element_count(node);
    if (is_no_list(r, f, node, count))
        return;
    piste_ref *refs = read_take(r, (size_t)count * sizeof *refs);
    for (int32_t i = 0; refs && i < count; i++) {
        refs[i].index = -1;
        if (!read_key(r, f->key, read_element(r, node, i), &refs[i].key))
            return;
    }
    if (refs)
        *out = (read_any_list){refs, count};
}

// A map of words to percentages. `whole`: they are shares and sum to 100 %.
static void read_shares(reader *r, const schema_field *f, const yaml_node_t *node, bool whole, double *out) {
    if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, f->key, node, "a map of words to shares, such as {beginner: 40 %, expert: 60 %}");
        return;
    }
    double value[32] = {0}, sum = 0;
    uint32_t seen = 0;
    bool good = true;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = read_node(r, p->key), *share = read_node(r, p->value);
        int32_t word = 0;
        if (!read_word(r, f->key, key, f->words, &word)) {
            good = false;
            continue;
        }
        if (seen & 1u << word) {
            read_unexpected(r, PISTE_INVALID, f->key, key, "each word once");
            good = false;
        }
        seen |= 1u << word;
        if (share->type != YAML_SCALAR_NODE || quantity_share(read_text_of(share), &value[word]) != PISTE_OK) {
            read_unexpected(r, PISTE_INVALID, read_text_of(key), share, "a share of 0 % to 100 %");
            good = false;
        }
        sum += value[word];
    }
    if (good && whole && !(sum > 0.9999 && sum < 1.0001)) {
        read_fail(r, PISTE_INVALID, node->start_mark, "%s: shares that sum to %.10g %%, expected 100 %%", f->key, sum * 100);
        good = false;
    }
    if (!good)
        return;
    for (int32_t i = 0; i < schema_word_count(f->words); i++)
        out[i] = whole ? value[i] / sum : value[i];
}

static void read_number(reader *r, const schema_field *f, const yaml_node_t *node, double *out) {
    double value = 0;
    bool good = f->type == SCHEMA_QUANTITY ? read_quantity(r, f->key, node, f->dimension, NULL, &value)
                                           : read_quantity(r, f->key, node, SCHEMA_PLAIN, NULL, &value);
    if (good && !read_in_bounds(f, value))
        read_unexpected(r, PISTE_INVALID, f->key, node, read_bounds_text(r, f));
    else if (good)
        *out = value;
}

static void read_int(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    int64_t value = 0;
    if (node->type != YAML_SCALAR_NODE || !quantity_integer(read_text_of(node), &value) || !read_in_bounds(f, (double)value))
        read_unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "a whole number, %s", read_bounds_text(r, f)));
    else
        *out = (int32_t)value;
}

static void read_seconds(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    double value = 0;
    if (!read_quantity(r, f->key, node, SCHEMA_DURATION, NULL, &value))
        return;
    if (!read_in_bounds(f, value) || value != base_floor(value))
        read_unexpected(r, PISTE_INVALID, f->key, node, base_arena_format(r->arena, "whole seconds, %s", read_bounds_text(r, f)));
    else
        *out = (int32_t)value;
}

static void read_ratio(reader *r, const schema_field *f, const yaml_node_t *node, piste_ratio *out) {
    piste_ratio ratio;
    if (node->type != YAML_SCALAR_NODE || quantity_ratio(read_text_of(node), &ratio) != PISTE_OK)
        read_unexpected(r, PISTE_INVALID, f->key, node, quantity_example(SCHEMA_DURATION));
    else if (!read_in_bounds(f, (double)ratio.num / (double)ratio.den))
        read_unexpected(r, PISTE_INVALID, f->key, node, read_bounds_text(r, f));
    else
        *out = ratio;
}

static void read_share(reader *r, const schema_field *f, const yaml_node_t *node, double *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_share(read_text_of(node), out) != PISTE_OK)
        read_unexpected(r, PISTE_INVALID, f->key, node, "a share of 0 % to 100 %, with its sign");
    else if (f->max > 0 && !(*out >= f->min && *out <= f->max)) {
        char text[64];
        snprintf(text, sizeof text, "%.10g %% to %.10g %%", f->min * 100, f->max * 100);
        read_unexpected(r, PISTE_INVALID, f->key, node, text);
    }
}

static void read_date(reader *r, const schema_field *f, const yaml_node_t *node, piste_date *out) {
    if (node->type != YAML_SCALAR_NODE || piste_date_parse(read_text_of(node), out) != PISTE_OK)
        read_unexpected(r, PISTE_INVALID, f->key, node, "a date, such as 2015-12-01");
}

static void read_time(reader *r, const schema_field *f, const yaml_node_t *node, int32_t *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_time(read_text_of(node), out) != PISTE_OK)
        read_unexpected(r, PISTE_INVALID, f->key, node, quantity_example(SCHEMA_CLOCK));
}

static void read_span(reader *r, const schema_field *f, const yaml_node_t *node, piste_span *out) {
    if (node->type != YAML_SCALAR_NODE || quantity_span(read_text_of(node), out) != PISTE_OK)
        read_unexpected(r, PISTE_INVALID, f->key, node, "a span of the day, such as 09:00-16:30");
}

static void read_name_or_text(reader *r, const schema_field *f, const yaml_node_t *node, const char **out) {
    if (!f->fallback && node->type == YAML_SCALAR_NODE && node->data.scalar.length == 0)
        read_unexpected(r, PISTE_INVALID, f->key, node, "a text");
    else
        read_text(r, f->key, node, strcmp(f->key, "name") == 0 ? PISTE_NAME_BYTES_MAX : PISTE_TEXT_BYTES_MAX, out);
}

// libyaml counts characters, and not the mark that a text may begin with.
static size_t byte_of(const char *data, size_t index) {
    const char *at = data + (strncmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    for (; index && *at; index--)
        do
            at++;
        while (((unsigned char)*at & 0xc0) == 0x80);
    return (size_t)(at - data);
}

// The text of a value as it stands in the file. A block's lines are indented alike only if the first one is put where it
// stood; whoever reads it then has its columns, too.
static char *slice(reader *r, const yaml_node_t *node) {
    size_t from = byte_of(r->data, node->start_mark.index), to = byte_of(r->data, node->end_mark.index), indent = node->start_mark.column;
    while (to > from && (r->data[to - 1] == '\n' || r->data[to - 1] == ' '))
        to--;
    if (node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        indent = 0;
    char *text = read_take(r, indent + (to - from) + 1);
    if (!text)
        return NULL;
    memset(text, ' ', indent);
    memcpy(text + indent, r->data + from, to - from);
    return text;
}

static void read_map(reader *r, const schema_field *f, const yaml_node_t *node, piste_changes *out) {
    if (node->type != YAML_MAPPING_NODE) {
        read_unexpected(r, PISTE_INVALID, f->key, node, "a map");
        return;
    }
    int32_t count = (int32_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    piste_change *list = read_too_many(r, f->key, node, count) ? NULL : read_take(r, (size_t)count * sizeof *list);
    for (int32_t i = 0; list && i < count; i++) {
        const yaml_node_t *key = read_node(r, node->data.mapping.pairs.start[i].key);
        const yaml_node_t *value = read_node(r, node->data.mapping.pairs.start[i].value);
        if (!read_text(r, f->key, key, PISTE_TEXT_BYTES_MAX, &list[i].path))
            return;
        for (int32_t k = 0; k < i; k++)
            if (strcmp(list[k].path, list[i].path) == 0) {
                read_fail(r, PISTE_INVALID, key->start_mark, "%s: given twice, first on line %d", list[i].path, list[k].line);
                return;
            }
        bool plain = value->type == YAML_SCALAR_NODE && value->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        list[i].value = plain && strcmp(read_text_of(value), "removed") == 0 ? NULL : slice(r, value);
        list[i].file = r->file;
        list[i].line = (int32_t)value->start_mark.line + 1;
        list[i].column = plain ? (int32_t)value->start_mark.column + 1 : 1;
    }
    if (list)
        *out = (piste_changes){list, count};
}

// A value of any type but the records, lists and notes of an entry.
void read_value(reader *r, const schema_field *f, const yaml_node_t *node, void *at) {
    const char *ignored;
    switch (f->type) {
    case SCHEMA_TEXT: read_name_or_text(r, f, node, at ? at : &ignored); break;
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
    case SCHEMA_LANGUAGE: read_language(r, f->key, node, at); break;
    case SCHEMA_CURRENCY: read_currency(r, f->key, node, at); break;
    case SCHEMA_CURRENCIES: read_currencies(r, f, node, at); break;
    case SCHEMA_MONEY: read_money(r, f, node, at, (int64_t *)(void *)((unsigned char *)at + sizeof(const char *))); break;
    case SCHEMA_POINT: read_point(r, f, node, at); break;
    case SCHEMA_REFS: read_refs(r, f, node, at); break;
    case SCHEMA_MAP: read_map(r, f, node, at); break;
    case SCHEMA_RECORD:
    case SCHEMA_LIST:
    case SCHEMA_VALID:
    case SCHEMA_BASIS:
    case SCHEMA_NAMES:
    case SCHEMA_TYPE_COUNT: break;
    }
}
