// gate_continue.c - a log that has grown is kept under another name, and the gate goes on in a new one.
//
// The folder has `log`, and of former ones log.000001, log.000002, ...: each is a log by itself, with a number of its own.
// The full one gets its second name before the new one takes its first, so that `log` is there at every moment; a power cut
// in between leaves one file with two names, of which the second is taken away again.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "desk/gate.h"

enum { NUMBER_DIGITS = 6, NUMBER_MAX = 999999 };

static char *numbered(const char *folder, int number) {
    base_text path = {0};
    base_text_format(&path, "%s/log.%0*d", folder, NUMBER_DIGITS, number);
    if (path.failed)
        base_text_release(&path);
    return path.data;
}

// 0: no name of a former log.
static int number_of(const char *name) {
    if (strncmp(name, "log.", 4) != 0 || strlen(name) != 4 + NUMBER_DIGITS || name[4 + strspn(name + 4, "0123456789")])
        return 0;
    return (int)strtol(name + 4, NULL, 10);
}

static int by_number(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

piste_status gate_former_logs(const char *folder, piste_errors *errors, int **numbers, int *count) {
    DIR *d = opendir(folder);
    if (!d)
        return piste_errors_add(errors, errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    int *list = NULL, n = 0;
    bool failed = false;
    for (struct dirent *e; !failed && (e = readdir(d));) {
        int number = number_of(e->d_name);
        int *more = number ? realloc(list, (size_t)(n + 1) * sizeof *list) : list;
        failed = number && !more;
        list = more ? more : list;
        if (number && more)
            list[n++] = number;
    }
    closedir(d);
    if (failed) {
        free(list);
        return piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    }
    if (n)
        qsort(list, (size_t)n, sizeof *list, by_number);
    *numbers = list;
    *count = n;
    return PISTE_OK;
}

char *gate_former_log_path(const char *folder, int number) {
    return numbered(folder, number);
}

// What a power cut has left of a continuation that was not done.
piste_status gate_finish_continuing(const char *folder, piste_errors *errors) {
    char *log = desk_path(folder, "log"), *next = desk_path(folder, "log.next"), *last = NULL;
    int *numbers = NULL, count = 0;
    struct stat a, b;
    piste_status status = log && next ? gate_former_logs(folder, errors, &numbers, &count)
                                      : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK && count)
        last = numbered(folder, numbers[count - 1]);
    if (last && stat(log, &a) == 0 && stat(last, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev && unlink(last) != 0)
        status = piste_errors_add(errors, PISTE_IO, last, 0, 0, "%s", strerror(errno));
    if (status == PISTE_OK)
        unlink(next);
    free(numbers);
    free(last);
    free(next);
    free(log);
    return status;
}

static void nothing(void *context, const piste_record *record) {
    (void)context, (void)record;
}

static piste_status change_names(piste_gate *gate, const char *log, const char *next, piste_errors *errors) {
    int *numbers = NULL, count = 0;
    piste_status status = gate_former_logs(gate->folder, errors, &numbers, &count);
    int number = count ? numbers[count - 1] + 1 : 1;
    free(numbers);
    if (status == PISTE_OK && number > NUMBER_MAX)
        status = piste_errors_add(errors, PISTE_LIMIT, gate->folder, 0, 0, "has more than %d former logs", NUMBER_MAX);
    if (status != PISTE_OK)
        return status;
    char *old = numbered(gate->folder, number);
    status = old ? gate_log_make(next, gate->number, errors) : PISTE_MEMORY;
    if (status == PISTE_OK && (link(log, old) != 0 || rename(next, log) != 0))
        status = piste_errors_add(errors, PISTE_IO, log, 0, 0, "%s", strerror(errno));
    if (status == PISTE_OK)
        status = desk_folder_flush(log, errors);
    free(old);
    return status;
}

piste_status gate_continue(piste_gate *gate, piste_errors *errors) {
    if (gate->log.synced_bytes < gate->log_most || gate->log.batched || gate->log.broken)
        return PISTE_OK;
    char *log = desk_path(gate->folder, "log"), *next = desk_path(gate->folder, "log.next");
    gate_log fresh;
    piste_status status = log && next ? change_names(gate, log, next, errors) : PISTE_MEMORY;
    if (status == PISTE_OK)
        status = gate_log_open(log, errors, nothing, NULL, &fresh);
    if (status == PISTE_OK) {
        fresh.cut_bytes = gate->log.cut_bytes;
        gate_log_close(&gate->log);
        gate->log = fresh;
        gate->own_merged = 0;
    }
    free(next);
    free(log);
    return status;
}

// ---- all of a gate --------------------------------------------------------------------------------------------------

piste_status piste_merge_add_gate(piste_merge *merge, const char *folder, piste_errors *errors, int64_t *added, int64_t *cut_bytes) {
    int *numbers = NULL, count = 0;
    int64_t all = 0, cut = 0;
    piste_status status = gate_former_logs(folder, errors, &numbers, &count);
    for (int i = 0; i <= count && status == PISTE_OK; i++) {
        char *path = i < count ? numbered(folder, numbers[i]) : desk_path(folder, "log");
        int64_t some = 0;
        status = path ? piste_merge_add_file(merge, path, errors, &some, &cut)
                      : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
        all += some;
        free(path);
    }
    free(numbers);
    *added = all;
    *cut_bytes = cut; // only the last can end in the midst of a record
    return status;
}
