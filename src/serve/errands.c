// errands.c - what the server does by itself for its desk: charges that are under way are driven on, and the gates' lists
// follow what was cancelled, moved and signed, by whomever and wherever: at the till, by a guest, from the command line.
//
// The lists are made of the journal, from its beginning whenever the server begins: nothing is lost with a process.
#include <stdlib.h>

#include "desk/pass_number.h"
#include "desk/provider.h"
#include "serve/gates.h"
#include "serve/inside.h"
#include "serve/passes.h"

enum { PAUSE_MS = 250, DRIVE_MS = 2000, AGAIN_S = 30 };

struct serve_errands {
    serve *serve;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_running, is_stopping;
    int64_t entry; // of the journal, up to which the lists follow
    int64_t failed_us; // when they could not be written last
};

static piste_status count_due(store_db *db, void *context) {
    int64_t *due = context; // now, and then how many
    return STORE_FIND_NUMBER(db, due, NULL, "SELECT count(*) FROM charge WHERE is_open = 1 AND next_ms <= $1", store_number(*due));
}

static void drive(serve *s) {
    desk_charge_counts counts = {0};
    int64_t due = desk_clock_ms(s->desk);
    if (store_read(desk_get_store(s->desk), count_due, &due) == PISTE_OK && due > 0)
        (void)!desk_charges_drive(s->desk, DRIVE_MS, &counts); // what cannot be done now is due again later
}

static piste_status waive(serve *s, const desk_pass_changes *c, piste_errors *errors) {
    office o;
    piste_status status = serve_office_enter(s, errors, &o);
    if (status != PISTE_OK)
        return status;
    for (size_t i = 0; i < c->waived_count && status == PISTE_OK; i++)
        status = piste_lists_waive(&o.lists, c->waived[i]);
    if (status != PISTE_OK)
        status = piste_errors_add(errors, status, o.folder, 0, 0, "its lists take no more");
    if (status == PISTE_OK)
        status = piste_publish(o.keys, o.table, &o.lists, desk_clock_ms(s->desk) / 1000, s->published, errors);
    if (status == PISTE_OK)
        status = office_save_lists(&o, errors);
    serve_office_leave(s, &o);
    return status;
}

static void follow(serve_errands *e) {
    serve *s = e->serve;
    desk_pass_changes changes = {0};
    int64_t entry = e->entry;
    if (e->failed_us && serve_now_us() - e->failed_us < AGAIN_S * 1000000ll)
        return;
    if (desk_pass_changes_read(s->desk, &entry, &changes) != PISTE_OK)
        return;
    piste_errors *errors = piste_errors_create();
    piste_status status = changes.waived_count ? waive(s, &changes, errors) : PISTE_OK;
    if (status == PISTE_OK && changes.ended)
        status = serve_gates_publish(s->gates, errors);
    e->failed_us = status == PISTE_OK ? 0 : serve_now_us();
    if (status == PISTE_OK)
        e->entry = entry;
    else
        serve_log(s, "error", "the gates' lists: %s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
    piste_errors_destroy(errors);
    free(changes.waived);
}

static void *work(void *context) {
    serve_errands *e = context;
    pthread_mutex_lock(&e->lock);
    while (!e->is_stopping) {
        pthread_mutex_unlock(&e->lock);
        drive(e->serve);
        follow(e);
        pthread_mutex_lock(&e->lock);
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += PAUSE_MS * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (!e->is_stopping)
            pthread_cond_timedwait(&e->wake, &e->lock, &until);
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

serve_errands *serve_errands_create(serve *s) {
    serve_errands *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->serve = s;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->wake, NULL);
    e->is_running = pthread_create(&e->thread, NULL, work, e) == 0;
    if (e->is_running)
        return e;
    serve_errands_destroy(e);
    return NULL;
}

void serve_errands_destroy(serve_errands *e) {
    if (!e)
        return;
    if (e->is_running) {
        pthread_mutex_lock(&e->lock);
        e->is_stopping = true;
        pthread_cond_signal(&e->wake);
        pthread_mutex_unlock(&e->lock);
        pthread_join(e->thread, NULL);
    }
    pthread_cond_destroy(&e->wake);
    pthread_mutex_destroy(&e->lock);
    free(e);
}
