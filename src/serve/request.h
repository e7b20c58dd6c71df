// request.h - a route, and a request on its way through it.
//
// How to add a route: a line in the table at the end of its room's file (mountain.c, ...), and a function `static void
// run(serve_request *q)` there. The function finds q->fields checked against the route's, its caller allowed, and
// the parts of the path in q->parts; it answers once, by one of serve_answer*, at once or later and from any thread.
// What takes long or waits for others carries SERVE_WAITS and runs on a worker. Acts of the desk go by serve_act,
// which answers when they are on the disk.
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <microhttpd.h>

#include "desk/account.h"
#include "serve/serve.h"

enum { // who may; besides them the bits of desk_role
    SERVE_ANYONE = 1 << 8,
    SERVE_SIGNED_IN = DESK_ROLES_ALL,
    SERVE_ACCOUNT = 1 << 9 | DESK_ROLES_ALL // whoever is signed in, also where something must be done first (account.h)
};
enum { // how
    SERVE_WAITS = 1,   // runs on a worker
    SERVE_BYTES = 2,   // the body is not JSON: q->body
    SERVE_COSTLY = 4,  // counts tenfold against its caller's rate
    SERVE_PHOTO = 8,   // the bytes are a photograph, which has limits of its own
};
enum {
    SERVE_PARTS_MAX = 3,
    SERVE_BODY_MAX = 256 * 1024,
    SERVE_BYTES_MAX = 16 * 1024 * 1024,
    SERVE_URL_MAX = 2048,
};

typedef struct serve_request serve_request;

typedef struct serve_route {
    const char *method, *path; // "/api/orders/{order}/passes"
    unsigned who;
    const desk_field *fields; // of the body; with GET and DELETE of the query; NULL: none
    const desk_field *answer; // NULL: told by `meaning` alone
    void (*run)(serve_request *q);
    unsigned how;
    const char *type;    // of an answer that is not JSON
    const char *meaning;
    const desk_kind *act; // (internal) of the routes that are the desk's acts
} serve_route;

struct serve_request {
    serve *serve;
    const serve_route *route;
    struct MHD_Connection *connection;
    const char *url;                     // its path
    char parts[SERVE_PARTS_MAX][128];    // what stood in the places of {…}, decoded
    json_t *fields;
    char *body;
    size_t body_length, body_capacity;
    desk_session session;                // of who is signed in; account "" where nobody is
    char token[DESK_TOKEN_TEXT];
    char address[48];                    // of the caller
    // ---- internal
    struct MHD_Response *response;
    int code;
    _Atomic int phase;
    int64_t began_us;
    struct serve_request *next;          // of the workers' queue, with what one of them runs
    void (*work)(serve_request *q);
    void *context;                       // the route's own
};

// The next free or known route; *allow: the methods that a path has, where this one is not among them.
const serve_route *serve_route_find(const char *method, const char *path, char parts[SERVE_PARTS_MAX][128], char allow[64]);
// All routes one after the other: the first after NULL, NULL after the last. The desk's acts come last.
const serve_route *serve_route_next(const serve_route *r);
// The tables of the rooms, each ended by a route without a method.
extern const serve_route serve_mountain_routes[], serve_names_routes[], serve_session_routes[], serve_account_routes[], serve_system_routes[], serve_two_routes[], serve_books_routes[], serve_draft_routes[], serve_job_routes[], serve_gate_routes[], serve_till_routes[], serve_feed_routes[], serve_photo_routes[], serve_play_routes[];
// The acts of the desk that have a route, POST /api/desk/{act}: who may; 0: nobody.
unsigned serve_act_who(const char *act);
// two.c: whether a request takes two people; then it is proposed, or refused, and answered.
bool serve_two_takes(serve_request *q);

// ---- answering: once for each request --------------------------------------------------------------------------------

void serve_answer(serve_request *q, int code, json_t *body);          // takes the body
void serve_answer_with(serve_request *q, int code, json_t *body, const char *header, const char *value); // and a header; value NULL: none
void serve_answer_text(serve_request *q, int code, const char *type, char *text, size_t length); // takes the text
// A text that was made, or why it was not; there was no memory for one that has failed. Takes the text.
void serve_answer_made(serve_request *q, const char *type, piste_status status, const piste_errors *errors, base_text *made);
void serve_answer_response(serve_request *q, int code, struct MHD_Response *response);           // takes it
void serve_refuse(serve_request *q, int code, const char *reason, const char *format, ...) PISTE_PRINTF(4, 5);
void serve_answer_status(serve_request *q, piste_status status, const piste_errors *errors);
// Carries out an act of the desk as q's caller and answers with what it answers. Takes the request, which needs no `who`.
void serve_act(serve_request *q, json_t *request);
// The same, but the answer goes to `done`, which answers q. By the writer: it must not wait.
void serve_act_then(serve_request *q, json_t *request, void (*done)(serve_request *q, piste_status status, json_t *answer));
// Runs a function on a worker; it answers q.
void serve_work(serve_request *q, void (*run)(serve_request *q));

#endif
