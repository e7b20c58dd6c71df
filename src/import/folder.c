// folder.c - the folder, all or nothing: everything is written to a folder beside it (FOLDER.<process>.part), flushed,
// and then takes its place in one step.
//
// A merge exchanges the two, so that at every moment FOLDER is either what it was or what it has become. The new one
// has the name FOLDER.before-<n> by then, which after the exchange is the old one's. Where the file system cannot
// exchange, the old one steps aside first; whoever is stopped just then finds it there, and the next merge says so.
//
// A folder that is being written is locked. What an importer that is dead has left is removed by the next one.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // renameat2
#endif
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "import/import.h"

enum { DEPTH_MAX = 64 };

static const char *const names[IMPORT_FILE_COUNT] = {"resort.yaml", "lifts.geojson", "runs.geojson",
                                                     "report.txt",  "README.md",     "import.yaml"};

static bool is_written(const char *name) {
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static piste_status failed(importer *im, const char *path) {
    int why = errno;
    return piste_errors_add(im->errors, PISTE_IO, path, 0, 0, "%s", strerror(why));
}

static bool flush_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

// Removes what is in a folder, without following links out of it.
static void empty_folder(int fd, int depth) {
    DIR *dir = fdopendir(fd);
    if (!dir)
        close(fd);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (is_dots(e->d_name) || unlinkat(dirfd(dir), e->d_name, 0) == 0 || depth >= DEPTH_MAX)
            continue;
        int inner = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0) {
            (void)fchmod(inner, 0700);
            empty_folder(inner, depth + 1);
        }
        unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
    }
    if (dir)
        closedir(dir);
}

static void remove_folder(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        empty_folder(fd, 0);
    rmdir(path);
}

// ---- what the owner has besides -------------------------------------------------------------------------------------

static piste_status copy_file(importer *im, const char *from, const char *to, const struct stat *about) {
    char buffer[65536];
    int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (in < 0)
        return failed(im, from);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    piste_status status = out < 0 ? failed(im, to) : PISTE_OK;
    for (ssize_t got = 1; status == PISTE_OK && got > 0;) {
        got = read(in, buffer, sizeof buffer);
        if (got < 0)
            status = failed(im, from);
        for (ssize_t done = 0; status == PISTE_OK && done < got;) {
            ssize_t put = write(out, buffer + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR)
                status = failed(im, to);
            done += put > 0 ? put : 0;
        }
    }
    const struct timespec times[2] = {about->st_atim, about->st_mtim};
    if (status == PISTE_OK &&
        (fchmod(out, about->st_mode & 07777) != 0 || futimens(out, times) != 0 || fsync(out) != 0))
        status = failed(im, to);
    close(in);
    if (out >= 0 && close(out) != 0 && status == PISTE_OK)
        status = failed(im, to);
    return status;
}

static piste_status copy_link(importer *im, const char *from, const char *to) {
    char target[4096];
    ssize_t length = readlink(from, target, sizeof target - 1);
    if (length < 0)
        return failed(im, from);
    target[length] = 0;
    return symlink(target, to) == 0 ? PISTE_OK : failed(im, to);
}

static piste_status carry_all(importer *im, const char *from, const char *to, int depth);

static piste_status copy_folder(importer *im, const char *from, const char *to, const struct stat *about, int depth) {
    if (depth >= DEPTH_MAX)
        return piste_errors_add(im->errors, PISTE_LIMIT, from, 0, 0, "folders in folders, expected at most %d",
                                DEPTH_MAX);
    if (mkdir(to, 0700) != 0)
        return failed(im, to);
    piste_status status = carry_all(im, from, to, depth + 1);
    const struct timespec times[2] = {about->st_atim, about->st_mtim};
    if (status == PISTE_OK && (chmod(to, about->st_mode & 07777) != 0 || !flush_folder(to) ||
                               utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW) != 0))
        status = failed(im, to);
    return status;
}

