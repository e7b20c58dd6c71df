// csv.c - CSV files and folders of them. See csv.h.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/csv.h"

// ---- fields -----------------------------------------------------------------------------------------------------

static bool at_line_start(const base_text *out) {
    return out->length == 0 || out->data[out->length - 1] == '\n';
}

void csv_comma(base_text *out) {
    if (!at_line_start(out))
        base_text_add(out, ",");
}

void csv_text(base_text *out, const char *text) {
    bool first = at_line_start(out);
    csv_comma(out);
    if (!strpbrk(text, "\",\r\n") && !(first && !*text)) { // an empty first field would swallow its comma
        base_text_add(out, text);
        return;
    }
    base_text_add(out, "\"");
    for (;;) {
        size_t plain = strcspn(text, "\"");
        base_text_add_bytes(out, text, plain);
        if (!text[plain])
            break;
        base_text_add(out, "\"\"");
        text += plain + 1;
    }
    base_text_add(out, "\"");
}

void csv_count(base_text *out, int64_t count) {
    csv_comma(out);
    base_text_format(out, "%lld", (long long)count);
}

// Without printf's floating point, whose decimal sign is the locale's. NaN is an empty field.
void csv_number(base_text *out, double value, int decimals) {
    static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    csv_comma(out);
    if (value != value)
        return;
    if (value > 9e12 || value < -9e12) {
        base_text_format(out, "%.0f", value);
        return;
    }
    int64_t scaled = (int64_t)base_round(value * (double)powers[decimals], 0);
    uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled, power = (uint64_t)powers[decimals];
    base_text_format(out, "%s%llu", scaled < 0 ? "-" : "", (unsigned long long)(size / power));
    uint64_t rest = size % power;
    if (rest == 0)
        return;
    for (; rest % 10 == 0; rest /= 10)
        decimals--;
    base_text_format(out, ".%0*llu", decimals, (unsigned long long)rest);
}

void csv_end(base_text *out) {
    base_text_add(out, "\n");
}

// ---- the folder -------------------------------------------------------------------------------------------------

piste_status report_csv_check(const char *folder, piste_errors *errors) {
    DIR *stream = opendir(folder);
    if (!stream) {
        if (errno == ENOENT)
            return PISTE_OK;
        if (errno == ENOTDIR)
            return piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "is there and is no folder");
        return piste_errors_add(errors, PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    }
    const struct dirent *item;
    bool empty = true;
    while (empty && (item = readdir(stream)))
        empty = strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0;
    closedir(stream);
    return empty ? PISTE_OK
                 : piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "is not empty; name a new or an empty folder");
}

static char *path_of(const char *folder, const char *name) {
    base_text path = {0};
    base_text_format(&path, "%s/%s", folder, name);
    if (path.failed) {
        base_text_release(&path);
        return NULL;
    }
    return path.data;
}

static piste_status write_one(const csv_file *file, const void *data, const char *folder, piste_errors *errors) {
    base_text text = {0};
    char *path = path_of(folder, file->name);
    file->fill(data, &text);
    piste_status status = !path || text.failed ? piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory")
                                               : base_file_write(path, text.data, text.length, errors);
    base_text_release(&text);
    free(path);
    return status;
}

static void take_back(const csv_file *files, const char *folder, size_t count, bool created) {
    for (size_t i = 0; i < count; i++) {
        char *path = path_of(folder, files[i].name);
        if (path)
            unlink(path);
        free(path);
    }
    if (created)
        rmdir(folder);
}

piste_status csv_write(const csv_file *files, size_t count, const void *data, const char *folder,
                       piste_errors *errors) {
    piste_status status = report_csv_check(folder, errors);
    if (status != PISTE_OK)
        return status;
    bool created = mkdir(folder, 0777) == 0;
    if (!created && errno != EEXIST) {
        status = errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO;
        return piste_errors_add(errors, status, folder, 0, 0, "%s", strerror(errno));
    }
    size_t done = 0;
    while (done < count && status == PISTE_OK)
        if ((status = write_one(&files[done], data, folder, errors)) == PISTE_OK)
            done++;
    if (status != PISTE_OK)
        take_back(files, folder, done, created);
    return status;
}
