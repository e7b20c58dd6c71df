// names.c - what is called what in a reader's language: of the resort (its names:), of what is sold, of entrances.
//
// A text for each language that was asked for lately, made anew once it is ten seconds old: the desk may have been told more.
#include <stdlib.h>

#include "desk/names.h"
#include "desk/table.h"
#include "piste/gate.h"
#include "report/report.h"
#include "resort/names.h"
#include "serve/inside.h"
#include "serve/text.h"

enum { MAKE_ANEW_US = 10 * 1000000, TEXTS = 8 };

struct serve_names {
    pthread_mutex_t lock;
    struct {
        char language[BASE_LANGUAGE_MAX];
        serve_text *text;
        int64_t made_us;
    } texts[TEXTS];
    int next; // the one that is given up for another
};

// ---- making ----------------------------------------------------------------------------------------------------------

typedef struct making {
    const piste_resort *resort;
    const char *language;
    json_t *kinds;
} making;

static void put(const making *m, const char *kind, const char *key, const char *name) {
    json_t *list = json_object_get(m->kinds, kind);
    if (!list)
        json_object_set_new(m->kinds, kind, list = json_object());
    json_object_set_new(list, key, json_string(name));
}

// The tariff's are the desk's to tell.
static void add_entry(void *context, const names_entry *one) {
    const making *m = context;
    const char *name = piste_entry_name_in(one->entry, m->language, NULL), *own = one->entry->key ? one->entry->key : "";
    char key[300];
    if (!name || strcmp(one->kind, "prices") == 0 || strcmp(one->kind, "classes") == 0)
        return;
    snprintf(key, sizeof key, "%s%s%s", one->parent ? one->parent->key : "", one->parent ? "/" : "", own);
    put(m, one->kind, strcmp(one->kind, "resort") == 0 ? "name" : key, name);
}

static void add_entrance(void *context, const char *key, table_door door) {
    const making *m = context;
    const piste_entry *of = door.lift >= 0 ? &m->resort->lifts.list[door.lift].entry : &m->resort->venues.list[door.venue].entry;
    base_text name = {0};
    if (!key || !piste_entry_name_in(of, m->language, NULL))
        return;
    table_door_name(m->resort, door, m->language, report_word(m->language, "down"), &name);
    if (!name.failed)
        put(m, "entrances", key, name.data);
    base_text_release(&name);
}

static json_t *kinds_of(const serve *s, const char *language) {
    making m = {s->resort, language, json_object()};
    names_walk(s->resort, add_entry, &m);
    table_walk(s->resort, add_entrance, &m);
    if (desk_names_in(s->desk, language, m.kinds) == PISTE_OK)
        return m.kinds;
    json_decref(m.kinds);
    return NULL;
}

// Of what is sold and who buys it, the name in the language, else `name`.
void serve_names_sold(serve *s, const char *language, serve_sold *out) {
    out->kinds = *language && strcmp(language, s->resort->language) != 0 ? json_object() : NULL;
    if (out->kinds && desk_names_in(s->desk, language, out->kinds) != PISTE_OK)
        json_object_clear(out->kinds);
}
const char *serve_names_find(const serve_sold *sold, const char *kind, const char *key, const char *name) {
    const char *found = json_string_value(json_object_get(json_object_get(sold->kinds, kind), key));
    return found ? found : name;
}

void serve_names_opens(const serve *s, const piste_table *t, uint64_t opens, const char *language, base_text *out) {
    base_text_add(out, "");
    for (int32_t i = 0; i < t->zones.count; i++) {
        const piste_zone *z = &t->zones.list[i];
        int32_t lift = strncmp(z->key, "lift/", 5) == 0 ? piste_resort_find_lift(s->resort, z->key + 5) : -1;
        if (opens >> z->bit & 1)
            base_text_format(out, "%s%s", out->length ? ", " : "",
                             lift >= 0 ? piste_entry_name_in(&s->resort->lifts.list[lift].entry, language, z->name) : report_word(language, z->name));
    }
}

static serve_text *make(const serve *s, const char *language) {
    json_t *kinds = kinds_of(s, language);
    json_t *whole = kinds ? json_pack("{s:s,s:s,s:o}", "language", language, "own", s->resort->language, "kinds", kinds) : NULL;
    char *data = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    serve_text *text = data ? serve_text_create(data, strlen(data)) : NULL;
    free(data);
    json_decref(whole);
    return text;
}

