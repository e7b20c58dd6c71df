// store.c - the queue, the writer's thread and its batches.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"
#include "store/inside.h"

enum { BATCH_MAX = 1024 };

struct store {
    store_def def;
    char *url, *vfs;
    store_db *db; // the writer's
    pthread_t writer;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t filled;
    store_command *first, **last;
    int waiting, expected;          // in the queue; as many as the last batches were
    int wanted;                     // so many wake the writer
    int64_t took_ns;                // by the last batch
    bool closing, stopped, writing; // writing: a batch is under way
    char error[512];
    store_counts counts;
    pthread_mutex_t reading; // of the reader's connection
    store_db *reader;
};

// ---- what both engines share ---------------------------------------------------------------------------------------

store_value store_text(const char *text) {
    return text ? (store_value){STORE_TEXT, 0, text, strlen(text)} : store_null();
}

piste_status store_fail(store_db *db, piste_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(db->error, sizeof db->error, format, args);
    va_end(args);
    return status;
}

piste_status store_run(store_db *db, const char *sql, const store_value *values, int count) {
    db->writes++;
    piste_status status = store_appends_write(db, sql);
    return status == PISTE_OK ? db->engine->run(db, sql, values, count) : status;
}
piste_status store_query(store_db *db, store_rows **rows, const char *sql, const store_value *values, int count) {
    piste_status status = store_appends_write(db, sql);
    return status == PISTE_OK ? db->engine->query(db, rows, sql, values, count) : status;
}
piste_status store_query_old(store_db *db, store_rows **rows, const char *sql, const store_value *values, int count) {
    return db->engine->query(db, rows, sql, values, count);
}
bool store_rows_next(store_rows *rows) {
    return rows->db->engine->next(rows);
}
int store_rows_columns(const store_rows *rows) {
    return rows->db->engine->columns(rows);
}
store_value store_rows_value(const store_rows *rows, int column) {
    return rows->db->engine->value(rows, column);
}
int64_t store_rows_number(const store_rows *rows, int column) {
    return store_rows_value(rows, column).number;
}
const char *store_rows_text(const store_rows *rows, int column) {
    store_value v = store_rows_value(rows, column);
    return v.type == STORE_TEXT ? v.data : "";
}
piste_status store_rows_end(store_rows *rows) {
    return rows->db->engine->end(rows);
}

piste_status store_find_number(store_db *db, int64_t *number, bool *found, const char *sql, const store_value *values,
                               int count) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, sql, values, count);
    if (status != PISTE_OK)
        return status;
    bool is_there = store_rows_next(rows);
    int64_t got = is_there ? store_rows_number(rows, 0) : 0;
    status = store_rows_end(rows);
    if (status != PISTE_OK)
        return status;
    *number = got;
    if (found)
        *found = is_there;
    return PISTE_OK;
}

piste_status store_find_blob(store_db *db, void *out, size_t size, bool *found, const char *sql, const store_value *values, int count) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, sql, values, count);
    if (status != PISTE_OK)
        return status;
    store_value v = store_rows_next(rows) ? store_rows_value(rows, 0) : store_null();
    *found = v.type == STORE_BLOB && v.size == size;
    if (*found)
        memcpy(out, v.data, size);
    return store_rows_end(rows);
}

bool store_db_is_postgres(const store_db *db) {
    return db->engine->is_postgres;
}
int64_t store_db_changes(const store_db *db) {
    return db->changes;
}
const char *store_db_error(const store_db *db) {
    return db->error;
}

// ---- a batch -------------------------------------------------------------------------------------------------------

typedef enum outcome { COMMITTED, FAILED, AGAIN } outcome;

