// limits.c - how often one caller may ask: a bucket that fills steadily and is drawn from by each request.
//
// A table of fixed size: callers that hash alike share a bucket, so that no crowd of addresses makes it grow. With
// 16,384 buckets two of a thousand callers share one seldom, and then have half of the rate each.
#include <stdlib.h>

#include "serve/inside.h"

enum { BUCKETS = 16384 };

struct serve_limits {
    pthread_mutex_t lock;
    uint64_t seed; // so that nobody can choose whom to share with
    struct {
        double level;
        int64_t at_us;
    } list[BUCKETS];
};

serve_limits *serve_limits_create(void) {
    serve_limits *l = calloc(1, sizeof *l);
    if (l) {
        pthread_mutex_init(&l->lock, NULL);
        l->seed = (uint64_t)serve_now_us() ^ (uint64_t)(uintptr_t)l;
    }
    return l;
}

void serve_limits_destroy(serve_limits *l) {
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    free(l);
}

bool serve_limits_take(serve_limits *l, const char *who, double cost, double per_s, double most, int *wait_s) {
    size_t i = base_mix(base_key_text(who) ^ l->seed) % BUCKETS;
    int64_t now = serve_now_us();
    pthread_mutex_lock(&l->lock);
    double level = l->list[i].at_us ? l->list[i].level + (double)(now - l->list[i].at_us) / 1e6 * per_s : most;
    level = level > most ? most : level;
    bool enough = level >= cost;
    l->list[i].level = enough ? level - cost : level;
    l->list[i].at_us = now;
    pthread_mutex_unlock(&l->lock);
    if (!enough)
        *wait_s = 1 + (int)((cost - level) / per_s);
    return enough;
}
