// json_schema.c - resort.yaml as a JSON Schema, so that editors complete and check while it is written. What a schema
// cannot say (references, bounds of quantities with units, dates) is left to `piste check`.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "resort/manual.h"
#include "resort/schema.h"

#define NUMBER "-?[0-9]+(\\.[0-9]+)?"
#define CLOCK "[0-4][0-9]:[0-5][0-9](:[0-5][0-9])?"
#define DAY "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

static const char *const patterns[SCHEMA_DIMENSION_COUNT] = {
    [SCHEMA_PLAIN] = "^" NUMBER "$",
    [SCHEMA_LENGTH] = "^" NUMBER " *(m|km|ft)$",
    [SCHEMA_SPEED] = "^" NUMBER " *(m/s|km/h|mph|ft/min)$",
    [SCHEMA_DURATION] = "^" NUMBER " *(s|min|h|d)$",
    [SCHEMA_RATE] = "^" NUMBER " *pph$",
    [SCHEMA_AREA] = "^" NUMBER " *(ha|m2)$",
    [SCHEMA_PACE] = "^" NUMBER " *(s/m|min/km)$",
    [SCHEMA_CLOCK] = "^" CLOCK "$",
    [SCHEMA_PERSONS] = "^" NUMBER "$",
};

static json_t *pattern(const char *text) {
    return json_pack("{s:s,s:s}", "type", "string", "pattern", text);
}

static json_t *reference(const char *name) {
    return json_pack("{s:o}", "$ref", json_sprintf("#/definitions/%s", name));
}

// A record's name as part of a reference: "snow-gun".
static const char *definition_name(const schema_record *record, char out[64]) {
    snprintf(out, 64, "%s", record->name);
    for (char *c = out; *c; c++)
        *c = *c == ' ' ? '-' : *c;
    return out;
}

static json_t *list_of(json_t *items) {
    return json_pack("{s:s,s:o}", "type", "array", "items", items);
}

static json_t *one_or_list(json_t *items) {
    json_t *copy = json_deep_copy(items);
    return json_pack("{s:[o,o]}", "anyOf", items, list_of(copy));
}

static json_t *words_of(const char *const *words) {
    json_t *list = json_array();
    for (int32_t i = 0; words[i]; i++)
        json_array_append_new(list, json_string(words[i]));
    return json_pack("{s:o}", "enum", list);
}

static json_t *map_of(const char *const *words, json_t *value) {
    json_t *properties = json_object();
    for (int32_t i = 0; words[i]; i++)
        json_object_set(properties, words[i], value);
    json_decref(value);
    return json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
}

static json_t *bounded(const char *type, const schema_field *f) {
    json_t *schema = json_pack("{s:s}", "type", type);
    if (f->min != 0 || f->max != 0) {
        json_object_set_new(schema, "minimum", strcmp(type, "integer") == 0 ? json_integer((json_int_t)f->min) : json_real(f->min));
        json_object_set_new(schema, "maximum", strcmp(type, "integer") == 0 ? json_integer((json_int_t)f->max) : json_real(f->max));
    }
    return schema;
}

static json_t *quantity(schema_dimension dimension) {
    if (dimension == SCHEMA_PLAIN || dimension == SCHEMA_PERSONS)
        return json_pack("{s:s}", "type", "number");
    return pattern(patterns[dimension]);
}

static json_t *distribution(schema_dimension dimension) {
    json_t *value = quantity(dimension);
    if (dimension == SCHEMA_SPEED)
        value = json_pack("{s:[o,o]}", "anyOf", value, pattern(patterns[SCHEMA_PACE]));
    return json_pack("{s:[o,o]}", "anyOf", value, reference("distribution"));
}

// The keys of a distribution, whose values are of many kinds.
static json_t *distribution_definition(void) {
    static const char *const kinds[] = {"constant", "uniform", "normal", "lognormal", "exponential", "empirical", NULL};
    static const char *const values[] = {"value", "from", "to", "mean", "sd", "min", "max", NULL};
    static const char *const lists[] = {"values", "edges", "weights", NULL};
    json_t *properties = json_object();
    json_object_set_new(properties, "kind", words_of(kinds));
    json_object_set_new(properties, "fold", reference("yes-or-no"));
    for (int i = 0; values[i]; i++)
        json_object_set_new(properties, values[i], json_pack("{s:[s,s]}", "type", "number", "string"));
    for (int i = 0; lists[i]; i++)
        json_object_set_new(properties, lists[i], json_pack("{s:s}", "type", "array"));
    return json_pack("{s:s,s:[s],s:o,s:b}", "type", "object", "required", "kind", "properties", properties, "additionalProperties", 0);
}

static json_t *basis_definition(const schema_record *record) {
    json_t *properties = json_object();
    for (int32_t i = 0; i < record->count; i++)
        json_object_set_new(properties, record->fields[i].key, pattern("^(measured|published|chosen|assumed): *."));
    return json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
}

#define LANGUAGE "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"

static json_t *names_definition(void) {
    return json_pack("{s:s,s:{s:{s:s,s:i}},s:i,s:b}", "type", "object", "patternProperties", LANGUAGE, "type", "string", "minLength", 1,
                     "maxProperties", PISTE_LANGUAGES_MAX, "additionalProperties", 0);
}