static piste_status run_careful(store_db *db, store_command *c) {
    piste_status status = store_appends_write(db, NULL); // of the batch's beginning
    if (status == PISTE_OK)
        status = db->engine->run(db, "SAVEPOINT command", NULL, 0);
    if (status != PISTE_OK)
        return status;
    c->status = c->run(db, c->context);
    // The command has left, believing that its rows can be: nobody would take its word back where they cannot.
    status = c->status == PISTE_OK ? store_appends_write(db, NULL) : PISTE_OK;
    if (status != PISTE_OK)
        return status;
    if (c->status != PISTE_OK && !store_db_is_postgres(db) && db->is_broken)
        return c->status; // SQLite's transaction itself is lost
    if (c->status != PISTE_OK) {
        store_appends_forget(db);
        status = db->engine->script(db, "ROLLBACK TO SAVEPOINT command");
        db->is_broken = status != PISTE_OK;
    }
    return status == PISTE_OK ? db->engine->run(db, "RELEASE SAVEPOINT command", NULL, 0) : status;
}

static piste_status run_commands(store *s, store_command *batch, bool careful, bool *again) {
    for (store_command *c = batch; c; c = c->next) {
        if (careful) {
            piste_status status = run_careful(s->db, c);
            if (status != PISTE_OK)
                return status;
            continue;
        }
        int64_t writes = s->db->writes;
        c->status = c->run(s->db, c->context);
        if (s->db->is_broken && !store_db_is_postgres(s->db))
            return c->status == PISTE_OK ? PISTE_IO : c->status;
        if (s->db->is_broken || (c->status != PISTE_OK && s->db->writes != writes)) {
            *again = true;
            return PISTE_OK;
        }
    }
    piste_status status = store_appends_write(s->db, NULL);
    *again = !careful && (status == PISTE_EXISTS || status == PISTE_INVALID);
    return *again ? PISTE_OK : status;
}

static outcome run_batch(store *s, store_command *batch, bool careful, piste_status *status) {
    store_db *db = s->db;
    bool again = false;
    store_appends_forget(db);
    *status = db->engine->begin(db);
    if (*status != PISTE_OK)
        return FAILED;
    if (s->def.begin)
        *status = s->def.begin(db, s->def.context);
    if (*status == PISTE_OK)
        *status = run_commands(s, batch, careful, &again);
    if (*status == PISTE_OK && !again && s->def.end)
        *status = s->def.end(db, s->def.context);
    if (*status == PISTE_OK && !again)
        *status = store_appends_write(db, NULL);
    if (*status == PISTE_OK && !again) {
        *status = db->engine->commit(db);
        return *status == PISTE_OK ? COMMITTED : FAILED;
    }
    db->engine->rollback(db);
    return again ? AGAIN : FAILED;
}

// Runs a batch and answers its commands. A batch that failed as a whole was not acknowledged, and is not there unless
// the store has stopped, when it may be.
static void do_batch(store *s, store_command *batch, int count) {
    piste_status status = PISTE_IO;
    outcome got = run_batch(s, batch, false, &status);
    bool careful = got == AGAIN;
    if (careful)
        got = run_batch(s, batch, true, &status);
    pthread_mutex_lock(&s->lock);
    if (got == COMMITTED) {
        s->counts.batches++;
        s->counts.commands += count;
        s->counts.careful += careful;
    } else {
        snprintf(s->error, sizeof s->error, "%s", s->db->error);
        s->stopped = s->stopped || s->db->is_uncertain;
    }
    pthread_mutex_unlock(&s->lock);
    while (batch) {
        store_command *next = batch->next;
        batch->done(got == COMMITTED ? batch->status : status == PISTE_OK ? PISTE_IO : status, batch->context);
        batch = next;
    }
}

// ---- the writer ----------------------------------------------------------------------------------------------------

