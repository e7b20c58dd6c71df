// office.c - see office.h.
#include "serve/office.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "desk/sale.h"
#include "serve/inside.h"

enum { TRIES = 100, TRY_MS = 50, BEFORE_DAYS = 30, AHEAD_DAYS = 500, NOON_MIN = 720, SESSION_EARLY_MIN = 15, SESSION_MIN = 180 };

// ---- opening ---------------------------------------------------------------------------------------------------------

static piste_status make_table(serve *s, piste_date day, const piste_table *before, piste_errors *errors, piste_table **table) {
    const piste_resort *r = s->resort;
    const piste_travel_limits limits = piste_travel_limits_default();
    piste_date first = r->season_from != PISTE_DATE_NONE && r->season_from < day ? r->season_from : day - BEFORE_DAYS;
    piste_date last = r->season_until != PISTE_DATE_NONE && r->season_until > day ? r->season_until : day + AHEAD_DAYS;
    if (last - first >= PISTE_CALENDAR_MAX - 1)
        first = day - BEFORE_DAYS, last = day + AHEAD_DAYS;
    return piste_table_make(r, first, last, &limits, before, errors, table);
}

static piste_status make_office(serve *s, const char *folder, piste_date day, piste_errors *errors) {
    piste_table *table = NULL;
    piste_status status = make_table(s, day, NULL, errors, &table);
    if (status == PISTE_OK)
        status = office_make(folder, table, desk_clock_ms(s->desk) / 1000, errors);
    piste_table_destroy(table);
    return status == PISTE_EXISTS ? PISTE_OK : status; // another server was first
}

static bool reaches(const piste_table *t, piste_date day) {
    return day >= t->first_day && day - t->first_day < t->days.count - 1;
}

static piste_status try_open(const char *folder, piste_errors *errors, office *o) {
    piste_status status = PISTE_EXISTS;
    for (int i = 0; i < TRIES && status == PISTE_EXISTS; i++) {
        piste_errors *own = piste_errors_create();
        if (i)
            nanosleep(&(struct timespec){.tv_nsec = TRY_MS * 1000000}, NULL);
        status = own ? office_open(folder, i + 1 < TRIES ? own : errors, o) : PISTE_MEMORY;
        if (own && status != PISTE_OK && status != PISTE_EXISTS && piste_errors_count(own))
            (void)!piste_errors_add(errors, status, folder, 0, 0, "%s", piste_errors_get(own, 0)->message);
        piste_errors_destroy(own);
    }
    return status;
}

piste_status serve_office_open(serve *s, piste_date day, piste_errors *errors, office *o) {
    char keys[4200];
    struct stat there;
    piste_table *table = NULL;
    snprintf(keys, sizeof keys, "%s/keys.json", s->office);
    piste_status status = stat(keys, &there) == 0 ? PISTE_OK : make_office(s, s->office, day, errors);
    if (status == PISTE_OK)
        status = try_open(s->office, errors, o);
    if (status != PISTE_OK || reaches(o->table, day))
        return status;
    status = make_table(s, day, o->table, errors, &table); // its numbers and names stay
    if (status == PISTE_OK)
        status = office_save_table(o->folder, table, desk_clock_ms(s->desk) / 1000, errors);
    if (status != PISTE_OK) {
        piste_table_destroy(table);
        office_close(o);
        return status;
    }
    piste_table_destroy(o->table);
    o->table = table;
    return PISTE_OK;
}

// ---- a pass ------------------------------------------------------------------------------------------------------------

// The venue of a resource: "rental/poles" is a thing of the venue "rental".
static const piste_venue *venue_of(const serve *s, const char *resource) {
    size_t length = strcspn(resource, "/");
    for (int32_t i = 0; i < s->resort->venues.count; i++) {
        const piste_venue *v = &s->resort->venues.list[i];
        if (strlen(v->entry.key) == length && memcmp(v->entry.key, resource, length) == 0)
            return v;
    }
    return NULL;
}

static uint64_t zone_of(const piste_table *t, const char *key) {
    for (int32_t i = 0; i < t->zones.count; i++)
        if (strcmp(t->zones.list[i].key, key) == 0)
            return 1ull << t->zones.list[i].bit;
    return 0;
}

// What the office has under the product's own key, else what fits its kind, else the venue that it takes something of.
static const piste_product *product_of(const piste_table *t, const serve_office_wish *w, const char *venue_kind) {
    static const char *const kinds[][2] = {{"day", "day"},       {"half-day", "half-day"}, {"multi-day", "multi-day"},
                                           {"season", "season"}, {"points", "points"},     {"programme", "day"}};
    const piste_product *found = piste_table_find_product(t, w->product);
    for (size_t i = 0; i < BASE_COUNT(kinds) && !found; i++)
        if (strcmp(kinds[i][0], w->kind) == 0)
            found = piste_table_find_product(t, kinds[i][1]);
    return found || !*venue_kind ? found : piste_table_find_product(t, venue_kind);
}

static bool find_holder(const piste_table *t, const char *key, uint8_t *holder) {
    for (int32_t i = 0; i < t->holders.count; i++)
        if (strcmp(t->holders.list[i].key, key) == 0) {
            *holder = (uint8_t)t->holders.list[i].number;
            return true;
        }
    return false;
}

static int32_t minutes_of(const char *time) { // "10:00"
    return atoi(time) * 60 + atoi(time + 3);
}

