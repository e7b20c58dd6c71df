// passes.c - see passes.h.
//
// What a position opens follows from its product's kind: a day's pass for what is for days, hours of the afternoon for a
// half day, the venue's kind for a session in one. Everything else that a resort sells opens no gate.
#include "serve/passes.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "desk/issued.h"
#include "desk/pass.h"
#include "desk/pass_number.h"
#include "serve/inside.h"

enum {
    CALENDAR_BEFORE = 7,   // days before the business day that the calendar begins
    CALENDAR_DAYS = 500,   // and how many it has: a season's pass that is sold early fits (chosen)
    CALENDAR_LEFT = 120,   // with fewer left it is made anew
    AFTERNOON_MIN = 12 * 60 + 30, // from which a half day's pass opens (chosen)
    TRIES = 250, TRY_MS = 20
};

const desk_field serve_pass_query[] = {
    {"language", DESK_TEXT, false, 0, BASE_LANGUAGE_MAX - 1, NULL, "of names, such as ko; the resort's own where not given"},
    {.type = DESK_END},
};
const desk_field serve_pass_fields[] = {
    {"position", DESK_INT, true, 1, DESK_LINES_MAX, NULL, "of the order"},
    {"pass", DESK_TEXT, true, 0, PISTE_PASS_ID_TEXT, NULL, "its number"},
    {"token", DESK_TEXT, true, 0, PISTE_PASS_TEXT, NULL, "what its code holds; empty: revoked"},
    {"product", DESK_TEXT, true, 0, 200, NULL, "name of what it is"},
    {"class", DESK_TEXT, true, 0, 200, NULL, "of its holder"},
    {"valid", DESK_TEXT, true, 0, PISTE_VALID_TEXT, NULL, "when, in words of the calendar"},
    {"opens", DESK_TEXT, true, 0, 1000, NULL, "what, by name"},
    {"points", DESK_INT, true, 0, 65535, NULL, "0: not counted"},
    {"waiver_due", DESK_BOOL, true, 0, 0, NULL, "opens nothing until its waiver is signed"},
    {"is_waived", DESK_BOOL, true, 0, 0, NULL, "it is"},
    {"is_revoked", DESK_BOOL, true, 0, 0, NULL, "it was taken back"},
    {.type = DESK_END},
};

// ---- the office --------------------------------------------------------------------------------------------------------

static pthread_mutex_t office_lock = PTHREAD_MUTEX_INITIALIZER;

static piste_status make_table(serve *s, const piste_table *before, piste_date today, piste_errors *errors, piste_table **table) {
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_date first = today - CALENDAR_BEFORE, least = piste_date_join(2000, 1, 2);
    return piste_table_make(s->resort, first < least ? least : first, (first < least ? least : first) + CALENDAR_DAYS, &limits, before,
                            errors, table);
}

typedef struct day_read {
    piste_date day;
} day_read;

static piste_status read_day(store_db *db, void *context) {
    desk_head head;
    piste_status status = desk_head_load(db, &head);
    ((day_read *)context)->day = head.day;
    return status;
}

// The business day; before the first one that of the clock.
static piste_status today_of(serve *s, piste_date *day) {
    day_read r = {PISTE_DATE_NONE};
    piste_status status = store_read(desk_get_store(s->desk), read_day, &r);
    *day = r.day != PISTE_DATE_NONE ? r.day : (piste_date)(desk_clock_ms(s->desk) / 86400000);
    return status;
}

static piste_status open_patiently(const char *folder, piste_errors *errors, office *o) {
    piste_status status = PISTE_EXISTS;
    for (int i = 0; i < TRIES && status == PISTE_EXISTS; i++) { // `piste pass`, or another server, has it for a moment
        piste_errors *own = piste_errors_create();
        status = office_open(folder, i + 1 < TRIES ? own : errors, o);
        if (status != PISTE_OK && status != PISTE_EXISTS && i + 1 < TRIES)
            status = office_open(folder, errors, o);
        piste_errors_destroy(own);
        if (status == PISTE_EXISTS)
            nanosleep(&(struct timespec){.tv_nsec = TRY_MS * 1000000}, NULL);
    }
    return status;
}

static piste_status make_office(serve *s, const char *folder, piste_date today, piste_errors *errors) {
    piste_table *table = NULL;
    piste_status status = make_table(s, NULL, today, errors, &table);
    if (status == PISTE_OK)
        status = office_make(folder, table, desk_clock_ms(s->desk) / 1000, errors);
    piste_table_destroy(table);
    return status;
}

