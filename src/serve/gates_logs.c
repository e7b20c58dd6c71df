// gates_logs.c - see gates.h.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <dirent.h>

#include "desk/gate.h"
#include "desk/issued.h"
#include "serve/gates.h"
#include "serve/inside.h"
#include "serve/passes.h"

enum {
    LOG_BYTES_MAX = 8 * PISTE_LOG_MOST, // of one log: four million records
    PUBLISH_KNOWN_MS = 5 * 60000, // what gates have seen is told to the others this often (chosen)
    PUBLISH_ANYWAY_MS = 6 * 3600000 // and all of it, so that lists are never old while there is a network
};

typedef struct log_file {
    uint64_t log;
    off_t size, merged; // bytes of the file, and when it was merged last; another server may have taken more
} log_file;

struct serve_gates {
    serve *serve;
    pthread_mutex_t lock;
    char *folder, *published;
    log_file *logs;
    size_t count, capacity;
    piste_merge *merge;
    piste_table *table; // as published last
    piste_lists lists;
    struct stat published_as; // lists.signed as it was read: `piste pass publish`, or another server, may write a newer one
    int64_t published_ms, known_count, changed_count; // of the last publication
};

// ---- one log ---------------------------------------------------------------------------------------------------------

static char *path_of(const serve_gates *g, uint64_t log) {
    char name[32];
    snprintf(name, sizeof name, "%016" PRIx64 ".log", log);
    return desk_path(g->folder, name);
}

static log_file *find_log(serve_gates *g, uint64_t log) {
    for (size_t i = 0; i < g->count; i++)
        if (g->logs[i].log == log)
            return &g->logs[i];
    return NULL;
}

static log_file *log_of(serve_gates *g, uint64_t log) {
    log_file *known = find_log(g, log);
    if (known)
        return known;
    if (g->count == g->capacity) {
        size_t capacity = g->capacity ? 2 * g->capacity : 16;
        log_file *more = realloc(g->logs, capacity * sizeof *more);
        if (!more)
            return NULL;
        g->logs = more;
        g->capacity = capacity;
    }
    g->logs[g->count] = (log_file){.log = log};
    return &g->logs[g->count++];
}

static void nothing(void *context, const piste_record *record) {
    (void)context, (void)record;
}

// How much of the bytes is a log as it was written, from its header on.
static bool is_whole(const char *data, size_t length) {
    size_t whole = 0;
    piste_status status = gate_log_read((const uint8_t *)data, length, "log", NULL, nothing, NULL, &whole);
    return status == PISTE_OK && whole == length;
}

static piste_status append(const char *path, size_t at, const char *data, size_t length, piste_errors *errors) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    piste_status status = fd >= 0 && ftruncate(fd, (off_t)at) == 0 ? PISTE_OK : PISTE_IO; // cuts off what a power cut left
    size_t done = 0;
    while (status == PISTE_OK && done < length) {
        ssize_t n = pwrite(fd, data + done, length - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        status = n > 0 ? PISTE_OK : PISTE_IO;
        done += n > 0 ? (size_t)n : 0;
    }
    if (status == PISTE_OK && fsync(fd) != 0)
        status = PISTE_IO;
    if (status != PISTE_OK)
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return status == PISTE_OK && at == 0 ? desk_folder_flush(path, errors) : status;
}

static piste_status refuse(serve_gate_take *take, const char *reason) {
    take->reason = reason;
    return PISTE_REFUSED;
}

