// json.c - building and writing JSON. See json.h.
#include "report/json.h"

#include "report/inside.h"

// Numbers are rounded to at most 6 decimals, so that 15 digits show them as they were meant.
static const size_t dump_flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15);

// ---- values -----------------------------------------------------------------------------------------------------

json_t *report_json_number(double value, int decimals) {
    return value == value ? json_real(base_round(value, decimals)) : json_null();
}

json_t *report_json_clock(int32_t second) {
    char text[16];
    report_clock(second, text);
    return json_string(text);
}

json_t *report_json_counts(const int32_t *series, int32_t count) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, json_integer(series[i])) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

json_t *report_json_numbers(const double *series, int32_t count) {
    json_t *list = json_array();
    for (int32_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, report_json_number(series[i], REPORT_DECIMALS)) != 0) {
            json_decref(list);
            list = NULL;
        }
    return list;
}

report_object report_object_begin(void) {
    report_object o = {.json = json_object()};
    o.failed = !o.json;
    return o;
}

void report_put(report_object *o, const char *key, json_t *value) {
    if (o->failed)
        json_decref(value);
    else if (json_object_set_new(o->json, key, value) != 0)
        o->failed = true;
}

void report_put_count(report_object *o, const char *key, int64_t count) {
    report_put(o, key, json_integer(count));
}

json_t *report_object_end(report_object *o) {
    if (!o->failed)
        return o->json;
    json_decref(o->json);
    return NULL;
}

// ---- layout -----------------------------------------------------------------------------------------------------

static int add_bytes(const char *bytes, size_t count, void *text) {
    base_text_add_bytes(text, bytes, count);
    return 0;
}

static void add_scalar(base_text *out, const json_t *value) {
    if (json_dump_callback(value, add_bytes, out, dump_flags) != 0)
        out->failed = true;
}

// Without objects in it, nor in the lists that it holds.
static bool is_flat(const json_t *list) {
    const json_t *first = json_array_get(list, 0);
    return json_is_array(first) ? is_flat(first) : !json_is_object(first);
}

static void add_value(base_text *out, json_t *value, int indent);

static void add_list(base_text *out, json_t *list, int indent) {
    bool flat = is_flat(list);
    base_text_add(out, "[");
    for (size_t i = 0; i < json_array_size(list); i++) {
        base_text_add(out, i == 0 ? "" : flat ? ", " : ",");
        if (!flat)
            base_text_format(out, "\n%*s", indent + 2, "");
        add_value(out, json_array_get(list, i), indent + 2);
    }
    if (!flat)
        base_text_format(out, "\n%*s", indent, "");
    base_text_add(out, "]");
}

static void add_value(base_text *out, json_t *value, int indent) {
    if (json_is_array(value)) {
        add_list(out, value, indent);
        return;
    }
    if (!json_is_object(value)) {
        add_scalar(out, value);
        return;
    }
    const char *key;
    json_t *member;
    bool first = true;
    base_text_add(out, "{");
    json_object_foreach(value, key, member) { // keys are ours: none needs escaping
        base_text_format(out, "%s\n%*s\"%s\": ", first ? "" : ",", indent + 2, "", key);
        add_value(out, member, indent + 2);
        first = false;
    }
    base_text_format(out, "\n%*s}", indent, "");
}

piste_status report_json_write(json_t *whole, base_text *out) {
    if (!whole)
        return PISTE_MEMORY;
    add_value(out, whole, 0);
    base_text_add(out, "\n");
    json_decref(whole);
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}