// A longer calendar, where the one that is there is about to end; numbers stay.
static piste_status lengthen(serve *s, office *o, piste_date today, piste_errors *errors) {
    piste_table *table = NULL;
    if (today >= o->table->first_day && today + CALENDAR_LEFT < o->table->first_day + o->table->days.count)
        return PISTE_OK;
    piste_status status = make_table(s, o->table, today, errors, &table);
    if (status == PISTE_OK)
        status = office_save_table(o->folder, table, desk_clock_ms(s->desk) / 1000, errors);
    if (status == PISTE_OK) {
        piste_table *before = o->table;
        o->table = table;
        table = before;
    }
    piste_table_destroy(table);
    return status;
}

piste_status serve_office_enter(serve *s, piste_errors *errors, office *o) {
    piste_date today = PISTE_DATE_NONE;
    *o = (office){0};
    pthread_mutex_lock(&office_lock);
    char *folder = desk_path(s->def.data, "office"), *keys = folder ? desk_path(folder, "keys.json") : NULL;
    piste_status status = folder && keys ? today_of(s, &today) : PISTE_MEMORY;
    if (status == PISTE_OK && access(keys, F_OK) != 0)
        status = make_office(s, folder, today, errors);
    if (status == PISTE_OK)
        status = open_patiently(folder, errors, o);
    free(keys);
    o->folder = folder; // serve_office_leave frees it
    if (status == PISTE_OK)
        status = lengthen(s, o, today, errors);
    if (status != PISTE_OK)
        serve_office_leave(s, o);
    return status;
}

void serve_office_leave(serve *s, office *o) {
    char *folder = (char *)(uintptr_t)o->folder;
    (void)s;
    office_close(o);
    free(folder);
    pthread_mutex_unlock(&office_lock);
}

// ---- what a position's pass says -------------------------------------------------------------------------------------------

// The key of the office's product, NULL: it opens nothing.
static const char *product_key(const serve *s, const desk_issued *i) {
    static const char *const kinds[][2] = {{"day", "day"},       {"half-day", "half-day"}, {"multi-day", "multi-day"},
                                           {"season", "season"}, {"points", "points"},     {"programme", "day"}};
    for (size_t k = 0; k < BASE_COUNT(kinds); k++)
        if (strcmp(i->kind, kinds[k][0]) == 0)
            return kinds[k][1];
    bool has_session = strcmp(i->kind, "session") == 0 || strcmp(i->kind, "lesson") == 0;
    for (int32_t v = 0; has_session && v < s->resort->venues.count; v++)
        if (strcmp(s->resort->venues.list[v].entry.key, i->resource) == 0)
            return piste_venue_kind_word((piste_venue_kind)s->resort->venues.list[v].kind);
    return NULL;
}

static uint8_t holder_of(const piste_table *t, const char *key) {
    for (int32_t i = 0; i < t->holders.count; i++)
        if (strcmp(t->holders.list[i].key, key) == 0)
            return (uint8_t)t->holders.list[i].number;
    return t->holders.count ? (uint8_t)t->holders.list[0].number : 0;
}

// PISTE_NOT_FOUND: it opens nothing.
static piste_status pass_of(const serve *s, const office *o, const desk_issued *i, piste_errors *errors, piste_pass *pass) {
    const char *key = product_key(s, i);
    const piste_product *product = key ? piste_table_find_product(o->table, key) : NULL;
    int32_t first = i->date - o->table->first_day, last = o->table->days.count - 1;
    if (!product)
        return PISTE_NOT_FOUND;
    char day[11];
    piste_date_format(i->date, day);
    if (first < 0 || first >= last)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "no pass can be made for %s: the office's calendar has %d days from its first",
                                day, last);
    int64_t days = strcmp(i->kind, "season") == 0 ? last - first : i->days;
    if (first + days > last)
        days = last - first;
    *pass = (piste_pass){.product = product->number,
                         .opens = product->opens,
                         .holder = holder_of(o->table, i->class_key),
                         .waiver_due = product->waiver,
                         .by_day = product->by_day,
                         .from_min = o->table->days.list[first].starts_min,
                         .until_min = o->table->days.list[first + days].starts_min,
                         .points = (uint16_t)(i->points > 65535 ? 65535 : i->points)};
    if (strcmp(i->kind, "half-day") == 0) {
        pass->hours_from_min = AFTERNOON_MIN;
        pass->hours_until_min = (s->resort->day.to_s + 59) / 60; // the end of the business day
    }
    return PISTE_OK;
}

static const char *holder_name(const serve_sold *sold, const piste_table *t, uint8_t number) {
    for (int32_t i = 0; i < t->holders.count; i++)
        if (t->holders.list[i].number == number)
            return serve_names_find(sold, "classes", t->holders.list[i].key, t->holders.list[i].name);
    return "?";
}