static int64_t now_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct timespec at_ns(int64_t ns) {
    return (struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
}

// Those whom the last batch answered ask again at once, and the first of them must not go alone: the writer waits for
// as many as there were, and no longer than a part of what a commit takes.
static void gather(store *s, int expected, int64_t wait_ns) {
    struct timespec until = at_ns(now_ns(CLOCK_MONOTONIC) + wait_ns);
    bool late = false;
    s->wanted = expected;
    while (s->waiting < expected && !s->closing && !late)
        late = pthread_cond_timedwait(&s->filled, &s->lock, &until) == ETIMEDOUT;
    s->wanted = 1;
}

// Takes up to BATCH_MAX commands off the queue. With s->lock held.
static store_command *take_batch(store *s, int *count) {
    store_command *batch = s->first, **end = &s->first;
    int n = 0;
    while (*end && n < BATCH_MAX) {
        end = &(*end)->next;
        n++;
    }
    s->first = *end;
    if (!s->first)
        s->last = &s->first;
    *end = NULL;
    s->waiting -= n;
    *count = n;
    return batch;
}

static void refuse(store_command *batch) {
    while (batch) {
        store_command *next = batch->next;
        batch->done(PISTE_IO, batch->context);
        batch = next;
    }
}

// Runs one batch. With s->lock held before and after, and not while it writes.
static void write_batch(store *s, store_command *batch, int count) {
    bool stopped = s->stopped;
    s->writing = true;
    pthread_mutex_unlock(&s->lock);
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    if (stopped)
        refuse(batch);
    else
        do_batch(s, batch, count);
    int64_t took_ns = now_ns(CLOCK_MONOTONIC) - begun;
    pthread_mutex_lock(&s->lock);
    s->took_ns = took_ns;
    s->expected = count > s->expected ? count : (s->expected + count) / 2; // falls by half when callers leave
    s->writing = false;
    if (s->first || s->closing) // whoever waits for less would be woken for nothing
        pthread_cond_signal(&s->filled);
}

static void *write_batches(void *context) {
    store *s = context;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        bool tick = false;
        int count = 0;
        struct timespec until = at_ns(now_ns(CLOCK_MONOTONIC) + s->def.tick_ms * 1000000ll);
        while (s->writing || (!s->first && !s->closing && !tick)) {
            if (s->def.tick_ms == 0)
                pthread_cond_wait(&s->filled, &s->lock);
            else
                tick = pthread_cond_timedwait(&s->filled, &s->lock, &until) == ETIMEDOUT;
        }
        if (!s->first && s->closing)
            break;
        if (s->expected > 1 && s->first)
            gather(s, s->expected, s->took_ns / 4 < 1000000 ? s->took_ns / 4 : 1000000);
        store_command *batch = take_batch(s, &count);
        write_batch(s, batch, count);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

void store_submit(store *s, store_command *command) {
    command->next = NULL;
    pthread_mutex_lock(&s->lock);
    *s->last = command;
    s->last = &command->next;
    s->waiting++;
    if (s->waiting >= s->wanted)
        pthread_cond_signal(&s->filled);
    pthread_mutex_unlock(&s->lock);
}

// ---- waiting for an answer -----------------------------------------------------------------------------------------

typedef struct waiter {
    piste_status (*run)(store_db *db, void *context);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool is_answered;
    piste_status status;
} waiter;

static piste_status waiter_run(store_db *db, void *context) {
    waiter *w = context;
    return w->run(db, w->context);
}

static void waiter_done(piste_status status, void *context) {
    waiter *w = context;
    pthread_mutex_lock(&w->lock);
    w->status = status;
    w->is_answered = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

piste_status store_do(store *s, piste_status (*run)(store_db *db, void *context), void *context) {
    waiter w = {
        .run = run, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    store_command command = {.run = waiter_run, .done = waiter_done, .context = &w};
    pthread_mutex_lock(&s->lock);
    bool alone = !s->writing && !s->first && s->expected <= 1 && !s->closing;
    if (alone) // nobody to share a batch with: two changes of thread are saved
        write_batch(s, &command, 1);
    pthread_mutex_unlock(&s->lock);
    if (!alone)
        store_submit(s, &command);
    pthread_mutex_lock(&w.lock);
    while (!w.is_answered)
        pthread_cond_wait(&w.answered, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.answered);
    pthread_mutex_destroy(&w.lock);
    return w.status;
}

static piste_status open_db(const store_def *def, bool read_only, piste_errors *errors, store_db **db) {
    return store_is_postgres_url(def->url) ? store_postgres_open(def, errors, db)
                                           : store_sqlite_open(def, read_only, errors, db);
}

piste_status store_read(store *s, piste_status (*run)(store_db *db, void *context), void *context) {
    pthread_mutex_lock(&s->reading);
    piste_status status = s->reader ? PISTE_OK : open_db(&s->def, true, NULL, &s->reader);
    if (status == PISTE_OK)
        status = s->reader->engine->begin_read(s->reader);
    if (status == PISTE_OK) {
        status = run(s->reader, context);
        s->reader->engine->rollback(s->reader);
    }
    pthread_mutex_unlock(&s->reading);
    return status;
}

piste_status store_checkpoint(store *s) {
    pthread_mutex_lock(&s->reading);
    piste_status status = s->reader ? PISTE_OK : open_db(&s->def, true, NULL, &s->reader);
    if (status == PISTE_OK && s->reader->engine->empty_log)
        status = s->reader->engine->empty_log(s->reader);
    if (status != PISTE_OK && s->reader) {
        pthread_mutex_lock(&s->lock);
        snprintf(s->error, sizeof s->error, "%s", s->reader->error);
        s->stopped = s->stopped || s->reader->is_uncertain;
        pthread_mutex_unlock(&s->lock);
    }
    pthread_mutex_unlock(&s->reading);
    return status;
}

// ---- opening and closing -------------------------------------------------------------------------------------------

static void release(store *s) {
    if (s->db) {
        store_appends_release(s->db);
        s->db->engine->close(s->db);
    }
    if (s->reader)
        s->reader->engine->close(s->reader);
    free(s->url);
    free(s->vfs);
    free(s);
}

static bool start(store *s) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->reading, NULL);
    pthread_cond_init(&s->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    return pthread_create(&s->writer, NULL, write_batches, s) == 0;
}

piste_status store_open(const store_def *def, piste_errors *errors, store **out) {
    store *s = calloc(1, sizeof *s);
    if (!s)
        return piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no memory");
    s->def = *def;
    s->url = strdup(def->url);
    s->vfs = def->vfs ? strdup(def->vfs) : NULL;
    s->def.url = s->url;
    s->def.vfs = s->vfs;
    s->def.busy_ms = def->busy_ms ? def->busy_ms : 30000;
    s->last = &s->first;
    s->expected = s->wanted = 1;
    piste_status status = s->url && (s->vfs || !def->vfs) ? open_db(&s->def, false, errors, &s->db) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = store_migrate(s->db, &s->def, errors);
    s->def.must_exist = true;
    if (status == PISTE_OK && !start(s))
        status = piste_errors_add(errors, PISTE_MEMORY, NULL, 0, 0, "no thread for the writer");
    if (status != PISTE_OK) {
        release(s);
        return status;
    }
    *out = s;
    return PISTE_OK;
}

void store_close(store *s) {
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->filled);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->writer, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->reading);
    pthread_cond_destroy(&s->filled);
    release(s);
}

bool store_is_stopped(store *s) {
    pthread_mutex_lock(&s->lock);
    bool stopped = s->stopped;
    pthread_mutex_unlock(&s->lock);
    return stopped;
}

void store_error(store *s, char *text, size_t size) {
    pthread_mutex_lock(&s->lock);
    snprintf(text, size, "%s", s->error);
    pthread_mutex_unlock(&s->lock);
}

store_counts store_get_counts(store *s) {
    pthread_mutex_lock(&s->lock);
    store_counts counts = s->counts;
    pthread_mutex_unlock(&s->lock);
    return counts;
}
