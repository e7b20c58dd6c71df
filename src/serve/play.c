// play.c - the demonstration's thread: its clock, one rehearsed day after the other, and what is told of them (play.h).
#include <math.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "serve/play.h"

enum {
    BEGINS_AFTER_S = 2700, // the clock begins so long after the first lift has opened: lines are forming
    EXPECTED_DAYS = 4,     // rehearsals of other seeds, for the waits that are expected
    TICK_MS = 100, MEASURE_US = 2000000, TOLD_US = 500000, PACE_US = 5000000,
};

// ---- the clock ----------------------------------------------------------------------------------------------------------------

static int64_t ideal_ms(const play_clock *c) {
    return c->base_ms + (int64_t)((double)(serve_now_us() - c->base_us) * c->speed / 1000);
}

int64_t play_clock_ms(void *clock) {
    play_clock *c = clock;
    pthread_mutex_lock(&c->lock);
    int64_t now = ideal_ms(c);
    now = now < c->most_ms ? now : c->most_ms;
    pthread_mutex_unlock(&c->lock);
    return now;
}

// It has stood at its end for a second: the desk has not taken what comes next.
static bool clock_waits(play_clock *c) {
    pthread_mutex_lock(&c->lock);
    bool waits = c->speed > 0 && ideal_ms(c) > c->most_ms + (int64_t)(c->speed * 1000);
    pthread_mutex_unlock(&c->lock);
    return waits;
}

// From now on it shows `ms` and goes on from there, at this speed and to `most_ms` at the most.
static void set_clock(play_clock *c, int64_t ms, double speed, int64_t most_ms) {
    pthread_mutex_lock(&c->lock);
    c->base_ms = ms;
    c->base_us = serve_now_us();
    c->speed = speed;
    c->most_ms = most_ms;
    pthread_mutex_unlock(&c->lock);
}

// It may go on to `most_ms`. The time that it stood at its end meanwhile is not made up for.
static void let_go_on(play_clock *c, double speed, int64_t most_ms) {
    pthread_mutex_lock(&c->lock);
    int64_t now = ideal_ms(c);
    c->base_ms = now < c->most_ms ? now : c->most_ms;
    c->base_us = serve_now_us();
    c->speed = speed;
    c->most_ms = most_ms > c->base_ms ? most_ms : c->base_ms;
    pthread_mutex_unlock(&c->lock);
}

void play_note(serve_play *p, const char *format, ...) {
    char text[sizeof p->note];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pthread_mutex_lock(&p->lock);
    bool is_new = strcmp(text, p->note) != 0;
    memcpy(p->note, text, sizeof text);
    pthread_mutex_unlock(&p->lock);
    if (is_new && *text)
        serve_log(p->serve, "warning", "demonstration: %s", text);
}

// ---- one day -------------------------------------------------------------------------------------------------------------------

static void release_day(play_day *d) {
    piste_day_destroy(d->day);
    free(d->parties);
    free(d->order);
    free(d->passes);
    free(d->lifts);
    free(d->venues);
    free(d->expected_s);
    *d = (play_day){.day = NULL};
}

static bool answer_wish(void *context, const piste_request *request) {
    serve_play *p = context;
    play_day *d = &p->today;
    if (request->party < 0 || request->party >= d->party_count)
        return true;
    switch (request->wish) {
    case PISTE_WISH_DAY: // it has ordered before it came
        return d->parties[request->party].state == PLAY_SOLD;
    case PISTE_WISH_SESSION:
        return play_sales_session(p, d, request);
    default:
        return true;
    }
}

