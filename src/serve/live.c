// live.c - what happens, to everyone who listens: Server-Sent Events from one ring, each with its number.
//
// A listener sleeps (its connection is suspended) until there is something for it; one thread wakes all of them, at
// most ten times a second, so that a burst costs each of them one write. Who comes back tells the last number it had
// (Last-Event-ID) and gets what came since; where the ring has gone past it, or the number is of a server that was
// started before, the event `anew` says that the pages are to be read anew.
//
// An id is "RUN-NUMBER", RUN being the server's own: several servers on one database each tell what happens to the
// board by its version, and what else is done by the journal, both of which all of them watch.
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "desk/board.h"
#include "desk/news.h"
#include "serve/inside.h"

enum { RING = 1024, WAKE_MS = 100, WATCH_MS = 500, PING_S = 15, BLOCK = 4096 };

typedef struct event {
    char *text; // "id: 12\nevent: board\ndata: {...}\n\n"
    size_t length;
    unsigned who;
} event;

typedef struct listener {
    serve_live *live;
    struct MHD_Connection *connection;
    unsigned roles;
    int64_t next;  // the number of the next event
    size_t offset; // within its text
    bool is_asleep, is_pinged;
    struct listener *before, *after;
    char first[64]; // what the stream begins with
    size_t first_length;
} listener;

struct serve_live {
    serve *serve;
    pthread_mutex_t lock;
    pthread_t thread;
    event ring[RING];
    int64_t next; // the number of the next event
    int64_t run;
    listener *listeners;
    int64_t version; // of the board
    int64_t entry;   // of the journal
    bool is_news, is_stopping, is_running;
};

// ---- telling ------------------------------------------------------------------------------------------------------------

void serve_live_tell(serve *s, unsigned who, const char *name, const char *data) {
    serve_live *l = s->live;
    base_text text = {0};
    pthread_mutex_lock(&l->lock);
    base_text_format(&text, "id: %" PRIx64 "-%" PRId64 "\nevent: %s\ndata: %s\n\n", (uint64_t)l->run, l->next, name, data);
    if (!text.failed) {
        event *e = &l->ring[l->next % RING];
        free(e->text);
        *e = (event){text.data, text.length, who};
        l->next++;
        l->is_news = true;
    } else
        base_text_release(&text);
    pthread_mutex_unlock(&l->lock);
}

// ---- one stream -----------------------------------------------------------------------------------------------------------

static size_t copy(listener *w, char *out, size_t most, const char *from, size_t length) {
    size_t n = length - w->offset < most ? length - w->offset : most;
    memcpy(out, from + w->offset, n);
    w->offset += n;
    return n;
}

static size_t fill(listener *w, char *out, size_t most) {
    serve_live *l = w->live;
    size_t n = 0;
    if (w->first_length) {
        n = copy(w, out, most, w->first, w->first_length);
        if (w->offset < w->first_length)
            return n;
        w->offset = w->first_length = 0;
    }
    if (w->next < l->next - RING) { // it was too slow
        w->next = l->next;
        w->offset = 0;
        w->first_length = (size_t)snprintf(w->first, sizeof w->first, "event: anew\ndata: {}\n\n");
        return n + fill(w, out + n, most - n);
    }
    while (w->next < l->next && n < most) {
        const event *e = &l->ring[w->next % RING];
        if ((e->who & SERVE_ANYONE) || (e->who & w->roles))
            n += copy(w, out + n, most - n, e->text, e->length);
        else
            w->offset = e->length;
        if (w->offset < e->length)
            break;
        w->next++;
        w->offset = 0;
    }
    return n;
}

