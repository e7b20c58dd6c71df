// pass_files.c - files that are replaced as a whole and flushed, locks, JSON that is read strictly.
#define _DEFAULT_SOURCE // flock
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/pass.h"

void desk_hex(const uint8_t *bytes, size_t count, char *text) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = 0;
}

bool desk_unhex(const char *text, uint8_t *bytes, size_t count) {
    if (strlen(text) != 2 * count)
        return false;
    for (size_t i = 0; i < 2 * count; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] << 4 | digit : digit);
    }
    return true;
}

piste_status desk_sodium(piste_errors *errors) {
    if (sodium_init() >= 0)
        return PISTE_OK;
    return piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "the system gives no randomness");
}

// ---- files ------------------------------------------------------------------------------------------------------

char *desk_path(const char *folder, const char *name) {
    base_text path = {0};
    base_text_format(&path, "%s/%s", folder, name);
    if (path.failed)
        base_text_release(&path);
    return path.data;
}

piste_status desk_folder_flush(const char *path, piste_errors *errors) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    if (!folder)
        return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    bool good = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    piste_status status = good ? PISTE_OK : piste_errors_add(errors, PISTE_IO, folder, 0, 0, "%s", strerror(why));
    free(folder);
    return status;
}

piste_status desk_file_replace(const char *path, int mode, const char *data, size_t length, piste_errors *errors) {
    base_text part = {0};
    base_text_format(&part, "%s.%ld.part", path, (long)getpid());
    if (part.failed)
        return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    unlink(part.data); // of a process that was killed and had this number
    int fd = open(part.data, O_WRONLY | O_CREAT | O_EXCL, (mode_t)mode);
    bool good = fd >= 0 && fchmod(fd, (mode_t)mode) == 0 && base_write_all(fd, data, length) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && rename(part.data, path) != 0) {
        good = false;
        why = errno;
    }
    if (!good && fd >= 0)
        unlink(part.data);
    base_text_release(&part);
    if (!good)
        return piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(why));
    return desk_folder_flush(path, errors);
}

piste_status desk_lock(const char *folder, const char *name, bool wait, const char *what, piste_errors *errors, int *fd) {
    char *path = desk_path(folder, name);
    if (!path)
        return piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int why = errno;
    free(path);
    if (lock < 0)
        return piste_errors_add(errors, why == ENOENT || why == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO, folder, 0, 0, "%s", strerror(why));
    int got;
    do {
        got = flock(lock, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
    } while (got != 0 && errno == EINTR);
    if (got != 0) {
        why = errno;
        close(lock);
        if (why == EWOULDBLOCK)
            return piste_errors_add(errors, PISTE_EXISTS, folder, 0, 0, "another process has this %s open", what);
        return piste_errors_add(errors, PISTE_IO, folder, 0, 0, "%s", strerror(why));
    }
    *fd = lock;
    return PISTE_OK;
}

// ---- JSON -------------------------------------------------------------------------------------------------------

void desk_json_fail(desk_reader *r, const char *where, const char *format, ...) {
    char what[512];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    piste_errors_add(r->errors, PISTE_INVALID, r->name, 0, 0, "%s%s%s", where, *where ? ": " : "", what);
    if (r->status == PISTE_OK)
        r->status = PISTE_INVALID;
}

json_t *desk_json_load(desk_reader *r, const char *text, size_t length) {
    json_error_t why;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (root && json_is_object(root))
        return root;
    r->status = PISTE_SYNTAX;
    if (root)
        piste_errors_add(r->errors, PISTE_SYNTAX, r->name, 0, 0, "expected a JSON object");
    else
        piste_errors_add(r->errors, PISTE_SYNTAX, r->name, why.line, why.column, "%s", why.text);
    json_decref(root);
    return NULL;
}

// What stands at a key, or NULL, told.
static const json_t *value_of(desk_reader *r, const json_t *object, const char *where, const char *key) {
    const json_t *value = json_object_get(object, key);
    if (!value)
        desk_json_fail(r, where, "%s is missing", key);
    return value;
}

void desk_json_number(desk_reader *r, const json_t *object, const char *where, const char *key, int64_t min, int64_t max,
                      int64_t *value) {
    const json_t *found = value_of(r, object, where, key);
    if (!found)
        return;
    if (!json_is_integer(found) || json_integer_value(found) < min || json_integer_value(found) > max)
        desk_json_fail(r, where, "%s, expected a whole number from %lld to %lld", key, (long long)min, (long long)max);
    else
        *value = json_integer_value(found);
}

const char *desk_json_text(desk_reader *r, const json_t *object, const char *where, const char *key, size_t bytes_max) {
    const json_t *found = value_of(r, object, where, key);
    if (!found)
        return "";
    size_t length = json_string_length(found);
    if (!json_is_string(found) || length > bytes_max || !base_text_is_clean(json_string_value(found), length)) {
        desk_json_fail(r, where, "%s, expected a text of at most %zu bytes", key, bytes_max);
        return "";
    }
    return json_string_value(found);
}

const json_t *desk_json_array(desk_reader *r, const json_t *object, const char *where, const char *key, size_t most) {
    const json_t *found = value_of(r, object, where, key);
    if (!found)
        return NULL;
    if (!json_is_array(found) || json_array_size(found) > most) {
        desk_json_fail(r, where, "%s, expected a list of at most %zu", key, most);
        return NULL;
    }
    return found;
}

bool desk_json_flag(desk_reader *r, const json_t *object, const char *where, const char *key) {
    const json_t *found = value_of(r, object, where, key);
    if (found && !json_is_boolean(found))
        desk_json_fail(r, where, "%s, expected true or false", key);
    return json_is_true(found);
}

void desk_json_only(desk_reader *r, const json_t *object, const char *where, const char *const *keys) {
    const char *key;
    json_t *value, *object_of_it;
    memcpy(&object_of_it, &object, sizeof object); // json_object_foreach does not take a const one
    json_object_foreach(object_of_it, key, value) {
        const char *const *known = keys;
        while (*known && strcmp(*known, key) != 0)
            known++;
        if (!*known)
            desk_json_fail(r, where, "%s is not known here", key);
    }
}

void desk_json_head(desk_reader *r, const json_t *object, const char *format) {
    const char *found = desk_json_text(r, object, "", "format", 40);
    if (r->status == PISTE_OK && strcmp(found, format) != 0)
        desk_json_fail(r, "", "format: %s, expected %s", found, format);
    int64_t number = 0;
    desk_json_number(r, object, "", "format-version", 1, 1, &number);
}

char *desk_json_dump(json_t *object, bool in_lines, size_t *length) {
    char *text = json_dumps(object, in_lines ? JSON_INDENT(1) : JSON_COMPACT);
    json_decref(object);
    if (!text)
        return NULL;
    size_t size = strlen(text);
    char *whole = realloc(text, size + 2);
    if (!whole) {
        free(text);
        return NULL;
    }
    whole[size] = '\n';
    whole[size + 1] = 0;
    *length = size + 1;
    return whole;
}
