// names.c - names in other languages: OpenStreetMap's name:ko, name:zh-Hant and the like, kept from the tags to resort.yaml.
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "import/osm.h"

static const char prefix[] = "name:";

bool osm_is_name(const char *key) {
    return strncmp(key, prefix, sizeof prefix - 1) == 0 && base_language_is(key + sizeof prefix - 1);
}

void osm_set_names(json_t *out, osm_tags tags) {
    for (int32_t i = 0; i < tags.count; i++)
        if (osm_is_name(tags.list[i].key) && *tags.list[i].value)
            json_object_set_new(out, tags.list[i].key, json_string(tags.list[i].value));
}

static int by_language(const void *a, const void *b) {
    return strcmp(((const piste_name *)a)->language, ((const piste_name *)b)->language);
}

// In the order of the languages, so that nothing hangs on the order of tags.
static int32_t names_of(const json_t *properties, piste_name list[PISTE_LANGUAGES_MAX]) {
    const char *key;
    json_t *value;
    int32_t count = 0;
    json_object_foreach((json_t *)(uintptr_t)properties, key, value) {
        const char *text = json_string_value(value);
        if (text && *text && count < PISTE_LANGUAGES_MAX && osm_is_name(key) && strlen(text) <= PISTE_NAME_BYTES_MAX &&
            base_text_is_clean(text, strlen(text)))
            list[count++] = (piste_name){key + sizeof prefix - 1, text};
    }
    if (count)
        qsort(list, (size_t)count, sizeof *list, by_language);
    return count;
}

void import_yaml_names(importer *im, const json_t *properties, const char *indent, base_text *out) {
    piste_name list[PISTE_LANGUAGES_MAX];
    int32_t count = names_of(properties, list), written = 0;
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(list[i].language, im->language ? im->language : "en") == 0)
            continue;
        base_text_format(out, "%s%s%s: ", written ? ", " : indent, written ? "" : "names: {", list[i].language);
        import_yaml_text(out, list[i].text);
        written++;
    }
    base_text_add(out, written ? "}\n" : "");
}

// The language in which most of the names are that the map has in any: name:ja says what name says. Where none does and yet
// there are names in English, it is undetermined, and not English.
piste_status import_language(importer *im) {
    piste_name found[PISTE_LANGUAGES_MAX];
    int32_t counts[PISTE_LANGUAGES_MAX] = {0}, languages = 0, named = 0, others = 0, best = -1;
    for (int32_t i = 0; i < im->line_count; i++) {
        const json_t *properties = im->lines[i].file->features[im->lines[i].feature].properties;
        const char *name = json_string_value(json_object_get(properties, "name"));
        piste_name list[PISTE_LANGUAGES_MAX];
        int32_t count = name ? names_of(properties, list) : 0;
        named += count > 0;
        for (int32_t k = 0; k < count; k++) {
            int32_t at = 0;
            others += strcmp(list[k].language, "en") == 0 && strcmp(list[k].text, name) != 0;
            while (at < languages && strcmp(found[at].language, list[k].language) != 0)
                at++;
            if (at == languages && languages < PISTE_LANGUAGES_MAX)
                found[languages++] = list[k];
            if (at < languages)
                counts[at] += strcmp(list[k].text, name) == 0;
        }
    }
    for (int32_t i = 0; i < languages; i++)
        if (counts[i] && (best < 0 || counts[i] > counts[best] || (counts[i] == counts[best] && strcmp(found[i].language, found[best].language) < 0)))
            best = i;
    if (best >= 0 && 2 * counts[best] > named) {
        im->language = found[best].language;
        im->language_basis = import_format(im, "assumed: name:%s is what name says of %d of %d that have names in other languages", im->language, counts[best], named);
    } else if (2 * others > named) {
        im->language = "und";
        im->language_basis = "assumed: the map does not tell in which language its names are; it is not English";
    }
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
