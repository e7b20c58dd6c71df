// openapi.c - the table of routes as an OpenAPI 3.1 document, and as the types that the pages are checked against.
#include <inttypes.h>
#include <stdlib.h>

#include "piste/version.h"
#include "serve/inside.h"
#include "serve/text.h"

// ---- OpenAPI ---------------------------------------------------------------------------------------------------------

static json_t *schema_of_fields(const desk_field *fields, bool with_key);

static json_t *schema_of(const desk_field *f) {
    json_t *o = json_object();
    const char *type = f->type == DESK_INT ? "integer" : f->type == DESK_BOOL ? "boolean" : f->type == DESK_LIST ? "array" : "string";
    if (f->type == DESK_OBJECT && !f->of)
        json_object_set_new(o, "type", json_string("object"));
    else if (f->type == DESK_OBJECT)
        json_object_update_new(o, schema_of_fields(f->of, false));
    else
        json_object_set_new(o, "type", json_string(type));
    if (f->type == DESK_INT) {
        json_object_set_new(o, "minimum", json_integer(f->min));
        json_object_set_new(o, "maximum", json_integer(f->max));
    } else if (f->type == DESK_LIST) {
        json_object_set_new(o, "items", schema_of_fields(f->of, false));
        json_object_set_new(o, "minItems", json_integer(f->min));
        json_object_set_new(o, "maxItems", json_integer(f->max));
    } else if (f->type == DESK_DATE)
        json_object_set_new(o, "format", json_string("date"));
    else if (f->type == DESK_SLUG)
        json_object_set_new(o, "pattern", json_string("^[a-z0-9][a-z0-9-]*$"));
    else if (f->type == DESK_CURRENCY)
        json_object_set_new(o, "pattern", json_string("^[A-Z]{3}$"));
    else if (f->type == DESK_RATE)
        json_object_set_new(o, "pattern", json_string("^[0-9]{1,9}(\\.[0-9]{1,9})?$"));
    if (f->type == DESK_TEXT || f->type == DESK_SLUG)
        json_object_set_new(o, "maxLength", json_integer(f->max ? f->max : 200));
    if (f->meaning && *f->meaning)
        json_object_set_new(o, "description", json_string(f->meaning));
    return o;
}

static json_t *schema_of_fields(const desk_field *fields, bool with_key) {
    json_t *properties = json_object(), *required = json_array();
    if (with_key) {
        json_object_set_new(properties, "key", json_pack("{s:s,s:i,s:s}", "type", "string", "maxLength", 100, "description",
                                                         "the act's idempotency key: sent again, it answers what it answered"));
        json_array_append_new(required, json_string("key"));
    }
    for (const desk_field *f = fields; f && f->type != DESK_END; f++) {
        json_object_set_new(properties, f->name, schema_of(f));
        if (f->is_required)
            json_array_append_new(required, json_string(f->name));
    }
    json_t *o = json_pack("{s:s,s:o,s:b}", "type", "object", "properties", properties, "additionalProperties", 0);
    if (json_array_size(required))
        json_object_set_new(o, "required", required);
    else
        json_decref(required);
    return o;
}

static json_t *parameters_of(const serve_route *r) {
    json_t *list = json_array();
    for (const char *at = strchr(r->path, '{'); at; at = strchr(at + 1, '{')) {
        size_t length = strcspn(at + 1, "}");
        json_array_append_new(list, json_pack("{s:s%,s:s,s:b,s:{s:s,s:i}}", "name", at + 1, length, "in", "path", "required", 1, "schema",
                                              "type", "string", "maxLength", 127));
    }
    bool in_query = strcmp(r->method, "GET") == 0 || strcmp(r->method, "DELETE") == 0;
    for (const desk_field *f = in_query ? r->fields : NULL; f && f->type != DESK_END; f++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:b,s:o}", "name", f->name, "in", "query", "required", f->is_required, "schema",
                                              schema_of(f)));
    return list;
}

static json_t *body_of(const serve_route *r) {
    if (strcmp(r->method, "GET") == 0 || strcmp(r->method, "DELETE") == 0)
        return NULL;
    if (r->how & SERVE_BYTES)
        return json_pack("{s:b,s:{s:{}}}", "required", 1, "content", "application/octet-stream");
    return json_pack("{s:b,s:{s:{s:o}}}", "required", 1, "content", "application/json", "schema",
                     schema_of_fields(r->fields, r->act && !r->act->is_question));
}

