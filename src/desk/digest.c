// digest.c - what makes two requests with one key the same request.
//
// Hashed is a text in which a request has one form only: the fields of an object in the order of their names, each value
// with a letter for its type and an end.
#include <sodium.h>
#include <stdlib.h>

#include "desk/desk.h"

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// What is asked of a person and kept nowhere is no part of it: there are too few ages and nationalities for a hash to
// hide them.
static bool is_personal(const char *name) {
    return strcmp(name, "age") == 0 || strcmp(name, "nationality") == 0;
}

static void add_value(base_text *out, const json_t *v, bool leave_personal);

static void add_object(base_text *out, const json_t *object, bool leave_personal) {
    enum { USUAL = 32 };
    const char *usual[USUAL], *name;
    size_t count = 0, size = json_object_size(object);
    const char **names = size > USUAL ? malloc(size * sizeof *names) : usual;
    const json_t *v;
    if (!names) {
        out->failed = true;
        return;
    }
    json_object_foreach((json_t *)(uintptr_t)object, name, v) {
        if (!leave_personal || !is_personal(name))
            names[count++] = name;
    }
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        base_text_add_bytes(out, names[i], strlen(names[i]) + 1);
        add_value(out, json_object_get(object, names[i]), leave_personal);
    }
    if (names != usual)
        free(names);
}

static void add_value(base_text *out, const json_t *v, bool leave_personal) {
    size_t i;
    const json_t *inner;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        base_text_add(out, "{");
        add_object(out, v, leave_personal);
        base_text_add(out, "}");
        break;
    case JSON_ARRAY:
        base_text_add(out, "[");
        json_array_foreach(v, i, inner)
            add_value(out, inner, leave_personal);
        base_text_add(out, "]");
        break;
    case JSON_STRING: // no text holds a NUL, which ends it
        base_text_add(out, "s");
        base_text_add_bytes(out, json_string_value(v), json_string_length(v) + 1);
        break;
    case JSON_INTEGER:
        base_text_add(out, "i");
        base_text_add_number(out, json_integer_value(v));
        base_text_add(out, ";");
        break;
    case JSON_REAL:
        base_text_format(out, "r%.17g;", json_real_value(v));
        break;
    default:
        base_text_add(out, json_is_true(v) ? "t" : json_is_false(v) ? "f" : "n");
    }
}

piste_status desk_digest(const json_t *request, unsigned char digest[DESK_DIGEST_SIZE]) {
    base_text text = {0};
    add_value(&text, request, json_object_get(request, "positions"));
    bool failed = text.failed;
    if (!failed)
        crypto_generichash(digest, DESK_DIGEST_SIZE, (const unsigned char *)text.data, text.length, NULL, 0);
    base_text_release(&text);
    return failed ? PISTE_MEMORY : PISTE_OK;
}
