// worker.c - threads for what takes long or waits for others: passwords, charges, people's data, files.
#include <stdlib.h>

#include "serve/inside.h"

enum { WORKERS_MAX = 16, WAITING_MAX = 1000 };

struct serve_workers {
    serve *serve;
    pthread_mutex_t lock;
    pthread_cond_t more;
    serve_request *first, *last;
    int waiting, count;
    bool is_ending;
    pthread_t threads[WORKERS_MAX];
};

static void *work(void *context) {
    serve_workers *w = context;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->is_ending)
            pthread_cond_wait(&w->more, &w->lock);
        serve_request *q = w->first;
        if (!q)
            break;
        w->first = q->next;
        w->last = w->first ? w->last : NULL;
        w->waiting--;
        pthread_mutex_unlock(&w->lock);
        q->work(q);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

serve_workers *serve_workers_create(serve *s, int32_t threads) {
    serve_workers *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->serve = s;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    for (int32_t i = 0; i < threads && i < WORKERS_MAX; i++)
        if (pthread_create(&w->threads[w->count], NULL, work, w) == 0)
            w->count++;
    if (w->count)
        return w;
    serve_workers_destroy(w);
    return NULL;
}

void serve_workers_destroy(serve_workers *w) {
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void serve_work(serve_request *q, void (*run)(serve_request *q)) {
    serve_workers *w = q->serve->workers;
    q->work = run;
    q->next = NULL;
    pthread_mutex_lock(&w->lock);
    bool full = w->waiting >= WAITING_MAX;
    if (!full) {
        w->waiting++;
        if (w->last)
            w->last->next = q;
        else
            w->first = q;
        w->last = q;
        pthread_cond_signal(&w->more);
    }
    pthread_mutex_unlock(&w->lock);
    if (full)
        serve_refuse(q, 503, "busy", "too much is waiting for this server");
}
