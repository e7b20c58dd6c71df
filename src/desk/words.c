// words.c - a request from the words of a command line, by the act's own table of fields.
//
//     order positions.product=day-pass positions.class=abroad positions.count=2 payments.tender=cash payments.drawer=till
//
// A dot goes into a list's element or an object; a field that its element has already begins the next element.
#include <errno.h>
#include <stdlib.h>

#include "desk/desk.h"

static const desk_field *find_field(const desk_field *fields, const char *name, size_t length) {
    for (const desk_field *f = fields; f && f->type != DESK_END; f++)
        if (strlen(f->name) == length && memcmp(f->name, name, length) == 0)
            return f;
    return NULL;
}

static json_t *value_of(const desk_field *f, const char *text) {
    if (f->type == DESK_BOOL)
        return strcmp(text, "true") == 0 || strcmp(text, "yes") == 0   ? json_true()
               : strcmp(text, "false") == 0 || strcmp(text, "no") == 0 ? json_false()
                                                                       : NULL;
    if (f->type != DESK_INT)
        return json_string(text);
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    return *text && !*end && !errno ? json_integer(number) : NULL;
}

// The object into which a path's last name goes, made on the way.
static json_t *descend(json_t *object, const desk_field *f, const char *rest) {
    json_t *inner = json_object_get(object, f->name);
    if (f->type == DESK_OBJECT) {
        if (!inner)
            json_object_set_new(object, f->name, inner = json_object());
        return inner;
    }
    if (!inner)
        json_object_set_new(object, f->name, inner = json_array());
    size_t count = json_array_size(inner), length = strcspn(rest, ".=");
    json_t *last = count ? json_array_get(inner, count - 1) : NULL;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, rest);
    bool is_leaf = rest[length] == '=';
    if (!last || (is_leaf && json_object_get(last, name)))
        json_array_append_new(inner, last = json_object());
    return last;
}

static piste_status add_word(json_t *object, const desk_field *fields, const char *word, char *why, size_t size) {
    const char *at = word;
    for (;;) {
        size_t length = strcspn(at, ".=");
        const desk_field *f = find_field(fields, at, length);
        bool deep = f && (f->type == DESK_LIST || f->type == DESK_OBJECT);
        if (!f || !at[length] || deep != (at[length] == '.')) {
            snprintf(why, size, f ? "%.80s: expected %s" : "%.80s: is not known here%s", word,
                     f ? deep ? "a dot and one of its fields" : "= and its value" : "");
            return PISTE_INVALID;
        }
        if (!deep) {
            json_t *value = value_of(f, at + length + 1);
            if (!value) {
                snprintf(why, size, "%.80s: expected %s", word,
                         f->type == DESK_BOOL ? "true or false" : "a whole number");
                return PISTE_INVALID;
            }
            if (json_object_get(object, f->name)) {
                json_decref(value);
                snprintf(why, size, "%.80s: is given twice", word);
                return PISTE_INVALID;
            }
            return json_object_set_new(object, f->name, value) == 0 ? PISTE_OK : PISTE_MEMORY;
        }
        object = descend(object, f, at + length + 1);
        fields = f->of;
        at += length + 1;
    }
}

piste_status desk_words_read(const desk_kind *kind, int count, char *const *words, char *why, size_t size,
                             json_t **request) {
    json_t *made = json_pack("{s:s}", "act", kind->name);
    if (!made) {
        snprintf(why, size, "no memory");
        return PISTE_MEMORY;
    }
    for (int i = 0; i < count; i++) {
        piste_status status = add_word(made, kind->fields, words[i], why, size);
        if (status != PISTE_OK) {
            json_decref(made);
            return status;
        }
    }
    *request = made;
    return PISTE_OK;
}

static void describe(const desk_field *fields, const char *before, base_text *out) {
    static const char *const types[] = {
        "", "number", "true or false", "text", "key", "date", "currency of ISO 4217", "number as text", "", ""};
    for (const desk_field *f = fields; f && f->type != DESK_END; f++) {
        char name[120];
        snprintf(name, sizeof name, "%s%s", before, f->name);
        if (f->type == DESK_LIST || f->type == DESK_OBJECT) {
            base_text_format(out, "  %-30s %s%s\n", name, f->type == DESK_LIST ? "list: " : "", f->meaning);
            size_t length = strlen(name);
            snprintf(name + length, sizeof name - length, ".");
            describe(f->of, name, out);
        } else
            base_text_format(out, "  %-30s %s; %s%s\n", name, types[f->type], f->meaning,
                             f->is_required ? " (must be given)" : "");
    }
}

void desk_kind_describe(const desk_kind *kind, base_text *out) {
    base_text_format(out, "%s: %s\n", kind->name, kind->meaning);
    if (kind->fields)
        describe(kind->fields, "", out);
}
