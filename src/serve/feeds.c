// feeds.c - the mountain as other programs read it: Liftie's JSON, sessions as a calendar (iCalendar, RFC 5545), the
// trail sign as SVG.
#include <math.h>
#include <stdlib.h>

#include "piste/gate.h"
#include "report/report.h"
#include "serve/inside.h"
#include "serve/text.h"

// ---- Liftie (https://github.com/pirxpilot/liftie) ---------------------------------------------------------------------------

static const char *const liftie_states[] = {"open", "hold", "scheduled", "closed"};

// Where it stands: the mean of the places that the map has; false: nowhere.
static bool middle_of(const piste_resort *r, double *lon, double *lat) {
    int32_t n = 0;
    *lon = *lat = 0;
    for (int32_t i = 0; i < r->places.count; i++)
        if (isfinite(r->places.list[i].lon_deg) && isfinite(r->places.list[i].lat_deg)) {
            *lon += r->places.list[i].lon_deg;
            *lat += r->places.list[i].lat_deg;
            n++;
        }
    *lon = base_round(*lon / (n ? n : 1), 6);
    *lat = base_round(*lat / (n ? n : 1), 6);
    return n > 0;
}

static json_t *liftie_lifts(const json_t *lifts) {
    json_t *status = json_object(), *stats = json_object(), *percentage = json_object();
    int counts[BASE_COUNT(liftie_states)] = {0};
    size_t all = json_array_size(lifts);
    for (size_t i = 0; i < all; i++) {
        const json_t *lift = json_array_get(lifts, i);
        const char *state = desk_text(lift, "state"), *name = desk_text(lift, "name");
        char own[300];
        snprintf(own, sizeof own, json_object_get(status, name) ? "%s (%s)" : "%s", name, desk_text(lift, "key")); // lifts of one name
        json_object_set_new(status, own, json_string(state));
        for (size_t k = 0; k < BASE_COUNT(liftie_states); k++)
            counts[k] += strcmp(liftie_states[k], state) == 0;
    }
    for (size_t k = 0; k < BASE_COUNT(liftie_states); k++) {
        json_object_set_new(stats, liftie_states[k], json_integer(counts[k]));
        // Rounded down to a tenth; without any lift a quarter each: as Liftie itself does.
        json_object_set_new(percentage, liftie_states[k], all ? json_real(base_floor(counts[k] * 1000.0 / (double)all) / 10) : json_real(25));
    }
    json_object_set_new(stats, "percentage", percentage);
    return json_pack("{s:o,s:o}", "status", status, "stats", stats);
}