// From when until when: whole business days; a half day from noon on (chosen); a session from a little before it until the
// next one begins.
static void set_times(const piste_table *t, const serve_office_wish *w, const piste_venue *venue, piste_pass *pass) {
    int32_t index = w->date - t->first_day, last = t->days.count - 1;
    bool is_long = strcmp(w->kind, "season") == 0 || strcmp(w->kind, "points") == 0;
    int32_t days = w->days > last - index ? last - index : (int32_t)w->days;
    const piste_business_day *day = &t->days.list[index];
    pass->from_min = day->starts_min;
    pass->until_min = t->days.list[is_long ? last : index + days].starts_min;
    if (strcmp(w->kind, "half-day") == 0)
        pass->from_min = day->zero_min + NOON_MIN;
    if (strlen(w->time) != 5 || w->time[2] != ':') // none, or not one that a clock shows
        return;
    int32_t from = minutes_of(w->time), until = from + SESSION_MIN;
    for (int32_t i = 0; venue && i < venue->sessions.count; i++) {
        int32_t next = venue->sessions.list[i] / 60;
        until = next > from && next < until ? next : until;
    }
    pass->from_min = day->zero_min + from - SESSION_EARLY_MIN;
    pass->until_min = day->zero_min + until;
}

static piste_status make_pass(serve *s, const office *o, const serve_office_wish *w, piste_errors *errors, piste_pass *pass) {
    json_t *takes = NULL;
    int64_t days = 0;
    const piste_venue *venue = NULL, *session = NULL;
    uint64_t zones = 0;
    piste_status status = desk_product_takes(s->desk, w->product, &takes, &days);
    for (size_t i = 0; status == PISTE_OK && i < json_array_size(takes); i++) {
        const json_t *take = json_array_get(takes, i);
        const piste_venue *v = venue_of(s, desk_text(take, "resource"));
        venue = venue ? venue : v;
        session = strcmp(desk_text(take, "slot"), "session") == 0 ? v : session;
        zones |= v ? zone_of(o->table, piste_venue_kind_word((piste_venue_kind)v->kind)) : 0;
    }
    json_decref(takes);
    if (status != PISTE_OK)
        return status;
    const piste_product *p = product_of(o->table, w, venue ? piste_venue_kind_word((piste_venue_kind)venue->kind) : "");
    *pass = (piste_pass){.id = w->number};
    if (!p || !find_holder(o->table, w->holder, &pass->holder))
        return piste_errors_add(errors, PISTE_NOT_FOUND, s->office, 0, 0, "no gate opens for %s, %s", w->product, w->holder);
    if (!reaches(o->table, w->date))
        return piste_errors_add(errors, PISTE_NOT_FOUND, s->office, 0, 0, "its calendar does not reach the day");
    pass->product = p->number;
    pass->opens = p->opens | zones;
    pass->waiver_due = p->waiver;
    pass->points = (uint16_t)(w->points < 65535 ? w->points : 65535);
    set_times(o->table, w, session, pass);
    return piste_pass_check(pass, errors);
}

piste_status serve_office_sign(serve *s, office *o, const serve_office_wish *wish, piste_errors *errors, piste_pass *pass,
                               char token[PISTE_PASS_TEXT + 1]) {
    uint8_t bytes[PISTE_PASS_BYTES];
    piste_status status = make_pass(s, o, wish, errors, pass);
    if (status == PISTE_OK)
        status = piste_keys_sign_pass(o->keys, pass, desk_clock_ms(s->desk) / 1000, errors, bytes);
    if (status == PISTE_OK)
        piste_pass_to_text(bytes, token);
    return status;
}

// ---- the lists ---------------------------------------------------------------------------------------------------------

static int32_t longest(const office *o) { // no pass ends later than the key that signed it
    int32_t until_min = 0;
    for (int32_t i = 0; i < piste_keys_count(o->keys); i++) {
        int32_t end = piste_keys_get(o->keys, i)->public.until_min;
        until_min = end > until_min ? end : until_min;
    }
    return until_min;
}

static piste_status change_lists(serve *s, office *o, const desk_pass_change *list, size_t count, piste_errors *errors) {
    int64_t now_s = desk_clock_ms(s->desk) / 1000;
    int32_t last = longest(o);
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < count && status == PISTE_OK; i++) {
        const desk_pass_change *c = &list[i];
        // Two days more than its last: a business day ends after midnight, and zones lie half a day apart.
        int32_t until_min = c->until == PISTE_DATE_NONE ? last : piste_minute_of(((int64_t)c->until + 2) * 86400);
        status = c->is_waived ? piste_lists_waive(&o->lists, c->pass) : piste_lists_revoke(&o->lists, c->pass, until_min, now_s);
    }
    if (status != PISTE_OK)
        return piste_errors_add(errors, status, s->office, 0, 0, "its lists take no more");
    status = piste_publish(o->keys, o->table, &o->lists, now_s, s->published, errors);
    return status == PISTE_OK ? office_save_lists(o, errors) : status;
}

piste_status serve_office_change(serve *s, const desk_pass_change *list, size_t count, piste_errors *errors) {
    office o = {0};
    piste_status status = serve_office_open(s, (piste_date)(desk_clock_ms(s->desk) / 86400000), errors, &o);
    if (status == PISTE_OK)
        status = change_lists(s, &o, list, count, errors);
    office_close(&o);
    return status;
}