// The log as it will be: what is here, and what of the sent bytes follows it.
static piste_status unite(const char *here, size_t here_length, const char *sent, size_t sent_length, char **whole, size_t *length,
                          serve_gate_take *take) {
    int64_t have = here_length ? (int64_t)((here_length - PISTE_LOG_HEADER) / PISTE_LOG_RECORD) : 0;
    int64_t count = (int64_t)((sent_length - PISTE_LOG_HEADER) / PISTE_LOG_RECORD);
    int64_t first = count ? (int64_t)desk_get((const uint8_t *)sent + PISTE_LOG_HEADER + 16, 8) : have + 1;
    take->have = have;
    if (here_length && memcmp(here, sent, PISTE_LOG_HEADER) != 0)
        return refuse(take, "other_gate");
    if (first < 1 || first > have + 1)
        return refuse(take, "gap");
    int64_t known = have + 1 - first; // of the sent records
    known = known < count ? known : count;
    const char *records = sent + PISTE_LOG_HEADER;
    if (known && memcmp(here + PISTE_LOG_HEADER + (size_t)(first - 1) * PISTE_LOG_RECORD, records, (size_t)known * PISTE_LOG_RECORD) != 0)
        return refuse(take, "fork");
    size_t base = here_length ? here_length : PISTE_LOG_HEADER, more = (size_t)(count - known) * PISTE_LOG_RECORD;
    if (more && base + more > LOG_BYTES_MAX)
        return refuse(take, "full");
    char *all = malloc(base + more);
    if (!all)
        return PISTE_MEMORY;
    memcpy(all, here_length ? here : sent, base);
    memcpy(all + base, records + (size_t)known * PISTE_LOG_RECORD, more);
    take->added = count - known;
    *whole = all;
    *length = base + more;
    return PISTE_OK;
}

static piste_status read_here(const char *path, piste_errors *errors, char **data, size_t *length) {
    if (access(path, F_OK) != 0)
        return PISTE_OK;
    piste_status status = base_file_read(path, LOG_BYTES_MAX, errors, data, length);
    if (status == PISTE_OK && *length >= PISTE_LOG_HEADER) { // what is torn at the end was never answered
        size_t whole = 0;
        status = gate_log_read((const uint8_t *)*data, *length, path, errors, nothing, NULL, &whole);
        *length = whole;
    }
    return status;
}

static piste_status take_locked(serve_gates *g, uint64_t log, const char *data, size_t length, piste_errors *errors, serve_gate_take *take) {
    char *path = path_of(g, log), *here = NULL, *whole = NULL;
    size_t here_length = 0, whole_length = 0;
    log_file *file = log_of(g, log);
    piste_status status = path && file ? read_here(path, errors, &here, &here_length) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = unite(here, here_length, data, length, &whole, &whole_length, take);
    if (status == PISTE_OK && !is_whole(whole, whole_length)) // continues another log than this one, or was changed on its way
        status = refuse(take, here_length ? "fork" : "damaged");
    if (status == PISTE_OK && (take->added || !here_length))
        status = append(path, here_length, whole + here_length, whole_length - here_length, errors);
    if (status == PISTE_OK) {
        take->have += take->added;
        take->is_long = whole_length >= PISTE_LOG_MOST;
        file->size = (off_t)whole_length;
    } else if (status == PISTE_REFUSED)
        take->added = 0;
    free(path);
    free(here);
    free(whole);
    return status;
}

piste_status serve_gates_take(serve_gates *g, uint32_t gate, const char *data, size_t length, piste_errors *errors, serve_gate_take *take) {
    const uint8_t *bytes = (const uint8_t *)data;
    *take = (serve_gate_take){0};
    if (length < PISTE_LOG_HEADER || (length - PISTE_LOG_HEADER) % PISTE_LOG_RECORD != 0 || desk_get(bytes + 16, 8) == 0)
        return refuse(take, "damaged");
    if (desk_get(bytes + 24, 4) != gate)
        return refuse(take, "other_gate");
    pthread_mutex_lock(&g->lock);
    int folder = open(g->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); // whose lock other servers wait for
    piste_status status = folder >= 0 && flock(folder, LOCK_EX) == 0
                              ? take_locked(g, desk_get(bytes + 16, 8), data, length, errors, take)
                              : piste_errors_add(errors, PISTE_IO, g->folder, 0, 0, "%s", strerror(errno));
    if (folder >= 0)
        close(folder);
    pthread_mutex_unlock(&g->lock);
    return status;
}

// ---- all of them -------------------------------------------------------------------------------------------------------

