// http.c - between libmicrohttpd and the routes: a request is read within its limits, checked, run, and answered.
//
// A request that may not be is refused before its body is read, and its connection closed. While an answer is made
// elsewhere (by the desk's writer, by a worker) the connection is suspended: no thread of this server waits.
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "desk/photo.h"
#include "serve/inside.h"

enum { PHASE_READING, PHASE_RUNNING, PHASE_WAITING, PHASE_ANSWERED };
enum { IDLE_S = 15, BODY_S = 20, PHOTO_S = 120, MEMORY_A_CONNECTION = 16 * 1024 };

int64_t serve_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

// ---- answering -------------------------------------------------------------------------------------------------------

// Those of every answer.
static void add_headers(const serve *s, struct MHD_Response *r) {
    static const char *const headers[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self';"
         " worker-src 'self' blob:; font-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none';"
         " form-action 'self'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()"},
    };
    for (size_t i = 0; i < BASE_COUNT(headers); i++)
        MHD_add_response_header(r, headers[i][0], headers[i][1]);
    if (s->def.is_secure)
        MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}

void serve_answer_response(serve_request *q, int code, struct MHD_Response *response) {
    if (response)
        add_headers(q->serve, response);
    q->response = response;
    q->code = response ? code : 503;
    if (atomic_exchange(&q->phase, PHASE_ANSWERED) == PHASE_WAITING)
        MHD_resume_connection(q->connection);
}

static struct MHD_Response *response_of_text(const char *type, char *text, size_t length) {
    struct MHD_Response *r = text ? MHD_create_response_from_buffer_with_free_callback(length, text, free) : NULL;
    if (!r) {
        free(text);
        return NULL;
    }
    MHD_add_response_header(r, "Content-Type", type);
    MHD_add_response_header(r, "Cache-Control", "no-store");
    return r;
}

void serve_answer_text(serve_request *q, int code, const char *type, char *text, size_t length) {
    serve_answer_response(q, code, response_of_text(type, text, length));
}

void serve_answer_made(serve_request *q, const char *type, piste_status status, const piste_errors *errors, base_text *made) {
    if (status == PISTE_OK && !made->failed) {
        serve_answer_text(q, 200, type, made->data, made->length);
        return;
    }
    base_text_release(made);
    serve_answer_status(q, status == PISTE_OK ? PISTE_MEMORY : status, errors);
}

void serve_answer_with(serve_request *q, int code, json_t *body, const char *header, const char *value) {
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(body);
    struct MHD_Response *r = response_of_text("application/json", text, text ? strlen(text) : 0);
    if (r && value)
        MHD_add_response_header(r, header, value);
    serve_answer_response(q, code, r);
}

void serve_answer(serve_request *q, int code, json_t *body) {
    serve_answer_with(q, code, body, NULL, NULL);
}

void serve_refuse(serve_request *q, int code, const char *reason, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    base_text_mend(message); // it may name a path of any bytes
    serve_answer(q, code, json_pack("{s:s,s:s,s:s}", "status", code == 422 || code == 400 ? "invalid" : "refused", "reason", reason,
                                    "message", message));
}

void serve_answer_status(serve_request *q, piste_status status, const piste_errors *errors) {
    json_t *list = json_array();
    for (size_t i = 0; errors && i < piste_errors_count(errors); i++) {
        const piste_error *e = piste_errors_get(errors, i);
        json_array_append_new(list, json_pack("{s:s,s:i,s:i,s:s}", "file", e->file, "line", e->line, "column", e->column, "message",
                                              e->message));
    }
    const char *first = errors && piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status);
    serve_answer(q, piste_status_http_code(status),
                 json_pack("{s:s,s:s,s:s,s:o}", "status", piste_status_name(status), "reason", piste_status_name(status), "message",
                           first, "errors", list));
}

static enum MHD_Result send_answer(serve_request *q) {
    serve_metrics_note(q);
    serve_log_request(q);
    if (!q->response)
        return MHD_NO;
    enum MHD_Result sent = MHD_queue_response(q->connection, (unsigned)q->code, q->response);
    MHD_destroy_response(q->response);
    q->response = NULL;
    return sent;
}

// ---- a request's beginning: everything that can be refused before its body is read ---------------------------------------