static json_t *operation_of(const serve_route *r) {
    char roles[64] = "";
    desk_roles_format(r->who & DESK_ROLES_ALL, roles);
    json_t *answer = r->type     ? json_pack("{s:s,s:{s:{}}}", "description", "done", "content", r->type)
                     : r->answer ? json_pack("{s:s,s:{s:{s:o}}}", "description", "done", "content", "application/json", "schema",
                                             schema_of_fields(r->answer, false))
                                 : json_pack("{s:s,s:{s:{s:{s:s}}}}", "description", "done", "content", "application/json", "schema",
                                             "type", "object");
    json_t *o = json_pack("{s:s,s:o,s:{s:o,s:{s:s}}}", "summary", r->meaning, "parameters", parameters_of(r), "responses", "200", answer,
                          "default", "$ref", "#/components/responses/refused");
    json_t *body = body_of(r);
    if (body)
        json_object_set_new(o, "requestBody", body);
    if (!(r->who & SERVE_ANYONE)) {
        json_object_set_new(o, "security", json_pack("[{s:[],s:[]}]", "session", "proof"));
        json_object_set_new(o, "x-roles", json_string(roles));
    }
    return o;
}

static void add_route(json_t *paths, const serve_route *r) {
    json_t *path = json_object_get(paths, r->path);
    char method[16];
    size_t i = 0;
    for (; r->method[i] && i < sizeof method - 1; i++)
        method[i] = (char)(r->method[i] + ('a' - 'A'));
    method[i] = 0;
    if (!path) {
        path = json_object();
        json_object_set_new(paths, r->path, path);
    }
    json_object_set_new(path, method, operation_of(r));
}

piste_status serve_openapi(base_text *out) {
    json_t *paths = json_object();
    for (const serve_route *r = serve_route_next(NULL); r; r = serve_route_next(r))
        add_route(paths, r);
    json_t *refused = json_pack("{s:s,s:{s:{s:{s:s,s:{s:{s:s},s:{s:s},s:{s:s}},s:[s,s]}}}}", "description",
                                "what may not be, and why: `reason` is a stable word", "content", "application/json", "schema", "type",
                                "object", "properties", "status", "type", "string", "reason", "type", "string", "message", "type",
                                "string", "required", "status", "message");
    json_t *whole = json_pack("{s:s,s:{s:s,s:s},s:o,s:{s:{s:o},s:{s:{s:s,s:s,s:s},s:{s:s,s:s,s:s}}}}", "openapi", "3.1.0", "info", "title",
                              "piste", "version", PISTE_VERSION, "paths", paths, "components", "responses", "refused", refused,
                              "securitySchemes", "session", "type", "apiKey", "in", "cookie", "name", "piste", "proof", "type", "apiKey",
                              "in", "header", "name", "X-Piste");
    char *text = whole ? json_dumps(whole, JSON_INDENT(1)) : NULL;
    json_decref(whole);
    if (!text)
        return PISTE_MEMORY;
    base_text_format(out, "%s\n", text);
    free(text);
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}

serve_text *serve_openapi_text(void) {
    base_text out = {0};
    serve_text *t = serve_openapi(&out) == PISTE_OK ? serve_text_create(out.data, out.length) : NULL;
    base_text_release(&out);
    return t;
}

static void openapi_run(serve_request *q) {
    serve_text_answer(q, serve_text_hold(q->serve->openapi), "application/json");
}

// ---- TypeScript ------------------------------------------------------------------------------------------------------
// A list of fields that is used more than once gets a name, of where it is used first: "lifts" of an answer is Lifts.

enum { LISTS_MAX = 256, NAME_MAX_LENGTH = 64 };

typedef struct named {
    const desk_field *fields;
    const char *called; // where it is used first
    char name[NAME_MAX_LENGTH]; // "": it stands where it is used
    int uses;
} named;

typedef struct names {
    named list[LISTS_MAX];
    int count;
} names;

static named *find_name(names *n, const desk_field *fields) {
    for (int i = 0; i < n->count; i++)
        if (n->list[i].fields == fields)
            return &n->list[i];
    return NULL;
}

// The letters of a field's name, or of a path's last word, as a type's name; a second of that name gets a number.
static void make_name(const names *n, const char *from, char name[NAME_MAX_LENGTH]) {
    size_t length = 0;
    bool is_first = true;
    for (; *from && length < NAME_MAX_LENGTH - 4; from++) {
        bool is_letter = *from >= 'a' && *from <= 'z';
        if (is_letter)
            name[length++] = is_first ? (char)(*from - 'a' + 'A') : *from;
        is_first = !is_letter;
    }
    name[length] = 0;
    int same = 1;
    for (int i = 0; i < n->count; i++)
        same += n->list[i].name != name && strncmp(n->list[i].name, name, length) == 0 &&
                strspn(n->list[i].name + length, "0123456789") == strlen(n->list[i].name + length);
    if (same > 1)
        snprintf(name + length, NAME_MAX_LENGTH - length, "%d", same);
}

static void count_uses(names *n, const desk_field *fields, const char *called) {
    if (!fields || fields->type == DESK_END)
        return;
    named *known = find_name(n, fields);
    if (known) {
        known->uses++;
        return;
    }
    if (n->count == LISTS_MAX)
        return; // stands where it is used
    n->list[n->count++] = (named){.fields = fields, .called = called, .uses = 1};
    for (const desk_field *f = fields; f->type != DESK_END; f++)
        if (f->type == DESK_LIST || f->type == DESK_OBJECT)
            count_uses(n, f->of, f->name);
}

