// serve.c - a server's life: its resort, its desk, its threads, and their end.
#include "serve/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/tariff.h"
#include "serve/gates.h"
#include "serve/inside.h"
#include "serve/text.h"

static piste_status make_folder(const char *path, piste_errors *errors) {
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        return PISTE_OK;
    return piste_errors_add(errors, PISTE_IO, path, 0, 0, "cannot be made: %s", strerror(errno));
}

static piste_status open_desk(serve *s, piste_errors *errors) {
    struct stat there;
    if (!s->def.url) {
        snprintf(s->path, sizeof s->path, "%s/desk.db", s->def.data);
        s->def.url = s->path;
    }
    snprintf(s->vault, sizeof s->vault, "%s/vault", s->def.data);
    snprintf(s->published, sizeof s->published, "%s/published", s->def.data);
    desk_def d = {.url = s->def.url, .tick_ms = 1000, .vault = s->vault, .is_vault_new = stat(s->vault, &there) != 0};
    if (s->play)
        serve_play_clock(s, &d);
    piste_status status = desk_open(&d, errors, &s->desk);
    if (status == PISTE_REFUSED)
        status = piste_errors_add(errors, status, s->vault, 0, 0,
                                  "%s, and people's data in %s has its keys in another: servers of one desk share one data folder, "
                                  "which PISTE_DATA names beside a database's URL; see docs/guide/serve.md",
                                  d.is_vault_new ? "there is no vault" : "is a vault of another desk", s->def.url == s->path ? s->path : "the database");
    return status;
}

piste_status serve_open(const serve_def *def, piste_errors *errors, serve **out) {
    serve *s = calloc(1, sizeof *s);
    if (!s)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    s->def = *def;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (s->def.threads <= 0)
        s->def.threads = processors > 16 ? 16 : processors < 1 ? 1 : (int32_t)processors;
    piste_status status = make_folder(def->data, errors);
    if (status == PISTE_OK)
        status = serve_become(def->user, def->data, errors);
    if (status == PISTE_OK)
        status = piste_resort_load(def->folder, PISTE_DATE_NONE, errors, &s->resort);
    if (status == PISTE_OK && def->demo_speed > 0)
        status = serve_play_create(s, errors);
    if (status == PISTE_OK) {
        serve_confine(s);
        status = open_desk(s, errors);
    }
    if (status == PISTE_OK) {
        s->limits = serve_limits_create();
        s->slow = serve_slow_create();
        s->workers = serve_workers_create(s, 4);
        s->mountain = serve_mountain_create(s, errors);
        s->names = serve_names_create();
        s->live = serve_live_create(s);
        s->jobs = s->live ? serve_jobs_create(s) : NULL;
        s->gates = serve_gates_create(s);
        s->errands = serve_errands_create(s);
        s->openapi = serve_openapi_text();
        if (!s->limits || !s->slow || !s->workers || !s->mountain || !s->names || !s->live || !s->jobs || !s->gates || !s->errands ||
            !s->openapi)
            status = PISTE_MEMORY;
    }
    if (status == PISTE_OK && s->play)
        status = serve_play_begin(s, errors);
    if (status == PISTE_OK)
        status = serve_http_open(s, errors);
    if (status == PISTE_OK && !serve_live_start(s->live))
        status = PISTE_MEMORY;
    if (status != PISTE_OK) {
        serve_close(s);
        return status;
    }
    *out = s;
    return PISTE_OK;
}

void serve_stop(serve *s) {
    uint64_t one = 1;
    ssize_t written = write(s->wake, &one, sizeof one);
    (void)written;
}

void serve_wait(serve *s) {
    struct pollfd p = {.fd = s->wake, .events = POLLIN};
    while (poll(&p, 1, -1) < 0 && errno == EINTR)
        ;
}

void serve_close(serve *s) {
    if (!s)
        return;
    serve_play_stop(s->play);
    serve_live_stop(s->live);
    serve_http_close(s);
    serve_workers_destroy(s->workers);
    serve_jobs_destroy(s->jobs);
    serve_errands_destroy(s->errands);
    serve_live_destroy(s->live);
    serve_mountain_destroy(s->mountain);
    serve_names_destroy(s->names);
    serve_gates_destroy(s->gates);
    serve_text_release(s->openapi);
    serve_slow_destroy(s->slow);
    serve_limits_destroy(s->limits);
    serve_play_destroy(s->play);
    desk_close(s->desk);
    piste_resort_destroy(s->resort);
    if (s->wake >= 0)
        close(s->wake);
    free(s);
}