// The last record alone is read: nothing hangs on what it says but whether all of them are read. A log that is not whole is read, and told.
static bool is_of_the_past(const serve_gates *g, uint64_t log, int64_t now_s) {
    uint8_t bytes[PISTE_LOG_RECORD];
    piste_record last;
    struct stat about;
    char *path = path_of(g, log);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    off_t records = fd >= 0 && fstat(fd, &about) == 0 ? (about.st_size - PISTE_LOG_HEADER) / PISTE_LOG_RECORD : 0;
    bool is_past = records > 0 && pread(fd, bytes, sizeof bytes, PISTE_LOG_HEADER + (records - 1) * PISTE_LOG_RECORD) == (ssize_t)sizeof bytes &&
                   gate_record_read(bytes, &last) && last.judged_s < now_s - PISTE_KEY_DAYS * 86400ll;
    if (fd >= 0)
        close(fd);
    free(path);
    return is_past;
}

// As the files are now, whichever server wrote them.
static void find_logs(serve_gates *g) {
    DIR *folder = opendir(g->folder);
    int64_t now_s = desk_clock_ms(g->serve->desk) / 1000;
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        uint64_t log = 0;
        int end = 0;
        struct stat there;
        if (sscanf(e->d_name, "%16" SCNx64 ".log%n", &log, &end) != 1 || end != 20 || e->d_name[20])
            continue;
        log_file *file = find_log(g, log);
        file = file || is_of_the_past(g, log, now_s) ? file : log_of(g, log);
        if (file && fstatat(dirfd(folder), e->d_name, &there, 0) == 0)
            file->size = there.st_size;
    }
    if (folder)
        closedir(folder);
}

static piste_status merge_newer(serve_gates *g, piste_errors *errors) {
    piste_status status = PISTE_OK;
    find_logs(g);
    for (size_t i = 0; status == PISTE_OK && i < g->count; i++) {
        int64_t added = 0, cut = 0;
        char *path = g->logs[i].size != g->logs[i].merged ? path_of(g, g->logs[i].log) : NULL;
        if (path)
            status = piste_merge_add_file(g->merge, path, errors, &added, &cut);
        if (status == PISTE_OK && path)
            g->logs[i].merged = g->logs[i].size;
        free(path);
    }
    return status;
}

serve_gates *serve_gates_create(serve *s) {
    serve_gates *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    g->serve = s;
    pthread_mutex_init(&g->lock, NULL);
    g->folder = desk_path(s->def.data, "gates");
    g->published = desk_path(s->def.data, "published");
    g->changed_count = -1;
    bool well = g->folder && g->published && (mkdir(g->folder, 0700) == 0 || errno == EEXIST) && piste_merge_create(NULL, &g->merge) == PISTE_OK;
    if (well)
        return g;
    serve_gates_destroy(g);
    return NULL;
}

