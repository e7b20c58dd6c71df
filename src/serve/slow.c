// slow.c - hangs up on whoever takes too long to say what they want.
//
// libmicrohttpd ends a connection on which nothing happens; one that sends a byte now and then keeps it for ever. So
// each connection is watched from its first byte, or the end of its last request, to the head of its next one.
#include <stdlib.h>
#include <sys/socket.h>

#include "serve/inside.h"

enum { HEAD_S = 20 };

typedef struct watched {
    int fd;
    int64_t since_us; // 0: a request is under way
    struct watched *before, *after;
} watched;

struct serve_slow {
    pthread_mutex_t lock;
    watched *list;
};

serve_slow *serve_slow_create(void) {
    serve_slow *w = calloc(1, sizeof *w);
    if (w)
        pthread_mutex_init(&w->lock, NULL);
    return w;
}

void serve_slow_destroy(serve_slow *w) {
    if (!w)
        return;
    pthread_mutex_destroy(&w->lock);
    free(w);
}

// The socket is closed after this was called, so that a number in the list is never another connection's.
void serve_slow_connection(void *context, struct MHD_Connection *connection, void **own, enum MHD_ConnectionNotificationCode what) {
    serve_slow *w = ((serve *)context)->slow;
    watched *c = *own;
    pthread_mutex_lock(&w->lock);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        c = info ? calloc(1, sizeof *c) : NULL;
        if (c) {
            *c = (watched){.fd = info->connect_fd, .since_us = serve_now_us(), .after = w->list};
            if (w->list)
                w->list->before = c;
            w->list = c;
        }
        *own = c;
    } else if (c) {
        if (c->before)
            c->before->after = c->after;
        else
            w->list = c->after;
        if (c->after)
            c->after->before = c->before;
        free(c);
        *own = NULL;
    }
    pthread_mutex_unlock(&w->lock);
}

void serve_slow_note(serve *s, struct MHD_Connection *connection, bool has_begun) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    watched *c = info ? info->socket_context : NULL;
    if (!c)
        return;
    pthread_mutex_lock(&s->slow->lock);
    c->since_us = has_begun ? 0 : serve_now_us();
    pthread_mutex_unlock(&s->slow->lock);
}

void serve_slow_hang_up(serve_slow *w) {
    int64_t latest = serve_now_us() - HEAD_S * INT64_C(1000000);
    pthread_mutex_lock(&w->lock);
    for (const watched *c = w->list; c; c = c->after)
        if (c->since_us && c->since_us < latest)
            shutdown(c->fd, SHUT_RDWR);
    pthread_mutex_unlock(&w->lock);
}
