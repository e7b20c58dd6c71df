// tariff.c - what a resort's tariff says, as the acts that tell it to the desk.
//
// Keys come from what was loaded, so that loading the same again changes nothing; what was changed meanwhile is told
// anew under a key that holds its value. A product's key is its name with '-' for what is no letter or digit.
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "desk/money.h"
#include "desk/tariff.h"

static void slug(const char *name, char out[41]) {
    size_t n = 0;
    for (; *name && n < 40; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain || (n > 0 && out[n - 1] != '-'))
            out[n++] = plain ? c : '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = 0;
}

// Gives the act its key, a digest of what it says, and adds it.
static bool add(json_t *acts, json_t *act) {
    char *text = act ? json_dumps(act, JSON_COMPACT | JSON_SORT_KEYS) : NULL, key[40];
    if (!text) {
        json_decref(act);
        return false;
    }
    snprintf(key, sizeof key, "tariff-%016" PRIx64, base_key_text(text));
    free(text);
    json_object_set_new(act, "key", json_string(key));
    return json_array_append_new(acts, act) == 0;
}

static void add_validity(json_t *act, const piste_entry *entry) {
    char day[11];
    if (entry->from != PISTE_DATE_NONE) {
        piste_date_format(entry->from, day);
        json_object_set_new(act, "from", json_string(day));
    }
    if (entry->until != PISTE_DATE_NONE) {
        piste_date_format(entry->until, day);
        json_object_set_new(act, "until", json_string(day));
    }
}

// The names of an entry of the resort, as the act that tells it to the desk takes them.
static void add_names(json_t *act, const piste_entry *entry) {
    json_t *names = act && entry->names_count ? json_array() : NULL;
    for (int32_t i = 0; names && i < entry->names_count; i++)
        json_array_append_new(names, json_pack("{s:s,s:s}", "language", entry->names[i].language, "name", entry->names[i].text));
    if (names)
        json_object_set_new(act, "names", names);
}

static bool add_classes(const piste_tariff *t, json_t *acts) {
    for (int32_t i = 0; i < t->classes.count; i++) {
        const piste_price_class *c = &t->classes.list[i];
        json_t *act = json_pack("{s:s,s:s,s:s,s:i,s:i,s:i}", "act", "class", "class", c->entry.key, "name",
                                c->name && *c->name ? c->name : c->entry.key, "age_from", c->age_from, "age_until",
                                c->age_until, "group_from", c->group_from);
        add_names(act, &c->entry);
        if (!add(acts, act))
            return false;
    }
    return true;
}

static bool add_rates(const piste_tariff *t, json_t *acts) {
    for (int32_t i = 0; i < t->rates.count; i++) {
        const piste_rate *r = &t->rates.list[i];
        char day[11], rate[40];
        piste_date_format(r->date, day);
        snprintf(rate, sizeof rate, "%.9f", r->rate);
        size_t length = strlen(rate);
        while (length > 2 && rate[length - 1] == '0' && rate[length - 2] != '.')
            rate[--length] = 0;
        if (!add(acts, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "act", "rate", "from", r->from, "to", r->to, "rate", rate,
                                 "date", day, "source", r->source && *r->source ? r->source : "the resort's tariff")))
            return false;
    }
    return true;
}

static bool add_products(const piste_tariff *t, json_t *acts) {
    for (int32_t i = 0; i < t->prices.count; i++) {
        const piste_price *p = &t->prices.list[i];
        char key[41];
        bool seen = false;
        const piste_entry *named = &p->entry; // its names stand at one of its prices
        for (int32_t k = 0; k < i; k++)
            seen |= strcmp(t->prices.list[k].product, p->product) == 0;
        for (int32_t k = i + 1; k < t->prices.count && !seen && !named->names_count; k++)
            if (strcmp(t->prices.list[k].product, p->product) == 0)
                named = &t->prices.list[k].entry;
        slug(p->product, key);
        json_t *act = seen ? NULL : json_pack("{s:s,s:s,s:s,s:s}", "act", "product", "product", key, "name", p->product, "kind", "other");
        add_names(act, named);
        if (!seen && !add(acts, act))
            return false;
    }
    return true;
}

