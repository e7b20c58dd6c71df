// pool.c - work that is shared out over threads. See plan.h.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "plan/plan.h"

typedef struct pool {
    const plan_work *work;
    atomic_llong next, done;
    atomic_bool stop, interrupted;
    pthread_mutex_t mutex; // of the two below
    int64_t failed_at;     // the first piece, by number, that failed
    piste_status status;
} pool;

static void fail(pool *p, int64_t index, piste_status status) {
    pthread_mutex_lock(&p->mutex);
    if (p->status == PISTE_OK || index < p->failed_at) {
        p->failed_at = index;
        p->status = status;
    }
    pthread_mutex_unlock(&p->mutex);
    atomic_store(&p->stop, true);
}

static void tick(pool *p) {
    if (p->work->tick && !p->work->tick(p->work->job, atomic_load(&p->done))) {
        atomic_store(&p->interrupted, true);
        atomic_store(&p->stop, true);
    }
}

static void take_pieces(pool *p, bool ticks) {
    const plan_work *w = p->work;
    int64_t index;
    void *hand = NULL;
    if (w->hand && !(hand = w->hand(w->job))) {
        fail(p, -1, PISTE_MEMORY);
        return;
    }
    while (!atomic_load(&p->stop) && (index = atomic_fetch_add(&p->next, 1)) < w->count) {
        piste_status status = w->piece(w->job, hand, index);
        if (status != PISTE_OK)
            fail(p, index, status);
        atomic_fetch_add(&p->done, 1);
        if (ticks)
            tick(p);
    }
    if (w->drop)
        w->drop(w->job, hand);
}

static void *work_on_thread(void *context) {
    take_pieces(context, false);
    return NULL;
}

// The calling thread is one of them, and the only one that ticks. Threads that cannot be had are done without.
piste_status plan_work_run(const plan_work *work) {
    pool p = {.work = work, .status = PISTE_OK};
    pthread_t threads[PLAN_THREADS_MAX];
    int32_t started = 0;
    if (pthread_mutex_init(&p.mutex, NULL) != 0)
        return PISTE_MEMORY;
    while (started < work->threads - 1 && started + 1 < work->count &&
           pthread_create(&threads[started], NULL, work_on_thread, &p) == 0)
        started++;
    take_pieces(&p, true);
    for (int32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&p.mutex);
    return p.status != PISTE_OK ? p.status : atomic_load(&p.interrupted) ? PISTE_INTERRUPTED : PISTE_OK;
}