static ssize_t read_stream(void *context, uint64_t at, char *out, size_t most) {
    listener *w = context;
    serve_live *l = w->live;
    static const char ping[] = ": well\n\n";
    (void)at;
    pthread_mutex_lock(&l->lock);
    size_t n = fill(w, out, most);
    if (!n && w->is_pinged && most >= sizeof ping) {
        memcpy(out, ping, n = sizeof ping - 1);
    }
    w->is_pinged = false;
    bool ends = !n && l->is_stopping;
    if (!n && !ends) {
        w->is_asleep = true;
        MHD_suspend_connection(w->connection);
    }
    pthread_mutex_unlock(&l->lock);
    return ends ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static void end_stream(void *context) {
    listener *w = context;
    serve_live *l = w->live;
    pthread_mutex_lock(&l->lock);
    if (w->before)
        w->before->after = w->after;
    else
        l->listeners = w->after;
    if (w->after)
        w->after->before = w->before;
    pthread_mutex_unlock(&l->lock);
    atomic_fetch_sub(&l->serve->counts.live, 1);
    free(w);
}

void serve_live_run(serve_request *q) {
    serve_live *l = q->serve->live;
    listener *w = calloc(1, sizeof *w);
    struct MHD_Response *r = w ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, w, end_stream) : NULL;
    if (!r) {
        free(w);
        serve_answer_status(q, PISTE_MEMORY, NULL);
        return;
    }
    const char *last = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Last-Event-ID");
    uint64_t run = 0;
    int64_t number = -1;
    bool is_known = last && sscanf(last, "%" SCNx64 "-%" SCNd64, &run, &number) == 2;
    pthread_mutex_lock(&l->lock);
    is_known = is_known && run == (uint64_t)l->run && number >= 0 && number < l->next && number + 1 >= l->next - RING;
    *w = (listener){.live = l, .connection = q->connection, .roles = q->session.roles, .next = is_known ? number + 1 : l->next,
                    .after = l->listeners};
    w->first_length = (size_t)snprintf(w->first, sizeof w->first, "retry: 2000\n%s\n", last && !is_known ? "event: anew\ndata: {}\n" : "");
    if (l->listeners)
        l->listeners->before = w;
    l->listeners = w;
    pthread_mutex_unlock(&l->lock);
    atomic_fetch_add(&q->serve->counts.live, 1);
    MHD_add_response_header(r, "Content-Type", "text/event-stream");
    MHD_add_response_header(r, "Cache-Control", "no-store");
    MHD_add_response_header(r, "X-Accel-Buffering", "no");
    serve_answer_response(q, 200, r);
}

// ---- waking ----------------------------------------------------------------------------------------------------------------

static void wake_all(serve_live *l, bool ping) {
    pthread_mutex_lock(&l->lock);
    bool wanted = l->is_news || l->is_stopping || ping;
    l->is_news = false;
    for (listener *w = wanted ? l->listeners : NULL; w; w = w->after) {
        w->is_pinged = ping;
        if (w->is_asleep) {
            w->is_asleep = false;
            MHD_resume_connection(w->connection);
        }
    }
    pthread_mutex_unlock(&l->lock);
}

// Other servers and the command line may have changed what is open.
static void watch_board(serve_live *l) {
    int64_t version = l->version;
    if (desk_board_version(l->serve->desk, &version) != PISTE_OK || version == l->version)
        return;
    l->version = version;
    serve_mountain_changed(l->serve->mountain, version);
}

// Acts, of whichever process, after which pages look again.
static const struct {
    const char *event, *acts;
    unsigned who;
} heard[] = {
    {"free", " allot cap return end leave cancel move ", SERVE_ANYONE},
    {"proposals", " propose agree decline ", DESK_ROLE_MANAGER | DESK_ROLE_AUDITOR},
};

static void hear_act(void *context, const char *act) {
    unsigned *news = context;
    char word[64];
    snprintf(word, sizeof word, " %s ", act);
    for (size_t i = 0; i < BASE_COUNT(heard); i++)
        if (strstr(heard[i].acts, word))
            *news |= 1u << i;
}

static void watch_journal(serve_live *l) {
    unsigned news = 0;
    if (desk_news(l->serve->desk, &l->entry, hear_act, &news) != PISTE_OK)
        return; // it will be asked again
    for (size_t i = 0; i < BASE_COUNT(heard); i++)
        if (news & 1u << i)
            serve_live_tell(l->serve, heard[i].who, heard[i].event, "{}");
}

static void *run_live(void *context) {
    serve_live *l = context;
    int64_t passed_ms = 0;
    for (;;) {
        pthread_mutex_lock(&l->lock);
        bool stop = l->is_stopping;
        pthread_mutex_unlock(&l->lock);
        if (stop)
            break;
        nanosleep(&(struct timespec){.tv_nsec = WAKE_MS * 1000000}, NULL);
        passed_ms += WAKE_MS;
        if (passed_ms % WATCH_MS == 0) {
            watch_board(l);
            watch_journal(l);
        }
        if (passed_ms % 1000 == 0)
            serve_slow_hang_up(l->serve->slow);
        wake_all(l, passed_ms % (PING_S * 1000) == 0);
    }
    return NULL;
}

serve_live *serve_live_create(serve *s) {
    serve_live *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    l->serve = s;
    l->run = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    l->version = l->entry = -1;
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

bool serve_live_start(serve_live *l) {
    watch_board(l); // from here on
    watch_journal(l);
    l->is_running = pthread_create(&l->thread, NULL, run_live, l) == 0;
    return l->is_running;
}

void serve_live_stop(serve_live *l) {
    if (!l || !l->is_running)
        return;
    pthread_mutex_lock(&l->lock);
    l->is_stopping = true;
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    l->is_running = false;
    wake_all(l, false);
}

void serve_live_destroy(serve_live *l) {
    if (!l)
        return;
    serve_live_stop(l);
    for (int i = 0; i < RING; i++)
        free(l->ring[i].text);
    pthread_mutex_destroy(&l->lock);
    free(l);
}