// Whatever the owner has in the folder besides what an import writes: into the new one, as it is.
static piste_status carry_all(importer *im, const char *from, const char *to, int depth) {
    DIR *dir = opendir(from);
    piste_status status = PISTE_OK;
    if (!dir)
        return failed(im, from);
    for (const struct dirent *e; status == PISTE_OK && (e = readdir(dir));) {
        struct stat about;
        if (is_dots(e->d_name) || (depth == 0 && is_written(e->d_name)))
            continue;
        const char *source = base_arena_format(im->arena, "%s/%s", from, e->d_name),
                   *target = base_arena_format(im->arena, "%s/%s", to, e->d_name);
        if (!source || !target)
            status = PISTE_MEMORY;
        else if (lstat(source, &about) != 0)
            status = failed(im, source);
        else if (S_ISREG(about.st_mode))
            status = copy_file(im, source, target, &about);
        else if (S_ISLNK(about.st_mode))
            status = copy_link(im, source, target);
        else if (S_ISDIR(about.st_mode))
            status = copy_folder(im, source, target, &about, depth);
        else
            status = piste_errors_add(im->errors, PISTE_INVALID, source, 0, 0,
                                      "neither a file nor a folder nor a link; expected it elsewhere");
    }
    closedir(dir);
    return status;
}

// ---- into its place -------------------------------------------------------------------------------------------------

// What an importer into the same folder that is dead has left: FOLDER.<process>.part, not locked.
static void remove_leftover(const char *path, const char *number) {
    char *end;
    long process = strtol(number, &end, 10);
    bool is_part = isdigit((unsigned char)*number) && strcmp(end, ".part") == 0 && process > 0;
    if (!is_part || (process != (long)getpid() && (kill((pid_t)process, 0) == 0 || errno != ESRCH)))
        return;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        remove_folder(path);
    close(fd);
}

static void remove_leftovers(importer *im, const char *target, const char *parent) {
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    size_t length = strlen(name);
    DIR *dir = opendir(parent);
    for (const struct dirent *e; dir && (e = readdir(dir));) {
        if (strncmp(e->d_name, name, length) != 0 || e->d_name[length] != '.')
            continue;
        const char *path = base_arena_format(im->arena, "%s/%s", parent, e->d_name);
        if (path)
            remove_leftover(path, e->d_name + length + 1);
    }
    if (dir)
        closedir(dir);
}

static piste_status fill_folder(importer *im, const char *path, const base_text texts[IMPORT_FILE_COUNT]) {
    for (int i = 0; i < IMPORT_FILE_COUNT; i++) {
        const char *name = base_arena_format(im->arena, "%s/%s", path, names[i]);
        piste_status status = name ? base_file_write(name, texts[i].data, texts[i].length, im->errors) : PISTE_MEMORY;
        if (status != PISTE_OK)
            return status;
    }
    return PISTE_OK;
}

// The first name that is free for the folder of before. NULL: told.
static const char *free_name(importer *im, const char *target) {
    for (int n = 1; n < 10000; n++) {
        const char *aside = base_arena_format(im->arena, "%s.before-%d", target, n);
        struct stat about;
        if (!aside || lstat(aside, &about) != 0)
            return aside;
    }
    (void)piste_errors_add(im->errors, PISTE_EXISTS, target, 0, 0, "9,999 folders of before are there already");
    return NULL;
}

// Where nothing can be exchanged: the old one steps aside, and the new one takes its place.
static piste_status exchange_in_two(importer *im, const char *parts, const char *target, const char *aside) {
    if (rename(target, aside) != 0)
        return failed(im, target);
    if (rename(parts, target) == 0)
        return PISTE_OK;
    int why = errno;
    if (rename(aside, target) != 0)
        return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s; the folder is now %s", strerror(why), aside);
    return piste_errors_add(im->errors, PISTE_IO, target, 0, 0, "%s", strerror(why));
}

