// serve.c - `piste serve`: the resort in a browser.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "serve/serve.h"

static serve *running; // for the signal handler

static void stop(int signal) {
    (void)signal;
    if (running)
        serve_stop(running);
}

typedef struct wishes {
    const char *port, *data, *address, *rate, *demo, *user;
    bool is_secure, types, openapi, quiet;
} wishes;

static int print(piste_status (*write)(base_text *out)) {
    base_text out = {0};
    piste_status status = write(&out);
    int code = status == PISTE_OK ? cli_write("-", out.data, out.length) : cli_tell(status, NULL);
    base_text_release(&out);
    return code;
}

static bool is_url(const char *data) {
    return strncmp(data, "postgres://", 11) == 0 || strncmp(data, "postgresql://", 13) == 0;
}

static int serve_until_told(const serve_def *def) {
    piste_errors *errors = piste_errors_create();
    piste_status status = serve_open(def, errors, &running);
    int code = status == PISTE_OK ? 0 : cli_tell(status, errors);
    piste_errors_destroy(errors);
    if (status != PISTE_OK)
        return code;
    struct sigaction on_end = {.sa_handler = stop};
    sigaction(SIGINT, &on_end, NULL);
    sigaction(SIGTERM, &on_end, NULL);
    signal(SIGPIPE, SIG_IGN);
    printf("http://%s:%d/\n", def->address && strcmp(def->address, "::") != 0 ? def->address : "127.0.0.1", serve_port(running));
    fflush(stdout);
    serve_wait(running);
    serve_close(running);
    running = NULL;
    return 0;
}

static int run(int argc, char **argv) {
    wishes w = {.data = "piste-data", .port = "8080"};
    int operands = 0;
    bool done = false;
    int64_t port = 0, rate = 0, speed = 0;
    static const char *const defaults[] = {"127.0.0.1"};
    w.address = defaults[0];
    const cli_option options[] = {
        {.name = "--port", .value = &w.port},       {.name = "--data", .value = &w.data},
        {.name = "--address", .value = &w.address}, {.name = "--rate", .value = &w.rate},
        {.name = "--demo", .value = &w.demo},       {.name = "--user", .value = &w.user},
        {.name = "--behind-tls", .flag = &w.is_secure},
        {.name = "--types", .flag = &w.types},      {.name = "--openapi", .flag = &w.openapi},
        {.name = "--quiet", .flag = &w.quiet},
    };
    piste_status status = cli_read_options(&cli_serve, argc, argv, options, sizeof options / sizeof options[0], &operands, &done);
    if (status != PISTE_OK || done)
        return piste_status_exit_code(status);
    if (w.types || w.openapi)
        return print(w.types ? serve_typescript : serve_openapi);
    if (operands != 1)
        return cli_usage(&cli_serve, "%d operands, expected the resort's folder", operands);
    if (!cli_parse_number(w.port, 0, 65535, &port))
        return cli_usage(&cli_serve, "--port %s, expected 0 to 65535", w.port);
    if (w.rate && !cli_parse_number(w.rate, 0, 1000000, &rate))
        return cli_usage(&cli_serve, "--rate %s, expected requests a second, or 0 for any number", w.rate);
    if (w.demo && !cli_parse_number(w.demo, 1, 3600, &speed))
        return cli_usage(&cli_serve, "--demo %s, expected how many times as fast, 1 to 3600", w.demo);
    if (w.demo && strcmp(w.address, defaults[0]) != 0 && strcmp(w.address, "::1") != 0)
        return cli_usage(&cli_serve, "--demo opens every page to whoever can reach it: --address %s, expected 127.0.0.1", w.address);
    const char *slash = getenv("PISTE_DATA");
    serve_def def = {.folder = argv[0],
                     .data = is_url(w.data) ? (slash && *slash ? slash : "piste-data") : w.data,
                     .url = is_url(w.data) ? w.data : NULL,
                     .address = w.address,
                     .port = (int32_t)port,
                     .rate = w.rate ? (rate ? (double)rate : -1) : 0,
                     .user = w.user,
                     .is_secure = w.is_secure,
                     .demo_speed = (double)speed,
                     .log = w.quiet ? -1 : STDERR_FILENO};
    return serve_until_told(&def);
}

const cli_command cli_serve = {
    .name = "serve",
    .summary = "the resort in a browser: what is open, tickets, till, gates, planning, books",
    .help = "usage: piste serve RESORT [--port N] [--data FOLDER|URL] [--address A]\n"
            "\n"
            "Serves the resort until it is told to stop (Ctrl-C, SIGTERM), and answers what is under way before it ends.\n"
            "\n"
            "  --port N         8080; 0: any that is free. The address is printed once it is listened on\n"
            "  --data FOLDER    piste-data: the desk's database and whatever the server keeps\n"
            "  --data URL       postgresql://...: the desk's database; several servers may share it. The rest stands in\n"
            "                   the folder that PISTE_DATA names, or piste-data\n"
            "  --address A      127.0.0.1; :: for every address\n"
            "  --user NAME      root becomes this user, whose the data folder then is\n"
            "  --behind-tls     a reverse proxy speaks TLS: cookies are Secure, its X-Forwarded-For is believed\n"
            "  --rate N         requests a second that one caller may go on making; 50; 0: any number\n"
            "  --demo SPEED     plays a rehearsed day into the desk, SPEED times as fast as it would pass\n"
            "  --quiet          no line of JSON for each request on stderr\n"
            "\n"
            "  --openapi        prints the API's document instead\n"
            "  --types          prints the API as types of TypeScript instead (web/src/api.ts)\n",
    .run = run,
};
