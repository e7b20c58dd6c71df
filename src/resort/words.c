// words.c - the field's own words, as they stand in files.
#include <string.h>

#include "base/base.h"
#include "resort/schema.h"

const char *const schema_ability_words[] = {"beginner",     "novice",  "low-intermediate",
                                            "intermediate", "advanced-intermediate", "expert", NULL};
const char *const schema_difficulty_words[] = {"novice", "easy",     "intermediate", "advanced",
                                               "expert", "freeride", "extreme",      NULL};
const char *const schema_lift_type_words[] = {"cable-car", "gondola",  "chair-lift", "mixed-lift",   "drag-lift",
                                              "t-bar",     "j-bar",    "platter",    "rope-tow",     "magic-carpet",
                                              "funicular", "railway",  NULL};
const char *const schema_venue_kind_words[] = {"ticket-office", "rental", "lockers",  "ski-racks", "school",  "rink",
                                               "park",          "restaurant", "bar",  "hotel",     "pool",    "sauna",
                                               "karaoke",       "shop",   "first-aid", "bus-stop", "parking", "other",
                                               NULL};
const char *const schema_mode_words[] = {"ski", "snowboard", "foot", NULL};
const char *const schema_basis_words[] = {"measured", "published", "chosen", "assumed", NULL};

int32_t schema_word_count(const char *const *words) {
    int32_t count = 0;
    while (words[count])
        count++;
    return count;
}

int32_t schema_word_find(const char *const *words, const char *word) {
    for (int32_t i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const schema_field *schema_field_find(const schema_record *record, const char *key) {
    for (int32_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].key, key) == 0)
            return &record->fields[i];
    return NULL;
}

const char *schema_target_name(schema_target target) {
    static const char *const names[SCHEMA_TARGET_COUNT] = {"", "places", "lifts", "runs", "venues", "segments", "classes"};
    return names[target];
}

static const char *word_at(const char *const *words, int index) {
    return index >= 0 && index < schema_word_count(words) ? words[index] : NULL;
}
const char *piste_ability_word(piste_ability ability) {
    return word_at(schema_ability_words, (int)ability);
}
const char *piste_difficulty_word(piste_difficulty difficulty) {
    return word_at(schema_difficulty_words, (int)difficulty);
}
const char *piste_lift_type_word(piste_lift_type type) {
    return word_at(schema_lift_type_words, (int)type);
}
const char *piste_venue_kind_word(piste_venue_kind kind) {
    return word_at(schema_venue_kind_words, (int)kind);
}
const char *piste_basis_kind_word(piste_basis_kind kind) {
    return word_at(schema_basis_words, (int)kind);
}

int32_t piste_entry_field_line(const piste_entry *entry, const char *field) {
    const schema_record *record = entry->record;
    const schema_field *f = record ? schema_field_find(record, field) : NULL;
    return f && entry->field_line ? entry->field_line[f - record->fields] : 0;
}

const piste_basis *piste_entry_field_basis(const piste_entry *entry, const char *field) {
    for (int32_t i = 0; i < entry->basis_count; i++)
        if (strcmp(entry->basis[i].field, field) == 0)
            return &entry->basis[i];
    return NULL;
}

const char *piste_entry_name_in(const piste_entry *entry, const char *language, const char *name) {
    int best = 0;
    for (int32_t i = 0; i < entry->names_count; i++) {
        int closeness = base_language_closeness(entry->names[i].language, language);
        if (closeness > best) {
            best = closeness;
            name = entry->names[i].text;
        }
    }
    return name;
}
