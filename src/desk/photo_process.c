// photo_process.c - the process in which a photograph is decoded: what asks it, and what it may.
//
// It is this program, executed anew (main.c), so that nothing of a server's memory is in it. Before it reads a byte it
// gives up everything but reading, writing and memory: whoever takes it over by a fault of a decoder finds a process that
// can open no file, make no connection, start nothing, and is ended when its memory or time is spent. What it gives back
// is checked again by the side that asked.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "desk/photo.h"

// A sanitizer takes terabytes of addresses and calls what it likes.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

enum { MEMORY_MAX = 900 * 1024 * 1024, SECONDS_MAX = 15, WAIT_MS = 30000, IMAGE_MAX = 4 * 1024 * 1024, MAGIC = 0x70686f74 };

typedef struct reply { // then the images' bytes, one after the other
    uint32_t magic, fault, count;
    struct {
        uint32_t width, height, size;
    } images[DESK_PHOTO_SIZES];
    char message[200];
} reply;

// ---- inside ------------------------------------------------------------------------------------------------------------

static bool limit(int what, rlim_t most) {
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool forbid_calls(void) {
    static const int allowed[] = {SCMP_SYS(read),          SCMP_SYS(write),      SCMP_SYS(munmap),  SCMP_SYS(mremap),
                                  SCMP_SYS(brk),           SCMP_SYS(madvise),    SCMP_SYS(futex),   SCMP_SYS(exit),
                                  SCMP_SYS(exit_group),    SCMP_SYS(getrandom),  SCMP_SYS(gettid),  SCMP_SYS(getpid),
                                  SCMP_SYS(clock_gettime), SCMP_SYS(rt_sigreturn)};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool done = filter != NULL;
    for (size_t i = 0; done && i < BASE_COUNT(allowed); i++)
        done = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    // Memory, but none that could be executed, and no file's.
    done = done && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                    SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)) == 0;
    done = done && seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    done = done && seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return done;
}

static bool give_up_everything(void) {
    bool done = limit(RLIMIT_CPU, SECONDS_MAX) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0);
    closefrom(IS_SANITIZED ? STDERR_FILENO + 1 : STDERR_FILENO);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (IS_SANITIZED)
        return done;
    return done && limit(RLIMIT_AS, MEMORY_MAX) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && forbid_calls();
}

static bool write_all(const void *data, size_t size) {
    return base_write_all(STDOUT_FILENO, data, size);
}