void serve_gates_destroy(serve_gates *g) {
    if (!g)
        return;
    piste_merge_destroy(g->merge);
    piste_table_destroy(g->table);
    piste_lists_release(&g->lists);
    free(g->logs);
    free(g->folder);
    free(g->published);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

piste_status serve_gates_enter(serve_gates *g, piste_errors *errors, piste_merge **merge, const piste_table **table,
                               const piste_lists **lists) {
    piste_status status = serve_gates_publish(g, errors);
    if (status != PISTE_OK)
        return status;
    pthread_mutex_lock(&g->lock);
    status = merge_newer(g, errors);
    if (status != PISTE_OK) {
        pthread_mutex_unlock(&g->lock);
        return status;
    }
    *merge = g->merge;
    *table = g->table;
    *lists = &g->lists;
    return PISTE_OK;
}

void serve_gates_leave(serve_gates *g) {
    pthread_mutex_unlock(&g->lock);
}

// ---- publishing ----------------------------------------------------------------------------------------------------------

// What the desk knows of passes that were issued, into the office's lists.
static piste_status take_changed(office *o, const desk_issued_list *changed, int64_t now_s) {
    piste_status status = PISTE_OK;
    for (size_t i = 0; status == PISTE_OK && i < changed->count; i++) {
        const desk_issued *p = &changed->list[i];
        piste_pass pass;
        if (piste_pass_read(p->token, &pass) != PISTE_OK)
            continue;
        if (p->counts && p->is_waived)
            status = piste_lists_waive(&o->lists, pass.id);
        else if (!p->counts && !piste_lists_find_revoked(&o->lists, pass.id) && piste_minute_of(now_s) < pass.until_min)
            status = piste_lists_revoke(&o->lists, pass.id, pass.until_min, now_s);
    }
    return status;
}

static piste_status take_published(serve_gates *g, piste_errors *errors) {
    piste_table *table = NULL;
    piste_lists lists = {0};
    piste_status status = piste_published_read(g->published, errors, &table, &lists);
    if (status != PISTE_OK)
        return status;
    piste_table_destroy(g->table);
    piste_lists_release(&g->lists);
    g->table = table;
    g->lists = lists;
    return PISTE_OK;
}

// Whether lists.signed is another file than the one that was read; it is then read anew.
static piste_status look_again(serve_gates *g, piste_errors *errors) {
    struct stat now;
    char *path = desk_path(g->published, gate_file_names[PISTE_DOCUMENT_LISTS]);
    bool is_other = path && stat(path, &now) == 0 && (now.st_ino != g->published_as.st_ino || now.st_mtim.tv_sec != g->published_as.st_mtim.tv_sec ||
                                                      now.st_mtim.tv_nsec != g->published_as.st_mtim.tv_nsec);
    free(path);
    if (!is_other)
        return PISTE_OK;
    g->published_as = now;
    return take_published(g, errors);
}

static piste_status publish(serve_gates *g, const desk_issued_list *changed, int64_t now_ms, piste_errors *errors) {
    office o;
    piste_status status = serve_office_enter(g->serve, errors, &o);
    if (status != PISTE_OK)
        return status;
    status = merge_newer(g, errors);
    if (status == PISTE_OK)
        status = take_changed(&o, changed, now_ms / 1000);
    if (status == PISTE_OK)
        status = piste_merge_to_lists(g->merge, o.table, now_ms / 1000, &o.lists);
    if (status == PISTE_OK)
        status = piste_publish(o.keys, o.table, &o.lists, now_ms / 1000, g->published, errors);
    if (status == PISTE_OK)
        status = office_save_lists(&o, errors);
    serve_office_leave(g->serve, &o);
    if (status == PISTE_OK)
        status = look_again(g, errors);
    if (status == PISTE_OK) {
        g->published_ms = now_ms;
        g->known_count = piste_merge_count(g->merge);
        g->changed_count = (int64_t)changed->count;
    }
    return status;
}

static bool is_due(const serve_gates *g, size_t changed, int64_t now_ms) {
    bool more = piste_merge_count(g->merge) != g->known_count;
    for (size_t i = 0; i < g->count; i++)
        more = more || g->logs[i].size != g->logs[i].merged;
    int64_t passed_ms = now_ms - g->published_ms;
    return !g->table || (int64_t)changed != g->changed_count || (more && passed_ms > PUBLISH_KNOWN_MS) || passed_ms > PUBLISH_ANYWAY_MS ||
           passed_ms < 0;
}

piste_status serve_gates_publish(serve_gates *g, piste_errors *errors) {
    desk_issued_list changed = {0};
    int64_t now_ms = desk_clock_ms(g->serve->desk);
    // A season's pass was for its first day: all that could still be shown.
    piste_status status = desk_issued_changed(g->serve->desk, (piste_date)(now_ms / 86400000) - PISTE_KEY_DAYS, &changed);
    if (status != PISTE_OK)
        return status;
    pthread_mutex_lock(&g->lock);
    find_logs(g);
    if (is_due(g, changed.count, now_ms))
        status = publish(g, &changed, now_ms, errors);
    else
        status = look_again(g, errors);
    pthread_mutex_unlock(&g->lock);
    desk_issued_release(&changed);
    return status;
}

piste_status serve_gates_document(serve_gates *g, piste_document kind, int64_t version, piste_errors *errors, char **text) {
    char *path = desk_path(g->published, gate_file_names[kind]);
    size_t length = 0;
    *text = NULL;
    pthread_mutex_lock(&g->lock);
    piste_status status = !path                         ? PISTE_MEMORY
                          : g->lists.version <= version ? PISTE_OK // all three are published with one version
                                                        : base_file_read(path, PISTE_DOCUMENT_BYTES_MAX, errors, text, &length);
    pthread_mutex_unlock(&g->lock);
    free(path);
    return status;
}