static void add_fields(base_text *out, names *n, const desk_field *fields, int depth, bool with_key);

// By its name where it has one.
static void add_list(base_text *out, names *n, const desk_field *fields, int depth) {
    const named *known = find_name(n, fields);
    if (known && *known->name)
        base_text_add(out, known->name);
    else
        add_fields(out, n, fields, depth, false);
}

static void add_type(base_text *out, names *n, const desk_field *f, int depth) {
    if (f->type == DESK_INT)
        base_text_add(out, "number");
    else if (f->type == DESK_BOOL)
        base_text_add(out, "boolean");
    else if (f->type == DESK_OBJECT && !f->of)
        base_text_add(out, "Record<string, any>");
    else if (f->type == DESK_LIST || f->type == DESK_OBJECT) {
        add_list(out, n, f->of, depth);
        base_text_add(out, f->type == DESK_LIST ? "[]" : "");
    } else
        base_text_add(out, "string");
}

static void add_fields(base_text *out, names *n, const desk_field *fields, int depth, bool with_key) {
    base_text_add(out, "{");
    if (with_key)
        base_text_format(out, "\n%*skey: string;", depth * 2 + 2, "");
    for (const desk_field *f = fields; f && f->type != DESK_END; f++) {
        base_text_format(out, "\n%*s%s%s: ", depth * 2 + 2, "", f->name, f->is_required ? "" : "?");
        add_type(out, n, f, depth + 1);
        base_text_add(out, ";");
        if (f->meaning && *f->meaning)
            base_text_format(out, " // %s", f->meaning);
    }
    bool any = with_key || (fields && fields->type != DESK_END);
    if (any)
        base_text_format(out, "\n%*s}", depth * 2, "");
    else
        base_text_add(out, "}");
}

static bool has_key(const serve_route *r) {
    return r->act && !r->act->is_question;
}

static void add_route_type(base_text *out, names *n, const serve_route *r) {
    base_text_format(out, "  // %s\n  \"%s %s\": {\n    fields: ", r->meaning, r->method, r->path);
    if (r->how & SERVE_BYTES)
        base_text_add(out, "Blob | Uint8Array");
    else if (has_key(r))
        add_fields(out, n, r->fields, 2, true);
    else
        add_list(out, n, r->fields, 2);
    base_text_add(out, ";\n    answer: ");
    if (r->type)
        base_text_add(out, "string");
    else if (r->answer)
        add_list(out, n, r->answer, 2);
    else
        base_text_add(out, "Answer");
    base_text_add(out, ";\n  };\n");
}

static void give_names(names *n) {
    for (const serve_route *r = serve_route_next(NULL); r; r = serve_route_next(r)) {
        const char *last = strrchr(r->path, '/');
        for (const desk_field *f = has_key(r) ? r->fields : NULL; f && f->type != DESK_END; f++)
            if (f->type == DESK_LIST || f->type == DESK_OBJECT)
                count_uses(n, f->of, f->name); // the act's own fields have a key besides: no list of theirs is another's
        if (!has_key(r) && !(r->how & SERVE_BYTES))
            count_uses(n, r->fields, last);
        if (!r->type)
            count_uses(n, r->answer, last);
    }
    for (int i = 0; i < n->count; i++)
        if (n->list[i].uses > 1)
            make_name(n, n->list[i].called, n->list[i].name);
}

piste_status serve_typescript(base_text *out) {
    names *n = calloc(1, sizeof *n);
    if (!n)
        return PISTE_MEMORY;
    give_names(n);
    base_text_add(out, "// Written by `piste serve --types`: what the server answers, as its routes have it.\n"
                       "// Of a route whose answer is told by its meaning alone.\n"
                       "export type Answer = Record<string, any>;\n\n");
    for (int i = 0; i < n->count; i++)
        if (*n->list[i].name) {
            base_text_format(out, "export type %s = ", n->list[i].name);
            add_fields(out, n, n->list[i].fields, 0, false);
            base_text_add(out, ";\n\n");
        }
    base_text_add(out, "export interface Api {\n");
    for (const serve_route *r = serve_route_next(NULL); r; r = serve_route_next(r))
        add_route_type(out, n, r);
    base_text_add(out, "}\n");
    free(n);
    return out->failed ? PISTE_MEMORY : PISTE_OK;
}

// ---- routes of the server itself ---------------------------------------------------------------------------------------

static const desk_field health[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok, or stopped"},
    {"message", DESK_TEXT, true, 0, 200, NULL, "what is to be done"},
    {.type = DESK_END},
};

const serve_route serve_system_routes[] = {
    {"GET", "/api/health", SERVE_ANYONE, NULL, health, serve_health_run, 0, NULL, "whether the server is well", NULL},
    {"GET", "/api/openapi.json", SERVE_ANYONE, NULL, NULL, openapi_run, 0, NULL, "this document", NULL},
    {"GET", "/metrics", SERVE_ANYONE, NULL, NULL, serve_metrics_run, 0, "text/plain", "figures for Prometheus", NULL},
    {0},
};
