// progress.c - see progress.h.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/progress.h"

enum { FIRST_MS = 250, EVERY_MS = 100, BAR_COLUMNS = 24 }; // what is done at once needs no bar

static long long now_ms(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool cli_progress_is_due(cli_progress *progress) {
    if (!progress->asked) {
        const char *term = getenv("TERM");
        progress->asked = true;
        progress->possible = isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
        progress->utf8 = cli_is_utf8();
        progress->next_ms = now_ms() + FIRST_MS;
    }
    if (!progress->possible)
        return false;
    long long now = now_ms();
    if (now < progress->next_ms)
        return false;
    progress->next_ms = now + EVERY_MS;
    return true;
}

void cli_progress_draw(cli_progress *progress, const char *before, double share, const char *after) {
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    int full = (int)(share * BAR_COLUMNS + 0.5);
    fprintf(stderr, "\r%s ", before);
    for (int i = 0; i < BAR_COLUMNS; i++)
        fputs(i < full ? progress->utf8 ? "█" : "#" : progress->utf8 ? "░" : ".", stderr);
    fprintf(stderr, " %3d %%  %s\033[K", (int)(share * 100), after);
    fflush(stderr);
    progress->drawn = true;
}

void cli_progress_erase(cli_progress *progress) {
    if (!progress->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->drawn = false;
}
