// metrics.c - what a monitoring system asks: is the server well (/api/health), and its figures (/metrics, Prometheus).
#include <inttypes.h>

#include "serve/inside.h"

static const double within_s[] = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10};
_Static_assert(BASE_COUNT(within_s) < BASE_COUNT(((serve_counts *)0)->seconds), "one more for all above");

void serve_metrics_note(serve_request *q) {
    serve_counts *c = &q->serve->counts;
    int64_t us = serve_now_us() - q->began_us;
    size_t i = 0;
    while (i < BASE_COUNT(within_s) && (double)us > within_s[i] * 1e6)
        i++;
    atomic_fetch_add_explicit(&c->seconds[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->requests, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->microseconds, us, memory_order_relaxed);
    if (q->code >= 500)
        atomic_fetch_add_explicit(&c->failed, 1, memory_order_relaxed);
    else if (q->code >= 400)
        atomic_fetch_add_explicit(&c->refused, 1, memory_order_relaxed);
}

static void add_counter(base_text *out, const char *name, const char *kind, const char *help, int64_t value) {
    base_text_format(out, "# HELP piste_%s %s\n# TYPE piste_%s %s\npiste_%s %" PRId64 "\n", name, help, name, kind, name, value);
}

void serve_metrics_run(serve_request *q) {
    serve *s = q->serve;
    serve_counts *c = &s->counts;
    store_counts kept = store_get_counts(desk_get_store(s->desk));
    base_text out = {0};
    base_text_format(&out, "# HELP piste_request_seconds how long answers took\n# TYPE piste_request_seconds histogram\n");
    int64_t sum = 0;
    for (size_t i = 0; i < BASE_COUNT(within_s); i++) {
        sum += c->seconds[i];
        base_text_format(&out, "piste_request_seconds_bucket{le=\"%g\"} %" PRId64 "\n", within_s[i], sum);
    }
    sum += c->seconds[BASE_COUNT(within_s)];
    base_text_format(&out, "piste_request_seconds_bucket{le=\"+Inf\"} %" PRId64 "\npiste_request_seconds_sum %.6f\npiste_request_seconds_count %" PRId64 "\n",
                     sum, (double)c->microseconds / 1e6, sum);
    add_counter(&out, "requests_refused_total", "counter", "answers of 400 to 499", c->refused);
    add_counter(&out, "requests_failed_total", "counter", "answers of 500 and above", c->failed);
    add_counter(&out, "requests_under_way", "gauge", "requests that are not answered yet", s->under_way);
    add_counter(&out, "live_listeners", "gauge", "streams of live events", c->live);
    add_counter(&out, "desk_batches_total", "counter", "durable commits", kept.batches);
    add_counter(&out, "desk_acts_total", "counter", "acts committed", kept.commands);
    serve_answer_text(q, 200, "text/plain; version=0.0.4; charset=utf-8", out.failed ? NULL : out.data, out.length);
}

void serve_health_run(serve_request *q) {
    bool well = !store_is_stopped(desk_get_store(q->serve->desk));
    serve_answer(q, well ? 200 : 503, json_pack("{s:s,s:s}", "status", well ? "ok" : "stopped", "message",
                                               well ? "" : "the desk has stopped after a write that failed; start the server anew"));
}