// ---- answering -------------------------------------------------------------------------------------------------------------

static serve_text *find(serve_names *n, const char *language) {
    serve_text *found = NULL;
    pthread_mutex_lock(&n->lock);
    for (int i = 0; i < TEXTS && !found; i++)
        if (n->texts[i].text && strcmp(n->texts[i].language, language) == 0 && serve_now_us() - n->texts[i].made_us <= MAKE_ANEW_US)
            found = serve_text_hold(n->texts[i].text);
    pthread_mutex_unlock(&n->lock);
    return found;
}

// In the place of the one of that language, else of the next.
static void keep(serve_names *n, const char *language, serve_text *text) {
    pthread_mutex_lock(&n->lock);
    int at = 0;
    while (at < TEXTS && strcmp(n->texts[at].language, language) != 0)
        at++;
    if (at == TEXTS) {
        at = n->next;
        n->next = (n->next + 1) % TEXTS;
    }
    serve_text_release(n->texts[at].text);
    n->texts[at].text = serve_text_hold(text);
    n->texts[at].made_us = serve_now_us();
    snprintf(n->texts[at].language, sizeof n->texts[at].language, "%s", language);
    pthread_mutex_unlock(&n->lock);
}

static void names_run(serve_request *q) {
    const char *language = desk_text(q->fields, "language");
    if (!base_language_is(language)) {
        serve_refuse(q, 422, "invalid", "language: '%s', expected a language as BCP 47 writes it, such as ko or zh-Hant", language);
        return;
    }
    serve_text *text = find(q->serve->names, language);
    if (!text && (text = make(q->serve, language)))
        keep(q->serve->names, language, text);
    serve_text_answer(q, text, "application/json");
}

serve_names *serve_names_create(void) {
    serve_names *n = calloc(1, sizeof *n);
    if (n)
        pthread_mutex_init(&n->lock, NULL);
    return n;
}

void serve_names_destroy(serve_names *n) {
    for (int i = 0; n && i < TEXTS; i++)
        serve_text_release(n->texts[i].text);
    if (n)
        pthread_mutex_destroy(&n->lock);
    free(n);
}

// ---- the language of a text that is made here --------------------------------------------------------------------------------

// Whether the resort itself has a name in it.
static bool is_spoken(const piste_resort *r, const char *language) {
    return base_language_closeness(r->language, language) || piste_entry_name_in(&r->entry, language, NULL);
}

// "ko-KR,ko;q=0.9,en;q=0.8": the first language of the header that the resort has; browsers write them by weight.
const char *serve_language(const serve_request *q, char out[BASE_LANGUAGE_MAX]) {
    const char *asked = desk_text(q->fields, "language");
    const char *header = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
    snprintf(out, BASE_LANGUAGE_MAX, "%s", q->serve->resort->language);
    if (*asked) {
        if (base_language_is(asked))
            snprintf(out, BASE_LANGUAGE_MAX, "%s", asked);
        return out;
    }
    for (const char *at = header; at && *at; at += strspn(at, ", ")) {
        size_t length = strcspn(at, ",; ");
        char tag[BASE_LANGUAGE_MAX];
        snprintf(tag, sizeof tag, "%.*s", length < sizeof tag ? (int)length : 0, at);
        at += strcspn(at, ",");
        if (base_language_is(tag) && is_spoken(q->serve->resort, tag)) {
            snprintf(out, BASE_LANGUAGE_MAX, "%s", tag);
            break;
        }
    }
    return out;
}

// ---- routes ------------------------------------------------------------------------------------------------------------------

static const desk_field names_query[] = {
    {"language", DESK_TEXT, true, 0, BASE_LANGUAGE_MAX - 1, NULL, "as BCP 47 writes it, such as ko or zh-Hant"},
    {.type = DESK_END},
};
const serve_route serve_names_routes[] = {
    {"GET", "/api/names", SERVE_ANYONE, names_query, NULL, names_run, 0, NULL,
     "what has a name in that language: for each kind (lifts, products, entrances ...) its keys with their names", NULL},
    {0},
};