// Mean waits over days of other seeds: what is known of today is not asked.
static piste_status expect(serve_play *p, play_day *d, piste_errors *errors) {
    const piste_resort *r = p->serve->resort;
    piste_day_def def = piste_day_def_default();
    double *weight = NULL;
    piste_status status = PISTE_OK;
    for (int k = 0; k < EXPECTED_DAYS && status == PISTE_OK; k++) {
        piste_day *day = NULL;
        def.seed = base_mix(d->seed + 1000 + (uint64_t)k);
        def.guests = p->guests;
        status = piste_day_create(r, &def, errors, &day);
        if (status != PISTE_OK)
            break;
        piste_day_run(day, PISTE_DAY_END);
        const piste_day_result *result = piste_day_get_result(day);
        if (!d->expected_s) {
            d->bin_s = result->bin_s;
            d->from_s = result->from_s;
            d->bins = (r->day.to_s - r->day.from_s) / result->bin_s + 1;
            d->expected_s = calloc((size_t)d->bins * (size_t)r->lifts.count + 1, sizeof(double));
            weight = calloc((size_t)d->bins * (size_t)r->lifts.count + 1, sizeof(double));
            status = d->expected_s && weight ? PISTE_OK : PISTE_MEMORY;
        }
        for (int32_t l = 0; l < r->lifts.count && status == PISTE_OK; l++)
            for (int32_t b = 0; b < result->bin_count && b < d->bins; b++)
                if (result->lifts.list[l].boarded[b] > 0) {
                    weight[l * d->bins + b] += result->lifts.list[l].boarded[b];
                    d->expected_s[l * d->bins + b] += result->lifts.list[l].boarded[b] * result->lifts.list[l].wait_mean_s[b];
                }
        piste_day_destroy(day);
    }
    for (int32_t i = 0; d->expected_s && weight && i < d->bins * r->lifts.count; i++)
        d->expected_s[i] = weight[i] > 0 ? d->expected_s[i] / weight[i] : NAN;
    free(weight);
    return status;
}

static piste_status begin_day(serve_play *p, piste_date date, piste_errors *errors) {
    const piste_resort *r = p->serve->resort;
    play_day *d = &p->today;
    piste_business_day days[2];
    release_day(d);
    piste_status status = piste_business_days(r->zone, 0, date, date, errors, days);
    if (status != PISTE_OK)
        return status;
    d->date = date;
    piste_date_format(date, d->text);
    d->zero_ms = piste_minute_second(days[0].zero_min) * 1000;
    d->seed = base_mix(p->seed + (uint64_t)date);
    d->done_s = r->day.from_s;
    d->lifts = calloc((size_t)r->lifts.count + 1, sizeof *d->lifts);
    d->venues = calloc((size_t)r->venues.count + 1, sizeof *d->venues);
    status = d->lifts && d->venues ? play_sales_plan(p, d, errors) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = expect(p, d, errors);
    piste_day_def def = piste_day_def_default();
    def.seed = d->seed;
    def.guests = p->guests;
    def.event = play_board_hear;
    def.context = def.ask_context = p;
    def.ask = answer_wish;
    return status == PISTE_OK ? piste_day_create(r, &def, errors, &d->day) : status;
}

static int32_t first_opening(const piste_resort *r) {
    int32_t first = INT32_MAX;
    for (int32_t i = 0; i < r->lifts.count; i++)
        if (r->lifts.list[i].hours.count && r->lifts.list[i].hours.spans[0].from_s < first)
            first = r->lifts.list[i].hours.spans[0].from_s;
    return first == INT32_MAX ? r->day.from_s : first;
}

// Orders of the next seconds, then the seconds themselves.
static void play_until(serve_play *p, int32_t second) {
    play_day *d = &p->today;
    play_sales_order(p, d, second);
    d->is_over = piste_day_run(d->day, second);
    d->done_s = second;
    play_board_sync(p);
    play_board_tell(p, d);
}

// ---- what is told ------------------------------------------------------------------------------------------------------------------

static void tell(serve_play *p, bool is_slowed) {
    const play_day *d = &p->today;
    json_t *reasons = json_array();
    char local[20] = "";
    (void)!piste_local_text(p->serve->resort->zone, d->zero_ms / 1000 + d->done_s, local);
    for (int32_t i = 0; i < d->reason_count; i++)
        json_array_append_new(reasons, json_pack("{s:s,s:I}", "reason", d->reasons[i].reason, "people", (json_int_t)d->reasons[i].people));
    json_t *told = json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:b}", "date", d->text, "local", local, "is_over", d->is_over,
                             "sold", (json_int_t)d->sold, "sessions", (json_int_t)d->sessions, "refused", (json_int_t)d->refused, "present",
                             (json_int_t)d->present, "admitted", (json_int_t)d->admitted, "scans", (json_int_t)d->scans, "scans_refused",
                             (json_int_t)d->scans_refused, "without_pass", (json_int_t)d->without_pass, "reasons", reasons, "gates", play_board_gates(p, d), "is_slowed", is_slowed);
    pthread_mutex_lock(&p->lock);
    json_t *before = p->told;
    p->told = told;
    pthread_mutex_unlock(&p->lock);
    json_decref(before);
}

