// gate.h - what the files of `piste gate` share.
#ifndef CLI_GATE_H
#define CLI_GATE_H

#include <jansson.h>

#include "base/base.h"
#include "cli/cli.h"

typedef struct gate_wishes {
    char **words; // operands after the act
    int count;
    const char *number, *at, *fingerprint, *json, *published;
    bool times, accept;
} gate_wishes;

// Writes a value and a new line where --json says, and drops it; NULL is no memory. The exit code.
int gate_write_json(const gate_wishes *w, json_t *json);
int gate_judge(const gate_wishes *w, piste_errors *errors);
int gate_undo(const gate_wishes *w, piste_errors *errors);

#endif