static bool add_prices(const piste_tariff *t, json_t *acts) {
    for (int32_t i = 0; i < t->prices.count; i++) {
        const piste_price *p = &t->prices.list[i];
        char key[41], amount[DESK_MONEY_TEXT];
        slug(p->product, key);
        json_t *act = json_pack("{s:s,s:s,s:s,s:s}", "act", "price", "product", key, "class", p->price_class.key,
                                "amount", desk_money_format(p->currency, p->amount_minor, amount));
        if (act)
            add_validity(act, &p->entry);
        if (!add(acts, act))
            return false;
    }
    return true;
}

// A capacity for each day of the season; NULL times: one slot a day.
static bool add_cap(const piste_resort *r, json_t *acts, const char *resource, int64_t capacity, json_t *times) {
    char from[11], until[11];
    piste_date_format(r->season_from, from);
    piste_date_format(r->season_until, until);
    json_t *act = json_pack("{s:s,s:s,s:s,s:s,s:I}", "act", "cap", "resource", resource, "from", from, "until", until,
                            "capacity", (json_int_t)capacity);
    if (act && times)
        json_object_set_new(act, "times", times);
    else
        json_decref(times);
    return add(acts, act);
}

static json_t *times_of(const piste_venue *v) {
    json_t *times = json_array();
    for (int32_t i = 0; i < v->sessions.count; i++) {
        char text[16];
        int32_t minute = v->sessions.list[i] / 60;
        snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
        json_array_append_new(times, json_pack("{s:s}", "time", text));
    }
    return times;
}

// A class that everybody is of: a party of one or more.
static bool add_anyone(json_t *acts) {
    return add(acts, json_pack("{s:s,s:s,s:s,s:i,s:[{s:s,s:s},{s:s,s:s},{s:s,s:s},{s:s,s:s}]}", "act", "class", "class", "anyone", "name", "Anyone",
                               "group_from", 1, "names", "language", "ko", "name", "누구나", "language", "zh", "name", "任何人", "language", "ru",
                               "name", "Любой", "language", "ja", "name", "どなたでも"));
}

static bool add_room(const piste_resort *r, const piste_venue *v, const piste_room *room, json_t *acts) {
    char resource[81], name[81], amount[DESK_MONEY_TEXT], key[41];
    snprintf(resource, sizeof resource, "%.39s/%.39s", v->entry.key, room->entry.key);
    snprintf(name, sizeof name, "%.78s", room->name && *room->name ? room->name : room->entry.key);
    slug(resource, key);
    if (!add_cap(r, acts, resource, room->rooms, NULL))
        return false;
    if (room->price_minor < 0)
        return true;
    json_t *product = json_pack("{s:s,s:s,s:s,s:s,s:[{s:s}]}", "act", "product", "product", key, "name", name, "kind", "room", "takes",
                                "resource", resource);
    add_names(product, &room->entry);
    return add(acts, product) && add_anyone(acts) &&
            add(acts, json_pack("{s:s,s:s,s:s,s:s}", "act", "price", "product", key, "class", "anyone", "amount",
                                desk_money_format(room->currency, room->price_minor, amount)));
}

// Seats of each session, pieces of stock, rooms by the night. Their resources are "venue" and "venue/what".
static bool add_venue(const piste_resort *r, const piste_venue *v, json_t *acts) {
    if (v->sessions.count && v->seats && !add_cap(r, acts, v->entry.key, v->seats, times_of(v)))
        return false;
    for (int32_t i = 0; i < v->stock.count; i++) {
        char resource[81];
        snprintf(resource, sizeof resource, "%.39s/%.39s", v->entry.key, v->stock.list[i].entry.key);
        if (!add_cap(r, acts, resource, v->stock.list[i].count, NULL))
            return false;
    }
    for (int32_t i = 0; i < v->rooms.count; i++)
        if (!add_room(r, v, &v->rooms.list[i], acts))
            return false;
    return true;
}