static void read_address(serve_request *q) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *a = info ? info->client_addr : NULL;
    if (a && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, q->address, sizeof q->address);
    else if (a && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, q->address, sizeof q->address);
    // What the proxy added itself is the last one of the list; what stands before it anybody may have written.
    const char *via = q->serve->def.is_secure ? MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "X-Forwarded-For") : NULL;
    const char *last = via ? strrchr(via, ',') : NULL;
    unsigned char parsed[16];
    last = last ? last + 1 + strspn(last + 1, " ") : via;
    if (last && strlen(last) < sizeof q->address && (inet_pton(AF_INET, last, parsed) == 1 || inet_pton(AF_INET6, last, parsed) == 1))
        snprintf(q->address, sizeof q->address, "%s", last);
}

static bool is_within_rate(serve_request *q) {
    int wait_s = 1;
    double rate = q->serve->def.rate == 0 ? 50 : q->serve->def.rate;
    double cost = q->route && (q->route->how & SERVE_COSTLY) ? 10 : 1;
    if (rate < 0 || serve_limits_take(q->serve->limits, q->address, cost, rate, rate * 4, &wait_s))
        return true;
    char text[12];
    serve_refuse(q, 429, "too_many", "too many requests from %s; again in %d s", q->address, wait_s);
    snprintf(text, sizeof text, "%d", wait_s);
    if (q->response)
        MHD_add_response_header(q->response, "Retry-After", text);
    return false;
}

static bool is_allowed(serve_request *q) {
    unsigned who = q->route->who;
    if (who & SERVE_ANYONE)
        return true;
    if (!q->session.account[0]) {
        serve_refuse(q, 401, "signed_out", "sign in first");
        return false;
    }
    if ((who & ~DESK_ROLES_ALL & SERVE_ACCOUNT) != 0)
        return true;
    if (q->session.must == DESK_MUST_PASSWORD) {
        serve_refuse(q, 403, "password_first", "choose a password of your own first: the one you have is for once");
        return false;
    }
    if (q->session.must == DESK_MUST_TWO_STEP) {
        serve_refuse(q, 403, "two_step_first", "begin the second step of signing in first: your role needs it");
        return false;
    }
    if (!(q->session.roles & who)) {
        char roles[64];
        desk_roles_format(who, roles);
        serve_refuse(q, 403, "not_allowed", "%s is not for your account; it is for %s", q->url, roles);
        return false;
    }
    return true;
}

static bool is_changing(const serve_route *r) {
    return strcmp(r->method, "GET") != 0;
}

static size_t body_most(const serve_route *r) {
    return r->how & SERVE_PHOTO ? DESK_PHOTO_BYTES_MAX : r->how & SERVE_BYTES ? SERVE_BYTES_MAX : SERVE_BODY_MAX;
}

static bool is_announced_length_fine(serve_request *q) {
    const char *text = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (!text || strtoull(text, NULL, 10) <= body_most(q->route))
        return true;
    serve_refuse(q, 413, "too_long", "a body of %s bytes, expected at most %zu", text, body_most(q->route));
    return false;
}

static size_t dropped_most(const serve_request *q) {
    return 4 * (q->route ? body_most(q->route) : SERVE_BODY_MAX);
}

// A refusal that is sent while the caller still writes is lost with the connection, and a proxy says 502 instead: a body that
// is not far too long is read to its end, and dropped, before it is answered. Not of those who ask too much, and not of those
// who wait for a word before they write.
static bool is_read_all_the_same(const serve_request *q) {
    if (MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT))
        return false;
    const char *text = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    unsigned long long length = text ? strtoull(text, NULL, 10) : 0;
    return length > 0 && length <= dropped_most(q) && q->code != 429 && q->code != 503;
}

// Answers what can be refused by its head; true: the body is wanted.
static bool begin(serve_request *q, const char *method) {
    char allow[64] = "";
    q->route = strlen(q->url) < SERVE_URL_MAX ? serve_route_find(method, q->url, q->parts, allow) : NULL;
    if (q->serve->is_stopping) {
        serve_refuse(q, 503, "stopping", "this server is being stopped");
        return false;
    }
    if (!is_within_rate(q))
        return false;
    if (!q->route) {
        serve_refuse(q, *allow ? 405 : 404, *allow ? "no_method" : "not_found", *allow ? "%s: expected %s" : "there is no %.200s%s",
                     *allow ? method : q->url, allow);
        if (*allow && q->response)
            MHD_add_response_header(q->response, "Allow", allow);
        return false;
    }
    piste_status status = serve_session_read(q);
    if (status != PISTE_OK) {
        serve_answer_status(q, status, NULL);
        return false;
    }
    if (!is_allowed(q) || !is_announced_length_fine(q))
        return false;
    if (is_changing(q->route) && !serve_session_is_own(q)) {
        serve_refuse(q, 403, "foreign", "this request does not come from a page of this server");
        return false;
    }
    return true;
}

