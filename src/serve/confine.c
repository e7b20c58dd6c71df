// confine.c - what the server may do from now on, whoever talks it into something: no rights of root, no new ones, no files
// but its own.
//
// Landlock (Linux 5.13 and later) lets it read the system's folders and the resort's, write in its data folder alone, and
// run no program but itself, which decodes photographs; whoever gets it to open another path is told that it may not. Its
// temporary files stand in the data folder, too. The log says which Landlock it is, or that the kernel has none; the systemd
// unit confines it besides (packaging/piste.service). test/serve/test_confine.c tries all of it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/inside.h"

// What the first version of Landlock knows. Rights that later ones have besides are forbidden where they are known; the headers
// may be older than the kernel.
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define OWN                                                                                                            \
    (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |        \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                        \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                     \
     LANDLOCK_ACCESS_FS_MAKE_SYM)
#define REFER (UINT64_C(1) << 13)    // moving a file to another folder: since version 2
#define TRUNCATE (UINT64_C(1) << 14) // since version 3

static bool allow(int rules, const char *path, uint64_t what) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT; // not every system has each of them
    struct landlock_path_beneath_attr rule = {.allowed_access = what, .parent_fd = fd};
    bool done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return done;
}

// The program that starts this one when it is run: the loader of shared libraries.
static int find_loader(struct dl_phdr_info *info, size_t size, void *out) {
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP)
            *(const char **)out = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return 1; // the first one is the program
}

static bool allow_itself(int rules) {
    const uint64_t run = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
    const char *loader = NULL;
    dl_iterate_phdr(find_loader, &loader);
    return allow(rules, "/proc/self/exe", run) && (!loader || allow(rules, loader, run));
}

static void keep_to_own_files(serve *s) {
    static const char *const system_folders[] = {"/usr", "/lib", "/lib64", "/etc", "/run", "/proc", "/sys/devices/system/cpu",
                                                 "/var/cache/fontconfig", "/var/run"};
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint64_t own = OWN | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0);
    const struct landlock_ruleset_attr attributes = {.handled_access_fs = own | LANDLOCK_ACCESS_FS_EXECUTE};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0) {
        serve_log(s, "warning", "this kernel has no Landlock: the server is not kept to its own files");
        return;
    }
    bool done = allow_itself(rules);
    for (size_t i = 0; i < BASE_COUNT(system_folders); i++)
        done &= allow(rules, system_folders[i], READING);
    done &= allow(rules, "/dev", READING | (own & (LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE)));
    done &= allow(rules, s->def.folder, READING);
    done &= allow(rules, s->def.data, own);
    done = done && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (done)
        serve_log(s, "info", "kept to its own files by Landlock %ld", version);
    else
        serve_log(s, "warning", "the server is not kept to its own files: %s", strerror(errno));
    close(rules);
}

// Before any file is made and any thread begins, so that files are the user's and threads have the same rights.
piste_status serve_become(const char *user, const char *data, piste_errors *errors) {
    if (!user)
        return PISTE_OK;
    const struct passwd *p = getpwnam(user);
    if (!p)
        return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0, "--user %s: there is no such user", user);
    if (geteuid() != 0)
        return p->pw_uid == geteuid() ? PISTE_OK
                                      : piste_errors_add(errors, PISTE_USAGE, NULL, 0, 0, "--user %s: only root can become somebody else", user);
    if (chown(data, p->pw_uid, p->pw_gid) != 0 || initgroups(user, p->pw_gid) != 0 || setgid(p->pw_gid) != 0 || setuid(p->pw_uid) != 0)
        return piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "--user %s: %s", user, strerror(errno));
    if (setuid(0) == 0)
        return piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "--user %s: root's rights are still there", user);
    return PISTE_OK;
}

// Once everything is open that is opened once, and before the first thread begins.
void serve_confine(serve *s) {
    setenv("SQLITE_TMPDIR", s->def.data, 1);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // what it has in memory is in no core file
    keep_to_own_files(s);
}
