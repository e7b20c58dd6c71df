// progress.h - one line on stderr that tells how far a long command is; gone when it has ended.
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

// Starts as {0}. Draws only where stderr is a terminal that can go back on its line, at most ten times a second.
typedef struct cli_progress {
    bool asked, drawn, possible, utf8;
    long long next_ms;
} cli_progress;

// Whether a drawing is due: what it costs to know the state is spared otherwise.
bool cli_progress_is_due(cli_progress *progress);
// "13:20 [bar] 43 %  1,702 guests here"; share 0..1.
void cli_progress_draw(cli_progress *progress, const char *before, double share, const char *after);
void cli_progress_erase(cli_progress *progress);

#endif
