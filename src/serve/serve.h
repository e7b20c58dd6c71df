// serve.h - the resort over HTTP: a JSON API, a live stream, and the browser pages, on one desk.
//
//     serve *s = NULL;
//     piste_status status = serve_open(&(serve_def){.folder = "resorts/masikryong", .data = "data", .port = 8080}, errors, &s);
//     if (status == PISTE_OK)
//         serve_wait(s);          // until serve_stop, from any thread or a signal handler
//     serve_close(s);             // answers what is under way, then closes the desk
//
// One table of routes (routes.c) says what is answered, to whom, and with which fields; the OpenAPI document and the
// pages' TypeScript types are written from it. A request is read whole within its limits, checked against its fields,
// and answered by its route's function; an answer that waits for the disk is given when its batch has committed, and
// no thread waits for it (request.h).
//
// Several servers may share one PostgreSQL. What they tell each other goes through it (live.c).
#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include "base/base.h"
#include "piste/resort.h"

typedef struct serve serve;

typedef struct serve_def {
    const char *folder;  // the resort's
    const char *data;    // the folder of what this server keeps; made where it is not there
    const char *url;     // the desk's database; NULL: desk.db in `data`
    const char *address; // to listen on; NULL: 127.0.0.1
    int32_t port;        // 0: any that is free
    int32_t threads;     // that answer; 0: one for each processor, at most 16
    int32_t connections; // at most; 0: what the limit of open files allows, at most 20,000
    const char *user;    // root becomes this user; NULL: stays who it is
    bool is_secure;      // a reverse proxy speaks TLS: cookies are marked Secure, its X-Forwarded-For is believed
    double rate;         // requests a second that one caller may go on making; 0: 50; negative: any number
    double demo_speed;   // > 0: a rehearsed day is played into the desk, so many times as fast as it would pass
    int log;             // a file descriptor for one JSON line a request; -1: none
} serve_def;

PISTE_CHECKED piste_status serve_open(const serve_def *def, piste_errors *errors, serve **out);
int32_t serve_port(const serve *s);
void serve_stop(serve *s); // any thread, and a signal handler
void serve_wait(serve *s); // until it is to stop
void serve_close(serve *s);

// The API as OpenAPI 3.1, and as the types of web/src/api.ts; of the table alone, no server is needed.
PISTE_CHECKED piste_status serve_openapi(base_text *out);
PISTE_CHECKED piste_status serve_typescript(base_text *out);

#endif