// ---- its fields ------------------------------------------------------------------------------------------------------------

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind, const char *name, const char *value) {
    serve_request *q = context;
    (void)kind;
    const desk_field *f = q->route->fields;
    while (f && f->type != DESK_END && strcmp(f->name, name) != 0)
        f++;
    json_t *v = NULL;
    char *end = NULL;
    if (f && f->type == DESK_INT && value && *value) {
        int64_t n = strtoll(value, &end, 10);
        v = *end ? NULL : json_integer(n);
    } else if (f && f->type == DESK_BOOL && value)
        v = strcmp(value, "true") == 0 ? json_true() : strcmp(value, "false") == 0 ? json_false() : NULL;
    if (!v)
        v = json_string(value ? value : ""); // not UTF-8: NULL
    if (!v || json_object_get(q->fields, name)) {
        json_decref(v);
        json_object_clear(q->fields);
        json_object_set_new(q->fields, "(twice or not UTF-8)", json_true()); // refused as an unknown field
        return MHD_NO;
    }
    json_object_set_new(q->fields, name, v);
    return MHD_YES;
}

static bool read_fields(serve_request *q) {
    char why[300];
    json_error_t error;
    if (q->route->how & SERVE_BYTES) {
        q->fields = json_object();
        return q->fields != NULL;
    }
    bool in_query = !is_changing(q->route) || strcmp(q->route->method, "DELETE") == 0;
    if (in_query) {
        q->fields = json_object();
        MHD_get_connection_values(q->connection, MHD_GET_ARGUMENT_KIND, take_query, q);
    } else {
        const char *type = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
        if (!type || strncmp(type, "application/json", 16) != 0) {
            serve_refuse(q, 415, "not_json", "Content-Type: %.60s, expected application/json", type ? type : "none");
            return false;
        }
        q->fields = json_loadb(q->body ? q->body : "", q->body_length, JSON_REJECT_DUPLICATES, &error);
        if (!q->fields) {
            serve_refuse(q, 400, "syntax", "line %d: %s", error.line, error.text);
            return false;
        }
    }
    if (q->route->act || q->route->run == serve_asset_run) // the desk checks its own; a page reads its own address
        return true;
    static const desk_field none[] = {{.type = DESK_END}};
    if (desk_fields_check(q->route->fields ? q->route->fields : none, q->fields, 0, why, sizeof why) == PISTE_OK)
        return true;
    serve_refuse(q, 422, "invalid", "%s", why);
    return false;
}

// ---- its way through --------------------------------------------------------------------------------------------------------

static bool is_slow(const serve_request *q) { // a byte now and then is no request
    return serve_now_us() - q->began_us > (q->route && q->route->how & SERVE_PHOTO ? PHOTO_S : BODY_S) * 1000000ll;
}

static enum MHD_Result take_body(serve_request *q, const char *data, size_t size) {
    if (q->phase == PHASE_ANSWERED) { // refused already; what still comes is dropped, but not for ever
        q->body_length += size;
        return q->body_length > dropped_most(q) || is_slow(q) ? MHD_NO : MHD_YES;
    }
    if (q->body_length + size > body_most(q->route)) {
        serve_refuse(q, 413, "too_long", "a body of more than %zu bytes", body_most(q->route));
        return MHD_YES;
    }
    if (is_slow(q))
        return MHD_NO;
    if (q->body_length + size + 1 > q->body_capacity) {
        size_t capacity = (q->body_length + size + 1) * 2;
        char *more = realloc(q->body, capacity);
        if (!more)
            return MHD_NO;
        q->body = more;
        q->body_capacity = capacity;
    }
    memcpy(q->body + q->body_length, data, size);
    q->body_length += size;
    q->body[q->body_length] = 0;
    return MHD_YES;
}

