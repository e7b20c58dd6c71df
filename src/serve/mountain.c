// mountain.c - what is open and how long the wait is, for everyone: one text, made when the board or the hour changes.
//
// A lift, run or venue is as those who run it say (desk/board.h); where nobody has said anything today it is as its
// hours say, and its source is then "schedule". Each line tells who says so and when, so that a reader knows its age.
#include <stdlib.h>

#include "desk/board.h"
#include "piste/gate.h"
#include "report/report.h"
#include "serve/inside.h"
#include "serve/text.h"

struct serve_mountain {
    serve *serve;
    pthread_mutex_t lock;  // of `now`
    pthread_mutex_t making; // one at a time makes a new one
    serve_text *now, *resort;
    int64_t version, made_us;
};

enum { MAKE_ANEW_US = 10 * 1000000 }; // hours pass

static const desk_field place_fields[] = {
    {"key", DESK_TEXT, true, 0, 64, NULL, "of the lift, run or venue"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {"kind", DESK_TEXT, true, 0, 40, NULL, "lift type, difficulty or kind of venue"},
    {"state", DESK_TEXT, true, 0, 15, NULL, "open, hold, closed, or scheduled: it opens later today"},
    {"note", DESK_TEXT, true, 0, 200, NULL, "why"},
    {"source", DESK_TEXT, true, 0, 64, NULL, "who says so; schedule: its hours"},
    {"said_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when, milliseconds since 1970 UTC; 0: by its hours"},
    {"hours", DESK_TEXT, true, 0, 200, NULL, "09:00-12:00 13:00-16:00; empty: all day"},
    {"wait_s", DESK_INT, false, 0, 86400, NULL, "of somebody who joins the line now"},
    {"expected_s", DESK_INT, false, 0, 86400, NULL, "of what was rehearsed for this time"},
    {"people", DESK_INT, false, 0, 1000000, NULL, "in the line, on the run, inside"},
    {"crowd_percent", DESK_INT, false, 0, 100000, NULL, "of the standard density or of the seats"},
    {"measured_ms", DESK_INT, true, 0, INT64_MAX, NULL, "when these were measured; 0: never"},
    {.type = DESK_END},
};
static const desk_field mountain_fields[] = {
    {"name", DESK_TEXT, true, 0, 200, NULL, "of the resort"},
    {"zone", DESK_TEXT, true, 0, 64, NULL, "its time zone"},
    {"at_ms", DESK_INT, true, 0, INT64_MAX, NULL, "the server's time"},
    {"local", DESK_TEXT, true, 0, 19, NULL, "the same there"},
    {"is_season", DESK_BOOL, true, 0, 0, NULL, "whether the season is on"},
    {"version", DESK_INT, true, 0, INT64_MAX, NULL, "of the board"},
    {"lifts", DESK_LIST, true, 0, 10000, place_fields, ""},
    {"runs", DESK_LIST, true, 0, 10000, place_fields, ""},
    {"venues", DESK_LIST, true, 0, 10000, place_fields, ""},
    {.type = DESK_END},
};

// ---- making ----------------------------------------------------------------------------------------------------------

typedef struct making {
    const serve *serve;
    desk_board_line *lines;
    size_t count;
    int64_t version, now_ms;
    int32_t second; // of the business day
    char local[20];
    bool is_season;
} making;

static int by_key(const void *a, const void *b) {
    return strcmp(a, ((const desk_board_line *)b)->key);
}

static void hours_text(const piste_hours *h, char out[200]) {
    size_t n = 0;
    out[0] = 0;
    for (int32_t i = 0; i < h->count && n < 180; i++) {
        int32_t from = h->spans[i].from_s, until = h->spans[i].to_s;
        n += (size_t)snprintf(out + n, 200 - n, "%s%02d:%02d-%02d:%02d", i ? " " : "", from / 3600, from / 60 % 60, until / 3600,
                              until / 60 % 60);
    }
}

// Its state by its hours.
static const char *state_by_hours(const making *m, const piste_hours *hours, bool closed) {
    if (!m->is_season || closed)
        return "closed";
    if (piste_hours_hold(hours, m->second))
        return "open";
    for (int32_t i = 0; i < hours->count; i++)
        if (hours->spans[i].from_s > m->second)
            return "scheduled";
    return "closed";
}

static json_t *place_of(const making *m, const char *key, const char *name, const char *kind, const piste_hours *hours, bool closed) {
    const desk_board_line *l = m->count ? bsearch(key, m->lines, m->count, sizeof *l, by_key) : NULL;
    bool is_said = l && strcmp(l->state, "scheduled") != 0;
    char when[200];
    hours_text(hours, when);
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:I}", "key", key, "name", name, "kind", kind, "state",
                          is_said ? l->state : state_by_hours(m, hours, closed), "note",
                          is_said          ? l->note
                          : closed         ? "out of use"
                          : !m->is_season  ? "out of season"
                                           : "",
                          "source", is_said ? l->source : "schedule", "said_ms", (json_int_t)(is_said ? l->said_ms : 0), "hours", when,
                          "measured_ms", (json_int_t)(l ? l->measured_ms : 0));
    const struct {
        const char *name;
        int64_t value;
    } measured[] = {{"wait_s", l ? l->measured.wait_s : -1},
                    {"expected_s", l ? l->measured.expected_s : -1},
                    {"people", l ? l->measured.people : -1},
                    {"crowd_percent", l ? l->measured.crowd_percent : -1}};
    for (size_t i = 0; o && i < BASE_COUNT(measured); i++)
        if (measured[i].value >= 0)
            json_object_set_new(o, measured[i].name, json_integer(measured[i].value));
    return o;
}

