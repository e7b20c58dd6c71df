// inside.h - the server's own state, for the files of this room.
#ifndef SERVE_INSIDE_H
#define SERVE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "serve/request.h"

typedef struct serve_limits serve_limits;   // limits.c
typedef struct serve_slow serve_slow;       // slow.c
typedef struct serve_live serve_live;       // live.c
typedef struct serve_workers serve_workers; // worker.c
typedef struct serve_mountain serve_mountain; // mountain.c
typedef struct serve_names serve_names;     // names.c
typedef struct serve_gates serve_gates;     // gates.h
typedef struct serve_errands serve_errands; // errands.c
typedef struct serve_jobs serve_jobs;       // jobs.c
typedef struct serve_play serve_play;       // play.c
typedef struct serve_text serve_text;       // text.c

typedef struct serve_counts { // for /metrics
    _Atomic int64_t requests, refused, failed, bytes, live;
    _Atomic int64_t seconds[12]; // answers within 1, 2, 5, 10 ms ... (metrics.c)
    _Atomic int64_t microseconds;
} serve_counts;

struct serve {
    serve_def def;
    piste_resort *resort;
    desk *desk;
    struct MHD_Daemon *daemon;
    int wake;                   // an eventfd: written by serve_stop
    _Atomic bool is_stopping;
    _Atomic int under_way;      // requests that are not answered yet
    serve_limits *limits;
    serve_slow *slow;
    serve_live *live;
    serve_workers *workers;
    serve_mountain *mountain;
    serve_names *names;
    serve_gates *gates;
    serve_errands *errands;
    serve_jobs *jobs;
    serve_play *play;
    serve_counts counts;
    int64_t began_ms;
    serve_text *openapi;        // its document
    char path[4096];            // of data/desk.db
    char vault[4096], published[4096]; // folders in data
};

int64_t serve_now_us(void); // a clock that is never set back

// http.c
PISTE_CHECKED piste_status serve_http_open(serve *s, piste_errors *errors);
void serve_http_close(serve *s);

// slow.c
serve_slow *serve_slow_create(void);
void serve_slow_destroy(serve_slow *w);
void serve_slow_connection(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode what);
void serve_slow_note(serve *s, struct MHD_Connection *connection, bool has_begun); // a request's head is read, or it is answered
void serve_slow_hang_up(serve_slow *w);                                             // once a second

// confine.c
PISTE_CHECKED piste_status serve_become(const char *user, const char *data, piste_errors *errors);
void serve_confine(serve *s);

// worker.c
serve_workers *serve_workers_create(serve *s, int32_t threads);
void serve_workers_destroy(serve_workers *w); // what waits is answered before

// limits.c: how many requests a caller may make. A bucket for each address, and one for each account.
serve_limits *serve_limits_create(void);
void serve_limits_destroy(serve_limits *l);
// Takes `cost` from the bucket of `who`; false: it is empty, and *wait_s tells how long.
bool serve_limits_take(serve_limits *l, const char *who, double cost, double per_s, double most, int *wait_s);

// session.c
// Reads the cookie, finds the session; q->session.account stays "" where there is none.
PISTE_CHECKED piste_status serve_session_read(serve_request *q);
// Whether a request that changes something comes from the page of its session.
bool serve_session_is_own(const serve_request *q);
// "", "password" or "two-step".
const char *serve_must_word(desk_must must);
// What a browser is, in few words that its owner knows it by: "Firefox, Linux"; "" where it is none that is known.
const char *serve_session_browser(const serve_request *q);
// What came of a password: the session that has begun, with its cookie, or why there is none.
void serve_session_answer(serve_request *q, piste_status status, const char *reason, const char *token);
void serve_session_refuse(serve_request *q, piste_status status, const char *reason);
extern const desk_field serve_session_fields[];

// errands.c: what the server does for its desk by itself
serve_errands *serve_errands_create(serve *s);
void serve_errands_destroy(serve_errands *e); // what is under way is finished

// log.c
void serve_log_request(const serve_request *q);
void serve_log(const serve *s, const char *level, const char *format, ...) PISTE_PRINTF(3, 4);

// metrics.c
void serve_metrics_note(serve_request *q);
void serve_metrics_run(serve_request *q);
void serve_health_run(serve_request *q);

// assets.c: the pages, as the program carries them
void serve_asset_run(serve_request *q);

// acts.c
void serve_desk_run(serve_request *q);

// live.c: what happens, to everyone who listens (Server-Sent Events), in the order of its numbers
serve_live *serve_live_create(serve *s);
bool serve_live_start(serve_live *l);   // once the server has it; false: no thread
void serve_live_stop(serve_live *l);    // ends every stream
void serve_live_destroy(serve_live *l);
// Tells an event; data is one line of JSON. `who`: roles that hear it, SERVE_ANYONE for all.
void serve_live_tell(serve *s, unsigned who, const char *event, const char *data);
void serve_live_run(serve_request *q);

// mountain.c
serve_mountain *serve_mountain_create(serve *s, piste_errors *errors);
void serve_mountain_destroy(serve_mountain *m);
void serve_mountain_changed(serve_mountain *m, int64_t version); // the board is another one: reads it and tells it

serve_text *serve_mountain_hold(serve_mountain *m); // as it is now; the caller releases it

// names.c
serve_names *serve_names_create(void); // NULL: no memory
void serve_names_destroy(serve_names *n);
// The language of a text that is made for q: ?language=, else the browser's, else the resort's own.
const char *serve_language(const serve_request *q, char out[BASE_LANGUAGE_MAX]);
// Names of what is sold, in a language; `kinds` is the caller's to release.
typedef struct serve_sold {
    json_t *kinds; // NULL: the resort's own language
} serve_sold;
void serve_names_sold(serve *s, const char *language, serve_sold *out);
const char *serve_names_find(const serve_sold *sold, const char *kind, const char *key, const char *name);
// What a pass opens, in a language: the names of its zones with commas between.
typedef struct piste_table piste_table;
void serve_names_opens(const serve *s, const piste_table *t, uint64_t opens, const char *language, base_text *out);

// openapi.c
serve_text *serve_openapi_text(void); // NULL: no memory

// jobs.c: work that takes long, and what it left before
serve_jobs *serve_jobs_create(serve *s);
void serve_jobs_destroy(serve_jobs *j); // what runs is interrupted and says so

// play.c: the demonstration (play.h)
PISTE_CHECKED piste_status serve_play_create(serve *s, piste_errors *errors); // after the resort, which it may load anew
void serve_play_clock(serve *s, desk_def *def);
PISTE_CHECKED piste_status serve_play_begin(serve *s, piste_errors *errors); // once the desk is open
void serve_play_stop(serve_play *p);
void serve_play_destroy(serve_play *p);
json_t *serve_play_accounts(const serve_play *p); // NULL: no demonstration

#endif
