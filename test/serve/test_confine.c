// test_confine.c - the server's own confinement, tried from within: a process that has given up what serve_confine() takes
// tries to read, write, move, truncate and run what it may not, and what it may.
//
// The same is tried before, so that what is refused then was possible. A kernel without Landlock: skipped, and said so.
#define _GNU_SOURCE
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve/inside.h"

enum { HELLO = 7, TRUNCATE_SINCE = 3 };

static char top[64], told[400], program[4096];

// What the server would write into its log.
void serve_log(const serve *s, const char *level, const char *format, ...) {
    va_list args;
    (void)s;
    va_start(args, format);
    int length = snprintf(told, sizeof told, "%s: ", level);
    vsnprintf(told + length, sizeof told - (size_t)length, format, args);
    va_end(args);
}

static const char *in(const char *folder, const char *name) {
    static char paths[8][128];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s/%s", top, folder, name);
    return path;
}

static void put(const char *path, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0 && write(fd, "secret\n", 7) == 7);
    close(fd);
}

// ---- what is tried: 0, or why it may not --------------------------------------------------------------------------------

static int opened(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0 ? 0 : errno;
}
static int done(int result) {
    return result == 0 ? 0 : errno;
}

// A child's exit code tells what execve said.
static int run(const char *path) {
    pid_t pid = fork();
    if (pid == 0) {
        execl(path, "hello", "--hello", (char *)NULL);
        _exit(errno);
    }
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return code == HELLO ? 0 : code;
}

typedef enum whose { OWN, SYSTEM, FOREIGN, LATER } whose; // LATER: foreign, and of a later Landlock

typedef struct attempt {
    const char *what;
    whose of;
    int result;
} attempt;

enum { ATTEMPTS = 24 };

static int try_all(attempt list[ATTEMPTS]) {
    int n = 0;
#define TRY(what, of, result) list[n++] = (attempt){what, of, result}
    TRY("makes a file", OWN, opened(in("data", "new"), O_RDWR | O_CREAT));
    TRY("cuts it off", OWN, done(truncate(in("data", "new"), 0)));
    TRY("makes a folder", OWN, done(mkdir(in("data", "folder"), 0700)));
    TRY("moves a file into it", OWN, done(rename(in("data", "new"), in("data", "folder/new"))));
    TRY("takes it away", OWN, done(unlink(in("data", "folder/new"))));
    TRY("takes the folder away", OWN, done(rmdir(in("data", "folder"))));
    TRY("reads the resort", OWN, opened(in("resort", "resort.yaml"), O_RDONLY));
    TRY("runs itself", OWN, run("/proc/self/exe"));
    TRY("reads of the system", SYSTEM, opened("/etc/passwd", O_RDONLY));
    TRY("writes to /dev/null", SYSTEM, opened("/dev/null", O_WRONLY | O_TRUNC));
    TRY("reads what is another's", FOREIGN, opened(in("foreign", "secret"), O_RDONLY));
    TRY("lists another's folder", FOREIGN, opened(in("foreign", ""), O_RDONLY | O_DIRECTORY));
    TRY("reads it by a link of its own", FOREIGN, opened(in("data", "link"), O_RDONLY));
    TRY("reads it by way of its own folder", FOREIGN, opened(in("data", "../foreign/secret"), O_RDONLY));
    TRY("appends to it", FOREIGN, opened(in("foreign", "secret"), O_WRONLY | O_APPEND));
    TRY("writes into the resort", FOREIGN, opened(in("resort", "resort.yaml"), O_WRONLY | O_APPEND));
    TRY("makes a file elsewhere", FOREIGN, opened(in("foreign", "new"), O_RDWR | O_CREAT));
    TRY("makes a folder elsewhere", FOREIGN, done(mkdir(in("foreign", "folder"), 0700)));
    TRY("moves its own out", FOREIGN, done(rename(in("data", "mine"), in("foreign", "mine"))));
    TRY("gives its own a second name elsewhere", FOREIGN, done(link(in("data", "other"), in("foreign", "other"))));
    TRY("takes another's away", FOREIGN, done(unlink(in("foreign", "gone"))));
    TRY("runs a program of the system", FOREIGN, run("/bin/true"));
    TRY("runs what was put into its folder", FOREIGN, run(in("data", "evil")));
    TRY("cuts another's off", LATER, done(truncate(in("foreign", "cut"), 0)));
#undef TRY
    assert_int_equal(n, ATTEMPTS);
    return n;
}

