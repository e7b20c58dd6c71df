// confine.c - what the server may do from now on, whoever talks it into something: no rights of root, no new ones, no files
// but its own.
//
// Landlock (Linux 5.13 and later) lets it read the system's folders and the resort's, and write in its data folder alone;
// whoever gets it to open another path is told that it may not. Its temporary files stand in the data folder, too. Where
// the kernel has no Landlock this is told in the log; the systemd unit confines it besides (packaging/piste.service).
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/inside.h"

// What the first version of Landlock knows; later versions know of more, which is left as it is.
#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_EXECUTE)
#define ALL                                                                                                            \
    (READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |        \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                        \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                     \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

static bool allow(int rules, const char *path, uint64_t what) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT; // not every system has each of them
    struct landlock_path_beneath_attr rule = {.allowed_access = what, .parent_fd = fd};
    bool done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return done;
}

static void keep_to_own_files(serve *s) {
    static const char *const system_folders[] = {"/usr", "/lib", "/lib64", "/etc", "/run", "/proc", "/sys/devices/system/cpu",
                                                 "/var/cache/fontconfig", "/var/run"};
    // Since its second version moving a file to another folder is a right of its own, which nobody has unless it is given.
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    uint64_t all = ALL | (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0);
    const struct landlock_ruleset_attr attributes = {.handled_access_fs = all};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0) {
        serve_log(s, "warning", "this kernel has no Landlock: the server is not kept to its own files");
        return;
    }
    bool done = true;
    for (size_t i = 0; i < BASE_COUNT(system_folders); i++)
        done &= allow(rules, system_folders[i], READING);
    done &= allow(rules, "/dev", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR);
    done &= allow(rules, "/proc/self/exe", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE); // decodes photographs
    done &= allow(rules, s->def.folder, READING);
    done &= allow(rules, s->def.data, all);
    done = done && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (!done)
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