static void liftie_run(serve_request *q) {
    const piste_resort *r = q->serve->resort;
    serve_text *now = serve_mountain_hold(q->serve->mountain);
    json_t *mountain = now ? json_loads(serve_text_data(now), 0, NULL) : NULL;
    double lon, lat;
    char id[80];
    size_t n = 0;
    serve_text_release(now);
    for (const char *c = r->name; *c && n + 1 < sizeof id; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z'))
            id[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        else if (n && id[n - 1] != '-')
            id[n++] = '-';
    id[n] = 0;
    json_t *answer = json_pack("{s:s,s:s,s:b,s:{s:O},s:o}", "id", id, "name", r->name, "open", json_is_true(json_object_get(mountain, "is_season")),
                               "timestamp", "lifts", json_object_get(mountain, "at_ms"), "lifts", liftie_lifts(json_object_get(mountain, "lifts")));
    if (answer && middle_of(r, &lon, &lat))
        json_object_set_new(answer, "ll", json_pack("[f,f]", lon, lat));
    json_decref(mountain);
    serve_answer(q, 200, answer);
}

// ---- sessions as a calendar ----------------------------------------------------------------------------------------------------

enum { CALENDAR_DAYS = 14, FOLD = 75 };

// One line of content, folded after 75 bytes, never within a character.
static void add_line(base_text *out, const char *name, const char *value) {
    char line[1200];
    size_t length = (size_t)snprintf(line, sizeof line, "%s:%s", name, value), at = 0;
    length = length < sizeof line ? length : sizeof line - 1;
    while (at < length) {
        size_t room = at ? FOLD - 1 : FOLD, take = length - at < room ? length - at : room;
        while (at + take < length && take > 1 && ((unsigned char)line[at + take] & 0xc0) == 0x80)
            take--;
        if (at)
            base_text_add(out, " ");
        base_text_add_bytes(out, line + at, take);
        base_text_add(out, "\r\n");
        at += take;
    }
}

// Text as a value: backslash, comma and semicolon are escaped; names hold no line breaks.
static void add_text(base_text *out, const char *name, const char *value) {
    char escaped[900];
    size_t n = 0;
    for (; *value && n + 3 < sizeof escaped; value++) {
        if (*value == '\\' || *value == ',' || *value == ';')
            escaped[n++] = '\\';
        escaped[n++] = *value;
    }
    escaped[n] = 0;
    add_line(out, name, escaped);
}

static void add_time(base_text *out, const char *name, int64_t unix_s) {
    char local[20], value[20];
    if (piste_local_text("UTC", unix_s, local) != PISTE_OK)
        return;
    snprintf(value, sizeof value, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", local, local + 5, local + 8, local + 11, local + 14, local + 17);
    add_line(out, name, value);
}

static void add_session(base_text *out, const piste_resort *r, const piste_venue *v, const char *language, const char *date, int32_t second, int64_t at_s, int64_t now_s) {
    char text[500];
    const char *name = piste_entry_name_in(&v->entry, language, v->name);
    double stay_s = v->stay.kind == PISTE_DIST_NONE ? 3600 : piste_dist_mean(&v->stay);
    add_line(out, "BEGIN", "VEVENT");
    snprintf(text, sizeof text, "%s-%s-%02d%02d@piste", v->entry.key, date, second / 3600, second / 60 % 60);
    add_text(out, "UID", text);
    add_time(out, "DTSTAMP", now_s);
    add_time(out, "DTSTART", at_s);
    add_time(out, "DTEND", at_s + (int64_t)stay_s);
    add_text(out, "SUMMARY", name);
    snprintf(text, sizeof text, "%s, %s", name, piste_entry_name_in(&r->entry, language, r->name));
    add_text(out, "LOCATION", text);
    add_line(out, "END", "VEVENT");
}

static piste_status add_sessions(base_text *out, const piste_resort *r, const char *language, int64_t now_s) {
    char local[20], date[11];
    piste_date today;
    piste_business_day days[CALENDAR_DAYS + 1];
    piste_status status = piste_local_text(r->zone, now_s, local);
    local[10] = 0;
    if (status == PISTE_OK)
        status = piste_date_parse(local, &today);
    if (status == PISTE_OK)
        status = piste_business_days(r->zone, 0, today, today + CALENDAR_DAYS - 1, NULL, days);
    for (int32_t d = 0; d < CALENDAR_DAYS && status == PISTE_OK; d++) {
        if (r->season_from != PISTE_DATE_NONE && (today + d < r->season_from || today + d > r->season_until))
            continue;
        piste_date_format(today + d, date);
        for (int32_t i = 0; i < r->venues.count; i++)
            for (int32_t k = 0; k < r->venues.list[i].sessions.count; k++) {
                int32_t second = r->venues.list[i].sessions.list[k];
                add_session(out, r, &r->venues.list[i], language, date, second, piste_minute_second(days[d].zero_min) + second, now_s);
            }
    }
    return status;
}

static void sessions_run(serve_request *q) {
    const piste_resort *r = q->serve->resort;
    base_text out = {0};
    char name[400], product[60], language[BASE_LANGUAGE_MAX];
    serve_language(q, language);
    snprintf(product, sizeof product, "-//piste//sessions//%s", language);
    snprintf(name, sizeof name, "%s: %s", piste_entry_name_in(&r->entry, language, r->name), report_word(language, "sessions"));
    add_line(&out, "BEGIN", "VCALENDAR");
    add_line(&out, "VERSION", "2.0");
    add_line(&out, "PRODID", product);
    add_text(&out, "X-WR-CALNAME", name);
    piste_status status = add_sessions(&out, r, language, desk_clock_ms(q->serve->desk) / 1000);
    add_line(&out, "END", "VCALENDAR");
    serve_answer_made(q, "text/calendar; charset=utf-8", status, NULL, &out);
}

// ---- the trail sign ----------------------------------------------------------------------------------------------------------------

static void sign_run(serve_request *q) {
    base_text svg = {0};
    char language[BASE_LANGUAGE_MAX];
    piste_status status = report_map_svg(q->serve->resort, serve_language(q, language), &svg);
    if (status != PISTE_OK || svg.failed)
        serve_answer_status(q, PISTE_MEMORY, NULL);
    else
        serve_text_answer(q, serve_text_create(svg.data, svg.length), "image/svg+xml");
    base_text_release(&svg);
}

static const desk_field made_query[] = {
    {"language", DESK_TEXT, false, 0, BASE_LANGUAGE_MAX - 1, NULL, "of names and words, such as ko; otherwise the browser's first"},
    {.type = DESK_END},
};
const serve_route serve_feed_routes[] = {
    {"GET", "/api/mountain/liftie.json", SERVE_ANYONE, NULL, NULL, liftie_run, 0, NULL, "the lifts in the form of Liftie's API", NULL},
    {"GET", "/api/mountain/sessions.ics", SERVE_ANYONE, made_query, NULL, sessions_run, SERVE_COSTLY, "text/calendar",
     "sessions of the next fourteen days (rink, ski school ...) as iCalendar", NULL},
    {"GET", "/api/mountain/map.svg", SERVE_ANYONE, made_query, NULL, sign_run, SERVE_COSTLY, "image/svg+xml", "the trail sign, to print", NULL},
    {0},
};