static json_t *mountain_json(const making *m) {
    const piste_resort *r = m->serve->resort;
    json_t *lifts = json_array(), *runs = json_array(), *venues = json_array();
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *l = &r->lifts.list[i];
        json_array_append_new(lifts, place_of(m, l->entry.key, l->name, piste_lift_type_word((piste_lift_type)l->type), &l->hours, l->closed));
    }
    for (int32_t i = 0; i < r->runs.count; i++) {
        const piste_run *u = &r->runs.list[i];
        json_array_append_new(runs, place_of(m, u->entry.key, u->name, piste_difficulty_word((piste_difficulty)u->difficulty), &u->hours, u->closed));
    }
    for (int32_t i = 0; i < r->venues.count; i++) {
        const piste_venue *v = &r->venues.list[i];
        json_array_append_new(venues, place_of(m, v->entry.key, v->name, piste_venue_kind_word((piste_venue_kind)v->kind), &v->hours, false));
    }
    return json_pack("{s:s,s:s,s:I,s:s,s:b,s:I,s:o,s:o,s:o}", "name", r->name, "zone", r->zone, "at_ms", (json_int_t)m->now_ms, "local",
                     m->local, "is_season", m->is_season, "version", (json_int_t)m->version, "lifts", lifts, "runs", runs, "venues",
                     venues);
}

// Where and when it is there.
static piste_status read_time(making *m) {
    const piste_resort *r = m->serve->resort;
    int hour = 0, minute = 0, second = 0;
    char date[11];
    piste_date day = PISTE_DATE_NONE;
    m->now_ms = desk_clock_ms(m->serve->desk);
    piste_status status = piste_local_text(r->zone, m->now_ms / 1000, m->local);
    if (status != PISTE_OK || sscanf(m->local, "%10s %d:%d:%d", date, &hour, &minute, &second) != 4)
        return status == PISTE_OK ? PISTE_INVALID : status;
    status = piste_date_parse(date, &day);
    m->second = hour * 3600 + minute * 60 + second;
    m->is_season = r->season_from == PISTE_DATE_NONE || (day >= r->season_from && day <= r->season_until);
    return status;
}

static void make(serve_mountain *m) {
    making k = {.serve = m->serve};
    pthread_mutex_lock(&m->making);
    piste_status status = read_time(&k);
    if (status == PISTE_OK)
        status = desk_board_read(m->serve->desk, &k.lines, &k.count, &k.version);
    json_t *whole = status == PISTE_OK ? mountain_json(&k) : NULL;
    char *data = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    serve_text *next = data ? serve_text_create(data, strlen(data)) : NULL;
    free(data);
    json_decref(whole);
    free(k.lines);
    if (next) {
        pthread_mutex_lock(&m->lock);
        serve_text *before = m->now;
        m->now = next;
        m->version = k.version;
        m->made_us = serve_now_us();
        pthread_mutex_unlock(&m->lock);
        serve_text_release(before);
    }
    pthread_mutex_unlock(&m->making);
}

void serve_mountain_changed(serve_mountain *m, int64_t version) {
    char data[64];
    make(m);
    snprintf(data, sizeof data, "{\"version\":%lld}", (long long)version);
    serve_live_tell(m->serve, SERVE_ANYONE, "mountain", data);
}

// ---- answering -------------------------------------------------------------------------------------------------------------

serve_text *serve_mountain_hold(serve_mountain *m) {
    pthread_mutex_lock(&m->lock);
    bool is_old = serve_now_us() - m->made_us > MAKE_ANEW_US;
    pthread_mutex_unlock(&m->lock);
    if (is_old)
        make(m);
    pthread_mutex_lock(&m->lock);
    serve_text *t = serve_text_hold(m->now);
    pthread_mutex_unlock(&m->lock);
    return t;
}

static void mountain_run(serve_request *q) {
    serve_text_answer(q, serve_mountain_hold(q->serve->mountain), "application/json");
}

static void resort_run(serve_request *q) { // it never changes
    serve_text_answer(q, serve_text_hold(q->serve->mountain->resort), "application/json");
}

serve_mountain *serve_mountain_create(serve *s, piste_errors *errors) {
    serve_mountain *m = calloc(1, sizeof *m);
    base_text resort = {0};
    if (!m)
        return NULL;
    m->serve = s;
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->making, NULL);
    piste_status status = report_resort_json(s->resort, &resort);
    m->resort = status == PISTE_OK && !resort.failed ? serve_text_create(resort.data, resort.length) : NULL;
    base_text_release(&resort);
    make(m);
    if (m->resort && m->now)
        return m;
    (void)!piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "what is open cannot be read");
    serve_mountain_destroy(m);
    return NULL;
}

void serve_mountain_destroy(serve_mountain *m) {
    if (!m)
        return;
    serve_text_release(m->now);
    serve_text_release(m->resort);
    pthread_mutex_destroy(&m->lock);
    pthread_mutex_destroy(&m->making);
    free(m);
}

// ---- routes ------------------------------------------------------------------------------------------------------------------

const serve_route serve_mountain_routes[] = {
    {"GET", "/api/mountain", SERVE_ANYONE, NULL, mountain_fields, mountain_run, 0, NULL,
     "what is open, how long the wait is, since when and who says so", NULL},
    {"GET", "/api/live", SERVE_ANYONE, NULL, NULL, serve_live_run, 0, "text/event-stream",
     "what happens, as Server-Sent Events; Last-Event-ID takes it up again", NULL},
    {"GET", "/api/resort", SERVE_ANYONE, NULL, NULL, resort_run, 0, NULL,
     "the resort: lifts, runs, venues, slopes, and their lines in metres (docs/day.schema.json has its parts)", NULL},
    {0},
};