static size_t read_all(unsigned char *bytes, size_t most) {
    size_t size = 0;
    while (size < most) {
        ssize_t n = read(STDIN_FILENO, bytes + size, most - size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    return size;
}

int desk_photo_process(void) {
    desk_photo_images images = {.count = 0};
    reply r = {.magic = MAGIC, .fault = DESK_PHOTO_FAILED};
    if (!give_up_everything()) {
        snprintf(r.message, sizeof r.message, "the process that decodes photographs cannot be confined on this system");
        write_all(&r, sizeof r);
        return 1;
    }
    unsigned char *bytes = malloc(DESK_PHOTO_BYTES_MAX + 1);
    if (bytes) {
        r.fault = desk_photo_decode(bytes, read_all(bytes, DESK_PHOTO_BYTES_MAX + 1), &images);
        memcpy(r.message, images.message, sizeof r.message);
    }
    r.count = (uint32_t)images.count;
    for (int i = 0; i < images.count; i++) {
        r.images[i].width = (uint32_t)images.list[i].width;
        r.images[i].height = (uint32_t)images.list[i].height;
        r.images[i].size = (uint32_t)images.list[i].size;
    }
    bool done = write_all(&r, sizeof r);
    for (int i = 0; done && i < images.count; i++)
        done = write_all(images.list[i].bytes, images.list[i].size);
    return done ? 0 : 1;
}

// ---- outside -----------------------------------------------------------------------------------------------------------

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool is_ready(int fd, short what, int64_t until_ms) {
    struct pollfd p = {.fd = fd, .events = what};
    int64_t left;
    while ((left = until_ms - now_ms()) > 0) {
        int n = poll(&p, 1, (int)left);
        if (n > 0)
            return true;
        if (n < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static void feed(int fd, const unsigned char *bytes, size_t size, int64_t until_ms) {
    while (size && is_ready(fd, POLLOUT, until_ms)) {
        ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return; // it has ended; what it said is still to be read
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    shutdown(fd, SHUT_WR);
}

static bool collect(int fd, base_text *out, int64_t until_ms) {
    char buffer[65536];
    while (out->length <= sizeof(reply) + DESK_PHOTO_SIZES * (size_t)IMAGE_MAX && is_ready(fd, POLLIN, until_ms)) {
        ssize_t n = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (n == 0)
            return !out->failed;
        if (n > 0)
            base_text_add_bytes(out, buffer, (size_t)n);
        else if (errno != EAGAIN && errno != EINTR)
            return !out->failed;
    }
    return false;
}

// Believes nothing of what came back but what can be checked.
static desk_photo_fault take_reply(const base_text *in, desk_photo_images *out) {
    reply r;
    if (in->length < sizeof r)
        return DESK_PHOTO_FAILED;
    memcpy(&r, in->data, sizeof r);
    r.message[sizeof r.message - 1] = 0;
    size_t total = sizeof r;
    bool is_sound = r.magic == MAGIC && r.fault <= DESK_PHOTO_FAILED && r.count <= DESK_PHOTO_SIZES && (r.fault == DESK_PHOTO_FINE) == (r.count > 0) &&
                    base_text_is_clean(r.message, strlen(r.message));
    for (uint32_t i = 0; is_sound && i < r.count; i++) {
        is_sound = r.images[i].width - 1 < DESK_PHOTO_SIDE_MAX && r.images[i].height - 1 < DESK_PHOTO_SIDE_MAX && r.images[i].size - 1 < IMAGE_MAX;
        total += r.images[i].size;
    }
    if (!is_sound || total != in->length)
        return DESK_PHOTO_FAILED;
    memcpy(out->message, r.message, sizeof out->message);
    const char *at = in->data + sizeof r;
    for (uint32_t i = 0; i < r.count; at += r.images[i].size, i++) {
        desk_photo_image *m = &out->list[i];
        *m = (desk_photo_image){(int32_t)r.images[i].width, (int32_t)r.images[i].height, malloc(r.images[i].size), r.images[i].size};
        if (!m->bytes)
            return DESK_PHOTO_FAILED;
        memcpy(m->bytes, at, m->size);
        out->count++;
    }
    return r.fault;
}

static bool start(int fd, pid_t *pid) {
    static const char *const words[] = {"piste", "--photo-process", NULL}, *const environment[] = {"LC_ALL=C.UTF-8", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigfillset(&usual);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return false;
    }
    bool done = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
                posix_spawnattr_setsigmask(&attributes, &none) == 0 && posix_spawnattr_setsigdefault(&attributes, &usual) == 0 &&
                posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO) == 0 &&
                posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO) == 0 &&
                posix_spawn(pid, "/proc/self/exe", &actions, &attributes, (char *const *)(uintptr_t)words,
                            (char *const *)(uintptr_t)environment) == 0;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return done;
}

desk_photo_fault desk_photo_make(const unsigned char *bytes, size_t size, desk_photo_images *out) {
    int ends[2];
    pid_t pid = 0;
    base_text answer = {0};
    *out = (desk_photo_images){.message = "the process that decodes photographs cannot be started"};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return DESK_PHOTO_FAILED;
    bool done = start(ends[1], &pid);
    close(ends[1]);
    if (done) {
        int64_t until_ms = now_ms() + WAIT_MS;
        feed(ends[0], bytes, size, until_ms);
        done = collect(ends[0], &answer, until_ms);
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        snprintf(out->message, sizeof out->message, "it takes more memory or time than a photograph may, or is wrong inside");
    }
    close(ends[0]);
    desk_photo_fault fault = done ? take_reply(&answer, out) : DESK_PHOTO_FAILED;
    base_text_release(&answer);
    if (fault != DESK_PHOTO_FINE)
        desk_photo_release(out);
    return fault;
}
