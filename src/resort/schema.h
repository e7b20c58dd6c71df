// schema.h - the one declarative table of resort.yaml: every key with its type, unit, bounds, default and meaning.
//
// The reader (read.c) fills structs from it; the manual and the JSON Schema are printed from it. To add a key, add a
// member to the struct in piste/resort.h and a line to the table in schema.c: nothing else knows the keys.
#ifndef RESORT_SCHEMA_H
#define RESORT_SCHEMA_H

#include "piste/resort.h"

typedef enum schema_type {
    SCHEMA_TEXT,     // const char *
    SCHEMA_KEY,      // const char *: [a-z0-9][a-z0-9-]*
    SCHEMA_REF,      // piste_ref into the list `target`
    SCHEMA_INT,      // int32_t
    SCHEMA_NUMBER,   // double without unit
    SCHEMA_SHARE,    // double 0..1, written "70 %"
    SCHEMA_QUANTITY, // double with the unit of `dimension`
    SCHEMA_SECONDS,  // int32_t, a time written with its unit, whole seconds
    SCHEMA_RATIO,    // piste_ratio, a time written with its unit, exact
    SCHEMA_BOOL,     // bool: yes or no
    SCHEMA_WORD,     // int32_t index in `words`
    SCHEMA_WORDS,    // int32_t bit mask of a list of `words`
    SCHEMA_DATE,     // piste_date
    SCHEMA_TIME,     // int32_t second of the day, "HH:MM" up to 48:00
    SCHEMA_SPAN,     // piste_span, "09:00-16:30"
    SCHEMA_HOURS,    // piste_hours: one span or a list of them
    SCHEMA_TIMES,    // {const int32_t *list; int32_t count}: a list of times
    SCHEMA_DIST,     // piste_dist in the unit of `dimension`; a bare value is a constant
    SCHEMA_SHARES,   // double[n of words]: a map of words to shares that sum to 100 %
    SCHEMA_CHANCES,  // double[n of words]: a map of words to probabilities
    SCHEMA_CURRENCY, // const char *: ISO 4217
    SCHEMA_CURRENCIES, // {const char *const *list; int32_t count}
    SCHEMA_MONEY,    // const char *currency; int64_t minor right behind it: "100 USD"
    SCHEMA_POINT,    // double lon, double lat right behind it: [127.25, 39.05]
    SCHEMA_REFS,     // {const piste_ref *list; int32_t count} into `target`
    SCHEMA_RECORD,   // a nested record in place
    SCHEMA_LIST,     // {const T *list; int32_t count} of `record`
    SCHEMA_VALID,    // {from, until} into the entry
    SCHEMA_BASIS,    // map of keys to "assumed: ..." into the entry
    SCHEMA_NAMES,    // map of languages to names, into the entry
    SCHEMA_LANGUAGE, // const char *: BCP 47, "zh-Hant"
    SCHEMA_MAP,      // piste_changes: a map of free words, each with the text of its value; of plans
    SCHEMA_TYPE_COUNT
} schema_type;

typedef enum schema_dimension {
    SCHEMA_PLAIN,   // no unit
    SCHEMA_LENGTH,  // m
    SCHEMA_SPEED,   // m/s; in a distribution a pace (s/m, min/km) too
    SCHEMA_DURATION,// s
    SCHEMA_RATE,    // persons per hour
    SCHEMA_AREA,    // ha
    SCHEMA_PACE,    // s/m
    SCHEMA_CLOCK,   // second of the day; spreads are durations
    SCHEMA_PERSONS, // no unit
    SCHEMA_DIMENSION_COUNT
} schema_dimension;

typedef enum schema_target {
    SCHEMA_NO_TARGET,
    SCHEMA_PLACES,
    SCHEMA_LIFTS,
    SCHEMA_RUNS,
    SCHEMA_VENUES,
    SCHEMA_SEGMENTS,
    SCHEMA_CLASSES,
    SCHEMA_TARGET_COUNT
} schema_target;

typedef struct schema_record schema_record;

typedef struct schema_field {
    const char *key;
    schema_type type;
    size_t offset;
    bool required;
    schema_dimension dimension;
    double min, max;              // both 0: no bounds but those of the type
    const char *fallback;         // what is read where the key is absent; NULL: stays as zeroed, doubles NaN
    const char *const *words;     // NULL-terminated
    schema_target target;
    const schema_record *record;
    const char *meaning;          // a sentence for the manual
} schema_field;

struct schema_record {
    const char *name;             // "lift"
    size_t size;                  // of the struct; its first member is a piste_entry
    const schema_field *fields;
    int32_t count;
    bool keyed;                   // entries carry a unique `key`
    const char *meaning;
};

extern const schema_record schema_resort; // the whole file; everything else hangs below it

extern const char *const schema_ability_words[], *const schema_difficulty_words[], *const schema_lift_type_words[],
    *const schema_venue_kind_words[], *const schema_mode_words[], *const schema_basis_words[];

int32_t schema_word_count(const char *const *words);
int32_t schema_word_find(const char *const *words, const char *word); // -1: not there
const schema_field *schema_field_find(const schema_record *record, const char *key);
const char *schema_target_name(schema_target target); // "places"

#endif