// ---- the thread ----------------------------------------------------------------------------------------------------------------------

static double wait_a_tick(serve_play *p, bool *stop) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_MS * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&p->lock);
    if (!p->is_stopping)
        pthread_cond_timedwait(&p->changed, &p->lock, &until);
    *stop = p->is_stopping;
    double speed = p->speed;
    pthread_mutex_unlock(&p->lock);
    return speed;
}

typedef struct pacing { // of one day's play
    int64_t measured_us, told_us, paced_us;
    int32_t paced_s;
    bool is_slowed;
} pacing;

// Every few seconds: how fast it really goes.
static void note_pace(serve_play *p, pacing *w, double speed) {
    int64_t now = serve_now_us();
    if (now - w->paced_us < PACE_US)
        return;
    double pace = (double)(p->today.done_s - w->paced_s) * 1e6 / (double)(now - w->paced_us);
    bool is_slowed = w->paced_us && speed > 0 && pace < 0.7 * speed && !p->today.is_over;
    w->is_slowed = is_slowed;
    w->paced_us = now;
    w->paced_s = p->today.done_s;
    pthread_mutex_lock(&p->lock);
    p->pace = pace;
    pthread_mutex_unlock(&p->lock);
}

static void look_around(serve_play *p, pacing *w, double speed) {
    int64_t now = serve_now_us();
    note_pace(p, w, speed);
    if (now - w->measured_us >= MEASURE_US && speed > 0) {
        play_board_measure(p, &p->today);
        w->measured_us = now;
    }
    if (now - w->told_us >= TOLD_US) {
        tell(p, w->is_slowed);
        w->told_us = now;
    }
}

// Plays the day to its end; false: it is to stop.
static bool play_day_through(serve_play *p) {
    const play_day *d = &p->today;
    pacing w = {.paced_us = serve_now_us(), .paced_s = d->done_s};
    bool stop = false;
    while (!d->is_over) {
        double speed = wait_a_tick(p, &stop);
        if (stop)
            return false;
        int32_t second = (int32_t)((play_clock_ms(&p->clock) - d->zero_ms) / 1000);
        if (second > d->done_s)
            play_until(p, second);
        // Ahead of what has been played by half a second's worth, and not by more: it waits for a desk that is slower.
        let_go_on(&p->clock, speed, d->zero_ms + d->done_s * 1000ll + 2000 + (int64_t)(speed * 500));
        look_around(p, &w, speed);
    }
    look_around(p, &(pacing){0}, 1);
    return true;
}

// As fast as it goes up to the hour at which it is worth looking.
static void hurry(serve_play *p, int32_t until_s) {
    play_day *d = &p->today;
    while (d->done_s < until_s && !d->is_over) {
        int32_t next = d->done_s + 60 < until_s ? d->done_s + 60 : until_s;
        set_clock(&p->clock, d->zero_ms + next * 1000ll, 0, d->zero_ms + next * 1000ll);
        play_until(p, next);
    }
}

