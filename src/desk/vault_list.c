// vault_list.c - the list of erasures: one id a line, appended and flushed before anything else forgets a key.
//
// A line that a crash left unfinished was acknowledged to nobody: readers pass over it, and the next writer cuts it off.
// Lists of ids in memory stand here, too.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "desk/vault_inside.h"

enum { LINE = 2 * DESK_KEY_ID_SIZE + 1, LIST_MAX = 1 << 30 };

// ---- ids ------------------------------------------------------------------------------------------------------------------

piste_status desk_key_ids_add(desk_key_ids *ids, const void *id) {
    if (ids->count == ids->capacity) {
        size_t capacity = ids->capacity ? 2 * ids->capacity : 16;
        void *list = realloc(ids->list, capacity * DESK_KEY_ID_SIZE);
        if (!list)
            return PISTE_MEMORY;
        ids->list = list;
        ids->capacity = capacity;
    }
    memcpy(ids->list[ids->count++], id, DESK_KEY_ID_SIZE);
    return PISTE_OK;
}

static int compare_ids(const void *a, const void *b) {
    return memcmp(a, b, DESK_KEY_ID_SIZE);
}
void desk_key_ids_sort(desk_key_ids *ids) {
    if (ids->count)
        qsort(ids->list, ids->count, DESK_KEY_ID_SIZE, compare_ids);
}
void desk_key_ids_release(desk_key_ids *ids) {
    free(ids->list);
    *ids = (desk_key_ids){0};
}

piste_status desk_key_ids_missing(const desk_key_ids *a, const desk_key_ids *b, desk_key_ids *out) {
    size_t j = 0;
    piste_status status = PISTE_OK;
    for (size_t i = 0; i < a->count && status == PISTE_OK; i++) {
        while (j < b->count && compare_ids(b->list[j], a->list[i]) < 0)
            j++;
        if (j == b->count || compare_ids(b->list[j], a->list[i]) != 0)
            status = desk_key_ids_add(out, a->list[i]);
    }
    return status;
}

// ---- the file ---------------------------------------------------------------------------------------------------------------

piste_status vault_list_open(desk_vault *v, bool is_new, piste_errors *errors) {
    char *path = vault_path(v->folder, "erased.list");
    if (!path)
        return PISTE_MEMORY;
    v->list = open(path, O_RDWR | O_APPEND | O_CLOEXEC | (is_new ? O_CREAT : 0), 0600);
    piste_status status = PISTE_OK;
    off_t size = v->list < 0 ? -1 : lseek(v->list, 0, SEEK_END);
    if (size < 0 || size > LIST_MAX)
        status = piste_errors_add(errors, v->list < 0 && errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, path, 0, 0,
                                  "the list of erasures cannot be opened: %s",
                                  size > LIST_MAX ? "it is too long" : strerror(errno));
    if (status == PISTE_OK && is_new && (fsync(v->list) != 0 || vault_folder_flush(v->folder) != PISTE_OK))
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
    free(path);
    return status;
}

piste_status vault_list_read(desk_vault *v, desk_key_ids *ids, piste_errors *errors) {
    char *path = vault_path(v->folder, "erased.list"), *text = NULL;
    size_t length = 0;
    piste_status status = path ? base_file_read(path, LIST_MAX, errors, &text, &length) : PISTE_MEMORY;
    for (size_t at = 0; status == PISTE_OK && at + LINE <= length; at += LINE) {
        unsigned char id[DESK_KEY_ID_SIZE];
        size_t made = 0;
        if (sodium_hex2bin(id, sizeof id, text + at, LINE - 1, NULL, &made, NULL) != 0 || made != sizeof id ||
            text[at + LINE - 1] != '\n')
            status = piste_errors_add(errors, PISTE_INVALID, path, (int32_t)(at / LINE + 1), 0,
                                      "expected the id of an erased key");
        else
            status = desk_key_ids_add(ids, id);
    }
    desk_key_ids_sort(ids);
    free(text);
    free(path);
    return status;
}

// With the file locked, so that two processes' lines never mix; what an earlier writer left unfinished is cut off first.
piste_status vault_list_add(desk_vault *v, const unsigned char (*ids)[DESK_KEY_ID_SIZE], size_t count) {
    char *text = malloc(count * LINE + 1);
    if (!text)
        return PISTE_MEMORY;
    for (size_t i = 0; i < count; i++) {
        sodium_bin2hex(text + i * LINE, LINE, ids[i], DESK_KEY_ID_SIZE);
        text[i * LINE + LINE - 1] = '\n';
    }
    bool good = flock(v->list, LOCK_EX) == 0;
    off_t size = good ? lseek(v->list, 0, SEEK_END) : -1;
    good = size >= 0 && (size % LINE == 0 || ftruncate(v->list, size - size % LINE) == 0) &&
           write(v->list, text, count * LINE) == (ssize_t)(count * LINE) && fsync(v->list) == 0;
    flock(v->list, LOCK_UN);
    free(text);
    return good ? PISTE_OK : PISTE_IO;
}
