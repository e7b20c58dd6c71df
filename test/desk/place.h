// place.h - what the tests of people's rights share: a private folder, and a search for bytes in everything that is in it.
#ifndef TEST_DESK_PLACE_H
#define TEST_DESK_PLACE_H

#include "test.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/desk.h"
#include "desk/vault.h"

static inline void place_create(char folder[64]) {
    snprintf(folder, 64, "%s/piste-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(folder));
}

static inline void place_destroy(const char *folder) {
    char command[200];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static inline int place_count_file(const char *path, const void *bytes, size_t size) {
    char *data = NULL;
    size_t length = 0;
    int count = 0;
    assert_int_equal(base_file_read(path, (size_t)1 << 30, NULL, &data, &length), PISTE_OK);
    for (size_t at = 0; at + size <= length; at++) {
        char *hit = memchr(data + at, *(const unsigned char *)bytes, length - size + 1 - at);
        if (!hit)
            break;
        at = (size_t)(hit - data);
        count += memcmp(hit, bytes, size) == 0;
    }
    free(data);
    return count;
}

// How often bytes stand in the files of a folder and of the folders in it, as they are on the disk.
static inline int place_count(const char *folder, const void *bytes, size_t size) {
    DIR *names = opendir(folder);
    struct dirent *entry;
    struct stat about;
    int count = 0;
    assert_non_null(names);
    while ((entry = readdir(names))) {
        char path[700];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &about) != 0) // a log that was removed meanwhile
            continue;
        count += S_ISDIR(about.st_mode) ? place_count(path, bytes, size) : place_count_file(path, bytes, size);
    }
    closedir(names);
    return count;
}

#endif