static void lay_out(void) {
    static const char *const folders[] = {"data", "foreign", "resort"}, *const files[] = {"secret", "gone", "cut"};
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'/*", top);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < BASE_COUNT(folders); i++)
        assert_int_equal(mkdir(in(folders[i], ""), 0700), 0);
    for (size_t i = 0; i < BASE_COUNT(files); i++)
        put(in("foreign", files[i]), 0600);
    put(in("data", "mine"), 0600);
    put(in("data", "other"), 0600);
    put(in("resort", "resort.yaml"), 0600);
    assert_int_equal(symlink(in("foreign", "secret"), in("data", "link")), 0);
    snprintf(command, sizeof command, "cp '%.150s' '%s'", program, in("data", "evil"));
    assert_int_equal(system(command), 0);
}

// Everything, in a process of its own that gives up its rights before, or does not.
static void tried_by(bool is_confined, attempt list[ATTEMPTS]) {
    int ends[2];
    struct {
        attempt list[ATTEMPTS];
        char told[sizeof told];
        int no_new_privileges, is_dumpable;
    } all;
    assert_int_equal(pipe(ends), 0);
    lay_out();
    pid_t pid = fork();
    if (pid == 0) {
        static serve s;
        static char data[128], resort[128];
        snprintf(data, sizeof data, "%s", in("data", ""));
        snprintf(resort, sizeof resort, "%s", in("resort", ""));
        s.def = (serve_def){.data = data, .folder = resort};
        if (is_confined)
            serve_confine(&s);
        try_all(all.list);
        memcpy(all.told, told, sizeof told);
        all.no_new_privileges = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
        all.is_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
        _exit(write(ends[1], &all, sizeof all) == (ssize_t)sizeof all ? 0 : 1);
    }
    close(ends[1]);
    char *at = (char *)&all;
    size_t left = sizeof all;
    for (ssize_t n; left && (n = read(ends[0], at, left)) > 0; at += n, left -= (size_t)n)
        ;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    assert_int_equal(left, 0);
    memcpy(list, all.list, sizeof all.list);
    memcpy(told, all.told, sizeof told);
    assert_true(!is_confined || (all.no_new_privileges == 1 && all.is_dumpable == 0));
}

// ---- tests --------------------------------------------------------------------------------------------------------------

static long landlock(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static void all_of_it_is_possible_before(void **state) {
    (void)state;
    attempt list[ATTEMPTS];
    tried_by(false, list);
    for (int i = 0; i < ATTEMPTS; i++)
        if (list[i].result != 0)
            fail_msg("%s: %s", list[i].what, strerror(list[i].result));
}

static void what_is_not_its_own_is_refused_by_the_kernel(void **state) {
    (void)state;
    attempt list[ATTEMPTS];
    long version = landlock();
    int refused = 0;
    tried_by(true, list);
    if (version < 1) {
        assert_non_null(strstr(told, "warning: this kernel has no Landlock"));
        print_message("# skipped: this kernel has no Landlock (%s); the server says so in its log\n", strerror(errno));
        skip();
    }
    char expected[100];
    snprintf(expected, sizeof expected, "info: kept to its own files by Landlock %ld", version);
    assert_string_equal(told, expected);
    for (int i = 0; i < ATTEMPTS; i++) {
        const attempt *a = &list[i];
        bool may = a->of == OWN || a->of == SYSTEM || (a->of == LATER && version < TRUNCATE_SINCE);
        if (may ? a->result != 0 : a->result != EACCES && a->result != EXDEV) // EXDEV: of a move between folders
            fail_msg("%s: %s, expected it to be %s", a->what, a->result ? strerror(a->result) : "done", may ? "done" : "refused");
        refused += !may;
    }
    struct stat about;
    assert_true(stat(in("foreign", "secret"), &about) == 0 && about.st_size == 7);
    assert_true(stat(in("foreign", "gone"), &about) == 0 && stat(in("foreign", "new"), &about) != 0);
    print_message("# Landlock %ld: %d of %d refused\n", version, refused, ATTEMPTS);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--hello") == 0)
        return HELLO;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length < 0)
        return 1;
    snprintf(top, sizeof top, "/tmp/piste-confine-XXXXXX");
    if (!mkdtemp(top))
        return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_of_it_is_possible_before),
                                       cmocka_unit_test(what_is_not_its_own_is_refused_by_the_kernel)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[100];
    snprintf(command, sizeof command, "rm -rf '%s'", top);
    return system(command) == 0 ? failed : 1;
}
