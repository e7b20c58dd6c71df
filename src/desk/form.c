// form.c - the form of a request: every field known, of its type, within its bounds; the first thing that is off is told.
#include <inttypes.h>

#include "desk/desk.h"

static piste_status off(char *why, size_t size, const char *format, ...) PISTE_PRINTF(3, 4);
static piste_status off(char *why, size_t size, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(why, size, format, args);
    va_end(args);
    return PISTE_INVALID;
}

static bool is_rate(const char *text) {
    size_t whole = strspn(text, "0123456789"), rest = 0;
    if (text[whole] == '.')
        rest = strspn(text + whole + 1, "0123456789");
    return whole >= 1 && whole <= 9 && rest <= 9 && (text[whole] ? rest >= 1 && !text[whole + 1 + rest] : true) &&
           strpbrk(text, "123456789");
}

static piste_status check_text(const desk_field *f, const json_t *v, char *why, size_t size) {
    const char *text = json_string_value(v);
    piste_date date;
    if (!text)
        return off(why, size, "%s: expected a text in quotes", f->name);
    size_t length = json_string_length(v), most = f->max ? (size_t)f->max : 200;
    if (length != strlen(text) || !base_text_is_clean(text, length) || strpbrk(text, "\t\n"))
        return off(why, size, "%s: expected a text without control characters", f->name);
    if (length > most)
        return off(why, size, "%s: a text of %zu bytes, expected at most %zu", f->name, length, most);
    if (f->is_required && length == 0)
        return off(why, size, "%s: is empty", f->name);
    if (f->type == DESK_SLUG && (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != length || text[0] == '-'))
        return off(why, size, "%s: '%s', expected letters a-z, digits and '-'", f->name, text);
    if (f->type == DESK_DATE && piste_date_parse(text, &date) != PISTE_OK)
        return off(why, size, "%s: '%s', expected a date as 2019-02-02", f->name, text);
    if (f->type == DESK_CURRENCY && base_currency_digits(text) < 0)
        return off(why, size, "%s: '%s', expected a currency of ISO 4217, such as USD", f->name, text);
    if (f->type == DESK_RATE && !is_rate(text))
        return off(why, size, "%s: '%s', expected a positive number as text, such as \"0.0011\"", f->name, text);
    return PISTE_OK;
}

piste_status desk_field_check(const desk_field *f, const json_t *v, char *why, size_t size) {
    if (f->type == DESK_BOOL)
        return json_is_boolean(v) ? PISTE_OK : off(why, size, "%s: expected true or false", f->name);
    if (f->type == DESK_INT) {
        if (!json_is_integer(v))
            return off(why, size, "%s: expected a whole number", f->name);
        int64_t n = json_integer_value(v);
        if (n < f->min || n > f->max)
            return off(why, size, "%s: %" PRId64 ", expected %" PRId64 " to %" PRId64, f->name, n, f->min, f->max);
        return PISTE_OK;
    }
    if (f->type == DESK_OBJECT)
        return desk_fields_check(f->of, v, 0, why, size);
    if (f->type != DESK_LIST)
        return check_text(f, v, why, size);
    if (!json_is_array(v))
        return off(why, size, "%s: expected a list", f->name);
    size_t count = json_array_size(v);
    if ((int64_t)count < f->min || (int64_t)count > f->max)
        return off(why, size, "%s: %zu of them, expected %" PRId64 " to %" PRId64, f->name, count, f->min, f->max);
    for (size_t i = 0; i < count; i++) {
        char inner[200];
        if (desk_fields_check(f->of, json_array_get(v, i), 0, inner, sizeof inner) != PISTE_OK)
            return off(why, size, "%s[%zu]: %s", f->name, i, inner);
    }
    return PISTE_OK;
}

piste_status desk_fields_check(const desk_field *fields, const json_t *object, size_t others, char *why, size_t size) {
    if (!json_is_object(object))
        return off(why, size, "expected an object");
    size_t known = others;
    for (const desk_field *f = fields; f && f->type != DESK_END; f++) {
        const json_t *v = json_object_get(object, f->name);
        if (!v && f->is_required)
            return off(why, size, "%s: is missing (%s)", f->name, f->meaning);
        if (!v)
            continue;
        known++;
        piste_status status = desk_field_check(f, v, why, size);
        if (status != PISTE_OK)
            return status;
    }
    if (known == json_object_size(object))
        return PISTE_OK;
    const char *name;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)object, name, v) {
        const desk_field *f = fields;
        while (f && f->type != DESK_END && strcmp(f->name, name) != 0)
            f++;
        bool is_common = others && (strcmp(name, "act") == 0 || strcmp(name, "key") == 0 || strcmp(name, "who") == 0);
        if ((!f || f->type == DESK_END) && !is_common)
            return off(why, size, "%.40s: is not known here", name);
    }
    return PISTE_OK;
}

piste_date desk_date(const json_t *object, const char *name, piste_date otherwise) {
    piste_date date;
    const char *text = json_string_value(json_object_get(object, name));
    return text && piste_date_parse(text, &date) == PISTE_OK ? date : otherwise;
}