// Closes the day, and has the next one begin; false: it is to stop, or the season is over.
static bool next_day(serve_play *p, piste_errors *errors) {
    bool stop = false;
    while (!play_sales_close(p, &p->today)) { // somebody's drawer is open: it is counted by whoever opened it
        for (int i = 0; i < 20 && !stop; i++)
            wait_a_tick(p, &stop);
        if (stop)
            return false;
    }
    play_note(p, "%s", "");
    if (p->today.date >= p->serve->resort->season_until) {
        play_note(p, "the season is over");
        return false;
    }
    if (begin_day(p, p->today.date + 1, errors) != PISTE_OK || play_sales_open(p, &p->today, errors) != PISTE_OK) {
        play_note(p, "the next day cannot begin: %s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : "no memory");
        return false;
    }
    return true;
}

static void *run_play(void *context) {
    serve_play *p = context;
    piste_errors *errors = piste_errors_create();
    int32_t from_s = first_opening(p->serve->resort) + BEGINS_AFTER_S;
    do {
        hurry(p, from_s);
        int64_t now_ms = p->today.zero_ms + p->today.done_s * 1000ll;
        set_clock(&p->clock, now_ms, 0, now_ms + 2000);
    } while (play_day_through(p) && next_day(p, errors));
    piste_errors_destroy(errors);
    return NULL;
}

// ---- a play's life -----------------------------------------------------------------------------------------------------------------------

// Visits of a day worth watching: three fifths of the cap, or the resort's own day where that is more.
static int64_t busy_day(const piste_resort *r) {
    int64_t own = 0, busy = (int64_t)r->cap * 3 / 5;
    for (int32_t i = 0; i < r->segments.count; i++)
        own += r->segments.list[i].guests;
    return busy > own ? busy : own;
}

piste_status serve_play_create(serve *s, piste_errors *errors) {
    serve_play *p = calloc(1, sizeof *p);
    if (!p)
        return PISTE_MEMORY;
    s->play = p;
    p->serve = s;
    p->speed = s->def.demo_speed;
    p->seed = 1;
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->clock.lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    const piste_resort *r = s->resort;
    if (r->season_from == PISTE_DATE_NONE || r->season_until == PISTE_DATE_NONE)
        return piste_errors_add(errors, PISTE_INVALID, s->def.folder, 0, 0, "season-from and season-until: a demonstration needs a season");
    bool in_season = r->as_of >= r->season_from && r->as_of <= r->season_until;
    p->first_date = in_season ? r->as_of : r->season_from + (r->season_until - r->season_from) / 2;
    p->guests = busy_day(r);
    piste_status status = begin_day(p, p->first_date, errors);
    if (status == PISTE_OK) {
        int64_t now_ms = p->today.zero_ms + p->today.done_s * 1000ll;
        set_clock(&p->clock, now_ms, 0, now_ms);
    }
    return status;
}

void serve_play_clock(serve *s, desk_def *def) {
    def->now_ms = play_clock_ms;
    def->clock = &s->play->clock;
    def->is_played = true;
}

piste_status serve_play_begin(serve *s, piste_errors *errors) {
    serve_play *p = s->play;
    piste_status status = play_sales_begin(p, errors);
    if (status == PISTE_OK)
        status = play_board_begin(p, errors);
    if (status == PISTE_OK)
        status = play_sales_open(p, &p->today, errors);
    if (status != PISTE_OK)
        return status;
    tell(p, false);
    p->is_running = pthread_create(&p->thread, NULL, run_play, p) == 0;
    return p->is_running ? PISTE_OK : PISTE_MEMORY;
}

void serve_play_stop(serve_play *p) {
    if (!p || !p->is_running)
        return;
    pthread_mutex_lock(&p->lock);
    p->is_stopping = true;
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    p->is_running = false;
}

void serve_play_destroy(serve_play *p) {
    if (!p)
        return;
    serve_play_stop(p);
    play_board_end(p);
    release_day(&p->today);
    json_decref(p->told);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->clock.lock);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

// The accounts that were made, so that the page of signing in can offer a button for each. NULL: no demonstration.
json_t *serve_play_accounts(const serve_play *p) {
    json_t *list = p ? json_array() : NULL;
    for (int32_t i = 0; list && i < PLAY_ACCOUNTS; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "account", p->accounts[i].name, "roles", p->accounts[i].roles, "password",
                                              p->accounts[i].password));
    return list;
}

// ---- routes -------------------------------------------------------------------------------------------------------------------------------

