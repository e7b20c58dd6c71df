// main.c - the `piste` command: finds the sub-command and runs it.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "desk/photo.h"
#include "piste/version.h"

static const cli_command *const commands[] = {
    &cli_import,
    &cli_check,
    &cli_day,
    &cli_cap,
    &cli_ccc,
    &cli_plan,
    &cli_calibrate,
    &cli_map,
    &cli_schema,
    &cli_desk,
    &cli_audit,
    &cli_backup,
    &cli_restore,
    &cli_vault,
    &cli_pass,
    &cli_gate,
    &cli_serve,
};

enum { COMMAND_COUNT = (int)(sizeof commands / sizeof commands[0]) };

static void print_help(FILE *out) {
    fputs("piste rehearses a ski resort before it is run, from one description of it.\n\nusage: piste COMMAND ...\n\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-9s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n  piste COMMAND --help   what a command takes\n  piste --version\n", out);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return piste_status_exit_code(PISTE_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--photo-process") == 0) // for piste itself (desk/photo_process.c)
        _exit(desk_photo_process());
    if (strcmp(argv[1], "--version") == 0) {
        puts("piste " PISTE_VERSION);
        return 0;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return commands[i]->run(argc - 2, argv + 2);
    fprintf(stderr, "piste: unknown command %s; see 'piste --help'\n", argv[1]);
    return piste_status_exit_code(PISTE_USAGE);
}
