// hello.c - the least server that libmicrohttpd makes: one ready answer, as many threads as the machine has processors.
//
//     hello THREADS     prints its port, serves until its standard input ends
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

static struct MHD_Response *hello;

static enum MHD_Result answer(void *context, struct MHD_Connection *c, const char *url, const char *method, const char *version,
                              const char *data, size_t *size, void **own) {
    (void)context, (void)url, (void)method, (void)version, (void)data, (void)size;
    if (!*own) {
        *own = c;
        return MHD_YES;
    }
    return MHD_queue_response(c, 200, hello);
}

int main(int argc, char **argv) {
    static char text[] = "hello";
    unsigned threads = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    hello = MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
    struct MHD_OptionItem more[] = {{MHD_OPTION_THREAD_POOL_SIZE, threads, NULL}, {MHD_OPTION_END, 0, NULL}};
    struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_CONNECTION_LIMIT,
                                            1000u, MHD_OPTION_ARRAY, threads > 1 ? more : more + 1, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info)
        return 1;
    printf("%d\n", info->port);
    fflush(stdout);
    while (getchar() != EOF)
        ;
    MHD_stop_daemon(d);
    MHD_destroy_response(hello);
    return 0;
}