static void run(serve_request *q) {
    q->phase = PHASE_RUNNING;
    if (!read_fields(q) || serve_two_takes(q))
        return;
    if (q->route->how & SERVE_WAITS)
        serve_work(q, q->route->run);
    else
        q->route->run(q);
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **own) {
    serve *s = context;
    serve_request *q = *own;
    (void)version;
    if (!q) {
        q = calloc(1, sizeof *q);
        if (!q)
            return MHD_NO;
        *q = (serve_request){.serve = s, .connection = connection, .url = url, .began_us = serve_now_us()};
        *own = q;
        atomic_fetch_add(&s->under_way, 1);
        serve_slow_note(s, connection, true);
        read_address(q);
        return begin(q, method) || is_read_all_the_same(q) ? MHD_YES : send_answer(q);
    }
    if (*size) {
        enum MHD_Result taken = take_body(q, data, *size);
        *size = 0;
        return taken;
    }
    if (q->phase == PHASE_READING)
        run(q);
    if (q->phase == PHASE_ANSWERED)
        return send_answer(q);
    MHD_suspend_connection(connection);
    if (atomic_exchange(&q->phase, PHASE_WAITING) == PHASE_ANSWERED) {
        q->phase = PHASE_ANSWERED;
        MHD_resume_connection(connection);
    }
    return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode why) {
    serve *s = context;
    serve_request *q = *own;
    (void)why;
    if (!q)
        return;
    if (q->response)
        MHD_destroy_response(q->response);
    json_decref(q->fields);
    free(q->body);
    free(q);
    *own = NULL;
    serve_slow_note(s, connection, false);
    atomic_fetch_sub(&s->under_way, 1);
}

// ---- the daemon ---------------------------------------------------------------------------------------------------------------

// libmicrohttpd stalls when there are no more files to open: the limit is raised as far as it goes, and connections kept below.
static int32_t connections_of(const serve_def *def) {
    struct rlimit files;
    int32_t wish = def->connections > 0 ? def->connections : 20000;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 500;
    files.rlim_cur = files.rlim_max == RLIM_INFINITY || files.rlim_max > (rlim_t)wish + 200 ? (rlim_t)wish + 200 : files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 && getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 500;
    int64_t most = (int64_t)files.rlim_cur - 200;
    return most < 50 ? 50 : most < wish ? (int32_t)most : wish;
}

static void tell_library(void *context, const char *format, va_list args) {
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = 0;
    serve_log(context, "warning", "%s", text);
}

piste_status serve_http_open(serve *s, piste_errors *errors) {
    struct sockaddr_in4_or_6 {
        union {
            struct sockaddr_in v4;
            struct sockaddr_in6 v6;
        } a;
    } at = {0};
    const char *address = s->def.address ? s->def.address : "127.0.0.1";
    bool is_v6 = inet_pton(AF_INET6, address, &at.a.v6.sin6_addr) == 1;
    if (is_v6) {
        at.a.v6.sin6_family = AF_INET6;
        at.a.v6.sin6_port = htons((uint16_t)s->def.port);
    } else if (inet_pton(AF_INET, address, &at.a.v4.sin_addr) == 1) {
        at.a.v4.sin_family = AF_INET;
        at.a.v4.sin_port = htons((uint16_t)s->def.port);
    } else
        return piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "address: %s, expected an address such as 127.0.0.1 or ::", address);
    unsigned threads = s->def.threads > 0 ? (unsigned)s->def.threads : 1;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (is_v6 ? MHD_USE_IPv6 : 0u);
    struct MHD_OptionItem more[] = {{MHD_OPTION_THREAD_POOL_SIZE, threads, NULL}, {MHD_OPTION_END, 0, NULL}};
    s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, answer, s, MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_EXTERNAL_LOGGER,
                                 tell_library, s, MHD_OPTION_NOTIFY_COMPLETED, completed, s, MHD_OPTION_NOTIFY_CONNECTION,
                                 serve_slow_connection, s, MHD_OPTION_CONNECTION_LIMIT,
                                 (unsigned)connections_of(&s->def), MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_A_CONNECTION,
                                 MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u,
                                 MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, threads > 1 ? more : more + 1, MHD_OPTION_END);
    if (!s->daemon)
        return piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "%s port %d cannot be listened on: is another server there?", address,
                                s->def.port);
    return PISTE_OK;
}

int32_t serve_port(const serve *s) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

// What is under way is answered; whatever comes new is told that the server ends. MHD_quiesce_daemon() is not used: where a
// thread of libmicrohttpd 0.9.75 takes the listening socket out of its epoll set at the same time, the program is aborted.
void serve_http_close(serve *s) {
    if (!s->daemon)
        return;
    s->is_stopping = true;
    for (int i = 0; i < 1000 && atomic_load(&s->under_way) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    MHD_stop_daemon(s->daemon);
    s->daemon = NULL;
}