static json_t *value_of(const schema_record *record, const schema_field *f) {
    char name[64];
    switch (f->type) {
    case SCHEMA_TEXT: return json_pack("{s:s}", "type", "string");
    case SCHEMA_KEY:
    case SCHEMA_REF: return reference("key");
    case SCHEMA_REFS: return one_or_list(reference("key"));
    case SCHEMA_INT: return bounded("integer", f);
    case SCHEMA_NUMBER: return bounded("number", f);
    case SCHEMA_SHARE: return reference("share");
    case SCHEMA_QUANTITY: return quantity(f->dimension);
    case SCHEMA_SECONDS:
    case SCHEMA_RATIO: return quantity(SCHEMA_DURATION);
    case SCHEMA_BOOL: return reference("yes-or-no");
    case SCHEMA_WORD: return words_of(f->words);
    case SCHEMA_WORDS: return one_or_list(words_of(f->words));
    case SCHEMA_DATE: return pattern(DAY);
    case SCHEMA_TIME: return pattern("^" CLOCK "$");
    case SCHEMA_SPAN: return reference("span");
    case SCHEMA_HOURS: return one_or_list(reference("span"));
    case SCHEMA_TIMES: return one_or_list(pattern("^" CLOCK "$"));
    case SCHEMA_DIST: return distribution(f->dimension);
    case SCHEMA_SHARES:
    case SCHEMA_CHANCES: return map_of(f->words, reference("share"));
    case SCHEMA_LANGUAGE: return pattern(LANGUAGE);
    case SCHEMA_NAMES: return reference("names");
    case SCHEMA_CURRENCY: return pattern("^[A-Z]{3}$");
    case SCHEMA_CURRENCIES: return one_or_list(pattern("^[A-Z]{3}$"));
    case SCHEMA_MONEY: return pattern("^[0-9]+(\\.[0-9]+)? *[A-Z]{3}$");
    case SCHEMA_POINT: return json_pack("{s:s,s:{s:s},s:i,s:i}", "type", "array", "items", "type", "number", "minItems", 2, "maxItems", 2);
    case SCHEMA_RECORD: return reference(definition_name(f->record, name));
    case SCHEMA_LIST: return list_of(reference(definition_name(f->record, name)));
    case SCHEMA_VALID: return reference("valid");
    case SCHEMA_BASIS: return basis_definition(record);
    case SCHEMA_MAP:
    case SCHEMA_TYPE_COUNT: break;
    }
    return json_object();
}

static json_t *record_schema(const schema_record *record) {
    json_t *properties = json_object(), *required = json_array();
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        json_t *value = value_of(record, f);
        // Draft 7 looks at nothing beside a $ref, so the meaning stands around it.
        if (json_object_get(value, "$ref"))
            value = json_pack("{s:[o]}", "allOf", value);
        json_object_set_new(value, "description", json_string(f->meaning));
        if (f->fallback && f->type != SCHEMA_WORDS && *f->fallback)
            json_object_set_new(value, "default", json_string(f->fallback));
        json_object_set_new(properties, f->key, value);
        if (f->required)
            json_array_append_new(required, json_string(f->key));
    }
    return json_pack("{s:s,s:s,s:o,s:o,s:b}", "description", record->meaning, "type", "object", "required", required, "properties", properties, "additionalProperties", 0);
}

static void define_below(json_t *definitions, const schema_record *record) {
    for (int32_t i = 0; i < record->count; i++) {
        const schema_record *below = record->fields[i].record;
        char name[64];
        if (below && !json_object_get(definitions, definition_name(below, name))) {
            json_object_set_new(definitions, name, record_schema(below));
            define_below(definitions, below);
        }
    }
}

void manual_json_schema(base_text *text) {
    json_t *definitions = json_object();
    json_object_set_new(definitions, "key", pattern("^[a-z0-9][a-z0-9-]*$"));
    json_object_set_new(definitions, "share", pattern("^[0-9]+(\\.[0-9]+)? *%$"));
    json_object_set_new(definitions, "span", pattern("^" CLOCK "-" CLOCK "$"));
    json_object_set_new(definitions, "yes-or-no", json_pack("{s:[b,b,s,s]}", "enum", 1, 0, "yes", "no"));
    json_object_set_new(definitions, "valid", json_pack("{s:s,s:{s:o,s:o},s:b}", "type", "object", "properties", "from", pattern(DAY), "until", pattern(DAY), "additionalProperties", 0));
    json_object_set_new(definitions, "distribution", distribution_definition());
    json_object_set_new(definitions, "names", names_definition());
    define_below(definitions, &schema_resort);
    json_t *root = record_schema(&schema_resort);
    json_object_set_new(root, "$schema", json_string("http://json-schema.org/draft-07/schema#"));
    json_object_set_new(root, "title", json_string("resort.yaml of piste, format 1"));
    json_object_set_new(root, "definitions", definitions);
    char *dump = json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS);
    json_decref(root);
    if (dump)
        base_text_format(text, "%s\n", dump);
    else
        text->failed = true;
    free(dump);
}
