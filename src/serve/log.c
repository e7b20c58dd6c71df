// log.c - one JSON line for each request, and for what the server has to say itself. No line holds a query, a body, a
// cookie or a full address: what is logged must not tell who asked for what.
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "serve/inside.h"

static void write_line(const serve *s, json_t *line) {
    base_text text = {0};
    char *dumped = line ? json_dumps(line, JSON_COMPACT) : NULL;
    json_decref(line);
    if (dumped)
        base_text_format(&text, "%s\n", dumped);
    // One write for each line, so that lines of threads never mix. A log that is full must not stop the resort.
    ssize_t written = text.failed || !text.data ? 0 : write(s->def.log, text.data, text.length);
    (void)written;
    base_text_release(&text);
    free(dumped);
}

static void now_text(char out[32]) {
    struct timespec t;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &utc);
    size_t length = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + length, 32 - length, ".%03dZ", (int)(t.tv_nsec / 1000000));
}

// The network of an address, which is enough to see that somebody is asking too much.
static void network_of(const char *address, char out[48]) {
    snprintf(out, 48, "%s", address);
    char separator = strchr(out, ':') ? ':' : '.';
    int seen = 0;
    for (char *at = out; *at; at++)
        if (*at == separator && ++seen == 3) {
            snprintf(at, (size_t)(out + 48 - at), "%s", separator == '.' ? ".0" : "::");
            return;
        }
}

void serve_log_request(const serve_request *q) {
    char at[32], network[48];
    if (q->serve->def.log < 0)
        return;
    now_text(at);
    network_of(q->address, network);
    write_line(q->serve, json_pack("{s:s,s:s,s:s,s:s,s:i,s:I,s:s,s:s}", "at", at, "level", q->code >= 500 ? "error" : "info", "method",
                                   q->route ? q->route->method : "", "route", q->route ? q->route->path : "", "code", q->code, "us",
                                   (json_int_t)(serve_now_us() - q->began_us), "account", q->session.account, "network", network));
}

void serve_log(const serve *s, const char *level, const char *format, ...) {
    char at[32], message[400];
    va_list args;
    if (s->def.log < 0)
        return;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    base_text_mend(message);
    now_text(at);
    write_line(s, json_pack("{s:s,s:s,s:s}", "at", at, "level", level, "message", message));
}