static json_t *pass_json(const serve *s, const char *language, const serve_sold *sold, const piste_table *t, const desk_issued *i) {
    piste_pass pass;
    char text[PISTE_PASS_TEXT + 1] = "", id[PISTE_PASS_ID_TEXT + 1], valid[PISTE_VALID_TEXT] = "?";
    base_text opens = {0};
    if (piste_pass_read(i->token, &pass) != PISTE_OK)
        return NULL;
    const piste_product *product = piste_table_product(t, pass.product);
    if (!i->is_revoked)
        piste_pass_to_text(i->token, text);
    piste_pass_id_to_text(pass.id, id);
    if (piste_pass_valid_text(&pass, t, valid) != PISTE_OK)
        snprintf(valid, sizeof valid, "?");
    serve_names_opens(s, t, pass.opens, language, &opens);
    json_t *json = json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:b,s:b,s:b}", "position", (json_int_t)i->position, "pass", id, "token", text,
                             "product", product ? serve_names_find(sold, "products", product->key, product->name) : "?", "class", holder_name(sold, t, pass.holder), "valid", valid, "opens",
                             opens.data ? opens.data : "", "points", (int)pass.points, "waiver_due", (int)pass.waiver_due, "is_waived",
                             (int)i->is_waived, "is_revoked", (int)i->is_revoked);
    base_text_release(&opens);
    return json;
}

// ---- issuing ------------------------------------------------------------------------------------------------------------------

static piste_status sign(serve *s, office *o, const desk_issued *i, piste_errors *errors, json_t *list) {
    piste_pass pass;
    uint8_t token[PISTE_PASS_BYTES];
    char text[PISTE_PASS_TEXT + 1];
    piste_status status = pass_of(s, o, i, errors, &pass);
    if (status == PISTE_NOT_FOUND)
        return PISTE_OK;
    if (status == PISTE_OK)
        status = desk_pass_next_number(s->desk, i->order, i->position, &pass.id);
    int64_t now_s = desk_clock_ms(s->desk) / 1000;
    if (status == PISTE_OK)
        status = piste_keys_sign_pass(o->keys, &pass, now_s, errors, token);
    if (status != PISTE_OK)
        return status;
    piste_pass_to_text(token, text);
    return json_array_append_new(list, json_pack("{s:I,s:s}", "position", (json_int_t)i->position, "token", text)) == 0 ? PISTE_OK
                                                                                                                       : PISTE_MEMORY;
}

// Has the desk keep what was signed; a key of its own each time, since what is kept already is not kept twice.
static piste_status keep(serve *s, const char *who, int64_t order, json_t *list, piste_errors *errors) {
    char key[64], id[PISTE_PASS_ID_TEXT + 1];
    piste_pass_id_to_text(piste_pass_id_draw(), id);
    snprintf(key, sizeof key, "pass-issue-%s", id);
    json_t *request = json_pack("{s:s,s:s,s:s,s:I,s:O}", "act", "pass-issue", "key", key, "who", who, "order", (json_int_t)order, "passes", list);
    return desk_do_own(s->desk, request, errors);
}

static piste_status issue_missing(serve *s, office *o, const char *who, int64_t order, const desk_issued_list *l, piste_errors *errors) {
    json_t *list = json_array();
    piste_status status = list ? PISTE_OK : PISTE_MEMORY;
    for (size_t i = 0; status == PISTE_OK && i < l->count; i++)
        if (!l->list[i].pass)
            status = sign(s, o, &l->list[i], errors, list);
    if (status == PISTE_OK && json_array_size(list))
        status = keep(s, who, order, list, errors);
    json_decref(list);
    return status;
}

piste_status serve_passes_of(serve *s, const char *language, const char *who, int64_t order, piste_errors *errors, json_t **passes) {
    desk_issued_list l = {0};
    office o;
    piste_status status = desk_issued_of_order(s->desk, order, &l);
    if (status == PISTE_REFUSED)
        return piste_errors_add(errors, status, NULL, 0, 0, "order %lld is not sold: it has no passes", (long long)order);
    if (status == PISTE_OK)
        status = serve_office_enter(s, errors, &o);
    if (status != PISTE_OK) {
        desk_issued_release(&l);
        return status;
    }
    status = issue_missing(s, &o, who, order, &l, errors);
    desk_issued_release(&l);
    json_t *list = json_array();
    serve_sold sold = {NULL};
    language = language && *language ? language : s->resort->language;
    if (status == PISTE_OK)
        serve_names_sold(s, language, &sold);
    if (status == PISTE_OK)
        status = desk_issued_of_order(s->desk, order, &l);
    for (size_t i = 0; status == PISTE_OK && i < l.count; i++)
        if (l.list[i].pass && json_array_append_new(list, pass_json(s, language, &sold, o.table, &l.list[i])) != 0)
            status = PISTE_MEMORY;
    serve_office_leave(s, &o);
    desk_issued_release(&l);
    json_decref(sold.kinds);
    if (status == PISTE_OK)
        *passes = list;
    else
        json_decref(list);
    return status;
}