static piste_status exchange(importer *im, const char *parts, const char *target) {
    const char *aside = free_name(im, target);
    if (!aside)
        return piste_errors_count(im->errors) ? PISTE_EXISTS : PISTE_MEMORY;
#ifdef RENAME_EXCHANGE
    if (renameat2(AT_FDCWD, parts, AT_FDCWD, aside, RENAME_NOREPLACE) == 0) {
        if (renameat2(AT_FDCWD, aside, AT_FDCWD, target, RENAME_EXCHANGE) == 0)
            return PISTE_OK;
        if (errno != ENOSYS && errno != EINVAL && errno != ENOTSUP)
            return failed(im, target);
        if (rename(aside, parts) != 0)
            return failed(im, aside);
    } else if (errno != ENOSYS && errno != EINVAL && errno != ENOTSUP)
        return failed(im, aside);
#endif
    return exchange_in_two(im, parts, target, aside);
}

static piste_status put_in_place(importer *im, const char *parts, const char *target) {
    struct stat about;
    if (im->def->merge)
        return exchange(im, parts, target);
    if (lstat(target, &about) == 0) // it may have come since we looked
        return piste_errors_add(im->errors, PISTE_EXISTS, target, 0, 0, "is there already");
    if (rename(parts, target) != 0)
        return piste_errors_add(im->errors, errno == ENOTEMPTY || errno == EEXIST ? PISTE_EXISTS : PISTE_IO, target, 0,
                                0, "%s", strerror(errno));
    return PISTE_OK;
}

// The folder without slashes behind it; what a merge exchanges is the folder itself, not a link to it. NULL: told.
static const char *target_of(importer *im) {
    if (im->def->merge) {
        char *real = realpath(im->def->folder, NULL);
        if (!real) {
            (void)failed(im, im->def->folder);
            return NULL;
        }
        const char *copy = base_arena_text(im->arena, real, strlen(real));
        free(real);
        return copy;
    }
    size_t length = strlen(im->def->folder);
    while (length > 1 && im->def->folder[length - 1] == '/')
        length--;
    return base_arena_text(im->arena, im->def->folder, length);
}

static piste_status write_parts(importer *im, const char *parts, const char *target,
                                const base_text texts[IMPORT_FILE_COUNT]) {
    piste_status status = fill_folder(im, parts, texts);
    struct stat about;
    if (status == PISTE_OK && im->def->merge)
        status = carry_all(im, target, parts, 0);
    if (status == PISTE_OK && im->def->merge && (stat(target, &about) != 0 || chmod(parts, about.st_mode & 07777) != 0))
        status = failed(im, target);
    if (status == PISTE_OK && !flush_folder(parts))
        status = failed(im, parts);
    return status == PISTE_OK ? put_in_place(im, parts, target) : status;
}

piste_status import_place_folder(importer *im, const base_text texts[IMPORT_FILE_COUNT]) {
    const char *target = target_of(im);
    if (!target)
        return piste_errors_count(im->errors) ? PISTE_IO : PISTE_MEMORY;
    const char *slash = strrchr(target, '/');
    const char *parent = !slash            ? "."
                         : slash == target ? "/"
                                           : base_arena_text(im->arena, target, (size_t)(slash - target));
    const char *parts = base_arena_format(im->arena, "%s.%ld.part", target, (long)getpid());
    if (!parent || !parts)
        return PISTE_MEMORY;
    remove_leftovers(im, target, parent);
    if (mkdir(parts, 0777) != 0)
        return failed(im, target);
    int lock =
        open(parts, O_RDONLY | O_DIRECTORY | O_CLOEXEC); // where locks are not to be had, the process's life is one
    if (lock >= 0)
        (void)flock(lock, LOCK_EX | LOCK_NB);
    piste_status status = write_parts(im, parts, target, texts);
    if (status != PISTE_OK)
        remove_folder(parts);
    else if (!flush_folder(parent))
        status = failed(im, parent);
    if (lock >= 0)
        close(lock);
    return status;
}