static void answer_demo(serve_request *q) {
    serve_play *p = q->serve->play;
    if (!p) {
        serve_refuse(q, 404, "no_demo", "this server plays no demonstration (piste serve --demo)");
        return;
    }
    pthread_mutex_lock(&p->lock);
    json_t *told = json_deep_copy(p->told);
    json_object_set_new(told, "speed", json_integer((json_int_t)p->speed));
    json_object_set_new(told, "pace", json_integer((json_int_t)(p->pace + 0.5)));
    json_object_set_new(told, "note", json_string(p->note));
    pthread_mutex_unlock(&p->lock);
    if (clock_waits(&p->clock))
        json_object_set_new(told, "is_slowed", json_true());
    serve_answer(q, 200, told);
}

static void set_speed_run(serve_request *q) {
    serve_play *p = q->serve->play;
    if (p) {
        pthread_mutex_lock(&p->lock);
        p->speed = (double)desk_number(q->fields, "speed", 1);
        pthread_cond_signal(&p->changed);
        pthread_mutex_unlock(&p->lock);
    }
    answer_demo(q);
}

static const desk_field speed_fields[] = {
    {"speed", DESK_INT, true, 0, 3600, NULL, "how many times as fast as it would pass; 0: pause"},
    {.type = DESK_END},
};
static const desk_field reason_fields[] = {
    {"reason", DESK_TEXT, true, 0, 40, NULL, "such as sold_out, not_eligible"},
    {"people", DESK_INT, true, 0, INT64_MAX, NULL, ""},
    {.type = DESK_END},
};
static const desk_field gate_fields[] = {
    {"key", DESK_TEXT, true, 0, 64, NULL, "of the lift"},
    {"name", DESK_TEXT, true, 0, 200, NULL, ""},
    {"admitted", DESK_INT, true, 0, INT64_MAX, NULL, "people let in at its gates today"},
    {.type = DESK_END},
};
static const desk_field demo_fields[] = {
    {"date", DESK_DATE, true, 0, 0, NULL, "the day that is played"},
    {"local", DESK_TEXT, true, 0, 19, NULL, "up to when"},
    {"is_over", DESK_BOOL, true, 0, 0, NULL, "everybody has gone"},
    {"sold", DESK_INT, true, 0, INT64_MAX, NULL, "visits of today that the desk has sold to those who are rehearsed"},
    {"sessions", DESK_INT, true, 0, INT64_MAX, NULL, "places in sessions likewise"},
    {"refused", DESK_INT, true, 0, INT64_MAX, NULL, "people to whom it sold none"},
    {"reasons", DESK_LIST, true, 0, 8, reason_fields, "why"},
    {"present", DESK_INT, true, 0, INT64_MAX, NULL, "people who are here"},
    {"admitted", DESK_INT, true, 0, INT64_MAX, NULL, "people whom a gate has let in"},
    {"scans", DESK_INT, true, 0, INT64_MAX, NULL, "at gates"},
    {"scans_refused", DESK_INT, true, 0, INT64_MAX, NULL, "of these"},
    {"without_pass", DESK_INT, true, 0, INT64_MAX, NULL, "people who came to a gate with none: nobody, unless something is wrong"},
    {"gates", DESK_LIST, true, 0, 10000, gate_fields, ""},
    {"is_slowed", DESK_BOOL, true, 0, 0, NULL, "the desk cannot keep up: the clock goes slower than was wished"},
    {"speed", DESK_INT, true, 0, 3600, NULL, "as was wished; 0: it stands"},
    {"pace", DESK_INT, true, 0, INT64_MAX, NULL, "how many times as fast it has gone in the last seconds"},
    {"note", DESK_TEXT, true, 0, 200, NULL, "why it does not go on; empty: it does"},
    {.type = DESK_END},
};

const serve_route serve_play_routes[] = {
    {"GET", "/api/demo", SERVE_ANYONE, NULL, demo_fields, answer_demo, 0, NULL, "the demonstration: the minute that is played, what came of the day so far", NULL},
    {"POST", "/api/demo", SERVE_SIGNED_IN, speed_fields, demo_fields, set_speed_run, 0, NULL, "sets the demonstration's speed", NULL},
    {0},
};
