// folders.h - corpora of small resort folders, each with an expected.txt.
//
// PISTE_UPDATE=1 writes expected.txt anew instead of comparing: read the difference before committing it.
#ifndef TEST_RESORT_FOLDERS_H
#define TEST_RESORT_FOLDERS_H

#include "test.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "piste/resort.h"

enum { FOLDERS_MAX = 500 };

typedef struct folders {
    char *names[FOLDERS_MAX];
    int count;
} folders;

static inline int folders_compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void folders_list(const char *path, folders *out) {
    out->count = 0;
    DIR *directory = opendir(path);
    if (!directory)
        fail_msg("no folder %s", path);
    for (const struct dirent *e; (e = readdir(directory));)
        if (e->d_name[0] != '.' && out->count < FOLDERS_MAX) {
            out->names[out->count] = malloc(strlen(e->d_name) + 1);
            strcpy(out->names[out->count++], e->d_name);
        }
    closedir(directory);
    qsort(out->names, (size_t)out->count, sizeof *out->names, folders_compare);
}

static inline void folders_release(folders *list) {
    for (int i = 0; i < list->count; i++)
        free(list->names[i]);
}

// Whether `text` is what expected.txt in the folder says; tells both where it is not.
static inline bool folders_match(const char *folder, const char *text) {
    char path[600];
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    const char *update = getenv("PISTE_UPDATE");
    if (update && strcmp(update, "1") == 0) {
        assert_int_equal(base_file_write(path, text, strlen(text), NULL), PISTE_OK);
        return true;
    }
    char *expected = NULL;
    size_t length = 0;
    if (base_file_read(path, 1 << 20, NULL, &expected, &length) != PISTE_OK) {
        print_error("%s is not there\n", path);
        return false;
    }
    bool same = strcmp(expected, text) == 0;
    if (!same)
        print_error("%s\nexpected:\n%s\nfound:\n%s\n", folder, expected, text);
    free(expected);
    return same;
}

#endif