static bool add_season(const piste_resort *r, json_t *acts) {
    if (r->season_from == PISTE_DATE_NONE || r->season_until == PISTE_DATE_NONE)
        return true; // nothing says for which days
    for (int32_t i = 0; i < r->venues.count; i++)
        if (!add_venue(r, &r->venues.list[i], acts))
            return false;
    return r->cap <= 0 || add_cap(r, acts, "visit", r->cap, NULL);
}

json_t *desk_tariff_acts(const piste_resort *resort) {
    json_t *acts = json_array();
    const piste_tariff *t = &resort->tariff;
    if (acts && add_classes(t, acts) && add_rates(t, acts) && add_products(t, acts) && add_prices(t, acts) &&
        add_season(resort, acts))
        return acts;
    json_decref(acts);
    return NULL;
}

// ---- the resort's own file -----------------------------------------------------------------------------------------

enum { FILE_MAX_BYTES = 64 << 20 };

static piste_status read_line(const char *path, int number, const char *line, size_t length, piste_errors *errors, json_t *acts) {
    json_error_t why;
    json_t *act = json_loadb(line, length, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(act)) {
        json_decref(act);
        return piste_errors_add(errors, PISTE_SYNTAX, path, number, why.column > 0 ? why.column : 1, "%s, expected an act as one JSON object",
                                act ? "not an object" : why.text);
    }
    return json_array_append_new(acts, act) == 0 ? PISTE_OK : piste_errors_add(errors, PISTE_MEMORY, path, number, 0, "no memory");
}

piste_status desk_tariff_file(const char *folder, piste_errors *errors, json_t **out) {
    char path[4096], *data = NULL;
    size_t length = 0;
    json_t *acts = json_array();
    snprintf(path, sizeof path, "%s/desk.jsonl", folder);
    if (access(path, F_OK) != 0) {
        *out = acts;
        return acts ? PISTE_OK : PISTE_MEMORY;
    }
    piste_status status = base_file_read(path, FILE_MAX_BYTES, errors, &data, &length);
    int number = 0;
    for (const char *line = data, *next; status == PISTE_OK && line && line < data + length; line = next) {
        const char *end = memchr(line, '\n', (size_t)(data + length - line));
        end = end ? end : data + length;
        next = end + 1;
        number++;
        size_t blank = strspn(line, " \t\r");
        if (line + blank < end && *line != '#')
            status = read_line(path, number, line, (size_t)(end - line), errors, acts);
    }
    free(data);
    if (status == PISTE_OK)
        *out = acts;
    else
        json_decref(acts);
    return status;
}

static piste_status do_all(desk *d, const json_t *acts, const char *from, piste_errors *errors, int *done) {
    for (size_t i = 0; i < json_array_size(acts); i++) {
        char *answer = NULL;
        const json_t *act = json_array_get(acts, i);
        piste_status status = desk_do(d, act, &answer);
        if (status != PISTE_OK) {
            status = piste_errors_add(errors, status, from, 0, 0, "%s %s: %s", desk_text(act, "act"), desk_text(act, "key"),
                                      answer ? answer : "no memory");
            free(answer);
            return status;
        }
        free(answer);
        if (done)
            ++*done;
    }
    return PISTE_OK;
}

piste_status desk_tariff_load(desk *d, const piste_resort *resort, piste_errors *errors, int *done) {
    json_t *tariff = desk_tariff_acts(resort), *own = NULL;
    char path[4096];
    snprintf(path, sizeof path, "%s/desk.jsonl", resort->folder);
    piste_status status = tariff ? desk_tariff_file(resort->folder, errors, &own) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = do_all(d, tariff, resort->folder, errors, done);
    if (status == PISTE_OK)
        status = do_all(d, own, path, errors, done);
    json_decref(tariff);
    json_decref(own);
    return status;
}
