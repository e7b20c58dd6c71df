// listeners.c - many browsers that listen to live events: how long an event takes to reach each of them.
//
//     listeners PORT COUNT EVENTS COMMAND     COMMAND makes an event and returns once the server has answered it
//
// Prints the delays from the command's end to each listener's event in milliseconds: the median, P99 and the longest.
// Negative ones (an event that overtakes the answer) count as 0.
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static void stop(const char *why) {
    fprintf(stderr, "bench/serve/listeners: %s (%s)\n", why, strerror(errno));
    exit(1);
}
static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int poller;

static void listen_to(int port) {
    static const char request[] = "GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 || write(fd, request, sizeof request - 1) < 0 ||
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) != 0)
        stop("a listener cannot connect");
}

// Reads until `wanted` listeners have had a text with `word`; the times of those go to `at`.
static void hear(int wanted, const char *word, double *at) {
    struct epoll_event list[1024];
    char data[8192];
    for (int heard = 0; heard < wanted;) {
        int count = epoll_wait(poller, list, 1024, 60000);
        if (count <= 0)
            stop("not everybody was told within a minute");
        double now = now_ms();
        for (int i = 0; i < count; i++) {
            ssize_t n = read(list[i].data.fd, data, sizeof data - 1);
            if (n <= 0)
                stop("a stream has ended");
            data[n] = 0;
            if (strstr(data, word))
                at[heard++] = now;
            if (heard == wanted)
                break;
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 5)
        stop("usage: listeners PORT COUNT EVENTS COMMAND");
    int port = atoi(argv[1]), count = atoi(argv[2]), events = atoi(argv[3]);
    double *at = calloc((size_t)count * (size_t)events, sizeof *at);
    struct rlimit files = {(rlim_t)count + 100, (rlim_t)count + 100};
    poller = epoll_create1(0);
    if (!at || poller < 0 || setrlimit(RLIMIT_NOFILE, &files) != 0)
        stop("not so many files can be open");
    for (int i = 0; i < count; i++)
        listen_to(port);
    hear(count, "retry:", at);
    for (int e = 0; e < events; e++) {
        double *of = at + (size_t)e * (size_t)count;
        if (system(argv[4]) != 0)
            stop("the command failed");
        double told = now_ms();
        hear(count, "event: mountain", of);
        for (int i = 0; i < count; i++)
            of[i] = of[i] > told ? of[i] - told : 0;
    }
    size_t all = (size_t)count * (size_t)events;
    qsort(at, all, sizeof *at, by_size);
    printf("%.1f %.1f %.1f\n", at[all / 2], at[all * 99 / 100], at[all - 1]);
    free(at);
    return 0;
}
